"""The inhabited cells of the synthetic city and what marks each: kind of building, residents, social fields.

Densities, kinds, pockets and fields are our own; district and area residents follow ``geography.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.synthetic.areas import DESIGNATION_YEARS, AreaMap, build_areas, dilate
from udsat_geo.synthetic.fields import BLOCK, MODERN, N_FIELDS, STUDENT, VILLA, social_fields
from udsat_geo.synthetic.land import (
    FIRST_COL,
    FIRST_ROW,
    SHAPE,
    Land,
    build_land,
    cell_centres,
    geography,
    smooth_field,
)
from udsat_geo.synthetic.random_streams import stream

__all__ = ["BLOCK", "MODERN", "N_FIELDS", "STUDENT", "VILLA", "City", "build_city"]
# strata: which designations a cell belongs to
KEPT, GONE_2021, GONE_2025, NEW_2021, NEW_2025, REST = range(6)
N_STRATA = 6
_RESIDENTS_2013 = 512_000
_AREA_GROWTH = 1.02  # areas' residents of 2017 per resident around 2013; the city grew mostly elsewhere
_VILLA_SHARE = {1: 0.0, 2: 0.08, 3: 0.0, 4: 0.02, 5: 0.5, 6: 0.65, 7: 0.75, 8: 0.2, 9: 0.35, 10: 0.3}
_MODERN_SHARE = {1: 0.1, 2: 0.15, 3: 0.03, 4: 0.3, 5: 0.12, 6: 0.05, 7: 0.0, 8: 0.03, 9: 0.12, 10: 0.35}
_GROWTH = {2: 1.2, 4: 1.4, 5: 0.9, 9: 0.6, 10: 1.6}  # where the city builds, relative weight by district
_BOUNDED = 0.7  # how much less, in standard deviations
_N_STUDENT = 16  # student quarters
_GROWTH_CELLS = 170  # cells without homes in 2017 that get them later
_DENSITY = (0.26, 1.25, 1.0, 1.5)  # residents a cell by kind, relative


@dataclass(frozen=True)
class City:
    """One row per cell that ever holds homes.

    Attributes
    ----------
    row, col : int64 array, (n_cells,)
        Grid position: floor of northing and easting over 100.
    district, kind, stratum, plot : int array, (n_cells,)
    residents_2017 : float array, (n_cells,)
        Residents the cell was made for; 0 where homes come later.
    growth : float array, (n_cells,)
        Relative weight of new building.
    field : float array, (n_cells, N_FIELDS)
        Log-odds of each disadvantage; for dwelling area, the log of how cramped homes are.
    areas : AreaMap
    """

    row: NDArray[np.int64]
    col: NDArray[np.int64]
    district: NDArray[np.int64]
    kind: NDArray[np.int64]
    stratum: NDArray[np.int64]
    plot: NDArray[np.int64]
    residents_2017: NDArray[np.float64]
    growth: NDArray[np.float64]
    field: NDArray[np.float64]
    areas: AreaMap


def _stratum_of_plot(areas: AreaMap) -> NDArray[np.int64]:
    old, middle, new = (areas.designated[year] for year in DESIGNATION_YEARS)
    stratum = np.full(len(old), REST)
    stratum[old & middle & new] = KEPT
    stratum[old & ~middle] = GONE_2021
    stratum[old & middle & ~new] = GONE_2025
    stratum[~old & middle] = NEW_2021
    stratum[~middle & new] = NEW_2025
    return stratum


def _district(land: Land, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.int64]:
    """District of each cell; a cell beyond every district takes the one with the nearest centre."""
    district = land.district[rows, cols].astype(np.int64)
    easting, northing = cell_centres()
    centres = np.array([d["centre"] for d in geography()["district"]], dtype=float)
    distance = np.hypot(easting[rows, cols][:, None] - centres[:, 0], northing[rows, cols][:, None] - centres[:, 1])
    return np.where(district > 0, district, np.argmin(distance, axis=1) + 1)


def _choose_cells(
    land: Land, areas: AreaMap, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Rows, columns and whether homes come only later; area cells first, then the districts' own."""
    inhabited = (areas.plot >= 0) & ~areas.reserve
    later = np.zeros(SHAPE, dtype=bool)
    built = smooth_field(rng, 180.0) + 0.35 * rng.standard_normal(SHAPE)
    open_land = land.buildable & (areas.plot < 0)
    # railways, large roads and greens often bound an estate, so its surroundings are built less
    built -= _BOUNDED * (dilate(areas.plot >= 0) & open_land)
    wanted = geography()["city"]["inhabited_100m_cells"] - int(inhabited.sum())
    facts = geography()["district"]
    room = np.array([(open_land & (land.district == d["number"])).sum() for d in facts], dtype=float)
    pull = room**0.6 * np.array([d["residents"] for d in facts]) ** 0.4
    count = np.minimum(0.93 * room, pull / pull.sum() * wanted)
    for _ in range(20):
        spare = np.where(count < 0.93 * room, pull, 0.0)
        count = np.minimum(0.93 * room, count + spare / spare.sum() * (wanted - count.sum()))
    growth = np.array([_GROWTH.get(d["number"], 0.0) for d in facts])
    extra = growth / growth.sum() * _GROWTH_CELLS
    for fact, n_cells, n_later in zip(facts, count.astype(int), extra.astype(int), strict=True):
        cells = np.flatnonzero((open_land & (land.district == fact["number"])).ravel())
        order = cells[np.argsort(-built.ravel()[cells], kind="stable")]
        inhabited.ravel()[order[: n_cells + n_later]] = True
        later.ravel()[order[n_cells : n_cells + n_later]] = True
    rows, cols = np.nonzero(inhabited)
    return rows, cols, later[rows, cols]


