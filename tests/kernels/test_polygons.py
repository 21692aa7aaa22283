"""Whether a point lies in a polygon, by a ray and by the way to a reference."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import reference_polygons
from drawn_polygons import Zones, points, polygons, rows_of, zone_lists
from udsat_geo.kernels.crossings import orientation
from udsat_geo.kernels.polygons import (
    INSIDE,
    ON_BORDER,
    OUTSIDE,
    UNDECIDED,
    first_edge_of,
    place_by_reference,
    place_in_polygon,
)
from udsat_geo.units.zones import edges_of

pytestmark = pytest.mark.filterwarnings("error")


def of_one(zone: Any) -> tuple[Any, ...]:
    """The edges of one polygon."""
    return edges_of(np.array([zone], dtype=object))


def place_in(zone: Any, easting: float, northing: float) -> int:
    columns = of_one(zone)
    return place_in_polygon(easting, northing, 0, *columns, np.arange(len(columns[4]), dtype=np.int32))


def by_reference(zone: Any, point: Any, reference: Any, place_of_reference: int) -> int:
    ends = np.column_stack(of_one(zone)[:4])
    turns = np.array([orientation(*row, *reference) for row in ends.tolist()])
    return place_by_reference(*point, *reference, place_of_reference, ends, turns)


# --- against the exact twins --------------------------------------------------------------------------------


@pytest.mark.long
@given(zone_lists(), points())
def test_place_in_polygon_equals_its_twin(zones: Zones, found: Any) -> None:
    columns = edges_of(zones)
    edges = np.arange(len(columns[4]), dtype=np.int32)
    for point in found:
        for polygon in range(len(zones)):
            twin = reference_polygons.place_in_polygon(*point, polygon, rows_of(columns), columns[4].tolist())
            assert place_in_polygon(*point, polygon, *columns, edges) == twin


@pytest.mark.long
@given(polygons(), points(), points(), st.sampled_from([OUTSIDE, INSIDE, ON_BORDER, UNDECIDED]))
def test_place_by_reference_equals_its_twin(zone: Any, found: Any, references: Any, place: int) -> None:
    rows = rows_of(of_one(zone))
    for point in found:
        for reference in references:
            twin = reference_polygons.place_by_reference(*point, reference, place, rows)
            assert by_reference(zone, point, reference, place) == twin


@pytest.mark.long
@given(polygons(), points(), points())
def test_the_way_to_a_reference_leads_where_the_ray_does(zone: Any, found: Any, references: Any) -> None:
    for point in found:
        for reference in references:
            told = by_reference(zone, point, reference, place_in(zone, *reference))
            assert told in (place_in(zone, *point), UNDECIDED)


@pytest.mark.long
@given(zone_lists(), st.lists(st.integers(0, 60), unique=True))
def test_first_edge_of_equals_its_twin(zones: Zones, chosen: list[int]) -> None:
    owner = edges_of(zones)[4]
    edges = np.array(sorted(edge for edge in chosen if edge < len(owner)), dtype=np.int32)
    for polygon in range(len(zones) + 1):
        twin = reference_polygons.first_edge_of(polygon, owner.tolist(), edges.tolist())
        assert first_edge_of(polygon, owner, edges) == twin


# --- near an edge -------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_point_a_rounding_away_from_a_slanted_edge_is_never_on_its_wrong_side() -> None:
    """Middles of edges at Copenhagen's coordinates, rounded, and the floats around them."""
    rng = np.random.default_rng(1)
    for _ in range(200):
        corners = np.array([724_000.0, 6_175_000.0]) + np.round(rng.random((3, 2)) * 300, 3)
        zone = shapely.Polygon(corners)
        rows = rows_of(of_one(zone))
        middle = corners[0] + rng.random() * (corners[1] - corners[0])
        reference = tuple(corners.mean(axis=0).tolist())
        for east in (-1, 0, 1):
            for north in (-1, 0, 1):
                point = (
                    middle[0] if not east else np.nextafter(middle[0], east * np.inf),
                    middle[1] if not north else np.nextafter(middle[1], north * np.inf),
                )
                exact = reference_polygons.place_in_polygon(*point, 0, rows, [0, 0, 0])
                found, told = place_in(zone, *point), by_reference(zone, point, reference, INSIDE)
                assert found in (exact, ON_BORDER)
                assert told in (found, UNDECIDED)
                if found != exact:
                    assert zone.exterior.distance(shapely.Point(point)) < 1e-9


def test_the_floats_beside_an_upright_edge_are_told_apart() -> None:
    square = shapely.box(724_000.1, 6_175_000.3, 724_100.1, 6_175_100.3)
    west, middle = 724_000.1, 6_175_050.0
    for east, place in ((west, ON_BORDER), (np.nextafter(west, np.inf), INSIDE), (np.nextafter(west, 0.0), OUTSIDE)):
        assert place_in(square, float(east), middle) == place
        assert by_reference(square, (float(east), middle), (724_040.0, 6_175_060.0), INSIDE) == place


def test_a_third_is_on_the_line_as_far_as_floats_can_tell() -> None:
    wedge = shapely.Polygon([(0, 0), (3, 1), (3, -1)])
    third = 1 / 3
    assert Fraction(third) * 3 != 1
    assert place_in(wedge, 1.0, third) == ON_BORDER
    assert by_reference(wedge, (1.0, third), (2.5, 0.1), INSIDE) == ON_BORDER


# --- by hand ------------------------------------------------------------------------------------------------

RING = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))


@pytest.mark.parametrize(
    ("point", "place"),
    [
        ((5, 5), INSIDE),
        ((15, 15), OUTSIDE),
        ((-5, 15), OUTSIDE),
        ((35, 0), OUTSIDE),
        ((10, 15), ON_BORDER),
        ((10, 10), ON_BORDER),
        ((15, 30), ON_BORDER),
        ((5, 10), INSIDE),
        ((5, 20), INSIDE),
        ((-5, 30), OUTSIDE),
        ((-5, 0), OUTSIDE),
    ],
)
def test_a_hole_is_outside_and_its_rim_is_not(point: tuple[float, float], place: int) -> None:
    """Rays at the height of corners and along edges count them once."""
    assert place_in(RING, *point) == place
    assert by_reference(RING, point, (3.3, 4.4), INSIDE) in (place, UNDECIDED)


@pytest.mark.long
def test_a_way_through_a_corner_is_not_settled() -> None:
    assert by_reference(RING, (5, 5), (15, 15), OUTSIDE) == UNDECIDED
    assert by_reference(RING, (5, 5), (15, 14), OUTSIDE) == INSIDE
    assert by_reference(RING, (-5, 5), (5, 6), INSIDE) == OUTSIDE


def test_a_reference_on_the_border_settles_nothing_but_the_border() -> None:
    assert by_reference(RING, (5, 5), (10, 15), ON_BORDER) == UNDECIDED
    assert by_reference(RING, (0, 5), (10, 15), ON_BORDER) == ON_BORDER
