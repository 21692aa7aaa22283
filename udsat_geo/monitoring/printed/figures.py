"""The printed figures of the report, each under a name, with the rounding that its print implies."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from udsat_geo.monitoring.interval import Bound, Interval

_SHARES = ("areas", "city", "areas_updated", "city_updated")
"""What of an indicator in per cent is itself in per cent; all else of it (persons) is counted."""
_NUMBERING = ("number", "approach")
"""Numbers that name a goal and its group: no figures."""


@dataclass(frozen=True)
class Figure:
    """One printed figure.

    Attributes
    ----------
    path : str
        Its name: ``table_1.areas.low_income.2017``; goals by number and indicators by position in their goal
        (``goal.18.2.areas.2021``); statements of the text by id.
    printed : Decimal
        With the decimals of the print.
    exact : bool
        A count or a year, which no rounding touches.
    about : bool
        Called approximate by the report.
    """

    path: str
    printed: Decimal
    exact: bool
    about: bool

    @property
    def decimals(self) -> int:
        """Decimals in print."""
        return max(0, -int(self.printed.as_tuple().exponent))

    @property
    def is_year(self) -> bool:
        """Whether it is a calendar year, which is written without a sign between the thousands."""
        named = "year" in self.path or "vintage" in self.path or self.path.startswith("policy.")
        return self.exact and 1900 <= self.printed <= 2100 and named

    @property
    def interval(self) -> Interval:
        """Every true figure that may be printed so."""
        return Interval.exactly(self.printed) if self.exact else Interval.printed(self.printed, self.about)


@dataclass(frozen=True)
class Report:
    """A report's figures, and the lists whose entries its text counts.

    Attributes
    ----------
    figures : dict
        Path -> `Figure`, in the order of the report.
    content : dict
        The parsed file, with numbers that are not whole as Decimal.
    """

    figures: dict[str, Figure]
    content: dict[str, Any]


def read_report(content: dict[str, Any]) -> Report:
    """Name every figure of a parsed report; see `udsat_geo.policy.published.printed_2021`."""
    return Report({figure.path: figure for figure in _figures(content, (), False)}, content)


def _figures(node: Any, path: tuple[str, ...], percentage: bool) -> Iterator[Figure]:
    if isinstance(node, dict):
        for key, value in node.items():
            share = percentage and (len(path) != 3 or path[0] != "goal" or key in _SHARES)
            yield from _figures(value, (*path, key), share or key.endswith("_pct"))
    elif isinstance(node, list):
        for position, entry in enumerate(node, start=1):
            yield from _figures(entry, _path_of_entry(path, entry, position), percentage or _is_percentage(entry))
    elif isinstance(node, int | Decimal) and not isinstance(node, bool):
        about = path[-1].startswith("about_")
        if path[-1] not in _NUMBERING:
            yield Figure(".".join(path), Decimal(node), isinstance(node, int) and not percentage and not about, about)


def _path_of_entry(path: tuple[str, ...], entry: Any, position: int) -> tuple[str, ...]:
    """Goals go by their number, statements by their id, all else by its place in the list."""
    name = str(position)
    if isinstance(entry, dict):
        name = str(entry.get("id") or entry.get("number") or position)
    return (*path[:-1], name) if path[-1] == "indicator" else (*path, name)


def _is_percentage(entry: Any) -> bool:
    return isinstance(entry, dict) and "%" in entry.get("name", "")


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

    def shown(self, value: Bound, least: int, towards: int = 0) -> str:
        """A number in full where a few decimals do, else with two more than `least` or with two digits that are not 0.

        Parameters
        ----------
        value : Fraction or float
        least : int
            Decimals that are always there.
        towards : {-1, 0, 1}
            Round down, to the nearest, or up where digits are left out.
        """
        value = Fraction(value)
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
