"""Overrides: decisions, each with its reason, that change the result last.

A table or vector file with the columns ``action`` (include, exclude), ``reason``, ``decided_by`` and ``date``, and
either ``unit_id`` or a polygon, which stands for the units whose centre lies in it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from udsat_geo.areas.roles import number_areas
from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.tables import unguarded
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import in_one_line
from udsat_geo.sources.crs import short_crs
from udsat_geo.sources.features import Features, features_in, texts_of
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units


@dataclass(frozen=True)
class Decisions:
    """What was decided about which units.

    Attributes
    ----------
    include, exclude : int64, shape (n_units,)
        Number of the override that includes (excludes) the unit; -1 is none. No unit has both.
    """

    include: Ints
    exclude: Ints


def apply_decisions(units: Units, edges: Edges, area_of_unit: Ints, decisions: Decisions) -> tuple[Ints, Ints]:
    """Change the result by what was decided.

    Parameters
    ----------
    units : Units
    edges : Edges
        Along which an included unit touches an area.
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    decisions : Decisions

    Returns
    -------
    area_of_unit : int64, shape (n_units,)
        New areas of included units come after all others, in the order of their first unit.
    override_of_unit : int64, shape (n_units,)
        The override that changed the unit; -1 where none did, or where it only confirmed what was so already.
    """
    from udsat_geo.kernels.components import label_components

    changed = np.full(len(units), -1, dtype=np.int64)
    result = area_of_unit.copy()
    out = (decisions.exclude >= 0) & (result >= 0)
    changed[out], result[out] = decisions.exclude[out], -1
    new = (decisions.include >= 0) & (result < 0)
    changed[new] = decisions.include[new]
    n_areas = int(area_of_unit.max(initial=-1)) + 1
    inside = result >= 0
    place = number_areas(units, result, n_areas)
    # units that are included together and touch go together
    piece, n_pieces = label_components(new, edges.head, edges.tail)
    area_of_piece = np.full(n_pieces, -1, dtype=np.int64)
    for one, other in ((edges.head, edges.tail), (edges.tail, edges.head)):
        touching = new[one] & inside[other]
        for p, area in zip(piece[one[touching]].tolist(), result[other[touching]].tolist(), strict=True):
            best = area_of_piece[p]
            if best < 0 or place[area] < place[best]:
                area_of_piece[p] = area
    alone = area_of_piece < 0
    area_of_piece[alone] = n_areas + np.arange(int(alone.sum()))
    result[new] = area_of_piece[piece[new]]
    return result, changed


ACTIONS = ("include", "exclude")
REQUIRED = ("action", "reason", "decided_by", "date")


@dataclass(frozen=True)
class Override:
    """One decision.

    Attributes
    ----------
    action : {"include", "exclude"}
    unit_id : str or None
        None where a polygon says which units.
    units : int64, shape (n_chosen,)
        The units it speaks of.
    reason, decided_by : str
    date : str
        ISO 8601.
    """

    action: str
    unit_id: str | None
    units: Ints
    reason: str
    decided_by: str
    date: str


@dataclass(frozen=True)
class Overrides:
    """All decisions of a file, in its order, and what was said about it.

    Attributes
    ----------
    overrides : tuple of Override
    decisions : Decisions
    notes : tuple of str
    """

    overrides: tuple[Override, ...]
    decisions: Decisions
    notes: tuple[str, ...] = ()


def read_overrides(path: Path, units: Units, language: str) -> Overrides:
    """Read decisions, and find the units they speak of.

    Raises
    ------
    InputError
        For missing columns; rows without action, reason, name or date; unknown actions and units; polygons that hold
        no unit; units that are both included and excluded.
    """
    features, told = features_in(path, units.crs, as_text=True, language=language)
    rows = _rows(features)
    chosen = _units_of_rows(features, rows, units)
    overrides = tuple(
        Override(row["action"].lower(), row["unit_id"] or None, members, *(row[told] for told in REQUIRED[1:]))
        for row, members in zip(rows, chosen, strict=True)
    )
    by_action = {action: np.full(len(units), -1, dtype=np.int64) for action in ACTIONS}
    # the first one that speaks of a unit counts
    for number, override in reversed([*enumerate(overrides)]):
        by_action[override.action][override.units] = number
    both = np.flatnonzero((by_action["include"] >= 0) & (by_action["exclude"] >= 0))
    if len(both):
        first, second = (by_action[action][both[0]] + 1 for action in ("include", "exclude"))
        example = _("{unit_id} (rows {first}, {second})")
        example = example.format(unit_id=units.unit_id[both[0]], first=first, second=second)
        what = _("units that are both included and excluded")
        raise InputError(Problem(features.name, what, _("Decide for one."), len(both), example))
    given = {"name": features.name, "source": told, "target": short_crs(units.crs)}
    note = () if told is None else (_("{name}: reprojected from {source} to {target}", language).format(**given),)
    return Overrides(overrides, Decisions(by_action["include"], by_action["exclude"]), features.notes + note)


def _rows(features: Features) -> list[dict[str, str]]:
    """The attributes as text by our names, checked."""
    attributes, name = features.attributes, features.name
    lower = {column.lower(): column for column in attributes.column_names}
    missing = [column for column in REQUIRED if column not in lower]
    if features.geometry is None and "unit_id" not in lower:
        missing.append("unit_id")
    if missing:
        what = _("has no column {names}").format(names=", ".join(missing))
        remedy = _("An override needs {names}, and unit_id or a polygon.").format(names=", ".join(REQUIRED))
        raise InputError(Problem(name, what, remedy))
    columns = {
        column: texts_of(features, lower[column]) if column in lower else [""] * attributes.num_rows
        for column in (*REQUIRED, "unit_id")
    }
    # but for the unit's id, which is a key
    told = {column: [in_one_line(unguarded(text)) for text in columns[column]] for column in REQUIRED}
    by_row = zip(*(columns | told).values(), strict=True)
    rows = [dict(zip(columns, values, strict=True)) for values in by_row]
    if not rows:
        raise InputError(Problem(name, _("holds no overrides"), _("Leave out --overrides, or add them.")))
    problems = []
    for column in REQUIRED:
        where, what = _("{name}, column {column}"), _("overrides without {column}").format(column=column)
        empty = [number for number, row in enumerate(rows, 1) if not row[column]]
        remedy = _("Say what was decided, why, by whom and when.")
        problems += _of_rows(where.format(name=name, column=column), what, remedy, empty)
    unknown = [row["action"] for row in rows if row["action"] and row["action"].lower() not in ACTIONS]
    if unknown:
        where, remedy = _("{name}, column action").format(name=name), _("Write include or exclude.")
        problems.append(Problem(where, _("unknown actions"), remedy, len(unknown), repr(unknown[0])))
    for row in rows:
        row["date"] = _date(row["date"]) if row["date"] else ""
    wrong = [number for number, row in enumerate(rows, 1) if row["date"] == "?"]
    what, remedy = _("dates that cannot be read"), _("Write them as 2025-03-31.")
    problems += _of_rows(_("{name}, column date").format(name=name), what, remedy, wrong)
    if problems:
        raise InputError(problems)
    return rows


def _of_rows(where: str, what: str, remedy: str, rows: Sequence[int]) -> list[Problem]:
    """What is wrong with some rows, counted from 1; nothing where there are none."""
    return [Problem(where, what, remedy, len(rows), _("row {row}").format(row=rows[0]))] if rows else []


def _date(text: str) -> str:
    """The day of a date or time in ISO 8601; a question mark where it is none.

    No other way of writing is taken: 03-04-2021 is a day in April here and one in March elsewhere.
    """
    try:
        return datetime.datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return "?"


def _units_of_rows(features: Features, rows: list[dict[str, str]], units: Units) -> list[Ints]:
    """The units that each row speaks of."""
    number = {unit: i for i, unit in enumerate(units.unit_id.tolist())}
    by_id = [row["unit_id"] for row in rows]
    problems = []
    unknown = [text for text in by_id if text and text not in number]
    if unknown:
        where, remedy = _("{name}, column unit_id").format(name=features.name), _("Unit ids here read as {unit_id}.")
        remedy = remedy.format(unit_id=units.unit_id[0])
        problems.append(Problem(where, _("units that do not exist"), remedy, len(unknown), repr(unknown[0])))
    chosen = [np.array([number[text]] if text in number else [], dtype=np.int64) for text in by_id]
    drawn = [i for i, text in enumerate(by_id) if not text]
    if drawn and features.geometry is None:
        what, remedy = _("overrides without a unit"), _("Fill in unit_id, or draw a polygon.")
        problems += _of_rows(features.name, what, remedy, [i + 1 for i in drawn])
    elif drawn and features.geometry is not None:
        shapes = features.geometry[drawn]
        wrong = shapely.is_missing(shapes) | ~np.isin(shapely.get_type_id(shapes), (3, 6)) | ~shapely.is_valid(shapes)
        drawable = shapes.copy()
        drawable[wrong] = None
        centres = shapely.STRtree(shapely.points(units.easting, units.northing))
        row, unit = centres.query(drawable, predicate="intersects")
        for place, i in enumerate(drawn):
            chosen[i] = np.sort(unit[row == place]).astype(np.int64)
        invalid = [i + 1 for i, is_wrong in zip(drawn, wrong, strict=True) if is_wrong]
        empty = [i + 1 for i, is_wrong in zip(drawn, wrong, strict=True) if not is_wrong and not len(chosen[i])]
        what, remedy = _("overrides without a valid polygon"), _("Draw one, or name a unit.")
        problems += _of_rows(features.name, what, remedy, invalid)
        what, remedy = _("polygons in which no unit's centre lies"), _("Draw them round the units they are about.")
        problems += _of_rows(features.name, what, remedy, empty)
    if problems:
        raise InputError(problems)
    return chosen
