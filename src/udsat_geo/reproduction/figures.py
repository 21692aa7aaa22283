"""The printed figures of the report, each under a name, with the rounding that its print implies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from udsat_geo.reproduction.intervals import Interval, of_printed

_SHARES = ("areas", "city", "areas_updated", "city_updated")
"""What of an indicator in per cent is itself in per cent; all else of it (persons) is counted."""
_NUMBERING = ("number", "approach")
"""Numbers that name a goal and its group: no figures."""


@dataclass(frozen=True)
class Figure:
    """One printed figure.

    Attributes
    ----------
    path : str
        Its name: ``table_1.areas.low_income.2017``; goals by number and indicators by position in their goal
        (``goal.18.2.areas.2021``); statements of the text by id.
    printed : Decimal
        With the decimals of the print.
    exact : bool
        A count or a year, which no rounding touches.
    about : bool
        Called approximate by the report.
    """

    path: str
    printed: Decimal
    exact: bool
    about: bool

    @property
    def decimals(self) -> int:
        """Decimals in print."""
        return max(0, -int(self.printed.as_tuple().exponent))

    @property
    def is_year(self) -> bool:
        """Whether it is a calendar year, which is written without a sign between the thousands."""
        return self.exact and 1900 <= self.printed <= 2100 and ("year" in self.path or self.path.startswith("policy."))

    @property
    def interval(self) -> Interval:
        """Every true figure that may be printed so."""
        return Interval.exactly(self.printed) if self.exact else of_printed(self.printed, self.about)


@dataclass(frozen=True)
class Report:
    """A report's figures, and the lists whose entries its text counts.

    Attributes
    ----------
    figures : dict
        Path -> `Figure`, in the order of the report.
    content : dict
        The parsed file, with numbers that are not whole as Decimal.
    """

    figures: dict[str, Figure]
    content: dict[str, Any]


def read_report(content: dict[str, Any]) -> Report:
    """Name every figure of a parsed report; see `udsat_geo.published.printed_2021`."""
    return Report({figure.path: figure for figure in _figures(content, (), False)}, content)


def _figures(node: Any, path: tuple[str, ...], percentage: bool) -> Iterator[Figure]:
    if isinstance(node, dict):
        for key, value in node.items():
            share = percentage and (len(path) != 3 or path[0] != "goal" or key in _SHARES)
            yield from _figures(value, (*path, key), share or key.endswith("_pct"))
    elif isinstance(node, list):
        for position, entry in enumerate(node, start=1):
            yield from _figures(entry, _path_of_entry(path, entry, position), percentage or _is_percentage(entry))
    elif isinstance(node, int | Decimal) and not isinstance(node, bool):
        about = path[-1].startswith("about_")
        if path[-1] not in _NUMBERING:
            yield Figure(".".join(path), Decimal(node), isinstance(node, int) and not percentage and not about, about)


def _path_of_entry(path: tuple[str, ...], entry: Any, position: int) -> tuple[str, ...]:
    """Goals go by their number, statements by their id, all else by its place in the list."""
    name = str(position)
    if isinstance(entry, dict):
        name = str(entry.get("id") or entry.get("number") or position)
    return (*path[:-1], name) if path[-1] == "indicator" else (*path, name)


def _is_percentage(entry: Any) -> bool:
    return isinstance(entry, dict) and "%" in entry.get("name", "")
