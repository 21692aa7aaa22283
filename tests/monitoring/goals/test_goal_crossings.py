"""Goal 16 over made barriers: lengths and crossings counted by hand, and what must not matter."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import LineString, MultiLineString, MultiPoint, Point, box

from builders import make_areas
from goal_worlds import write_geometries
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.messages.errors import InputError
from udsat_geo.monitoring.crossings import (
    Barriers,
    CrossingRule,
    Crossings,
    crossings_in,
    crossings_of_city,
    read_barriers,
)

RULE = CrossingRule(within=25, reach=0)


def polygons(*geometry: Any) -> AreaSet:
    return make_areas(geometry)


def barriers(lines: list[Any], points: list[Any]) -> Barriers:
    return Barriers(np.array(lines, object), np.array(points, object), {})


def counted(lines: list[Any], points: list[Any], *areas: Any, rule: CrossingRule = RULE) -> tuple[float, int]:
    found = crossings_in(barriers(lines, points), polygons(*areas).outline, rule)
    return found.length_km, found.count


SQUARE = box(0, 0, 1000, 1000)


@pytest.mark.parametrize(
    ("line", "km"),
    [
        (LineString([(-500, 500), (2000, 500)]), 1.0),  # straight through
        (LineString([(0, 0), (0, 1000)]), 1.0),  # along the border
        (LineString([(500, 500), (500, 3000)]), 0.5),  # out of it
        (LineString([(-500, -20), (2000, -20)]), 0.0),  # past it
        (LineString([(-500, 500), (0, 500)]), 0.0),  # ends at it
    ],
)
def test_the_barrier_inside_the_areas_and_on_their_border_counts(line: LineString, km: float) -> None:
    assert counted([line], [Point(500, 500)], SQUARE)[0] == pytest.approx(km)


@pytest.mark.parametrize(
    ("point", "count"),
    [((500, 500), 1), ((500, 525), 1), ((500, 525.01), 0), ((-20, 500), 1), ((-26, 500), 0), ((1500, 500), 0)],
)
def test_a_crossing_counts_within_25_metres_of_the_barrier_in_the_areas(point: tuple[float, float], count: int) -> None:
    assert counted([LineString([(-500, 500), (2000, 500)])], [Point(point)], SQUARE)[1] == count


def test_a_crossing_where_a_barrier_only_touches_an_area_does_not_count() -> None:
    assert counted([LineString([(-500, 500), (0, 500)])], [Point(0, 500)], SQUARE) == (0.0, 0)


def test_a_line_drawn_twice_counts_once() -> None:
    line = LineString([(0, 500), (1000, 500)])
    assert counted([line, line, LineString([(200, 500), (400, 500)])], [], SQUARE)[0] == pytest.approx(1.0)


def test_a_barrier_on_the_border_of_two_areas_and_its_crossing_count_once() -> None:
    two = (box(0, 0, 500, 1000), box(500, 0, 1000, 1000))
    assert counted([LineString([(500, 0), (500, 1000)])], [Point(500, 300)], *two) == (pytest.approx(1.0), 1)


def test_reach_lets_barriers_beside_the_areas_count() -> None:
    line, point = LineString([(-500, -20), (1500, -20)]), Point(500, -20)
    assert counted([line], [point], SQUARE) == (0.0, 0)
    km, count = counted([line], [point], SQUARE, rule=CrossingRule(within=25, reach=30))
    assert km == pytest.approx(1.0, abs=0.06)
    assert count == 1


def test_the_rate_is_crossings_over_kilometres() -> None:
    assert Crossings(39.9, 113).per_km == Fraction(113) / Fraction(39.9)
    assert Crossings(0.0, 0).per_km is None


def test_the_whole_file_is_counted_as_one_place() -> None:
    found = crossings_of_city(barriers([LineString([(0, 0), (3000, 0)])], [Point(10, 10), Point(0, 100)]), RULE)
    assert (found.length_km, found.count) == (3.0, 1)


coordinates = st.tuples(st.integers(-500, 1500), st.integers(-500, 1500))


@pytest.mark.long
@given(
    st.lists(st.tuples(coordinates, coordinates).filter(lambda ends: ends[0] != ends[1]), min_size=1, max_size=4),
    st.lists(coordinates, max_size=8),
)
def test_order_and_place_do_not_matter_and_pandas_like_loops_agree(
    ends: list[tuple[tuple[int, int], tuple[int, int]]], places: list[tuple[int, int]]
) -> None:
    lines, points = [LineString(pair) for pair in ends], [Point(place) for place in places]
    areas = (box(0, 0, 400, 1000), box(600, 200, 1000, 800))
    km, count = counted(lines, points, *areas)
    assert counted(lines[::-1], points[::-1], *areas[::-1]) == (pytest.approx(km), count)
    east, north = 720_000, 6_176_000
    moved = counted(
        [translate(line, east, north) for line in lines],
        [translate(point, east, north) for point in points],
        *(translate(area, east, north) for area in areas),
    )
    assert moved == (pytest.approx(km, abs=1e-6), count)
    # areas that do not touch: each by itself, lines joined by shapely's own union of what lies inside
    inside = shapely.union_all([line.intersection(area) for line in lines for area in areas])
    parts = [part for part in shapely.get_parts(inside) if part.geom_type in ("LineString", "MultiLineString")]
    assert km == pytest.approx(sum(part.length for part in parts) / 1000)
    near = [point for point in points if any(part.distance(point) <= RULE.within for part in parts)]
    assert count == len(near)


# --- files --------------------------------------------------------------------------------------------------


def test_files_are_read_whole(tmp_path: Path) -> None:
    lines = write_geometries(
        tmp_path / "lines.geojson",
        [LineString([(0, 0), (10, 0)]), MultiLineString([[(0, 5), (1, 5)], [(2, 5), (3, 5)]]), box(0, 0, 1, 1)],
    )
    points = write_geometries(tmp_path / "points.geojson", [Point(1, 0), MultiPoint([(2, 0), (3, 0)]), Point(1, 0)])
    read = read_barriers(lines, points, "en")
    assert len(read.lines) == 2
    assert sorted((point.x, point.y) for point in read.points) == [(1, 0), (2, 0), (3, 0)]
    assert list(read.notes) == [
        "lines.geojson: 1 polygons left out, since a polygon has no length as a barrier.",
        "points.geojson: 1 crossings at the place of another, counted once.",
    ]


def test_every_fault_of_both_files_is_told(tmp_path: Path) -> None:
    lines = write_geometries(tmp_path / "lines.gpkg", [Point(0, 0)])
    points = write_geometries(tmp_path / "points.gpkg", [LineString([(0, 0), (1, 1)])])
    with pytest.raises(InputError) as refused:
        read_barriers(lines, points, "en")
    first, second = refused.value.messages
    assert "lines.gpkg: geometries that are no lines" in first
    assert "points.gpkg: geometries that are no points" in second


def test_polygons_alone_are_no_barrier(tmp_path: Path) -> None:
    lines = write_geometries(tmp_path / "lines.gpkg", [box(0, 0, 1, 1)])
    points = write_geometries(tmp_path / "points.gpkg", [Point(0, 0)])
    with pytest.raises(InputError, match="holds no lines"):
        read_barriers(lines, points, "en")
