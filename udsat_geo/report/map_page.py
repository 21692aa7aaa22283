"""A page with a map on the left, a list and a key on the right, and its source under both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from udsat_geo.areas.ground import unit_polygons
from udsat_geo.designation.columns import GROUND_TEXTS
from udsat_geo.designation.surroundings import Surroundings
from udsat_geo.kernels.arrays import Floats, Ints, Objects
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.report.canvas import (
    BLACK,
    BUILT,
    GREY,
    INK,
    LAND,
    SMALL_PT,
    TALLEST_CM,
    TEXT_PT,
    WIDTH_CM,
    Origin,
    Sheet,
    height_of,
    text_width,
    title_height,
    wrapped,
    wrapped_all,
)
from udsat_geo.units.ground import AREAL, Ground
from udsat_geo.units.units import Units

if TYPE_CHECKING:
    from matplotlib.axes import Axes


BOTTOM_CM, SIDES_CM = 1.1, 0.15
"""Paper kept free under the city, for scale bar and north arrow, and around it."""
ADDRESS_M = 25.0
"""An address is drawn as a disc of so many metres; own choice."""
BARRIER_STYLES: tuple[dict[str, Any], ...] = (
    {"color": INK, "linewidth": 1.4},
    {"color": "white", "linewidth": 0.7, "linestyle": (0, (4, 4))},
)
"""A barrier is drawn as maps draw railways: two lines on top of each other."""
CROSSING_STYLE: dict[str, Any] = {
    "linestyle": "none", "marker": "o", "markersize": 4.0, "markerfacecolor": "white", "markeredgecolor": INK,
    "markeredgewidth": 0.9,
}  # fmt: skip
GROUND_COLOURS = {"land": "#EFEEEA", "district": LAND, "park": "#DCE8D2", "water": "#CFE2EE"}
LINE_STYLES: dict[str, tuple[dict[str, Any], ...]] = {
    "road": ({"color": "#D3C5AD", "linewidth": 0.8},),
    "railway": ({"color": "#8A8A8A", "linewidth": 0.8}, {"color": "white", "linewidth": 0.4, "dashes": (3, 3)}),
}
"""The ground as QGIS and the page draw it; own choice."""
BAR_SHARE = 0.25
"""The scale bar is the longest round length of at most this share of a map's width; own choice."""


@dataclass(frozen=True)
class Backdrop:
    """What lies behind the areas.

    Attributes
    ----------
    built : shapely geometry
        Where anybody can live: all units.
    district : tuple of str, n_districts
    district_geometry : object (shapely), shape (n_districts,)
    barriers : shapely geometry or None
        Lines that no area spans.
    crossings : float64, shape (n_crossings, 2)
        Where they are open.
    crs : str
    ground : Ground or None
        Beneath it all.
    """

    built: Any
    district: tuple[str, ...]
    district_geometry: Objects
    barriers: Any
    crossings: Floats
    crs: str
    ground: Ground | None = None


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """What any map of areas shows.

    Attributes
    ----------
    year, until : int
        When the areas were designated, and are due to be drawn anew; equal where nothing is known of that.
    outline : object (shapely), shape (n_areas,)
        None of them empty, in the reference system of the backdrop.
    backdrop : Backdrop
    origin : Origin
    language : {"da", "en"}
    """

    year: int
    until: int
    outline: Objects
    backdrop: Backdrop
    origin: Origin
    language: str = "da"


@dataclass(frozen=True)
class Frame:
    """How ground lies on paper.

    Attributes
    ----------
    west, south : float
        Of the map's lower left corner, in metres.
    metres_per_cm : float
    width_cm, height_cm : float
    """

    west: float
    south: float
    metres_per_cm: float
    width_cm: float
    height_cm: float

    def on_paper(self, geometry: Any) -> Any:
        """Geometries in centimetres from the map's lower left corner."""
        return shapely.transform(geometry, lambda points: (points - (self.west, self.south)) / self.metres_per_cm)

    def on_ground(self, x: float, y: float) -> tuple[float, float]:
        """Metres of a point on paper."""
        return self.west + x * self.metres_per_cm, self.south + y * self.metres_per_cm


