"""Intervals of exact numbers: what a printed figure may have been before it was rounded, and what follows from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Bound = Fraction | float
"""A fraction, or an infinity where a figure is known from one side only."""
Number = int | Fraction | Decimal


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`, both included.

    Arithmetic on intervals gives the smallest interval that holds every result of the operation on a number of each,
    so a formula holds its true result for all true inputs; it is as narrow as can be when no input comes in twice. A
    plain number stands for the interval of itself.

    Attributes
    ----------
    low, high : Fraction or float
        A float is an infinity: `low` may be minus, `high` plus infinity.
    """

    low: Bound
    high: Bound

    @classmethod
    def exactly(cls, value: Number) -> Interval:
        """The interval of one number, such as a count."""
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def printed(cls, figure: Decimal, about: bool = False) -> Interval:
        """The true figures that may be printed so: half a unit of the last printed decimal to either side.

        Parameters
        ----------
        figure : Decimal
            With as many decimals as in print: 35.0 is not 35.
        about : bool
            A figure called approximate ("about 30 %") is read as rounded at its last digit that is not 0: 25 to 35 (own
            choice: the report does not say how approximate).

        Notes
        -----
        Both ends belong to the interval, since reports do not say how they round halves.
        """
        exponent = figure.normalize().as_tuple().exponent if about else figure.as_tuple().exponent
        half = Fraction(10) ** int(exponent) / 2
        return cls(Fraction(figure) - half, Fraction(figure) + half)

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

    def __add__(self, other: Interval | Number) -> Interval:
        other = _interval(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Interval | Number) -> Interval:
        return self + -_interval(other)

    def __mul__(self, other: Interval | Number) -> Interval:
        other = _interval(other)
        corners = [_product(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))

    def __truediv__(self, other: Interval | Number) -> Interval:
        """The quotient.

        Raises
        ------
        ZeroDivisionError
            If the divisor holds 0.
        """
        other = _interval(other)
        if 0 in other:
            raise ZeroDivisionError(f"the divisor may be 0: {other}")
        return self * Interval(1 / other.high, 1 / other.low)

    def __abs__(self) -> Interval:
        if 0 in self:
            return Interval(Fraction(0), max(-self.low, self.high))
        return self if self.low > 0 else -self

    def __and__(self, other: Interval) -> Interval | None:
        """What two intervals share; None if they contradict each other."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else None

    def __contains__(self, value: Number) -> bool:
        return self.low <= Fraction(value) <= self.high

    def distance(self, other: Interval) -> Bound:
        """The least difference of a number of the one and a number of the other; 0 where they overlap."""
        return max(Fraction(0), self.low - other.high, other.low - self.high)


def _interval(value: Interval | Number) -> Interval:
    return value if isinstance(value, Interval) else Interval.exactly(value)


def _product(one: Bound, other: Bound) -> Bound:
    """Nothing of infinitely much is nothing."""
    return one * other if one and other else Fraction(0)
