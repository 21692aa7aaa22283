"""Which cells and which zones touch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, affinity, box

from builders import make_address_units, make_cell_units, make_policy, make_zone_units
from strategies import Cells, sorted_cells
from udsat_geo.messages.errors import InputError
from udsat_geo.units import edges as contiguity
from udsat_geo.units.edges import Edges, address_edges, find_edges, grid_edges, zone_edges

LEFT = box(0, 0, 10, 10)


def pairs(edges: Edges) -> list[tuple[int, int]]:
    return list(zip(edges.head.tolist(), edges.tail.tolist(), strict=True))


def as_array(zones: list[Any]) -> NDArray[np.object_]:
    array = np.empty(len(zones), dtype=object)
    array[:] = zones
    return array


def touch(one: Any, other: Any, rook: bool = False, tolerance: float = 0.0) -> bool:
    """Whether two zones touch; both ways round, which must agree."""
    there = pairs(zone_edges(as_array([one, other]), rook, tolerance))
    back = pairs(zone_edges(as_array([other, one]), rook, tolerance))
    assert there == back
    assert there in ([], [(0, 1)])
    return bool(there)


# --- cells --------------------------------------------------------------------------------------------------


@given(sorted_cells(), st.booleans())
def test_grid_edges_equal_the_pairs_one_step_apart(drawn: Cells, rook: bool) -> None:
    row, col = drawn
    places = list(zip(row.tolist(), col.tolist(), strict=True))
    wanted = []
    for head, (r, c) in enumerate(places):
        for tail, (s, d) in enumerate(places):
            steps = abs(r - s) + abs(c - d) if rook else max(abs(r - s), abs(c - d))
            if head < tail and steps == 1:
                wanted.append((head, tail))
    assert pairs(grid_edges(row, col, rook)) == wanted


@given(sorted_cells(max_size=15), st.booleans())
def test_cells_touch_as_their_squares_do(drawn: Cells, rook: bool) -> None:
    """Grid and zones give the same edges over the same squares, near the origin where floats are exact."""
    row, col = drawn[0] - drawn[0].min(initial=0), drawn[1] - drawn[1].min(initial=0)
    near = (row < 1000) & (col < 1000)
    row, col = row[near], col[near]
    squares = as_array(list(shapely.box(col * 100, row * 100, col * 100 + 100, row * 100 + 100)))
    assert pairs(grid_edges(row, col, rook)) == pairs(zone_edges(squares, rook, 0.0))


def test_without_neighbours_nothing_touches() -> None:
    policy = make_policy(areas={"residents": 0, "neighbours": "none"})
    assert pairs(find_edges(make_cell_units([(0, 0), (0, 1)]), policy)) == []
    assert pairs(find_edges(make_zone_units([LEFT, affinity.translate(LEFT, 10)]), policy)) == []


def test_find_edges_goes_by_the_kind_of_unit_and_the_policy() -> None:
    cells = make_cell_units([(0, 0), (1, 1), (1, 2)])
    zones = make_zone_units([LEFT, box(10, 10, 20, 20), box(20.5, 10, 30, 20)])
    queen, rook = make_policy(), make_policy(areas={"neighbours": "rook"})
    wide = make_policy(areas={"neighbours": "rook", "tolerance": 1.0})
    assert pairs(find_edges(cells, queen)) == [(0, 1), (1, 2)]
    assert pairs(find_edges(cells, rook)) == [(1, 2)]
    assert pairs(find_edges(zones, queen)) == [(0, 1)]
    assert pairs(find_edges(zones, rook)) == []
    assert pairs(find_edges(zones, wide)) == [(1, 2)]
    assert len(find_edges(zones, wide)) == 1


def test_with_no_neighbours_nothing_touches() -> None:
    """Each unit by itself, whatever its kind."""
    apart = {"neighbours": "none"}
    for units in (make_cell_units([(0, 0), (0, 1)]), make_zone_units([LEFT, box(10, 0, 20, 10)])):
        assert pairs(find_edges(units, make_policy())) == [(0, 1)]
        assert pairs(find_edges(units, make_policy(areas=apart))) == []
    addresses = make_address_units([(0, 0), (0, 50)])
    kind = {"kind": "addresses"}
    assert pairs(find_edges(addresses, make_policy(units=kind, areas={"reach": 50}))) == [(0, 1)]
    none = find_edges(addresses, make_policy(units=kind, areas={"reach": 50, **apart}))
    assert pairs(none) == []
    assert none.head.dtype == none.tail.dtype == np.int32


# --- addresses ----------------------------------------------------------------------------------------------


def test_addresses_touch_within_reach_of_each_other() -> None:
    """A 30-40-50 triangle, and two addresses at one point."""
    units = make_address_units([(0, 0), (30, 0), (30, 40), (30, 40)])
    for reach, wanted in [
        (29.9, [(2, 3)]),
        (30, [(0, 1), (2, 3)]),
        (49.9, [(0, 1), (1, 2), (1, 3), (2, 3)]),
        (50, [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]),
    ]:
        policy = make_policy(units={"kind": "addresses"}, areas={"reach": reach})
        assert pairs(find_edges(units, policy)) == wanted, reach


def test_more_pairs_of_addresses_than_memory_is_to_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    easting, northing = np.arange(0.0, 50.0, 10.0), np.zeros(5)
    monkeypatch.setattr(contiguity, "MOST_PAIRS", 4)
    assert len(address_edges(easting, northing, 10.0)) == 4
    with pytest.raises(InputError, match=r"areas.reach: 20 m brings over 4 pairs of addresses together"):
        address_edges(easting, northing, 20.0)


def test_one_address_and_none_have_no_edges() -> None:
    for points in ([], [(720_000.0, 6_170_000.0)]):
        units = make_address_units(points)
        assert pairs(address_edges(units.easting, units.northing, 50.0)) == []


# --- zones by hand ------------------------------------------------------------------------------------------

ZONES = {
    "a shared border": (box(10, 0, 20, 10), True, True),
    "part of a border": (box(10, 4, 20, 6), True, True),
    "a border met from a longer one": (box(10, -50, 20, 50), True, True),
    "a shared corner": (box(10, 10, 20, 20), True, False),
    "a corner against a side": (Polygon([(10, 5), (20, 0), (20, 10)]), True, False),
    "a gap": (box(10.5, 0, 20, 10), False, False),
    "an overlap": (box(5, 5, 15, 15), True, True),
    "a zone inside": (box(4, 4, 6, 6), True, True),
    "the same zone again": (LEFT, True, True),
    "one part that touches and one far away": (
        MultiPolygon([box(10, 0, 20, 10), box(100, 100, 110, 110)]), True, True,
    ),
    "two parts that touch at corners": (
        MultiPolygon([box(10, 10, 20, 20), box(-10, -10, 0, 0)]), True, False,
    ),
    "far away": (box(500, 0, 510, 10), False, False),
}  # fmt: skip


@pytest.mark.parametrize("name", ZONES)
def test_zones_by_hand_without_tolerance(name: str) -> None:
    zone, queen, rook = ZONES[name]
    assert touch(LEFT, zone) is queen
    assert touch(LEFT, zone, rook=True) is rook


@pytest.mark.parametrize("name", [name for name in ZONES if name != "a gap"])
def test_a_small_tolerance_changes_nothing_but_gaps(name: str) -> None:
    zone, queen, rook = ZONES[name]
    assert touch(LEFT, zone, tolerance=0.1) is queen
    assert touch(LEFT, zone, rook=True, tolerance=0.1) is rook


@pytest.mark.parametrize(("tolerance", "wanted"), [(0.0, False), (0.49, False), (0.51, True), (1.0, True)])
def test_a_gap_is_crossed_by_a_tolerance_above_it(tolerance: float, wanted: bool) -> None:
    right = box(10.5, 0, 20, 10)
    assert touch(LEFT, right, tolerance=tolerance) is wanted
    assert touch(LEFT, right, rook=True, tolerance=tolerance) is wanted


def test_a_gap_as_wide_as_the_tolerance_is_crossed() -> None:
    assert touch(LEFT, box(10.5, 0, 20, 10), tolerance=0.5)


@pytest.mark.parametrize("gap", [0.0, 0.2, 0.9])
def test_corners_across_a_gap_share_no_line(gap: float) -> None:
    zone = box(10 + gap, 10 + gap, 30, 30)
    assert touch(LEFT, zone, tolerance=1.5)
    assert not touch(LEFT, zone, rook=True, tolerance=1.5)


def test_a_zone_in_the_hole_of_another_touches_it() -> None:
    ring = box(0, 0, 30, 30).difference(box(10, 10, 20, 20))
    for rook in (False, True):
        assert touch(ring, box(10, 10, 20, 20), rook)
        assert not touch(ring, box(12, 12, 18, 18), rook)
        assert touch(ring, box(10.3, 10.3, 19.7, 19.7), rook, tolerance=0.5)
    # meets the ring at its four corners only
    diamond = Polygon([(15, 10), (20, 15), (15, 20), (10, 15)])
    assert touch(ring, diamond)
    assert not touch(ring, diamond, rook=True)


def test_a_ragged_border_is_shared_within_the_tolerance() -> None:
    """Digitised twice: neither border has a point of the other, and they cross many times."""
    y = np.linspace(0, 100, 51)
    left = Polygon([(-50, 0), *zip(np.sin(y) * 0.2, y, strict=True), (-50, 100)])
    right = Polygon([(50, 0), *zip(np.cos(3 * y) * 0.2, y, strict=True), (50, 100)])
    assert touch(left, right, rook=True, tolerance=0.5)
    assert touch(left, affinity.translate(right, 0.8), rook=True, tolerance=1.3)
    assert not touch(left, affinity.translate(right, 3.0), tolerance=0.5)


def test_no_zones_and_one_zone_have_no_edges() -> None:
    for rook in (False, True):
        for tolerance in (0.0, 1.0):
            assert pairs(zone_edges(as_array([]), rook, tolerance)) == []
            found = zone_edges(as_array([LEFT]), rook, tolerance)
            assert pairs(found) == []
            assert found.head.dtype == found.tail.dtype == np.int32


# --- zones at random ----------------------------------------------------------------------------------------


def voronoi(seed: int, n_zones: int = 40) -> NDArray[np.object_]:
    """Random zones that fill a square; every fourth one is split off a corner-touching partner."""
    rng = np.random.default_rng(seed)
    points = shapely.multipoints(rng.uniform(0, 1000, (n_zones, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=box(0, 0, 1000, 1000)))
    return as_array([shapely.intersection(cell, box(0, 0, 1000, 1000)) for cell in cells])


def brute_force(zones: NDArray[np.object_], rook: bool, tolerance: float) -> list[tuple[int, int]]:
    """Every pair, by distance and by the length of the border that runs along the other."""
    found = []
    for head in range(len(zones)):
        for tail in range(head + 1, len(zones)):
            one, other = zones[head], zones[tail]
            if not rook:
                touches = one.distance(other) <= tolerance
            elif tolerance == 0:
                along = one.boundary.intersection(other.boundary).length
                touches = along > 0 or one.intersection(other).area > 0
            else:
                along = one.boundary.intersection(other.buffer(tolerance)).length
                back = other.boundary.intersection(one.buffer(tolerance)).length
                touches = max(along, back) > 4 * tolerance
            if touches:
                found.append((head, tail))
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rook", [False, True])
@pytest.mark.parametrize("tolerance", [0.0, 5.0])
def test_zone_edges_equal_a_double_loop(seed: int, rook: bool, tolerance: float) -> None:
    zones = voronoi(seed)
    if tolerance:
        zones = shapely.buffer(zones, -2.0)  # gaps of 4 m along every border
    assert pairs(zone_edges(zones, rook, tolerance)) == brute_force(zones, rook, tolerance)


@pytest.mark.parametrize("seed", range(3))
def test_shrunk_zones_within_tolerance_keep_the_edges_of_long_borders(seed: int) -> None:
    zones = voronoi(seed)
    exact = set(pairs(zone_edges(zones, True, 0.0)))
    gaping = zone_edges(shapely.buffer(zones, -0.2), True, 0.5)
    borders = {pair for pair in exact if zones[pair[0]].intersection(zones[pair[1]]).length > 5}
    assert borders <= set(pairs(gaping)) <= exact
    assert pairs(zone_edges(shapely.buffer(zones, -0.3), True, 0.5)) == []


@pytest.mark.parametrize("rook", [False, True])
@pytest.mark.parametrize("tolerance", [0.0, 5.0])
def test_the_order_of_zones_does_not_matter(rook: bool, tolerance: float) -> None:
    zones = voronoi(7)
    order = np.random.default_rng(0).permutation(len(zones))
    wanted = pairs(zone_edges(zones, rook, tolerance))
    moved = pairs(zone_edges(zones[order], rook, tolerance))
    named = sorted(tuple(sorted((int(order[head]), int(order[tail])))) for head, tail in moved)
    assert named == wanted


@pytest.mark.parametrize("tolerance", [0.0, 5.0])
def test_rook_edges_are_queen_edges(tolerance: float) -> None:
    zones = voronoi(3)
    assert set(pairs(zone_edges(zones, True, tolerance))) <= set(pairs(zone_edges(zones, False, tolerance)))
