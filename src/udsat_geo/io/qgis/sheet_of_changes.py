"""The sheet of what a designation changes: a map of added, removed and changed areas, and their residents."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from udsat_geo.diff import KEPT
from udsat_geo.io.qgis.elements import element
from udsat_geo.io.qgis.expressions import field, literal, looked_up, number
from udsat_geo.io.qgis.kinds import change_rules
from udsat_geo.io.qgis.layer_tree import Member, tree_layer
from udsat_geo.io.qgis.sheet import HEAD, LINE_OF_LEGEND, MAP, SIDE, SIDE_WIDTH, TWO_LINES, sheet
from udsat_geo.io.qgis.sheet_items import MIDDLE, Box, Column, filled, label, table
from udsat_geo.io.qgis.wording import COLUMNS, PROJECT
from udsat_geo.io.value_wording import EVENT_TEXTS, area_event_texts
from udsat_geo.wording import decimal


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
    items = _table(member_of, summary, MAP.top + height + 14)
    return sheet("changes_sheet", title, _told(summary), (theme, bounds), in_legend, items, summary)


def _told(summary: Mapping[str, Any]) -> str:
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
    shown = min(int((MAP.top + MAP.height - top - HEAD) // TWO_LINES), n_changed)
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
