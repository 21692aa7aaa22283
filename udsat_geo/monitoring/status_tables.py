"""A status as tables and sentences, and as files: JSON in full precision, CSV with one row a figure, Markdown.

CSV and Markdown are for readers: figures are rounded as on the console, Danish ones have a decimal comma, and Danish
CSV has semicolons between its columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.summary import SETTINGS, as_json, sha256
from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.messages.tables import Table, csv_text
from udsat_geo.messages.translate import N_, Np_, _
from udsat_geo.messages.version import __version__
from udsat_geo.messages.words import decimal
from udsat_geo.monitoring.categories import SOURCE, Category, CategoryYear, Group, groups
from udsat_geo.monitoring.status import RegistersTold, StatusReport
from udsat_geo.policy.rules import Criterion

DECIMALS = 1
"""Of every figure: as the status report prints levels and gaps."""

STATES = {
    "reached": N_("reached"),
    "on_the_way": N_("on the way"),
    "behind": N_("behind"),
    "missed": N_("missed"),
    "no_gap": N_("no gap"),
    "unknown": N_("unknown"),
}
VERDICTS = {
    "reached": N_("The goal is reached"),
    "on_the_way": N_("On the way to the goal"),
    "behind": N_("Not on the way to the goal"),
    "missed": N_("The goal is missed"),
}
SYNTHETIC = N_("The registers are synthetic: none of the residents exist.")
AREAS, REST, UPDATED = N_("Disadvantaged areas"), N_("Rest of the city"), N_("Updated areas")
OLD = Np_("status", "Areas")


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


@dataclass(frozen=True)
class Column:
    """One figure of each criterion.

    Attributes
    ----------
    head : str
    values : float64, shape (n_criteria,), or tuple of str
        Texts stand as they are.
    kind : {"level", "gap", "share"}
        Levels of shares are in per cent, their gaps in points; a share is one of anything, in per cent.
    signed : bool
        Whether a reader sees a plus before what is more than 0.
    with_unit : bool
        Whether a reader sees the unit behind each figure.
    shown : bool
        Whether it stands in the table, or in the CSV alone.
    """

    head: str
    values: Floats | tuple[str, ...]
    kind: Literal["level", "gap", "share"] = "level"
    signed: bool = False
    with_unit: bool = False
    shown: bool = True

    def unit(self, criterion: Criterion, language: str) -> str:
        """The unit of a criterion's figure."""
        if isinstance(self.values, tuple):
            return ""
        if self.kind == "share" or (criterion.is_share and self.kind == "level"):
            return "%"
        return _("points", language) if criterion.is_share else criterion.unit

    def cell(self, j: int, criterion: Criterion, language: str, plain: bool = False) -> str:
        """A criterion's figure; a plain one has no sign between thousands, which would make it another elsewhere."""
        if isinstance(self.values, tuple):
            return self.values[j]
        scale = 100.0 if criterion.is_share or self.kind == "share" else 1.0
        text = figure(scale * self.values[j], language, signed=self.signed and not plain, grouped=not plain)
        return f"{text} {self.unit(criterion, language)}".rstrip() if text and self.with_unit and not plain else text


@dataclass(frozen=True)
class Block:
    """Columns of figures by criterion: a table, or one of its sections.

    Attributes
    ----------
    table : str
        The short name of the table.
    place : str
        Whose figures they are, where the columns do not say it.
    columns : tuple of Column
    """

    table: str
    place: str
    columns: tuple[Column, ...]


def levels_block(report: StatusReport, years: Sequence[int]) -> list[Block]:
    """Tabel 1: levels of the areas and of the rest of the city; beside the last year, the change since the first."""
    series, language = report.series, report.language
    n_years = len(series.years)
    blocks = []
    for place, levels, change in (
        (AREAS, series.areas, series.change_in_areas),
        (REST, series.rest_of_city, series.change_in_rest_of_city),
    ):
        columns = [Column(str(series.years[i]), levels[i]) for i in years]
        if n_years > 1 and n_years - 1 in years:
            head = _("Change {since}-{now}", language).format(since=series.years[0], now=series.years[-1])
            columns.append(Column(head, change, "gap", signed=True))
        blocks.append(Block(_("Table 1", language), _(place, language), tuple(columns)))
    return blocks


