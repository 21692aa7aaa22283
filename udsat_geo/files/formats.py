"""Formats with a file for each layer: GeoParquet, GeoJSON, FlatGeobuf and CSV. GeoParquet alone is read back.

Source of GeoParquet's metadata: GeoParquet 1.1.0, https://geoparquet.org/releases/v1.1.0/.
"""

from __future__ import annotations

import glob
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from udsat_geo.designation.columns import GEOMETRY, as_typed, describe_column, describe_layer
from udsat_geo.designation.layers import Layer, Layers
from udsat_geo.designation.summary import Summary
from udsat_geo.messages.tables import csv_text
from udsat_geo.messages.translate import N_, _

BOX = "bbox"
"""The covering column of GeoParquet: the box around each geometry, by which readers skip what lies elsewhere."""
ROWS_IN_GROUP = 65_536
"""Own choice: a city lies in one group, and of a country's cells a map of one town reads a few groups."""
DECIMALS = 9
"""Of a degree in GeoJSON: 0.1 mm on the ground, where RFC 7946 holds six for enough to find a place."""
ROW = "row"
"""A column that FlatGeobuf alone has: its spatial index puts features into an order of its own."""
_ROW_TITLE, _ROW_MEANING = (
    N_("Row"),
    N_("The number of the row in the table, from 1; the file's own order is the spatial index's."),
)
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_KINDS = {0: "Point", 3: "Polygon", 5: "MultiLineString", 6: "MultiPolygon"}


# --- CSV, GeoJSON and FlatGeobuf: written for others --------------------------------------------------------


def write_csv(layers: Layers, folder: Path, stem: str) -> None:
    """Write the attributes of each layer, ``STEM_LAYER.csv``, as spreadsheets of the language want them."""
    for layer in layers:
        names = [name for name in layer.table.column_names if name != GEOMETRY]
        columns = [_as_texts(layer.table[name], "," if layers.language == "da" else ".") for name in names]
        text = csv_text(names, zip(*columns, strict=True), layers.language)
        (folder / f"{stem}_{layer.name}.csv").write_bytes(text.encode("utf-8"))


def _as_texts(column: Any, decimal: str) -> list[str | None]:
    texts = column.cast(pa.string())
    if pa.types.is_floating(column.type):
        import pyarrow.compute as pc

        texts = pc.replace_substring(texts, ".", decimal)
    found: list[str | None] = texts.to_pylist()
    return found


def write_geojson(layers: Layers, folder: Path, stem: str) -> None:
    """Write each layer, ``STEM_LAYER.geojson``: longitude and latitude on WGS 84, exteriors counterclockwise."""
    head = {"year": layers.year, "source": layers.summary.source, "policy": layers.summary.policy.id}
    for layer in layers:
        told = describe_layer(layer.name, layers.language)
        members = {"type": "FeatureCollection", "title": told.title, **head}
        options = {"DESCRIPTION": told.text, "NATIVE_DATA": json.dumps(members, ensure_ascii=False),
                   "NATIVE_MEDIA_TYPE": "application/vnd.geo+json",
                   # a text is a text, even where it looks like JSON
                   "AUTODETECT_JSON_STRINGS": "NO"}  # fmt: skip
        if layer.geometry_type is not None:
            options |= {"RFC7946": "YES", "COORDINATE_PRECISION": str(DECIMALS)}
        _write_by_gdal(layer, layer.table, folder / f"{stem}_{layer.name}.geojson", "GeoJSON", options)


def write_flatgeobuf(layers: Layers, folder: Path, stem: str) -> None:
    """Write each layer, ``STEM_LAYER.fgb``: streamed over HTTP, with a spatial index."""
    for layer in layers:
        told = describe_layer(layer.name, layers.language)
        table = layer.table.add_column(0, ROW, pa.array(range(1, len(layer.table) + 1), type=pa.int64()))
        names = "GDAL:OGR:alternative_name", "GDAL:OGR:comment"
        fields = _described(table, layer, layers, names)
        of_row = (_(text, layers.language) for text in (_ROW_TITLE, _ROW_MEANING))
        fields[0] = fields[0].with_metadata(dict(zip(names, of_row, strict=True)))
        index = "YES" if layer.geometry_type is not None and _all_drawn(layer) else "NO"
        options = {"SPATIAL_INDEX": index, "TITLE": told.title, "DESCRIPTION": told.text}
        path = folder / f"{stem}_{layer.name}.fgb"
        _write_by_gdal(layer, table.cast(pa.schema(fields)), path, "FlatGeobuf", options)


def _described(table: Any, layer: Layer, layers: Layers, names: tuple[str, str]) -> list[Any]:
    """The fields of a table, the title and meaning of each as metadata of two names, where it has any."""
    fields = []
    for field in table.schema:
        told = describe_column(layer.name, field.name, layers.language, layers.criteria)
        fields.append(field.with_metadata({} if told is None else {names[0]: told.title, names[1]: told.text}))
    return fields


def _all_drawn(layer: Layer) -> bool:
    """Whether every row has a geometry: the index of a FlatGeobuf holds no others."""
    shapes = _shapes(layer)
    return not (shapely.is_missing(shapes) | shapely.is_empty(shapes)).any()


def _write_by_gdal(layer: Layer, table: Any, path: Path, driver: str, options: dict[str, str]) -> None:
    import pyogrio

    pyogrio.write_arrow(
        table,
        path,
        driver=driver,
        layer=layer.name,
        geometry_name=None if layer.geometry_type is None else GEOMETRY,
        geometry_type=layer.geometry_type,
        crs=layer.crs,
        layer_options=options,
    )


