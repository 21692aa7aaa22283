"""What survives a round trip through each format: hostile values written, read back, and told as a table.

    python scripts/round_trips.py [--database postgresql://USER@HOST/DATABASE]

Every cell of the table is found out, not claimed: the kind of value alone is put into a designation, written and read.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from udsat_geo.designation.columns import type_of
from udsat_geo.designation.layers import GEOMETRY, Layer, Layers, differences, without_geometry
from udsat_geo.designation.summary import Summary, as_json
from udsat_geo.files.delimited import write_csv
from udsat_geo.files.flatgeobuf import write_flatgeobuf
from udsat_geo.files.geojson import write_geojson
from udsat_geo.files.geopackage import steady_gdal, write_layer
from udsat_geo.files.parquet import write_parquet
from udsat_geo.files.postgis import database_of, write_database
from udsat_geo.files.read import read_layers
from udsat_geo.files.workbook import LONGEST, write_workbook

CRS = "EPSG:25832"
COLUMNS = {
    "areas": "area_id name district residents units area_ha composite criteria_exceeded rate_low gap_low since event "
    "until number exceeded reason",
    "units": "unit_id residents rate_low gap_low composite criteria_with_rate role area_id decided_by short reason "
    "exceeded qualified",
    "changes": "event area_id previous_ids residents_added residents_removed residents_kept",
    "changed_units": "unit_id event previous_area_id area_id residents",
    "near_misses": "demand criterion short residents units composite criteria_exceeded reason",
    "status": "criterion areas rest_of_city gap city",
    "overrides": "action unit_id reason decided_by date units units_changed",
}
KINDS = {"status": None, "overrides": None}
"""What geometries are; those of units vary, and the others are MultiPolygon."""
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
            column: pa.array([_value(name, column, number, row) for number, row in enumerate(rows)], type_of(column))
            for column in columns.split()
        }
        kind = units if name in ("units", "changed_units") else KINDS.get(name, "MultiPolygon")
        if kind is not None:
            drawn = [row.get(GEOMETRY, _box(number, kind)) for number, row in enumerate(rows)]
            wkb = [None if shape is None else shapely.to_wkb(shape) for shape in drawn]
            arrays[GEOMETRY] = pa.array(wkb, pa.binary())
        layers[name] = Layer(name, pa.table(arrays), kind, None if kind is None else CRS)
    return Layers(_summary(layers, language), layers)


def _value(layer: str, column: str, number: int, row: dict[str, Any]) -> Any:
    return row.get(column, f"{layer}-{number}" if column == IDS.get(layer) else None)


def _box(number: int, kind: str) -> Any:
    box = shapely.box(720_000 + 100 * number, 6_170_000, 720_100 + 100 * number, 6_170_100)
    return {"MultiPolygon": shapely.MultiPolygon([box]), "Point": box.centroid}.get(kind, box)


def _summary(layers: dict[str, Layer], language: str) -> Summary:
    content = {
        "year": 2025,
        "source": "registers",
        "policy": {"id": "small", "file": "small.toml", "sha256": "0" * 64, "extends": []},
        "version": "1",
        "inputs": [{"name": "=residents.csv", "sha256": "1" * 64, "rows": 3}],
        "settings": None,
        "counts": {"residents_unplaced": 2},
        "notes": ["<script>a</script>", 'null \0, quote ", new\r\nline'],
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
    """A format: how a designation is written to a place, and read back from there.

    Attributes
    ----------
    write : callable
        The designation and a folder -> where `read_layers` finds it.
    drawn : bool
        Whether it holds geometries.
    """

    write: Callable[[Layers, Path], str | Path]
    drawn: bool = True

    def through(self, stored: Layers) -> Layers:
        """The designation, written and read back."""
        with tempfile.TemporaryDirectory() as folder:
            return read_layers(self.write(stored, Path(folder)))


def _files(write: Callable[[Layers, Path, str], None]) -> Callable[[Layers, Path], Path]:
    def written(stored: Layers, folder: Path) -> Path:
        write(stored, folder, "designation_2025")
        (folder / "designation_2025.json").write_text(as_json(stored.summary), encoding="utf-8")
        return folder

    return written


def _geopackage(stored: Layers, folder: Path, stem: str) -> None:
    with steady_gdal(stored.year):
        for layer in stored:
            write_layer(folder / f"{stem}.gpkg", layer)


def into_database(address: str) -> Callable[[Layers, Path], str]:
    """Writes into the schema ``round_trips`` of a database."""
    place = f"{address}{'&' if '?' in address else '?'}schema=round_trips"

    def written(stored: Layers, _: Path) -> str:
        write_database(stored, database_of(place))
        return place

    return written


DOORS = {
    "gpkg": Door(_files(_geopackage)),
    "parquet": Door(_files(write_parquet)),
    "fgb": Door(_files(write_flatgeobuf)),
    "geojson": Door(_files(write_geojson)),
    "csv": Door(_files(write_csv), drawn=False),
    "xlsx": Door(_files(write_workbook), drawn=False),
}


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


def tried(door: Door, content: Content) -> str:
    """What becomes of a designation on its way through a format: ``exact``, or what else."""
    stored = designation_of(content)
    read = door.through(stored)
    if _names(read) == [f"{name[: LONGEST - 1]}…" for name in _names(stored) or [""]]:
        return "cut, and said"
    attributes = differences(without_geometry(stored), without_geometry(read))
    if attributes or not _draws(content):
        return "; ".join(attributes) or "exact"
    if not door.drawn:
        return "not held"
    found = differences(stored, read)
    return ("within 1 mm" if farthest(stored, read) < 1e-3 else "; ".join(found)) if found else "exact"


def _names(stored: Layers) -> list[str]:
    return [name for name in stored.layers["areas"].table["name"].to_pylist() if name is not None]


def _draws(content: Content) -> bool:
    """Whether it is geometries that are tried."""
    return any(GEOMETRY in row for rows in content.values() for row in rows)


def farthest(one: Layers, other: Layers) -> float:
    """How far, in metres, a corner of one designation lies from the same corner of another; infinite without one.

    Rings are taken in the direction of RFC 7946.
    """
    most = 0.0
    for layer in one:
        if layer.geometry_type is not None:
            pair = [_shapes(stored.layers[layer.name]) for stored in (one, other)]
            if not np.array_equal(*(shapely.is_missing(shapes) for shapes in pair)):
                return float("inf")
            corners = [shapely.get_coordinates(shapely.orient_polygons(shapes)) for shapes in pair]
            if corners[0].shape != corners[1].shape:
                return float("inf")
            most = max(most, float(np.hypot(*(corners[0] - corners[1]).T).max(initial=0.0)))
    return most


def _shapes(layer: Layer) -> Any:
    return shapely.from_wkb(layer.table[GEOMETRY].to_numpy())


def table(doors: Mapping[str, Door]) -> str:
    """What survives, as Markdown."""
    head = ["", *doors]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name, content in TRIALS.items():
        lines.append(f"| {' | '.join([name, *(tried(door, content) for door in doors.values())])} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="What survives a round trip through each format.")
    parser.add_argument("--database", metavar="URL", help="A PostGIS database to try as well, in a schema round_trips.")
    arguments = parser.parse_args()
    doors = dict(DOORS)
    if arguments.database is not None:
        doors["postgis"] = Door(into_database(arguments.database))
    print(table(doors))


if __name__ == "__main__":
    main()
