"""The 18 goals as the status report of 2021 prints them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, field_validator, model_validator

from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.interval import Interval

Words = Mapping[str, str]
"""A text by language, ``da`` and ``en``."""

RULE = (
    N_(
        "Printed figures are intervals: 6.8 is 6.75 to 6.85; counts are exact. A figure that the report says the "
        "pandemic pushed down holds as at least so much, one pushed up as at most."
    ),
    N_(
        "Years whose figure is repeated or not representative are left out; years on two sides of a break in the "
        "series are not compared."
    ),
    N_(
        "Distance measured: the lag behind the city where the aim is the city's level, else the areas' own value. The "
        "first comparable year is held against the latest that decides anything: certainly smaller is on the way, "
        "certainly larger is wrong way, neither is unchanged (so is what the report's own test found not significant)."
    ),
    N_(
        "Reached: a number to reach is certainly met, or the areas are at the city's level as far as the figures tell. "
        "Aims without a number are reached when 2025 has come and the movement is right."
    ),
    N_(
        "Cannot be judged: no two comparable years, so few persons that two standard errors cover the movement, or a "
        "survey's figure of which the number of answers is not given."
    ),
    N_(
        "Way covered, from 0 to 100 %: of a number to reach what is reached of it, of the city's level what the lag "
        "became smaller by, by the middles of the figures, where it certainly moved. Other aims have no end to be at."
    ),
    N_("A goal of several indicators follows those that can be judged; some right and some wrong is mixed."),
)
"""How a verdict comes about, for a reader."""

UNTIL = 2025
"""The policy's last year: its goals are to be reached by then."""

BASE = 2017
"""The year that numbers to reach are counted from."""

STANDARD_ERRORS = 2
"""Within so many, chance alone can have moved a share of few persons; own choice."""

IN_AREAS = Fraction(21, 100)
"""Of those who answer a survey, who live in the areas, where it is not told: as of the dwellings (goal 17, 2021)."""


class Verdict(StrEnum):
    """What is said of an indicator; `MIXED` of goals alone."""

    REACHED = "reached"
    ON_THE_WAY = "on_the_way"
    UNCHANGED = "unchanged"
    MIXED = "mixed"
    WRONG_WAY = "wrong_way"
    CANNOT_BE_JUDGED = "cannot_be_judged"


VERDICTS = {
    Verdict.REACHED: N_("reached"),
    Verdict.ON_THE_WAY: N_("on the way"),
    Verdict.UNCHANGED: N_("unchanged"),
    Verdict.MIXED: N_("mixed"),
    Verdict.WRONG_WAY: N_("wrong way"),
    Verdict.CANNOT_BE_JUDGED: N_("cannot be judged"),
}
"""Verdicts in words."""

Answers = tuple[int, int | None]
"""How many answered in the areas, and in the whole city where that is known."""
Change = Literal["smaller", "unchanged", "larger"]
Cause = Literal["target", "level", "moved", "rounding", "not_significant", "few_persons", "no_answers", "no_two_years"]


@dataclass(frozen=True)
class Aim:
    """What is wanted of an indicator.

    Attributes
    ----------
    kind : {"level", "better", "by"}
        The city's level; a movement the right way; or a movement by a stated amount since `BASE`.
    better : {"high", "low"}
    by : Fraction or None
        The amount, for the kind ``by``: positive, in the indicator's unit or in per cent of the base year's value.
    per_cent : bool
    """

    kind: Literal["level", "better", "by"]
    better: Literal["high", "low"]
    by: Fraction | None = None
    per_cent: bool = False