def gaps_block(report: StatusReport) -> Block:
    """Tabel 2: gaps of the first year, the milestone, gaps now, and what they changed by."""
    language, gaps, progress = report.language, report.gaps, report.progress
    gap = _("Gap {year}", language)
    columns = [Column(gap.format(year=gaps.since), gaps.gap_since, "gap")]
    if progress is not None:
        columns.append(Column(_("Milestone {by}", language).format(by=progress.by), progress.target, "gap"))
    if gaps.now > gaps.since:
        yes, no = _("yes", language), _("no", language)
        known = ~np.isnan(gaps.gap_now - gaps.gap_since)
        improved = [(yes if of else no) if sure else "" for of, sure in zip(gaps.improved, known, strict=True)]
        columns += [
            Column(gap.format(year=gaps.now), gaps.gap_now, "gap"),
            Column(_("Change of the gap (%)", language), gaps.change, "share", signed=True),
            Column(_("Improved", language), tuple(improved)),
        ]
    return Block(_("Table 2", language), "", tuple(columns))


def milestone_block(report: StatusReport) -> Block | None:
    """Where each criterion stands on the way to the milestone, and what is still missing; None without one."""
    language, progress = report.language, report.progress
    if progress is None:
        return None
    columns = (
        Column(_("Status", language), tuple(_(STATES[state], language) for state in progress.state)),
        Column(_("Still missing", language), progress.to_close, "gap", with_unit=True),
        Column(_("Per year", language), progress.per_year, "gap", with_unit=True, shown=progress.now < progress.by),
    )
    return Block(_("Milestone", language), "", columns)


def difference_block(report: StatusReport) -> Block | None:
    """Tabel 22: the areas beside the updated ones, both in the last year; None without updated areas."""
    language, difference = report.language, report.difference
    if difference is None:
        return None
    of_year = _("Areas of {year}", language)
    old, updated = (
        _(plain, language) if told.known_year is None else of_year.format(year=told.known_year)
        for told, plain in zip(report.sets, (OLD, UPDATED), strict=True)
    )
    columns = (
        Column(old, difference["areas"]),
        Column(updated, difference["updated"]),
        Column(_("Difference", language), difference["difference"], "gap", signed=True),
    )
    return Block(_("Table 22", language), "", columns)


def tables_of(report: StatusReport, most_years: int | None = None, categories: bool = True) -> list[Table]:
    """All tables of a status, in the order they are read.

    Parameters
    ----------
    report : StatusReport
    most_years : int, optional
        A table of more years is broken into several.
    categories : bool
        Whether the table of all categories is among them, where they were counted.
    """
    language, n_years = report.language, len(report.series.years)
    step = most_years or n_years
    spans = [range(first, min(first + step, n_years)) for first in range(0, n_years, step)]
    tables = [residents_table(report, span) for span in spans]
    title = _("Table 1: The criteria in absolute figures", language)
    tables += [_table(report, title, levels_block(report, span), units=True) for span in spans]
    title = _("Table 2: The areas' gap to the rest of the city", language)
    tables.append(_table(report, title, [gaps_block(report)]))
    milestone, difference = milestone_block(report), difference_block(report)
    if milestone is not None and report.progress is not None:
        title = _("Milestone {by}", language).format(by=report.progress.by)
        tables.append(_table(report, title, [milestone], notes=tuple(goal_sentences(report))))
    if difference is not None:
        title = _("Table 22: The areas beside the updated ones, {year}", language).format(year=report.series.years[-1])
        tables.append(_table(report, title, [difference], units=True))
    if categories and report.categories:
        tables.append(categories_table(report))
    return tables


