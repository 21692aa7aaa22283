"""The polygon of each of many points, whatever the grid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import reference_polygons
from drawn_polygons import GRIDS, Zones, grid_over, points, rows_of, stars, zone_lists
from udsat_geo.kernels.crossings import index_segments
from udsat_geo.kernels.polygons import (
    cover_buckets,
    edges_across,
    edges_by_row,
    ends_in_buckets,
    locate_points,
    place_references,
    reference_of,
)
from udsat_geo.units.zones import edges_of

pytestmark = pytest.mark.filterwarnings("error")


def located(zones: Zones, found: Any, side: float) -> tuple[list[int], int]:
    columns = edges_of(zones)
    xy = np.array(found, dtype=np.float64).reshape(-1, 2)
    grid = grid_over(columns, side)
    zone, in_several = locate_points(xy[:, 0].copy(), xy[:, 1].copy(), *columns, len(zones), *grid)
    return zone.tolist(), int(in_several)


def as_lists(found: Any) -> tuple[list[Any], ...]:
    return tuple(part.tolist() for part in found)


# --- against the exact twins --------------------------------------------------------------------------------


@pytest.mark.long
@given(zone_lists(), points(), GRIDS)
def test_locate_points_equals_its_twin_whatever_the_grid(zones: Zones, found: Any, side: float) -> None:
    columns = edges_of(zones)
    wanted = reference_polygons.locate_points(found, rows_of(columns), columns[4].tolist(), len(zones))
    assert located(zones, found, side) == wanted


@pytest.mark.long
@given(zone_lists(), GRIDS, st.sampled_from([0.0, 0.25]))
def test_the_index_equals_its_twins(zones: Zones, side: float, beyond: float) -> None:
    columns = edges_of(zones)
    ends, (rows, owner) = columns[:4], (rows_of(columns), columns[4].tolist())
    west, south, side, n_rows, n_cols = grid_over(columns, side, beyond)
    by_row = edges_by_row(ends[1], ends[3], south, side, n_rows)
    assert as_lists(by_row) == reference_polygons.edges_by_row(rows, south, side, n_rows)
    by_bucket, grid = index_segments(*ends, west, south, side, n_rows, n_cols), (west, south, side, n_cols)
    twins = as_lists(by_bucket)
    cover = cover_buckets(*columns, len(zones), *by_row, *by_bucket, *grid)
    assert as_lists(cover) == reference_polygons.cover_buckets(rows, owner, len(zones), *twins, *grid)
    places = place_references(*columns, *by_row, *by_bucket, *grid)
    assert places.tolist() == reference_polygons.place_references(rows, owner, *twins, *grid)
    side_by_side, turns = ends_in_buckets(*ends, *by_bucket, *grid)
    twin_ends, twin_turns = reference_polygons.ends_in_buckets(rows, *twins, *grid)
    assert side_by_side.tolist() == [list(row) for row in twin_ends]
    for turn, twin in zip(turns.tolist(), twin_turns, strict=True):
        # 0 as well where rounding leaves it open
        assert turn * twin > 0 or (turn == 0 and abs(twin) < 1e-12)


@pytest.mark.long
@given(zone_lists(), st.integers(-8, 20), st.sampled_from([0.5, 0.0]))
def test_edges_across_equals_its_twin(zones: Zones, row: int, half: float) -> None:
    """No edge of whole numbers crosses such a line just where two of these columns meet."""
    columns = edges_of(zones)
    west, side = float(columns[0].min()) - 0.01, 1.1234567
    n_cols = int((columns[0].max() - west) / side) + 1
    chosen = np.arange(0, len(columns[4]), 2, dtype=np.int32)
    found = edges_across(row + half, *columns[:4], chosen, west, side, n_cols)
    wanted = reference_polygons.edges_across(row + half, rows_of(columns), chosen.tolist(), west, side, n_cols)
    assert as_lists(found) == wanted


@given(st.integers(0, 10**6), st.integers(1, 2000), st.floats(1, 1000), st.sampled_from([0.0, 6_175_000.25, -61_740.0]))
def test_reference_of_equals_its_twin_and_lies_in_its_bucket(bucket: int, n_cols: int, side: float, at: float) -> None:
    found = reference_of(bucket, at, -at, side, n_cols)
    assert found == reference_polygons.reference_of(bucket, at, -at, side, n_cols)
    row, col = divmod(bucket, n_cols)
    assert (int((found[0] - at) / side), int((found[1] + at) / side)) == (col, row)


@pytest.mark.long
@given(zone_lists(), points(), GRIDS, st.sampled_from([(724_000, 6_175_000), (-61_740, 0.5), (99_000_000, -7)]))
def test_where_on_earth_the_zones_lie_does_not_matter(zones: Zones, found: Any, side: float, origin: Any) -> None:
    moved = shapely.transform(zones, lambda xy: xy + origin)
    assert located(moved, [np.add(point, origin) for point in found], side) == located(zones, found, side)


# --- against GEOS -------------------------------------------------------------------------------------------


@pytest.mark.long
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
