"""The lineage of areas as a flow chart: what became of each, from designation to designation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from udsat_geo.changes.diff import ADDED
from udsat_geo.changes.lineage import Lineage
from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.messages.translate import Np_, _
from udsat_geo.messages.words import decimal
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
    Origin,
    Sheet,
    drawn,
    height_of,
    shortened,
    text_width,
    title_height,
    wrapped_all,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_HALVINGS = 60


@dataclass(frozen=True)
class Layout:
    """Where bars and bands lie, in centimetres down from the top of the chart.

    Attributes
    ----------
    column : int64, shape (n_areas,)
    top, height : float64, shape (n_areas,)
        Of the bar.
    middle : float64, shape (n_areas,)
        Of the room that the area has, which may be higher than its bar: where its label stands.
    band : float64, shape (n_flows, 4)
        Top and bottom where a band leaves its bar, top and bottom where it ends.
    came, left : float64, shape (n_areas, 2)
        Top and bottom of the residents from outside on the left side of a bar, and of those to outside on the right.
    """

    column: Ints
    top: Floats
    height: Floats
    middle: Floats
    band: Floats
    came: Floats
    left: Floats


def lay_out(lineage: Lineage, height_cm: float, least_cm: float, between_cm: float) -> Layout:
    """Lay out bars and bands.

    All bars have one scale, the largest at which every column fits.

    Parameters
    ----------
    lineage : Lineage
    height_cm : float
    least_cm : float
        The room that each area has at least, so that labels do not overlap; not more than an even share of the height.
    between_cm : float
        Between the rooms of two areas.
    """
    column = np.searchsorted(np.array(lineage.years), lineage.nodes.year).astype(np.int64)
    columns = [np.flatnonzero(column == place) for place in range(len(lineage.years))]
    scale = _scale([lineage.nodes.residents[members] for members in columns], height_cm, least_cm, between_cm)
    height: Floats = scale * lineage.nodes.residents.astype(np.float64)
    room = np.maximum(height, least_cm)
    top = np.zeros(len(column))
    ordered = _ordered(lineage, columns)
    for members in ordered:
        ends = np.cumsum(room[members] + between_cm) - between_cm
        # a column that needs less stands in the middle
        spare = (height_cm - ends[-1]) / 2 if len(ends) else 0.0
        top[members] = spare + ends - room[members]
    middle = top + room / 2
    top = (middle - height / 2).astype(np.float64)
    band, came, left = _bands(lineage, top, height)
    return Layout(column, top, height, middle, band, came, left)


def _scale(residents: list[Ints], height_cm: float, least_cm: float, between_cm: float) -> float:
    """Centimetres a resident, the most at which every column fits; found by halving."""

    def fits(scale: float) -> bool:
        return all(
            np.maximum(scale * each, least_cm).sum() + between_cm * (len(each) - 1) <= height_cm for each in residents
        )

    most = height_cm / max(int(max((each.sum() for each in residents), default=0)), 1)
    low, high = 0.0, most
    for _ignored in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _ordered(lineage: Lineage, columns: list[Ints]) -> list[Ints]:
    """The areas of each column from top to bottom: at first by residents, then near those they descend from."""
    flows, n_areas = lineage.flows, len(lineage.nodes)
    shared = np.bincount(flows.head, weights=flows.residents, minlength=n_areas)
    rank, ordered = np.zeros(n_areas), list[Ints]()
    for place, members in enumerate(columns):
        key: Floats = -lineage.nodes.residents.astype(np.float64)
        if place:
            # the mean place of those that each area descends from, weighed by residents; new ones come last
            weighed = np.bincount(flows.head, weights=flows.residents * rank[flows.tail], minlength=n_areas)
            key = np.divide(weighed, shared, out=np.full(n_areas, float(len(columns[place - 1]))), where=shared > 0)
        order = members[np.lexsort((members, key[members]))]
        rank[order] = np.arange(len(order))
        ordered.append(order)
    return ordered


def _bands(lineage: Lineage, top: Floats, height: Floats) -> tuple[Floats, Floats, Floats]:
    """Ends of the bands on their bars, and what is left of a bar on either side.

    On its right side a bar of one year is shared out among residents of the next, who may be more or fewer.
    """
    flows, nodes, n_areas = lineage.flows, lineage.nodes, len(top)
    band = np.zeros((len(flows), 4))
    came, left = np.zeros((n_areas, 2)), np.zeros((n_areas, 2))
    # the end of a band at one bar is ordered by where its other end is, so that bands of one bar do not cross
    for here, there, outside, columns, rest in (
        (flows.tail, flows.head, nodes.to_outside, (0, 1), left),
        (flows.head, flows.tail, nodes.from_outside, (2, 3), came),
    ):
        whole = outside.astype(np.float64)
        np.add.at(whole, here, flows.residents)
        per_resident = np.divide(height, whole, out=np.zeros(n_areas), where=whole > 0)
        at = top.copy()
        for flow in np.lexsort((there, top[there], here)).tolist():
            area = int(here[flow])
            end = at[area] + flows.residents[flow] * per_resident[area]
            band[flow, columns[0]], band[flow, columns[1]] = at[area], end
            at[area] = end
        rest[:, 0], rest[:, 1] = at, at + outside * per_resident
    return band, came, left


BAR_CM, STUB_CM, LEAST_CM, BETWEEN_CM, TALL_CM = 0.45, 0.55, 0.36, 0.10, 0.72
"""Width of a bar; length of what comes from or goes to outside; room of a label, and between two; height for each area
of the most crowded year that a chart is given before it fills its page."""
HEAD_CM, KEY_CM, WIDEST_LABELS_CM = 0.65, 0.85, 5.4
"""Heights of the years over the chart and of the key under it; most width of the labels on either side."""
MOST_UPRIGHT = 2
"""Years that fit an upright page; a page with more lies on its side."""
BAND, BAND_EDGE = "#F5D58F", "#B98A1E"
"""The orange of areas, lighter: bands lie behind bars and labels."""
REMOVED = {"facecolor": "white", "hatch": "xxxxx"}
"""As on the map of changes."""


@dataclass(frozen=True)
class FlowChart:
    """A lineage to be drawn: areas that share few residents are joined by thin bands too.

    Attributes
    ----------
    lineage : Lineage
        Of two years or more.
    origin : Origin
    language : {"da", "en"}
    """

    lineage: Lineage
    origin: Origin
    language: str = "da"

    @property
    def begins(self) -> Flags:
        """Whether an area descends from none of the year before, shape (n_areas,)."""
        return np.array([event == ADDED for event in self.lineage.nodes.event], dtype=bool)


@drawn
def draw_flow_chart(chart: FlowChart) -> Figure:
    """Draw areas as bars, a column a year, and the residents that they share as bands between them."""
    page = _Page(chart)
    page.draw_bands()
    page.draw_bars()
    page.write_labels()
    page.write_years()
    page.write_key()
    alt = _("Flow chart of the disadvantaged urban areas {first}–{last}. {told}.", chart.language)
    years = chart.lineage.years
    page.sheet.figure.set_label(alt.format(first=years[0], last=years[-1], told=_alt(chart)))
    return page.sheet.figure


class _Page:
    """The page of a flow chart: its title and notes written, its bars and bands laid out."""

    def __init__(self, chart: FlowChart):
        years, self.nodes, self.language = chart.lineage.years, chart.lineage.nodes, chart.language
        self.chart, self.years, self.n_years = chart, years, len(years)
        width, tallest = (WIDTH_CM, TALLEST_CM) if self.n_years <= MOST_UPRIGHT else (TALLEST_CM, WIDTH_CM)
        title = _("The disadvantaged urban areas {first}–{last}: what became of them", self.language)
        title = title.format(first=years[0], last=years[-1])
        note = _(
            "Bars are as high as the areas have residents that year; bands share them out by the "
            "residents of the next designation.",
            self.language,
        )
        notes = [note, *chart.origin.lines(self.language)]
        head, foot = title_height(title, width), height_of(wrapped_all(notes, width), SMALL_PT) + 0.2
        most = max(int((self.nodes.year == year).sum()) for year in years)
        body = min(tallest - head - HEAD_CM - KEY_CM - foot, max(6.0, most * TALL_CM))
        room = min(LEAST_CM, body / (most + 1) - BETWEEN_CM)
        self.size = TEXT_PT * room / LEAST_CM
        self.top, self.body = head + HEAD_CM, body
        self.layout: Layout = lay_out(chart.lineage, body, room, BETWEEN_CM)
        self.sheet = Sheet(self.top + body + KEY_CM + foot, width)
        self.sheet.title(title)
        self.sheet.notes(self.top + body + KEY_CM + 0.1, notes)
        self.numbers = [decimal(int(residents), 0, self.language) for residents in self.nodes.residents]
        self.left: Floats = np.linspace(
            self._labels_cm(0), width - self._labels_cm(self.n_years - 1) - BAR_CM, self.n_years
        )
        self.axes: Axes = self.sheet.axes(0, self.top, width, body, "flows")
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(body, 0)
        self.axes.set_axis_off()

    def _labels_cm(self, column: int) -> float:
        """The width that the labels of a column need, its head included, up to a most."""
        widths = [
            text_width(f"{name} {number}", self.size)
            for name, number, at in zip(self.nodes.name, self.numbers, self.layout.column, strict=True)
            if at == column
        ]
        widths.append(text_width(self._total(column), SMALL_PT) + self._year_cm(column) + 0.15 - BAR_CM)
        return min(max(widths) + 0.3, WIDEST_LABELS_CM)

    def _year_cm(self, column: int) -> float:
        return text_width(str(self.years[column]), TEXT_PT + 1, bold=True)

    def _total(self, column: int) -> str:
        """The residents of all areas of a year."""
        total = int(self.nodes.residents[self.layout.column == column].sum())
        return _("{residents} residents", self.language).format(residents=decimal(total, 0, self.language))

    def draw_bands(self) -> None:
        """What two designations share."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        flows, curve = self.chart.lineage.flows, [Path.CURVE4] * 3
        codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
        for tail, head, band in zip(flows.tail, flows.head, self.layout.band, strict=True):
            start, end = self.left[self.layout.column[tail]] + BAR_CM, self.left[self.layout.column[head]]
            middle = (start + end) / 2
            top, bottom, end_top, end_bottom = band
            points = [
                (start, top), (middle, top), (middle, end_top), (end, end_top), (end, end_bottom), (middle, end_bottom),
                (middle, bottom), (start, bottom), (start, top),
            ]  # fmt: skip
            style: dict[str, Any] = {"facecolor": BAND, "edgecolor": BAND_EDGE, "linewidth": 0.3}
            self.axes.add_artist(PathPatch(Path(points, codes), zorder=2, gid="band", **style))

    def draw_bars(self) -> None:
        """Areas, what came to them from outside, and what left them for it."""
        begins = self.chart.begins
        for area in range(len(self.nodes)):
            column = int(self.layout.column[area])
            x, top = float(self.left[column]), float(self.layout.top[area])
            style = {"facecolor": ORANGE}
            if begins[area] and column > 0:
                style = {"facecolor": BLUE}
            elif self.nodes.ends[area]:
                style = REMOVED
            self._box(x, top, BAR_CM, top + self.layout.height[area], gid="bar", zorder=4, linewidth=0.5, **style)
            if column > 0:
                came = self.layout.came[area]
                self._box(x - STUB_CM, came[0], STUB_CM, came[1], gid="came", facecolor=BLUE, linewidth=0.0)
            if column < self.n_years - 1:
                went = self.layout.left[area]
                self._box(x + BAR_CM, went[0], STUB_CM, went[1], gid="left", linewidth=0.3, **REMOVED)

    def _box(self, x: float, top: float, width: float, bottom: float, **style: Any) -> None:
        from matplotlib.patches import Rectangle

        if bottom > top:
            box = Rectangle((x, top), width, bottom - top, **{"edgecolor": INK, "zorder": 3, **style})
            self.axes.add_artist(box)

    def write_labels(self) -> None:
        """Names and residents: of the first year left of its bars, of the others right of theirs."""
        from matplotlib.patheffects import withStroke

        last = self.n_years - 1
        between = float(self.left[1] - self.left[0]) - BAR_CM - 2 * STUB_CM - 0.2
        for area, (name, number) in enumerate(zip(self.nodes.name, self.numbers, strict=True)):
            column = int(self.layout.column[area])
            inner = column not in (0, last)
            room = between if inner else WIDEST_LABELS_CM - 0.3
            told = f"{shortened(name, room - text_width(f' {number}', self.size), self.size)} {number}"
            x = float(self.left[column]) + BAR_CM + 0.12 + (STUB_CM if inner else 0.0)
            if column == 0:
                x = float(self.left[0]) - 0.12
            self.axes.text(
                x, float(self.layout.middle[area]), told, ha="left" if column else "right", va="center_baseline",
                fontsize=self.size, zorder=5, gid="label", path_effects=[withStroke(linewidth=1.6, foreground="white")],
            )  # fmt: skip

    def write_years(self) -> None:
        """Each year over its column, with the residents of all its areas."""
        top, last = self.top - HEAD_CM, self.n_years - 1
        for place, year in enumerate(self.years):
            side = {0: "right", last: "left"}.get(place, "center")
            x = float(self.left[place]) + {"right": BAR_CM, "left": 0.0, "center": BAR_CM / 2}[side]
            self.sheet.write(x, top, str(year), TEXT_PT + 1, weight="bold", ha=side)
            gap = self._year_cm(place) * (0.5 if side == "center" else 1.0) + 0.15
            at, align = (x - gap, "right") if side == "right" else (x + gap, "left")
            self.sheet.write(at, top + 0.03, self._total(place), SMALL_PT, ha=align, color=GREY)

    def write_key(self) -> None:
        """What the fills mean."""
        left, top = 0.0, self.top + self.body + 0.35
        for text, style in (
            (_("disadvantaged urban area", self.language), {"facecolor": ORANGE}),
            (_(Np_("flows", "added"), self.language), {"facecolor": BLUE}),
            (_("removed", self.language), REMOVED),
            (_("residents that two designations share", self.language), {"facecolor": BAND}),
        ):
            self.sheet.patch(left, top + 0.02, 0.45, 0.28, edgecolor=BLACK, linewidth=0.5, **style)
            self.sheet.write(left + 0.55, top, text, SMALL_PT)
            left += 0.55 + text_width(text, SMALL_PT) + 0.45


def _alt(chart: FlowChart) -> str:
    """What began and what ended, by year."""
    nodes, language, begins = chart.lineage.nodes, chart.language, chart.begins
    told = []
    for place, year in enumerate(chart.lineage.years):
        of_year = nodes.year == year
        began, ended = (nodes.name[of_year & chosen].tolist() for chosen in (begins & bool(place), nodes.ends))
        parts = [_("{year}: {count} areas", language).format(year=year, count=int(of_year.sum()))]
        parts += [_("new: {names}", language).format(names=", ".join(began))] if began else []
        parts += [_("removed: {names}", language).format(names=", ".join(ended))] if ended else []
        told.append(", ".join(parts))
    return "; ".join(told)
