"""How sure designations are, for the page: what `udsat certainty` and `udsat sensitivity` wrote, read back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.analysis.space import LEFT_OUT
from udsat_geo.analysis.space_words import key_in_words, texts_in_words
from udsat_geo.kernels.arrays import Ints, total
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import LANGUAGES, _
from udsat_geo.report.few import FEWEST, in_tens
from udsat_geo.report.how_sure import CERTAINTY, EITHER, SENSITIVITY, SURE, UNKNOWN, HowSure, most_first
from udsat_geo.report.page.read import PageYear
from udsat_geo.report.tornado import Bar
from udsat_geo.sources.features import list_layers, read_layer

_SHARE_OF = {CERTAINTY: "p_designated", SENSITIVITY: "share_of_variants"}
_OPTION = {CERTAINTY: "--certainty", SENSITIVITY: "--sensitivity"}


def with_how_sure(
    found: Sequence[PageYear], certainty: Sequence[Path] = (), sensitivity: Sequence[Path] = ()
) -> list[PageYear]:
    """Designations with how sure they are, each by the file that is of its units.

    One that was made with ``designate --certainty`` says how sure it is by itself; a file goes before it.

    Parameters
    ----------
    found : sequence of PageYear
    certainty, sensitivity : sequence of Path
        What ``udsat certainty --out`` and ``udsat sensitivity --out`` wrote.

    Raises
    ------
    InputError
        With every file that is none of these, or of none of the designations.
    """
    told, problems = [_by_itself(read) for read in found], Problems()
    for about, paths in ((CERTAINTY, certainty), (SENSITIVITY, sensitivity)):
        for path in paths:
            problems.of(_attach, told, about, path)
    problems.check()
    return told


def _by_itself(read: PageYear) -> PageYear:
    """A designation with how sure it says that it is, where it does."""
    units = read.rows["units"]
    if not units or _SHARE_OF[CERTAINTY] not in units[0]:
        return read
    return dataclasses.replace(read, sure={CERTAINTY: _how_sure(CERTAINTY, units, ())})


def _attach(told: list[PageYear], about: str, path: Path) -> None:
    """Give the designation that a file is of what it says; in place."""
    units, settings = _read(about, path)
    share_of = {row["unit_id"]: row for row in units}
    for place, read in enumerate(told):
        rows = [share_of.get(unit["unit_id"]) for unit in read.rows["units"]]
        same = len(rows) == len(units) and all(
            row is not None and (row["area_id"], row["residents"]) == (unit["area_id"], unit["residents"])
            for row, unit in zip(rows, read.rows["units"], strict=True)
        )
        if same:
            how = _how_sure(about, [row for row in rows if row is not None], settings)
            told[place] = dataclasses.replace(read, sure={**read.sure, about: how}, settings=settings or read.settings)
            return
    what = _("is of other units or areas than the designations of the page")
    remedy = _("Make it anew, by the same policy and input as the designation.")
    raise InputError(Problem(f"{_OPTION[about]} {path.name}", what, remedy))


def _read(about: str, path: Path) -> tuple[list[dict[str, Any]], tuple[dict[str, Any], ...]]:
    """The rows of units, and of settings where there are any."""
    where, layer = f"{_OPTION[about]} {path}", f"unit_{about}"
    remedy = _("Name the file of: udsat {command} --out DIR.").format(command=about)
    if not path.is_file():
        raise InputError(Problem(where, _("no such file"), remedy))
    try:
        layers = list_layers(path)
    except ValueError:
        layers = []
    if layer not in layers:
        raise InputError(Problem(where, _("holds no layer {layer}").format(layer=layer), remedy))
    units = read_layer(path, layer, columns=["unit_id", "area_id", "residents", _SHARE_OF[about]], read_geometry=False)
    settings: tuple[dict[str, Any], ...] = ()
    if about == SENSITIVITY:
        settings = tuple(read_layer(path, "setting_sensitivity")[1].to_pylist())
    return units[1].to_pylist(), settings


def _how_sure(about: str, rows: list[dict[str, Any]], settings: tuple[dict[str, Any], ...]) -> HowSure:
    share = [row[_SHARE_OF[about]] for row in rows]
    return HowSure(
        about,
        np.array([np.nan if one is None else one for one in share], dtype=np.float64),
        np.array([row["area_id"] is not None for row in rows], dtype=bool),
        np.array([row["residents"] or 0 for row in rows], dtype=np.int64),
        most_first([(row["setting"], row["total"]) for row in settings]),
    )


def labels_of_page(read: PageYear, language: str) -> dict[str, str]:
    """What criteria are called, by key: as the policy says where it is known, else as the file does."""
    known = {} if read.policy is None else {one.key: one.label_in(language) for one in read.policy.policy.criteria}
    return {str(one["key"]): known.get(one["key"], str(one["label"])) for one in read.summary["criteria"]}


def sure_of(read: PageYear, places: Ints | None, n_places: int) -> dict[str, Any] | None:
    """What the page tells of how sure a designation is; None where nothing is known of it.

    Parameters
    ----------
    read : PageYear
    places : int64, shape (n_units,), or None
        Of the units; None where the page shows none.
    n_places : int

    Returns
    -------
    dict
        By what is asked: ``sentences`` by language; ``areas``: of each, its residents who are sure and who are not, in
        tens; ``of``: the class of each place, where the page shows units.
    """
    if not read.sure:
        return None
    return {about: _told(read, how, places, n_places) for about, how in read.sure.items()}


def _told(read: PageYear, how: HowSure, places: Ints | None, n_places: int) -> dict[str, Any]:
    classes, ids = how.classes, [str(area) for area in read.areas.area_id.tolist()]
    number = {area: i for i, area in enumerate(ids)}
    area = np.array([number.get(str(unit["area_id"]), -1) for unit in read.rows["units"]], dtype=np.int64)
    of_class = [total(np.where(classes == each, area, -1), how.residents, len(ids)) for each in (SURE, EITHER)]
    told: dict[str, Any] = {
        "sentences": {lang: list(how.sentences(labels_of_page(read, lang), lang)) for lang in LANGUAGES},
        "areas": [[in_tens(int(count)) for count in counts] for counts in zip(*of_class, strict=True)],
    }
    if places is not None:
        # of few people outside the areas nothing is told, as of their composite
        few = np.array([(unit["residents"] or 0) < FEWEST for unit in read.rows["units"]], dtype=bool)
        of = np.full(n_places, UNKNOWN, dtype=np.int64)
        of[places] = np.where(few & (area < 0), UNKNOWN, classes)
        told["of"] = of.tolist()
    return told


def bars_of(read: PageYear, language: str) -> tuple[Bar, ...]:
    """The bars of the settings of a designation, in the order of its file."""
    labels = labels_of_page(read, language)
    return tuple(
        Bar(
            key_in_words(row["setting"], labels, language),
            texts_in_words(row["tried"].split("; "), labels if row["setting"] == LEFT_OUT else {}, language),
            int(row["residents_least"]),
            int(row["residents_most"]),
            row["total"],
        )
        for row in read.settings
    )
