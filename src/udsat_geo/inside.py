"""Which polygon holds each point: the one place where labels are read off polygons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STRIPS = 1 << 16
_CANDIDATES = 1 << 22
"""Pairs of polygons and points that are looked at together."""


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

    polygon, point = _covers(polygons, easting, northing)
    found = np.full(len(easting), len(polygons), dtype=np.int64)
    np.minimum.at(found, point, polygon)
    # further polygons, where the point lies inside both and on no border
    further = np.flatnonzero(found[point] != polygon)
    for one in (polygon, found[point]):
        held = shapely.contains_xy(polygons[one[further]], easting[point[further]], northing[point[further]])
        further = further[held]
    found[found == len(polygons)] = -1
    return Inside(found, point[further], polygon[further])


def _covers(
    polygons: NDArray[np.object_], easting: NDArray[np.float64], northing: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every polygon and point of which the one covers the other, polygon by polygon.

    Points are put into strips by their easting. A polygon's candidates are those of its strips within its bounds; they
    are few enough to be asked one by one.
    """
    import shapely

    none = np.empty(0, dtype=np.int64)
    if not len(polygons) or not len(easting):
        return none, none
    lowest = easting.min()
    strips_a_metre = (_STRIPS - 1) / max(easting.max() - lowest, 1.0)

    def strip_of(x: NDArray[np.float64]) -> NDArray[np.int64]:
        strips: NDArray[np.float64] = np.clip((x - lowest) * strips_a_metre, 0, _STRIPS - 1)
        return strips.astype(np.int64)

    strip = strip_of(easting).astype(np.uint16)
    order = np.argsort(strip, kind="stable")
    start = np.append(0, np.cumsum(np.bincount(strip, minlength=_STRIPS)))
    shapely.prepare(polygons)
    bounds = shapely.bounds(polygons)
    drawn = np.flatnonzero(np.isfinite(bounds).all(axis=1))
    first, last = start[strip_of(bounds[drawn, 0])], start[strip_of(bounds[drawn, 2]) + 1]
    chunk = np.cumsum(last - first) // _CANDIDATES
    found = [
        _covered(polygons, bounds, drawn[chosen], first[chosen], last[chosen], order, easting, northing)
        for chosen in np.split(np.arange(len(drawn)), np.flatnonzero(np.diff(chunk)) + 1)
    ]
    polygon, point = (np.concatenate([each[side] for each in found]) for side in (0, 1))
    return polygon, point


def _covered(
    polygons: NDArray[np.object_],
    bounds: NDArray[np.float64],
    chosen: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    order: NDArray[np.int64],
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of some polygons, those and the points that they cover, among the points ``order[first:last]`` of each."""
    import shapely

    count = last - first
    which = np.repeat(np.arange(len(chosen)), count)
    point = order[np.arange(len(which)) + np.repeat(first - np.append(0, np.cumsum(count)[:-1]), count)]
    y, near = northing[point], bounds[chosen]
    within = np.flatnonzero((y >= near[which, 1]) & (y <= near[which, 3]))
    polygon, point = chosen[which[within]], point[within]
    covers = shapely.intersects_xy(polygons[polygon], easting[point], northing[point])
    return polygon[covers], point[covers]


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
