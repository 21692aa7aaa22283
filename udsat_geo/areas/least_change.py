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
from functools import partial

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.roles import BRIDGE, FILL, Areas
from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.comparators import Against
from udsat_geo.scoring.scores import Scores, composite_of_rates, demands_as_arrays, weights_in_composite
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units

Reached = Callable[[Ints, Ints], bool]
"""Whether changes suffice: those that count for composites, and those that count for limits; each (n_criteria,)."""
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
class _Group:
    """Units that are an area or might be one, all arrays over its members.

    `step` is by how much one in the numerator moves a criterion's rate, turned the way it goes; `most` how many there
    are who could stop or start; the rest is what `udsat_geo.kernels.group_area.holds_area` asks for.
    """

    policy: Policy
    scores: Scores
    against: Against
    step: Floats
    most: Ints
    threshold: Floats
    rate: Floats
    line: Floats
    side: Ints
    turn: Floats
    weight: Floats
    demands: tuple[Flags, Ints, Flags]
    scored: Flags
    flag: Flags
    residents: Ints
    head: NDArray[np.int32]
    tail: NDArray[np.int32]

    def is_area(self, of_composites: Ints, of_limits: Ints) -> bool:
        """Whether part of it would be an area."""
        from udsat_geo.kernels.group_area import holds_area

        composite = self._composite(self.rate + of_composites * self.step)
        some, at_least, every = self.demands
        return holds_area(
            composite,
            self.threshold,
            self.rate,
            of_limits * self.step,
            self.line,
            self.side,
            some,
            at_least,
            every,
            self.flag,
            self.residents,
            self.policy.areas.residents,
            self.policy.areas.bridge > 0,
            self.head,
            self.tail,
            _ROUNDING,
        )

    def _composite(self, rate: Floats) -> Floats:
        """The composite of each, at such rates; above every threshold where there is none, and a unit has residents."""
        if self.policy.score.method == "none":
            return np.where(self.scored, np.inf, np.nan)
        if self.policy.score.method == "gap_sd":
            from udsat_geo.kernels.scores import composite_of_gaps

            # as `composite_of_rates` has it, without asking the policy at each of a thousand steps
            return composite_of_gaps((rate - self.against.value) * self.turn, self.scores.spread, self.weight)[0]
        return composite_of_rates(rate, self.scores, self.policy, self.against.value)


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
    group = _group(members, out, units, scores, edges, policy, areas)
    nothing = np.zeros(len(policy.criteria), dtype=np.int64)

    def reached(of_composites: Ints, of_limits: Ints) -> bool:
        return group.is_area(of_composites, of_limits) is not out

    if not len(members) or reached(nothing, nothing):
        return None
    alone = [_alone(reached, j, group.most) for j in range(len(policy.criteria))]
    if units.quantiles and not any(alone):
        # how many would have to earn more for a median to rise is not looked for
        return None
    together: tuple[int, ...] = ()
    counts = [criterion.is_share and criterion.register_name != "dwellings" for criterion in policy.criteria]
    if policy.score.method in ("gap_sd", "none") and sum(counts) > 1:
        weight = np.array([criterion.weight for criterion in policy.criteria])
        with np.errstate(divide="ignore", invalid="ignore"):
            effect = np.where(scores.spread > 0, weight * np.abs(group.step) / scores.spread, 0.0)
        known = [n for n, counted in zip(alone, counts, strict=True) if counted and n is not None]
        most = np.where(counts, group.most, 0)
        found = fewest_together(reached, effect, most, min(known, default=int(most.sum()) + 1))
        together = () if found is None else tuple(found.tolist())
    return LeastChange(tuple(alone), tuple(group.step.tolist()), together)


