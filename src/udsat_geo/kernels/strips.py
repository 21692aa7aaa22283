"""An index of points that lie anywhere: strips from south to north, in each the points from west to east.

A strip is searched for its first point by halving and then read eastward, so that what a search costs depends on the
points near by: a far outlier makes strips higher, which costs little, and points at one place stand together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel


@kernel
def squared_distance(easting: float, northing: float, other_easting: float, other_northing: float) -> float:
    """The square of the distance of two points.

    The one expression for it: whether points are equally far, or within reach, is decided on its floats. The same
    either way round.
    """
    east = other_easting - easting
    north = other_northing - northing
    return east * east + north * north


@kernel
def points_in_strips(
    northing: NDArray[np.float64], by_easting: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], float, float]:
    """Points sorted into strips of one height, about two strips for the root of the number of points.

    That is about as many strips as points in half of one, for searches that take in a few to some hundreds of points
    (own choice, measured: twice or half as many strips change little).

    Parameters
    ----------
    northing : float64, shape (n_points,)
    by_easting : int64, shape (n_points,)
        The points from west to east.

    Returns
    -------
    point_at : int64, shape (n_points,)
        The point at each place: by strip, then from west to east, then as in `by_easting`.
    strip_start : int64, shape (n_strips + 1,)
        Places of strip s are those from ``strip_start[s]`` to ``strip_start[s + 1]``.
    south : float
        Where strip 0 begins.
    height : float
        Of a strip; above 0. Point p is in strip ``floor((northing[p] - south) / height)``.
    """
    n_points = northing.shape[0]
    south, north = (northing[0], northing[0]) if n_points > 0 else (0.0, 0.0)
    for point in range(n_points):
        south, north = min(south, northing[point]), max(north, northing[point])
    n_parts = max(int(2 * np.sqrt(n_points)), 1)
    height = (north - south) / n_parts
    if not height > 0.0:
        height = 1.0
    # the northernmost point lies at the end of the last part, or rounded past it: in a strip of its own
    strip_start = np.zeros(n_parts + 2, dtype=np.int64)
    strip_of_point = np.empty(n_points, dtype=np.int64)
    for point in range(n_points):
        strip_of_point[point] = int((northing[point] - south) / height)
        strip_start[strip_of_point[point] + 1] += 1
    for strip in range(n_parts + 1):
        strip_start[strip + 1] += strip_start[strip]
    following = strip_start.copy()
    point_at = np.empty(n_points, dtype=np.int64)
    for point in by_easting:
        place = following[strip_of_point[point]]
        point_at[place] = point
        following[strip_of_point[point]] = place + 1
    return point_at, strip_start, south, height


@kernel
def points_within(
    easting: float,
    northing: float,
    radius: float,
    east: NDArray[np.float64],
    north: NDArray[np.float64],
    strip_start: NDArray[np.int64],
    south: float,
    height: float,
    near: NDArray[np.int64],
    square: NDArray[np.float64],
) -> int:
    """The points within a radius of a place; inclusive.

    Parameters
    ----------
    easting, northing : float
        The place, in metres.
    radius : float
        In metres.
    east, north : float64, shape (n_points,)
        Positions in the order of the strips.
    strip_start : int64, shape (n_strips + 1,)
    south, height : float
        From `points_in_strips`.
    near : int64, shape (n_points + 1,)
        Written to: the places (in the order of the strips) of the points found, in rising order.
    square : float64, shape (n_points + 1,)
        Written to: the square of the distance of each.

    Returns
    -------
    n_near : int
        How many were found; what stands beyond them in `near` and `square` means nothing.
    """
    # a little wider: rounding must not leave out a point that `squared_distance` says is within, nor one so near that
    # the square of its distance is too small for a float and so 0
    wide = radius * (1.0 + 1e-9) + 1e-15 * (abs(easting) + abs(northing)) + 1e-150
    last_strip = strip_start.shape[0] - 2
    first = int(min(max((northing - wide - south) / height, 0.0), float(last_strip)))
    last = int(min(max((northing + wide - south) / height, 0.0), float(last_strip)))
    n_near = 0
    for strip in range(first, last + 1):
        place, beyond = strip_start[strip], strip_start[strip + 1]
        while place < beyond:
            middle = (place + beyond) // 2
            if east[middle] < easting - wide:
                place = middle + 1
            else:
                beyond = middle
        beyond = strip_start[strip + 1]
        while place < beyond and east[place] <= easting + wide:
            # written first and counted if within: quicker than a branch that no processor can foresee
            near[n_near] = place
            square[n_near] = squared_distance(easting, northing, east[place], north[place])
            n_near += square[n_near] <= radius * radius
            place += 1
    return n_near
