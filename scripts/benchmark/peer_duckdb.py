"""The plain job with DuckDB, NumPy, scipy and pyogrio: ``python peer_duckdb.py REGISTER_FOLDER OUT.gpkg``.

Every text key is joined once, and the conditions of a resident become the bits of one byte in that same scan,
so that the group-bys run over integers alone. Two other forms, a group-by by text key and a fetch to NumPy
with ``bincount``, took as long within what could be told apart. Geometries are WKB laid out as one NumPy
array; layers are written through Arrow.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
import shapely
from scipy import ndimage  # type: ignore[import-untyped]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CELL_M = 100
CRS = "EPSG:25832"
KEYS = ("dwelling_area", "outside_labour_market", "low_income", "non_western_origin", "no_education")
WORSE = (-1.0, 1.0, 1.0, 1.0, 1.0)

# Numerator and denominator of the four criteria on residents, in the order of KEYS[1:].
CONDITIONS = (
    "age BETWEEN 16 AND 66 AND labour_status IN ('early_retirement', 'permanently_outside')",
    "age BETWEEN 16 AND 66 AND labour_status IS NOT NULL",
    "age >= 18 AND disposable_income <= getvariable('poor')",
    "age >= 18 AND disposable_income IS NOT NULL",
    "origin = 'non_western'",
    "origin IS NOT NULL",
    "age BETWEEN 16 AND 64 AND education IN ('none', 'basic')",
    "age BETWEEN 16 AND 64 AND education IS NOT NULL",
)


def run(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Ints]:
    """Residents and the two sums of each criterion in each unit, by SQL.

    Returns
    -------
    dict of int64 arrays, shape (n_units,)
        ``row``, ``col``, ``residents``, ``n0`` to ``n4`` (numerators) and ``d0`` to ``d4`` (denominators),
        from south to north and then from west to east.
    """
    names = ("residents", "dwellings", "addresses")
    residents, dwellings, addresses = (f"read_parquet('{folder / name}.parquet')" for name in names)
    bits = " + ".join(
        f"CASE WHEN {condition} THEN {1 << place}::UTINYINT ELSE 0::UTINYINT END"
        for place, condition in enumerate(CONDITIONS)
    )
    counts = ", ".join(
        f"count(*) FILTER (flags & {1 << place} > 0) AS {'nd'[place % 2]}{place // 2 + 1}"
        for place in range(len(CONDITIONS))
    )
    columns = ", ".join(f"coalesce({part}{place}, 0)::BIGINT AS {part}{place}" for place in range(5) for part in "nd")
    # Eastings of the zone stay below 1,000,000 m, so that 10,000 columns are enough.
    connection.execute(f"""
        SET preserve_insertion_order = false;
        SET VARIABLE poor = (SELECT 0.75 * median(disposable_income) FROM {residents} WHERE age >= 18);
        CREATE TEMP TABLE placed AS
            SELECT dwelling_id, area_m2, floor(northing / {CELL_M})::INTEGER * 10000
                + floor(easting / {CELL_M})::INTEGER AS cell
            FROM {dwellings} JOIN {addresses} USING (address_id)
            WHERE northing IS NOT NULL AND easting IS NOT NULL;
        CREATE TEMP TABLE persons AS
            SELECT placed.rowid::INTEGER AS dwelling, cell, {bits} AS flags
            FROM {residents} JOIN placed USING (dwelling_id);
        CREATE TEMP TABLE persons_in_cell AS
            SELECT cell, count(*) AS residents, {counts} FROM persons GROUP BY cell;
        CREATE TEMP TABLE homes_in_cell AS
            WITH homes AS (SELECT dwelling, count(*) AS residents FROM persons GROUP BY dwelling)
            SELECT cell, sum(area_m2) AS n0, sum(residents) AS d0
            FROM placed JOIN homes ON placed.rowid = homes.dwelling
            WHERE residents <= 15 AND area_m2 BETWEEN 10 AND 1000 GROUP BY cell;
    """)
    found = connection.execute(f"""
        SELECT (cell // 10000)::BIGINT AS row, (cell % 10000)::BIGINT AS col,
            coalesce(residents, 0)::BIGINT AS residents, {columns}
        FROM (SELECT DISTINCT cell FROM placed)
        LEFT JOIN persons_in_cell USING (cell) LEFT JOIN homes_in_cell USING (cell) ORDER BY cell
    """).fetchnumpy()
    return {name: np.asarray(values) for name, values in found.items()}


def ratio(numerator: Floats | Ints, denominator: Floats | Ints) -> Floats:
    """Numerator by denominator, not a number where nothing is divided."""
    empty = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=empty, where=denominator > 0)
    return empty


def score(units: dict[str, Ints]) -> dict[str, Floats | Ints]:
    """Rates, gaps, composite and number of criteria exceeded, each of shape (n_units,)."""
    table: dict[str, Floats | Ints] = {}
    residents = units["residents"]
    total, rated_in = np.zeros(residents.size), np.zeros(residents.size)
    exceeded = np.zeros(residents.size, np.int64)
    for place, key in enumerate(KEYS):
        numerator, denominator = units[f"n{place}"], units[f"d{place}"]
        rate = ratio(numerator, denominator)
        away = rate - numerator.sum() / denominator.sum()
        rated = denominator > 0
        spread = np.sqrt((residents[rated] * away[rated] ** 2).sum() / residents[rated].sum())
        gap = WORSE[place] * away
        table[f"rate_{key}"], table[f"gap_{key}"] = rate, gap
        total += np.where(rated, gap, 0.0) / spread
        rated_in += rated
        exceeded += gap > 0
    table["composite"] = ratio(total, rated_in)
    table["criteria_exceeded"] = exceeded
    return table


def number_areas(units: dict[str, Ints], core: Flags) -> Ints:
    """Area number of each unit, 0 outside; area 1 has the most residents."""
    row, col = units["row"] - units["row"].min(), units["col"] - units["col"].min()
    raster = np.zeros((int(row.max()) + 1, int(col.max()) + 1), bool)
    raster[row[core], col[core]] = True
    labels, n_components = ndimage.label(raster, structure=np.ones((3, 3), np.uint8))
    component = labels[row, col]
    residents = np.bincount(component, units["residents"], minlength=n_components + 1)
    residents[0] = 0
    first = np.full(n_components + 1, row.size)
    np.minimum.at(first, component[core], np.flatnonzero(core))
    order = np.lexsort((first, -residents))
    order = order[residents[order] >= 1000]
    number = np.zeros(n_components + 1, np.int64)
    number[order] = np.arange(1, order.size + 1)
    area: Ints = number[component]
    return area


def cells_as_wkb(row: Ints, col: Ints) -> pa.Array:
    """Squares as little-endian WKB polygons, in one block."""
    layout = np.dtype([("order", "u1"), ("kind", "<u4"), ("rings", "<u4"), ("points", "<u4"), ("xy", "<f8", (5, 2))])
    squares = np.empty(row.size, layout)
    squares["order"], squares["kind"], squares["rings"], squares["points"] = 1, 3, 1, 5
    corners = np.array([[1, 0], [1, 1], [0, 1], [0, 0], [1, 0]])
    squares["xy"] = (np.stack([col, row], axis=1)[:, None, :] + corners) * float(CELL_M)
    offsets = np.arange(row.size + 1, dtype=np.int32) * layout.itemsize
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(squares)]
    return pa.BinaryArray.from_buffers(pa.binary(), row.size, buffers)


def outline(row: Ints, col: Ints, area: Ints) -> pa.Array:
    """Dissolved cells of each area as WKB MultiPolygons, in order of area number."""
    inside = np.flatnonzero(area)
    inside = inside[np.argsort(area[inside], kind="stable")]
    west, south = col[inside] * CELL_M, row[inside] * CELL_M
    cells = shapely.box(west, south, west + CELL_M, south + CELL_M)
    collections = shapely.geometrycollections(cells, indices=area[inside] - 1)
    dissolved = shapely.coverage_union_all(collections[:, None], axis=1)
    # A tolerance of nothing drops only the corners of cells that lie on a straight edge.
    parts, of_area = shapely.get_parts(shapely.simplify(dissolved, 0.0), return_index=True)
    return pa.array(shapely.to_wkb(shapely.multipolygons(parts, indices=of_area)), pa.binary())


def write_layer(out: Path, layer: str, geometry_type: str, columns: dict[str, pa.Array]) -> None:
    """Write one layer through Arrow; the column ``geometry`` holds WKB."""
    pyogrio.write_arrow(
        pa.table(columns),
        out,
        layer=layer,
        driver="GPKG",
        geometry_name="geometry",
        geometry_type=geometry_type,
        crs=CRS,
    )


def write_areas(out: Path, units: dict[str, Ints], area: Ints) -> None:
    """Write the layer of areas."""
    n_areas = int(area.max(initial=0))

    def per_area(values: Ints) -> Ints:
        return np.bincount(area, values, minlength=n_areas + 1)[1:].astype(np.int64)

    columns = {
        "area": pa.array(np.arange(1, n_areas + 1)),
        "residents": pa.array(per_area(units["residents"])),
        "units": pa.array(per_area(np.ones(area.size, np.int64))),
    }
    for place, key in enumerate(KEYS):
        rate = ratio(per_area(units[f"n{place}"]), per_area(units[f"d{place}"]))
        columns[f"rate_{key}"] = pa.array(rate, from_pandas=True)
    columns["geometry"] = outline(units["row"], units["col"], area)
    write_layer(out, "areas", "MultiPolygon", columns)


def write_units(out: Path, units: dict[str, Ints], scores: dict[str, Floats | Ints], area: Ints) -> None:
    """Write the layer of units."""
    names = [f"100m_{row}_{col}" for row, col in zip(units["row"].tolist(), units["col"].tolist(), strict=True)]
    columns = {"unit_id": pa.array(names), "residents": pa.array(units["residents"])}
    columns |= {name: pa.array(values, from_pandas=True) for name, values in scores.items()}
    columns["area"] = pa.array(area, mask=area == 0)
    columns["geometry"] = cells_as_wkb(units["row"], units["col"])
    write_layer(out, "units", "Polygon", columns)


def main(folder: Path, out: Path) -> None:
    """Do the plain job on the registers of a folder."""
    with duckdb.connect() as connection:
        units = run(connection, folder)
    scores = score(units)
    area = number_areas(units, np.asarray(scores["composite"]) >= 1.0)
    out.unlink(missing_ok=True)
    write_areas(out, units, area)
    write_units(out, units, scores, area)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("registers", type=Path, help="the folder of the registers")
    parser.add_argument("result", type=Path, help="the GeoPackage to write")
    options = parser.parse_args()
    main(options.registers, options.result)
