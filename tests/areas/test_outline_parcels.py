"""Outlines of areas as parcels of land, and the check that parcels do not overlap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from shapely import MultiPolygon, Point, Polygon, box

from udsat_geo.areas.outlines import parcel_outlines, parcel_overlaps

RADIUS = 20.0

Addresses = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def listed(*rows: tuple[float, float, int, int]) -> Addresses:
    """Easting, northing, area (-1 is none) and residents of a few addresses."""
    x, y, area, residents = zip(*rows, strict=True)
    counts = (np.array(values, dtype=np.int64) for values in (area, residents))
    return np.array(x, dtype=np.float64), np.array(y, dtype=np.float64), *counts  # type: ignore[return-value]


def outlines_of(parcels: list[Any], addresses: Addresses) -> Any:
    x, y, area, residents = addresses
    own = area >= 0
    land = np.empty(len(parcels), dtype=object)
    land[:] = parcels
    return parcel_outlines(land, x[own], y[own], area[own], RADIUS, residents[own], x[~own], y[~own])


FIELD = [box(100 * c, 100 * r, 100 * c + 100, 100 * r + 100) for r in range(3) for c in range(3)]
"""Nine parcels, side by side."""
HALVES = [Polygon([(300, 0), (400, 0), (400, 100)]), Polygon([(300, 0), (400, 100), (300, 100)])]
"""Two parcels that share a diagonal, and their bounds."""


@st.composite
def villages(draw: DrawFn) -> tuple[list[Any], Addresses]:
    """Some of the parcels, and addresses in them, beside them and on their borders."""
    chosen = draw(st.lists(st.booleans(), min_size=11, max_size=11))
    parcels = [parcel for parcel, wanted in zip([*FIELD, *HALVES], chosen, strict=True) if wanted]
    place = st.one_of(st.integers(-8, 88).map(lambda k: 5.0 * k), st.sampled_from([0.0, 100.0, 200.0, 300.0]))
    rows = st.tuples(place, place, st.integers(-1, 2), st.integers(0, 9))
    return parcels, listed(*draw(st.lists(rows, min_size=1, max_size=16)))


def takers(parcels: list[Any], addresses: Addresses) -> tuple[list[int], list[int]]:
    """Parcel of each member (-1 for none or no member) and area of each parcel, one by one."""
    land = [k for k, _ in sorted(enumerate(parcels), key=lambda pair: (pair[1].bounds[::-1], pair[1].normalize().wkb))]
    parcel_of_address = []
    for x, y, area, _ in zip(*(values.tolist() for values in addresses), strict=True):
        held = [k for k in land if area >= 0 and parcels[k].intersects(Point(x, y))]
        parcel_of_address.append(held[0] if held else -1)
    area_of_parcel = []
    for k in range(len(parcels)):
        total: dict[int, int] = {}
        for parcel, area, residents in zip(parcel_of_address, *(v.tolist() for v in addresses[2:]), strict=True):
            if parcel == k:
                total[area] = total.get(area, 0) + residents
        area_of_parcel.append(min(total, key=lambda area: (-total[area], area)) if total else -1)
    return parcel_of_address, area_of_parcel


@pytest.mark.long
@given(villages())
def test_parcels_and_members_are_where_they_belong(village: tuple[list[Any], Addresses]) -> None:
    parcels, addresses = village
    _, area_of_parcel = takers(parcels, addresses)
    outlines = outlines_of(parcels, addresses)
    assert len(outlines) == addresses[2].max() + 1
    for number, outline in enumerate(outlines):
        assert outline.geom_type == "MultiPolygon"
        assert outline.is_valid
        assert outline.normalize().wkb == outline.wkb
        for parcel, area in zip(parcels, area_of_parcel, strict=True):
            if area == number:
                assert parcel.difference(outline).area < 1e-6
            else:
                assert parcel.intersection(outline).area < 1e-6
        for other in outlines[:number]:
            assert outline.intersection(other).area < 1e-3


@pytest.mark.long
@given(villages())
def test_members_are_inside_and_strangers_outside(village: tuple[list[Any], Addresses]) -> None:
    """Members in no parcel strictly, others in the outline that got their parcel; strangers where no parcel is."""
    parcels, addresses = village
    parcel_of_address, area_of_parcel = takers(parcels, addresses)
    outlines = outlines_of(parcels, addresses)
    lowest: dict[tuple[float, float], int] = {}
    for x, y, area in zip(*(values.tolist() for values in addresses[:3]), strict=True):
        if area >= 0:
            lowest[x, y] = min(area, lowest.get((x, y), area))
    for x, y, area, parcel in zip(*(v.tolist() for v in addresses[:3]), parcel_of_address, strict=True):
        place = Point(x, y)
        if parcel >= 0:
            assert outlines[area_of_parcel[parcel]].intersects(place)
        elif area >= 0:
            # of two members at one place the lower area number keeps it
            assert outlines[lowest[x, y]].contains(place)
        elif (x, y) not in lowest and not any(parcel.intersects(place) for parcel in parcels):
            assert not any(outline.intersects(place) for outline in outlines)


@pytest.mark.long
@given(villages(), st.randoms())
def test_no_order_of_rows_changes_a_byte(village: tuple[list[Any], Addresses], random: Any) -> None:
    parcels, addresses = village
    order = list(range(len(addresses[0])))
    random.shuffle(order)
    mixed = random.sample(parcels, len(parcels))
    turned: Any = tuple(values[order] for values in addresses)
    assert list(shapely.to_wkb(outlines_of(mixed, turned))) == list(shapely.to_wkb(outlines_of(parcels, addresses)))


def test_an_outline_is_the_union_of_parcels_that_hold_members() -> None:
    outline = outlines_of(FIELD, listed((50, 50, 0, 1), (150, 50, 0, 1), (250, 250, 0, 1)))[0]
    assert outline.equals(MultiPolygon([box(0, 0, 200, 100), box(200, 200, 300, 300)]))


@pytest.mark.parametrize(("residents", "taker"), [((3, 4), 1), ((4, 3), 0), ((3, 3), 0)])
def test_a_parcel_goes_to_the_area_with_most_residents_then_to_the_lower_number(
    residents: tuple[int, int], taker: int
) -> None:
    outlines = outlines_of(FIELD, listed((20, 50, 0, residents[0]), (80, 50, 1, 1), (80, 60, 1, residents[1] - 1)))
    assert outlines[taker].equals(FIELD[0])
    assert outlines[1 - taker].is_empty


def test_a_member_in_no_parcel_has_a_disc_off_the_parcels_of_others() -> None:
    outline = outlines_of(FIELD, listed((150, 310, 0, 1)))[0]
    assert outline.contains(Point(150, 310))
    assert outline.bounds[1] == 300
    assert outline.bounds[3] == pytest.approx(330, abs=0.2)
    with_its_parcel = outlines_of(FIELD, listed((150, 310, 0, 1), (150, 250, 0, 1)))[0]
    assert len(with_its_parcel.geoms) == 1
    assert with_its_parcel.area == pytest.approx(100**2 + outline.area)


def test_a_neighbour_of_the_own_area_in_a_parcel_does_not_cut_a_disc() -> None:
    alone = outlines_of(FIELD, listed((150, 310, 0, 1)))[0]
    beside = outlines_of(FIELD, listed((150, 310, 0, 1), (150, 295, 0, 1)))[0]
    cut = outlines_of(FIELD, listed((150, 310, 0, 1), (150, 295, -1, 1)))[0]
    assert beside.area == pytest.approx(alone.area + 100**2, abs=1)
    assert cut.bounds[1] == pytest.approx(302.5)


def test_a_stranger_in_a_members_parcel_is_taken_in() -> None:
    outline = outlines_of(FIELD, listed((50, 50, 0, 1), (60, 50, -1, 5)))[0]
    assert outline.equals(FIELD[0])


def test_cracks_left_by_rounding_are_filled_and_corners_kept_where_there_are_none() -> None:
    cracked = [box(0, 0, 50, 100), box(50.005, 0, 100, 100)]
    outline = outlines_of(cracked, listed((20, 20, 0, 1), (80, 20, 0, 1)))[0]
    assert len(outline.geoms) == 1
    assert outline.symmetric_difference(box(0, 0, 100, 100)).area < 1e-6
    exact = outlines_of(FIELD, listed((50, 50, 0, 1), (150, 50, 0, 1)))[0]
    assert set(shapely.get_coordinates(exact).ravel().tolist()) == {0.0, 100.0, 200.0}


def test_no_parcels_leave_discs_and_no_members_nothing() -> None:
    assert outlines_of([], listed((0, 0, 0, 1)))[0].contains(Point(0, 0))
    assert len(outlines_of(FIELD, listed((50, 50, -1, 1)))) == 0


# --- overlaps -----------------------------------------------------------------------------------------------


def overlaps_of(*parcels: Any) -> list[list[int]]:
    land = np.empty(len(parcels), dtype=object)
    land[:] = parcels
    found = parcel_overlaps(land)
    assert found.dtype == np.int64
    assert found.shape[1:] == (2,)
    pairs: list[list[int]] = found.tolist()
    return pairs


def test_parcels_side_by_side_do_not_overlap() -> None:
    assert overlaps_of(*FIELD, *HALVES) == []
    assert overlaps_of() == []


def test_overlaps_are_told_as_pairs_in_order() -> None:
    upon = box(150, 150, 160, 160)
    over = box(90, 90, 110, 110)
    assert overlaps_of(over, *FIELD, upon) == [[0, 1], [0, 2], [0, 4], [0, 5], [5, 10]]


def test_a_parcel_given_twice_overlaps_with_itself() -> None:
    assert overlaps_of(FIELD[0], FIELD[1], FIELD[0]) == [[0, 2]]


@pytest.mark.parametrize(("width", "told"), [(0.001, False), (0.009, False), (0.02, True), (1.0, True)])
def test_a_strip_is_an_overlap_when_it_is_wider_than_rounding(width: float, told: bool) -> None:
    assert bool(overlaps_of(box(0, 0, 100, 100), box(100 - width, 0, 200, 100))) == told


@given(st.lists(st.tuples(*[st.integers(0, 8)] * 4), max_size=10))
def test_overlaps_are_those_found_pair_by_pair(corners: list[tuple[int, int, int, int]]) -> None:
    parcels = [box(x, y, x + width + 1, y + height + 1) for x, y, width, height in corners]
    wanted = [[i, j] for j in range(len(parcels)) for i in range(j) if parcels[i].intersection(parcels[j]).area > 0]
    assert overlaps_of(*parcels) == sorted(wanted)
