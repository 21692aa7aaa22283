"""Origin, education, work and income: given so that every stratum measures what it must, and every block what it is.

Each disadvantage is drawn by quota: within a stratum the residents with the highest log-odds plus noise have it, as
many as the published rate asks. The noise lasts with the person, so that states last from year to year.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.synthetic.chance import lasting_noise, logistic, uniform_of_key
from udsat_geo.synthetic.city import N_STRATA, REST, STUDENT, City
from udsat_geo.synthetic.homes import Homes, stratum_rates
from udsat_geo.synthetic.land import choices

ADULT, CHILD = 0, 1
DANISH, WESTERN, NON_WESTERN = range(3)
EMPTY = -1
NO_INCOME = np.iinfo(np.int32).min
_HOUSEHOLDS = choices()["households"]
_SIZE_SHARES = np.array(_HOUSEHOLDS["sizes"])
_SOLO_YOUNG, _SOLO_OLD, _PAIR_YOUNG, _PAIR_OLD, _FAMILY, _LONE_PARENT, _SHARED, _INSTITUTION = 0, 2, 3, 5, 6, 7, 8, 9
_HEAD_AGE = np.array(_HOUSEHOLDS["head_age"])
_TYPE_SHARES = np.array([_HOUSEHOLDS["types"][kind] for kind in ("villa", "ordinary", "ordinary", "student")])
_MOVING_IN_YOUNG = 2.8  # newcomers: weight of the young types against the others
_MOVING_IN_OLD = 0.3


@dataclass(frozen=True)
class People:
    """One row per resident; all arrays of shape (n_residents,).

    Attributes
    ----------
    person : int64
        Lasting number of the person.
    dwelling : int64
        Row of ``Homes``, -1 when no dwelling is known.
    age, role, origin, education, labour : int8
        `education` and `labour` are codes of ``write``; -1 is empty or not yet given.
    income : int32
        Disposable income, kr a year; ``NO_INCOME`` is empty.
    """

    person: Ints
    dwelling: Ints
    age: NDArray[np.int8]
    role: NDArray[np.int8]
    origin: NDArray[np.int8]
    education: NDArray[np.int8]
    labour: NDArray[np.int8]
    income: NDArray[np.int32]

    def take(self, chosen: Flags) -> People:
        """The chosen residents, in the same order."""
        return People(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def joined(self, other: People) -> People:
        """These residents followed by others."""
        return People(**{f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)})


def draw_sizes(area_m2: Floats, rng: Generator) -> Ints:
    """Residents of each occupied home, 1 to 6, by its floor area in m2."""
    shares = np.cumsum(_SIZE_SHARES, axis=1)[np.searchsorted(_HOUSEHOLDS["size_limits_m2"], area_m2)]
    size: Ints = 1 + (rng.random(len(area_m2))[:, None] > shares[:, :-1]).sum(axis=1)
    return size


def fit_sizes(size: Ints, total: int, rng: Generator) -> Ints:
    """Household sizes changed by one here and there until they add up to `total`."""
    size = size.copy()
    for _ in range(12):
        difference = total - int(size.sum())
        if difference == 0:
            break
        pool = np.flatnonzero(size < 7 if difference > 0 else size > 1)
        chosen = rng.permutation(pool)[: abs(difference)]
        size[chosen] += 1 if difference > 0 else -1
    return size


def compose(
    dwelling: Ints, size: Ints, kind: Ints, institution: Flags, moving_in: bool, first_person: int, rng: Generator
) -> People:
    """Fill households with people: couples of like age, children younger than their parents by a generation.

    Parameters
    ----------
    dwelling, size, kind : int array, (n_households,)
    institution : bool array, (n_households,)
        Homes for the old, filled with single residents.
    moving_in : bool
        Newcomers are younger than those who have lived here long.
    first_person : int
        Numbers are given from here on.
    rng : Generator

    Returns
    -------
    People
        Origin, education, labour status and income are not given yet.
    """
    types = _draw_types(size, kind, moving_in, rng)
    types[institution] = _INSTITUTION
    low, high = _HEAD_AGE[types].T
    head_age = (low + rng.random(len(types)) * (high - low + 1)).astype(np.int64)
    household = np.repeat(np.arange(len(size)), size)
    place = np.arange(len(household)) - (np.cumsum(size) - size)[household]
    age, child = _ages(types[household], head_age[household], place, rng)
    n = len(household)
    return People(
        person=first_person + np.arange(n, dtype=np.int64),
        dwelling=dwelling[household],
        age=np.clip(age, 0, 104).astype(np.int8),
        role=np.where(child, CHILD, ADULT).astype(np.int8),
        origin=np.full(n, EMPTY, dtype=np.int8),
        education=np.full(n, EMPTY, dtype=np.int8),
        labour=np.full(n, EMPTY, dtype=np.int8),
        income=np.full(n, NO_INCOME, dtype=np.int32),
    )


def _draw_types(size: Ints, kind: Ints, moving_in: bool, rng: Generator) -> Ints:
    shares = _TYPE_SHARES.copy()
    if moving_in:
        shares[:, :, [_SOLO_YOUNG, _PAIR_YOUNG, _SHARED]] *= _MOVING_IN_YOUNG
        shares[:, :, [_SOLO_OLD, _PAIR_OLD]] *= _MOVING_IN_OLD
    cumulative = np.cumsum(shares / shares.sum(axis=2, keepdims=True), axis=2)
    mine = cumulative[kind, np.minimum(size, 5) - 1]
    types: Ints = (rng.random(len(size))[:, None] > mine[:, :-1]).sum(axis=1)
    return types


def _ages(types: Ints, head: Ints, place: Ints, rng: Generator) -> tuple[Ints, Flags]:
    """Age of each member and whether it is a child, by household type, age of the head and place in the household."""
    n = len(types)
    adults = np.where(types == _LONE_PARENT, 1, np.where(types == _FAMILY, 2, 99))
    partner = np.maximum(19, head + np.rint(2.5 * rng.standard_normal(n)).astype(np.int64))
    low, high = _HEAD_AGE[types].T
    mate = (low + rng.random(n) * (high - low + 1)).astype(np.int64)
    gap = np.maximum(head - rng.integers(24, 37, n), 0)
    child = np.where(gap > 18, rng.integers(0, 19, n), gap)
    age = np.where(place == 0, head, np.where(place >= adults, child, partner))
    loose = np.isin(types, (_SHARED, _INSTITUTION)) & (place > 0)
    return np.where(loose, mate, age), place >= adults


NONE, BASIC, UPPER_SECONDARY, VOCATIONAL, SHORT, MEDIUM, LONG, IN_EDUCATION = range(8)
EMPLOYED, UNEMPLOYED, STUDYING, TEMPORARILY_OUTSIDE, EARLY_RETIREMENT, PERMANENTLY_OUTSIDE = range(6)
MEDIAN_2017, INCOME_GROWTH = 214_000.0, 1.024  # kr a year, and a year's rise; our own
_STAIR = np.array([0.0, 0.22, 0.18, 0.30, 0.18])  # how much stairwells differ, log-odds
_LEVELS = np.cumsum([0.13, 0.24, 0.07, 0.24, 0.32])  # upper secondary to long, of those above basic school
_FINISHES_A_YEAR = np.array([0.10, 0.34, 0.50])  # at 19-22, 23-26 and from 27
_WITHOUT_ENTRY = {"education": 0.014, "labour": 0.011, "income": 0.009}


@dataclass(frozen=True)
class Setting:
    """What does not change with the year."""

    city: City
    homes: Homes
    seed: int

    @cached_property
    def stair(self) -> Floats:
        """Lasting difference between stairwells, log-odds, shape (n_addresses, 5)."""
        keys = np.arange(len(self.homes.address_block))
        return np.stack([s * lasting_noise(keys, self.seed, 70 + k) for k, s in enumerate(_STAIR)], axis=1)

    def stratum(self, people: People) -> Ints:
        """Stratum of each resident, -1 where no dwelling is known."""
        stratum: Ints = np.where(people.dwelling >= 0, self.homes.stratum[people.dwelling], -1)
        return stratum

    def field(self, criterion: int) -> Floats:
        """Log-odds of a criterion for each dwelling: its block's and its stairwell's."""
        field: Floats = self.city.field[self.homes.block, criterion] + self.stair[self.homes.address, criterion]
        return field

    def field_at(self, dwelling: Ints, criterion: int) -> Floats:
        """Log-odds of a criterion at each dwelling, 0 where none is known."""
        return np.where(dwelling >= 0, self.field(criterion)[dwelling], 0.0)


def top(score: Floats, pool: Ints, count: int) -> Ints:
    """The `count` members of a pool with the highest scores, in the pool's order; equal ones by their number's own lot.

    Members of one home can have equal scores. Which of them NumPy's partition takes, and in which order, depends on the
    processor's instructions (AVX-512 or not), so the partition only finds the score that the last one has.
    """
    if count <= 0 or len(pool) == 0:
        return pool[:0]
    if count >= len(pool):
        return pool
    mine = score[pool]
    last = np.partition(mine, len(pool) - count)[len(pool) - count]
    chosen = mine > last
    equal = np.flatnonzero(mine == last)
    equal = equal[np.argsort(uniform_of_key(pool[equal], 0, 1), kind="stable")]
    chosen[equal[: count - int(chosen.sum())]] = True
    members: Ints = pool[chosen]
    return members


def _targets(criterion: str, year: int, stratum: Ints, counted: Flags) -> tuple[Floats, Floats]:
    base = np.bincount(stratum[counted & (stratum >= 0)], minlength=N_STRATA).astype(float)
    return stratum_rates(criterion, year, base), base


def give_origin(place: Setting, people: People, year: int, rng: Generator) -> People:
    """Origin for those without: whole households, partners and flatmates now and then of another origin."""
    stratum = place.stratum(people)
    origin = people.origin.copy()
    new = np.flatnonzero(origin == EMPTY)
    rate, base = _targets("non_western_origin", year, stratum, np.ones(len(origin), dtype=bool))
    missing = np.rint(rate * base) - np.bincount(stratum[(origin == NON_WESTERN) & (stratum >= 0)], minlength=N_STRATA)
    n_homes = len(place.homes.block)
    apart = (people.role[new] == ADULT) & (rng.random(len(new)) < 0.16)
    home_score = place.field(3) + logistic(rng.random(n_homes))
    lone_score = logistic(rng.random(len(new)))
    score = np.where(people.dwelling[new] >= 0, home_score[people.dwelling[new]], lone_score)
    # adults who differ from their household are drawn by chance, so that they leave the ranking of homes alone
    score = np.where(apart, 0.7 * score + logistic(rng.random(len(new))), score)
    western = np.where(rng.random(n_homes) < 0.12, WESTERN, DANISH)
    origin[new] = np.where(people.dwelling[new] >= 0, western[people.dwelling[new]], WESTERN)
    for s in range(-1, N_STRATA):
        mine = np.flatnonzero(stratum[new] == s)
        count = int(missing[s]) if s >= 0 else len(mine) // 4
        origin[new[top(score, mine, count)]] = NON_WESTERN
    return replace(people, origin=origin.astype(np.int8))


def _drawn_levels(place: Setting, people: People, who: Ints, rng: Generator) -> NDArray[np.int8]:
    """A completed education above basic school; longer where the field is better."""
    shift = -0.10 * place.field_at(people.dwelling[who], 4)
    level = np.searchsorted(_LEVELS, np.clip(rng.random(len(who)) + shift, 0.0, 0.9999))
    return (np.minimum(level, 4) + UPPER_SECONDARY).astype(np.int8)


def advance_education(place: Setting, people: People, years: int, rng: Generator) -> People:
    """Children start school, young people turn 16, students finish."""
    education, age = people.education.copy(), people.age
    pupils = (age >= 6) & (age < 16)
    education[pupils] = IN_EDUCATION
    turned = (age >= 16) & (age < 16 + years)
    education[turned & (education == EMPTY)] = IN_EDUCATION
    band = np.searchsorted((23, 27), age, side="right")
    chance = 1.0 - (1.0 - _FINISHES_A_YEAR[band]) ** years
    done = (education == IN_EDUCATION) & (age >= 19) & (rng.random(len(age)) < chance)
    who = np.flatnonzero(done)
    education[who] = _drawn_levels(place, people, who, rng)
    return replace(people, education=education)


def give_education(place: Setting, people: People, year: int, new: Flags, rng: Generator) -> People:
    """Education for newcomers, and for residents when the published rate asks for more or fewer without one."""
    education, age = people.education.copy(), people.age
    stratum = place.stratum(people)
    no_entry = uniform_of_key(people.person, place.seed, 81) < _WITHOUT_ENTRY["education"]
    fresh = new & (age >= 16) & ~no_entry
    score = _education_score(place, people, year)
    education[new & (age >= 6) & (age < 16)] = IN_EDUCATION
    counted = (age >= 16) & (age <= 64) & ((education != EMPTY) | fresh)
    rate, base = _targets("no_education", year, stratum, counted)
    without = ((education == NONE) | (education == BASIC)) & counted
    fresh_index = np.flatnonzero(fresh)
    education[fresh_index] = _fresh_levels(place, people, fresh_index, rng)
    for s in range(-1, N_STRATA):
        pool = np.flatnonzero(fresh & (stratum == s) & (age <= 64))
        old = fresh & (stratum == s) & (age > 64)
        education[top(score, np.flatnonzero(old), int(0.38 * old.sum()))] = BASIC
        wanted = rate[s] * base[s] if s >= 0 else 0.15 * len(pool)
        missing = round(wanted) - int((without & (stratum == s)).sum())
        if missing > 0:
            limit = int(0.75 * len(pool))
            education[top(score, pool, min(missing, limit))] = BASIC
            # the others leave school without more than basic school
            pupils = (stratum == s) & counted & ~fresh & (education == IN_EDUCATION) & (age <= 20)
            education[top(score, np.flatnonzero(pupils), missing - limit)] = BASIC
        elif missing < 0:
            _upgrade(place, people, education, np.flatnonzero(without & (stratum == s)), -missing, year, score, rng)
    none = (
        (education == BASIC) & new & (uniform_of_key(people.person, place.seed, 82) < 0.09) & (people.origin != DANISH)
    )
    education[none] = NONE
    return replace(people, education=education)


def _education_score(place: Setting, people: People, year: int) -> Floats:
    """Log-odds of no education beyond basic school; before the survey of 2018 most immigrants' was not known."""
    abroad = 1.7 if year == 2017 else 0.5
    score = place.field_at(people.dwelling, 4) + lasting_noise(people.person, place.seed, 83) * 1.5
    score += np.where(people.origin == NON_WESTERN, abroad, np.where(people.origin == WESTERN, 0.8 * abroad, 0.0))
    score += 0.012 * (people.age.astype(float) - 35.0)
    score[people.age < 19] -= 2.0
    return score


