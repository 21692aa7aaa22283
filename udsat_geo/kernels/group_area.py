"""Whether a group of units holds an area by the rule, at rates that are moved a little."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.components import root_of


@kernel
def meets_demands_at(
    unit: int,
    rate: NDArray[np.float64],
    moved: NDArray[np.float64],
    line: NDArray[np.float64],
    side: NDArray[np.int64],
    some: NDArray[np.bool_],
    at_least: NDArray[np.int64],
    every: NDArray[np.bool_],
    rounding: float,
) -> bool:
    """Whether a unit's criteria are exceeded as the rule and its groups demand; the rest is as of `holds_area`."""
    n_criteria = rate.shape[1]
    n_groups = some.shape[0] - 1
    groups_met = 0
    for group in range(n_groups + 1):
        n_exceeded = 0
        enough = True
        for j in range(n_criteria):
            its_line = line[unit if line.shape[0] > 1 else 0, j]
            beyond = rate[unit, j] + moved[j] - its_line
            on_it = abs(beyond) <= rounding * (1.0 + abs(its_line))
            exceeded = abs(side[j]) == 1 if on_it else beyond * side[j] > 0.0
            n_exceeded += some[group, j] and exceeded
            enough = enough and (exceeded or not every[group, j])
        enough = enough and n_exceeded >= at_least[group]
        if group == 0 and not enough:
            return False
        groups_met += group > 0 and enough
    met: bool = groups_met >= at_least[n_groups + 1]
    return met


class Group(NamedTuple):
    """Units that are an area or might be one, and the rule that they are held to.

    Attributes
    ----------
    rate : float64, shape (n_members, n_criteria)
        NaN is none.
    composite : float64, shape (n_members,) or (0,)
        NaN is none; without any it is made of the rates, as the weighted mean of gaps in units of their spread.
    value : float64, shape (1 or n_members, n_criteria)
        What rates are compared with.
    turn, spread, weight : float64, shape (n_criteria,)
        1 where higher is worse and -1 where lower is; of all units; in the composite.
    threshold : float64, shape (3,)
        Of the core, of the edge, and to leave (NaN where none holds).
    line : float64, shape (1 or n_members, n_criteria)
        What a rate must be at or beyond to exceed its criterion; NaN where nothing does.
    side : int64, shape (n_criteria,)
        2 where higher is worse and a rate must be beyond its line, 1 where being on it is enough; -2 and -1 where lower
        is worse.
    some, every : bool, shape (1 + n_groups, n_criteria)
        The rule's own demand, then its groups: `at_least` of `some` must be exceeded, and each of `every`.
    at_least : int64, shape (2 + n_groups,)
        The last is how many of the groups must be met.
    flag : bool, shape (n_members, 3)
        Whether a unit may be in an area at all, whether it was in one, and whether it joins others in any case.
    residents : int64, shape (n_members,)
    least : int
        Residents of a part.
    bridged : bool
        Whether all of the group are one part, as gaps between its parts are bridged.
    head, tail : int32, shape (n_edges,)
        Members that touch.
    rounding : float
        What is on a line or threshold but for so much, relative to one more than it, is on it.
    """

    rate: NDArray[np.float64]
    composite: NDArray[np.float64]
    value: NDArray[np.float64]
    turn: NDArray[np.float64]
    spread: NDArray[np.float64]
    weight: NDArray[np.float64]
    threshold: NDArray[np.float64]
    line: NDArray[np.float64]
    side: NDArray[np.int64]
    some: NDArray[np.bool_]
    at_least: NDArray[np.int64]
    every: NDArray[np.bool_]
    flag: NDArray[np.bool_]
    residents: NDArray[np.int64]
    least: int
    bridged: bool
    head: NDArray[np.int32]
    tail: NDArray[np.int32]
    rounding: float


@kernel
def composite_of_member(unit: int, moved: NDArray[np.float64], group: Group) -> float:
    """The composite of a unit whose rates are moved, shape (n_criteria,); NaN without a rate."""
    if group.composite.shape[0] > 0:
        given: float = group.composite[unit]
        return given
    total = 0.0
    weights = 0.0
    for j in range(group.rate.shape[1]):
        against = group.value[unit if group.value.shape[0] > 1 else 0, j]
        gap = (group.rate[unit, j] + moved[j] - against) * group.turn[j]
        if not math.isnan(gap):
            weights += group.weight[j]
            if group.spread[j] > 0.0:
                total += group.weight[j] * (gap / group.spread[j])
    return total / weights if weights > 0.0 else math.nan


