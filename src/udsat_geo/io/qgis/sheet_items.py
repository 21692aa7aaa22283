"""What a sheet for printing is made of: pages, labels, maps, legends, scale bars and tables. All in millimetres."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from udsat_geo.io.qgis.elements import Sign, element, key_of, options
from udsat_geo.io.qgis.expressions import plain
from udsat_geo.io.qgis.palette import INK, PALE, PAPER, rgba
from udsat_geo.io.qgis.symbols import plain_fill, plain_line, symbol
from udsat_geo.io.qgis.text import BOLD, FONTS, REGULAR, text_style

PAGE, MAP, LABEL, LEGEND, SCALE_BAR, FRAME, TABLE = 65638, 65639, 65641, 65642, 65646, 65647, 65649
"""QGIS's numbers of the kinds of items."""
LEFT, RIGHT, TOP, MIDDLE = 1, 2, 32, 128
CELL_MARGIN, GRID = 0.8, 0.1


@dataclass(frozen=True)
class Box:
    """Where an item lies on its page, from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, what stands in it, and how wide it is."""

    heading: str
    expression: str
    width: float
    right: bool = True


def filled(columns: Sequence[Column], width: float) -> list[Column]:
    """Columns of a table as wide as it is: the one of no width takes what the others leave."""
    taken = sum(column.width for column in columns) + len(columns) * 2 * CELL_MARGIN + (len(columns) + 1) * GRID
    return [replace(column, width=width - taken) if column.width == 0 else column for column in columns]


def item(kind: int, name: str, box: Box, more: Mapping[str, object], *parts: ET.Element) -> ET.Element:
    """An item of a sheet; `name` tells it from the others."""
    place = f"{box.left},{box.top},mm"
    known = {
        "type": kind, "uuid": key_of("sheet", name), "templateUuid": key_of("sheet", name), "id": name,
        "position": place, "positionOnPage": place, "size": f"{box.width},{box.height},mm", "referencePoint": 0,
        "itemRotation": 0, "opacity": 1, "visibility": True, "blendMode": 0, "zValue": 1, "positionLock": "false",
        "excludeFromExports": False, "background": "false", "frame": "false", "outlineWidthM": "0.2,mm",
        "frameJoinStyle": "miter", "groupUuid": "",
    }  # fmt: skip
    return element(
        "LayoutItem", {**known, **more}, _colour("FrameColor", INK), _colour("BackgroundColor", PAPER), *parts
    )


def page(name: str, width: float, height: float) -> ET.Element:
    """The page of a sheet."""
    paper = symbol("fill", plain_fill(PAPER))
    sheet = item(PAGE, name, Box(0, 0, width, height), {"background": "true", "zValue": 0}, paper(""))
    return element("PageCollection", {}, paper(""), sheet, element("GuideCollection", {"visible": True}))


def label(name: str, box: Box, text: str, size: float, bold: bool = False, colour: str = INK, align: int = LEFT,
          ground: str | None = None, vertical: int = TOP) -> ET.Element:  # fmt: skip
    """A text; what it says is never taken for an expression."""
    more: dict[str, object] = {
        "labelText": plain(text), "htmlState": 0, "halign": align, "valign": vertical, "marginX": 0, "marginY": 0,
    }  # fmt: skip
    font = element("LabelFont", {"description": font_description(size, bold), "style": ""})
    made = item(LABEL, name, box, {**more, "background": "false" if ground is None else "true"},
                font, _colour("FontColor", colour))  # fmt: skip
    if ground is not None:
        made.remove(made[1])
        made.insert(1, _colour("BackgroundColor", ground))
    return made


def font_description(size: float, bold: bool = False) -> str:
    """A font as Qt describes it."""
    return f"{FONTS[0]},{size},-1,5,{BOLD if bold else REGULAR},0,0,0,0,0"


def map_item(name: str, box: Box, bounds: Sequence[float], theme: str) -> ET.Element:
    """A map of some bounds, which have the shape of the box, under a theme."""
    extent = element(
        "Extent", {key: repr(value) for key, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True)}
    )
    more = {
        "followPreset": "true", "followPresetName": theme, "keepLayerSet": "false", "mapRotation": 0, "mapFlags": 1,
        "drawCanvasItems": "true", "frame": "true", "background": "true", "labelMargin": "0,mm",
    }  # fmt: skip
    return item(MAP, name, box, more, extent, element("LayerSet"), element("AtlasMap", {"atlasDriven": False}))


