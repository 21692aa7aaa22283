"""The polygon of a point."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

import reference_polygons
from udsat_geo.kernels.polygons import (
    INSIDE,
    ON_BORDER,
    OUTSIDE,
    cover_buckets,
    edges_across,
    edges_by_row,
    locate_points,
    place_in_polygon,
    runs_by_bucket,
)
from udsat_geo.zones import edges_of

pytestmark = pytest.mark.filterwarnings("error")

Zones = NDArray[np.object_]

SIDE, SPAN = 5, 8
"""Of the squares that polygons are made of, and of the points around them."""

SHEARS = ((1, 0, 0, 1), (1, 0, 2, 1), (1, 3, 0, 1), (2, -1, 1, 1))
"""Whole numbers that turn squares into slanted figures whose corners stay whole."""


@st.composite
def polygons(draw: DrawFn) -> shapely.Geometry:
    """A valid polygon or multipolygon of unit squares, with holes and parts that meet in a corner, sheared."""
    cell = st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))
    cells = draw(st.lists(cell, min_size=1, max_size=14, unique=True))
    figure = shapely.union_all([shapely.box(col, row, col + 1, row + 1) for row, col in cells])
    a, b, c, d = draw(st.sampled_from(SHEARS))
    return shapely.transform(figure, lambda xy: xy @ np.array([[a, c], [b, d]], dtype=float))


@st.composite
def zone_lists(draw: DrawFn, max_size: int = 4) -> Zones:
    """Polygons that may overlap, share borders, or be one inside the other."""
    found = draw(st.lists(polygons(), min_size=1, max_size=max_size))
    zones = np.empty(len(found), dtype=object)
    zones[:] = found
    return zones


def points() -> st.SearchStrategy[list[tuple[float, float]]]:
    """Points on a lattice of halves: many lie on corners and edges."""
    position = st.integers(-2 * SPAN, 6 * SPAN).map(lambda half: half / 2)
    return st.lists(st.tuples(position, position), max_size=12)


GRIDS = st.sampled_from([1.0, 1.75, 3.0, 7.3, 100.0])


def columns_of(zones: Zones) -> tuple[Any, ...]:
    return edges_of(zones)


def rows_of(columns: Sequence[Any]) -> list[tuple[float, ...]]:
    return list(zip(*(column.tolist() for column in columns[:4]), strict=True))


def grid_of(columns: Sequence[Any], side: float, beyond: float = 0.0) -> tuple[float, float, float, int, int]:
    """A grid over all edges, beginning a little before them if asked."""
    west, south = float(columns[0].min()) - beyond, float(columns[1].min()) - beyond
    n_rows, n_cols = int((columns[1].max() - south) / side) + 1, int((columns[0].max() - west) / side) + 1
    return west, south, side, n_rows, n_cols


def located(zones: Zones, found: Any, side: float) -> tuple[list[int], int]:
    columns = columns_of(zones)
    xy = np.array(found, dtype=np.float64).reshape(-1, 2)
    zone, in_several = locate_points(xy[:, 0].copy(), xy[:, 1].copy(), *columns, len(zones), *grid_of(columns, side))
    return zone.tolist(), int(in_several)


# --- against the exact twins --------------------------------------------------------------------------------


@given(zone_lists(), points(), GRIDS)
def test_locate_points_equals_its_twin_whatever_the_grid(zones: Zones, found: Any, side: float) -> None:
    columns = columns_of(zones)
    wanted = reference_polygons.locate_points(found, rows_of(columns), columns[4].tolist(), len(zones))
    assert located(zones, found, side) == wanted


@given(polygons(), points())
def test_place_in_polygon_equals_its_twin(zone: Any, found: Any) -> None:
    columns = columns_of(np.array([zone], dtype=object))
    edges = np.arange(len(columns[4]), dtype=np.int32)
    for point in found:
        assert place_in_polygon(*point, *columns, edges) == reference_polygons.place_in_polygon(
            *point, rows_of(columns)
        )


@given(zone_lists(), GRIDS, st.sampled_from([0.0, 0.25]))
def test_the_index_equals_its_twins(zones: Zones, side: float, beyond: float) -> None:
    columns = columns_of(zones)
    rows, owner = rows_of(columns), columns[4].tolist()
    west, south, side, n_rows, n_cols = grid_of(columns, side, beyond)
    by_row = edges_by_row(columns[1], columns[3], south, side, n_rows)
    assert tuple(part.tolist() for part in by_row) == reference_polygons.edges_by_row(rows, south, side, n_rows)
    grid = (west, south, side, n_cols)
    runs = runs_by_bucket(*columns, *by_row, *grid)
    twins = tuple(part.tolist() for part in by_row)
    assert tuple(part.tolist() for part in runs) == reference_polygons.runs_by_bucket(rows, owner, *twins, *grid)
    cover = cover_buckets(*columns, len(zones), *by_row, *runs, *grid)
    twins += tuple(part.tolist() for part in runs)
    wanted = reference_polygons.cover_buckets(rows, owner, len(zones), *twins, *grid)
    assert tuple(part.tolist() for part in cover) == wanted


@given(zone_lists(), st.integers(-8, 20), st.sampled_from([0.5, 0.0]))
def test_edges_across_equals_its_twin(zones: Zones, row: int, half: float) -> None:
    """No edge of whole numbers crosses such a line just where two of these columns meet."""
    columns = columns_of(zones)
    west, side = float(columns[0].min()) - 0.01, 1.1234567
    n_cols = int((columns[0].max() - west) / side) + 1
    chosen = np.arange(0, len(columns[4]), 2, dtype=np.int32)
    found = edges_across(row + half, *columns[:4], chosen, west, side, n_cols)
    wanted = reference_polygons.edges_across(row + half, rows_of(columns), chosen.tolist(), west, side, n_cols)
    assert tuple(part.tolist() for part in found) == wanted


@given(zone_lists(), points(), GRIDS, st.sampled_from([(724_000, 6_175_000), (-61_740, 0.5), (99_000_000, -7)]))
def test_where_on_earth_the_zones_lie_does_not_matter(zones: Zones, found: Any, side: float, origin: Any) -> None:
    moved = shapely.transform(zones, lambda xy: xy + origin)
    assert located(moved, [np.add(point, origin) for point in found], side) == located(zones, found, side)


# --- near an edge -------------------------------------------------------------------------------------------


def test_a_point_a_rounding_away_from_a_slanted_edge_is_never_on_its_wrong_side() -> None:
    """Middles of edges at Copenhagen's coordinates, rounded, and the floats around them."""
    rng = np.random.default_rng(1)
    for _ in range(200):
        corners = np.array([724_000.0, 6_175_000.0]) + np.round(rng.random((3, 2)) * 300, 3)
        zone = shapely.Polygon(corners)
        columns = columns_of(np.array([zone], dtype=object))
        share = rng.random()
        middle = corners[0] + share * (corners[1] - corners[0])
        for east in (-1, 0, 1):
            for north in (-1, 0, 1):
                point = (
                    middle[0] if not east else np.nextafter(middle[0], east * np.inf),
                    middle[1] if not north else np.nextafter(middle[1], north * np.inf),
                )
                edges = np.arange(3, dtype=np.int32)
                found = place_in_polygon(*point, *columns, edges)
                exact = reference_polygons.place_in_polygon(*point, rows_of(columns))
                assert found in (exact, ON_BORDER)
                if found != exact:
                    assert zone.exterior.distance(shapely.Point(point)) < 1e-9


