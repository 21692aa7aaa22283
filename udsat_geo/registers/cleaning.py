"""One SELECT that turns the raw rows of a table into the contract's columns, and the count of what is wrong with them.

For each column there is a value expression (NULL where the cell is empty or cannot be used) and zero or more
faults: conditions on the raw cell that are counted in one pass. A fault either stops the run or is only reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem, key_in_words
from udsat_geo.messages.translate import Note, _
from udsat_geo.messages.words import decimal
from udsat_geo.registers.schema import AGES, COUNTRIES, DANISH, SURVEY, WESTERN, Column
from udsat_geo.registers.settings import NAME as SETTINGS
from udsat_geo.registers.tables import TableSource, is_whole_type
from udsat_geo.sources.csv import first_broken_row
from udsat_geo.sources.engine import literal, quoted
from udsat_geo.sources.number_texts import Decimal, Writing, how_written, thousands_problem, told_writing

_LARGEST_WHOLE = 2**53
"""Up to here every whole number is exact in a double."""


MOST_AREA = 100_000
"""Of one dwelling, in square metres: a code or a mistake beyond. Own choice."""


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
        Whether the run stops, or the row is only counted, unless most rows are so.
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
    writing : Writing
        How its numbers are written, where they are text.
    links : tuple of Link
        The files joined to it.
    replaced : dict
        Our column name -> SQL over our columns of what stands in its place.
    together : str
        The relation that holds its rows with what is joined to them, once that is made.
    """

    source: TableSource
    values: dict[str, str]
    faults: tuple[Fault, ...]
    writing: Writing = field(default_factory=Writing)
    links: tuple[Link, ...] = ()
    replaced: Mapping[str, str] = field(default_factory=dict)
    together: str = ""

    @property
    def notes(self) -> tuple[Note, ...]:
        """How the file was read, where that had to be found out."""
        if self.source.dialect is None:
            return self.source.notes
        return (self.source.dialect.note(self.source.file, self.writing.decimal), *self.source.notes)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, those of the joined files too."""
        return (*self.values, *(name for link in self.links for name in link.table.values))

    def select(self) -> str:
        """SQL of the clean rows with what is joined to them, as a parenthesised subquery."""
        rows = self.together or self.joined()
        if not self.replaced:
            return rows
        replaced = ", ".join(f"{value} AS {quoted(name)}" for name, value in self.replaced.items())
        return f"(SELECT * REPLACE ({replaced}) FROM {rows})"

    def joined(self) -> str:
        """SQL of the rows as they are joined, with a column for each file that says whether it has a partner."""
        if not self.links:
            return self.with_keys({})
        sides = [("t", self), *((f"j{place}", link.table) for place, link in enumerate(self.links))]
        columns = ", ".join(f"{side}.{quoted(name)}" for side, table in sides for name in table.values)
        joined = "".join(
            f" LEFT JOIN {link.table.with_keys(self.keys_of(place))} j{place} ON {link.condition(place)}"
            for place, link in enumerate(self.links)
        )
        partners = "".join(
            f", j{place}.{quoted('key 0')} IS NOT NULL AS {quoted(partner(place))}" for place in range(len(self.links))
        )
        return f"(SELECT {columns}{partners} FROM {self.with_keys(self.keys_of(-1))} t{joined})"

    def with_keys(self, keys: Mapping[str, str]) -> str:
        """SQL of its own clean rows, and of `keys`: name -> SQL over the raw row."""
        columns = ", ".join(f"{value} AS {quoted(name)}" for name, value in {**self.values, **keys}.items())
        return f"(SELECT {columns} FROM {self.source.rows})"

    def keys_of(self, side: int) -> dict[str, str]:
        """The columns by which a side is joined: the place of a link, or -1, the table itself."""
        keys = {}
        for place, link in enumerate(self.links):
            for number, part in enumerate(link.key):
                if part.side == side:
                    keys[f"to {place}.{number}"] = part.there
                if place == side:
                    keys[f"key {number}"] = part.here
        return keys


def partner(place: int) -> str:
    """The column that says whether a row has a partner in the joined file of that place."""
    return f"partner {place}"


@dataclass(frozen=True)
class KeyPart:
    """A column that a file is joined by.

    Attributes
    ----------
    side : int
        What it is joined to: -1 is the table itself, others the place of an earlier `Link`.
    there, here : str
        SQL of the key over the raw rows there, and of the joined file.
    """

    side: int
    there: str
    here: str


@dataclass(frozen=True)
class Link:
    """A file joined to a table.

    Attributes
    ----------
    name : str
    table : CleanTable
        What is read from it.
    key : tuple of KeyPart
        All of them are equal where a row has a partner.
    columns : tuple of str
        The file's columns that make up the key.
    """

    name: str
    table: CleanTable
    key: tuple[KeyPart, ...]
    columns: tuple[str, ...]

    def condition(self, place: int) -> str:
        """SQL of the join, where this is the `place`-th."""
        sides = ["t" if part.side < 0 else f"j{part.side}" for part in self.key]
        return " AND ".join(
            f"{side}.{quoted(f'to {place}.{number}')} = j{place}.{quoted(f'key {number}')}"
            for number, side in enumerate(sides)
        )


def clean_table(connection: duckdb.DuckDBPyConnection, source: TableSource) -> CleanTable:
    """How a table is cleaned: numbers from text by the file's decimal sign, codes recoded and checked."""
    writing = _writing_of(connection, source)
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for column in source.columns:
        parts = source.parts_of_key(column.name)
        if len(parts) > 1:
            value, found = _key_of_several(source, column, parts)
        elif parts:
            value, found = _clean_column(source, column, parts[0], writing)
        elif column.name == "origin" and source.column_in_file("origin_country") is not None:
            value, found = _origin_from_country(source)
        elif column.name in ("easting", "northing") and (cell := source.column_in_file("cell")) is not None:
            value, found = _middle_of_cell(column.name, quoted(cell), cell)
        else:
            continue
        values[column.name] = value
        faults += found
    return CleanTable(source, values, tuple(faults), writing)


