"""The 18 goals as the status report of 2021 prints them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from udsat_geo.goals.interval import Interval
from udsat_geo.goals.verdict import Aim, Judgement, Series, Verdict, agrees, combine, judge
from udsat_geo.goals.wording import Words

FILE = "goals_2021.toml"


@dataclass(frozen=True)
class Note:
    """What is known about the figure of a year.

    Attributes
    ----------
    year : int
    kind : {"break", "set_aside", "disturbed", "not_significant"}
    text : mapping of str
        Danish and English.
    """

    year: int
    kind: Literal["break", "set_aside", "disturbed", "not_significant"]
    text: Words


@dataclass(frozen=True)
class Indicator:
    """One indicator of a goal, with its figures as printed.

    Attributes
    ----------
    key : str
    label : mapping of str
        Our own, Danish and English.
    unit : {"%", "years", "mark", "per_km", "count"}
    aim : Aim or None
        None where the indicator is shown and not judged.
    areas, city : dict of int to Decimal
        By status year; a Decimal keeps the digits it is printed with.
    areas_updated, city_updated : Decimal or None
        Of the updated areas (Bilag 3), measured in 2021.
    areas_per_cent, city_per_cent : dict of str to Decimal
        The shares printed beside counts, by year and ``updated``.
    numerator, denominator : dict of int to Decimal
        The two numbers of a ratio, where they are printed.
    persons : dict of int to (int, int)
        How many of how many, where a share is of few persons.
    data_year : dict of int to int
        The year of the data, where it is not the status year.
    notes : tuple of Note
    disturbed : dict of int to {"down", "up"}
    remark : mapping of str
        Our own, about the printed figures; empty without one.
    """

    key: str
    label: Words
    unit: str
    aim: Aim | None
    areas: dict[int, Decimal]
    city: dict[int, Decimal]
    areas_updated: Decimal | None
    city_updated: Decimal | None
    areas_per_cent: dict[str, Decimal]
    city_per_cent: dict[str, Decimal]
    numerator: dict[int, Decimal]
    denominator: dict[int, Decimal]
    persons: dict[int, tuple[int, int]]
    data_year: dict[int, int]
    notes: tuple[Note, ...]
    disturbed: dict[int, str]
    remark: Words

    @property
    def decimals(self) -> int:
        """The most decimals any of its figures is printed with."""
        figures = [*self.areas.values(), *self.city.values()]
        return max((-int(figure.as_tuple().exponent) for figure in figures), default=0)

    @property
    def series(self) -> Series:
        """Its figures as the rule reads them; a count of the whole city is no level that areas could lag behind."""
        city = {} if self.unit == "count" else self.city
        return Series(
            areas={year: self._interval(year, figure, self._ratio(year)) for year, figure in self.areas.items()},
            city={year: self._interval(year, figure) for year, figure in city.items()},
            breaks=self._years("break"),
            set_aside=self._years("set_aside"),
            not_significant=self._years("not_significant"),
            persons=self.persons,
        )

    def judged(self) -> Judgement | None:
        """Our judgement; None where there is no aim."""
        return None if self.aim is None else judge(self.series, self.aim)

    def _years(self, kind: str) -> frozenset[int]:
        return frozenset(note.year for note in self.notes if note.kind == kind)

    def _interval(self, year: int, figure: Decimal, ratio: Interval | None = None) -> Interval:
        interval = exact_or_printed(figure, self.unit)
        if ratio is not None:
            # a printed ratio that its own numbers contradict stands as printed
            interval = interval.within(ratio) or interval
        pushed = self.disturbed.get(year)
        if pushed is None:
            return interval
        return interval.open_above() if pushed == "down" else interval.open_below()

    def _ratio(self, year: int) -> Interval | None:
        if year not in self.numerator or year not in self.denominator:
            return None
        return exact_or_printed(self.numerator[year], "count").over(Interval.printed(self.denominator[year]))


@dataclass(frozen=True)
class Goal:
    """One of the 18 goals.

    Attributes
    ----------
    number : int
    label : mapping of str
    approach : int
        1 supporting, 2 locally organising, 3 structural.
    responsible : str
        The administration.
    table : str
        Of the report.
    report : {"progress", "uncertain"}
        The report's own verdict.
    indicators : tuple of Indicator
    """

    number: int
    label: Words
    approach: int
    responsible: str
    table: str
    report: Literal["progress", "uncertain"]
    indicators: tuple[Indicator, ...]

    @property
    def verdict(self) -> Verdict:
        """Our own verdict, from those on its indicators."""
        judged = [indicator.judged() for indicator in self.indicators]
        return combine([judgement.verdict for judgement in judged if judgement is not None])

    @property
    def agrees(self) -> bool:
        """Whether ours says what the report's says."""
        return agrees(self.verdict, self.report)


