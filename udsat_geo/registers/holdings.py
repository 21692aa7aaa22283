"""What registers or a table of units hold: empty rows of each column, codes with their rows, and medians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from udsat_geo.registers.cleaning import CleanTable
from udsat_geo.registers.column_types import readable
from udsat_geo.registers.guessing import summarise
from udsat_geo.registers.opening import open_registers
from udsat_geo.registers.schema import Column
from udsat_geo.sources.engine import connect, quoted

MOST_CODES = 60
"""A column with more values is no list of codes; own choice."""


@dataclass(frozen=True)
class ColumnHeld:
    """What a column holds.

    Attributes
    ----------
    table, name : str
    rows, empty : int
    codes : tuple of (str, int)
        Of a column of codes: each value and its rows, in order of the values.
    median : float or None
        Of a column of numbers that has any.
    """

    table: str
    name: str
    rows: int
    empty: int
    codes: tuple[tuple[str, int], ...] = ()
    median: float | None = None

    @property
    def share_empty(self) -> float:
        """Of its rows."""
        return self.empty / self.rows if self.rows else 0.0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        told = {"table": self.table, "column": self.name, "rows": self.rows, "empty": self.empty}
        return {**told, "codes": dict(self.codes), "median": self.median}


def holdings_of_folder(folder: Path, year: int | None = None) -> tuple[ColumnHeld, ...]:
    """What the registers of a folder hold, and a survey beside them, keys apart, as expressions of a policy see it.

    Raises
    ------
    InputError
        If they cannot be opened.
    """
    opened = open_registers(folder, may_lack_values=True, year=year, with_survey=True)
    surveys = () if opened.survey is None else (opened.survey,)
    held = [one for table in (*reversed(opened.tables), *surveys) for one in _held(opened.connection, table)]
    opened.connection.close()
    return tuple(held)


def _held(connection: duckdb.DuckDBPyConnection, table: CleanTable) -> list[ColumnHeld]:
    sources = (table, *(link.table for link in table.links))
    columns = [column for one in sources for column in one.source.columns if column.name in table.columns]
    named = {column.name: column for column in columns if column.kind != "key"}
    return [_column(connection, table.source.name, table.select(), column) for column in named.values()]


def _column(connection: duckdb.DuckDBPyConnection, table: str, relation: str, column: Column) -> ColumnHeld:
    name = quoted(column.name)
    if column.kind in ("whole", "number"):
        query = f"SELECT count(*), count({name}), median({name}) FROM {relation}"
        rows, filled, median = connection.execute(query).fetchall()[0]
        return ColumnHeld(table, column.name, rows, rows - filled, median=None if median is None else float(median))
    query = f"SELECT CAST({name} AS VARCHAR), count(*) FROM {relation} GROUP BY 1 ORDER BY 1 NULLS LAST"
    found = connection.execute(query).fetchall()
    codes = tuple((str(value), int(count)) for value, count in found if value is not None)
    rows = sum(count for _value, count in found)
    empty = rows - sum(count for _code, count in codes)
    is_list = column.kind in ("code", "boolean") and len(codes) <= MOST_CODES
    return ColumnHeld(table, column.name, rows, empty, codes if is_list else ())


def holdings_of_units(attributes: Any, missing: Sequence[float]) -> tuple[ColumnHeld, ...]:
    """What the columns of a table of units hold, those apart that cannot be reckoned with.

    Parameters
    ----------
    attributes : pyarrow.Table
    missing : sequence of float
        Numbers that stand for no value.
    """
    connection = connect()
    columns: dict[str, Any] = {}
    for name in dict.fromkeys(attributes.column_names):
        if attributes.column_names.count(name) == 1 and name.lower() not in {other.lower() for other in columns}:
            column, problem = readable(connection, attributes.column(name), name)
            if problem is None:
                columns[name] = column
    connection.register("attributes", pa.table(columns))
    codes = ", ".join(map(repr, missing))
    held = []
    for summary in summarise(connection, "attributes"):
        if summary.is_numeric:
            raw = quoted(summary.name)
            known = f"isfinite(CAST({raw} AS DOUBLE))" + (f" AND {raw} NOT IN ({codes})" if codes else "")
            relation = f"(SELECT CASE WHEN {known} THEN {raw} END AS {raw} FROM attributes)"
            held.append(_column(connection, "units", relation, Column(summary.name, "number")))
        else:
            kind = "code" if summary.kind in ("text", "boolean") and 2 * summary.distinct <= summary.rows else "key"
            held.append(_column(connection, "units", "attributes", Column(summary.name, kind)))  # type: ignore[arg-type]
    return tuple(held)