def _group(
    members: Ints, out: bool, units: Units, scores: Scores, edges: Edges, policy: Policy, areas: Areas
) -> _Group:
    """What is held to the rule."""
    head, tail = _edges_among(members, edges)
    worse = np.array([1 if criterion.worse == "high" else -1 for criterion in policy.criteria], dtype=np.int64)
    sign = -worse if out else worse
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
    against, leave = scores.comparators.of_units(members), policy.incumbents.leave_threshold
    standing, joint = areas.standing, np.isin(areas.role[members], (BRIDGE, FILL)) | areas.standing.surrounded[members]
    beyond = [2 if criterion.strict or not criterion.has_limit else 1 for criterion in policy.criteria]
    return _Group(
        policy=policy,
        scores=scores,
        against=against,
        step=step * sign,
        most=np.array(most, dtype=np.int64),
        threshold=np.array(
            [policy.rule.core_threshold, policy.rule.edge_threshold, np.nan if leave is None else leave]
        ),
        rate=scores.rate[members],
        line=np.atleast_2d(against.line(policy)),
        side=worse * np.array(beyond),
        turn=worse.astype(np.float64),
        weight=weights_in_composite(policy),
        demands=demands_as_arrays(policy),
        scored=standing.scored[members],
        flag=np.column_stack([standing.ran[members], standing.was_in[members], joint]),
        residents=units.residents[members],
        head=head,
        tail=tail,
    )


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


def _alone(reached: Reached, criterion: int, most: Ints) -> int | None:
    """How many by one criterion."""

    def suffices(n: int) -> bool:
        changes = np.zeros(len(most), dtype=np.int64)
        changes[criterion] = n
        return reached(changes, changes)

    return _first(suffices, 1, int(most[criterion]))


def _first(suffices: Callable[[int], bool], low: int, high: int) -> int | None:
    """The first whole number from `low` to `high` that suffices, as all after it do; None where none does."""
    if low > high or not suffices(high):
        return None
    step = 1
    while low + step < high and not suffices(low + step):
        low, step = low + step + 1, 2 * step
    high = min(high, low + step)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle + 1, high)
    return low


def fewest_together(reached: Reached, effect: Floats, most: Ints, below: int) -> Ints | None:
    """The changes by several criteria that are fewest in all; None where none are fewer than `below`.

    Branch and bound over boxes of changes. For composites, a given number of changes does most where it goes to the
    criteria with most effect first; for limits, no criterion can be changed by more than that number. If even both at
    once do not suffice, nothing in the box does.

    Parameters
    ----------
    reached : callable
        More of any change never undoes it.
    effect : float64, shape (n_criteria,)
        What one more does for a composite.
    most : int64, shape (n_criteria,)
        How many there can be.
    below : int
    """
    order = np.lexsort((np.arange(len(effect)), -effect)).tolist()
    best: Ints | None = None

    # a handful of whole numbers at a time, in plain Python: thousands of steps would go into making arrays of them
    def strongest(low: Ints, high: Ints, n: int) -> Ints:
        """The change of a box that does most for composites, of n in all."""
        result: list[int] = low.tolist()
        most_of_all: list[int] = high.tolist()
        left = max(n - sum(result), 0)
        for j in order:
            given = min(most_of_all[j] - result[j], left)
            result[j] += given
            left -= given
        return np.array(result)

    def widest(low: Ints, high: Ints, n: int) -> Ints:
        changes: Ints = np.minimum(high, low + (n - sum(low.tolist())))
        return changes

    def may(low: Ints, high: Ints, n: int) -> bool:
        return reached(strongest(low, high, n), widest(low, high, n))

    def does(low: Ints, high: Ints, n: int) -> bool:
        changes = strongest(low, high, n)
        return reached(changes, changes)

    def bounded(low: Ints, high: Ints, least: int) -> int | None:
        return _first(partial(may, low, high), max(least, int(low.sum())), min(below - 1, int(high.sum())))

    nothing = np.zeros_like(most)
    first = bounded(nothing, most, 1)
    boxes = [] if first is None else [(first, 0, nothing, most)]
    for number in range(1, _MOST_BOXES):
        if not boxes or boxes[0][0] >= below:
            break
        least, _, low, high = heapq.heappop(boxes)
        found = _first(partial(does, low, high), least, min(below - 1, int(high.sum())))
        if found is not None:
            best, below = strongest(low, high, found), found
        if found == least:
            continue
        changes, limits = strongest(low, high, least), widest(low, high, least)
        split = int(np.argmax(limits - changes))
        middle = int(changes[split] + limits[split]) // 2
        for side, (start, end) in enumerate(((int(low[split]), middle), (middle + 1, int(high[split])))):
            part_low, part_high = low.copy(), high.copy()
            part_low[split], part_high[split] = start, end
            again = bounded(part_low, part_high, least) if start <= end else None
            if again is not None:
                heapq.heappush(boxes, (again, 2 * number + side, part_low, part_high))
    return best
