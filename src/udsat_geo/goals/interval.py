"""Printed figures as intervals: what a rounded figure can have been, exactly.

A printed 6.8 is any number from 6.75 to 6.85. Bounds are fractions, so that no further rounding comes in and two
intervals that touch are seen to touch. Source of the arithmetic: R. E. Moore, Interval Analysis (1966).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Bound = Fraction | float
"""A fraction, or an infinity where a figure is known from one side only."""


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`, both included.

    Attributes
    ----------
    low, high : Fraction or float
        A float is an infinity: `low` may be minus, `high` plus infinity.
    """

    low: Bound
    high: Bound

    @staticmethod
    def exact(value: Fraction | int) -> Interval:
        """A number known exactly, such as a count."""
        return Interval(Fraction(value), Fraction(value))

    @staticmethod
    def printed(figure: Decimal) -> Interval:
        """What a figure can have been before it was rounded to the digits it is printed with."""
        exponent = figure.as_tuple().exponent
        half = Fraction(10) ** int(exponent) / 2
        return Interval(Fraction(figure) - half, Fraction(figure) + half)

    @property
    def is_finite(self) -> bool:
        """Whether it is bounded on both sides."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def middle(self) -> Fraction | None:
        """The middle of a bounded interval; None otherwise."""
        if isinstance(self.low, Fraction) and isinstance(self.high, Fraction):
            return (self.low + self.high) / 2
        return None

    def open_above(self) -> Interval:
        """At least as much: the figure was pushed down by something that does not belong to what it measures."""
        return Interval(self.low, math.inf)

    def open_below(self) -> Interval:
        """At most as much: the figure was pushed up."""
        return Interval(-math.inf, self.high)

    def times(self, factor: Fraction | int) -> Interval:
        """Every number times a factor that is not 0."""
        ends = (_product(self.low, factor), _product(self.high, factor))
        return Interval(*ends) if factor > 0 else Interval(*reversed(ends))

    def plus(self, amount: Fraction | int) -> Interval:
        """Every number plus an amount."""
        return Interval(self.low + amount, self.high + amount)

    def over(self, other: Interval) -> Interval:
        """The quotient of two intervals of positive numbers."""
        return Interval(self.low / other.high, self.high / other.low)

    def within(self, other: Interval) -> Interval | None:
        """What two intervals share; None if they contradict each other."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else None

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)


def _product(bound: Bound, factor: Fraction | int) -> Bound:
    """An infinity stays one, of the sign of the product; a fraction stays exact."""
    if isinstance(bound, Fraction):
        return bound * factor
    return bound if factor > 0 else -bound
