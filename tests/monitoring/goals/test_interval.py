"""Printed figures as intervals, exactly."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from udsat_geo.monitoring.goal_figures import Interval

figures = st.decimals(-1000, 1000, places=2)
factors = st.integers(-50, 50).filter(bool)


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [("6.8", "6.75", "6.85"), ("16", "15.5", "16.5"), ("16.0", "15.95", "16.05"), ("8.55", "8.545", "8.555")],
)
def test_a_printed_figure_is_half_a_digit_either_way(printed: str, low: str, high: str) -> None:
    assert Interval.printed(Decimal(printed)) == Interval(Fraction(low), Fraction(high))


def test_a_count_is_exact() -> None:
    assert Interval.exact(113) == Interval(Fraction(113), Fraction(113))


def test_a_ratio_is_between_the_extremes_of_its_numbers() -> None:
    per_km = Interval.exact(113).over(Interval.printed(Decimal("39.9")))
    assert per_km == Interval(Fraction(113) / Fraction("39.95"), Fraction(113) / Fraction("39.85"))


def test_intervals_that_touch_share_a_point_and_those_apart_nothing() -> None:
    one, other = Interval.printed(Decimal("2.8")), Interval.printed(Decimal("2.9"))
    assert one.within(other) == Interval(Fraction("2.85"), Fraction("2.85"))
    assert one.within(Interval.printed(Decimal("3.0"))) is None


def test_what_was_pushed_down_is_at_least_so_much() -> None:
    figure = Interval.printed(Decimal("0.8"))
    assert figure.open_above() == Interval(Fraction("0.75"), math.inf)
    assert figure.open_below() == Interval(-math.inf, Fraction("0.85"))
    assert figure.open_above().times(-1) == Interval(-math.inf, Fraction("-0.75"))
    assert figure.open_above().middle is None
    assert not figure.open_above().is_finite


@given(figures, figures, st.floats(0, 1), st.floats(0, 1))
def test_a_difference_holds_whatever_was_rounded(one: Decimal, other: Decimal, at: float, and_at: float) -> None:
    first, second = Interval.printed(one), Interval.printed(other)
    x = first.low + Fraction(at) * (first.high - first.low)
    y = second.low + Fraction(and_at) * (second.high - second.low)
    difference = first - second
    assert difference.low <= x - y <= difference.high
    assert difference.high - difference.low == (first.high - first.low) + (second.high - second.low)


@given(figures, factors)
def test_times_turns_the_ends_where_the_factor_is_negative(figure: Decimal, factor: int) -> None:
    interval = Interval.printed(figure).times(factor)
    assert interval.low < Fraction(figure) * factor < interval.high
    assert interval.times(Fraction(1, factor)) == Interval.printed(figure)
