"""The tables of a folder on one connection that reaches their files and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from udsat_geo.errors import InputError, Problem
from udsat_geo.registers.cleaning import CleanTable, clean_table
from udsat_geo.registers.settings import NAME as SETTINGS
from udsat_geo.registers.settings import RegisterSettings, read_settings
from udsat_geo.registers.sql import literal, pattern_of
from udsat_geo.registers.tables import TableSource, open_table


@dataclass(frozen=True)
class Opened:
    """The clean tables of a folder on a locked connection.

    Attributes
    ----------
    connection : duckdb connection
        Reads the tables' files and no other; its settings cannot be changed.
    residents, dwellings, addresses : CleanTable
    settings : RegisterSettings
    settings_file : Path or None
    """

    connection: duckdb.DuckDBPyConnection
    residents: CleanTable
    dwellings: CleanTable
    addresses: CleanTable
    settings: RegisterSettings
    settings_file: Path | None

    @property
    def tables(self) -> tuple[CleanTable, ...]:
        """All three, addresses first: the order in which they are needed."""
        return (self.addresses, self.dwellings, self.residents)

    @property
    def files(self) -> dict[str, Path]:
        """Table -> its file, and the settings where they are a file: all that results depend on."""
        files = {table.source.name: table.source.path for table in self.tables}
        return files if self.settings_file is None else {**files, "settings": self.settings_file}


def open_registers(folder: Path, threads: int | None = None, may_lack_values: bool = False) -> Opened:
    """Open the tables of a folder; afterwards the connection reaches their files and nothing else.

    Parameters
    ----------
    folder : Path
    threads : int, optional
        For DuckDB; its own choice without.
    may_lack_values : bool
        Whether columns that are neither keys nor positions may be missing: see `udsat_geo.registers.partial`.

    Raises
    ------
    InputError
        If the folder or a table is missing or damaged, or one cannot tell how its numbers are written.
    """
    if not folder.is_dir():
        raise InputError(Problem(str(folder), "no such folder", "Name the folder that holds the registers."))
    settings = read_settings(folder)
    config = {"threads": str(threads)} if threads else {}
    connection = duckdb.connect(":memory:", config={**config, "python_enable_replacements": "false"})
    sources: list[TableSource] = []
    problems: list[str] = []
    for name in ("residents", "dwellings", "addresses"):
        try:
            sources.append(open_table(connection, folder, name, settings.table(name), may_lack_values))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    _lock(connection, [source.path for source in sources])
    clean: list[CleanTable] = []
    for source in sources:
        try:
            clean.append(clean_table(connection, source))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    settings_file = folder / SETTINGS if (folder / SETTINGS).is_file() else None
    return Opened(connection, clean[0], clean[1], clean[2], settings, settings_file)


def _lock(connection: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    """No file but these, no extension, no change of settings."""
    allowed = ", ".join(literal(name) for path in paths for name in dict.fromkeys([str(path), pattern_of(path)]))
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
