"""The main job around a designation: inputs found, the previous designation made or loaded.

The previous designation is one cadence of the policy back, unless another is asked for. It is made from the registers
of its year wherever there are any, so that no result depends on what lies in the output folder; only a policy that
looks back on years running, whose results do, takes the one there. Where there are no registers, one in the output
folder by the same policy from the same kind of input serves, or any that is asked for by its year; else there is none,
which the notes say.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.registers.settings import NAME as SETTINGS

if TYPE_CHECKING:
    pass


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
    from udsat_geo.registers.settings import read_settings

    settings = read_settings(folder)
    if settings.year is not None and settings.year != year:
        where, what = (
            f"--year {year}",
            _("{SETTINGS} says that these registers are of {year}").format(SETTINGS=SETTINGS, year=settings.year),
        )
        raise InputError(
            Problem(where, what, _("Designate that year, or name the registers of {year}.").format(year=year))
        )
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
    years = sorted(path.name for path in raw.iterdir() if path.is_dir() and path.name.isdigit())
    if years and not _holds_registers(raw):
        raise InputError(
            Problem(
                str(raw / str(year)),
                _("no such folder"),
                _("There are registers of {names}.").format(names=", ".join(years)),
            )
        )
    return raw


def _candidates(raw: Path) -> list[Path]:
    return [raw, *(path for path in raw.iterdir() if path.is_dir())]


def _holds_registers(folder: Path) -> bool:
    if (folder / SETTINGS).is_file():
        return True
    return any(path.stem in TABLES for path in folder.iterdir() if path.is_file())
