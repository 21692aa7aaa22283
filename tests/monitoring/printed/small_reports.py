"""Small reports and checks, made by hand."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from typing import Any

from udsat_geo.monitoring.printed.checks import DIRECTIONS, TABLES, Alternative, Check, Words
from udsat_geo.monitoring.printed.explained import Outcome, evaluate, evaluate_all
from udsat_geo.monitoring.printed.figures import Report, read_report
from udsat_geo.monitoring.printed.formulas import Formula, read_formula

PLACE = {"da": "Tabel A", "en": "Table A"}


def report(**figures: str | int) -> Report:
    """A report of one table: decimals as texts, so that they stand as in print; whole numbers are counts."""
    table: dict[str, Any] = {name: of if isinstance(of, int) else Decimal(of) for name, of in figures.items()}
    return read_report({"table_a": table})


def over(text: str) -> Formula:
    """A formula over the table's figures, by their bare names."""
    return read_formula(re.sub(r"\b(?!abs\b|sum\b|how_many\b|printed\b)([a-z]\w*)", r"table_a.\1", text))


def reading(says: Words, of: str, provided: str | None = None) -> Alternative:
    return Alternative(says, over(of), provided=None if provided is None else over(provided))


def check(printed: str, formula: str, *alternatives: Alternative, kind: str = TABLES) -> Check:
    """A check of a figure by its bare name, or of a number that the print implies."""
    cell = {"da": f"felt {printed}", "en": f"field {printed}"}
    return Check(f"table_a.{printed}", PLACE, cell, kind, over(printed), over(formula), alternatives)


def states(condition: str, *alternatives: Alternative) -> Check:
    """The check of a stated direction."""
    stated = over(condition)
    return Check("table_a.said", PLACE, PLACE, DIRECTIONS, stated, stated.compared, alternatives)


def verdict(of: Report, one: Check) -> str:
    return evaluate(one, of).verdict


def outcomes(of: Report, *checks: Check) -> dict[str, Outcome]:
    return {outcome.check.id: outcome for outcome in evaluate_all(checks, of)}


def altered(of: Report, path: str, printed: Decimal) -> Report:
    """The same report with another figure in one place."""
    return Report({**of.figures, path: dataclasses.replace(of.figures[path], printed=printed)}, of.content)
