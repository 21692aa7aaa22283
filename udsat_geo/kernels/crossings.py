"""Which straight lines a barrier cuts, and where crossings reopen it.

A line is cut when it meets a barrier segment and no crossing lies near that meeting point. Lines and segments are
closed: touching counts. On which side of a line a point lies is decided by a determinant with the error bound of
J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates" (Discrete &
Computational Geometry 18, 1997, 305-363). Where that bound leaves the side open, the point counts as lying on the
line: so no meeting is missed, and one that is found by mistake is a miss by no more than rounding.

Segments stand in the buckets of a grid that they pass. Which grid that is has no bearing on the result: every bucket
is a little larger than its square, by more than rounding can move a point.

Positions are in metres, finite, their absolute values at most 10^8 or so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel

ORIENTATION_ERROR = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
"""Shewchuk's bound for the determinant, relative to the sum of its two products' absolute values."""
UNDERFLOW = 2.0**-1021
"""What the bound leaves out: the rounding of products too small for a float's full precision."""
ROUNDING_M = 1e-6
"""Added to the reach of crossings, since a meeting point is rounded: a micrometre. Own choice."""
BUCKET_MARGIN = 1e-6
"""How far a bucket goes beyond its square, in sides."""
BUCKETS_PER_SEGMENT = 16
PASSED_PER_SEGMENT = 4
"""What the grid may take: buckets for each segment, and buckets that a segment passes on average. Own choices."""


@kernel
def orientation(
    easting_a: float, northing_a: float, easting_b: float, northing_b: float, easting_c: float, northing_c: float
) -> float:
    """Twice the area of the triangle A, B, C: positive where C lies to the left of the line from A to B.

    Returns
    -------
    float
        0 where the points lie on one line, and where rounding leaves the sign open.
    """
    left = (easting_a - easting_c) * (northing_b - northing_c)
    right = (northing_a - northing_c) * (easting_b - easting_c)
    area = left - right
    if abs(area) <= ORIENTATION_ERROR * (abs(left) + abs(right)) + UNDERFLOW:
        return 0.0
    return area


@kernel
def middle_of_overlap(
    easting_a: float,
    northing_a: float,
    easting_b: float,
    northing_b: float,
    easting_c: float,
    northing_c: float,
    easting_d: float,
    northing_d: float,
) -> tuple[float, float]:
    """The middle of what two segments on one line, A to B and C to D, have in common.

    They must overlap, if only in a point; each may be a point itself.
    """
    # along the axis on which they extend farther, the order of the ends is beyond doubt
    width = max(abs(easting_b - easting_a), abs(easting_d - easting_c))
    upright = max(abs(northing_b - northing_a), abs(northing_d - northing_c)) > width
    if upright:
        easting_a, northing_a, easting_b, northing_b = northing_a, easting_a, northing_b, easting_b
        easting_c, northing_c, easting_d, northing_d = northing_c, easting_c, northing_d, easting_d
    if easting_a > easting_b:
        easting_a, northing_a, easting_b, northing_b = easting_b, northing_b, easting_a, northing_a
    if easting_c > easting_d:
        easting_c, northing_c, easting_d, northing_d = easting_d, northing_d, easting_c, northing_c
    if easting_c > easting_a:
        easting_a, northing_a = easting_c, northing_c
    if easting_d < easting_b:
        easting_b, northing_b = easting_d, northing_d
    easting, northing = (easting_a + easting_b) / 2, (northing_a + northing_b) / 2
    if upright:
        return northing, easting
    return easting, northing


@kernel
def meeting_point(
    easting_a: float,
    northing_a: float,
    easting_b: float,
    northing_b: float,
    easting_c: float,
    northing_c: float,
    easting_d: float,
    northing_d: float,
) -> tuple[bool, float, float]:
    """Where the closed segments A to B and C to D meet.

    Returns
    -------
    meets : bool
        True as well where rounding leaves it open.
    easting, northing : float
        The point, or the middle of what they have in common where they lie on one line; 0 where they do not meet.
    """
    if (
        max(easting_a, easting_b) < min(easting_c, easting_d)
        or max(easting_c, easting_d) < min(easting_a, easting_b)
        or max(northing_a, northing_b) < min(northing_c, northing_d)
        or max(northing_c, northing_d) < min(northing_a, northing_b)
    ):
        return False, 0.0, 0.0
    of_c = orientation(easting_a, northing_a, easting_b, northing_b, easting_c, northing_c)
    of_d = orientation(easting_a, northing_a, easting_b, northing_b, easting_d, northing_d)
    if (of_c > 0 and of_d > 0) or (of_c < 0 and of_d < 0):
        return False, 0.0, 0.0
    of_a = orientation(easting_c, northing_c, easting_d, northing_d, easting_a, northing_a)
    of_b = orientation(easting_c, northing_c, easting_d, northing_d, easting_b, northing_b)
    if (of_a > 0 and of_b > 0) or (of_a < 0 and of_b < 0):
        return False, 0.0, 0.0
    if of_c == 0 and of_d == 0:
        easting, northing = middle_of_overlap(
            easting_a, northing_a, easting_b, northing_b, easting_c, northing_c, easting_d, northing_d
        )
        return True, easting, northing
    # the two have opposite signs, or one is 0: nothing cancels in their difference
    share = of_c / (of_c - of_d)
    return True, easting_c + share * (easting_d - easting_c), northing_c + share * (northing_d - northing_c)


