"""Numbers as they are written in a language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from udsat_geo.reproduction.figures import Figure
from udsat_geo.reproduction.intervals import Interval

_FEW_DECIMALS = 4


@dataclass(frozen=True)
class Notation:
    """How numbers are written.

    Attributes
    ----------
    language : {"da", "en"}
        Danish numbers have a decimal comma.
    grouped : bool
        Whether there is a sign between the thousands; calendar years never have one.
    """

    language: str
    grouped: bool = True

    def written(self, value: Fraction, decimals: int) -> str:
        """A number with so many decimals, rounded half away from zero."""
        scaled = math.floor(abs(value) * 10**decimals + Fraction(1, 2))
        whole, part = divmod(scaled, 10**decimals)
        text = f"{whole:,}" if self.grouped else str(whole)
        if decimals:
            text = f"{text}.{part:0{decimals}d}"
        if self.language == "da":
            text = text.translate(str.maketrans(",.", ".,"))
        return f"-{text}" if value < 0 and scaled else text

    def shown(self, value: Fraction, least: int, towards: int = 0) -> str:
        """A number in full where a few decimals do, else with two more than `least` or with two digits that are not 0.

        Parameters
        ----------
        value : Fraction
        least : int
            Decimals that are always there.
        towards : {-1, 0, 1}
            Round down, to the nearest, or up where digits are left out.
        """
        for decimals in range(least, max(least, _FEW_DECIMALS) + 1):
            if (value * 10**decimals).denominator == 1:
                return self.written(value, decimals)
        decimals = least + 2
        while abs(value) * 10**decimals < 10:
            decimals += 1
        if towards:
            scaled = value * 10**decimals
            value = Fraction(math.floor(scaled) if towards < 0 else math.ceil(scaled), 10**decimals)
        return self.written(value, decimals)

    def interval(self, interval: Interval, least: int) -> str:
        """An interval with its ends rounded outwards, so that it still holds every result; or its one number."""
        if interval.low == interval.high:
            return self.shown(interval.low, least)
        return f"[{self.shown(interval.low, least, -1)}; {self.shown(interval.high, least, 1)}]"

    def figure(self, figure: Figure) -> str:
        """A figure with the decimals of its print."""
        plain = Notation(self.language, grouped=self.grouped and not figure.is_year)
        return plain.written(Fraction(figure.printed), figure.decimals)

    def in_formula(self, item: Figure | Fraction) -> str:
        """A figure or a number of a formula, negative ones in brackets."""
        text = self.figure(item) if isinstance(item, Figure) else self.shown(item, 0)
        return f"({text})" if text.startswith("-") else text