def backdrop_of(units: Units, surroundings: Surroundings) -> Backdrop:
    """What lies behind areas made of units."""
    names, geometry = surroundings.districts
    lines, crossings = None, np.empty((0, 2))
    barriers = surroundings.barriers
    if barriers is not None:
        starts = np.column_stack([barriers.easting_start, barriers.northing_start])
        ends = np.column_stack([barriers.easting_end, barriers.northing_end])
        lines = shapely.multilinestrings(shapely.linestrings(np.stack([starts, ends], axis=1)))
        crossings = np.column_stack([barriers.crossing_easting, barriers.crossing_northing])
    built = shapely.union_all(ground_of_units(units, np.arange(len(units))))
    return Backdrop(built, names, geometry, lines, crossings, units.crs, surroundings.drawn_ground)


def ground_of_units(units: Units, members: Ints) -> Objects:
    """The ground of some units, shape (n_members,): of an address, a small disc."""
    if units.kind != "addresses":
        return unit_polygons(units, members)
    points = shapely.points(units.easting[members], units.northing[members])
    discs: Objects = shapely.buffer(points, ADDRESS_M, quad_segs=2)
    return discs


def frame_of(backdrop: Backdrop, areas: Objects, width_cm: float, tallest_cm: float) -> Frame:
    """The largest frame of a width, and of at most a height, that shows everything."""
    shown = np.array([backdrop.built, *backdrop.district_geometry, *areas], dtype=object)
    west, south, east, north = shapely.total_bounds(shown).tolist()
    metres_per_cm = max(
        (east - west) / (width_cm - 2 * SIDES_CM), (north - south) / (tallest_cm - BOTTOM_CM - SIDES_CM)
    )
    height_cm = (north - south) / metres_per_cm + BOTTOM_CM + SIDES_CM
    left = (west + east) / 2 - width_cm / 2 * metres_per_cm
    return Frame(left, south - BOTTOM_CM * metres_per_cm, metres_per_cm, width_cm, height_cm)


def draw_backdrop(axes: Axes, backdrop: Backdrop, frame: Frame, language: str) -> None:
    """Draw land, districts, barriers, scale bar and north arrow; the axes are in metres."""
    axes.set_xlim(frame.west, frame.west + frame.width_cm * frame.metres_per_cm)
    axes.set_ylim(frame.south, frame.south + frame.height_cm * frame.metres_per_cm)
    axes.set_axis_off()
    for geometry in backdrop.district_geometry:
        fill(axes, geometry, facecolor=LAND, edgecolor="none", zorder=1)
    if backdrop.ground is not None:
        draw_ground(axes, backdrop.ground)
    fill(axes, backdrop.built, facecolor=BUILT, edgecolor="none", zorder=2)
    for geometry in backdrop.district_geometry:
        fill(axes, geometry, facecolor="none", edgecolor="white", linewidth=1.2, zorder=3)
    if backdrop.barriers is not None:
        _draw_barriers(axes, backdrop)
    draw_scale_bar(axes, frame, language)
    draw_north(axes, frame)


def draw_ground(axes: Axes, ground: Ground) -> None:
    """Draw the ground beneath what was judged; the axes are in metres, and cut it."""
    for kind, geometry in zip(ground.kind, ground.geometry, strict=True):
        if kind in AREAL:
            fill(axes, geometry, facecolor=GROUND_COLOURS[kind], edgecolor="none", zorder=1.1, gid=kind)
    for kind, geometry in zip(ground.kind, ground.geometry, strict=True):
        for style in LINE_STYLES.get(kind, ()):
            for line in shapely.get_parts(geometry):
                axes.plot(*shapely.get_coordinates(line).T, **style, zorder=2.5, gid=kind)


