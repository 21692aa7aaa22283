"""A public set written down, with its report, and the house's ledger and salt."""

from __future__ import annotations

import hashlib
import html
import json
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from udsat_geo.designation.columns import GEOMETRY
from udsat_geo.designation.layers import Layers
from udsat_geo.files.atomic_write import alone_in
from udsat_geo.files.geopackage import dress_public, write_with_texts
from udsat_geo.files.read import read_layers
from udsat_geo.messages.errors import InputError, OutputError, Problem, reason_of
from udsat_geo.messages.limits import bytes_of_text, text_of_json
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import text_in
from udsat_geo.release.audit import attack
from udsat_geo.release.ledger import (
    Ledger,
    attack_all_rates,
    check_ledger,
    people_of,
    read_ledger,
    residents_of,
    safe_set,
    with_release,
)
from udsat_geo.release.policy import ReleasePolicy
from udsat_geo.release.public import AREA, PublicSet
from udsat_geo.release.windows import told_by_windows

LEDGER, SALT = "release-ledger.json", "release-salt"
"""What a house keeps beside its designations."""
PUBLIC = "public"
"""The folder of what may be published."""
_SALT_BYTES = 32


@dataclass(frozen=True)
class Made:
    """A public set that has been made, and what can be said of it.

    Attributes
    ----------
    layers : Layers
        The designation.
    policy : ReleasePolicy
    found : PublicSet
    left_out : tuple of str
        Numbers that are not told, since together with others they would give somebody away; in order.
    published_before : int
        Numbers of that year that were published before.
    read, ledger : Ledger
        As it was read, and with this set.
    ledger_file : Path
    salt : bytes or None
    """

    layers: Layers
    policy: ReleasePolicy
    found: PublicSet
    left_out: tuple[str, ...]
    published_before: int
    read: Ledger
    ledger: Ledger
    ledger_file: Path
    salt: bytes | None

    def internal(self) -> dict[int, tuple[int, int]]:
        """What the files of the house give away: for 3, 5 and 10, units of fewer residents, and their residents."""
        residents = [n for n in self.layers.layers["units"].table["residents"].to_pylist() if n]
        return {
            least: (sum(n < least for n in residents), sum(n for n in residents if n < least)) for least in (3, 5, 10)
        }

    def given_away(self, least: int) -> int:
        """Groups of units, of which the public files leave fewer than so many possible numbers of residents."""
        return len(attack(self._beside().regions, residents_of(self.layers), least))

    def _beside(self) -> Ledger:
        """What is published of the same year or people, this set among it."""
        return self.ledger.beside(self.layers.year, people_of(residents_of(self.layers)))

    def told_by_rates(self) -> list[tuple[str, int, int, int]]:
        """By criterion that is a share: of how many units the house's files tell the counts, by algebra over windows.

        Then of how many that is right, and of how many groups of units the public rates leave fewer possible counts
        than promised.
        """
        shares = [criterion for criterion in self.layers.summary.criteria if criterion.share]
        table = self.layers.layers["units"].table
        told = {each.criterion: each for each in told_by_windows(table, [criterion.key for criterion in shares])}
        public = self._beside().rates
        least, residents = self.policy.counts.least_persons, residents_of(self.layers)
        rows = []
        for criterion in shares:
            key, found = criterion.key, told.get(criterion.key)
            # where nothing is read with its surroundings, the rate is the unit's own
            own_column = f"rate_own_{key}" if f"rate_own_{key}" in table.column_names else f"rate_{key}"
            own = table[own_column].to_numpy(zero_copy_only=False).astype(np.float64)
            inside = (0, 0) if found is None else (int(found.told.sum()), found.right(own))
            rows.append(
                (criterion.label, *inside, len(attack_all_rates([{key: public.get(key, ())}], residents, least)))
            )
        return rows


