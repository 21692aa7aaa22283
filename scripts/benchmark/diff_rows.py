"""Rows that hold a comparison of 2,000 areas with 2,000 others to an overlay of their polygons in GeoPandas.

The peer gives what an overlay can give: which areas meet, and how many residents they share, each area's residents
being known and spread evenly over it. Ours counts the residents of the cells themselves, and tells the events as well;
so the sides are equal when the same pairs of areas meet.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import geopandas as gpd  # type: ignore[import-untyped]
import numpy as np
import shapely
from kernel_inputs import Country, Flags, Ints
from kernel_row import CELL_M, KernelRow

from udsat_geo.areas.area_set import AreaSet, Members
from udsat_geo.changes.diff import Atoms, Changes, compare, compare_atoms
from udsat_geo.units.zones import polygon_of_points

N_AREAS = 2000
LEAST_CELLS = 4
RADII = (1.5, 4.5)
"""In cells: areas are the inhabited cells around a middle."""
MOVED_SHARE = 0.1
"""Of the cells that change sides between the two designations."""
Pairs = set[tuple[int, int]]


@dataclass(frozen=True)
class TwoDesignations:
    """Two designations of the country's cells, and their areas' polygons.

    Attributes
    ----------
    before, now : AreaSet
        Their units' ids are texts of their own, as two files hold them.
    easting, northing : float64, shape (n_cells,)
        Centres of the cells.
    frames : tuple of geopandas.GeoDataFrame
        Areas before and now, with their residents.
    """

    before: AreaSet
    now: AreaSet
    easting: np.ndarray
    northing: np.ndarray
    frames: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]


def diff_rows(country: Country) -> Iterator[KernelRow]:
    """Ours from labels of units, and from polygons over the cells' centres; the peer from polygons, both times."""
    two = make_designations(country)
    many = f"{len(country.row) // 1000} k cells, 2 x {N_AREAS:,}"
    peer_name = "geopandas.overlay, residents by area"
    for name, one in ((f"compare, {many}", two), (f"compare ids, {many}", without_some(two))):
        yield KernelRow(name, peer_name, partial(compare, one.before, one.now), partial(overlaid, one), same_pairs)
    name = f"compare polygons, {many}"
    yield KernelRow(name, peer_name, partial(compared_polygons, two), partial(overlaid, two), same_pairs)


def without_some(two: TwoDesignations) -> TwoDesignations:
    """The same areas, the earlier designation being without every hundredth of the cells outside them."""
    before = two.before
    then = before.members
    kept = (then.area_of_unit >= 0) | (np.arange(len(then)) % 100 != 0)
    fewer = dataclasses.replace(
        before, members=Members(then.unit_id[kept], then.residents[kept], then.area_of_unit[kept])
    )
    return dataclasses.replace(two, before=fewer)


def overlaid(two: TwoDesignations) -> gpd.GeoDataFrame:
    """The pieces that areas before and now have in common, each with its share of the area's residents."""
    before, now = two.frames
    pieces = gpd.overlay(before, now, how="intersection", keep_geom_type=False)
    pieces["residents"] = pieces["residents_now"] * pieces.area / pieces["m2_now"]
    return pieces


def compared_polygons(two: TwoDesignations) -> Changes:
    """The same polygons by the cells whose centres they hold."""
    labels = [polygon_of_points(side.outline, two.easting, two.northing).polygon for side in (two.before, two.now)]
    held = np.flatnonzero((labels[0] >= 0) | (labels[1] >= 0))
    none = np.full(len(held), -1, dtype=np.int64)
    atoms = Atoms(
        two.now.members.unit_id[held], two.now.members.residents[held], labels[0][held], labels[1][held], held, none
    )  # fmt: skip
    return compare_atoms(two.before, two.now, atoms)


def same_pairs(changes: Changes, pieces: gpd.GeoDataFrame) -> bool:
    """Whether the same pairs of areas meet."""
    met = pieces[pieces.area > 0]
    theirs: Pairs = set(zip(met["area_now"].tolist(), met["area_before"].tolist(), strict=True))
    ours: Pairs = set(zip(changes.overlaps.now.tolist(), changes.overlaps.before.tolist(), strict=True))
    return ours == theirs


def make_designations(country: Country, seed: int = 3) -> TwoDesignations:
    """Two sets of areas, the second of which differs from the first at its borders."""
    random = np.random.default_rng(seed)
    before = _grown(country, random)
    now = before.copy()
    # a cell that changes sides takes the area of the next cell to its west, where there is one; else it leaves
    moved: Flags = random.random(country.n_cells) < MOVED_SHARE
    beside = (np.roll(country.row, 1) == country.row) & (np.roll(country.col, 1) == country.col - 1)
    now[moved] = np.where(beside, np.roll(before, 1), -1)[moved]
    easting, northing = (country.col + 0.5) * CELL_M, (country.row + 0.5) * CELL_M
    sides = [_designated(country, areas, year) for areas, year in ((before, 2021), (now, 2025))]
    frames = [
        gpd.GeoDataFrame(
            {
                f"area_{name}": np.arange(N_AREAS),
                f"residents_{name}": side.residents,
                f"m2_{name}": shapely.area(side.outline),
            },
            geometry=side.outline, crs="EPSG:25832",
        )
        for side, name in zip(sides, ("before", "now"), strict=True)
    ]  # fmt: skip
    return TwoDesignations(sides[0], sides[1], easting, northing, (frames[0], frames[1]))


def _grown(country: Country, random: np.random.Generator) -> Ints:
    """Areas around inhabited cells that stand in no order, shape (n_cells,)."""
    tree = shapely.STRtree(shapely.points(country.col.astype(float), country.row.astype(float)))
    area_of_cell = np.full(country.n_cells, -1, dtype=np.int64)
    n_areas = 0
    for middle in random.permutation(country.n_cells):
        point = shapely.Point(country.col[middle], country.row[middle])
        near = tree.query(point, predicate="dwithin", distance=random.uniform(*RADII))
        near = near[area_of_cell[near] < 0]
        if len(near) >= LEAST_CELLS:
            area_of_cell[near] = n_areas
            n_areas += 1
        if n_areas == N_AREAS:
            break
    return area_of_cell


def _designated(country: Country, area_of_unit: Ints, year: int) -> AreaSet:
    """A designation as a comparison knows it, with the exact outlines of its areas."""
    ids = np.empty(country.n_cells, dtype=object)
    ids[:] = [f"100m_{r}_{c}" for r, c in zip(country.row.tolist(), country.col.tolist(), strict=True)]
    outline = np.empty(N_AREAS, dtype=object)
    for area in range(N_AREAS):
        members = np.flatnonzero(area_of_unit == area)
        west, south = country.col[members] * CELL_M, country.row[members] * CELL_M
        outline[area] = shapely.union_all(shapely.box(west, south, west + CELL_M, south + CELL_M))
    names = np.array([f"{year}-{area:04d}" for area in range(N_AREAS)], dtype=object)
    since = np.full(N_AREAS, year, dtype=np.int64)
    members = Members(ids, country.residents, area_of_unit)
    return AreaSet(names, names, outline, "EPSG:25832", year, since, policy_id="benchmark", members=members)
