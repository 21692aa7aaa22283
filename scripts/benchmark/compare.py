"""Whether two results of the plain job are equal: ``python compare.py ONE.gpkg OTHER.gpkg``.

Run as a process of its own, so that what it reads never counts towards the memory of a measured process.
Prints one line per difference and ends with 1, or prints nothing and ends with 0.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyogrio

KEYS = ("dwelling_area", "outside_labour_market", "low_income", "non_western_origin", "no_education")
RATE_TOLERANCE = 1e-12
# The mean of scores is a sum of many terms, and its order is free.
COMPOSITE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Result:
    """What is compared of one result.

    Attributes
    ----------
    unit_ids : object array, shape (n_units,)
        Sorted; the other arrays follow this order.
    columns : dict of float64 arrays, shape (n_units,)
        Residents, rates, gaps, composite and number of criteria exceeded.
    areas : set of frozensets of unit ids
    polygons : int
        Number of rows of the layer ``areas``.
    indexed : set of str
        Layers with a spatial index.
    """

    unit_ids: npt.NDArray[np.object_]
    columns: dict[str, npt.NDArray[np.float64]]
    areas: set[frozenset[str]]
    polygons: int
    indexed: set[str]


def read_result(path: Path) -> Result:
    """Read the layers of a result; the area of a unit is in ``area`` or ``area_id``."""
    table = pyogrio.read_dataframe(path, layer="units", read_geometry=False).sort_values("unit_id")
    names = ["residents", *(f"{kind}_{key}" for key in KEYS for kind in ("rate", "gap"))]
    names += ["composite", "criteria_exceeded"]
    columns = {name: table[name].to_numpy(np.float64) for name in names}
    area = "area" if "area" in table else "area_id"
    within = table[table[area].notna() & ~table[area].isin([0, ""])]
    areas = {frozenset(units) for _, units in within.groupby(area)["unit_id"]}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        found = database.execute(
            "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'"
        ).fetchall()
        (polygons,) = database.execute("SELECT count(*) FROM areas").fetchone()
    indexed = {name for (name,) in found} & {"areas", "units"}
    return Result(table["unit_id"].to_numpy(object), columns, areas, polygons, indexed)


def differences(one: Result, other: Result) -> list[str]:
    """What differs between two results, one sentence each."""
    if not np.array_equal(one.unit_ids, other.unit_ids):
        only = set(one.unit_ids) ^ set(other.unit_ids)
        return [f"{len(only)} unit ids are in one result only, such as {sorted(only)[:3]}"]
    found = []
    for name, values in one.columns.items():
        tolerance = COMPOSITE_TOLERANCE if name == "composite" else RATE_TOLERANCE
        peer = other.columns[name]
        scale = np.maximum(1.0, np.abs(peer))
        with np.errstate(invalid="ignore"):
            far = np.abs(values - peer) > tolerance * scale
        far |= np.isnan(values) != np.isnan(peer)
        if far.any():
            at = int(np.flatnonzero(far)[0])
            found.append(
                f"{name} differs in {int(far.sum())} units, such as {one.unit_ids[at]}: "
                f"{float(values[at])!r} and {float(peer[at])!r}"
            )
    if one.areas != other.areas:
        found.append(f"{len(one.areas ^ other.areas)} areas do not have the same units in both results")
    if one.polygons != len(one.areas) or other.polygons != len(other.areas):
        found.append("the layer of areas does not have one row per area")
    if one.indexed != other.indexed:
        found.append(f"spatial indexes: {sorted(one.indexed)} and {sorted(other.indexed)}")
    return found


def main() -> int:
    """Compare two files named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("one", type=Path, help="a GeoPackage of the benchmark")
    parser.add_argument("other", type=Path, help="that of a peer")
    options = parser.parse_args()
    found = differences(read_result(options.one), read_result(options.other))
    for sentence in found:
        print(sentence)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