def make_public(layers: Layers, policy: ReleasePolicy, ledger_file: Path) -> Made:
    """Make the public set of a designation.

    Parameters
    ----------
    layers : Layers
    policy : ReleasePolicy
    ledger_file : Path
        Of what has been published; it need not be there yet.

    Raises
    ------
    InputError
        If the ledger forbids it, or somebody would be given away.
    """
    ledger = read_ledger(ledger_file)
    salt = _salt_beside(ledger_file, ledger) if policy.counts.most_noise else None
    check_ledger(ledger, layers, policy, salt, str(ledger_file))
    found, left_out = safe_set(layers, policy, ledger, salt)
    with_this = with_release(ledger, layers, policy, found, salt)
    before = len(ledger.beside(layers.year, people_of(residents_of(layers))).regions)
    return Made(layers, policy, found, tuple(sorted(left_out)), before, ledger, with_this, ledger_file, salt)


def read_internal(file: Path) -> tuple[Layers, Path]:
    """A designation of the house, and where its ledger lies unless it is named: beside it.

    Raises
    ------
    InputError
        If the file is no designation, or public already.
    """
    _check_internal(file)
    return read_layers(file), (file if file.is_dir() else file.parent) / LEDGER


def _check_internal(file: Path) -> None:
    """Refuse what is public already."""
    beside = file.with_suffix(".json")
    try:
        content = json.loads(text_of_json(beside))
    except (OSError, ValueError, RecursionError):
        return
    if isinstance(content, dict) and content.get("audience") == "public":
        what = _("is public already, and numbers that are rounded twice are wrong")
        raise InputError(Problem(str(file), what, _("Name the designation of the house.")))


def _salt_beside(ledger_file: Path, ledger: Ledger) -> bytes:
    """The house's secret; a new one where none was ever used."""
    place = ledger_file.with_name(SALT)
    try:
        found = bytes_of_text(place)
    except FileNotFoundError:
        if ledger.salt_sha256 is None:
            return secrets.token_bytes(_SALT_BYTES)
        what = _("is lost: other noise over the same people would tell more of them with each release")
        remedy = _("Restore the file, or take a release policy that rounds.")
        raise InputError(Problem(str(place), what, remedy)) from None
    except OSError as error:
        what = _("cannot be read ({reason})").format(reason=reason_of(error))
        raise InputError(Problem(str(place), what, _("Make it a readable file."))) from None
    if len(found) < _SALT_BYTES:
        what = _("is no salt of ours: it has {n} bytes, and {least} are needed").format(n=len(found), least=_SALT_BYTES)
        raise InputError(Problem(str(place), what, _("Restore the file that lay beside the ledger.")))
    return found


def write_public(made: Made, out: Path) -> list[Path]:
    """Write the public set and its report into a folder; the ledger and the salt first, beside the designation.

    Returns
    -------
    list of Path
        The files that may be published, then the report.

    Raises
    ------
    OutputError
        If they cannot be written. What was noted in the ledger stays: too much there is safe.
    InputError
        If another set was noted in the ledger since it was read: nobody knows what the two give away together.
    """
    year, language = made.layers.year, made.layers.language
    _note(made)
    stem = f"public_{year}"
    content = json.dumps(made.found.content, ensure_ascii=False, indent=2) + "\n"
    stamp = {"policy": made.layers.summary.policy.id, "source": made.layers.summary.source}
    stamp |= {"audience": "public", "release": made.policy.id}

    def texts(folder: Path) -> dict[str, str]:
        hashes = [
            (f"{stem}.gpkg", hashlib.sha256((folder / f"{stem}.gpkg").read_bytes()).hexdigest()),
            (f"{stem}.json", hashlib.sha256(content.encode()).hexdigest()),
        ]
        parts = report_parts(made, hashes, language)
        return {
            f"{stem}.json": content,
            f"release_{year}.md": as_markdown(parts),
            f"release_{year}.html": as_html(parts, language),
        }

    names = (f"{stem}.json", f"release_{year}.md", f"release_{year}.html")

    def dress(file: Path) -> None:
        dress_public(file, made.found.content)

    return write_with_texts(out, f"{stem}.gpkg", made.found.layers, stamp, year, language, texts, names, dress)


def _note(made: Made) -> None:
    """Write the ledger, and the salt where there was none, unless another release did so meanwhile."""
    place = made.ledger_file
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(place.parent):
            if read_ledger(place) != made.read:
                what = _("another set was noted there while this one was made")
                raise InputError(Problem(str(place), what, _("Make it again: it is held against that one then.")))
            _write_private(place, (made.ledger.model_dump_json() + "\n").encode())
            if made.salt is not None and not place.with_name(SALT).exists():
                _write_private(place.with_name(SALT), made.salt)
    except OSError as error:
        what = _("could not be written ({reason})").format(reason=reason_of(error))
        raise OutputError(
            Problem(str(place), what, _("Nothing is published without it: mend its permissions."))
        ) from None