def _draw_barriers(axes: Axes, backdrop: Backdrop) -> None:
    from matplotlib.collections import LineCollection

    segments = [shapely.get_coordinates(line) for line in shapely.get_parts(backdrop.barriers)]
    for place, style in enumerate(BARRIER_STYLES):
        axes.add_collection(LineCollection(segments, zorder=7.6 + place / 10, **style), autolim=False)
    easting, northing = backdrop.crossings.T
    axes.plot(easting, northing, zorder=7.8, **CROSSING_STYLE)


def fill(axes: Axes, geometry: Any, **style: Any) -> None:
    """Draw polygons with their holes; nothing where there are none."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    rings = [Path(shapely.get_coordinates(ring), closed=True) for ring in shapely.get_rings(polygons)]
    if rings:
        axes.add_artist(PathPatch(Path.make_compound_path(*rings), **style))


def draw_scale_bar(axes: Axes, frame: Frame, language: str) -> None:
    """Draw the scale bar in the lower left corner, in two halves: one, two or five times a power of ten metres long."""
    from matplotlib.patches import Rectangle

    longest = BAR_SHARE * frame.width_cm * frame.metres_per_cm
    power = 10.0 ** np.floor(np.log10(longest))
    length = float(max(power * part for part in (1, 2, 5) if power * part <= longest))
    unit, per_unit = ("km", 1000.0) if length >= 1000 else ("m", 1.0)
    left, bottom = frame.on_ground(SIDES_CM + 0.1, 0.18)
    height = 0.13 * frame.metres_per_cm
    outlined: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.6, "zorder": 9, "gid": "scale bar"}
    for half, colour in enumerate((INK, "white")):
        corner = (left + half * length / 2, bottom)
        axes.add_patch(Rectangle(corner, length / 2, height, facecolor=colour, **outlined))
    over = bottom + height + 0.08 * frame.metres_per_cm
    style: dict[str, Any] = {"va": "bottom", "fontsize": SMALL_PT, "zorder": 9}
    for share in (0.0, 0.5, 1.0):
        value = share * length / per_unit
        told = decimal(value, 0 if value == int(value) else 1, language)
        axes.text(left + share * length, over, told, ha="center", **style)
    last = text_width(decimal(length / per_unit, 0, language), SMALL_PT) / 2 + 0.08
    axes.text(left + length + last * frame.metres_per_cm, over, unit, ha="left", **style)


def draw_north(axes: Axes, frame: Frame) -> None:
    """Draw an arrow to grid north in the lower right corner: straight up, as the map is drawn on its own grid."""
    from matplotlib.patches import Polygon

    x, y, half, height = frame.width_cm - SIDES_CM - 0.35, 0.18, 0.17, 0.62
    for side, colour in ((-1, INK), (1, "white")):
        corners = ((x, y + height), (x + side * half, y), (x, y + 0.16))
        points = [frame.on_ground(*corner) for corner in corners]
        axes.add_patch(Polygon(points, facecolor=colour, edgecolor=INK, linewidth=0.6, zorder=9, gid="north arrow"))
    axes.text(
        *frame.on_ground(x - half - 0.12, y + height / 2), "N", ha="right", va="center", fontsize=9, weight="bold",
        zorder=9,
    )  # fmt: skip


def draw_district_names(axes: Axes, backdrop: Backdrop, frame: Frame, taken: Objects) -> None:
    """Write the names of districts where they lie on nothing, each as near as can be to the middle of its district.

    Parameters
    ----------
    axes : Axes
    backdrop : Backdrop
    frame : Frame
    taken : object (shapely), shape (n_taken,)
        Areas and labels, on paper.
    """
    from matplotlib.patheffects import withStroke

    free = list(taken)
    for name, geometry in zip(backdrop.district, backdrop.district_geometry, strict=True):
        lines = name.replace("-", "-\n") if len(name) > 16 else name
        width = max(text_width(line, SMALL_PT) for line in lines.split("\n")) + 0.1
        height = 0.33 * (lines.count("\n") + 1)
        district = frame.on_paper(geometry)
        middle = shapely.get_coordinates(shapely.centroid(district))[0]
        west, south, east, north = shapely.bounds(district)
        steps = np.stack(np.meshgrid(np.arange(west, east, 0.2), np.arange(south, north, 0.2)), axis=-1).reshape(-1, 2)
        steps = np.concatenate([middle[None], steps])
        half = np.array([width, height]) / 2
        boxes = shapely.box(*(steps - half).T, *(steps + half).T)
        over = shapely.area(shapely.intersection(boxes[:, None], np.array(free, dtype=object))).sum(axis=1)
        out = shapely.area(shapely.difference(boxes, district))
        # a name that must lie on an area would be taken for the area's: then it is left out
        cost = np.where(over > 0, np.inf, np.hypot(*(steps - middle).T) + 4 * out)
        best = int(np.argmin(cost))
        if not np.isfinite(cost[best]):
            continue
        free.append(boxes[best])
        axes.text(
            *frame.on_ground(*steps[best]), lines, ha="center", va="center", fontsize=SMALL_PT, color=GREY,
            style="italic", linespacing=1.1, zorder=5, path_effects=[withStroke(linewidth=1.5, foreground=LAND)],
        )  # fmt: skip


DISTANCES_CM = tuple(0.35 + 0.2 * step for step in range(30))
"""How far from its anchor the middle of a label may lie, the nearest first; own choice."""
DIRECTIONS = 16
MARGIN_CM = 0.04
"""Between two labels."""
NEARLY = 0.85
"""A label lies inside a polygon if so much of its width and height does; own choice."""
OVER_ANOTHER = 3.0
"""Centimetres farther that a label goes rather than lie wholly on another polygon, or lead across one; own choice."""


@dataclass(frozen=True)
class Place:
    """Where a label lies.

    Attributes
    ----------
    x, y : float
        Its middle.
    width, height : float
    anchor_x, anchor_y : float
        The point that it names.
    leads : bool
        Whether a line joins it to that point: it lies outside what it names.
    """

    x: float
    y: float
    width: float
    height: float
    anchor_x: float
    anchor_y: float
    leads: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the label."""
        across, up = self.width / 2, self.height / 2
        return self.x - across, self.y - up, self.x + across, self.y + up


