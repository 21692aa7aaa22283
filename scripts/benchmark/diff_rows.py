"""Rows that hold a comparison of 2,000 areas with 2,000 others to joins in pandas and GeoPandas.

Both sides tell which areas share cells, and how many residents live in these: from the ids and areas of the cells, or
from polygons and the cells' centres. Ours tells what became of each area as well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import geopandas as gpd  # type: ignore[import-untyped]
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
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
        Areas before and now.
    """

    before: AreaSet
    now: AreaSet
    easting: np.ndarray
    northing: np.ndarray
    frames: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]

    @property
    def points(self) -> gpd.GeoDataFrame:
        """The centres of the cells, with their residents."""
        geometry = gpd.points_from_xy(self.easting, self.northing)
        return gpd.GeoDataFrame({"residents": self.now.members.residents}, geometry=geometry, crs="EPSG:25832")


def diff_rows(country: Country) -> Iterator[KernelRow]:
    """From labels of the same units, of units that differ, and from polygons over the cells' centres.

    The peers get their frames and points made beforehand and are not timed for it.
    """
    two = make_designations(country)
    many = f"{len(country.row) // 1000} k cells, 2 x {N_AREAS:,}"
    for name, one in ((f"compare, {many}", two), (f"compare ids, {many}", without_some(two))):
        peer = partial(merged, *labels_of(one))
        yield KernelRow(name, "pandas merge, groupby.sum", partial(compare, one.before, one.now), peer, same_pairs)
    peer = partial(joined, two.points, two.frames)
    name = f"compare polygons, {many}"
    yield KernelRow(name, "geopandas.sjoin, groupby.sum", partial(compared_polygons, two), peer, same_pairs)


def labels_of(two: TwoDesignations) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ids, areas and residents of the cells before and now."""
    before, now = (
        pd.DataFrame({"id": side.members.unit_id, area: side.members.area_of_unit, "residents": side.members.residents})
        for side, area in ((two.before, "area_before"), (two.now, "area_now"))
    )
    return before[["id", "area_before"]], now


def without_some(two: TwoDesignations) -> TwoDesignations:
    """The same areas, the earlier designation being without every hundredth of the cells outside them."""
    before = two.before
    then = before.members
    kept = (then.area_of_unit >= 0) | (np.arange(len(then)) % 100 != 0)
    fewer = dataclasses.replace(
        before, members=Members(then.unit_id[kept], then.residents[kept], then.area_of_unit[kept])
    )
    return dataclasses.replace(two, before=fewer)


def merged(before: pd.DataFrame, now: pd.DataFrame) -> pd.Series:
    """Residents that each pair of areas shares, and as -1 those of cells that one designation alone has."""
    both = now.merge(before, on="id", how="outer").fillna(-1)
    return both.groupby(["area_now", "area_before"])["residents"].sum()


def joined(points: gpd.GeoDataFrame, frames: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]) -> pd.Series:
    """The same by two spatial joins."""
    for frame in frames:
        points = gpd.sjoin(points, frame, predicate="within").drop(columns="index_right")
    return points.groupby(["area_now", "area_before"])["residents"].sum()


def compared_polygons(two: TwoDesignations) -> Changes:
    """The same polygons by the cells whose centres they hold."""
    labels = [polygon_of_points(side.outline, two.easting, two.northing).polygon for side in (two.before, two.now)]
    held = np.flatnonzero((labels[0] >= 0) | (labels[1] >= 0))
    none = np.full(len(held), -1, dtype=np.int64)
    atoms = Atoms(
        two.now.members.unit_id[held], two.now.members.residents[held], labels[0][held], labels[1][held], held, none
    )  # fmt: skip
    return compare_atoms(two.before, two.now, atoms)


def same_pairs(changes: Changes, shared: pd.Series) -> bool:
    """Whether the same pairs of areas share as many residents."""
    pairs = changes.overlaps
    ours = zip(pairs.now.tolist(), pairs.before.tolist(), pairs.residents.tolist(), strict=True)
    theirs = ((now, before, n) for (now, before), n in shared.items() if now >= 0 and before >= 0)
    return sorted(ours) == sorted(theirs)


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
        gpd.GeoDataFrame({f"area_{name}": np.arange(N_AREAS)}, geometry=side.outline, crs="EPSG:25832")
        for side, name in zip(sides, ("before", "now"), strict=True)
    ]
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
