"""The city's years: who lives where in 2017, and who dies, is born, leaves, moves and arrives until 2025.

Every step draws from a stream of its own, so a year is the same whichever years are made beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.synthetic import YEARS
from udsat_geo.synthetic import people as criteria
from udsat_geo.synthetic.chance import stream
from udsat_geo.synthetic.city import (
    GONE_2021,
    GONE_2025,
    N_STRATA,
    NEW_2021,
    NEW_2025,
    REST,
    City,
    build_city,
)
from udsat_geo.synthetic.homes import Homes, build_homes, stratum_rates
from udsat_geo.synthetic.land import geography
from udsat_geo.synthetic.people import ADULT, CHILD, NON_WESTERN, People, compose, draw_sizes, fit_sizes

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


def survives(people: People, years: int, rng: Generator) -> Flags:
    """Which residents, aged already, live through the years since."""
    yearly = np.exp(np.interp(people.age, _DEATH_AGES, np.log(_DEATHS_A_YEAR)))
    alive: Flags = rng.random(len(people.age)) < (1.0 - yearly) ** years
    return alive


def per_home(people: People, n_homes: int, weight: NDArray[Any]) -> Floats:
    """Sum of a weight over the residents of each home, shape (n_homes,)."""
    known = people.dwelling >= 0
    total: Floats = np.zeros(n_homes)
    total += np.bincount(people.dwelling[known], weights=weight[known].astype(float), minlength=n_homes)
    return total


def children_born(people: People, homes: Homes, next_person: int, years: int, rng: Generator) -> People:
    """The residents and the children born to couples, of a parent's origin."""
    n_homes = len(homes.block)
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


def moving_units(people: People, homes: Homes, year: int, years: int, rng: Generator) -> Ints:
    """Which residents move, as numbers of the units that move together; -1 stays.

    A unit is a household (its dwelling's row) or a person alone (rows after the dwellings).
    """
    n_homes, n = len(homes.block), len(people.age)
    adult = (people.role == ADULT) | (people.age >= 18)
    adults = per_home(people, n_homes, adult)
    mean_age = per_home(people, n_homes, adult * people.age) / np.maximum(adults, 1)
    yearly: Floats = _MOVES_A_YEAR[np.searchsorted(_AGES_OF_MOVES, mean_age, side="right")]
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


def _pull(year: int) -> Floats:
    """How much likelier hard-up movers end up in each stratum; a stratum that improves draws others."""
    pull = np.array([0.9, -1.5, 0.7, 0.6, 0.0, 0.0])
    if year in _RENEWAL[GONE_2025]:
        pull[GONE_2025], pull[NEW_2025] = -1.5, 0.9
    return pull


