"""The plain job with pandas, scipy and geopandas: ``python peer_pandas.py REGISTER_FOLDER OUT.gpkg``.

Its best form, as far as measured: key columns stay Arrow strings and are looked up by
``pyarrow.compute.index_in`` (about half the time of ``DataFrame.merge`` or ``Index.get_indexer`` on 5.9
million keys), one thread for each of the two look-ups; labels are read as categories, counts are
``numpy.bincount``, components ``scipy.ndimage.label``; areas are dissolved as a coverage (a seventh of the
time of ``rasterio.features.shapes``, and one import less); layers are written through Arrow.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from scipy import ndimage  # type: ignore[import-untyped]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Sums = dict[str, tuple[Floats, Floats]]

CELL_M = 100
CRS = "EPSG:25832"
WORSE = {
    "dwelling_area": -1.0,
    "outside_labour_market": 1.0,
    "low_income": 1.0,
    "non_western_origin": 1.0,
    "no_education": 1.0,
}
LABELS = ["labour_status", "education", "origin"]


@dataclass(frozen=True)
class Window:
    """The block of cells that holds every address: first row and column, height and width in cells."""

    row: int
    col: int
    height: int
    width: int


@dataclass(frozen=True)
class Places:
    """Units, and where the rows of the registers lie; -1 is nowhere.

    Attributes
    ----------
    window : Window
    cell_of_unit : int64 array, shape (n_units,)
        Position in the window, row by row from the south-west.
    unit_of_dwelling : int32 array, shape (n_dwellings,)
    dwelling_of_resident : int32 array, shape (n_residents,)
    area_m2 : float64 array, shape (n_dwellings,)
    """

    window: Window
    cell_of_unit: Ints
    unit_of_dwelling: npt.NDArray[np.int32]
    dwelling_of_resident: npt.NDArray[np.int32]
    area_m2: Floats


def look_up(keys: pa.ChunkedArray, among: pa.ChunkedArray) -> npt.NDArray[np.int32]:
    """Row of each key ``among`` the keys of another table, -1 where there is none."""
    rows = pc.index_in(keys, among, skip_nulls=True).fill_null(-1)
    return np.asarray(rows.to_numpy(), dtype=np.int32)


def place_addresses(folder: Path) -> tuple[pa.ChunkedArray, npt.NDArray[np.int32], Window]:
    """Keys of the addresses, the cell of each (-1 without a position) and the window of cells."""
    addresses = pq.read_table(folder / "addresses.parquet", columns=["address_id", "easting", "northing"])
    row = np.floor(addresses["northing"].to_numpy() / CELL_M)
    col = np.floor(addresses["easting"].to_numpy() / CELL_M)
    row_0, col_0 = int(np.nanmin(row)), int(np.nanmin(col))
    window = Window(row_0, col_0, int(np.nanmax(row)) - row_0 + 1, int(np.nanmax(col)) - col_0 + 1)
    cell = np.nan_to_num((row - row_0) * window.width + (col - col_0), nan=-1.0).astype(np.int32)
    return addresses["address_id"], cell, window


def place(folder: Path) -> Places:
    """Find the cell of every dwelling and the dwelling of every resident."""
    address_ids, cell_of_address, window = place_addresses(folder)
    dwellings = pq.read_table(folder / "dwellings.parquet", columns=["dwelling_id", "address_id", "area_m2"])
    keys = pq.read_table(folder / "residents.parquet", columns=["dwelling_id"])["dwelling_id"]
    with ThreadPoolExecutor(2) as threads:
        dwelling = threads.submit(look_up, keys, dwellings["dwelling_id"])
        address = look_up(dwellings["address_id"], address_ids)
        dwelling_of_resident = dwelling.result()
    cell = np.where(address >= 0, cell_of_address[address], -1)
    lived_in = np.zeros(window.height * window.width, bool)
    lived_in[cell[cell >= 0]] = True
    cell_of_unit = np.flatnonzero(lived_in)
    unit_of_cell = np.full(lived_in.size, -1, np.int32)
    unit_of_cell[cell_of_unit] = np.arange(cell_of_unit.size)
    unit = np.where(cell >= 0, unit_of_cell[cell], -1).astype(np.int32)
    area = dwellings["area_m2"].to_numpy().astype(np.float64)
    return Places(window, cell_of_unit, unit, dwelling_of_resident, area)


def is_one_of(labels: pd.Series, *names: str) -> Flags:
    """Which rows of a categorical column hold one of some labels."""
    codes = [labels.cat.categories.get_loc(name) for name in names if name in labels.cat.categories]
    return np.isin(labels.cat.codes.to_numpy(), codes)


def resident_conditions(folder: Path) -> dict[str, tuple[Flags, Flags]]:
    """Numerator and denominator of each criterion on residents, as flags over all residents."""
    columns = ["age", "disposable_income", *LABELS]
    residents = pd.read_parquet(folder / "residents.parquet", columns=columns, read_dictionary=LABELS)
    age, income = residents["age"].to_numpy(), residents["disposable_income"].to_numpy()
    adult = age >= 18
    poor = 0.75 * residents.loc[adult, "disposable_income"].median()
    labour, education, origin = (residents[name] for name in LABELS)
    counted = {
        "outside_labour_market": (age >= 16) & (age <= 66) & (labour.cat.codes.to_numpy() >= 0),
        "low_income": adult & ~np.isnan(income),
        "non_western_origin": origin.cat.codes.to_numpy() >= 0,
        "no_education": (age >= 16) & (age <= 64) & (education.cat.codes.to_numpy() >= 0),
    }
    holds = {
        "outside_labour_market": is_one_of(labour, "early_retirement", "permanently_outside"),
        "low_income": income <= poor,
        "non_western_origin": is_one_of(origin, "non_western"),
        "no_education": is_one_of(education, "none", "basic"),
    }
    return {key: (holds[key] & counted[key], counted[key]) for key in counted}


def count_units(folder: Path, places: Places) -> tuple[Floats, Sums]:
    """Residents of each unit, and per criterion the two sums of each unit; all of shape (n_units,)."""
    n_units, n_dwellings = places.cell_of_unit.size, places.area_m2.size
    # One spare place at the front takes what lies nowhere.
    in_dwelling = np.bincount(places.dwelling_of_resident + 1, minlength=n_dwellings + 1)[1:]
    spare = np.append(places.unit_of_dwelling, np.int32(-1)) + 1
    slot = spare[places.dwelling_of_resident]

    def per_unit(rows: npt.NDArray[np.int32], weights: Floats | Ints | None = None) -> Floats:
        return np.bincount(rows, weights, minlength=n_units + 1)[1:].astype(np.float64)

    area = places.area_m2
    fit = (in_dwelling >= 1) & (in_dwelling <= 15) & (area >= 10) & (area <= 1000)
    homes = spare[:-1][fit]
    sums: Sums = {"dwelling_area": (per_unit(homes, area[fit]), per_unit(homes, in_dwelling[fit]))}
    for key, (numerator, denominator) in resident_conditions(folder).items():
        sums[key] = (per_unit(slot[numerator]), per_unit(slot[denominator]))
    return per_unit(slot), sums


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Numerator by denominator, not a number where nothing is divided."""
    rate = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=rate, where=denominator > 0)
    return rate


