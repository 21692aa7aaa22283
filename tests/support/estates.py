"""Estates made by hand, for the policies of the Danish law."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
from shapely.geometry import box

CONVICTED_NATIONAL = 0.0174
"""Made up, and such that three times it misses 0.0522 in floating point."""

AVERAGE: dict[str, int] = {
    "residents": 5000,
    "residents_previous_year": 5000,
    "residents_18_64": 1000,
    "residents_18_64_previous_year": 3000,
    "no_work_or_education_18_64": 100,
    "no_work_or_education_18_64_previous_year": 300,
    "residents_18_plus": 4000,
    "residents_18_plus_previous_year": 2000,
    "convicted": 50,
    "convicted_previous_year": 50,
    "residents_30_59": 1000,
    "basic_school_30_59": 200,
    "taxpayers_15_64": 20_000,
    "gross_income_15_64": 20_000 * 400_000,
    "region_mean_gross_income": 400_000,
    "non_western_origin": 500,
}
"""An estate that meets nothing. Its years differ in size, and taxpayers times the region's mean leave 32 bits."""


def write_estates(path: Path, estates: Mapping[str, Mapping[str, Any]]) -> None:
    """A unit table of estates side by side, touching: name -> what differs from `AVERAGE`."""
    rows = [{"estate_id": name, **AVERAGE, **changes} for name, changes in estates.items()]
    places = [box(700_000 + 200 * i, 6_170_000, 700_200 + 200 * i, 6_170_200) for i in range(len(rows))]
    gpd.GeoDataFrame(rows, geometry=places, crs="EPSG:25832").to_file(path, layer="estates")