def _clean_column(source: TableSource, column: Column, in_file: str, writing: Writing) -> tuple[str, list[Fault]]:
    raw, kind = quoted(in_file), source.types[in_file]
    if column.kind == "key":
        return key_text(raw, kind), _key_faults(raw, kind, column.name, in_file)
    if column.kind == "code":
        return _code(source, column, in_file)
    if column.kind == "boolean":
        return _boolean(source, column, in_file)
    if column.kind == "date":
        return _date(source, column, in_file)
    value, faults = _number(raw, kind, column, in_file, writing)
    if column.name == "age":
        low, high = AGES
        odd = f"({value}) NOT BETWEEN {low} AND {high}"
        faults.append(
            Fault(
                "residents_with_impossible_age",
                in_file,
                odd,
                _("ages outside {low}-{high}").format(low=low, high=high),
                _("Give ages in whole years; a year of birth is none."),
                stops=False,
            )
        )
        value = f"CASE WHEN ({value}) BETWEEN {low} AND {high} THEN {value} END"
    if column.name == "weight" and source.table == SURVEY:
        remedy = _("A weight says for how many people an answer stands: mend it, or leave it empty.")
        faults.append(Fault("weight_negative", in_file, f"({value}) < 0", _("negative weights"), remedy))
    if column.name == "area_m2":
        faults.append(
            Fault(
                "area_negative",
                in_file,
                f"({value}) < 0",
                _("negative floor areas"),
                _("Leave unknown areas empty."),
            )
        )
        faults.append(
            Fault(
                "area_impossible",
                in_file,
                f"({value}) > {MOST_AREA}",
                _("floor areas above {most} m2").format(most=decimal(MOST_AREA, 0)),
                _("Leave unknown areas empty, and codes for them too."),
            )
        )
    return value, faults