def _fresh_levels(place: Setting, people: People, who: Ints, rng: Generator) -> NDArray[np.int8]:
    age = people.age[who]
    level = _drawn_levels(place, people, who, rng)
    kind = np.where(people.dwelling[who] >= 0, place.homes.kind[people.dwelling[who]], 0)
    share = np.where(kind == STUDENT, 0.92, np.where(age < 24, 0.62, 0.36))
    studying = (age < 19) | ((age < 28) & (rng.random(len(who)) < share))
    level[studying] = IN_EDUCATION
    return level


def _upgrade(
    place: Setting,
    people: People,
    education: NDArray[np.int8],
    pool: Ints,
    count: int,
    year: int,
    score: Floats,
    rng: Generator,
) -> None:
    """Residents whose education becomes known (2018) or who complete one."""
    chance = -0.6 * score + logistic(rng.random(len(score)))
    if year == 2018:
        chance += np.where(people.origin != DANISH, 6.0, 0.0)
    chosen = top(chance, pool, count)
    level = _drawn_levels(place, people, chosen, rng)
    level[(people.age[chosen] < 30) & (rng.random(len(chosen)) < 0.4)] = IN_EDUCATION
    education[chosen] = level


def _by_quota(
    criterion: str,
    year: int,
    place: Setting,
    people: People,
    counted: Flags,
    score: Floats,
    unplaced: float | None = None,
) -> Flags:
    """Who has a disadvantage: the top scores, as many in each stratum as its rate asks."""
    stratum = place.stratum(people)
    rate, base = _targets(criterion, year, stratum, counted)
    chosen = np.zeros(len(score), dtype=bool)
    for s in range(-1, N_STRATA):
        pool = np.flatnonzero(counted & (stratum == s))
        share = rate[REST] if unplaced is None else unplaced
        chosen[top(score, pool, round(rate[s] * base[s]) if s >= 0 else round(share * len(pool)))] = True
    return chosen


