"""Who dies, is born, moves and where to, from one year to the next.

The rates are our own, set so that 15 to 18 per cent change dwelling or leave in a year.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.synthetic import criteria
from udsat_geo.synthetic.city import GONE_2021, GONE_2025, NEW_2021, NEW_2025
from udsat_geo.synthetic.homes import Homes
from udsat_geo.synthetic.households import ADULT, CHILD, NON_WESTERN, People, compose

_MOVES_A_YEAR = np.array([0.33, 0.25, 0.15, 0.085, 0.045])  # households, by mean age of the adults
_AGES_OF_MOVES = (25, 30, 40, 65)
_STAY_IN_CITY = 0.45  # of the households that move
_LEAVES_HOME_A_YEAR = 0.22
_BIRTHS_A_YEAR = 0.13  # of households with two adults, the adults 24 to 40 on average
_DEATH_AGES = (0, 40, 60, 70, 80, 90, 105)
_DEATHS_A_YEAR = (0.0003, 0.001, 0.006, 0.016, 0.05, 0.16, 0.5)
_LEAVES_INSTITUTION_A_YEAR = 0.2
# Where an area changes for good, more people move: strata and the year by which they have changed
_RENEWAL = {
    GONE_2021: (2018, 2019, 2021),
    NEW_2021: (2018, 2019, 2021),
    GONE_2025: (2025,),
    NEW_2025: (2025,),
}
_IMPROVES = (GONE_2021, GONE_2025)


def survives(people: People, years: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which residents, aged already, live through the years since."""
    yearly = np.exp(np.interp(people.age, _DEATH_AGES, np.log(_DEATHS_A_YEAR)))
    alive: NDArray[np.bool_] = rng.random(len(people.age)) < (1.0 - yearly) ** years
    return alive


def per_home(people: People, n_homes: int, weight: NDArray[Any]) -> NDArray[np.float64]:
    """Sum of a weight over the residents of each home, shape (n_homes,)."""
    known = people.dwelling >= 0
    total: NDArray[np.float64] = np.zeros(n_homes)
    total += np.bincount(people.dwelling[known], weights=weight[known].astype(float), minlength=n_homes)
    return total


def children_born(people: People, homes: Homes, next_person: int, years: int, rng: np.random.Generator) -> People:
    """The residents and the children born to couples, of a parent's origin."""
    n_homes = len(homes.cell)
    adult = (people.role == ADULT) & (people.age >= 18)
    adults = per_home(people, n_homes, adult)
    mean_age = per_home(people, n_homes, adult * people.age) / np.maximum(adults, 1)
    everyone = per_home(people, n_homes, np.ones(len(adult)))
    able = (adults == 2) & (everyone < 7) & (mean_age >= 24) & (mean_age <= 41) & homes.ordinary
    born = np.flatnonzero(able & (rng.random(n_homes) < 1.0 - (1.0 - _BIRTHS_A_YEAR) ** years))
    parent_origin = np.zeros(n_homes, dtype=np.int8)
    known = people.dwelling >= 0
    parent_origin[people.dwelling[known & adult]] = people.origin[known & adult]
    if years > 2:  # a second child
        born = np.sort(np.concatenate([born, born[rng.random(len(born)) < 0.45]]))
    ones = np.ones(len(born), dtype=np.int64)
    babies = compose(born, ones, ones, np.zeros(len(born), dtype=bool), False, next_person, rng)
    babies = replace(
        babies,
        age=rng.integers(0, years, len(born)).astype(np.int8),
        origin=parent_origin[born],
        role=np.full(len(born), CHILD, dtype=np.int8),
    )
    return people.joined(babies)