def legend(name: str, box: Box, map_name: str, layers: ET.Element, columns: int) -> ET.Element:
    """A legend of a tree of layers, as they are drawn on a map."""
    more = {
        "map_uuid": key_of("sheet", map_name), "title": "", "columnCount": columns, "columnSpace": 6, "boxSpace": 0,
        "symbolWidth": 7, "symbolHeight": 4, "symbolAlignment": 1, "titleAlignment": 1, "splitLayer": False,
        "equalColumnWidth": False, "resizeToContents": True, "lineSpacing": 1, "legendFilterByAtlas": False,
        "fontColor": INK, "wrapChar": "", "rasterBorder": False, "maxSymbolSize": 0, "minSymbolSize": 0,
        "wmsLegendWidth": 50, "wmsLegendHeight": 25,
    }  # fmt: skip
    looks = (("title", 10.0, True, {"marginBottom": 2}), ("group", 9.0, True, {"marginTop": 2}),
             ("subgroup", 8.5, True, {"marginTop": 2}), ("symbol", 8.0, False, {"marginTop": 1.2}),
             ("symbolLabel", 8.0, False, {"marginTop": 1.2, "marginLeft": 2}))  # fmt: skip
    styles = [
        element("style", {"name": part, "alignment": 1, "indent": 0, **margins},
                element("styleFont", {"description": font_description(size, bold), "style": ""}))
        for part, size, bold, margins in looks
    ]  # fmt: skip
    return item(LEGEND, name, box, more, element("styles", {}, *styles), layers)


def scale_bar(name: str, box: Box, map_name: str, metres: float, language: str) -> ET.Element:
    """A scale bar of two parts of so many metres each."""
    in_km = metres >= 500
    more = {
        "mapUuid": key_of("sheet", map_name), "style": "Line Ticks Up", "unitType": "km" if in_km else "meters",
        "unitLabel": "km" if in_km else "m", "numMapUnitsPerScaleBarUnit": 1,
        "numUnitsPerSegment": metres / 1000 if in_km else metres,
        "numSegments": 2, "numSegmentsLeft": 0, "segmentSizeMode": 0, "height": 2, "labelBarSpace": 1,
        "boxContentSpace": 1, "outlineWidth": 0.3, "alignment": 0, "minBarWidth": 20, "maxBarWidth": 80,
        "numSubdivisions": 1, "subdivisionsHeight": 1, "background": "true",
    }  # fmt: skip
    line = symbol("line", plain_line(INK, 0.3))
    lines = [element(part, {}, line("")) for part in ("lineSymbol", "divisionLineSymbol", "subdivisionLineSymbol")]
    signs = {"decimal_separator": Sign("," if language == "da" else "."), "thousand_separator": Sign("")}
    shown = {"decimals": 1, "show_thousand_separator": False, "show_trailing_zeros": False, **signs}
    numbers = element("numericFormat", {"id": "basic"}, options(shown))
    return item(SCALE_BAR, name, box, more, text_style(8), numbers, *lines)


def table(
    name: str, box: Box, layer_id: str, columns: Sequence[Column], most: int, only: str = ""
) -> tuple[ET.Element, ET.Element]:
    """A table of a layer's rows, and the frame that it is seen in.

    Parameters
    ----------
    name : str
    box : Box
    layer_id : str
    columns : sequence of Column
    most : int
        Rows that it shows.
    only : str
        An expression that holds of the rows shown; all where it is empty.
    """
    key, frame_key = key_of("sheet", name), key_of("sheet", f"{name} frame")
    frame = item(FRAME, f"{name} frame", box, {
        "multiFrame": key, "multiFrameTemplateUuid": key, "hidePageIfEmpty": False, "hideBackgroundIfEmpty": False,
        "sectionX": 0, "sectionY": 0, "sectionWidth": box.width, "sectionHeight": box.height,
    })  # fmt: skip
    known = {
        "type": TABLE, "uuid": key, "templateUuid": key, "resizeMode": 0, "source": 0, "vectorLayer": layer_id,
        "maxFeatures": most, "cellMargin": CELL_MARGIN, "showGrid": True, "horizontalGrid": True, "verticalGrid": False,
        "gridStrokeWidth": GRID, "gridColor": rgba("#b8b8b8"), "backgroundColor": rgba(PAPER), "wrapBehavior": 1,
        "wrapString": "", "headerMode": 0, "headerHAlignment": 0, "emptyTableMode": 0, "emptyTableMessage": "",
        "showEmptyRows": False, "showOnlyVisibleFeatures": False, "showUniqueRowsOnly": False,
        "filterFeatures": str(bool(only)).lower(), "featureFilter": only, "filterToAtlasIntersection": False,
        "useConditionalStyling": False,
    }  # fmt: skip
    shown = [
        element("column", {
            "attribute": column.expression, "heading": column.heading, "width": column.width, "sortByRank": 0,
            "sortOrder": 0, "hAlignment": RIGHT if column.right else LEFT, "vAlignment": MIDDLE,
        })
        for column in columns
    ]  # fmt: skip
    head = element("headerRow", {"enabled": True, "cellBackgroundColor": rgba(PALE)})
    made = element(
        "LayoutMultiFrame", known,
        element("childFrame", {"uuid": frame_key, "templateUuid": frame_key}),
        element("headerTextFormat", {}, text_style(8, bold=True)),
        element("contentTextFormat", {}, text_style(8)),
        element("displayColumns", {}, *shown),
        element("sortColumns"),
        element("cellStyles", {}, head),
    )  # fmt: skip
    return made, frame


def _colour(tag: str, colour: str) -> ET.Element:
    red, green, blue, alpha = rgba(colour).split(",")
    return element(tag, {"red": red, "green": green, "blue": blue, "alpha": alpha})
