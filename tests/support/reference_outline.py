"""Plain-Python twins of the kernels of outlines: as `reference`, written from the docstrings, clarity before speed."""

from __future__ import annotations

from collections.abc import Sequence

Cell = tuple[int, int]
Gate = tuple[complex, complex]
"""Left end of a gate, and from there to its right end; east is real, north imaginary."""
Corners = dict[tuple[int, int], tuple[float, int, int]]
"""(place, choice) -> cost of the cheapest way there, and the place and choice of the corner before, -1 if none."""

SIDES = ((0, 1), (1, 0), (0, -1), (-1, 0))
"""(row, col) steps to the east, north, west and south."""


# --- borders ------------------------------------------------------------------------------------------------


def turn_of_border(left: int, right: int, ahead_left: int, ahead_right: int) -> int:
    """1 left, 0 straight on, -1 right, -2 the border ends."""
    if right == -1:
        ground = (ahead_left == -1, ahead_right == -1)
        joined = ahead_right == left
        return {(True, True): 1, (False, True): 0, (False, False): -1, (True, False): -1 if joined else 1}[ground]
    corners = (left, right, ahead_right, ahead_left)
    if corners[0] == corners[2]:
        return -1
    if corners[1] == corners[3]:
        return 1
    return 0 if corners[3] == left and corners[2] == right else -2


def border_steps(
    row: Sequence[int], col: Sequence[int], area: Sequence[int]
) -> tuple[list[int], list[bool], list[bool]]:
    """What follows each crossing, whether there is open ground on its right, and whether it goes on around one cell."""
    unit_of_cell = {cell: unit for unit, cell in enumerate(zip(row, col, strict=True))}

    def area_at(cell: Cell) -> int:
        return area[unit_of_cell[cell]] if cell in unit_of_cell else -1

    following, open_ground, around_one = [], [], []
    for unit, (r, c) in enumerate(unit_of_cell):
        for side, (up, right) in enumerate(SIDES):
            ahead_up, ahead_right = SIDES[(side + 1) % 4]
            beside, left_ahead = (r + up, c + right), (r + ahead_up, c + ahead_right)
            right_ahead = (beside[0] + ahead_up, beside[1] + ahead_right)
            if area_at(beside) != -1 and area_at(beside) <= area[unit]:
                following.append(-1)
                open_ground.append(False)
                around_one.append(False)
                continue
            corners = [area[unit], area_at(beside), area_at(left_ahead), area_at(right_ahead)]
            turn = turn_of_border(*corners)
            after = {
                1: (unit, (side + 1) % 4),
                0: (unit_of_cell.get(left_ahead, -1), side),
                -1: (unit_of_cell.get(right_ahead, -1), (side - 1) % 4),
            }
            following.append(-2 if turn == -2 else 4 * after[turn][0] + after[turn][1])
            open_ground.append(beside not in unit_of_cell)
            alone = {1: corners[0], -1: corners[1]}.get(turn)
            around_one.append(alone is not None and corners.count(alone) == 1 and len(set(corners)) == 2)
    return following, open_ground, around_one


def trace_borders(following: Sequence[int]) -> tuple[list[int], list[int], int]:
    """Crossings border by border, where each border starts, and how many have two ends."""
    crossings = [k for k, after in enumerate(following) if after != -1]
    firsts = [k for k in crossings if k not in following]
    borders: list[list[int]] = []
    for k in firsts + crossings:
        if any(k in border for border in borders):
            continue
        border = [k]
        while following[border[-1]] not in (-2, k):
            border.append(following[border[-1]])
        borders.append(border)
    start = [0]
    for border in borders:
        start.append(start[-1] + len(border))
    return [k for border in borders for k in border], start, len(firsts)


def crossings_into(
    square_row: Sequence[int], square_col: Sequence[int], row: Sequence[int], col: Sequence[int]
) -> list[int]:
    """The first crossing with open ground by which a border enters each square, -1 if none does."""
    cells = list(zip(row, col, strict=True))
    result = []
    for r, c in zip(square_row, square_col, strict=True):
        corners = [(r, c), (r, c + 1), (r + 1, c + 1), (r + 1, c)]
        found = [
            4 * cells.index(corner) + side
            for side, corner in enumerate(corners)
            if corner in cells and corners[(side + 1) % 4] not in cells
        ]
        result.append(found[0] if found else -1)
    return result


# --- straight -----------------------------------------------------------------------------------------------


def cross(one_x: float, one_y: float, other_x: float, other_y: float) -> float:
    """The cross product of two directions."""
    return (complex(one_x, one_y).conjugate() * complex(other_x, other_y)).imag


def turned(one: complex, other: complex) -> float:
    """The cross product of two directions that are complex numbers."""
    return cross(one.real, one.imag, other.real, other.imag)


