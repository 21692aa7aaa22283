"""Small towns for the goals: registers with tenure and amenities, areas, polling districts, barriers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from shapely.geometry import box

from small_registers import Registers, make_registers

TENURES = ("owner_occupied", "private_rental", "cooperative", "social_housing", "public", None)
CRS = "EPSG:25832"

WEST_AREA = box(719_600, 6_175_600, 719_900, 6_176_400)
EAST_AREA = box(720_100, 6_175_700, 720_300, 6_176_300)
"""Two areas in the town of `make_registers` with a span of 600 m."""


def make_homes(seed: int, **size: int) -> Registers:
    """Small registers whose dwellings have tenure, toilet, bath and district heating, a tenth of them unknown."""
    made = make_registers(seed, **size)
    rng = np.random.default_rng(seed + 1)
    n = made.dwellings.num_rows

    def known_or_not(chance: float) -> list[bool | None]:
        return [None if rng.random() < 0.1 else bool(rng.random() < chance) for _ in range(n)]

    dwellings = made.dwellings
    columns = {
        "tenure": pa.array([TENURES[i] for i in rng.integers(0, len(TENURES), n)], pa.string()),
        "toilet": pa.array(known_or_not(0.9), pa.bool_()),
        "bath": pa.array(known_or_not(0.7), pa.bool_()),
        "district_heating": pa.array(known_or_not(0.8), pa.bool_()),
    }
    for name, values in columns.items():
        dwellings = dwellings.append_column(name, values)
    return Registers(made.residents, dwellings, made.addresses)


def write_polygons(
    path: Path, polygons: Sequence[Any], crs: str = CRS, layer: str | None = None, **columns: Any
) -> Path:
    """A vector file of polygons; without columns they have a name."""
    data = columns or {"name": [f"polygon {chr(65 + i)}" for i in range(len(polygons))]}
    frame = gpd.GeoDataFrame(data, geometry=list(polygons), crs=crs)
    frame.to_file(path, **({} if layer is None else {"layer": layer}))
    return path


def write_geometries(path: Path, geometries: Sequence[Any], crs: str = CRS) -> Path:
    """A vector file of lines or points."""
    gpd.GeoDataFrame({"n": range(len(geometries))}, geometry=list(geometries), crs=crs).to_file(path)
    return path


def homes_by_pandas(made: Registers, areas: Sequence[Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Dwellings and residents with a place, each with the number of its area: the first that covers it, -1 for none."""
    residents, dwellings, addresses = (t.to_pandas() for t in (made.residents, made.dwellings, made.addresses))
    located = addresses.dropna(subset=["easting", "northing"]).copy()
    located["area"] = [
        next((i for i, area in enumerate(areas) if shapely.covers(area, shapely.Point(x, y))), -1)
        for x, y in zip(located["easting"], located["northing"], strict=True)
    ]
    homes = dwellings.merge(located, on="address_id")
    people = residents.merge(homes[["dwelling_id", "address_id", "area", "easting", "northing"]], on="dwelling_id")
    return homes, people
