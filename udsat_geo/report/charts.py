"""The criteria in the areas and outside (Figur 2 and 4 of the status report), and the gaps by year to the milestone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from udsat_geo.designation.status import Status
from udsat_geo.kernels.arrays import Floats
from udsat_geo.messages.translate import N_, Np_, _
from udsat_geo.messages.words import decimal
from udsat_geo.monitoring.chance import SURE, Chance
from udsat_geo.monitoring.status import StatusSeries, progress_of
from udsat_geo.policy.rules import Policy
from udsat_geo.report.canvas import (
    BLACK,
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    SMALL_PT,
    TEXT_PT,
    VERMILION,
    WIDTH_CM,
    Origin,
    Sheet,
    drawn,
    height_of,
    text_width,
    title_height,
    wrapped,
    wrapped_all,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


LABEL_CM, GAP_CM, ROW_CM, BAR_CM, BETWEEN_CM = 4.0, 2.6, 1.25, 0.42, 0.75
"""Width of the labels and of the gaps; from criterion to criterion; of a bar; between two units of measure."""


@dataclass(frozen=True, kw_only=True)
class Charted:
    """What any chart tells of criteria and areas.

    Attributes
    ----------
    designated : int
        When the areas were.
    label, unit : tuple of str, n_criteria
        Of the criteria; no unit for shares, whose figures are per cent, and percentage points for gaps.
    origin : Origin
    language : {"da", "en"}
    """

    designated: int
    label: tuple[str, ...]
    unit: tuple[str, ...]
    origin: Origin
    language: str = "da"


@dataclass(frozen=True, kw_only=True)
class Compared(Charted):
    """The areas against the rest of the city in one year.

    Attributes
    ----------
    year : int
        Of the measurement.
    until : int or None
        When areas designated in this very year are due to be drawn anew: then the figure is told to be of them.
    areas, rest_of_city, gap : float64, shape (n_criteria,)
        Positive gaps are worse; NaN is not known.
    """

    year: int
    until: int | None = None
    areas: Floats
    rest_of_city: Floats
    gap: Floats

    def shown(self, value: float, j: int) -> str:
        """A rate of a criterion as text."""
        if np.isnan(value):
            return _("no data", self.language)
        return f"{decimal(value, 1, self.language)} {self.unit[j] or '%'}"

    def gap_shown(self, j: int) -> str:
        """The gap of a criterion as text."""
        return gap_shown(float(self.gap[j]), self.unit[j], self.language)


def gap_shown(gap: float, unit: str, language: str) -> str:
    """A gap as text, in points where its criterion is a share."""
    if np.isnan(gap):
        return _("no data", language)
    return decimal(gap, 1, language).replace("-", "−") + " " + (unit or _("points", language))


def compared(
    status: Status, policy: Policy, year: int, designated: int, origin: Origin, language: str, updated: bool = False
) -> Compared:
    """The areas of a designation against the rest of the city, in a year.

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
    told, factor = _charted(policy, designated, origin, language)
    return Compared(
        **told,
        year=year,
        until=designated + policy.cadence if updated else None,
        areas=factor * status.areas,
        rest_of_city=factor * status.rest_of_city,
        gap=factor * status.gap,
    )


def _charted(policy: Policy, designated: int, origin: Origin, language: str) -> tuple[dict[str, Any], Floats]:
    """What a chart tells of a policy's criteria, and what its figures are multiplied with, shape (n_criteria,)."""
    told = {
        "designated": designated,
        "label": tuple(criterion.label_in(language) for criterion in policy.criteria),
        "unit": tuple("" if each.is_share else each.unit.replace("m2", "m²") for each in policy.criteria),
        "origin": origin,
        "language": language,
    }
    return told, np.array([100.0 if criterion.is_share else 1.0 for criterion in policy.criteria])


