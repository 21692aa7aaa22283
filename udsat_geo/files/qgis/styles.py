"""The styles of each layer: how it is drawn, labelled and told of; the first is the default."""

from __future__ import annotations

import html
import math
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from udsat_geo.areas.roles import ROLES
from udsat_geo.changes.diff import ADDED, GROWN, KEPT, MERGED, MOVED, REMOVED, SHRUNK, SPLIT
from udsat_geo.designation.columns import EVENT_TEXTS, PER_CRITERION, ROLE_TEXTS, describe_column, texts_of
from udsat_geo.files.contents import PackageLayer, as_text
from udsat_geo.files.qgis.elements import (
    BETTER,
    BLACK,
    BLUE,
    DEEP_BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    PAPER,
    ROSE,
    SKY,
    TINT,
    VERMILION,
    VERSION,
    WORSE,
    Symbol,
    Value,
    as_html,
    dots,
    edging,
    element,
    field,
    hatching,
    inserted,
    key_of,
    label,
    literal,
    looked_up,
    number,
    options,
    plain_fill,
    plain_marker,
    symbol,
    text_element,
)
from udsat_geo.files.qgis.words import CLASSES, FRACTION, STYLES, WITH_UNIT
from udsat_geo.messages.words import decimal

_FAR = 1e18
"""Beyond any value: QGIS has no class without an end."""
_STEPS_ABOVE = 2
_USUAL = {"gap_sd": (-0.5, 0.0, 0.5, 1.0, 1.5, 2.0), "percentile": (20, 40, 60, 80), "exponential": (20, 40, 60, 80)}
"""Bounds where the policy has no thresholds on the composite: half a standard deviation, fifths of the scale."""
_USUAL_TURN = {"gap_sd": 0.5, "percentile": 60, "exponential": 60}
"""Where full orange begins there."""
_TOP_OF_SCALE = 100.0
"""Of the methods that rank."""


@dataclass(frozen=True)
class ValueClass:
    """Values from `lower`, below `upper`.

    Attributes
    ----------
    lower, upper : float
    colour, label : str
    """

    lower: float
    upper: float
    colour: str
    label: str

    @property
    def last(self) -> float:
        """The greatest number below `upper`: QGIS counts both ends of a class in, but a threshold belongs above."""
        return math.nextafter(self.upper, -math.inf)


@dataclass(frozen=True)
class Classes:
    """Classes of the values of a column.

    Attributes
    ----------
    column : str
    classes : tuple of ValueClass
        From the least to the greatest.
    """

    column: str
    classes: tuple[ValueClass, ...]


def unit_classes(rule: Mapping[str, Any], n_criteria: int, language: str) -> Classes:
    """The classes of units: by composite, or without one by the number of criteria exceeded.

    Full orange begins at the threshold for an edge; what is next below it is pale orange, the rest purple.

    Parameters
    ----------
    rule : mapping
        As in the summary of a designation.
    n_criteria : int
    language : {"da", "en"}
    """
    if rule["score"] == "none":
        return _by_criteria(rule, n_criteria, language)
    bounds = unit_bounds(rule)
    turn = _USUAL_TURN[rule["score"]] if rule["core"] is None else rule["edge"]
    scale = (*BETTER, *WORSE)
    first = scale.index(WORSE[1]) - sum(bound <= turn for bound in bounds)
    return Classes("composite", _classes(bounds, scale[max(first, 0) :], _digits(rule), rule, language))


def area_classes(rule: Mapping[str, Any], n_criteria: int, language: str) -> Classes:
    """The classes of areas: those of units from the threshold for an edge upwards, all below it as one."""
    units = unit_classes(rule, n_criteria, language)
    edge = rule["edge"]
    low = [] if edge is None or not math.isfinite(edge) else [one for one in units.classes if one.upper <= edge]
    if len(low) < 2:
        return units
    below = ValueClass(-_FAR, edge, low[-1].colour, CLASSES[language]["below"].format(_number(edge, rule, language)))
    return Classes(units.column, (below, *units.classes[len(low) :]))


