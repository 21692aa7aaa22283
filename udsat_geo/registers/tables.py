"""Finding and opening the tables of a register folder as relations of a DuckDB connection.

Every table is opened as it stands (`TableSource.relation` is the SQL of its raw rows) and cleaned by one SELECT
whose columns have the contract's names and types; nothing is copied at this stage.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import Note, _
from udsat_geo.registers.layout import TableLayout
from udsat_geo.registers.schema import CRS, Column
from udsat_geo.registers.settings import NAME as SETTINGS
from udsat_geo.sources.addresses import LAYER
from udsat_geo.sources.crs import check_crs
from udsat_geo.sources.csv import Dialect, read_dialect, relation_of, rows_of
from udsat_geo.sources.engine import literal, pattern_of, quoted
from udsat_geo.sources.kinds import SUFFIXES, named_path, parquet_parts, plain, schema_of, table_kind, tables_named
from udsat_geo.sources.origins import name_of

_WHOLE_TYPES = frozenset(["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"])


STAND_INS = {"origin": "origin_country", "easting": "cell", "northing": "cell"}
"""Our column -> what it is made of where a file has it not."""


class NoSuchTableError(InputError):
    """A table that no file holds."""


@dataclass(frozen=True)
class TableSource:
    """One table of a folder, opened.

    Attributes
    ----------
    name : str
        ``residents``, ``dwellings`` or ``addresses``; of a file joined to one, its place in `registers.toml`, as in
        ``residents.joins.income``.
    path : Path
    relation : str
        SQL that stands for the raw rows in a FROM clause.
    types : dict
        The file's column name -> DuckDB type.
    settings : TableLayout
    columns : tuple of Column
        Those of ours that are looked for in it.
    dialect : Dialect or None
        CSV only.
    parts : tuple of Path
        The files of a folder of parts; empty where `path` is read by itself, or was read whole.
    kept : str
        SQL that is true of the rows that are read; empty where all are.
    crs : str
        Of positions.
    has_points : bool
        Whether positions came from geometries, not from columns.
    notes : tuple of Note
        What was found out about the file.
    called : str
        What messages call it, where that is not the name of `path`.
    """

    name: str
    path: Path
    relation: str
    types: dict[str, str]
    settings: TableLayout
    columns: tuple[Column, ...] = ()
    dialect: Dialect | None = None
    parts: tuple[Path, ...] = ()
    kept: str = ""
    crs: str = CRS
    has_points: bool = False
    notes: tuple[Note, ...] = ()
    called: str = ""

    @property
    def file(self) -> str:
        """What messages call it."""
        return self.called or name_of(self.path)

    @property
    def table(self) -> str:
        """The table whose columns it has."""
        return self.name.partition(".")[0]

    @property
    def rows(self) -> str:
        """SQL that stands for the rows that are read."""
        return f"(SELECT * FROM {self.relation} WHERE {self.kept})" if self.kept else self.relation

    def column_in_file(self, name: str) -> str | None:
        """The file's name of one of our columns; None if the file has no such column."""
        return self.named(self.settings.columns.get(name, name))

    def named(self, wanted: str) -> str | None:
        """The file's column of a name, in whatever letter case; None if there is none."""
        if wanted in self.types:
            return wanted
        alike = [column for column in self.types if plain(column) == plain(wanted)]
        return alike[0] if alike else None

    def parts_of_key(self, name: str) -> tuple[str, ...]:
        """The file's columns that make up one of our keys, those that there are."""
        wanted = self.settings.key_columns.get(name) or (self.settings.columns.get(name, name),)
        found = [self.named(part) for part in wanted]
        return tuple(part for part in found if part is not None)


def find_table(folder: Path, name: str, settings: TableLayout) -> Path:
    """The file of a table.

    Raises
    ------
    InputError
        If there is none, or more than one.
    """
    found = tables_named(folder, plain(name))
    if settings.file is not None:
        given = settings.file.partition(LAYER)[0]
        path = named_path(folder, given)
        found = [path] if os.path.exists(path) else tables_named(folder, plain(given))
        if not found:
            remedy = _("registers.toml names it: mend the name.")
            raise NoSuchTableError(Problem(str(path), _("does not exist"), remedy))
    if not found:
        kinds = ", ".join(SUFFIXES)
        there = sorted(path.name for path in folder.iterdir())[:8]
        listing = _("The folder holds {names}.").format(names=", ".join(there)) if there else _("The folder is empty.")
        raise NoSuchTableError(
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
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, settings: TableLayout, columns: tuple[Column, ...]
) -> TableSource:
    """Open a table, or a file joined to one.

    Raises
    ------
    InputError
        If the file is empty or damaged, or has two columns of a name that is looked for.
    """
    if settings.crs is not None:
        check_crs(settings.crs, _("{SETTINGS}: {name}.crs").format(SETTINGS=SETTINGS, name=name))
    kind = table_kind(path)
    if kind == "csv":
        source = _open_csv(connection, path, name, settings, columns)
    elif kind == "parquet":
        source = _open_parquet(connection, path, name, settings, columns)
    else:
        source = _open_whole(connection, path, name, settings, columns)
    return dataclasses.replace(source, columns=columns)


