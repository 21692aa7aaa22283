"""Reading designations back for the page: each whole, with the policy that it was made by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.columns import GEOMETRY
from udsat_geo.designation.explained import made_by_older
from udsat_geo.designation.layers import Layers
from udsat_geo.designation.summary import Summary
from udsat_geo.files.area_set import is_designation
from udsat_geo.files.read import read_layers, read_summary
from udsat_geo.kernels.arrays import Objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import LANGUAGES, _
from udsat_geo.messages.version import __version__
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import LoadedPolicy, load_policy, policy_of_texts
from udsat_geo.report.how_sure import HowSure
from udsat_geo.sources.crs import check_crs, same_crs
from udsat_geo.sources.features import geometries_of

Rows = list[dict[str, Any]]

_SHOWN = (
    "version", "counts", "notes", "vintage", "language", "residents", "residents_in_areas", "rule", "criteria",
    "overrides",
)  # fmt: skip
_WHOLE = {"areas": ("residents", "units", "criteria_exceeded", "since"), "changes": ("residents_added",)}
"""What is shown of a file: one by an older version, or changed since, lacks some of it."""


@dataclass(frozen=True)
class PageYear:
    """A designation on the page.

    Attributes
    ----------
    path : Path
    layers : Layers
    areas : AreaSet
        Its areas and units.
    rows : dict
        Layer -> its rows, without geometries; those of the units in the order of `areas`.
    policy : LoadedPolicy or None
        None where the file of the policy is not at hand.
    sure : dict
        What is asked -> how sure it is, where that is known (`udsat_geo.report.page.sure.with_how_sure`).
    settings : tuple of dict
        What each setting of the policy does, likewise.
    """

    path: Path
    layers: Layers
    areas: AreaSet
    rows: dict[str, Rows]
    policy: LoadedPolicy | None
    sure: Mapping[str, HowSure] = field(default_factory=dict)
    settings: tuple[dict[str, Any], ...] = ()

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Its JSON."""
        return self.layers.summary.as_dict()

    @property
    def year(self) -> int:
        """Of the designation."""
        return self.layers.year

    @property
    def language(self) -> str:
        """Of the texts in the file."""
        return self.layers.language

    def places(self, layer: str) -> Objects:
        """The geometries of a layer, shape (n_rows,)."""
        return geometries_of(self.layers.layers[layer].table[GEOMETRY])


def read_all(paths: Sequence[Path], with_earlier: bool, policy: LoadedPolicy | None) -> list[PageYear]:
    """Read designations, by rising year.

    Parameters
    ----------
    paths : sequence of Path
    with_earlier : bool
        Also those of earlier years that lie beside the last one, by the same policy from the same kind of input.
    policy : LoadedPolicy or None
        The policy that they were made by, where it is no built-in one.

    Raises
    ------
    InputError
        With all that is wrong with the files.
    """
    found, problems = [], list[str]()
    for path in paths:
        try:
            found.append(_read(path, policy))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    found.sort(key=lambda read: read.year)
    _check_together(found)
    if policy is not None and all(read.policy is not policy for read in found):
        what = _("is not the policy that any of the files was made by")
        where = _("policy {policy}").format(policy=policy.policy.id)
        raise InputError(Problem(where, what, _("Name the one whose SHA-256 their JSON has.")))
    return [*_beside(found, policy), *found] if with_earlier else found


def _beside(found: Sequence[PageYear], policy: LoadedPolicy | None) -> list[PageYear]:
    """Designations of earlier years that lie beside the last one, made alike; those that are not are passed over."""
    last, earlier = found[-1], []
    for path in sorted(last.path.parent.glob("designation_[0-9][0-9][0-9][0-9].gpkg")):
        year = int(path.stem[-4:])
        if year >= found[0].year or not path.with_suffix(".json").exists():
            continue
        try:
            if _made_alike(read_summary(path), last.layers.summary):
                read = _read(path, policy)
                earlier += [read] if read.year == year and same_crs(read.areas.crs, last.areas.crs) else []
        except InputError:
            # what nobody named is shown where it can be, and is no fault where it cannot
            continue
    return earlier


def _made_alike(one: Summary, other: Summary) -> bool:
    same_policy = (one.policy.id, one.policy.sha256) == (other.policy.id, other.policy.sha256)
    return same_policy and one.source == other.source


def _check_together(found: Sequence[PageYear]) -> None:
    problems = []
    for one, other in pairwise(found):
        if one.year == other.year:
            what = _("is of {year}, as {other} is").format(year=one.year, other=other.path.name)
            problems.append(Problem(str(one.path), what, _("Name one designation for each year.")))
        crs, other_crs = one.areas.crs, other.areas.crs
        if not same_crs(crs, other_crs):
            what = _("is in {crs}, and {other} in {other_crs}")
            told = what.format(crs=crs[:40], other=other.path.name, other_crs=other_crs[:40])
            problems.append(Problem(one.path.name, told, _("Make both in one reference system.")))
    if problems:
        raise InputError(problems)


def _read(path: Path, policy: LoadedPolicy | None) -> PageYear:
    if not path.is_file():
        raise InputError(Problem(str(path), _("no such file"), _("Name a designation_YEAR.gpkg.")))
    if not is_designation(path):
        remedy = _("Name a designation_YEAR.gpkg with its .json beside it.")
        raise InputError(Problem(path.name, _("is no designation of ours"), remedy))
    summary = read_summary(path)
    if _is_newer(summary.version):
        what = _("was made by udsat_geo {version}, and this is {own}")
        told = what.format(version=summary.version[:20], own=__version__)
        raise InputError(Problem(path.name, told, _("Update udsat_geo.")))
    if summary.lacks(*_SHOWN) or summary.rule is None or summary.language not in LANGUAGES:
        raise InputError(made_by_older(path.name))
    layers = read_layers(path)
    rows = {
        layer.name: (layer.table.drop_columns(GEOMETRY) if layer.geometry_type else layer.table).to_pylist()
        for layer in layers
    }
    areas = layers.area_set()
    check_crs(areas.crs, path.name)
    holes = any(row.get(name) is None for layer, names in _WHOLE.items() for row in rows[layer] for name in names)
    if holes or [row["criterion"] for row in rows["status"]] != [criterion.key for criterion in summary.criteria]:
        raise InputError(made_by_older(path.name))
    return PageYear(path, layers, areas, rows, _policy_of(summary, policy))


def _policy_of(summary: Summary, named: LoadedPolicy | None) -> LoadedPolicy | None:
    """The policy of a summary: the one named or a built-in one of its SHA-256, else as its texts say it."""
    if named is not None and named.sha256 == summary.policy.sha256:
        return named
    if summary.policy.id in BUILT_IN:
        built_in = load_policy(summary.policy.id)
        if built_in.sha256 == summary.policy.sha256:
            return built_in
    try:
        told = policy_of_texts(summary.policy_texts, summary.policy.id) if summary.policy_texts else None
    except InputError:
        return None
    return told if told is not None and told.policy.keys == tuple(one.key for one in summary.criteria) else None


def _is_newer(version: str) -> bool:
    """Whether a version, as in 0.3.1, is one of after this one; the third number changes no file."""
    read, own = ([int(part) for part in re.findall(r"\d+", text)[:2]] for text in (version, __version__))
    return read > own