def _shapes(layer: Layer) -> Any:
    """The geometries of a layer, object (shapely or None), shape (n_rows,)."""
    return shapely.from_wkb(layer.table[GEOMETRY].to_numpy())


# --- GeoParquet ---------------------------------------------------------------------------------------------


def write_parquet(layers: Layers, folder: Path, stem: str) -> None:
    """Write each layer, ``STEM_LAYER.parquet``: GeoParquet 1.1, and plain Parquet where there are no geometries.

    Very many units are written by whoever has them, in parts that are called as `ends_of_parquet` says.
    """
    for layer, ends in zip(layers, _ends_by_layer(layers), strict=True):
        if layers.all_units is not None and layer.name == "units":
            plain = Layers(layers.summary, {})
            with layers.all_units.written(partial(_write_part, plain, replace(layer, table=None))) as written:
                for part, end in zip(written, ends, strict=True):
                    shutil.move(part, folder / f"{stem}{end}")
        else:
            _write_whole(layer, layers, folder / f"{stem}{ends[0]}")


def ends_of_parquet(layers: Layers) -> tuple[str, ...]:
    """How the names of the files end, after the stem: one for each layer, or for each part of very many units."""
    return tuple(end for ends in _ends_by_layer(layers) for end in ends)


def _ends_by_layer(layers: Layers) -> Iterator[tuple[str, ...]]:
    for layer in layers:
        many = layers.all_units is not None and layer.name == "units"
        n_parts = layers.all_units.n_parts if many and layers.all_units is not None else 0
        parts = tuple(f"_units_{number:05d}.parquet" for number in range(n_parts))
        yield parts or (f"_{layer.name}.parquet",)


def parts_of_units(folder: Path, stem: str) -> list[Path]:
    """The files of the parts of very many units, in their order; none where the layer is one file."""
    return sorted(folder.glob(f"{glob.escape(stem)}_units_[0-9][0-9][0-9][0-9][0-9].parquet"))


def _write_part(layers: Layers, like: Layer, table: Any, path: Path) -> None:
    _write_whole(replace(like, table=table), layers, path)


def _write_whole(layer: Layer, layers: Layers, path: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(
        _with_metadata(layer, layers),
        path,
        compression="zstd",
        row_group_size=ROWS_IN_GROUP,
        write_page_index=True,
    )


def _with_metadata(layer: Layer, layers: Layers) -> Any:
    """A layer's table with its box column, and titles and meanings as metadata of file and columns."""
    table, metadata, told = layer.table, {}, describe_layer(layer.name, layers.language)
    if layer.geometry_type is not None:
        boxes = shapely.bounds(_shapes(layer))
        metadata["geo"] = json.dumps(_geo(layer, boxes))
        corners = [pa.array(np.ascontiguousarray(boxes[:, i])) for i in range(4)]
        # no box of no geometry, and none of an empty one
        box = pa.StructArray.from_arrays(corners, list(_CORNERS), mask=pa.array(np.isnan(boxes[:, 0])))
        table = table.append_column(BOX, box)
    policy = layers.summary.policy
    metadata["udsat_geo"] = json.dumps(
        {
            "layer": layer.name,
            "title": told.title,
            "description": told.text,
            "geometry_type": layer.geometry_type,
            "year": layers.year,
            "source": layers.summary.source,
            "policy": policy.id,
            "policy_sha256": policy.sha256,
            "version": layers.summary.version,
        },
        ensure_ascii=False,
    )
    return table.cast(pa.schema(_described(table, layer, layers, ("title", "description")), metadata))


def _geo(layer: Layer, boxes: Any) -> dict[str, Any]:
    """The metadata that make a Parquet file GeoParquet; `boxes` is float64 (n, 4)."""
    import pyproj

    kinds = np.unique(shapely.get_type_id(_shapes(layer)))
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [_KINDS[kind] for kind in kinds.tolist() if kind in _KINDS],
        "crs": None if layer.crs is None else json.loads(pyproj.CRS.from_user_input(layer.crs).to_json()),
        "edges": "planar",
        "covering": {"bbox": {corner: [BOX, corner] for corner in _CORNERS}},
    }
    known = boxes[~np.isnan(boxes[:, 0])]
    if len(known):
        column["bbox"] = [*known[:, :2].min(axis=0).tolist(), *known[:, 2:].max(axis=0).tolist()]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def read_parquet_parts(paths: Sequence[Path], name: str, summary: Summary) -> Layer:
    """One layer of a designation from the GeoParquet files of its parts.

    Raises
    ------
    ValueError
        As of `read_parquet`, or if the parts have other columns.
    """
    parts = [read_parquet(path, name, summary) for path in paths]
    try:
        return replace(parts[0], table=pa.concat_tables([part.table for part in parts]))
    except pa.ArrowInvalid as error:
        raise ValueError(f"{paths[0].name}: {str(error).splitlines()[0]}") from None


def read_parquet(path: Path, name: str, summary: Summary) -> Layer:
    """One layer of a designation from its GeoParquet file.

    Raises
    ------
    ValueError
        If it cannot be read, or is not as this product writes it.
    """
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(f"{path.name}: {str(error).splitlines()[0]}") from None
    metadata = table.schema.metadata or {}
    if b"geo" not in metadata:
        return Layer(name, as_typed(name, table))
    try:
        crs = json.loads(metadata[b"geo"])["columns"][GEOMETRY]["crs"]
        kind = json.loads(metadata[b"udsat_geo"])["geometry_type"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(_("{file} does not say what it holds ({error})").format(file=path.name, error=error)) from None
    table = as_typed(name, table.drop_columns(BOX))
    return Layer(name, table, kind, summary.as_written(None if crs is None else json.dumps(crs)))
