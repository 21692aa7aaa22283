"""Plain-Python twins of the kernels: naive loops, written from the docstrings, clarity before speed.

A twin takes plain numbers and lists, changes none of them and returns what the kernel returns or writes. Sums of
floats are taken in the order that the kernel documents, so that a twin and its kernel agree to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

Cell = tuple[int, int]
Table = Sequence[Sequence[int]]


# --- sums ---------------------------------------------------------------------------------------------------


def count_rows(group_of_row: Sequence[int], rows_of_group: Sequence[int]) -> list[int]:
    """The rows of each group, added to what was counted before; -1 is no group."""
    return [before + sum(1 for group in group_of_row if group == number) for number, before in enumerate(rows_of_group)]


def add_values(group_of_row: Sequence[int], value_of_row: Sequence[int], sums: Table, column: int) -> list[list[int]]:
    """The sums after the values of each group's rows were added to one column."""
    result = [list(row) for row in sums]
    for group, value in zip(group_of_row, value_of_row, strict=True):
        if group != -1:
            result[group][column] += value
    return result


def add_flags(group_of_row: Sequence[int], flags_of_row: Sequence[int], sums: Table) -> list[list[int]]:
    """The sums after every set flag of each group's rows was added to its column."""
    result = [list(row) for row in sums]
    for group, flags in zip(group_of_row, flags_of_row, strict=True):
        for flag in range(len(result[0])):
            if group != -1 and flags // 2**flag % 2 == 1:
                result[group][flag] += 1
    return result


def follow(link_of_row: Sequence[int], target_of_link: Sequence[int]) -> list[int]:
    """The target of each row's link; -1 stays -1."""
    return [-1 if link == -1 else target_of_link[link] for link in link_of_row]


# --- cells --------------------------------------------------------------------------------------------------


def slot_of_cell(row: int, col: int, mask: int) -> int:
    """Where the search for a cell begins: two products, mixed, in whole numbers that cannot overflow."""
    mixed = (row * 73856093) ^ (col * 19349663)
    return (mixed ^ (mixed >> 17)) & mask


def index_cells(row: Sequence[int], col: Sequence[int]) -> dict[Cell, int]:
    """The unit of each cell."""
    return {cell: unit for unit, cell in enumerate(zip(row, col, strict=True))}


def find_cell(row: int, col: int, unit_of_cell: dict[Cell, int]) -> int:
    """The unit at a cell, -1 if none."""
    return unit_of_cell.get((row, col), -1)


def lengthened(values: Sequence[int], length: int) -> list[int | None]:
    """A list with room for more, of which nothing is known yet."""
    return [*values, *[None] * (length - len(values))]


def distinct_cells(row: Sequence[int], col: Sequence[int]) -> tuple[list[int], list[int]]:
    """The first point of each distinct cell, in order of first sight, and the cell of each point."""
    seen: list[Cell] = []
    first_point, cell_of_point = [], []
    for point, cell in enumerate(zip(row, col, strict=True)):
        if cell not in seen:
            seen.append(cell)
            first_point.append(point)
        cell_of_point.append(seen.index(cell))
    return first_point, cell_of_point


