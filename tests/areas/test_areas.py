"""Areas: cores, growth through edges, the least number of residents, numbers and reasons."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from builders import make_cell_units, make_policy, make_scores
from reference import label_components
from strategies import cell_units, policies
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.roles import (
    CORE,
    EDGE,
    FEW_CRITERIA,
    FEW_RESIDENTS,
    IN_CORE,
    IN_EDGE,
    LOW_COMPOSITE,
    NO_CORE,
    NO_RATE,
    OUTSIDE,
    REASON_KEYS,
    REASON_TEXTS,
    ROLES,
    Areas,
)
from udsat_geo.messages.translate import in_language
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import score_units
from udsat_geo.units.edges import find_edges
from udsat_geo.units.units import Units

NAN = math.nan


def areas_in_a_row(
    composite: list[float],
    residents: list[int] | None = None,
    exceeded: list[int] | None = None,
    least: int = 0,
    rule: dict[str, float] | None = None,
) -> Areas:
    """Areas over one row of cells, west to east; core 1.0 and edge 0.5 unless a rule is given."""
    units = make_cell_units([(0, col) for col in range(len(composite))], residents)
    policy = make_policy(areas={"residents": least}, rule=rule or {"core": 1.0, "edge": 0.5})
    return form_areas(units, make_scores(composite, exceeded), find_edges(units, policy), policy)


def test_an_area_grows_through_edge_units_on_both_sides() -> None:
    areas = areas_in_a_row([0.4, 0.5, 0.9, 1.0, 0.6, 0.4, 0.7])
    assert areas.area_of_unit.tolist() == [-1, 0, 0, 0, 0, -1, -1]
    assert [ROLES[role] for role in areas.role] == [
        "outside", "edge", "edge", "core", "edge", "outside", "outside",
    ]  # fmt: skip
    assert areas.reason.tolist() == [
        LOW_COMPOSITE, IN_EDGE, IN_EDGE, IN_CORE, IN_EDGE, LOW_COMPOSITE, NO_CORE,
    ]  # fmt: skip
    assert areas.units.tolist() == [4]


def test_two_cores_joined_by_an_edge_unit_are_one_area() -> None:
    assert areas_in_a_row([1.0, 0.5, 2.0]).area_of_unit.tolist() == [0, 0, 0]
    assert areas_in_a_row([1.0, 0.49, 2.0]).area_of_unit.tolist() == [0, -1, 1]


def test_a_group_without_a_core_is_no_area() -> None:
    areas = areas_in_a_row([0.99, 0.99, 0.99], [9999, 9999, 9999])
    assert len(areas) == 0
    assert areas.reason.tolist() == [NO_CORE] * 3
    assert areas.role.tolist() == [OUTSIDE] * 3


def test_without_an_edge_threshold_areas_are_their_cores() -> None:
    areas = areas_in_a_row([0.9, 1.0, 0.9], rule={"core": 1.0})
    assert areas.area_of_unit.tolist() == [-1, 0, -1]
    assert areas.reason.tolist() == [LOW_COMPOSITE, IN_CORE, LOW_COMPOSITE]


@pytest.mark.parametrize(("least", "n_areas"), [(999, 1), (1000, 1), (1001, 0)])
def test_the_least_residents_are_enough_exactly(least: int, n_areas: int) -> None:
    areas = areas_in_a_row([1.0, 0.5, 0.1], [600, 400, 5000], least=least)
    assert len(areas) == n_areas
    reasons = [IN_CORE, IN_EDGE] if n_areas else [FEW_RESIDENTS] * 2
    assert areas.reason.tolist() == [*reasons, LOW_COMPOSITE]


def test_thresholds_are_inclusive_to_the_last_bit() -> None:
    short = float(np.nextafter(1.0, 0.0)), float(np.nextafter(0.5, 0.0))
    assert areas_in_a_row([1.0, 0.5]).role.tolist() == [CORE, EDGE]
    assert areas_in_a_row([short[0], 1.0, short[1]]).role.tolist() == [EDGE, CORE, OUTSIDE]


def test_too_few_criteria_keep_a_unit_out_whatever_its_composite() -> None:
    rule = {"core": 1.0, "edge": 0.5, "criteria": 1}
    areas = areas_in_a_row([1.5, 9.0, 1.5, 0.1, 9.0], exceeded=[1, 0, 1, 0, 0], rule=rule)
    assert areas.area_of_unit.tolist() == [0, -1, 1, -1, -1]
    assert areas.reason.tolist() == [IN_CORE, FEW_CRITERIA, IN_CORE, LOW_COMPOSITE, FEW_CRITERIA]


def test_a_unit_without_a_rate_is_out_and_parts_its_neighbours() -> None:
    areas = areas_in_a_row([1.0, NAN, 1.0], rule={"core": -9.0, "edge": -9.0})
    assert areas.area_of_unit.tolist() == [0, -1, 1]
    assert areas.reason.tolist() == [IN_CORE, NO_RATE, IN_CORE]


def test_numbers_go_by_residents_then_south_then_west() -> None:
    cells = [(0, 8), (0, 4), (4, 0), (8, 8), (8, 0), (12, 0)]
    residents = [50, 50, 50, 50, 90, 10]
    units = make_cell_units(cells, residents)
    policy = make_policy()
    areas = form_areas(units, make_scores([2.0] * 6), find_edges(units, policy), policy)
    number = dict(zip(units.unit_id, areas.area_of_unit.tolist(), strict=True))
    wanted = ["100m_8_0", "100m_0_4", "100m_0_8", "100m_4_0", "100m_8_8", "100m_12_0"]
    assert [number[name] for name in wanted] == list(range(6))
    assert areas.residents.tolist() == [90, 50, 50, 50, 50, 10]


def test_ties_go_by_the_southernmost_then_westernmost_unit_of_an_area() -> None:
    """The area that begins in the east dips farther south, and comes first."""
    cells = [(1, 0), (1, 1), (1, 5), (0, 6)]
    units = make_cell_units(cells, [10, 10, 10, 10])
    areas = form_areas(units, make_scores([2.0] * 4), find_edges(units, make_policy()), make_policy())
    assert dict(zip(units.unit_id, areas.area_of_unit.tolist(), strict=True)) == {
        "100m_0_6": 0, "100m_1_5": 0, "100m_1_0": 1, "100m_1_1": 1,
    }  # fmt: skip


def test_corners_join_under_queen_and_part_under_rook() -> None:
    units = make_cell_units([(0, 0), (1, 1)], [500, 500])
    queen = make_policy(areas={"residents": 1000})
    rook = make_policy(areas={"residents": 1000, "neighbours": "rook"})
    scores = make_scores([2.0, 2.0])
    assert len(form_areas(units, scores, find_edges(units, queen), queen)) == 1
    assert len(form_areas(units, scores, find_edges(units, rook), rook)) == 0


def test_the_sums_of_an_area_by_hand() -> None:
    """Own sums without context; rate against the rest of the city, composite against the whole city."""
    units = make_cell_units([(0, 0), (0, 1), (0, 9)], [10, 10, 20], [[8], [6], [4]], [[10], [10], [20]])
    policy = make_policy(rule={"core": 0.5, "edge": 0.2}, context={"residents": 10**6, "reach": 100.0})
    scores = score_units(units, policy)
    areas = form_areas(units, scores, find_edges(units, policy), policy)
    assert areas.numerator.tolist() == [[14]]
    assert areas.denominator.tolist() == [[20]]
    assert areas.residents.tolist() == [20]
    np.testing.assert_allclose(areas.rate, [[0.7]])
    np.testing.assert_allclose(areas.gap, [[0.7 - 0.2]])
    np.testing.assert_allclose(areas.composite, (0.7 - 0.45) / scores.spread)
    assert areas.criteria_exceeded.tolist() == [1]


def test_an_area_that_is_the_whole_city_has_no_rest() -> None:
    areas = areas_in_a_row([1.0, 1.0])
    assert np.isnan(areas.gap).all()


def test_nothing_qualifies() -> None:
    areas = areas_in_a_row([0.0, 0.0])
    assert len(areas) == 0
    assert areas.rate.shape == areas.gap.shape == areas.numerator.shape == (0, 1)
    assert areas.composite.shape == areas.units.shape == (0,)


def test_there_are_words_for_every_reason_in_every_language() -> None:
    for language in ("da", "en"):
        assert len(set(in_language(REASON_TEXTS, language))) == len(REASON_TEXTS) == len(REASON_KEYS)
    assert REASON_TEXTS[FEW_CRITERIA] == "too few criteria exceeded"
    assert REASON_TEXTS[NO_RATE] == "no rate can be computed"


def wanted_members(units: Units, policy: Policy, joins: NDArray[np.bool_], core: NDArray[np.bool_]) -> set[int]:
    """The units in areas, group by group, by the reference's own components."""
    edges = find_edges(units, policy)
    group_of_unit, n_groups = label_components(joins.tolist(), edges.head.tolist(), edges.tail.tolist())
    members: set[int] = set()
    for group in range(n_groups):
        held = [unit for unit, own in enumerate(group_of_unit) if own == group]
        if core[held].any() and units.residents[held].sum() >= policy.areas.residents:
            members |= set(held)
    return members


