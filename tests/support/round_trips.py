"""Designations of hostile values, written to a format and read back: what survives is found out, not claimed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from udsat_geo.designation.columns import DESCRIBED, GEOMETRY, KEY, LAYERS, TABLES, type_of
from udsat_geo.designation.layers import Layer, Layers, differences
from udsat_geo.designation.summary import Summary, as_json, read_summary_text
from udsat_geo.files.formats import write_csv, write_flatgeobuf, write_geojson, write_parquet
from udsat_geo.files.geopackage import steady_gdal, write_layer
from udsat_geo.files.postgis import database_of, write_database
from udsat_geo.files.read import read_layers
from udsat_geo.files.workbook import write_workbook
from udsat_geo.messages.words import printable

CRS = "EPSG:25832"
COLUMNS = {
    name: [
        column.name.replace(KEY, "low")
        for column in DESCRIBED[name].columns
        if (name, column.name) != ("units", "name")
    ]
    for name in LAYERS
}
"""Layer -> its columns, of a policy with one criterion."""
IDS = {"areas": "area_id", "units": "unit_id"}

Rows = list[dict[str, Any]]
Content = Mapping[str, Rows]
"""Layer -> its rows: column -> value; columns that are not named are missing values, the geometry is shapely's."""


def designation_of(content: Content, language: str = "da", units: str = "Polygon") -> Layers:
    """A designation that holds such rows, with ids where a layer needs them; `units` is what those are."""
    layers = {}
    for name, columns in COLUMNS.items():
        rows = content.get(name, [])
        arrays = {
            column: pa.array(
                [_value(name, column, number, row) for number, row in enumerate(rows)], type_of(name, column)
            )
            for column in columns
        }
        kind = kind_of(name, units)
        if kind is not None:
            drawn = [row.get(GEOMETRY, _box(number, kind)) for number, row in enumerate(rows)]
            wkb = [None if shape is None else shapely.to_wkb(shape) for shape in drawn]
            arrays[GEOMETRY] = pa.array(wkb, pa.binary())
        layers[name] = Layer(name, pa.table(arrays), kind, None if kind is None else CRS)
    return Layers(_summary(layers, language), layers)


def kind_of(layer: str, units: str) -> str | None:
    """What the geometries of a layer are; `units` is what those of units are."""
    if layer in TABLES:
        return None
    if layer in ("units", "changed_units"):
        return units
    return "MultiLineString" if layer == "ground_lines" else "MultiPolygon"


def _value(layer: str, column: str, number: int, row: dict[str, Any]) -> Any:
    return row.get(column, f"{layer}-{number}" if column == IDS.get(layer) else None)


def _box(number: int, kind: str) -> Any:
    box = shapely.box(720_000 + 100 * number, 6_170_000, 720_100 + 100 * number, 6_170_100)
    lines = shapely.MultiLineString([box.exterior.coords[:2]])
    return {"MultiPolygon": shapely.MultiPolygon([box]), "Point": box.centroid, "MultiLineString": lines}.get(kind, box)


def _summary(layers: dict[str, Layer], language: str) -> Summary:
    content = {
        "year": 2025,
        "source": "registers",
        "policy": {"id": "small", "file": "small.toml", "sha256": "0" * 64, "extends": []},
        "version": "1",
        "inputs": [{"name": "=residents.csv", "sha256": "1" * 64, "rows": 3}],
        "settings": None,
        "counts": {"residents_unplaced": 2},
        "notes": ["<script>a</script>", 'quote ", new\nline\tand a tab'],
        "language": language,
        "units": len(layers["units"].table),
        "crs": CRS,
        "residents": 2**53 + 1,
        "residents_in_areas": 1,
        "share_of_residents": 0.1 + 0.2,
        "criteria": [{"key": "low", "label": "=Lav", "unit": "share", "share": True, "worse": "high", "limit": None}],
        "areas": [
            {"area_id": area_id, "name": "", "residents": 1, "units": 1, "composite": None, "since": 2025}
            for area_id in layers["areas"].table["area_id"].to_pylist()
        ],
        "changes": None,
    }
    return Summary.model_validate(content)


# --- formats ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """A format that is read back: `write` puts a designation into a folder, and says where `read_layers` finds it."""

    write: Callable[[Layers, Path], str | Path]

    def through(self, layers: Layers) -> Layers:
        """The designation, written and read back."""
        with tempfile.TemporaryDirectory() as folder:
            return read_layers(self.write(layers, Path(folder)))


def _files(write: Callable[[Layers, Path, str], None]) -> Callable[[Layers, Path], Path]:
    def written(layers: Layers, folder: Path) -> Path:
        write(layers, folder, "designation_2025")
        (folder / "designation_2025.json").write_text(as_json(layers.summary), encoding="utf-8")
        return folder

    return written


