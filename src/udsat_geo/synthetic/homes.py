"""Addresses and dwellings: every home that stands in any year, with what stays the same and what changes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from udsat_geo.synthetic.city import BLOCK, KEPT, MODERN, N_STRATA, NEW_2021, REST, STUDENT, VILLA, City
from udsat_geo.synthetic.random_streams import lasting_noise, stream
from udsat_geo.synthetic.targets import (
    DWELLINGS_AREAS,
    DWELLINGS_CITY,
    OLD,
    TENURE_GONE_2021,
    TENURE_NEW_2021,
    YEARS,
    amenity_counts,
    share_out,
    tenure_counts,
)

NEVER = 9_999
_DWELLINGS_AN_ADDRESS = {VILLA: 1.03, BLOCK: 5.6, MODERN: 6.5, STUDENT: 18.0}
_RESIDENTS_A_DWELLING = {VILLA: 2.35, BLOCK: 1.88, MODERN: 2.0, STUDENT: 1.35}
_AREA_M2 = {VILLA: (112.0, 0.27), BLOCK: (66.0, 0.32), MODERN: (88.0, 0.28), STUDENT: (38.0, 0.25)}
_DEMOLISHED = {2018: (0, 0), 2019: (30, 60), 2021: (40, 110), 2025: (60, 220)}  # in areas, elsewhere; our own
_N_INSTITUTIONS, _N_TINY, _N_HUGE = 46, 42, 16
# how readily a kind of building takes a tenure: owner, private rental, cooperative, social housing, public
_TENURE_PULL = np.array(
    [
        [2.2, 0.0, -1.0, -1.2, 0.0],
        [0.0, 0.0, 0.4, 0.2, 0.0],
        [0.8, 0.6, -0.6, 0.0, 0.0],
        [-2, 0.5, -1.5, 1.8, 1.0],
    ]
)
_TENURE_ORDER = (3, 2, 0, 4)  # the rest rent privately


@dataclass(frozen=True)
class Homes:
    """One row per dwelling that ever stands; addresses apart.

    Attributes
    ----------
    cell, address, kind, stratum : int array, (n_dwellings,)
    built, gone : int array, (n_dwellings,)
        First year it stands (2017: from before) and first year it does not.
    area_m2 : float array, (n_dwellings,)
    seats : int array, (n_dwellings,)
        Residents of an institution, 0 for an ordinary home.
    ordinary : bool array, (n_dwellings,)
        Floor area of 10 to 1000 m2 and not an institution.
    address_cell : int array, (n_addresses,)
    address_built : int array, (n_addresses,)
        First year any of its dwellings stands.
    easting, northing : float array, (n_addresses,)
        Metres, EPSG:25832, in half metres.
    """

    cell: NDArray[np.int64]
    address: NDArray[np.int64]
    kind: NDArray[np.int64]
    stratum: NDArray[np.int64]
    built: NDArray[np.int64]
    gone: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    seats: NDArray[np.int64]
    ordinary: NDArray[np.bool_]
    address_cell: NDArray[np.int64]
    address_built: NDArray[np.int64]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]

    def standing(self, year: int) -> NDArray[np.bool_]:
        """Which dwellings stand in a year."""
        return (self.built <= year) & (year < self.gone)


def _dwellings_2017(city: City) -> NDArray[np.int64]:
    """Dwellings of every cell in 2017; strata add up to the published counts."""
    size = np.array([_RESIDENTS_A_DWELLING[kind] for kind in range(4)])[city.kind]
    weight = city.residents_2017 / size
    count = np.zeros(len(weight), dtype=np.int64)
    old = np.isin(city.stratum, OLD)
    fixed = {1: sum(TENURE_GONE_2021), NEW_2021: sum(TENURE_NEW_2021)}
    for stratum, total in fixed.items():
        count[city.stratum == stratum] = share_out(total, weight[city.stratum == stratum])
    left = old & (city.stratum != 1)
    count[left] = share_out(DWELLINGS_AREAS[2017] - fixed[1], weight[left])
    left = ~old & (city.stratum != NEW_2021)
    count[left] = share_out(DWELLINGS_CITY[2017] - DWELLINGS_AREAS[2017] - fixed[NEW_2021], weight[left])
    return count


def _new_dwellings(city: City, year: int, before: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Dwellings built for a year, by cell."""
    count = np.zeros(len(city.row), dtype=np.int64)
    gone_areas, gone_else = _DEMOLISHED[year]
    in_areas = DWELLINGS_AREAS[year] - DWELLINGS_AREAS[before]
    elsewhere = DWELLINGS_CITY[year] - DWELLINGS_CITY[before] - in_areas
    kept = np.flatnonzero(city.stratum == KEPT)
    sites = rng.choice(kept, 40, replace=False)
    count[sites] = share_out(in_areas + gone_areas, rng.exponential(1.0, len(sites)) + 0.2)
    rest = np.flatnonzero(city.stratum == REST)
    weight = city.growth[rest] * rng.exponential(1.0, len(rest))
    weight[weight < np.quantile(weight, 0.9)] = 0.0
    count[rest] += share_out(elsewhere + gone_else, weight)
    return count