def categories_table(report: StatusReport) -> Table:
    """All categories of Bilag 1 in the last year: the areas, the rest of the city, the city, and areas less rest."""
    language, counted = report.language, report.categories[-1]
    rows: list[tuple[str, ...]] = []
    sections = set()
    for group, columns in _columns_of_groups():
        sections.add(len(rows))
        year = counted.vintage.get(group.key)
        rows.append((f"{group.label[language]}{'' if year is None else f' ({year})'}", "", "", "", ""))
        for category, j in columns:
            indent = "  " if category.part_of else ""
            sides = _sides(counted).items()
            cells = [figure(100 * side[j], language, signed=name == "difference") for name, side in sides]
            rows.append((indent + category.label[language], *cells))
    heads = (N_("Share (%)"), AREAS, REST, N_("The city"), N_("Difference"))
    title = _("Appendix 1: all categories, {year}", language).format(year=counted.year)
    notes = [_("Difference: the areas less the rest of the city, in points.", language)]
    for key, lacking in counted.missing.items():
        label = next(group.label[language] for group in groups() if group.key == key)
        told = _("{label}: the registers lack {columns}.", language)
        notes.append(told.format(label=label, columns=", ".join(lacking)))
    return Table(
        title, tuple(_(head, language) for head in heads), tuple(rows), strong=frozenset(sections), notes=tuple(notes)
    )


def _sides(counted: CategoryYear) -> dict[str, Floats]:
    status = counted.status
    return {"areas": status.areas, "rest_of_city": status.rest_of_city, "city": status.city, "difference": status.gap}


def category_rows(report: StatusReport) -> Iterator[dict[str, Any]]:
    """One row for each year and category: year, group, category, and its shares as fractions."""
    for counted in report.categories:
        for group, columns in _columns_of_groups():
            for category, j in columns:
                row = {"year": counted.year, "group": group.key, "category": category.key}
                yield row | {name: float(side[j]) for name, side in _sides(counted).items()}


def _columns_of_groups() -> Iterator[tuple[Group, list[tuple[Category, int]]]]:
    """Each group with its categories and their columns."""
    first = 0
    for group in groups():
        yield group, list(zip(group.categories, range(first, first + len(group.categories)), strict=True))
        first += len(group.categories)


def _table(
    report: StatusReport, title: str, blocks: Sequence[Block], units: bool = False, notes: tuple[str, ...] = ()
) -> Table:
    """One row for each criterion of each block, below the block's place where there is one."""
    language = report.language
    shown = [column for column in blocks[0].columns if column.shown]
    rows: list[tuple[str, ...]] = []
    sections = set()
    for block in blocks:
        if block.place:
            sections.add(len(rows))
            rows.append((block.place, *[""] * len(shown)))
        for j, criterion in enumerate(report.policy.policy.criteria):
            unit = Column("", np.zeros(0)).unit(criterion, language) if units else ""
            label = criterion.label_in(language)
            cells = (column.cell(j, criterion, language) for column in block.columns if column.shown)
            rows.append((f"{label} ({unit})" if unit else label, *cells))
    heads = (_("Criterion", language), *(column.head for column in shown))
    return Table(title, heads, tuple(rows), strong=frozenset(sections), notes=notes)


def residents_table(report: StatusReport, years: Sequence[int]) -> Table:
    """How many live in the areas and in the rest of the city; `years` are places in the series."""
    language, series = report.language, report.series
    statuses = [series.statuses[i] for i in years]
    rows = (
        (_("In the areas", language), *(figure(s.residents_in_areas, language, 0) for s in statuses)),
        (_(REST, language), *(figure(s.residents - s.residents_in_areas, language, 0) for s in statuses)),
        (_("Share in the areas (%)", language), *(figure(100 * s.share_of_residents, language) for s in statuses)),
    )
    return Table(_("Residents", language), ("", *(str(series.years[i]) for i in years)), rows)


def opening_sentences(report: StatusReport) -> list[str]:
    """What the areas are, and how many live in them in the last year."""
    language, last = report.language, report.series.last
    sentences = [_(SYNTHETIC, language)] if report.source == "synthetic" else []
    sentences.append(_areas_sentence(report, report.areas, AREAS))
    if report.updated is not None:
        sentences.append(_areas_sentence(report, report.updated, UPDATED))
    for areas in (report.areas, report.updated):
        if areas is not None and areas.scales is not None and areas.scales.yardstick.year != areas.year:
            sentences.append(f"{areas.year}: {areas.scales.told(language)}")
    told = _("In {year}, {inside} of the city's {all} residents live in the areas ({share} %).", language)
    sentences.append(
        told.format(
            year=report.series.years[-1],
            inside=figure(last.residents_in_areas, language, 0),
            all=figure(last.residents, language, 0),
            share=figure(100 * last.share_of_residents, language) or "-",
        )
    )
    return sentences


