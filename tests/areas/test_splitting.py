"""Areas cut at their necks: small drawings, every cut that there could be, and other orders of the rows."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import City, draw, policy_with
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.splitting import _Piece
from udsat_geo.kernels.arrays import Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.units.edges import Edges, find_edges

DUMBBELL = """
    CCCC.CCCC
    CCCCCCCCC
    CCCC.CCCC
"""


def areas_of(city: City, policy: Policy, place_of_unit: Ints | None = None) -> str:
    edges = find_edges(city.units, policy)
    return city.areas_of(form_areas(city.units, city.scores, edges, policy, place_of_unit=place_of_unit))


def lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_without_the_keys_nothing_is_cut() -> None:
    assert set(areas_of(draw(DUMBBELL), policy_with())) == set("1.\n")


def test_an_area_is_cut_at_its_neck() -> None:
    """The unit in between goes with the part that is as large without it: of equal cuts that near the first end."""
    found = areas_of(draw(DUMBBELL), policy_with(most_residents=2000, residents=500))
    assert found in (
        lines("2222.1111\n222211111\n2222.1111"),
        lines("1111.2222\n111112222\n1111.2222"),
    )


def test_each_part_holds_the_least_residents_or_nothing_is_cut() -> None:
    city = draw("CCCCCC")
    assert areas_of(city, policy_with(most_residents=500, residents=400)) == "111111"
    assert areas_of(city, policy_with(most_residents=500, residents=300)) == "111222"
    assert areas_of(city, policy_with(most_residents=200, residents=100)) in ("112233", "221133", "331122")


def test_a_part_needs_no_core_of_its_own() -> None:
    assert areas_of(draw("Ceeeee"), policy_with(most_residents=300, residents=300)) == "111222"


def test_a_cut_runs_along_places() -> None:
    """A bar of equal width has no neck: the border between two places is one."""
    city = draw("CCCCCCCCC\nCCCCCCCCC")
    assert city.units.col is not None
    place = np.where(city.units.col < 4, 0, 1)
    found = areas_of(city, policy_with(most_residents=1700, residents=100), place)
    assert found == "222211111\n222211111"


def test_a_drawn_out_area_is_cut_where_that_makes_it_more_compact() -> None:
    city = draw(DUMBBELL)
    assert set(areas_of(city, policy_with(compact=0.2, residents=500))) == set("1.\n")
    assert set(areas_of(city, policy_with(compact=0.45, residents=500))) == set("12.\n")


def test_ground_goes_with_the_nearest_part() -> None:
    city = draw("""
        CCC.CCC
        C CCC C
        CCC.CCC
    """)
    policy = policy_with(most_residents=1400, residents=500, holes=2.0)
    areas = form_areas(city.units, city.scores, find_edges(city.units, policy), policy)
    assert len(areas) == 2
    assert sorted(areas.ground.area.tolist()) == [0, 1]


@st.composite
def blobs(draw_: st.DrawFn) -> tuple[City, int, int]:
    rows = draw_(st.lists(st.text("C ", min_size=4, max_size=4), min_size=2, max_size=3))
    city = draw("\n".join(["CCCC", *rows]).replace(" ", "."))
    return city, draw_(st.sampled_from([100, 200, 300])), draw_(st.sampled_from([300, 400, 600]))


@pytest.mark.long
@given(found=blobs(), seed=st.integers(0, 99))
def test_parts_hang_together_and_are_the_same_for_any_order_of_rows(found: tuple[City, int, int], seed: int) -> None:
    city, least, most = found
    policy = policy_with(most_residents=max(most, least), residents=least)
    units, edges = city.units, find_edges(city.units, policy)
    areas = form_areas(units, city.scores, edges, policy)
    assert (areas.residents >= least).all()
    for area in range(len(areas)):
        members = np.flatnonzero(areas.area_of_unit == area)
        assert hangs_together(members.tolist(), edges)
    order = np.random.default_rng(seed).permutation(len(units))
    rows = {
        field.name: getattr(units, field.name)[order]
        for field in dataclasses.fields(units)
        if isinstance(getattr(units, field.name), np.ndarray) and len(getattr(units, field.name)) == len(units)
        and not field.name.endswith("_unit")
    }  # fmt: skip
    place = np.argsort(order)
    turned = Edges(place[edges.tail].astype(np.int32)[::-1], place[edges.head].astype(np.int32)[::-1])
    scores = {
        field.name: getattr(city.scores, field.name)[order]
        for field in dataclasses.fields(city.scores)
        if isinstance(getattr(city.scores, field.name), np.ndarray)
        and getattr(city.scores, field.name).shape[:1] == (len(units),)
        and field.name not in ("city", "spread")
    }
    again = form_areas(dataclasses.replace(units, **rows), dataclasses.replace(city.scores, **scores), turned, policy)
    assert again.area_of_unit.tolist() == areas.area_of_unit[order].tolist()


def hangs_together(members: list[int], edges: Edges) -> bool:
    pairs = list(zip(edges.head.tolist(), edges.tail.tolist(), strict=True))
    reached, left = {members[0]}, set(members[1:])
    while True:
        near = {b for pair in pairs for a, b in (pair, pair[::-1]) if a in reached and b in left}
        if not near:
            return not left
        reached |= near
        left -= near


@pytest.mark.long
@given(rows=st.lists(st.text("C.", min_size=4, max_size=4), min_size=1, max_size=2))
def test_no_cut_between_the_ends_parts_fewer_pairs(rows: list[str]) -> None:
    """Against all cuts that leave as many residents on both sides and part the two ends."""
    city = draw("\n".join(["CCCC", *rows]))
    policy = policy_with(residents=100)
    edges = find_edges(city.units, policy)
    areas = form_areas(city.units, city.scores, edges, policy)
    members = np.flatnonzero(areas.area_of_unit == 0)
    nowhere = np.full(len(city.units), -1, dtype=np.int64)
    piece = _Piece(city.units, edges, members, nowhere, policy)
    start = int(np.argmax(piece.steps_from(0)))
    end = int(np.argmax(piece.steps_from(start)))
    one, other = np.zeros(len(members), dtype=bool), np.zeros(len(members), dtype=bool)
    one[start], other[end] = True, True
    if start == end:
        return
    side = piece._neck(one, other)

    def parted(chosen: np.ndarray) -> int:  # type: ignore[type-arg]
        return int((chosen[piece.head] != chosen[piece.tail]).sum())

    assert side[start] and not side[end]  # noqa: PT018
    free = [i for i in range(len(members)) if i not in (start, end)]
    fewest = min(
        parted(np.isin(np.arange(len(members)), [start, *chosen]))
        for size in range(len(free) + 1)
        for chosen in itertools.combinations(free, size)
    )
    assert parted(side) == fewest


def test_areas_that_hold_fewer_than_an_area_must_are_refused() -> None:
    with pytest.raises(ValueError, match=r"areas\.most_residents: 900 is less than areas\.residents"):
        policy_with(most_residents=900, residents=1000)
    with pytest.raises(ValueError, match="leave out most_residents and compact"):
        policy_with(most_residents=900, neighbours="none")
