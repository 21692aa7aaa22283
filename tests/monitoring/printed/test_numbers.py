"""Numbers as a Danish and an English reader write them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.monitoring.interval import Interval
from udsat_geo.monitoring.printed.figures import Figure, Notation

DANISH, ENGLISH, PLAIN = Notation("da"), Notation("en"), Notation("da", grouped=False)


@pytest.mark.parametrize(
    ("value", "decimals", "danish", "english"),
    [
        ("1321", 0, "1.321", "1,321"),
        ("6.8", 1, "6,8", "6.8"),
        ("-3.6", 2, "-3,60", "-3.60"),
        ("1234567.25", 1, "1.234.567,3", "1,234,567.3"),
        ("-0.04", 1, "0,0", "0.0"),
        ("0.005", 2, "0,01", "0.01"),
    ],
)
def test_written(value: str, decimals: int, danish: str, english: str) -> None:
    assert DANISH.written(Fraction(value), decimals) == danish
    assert ENGLISH.written(Fraction(value), decimals) == english
    assert PLAIN.written(Fraction(value), decimals) == danish.replace(".", "")


def test_a_number_is_shown_in_full_or_with_two_decimals_more() -> None:
    assert DANISH.shown(Fraction("0.65"), 1) == "0,65"
    assert DANISH.shown(Fraction(6), 1) == "6,0"
    assert DANISH.shown(Fraction(10, 3), 2) == "3,3333"
    assert DANISH.shown(Fraction("0.0028128588"), 1) == "0,0028"
    assert DANISH.shown(Fraction("-0.0028128588"), 1, -1) == "-0,0029"


@given(st.fractions(-100, 100, max_denominator=997), st.fractions(0, 10, max_denominator=97), st.integers(0, 2))
def test_a_shown_interval_holds_the_interval(low: Fraction, width: Fraction, least: int) -> None:
    shown = Notation("en", grouped=False).interval(Interval(low, low + width), least)
    if width:
        left, right = shown.strip("[]").split("; ")
        assert Fraction(left) <= low <= low + width <= Fraction(right)


def test_years_are_not_grouped() -> None:
    year = Figure("statement.term.next_status_year", Decimal(2023), True, False)
    count = Figure("goal.18.1.areas.2021", Decimal(2434), True, False)
    assert (DANISH.figure(year), DANISH.figure(count)) == ("2023", "2.434")