def _geopackage(layers: Layers, folder: Path, stem: str) -> None:
    with steady_gdal(layers.year):
        for layer in layers:
            write_layer(folder / f"{stem}.gpkg", layer)


def into_database(address: str) -> Callable[[Layers, Path], str]:
    """Writes into the schema ``round_trips`` of a database."""
    place = f"{address}{'&' if '?' in address else '?'}schema=round_trips"

    def written(layers: Layers, _: Path) -> str:
        write_database(layers, database_of(place))
        return place

    return written


DOORS = {"gpkg": Door(_files(_geopackage)), "parquet": Door(_files(write_parquet))}
"""The formats of files that are read back."""
WRITERS = {
    **{name: door.write for name, door in DOORS.items()},
    "fgb": _files(write_flatgeobuf),
    "geojson": _files(write_geojson),
    "csv": _files(write_csv),
    "xlsx": _files(write_workbook),
}
"""All formats of files that hold layers: a designation and a folder -> where it lies."""


# --- what is tried ------------------------------------------------------------------------------------------

TEXTS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "'=x", "''=x", "'", "''", "'x", "＝1", "#N/A", " ", " x ",
    "a\r\nb", "a\nb", "a\rb", '"', '""', 'a"b;c,d\te', "<script>alert(1)</script>", "&amp;", "]]>", "_x0041_",
    "_x000D_", "_x005F_x0041_", "\x01\x1f\x7f\x85", "\ufffe\uffff", "עברית \u202eabc", "مرحبا", "😀", "e\u0301é",
    "2020-01-01", "12:00", "1e5", "1,5", "0012", "true", "null", "NaN", '{"a": 1}', "[1]", "\\N", "\\.", "\u2028",
    "\ufeffx", "%20", "'; DROP TABLE areas; --", "x" * 10_000,
]  # fmt: skip
"""Texts that some format or reader takes for something else."""
NUMBERS = [0.1 + 0.2, 5e-324, 1.7976931348623157e308, -1e-300, 1 / 3, 0.0, 123456789.123456789, 1e22, 1e-5]
WHOLE_NUMBERS = [0, -1, 2**53 + 1, 2**63 - 1, -(2**63)]


def _outlines() -> list[Any]:
    ring = shapely.Polygon([(0, 0), (0, 9), (9, 9), (9, 0)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    shapes = [shapely.MultiPolygon([ring, shapely.box(10.1, 0, 12.34567, 3)]), shapely.MultiPolygon([ring])]
    return [shapely.transform(shape, lambda xy: xy + np.array([720_000.0, 6_170_000.0])) for shape in shapes]


TRIALS: dict[str, Content] = {
    "any text": {"areas": [{"name": text} for text in TEXTS], "overrides": [{"reason": text} for text in TEXTS]},
    "text longer than a cell holds": {"areas": [{"name": "x" * 40_000}]},
    "empty text or none": {"areas": [{"name": "", "event": None}, {"name": None, "event": ""}]},
    "whole numbers of 64 bits": {"units": [{"residents": number} for number in [*WHOLE_NUMBERS, None]]},
    "numbers to the last bit": {
        "units": [{"rate_low": number} for number in [*NUMBERS, None]],
        "status": [{"criterion": "low", "areas": number} for number in NUMBERS],
    },
    "true, false or none": {"units": [{"qualified": flag} for flag in (True, False, None)]},
    "layers without rows": {},
    "order of rows": {"units": [{"unit_id": name} for name in ("c", "a", "d", "b")]},
    "geometries": {"areas": [{GEOMETRY: shape} for shape in _outlines()], "units": [{}, {}]},
    "empty and missing geometries": {
        "areas": [{GEOMETRY: shapely.MultiPolygon()}, {}],
        "changed_units": [{GEOMETRY: None}, {}],
    },
}
"""What is tried -> a designation that holds it."""


def as_read(layers: Layers) -> Layers:
    """What a reader makes of a designation: what a terminal would obey in a text stands there as signs."""

    def shown(table: pa.Table) -> pa.Table:
        for place, column in enumerate(table.column_names):
            if pa.types.is_string(table[column].type):
                texts = [None if text is None else printable(text) for text in table[column].to_pylist()]
                table = table.set_column(place, table.schema.field(column), pa.array(texts, pa.string()))
        return table

    read = {name: replace(layer, table=shown(layer.table)) for name, layer in layers.layers.items()}
    return Layers(read_summary_text(json.dumps(layers.summary.as_dict()), "summary"), read)


def tried(door: Door, content: Content) -> str:
    """What becomes of a designation on its way through a format: ``exact``, or what else."""
    layers = designation_of(content)
    return "; ".join(differences(as_read(layers), door.through(layers))) or "exact"