def unit_bounds(rule: Mapping[str, Any]) -> tuple[float, ...]:
    """Where one class of the composite ends and the next begins, in rising order."""
    core, edge = rule["core"], rule["edge"]
    if core is None or not math.isfinite(core) or not math.isfinite(edge):
        return _USUAL[rule["score"]]
    if rule["score"] != "gap_sd":
        return tuple(sorted({_short(edge / 2), edge, core, _short((core + _TOP_OF_SCALE) / 2)}))
    step = core - edge if core > edge else max(abs(core) / 2, 0.5)
    below = {-edge, 0.0} if edge > 0 else {_short(edge - step)}
    above = {_short(core + step * n) for n in range(1, _STEPS_ABOVE + 1)}
    return tuple(sorted({*below, edge, core, *above}))


def _short(bound: float) -> float:
    """A bound of our own without the last digits that reckoning leaves: 1.1, not 1.0999999999999999."""
    return round(bound, 6)


def _classes(
    bounds: Sequence[float], colours: Sequence[str], digits: int, rule: Mapping[str, Any], language: str
) -> tuple[ValueClass, ...]:
    words = CLASSES[language]
    ends = (-_FAR, *bounds, _FAR)
    made = []
    for i, (lower, upper) in enumerate(pairwise(ends)):
        low, high = (_written(value, digits, language) for value in (lower, upper))
        if lower == -_FAR:
            label = words["below"].format(high)
        else:
            label = words["from"].format(low) if upper == _FAR else words["between"].format(low, high)
        told = [words[name] for name in ("edge", "core") if lower == rule[name]]
        colour = colours[min(i, len(colours) - 1)]
        made.append(ValueClass(lower, upper, colour, f"{label} ({told[-1]})" if told else label))
    return tuple(made)


def _by_criteria(rule: Mapping[str, Any], n_criteria: int, language: str) -> Classes:
    """Orange from the number of criteria that the rule demands."""
    words, demanded = CLASSES[language], min(max(int(rule["criteria"]), 1), max(n_criteria, 1))
    firsts = sorted({0, max(demanded - 1, 0), *range(demanded, min(demanded + len(WORSE) - 1, n_criteria) + 1)})
    orange = iter(WORSE[1:])
    made = []
    for first, beyond in zip(firsts, [*firsts[1:], None], strict=True):
        last = n_criteria if beyond is None else beyond - 1
        label = str(first) if first == last else words["range"].format(first, last)
        below = BETTER[1] if first == 0 else WORSE[0]
        colour = below if first < demanded else next(orange, WORSE[-1])
        upper = _FAR if beyond is None else beyond - 0.5
        made.append(ValueClass(first - 0.5, upper, colour, label))
    return Classes("criteria_exceeded", tuple(made))


def _digits(rule: Mapping[str, Any]) -> int:
    """Decimals that tell the bounds apart."""
    return next((digits for digits in range(4) if all(round(b, digits) == b for b in unit_bounds(rule))), 4)


def _number(value: float, rule: Mapping[str, Any], language: str) -> str:
    return _written(value, _digits(rule), language)


def _written(value: float, digits: int, language: str) -> str:
    return decimal(value, digits, language).replace("-", "\N{MINUS SIGN}")


Drawn = tuple[str, str, Symbol]
"""A value or a rule, what the legend calls it, and its symbol."""


def one_symbol(symbol: Symbol) -> ET.Element:
    """Everything drawn alike."""
    return _renderer("singleSymbol", {}, element("symbols", {}, symbol("0")))


