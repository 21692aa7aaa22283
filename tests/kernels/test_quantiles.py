"""Weighted quantiles of groups beside their twins."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import reference_quantiles
from udsat_geo.kernels.quantiles import lower_quantiles, weigh_groups
from udsat_geo.registers.distributions import Distribution

N_PLACES, N_GROUPS = 5, 3
ROWS = st.lists(st.tuples(st.integers(0, N_PLACES - 1), st.integers(-50, 50), st.integers(1, 9)), max_size=30)
GROUPS = st.lists(st.integers(-1, N_GROUPS - 1), min_size=N_PLACES, max_size=N_PLACES)
QUANTILES = ("0.5", "0.1", "0.25", "0.333", "0.9", "0.999999")


def columns(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place, value and weight of rows, by value."""
    rows = sorted(rows, key=lambda row: row[1])
    place, value, weight = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
    return place.astype(np.int32), value, weight


@given(ROWS, GROUPS, st.randoms(use_true_random=False))
def test_the_kernels_are_their_twins(rows: list[tuple[int, int, int]], groups: list[int], chance: Any) -> None:
    place, value, weight = columns(rows)
    group = np.array(groups, dtype=np.int64)
    whole, count = np.zeros(N_GROUPS, dtype=np.int64), np.zeros(N_GROUPS, dtype=np.int64)
    weigh_groups(place, weight, group, whole, count)
    of_twin = reference_quantiles.weigh_groups(place.tolist(), weight.tolist(), groups, N_GROUPS)
    assert (whole.tolist(), count.tolist()) == of_twin
    least = np.array([chance.randint(0, each) for each in whole.tolist()], dtype=np.int64)
    found = np.zeros(N_GROUPS, dtype=np.int64)
    lower_quantiles(place, value, weight, group, least, found)
    wanted = reference_quantiles.lower_quantiles(
        place.tolist(), value.tolist(), weight.tolist(), groups, least.tolist()
    )
    assert found.tolist() == wanted


@given(ROWS, GROUPS, st.sampled_from(QUANTILES), st.integers(0, 4))
def test_a_quantile_is_what_its_definition_says(
    rows: list[tuple[int, int, int]], groups: list[int], quantile: str, least: int
) -> None:
    """Of the people of each group, whatever places they live in, and of no group of too few."""
    found = Distribution(float(quantile), least, *columns(rows)).of_groups(np.array(groups), N_GROUPS)
    for group in range(N_GROUPS):
        mine = [(value, weight) for place, value, weight in rows if groups[place] == group]
        wanted = reference_quantiles.quantile_of(mine, quantile, least)
        assert np.isnan(found[group]) if wanted is None else found[group] == wanted


def test_a_median_is_the_lower_of_the_middle_two() -> None:
    values = Distribution(0.5, 0, *columns([(0, 10, 1), (0, 20, 1), (0, 30, 1), (0, 40, 1)]))
    assert values.of_groups(np.zeros(N_PLACES, dtype=np.int64), 1).tolist() == [20.0]
    heavier = Distribution(0.5, 0, *columns([(0, 10, 1), (1, 20, 1), (2, 30, 1), (3, 40, 2)]))
    assert heavier.of_groups(np.zeros(N_PLACES, dtype=np.int64), 1).tolist() == [30.0]


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_equal_values_does_not_matter(rows: list[tuple[int, int, int]], chance: Any) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    group = np.arange(N_PLACES)
    one, other = (Distribution(0.25, 2, *columns(each)).of_groups(group, N_PLACES) for each in (rows, shuffled))
    np.testing.assert_array_equal(one, other)


def test_weights_of_millions_do_not_overflow() -> None:
    rows = [(0, value, 2**59) for value in (1, 2, 3)]
    values = Distribution(0.999999, 0, *columns(rows))
    assert values.of_groups(np.zeros(N_PLACES, dtype=np.int64), 1).tolist() == [3.0]
