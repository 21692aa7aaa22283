"""The city's years: who lives where in 2017, and who dies, is born, leaves, moves and arrives until 2025.

Every step draws from a stream of its own, so a year is the same whichever years are made beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.synthetic import criteria
from udsat_geo.synthetic.city import N_STRATA, REST, City, build_city
from udsat_geo.synthetic.homes import Homes, build_homes
from udsat_geo.synthetic.households import People, compose, draw_sizes, fit_sizes
from udsat_geo.synthetic.land import geography
from udsat_geo.synthetic.moves import children_born, match, moving_units, per_home, survives
from udsat_geo.synthetic.random_streams import stream
from udsat_geo.synthetic.targets import YEARS, stratum_rates

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
    """The synthetic city of one seed; years are made in order and kept.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.city = build_city(seed)
        homes = build_homes(self.city, seed)
        homes, first = _people_2017(self.city, homes, seed)
        self.homes: Homes = homes
        self._place = criteria.setting(self.city, homes, seed)
        self._snapshots = {2017: self._with_origin_and_education(first, np.ones(len(first.people.age), dtype=bool))}

    def year(self, year: int) -> Snapshot:
        """The people of a year in ``YEARS``, work and income not given yet."""
        for before, after in pairwise(YEARS):
            if after <= year and after not in self._snapshots:
                self._snapshots[after] = self._step(self._snapshots[before], after)
        return self._snapshots[year]

    def _with_origin_and_education(self, snapshot: Snapshot, new: NDArray[np.bool_]) -> Snapshot:
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


def _residents_for(area_m2: NDArray[Any], year: int) -> NDArray[np.float64]:
    """Residents by stratum that give the published floor area per resident, for the occupied floor area by stratum.

    The rate a stratum needs depends on how many live in the others, so the answer is approached in rounds.
    """
    residents: NDArray[np.float64] = area_m2.astype(float) / 38.0
    for _ in range(60):
        residents = area_m2 / stratum_rates("dwelling_area", year, residents)
    return residents


def _planned_residents(homes: Homes, year: int) -> NDArray[np.int64]:
    """Residents of ordinary homes by stratum when as many homes as usual stand vacant."""
    stands = homes.standing(year) & homes.ordinary
    area = np.bincount(homes.stratum[stands], weights=homes.area_m2[stands], minlength=N_STRATA)
    planned: NDArray[np.int64] = np.rint(_residents_for(area * (1.0 - _VACANT[year]), year)).astype(np.int64)
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


def _residents_2017(city: City, total: int) -> NDArray[np.int64]:
    """Residents of ordinary homes by stratum: the areas' share follows the facts, the rest live elsewhere."""
    count = np.rint(np.bincount(city.stratum, weights=city.residents_2017, minlength=N_STRATA)).astype(np.int64)
    count[REST] = total - count[:REST].sum()
    return count


def _fit_areas(homes: Homes, occupied: NDArray[np.int64], residents: NDArray[np.int64]) -> Homes:
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


def _trim(area: NDArray[np.float64], mine: NDArray[np.int64], total: int) -> None:
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


def _without_dwelling(count: int, first: int, rng: np.random.Generator) -> People:
    """Residents whose dwelling is not known: single, mostly of working age."""
    homes = np.full(count, -1)
    ones = np.ones(count, dtype=np.int64)
    return compose(homes, ones, ones, np.zeros(count, dtype=bool), True, first, rng)


def _open_homes(homes: Homes, stayers: People, year: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Homes to be filled: enough of the empty ones, stratum by stratum, to reach the usual vacancy."""
    occupied = per_home(stayers, len(homes.cell), np.ones(len(stayers.age))) > 0
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


def _arrivals(
    homes: Homes,
    settled: People,
    fill: NDArray[np.int64],
    year: int,
    next_person: int,
    rng: np.random.Generator,
) -> People:
    """Newcomers from outside the city: as many as give the published floor area per resident in every stratum."""
    n_homes = len(homes.cell)
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
