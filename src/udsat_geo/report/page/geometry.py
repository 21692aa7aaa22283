"""Geometries for the page: in whole steps from a corner, simplified where they would be too large."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_VERTICES = 100_000
"""Of zones, in all: about 1 MB of the page; own choice."""
FIRST_TOLERANCE_M = 2.0
GROUND_M = 100.0
"""What stands for the ground around an address, and how wide an outline from points alone is."""
_SMALL_M = 5000.0
_RINGED = 5

Shape = list[list[list[int]]]
"""Polygons, each of rings, each of steps: x, y, then the way from vertex to vertex; the last one is not repeated."""


@dataclass(frozen=True)
class Corner:
    """Where the whole steps of the page are counted from.

    Attributes
    ----------
    east, north : float
    step : float
        In metres.
    """

    east: float
    north: float
    step: float

    def steps(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """Positions of shape (n, 2) in steps."""
        return np.round((xy - (self.east, self.north)) / self.step).astype(np.int64)

    def shape(self, geometry: Any) -> Shape:
        """The polygons of a geometry; what is no polygon is left out."""
        import shapely

        polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
        rings = [[self._ring(ring) for ring in (part.exterior, *part.interiors)] for part in polygons if part]
        return [[ring for ring in polygon if ring] for polygon in rings if polygon[0]]

    def _ring(self, ring: Any) -> list[int]:
        import shapely

        at = self.steps(shapely.get_coordinates(ring))[:-1]
        moved = np.diff(at, axis=0, prepend=0)
        # vertices that fall on one step are one
        kept = moved[np.append(True, moved[1:].any(axis=1))]
        return [int(step) for step in kept.ravel()] if len(kept) > 2 else []


def corner_of(bounds: Iterable[float]) -> Corner:
    """The south-western corner of bounds; small places are told in decimetres, all else in metres."""
    west, south, east, north = bounds
    small = max(east - west, north - south) < _SMALL_M
    return Corner(float(np.floor(west)), float(np.floor(south)), 0.1 if small else 1.0)


def cell_size(geometry: NDArray[np.object_]) -> float | None:
    """The side of units that are squares of one size along the grid; None of any others."""
    import shapely

    if not len(geometry) or (shapely.get_type_id(geometry) != shapely.GeometryType.POLYGON).any():
        return None
    if (shapely.get_num_coordinates(geometry) != _RINGED).any():
        return None
    bounds = shapely.bounds(geometry)
    sides = np.column_stack([bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]])
    side = float(sides[0, 0])
    same = np.allclose(sides, side, rtol=0, atol=1e-6 * side)
    return side if same and np.allclose(shapely.area(geometry), side * side, rtol=1e-6) else None


def simplified(zones: NDArray[np.object_]) -> tuple[NDArray[np.object_], float]:
    """Zones of at most `MOST_VERTICES` vertices, where a tolerance of up to some 500 m gives that; borders stay shared.

    Returns
    -------
    zones : object (shapely), shape (n_zones,)
    tolerance : float
        In metres; 0 where nothing had to be simplified.
    """
    import shapely

    tolerance, result = 0.0, zones
    while shapely.get_num_coordinates(result).sum() > MOST_VERTICES and tolerance < 500:
        tolerance = max(FIRST_TOLERANCE_M, 2 * tolerance)
        try:
            result = shapely.coverage_simplify(zones, tolerance)
        except (shapely.errors.GEOSException, shapely.errors.UnsupportedGEOSVersionError):
            result = shapely.simplify(zones, tolerance)
    return result, tolerance


def ground(places: NDArray[np.object_], at_most: float = 0.0) -> Any:
    """The ground that units cover together; of points, the squares of `GROUND_M` that they lie in."""
    import shapely

    if len(places) and (shapely.get_type_id(places) == shapely.GeometryType.POINT).all():
        corners = np.unique(np.floor(shapely.get_coordinates(places) / GROUND_M), axis=0) * GROUND_M
        places = shapely.box(*corners.T, *(corners + GROUND_M).T)
    whole = shapely.union_all(shapely.make_valid(places))
    return shapely.simplify(whole, at_most) if at_most else whole


def point_inside(geometry: Any) -> NDArray[np.float64]:
    """A place for a label well inside the largest part of an outline, shape (1, 2)."""
    import shapely

    parts = shapely.get_parts(geometry)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    circle = shapely.maximum_inscribed_circle(largest, tolerance=max(1.0, float(largest.length) / 500))
    xy: NDArray[np.float64] = shapely.get_coordinates(circle)[:1]
    return xy
