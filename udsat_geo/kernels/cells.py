"""An index of cells by row and column: an open-addressing hash table of unit numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel


@kernel
def slot_of_cell(row: int, col: int, mask: int) -> int:
    """Where the search for a cell begins in a table of ``mask + 1`` slots (a power of two)."""
    mixed = (row * 73856093) ^ (col * 19349663)
    return (mixed ^ (mixed >> 17)) & mask


@kernel
def find_cell(
    row: int,
    col: int,
    unit_of_slot: NDArray[np.int32],
    row_of_unit: NDArray[np.int64],
    col_of_unit: NDArray[np.int64],
) -> int:
    """The unit at a cell, -1 if none.

    Parameters
    ----------
    row, col : int
    unit_of_slot : int32, shape (n_slots,)
        From `index_cells`; -1 is an empty slot.
    row_of_unit, col_of_unit : int64, shape (n_units,)
    """
    mask = unit_of_slot.shape[0] - 1
    slot = slot_of_cell(row, col, mask)
    while True:
        unit = unit_of_slot[slot]
        if unit < 0 or (row_of_unit[unit] == row and col_of_unit[unit] == col):
            return int(unit)
        slot = (slot + 1) & mask


@kernel
def index_cells(row: NDArray[np.int64], col: NDArray[np.int64]) -> NDArray[np.int32]:
    """A table that finds a unit by its cell.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
        Distinct cells, absolute values below 10^11 so that the hash does not overflow.

    Returns
    -------
    unit_of_slot : int32, shape (n_slots,)
        A power of two, at least twice the units; -1 is an empty slot.
    """
    n_slots = 16
    while n_slots < 2 * row.shape[0]:
        n_slots *= 2
    unit_of_slot = np.full(n_slots, -1, dtype=np.int32)
    for unit in range(row.shape[0]):
        slot = slot_of_cell(row[unit], col[unit], n_slots - 1)
        while unit_of_slot[slot] >= 0:
            slot = (slot + 1) & (n_slots - 1)
        unit_of_slot[slot] = unit
    return unit_of_slot


@kernel
def lengthened(values: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """A list with room for more: what it holds, then what is not written yet.

    A loop, as everywhere among the kernels: assigning one array to a part of another takes seconds to compile.

    Parameters
    ----------
    values : int64, shape (n_values,)
    length : int
        No less than `n_values`.

    Returns
    -------
    int64, shape (length,)
    """
    longer = np.empty(length, dtype=np.int64)
    for i in range(values.shape[0]):
        longer[i] = values[i]
    return longer


@kernel
def distinct_cells(row: NDArray[np.int64], col: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The distinct cells of many points, in order of first sight.

    Parameters
    ----------
    row, col : int64, shape (n_points,)

    Returns
    -------
    first_point : int64, shape (n_cells,)
        The first point of each cell.
    cell_of_point : int32, shape (n_points,)
    """
    n_points = row.shape[0]
    cell_of_point = np.empty(n_points, dtype=np.int32)
    first_point = np.empty(1024, dtype=np.int64)
    cell_of_slot = np.full(4096, -1, dtype=np.int32)
    n_cells = 0
    for point in range(n_points):
        if 2 * n_cells >= cell_of_slot.shape[0]:
            cell_of_slot = np.full(4 * cell_of_slot.shape[0], -1, dtype=np.int32)
            for cell in range(n_cells):
                known = first_point[cell]
                slot = slot_of_cell(row[known], col[known], cell_of_slot.shape[0] - 1)
                while cell_of_slot[slot] >= 0:
                    slot = (slot + 1) & (cell_of_slot.shape[0] - 1)
                cell_of_slot[slot] = cell
        mask = cell_of_slot.shape[0] - 1
        slot = slot_of_cell(row[point], col[point], mask)
        while True:
            cell = cell_of_slot[slot]
            if cell < 0:
                if n_cells == first_point.shape[0]:
                    first_point = lengthened(first_point, 2 * n_cells)
                first_point[n_cells] = point
                cell_of_slot[slot] = n_cells
                cell = n_cells
                n_cells += 1
                break
            if row[first_point[cell]] == row[point] and col[first_point[cell]] == col[point]:
                break
            slot = (slot + 1) & mask
        cell_of_point[point] = cell
    return first_point[:n_cells].copy(), cell_of_point


@kernel
def cell_edges(
    row: NDArray[np.int64],
    col: NDArray[np.int64],
    unit_of_slot: NDArray[np.int32],
    row_step: NDArray[np.int64],
    col_step: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Pairs of units whose cells are one of the given steps apart.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
        Sorted by row, then column.
    unit_of_slot : int32, shape (n_slots,)
        From `index_cells`.
    row_step, col_step : int64, shape (n_steps,)
        Forward steps only (to cells that come later in the order), so that each pair comes once, head < tail.

    Returns
    -------
    head, tail : int32, shape (n_edges,)
        Sorted by head, then by the order of the steps.
    """
    n_edges = 0
    for unit in range(row.shape[0]):
        for k in range(row_step.shape[0]):
            if find_cell(row[unit] + row_step[k], col[unit] + col_step[k], unit_of_slot, row, col) >= 0:
                n_edges += 1
    head = np.empty(n_edges, dtype=np.int32)
    tail = np.empty(n_edges, dtype=np.int32)
    n_edges = 0
    for unit in range(row.shape[0]):
        for k in range(row_step.shape[0]):
            other = find_cell(row[unit] + row_step[k], col[unit] + col_step[k], unit_of_slot, row, col)
            if other >= 0:
                head[n_edges] = unit
                tail[n_edges] = other
                n_edges += 1
    return head, tail
