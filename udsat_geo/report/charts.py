"""The gaps year by year on their way to the milestone: the figure that the status report's Tabel 2 tells in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation.status import Status
from udsat_geo.messages.translate import _, in_language
from udsat_geo.messages.words import decimal
from udsat_geo.monitoring.status import StatusSeries, progress_of
from udsat_geo.policy.rules import Policy
from udsat_geo.report.canvas import (
    BLACK,
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    PUBLISHED,
    SMALL_PT,
    TEXT_PT,
    VERMILION,
    WIDTH_CM,
    Origin,
    Sheet,
    drawn,
    height_of,
    title_height,
    wrapped,
    wrapped_all,
)
from udsat_geo.report.words import GAPS, STATUS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Floats = NDArray[np.float64]

LABEL_CM, GAP_CM, ROW_CM, BAR_CM, BETWEEN_CM = 4.0, 2.6, 1.25, 0.42, 0.75
"""Width of the labels and of the gaps; from criterion to criterion; of a bar; between two units of measure."""


@dataclass(frozen=True)
class Compared:
    """The areas against the rest of the city in one year.

    Attributes
    ----------
    year : int
        Of the measurement.
    designated : int
        When the areas were.
    until : int or None
        When areas designated in this very year are due to be drawn anew: then the figure is told to be of them.
    label : tuple of str, n_criteria
    unit : tuple of str, n_criteria
        Empty for shares.
    areas, rest_of_city, gap : float64, shape (n_criteria,)
        Per cent and percentage points for shares; positive gaps are worse; NaN is not known.
    origin : Origin
    language : {"da", "en"}
    """

    year: int
    designated: int
    until: int | None
    label: tuple[str, ...]
    unit: tuple[str, ...]
    areas: Floats
    rest_of_city: Floats
    gap: Floats
    origin: Origin
    language: str = "da"

    def shown(self, value: float, j: int) -> str:
        """A rate of a criterion as text."""
        words = in_language(STATUS, self.language)
        if np.isnan(value):
            return words["missing"]
        told = decimal(value, 1, self.language)
        return words["other" if self.unit[j] else "share"].format(value=told, unit=self.unit[j])

    def gap_shown(self, j: int) -> str:
        """The gap of a criterion as text."""
        return gap_shown(float(self.gap[j]), self.unit[j], self.language)


def gap_shown(gap: float, unit: str, language: str) -> str:
    """A gap as text, in points where its criterion is a share."""
    if np.isnan(gap):
        return _("no data", language)
    told = decimal(gap, 1, language).replace("-", "−")
    return (
        _("{value} {unit}", language).format(value=told, unit=unit)
        if unit
        else _("{value} points", language).format(value=told)
    )


def compared(
    status: Status,
    policy: Policy,
    year: int,
    designated: int,
    origin: Origin,
    language: str = "da",
    updated: bool = False,
) -> Compared:
    """The areas of a designation against the rest of the city.

    Parameters
    ----------
    status : Status
        Of the areas in `year`.
    policy : Policy
        Whose criteria they are.
    year, designated : int
    origin : Origin
    language : {"da", "en"}
    updated : bool
        Whether the figure is about areas that were drawn anew that year.
    """
    factor = in_print(policy)
    return Compared(
        year,
        designated,
        designated + policy.cadence if updated else None,
        tuple(criterion.label_in(language) for criterion in policy.criteria),
        units_of(policy),
        factor * status.areas,
        factor * status.rest_of_city,
        factor * status.gap,
        origin,
        language,
    )


def in_print(policy: Policy) -> Floats:
    """What rates are multiplied with: shares are shown per cent, shape (n_criteria,)."""
    return np.array([100.0 if criterion.is_share else 1.0 for criterion in policy.criteria])


def units_of(policy: Policy) -> tuple[str, ...]:
    """The unit of each criterion as it is shown; empty for shares."""
    return tuple("" if criterion.is_share else criterion.unit.replace("m2", "m²") for criterion in policy.criteria)


@drawn
def draw_criteria_bars(status: Compared) -> Figure:
    """Draw two bars for each criterion, with the gap between them beside it.

    Criteria of one unit share an axis, which begins at zero.

    Parameters
    ----------
    status : Compared

    Raises
    ------
    InputError
        Without matplotlib.
    """
    words = in_language(STATUS, status.language)
    told = {"year": status.year, "designated": status.designated, "until": status.until}
    title = words["title" if status.until is None else "title_updated"].format(**told)
    # printed gaps are those of printed rates
    unrounded = "" if status.origin.source == PUBLISHED else words["unrounded"]
    notes = [f"{words['note']}{unrounded}", *status.origin.lines(status.language)]
    groups = [
        (unit, [j for j in range(len(status.unit)) if status.unit[j] == unit]) for unit in dict.fromkeys(status.unit)
    ]
    head, key = title_height(title), 0.75
    body = sum(ROW_CM * len(members) + BETWEEN_CM for _ignored, members in groups)
    foot = height_of(wrapped_all(notes, WIDTH_CM), SMALL_PT) + 0.2
    sheet = Sheet(head + key + body + foot)
    sheet.title(title)
    _write_key(sheet, head, words["areas"].format(**told), words["rest"], words["gap"])
    top = head + key
    for unit, members in groups:
        height = ROW_CM * len(members)
        axes = sheet.axes(LABEL_CM, top, WIDTH_CM - LABEL_CM - GAP_CM, height, unit or "shares")
        _draw_group(axes, status, members)
        axes.set_xlabel(unit or words["of_residents"], fontsize=SMALL_PT, labelpad=1, color=GREY)
        for place, j in enumerate(members):
            label = wrapped(status.label[j], LABEL_CM - 0.3, TEXT_PT)
            middle = top + (place + 0.5) * ROW_CM
            sheet.write(0.0, middle - height_of(label, TEXT_PT) / 2, label, TEXT_PT)
            sheet.write(WIDTH_CM, middle - 0.2, status.gap_shown(j), TEXT_PT, ha="right", weight="bold", gid="gap")
        top += height + BETWEEN_CM
    sheet.notes(head + key + body + 0.1, notes)
    each = [
        words["alt_one"].format(
            label=status.label[j],
            areas=status.shown(float(status.areas[j]), j),
            rest=status.shown(float(status.rest_of_city[j]), j),
            gap=status.gap_shown(j),
        )
        for j in range(len(status.label))
    ]
    sheet.figure.set_label(words["alt"].format(year=status.year, told="; ".join(each)))
    return sheet.figure


def _write_key(sheet: Sheet, top: float, areas: str, rest: str, gap: str) -> None:
    from udsat_geo.report.canvas import text_width

    left = LABEL_CM
    for text, colour in ((areas, ORANGE), (rest, BLUE)):
        sheet.patch(left, top + 0.03, 0.45, 0.28, facecolor=colour, edgecolor=INK, linewidth=0.5)
        sheet.write(left + 0.6, top, text)
        left += 0.6 + text_width(text, TEXT_PT) + 0.6
    sheet.write(WIDTH_CM, top, gap, ha="right", color=GREY)


def _draw_group(axes: Axes, status: Compared, members: list[int]) -> None:
    """The bars of criteria of one unit; the axes are as many rows high as there are criteria."""
    rates = np.array([status.areas[members], status.rest_of_city[members]])
    most, least = float(np.nanmax(rates, initial=0.0)), float(np.nanmin(rates, initial=0.0))
    axes.set_xlim(1.18 * least, 1.18 * most if most > least else 1.0)
    axes.set_ylim(len(members), 0)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.tick_params(axis="x", labelsize=SMALL_PT, length=2, pad=2)
    axes.xaxis.grid(True, color=PALE, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(
        lambda value, _ignored: decimal(value, 0 if value == int(value) else 1, status.language)
    )
    thick = BAR_CM / ROW_CM
    for place, j in enumerate(members):
        for side, (value, colour) in enumerate(((status.areas[j], ORANGE), (status.rest_of_city[j], BLUE))):
            at = place + 0.5 + (side - 0.5) * thick
            if not np.isnan(value):
                axes.barh(at, value, height=thick, color=colour, edgecolor=INK, linewidth=0.5, gid="bar")
            axes.annotate(
                status.shown(float(value), j), (0.0 if np.isnan(value) else max(float(value), 0.0), at), (3, 0),
                textcoords="offset points", va="center", ha="left", fontsize=TEXT_PT,
            )  # fmt: skip
    axes.axvline(0, color=INK, linewidth=0.8)


COLUMNS, PANEL_CM, HEAD_CM, FOOT_CM, AXIS_CM, BETWEEN_LINES_CM = 3, 3.3, 1.15, 0.9, 0.75, 0.45
"""Panels in a row; height of a panel's axes, of what stands over and under them; room for its numbers; between two."""


