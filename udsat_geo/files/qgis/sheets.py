"""The sheet of what a designation changes: a map of added, removed and changed areas, and their residents."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from udsat_geo.changes.diff import KEPT
from udsat_geo.designation.columns import EVENT_TEXTS, area_event_texts
from udsat_geo.files.iso19115 import title_of
from udsat_geo.files.qgis.elements import (
    BOLD,
    FONTS,
    INK,
    PALE,
    PAPER,
    REGULAR,
    VERMILION,
    Sign,
    element,
    field,
    key_of,
    literal,
    looked_up,
    number,
    options,
    plain,
    plain_fill,
    plain_line,
    rgba,
    symbol,
    text_style,
)
from udsat_geo.files.qgis.layer_tree import Member, tree_layer
from udsat_geo.files.qgis.styles import change_rules, unit_classes
from udsat_geo.files.qgis.words import COLUMNS, PROJECT, SOURCES
from udsat_geo.messages.words import decimal

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


WIDTH, HEIGHT, EDGE = 420.0, 297.0, 12.0
MAP_BOX = Box(EDGE, 34, 250, 243)
SIDE = MAP_BOX.left + MAP_BOX.width + 8
SIDE_WIDTH = WIDTH - EDGE - SIDE
ROW, TWO_LINES, HEAD = 4.9, 7.9, 5.2
"""Heights of a table's row, of one of two lines, and of its heading."""
LINE_OF_LEGEND = 5.3


def sheet(
    key: str,
    title: str,
    told: str,
    view: tuple[str, Sequence[float]],
    in_legend: tuple[ET.Element, int, float],
    items: Sequence[ET.Element],
    summary: Mapping[str, Any],
) -> ET.Element:
    """A sheet with a map on the left, and on its right a legend and what else there is.

    Parameters
    ----------
    key : str
        What tells it from other sheets; its name is `PROJECT` of it.
    title, told : str
        The title, and the line below it.
    view : (theme, bounds)
        What the map shows, and the bounds that it has to hold.
    in_legend : (layers, columns, height)
        A tree of the legend's layers, the columns that they stand in, and their height in all.
    items : sequence of Element
        On the right, below the legend.
    summary : mapping
        Of the designation.
    """
    language = summary["language"]
    shape = _shaped(view[1])
    layers, columns, height = in_legend
    drawn = [
        map_item(f"{key} map", MAP_BOX, shape, view[0]),
        *_heading(key, title, told, summary),
        scale_bar(f"{key} scale", Box(MAP_BOX.left + 4, MAP_BOX.top + MAP_BOX.height - 14, 60, 10), f"{key} map",
                  _part(shape), language),
        legend(f"{key} legend", Box(SIDE, MAP_BOX.top, SIDE_WIDTH, height), f"{key} map", layers, columns),
    ]  # fmt: skip
    known = {"name": PROJECT[language][key], "units": "mm", "printResolution": 300, "worldFileMap": ""}
    grid = element("Grid", {"resolution": 10, "resUnits": "mm", "offsetX": 0, "offsetY": 0, "offsetUnits": "mm"})
    snap = element("Snapper", {"tolerance": 5, "snapToGrid": False, "snapToGuides": True, "snapToItems": True})
    return element("Layout", known, snap, grid, page(f"{key} page", WIDTH, HEIGHT), *drawn, *items)


def _heading(key: str, title: str, told: str, summary: Mapping[str, Any]) -> list[ET.Element]:
    language, words = summary["language"], PROJECT[summary["language"]]
    source = words["source"].format(
        source=SOURCES[language].get(summary["source"], summary["source"]),
        id=summary["policy"]["id"],
        sha256=summary["policy"]["sha256"][:16],
        version=summary["version"],
    )
    # a reference system without a code has a definition of many lines
    if len(summary["crs"]) < 20:
        source = f"{source} {words['grid'].format(crs=summary['crs'])}"
    made = [
        label(f"{key} title", Box(EDGE, 9, MAP_BOX.width, 12), title, 24, bold=True),
        label(f"{key} told", Box(EDGE, 22, WIDTH - 2 * EDGE, 7), told, 11),
        label(f"{key} source", Box(EDGE, 281, WIDTH - 2 * EDGE, 6), source, 7.5),
    ]
    if summary["source"] == "synthetic":
        place = Box(SIDE, 10, SIDE_WIDTH, 9)
        made.append(label(f"{key} stamp", place, words["synthetic"], 11, True, VERMILION, RIGHT))
    return made