def point_on_gate(gates: Sequence[Gate], place: int, share: float) -> complex:
    """The point of one of some gates at a share of the way from its left end to its right end."""
    return on_gate(gates[place], share)


def on_gate(gate: Gate, share: float) -> complex:
    """The point at a share of the way from a gate's left end to its right end."""
    left, width = gate
    return left + share * width


def crosses(begin: complex, end: complex, gate: Gate, least: float, most: float) -> bool:
    """Whether a line passes a gate between two shares of its length."""
    left, width = gate
    across = turned(end - begin, width)
    if abs(across) < 1e-12:
        return False
    share, along = turned(left - begin, end - begin) / across, turned(left - begin, width) / across
    return least - 1e-9 <= share <= most + 1e-9 and -1e-9 <= along <= 1 + 1e-9


def extend_ways(
    gates: Sequence[Gate],
    place: int,
    share: Sequence[float],
    longest: int,
    corner_cost: float,
    sharp_cost: float,
    corners: Corners,
) -> Corners:
    """The corners after the ways that end on one gate were extended by one line to each corner they can reach."""
    for choice in range(len(share)):
        if (place, choice) in corners:
            corners = _extended(gates, place, choice, share, longest, corner_cost, sharp_cost, corners)
    return corners


def _extended(
    gates: Sequence[Gate],
    place: int,
    choice: int,
    share: Sequence[float],
    longest: int,
    corner_cost: float,
    sharp_cost: float,
    corners: Corners,
) -> Corners:
    result = dict(corners)
    before_cost, before_place, before_choice = corners[place, choice]
    begin = on_gate(gates[place], share[choice])
    for reached in range(place + 1, min(len(gates), place + longest + 1)):
        passed = gates[place + 1 : reached]
        for k in range(len(share)):
            end = on_gate(gates[reached], share[k])
            if not all(crosses(begin, end, gate, share[0], share[-1]) for gate in passed):
                continue
            cost = before_cost + corner_cost + (share[k] - 0.5) ** 2
            for gate in passed:
                cost += (turned(end - begin, on_gate(gate, 0.5) - begin) / abs(end - begin)) ** 2
            if before_place != -1:
                came = begin - on_gate(gates[before_place], share[before_choice])
                cosine = (came.conjugate() * (end - begin)).real / (abs(came) * abs(end - begin))
                cost += sharp_cost * max(-cosine, 0.0)
            if (reached, k) not in result or cost < result[reached, k][0] - 1e-9:
                result[reached, k] = (cost, place, choice)
    return result


def cheapest_way(
    gates: Sequence[Gate],
    first_choice: int,
    share: Sequence[float],
    longest: int,
    corner_cost: float,
    sharp_cost: float,
) -> Corners:
    """The cheapest ways from the first gate to every corner."""
    corners: Corners = {(0, k): (0.0, -1, -1) for k in range(len(share)) if first_choice in (-1, k)}
    for place in range(len(gates) - 1):
        corners = extend_ways(gates, place, share, longest, corner_cost, sharp_cost, corners)
    return corners


def gates_from(gates: Sequence[Gate], first: int, n_gates: int, begin: int, n_places: int) -> list[Gate]:
    """The gates of a chain from one of them on, round and round."""
    ring = [gates[first + (begin + k) % n_gates] for k in range(n_gates)]
    return (ring * (n_places // n_gates + 1))[:n_places]


def straighten(
    chains: Sequence[Sequence[Gate]],
    closed: Sequence[bool],
    share: Sequence[float],
    longest: int,
    corner_cost: float,
    sharp_cost: float,
) -> list[int]:
    """Where on each gate of each chain the corner lies, -1 where there is none."""
    result = []
    for gates, ring in zip(chains, closed, strict=True):
        n_gates = len(gates)
        place, choice = 0, len(share) // 2
        walk = list(gates)
        if ring:
            widest = max(range(n_gates), key=lambda k: abs(gates[k][1]))
            twice = [gates[(widest + k) % n_gates] for k in range(2 * n_gates + 1)]
            ways = cheapest_way(twice, -1, share[::2], longest, corner_cost, sharp_cost)
            place = 2 * n_gates
            choice = min(range(len(share[::2])), key=lambda k: ways[2 * n_gates, k][0])
            while place > n_gates:
                _, place, choice = ways[place, choice]
            place, choice = widest + place, 2 * choice
            walk = [gates[(place + k) % n_gates] for k in range(n_gates + 1)]
        ways = cheapest_way(walk, choice, share, longest, corner_cost, sharp_cost)
        found = [-1] * n_gates
        at = len(walk) - 1
        while at >= 0:
            found[(place + at) % n_gates] = choice
            _, at, choice = ways[at, choice]
        result.extend(found)
    return result
