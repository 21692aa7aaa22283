"""Addresses and dwellings: every home that stands in any year, with what stays the same and what changes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.policy.published import status_2021
from udsat_geo.registers.schema import TENURE as TENURES
from udsat_geo.synthetic import YEARS
from udsat_geo.synthetic.chance import lasting_noise, stream
from udsat_geo.synthetic.city import (
    BLOCK,
    GONE_2021,
    GONE_2025,
    KEPT,
    MODERN,
    N_STRATA,
    NEW_2021,
    NEW_2025,
    REST,
    STUDENT,
    VILLA,
    City,
)
from udsat_geo.synthetic.land import build_land, choices, corners_of

OLD = (KEPT, GONE_2021, GONE_2025)  # strata inside the areas of 2017
UPDATED = (KEPT, GONE_2025, NEW_2021)  # strata inside the areas of 2021
_SMALL = {"gone_2021": GONE_2021, "gone_2025": GONE_2025, "new_2021": NEW_2021, "new_2025": NEW_2025}
# Printed figures are rounded to 0.1: within that, the two tables of 2021 leave room for clearer additions.
_ROUNDING_USED = 0.035
# Dwellings, from goal 17 (sums over tenure) for 2017, 2019 and 2021; 2018 between, 2025 our own.
DWELLINGS_CITY = {2017: 307_931, 2018: 313_400, 2019: 318_860, 2021: 329_960, 2025: 349_000}
DWELLINGS_AREAS = {2017: 68_329, 2018: 68_830, 2019: 69_327, 2021: 69_680, 2025: 70_900}
# Tenure of the two strata of the change of 2021: their difference is that of goal 17's updated column.
TENURE_GONE_2021 = (300, 1500, 900, 850, 50)
TENURE_NEW_2021 = (265, 700, 900, 1488, 51)
_OWN_TENURE_2025 = ((5_400, 13_900, 16_200, 34_050, 1_350), (77_000, 103_500, 96_500, 67_400, 4_600))


def _printed(table: str, criterion: str, year: int) -> float:
    values = status_2021()["table_1"][table][criterion]
    if str(year) in values:
        return float(values[str(year)])
    base = "2018" if criterion == "no_education" else "2017"  # the series breaks between 2017 and 2018
    slope = (values["2021"] - values[base]) / (2021 - int(base))
    return float(values["2021"] + slope * (year - 2021))


def stratum_rates(criterion: str, year: int, base: Floats) -> Floats:
    """The rate each stratum must have so that the published unions come out.

    Parameters
    ----------
    criterion : str
    year : int
    base : float array, (N_STRATA,)
        The denominator's sum by stratum.

    Returns
    -------
    float array, (N_STRATA,)
        Fractions, or m2 per resident.
    """
    scale = 1.0 if criterion == "dwelling_area" else 0.01
    away = 1.0 if criterion == "dwelling_area" else -1.0
    areas, rest = _printed("areas", criterion, year), _printed("rest_of_city", criterion, year)
    if year == 2021:
        areas += away * _ROUNDING_USED
    position = choices()["position_dwelling_area" if criterion == "dwelling_area" else "position"]
    rate = np.zeros(N_STRATA)
    for name, stratum in _SMALL.items():
        rate[stratum] = rest + position[name][YEARS.index(year)] * (areas - rest)
    if year == 2021:
        updated = float(status_2021()["table_22"][criterion]["areas_2021"]) - away * _ROUNDING_USED
        surplus = updated * base[list(UPDATED)].sum() - areas * base[list(OLD)].sum()
        rate[NEW_2021] = (surplus + rate[GONE_2021] * base[GONE_2021]) / base[NEW_2021]
    inside = areas * base[list(OLD)].sum() - sum(rate[s] * base[s] for s in (GONE_2021, GONE_2025))
    rate[KEPT] = inside / base[KEPT]
    outside = base[NEW_2021] + base[NEW_2025] + base[REST]
    rate[REST] = (rest * outside - rate[NEW_2021] * base[NEW_2021] - rate[NEW_2025] * base[NEW_2025]) / base[REST]
    return rate * scale


def share_out(total: int, weight: Floats) -> Ints:
    """Whole numbers in proportion to weights that add up to a total, by largest remainders."""
    exact = weight / weight.sum() * total
    count: Ints = np.floor(exact).astype(np.int64)
    order = np.argsort(count - exact, kind="stable")
    count[order[: total - int(count.sum())]] += 1
    return count


def _between(published: dict[str, float], own_2025: float, year: int) -> float:
    """The value of a year in a published series that goes on to our own of 2025, on a straight line between."""
    series = {int(y): value for y, value in published.items() if y != "updated"} | {2025: own_2025}
    return float(np.interp(year, sorted(series), [series[y] for y in sorted(series)]))


def _tenure_totals(column: str, year: int) -> Floats:
    goal = next(goal for goal in status_2021()["goal"] if goal["number"] == 17)["indicator"][0][column]
    own = _OWN_TENURE_2025[0 if column.endswith("areas") else 1]
    return np.array([_between(goal[tenure], own[i], year) for i, tenure in enumerate(TENURES)])


def tenure_counts(year: int, dwellings: Ints) -> Ints:
    """Dwellings by stratum and tenure, shape (N_STRATA, 5), for the dwellings that stand in each stratum."""
    areas, city = _tenure_totals("dwellings_areas", year), _tenure_totals("dwellings_city", year)
    weight = np.zeros((N_STRATA, len(TENURES)))
    weight[GONE_2021], weight[NEW_2021] = TENURE_GONE_2021, TENURE_NEW_2021
    weight[GONE_2025] = areas / areas.sum() * dwellings[GONE_2025]
    weight[NEW_2025] = np.array([0.10, 0.22, 0.25, 0.42, 0.01]) * dwellings[NEW_2025]
    weight[KEPT] = areas - weight[GONE_2021] - weight[GONE_2025]
    count = np.zeros(weight.shape, dtype=np.int64)
    for stratum in range(N_STRATA):
        if stratum == REST:  # the last: the city comes out as printed
            weight[REST] = np.maximum(city - count.sum(axis=0), 0.0)
        count[stratum] = share_out(int(dwellings[stratum]), weight[stratum])
    return count


def amenity_counts(name: str, year: int, dwellings: Ints) -> Ints:
    """Dwellings lacking an amenity by stratum (goal 18): ``"bath"`` (toilet and/or bath) or ``"heating"``."""
    goal = next(goal for goal in status_2021()["goal"] if goal["number"] == 18)["indicator"]
    indicator = goal[0] if name == "bath" else goal[1]
    own_2025 = {"bath": (2_250.0, 16_700.0), "heating": (2_000.0, 4_600.0)}[name]
    areas, city = (_between(indicator[side], own, year) for side, own in zip(("areas", "city"), own_2025, strict=True))
    count = np.zeros(N_STRATA)
    # the updated columns of goal 18 fix the difference of the two in 2021
    count[GONE_2021], count[NEW_2021] = (640.0, 85.0) if name == "bath" else (57.0, 60.0)
    count[GONE_2025] = 0.6 * areas * dwellings[GONE_2025] / dwellings[list(OLD)].sum()
    count[NEW_2025] = 40.0
    count[KEPT] = areas - count[GONE_2021] - count[GONE_2025]
    count[REST] = city - areas - count[NEW_2021] - count[NEW_2025]
    return np.rint(count).astype(np.int64)


NEVER = 9_999
_DWELLINGS_AN_ADDRESS = {VILLA: 1.03, BLOCK: 5.6, MODERN: 6.5, STUDENT: 18.0}
_RESIDENTS_A_DWELLING = {VILLA: 2.35, BLOCK: 1.88, MODERN: 2.0, STUDENT: 1.35}
_AREA_M2 = {VILLA: (112.0, 0.27), BLOCK: (66.0, 0.32), MODERN: (88.0, 0.28), STUDENT: (38.0, 0.25)}
_DEMOLISHED = {2018: (0, 0), 2019: (30, 60), 2021: (40, 110), 2025: (60, 220)}  # in areas, elsewhere; our own
_N_INSTITUTIONS, _N_TINY, _N_HUGE = 46, 42, 16
_ESTATES = 0.3  # blocks of flats built in rows instead of around a yard
_SETBACK = 0.10  # of a block's width, between the middle of the street and the entrances
_TENURE_PULL = np.array(choices()["tenure_pull"])
_TENURE_ORDER = (3, 2, 0, 4)  # the rest rent privately


@dataclass(frozen=True)
class Homes:
    """One row per dwelling that ever stands; addresses apart.

    Attributes
    ----------
    block, address, kind, stratum : int array, (n_dwellings,)
    built, gone : int array, (n_dwellings,)
        First year it stands (2017: from before) and first year it does not.
    area_m2 : float array, (n_dwellings,)
    seats : int array, (n_dwellings,)
        Residents of an institution, 0 for an ordinary home.
    ordinary : bool array, (n_dwellings,)
        Floor area of 10 to 1000 m2 and not an institution.
    address_block : int array, (n_addresses,)
    easting, northing : float array, (n_addresses,)
        Metres, EPSG:25832, in half metres.
    """

    block: Ints
    address: Ints
    kind: Ints
    stratum: Ints
    built: Ints
    gone: Ints
    area_m2: Floats
    seats: Ints
    ordinary: Flags
    address_block: Ints
    easting: Floats
    northing: Floats

    def standing(self, year: int) -> Flags:
        """Which dwellings stand in a year."""
        return (self.built <= year) & (year < self.gone)


def _dwellings_2017(city: City) -> Ints:
    """Dwellings of every block in 2017; strata add up to the published counts."""
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


def _new_dwellings(city: City, year: int, before: int, rng: Generator) -> Ints:
    """Dwellings built for a year, by block."""
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


def _addresses(block: Ints, built: Ints, kind: Ints) -> Ints:
    """Share the dwellings of each block and building year out over stairwells; dwellings come sorted by both."""
    first = np.flatnonzero(np.r_[True, (block[1:] != block[:-1]) | (built[1:] != built[:-1])])
    group = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(block)]))
    size = np.bincount(group)
    a_stair = np.array([_DWELLINGS_AN_ADDRESS[k] for k in range(4)])[kind[first]]
    n_stairs = np.maximum(1, np.rint(size / a_stair)).astype(np.int64)
    rank = np.arange(len(block)) - first[group]
    start = np.r_[0, np.cumsum(n_stairs)[:-1]]
    address: Ints = start[group] + rank * n_stairs[group] // size[group]
    return address


def _positions(city: City, address_block: Ints, rng: Generator) -> tuple[Floats, Floats]:
    """Stairwells stand along the streets around their block, or in rows behind each other on an estate."""
    n = len(address_block)
    order = np.lexsort((rng.random(n), address_block))
    count = np.bincount(address_block, minlength=len(city.row))
    start = np.r_[0, np.cumsum(count)[:-1]]
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n) - start[address_block[order]]
    count, kind = count[address_block], city.kind[address_block]
    in_rows = (kind == VILLA) | (kind == MODERN) | (rng.random(len(city.row)) < _ESTATES)[address_block]
    shift = rng.uniform(-0.2, 0.2, n)
    x, y = _around(place, count, shift)
    lines = np.where(kind == VILLA, np.minimum(count, 2), np.maximum(1, np.rint(np.sqrt(count / 3.0)).astype(np.int64)))
    a_line = -(-count // lines)
    line, step = place % lines, place // lines
    along, across = (step + 0.5 + shift) / a_line, (line + 0.5 + rng.uniform(-0.08, 0.08, n)) / lines
    x, y = np.where(in_rows, along, x), np.where(in_rows, across, y)
    x, y = (_SETBACK + (1.0 - 2.0 * _SETBACK) * each for each in (x, y))
    corner = corners_of(build_land().corner, city.row, city.col)[address_block]
    share = ((1 - x) * (1 - y), x * (1 - y), x * y, (1 - x) * y)
    easting, northing = (sum(part * corner[:, k, axis] for k, part in enumerate(share)) for axis in (0, 1))
    return np.rint(easting * 2) / 2, np.rint(northing * 2) / 2


def _around(place: Ints, count: Ints, shift: Floats) -> tuple[Floats, Floats]:
    """Places in the unit square, evenly along its rim; a long side is 4 and a short one 3 parts of its length."""
    part = (place + 0.5 + shift) / count * 14.0
    x = np.interp(part, (0.0, 4.0, 7.0, 11.0, 14.0), (0.0, 1.0, 1.0, 0.0, 0.0))
    y = np.interp(part, (0.0, 4.0, 7.0, 11.0, 14.0), (0.0, 0.0, 1.0, 1.0, 0.0))
    return x, y


def build_homes(city: City, seed: int) -> Homes:
    """Every address and dwelling of the five years."""
    rng = stream(seed, 31)
    counts = [_dwellings_2017(city)]
    counts += [_new_dwellings(city, year, before, rng) for before, year in pairwise(YEARS)]
    pairs = np.stack(counts, axis=1).ravel()
    block = np.repeat(np.repeat(np.arange(len(city.row)), len(YEARS)), pairs)
    built = np.repeat(np.tile(YEARS, len(city.row)), pairs)
    kind = np.where((built > 2017) & (city.kind[block] != VILLA), MODERN, city.kind[block])
    address = _addresses(block, built, kind)
    first_of_address = np.flatnonzero(np.r_[True, address[1:] != address[:-1]])
    easting, northing = _positions(city, block[first_of_address], rng)
    area, seats, ordinary = _sizes(city, block, address, kind, built, seed, rng)
    return Homes(
        block=block,
        address=address,
        kind=kind,
        stratum=city.stratum[block],
        built=built,
        gone=_demolition(city.stratum[block], built, ordinary, rng),
        area_m2=area,
        seats=seats,
        ordinary=ordinary,
        address_block=block[first_of_address],
        easting=easting,
        northing=northing,
    )


def _sizes(
    city: City, block: Ints, address: Ints, kind: Ints, built: Ints, seed: int, rng: Generator
) -> tuple[Floats, Ints, Flags]:
    """Floor areas before they are fitted to the published figures, seats of institutions, and who is ordinary."""
    n = len(block)
    centre = np.array([_AREA_M2[k][0] for k in range(4)])[kind]
    spread = np.array([_AREA_M2[k][1] for k in range(4)])[kind]
    stair = 0.07 * lasting_noise(address, seed, 41)
    area = centre * np.exp(spread * rng.standard_normal(n) + stair - city.field[block, 0])
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


def _demolition(stratum: Ints, built: Ints, ordinary: Flags, rng: Generator) -> Ints:
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
    tenure = np.full(len(homes.block), -1, dtype=np.int8)
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


def _fit_tenure(tenure: NDArray[np.int8], here: Ints, wanted: Ints, pull: Floats, change: Floats) -> None:
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


def lacking(homes: Homes, name: str, year: int, seed: int) -> Flags:
    """Which dwellings lack an amenity in a year: the worst-off by a lasting rank, so that repairs last."""
    salt, of_kind = {"bath": (61, (-3.0, 0.0, -6.0, -1.0)), "heating": (62, (1.0, 0.0, -2.0, -2.0))}[name]
    dwelling = np.arange(len(homes.block))
    score = 1.2 * lasting_noise(homes.address, seed, salt) + 0.6 * lasting_noise(dwelling, seed, salt + 5)
    score += np.array(of_kind)[homes.kind]
    stands = homes.standing(year)
    dwellings = np.bincount(homes.stratum[stands], minlength=N_STRATA)
    result = np.zeros(len(score), dtype=bool)
    for stratum, count in enumerate(amenity_counts(name, year, dwellings)):
        here = np.flatnonzero(stands & (homes.stratum == stratum) & (homes.built == 2017))
        result[here[np.argsort(-score[here], kind="stable")[:count]]] = True
    return result
