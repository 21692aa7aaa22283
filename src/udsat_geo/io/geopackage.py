"""The GeoPackage of a designation: layers areas, units, changes, and the table status (GDAL through pyogrio)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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

_POINT, _MULTI_POLYGON = 0, 6
_FAST = {
    # the file is written aside and moved in when it is whole: a journal of its own would protect nothing
    "OGR_SQLITE_JOURNAL": "OFF",
    "OGR_SQLITE_SYNCHRONOUS": "OFF",
    # large pages write hundreds of thousands of features in two thirds of the time
    "OGR_SQLITE_PRAGMA": "page_size=16384,locking_mode=EXCLUSIVE",
}


def write_geopackage(designation: Designation, path: Path) -> None:
    """Write all layers; the same designation gives the same bytes.

    Parameters
    ----------
    designation : Designation
    path : Path
        Must not exist.

    Raises
    ------
    OSError, pyogrio.errors.DataSourceError
        If the file cannot be written.
    """
    import shapely

    with steady_gdal(designation.year):
        crs = designation.units.crs
        outlines = shapely.to_wkb(designation.outline, include_srid=False)
        write_layer(path, "areas", area_columns(designation), outlines, "MultiPolygon", crs, _stamp(designation))
        wkb, kind = _unit_wkb(designation.units)
        write_layer(path, "units", unit_columns(designation), wkb, kind, crs)
        changes, changed = change_columns(designation)
        write_layer(path, "changes", changes, shapely.to_wkb(changed), "MultiPolygon", crs)
        changed_unit, where = changed_unit_columns(designation)
        write_layer(path, "changed_units", changed_unit, *as_one_kind(where, kind), crs)
        missed = shapely.to_wkb(near_miss_outlines(designation))
        write_layer(path, "near_misses", near_miss_columns(designation), missed, "MultiPolygon", crs)
        write_layer(path, "status", status_columns(designation), None, None, None)
        if designation.overrides is not None:
            write_layer(path, "overrides", override_columns(designation), None, None, None)


@contextmanager
def steady_gdal(year: int) -> Iterator[None]:
    """Settings under which the same layers give the same bytes, fast.

    GDAL stamps a GeoPackage with the time of writing; here it is the last day of `year`.
    """
    import pyogrio

    settings: dict[str, Any] = {"OGR_CURRENT_DATE": f"{year}-12-31T00:00:00.000Z", **_FAST}
    pyogrio.set_gdal_config_options(settings)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(settings))


def near_miss_outlines(designation: Designation) -> NDArray[np.object_]:
    """The exact outlines of the near misses, one by one: two of them may share units."""
    misses = designation.near_misses
    outlines = np.empty(len(misses), dtype=object)
    for number, miss in enumerate(misses):
        group = np.full(len(designation.units), -1, dtype=np.int64)
        group[miss.members] = 0
        outlines[number] = area_outlines(designation.units, group, designation.policy.policy.areas.reach)[0]
    return outlines


def _stamp(designation: Designation) -> dict[str, str]:
    """What the file says of itself in its metadata; QGIS shows it under the layer's information."""
    policy = designation.policy
    return {
        "source": designation.inputs.source,
        "year": str(designation.year),
        "policy": policy.policy.id,
        "policy_sha256": policy.sha256,
    }


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


def write_layer(
    path: Path,
    layer: str,
    columns: Columns,
    wkb: Any,
    geometry_type: str | None,
    crs: str | None,
    metadata: dict[str, str] | None = None,
) -> None:
    """Add a layer; `metadata` of the whole file comes with the first one, which makes it."""
    import pyarrow as pa
    import pyogrio

    arrays = {name: to_arrow(values) for name, values in columns.items()}
    options: dict[str, Any] = {"driver": "GPKG", "append": path.exists(), "layer": layer}
    if wkb is not None:
        arrays["geom"] = _binary(wkb)
        options |= {"geometry_name": "geom", "geometry_type": geometry_type, "crs": crs}
        options["layer_options"] = {"GEOMETRY_NAME": "geom"}
    else:
        options |= {"geometry_name": None, "geometry_type": None, "crs": None}
        options["layer_options"] = {"ASPATIAL_VARIANT": "GPKG_ATTRIBUTES"}
    if metadata is not None:
        options["dataset_metadata"] = metadata
    # version 1.2 is what the GDAL of older QGIS releases reads without a warning
    pyogrio.write_arrow(pa.table(arrays), path, dataset_options={"VERSION": "1.2"}, **options)


def to_arrow(values: Any) -> Any:
    """A column as an Arrow array; NaN becomes null, codes become their texts."""
    import pyarrow as pa

    if isinstance(values, Coded):
        codes = pa.array(values.codes, mask=values.codes < 0)
        dictionary = pa.array([str(value) for value in values.values], type=pa.string())
        return pa.DictionaryArray.from_arrays(codes, dictionary).cast(pa.string())
    if isinstance(values, np.ma.MaskedArray):
        return pa.array(values.data, mask=np.ma.getmaskarray(values))
    if values.dtype == object:
        return pa.array(values.tolist(), type=pa.string())
    if np.issubdtype(values.dtype, np.floating):
        values = np.ascontiguousarray(values)
        return pa.array(values, mask=np.isnan(values))
    return pa.array(np.ascontiguousarray(values))


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
