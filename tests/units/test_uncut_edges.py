"""Edges that barriers cut, and that crossings reopen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box
from test_contiguity import as_array, pairs, voronoi

from builders import make_barriers, make_cell_units, make_zone_units
from udsat_geo.kernels.components import label_components
from udsat_geo.units.barriers import Barriers
from udsat_geo.units.edges import Edges, grid_edges, uncut_edges, zone_edges
from udsat_geo.units.units import Units

pytestmark = pytest.mark.filterwarnings("error")

CELLS = [(row, col) for row in range(3) for col in range(4)]
"""Centres lie at 50, 150, 250 and 350 m east, and at 50, 150 and 250 m north."""


def edges_of(units: Units, rook: bool = True) -> Edges:
    if units.geometry is not None:
        return zone_edges(units.geometry, rook, 0.0)
    assert units.row is not None
    assert units.col is not None
    return grid_edges(units.row, units.col, rook)


def components(units: Units, edges: Edges) -> list[int]:
    component_of_unit, _ = label_components(np.ones(len(units), dtype=bool), edges.head, edges.tail)
    return list(component_of_unit.tolist())


# --- cells by hand ------------------------------------------------------------------------------------------


def test_a_railway_through_a_town_makes_two_towns() -> None:
    units = make_cell_units(CELLS)
    rail = make_barriers([(210, -500, 190, 900)])
    for rook in (False, True):
        kept = uncut_edges(edges_of(units, rook), units, rail)
        assert components(units, kept) == [0, 0, 1, 1] * 3


def test_a_bridge_joins_them_again_where_it_stands() -> None:
    """The railway runs at 200 m east; one edge crosses it at 150 m north."""
    units = make_cell_units(CELLS)
    edges = edges_of(units)
    kept = uncut_edges(edges, units, make_barriers([(200, -500, 200, 900)], [(205, 170)], 25.0))
    assert set(pairs(edges)) - set(pairs(kept)) == {(1, 2), (9, 10)}
    assert set(components(units, kept)) == {0}


def test_a_bridge_reopens_up_to_its_reach() -> None:
    units = make_cell_units(CELLS)
    edges = edges_of(units)
    for reach, n_cut in ((50.0, 1), (49.99, 3)):
        kept = uncut_edges(edges, units, make_barriers([(200, -500, 200, 900)], [(200, 100)], reach))
        assert len(edges) - len(kept) == n_cut


def test_a_barrier_that_ends_can_be_walked_round() -> None:
    units = make_cell_units(CELLS)
    kept = uncut_edges(edges_of(units), units, make_barriers([(200, -500, 200, 160)]))
    assert set(components(units, kept)) == {0}


def test_a_barrier_elsewhere_and_no_barrier_cut_nothing() -> None:
    units = make_cell_units(CELLS)
    edges = edges_of(units)
    for barriers in (make_barriers([]), make_barriers([(900, 0, 900, 900)]), make_barriers([(200, 0, 210, 40)])):
        assert pairs(uncut_edges(edges, units, barriers)) == pairs(edges)
    assert len(uncut_edges(Edges(edges.head[:0], edges.tail[:0]), units, make_barriers([(0, 0, 400, 0)]))) == 0


# --- cells at random ----------------------------------------------------------------------------------------

POSITION = st.integers(-2, 22).map(lambda step: step * 25.0)
SEGMENTS = st.lists(st.tuples(POSITION, POSITION, POSITION, POSITION), max_size=6)
CROSSINGS = st.lists(st.tuples(POSITION, POSITION), max_size=4)
TOWNS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=20, unique=True)


@pytest.mark.long
@given(TOWNS, SEGMENTS, CROSSINGS, st.sampled_from([0.0, 25.0, 60.0]), st.booleans())
def test_no_kept_edge_meets_a_barrier_but_near_a_crossing_and_no_other_edge_is_lost(
    cells: list[tuple[int, int]], segments: Any, crossings: Any, reach: float, rook: bool
) -> None:
    """By shapely: every barrier that an edge meets must be met within reach of a crossing."""
    units = make_cell_units(cells)
    edges = edges_of(units, rook)
    kept = set(pairs(uncut_edges(edges, units, make_barriers(segments, crossings, reach))))
    assert kept <= set(pairs(edges))
    places = shapely.points(np.reshape(crossings, (-1, 2)))
    for head, tail in pairs(edges):
        line = LineString([(units.easting[unit], units.northing[unit]) for unit in (head, tail)])
        opened = []
        for x, y, to_x, to_y in segments:
            barrier = Point(x, y) if (x, y) == (to_x, to_y) else LineString([(x, y), (to_x, to_y)])
            # GEOS says where, the middle of a shared piece being its centroid; whether, by distance
            if line.distance(barrier) < 1e-9:
                where = shapely.shortest_line(line, barrier).centroid
                shared = line.intersection(barrier)
                where = where if shared.is_empty else shared.centroid
                opened.append(bool((shapely.distance(places, where) <= reach + 1e-6).any()))
        assert ((head, tail) in kept) == all(opened)


@pytest.mark.long
@given(TOWNS, SEGMENTS, SEGMENTS, CROSSINGS, st.booleans())
def test_more_barriers_never_join_what_fewer_part(
    cells: list[tuple[int, int]], some: Any, more: Any, crossings: Any, rook: bool
) -> None:
    units = make_cell_units(cells)
    edges = edges_of(units, rook)
    fewer = components(units, uncut_edges(edges, units, make_barriers(some, crossings, 30.0)))
    parted = components(units, uncut_edges(edges, units, make_barriers(some + more, crossings, 30.0)))
    # who is together with more barriers was together before
    assert len(set(zip(parted, fewer, strict=True))) == len(set(parted))


# --- zones --------------------------------------------------------------------------------------------------

LEFT, RIGHT = box(0, 0, 100, 100), box(100, 0, 200, 100)


def joined(one: Any, other: Any, barriers: Barriers, tolerance: float = 0.0) -> bool:
    """Whether two zones stay joined; both ways round, which must agree."""
    found = []
    for zones in ([one, other], [other, one]):
        units = make_zone_units(zones)
        edges = zone_edges(as_array(zones), False, tolerance)
        assert pairs(edges) == [(0, 1)]
        found.append(len(uncut_edges(edges, units, barriers)) == 1)
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("segment", "wanted"),
    [
        ((100, -10, 100, 110), False),
        ((90, -10, 90, 110), False),
        ((20, -10, 20, 110), True),
        ((100, 60, 100, 110), True),
        ((0, 10, 200, 10), True),
    ],
    ids=["along the border", "before the border", "behind the centre", "beside the middle", "through both, aside"],
)
def test_zones_are_parted_by_what_lies_between_their_middles(segment: Any, wanted: bool) -> None:
    assert joined(LEFT, RIGHT, make_barriers([segment])) is wanted


def test_a_crossing_joins_zones_again_near_the_middle_of_their_border() -> None:
    river = [(100, -10, 100, 110)]
    assert joined(LEFT, RIGHT, make_barriers(river, [(100, 60)], 10.0))
    assert not joined(LEFT, RIGHT, make_barriers(river, [(100, 61)], 10.0))


def test_a_barrier_outside_both_zones_parts_no_concave_ones() -> None:
    """Two arms that meet at the bottom: the straight line between their centres runs over the gap."""
    left = Polygon([(0, 0), (100, 0), (100, 10), (10, 10), (10, 300), (0, 300)])
    right = shapely.transform(left, lambda places: places * [-1, 1] + [200, 0])
    assert joined(left, right, make_barriers([(100, 20, 100, 400)]))
    assert not joined(left, right, make_barriers([(100, -20, 100, 40)]))


def test_a_zone_whose_centroid_lies_elsewhere_is_left_from_within() -> None:
    """A horseshoe round a lake whose shore is a barrier; its neighbour touches it from outside."""
    horseshoe = box(0, 0, 100, 100).difference(box(20, 20, 80, 200))
    shore = make_barriers([(21, 21, 21, 99), (21, 21, 79, 21), (79, 21, 79, 99)])
    assert not horseshoe.contains(horseshoe.centroid)
    assert joined(horseshoe, box(-100, 0, 0, 100), shore)


BORDERS: dict[str, tuple[Any, tuple[float, float]]] = {
    "a gap, where it is narrowest": (Polygon([(101, 40), (200, 0), (200, 100)]), (100.5, 40)),
    "a corner": (box(100, 100, 200, 200), (100, 100)),
    "an overlap": (box(90, 0, 200, 100), (95, 50)),
    "the longer of two pieces": (MultiPolygon([box(100, 0, 120, 30), box(100, 40, 200, 100)]), (100, 70)),
    "the longer of two, in three steps": (
        Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100, 75), (110, 60), (100, 60), (100, 40), (100, 20)]),
        (100, 30),
    ),
    "a line longer than an overlap": (
        Polygon([(100, 0), (200, 0), (200, 95), (80, 95), (80, 70), (150, 70), (150, 60), (100, 60)]),
        (100, 30),
    ),
    "an overlap longer than a line": (
        Polygon([(100, 0), (200, 0), (200, 95), (80, 95), (80, 40), (150, 40), (150, 30), (100, 30)]),
        (90, 67.5),
    ),
}


@pytest.mark.parametrize("name", BORDERS)
def test_the_way_leads_over_the_middle_of_the_border(name: str) -> None:
    """A small barrier right there parts the zones; one 6 m aside does not."""
    other, (x, y) = BORDERS[name]
    for aside, wanted in ((0, False), (6, True)):
        speck = make_barriers([(x - 4, y + aside, x + 4, y + aside), (x, y - 4 + aside, x, y + 4 + aside)])
        assert joined(LEFT, other, speck, tolerance=1.0) is wanted


def test_a_zone_in_the_hole_of_another_can_be_parted_from_it() -> None:
    ring = box(0, 0, 300, 300).difference(box(100, 100, 200, 200))
    inner = box(100, 100, 200, 200)
    moat = [(100, 100, 100, 200), (100, 200, 200, 200), (200, 200, 200, 100), (200, 100, 100, 100)]
    assert joined(ring, inner, make_barriers([]))
    assert not joined(ring, inner, make_barriers(moat))


@pytest.mark.parametrize("seed", range(3))
def test_a_line_through_the_whole_city_parts_who_lives_on_either_side_and_no_others(seed: int) -> None:
    zones = voronoi(seed)
    edges = zone_edges(zones, True, 0.0)
    line = LineString([(-100, 450), (1100, 560)])
    kept = set(pairs(uncut_edges(edges, make_zone_units(list(zones)), make_barriers([(-100, 450, 1100, 560)]))))
    met = shapely.intersects(zones, line)
    north = shapely.contains(Polygon([*line.coords, (1100, 2000), (-100, 2000)]), shapely.centroid(zones))
    for head, tail in pairs(edges):
        if not met[head] and not met[tail]:
            assert (head, tail) in kept
        if north[head] != north[tail]:
            assert (head, tail) not in kept
    assert 0 < len(kept) < len(edges)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_zones_does_not_matter(seed: int) -> None:
    zones = voronoi(seed)
    rng = np.random.default_rng(seed)
    barriers = make_barriers(rng.uniform(0, 1000, (30, 4)), rng.uniform(0, 1000, (20, 2)), 60.0)
    order = rng.permutation(len(zones))
    wanted = pairs(uncut_edges(zone_edges(zones, False, 0.0), make_zone_units(list(zones)), barriers))
    moved = pairs(uncut_edges(zone_edges(zones[order], False, 0.0), make_zone_units(list(zones[order])), barriers))
    assert sorted(tuple(sorted((int(order[head]), int(order[tail])))) for head, tail in moved) == wanted
