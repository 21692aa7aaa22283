"""Gaps in and between groups of cells: the links that bridge them, and the cells they enclose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.cells import find_cell, lengthened


@kernel
def is_way_clear(
    row: int,
    col: int,
    way_row: NDArray[np.int64],
    way_col: NDArray[np.int64],
    first: int,
    last: int,
    unit_of_slot: NDArray[np.int32],
    row_of_unit: NDArray[np.int64],
    col_of_unit: NDArray[np.int64],
    passable: NDArray[np.bool_],
) -> bool:
    """Whether every cell on the way from a cell holds no unit, or one that a bridge may cross.

    Parameters
    ----------
    row, col : int
        Where the way begins.
    way_row, way_col : int64, shape (n_way,)
        Steps from there to the cells on the way; those from `first` up to, not including, `last` are looked at.
    first, last : int
    unit_of_slot : int32, shape (n_slots,)
        From `udsat_geo.kernels.cells.index_cells`.
    row_of_unit, col_of_unit : int64, shape (n_units,)
    passable : bool, shape (n_units,)
    """
    for k in range(first, last):
        unit = find_cell(row + way_row[k], col + way_col[k], unit_of_slot, row_of_unit, col_of_unit)
        if unit >= 0 and not passable[unit]:
            return False
    return True


@kernel
def bridge_links(
    row: NDArray[np.int64],
    col: NDArray[np.int64],
    unit_of_slot: NDArray[np.int32],
    piece_of_unit: NDArray[np.int64],
    passable: NDArray[np.bool_],
    row_step: NDArray[np.int64],
    col_step: NDArray[np.int64],
    way_start: NDArray[np.int64],
    way_row: NDArray[np.int64],
    way_col: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Pairs of cells of different pieces with a clear way between them.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
        Sorted by row, then column.
    unit_of_slot : int32, shape (n_slots,)
        From `udsat_geo.kernels.cells.index_cells`.
    piece_of_unit : int64, shape (n_units,)
        -1 is none.
    passable : bool, shape (n_units,)
        Units that a bridge may cross.
    row_step, col_step : int64, shape (n_steps,)
        Forward steps over the gaps that may be bridged.
    way_start : int64, shape (n_steps + 1,)
        Where the way of each step begins in `way_row` and `way_col`.
    way_row, way_col : int64, shape (n_way,)
        The cells that the straight line of a step crosses, both ends left out.

    Returns
    -------
    head, tail : int32, shape (n_links,)
        Sorted by head, then by the order of the steps.
    step : int64, shape (n_links,)
    """
    head = np.empty(64, dtype=np.int32)
    tail = np.empty(64, dtype=np.int32)
    step = np.empty(64, dtype=np.int64)
    n_links = 0
    for unit in range(row.shape[0]):
        if piece_of_unit[unit] < 0:
            continue
        for k in range(row_step.shape[0]):
            other = find_cell(row[unit] + row_step[k], col[unit] + col_step[k], unit_of_slot, row, col)
            if other < 0 or piece_of_unit[other] < 0 or piece_of_unit[other] == piece_of_unit[unit]:
                continue
            ends = way_start[k], way_start[k + 1]
            if not is_way_clear(
                row[unit], col[unit], way_row, way_col, ends[0], ends[1], unit_of_slot, row, col, passable
            ):
                continue
            if n_links == head.shape[0]:
                head = np.concatenate((head, np.empty_like(head)))
                tail = np.concatenate((tail, np.empty_like(tail)))
                step = np.concatenate((step, np.empty_like(step)))
            head[n_links] = unit
            tail[n_links] = other
            step[n_links] = k
            n_links += 1
    return head[:n_links].copy(), tail[:n_links].copy(), step[:n_links].copy()


