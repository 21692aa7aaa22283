"""One SELECT that turns the raw rows of a table into the contract's columns, and the count of what is wrong with them.

For each column there is a value expression (NULL where the cell is empty or cannot be used) and zero or more
faults: conditions on the raw cell that are counted in one pass. A fault either stops the run or is only reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from udsat_geo.errors import InputError, Problem
from udsat_geo.registers.dialect import first_broken_row
from udsat_geo.registers.schema import AGES, COLUMNS, COUNTRIES, DANISH, WESTERN, Column
from udsat_geo.registers.sql import literal, quoted
from udsat_geo.registers.tables import TableSource, is_whole_type

_TEXT_NUMBER = {
    ".": r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$",
    ",": r"^\s*[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?\s*$",
}
"""By decimal sign. The other sign is none: read as one, a thousand would become a thousandth of itself."""

_LARGEST_WHOLE = 2**53
"""Up to here every whole number is exact in a double."""


@dataclass(frozen=True)
class Fault:
    """A condition that a row should not meet.

    Attributes
    ----------
    name : str
        Under which it is counted in the summary.
    column : str
        The file's column.
    condition : str
        SQL over the raw row; true is faulty.
    what, remedy : str
        For the message.
    stops : bool
        Whether the run stops, or the row is only counted.
    """

    name: str
    column: str
    condition: str
    what: str
    remedy: str
    stops: bool = True


@dataclass(frozen=True)
class CleanTable:
    """A table with the contract's columns.

    Attributes
    ----------
    source : TableSource
    values : dict
        Our column name -> SQL over the raw row.
    faults : tuple of Fault
    decimal : {".", ","}
        The decimal sign of its numbers, where they are text.
    """

    source: TableSource
    values: dict[str, str]
    faults: tuple[Fault, ...]
    decimal: str = "."

    @property
    def notes(self) -> tuple[str, ...]:
        """How the file was read, where that had to be found out."""
        if self.source.dialect is None:
            return ()
        return (f"{self.source.path.name}: {self.source.dialect.with_decimal(self.decimal)}",)

    def select(self, extra: str = "") -> str:
        """SQL of the clean rows, as a parenthesised subquery.

        Parameters
        ----------
        extra : str
            Further columns, each preceded by a comma.
        """
        columns = ", ".join(f"{value} AS {quoted(name)}" for name, value in self.values.items())
        return f"(SELECT {columns}{extra} FROM {self.source.relation})"


def clean_table(connection: duckdb.DuckDBPyConnection, source: TableSource) -> CleanTable:
    """How a table is cleaned: numbers from text by the file's decimal sign, codes recoded and checked."""
    decimal = _decimal_of(connection, source)
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for column in COLUMNS[source.name]:
        in_file = source.column_in_file(column.name)
        if in_file is not None:
            value, found = _clean_column(source, column, in_file, decimal)
        elif column.name == "origin" and source.column_in_file("origin_country") is not None:
            value, found = _origin_from_country(source)
        else:
            continue
        values[column.name] = value
        faults += found
    return CleanTable(source, values, tuple(faults), decimal)


def _clean_column(source: TableSource, column: Column, in_file: str, decimal: str) -> tuple[str, list[Fault]]:
    raw, kind = quoted(in_file), source.types[in_file]
    if column.kind == "key":
        return _key(raw, kind), _key_faults(raw, kind, column.name, in_file)
    if column.kind == "code":
        return _code(source, column, in_file)
    if column.kind == "boolean":
        return _boolean(raw, kind, column, in_file)
    value, faults = _number(raw, kind, column, in_file, decimal)
    if column.name == "age":
        low, high = AGES
        odd = f"({value}) NOT BETWEEN {low} AND {high}"
        faults.append(
            Fault("residents_with_impossible_age", in_file, odd, f"ages outside {low}-{high}", "", stops=False)
        )
        value = f"CASE WHEN ({value}) BETWEEN {low} AND {high} THEN {value} END"
    if column.name == "area_m2":
        faults.append(
            Fault(
                "area_negative",
                in_file,
                f"({value}) < 0",
                "negative floor areas",
                "Leave unknown areas empty.",
            )
        )
    return value, faults


