"""Rows found by the hashes of their keys: index_keys, find_keys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import reference_keys
from udsat_geo.kernels.keys import find_keys, index_keys

HASHES = st.one_of(
    st.integers(0, 2**64 - 1),
    # few that are equal, and many whose search begins at one slot, the last among them
    st.integers(0, 5),
    st.integers(0, 5).map(lambda low: 2**64 - 1 - low),
    st.integers(0, 5).map(lambda low: 2**40 + low),
)


def keys(values: list[int]) -> NDArray[np.uint64]:
    return np.array(values, dtype=np.uint64)


@given(st.lists(HASHES, max_size=30), st.lists(HASHES, max_size=30), st.integers(1, 20))
def test_keys_are_found_as_the_twins_find_them(held: list[int], asked: list[int], spare: int) -> None:
    slots = np.zeros((len(held) + spare, 2), dtype=np.uint64)
    row_of_key: dict[int, int] = {}
    for part in (slice(0, 10), slice(10, None)):  # a table comes in parts
        equal = index_keys(keys(held[part]), part.start, slots)
        row_of_key, wanted_equal = reference_keys.index_keys(held[part], part.start, row_of_key)
        assert equal == wanted_equal
    asked = [*asked, *held, 0]
    found = np.empty(len(asked), dtype=np.int32)
    find_keys(keys(asked), slots, found)
    assert found.tolist() == reference_keys.find_keys(asked, row_of_key)


@pytest.mark.parametrize("held", [[], [7], [7, 9, 7, 0, 0]])
def test_keys_by_hand(held: list[int]) -> None:
    slots = np.zeros((len(held) + 1, 2), dtype=np.uint64)
    assert index_keys(keys(held), 0, slots) == (1 if len(held) > 1 else 0)
    found = np.empty(4, dtype=np.int32)
    find_keys(keys([7, 9, 0, 8]), slots, found)
    assert found.tolist() == [0 if held else -2, 1 if len(held) > 1 else -2, -1, -2]
