"""Land without units that belongs to areas: what bridges run over, and holes that were filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects
from udsat_geo.units.units import Units


@dataclass(frozen=True)
class Ground:
    """Land without units that belongs to areas: what bridges run over, and holes that were filled.

    Attributes
    ----------
    area : int64, shape (n_pieces,)
    row, col : int64, shape (n_pieces,), or None
        Cells; None where units are no cells.
    geometry : object (shapely Polygon), shape (n_pieces,), or None
        Where units are no cells.
    """

    area: Ints
    row: Ints | None = None
    col: Ints | None = None
    geometry: Objects | None = None

    def __len__(self) -> int:
        return len(self.area)

    @staticmethod
    def of_cells(row: Ints, col: Ints, area: Ints) -> Ground:
        """Each cell once, by row, then column; where two areas have it, the first one's."""
        order = np.lexsort((area, col, row))
        row, col, area = row[order], col[order], area[order]
        first = np.ones(len(row), dtype=bool)
        first[1:] = (np.diff(row) != 0) | (np.diff(col) != 0)
        return Ground(area[first], row[first], col[first])

    @staticmethod
    def none(of_cells: bool) -> Ground:
        """No ground at all."""
        nothing = np.empty(0, dtype=np.int64)
        return Ground(nothing, nothing, nothing) if of_cells else Ground(nothing, geometry=np.empty(0, dtype=object))

    def renumbered(self, number: Ints) -> Ground:
        """The same ground under other area numbers; what becomes -1 is left out."""
        area = number[self.area]
        kept = area >= 0
        return Ground(
            area[kept],
            None if self.row is None else self.row[kept],
            None if self.col is None else self.col[kept],
            None if self.geometry is None else self.geometry[kept],
        )

    def joined(self, other: Ground) -> Ground:
        """Both grounds together."""
        area = np.concatenate([self.area, other.area])
        if self.row is not None and self.col is not None and other.row is not None and other.col is not None:
            return Ground.of_cells(np.concatenate([self.row, other.row]), np.concatenate([self.col, other.col]), area)
        if self.geometry is None or other.geometry is None:
            return self if len(self) else other
        return Ground(area, geometry=np.concatenate([self.geometry, other.geometry]))


_POLYGON = np.dtype(
    [
        ("byte_order", "u1"),
        ("kind", "<u4"),
        ("n_rings", "<u4"),
        ("n_points", "<u4"),
        ("points", "<f8", (5, 2)),
    ]
)
"""A square as well-known binary: OGC Simple Features, one ring of five points, little endian."""

_POINT = np.dtype([("byte_order", "u1"), ("kind", "<u4"), ("easting", "<f8"), ("northing", "<f8")])
"""A point as well-known binary: OGC Simple Features, little endian."""


def cells_as_wkb(row: Ints, col: Ints, size: int) -> NDArray[np.void]:
    """Squares of cells as well-known binary.

    Parameters
    ----------
    row, col : int64, shape (n_cells,)
    size : int
        In metres.

    Returns
    -------
    structured array of 93-byte records, shape (n_cells,)
        Rings run counter-clockwise from the south-west corner.
    """
    squares = np.zeros(len(row), dtype=_POLYGON)
    squares["byte_order"], squares["kind"], squares["n_rings"], squares["n_points"] = 1, 3, 1, 5
    corners = ((0, 0), (0, 1), (1, 1), (1, 0), (0, 0))
    for place, (row_step, col_step) in enumerate(corners):
        squares["points"][:, place, 0] = (col + col_step) * size
        squares["points"][:, place, 1] = (row + row_step) * size
    return squares


def points_as_wkb(easting: Floats, northing: Floats) -> NDArray[np.void]:
    """Points as well-known binary.

    Parameters
    ----------
    easting, northing : float64, shape (n_points,)

    Returns
    -------
    structured array of 21-byte records, shape (n_points,)
    """
    points = np.zeros(len(easting), dtype=_POINT)
    points["byte_order"], points["kind"] = 1, 1
    points["easting"], points["northing"] = easting, northing
    return points


def unit_polygons(units: Units, members: Ints) -> Objects:
    """Polygons of some units, shape (n_members,)."""
    if units.geometry is not None:
        return units.geometry[members]
    if units.row is None or units.col is None or units.grid is None:
        return np.empty(0, dtype=object)
    return cell_squares(units.row[members], units.col[members], units.grid.size)


def cell_squares(row: Ints, col: Ints, size: int) -> Objects:
    """Squares of cells by row and column, of a side of `size` metres; shape (n_cells,)."""
    west, south = col * size, row * size
    squares: Objects = shapely.box(west, south, west + size, south + size)
    return squares