def key_text(raw: str, kind: str) -> str:
    """Keys are compared as text, so that a table that holds them as numbers fits one that holds them as text."""
    if is_whole_type(kind) or kind == "HUGEINT":
        return f"CAST({raw} AS VARCHAR)"
    if kind in _NOT_WHOLE:
        return f"CAST(TRY_CAST({raw} AS BIGINT) AS VARCHAR)"
    if kind.startswith("DECIMAL"):
        return f"CAST(TRY_CAST({raw} AS HUGEINT) AS VARCHAR)"
    text = raw if kind == "VARCHAR" else f"CAST({raw} AS VARCHAR)"
    # SAS pads texts with spaces; to look for them is cheaper than to trim every key
    padded = f"suffix({text}, ' ') OR prefix({text}, ' ')"
    return f"nullif(CASE WHEN {padded} THEN trim({text}) ELSE {text} END, '')"


SEPARATOR = "|"
"""Between the parts of a key of several columns; a part that holds it stops the run. Own choice."""


def _key_of_several(source: TableSource, column: Column, parts: tuple[str, ...]) -> tuple[str, list[Fault]]:
    """A key of several columns, some of which may be empty: a house has no floors."""
    faults: list[Fault] = []
    texts = []
    for part in parts:
        raw, kind = quoted(part), source.types[part]
        text = key_text(raw, kind)
        texts.append(text)
        faults += _key_faults(raw, kind, f"{column.name}_{part}", part)
        what = _("keys that hold {sign}, which stands between the columns of a key").format(sign=SEPARATOR)
        held = f"contains({text}, '{SEPARATOR}')"
        faults.append(Fault(f"{column.name}_{part}_separator", part, held, what, _("Write them without it.")))
    joined = f" || '{SEPARATOR}' || ".join(f"coalesce({text}, '')" for text in texts)
    return f"CASE WHEN coalesce({', '.join(texts)}) IS NOT NULL THEN {joined} END", faults


_NOT_WHOLE = ("DOUBLE", "FLOAT")


def _key_faults(raw: str, kind: str, name: str, in_file: str) -> list[Fault]:
    """Keys in a column of floating point numbers (what pandas makes of integers with gaps) must be exact integers."""
    what = _("keys that are not whole numbers, or too large to be exact in this type")
    if kind.startswith("DECIMAL"):
        broken = f"{raw} <> floor({raw})"
        return [Fault(f"{name}_not_exact", in_file, broken, what, _("Write keys as text or integers."))]
    if kind not in _NOT_WHOLE:
        return []
    largest = 2**53 if kind == "DOUBLE" else 2**24
    broken = f"NOT isnan({raw}) AND ({raw} <> floor({raw}) OR abs({raw}) >= {largest})"
    return [Fault(f"{name}_not_exact", in_file, broken, what, _("Write keys as text or integers."))]


def _code(source: TableSource, column: Column, in_file: str) -> tuple[str, list[Fault]]:
    value = _recoded(source, column.name, in_file)
    if not column.codes:
        return value, []
    codes = ", ".join(literal(code) for code in column.codes)
    fault = Fault(
        f"unknown_{column.name}",
        in_file,
        f"({value}) NOT IN ({codes})",
        _("unknown codes"),
        _("Known: {codes}; recode in registers.toml: [{table}.values.{column}].").format(
            codes=", ".join(column.codes), table=source.table, column=column.name
        ),
    )
    return value, [fault]


def _recoded(source: TableSource, name: str, in_file: str) -> str:
    kind = source.types[in_file]
    raw = quoted(in_file) if kind == "VARCHAR" else f"CAST({quoted(in_file)} AS VARCHAR)"
    recode = source.settings.values.get(name, {})
    if kind in _NOT_WHOLE:
        # the numbers of SAS are all of this type: 110 is not to be called 110.0
        raw = f"regexp_replace({raw}, '\\.0$', '')"
        recode = {theirs.removesuffix(".0"): ours for theirs, ours in recode.items()}
    value = f"nullif(trim({raw}), '')"
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
        _("unknown country codes"),
        _("Use ISO 3166-1 alpha-2, or recode in registers.toml: [residents.values.origin_country]."),
    )
    return value, [fault]


