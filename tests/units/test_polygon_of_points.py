"""Labels read off polygons, against one question to shapely for every point and polygon."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from udsat_geo.sources.features import shared_areas
from udsat_geo.units.zones import polygon_of_points


@st.composite
def polygons_and_points(draw: DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes and triangles on a small lattice, and points on it: many on borders and corners, many in several."""
    shapes = []
    for _ in range(draw(st.integers(0, 5))):
        west, south = draw(st.integers(0, 6)), draw(st.integers(0, 6))
        wide, high = draw(st.integers(1, 4)), draw(st.integers(1, 4))
        box = shapely.box(west, south, west + wide, south + high)
        triangle = shapely.Polygon([(west, south), (west + wide, south), (west, south + high)])
        shapes.append(draw(st.sampled_from([box, triangle])))
    polygons = np.empty(len(shapes), dtype=object)
    polygons[:] = shapes
    places = draw(st.lists(st.tuples(st.integers(-2, 22), st.integers(-2, 22)), max_size=30))
    easting, northing = (np.array([place[i] / 2 for place in places], dtype=np.float64) for i in (0, 1))
    return polygons, easting, northing


@given(polygons_and_points())
def test_a_point_belongs_to_the_first_polygon_that_covers_it(
    drawn: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    polygons, easting, northing = drawn
    found = polygon_of_points(polygons, easting, northing)
    points = [shapely.Point(x, y) for x, y in zip(easting, northing, strict=True)]
    covers = [[i for i, polygon in enumerate(polygons) if polygon.intersects(point)] for point in points]
    assert found.polygon.tolist() == [ids[0] if ids else -1 for ids in covers]
    holds = [[i for i, polygon in enumerate(polygons) if polygon.contains(point)] for point in points]
    twice = {
        (k, other) for k, ids in enumerate(holds) for other in ids if covers[k][0] != other and covers[k][0] in ids
    }
    assert set(zip(found.point.tolist(), found.other.tolist(), strict=True)) == twice


@given(polygons_and_points(), st.randoms(use_true_random=False))
def test_the_order_of_points_does_not_matter(drawn: tuple[np.ndarray, np.ndarray, np.ndarray], random: object) -> None:
    polygons, easting, northing = drawn
    order = list(range(len(easting)))
    random.shuffle(order)  # type: ignore[attr-defined]
    found = polygon_of_points(polygons, easting, northing).polygon
    assert polygon_of_points(polygons, easting[order], northing[order]).polygon.tolist() == found[order].tolist()


@given(polygons_and_points())
def test_shared_areas_are_those_of_every_pair(drawn: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    polygons = drawn[0]
    wanted = {
        (i, j): polygons[i].intersection(polygons[j]).area
        for i in range(len(polygons))
        for j in range(i + 1, len(polygons))
    }
    head, tail, shared_m2 = (side.tolist() for side in shared_areas(polygons))
    pairs = list(zip(head, tail, strict=True))
    assert pairs == [pair for pair, m2 in wanted.items() if m2 > 0]
    assert shared_m2 == [wanted[pair] for pair in pairs]


def test_a_polygon_with_a_hole_and_two_parts() -> None:
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    polygons = np.array([shapely.multipolygons([*shapely.get_parts(ring), shapely.box(20, 0, 21, 1)])], dtype=object)
    found = polygon_of_points(polygons, np.array([5.0, 4.0, 20.5, 15.0]), np.array([5.0, 5.0, 0.5, 0.5]))
    assert found.polygon.tolist() == [-1, 0, 0, -1]
    assert len(found.point) == 0


@pytest.mark.parametrize("n_points", [0, 3])
def test_no_polygons_hold_nothing(n_points: int) -> None:
    where = np.zeros(n_points)
    assert polygon_of_points(np.empty(0, dtype=object), where, where).polygon.tolist() == [-1] * n_points
