"""Folders of registers, one for each year; and the years that a call names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.registers.settings import NAME as SETTINGS
from udsat_geo.registers.settings import read_settings, settings_file
from udsat_geo.registers.years import FOLDERS, YEAR, years_by_name
from udsat_geo.sources.kinds import tables_named

DEFAULT_RAW = Path("data/raw")
TABLES = ("residents", "dwellings", "addresses")


def has_no_registers(raw: Path | None) -> bool:
    """Whether no folder of registers is named, and none lies in ``data/raw``: the synthetic city stands in then."""
    if raw is not None:
        return False
    return not has_registers(DEFAULT_RAW)


def has_registers(raw: Path, of_years: bool = True) -> bool:
    """Whether a folder holds registers, by itself or (`of_years`) in a folder of its own for each year."""
    if not raw.is_dir():
        return False
    return any(_holds_registers(path) for path in (_candidates(raw) if of_years else [raw]))


def source_of(folder: Path, year: int) -> str:
    """What a folder of registers says it is; written-out synthetic registers stay synthetic.

    Raises
    ------
    InputError
        If its settings are wrong, or say that it holds another year.
    """
    settings = read_settings(folder)
    if settings.year is not None and settings.year != year:
        what = _("{settings} says that these registers are of {year}").format(settings=SETTINGS, year=settings.year)
        remedy = _("Designate that year, or name the registers of {year}.").format(year=year)
        raise InputError(Problem(f"--year {year}", what, remedy))
    return settings.source


def register_folder(raw: Path, year: int) -> Path:
    """``raw/year`` where it exists, else `raw` itself.

    Raises
    ------
    InputError
        If neither is there.
    """
    if (raw / str(year)).is_dir():
        return raw / str(year)
    if not raw.is_dir():
        raise InputError(Problem(str(raw), _("no such folder"), _("Name the folder that holds the registers.")))
    if years_in(raw) and not _holds_registers(raw):
        raise InputError(Problem(str(raw / str(year)), _("no such folder"), known_years(raw)))
    return raw


def folder_of_year(raw: Path, year: int) -> Path | None:
    """The folder that is known to hold the registers of a year, among others or by itself; None where none is."""
    if (raw / str(year)).is_dir():
        return raw / str(year)
    return raw if raw.is_dir() and year in _years_of_tables(raw) else None


def years_in(raw: Path) -> list[int]:
    """The years that a folder has registers for, in folders of their own or by its settings, rising."""
    if not raw.is_dir():
        return []
    folders = {int(path.name) for path in raw.iterdir() if path.is_dir() and re.fullmatch("[0-9]{1,9}", path.name)}
    return sorted(folders | set(_years_of_tables(raw)))


def _years_of_tables(folder: Path) -> list[int]:
    """The years that the table of residents of one folder holds, where its settings say how they are kept apart.

    Raises
    ------
    InputError
        If the settings are wrong, or the table cannot be read.
    """
    settings = read_settings(folder)
    layout = settings.residents
    varies = any(YEAR in value for values in layout.where.values() for value in values)
    if settings.registers.years == (FOLDERS,) and not varies:
        return []
    from udsat_geo.registers.joins import years_by_column
    from udsat_geo.registers.tables import NoSuchTableError

    named = years_by_name(folder, "residents", layout, settings.registers.years)
    try:
        return named or years_by_column(folder, "residents", layout, settings.registers.years)
    except NoSuchTableError:
        return []  # the settings lie beside folders of years


def known_years(raw: Path) -> str:
    """What years there are registers of in a folder, as a remedy says it."""
    years = ", ".join(str(year) for year in years_in(raw))
    if not years:
        return _("Each year needs a folder of its own in it.")
    return _("There are registers of {years}.").format(years=years)


def years_of(text: str) -> tuple[int, ...]:
    """The years of a comma separated list, as ``--years`` takes it; none of none.

    Raises
    ------
    InputError
        Naming every part that is no year.
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    wrong = [part for part in parts if re.fullmatch("[0-9]{4}", part) is None]
    if wrong:
        what, remedy = _("{part!r} is no year"), _("Write years as 2017,2021,2025.")
        raise InputError(Problem("--years", what.format(part=part), remedy) for part in wrong)
    return tuple(int(part) for part in parts)


def check_rising(years: Sequence[int], where: Sequence[str] | None = None) -> None:
    """Check that years rise.

    Parameters
    ----------
    years : sequence of int
    where : sequence of str, optional
        What each year is called in messages.

    Raises
    ------
    InputError
        If there are fewer than two, or one does not lie after the one before it.
    """
    if len(years) < 2:
        what = _("are fewer than two")
        raise InputError(Problem(_("the years"), what, _("Name two designations or more.")))
    remedy = _("Name them from the earliest to the latest, one of each year.")
    problems = []
    for i in range(1, len(years)):
        if years[i] > years[i - 1]:
            continue
        if where is None:
            what = _("{year} does not lie after {before}").format(year=years[i], before=years[i - 1])
            problems.append(Problem(_("the years"), what, remedy))
        else:
            what = _("is of {year}, which does not lie after {before} ({file})")
            told = what.format(year=years[i], before=years[i - 1], file=where[i - 1])
            problems.append(Problem(where[i], told, remedy))
    if problems:
        raise InputError(problems)


def _candidates(raw: Path) -> list[Path]:
    return [raw, *(path for path in raw.iterdir() if path.is_dir())]


def _holds_registers(folder: Path) -> bool:
    if settings_file(folder) is not None:
        return True
    return any(tables_named(folder, name) for name in TABLES)
