"""Whom areas reach, by hand: a town of five cells and two areas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_areas, make_cell_units, make_policy
from udsat_geo.analysis.targeting import People, Targeting, find_people, find_targeting
from udsat_geo.policy.rules import Policy
from udsat_geo.units.units import Units

CELLS = [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4)]
POOR, PEOPLE = [8, 6, 1, 5, 0], [10, 20, 10, 10, 0]
"""20 of 50 people are poor; nobody lives in the last cell."""
AREA = np.array([0, 1, -1, -1, -1])


def town(worse: str = "high") -> tuple[Units, Policy]:
    units = make_cell_units(CELLS, PEOPLE, np.array(POOR)[:, None], np.array(PEOPLE)[:, None])
    return units, make_policy([worse])


def people(worse: str = "high") -> People:
    units, policy = town(worse)
    return find_people(units, policy)


def test_coverage_leakage_and_concentration_are_those_of_a_hand() -> None:
    told = find_targeting(make_areas([None, None]), people(), AREA)
    assert told.reached[:, 0].tolist() == [8, 6, 14]
    assert told.others[:, 0].tolist() == [2, 14, 16]
    assert told.coverage[:, 0].tolist() == [8 / 20, 6 / 20, 14 / 20]
    assert told.leakage[:, 0].tolist() == [2 / 10, 14 / 20, 16 / 30]
    np.testing.assert_allclose(told.concentration[:, 0], np.array([8 / 10, 6 / 20, 14 / 30]) / (20 / 50))
    # 30 people: the cells of 8 in 10 and 5 in 10, then half of that of 6 in 20
    assert told.at_best.tolist() == [8 + 5 + 3]


def test_where_low_is_worse_it_is_about_those_who_are_not() -> None:
    """A criterion of people in work, of whom there are too few."""
    told = find_targeting(make_areas([None, None]), people("low"), AREA)
    assert told.affected.tolist() == [30]
    assert told.reached[:, 0].tolist() == [2, 14, 16]


def test_places_of_one_rate_are_alike_at_best() -> None:
    units = make_cell_units(CELLS, PEOPLE, np.array([5, 10, 5, 5, 0])[:, None], np.array(PEOPLE)[:, None])
    told = find_targeting(make_areas([None]), find_people(units, make_policy()), np.array([-1, -1, 0, -1, -1]))
    assert told.at_best.tolist() == told.reached[-1].tolist() == [5]
    assert told.concentration[-1].tolist() == [1]


def test_nobody_reached_and_nobody_meant() -> None:
    told = find_targeting(make_areas([]), people(), np.full(5, -1))
    assert told.coverage.tolist() == [[0]]
    assert np.isnan(told.leakage).all()
    units = make_cell_units(CELLS, PEOPLE, np.zeros((5, 1)), np.array(PEOPLE)[:, None])
    told = find_targeting(make_areas([None, None]), find_people(units, make_policy()), AREA)
    assert np.isnan(told.coverage).all()
    assert (told.leakage == 1).all()


places = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-1, 2)), min_size=1, max_size=12)


@given(places, st.integers(0, 2**32))
def test_no_areas_reach_more_than_the_best_places_and_no_order_matters(
    drawn: list[tuple[int, int, int]], seed: int
) -> None:
    base = np.array([[people] for people, _poor, _area in drawn])
    affected, area = np.minimum(base, [[poor] for _people, poor, _area in drawn]), np.array([each[2] for each in drawn])
    told = reached_by(affected, base, area)
    assert (told.at_best >= told.reached[-1] - 1e-12).all()
    assert (told.at_best <= np.minimum(told.affected, told.within[-1]) + 1e-12).all()
    order = np.random.default_rng(seed).permutation(len(drawn))
    again = reached_by(affected[order], base[order], area[order])
    np.testing.assert_array_equal(again.reached, told.reached)
    np.testing.assert_allclose(again.at_best, told.at_best, atol=1e-12)


def reached_by(affected: np.ndarray, base: np.ndarray, area: np.ndarray) -> Targeting:
    counted = People(tuple(make_policy().criteria), (0,), affected, base, np.ones(1, dtype=np.int64))
    return find_targeting(make_areas([None] * 3), counted, area)


@pytest.mark.parametrize(
    ("numerator", "denominator", "counted"),
    [(POOR, PEOPLE, 1), ([1, 0, 1, 1, 0], [1] * 5, 0), ([11, 0, 0, 0, 0], PEOPLE, 0), ([-1, 0, 0, 0, 0], PEOPLE, 0)],
    ids=["a count of people", "a share without its people", "more than there are", "fewer than none"],
)
def test_only_shares_of_a_count_are_counted(numerator: list[int], denominator: list[int], counted: int) -> None:
    units = make_cell_units(CELLS, PEOPLE, np.array(numerator)[:, None], np.array(denominator)[:, None])
    assert len(find_people(units, make_policy()).criteria) == counted
