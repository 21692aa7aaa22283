"""The inhabited blocks of the synthetic city and what marks each: kind of building, residents, social fields.

Densities, kinds, pockets and fields are our own; district and area residents follow ``geography.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.synthetic.chance import stream
from udsat_geo.synthetic.land import (
    SHAPE,
    Land,
    blurred,
    build_land,
    dilate,
    geography,
    smooth_field,
)
from udsat_geo.synthetic.planting import DESIGNATION_YEARS, AreaMap, build_areas

# strata: which designations a block belongs to
KEPT, GONE_2021, GONE_2025, NEW_2021, NEW_2025, REST = range(6)
N_STRATA = 6
VILLA, BLOCK, MODERN, STUDENT = range(4)
N_FIELDS = 5  # dwelling area, outside the labour market, low income, origin, education: higher is worse
# Social fields, log-odds: elsewhere and inside areas; shared by all criteria or a criterion's own. All our own.
_BROAD_SHARED, _LOCAL_SHARED, _BROAD_OWN = (0.11, 0.07), (0.08, 0.06), (0.13, 0.09)
_BLOCK_SHARED, _BLOCK_OWN = 0.08, 0.08
_PLOT_SHARED, _SMALL_BLOCKS, _PLOT_OWN, _PLOT_OF_CHANGES = (0.25, 0.12), 80, 0.08, 0.3
_VILLA_FIELD, _STUDENT_FIELD = -0.18, (0.0, -0.5, 0.4, -0.1, -0.7)
_LOADING = np.array([1.0, 1.0, 0.8, 1.3, 1.1])  # of what the criteria share
# How the contrast at an area's border fades: over how many metres, by how much of what parts the areas from the city
# (log-odds, close to the published rates), on the mean and more or less from place to place.
_FADES_M, _CONTRAST, _FADES = 110.0, np.array([0.5, 0.57, 0.44, 1.5, 0.65]), (0.0, 0.3)
_APART = 0.5  # how much sharper, likewise, the borders of what comes in or goes
# Places outside that are like areas: residents, and what share of the areas' contrast they have.
_N_POCKETS, _POCKET_RESIDENTS, _POCKET = 24, 480, 0.8
_QUARTER_RESIDENTS, _QUARTERS = 1_600, (0.35, 0.4, 0.45, 0.5, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)


def social_fields(
    rows: Ints, cols: Ints, kind: Ints, plot: Ints, stratum: Ints, residents: Floats, rng: Generator
) -> Floats:
    """Social fields: broad neighbourhoods, streets and blocks, the same or different for each criterion."""
    n = len(rows)
    planted = plot >= 0
    shared = np.where(planted, _BROAD_SHARED[1], _BROAD_SHARED[0]) * smooth_field(rng, 450.0)[rows, cols]
    shared += np.where(planted, _LOCAL_SHARED[1], _LOCAL_SHARED[0]) * smooth_field(rng, 150.0)[rows, cols]
    shared += _BLOCK_SHARED * rng.standard_normal(n)
    own = np.stack([smooth_field(rng, 400.0)[rows, cols] for _ in range(N_FIELDS)], axis=1)
    field: Floats = shared[:, None] * _LOADING + np.where(planted, _BROAD_OWN[1], _BROAD_OWN[0])[:, None] * own
    field += _BLOCK_OWN * rng.standard_normal((n, N_FIELDS))
    field[kind == VILLA] += _VILLA_FIELD
    field[kind == STUDENT] += np.array(_STUDENT_FIELD)
    _level_areas(field, plot, stratum, rng)
    field += _mixed_borders(rows, cols, stratum, rng)
    _places_like_areas(field, rows, cols, planted, kind, residents, rng)
    # homes: a logarithm of floor area, so the scale is that of sizes, not of odds
    field[:, 0] *= 0.30
    return field


def _level_areas(field: Floats, plot: Ints, stratum: Ints, rng: Generator) -> None:
    """How hard up each area is on the mean: some far above what an area needs, some barely.

    What comes in or goes differs less: a change that was decided on was a clear one.
    """
    planted = plot >= 0
    count = np.bincount(plot[planted], minlength=plot.max() + 1)
    for k in range(N_FIELDS):
        mean = np.bincount(plot[planted], weights=field[planted, k], minlength=len(count)) / count
        field[planted, k] -= mean[plot[planted]]
    apart = np.where(count < _SMALL_BLOCKS, _PLOT_SHARED[0], _PLOT_SHARED[1])
    level = (apart * np.clip(rng.standard_normal(len(count)), -1.0, 1.5))[:, None] * _LOADING
    level = level + _PLOT_OWN * rng.standard_normal((len(count), N_FIELDS))
    field[planted] += level[plot[planted]] * np.where(stratum[planted] == KEPT, 1.0, _PLOT_OF_CHANGES)[:, None]


def _mixed_borders(rows: Ints, cols: Ints, stratum: Ints, rng: Generator) -> Floats:
    """Across most borders people mix: an area fades into the city, here more, there less.

    What comes in or goes stands apart instead.
    """
    planted = stratum != REST
    inside, changes = np.zeros(SHAPE), np.zeros(SHAPE, dtype=bool)
    inside[rows, cols] = planted
    changes[rows, cols] = planted & (stratum != KEPT)
    apart = dilate(dilate(changes))[rows, cols]
    people_live = np.zeros(SHAPE)
    people_live[rows, cols] = 1.0
    around = blurred(inside, _FADES_M)[rows, cols] / np.maximum(blurred(people_live, _FADES_M)[rows, cols], 1e-3)
    share = np.clip(_FADES[0] + _FADES[1] * smooth_field(rng, 300.0)[rows, cols], 0.0, 0.6)
    share[apart] = -_APART
    faded: Floats = (share * (around - planted))[:, None] * _CONTRAST
    return faded


def _places_like_areas(
    field: Floats, rows: Ints, cols: Ints, planted: Flags, kind: Ints, residents: Floats, rng: Generator
) -> None:
    """Places outside the areas that are nearly or as badly off, many too small for an area and a few large enough."""
    mask = np.zeros(SHAPE, dtype=bool)
    mask[rows, cols] = planted
    away = ~dilate(dilate(dilate(mask)))[rows, cols]
    free = (kind == BLOCK) & away & (residents > 0) & (residents < 350) & (field.mean(axis=1) < 0.1)
    sizes = [(_POCKET_RESIDENTS, _POCKET)] * _N_POCKETS + [(_QUARTER_RESIDENTS, share) for share in _QUARTERS]
    for most, share in sizes:
        centre = rng.choice(np.flatnonzero(free))
        distance = np.maximum(np.abs(rows - rows[centre]), np.abs(cols - cols[centre]))
        free &= distance > 8
        near = np.flatnonzero((distance <= 4) & ~planted)
        near = near[np.argsort(distance[near], kind="stable")]
        field[near[np.cumsum(residents[near]) < most]] += share * _CONTRAST


_RESIDENTS_2013 = 512_000
_AREA_GROWTH = 1.02  # areas' residents of 2017 per resident around 2013; the city grew mostly elsewhere
_VILLA_SHARE = {1: 0.0, 2: 0.08, 3: 0.0, 4: 0.02, 5: 0.5, 6: 0.65, 7: 0.75, 8: 0.2, 9: 0.35, 10: 0.3}
_MODERN_SHARE = {1: 0.1, 2: 0.15, 3: 0.03, 4: 0.3, 5: 0.12, 6: 0.05, 7: 0.0, 8: 0.03, 9: 0.12, 10: 0.35}
_GROWTH = {2: 1.2, 4: 1.4, 5: 0.9, 9: 0.6, 10: 1.6}  # where the city builds, relative weight by district
_BOUNDED = 0.3  # how much less, in standard deviations
_N_STUDENT = 16  # student quarters
_OTHER_KINDS = (0.05, 0.08)  # blocks of areas with small houses or new flats
_GROWTH_BLOCKS = 210  # blocks without homes in 2017 that get them later
_DENSITY = (0.26, 1.25, 1.0, 1.5)  # residents a hectare by kind, relative
_BLOCKS_A_CELL = 0.715  # hectares of blocks for each inhabited 100 m cell: a block's homes lie in several
# The last of the blocks that a district fills are hardly lived in: works, shops, allotments, a caretaker's house.
_THIN, _THINNEST = 0.27, 0.03


@dataclass(frozen=True)
class City:
    """One row per block that ever holds homes.

    Attributes
    ----------
    row, col : int64 array, (n_blocks,)
        Place in the net of streets.
    district, kind, stratum, plot : int array, (n_blocks,)
    residents_2017 : float array, (n_blocks,)
        Residents the block was made for; 0 where homes come later.
    growth : float array, (n_blocks,)
        Relative weight of new building.
    field : float array, (n_blocks, N_FIELDS)
        Log-odds of each disadvantage; for dwelling area, the log of how cramped homes are.
    areas : AreaMap
    """

    row: Ints
    col: Ints
    district: Ints
    kind: Ints
    stratum: Ints
    plot: Ints
    residents_2017: Floats
    growth: Floats
    field: Floats
    areas: AreaMap


def _stratum_of_plot(areas: AreaMap) -> Ints:
    old, middle, new = (areas.designated[year] for year in DESIGNATION_YEARS)
    cases = [~middle & new, old & middle & new, old & ~middle, old & middle & ~new, ~old & middle]
    return np.select(cases, [NEW_2025, KEPT, GONE_2021, GONE_2025, NEW_2021], REST)


def _between(areas: AreaMap) -> Flags:
    """Blocks that lie between two areas, where the railways and large roads run that part them."""
    near = np.zeros(SHAPE, dtype=np.int64)
    for area in np.unique(areas.area_of_plot):
        near += dilate(dilate(np.isin(areas.plot, np.flatnonzero(areas.area_of_plot == area))))
    return near > 1


def _choose_blocks(land: Land, areas: AreaMap, rng: Generator) -> tuple[Ints, Ints, Flags, Floats]:
    """Rows, columns, whether homes come only later, and how densely lived in (0 to 1); areas' blocks are all chosen."""
    chosen = (areas.plot >= 0) & ~areas.reserve
    later = np.zeros(SHAPE, dtype=bool)
    lived_in = np.ones(SHAPE)
    built = smooth_field(rng, 130.0) + 0.5 * rng.standard_normal(SHAPE)
    open_land = land.buildable & (areas.plot < 0) & ~_between(areas)
    # railways, large roads and greens often bound an estate, so its surroundings are built less
    built -= _BOUNDED * (dilate(areas.plot >= 0) & open_land)
    facts = geography()["district"]
    wanted = geography()["city"]["inhabited_100m_cells"] * _BLOCKS_A_CELL - float(land.hectares[chosen].sum())
    room = np.array([land.hectares[open_land & (land.district == d["number"])].sum() for d in facts])
    pull = room**0.6 * np.array([d["residents"] for d in facts]) ** 0.4
    hectares = np.minimum(0.93 * room, pull / pull.sum() * wanted)
    for _ in range(20):
        spare = np.where(hectares < 0.93 * room, pull, 0.0)
        hectares = np.minimum(0.93 * room, hectares + spare / spare.sum() * (wanted - hectares.sum()))
    growth = np.array([_GROWTH.get(d["number"], 0.0) for d in facts])
    extra = growth / growth.sum() * _GROWTH_BLOCKS
    for fact, area, n_later in zip(facts, hectares, extra.astype(int), strict=True):
        blocks = np.flatnonzero((open_land & (land.district == fact["number"])).ravel())
        order = blocks[np.argsort(-built.ravel()[blocks], kind="stable")]
        n_blocks = int(np.searchsorted(np.cumsum(land.hectares.ravel()[order]), area))
        chosen.ravel()[order[: n_blocks + n_later]] = True
        later.ravel()[order[n_blocks : n_blocks + n_later]] = True
        last = (np.arange(n_blocks) + 0.5) / max(n_blocks, 1)
        lived_in.ravel()[order[:n_blocks]] = _THINNEST ** np.clip((last - 1 + _THIN) / _THIN * 2.0, 0.0, 1.0)
    rows, cols = np.nonzero(chosen)
    return rows, cols, later[rows, cols], lived_in[rows, cols]


