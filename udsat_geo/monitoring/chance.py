"""What chance does to rates, gaps and their changes: standard errors and intervals.

Registers count everybody, so no error of a sample is meant. The households that are there are taken as drawn from all
that might as well have been there, each by itself: an error says how far a rate would lie elsewhere had others of the
same kind moved in. Members of a household are alike and are drawn together. Registers that are wrong are another thing.

A rate is a ratio of two sums, R = Y / X. A household that adds y and x to them moves it by (y - R x) / X, which is its
influence, and the variance of R is the sum of the squares of all influences, times n / (n - 1) for n households (the
linearised variance of a ratio: Woodruff 1971; Särndal, Swensson and Wretman 1992, chapter 5). Areas and the rest of the
city are other households, so the variance of their gap is the sum of both.

Two years share most of their residents. Their covariance is the sum of the products of influences over every pair, one
of each year, that belongs together: the residents of one dwelling, and a person who lives in another one now (clusters
of two ways: Cameron, Gelbach and Miller 2011). Without keys of persons, dwellings alone are followed; who moved within
the city then counts as another, and the error of a change comes out too large rather than too small. Where no key of
one year is found in another, the years are taken as other people, which is said.

A survey is a sample. Its answers are taken as drawn each by itself, with their weights in the influence, and those of
two years as of other people.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from udsat_geo.designation.status import INSIDE, OUTSIDE
from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.monitoring.measure import MeasuredYear
from udsat_geo.registers.followed import Answered, Followed, Keys, Persons

SURE = 1.96
"""Standard errors to either side that hold the true figure in 95 of 100 cases."""

Of = Literal["areas", "rest_of_city", "gap"]
Judged = Literal["improved", "worse", "undecided"]
_NONE_LEFT = 1e-12
"""What a variance of a difference is of its parts when it is nothing but rounding."""


@dataclass(frozen=True)
class Overlap:
    """How residents of two years were found to be the same.

    Attributes
    ----------
    by : {"persons", "dwellings", "nothing"}
        Persons and dwellings by their keys, dwellings alone, or no key that both years have.
    share : float
        Of the later year's residents, those who are in the earlier year as well; by dwellings, who live in a dwelling
        that is there too.
    """

    by: Literal["persons", "dwellings", "nothing"]
    share: float


@dataclass(frozen=True)
class Chance:
    """What chance does to the rates of a series.

    Attributes
    ----------
    years : tuple of int, n_years
    variance : float64, shape (n_years, 2, n_criteria)
        Of the rates in the areas, row `INSIDE`, and in the rest of the city; NaN where it cannot be told: of fewer than
        two households, of households that are all alike, and of quantiles.
    covariance : mapping
        Pair of years -> float64, shape (2, 2, n_criteria): of the earlier year's areas or rest, and the later one's.
    overlap : mapping
        Pair of years -> `Overlap`.
    of_difference : float64, shape (n_criteria,), or None
        Variance of the updated areas' rate less that of the areas, in the last year.
    """

    years: tuple[int, ...]
    variance: Floats
    covariance: Mapping[tuple[int, int], Floats]
    overlap: Mapping[tuple[int, int], Overlap]
    of_difference: Floats | None = None

    def of_year(self, year: int, of: Of) -> Floats:
        """The standard error of the rates or gaps of a year, shape (n_criteria,)."""
        error: Floats = np.sqrt(self._variance(year, of))
        return error

    def of_change(self, since: int, now: int, of: Of, share: float | Floats = 1.0) -> Floats:
        """The standard error of a figure less so much of what it was, shape (n_criteria,).

        Parameters
        ----------
        since, now : int
            A pair whose covariance is known.
        of : {"areas", "rest_of_city", "gap"}
        share : float or float64 of shape (n_criteria,)
            How much of the earlier figure is taken off: 1 for a change.
        """
        before, after, shared = self._variance(since, of), self._variance(now, of), self._covariance(since, now, of)
        parts = after + share**2 * before
        left = parts - 2 * share * shared
        # what clusters of two ways leave need not be positive; then it is not known
        left = np.where(np.abs(left) <= _NONE_LEFT * parts, 0.0, np.where(left < 0, np.nan, left))
        error: Floats = np.sqrt(left)
        return error

    def of_ratio(self, since: int, now: int, before: Floats, after: Floats) -> Floats:
        """The interval of what a gap is of the earlier one, by Fieller (1954), shape (2, n_criteria).

        It holds just those ratios r with which the gap less r times the earlier one is not told from 0. NaN where the
        earlier gap is itself not told from 0, so that any ratio might be.
        """
        v_before, v_after = self._variance(since, "gap"), self._variance(now, "gap")
        shared, z = self._covariance(since, now, "gap"), SURE**2
        square, middle, last = before**2 - z * v_before, before * after - z * shared, after**2 - z * v_after
        with np.errstate(invalid="ignore", divide="ignore"):
            half = np.sqrt(middle**2 - square * last)
            ends = np.stack([(middle - half) / square, (middle + half) / square])
        return np.where((square > 0) & (before > 0), ends, np.nan)

    def _variance(self, year: int, of: Of) -> Floats:
        inside, outside = self.variance[self.years.index(year)]
        found: Floats = inside if of == "areas" else outside if of == "rest_of_city" else inside + outside
        return found

    def _covariance(self, since: int, now: int, of: Of) -> Floats:
        if since == now:
            return self._variance(now, of)
        shared = self.covariance[since, now]
        found: Floats
        if of == "gap":
            # areas and rest of one year are others, but who moved is in the areas of one and in the rest of the other
            found = shared[INSIDE, INSIDE] + shared[OUTSIDE, OUTSIDE]
            found = found - shared[INSIDE, OUTSIDE] - shared[OUTSIDE, INSIDE]
        else:
            side = INSIDE if of == "areas" else OUTSIDE
            found = shared[side, side]
        return found


def judged(change: Floats, error: Floats) -> tuple[Judged | None, ...]:
    """What a change of a gap is: a smaller gap has improved; None where the change or its error is not known."""
    found: list[Judged | None] = []
    for value, standard in zip(change.tolist(), error.tolist(), strict=True):
        if math.isnan(value) or math.isnan(standard):
            found.append(None)
        elif abs(value) <= SURE * standard:
            found.append("undecided")
        else:
            found.append("improved" if value < 0 else "worse")
    return tuple(found)


def take_chance(measured: Mapping[int, MeasuredYear], pairs: Iterable[tuple[int, int]]) -> Chance:
    """What chance does to the rates of the first set of areas over the years.

    Parameters
    ----------
    measured : mapping
        Year -> its registers, which were followed, in rising order.
    pairs : iterable of (int, int)
        Years whose figures are compared, the earlier one first.
    """
    moved = {year: _influence(found, 0) for year, found in measured.items()}
    covariance, overlap = {}, {}
    for since, now in dict.fromkeys(pairs):
        covariance[since, now] = _covariance(moved[since], moved[now])
        overlap[since, now] = _overlap(moved[since].followed, moved[now].followed)
    last = measured[max(measured)]
    difference = None
    if len(last.sets) > 1:
        updated = _influence(last, 1)
        difference = ((updated.on_areas - moved[max(measured)].on_areas) ** 2).sum(axis=0)
        # areas without an error have a difference without one
        difference = difference + 0 * (updated.variance + moved[max(measured)].variance)[INSIDE]
    variance = np.stack([each.variance for each in moved.values()])
    return Chance(tuple(moved), variance, covariance, overlap, difference)


@dataclass(frozen=True)
class FigureErrors:
    """The standard errors of one criterion, in the unit that its figures are shown in.

    Attributes
    ----------
    areas, rest : mapping
        Year -> of the rate in the areas, and in the rest of the city; without those that are not known.
    moved : mapping
        Pair of years -> of what moved between them: the areas' rate, or its lag behind the city's.
    """

    areas: Mapping[int, float]
    rest: Mapping[int, float]
    moved: Mapping[tuple[int, int], float]


def errors_of_figure(
    chance: Chance, j: int, unit: float = 1.0, share_of_rest: Mapping[int, float] | None = None
) -> FigureErrors:
    """The standard errors of one criterion.

    Parameters
    ----------
    chance : Chance
    j : int
        Which criterion.
    unit : float
        What the rates are multiplied by.
    share_of_rest : mapping, optional
        Year -> of all whom the criterion counts, those in the rest of the city. With it the lag behind the city is what
        moves: it is that behind the rest times this share, which is taken as known.
    """
    moved = {}
    for since, now in chance.covariance:
        if share_of_rest is None:
            moved[since, now] = unit * float(chance.of_change(since, now, "areas")[j])
        elif share_of_rest.get(now) and since in share_of_rest:
            part = share_of_rest[now]
            error = chance.of_change(since, now, "gap", share_of_rest[since] / part)[j]
            moved[since, now] = unit * part * float(error)
    sides: tuple[Of, Of] = ("areas", "rest_of_city")
    areas, rest = ({year: unit * float(chance.of_year(year, side)[j]) for year in chance.years} for side in sides)
    known = [{year: error for year, error in of.items() if not math.isnan(error)} for of in (areas, rest)]
    return FigureErrors(known[0], known[1], {pair: error for pair, error in moved.items() if not math.isnan(error)})


@dataclass(frozen=True)
class _Influence:
    """By how much each household and person moves the rates of its side.

    Attributes
    ----------
    followed : Followed
    inside : bool, shape (n_households,)
    of_household : float64, shape (n_households, n_criteria)
        Of the rate of its own side.
    scale, rate : float64, shape (2, n_criteria)
        What an influence is of ``y - rate * x``, by side.
    of_answers : mapping
        Number of a criterion over a survey -> float64, shape (2,): the variance of its rates.
    """

    followed: Followed
    inside: Flags
    of_household: Floats
    scale: Floats
    rate: Floats
    of_answers: Mapping[int, Floats]

    @cached_property
    def variance(self) -> Floats:
        """Of the rates, shape (2, n_criteria); NaN where all households are alike, which tells nothing of chance."""
        sides = np.stack([(self.of_household[which] ** 2).sum(axis=0) for which in (self.inside, ~self.inside)])
        for j, variances in self.of_answers.items():
            sides[:, j] = variances
        return np.where(sides > 0, sides, np.nan)

    @property
    def on_areas(self) -> Floats:
        """Influences on the rate of the areas: those who live elsewhere have none, shape (n_households, n_criteria)."""
        return np.where(self.inside[:, None], self.of_household, 0.0)

    def of_persons(self, persons: Persons, which: Ints) -> Floats:
        """Of some persons, shape (n, n_criteria)."""
        side = np.where(self.inside[persons.household[which]], INSIDE, OUTSIDE)
        y, x = persons.numerator[which], persons.denominator[which]
        return self.scale[side] * (y - self.rate[side] * x)


def _influence(measured: MeasuredYear, number: int) -> _Influence:
    """Of one of the sets of a year."""
    followed = measured.followed
    if followed is None:
        raise ValueError("the households of this year were not kept")
    inside = measured.area_of_place[number][followed.place] >= 0
    y, x = followed.numerator, followed.denominator
    shape = (2, y.shape[1])
    scale, rate = np.full(shape, np.nan), np.full(shape, np.nan)
    ones = followed.denominator_unit / followed.numerator_unit
    for side, which in ((INSIDE, inside), (OUTSIDE, ~inside)):
        top, bottom = y[which].sum(axis=0), x[which].sum(axis=0)
        households = (x[which] != 0).sum(axis=0)
        known = (bottom > 0) & (households > 1)
        rate[side, known] = top[known] / bottom[known]
        correction = np.sqrt(households[known] / (households[known] - 1))
        scale[side, known] = ones[known] * correction / bottom[known]
    own = np.where(inside, INSIDE, OUTSIDE)
    of_answers = {
        j: _variances_of_answers(answered, measured.area_of_place[number][answered.place] >= 0)
        for j, answered in followed.answers.items()
    }
    return _Influence(followed, inside, scale[own] * (y - rate[own] * x), scale, rate, of_answers)


def _variances_of_answers(answered: Answered, inside: Flags) -> Floats:
    """Of the weighted rates of a survey in the areas and in the rest, shape (2,); NaN of fewer than two answers."""
    found = np.full(2, np.nan)
    for side, which in ((INSIDE, inside), (OUTSIDE, ~inside)):
        y, x, n = answered.numerator[which], answered.denominator[which], int(which.sum())
        if n > 1 and x.sum() > 0:
            found[side] = (((y - y.sum() / x.sum() * x) / x.sum()) ** 2).sum() * n / (n - 1)
    return found


def _covariance(since: _Influence, now: _Influence) -> Floats:
    """Of the rates of two years, shape (2, 2, n_criteria); never more than their standard errors multiplied."""
    here, there = _common(since.followed.key, now.followed.key)
    total = _products(since, now, since.of_household[here], now.of_household[there], here, there)
    if since.followed.persons is not None and now.followed.persons is not None:
        before, after = since.followed.persons, now.followed.persons
        one, other = _common(before.key, after.key)
        old, new = before.household[one], after.household[other]
        # who stayed is in the households already
        moved = since.followed.key[old] != now.followed.key[new]
        of_both = since.of_persons(before, one[moved]), now.of_persons(after, other[moved])
        total += _products(since, now, *of_both, old[moved], new[moved])
    total[:, :, sorted({*since.of_answers, *now.of_answers})] = 0.0
    most = np.sqrt(since.variance[:, None] * now.variance[None, :])
    return np.clip(total, -most, most)


def _products(since: _Influence, now: _Influence, before: Floats, after: Floats, here: Ints, there: Ints) -> Floats:
    """Sums of the products of influences that belong together, by the sides that their households are on."""
    found = np.zeros((2, 2, before.shape[1]))
    for i, old in ((INSIDE, since.inside[here]), (OUTSIDE, ~since.inside[here])):
        for k, new in ((INSIDE, now.inside[there]), (OUTSIDE, ~now.inside[there])):
            # in the order of keys, whatever that of the rows
            found[i, k] = (before[old & new] * after[old & new]).sum(axis=0)
    return found


def _overlap(since: Followed, now: Followed) -> Overlap:
    """How many of the later year's residents are in the earlier one."""
    _here, there = _common(since.key, now.key)
    lived = int(now.residents[there].sum())
    everybody = int(now.residents.sum())
    if since.persons is not None and now.persons is not None:
        found = len(_common(since.persons.key, now.persons.key)[0])
        if found:
            return Overlap("persons", found / everybody)
    return Overlap("dwellings", lived / everybody) if lived else Overlap("nothing", 0.0)


def _common(one: Keys, other: Keys) -> tuple[Ints, Ints]:
    """Where keys stand that both have."""
    _keys, here, there = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    return here, there
