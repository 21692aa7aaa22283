"""Sums over the nearest units, for cells and for points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

import reference
from strategies import as_cells, by_easting, cells, points, residents, sums
from udsat_geo.kernels.cells import index_cells
from udsat_geo.kernels.nearby import context_of_cells, context_of_points, square_with_enough
from udsat_geo.scoring.rates import sums_on_grid
from udsat_geo.units.grid import rings

pytestmark = pytest.mark.filterwarnings("error")

Peopled = tuple[NDArray[Any], NDArray[Any], NDArray[np.int64], NDArray[np.int64]]
LEAST = st.one_of(st.integers(0, 100), st.integers(0, 20_000))


@st.composite
def peopled_cells(draw: DrawFn) -> Peopled:
    row, col = draw(cells(min_size=1, max_size=20))
    return row, col, draw(residents(len(row))), draw(sums(len(row), 2))


@st.composite
def peopled_points(draw: DrawFn) -> Peopled:
    easting, northing = draw(points())
    return easting, northing, draw(residents(len(easting))), draw(sums(len(easting), 2))


def view_of_cells(peopled: Peopled, reach_in_cells: float, least: int) -> tuple[list[int], list[list[int]]]:
    row, col, living, counted = peopled
    steps = rings(100, reach_in_cells * 100)
    found = sums_on_grid(row, col, steps, living, counted, least)
    assert in_parts(peopled, steps, least) == (found[0].tolist(), found[1].tolist())
    return found[0].tolist(), found[1].tolist()


def in_parts(peopled: Peopled, steps: tuple[Any, Any, Any], least: int) -> tuple[list[int], list[list[int]]]:
    """By the table of cells, in two parts."""
    row, col, living, counted = peopled
    found = np.empty(len(row), dtype=np.int64), np.zeros_like(counted)
    places = index_cells(row, col), np.empty((0, 0), dtype=np.int32), 0, 0
    for part in ((0, len(row) // 2), (len(row) // 2, len(row))):
        context_of_cells(row, col, *places, *steps, living, counted, least, *part, *found)
    return found[0].tolist(), found[1].tolist()


def view_of_points(peopled: Peopled, reach: float, least: int) -> tuple[list[int], list[list[int]]]:
    easting, northing, living, counted = peopled
    found = context_of_points(easting, northing, by_easting(easting), reach, living, counted, least)
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


@pytest.mark.long
@given(peopled_points(), st.sampled_from([62.5, 100.0, 187.5, 333.3, 2000.0]), LEAST)
def test_context_of_points_equals_its_twin(peopled: Peopled, reach: float, least: int) -> None:
    easting, northing, living, counted = (part.tolist() for part in peopled)
    wanted = reference.context_of_points(easting, northing, reach, living, counted, least)
    assert view_of_points(peopled, reach, least) == wanted


@pytest.mark.long
@given(peopled_cells(), st.sampled_from([1.0, 2.0, 5.0]), LEAST)
def test_cells_seen_as_points_see_the_same(peopled: Peopled, reach: float, least: int) -> None:
    """Two kernels, one rule; cells near the origin, so that their centres are exact."""
    row, col, living, counted = peopled
    row, col = (row % 7) + 7 * np.arange(len(row)), col % 7
    easting, northing = (col + 0.5) * 100, (row + 0.5) * 100
    points = view_of_points((easting, northing, living, counted), reach * 100, least)
    assert view_of_cells((row, col, living, counted), reach, least) == points


@pytest.mark.long
@given(peopled_cells(), LEAST, st.randoms())
def test_the_order_of_cells_does_not_matter(peopled: Peopled, least: int, random: Any) -> None:
    order = order_of(len(peopled[0]), random)
    seen, counted = view_of_cells(peopled, 3.0, least)
    again, counted_again = view_of_cells(shuffled(peopled, order), 3.0, least)
    assert again == [seen[unit] for unit in order]
    assert counted_again == [counted[unit] for unit in order]


@pytest.mark.long
@given(peopled_points(), LEAST, st.randoms())
def test_the_order_of_points_does_not_matter(peopled: Peopled, least: int, random: Any) -> None:
    order = order_of(len(peopled[0]), random)
    seen, counted = view_of_points(peopled, 187.5, least)
    again, counted_again = view_of_points(shuffled(peopled, order), 187.5, least)
    assert again == [seen[unit] for unit in order]
    assert counted_again == [counted[unit] for unit in order]


@pytest.mark.long
@given(peopled_cells(), LEAST)
def test_a_mirrored_city_sees_the_same(peopled: Peopled, least: int) -> None:
    row, col, living, counted = peopled
    assert view_of_cells((col, -row, living, counted), 3.0, least) == view_of_cells(peopled, 3.0, least)


@pytest.mark.long
@given(peopled_cells(), st.integers(0, 100), st.integers(0, 100))
def test_whoever_asks_for_more_sees_no_fewer(peopled: Peopled, least: int, more: int) -> None:
    fewer, _ = view_of_cells(peopled, 3.0, least)
    seen, _ = view_of_cells(peopled, 3.0, least + more)
    assert all(a <= b for a, b in zip(fewer, seen, strict=True))


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.parametrize("least", [1, 40, 10**6])
@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e5])
def test_many_points_see_what_a_double_loop_sees(least: int, scale: float) -> None:
    """Enough points for many strips: a crowd, a scatter, a pile at one place and an outlier, in no order."""
    random = np.random.default_rng(0)
    crowd, scatter = random.normal(0, 20, (2, 120)), random.uniform(-2000, 2000, (2, 60))
    pile, outlier = np.full((2, 40), 7.0), np.full((2, 1), 1e7)
    easting, northing = random.permutation(np.hstack([crowd, scatter, pile, outlier]), axis=1) * scale
    peopled = easting, northing, random.integers(0, 4, len(easting)), random.integers(-9, 9, (len(easting), 3))
    wanted = reference.context_of_points(*(part.tolist() for part in peopled[:2]), 500.0 * scale,
                                         *(part.tolist() for part in peopled[2:]), least)  # fmt: skip
    assert view_of_points(peopled, 500.0 * scale, least) == wanted


@pytest.mark.parametrize("reach", [0.7, 99.9, 150.1, 333.3, 1000.0])
@pytest.mark.parametrize("west", [0.0, 123.4, 720_000.3])
def test_reach_is_decided_to_the_last_bit(reach: float, west: float) -> None:
    """Places a whole number of reaches apart, give or take the last bit, where rounding is at its worst."""
    exact = west + np.arange(12) * reach
    line = np.concatenate([exact, np.nextafter(exact, -np.inf)[1:], np.nextafter(exact, np.inf)])
    ones, none = np.ones(len(line), dtype=np.int64), np.zeros(len(line))
    for easting, northing in ((line, none), (none, line)):
        peopled = easting, northing, ones, ones[:, None]
        wanted = reference.context_of_points(
            easting.tolist(), northing.tolist(), reach, ones.tolist(), ones[:, None].tolist(), 99
        )
        assert view_of_points(peopled, reach, 99) == wanted


def test_no_units_see_nothing() -> None:
    nobody = np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros((0, 2), dtype=np.int64)
    assert view_of_points(nobody, 100.0, 5) == ([], [])


# --- how far enough live ------------------------------------------------------------------------------------

SQUARES = st.one_of(st.just(0.0), st.sampled_from([1.0, 2.0, 4.0]), st.floats(0, 1e6), st.floats(0, 1e-300))


@given(st.lists(st.tuples(SQUARES, st.integers(0, 30)), min_size=1, max_size=40), st.data())
def test_square_with_enough_equals_its_twin(near: list[tuple[float, int]], data: Any) -> None:
    square, living = [list(side) for side in zip(*near, strict=True)]
    least = data.draw(st.integers(0, sum(living)))
    found = square_with_enough(np.array(square), np.array(living), least)
    assert found == reference.square_with_enough(square, living, least)


def test_square_with_enough_by_hand() -> None:
    square, living = np.array([9.0, 1.0, 4.0, 1.0]), np.array([50, 2, 10, 3])
    wanted = {0: 1.0, 1: 1.0, 5: 1.0, 6: 4.0, 15: 4.0, 16: 9.0, 65: 9.0}
    assert {least: square_with_enough(square, living, least) for least in wanted} == wanted
