"""Which polygon holds each point: the one place where labels are read off polygons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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
    import shapely

    order = np.argsort(easting, kind="stable")
    x, y = easting[order], northing[order]
    shapely.prepare(polygons)
    west, south, east, north = shapely.bounds(polygons).reshape(-1, 4).T
    first, last = np.searchsorted(x, west, side="left"), np.searchsorted(x, east, side="right")
    found = np.full(len(x), -1, dtype=np.int64)
    twice: list[NDArray[np.int64]] = []
    for number, polygon in enumerate(polygons):
        # a strip of the points by easting, cut by northing: few enough to ask the prepared polygon for each
        strip = np.arange(first[number], last[number])
        strip = strip[(y[strip] >= south[number]) & (y[strip] <= north[number])]
        strip = strip[shapely.intersects_xy(polygon, x[strip], y[strip])]
        again = strip[found[strip] >= 0]
        if len(again):
            again = again[shapely.contains_xy(polygon, x[again], y[again])]
            again = again[shapely.contains_xy(polygons[found[again]], x[again], y[again])]
            twice.append(np.column_stack([order[again], np.full(len(again), number)]))
        fresh = strip[found[strip] < 0]
        found[fresh] = number
    polygon_of_point = np.empty(len(x), dtype=np.int64)
    polygon_of_point[order] = found
    point, other = np.concatenate([*twice, np.empty((0, 2), dtype=np.int64)]).T
    return Inside(polygon_of_point, point, other)


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
