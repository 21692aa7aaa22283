"""Columns of Arrow tables as types that DuckDB reckons with."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from udsat_geo.messages.errors import Problem
from udsat_geo.messages.translate import _

_DIGITS = 38
"""The most that a decimal of DuckDB has."""


def readable(connection: duckdb.DuckDBPyConnection, column: Any, where: str) -> tuple[Any, Problem | None]:
    """A column as DuckDB can read it, its values unchanged.

    Parameters
    ----------
    connection : duckdb connection
    column : pyarrow.ChunkedArray
    where : str
        File and column, for the message.

    Returns
    -------
    column : pyarrow.ChunkedArray
    problem : Problem or None
        What is told where there is no way.
    """
    try:
        column = _converted(column)
        # its type alone: of no rows
        connection.from_arrow(pa.table({"column": column.slice(0, 0)})).fetchall()
    except (pa.ArrowException, duckdb.Error, UnicodeDecodeError) as error:
        what = _("is of the type {kind}, which cannot be reckoned with ({reason})")
        reason = str(error).strip().split("\n")[0]
        remedy = _("Export it as whole numbers, numbers or text.")
        return column, Problem(where, what.format(kind=column.type, reason=reason), remedy)
    return column, None


def _converted(column: Any) -> Any:
    """Half floats as floats, long decimals as decimals or floats, bytes as text; others as they are.

    A column of nothing at all is one of empty texts, as in CSV: it may be used as numbers or text.
    """
    kind = column.type
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    if pa.types.is_dictionary(kind):
        return _converted(column.cast(kind.value_type))
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    if pa.types.is_decimal(kind) and kind.precision > _DIGITS:
        try:
            return column.cast(pa.decimal128(_DIGITS, kind.scale))
        except pa.ArrowInvalid:
            return column.cast(pa.float64())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return column.cast(pa.binary()).cast(pa.string())
    return column
