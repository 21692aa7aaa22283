"""A reproduction as tables, and as CSV, Markdown and JSON texts.

Danish texts have a decimal comma (and semicolons between the columns of CSV, as Danish spreadsheets expect); JSON has
plain numbers in both languages.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from udsat_geo.messages.tables import Table, csv_text
from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.printed.checks import KINDS, YEARS
from udsat_geo.monitoring.printed.explained import (
    DISAGREES,
    VERDICTS,
    Outcome,
    Reproduction,
    decimals_of,
    most_decimals,
)
from udsat_geo.monitoring.printed.figures import Notation, Report

ROW = (
    "id", "place", "cell", "kind", "verdict", "printed", "computed", "low", "high", "difference", "at_least", "formula",
    "explanation",
)  # fmt: skip
"""Columns of the CSV."""

COLUMNS = {
    "id": "id",
    "place": N_("place"),
    "cell": N_("cell"),
    "kind": N_("kind"),
    "verdict": N_("verdict"),
    "printed": N_("printed"),
    "computed": N_("recomputed"),
    "low": N_("low"),
    "high": N_("high"),
    "interval": N_("interval"),
    "difference": N_("difference"),
    "at_least": N_("off by at least"),
    "formula": N_("formula"),
    "explanation": N_("explanation"),
}
NOTHING = N_("Everything agrees.")
HOW_TO_READ = N_(
    "A figure with one decimal may have been rounded from anything within 0.05. The interval holds every result of "
    "inputs that may be printed so; off by at least is its distance from the interval of the printed figure itself. "
    "For directions the result is a change or difference, and printed is what the text says of it."
)
_RELATIONS = {">": "above", "<": "below", "≤": "not_above", "≥": "not_below", "=": "equal"}
"""What a text says of a change or difference, in JSON."""


def title_of(made: Reproduction, language: str) -> str:
    """The head of it all."""
    return _("Status report {year} recomputed from its own figures", language).format(year=made.year)


def row_of(outcome: Outcome, report: Report, notation: Notation) -> dict[str, str]:
    """A check as texts: the columns `ROW`, and ``interval`` for both ends at once."""
    check, language = outcome.check, notation.language
    if check.kind == YEARS:
        notation = dataclasses.replace(notation, grouped=False)
    least = decimals_of_check(outcome, report)
    if check.printed.sign:
        said = f"{check.printed.sign} 0"
    elif check.printed.figure is not None:
        said = notation.figure(report.figures[check.printed.figure])
    else:
        said = notation.shown(check.printed.plain_value(report), 0)
    return {
        "id": check.id,
        "place": check.place[language],
        "cell": check.cell[language],
        "kind": _(KINDS[check.kind], language),
        "verdict": _(VERDICTS[outcome.verdict], language),
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
    if check.printed.sign:
        return most_decimals(check.recomputed, report)
    return decimals_of(check.printed, check.recomputed, report)


def explanations_of(outcome: Outcome, language: str) -> list[str]:
    """The readings that fit, in words; those within rounding only say so."""
    rounded_only = _(" (within rounding)", language)
    return [f"{found.says[language]}{'' if found.exactly else rounded_only}" for found in outcome.explanations]


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


def summary_table(made: Reproduction, language: str) -> Table:
    """How many checks of each kind came to each verdict, and in all."""
    counts = summary_of(made)
    rows = [
        (_(KINDS[kind], language), *(str(count[verdict]) for verdict in VERDICTS), str(sum(count.values())))
        for kind, count in counts.items()
    ]
    totals = [sum(count[verdict] for count in counts.values()) for verdict in VERDICTS]
    rows.append((_("total", language), *map(str, totals), str(sum(totals))))
    verdicts = (_(words, language) for words in VERDICTS.values())
    heads = (_("kind", language), *verdicts, _("checked", language))
    return Table(title_of(made, language), heads, tuple(rows))


def checks_table(made: Reproduction, outcomes: Iterable[Outcome], title: str, language: str) -> Table:
    """Checks for a console: one cell for what, how and why, one for result and interval."""
    notation, rows = Notation(language), []
    for outcome in outcomes:
        row = row_of(outcome, made.report, notation)
        readings = (f"  - {text}" for text in explanations_of(outcome, language))
        what = "\n".join((f"{row['place']}: {row['cell']}", row["formula"], *readings))
        computed = row["computed"] if row["interval"] == row["computed"] else f"{row['computed']}\n{row['interval']}"
        rows.append((what, row["printed"], computed, row["at_least" if outcome.verdict == DISAGREES else "verdict"]))
    place, cell, explanation, *heads = (
        _(COLUMNS[key], language) for key in ("place", "cell", "explanation", "printed", "computed", "at_least")
    )
    return Table(_(title, language), (f"{place}: {cell}, {explanation}", *heads), tuple(rows), spaced=True)


def sentences_of(made: Reproduction, language: str) -> list[str]:
    """What was covered, and how much was tried to explain what does not agree."""
    covered = _(
        "{checks} derived figures and statements checked. Of the report's {figures} figures {checked} were recomputed, "
        "{used} others go into that, and {alone} have nothing else in the report to be held against.",
        language,
    ).format(
        checks=len(made.outcomes),
        figures=len(made.report.figures),
        checked=len(made.checked),
        used=len(made.used - made.checked),
        alone=len(made.alone),
    )
    tried = sum(outcome.tried for outcome in made.disagreements)
    fitting = sum(len(outcome.explanations) for outcome in made.disagreements)
    told = _("{tried} explanations were tried on what does not agree; {fitting} fit.", language)
    return [covered, told.format(tried=tried, fitting=fitting)] if tried else [covered]


def checks_csv(made: Reproduction, language: str) -> str:
    """All checks as CSV, in the columns `ROW`."""
    notation = Notation(language, grouped=False)
    rows = (row_of(outcome, made.report, notation) for outcome in made.outcomes)
    return csv_text((_(COLUMNS[key], language) for key in ROW), ([row[key] for key in ROW] for row in rows), language)


def checks_markdown(made: Reproduction, language: str) -> str:
    """The reproduction as a Markdown page: summary, what does not agree, all checks."""
    short = ("place", "cell", "printed", "computed", "interval", "difference", "at_least", "explanation")
    full = ("place", "cell", "verdict", "printed", "computed", "interval", "formula")

    def table(keys: tuple[str, ...], outcomes: Iterable[Outcome]) -> str:
        heads = tuple(_(COLUMNS[key], language) for key in keys)
        rows = (row_of(outcome, made.report, Notation(language)) for outcome in outcomes)
        texts = tuple(tuple(row[key] for key in keys) for row in rows)
        return Table("", heads, texts, left=frozenset(range(len(keys)))).markdown()

    source = _(
        "Source of all printed figures: City of Copenhagen, Status på Politik for Udsatte Byområder, {year}.", language
    )
    parts = [
        f"# {title_of(made, language)}",
        "\n".join(sentences_of(made, language)),
        source.format(year=made.year),
        _(HOW_TO_READ, language),
        "## " + _("Summary", language),
        summary_table(made, language).markdown(),
        "## " + _("What does not agree", language),
        table(short, made.disagreements) if made.disagreements else _(NOTHING, language),
        "## " + _("Everything checked", language),
        table(full, made.outcomes),
    ]
    return "\n\n".join(parts) + "\n"


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
    printed: float | str = float(outcome.as_printed + (outcome.difference or 0))
    if check.printed.sign:
        printed = _RELATIONS[check.printed.sign]
    return {
        "id": check.id,
        "figure": check.printed.figure,
        "place": check.place[language],
        "cell": check.cell[language],
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
        "inputs": {path: float(report.figures[path].printed) for path in check.recomputed.paths},
        "explanations": [
            {"kind": found.kind, "text": found.says[language], "exactly": found.exactly}
            for found in outcome.explanations
        ],
        "readings_tried": outcome.tried,
    }