_CELL = r"^(\d+)(k?m)_(\d+)_(\d+)$"
"""A cell of the Danish grid, as in 100m_61757_7196: its northing and easting in steps of its size."""


def _middle_of_cell(name: str, raw: str, in_file: str) -> tuple[str, list[Fault]]:
    """The position of an address that only its grid cell is known of: the middle of the cell."""
    text = f"trim(CAST({raw} AS VARCHAR))"

    def part(number: int) -> str:
        return f"CAST(nullif(regexp_extract({text}, '{_CELL}', {number}), '') AS DOUBLE)"

    size = f"{part(1)} * CASE WHEN regexp_extract({text}, '{_CELL}', 2) = 'km' THEN 1000 ELSE 1 END"
    value = f"({part(3 if name == 'northing' else 4)} + 0.5) * ({size})"
    bad = f"nullif({text}, '') IS NOT NULL AND NOT regexp_matches({text}, '{_CELL}')"
    what, remedy = _("no ids of grid cells"), _("Write them as 100m_61757_7196, or leave the cell empty.")
    return value, [Fault(f"{name}_no_cell", in_file, bad, what, remedy)] if name == "easting" else []


def _number(raw: str, kind: str, column: Column, in_file: str, writing: Writing) -> tuple[str, list[Fault]]:
    whole = column.kind == "whole"
    whole_numbers = _("Write whole numbers, or leave the cell empty.")
    remedy = whole_numbers if whole else _("Write numbers, or leave the cell empty.")
    if is_whole_type(kind):
        return raw, []
    if kind == "VARCHAR":
        empty = f"nullif(trim({raw}), '')"
        value = writing.value(raw)
        bad = f"{empty} IS NOT NULL AND ({value}) IS NULL"
        faults = [Fault(f"{column.name}_not_a_number", in_file, bad, _("text where a number belongs"), remedy)]
    elif kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL") or kind in ("HUGEINT", "UBIGINT"):
        value = f"CAST({raw} AS DOUBLE)"
        faults = []
    else:
        value = "CAST(NULL AS DOUBLE)"
        bad = f"{raw} IS NOT NULL"
        faults = [
            Fault(
                f"{column.name}_not_a_number",
                in_file,
                bad,
                _("{kind} where a number belongs").format(kind=kind),
                remedy,
            )
        ]
    infinite = f"NOT isfinite({value})"
    faults.append(Fault(f"{column.name}_not_finite", in_file, infinite, _("NaN or infinite values"), remedy))
    if whole:
        broken, large = f"({value}) <> floor({value})", f"isfinite({value}) AND abs({value}) > {_LARGEST_WHOLE}"
        faults.append(Fault(f"{column.name}_not_whole", in_file, broken, _("numbers that are not whole"), remedy))
        faults.append(Fault(f"{column.name}_too_large", in_file, large, _("numbers too large to be exact"), remedy))
        value = f"TRY_CAST({value} AS BIGINT)"
    return value, faults


def _boolean(source: TableSource, column: Column, in_file: str) -> tuple[str, list[Fault]]:
    if source.types[in_file] == "BOOLEAN":
        return quoted(in_file), []
    text = f"lower({_recoded(source, column.name, in_file)})"
    value = (
        f"CASE WHEN {text} IN ('true', 't', '1', '1.0', 'yes', 'ja') THEN TRUE "
        f"WHEN {text} IN ('false', 'f', '0', '0.0', 'no', 'nej') THEN FALSE END"
    )
    bad = f"nullif({text}, '') IS NOT NULL AND ({value}) IS NULL"
    return value, [
        Fault(f"{column.name}_not_boolean", in_file, bad, _("neither true nor false"), _("Write true or false."))
    ]