def _kinds(rows: Ints, cols: Ints, district: Ints, stratum: Ints, later: Flags, rng: Generator) -> Ints:
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
    other = rng.random(len(rows))
    kind[(stratum == KEPT) & (other < _OTHER_KINDS[0])] = VILLA
    kind[(stratum == KEPT) & (other > 1.0 - _OTHER_KINDS[1])] = MODERN
    return kind


def _residents(city: City, land: Land, later: Flags, lived_in: Floats, rng: Generator) -> Floats:
    """Residents each block was made for: area by area and district by district they add up to the facts."""
    rows, cols, plot = city.row, city.col, city.plot
    lump = 0.35 * smooth_field(rng, 200.0)[rows, cols] + 0.35 * rng.standard_normal(len(rows))
    weight = np.array(_DENSITY)[city.kind] * np.exp(np.where(plot >= 0, 0.6, 1.0) * lump)
    weight *= land.hectares[rows, cols] * lived_in
    weight[later] = 0.0
    residents = np.zeros(len(rows))
    total_2017 = float(geography()["city"]["residents"]["2017"])
    for index, count in enumerate(city.areas.residents):
        mine = plot == index
        residents[mine] = weight[mine] / weight[mine].sum() * count * _AREA_GROWTH
    for fact in geography()["district"]:
        mine = (city.district == fact["number"]) & (plot < 0)
        here = residents[(city.district == fact["number"]) & (city.stratum != REST)].sum()
        count = max(fact["residents"] * total_2017 / _RESIDENTS_2013 - here, 0.2 * fact["residents"])
        residents[mine] = weight[mine] / weight[mine].sum() * count
    outside = plot < 0
    residents[outside] = np.clip(residents[outside], 1.5, 620.0)
    residents[outside] *= (total_2017 - residents[~outside].sum()) / residents[outside].sum()
    residents[later] = 0.0
    return residents


def build_city(seed: int) -> City:
    """The blocks of the synthetic city."""
    rng = stream(seed, 21)
    land, areas = build_land(), build_areas(seed)
    rows, cols, later, lived_in = _choose_blocks(land, areas, rng)
    plot = areas.plot[rows, cols].astype(np.int64)
    stratum = np.where(plot >= 0, _stratum_of_plot(areas)[np.maximum(plot, 0)], REST)
    district = land.district[rows, cols].astype(np.int64)
    kind = _kinds(rows, cols, district, stratum, later, rng)
    growth_of_district = np.array([_GROWTH.get(number, 0.05) for number in range(11)])
    growth = growth_of_district[district] * np.where(later, 6.0, np.where(kind == MODERN, 1.0, 0.2))
    nothing = np.zeros((len(rows), N_FIELDS))
    city = City(rows, cols, district, kind, stratum, plot, nothing[:, 0], growth, nothing, areas)
    residents = _residents(city, land, later, lived_in, rng)
    return replace(city, residents_2017=residents, field=social_fields(rows, cols, kind, plot, stratum, residents, rng))