@dataclass(frozen=True)
class PublishedGoals:
    """The report's goals.

    Attributes
    ----------
    goals : tuple of Goal, 18
        By number.
    approaches : dict of int to mapping of str
        The three approaches' names.
    """

    goals: tuple[Goal, ...]
    approaches: dict[int, Words]

    def indicator(self, number: int, key: str) -> Indicator | None:
        """An indicator of a goal; None if there is none of that name."""
        found = [i for goal in self.goals if goal.number == number for i in goal.indicators if i.key == key]
        return found[0] if found else None


def exact_or_printed(figure: Decimal, unit: str) -> Interval:
    """A count is exact; any other figure has been rounded to its last digit."""
    return Interval.exact(int(figure)) if unit == "count" else Interval.printed(figure)


@lru_cache(maxsize=1)
def published_goals() -> PublishedGoals:
    """The 18 goals of the status report of 2021, from the package's own copy of their figures.

    Notes
    -----
    Source: Københavns Kommune, "Status på Politik for Udsatte Byområder" (2021), Tabel 3 to 21 and Bilag 3.
    """
    text = resources.files("udsat_geo.published").joinpath(FILE).read_text(encoding="utf-8")
    content: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
    goals = tuple(_goal(entry) for entry in content["goal"])
    return PublishedGoals(goals, {int(number): name for number, name in content["approaches"].items()})


def _goal(entry: dict[str, Any]) -> Goal:
    indicators: list[Indicator] = []
    by_key = {part["key"]: part for part in entry["indicator"]}
    for part in entry["indicator"]:
        indicators.append(_indicator(part, by_key))
    return Goal(
        number=entry["number"],
        label=entry["label"],
        approach=entry["approach"],
        responsible=entry["responsible"],
        table=entry["table"],
        report=entry["report"],
        indicators=tuple(indicators),
    )


def _indicator(part: dict[str, Any], by_key: dict[str, dict[str, Any]]) -> Indicator:
    if "sum_of" in part:
        part = _summed(part, [by_key[key] for key in part["sum_of"]])
    return Indicator(
        key=part["key"],
        label=part["label"],
        unit=part["unit"],
        aim=_aim(part),
        areas=_by_year(part, "areas"),
        city=_by_year(part, "city"),
        areas_updated=_figure(part, "areas_updated"),
        city_updated=_figure(part, "city_updated"),
        areas_per_cent={year: Decimal(value) for year, value in part.get("areas_per_cent", {}).items()},
        city_per_cent={year: Decimal(value) for year, value in part.get("city_per_cent", {}).items()},
        numerator=_by_year(part, "numerator"),
        denominator=_by_year(part, "denominator"),
        persons={int(year): (have, of) for year, (have, of) in part.get("persons", {}).items()},
        data_year={int(year): data_year for year, data_year in part.get("data_year", {}).items()},
        notes=_notes(part),
        disturbed={int(year): text["pushed"] for year, text in part.get("disturbed", {}).items()},
        remark=part.get("remark", {}),
    )


def _summed(part: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The entry with the sums of other indicators as its figures."""
    sums: dict[str, Any] = {
        side: {year: sum(other[side][year] for other in parts) for year in parts[0][side]} for side in ("areas", "city")
    }
    updated = {side: sum(other[side] for other in parts) for side in ("areas_updated", "city_updated")}
    return part | sums | updated


def _aim(part: dict[str, Any]) -> Aim | None:
    if "aim" not in part:
        return None
    amount = part.get("by", part.get("by_per_cent"))
    by = None if amount is None else Fraction(amount)
    return Aim(part["aim"], part["better"], by, per_cent="by_per_cent" in part)


def _by_year(part: dict[str, Any], name: str) -> dict[int, Decimal]:
    return {int(year): Decimal(value) for year, value in part.get(name, {}).items()}


def _figure(part: dict[str, Any], name: str) -> Decimal | None:
    return Decimal(part[name]) if name in part else None


def _notes(part: dict[str, Any]) -> tuple[Note, ...]:
    kinds: tuple[tuple[Literal["break", "set_aside", "disturbed", "not_significant"], str], ...] = (
        ("break", "breaks"),
        ("set_aside", "set_aside"),
        ("disturbed", "disturbed"),
        ("not_significant", "not_significant"),
    )
    notes = [
        Note(int(year), kind, {"da": text["da"], "en": text["en"]})
        for kind, name in kinds
        for year, text in part.get(name, {}).items()
    ]
    return tuple(sorted(notes, key=lambda note: (note.year, note.kind)))
