"""The attack: what can be told of few people by whoever has every number."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.messages.errors import InputError
from udsat_geo.release.audit import Region, attack, attack_rates


def exact(name: str, units: str, n: int) -> Region:
    return Region(name, tuple(units), n, n)


def test_a_total_less_its_parts_gives_a_withheld_part_away() -> None:
    """As a page that withheld an area of 14 residents and told the total."""
    regions = [exact("all", "abc", 614), exact("a", "a", 400), exact("b", "b", 200), Region("c", ("c",), 0, 19)]
    given = {atom.unit_id: (atom.least, atom.most) for atom in attack(regions, {"a": 400, "b": 200, "c": 14}, 10)}
    assert given[("c",)] == (14, 14)


def test_rounded_parts_and_no_total_give_nothing_away() -> None:
    regions = [Region("a", ("a",), 395, 404), Region("b", ("b",), 195, 204), Region("c", ("c",), 0, 14)]
    assert attack(regions, {"a": 400, "b": 200, "c": 14}, 10) == []


def test_two_outlines_that_differ_by_a_cell_give_it_away() -> None:
    regions = [
        Region("2021", ("a", "b"), 15, 19),
        Region("2021 again", ("a", "b", "c"), 20, 24),
        Region("c", ("c",), 0, 2),
    ]
    (given,) = [atom for atom in attack(regions, {}, 3) if atom.unit_id == ("c",)]
    assert (given.least, given.most) == (1, 2)
    assert given.regions == ("2021 again", "c")
    assert given.numbers_left == 2


def test_numbers_of_other_registers_are_attacked_all_the_same() -> None:
    regions = [exact("a", "a", 5)]
    assert [atom.most for atom in attack(regions, {"a": 9}, 3)] == [5]


def test_numbers_that_contradict_each_other_are_not_called_safe() -> None:
    """As those of a year whose registers were made anew after it was published."""
    with pytest.raises(InputError, match="counted from other registers"):
        attack([exact("all", "ab", 10), exact("a", "a", 25)], {"a": 25, "b": 3}, 3)


UNITS = "abcd"


@given(data=st.data(), step=st.integers(1, 4), least=st.integers(2, 4))
def test_what_is_left_after_trying_every_city_is_never_more_than_the_attack_says(
    data: st.DataObject, step: int, least: int
) -> None:
    """A brute-force twin: cities of four units of up to six people. The attack knows no halves, so it may miss."""
    city = data.draw(st.lists(st.integers(0, 6), min_size=4, max_size=4))
    chosen = data.draw(st.lists(st.sets(st.sampled_from(UNITS), min_size=1), min_size=1, max_size=4))
    regions = []
    for number, units in enumerate(chosen):
        n = sum(city[UNITS.index(unit)] for unit in units)
        regions.append(Region(str(number), tuple(sorted(units)), n // step * step, n // step * step + step - 1))
    most = max(region.most for region in regions)
    possible = [
        each
        for each in itertools.product(range(most + 1), repeat=4)
        if all(r.least <= sum(each[UNITS.index(unit)] for unit in r.unit_id) <= r.most for r in regions)
    ]
    for atom in attack(regions, dict(zip(UNITS, city, strict=True)), least):
        numbers = {sum(each[UNITS.index(unit)] for unit in atom.unit_id) for each in possible}
        assert min(numbers) >= atom.least
        assert max(numbers) <= atom.most
        assert len(numbers) < least


@pytest.mark.parametrize("least", [3, 10])
def test_one_number_alone_gives_as_much_away_as_it_says(least: int) -> None:
    assert attack([Region("a", ("a", "b"), 20, 19 + least)], {"a": 12, "b": 10}, least) == []
    assert len(attack([Region("a", ("a", "b"), 20, 18 + least)], {"a": 12, "b": 9}, least)) == 1


def test_two_rates_whose_outlines_differ_by_a_few_people_give_them_away() -> None:
    """The attacker knows the residents: 200 and, in the cell by which the outlines differ, 25."""
    residents = {"a": 200, "b": 25}
    told = [Region("2021", ("a",), 95.0, 105.0), Region("2021 again", ("a", "b"), 115.0, 125.0)]
    assert attack_rates(told, residents, 10) == []
    closer = [Region("2021", ("a",), 95.0, 105.0), Region("2021 again", ("a", "b"), 126.0, 130.0)]
    (given,) = [atom for atom in attack_rates(closer, residents, 10) if atom.unit_id == ("b",)]
    assert (given.least, given.most) == (21, 25)
    assert given.regions == ("2021 again",)


def test_of_three_people_any_count_must_stay_possible() -> None:
    assert attack_rates([Region("a", ("a",), 0.0, 3.0)], {"a": 3}, 10) == []
    assert len(attack_rates([Region("a", ("a",), 0.0, 2.0)], {"a": 3}, 10)) == 1


def test_rates_that_contradict_each_other_are_not_called_safe() -> None:
    with pytest.raises(InputError, match="counted from other registers"):
        attack_rates([Region("a", ("a",), 90.0, 95.0), Region("b", ("a", "b"), 10.0, 20.0)], {"a": 100, "b": 5}, 3)
