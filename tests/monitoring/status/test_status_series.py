"""The tables of a status from a few numbers, by hand, and what must hold of any."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from builders import make_policy
from udsat_geo.designation.status import INSIDE, OUTSIDE, Status, SumsBySide, status_of_sums, sums_by_side
from udsat_geo.monitoring.status import change_of_gaps, difference_of_areas, series_of
from udsat_geo.policy.rules import Policy

POLICY = make_policy(["high", "low"])


def sums(areas: Any, rest: Any, residents: tuple[int, int] = (40, 60)) -> SumsBySide:
    """Two criteria: (numerator, denominator) of each, in the areas and in the rest."""
    sides = np.array([areas, rest], dtype=np.int64)
    ones = np.ones(2, dtype=np.int64)
    return SumsBySide(sides[:, :, 0], sides[:, :, 1], ones, ones, np.array(residents))


def status(areas: Any, rest: Any) -> Status:
    return status_of_sums(sums(areas, rest), POLICY)


FIRST = status([(14, 20), (1100, 40)], [(6, 80), (3000, 60)])
"""70 % and 27.5 m2 in the areas, 7.5 % and 50 m2 in the rest."""
LAST = status([(10, 20), (1200, 40)], [(10, 80), (3000, 60)])
"""50 % and 30 m2 in the areas, 12.5 % and 50 m2 in the rest."""


# --- by hand ------------------------------------------------------------------------------------------------


def test_levels_and_their_change() -> None:
    series = series_of({2021: LAST, 2017: FIRST})
    assert series.years == (2017, 2021)
    np.testing.assert_array_equal(series.areas, [[0.7, 27.5], [0.5, 30.0]])
    np.testing.assert_array_equal(series.rest_of_city, [[0.075, 50.0], [0.125, 50.0]])
    np.testing.assert_allclose(series.change_in_areas, [-0.2, 2.5])
    np.testing.assert_allclose(series.change_in_rest_of_city, [0.05, 0.0])
    assert [(each.residents_in_areas, each.residents) for each in series.statuses] == [(40, 100), (40, 100)]
    assert series.last is LAST
    assert series.of(2017) is FIRST


def test_gaps_are_positive_when_worse_and_narrow_when_they_fall() -> None:
    gaps = change_of_gaps(series_of({2017: FIRST, 2021: LAST}), 2017)
    np.testing.assert_allclose(gaps.gap_since, [0.625, 22.5])
    np.testing.assert_allclose(gaps.gap_now, [0.375, 20.0])
    np.testing.assert_allclose(gaps.change, [-0.4, -1 / 9])
    assert gaps.improved.tolist() == [True, True]
    assert (gaps.since, gaps.now) == (2017, 2021)


def test_a_wider_gap_is_no_improvement() -> None:
    gaps = change_of_gaps(series_of({2017: LAST, 2021: FIRST}), 2017)
    np.testing.assert_allclose(gaps.change, [2 / 3, 0.125])
    assert gaps.improved.tolist() == [False, False]


def test_gaps_may_be_held_against_a_year_in_between() -> None:
    series = series_of({2015: FIRST, 2017: LAST, 2021: LAST})
    assert change_of_gaps(series, 2017).change.tolist() == [0.0, 0.0]


def test_where_there_was_no_gap_a_change_in_per_cent_says_nothing() -> None:
    level = status([(1, 10), (500, 10)], [(1, 10), (400, 10)])
    gaps = change_of_gaps(series_of({2017: level, 2021: LAST}), 2017)
    assert gaps.gap_since.tolist() == [0.0, -10.0]
    assert np.isnan(gaps.change).all()
    assert gaps.improved.tolist() == [False, False]


def test_what_is_not_known_stays_unknown() -> None:
    nobody = status([(0, 0), (1200, 40)], [(10, 80), (3000, 60)])
    series = series_of({2017: FIRST, 2021: nobody})
    gaps = change_of_gaps(series, 2017)
    assert np.isnan([gaps.gap_now[0], gaps.change[0], series.change_in_areas[0]]).all()
    assert gaps.improved.tolist() == [False, True]


def test_old_and_updated_areas_beside_each_other() -> None:
    difference = difference_of_areas(FIRST, LAST)
    assert difference["areas"].tolist() == [0.7, 27.5]
    assert difference["updated"].tolist() == [0.5, 30.0]
    np.testing.assert_allclose(difference["difference"], [-0.2, 2.5])


def test_a_series_of_one_year_changes_nothing() -> None:
    series = series_of({2021: LAST})
    assert series.change_in_areas.tolist() == [0.0, 0.0]
    assert change_of_gaps(series, 2021).change.tolist() == [0.0, 0.0]


def test_sums_of_millionths_are_brought_to_ones() -> None:
    made = dataclasses.replace(
        sums([(14, 20), (1_100_000_000, 40)], [(6, 80), (3_000_000_000, 60)]), numerator_unit=np.array([1, 1_000_000])
    )
    assert status_of_sums(made, POLICY).areas.tolist() == [0.7, 27.5]


# --- whatever the numbers -----------------------------------------------------------------------------------


@st.composite
def places(draw: DrawFn) -> tuple[Any, ...]:
    """Numerators, denominators, residents of places, and which of them lie inside."""
    n_places = draw(st.integers(0, 12))
    counts = st.integers(0, 10**9)
    first, second = (draw(hnp.arrays(np.int64, (n_places, 2), elements=counts)) for _ in range(2))
    residents = draw(hnp.arrays(np.int64, n_places, elements=st.integers(0, 10**6)))
    inside = draw(hnp.arrays(np.bool_, n_places))
    return np.minimum(first, second), np.maximum(first, second), residents, inside


def by_side(made: tuple[Any, ...]) -> SumsBySide:
    numerator, denominator, residents, inside = made
    ones = np.ones(2, dtype=np.int64)
    sums = SimpleNamespace(
        numerator=numerator,
        denominator=denominator,
        numerator_unit=ones,
        denominator_unit=ones,
        residents=residents,
        quantiles={},
    )
    return sums_by_side(sums, inside)


@pytest.mark.long
@given(places())
def test_areas_and_rest_are_the_city_to_the_last_unit(made: Any) -> None:
    found = by_side(made)
    np.testing.assert_array_equal(found.numerator[INSIDE] + found.numerator[OUTSIDE], made[0].sum(axis=0))
    np.testing.assert_array_equal(found.denominator[INSIDE] + found.denominator[OUTSIDE], made[1].sum(axis=0))
    assert found.residents.sum() == made[2].sum()
    for side in (found.numerator, found.denominator, found.residents):
        assert side.dtype == np.int64


@pytest.mark.long
@given(places())
def test_areas_and_rest_exchanged_turn_the_sign_of_the_gap(made: Any) -> None:
    there, back = by_side(made), by_side((*made[:3], ~made[3]))
    one, other = status_of_sums(there, POLICY), status_of_sums(back, POLICY)
    np.testing.assert_array_equal(one.gap, -other.gap)
    np.testing.assert_array_equal(one.areas, other.rest_of_city)
    np.testing.assert_array_equal(one.city, other.city)
    assert one.residents_in_areas + other.residents_in_areas == one.residents == other.residents


@pytest.mark.long
@given(st.lists(places(), min_size=1, max_size=4), st.randoms())
def test_the_order_of_years_does_not_matter(made: Any, random: Any) -> None:
    statuses = {2010 + i: status_of_sums(by_side(each), POLICY) for i, each in enumerate(made)}
    shuffled = list(statuses)
    random.shuffle(shuffled)
    one, other = series_of(statuses), series_of({year: statuses[year] for year in shuffled})
    assert one.years == other.years == tuple(sorted(statuses))
    for year in statuses:
        assert other.of(year) is statuses[year]
    np.testing.assert_array_equal(one.gap, other.gap)


@pytest.mark.long
@pytest.mark.parametrize("worse", ["high", "low"])
@given(made=places())
def test_a_gap_is_positive_just_where_the_areas_are_worse(worse: str, made: Any) -> None:
    policy: Policy = make_policy([worse, worse])
    found = status_of_sums(by_side(made), policy)
    higher = found.areas > found.rest_of_city
    lower = found.areas < found.rest_of_city
    np.testing.assert_array_equal(found.gap > 0, higher if worse == "high" else lower)