@drawn
def draw_criteria_bars(status: Compared) -> Figure:
    """Draw two bars for each criterion, with the gap between them beside it.

    Criteria of one unit share an axis, which begins at zero.
    """
    language = status.language
    if status.until is None:
        title = _("Status {year} on the criteria of designation", language)
    else:
        title = _("Status {year} on the criteria of designation for the areas drawn anew, {year}–{until}", language)
    title = title.format(year=status.year, until=status.until)
    note = _(
        "The gap is the difference between the disadvantaged areas and the rest of the city; "
        "positive is worse. The figure shows one moment.",
        language,
    ) + _(" Gaps are taken before rounding.", language)
    notes = [note, *status.origin.lines(language)]
    groups = [
        (unit, [j for j in range(len(status.unit)) if status.unit[j] == unit]) for unit in dict.fromkeys(status.unit)
    ]
    head, key = title_height(title), 0.75
    body = sum(ROW_CM * len(members) + BETWEEN_CM for _unit, members in groups)
    foot = height_of(wrapped_all(notes, WIDTH_CM), SMALL_PT) + 0.2
    sheet = Sheet(head + key + body + foot)
    sheet.title(title)
    _write_key(sheet, head, status)
    top = head + key
    for unit, members in groups:
        _draw_group(sheet, top, status, unit, members)
        top += ROW_CM * len(members) + BETWEEN_CM
    sheet.notes(head + key + body + 0.1, notes)
    alt = _("Bars for the disadvantaged urban areas and the rest of the city in {year}. {told}.", language)
    sheet.figure.set_label(alt.format(year=status.year, told="; ".join(_alt_of_bars(status))))
    return sheet.figure


def _alt_of_bars(status: Compared) -> list[str]:
    one = _("{label}: {areas} against {rest}, gap {gap}", status.language)
    told = []
    for j, label in enumerate(status.label):
        areas, rest = (status.shown(float(side[j]), j) for side in (status.areas, status.rest_of_city))
        told.append(one.format(label=label, areas=areas, rest=rest, gap=status.gap_shown(j)))
    return told


def _write_key(sheet: Sheet, top: float, status: Compared) -> None:
    left, language = LABEL_CM, status.language
    areas = _("disadvantaged urban areas, designated {designated}", language).format(designated=status.designated)
    for text, colour in ((areas, ORANGE), (_("rest of the city", language), BLUE)):
        sheet.patch(left, top + 0.03, 0.45, 0.28, facecolor=colour, edgecolor=INK, linewidth=0.5)
        sheet.write(left + 0.6, top, text)
        left += 0.6 + text_width(text, TEXT_PT) + 0.6
    sheet.write(WIDTH_CM, top, _(Np_("status", "Gap"), language), ha="right", color=GREY)


def _draw_group(sheet: Sheet, top: float, status: Compared, unit: str, members: list[int]) -> None:
    """The criteria of one unit of measure: their labels, their bars on a common axis, and their gaps."""
    width = WIDTH_CM - LABEL_CM - GAP_CM
    axes = sheet.axes(LABEL_CM, top, width, ROW_CM * len(members), unit or "shares")
    _draw_bars(axes, status, members)
    axes.set_xlabel(unit or _("share in per cent", status.language), fontsize=SMALL_PT, labelpad=1, color=GREY)
    for place, j in enumerate(members):
        label = wrapped(status.label[j], LABEL_CM - 0.3, TEXT_PT)
        middle = top + (place + 0.5) * ROW_CM
        sheet.write(0.0, middle - height_of(label, TEXT_PT) / 2, label, TEXT_PT)
        sheet.write(WIDTH_CM, middle - 0.2, status.gap_shown(j), TEXT_PT, ha="right", weight="bold", gid="gap")


