"""Intervals that hold every true figure a printed one can stand for, in exact fractions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`, both included.

    Arithmetic on intervals gives the smallest interval that holds every result of the operation on a number of each,
    so a formula holds its true result for all true inputs; it is as narrow as can be when no input comes in twice.

    Attributes
    ----------
    low, high : Fraction
    """

    low: Fraction
    high: Fraction

    @classmethod
    def exactly(cls, value: int | Fraction | Decimal) -> Interval:
        """The interval of one number."""
        return cls(Fraction(value), Fraction(value))

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))

    def __truediv__(self, other: Interval) -> Interval:
        """The quotient.

        Raises
        ------
        ZeroDivisionError
            If the divisor holds 0.
        """
        if 0 in other:
            raise ZeroDivisionError(f"the divisor may be 0: {other}")
        return self * Interval(1 / other.high, 1 / other.low)

    def __abs__(self) -> Interval:
        if 0 in self:
            return Interval(Fraction(0), max(-self.low, self.high))
        return self if self.low > 0 else -self

    def __contains__(self, value: int | Fraction | Decimal) -> bool:
        return self.low <= Fraction(value) <= self.high

    def overlaps(self, other: Interval) -> bool:
        """Whether a number lies in both."""
        return self.distance(other) == 0

    def distance(self, other: Interval) -> Fraction:
        """The least difference of a number of the one and a number of the other."""
        return max(Fraction(0), self.low - other.high, other.low - self.high)


def of_printed(printed: Decimal, about: bool = False) -> Interval:
    """The true figures that may be printed so: half a unit of the last printed decimal to either side.

    Parameters
    ----------
    printed : Decimal
        With as many decimals as in print: 35.0 is not 35.
    about : bool
        A figure called approximate ("about 30 %") is read as rounded at its last digit that is not 0: 25 to 35 (own
        choice: the report does not say how approximate).

    Notes
    -----
    Both ends belong to the interval, since reports do not say how they round halves.
    """
    exponent = printed.normalize().as_tuple().exponent if about else printed.as_tuple().exponent
    half = Fraction(10) ** int(exponent) / 2
    return Interval(Fraction(printed) - half, Fraction(printed) + half)
