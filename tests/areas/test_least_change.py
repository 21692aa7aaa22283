"""The least change that would take an area out or bring a group in, against every change that there can be."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_cell_units, make_policy
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.least_change import LeastChange, least_change
from udsat_geo.areas.near_misses import find_near_misses
from udsat_geo.areas.roles import Areas
from udsat_geo.kernels.arrays import Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores, composite_of_rates, score_units
from udsat_geo.units.edges import Edges, find_edges
from udsat_geo.units.units import Units

COUNTED = 6
"""Residents that every unit of the towns has, all of whom are counted."""


def policy_of(n_criteria: int, **rule: object) -> Policy:
    residents = rule.pop("residents", 0)
    worse = ["high", "low", "high"][:n_criteria]
    return make_policy(worse, weight=[1.0, 2.0, 0.5][:n_criteria], rule=rule, areas={"residents": residents})


def town(counted: list[list[int]], gap_after: int) -> Units:
    """Cells in a row, with a cell missing after some; `counted` is who is in each numerator."""
    cells = [(0, i + (1 if i > gap_after else 0)) for i in range(len(counted))]
    denominator = [[COUNTED] * len(counted[0])] * len(counted)
    return make_cell_units(cells, [COUNTED] * len(counted), counted, denominator)


class Twin:
    """Whether a group has an area, by exact rates, one unit after the other."""

    def __init__(self, units: Units, scores: Scores, edges: Edges, policy: Policy, members: Ints, out: bool):
        self.members, self.policy, self.scores = members.tolist(), policy, scores
        pairs = {frozenset(pair) for pair in zip(edges.head.tolist(), edges.tail.tolist(), strict=True)}
        self.touch = {a: [b for b in self.members if frozenset((a, b)) in pairs] for a in self.members}
        self.units, self.out = units, out
        city_top, city_all = units.numerator.sum(axis=0).tolist(), units.denominator.sum(axis=0).tolist()
        self.city = [Fraction(top, whole) for top, whole in zip(city_top, city_all, strict=True)]
        self.top = units.numerator[members].sum(axis=0).tolist()
        self.whole = units.denominator[members].sum(axis=0).tolist()
        self.worse = [1 if criterion.worse == "high" else -1 for criterion in policy.criteria]
        self.sign = [-side if out else side for side in self.worse]

    def most(self, j: int) -> int:
        return int(self.top[j] if self.sign[j] < 0 else self.whole[j] - self.top[j])

    def meets(self, unit: int, changes: tuple[int, ...]) -> tuple[bool, float]:
        """Whether enough criteria are exceeded, and the composite."""
        exceeded, points = 0, 0.0
        for j, n in enumerate(changes):
            rate = Fraction(int(self.units.numerator[unit, j]), int(self.units.denominator[unit, j]))
            gap = (rate + self.sign[j] * Fraction(n, self.whole[j]) - self.city[j]) * self.worse[j]
            exceeded += gap > 0
            if self.scores.spread[j] > 0:
                points += self.policy.criteria[j].weight * float(gap) / float(self.scores.spread[j])
        weights = sum(criterion.weight for criterion in self.policy.criteria)
        return exceeded >= self.policy.rule.criteria, points / weights

    def reached(self, changes: tuple[int, ...]) -> bool:
        found = {unit: self.meets(unit, changes) for unit in self.members}
        left = {u for u, (enough, value) in found.items() if enough and value >= self.policy.rule.edge_threshold - 1e-9}
        while left:
            piece, border = set[int](), [left.pop()]
            while border:
                unit = border.pop()
                piece.add(unit)
                border += [other for other in self.touch[unit] if other in left]
                left -= set(self.touch[unit])
            core = any(found[unit][1] >= self.policy.rule.core_threshold - 1e-9 for unit in piece)
            if core and self.units.residents[list(piece)].sum() >= self.policy.areas.residents:
                return not self.out
        return self.out

    def alone(self, j: int) -> int | None:
        n_criteria = len(self.policy.criteria)
        for n in range(self.most(j) + 1):
            if self.reached(tuple(n if i == j else 0 for i in range(n_criteria))):
                return n
        return None

    def fewest(self) -> int | None:
        """The fewest in all, by every change that there can be."""
        ranges = [range(self.most(j) + 1) for j in range(len(self.policy.criteria))]
        return min((sum(changes) for changes in itertools.product(*ranges) if self.reached(changes)), default=None)


def groups_of(units: Units, scores: Scores, edges: Edges, policy: Policy, areas: Areas) -> Iterator[tuple[Ints, bool]]:
    """Areas, which may go, and near misses, which may come."""
    for number in range(len(areas)):
        yield np.flatnonzero(areas.area_of_unit == number), True
    for miss in find_near_misses(units, scores, edges, policy, areas, None):
        yield miss.members, False


def check(found: LeastChange, twin: Twin) -> None:
    alone = [twin.alone(j) for j in range(len(twin.policy.criteria))]
    assert list(found.alone) == alone
    assert [np.sign(step) for step in found.step] == twin.sign
    known, fewest = [n for n in alone if n is not None], twin.fewest()
    if found.together:
        assert sum(found.together) == fewest
        assert twin.reached(found.together)
        assert not known or sum(found.together) < min(known)
    else:
        assert fewest == min(known, default=None)


@pytest.mark.long
@given(
    counted=st.lists(st.lists(st.integers(0, COUNTED), min_size=2, max_size=2), min_size=3, max_size=6),
    gap_after=st.integers(0, 6),
    criteria=st.integers(0, 2),
    residents=st.sampled_from([0, 7, 12]),
    core=st.sampled_from([0.31, 0.77]),
)
def test_what_is_found_is_the_least_of_all_changes(
    counted: list[list[int]], gap_after: int, criteria: int, residents: int, core: float
) -> None:
    policy = policy_of(2, core=core, edge=0.13, criteria=criteria, residents=residents)
    units = town(counted, gap_after)
    scores, edges = score_units(units, policy), find_edges(units, policy)
    areas = form_areas(units, scores, edges, policy)
    for members, out in groups_of(units, scores, edges, policy, areas):
        twin = Twin(units, scores, edges, policy, members, out)
        found = least_change(members, out, units, scores, edges, policy, areas)
        if found is None:
            assert twin.reached((0, 0))
        else:
            check(found, twin)


def test_it_may_take_several_criteria_at_once() -> None:
    """Two of three are exceeded and one is asked for: both have to go, where no composite decides."""
    policy = make_policy(
        ["high"] * 3, rule={"criteria": 1}, score={"method": "none"}, areas={"residents": 0}, limit=[0.5, 0.5, 0.5]
    )
    units = make_cell_units([(0, 0), (0, 5)], [10, 10], [[7, 6, 1], [0, 0, 0]], [[10] * 3] * 2)
    scores, edges = score_units(units, policy), find_edges(units, policy)
    areas = form_areas(units, scores, edges, policy)
    found = least_change(np.array([0]), True, units, scores, edges, policy, areas)
    assert found is not None
    assert found.alone == (None, None, None)
    # at the limit a criterion is still exceeded
    assert found.together == (3, 2, 0)


@pytest.mark.parametrize(("limit", "strict", "fewer"), [(0.5, False, 3), (0.5, True, 2)])
def test_it_is_exact_at_the_limit(limit: float, strict: bool, fewer: int) -> None:
    policy = make_policy(["high"], rule={"criteria": 1}, score={"method": "none"}, limit=[limit])
    criterion = policy.criteria[0].model_copy(update={"strict": strict})
    policy = policy.model_copy(update={"criteria": (criterion,)})
    units = make_cell_units([(0, 0), (0, 5)], [10, 10], [[7], [0]], [[10], [10]])
    scores, edges = score_units(units, policy), find_edges(units, policy)
    areas = form_areas(units, scores, edges, policy)
    found = least_change(np.array([0]), True, units, scores, edges, policy, areas)
    assert found is not None
    assert found.alone == (fewer,)
    # and the other is brought in by as many as reach it
    coming = least_change(np.array([1]), False, units, scores, edges, policy, areas)
    assert coming is not None
    assert coming.alone == (6 if strict else 5,)


def test_an_area_that_nothing_can_take_out_says_so() -> None:
    """Without any demand a unit that has a rate is an area, whatever is counted in it."""
    policy = make_policy(["high"], rule={"core": -100.0, "edge": -100.0})
    units = make_cell_units([(0, 0), (0, 5)], [10, 10], [[7], [0]], [[10], [10]])
    scores, edges = score_units(units, policy), find_edges(units, policy)
    areas = form_areas(units, scores, edges, policy)
    found = least_change(np.array([0]), True, units, scores, edges, policy, areas)
    assert found is not None
    assert found.alone == (None,)
    assert found.together == ()
    assert least_change(np.array([0]), False, units, scores, edges, policy, areas) is None


class TwinByRanks(Twin):
    """The same, where composites are places among all units."""

    def meets(self, unit: int, changes: tuple[int, ...]) -> tuple[bool, float]:
        enough, _points = super().meets(unit, changes)
        own = self.units.numerator[unit] / self.units.denominator[unit]
        # as it is rounded there: a rate that meets another's is placed beside it
        rate = own + np.array(changes) * (1 / np.array(self.whole) * np.array(self.sign))
        against = self.scores.comparators.of_units(np.array([unit])).value
        return enough, float(composite_of_rates(rate[None, :], self.scores, self.policy, against)[0])


@given(st.lists(st.lists(st.integers(0, COUNTED), min_size=2, max_size=2), min_size=4, max_size=7))
def test_where_composites_are_ranks_each_criterion_alone_is_looked_for(counted: list[list[int]]) -> None:
    score, rule = {"method": "percentile"}, {"core": 70.0, "edge": 55.0, "criteria": 1}
    policy = make_policy(["high", "low"], rule=rule, score=score, areas={"residents": 0})
    units = town(counted, 2)
    edges = find_edges(units, policy)
    scores = score_units(units, policy)
    areas = form_areas(units, scores, edges, policy)
    for members, out in groups_of(units, scores, edges, policy, areas):
        found = least_change(members, out, units, scores, edges, policy, areas)
        if found is not None:
            twin = TwinByRanks(units, scores, edges, policy, members, out)
            assert list(found.alone) == [twin.alone(j) for j in range(2)]
            assert found.together == ()
