"""The sheet for printing: a map with legend, the areas by number, the status table, and where it all comes from.

A3 across, as wide maps are printed; sizes and places are own choice.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from udsat_geo.io.contents import Contents
from udsat_geo.io.iso19115 import title_of
from udsat_geo.io.qgis.classes import unit_classes
from udsat_geo.io.qgis.elements import element
from udsat_geo.io.qgis.expressions import field, literal, looked_up, number
from udsat_geo.io.qgis.layer_tree import Group, Member, tree_layer
from udsat_geo.io.qgis.palette import VERMILION
from udsat_geo.io.qgis.sheet_items import (
    MIDDLE,
    RIGHT,
    Box,
    Column,
    filled,
    label,
    legend,
    map_item,
    page,
    scale_bar,
    table,
)
from udsat_geo.io.qgis.styles import Style
from udsat_geo.io.qgis.wording import COLUMNS, PROJECT, SOURCES
from udsat_geo.wording import decimal

WIDTH, HEIGHT, EDGE = 420.0, 297.0, 12.0
_MAP = Box(EDGE, 34, 250, 243)
_SIDE = _MAP.left + _MAP.width + 8
_SIDE_WIDTH = WIDTH - EDGE - _SIDE
_ROW, _TWO_LINES, _HEAD = 4.9, 7.9, 5.2
_LINE_OF_LEGEND = 5.3


def sheet_of(
    groups: Sequence[Group],
    styles: Mapping[str, Sequence[Style]],
    contents: Contents,
    theme: str,
    summary: Mapping[str, Any],
    bounds: Sequence[float],
) -> ET.Element:
    """The sheet of a designation.

    Parameters
    ----------
    groups : sequence of Group
        The project's layers.
    styles : mapping
        Layer -> its styles.
    contents : Contents
    theme : str
        What the map shows.
    summary : mapping
        Of the designation.
    bounds : sequence of float
        What the map has to hold.
    """
    words = PROJECT[summary["language"]]
    member_of = {member.name: member for group in groups for member in group.members}
    shape = _shaped(bounds)
    items = [
        map_item("map", _MAP, shape, theme),
        *_heading(summary),
        scale_bar("scale", Box(_MAP.left + 4, _MAP.top + _MAP.height - 14, 60, 10), "map", _part(shape),
                  summary["language"]),
        legend("legend", Box(_SIDE, _MAP.top, _SIDE_WIDTH, _legend_height(summary)), "map",
               _legend_layers(member_of, styles, summary), 2),
    ]  # fmt: skip
    tables = _tables(member_of, summary)
    known = {"name": words["sheet"], "units": "mm", "printResolution": 300, "worldFileMap": ""}
    grid = element("Grid", {"resolution": 10, "resUnits": "mm", "offsetX": 0, "offsetY": 0, "offsetUnits": "mm"})
    snap = element("Snapper", {"tolerance": 5, "snapToGrid": False, "snapToGuides": True, "snapToItems": True})
    return element("Layout", known, snap, grid, page(WIDTH, HEIGHT), *items, *tables)


def _heading(summary: Mapping[str, Any]) -> list[ET.Element]:
    """Title, what was designated by which policy, the stamp of synthetic data, and the line of sources."""
    language, words = summary["language"], PROJECT[summary["language"]]
    share, n_areas = summary["share_of_residents"], len(summary["areas"])
    told = words["policy"].format(
        id=summary["policy"]["id"],
        areas=words["one_area" if n_areas == 1 else "some_areas"].format(n=n_areas),
        residents=decimal(summary["residents_in_areas"], 0, language),
        share="" if share is None else words["share"].format(share=decimal(100 * share, 1, language)),
    )
    source = words["source"].format(
        source=SOURCES[language].get(summary["source"], summary["source"]),
        id=summary["policy"]["id"],
        sha256=summary["policy"]["sha256"][:16],
        version=summary["version"],
        crs=summary["crs"] if len(summary["crs"]) < 20 else "",
    )
    made = [
        label("title", Box(EDGE, 9, _MAP.width, 12), title_of(summary), 24, bold=True),
        label("policy", Box(EDGE, 22, WIDTH - 2 * EDGE, 7), told, 11),
        label("source", Box(EDGE, 281, WIDTH - 2 * EDGE, 6), source, 7.5),
    ]
    if summary["source"] == "synthetic":
        made.append(label("stamp", Box(_SIDE, 10, _SIDE_WIDTH, 9), words["synthetic"], 11, True, VERMILION, RIGHT))
    return made


def _legend_layers(
    member_of: Mapping[str, Member], styles: Mapping[str, Sequence[Style]], summary: Mapping[str, Any]
) -> ET.Element:
    words = PROJECT[summary["language"]]
    by = "criteria" if summary["rule"]["score"] == "none" else "score"
    titles = {"areas": None, "near_misses": None, "units": words[by]}
    return element("layer-tree-group", {}, *(tree_layer(member_of[name], title) for name, title in titles.items()
                                             if name in member_of and styles[name]))  # fmt: skip


def _legend_height(summary: Mapping[str, Any]) -> float:
    """The classes of units, one below the other, and their heading."""
    classes = unit_classes(summary["rule"], len(summary["criteria"]), summary["language"]).classes
    return _LINE_OF_LEGEND * (len(classes) + 1)


def _tables(member_of: Mapping[str, Member], summary: Mapping[str, Any]) -> list[ET.Element]:
    """As many areas as there is room for, and the status below them."""
    words = PROJECT[summary["language"]]
    top = _MAP.top + _legend_height(summary) + 14
    # names of criteria may take two lines
    height = min(_TWO_LINES * (len(summary["criteria"]) + 1), 0.4 * _MAP.height)
    room = _MAP.top + _MAP.height - height - 14 - top
    n_areas = len(summary["areas"])
    shown = min(int((room - _HEAD) // _ROW), n_areas)
    status = Box(_SIDE, top + _HEAD + _ROW * shown + 14, _SIDE_WIDTH, height)
    heading = words["all"] if shown == n_areas else words["more"].format(shown=shown, of=n_areas)
    areas, areas_frame = table("areas", Box(_SIDE, top, _SIDE_WIDTH, _HEAD + _ROW * shown + 0.5), member_of["areas"].id,
                               _area_columns(summary), shown)  # fmt: skip
    rows, rows_frame = table("status", status, member_of["status"].id, _status_columns(summary), 99)
    return [
        label("areas heading", Box(_SIDE, top - 6, _SIDE_WIDTH, 5), heading, 9, bold=True, vertical=MIDDLE),
        areas_frame,
        label("status heading", Box(_SIDE, status.top - 6, _SIDE_WIDTH, 5), words["status"], 9, bold=True,
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
    return filled(columns, _SIDE_WIDTH)


def _status_columns(summary: Mapping[str, Any]) -> list[Column]:
    words = COLUMNS[summary["language"]]
    labels = {str(one["key"]): str(one["label"]) for one in summary["criteria"]}
    values = [Column(words[name], _measured(name, summary), 22) for name in ("areas", "rest_of_city")]
    columns = [
        Column(words["criterion"], looked_up("criterion", labels), 0, right=False),
        *values,
        Column(words["gap"], _measured("gap", summary), 24),
    ]
    return filled(columns, _SIDE_WIDTH)


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


def _shaped(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    """Bounds of the map's shape around some bounds, in the middle of it."""
    west, south, east, north = bounds
    metres = max((east - west) / _MAP.width, (north - south) / _MAP.height)
    half_width, half_height = metres * _MAP.width / 2, metres * _MAP.height / 2
    easting, northing = (west + east) / 2, (south + north) / 2
    return easting - half_width, northing - half_height, easting + half_width, northing + half_height


def _part(bounds: Sequence[float]) -> float:
    """Metres of a part of the scale bar: 1, 2 or 5 times a power of ten, about 20 mm long."""
    aim = 20 * (bounds[2] - bounds[0]) / _MAP.width
    power = 10.0 ** math.floor(math.log10(aim))
    return max(step * power for step in (1, 2, 5) if step * power <= aim)
