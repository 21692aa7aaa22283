"""Published figures the package is held to, as data beside the code."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any


@lru_cache(maxsize=1)
def status_2021() -> dict[str, Any]:
    """Every figure of Copenhagen's status report 2021, as printed.

    Returns
    -------
    dict
        The parsed ``status_2021.toml``: ``criteria``, ``table_1``, ``table_2``, ``table_22``, ``figure_3``, ``goal``
        and ``statement``. Shares are percentages, dwelling area is m2 per resident. Treat it as read-only.

    Notes
    -----
    Source: City of Copenhagen, "Status på Politik for Udsatte Byområder", 2021.
    """
    return tomllib.loads(_text())


@lru_cache(maxsize=1)
def printed_2021() -> dict[str, Any]:
    """The same figures with the decimals of the print: every number that is not whole is a Decimal.

    Returns
    -------
    dict
        As `status_2021`; 35.0 keeps its decimal. Treat it as read-only.
    """
    return tomllib.loads(_text(), parse_float=Decimal)


def _text() -> str:
    return resources.files(__package__).joinpath("status_2021.toml").read_text(encoding="utf-8")
