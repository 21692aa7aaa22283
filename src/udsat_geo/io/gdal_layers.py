"""Layers as GDAL gives them, made into ours again."""

from __future__ import annotations

from typing import Any

from udsat_geo.io.layers import GEOMETRY, TABLES, Layer
from udsat_geo.io.schema import as_typed
from udsat_geo.vector import geometry_column, same_crs


def as_layer(name: str, meta: dict[str, Any], table: Any, summary: dict[str, Any]) -> Layer:
    """A layer of what `udsat_geo.vector.read_layer` gave, its columns of their types.

    Parameters
    ----------
    name : str
    meta : dict
    table : pyarrow.Table
    summary : dict
        The reference system is written as it writes it.

    Raises
    ------
    KeyError, ValueError
        If a column is not ours, or holds another type.
    """
    drawn = geometry_column(meta)
    if name in TABLES:
        return Layer(name, as_typed(name, table.drop_columns([drawn] if drawn in table.column_names else [])))
    columns = [column for column in table.column_names if column != drawn]
    ordered = table.select([*columns, drawn]).rename_columns([*columns, GEOMETRY])
    return Layer(name, as_typed(name, ordered), meta["geometry_type"], as_written(meta["crs"], summary))


def as_written(crs: str | None, summary: dict[str, Any]) -> str | None:
    """A reference system as the summary writes it, where it is the same."""
    told = summary.get("crs")
    return told if isinstance(told, str) and crs is not None and same_crs(told, crs) else crs