def score(residents: Floats, sums: Sums) -> pd.DataFrame:
    """Rates, gaps, composite and number of criteria exceeded; one row per unit."""
    table: dict[str, Floats | Ints] = {}
    scores = []
    for key, (numerator, denominator) in sums.items():
        rate = ratio(numerator, denominator)
        away = rate - numerator.sum() / denominator.sum()
        rated = ~np.isnan(rate)
        spread = np.sqrt((residents[rated] * away[rated] ** 2).sum() / residents[rated].sum())
        table[f"rate_{key}"] = rate
        table[f"gap_{key}"] = WORSE[key] * away
        scores.append(table[f"gap_{key}"] / spread)
    scored = np.array(scores)
    rated_in = (~np.isnan(scored)).sum(axis=0)
    table["composite"] = ratio(np.nansum(scored, axis=0), rated_in.astype(np.float64))
    table["criteria_exceeded"] = (scored > 0).sum(axis=0)
    return pd.DataFrame(table)


def number_areas(window: Window, cell_of_unit: Ints, core: Flags, residents: Floats) -> Ints:
    """Area number of each unit, 0 outside; area 1 has the most residents."""
    raster = np.zeros((window.height, window.width), bool)
    raster.flat[cell_of_unit[core]] = True
    labels, n_components = ndimage.label(raster, structure=np.ones((3, 3), np.uint8))
    component = labels.ravel()[cell_of_unit]
    in_component = np.bincount(component, residents, minlength=n_components + 1)
    first = np.full(n_components + 1, cell_of_unit.size)
    np.minimum.at(first, component[core], np.flatnonzero(core))
    in_component[0] = 0
    order = np.lexsort((first, -in_component))
    order = order[in_component[order] >= 1000]
    number = np.zeros(n_components + 1, np.int64)
    number[order] = np.arange(1, order.size + 1)
    area: Ints = number[component]
    return area