def _addresses(
    cell: NDArray[np.int64], built: NDArray[np.int64], kind: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Share the dwellings of each cell and building year out over stairwells; dwellings come sorted by both."""
    first = np.flatnonzero(np.r_[True, (cell[1:] != cell[:-1]) | (built[1:] != built[:-1])])
    group = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(cell)]))
    size = np.bincount(group)
    a_stair = np.array([_DWELLINGS_AN_ADDRESS[k] for k in range(4)])[kind[first]]
    n_stairs = np.maximum(1, np.rint(size / a_stair)).astype(np.int64)
    rank = np.arange(len(cell)) - first[group]
    start = np.r_[0, np.cumsum(n_stairs)[:-1]]
    return start[group] + rank * n_stairs[group] // size[group], n_stairs


def _positions(
    city: City, address_cell: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Stairwells stand in rows along a street that crosses the cell, one way or the other."""
    n = len(address_cell)
    order = np.lexsort((rng.random(n), address_cell))
    count = np.bincount(address_cell, minlength=len(city.row))
    start = np.r_[0, np.cumsum(count)[:-1]]
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n) - start[address_cell[order]]
    lines = np.maximum(1, np.rint(np.sqrt(count / 3.0))).astype(np.int64)
    a_line = -(-count // lines)
    line, step = place % lines[address_cell], place // lines[address_cell]
    spacing = 88.0 / a_line[address_cell]
    along = 6.0 + spacing * (step + 0.5 + rng.uniform(-0.2, 0.2, n))
    width = 100.0 / lines[address_cell]
    setback = rng.uniform(-0.15, 0.15, len(count))[address_cell]
    across = width * (line + 0.5 + setback) + rng.uniform(-0.03, 0.03, n) * width
    turned = rng.random(len(count))[address_cell] < 0.5
    x, y = np.where(turned, across, along), np.where(turned, along, across)
    easting = city.col[address_cell] * 100.0 + np.rint(x * 2) / 2
    northing = city.row[address_cell] * 100.0 + np.rint(y * 2) / 2
    return easting, northing


def build_homes(city: City, seed: int) -> Homes:
    """Every address and dwelling of the five years.

    Parameters
    ----------
    city : City
    seed : int

    Returns
    -------
    Homes
    """
    rng = stream(seed, 31)
    counts = [_dwellings_2017(city)]
    counts += [_new_dwellings(city, year, before, rng) for before, year in pairwise(YEARS)]
    by_cell = np.stack(counts, axis=1)
    pairs = by_cell.ravel()
    cell = np.repeat(np.repeat(np.arange(len(city.row)), len(YEARS)), pairs)
    built = np.repeat(np.tile(YEARS, len(city.row)), pairs)
    kind = np.where((built > 2017) & (city.kind[cell] != VILLA), MODERN, city.kind[cell])
    address, _ = _addresses(cell, built, kind)
    first_of_address = np.flatnonzero(np.r_[True, address[1:] != address[:-1]])
    easting, northing = _positions(city, cell[first_of_address], rng)
    area, seats, ordinary = _sizes(city, cell, address, kind, built, seed, rng)
    return Homes(
        cell=cell,
        address=address,
        kind=kind,
        stratum=city.stratum[cell],
        built=built,
        gone=_demolition(city.stratum[cell], built, ordinary, rng),
        area_m2=area,
        seats=seats,
        ordinary=ordinary,
        address_cell=cell[first_of_address],
        address_built=built[first_of_address],
        easting=easting,
        northing=northing,
    )


def _sizes(
    city: City,
    cell: NDArray[np.int64],
    address: NDArray[np.int64],
    kind: NDArray[np.int64],
    built: NDArray[np.int64],
    seed: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    """Floor areas before they are fitted to the published figures, seats of institutions, and who is ordinary."""
    n = len(cell)
    centre = np.array([_AREA_M2[k][0] for k in range(4)])[kind]
    spread = np.array([_AREA_M2[k][1] for k in range(4)])[kind]
    stair = 0.07 * lasting_noise(address, seed, 41)
    area = centre * np.exp(spread * rng.standard_normal(n) + stair - city.field[cell, 0])
    area = np.clip(area, 16.0, 420.0)
    seats = np.zeros(n, dtype=np.int64)
    plain = np.flatnonzero((built == 2017) & (kind == BLOCK))
    odd = rng.choice(plain, _N_INSTITUTIONS + _N_TINY + _N_HUGE, replace=False)
    homes, tiny, huge = np.split(odd, [_N_INSTITUTIONS, _N_INSTITUTIONS + _N_TINY])
    seats[homes] = rng.integers(17, 48, len(homes))
    area[homes] = np.rint(seats[homes] * rng.uniform(17.0, 24.0, len(homes)))
    area[tiny] = rng.integers(5, 10, len(tiny))
    area[huge] = rng.integers(1_010, 2_600, len(huge))
    ordinary = np.ones(n, dtype=bool)
    ordinary[odd] = False
    return area, seats, ordinary


def _demolition(
    stratum: NDArray[np.int64],
    built: NDArray[np.int64],
    ordinary: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    gone = np.full(len(stratum), NEVER)
    old = ordinary & (built == 2017)
    for year, (in_areas, elsewhere) in _DEMOLISHED.items():
        for inside, count in ((KEPT, in_areas), (REST, elsewhere)):
            pool = np.flatnonzero(old & (stratum == inside) & (gone == NEVER))
            gone[rng.choice(pool, count, replace=False)] = year
    return gone


def tenure_by_year(homes: Homes, last_year: int, seed: int) -> NDArray[np.int8]:
    """Tenure of every standing dwelling, carried from 2017 to a year; -1 where none stands.

    Whole stairwells mostly share a tenure. From year to year few dwellings change: as many as the published counts ask.

    Returns
    -------
    int8 array, (n_dwellings,)
        Index into ``TENURES``.
    """
    tenure = np.full(len(homes.cell), -1, dtype=np.int8)
    stair = np.stack([lasting_noise(homes.address, seed, 50 + t) for t in range(5)], axis=1)
    pull = _TENURE_PULL[homes.kind] + stair
    change = lasting_noise(np.arange(len(tenure)), seed, 56)
    for year in YEARS[: YEARS.index(last_year) + 1]:
        stands = homes.standing(year)
        tenure[~stands] = -1
        dwellings = np.bincount(homes.stratum[stands], minlength=N_STRATA)
        wanted = tenure_counts(year, dwellings)
        for stratum in range(N_STRATA):
            here = np.flatnonzero(stands & (homes.stratum == stratum))
            _fit_tenure(tenure, here, wanted[stratum], pull, change)
    return tenure


def _fit_tenure(
    tenure: NDArray[np.int8],
    here: NDArray[np.int64],
    wanted: NDArray[np.int64],
    pull: NDArray[np.float64],
    change: NDArray[np.float64],
) -> None:
    for kind in range(5):
        mine = here[tenure[here] == kind]
        surplus = len(mine) - int(wanted[kind])
        if surplus > 0:
            tenure[mine[np.argsort(change[mine], kind="stable")[:surplus]]] = -1
    for kind in _TENURE_ORDER:
        free = here[tenure[here] < 0]
        missing = int(wanted[kind]) - int((tenure[here] == kind).sum())
        if missing > 0:
            tenure[free[np.argsort(-pull[free, kind], kind="stable")[:missing]]] = kind
    tenure[here[tenure[here] < 0]] = 1


def lacking(homes: Homes, name: str, year: int, seed: int) -> NDArray[np.bool_]:
    """Which dwellings lack an amenity in a year: the worst-off by a lasting rank, so that repairs last."""
    salt = {"bath": 61, "heating": 62}[name]
    kinds = {"bath": (-3.0, 0.0, -6.0, -1.0), "heating": (1.0, 0.0, -2.0, -2.0)}[name]
    score = 1.2 * lasting_noise(homes.address, seed, salt) + 0.6 * lasting_noise(
        np.arange(len(homes.cell)), seed, salt + 5
    )
    score += np.array(kinds)[homes.kind]
    stands = homes.standing(year)
    dwellings = np.bincount(homes.stratum[stands], minlength=N_STRATA)
    result = np.zeros(len(score), dtype=bool)
    for stratum, count in enumerate(amenity_counts(name, year, dwellings)):
        here = np.flatnonzero(stands & (homes.stratum == stratum) & (homes.built == 2017))
        result[here[np.argsort(-score[here], kind="stable")[:count]]] = True
    return result