def _draw_bars(axes: Axes, status: Compared, members: list[int]) -> None:
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
MEASURED: dict[str, Any] = {"color": BLUE, "linewidth": 1.6, "marker": "o", "markersize": 4.5}
BY_CHANCE: dict[str, Any] = {"color": BLACK, "linewidth": 1.0}
PATH: dict[str, Any] = {"color": GREY, "linewidth": 1.0, "linestyle": (0, (4, 2))}
MILESTONE: dict[str, Any] = {
    "color": VERMILION, "linestyle": "none", "marker": "D", "markersize": 6, "markeredgecolor": BLACK,
    "markeredgewidth": 0.6,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GapLines(Charted):
    """Gaps of the same areas in several years, and where they should go.

    Attributes
    ----------
    years : tuple of int, n_years
        Rising.
    since, by : int
        The year that gaps are held against, one of `years`, and the year of the milestone.
    share_left : float
        Of the gap of `since`, what may be left.
    needed : int
        On how many criteria that must be reached.
    gap : float64, shape (n_years, n_criteria)
        Positive is worse; NaN is not known.
    target : float64, shape (n_criteria,)
        The gap that may be left; NaN where there was none.
    state : tuple of str, n_criteria
        As `udsat_geo.monitoring.status.Progress` judges the last year.
    error : float64, shape (n_years, n_criteria), or None
        What chance may do to the gaps, either way (95 of 100 cases); NaN is not known.
    certain : tuple of bool or None, n_criteria
        Whether chance alone cannot have made each state; empty where nothing is known.
    """

    years: tuple[int, ...]
    since: int
    by: int
    share_left: float
    needed: int
    gap: Floats
    target: Floats
    state: tuple[str, ...]
    error: Floats | None = None
    certain: tuple[bool | None, ...] = ()


STATES = {
    "reached": N_("reached"),
    "on_the_way": N_("on the way: on or below the line"),
    "behind": N_("behind: above the line"),
    "missed": N_("missed"),
    "unknown": N_("no data"),
    "no_gap": N_("no gap in {since}"),
}
"""What each state of `udsat_geo.monitoring.status` is called."""


def gap_lines(
    series: StatusSeries, policy: Policy, designated: int, origin: Origin, language: str, chance: Chance | None = None
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
    chance : Chance, optional
        Of the series.

    Returns
    -------
    GapLines or None
        None where the policy has no milestone, or the series nothing to say of it.
    """
    progress = None if policy.milestone is None else progress_of(series, policy.milestone, chance)
    if policy.milestone is None or progress is None:
        return None
    told, factor = _charted(policy, designated, origin, language)
    errors = None if chance is None else np.stack([chance.of_year(year, "gap") for year in series.years])
    return GapLines(
        **told,
        years=series.years,
        since=progress.since,
        by=progress.by,
        share_left=policy.milestone.gap,
        needed=progress.needed,
        gap=factor * series.gap,
        target=factor * progress.target,
        state=progress.state,
        error=None if errors is None else SURE * factor * errors,
        certain=() if chance is None else progress.certain,
    )


@drawn
def draw_gap_lines(gaps: GapLines) -> Figure:
    """Draw a small panel for each criterion: its gap by year, the straight line to the milestone, and the milestone."""
    n_criteria, language = len(gaps.label), gaps.language
    told = {"first": gaps.years[0], "last": gaps.years[-1], "by": gaps.by, "designated": gaps.designated}
    title = _("The gaps {first}–{last} on their way to the milestone of {by}", language).format(**told)
    there = sum(state in ("reached", "on_the_way") for state in gaps.state)
    summary = _(
        "{there} of {of} criteria are on the way or have reached the milestone; it takes {needed}.", language
    ).format(there=there, of=n_criteria, needed=gaps.needed)
    note = _(
        "The areas are those designated in {designated}, in every year. The line is our own yardstick.", language
    ).format(**told)
    notes = [summary, note, *gaps.origin.lines(language)]
    head, row = title_height(title), HEAD_CM + PANEL_CM + FOOT_CM
    n_rows = -(-(n_criteria + 1) // COLUMNS)
    foot = height_of(wrapped_all(notes, WIDTH_CM), SMALL_PT) + 0.2
    sheet = Sheet(head + n_rows * row + foot)
    sheet.title(title)
    width = (WIDTH_CM - (COLUMNS - 1) * BETWEEN_LINES_CM) / COLUMNS
    for j in range(n_criteria + 1):
        left, top = (j % COLUMNS) * (width + BETWEEN_LINES_CM), head + (j // COLUMNS) * row
        if j < n_criteria:
            _draw_panel(sheet, gaps, j, left, top, width)
        else:
            _write_key_of_lines(sheet, gaps, left, top, width)
    sheet.notes(head + n_rows * row + 0.1, notes)
    alt = _("The gap of each criterion from {first} to {last}, with a line to the milestone of {by}. {told}.", language)
    sheet.figure.set_label(alt.format(**told, told="; ".join(_alt(gaps, j) for j in range(n_criteria))))
    return sheet.figure


def _state(gaps: GapLines, j: int) -> str:
    told = _(STATES[gaps.state[j]], gaps.language).format(since=gaps.since)
    if gaps.certain and gaps.certain[j] is False:
        told = _("{state} (not certain)", gaps.language).format(state=told)
    return told


def _alt(gaps: GapLines, j: int) -> str:
    start, last = gaps.gap[gaps.years.index(gaps.since), j], gaps.gap[-1, j]
    shown = [gap_shown(float(gap), gaps.unit[j], gaps.language) for gap in (start, last, gaps.target[j])]
    return _("{label}: from {start} to {end}, milestone {target}, {state}", gaps.language).format(
        label=gaps.label[j], start=shown[0], end=shown[1], target=shown[2], state=_state(gaps, j)
    )


def _draw_panel(sheet: Sheet, gaps: GapLines, j: int, left: float, top: float, width: float) -> None:
    label = wrapped(gaps.label[j], width, TEXT_PT, bold=True)
    sheet.write(left, top + 0.72 - height_of(label, TEXT_PT), label, TEXT_PT, weight="bold")
    sheet.write(left, top + 0.72, gaps.unit[j] or _("points", gaps.language), SMALL_PT, color=GREY)
    axes = sheet.axes(left + AXIS_CM, top + HEAD_CM, width - AXIS_CM - 0.2, PANEL_CM, gaps.label[j])
    _set_axes(axes, gaps, j)
    start = gaps.years.index(gaps.since)
    if not np.isnan(gaps.target[j]):
        ends = ([gaps.since, gaps.by], [gaps.gap[start, j], gaps.target[j]])
        axes.plot(*ends, **PATH, zorder=2, gid="path")
        axes.plot(gaps.by, gaps.target[j], **MILESTONE, clip_on=False, zorder=4, gid="milestone")
        ends_there = gaps.by == gaps.years[-1] and gaps.target[j] < gaps.gap[-1, j]
        _number(axes, gaps.by, gaps.target[j], gaps.language, above=not ends_there)
    axes.plot(gaps.years, gaps.gap[:, j], **MEASURED, zorder=5, gid="gap")
    if gaps.error is not None:
        low, high = gaps.gap[:, j] - gaps.error[:, j], gaps.gap[:, j] + gaps.error[:, j]
        axes.vlines(gaps.years, low, high, **BY_CHANCE, zorder=6, gid="chance")
    for i in sorted({start, len(gaps.years) - 1}):
        if not np.isnan(gaps.gap[i, j]):
            under = gaps.by == gaps.years[i] and gaps.gap[i, j] <= gaps.target[j]
            _number(axes, gaps.years[i], gaps.gap[i, j], gaps.language, above=not under)
    sheet.write(left + AXIS_CM, top + HEAD_CM + PANEL_CM + 0.42, _state(gaps, j), SMALL_PT, gid="state")


def _number(axes: Axes, year: int, value: float, language: str, above: bool) -> None:
    from matplotlib.patheffects import withStroke

    axes.annotate(
        decimal(value, 1, language).replace("-", "−"), (year, value), (0, 6 if above else -6),
        textcoords="offset points", ha="center", va="bottom" if above else "top", fontsize=SMALL_PT, zorder=6,
        path_effects=[withStroke(linewidth=2, foreground="white")],
    )  # fmt: skip


def _set_axes(axes: Axes, gaps: GapLines, j: int) -> None:
    from matplotlib.ticker import MaxNLocator

    values = np.concatenate([gaps.gap[:, j], gaps.target[[j]], [0.0]])
    if gaps.error is not None:
        values = np.concatenate([values, gaps.gap[:, j] - gaps.error[:, j], gaps.gap[:, j] + gaps.error[:, j]])
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


def _write_key_of_lines(sheet: Sheet, gaps: GapLines, left: float, top: float, width: float) -> None:
    """What lines and marks mean, in the place of a panel."""
    share = decimal(100 * gaps.share_left, 0, gaps.language)
    path = _("straight line from {since} to the milestone", gaps.language)
    milestone = _("milestone {by}: {share} % of the gap of {since}", gaps.language)
    at = top + HEAD_CM
    chance = ((_("up and down: what chance does (95 of 100 cases)", gaps.language), BY_CHANCE),)
    for text, style in (
        (_("gap, measured", gaps.language), MEASURED),
        *(chance if gaps.error is not None else ()),
        (path.format(since=gaps.since), PATH),
        (milestone.format(by=gaps.by, share=share, since=gaps.since), MILESTONE),
    ):
        lines = wrapped(text, width - 1.5, TEXT_PT)
        ends = (left + 0.75,) * 2 if style.get("linestyle") == "none" else (left + 0.35, left + 1.15)
        sheet.line(*ends, at + 0.17, **style)
        sheet.write(left + 1.4, at, lines)
        at += height_of(lines, TEXT_PT) + 0.15
