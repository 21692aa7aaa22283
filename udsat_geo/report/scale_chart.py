"""The residents that are designated by each of two scales, from designation to designation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.report.canvas import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    SMALL_PT,
    TEXT_PT,
    WIDTH_CM,
    Origin,
    Sheet,
    drawn,
    height_of,
    text_width,
    title_height,
    wrapped_all,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLOT_CM, AXIS_CM, KEY_CM, UNDER_CM = 6.5, 1.6, 0.75, 0.7
"""Height of the axes, room for their numbers, height of the key, and what the years take below."""
ROOM = 0.2
"""Of the height of the axes, what a number takes with what parts it from its line."""
_OWN: dict[str, Any] = {"color": ORANGE, "linewidth": 1.8, "marker": "o", "markersize": 5.5}
_HELD: dict[str, Any] = {"color": BLUE, "linewidth": 1.8, "marker": "s", "markersize": 5.0, "linestyle": (0, (4, 2))}


@dataclass(frozen=True, kw_only=True)
class ScaleLines:
    """What the year's own scale and a yardstick designate, designation by designation.

    Attributes
    ----------
    years : tuple of int, n_years
        Rising, at least two.
    of : int
        The year whose rates and spreads the yardstick holds.
    decides : {"year", "yardstick"}
        Whose areas are designated.
    by_year, by_yardstick : int64, shape (n_years,)
        Residents.
    areas_by_year, areas_by_yardstick : int64, shape (n_years,)
        Number of areas.
    origin : Origin
    language : {"da", "en"}
    """

    years: tuple[int, ...]
    of: int
    decides: str
    by_year: Ints
    by_yardstick: Ints
    areas_by_year: Ints
    areas_by_yardstick: Ints
    origin: Origin
    language: str = "da"


def scale_lines(sets: Sequence[AreaSet], origin: Origin, language: str) -> ScaleLines | None:
    """The residents that each scale designates, of those designations that hold the last one's yardstick.

    Parameters
    ----------
    sets : sequence of AreaSet
        Designations, rising years.
    origin : Origin
    language : {"da", "en"}

    Returns
    -------
    ScaleLines or None
        None with fewer than two such designations.
    """
    last = sets[-1].scales if sets else None
    found = [] if last is None else [each for each in sets if _is_like(each, sets[-1])]
    if last is None or len(found) < 2:
        return None
    scales = [each.scales for each in found if each.scales is not None]
    return ScaleLines(
        years=tuple(each.year for each in found),
        of=last.yardstick.year,
        decides=last.decides,
        by_year=np.array([each.by_year.residents for each in scales], dtype=np.int64),
        by_yardstick=np.array([each.by_yardstick.residents for each in scales], dtype=np.int64),
        areas_by_year=np.array([each.by_year.areas for each in scales], dtype=np.int64),
        areas_by_yardstick=np.array([each.by_yardstick.areas for each in scales], dtype=np.int64),
        origin=origin,
        language=language,
    )


def _is_like(one: AreaSet, last: AreaSet) -> bool:
    """Whether two designations are by one policy and one yardstick, so that a line may join them."""
    if one.scales is None or last.scales is None:
        return False
    same_policy = one.policy_sha256 == last.policy_sha256
    return same_policy and one.scales.yardstick.year == last.scales.yardstick.year


@drawn
def draw_scale_lines(lines: ScaleLines) -> Figure:
    """Draw one line for each scale over the years of the designations, from no residents up, with every number."""
    language = lines.language
    given = {"of": lines.of, "first": lines.years[0], "last": lines.years[-1]}
    title = _("Residents designated by the year's own scale and by the yardstick of {of}, {first}–{last}", language)
    own = _(
        "The year's own scale measures each area against the city of the same year: who is worst off now.", language
    )
    held = _("The yardstick measures it against the city of {of}, so that it sees when all get better.", language)
    decides = _("The year's own scale decides.", language)
    if lines.decides == "yardstick":
        decides = _("The yardstick decides.", language)
    notes = [f"{own} {held.format(**given)} {decides}", lines.origin.told(language)]
    head = title_height(title.format(**given))
    foot = height_of(wrapped_all(notes, WIDTH_CM), SMALL_PT) + 0.2
    sheet = Sheet(head + KEY_CM + PLOT_CM + UNDER_CM + foot)
    sheet.title(title.format(**given))
    _write_key(sheet, head, lines)
    axes = sheet.axes(AXIS_CM, head + KEY_CM, WIDTH_CM - AXIS_CM - 0.2, PLOT_CM, "residents")
    _set_axes(axes, lines)
    axes.plot(lines.years, lines.by_yardstick, **_HELD, zorder=4, gid="by_yardstick")
    axes.plot(lines.years, lines.by_year, **_OWN, zorder=5, gid="by_year")
    for i in range(len(lines.years)):
        _write_numbers(axes, lines, i)
    sheet.notes(head + KEY_CM + PLOT_CM + UNDER_CM + 0.1, notes)
    alt = _("Lines of the residents designated by two scales from {first} to {last}. {told}.", language)
    told = "; ".join(_alt(lines, i) for i in range(len(lines.years)))
    sheet.figure.set_label(alt.format(**given, told=told))
    return sheet.figure


def _alt(lines: ScaleLines, i: int) -> str:
    own, held = (decimal(int(counts[i]), 0, lines.language) for counts in (lines.by_year, lines.by_yardstick))
    told = _("{year}: {own} by the year's own scale, {held} by the yardstick", lines.language)
    return told.format(year=lines.years[i], own=own, held=held)


def _write_key(sheet: Sheet, top: float, lines: ScaleLines) -> None:
    left, language = AXIS_CM, lines.language
    held = _("by the yardstick of {of}", language).format(of=lines.of)
    for text, style in ((_("by the year's own scale", language), _OWN), (held, _HELD)):
        sheet.line(left, left + 0.9, top + 0.17, **style)
        sheet.write(left + 1.1, top, text)
        left += 1.1 + text_width(text, TEXT_PT) + 0.8


def _set_axes(axes: Axes, lines: ScaleLines) -> None:
    from matplotlib.ticker import MaxNLocator

    most = int(max(lines.by_year.max(), lines.by_yardstick.max()))
    axes.set_ylim(0, 1.15 * most if most else 1.0)
    margin = 0.12 * (lines.years[-1] - lines.years[0])
    axes.set_xlim(lines.years[0] - margin, lines.years[-1] + margin)
    axes.set_xticks(lines.years, [str(year) for year in lines.years])
    axes.tick_params(axis="both", labelsize=SMALL_PT, length=3, pad=2)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _ignored: decimal(int(value), 0, lines.language))
    axes.set_ylabel(_("residents", lines.language), fontsize=SMALL_PT, color=GREY)
    axes.yaxis.grid(True, color=PALE, linewidth=0.4)
    axes.set_axisbelow(True)


def _write_numbers(axes: Axes, lines: ScaleLines, i: int) -> None:
    """Residents and areas of a year: above the higher line, below the lower one where there is room, else above."""
    own = (int(lines.by_year[i]), int(lines.areas_by_year[i]))
    held = (int(lines.by_yardstick[i]), int(lines.areas_by_yardstick[i]))
    high, *low = sorted({own, held}, reverse=True)
    room, texts = ROOM * axes.get_ylim()[1], [_number(lines, *high)]
    if low and low[0][0] >= room:
        _write_number(axes, lines.years[i], low[0][0], _number(lines, *low[0]), above=False)
    elif low and high[0] - low[0][0] >= 1.5 * room:
        _write_number(axes, lines.years[i], low[0][0], _number(lines, *low[0]), above=True)
    elif low:
        texts.append(_number(lines, *low[0]))
    _write_number(axes, lines.years[i], high[0], "\n".join(texts), above=True)


def _number(lines: ScaleLines, residents: int, areas: int) -> str:
    count = _("1 area", lines.language) if areas == 1 else _("{count} areas", lines.language).format(count=areas)
    return f"{decimal(residents, 0, lines.language)}\n{count}"


def _write_number(axes: Axes, year: int, residents: int, text: str, above: bool) -> None:
    from matplotlib.patheffects import withStroke

    axes.annotate(
        text, (year, residents), (0, 7 if above else -7),
        textcoords="offset points", ha="center", va="bottom" if above else "top", fontsize=SMALL_PT, zorder=6,
        gid="number", path_effects=[withStroke(linewidth=2, foreground="white")],
    )  # fmt: skip
