"""Figur 2 and Figur 4 of the status report: the areas against the rest of the city, criterion by criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from udsat_geo.policy import Policy
from udsat_geo.report.canvas import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    SMALL_PT,
    TEXT_PT,
    WIDTH_CM,
    Sheet,
    drawn,
    height_of,
    title_height,
    wrapped,
    wrapped_all,
)
from udsat_geo.report.origin import PUBLISHED, Origin
from udsat_geo.report.wording import STATUS
from udsat_geo.status import Status
from udsat_geo.wording import decimal

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
        words = STATUS[self.language]
        if np.isnan(value):
            return words["missing"]
        told = decimal(value, 1, self.language)
        return words["other" if self.unit[j] else "share"].format(value=told, unit=self.unit[j])

    def gap_shown(self, j: int) -> str:
        """The gap of a criterion as text."""
        return gap_shown(float(self.gap[j]), self.unit[j], self.language)


def gap_shown(gap: float, unit: str, language: str) -> str:
    """A gap as text, in points where its criterion is a share."""
    words = STATUS[language]
    if np.isnan(gap):
        return words["missing"]
    told = decimal(gap, 1, language).replace("-", "−")
    return words["other"].format(value=told, unit=unit) if unit else words["points"].format(value=told)


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
    words = STATUS[status.language]
    told = {"year": status.year, "designated": status.designated, "until": status.until}
    title = words["title" if status.until is None else "title_updated"].format(**told)
    # printed gaps are those of printed rates
    unrounded = "" if status.origin.source == PUBLISHED else words["unrounded"]
    notes = [f"{words['note']}{unrounded}", *status.origin.lines(status.language)]
    groups = [
        (unit, [j for j in range(len(status.unit)) if status.unit[j] == unit]) for unit in dict.fromkeys(status.unit)
    ]
    head, key = title_height(title), 0.75
    body = sum(ROW_CM * len(members) + BETWEEN_CM for _, members in groups)
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
    axes.xaxis.set_major_formatter(lambda value, _: decimal(value, 0 if value == int(value) else 1, status.language))
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