@dataclass(frozen=True)
class Series:
    """An indicator's figures by year, and what is known about them.

    Attributes
    ----------
    areas, city : dict of int to Interval
    breaks : collection of int
        Years that are not comparable with those before them.
    set_aside : collection of int
        Years whose figures say nothing new, or nothing reliable.
    not_significant : collection of int
        Years whose movement since the year before was tested by the source and found not significant.
    persons : dict of int to (int, int)
        Of a share of few persons: how many have it, of how many.
    survey : bool
        Whether it is a share, in per cent, of those who answered: nothing is said of it without their number.
    answers : dict of int to (int, int or None)
        How many answered in the areas, and in the whole city; None: of whom `IN_AREAS` live in the areas.
    errors : dict of (int, int) to float
        Pair of years -> the standard error of the distance's movement between them, in its unit.
    """

    areas: Mapping[int, Interval]
    city: Mapping[int, Interval] = field(default_factory=dict)
    breaks: Collection[int] = ()
    set_aside: Collection[int] = ()
    not_significant: Collection[int] = ()
    persons: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    survey: bool = False
    answers: Mapping[int, Answers] = field(default_factory=dict)
    errors: Mapping[tuple[int, int], float] = field(default_factory=dict)

    def is_silent(self, *years: int) -> bool:
        """Whether it is a survey's whose number of answers is not given for all of these years."""
        return self.survey and not set(years) <= set(self.answers)


@dataclass(frozen=True)
class Judgement:
    """A verdict with what it rests on.

    Attributes
    ----------
    verdict : Verdict
    cause : str
        Which part of the rule decided.
    first, last : int or None
        The years compared; the same year where one alone decides.
    before, after : Interval or None
        The distance in them (see the module's rule).
    target : Interval or None
        The distance to reach, where the aim has a number.
    lag : {"smaller", "unchanged", "larger"} or None
        What became of the areas' lag behind the city; None where that cannot be told.
    """

    verdict: Verdict
    cause: Cause
    first: int | None = None
    last: int | None = None
    before: Interval | None = None
    after: Interval | None = None
    target: Interval | None = None
    lag: Change | None = None

    @property
    def share_of_target(self) -> Fraction | None:
        """How much of the number to reach is covered, by the middles of the intervals; None without a number."""
        middles = [None if side is None else side.middle for side in (self.before, self.after, self.target)]
        before, after, target = middles
        if before is None or after is None or target is None or before == target:
            return None
        return (before - after) / (before - target)


def way_covered(judgement: Judgement, aim: Aim) -> Fraction | None:
    """How much of the way to an aim is covered, from 0 to 1.

    Of a number to reach it is the part that is reached, of the city's level what the lag became smaller by, each by the
    middles of the intervals; what went the wrong way has covered nothing.

    Returns
    -------
    Fraction or None
        None where the aim has no end, or where it is not certain that anything moved.
    """
    uncertain = judgement.cause in ("rounding", "not_significant", "few_persons", "no_answers")
    if judgement.before is None or judgement.after is None or uncertain:
        return None
    covered = judgement.share_of_target
    if aim.kind == "level" and judgement.cause == "level":
        covered = Fraction(1)
    elif aim.kind == "level" and judgement.first != judgement.last:
        before, after = judgement.before.middle, judgement.after.middle
        covered = None if before is None or after is None or before <= 0 else 1 - after / before
    return None if covered is None else min(max(covered, Fraction(0)), Fraction(1))


def judge(series: Series, aim: Aim) -> Judgement:
    """Judge an indicator by the rule of this module."""
    years = _years_that_count(series, aim)
    for last in reversed(years):
        first = _first_comparable(years, last, series.breaks)
        judgement = _judge_years(series, aim, first, last)
        if judgement is not None:
            return judgement
    return Judgement(Verdict.CANNOT_BE_JUDGED, "no_two_years")


def combine(verdicts: Collection[Verdict]) -> Verdict:
    """The verdict on a goal from those on its indicators; no order and no repetition of them matters."""
    judged = set(verdicts) - {Verdict.CANNOT_BE_JUDGED}
    right = judged & {Verdict.REACHED, Verdict.ON_THE_WAY}
    wrong = judged & {Verdict.WRONG_WAY}
    if Verdict.MIXED in judged or (right and wrong):
        return Verdict.MIXED
    if wrong:
        return Verdict.WRONG_WAY
    if judged == {Verdict.REACHED}:
        return Verdict.REACHED
    if right:
        return Verdict.ON_THE_WAY
    return Verdict.UNCHANGED if judged else Verdict.CANNOT_BE_JUDGED


def agrees(ours: Verdict, report: Literal["progress", "uncertain"]) -> bool:
    """Whether our verdict says what the report's says.

    The report knows two: progress, and a group of goals that it calls uncertain because of fluctuating data, of the
    pandemic, or because no significant movement was found. That group holds what we call unchanged, too.
    """
    if report == "progress":
        return ours in (Verdict.REACHED, Verdict.ON_THE_WAY)
    return ours in (Verdict.UNCHANGED, Verdict.CANNOT_BE_JUDGED)


