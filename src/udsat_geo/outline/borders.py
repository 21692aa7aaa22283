"""Borders between areas of cells: chains of gates, each between the centres of two neighbouring cells.

A border that crosses every gate of its chain once, and no other, keeps all centres on their side and touches no other
border, wherever on the gates it crosses them: between two gates it stays in one square, and what else passes through
that square stays on the other side of a diagonal. That is why outlines drawn through the gates need no luck.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

ROW_STEP = (0, 1, 0, -1)
COL_STEP = (1, 0, -1, 0)
"""Where the cell on the right of a crossing lies, by its side: as in `udsat_geo.kernels.borders`."""
GRAIN = 10_000
"""Coordinates are whole numbers of 1 / GRAIN of a cell (1 cm for cells of 100 m): own choice."""


@dataclass(frozen=True)
class Cells:
    """Member cells, sorted by row, then column.

    Attributes
    ----------
    row, col, area : int64, shape (n_cells,)
    """

    row: NDArray[np.int64]
    col: NDArray[np.int64]
    area: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_]) -> Cells:
        """Some of the cells."""
        return Cells(self.row[chosen], self.col[chosen], self.area[chosen])


@dataclass(frozen=True)
class Chains:
    """Chains of gates.

    Attributes
    ----------
    start : int64, shape (n_chains + 1,)
        Chain c holds the gates from ``start[c]`` to ``start[c + 1]``, in the order of the walk.
    closed : bool, shape (n_chains,)
        Rings; the other chains begin and end with a gate without width, a junction.
    origin_x, origin_y : int64, shape (n_chains,)
        Column and row that the chain's coordinates count from, so that they are small.
    left, width : complex128, shape (n_gates,)
        Left end of each gate and the way to its right end, in cells; east is real, north imaginary.
    junction : bool, shape (n_gates,)
        Another border ends between this gate and the next.
    """

    start: NDArray[np.int64]
    closed: NDArray[np.bool_]
    origin_x: NDArray[np.int64]
    origin_y: NDArray[np.int64]
    left: NDArray[np.complex128]
    width: NDArray[np.complex128]
    junction: NDArray[np.bool_]

    def chain_of_gate(self) -> NDArray[np.int64]:
        """Shape (n_gates,)."""
        return np.repeat(np.arange(len(self.closed)), np.diff(self.start))


@dataclass(frozen=True)
class Borders:
    """All borders of some areas.

    Attributes
    ----------
    outer : Chains
        Rings between areas and open ground.
    inner : Chains
        Borders of two areas, and their junctions as first and last gates, where they have ends.
    free_end, ring_gate : int64, shape (n_ends,)
        Ends of inner borders that lie on an outer ring: the gate of `inner` without width, and the gate of `outer`
        after which the ring takes up the end. The position of `free_end` is not known before the ring is drawn.
    """

    outer: Chains
    inner: Chains
    free_end: NDArray[np.int64]
    ring_gate: NDArray[np.int64]

    def with_ends(self, x: NDArray[np.int64], y: NDArray[np.int64]) -> Chains:
        """The inner borders, their free ends at the given positions in grains, shape (n_ends,) each."""
        chain = self.inner.chain_of_gate()[self.free_end]
        left = self.inner.left.copy()
        left.real[self.free_end] = (x - self.inner.origin_x[chain] * GRAIN) / GRAIN
        left.imag[self.free_end] = (y - self.inner.origin_y[chain] * GRAIN) / GRAIN
        return replace(self.inner, left=left)


def find_borders(cells: Cells) -> Borders:
    """All borders of the areas of some cells."""
    from udsat_geo.kernels.borders import border_steps, crossings_into, trace_borders
    from udsat_geo.kernels.cells import index_cells

    unit_of_slot = index_cells(cells.row, cells.col)
    following, open_ground, around_one = border_steps(cells.row, cells.col, cells.area, unit_of_slot)
    crossing, start, n_open = trace_borders(following)
    is_outer = open_ground[crossing[start[:-1]]]
    closed = np.arange(len(start) - 1) >= n_open
    turn = _turns(crossing, following, around_one)
    outer, gate_of_crossing = _chains(cells, crossing, turn, start, is_outer, closed)
    inner, _ = _chains(cells, crossing, turn, start, ~is_outer, closed)

    # the squares in which the open borders, which come first, begin and end
    ends = np.column_stack([crossing[start[:n_open]], crossing[start[1 : n_open + 1] - 1]]).ravel()
    square_row, square_col = _squares(cells, ends)
    entered_by = crossings_into(square_row, square_col, cells.row, cells.col, unit_of_slot)
    inner, end_gate = _with_junctions(inner, n_open, square_row, square_col)
    free = entered_by >= 0
    ring_gate = gate_of_crossing[entered_by[free]]
    outer.junction[ring_gate] = True
    return Borders(outer, inner, end_gate[free], ring_gate)


def _turns(
    crossing: NDArray[np.int64], following: NDArray[np.int64], around_one: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Where a border turns around one cell after a crossing: 1 to the left, -1 to the right; 0 elsewhere."""
    same_unit = following[crossing] // 4 == crossing // 4
    return np.where(around_one[crossing], np.where(same_unit, 1, -1), 0)