def _opened(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    settings: TableLayout,
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
    types = {row[0]: row[1] for row in described}
    return TableSource(name, path, relation, types, settings, dialect=dialect, crs=settings.crs or CRS)


def _open_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, settings: TableLayout, columns: tuple[Column, ...]
) -> TableSource:
    dialect = read_dialect(path, settings)
    _check_names(path, dialect.header, columns, settings)
    if dialect.plain:
        relation = relation_of(path, dialect)
    else:
        connection.register(f"{name}_as_read", rows_of(path, dialect))
        relation = quoted(f"{name}_as_read")
    return _opened(connection, path, name, settings, relation, dialect)


def _open_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, settings: TableLayout, columns: tuple[Column, ...]
) -> TableSource:
    parts = parquet_parts(path)
    schema = schema_of(parts[0], path.name)
    if name == "addresses" and b"geo" in (schema.metadata or {}):
        return _open_whole(connection, path, name, settings, columns)
    _check_names(path, schema.names, columns, settings)
    relation = _rows_of_parts(parts, path.is_dir())
    return dataclasses.replace(_opened(connection, path, name, settings, relation), parts=parts)


def _rows_of_parts(parts: Sequence[Path], of_folder: bool) -> str:
    """SQL of the raw rows of Parquet files."""
    if of_folder:
        files = f"[{', '.join(literal(pattern_of(part)) for part in parts)}]"
        # what the folders say stays the text that it is, and columns need not stand in one order
        options = "hive_partitioning=true, hive_types_autocast=false, union_by_name=true"
    else:
        files, options = literal(pattern_of(parts[0])), "hive_partitioning=false"
    # older writers say of no text that it is one
    return f"read_parquet({files}, {options}, binary_as_string=true)"


def part_of(source: TableSource, part: Path) -> TableSource:
    """One file of a Parquet table as a table by itself, with the columns and types of the whole.

    Parameters
    ----------
    source : TableSource
    part : Path
        One of its `parts`.
    """
    of_folder = part != source.path
    columns = ", ".join(f"CAST({quoted(name)} AS {kind}) AS {quoted(name)}" for name, kind in source.types.items())
    relation = f"(SELECT {columns} FROM {_rows_of_parts([part], of_folder)})"
    called = f"{source.file}/{part.relative_to(source.path).as_posix()}" if of_folder else ""
    return dataclasses.replace(source, path=part, relation=relation, parts=(part,), called=called)


def _open_whole(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, settings: TableLayout, columns: tuple[Column, ...]
) -> TableSource:
    """A table that DuckDB does not read itself; points of addresses become easting and northing columns."""
    from udsat_geo.sources.features import points_of, read_features

    layer = settings.layer or (settings.file or "").partition(LAYER)[2]
    features = read_features(Path(f"{path}{LAYER}{layer}") if layer else path)
    has_points = name == "addresses" and features.geometry is not None
    table, crs, notes = features.attributes, settings.crs or CRS, tuple[Note, ...]()
    if has_points:
        table, crs, notes = points_of(features, settings.crs)
    _check_names(path, table.column_names, columns, settings)
    connection.register(f"{name}_as_read", table)
    opened = _opened(connection, path, name, settings, quoted(f"{name}_as_read"))
    return dataclasses.replace(opened, crs=crs, has_points=has_points, notes=notes)


def _check_names(path: Path, names: Sequence[str], columns: tuple[Column, ...], settings: TableLayout) -> None:
    """Refuse columns of ours that stand twice, letter case and the form of letters apart."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(plain(name), []).append(name)
    ours = [*(column.name for column in columns), "origin_country"]
    wanted = [settings.columns.get(name, name) for name in ours]
    wanted += [part for parts in settings.key_columns.values() for part in parts]
    twice = [found.get(plain(name), []) for name in dict.fromkeys(wanted)]
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


def check_columns(source: TableSource, may_lack_values: bool) -> None:
    """Check that the columns of a table are there; those that are neither keys nor positions only if asked.

    Raises
    ------
    InputError
        Naming all columns that are missing.
    """
    problems = []
    for column in source.columns:
        needed = column.required and not (may_lack_values and is_value(column))
        named = needed or column.name in source.settings.columns
        if column.name in source.settings.key_columns:
            parts = source.settings.key_columns[column.name]
            problems += [_missing(source, column.name, part) for part in parts if source.named(part) is None]
        elif not named or source.column_in_file(column.name) is not None:
            continue
        elif source.column_in_file(STAND_INS.get(column.name, column.name)) is None:
            wanted = source.settings.columns.get(column.name, column.name)
            problems.append(_missing(source, column.name, wanted))
    if problems:
        raise InputError(problems)


def _missing(source: TableSource, ours: str, wanted: str) -> Problem:
    near = difflib.get_close_matches(wanted, list(source.types), 1, 0.6)
    there = ", ".join(list(source.types)[:12])
    hint = _("Did you mean {near!r}?").format(near=near[0]) if near else _("The file has: {names}.").format(names=there)
    remedy = _('{hint} Columns can be renamed in registers.toml: [{name}.columns] {name_2} = "...".')
    return Problem(
        _("{name}, column {get}").format(name=source.file, get=wanted),
        _("is missing"),
        remedy.format(hint=hint, name=source.table, name_2=ours),
    )


def is_value(column: Column) -> bool:
    """Whether a column says something of a row, rather than what or where it is."""
    return column.kind != "key" and column.name not in ("easting", "northing")


def is_whole_type(kind: str) -> bool:
    """Whether a DuckDB type holds whole numbers that fit 64 bits."""
    return kind in _WHOLE_TYPES