def moving_units(people: People, homes: Homes, year: int, years: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Which residents move, as numbers of the units that move together; -1 stays.

    A unit is a household (its dwelling's row) or a person alone (rows after the dwellings).
    """
    n_homes, n = len(homes.cell), len(people.age)
    adult = (people.role == ADULT) | (people.age >= 18)
    adults = per_home(people, n_homes, adult)
    mean_age = per_home(people, n_homes, adult * people.age) / np.maximum(adults, 1)
    yearly: NDArray[np.float64] = _MOVES_A_YEAR[np.searchsorted(_AGES_OF_MOVES, mean_age, side="right")]
    non_western = per_home(people, n_homes, people.origin == NON_WESTERN) > 0
    for stratum, until in _RENEWAL.items():
        if year in until:
            leaves = non_western if stratum in _IMPROVES else ~non_western
            here = homes.stratum == stratum
            yearly *= np.where(here, np.where(leaves, 2.4, 0.9), 1.0)
    moves = rng.random(n_homes) < 1.0 - (1.0 - np.minimum(yearly, 0.6)) ** years
    moves &= homes.seats == 0
    moves |= (adults == 0) | ~homes.standing(year)
    unit = np.where((people.dwelling >= 0) & moves[people.dwelling], people.dwelling, -1)
    lone = n_homes + np.arange(n)
    grown = (people.role == CHILD) & (people.age >= 19)
    leaves_home = grown & (rng.random(n) < 1.0 - (1.0 - _LEAVES_HOME_A_YEAR) ** years)
    seated = (people.dwelling >= 0) & (homes.seats[people.dwelling] > 0)
    leaves_seat = seated & (rng.random(n) < 1.0 - (1.0 - _LEAVES_INSTITUTION_A_YEAR) ** years)
    unknown = (people.dwelling < 0) & (rng.random(n) < 1.0 - 0.5**years)
    return np.where((leaves_home | leaves_seat | unknown) & (unit < 0), lone, unit)


def _pull(year: int) -> NDArray[np.float64]:
    """How much likelier hard-up movers end up in each stratum; a stratum that improves draws others."""
    pull = np.array([0.9, -1.5, 0.7, 0.6, 0.0, 0.0])
    if year in _RENEWAL[GONE_2025]:
        pull[GONE_2025], pull[NEW_2025] = -1.5, 0.9
    return pull


def match(
    movers: People,
    unit: NDArray[np.int64],
    fill: NDArray[np.int64],
    homes: Homes,
    place: criteria.Setting,
    year: int,
    rng: np.random.Generator,
) -> People:
    """Those who move within the city, in their new homes: larger households in larger homes, like near like."""
    _, compact = np.unique(unit, return_inverse=True)
    size = np.bincount(compact)
    has_adult = np.bincount(compact, weights=movers.age >= 18) > 0
    worse = np.bincount(compact, weights=1.0 * (movers.origin == NON_WESTERN)) / size
    worse = worse + 0.5 * np.bincount(compact, weights=1.0 * (movers.education == criteria.BASIC)) / size
    inside = np.flatnonzero(has_adult & (rng.random(len(size)) < _STAY_IN_CITY) & (size < 8))
    inside = rng.permutation(inside)[: int(0.6 * len(fill))]
    open_to = rng.permutation(fill[homes.ordinary[fill]])[: len(inside)]
    inside = inside[: len(open_to)]
    by_size = np.argsort(size[inside] + 0.8 * rng.random(len(inside)), kind="stable")
    by_area = np.argsort(homes.area_m2[open_to], kind="stable")
    band = np.arange(len(inside)) * 6 // max(1, len(inside))
    unit_score = worse[inside[by_size]] + 0.5 * rng.standard_normal(len(inside))
    hard = place.city.field[homes.cell, 3] + _pull(year)[homes.stratum]
    home_score = hard[open_to[by_area]] + 0.5 * rng.standard_normal(len(inside))
    unit_order = inside[by_size][np.lexsort((unit_score, band))]
    home_order = open_to[by_area][np.lexsort((home_score, band))]
    dwelling_of_unit = np.full(len(size), -1)
    dwelling_of_unit[unit_order] = home_order
    dwelling = dwelling_of_unit[compact]
    moved = replace(movers, dwelling=dwelling)
    lone = np.bincount(compact)[compact] == 1
    moved = replace(moved, role=np.where(lone & (movers.age >= 18), ADULT, movers.role).astype(np.int8))
    return moved.take(dwelling >= 0)
