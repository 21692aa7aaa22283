"""Outlines cut along barriers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, box

from builders import make_address_units, make_barriers, make_cell_units, make_zone_units
from udsat_geo.areas.ground import area_outlines
from udsat_geo.areas.outlines import cut_outlines, shares_of_ground
from udsat_geo.units.units import Units

pytestmark = pytest.mark.filterwarnings("error")

PAIR = [(0, 0), (0, 1)]
"""Two cells beside each other: 200 m wide, 100 m high, centres at 50 and 150 m east, 50 m north."""
LAKE = [(10, 10, 10, 30), (10, 30, 30, 30), (30, 30, 30, 10), (30, 10, 10, 10)]


def cut_one(cells: list[tuple[int, int]], segments: Any) -> Any:
    """The outline of one area of all cells, cut."""
    units = make_cell_units(cells)
    area_of_unit = np.zeros(len(units), dtype=np.int64)
    result = cut_outlines(area_outlines(units, area_of_unit), units, area_of_unit, make_barriers(segments))
    assert len(result) == 1
    return result[0]


# --- by hand ------------------------------------------------------------------------------------------------


def test_ground_beyond_a_barrier_with_no_member_goes() -> None:
    assert cut_one(PAIR, [(170, -10, 170, 110)]).equals(MultiPolygon([box(0, 0, 170, 100)]))
    assert cut_one(PAIR, [(170, 0, 170, 100)]).equals(MultiPolygon([box(0, 0, 170, 100)]))


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [(130, -10, 130, 110)],
        [(170, -10, 170, 90)],
        [(170, 20, 170, 80), (160, 50, 180, 50)],
        [(0, -10, 0, 110), (0, 100, 200, 100)],
        [(200 - 1e-9, -10, 200 - 1e-9, 110)],
        [(200, 50, 300, 50)],
        [(500, 0, 500, 100)],
        [(170, 50, 170, 50)],
        [(150, -10, 150, 110)],
        [(149, 49, 151, 49), (151, 49, 151, 51), (151, 51, 149, 51), (149, 51, 149, 49)],
    ],
    ids=[
        "none", "between members", "ends inside", "a cross inside", "along the border", "nearly along the border",
        "up to the border", "elsewhere", "a point", "through a centre", "a ring round a centre",
    ],
)  # fmt: skip
def test_an_outline_that_loses_nothing_is_as_it_was(segments: Any) -> None:
    """An area on both sides of a barrier has a crossing, or it would be two: it stays whole."""
    whole = area_outlines(make_cell_units(PAIR), np.zeros(2, dtype=np.int64))[0]
    assert shapely.to_wkb(cut_one(PAIR, segments)) == shapely.to_wkb(whole)


def test_the_piece_with_most_residents_stays_though_it_has_no_middle() -> None:
    """A fence round the middle of a cell: nearly all of the cell lies outside it."""
    fence = [(49, 49, 51, 49), (51, 49, 51, 51), (51, 51, 49, 51), (49, 51, 49, 49)]
    assert cut_one([(0, 0)], fence).equals(box(0, 0, 100, 100))
    # the middle lies in the narrowest of three strips, and most live in the one to the west
    assert shapely.area(cut_one([(0, 0)], [(40, -10, 40, 110), (70, -10, 70, 110)])) == 30 * 100 + 40 * 100


def test_of_what_outlines_hold_of_their_units_the_share_is_taken_unit_by_unit() -> None:
    units = make_cell_units([(0, 0), (0, 1), (5, 5)])
    area_of_unit = np.array([0, 0, 1])
    outline = np.array([MultiPolygon([box(0, 0, 130, 100)]), MultiPolygon([box(500, 500, 540, 600)])], dtype=object)
    assert shares_of_ground(outline, units, area_of_unit, 0.0).tolist() == pytest.approx([0.65, 0.4])
    points = make_address_units([(0.0, 0.0), (1000.0, 0.0)])
    halves = np.array([MultiPolygon([box(0, -50, 50, 50)]), MultiPolygon([box(900, -100, 1100, 100)])], dtype=object)
    assert shares_of_ground(halves, points, np.array([0, 1]), 50.0).tolist() == pytest.approx([0.5, 1.0])


def test_a_lake_becomes_a_hole() -> None:
    result = cut_one(PAIR, LAKE)
    assert result.equals(MultiPolygon([box(0, 0, 200, 100).difference(box(10, 10, 30, 30))]))


def test_a_lake_with_an_island_takes_neither_land_nor_the_island_with_a_member() -> None:
    shore = [(20, 20, 20, 80), (20, 80, 80, 80), (80, 80, 80, 20), (80, 20, 20, 20)]
    island = [(40, 40, 40, 60), (40, 60, 60, 60), (60, 60, 60, 40), (60, 40, 40, 40)]
    result = cut_one(PAIR, [*shore, *island])
    land = box(0, 0, 200, 100).difference(box(20, 20, 80, 80))
    assert result.equals(MultiPolygon([land, box(40, 40, 60, 60)]))


def test_several_tracks_take_the_strip_between_them() -> None:
    result = cut_one(PAIR, [(110, -10, 110, 110), (90, -10, 90, 110)])
    assert result.equals(MultiPolygon([box(0, 0, 90, 100), box(110, 0, 200, 100)]))


def test_barriers_that_meet_inside_cut_together_what_each_leaves_whole() -> None:
    result = cut_one(PAIR, [(170, 110, 170, 40), (160, 40, 210, 40)])
    assert result.equals(MultiPolygon([box(0, 0, 200, 100).difference(box(170, 40, 200, 100))]))


def test_a_filled_hole_goes_again_where_a_barrier_rings_it() -> None:
    """The outline covers ground of no member, as filled holes do."""
    units = make_cell_units(PAIR)
    filled = np.array([MultiPolygon([box(0, 0, 200, 300)])], dtype=object)
    rail = make_barriers([(-10, 120, 210, 130)])
    result = cut_outlines(filled, units, np.zeros(2, dtype=np.int64), rail)
    assert result[0].equals(MultiPolygon([box(0, 0, 200, 300).intersection(shapely.Polygon(
        [(-10, 0), (210, 0), (210, 130), (-10, 120)]
    ))]))  # fmt: skip


def test_each_area_is_cut_by_its_own_members() -> None:
    """A railway between two areas, through the cells of both: each keeps its side."""
    units = make_cell_units([(0, 0), (0, 1), (0, 2), (5, 5)])
    area_of_unit = np.array([1, -1, 0, 2])
    outlines = area_outlines(units, area_of_unit)
    result = cut_outlines(outlines, units, area_of_unit, make_barriers([(80, -10, 80, 110), (220, -10, 220, 110)]))
    assert result[0].equals(MultiPolygon([box(220, 0, 300, 100)]))
    assert result[1].equals(MultiPolygon([box(0, 0, 80, 100)]))
    assert shapely.to_wkb(result[2]) == shapely.to_wkb(outlines[2])
    assert outlines[0].area == 100**2, "the outlines given are left alone"


def test_zones_are_judged_whole() -> None:
    units = make_zone_units([box(0, 0, 100, 100), box(100, 0, 200, 100)])
    area_of_unit = np.zeros(2, dtype=np.int64)
    outlines = area_outlines(units, area_of_unit)
    result = cut_outlines(outlines, units, area_of_unit, make_barriers([(170, -10, 170, 110)]))
    assert shapely.to_wkb(result).tolist() == shapely.to_wkb(outlines).tolist()


def test_no_areas_have_no_outlines() -> None:
    units = make_cell_units(PAIR)
    none = np.full(2, -1, dtype=np.int64)
    assert len(cut_outlines(area_outlines(units, none), units, none, make_barriers([(0, 0, 9, 9)]))) == 0


# --- at random ----------------------------------------------------------------------------------------------

LATTICE = st.integers(-2, 22).map(lambda step: step * 25.0)
TOWNS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=15, unique=True)
NORTH_M, EAST_M = 6_174_000, 724_000
FAR_TOWNS = TOWNS.map(lambda cells: [(row + NORTH_M // 100, col + EAST_M // 100) for row, col in cells])
"""Where positions have no more than nine decimals."""


def segments_of(easting: Any, northing: Any, max_size: int = 8) -> Any:
    return st.lists(st.tuples(easting, northing, easting, northing), max_size=max_size)


ON_LATTICE = segments_of(LATTICE, LATTICE)
ANYWHERE = segments_of(st.floats(EAST_M - 50, EAST_M + 550), st.floats(NORTH_M - 50, NORTH_M + 550))


def town(cells: list[tuple[int, int]], data: st.DataObject) -> tuple[Units, Any, Any]:
    """Units, the area of each, and outlines; up to two areas, some units in none."""
    units = make_cell_units(cells)
    drawn = data.draw(st.lists(st.integers(-1, 1), min_size=len(cells), max_size=len(cells)))
    _, area_of_unit = np.unique(np.array([-1, *drawn]), return_inverse=True)
    return units, area_of_unit[1:] - 1, area_outlines(units, area_of_unit[1:] - 1)


@pytest.mark.long
@given(TOWNS, ON_LATTICE, st.data())
def test_exactly_the_pieces_without_a_centre_go(cells: list[tuple[int, int]], segments: Any, data: Any) -> None:
    """The pieces are what is left of an outline when the barriers are a micrometre wide."""
    units, area_of_unit, outlines = town(cells, data)
    result = cut_outlines(outlines, units, area_of_unit, make_barriers(segments))
    lines = [LineString([ends[:2], ends[2:]]) for ends in segments if ends[:2] != ends[2:]]
    ditch = shapely.union_all(shapely.buffer(np.array(lines, dtype=object), 5e-7))
    for area, (outline, kept) in enumerate(zip(outlines, result, strict=True)):
        own = area_of_unit == area
        centres = shapely.points(units.easting[own], units.northing[own])
        expected = 0.0
        for piece in shapely.get_parts(shapely.difference(outline, ditch)):
            # at the sharpest corners the micrometre takes a millimetre
            holds = bool((shapely.distance(piece, centres) < 1e-2).any())
            assert shapely.area(shapely.intersection(piece, kept)) == pytest.approx(piece.area * holds, abs=0.01)
            expected += piece.area * holds
        assert kept.area == pytest.approx(expected, abs=0.05)


CASES = st.one_of(st.tuples(TOWNS, ON_LATTICE), st.tuples(FAR_TOWNS, ANYWHERE))


@pytest.mark.long
@given(CASES, st.data())
def test_outlines_stay_whole_where_members_are(case: Any, data: Any) -> None:
    """Valid, in normal form, no larger than before, and with every member's centre."""
    units, area_of_unit, outlines = town(case[0], data)
    barriers = make_barriers(case[1])
    result = cut_outlines(outlines, units, area_of_unit, barriers)
    assert shapely.to_wkb(shapely.normalize(result)).tolist() == shapely.to_wkb(result).tolist()
    for area, (outline, kept) in enumerate(zip(outlines, result, strict=True)):
        assert kept.geom_type == "MultiPolygon"
        assert kept.is_valid
        own = area_of_unit == area
        assert (shapely.distance(kept, shapely.points(units.easting[own], units.northing[own])) < 1e-9).all()
        assert shapely.difference(kept, outline).area < 1e-4
    again = cut_outlines(result, units, area_of_unit, barriers)
    assert shapely.area(again) == pytest.approx(shapely.area(result), abs=1e-4)


@pytest.mark.long
@given(CASES, st.data(), st.randoms())
def test_the_order_of_barriers_matters_no_more_than_rounding(case: Any, data: Any, random: Any) -> None:
    (cells, segments) = case
    units, area_of_unit, outlines = town(cells, data)
    turned = [(*ends[2:], *ends[:2]) for ends in random.sample(segments, len(segments))]
    wanted, found = (
        cut_outlines(outlines, units, area_of_unit, make_barriers(rows)) for rows in (segments, [*turned, *turned])
    )
    assert (shapely.area(shapely.symmetric_difference(wanted, found)) < 1e-4).all()
