"""Finding and opening the tables of a register folder as relations of a DuckDB connection.

Every table is opened as it stands (`TableSource.relation` is the SQL of its raw rows) and cleaned by one SELECT
whose columns have the contract's names and types; nothing is copied at this stage.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.registers.schema import COLUMNS, CRS, Column
from udsat_geo.registers.settings import NAME as SETTINGS
from udsat_geo.sources.csv import Dialect, TableSettings, literal, pattern_of, read_dialect
from udsat_geo.sources.kinds import SUFFIXES, named_path, parquet_parts, plain, schema_of, table_kind, tables_named

_WHOLE_TYPES = frozenset(["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"])


@dataclass(frozen=True)
class TableSource:
    """One table of a folder, opened.

    Attributes
    ----------
    name : str
        ``residents``, ``dwellings`` or ``addresses``.
    path : Path
    relation : str
        SQL that stands for the raw rows in a FROM clause.
    types : dict
        The file's column name -> DuckDB type.
    settings : TableSettings
    dialect : Dialect or None
        CSV only.
    parts : tuple of Path
        The files of a folder of parts; empty where `path` is read by itself, or was read whole.
    """

    name: str
    path: Path
    relation: str
    types: dict[str, str]
    settings: TableSettings
    dialect: Dialect | None = None
    parts: tuple[Path, ...] = ()

    def column_in_file(self, name: str) -> str | None:
        """The file's name of one of our columns; None if the file has no such column."""
        wanted = self.settings.columns.get(name, name)
        if wanted in self.types:
            return wanted
        alike = [column for column in self.types if plain(column) == plain(wanted)]
        return alike[0] if alike else None


def find_table(folder: Path, name: str, settings: TableSettings) -> Path:
    """The file of a table.

    Raises
    ------
    InputError
        If there is none, or more than one.
    """
    if settings.file is not None:
        path = named_path(folder, settings.file)
        if not path.exists():
            raise InputError(Problem(str(path), _("does not exist"), _("registers.toml names it: mend the name.")))
        return path
    found = tables_named(folder, name)
    if not found:
        kinds = ", ".join(SUFFIXES)
        there = sorted(path.name for path in folder.iterdir())[:8]
        listing = _("The folder holds {names}.").format(names=", ".join(there)) if there else _("The folder is empty.")
        raise InputError(
            Problem(
                str(folder / name),
                _("no table of {name} ({kinds})").format(name=name, kinds=kinds),
                _("{listing} Name another file in registers.toml.").format(listing=listing),
            )
        )
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise InputError(
            Problem(
                str(folder),
                _("more than one table of {name}: {names}").format(name=name, names=names),
                _("Keep one, or name it in registers.toml."),
            )
        )
    return found[0]


def open_table(
    connection: duckdb.DuckDBPyConnection, folder: Path, name: str, settings: TableSettings, may_lack_values: bool
) -> TableSource:
    """Open a table and check that its columns are there; those that are neither keys nor positions only if asked.

    Raises
    ------
    InputError
        If the file is missing, empty, damaged, or lacks columns; all missing columns are told at once.
    """
    _check_crs(name, settings)
    path = find_table(folder, name, settings)
    kind = table_kind(path)
    if kind == "csv":
        source = _open_csv(connection, path, name, settings)
    elif kind == "parquet":
        source = _open_parquet(connection, path, name, settings)
    else:
        source = _open_whole(connection, path, name, settings)
    _check_columns(source, may_lack_values)
    return source


def _opened(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    settings: TableSettings,
    relation: str,
    dialect: Dialect | None = None,
) -> TableSource:
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(
            Problem(path.name, _("cannot be read: {reason}").format(reason=reason), _("Export the table again."))
        ) from None
    return TableSource(name, path, relation, {row[0]: row[1] for row in described}, settings, dialect)


def _open_csv(connection: duckdb.DuckDBPyConnection, path: Path, name: str, settings: TableSettings) -> TableSource:
    dialect = read_dialect(path, settings)
    _check_names(path, dialect.header, name, settings)
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in dialect.columns)
    relation = (
        f"read_csv({literal(pattern_of(path))}, hive_partitioning=false, auto_detect=false, header=true, "
        "strict_mode=true, null_padding=false, "
        f"delim={literal(dialect.separator)}, quote='\"', escape='\"', encoding={literal(dialect.encoding)}, "
        f"columns={{{columns}}})"
    )
    return _opened(connection, path, name, settings, relation, dialect)


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path, name: str, settings: TableSettings) -> TableSource:
    parts = parquet_parts(path)
    schema = schema_of(parts[0], path.name)
    if name == "addresses" and b"geo" in (schema.metadata or {}):
        return _open_whole(connection, path, name, settings)
    _check_names(path, schema.names, name, settings)
    if path.is_dir():
        files = f"[{', '.join(literal(pattern_of(part)) for part in parts)}]"
        # what the folders say stays the text that it is, and columns need not stand in one order
        options = "hive_partitioning=true, hive_types_autocast=false, union_by_name=true"
    else:
        files, options = literal(pattern_of(path)), "hive_partitioning=false"
    # older writers say of no text that it is one
    relation = f"read_parquet({files}, {options}, binary_as_string=true)"
    return dataclasses.replace(_opened(connection, path, name, settings, relation), parts=parts)


