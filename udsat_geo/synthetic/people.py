"""Origin, education, work and income: given so that every stratum measures what it must, and every cell what it is.

Each disadvantage is drawn by quota: within a stratum the residents with the highest log-odds plus noise have it, as
many as the published rate asks. The noise lasts with the person, so that states last from year to year.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from udsat_geo.synthetic.city import N_STRATA, REST, STUDENT, City, lasting_noise, logistic, uniform_of_key
from udsat_geo.synthetic.homes import Homes, stratum_rates

ADULT, CHILD = 0, 1
DANISH, WESTERN, NON_WESTERN = range(3)
EMPTY = -1
NO_INCOME = np.iinfo(np.int32).min
_SIZE_LIMITS_M2 = (45.0, 65.0, 85.0, 115.0)
_SIZE_SHARES = np.array(  # households of 1 to 6 by floor area
    [
        [0.82, 0.15, 0.02, 0.01, 0.00, 0.00],
        [0.58, 0.29, 0.09, 0.03, 0.01, 0.00],
        [0.36, 0.34, 0.17, 0.09, 0.03, 0.01],
        [0.24, 0.33, 0.20, 0.16, 0.05, 0.02],
        [0.14, 0.31, 0.19, 0.23, 0.10, 0.03],
    ]
)
# household types
(
    _SOLO_YOUNG,
    _SOLO_MIDDLE,
    _SOLO_OLD,
    _PAIR_YOUNG,
    _PAIR_MIDDLE,
    _PAIR_OLD,
    _FAMILY,
    _LONE_PARENT,
    _SHARED,
    _INSTITUTION,
) = range(10)
_HEAD_AGE = np.array(
    [[18, 29], [30, 66], [67, 88], [20, 31], [32, 66], [67, 86], [27, 52], [25, 50], [19, 30], [72, 97]]
)
# shares of the types by size (1, 2, 3, 4, 5 and more), rows; for homes that are villas, ordinary, modern, students'
_TYPE_SHARES = {
    0: np.array(
        [
            [0.12, 0.46, 0.42, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0.10, 0.45, 0.32, 0, 0.11, 0.02, 0],
            [0, 0, 0, 0, 0, 0, 0.82, 0.12, 0.06, 0],
            [0, 0, 0, 0, 0, 0, 0.92, 0.05, 0.03, 0],
            [0, 0, 0, 0, 0, 0, 0.92, 0.02, 0.06, 0],
        ]
    ),
    1: np.array(
        [
            [0.31, 0.50, 0.19, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0.29, 0.34, 0.09, 0, 0.13, 0.15, 0],
            [0, 0, 0, 0, 0, 0, 0.62, 0.18, 0.20, 0],
            [0, 0, 0, 0, 0, 0, 0.73, 0.10, 0.17, 0],
            [0, 0, 0, 0, 0, 0, 0.78, 0.05, 0.17, 0],
        ]
    ),
    3: np.array(
        [
            [0.93, 0.05, 0.02, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0.50, 0.05, 0.01, 0, 0.02, 0.42, 0],
            [0, 0, 0, 0, 0, 0, 0.15, 0.02, 0.83, 0],
            [0, 0, 0, 0, 0, 0, 0.10, 0, 0.90, 0],
            [0, 0, 0, 0, 0, 0, 0.05, 0, 0.95, 0],
        ]
    ),
}
_TYPE_SHARES[2] = _TYPE_SHARES[1]
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

    person: NDArray[np.int64]
    dwelling: NDArray[np.int64]
    age: NDArray[np.int8]
    role: NDArray[np.int8]
    origin: NDArray[np.int8]
    education: NDArray[np.int8]
    labour: NDArray[np.int8]
    income: NDArray[np.int32]

    def take(self, chosen: NDArray[np.bool_]) -> People:
        """The chosen residents, in the same order."""
        return People(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def joined(self, other: People) -> People:
        """These residents followed by others."""
        return People(**{f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)})


def draw_sizes(area_m2: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Residents of each occupied home, 1 to 6, by its floor area in m2."""
    shares = np.cumsum(_SIZE_SHARES, axis=1)[np.searchsorted(_SIZE_LIMITS_M2, area_m2)]
    size: NDArray[np.int64] = 1 + (rng.random(len(area_m2))[:, None] > shares[:, :-1]).sum(axis=1)
    return size


