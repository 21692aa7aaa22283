"""The inhabited cells of the synthetic city and what marks each: kind of building, residents, social fields.

Densities, kinds, pockets and fields are our own; district and area residents follow ``geography.toml``.
"""

from __future__ import annotations

import heapq
import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats, Ints

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def stream(seed: int, *stage: int) -> Generator:
    """A generator of its own for one stage of the making."""
    return Generator(np.random.PCG64(np.random.SeedSequence([seed, *stage])))


def uniform_of_key(key: NDArray[np.integer], seed: int, salt: int) -> Floats:
    """A lasting number in (0, 1) for every key, by the SplitMix64 mixer.

    Parameters
    ----------
    key : integer array, (n,)
    seed, salt : int
        Another salt gives an independent number of the same key.

    Returns
    -------
    float64 array, (n,)
    """
    start = np.uint64((seed * 1_000_003 + salt * 7_919 + 12_345) % 2**63)
    with np.errstate(over="ignore"):
        mixed = (key.astype(np.uint64) + start) * _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
        mixed = mixed ^ (mixed >> np.uint64(31))
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def logistic(uniform: Floats) -> Floats:
    """Logistic noise from numbers in (0, 1): ranking a log-odds plus this noise draws by those odds."""
    return np.log(uniform / (1.0 - uniform))


def lasting_noise(key: NDArray[np.integer], seed: int, salt: int) -> Floats:
    """Near-normal lasting noise of a key, mean 0 and standard deviation 1."""
    noise: Floats = logistic(uniform_of_key(key, seed, salt)) * (np.sqrt(3.0) / np.pi)
    return noise


CELL_SIZE_M = 100
FIRST_ROW, FIRST_COL = 61_680, 7_160
SHAPE = (150, 145)
FREDERIKSBERG = 0
FREDERIKSBERG_HECTARES = 850
FREDERIKSBERG_CENTRE = (721_800, 6_176_200)
# straight borders it lies south of, towards Nørrebro and towards Vanløse; our own sketch
FREDERIKSBERG_BORDERS = (((721_700, 6_177_900), (723_300, 6_176_500)), ((719_900, 6_176_700), (721_700, 6_177_900)))
FREDERIKSBERG_BOX = (719_900, 6_174_700, 723_700, 6_177_900)


@dataclass(frozen=True)
class Land:
    """The window of 100 m cells around the city.

    Attributes
    ----------
    district : int8 array, ``SHAPE``
        District number 1 to 10, 0 for Frederiksberg, -1 for none.
    buildable : bool array, ``SHAPE``
        Land of a district, neither water nor park.
    dry : bool array, ``SHAPE``
        Neither water nor park nor Frederiksberg, whether or not in a district.
    """

    district: NDArray[np.int8]
    buildable: Flags
    dry: Flags


@lru_cache(maxsize=1)
def geography() -> dict[str, Any]:
    """The facts about Copenhagen's districts and areas (``geography.toml``); treat it as read-only."""
    return _content("geography.toml")


@lru_cache(maxsize=1)
def choices() -> dict[str, Any]:
    """What we chose ourselves where nothing is published (``choices.toml``); treat it as read-only."""
    return _content("choices.toml")


