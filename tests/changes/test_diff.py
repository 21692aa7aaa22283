"""Comparisons of designations, against plain set arithmetic on unit ids."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from builders import make_designated
from udsat_geo.areas.area_set import AreaSet, Members
from udsat_geo.changes.diff import ADDED, KEPT, LINK, MIRROR, REMOVED, SHIFT, compare
from udsat_geo.messages.errors import InputError


@st.composite
def designations(draw: DrawFn, year: int) -> AreaSet:
    """Some of 15 units in any order, in up to four areas, each of which has a unit."""
    names = draw(st.lists(st.sampled_from([f"u{i:02d}" for i in range(15)]), unique=True, max_size=15))
    names = [*names, "u99"]  # one unit that both have
    drawn = draw(st.lists(st.integers(-1, 3), min_size=len(names), max_size=len(names)))
    number = {label: i for i, label in enumerate(sorted(set(drawn) - {-1}))}
    living = draw(st.lists(st.integers(0, 50), min_size=len(names), max_size=len(names)))
    areas = {name: number.get(label, -1) for name, label in zip(names, drawn, strict=True)}
    return make_designated(areas, dict(zip(names, living, strict=True)), year, since=draw(st.integers(2000, year)))


BOTH = st.tuples(designations(2021), designations(2025))


def members(designated: AreaSet) -> list[set[str]]:
    """The unit ids of each area."""
    return [
        set(designated.members.unit_id[designated.members.area_of_unit == area].tolist())
        for area in range(len(designated.area_id))
    ]


def links_of(before: AreaSet, now: AreaSet) -> set[tuple[int, int]]:
    """Area of now and of before, where they share enough of the smaller one's residents (units, if it has none)."""
    living = dict(zip(now.members.unit_id.tolist(), now.members.residents.tolist(), strict=True))

    def people(units: set[str]) -> int:
        return sum(living.get(unit, 0) for unit in units)

    links = set()
    for (a, new), (p, old) in product(enumerate(members(now)), enumerate(members(before))):
        both = new & old
        if min(people(new), people(old)) > 0:
            linked = people(both) > 0 and people(both) >= LINK * min(people(new), people(old))
        else:
            linked = len(both) >= LINK * min(len(new), len(old)) and bool(both)
        if linked:
            links.add((a, p))
    return links


def events_of(before: AreaSet, now: AreaSet) -> list[str]:
    """The events of the areas of now by set arithmetic."""
    living = dict(zip(now.members.unit_id.tolist(), now.members.residents.tolist(), strict=True))
    earlier, current, links = members(before), members(now), links_of(before, now)
    was, is_now = set().union(*earlier), set().union(*current)

    def shared(a: int, p: int) -> tuple[int, int, int]:
        both = current[a] & earlier[p]
        return sum(living.get(unit, 0) for unit in both), len(both), -a

    told = []
    for a, units in enumerate(current):
        mine = {p for b, p in links if b == a}
        lost = 0
        for p in mine:
            if max((b for b, q in links if q == p), key=lambda b, p=p: shared(b, p)) == a:  # type: ignore[misc]
                lost += sum(living.get(unit, 0) for unit in earlier[p] - is_now)
        gained = sum(living[unit] for unit in units - was)
        base = sum(living[unit] for unit in units & was) + lost
        events = ["split"] if any(len({b for b, q in links if q == p}) > 1 for p in mine) else []
        events += ["merged"] if len(mine) > 1 else []
        events += ["grown"] if gained and gained >= SHIFT * base else []
        events += ["shrunk"] if lost and lost >= SHIFT * base else []
        told.append("+".join(events or [KEPT]) if mine else ADDED)
    return told


@pytest.mark.long
@given(BOTH)
def test_events_are_set_arithmetic_on_unit_ids(both: tuple[AreaSet, AreaSet]) -> None:
    before, now = both
    links = links_of(before, now)
    changes = compare(before, now)
    removed = [p for p in range(len(before.area_id)) if p not in {q for _, q in links}]
    assert list(changes.event) == events_of(before, now) + [REMOVED] * len(removed)
    assert changes.area.tolist() == [*range(len(now.area_id)), *[-1] * len(removed)]
    assert list(changes.previous) == [
        *(tuple(sorted(p for b, p in links if b == a)) for a in range(len(now.area_id))), *((p,) for p in removed)
    ]  # fmt: skip


@pytest.mark.long
@given(BOTH)
def test_turned_around_every_event_is_its_mirror(both: tuple[AreaSet, AreaSet]) -> None:
    """Weighed by the same residents, the earlier areas' events are those of a comparison the other way, mirrored."""
    before, now = both
    living = dict(zip(now.members.unit_id.tolist(), now.members.residents.tolist(), strict=True))
    known = before.members.unit_id.tolist()
    # units that only the later one has must be known to the earlier one, or they would hold nobody
    units = [*known, *(unit for unit in now.members.unit_id.tolist() if unit not in set(known))]
    areas = np.append(before.members.area_of_unit, [-1] * (len(units) - len(known))).astype(np.int64)
    residents = np.array([living.get(unit, 0) for unit in units], dtype=np.int64)
    weighed = dataclasses.replace(before, members=Members(np.array(units, dtype=object), residents, areas))
    there, back = compare(weighed, now), compare(now, weighed)
    mirrored = [{MIRROR[event] for event in told.split("+")} for told in back.event[: len(before.area_id)]]
    assert [set(told.split("+")) for told in there.event_of_previous] == mirrored
    assert there.residents_kept.sum() == back.residents_kept.sum()
    assert there.residents_added.sum() == back.residents_removed.sum()


