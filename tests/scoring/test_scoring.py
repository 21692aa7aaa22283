"""Rates, gaps, limits, context and the composite."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from builders import make_cell_units, make_policy
from strategies import cell_units, policies
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.rates import sums_of_nearest
from udsat_geo.scoring.scores import count_exceeded, exceeds, gaps, meets_demands, score_units
from udsat_geo.units.units import Units

NAN = math.nan


def without_cells(units: Units) -> Units:
    """The same units as points that belong to no grid."""
    return dataclasses.replace(units, row=None, col=None, grid=None)


def with_criteria(policy: Policy, changes: dict[int, dict[str, Any]]) -> Policy:
    """The same policy with some of its criteria changed."""
    criteria = [c.model_copy(update=changes.get(j, {})) for j, c in enumerate(policy.criteria)]
    return policy.model_copy(update={"criteria": tuple(criteria)})


def limits_of(policy: Policy) -> np.ndarray:
    """The plain limits of a policy, NaN where it has none."""
    return np.array([np.nan if criterion.limit is None else criterion.limit for criterion in policy.criteria])


def test_scores_by_hand() -> None:
    """Two criteria, three units; the second unit has no rate on the second criterion, the third on none."""
    units = make_cell_units(
        [(0, 0), (0, 5), (0, 9)], [100, 300, 5], [[60, 3], [40, 0], [0, 0]], [[100, 10], [300, 0], [0, 0]]
    )
    scores = score_units(units, make_policy(["high", "low"], weight=[1.0, 3.0]))
    np.testing.assert_array_equal(scores.city, [0.25, 0.3])
    np.testing.assert_array_equal(scores.rate, [[0.6, 0.3], [40 / 300, NAN], [NAN, NAN]])
    np.testing.assert_allclose(scores.gap, [[0.35, 0.0], [40 / 300 - 0.25, NAN], [NAN, NAN]])
    spread = math.sqrt((100 * 0.35**2 + 300 * (0.25 - 40 / 300) ** 2) / 400)
    np.testing.assert_allclose(scores.spread, [spread, 0.0])
    np.testing.assert_allclose(scores.composite, [0.35 / spread / 4, (40 / 300 - 0.25) / spread, NAN])
    assert scores.criteria_with_rate.tolist() == [2, 1, 0]
    assert scores.criteria_exceeded.tolist() == [1, 0, 0]
    assert scores.exceeded.tolist() == [[True, False], [False, False], [False, False]]
    assert scores.residents_in_view.tolist() == [100, 300, 5]


def test_a_criterion_of_the_weight_0_is_out_of_the_composite_and_nothing_else() -> None:
    """Beside it units score as without it; one that has a rate by it alone has no composite."""
    units = make_cell_units([(0, 0), (0, 5), (0, 9)], [4, 4, 4], [[3, 1], [1, 4], [0, 2]], [[4, 4], [4, 4], [0, 4]])
    first = dataclasses.replace(
        units, numerator=units.numerator[:, :1], denominator=units.denominator[:, :1],
        numerator_unit=units.numerator_unit[:1], denominator_unit=units.denominator_unit[:1],
    )  # fmt: skip
    scores = score_units(units, make_policy(["high", "high"], weight=[2.0, 0.0]))
    np.testing.assert_array_equal(scores.composite, score_units(first, make_policy(["high"])).composite)
    assert math.isnan(scores.composite[2])
    assert scores.criteria_with_rate.tolist() == [2, 2, 1]
    assert scores.criteria_exceeded.tolist() == [1, 1, 0]


def test_all_weights_0_leave_nothing_to_add_up() -> None:
    with pytest.raises(ValidationError, match="criteria: all have the weight 0"):
        make_policy(["high", "low"], weight=[0.0, 0.0])
    make_policy(["high", "low"], weight=[0.0, 0.0], score={"method": "none"}, rule={"criteria": 1})


def test_a_rate_without_denominator_is_missing_and_not_zero() -> None:
    units = make_cell_units([(0, 0), (0, 1)], [1, 1], [[0], [0]], [[0], [4]])
    np.testing.assert_array_equal(units.rate(units.numerator, units.denominator), [[NAN], [0.0]])


def test_gaps_are_turned_so_that_positive_is_worse() -> None:
    policy = make_policy(["high", "low"])
    found = gaps(np.array([[0.5, 40.0]]), np.array([0.25, 50.0]), policy)
    assert found.tolist() == [[0.25, 10.0]]


def test_limits_are_inclusive_and_missing_rates_exceed_nothing() -> None:
    policy = make_policy(["high", "low", "high", "low"], limit=[0.4, 30.0, None, None])
    below, above = np.nextafter(0.4, 0.0), np.nextafter(30.0, 99.0)
    rate = np.array([[0.4, 30.0, 0.3, 50.0], [below, above, 0.2, 60.0], [0.9, 10.0, 0.1, 70.0], [NAN] * 4])
    gap = gaps(rate, np.array([0.1, 90.0, 0.2, 60.0]), policy)
    assert exceeds(rate, gap, policy, limits_of(policy)).tolist() == [
        [True, True, True, True],
        [False, False, False, False],  # as the city is not worse than the city
        [True, True, False, False],
        [False, False, False, False],
    ]


def test_strict_limits_are_exceeded_beyond_them_only() -> None:
    policy = with_criteria(make_policy(["high", "low"], limit=[0.4, 30.0]), {0: {"strict": True}, 1: {"strict": True}})
    beyond = np.nextafter(0.4, 1.0), np.nextafter(30.0, 0.0)
    rate = np.array([[0.4, 30.0], beyond, [NAN, NAN]])
    assert exceeds(rate, np.zeros_like(rate), policy, limits_of(policy)).tolist() == [
        [False, False],
        [True, True],
        [False, False],
    ]


def test_a_criterion_that_does_not_count_may_be_demanded() -> None:
    """Two of the first three, and the last."""
    policy = with_criteria(make_policy(["high"] * 4, rule={"core": 1.0, "criteria": 2}), {3: {"counted": False}})
    policy = policy.model_copy(update={"rule": policy.rule.model_copy(update={"require": ("c3",)})})
    exceeded = np.array(
        [[1, 1, 0, 1], [1, 1, 1, 0], [1, 0, 0, 1], [0, 1, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]], dtype=bool
    )
    assert count_exceeded(exceeded, policy).tolist() == [2, 3, 1, 2, 0, 0]
    assert meets_demands(exceeded, policy).tolist() == [True, False, False, True, False, False]


def test_a_rule_without_demands_is_met_everywhere() -> None:
    policy = make_policy(["high", "high"])
    assert meets_demands(np.zeros((2, 2), dtype=bool), policy).tolist() == [True, True]


def test_sums_of_millionths_and_sums_of_ones_make_one_rate() -> None:
    units = make_cell_units([(0, 0)], [1], [[30_500_000, 61, 61]], [[2, 2, 2_000_000]])
    units = dataclasses.replace(units, numerator_unit=np.array([10**6, 1, 1]), denominator_unit=np.array([1, 1, 10**6]))
    assert units.rate(units.numerator, units.denominator).tolist() == [[15.25, 30.5, 30.5]]


@pytest.mark.parametrize("in_cells", [True, False])
def test_context_by_hand(in_cells: bool) -> None:
    """A row of cells with 10, 20, 30 and 5 residents; the last lies 200 m beyond the third."""
    units = make_cell_units([(0, 0), (0, 1), (0, 2), (0, 4)], [10, 20, 30, 5], [[1], [2], [3], [4]])
    units = units if in_cells else without_cells(units)
    for least, reach, wanted in [
        (0, 0.0, [10, 20, 30, 5]),
        (10, 100.0, [10, 20, 30, 5]),
        (11, 100.0, [30, 20, 30, 5]),
        (31, 100.0, [30, 60, 50, 5]),
        (31, 200.0, [60, 60, 50, 35]),
        (51, 200.0, [60, 60, 65, 35]),
        (999, 400.0, [65, 65, 65, 65]),
    ]:
        context = {"residents": least, "reach": reach}
        found, counted = sums_of_nearest(units, units.numerator, make_policy(context=context))
        assert found.tolist() == wanted, (least, reach)
        assert counted.shape == (4, 1)


def test_context_sums_are_those_of_the_units_in_view() -> None:
    units = make_cell_units([(0, 0), (0, 1), (1, 0), (3, 3)], [5, 5, 5, 5], [[1], [10], [100], [1000]])
    policy = make_policy(context={"residents": 6, "reach": 100.0})
    assert sums_of_nearest(units, units.numerator, policy)[1].tolist() == [[111], [11], [101], [1000]]


@pytest.mark.long
@given(cell_units(), st.sampled_from([(20, 150.0), (60, 200.0), (10**6, 500.0)]))
def test_cells_and_points_see_the_same(units: Units, context: tuple[int, float]) -> None:
    policy = make_policy(["high", "high"], context={"residents": context[0], "reach": context[1]})
    found = sums_of_nearest(units, units.numerator, policy)
    points = sums_of_nearest(without_cells(units), units.numerator, policy)
    assert [part.tolist() for part in found] == [part.tolist() for part in points]


@pytest.mark.long
@given(cell_units(), policies())
def test_scores_hold_together(units: Units, policy: Policy) -> None:
    """What a reader can compute again from the columns."""
    scores = score_units(units, policy)
    city = units.rate(units.numerator.sum(axis=0), units.denominator.sum(axis=0))
    np.testing.assert_array_equal(scores.city, city)
    np.testing.assert_array_equal(scores.gap, gaps(scores.rate, city, policy))
    assert scores.criteria_with_rate.tolist() == (~np.isnan(scores.rate)).sum(axis=1).tolist()
    assert (np.isnan(scores.composite) == (scores.criteria_with_rate == 0)).all()
    assert (scores.criteria_exceeded <= scores.criteria_with_rate).all()
    assert scores.criteria_exceeded.tolist() == scores.exceeded.sum(axis=1).tolist()
    assert not scores.exceeded[np.isnan(scores.rate)].any()
    assert (scores.residents_in_view >= units.residents).all()
    assert (scores.residents_in_view <= units.residents.sum()).all()


@pytest.mark.long
@given(cell_units(), policies())
def test_one_scale_in_view_of_the_units_alone(units: Units, policy: Policy) -> None:
    """Without context and with every rate there, residents' mean squared score is 1 on each criterion."""
    policy = policy.model_copy(update={"context": policy.context.model_copy(update={"residents": 0})})
    scores = score_units(units, policy)
    for j in range(2):
        rated = ~np.isnan(scores.gap[:, j])
        if scores.spread[j] > 1e-12:
            squares = (scores.gap[rated, j] / scores.spread[j]) ** 2
            assert math.isclose(np.average(squares, weights=units.residents[rated]), 1.0, rel_tol=1e-9)
