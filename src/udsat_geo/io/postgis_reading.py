"""The tables of a designation in PostGIS as layers again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from udsat_geo.io.delimited import table_of_text
from udsat_geo.io.earlier import is_summary
from udsat_geo.io.gdal_layers import as_written
from udsat_geo.io.layers import GEOMETRY, LAYERS, Layer
from udsat_geo.io.schema import as_typed, type_of
from udsat_geo.io.stored import Stored

if TYPE_CHECKING:
    import psycopg


def read_schema(connection: psycopg.Connection[Any], schema: str, postgis: str) -> Stored:
    """A designation from its schema.

    Parameters
    ----------
    connection : psycopg.Connection
    schema : str
        Holds a designation of ours.
    postgis : str
        The schema that PostGIS lives in.

    Raises
    ------
    ValueError, KeyError
        If it is not as this product writes it.
    psycopg.Error
        If it cannot be read.
    """
    from psycopg import sql

    query = sql.SQL("SELECT summary_text FROM {}").format(sql.Identifier(schema, "about"))
    found = connection.execute(query).fetchall()
    if len(found) != 1:
        raise ValueError(f"{schema}.about has {len(found)} rows")
    summary = json.loads(found[0][0])
    if not is_summary(summary):
        raise ValueError(f"{schema}.about holds no summary")
    layers = {}
    for name in LAYERS:
        columns = _columns_of(connection, schema, name)
        if columns:
            layers[name] = _read_layer(connection, schema, name, columns, postgis, summary)
    return Stored(summary, layers)


def _columns_of(connection: psycopg.Connection[Any], schema: str, name: str) -> dict[str, str]:
    """Column -> type as PostgreSQL writes it; empty where there is no such table."""
    query = (
        "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a "
        "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    )
    return {str(column): str(kind) for column, kind in connection.execute(query, (schema, name)).fetchall()}


def _read_layer(
    connection: psycopg.Connection[Any],
    schema: str,
    name: str,
    columns: dict[str, str],
    postgis: str,
    summary: dict[str, Any],
) -> Layer:
    import pyarrow as pa
    from psycopg import sql

    names = [column for column in columns if column != "fid"]
    drawn = sql.SQL("pg_catalog.encode({}({}, 'NDR'), 'hex') AS {}").format(
        sql.Identifier(postgis, "st_asbinary"), sql.Identifier(GEOMETRY), sql.Identifier(GEOMETRY)
    )
    wanted = [drawn if column == GEOMETRY else sql.Identifier(column) for column in names]
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY fid) TO STDOUT (FORMAT csv, HEADER)")
    with connection.cursor().copy(query.format(sql.SQL(", ").join(wanted), sql.Identifier(schema, name))) as copy:
        content = b"".join(bytes(block) for block in copy)
    types = {column: pa.string() if column == GEOMETRY else type_of(column) for column in names}
    table = table_of_text(content, types)
    if GEOMETRY not in names:
        return Layer(name, as_typed(name, table))
    shapes = [None if text is None else bytes.fromhex(text) for text in table[GEOMETRY].to_pylist()]
    table = table.drop_columns(GEOMETRY).append_column(GEOMETRY, pa.array(shapes, type=pa.binary()))
    declared = re.fullmatch(r".*geometry\((\w+),([0-9]+)\)", columns[GEOMETRY])
    if declared is None:
        raise ValueError(f"{name}.{GEOMETRY} is a {columns[GEOMETRY]}")
    return Layer(name, as_typed(name, table), declared.group(1), as_written(f"EPSG:{declared.group(2)}", summary))
