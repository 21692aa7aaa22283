"""The sheet of a designation: its areas on the map and by number, and the status of its criteria."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from udsat_geo.io.iso19115 import title_of
from udsat_geo.io.qgis.classes import unit_classes
from udsat_geo.io.qgis.elements import element
from udsat_geo.io.qgis.expressions import field, literal, looked_up, number
from udsat_geo.io.qgis.layer_tree import Member, tree_layer
from udsat_geo.io.qgis.sheet import HEAD, LINE_OF_LEGEND, MAP, ROW, SIDE, SIDE_WIDTH, TWO_LINES, sheet
from udsat_geo.io.qgis.sheet_items import MIDDLE, Box, Column, filled, label, table
from udsat_geo.io.qgis.wording import COLUMNS, PROJECT
from udsat_geo.wording import decimal


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
    top = MAP.top + _legend_height(summary) + 14
    # names of criteria may take two lines
    height = min(TWO_LINES * (len(summary["criteria"]) + 1), 0.55 * MAP.height)
    room = MAP.top + MAP.height - height - 14 - top
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