_ISO, _DIGITS, _DAY_FIRST = r"\d{4}-\d{2}-\d{2}", r"\d{8}", r"\d{1,2}[-./]\d{1,2}[-./]\d{4}"


def date_value(raw: str, kind: str, dates: str | None) -> str:
    """SQL of a date: 2021-03-31, 20210331 or, where that is said, 31-03-2021."""
    if kind == "DATE":
        return raw
    if kind.startswith("TIMESTAMP"):
        return f"CAST({raw} AS DATE)"
    if kind not in ("VARCHAR", *_NOT_WHOLE) and not is_whole_type(kind):
        return "CAST(NULL AS DATE)"
    text = rf"regexp_replace(trim(CAST({raw} AS VARCHAR)), '([ T]00:00(:00)?)?(\.0+)?$', '')"
    day_first = (
        f"WHEN regexp_full_match({text}, '{_DAY_FIRST}') "
        f"THEN CAST(try_strptime(regexp_replace({text}, '[./]', '-', 'g'), '%d-%m-%Y') AS DATE) "
        if dates == "day first"
        else ""
    )
    return (
        f"CASE WHEN regexp_full_match({text}, '{_ISO}') THEN TRY_CAST({text} AS DATE) {day_first}"
        f"WHEN regexp_full_match({text}, '{_DIGITS}') THEN CAST(try_strptime({text}, '%Y%m%d') AS DATE) END"
    )


def _date(source: TableSource, column: Column, in_file: str) -> tuple[str, list[Fault]]:
    raw, kind = quoted(in_file), source.types[in_file]
    value = date_value(raw, kind, source.settings.dates)
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return value, []
    bad = f"nullif(trim(CAST({raw} AS VARCHAR)), '') IS NOT NULL AND ({value}) IS NULL"
    remedy = _('Write dates as 2021-03-31; where they are written as 31-03-2021, set [{table}] dates = "day first".')
    what = _("no dates")
    return value, [Fault(f"{column.name}_not_a_date", in_file, bad, what, remedy.format(table=source.table))]


def _writing_of(connection: duckdb.DuckDBPyConnection, source: TableSource) -> Writing:
    """How the numbers of a table are written where they are text, from all of them.

    Raises
    ------
    InputError
        If numbers with a decimal point and numbers with a decimal comma stand in it, or all fractions of a column read
        as thousands, so that one cannot tell.
    """
    told = told_writing(source.settings.decimal, source.settings.thousands)
    if told is not None:
        return told
    found = [source.column_in_file(c.name) for c in source.columns if c.kind in ("whole", "number")]
    columns = {name: quoted(name) for name in found if name is not None and source.types[name] == "VARCHAR"}
    with reading(source):
        written = how_written(connection, source.rows, columns)
    with_comma = sum(column.with_comma for column in written.values())
    with_point = sum(column.with_point for column in written.values())
    if with_comma and with_point:
        raise InputError(
            Problem(
                source.file,
                _("{with_comma} numbers have a decimal comma and {with_point} a decimal point").format(
                    with_comma=decimal(with_comma, 0), with_point=decimal(with_point, 0)
                ),
                _(
                    'Say which one it is in registers.toml: [{name}] decimal = ",", '
                    'or thousands = "." where points stand between thousands.'
                ).format(name=source.name),
            )
        )
    sign: Decimal = "," if with_comma else "."
    key = f"{SETTINGS}, [{source.name}]"
    problems = [
        thousands_problem(connection, source.rows, columns[name], _where(source, name), column, sign, key)
        for name, column in written.items()
        if column.may_be_thousands(sign)
    ]
    if problems:
        raise InputError(problems)
    return Writing(sign)


