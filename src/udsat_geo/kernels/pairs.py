"""Pairs of points near each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.strips import points_in_strips, points_within


@kernel
def pairs_within(
    easting: NDArray[np.float64], northing: NDArray[np.float64], by_easting: NDArray[np.int64], reach: float, most: int
) -> tuple[bool, NDArray[np.int32], NDArray[np.int32]]:
    """All pairs of points no farther apart than a reach, each pair once.

    For each point, those near it with smaller numbers are listed; the list is then turned round, which sorts it.
    Memory: 8 bytes a pair for the result, and while it is made up to 10 more a pair and about 100 a point. Points that
    stand in the order of their northing are read quickest.

    Parameters
    ----------
    easting, northing : float64, shape (n_points,)
        In metres; fewer than 2^31 points.
    by_easting : int64, shape (n_points,)
        The points from west to east.
    reach : float
        In metres; inclusive.
    most : int
        How many pairs there may be: listing ends where there are more.

    Returns
    -------
    fits : bool
        Whether there are no more; if there are, no pair is given.
    head, tail : int32, shape (n_pairs,)
        ``head < tail``, sorted by head, then tail.
    """
    n_points = easting.shape[0]
    point_at, strip_start, south, height = points_in_strips(northing, by_easting)
    east, north = easting[point_at], northing[point_at]
    near = np.empty(n_points + 1, dtype=np.int64)
    square = np.empty(n_points + 1, dtype=np.float64)
    listed = np.empty(4 * n_points, dtype=np.int32)
    listed_start = np.zeros(n_points + 1, dtype=np.int64)
    # tails of head h are filled in from following[h + 1] on, which so becomes the start of those of head h + 1
    following = np.zeros(n_points + 2, dtype=np.int64)
    n_pairs = 0
    for point in range(n_points):
        n_near = points_within(
            easting[point], northing[point], reach, east, north, strip_start, south, height, near, square
        )
        if n_pairs + n_near > listed.shape[0]:
            longer = np.empty(3 * listed.shape[0] // 2 + n_near, dtype=np.int32)
            for k in range(n_pairs):
                longer[k] = listed[k]
            listed = longer
        for k in range(n_near):
            other = point_at[near[k]]
            if other < point:
                listed[n_pairs] = other
                following[other + 2] += 1
                n_pairs += 1
        if n_pairs > most:
            return False, np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
        listed_start[point + 1] = n_pairs
    for point in range(n_points):
        following[point + 2] += following[point + 1]
    head, tail = np.empty(n_pairs, dtype=np.int32), np.empty(n_pairs, dtype=np.int32)
    for point in range(n_points):
        for other in listed[listed_start[point] : listed_start[point + 1]]:
            place = following[other + 1]
            head[place], tail[place] = other, point
            following[other + 1] = place + 1
    return True, head, tail
