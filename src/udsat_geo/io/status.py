"""A status as files: JSON in full precision, CSV with one row a figure, and Markdown with the tables.

CSV and Markdown are for readers: figures are rounded as on the console, Danish ones have a decimal comma, and Danish
CSV has semicolons between its columns.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo import __version__
from udsat_geo.io.summary import SETTINGS, as_json, sha256
from udsat_geo.io.together import write_texts
from udsat_geo.policy import Criterion
from udsat_geo.status.report import AreasTold, RegistersTold, StatusReport
from udsat_geo.status.tables import (
    TextTable,
    area_heads,
    closing_sentences,
    figure,
    improved_in_words,
    opening_sentences,
    scale_of,
    tables_of,
)
from udsat_geo.status.wording import STATES, WORDS

NAMES = ("status.json", "status.csv", "status.md")

Floats = NDArray[np.float64]


def write_status(report: StatusReport, data: dict[str, Any], out: Path) -> list[Path]:
    """Write all files of a status into a folder, all or none; the same status gives the same bytes.

    Parameters
    ----------
    report : StatusReport
    data : dict
        Of `as_data`.
    out : Path
        Made where it is missing.

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    texts = (as_json(data), csv_text(report), markdown(report))
    return write_texts(out, dict(zip(NAMES, texts, strict=True)))


# --- JSON ---------------------------------------------------------------------------------------------------


def as_data(report: StatusReport) -> dict[str, Any]:
    """The status as plain data with provenance; shares are fractions, what is not known is null."""
    policy, series = report.policy, report.series
    return {
        "version": __version__,
        "language": report.language,
        "source": report.source,
        "policy": {"id": policy.policy.id, "file": policy.name, "sha256": policy.sha256},
        "years": list(series.years),
        "areas": _areas(report.areas),
        "updated": None if report.updated is None else _areas(report.updated),
        "criteria": [
            {"key": c.key, "label": c.label_in(report.language), "unit": c.unit, "share": c.is_share, "worse": c.worse}
            for c in policy.policy.criteria
        ],
        "residents": [
            {
                "year": year,
                "in_areas": status.residents_in_areas,
                "city": status.residents,
                "share_in_areas": _number(status.share_of_residents),
            }
            for year, status in zip(series.years, series.statuses, strict=True)
        ],
        "table_1": _table_1(report),
        "table_2": _table_2(report),
        "milestone": _milestone(report),
        "table_22": _table_22(report),
        "registers": [_registers(told) for told in report.registers],
        "notes": list(report.notes),
    }


def _areas(told: AreasTold) -> dict[str, Any]:
    return {
        "name": told.name,
        "designation_of": told.year,
        "sha256": None if told.path is None else sha256(told.path),
        "areas": [
            {"label": label, "residents": {str(year): int(of[i]) for year, of in told.residents.items()}}
            for i, label in enumerate(told.label)
        ],
    }


def _registers(told: RegistersTold) -> dict[str, Any]:
    return {
        "year": told.year,
        "source": told.source,
        "inputs": [
            {"name": path.name, "sha256": sha256(path), "rows": told.rows.get(table)}
            for table, path in told.files.items()
            if table != SETTINGS
        ],
        "settings": sha256(told.files[SETTINGS]) if SETTINGS in told.files else None,
        "vintage": told.vintage,
        "counts": told.counts,
    }


def _table_1(report: StatusReport) -> dict[str, Any]:
    series = report.series
    several = len(series.years) > 1
    sides = {
        "areas": (series.areas, series.change_in_areas),
        "rest_of_city": (series.rest_of_city, series.change_in_rest_of_city),
    }
    return {
        side: {
            key: {str(year): _number(levels[i, j]) for i, year in enumerate(series.years)}
            | ({"change": _number(change[j])} if several else {})
            for j, key in enumerate(report.policy.policy.keys)
        }
        for side, (levels, change) in sides.items()
    }