@pytest.mark.long
@given(cell_units(), policies())
def test_areas_equal_a_plain_account_of_the_rule(units: Units, policy: Policy) -> None:
    scores = score_units(units, policy)
    areas = form_areas(units, scores, find_edges(units, policy), policy)
    enough = scores.criteria_exceeded >= policy.rule.criteria
    joins = enough & (scores.composite >= policy.rule.edge_threshold)
    core = enough & (scores.composite >= policy.rule.core)
    members = wanted_members(units, policy, joins, core)
    assert set(np.flatnonzero(areas.area_of_unit >= 0).tolist()) == members
    for unit in range(len(units)):
        role = (CORE if core[unit] else EDGE) if unit in members else OUTSIDE
        assert areas.role[unit] == role
        assert (areas.reason[unit] in (IN_CORE, IN_EDGE)) == (unit in members)
        assert (areas.reason[unit] in (NO_CORE, FEW_RESIDENTS)) == (joins[unit] and unit not in members)
        assert (areas.reason[unit] == NO_RATE) == bool(np.isnan(scores.composite[unit]))


@pytest.mark.long
@given(cell_units(), policies())
def test_sums_of_areas_are_the_sums_of_their_units(units: Units, policy: Policy) -> None:
    areas = form_areas(units, score_units(units, policy), find_edges(units, policy), policy)
    for area in range(len(areas)):
        own = areas.area_of_unit == area
        assert areas.units[area] == own.sum() > 0
        assert areas.residents[area] == units.residents[own].sum()
        assert areas.numerator[area].tolist() == units.numerator[own].sum(axis=0).tolist()
        assert areas.denominator[area].tolist() == units.denominator[own].sum(axis=0).tolist()
    firsts = [int(np.flatnonzero(areas.area_of_unit == area)[0]) for area in range(len(areas))]
    keys = [(-int(held), first) for held, first in zip(areas.residents, firsts, strict=True)]
    assert keys == sorted(keys)


@pytest.mark.long
@given(cell_units(max_units=15), policies(), st.integers(1, 5))
def test_many_times_the_people_make_the_same_areas(units: Units, policy: Policy, times: int) -> None:
    """Every count multiplied, the least residents and the context too: shares, and so areas, stay."""
    many = dataclasses.replace(
        units,
        residents=units.residents * 2**times,
        numerator=units.numerator * 2**times,
        denominator=units.denominator * 2**times,
    )
    context = policy.context.model_copy(update={"residents": policy.context.residents * 2**times})
    least = policy.areas.model_copy(update={"residents": policy.areas.residents * 2**times})
    scaled = policy.model_copy(update={"context": context, "areas": least})
    areas = form_areas(units, score_units(units, policy), find_edges(units, policy), policy)
    again = form_areas(many, score_units(many, scaled), find_edges(many, scaled), scaled)
    assert again.area_of_unit.tolist() == areas.area_of_unit.tolist()
    assert again.reason.tolist() == areas.reason.tolist()