@dataclass(frozen=True)
class GapLines:
    """Gaps of the same areas in several years, and where they should go.

    Attributes
    ----------
    years : tuple of int, n_years
        Rising.
    designated : int
        When the areas were.
    since, by : int
        The year that gaps are held against, one of `years`, and the year of the milestone.
    share_left : float
        Of the gap of `since`, what may be left.
    needed : int
        On how many criteria that must be reached.
    label : tuple of str, n_criteria
    unit : tuple of str, n_criteria
        Empty for shares.
    gap : float64, shape (n_years, n_criteria)
        Points for shares; positive is worse; NaN is not known.
    target : float64, shape (n_criteria,)
        The gap that may be left; NaN where there was none.
    state : tuple of str, n_criteria
        As `udsat_geo.monitoring.status.Progress` judges the last year.
    origin : Origin
    breaks : dict
        Criterion -> year from which its data are of another kind.
    language : {"da", "en"}
    """

    years: tuple[int, ...]
    designated: int
    since: int
    by: int
    share_left: float
    needed: int
    label: tuple[str, ...]
    unit: tuple[str, ...]
    gap: Floats
    target: Floats
    state: tuple[str, ...]
    origin: Origin
    breaks: dict[int, int] = field(default_factory=dict)
    language: str = "da"