@pytest.mark.long
@given(BOTH)
def test_residents_and_units_add_up(both: tuple[AreaSet, AreaSet]) -> None:
    """By the residents of now, area by area and over all."""
    before, now = both
    living = dict(zip(now.members.unit_id.tolist(), now.members.residents.tolist(), strict=True))
    was, is_now = set().union(*members(before)), set().union(*members(now))
    changes = compare(before, now)
    for counted, units in [
        (changes.residents_added, is_now - was),
        (changes.residents_kept, is_now & was),
        (changes.residents_removed, was - is_now),
    ]:
        assert counted.sum() == sum(living.get(unit, 0) for unit in units)
    assert changes.units_added == len(is_now - was)
    assert changes.units_kept == len(is_now & was)
    assert changes.units_removed == len(was - is_now)
    for area, units in enumerate(members(now)):
        assert changes.residents_added[area] == sum(living[unit] for unit in units - was)
        assert changes.residents_kept[area] == sum(living[unit] for unit in units & was)
    for i in range(len(now.area_id), len(changes.event)):
        (previous,) = changes.previous[i]
        assert changes.residents_removed[i] == sum(living.get(unit, 0) for unit in members(before)[previous])
        assert changes.residents_added[i] == changes.residents_kept[i] == 0


@pytest.mark.long
@given(designations(2021))
def test_a_designation_compared_with_itself_only_keeps(designated: AreaSet) -> None:
    changes = compare(designated, designated)
    n_areas = len(designated.area_id)
    assert changes.event == (KEPT,) * n_areas
    assert changes.previous == tuple((area,) for area in range(n_areas))
    assert changes.units_added == changes.units_removed == 0
    assert changes.residents_added.sum() == changes.residents_removed.sum() == 0
    inside = designated.members.area_of_unit >= 0
    assert changes.residents_kept.sum() == designated.members.residents[inside].sum()
    assert changes.since.tolist() == designated.since.tolist()


@pytest.mark.long
@given(BOTH)
def test_turned_around_what_was_added_is_removed(both: tuple[AreaSet, AreaSet]) -> None:
    there, back = compare(*both), compare(*both[::-1])
    assert there.count(ADDED) == back.count(REMOVED)
    assert there.count(REMOVED) == back.count(ADDED)
    assert (there.units_added, there.units_kept) == (back.units_removed, back.units_kept)


@pytest.mark.long
@given(BOTH, st.randoms())
def test_the_order_of_units_does_not_matter(both: tuple[AreaSet, AreaSet], random: object) -> None:
    before, now = both
    wanted = compare(before, now)
    order = np.argsort(now.members.unit_id.astype(str))
    there = now.members
    members = Members(there.unit_id[order], there.residents[order], there.area_of_unit[order])
    turned = dataclasses.replace(now, members=members)
    found = compare(before, turned)
    assert (found.event, found.previous, found.since.tolist()) == (wanted.event, wanted.previous, wanted.since.tolist())
    for name in ("residents_added", "residents_removed", "residents_kept"):
        assert getattr(found, name).tolist() == getattr(wanted, name).tolist()


@pytest.mark.long
@given(BOTH)
def test_an_area_is_as_old_as_the_oldest_it_descends_from(both: tuple[AreaSet, AreaSet]) -> None:
    before, now = both
    changes = compare(before, now)
    for area in range(len(now.area_id)):
        previous = list(changes.previous[area])
        assert changes.since[area] == (min(before.since[previous]) if previous else now.year)


def test_events_by_hand() -> None:
    """One area grows and loses, one splits off nothing, one is new, one is gone."""
    before = make_designated({"a": 0, "b": 0, "c": -1, "d": 1, "e": -1}, year=2021, since=2017)
    now = make_designated(
        {"a": 0, "b": -1, "c": 0, "d": -1, "e": 1}, {"a": 10, "b": 20, "c": 30, "d": 40, "e": 50}, year=2025
    )
    changes = compare(before, now)
    assert changes.previous_year == 2021
    assert changes.event == ("grown+shrunk", ADDED, REMOVED)
    assert changes.event_of_previous == ("grown+shrunk", REMOVED)
    assert changes.area.tolist() == [0, 1, -1]
    assert changes.previous == ((0,), (), (1,))
    assert changes.residents_added.tolist() == [30, 50, 0]
    assert changes.residents_removed.tolist() == [20, 0, 40]
    assert changes.residents_kept.tolist() == [10, 0, 0]
    assert (changes.units_added, changes.units_removed, changes.units_kept) == (2, 2, 1)
    assert changes.since.tolist() == [2017, 2025]