def _areas_sentence(report: StatusReport, told: AreaSet, what: str) -> str:
    language = report.language
    if told.known_year is None:
        sentence = _("{what}: {name}, {count} polygons", language)
    elif told.path is not None:
        sentence = _("{what}: the designation of {year} ({name}), {count} areas", language)
    else:
        sentence = _("{what}: the designation of {year} by {policy}, {count} areas", language)
    given = {"name": told.file, "year": told.known_year, "policy": report.policy.policy.id}
    return sentence.format(what=_(what, language), count=len(told), **given)


def goal_sentences(report: StatusReport) -> list[str]:
    """The goal, its verdict, and what is meant by being on the way."""
    progress, milestone, language = report.progress, report.policy.policy.milestone, report.language
    if progress is None or milestone is None:
        return []
    share = figure(100 * milestone.gap, language, 0)
    halved = milestone.gap == 0.5
    aim = _("halved", language) if halved else _("at most {share} % of it", language).format(share=share)
    sentences = [_("The goal: by {by} the gap of {since} is {aim} on at least {needed} of {of} criteria.", language)]
    if progress.now >= progress.by:
        sentences.append(_("{verdict}: {reached} of {of} criteria reached in {now}.", language))
    else:
        sentences += [
            _("{verdict}: {reached} reached, {on_the_way} on the way, {behind} behind in {now}.", language),
            _(
                "On the way: on or below the straight line from the gap of {since} to the milestone in {by} "
                "(own choice).",
                language,
            ),
        ]
    given = {
        "since": progress.since, "by": progress.by, "now": progress.now, "needed": progress.needed, "aim": aim,
        "of": len(progress.state), "verdict": _(VERDICTS[progress.verdict], language),
        "reached": progress.count("reached"), "on_the_way": progress.count("on_the_way"),
        "behind": progress.count("behind"),
    }  # fmt: skip
    return [sentence.format(**given) for sentence in sentences]


def closing_sentences(report: StatusReport) -> list[str]:
    """How figures are to be read, data of another year, residents without a place, and every note."""
    language = report.language
    rounded = _("Figures are rounded one by one; shares in per cent, gaps in points, positive is worse.", language)
    label = {criterion.key: criterion.label_in(language) for criterion in report.policy.policy.criteria}
    vintages = [
        f"{told.year}: " + ", ".join(f"{label[key]} {year}" for key, year in told.vintage.items())
        for told in report.registers
        if told.vintage
    ]
    unplaced = [
        f"{told.year}: {figure(told.counts['residents_unplaced'], language, 0)}"
        for told in report.registers
        if told.counts.get("residents_unplaced")
    ]
    listed = (
        (_("Data of another year than the heading", language), vintages),
        (_("Residents without a place (counted nowhere)", language), unplaced),
    )
    return [rounded, *(f"{what}: {'; '.join(of)}." for what, of in listed if of), *report.notes]


NAMES = ("status.json", "status.csv", "status.md")


def texts_of(report: StatusReport, data: dict[str, Any]) -> dict[str, str]:
    """All files of a status, name -> text; the same status gives the same. `data` is that of `as_data`."""
    return dict(zip(NAMES, (as_json(data), figures_csv(report), markdown(report)), strict=True))


def as_data(report: StatusReport) -> dict[str, Any]:
    """The status as plain data with provenance; shares are fractions, what is not known is null."""
    policy, series = report.policy, report.series
    return {
        "version": __version__,
        "language": report.language,
        "source": report.source,
        "policy": {"id": policy.policy.id, "file": policy.name, "sha256": policy.sha256},
        "years": list(series.years),
        "areas": _areas(report.areas, report.residents[0]),
        "updated": None if report.updated is None else _areas(report.updated, report.residents[1]),
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
        "categories": _categories(report),
        "registers": [_registers(told) for told in report.registers],
        "notes": list(report.notes),
    }


