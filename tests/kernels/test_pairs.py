"""All pairs of points within reach of each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

import reference
from strategies import LATTICE_M, Points, by_easting, points
from udsat_geo.kernels.nearby import pairs_within

pytestmark = pytest.mark.filterwarnings("error")

REACH = st.sampled_from([1.0, LATTICE_M, 100.0, 187.5, 1e7])


def pairs_of(easting: Any, northing: Any, reach: float) -> tuple[list[int], list[int]]:
    fits, head, tail = pairs_within(easting, northing, by_easting(easting), reach, 10**6 * len(easting))
    assert fits
    assert head.dtype == tail.dtype == np.int32
    return head.tolist(), tail.tolist()


@given(points(0, 40), REACH)
def test_pairs_within_equals_its_twin(drawn: Points, reach: float) -> None:
    wanted = reference.pairs_within(drawn[0].tolist(), drawn[1].tolist(), reach)
    assert pairs_of(*drawn, reach) == wanted


@given(points(0, 20), REACH, st.integers(0, 30))
def test_more_pairs_than_there_may_be_are_none(drawn: Points, reach: float, most: int) -> None:
    wanted = reference.pairs_within(drawn[0].tolist(), drawn[1].tolist(), reach)
    fits, head, tail = pairs_within(*drawn, by_easting(drawn[0]), reach, most)
    assert fits == (len(wanted[0]) <= most)
    assert (head.tolist(), tail.tolist()) == (wanted if fits else ([], []))


def test_pairs_by_hand() -> None:
    """A line with steps of 30, 0 and 40 m, and a point 50 m from its end both ways along a 30-40-50 triangle."""
    easting = np.array([0.0, 30.0, 30.0, 70.0, 100.0])
    northing = np.array([0.0, 0.0, 0.0, 0.0, 40.0])
    assert pairs_of(easting, northing, 30.0) == ([0, 0, 1], [1, 2, 2])
    assert pairs_of(easting, northing, 50.0) == ([0, 0, 1, 1, 2, 3], [1, 2, 2, 3, 3, 4])
    assert pairs_of(easting, northing, 49.99) == ([0, 0, 1, 1, 2], [1, 2, 2, 3, 3])
    assert pairs_of(easting, northing, 0.0) == ([1], [2])


@given(points(2, 30), REACH, st.randoms())
def test_the_order_of_points_does_not_matter(drawn: Points, reach: float, random: Any) -> None:
    order = list(range(len(drawn[0])))
    random.shuffle(order)
    moved = pairs_of(drawn[0][order], drawn[1][order], reach)
    named = sorted(tuple(sorted((order[head], order[tail]))) for head, tail in zip(*moved, strict=True))
    assert named == list(zip(*pairs_of(*drawn, reach), strict=True))


@pytest.mark.parametrize("reach", [2.0, 25.0, 60.0, pytest.param(400.0, marks=pytest.mark.long)])
@pytest.mark.parametrize("shape", ["city", "streets", "piles"])
def test_pairs_are_those_of_a_tree(shape: str, reach: float) -> None:
    """Thousands of points, positions on the decimetre, in no order."""
    random = np.random.default_rng(5)
    east, north = random.uniform(0, 1500, (2, 3000)).round(1)
    if shape == "streets":
        north = (north / 100).round() * 100
    elif shape == "piles":
        east, north = (east / 100).round() * 100, (north / 100).round() * 100
    easting, northing = east + 720_000, north + 6_170_000
    tree = cKDTree(np.column_stack([easting, northing]))
    wanted = sorted((min(pair), max(pair)) for pair in tree.query_pairs(reach, output_type="ndarray").tolist())
    assert list(zip(*pairs_of(easting, northing, reach), strict=True)) == wanted