def _key(raw: str, kind: str) -> str:
    """Keys are compared as text, so that a table that holds them as numbers fits one that holds them as text."""
    if is_whole_type(kind) or kind == "HUGEINT":
        return f"CAST({raw} AS VARCHAR)"
    if kind in ("DOUBLE", "FLOAT"):
        return f"CAST(TRY_CAST({raw} AS BIGINT) AS VARCHAR)"
    return f"nullif({raw}, '')" if kind == "VARCHAR" else f"nullif(CAST({raw} AS VARCHAR), '')"


def _key_faults(raw: str, kind: str, name: str, in_file: str) -> list[Fault]:
    """Keys in a column of floating point numbers (what pandas makes of integers with gaps) must be exact integers."""
    if kind not in ("DOUBLE", "FLOAT"):
        return []
    largest = 2**53 if kind == "DOUBLE" else 2**24
    broken = f"NOT isnan({raw}) AND ({raw} <> floor({raw}) OR abs({raw}) >= {largest})"
    what = "keys that are not whole numbers, or too large to be exact in this type"
    return [Fault(f"{name}_not_exact", in_file, broken, what, "Write keys as text or integers.")]


def _code(source: TableSource, column: Column, in_file: str) -> tuple[str, list[Fault]]:
    value = _recoded(source, column.name, in_file)
    codes = ", ".join(literal(code) for code in column.codes)
    fault = Fault(
        f"unknown_{column.name}",
        in_file,
        f"({value}) NOT IN ({codes})",
        "unknown codes",
        f"Known: {', '.join(column.codes)}; recode in registers.toml: [{source.name}.values.{column.name}].",
    )
    return value, [fault]


def _recoded(source: TableSource, name: str, in_file: str) -> str:
    kind = source.types[in_file]
    raw = quoted(in_file) if kind == "VARCHAR" else f"CAST({quoted(in_file)} AS VARCHAR)"
    value = f"nullif(trim({raw}), '')" if source.dialect is not None else f"nullif({raw}, '')"
    recode = source.settings.values.get(name)
    if not recode:
        return value
    whens = " ".join(f"WHEN {literal(theirs)} THEN nullif({literal(ours)}, '')" for theirs, ours in recode.items())
    return f"CASE {value} {whens} ELSE {value} END"


def _origin_from_country(source: TableSource) -> tuple[str, list[Fault]]:
    in_file = source.column_in_file("origin_country") or "origin_country"
    country = f"upper({_recoded(source, 'origin_country', in_file)})"
    danish = ", ".join(literal(code) for code in DANISH)
    western = ", ".join(literal(code) for code in WESTERN)
    value = (
        f"CASE WHEN {country} IN ({danish}) THEN 'danish' WHEN {country} IN ({western}) THEN 'western' "
        f"WHEN {country} IS NOT NULL THEN 'non_western' END"
    )
    known = ", ".join(literal(code) for code in sorted(COUNTRIES))
    fault = Fault(
        "unknown_origin_country",
        in_file,
        f"{country} NOT IN ({known})",
        "unknown country codes",
        "Use ISO 3166-1 alpha-2, or recode in registers.toml: [residents.values.origin_country].",
    )
    return value, [fault]


