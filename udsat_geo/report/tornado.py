"""How far residents in areas follow each setting by itself: a tornado, the widest bar on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from udsat_geo.analysis.sensitivity import Sensitivity
from udsat_geo.analysis.space_words import key_in_words, labels_of, values_in_words
from udsat_geo.messages.translate import Np_, _
from udsat_geo.messages.words import decimal
from udsat_geo.report.canvas import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    SMALL_PT,
    TEXT_PT,
    WIDTH_CM,
    Origin,
    Sheet,
    drawn,
    height_of,
    origin_of,
    shortened,
    title_height,
    wrapped_all,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABEL_CM, SHARE_CM, ROW_CM, HEAD_CM, AXIS_CM = 7.7, 1.5, 0.78, 0.45, 0.75
"""Width of the labels and of the shares; of a row, of what stands over the rows and under them."""
_THICK = 0.62


@dataclass(frozen=True)
class Bar:
    """A setting.

    Attributes
    ----------
    label, tried : str
        What it is called, and its values.
    least, most : int
        Residents in areas when it alone changes.
    share : float or None
        In total, of the variance when all change; None where it is not known.
    """

    label: str
    tried: str
    least: int
    most: int
    share: float | None


@dataclass(frozen=True)
class Tornado:
    """What each setting does by itself.

    Attributes
    ----------
    year : int
    residents : int
        In areas by the policy itself.
    bars : tuple of Bar
        The widest first.
    origin : Origin
    language : {"da", "en"}
    """

    year: int
    residents: int
    bars: tuple[Bar, ...]
    origin: Origin
    language: str = "da"


def in_order(bars: Sequence[Bar]) -> tuple[Bar, ...]:
    """Bars, the widest first; of equals the one with the larger share, then as they stand."""
    return tuple(sorted(bars, key=lambda bar: (bar.least - bar.most, -(bar.share or 0.0))))


def tornado_of(found: Sensitivity) -> Tornado:
    """The tornado of variants."""
    made, language = found.designation, found.designation.language
    labels, shares = labels_of(found.policy, language), found.shares
    bars = []
    for number, one in enumerate(found.alone):
        share = None if shares is None else float(shares.total[0, number])
        told = key_in_words(one.key, labels, language), values_in_words(one.values, labels, language)
        bars.append(Bar(*told, one.least, one.most, None if share is None or share != share else share))
    origin = origin_of(made.inputs.source, made.policy.policy, made.year, made.vintage, language)
    return Tornado(made.year, int(found.residents[0]), in_order(bars), origin, language)


@drawn
def draw_tornado(tornado: Tornado) -> Figure:
    """Draw a bar for each setting, from the fewest residents in areas to the most, about those of the policy."""
    language, bars = tornado.language, tornado.bars
    title = _("Residents in areas when one setting of the policy changes, {year}", language).format(year=tornado.year)
    notes = [
        _(
            "Each bar runs from the fewest residents in areas to the most when that setting alone takes the values "
            "named; the line is the policy itself. In total: the share of the variance in which the setting has a "
            "part when all change at once.",
            language,
        ),
        *tornado.origin.lines(language),
    ]
    head, body = title_height(title), ROW_CM * len(bars)
    sheet = Sheet(head + HEAD_CM + body + AXIS_CM + height_of(wrapped_all(notes, WIDTH_CM), SMALL_PT) + 0.2)
    sheet.title(title)
    sheet.write(WIDTH_CM, head, _(Np_("settings", "in total"), language), SMALL_PT, ha="right", color=GREY)
    top = head + HEAD_CM
    axes = sheet.axes(LABEL_CM, top, WIDTH_CM - LABEL_CM - SHARE_CM, body, "tornado")
    _draw_bars(axes, tornado)
    for place, bar in enumerate(bars):
        at = top + place * ROW_CM
        sheet.write(0.0, at + 0.06, shortened(bar.label, LABEL_CM - 0.2, TEXT_PT), TEXT_PT)
        sheet.write(0.0, at + 0.40, shortened(bar.tried, LABEL_CM - 0.2, SMALL_PT), SMALL_PT, color=GREY)
        told = "" if bar.share is None else decimal(bar.share, 2, language)
        sheet.write(WIDTH_CM, at + 0.2, told, TEXT_PT, ha="right")
    sheet.notes(top + body + AXIS_CM, notes)
    one = _("{label}: {least} to {most}", language)
    listed = [
        one.format(label=bar.label, least=decimal(bar.least, 0, language), most=decimal(bar.most, 0, language))
        for bar in bars
    ]
    alt = _("Residents in areas when one setting changes, in {year}, {residents} by the policy. {told}.", language)
    residents = decimal(tornado.residents, 0, language)
    sheet.figure.set_label(alt.format(year=tornado.year, residents=residents, told="; ".join(listed)))
    return sheet.figure


def _draw_bars(axes: Axes, tornado: Tornado) -> None:
    own, language, bars = tornado.residents, tornado.language, tornado.bars
    least, most = min((bar.least for bar in bars), default=own), max((bar.most for bar in bars), default=own)
    room = 0.22 * max(most - least, 1)
    axes.set_xlim(least - room, most + room)
    axes.set_ylim(len(bars), 0)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.tick_params(axis="x", labelsize=SMALL_PT, length=2, pad=2)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.grid(True, color=PALE, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(lambda value, _ignored: decimal(value, 0, language))
    style: dict[str, Any] = {"height": _THICK, "edgecolor": INK, "linewidth": 0.5, "gid": "bar"}
    for place, bar in enumerate(bars):
        at = place + 0.5
        for end, colour, side in ((bar.least, BLUE, "right"), (bar.most, ORANGE, "left")):
            if end == own:
                continue
            axes.barh(at, end - own, left=own, color=colour, **style)
            offset = -3 if side == "right" else 3
            axes.annotate(
                decimal(end, 0, language), (end, at), (offset, 0), textcoords="offset points", va="center", ha=side,
                fontsize=SMALL_PT,
            )  # fmt: skip
    axes.axvline(own, color=INK, linewidth=1.0)
