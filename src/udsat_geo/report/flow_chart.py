"""The lineage of areas as a flow chart: what became of each, from designation to designation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from udsat_geo.report.canvas import (
    BLACK,
    BLUE,
    GREY,
    INK,
    ORANGE,
    SMALL_PT,
    TALLEST_CM,
    TEXT_PT,
    WIDTH_CM,
    Sheet,
    drawn,
    height_of,
    shortened,
    text_width,
    title_height,
    wrapped_all,
)
from udsat_geo.report.flow_layout import AreaFlows, Layout, lay_out
from udsat_geo.report.origin import Origin
from udsat_geo.report.wording import FLOWS
from udsat_geo.wording import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAR_CM, STUB_CM, LEAST_CM, BETWEEN_CM, TALL_CM = 0.45, 0.55, 0.36, 0.10, 0.72
"""Width of a bar; length of what comes from or goes to outside; room of a label and between two; height an area, at
the most crowded, that a chart is given before it fills a page."""
HEAD_CM, KEY_CM, LABELS_CM = 0.65, 0.85, 4.3
"""Heights of the years over the chart and of the key under it; width of the labels on either side."""
BAND = "#F5D58F"
"""The orange of areas, lighter: bands lie behind bars and labels."""


@dataclass(frozen=True)
class FlowChart:
    """A lineage to be drawn.

    Attributes
    ----------
    flows : AreaFlows
    name : tuple of str, n_areas
    ends : tuple of bool, n_areas
        Whether no area of the next year descends from it.
    begins : tuple of bool, n_areas
        Whether it descends from no area of the year before.
    origin : Origin
    language : {"da", "en"}
    """

    flows: AreaFlows
    name: tuple[str, ...]
    ends: tuple[bool, ...]
    begins: tuple[bool, ...]
    origin: Origin
    language: str = "da"


@drawn
def draw_flow_chart(chart: FlowChart) -> Figure:
    """Draw areas as bars, a column a year, and the residents that they share as bands between them.

    Parameters
    ----------
    chart : FlowChart
        Of two years or more.

    Raises
    ------
    InputError
        Without matplotlib.
    """
    words, flows = FLOWS[chart.language], chart.flows
    told = {"first": flows.years[0], "last": flows.years[-1]}
    title = words["title"].format(**told)
    notes = [words["note"], *chart.origin.lines(chart.language)]
    head = title_height(title)
    foot = height_of(wrapped_all(notes, WIDTH_CM), SMALL_PT) + 0.2
    most = max(int((flows.year == year).sum()) for year in flows.years)
    body = min(TALLEST_CM - head - HEAD_CM - KEY_CM - foot, max(6.0, most * TALL_CM))
    least = min(LEAST_CM, body / (most + 1) - BETWEEN_CM)
    layout = lay_out(flows, body, least, BETWEEN_CM)
    sheet = Sheet(head + HEAD_CM + body + KEY_CM + foot)
    sheet.title(title)
    axes = sheet.axes(0, head + HEAD_CM, WIDTH_CM, body, "flows")
    axes.set_xlim(0, WIDTH_CM)
    axes.set_ylim(body, 0)
    axes.set_axis_off()
    left = _columns(len(flows.years))
    _draw_bands(axes, flows, layout, left)
    _draw_bars(axes, chart, layout, left)
    size = TEXT_PT * min(1.0, least / LEAST_CM)
    _write_labels(axes, chart, layout, left, size)
    for place, year in enumerate(flows.years):
        total = decimal(int(flows.residents[flows.year == year].sum()), 0, chart.language)
        _write_year(sheet, head, left[place], year, words["total"].format(residents=total), place, len(flows.years))
    _write_key(sheet, head + HEAD_CM + body + 0.35, words)
    sheet.notes(head + HEAD_CM + body + KEY_CM + 0.1, notes)
    sheet.figure.set_label(words["alt"].format(**told, told=_alt(chart)))
    return sheet.figure


def _columns(n_years: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The left side of each column's bars, in centimetres."""
    return np.linspace(LABELS_CM, WIDTH_CM - LABELS_CM - BAR_CM, n_years)


def _draw_bands(axes: Axes, flows: AreaFlows, layout: Layout, left: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4,
             Path.CLOSEPOLY]  # fmt: skip
    for flow in range(len(flows.shared)):
        start = left[layout.column[flows.tail[flow]]] + BAR_CM
        end = left[layout.column[flows.head[flow]]]
        middle = (start + end) / 2
        top, bottom, end_top, end_bottom = layout.band[flow]
        points = [
            (start, top), (middle, top), (middle, end_top), (end, end_top), (end, end_bottom), (middle, end_bottom),
            (middle, bottom), (start, bottom), (start, top),
        ]  # fmt: skip
        axes.add_artist(PathPatch(Path(points, codes), facecolor=BAND, edgecolor="#B98A1E", linewidth=0.3, zorder=2, gid="band"))