def graduated(classes: Classes, symbol_of: Callable[[str], Symbol]) -> ET.Element:
    """Classes of a number, each with the symbol of its colour."""
    ranges = [
        element("range", {
            "lower": repr(one.lower), "upper": repr(one.last), "symbol": i, "label": one.label, "render": "true",
        })
        for i, one in enumerate(classes.classes)
    ]  # fmt: skip
    symbols = [symbol_of(one.colour)(str(i)) for i, one in enumerate(classes.classes)]
    method = element("classificationMethod", {"id": "Custom"})
    return _renderer(
        "graduatedSymbol",
        {"attr": classes.column, "graduatedMethod": "GraduatedColor"},
        element("ranges", {}, *ranges),
        element("symbols", {}, *symbols),
        method,
    )


def categorized(column: str, drawn: Sequence[Drawn]) -> ET.Element:
    """The values of a text column, each with a symbol of its own."""
    categories = [
        element("category", {"value": value, "type": "string", "symbol": i, "label": label, "render": "true"})
        for i, (value, label, _) in enumerate(drawn)
    ]
    return _renderer("categorizedSymbol", {"attr": column}, element("categories", {}, *categories), _symbols(drawn))


def by_rules(name: str, drawn: Sequence[Drawn]) -> ET.Element:
    """Rules, all of which draw what they hold of: the later over the earlier.

    Parameters
    ----------
    name : str
        Of the layer: the rules' keys are made of it.
    drawn : sequence of (expression, label, symbol)
    """
    rules = [
        element("rule", {"key": key_of(name, str(i)), "filter": rule, "label": label, "symbol": i})
        for i, (rule, label, _) in enumerate(drawn)
    ]
    # by levels, so that what the later rules add lies over what neighbours have of the earlier ones
    return _renderer("RuleRenderer", {}, element("rules", {"key": key_of(name)}, *rules), _symbols(drawn))


def labels_by_scale(name: str, rules: Iterable[tuple[str, Mapping[str, object], ET.Element]]) -> ET.Element:
    """Labels, each for a range of scales.

    Parameters
    ----------
    name : str
        Of the layer.
    rules : iterable of (description, scales, settings)
        `scales` are QGIS's ``scalemindenom`` and ``scalemaxdenom``.
    """
    made = [
        element("rule", {"key": key_of(name, "labels", str(i)), "description": description, **scales}, settings)
        for i, (description, scales, settings) in enumerate(rules)
    ]
    return element("labeling", {"type": "rule-based"}, element("rules", {"key": key_of(name, "labels")}, *made))


def _symbols(drawn: Sequence[Drawn]) -> ET.Element:
    return element("symbols", {}, *(symbol(str(i)) for i, (_, _, symbol) in enumerate(drawn)))


def _renderer(kind: str, attributes: Mapping[str, object], *parts: ET.Element) -> ET.Element:
    known = {"type": kind, "symbollevels": False, "enableorderby": False, "forceraster": False, "referencescale": -1}
    return element("renderer-v2", {**known, **attributes}, *parts)


_ROLE_FILLS: dict[str, Symbol] = {
    "core": symbol("fill", plain_fill(DEEP_BLUE, DEEP_BLUE, 0.1)),
    "edge": symbol("fill", plain_fill(SKY, DEEP_BLUE, 0.1)),
    "bridge": symbol("fill", plain_fill(TINT, DEEP_BLUE, 0.1), dots(DEEP_BLUE, 1.1, 0.45)),
    "fill": symbol("fill", plain_fill(TINT, DEEP_BLUE, 0.1), hatching(DEEP_BLUE, 0, 1.1, 0.2)),
    "incumbent": symbol("fill", plain_fill(TINT, DEEP_BLUE, 0.1), hatching(DEEP_BLUE, 45, 1.2, 0.25)),
    "kept": symbol("fill", plain_fill(PAPER, DEEP_BLUE, 0.1), hatching(DEEP_BLUE, 135, 1.2, 0.25)),
    "included": symbol(
        "fill", plain_fill(PAPER, BLACK, 0.35), hatching(BLACK, 45, 1.2, 0.2), hatching(BLACK, 135, 1.2, 0.2)
    ),
    "outside": symbol("fill", plain_fill(PALE, PAPER, 0.08)),
}
"""Told apart without colour: dark, middling, dots, level lines, lines up and down, crossed lines, pale."""
_ROLE_MARKERS: dict[str, Symbol] = {
    "core": symbol("marker", plain_marker("circle", DEEP_BLUE, 1.7)),
    "edge": symbol("marker", plain_marker("circle", SKY, 1.7, DEEP_BLUE, 0.15)),
    "bridge": symbol("marker", plain_marker("diamond", TINT, 1.9, DEEP_BLUE, 0.2)),
    "fill": symbol("marker", plain_marker("square", TINT, 1.6, DEEP_BLUE, 0.2)),
    "incumbent": symbol("marker", plain_marker("triangle", TINT, 2.0, DEEP_BLUE, 0.2)),
    "kept": symbol("marker", plain_marker("pentagon", PAPER, 2.0, DEEP_BLUE, 0.2)),
    "included": symbol("marker", plain_marker("star", BLACK, 2.4)),
    "outside": symbol("marker", plain_marker("circle", GREY, 0.7)),
}


