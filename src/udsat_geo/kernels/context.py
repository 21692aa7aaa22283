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
from udsat_geo.kernels.strips import points_in_strips, points_within


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
def square_with_enough(square: NDArray[np.float64], residents: NDArray[np.int64], least_residents: int) -> float:
    """The least squared distance within which enough residents live.

    The distances are first told apart in bands, in one pass, so that only those of the band that decides are sorted.

    Parameters
    ----------
    square : float64, shape (n_near,)
        At least one.
    residents : int64, shape (n_near,)
    least_residents : int
        No more than there are.
    """
    n_near = square.shape[0]
    nearest, farthest = np.inf, 1e-300
    for k in range(n_near):
        nearest, farthest = min(nearest, square[k]), max(farthest, square[k])
    if least_residents <= 0:
        return nearest
    in_bands = 63.5 / farthest
    residents_in_band = np.zeros(64, dtype=np.int64)
    for k in range(n_near):
        residents_in_band[int(square[k] * in_bands)] += residents[k]
    missing, band = least_residents, 0
    while residents_in_band[band] < missing:
        missing -= residents_in_band[band]
        band += 1
    in_band, living = np.empty(n_near, dtype=np.float64), np.empty(n_near, dtype=np.int64)
    n_in_band = 0
    for k in range(n_near):
        in_band[n_in_band], living[n_in_band] = square[k], residents[k]
        n_in_band += int(square[k] * in_bands) == band
    order = np.argsort(in_band[:n_in_band])
    k = 0
    while living[order[k]] < missing:
        missing -= living[order[k]]
        k += 1
    return float(in_band[order[k]])


@kernel
def context_of_points(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    by_easting: NDArray[np.int64],
    reach: float,
    residents: NDArray[np.int64],
    sums: NDArray[np.int64],
    least_residents: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Residents and sums in view of units that lie anywhere.

    All units within a radius are gathered; when enough residents live there, the distance within which they do is
    looked for among them, else the radius is widened. The radius to begin with comes from the unit before, a
    neighbour, and is mostly right; it has no influence on the result.

    Parameters
    ----------
    easting, northing : float64, shape (n_units,)
        Centres, in metres.
    by_easting : int64, shape (n_units,)
        The units from west to east.
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
    unit_at, strip_start, south, height = points_in_strips(northing, by_easting)
    east, north, living = easting[unit_at], northing[unit_at], residents[unit_at]
    residents_in_view = np.zeros(n_units, dtype=np.int64)
    sums_in_view = np.zeros((n_units, n_sums), dtype=np.int64)
    near = np.empty(n_units + 1, dtype=np.int64)
    square = np.empty(n_units + 1, dtype=np.float64)
    living_near = np.empty(n_units, dtype=np.int64)
    radius = min(height, reach)
    for place in range(n_units):
        unit = unit_at[place]
        if place > 0 and east[place] == east[place - 1] and north[place] == north[place - 1]:
            # at one place one sees the same
            before = unit_at[place - 1]
            residents_in_view[unit] = residents_in_view[before]
            for j in range(n_sums):
                sums_in_view[unit, j] = sums_in_view[before, j]
            continue
        while True:
            n_near = points_within(
                east[place], north[place], radius, east, north, strip_start, south, height, near, square
            )
            seen = 0
            for k in range(n_near):
                living_near[k] = living[near[k]]
                seen += living_near[k]
            if seen >= least_residents or radius >= reach:
                break
            radius = min(1.4 * radius, reach)
        farthest = radius * radius
        if seen >= least_residents:
            farthest = square_with_enough(square[:n_near], living_near[:n_near], least_residents)
        seen = 0
        for k in range(n_near):
            if square[k] <= farthest:
                seen += living_near[k]
                other = unit_at[near[k]]
                for j in range(n_sums):
                    sums_in_view[unit, j] += sums[other, j]
        residents_in_view[unit] = seen
        radius = min(max(1.15 * np.sqrt(farthest), 0.25 * height), reach)
    return residents_in_view, sums_in_view
