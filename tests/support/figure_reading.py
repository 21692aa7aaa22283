"""What a figure says, read off its artists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import matplotlib.text
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

CM_PER_INCH = 2.54


def texts(figure: Figure) -> list[str]:
    """All texts that are to be seen, tick labels too."""
    return [text.get_text() for text in _texts(figure)]


def marked(figure: Figure, gid: str) -> list[Any]:
    """The artists of a mark (matplotlib's group id), in the order they were drawn."""
    return list(figure.findobj(lambda artist: artist.get_gid() == gid))


def axes_called(figure: Figure, label: str) -> Axes:
    """The axes of a label."""
    return next(axes for axes in figure.axes if axes.get_label() == label)


def size_cm(figure: Figure) -> tuple[float, float]:
    """Width and height on paper."""
    width, height = figure.get_size_inches()
    return CM_PER_INCH * width, CM_PER_INCH * height


def outside(figure: Figure) -> list[str]:
    """Texts that stick out of the paper."""
    paper = figure.bbox
    return [text.get_text() for text, box in _boxes(figure) if not _holds(paper, box)]


def overlapping(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts that lie on each other."""
    return [
        (one.get_text(), other.get_text())
        for (one, a), (other, b) in combinations(_boxes(figure), 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]


def _texts(figure: Figure) -> Iterator[matplotlib.text.Text]:
    figure.canvas.draw()  # type: ignore[attr-defined]
    hidden = {text for axes in figure.axes for text in _hidden(axes)}
    for text in figure.findobj(matplotlib.text.Text):
        if text.get_text().strip() and text.get_visible() and text not in hidden:
            yield text


def _hidden(axes: Axes) -> Iterator[Any]:
    """Texts of an axis that is off, and of ticks out of view, which are not drawn."""
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        if not axes.axison:
            yield from axis.findobj(matplotlib.text.Text)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low <= tick.get_loc() <= high:
                yield from (tick.label1, tick.label2)


def _boxes(figure: Figure) -> list[tuple[matplotlib.text.Text, Bbox]]:
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    return [(text, text.get_window_extent(renderer)) for text in _texts(figure)]


def _holds(paper: Bbox, box: Bbox) -> bool:
    return bool(box.x0 > -1 and box.y0 > -1 and box.x1 < paper.x1 + 1 and box.y1 < paper.y1 + 1)
