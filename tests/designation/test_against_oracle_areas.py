"""Areas against a plain account of the rules, and what must hold of them whatever the city."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from oracle_areas import Cell, Found, Rules, World, form_oracle, inside, parted, touch
from small_worlds import COPENHAGEN, city_of, formed, seen, with_letters, worlds
from udsat_geo.areas.area_set import AreaSet, Members
from udsat_geo.areas.roles import REASON_KEYS, ROLES, Areas
from udsat_geo.changes.diff import compare
from udsat_geo.changes.names import name_areas

pytestmark = pytest.mark.long  # whole jobs

many = examples(400)
some = examples(200)
anywhere = st.sampled_from(((0, 0), COPENHAGEN, (-3, -5)))

EVERYTHING = ("barriers", "crossings", "bridges", "holes", "floors", "memory", "overrides")


@pytest.mark.parametrize(
    "parts",
    [
        ("floors",),
        ("barriers", "crossings"),
        ("bridges",),
        ("bridges", "barriers", "crossings"),
        ("holes",),
        ("holes", "bridges", "barriers"),
        ("memory", "floors"),
        ("overrides", "barriers"),
        EVERYTHING,
    ],
    ids=" ".join,
)
@many
@given(st.data(), anywhere)
def test_areas_are_what_the_rules_say(parts: tuple[str, ...], data: st.DataObject, at: Cell) -> None:
    world, rules = data.draw(worlds(*parts))
    areas = formed(world, rules, at)
    assert seen(world, areas, at) == form_oracle(world, rules)
    # whoever is in an area without any memory and decisions
    of_now = replace(world, earlier={}, include=frozenset(), exclude=frozenset())
    qualified = zip(sorted(world.residents), areas.qualified.tolist(), strict=True)
    assert {cell for cell, told in qualified if told} == inside(form_oracle(of_now, rules))


@pytest.mark.long
def test_the_worlds_hold_every_role_and_reason() -> None:
    held: set[str] = set()

    @settings(max_examples=400)
    @given(worlds(*EVERYTHING))
    def look(made: tuple[World, Rules]) -> None:
        found = form_oracle(*made)
        held.update(found.role.values(), found.reason.values())

    look()
    assert held == {*ROLES, *REASON_KEYS} - {"required", "years_running", "own", "region", "surrounded", "groups"}


# --- what holds of any city ---------------------------------------------------------------------------------


def hangs_together(world: World, rules: Rules, found: Found, number: int) -> bool:
    """Whether an area is one along uncut edges, and over the ground of bridges and filled holes."""
    whole = found.areas[number] | found.ground[number]
    added = found.ground[number] | {cell for cell in whole if found.role.get(cell) in ("bridge", "fill")}

    def near(one: Cell, other: Cell) -> bool:
        return one in added or other in added or touch(world, rules, one, other)

    return len(parted(whole, near)) == 1


@some
@given(worlds("barriers", "crossings", "bridges", "holes", "floors"))
def test_an_area_hangs_together(given_world: tuple[World, Rules]) -> None:
    world, rules = given_world
    found = seen(world, formed(world, rules))
    assert all(hangs_together(world, rules, found, number) for number in range(len(found.areas)))


@some
@given(worlds("barriers", "crossings", "holes", "floors", "memory"), st.data())
def test_a_barrier_never_brings_together(given_world: tuple[World, Rules], data: st.DataObject) -> None:
    """Without bridges: where a barrier bars the shortest way, a bridge may run over other units."""
    world, rules = given_world
    rules = replace(rules, keep_years=0)
    left = data.draw(st.lists(st.sampled_from(world.barriers), unique=True)) if world.barriers else []
    parted_by_more, parted_by_fewer = (
        seen(world, formed(world, rules)).areas,
        seen(world, formed(replace(world, barriers=tuple(left)), rules)).areas,
    )
    assert all(any(area <= other for other in parted_by_fewer) for area in parted_by_more)


@some
@given(worlds(*EVERYTHING))
def test_decisions_are_exactly_what_changed(given_world: tuple[World, Rules]) -> None:
    world, rules = given_world
    before = seen(world, formed(replace(world, include=frozenset(), exclude=frozenset()), rules))
    after = seen(world, formed(world, rules))
    assert after.changed == (world.include - inside(before)) | (world.exclude & inside(before))
    others = set(world.residents) - after.changed
    assert {cell: before.role[cell] for cell in others} == {cell: after.role[cell] for cell in others}
    assert {cell: before.reason[cell] for cell in others} == {cell: after.reason[cell] for cell in others}
    kept = [{frozenset(area - after.changed) for area in found.areas} - {frozenset()} for found in (before, after)]
    assert kept[0] == kept[1]


@some
@given(worlds(*EVERYTHING), st.randoms(use_true_random=False), anywhere)
def test_no_order_matters(given_world: tuple[World, Rules], random: Random, at: Cell) -> None:
    """Nor that of rows, segments and crossings, nor the direction of lines, nor the numbers of earlier areas."""
    world, rules = given_world
    numbers = sorted(set(world.earlier.values()) | set(world.until))
    other = dict(zip(numbers, random.sample(numbers, len(numbers)), strict=True))
    renumbered = replace(
        world,
        earlier={cell: other[area] for cell, area in world.earlier.items()},
        until={other[area]: year for area, year in world.until.items()},
    )
    assert seen(world, formed(renumbered, rules, at, random), at) == seen(world, formed(world, rules, at), at)


def turned(world: World) -> World:
    """A world mirrored along its diagonal: rows become columns."""
    residents, composite, exceeded, earlier = (
        {(col, row): value for (row, col), value in of.items()}
        for of in (world.residents, world.composite, world.exceeded, world.earlier)
    )
    barriers = tuple((start[::-1], end[::-1]) for start, end in world.barriers)
    crossings = tuple(place[::-1] for place in world.crossings)
    return World(residents, composite, exceeded, barriers, crossings, world.year, earlier, world.until)


@some
@given(worlds("barriers", "crossings", "bridges", "holes", "floors", "memory"))
def test_a_city_turned_over_has_the_same_areas(given_world: tuple[World, Rules]) -> None:
    world, rules = given_world
    one, other = seen(world, formed(world, rules)), seen(turned(world), formed(turned(world), rules))
    assert {cell[::-1]: (other.role[cell], other.reason[cell]) for cell in other.role} == {
        cell: (one.role[cell], one.reason[cell]) for cell in one.role
    }
    assert {frozenset(cell[::-1] for cell in area) for area in other.areas} == {frozenset(area) for area in one.areas}


# --- ids ----------------------------------------------------------------------------------------------------


def designated(world: World, areas: Areas, previous: AreaSet | None, year: int, shuffle: Random | None) -> AreaSet:
    """A designation with its ids and names, its units in any order."""
    units = city_of(world).units
    blank, outline = np.full(len(areas), "", dtype=object), np.empty(len(areas), dtype=object)
    since = np.full(len(areas), year, dtype=np.int64)
    members = Members(units.unit_id, units.residents, areas.area_of_unit)
    now = AreaSet(blank, blank, outline, units.crs, year, since, members=members)
    continues = np.full(len(areas), -1, dtype=np.int64) if previous is None else compare(previous, now).continues
    named = name_areas(year, units, areas, None, previous, continues, "en")
    rows = list(range(len(units)))
    rows = shuffle.sample(rows, len(rows)) if shuffle else rows
    members = Members(units.unit_id[rows], units.residents[rows], areas.area_of_unit[rows])
    return replace(now, members=members, area_id=named.area_id, name=named.name)


def id_of_unit(found: AreaSet) -> dict[str, tuple[str, str]]:
    """Id and name of the area of each unit in one."""
    pairs = zip(found.members.unit_id.tolist(), found.members.area_of_unit.tolist(), strict=True)
    return {unit: (found.area_id[area], found.name[area]) for unit, area in pairs if area >= 0}


@some
@given(
    worlds("barriers", "bridges", "holes"),
    st.lists(st.tuples(st.integers(0, 63), st.sampled_from("Ce.?")), max_size=12),
    st.randoms(use_true_random=False),
)
def test_ids_and_names_last_and_no_order_changes_them(
    given_world: tuple[World, Rules], changes: list[tuple[int, str]], random: Random
) -> None:
    before, rules = given_world
    cells = sorted(before.residents)
    now = with_letters(before, {cells[k % len(cells)]: letter for k, letter in changes})
    rounds = []
    for shuffle in (None, random):
        previous = None
        for year, world in ((2017, before), (2021, now), (2025, now)):
            previous = designated(world, formed(world, rules, shuffle=shuffle), previous, year, shuffle)
            assert len(set(previous.area_id)) == len(set(previous.name)) == len(previous.area_id)
            rounds.append(id_of_unit(previous))
    assert rounds[:3] == rounds[3:]
    # nothing changed after 2021: everyone is where they were, under the same id
    assert rounds[1] == rounds[2]