def lag_of(series: Series, aim: Aim, year: int) -> Interval | None:
    """How far the areas are behind the city in a year; None where either has no figure."""
    if year not in series.areas or year not in series.city:
        return None
    return (series.areas[year] - series.city[year]) * _sign(aim)


def _sign(aim: Aim) -> int:
    return 1 if aim.better == "low" else -1


def _years_that_count(series: Series, aim: Aim) -> list[int]:
    there = set(series.areas) & set(series.city) if aim.kind == "level" else set(series.areas)
    return sorted(there - set(series.set_aside))


def _first_comparable(years: list[int], last: int, breaks: Collection[int]) -> int:
    """The first year from which no break lies between it and the last."""
    start = max((year for year in breaks if year <= last), default=min(years))
    return min(year for year in years if start <= year <= last)


def _distance(series: Series, aim: Aim, year: int) -> Interval:
    if aim.kind == "level":
        return (series.areas[year] - series.city[year]) * _sign(aim)
    return series.areas[year] * _sign(aim)


def _judge_years(series: Series, aim: Aim, first: int, last: int) -> Judgement | None:
    """The judgement over two years (or one, for the city's level); None if they decide nothing."""
    before, after = _distance(series, aim, first), _distance(series, aim, last)
    at_level = after.high <= 0 or (after.is_finite and after.low <= 0)
    silent = series.is_silent(first, last)
    if aim.kind == "level" and at_level and last > BASE and not silent:
        lag = _lag_change(series, aim, first, last)
        return Judgement(Verdict.REACHED, "level", first, last, before, after, lag=lag)
    if first == last:
        return None
    target = _target(series, aim, first)
    if last in series.not_significant:
        return Judgement(Verdict.UNCHANGED, "not_significant", first, last, before, after, target)
    if silent:
        return Judgement(Verdict.CANNOT_BE_JUDGED, "no_answers", first, last, before, after, target)
    lag = _lag_change(series, aim, first, last)
    if _is_chance(series, aim, first, last):
        return Judgement(Verdict.CANNOT_BE_JUDGED, "few_persons", first, last, before, after, target, lag)
    change = _change(after - before)
    if change is None:
        return None
    if target is not None and after.high <= target.low:
        return Judgement(Verdict.REACHED, "target", first, last, before, after, target, lag)
    if aim.kind == "better" and change == "smaller" and last >= UNTIL:
        return Judgement(Verdict.REACHED, "moved", first, last, before, after, target, lag)
    verdict = {"smaller": Verdict.ON_THE_WAY, "larger": Verdict.WRONG_WAY, "unchanged": Verdict.UNCHANGED}[change]
    cause: Cause = "rounding" if change == "unchanged" else "moved"
    return Judgement(verdict, cause, first, last, before, after, target, lag)


def _change(movement: Interval) -> Change | None:
    """Which way a distance certainly moved; None where a figure known from one side only may lie either way."""
    if movement.high < 0:
        return "smaller"
    if movement.low > 0:
        return "larger"
    return "unchanged" if movement.is_finite else None


def _target(series: Series, aim: Aim, first: int) -> Interval | None:
    """The distance to reach; None where the aim has no number or the base year is not comparable."""
    if aim.by is None or first != BASE:
        return None
    base = _distance(series, aim, first)
    if not aim.per_cent:
        return base - aim.by
    # a part of its own value nearer to better, whichever sign the distance has
    part = aim.by / 100
    return base * (1 - part if base.low >= 0 else 1 + part)


def _lag_change(series: Series, aim: Aim, first: int, last: int) -> Change | None:
    before, after = lag_of(series, aim, first), lag_of(series, aim, last)
    if before is None or after is None or first == last:
        return None
    return _change(after - before)


