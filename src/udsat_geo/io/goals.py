"""The account of the goals as files: JSON, two tables of CSV, and Markdown.

CSV has the decimal point and commas between columns in every language, so that any program reads it alike; labels
follow the language. Figures of the report stand with the digits they are printed with.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from udsat_geo import __version__
from udsat_geo.goals.account import Account, Computed, rounded
from udsat_geo.goals.crossings import Crossings
from udsat_geo.goals.interval import Interval
from udsat_geo.goals.measure import Measured, Ratio
from udsat_geo.goals.polling import PollingDistricts
from udsat_geo.goals.published import Goal, Indicator
from udsat_geo.goals.sentences import aim_in_words, differing, reason, reasons_of_goal
from udsat_geo.goals.tables import UPDATED, YEARS, Table, tables_of
from udsat_geo.goals.verdict import Judgement
from udsat_geo.goals.wording import HEADINGS, REPORT, RULE, VERDICTS
from udsat_geo.io.summary import as_json, sha256
from udsat_geo.io.together import write_texts
from udsat_geo.vector import name_of

NAMES = ("goals.json", "goals.csv", "goals_figures.csv", "goals.md")

_FRACTION_DIGITS = 10


def write_goals(account: Account, out: Path, language: str) -> list[Path]:
    """Write all files of an account into a folder, all or none; the same account gives the same bytes.

    Parameters
    ----------
    account : Account
    out : Path
        Made where it is missing.
    language : {"da", "en"}

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    texts = (
        as_json(as_data(account, language)),
        _csv(goal_rows(account, language)),
        _csv(_figure_rows(account, language)),
        markdown(account, language),
    )
    return write_texts(out, dict(zip(NAMES, texts, strict=True)))


def as_data(account: Account, language: str) -> dict[str, Any]:
    """The account as plain data, with provenance."""
    data: dict[str, Any] = {
        "version": __version__,
        "language": language,
        "published": {"source": HEADINGS[language]["source"]},
        "rule": list(RULE[language]),
        "differences": [goal.number for goal in differing(account.published)],
        "goals": [_goal(goal, account, language) for goal in account.published.goals],
    }
    if account.areas is None or account.goals is None:
        return data
    data["source"] = account.source
    data["inputs"] = _inputs(account)
    data["areas"] = [
        {"label": label, "residents": {str(m.year): int(m.residents_of_area[i]) for m in account.measured}}
        for i, label in enumerate(account.areas.label)
    ]
    data["residents"] = {str(m.year): _residents(m) for m in account.measured}
    data["computed"] = [_computed(computed, language) for computed in account.computed]
    if account.crossings_in_areas is not None and account.crossings_of_city is not None:
        data["crossings"] = {
            "rule": account.goals.crossings.model_dump(),
            "areas": _crossings(account.crossings_in_areas),
            "whole_file": _crossings(account.crossings_of_city),
        }
    polling = {str(m.year): _polling(m.polling) for m in account.measured if m.polling is not None}
    if polling:
        data["polling"] = {"rule": account.goals.polling.model_dump(), "districts": polling}
    data["notes"] = [note[language] for note in account.notes]
    return data


def markdown(account: Account, language: str) -> str:
    """The account as Markdown: every table, every reason, the rule."""
    words = HEADINGS[language]
    parts = [f"# {words['goals']}", words["source"]]
    parts += [_markdown_table(table) for table in tables_of(account, language)]
    if account.notes:
        parts += [f"## {words['notes']}", "\n".join(f"- {note[language]}" for note in account.notes)]
    parts.append(f"## {words['reasons']}")
    for goal in account.published.goals:
        mark = "" if goal.agrees else " ≠"
        ours, report = VERDICTS[language][goal.verdict], REPORT[language][goal.report]
        head = f"### {goal.number} {goal.label[language]}: {ours} / {report}{mark}"
        lines = [
            f"- {indicator.label[language]}: **{VERDICTS[language][judgement.verdict]}**. {text}"
            for indicator, judgement, text in reasons_of_goal(goal, language)
        ]
        parts += [head, "\n".join(lines)]
    parts += [f"## {words['rule']}", "\n".join(f"{i}. {line}" for i, line in enumerate(RULE[language], start=1))]
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: Table) -> str:
    """A table with its title; line breaks in cells become `<br>`."""

    def row(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.strip().replace("|", "\\|").replace("\n", "<br>") for cell in cells) + " |"

    rules = ["---:" if i in table.numeric else "---" for i in range(len(table.header))]
    lines = [row(table.header), "|" + "|".join(rules) + "|", *(row(cells) for cells in table.rows)]
    return f"## {table.title}\n\n" + "\n".join(lines)


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def goal_rows(account: Account, language: str) -> list[dict[str, Any]]:
    """One row for each goal."""
    return [
        {
            "goal": goal.number,
            "label": goal.label[language],
            "approach": account.published.approaches[goal.approach][language],
            "responsible": goal.responsible,
            "verdict": goal.verdict.value,
            "report": goal.report,
            "agrees": str(goal.agrees).lower(),
            "reason": " | ".join(
                f"{indicator.label[language]}: {VERDICTS[language][judgement.verdict]}. {text}"
                for indicator, judgement, text in reasons_of_goal(goal, language)
            ),
        }
        for goal in account.published.goals
    ]