def match(
    movers: People, unit: Ints, fill: Ints, homes: Homes, place: criteria.Setting, year: int, rng: Generator
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
    hard = place.city.field[homes.block, 3] + _pull(year)[homes.stratum]
    home_score = hard[open_to[by_area]] + 0.5 * rng.standard_normal(len(inside))
    unit_order = inside[by_size][np.lexsort((unit_score, band))]
    home_order = open_to[by_area][np.lexsort((home_score, band))]
    dwelling_of_unit = np.full(len(size), -1)
    dwelling_of_unit[unit_order] = home_order
    dwelling = dwelling_of_unit[compact]
    role = np.where((size[compact] == 1) & (movers.age >= 18), ADULT, movers.role).astype(np.int8)
    return replace(movers, dwelling=dwelling, role=role).take(dwelling >= 0)


_VACANT = {2017: 0.04, 2018: 0.047, 2019: 0.04, 2021: 0.04, 2025: 0.04}  # of dwellings, our own
_UNKNOWN_DWELLING = 0.003  # of residents, our own


@dataclass(frozen=True)
class Snapshot:
    """The city's people in one year.

    Attributes
    ----------
    year : int
    people : People
    next_person : int
        The first person number not yet given.
    """

    year: int
    people: People
    next_person: int


class Simulation:
    """The synthetic city of one seed; years are made in order and kept."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.city = build_city(seed)
        self.homes, first = _people_2017(self.city, build_homes(self.city, seed), seed)
        self._place = criteria.Setting(self.city, self.homes, seed)
        self._snapshots = {2017: self._with_origin_and_education(first, np.ones(len(first.people.age), dtype=bool))}

    def year(self, year: int) -> Snapshot:
        """The people of a year in ``YEARS``, work and income not given yet."""
        for before, after in pairwise(YEARS):
            if after <= year and after not in self._snapshots:
                self._snapshots[after] = self._step(self._snapshots[before], after)
        return self._snapshots[year]

    def _with_origin_and_education(self, snapshot: Snapshot, new: Flags) -> Snapshot:
        rng = stream(self.seed, 43, snapshot.year)
        people = criteria.give_origin(self._place, snapshot.people, snapshot.year, rng)
        people = criteria.give_education(self._place, people, snapshot.year, new, rng)
        return replace(snapshot, people=people)

    def finished(self, year: int) -> People:
        """The people of a year with their work and income, on which no later year depends."""
        people = criteria.give_labour(self._place, self.year(year).people, year)
        return criteria.give_income(self._place, people, year)

    def _step(self, before: Snapshot, year: int) -> Snapshot:
        rng = stream(self.seed, 42, year)
        years = year - before.year
        homes, people = self.homes, before.people
        people = replace(people, age=np.minimum(people.age + years, 108).astype(np.int8))
        people = people.take(survives(people, years, rng))
        people = children_born(people, homes, before.next_person, years, rng)
        next_person = max(before.next_person, int(people.person.max()) + 1)
        people = criteria.advance_education(self._place, people, years, rng)
        unit = moving_units(people, homes, year, years, rng)
        stayers, movers = people.take(unit < 0), people.take(unit >= 0)
        fill = _open_homes(homes, stayers, year, rng)
        placed = match(movers, unit[unit >= 0], fill, homes, self._place, year, rng)
        taken = np.unique(placed.dwelling)
        fill = fill[~np.isin(fill, taken)]
        settled = stayers.joined(placed)
        arrivals = _arrivals(homes, settled, fill, year, next_person, rng)
        everyone = settled.joined(arrivals)
        new = np.zeros(len(everyone.age), dtype=bool)
        new[len(settled.age) :] = True
        return self._with_origin_and_education(Snapshot(year, everyone, int(arrivals.person.max()) + 1), new)


def _residents_for(area_m2: NDArray[Any], year: int) -> Floats:
    """Residents by stratum that give the published floor area per resident, for the occupied floor area by stratum.

    The rate a stratum needs depends on how many live in the others, so the answer is approached in rounds.
    """
    residents: Floats = area_m2.astype(float) / 38.0
    for _ in range(60):
        residents = area_m2 / stratum_rates("dwelling_area", year, residents)
    return residents


def _planned_residents(homes: Homes, year: int) -> Ints:
    """Residents of ordinary homes by stratum when as many homes as usual stand vacant."""
    stands = homes.standing(year) & homes.ordinary
    area = np.bincount(homes.stratum[stands], weights=homes.area_m2[stands], minlength=N_STRATA)
    planned: Ints = np.rint(_residents_for(area * (1.0 - _VACANT[year]), year)).astype(np.int64)
    return planned


def _total(year: int) -> int:
    return int(geography()["city"]["residents"][str(year)])


def _people_2017(city: City, homes: Homes, seed: int) -> tuple[Homes, Snapshot]:
    """The first year: homes are filled, then floor areas are fitted to the published m2 per resident."""
    rng = stream(seed, 41)
    stands = np.flatnonzero(homes.standing(2017))
    vacant = rng.random(len(stands)) < _VACANT[2017]
    vacant[homes.seats[stands] > 0] = False
    home = stands[~vacant]
    size = draw_sizes(homes.area_m2[home], rng)
    size[homes.seats[home] > 0] = homes.seats[home][homes.seats[home] > 0]
    ordinary = homes.ordinary[home]
    unknown = int(_UNKNOWN_DWELLING * _total(2017))
    everyone = _total(2017) - unknown - int(size[~ordinary].sum())
    stratum = homes.stratum[home]
    wanted = _residents_2017(city, everyone)
    for s in range(N_STRATA):
        mine = np.flatnonzero(ordinary & (stratum == s))
        size[mine] = fit_sizes(size[mine], int(wanted[s]), rng)
    people = compose(home, size, homes.kind[home], homes.seats[home] > 0, False, 0, rng)
    homes = _fit_areas(homes, home[ordinary], wanted)
    lost = _without_dwelling(unknown, int(size.sum()), rng)
    return homes, Snapshot(2017, people.joined(lost), int(size.sum()) + unknown)


def _residents_2017(city: City, total: int) -> Ints:
    """Residents of ordinary homes by stratum: the areas' share follows the facts, the rest live elsewhere."""
    count = np.rint(np.bincount(city.stratum, weights=city.residents_2017, minlength=N_STRATA)).astype(np.int64)
    count[REST] = total - count[:REST].sum()
    return count


def _fit_areas(homes: Homes, occupied: Ints, residents: Ints) -> Homes:
    """Scale floor areas stratum by stratum to the published m2 per resident of 2017; later homes plan for theirs."""
    area = homes.area_m2.copy()
    rate = stratum_rates("dwelling_area", 2017, residents.astype(float))
    for s in range(N_STRATA):
        mine = occupied[homes.stratum[occupied] == s]
        everywhere = (homes.stratum == s) & homes.ordinary
        factor = rate[s] * residents[s] / area[mine].sum()
        area[everywhere] = np.clip(area[everywhere] * factor, 12.0, 600.0)
        area[everywhere] = np.rint(area[everywhere])
        _trim(area, mine, round(rate[s] * residents[s]))
    fitted = replace(homes, area_m2=area)
    for before, year in pairwise(YEARS):
        fitted = _fit_new_areas(fitted, before, year)
    return fitted


def _trim(area: Floats, mine: Ints, total: int) -> None:
    """Add or take single square metres, spread over homes, until their sum is `total`."""
    for _ in range(8):
        difference = total - int(area[mine].sum())
        if difference == 0:
            return
        room = mine[(area[mine] > 14) & (area[mine] < 590)]
        step = room[:: max(1, len(room) // abs(difference))][: abs(difference)]
        area[step] += np.sign(difference)


def _fit_new_areas(homes: Homes, before: int, year: int) -> Homes:
    """Size the year's new homes outside the areas so that the city's residents fit in at the usual vacancy."""
    new = (homes.built == year) & (homes.stratum == REST)
    planned = _planned_residents(homes, year)
    institutions = int(homes.seats.sum())
    wanted = _total(year) * (1 - _UNKNOWN_DWELLING) - institutions - planned.sum()
    rate = stratum_rates("dwelling_area", year, planned.astype(float))[REST]
    missing_m2 = wanted * rate / (1 - _VACANT[year])
    factor = float(np.clip(1.0 + missing_m2 / homes.area_m2[new].sum(), 0.70, 1.35))
    area = homes.area_m2.copy()
    area[new] = np.rint(np.clip(area[new] * factor, 22.0, 300.0))
    return replace(homes, area_m2=area)


def _without_dwelling(count: int, first: int, rng: Generator) -> People:
    """Residents whose dwelling is not known: single, mostly of working age."""
    homes = np.full(count, -1)
    ones = np.ones(count, dtype=np.int64)
    return compose(homes, ones, ones, np.zeros(count, dtype=bool), True, first, rng)


def _open_homes(homes: Homes, stayers: People, year: int, rng: Generator) -> Ints:
    """Homes to be filled: enough of the empty ones, stratum by stratum, to reach the usual vacancy."""
    occupied = per_home(stayers, len(homes.block), np.ones(len(stayers.age))) > 0
    empty = homes.standing(year) & ~occupied & (homes.seats == 0)
    stands = homes.standing(year) & homes.ordinary
    chosen = []
    for s in range(N_STRATA):
        mine = rng.permutation(np.flatnonzero(empty & (homes.stratum == s)))
        area = homes.area_m2 * homes.ordinary
        wanted = (1 - _VACANT[year]) * area[stands & (homes.stratum == s)].sum()
        wanted -= area[occupied & (homes.stratum == s)].sum()
        chosen.append(mine[: int(np.searchsorted(np.cumsum(area[mine]), wanted))])
    return np.concatenate(chosen)


def _arrivals(homes: Homes, settled: People, fill: Ints, year: int, next_person: int, rng: Generator) -> People:
    """Newcomers from outside the city: as many as give the published floor area per resident in every stratum."""
    n_homes = len(homes.block)
    living = per_home(settled, n_homes, np.ones(len(settled.age)))
    ordinary = homes.ordinary & (living > 0)
    occupied = ordinary.copy()
    occupied[fill] = homes.ordinary[fill]
    area = np.bincount(homes.stratum[occupied], weights=homes.area_m2[occupied], minlength=N_STRATA)
    residents = _residents_for(area, year)
    here = np.bincount(homes.stratum[ordinary], weights=living[ordinary], minlength=N_STRATA)
    size = draw_sizes(homes.area_m2[fill], rng)
    for s in range(N_STRATA):
        mine = np.flatnonzero((homes.stratum[fill] == s) & homes.ordinary[fill])
        size[mine] = fit_sizes(size[mine], round(residents[s] - here[s]), rng)
    seats = np.flatnonzero((homes.seats > 0) & (living < homes.seats))
    home = np.concatenate([fill, seats])
    size = np.concatenate([size, (homes.seats[seats] - living[seats]).astype(np.int64)])
    people = compose(home, size, homes.kind[home], homes.seats[home] > 0, True, next_person, rng)
    unknown = int(_UNKNOWN_DWELLING * _total(year)) - int((settled.dwelling < 0).sum())
    return people.joined(_without_dwelling(max(unknown, 1), next_person + len(people.age), rng))