@kernel
def flood(ground: NDArray[np.uint8], width: int, start: int, across_corners: bool, reached: NDArray[np.int64]) -> int:
    """Mark the open ground that hangs together with a place.

    Parameters
    ----------
    ground : uint8, shape (n_places,)
        Row by row; 0 is open, and what is reached becomes 2 in place.
    width : int
        Places in a row.
    start : int
        A place that is open.
    across_corners : bool
    reached : int64, shape (n_places,)
        Written in place from its beginning: what was reached, in no stated order.

    Returns
    -------
    int
        How many places were reached.
    """
    ground[start] = 2
    reached[0] = start
    n_reached, taken = 1, 0
    while taken < n_reached:
        place = reached[taken]
        col = place % width
        taken += 1
        for row_step in range(-1, 2):
            for col_step in range(-1, 2):
                if row_step != 0 and col_step != 0 and not across_corners:
                    continue
                to = place + row_step * width + col_step
                if 0 <= to < ground.shape[0] and 0 <= col + col_step < width and ground[to] == 0:
                    ground[to] = 2
                    reached[n_reached] = to
                    n_reached += 1
    return n_reached


@kernel
def enclosed_cells(
    row: NDArray[np.int64], col: NDArray[np.int64], group_start: NDArray[np.int64], across_corners: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The cells that groups of cells enclose.

    Parameters
    ----------
    row, col : int64, shape (n_members,)
        Members of group g stand from ``group_start[g]`` to ``group_start[g + 1]``.
    group_start : int64, shape (n_groups + 1,)
    across_corners : bool
        Whether open ground hangs together across corners, as it does where members do not.

    Returns
    -------
    hole_row, hole_col : int64, shape (n_cells,)
        Sorted by hole, then row, then column.
    hole : int64, shape (n_cells,)
        From 0, in the order of the groups, then of each hole's first cell.
    group_of_hole : int64, shape (n_holes,)
    """
    hole_row, hole_col, hole = np.empty(64, dtype=np.int64), np.empty(64, dtype=np.int64), np.empty(64, dtype=np.int64)
    group_of_hole = np.empty(64, dtype=np.int64)
    n_cells, n_holes = 0, 0
    for group in range(group_start.shape[0] - 1):
        first, last = group_start[group], group_start[group + 1]
        # four members are the fewest that enclose a cell, where corners hold together
        if last - first < 4:
            continue
        south, west, north, east = row[first], col[first], row[first], col[first]
        for k in range(first, last):
            south, west, north, east = min(south, row[k]), min(west, col[k]), max(north, row[k]), max(east, col[k])
        # a frame of open ground runs round the group
        south, west = south - 1, west - 1
        height, width = north - south + 2, east - west + 2
        ground = np.zeros(height * width, dtype=np.uint8)
        for k in range(first, last):
            ground[(row[k] - south) * width + col[k] - west] = 1
        reached = np.empty(height * width, dtype=np.int64)
        for start in range(height * width):
            if ground[start] != 0:
                continue
            n_reached = flood(ground, width, start, across_corners, reached)
            # in the order of places; what hangs together with the first one, the frame, is no hole
            n_left = n_reached if start > 0 else 0
            if n_cells + n_left > hole.shape[0]:
                room = 2 * (n_cells + n_left)
                hole_row, hole_col, hole = (
                    lengthened(hole_row, room),
                    lengthened(hole_col, room),
                    lengthened(hole, room),
                )
            place = start
            while n_left > 0:
                if ground[place] == 2:
                    hole_row[n_cells], hole_col[n_cells] = place // width + south, place % width + west
                    hole[n_cells] = n_holes
                    n_cells, n_left = n_cells + 1, n_left - 1
                place += 1
            for k in range(n_reached):
                ground[reached[k]] = 1
            if start > 0:
                if n_holes == group_of_hole.shape[0]:
                    group_of_hole = lengthened(group_of_hole, 2 * n_holes)
                group_of_hole[n_holes] = group
                n_holes += 1
    return hole_row[:n_cells].copy(), hole_col[:n_cells].copy(), hole[:n_cells].copy(), group_of_hole[:n_holes].copy()
