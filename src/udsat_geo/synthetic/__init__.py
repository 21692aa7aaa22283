"""The synthetic Copenhagen: registers of people who do not exist, made to match published figures.

The planted areas, and the rest of the city around them, measure what the status report of 2021 prints. Everything else
about the city is invented, and the modules say where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from udsat_geo.synthetic.areas import PlantedAreas

YEARS: tuple[int, ...] = (2017, 2018, 2019, 2021, 2025)
DEFAULT_SEED: int = 2017

__all__ = ["DEFAULT_SEED", "YEARS", "cached_registers", "planted_areas", "write_registers"]


def _check_year(year: int) -> None:
    if year not in YEARS:
        from udsat_geo.errors import InputError

        years = ", ".join(map(str, YEARS))
        raise InputError(f"The synthetic city has registers for {years}, not for {year}.")


def write_registers(year: int, folder: Path, seed: int = DEFAULT_SEED) -> None:
    """Write a year's synthetic registers.

    Parameters
    ----------
    year : int
        One of ``YEARS``.
    folder : Path
        Made when missing; ``residents.parquet``, ``dwellings.parquet``, ``addresses.parquet``, ``registers.toml``
        and ``places.geojson`` are written into it.
    seed : int
        The same seed gives the same bytes.

    Raises
    ------
    InputError
        When the city has no such year.
    """
    _check_year(year)
    from udsat_geo.synthetic.write import write_year

    write_year(year, folder, seed)


def cached_registers(
    year: int,
    seed: int = DEFAULT_SEED,
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """The folder of a year's synthetic registers in the user's cache, made when missing.

    Parameters
    ----------
    year : int
        One of ``YEARS``.
    seed : int
    cache : Path, optional
        The cache folder; by default ``UDSAT_CACHE`` or the platform's place for caches. When it cannot be written, a
        temporary folder takes its place.
    progress : callable, optional
        Told in one sentence when registers have to be made.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        When the city has no such year.
    """
    _check_year(year)
    from udsat_geo.synthetic.cache import find_or_make

    return find_or_make(year, seed, cache, lambda folder: write_registers(year, folder, seed), progress)


def planted_areas(year: int, seed: int = DEFAULT_SEED) -> PlantedAreas:
    """The truth behind the synthetic city: the cells of its planted areas.

    Parameters
    ----------
    year : int
        One of ``YEARS``. Areas are those designated in 2017, 2021 and 2025; 2018 and 2019 have those of 2017.
    seed : int

    Returns
    -------
    PlantedAreas

    Raises
    ------
    InputError
        When the city has no such year.
    """
    _check_year(year)
    from udsat_geo.synthetic.areas import DESIGNATION_YEARS, build_areas, planted

    return planted(build_areas(seed), max(y for y in DESIGNATION_YEARS if y <= year))