def give_labour(place: Setting, people: People, year: int) -> People:
    """Labour status of everyone from 16; outside for good by quota between 16 and 66."""
    age = people.age.astype(float)
    noise = lasting_noise(people.person, place.seed, 91)
    known = uniform_of_key(people.person, place.seed, 92) >= _WITHOUT_ENTRY["labour"]
    counted = (people.age >= 16) & (people.age <= 66) & known
    basic = (people.education == NONE) | (people.education == BASIC)
    score = place.field_at(people.dwelling, 1) + 1.5 * noise + 0.9 * basic + 0.3 * (people.origin == NON_WESTERN)
    score += 0.022 * (age - 40.0) + 0.9 * (age >= 60)
    studying = people.education == IN_EDUCATION
    score[studying] -= 12.0
    labour = np.full(len(age), EMPTY, dtype=np.int8)
    u = uniform_of_key(people.person + 7 * year, place.seed, 93)
    labour[counted] = EMPLOYED
    labour[counted & (u < 0.05)] = UNEMPLOYED
    labour[counted & (u > 0.955)] = TEMPORARILY_OUTSIDE
    labour[counted & studying] = STUDYING
    outside = _by_quota("outside_labour_market", year, place, people, counted, score, 0.2)
    labour[outside] = np.where((people.age >= 40) & (noise > 0.8), EARLY_RETIREMENT, PERMANENTLY_OUTSIDE)[outside]
    old = (people.age > 66) & known
    labour[old] = np.where((people.age[old] < 72) & (noise[old] < -0.9), EMPLOYED, PERMANENTLY_OUTSIDE)
    return replace(people, labour=labour)


