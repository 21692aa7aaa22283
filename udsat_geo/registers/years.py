"""Registers of several years in one folder: by files, by partitions or by a column that holds the year."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.registers.layout import TableLayout, Values
from udsat_geo.sources.kinds import SUFFIXES, named_path, plain, tables_named

FOLDERS, FILES = "folders", "files"
"""How years are kept apart: a folder each, or files whose names end in them; others are columns that hold them."""

YEAR = "{year}"
"""What stands for the year among the values of `where`."""

FIRST_YEAR = 1000
"""A vintage from here on is a year, and not years before the one that is asked for."""


@dataclass(frozen=True)
class YearRead:
    """Which year of registers is read, and how years are kept apart.

    Attributes
    ----------
    year : int or None
        None where nobody has said.
    ways : tuple of str
        The first one that fits a table holds.
    """

    year: int | None = None
    ways: tuple[str, ...] = (FOLDERS,)

    def of(self, layout: TableLayout) -> int | None:
        """The year of a table's data."""
        if layout.vintage >= FIRST_YEAR:
            return layout.vintage
        return None if self.year is None else self.year + layout.vintage

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that may hold the year."""
        return tuple(way for way in self.ways if way not in (FOLDERS, FILES))


def path_of_year(folder: Path, name: str, layout: TableLayout, read: YearRead) -> Path | None:
    """The file or folder that holds one year of a table alone; None where years are not kept apart so.

    Raises
    ------
    InputError
        If there are such files, but none of the year, or several.
    """
    year, base = read.of(layout), _base(name, layout)
    for way in read.ways:
        found: list[Path] = []
        if way == FOLDERS and year is not None and year != read.year and folder.name == str(read.year):
            beside = folder.parent / str(year)
            found = tables_named(beside, base) if beside.is_dir() else []
        elif way == FILES:
            there = _files_by_year(folder, base)
            found = there.get(year, []) if year is not None else []
            if there and not found:
                raise InputError(_not_among(folder / base, year, there))
        elif way != FOLDERS:
            parts = _partitions(folder, base, way)
            found = [parts[year]] if year in parts else []
            if parts and not found:
                raise InputError(_not_among(folder / base, year, parts))
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
            what = _("more than one table of {name}: {names}").format(name=name, names=names)
            raise InputError(Problem(str(folder), what, _("Keep one, or name it in registers.toml.")))
        if found:
            return found[0]
    return None


def rows_of_year(
    where: Mapping[str, Values], names: Sequence[str], label: str, layout: TableLayout, read: YearRead
) -> dict[str, Values]:
    """Which rows are read: `where` with the year in place of ``{year}``, and those of the year by a column.

    Parameters
    ----------
    where : dict
    names : sequence of str
        The columns that there are, without those that the file's partition holds.
    label : str
        The table's place in `registers.toml`.

    Raises
    ------
    InputError
        If the year is needed and not known.
    """
    year = read.of(layout)
    column = next((name for way in read.columns for name in names if plain(name) == plain(way)), None)
    rows = dict(where)
    if column is not None and not any(plain(column) == plain(name) for name in rows):
        rows[column] = (YEAR,)
    if year is None and any(YEAR in value for values in rows.values() for value in values):
        remedy = _("Say which: --year, or year = ... in registers.toml.")
        raise InputError(Problem(label, _("is of several years"), remedy))
    return {name: tuple(value.replace(YEAR, str(year)) for value in values) for name, values in rows.items()}


def years_by_name(folder: Path, name: str, layout: TableLayout, ways: Sequence[str]) -> list[int]:
    """The years that the names of a table's files or partitions tell, rising."""
    base = _base(name, layout)
    found: dict[int, object] = {}
    for way in ways:
        if way == FILES:
            found |= _files_by_year(folder, base)
        elif way != FOLDERS:
            found |= _partitions(folder, base, way)
    shift = layout.vintage if layout.vintage < FIRST_YEAR else 0
    return sorted(year - shift for year in found)


def _base(name: str, layout: TableLayout) -> str:
    """The name of a table's files without suffix and year."""
    given = plain(layout.file or name)
    return next((given.removesuffix(suffix) for suffix in SUFFIXES if given.endswith(suffix)), given)


def _files_by_year(folder: Path, base: str) -> dict[int, list[Path]]:
    """Year -> the files of a table whose names end in it, as in ``bef2021.parquet`` or ``bef_2021``."""
    found: dict[int, list[Path]] = {}
    pattern = re.compile(re.escape(base) + r"[_-]?(\d{4})")
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        stem = next((plain(path.name).removesuffix(s) for s in SUFFIXES if plain(path.name).endswith(s)), None)
        stem = plain(path.name) if stem is None and path.is_dir() else stem
        match = None if stem is None else pattern.fullmatch(stem)
        if match:
            found.setdefault(int(match.group(1)), []).append(path)
    return found


def _partitions(folder: Path, base: str, column: str) -> dict[int, Path]:
    """Year -> the part of a table's folder that is of it, as in ``bef/year=2021``."""
    path = named_path(folder, base)
    found = {}
    for part in sorted(path.iterdir()) if os.path.isdir(path) else ():
        match = re.fullmatch(re.escape(plain(column)) + r"=(\d{4})", plain(part.name))
        if match and part.is_dir():
            found[int(match.group(1))] = part
    return found


def _not_among(path: Path, year: int | None, there: Mapping[int, object]) -> Problem:
    years = ", ".join(str(each) for each in sorted(there))
    if year is None:
        remedy = _("Say which: --year, or year = ... in registers.toml.")
        return Problem(str(path), _("is of several years: {years}").format(years=years), remedy)
    what = _("there is none of {year}").format(year=year)
    return Problem(str(path), what, _("There are registers of {years}.").format(years=years))
