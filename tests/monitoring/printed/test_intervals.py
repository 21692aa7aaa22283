"""Intervals hold every true result, and no more than they must."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from udsat_geo.monitoring.printed.figures import Interval, of_printed

ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN)

numbers = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Interval, Fraction]:
    """An interval and a number in it."""
    low, high, share = draw(numbers), draw(numbers), draw(st.fractions(min_value=0, max_value=1, max_denominator=50))
    low, high = min(low, high), max(low, high)
    return Interval(low, high), low + share * (high - low)


def test_a_printed_figure_stands_for_half_a_unit_of_its_last_decimal_to_either_side() -> None:
    assert of_printed(Decimal("6.8")) == Interval(Fraction("6.75"), Fraction("6.85"))
    assert of_printed(Decimal("35.0")) == Interval(Fraction("34.95"), Fraction("35.05"))
    assert of_printed(Decimal("35")) == Interval(Fraction("34.5"), Fraction("35.5"))
    assert of_printed(Decimal("-3.60")) == Interval(Fraction("-3.605"), Fraction("-3.595"))


def test_a_figure_called_approximate_is_rounded_at_its_last_digit_that_is_not_0() -> None:
    assert of_printed(Decimal(30), about=True) == Interval(Fraction(25), Fraction(35))
    assert of_printed(Decimal(920), about=True) == Interval(Fraction(915), Fraction(925))
    assert of_printed(Decimal(14), about=True) == Interval(Fraction("13.5"), Fraction("14.5"))


@given(st.decimals(-10_000, 10_000, places=4), st.integers(0, 3), st.sampled_from(ROUNDINGS))
def test_the_interval_of_a_figure_holds_what_was_rounded(true: Decimal, decimals: int, rounding: str) -> None:
    printed = true.quantize(Decimal(1).scaleb(-decimals), rounding)
    assert true in of_printed(printed)


def test_a_figure_cut_off_is_not_rounded() -> None:
    """The property above can fail: cutting digits off leaves the interval."""
    true = Decimal("6.89")
    assert true not in of_printed(true.quantize(Decimal("0.1"), ROUND_DOWN))


@given(intervals(), intervals())
def test_results_of_numbers_lie_in_the_result_of_their_intervals(
    left: tuple[Interval, Fraction], right: tuple[Interval, Fraction]
) -> None:
    (a, x), (b, y) = left, right
    assert x + y in a + b
    assert x - y in a - b
    assert x * y in a * b
    assert -x in -a
    assert abs(x) in abs(a)
    if 0 not in b:
        assert x / y in a / b


@given(intervals(), intervals())
def test_the_ends_of_a_result_are_results(left: tuple[Interval, Fraction], right: tuple[Interval, Fraction]) -> None:
    """No interval is wider than it must be."""
    a, b = left[0], right[0]
    corners = [(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    for made, results in (
        (a + b, [x + y for x, y in corners]),
        (a - b, [x - y for x, y in corners]),
        (a * b, [x * y for x, y in corners]),
    ):
        assert made.low in results
        assert made.high in results


def test_dividing_by_what_may_be_0_is_refused() -> None:
    with pytest.raises(ZeroDivisionError, match="may be 0"):
        Interval.exactly(1) / Interval(Fraction(-1), Fraction(1))


@given(intervals(), intervals())
def test_the_distance_is_the_least_difference(
    left: tuple[Interval, Fraction], right: tuple[Interval, Fraction]
) -> None:
    (a, x), (b, y) = left, right
    assert a.distance(b) == b.distance(a) <= abs(x - y)
    assert a.overlaps(b) == (a.distance(b) == 0)
    if not a.overlaps(b):
        assert a.distance(b) in {abs(p - q) for p in (a.low, a.high) for q in (b.low, b.high)}


@given(intervals())
def test_an_interval_without_sign_starts_at_0_where_it_holds_0(of: tuple[Interval, Fraction]) -> None:
    interval, _ = of
    assume(0 in interval)
    assert abs(interval).low == 0
