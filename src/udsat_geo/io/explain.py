"""Reading one unit or area of a designation back, with all that says why it is in or out."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from udsat_geo.errors import InputError, Problem
from udsat_geo.io.earlier import read_summary
from udsat_geo.vector import reading_gdal


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
    summary = read_summary(path)
    if "criteria" not in summary or "rule" not in summary:
        raise InputError(Problem(path.name, "was made by an older version", "Make the designation again."))
    for column in ("area_id", "name"):
        areas, _ = _rows(path, "areas", column, wanted)
        if areas:
            return Explained("area", areas[0], summary, None, ())
    units, points = _rows(path, "units", "unit_id", wanted)
    if not units:
        known = [str(area[key]) for area in summary["areas"] for key in ("area_id", "name")]
        near = difflib.get_close_matches(wanted, known, 1)
        remedy = f"Did you mean {near[0]!r}?" if near else "Ids of areas and units stand in the layers of the file."
        raise InputError(Problem(path.name, f"has no area and no unit {wanted!r}", remedy))
    inside = units[0]["area_id"]
    area = _rows(path, "areas", "area_id", inside)[0][0] if inside is not None else None
    return Explained("unit", units[0], summary, area, _near_misses_at(path, points[0]))


def _rows(path: Path, layer: str, column: str, value: str) -> tuple[list[dict[str, Any]], list[Any]]:
    """The rows of a layer with a value in a column, and their geometries."""
    import shapely

    pyogrio = reading_gdal()
    quoted = value.replace("'", "''")
    try:
        meta, table = pyogrio.read_arrow(path, layer=layer, where=f"\"{column}\" = '{quoted}'")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        reason = str(error).split(";")[0].split("\n")[0]
        raise InputError(Problem(path.name, f"is no designation of ours ({reason})", "Name another file.")) from None
    name = meta["geometry_name"] or "wkb_geometry"
    geometry = shapely.from_wkb(table.column(name).to_numpy(zero_copy_only=False))
    return table.drop_columns(name).to_pylist(), list(geometry)


def _near_misses_at(path: Path, geometry: Any) -> tuple[dict[str, Any], ...]:
    """The near misses that hold a unit's middle."""
    import shapely

    pyogrio = reading_gdal()
    meta, table = pyogrio.read_arrow(path, layer="near_misses")
    name = meta["geometry_name"] or "wkb_geometry"
    outlines = shapely.from_wkb(table.column(name).to_numpy(zero_copy_only=False))
    holds = shapely.intersects(outlines, shapely.point_on_surface(geometry)) if len(outlines) else []
    rows = table.drop_columns(name).to_pylist()
    return tuple(row for row, inside in zip(rows, holds, strict=True) if inside)