def test_units_that_vanish_or_appear() -> None:
    """A vanished unit holds nobody now; a new one was in no area before."""
    before = make_designated({"a": 0, "gone": 0, "left": 1, "b": -1}, {"a": 5, "gone": 500, "left": 7, "b": 1})
    now = make_designated({"a": 0, "b": -1, "new": 0}, {"a": 5, "b": 1, "new": 9}, year=2025)
    changes = compare(before, now)
    assert changes.event == ("grown", REMOVED)
    assert changes.residents_added.tolist() == [9, 0]
    assert changes.residents_removed.tolist() == [0, 0]
    assert changes.residents_kept.tolist() == [5, 0]
    assert (changes.units_added, changes.units_removed, changes.units_kept) == (1, 2, 1)


def test_what_a_split_area_loses_is_told_with_the_part_that_shares_most_residents() -> None:
    before = make_designated({"a": 0, "b": 0, "c": 0, "d": 0})
    units = {"a": 1, "b": 0, "c": 0, "d": -1}
    now = make_designated(units, {"a": 30, "b": 10, "c": 10, "d": 8}, year=2025)
    assert compare(before, now).residents_removed.tolist() == [0, 8]
    # as many residents: most units
    now = make_designated({"a": 0, "b": 1, "c": 1, "d": -1}, {"a": 20, "b": 10, "c": 10, "d": 8}, year=2025)
    assert compare(before, now).residents_removed.tolist() == [0, 8]
    # as many units too: the first
    now = make_designated({"a": 1, "b": 0, "c": -1, "d": -1}, {"a": 9, "b": 9, "c": 1, "d": 8}, year=2025)
    assert compare(before, now).residents_removed.tolist() == [9, 0]


def test_a_shared_unit_that_nobody_lives_in_keeps_an_area() -> None:
    nobody = {"a": 0}
    assert compare(make_designated({"a": 0}, nobody), make_designated({"a": 0}, nobody, 2025)).event == (KEPT,)


def test_events_of_splits_merges_and_small_shifts() -> None:
    before = make_designated({"a": 0, "b": 0, "c": 1, "d": 2, "e": -1})
    now = make_designated({"a": 0, "b": 1, "c": 2, "d": 2, "e": 2},
                          {"a": 50, "b": 50, "c": 60, "d": 40, "e": 2}, year=2025)  # fmt: skip
    changes = compare(before, now)
    assert changes.event == ("split", "split", "merged")
    assert changes.event_of_previous == ("split", "merged", "merged")
    assert changes.continues.tolist() == [0, -1, 1]
    more = make_designated({"a": 0, "b": 1, "c": 2, "d": 2, "e": 2},
                           {"a": 50, "b": 50, "c": 60, "d": 40, "e": 5}, year=2025)  # fmt: skip
    grown = compare(before, more)
    assert grown.event[2] == "merged+grown"


def test_a_sliver_that_two_areas_share_links_them_not() -> None:
    before = make_designated({"a": 0, "b": 0, "c": -1})
    now = make_designated({"a": -1, "b": 0, "c": 0}, {"a": 96, "b": 4, "c": 96}, year=2025)
    changes = compare(before, now)
    assert changes.event == (ADDED, REMOVED)
    assert changes.residents_kept.tolist() == [4, 0]
    assert changes.residents_removed.tolist() == [0, 96]


def test_two_areas_that_merge_keep_the_older_year() -> None:
    before = make_designated({"a": 0, "b": 1}, year=2021)
    before.since[:] = [2021, 2017]
    changes = compare(before, make_designated({"a": 0, "b": 0}, year=2025))
    assert changes.previous == ((0, 1),)
    assert changes.since.tolist() == [2017]


def test_designations_over_other_units_cannot_be_compared() -> None:
    with pytest.raises(InputError) as caught:
        compare(make_designated({"100m_1_1": 0}), make_designated({"1km_1_1": 0}, year=2025))
    assert "shares no unit" in str(caught.value)
    assert "100m_1_1" in str(caught.value)
    assert "1km_1_1" in str(caught.value)


@pytest.mark.parametrize("empty_is_earlier", [True, False])
def test_a_designation_without_units_cannot_be_compared(empty_is_earlier: bool) -> None:
    both = [make_designated({}), make_designated({"100m_1_1": 0}, year=2025)]
    with pytest.raises(InputError, match="shares no unit"):
        compare(*(both if empty_is_earlier else both[::-1]))


def test_no_areas_before_or_now() -> None:
    none, some = make_designated({"a": -1}), make_designated({"a": 0}, year=2025)
    assert compare(none, some).event == (ADDED,)
    assert compare(some, none).event == (REMOVED,)
    assert compare(none, none).event == ()
    assert compare(none, none).area.dtype == np.int64
