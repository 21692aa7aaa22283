"""A reproduction as rows, and as CSV, Markdown and JSON texts.

Danish texts have a decimal comma (and semicolons between the columns of CSV, as Danish spreadsheets expect); JSON has
plain numbers in both languages.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterable
from typing import Any

from udsat_geo.monitoring.printed.checks import KINDS, YEARS
from udsat_geo.monitoring.printed.explained import VERDICTS, Outcome, Reproduction, decimals_of
from udsat_geo.monitoring.printed.figures import Condition, Notation, Printed, Reading, Report
from udsat_geo.monitoring.printed.words import (
    COLUMNS,
    COUNTED,
    HOW_TO_READ,
    NOTHING,
    ROUNDED_ONLY,
    SOURCE,
    TITLE,
    TRIED,
)
from udsat_geo.monitoring.printed.words import KINDS as KIND_WORDS
from udsat_geo.monitoring.printed.words import VERDICTS as VERDICT_WORDS

ROW = (
    "id", "place", "cell", "kind", "verdict", "printed", "computed", "low", "high", "difference", "at_least", "formula",
    "explanation",
)  # fmt: skip
"""Columns of the CSV."""
_SIGNS = {"above": "> 0", "below": "< 0", "not_above": "≤ 0", "not_below": "≥ 0", "equal": "= 0"}


def row_of(outcome: Outcome, report: Report, notation: Notation) -> dict[str, str]:
    """A check as texts: the columns `ROW`, and ``interval`` for both ends at once."""
    check, language = outcome.check, notation.language
    if check.kind == YEARS:
        notation = dataclasses.replace(notation, grouped=False)
    least = decimals_of_check(outcome, report)
    if isinstance(check.printed, Condition):
        said = _SIGNS[check.printed.relation]
    elif isinstance(check.printed, Printed):
        said = notation.figure(report.figures[check.printed.path])
    else:
        said = notation.shown(check.printed.value(Reading(report, rounded=False)).low, 0)
    return {
        "id": check.id,
        "place": check.place.in_language(language),
        "cell": check.cell.in_language(language),
        "kind": KIND_WORDS[check.kind].in_language(language),
        "verdict": VERDICT_WORDS[outcome.verdict].in_language(language),
        "printed": said,
        "computed": notation.shown(outcome.as_printed, least),
        "low": notation.shown(outcome.computed.low, least, -1),
        "high": notation.shown(outcome.computed.high, least, 1),
        "interval": notation.interval(outcome.computed, least),
        "difference": "" if outcome.difference is None else notation.shown(outcome.difference, least),
        "at_least": notation.shown(outcome.at_least, least, -1),
        "formula": check.recomputed.text(report, notation.in_formula),
        "explanation": "; ".join(explanations_of(outcome, language)),
    }


def decimals_of_check(outcome: Outcome, report: Report) -> int:
    """Decimals that the figures of a check are shown with at least."""
    check = outcome.check
    if isinstance(check.printed, Condition):
        return max((report.figures[path].decimals for path in check.recomputed.paths()), default=0)
    return decimals_of(check.printed, check.recomputed, report)


def explanations_of(outcome: Outcome, language: str) -> list[str]:
    """The readings that fit, in words; those within rounding only say so."""
    return [
        f"{found.da if language == 'da' else found.en}{'' if found.exactly else ROUNDED_ONLY.in_language(language)}"
        for found in outcome.explanations
    ]


def summary_of(made: Reproduction) -> dict[str, dict[str, int]]:
    """How many checks of each kind came to each verdict; kinds without a check are left out."""
    counts = {
        kind: {
            verdict: sum(outcome.check.kind == kind and outcome.verdict == verdict for outcome in made.outcomes)
            for verdict in VERDICTS
        }
        for kind in KINDS
    }
    return {kind: count for kind, count in counts.items() if any(count.values())}


def summary_rows(made: Reproduction, language: str) -> list[list[str]]:
    """The summary as rows of texts: kind, each verdict, all; then the totals."""
    counts = summary_of(made)
    rows = [
        [KIND_WORDS[kind].in_language(language), *(str(count[v]) for v in VERDICTS), str(sum(count.values()))]
        for kind, count in counts.items()
    ]
    totals = [sum(count[verdict] for count in counts.values()) for verdict in VERDICTS]
    return [*rows, [COLUMNS["total"].in_language(language), *map(str, totals), str(sum(totals))]]


def summary_head(language: str) -> list[str]:
    """The heads of `summary_rows`."""
    verdicts = (VERDICT_WORDS[verdict].in_language(language) for verdict in VERDICTS)
    return [COLUMNS["kind"].in_language(language), *verdicts, COLUMNS["checks"].in_language(language)]


def sentences_of(made: Reproduction, language: str) -> list[str]:
    """What was covered, and how much was tried to explain what does not agree."""
    used = made.used - made.checked
    covered = COUNTED.in_language(language).format(
        checks=len(made.outcomes),
        figures=len(made.report.figures),
        checked=len(made.checked),
        used=len(used),
        alone=len(made.alone),
    )
    tried = sum(outcome.tried for outcome in made.disagreements)
    fitting = sum(len(outcome.explanations) for outcome in made.disagreements)
    return [covered, TRIED.in_language(language).format(tried=tried, fitting=fitting)] if tried else [covered]


def csv_text(head: Iterable[str], rows: Iterable[Iterable[str]], language: str) -> str:
    """Rows as CSV; with a byte order mark, without which spreadsheets take UTF-8 for something else."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";" if language == "da" else ",", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return "\ufeff" + stream.getvalue()


