"""The problems of several readings, told at once."""

from __future__ import annotations

import pytest

from udsat_geo.messages.errors import InputError, Problem, Problems


def fail(where: str) -> int:
    raise InputError([Problem(where, "is wrong", "Mend it."), Problem("all", "are wrong")])


def test_what_several_readings_find_is_told_once() -> None:
    problems = Problems()
    assert problems.of(int, "7") == 7
    problems.check()
    assert problems.of(fail, "one") is None
    assert problems.of(fail, "two") is None
    with pytest.raises(InputError) as caught:
        problems.check()
    assert caught.value.messages == ("one: is wrong. Mend it.", "all: are wrong.", "two: is wrong. Mend it.")


def test_a_fault_of_ours_is_no_problem_of_the_input() -> None:
    with pytest.raises(ZeroDivisionError):
        Problems().of(divmod, 1, 0)
