"""Sums over the nearest units, for cells and for points."""

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
from strategies import Cells, as_cells, cells, residents, sums
from udsat_geo.grid import rings
from udsat_geo.kernels.cells import index_cells
from udsat_geo.kernels.context import bucket_points, context_of_cells, context_of_points
from udsat_geo.scoring import buckets

pytestmark = pytest.mark.filterwarnings("error")

Peopled = tuple[NDArray[Any], NDArray[Any], NDArray[np.int64], NDArray[np.int64]]
LEAST = st.one_of(st.integers(0, 100), st.integers(0, 20_000))


@st.composite
def peopled_cells(draw: DrawFn) -> Peopled:
    row, col = draw(cells(min_size=1, max_size=20))
    return row, col, draw(residents(len(row))), draw(sums(len(row), 2))


@st.composite
def peopled_points(draw: DrawFn) -> Peopled:
    """Places on a coarse lattice (many equal distances, some shared places), anywhere, or with a far outlier."""
    n_units = draw(st.integers(1, 20))
    lattice = st.integers(-8, 8).map(lambda step: step * 62.5)
    where = draw(st.sampled_from([lattice, st.floats(-500, 500), st.one_of(lattice, st.just(1e6))]))
    easting = draw(hnp.arrays(np.float64, n_units, elements=where))
    northing = draw(hnp.arrays(np.float64, n_units, elements=where))
    origin = draw(st.sampled_from([0.0, 6_170_000.0]))
    return easting + origin / 8, northing + origin, draw(residents(n_units)), draw(sums(n_units, 2))


def view_of_cells(peopled: Peopled, reach_in_cells: float, least: int) -> tuple[list[int], list[list[int]]]:
    row, col, living, counted = peopled
    steps = rings(100, reach_in_cells * 100)
    found = context_of_cells(row, col, index_cells(row, col), *steps, living, counted, least)
    return found[0].tolist(), found[1].tolist()


def view_of_points(peopled: Peopled, reach: float, least: int) -> tuple[list[int], list[list[int]]]:
    easting, northing, living, counted = peopled
    row, col, n_rows, n_cols = buckets(easting, northing, reach)
    found = context_of_points(easting, northing, row, col, n_rows, n_cols, reach, living, counted, least)
    return found[0].tolist(), found[1].tolist()


def shuffled(peopled: Peopled, order: NDArray[np.int64]) -> Peopled:
    return peopled[0][order], peopled[1][order], peopled[2][order], peopled[3][order]


def order_of(n_units: int, random: Any) -> NDArray[np.int64]:
    order = list(range(n_units))
    random.shuffle(order)
    return np.array(order, dtype=np.int64)


@given(peopled_cells(), st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0, 5.0]), LEAST)
def test_context_of_cells_equals_its_twin(peopled: Peopled, reach: float, least: int) -> None:
    row, col, living, counted = (part.tolist() for part in peopled)
    wanted = reference.context_of_cells(row, col, reach**2, living, counted, least)
    assert view_of_cells(peopled, reach, least) == wanted


@given(peopled_points(), st.sampled_from([62.5, 100.0, 187.5, 333.3, 2000.0]), LEAST)
def test_context_of_points_equals_its_twin(peopled: Peopled, reach: float, least: int) -> None:
    easting, northing, living, counted = (part.tolist() for part in peopled)
    wanted = reference.context_of_points(easting, northing, reach, living, counted, least)
    assert view_of_points(peopled, reach, least) == wanted


@given(peopled_cells(), st.sampled_from([1.0, 2.0, 5.0]), LEAST)
def test_cells_seen_as_points_see_the_same(peopled: Peopled, reach: float, least: int) -> None:
    """Two kernels, one rule; cells near the origin, so that their centres are exact."""
    row, col, living, counted = peopled
    row, col = (row % 7) + 7 * np.arange(len(row)), col % 7
    easting, northing = (col + 0.5) * 100, (row + 0.5) * 100
    points = view_of_points((easting, northing, living, counted), reach * 100, least)
    assert view_of_cells((row, col, living, counted), reach, least) == points


