"""Small reports and checks, made by hand."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from udsat_geo.monitoring.printed.checks import TABLES, Alternative, Check, Words
from udsat_geo.monitoring.printed.explained import Outcome, evaluate, evaluate_all
from udsat_geo.monitoring.printed.figures import Condition, Expression, Printed, Report, read_report

PLACE = Words("Tabel A", "Table A")


def report(**figures: str | int) -> Report:
    """A report of one table: decimals as texts, so that they stand as in print; whole numbers are counts."""
    table: dict[str, Any] = {name: of if isinstance(of, int) else Decimal(of) for name, of in figures.items()}
    return read_report({"table_a": table})


def figure(name: str) -> Printed:
    return Printed(f"table_a.{name}")


def check(
    printed: str | Expression | Condition, formula: Expression, *alternatives: Alternative, kind: str = TABLES
) -> Check:
    what = figure(printed) if isinstance(printed, str) else printed
    name = printed if isinstance(printed, str) else "stated"
    return Check(f"table_a.{name}", PLACE, Words(f"felt {name}", f"field {name}"), kind, what, formula, alternatives)


def verdict(of: Report, one: Check) -> str:
    return evaluate(one, of).verdict


def outcomes(of: Report, *checks: Check) -> dict[str, Outcome]:
    return {outcome.check.id: outcome for outcome in evaluate_all(checks, of)}


def altered(of: Report, path: str, printed: Decimal) -> Report:
    """The same report with another figure in one place."""
    return Report({**of.figures, path: dataclasses.replace(of.figures[path], printed=printed)}, of.content)