def _areas(told: AreaSet, residents: Mapping[int, Ints]) -> dict[str, Any]:
    return {
        "name": told.file,
        "designation_of": told.known_year,
        "sha256": None if told.path is None else sha256(told.path),
        "areas": [
            {"label": label, "residents": {str(year): int(of[i]) for year, of in residents.items()}}
            for i, label in enumerate(told.labels)
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
    rows = {
        key: {side: _number(values[j]) for side, values in difference.items()}
        for j, key in enumerate(report.policy.policy.keys)
    }
    return {"year": report.series.years[-1], "criteria": rows}


def _categories(report: StatusReport) -> dict[str, Any] | None:
    """Shares of each category by year, and their difference (areas less rest); None where they were not counted."""
    if not report.categories:
        return None
    return {
        "source": SOURCE,
        "groups": {
            group.key: {
                "label": group.label[report.language],
                "criterion": group.criterion,
                "missing": {
                    str(of.year): list(of.missing[group.key]) for of in report.categories if group.key in of.missing
                },
                "vintage": {str(of.year): of.vintage[group.key] for of in report.categories if group.key in of.vintage},
                "categories": {
                    category.key: {"label": category.label[report.language], "part_of": category.part_of}
                    | {
                        str(of.year): {name: _number(side[j]) for name, side in _sides(of).items()}
                        for of in report.categories
                    }
                    for category, j in columns
                },
            }
            for group, columns in _columns_of_groups()
        },
    }


def _number(value: float) -> float | None:
    """A float that JSON can hold: NaN is null."""
    return None if math.isnan(value) else float(value)


def figures_csv(report: StatusReport) -> str:
    """Every figure of the tables as a row: table, criterion, its key, place, column, value and unit."""
    language = report.language
    heads = (N_("Table"), N_("Criterion"), N_("Key"), N_("Place"), N_("Column"), N_("Value"), N_("Unit"))
    every_year = range(len(report.series.years))
    blocks = (*levels_block(report, every_year), gaps_block(report), milestone_block(report), difference_block(report))
    rows = [*_residents_rows(report), *(row for block in blocks if block is not None for row in _rows(report, block))]
    rows += _category_rows(report)
    return csv_text((_(head, language) for head in heads), rows, language)


Row = tuple[str, str, str, str, str, str, str]


def _rows(report: StatusReport, block: Block) -> Iterator[Row]:
    for j, criterion in enumerate(report.policy.policy.criteria):
        label = criterion.label_in(report.language)
        for column in block.columns:
            cell = column.cell(j, criterion, report.language, plain=True)
            unit = column.unit(criterion, report.language)
            yield block.table, label, criterion.key, block.place, column.head, cell, unit


def _residents_rows(report: StatusReport) -> Iterator[Row]:
    language = report.language
    areas, rest, persons = _(AREAS, language), _(REST, language), _("residents", language)
    for year, status in zip(report.series.years, report.series.statuses, strict=True):
        rows = (
            (areas, str(status.residents_in_areas), persons),
            (rest, str(status.residents - status.residents_in_areas), persons),
            (areas, figure(100 * status.share_of_residents, language, grouped=False), "%"),
        )
        for place, value, unit in rows:
            yield _("Residents", language), "", "", place, str(year), value, unit


def _category_rows(report: StatusReport) -> Iterator[Row]:
    language, table = report.language, _("Appendix 1", report.language)
    heads = [_(head, language) for head in (AREAS, REST, N_("The city"))]
    for counted in report.categories:
        for group, columns in _columns_of_groups():
            for category, j in columns:
                label = f"{group.label[language]}: {category.label[language]}"
                for place, side in zip(heads, list(_sides(counted).values())[:3], strict=True):
                    cell = figure(100 * side[j], language, grouped=False)
                    yield table, label, f"{group.key}.{category.key}", place, str(counted.year), cell, "%"


def markdown(report: StatusReport) -> str:
    """The status as a page: what the areas are, every table, the goal's verdict, the notes."""
    language = report.language
    parts = ["# " + _("Status of the disadvantaged areas", language), *opening_sentences(report)]
    for table in tables_of(report):
        parts += [f"## {table.title}", table.markdown(), *table.notes]
    parts += ["## " + _("Notes", language), "\n".join(f"- {sentence}" for sentence in closing_sentences(report))]
    return "\n\n".join(parts) + "\n"