def _write_private(place: Path, content: bytes) -> None:
    """Write a file that this user alone may read, whole or not."""
    # mkstemp gives it to this user alone
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name, place)


Part = tuple[str, Sequence[Sequence[str]]]
"""A heading, and rows of cells; the first row is the head of the table."""


def report_parts(made: Made, hashes: Sequence[tuple[str, str]], language: str) -> list[Part]:
    """The report for whoever checks outputs, in parts."""
    policy, cost, counts = made.policy, made.found.cost, made.policy.counts

    def number(value: int) -> str:
        return decimal(value, 0, language)

    rule = (
        _("changed by cell key, by at most {n}", language).format(n=counts.most_noise)
        if counts.most_noise
        else _("to the nearest {n}", language).format(n=counts.round_to)
    )
    rules = [
        (_("Rule", language), _("Value", language)),
        (_("Release policy", language), f"{policy.id}: {text_in(policy.title, language)}"),
        (_("Its source", language), policy.source),
        (_("Numbers of people", language), rule),
        (_("Withheld below", language), number(counts.least_told)),
        (_("Possible numbers left of any group, at least", language), number(counts.least_persons)),
        (_("Steps of rates, at least", language), f"{decimal(100 * policy.rates.step, 1, language)} %"),
        (
            _("Means withheld: so many have more than so much of an amount", language),
            f"{policy.amounts.dominance_n}, {decimal(policy.amounts.dominance_k, 0, language)} %",
        ),
        (
            _("Means withheld: all but the two largest have less than so much of the largest", language),
            f"{decimal(policy.amounts.p_percent, 0, language)} %",
        ),
        (_("Units", language), policy.units.form),
    ]
    told = [
        (_("What", language), _("How many", language)),
        (_("Numbers told", language), number(cost["numbers"])),
        (_("Numbers withheld, as they are too small", language), number(cost["numbers_withheld"])),
        (_("Numbers left out, as they would give somebody away together", language), number(len(made.left_out))),
        (_("Rates told", language), number(cost["rates"])),
        (_("Rates withheld", language), number(cost["rates_withheld"])),
        (_("Squares of several units", language), number(cost.get("units_joined", 0))),
        (_("Largest change of a number", language), number(cost["largest_change"])),
        (_("Numbers of that year published before", language), number(made.published_before)),
        (
            _("Groups of people that the attack could tell apart beside all of them", language),
            number(made.given_away(counts.least_persons) + sum(row[-1] for row in made.told_by_rates())),
        ),
    ]
    areas = _cost_of_areas(made, language)
    left_out = [(_("Left out", language),), *((name,) for name in made.left_out)] if made.left_out else []
    holds = {
        "gpkg": _("areas, status, changes and units, for a map", language),
        "json": _("the same without outlines and units, for programs", language),
    }
    files = [(_("File", language), _("What it holds", language), "SHA-256")]
    files += [(name, holds[name.rpartition(".")[2]], digest) for name, digest in hashes]
    title = _("What leaves the house: the designation of {year}", language).format(year=made.layers.year)
    parts: list[Part] = [(title, ()), (_("By which rule", language), rules), (_("What is told", language), told)]
    parts.append((_("What it costs", language), areas))
    if left_out:
        parts.append((_("Numbers left out", language), left_out))
    parts.append((_("Files", language), files))
    return parts


