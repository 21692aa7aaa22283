"""A set of areas that people are counted in: a designation's own units, or polygons.

Whether somebody lives in an area is decided as it was when the area was drawn. A designation over cells holds every
address in its cells, one over addresses those addresses, whatever its smoothed outline leaves out or takes in;
polygons, and a designation over zones, hold the addresses that their polygons cover.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.area_set import AreaSet, AreasFile, MemberAddresses, MemberCells, overlap_problem
from udsat_geo.areas.polygons import MOST_OVERLAP_M2, read_polygons
from udsat_geo.changes.diff import Designated
from udsat_geo.designation.designation import Designation
from udsat_geo.files.stored import read_designated
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.registers.schema import CRS
from udsat_geo.sources.crs import check_crs, crs_code, same_crs, short_crs
from udsat_geo.sources.features import (
    Features,
    check_polygons,
    file_of,
    geometries_of,
    geometry_column,
    list_layers,
    read_features,
    read_layer,
    reading_gdal,
    shared_areas,
)
from udsat_geo.sources.origins import name_of

LAYERS = {"areas", "units"}
"""By which the GeoPackage of a designation is known."""


def set_of_designation(made: Designation) -> AreaSet:
    """The areas of a designation that was just made from registers."""
    units = made.units
    inside = made.areas.area_of_unit >= 0
    area_of_member = made.areas.area_of_unit[inside]
    members: MemberCells | MemberAddresses | None = None
    if units.grid is not None and units.row is not None and units.col is not None:
        members = MemberCells(units.grid.size, units.row[inside], units.col[inside], area_of_member)
    elif units.kind == "addresses":
        members = MemberAddresses(units.unit_id[inside], area_of_member)
    source = made.inputs.source
    return AreaSet(str(made.year), _labels(made.designated()), made.outline, members, made.year, source)


def read_area_set(path: Path, allow_overlaps: bool = False) -> AreaSet:
    """Read areas: the GeoPackage of a designation, or polygons of any vector file.

    Parameters
    ----------
    path : Path
        ``file|layername=name`` names one layer of several, whose polygons are taken then as they are.
    allow_overlaps : bool
        Whether polygons that overlap are said instead of refused.

    Raises
    ------
    InputError
        If the file is missing, damaged, a designation in another reference system or without areas, or its polygons
        are at fault: see `udsat_geo.areas.polygons.read_polygons`.
    """
    if _is_designation(path):
        return _read_designation(path)
    polygons = read_polygons(path, "area", allow_overlaps)
    return AreaSet(polygons.name, polygons.label, polygons.geometry, path=file_of(path), notes=polygons.notes)


def _is_designation(path: Path) -> bool:
    if "|layername=" in str(path) or path.suffix.lower() != ".gpkg" or not path.is_file():
        return False
    try:
        return set(list_layers(path)) >= LAYERS
    except ValueError:
        return False  # reading it as polygons tells what is wrong


def _read_designation(path: Path) -> AreaSet:
    from udsat_geo.files.stored import read_designated, read_summary

    designated = read_designated(path)
    crs = read_summary(path).crs
    if isinstance(crs, str) and not same_crs(crs, CRS):
        what = f"is a designation in {short_crs(crs)}, and registers are read in {CRS}"
        raise InputError(Problem(name_of(path), what, "Name a designation of the same city."))
    if not len(designated.area_id):
        raise InputError(Problem(name_of(path), "is a designation without any area", "Name another one."))
    label, outline, source = _labels(designated), designated.outline, designated.source
    return AreaSet(name_of(path), label, outline, _members(path, designated), designated.year, source, path)


def _members(path: Path, designated: Designated) -> MemberCells | MemberAddresses | None:
    """The units of areas, where they are cells or addresses."""
    import shapely

    where = "area_id IS NOT NULL"
    try:
        meta, table = read_layer(path, "units", columns=["unit_id", "area_id"], where=where)
        geometry = geometries_of(table[geometry_column(meta)])
    except (KeyError, ValueError, NotImplementedError) as error:
        reason = str(error.args[0] if error.args else error).split("\n")[0]
        raise InputError(
            Problem(name_of(path), f"is no designation of ours ({reason})", "Name another file.")
        ) from None
    number = {area: i for i, area in enumerate(designated.area_id.tolist())}
    area_of_member = np.array([number.get(area, -1) for area in table["area_id"].to_pylist()], dtype=np.int64)
    kinds = set(shapely.get_type_id(geometry).tolist())
    if kinds == {0}:
        address_id = np.empty(table.num_rows, dtype=object)
        address_id[:] = table["unit_id"].to_pylist()
        return MemberAddresses(address_id, area_of_member)
    return _as_cells(geometry, area_of_member)


def _as_cells(geometry: NDArray[np.object_], area_of_member: NDArray[np.int64]) -> MemberCells | None:
    """Cells of a grid through the origin, if that is what polygons are: squares of one size, each in its place."""
    import shapely

    west, south, east, north = shapely.bounds(geometry).T
    size = round(float(east[0] - west[0])) if len(geometry) else 0
    if size <= 0 or not (shapely.area(geometry) == size**2).all():
        return None
    row, col = np.round(south / size).astype(np.int64), np.round(west / size).astype(np.int64)
    corners = ((west, col), (south, row), (east, col + 1), (north, row + 1))
    if not all((found == size * wanted).all() for found, wanted in corners):
        return None
    order = np.lexsort((col, row))
    return MemberCells(size, row[order], col[order], area_of_member[order])


def _labels(designated: Designated) -> tuple[str, ...]:
    pairs: Any = zip(designated.area_id.tolist(), designated.name.tolist(), strict=True)
    return tuple(f"{area_id} ({name})" if name and name != area_id else str(area_id) for area_id, name in pairs)


NAME_COLUMNS = ("area_id", "name", "navn")
"""Columns that tell the areas of a file apart, the first that it has, where none is named."""


def read_areas(path: Path, name: str | None, language: str, year: int = -1, allow_overlaps: bool = False) -> AreasFile:
    """Read a designation of ours, or polygons.

    Parameters
    ----------
    path : Path
        ``designation_YEAR.gpkg``, or any vector file; ``file.gpkg|layername=areas`` names a layer of it.
    name : str or None
        Polygons: the column that tells the areas apart; rows of one value are one area.
    language : {"da", "en"}
        Of the notes.
    year : int
        Of polygons, where it is known.
    allow_overlaps : bool
        Count a resident of two polygons in the first of them instead of refusing the file.

    Raises
    ------
    InputError
        If the file is missing or damaged, holds no areas, or areas that overlap.
    """
    if not is_designation(path):
        return _polygons(path, name, language, year, allow_overlaps)
    designated = read_designated(path, geometry=True)
    crs = reading_gdal().read_info(path, layer="areas")["crs"]
    if crs is None:
        raise InputError(Problem(name_of(path), "does not say its reference system", "Make the designation again."))
    return AreasFile(path, "designation", designated, crs_code(crs))


def is_designation(path: Path) -> bool:
    """Whether a file is to be read as a designation of ours: it has the layers, or at least the name.

    Raises
    ------
    InputError
        If it is a GeoPackage that cannot be read.
    """
    if path.suffix != ".gpkg" or not path.is_file():
        return False
    # asked of SQLite itself: GDAL leaves a file of its own beside a GeoPackage that it lists
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            layers = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
    except sqlite3.Error as error:
        raise InputError(Problem(name_of(path), f"cannot be read: {error}", "Check that GDAL opens it.")) from None
    by_name = path.stem.startswith("designation_") and path.with_suffix(".json").exists()
    return {"areas", "units"} <= layers or by_name


def _polygons(path: Path, name: str | None, language: str, year: int, allow_overlaps: bool) -> AreasFile:
    """Polygons as areas, by name."""
    import shapely

    features = read_features(path)
    _check(features)
    names, told = _names(features, name, language)
    parts = shapely.force_2d(features.geometry)
    # by name, so that no order of rows matters; areas that are only numbered stay in the file's order
    unique, area_of_row = np.unique(names.astype(str), return_inverse=True)
    if name is None and not told[1]:
        unique, area_of_row = names.astype(str), np.arange(len(names))
    outline = np.empty(len(unique), dtype=object)
    for area in range(len(unique)):
        outline[area] = shapely.union_all(parts[area_of_row == area])
    notes = list(told[0])
    if len(unique) < len(names):
        notes.append(
            _("{file}: {rows} polygons make {areas} areas: those of one name are one", language).format(
                file=features.name, rows=len(names), areas=len(unique)
            )
        )
    ids = np.empty(len(unique), dtype=object)
    ids[:] = unique.tolist()
    if not allow_overlaps:
        _check_overlaps(features.name, ids, outline)
    none = np.empty(0, dtype=np.int64)
    designated = Designated(
        year, "", np.empty(0, dtype=object), none, none, ids, ids, np.full(len(ids), year, dtype=np.int64), outline
    )
    return AreasFile(path, "polygons", designated, crs_code(str(features.crs)), tuple(notes), allow_overlaps)


def _names(
    features: Features, wanted: str | None, language: str
) -> tuple[NDArray[np.object_], tuple[tuple[str, ...], bool]]:
    """The area of each row; notes, and whether a column told it."""
    columns = features.attributes.column_names
    lower = {column.lower(): column for column in columns}
    if wanted is not None and wanted not in columns:
        there = f"The file has: {', '.join(columns[:12]) or 'none'}."
        raise InputError(Problem(f"{features.name}, column {wanted}", "is missing", there))
    column = wanted or next((lower[name] for name in NAME_COLUMNS if name in lower), None)
    if column is None:
        n_rows = features.attributes.num_rows
        numbers = np.array([str(row + 1) for row in range(n_rows)], dtype=object)
        return numbers, (
            (
                _("{file}: the areas are numbered by row; name a column with --name", language).format(
                    file=features.name
                ),
            ),
            False,
        )
    values = features.attributes.column(column).to_pylist()
    texts = np.array(["" if value is None else str(value).strip() for value in values], dtype=object)
    empty = texts == ""
    if empty.any():
        example = f"row {int(np.flatnonzero(empty)[0]) + 1}"
        remedy = "Name them, or name another column with --name."
        raise InputError(
            Problem(f"{features.name}, column {column}", "areas without a name", remedy, int(empty.sum()), example)
        )
    return texts, ((), True)


def _check(features: Features) -> None:
    geometry = features.geometry
    if geometry is None or not len(geometry):
        raise InputError(Problem(features.name, "holds no areas", "Areas are polygons."))
    if features.crs is None:
        raise InputError(Problem(features.name, "does not say its reference system", "Set it in the file."))
    check_crs(features.crs, features.name)
    rows = np.array([str(row + 1) for row in range(len(geometry))], dtype=object)
    check_polygons(features.name, geometry, rows, "area")


def _check_overlaps(file: str, ids: NDArray[np.object_], outline: NDArray[np.object_]) -> None:
    head, tail, shared_m2 = shared_areas(outline)
    pairs = [(ids[h], ids[t]) for h, t, m2 in zip(head, tail, shared_m2, strict=True) if m2 > MOST_OVERLAP_M2]
    if pairs:
        raise InputError(overlap_problem(file, pairs))
