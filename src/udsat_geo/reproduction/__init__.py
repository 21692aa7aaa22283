"""The published status report recomputed: every derived figure of it from its own printed inputs.

`declared` lists the checks as data, `engine` evaluates them, `explanations` tries readings on what does not agree,
`tables` writes it all down. Nothing here knows in advance what does not agree.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from udsat_geo.errors import InputError, Problem
from udsat_geo.published import printed_2021
from udsat_geo.reproduction.checks import Check
from udsat_geo.reproduction.declared import declared_checks
from udsat_geo.reproduction.engine import DISAGREES, Outcome, evaluate
from udsat_geo.reproduction.explanations import explain
from udsat_geo.reproduction.expressions import Printed
from udsat_geo.reproduction.figures import Report, read_report

YEARS = (2021,)
"""Years whose report is in the package."""


@dataclass(frozen=True)
class Reproduction:
    """A report and what its checks came to.

    Attributes
    ----------
    year : int
    report : Report
    outcomes : tuple of Outcome
        In the order of the report's parts.
    """

    year: int
    report: Report
    outcomes: tuple[Outcome, ...]

    @property
    def disagreements(self) -> tuple[Outcome, ...]:
        """What does not agree."""
        return tuple(outcome for outcome in self.outcomes if outcome.verdict == DISAGREES)

    @property
    def checked(self) -> frozenset[str]:
        """Paths of the printed figures that are recomputed."""
        return frozenset(
            outcome.check.printed.path for outcome in self.outcomes if isinstance(outcome.check.printed, Printed)
        )

    @property
    def used(self) -> frozenset[str]:
        """Paths of the printed figures that others, or statements of the text, are recomputed from."""
        return frozenset(path for outcome in self.outcomes for path in outcome.check.recomputed.paths())

    @property
    def alone(self) -> tuple[str, ...]:
        """Paths of the figures that nothing else in the report bears upon."""
        return tuple(path for path in self.report.figures if path not in self.checked | self.used)


def check_report_year(year: int) -> None:
    """Check that the report of a year is there.

    Raises
    ------
    InputError
    """
    if year not in YEARS:
        known, what = ", ".join(str(known) for known in YEARS), "its figures are not in the package"
        raise InputError(Problem(f"report of {year}", what, f"There are those of {known}."))


def reproduce(year: int = 2021) -> Reproduction:
    """Recompute a status report from its own printed figures.

    Parameters
    ----------
    year : int
        Of the report.

    Raises
    ------
    InputError
        If the package does not hold the report of that year.
    """
    check_report_year(year)
    report = read_report(printed_2021())
    return Reproduction(year, report, evaluate_all(declared_checks(report.content), report))


def evaluate_all(checks: tuple[Check, ...], report: Report) -> tuple[Outcome, ...]:
    """Evaluate checks over a report, and try readings on what does not agree."""
    outcomes = {check.id: evaluate(check, report) for check in checks}
    explained: list[Outcome] = []
    for outcome in outcomes.values():
        if outcome.verdict == DISAGREES:
            found, tried = explain(outcome, outcomes, report)
            outcome = dataclasses.replace(outcome, explanations=found, tried=tried)
        explained.append(outcome)
    return tuple(explained)


__all__ = ["YEARS", "Reproduction", "check_report_year", "evaluate_all", "reproduce"]