@dataclass(frozen=True)
class Beside:
    """Other gaps of the same criteria, drawn hollow beside the measured ones: those of a printed report.

    Attributes
    ----------
    name : str
        What they are.
    years : tuple of int, n_years
    gap : float64, shape (n_years, n_criteria)
    """

    name: str
    years: tuple[int, ...]
    gap: Floats


def gap_lines(
    series: StatusSeries, policy: Policy, designated: int, origin: Origin, language: str = "da"
) -> GapLines | None:
    """The gaps of a series on their way to the policy's milestone.

    Parameters
    ----------
    series : StatusSeries
    policy : Policy
        Whose criteria they are.
    designated : int
        When the areas were.
    origin : Origin
    language : {"da", "en"}

    Returns
    -------
    GapLines or None
        None where the policy has no milestone, or the series nothing to say of it.
    """
    progress = None if policy.milestone is None else progress_of(series, policy.milestone)
    if policy.milestone is None or progress is None:
        return None
    factor = in_print(policy)
    return GapLines(
        series.years,
        designated,
        progress.since,
        progress.by,
        policy.milestone.gap,
        progress.needed,
        tuple(criterion.label_in(language) for criterion in policy.criteria),
        units_of(policy),
        factor * series.gap,
        factor * progress.target,
        progress.state,
        origin,
        language=language,
    )


