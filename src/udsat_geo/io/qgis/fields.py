"""Fields in forms and attribute tables: what they are called, how their values read, which are left out, map tips."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from udsat_geo.io.contents import PackageLayer
from udsat_geo.io.describing import PER_CRITERION, describe_column
from udsat_geo.io.qgis.elements import Value, element, options, text_element
from udsat_geo.io.qgis.expressions import as_html, field, inserted, looked_up, number
from udsat_geo.io.qgis.wording import FRACTION, WITH_UNIT
from udsat_geo.io.value_wording import texts_of

HIDDEN = {
    "areas": ("fid", "exceeded"),
    "units": ("fid", "exceeded", "decided_by", "criteria_with_rate", "short"),
    "changes": ("fid",),
    "changed_units": ("fid",),
    "near_misses": ("fid", "short"),
    "status": ("fid",),
    "overrides": ("fid",),
    "links": ("fid",),
}
"""Columns that tables leave out: what a program reads, and what others say in words. Own choice."""
_FRACTIONS = ("share_of_previous", "share_of_area", "intersection_over_union")
_DECIMALS = {"area_ha": 1, "composite": 2, "short": 2}
_TIPS = {
    "areas": ("name", ("residents", "composite", "since", "event", "reason")),
    "units": ("unit_id", ("residents", "composite", "role", "reason")),
    "changes": ("area_id", ("event", "residents_added", "residents_removed", "residents_kept")),
    "changed_units": ("unit_id", ("event", "previous_area_id", "area_id", "residents")),
    "near_misses": ("demand", ("residents", "composite", "reason")),
}
"""The heading of a layer's map tips and what they say below it."""
_YEARS = ("since", "until")
_FLAGS = ("qualified", "linked", "continues")


def field_elements(
    layer: PackageLayer, language: str, criteria: Sequence[Mapping[str, Any]], years: Sequence[int] = ()
) -> list[ET.Element]:
    """What a style says of a layer's fields.

    Parameters
    ----------
    layer : PackageLayer
    language : {"da", "en"}
    criteria : sequence of mappings
        As in the summary of a designation.
    years : sequence of int
        Those that occur in its columns of years.
    """
    hidden = HIDDEN.get(layer.name, ())
    fields, aliases, columns = [], [], []
    for index, column in enumerate(layer.columns):
        widget, settings = _widget(layer.name, column, language, criteria, years)
        config = element("config", {}, options(settings))
        edited = element("editWidget", {"type": widget}, config)
        fields.append(element("field", {"name": column, "configurationFlags": "None"}, edited))
        alias = alias_of(layer.name, column, language, criteria)
        aliases.append(element("alias", {"field": column, "index": index, "name": alias}))
        columns.append(element("column", {"type": "field", "name": column, "width": -1, "hidden": column in hidden}))
    table = {"actionWidgetStyle": "dropDown", "sortExpression": "", "sortOrder": 0}
    made = [
        element("fieldConfiguration", {}, *fields),
        element("aliases", {}, *aliases),
        element("attributetableconfig", table, element("columns", {}, *columns)),
    ]
    if layer.name in _TIPS:
        heading, lines = _TIPS[layer.name]
        made.append(text_element("previewExpression", field(heading)))
        made.append(text_element("mapTip", _map_tip(layer, heading, lines, language)))
    return made


def alias_of(layer: str, column: str, language: str, criteria: Sequence[Mapping[str, Any]]) -> str:
    """What a column is called, with what it is measured in; empty where nothing describes it."""
    told = describe_column(layer, column, language, criteria)
    if told is None:
        return ""
    if column in _FRACTIONS:
        return FRACTION[language].format(told.title)
    measured = _criterion(column, criteria)
    if measured is None:
        return told.title
    if measured.get("share"):
        return FRACTION[language].format(told.title)
    return WITH_UNIT.format(told.title, measured["unit"]) if measured.get("unit") else told.title


def _criterion(column: str, criteria: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The criterion whose rate or gap a column holds."""
    return next((one for one in criteria for beginning in PER_CRITERION if column == f"{beginning}{one['key']}"), None)


def _widget(
    layer: str, column: str, language: str, criteria: Sequence[Mapping[str, Any]], years: Sequence[int]
) -> tuple[str, dict[str, Value]]:
    """What shows a field's values, and how."""
    texts = texts_of(layer, column, language)
    if column in _YEARS:
        # a year as a number would be given a sign for its thousands
        texts = {str(year): str(year) for year in years}
    if column in _FLAGS:
        return "CheckBox", {"CheckedState": "", "UncheckedState": ""}
    if layer in ("status", "near_misses") and column == "criterion":
        texts = {str(one["key"]): str(one["label"]) for one in criteria}
    if texts:
        return "ValueMap", {"map": [{text: value} for value, text in texts.items()]}
    digits = _DECIMALS.get(column)
    measured = _criterion(column, criteria)
    if column in _FRACTIONS or layer == "status" or (measured is not None and measured.get("share")):
        digits = 3
    elif measured is not None:
        digits = 1
    if digits is None:
        return "TextEdit", {"IsMultiline": column == "reason", "UseHtml": False}
    return "Range", {"Precision": digits, "AllowNull": True, "Style": "SpinBox"}


def _map_tip(layer: PackageLayer, heading: str, lines: Sequence[str], language: str) -> str:
    """What is shown where the pointer rests; a value's own markup is shown as it stands."""
    said = [f"<b>{inserted(as_html(_told(layer.name, heading, language)))}</b>"]
    for column in lines:
        if column in layer.columns:
            told = describe_column(layer.name, column, language)
            title = "" if told is None else html.escape(told.title)
            said.append(f"{title}: {inserted(as_html(_told(layer.name, column, language)))}")
    return "<br>".join(said)


def _told(layer: str, column: str, language: str) -> str:
    if column == "composite":
        return number(field(column), 2, language)
    if column.startswith("residents"):
        return number(field(column), 0, language)
    return looked_up(column, texts_of(layer, column, language))
