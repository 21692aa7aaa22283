"""Outlines of areas made of addresses: what is promised, by comparing every place with every address."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from shapely import Point

from udsat_geo.areas import outlines as discs
from udsat_geo.areas.outlines import disc_outlines

RADIUS = 50.0
ROUND = 0.99
"""Lines that draw a circle reach at least so far of its radius."""

Addresses = tuple[np.ndarray, np.ndarray, np.ndarray]


def outlines_of(addresses: Addresses, radius: float = RADIUS) -> Any:
    """Outlines of addresses; -1 is no area."""
    x, y, area = addresses
    own = area >= 0
    return disc_outlines(x[own], y[own], area[own], radius, x[~own], y[~own])


def listed(*rows: tuple[float, float, int]) -> Addresses:
    """Easting, northing and area of a few addresses."""
    x, y, area = zip(*rows, strict=True)
    return np.array(x, dtype=np.float64), np.array(y, dtype=np.float64), np.array(area, dtype=np.int64)


@st.composite
def addresses(draw: DrawFn) -> Addresses:
    """Addresses in a village of a few hundred metres: some in rows, some anywhere; some at the same place."""
    place = st.one_of(st.integers(0, 25).map(lambda k: 10.0 * k), st.integers(0, 25_000).map(lambda k: k / 100))
    found = draw(st.lists(st.tuples(place, place, st.integers(-1, 3)), min_size=1, max_size=25))
    x, y, area = listed(*found)
    east, north = draw(st.sampled_from([(0.0, 0.0), (720_000.0, 6_175_000.0), (-3_000.0, -17_000_000.0)]))
    return x + east, y + north, area


def winners(found: Addresses) -> np.ndarray:
    """Addresses that keep their place: none of a lower area number lies within 1 cm, none of an area beside a rest."""
    x, y, area = found
    rank = np.where(area < 0, 99, area)
    same = np.hypot(x[:, None] - x, y[:, None] - y) <= 0.01
    result: np.ndarray = ~(same & (rank[None, :] < rank[:, None])).any(axis=1)
    return result


@pytest.mark.long
@given(addresses())
def test_members_lie_inside_their_own_outline_and_all_others_outside(found: Addresses) -> None:
    x, y, area = found
    keeps = winners(found)
    outlines = outlines_of(found)
    assert len(outlines) == max(area.max(), -1) + 1
    for number, outline in enumerate(outlines):
        assert outline.geom_type == "MultiPolygon"
        assert outline.is_valid
        assert outline.normalize().wkb == outline.wkb
        for k in np.flatnonzero(keeps):
            assert outline.contains(Point(x[k], y[k])) == (area[k] == number)
            assert outline.intersects(Point(x[k], y[k])) == (area[k] == number)
        for other in outlines[:number]:
            assert outline.intersection(other).area < 1e-3


@pytest.mark.long
@given(addresses(), st.integers(0, 2**32 - 1))
def test_the_ground_goes_to_the_nearest_address(found: Addresses, seed: int) -> None:
    """At places anywhere: within the radius of the nearest address it decides, farther than its one and a half none."""
    x, y, area = (values[winners(found)] for values in found)
    random = np.random.default_rng(seed)
    places = np.column_stack(
        [random.uniform(x.min() - 99, x.max() + 99, 60), random.uniform(y.min(), y.max() + 99, 60)]
    )
    outlines = outlines_of(found)
    for place in places:
        distance = np.hypot(*(place[:, None] - np.array([x, y])))
        nearest = area[np.argmin(distance)]
        # places about half way between two areas are left to rounding
        if distance[area != nearest].min(initial=np.inf) < distance.min() + 1e-3:
            continue
        for number, outline in enumerate(outlines):
            inside = outline.contains(Point(place))
            if number != nearest or distance.min() > 1.5 * RADIUS:
                assert not inside
            elif distance.min() < ROUND * RADIUS:
                assert inside


@pytest.mark.long
@given(addresses())
def test_every_part_holds_a_member(found: Addresses) -> None:
    x, y, area = found
    for number, outline in enumerate(outlines_of(found)):
        own = [Point(x[k], y[k]) for k in np.flatnonzero(area == number)]
        assert all(any(part.contains(point) for point in own) for part in outline.geoms)


@pytest.mark.long
@given(addresses(), st.randoms())
def test_the_order_of_rows_does_not_change_a_byte(found: Addresses, random: Any) -> None:
    order = list(range(len(found[0])))
    random.shuffle(order)
    turned: Any = tuple(values[order] for values in found)
    assert list(shapely.to_wkb(outlines_of(turned))) == list(shapely.to_wkb(outlines_of(found)))


def test_a_single_member_has_a_disc() -> None:
    ring = outlines_of(listed((100, 200, 0)))[0].geoms[0].exterior
    assert 33 <= len(ring.coords) <= 65
    distance = np.hypot(*(np.array(ring.coords) - [100, 200]).T)
    assert distance.max() <= RADIUS
    assert ring.distance(Point(100, 200)) > ROUND * RADIUS


def test_two_areas_part_half_way() -> None:
    west, east = outlines_of(listed((0, 0, 0), (60, 0, 1)))
    assert west.bounds[2] == pytest.approx(30)
    assert east.bounds[0] == pytest.approx(30)
    assert west.intersection(east).length == pytest.approx(2 * np.sqrt(50**2 - 30**2), rel=0.01)


def test_an_address_that_is_no_member_cuts_the_disc() -> None:
    outline = outlines_of(listed((0, 0, 0), (20, 0, -1)))[0]
    assert outline.bounds[2] == pytest.approx(10)
    assert outline.bounds[0] == pytest.approx(-50, abs=0.5)


def test_the_notch_between_two_discs_is_rounded() -> None:
    outline = outlines_of(listed((0, 0, 0), (80, 0, 0)))[0]
    discs_alone = shapely.buffer(shapely.MultiPoint([(0, 0), (80, 0)]), RADIUS, quad_segs=8)
    assert outline.covers(discs_alone.buffer(-0.5))
    assert outline.contains(Point(40, 32))
    assert not discs_alone.contains(Point(40, 32))


def test_what_lies_beyond_a_strangers_ground_is_no_part_of_it() -> None:
    """A row of strangers between two members parts them, though their discs would overlap."""
    wall = [(20, float(y), -1) for y in range(-100, 101, 5)]
    outline = outlines_of(listed((0, 0, 0), (40, 0, 0), *wall))[0]
    assert len(outline.geoms) == 2


@pytest.mark.parametrize("apart", [0.0, 0.005])
def test_at_the_same_place_a_member_wins_against_a_stranger_and_the_lower_number_among_members(apart: float) -> None:
    outlines = outlines_of(listed((0, 0, 1), (apart, 0, -1), (300, 0, 1), (300 + apart, 0, 0)))
    assert outlines[1].contains(Point(0, 0))
    assert outlines[0].contains(Point(300, 0))
    assert not outlines[1].intersects(Point(300, 0))


def test_two_addresses_two_centimetres_apart_are_told_apart() -> None:
    member, stranger = Point(720_000.01, 6_175_000.02), Point(720_000.03, 6_175_000.02)
    outline = outlines_of(listed((member.x, member.y, 0), (stranger.x, stranger.y, -1)))[0]
    assert outline.contains(member)
    assert not outline.intersects(stranger)


def test_repeated_members_and_members_in_a_row_are_no_trouble() -> None:
    rows = [(10.0 * k, 0.0, k // 5) for k in range(10)]
    one, other = outlines_of(listed(*rows, *rows))
    assert one.bounds[2] == pytest.approx(45)
    assert other.bounds[0] == pytest.approx(45)


def test_no_members_have_no_outlines_and_a_number_without_members_an_empty_one() -> None:
    assert len(outlines_of(listed((0, 0, -1)))) == 0
    outlines = outlines_of(listed((0, 0, 0), (500, 0, 2)))
    assert [outline.is_empty for outline in outlines] == [False, True, False]
    assert outlines[1].geom_type == "MultiPolygon"


def test_outlines_that_break_a_promise_are_made_of_smaller_discs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the nearest ground be wrong: here everybody gets all of it."""

    def everything(x: Any, y: Any, label: Any, n_areas: int, reach: float) -> Any:
        return np.full(n_areas, shapely.box(-1e3, -1e3, 2e3, 2e3), dtype=object)

    found = listed((0, 0, 0), (60, 0, 1), (500, 0, 2))
    as_promised = outlines_of(found)
    monkeypatch.setattr(discs, "_nearest_ground", everything)
    outlines = outlines_of(found)
    assert outlines[0].bounds[2] == pytest.approx(0.45 * 60)
    assert outlines[1].bounds[0] == pytest.approx(60 - 0.45 * 60)
    assert outlines[2].wkb == as_promised[2].wkb
