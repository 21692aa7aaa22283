"""The index of points in strips, and what lies within a radius."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import reference
from strategies import LATTICE_M, Points, by_easting, points
from udsat_geo.kernels.nearby import points_in_strips, points_within, squared_distance

pytestmark = pytest.mark.filterwarnings("error")

COORDINATE = st.one_of(st.floats(-1e8, 1e8), st.integers(-8, 8).map(lambda step: step * LATTICE_M))


def found_within(drawn: Points, at: tuple[float, float], radius: float) -> tuple[list[int], list[float]]:
    """Numbers of the points within a radius, in their own order, and the squares of their distances."""
    easting, northing = drawn
    point_at, strip_start, south, height = points_in_strips(northing, by_easting(easting))
    near, square = np.empty(len(easting) + 1, dtype=np.int64), np.empty(len(easting) + 1)
    n_near = points_within(*at, radius, easting[point_at], northing[point_at], strip_start, south, height, near, square)
    assert (np.diff(near[:n_near]) > 0).all()
    found = point_at[near[:n_near]]
    order = np.argsort(found)
    return found[order].tolist(), square[:n_near][order].tolist()


@given(COORDINATE, COORDINATE, COORDINATE, COORDINATE)
def test_squared_distance_equals_its_twin_either_way_round(a: float, b: float, c: float, d: float) -> None:
    wanted = reference.squared_distance(a, b, c, d)
    assert squared_distance(a, b, c, d) == squared_distance(c, d, a, b) == wanted


@pytest.mark.long
@given(points(0, 40))
def test_points_in_strips_equals_its_twin(drawn: Points) -> None:
    easting, northing = drawn
    order = by_easting(easting)
    point_at, strip_start, south, height = points_in_strips(northing, order)
    wanted = reference.points_in_strips(northing.tolist(), order.tolist())
    assert (point_at.tolist(), strip_start.tolist(), south, height) == wanted


def test_points_in_strips_by_hand() -> None:
    """Four points make four parts of 10 m, and the northernmost stands in a strip of its own."""
    easting, northing = np.array([3.0, 1.0, 2.0, 0.0]), np.array([100.0, 105.0, 109.0, 140.0])
    point_at, strip_start, south, height = points_in_strips(northing, by_easting(easting))
    assert point_at.tolist() == [1, 2, 0, 3]
    assert strip_start.tolist() == [0, 3, 3, 3, 3, 4]
    assert (south, height) == (100.0, 10.0)


@pytest.mark.long
@given(points(1, 40), st.sampled_from([0.0, 1.0, LATTICE_M, 100.0, 187.5, 333.3, 2e3, 1e6]), st.data())
def test_points_within_equals_its_twin(drawn: Points, radius: float, data: st.DataObject) -> None:
    """Around one of the points, and around a place that may lie outside of all strips."""
    own = data.draw(st.integers(0, len(drawn[0]) - 1))
    elsewhere = data.draw(COORDINATE), data.draw(COORDINATE)
    for at in ((float(drawn[0][own]), float(drawn[1][own])), elsewhere):
        wanted = reference.points_within(*at, radius, drawn[0].tolist(), drawn[1].tolist())
        assert found_within(drawn, at, radius) == wanted


def test_a_point_whose_distance_has_no_square_lies_within_nothing_at_all() -> None:
    drawn = (np.array([3.9e-292, 1.0]), np.array([0.0, 0.0]))
    assert found_within(drawn, (0.0, 0.0), 0.0) == ([0], [0.0])


@pytest.mark.parametrize("radius", [0.1, 0.7, 50.0, 99.9, 333.3])
@pytest.mark.parametrize("middle", [0.3, 720_000.3, 6_170_000.7, 9e7, 1e13])
def test_what_lies_within_is_decided_to_the_last_bit(radius: float, middle: float) -> None:
    """Points at the radius and up to three bits off it, in every direction along the axes."""
    line: list[float] = [middle]
    for end in (middle - radius, middle + radius):
        for way in (-np.inf, np.inf):
            step = end
            for _ in range(3):
                line.append(float(step))
                step = np.nextafter(step, way)
    along, across = np.array(line), np.full(len(line), middle)
    for drawn in ((along, across), (across, along)):
        wanted = reference.points_within(middle, middle, radius, drawn[0].tolist(), drawn[1].tolist())
        assert found_within(drawn, (middle, middle), radius) == wanted


def test_a_far_outlier_leaves_the_others_in_strips() -> None:
    """All but one point come into one strip, where they still stand from west to east."""
    northing: NDArray[np.float64] = np.append(np.arange(99.0), 1e8)
    point_at, strip_start, _, _ = points_in_strips(northing, by_easting(northing))
    assert point_at.tolist() == list(range(100))
    assert len(strip_start) == 22
