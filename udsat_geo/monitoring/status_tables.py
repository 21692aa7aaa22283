"""A status as files: JSON in full precision, CSV with one row a figure, and Markdown with the tables.

CSV and Markdown are for readers: figures are rounded as on the console, Danish ones have a decimal comma, and Danish
CSV has semicolons between its columns.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo import __version__
from udsat_geo.designation.summary import SETTINGS, as_json, sha256
from udsat_geo.files.atomic_write import write_texts
from udsat_geo.messages.words import decimal
from udsat_geo.monitoring.status import AreasTold, RegistersTold, StatusReport
from udsat_geo.monitoring.status_words import GOAL, STATES, VERDICTS, WORDS
from udsat_geo.policy.rules import Criterion

Floats = NDArray[np.float64]

DECIMALS = 1
"""Of every figure: as the status report prints levels and gaps."""


@dataclass(frozen=True)
class TextTable:
    """A table of text; its first column is set flush left, the others right.

    Attributes
    ----------
    title : str
    head : tuple of str, n_columns
    rows : tuple of tuple of str
    sections : frozenset of int
        Rows that head those below them.
    below : tuple of str
        Sentences that belong to the table.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sections: frozenset[int] = frozenset()
    below: tuple[str, ...] = ()


def figure(value: float, language: str, decimals: int = DECIMALS, signed: bool = False, grouped: bool = True) -> str:
    """A number for a reader: nothing for a missing one, no sign before what is shown as zero.

    Parameters
    ----------
    value : float
    language : {"da", "en"}
    decimals : int
    signed : bool
        Whether a positive number gets a plus.
    grouped : bool
        Whether thousands are set apart.
    """
    text = decimal(value, decimals, language)
    if not grouped:
        text = text.replace("." if language == "da" else ",", "")
    if not text.strip("-0,."):
        return text.lstrip("-")
    return f"+{text}" if signed and value > 0 else text


def scale_of(criterion: Criterion) -> float:
    """What a rate is multiplied by to be shown: shares per cent."""
    return 100.0 if criterion.is_share else 1.0


def name_of(criterion: Criterion, language: str) -> str:
    """The criterion with the unit of its levels."""
    unit = "%" if criterion.is_share else criterion.unit
    label = criterion.label_in(language)
    return f"{label} ({unit})" if unit else label


def tables_of(report: StatusReport, most_years: int | None = None) -> list[TextTable]:
    """All tables of a status, in the order they are read.

    Parameters
    ----------
    report : StatusReport
    most_years : int, optional
        A table of more years is broken into several.
    """
    n_years = len(report.series.years)
    step = most_years or n_years
    blocks = [range(first, min(first + step, n_years)) for first in range(0, n_years, step)]
    tables = [residents_table(report, block) for block in blocks]
    tables += [table_1(report, block) for block in blocks]
    tables.append(table_2(report))
    if report.progress is not None:
        tables.append(goal_table(report))
    if report.difference is not None:
        tables.append(table_22(report))
    return tables


def residents_table(report: StatusReport, years: Sequence[int]) -> TextTable:
    """How many live in the areas and in the rest of the city; `years` are places in the series."""
    language, series = report.language, report.series
    words = WORDS[language]
    statuses = [series.statuses[i] for i in years]
    rows = (
        (words["in_areas"], *(figure(s.residents_in_areas, language, 0) for s in statuses)),
        (words["rest"], *(figure(s.residents - s.residents_in_areas, language, 0) for s in statuses)),
        (words["share"], *(figure(100 * s.share_of_residents, language) for s in statuses)),
    )
    return TextTable(words["table_residents"], ("", *(str(series.years[i]) for i in years)), rows)


def table_1(report: StatusReport, years: Sequence[int]) -> TextTable:
    """Levels of the areas and of the rest of the city, and what changed from the first to the last year.

    Parameters
    ----------
    report : StatusReport
    years : sequence of int
        Places in the series; the change stands beside the last one.
    """
    language, series = report.language, report.series
    words = WORDS[language]
    n_years = len(series.years)
    changes = n_years > 1 and n_years - 1 in years
    head = [words["criterion"], *(str(series.years[i]) for i in years)]
    if changes:
        head.append(words["change"].format(since=series.years[0], now=series.years[-1]))
    sides = (
        (words["areas"], series.areas, series.change_in_areas),
        (words["rest"], series.rest_of_city, series.change_in_rest_of_city),
    )
    rows: list[tuple[str, ...]] = []
    sections = []
    for title, levels, change in sides:
        sections.append(len(rows))
        rows.append((title, *[""] * (len(head) - 1)))
        for j, criterion in enumerate(report.policy.policy.criteria):
            scale = scale_of(criterion)
            cells = [figure(scale * levels[i, j], language) for i in years]
            cells += [figure(scale * change[j], language, signed=True)] if changes else []
            rows.append((name_of(criterion, language), *cells))
    return TextTable(words["table_1"], tuple(head), tuple(rows), frozenset(sections))


def table_2(report: StatusReport) -> TextTable:
    """Gaps of the first year, the milestone, gaps now, and what they changed by."""
    language, gaps, progress = report.language, report.gaps, report.progress
    words = WORDS[language]
    later = gaps.now > gaps.since
    head = [words["criterion"], words["gap"].format(year=gaps.since)]
    head += [words["milestone"].format(by=progress.by)] if progress else []
    head += [words["gap"].format(year=gaps.now), words["change_of_gap"], words["improved"]] if later else []
    rows = []
    for j, criterion in enumerate(report.policy.policy.criteria):
        scale = scale_of(criterion)
        cells = [figure(scale * gaps.gap_since[j], language)]
        cells += [figure(scale * progress.target[j], language)] if progress else []
        if later:
            cells.append(figure(scale * gaps.gap_now[j], language))
            cells.append(figure(100 * gaps.change[j], language, signed=True))
            cells.append(improved_in_words(report, j))
        rows.append((criterion.label_in(language), *cells))
    return TextTable(words["table_2"], tuple(head), tuple(rows))