@given(peopled_cells(), LEAST, st.randoms())
def test_the_order_of_cells_does_not_matter(peopled: Peopled, least: int, random: Any) -> None:
    order = order_of(len(peopled[0]), random)
    seen, counted = view_of_cells(peopled, 3.0, least)
    again, counted_again = view_of_cells(shuffled(peopled, order), 3.0, least)
    assert again == [seen[unit] for unit in order]
    assert counted_again == [counted[unit] for unit in order]


@given(peopled_points(), LEAST, st.randoms())
def test_the_order_of_points_does_not_matter(peopled: Peopled, least: int, random: Any) -> None:
    order = order_of(len(peopled[0]), random)
    seen, counted = view_of_points(peopled, 187.5, least)
    again, counted_again = view_of_points(shuffled(peopled, order), 187.5, least)
    assert again == [seen[unit] for unit in order]
    assert counted_again == [counted[unit] for unit in order]


@given(peopled_cells(), LEAST)
def test_a_mirrored_city_sees_the_same(peopled: Peopled, least: int) -> None:
    row, col, living, counted = peopled
    assert view_of_cells((col, -row, living, counted), 3.0, least) == view_of_cells(peopled, 3.0, least)


@given(peopled_cells(), st.integers(0, 100), st.integers(0, 100))
def test_whoever_asks_for_more_sees_no_fewer(peopled: Peopled, least: int, more: int) -> None:
    fewer, _ = view_of_cells(peopled, 3.0, least)
    seen, _ = view_of_cells(peopled, 3.0, least + more)
    assert all(a <= b for a, b in zip(fewer, seen, strict=True))


@given(peopled_cells())
def test_one_resident_counted_twice_is_seen_twice(peopled: Peopled) -> None:
    """Everything doubled, and twice as many asked for: the same units are in view."""
    row, col, living, counted = peopled
    seen, sums_seen = view_of_cells(peopled, 3.0, 30)
    twice, sums_twice = view_of_cells((row, col, 2 * living, 2 * counted), 3.0, 60)
    assert twice == [2 * number for number in seen]
    assert sums_twice == [[2 * value for value in line] for line in sums_seen]


def test_a_ring_comes_in_whole_and_the_search_stops_exactly_at_the_least() -> None:
    """A cross of five cells and a cell beyond: 10 in the middle, 1 in each arm, 7 beyond."""
    row, col = as_cells([(0, 0), (0, 1), (1, 0), (0, -1), (-1, 0), (0, 2)])
    peopled = row, col, np.array([10, 1, 1, 1, 1, 7]), np.arange(6)[:, None]
    middle = {least: view_of_cells(peopled, 5.0, least)[0][0] for least in (0, 10, 11, 14, 15, 21, 22)}
    assert middle == {0: 10, 10: 10, 11: 14, 14: 14, 15: 21, 21: 21, 22: 21}


def test_reach_is_inclusive() -> None:
    points = np.array([0.0, 300.0]), np.array([0.0, 400.0]), np.array([1, 2]), np.array([[1], [2]])
    assert view_of_points(points, 500.0, 99)[0] == [3, 3]
    assert view_of_points(points, 499.99, 99)[0] == [1, 2]


def test_points_at_one_place_come_in_together() -> None:
    """The unit itself is at distance 0, and so are its neighbours in the same place."""
    points = np.zeros(3), np.zeros(3), np.array([5, 6, 7]), np.zeros((3, 1), dtype=np.int64)
    assert view_of_points(points, 10.0, 1)[0] == [18, 18, 18]


@given(cells(max_size=20))
def test_bucket_points_equals_its_twin(drawn: Cells) -> None:
    row, col = drawn[0] % 4, drawn[1] % 3
    start, points = bucket_points(row, col, 4, 3)
    wanted = reference.bucket_points(row.tolist(), col.tolist(), 4, 3)
    assert (start.tolist(), points.tolist()) == wanted


def test_bucket_points_by_hand() -> None:
    row, col = as_cells([(1, 0), (0, 1), (1, 0)])
    start, points = bucket_points(row, col, 2, 2)
    assert start.tolist() == [0, 0, 1, 3, 3]
    assert points.tolist() == [1, 0, 2]
