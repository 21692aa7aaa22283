"""A status as tables and sentences of text, for the console and for Markdown alike.

Every figure is rounded once, from full precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.policy import Criterion
from udsat_geo.status.report import AreasTold, StatusReport
from udsat_geo.status.wording import GOAL, STATES, VERDICTS, WORDS
from udsat_geo.wording import decimal

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