def _shaped(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    """Bounds of the map's shape around some bounds, in the middle of it."""
    west, south, east, north = bounds
    metres = max((east - west) / MAP_BOX.width, (north - south) / MAP_BOX.height)
    half_width, half_height = metres * MAP_BOX.width / 2, metres * MAP_BOX.height / 2
    easting, northing = (west + east) / 2, (south + north) / 2
    return easting - half_width, northing - half_height, easting + half_width, northing + half_height


def _part(bounds: Sequence[float]) -> float:
    """Metres of a part of the scale bar: 1, 2 or 5 times a power of ten, about 20 mm long."""
    aim = 20 * (bounds[2] - bounds[0]) / MAP_BOX.width
    power = 10.0 ** math.floor(math.log10(aim))
    return max(step * power for step in (1, 2, 5) if step * power <= aim)


def sheet_of_areas(
    member_of: Mapping[str, Member], theme: str, summary: Mapping[str, Any], bounds: Sequence[float]
) -> ET.Element:
    """The sheet of a designation.

    Parameters
    ----------
    member_of : mapping
        Layer -> how the project has it.
    theme : str
        What the map shows.
    summary : mapping
        Of the designation.
    bounds : sequence of float
        What the map has to hold.
    """
    layers = _legend_layers(member_of, summary)
    in_legend = (layers, 2, _legend_height(summary))
    items = _tables(member_of, summary)
    return sheet("sheet", title_of(summary), _told(summary), (theme, bounds), in_legend, items, summary)


def _told(summary: Mapping[str, Any]) -> str:
    """How many were designated by which policy."""
    language, words = summary["language"], PROJECT[summary["language"]]
    share, n_areas = summary["share_of_residents"], len(summary["areas"])
    return words["policy"].format(
        id=summary["policy"]["id"],
        areas=words["one_area" if n_areas == 1 else "some_areas"].format(n=n_areas),
        residents=decimal(summary["residents_in_areas"], 0, language),
        share="" if share is None else words["share"].format(share=decimal(100 * share, 1, language)),
    )


def _legend_layers(member_of: Mapping[str, Member], summary: Mapping[str, Any]) -> ET.Element:
    words = PROJECT[summary["language"]]
    by = "criteria" if summary["rule"]["score"] == "none" else "score"
    titles = {"areas": None, "near_misses": None, "units": words[by]}
    return element("layer-tree-group", {}, *(tree_layer(member_of[name], title) for name, title in titles.items()))


def _legend_height(summary: Mapping[str, Any]) -> float:
    """The classes of units, one below the other, and their heading."""
    classes = unit_classes(summary["rule"], len(summary["criteria"]), summary["language"]).classes
    return LINE_OF_LEGEND * (len(classes) + 1)


def _tables(member_of: Mapping[str, Member], summary: Mapping[str, Any]) -> list[ET.Element]:
    """As many areas as there is room for, and the status below them."""
    words = PROJECT[summary["language"]]
    top = MAP_BOX.top + _legend_height(summary) + 14
    # names of criteria may take two lines
    height = min(TWO_LINES * (len(summary["criteria"]) + 1), 0.55 * MAP_BOX.height)
    room = MAP_BOX.top + MAP_BOX.height - height - 14 - top
    n_areas = len(summary["areas"])
    shown = min(int((room - HEAD) // ROW), n_areas)
    status = Box(SIDE, top + HEAD + ROW * shown + 14, SIDE_WIDTH, height)
    heading = words["all"] if shown == n_areas else words["more"].format(shown=shown, of=n_areas)
    place = Box(SIDE, top, SIDE_WIDTH, HEAD + ROW * shown + 0.5)
    areas, areas_frame = table("sheet areas", place, member_of["areas"].id, _area_columns(summary), shown)
    rows, rows_frame = table("sheet status", status, member_of["status"].id, _status_columns(summary), 99)
    return [
        label("sheet areas heading", Box(SIDE, top - 6, SIDE_WIDTH, 5), heading, 9, bold=True, vertical=MIDDLE),
        areas_frame,
        label("sheet status heading", Box(SIDE, status.top - 6, SIDE_WIDTH, 5), words["status"], 9, bold=True,
              vertical=MIDDLE),
        rows_frame,
        areas,
        rows,
    ]  # fmt: skip


def _area_columns(summary: Mapping[str, Any]) -> list[Column]:
    language, words = summary["language"], COLUMNS[summary["language"]]
    by_score = summary["rule"]["score"] != "none"
    value = "composite" if by_score else "criteria_exceeded"
    columns = [
        Column(words["number"], field("number"), 10),
        Column(words["name"], field("name"), 0, right=False),
        Column(words["residents"], number(field("residents"), 0, language), 20),
        Column(words[value], number(field(value), 2 if by_score else 0, language), 24),
        Column(words["since"], f"to_string({field('since')})", 16),
    ]
    return filled(columns, SIDE_WIDTH)


def _status_columns(summary: Mapping[str, Any]) -> list[Column]:
    words = COLUMNS[summary["language"]]
    labels = {str(one["key"]): str(one["label"]) for one in summary["criteria"]}
    values = [Column(words[name], _measured(name, summary), 22) for name in ("areas", "rest_of_city")]
    columns = [
        Column(words["criterion"], looked_up("criterion", labels), 0, right=False),
        *values,
        Column(words["gap"], _measured("gap", summary), 24),
    ]
    return filled(columns, SIDE_WIDTH)


def _measured(column: str, summary: Mapping[str, Any]) -> str:
    """A value of each criterion in what it is measured in: shares as per cent, their gaps as points."""
    language, words = summary["language"], COLUMNS[summary["language"]]
    cases = []
    for one in summary["criteria"]:
        unit = words["points"] if column == "gap" else " %"
        if not one.get("share"):
            unit = f" {one['unit']}" if one.get("unit") else ""
        value = f"100 * {field(column)}" if one.get("share") else field(column)
        told = f"format_number({value}, 1, {literal(language)}) || {literal(unit)}"
        cases.append(f"WHEN {field('criterion')} = {literal(str(one['key']))} THEN {told}")
    return f"CASE {' '.join(cases)} END" if cases else field(column)


def sheet_of_changes(
    member_of: Mapping[str, Member], theme: str, summary: Mapping[str, Any], bounds: Sequence[float]
) -> ET.Element:
    """The sheet of what changed; the designation has been compared with an earlier one.

    Parameters
    ----------
    member_of : mapping
        Layer -> how the project has it.
    theme : str
        What the map shows.
    summary : mapping
        Of the designation.
    bounds : sequence of float
        What the map has to hold.
    """
    language, words = summary["language"], PROJECT[summary["language"]]
    title = words["changes_title"].format(since=summary["changes"]["previous_year"], year=summary["year"])
    height = LINE_OF_LEGEND * (len(change_rules(language)) + 1)
    in_legend = (element("layer-tree-group", {}, tree_layer(member_of["changes"])), 1, height)
    items = _table(member_of, summary, MAP_BOX.top + height + 14)
    return sheet("changes_sheet", title, _changes_told(summary), (theme, bounds), in_legend, items, summary)


def _changes_told(summary: Mapping[str, Any]) -> str:
    """How many areas had each event, and how many residents came in and left."""
    language, changes = summary["language"], summary["changes"]
    words = EVENT_TEXTS[language]
    counted = ", ".join(f"{n} {words[event]}" for event, n in changes["areas"].items() if n)
    residents = {key: decimal(changes["residents"][key], 0, language) for key in ("added", "removed")}
    return PROJECT[language]["changes_told"].format(events=counted, **residents)


def _table(member_of: Mapping[str, Member], summary: Mapping[str, Any], top: float) -> list[ET.Element]:
    """The areas that are not as they were, as many as there is room for."""
    language, words = summary["language"], PROJECT[summary["language"]]
    n_changed = sum(event["event"] != KEPT for event in summary["changes"]["events"])
    # names may take two lines
    shown = min(int((MAP_BOX.top + MAP_BOX.height - top - HEAD) // TWO_LINES), n_changed)
    all_or_some = "changed" if shown == n_changed else "changed_more"
    heading = words[all_or_some].format(shown=shown, of=n_changed, kept=summary["changes"]["areas"][KEPT])
    place = Box(SIDE, top, SIDE_WIDTH, HEAD + TWO_LINES * shown + 0.5)
    rows, frame = table("changes sheet changes", place, member_of["changes"].id, _columns(member_of, language), shown,
                        f"{field('event')} <> {literal(KEPT)}")  # fmt: skip
    told = label("changes sheet heading", Box(SIDE, top - 6, SIDE_WIDTH, 5), heading, 9, bold=True, vertical=MIDDLE)
    return [told, frame, rows]


def _columns(member_of: Mapping[str, Member], language: str) -> list[Column]:
    words = COLUMNS[language]
    # what is removed is in no layer of areas, and has its id for a name
    areas, key = literal(member_of["areas"].id), literal("area_id")
    found = f"get_feature({areas}, {key}, {field('area_id')})"
    name = f"coalesce(attribute({found}, {literal('name')}), '')"
    columns = [
        Column(words["area_id"], field("area_id"), 17, right=False),
        Column(words["name"], name, 0, right=False),
        Column(words["event"], looked_up("event", area_event_texts(language)), 28, right=False),
        Column(words["residents_added"], number(field("residents_added"), 0, language), 17),
        Column(words["residents_removed"], number(field("residents_removed"), 0, language), 17),
        Column(words["residents_kept"], number(field("residents_kept"), 0, language), 17),
    ]
    return filled(columns, SIDE_WIDTH)