def _table_2(report: StatusReport) -> dict[str, Any]:
    gaps, progress = report.gaps, report.progress
    rows = {}
    for j, key in enumerate(report.policy.policy.keys):
        known = not math.isnan(gaps.gap_now[j] - gaps.gap_since[j])
        rows[key] = {
            "gap_since": _number(gaps.gap_since[j]),
            "milestone": None if progress is None else _number(progress.target[j]),
            "gap_now": _number(gaps.gap_now[j]),
            "change": _number(gaps.change[j]),
            "improved": bool(gaps.improved[j]) if known and gaps.now > gaps.since else None,
        }
    return {"since": gaps.since, "now": gaps.now, "criteria": rows}


def _milestone(report: StatusReport) -> dict[str, Any] | None:
    progress, rule = report.progress, report.policy.policy.milestone
    if progress is None or rule is None:
        return None
    return {
        "rule": rule.model_dump(),
        "since": progress.since,
        "now": progress.now,
        "by": progress.by,
        "needed": progress.needed,
        "reached": progress.count("reached"),
        "on_the_way": progress.count("on_the_way"),
        "verdict": progress.verdict,
        "criteria": {
            key: {
                "state": progress.state[j],
                "target": _number(progress.target[j]),
                "path": _number(progress.path[j]),
                "to_close": _number(progress.to_close[j]),
                "per_year": _number(progress.per_year[j]),
            }
            for j, key in enumerate(report.policy.policy.keys)
        },
    }


def _table_22(report: StatusReport) -> dict[str, Any] | None:
    difference = report.difference
    if difference is None:
        return None
    sides = {"areas": difference.old, "updated": difference.updated, "difference": difference.difference}
    rows = {
        key: {side: _number(values[j]) for side, values in sides.items()}
        for j, key in enumerate(report.policy.policy.keys)
    }
    return {"year": report.series.years[-1], "criteria": rows}


def _number(value: float) -> float | None:
    """A float that JSON can hold: NaN is null."""
    return None if math.isnan(value) else float(value)


# --- CSV ----------------------------------------------------------------------------------------------------


def csv_text(report: StatusReport) -> str:
    """Every figure of the tables as a row: table, criterion, its key, place, column, value and unit."""
    language, words = report.language, WORDS[report.language]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";" if language == "da" else ",", lineterminator="\r\n")
    head = ("table", "criterion", "key", "place", "column", "value", "unit")
    writer.writerow([words[name] for name in head])
    for rows in (_residents_rows, _table_1_rows, _table_2_rows, _goal_rows, _table_22_rows):
        writer.writerows(rows(report))
    # without a byte order mark, spreadsheets take UTF-8 for something else
    return "\ufeff" + stream.getvalue()


Row = tuple[str, str, str, str, str, str, str]


def _row(report: StatusReport, table: str, j: int, place: str, column: str, value: str, unit: str) -> Row:
    criterion = report.policy.policy.criteria[j]
    label = criterion.label_in(report.language)
    return WORDS[report.language][table], label, criterion.key, place, column, value, unit


def _plain(value: float, language: str) -> str:
    """A figure without a sign between thousands, which would split it or make it another one elsewhere."""
    return figure(value, language, grouped=False)


def _units(criterion: Criterion, language: str) -> tuple[str, str]:
    """The units of a level and of a gap."""
    if criterion.is_share:
        return "%", WORDS[language]["points"]
    return criterion.unit, criterion.unit


def _residents_rows(report: StatusReport) -> Iterator[Row]:
    language, words = report.language, WORDS[report.language]
    for year, status in zip(report.series.years, report.series.statuses, strict=True):
        rest = status.residents - status.residents_in_areas
        for place, count in ((words["areas"], status.residents_in_areas), (words["rest"], rest)):
            yield words["short_residents"], "", "", place, str(year), str(count), words["persons"]
        share = _plain(100 * status.share_of_residents, language)
        yield words["short_residents"], "", "", words["areas"], str(year), share, "%"