def _kinds(
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    district: NDArray[np.int64],
    stratum: NDArray[np.int64],
    later: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    villa = smooth_field(rng, 350.0)[rows, cols] + 0.25 * rng.standard_normal(len(rows))
    modern = smooth_field(rng, 250.0)[rows, cols]
    kind = np.full(len(rows), BLOCK)
    for number in range(1, 11):
        mine = np.flatnonzero((district == number) & (stratum == REST))
        by_villa = mine[np.argsort(-villa[mine], kind="stable")]
        n_villa = int(_VILLA_SHARE[number] * len(mine))
        kind[by_villa[:n_villa]] = VILLA
        others = by_villa[n_villa:]
        by_modern = others[np.argsort(-modern[others], kind="stable")]
        kind[by_modern[: int(_MODERN_SHARE[number] * len(mine))]] = MODERN
    blocks = np.flatnonzero((kind == BLOCK) & (stratum == REST))
    for centre in rng.choice(blocks, _N_STUDENT, replace=False):
        near = np.maximum(np.abs(rows - rows[centre]), np.abs(cols - cols[centre])) <= 1
        kind[near & (kind == BLOCK) & (stratum == REST)] = STUDENT
    kind[later & (stratum == REST)] = MODERN
    return kind


def _residents(
    city_rows: NDArray[np.int64],
    city_cols: NDArray[np.int64],
    district: NDArray[np.int64],
    kind: NDArray[np.int64],
    plot: NDArray[np.int64],
    stratum: NDArray[np.int64],
    later: NDArray[np.bool_],
    areas: AreaMap,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Residents each cell was made for: area by area and district by district they add up to the facts."""
    lump = 0.35 * smooth_field(rng, 200.0)[city_rows, city_cols] + 0.35 * rng.standard_normal(len(city_rows))
    weight = np.array(_DENSITY)[kind] * np.exp(np.where(plot >= 0, 0.6, 1.0) * lump)
    weight[later] = 0.0
    residents = np.zeros(len(city_rows))
    total_2017 = float(geography()["city"]["residents"]["2017"])
    for index, count in enumerate(areas.residents):
        mine = plot == index
        residents[mine] = weight[mine] / weight[mine].sum() * count * _AREA_GROWTH
    for fact in geography()["district"]:
        mine = (district == fact["number"]) & (plot < 0)
        here = residents[(district == fact["number"]) & (stratum != REST)].sum()
        count = max(fact["residents"] * total_2017 / _RESIDENTS_2013 - here, 0.2 * fact["residents"])
        residents[mine] = weight[mine] / weight[mine].sum() * count
    outside = plot < 0
    residents[outside] = np.clip(residents[outside], 6.0, 620.0)
    residents[outside] *= (total_2017 - residents[~outside].sum()) / residents[outside].sum()
    residents[later] = 0.0
    return residents


def build_city(seed: int) -> City:
    """The cells of the synthetic city.

    Parameters
    ----------
    seed : int

    Returns
    -------
    City
    """
    rng = stream(seed, 21)
    land, areas = build_land(), build_areas(seed)
    rows, cols, later = _choose_cells(land, areas, rng)
    plot = areas.plot[rows, cols].astype(np.int64)
    stratum = np.where(plot >= 0, _stratum_of_plot(areas)[np.maximum(plot, 0)], REST)
    district = _district(land, rows, cols)
    kind = _kinds(rows, cols, district, stratum, later, rng)
    residents = _residents(rows, cols, district, kind, plot, stratum, later, areas, rng)
    growth_of_district = np.array([_GROWTH.get(number, 0.05) for number in range(11)])
    growth = growth_of_district[district] * np.where(later, 6.0, np.where(kind == MODERN, 1.0, 0.2))
    field = social_fields(rows, cols, kind, plot, residents, rng)
    return City(rows + FIRST_ROW, cols + FIRST_COL, district, kind, stratum, plot, residents, growth, field, areas)
