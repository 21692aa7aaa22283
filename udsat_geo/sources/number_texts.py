"""Numbers that are written as text: by which signs, and whether a point or comma stands between thousands.

Expressions are DuckDB's SQL over a column of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from udsat_geo.messages.errors import Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal as words_of
from udsat_geo.sources.engine import literal, quoted

Decimal = Literal[".", ","]
Thousands = Literal[".", ",", " ", "'"]

_BETWEEN = {".": r"\.", ",": ",", " ": "[ \u00a0\u202f]", "'": "['’]"}
"""A sign between thousands, as a pattern: a space may be one that does not break a line."""


@dataclass(frozen=True)
class Writing:
    """How numbers are written.

    Attributes
    ----------
    decimal : {".", ","}
    thousands : str or None
        The sign that may stand between thousands.
    """

    decimal: Decimal = "."
    thousands: Thousands | None = None

    def matches(self, raw: str) -> str:
        """SQL of whether a text is a number so written."""
        whole, mark = r"\d+", r"\." if self.decimal == "." else ","
        if self.thousands is not None:
            whole = rf"(\d+|\d{{1,3}}({_BETWEEN[self.thousands]}\d{{3}})+)"
        pattern = rf"^\s*[+-]?({whole}{mark}?\d*|{mark}\d+)([eE][+-]?\d+)?\s*$"
        return f"regexp_matches({raw}, {literal(pattern)})"

    def value(self, raw: str) -> str:
        """SQL of the number that a text is, NULL where it is none."""
        digits = raw
        if self.thousands is not None:
            digits = f"regexp_replace({digits}, {literal(_BETWEEN[self.thousands])}, '', 'g')"
        if self.decimal == ",":
            digits = f"replace({digits}, ',', '.')"
        return f"CASE WHEN {self.matches(raw)} THEN TRY_CAST(trim({digits}) AS DOUBLE) END"


def told_writing(decimal: Decimal | None, thousands: Thousands | None) -> Writing | None:
    """How numbers are written where it was said; None where it has to be found out."""
    if decimal is None and thousands is None:
        return None
    return Writing(decimal or ("," if thousands == "." else "."), thousands)


@dataclass(frozen=True)
class Written:
    """How many texts of a column are written in what way.

    Attributes
    ----------
    filled : int
        Texts that are not empty.
    with_comma, with_point : int
        Numbers with that sign before decimals.
    grouped_by_comma, grouped_by_point : int
        Those of them that read as thousands too: 1 to 3 digits, not beginning with 0, then the sign and 3 digits.
    """

    filled: int
    with_comma: int
    with_point: int
    grouped_by_comma: int
    grouped_by_point: int

    def may_be_thousands(self, decimal: str) -> bool:
        """Whether every fraction of the column reads as thousands, so that nobody can tell."""
        fractions, grouped = (
            (self.with_comma, self.grouped_by_comma) if decimal == "," else (self.with_point, self.grouped_by_point)
        )
        return 0 < fractions == grouped


_FRACTION = r"^\s*[+-]?\d*{sign}\d+([eE][+-]?\d+)?\s*$"
_GROUP = r"^\s*[+-]?[1-9]\d{{0,2}}{sign}\d{{3}}\s*$"


def how_written(connection: duckdb.DuckDBPyConnection, relation: str, columns: dict[str, str]) -> dict[str, Written]:
    """How the texts of columns are written, in one pass.

    Parameters
    ----------
    connection : duckdb connection
    relation : str
        SQL of the rows.
    columns : dict
        Name -> SQL of its text.
    """
    if not columns:
        return {}
    counts = [f"count(nullif(trim({raw}), ''))" for raw in columns.values()]
    for pattern in (_FRACTION, _GROUP):
        for sign in (",", r"\."):
            # a text without the sign is passed over before the pattern, which takes long
            counts += [
                f"count(*) FILTER (contains({raw}, {literal(sign[-1])}) "
                f"AND regexp_matches({raw}, {literal(pattern.format(sign=sign))}))"
                for raw in columns.values()
            ]
    found = connection.execute(f"SELECT {', '.join(counts)} FROM {relation}").fetchall()[0]
    n = len(columns)
    return {name: Written(*(int(found[n * part + place]) for part in range(5))) for place, name in enumerate(columns)}


def thousands_problem(
    connection: duckdb.DuckDBPyConnection, relation: str, raw: str, where: str, written: Written, sign: str, key: str
) -> Problem:
    """What is asked of a column whose fractions all have three digits.

    Parameters
    ----------
    connection : duckdb connection
    relation, raw : str
        SQL of the rows, and of the column's text.
    where : str
        File and column.
    written : Written
        Of the column.
    sign : {".", ","}
        The decimal sign otherwise.
    key : str
        Where the answer is written, such as ``registers.toml: [residents]``.
    """
    pattern = literal(_GROUP.format(sign="," if sign == "," else r"\."))
    first = connection.execute(
        f"SELECT trim({raw}), n FROM (SELECT *, row_number() OVER () AS n FROM {relation}) "
        f"WHERE regexp_matches({raw}, {pattern}) ORDER BY n LIMIT 1"
    ).fetchall()[0]
    count = written.with_comma if sign == "," else written.with_point
    what = _("every fraction has exactly three digits: a thousands separator?")
    remedy = _('Say in {key} which it is: thousands = "{sign}", or decimal = "{sign}".').format(key=key, sign=sign)
    example = _("{value!r} in row {row}").format(value=first[0], row=words_of(first[1], 0))
    return Problem(where, what, remedy, count, example)


def row_of_first(
    connection: duckdb.DuckDBPyConnection, relation: str, raw: str, condition: str
) -> tuple[Any, int] | None:
    """The first text that meets a condition, and its row, counted from 1."""
    first = connection.execute(
        f"SELECT {raw}, n FROM (SELECT *, row_number() OVER () AS n FROM {relation}) "
        f"WHERE {condition} ORDER BY n LIMIT 1"
    ).fetchall()
    return (first[0][0], int(first[0][1])) if first else None


_WHOLE = r"^\s*[+-]?(0|[1-9]\d*)\s*$"
_LEADING_ZERO = r"^\s*[+-]?0\d"
_TRUTHS = "('true', 'false', 't', 'f', 'yes', 'no')"
_NO_NUMBERS = "('nan', '-nan', 'inf', '-inf', 'infinity', '-infinity')"


def typed_texts(
    connection: duckdb.DuckDBPyConnection, table: Any, told: Writing | None, semicolons: bool, as_text: bool
) -> tuple[Any, Writing]:
    """A table of texts with whole numbers, numbers and truth values where every text of a column is one.

    A column stays text where its numbers have zeros in front, which belong to codes, or where its fractions all read as
    thousands and nobody said what they are; a date stays the text it is, as 03-04-2021 is two days.

    Parameters
    ----------
    connection : duckdb connection
    table : pyarrow.Table
        Of text.
    told : Writing or None
        How numbers are written, where that was said.
    semicolons : bool
        Whether semicolons separate columns, as they do where commas stand before decimals.
    as_text : bool
        Leave every column as it is; only say how numbers are written.

    Returns
    -------
    table : pyarrow.Table
    writing : Writing
    """
    connection.register("texts", table)
    columns = {name: quoted(name) for name in table.column_names}
    written = how_written(connection, "texts", columns)
    writing = told or Writing(_decimal_of(written, semicolons))
    if as_text or not table.num_rows:
        return table, writing
    kinds = _kinds(connection, columns, writing)
    selected = []
    for name, raw in columns.items():
        kind = kinds[name]
        if kind == "DOUBLE" and told is None and written[name].may_be_thousands(writing.decimal):
            kind = "VARCHAR"
        value = {
            "VARCHAR": raw,
            "BIGINT": f"TRY_CAST({raw} AS BIGINT)",
            "BOOLEAN": f"TRY_CAST(trim({raw}) AS BOOLEAN)",
            "DOUBLE": f"coalesce({writing.value(raw)}, TRY_CAST({raw} AS DOUBLE))",
        }[kind]
        selected.append(f"{value} AS {raw}")
    typed = connection.sql(f"SELECT {', '.join(selected)} FROM texts").to_arrow_table()
    return typed, writing


def _decimal_of(written: dict[str, Written], semicolons: bool) -> Decimal:
    """The decimal sign of a whole file: a comma where columns have one, unless it separates the columns of others."""
    commas = any(column.with_comma for column in written.values())
    points = any(column.with_point for column in written.values())
    return "," if commas and (semicolons or not points) else "."


def _kinds(connection: duckdb.DuckDBPyConnection, columns: dict[str, str], writing: Writing) -> dict[str, str]:
    """The type of each column: the first that all its texts have."""
    tests = []
    for raw in columns.values():
        filled = f"nullif(trim({raw}), '')"
        number = f"({writing.matches(raw)} AND NOT regexp_matches({raw}, {literal(_LEADING_ZERO)}))"
        tests += [
            f"count({filled})",
            f"count(*) FILTER (regexp_matches({raw}, {literal(_WHOLE)}) AND TRY_CAST({raw} AS BIGINT) IS NOT NULL)",
            f"count(*) FILTER (regexp_matches({raw}, {literal(_WHOLE)}))",
            f"count(*) FILTER (lower({filled}) IN {_TRUTHS})",
            f"count(*) FILTER ({number} OR lower({filled}) IN {_NO_NUMBERS})",
        ]
    found = connection.execute(f"SELECT {', '.join(tests)} FROM texts").fetchall()[0]
    kinds = {}
    for place, name in enumerate(columns):
        filled, whole, digits, truths, numbers = found[5 * place : 5 * place + 5]
        if not filled:
            kinds[name] = "VARCHAR"
        elif whole == filled:
            kinds[name] = "BIGINT"
        elif truths == filled:
            kinds[name] = "BOOLEAN"
        else:
            # whole numbers that no integer holds are ids
            kinds[name] = "DOUBLE" if numbers == filled and digits < filled else "VARCHAR"
    return kinds
