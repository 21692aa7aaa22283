"""A small town of two years, designated, and areas drawn by hand: what comparisons are tried on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from made_once import made_once
from small_registers import make_registers
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job, run
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy

YEARS = (2017, 2021)
SIZE = {"n_addresses": 60, "n_residents": 500, "span": 1000}
POLICY = """
extends = "kbh-2017"
id = "{id}"
[context]
residents = 0
[rule]
core = {core}
edge = 0.0
criteria = 1
[areas]
residents = {residents}
"""


def write_policy(path: Path, core: float = 0.3, residents: int = 10) -> Path:
    """A policy over registers under which a small town has several areas."""
    path.write_text(POLICY.format(id=path.stem, core=core, residents=residents), encoding="utf-8")
    return path


@made_once
def write_town(folder: Path) -> None:
    """Registers of both years in `raw`, policies, and the designations of both years in `out`."""
    addresses = make_registers(5, **SIZE).addresses
    for seed, year in enumerate(YEARS):
        # people come and go; the houses stay where they are
        made = dataclasses.replace(make_registers(seed + 5, **SIZE), addresses=addresses)
        made.write(folder / "raw" / str(year))
    policy = write_policy(folder / "town.toml")
    write_policy(folder / "harder.toml", core=0.8, residents=20)
    for year in YEARS:
        write_results(designated(folder, policy, year), folder / "out", ("gpkg",))


def designated(folder: Path, policy: Path, year: int, previous: str | None = None) -> Designation:
    """One of the years, compared with the other one."""
    previous = previous or ("none" if year == YEARS[0] else str(YEARS[0]))
    return run(Job(year, load_policy(str(policy)), folder / "raw", previous=previous, language="en"))


def write_polygons(path: Path, names: list[str], boxes: list[tuple[float, float, float, float]]) -> Path:
    """Boxes with names, in the reference system of the registers."""
    shapes = [shapely.box(*corners) for corners in boxes]
    gpd.GeoDataFrame({"name": names}, geometry=shapes, crs="EPSG:25832").to_file(path)
    return path


def drawn_areas(path: Path, labels: np.ndarray, origin: tuple[float, float], size: float) -> AreaSet:
    """Areas of a lattice of squares as polygons: `labels` by row and column, -1 is none."""
    ids = [f"a{label}" for label in sorted({*labels.ravel().tolist()} - {-1})]
    outline = np.empty(len(ids), dtype=object)
    for place, name in enumerate(ids):
        rows, cols = np.nonzero(labels == int(name[1:]))
        west, south = origin[0] + cols * size, origin[1] + rows * size
        outline[place] = shapely.union_all(shapely.box(west, south, west + size, south + size))
    names = np.array([*ids, None], dtype=object)[:-1]
    return AreaSet(names, names, outline, "EPSG:25832", -1, np.full(len(ids), -1), path.name, path)