def _table_1_rows(report: StatusReport) -> Iterator[Row]:
    language, words, series = report.language, WORDS[report.language], report.series
    sides = (
        (words["areas"], series.areas, series.change_in_areas),
        (words["rest"], series.rest_of_city, series.change_in_rest_of_city),
    )
    for place, levels, change in sides:
        for j, criterion in enumerate(report.policy.policy.criteria):
            scale, (unit, unit_of_change) = scale_of(criterion), _units(criterion, language)
            for i, year in enumerate(series.years):
                yield _row(report, "short_1", j, place, str(year), _plain(scale * levels[i, j], language), unit)
            if len(series.years) > 1:
                column = words["change"].format(since=series.years[0], now=series.years[-1])
                value = _plain(scale * change[j], language)
                yield _row(report, "short_1", j, place, column, value, unit_of_change)


def _table_2_rows(report: StatusReport) -> Iterator[Row]:
    language, words, gaps, progress = report.language, WORDS[report.language], report.gaps, report.progress
    for j, criterion in enumerate(report.policy.policy.criteria):
        scale, (_, unit) = scale_of(criterion), _units(criterion, language)

        def row(column: str, value: str, unit: str = unit, j: int = j) -> Row:
            return _row(report, "short_2", j, "", column, value, unit)

        yield row(words["gap"].format(year=gaps.since), _plain(scale * gaps.gap_since[j], language))
        if progress is not None:
            yield row(words["milestone"].format(by=progress.by), _plain(scale * progress.target[j], language))
        if gaps.now > gaps.since:
            yield row(words["gap"].format(year=gaps.now), _plain(scale * gaps.gap_now[j], language))
            yield row(words["change_of_gap"], _plain(100 * gaps.change[j], language), "%")
            yield row(words["improved"], improved_in_words(report, j), "")


def _goal_rows(report: StatusReport) -> Iterator[Row]:
    language, words, progress = report.language, WORDS[report.language], report.progress
    if progress is None:
        return
    for j, criterion in enumerate(report.policy.policy.criteria):
        scale, (_, unit) = scale_of(criterion), _units(criterion, language)
        yield _row(report, "short_goal", j, "", words["state"], STATES[language][progress.state[j]], "")
        for name, values in (("to_close", progress.to_close), ("per_year", progress.per_year)):
            yield _row(report, "short_goal", j, "", words[name], _plain(scale * values[j], language), unit)


def _table_22_rows(report: StatusReport) -> Iterator[Row]:
    language, difference = report.language, report.difference
    if difference is None:
        return
    heads = (*area_heads(report), WORDS[language]["difference"])
    for j, criterion in enumerate(report.policy.policy.criteria):
        scale, (unit, unit_of_change) = scale_of(criterion), _units(criterion, language)
        columns = zip(heads, (difference.old, difference.updated, difference.difference), strict=True)
        for place, (column, values) in enumerate(columns):
            value = _plain(scale * values[j], language)
            yield _row(report, "short_22", j, "", column, value, unit_of_change if place == 2 else unit)


# --- Markdown -----------------------------------------------------------------------------------------------


def markdown(report: StatusReport) -> str:
    """The status as a page: what the areas are, every table, the goal's verdict, the notes."""
    words = WORDS[report.language]
    parts = [f"# {words['title']}", *opening_sentences(report)]
    for table in tables_of(report):
        parts += [f"## {table.title}", _markdown_table(table), *table.below]
    parts += [f"## {words['notes']}", "\n".join(f"- {sentence}" for sentence in closing_sentences(report))]
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: TextTable) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    rules = ["---", *["---:"] * (len(table.head) - 1)]
    rows = [
        line((f"**{cells[0]}**", *cells[1:]) if i in table.sections else cells) for i, cells in enumerate(table.rows)
    ]
    return "\n".join([line(table.head), line(rules), *rows])