def role_kinds(language: str, points: bool) -> list[Drawn]:
    """The roles of units, those in areas first."""
    of_role = _ROLE_MARKERS if points else _ROLE_FILLS
    words = ROLE_TEXTS[language]
    return [(role, words[role], of_role[role]) for role in (*ROLES[1:], ROLES[0])]


_EVENT_SYMBOLS: dict[str, Symbol] = {
    KEPT: symbol("fill", plain_fill("#d0d0d0", "#7a7a7a", 0.3)),
    GROWN: symbol("fill", plain_fill(SKY, BLUE, 0.4)),
    SHRUNK: symbol("fill", plain_fill(None), hatching(ORANGE, 135, 1.4, 0.6), edging("#8a5f00", 0.4)),
    ADDED: symbol("fill", plain_fill(GREEN, "#00533c", 0.5)),
    REMOVED: symbol("fill", plain_fill(PAPER), hatching(VERMILION, 45, 1.6, 0.45), edging(VERMILION, 0.6, "2;1.2")),
    SPLIT: symbol("fill", plain_fill(None), edging(INK, 0.9, "3;1.4")),
    MERGED: symbol("fill", plain_fill(None), edging(ROSE, 1.6), edging(INK, 0.3)),
}
"""Events that come joined lie over each other: each is still seen, fill, hatching or edge."""


def change_rules(language: str) -> list[Drawn]:
    """What became of areas: an area of several events is drawn by the rule of each."""
    words = EVENT_TEXTS[language]
    return [(f"{field('event')} LIKE {literal(f'%{event}%')}", words[event], _EVENT_SYMBOLS[event])
            for event in _EVENT_SYMBOLS]  # fmt: skip


def changed_unit_kinds(language: str, points: bool) -> list[Drawn]:
    """What became of units."""
    words = EVENT_TEXTS[language]
    drawn: dict[str, Symbol]
    if points:
        drawn = {
            ADDED: symbol("marker", plain_marker("circle", GREEN, 1.7)),
            REMOVED: symbol("marker", plain_marker("cross2", VERMILION, 1.9, VERMILION, 0.4)),
            MOVED: symbol("marker", plain_marker("diamond", BLUE, 1.9)),
        }
    else:
        drawn = {
            ADDED: symbol("fill", plain_fill(GREEN, PAPER, 0.1)),
            REMOVED: symbol("fill", plain_fill(PAPER), hatching(VERMILION, 45, 1.2, 0.4), edging(VERMILION, 0.2)),
            MOVED: symbol("fill", plain_fill(SKY), dots(BLUE, 1.1, 0.5), edging(BLUE, 0.2)),
        }
    return [(event, words[event], drawn[event]) for event in drawn]


def near_miss_symbol() -> Symbol:
    """Hatched, so that what lies under it shows."""
    return symbol("fill", plain_fill(None), hatching("#54278f", 45, 1.5, 0.3), edging("#54278f", 0.5, "2;1"))


