"""The least change that would take an area out, or bring a group of units in: by one criterion, and by several.

A change is how many of those whom a criterion counts would stop (or start) to be counted in its numerator. Own choices,
without which there is no single answer:

- They are spread evenly over the units of the group, so that every unit's rate moves by as much as the group's own.
- What rates are compared with, the units' spread and the thresholds are held as they are, and so is who lives where.
- Units outside the group are left as they are. What was a bridge or a filled hole goes on joining what it joined.

The group is out when no part of it that hangs together has a core unit and enough residents, and in when one has: the
rule itself decides, on rates as they are scored. So a number is exact: with one fewer it would not be so. Together, the
fewest over all criteria that count residents is looked for, which needs gaps that add up (``gap_sd``, or no composite)
and units that have every rate.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.roles import BRIDGE, FILL, Areas
from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.comparators import Against
from udsat_geo.scoring.scores import Scores, composite_of_rates, demands_as_arrays, weights_in_composite
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units

if TYPE_CHECKING:
    from udsat_geo.kernels.group_area import Group

First = Callable[[int, int, Ints, Ints, bool], int]
"""The fewest changes within a box that suffice, -1 where none do: the least and the most that are tried, the box (from
and to, each of shape (n_criteria,)), and whether all of them may count for each criterion's limit at once."""
_ROUNDING = 1e-12
_MOST = 2**40
"""More than this of anything is no answer."""
_MOST_BOXES = 200
"""So many parts of the search are looked into; own choice. Beyond, the best that was found is told."""


@dataclass(frozen=True)
class LeastChange:
    """What would take a group of units out, or bring it in.

    Attributes
    ----------
    alone : tuple of (int or None), length n_criteria
        How many fewer (or more) in the numerator of each criterion, in its own ones; None where it does not suffice.
    step : tuple of float, length n_criteria
        By how much one moves the group's rate: below 0 where the numerator falls.
    together : tuple of int, length n_criteria
        The fewest over several criteria, if they are fewer than by any one of them alone; else empty.
    """

    alone: tuple[int | None, ...]
    step: tuple[float, ...]
    together: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Search:
    """Units that are an area or might be one, and what may change.

    Attributes
    ----------
    group : Group
        As kernels take it.
    policy : Policy
    scores : Scores
    against : Against
    out : bool
        Whether it is an area, and is to go.
    step : float64, shape (n_criteria,)
        By how much one in the numerator moves a criterion's rate, turned the way it goes.
    most : int64, shape (n_criteria,)
        How many there are who could stop or start.
    order : int64, shape (n_criteria,)
        The criteria, those of which one more does most for a composite first.
    """

    group: Group
    policy: Policy
    scores: Scores
    against: Against
    out: bool
    step: Floats
    most: Ints
    order: Ints

    def is_done(self) -> bool:
        """Whether the group is what it is to become, without any change."""
        nothing = np.zeros_like(self.most)
        return self.first(0, 0, nothing, nothing, False) == 0

    def first(self, first: int, last: int, low: Ints, high: Ints, wide: bool) -> int:
        """As `First`."""
        from udsat_geo.kernels.group_area import first_sufficient

        if self.policy.score.method in ("percentile", "exponential"):
            return self._first_by_ranks(first, last, low, high)
        return first_sufficient(first, last, low, high, self.order, self.step, wide, not self.out, self.group)

    def _first_by_ranks(self, first: int, last: int, low: Ints, high: Ints) -> int:
        """The same of one criterion, where composites are places among all units and do not add up."""
        from udsat_geo.kernels.group_area import holds_area

        def suffices(n: int) -> bool:
            moved = np.minimum(high, low + n) * self.step
            composite = composite_of_rates(self.group.rate + moved, self.scores, self.policy, self.against.value)
            return holds_area(self.group._replace(composite=composite), moved, moved) is not self.out

        if first > last or not suffices(last):
            return -1
        while first < last:
            middle = (first + last) // 2
            first, last = (first, middle) if suffices(middle) else (middle + 1, last)
        return first