def _figure_rows(account: Account, language: str) -> list[dict[str, Any]]:
    """One row for each figure: published, of the updated areas, and computed."""
    rows = []
    for goal in account.published.goals:
        for indicator in goal.indicators:
            rows += _published_rows(goal, indicator, language)
    for computed in account.computed:
        rows += _computed_rows(computed, account, language)
    return rows


def _published_rows(goal: Goal, indicator: Indicator, language: str) -> list[dict[str, Any]]:
    judgement = indicator.judged()
    shared = _figure_row(goal.number, indicator.key, indicator.label[language], indicator.unit)
    shared |= _verdict_cells(judgement)
    rows = [
        shared
        | {
            "basis": "report",
            "year": year,
            "data_year": indicator.data_year.get(year, year),
            "areas": _plain(indicator.areas.get(year)),
            "city": _plain(indicator.city.get(year)),
        }
        for year in YEARS
        if year in indicator.areas
    ]
    if indicator.areas_updated is not None:
        figures = {"areas": _plain(indicator.areas_updated), "city": _plain(indicator.city_updated)}
        year = {"year": UPDATED, "data_year": indicator.data_year.get(UPDATED, UPDATED)}
        rows.append(shared | {"basis": "report_updated_areas", "verdict": "", "lag": ""} | year | figures)
    return rows


def _computed_rows(computed: Computed, account: Account, language: str) -> list[dict[str, Any]]:
    criterion = computed.criterion
    shared = _figure_row(computed.rule.number, criterion.key, criterion.label_in(language), computed.unit)
    shared |= _verdict_cells(computed.judged())
    rows = []
    for measured in account.measured:
        cells: dict[str, Any] = {"basis": measured.source, "year": measured.year, "data_year": measured.year}
        if measured.year in computed.areas:
            areas, city = computed.areas[measured.year], computed.city[measured.year]
            cells |= {
                "areas": _plain(computed.figure(areas)),
                "city": _plain(computed.figure(city)),
                "numerator_areas": _number(areas.numerator),
                "denominator_areas": _number(areas.denominator),
                "numerator_city": _number(city.numerator),
                "denominator_city": _number(city.denominator),
            }
        rows.append(shared | cells)
    return rows


def _figure_row(number: int, key: str, label: str, unit: str) -> dict[str, Any]:
    columns = (
        "goal", "indicator", "label", "unit", "basis", "year", "data_year", "areas", "city", "numerator_areas",
        "denominator_areas", "numerator_city", "denominator_city", "lag", "verdict",
    )  # fmt: skip
    return dict.fromkeys(columns, "") | {"goal": number, "indicator": key, "label": label, "unit": unit}


def _verdict_cells(judgement: Judgement | None) -> dict[str, Any]:
    if judgement is None:
        return {}
    return {"verdict": judgement.verdict.value, "lag": judgement.lag or ""}


def _goal(goal: Goal, account: Account, language: str) -> dict[str, Any]:
    return {
        "number": goal.number,
        "label": goal.label[language],
        "approach": account.published.approaches[goal.approach][language],
        "responsible": goal.responsible,
        "table": goal.table,
        "verdict": goal.verdict.value,
        "report": goal.report,
        "agrees": goal.agrees,
        "indicators": [_indicator(indicator, language) for indicator in goal.indicators],
    }


def _indicator(indicator: Indicator, language: str) -> dict[str, Any]:
    judgement = indicator.judged()
    return {
        "key": indicator.key,
        "label": indicator.label[language],
        "unit": indicator.unit,
        "aim": aim_in_words(indicator.aim, indicator.unit, language) or None,
        "areas": _by_year(indicator.areas),
        "city": _by_year(indicator.city),
        "areas_updated": _printed(indicator.areas_updated),
        "city_updated": _printed(indicator.city_updated),
        "areas_per_cent": {year: _printed(figure) for year, figure in indicator.areas_per_cent.items()},
        "city_per_cent": {year: _printed(figure) for year, figure in indicator.city_per_cent.items()},
        "numerator": _by_year(indicator.numerator),
        "denominator": _by_year(indicator.denominator),
        "data_year": {str(year): data_year for year, data_year in indicator.data_year.items()},
        "judgement": _judgement(judgement),
        "reason": None if judgement is None else reason(indicator, judgement, language),
    }


