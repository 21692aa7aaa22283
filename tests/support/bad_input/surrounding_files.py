"""Files of barriers, places, parcels and overrides that are damaged, lie elsewhere, or say what nobody can use."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
from shapely.geometry import LineString, Point, Polygon, box

import spoiling as s
from bad_input.row import RAW, Row

MIDDLE = 350
"""Metres north and east of the corner: inside the town of the registers."""
LINE = LineString([(s.WEST, s.SOUTH + MIDDLE), (s.WEST + 800, s.SOUTH + MIDDLE)])
BLOCK = box(s.WEST, s.SOUTH, s.WEST + MIDDLE, s.SOUTH + MIDDLE)
CELL = "100m_61742_7192"
HEAD = "unit_id,action,reason,decided_by,date\n"
LOCAL = 'ENGCRS["site",EDATUM["site"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'  # no EPSG

BARRIERS, PLACES = RAW + " --barriers {d}/b.gpkg", RAW + " --places {d}/p.gpkg"
PARQUET, OVERRIDES = RAW + " --barriers {d}/b.parquet", RAW + " --overrides {d}/o.csv"


def layer(file: str, geometry: Sequence[Any], crs: Any = "EPSG:25832", **columns: Any) -> s.Spoil:
    """Write a layer, GeoParquet where the name says so."""

    def spoil(folder: Path) -> None:
        made = gpd.GeoDataFrame(columns or {"number": range(len(geometry))}, geometry=list(geometry), crs=crs)
        path = folder / file
        if path.suffix == ".parquet":
            made.to_parquet(path)
        else:
            made.to_file(path, layer=path.stem)

    return spoil


def geo(metadata: dict[str, Any] | bytes) -> s.Spoil:
    """Barriers as GeoParquet that says something else of its geometries."""

    def spoil(folder: Path) -> None:
        import pyarrow.parquet as pq

        path = folder / "b.parquet"
        layer("b.parquet", [LINE])(folder)
        content = pq.read_table(path)
        told = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
        pq.write_table(content.replace_schema_metadata({b"geo": told}), path)

    return spoil


def latin1_name(folder: Path) -> None:
    """A GeoPackage whose texts are Latin-1, against its own rule."""
    layer("p.gpkg", [BLOCK], name=["?"])(folder)
    with sqlite3.connect(folder / "p.gpkg") as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        connection.execute("UPDATE p SET name = CAST(x'4EF8' AS TEXT)")
    connection.close()


def overrides(*rows: str, encoding: str = "utf-8") -> s.Spoil:
    """Write a table of overrides."""
    return s.write("o.csv", (HEAD + "".join(f"{row}\n" for row in rows)).encode(encoding))


_SYSTEMS = (
    Row("barriers without a CRS", layer("b.gpkg", [LINE], None), BARRIERS, ("b.gpkg: does not say its reference",)),
    Row(
        "barriers on the Moon",
        layer("b.gpkg", [LineString([(0, 0), (1, 1)])], "IAU_2015:30100"),
        BARRIERS,
        ("b.gpkg: is in", "Moon", "from which no way leads to EPSG:25832", "Reproject the file"),
    ),
    Row(
        "barriers on a plan of their own",
        layer("b.parquet", [LINE], LOCAL),
        PARQUET,
        ("b.parquet: is in site, which has no positions on the Earth's surface",),
    ),
    Row(
        "places in space",
        layer("p.gpkg", [BLOCK], "EPSG:4978", name=["A"]),
        PLACES,
        ("p.gpkg: is in EPSG:4978, which has no positions on the Earth's surface",),
    ),
    Row(
        "places in metres that claim to be degrees",
        layer("p.gpkg", [BLOCK], "EPSG:4326", name=["A"]),
        PLACES,
        ("p.gpkg: positions that EPSG:25832 cannot hold (1 row)", "Check its reference system"),
    ),
    Row(
        "a parcel with a corner that is no number",
        layer("q.parquet", [Polygon([(s.WEST, s.SOUTH), (s.WEST, float("nan")), (s.WEST + 9, s.SOUTH)])]),
        RAW + " --parcels {d}/q.parquet",
        ("q.parquet: coordinates that are no finite numbers (1 row)", "Export the file again"),
    ),
)

_FILES = (
    Row("barriers are a folder", s.nothing, RAW + " --barriers {d}/raw", ("raw: cannot be read",)),
    Row(
        "a folder called like a table",
        lambda d: (d / "o.csv").mkdir(),
        OVERRIDES,
        ("o.csv: is a folder without Parquet files",),
    ),
    Row(
        "a barrier file cut in half",
        s.then(layer("b.gpkg", [LINE]), s.cut("b.gpkg")),
        BARRIERS,
        ("b.gpkg: cannot be read", "Check that GDAL opens it"),
    ),
    Row(
        "barriers of several layers",
        s.then(layer("b.gpkg", [LINE]), lambda d: s.good_units().to_file(d / "b.gpkg", layer="more")),
        BARRIERS,
        ("b.gpkg: holds several layers: b, more", "b.gpkg|layername=b"),
    ),
    Row("a name that no file has", s.nothing, RAW + " --barriers " + "x" * 5000, ("the name is too long",),),
    Row("several files missing", s.nothing, BARRIERS + " --places {d}/p.gpkg --overrides {d}/o.csv",
        ("b.gpkg: no such file", "p.gpkg: no such file", "o.csv: no such file")),
    Row(
        "two files of barriers beside the registers",
        s.then(layer("raw/barriers.gpkg", [LINE]), layer("raw/barriers.geojson", [LINE])),
        RAW,
        ("raw: more than one file of barriers: barriers.gpkg, barriers.geojson", "Keep one, or name it"),
    ),
    Row(
        "crossings beside the registers without barriers",
        layer("raw/crossings.gpkg", [Point(s.WEST, s.SOUTH)]),
        RAW,
        ("crossings.gpkg: opens barriers, and there are none",),
    ),
    Row("GeoParquet that says nothing", geo(b"{"), PARQUET, ("b.parquet: its metadata do not say where geometries",)),
    Row(
        "GeoParquet that names a column that is not there",
        geo({"primary_column": "shape", "columns": {"shape": {"encoding": "WKB"}}}),
        PARQUET,
        ("b.parquet: says that its geometries stand in a column shape, which is not there",),
    ),
    Row(
        "GeoParquet in another encoding",
        geo({"primary_column": "geometry", "columns": {"geometry": {"encoding": "linestring"}}}),
        PARQUET,
        ("b.parquet: its geometries are encoded as linestring", "WKB"),
    ),
    Row("names that are no UTF-8", latin1_name, PLACES, ("p.gpkg, column name: holds values that cannot be read",)),
    Row(
        "faults of all files at once",
        s.then(
            layer("b.gpkg", [Point(s.WEST, s.SOUTH)]),
            layer("p.gpkg", [s.BOW_TIE], name=["A"]),
            layer("q.gpkg", [BLOCK, BLOCK]),
            overrides("100m_1_1,include,new homes,the council,2021-06-24"),
        ),
        BARRIERS + " --places {d}/p.gpkg --parcels {d}/q.gpkg --overrides {d}/o.csv",
        (
            "b.gpkg: geometries that are neither lines nor polygons (1 row)",
            "p.gpkg: invalid geometries (1 row), for example 'A'",
            "q.gpkg: parcels that overlap (1 row), for example rows 1 and 2",
            "o.csv, column unit_id: units that do not exist (1 row)",
        ),
    ),
)  # fmt: skip

_OVERRIDES = (
    Row(
        "a unit both included and excluded",
        overrides(f"{CELL},include,new homes,X,2021-06-24", f"{CELL},exclude,a school,X,2021-06-24"),
        OVERRIDES,
        (f"o.csv: units that are both included and excluded (1 row), for example {CELL} (rows 1, 2)",),
    ),
    Row(
        "a date as it is written elsewhere",
        overrides(f"{CELL},include,r,X,03-04-2021", f"{CELL},include,r,X,2021-04-03"),
        OVERRIDES,
        ("o.csv, column date: dates that cannot be read (1 row), for example row 1. Write them as 2025-03-31",),
    ),
    Row(
        "a reason with a comma that is not quoted",
        overrides(f"{CELL},include,noise, dust,X,2021-06-24"),
        OVERRIDES,
        ("o.csv: cannot be read: row 1 (line 2) has 6 fields, the header 5",),
    ),
    Row(
        "a note between the overrides",
        overrides(f"{CELL},include,r,X,2021-06-24", "# decided in June"),
        OVERRIDES,
        ("o.csv: cannot be read: row 2 (line 3) has 1 fields, the header 5",),
    ),
    Row(
        "a quote that is not closed",
        overrides(f'{CELL},include,"r,X,2021-06-24'),
        OVERRIDES,
        ("o.csv: cannot be read", "unclosed quote"),
    ),
    Row(
        "an override in Latin-1 without a reason",
        overrides(f"{CELL},include,,Nørrebro Lokaludvalg,2021-06-24", encoding="latin-1"),
        OVERRIDES,
        ("o.csv, column reason: overrides without reason (1 row)",),
    ),
    Row(
        "a polygon that holds no unit",
        layer("o.gpkg", [box(0, 0, 1, 1)], action=["exclude"], reason=["r"], decided_by=["X"], date=["2021-06-24"]),
        RAW + " --overrides {d}/o.gpkg",
        ("o.gpkg: polygons in which no unit's centre lies (1 row), for example row 1",),
    ),
    Row(
        "an override without a polygon",
        layer("o.gpkg", [LINE], action=["exclude"], reason=["r"], decided_by=["X"], date=["2021-06-24"]),
        RAW + " --overrides {d}/o.gpkg",
        ("o.gpkg: overrides without a valid polygon (1 row)",),
    ),
)

SURROUNDING_FILES = (*_SYSTEMS, *_FILES, *_OVERRIDES)