def _chains(
    cells: Cells,
    crossing: NDArray[np.int64],
    turn: NDArray[np.int64],
    start: NDArray[np.int64],
    chosen: NDArray[np.bool_],
    closed: NDArray[np.bool_],
) -> tuple[Chains, NDArray[np.int64]]:
    """Some of the borders as chains of gates, and the gate of each crossing, shape (4 * n_cells,), -1 for others.

    Where a border turns around one cell, a gate from that cell to the one across the square lets the corner lie
    where the four cells meet.
    """
    length = np.diff(start)
    own = np.repeat(chosen, length)
    crossing, turn, chain = crossing[own], turn[own], np.repeat(np.arange(chosen.sum()), length[chosen])
    n_gates = 1 + (turn != 0)
    gate = np.cumsum(n_gates) - n_gates
    of_gate = np.repeat(np.arange(len(crossing)), n_gates)
    across = np.arange(len(of_gate)) != gate[of_gate]
    unit, side = np.divmod(crossing[of_gate], 4)
    turn, chain, onward = np.where(across, turn[of_gate], 0), chain[of_gate], (side + 1) % 4
    new_start = np.searchsorted(chain, np.arange(chosen.sum() + 1))
    first = unit[new_start[:-1]]
    origin_x, origin_y = cells.col[first], cells.row[first]
    step = np.array(COL_STEP) + 1j * np.array(ROW_STEP)
    # after a turn to the left the gate goes from the same cell, after one to the right it goes to the same cell
    shift = np.where(turn == -1, 1, 0)
    gate_of_crossing = np.full(4 * len(cells.row), -1, dtype=np.int64)
    gate_of_crossing[crossing] = gate
    chains = Chains(
        start=new_start,
        closed=closed[chosen],
        origin_x=origin_x,
        origin_y=origin_y,
        left=_points(cells.col[unit] - origin_x[chain], cells.row[unit] - origin_y[chain]) + shift * step[onward],
        width=step[side] + turn * step[onward],
        junction=np.zeros(len(unit), dtype=bool),
    )
    return chains, gate_of_crossing


def _squares(cells: Cells, ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the squares before the crossings at even places, and after those at odd places."""
    row_step, col_step = np.array(ROW_STEP), np.array(COL_STEP)
    unit, side = np.divmod(ends, 4)
    onward = (side + np.where(np.arange(len(ends)) % 2 == 0, 3, 1)) % 4
    row = cells.row[unit] + np.minimum(row_step[side], 0) + np.minimum(row_step[onward], 0)
    col = cells.col[unit] + np.minimum(col_step[side], 0) + np.minimum(col_step[onward], 0)
    return row, col


def _with_junctions(
    chains: Chains, n_open: int, square_row: NDArray[np.int64], square_col: NDArray[np.int64]
) -> tuple[Chains, NDArray[np.int64]]:
    """The chains, the first `n_open` of them with a gate without width, in the middle of its square, at either end.

    Returns
    -------
    chains : Chains
    end_gate : int64, shape (2 * n_open,)
        The gates put in: first and last of each chain.
    """
    places = np.column_stack([chains.start[:n_open], chains.start[1 : n_open + 1]]).ravel()
    chain = np.repeat(np.arange(n_open), 2)
    lengths = np.diff(chains.start)
    lengths[:n_open] += 2
    nothing = np.zeros(2 * n_open)
    middle = _points(square_col - chains.origin_x[chain], square_row - chains.origin_y[chain])
    made = replace(
        chains,
        start=np.append(0, np.cumsum(lengths)),
        left=np.insert(chains.left, places, middle + (0.5 + 0.5j)),
        width=np.insert(chains.width, places, nothing),
        junction=np.insert(chains.junction, places, nothing.astype(bool)),
    )
    return made, places + np.arange(2 * n_open)


def _points(col: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.complex128]:
    """Centres of cells, in cells."""
    centres: NDArray[np.complex128] = (col + 0.5) + 1j * (row + 0.5)
    return centres