def _where(source: TableSource, column: str) -> str:
    return _("{name}, column {column}").format(name=source.file, column=column)


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
            remedy = _("Mend it; look for separators and quotes that belong to a value.")
            raise InputError(
                Problem(source.file, _("cannot be read: {broken}").format(broken=broken), remedy)
            ) from None
        lines = [line for line in str(error).strip().split("\n") if line.strip()]
        reason = " ".join(lines[:3])[:400]
        raise InputError(
            Problem(source.file, _("cannot be read: {reason}").format(reason=reason), _("Export the table again."))
        ) from None


HASH = "CASE WHEN {key} IS NOT NULL THEN hash({key}) ELSE 0 END"
"""SQL of what keys are compared by; 0 of an empty one."""


def check_tables(
    connection: duckdb.DuckDBPyConnection, tables: tuple[CleanTable, ...]
) -> tuple[dict[str, int], dict[str, int]]:
    """Count rows and faults of all tables.

    Returns
    -------
    rows : dict
        Table -> number of rows.
    counts : dict
        Reason -> rows that do not count but do not stop the run.

    Raises
    ------
    InputError
        With every fault that stops the run, in all tables.
    """
    rows: dict[str, int] = {}
    counts: dict[str, int] = {}
    problems: list[str] = []
    for table in tables:
        name = table.source.name
        try:
            n_rows, found = count_faults(connection, table)
        except InputError as error:
            problems += error.messages
            continue
        rows[name] = n_rows
        if n_rows == 0:
            problems.append(str(Problem(table.source.file, _("holds no rows"), _("Export the table again."))))
        if name == "residents":
            counts["residents_without_dwelling"] = 0  # which those who add them up count
            problems += map(str, _repeated_persons(connection, table))
        for fault in table.faults:
            count = found[fault.name]
            # of most rows, it is no slip of a few but another thing that stands in the column
            if count and (fault.stops or 2 * count > n_rows):
                problems.append(str(fault_problem(connection, table, fault, count)))
            elif not fault.stops:
                counts[fault.name] = count
    if problems:
        raise InputError(problems)
    return rows, counts


def _repeated_persons(connection: duckdb.DuckDBPyConnection, table: CleanTable) -> list[Problem]:
    """Persons that stand in several rows, where persons have keys: as in a file that was put together twice."""
    if "person_id" not in table.values:
        return []
    key = table.values["person_id"]
    hashes = sorted_hashes(connection, table.source, key, f"({key}) IS NOT NULL")
    if not (hashes[1:] == hashes[:-1]).any():
        return []
    rows = f"(SELECT * FROM (SELECT {key} AS person_id FROM {table.source.rows}) WHERE person_id IS NOT NULL)"
    return key_problems(connection, rows, "person_id", table.source.file)


def sorted_hashes(
    connection: duckdb.DuckDBPyConnection, source: TableSource, key: str, present: str
) -> NDArray[np.uint64]:
    """What keys are compared by: far cheaper than counting distinct texts."""
    with reading(source):
        found = connection.execute(f"SELECT hash({key}) AS h FROM {source.rows} WHERE {present}").fetchnumpy()["h"]
    hashes = np.asarray(found, dtype=np.uint64)
    hashes.sort()
    return hashes


def count_faults(connection: duckdb.DuckDBPyConnection, table: CleanTable) -> tuple[int, dict[str, int]]:
    """The rows of a table, and those of each fault by its name.

    Unknown codes are counted by grouping the column first: a few codes instead of millions of comparisons.

    Raises
    ------
    InputError
        If the table cannot be read to its end.
    """
    plain = [fault for fault in table.faults if not fault.name.startswith("unknown_")]
    columns = ", ".join(["count(*)", *(f"count(*) FILTER (WHERE {fault.condition})" for fault in plain)])
    found = fetch_one(connection, table.source, f"SELECT {columns} FROM {table.source.rows}")
    by_name = {fault.name: count for fault, count in zip(plain, found[1:], strict=True)}
    for fault in table.faults:
        if fault.name not in by_name:
            by_name[fault.name] = _count_codes(connection, table, fault)
    return found[0], by_name


