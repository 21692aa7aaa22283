"""The synthetic Copenhagen: registers of people who do not exist, made to match published figures."""

from __future__ import annotations

from udsat_geo.messages.errors import InputError
from udsat_geo.messages.translate import _

DEFAULT_SEED: int = 2017
"""Of the city that there is unless another is asked for."""

YEARS = (2017, 2018, 2019, 2021, 2025)
"""That the city has registers of."""


def check_year(year: int) -> None:
    """Raise `InputError` where the city has no such year."""
    if year not in YEARS:
        years = ", ".join(map(str, YEARS))
        raise InputError(
            _("The synthetic city has registers for {years}, not for {year}.").format(years=years, year=year)
        )
