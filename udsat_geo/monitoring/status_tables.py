"""A status as tables and sentences, and as files: JSON in full precision, CSV with one row a figure, Markdown.

CSV and Markdown are for readers: figures are rounded as on the console, Danish ones have a decimal comma, and Danish
CSV has semicolons between its columns.
"""

from __future__ import annotations

import dataclasses
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
from udsat_geo.monitoring.chance import SURE, Chance, Of, judged
from udsat_geo.monitoring.status import Progress, RegistersTold, StatusReport
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
JUDGED = {"improved": N_("improved"), "worse": N_("worse"), "undecided": N_("no certain change")}
"""What a change of a gap is, beside what chance alone can do."""
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


def either_way(error: float, language: str) -> str:
    """`SURE` standard errors behind ±; nothing where the error is not known."""
    half = SURE * error
    # as many decimals as the figure has, or one more where these would show nothing
    return "" if math.isnan(half) else f" ±{figure(half, language, DECIMALS + (0 < half < 10**-DECIMALS / 2))}"


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
    error : float64, shape (n_criteria,), or None
        Standard errors; NaN is not known.
    error_shown : bool
        Whether a reader of the table sees them, behind ±.
    broken : bool
        Whether texts may be broken into lines.
    """

    head: str
    values: Floats | tuple[str, ...]
    kind: Literal["level", "gap", "share"] = "level"
    signed: bool = False
    with_unit: bool = False
    shown: bool = True
    error: Floats | None = None
    error_shown: bool = True
    broken: bool = False

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
        scale = self._scale(criterion)
        text = figure(scale * self.values[j], language, signed=self.signed and not plain, grouped=not plain)
        if text and not plain and self.error is not None and self.error_shown:
            text += either_way(scale * self.error[j], language)
        return f"{text} {self.unit(criterion, language)}".rstrip() if text and self.with_unit and not plain else text

    def half_width(self, j: int, criterion: Criterion, language: str) -> str:
        """What a criterion's figure may be off by either way, plain; nothing where it is not known."""
        if self.error is None:
            return ""
        return figure(SURE * self._scale(criterion) * self.error[j], language, 2, grouped=False)

    def _scale(self, criterion: Criterion) -> float:
        return 100.0 if criterion.is_share or self.kind == "share" else 1.0


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
    series, language, chance = report.series, report.language, report.chance
    last, of_years = len(series.years) - 1, series.years
    blocks = []
    sides: tuple[tuple[Of, str, Floats, Floats], ...] = (
        ("areas", AREAS, series.areas, series.change_in_areas),
        ("rest_of_city", REST, series.rest_of_city, series.change_in_rest_of_city),
    )
    for of, place, levels, change in sides:
        # there is room for one ± beside five years
        columns = [
            Column(
                str(of_years[i]),
                levels[i],
                error=None if chance is None else chance.of_year(of_years[i], of),
                error_shown=i == last,
            )
            for i in years
        ]
        if last and last in years:
            head = _("Change {since}-{now}", language).format(since=of_years[0], now=of_years[-1])
            error = None if chance is None else chance.of_change(of_years[0], of_years[-1], of)
            columns.append(Column(head, change, "gap", signed=True, error=error))
        blocks.append(Block(_("Table 1", language), _(place, language), tuple(columns)))
    return blocks


def gaps_block(report: StatusReport) -> Block:
    """Tabel 2: gaps of the first year, the milestone, gaps now, and what they changed by."""
    language, gaps, progress, chance = report.language, report.gaps, report.progress, report.chance
    gap = _("Gap {year}", language)
    error = None if chance is None else chance.of_year(gaps.since, "gap")
    columns = [Column(gap.format(year=gaps.since), gaps.gap_since, "gap", error=error)]
    if progress is not None:
        columns.append(Column(_("Milestone {by}", language).format(by=progress.by), progress.target, "gap"))
    if gaps.now > gaps.since:
        yes, no = _("yes", language), _("no", language)
        known = ~np.isnan(gaps.gap_now - gaps.gap_since)
        improved = [(yes if of else no) if sure else "" for of, sure in zip(gaps.improved, known, strict=True)]
        error = None if chance is None else chance.of_year(gaps.now, "gap")
        columns += [
            Column(gap.format(year=gaps.now), gaps.gap_now, "gap", error=error),
            Column(_("Change of the gap (%)", language), gaps.change, "share", signed=True),
            Column(_("Improved", language), tuple(improved), shown=chance is None),
        ]
        columns += [] if chance is None else _verdicts(report, chance)
    return Block(_("Table 2", language), "", tuple(columns))