def _count_codes(connection: duckdb.DuckDBPyConnection, table: CleanTable, fault: Fault) -> int:
    column = quoted(fault.column)
    query = (
        f"SELECT coalesce(sum(n), 0) FROM (SELECT {column}, count(*) AS n FROM {table.source.rows} GROUP BY 1) "
        f"WHERE {fault.condition}"
    )
    return int(fetch_one(connection, table.source, query)[0])


def fault_problem(connection: duckdb.DuckDBPyConnection, table: CleanTable, fault: Fault, count: int) -> Problem:
    """A fault with its first example, told by its value and row number; unknown codes with all that there are."""
    column = quoted(fault.column)
    kept = f" AND {table.source.kept}" if table.source.kept else ""
    number = quoted("row of the file")
    first = connection.execute(
        f"SELECT {number}, CAST({column} AS VARCHAR) FROM (SELECT *, row_number() OVER () AS {number} "
        f"FROM {table.source.relation}) WHERE ({fault.condition}){kept} ORDER BY 1 LIMIT 1"
    ).fetchall()
    example = _("{value!r} in row {row}").format(value=first[0][1], row=decimal(first[0][0], 0)) if first else None
    remedy = fault.remedy
    if fault.name.startswith("unknown_"):
        codes = connection.execute(
            f"SELECT CAST({column} AS VARCHAR), count(*) FROM {table.source.rows} WHERE {fault.condition} "
            "GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        if len(codes) > 1:
            listed = ", ".join(f"{code!r} ({decimal(n, 0)})" for code, n in codes[:_MOST_CODES])
            more = ", …" if len(codes) > _MOST_CODES else ""
            remedy = _("All of them, with their rows: {codes}.").format(codes=listed + more) + f" {remedy}"
    if fault.name.endswith("_not_a_number") and first and _GROUPED.match(first[0][1]):
        sign = _BETWEEN[first[0][1].strip().lstrip("+-0123456789")[0]]
        remedy += _(' Of thousands, say the sign between them in {settings}: [{table}] thousands = "{sign}".').format(
            settings=SETTINGS, table=table.source.name, sign=sign
        )
    return Problem(_where(table.source, fault.column), fault.what, remedy, count, example)


_GROUPED = re.compile(r"\s*[+-]?[1-9]\d{0,2}([., \u00a0\u202f'’]\d{3})+([.,]\d+)?\s*$")
"""A number with signs between its thousands."""

_BETWEEN = {sign: "'" if sign in "'’" else sign if sign in ".," else " " for sign in "., \u00a0\u202f'’"}
"""Such signs -> how settings call them."""


_MOST_CODES = 60
"""That a message lists; own choice."""


def key_problems(connection: duckdb.DuckDBPyConnection, relation: str, key: str, file: str) -> list[Problem]:
    """Empty and repeated keys of a table, read as the texts that they are.

    Parameters
    ----------
    relation, key : str
        Where the keys stand.
    file : str
        For the message.
    """
    problems = []
    where = _("{file}, column {key}").format(file=file, key=key)
    (empty,) = connection.execute(f"SELECT count(*) - count({key}) FROM {relation}").fetchall()[0]
    if empty:
        problems.append(Problem(where, _("empty keys"), _("Give every row a key."), empty))
    repeated = connection.execute(
        f"SELECT {key}, count(*) AS n FROM {relation} WHERE {key} IS NOT NULL GROUP BY 1 HAVING n > 1 ORDER BY 1"
    ).fetchall()
    if repeated:
        surplus = sum(row[1] - 1 for row in repeated)
        key_shown = key_in_words(repeated[0][0])
        example = _("{key} stands {count} times").format(key=key_shown, count=repeated[0][1])
        problems.append(Problem(where, _("duplicate keys"), _("Keep one row of each."), surplus, example))
    return problems