def test_the_floats_beside_an_upright_edge_are_told_apart() -> None:
    columns = columns_of(np.array([shapely.box(724_000.1, 6_175_000.3, 724_100.1, 6_175_100.3)], dtype=object))
    edges = np.arange(4, dtype=np.int32)
    west, middle = 724_000.1, 6_175_050.0
    assert place_in_polygon(west, middle, *columns, edges) == ON_BORDER
    assert place_in_polygon(float(np.nextafter(west, np.inf)), middle, *columns, edges) == INSIDE
    assert place_in_polygon(float(np.nextafter(west, -np.inf)), middle, *columns, edges) == OUTSIDE


def test_a_third_is_on_the_line_as_far_as_floats_can_tell() -> None:
    columns = columns_of(np.array([shapely.Polygon([(0, 0), (3, 1), (3, -1)])], dtype=object))
    third = 1 / 3
    assert Fraction(third) * 3 != 1
    assert place_in_polygon(1.0, third, *columns, np.arange(3, dtype=np.int32)) == ON_BORDER


# --- against GEOS -------------------------------------------------------------------------------------------


def stars(rng: np.random.Generator, count: int, corners: int) -> Zones:
    """Jagged polygons that overlap, some with a hole."""
    zones = []
    for number in range(count):
        angle = np.sort(rng.random(corners)) * 2 * np.pi
        radius = 300 * (0.5 + rng.random(corners))
        rim = rng.random(2) * 4000 + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        star = shapely.Polygon(np.round(rim, 2))
        zones.append(star.difference(star.centroid.buffer(60)) if number % 3 == 0 else star)
    kept = np.empty(len(zones), dtype=object)
    kept[:] = zones
    return kept[shapely.is_valid(kept)]