def middle_of(polygon: Any) -> Floats:
    """The middle of the largest circle in a polygon's largest part, shape (2,); the polygon is not empty."""
    largest = max(shapely.get_parts(polygon), key=shapely.area)
    circle = shapely.maximum_inscribed_circle(largest, float(np.sqrt(shapely.area(largest))) / 100)
    middle: Floats = shapely.get_coordinates(circle)[0]
    return middle


def place_labels(
    polygons: Objects,
    sizes: Floats,
    frame: tuple[float, float, float, float],
    taken: Objects | None = None,
    others: Objects | None = None,
) -> list[Place]:
    """Place one label for each polygon.

    Parameters
    ----------
    polygons : object (shapely), shape (n_polygons,)
        What is named, on paper.
    sizes : float64, shape (n_polygons, 2)
        Width and height of each label.
    frame : tuple of float
        West, south, east, north: no label leaves it while there is room.
    taken : object (shapely), shape (n_taken,), optional
        Boxes that no label may lie on.
    others : object (shapely), shape (n_others,), optional
        More polygons that labels and lines keep off where they can.
    """
    anchors = np.array([middle_of(polygon) for polygon in polygons]).reshape(-1, 2)
    boxes: list[object] = [] if taken is None else list(taken)
    lines: list[object] = []
    all_polygons = polygons if others is None else np.concatenate([polygons, others])
    wide = sizes + 2 * MARGIN_CM
    fits = [
        bool(shapely.contains(polygon, _boxes(anchor[None], NEARLY * size)[0]))
        for polygon, anchor, size in zip(polygons, anchors, sizes, strict=True)
    ]
    places: list[Place | None] = [None] * len(polygons)
    # those inside first, as they have no other place; then the others as they are numbered
    for i in sorted(range(len(polygons)), key=lambda i: (not fits[i], i)):
        at = anchors[i]
        leads = not fits[i] or bool(shapely.intersects(_boxes(at[None], wide[i])[0], boxes).any())
        if leads:
            at = _nearest_free(i, all_polygons, anchors, wide[i], frame, boxes, lines)
            lines.append(_line(anchors[i], at))
        (width, height), (anchor_x, anchor_y) = sizes[i].tolist(), anchors[i].tolist()
        places[i] = Place(float(at[0]), float(at[1]), width, height, anchor_x, anchor_y, leads)
        boxes.append(_boxes(at[None], wide[i])[0])
    return [place for place in places if place is not None]