def fit_sizes(size: NDArray[np.int64], total: int, rng: np.random.Generator) -> NDArray[np.int64]:
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
    dwelling: NDArray[np.int64],
    size: NDArray[np.int64],
    kind: NDArray[np.int64],
    institution: NDArray[np.bool_],
    moving_in: bool,
    first_person: int,
    rng: np.random.Generator,
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


def _draw_types(
    size: NDArray[np.int64], kind: NDArray[np.int64], moving_in: bool, rng: np.random.Generator
) -> NDArray[np.int64]:
    shares = np.stack([_TYPE_SHARES[k] for k in range(4)])
    if moving_in:
        shares = shares.copy()
        shares[:, :, [_SOLO_YOUNG, _PAIR_YOUNG, _SHARED]] *= _MOVING_IN_YOUNG
        shares[:, :, [_SOLO_OLD, _PAIR_OLD]] *= _MOVING_IN_OLD
    cumulative = np.cumsum(shares / shares.sum(axis=2, keepdims=True), axis=2)
    mine = cumulative[kind, np.minimum(size, 5) - 1]
    types: NDArray[np.int64] = (rng.random(len(size))[:, None] > mine[:, :-1]).sum(axis=1)
    return types


def _ages(
    types: NDArray[np.int64], head: NDArray[np.int64], place: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
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
    """What does not change with the year.

    Attributes
    ----------
    city : City
    homes : Homes
    stair : float array, (n_addresses, 5)
        Lasting difference between stairwells, log-odds.
    seed : int
    """

    city: City
    homes: Homes
    stair: NDArray[np.float64]
    seed: int


def setting(city: City, homes: Homes, seed: int) -> Setting:
    """Gather what does not change with the year."""
    keys = np.arange(len(homes.address_cell))
    stair = np.stack([s * lasting_noise(keys, seed, 70 + k) for k, s in enumerate(_STAIR)], axis=1)
    return Setting(city, homes, stair, seed)


def stratum_of_person(place: Setting, people: People) -> NDArray[np.int64]:
    """Stratum of each resident, -1 where no dwelling is known."""
    stratum: NDArray[np.int64] = np.where(people.dwelling >= 0, place.homes.stratum[people.dwelling], -1)
    return stratum


def field_of_dwelling(place: Setting, criterion: int) -> NDArray[np.float64]:
    """Log-odds of a criterion for each dwelling: its cell's and its stairwell's."""
    field: NDArray[np.float64] = (
        place.city.field[place.homes.cell, criterion] + place.stair[place.homes.address, criterion]
    )
    return field


def _field_at(place: Setting, dwelling: NDArray[np.int64], criterion: int) -> NDArray[np.float64]:
    """Log-odds of a criterion at each dwelling, 0 where none is known."""
    homes = place.homes
    field: NDArray[np.float64] = (
        place.city.field[homes.cell[dwelling], criterion] + place.stair[homes.address[dwelling], criterion]
    )
    return np.where(dwelling >= 0, field, 0.0)


def _field(place: Setting, people: People, criterion: int) -> NDArray[np.float64]:
    return _field_at(place, people.dwelling, criterion)


def top(score: NDArray[np.float64], pool: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The `count` members of a pool with the highest scores."""
    if count <= 0 or len(pool) == 0:
        return pool[:0]
    if count >= len(pool):
        return pool
    chosen: NDArray[np.int64] = pool[np.argpartition(-score[pool], count - 1)[:count]]
    return chosen


def _targets(
    criterion: str, year: int, stratum: NDArray[np.int64], counted: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    base = np.bincount(stratum[counted & (stratum >= 0)], minlength=N_STRATA).astype(float)
    return stratum_rates(criterion, year, base), base


def give_origin(place: Setting, people: People, year: int, rng: np.random.Generator) -> People:
    """Origin for those without: whole households, partners and flatmates now and then of another origin."""
    stratum = stratum_of_person(place, people)
    origin = people.origin.copy()
    new = np.flatnonzero(origin == EMPTY)
    rate, base = _targets("non_western_origin", year, stratum, np.ones(len(origin), dtype=bool))
    missing = np.rint(rate * base) - np.bincount(stratum[(origin == NON_WESTERN) & (stratum >= 0)], minlength=N_STRATA)
    n_homes = len(place.homes.cell)
    apart = (people.role[new] == ADULT) & (rng.random(len(new)) < 0.16)
    home_score = field_of_dwelling(place, 3) + logistic(rng.random(n_homes))
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


def _drawn_levels(place: Setting, people: People, who: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int8]:
    """A completed education above basic school; longer where the field is better."""
    shift = -0.10 * _field_at(place, people.dwelling[who], 4)
    level = np.searchsorted(_LEVELS, np.clip(rng.random(len(who)) + shift, 0.0, 0.9999))
    return (np.minimum(level, 4) + UPPER_SECONDARY).astype(np.int8)


def advance_education(place: Setting, people: People, years: int, rng: np.random.Generator) -> People:
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


def give_education(
    place: Setting, people: People, year: int, new: NDArray[np.bool_], rng: np.random.Generator
) -> People:
    """Education for newcomers, and for residents when the published rate asks for more or fewer without one."""
    education, age = people.education.copy(), people.age
    stratum = stratum_of_person(place, people)
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
            _leave_school(education, np.flatnonzero((stratum == s) & counted & ~fresh), missing - limit, age, score)
        elif missing < 0:
            _upgrade(place, people, education, np.flatnonzero(without & (stratum == s)), -missing, year, score, rng)
    none = (
        (education == BASIC) & new & (uniform_of_key(people.person, place.seed, 82) < 0.09) & (people.origin != DANISH)
    )
    education[none] = NONE
    return replace(people, education=education)


def _education_score(place: Setting, people: People, year: int) -> NDArray[np.float64]:
    """Log-odds of no education beyond basic school; before the survey of 2018 most immigrants' was not known."""
    abroad = 1.7 if year == 2017 else 0.5
    score = _field(place, people, 4) + lasting_noise(people.person, place.seed, 83) * 1.5
    score += np.where(people.origin == NON_WESTERN, abroad, np.where(people.origin == WESTERN, 0.8 * abroad, 0.0))
    score += 0.012 * (people.age.astype(float) - 35.0)
    score[people.age < 19] -= 2.0
    return score


def _fresh_levels(place: Setting, people: People, who: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int8]:
    age = people.age[who]
    level = _drawn_levels(place, people, who, rng)
    kind = np.where(people.dwelling[who] >= 0, place.homes.kind[people.dwelling[who]], 0)
    share = np.where(kind == STUDENT, 0.92, np.where(age < 24, 0.62, 0.36))
    studying = (age < 19) | ((age < 28) & (rng.random(len(who)) < share))
    level[studying] = IN_EDUCATION
    return level


def _leave_school(
    education: NDArray[np.int8],
    pool: NDArray[np.int64],
    count: int,
    age: NDArray[np.int8],
    score: NDArray[np.float64],
) -> None:
    """Young people who leave school without more than basic school."""
    young = pool[(education[pool] == IN_EDUCATION) & (age[pool] <= 20)]
    education[top(score, young, count)] = BASIC


def _upgrade(
    place: Setting,
    people: People,
    education: NDArray[np.int8],
    pool: NDArray[np.int64],
    count: int,
    year: int,
    score: NDArray[np.float64],
    rng: np.random.Generator,
) -> None:
    """Residents whose education becomes known (2018) or who complete one."""
    chance = -0.6 * score + logistic(rng.random(len(score)))
    if year == 2018:
        chance += np.where(people.origin != DANISH, 6.0, 0.0)
    chosen = top(chance, pool, count)
    level = _drawn_levels(place, people, chosen, rng)
    level[(people.age[chosen] < 30) & (rng.random(len(chosen)) < 0.4)] = IN_EDUCATION
    education[chosen] = level


def give_labour(place: Setting, people: People, year: int) -> People:
    """Labour status of everyone from 16; outside for good by quota between 16 and 66."""
    age = people.age.astype(float)
    stratum = stratum_of_person(place, people)
    noise = lasting_noise(people.person, place.seed, 91)
    known = uniform_of_key(people.person, place.seed, 92) >= _WITHOUT_ENTRY["labour"]
    counted = (people.age >= 16) & (people.age <= 66) & known
    basic = (people.education == NONE) | (people.education == BASIC)
    score = _field(place, people, 1) + 1.5 * noise + 0.9 * basic + 0.3 * (people.origin == NON_WESTERN)
    score += 0.022 * (age - 40.0) + 0.9 * (age >= 60)
    studying = people.education == IN_EDUCATION
    score[studying] -= 12.0
    labour = np.full(len(age), EMPTY, dtype=np.int8)
    u = uniform_of_key(people.person + 7 * year, place.seed, 93)
    labour[counted] = EMPLOYED
    labour[counted & (u < 0.05)] = UNEMPLOYED
    labour[counted & (u > 0.955)] = TEMPORARILY_OUTSIDE
    labour[counted & studying] = STUDYING
    rate, base = _targets("outside_labour_market", year, stratum, counted)
    for s in range(-1, N_STRATA):
        pool = np.flatnonzero(counted & (stratum == s))
        count = round(rate[s] * base[s]) if s >= 0 else round(0.2 * len(pool))
        chosen = top(score, pool, count)
        retired = (people.age[chosen] >= 40) & (noise[chosen] > 0.8)
        labour[chosen] = np.where(retired, EARLY_RETIREMENT, PERMANENTLY_OUTSIDE)
    old = (people.age > 66) & known
    labour[old] = np.where((people.age[old] < 72) & (noise[old] < -0.9), EMPLOYED, PERMANENTLY_OUTSIDE)
    return replace(people, labour=labour)


def give_income(place: Setting, people: People, year: int) -> People:
    """Disposable income from 15; below three quarters of the median by quota from 18."""
    stratum = stratum_of_person(place, people)
    known = uniform_of_key(people.person, place.seed, 95) >= _WITHOUT_ENTRY["income"]
    counted = (people.age >= 18) & known
    outside = people.labour >= EARLY_RETIREMENT
    score = _field(place, people, 2) + 1.4 * lasting_noise(people.person, place.seed, 96)
    score += 1.5 * (people.education == IN_EDUCATION) + 0.9 * (outside & (people.age <= 66))
    score += 0.5 * (people.labour == UNEMPLOYED) + 0.3 * (people.age < 25) + 0.35 * (people.age > 66)
    score += 0.4 * (people.education <= BASIC) - 0.5 * (people.education == LONG)
    rate, base = _targets("low_income", year, stratum, counted)
    low = np.zeros(len(score), dtype=bool)
    for s in range(-1, N_STRATA):
        pool = np.flatnonzero(counted & (stratum == s))
        count = round(rate[s] * base[s]) if s >= 0 else round(rate[REST] * len(pool))
        low[top(score, pool, count)] = True
    median = MEDIAN_2017 * INCOME_GROWTH ** (year - 2017)
    income = np.full(len(score), NO_INCOME, dtype=np.int32)
    income[counted] = _amounts(score[counted], low[counted], median)
    young = (people.age >= 15) & (people.age < 18) & known
    income[young] = np.rint(uniform_of_key(people.person[young], place.seed, 97) * 30_000).astype(np.int32)
    return replace(people, income=income)


def _amounts(score: NDArray[np.float64], low: NDArray[np.bool_], median: float) -> NDArray[np.int32]:
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
