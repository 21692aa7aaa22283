"""Symbols: fills, patterns of lines and dots, lines, markers. All sizes are millimetres on paper."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

from udsat_geo.io.qgis.elements import Value, element, options
from udsat_geo.io.qgis.palette import INK, rgba

Layer = ET.Element
Symbol = Callable[[str], ET.Element]
"""A symbol that waits for the name under which its renderer knows it."""


def symbol(kind: str, *layers: Layer, alpha: float = 1.0) -> Symbol:
    """A symbol of layers, the lowest first.

    Parameters
    ----------
    kind : {"fill", "line", "marker"}
    *layers : Element
    alpha : float
        Opacity, 0 to 1.
    """

    def named(name: str) -> ET.Element:
        known = {"type": kind, "name": name, "alpha": alpha, "clip_to_extent": True, "force_rhr": False}
        return element("symbol", known, *layers)

    return named


def plain_fill(colour: str | None, outline: str | None = None, width: float = 0.0, alpha: int = 255,
               outline_alpha: int = 255, dash: str = "solid") -> Layer:  # fmt: skip
    """Ground of one colour; None leaves fill or outline out.

    Parameters
    ----------
    colour, outline : str or None
    width : float
        Of the outline.
    alpha, outline_alpha : int
        Opacity of 0 to 255.
    dash : {"solid", "dash", "dot"}
    """
    return _layer("SimpleFill", {
        "color": rgba(colour or INK, alpha),
        "style": "no" if colour is None else "solid",
        "outline_color": rgba(outline or INK, outline_alpha),
        "outline_style": "no" if outline is None else dash,
        "outline_width": width,
        "outline_width_unit": "MM",
        "joinstyle": "round",
    })  # fmt: skip


def hatching(colour: str, angle: float, distance: float, width: float) -> Layer:
    """Parallel lines over the ground; the angle is in degrees, against the clock from the east."""
    known = {"angle": float(angle), "distance": distance, "distance_unit": "MM", "line_width_unit": "MM"}
    return _layer("LinePatternFill", known, symbol("line", plain_line(colour, width))("@0@0"))


def dots(colour: str, distance: float, size: float) -> Layer:
    """Dots over the ground, every other row shifted."""
    known = {
        "distance_x": distance, "distance_x_unit": "MM", "distance_y": distance, "distance_y_unit": "MM",
        "displacement_x": distance / 2, "displacement_x_unit": "MM",
    }  # fmt: skip
    return _layer("PointPatternFill", known, symbol("marker", plain_marker("circle", colour, size))("@0@0"))


def plain_line(colour: str, width: float, dash: str = "solid") -> Layer:
    """A line."""
    known = {"line_color": rgba(colour), "line_width": width, "line_width_unit": "MM", "line_style": dash}
    return _layer("SimpleLine", {**known, "capstyle": "flat", "joinstyle": "round"})


def edging(colour: str, width: float, pattern: str = "") -> Layer:
    """A line along the outline of ground; `pattern` is dashes and gaps as multiples of a millimetre, ``3;2``."""
    custom = {"use_custom_dash": int(bool(pattern)), "customdash": pattern or "5;2", "customdash_unit": "MM"}
    known = {"line_color": rgba(colour), "line_width": width, "line_width_unit": "MM", "line_style": "solid"}
    return _layer("SimpleLine", {**known, **custom, "capstyle": "flat", "joinstyle": "round"})


def plain_marker(shape: str, colour: str, size: float, outline: str | None = None, width: float = 0.0) -> Layer:
    """A marker; `shape` is one of QGIS's: ``circle``, ``square``, ``diamond``, ``triangle``, ``star``, ``cross``."""
    return _layer("SimpleMarker", {
        "name": shape,
        "color": rgba(colour),
        "size": size,
        "size_unit": "MM",
        "outline_color": rgba(outline or colour),
        "outline_style": "no" if outline is None else "solid",
        "outline_width": width,
        "outline_width_unit": "MM",
    })  # fmt: skip


def _layer(kind: str, properties: dict[str, Value], *parts: ET.Element) -> Layer:
    # QGIS writes every property of a symbol as text
    written = options({name: str(value) for name, value in properties.items()})
    return element("layer", {"class": kind, "enabled": True, "locked": False, "pass": 0}, written, *parts)
