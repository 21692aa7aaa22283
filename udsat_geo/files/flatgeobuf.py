"""FlatGeobuf of every layer and table (GDAL through pyogrio): streamed over HTTP, with a spatial index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from udsat_geo.designation.columns import describe_column, describe_layer
from udsat_geo.designation.layers import GEOMETRY, TABLES, Layer, Layers
from udsat_geo.designation.summary import Summary
from udsat_geo.files.stored import as_layer
from udsat_geo.sources.features import geometry_column, read_layer

ROW = "row"
"""A column that only these files have: the spatial index puts features into an order of its own."""
_ROW_TEXTS = {
    "da": ("Række", "Rækkens nummer i tabellen, fra 1; filens egen orden er det rumlige indeks'."),
    "en": ("Row", "The number of the row in the table, from 1; the file's own order is the spatial index's."),
}


def write_flatgeobuf(stored: Layers, folder: Path, stem: str) -> None:
    """Write a file for each layer, ``STEM_LAYER.fgb``.

    Raises
    ------
    OSError, pyogrio.errors.DataSourceError
        If one cannot be written.
    """
    import pyogrio

    for layer in stored:
        told = describe_layer(layer.name, stored.language)
        spatial = layer.geometry_type is not None
        pyogrio.write_arrow(
            _described(layer, stored),
            folder / f"{stem}_{layer.name}.fgb",
            driver="FlatGeobuf",
            layer=layer.name,
            geometry_name=GEOMETRY if spatial else None,
            geometry_type=layer.geometry_type,
            crs=layer.crs,
            layer_options={
                "SPATIAL_INDEX": "YES" if spatial and _all_drawn(layer) else "NO",
                "TITLE": told.title,
                "DESCRIPTION": told.text,
            },
        )


def _all_drawn(layer: Layer) -> bool:
    """Whether every row has a geometry: the index holds no others."""
    import shapely

    shapes = shapely.from_wkb(layer.table[GEOMETRY].to_numpy())
    return not (shapely.is_missing(shapes) | shapely.is_empty(shapes)).any()


def _described(layer: Layer, stored: Layers) -> Any:
    """A layer's table with the rows numbered, and titles and meanings where GDAL looks for them."""
    import pyarrow as pa

    table = layer.table.add_column(0, ROW, pa.array(range(1, len(layer.table) + 1), type=pa.int64()))
    fields = []
    for field in table.schema:
        told = describe_column(layer.name, field.name, stored.language, stored.criteria)
        title, text = _ROW_TEXTS[stored.language] if told is None else (told.title, told.text)
        known = field.name != GEOMETRY
        metadata = {"GDAL:OGR:alternative_name": title, "GDAL:OGR:comment": text} if known else {}
        fields.append(field.with_metadata(metadata))
    return table.cast(pa.schema(fields))


def read_flatgeobuf_layer(path: Path, name: str, summary: Summary) -> Layer:
    """One layer from its file, its rows in their own order.

    Raises
    ------
    ValueError, KeyError
        If it cannot be read, or is not as this product writes it.
    """
    import pyarrow as pa

    meta, table = read_layer(path, None)
    table = table.sort_by(ROW).drop_columns(ROW)
    drawn = geometry_column(meta)
    if name not in TABLES:
        # no geometry and an empty one are written alike: units that are gone may have none, outlines may be empty
        nothing = None if name == "changed_units" else _EMPTY
        shapes = [shape or nothing for shape in table[drawn].to_pylist()]
        table = table.drop_columns(drawn).append_column(drawn, pa.array(shapes, type=pa.binary()))
    return as_layer(name, meta, table, summary)


_EMPTY = bytes.fromhex("010600000000000000")
"""An outline without ground, as well-known binary."""