def cell_edges(
    row: Sequence[int], col: Sequence[int], row_step: Sequence[int], col_step: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Pairs of units one of the steps apart, by head, then by the order of the steps."""
    cells = list(zip(row, col, strict=True))
    head, tail = [], []
    for unit, (at_row, at_col) in enumerate(cells):
        for up, right in zip(row_step, col_step, strict=True):
            for other, cell in enumerate(cells):
                if cell == (at_row + up, at_col + right):
                    head.append(unit)
                    tail.append(other)
    return head, tail


# --- context ------------------------------------------------------------------------------------------------


def context_of_cells(
    row: Sequence[int],
    col: Sequence[int],
    reach_squared: float,
    residents: Sequence[int],
    sums: Table,
    least_residents: int,
) -> tuple[list[int], list[list[int]]]:
    """Residents and sums in view of each cell; `reach_squared` in squared cells, inclusive."""
    cells = list(zip(row, col, strict=True))
    square = [[(r - s) ** 2 + (c - d) ** 2 for s, d in cells] for r, c in cells]
    return _in_view(square, reach_squared, residents, sums, least_residents)


def context_of_points(
    easting: Sequence[float],
    northing: Sequence[float],
    reach: float,
    residents: Sequence[int],
    sums: Table,
    least_residents: int,
) -> tuple[list[int], list[list[int]]]:
    """Residents and sums in view of each point, by comparing every point with every other."""
    points = list(zip(easting, northing, strict=True))
    square = [[squared_distance(*point, *other) for other in points] for point in points]
    return _in_view(square, reach * reach, residents, sums, least_residents)


def _in_view(
    square: Sequence[Sequence[float]],
    reach_squared: float,
    residents: Sequence[int],
    sums: Table,
    least_residents: int,
) -> tuple[list[int], list[list[int]]]:
    """Nearest first, all at one distance together, until enough residents are in view."""
    residents_in_view, sums_in_view = [], []
    for distances in square:
        members: list[int] = []
        for distance in sorted({d for d in distances if d <= reach_squared}):
            members += [other for other, d in enumerate(distances) if d == distance]
            if sum(residents[other] for other in members) >= least_residents:
                break
        residents_in_view.append(sum(residents[other] for other in members))
        n_sums = len(sums[0]) if sums else 0
        sums_in_view.append([sum(sums[other][j] for other in members) for j in range(n_sums)])
    return residents_in_view, sums_in_view


def square_with_enough(square: Sequence[float], residents: Sequence[int], least_residents: int) -> float:
    """The least of the squares within which enough residents live."""
    for candidate in sorted(square):
        if sum(living for d, living in zip(square, residents, strict=True) if d <= candidate) >= least_residents:
            return candidate
    return max(square)


# --- strips -------------------------------------------------------------------------------------------------


def squared_distance(easting: float, northing: float, other_easting: float, other_northing: float) -> float:
    """The square of the distance of two points."""
    east, north = other_easting - easting, other_northing - northing
    return east * east + north * north


def points_in_strips(northing: Sequence[float], by_easting: Sequence[int]) -> tuple[list[int], list[int], float, float]:
    """The points strip by strip, where each strip begins, where the first one does, and how high they are."""
    n_parts = max(int(2 * math.sqrt(len(northing))), 1)
    south, north = (min(northing), max(northing)) if northing else (0.0, 0.0)
    height = (north - south) / n_parts if (north - south) / n_parts > 0 else 1.0
    point_at, strip_start = [], [0]
    for strip in range(n_parts + 1):
        point_at += [point for point in by_easting if math.floor((northing[point] - south) / height) == strip]
        strip_start.append(len(point_at))
    return point_at, strip_start, south, height


def points_within(
    easting: float, northing: float, radius: float, east: Sequence[float], north: Sequence[float]
) -> tuple[list[int], list[float]]:
    """The places of the points within a radius, and the squares of their distances."""
    square = [squared_distance(easting, northing, x, y) for x, y in zip(east, north, strict=True)]
    near = [place for place, distance in enumerate(square) if distance <= radius * radius]
    return near, [square[place] for place in near]


# --- pairs --------------------------------------------------------------------------------------------------


def pairs_within(easting: Sequence[float], northing: Sequence[float], reach: float) -> tuple[list[int], list[int]]:
    """Every pair of points within reach, by comparing every point with every later one."""
    points = list(zip(easting, northing, strict=True))
    pairs = [
        (head, tail)
        for head in range(len(points))
        for tail in range(head + 1, len(points))
        if squared_distance(*points[head], *points[tail]) <= reach * reach
    ]
    return [head for head, _ in pairs], [tail for _, tail in pairs]


# --- scores -------------------------------------------------------------------------------------------------


def squares_of_gaps(
    gap: Sequence[Sequence[float]], residents: Sequence[int], n_criteria: int
) -> tuple[list[Fraction], list[int]]:
    """Exact sums of residents times the squared gap of each criterion, and of the residents of units with a rate."""
    squares, weight = [], []
    for j in range(n_criteria):
        rated = [unit for unit in range(len(gap)) if not math.isnan(gap[unit][j])]
        weight.append(sum(residents[unit] for unit in rated))
        squares.append(sum((Fraction(residents[unit] * gap[unit][j] * gap[unit][j]) for unit in rated), Fraction(0)))
    return squares, weight


def spread_of_gaps(gap: Sequence[Sequence[float]], residents: Sequence[int], n_criteria: int) -> list[float]:
    """Root of the mean squared gap of each criterion, weighted by residents; 0 where nobody has a rate."""
    spread = []
    for j in range(n_criteria):
        rated = [unit for unit in range(len(gap)) if not math.isnan(gap[unit][j])]
        weight = sum(residents[unit] for unit in rated)
        squares = math.fsum(residents[unit] * gap[unit][j] * gap[unit][j] for unit in rated)
        spread.append(math.sqrt(squares / weight) if weight else 0.0)
    return spread


def composite_of_gaps(
    gap: Sequence[Sequence[float]], spread: Sequence[float], weight: Sequence[float]
) -> tuple[list[float], list[int]]:
    """Weighted mean of gap / spread over the criteria with a rate, and how many those are."""
    composite, criteria_with_rate = [], []
    for gap_of_unit in gap:
        rated = [j for j, value in enumerate(gap_of_unit) if not math.isnan(value)]
        total, weights = 0.0, 0.0
        for j in rated:
            score = gap_of_unit[j] / spread[j] if spread[j] > 0 else 0.0
            total += weight[j] * score
            weights += weight[j]
        composite.append(total / weights if rated else math.nan)
        criteria_with_rate.append(len(rated))
    return composite, criteria_with_rate


# --- ranks --------------------------------------------------------------------------------------------------


def rising_order(value: Sequence[float]) -> list[int]:
    """The numbers of the values in rising order, equal ones as they come, -0.0 before 0.0, NaN last."""
    rated = [number for number, own in enumerate(value) if not math.isnan(own)]
    missing = [number for number, own in enumerate(value) if math.isnan(own)]
    return sorted(rated, key=lambda number: (value[number], math.copysign(1.0, value[number]))) + missing


def ranks_on_scale(value: Sequence[float], scale: Sequence[float]) -> list[float]:
    """The rank of each value on the scale, equal ones sharing the mean of theirs; NaN has none."""
    rank = []
    for own in value:
        below = sum(1 for other in scale if other < own)
        equal = sum(1 for other in scale if other == own)
        rank.append(math.nan if math.isnan(own) or not scale else below + (equal + 1) / 2)
    return rank


# --- components ---------------------------------------------------------------------------------------------


def root_of(unit: int, parent: Sequence[int]) -> int:
    """The unit at the top of a unit's tree, which is its own parent."""
    return unit if parent[unit] == unit else root_of(parent[unit], parent)


def label_components(member: Sequence[bool], head: Sequence[int], tail: Sequence[int]) -> tuple[list[int], int]:
    """Components of the members, numbered by their first unit, found by walking; -1 outside."""
    touching: dict[int, list[int]] = {unit: [] for unit in range(len(member))}
    for a, b in zip(head, tail, strict=True):
        touching[a].append(b)
        touching[b].append(a)
    component_of_unit = [-1] * len(member)
    n_components = 0
    for first in range(len(member)):
        if not member[first] or component_of_unit[first] >= 0:
            continue
        front = [first]
        while front:
            unit = front.pop()
            if member[unit] and component_of_unit[unit] < 0:
                component_of_unit[unit] = n_components
                front += touching[unit]
        n_components += 1
    return component_of_unit, n_components


# --- whether a group holds an area --------------------------------------------------------------------------


def exceeds_line(rate: float, line: float, side: int, rounding: float) -> bool:
    """Whether a rate is beyond its line, or on it where that is enough; on it is what misses it by rounding."""
    if math.isnan(rate) or math.isnan(line):
        return False
    if abs(rate - line) <= rounding * (1 + abs(line)):
        return abs(side) == 1
    return rate > line if side > 0 else rate < line


def meets_demands_at(
    unit: int,
    rate: Sequence[Sequence[float]],
    moved: Sequence[float],
    line: Sequence[Sequence[float]],
    side: Sequence[int],
    some: Sequence[Sequence[bool]],
    at_least: Sequence[int],
    every: Sequence[Sequence[bool]],
    rounding: float,
) -> bool:
    """Whether the rule's own demand is met, which comes first, and enough of its groups."""
    its_line = line[unit] if len(line) > 1 else line[0]
    exceeded = [
        exceeds_line(own + more, against, way, rounding)
        for own, more, against, way in zip(rate[unit], moved, its_line, side, strict=True)
    ]
    met = [
        sum(e for e, asked in zip(exceeded, asked_some, strict=True) if asked) >= n
        and all(e for e, asked in zip(exceeded, asked_every, strict=True) if asked)
        for asked_some, asked_every, n in zip(some, every, at_least, strict=False)
    ]
    return met[0] and sum(met[1:]) >= at_least[-1]


def composite_of_member(unit: int, moved: Sequence[float], group: Any) -> float:
    """The composite of one member: given, or the weighted mean of gaps over their spread."""
    if len(group.composite):
        return float(group.composite[unit])
    against = group.value[unit] if len(group.value) > 1 else group.value[0]
    gaps = [
        (own + more - to) * way for own, more, to, way in zip(group.rate[unit], moved, against, group.turn, strict=True)
    ]
    known = [(gap, spread, w) for gap, spread, w in zip(gaps, group.spread, group.weight, strict=True) if gap == gap]
    weights = sum(w for _gap, _spread, w in known)
    points = sum(w * (gap / spread) for gap, spread, w in known if spread > 0)
    return points / weights if weights > 0 else math.nan


def holds_area(group: Any, moved: Sequence[float], moved_for_limits: Sequence[float]) -> bool:
    """Whether a part of the group has a core unit and enough residents."""
    core, edge, leave = group.threshold
    cores, held = [], []
    for unit in range(len(group.rate)):
        value = composite_of_member(unit, moved, group)
        may, was_in, joins = group.flag[unit]
        asked = (group.line, group.side, group.some, group.at_least, group.every, group.rounding)
        meets = may and meets_demands_at(unit, group.rate, moved_for_limits, *asked)
        stays = was_in and value >= leave - group.rounding
        cores.append(meets and (stays or value >= core - group.rounding))
        held.append(joins or (meets and (stays or value >= edge - group.rounding)))
    if not any(cores) or sum(n for n, inside in zip(group.residents, held, strict=True) if inside) < group.least:
        return False
    if group.bridged:
        return True
    part, n_parts = label_components(held, group.head, group.tail)
    sizes = [sum(n for n, own in zip(group.residents, part, strict=True) if own == p) for p in range(n_parts)]
    return any(is_core and part[unit] >= 0 and sizes[part[unit]] >= group.least for unit, is_core in enumerate(cores))


def changes_in_box(n: int, low: Sequence[int], high: Sequence[int], order: Sequence[int]) -> list[int]:
    """How many of n changes go to each criterion: the least of all, then what is left in an order."""
    given = list(low)
    for _change in range(n - sum(low)):
        room = next((j for j in order if given[j] < high[j]), None)
        if room is not None:
            given[room] += 1
    return given


def suffices(
    n: int,
    low: Sequence[int],
    high: Sequence[int],
    order: Sequence[int],
    step: Sequence[float],
    wide: bool,
    wanted: bool,
    group: Any,
) -> bool:
    """Whether n changes make the group what is wanted."""
    given = changes_in_box(n, low, high, order)
    most = [min(top, least + n - sum(low)) for least, top in zip(low, high, strict=True)] if wide else given
    moved, for_limits = ([k * one for k, one in zip(counts, step, strict=True)] for counts in (given, most))
    return holds_area(group, moved, for_limits) is wanted


def first_sufficient(first: int, last: int, *asked: Any) -> int:
    """The first of all numbers that suffices, tried one after the other."""
    return next((n for n in range(first, last + 1) if suffices(n, *asked)), -1)