def _is_chance(series: Series, aim: Aim, first: int, last: int) -> bool:
    """Whether a movement is no more than `STANDARD_ERRORS` of it; False where no error is known."""
    if first in series.persons and last in series.persons:
        shares = [Fraction(*series.persons[year]) for year in (first, last)]
        ones = [series.persons[year][1] for year in (first, last)]
        variance = sum(share * (1 - share) / n for share, n in zip(shares, ones, strict=True))
        return abs(shares[1] - shares[0]) <= STANDARD_ERRORS * math.sqrt(variance)
    error = series.errors.get((first, last))
    if error is None and series.survey:
        # the rounds of a survey ask other people
        years = ((year, *series.answers[year]) for year in (first, last))
        error = 100 * math.sqrt(sum(_variance_of_answers(series, aim, *year) for year in years))
    movement = _movement(series, aim, first, last)
    return error is not None and movement is not None and abs(movement) <= STANDARD_ERRORS * error


def _movement(series: Series, aim: Aim, first: int, last: int) -> Fraction | None:
    """The distance's movement by the middles of the figures."""
    return (_distance(series, aim, last) - _distance(series, aim, first)).middle


def _share(interval: Interval) -> Fraction:
    """The middle of a figure in per cent as a share, within 0 and 1."""
    return min(max((interval.middle or Fraction(0)) / 100, Fraction(0)), Fraction(1))


def _variance_of_answers(series: Series, aim: Aim, year: int, n: int, of_city: int | Fraction | None) -> Fraction:
    """Of the distance, a share, as that of a simple sample.

    The areas are part of the city: their lag behind it is that behind the rest, times the share of those who answered
    there. That share is taken as known.
    """
    share = _share(series.areas[year])
    variance = share * (1 - share) / n
    if aim.kind != "level":
        return variance
    whole = Fraction(n / IN_AREAS if of_city is None else of_city)
    if whole <= n:
        return Fraction(0)
    rest = (_share(series.city[year]) * whole - share * n) / (whole - n)
    rest = min(max(rest, Fraction(0)), Fraction(1))
    return (variance + rest * (1 - rest) / (whole - n)) * (1 - n / whole) ** 2


def least_answers(series: Series, aim: Aim, first: int, last: int) -> int | None:
    """From how many answers in the areas, in each of two years, a survey's movement is more than chance.

    Returns
    -------
    int or None
        Of `IN_AREAS` as many in the whole city. None where nothing moved, so that no number would do.
    """
    movement = _movement(series, aim, first, last)
    if not movement:
        return None
    spread = sum((_variance_of_answers(series, aim, year, 1, None) for year in (first, last)), Fraction(0))
    return math.floor(STANDARD_ERRORS**2 * spread / (movement / 100) ** 2) + 1


