"""Comparisons of designations, against plain set arithmetic on unit ids."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from builders import make_designated
from udsat_geo.diff import ADDED, KEPT, REMOVED, Designated, compare
from udsat_geo.errors import InputError


@st.composite
def designations(draw: DrawFn, year: int) -> Designated:
    """Some of 15 units in any order, in up to four areas, each of which has a unit."""
    names = draw(st.lists(st.sampled_from([f"u{i:02d}" for i in range(15)]), unique=True, max_size=15))
    names = [*names, "u99"]  # one unit that both have
    drawn = draw(st.lists(st.integers(-1, 3), min_size=len(names), max_size=len(names)))
    number = {label: i for i, label in enumerate(sorted(set(drawn) - {-1}))}
    living = draw(st.lists(st.integers(0, 50), min_size=len(names), max_size=len(names)))
    areas = {name: number.get(label, -1) for name, label in zip(names, drawn, strict=True)}
    return make_designated(areas, dict(zip(names, living, strict=True)), year, since=draw(st.integers(2000, year)))


BOTH = st.tuples(designations(2021), designations(2025))


def members(designated: Designated) -> list[set[str]]:
    """The unit ids of each area."""
    return [
        set(designated.unit_id[designated.area_of_unit == area].tolist()) for area in range(len(designated.area_id))
    ]


@given(BOTH)
def test_events_are_set_arithmetic_on_unit_ids(both: tuple[Designated, Designated]) -> None:
    before, now = both
    earlier, current = members(before), members(now)
    changes = compare(before, now)
    wanted: list[tuple[str, int, tuple[int, ...]]] = []
    for area, units in enumerate(current):
        shares = tuple(p for p, old in enumerate(earlier) if units & old)
        wanted.append((KEPT if shares else ADDED, area, shares))
    for previous, units in enumerate(earlier):
        if not any(units & new for new in current):
            wanted.append((REMOVED, -1, (previous,)))
    assert list(zip(changes.event, changes.area.tolist(), changes.previous, strict=True)) == wanted
    assert {event: changes.count(event) for event in (ADDED, KEPT, REMOVED)} == {
        event: Counter(row[0] for row in wanted)[event] for event in (ADDED, KEPT, REMOVED)
    }


@given(BOTH)
def test_residents_and_units_add_up(both: tuple[Designated, Designated]) -> None:
    """By the residents of now, area by area and over all."""
    before, now = both
    living = dict(zip(now.unit_id.tolist(), now.residents.tolist(), strict=True))
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


@given(designations(2021))
def test_a_designation_compared_with_itself_only_keeps(designated: Designated) -> None:
    changes = compare(designated, designated)
    n_areas = len(designated.area_id)
    assert changes.event == (KEPT,) * n_areas
    assert changes.previous == tuple((area,) for area in range(n_areas))
    assert changes.units_added == changes.units_removed == 0
    assert changes.residents_added.sum() == changes.residents_removed.sum() == 0
    inside = designated.area_of_unit >= 0
    assert changes.residents_kept.sum() == designated.residents[inside].sum()
    assert changes.since.tolist() == designated.since.tolist()


@given(BOTH)
def test_turned_around_what_was_added_is_removed(both: tuple[Designated, Designated]) -> None:
    there, back = compare(*both), compare(*both[::-1])
    assert there.count(ADDED) == back.count(REMOVED)
    assert there.count(REMOVED) == back.count(ADDED)
    assert (there.units_added, there.units_kept) == (back.units_removed, back.units_kept)


@given(BOTH, st.randoms())
def test_the_order_of_units_does_not_matter(both: tuple[Designated, Designated], random: object) -> None:
    before, now = both
    wanted = compare(before, now)
    order = np.argsort(now.unit_id.astype(str))
    turned = Designated(
        now.year, now.policy_id, now.unit_id[order], now.residents[order], now.area_of_unit[order],
        now.area_id, now.name, now.since, now.outline,
    )  # fmt: skip
    found = compare(before, turned)
    assert (found.event, found.previous, found.since.tolist()) == (wanted.event, wanted.previous, wanted.since.tolist())
    for name in ("residents_added", "residents_removed", "residents_kept"):
        assert getattr(found, name).tolist() == getattr(wanted, name).tolist()


@given(BOTH)
def test_an_area_is_as_old_as_the_oldest_it_descends_from(both: tuple[Designated, Designated]) -> None:
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
    assert changes.event == (KEPT, ADDED, REMOVED)
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
    assert changes.event == (KEPT, REMOVED)
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