def _number(raw: str, kind: str, column: Column, in_file: str, decimal: str) -> tuple[str, list[Fault]]:
    whole = column.kind == "whole"
    wanted = "whole numbers" if whole else "numbers"
    remedy = f"Write {wanted}, or leave the cell empty."
    if is_whole_type(kind):
        return raw, []
    if kind == "VARCHAR":
        text = f"replace({raw}, ',', '.')" if decimal == "," else raw
        empty = f"nullif(trim({raw}), '')"
        pattern = literal(_TEXT_NUMBER[decimal])
        value = f"CASE WHEN regexp_matches({raw}, {pattern}) THEN TRY_CAST(trim({text}) AS DOUBLE) END"
        bad = f"{empty} IS NOT NULL AND ({value}) IS NULL"
        faults = [Fault(f"{column.name}_not_a_number", in_file, bad, "text where a number belongs", remedy)]
    elif kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL") or kind in ("HUGEINT", "UBIGINT"):
        value = f"CAST({raw} AS DOUBLE)"
        faults = []
    else:
        value = "CAST(NULL AS DOUBLE)"
        bad = f"{raw} IS NOT NULL"
        faults = [Fault(f"{column.name}_not_a_number", in_file, bad, f"{kind} where a number belongs", remedy)]
    infinite = f"NOT isfinite({value})"
    faults.append(Fault(f"{column.name}_not_finite", in_file, infinite, "NaN or infinite values", remedy))
    if whole:
        broken, large = f"({value}) <> floor({value})", f"isfinite({value}) AND abs({value}) > {_LARGEST_WHOLE}"
        faults.append(Fault(f"{column.name}_not_whole", in_file, broken, "numbers that are not whole", remedy))
        faults.append(Fault(f"{column.name}_too_large", in_file, large, "numbers too large to be exact", remedy))
        value = f"TRY_CAST({value} AS BIGINT)"
    return value, faults


def _boolean(raw: str, kind: str, column: Column, in_file: str) -> tuple[str, list[Fault]]:
    if kind == "BOOLEAN":
        return raw, []
    text = f"lower(trim(CAST({raw} AS VARCHAR)))"
    value = (
        f"CASE WHEN {text} IN ('true', 't', '1', '1.0', 'yes', 'ja') THEN TRUE "
        f"WHEN {text} IN ('false', 'f', '0', '0.0', 'no', 'nej') THEN FALSE END"
    )
    bad = f"nullif({text}, '') IS NOT NULL AND ({value}) IS NULL"
    return value, [Fault(f"{column.name}_not_boolean", in_file, bad, "neither true nor false", "Write true or false.")]


def _decimal_of(connection: duckdb.DuckDBPyConnection, source: TableSource) -> str:
    """The decimal sign of a CSV file, from all its numbers.

    Raises
    ------
    InputError
        If numbers with a decimal point and numbers with a decimal comma stand in it, so that one cannot tell.
    """
    if source.dialect is None:
        return "."
    if source.settings.decimal is not None:
        return source.settings.decimal
    names = [source.column_in_file(c.name) for c in COLUMNS[source.name] if c.kind in ("whole", "number")]
    columns = [quoted(name) for name in names if name is not None]
    commas = " + ".join(f"count(*) FILTER (regexp_matches({c}, '^\\s*[+-]?\\d*,\\d+\\s*$'))" for c in columns) or "0"
    points = " + ".join(f"count(*) FILTER (regexp_matches({c}, '^\\s*[+-]?\\d*\\.\\d+\\s*$'))" for c in columns) or "0"
    with_comma, with_point = fetch_one(connection, source, f"SELECT {commas}, {points} FROM {source.relation}")
    if with_comma and with_point:
        raise InputError(
            Problem(
                source.path.name,
                f"{with_comma:,} numbers have a decimal comma and {with_point:,} a decimal point",
                f'Say which one it is in registers.toml: [{source.name}] decimal = ",".',
            )
        )
    return "," if with_comma else "."


def fetch_one(connection: duckdb.DuckDBPyConnection, source: TableSource, query: str) -> tuple[int, ...]:
    """The one row of a query over a table; a table that cannot be read to its end is told as such."""
    with reading(source):
        row = connection.execute(query).fetchall()[0]
    return tuple(row)


@contextmanager
def reading(source: TableSource) -> Iterator[None]:
    """Tell a table that cannot be read to its end as such, a CSV file by its first broken row."""
    try:
        yield
    except duckdb.Error as error:
        broken = None if source.dialect is None else first_broken_row(source.path, source.dialect)
        if broken is not None:
            remedy = "Mend it; look for separators and quotes that belong to a value."
            raise InputError(Problem(source.path.name, f"cannot be read: {broken}", remedy)) from None
        lines = [line for line in str(error).strip().split("\n") if line.strip()]
        reason = " ".join(lines[:3])[:400]
        raise InputError(Problem(source.path.name, f"cannot be read: {reason}", "Export the table again.")) from None
