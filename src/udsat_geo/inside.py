"""Which polygon holds each point, and which points lie in several: the one place where labels are read off polygons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.zones import zone_of_points


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


def overlapping_pairs(polygons: NDArray[np.object_], share: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of polygons that share more than a share of the smaller one's area.

    Parameters
    ----------
    polygons : object (shapely), shape (n_polygons,)
    share : float
        Less is how borders are digitised.

    Returns
    -------
    head, tail : int64, shape (n_pairs,)
        With ``head < tail``, sorted.
    """
    import shapely

    head, tail = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    once = head < tail
    head, tail = head[once].astype(np.int64), tail[once].astype(np.int64)
    shared = shapely.area(shapely.intersection(polygons[head], polygons[tail]))
    smaller = np.minimum(shapely.area(polygons[head]), shapely.area(polygons[tail]))
    over = shared > share * smaller
    order = np.lexsort((tail[over], head[over]))
    return head[over][order], tail[over][order]