def _verdicts(report: StatusReport, chance: Chance) -> list[Column]:
    """What the gaps changed by, with its error, and what that is."""
    language, gaps = report.language, report.gaps
    error = chance.of_change(gaps.since, gaps.now, "gap")
    change = Column("", gaps.difference, "gap", signed=True, error=error)
    found = [
        ""
        if verdict is None
        else f"{_(JUDGED[verdict], language)} ({change.cell(j, criterion, language).replace(' ±', '±')})"
        for j, (verdict, criterion) in enumerate(
            zip(judged(gaps.difference, error), report.policy.policy.criteria, strict=True)
        )
    ]
    return [
        dataclasses.replace(change, head=_("Change of the gap", language), shown=False),
        Column(_("Verdict", language), tuple(found), broken=True),
    ]


def milestone_block(report: StatusReport) -> Block | None:
    """Where each criterion stands on the way to the milestone, and what is still missing; None without one."""
    language, progress = report.language, report.progress
    if progress is None:
        return None
    error = None if report.chance is None else np.where(progress.to_close > 0, progress.target_error, np.nan)
    columns = [
        Column(_("Status", language), tuple(_(STATES[state], language) for state in progress.state)),
        Column(_("Still missing", language), progress.to_close, "gap", with_unit=True, error=error),
        Column(_("Per year", language), progress.per_year, "gap", with_unit=True, shown=progress.now < progress.by),
    ]
    if report.chance is not None:
        told = {True: _("yes", language), False: _("no", language), None: ""}
        columns.insert(1, Column(_("Certain", language), tuple(told[sure] for sure in progress.certain)))
    return Block(_("Milestone", language), "", tuple(columns))


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
    of_difference = None if report.chance is None else report.chance.of_difference
    error = None if of_difference is None else np.sqrt(of_difference)
    columns = (
        Column(old, difference["areas"]),
        Column(updated, difference["updated"]),
        Column(_("Difference", language), difference["difference"], "gap", signed=True, error=error),
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
    tables += [levels_table(report, span) for span in spans]
    tables.append(gaps_table(report))
    milestone, difference = milestone_block(report), difference_table(report)
    if milestone is not None and report.progress is not None:
        title = _("Milestone {by}", language).format(by=report.progress.by)
        tables.append(_table(report, title, [milestone], notes=tuple(goal_sentences(report))))
    tables += [] if difference is None else [difference]
    if categories and report.categories:
        tables.append(categories_table(report))
    return tables


def levels_table(report: StatusReport, years: Sequence[int]) -> Table:
    """Tabel 1; `years` are places in the series."""
    title = _("Table 1: The criteria in absolute figures", report.language)
    return _table(report, title, levels_block(report, years), units=True)


def gaps_table(report: StatusReport) -> Table:
    """Tabel 2."""
    title = _("Table 2: The areas' gap to the rest of the city", report.language)
    return _table(report, title, [gaps_block(report)])


def difference_table(report: StatusReport) -> Table | None:
    """Tabel 22; None without updated areas."""
    difference, year = difference_block(report), report.series.years[-1]
    title = _("Table 22: The areas beside the updated ones, {year}", report.language).format(year=year)
    return None if difference is None else _table(report, title, [difference], units=True)


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


def rate_rows(report: StatusReport) -> Iterator[dict[str, Any]]:
    """One row for each year and criterion: its rates and gap, and their standard errors where they are known."""
    sides: tuple[Of, ...] = ("areas", "rest_of_city", "gap")
    for year, status in zip(report.series.years, report.series.statuses, strict=True):
        levels = {name: getattr(status, name) for name in (*sides, "city")}
        if report.chance is not None:
            levels |= {f"{name}_se": report.chance.of_year(year, name) for name in sides}
        for j, key in enumerate(report.policy.policy.keys):
            yield {"year": year, "criterion": key} | {name: float(values[j]) for name, values in levels.items()}


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
    left = {0} | {i for i, column in enumerate(shown, start=1) if column.broken}
    return Table(title, heads, tuple(rows), frozenset(left), strong=frozenset(sections), notes=notes)


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
    sentences += _by_chance(progress, language)
    return [sentence.format(**given) for sentence in sentences]


def _by_chance(progress: Progress, language: str) -> list[str]:
    """Whether chance alone could have made the verdict another; nothing where that is not known."""
    if progress.sure_verdict is None:
        return []
    if progress.sure_verdict == progress.verdict:
        return [_("That verdict is certain: chance alone could not have made it another.", language)]
    judged_at_all = [state not in ("no_gap", "unknown") for state in progress.state]
    unsure = sum(known and sure is not True for known, sure in zip(judged_at_all, progress.certain, strict=True))
    told = _(
        "That verdict is not certain: chance alone could have made it another, as {count} criteria lie too near.",
        language,
    )
    return [told.format(count=unsure)]


def chance_sentences(report: StatusReport) -> list[str]:
    """What stands behind ±, when a change is none for certain, and how the years were followed."""
    chance, language = report.chance, report.language
    if chance is None:
        return []
    told = [
        _(
            "±: in 95 of 100 cases the figure would lie within it, had other households of the same kind lived there. "
            "Faults of the registers are not in it.",
            language,
        )
    ]
    if not chance.overlap:
        return told
    told.append(_("No certain change: not distinguishable from no change, as chance alone moves that much.", language))
    followed = {
        "persons": N_(
            "{share} % of the residents of {now} were there in {since}; persons and homes are followed by their keys."
        ),
        "dwellings": N_(
            "{share} % of the residents of {now} live in a home that was there in {since}; homes are followed by their "
            "keys, persons have none, so that ± of changes is rather too wide."
        ),
        "nothing": N_(
            "Nobody of {now} is found in {since} by a key: the years are taken as other people, so that ± of changes "
            "is rather too wide."
        ),
    }
    for (since, now), overlap in chance.overlap.items():
        share = figure(100 * overlap.share, language, 0)
        told.append(_(followed[overlap.by], language).format(since=since, now=now, share=share))
    return told


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
    return [
        rounded,
        *chance_sentences(report),
        *(f"{what}: {'; '.join(of)}." for what, of in listed if of),
        *report.notes,
    ]


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
        "chance": chance_as_data(report),
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


def chance_as_data(report: StatusReport) -> dict[str, Any] | None:
    """Standard errors and intervals of every figure of the tables, and what follows; None where they are not known."""
    chance, series, gaps = report.chance, report.series, report.gaps
    if chance is None:
        return None
    keys, first, last = report.policy.policy.keys, series.years[0], series.years[-1]

    def table_1(of: Of, levels: Floats, change: Floats) -> dict[str, Any]:
        rows = [_with_errors(levels[i], chance.of_year(year, of)) for i, year in enumerate(series.years)]
        changes = _with_errors(change, chance.of_change(first, last, of)) if first < last else None
        return {
            key: {str(year): rows[i][j] for i, year in enumerate(series.years)}
            | ({} if changes is None else {"change": changes[j]})
            for j, key in enumerate(keys)
        }

    errors = {name: chance.of_year(year, "gap") for name, year in (("gap_since", gaps.since), ("gap_now", gaps.now))}
    rows: dict[str, Any] = {name: _with_errors(getattr(gaps, name), error) for name, error in errors.items()}
    if gaps.since < gaps.now:
        error = chance.of_change(gaps.since, gaps.now, "gap")
        shares = chance.of_ratio(gaps.since, gaps.now, gaps.gap_since, gaps.gap_now) - 1
        rows["difference"] = _with_errors(gaps.difference, error)
        rows["change"] = [{"low": _number(low), "high": _number(high)} for low, high in shares.T]
        rows["verdict"] = judged(gaps.difference, error)
    difference = report.difference
    if difference is not None and chance.of_difference is not None:
        rows["table_22"] = _with_errors(difference["difference"], np.sqrt(chance.of_difference))
    return {
        "standard_errors_to_either_side": SURE,
        "followed": [
            {"since": since, "now": now, "by": overlap.by, "share_of_residents": overlap.share}
            for (since, now), overlap in chance.overlap.items()
        ],
        "table_1": {
            "areas": table_1("areas", series.areas, series.change_in_areas),
            "rest_of_city": table_1("rest_of_city", series.rest_of_city, series.change_in_rest_of_city),
        },
        "table_2": {
            key: {name: row[j] for name, row in rows.items() if name != "table_22"} for j, key in enumerate(keys)
        },
        "table_22": dict(zip(keys, rows["table_22"], strict=True)) if "table_22" in rows else None,
        "milestone": _milestone_by_chance(report),
    }


def _milestone_by_chance(report: StatusReport) -> dict[str, Any] | None:
    progress = report.progress
    if progress is None:
        return None
    above = _with_errors(*progress.judged_by)
    return {
        "verdict": progress.sure_verdict,
        "criteria": {
            key: {"certain": progress.certain[j], "gap_less_milestone": above[j]}
            for j, key in enumerate(report.policy.policy.keys)
        },
    }


def _with_errors(values: Floats, errors: Floats) -> list[dict[str, float | None]]:
    """Figures with their standard errors and intervals, one by criterion."""
    return [
        {
            "value": _number(value),
            "se": _number(se),
            "low": _number(value - SURE * se),
            "high": _number(value + SURE * se),
        }
        for value, se in zip(values, errors, strict=True)
    ]


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
    """Every figure of the tables as a row: table, criterion, its key, place, column, value, unit, and what ± is."""
    language = report.language
    heads = (N_("Table"), N_("Criterion"), N_("Key"), N_("Place"), N_("Column"), N_("Value"), N_("Unit"))
    every_year = range(len(report.series.years))
    blocks = (*levels_block(report, every_year), gaps_block(report), milestone_block(report), difference_block(report))
    rows = [*_residents_rows(report), *(row for block in blocks if block is not None for row in _rows(report, block))]
    rows += _category_rows(report)
    return csv_text((*(_(head, language) for head in heads), "±"), rows, language)


Row = tuple[str, str, str, str, str, str, str, str]


def _rows(report: StatusReport, block: Block) -> Iterator[Row]:
    for j, criterion in enumerate(report.policy.policy.criteria):
        label = criterion.label_in(report.language)
        for column in block.columns:
            cell = column.cell(j, criterion, report.language, plain=True)
            unit = column.unit(criterion, report.language)
            half = column.half_width(j, criterion, report.language)
            yield block.table, label, criterion.key, block.place, column.head, cell, unit, half


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
            yield _("Residents", language), "", "", place, str(year), value, unit, ""


def _category_rows(report: StatusReport) -> Iterator[Row]:
    language, table = report.language, _("Appendix 1", report.language)
    heads = [_(head, language) for head in (AREAS, REST, N_("The city"))]
    for counted in report.categories:
        for group, columns in _columns_of_groups():
            for category, j in columns:
                label = f"{group.label[language]}: {category.label[language]}"
                for place, side in zip(heads, list(_sides(counted).values())[:3], strict=True):
                    cell = figure(100 * side[j], language, grouped=False)
                    yield table, label, f"{group.key}.{category.key}", place, str(counted.year), cell, "%", ""


def markdown(report: StatusReport) -> str:
    """The status as a page: what the areas are, every table, the goal's verdict, the notes."""
    language = report.language
    parts = ["# " + _("Status of the disadvantaged areas", language), *opening_sentences(report)]
    for table in tables_of(report):
        parts += [f"## {table.title}", table.markdown(), *table.notes]
    parts += ["## " + _("Notes", language), "\n".join(f"- {sentence}" for sentence in closing_sentences(report))]
    return "\n\n".join(parts) + "\n"
