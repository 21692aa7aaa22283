"""Our own verdict on an indicator and on a goal, by one rule.

The rule (own choice; the report states none):

1. **Figures** are intervals: a printed 6.8 is 6.75 to 6.85, a count is exact. Where a ratio's own two numbers are
   printed as well, they narrow it. A figure that the report says the pandemic pushed down holds as "at least so much",
   one pushed up as "at most".
2. **Years** count when the figures that the aim needs are there, and when the report does not itself say that the
   figure of the year is a repetition or not representative. Years on two sides of a break in the series (another
   method, source or definition) are not compared.
3. **The distance** that the aim wants smaller is the areas' lag behind the city, where the aim is the city's level;
   else the areas' own value, turned so that less is better.
4. The distance of the first comparable year is compared with that of the latest year that decides anything. Certainly
   smaller: *on the way*. Certainly larger: *wrong way*. Neither: *unchanged*, the movement being smaller than the
   rounding can tell; so it is where the report's own test found no significant movement.
5. **Reached**: a number to reach is certainly met, or the areas are at the city's level as far as the figures of a year
   after the first can tell. An aim without a number is reached when its last year has come and the areas have moved the
   right way.
6. **Cannot be judged**: no two comparable years decide; or, where the report prints how few persons a share counts,
   the movement lies within two standard errors of the difference of two such shares.
7. **A goal** is judged by those of its indicators that can be: all reached is *reached*; some the right way and none
   the wrong way is *on the way*; some the wrong way and none the right way is *wrong way*; both is *mixed*.

Whether the lag behind the city shrank is told beside every verdict, whatever the aim.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from udsat_geo.goals.interval import Interval

UNTIL = 2025
"""The policy's last year: its goals are to be reached by then."""

BASE = 2017
"""The year that numbers to reach are counted from."""

STANDARD_ERRORS = 2
"""Within so many, chance alone can have moved a share of few persons; own choice."""


class Verdict(StrEnum):
    """What is said of an indicator; `MIXED` of goals alone."""

    REACHED = "reached"
    ON_THE_WAY = "on_the_way"
    UNCHANGED = "unchanged"
    MIXED = "mixed"
    WRONG_WAY = "wrong_way"
    CANNOT_BE_JUDGED = "cannot_be_judged"


Change = Literal["smaller", "unchanged", "larger"]
Cause = Literal["target", "level", "moved", "rounding", "not_significant", "few_persons", "no_two_years"]


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
    """

    areas: Mapping[int, Interval]
    city: Mapping[int, Interval] = field(default_factory=dict)
    breaks: Collection[int] = ()
    set_aside: Collection[int] = ()
    not_significant: Collection[int] = ()
    persons: Mapping[int, tuple[int, int]] = field(default_factory=dict)


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


def judge(series: Series, aim: Aim) -> Judgement:
    """Judge an indicator by the rule of this module.

    Parameters
    ----------
    series : Series
    aim : Aim
    """
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
    return (series.areas[year] - series.city[year]).times(_sign(aim))


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
        return (series.areas[year] - series.city[year]).times(_sign(aim))
    return series.areas[year].times(_sign(aim))


def _judge_years(series: Series, aim: Aim, first: int, last: int) -> Judgement | None:
    """The judgement over two years (or one, for the city's level); None if they decide nothing."""
    before, after = _distance(series, aim, first), _distance(series, aim, last)
    at_level = after.high <= 0 or (after.is_finite and after.low <= 0)
    if aim.kind == "level" and at_level and last > BASE:
        lag = _lag_change(series, aim, first, last)
        return Judgement(Verdict.REACHED, "level", first, last, before, after, lag=lag)
    if first == last:
        return None
    target = _target(series, aim, first)
    if last in series.not_significant:
        return Judgement(Verdict.UNCHANGED, "not_significant", first, last, before, after, target)
    lag = _lag_change(series, aim, first, last)
    if _is_chance(series, first, last):
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
        return base.plus(-aim.by)
    # a part of its own value nearer to better, whichever sign the distance has
    part = aim.by / 100
    return base.times(1 - part if base.low >= 0 else 1 + part)


def _lag_change(series: Series, aim: Aim, first: int, last: int) -> Change | None:
    before, after = lag_of(series, aim, first), lag_of(series, aim, last)
    if before is None or after is None or first == last:
        return None
    return _change(after - before)


def _is_chance(series: Series, first: int, last: int) -> bool:
    """Whether two shares of few persons differ by no more than `STANDARD_ERRORS` of their difference."""
    if first not in series.persons or last not in series.persons:
        return False
    shares = [Fraction(*series.persons[year]) for year in (first, last)]
    variance = sum(
        share * (1 - share) / series.persons[year][1] for share, year in zip(shares, (first, last), strict=True)
    )
    return abs(shares[1] - shares[0]) <= STANDARD_ERRORS * math.sqrt(variance)
