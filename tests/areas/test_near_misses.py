"""Groups that failed one demand only, and by how much."""

from __future__ import annotations

import dataclasses

import numpy as np

from drawn import City, draw, form, policy_with
from udsat_geo.areas.near_misses import NearMiss, find_near_misses
from udsat_geo.policy.rules import Policy
from udsat_geo.units.edges import find_edges


def misses(city: City, policy: Policy) -> list[tuple[str, float, int, int]]:
    """Demand, how short, how many units, how many residents."""
    found: tuple[NearMiss, ...] = find_near_misses(
        city.units, city.scores, find_edges(city.units, policy), policy, form(city, policy), None
    )
    return [(miss.demand, round(miss.short, 9), len(miss.members), miss.residents) for miss in found]


def test_a_group_with_a_core_that_holds_too_few_is_short_of_residents() -> None:
    assert misses(draw("Ce.CCCCC"), policy_with(residents=400)) == [("residents", 200.0, 2, 200)]


def test_groups_with_less_than_half_are_not_near() -> None:
    assert misses(draw("C."), policy_with(residents=201)) == []
    assert misses(draw("C."), policy_with(residents=200)) == [("residents", 100.0, 1, 100)]


def test_a_group_without_a_core_is_short_of_composite() -> None:
    assert misses(draw("eee."), policy_with(residents=300)) == [("composite", 0.3, 3, 300)]


def test_a_group_that_fails_two_demands_is_no_near_miss() -> None:
    assert misses(draw("ee."), policy_with(residents=300)) == []


def with_exceeded(city: City, exceeded: list[bool]) -> City:
    flags = np.array(exceeded)[:, None]
    scores = dataclasses.replace(city.scores, exceeded=flags, criteria_exceeded=flags.sum(axis=1))
    return dataclasses.replace(city, scores=scores)


def test_units_at_the_thresholds_with_too_few_criteria_are_short_of_criteria() -> None:
    city = with_exceeded(draw("Ce.CC"), [False, False, True, True, True])
    policy = policy_with(rule={"core": 1.0, "edge": 0.5, "criteria": 1})
    assert misses(city, policy) == [("criteria", 1.0, 2, 200)]


def test_units_that_lack_a_required_criterion_are_short_of_it() -> None:
    city = with_exceeded(draw("Ce.CC"), [False, False, True, True, True])
    policy = policy_with(rule={"core": 1.0, "edge": 0.5, "require": ["c0"]})
    assert [miss[0] for miss in misses(city, policy)] == ["required"]
