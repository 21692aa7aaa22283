"""Whether a group of units holds an area by the rule, at rates that are moved a little."""

from __future__ import annotations

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


@kernel
def holds_area(
    composite: NDArray[np.float64],
    threshold: NDArray[np.float64],
    rate: NDArray[np.float64],
    moved: NDArray[np.float64],
    line: NDArray[np.float64],
    side: NDArray[np.int64],
    some: NDArray[np.bool_],
    at_least: NDArray[np.int64],
    every: NDArray[np.bool_],
    flag: NDArray[np.bool_],
    residents: NDArray[np.int64],
    least: int,
    bridged: bool,
    head: NDArray[np.int32],
    tail: NDArray[np.int32],
    rounding: float,
) -> bool:
    """Whether a part of the group that hangs together has a core unit and enough residents.

    Parameters
    ----------
    composite : float64, shape (n_members,)
        NaN is none.
    threshold : float64, shape (3,)
        Of the core, of the edge, and to leave (NaN where none holds).
    rate : float64, shape (n_members, n_criteria)
        NaN is none.
    moved : float64, shape (n_criteria,)
        Added to every rate.
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

    Returns
    -------
    bool
    """
    n_members = rate.shape[0]
    core = np.zeros(n_members, dtype=np.bool_)
    held = np.zeros(n_members, dtype=np.bool_)
    n_core = 0
    together = 0
    for unit in range(n_members):
        value = composite[unit]
        stays = flag[unit, 1] and value >= threshold[2] - rounding
        meets = flag[unit, 0] and (stays or value >= threshold[1] - rounding or value >= threshold[0] - rounding)
        if meets:
            meets = meets_demands_at(unit, rate, moved, line, side, some, at_least, every, rounding)
        core[unit] = meets and (stays or value >= threshold[0] - rounding)
        held[unit] = flag[unit, 2] or (meets and (stays or value >= threshold[1] - rounding))
        n_core += core[unit]
        if held[unit]:
            together += residents[unit]
    if n_core == 0 or together < least:
        return False
    if bridged:
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
            residents_of_root[root_of(parent[unit], parent)] += residents[unit]
    for unit in range(n_members):
        if core[unit] and held[unit] and residents_of_root[root_of(parent[unit], parent)] >= least:
            return True
    return False
