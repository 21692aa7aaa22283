"""A set of areas that people are counted in: a designation's own units, or polygons.

Whether somebody lives in an area is decided as it was when the area was drawn. A designation over cells holds every
address in its cells, one over addresses those addresses, whatever its smoothed outline leaves out or takes in;
polygons, and a designation over zones, hold the addresses that their polygons cover.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation import Designation
from udsat_geo.diff import Designated
from udsat_geo.errors import InputError, Problem
from udsat_geo.grid import Grid, find_cells
from udsat_geo.polygon_file import Words, read_polygons
from udsat_geo.registers.linking import Located
from udsat_geo.registers.schema import CRS
from udsat_geo.vector import (
    file_of,
    geometries_of,
    geometry_column,
    list_layers,
    name_of,
    read_layer,
    same_crs,
    short_crs,
)
from udsat_geo.zones import zone_of_points

LAYERS = {"areas", "units"}
"""By which the GeoPackage of a designation is known."""


@dataclass(frozen=True)
class MemberCells:
    """Cells that belong to areas.

    Attributes
    ----------
    size : int
        Side of a cell in metres.
    row, col : int64, shape (n_cells,)
        By row, then column.
    area_of_cell : int64, shape (n_cells,)
    """

    size: int
    row: NDArray[np.int64]
    col: NDArray[np.int64]
    area_of_cell: NDArray[np.int64]


@dataclass(frozen=True)
class MemberAddresses:
    """Addresses that belong to areas.

    Attributes
    ----------
    address_id : object (str), shape (n_addresses,)
    area_of_address : int64, shape (n_addresses,)
    """

    address_id: NDArray[np.object_]
    area_of_address: NDArray[np.int64]


@dataclass(frozen=True)
class AreaSet:
    """A set of areas.

    Attributes
    ----------
    name : str
        Of the file, or the year of the designation.
    label : tuple of str, n_areas
        What each area is called.
    geometry : object (shapely), shape (n_areas,)
        Outlines in EPSG:25832.
    members : MemberCells, MemberAddresses or None
        Of a designation; None where the polygons decide.
    year : int or None
        Of a designation.
    source : str or None
        What a designation was made from: ``registers``, ``synthetic``, ``unit_table``.
    path : Path or None
        The file, where there is one.
    notes : tuple of mapping of str
        Danish and English.
    """

    name: str
    label: tuple[str, ...]
    geometry: NDArray[np.object_]
    members: MemberCells | MemberAddresses | None = None
    year: int | None = None
    source: str | None = None
    path: Path | None = None
    notes: tuple[Words, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.label)

    def area_of(self, addresses: Located) -> NDArray[np.int64]:
        """The area of each address, the first one where it lies on a border; shape (n_addresses,), -1 is none."""
        if isinstance(self.members, MemberCells):
            row, col = Grid(self.members.size).cell_of(addresses.easting, addresses.northing)
            place = find_cells(self.members.row, self.members.col, row, col)
            return _taken(self.members.area_of_cell, place)
        if isinstance(self.members, MemberAddresses):
            import pyarrow as pa
            import pyarrow.compute as pc

            known = pa.array(self.members.address_id.tolist(), type=pa.string())
            found = pc.index_in(addresses.address_id.cast(pa.string()), value_set=known)
            place = found.fill_null(-1).to_numpy().astype(np.int64)
            return _taken(self.members.area_of_address, place)
        return zone_of_points(self.geometry, addresses.easting, addresses.northing)[0].astype(np.int64)


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
        are at fault: see `udsat_geo.polygon_file.read_polygons`.
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
    from udsat_geo.io.earlier import read_designated, read_summary

    designated = read_designated(path)
    crs = read_summary(path).get("crs")
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


def _taken(area_of_member: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
    """The area at each place, -1 where there is none."""
    area = np.full(len(place), -1, dtype=np.int64)
    found = place >= 0
    area[found] = area_of_member[place[found]]
    return area
