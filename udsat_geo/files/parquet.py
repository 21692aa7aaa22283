"""GeoParquet 1.1 of every layer, plain Parquet of the tables (Arrow's own writer).

Source of the metadata: GeoParquet 1.1.0, https://geoparquet.org/releases/v1.1.0/.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.designation.columns import as_typed, describe_column, describe_layer
from udsat_geo.designation.layers import GEOMETRY, Layer, Layers
from udsat_geo.designation.summary import Summary
from udsat_geo.files.stored import as_written

BOX = "bbox"
"""The covering column: the box around each geometry, by which readers skip what lies elsewhere."""
ROWS_IN_GROUP = 65_536
"""Own choice: a city lies in one group, and of a country's cells a map of one town reads a few groups."""
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def write_parquet(stored: Layers, folder: Path, stem: str) -> None:
    """Write a file for each layer, ``STEM_LAYER.parquet``.

    Raises
    ------
    OSError
        If one cannot be written.
    """
    import pyarrow.parquet

    for layer in stored:
        table = _described(layer, stored)
        pyarrow.parquet.write_table(
            table,
            folder / f"{stem}_{layer.name}.parquet",
            compression="zstd",
            row_group_size=ROWS_IN_GROUP,
            write_page_index=True,
        )


def _described(layer: Layer, stored: Layers) -> Any:
    """A layer's table with its box column, and titles and meanings as metadata of file and columns."""
    import pyarrow as pa
    import shapely

    language, criteria = stored.language, stored.criteria
    table, metadata = layer.table, {}
    if layer.geometry_type is not None:
        shapes = shapely.from_wkb(table[GEOMETRY].to_numpy())
        boxes = shapely.bounds(shapes)
        metadata["geo"] = json.dumps(_geo(layer, shapes, boxes))
        table = table.append_column(BOX, _box_column(boxes))
    told = describe_layer(layer.name, language)
    metadata["udsat_geo"] = json.dumps(
        {
            "layer": layer.name,
            "title": told.title,
            "description": told.text,
            "geometry_type": layer.geometry_type,
            "year": stored.year,
            "source": stored.summary.source,
            "policy": stored.summary.policy.id,
            "policy_sha256": stored.summary.policy.sha256,
            "version": stored.summary.version,
        },
        ensure_ascii=False,
    )
    fields = []
    for field in table.schema:
        meaning = describe_column(layer.name, field.name, language, criteria)
        told_of = {} if meaning is None else {"title": meaning.title, "description": meaning.text}
        fields.append(field.with_metadata(told_of))
    return table.cast(pa.schema(fields, metadata))


def _box_column(bounds: Any) -> Any:
    """The box around each geometry as a struct; none of none and of empty ones. `bounds` is float64 (n, 4)."""
    import pyarrow as pa

    corners = [pa.array(np.ascontiguousarray(bounds[:, i])) for i in range(4)]
    return pa.StructArray.from_arrays(corners, list(_CORNERS), mask=pa.array(np.isnan(bounds[:, 0])))


def _geo(layer: Layer, shapes: Any, bounds: Any) -> dict[str, Any]:
    """The metadata that make a Parquet file GeoParquet."""
    import shapely

    kinds = np.unique(shapely.get_type_id(shapes))
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [_KINDS[kind] for kind in kinds.tolist() if kind in _KINDS],
        "crs": None if layer.crs is None else _projjson(layer.crs),
        "edges": "planar",
        "covering": {"bbox": {corner: [BOX, corner] for corner in _CORNERS}},
    }
    known = bounds[~np.isnan(bounds[:, 0])]
    if len(known):
        column["bbox"] = [*known[:, :2].min(axis=0).tolist(), *known[:, 2:].max(axis=0).tolist()]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


_KINDS = {0: "Point", 3: "Polygon", 6: "MultiPolygon"}


def _projjson(crs: str) -> Any:
    import pyproj

    return json.loads(pyproj.CRS.from_user_input(crs).to_json())


def read_parquet_layer(path: Path, name: str, summary: Summary) -> Layer:
    """One layer from its file.

    Raises
    ------
    ValueError
        If it cannot be read, or is not as this product writes it.
    """
    import pyarrow as pa
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from None
    metadata = table.schema.metadata or {}
    if b"geo" not in metadata:
        return Layer(name, as_typed(name, table))
    try:
        crs = json.loads(metadata[b"geo"])["columns"][GEOMETRY]["crs"]
        kind = json.loads(metadata[b"udsat_geo"])["geometry_type"]
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{path.name} does not say what it holds ({error})") from None
    table = as_typed(name, table.drop_columns(BOX))
    return Layer(name, table, kind, as_written(None if crs is None else json.dumps(crs), summary))