def give_income(place: Setting, people: People, year: int) -> People:
    """Disposable income from 15; below three quarters of the median by quota from 18."""
    known = uniform_of_key(people.person, place.seed, 95) >= _WITHOUT_ENTRY["income"]
    counted = (people.age >= 18) & known
    outside = people.labour >= EARLY_RETIREMENT
    score = place.field_at(people.dwelling, 2) + 1.4 * lasting_noise(people.person, place.seed, 96)
    score += 1.5 * (people.education == IN_EDUCATION) + 0.9 * (outside & (people.age <= 66))
    score += 0.5 * (people.labour == UNEMPLOYED) + 0.3 * (people.age < 25) + 0.35 * (people.age > 66)
    score += 0.4 * (people.education <= BASIC) - 0.5 * (people.education == LONG)
    low = _by_quota("low_income", year, place, people, counted, score)
    median = MEDIAN_2017 * INCOME_GROWTH ** (year - 2017)
    income = np.full(len(score), NO_INCOME, dtype=np.int32)
    income[counted] = _amounts(score[counted], low[counted], median)
    young = (people.age >= 15) & (people.age < 18) & known
    income[young] = np.rint(uniform_of_key(people.person[young], place.seed, 97) * 30_000).astype(np.int32)
    return replace(people, income=income)


def _amounts(score: Floats, low: Flags, median: float) -> NDArray[np.int32]:
    """Amounts in the order of the score that put the median, and three quarters of it, exactly where they belong."""
    n = len(score)
    n_low, n_below = int(low.sum()), n // 2
    order = np.lexsort((-score, ~low))  # the poorest first
    rank = np.arange(n, dtype=float)
    amount = np.empty(n)
    q = 1.0 - rank[:n_low] / max(n_low, 1)
    amount[:n_low] = median * (0.746 - 0.62 * q**2.2)
    n_debt = max(1, n // 700)
    amount[:n_debt] = -np.linspace(180_000.0, 500.0, n_debt)
    middle = np.linspace(0.756, 0.998, max(n_below - n_low, 0))
    amount[n_low:n_below] = median * middle
    q = (np.arange(n - n_below) + 0.5) / max(n - n_below, 1)
    amount[n_below:] = median * (1.002 + 0.62 * q - 0.36 * np.log1p(-0.9999 * q))
    result = np.empty(n, dtype=np.int32)
    result[order] = np.rint(amount).astype(np.int32)
    return result