def checks_csv(made: Reproduction, language: str) -> str:
    """All checks as CSV, in the columns `ROW`."""
    notation = Notation(language, grouped=False)
    rows = (row_of(outcome, made.report, notation) for outcome in made.outcomes)
    head = [COLUMNS[key].in_language(language) for key in ROW]
    return csv_text(head, ([row[key] for key in ROW] for row in rows), language)


def markdown_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Rows as lines of a Markdown table."""
    head = list(head)

    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    return [line(head), line(["---"] * len(head)), *(line(row) for row in rows)]


def checks_markdown(made: Reproduction, language: str) -> str:
    """The reproduction as a Markdown page: summary, what does not agree, all checks."""
    notation = Notation(language)
    short = ("place", "cell", "printed", "computed", "interval", "difference", "at_least", "explanation")
    full = ("place", "cell", "verdict", "printed", "computed", "interval", "formula")

    def table(keys: tuple[str, ...], outcomes: Iterable[Outcome]) -> list[str]:
        rows = (row_of(outcome, made.report, notation) for outcome in outcomes)
        return markdown_table(
            [COLUMNS[k].in_language(language) for k in keys], ([row[k] for k in keys] for row in rows)
        )

    disagreements = table(short, made.disagreements) if made.disagreements else [NOTHING.in_language(language)]
    lines = [
        f"# {TITLE.in_language(language).format(year=made.year)}",
        "",
        *sentences_of(made, language),
        "",
        SOURCE.in_language(language).format(year=made.year),
        "",
        HOW_TO_READ.in_language(language),
        "",
        f"## {COLUMNS['summary'].in_language(language)}",
        "",
        *markdown_table(summary_head(language), summary_rows(made, language)),
        "",
        f"## {COLUMNS['disagreements'].in_language(language)}",
        "",
        *disagreements,
        "",
        f"## {COLUMNS['all'].in_language(language)}",
        "",
        *table(full, made.outcomes),
    ]
    return "\n".join(lines) + "\n"


def as_data(made: Reproduction, language: str) -> dict[str, Any]:
    """The reproduction as plain data for JSON: numbers are numbers, texts are of one language."""
    return {
        "report": made.year,
        "language": language,
        "figures": {
            "all": len(made.report.figures),
            "recomputed": len(made.checked),
            "used": len(made.used - made.checked),
            "alone": list(made.alone),
        },
        "summary": summary_of(made),
        "checks": [_check_data(outcome, made.report, language) for outcome in made.outcomes],
    }


def _check_data(outcome: Outcome, report: Report, language: str) -> dict[str, Any]:
    check = outcome.check
    printed: float | str = (
        check.printed.relation
        if isinstance(check.printed, Condition)
        else float(outcome.as_printed + (outcome.difference or 0))
    )
    return {
        "id": check.id,
        "figure": check.printed.path if isinstance(check.printed, Printed) else None,
        "place": check.place.in_language(language),
        "cell": check.cell.in_language(language),
        "kind": check.kind,
        "verdict": outcome.verdict,
        "printed": printed,
        "printed_interval": None
        if outcome.printed is None
        else [float(outcome.printed.low), float(outcome.printed.high)],
        "computed": float(outcome.as_printed),
        "computed_interval": [float(outcome.computed.low), float(outcome.computed.high)],
        "difference": None if outcome.difference is None else float(outcome.difference),
        "at_least": float(outcome.at_least),
        "formula": check.recomputed.text(report, Notation(language).in_formula),
        "inputs": {path: float(report.figures[path].printed) for path in check.recomputed.paths()},
        "explanations": [
            {"kind": found.kind, "text": found.da if language == "da" else found.en, "exactly": found.exactly}
            for found in outcome.explanations
        ],
        "readings_tried": outcome.tried,
    }