def _content(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def cell_centres() -> tuple[Floats, Floats]:
    """Easting and northing in metres of every cell centre of the window, each of shape ``SHAPE``."""
    rows, cols = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    easting = (cols + FIRST_COL + 0.5) * CELL_SIZE_M
    northing = (rows + FIRST_ROW + 0.5) * CELL_SIZE_M
    return easting, northing


def smooth_field(rng: Generator, radius_m: float) -> Floats:
    """White noise blurred by a Gaussian of the given radius, standardised to mean 0 and standard deviation 1."""
    white = rng.standard_normal(SHAPE)
    row_frequency = np.fft.fftfreq(SHAPE[0])[:, None]
    col_frequency = np.fft.rfftfreq(SHAPE[1])[None, :]
    radius = radius_m / CELL_SIZE_M
    kernel = np.exp(-2.0 * (np.pi * radius) ** 2 * (row_frequency**2 + col_frequency**2))
    field = np.fft.irfft2(np.fft.rfft2(white) * kernel, s=SHAPE)
    standardised: Floats = (field - field.mean()) / field.std()
    return standardised


def inside_polygon(easting: Floats, northing: Floats, ring: Floats) -> Flags:
    """Which points lie inside a simple ring of shape (n, 2), by the even-odd rule."""
    inside = np.zeros(easting.shape, dtype=bool)
    for (x1, y1), (x2, y2) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        spans = (y1 > northing) != (y2 > northing)
        inside ^= spans & (easting < (x2 - x1) * (northing - y1) / (y2 - y1) + x1)
    return inside


def _water_and_parks() -> Flags:
    easting, northing = cell_centres()
    taken = np.zeros(SHAPE, dtype=bool)
    for ring in choices()["sketches"].values():
        metres = np.array(ring) * 100.0 + (720_000.0, 6_170_000.0)
        taken |= inside_polygon(easting, northing, metres)
    return taken


def box_distance(centre: tuple[float, float], box: tuple[float, float, float, float]) -> Floats:
    """Squared distance from a centre, 1 at each side of its box, infinite outside the box; shape ``SHAPE``."""
    easting, northing = cell_centres()
    west, south, east, north = box
    across = np.where(easting < centre[0], centre[0] - west, east - centre[0])
    along = np.where(northing < centre[1], centre[1] - south, north - centre[1])
    distance = ((easting - centre[0]) / across) ** 2 + ((northing - centre[1]) / along) ** 2
    outside = (easting < west) | (easting > east) | (northing < south) | (northing > north)
    return np.where(outside, np.inf, distance)


def _district_of_cell(water: Flags) -> NDArray[np.int8]:
    """Share the window out: every district ends within its box with close to its hectares, none overlap."""
    districts = geography()["district"]
    distance = np.stack(
        [box_distance(FREDERIKSBERG_CENTRE, FREDERIKSBERG_BOX)]
        + [box_distance(tuple(d["centre"]), tuple(d["box"])) for d in districts]
    )
    distance[0] *= 0.8  # an enclosed municipality, bounded all round by the others
    easting, northing = cell_centres()
    for (west, start), (east, end) in FREDERIKSBERG_BORDERS:
        distance[0][(northing - start) * (east - west) > (easting - west) * (end - start)] = np.inf
    hectares = np.array([FREDERIKSBERG_HECTARES] + [d["hectares"] for d in districts], dtype=float)
    weight = np.ones(len(hectares))
    owner = np.zeros(SHAPE, dtype=np.int64)
    reached = np.isfinite(distance.min(axis=0)) & ~water
    for _ in range(30):
        owner = np.where(reached, np.argmin(distance * weight[:, None, None], axis=0), -1)
        count = np.bincount(owner[reached], minlength=len(hectares))
        weight *= np.clip((np.maximum(count, 1) / hectares) ** 0.3, 0.8, 1.25)
    for index, wanted in enumerate(hectares.astype(int)):
        mine = np.flatnonzero(owner.ravel() == index)
        if len(mine) > wanted:
            nearest = np.argsort(distance[index].ravel()[mine], kind="stable")
            owner.ravel()[mine[nearest[wanted:]]] = -1
    return owner.astype(np.int8)


@lru_cache(maxsize=1)
def build_land() -> Land:
    """The land of the synthetic city: the same for every seed."""
    taken = _water_and_parks()
    district = _district_of_cell(taken)
    dry = ~taken & (district != FREDERIKSBERG)
    return Land(district=district, buildable=dry & (district > 0), dry=dry)


DESIGNATION_YEARS = (2017, 2021, 2025)
REMOVED_2021 = ("Ved Kulbanevej", "Ved Bispeengbuen")
NAMES_ADDED_2021 = {"1": "Ved Frederikssundsvej", "2": "Nordvest", "3": "Ved Amagerbro"}
# Our own invention, as is everything about 2025.
REMOVED_2025 = ("Ved Gyldenrisvej",)
ADDED_2025: dict[str, Any] = {"name": "Ved Jyllingevej", "centre": (718_900, 6_176_900), "hectares": 22}
SHRUNK_2025 = "Sydhavnen"
SHRUNK_2025_SOUTH_OF = 6_172_950  # m, northing
_ROUGHNESS = 0.12  # of a box's half width: how ragged outlines are
_AIMS = 4  # attempts to bring the middle of a shape to its published centre
_SEED_STAGE = 11

Cells = set[tuple[int, int]]


@dataclass(frozen=True)
class PlantedAreas:
    """The truth behind a designation of the synthetic city, never written beside the registers.

    Attributes
    ----------
    row, col : int64 array, (n_cells,)
        The 100 m cells: floor of northing and easting over 100.
    area : int64 array, (n_cells,)
        Index into `names`.
    names : tuple of str, (n_areas,)
        Two areas may share a name, as in the published polygons.
    """

    row: Ints
    col: Ints
    area: Ints
    names: tuple[str, ...]


@dataclass(frozen=True)
class AreaMap:
    """Planted areas over the window of cells.

    Attributes
    ----------
    plot : int16 array, ``SHAPE``
        The piece of ground: -1, or an index into `names` and `residents`. Pieces never change; years switch them.
    designated : dict of int to bool array, (n_plots,)
        By designation year, which plots belong to it.
    area_of_plot : int array, (n_plots,)
        Plots of one area share its number.
    reserve : bool array, ``SHAPE``
        Ground inside a shape left without residents.
    """

    plot: NDArray[np.int16]
    names: tuple[str, ...]
    residents: tuple[float, ...]
    designated: dict[int, Flags]
    area_of_plot: Ints
    reserve: Flags


def neighbours(cell: tuple[int, int]) -> list[tuple[int, int]]:
    """The eight cells around a cell."""
    row, col = cell
    return [(row + i, col + j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]


def dilate(mask: Flags) -> Flags:
    """The mask with every cell that touches it, corners included."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    tall = wide.copy()
    tall[:, 1:] |= wide[:, :-1]
    tall[:, :-1] |= wide[:, 1:]
    return tall


def _grow(cost: Floats, free: Flags, start: tuple[int, int], hectares: int) -> Cells:
    """The `hectares` cheapest free cells that hang together with the start."""
    queue = [(cost[start], start)]
    seen = {start}
    taken: Cells = set()
    while queue and len(taken) < hectares:
        _, cell = heapq.heappop(queue)
        taken.add(cell)
        for other in neighbours(cell):
            if other not in seen and 0 <= other[0] < SHAPE[0] and 0 <= other[1] < SHAPE[1] and free[other]:
                seen.add(other)
                heapq.heappush(queue, (float(cost[other]), other))
    return taken


def _shape_cost(centre: tuple[float, float], half: tuple[float, float], lean: float) -> Floats:
    easting, northing = cell_centres()
    x, y = (easting - centre[0]) / half[0], (northing - centre[1]) / half[1]
    cost: Floats = np.sqrt(np.maximum((x * x - 2 * lean * x * y + y * y) / (1 - lean**2), 0.0))
    return cost


def _start(cost: Floats, free: Flags) -> tuple[int, int]:
    flat = int(np.argmin(np.where(free, cost, np.inf)))
    return flat // SHAPE[1], flat % SHAPE[1]


def _plant_2017(index: int, area: dict[str, Any], plot: NDArray[np.int16], land: Land, rough: Floats) -> None:
    west, south, east, north = area["box"]
    half = ((east - west) / 2, (north - south) / 2)
    filled = area["hectares"] * 10_000 / (np.pi * half[0] * half[1])
    lean = choices()["lean"].get(area["name"], 0) * float(np.sqrt(max(0.0, 1 - min(1.0, 1.15 * filled) ** 2)))
    easting, northing = cell_centres()
    free = (easting > west) & (easting < east) & (northing > south) & (northing < north) & land.dry
    others = dilate(plot >= 0)
    wider = dilate(others)
    centre = np.array(area["centre"], dtype=float)
    aim = centre.copy()
    cells: Cells = set()
    for _ in range(_AIMS):
        cost = _shape_cost((aim[0], aim[1]), half, min(0.85, max(-0.85, lean))) + _ROUGHNESS * rough
        roomy = free & ~wider
        start = _start(cost, roomy if roomy.any() else free & ~others)
        # one empty cell between areas always; two where the ground allows it
        cells = _grow(cost + 0.25 * wider, free & ~others, start, area["hectares"])
        rows, cols = np.array(sorted(cells)).T
        aim += 0.8 * (centre - (easting[rows, cols].mean(), northing[rows, cols].mean()))
    for cell in cells:
        plot[cell] = index


def _plant_later(
    index: int, centre: tuple[float, float], hectares: int, plot: NDArray[np.int16], land: Land, host: int
) -> None:
    """An area added later; with a host (an index, or -1) it grows out of the host's border."""
    half = float(np.sqrt(hectares * 10_000 / np.pi))
    cost = _shape_cost(centre, (half, half), 0.0)
    free = land.dry & ~dilate((plot >= 0) & (plot != host)) & (plot < 0)
    if host >= 0:
        near = dilate(plot == host)
        free &= dilate(dilate(dilate(near)))
        cost = np.where(near, cost - 1.0, cost)
    for cell in _grow(cost, free, _start(cost, free), hectares):
        plot[cell] = index


def _reserve(plot: NDArray[np.int16], areas: list[dict[str, Any]], rng: Generator) -> Flags:
    """Some cells of roomy areas hold a school or a green instead of homes; none touch, so areas still hang together."""
    reserve = np.zeros(SHAPE, dtype=bool)
    for index, area in enumerate(areas):
        density = area["residents"] / area["hectares"]
        share = 0.0 if area["hectares"] < 40 else 0.08 if density < 80 else 0.04
        inner = (plot == index) & ~dilate(plot != index)
        cells = np.argwhere(inner)
        for row, col in rng.permutation(cells)[: int(3 * share * (plot == index).sum())]:
            within = reserve[row - 1 : row + 2, col - 1 : col + 2]
            if not within.any() and (reserve & (plot == index)).sum() < share * (plot == index).sum():
                reserve[row, col] = True
    return reserve


def build_areas(seed: int) -> AreaMap:
    """Plant the areas of every designation year.

    Parameters
    ----------
    seed : int
        The city's seed; it varies the outlines, not the places.
    """
    rng = stream(seed, _SEED_STAGE)
    land = build_land()
    rough = smooth_field(rng, 220.0)
    areas: list[dict[str, Any]] = geography()["area_2017"]
    plot = np.full(SHAPE, -1, dtype=np.int16)
    for index in sorted(range(len(areas)), key=lambda i: areas[i]["hectares"]):
        _plant_2017(index, areas[index], plot, land, rough)
    names = [area["name"] for area in areas]
    residents = [float(area["residents"]) for area in areas]
    area_of_plot = list(range(len(areas)))
    reserve = _reserve(plot, areas, rng)
    for change, people in [*((change, 2_250.0) for change in _added_2021()), (ADDED_2025, 2_400.0)]:
        # what is named after an area of 2017 grows out of it
        host = names.index(change["name"]) if change["name"] in names else -1
        _plant_later(len(names), change["centre"], change["hectares"], plot, land, host)
        area_of_plot.append(host if host >= 0 else len(names))
        names.append(change["name"])
        residents.append(people)
    _split_shrunk(plot, names, residents, area_of_plot)
    return AreaMap(
        plot, tuple(names), tuple(residents), _designated(names, len(areas)), np.array(area_of_plot), reserve
    )


def _added_2021() -> list[dict[str, Any]]:
    """What came in in 2021, with our own names."""
    added = (change for change in geography()["change_2021"] if change["event"] == "added")
    return [{**change, "name": NAMES_ADDED_2021[change["mark"]]} for change in added]


def _split_shrunk(plot: NDArray[np.int16], names: list[str], residents: list[float], area_of_plot: list[int]) -> None:
    """Cut the piece that leaves in 2025 from its area, as a plot of its own; residents follow the ground."""
    whole = names.index(SHRUNK_2025)
    _, northing = cell_centres()
    south = (plot == whole) & (northing < SHRUNK_2025_SOUTH_OF)
    share = south.sum() / (plot == whole).sum()
    plot[south] = len(names)
    area_of_plot.append(whole)
    names.append(SHRUNK_2025)
    residents.append(residents[whole] * share)
    residents[whole] *= 1 - share


def _designated(names: list[str], n_2017: int) -> dict[int, Flags]:
    index = np.arange(len(names))
    shrunk = index == len(names) - 1
    added_2025 = index == len(names) - 2
    in_2017 = (index < n_2017) | shrunk
    in_2021 = in_2017 & ~np.isin(np.array(names), REMOVED_2021) | (index >= n_2017) & ~added_2025
    in_2025 = in_2021 & ~np.isin(np.array(names), REMOVED_2025) & ~shrunk | added_2025
    return {2017: in_2017, 2021: in_2021, 2025: in_2025}


def planted(area_map: AreaMap, designation_year: int) -> PlantedAreas:
    """The inhabited cells of a designation year, areas numbered from 0 in a fixed order."""
    plot = np.where(area_map.reserve, -1, area_map.plot)
    chosen = area_map.designated[designation_year]
    rows, cols = np.nonzero((plot >= 0) & chosen[np.maximum(plot, 0)])
    owner = area_map.area_of_plot[plot[rows, cols]]
    present, area = np.unique(owner, return_inverse=True)
    return PlantedAreas(
        row=(rows + FIRST_ROW).astype(np.int64),
        col=(cols + FIRST_COL).astype(np.int64),
        area=area.astype(np.int64),
        names=tuple(area_map.names[i] for i in present),
    )


VILLA, BLOCK, MODERN, STUDENT = range(4)
N_FIELDS = 5  # dwelling area, outside the labour market, low income, origin, education: higher is worse
# Social fields, log-odds: elsewhere and inside areas; shared by all criteria or a criterion's own. All our own.
_BROAD_SHARED, _LOCAL_SHARED, _BROAD_OWN = (0.10, 0.05), (0.06, 0.05), (0.10, 0.06)
_CELL_SHARED, _CELL_OWN, _PLOT = 0.03, 0.05, 0.06
_VILLA_FIELD, _SMALL, _STREETS = -0.18, 0.04, 1.25
_N_POCKETS, _POCKET = 24, 0.55

_VIEW_RESIDENTS, _VIEW_CELLS = 500, 6  # how far people know their surroundings


def social_fields(rows: Ints, cols: Ints, kind: Ints, plot: Ints, residents: Floats, rng: Generator) -> Floats:
    """Social fields: broad neighbourhoods, streets and cells, the same or different for each criterion."""
    n = len(rows)
    planted = plot >= 0
    shared = np.where(planted, _BROAD_SHARED[1], _BROAD_SHARED[0]) * smooth_field(rng, 450.0)[rows, cols]
    shared += np.where(planted, _LOCAL_SHARED[1], _LOCAL_SHARED[0]) * smooth_field(rng, 150.0)[rows, cols]
    own = np.stack([smooth_field(rng, 400.0)[rows, cols] for _ in range(N_FIELDS)], axis=1)
    field = shared[:, None] + np.where(planted, _BROAD_OWN[1], _BROAD_OWN[0])[:, None] * own
    field += _CELL_SHARED * rng.standard_normal((n, 1)) + _CELL_OWN * rng.standard_normal((n, N_FIELDS))
    field[kind == VILLA] += _VILLA_FIELD
    field[kind == STUDENT] += np.array([0.0, -0.5, 0.4, -0.1, -0.7])
    count = np.bincount(plot[planted], minlength=plot.max() + 1)[:, None]
    for k in range(N_FIELDS):
        mean = np.bincount(plot[planted], weights=field[planted, k], minlength=len(count)) / count[:, 0]
        field[planted, k] -= mean[plot[planted]]
    per_plot = _PLOT * rng.standard_normal((len(count), N_FIELDS))
    field[planted] += per_plot[plot[planted]]
    field += _borders(rows, cols, planted, plot, residents)[:, None]
    _pockets(field, rows, cols, planted, kind, residents, rng)
    # homes: a logarithm of floor area, so the scale is that of sizes, not of odds
    field[:, 0] *= 0.30
    return field


def _borders(rows: Ints, cols: Ints, planted: Flags, plot: Ints, residents: Floats) -> Floats:
    """Streets divide: an area's border is as hard up as its heart, and across the street people fare better.

    The contrast grows where a wide view would blur it.
    """
    inside = np.zeros(SHAPE)
    inside[rows, cols] = planted
    people = np.zeros(SHAPE)
    people[rows, cols] = np.maximum(residents, 1.0)
    views = _rings_in_view(people)
    blurred = inside - _seen(inside, people, views)
    size = np.bincount(plot[planted], minlength=plot.max() + 1)
    small = planted & (size[np.maximum(plot, 0)] < 40)
    effect: Floats = _STREETS * blurred[rows, cols] + _SMALL * small
    return effect


def _shifted(grid: Floats, down: int, right: int) -> Floats:
    """The grid seen from `down` rows and `right` columns away, zero beyond its rim."""
    wide = np.pad(grid, _VIEW_CELLS)[_VIEW_CELLS + down :, _VIEW_CELLS + right :]
    return wide[: SHAPE[0], : SHAPE[1]]


def _rings_in_view(people: Floats) -> list[tuple[list[tuple[int, int]], Flags]]:
    """Rings of cells at one distance, nearest first, and the cells that still lack people in view before each."""
    reach = range(-_VIEW_CELLS, _VIEW_CELLS + 1)
    rings: dict[int, list[tuple[int, int]]] = {}
    for down in reach:
        for right in reach:
            if down * down + right * right <= _VIEW_CELLS**2:
                rings.setdefault(down * down + right * right, []).append((down, right))
    in_view = np.zeros(SHAPE)
    views = []
    for _, ring in sorted(rings.items()):
        lacking = in_view < _VIEW_RESIDENTS
        views.append((ring, lacking))
        in_view = in_view + lacking * np.sum([_shifted(people, *step) for step in ring], axis=0)
    return views


def _seen(value: Floats, people: Floats, views: list[tuple[list[tuple[int, int]], Flags]]) -> Floats:
    """Mean of a value over the people in view of each cell."""
    total, weight = np.zeros(SHAPE), np.full(SHAPE, 1e-9)
    for ring, lacking in views:
        for step in ring:
            total += lacking * _shifted(value * people, *step)
            weight += lacking * _shifted(people, *step)
    mean: Floats = total / weight
    return mean


def _pockets(
    field: Floats, rows: Ints, cols: Ints, planted: Flags, kind: Ints, residents: Floats, rng: Generator
) -> None:
    """Small places outside the areas, fewer than 1,000 residents each, as badly off as an area."""
    mask = np.zeros(SHAPE, dtype=bool)
    mask[rows, cols] = planted
    away = ~dilate(dilate(dilate(mask)))[rows, cols]
    free = (kind == BLOCK) & away & (residents > 0) & (residents < 350) & (field.mean(axis=1) < 0.0)
    for _ in range(_N_POCKETS):
        centre = rng.choice(np.flatnonzero(free))
        distance = np.abs(rows - rows[centre]) + np.abs(cols - cols[centre])
        free &= distance > 9
        near = np.flatnonzero(distance <= 1)
        near = near[np.argsort(distance[near], kind="stable")]
        field[near[np.cumsum(residents[near]) < 480]] += _POCKET


def write_places(path: Path) -> None:
    """Write districts and quarters as GeoJSON in EPSG:25832, the same for every year and seed.

    A district is written as one rectangle for every unbroken row of its cells: parts of one name are one place.
    """
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    content = {"type": "FeatureCollection", "crs": crs, "features": [*_districts(), *_quarters()]}
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _feature(name: str, kind: str, geometry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name, "kind": kind}, "geometry": geometry}


def _districts() -> list[dict[str, Any]]:
    features = []
    district = build_land().district
    for facts in geography()["district"]:
        inside = np.pad(district == facts["number"], ((0, 0), (1, 1))).astype(np.int8)
        steps = np.diff(inside, axis=1)
        starts, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)
        for (row, west), (_, east) in zip(starts.tolist(), ends.tolist(), strict=True):
            left, right = (west + FIRST_COL) * CELL_SIZE_M, (east + FIRST_COL) * CELL_SIZE_M
            low, high = (row + FIRST_ROW) * CELL_SIZE_M, (row + FIRST_ROW + 1) * CELL_SIZE_M
            ring = [[left, low], [right, low], [right, high], [left, high], [left, low]]
            features.append(_feature(facts["name"], "district", {"type": "Polygon", "coordinates": [ring]}))
    return features


def _quarters() -> list[dict[str, Any]]:
    named = [*geography()["area_2017"], *_added_2021(), ADDED_2025]
    return [_feature(each["name"], "quarter", {"type": "Point", "coordinates": list(each["centre"])}) for each in named]


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


def _district(land: Land, rows: Ints, cols: Ints) -> Ints:
    """District of each cell; a cell beyond every district takes the one with the nearest centre."""
    district = land.district[rows, cols].astype(np.int64)
    easting, northing = cell_centres()
    centres = np.array([d["centre"] for d in geography()["district"]], dtype=float)
    distance = np.hypot(easting[rows, cols][:, None] - centres[:, 0], northing[rows, cols][:, None] - centres[:, 1])
    return np.where(district > 0, district, np.argmin(distance, axis=1) + 1)


def _choose_cells(land: Land, areas: AreaMap, rng: Generator) -> tuple[Ints, Ints, Flags]:
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
    return kind


def _residents(
    city_rows: Ints,
    city_cols: Ints,
    district: Ints,
    kind: Ints,
    plot: Ints,
    stratum: Ints,
    later: Flags,
    areas: AreaMap,
    rng: Generator,
) -> Floats:
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
    """The cells of the synthetic city."""
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
