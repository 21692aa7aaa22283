"""Formulas over named printed figures: data that can be computed with, listed and written out.

Every formula computes on intervals. Read as printed, each figure is one number and so is the result; read within
rounding, each is the interval of all figures that may be printed so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from udsat_geo.reproduction.figures import Figure, Report
from udsat_geo.reproduction.intervals import Interval

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
        See `udsat_geo.reproduction.figures.Figure`.
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