@kernel
def holds_area(group: Group, moved: NDArray[np.float64], moved_for_limits: NDArray[np.float64]) -> bool:
    """Whether a part of a group that hangs together has a core unit and enough residents.

    Parameters
    ----------
    group : Group
    moved, moved_for_limits : float64, shape (n_criteria,)
        Added to every rate, before it goes into the composite and before it is held to its line.

    Returns
    -------
    bool
    """
    n_members = group.rate.shape[0]
    threshold, flag, head, tail, rounding = group.threshold, group.flag, group.head, group.tail, group.rounding
    core = np.zeros(n_members, dtype=np.bool_)
    held = np.zeros(n_members, dtype=np.bool_)
    n_core = 0
    together = 0
    for unit in range(n_members):
        value = composite_of_member(unit, moved, group)
        stays = flag[unit, 1] and value >= threshold[2] - rounding
        meets = flag[unit, 0] and (stays or value >= threshold[1] - rounding or value >= threshold[0] - rounding)
        if meets:
            meets = meets_demands_at(
                unit, group.rate, moved_for_limits, group.line, group.side,
                group.some, group.at_least, group.every, rounding,
            )  # fmt: skip
        core[unit] = meets and (stays or value >= threshold[0] - rounding)
        held[unit] = flag[unit, 2] or (meets and (stays or value >= threshold[1] - rounding))
        n_core += core[unit]
        if held[unit]:
            together += group.residents[unit]
    if n_core == 0 or together < group.least:
        return False
    if group.bridged:
        return True
    parent = np.arange(n_members)
    for k in range(head.shape[0]):
        if held[head[k]] and held[tail[k]]:
            # from the parent, which is of the type of the other calls: another would be compiled for itself
            a, b = root_of(parent[head[k]], parent), root_of(parent[tail[k]], parent)
            parent[max(a, b)] = min(a, b)
    residents_of_root = np.zeros(n_members, dtype=np.int64)
    for unit in range(n_members):
        if held[unit]:
            residents_of_root[root_of(parent[unit], parent)] += group.residents[unit]
    for unit in range(n_members):
        if core[unit] and held[unit] and residents_of_root[root_of(parent[unit], parent)] >= group.least:
            return True
    return False


@kernel
def first_sufficient(
    first: int,
    last: int,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    order: NDArray[np.int64],
    step: NDArray[np.float64],
    wide: bool,
    wanted: bool,
    group: Group,
) -> int:
    """The fewest changes within a box that make a group an area, or none.

    Parameters
    ----------
    first, last : int
        The least and the most changes in all that are tried. More of them never undo what fewer do.
    low, high : int64, shape (n_criteria,)
        The box: how many of each criterion at least, and at most.
    order : int64, shape (n_criteria,)
        To which criteria changes go first.
    step : float64, shape (n_criteria,)
        What one change adds to the criterion's rates.
    wide : bool
        Whether all changes may count for each criterion's limit at once, which is more than they can do.
    wanted : bool
        Whether the group is to hold an area, or to hold none.
    group : Group

    Returns
    -------
    int
        -1 where even the most do not suffice.
    """
    n_criteria = low.shape[0]
    moved = np.empty(n_criteria, dtype=np.float64)
    for_limits = np.empty(n_criteria, dtype=np.float64)
    n_in_any_case = 0
    for j in range(n_criteria):
        n_in_any_case += low[j]
    # the last is tried, then in growing strides, as little often suffices, then by halves
    n, stride, found = last, 0, -1
    while first <= last:
        left = max(n - n_in_any_case, 0)
        for place in range(n_criteria):
            j = order[place]
            more = min(high[j] - low[j], left)
            left -= more
            moved[j] = (low[j] + more) * step[j]
            for_limits[j] = min(high[j], low[j] + n - n_in_any_case) * step[j] if wide else moved[j]
        if holds_area(group, moved, for_limits) == wanted:
            found, last, stride = n, n - 1, -1 if stride != 0 else 1
        elif found < 0:
            return -1
        else:
            first, stride = n + 1, 2 * stride
        n = first + stride - 1 if stride > 0 and first + stride - 1 < last else (first + last) // 2
    return found