def least_change(
    members: Ints, out: bool, units: Units, scores: Scores, edges: Edges, policy: Policy, areas: Areas
) -> LeastChange | None:
    """The least change that would take a group of units out, or bring it in.

    Parameters
    ----------
    members : int64, shape (n_members,)
        Unit numbers, in order.
    out : bool
        Whether it is an area, and is to go; else it is none, and is to come.
    units : Units
    scores : Scores
    edges : Edges
    policy : Policy
    areas : Areas
        Of all units: what they were judged by.

    Returns
    -------
    LeastChange or None
        None where the group is already what it is to become, by the rule alone; and where criteria are indices, or
        changes between years: one person more or fewer moves several of them at once.
    """
    if any(criterion.is_index or criterion.is_change for criterion in policy.criteria):
        return None
    if not len(members):
        return None
    search = _search_of(members, out, units, scores, edges, policy, areas)
    if search.is_done():
        return None
    alone = [_alone(search, j) for j in range(len(policy.criteria))]
    if units.quantiles and not any(alone):
        # how many would have to earn more for a median to rise is not looked for
        return None
    together: tuple[int, ...] = ()
    counts = [criterion.is_share and criterion.register_name != "dwellings" for criterion in policy.criteria]
    if policy.score.method in ("gap_sd", "none") and sum(counts) > 1:
        known = [n for n, counted in zip(alone, counts, strict=True) if counted and n is not None]
        most = np.where(counts, search.most, 0)
        found = fewest_together(search.first, search.order, most, min(known, default=int(most.sum()) + 1))
        together = () if found is None else tuple(found.tolist())
    return LeastChange(tuple(alone), tuple(search.step.tolist()), together)


def _search_of(
    members: Ints, out: bool, units: Units, scores: Scores, edges: Edges, policy: Policy, areas: Areas
) -> _Search:
    """The group as it is held to the rule, and what may change."""
    from udsat_geo.kernels.group_area import Group

    head, tail = _edges_among(members, edges)
    worse = np.array([1 if criterion.worse == "high" else -1 for criterion in policy.criteria], dtype=np.int64)
    step, most = _changes(members, -worse if out else worse, units, policy)
    weight = weights_in_composite(policy)
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.where(scores.spread > 0, weight * np.abs(step) / scores.spread, 0.0)
    against, leave = scores.comparators.of_units(members), policy.incumbents.leave_threshold
    standing, joint = areas.standing, np.isin(areas.role[members], (BRIDGE, FILL)) | areas.standing.surrounded[members]
    beyond = [2 if criterion.strict or not criterion.has_limit else 1 for criterion in policy.criteria]
    some, at_least, every = demands_as_arrays(policy)
    # without a composite, whoever has residents is above every threshold
    given = np.where(standing.scored[members], np.inf, np.nan) if policy.score.method == "none" else np.empty(0)
    group = Group(
        rate=scores.rate[members],
        composite=given,
        value=np.ascontiguousarray(np.atleast_2d(against.value)),
        turn=worse.astype(np.float64),
        spread=scores.spread,
        weight=weight,
        threshold=np.array(
            [policy.rule.core_threshold, policy.rule.edge_threshold, np.nan if leave is None else leave]
        ),
        line=np.ascontiguousarray(np.atleast_2d(against.line(policy))),
        side=worse * np.array(beyond),
        some=some,
        at_least=at_least,
        every=every,
        flag=np.column_stack([standing.ran[members], standing.was_in[members], joint]),
        residents=units.residents[members],
        least=policy.areas.residents,
        bridged=policy.areas.bridge > 0,
        head=head,
        tail=tail,
        rounding=_ROUNDING,
    )
    return _Search(group, policy, scores, against, out, step, most, np.lexsort((np.arange(len(effect)), -effect)))


