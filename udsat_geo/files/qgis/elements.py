"""Elements of QGIS's documents: how it writes attributes, maps of options and symbols' properties."""

from __future__ import annotations

import html
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence

BETTER = ("#b2abd2", "#d8daeb")
"""Purples of PuOr, the most first."""
WORSE = ("#fee0b6", "#fdb863", "#e08214", "#b35806", "#7f3b08")
"""Oranges of PuOr, the least first."""

BLACK, GREEN, BLUE, SKY, VERMILION, ORANGE, ROSE = (
    "#000000", "#009e73", "#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#cc79a7",
)  # fmt: skip
INK, GREY, PALE, PAPER = "#1a1a1a", "#9a9a9a", "#ececec", "#ffffff"
DEEP_BLUE, TINT = "#0b3c5d", "#dcebf5"
"""Own choice: a darker shade of the blue, and a tint of it under patterns."""


def rgba(colour: str, alpha: int = 255) -> str:
    """A colour as QGIS writes it: red, green, blue and opacity, each of 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


VERSION = "3.22.0"
"""The oldest QGIS that the documents are meant for."""
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "udsat_geo")


class Sign(str):
    """One character, which QGIS keeps apart from texts."""


Value = object
"""Of an option: text, number, flag, a sequence of values or a mapping of names to values."""


def element(tag: str, attributes: Mapping[str, object] | None = None, *children: ET.Element) -> ET.Element:
    """An element with attributes and children; flags become 1 and 0."""
    made = ET.Element(tag, {name: _as_attribute(value) for name, value in (attributes or {}).items()})
    made.extend(children)
    return made


def text_element(tag: str, text: str) -> ET.Element:
    """An element that holds a text."""
    made = ET.Element(tag)
    made.text = text
    return made


def options(values: Mapping[str, Value]) -> ET.Element:
    """A map of options."""
    return option(None, values)


def option(name: str | None, value: Value) -> ET.Element:
    """One option, with those that it holds."""
    named = {} if name is None else {"name": name}
    if isinstance(value, Mapping):
        return element("Option", {"type": "Map", **named}, *(option(str(key), held) for key, held in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return element("Option", {"type": "List", **named}, *(option(None, held) for held in value))
    kind = {bool: "bool", int: "int", float: "double", Sign: "QChar"}.get(type(value), "QString")
    written = str(value).lower() if isinstance(value, bool) else str(value)
    return element("Option", {"type": kind, "value": written, **named})


def key_of(*names: str) -> str:
    """An identifier as QGIS gives them, the same for the same names."""
    return f"{{{uuid.uuid5(_NAMES, '/'.join(names))}}}"


def _as_attribute(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def field(name: str) -> str:
    """A field of a layer."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text; QGIS reads a backslash in one as the start of an escape."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def looked_up(column: str, texts: Mapping[str, str]) -> str:
    """The text that stands for a field's value; the value itself where none does."""
    if not texts:
        return field(column)
    cases = " ".join(f"WHEN {field(column)} = {literal(value)} THEN {literal(text)}" for value, text in texts.items())
    return f"CASE {cases} ELSE {field(column)} END"


def number(expression: str, digits: int, language: str) -> str:
    """A number as a language writes it; nothing for a missing one."""
    return f"coalesce(format_number({expression}, {digits}, {literal(language)}), '')"


def as_html(expression: str) -> str:
    """A value whose markup is shown, not followed."""
    escapes = ", ".join(f"{literal(sign)}, {literal(html.escape(sign))}" for sign in "&<>")
    # QGIS replaces in the order of the signs themselves: the ampersand, the least, comes first
    return f"replace(coalesce({expression}, ''), map({escapes}))"


def plain(text: str) -> str:
    """A text for where QGIS would follow ``[% %]``: it is broken up."""
    return text.replace("[%", "[ %")


def inserted(expression: str) -> str:
    """An expression for where QGIS follows ``[% %]``."""
    # a text in it could end it early; a blank between the signs changes none of its meaning outside texts
    return "[% " + expression.replace("%]", "% ]") + " %]"


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


FONTS = ("Open Sans", "Noto Sans", "Segoe UI", "Helvetica Neue", "Arial", "DejaVu Sans")
"""The first that the machine has: no message of a font that is missing."""
BOLD, REGULAR = 75, 50
_HORIZONTAL = 4
_INSIDE, _INSIDE_OR_BESIDE = 2, 3


def text_style(size: float, colour: str = INK, bold: bool = False, buffer: float = 0.0, **more: object) -> ET.Element:
    """The look of a text.

    Parameters
    ----------
    size : float
        In points.
    colour : str
    bold : bool
    buffer : float
        Width in millimetres of the paper coloured rim around it; 0 is none.
    **more
        Further attributes of the element.
    """
    known = {
        "fontFamily": FONTS[-1], "fontSize": size, "fontSizeUnit": "Point", "fontWeight": BOLD if bold else REGULAR,
        "fontItalic": False, "fontKerning": True, "textColor": rgba(colour), "textOpacity": 1, "multilineHeight": 1,
        "allowHtml": False,
    }  # fmt: skip
    families = element("families", {}, *(element("family", {"name": name}) for name in FONTS[:-1]))
    around = element("text-buffer", {
        "bufferDraw": buffer > 0, "bufferSize": buffer, "bufferSizeUnits": "MM", "bufferColor": rgba(PAPER),
        "bufferOpacity": 0.9, "bufferNoFill": False, "bufferJoinStyle": 128,
    })  # fmt: skip
    return element("text-style", {**known, **more}, families, around)


def label(
    expression: str, size: float, bold: bool = False, wrap: int = 0, always: bool = False, beside: bool = False
) -> ET.Element:
    """Settings of labels that stand level within their polygons.

    Parameters
    ----------
    expression : str
        What they say.
    size : float
        In points.
    bold : bool
    wrap : int
        Characters after which a new line begins; 0 is never.
    always : bool
        Whether they stand even where they cover each other.
    beside : bool
        Whether they may stand beside a polygon that has no room.
    """
    style = text_style(size, bold=bold, buffer=0.9, fieldName=expression, isExpression=True)
    lines = {"autoWrapLength": wrap, "useMaxLineLengthForAutoWrap": True, "multilineAlign": 1, "wrapChar": ""}
    place = {
        "placement": _HORIZONTAL, "polygonPlacementFlags": _INSIDE_OR_BESIDE if beside else _INSIDE,
        "fitInPolygonOnly": False, "priority": 8,
        "placementFlags": 10, "centroidInside": True, "centroidWhole": True,
    }  # fmt: skip
    drawing = {"drawLabels": True, "displayAll": always, "obstacle": True, "obstacleFactor": 0.5, "labelPerPart": False}
    return element(
        "settings", {"calloutType": "simple"},
        style, element("text-format", lines), element("placement", place), element("rendering", drawing),
    )  # fmt: skip
