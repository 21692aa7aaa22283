"""A page with a map on the left, a list and a key on the right, and its source under both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.report.backdrop import (
    BARRIER_STYLES,
    CROSSING_STYLE,
    Backdrop,
    Frame,
    draw_backdrop,
    draw_district_names,
    frame_of,
)
from udsat_geo.report.canvas import (
    BLACK,
    BUILT,
    GREY,
    LAND,
    SMALL_PT,
    TALLEST_CM,
    TEXT_PT,
    WIDTH_CM,
    Sheet,
    height_of,
    text_width,
    title_height,
    wrapped,
    wrapped_all,
)
from udsat_geo.report.origin import Origin
from udsat_geo.report.placing import Place, place_labels
from udsat_geo.report.wording import MAP
from udsat_geo.wording import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LIST_CM, GUTTER_CM = 5.4, 0.4
"""Width of the list beside a map, and of the space between."""
LINE_CM = 0.40
"""From one line of the list to the next."""
SIZES_PT = (TEXT_PT, 7.0, 6.0, 5.0, 4.0)
"""Of the list: the first at which it fits on a page."""
_NAME_CM = 0.65
_HALF_LINE = 0.5


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
    title : str
    outlines : object (shapely), shape (n,)
        All that the map must show beside its backdrop.
    backdrop : Backdrop
    origin : Origin
    language : {"da", "en"}
    lists : sequence of Listed
    keys : sequence of Key
    notes : tuple of str
        What stands under the map before its source.
    """

    def __init__(
        self,
        title: str,
        outlines: NDArray[np.object_],
        backdrop: Backdrop,
        origin: Origin,
        language: str,
        lists: tuple[Listed, ...],
        keys: tuple[Key, ...],
        notes: tuple[str, ...] = (),
    ):
        words, head = MAP[language], title_height(title)
        self.backdrop, self.language = backdrop, language
        self.frame: Frame = frame_of(backdrop, outlines, WIDTH_CM - LIST_CM - GUTTER_CM, TALLEST_CM - head - 1.5)
        metres = decimal(round(self.frame.metres_per_cm, -1), 0, language)
        told = [*notes, *origin.lines(language), words["grid"].format(crs=backdrop.crs, metres=metres)]
        foot = height_of(wrapped_all(told, WIDTH_CM), SMALL_PT) + 0.35
        keys = (*keys, *self._keys_of_backdrop())
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

    def _keys_of_backdrop(self) -> tuple[Key, ...]:
        words = MAP[self.language]
        keys = [Key(words["built"], {"facecolor": BUILT})]
        if len(self.backdrop.district_geometry):
            keys.append(Key(words["land"], {"facecolor": LAND}))
        if self.backdrop.barriers is not None:
            keys.append(Key(words["barriers"], lines=BARRIER_STYLES))
        if len(self.backdrop.crossings):
            keys.append(Key(words["crossings"], lines=(CROSSING_STYLE,)))
        return tuple(keys)

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

    def label(
        self, labels: list[str], polygons: NDArray[np.object_], others: NDArray[np.object_] | None = None
    ) -> list[Place]:
        """Write a short label on each polygon, or near it with a line.

        Parameters
        ----------
        labels : list of str
        polygons : object (shapely), shape (n_labels,)
        others : object (shapely), optional
            More polygons that labels keep off where they can; all in metres.
        """
        import shapely
        from matplotlib.patheffects import withStroke

        sizes = np.array([(text_width(label, TEXT_PT, True) + 0.08, 0.30) for label in labels]).reshape(-1, 2)
        bottom = shapely.box(0, 0, self.frame.width_cm, 0.9)
        frame = (0.0, 0.0, self.frame.width_cm, self.frame.height_cm)
        on_paper = self.frame.on_paper
        places = place_labels(
            on_paper(polygons),
            sizes,
            frame,
            np.array([bottom], dtype=object),
            None if others is None else on_paper(others),
        )
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

    def name_districts(self, places: list[Place], polygons: NDArray[np.object_]) -> None:
        """Write the names of districts where neither areas nor labels lie."""
        import shapely

        boxes = [shapely.box(*place.box) for place in places]
        leads = [
            shapely.buffer(shapely.linestrings([(place.x, place.y), (place.anchor_x, place.anchor_y)]), 0.02)
            for place in places
            if place.leads
        ]
        taken = np.array([*self.frame.on_paper(polygons), *boxes, *leads], dtype=object)
        draw_district_names(self.axes, self.backdrop, self.frame, taken)


def lines_of(listed: Listed, size: float) -> int:
    """How many lines a list takes in a size of letters."""
    rows = sum(_name(name, number, size).count("\n") + 1 for _, name, number in listed.rows)
    foot = wrapped(listed.foot, LIST_CM, size).count("\n") + 1 if listed.foot else 0
    return 1 + rows + foot


def _name(name: str, number: str, size: float) -> str:
    """A name in the room that a number leaves, on as many lines as it needs."""
    return wrapped(name, LIST_CM - _NAME_CM - text_width(number, size) - 0.25, size)


def _lines_of_key(key: Key, size: float) -> float:
    return wrapped(key.text, LIST_CM - _NAME_CM, size).count("\n") + 1 + 0.1
