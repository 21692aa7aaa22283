"""Texts on the map and on the sheet: their look, and where labels may stand."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from udsat_geo.io.qgis.elements import element
from udsat_geo.io.qgis.palette import INK, PAPER, rgba

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
