"""Positions, geometries, reference systems and unit tables."""

# ruff: noqa: E501 (a row of the table stands on one line)
from __future__ import annotations

from pathlib import Path

import spoiling as s
from bad_input.row import CELLS, CELLS_CSV, POLICY, RAW, ZONES, Row


def garbage_crs(folder: Path) -> None:
    """A GeoParquet unit table with a reference system that is none."""
    import pyarrow.parquet as pq

    path = folder / "units.parquet"
    s.good_units().to_parquet(path)
    content = pq.read_table(path)
    metadata = dict(content.schema.metadata)
    metadata[b"geo"] = (
        b'{"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": "EPSG:nonsense"}}}'
    )
    pq.write_table(content.replace_schema_metadata(metadata), path)


PLACES = (
    Row("addresses without a CRS", s.address_layer(None), RAW, ("addresses.gpkg: does not say its reference system",)),
    Row(
        "unknown CRS of addresses",
        s.write("raw/registers.toml", '[addresses]\ncrs = "EPSG:999999"\n'),
        RAW,
        ("registers.toml: addresses.crs", "'EPSG:999999' is not known", "EPSG code"),
    ),
    Row(
        "other CRS of addresses",
        s.write("raw/registers.toml", '[addresses]\ncrs = "EPSG:27700"\n'),
        RAW,
        ("addresses.parquet, columns easting and northing: positions outside the area that EPSG:25832 is used in",),
    ),
    Row(
        "unknown CRS in the policy",
        s.replace("zones_utm.toml", "25832", "999999"),
        "--units {d}/units.gpkg --policy {d}/zones_utm.toml",
        ("ready-made: units.crs", "'EPSG:999999' is not known", "EPSG code"),
    ),
    Row(
        "degrees in a policy over registers",
        s.replace("policy.toml", "size = 100", 'size = 100\ncrs = "EPSG:4326"'),
        POLICY,
        ("units.crs", "EPSG:4326, whose positions are not metres", "EPSG:25832"),
    ),
    Row(
        "units in another CRS",
        s.units(lambda f: f.to_crs(25833)),
        "--units {d}/units.gpkg --policy {d}/zones_utm.toml",
        ("units.gpkg: is in EPSG:25833, the policy's units in EPSG:25832", "reproject_from"),
    ),
    Row(
        "units in degrees",
        s.units(lambda f: f.to_crs(4326)),
        ZONES,
        ("units.gpkg: is in EPSG:4326, whose positions are not metres", "reproject_from"),
    ),
    Row(
        "units without a CRS",
        s.units(lambda f: f.set_crs(None, allow_override=True)),
        ZONES,
        ("units.gpkg: does not say its reference system",),
    ),
    Row(
        "garbage CRS of units",
        garbage_crs,
        "--units {d}/units.parquet --policy {d}/zones.toml",
        ("units.parquet", "reference system", "is not known"),
    ),
    Row(
        "mixed geometries",
        s.unit_values("geometry", {3: s.POINT}),
        ZONES,
        ("units.gpkg: geometries that are no polygons (1 row)", "Keep polygons only"),
    ),
    Row(
        "grid ids too large",
        s.unit_values("id", {0: "100m_" + "9" * 23 + "_1"}),
        CELLS,
        ("grid ids that do not read as", "(1 row)"),
    ),
    Row(
        "a column that the engine uses",
        s.then(
            s.units(lambda f: f.assign(row_of_unit=1)),
            s.replace("zones.toml", 'residents = "people"', 'residents = "row_of_unit"'),
        ),
        ZONES,
        ("units.gpkg, column row_of_unit", "Rename"),
    ),
    Row(
        "bow-tie",
        s.unit_values("geometry", {0: s.BOW_TIE}),
        ZONES,
        ("units.gpkg: invalid geometries (1 row)", "Self-intersection", "Fix geometries"),
    ),
    Row(
        "missing and empty geometries",
        s.unit_values("geometry", {1: None, 2: s.EMPTY}),
        ZONES,
        ("units.gpkg: units without a geometry (2 rows)", "Remove them or draw them"),
    ),
    Row(
        "several faulty geometries",
        s.unit_values("geometry", {0: s.BOW_TIE, 1: None, 2: s.POINT}),
        ZONES,
        ("invalid geometries", "without a geometry", "no polygons"),
    ),
    Row(
        "duplicate unit ids",
        s.unit_values("id", {1: "A", 2: "A", 3: "A"}),
        ZONES,
        ("units.gpkg, column id: duplicate keys (2 rows)", "'A' stands 3 times"),
    ),
    Row(
        "missing unit ids",
        s.unit_values("id", {1: None, 2: " "}),
        ZONES,
        ("units.gpkg, column id: empty ids (2 rows)", "Give every unit an id"),
    ),
    Row(
        "no id column",
        s.units(lambda f: f.rename(columns={"id": "ids"})),
        ZONES,
        ("units.gpkg, column id: is missing", "Did you mean 'ids'?"),
    ),
    Row(
        "units CSV without ids",
        s.replace("cells.csv", "id,people", "number,people"),
        CELLS_CSV,
        ("cells.csv, column id: is missing", "number"),
    ),
    Row(
        "grid ids that do not parse",
        s.unit_values("id", {1: "1km_6174_719", 2: "cell 2"}),
        CELLS,
        (
            "units.gpkg, column id: grid ids that do not read as 100m_{northing}_{easting} (2 rows)",
            "'1km_6174_719'",
            "id_pattern",
        ),
    ),
    Row(
        "grid ids that contradict the geometry",
        s.units(lambda f: f.assign(geometry=f.translate(100, 0))),
        CELLS,
        ("units.gpkg: cells that do not lie where their id says (64 rows)", "100m_61740_7190 lies in 100m_61740_7191"),
    ),
    Row(
        "zones without geometry",
        s.nothing,
        "--units {d}/cells.csv --policy {d}/zones.toml",
        ("cells.csv: holds no geometries", "Zones need polygons"),
    ),
    Row(
        "negative residents of a unit",
        s.unit_values("people", {0: -5.0, 1: -6.0}),
        ZONES,
        ("units.gpkg, people: residents that are no whole number of at least 0 (2 rows)", "-5.0", "[units] missing"),
    ),
    Row(
        "residents of a unit not whole",
        s.unit_values("people", {0: 1.5}),
        ZONES,
        ("residents that are no whole number of at least 0 (1 row)",),
    ),
    Row(
        "infinite residents of a unit",
        s.unit_values("people", {0: float("inf")}),
        ZONES,
        ("units.gpkg, column people: infinite numbers (1 row)",),
    ),
    Row(
        "unit policy without units",
        s.nothing,
        "--policy {d}/zones.toml --registers {d}/raw",
        ("its criteria are columns of a unit table", "--units"),
    ),
    Row(
        "units with a policy over registers",
        s.nothing,
        "--units {d}/units.gpkg --policy {d}/policy.toml",
        ("criteria of kbh-2017 read registers", "--registers"),
    ),
    Row(
        "two layers",
        lambda d: s.good_units().to_file(d / "units.gpkg", layer="more"),
        ZONES,
        ("units.gpkg: holds several layers: units, more", "units.gpkg|layername=units"),
    ),
    Row(
        "no such layer",
        s.nothing,
        "--units {d}/units.gpkg|layername=none --policy {d}/zones.toml",
        ("units.gpkg: cannot be read", "none"),
    ),
)
