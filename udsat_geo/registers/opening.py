"""A folder of registers opened: its settings, and its files on a connection that reaches nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import Note, _
from udsat_geo.registers.cleaning import CleanTable, check_tables
from udsat_geo.registers.joins import check_links, check_partners, clean_files, notes_of, open_files, put_together
from udsat_geo.registers.schema import CRS, SURVEY
from udsat_geo.registers.settings import RegisterSettings, read_settings, settings_file
from udsat_geo.registers.years import YearRead, years_by_name
from udsat_geo.sources.engine import connect, literal, pattern_of
from udsat_geo.sources.kinds import tables_named
from udsat_geo.sources.stores import bring

TABLES = ("residents", "dwellings", "addresses")


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
    survey : CleanTable or None
        Answers that lie beside the registers; None where there are none, or nobody asks for them.
    crs : str
        The reference system that positions are brought to.
    """

    connection: duckdb.DuckDBPyConnection
    residents: CleanTable
    dwellings: CleanTable
    addresses: CleanTable
    settings: RegisterSettings
    settings_file: Path | None
    survey: CleanTable | None = None
    crs: str = CRS

    @property
    def tables(self) -> tuple[CleanTable, ...]:
        """All three, addresses first: the order in which they are needed."""
        return (self.addresses, self.dwellings, self.residents)

    @property
    def all_tables(self) -> tuple[CleanTable, ...]:
        """The three, each followed by what is joined to it."""
        tables = (*self.tables, self.survey) if self.survey is not None else self.tables
        return tuple(each for table in tables for each in (table, *(link.table for link in table.links)))

    def notes(self) -> tuple[Note, ...]:
        """What was found out about the files: how they are written, and how many rows are joined."""
        written = tuple(note for table in self.all_tables for note in table.notes)
        return written + tuple(note for table in self.tables for note in notes_of(self.connection, table))

    @property
    def files(self) -> dict[str, Path]:
        """Table -> its file, and the settings where they are a file: all that results depend on."""
        files = {table.source.name: table.source.path for table in self.all_tables}
        return files if self.settings_file is None else {**files, "settings": self.settings_file}


def open_registers(
    folder: Path,
    threads: int | None = None,
    may_lack_values: bool = False,
    year: int | None = None,
    with_survey: bool = False,
    crs: str = CRS,
    may_lie_elsewhere: bool = False,
) -> Opened:
    """Open the tables of a folder; afterwards the connection reaches their files and nothing else.

    Parameters
    ----------
    folder : Path
    threads : int, optional
        For DuckDB; its own choice without.
    may_lack_values : bool
        Whether columns that are neither keys nor positions may be missing: see `udsat_geo.registers.read`.
    year : int, optional
        Which year of a folder that holds several; without it what the settings say.
    with_survey : bool
        Whether a survey is opened too, where there is one.
    crs : str
        The projected system, in metres, that positions are brought to.
    may_lie_elsewhere : bool
        Whether rows that are in a store (see `udsat_geo.sources.stores`) stay there, to be read by others.

    Raises
    ------
    InputError
        If the folder or a table is missing or damaged, or one cannot tell how its numbers are written.
    """
    if not folder.is_dir():
        raise InputError(Problem(str(folder), _("no such folder"), _("Name the folder that holds the registers.")))
    if not may_lie_elsewhere:
        bring(folder)
    settings = read_settings(folder)
    connection = connect(threads, for_expressions=True)
    problems = Problems()
    read = YearRead(settings.year if year is None else year, settings.registers.years)
    opened = [
        problems.of(open_files, connection, folder, name, settings.table(name), may_lack_values, read)
        for name in TABLES
    ]
    if with_survey and _has_survey(folder, settings, read):
        opened.append(problems.of(open_files, connection, folder, SURVEY, settings.table(SURVEY), False, read))
    problems.check()
    files = [each for each in opened if each is not None]
    lock(connection, [path for each in files for source in each.sources for path in source.parts or (source.path,)])
    cleaned = [problems.of(clean_files, connection, each) for each in files]
    problems.check()
    residents, dwellings, addresses, *surveys = (table for table in cleaned if table is not None)
    survey = surveys[0] if surveys else None
    return Opened(connection, residents, dwellings, addresses, settings, settings_file(folder), survey, crs)


def _has_survey(folder: Path, settings: RegisterSettings, read: YearRead) -> bool:
    """Whether a survey is named, or lies there under its own name."""
    layout = settings.survey
    named = layout.file is not None or bool(tables_named(folder, SURVEY))
    return named or bool(years_by_name(folder, SURVEY, layout, read.ways))


def check(opened: Opened) -> tuple[Opened, dict[str, int], dict[str, int]]:
    """Count rows and faults of all tables and of what is joined to them, and put these together.

    Returns
    -------
    opened : Opened
    rows, counts : dict
        As of `check_tables`.

    Raises
    ------
    InputError
        With every fault that stops the run; then with every key that joins a row to two others.
    """
    rows, counts = check_tables(opened.connection, opened.all_tables)
    problems = Problems()
    for table in (*opened.tables, *([] if opened.survey is None else [opened.survey])):
        problems.of(check_links, opened.connection, table)
    problems.check()
    residents, dwellings = (put_together(opened.connection, each) for each in (opened.residents, opened.dwellings))
    survey = opened.survey and put_together(opened.connection, opened.survey)
    for together in (residents, dwellings, *([] if survey is None else [survey])):
        problems.of(check_partners, opened.connection, together)
    problems.check()
    return dataclasses.replace(opened, residents=residents, dwellings=dwellings, survey=survey), rows, counts


def lock(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], folders: Sequence[Path] = ()) -> None:
    """Let a connection reach no file but these and those in folders, no extension, and no change of settings."""
    allowed = ", ".join(literal(name) for path in paths for name in dict.fromkeys([str(path), pattern_of(path)]))
    connection.execute(f"SET allowed_paths = [{allowed}]")
    if folders:
        connection.execute(f"SET allowed_directories = [{', '.join(literal(str(folder)) for folder in folders)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