def ground_symbol(points: bool) -> Symbol:
    """Units as the pale ground of a map of something else."""
    return (
        symbol("marker", plain_marker("circle", "#dcdcdc", 0.9))
        if points
        else symbol("fill", plain_fill(PALE, PAPER, 0.08))
    )


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


TABLES = ("status", "overrides", "links")
"""Layers that are tables alone."""
NAMES_FROM = 30_000
"""The scale, as its denominator, from which there is room for names; smaller maps have numbers. Own choice."""
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_POINT, _POLYGON, _NOWHERE = 0, 2, 4


@dataclass(frozen=True)
class Style:
    """A way to draw a layer.

    Attributes
    ----------
    key, name, description : str
        `key` is the same in both languages.
    attributes : dict
        Of the element that holds the style.
    elements : tuple of Element
        What it holds.
    geometry : int
        QGIS's number of the kind of geometry: 0 of points, 2 of polygons, 4 of none.
    """

    key: str
    name: str
    description: str
    attributes: Mapping[str, object]
    elements: tuple[ET.Element, ...]
    geometry: int

    def document(self) -> ET.Element:
        """As a style stands for itself."""
        known = {"version": VERSION, "styleCategories": "AllStyleCategories", **self.attributes}
        kind = text_element("layerGeometryType", str(self.geometry))
        return element("qgis", known, *self.elements, kind)

    def text(self) -> str:
        """The document as QGIS keeps it in a GeoPackage."""
        return as_text(self.document(), DOCTYPE)


def styles_of(layer: PackageLayer, language: str, summary: Mapping[str, Any] | None = None) -> tuple[Style, ...]:
    """The styles of a layer, the default first; none of one that is not ours.

    Parameters
    ----------
    layer : PackageLayer
    language : {"da", "en"}
    summary : mapping or None
        Of the designation; None of a comparison, which has no values to class.
    """
    criteria: Sequence[Mapping[str, Any]] = () if summary is None else summary["criteria"]
    fields = field_elements(layer, language, criteria, () if summary is None else _years(summary))
    geometry = _NOWHERE if not layer.is_spatial else _POINT if layer.is_point else _POLYGON

    def style(key: str, renderer: ET.Element | None = None, labels: ET.Element | None = None) -> Style:
        name, description = STYLES[language][key]
        parts = [part for part in (renderer, labels) if part is not None]
        return Style(key, name, description, _attributes(labels is not None), (*parts, *fields), geometry)

    if layer.name == "areas" and summary is not None:
        classes = area_classes(summary["rule"], len(criteria), language)
        labels = _area_labels(layer)
        return (style(classes.column, graduated(classes, _area_symbol), labels),
                style("outline", one_symbol(_outline_symbol()), labels))  # fmt: skip
    if layer.name == "units" and summary is not None:
        classes = unit_classes(summary["rule"], len(criteria), language)
        of_class: Callable[[str], Symbol] = _unit_point if layer.is_point else _unit_symbol
        return (style(classes.column, graduated(classes, of_class)),
                style("role", categorized("role", role_kinds(language, layer.is_point))),
                style("ground", one_symbol(ground_symbol(layer.is_point))))  # fmt: skip
    if layer.name == "changes":
        return (style("event", by_rules("changes", change_rules(language)), _change_labels()),)
    if layer.name == "changed_units":
        return (style("event", categorized("event", changed_unit_kinds(language, layer.is_point))),)
    if layer.name == "near_misses":
        return (style("near_miss", one_symbol(near_miss_symbol())),)
    return (style("fields"),) if layer.name in TABLES else ()


def _years(summary: Mapping[str, Any]) -> list[int]:
    """The years that areas are there since and until."""
    years = {area[key] for area in summary["areas"] for key in ("since", "until")}
    return sorted(year for year in years if year is not None)