def key_of_cell(row: Ints, col: Ints) -> Ints:
    """A number for each row and column; different ones may share it, where that does no harm."""
    mixed: Ints = (row * 73856093) ^ (col * 19349663)
    return mixed


def area_outlines(units: Units, area_of_unit: Ints, reach: float = 0.0) -> Objects:
    """The exact union of each area's units; of addresses, the union of the discs around them.

    Parameters
    ----------
    units : Units
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    reach : float
        Addresses: twice the radius of the discs, in metres.

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        Valid and in normal form, so that the same members give the same bytes. Units that meet at a corner only
        become parts of their own, as valid polygons demand.
    """
    members = np.flatnonzero(area_of_unit >= 0)
    return outlines_of_members(units, members, area_of_unit[members], int(area_of_unit.max(initial=-1)) + 1, reach)


def outlines_of_members(units: Units, members: Ints, area: Ints, n_areas: int, reach: float = 0.0) -> Objects:
    """As `area_outlines`, of areas that may share units.

    Parameters
    ----------
    units : Units
    members, area : int64, shape (n_members,)
        Units by number, and of which area each is.
    n_areas : int
    reach : float
    """
    polygons = _discs(units, members, reach) if units.kind == "addresses" else unit_polygons(units, members)
    return union_by_area(polygons, area, n_areas)


def union_by_area(polygons: Objects, area: Ints, n_areas: int) -> Objects:
    """The union of each area's polygons.

    Parameters
    ----------
    polygons : object (shapely), shape (n_polygons,)
    area : int64, shape (n_polygons,)
        From 0.
    n_areas : int

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        In normal form.
    """
    outlines = np.empty(n_areas, dtype=object)
    if not n_areas:
        return outlines
    order = np.argsort(area, kind="stable")
    bounds = np.searchsorted(area[order], np.arange(n_areas + 1))
    for number in range(n_areas):
        outlines[number] = as_multipolygon(shapely.union_all(polygons[order[bounds[number] : bounds[number + 1]]]))
    normal: Objects = shapely.normalize(outlines)
    return normal


def _discs(units: Units, members: Ints, reach: float) -> Objects:
    """Discs around addresses that just meet at the reach, shape (n_members,)."""
    points = shapely.points(units.easting[members], units.northing[members])
    discs: Objects = shapely.buffer(points, reach / 2)
    return discs


def as_multipolygon(geometry: object) -> object:
    """A polygon, or polygons, as one MultiPolygon; lines and points left by a union are dropped."""
    parts = shapely.get_parts(geometry)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == 3])


def misplaced(outlines: Objects, points: Objects, area_of_point: Ints) -> Flags:
    """Outlines that are not valid, do not hold all their own points, or hold or touch another point.

    Parameters
    ----------
    outlines : object (shapely MultiPolygon), shape (n_areas,)
    points : object (shapely Point), shape (n_points,)
    area_of_point : int64, shape (n_points,)
        -1 is none.

    Returns
    -------
    bool, shape (n_areas,)
    """
    n_areas = len(outlines)
    wrong: Flags = ~shapely.is_valid(outlines)
    tree = shapely.STRtree(points)
    outline, point = tree.query(outlines, predicate="intersects")
    wrong[outline[area_of_point[point] != outline]] = True
    outline, point = tree.query(outlines, predicate="contains")
    held = np.bincount(outline[area_of_point[point] == outline], minlength=n_areas)
    wrong |= held != np.bincount(area_of_point[area_of_point >= 0], minlength=n_areas)
    return wrong


def overlapping(outlines: Objects, least: float = 0.0, of: Flags | None = None) -> Flags:
    """Outlines that share more than `least` square metres of ground with another one, shape (n_areas,).

    Those that are not valid are passed over: what they share is not defined. `of` are those that are held to all
    others, all without it.
    """
    result = np.zeros(len(outlines), dtype=bool)
    valid = np.flatnonzero(shapely.is_valid(outlines))
    held = valid if of is None else valid[of[valid]]
    one, other = shapely.STRtree(outlines[valid]).query(outlines[held], "intersects")
    one, other = held[one], valid[other]
    pair = (one < other) if of is None else (one != other)
    one, other = one[pair], other[pair]
    shared = ~shapely.relate_pattern(outlines[one], outlines[other], "F********")
    one, other = one[shared], other[shared]
    if least > 0:
        much = shapely.area(shapely.intersection(outlines[one], outlines[other])) > least
        one, other = one[much], other[much]
    result[one] = True
    result[other] = True
    return result
