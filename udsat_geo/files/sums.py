"""Files of exact sums by unit in folders: written whole or not, and those of several offices read as one city's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from udsat_geo.designation.kept import Kept
from udsat_geo.files.atomic_write import all_or_none, cannot_write
from udsat_geo.messages.errors import InputError, OutputError, Problem, Problems, reason_of
from udsat_geo.messages.translate import _
from udsat_geo.units.sums import Sums, join_sums
from udsat_geo.units.sums_file import name_of_sums, read_sums, write_sums


def write_sums_of_years(sums: Sequence[Sums], out: Path) -> list[Path]:
    """Write ``sums_YEAR.parquet`` for each year into a folder, made where it is missing; all or none.

    Raises
    ------
    OutputError
        If they cannot be written; what was there stays.
    """
    names = [name_of_sums(each.year) for each in sums]
    try:
        with all_or_none(out, names) as folder:
            for name, each in zip(names, sums, strict=True):
                write_sums(folder / name, each)
    except OSError as error:
        raise OutputError(cannot_write(out, reason_of(error))) from None
    return [out / name for name in names]


def read_sums_of(places: Sequence[str | Path]) -> Kept:
    """The sums of all years in folders, or in files, each folder being one office's.

    Parameters
    ----------
    places : sequence of str or Path

    Returns
    -------
    Kept
        What a job reads in the place of registers.

    Raises
    ------
    InputError
        With everything that keeps them from being one city's: see `udsat_geo.units.sums.join_sums`.
    """
    offices, problems = _offices(places), Problems()
    read = {folder: [problems.of(read_sums, file) for file in files] for folder, files in offices.items()}
    problems.check()
    by_year: dict[int, list[tuple[str, Sums]]] = {}
    for folder, sums in read.items():
        for each in sums:
            if each is not None:
                by_year.setdefault(each.year, []).append((str(folder), each))
    for year, parts in by_year.items():
        for folder in offices.keys() - {Path(name) for name, _sums in parts}:
            what = _("has no sums of {year}, and {other} has").format(year=year, other=parts[0][0])
            problems.messages.append(str(Problem(str(folder), what, _("Give the same years of all offices."))))
    problems.check()
    joined = {year: problems.of(join_sums, parts) for year, parts in sorted(by_year.items())}
    problems.check()
    return Kept({year: sums for year, sums in joined.items() if sums is not None}, is_input=True, is_closed=True)


def _offices(places: Sequence[str | Path]) -> dict[Path, list[Path]]:
    """The files of each folder.

    Raises
    ------
    InputError
        If a place is not there, holds no sums, or is named twice.
    """
    found: dict[Path, list[Path]] = {}
    problems, seen = [], set[Path]()
    for place in map(Path, places):
        files = sorted(place.glob(name_of_sums("*"))) if place.is_dir() else [place]
        if not place.exists():
            problems.append(Problem(f"--sums {place}", _("no such file"), _("Check the path.")))
        elif not files:
            what, remedy = _("holds no sums by unit"), _("Make them with udsat sums.")
            problems.append(Problem(f"--sums {place}", what, remedy))
        elif seen & {file.resolve() for file in files}:
            problems.append(Problem(f"--sums {place}", _("is given twice"), _("Give it once.")))
        else:
            found.setdefault(files[0].parent, []).extend(files)
        seen |= {file.resolve() for file in files}
    if problems:
        raise InputError(problems)
    return found