def dissolve(cells: npt.NDArray[np.object_], area: Ints) -> npt.NDArray[np.object_]:
    """Dissolved cells of each area as MultiPolygons, in order of area number."""
    inside = gpd.GeoDataFrame({"area": area[area > 0]}, geometry=cells[area > 0], crs=CRS)
    # A tolerance of nothing drops only the corners of cells that lie on a straight edge.
    dissolved = inside.dissolve("area", method="coverage").geometry.simplify(0.0)
    parts, of_area = shapely.get_parts(dissolved.to_numpy(), return_index=True)
    return np.asarray(shapely.multipolygons(parts, indices=of_area))


def describe_areas(cells: npt.NDArray[np.object_], area: Ints, residents: Floats, sums: Sums) -> gpd.GeoDataFrame:
    """The layer of areas."""
    n_areas = int(area.max(initial=0))

    def per_area(values: Floats | None = None) -> Floats:
        return np.bincount(area, values, minlength=n_areas + 1)[1:].astype(np.float64)

    columns: dict[str, Ints | Floats] = {
        "area": np.arange(1, n_areas + 1),
        "residents": per_area(residents).astype(np.int64),
        "units": per_area().astype(np.int64),
    }
    for key, (numerator, denominator) in sums.items():
        columns[f"rate_{key}"] = ratio(per_area(numerator), per_area(denominator))
    return gpd.GeoDataFrame(columns, geometry=dissolve(cells, area), crs=CRS)


def describe_units(places: Places, area: Ints, residents: Floats, scores: pd.DataFrame) -> gpd.GeoDataFrame:
    """The layer of units."""
    row, col = np.divmod(places.cell_of_unit, places.window.width)
    row, col = row + places.window.row, col + places.window.col
    names = pd.Series(row).astype("str").str.cat(pd.Series(col).astype("str"), sep="_")
    west, south = col * CELL_M, row * CELL_M
    cells = shapely.box(west, south, west + CELL_M, south + CELL_M)
    scores.insert(0, "unit_id", "100m_" + names)
    scores.insert(1, "residents", residents.astype(np.int64))
    scores["area"] = pd.array(area, dtype="Int64")
    scores.loc[area == 0, "area"] = pd.NA
    return gpd.GeoDataFrame(scores, geometry=cells, crs=CRS)


def main(folder: Path, out: Path) -> None:
    """Do the plain job on the registers of a folder."""
    places = place(folder)
    residents, sums = count_units(folder, places)
    scores = score(residents, sums)
    core = scores["composite"].to_numpy() >= 1.0
    area = number_areas(places.window, places.cell_of_unit, core, residents)
    out.unlink(missing_ok=True)
    units = describe_units(places, area, residents, scores)
    areas = describe_areas(units.geometry.to_numpy(), area, residents, sums)
    areas.to_file(out, layer="areas", driver="GPKG", engine="pyogrio", geometry_type="MultiPolygon")
    units.to_file(out, layer="units", driver="GPKG", engine="pyogrio", use_arrow=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("registers", type=Path, help="the folder of the registers")
    parser.add_argument("result", type=Path, help="the GeoPackage to write")
    options = parser.parse_args()
    main(options.registers, options.result)
