"""Ranks among the values of a scale."""

from __future__ import annotations

from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import rankdata

import reference
from udsat_geo.kernels.scores import ranks_on_scale, rising_order

pytestmark = pytest.mark.filterwarnings("error")

Floats = NDArray[np.float64]
NAN = np.nan

VALUES = st.one_of(
    st.sampled_from([0.0, -0.0, 0.25, 1.0]), st.floats(-5.0, 5.0), st.sampled_from([-np.inf, np.inf, 5e-324])
)
MANY = st.integers(0, 30)
RATES = hnp.arrays(np.float64, MANY, elements=VALUES)
ANY = hnp.arrays(np.float64, MANY, elements=st.one_of(st.sampled_from([NAN, -0.0, 0.0]), st.floats()))
RATES_OR_NONE = hnp.arrays(np.float64, MANY, elements=st.one_of(st.just(NAN), VALUES))


def ranks(value: Floats, scale: Floats) -> Floats:
    return ranks_on_scale(value, rising_order(value), np.sort(scale))


@given(ANY)
def test_the_order_equals_its_twin(value: Floats) -> None:
    assert rising_order(value).tolist() == reference.rising_order(value.tolist())


@given(ANY)
def test_the_order_sorts_as_numpy_does(value: Floats) -> None:
    np.testing.assert_array_equal(value[rising_order(value)], np.sort(value))


def test_missing_values_come_last_whatever_their_sign() -> None:
    value = np.array([np.copysign(NAN, -1.0), -np.inf, NAN, np.inf, -0.0, 0.0])
    assert rising_order(value).tolist() == [1, 4, 5, 3, 0, 2]


def test_a_large_array_is_sorted_with_its_ties() -> None:
    """More values than a digit of the sort tells apart, and all digits in use."""
    random = np.random.default_rng(1)
    value = np.concatenate(
        [random.standard_normal(5000) * 10.0 ** random.integers(-300, 300, 5000), np.arange(5000) % 7]
    )
    value = random.permutation(value)
    np.testing.assert_array_equal(rising_order(value), np.argsort(value, kind="stable"))
    np.testing.assert_array_equal(ranks(value, value), rankdata(value))


@given(RATES_OR_NONE, RATES)
def test_ranks_equal_their_twin(value: Floats, scale: Floats) -> None:
    wanted = np.array(reference.ranks_on_scale(value.tolist(), scale.tolist()), dtype=np.float64)
    np.testing.assert_array_equal(ranks(value, scale), wanted)


@given(RATES)
def test_ranks_among_themselves_are_those_of_scipy(value: Floats) -> None:
    np.testing.assert_array_equal(ranks(value, value), rankdata(value))


@given(RATES_OR_NONE)
def test_values_that_are_missing_have_no_rank_and_change_none(value: Floats) -> None:
    there = value[~np.isnan(value)]
    wanted = rankdata(value, nan_policy="omit")
    np.testing.assert_array_equal(ranks(value, there), np.where(np.isnan(value), NAN, wanted))


@given(RATES_OR_NONE, RATES, st.randoms())
def test_the_order_of_rows_and_of_equal_values_changes_nothing(value: Floats, scale: Floats, random: Any) -> None:
    place = list(range(len(value)))
    random.shuffle(place)
    shuffled = np.array(place, dtype=np.int64)
    found = ranks(value[shuffled], scale[::-1])
    np.testing.assert_array_equal(found, ranks(value, scale)[shuffled])
    ties_turned_round = np.lexsort((-np.arange(len(value)), value))
    np.testing.assert_array_equal(ranks_on_scale(value, ties_turned_round, np.sort(scale)), ranks(value, scale))


@given(RATES, RATES)
def test_higher_values_never_rank_lower(value: Floats, scale: Floats) -> None:
    rank = ranks(np.sort(value), scale)
    assert (np.diff(rank) >= 0).all() or not len(scale)
    if len(scale):
        assert (rank >= 0.5).all()
        assert (rank <= len(scale) + 0.5).all()


def test_ranks_by_hand() -> None:
    """On the scale 1 2 2 2 5 the ranks are 1, (2 + 3 + 4) / 3 and 5; others lie half a rank from their neighbours."""
    scale = np.array([1.0, 2.0, 2.0, 2.0, 5.0])
    found = ranks(np.array([2.0, 5.0, NAN, 1.0, 0.0, 1.5, 3.0, 9.0]), scale)
    np.testing.assert_array_equal(found, [3.0, 5.0, NAN, 1.0, 0.5, 1.5, 4.5, 5.5])


def test_without_a_scale_nothing_has_a_rank() -> None:
    assert np.isnan(ranks(np.array([1.0, 2.0]), np.empty(0))).all()