def improved_in_words(report: StatusReport, criterion: int) -> str:
    """Whether a gap is smaller than it was; nothing where it is not known."""
    gaps, words = report.gaps, WORDS[report.language]
    if np.isnan(gaps.gap_now[criterion] - gaps.gap_since[criterion]):
        return ""
    return words["yes" if gaps.improved[criterion] else "no"]


def goal_table(report: StatusReport) -> TextTable:
    """Where each criterion stands on the way to the milestone, what is still missing, and the verdict."""
    progress, language = report.progress, report.language
    words = WORDS[language]
    if progress is None:
        return TextTable(words["short_goal"], (), ())
    head = [words["criterion"], words["state"], words["to_close"]]
    columns = [progress.to_close]
    if progress.now < progress.by:
        head.append(words["per_year"])
        columns.append(progress.per_year)
    rows = []
    for j, criterion in enumerate(report.policy.policy.criteria):
        unit = words["points"] if criterion.is_share else criterion.unit
        missing = [figure(scale_of(criterion) * values[j], language) for values in columns]
        cells = [f"{text} {unit}".rstrip() if text else "" for text in missing]
        rows.append((criterion.label_in(language), STATES[language][progress.state[j]], *cells))
    title = words["table_goal"].format(by=progress.by)
    return TextTable(title, tuple(head), tuple(rows), below=tuple(goal_sentences(report)))


def table_22(report: StatusReport) -> TextTable:
    """The areas beside the updated ones, both in the last year."""
    language, difference = report.language, report.difference
    words = WORDS[language]
    title = words["table_22"].format(year=report.series.years[-1])
    if difference is None or report.updated is None:
        return TextTable(title, (), ())
    rows = []
    for j, criterion in enumerate(report.policy.policy.criteria):
        scale = scale_of(criterion)
        levels = [figure(scale * values[j], language) for values in (difference.old, difference.updated)]
        change = figure(scale * difference.difference[j], language, signed=True)
        rows.append((name_of(criterion, language), *levels, change))
    head = (words["criterion"], *area_heads(report), words["difference"])
    return TextTable(title, head, tuple(rows))


def area_heads(report: StatusReport) -> tuple[str, str]:
    """What the areas and the updated ones are called above a column."""
    words = WORDS[report.language]

    def head(told: AreasTold | None, plain: str) -> str:
        return words[plain] if told is None or told.year is None else words[f"{plain}_of"].format(year=told.year)

    return head(report.areas, "old"), head(report.updated, "updated")


def opening_sentences(report: StatusReport) -> list[str]:
    """What the areas are, and how many live in them in the last year."""
    language, last = report.language, report.series.last
    words = WORDS[language]
    sentences = [words["synthetic"]] if report.source == "synthetic" else []
    sentences.append(_areas_sentence(report, report.areas, words["areas"]))
    if report.updated is not None:
        sentences.append(_areas_sentence(report, report.updated, words["updated"]))
    sentences.append(
        words["residents"].format(
            year=report.series.years[-1],
            inside=figure(last.residents_in_areas, language, 0),
            all=figure(last.residents, language, 0),
            share=figure(100 * last.share_of_residents, language) or "-",
        )
    )
    return sentences


def _areas_sentence(report: StatusReport, told: AreasTold, what: str) -> str:
    kind = "polygons" if told.year is None else "designation" if told.path is not None else "made"
    given = {"what": what, "name": told.name, "year": told.year, "policy": report.policy.policy.id}
    return WORDS[report.language][kind].format(**given, count=len(told))


def goal_sentences(report: StatusReport) -> list[str]:
    """The goal, its verdict, and what is meant by being on the way."""
    progress, milestone = report.progress, report.policy.policy.milestone
    if progress is None or milestone is None:
        return []
    words = GOAL[report.language]
    share = figure(100 * milestone.gap, report.language, 0)
    aim = words["halved"] if milestone.gap == 0.5 else words["brought_down"].format(share=share)
    given = {
        "since": progress.since, "by": progress.by, "now": progress.now, "needed": progress.needed, "aim": aim,
        "of": len(progress.state), "verdict": VERDICTS[report.language][progress.verdict],
        "reached": progress.count("reached"), "on_the_way": progress.count("on_the_way"),
        "behind": progress.count("behind"),
    }  # fmt: skip
    if progress.now >= progress.by:
        return [words["aim"].format(**given), words["count_after"].format(**given)]
    return [words[key].format(**given) for key in ("aim", "count", "path")]


def closing_sentences(report: StatusReport) -> list[str]:
    """How figures are to be read, data of another year, residents without a place, and every note."""
    words, language = WORDS[report.language], report.language
    sentences = [words["rounded"]]
    label = {criterion.key: criterion.label_in(language) for criterion in report.policy.policy.criteria}
    vintages = [
        f"{told.year}: " + ", ".join(f"{label[key]} {year}" for key, year in told.vintage.items())
        for told in report.registers
        if told.vintage
    ]
    if vintages:
        sentences.append(f"{words['vintage']}: {'; '.join(vintages)}.")
    unplaced = [
        f"{told.year}: {figure(told.counts['residents_unplaced'], language, 0)}"
        for told in report.registers
        if told.counts.get("residents_unplaced")
    ]
    if unplaced:
        sentences.append(f"{words['unplaced']}: {'; '.join(unplaced)}.")
    return [*sentences, *report.notes]


NAMES = ("status.json", "status.csv", "status.md")


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
