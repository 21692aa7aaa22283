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

import math

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
    begins = np.empty(following.shape[0], dtype=np.bool_)
    done = np.empty(following.shape[0], dtype=np.bool_)
    for k in range(following.shape[0]):
        done[k] = following[k] == -1
        begins[k] = not done[k]
        n_crossings += begins[k]
    for k in range(following.shape[0]):
        if following[k] >= 0:
            begins[following[k]] = False
    crossing = np.empty(n_crossings, dtype=np.int64)
    start = np.zeros(n_crossings + 1, dtype=np.int64)
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


ROUNDING = 1e-9
"""Differences below this are none: coordinates are small, in units of a cell."""


@kernel
def cross(one_x: float, one_y: float, other_x: float, other_y: float) -> float:
    """The cross product: above 0 where the second direction lies to the left of the first."""
    return one_x * other_y - one_y * other_x


@kernel
def point_on_gate(gate: NDArray[np.float64], place: int, share: float) -> tuple[float, float]:
    """East and north of the point at a share of the way from a gate's left end to its right end."""
    return gate[place, 0] + share * gate[place, 2], gate[place, 1] + share * gate[place, 3]


@kernel
def extend_ways(
    gate: NDArray[np.float64],
    place: int,
    share: NDArray[np.float64],
    longest: int,
    corner_cost: float,
    sharp_cost: float,
    cost: NDArray[np.float64],
    corner_before: NDArray[np.int64],
) -> None:
    """Extend the ways that end on one gate by one straight line, to every gate within sight.

    Parameters
    ----------
    gate : float64, shape (n_places, 4)
        Gates in the order of the way: east and north of the left end, and from there to the right end. A gate without
        width is a fixed point.
    place : int
        Of the gate on which the ways end.
    share : float64, shape (n_choices,)
        Where corners may lie on a gate, rising; a way crosses it between the first and the last.
    longest : int
        The most gates that one line may pass.
    corner_cost, sharp_cost : float
        Of a corner; of one that turns by more than a right angle, times minus the cosine of the turn.
    cost : float64, shape (n_places, n_choices)
        Of the cheapest way found so far to each corner; written.
    corner_before : int64, shape (n_places, n_choices)
        The place of the corner before, times `n_choices`, plus its choice; -1 if there is none; written.
    """
    n_choices = share.shape[0]
    for choice in range(n_choices):
        base = cost[place, choice] + corner_cost
        begin_x, begin_y = point_on_gate(gate, place, share[choice])
        at, on = corner_before[place, choice] // n_choices, corner_before[place, choice] % n_choices
        before_x, before_y = point_on_gate(gate, at, share[on]) if at >= 0 else (begin_x, begin_y)
        came_x, came_y = begin_x - before_x, begin_y - before_y
        way_come = math.sqrt(came_x * came_x + came_y * came_y)
        # both bounds of the sight, and the sums of squares and products of the middles passed
        left_x, left_y, right_x, right_y = 0.0, 0.0, 0.0, 0.0
        sum_xx, sum_xy, sum_yy = 0.0, 0.0, 0.0
        for reached in range(place + 1, min(gate.shape[0], place + longest + 1) if base < np.inf else 0):
            from_x, from_y = gate[reached, 0] - begin_x, gate[reached, 1] - begin_y
            across_x, across_y = gate[reached, 2], gate[reached, 3]
            # inside both bounds both are at least 0, at a share of 0, and more so by the second for all of the gate
            in_left, in_left_more = cross(from_x, from_y, left_x, left_y), cross(across_x, across_y, left_x, left_y)
            in_right = cross(right_x, right_y, from_x, from_y)
            in_right_more = cross(right_x, right_y, across_x, across_y)
            for k in range(n_choices):
                if in_right + share[k] * in_right_more < -ROUNDING or in_left + share[k] * in_left_more < -ROUNDING:
                    continue
                total = base + (share[k] - 0.5) ** 2
                if total >= cost[reached, k] - ROUNDING:
                    continue
                x, y = from_x + share[k] * across_x, from_y + share[k] * across_y
                # squared distances of the middles passed from the line through both corners
                total += (x * x * sum_yy - 2.0 * x * y * sum_xy + y * y * sum_xx) / (x * x + y * y)
                ahead = came_x * x + came_y * y
                if ahead < 0.0:
                    total -= sharp_cost * ahead / (way_come * math.sqrt(x * x + y * y))
                if total < cost[reached, k] - ROUNDING:
                    cost[reached, k], corner_before[reached, k] = total, place * n_choices + choice
            x, y = from_x + share[0] * across_x, from_y + share[0] * across_y
            if reached == place + 1 or cross(left_x, left_y, x, y) < 0.0:
                left_x, left_y = x, y
            x, y = from_x + share[-1] * across_x, from_y + share[-1] * across_y
            if reached == place + 1 or cross(right_x, right_y, x, y) > 0.0:
                right_x, right_y = x, y
            if cross(right_x, right_y, left_x, left_y) < -ROUNDING:
                break
            x, y = from_x + 0.5 * across_x, from_y + 0.5 * across_y
            sum_xx, sum_xy, sum_yy = sum_xx + x * x, sum_xy + x * y, sum_yy + y * y


