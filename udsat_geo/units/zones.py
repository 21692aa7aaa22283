"""Which zone covers each point, and which points lie in several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST_BUCKETS = 1 << 12
_MOST_BUCKETS = 1 << 22
_BUCKETS_PER_EDGE = 16
_POINTS_PER_BUCKET = 4
_PASSED_PER_EDGE = 4
"""What the grid over the zones may take: buckets in all, for each edge and for so many points, and buckets that an edge
passes on average. Own choices; no result depends on them."""


def zone_of_points(
    geometry: NDArray[np.object_], easting: NDArray[np.float64], northing: NDArray[np.float64]
) -> tuple[NDArray[np.int32], int]:
    """The first zone that covers each point, and how many points lie inside more than one.

    Parameters
    ----------
    geometry : object (shapely), shape (n_zones,)
        Valid polygons and multipolygons; one that is missing or empty covers nothing.
    easting, northing : float64, shape (n_points,)

    Returns
    -------
    zone_of_point : int32, shape (n_points,)
        A point on the border of several zones belongs to the first; -1 where no zone covers it.
    in_several : int
        Points in the interior of two or more zones; those on a border lie in no interior.
    """
    from udsat_geo.kernels.polygons import locate_points

    edges = edges_of(geometry)
    if not len(edges[0]):
        return np.full(len(easting), -1, dtype=np.int32), 0
    grid = _grid_over(*edges[:4], len(easting))
    east, north = (np.ascontiguousarray(values, dtype=np.float64) for values in (easting, northing))
    zone_of_point, in_several = locate_points(east, north, *edges, len(geometry), *grid)
    return zone_of_point, int(in_several)


def edges_of(
    geometry: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]:
    """The edges of polygons, holes and parts too.

    Parameters
    ----------
    geometry : object (shapely), shape (n_zones,)

    Returns
    -------
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_edges,)
    zone_of_edge : int32, shape (n_edges,)
        Rising.
    """
    import shapely

    part, zone_of_part = shapely.get_parts(geometry, return_index=True)
    ring, part_of_ring = shapely.get_rings(part, return_index=True)
    positions, ring_of_position = shapely.get_coordinates(ring, return_index=True)
    follows = np.flatnonzero(ring_of_position[1:] == ring_of_position[:-1])
    start, end = positions[follows], positions[follows + 1]
    zone_of_edge = zone_of_part[part_of_ring[ring_of_position[follows]]].astype(np.int32)
    return start[:, 0].copy(), start[:, 1].copy(), end[:, 0].copy(), end[:, 1].copy(), zone_of_edge


def _grid_over(
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    n_points: int,
) -> tuple[float, float, float, int, int]:
    """West, south, side, rows and columns of a grid that suits the edges and the number of points."""
    n_edges = len(easting_start)
    west, south = float(easting_start.min()), float(northing_start.min())
    width, height = float(easting_start.max()) - west, float(northing_start.max()) - south
    most = min(max(_BUCKETS_PER_EDGE * n_edges, n_points // _POINTS_PER_BUCKET, _LEAST_BUCKETS), _MOST_BUCKETS)
    passed = float(np.abs(easting_end - easting_start).sum() + np.abs(northing_end - northing_start).sum())
    side = max(
        1.0,
        (width * height / most) ** 0.5,
        max(width, height) / most,
        passed / (_PASSED_PER_EDGE * n_edges + most),
    )
    return west, south, side, int(height / side) + 1, int(width / side) + 1


@dataclass(frozen=True)
class Inside:
    """Where points lie.

    Attributes
    ----------
    polygon : int64, shape (n_points,)
        The first that covers the point, its border included; -1 is none.
    point, other : int64, shape (n_twice,)
        Points that lie inside a further polygon as well, borders apart, and that polygon.
    """

    polygon: NDArray[np.int64]
    point: NDArray[np.int64]
    other: NDArray[np.int64]


def polygon_of_points(
    polygons: NDArray[np.object_], easting: NDArray[np.float64], northing: NDArray[np.float64]
) -> Inside:
    """Find the polygon of each point.

    Parameters
    ----------
    polygons : object (shapely), shape (n_polygons,)
    easting, northing : float64, shape (n_points,)
    """
    zone, in_several = zone_of_points(polygons, easting, northing)
    found = zone.astype(np.int64)
    point, other = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if in_several:
        point, other = _further(polygons, found, easting, northing)
    return Inside(found, point, other)


def _further(
    polygons: NDArray[np.object_],
    found: NDArray[np.int64],
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Points that lie inside a further polygon than the one found, and that polygon: only where some overlap."""
    import shapely

    polygon, point = shapely.STRtree(shapely.points(easting, northing)).query(polygons, predicate="contains")
    in_first = np.zeros(len(found), dtype=bool)
    in_first[point[polygon == found[point]]] = True
    further = (polygon != found[point]) & in_first[point]
    return point[further].astype(np.int64), polygon[further].astype(np.int64)