FILE = "goals_2021.toml"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Indicator(_Part):
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
    survey : bool
        Whether it is a share of those who answered, whose number is not printed.
    answers : dict of int to (int, int or None)
        That number, from a goals file: see `Series`.
    data_year : dict of int to int
        The year of the data, where it is not the status year.
    breaks, set_aside, disturbed, not_significant : dict of int to mapping of str
        What the report says of a year's figure; of one disturbed, also whether it was ``pushed`` down or up.
    remark : mapping of str
        Our own, about the printed figures; empty without one.
    """

    key: str
    label: Words
    unit: str
    aim: InstanceOf[Aim] | None = None
    areas: dict[int, Decimal] = {}
    city: dict[int, Decimal] = {}
    areas_updated: Decimal | None = None
    city_updated: Decimal | None = None
    areas_per_cent: dict[str, Decimal] = {}
    city_per_cent: dict[str, Decimal] = {}
    numerator: dict[int, Decimal] = {}
    denominator: dict[int, Decimal] = {}
    persons: dict[int, tuple[int, int]] = {}
    survey: bool = False
    answers: dict[int, Answers] = {}
    data_year: dict[int, int] = {}
    breaks: dict[int, Words] = {}
    set_aside: dict[int, Words] = {}
    disturbed: dict[int, Words] = {}
    not_significant: dict[int, Words] = {}
    remark: Words = {}

    @model_validator(mode="before")
    @classmethod
    def _with_aim(cls, part: dict[str, Any]) -> dict[str, Any]:
        if "aim" not in part:
            return part
        amount = part.get("by", part.get("by_per_cent"))
        by = None if amount is None else Fraction(amount)
        return part | {"aim": Aim(part["aim"], part["better"], by, per_cent="by_per_cent" in part)}

    @property
    def notes(self) -> list[tuple[int, str, Words]]:
        """What is known about the figures of single years: year, kind and words, by year."""
        kinds = {
            "break": self.breaks,
            "set_aside": self.set_aside,
            "disturbed": self.disturbed,
            "not_significant": self.not_significant,
        }
        notes = [(year, kind, text) for kind, by_year in kinds.items() for year, text in by_year.items()]
        return sorted(notes, key=lambda note: note[:2])

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
            breaks=frozenset(self.breaks),
            set_aside=frozenset(self.set_aside),
            not_significant=frozenset(self.not_significant),
            persons=self.persons,
            survey=self.survey,
            answers=self.answers,
        )

    def judged(self) -> Judgement | None:
        """Our judgement; None where there is no aim."""
        return None if self.aim is None else judge(self.series, self.aim)

    def _interval(self, year: int, figure: Decimal, ratio: Interval | None = None) -> Interval:
        interval = exact_or_printed(figure, self.unit)
        if ratio is not None:
            # a printed ratio that its own numbers contradict stands as printed
            interval = interval & ratio or interval
        if year not in self.disturbed:
            return interval
        return interval.open_above() if self.disturbed[year]["pushed"] == "down" else interval.open_below()

    def _ratio(self, year: int) -> Interval | None:
        if year not in self.numerator or year not in self.denominator:
            return None
        return exact_or_printed(self.numerator[year], "count") / Interval.printed(self.denominator[year])


class Goal(_Part):
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
    indicators: tuple[Indicator, ...] = Field(alias="indicator")

    @field_validator("indicators", mode="before")
    @classmethod
    def _summed(cls, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each entry, those that sum others up with the sums as their figures."""
        by_key = {part["key"]: part for part in parts}

        def summed(part: dict[str, Any]) -> dict[str, Any]:
            others = [by_key[key] for key in part["sum_of"]]
            sums: dict[str, Any] = {
                side: {year: sum(other[side][year] for other in others) for year in others[0][side]}
                for side in ("areas", "city")
            }
            updated = {side: sum(other[side] for other in others) for side in ("areas_updated", "city_updated")}
            return part | sums | updated

        return [summed(part) if "sum_of" in part else part for part in parts]

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

    def with_answers(self, given: Mapping[tuple[int, str], dict[int, Answers]]) -> PublishedGoals:
        """The same, with the numbers of answers that are given for goals' indicators."""

        def told(goal: Goal) -> Goal:
            indicators = tuple(
                each.model_copy(update={"answers": given.get((goal.number, each.key), {})}) for each in goal.indicators
            )
            return goal.model_copy(update={"indicators": indicators})

        return PublishedGoals(tuple(map(told, self.goals)), self.approaches)

    def indicator(self, number: int, key: str) -> Indicator | None:
        """An indicator of a goal; None if there is none of that name."""
        found = [i for goal in self.goals if goal.number == number for i in goal.indicators if i.key == key]
        return found[0] if found else None


def exact_or_printed(figure: Decimal, unit: str) -> Interval:
    """A count is exact; any other figure has been rounded to its last digit."""
    return Interval.exactly(int(figure)) if unit == "count" else Interval.printed(figure)


@lru_cache(maxsize=1)
def published_goals() -> PublishedGoals:
    """The 18 goals of the status report of 2021, from the package's own copy of their figures.

    Notes
    -----
    Source: Københavns Kommune, "Status på Politik for Udsatte Byområder" (2021), Tabel 3 to 21 and Bilag 3.
    """
    text = resources.files("udsat_geo.policy").joinpath(FILE).read_text(encoding="utf-8")
    content: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
    goals = tuple(Goal.model_validate(entry) for entry in content["goal"])
    return PublishedGoals(goals, {int(number): name for number, name in content["approaches"].items()})


def note(text: str, language: str, **given: object) -> str:
    """A marked text in a language, with what was found: counts get the signs of the language, years do not."""

    def written(name: str, value: object) -> object:
        if not isinstance(value, int) or name == "year":
            return value
        return f"{value:,}".replace(",", "." if language == "da" else ",")

    return _(text, language).format(**{name: written(name, value) for name, value in given.items()})