def _changes(members: Ints, sign: Ints, units: Units, policy: Policy) -> tuple[Floats, Ints]:
    """By how much one in the numerator of each criterion moves its rate, and how many may stop or start."""
    top, bottom = units.numerator[members].sum(axis=0), units.denominator[members].sum(axis=0)
    # as Python integers: sums of millionths times a million would leave 64 bits
    columns = (top, bottom, units.numerator_unit, units.denominator_unit)
    rates = list(zip(*(column.tolist() for column in columns), strict=True))
    step = np.array([unit / under if under else 0.0 for _, under, _, unit in rates])
    most = []
    for goes, criterion, (over, under, of_top, of_bottom) in zip(sign, policy.criteria, rates, strict=True):
        left = (under * of_top - over * of_bottom) // (of_top * of_bottom) if criterion.is_share else _MOST
        may = over // of_top if goes < 0 else left
        # a share that may exceed 1 has nobody left to start
        most.append(min(max(may, 0), _MOST) if under else 0)
    return step * sign, np.array(most, dtype=np.int64)


def _edges_among(members: Ints, edges: Edges) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The edges between members, in numbers of these; looked up, as a group is small beside all units."""
    wanted = members.astype(edges.head.dtype)
    start, end = (np.searchsorted(edges.head, wanted, side) for side in ("left", "right"))
    n_edges = end - start
    head = np.repeat(np.arange(len(wanted)), n_edges)
    tail = edges.tail[np.arange(len(head)) + np.repeat(start - (np.cumsum(n_edges) - n_edges), n_edges)]
    place = np.minimum(np.searchsorted(wanted, tail), len(wanted) - 1)
    inside = wanted[place] == tail
    return head[inside].astype(np.int32), place[inside].astype(np.int32)


def _alone(search: _Search, criterion: int) -> int | None:
    """How many by one criterion; None where none suffice."""
    nothing, most = np.zeros((2, len(search.most)), dtype=np.int64)
    most[criterion] = search.most[criterion]
    found = search.first(1, int(most[criterion]), nothing, most, False)
    return None if found < 0 else found


def fewest_together(first_of: First, order: Ints, most: Ints, below: int) -> Ints | None:
    """The changes by several criteria that are fewest in all; None where none are fewer than `below`.

    Branch and bound over boxes of changes. For composites, a given number of changes does most where it goes to the
    criteria with most effect first; for limits, no criterion can be changed by more than that number. If even both at
    once do not suffice, nothing in the box does.

    Parameters
    ----------
    first_of : callable
        More of any change never undoes what fewer do.
    order : int64, shape (n_criteria,)
        The criteria, those of which one more does most for a composite first.
    most : int64, shape (n_criteria,)
        How many there can be.
    below : int
    """
    best: Ints | None = None

    # a handful of whole numbers at a time, in plain Python
    def strongest(low: Ints, high: Ints, n: int) -> Ints:
        """The change of a box that does most for composites, of n in all."""
        result: list[int] = low.tolist()
        most_of_all: list[int] = high.tolist()
        left = max(n - sum(result), 0)
        for j in order.tolist():
            given = min(most_of_all[j] - result[j], left)
            result[j] += given
            left -= given
        return np.array(result)

    def widest(low: Ints, high: Ints, n: int) -> Ints:
        changes: Ints = np.minimum(high, low + (n - sum(low.tolist())))
        return changes

    def bounded(low: Ints, high: Ints, least: int) -> int:
        return first_of(max(least, int(low.sum())), min(below - 1, int(high.sum())), low, high, True)

    nothing = np.zeros_like(most)
    first = bounded(nothing, most, 1)
    boxes = [] if first < 0 else [(first, 0, nothing, most)]
    for number in range(1, _MOST_BOXES):
        if not boxes or boxes[0][0] >= below:
            break
        least, _, low, high = heapq.heappop(boxes)
        found = first_of(least, min(below - 1, int(high.sum())), low, high, False)
        if found >= 0:
            best, below = strongest(low, high, found), found
        if found == least:
            continue
        changes, limits = strongest(low, high, least), widest(low, high, least)
        split = int(np.argmax(limits - changes))
        middle = int(changes[split] + limits[split]) // 2
        for side, (start, end) in enumerate(((int(low[split]), middle), (middle + 1, int(high[split])))):
            part_low, part_high = low.copy(), high.copy()
            part_low[split], part_high[split] = start, end
            again = bounded(part_low, part_high, least) if start <= end else -1
            if again >= 0:
                heapq.heappush(boxes, (again, 2 * number + side, part_low, part_high))
    return best