@drawn
def draw_gap_lines(gaps: GapLines, beside: Beside | None = None) -> Figure:
    """Draw a small panel for each criterion: its gap by year, the straight line to the milestone, and the milestone.

    Parameters
    ----------
    gaps : GapLines
    beside : Beside, optional

    Raises
    ------
    InputError
        Without matplotlib.
    """
    n_criteria = len(gaps.label)
    told = {"first": gaps.years[0], "last": gaps.years[-1], "by": gaps.by, "since": gaps.since}
    told["designated"] = gaps.designated
    title = _("The gaps {first}–{last} on their way to the milestone of {by}", gaps.language).format(**told)
    there = sum(state in ("reached", "on_the_way") for state in gaps.state)
    summary = _(
        "{there} of {of} criteria are on the way or have reached the milestone; it takes {needed}.", gaps.language
    ).format(there=there, of=n_criteria, needed=gaps.needed)
    notes = [
        summary,
        _(
            "The areas are those designated in {designated}, in every year. The line is our own yardstick.",
            gaps.language,
        ).format(**told),
        *gaps.origin.lines(gaps.language),
    ]
    head, row = title_height(title), HEAD_CM + PANEL_CM + FOOT_CM
    n_rows = -(-(n_criteria + 1) // COLUMNS)
    foot = height_of(wrapped_all(notes, WIDTH_CM), SMALL_PT) + 0.2
    sheet = Sheet(head + n_rows * row + foot)
    sheet.title(title)
    width = (WIDTH_CM - (COLUMNS - 1) * BETWEEN_LINES_CM) / COLUMNS
    for j in range(n_criteria):
        left, top = (j % COLUMNS) * (width + BETWEEN_LINES_CM), head + (j // COLUMNS) * row
        _draw_panel(sheet, gaps, beside, j, left, top, width)
    _write_key_of_lines(
        sheet, gaps, beside, (n_criteria % COLUMNS) * (width + BETWEEN_LINES_CM), head + (n_rows - 1) * row, width
    )
    sheet.notes(head + n_rows * row + 0.1, notes)
    sheet.figure.set_label(
        _(
            "The gap of each criterion from {first} to {last}, with a line to the milestone of {by}. {told}.",
            gaps.language,
        ).format(**told, told="; ".join(_alt(gaps, j) for j in range(n_criteria)))
    )
    return sheet.figure


def _alt(gaps: GapLines, j: int) -> str:
    def shown(value: float) -> str:
        return gap_shown(value, gaps.unit[j], gaps.language)

    start = gaps.gap[gaps.years.index(gaps.since), j]
    state = in_language(GAPS, gaps.language)[gaps.state[j]].format(since=gaps.since)
    return _("{label}: from {start} to {end}, milestone {target}, {state}", gaps.language).format(
        label=gaps.label[j], start=shown(start), end=shown(gaps.gap[-1, j]), target=shown(gaps.target[j]), state=state
    )


def _draw_panel(
    sheet: Sheet, gaps: GapLines, beside: Beside | None, j: int, left: float, top: float, width: float
) -> None:
    words = in_language(GAPS, gaps.language)
    label = wrapped(gaps.label[j], width, TEXT_PT, bold=True)
    sheet.write(left, top + 0.72 - height_of(label, TEXT_PT), label, TEXT_PT, weight="bold")
    sheet.write(left, top + 0.72, gaps.unit[j] or words["points"], SMALL_PT, color=GREY)
    axes = sheet.axes(left + AXIS_CM, top + HEAD_CM, width - AXIS_CM - 0.2, PANEL_CM, gaps.label[j])
    _set_axes(axes, gaps, beside, j)
    start = gaps.years.index(gaps.since)
    if not np.isnan(gaps.target[j]):
        ends = ([gaps.since, gaps.by], [gaps.gap[start, j], gaps.target[j]])
        axes.plot(*ends, color=GREY, linewidth=1.0, linestyle=(0, (4, 2)), zorder=2, gid="path")
        axes.plot(gaps.by, gaps.target[j], marker="D", markersize=6, color=VERMILION, markeredgecolor=BLACK,
                  markeredgewidth=0.6, clip_on=False, zorder=4, gid="milestone")  # fmt: skip
        ends_there = gaps.by == gaps.years[-1] and gaps.target[j] < gaps.gap[-1, j]
        _number(axes, gaps.by, gaps.target[j], gaps.language, above=not ends_there)
    if j in gaps.breaks:
        axes.axvline(gaps.breaks[j], color=GREY, linewidth=0.8, linestyle=(0, (1, 1.5)), zorder=1)
        axes.annotate(words["break"], (gaps.breaks[j], 0), (2, 2), textcoords="offset points", fontsize=SMALL_PT,
                      color=GREY, rotation=90, ha="left", va="bottom")  # fmt: skip
    axes.plot(gaps.years, gaps.gap[:, j], color=BLUE, linewidth=1.6, marker="o", markersize=4.5, zorder=5, gid="gap")
    if beside is not None:
        axes.plot(beside.years, beside.gap[:, j], linestyle="none", marker="s", markersize=6.5, markerfacecolor="none",
                  markeredgecolor=BLACK, markeredgewidth=0.9, zorder=4.5, gid="beside")  # fmt: skip
    for i in sorted({start, len(gaps.years) - 1}):
        if not np.isnan(gaps.gap[i, j]):
            under = gaps.by == gaps.years[i] and gaps.gap[i, j] <= gaps.target[j]
            if beside is not None and gaps.years[i] in beside.years:
                # away from the hollow mark
                under = under or beside.gap[beside.years.index(gaps.years[i]), j] >= gaps.gap[i, j]
            _number(axes, gaps.years[i], gaps.gap[i, j], gaps.language, above=not under)
    state = words[gaps.state[j]].format(since=gaps.since)
    sheet.write(left + AXIS_CM, top + HEAD_CM + PANEL_CM + 0.42, state, SMALL_PT, gid="state")


def _number(axes: Axes, year: int, value: float, language: str, above: bool) -> None:
    from matplotlib.patheffects import withStroke

    axes.annotate(
        decimal(value, 1, language).replace("-", "−"), (year, value), (0, 6 if above else -6),
        textcoords="offset points", ha="center", va="bottom" if above else "top", fontsize=SMALL_PT, zorder=6,
        path_effects=[withStroke(linewidth=2, foreground="white")],
    )  # fmt: skip


def _set_axes(axes: Axes, gaps: GapLines, beside: Beside | None, j: int) -> None:
    from matplotlib.ticker import MaxNLocator

    others = np.empty(0) if beside is None else beside.gap[:, j]
    values = np.concatenate([gaps.gap[:, j], others, gaps.target[[j]], [0.0]])
    least, most = float(np.nanmin(values)), float(np.nanmax(values))
    span = (most - least) or 1.0
    axes.set_ylim(least - (0.05 * span if least < 0 else 0.0), most + 0.2 * span)
    years = (*gaps.years, gaps.by)
    axes.set_xlim(min(years) - 1.0, max(years) + 0.6)
    shown = sorted({gaps.since, gaps.years[-1], gaps.by})
    axes.set_xticks(shown, [str(year) for year in shown])
    axes.set_xticks(sorted(set(years)), minor=True)
    axes.tick_params(axis="both", labelsize=SMALL_PT, length=3, pad=2)
    axes.tick_params(axis="x", which="minor", length=2)
    axes.yaxis.set_major_formatter(lambda value, _ignored: decimal(value, 0, gaps.language).replace("-", "−"))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.grid(True, color=PALE, linewidth=0.4)
    axes.set_axisbelow(True)
    if least < 0:
        axes.axhline(0, color=GREY, linewidth=0.6)


def _write_key_of_lines(
    sheet: Sheet, gaps: GapLines, beside: Beside | None, left: float, top: float, width: float
) -> None:
    """What lines and marks mean, in the place of a panel."""
    words = in_language(GAPS, gaps.language)
    told = {"by": gaps.by, "since": gaps.since, "share": decimal(100 * gaps.share_left, 0, gaps.language)}
    measured = words["printed" if gaps.origin.source == PUBLISHED else "measured"]
    rows: list[tuple[str, dict[str, Any]]] = [
        (measured, {"color": BLUE, "linewidth": 1.6, "marker": "o", "markersize": 4.5}),
        (words["path"].format(**told), {"color": GREY, "linewidth": 1.0, "linestyle": (0, (4, 2))}),
        (
            words["milestone"].format(**told),
            {"color": VERMILION, "linestyle": "none", "marker": "D", "markersize": 6, "markeredgecolor": BLACK,
             "markeredgewidth": 0.6},
        ),
    ]  # fmt: skip
    if beside is not None:
        hollow = {"linestyle": "none", "marker": "s", "markersize": 6.5, "markerfacecolor": "none"}
        mark = {**hollow, "markeredgecolor": BLACK, "markeredgewidth": 0.9}
        rows.insert(1, (words["beside"].format(beside=beside.name), mark))
    at = top + HEAD_CM
    for text, style in rows:
        lines = wrapped(text, width - 1.5, TEXT_PT)
        from_to = (left + 0.75,) * 2 if style.get("linestyle") == "none" else (left + 0.35, left + 1.15)
        sheet.line(*from_to, at + 0.17, **style)
        sheet.write(left + 1.4, at, lines)
        at += height_of(lines, TEXT_PT) + 0.15
