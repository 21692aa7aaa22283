"""GeoJSON of every layer and table, as RFC 7946 has it: longitude and latitude on WGS 84, exteriors counterclockwise.

A table is a collection of features without geometry. Numbers are written so that they come back as they are; positions
come back within a millimetre.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation.columns import describe_layer, type_of
from udsat_geo.designation.layers import GEOMETRY, Layer, Layers
from udsat_geo.designation.summary import Summary
from udsat_geo.messages.errors import OutputError, Problem
from udsat_geo.sources.crs import reproject

WGS84 = "OGC:CRS84"
DECIMALS = 9
"""Of a degree: 0.1 mm on the ground. RFC 7946 holds six for enough to find a place; these are to be read back."""
_AT_ONCE = 50_000


def write_geojson(stored: Layers, folder: Path, stem: str) -> None:
    """Write a file for each layer, ``STEM_LAYER.geojson``.

    Raises
    ------
    OutputError
        If positions have no longitude and latitude.
    OSError
        If one cannot be written.
    """
    for layer in stored:
        shapes = _positions(layer)
        with (folder / f"{stem}_{layer.name}.geojson").open("w", encoding="utf-8", newline="\n") as file:
            file.write(_head(layer, shapes, stored))
            for start in range(0, len(layer.table), _AT_ONCE):
                part = slice(start, start + _AT_ONCE)
                features = _features(layer.table.slice(start, _AT_ONCE), None if shapes is None else shapes[part])
                file.write((",\n" if start else "") + ",\n".join(features))
            file.write("\n]}\n")


def _positions(layer: Layer) -> NDArray[np.object_] | None:
    """The geometries of a layer in longitude and latitude, rings by the right-hand rule; None of a table."""
    import shapely

    if layer.geometry_type is None or layer.crs is None:
        return None
    shapes = reproject(shapely.from_wkb(layer.table[GEOMETRY].to_numpy()), layer.crs, WGS84, layer.name)
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        what = f"positions of {layer.crs} that have no longitude and latitude"
        raise OutputError(Problem("--format geojson", what, "Leave geojson out."))
    rounded = shapely.transform(shapes, lambda xy: xy.round(DECIMALS) + 0.0)
    turned: NDArray[np.object_] = shapely.orient_polygons(rounded)
    return turned


def _head(layer: Layer, shapes: NDArray[np.object_] | None, stored: Layers) -> str:
    """Everything of a collection before its features; members that the RFC does not have are free to be there."""
    import shapely

    told = describe_layer(layer.name, stored.language)
    head: dict[str, Any] = {"type": "FeatureCollection", "name": layer.name}
    head |= {"title": told.title, "description": told.text}
    head |= {"year": stored.year, "source": stored.summary.source, "policy": stored.summary.policy.id}
    if layer.geometry_type is not None:
        head["geometry_type"] = layer.geometry_type
    head["columns"] = [column for column in layer.table.column_names if column != GEOMETRY]
    if shapes is not None:
        bounds = shapely.total_bounds(shapes).tolist() if len(shapes) else [float("nan")]
        head |= {} if np.isnan(bounds).any() else {"bbox": bounds}
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n'


def _features(table: Any, shapes: NDArray[np.object_] | None) -> list[str]:
    """Each row as a feature, in a line."""
    import shapely

    attributes = [column for column in table.column_names if column != GEOMETRY]
    members = [
        [f"{json.dumps(name)}: {text}" for text in _as_json(table[name].combine_chunks())] for name in attributes
    ]
    if shapes is None:
        drawn = ["null"] * len(table)
    else:
        drawn = ["null" if text is None else text for text in shapely.to_geojson(shapes).tolist()]
    return [
        f'{{"type": "Feature", "properties": {{{", ".join(row)}}}, "geometry": {geometry}}}'
        for row, geometry in zip(zip(*members, strict=True), drawn, strict=True)
    ]


def _as_json(column: Any) -> list[str]:
    """The values of a column as JSON; texts that repeat are turned once."""
    import pyarrow as pa

    if not pa.types.is_string(column.type):
        return ["null" if value is None else value for value in column.cast(pa.string()).to_pylist()]
    coded = column.dictionary_encode()
    texts = [*(json.dumps(text, ensure_ascii=False) for text in coded.dictionary.to_pylist()), "null"]
    return [texts[-1 if code is None else code] for code in coded.indices.to_pylist()]


def read_geojson_layer(path: Path, name: str, summary: Summary) -> Layer:
    """One layer from its file, in the reference system of its designation; rings run as the RFC has them.

    Raises
    ------
    ValueError, KeyError
        If it is no such file, or not as this product writes it.
    """
    import pyarrow as pa

    try:
        collection = json.loads(path.read_text(encoding="utf-8"))
        columns, features = collection["columns"], collection["features"]
        kind = collection.get("geometry_type")
        arrays = {
            column: pa.array([feature["properties"][column] for feature in features], type=type_of(column))
            for column in columns
        }
        if kind is not None:
            arrays[GEOMETRY] = _as_binary([feature["geometry"] for feature in features], summary.crs or "")
    except (TypeError, RecursionError, OSError, pa.ArrowInvalid) as error:
        raise ValueError(f"{path.name}: {str(error).splitlines()[0]}") from None
    return Layer(name, pa.table(arrays), kind, None if kind is None else summary.crs)


def _as_binary(geometries: list[Any], crs: str) -> Any:
    import pyarrow as pa
    import shapely

    texts = np.array([None if geometry is None else json.dumps(geometry) for geometry in [*geometries, None]])[:-1]
    try:
        shapes = shapely.from_geojson(texts)
    except shapely.errors.GEOSException as error:
        raise ValueError(str(error)) from None
    return pa.array(list(shapely.to_wkb(reproject(shapes, WGS84, crs))), type=pa.binary())
