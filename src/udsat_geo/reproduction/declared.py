"""All checks of the status report 2021, in the order of the report's parts."""

from __future__ import annotations

from typing import Any

from udsat_geo.reproduction import counts, criteria, dwellings, goals
from udsat_geo.reproduction.checks import Check


def declared_checks(content: dict[str, Any]) -> tuple[Check, ...]:
    """Every check.

    Parameters
    ----------
    content : dict
        The parsed report; see `udsat_geo.published.printed_2021`.
    """
    return (*criteria.checks(content), *goals.checks(content), *dwellings.checks(), *counts.checks())
