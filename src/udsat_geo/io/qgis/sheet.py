"""What the sheets for printing share: page, map, scale bar, title, stamp of synthetic data and line of sources.

A3 across, as wide maps are printed; sizes and places are own choice.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from udsat_geo.io.qgis.elements import element
from udsat_geo.io.qgis.palette import VERMILION
from udsat_geo.io.qgis.sheet_items import RIGHT, Box, label, legend, map_item, page, scale_bar
from udsat_geo.io.qgis.wording import PROJECT, SOURCES

WIDTH, HEIGHT, EDGE = 420.0, 297.0, 12.0
MAP = Box(EDGE, 34, 250, 243)
SIDE = MAP.left + MAP.width + 8
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
        map_item(f"{key} map", MAP, shape, view[0]),
        *_heading(key, title, told, summary),
        scale_bar(f"{key} scale", Box(MAP.left + 4, MAP.top + MAP.height - 14, 60, 10), f"{key} map", _part(shape),
                  language),
        legend(f"{key} legend", Box(SIDE, MAP.top, SIDE_WIDTH, height), f"{key} map", layers, columns),
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
        label(f"{key} title", Box(EDGE, 9, MAP.width, 12), title, 24, bold=True),
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
    metres = max((east - west) / MAP.width, (north - south) / MAP.height)
    half_width, half_height = metres * MAP.width / 2, metres * MAP.height / 2
    easting, northing = (west + east) / 2, (south + north) / 2
    return easting - half_width, northing - half_height, easting + half_width, northing + half_height


def _part(bounds: Sequence[float]) -> float:
    """Metres of a part of the scale bar: 1, 2 or 5 times a power of ten, about 20 mm long."""
    aim = 20 * (bounds[2] - bounds[0]) / MAP.width
    power = 10.0 ** math.floor(math.log10(aim))
    return max(step * power for step in (1, 2, 5) if step * power <= aim)