def _nearest_free(
    i: int,
    polygons: Objects,
    anchors: Floats,
    size: Floats,
    frame: tuple[float, float, float, float],
    taken: list[object],
    drawn: list[object],
) -> Floats:
    """The cheapest place around an anchor, in the frame, whose label and line touch no other label or line.

    Where there is no such place, a label touches no other label rather than no line.
    """
    at = _candidates(anchors[i], size)
    boxes = _boxes(at, size)
    lines = np.array([_line(anchors[i], end) for end in at], dtype=object)
    west, south, east, north = shapely.bounds(boxes).T
    outside = (west < frame[0]) | (south < frame[1]) | (east > frame[2]) | (north > frame[3])
    obstacles, crossed = np.array(taken, dtype=object), np.array(drawn, dtype=object)
    on_label = shapely.intersects(boxes[:, None], obstacles).sum(axis=1)
    on_line = sum(
        shapely.intersects(each[:, None], others).sum(axis=1)
        for each, others in ((lines, obstacles), (boxes, crossed), (lines, crossed))
    )
    most = 1 + 2 * (len(taken) + len(drawn))
    wrong = (outside * most + on_label) * most + on_line
    at, boxes, lines = (each[wrong == wrong.min()] for each in (at, boxes, lines))
    over = np.zeros(len(at))
    for j, polygon in enumerate(polygons):
        smaller = min(shapely.area(boxes[0]), shapely.area(polygon))
        over += shapely.area(shapely.intersection(boxes, polygon)) / smaller
        if j != i:  # its own polygon may lie under the line, not under the label
            over += shapely.length(shapely.intersection(lines, polygon))
    cost = np.hypot(*(at - anchors[i]).T) + OVER_ANOTHER * over
    best: Floats = at[int(np.argmin(cost))]
    return best


def _candidates(anchor: Floats, size: Floats) -> Floats:
    """Places around an anchor, shape (n_places, 2); the nearest keep the anchor free of the label."""
    angle = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    stretch = size / 2 + 0.1
    return np.concatenate([anchor + ring * (stretch + distance - DISTANCES_CM[0]) for distance in DISTANCES_CM])


def _boxes(middle: Floats, size: Floats) -> Objects:
    half = size / 2
    boxes: Objects = shapely.box(*(middle - half).T, *(middle + half).T)
    return boxes


def _line(start: Floats, end: Floats) -> object:
    return shapely.linestrings([start, end])


LIST_CM, GUTTER_CM = 5.4, 0.4
"""Width of the list beside a map, and of the space between."""
LINE_CM = 0.40
"""From one line of the list to the next."""
SIZES_PT = (TEXT_PT, 7.0, 6.0, 5.0, 4.0)
"""Of the list: the first at which it fits on a page."""
_NAME_CM = 0.65


@dataclass(frozen=True)
class Listed:
    """A list beside a map.

    Attributes
    ----------
    head, column : str
        Over the names, and over the numbers.
    rows : tuple of (label, name, number)
    foot : str
        Under the rows.
    """

    head: str
    column: str
    rows: tuple[tuple[str, str, str], ...]
    foot: str = ""


@dataclass(frozen=True)
class Key:
    """What a fill, a line or a mark of the map stands for.

    Attributes
    ----------
    text : str
    fill : dict
        Style of a patch; empty where it is a line or a mark.
    lines : tuple of dict
        Styles of lines, or a mark, on top of each other.
    """

    text: str
    fill: dict[str, Any] = field(default_factory=dict)
    lines: tuple[dict[str, Any], ...] = ()


