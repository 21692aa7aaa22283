"""Intervals hold every true result, and no more than they must."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from udsat_geo.monitoring.interval import Interval

ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN)

numbers = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Interval, Fraction]:
    """An interval and a number in it."""
    low, high, share = draw(numbers), draw(numbers), draw(st.fractions(min_value=0, max_value=1, max_denominator=50))
    low, high = min(low, high), max(low, high)
    return Interval(low, high), low + share * (high - low)


def test_a_printed_figure_stands_for_half_a_unit_of_its_last_decimal_to_either_side() -> None:
    assert Interval.printed(Decimal("6.8")) == Interval(Fraction("6.75"), Fraction("6.85"))
    assert Interval.printed(Decimal("35.0")) == Interval(Fraction("34.95"), Fraction("35.05"))
    assert Interval.printed(Decimal("35")) == Interval(Fraction("34.5"), Fraction("35.5"))
    assert Interval.printed(Decimal("-3.60")) == Interval(Fraction("-3.605"), Fraction("-3.595"))


def test_a_figure_called_approximate_is_rounded_at_its_last_digit_that_is_not_0() -> None:
    assert Interval.printed(Decimal(30), about=True) == Interval(Fraction(25), Fraction(35))
    assert Interval.printed(Decimal(920), about=True) == Interval(Fraction(915), Fraction(925))
    assert Interval.printed(Decimal(14), about=True) == Interval(Fraction("13.5"), Fraction("14.5"))


@given(st.decimals(-10_000, 10_000, places=4), st.integers(0, 3), st.sampled_from(ROUNDINGS))
def test_the_interval_of_a_figure_holds_what_was_rounded(true: Decimal, decimals: int, rounding: str) -> None:
    printed = true.quantize(Decimal(1).scaleb(-decimals), rounding)
    assert true in Interval.printed(printed)


def test_a_figure_cut_off_is_not_rounded() -> None:
    """The property above can fail: cutting digits off leaves the interval."""
    true = Decimal("6.89")
    assert true not in Interval.printed(true.quantize(Decimal("0.1"), ROUND_DOWN))


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
@given(intervals(), intervals())
def test_the_distance_is_the_least_difference(
    left: tuple[Interval, Fraction], right: tuple[Interval, Fraction]
) -> None:
    (a, x), (b, y) = left, right
    assert a.distance(b) == b.distance(a) <= abs(x - y)
    assert (a.distance(b) == 0) == (a & b is not None)
    if a.distance(b):
        assert a.distance(b) in {abs(p - q) for p in (a.low, a.high) for q in (b.low, b.high)}


@pytest.mark.long
@given(intervals())
def test_an_interval_without_sign_starts_at_0_where_it_holds_0(of: tuple[Interval, Fraction]) -> None:
    interval, _ = of
    assume(0 in interval)
    assert abs(interval).low == 0


def test_counts_are_exact_and_printed_figures_are_not() -> None:
    assert Interval.exactly(113) == Interval(Fraction(113), Fraction(113))
    per_km = Interval.exactly(113) / Interval.printed(Decimal("39.9"))
    assert per_km == Interval(Fraction(113) / Fraction("39.95"), Fraction(113) / Fraction("39.85"))


def test_intervals_that_touch_share_a_point_and_those_apart_nothing() -> None:
    one, other = Interval.printed(Decimal("2.8")), Interval.printed(Decimal("2.9"))
    assert one & other == Interval(Fraction("2.85"), Fraction("2.85"))
    assert one & Interval.printed(Decimal("3.0")) is None


def test_what_was_pushed_down_is_at_least_so_much() -> None:
    figure = Interval.printed(Decimal("0.8"))
    assert figure.open_above() == Interval(Fraction("0.75"), math.inf)
    assert figure.open_below() == Interval(-math.inf, Fraction("0.85"))
    assert figure.open_above() * -1 == Interval(-math.inf, Fraction("-0.75"))
    assert figure.open_above() * 0 == Interval.exactly(0)
    assert figure.open_above().middle is None
    assert not figure.open_above().is_finite
    assert figure.middle == Fraction("0.8")


@pytest.mark.long
@given(intervals(), numbers)
def test_a_number_stands_for_the_interval_of_itself(of: tuple[Interval, Fraction], number: Fraction) -> None:
    interval, exactly = of[0], Interval.exactly(number)
    assert interval + number == interval + exactly
    assert interval - number == interval - exactly
    assert interval * number == interval * exactly
