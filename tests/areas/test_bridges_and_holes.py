"""Areas that span gaps and fill what they enclose."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from builders import make_barriers, make_policy, make_scores, make_zone_units
from drawn import draw, form, policy_with
from oracle_areas import Rules
from small_worlds import formed, world_of
from strategies import drawings
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.roles import BRIDGE, FILL, IN_BRIDGE, IN_FILL
from udsat_geo.units.barriers import Barriers
from udsat_geo.units.edges import find_edges


@pytest.mark.long
def test_a_bridge_joins_pieces_across_empty_ground() -> None:
    city = draw("CC ee")
    assert city.areas_of(form(city, policy_with())) == "11 .."
    areas = form(city, policy_with(bridge=100))
    assert city.areas_of(areas) == "11 11"
    assert list(zip(areas.ground.row, areas.ground.col, areas.ground.area, strict=True)) == [(0, 2, 0)]


def test_a_bridge_is_no_wider_than_allowed() -> None:
    city = draw("C  C")
    assert city.areas_of(form(city, policy_with(bridge=199))) == "1  2"
    assert city.areas_of(form(city, policy_with(bridge=200))) == "1  1"


@pytest.mark.parametrize(("between", "joined"), [("o", "111"), ("?", "111"), (".", "1.2"), (" ", "1 1")])
def test_only_units_without_people_or_rates_are_bridged(between: str, joined: str) -> None:
    city = draw(f"C{between}C")
    areas = form(city, policy_with(bridge=100))
    assert city.areas_of(areas) == joined
    if joined == "111":
        assert city.roles_of(areas) == "cbc"
        assert areas.role[1] == BRIDGE
        assert areas.reason[1] == IN_BRIDGE


def test_whoever_lives_on_a_bridge_lives_in_the_area() -> None:
    areas = form(draw("C?C"), policy_with(bridge=100, residents=300))
    assert areas.residents.tolist() == [300]


def test_pieces_without_a_core_count_once_they_are_bridged() -> None:
    city = draw("C ee e")
    assert city.areas_of(form(city, policy_with(bridge=100, residents=400))) == "1 11 1"


def test_the_shortest_bridges_are_taken_and_all_of_them() -> None:
    city = draw("""
        CooC
        Co C
        CooC
        C  C
    """)
    areas = form(city, policy_with(bridge=200))
    assert city.roles_of(areas).splitlines() == ["cbbc", "cb c", "cbbc", "c  c"]
    assert len(areas.ground) == 3


@pytest.mark.parametrize("between", ["o", " "])
@pytest.mark.parametrize("others", ["C", "e"])
def test_bridges_that_cross_make_one_area(between: str, others: str) -> None:
    """Else what they cross over would be missing from one of the two, or go to a group that is no area."""
    city = draw(f"""
        .{others}.
        C{between}C
        .{others}.
    """)
    areas = form(city, policy_with(bridge=100, neighbours="rook"))
    assert city.areas_of(areas).splitlines() == [".1.", f"1{between.replace('o', '1')}1", ".1."]
    assert len(areas.ground) == (between == " ")


@pytest.mark.parametrize(("between", "n_areas"), [("o", 1), ("g", 2)])
def test_a_bridge_runs_over_no_member_of_a_piece(between: str, n_areas: int) -> None:
    """Over an uninhabited cell of its own piece it would only join what touches at a corner."""
    world = world_of(f"..C\nC{between}.\nC..")
    assert len(formed(world, Rules(bridge=142, neighbours="rook"))) == n_areas


def test_a_hole_is_filled_up_to_its_size() -> None:
    city = draw("""
        CCCC
        Co C
        CCCC
    """)
    assert city.roles_of(form(city, policy_with(holes=1.99))).splitlines()[1] == "c. c"
    areas = form(city, policy_with(holes=2))
    assert city.roles_of(areas).splitlines()[1] == "cf c"
    assert areas.reason[areas.role == FILL].tolist() == [IN_FILL]
    assert list(zip(areas.ground.row, areas.ground.col, strict=True)) == [(1, 2)]


def test_ground_that_is_open_at_a_side_is_no_hole_and_a_corner_does_not_open_it() -> None:
    open_side = draw("""
        CCC
        C o
        CCC
    """)
    assert not len(form(open_side, policy_with(holes=9)).ground)
    corner = draw("""
        CCo
        C C
        CCC
    """)
    assert len(form(corner, policy_with(holes=9)).ground) == 1
    assert not len(form(corner, policy_with(holes=9, neighbours="rook")).ground)


@pytest.mark.parametrize(
    ("barrier", "filled"),
    [
        ((120, 120, 180, 180), False),  # in the hole
        ((70, 100, 70, 200), False),  # between the hole and the centre of its western neighbour
        ((100, 100, 100, 200), False),  # between the hole and the area
        ((20, 210, 90, 290), True),  # in the open north-west corner
        ((196, 94, 215, 100), True),  # past the south-eastern corner alone
        ((-50, 20, 350, 20), True),  # through the area, south of all centres
    ],
)
def test_a_barrier_keeps_a_hole_open_only_where_it_parts_it_from_the_area(
    barrier: tuple[int, int, int, int], filled: bool
) -> None:
    city = draw("""
        .CC
        C C
        CCC
    """)
    areas = form(city, policy_with(holes=1), make_barriers([barrier]))
    assert len(areas.ground) == filled


def test_people_in_a_hole_come_in_only_from_the_floor_on() -> None:
    text = """
        CCC
        CmC
        CCC
    """
    city = draw(text)
    assert city.roles_of(form(city, policy_with(holes=4))).splitlines()[1] == "c.c"
    assert city.roles_of(form(city, policy_with(holes=4, fill_below=0.41))).splitlines()[1] == "c.c"
    areas = form(city, policy_with(holes=4, fill_below=0.4))
    assert city.roles_of(areas).splitlines()[1] == "cfc"
    assert areas.residents.tolist() == [900]


def test_filled_people_count_towards_the_least_residents() -> None:
    city = draw("""
        CCC
        CmC
        CCC
    """)
    assert len(form(city, policy_with(holes=4, residents=900))) == 0
    assert len(form(city, policy_with(holes=4, fill_below=0.0, residents=900))) == 1


def test_an_area_inside_a_filled_hole_joins_the_outer_one() -> None:
    city = draw("""
        CCCCC
        C . C
        C.e.C
        C . C
        CCCCC
    """)
    assert city.areas_of(form(city, policy_with(holes=9))).splitlines()[2] == "1...1"
    areas = form(city, policy_with(holes=9, fill_below=0.0))
    assert city.areas_of(areas).splitlines()[2] == "11111"
    assert len(areas.residents_of_group) >= 1
    assert len(areas) == 1


@pytest.mark.long
@given(drawings())
def test_bridges_and_holes_only_ever_add(text: str) -> None:
    """Whatever was in an area still is, pieces are only ever joined, and nobody scored comes in without a floor."""
    city = draw(text)
    plain, wide = form(city, policy_with()), form(city, policy_with(bridge=150, holes=3))
    assert (wide.area_of_unit[plain.area_of_unit >= 0] >= 0).all()
    for area in range(len(plain)):
        assert len(set(wide.area_of_unit[plain.area_of_unit == area].tolist())) == 1
    added = wide.role[(wide.area_of_unit >= 0) & ((wide.role == BRIDGE) | (wide.role == FILL))]
    scored = city.scores.composite == city.scores.composite
    blocked = scored & (city.units.residents > 0) & ~(city.scores.composite >= 0.5)
    assert not (blocked & (wide.area_of_unit >= 0)).any()
    assert len(added) <= (~scored | (city.units.residents == 0)).sum()


def test_zones_are_bridged_over_gaps_and_over_uninhabited_zones() -> None:
    zones = [shapely.box(0, 0, 100, 100), shapely.box(160, 0, 260, 100), shapely.box(360, 0, 460, 100),
             shapely.box(260, 0, 360, 100)]  # fmt: skip
    units = make_zone_units(zones, [500, 500, 500, 0])
    scores = make_scores([2.0, 2.0, 2.0, -1.0])
    for bridge, wanted in ((0, [0, 1, 2, -1]), (60, [0, 0, 1, -1]), (100, [0, 0, 0, 0])):
        policy = make_policy(areas={"residents": 0, "bridge": bridge})
        assert form_areas(units, scores, find_edges(units, policy), policy).area_of_unit.tolist() == wanted


def test_zones_whose_bridges_cross_are_one_area() -> None:
    arms = [shapely.box(0, 140, 100, 160), shapely.box(200, 140, 300, 160), shapely.box(140, 200, 160, 300),
            shapely.box(140, 0, 160, 100)]  # fmt: skip
    between = [shapely.box(east, north, east + 20, north + 20) for east in (110, 170) for north in (110, 170)]
    units = make_zone_units(arms + between, [500] * 8)
    scores = make_scores([2.0] * 4 + [-1.0] * 4)
    policy = make_policy(areas={"residents": 0, "bridge": 100})
    assert form_areas(units, scores, find_edges(units, policy), policy).area_of_unit.tolist() == [0] * 4 + [-1] * 4


def test_zones_are_not_bridged_over_an_area_of_its_own() -> None:
    """The zone between the two hangs together with neither: a barrier runs between them and its middle."""
    zones = [shapely.box(0, 80, 100, 100), shapely.box(200, 80, 300, 100), shapely.box(140, 0, 160, 100)]
    units, scores = make_zone_units(zones, [500, 500, 500]), make_scores([2.0] * 3)
    policy = make_policy(areas={"residents": 0, "bridge": 100})
    edges, barrier = find_edges(units, policy), make_barriers([(130, 70, 170, 70)])
    assert len(form_areas(units, scores, edges, policy)) == 1
    assert len(form_areas(units, scores, edges, policy, barrier)) == 3


def test_a_hole_between_zones_is_filled() -> None:
    ring = [shapely.box(0, 0, 300, 100), shapely.box(0, 200, 300, 300), shapely.box(0, 100, 100, 200),
            shapely.box(200, 100, 300, 200), shapely.box(120, 120, 180, 180)]  # fmt: skip
    units = make_zone_units(ring, [500, 500, 500, 500, 0])
    scores = make_scores([2.0, 2.0, 2.0, 2.0, -1.0])
    policy = make_policy(areas={"residents": 0, "holes": 1})
    areas = form_areas(units, scores, find_edges(units, policy), policy)
    assert areas.area_of_unit.tolist() == [0] * 5
    assert areas.role[4] == FILL
    assert shapely.area(areas.ground.geometry).tolist() == [10_000]


def railway(*stops: tuple[float, float]) -> Barriers:
    """A barrier through some places, without crossings."""
    ends = np.array([(*one, *other) for one, other in pairwise(sorted(stops))], dtype=np.float64)
    columns = (np.ascontiguousarray(column) for column in ends.T)
    none = np.empty(0)
    return Barriers(*columns, none, none, 0.0)


def test_no_bridge_spans_a_barrier() -> None:
    city = draw("C C")
    assert city.areas_of(form(city, policy_with(bridge=100), railway((150, -50), (150, 150)))) == "1 2"
    assert city.areas_of(form(city, policy_with(bridge=100), railway((350, -50), (350, 150)))) == "1 1"


def test_no_hole_is_filled_through_which_a_barrier_runs() -> None:
    city = draw("""
        CCC
        C C
        CCC
    """)
    assert len(form(city, policy_with(holes=4)).ground) == 1
    assert len(form(city, policy_with(holes=4), railway((120, 150), (180, 150))).ground) == 0
    assert len(form(city, policy_with(holes=4), railway((120, 420), (180, 420))).ground) == 1


PLACES = st.tuples(st.integers(-100, 700), st.integers(-100, 800))


@pytest.mark.long
@given(drawings(), st.lists(PLACES, min_size=2, max_size=4, unique=True))
def test_a_barrier_never_merges_areas(text: str, stops: list[tuple[int, int]]) -> None:
    """Who is together with a barrier is together without it; a bridge, though, may go another way round the barrier."""
    city, policy = draw(text), policy_with(bridge=0.0, holes=3, fill_below=-1.0)
    free, parted = form(city, policy), form(city, policy, railway(*stops))
    for area in range(len(parted)):
        members = parted.area_of_unit == area
        assert len(set(free.area_of_unit[members].tolist())) == 1
        assert (free.area_of_unit[members] >= 0).all()
