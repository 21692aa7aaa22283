"""Verdicts: by hand on small tables, and that what was computed right is never accused."""

from __future__ import annotations

from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from small_reports import check, report, states, verdict

from udsat_geo.monitoring.interval import Interval
from udsat_geo.monitoring.printed.explained import AS_PRINTED, DISAGREES, WITHIN_ROUNDING, evaluate, round_half_away

ROUNDINGS = st.sampled_from((ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN))


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [("6.0", AS_PRINTED), ("6.1", WITHIN_ROUNDING), ("5.9", WITHIN_ROUNDING), ("6.2", DISAGREES), ("6.8", DISAGREES)],
)
def test_a_difference(printed: str, wanted: str) -> None:
    small = report(a="41.6", b="35.6", gap=printed)
    assert verdict(small, check("gap", "a - b")) == wanted


def test_how_far_it_is_off_at_least() -> None:
    found = evaluate(check("gap", "a - b"), report(a="41.6", b="35.6", gap="6.8"))
    assert found.computed == Interval(Fraction("5.9"), Fraction("6.1"))
    assert found.printed == Interval(Fraction("6.75"), Fraction("6.85"))
    assert (found.as_printed, found.difference, found.at_least) == (6, Fraction("0.8"), Fraction("0.65"))


def test_half_of_a_half_may_be_rounded_either_way() -> None:
    assert verdict(report(gap="8.3", half="4.2"), check("half", "gap / 2")) == AS_PRINTED
    assert verdict(report(gap="11.7", half="5.8"), check("half", "gap / 2")) == WITHIN_ROUNDING


def test_a_figure_with_more_decimals_than_its_inputs() -> None:
    assert verdict(report(a="36.2", b="35.6", change="0.60"), check("change", "a - b")) == AS_PRINTED
    assert verdict(report(a="36.2", b="35.6", change="0.64"), check("change", "a - b")) == WITHIN_ROUNDING


def test_shares_of_counts_have_no_room_but_their_own_rounding() -> None:
    share = "100 * (a / (a + b))"
    assert verdict(report(a=12854, b=56826, share="18.4"), check("share", share)) == AS_PRINTED
    found = evaluate(check("share", share), report(a=12854, b=56826, share="18.5"))
    assert found.verdict == DISAGREES
    assert 0 < found.at_least < Fraction("0.003")


def test_one_figure_printed_twice_must_read_the_same() -> None:
    assert verdict(report(a="5.8", b="5.8"), check("b", "a")) == AS_PRINTED
    again = evaluate(check("b", "a"), report(a="5.8", b="5.9"))
    assert (again.verdict, again.at_least, again.difference) == (DISAGREES, 0, Fraction("0.1"))
    assert verdict(report(a="8.55", b="8.5"), check("b", "a")) == WITHIN_ROUNDING
    assert verdict(report(a="8.55", b="8.4"), check("b", "a")) == DISAGREES
    assert verdict(report(a=135363, b=135364), check("b", "a")) == DISAGREES


def test_shares_add_up_to_100_within_rounding() -> None:
    total = check("100", "a + b + c")
    assert verdict(report(a="33.4", b="33.3", c="33.3"), total) == AS_PRINTED
    assert verdict(report(a="33.3", b="33.3", c="33.3"), total) == WITHIN_ROUNDING
    assert verdict(report(a="33.3", b="33.3", c="33.6"), total) == DISAGREES


@pytest.mark.parametrize(("now", "wanted"), [("4.0", AS_PRINTED), ("5.0", WITHIN_ROUNDING), ("5.2", DISAGREES)])
def test_a_stated_fall(now: str, wanted: str) -> None:
    fell = states("b - a < 0")
    found = evaluate(fell, report(a="5.0", b=now))
    assert (found.verdict, found.printed, found.difference) == (wanted, None, None)
    assert found.at_least == (Fraction("0.1") if wanted == DISAGREES else 0)


def test_a_stated_count() -> None:
    improved = "how_many(b - a > 0, d - c > 0)"
    assert verdict(report(a="1.0", b="2.0", c="1.0", d="2.0", n=2), check("n", improved)) == AS_PRINTED
    assert verdict(report(a="1.0", b="2.0", c="1.0", d="1.0", n=2), check("n", improved)) == WITHIN_ROUNDING
    assert verdict(report(a="1.0", b="2.0", c="2.0", d="1.0", n=2), check("n", improved)) == DISAGREES


@given(st.decimals(-1000, 1000, places=5), st.integers(0, 4))
def test_rounding_is_that_of_decimal(value: Decimal, decimals: int) -> None:
    wanted = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert round_half_away(Fraction(value), decimals) == Fraction(wanted)


true_figures = st.decimals(1, 100, places=4)


@given(st.lists(true_figures, min_size=4, max_size=4), st.integers(0, 2), st.integers(0, 2), ROUNDINGS)
def test_what_was_computed_right_and_rounded_is_never_accused(
    true: list[Decimal], decimals: int, result_decimals: int, rounding: str
) -> None:
    """Whatever the true inputs, and however halves were rounded."""
    a, b, c, d = true

    def printed(value: Decimal, places: int) -> str:
        return str(value.quantize(Decimal(1).scaleb(-places), rounding))

    figures = {name: printed(value, decimals) for name, value in zip("abcd", true, strict=True)}
    assume(all(Decimal(value) >= 1 for value in figures.values()))
    for formula, result in (
        ("a - b", a - b),
        ("a - b - (c - d)", a - b - (c - d)),
        ("100 * (1 - a / b)", 100 * (1 - a / b)),
        ("a / 2", a / 2),
        ("abs(a - b)", abs(a - b)),
        ("a", a),
    ):
        places = decimals if formula == "a" else result_decimals
        small = report(**figures, result=printed(result, places))
        assert verdict(small, check("result", formula)) != DISAGREES
    for relation, holds in ((">", a > b), ("<", a < b), ("<=", a <= b), ("==", a == b)):
        if holds:
            assert verdict(report(**figures), states(f"a - b {relation} 0")) != DISAGREES