def _open_whole(connection: duckdb.DuckDBPyConnection, path: Path, name: str, settings: TableSettings) -> TableSource:
    """A table that DuckDB does not read itself; points of addresses become easting and northing columns."""
    from udsat_geo.sources.features import read_features, read_points

    table = read_points(path, CRS, settings.crs) if name == "addresses" else read_features(path).attributes
    _check_names(path, table.column_names, name, settings)
    relation = f"{name}_as_read"
    connection.register(relation, table)
    return _opened(connection, path, name, settings, relation)


def _check_names(path: Path, names: Sequence[str], table: str, settings: TableSettings) -> None:
    """Refuse columns of ours that stand twice, letter case and the form of letters apart."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(plain(name), []).append(name)
    ours = [*(column.name for column in COLUMNS[table]), "origin_country"]
    twice = [found.get(plain(settings.columns.get(name, name)), []) for name in ours]
    problems = [
        Problem(
            path.name,
            _("column names stand twice: {names}").format(names=", ".join(alike)),
            _("Rename one of them."),
        )
        for alike in twice
        if len(alike) > 1
    ]
    if problems:
        raise InputError(problems)


def _check_crs(name: str, settings: TableSettings) -> None:
    """Registers are read in one reference system; saying that it is another one must not pass unheard."""
    if settings.crs is None:
        return
    from udsat_geo.sources.crs import check_crs, same_crs, short_crs

    where = _("{SETTINGS}: {name}.crs").format(SETTINGS=SETTINGS, name=name)
    check_crs(settings.crs, where)
    if not same_crs(settings.crs, CRS):
        what = _("is {crs}, and registers are read in {CRS}").format(crs=short_crs(settings.crs), CRS=CRS)
        raise InputError(Problem(where, what, _("Reproject the positions to {CRS}.").format(CRS=CRS)))


def _check_columns(source: TableSource, may_lack_values: bool) -> None:
    problems = []
    for column in COLUMNS[source.name]:
        needed = column.required and not (may_lack_values and is_value(column))
        named = needed or column.name in source.settings.columns
        if not named or source.column_in_file(column.name) is not None:
            continue
        if column.name == "origin" and source.column_in_file("origin_country") is not None:
            continue
        near = difflib.get_close_matches(column.name, list(source.types), 1, 0.6)
        there = ", ".join(list(source.types)[:12])
        hint = (
            _("Did you mean {near!r}?").format(near=near[0])
            if near
            else _("The file has: {names}.").format(names=there)
        )
        problems.append(
            Problem(
                _("{name}, column {get}").format(
                    name=source.path.name, get=source.settings.columns.get(column.name, column.name)
                ),
                _("is missing"),
                _('{hint} Columns can be renamed in registers.toml: [{name}.columns] {name_2} = "...".').format(
                    hint=hint, name=source.name, name_2=column.name
                ),
            )
        )
    unknown = sorted(set(source.settings.columns) - {c.name for c in COLUMNS[source.name]} - {"origin_country"})
    problems += [
        Problem(
            _("registers.toml: {name}.columns.{name_2}").format(name=source.name, name_2=name),
            _("is not a column of this table"),
        )
        for name in unknown
    ]
    coded = {c.name for c in COLUMNS[source.name] if c.kind == "code"} | {"origin_country"}
    problems += [
        Problem(
            _("registers.toml: {name}.values.{name_2}").format(name=source.name, name_2=name),
            _("is not a column of codes of this table"),
        )
        for name in sorted(set(source.settings.values) - coded)
    ]
    if problems:
        raise InputError(problems)


def is_value(column: Column) -> bool:
    """Whether a column says something of a row, rather than what or where it is."""
    return column.kind != "key" and column.name not in ("easting", "northing")


def is_whole_type(kind: str) -> bool:
    """Whether a DuckDB type holds whole numbers that fit 64 bits."""
    return kind in _WHOLE_TYPES