def _attributes(labels: bool) -> dict[str, object]:
    return {
        "labelsEnabled": labels, "hasScaleBasedVisibilityFlag": False, "readOnly": False, "simplifyDrawingHints": True,
        "simplifyDrawingTol": 1, "simplifyMaxScale": 1, "simplifyAlgorithm": 0, "simplifyLocal": True,
        "symbologyReferenceScale": -1, "minScale": 100_000_000, "maxScale": 0,
    }  # fmt: skip


def _area_symbol(colour: str) -> Symbol:
    return symbol("fill", plain_fill(colour, INK, 0.45))


def _outline_symbol() -> Symbol:
    # a rim of paper keeps the line apart from dark units
    return symbol("fill", plain_fill(None), edging(PAPER, 1.3), edging(INK, 0.6))


def _unit_symbol(colour: str) -> Symbol:
    # cells stay apart when looked at closely, and are one ground from afar
    return symbol("fill", plain_fill(colour, PAPER, 0.08, outline_alpha=110))


def _unit_point(colour: str) -> Symbol:
    return symbol("marker", plain_marker("circle", colour, 1.5, INK, 0.05))


def _area_labels(layer: PackageLayer) -> ET.Element:
    """Numbers on maps of the whole city, names nearer by."""
    return labels_by_scale(layer.name, (
        ("number", {"scalemindenom": NAMES_FROM}, label(field("number"), 9, bold=True, always=True)),
        ("name", {"scalemaxdenom": NAMES_FROM}, label(field("name"), 9, bold=True, wrap=16)),
    ))  # fmt: skip


def _change_labels() -> ET.Element:
    return labels_by_scale(
        "changes", [("area_id", {}, label(field("area_id"), 8, bold=True, always=True, beside=True))]
    )


TABLE = "layer_styles"
_CREATE = (
    'CREATE TABLE "layer_styles" ( "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "f_table_catalog" TEXT(256), '
    '"f_table_schema" TEXT(256), "f_table_name" TEXT(256), "f_geometry_column" TEXT(256), "styleName" TEXT(30), '
    '"styleQML" TEXT, "styleSLD" TEXT, "useAsDefault" BOOLEAN, "description" TEXT, "owner" TEXT(30), "ui" TEXT(30), '
    "\"update_time\" DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"
)
"""As QGIS 3.22 makes it."""
_COUNTED = tuple(
    f'CREATE TRIGGER "trigger_{event}_feature_count_layer_styles" AFTER {event.upper()} ON "layer_styles" BEGIN '
    f"UPDATE gpkg_ogr_contents SET feature_count = feature_count {change} 1 "
    "WHERE lower(table_name) = lower('layer_styles'); END"
    for event, change in (("insert", "+"), ("delete", "-"))
)
"""GDAL's own count of the rows, kept while QGIS saves further styles."""


def write_layer_styles(
    connection: sqlite3.Connection,
    styles: Mapping[str, Sequence[Style]],
    layers: Mapping[str, PackageLayer],
    stamp: str,
) -> None:
    """Write the styles of layers, the first of each as its default.

    Parameters
    ----------
    connection : sqlite3.Connection
    styles : mapping
        Layer -> its styles.
    layers : mapping
    stamp : str
        The time that the file gives for all it holds.
    """
    connection.execute(_CREATE)
    rows = [
        (name, layers[name].geometry_column or "", style.name, style.text(), number == 0, style.description, stamp)
        for name, of_layer in styles.items()
        for number, style in enumerate(of_layer)
    ]
    connection.executemany(
        'INSERT INTO "layer_styles" (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "styleName", '
        '"styleQML", "styleSLD", "useAsDefault", description, owner, ui, update_time) '
        "VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
        rows,
    )
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES (?, 'attributes', ?, '', ?, 0)",
        [TABLE, TABLE, stamp],
    )
    connection.execute("INSERT INTO gpkg_ogr_contents VALUES (?, ?)", [TABLE, len(rows)])
    for trigger in _COUNTED:
        connection.execute(trigger)
