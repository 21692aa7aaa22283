"""The planted areas of the synthetic city: which blocks belong to an area, year by year.

Places, sizes and residents follow ``geography.toml``; what is not published of the changes is our own.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.synthetic.chance import stream
from udsat_geo.synthetic.land import (
    SHAPE,
    Land,
    build_land,
    choices,
    corners_of,
    dilate,
    geography,
    inside_polygon,
    smooth_field,
)

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

Blocks = set[tuple[int, int]]


@dataclass(frozen=True)
class PlantedAreas:
    """The truth behind a designation of the synthetic city, never written beside the registers.

    Attributes
    ----------
    row, col : int64 array, (n_blocks,)
        The blocks, by their place in the net of streets.
    corner : float array, (n_blocks, 4, 2)
        Easting and northing of their corners, metres, EPSG:25832.
    area : int64 array, (n_blocks,)
        Index into `names`.
    names : tuple of str, (n_areas,)
        Two areas may share a name, as in the published polygons.
    """

    row: Ints
    col: Ints
    corner: Floats
    area: Ints
    names: tuple[str, ...]

    def area_of(self, easting: Floats, northing: Floats) -> Ints:
        """The area that each point lies in, -1 for none; ground without homes belongs to none."""
        found = np.full(len(easting), -1, dtype=np.int64)
        for corner, area in zip(self.corner, self.area.tolist(), strict=True):
            found[inside_polygon(easting, northing, corner)] = area
        return found


@dataclass(frozen=True)
class AreaMap:
    """Planted areas over the blocks.

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


def neighbours(block: tuple[int, int]) -> list[tuple[int, int]]:
    """The eight blocks around a block."""
    row, col = block
    return [(row + i, col + j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]


def _grow(cost: Floats, free: Flags, start: tuple[int, int], land: Land, hectares: float) -> Blocks:
    """The cheapest free blocks that hang together with the start, up to `hectares`."""
    queue = [(cost[start], start)]
    seen = {start}
    taken: Blocks = set()
    left = float(hectares)
    while queue:
        _, block = heapq.heappop(queue)
        left -= float(land.hectares[block])
        if left < 0.0:
            break
        taken.add(block)
        for other in neighbours(block):
            if other not in seen and 0 <= other[0] < SHAPE[0] and 0 <= other[1] < SHAPE[1] and free[other]:
                seen.add(other)
                heapq.heappush(queue, (float(cost[other]), other))
    return taken


def _shape_cost(land: Land, centre: tuple[float, float], half: tuple[float, float], lean: float) -> Floats:
    x, y = (land.easting - centre[0]) / half[0], (land.northing - centre[1]) / half[1]
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
    easting, northing = land.easting, land.northing
    free = (easting > west) & (easting < east) & (northing > south) & (northing < north) & land.dry
    others = dilate(plot >= 0)
    wider = dilate(others)
    centre = np.array(area["centre"], dtype=float)
    aim = centre.copy()
    blocks: Blocks = set()
    for _ in range(_AIMS):
        cost = _shape_cost(land, (aim[0], aim[1]), half, min(0.85, max(-0.85, lean))) + _ROUGHNESS * rough
        # one empty block between areas always; two where the ground allows it
        roomy = free & ~wider
        start = _start(cost, roomy if roomy.any() else free & ~others)
        blocks = _grow(cost, roomy, start, land, area["hectares"])
        if sum(land.hectares[block] for block in blocks) < 0.95 * area["hectares"]:
            blocks = _grow(cost + 0.25 * wider, free & ~others, start, land, area["hectares"])
        rows, cols = np.array(sorted(blocks)).T
        aim += 0.8 * (centre - (easting[rows, cols].mean(), northing[rows, cols].mean()))
    for block in blocks:
        plot[block] = index


def _plant_later(
    index: int, centre: tuple[float, float], hectares: int, plot: NDArray[np.int16], land: Land, host: int
) -> None:
    """An area added later; with a host (an index, or -1) it grows out of the host's border."""
    half = float(np.sqrt(hectares * 10_000 / np.pi))
    cost = _shape_cost(land, centre, (half, half), 0.0)
    free = land.dry & ~dilate((plot >= 0) & (plot != host)) & (plot < 0)
    if host >= 0:
        near = dilate(plot == host)
        free &= dilate(dilate(dilate(near)))
        cost = np.where(near, cost - 1.0, cost)
    for block in _grow(cost, free, _start(cost, free), land, hectares):
        plot[block] = index


def _reserve(plot: NDArray[np.int16], areas: list[dict[str, Any]], rng: Generator) -> Flags:
    """Some blocks of roomy areas hold a school or a green, not homes; none touch, so areas still hang together."""
    reserve = np.zeros(SHAPE, dtype=bool)
    for index, area in enumerate(areas):
        density = area["residents"] / area["hectares"]
        share = 0.0 if area["hectares"] < 40 else 0.08 if density < 80 else 0.04
        inner = (plot == index) & ~dilate(plot != index)
        blocks = np.argwhere(inner)
        for row, col in rng.permutation(blocks)[: int(3 * share * (plot == index).sum())]:
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
    _split_shrunk(plot, land, names, residents, area_of_plot)
    return AreaMap(
        plot, tuple(names), tuple(residents), _designated(names, len(areas)), np.array(area_of_plot), reserve
    )


def _added_2021() -> list[dict[str, Any]]:
    """What came in in 2021, with our own names."""
    added = (change for change in geography()["change_2021"] if change["event"] == "added")
    return [{**change, "name": NAMES_ADDED_2021[change["mark"]]} for change in added]


def _split_shrunk(
    plot: NDArray[np.int16], land: Land, names: list[str], residents: list[float], area_of_plot: list[int]
) -> None:
    """Cut the piece that leaves in 2025 from its area, as a plot of its own; residents follow the ground."""
    whole = names.index(SHRUNK_2025)
    south = (plot == whole) & (land.northing < SHRUNK_2025_SOUTH_OF)
    share = land.hectares[south].sum() / land.hectares[plot == whole].sum()
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
    """The inhabited blocks of a designation year, areas numbered from 0 in a fixed order."""
    plot = np.where(area_map.reserve, -1, area_map.plot)
    chosen = area_map.designated[designation_year]
    rows, cols = np.nonzero((plot >= 0) & chosen[np.maximum(plot, 0)])
    owner = area_map.area_of_plot[plot[rows, cols]]
    present, area = np.unique(owner, return_inverse=True)
    return PlantedAreas(
        row=rows.astype(np.int64),
        col=cols.astype(np.int64),
        corner=corners_of(build_land().corner, rows, cols),
        area=area.astype(np.int64),
        names=tuple(area_map.names[i] for i in present),
    )


def quarters() -> list[tuple[str, tuple[float, float]]]:
    """Name and published centre of every quarter after which an area can be named, in metres."""
    named = [*geography()["area_2017"], *_added_2021(), ADDED_2025]
    return [(each["name"], tuple(each["centre"])) for each in named]