@pytest.mark.parametrize("side", [9.0, 77.0, 640.0, 1e5])
def test_stars_hold_the_points_that_geos_says(side: float) -> None:
    rng = np.random.default_rng(7)
    zones = stars(rng, 60, 40)
    found = np.round(rng.random((4000, 2)) * 5000 - 500, 1)
    # every corner of every zone, too
    found = np.vstack([found, shapely.get_coordinates(zones)])
    holds = shapely.intersects(zones[:, None], shapely.points(found)[None, :])
    wanted = np.where(holds.any(axis=0), holds.argmax(axis=0), -1)
    inside = shapely.contains(zones[:, None], shapely.points(found)[None, :])
    assert 0.2 < (wanted >= 0).mean() < 0.95
    assert located(zones, found, side) == (wanted.tolist(), int((inside.sum(axis=0) > 1).sum()))


# --- by hand ------------------------------------------------------------------------------------------------


def test_a_border_belongs_to_the_first_of_two_and_no_interior() -> None:
    zones = np.array([shapely.box(10, 0, 20, 10), shapely.box(0, 0, 10, 10)], dtype=object)
    assert located(zones, [(10, 5), (5, 5), (15, 5), (10, 10), (20, 0), (10, 10.5)], 4.0) == ([0, 1, 0, 0, 0, -1], 0)


def test_the_first_of_nested_zones_holds_a_point() -> None:
    zones = np.array([shapely.box(4, 4, 6, 6), shapely.box(0, 0, 10, 10), shapely.box(-9, -9, 19, 19)], dtype=object)
    assert located(zones, [(5, 5), (1, 1), (-5, -5), (4, 4), (30, 5)], 1.0) == ([0, 1, 2, 0, -1], 3)


def test_a_hole_is_outside_and_its_rim_is_not() -> None:
    ring = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    found = [(15, 15), (10, 15), (10, 10), (5, 5), (29.999, 15), (15, 30)]
    assert located(np.array([ring], dtype=object), found, 2.5) == ([-1, 0, 0, 0, 0, 0], 0)


def test_points_beyond_the_grid_or_nowhere_are_in_no_polygon() -> None:
    zones = np.array([shapely.box(0, 0, 10, 10)], dtype=object)
    far = [(-1e9, 5), (1e9, 5), (5, 1e300), (np.nan, 5), (5, np.nan), (np.inf, 5)]
    assert located(zones, far, 3.0) == ([-1] * 6, 0)


def test_the_order_of_points_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    zones, found = stars(rng, 20, 30), np.round(rng.random((1000, 2)) * 4000, 1)
    order = rng.permutation(len(found))
    whole, _ = located(zones, found, 50.0)
    shuffled, _ = located(zones, found[order], 50.0)
    assert shuffled == np.array(whole)[order].tolist()