def _draw_bars(
    axes: Axes, chart: FlowChart, layout: Layout, left: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    from matplotlib.patches import Rectangle

    last = len(chart.flows.years) - 1
    for area in range(len(chart.name)):
        column, x = int(layout.column[area]), float(left[layout.column[area]])
        style = {"facecolor": ORANGE}
        if chart.begins[area] and column > 0:
            style = {"facecolor": BLUE}
        elif chart.ends[area]:
            style = {"facecolor": "white", "hatch": "xxxxx"}
        corner, height = (x, layout.top[area]), layout.height[area]
        axes.add_artist(Rectangle(corner, BAR_CM, height, edgecolor=INK, linewidth=0.5, zorder=4, gid="bar", **style))
        came, went = layout.came[area], layout.left[area]
        if column > 0 and came[1] > came[0]:
            stub = Rectangle((x - STUB_CM, came[0]), STUB_CM, came[1] - came[0])
            stub.set(facecolor=BLUE, edgecolor="none", zorder=3, gid="came")
            axes.add_artist(stub)
        if column < last and went[1] > went[0]:
            stub = Rectangle((x + BAR_CM, went[0]), STUB_CM, went[1] - went[0])
            stub.set(facecolor="white", edgecolor=INK, hatch="xxxxx", linewidth=0.3, zorder=3, gid="left")
            axes.add_artist(stub)


def _write_labels(
    axes: Axes, chart: FlowChart, layout: Layout, left: np.ndarray[tuple[int], np.dtype[np.float64]], size: float
) -> None:
    """Names and residents: of the first year left of its bars, of the others right of theirs."""
    from matplotlib.patheffects import withStroke

    last = len(chart.flows.years) - 1
    for area in range(len(chart.name)):
        column = int(layout.column[area])
        number = decimal(int(chart.flows.residents[area]), 0, chart.language)
        between = column not in (0, last)
        room = (left[1] - left[0] - BAR_CM - 2 * STUB_CM if between else LABELS_CM - 0.3) - text_width(f" {number}", size)
        told = f"{shortened(chart.name[area], float(room), size)} {number}"
        x = left[column] - 0.12 if column == 0 else left[column] + BAR_CM + (STUB_CM if between else 0.0) + 0.12
        axes.text(
            float(x), float(layout.middle[area]), told, ha="right" if column == 0 else "left", va="center_baseline",
            fontsize=size, zorder=5, gid="label", path_effects=[withStroke(linewidth=1.6, foreground="white")],
        )  # fmt: skip


def _write_year(sheet: Sheet, top: float, left: float, year: int, total: str, place: int, n_years: int) -> None:
    """A year over its column, with the residents of all its areas."""
    side = "right" if place == 0 else "left" if place == n_years - 1 else "center"
    x = left + {"right": BAR_CM, "left": 0.0, "center": BAR_CM / 2}[side]
    sheet.write(x, top, str(year), TEXT_PT + 1, weight="bold", ha=side)
    width = text_width(f"{year} ", TEXT_PT + 1, bold=True) + 0.1
    at = {"right": x - width, "left": x + width, "center": x + width / 2}[side]
    sheet.write(at, top + 0.03, total, SMALL_PT, color=GREY, ha="right" if side == "right" else "left")


def _write_key(sheet: Sheet, top: float, words: dict[str, str]) -> None:
    left = 0.0
    for text, style in (
        (words["key_kept"], {"facecolor": ORANGE}),
        (words["key_came"], {"facecolor": BLUE}),
        (words["key_left"], {"facecolor": "white", "hatch": "xxxxx"}),
        (words["key_band"], {"facecolor": BAND}),
    ):
        sheet.patch(left, top + 0.02, 0.45, 0.28, edgecolor=BLACK, linewidth=0.5, **style)
        sheet.write(left + 0.55, top, text, SMALL_PT)
        left += 0.55 + text_width(text, SMALL_PT) + 0.45


def _alt(chart: FlowChart) -> str:
    """What began and what ended, by year."""
    words, flows = FLOWS[chart.language], chart.flows
    told = []
    for place, year in enumerate(flows.years):
        members = np.flatnonzero(flows.year == year).tolist()
        began = [chart.name[area] for area in members if place and chart.begins[area]]
        ended = [chart.name[area] for area in members if chart.ends[area]]
        parts = [words["alt_areas"].format(year=year, count=len(members))]
        parts += [words["alt_began"].format(names=", ".join(began))] if began else []
        parts += [words["alt_ended"].format(names=", ".join(ended))] if ended else []
        told.append(", ".join(parts))
    return "; ".join(told)
