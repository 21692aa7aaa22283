"""The printed figures of the report, each under a name, with the rounding that its print implies."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any


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
        return self.exact and 1900 <= self.printed <= 2100 and ("year" in self.path or self.path.startswith("policy."))

    @property
    def interval(self) -> Interval:
        """Every true figure that may be printed so."""
        return Interval.exactly(self.printed) if self.exact else of_printed(self.printed, self.about)


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


Writer = Callable[[Figure | Fraction], str]


@dataclass(frozen=True)
class Reading:
    """The figures of a report, as printed or within their rounding.

    Attributes
    ----------
    report : Report
    rounded : bool
        Whether a figure stands for all that may be printed so, or for its print alone.
    """

    report: Report
    rounded: bool

    def of(self, path: str) -> Interval:
        """The interval of a figure."""
        figure = self.report.figures[path]
        return figure.interval if self.rounded else Interval.exactly(figure.printed)


class Expression:
    """A formula; `+ - * /` and `abs` make larger ones."""

    def value(self, reading: Reading) -> Interval:
        """Compute the formula."""
        raise NotImplementedError

    def parts(self) -> tuple[Expression, ...]:
        """The formulas it is made of."""
        return ()

    def text(self, report: Report, write: Writer) -> str:
        """Write the formula out with its figures in place."""
        raise NotImplementedError

    def paths(self) -> Iterator[str]:
        """Paths of the figures that go into it, as often as they do."""
        for part in self.parts():
            yield from part.paths()

    def with_paths(self, renamed: dict[str, str]) -> Expression:
        """The same formula over other figures; those without a new name stay."""
        return self

    def __add__(self, other: Expression) -> Expression:
        return Operation("+", self, other)

    def __sub__(self, other: Expression) -> Expression:
        return Operation("-", self, other)

    def __mul__(self, other: Expression) -> Expression:
        return Operation("*", self, other)

    def __truediv__(self, other: Expression) -> Expression:
        return Operation("/", self, other)

    def __abs__(self) -> Expression:
        return Size(self)


@dataclass(frozen=True)
class Printed(Expression):
    """A printed figure.

    Attributes
    ----------
    path : str
        See `udsat_geo.monitoring.printed.figures.Figure`.
    """

    path: str

    def value(self, reading: Reading) -> Interval:
        return reading.of(self.path)

    def text(self, report: Report, write: Writer) -> str:
        return write(report.figures[self.path])

    def paths(self) -> Iterator[str]:
        yield self.path

    def with_paths(self, renamed: dict[str, str]) -> Expression:
        return Printed(renamed.get(self.path, self.path))


@dataclass(frozen=True)
class Number(Expression):
    """A number of the formula itself, such as the 2 of a half."""

    number: int

    def value(self, reading: Reading) -> Interval:
        return Interval.exactly(self.number)

    def text(self, report: Report, write: Writer) -> str:
        return write(Fraction(self.number))


@dataclass(frozen=True)
class Operation(Expression):
    """Two formulas put together by one of ``+ - * /``."""

    sign: str
    left: Expression
    right: Expression

    def value(self, reading: Reading) -> Interval:
        left, right = self.left.value(reading), self.right.value(reading)
        if self.sign == "+":
            return left + right
        if self.sign == "-":
            return left - right
        return left * right if self.sign == "*" else left / right

    def parts(self) -> tuple[Expression, ...]:
        return (self.left, self.right)

    def text(self, report: Report, write: Writer) -> str:
        shown = {"+": "+", "-": "−", "*": "×", "/": "/"}[self.sign]
        left, right = self.left.text(report, write), self.right.text(report, write)
        if isinstance(self.left, Operation) and self.sign in "*/" and self.left.sign in "+-":
            left = f"({left})"
        if isinstance(self.right, Operation) and self.sign != "+" and (self.sign in "*/" or self.right.sign in "+-"):
            right = f"({right})"
        return f"{left} {shown} {right}"

    def with_paths(self, renamed: dict[str, str]) -> Expression:
        return Operation(self.sign, self.left.with_paths(renamed), self.right.with_paths(renamed))


@dataclass(frozen=True)
class Size(Expression):
    """A number without its sign."""

    of: Expression

    def value(self, reading: Reading) -> Interval:
        return abs(self.of.value(reading))

    def parts(self) -> tuple[Expression, ...]:
        return (self.of,)

    def text(self, report: Report, write: Writer) -> str:
        return f"|{self.of.text(report, write)}|"

    def with_paths(self, renamed: dict[str, str]) -> Expression:
        return Size(self.of.with_paths(renamed))


@dataclass(frozen=True)
class Condition:
    """That a formula is ``above``, ``below``, ``not_above``, ``not_below`` or ``equal`` to 0."""

    of: Expression
    relation: str

    def holds(self, value: Interval) -> tuple[bool, bool]:
        """Whether it holds for every number of an interval, and whether for any."""
        low, high = value.low, value.high
        return {
            "above": (low > 0, high > 0),
            "below": (high < 0, low < 0),
            "not_above": (high <= 0, low <= 0),
            "not_below": (low >= 0, high >= 0),
            "equal": (low == high == 0, 0 in value),
        }[self.relation]

    def short_by(self, value: Interval) -> Fraction:
        """How far an interval is from numbers for which it holds, or from their edge."""
        away = value.distance(Interval.exactly(0))
        return Fraction(0) if self.holds(value)[1] else away

    def text(self, report: Report, write: Writer) -> str:
        """Write it out."""
        sign = {"above": ">", "below": "<", "not_above": "≤", "not_below": "≥", "equal": "="}[self.relation]
        return f"{self.of.text(report, write)} {sign} {write(Fraction(0))}"


@dataclass(frozen=True)
class HowMany(Expression):
    """How many of some conditions hold: from those that surely do to those that may."""

    conditions: tuple[Condition, ...]

    def value(self, reading: Reading) -> Interval:
        held = [condition.holds(condition.of.value(reading)) for condition in self.conditions]
        return Interval(Fraction(sum(surely for surely, _ in held)), Fraction(sum(maybe for _, maybe in held)))

    def parts(self) -> tuple[Expression, ...]:
        return tuple(condition.of for condition in self.conditions)

    def text(self, report: Report, write: Writer) -> str:
        return f"#{{{'; '.join(condition.text(report, write) for condition in self.conditions)}}}"

    def with_paths(self, renamed: dict[str, str]) -> Expression:
        return HowMany(tuple(Condition(c.of.with_paths(renamed), c.relation) for c in self.conditions))


@dataclass(frozen=True)
class Entries(Expression):
    """How many entries a list of the report has.

    Attributes
    ----------
    path : tuple of str
        Keys of the list; statements go by their id.
    where : tuple of (str, object)
        Entries count whose value of each key is the value, or a text that holds it.
    distinct : str
        Key whose different values are counted, rather than entries; several stand in one text with a comma between.
    """

    path: tuple[str, ...]
    where: tuple[tuple[str, Any], ...] = ()
    distinct: str = ""

    def value(self, reading: Reading) -> Interval:
        node: Any = reading.report.content
        for key in self.path:
            node = next(entry for entry in node if entry["id"] == key) if isinstance(node, list) else node[key]
        found = [entry for entry in node if all(_matches(entry, key, value) for key, value in self.where)]
        if self.distinct:
            return Interval.exactly(len({name for entry in found for name in entry[self.distinct].split(", ")}))
        return Interval.exactly(len(found))

    def text(self, report: Report, write: Writer) -> str:
        where = ", ".join(str(value) for _, value in self.where)
        return f"#{{{'.'.join(self.path)}{f': {where}' if where else ''}}}"


def _matches(entry: dict[str, Any], key: str, value: Any) -> bool:
    held = entry[key]
    return value in held if isinstance(held, str) else bool(held == value)


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