def _judgement(judgement: Judgement | None) -> dict[str, Any] | None:
    if judgement is None:
        return None
    return {
        "verdict": judgement.verdict.value,
        "cause": judgement.cause,
        "years": [judgement.first, judgement.last],
        "distance_before": _interval(judgement.before),
        "distance_after": _interval(judgement.after),
        "distance_to_reach": _interval(judgement.target),
        "lag": judgement.lag,
    }


def _interval(interval: Interval | None) -> list[float | None] | None:
    """Both ends; None for an open one, which JSON has no number for."""
    if interval is None:
        return None
    ends = (interval.low, interval.high)
    return [round(float(end), _FRACTION_DIGITS) if isinstance(end, Fraction) else None for end in ends]


def _computed(computed: Computed, language: str) -> dict[str, Any]:
    rule = computed.rule
    return {
        "goal": rule.number,
        "key": computed.criterion.key,
        "label": computed.criterion.label_in(language),
        "indicator": rule.indicator,
        "nearness": rule.nearness,
        "note": rule.note.get("da" if language == "da" else "en", ""),
        "unit": computed.unit,
        "years": {
            str(year): {
                "areas": _printed(computed.figure(areas)),
                "city": _printed(computed.figure(computed.city[year])),
                "sums_areas": _sums(areas),
                "sums_city": _sums(computed.city[year]),
            }
            for year, areas in computed.areas.items()
        },
        "judgement": _judgement(computed.judged()),
    }


def _sums(ratio: Ratio) -> list[float]:
    return [_number(ratio.numerator), _number(ratio.denominator)]


def _residents(measured: Measured) -> dict[str, Any]:
    return {"areas": measured.residents_in_areas, "city": measured.residents, "counts": measured.counts}


def _crossings(crossings: Crossings) -> dict[str, Any]:
    per_km = None if crossings.per_km is None else round(float(crossings.per_km), _FRACTION_DIGITS)
    return {"length_km": round(crossings.length_km, 6), "crossings": crossings.count, "per_km": per_km}


def _polling(polling: PollingDistricts) -> dict[str, Any]:
    inside, everywhere = polling.turnout_in_areas, polling.turnout
    return {
        "turnout_in_areas": None if inside is None else _printed(rounded(100 * inside, 1)),
        "turnout": None if everywhere is None else _printed(rounded(100 * everywhere, 1)),
        "residents_in_no_district": polling.residents_in_no_district,
        "districts": [
            {
                "label": label,
                "residents": int(polling.residents[i]),
                "residents_in_areas": int(polling.residents_in_areas[i]),
                "in_areas": bool(polling.in_areas[i]),
            }
            for i, label in enumerate(polling.label)
        ],
    }


def _inputs(account: Account) -> list[dict[str, Any]]:
    """Every file that figures rest on, with its hash."""
    files: list[tuple[str, Path]] = []
    if account.areas is not None:
        files.append(("areas", account.areas.path))
    if account.polling is not None:
        files.append(("polling", account.polling.polygons.path))
    if account.barriers is not None:
        files += account.barriers.files.items()
    inputs: list[dict[str, Any]] = [
        {"what": what, "name": name_of(path), "sha256": sha256(path)} for what, path in files
    ]
    if account.goals is not None:
        inputs.append({"what": "goals", "name": account.goals.name, "sha256": account.goals.sha256})
    for measured in account.measured:
        inputs += [
            {
                "what": f"{table} {measured.year}",
                "name": path.name,
                "sha256": sha256(path),
                "rows": measured.rows.get(table),
            }
            for table, path in measured.files.items()
        ]
    return inputs


def _by_year(figures: dict[int, Decimal]) -> dict[str, int | float | None]:
    return {str(year): _printed(figure) for year, figure in figures.items()}


def _printed(figure: Decimal | None) -> int | float | None:
    """A figure as a number of JSON: whole where it is printed without decimals."""
    if figure is None:
        return None
    return int(figure) if figure == figure.to_integral_value() and not figure.as_tuple().exponent else float(figure)


def _plain(figure: Decimal | None) -> str:
    return "" if figure is None else str(figure)


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
