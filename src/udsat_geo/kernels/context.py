"""Sums over the nearest units, until enough residents are in view.

The rule of both kernels: begin with the unit itself, take in the other units in order of the distance between
centres, all units at the same distance together, stop as soon as the residents in view reach the least number, and
never go beyond the reach. Taking ties together makes the result independent of any order of the units.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.cells import find_cell


@kernel
def context_of_cells(
    row: NDArray[np.int64],
    col: NDArray[np.int64],
    unit_of_slot: NDArray[np.int32],
    row_step: NDArray[np.int64],
    col_step: NDArray[np.int64],
    ring_start: NDArray[np.int64],
    residents: NDArray[np.int64],
    sums: NDArray[np.int64],
    least_residents: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Residents and sums in view of each cell.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
    unit_of_slot : int32, shape (n_slots,)
        From `udsat_geo.kernels.cells.index_cells`.
    row_step, col_step : int64, shape (n_steps,)
    ring_start : int64, shape (n_rings + 1,)
        Steps in rings of equal distance, from `udsat_geo.grid.rings`.
    residents : int64, shape (n_units,)
    sums : int64, shape (n_units, n_sums)
    least_residents : int

    Returns
    -------
    residents_in_view : int64, shape (n_units,)
    sums_in_view : int64, shape (n_units, n_sums)
    """
    n_units, n_sums = sums.shape
    residents_in_view = np.zeros(n_units, dtype=np.int64)
    sums_in_view = np.zeros((n_units, n_sums), dtype=np.int64)
    for unit in range(n_units):
        seen = 0
        for ring in range(ring_start.shape[0] - 1):
            for k in range(ring_start[ring], ring_start[ring + 1]):
                other = find_cell(row[unit] + row_step[k], col[unit] + col_step[k], unit_of_slot, row, col)
                if other >= 0:
                    seen += residents[other]
                    for j in range(n_sums):
                        sums_in_view[unit, j] += sums[other, j]
            if seen >= least_residents:
                break
        residents_in_view[unit] = seen
    return residents_in_view, sums_in_view


@kernel
def bucket_points(
    bucket_row: NDArray[np.int64], bucket_col: NDArray[np.int64], n_rows: int, n_cols: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Points sorted into the buckets of a coarse grid.

    Parameters
    ----------
    bucket_row, bucket_col : int64, shape (n_points,)
        From 0 to ``n_rows - 1`` and ``n_cols - 1``.
    n_rows, n_cols : int

    Returns
    -------
    bucket_start : int64, shape (n_rows * n_cols + 1,)
    point_in_bucket : int64, shape (n_points,)
        Points of bucket b stand from ``bucket_start[b]`` to ``bucket_start[b + 1]``.
    """
    n_points = bucket_row.shape[0]
    bucket_start = np.zeros(n_rows * n_cols + 1, dtype=np.int64)
    for point in range(n_points):
        bucket_start[bucket_row[point] * n_cols + bucket_col[point] + 1] += 1
    for bucket in range(n_rows * n_cols):
        bucket_start[bucket + 1] += bucket_start[bucket]
    following = bucket_start[:-1].copy()
    point_in_bucket = np.empty(n_points, dtype=np.int64)
    for point in range(n_points):
        bucket = bucket_row[point] * n_cols + bucket_col[point]
        point_in_bucket[following[bucket]] = point
        following[bucket] += 1
    return bucket_start, point_in_bucket


@kernel
def context_of_points(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    bucket_row: NDArray[np.int64],
    bucket_col: NDArray[np.int64],
    n_rows: int,
    n_cols: int,
    reach: float,
    residents: NDArray[np.int64],
    sums: NDArray[np.int64],
    least_residents: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Residents and sums in view of units that lie anywhere.

    Parameters
    ----------
    easting, northing : float64, shape (n_units,)
        Centres, in metres.
    bucket_row, bucket_col : int64, shape (n_units,)
        Buckets with a side of `reach` or more, from 0.
    n_rows, n_cols : int
    reach : float
        Farthest distance in metres; inclusive.
    residents : int64, shape (n_units,)
    sums : int64, shape (n_units, n_sums)
    least_residents : int

    Returns
    -------
    residents_in_view : int64, shape (n_units,)
    sums_in_view : int64, shape (n_units, n_sums)
    """
    n_units, n_sums = sums.shape
    bucket_start, point_in_bucket = bucket_points(bucket_row, bucket_col, n_rows, n_cols)
    residents_in_view = np.zeros(n_units, dtype=np.int64)
    sums_in_view = np.zeros((n_units, n_sums), dtype=np.int64)
    near = np.empty(n_units, dtype=np.int64)
    square = np.empty(n_units, dtype=np.float64)
    for unit in range(n_units):
        n_near = 0
        for r in range(max(bucket_row[unit] - 1, 0), min(bucket_row[unit] + 2, n_rows)):
            for c in range(max(bucket_col[unit] - 1, 0), min(bucket_col[unit] + 2, n_cols)):
                bucket = r * n_cols + c
                for k in range(bucket_start[bucket], bucket_start[bucket + 1]):
                    other = point_in_bucket[k]
                    east = easting[other] - easting[unit]
                    north = northing[other] - northing[unit]
                    distance = east * east + north * north
                    if distance <= reach * reach or other == unit:
                        near[n_near] = other
                        square[n_near] = distance
                        n_near += 1
        order = np.argsort(square[:n_near])
        seen = 0
        for k in range(n_near):
            if k > 0 and seen >= least_residents and square[order[k]] > square[order[k - 1]]:
                break
            other = near[order[k]]
            seen += residents[other]
            for j in range(n_sums):
                sums_in_view[unit, j] += sums[other, j]
        residents_in_view[unit] = seen
    return residents_in_view, sums_in_view
