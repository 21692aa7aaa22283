"""The layers of a designation as Arrow tables: what every format writes, and what reading one back gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation import Designation
from udsat_geo.io.columns import (
    Coded,
    Columns,
    area_columns,
    change_columns,
    changed_unit_columns,
    near_miss_columns,
    override_columns,
    status_columns,
    unit_columns,
)
from udsat_geo.outline import area_outlines, as_multipolygon, cells_as_wkb, points_as_wkb
from udsat_geo.units import Units

SPATIAL = ("areas", "units", "changes", "changed_units", "near_misses")
TABLES = ("status", "overrides")
LAYERS = (*SPATIAL, *TABLES)
"""All of them, in the order in which they are written."""
GEOMETRY = "geom"
"""The column that holds the geometries, as well-known binary."""
_POINT, _MULTI_POLYGON = 0, 6


@dataclass(frozen=True)
class Layer:
    """A layer or a table without geometry.

    Attributes
    ----------
    name : str
        One of `SPATIAL` or `TABLES`.
    table : pyarrow.Table
        Its columns; a spatial layer has `GEOMETRY` as well, the last, binary.
    geometry_type : str or None
        What its geometries are: ``Point``, ``Polygon`` or ``MultiPolygon``; None for a table.
    crs : str or None
    """

    name: str
    table: Any
    geometry_type: str | None = None
    crs: str | None = None


def layers_of(designation: Designation) -> Iterator[Layer]:
    """The layers of a designation, one by one: areas, units, changes, changed units, near misses, status, overrides.

    The table of overrides is there only where overrides were given.
    """
    import shapely

    crs = designation.units.crs
    outlines = shapely.to_wkb(designation.outline, include_srid=False)
    yield Layer("areas", as_table(area_columns(designation), outlines), "MultiPolygon", crs)
    wkb, kind = _unit_wkb(designation.units)
    yield Layer("units", as_table(unit_columns(designation), wkb), kind, crs)
    changes, changed = change_columns(designation)
    yield Layer("changes", as_table(changes, shapely.to_wkb(changed)), "MultiPolygon", crs)
    changed_unit, where = changed_unit_columns(designation)
    wkb, kind_of_changed = as_one_kind(where, kind)
    yield Layer("changed_units", as_table(changed_unit, wkb), kind_of_changed, crs)
    missed = shapely.to_wkb(near_miss_outlines(designation))
    yield Layer("near_misses", as_table(near_miss_columns(designation), missed), "MultiPolygon", crs)
    yield Layer("status", as_table(status_columns(designation)))
    if designation.overrides is not None:
        yield Layer("overrides", as_table(override_columns(designation)))


def near_miss_outlines(designation: Designation) -> NDArray[np.object_]:
    """The exact outlines of the near misses, one by one: two of them may share units."""
    misses = designation.near_misses
    outlines = np.empty(len(misses), dtype=object)
    for number, miss in enumerate(misses):
        group = np.full(len(designation.units), -1, dtype=np.int64)
        group[miss.members] = 0
        outlines[number] = area_outlines(designation.units, group, designation.policy.policy.areas.reach)[0]
    return outlines


def _unit_wkb(units: Units) -> tuple[Any, str]:
    if units.row is not None and units.col is not None and units.grid is not None:
        return cells_as_wkb(units.row, units.col, units.grid.size), "Polygon"
    if units.kind == "addresses":
        return points_as_wkb(units.easting, units.northing), "Point"
    return as_one_kind(np.empty(0, dtype=object) if units.geometry is None else units.geometry, "Polygon")


def as_one_kind(geometry: NDArray[np.object_], plain: str) -> tuple[Any, str]:
    """Geometries as well-known binary, and what a layer of them is declared as.

    Parameters
    ----------
    geometry : object (shapely or None), shape (n_rows,)
    plain : str
        What they are where none has several parts.
    """
    import shapely

    kinds = shapely.get_type_id(geometry)
    if plain == "MultiPolygon" or (kinds == _MULTI_POLYGON).any():
        drawn = [shape if shape is None else as_multipolygon(shape) for shape in geometry]
        return shapely.to_wkb(np.array([*drawn, None], dtype=object)[:-1]), "MultiPolygon"
    return shapely.to_wkb(geometry), "Point" if len(kinds) and (kinds == _POINT).all() else plain


def as_table(columns: Columns, wkb: Any = None) -> Any:
    """Columns, and geometries where there are any, as an Arrow table.

    Parameters
    ----------
    columns : Columns
        Each of shape (n_rows,).
    wkb : array of bytes, shape (n_rows,), optional
        Well-known binary: Python bytes, or fixed records without a copy.
    """
    import pyarrow as pa

    arrays = {name: to_arrow(values) for name, values in columns.items()}
    if wkb is not None:
        arrays[GEOMETRY] = _binary(wkb)
    return pa.table(arrays)


def to_arrow(values: Any) -> Any:
    """A column as an Arrow array; NaN becomes null, codes become their texts."""
    import pyarrow as pa

    if isinstance(values, Coded):
        codes = pa.array(values.codes, mask=values.codes < 0)
        dictionary = _storable(pa.array([str(value) for value in values.values], type=pa.string()))
        return pa.DictionaryArray.from_arrays(codes, dictionary).cast(pa.string())
    if isinstance(values, np.ma.MaskedArray):
        return pa.array(values.data, mask=np.ma.getmaskarray(values))
    if values.dtype == object:
        return _storable(pa.array(values.tolist(), type=pa.string()))
    if np.issubdtype(values.dtype, np.floating):
        # a zero has no sign: SQLite keeps none, and the layers are the same whatever they are written to
        values = np.ascontiguousarray(values) + values.dtype.type(0)
        return pa.array(values, mask=np.isnan(values))
    return pa.array(np.ascontiguousarray(values))


def _storable(texts: Any) -> Any:
    """Texts without the null character, which ends a text in GDAL and has no place in PostgreSQL."""
    import pyarrow.compute as pc

    return pc.replace_substring(texts, "\0", "\ufffd")


def _binary(wkb: Any) -> Any:
    """Well-known binary as an Arrow array: fixed records without a copy, or Python bytes."""
    import pyarrow as pa

    if isinstance(wkb, np.ndarray) and wkb.dtype != object:
        return _fixed_binary(wkb)
    return pa.array(list(wkb), type=pa.binary())


def _fixed_binary(records: NDArray[np.void]) -> Any:
    import pyarrow as pa

    width = records.dtype.itemsize
    # 32-bit offsets hold 2 GiB; larger layers take 64-bit ones
    large = len(records) * width >= 2**31 - 1
    offsets = np.arange(len(records) + 1, dtype=np.int64 if large else np.int32) * width
    kind = pa.large_binary() if large else pa.binary()
    return pa.Array.from_buffers(kind, len(records), [None, pa.py_buffer(offsets), pa.py_buffer(records)])
