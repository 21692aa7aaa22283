"""Scatter additions: count_rows, add_values, add_flags, follow."""

from __future__ import annotations

from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

import reference
from udsat_geo.kernels.sums import add_flags, add_values, count_rows, follow

pytestmark = pytest.mark.filterwarnings("error")


@st.composite
def rows(draw: DrawFn, low: int, high: int) -> tuple[NDArray[np.int32], NDArray[np.int64], int]:
    """Groups of rows (-1 is none), a whole number per row, and the number of groups."""
    n_groups = draw(st.integers(1, 6))
    group = draw(hnp.arrays(np.int32, st.integers(0, 30), elements=st.integers(-1, n_groups - 1)))
    value = draw(hnp.arrays(np.int64, len(group), elements=st.integers(low, high)))
    return group, value, n_groups


def filled(n_groups: int, n_columns: int) -> NDArray[np.int64]:
    """Sums that hold something already, so that a kernel that writes instead of adding is found out."""
    return np.arange(100, 100 + n_groups * n_columns, dtype=np.int64).reshape(n_groups, n_columns)


@given(rows(0, 0))
def test_count_rows_equals_its_twin(drawn: tuple[Any, Any, int]) -> None:
    group, _, n_groups = drawn
    counted = filled(n_groups, 1)[:, 0].copy()
    wanted = reference.count_rows(group.tolist(), counted.tolist())
    count_rows(group, counted)
    assert counted.tolist() == wanted


def test_count_rows_by_hand() -> None:
    counted = np.array([5, 0, 0], dtype=np.int64)
    count_rows(np.array([0, 2, -1, 2, -1], dtype=np.int32), counted)
    assert counted.tolist() == [6, 0, 2]


@pytest.mark.long
@given(rows(-(2**40), 2**40), st.integers(0, 2))
def test_add_values_equals_its_twin(drawn: tuple[Any, Any, int], column: int) -> None:
    group, value, n_groups = drawn
    sums = filled(n_groups, 3)
    wanted = reference.add_values(group.tolist(), value.tolist(), sums.tolist(), column)
    add_values(group, value, sums, column)
    assert sums.tolist() == wanted


def test_add_values_is_exact_where_floats_are_not() -> None:
    sums = np.zeros((1, 1), dtype=np.int64)
    add_values(np.zeros(3, dtype=np.int32), np.array([2**53, 1, 1], dtype=np.int64), sums, 0)
    assert sums[0, 0] == 2**53 + 2


@pytest.mark.long
@given(rows(0, 2**62 - 1), st.integers(1, 62))
def test_add_flags_equals_its_twin(drawn: tuple[Any, Any, int], n_flags: int) -> None:
    group, flags, n_groups = drawn
    sums = filled(n_groups, n_flags)
    wanted = reference.add_flags(group.tolist(), flags.tolist(), sums.tolist())
    add_flags(group, flags, sums)
    assert sums.tolist() == wanted


def test_add_flags_by_hand() -> None:
    sums = np.zeros((2, 3), dtype=np.int64)
    group = np.array([0, 1, 1, -1], dtype=np.int32)
    add_flags(group, np.array([0b101, 0b011, 0b001, 0b111], dtype=np.int64), sums)
    assert sums.tolist() == [[1, 0, 1], [2, 1, 0]]


@given(st.lists(st.integers(-1, 50), max_size=10), st.randoms())
def test_follow_equals_its_twin(targets: list[int], random: Any) -> None:
    link = np.array([random.randrange(-1, len(targets)) for _ in range(20)], dtype=np.int32)
    found = np.full(20, -7, dtype=np.int32)
    follow(link, np.array(targets, dtype=np.int32), found)
    assert found.tolist() == reference.follow(link.tolist(), targets)


def test_follow_keeps_no_link_and_no_target_apart_from_the_last_one() -> None:
    found = np.zeros(4, dtype=np.int32)
    follow(np.array([-1, 0, 1, 2], dtype=np.int32), np.array([4, -1, 9], dtype=np.int32), found)
    assert found.tolist() == [-1, 4, -1, 9]


@given(rows(0, 2**20), st.randoms())
def test_the_order_of_rows_does_not_matter(drawn: tuple[Any, Any, int], random: Any) -> None:
    group, value, n_groups = drawn
    order = list(range(len(group)))
    random.shuffle(order)
    shuffled = np.array(order, dtype=np.int64)
    straight, turned = np.zeros((n_groups, 1), dtype=np.int64), np.zeros((n_groups, 1), dtype=np.int64)
    add_values(group, value, straight, 0)
    add_values(group[shuffled], value[shuffled], turned, 0)
    assert straight.tolist() == turned.tolist()
    assert straight.sum() == value[group >= 0].sum()


@given(rows(0, 2**20))
def test_a_row_that_comes_twice_counts_twice(drawn: tuple[Any, Any, int]) -> None:
    group, value, n_groups = drawn
    once, twice = np.zeros((n_groups, 1), dtype=np.int64), np.zeros((n_groups, 1), dtype=np.int64)
    add_values(group, value, once, 0)
    add_values(np.concatenate([group, group]), np.concatenate([value, value]), twice, 0)
    assert (2 * once).tolist() == twice.tolist()