def _cost_of_areas(made: Made, language: str) -> list[tuple[str, ...]]:
    """What each area was and is: residents, rates told, and how well squares draw it.

    Before stands as the range that the rule leaves, as the report may leave the house too.
    """
    heads = (
        _("Area", language), _("Residents before, as a range", language), _("Residents told", language),
        _("Rates told", language), _("Its outline: intersection over union", language),
        _("Drawn by squares: intersection over union", language),
    )  # fmt: skip
    layers = {layer.name: layer.table for layer in made.found.layers}
    before = made.layers.layers["areas"].table
    exact = dict(zip(before["area_id"].to_pylist(), shapely.from_wkb(before[GEOMETRY].to_pylist()), strict=True))
    squares = layers.get("public_units") if made.policy.units.form == "quadtree" else None
    drawn = None if squares is None else shapely.from_wkb(squares[GEOMETRY].to_pylist())
    bounds = {each.name.removeprefix(AREA): each for each in made.found.regions if each.name.startswith(AREA)}
    rows: list[tuple[str, ...]] = [heads]
    areas = layers["public_areas"]
    for row, outline in zip(areas.drop_columns([GEOMETRY]).to_pylist(), areas[GEOMETRY].to_pylist(), strict=True):
        rates = [value for name, value in row.items() if name.startswith("rate_") and name != "rate_step"]
        region, told = bounds.get(row["area_id"]), row["residents"]
        span = "" if region is None else " - ".join(decimal(n, 0, language) for n in (region.least, region.most))
        same = _overlap(exact[row["area_id"]], shapely.from_wkb(outline))
        mostly = None if drawn is None else _mostly_within(exact[row["area_id"]], drawn)
        rows.append(
            (
                row["area_id"], span, "" if told is None else decimal(told, 0, language),
                f"{sum(value is not None for value in rates)} / {len(rates)}", decimal(same, 2, language),
                "" if mostly is None else decimal(_overlap(exact[row["area_id"]], mostly), 2, language),
            )
        )  # fmt: skip
    return rows


def _mostly_within(outline: Any, squares: Any) -> Any:
    """The squares of which an outline holds at least half, as one shape."""
    near = squares[shapely.STRtree(squares).query(outline)]
    return shapely.union_all(near[shapely.area(shapely.intersection(near, outline)) >= shapely.area(near) / 2])


def _overlap(one: Any, other: Any) -> float:
    """The area of the intersection over that of the union; 0 of nothing."""
    union = shapely.area(shapely.union(one, other))
    return float(shapely.area(shapely.intersection(one, other)) / union) if union else 0.0


def as_markdown(parts: Sequence[Part]) -> str:
    """The report as Markdown."""
    lines = []
    for level, (heading, rows) in enumerate(parts):
        lines += [f"{'#' if level == 0 else '##'} {heading}", ""]
        for place, row in enumerate(rows):
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
            if place == 0:
                lines.append("| " + " | ".join("---" for _cell in row) + " |")
        lines += [""] if rows else []
    return "\n".join(lines)


def as_html(parts: Sequence[Part], language: str) -> str:
    """The report as a page without scripts."""
    body = []
    for level, (heading, rows) in enumerate(parts):
        tag = "h1" if level == 0 else "h2"
        body.append(f"<{tag}>{html.escape(heading)}</{tag}>")
        if rows:
            kinds = ["th", *["td"] * (len(rows) - 1)]
            lines = (
                "".join(f"<{kind}>{html.escape(cell)}</{kind}>" for cell in row)
                for kind, row in zip(kinds, rows, strict=True)
            )
            body.append("<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>")
    style = "body{font-family:sans-serif;margin:2em;max-width:60em}td,th{text-align:left;padding:.2em .8em .2em 0}"
    title = html.escape(parts[0][0])
    head = f'<meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    return f'<!DOCTYPE html><html lang="{language}"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def made_as_data(made: Made, files: Sequence[Path] = ()) -> dict[str, Any]:
    """What was made, as plain data."""
    return {
        "year": made.layers.year,
        "release": made.policy.id,
        "cost": made.found.cost,
        "left_out": list(made.left_out),
        "published_before": made.published_before,
        "ledger": str(made.ledger_file),
        "files": [str(file) for file in files],
        "public": made.found.content,
    }


def audit_as_data(made: Made) -> dict[str, Any]:
    """What the files give away, as plain data: those of the house, and the public ones."""
    promised = made.policy.counts.least_persons
    residents = [
        {"least": least, "units": units, "residents": living, "public": made.given_away(least)}
        for least, (units, living) in made.internal().items()
        if least <= promised
    ]
    heads = ("criterion", "units", "right", "public")
    rates = [dict(zip(heads, row, strict=True)) for row in made.told_by_rates()]
    return {"audit": {"residents": residents, "rates": rates}}
