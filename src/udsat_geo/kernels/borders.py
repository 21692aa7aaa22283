"""Borders between areas of cells, as walks over the lines between centres of neighbouring cells.

A border crosses such a line where its two cells are not of one area. A crossing is written ``4 * unit + side``: `unit`
is the cell on the left of the walk, `side` says where the cell on its right lies (0 east, 1 north, 2 west, 3 south),
and the walk goes on counter-clockwise around the cell on the left. Ground that is no unit is always on the right;
between two areas the one with the lower number is on the left. So every crossing has one number and one direction.

The walk passes through squares whose corners are four cell centres (marching squares). In a square where two cells of
one area meet only at the corner, they are joined, unless both diagonals could be: then the lower area number is, and
ground that is no unit gives way to any area.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.cells import find_cell

ROW_STEP = (0, 1, 0, -1)
COL_STEP = (1, 0, -1, 0)


@kernel
def turn_of_border(left: int, right: int, ahead_left: int, ahead_right: int) -> int:
    """Which way a border goes on in the square ahead: 1 left, 0 straight on, -1 right, -2 it ends there.

    Parameters
    ----------
    left, right, ahead_left, ahead_right : int
        Areas at the square's corners as the border enters, -1 for ground that is no unit. `left` is never -1, and
        `right` is -1 or greater than `left`.
    """
    if right < 0:
        if ahead_left >= 0:
            return -1 if ahead_right >= 0 else 0
        return -1 if ahead_right == left else 1
    if ahead_right == left:
        return -1
    if ahead_left == right:
        return 1
    # a border of two areas ends where a third area or open ground comes in
    return 0 if ahead_left == left and ahead_right == right else -2


@kernel
def border_steps(
    row: NDArray[np.int64], col: NDArray[np.int64], area: NDArray[np.int64], unit_of_slot: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """The crossing that follows each crossing on its border.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
    area : int64, shape (n_units,)
        From 0.
    unit_of_slot : int32, shape (n_slots,)
        From `udsat_geo.kernels.cells.index_cells`.

    Returns
    -------
    following : int64, shape (4 * n_units,)
        -1 where there is no border, -2 where a border ends in the square ahead.
    open_ground : bool, shape (4 * n_units,)
        The cell on the right of the crossing is no unit.
    around_one : bool, shape (4 * n_units,)
        In the square ahead the border turns around one cell, and the three others are of one area or all no units.
    """
    following = np.full(4 * row.shape[0], -1, dtype=np.int64)
    open_ground = np.zeros(4 * row.shape[0], dtype=np.bool_)
    around_one = np.zeros(4 * row.shape[0], dtype=np.bool_)
    for unit in range(row.shape[0]):
        for side in range(4):
            right = find_cell(row[unit] + ROW_STEP[side], col[unit] + COL_STEP[side], unit_of_slot, row, col)
            if right >= 0 and area[right] <= area[unit]:
                continue
            onward = (side + 1) % 4
            ahead_row, ahead_col = row[unit] + ROW_STEP[onward], col[unit] + COL_STEP[onward]
            ahead_left = find_cell(ahead_row, ahead_col, unit_of_slot, row, col)
            ahead_right = find_cell(ahead_row + ROW_STEP[side], ahead_col + COL_STEP[side], unit_of_slot, row, col)
            right_area = area[right] if right >= 0 else -1
            left_area_ahead = area[ahead_left] if ahead_left >= 0 else -1
            right_area_ahead = area[ahead_right] if ahead_right >= 0 else -1
            turn = turn_of_border(area[unit], right_area, left_area_ahead, right_area_ahead)
            open_ground[4 * unit + side] = right < 0
            around_one[4 * unit + side] = left_area_ahead == right_area_ahead and (
                (turn == 1 and right_area_ahead == right_area) or (turn == -1 and left_area_ahead == area[unit])
            )
            if turn == 1:
                following[4 * unit + side] = 4 * unit + onward
            elif turn == 0:
                following[4 * unit + side] = 4 * ahead_left + side
            elif turn == -1:
                following[4 * unit + side] = 4 * ahead_right + (side + 3) % 4
            else:
                following[4 * unit + side] = -2
    return following, open_ground, around_one


@kernel
def trace_borders(following: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Crossings in the order of their borders: first those with two ends, then rings.

    Parameters
    ----------
    following : int64, shape (4 * n_units,)
        From `border_steps`.

    Returns
    -------
    crossing : int64, shape (n_crossings,)
        Borders with two ends from their first crossing, rings from their lowest number; both by their first number.
    start : int64, shape (n_borders + 1,)
        Border b stands from ``start[b]`` to ``start[b + 1]``.
    n_open : int
        How many borders have two ends.
    """
    n_crossings = 0
    begins = np.ones(following.shape[0], dtype=np.bool_)
    for k in range(following.shape[0]):
        if following[k] == -1:
            begins[k] = False
        else:
            n_crossings += 1
            if following[k] >= 0:
                begins[following[k]] = False
    crossing = np.empty(n_crossings, dtype=np.int64)
    start = np.zeros(n_crossings + 1, dtype=np.int64)
    done = following == -1
    n_borders, n_open, n_done = 0, 0, 0
    for closed in range(2):
        for first in range(following.shape[0]):
            if done[first] or (closed == 0 and not begins[first]):
                continue
            k = first
            while k >= 0 and not done[k]:
                done[k] = True
                crossing[n_done] = k
                n_done += 1
                k = following[k]
            n_borders += 1
            start[n_borders] = n_done
        if closed == 0:
            n_open = n_borders
    return crossing, start[: n_borders + 1].copy(), n_open


@kernel
def crossings_into(
    square_row: NDArray[np.int64],
    square_col: NDArray[np.int64],
    row: NDArray[np.int64],
    col: NDArray[np.int64],
    unit_of_slot: NDArray[np.int32],
) -> NDArray[np.int64]:
    """The crossing by which a border with open ground enters a square, -1 if none does.

    Parameters
    ----------
    square_row, square_col : int64, shape (n_squares,)
        The cell at the south-west corner of each square. Where two such borders enter, the first counts; borders of
        two areas end in no such square.
    row, col : int64, shape (n_units,)
    unit_of_slot : int32, shape (n_slots,)
        From `udsat_geo.kernels.cells.index_cells`.

    Returns
    -------
    int64, shape (n_squares,)
    """
    result = np.full(square_row.shape[0], -1, dtype=np.int64)
    for k in range(square_row.shape[0]):
        corner_row, corner_col = square_row[k], square_col[k]
        for side in range(4):
            unit = find_cell(corner_row, corner_col, unit_of_slot, row, col)
            # the corners counter-clockwise from the south-west: the next one lies to the east, north, west, south
            corner_row += ROW_STEP[side]
            corner_col += COL_STEP[side]
            if unit >= 0 and find_cell(corner_row, corner_col, unit_of_slot, row, col) < 0:
                result[k] = 4 * unit + side
                break
    return result
