"""Segregation: held to `segregation` 2.5.4 of PySAL, whose figures stand here, and to what the indices must be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_policy
from udsat_geo.analysis.segregation import (
    Segregation,
    decompose,
    dissimilarity,
    dissimilarity_by_chance,
    find_segregation,
    isolation,
)
from udsat_geo.analysis.targeting import People

THEN = np.array([5, 0, 12, 7, 7, 1, 20, 3]), np.array([50, 10, 30, 70, 35, 10, 40, 15])
NOW = np.array([9, 2, 9, 8, 4, 2, 25, 0, 6]), np.array([45, 20, 30, 80, 20, 10, 50, 15, 30])
"""Those affected, and all, of each unit."""


def taken(affected: np.ndarray, base: np.ndarray, area: list[int], n_areas: int, of_one: int = 1) -> Segregation:
    people = People(
        tuple(make_policy().criteria), (0,), affected[:, None], base[:, None], np.array([of_one], dtype=np.int64)
    )
    return find_segregation(people, np.array(area), n_areas)


@pytest.mark.parametrize(
    ("year", "wanted"),
    [
        (THEN, (0.3964523281596452, 0.3290909090909091, 0.1490909090909091)),
        (NOW, (0.32733224222585927, 0.3138461538461539, 0.1240589198036007)),
    ],
)
def test_indices_are_those_of_pysal(year: tuple[np.ndarray, np.ndarray], wanted: tuple[float, float, float]) -> None:
    found = taken(*year, [-1] * len(year[0]), 0)
    told = found.dissimilarity[0], found.isolation[0], found.correlation_ratio[0]
    np.testing.assert_allclose(told, wanted, rtol=0, atol=1e-12)
    assert found.between[0] == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(
    ("isolated", "by_people", "by_shares"),
    [(False, 0.029140481773092253, -0.09826056770687819), (True, 0.006534706343775537, -0.021779461588530752)],
)
def test_the_change_is_taken_apart_as_pysal_does(isolated: bool, by_people: float, by_shares: float) -> None:
    part = decompose(THEN, NOW, isolated)
    np.testing.assert_allclose((part.by_people, part.by_shares), (by_people, by_shares), rtol=0, atol=1e-12)
    assert part.by_people + part.by_shares == pytest.approx(part.now - part.before, abs=1e-15)


counts = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), min_size=2, max_size=12)


@given(counts, st.integers(0, 2**32))
def test_indices_lie_between_none_and_all_and_know_no_order(drawn: list[tuple[int, int]], seed: int) -> None:
    affected = np.array([min(x, t) for x, t in drawn])
    base = np.array([t for _x, t in drawn])
    if not 0 < affected.sum() < base.sum():
        return
    order = np.random.default_rng(seed).permutation(len(base))
    for index in (dissimilarity, isolation):
        assert -1e-12 <= index(affected, base) <= 1 + 1e-12
        assert index(affected[order], base[order]) == pytest.approx(index(affected, base), abs=1e-12)
    area = [k % 3 - 1 for k in range(len(base))]
    found = taken(affected, base, area, 2)
    # what lies between groups of units is a part of what lies between units
    assert -1e-12 <= found.between[0] <= found.correlation_ratio[0] + 1e-12


def test_who_lives_apart_wholly_and_not_at_all() -> None:
    base = np.array([10, 10, 20])
    apart = taken(np.array([10, 0, 0]), base, [0, -1, -1], 1)
    assert (apart.dissimilarity[0], apart.isolation[0], apart.correlation_ratio[0]) == (1, 1, pytest.approx(1))
    assert apart.share_between[0] == pytest.approx(1)
    mixed = taken(np.array([2, 2, 4]), base, [0, -1, -1], 1)
    assert mixed.dissimilarity[0] == 0
    assert mixed.isolation[0] == pytest.approx(0.2)
    for one_side in (np.zeros(3, dtype=np.int64), base):
        assert np.isnan(taken(one_side, base, [0, -1, -1], 1).dissimilarity[0])


def test_small_units_are_apart_by_chance_alone() -> None:
    """Of 400 units of 10 people each, half of whom are affected, D is the mean deviation of a binomial over 5."""
    by_chance = dissimilarity_by_chance(np.full(400, 10), 0.5, 1)
    assert by_chance == pytest.approx(0.24609375, abs=0.01)
    assert dissimilarity_by_chance(np.full(400, 1000), 0.5, 1) < 0.04
    assert dissimilarity_by_chance(np.full(400, 10), 0.5, 1) == by_chance


def test_parts_of_people_are_not_drawn() -> None:
    found = taken(np.array([15, 2, 3]), np.array([100, 100, 200]), [0, -1, -1], 1, of_one=10)
    assert np.isnan(found.by_chance[0])
    assert found.share[0] == 20 / 400