@kernel
def span_of(low: float, high: float, origin: float, side: float, n_buckets: int) -> tuple[int, int]:
    """The buckets along one axis that an interval touches.

    Parameters
    ----------
    low, high : float
    origin : float
        Where the first bucket begins.
    side : float
    n_buckets : int

    Returns
    -------
    first, after : int
        The first bucket and the one after the last; both 0 where the interval lies outside.
    """
    # compared as floats: far outside, a bucket's number would leave 64-bit integers
    first = max(np.floor((low - origin) / side - BUCKET_MARGIN), 0.0)
    last = min(np.floor((high - origin) / side + BUCKET_MARGIN), n_buckets - 1.0)
    if first > last:
        return 0, 0
    return int(first), int(last) + 1


@kernel
def columns_in_row(
    row: int,
    easting_a: float,
    northing_a: float,
    easting_b: float,
    northing_b: float,
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> tuple[int, int]:
    """The buckets of one row that a straight line from A to B, which touches that row, passes.

    Parameters
    ----------
    row : int
    easting_a, northing_a, easting_b, northing_b : float
    west, south, side : float
    n_cols : int
        From `grid_over`.

    Returns
    -------
    first, after : int
        The first column and the one after the last; both 0 where there is none.
    """
    share_low, share_high = 0.0, 1.0
    height = northing_b - northing_a
    if height != 0:
        at_south = (south + (row - BUCKET_MARGIN) * side - northing_a) / height
        at_north = (south + (row + 1 + BUCKET_MARGIN) * side - northing_a) / height
        share_low = min(max(min(at_south, at_north), 0.0), 1.0)
        share_high = min(max(max(at_south, at_north), 0.0), 1.0)
    entry = easting_a + share_low * (easting_b - easting_a)
    leave = easting_a + share_high * (easting_b - easting_a)
    return span_of(min(entry, leave), max(entry, leave), west, side, n_cols)


@kernel
def grid_over(
    line_easting_start: NDArray[np.float64],
    line_northing_start: NDArray[np.float64],
    line_easting_end: NDArray[np.float64],
    line_northing_end: NDArray[np.float64],
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
) -> tuple[float, float, float, int, int]:
    """A grid over the rectangle where both lines and segments lie; there alone can they meet.

    The side of a bucket is at least a metre and such that neither the buckets nor the places of segments in them
    become many more than segments: a far outlier or many long segments make the buckets larger, not more.

    Parameters
    ----------
    line_easting_start, line_northing_start, line_easting_end, line_northing_end : float64, shape (n_lines,)
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_segments,)

    Returns
    -------
    west, south, side : float
    n_rows, n_cols : int
        Both 0 where the two lie apart or one of them is empty.
    """
    n_segments = easting_start.shape[0]
    if n_segments == 0 or line_easting_start.shape[0] == 0:
        return 0.0, 0.0, 1.0, 0, 0
    west = max(min(line_easting_start.min(), line_easting_end.min()), min(easting_start.min(), easting_end.min()))
    east = min(max(line_easting_start.max(), line_easting_end.max()), max(easting_start.max(), easting_end.max()))
    south = max(min(line_northing_start.min(), line_northing_end.min()), min(northing_start.min(), northing_end.min()))
    north = min(max(line_northing_start.max(), line_northing_end.max()), max(northing_start.max(), northing_end.max()))
    if west > east or south > north:
        return 0.0, 0.0, 1.0, 0, 0
    passed = 0.0
    for k in range(n_segments):
        width = min(max(easting_start[k], easting_end[k]), east) - max(min(easting_start[k], easting_end[k]), west)
        height = min(max(northing_start[k], northing_end[k]), north) - max(
            min(northing_start[k], northing_end[k]), south
        )
        passed += max(width, 0.0) + max(height, 0.0)
    most = float(BUCKETS_PER_SEGMENT * n_segments)
    side = max(1.0, np.sqrt((east - west) * (north - south) / most), max(east - west, north - south) / most)
    side = max(side, passed / (PASSED_PER_SEGMENT * n_segments))
    return west, south, side, int((north - south) / side) + 1, int((east - west) / side) + 1


@kernel
def index_segments(
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    west: float,
    south: float,
    side: float,
    n_rows: int,
    n_cols: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Segments in the buckets that they pass.

    Parameters
    ----------
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_segments,)
    west, south, side : float
    n_rows, n_cols : int
        From `grid_over`.

    Returns
    -------
    bucket_start : int64, shape (n_rows * n_cols + 1,)
    segment_in_bucket : int32, shape (n_places,)
        Segments of bucket b, in their order, stand from ``bucket_start[b]`` to ``bucket_start[b + 1]``.
    """
    bucket_start = np.zeros(n_rows * n_cols + 1, dtype=np.int64)
    following = np.empty(0, dtype=np.int64)
    segment_in_bucket = np.empty(0, dtype=np.int32)
    # the same walk twice: it counts, then it fills
    for fills in (False, True):
        if fills:
            for bucket in range(n_rows * n_cols):
                bucket_start[bucket + 1] += bucket_start[bucket]
            following = bucket_start[:-1].copy()
            segment_in_bucket = np.empty(bucket_start[-1], dtype=np.int32)
        for k in range(easting_start.shape[0]):
            easting_a, northing_a, easting_b, northing_b = (
                easting_start[k],
                northing_start[k],
                easting_end[k],
                northing_end[k],
            )
            first_row, after_row = span_of(
                min(northing_a, northing_b), max(northing_a, northing_b), south, side, n_rows
            )
            for row in range(first_row, after_row):
                first, after = columns_in_row(
                    row, easting_a, northing_a, easting_b, northing_b, west, south, side, n_cols
                )
                for bucket in range(row * n_cols + first, row * n_cols + after):
                    if fills:
                        segment_in_bucket[following[bucket]] = k
                        following[bucket] += 1
                    else:
                        bucket_start[bucket + 1] += 1
    return bucket_start, segment_in_bucket


@kernel
def is_reopened(
    easting: float,
    northing: float,
    crossing_easting: NDArray[np.float64],
    crossing_northing: NDArray[np.float64],
    crossing_reach: float,
) -> bool:
    """Whether a crossing lies within reach of a meeting point.

    Parameters
    ----------
    easting, northing : float
    crossing_easting, crossing_northing : float64, shape (n_crossings,)
        Sorted by easting.
    crossing_reach : float
        In metres; inclusive, and a micrometre more, since the meeting point is rounded.
    """
    reach = crossing_reach + ROUNDING_M
    for k in range(np.searchsorted(crossing_easting, easting - reach), crossing_easting.shape[0]):
        east, north = crossing_easting[k] - easting, crossing_northing[k] - northing
        if east > reach:
            return False
        if east * east + north * north <= reach * reach:
            return True
    return False


@kernel
def find_cut_lines(
    line_easting_start: NDArray[np.float64],
    line_northing_start: NDArray[np.float64],
    line_easting_end: NDArray[np.float64],
    line_northing_end: NDArray[np.float64],
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    crossing_easting: NDArray[np.float64],
    crossing_northing: NDArray[np.float64],
    crossing_reach: float,
) -> NDArray[np.bool_]:
    """Which lines are cut: those that meet a segment where no crossing lies within reach.

    A line that meets several segments needs a crossing within reach of every meeting point; one crossing may serve
    more than one.

    Parameters
    ----------
    line_easting_start, line_northing_start, line_easting_end, line_northing_end : float64, shape (n_lines,)
        Straight lines; one may be a point.
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_segments,)
        Barriers; a segment may be a point.
    crossing_easting, crossing_northing : float64, shape (n_crossings,)
    crossing_reach : float
        In metres; inclusive.

    Returns
    -------
    bool, shape (n_lines,)
        The same for any order of segments and crossings.
    """
    n_lines = line_easting_start.shape[0]
    cut = np.zeros(n_lines, dtype=np.bool_)
    west, south, side, n_rows, n_cols = grid_over(
        line_easting_start, line_northing_start, line_easting_end, line_northing_end,
        easting_start, northing_start, easting_end, northing_end,
    )  # fmt: skip
    bucket_start, segment_in_bucket = index_segments(
        easting_start, northing_start, easting_end, northing_end, west, south, side, n_rows, n_cols
    )
    by_easting = np.argsort(crossing_easting)
    crossing_easting, crossing_northing = crossing_easting[by_easting], crossing_northing[by_easting]
    for line in range(n_lines):
        easting_a, northing_a = line_easting_start[line], line_northing_start[line]
        easting_b, northing_b = line_easting_end[line], line_northing_end[line]
        first_row, after_row = span_of(min(northing_a, northing_b), max(northing_a, northing_b), south, side, n_rows)
        for row in range(first_row, after_row):
            first, after = columns_in_row(row, easting_a, northing_a, easting_b, northing_b, west, south, side, n_cols)
            # the buckets of a row follow each other
            for place in range(bucket_start[row * n_cols + first], bucket_start[row * n_cols + after]):
                k = segment_in_bucket[place]
                meets, easting, northing = meeting_point(
                    easting_a, northing_a, easting_b, northing_b,
                    easting_start[k], northing_start[k], easting_end[k], northing_end[k],
                )  # fmt: skip
                if meets and not is_reopened(easting, northing, crossing_easting, crossing_northing, crossing_reach):
                    cut[line] = True
                    break
            if cut[line]:
                break
    return cut