class MapPage:
    """The page, with its map empty but for the backdrop, and everything else in place.

    Parameters
    ----------
    mapped : Mapped
    title : str
    outlines : object (shapely), shape (n,)
        All that the map must show beside its backdrop.
    lists : sequence of Listed
    keys : sequence of Key
    notes : tuple of str
        What stands under the map before its source.
    built : str, optional
        What the ground of units without another colour stands for.
    """

    def __init__(
        self,
        mapped: Mapped,
        title: str,
        outlines: Objects,
        lists: tuple[Listed, ...],
        keys: tuple[Key, ...],
        notes: tuple[str, ...] = (),
        built: str | None = None,
    ):
        backdrop, language = mapped.backdrop, mapped.language
        head = title_height(title)
        self.backdrop, self.language = backdrop, language
        self.frame: Frame = frame_of(backdrop, outlines, WIDTH_CM - LIST_CM - GUTTER_CM, TALLEST_CM - head - 1.5)
        metres = decimal(round(self.frame.metres_per_cm, -1), 0, language)
        told = [
            *notes,
            *mapped.origin.lines(language),
            _("Map in {crs}, grid north up; at this size 1 cm is {metres} m.", language).format(
                crs=backdrop.crs, metres=metres
            ),
        ]
        foot = height_of(wrapped_all(told, WIDTH_CM), SMALL_PT) + 0.35
        keys = (*keys, *self._keys_of_backdrop(built))
        room = TALLEST_CM - head - foot
        n_lines = 0.0
        for self.size in SIZES_PT:
            n_lines = sum(lines_of(listed, self.size) + 1.0 for listed in lists)
            n_lines += sum(_lines_of_key(key, self.size) for key in keys)
            if n_lines * LINE_CM * self.size / TEXT_PT <= room:
                break
        self.line = min(LINE_CM * self.size / TEXT_PT, room / n_lines)
        body = min(room, max(self.frame.height_cm, n_lines * self.line))
        self.sheet = Sheet(head + body + foot)
        self.sheet.title(title)
        self.axes: Axes = self.sheet.axes(0, head, self.frame.width_cm, self.frame.height_cm, "map")
        draw_backdrop(self.axes, backdrop, self.frame, language)
        at = head
        for listed in lists:
            at = self._write_list(listed, at) + self.line
        self._write_keys(keys, at)
        self.sheet.notes(head + body + 0.3, told)

    def _keys_of_backdrop(self, built: str | None) -> tuple[Key, ...]:
        keys = [Key(built or _("units with dwellings", self.language), {"facecolor": BUILT})]
        if len(self.backdrop.district_geometry):
            keys.append(Key(_("other land of the districts", self.language), {"facecolor": LAND}))
        keys += self._keys_of_ground()
        if self.backdrop.barriers is not None:
            keys.append(Key(_("barrier", self.language), lines=BARRIER_STYLES))
        if len(self.backdrop.crossings):
            keys.append(Key(_("crossing", self.language), lines=(CROSSING_STYLE,)))
        return tuple(keys)

    def _keys_of_ground(self) -> list[Key]:
        ground = self.backdrop.ground
        there = set() if ground is None else set(ground.kind.tolist())
        of_fills = [Key(_(GROUND_TEXTS[kind], self.language), {"facecolor": GROUND_COLOURS[kind]})
                    for kind in ("park", "water") if kind in there]  # fmt: skip
        of_lines = [Key(_(GROUND_TEXTS[kind], self.language), lines=styles)
                    for kind, styles in LINE_STYLES.items() if kind in there]  # fmt: skip
        return [*of_fills, *of_lines]

    def _write_list(self, listed: Listed, at: float) -> float:
        """Write a list; where it ends, from the top of the sheet."""
        left, right, sheet, size = WIDTH_CM - LIST_CM, WIDTH_CM, self.sheet, self.size
        sheet.write(left, at, listed.head, size, weight="bold")
        sheet.write(right, at, listed.column, size, ha="right", color=GREY)
        at += self.line
        for label, name, number in listed.rows:
            told = _name(name, number, size)
            sheet.write(left + _NAME_CM - 0.2, at, label, size, ha="right", weight="bold", gid="list label")
            sheet.write(left + _NAME_CM, at, told, size)
            sheet.write(right, at, number, size, ha="right")
            at += self.line * (told.count("\n") + 1)
        if listed.foot:
            told = wrapped(listed.foot, LIST_CM, size)
            sheet.write(left, at, told, size, color=GREY)
            at += self.line * (told.count("\n") + 1)
        return at

    def _write_keys(self, keys: tuple[Key, ...], at: float) -> None:
        left = WIDTH_CM - LIST_CM
        for key in keys:
            told = wrapped(key.text, LIST_CM - _NAME_CM, self.size)
            if key.fill:
                style = {"edgecolor": "none", "linewidth": 0.7, **key.fill}
                self.sheet.patch(left, at + 0.02, 0.45, 0.7 * self.line, **style)
            for style in key.lines:
                ends = (left + 0.225,) * 2 if style.get("linestyle") == "none" else (left, left + 0.45)
                self.sheet.line(*ends, at + 0.4 * self.line, **style)
            self.sheet.write(left + _NAME_CM, at, told, self.size)
            at += self.line * _lines_of_key(key, self.size)

    def label(self, labels: list[str], polygons: Objects, others: Objects | None = None) -> list[Place]:
        """Write a short label on each polygon, or near it with a line.

        Parameters
        ----------
        labels : list of str
        polygons : object (shapely), shape (n_labels,)
        others : object (shapely), optional
            More polygons that labels keep off where they can; all in metres.
        """
        from matplotlib.patheffects import withStroke

        sizes = np.array([(text_width(label, TEXT_PT, True) + 0.08, 0.30) for label in labels]).reshape(-1, 2)
        bottom = shapely.box(0, 0, self.frame.width_cm, 0.9)
        frame = (0.0, 0.0, self.frame.width_cm, self.frame.height_cm)
        near = None if others is None else self.frame.on_paper(others)
        places = place_labels(self.frame.on_paper(polygons), sizes, frame, np.array([bottom], dtype=object), near)
        for label, place in zip(labels, places, strict=True):
            at = self.frame.on_ground(place.x, place.y)
            if place.leads:
                anchor = self.frame.on_ground(place.anchor_x, place.anchor_y)
                self.axes.plot(*zip(anchor, at, strict=True), color=BLACK, linewidth=0.7, zorder=8)
                self.axes.plot(*anchor, marker="o", markersize=1.8, color=BLACK, zorder=8)
            self.axes.text(
                *at, label, ha="center", va="center_baseline", fontsize=TEXT_PT, weight="bold", zorder=8.5,
                gid="label", path_effects=[withStroke(linewidth=2.0, foreground="white")],
            )  # fmt: skip
        return places

    def name_districts(self, places: list[Place], polygons: Objects) -> None:
        """Write the names of districts where neither areas nor labels lie."""
        boxes = [shapely.box(*place.box) for place in places]
        lines = [[(place.x, place.y), (place.anchor_x, place.anchor_y)] for place in places if place.leads]
        leads = [shapely.buffer(shapely.linestrings(line), 0.02) for line in lines]
        taken = np.array([*self.frame.on_paper(polygons), *boxes, *leads], dtype=object)
        draw_district_names(self.axes, self.backdrop, self.frame, taken)


def lines_of(listed: Listed, size: float) -> int:
    """How many lines a list takes in a size of letters."""
    rows = sum(_name(name, number, size).count("\n") + 1 for _ignored, name, number in listed.rows)
    foot = wrapped(listed.foot, LIST_CM, size).count("\n") + 1 if listed.foot else 0
    return 1 + rows + foot


def _name(name: str, number: str, size: float) -> str:
    """A name in the room that a number leaves, on as many lines as it needs."""
    return wrapped(name, LIST_CM - _NAME_CM - text_width(number, size) - 0.25, size)


def _lines_of_key(key: Key, size: float) -> float:
    return wrapped(key.text, LIST_CM - _NAME_CM, size).count("\n") + 1 + 0.1
