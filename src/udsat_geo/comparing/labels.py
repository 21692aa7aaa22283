"""The area of each point: by the units of a designation, by the outlines of polygons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.comparing.points import ADDRESSES, Points
from udsat_geo.diff import Designated
from udsat_geo.errors import InputError, Problem
from udsat_geo.io.areas_file import AreasFile, overlap_problem
from udsat_geo.vector import reproject, same_crs
from udsat_geo.zones import Inside, polygon_of_points

_POLYGONS = (3, 6)


@dataclass(frozen=True)
class Labels:
    """Where the points lie.

    Attributes
    ----------
    area : int64, shape (n_points,)
        -1 is none.
    outline : object (shapely), shape (n_areas,)
        In the reference system of the points.
    outside : int64, shape (n_outside,)
        Areas that lie off all the points.
    reprojected : bool
    twice : tuple of (str, str)
        Areas that share residents, who count in the first.
    residents_twice : int
        How many they are.
    """

    area: NDArray[np.int64]
    outline: NDArray[np.object_]
    outside: NDArray[np.int64]
    reprojected: bool
    twice: tuple[tuple[str, str], ...] = ()
    residents_twice: int = 0


def label_points(side: AreasFile, points: Points) -> Labels:
    """Give every point its area.

    A designation of ours holds a point when one of its units does (or, over addresses, is it), whatever its outline was
    smoothed to: as it was drawn, and as its units alone are compared.

    Parameters
    ----------
    side : AreasFile
    points : Points

    Raises
    ------
    InputError
        If no area holds a point, or residents lie in two areas of one file.
    """
    designated, outline = side.designated, side.designated.outline
    turned = not same_crs(side.crs, points.crs)
    if turned and len(outline):
        outline = reproject(outline, side.crs, points.crs)
    twice: list[tuple[str, str]] = []
    residents_twice = 0
    if points.of is side:
        area = designated.area_of_unit
    elif designated.geometry is None:
        inside = polygon_of_points(outline, points.easting, points.northing)
        twice, residents_twice = _twice(side, inside, points)
        area = inside.polygon
    else:
        geometry = reproject(designated.geometry, side.crs, points.crs) if turned else designated.geometry
        area = _by_unit(designated, geometry, outline, points)
    _check_anything_inside(side, area, points)
    return Labels(area, outline, _outside(outline, area, points), turned, tuple(twice), residents_twice)


def _outside(outline: NDArray[np.object_], area: NDArray[np.int64], points: Points) -> NDArray[np.int64]:
    """Areas without a point that lie off the rectangle of all points."""
    import shapely

    if not len(outline) or not len(area):
        return np.empty(0, dtype=np.int64)
    west, south, east, north = shapely.bounds(outline).T
    off = (west > points.easting.max()) | (east < points.easting.min())
    off |= (south > points.northing.max()) | (north < points.northing.min())
    return np.flatnonzero(off & (np.bincount(area[area >= 0], minlength=len(outline)) == 0))


def _twice(side: AreasFile, inside: Inside, points: Points) -> tuple[list[tuple[str, str]], int]:
    """Pairs of areas that share residents, and how many residents they share.

    Raises
    ------
    InputError
        If there are any and the file may not have them.
    """
    lived_in = points.residents[inside.point] > 0
    point, other = inside.point[lived_in], inside.other[lived_in]
    pairs = sorted({*zip(inside.polygon[point].tolist(), other.tolist(), strict=True)})
    ids = side.designated.area_id
    told = [(str(ids[first]), str(ids[second])) for first, second in pairs]
    if told and not side.may_overlap:
        raise InputError(overlap_problem(side.name, told))
    return told, int(points.residents[np.unique(point)].sum())


def _check_anything_inside(side: AreasFile, area: NDArray[np.int64], points: Points) -> None:
    n_areas = len(side.designated.area_id)
    if n_areas and not (area >= 0).any():
        where = f"{points.weights.kind} of {points.weights.file}"
        what = f"none of its {n_areas:,} areas holds any of the {len(area):,} {where}"
        remedy = "Name registers of that place with --raw DIR --year Y, or units with residents with --units FILE."
        raise InputError(Problem(side.name, what, remedy))


def _by_unit(
    designated: Designated, geometry: NDArray[np.object_], outline: NDArray[np.object_], points: Points
) -> NDArray[np.int64]:
    """By the units of a designation; by its outlines where its units are addresses and the points are not."""
    import shapely

    if np.isin(shapely.get_type_id(geometry), _POLYGONS).all():
        unit = _unit_of_points(geometry, points.easting, points.northing)
    elif points.weights.kind == ADDRESSES:
        unit = _unit_of_addresses(designated.unit_id, points)
    else:
        return polygon_of_points(outline, points.easting, points.northing).polygon
    return np.append(designated.area_of_unit, -1)[unit]


def _unit_of_addresses(unit_id: NDArray[np.object_], points: Points) -> NDArray[np.int64]:
    """The unit of each address by its id; -1 is none."""
    place = {unit: i for i, unit in enumerate(unit_id.tolist())}
    return np.array([place.get(unit, -1) for unit in points.unit_id.tolist()], dtype=np.int64)


def _unit_of_points(
    geometry: NDArray[np.object_], easting: NDArray[np.float64], northing: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The unit of each point: of cells by rows and columns, half open as in the grid; else by polygon."""
    import shapely

    if not len(geometry):
        return np.full(len(easting), -1, dtype=np.int64)
    west, south, east, north = shapely.bounds(geometry).T
    size = east[0] - west[0]
    square = (east - west == size) & (north - south == size) & (shapely.area(geometry) == size**2)
    on_grid = size > 0 and square.all() and not ((west % size != 0) | (south % size != 0)).any()
    if not on_grid:
        return polygon_of_points(geometry, easting, northing).polygon
    lowest = min(west.min(), easting.min(initial=np.inf)) // size
    width = int(max(west.max(), easting.max(initial=-np.inf)) // size - lowest) + 1
    code = (south // size).astype(np.int64) * width + (west // size - lowest).astype(np.int64)
    wanted = np.floor(northing / size).astype(np.int64) * width + (np.floor(easting / size) - lowest).astype(np.int64)
    order = np.argsort(code, kind="stable")
    at = order[np.minimum(np.searchsorted(code, wanted, sorter=order), len(code) - 1)]
    return np.where(code[at] == wanted, at, -1)
