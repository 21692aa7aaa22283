"""Scores by rank, on a percentile and on an exponential scale, and no score at all."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from builders import make_cell_units, make_policy
from strategies import cell_units
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores, composite_of_rates, points_of_rates, score_units
from udsat_geo.units.units import Units

NAN = math.nan


def by(method: str, worse: tuple[str, ...] = ("high",), weight: tuple[float, ...] | None = None) -> Policy:
    rule = {"criteria": 1} if method == "none" else {"core": 1.0}
    return make_policy(worse, weight, score={"method": method}, rule=rule)


def exponential(place: float) -> float:
    """The transformation as it is printed: X = -23 ln(1 - R (1 - exp(-100 / 23)))."""
    return -23 * math.log(1 - place * (1 - math.exp(-100 / 23)))


def in_a_row(counts: list[tuple[int, ...]], of: int = 10, residents: list[int] | None = None) -> Units:
    """Units in a row, each with so many of `of` on each criterion; -1 is no rate."""
    numerator = [[max(count, 0) for count in unit] for unit in counts]
    denominator = [[0 if count < 0 else of for count in unit] for unit in counts]
    living = residents or [of] * len(counts)
    return make_cell_units([(0, col) for col in range(len(counts))], living, numerator, denominator)


@pytest.mark.long
def test_percentiles_by_hand() -> None:
    """Rates .1 .2 .2 .5: ranks 1, 2.5, 2.5 and 4 of four."""
    scores = score_units(in_a_row([(5,), (2,), (1,), (2,)]), by("percentile"))
    np.testing.assert_array_equal(scores.composite, [100.0, 62.5, 25.0, 62.5])


@pytest.mark.parametrize("method", ["gap_sd", "percentile", "exponential"])
def test_the_composite_is_the_weighted_mean_of_the_points(method: str) -> None:
    policy = by(method, ("high", "low", "high"), (1.0, 3.0, 2.0))
    # the last criterion is the same everywhere
    units = in_a_row([(5, 1, 4), (2, -1, 4), (-1, -1, -1), (1, 9, 4)])
    scores = score_units(units, policy)
    points = points_of_rates(scores.rate, scores, policy, scores.comparators.of_units().value)
    weight = np.where(np.isnan(points), 0.0, [1.0, 3.0, 2.0])
    with np.errstate(invalid="ignore"):
        wanted = (np.nan_to_num(points) * weight).sum(axis=1) / weight.sum(axis=1)
    np.testing.assert_allclose(scores.composite, wanted, rtol=1e-15)


def test_without_a_method_the_points_are_the_rates_turned() -> None:
    policy = by("none", ("high", "low"))
    scores = score_units(in_a_row([(5, 1), (2, -1)]), policy)
    points = points_of_rates(scores.rate, scores, policy, scores.comparators.of_units().value)
    np.testing.assert_array_equal(points, [[0.5, -0.1], [0.2, NAN]])


def test_low_rates_may_be_the_worse_ones() -> None:
    scores = score_units(in_a_row([(5,), (2,), (1,), (2,)]), by("percentile", ("low",)))
    np.testing.assert_array_equal(scores.composite, [25.0, 62.5, 100.0, 62.5])


def test_the_composite_is_the_weighted_mean_over_the_criteria_with_a_rate() -> None:
    units = in_a_row([(5, 1), (2, -1), (-1, -1), (1, 9)])
    scores = score_units(units, by("percentile", ("high", "low"), (1.0, 3.0)))
    first, second = (100.0, 100 * 2 / 3, NAN, 100 / 3), (100.0, NAN, NAN, 50.0)
    wanted = [(first[0] + 3 * second[0]) / 4, first[1], NAN, (first[3] + 3 * second[3]) / 4]
    np.testing.assert_allclose(scores.composite, wanted, rtol=1e-15)
    assert scores.criteria_with_rate.tolist() == [2, 1, 0, 2]


def test_exponential_scores_are_those_of_the_printed_formula() -> None:
    scores = score_units(in_a_row([(5,), (2,), (1,), (2,)]), by("exponential"))
    np.testing.assert_allclose(scores.composite, [exponential(r) for r in (1.0, 0.625, 0.25, 0.625)], rtol=1e-13)
    assert scores.composite[0] == pytest.approx(100.0, abs=1e-11)


def test_about_a_tenth_of_the_units_come_out_above_50() -> None:
    """What the constant 23 was chosen for."""
    units = make_cell_units([(0, col) for col in range(1000)], None, np.arange(1000)[:, None], np.full((1000, 1), 1000))
    above = (score_units(units, by("exponential")).composite > 50).mean()
    assert 0.10 <= above <= 0.103


def test_a_unit_without_residents_is_placed_but_lengthens_no_scale() -> None:
    """Ranks are 1 to 3 of three; between the first two lies 1.5, beyond the last at most the last."""
    scores = score_units(in_a_row([(1,), (3,), (5,), (2,), (9,)], residents=[7, 7, 7, 0, 0]), by("percentile"))
    np.testing.assert_allclose(scores.composite, [100 / 3, 200 / 3, 100.0, 50.0, 100.0], rtol=1e-15)


def test_an_area_is_placed_among_the_units() -> None:
    policy = by("percentile")
    scores = score_units(in_a_row([(1,), (3,), (5,)]), policy)
    found = composite_of_rates(np.array([[0.3], [0.4], [0.05], [0.9], [NAN]]), scores, policy, scores.city)
    np.testing.assert_allclose(found, [200 / 3, 250 / 3, 50 / 3, 100.0, NAN], rtol=1e-15)


def test_without_a_composite_the_criteria_decide() -> None:
    units = in_a_row([(5,), (1,), (-1,)])
    scores = score_units(units, by("none"))
    assert np.isnan(scores.composite).all()
    assert scores.criteria_with_rate.tolist() == [1, 1, 0]
    assert scores.criteria_exceeded.tolist() == [1, 0, 0]


@pytest.mark.long
@pytest.mark.parametrize("method", ["gap_sd", "percentile", "exponential", "none"])
@given(units=cell_units(), low=st.booleans())
def test_the_units_themselves_come_out_the_same_as_groups(method: str, units: Units, low: bool) -> None:
    policy = by(method, ("high", "low" if low else "high"), (1.0, 0.5))
    scores = score_units(units, policy)
    np.testing.assert_array_equal(composite_of_rates(scores.rate, scores, policy, scores.city), scores.composite)


def places(scores: Scores, units: Units, j: int) -> np.ndarray:
    """R of the inhabited units that have a rate, by scipy."""
    rated = ~np.isnan(scores.rate[:, j]) & (units.residents > 0)
    result = np.full(len(units), NAN)
    result[rated] = rankdata(scores.rate[rated, j]) / max(rated.sum(), 1)
    return result


@pytest.mark.long
@given(cell_units(n_criteria=1))
def test_both_scales_are_those_of_scipy_s_ranks(units: Units) -> None:
    scores = score_units(units, by("percentile"))
    wanted = places(scores, units, 0)
    known = ~np.isnan(wanted)
    np.testing.assert_allclose(scores.composite[known], 100 * wanted[known], rtol=1e-15)
    stretched = score_units(units, by("exponential")).composite[known]
    np.testing.assert_allclose(stretched, [exponential(r) for r in wanted[known]], rtol=1e-12)


@pytest.mark.long
@given(cell_units(n_criteria=1))
def test_the_measure_of_a_criterion_does_not_matter(units: Units) -> None:
    """Ranks know nothing of the distances between rates."""
    scores = score_units(units, by("percentile"))
    on_squares = dataclasses.replace(scores, scale=tuple(rates**2 for rates in scores.scale))
    squared = composite_of_rates(scores.rate**2, on_squares, by("percentile"), on_squares.city)
    np.testing.assert_array_equal(squared, scores.composite)
