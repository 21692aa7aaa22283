"""Straight lines through a chain of gates, with few corners and close to the gates' middles.

A gate is a straight piece from a point on the left of the way to one on its right. The way may cross it only at given
shares of its length, and has corners only on gates. Of all such ways the cheapest is taken: every corner costs, so do
sharp corners, and so does the distance of the way from the middles of the gates. The idea, to draw the outline of a
pattern of squares as the best polygon among those that stay close to it, is that of P. Selinger, "Potrace: a
polygon-based tracing algorithm" (2003); the gates, and what is charged, are our own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel

ROUNDING = 1e-9
"""Differences below this are none: coordinates are small, in units of a cell."""


@kernel
def cross(one: complex, other: complex) -> float:
    """The cross product: above 0 where the second direction lies to the left of the first."""
    return one.real * other.imag - one.imag * other.real


@kernel
def extend_way(
    gate: NDArray[np.int64],
    place: int,
    choice: int,
    left: NDArray[np.complex128],
    width: NDArray[np.complex128],
    share: NDArray[np.float64],
    longest: int,
    corner_cost: float,
    sharp_cost: float,
    cost: NDArray[np.float64],
    previous_place: NDArray[np.int64],
    previous_choice: NDArray[np.int64],
) -> None:
    """Extend the way that ends at one corner by one straight line, to every gate within sight.

    Parameters
    ----------
    gate : int64, shape (n_places,)
        Gates in the order of the way.
    place, choice : int
        The corner: its place in `gate`, and where on it (an index into `share`).
    left, width : complex128, shape (n_gates,)
        Left end of each gate, and from there to its right end; east is real, north imaginary. A gate without width
        is a fixed point.
    share : float64, shape (n_choices,)
        Where corners may lie on a gate, rising; a way crosses it between the first and the last.
    longest : int
        The most gates that one line may pass.
    corner_cost, sharp_cost : float
        Of a corner; of one that turns by more than a right angle, times minus the cosine of the turn.
    cost : float64, shape (n_places, n_choices)
        Of the cheapest way found so far to each corner; written.
    previous_place, previous_choice : int64, shape (n_places, n_choices)
        The corner before, -1 if none; written.
    """
    begin = left[gate[place]] + share[choice] * width[gate[place]]
    came = 0j
    if previous_place[place, choice] >= 0:
        before = gate[previous_place[place, choice]]
        came = begin - left[before] - share[previous_choice[place, choice]] * width[before]
    sight_left, sight_right = 0j, 0j
    sum_xx, sum_xy, sum_yy = 0.0, 0.0, 0.0
    for reached in range(place + 1, min(gate.shape[0], place + longest + 1)):
        from_left, across = left[gate[reached]] - begin, width[gate[reached]]
        for k in range(share.shape[0]):
            total = cost[place, choice] + corner_cost + (share[k] - 0.5) ** 2
            if total >= cost[reached, k] - ROUNDING:
                continue
            go = from_left + share[k] * across
            if cross(sight_right, go) < -ROUNDING or cross(go, sight_left) < -ROUNDING:
                continue
            x, y = go.real, go.imag
            # squared distances of the middles passed from the line through both corners
            total += (x * x * sum_yy - 2.0 * x * y * sum_xy + y * y * sum_xx) / (x * x + y * y)
            ahead = came.real * x + came.imag * y
            if ahead < 0.0:
                total -= sharp_cost * ahead / (abs(came) * abs(go))
            if total < cost[reached, k] - ROUNDING:
                cost[reached, k] = total
                previous_place[reached, k] = place
                previous_choice[reached, k] = choice
        near, far = from_left + share[0] * across, from_left + share[-1] * across
        if reached == place + 1 or cross(sight_left, near) < 0.0:
            sight_left = near
        if reached == place + 1 or cross(sight_right, far) > 0.0:
            sight_right = far
        if cross(sight_right, sight_left) < -ROUNDING:
            break
        middle = from_left + 0.5 * across
        sum_xx += middle.real * middle.real
        sum_xy += middle.real * middle.imag
        sum_yy += middle.imag * middle.imag


@kernel
def cheapest_way(
    gate: NDArray[np.int64],
    first_choice: int,
    left: NDArray[np.complex128],
    width: NDArray[np.complex128],
    share: NDArray[np.float64],
    longest: int,
    corner_cost: float,
    sharp_cost: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """The cheapest ways from the first gate to every corner.

    What a sharp corner costs is told from the cheapest way to it alone, so the way is the cheapest but for that.

    Parameters
    ----------
    first_choice : int
        Where the way begins on the first gate; -1 is anywhere.
    gate, left, width, share, longest, corner_cost, sharp_cost
        As in `extend_way`.

    Returns
    -------
    cost : float64, shape (n_places, n_choices)
        Infinite where no way leads.
    previous_place, previous_choice : int64, shape (n_places, n_choices)
        The corner before, -1 if none.
    """
    cost = np.full((gate.shape[0], share.shape[0]), np.inf)
    previous_place = np.full((gate.shape[0], share.shape[0]), -1, dtype=np.int64)
    previous_choice = np.full((gate.shape[0], share.shape[0]), -1, dtype=np.int64)
    for choice in range(share.shape[0]):
        if first_choice < 0 or choice == first_choice:
            cost[0, choice] = 0.0
    for place in range(gate.shape[0] - 1):
        for choice in range(share.shape[0]):
            if cost[place, choice] < np.inf:
                extend_way(
                    gate, place, choice, left, width, share, longest, corner_cost, sharp_cost,
                    cost, previous_place, previous_choice,
                )  # fmt: skip
    return cost, previous_place, previous_choice


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
    share : float64, shape (n_choices,)
        As in `extend_way`; an odd number of them.
    left, width, longest, corner_cost, sharp_cost
        As in `extend_way`.

    Returns
    -------
    choice : int64, shape (n_gates,)
        Where on the gate the corner lies, an index into `share`; -1 where the way is straight.
    """
    result = np.full(left.shape[0], -1, dtype=np.int64)
    for chain in range(closed.shape[0]):
        first, n_gates = start[chain], start[chain + 1] - start[chain]
        choice = share.shape[0] // 2
        gate = first + np.arange(n_gates)
        if closed[chain]:
            widest = np.argmax(np.abs(width[first : first + n_gates]))
            gate = first + (widest + np.arange(2 * n_gates + 1)) % n_gates
            cost, previous_place, previous_choice = cheapest_way(
                gate, -1, left, width, share[::2].copy(), longest, corner_cost, sharp_cost
            )
            place = 2 * n_gates
            choice = int(np.argmin(cost[place]))
            while place > n_gates:
                place, choice = previous_place[place, choice], previous_choice[place, choice]
            choice *= 2
            gate = first + (widest + place + np.arange(n_gates + 1)) % n_gates
        _, previous_place, previous_choice = cheapest_way(
            gate, choice, left, width, share, longest, corner_cost, sharp_cost
        )
        place = gate.shape[0] - 1
        while place >= 0:
            result[gate[place]] = choice
            place, choice = previous_place[place, choice], previous_choice[place, choice]
    return result
