"""What an area of the previous designation is still worth: leave and keep_years."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import draw, form, policy_with, remembered
from strategies import drawings
from udsat_geo.areas.roles import IN_INCUMBENT, IN_KEPT, INCUMBENT, KEPT

LEAVE = {"leave": 0.3}


def test_a_unit_that_was_in_stays_down_to_the_lower_threshold() -> None:
    before, now = draw("CCe."), draw("CCm.")
    first = form(before, policy_with())
    assert now.areas_of(form(now, policy_with())) == "11.."
    areas = form(now, policy_with(incumbents=LEAVE), memory=remembered(before, first, now, 2021))
    assert now.areas_of(areas) == "111."
    assert (areas.role[2], areas.reason[2]) == (INCUMBENT, IN_INCUMBENT)
    assert areas.qualified.tolist() == [True, True, False, False]


def test_a_unit_that_was_out_must_still_enter() -> None:
    before, now = draw("CC.m"), draw("CCmm")
    memory = remembered(before, form(before, policy_with()), now, 2021)
    assert now.areas_of(form(now, policy_with(incumbents=LEAVE), memory=memory)) == "11.."


def test_an_area_stays_without_a_core_while_someone_in_it_stays() -> None:
    before, now = draw("Ce"), draw("em")
    memory = remembered(before, form(before, policy_with()), now, 2021)
    areas = form(now, policy_with(incumbents=LEAVE), memory=memory)
    assert now.areas_of(areas) == "11"
    assert now.roles_of(areas) == "ii"
    assert not areas.qualified.any()


def test_an_incumbent_counts_towards_the_least_residents_and_needs_them() -> None:
    before, now = draw("CCC"), draw("CCm")
    memory = remembered(before, form(before, policy_with()), now, 2021)
    assert len(form(now, policy_with(residents=300))) == 0
    assert len(form(now, policy_with(residents=300, incumbents=LEAVE), memory=memory)) == 1
    assert len(form(now, policy_with(residents=301, incumbents=LEAVE), memory=memory)) == 0


def test_an_area_that_no_longer_qualifies_stays_until_its_end_year() -> None:
    before, now = draw("CC.C"), draw("...C")
    policy = policy_with(incumbents={"keep_years": 4})
    first = form(before, policy)
    areas = form(now, policy, memory=remembered(before, first, now, 2021))
    assert now.areas_of(areas) == "11.2"
    assert areas.until.tolist() == [2025, -1]
    assert areas.kept_from.tolist() == [0, -1]
    assert (areas.role[0], areas.reason[0]) == (KEPT, IN_KEPT)
    # the end year is set once
    second = form(now, policy, memory=remembered(now, areas, now, 2023, {0: 2025}))
    assert second.until.tolist() == [2025, -1]
    third = form(now, policy, memory=remembered(now, areas, now, 2025, {0: 2025}))
    assert now.areas_of(third) == "...1"


def test_an_area_of_which_something_is_left_is_not_kept() -> None:
    before, now = draw("CCC"), draw("C..")
    policy = policy_with(incumbents={"keep_years": 4})
    assert now.areas_of(form(now, policy, memory=remembered(before, form(before, policy), now, 2021))) == "1.."


def test_memory_counts_only_when_the_policy_remembers() -> None:
    before, now = draw("CCe"), draw("CCm")
    memory = remembered(before, form(before, policy_with()), now, 2021)
    assert now.areas_of(form(now, policy_with(), memory=memory)) == "11."


@pytest.mark.long
@given(drawings(), st.randoms(use_true_random=False))
def test_leave_only_ever_adds_units_that_were_in(text: str, random: object) -> None:
    before = draw(text)
    letters = list(text)
    marks = [i for i, letter in enumerate(letters) if letter in "Cem."]
    for i in marks[::2]:
        letters[i] = random.choice("Cem.")  # type: ignore[attr-defined]
    now = draw("".join(letters))
    memory = remembered(before, form(before, policy_with()), now, 2021)
    plain, sticky = form(now, policy_with()), form(now, policy_with(incumbents=LEAVE), memory=memory)
    assert (sticky.area_of_unit[plain.area_of_unit >= 0] >= 0).all()
    # everyone new is an incumbent, or hangs on one
    only = sticky.role == INCUMBENT
    assert (memory.area_of_unit[only] >= 0).all()
    assert (now.scores.composite[only] >= 0.3).all()
    assert (sticky.qualified == (plain.area_of_unit >= 0)).all()
