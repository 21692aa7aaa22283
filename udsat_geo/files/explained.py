"""Reading one unit or area of a designation back, with all that says why it is in or out."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from udsat_geo.files.read import read_summary
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.sources.features import geometries_of, geometry_column, read_layer

Shape = Mapping[str, tuple[type, ...]]

_NONE = type(None)
_TEXT, _WHOLE, _NUMBER = (str, _NONE), (int, _NONE), (int, float, _NONE)
_AREA: Shape = {
    "area_id": (str,),
    "name": (str,),
    "district": _TEXT,
    "residents": (int,),
    "area_ha": (int, float),
    "since": (int,),
    "until": _WHOLE,
    "reason": (str,),
    "exceeded": _TEXT,
}
_UNIT: Shape = {
    "unit_id": (str,),
    "residents": _WHOLE,
    "residents_in_view": (int,),
    "composite": _NUMBER,
    "criteria_exceeded": (int,),
    "exceeded": _TEXT,
    "role": (str,),
    "area_id": _TEXT,
    "short": _NUMBER,
    "reason": (str,),
}
_NEAR_MISS: Shape = {"residents": (int,), "reason": (str,)}
_CRITERION: Shape = {"key": (str,), "label": (str,), "unit": (str,), "share": (bool,), "spread": _NUMBER}
_RULE: Shape = {"core": _NUMBER, "edge": _NUMBER, "criteria": (int,), "require": (list,), "residents": (int, float)}
"""What is read of a file, and as what: one by an older version, or changed since, lacks some of it."""


@dataclass(frozen=True)
class Explained:
    """What a file says of one unit or area.

    Attributes
    ----------
    kind : {"area", "unit"}
    values : dict
        The columns of its row.
    summary : dict
        Of the whole designation.
    area : dict or None
        The row of the area that a unit is in.
    near_misses : tuple of dict
        Rows of the near misses that a unit is part of.
    """

    kind: str
    values: dict[str, Any]
    summary: dict[str, Any]
    area: dict[str, Any] | None
    near_misses: tuple[dict[str, Any], ...]


def read_explained(path: Path, wanted: str) -> Explained:
    """Find an area or a unit by its id.

    Parameters
    ----------
    path : Path
        A ``designation_YEAR.gpkg`` with its JSON beside it.
    wanted : str
        An ``area_id``, an area's name, or a ``unit_id``.

    Raises
    ------
    InputError
        If the file is missing or no designation, or has no such area or unit.
    """
    if not path.is_file():
        raise InputError(Problem(str(path), "no such file", "Name a designation_YEAR.gpkg."))
    summary = read_summary(path).as_dict()
    if not is_whole(summary):
        raise InputError(made_by_older(path))
    criteria = summary["criteria"]
    for column in ("area_id", "name"):
        areas, _ = _rows(path, "areas", column, wanted)
        if areas:
            return Explained("area", _checked(path, areas[0], _AREA, criteria), summary, None, ())
    units, geometry = _rows(path, "units", "unit_id", wanted)
    if not units:
        known = [str(area[key]) for area in summary["areas"] for key in ("area_id", "name")]
        near = difflib.get_close_matches(wanted, known, 1)
        remedy = f"Did you mean {near[0]!r}?" if near else "Ids of areas and units stand in the layers of the file."
        raise InputError(Problem(path.name, f"has no area and no unit {wanted[:80]!r}", remedy))
    unit = _checked(path, units[0], _UNIT, criteria)
    around = [] if unit["area_id"] is None else _rows(path, "areas", "area_id", unit["area_id"])[0]
    if unit["area_id"] is not None and not around:
        raise InputError(made_by_older(path))
    area = _checked(path, around[0], _AREA, criteria) if around else None
    return Explained("unit", unit, summary, area, _near_misses_at(path, geometry[0]))


def made_by_older(path: Path) -> Problem:
    """What is told of a file that lacks what this version reads."""
    what = "was made by an older version, or has been changed since"
    return Problem(path.name, what, "Make the designation again.")


def is_whole(summary: dict[str, Any]) -> bool:
    """Whether a summary has what is told of the rule, the criteria and the areas."""
    rule, criteria, areas = (summary.get(key) for key in ("rule", "criteria", "areas"))
    if not (isinstance(rule, dict) and isinstance(criteria, list) and isinstance(areas, list)):
        return False
    if not _fits(rule, _RULE) or (rule["core"] is not None and rule["edge"] is None):
        return False
    return (
        all(isinstance(key, str) for key in rule["require"])
        and all(isinstance(entry, dict) and _fits(entry, _CRITERION) for entry in criteria)
        and all(isinstance(entry, dict) and {"area_id", "name"} <= entry.keys() for entry in areas)
    )


def _fits(values: dict[str, Any], shape: Shape) -> bool:
    """Whether all that is read is there and of its kind; numbers are finite."""
    return all(
        key in values
        and isinstance(values[key], kinds)
        and not (isinstance(values[key], float) and not math.isfinite(values[key]))
        for key, kinds in shape.items()
    )


def _checked(path: Path, row: dict[str, Any], shape: Shape, criteria: list[dict[str, Any]]) -> dict[str, Any]:
    """A row that has all that is told of it.

    Raises
    ------
    InputError
        If it has not.
    """
    measured = {f"{what}_{criterion['key']}": _NUMBER for criterion in criteria for what in ("rate", "gap")}
    if not _fits(row, {**shape, **measured}):
        raise InputError(made_by_older(path))
    return row


def _rows(path: Path, layer: str, column: str, value: str) -> tuple[list[dict[str, Any]], list[Any]]:
    """The rows of a layer with a value in a column, and their geometries."""
    quoted = value.replace("'", "''")
    return _read(path, layer, where=f"\"{column}\" = '{quoted}'")


def _read(path: Path, layer: str, **wanted: Any) -> tuple[list[dict[str, Any]], list[Any]]:
    try:
        meta, table = read_layer(path, layer, **wanted)
        name = geometry_column(meta)
        geometry = geometries_of(table.column(name))
        return table.drop_columns(name).to_pylist(), list(geometry)
    except (KeyError, ValueError, NotImplementedError) as error:
        reason = str(error.args[0] if error.args else error).split("\n")[0]
        raise InputError(Problem(path.name, f"is no designation of ours ({reason})", "Name another file.")) from None


def _near_misses_at(path: Path, geometry: Any) -> tuple[dict[str, Any], ...]:
    """The near misses that hold a unit's middle."""
    import shapely

    rows, outlines = _read(path, "near_misses")
    holds = shapely.intersects(outlines, shapely.point_on_surface(geometry)) if outlines else []
    found = tuple(row for row, inside in zip(rows, holds, strict=True) if inside)
    if not all(_fits(row, _NEAR_MISS) for row in found):
        raise InputError(made_by_older(path))
    return found
