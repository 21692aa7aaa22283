"""Pairs of points near each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.strips import points_in_strips, points_within


@kernel
def pairs_within(
    easting: NDArray[np.float64], northing: NDArray[np.float64], by_easting: NDArray[np.int64], reach: float
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """All pairs of points no farther apart than a reach, each pair once.

    Counted first and then filled in, so that memory holds little more than the result: 8 bytes a pair, and about 90
    a point. Points that stand in the order of their northing are read quickest.

    Parameters
    ----------
    easting, northing : float64, shape (n_points,)
        In metres; fewer than 2^31 points.
    by_easting : int64, shape (n_points,)
        The points from west to east.
    reach : float
        In metres; inclusive.

    Returns
    -------
    head, tail : int32, shape (n_pairs,)
        ``head < tail``, sorted by head, then tail.
    """
    n_points = easting.shape[0]
    point_at, strip_start, south, height = points_in_strips(northing, by_easting)
    east, north = easting[point_at], northing[point_at]
    near = np.empty(n_points + 1, dtype=np.int64)
    square = np.empty(n_points + 1, dtype=np.float64)
    # pairs of head h are filled in from following[h + 1] on, which ends as the start of head h + 1
    following = np.zeros(n_points + 2, dtype=np.int64)
    for place in range(n_points):
        point = point_at[place]
        n_near = points_within(east[place], north[place], reach, east, north, strip_start, south, height, near, square)
        for k in range(n_near):
            following[point + 2] += point_at[near[k]] > point
    for point in range(n_points):
        following[point + 2] += following[point + 1]
    head = np.empty(following[n_points + 1], dtype=np.int32)
    tail = np.empty(following[n_points + 1], dtype=np.int32)
    # tails come in their order here, which sorts those of each head
    for point in range(n_points):
        n_near = points_within(
            easting[point], northing[point], reach, east, north, strip_start, south, height, near, square
        )
        for k in range(n_near):
            other = point_at[near[k]]
            if other < point:
                head[following[other + 1]] = other
                tail[following[other + 1]] = point
                following[other + 1] += 1
    return head, tail