@kernel
def cheapest_way(
    gate: NDArray[np.float64],
    first_choice: int,
    share: NDArray[np.float64],
    longest: int,
    corner_cost: float,
    sharp_cost: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The cheapest ways from the first gate to every corner.

    What a sharp corner costs is told from the cheapest way to it alone, so the way is the cheapest but for that.

    Parameters
    ----------
    first_choice : int
        Where the way begins on the first gate; below 0 is anywhere.
    gate, share, longest, corner_cost, sharp_cost
        As in `extend_ways`.

    Returns
    -------
    cost : float64, shape (n_places, n_choices)
        Infinite where no way leads.
    corner_before : int64, shape (n_places, n_choices)
        As in `extend_ways`.
    """
    cost = np.full((gate.shape[0], share.shape[0]), np.inf)
    corner_before = np.full((gate.shape[0], share.shape[0]), -1, dtype=np.int64)
    for choice in range(share.shape[0]):
        if first_choice < 0 or choice == first_choice:
            cost[0, choice] = 0.0
    for place in range(gate.shape[0] - 1):
        extend_ways(gate, place, share, longest, corner_cost, sharp_cost, cost, corner_before)
    return cost, corner_before


@kernel
def gates_from(
    left: NDArray[np.complex128], width: NDArray[np.complex128], first: int, n_gates: int, begin: int, n_places: int
) -> NDArray[np.float64]:
    """The gates of a chain in their order from one of them, round and round.

    Parameters
    ----------
    left, width : complex128, shape (n_all_gates,)
        Left end of each gate, and from there to its right end; east is real, north imaginary.
    first : int
        The chain's first gate.
    n_gates : int
        Of the chain.
    begin : int
        Where among them the way begins.
    n_places : int
        How many to list.

    Returns
    -------
    float64, shape (n_places, 4)
        As in `extend_ways`.
    """
    gate = np.empty((n_places, 4))
    for place in range(n_places):
        at = first + (begin + place) % n_gates
        gate[place, 0], gate[place, 1] = left[at].real, left[at].imag
        gate[place, 2], gate[place, 3] = width[at].real, width[at].imag
    return gate


@kernel
def straighten(
    start: NDArray[np.int64],
    closed: NDArray[np.bool_],
    left: NDArray[np.complex128],
    width: NDArray[np.complex128],
    share: NDArray[np.float64],
    longest: int,
    corner_cost: float,
    sharp_cost: float,
) -> NDArray[np.int64]:
    """Corners of the cheapest way through each chain of gates.

    A ring has no first gate, so it is walked twice from a gate that may well be a corner, its first widest one, with
    every second share alone, and then once from a corner of the second round, which hardly feels where the walk began.

    Parameters
    ----------
    start : int64, shape (n_chains + 1,)
        Chain c holds the gates from ``start[c]`` to ``start[c + 1]``.
    closed : bool, shape (n_chains,)
        Rings; the other chains begin and end at the middle of their first and last gate.
    left, width : complex128, shape (n_gates,)
        As in `gates_from`.
    share : float64, shape (n_choices,)
        As in `extend_ways`; an odd number of them.
    longest, corner_cost, sharp_cost
        As in `extend_ways`.

    Returns
    -------
    choice : int64, shape (n_gates,)
        Where on the gate the corner lies, an index into `share`; -1 where the way is straight.
    """
    result = np.full(left.shape[0], -1, dtype=np.int64)
    every_second, n_choices = share[::2].copy(), share.shape[0]
    for chain in range(closed.shape[0]):
        first, n_gates = start[chain], start[chain + 1] - start[chain]
        choice, begin = n_choices // 2, first
        for at in range(first + 1, first + n_gates if closed[chain] else first):
            if abs(width[at]) > abs(width[begin]):
                begin = at
        for is_last in range(0 if closed[chain] else 1, 2):
            n_places = n_gates + closed[chain] if is_last else 2 * n_gates + 1
            tried = share if is_last else every_second
            gate = gates_from(left, width, first, n_gates, begin - first, n_places)
            cost, before = cheapest_way(gate, choice if is_last else -1, tried, longest, corner_cost, sharp_cost)
            if is_last:
                place = n_places - 1
                while place >= 0:
                    result[first + (begin - first + place) % n_gates] = choice
                    corner = before[place, choice]
                    place, choice = corner // n_choices, corner % n_choices
            else:
                place, choice = 2 * n_gates, 0
                for k in range(1, tried.shape[0]):
                    if cost[place, k] < cost[place, choice]:
                        choice = k
                while place > n_gates:
                    corner = before[place, choice]
                    place, choice = corner // tried.shape[0], corner % tried.shape[0]
                choice *= 2
                begin += place
    return result
