"""The styles of each layer, from templates drawn in QGIS: classes, labels of keys and fields are filled in."""

from __future__ import annotations

import html
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from udsat_geo.designation.columns import describe_column, texts_of
from udsat_geo.files.contents import PackageLayer
from udsat_geo.files.qgis.classes import BETTER, WORSE, Classes, area_classes, share_classes, unit_classes
from udsat_geo.files.qgis.expressions import as_html, field, inserted, literal, looked_up, number
from udsat_geo.files.xml_template import as_text, clone, found, read_template
from udsat_geo.messages.translate import N_, Np_, _
from udsat_geo.release.words import class_names

TEMPLATES = Path(__file__).with_name("templates")
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
STYLES_OF_LAYER: dict[str, tuple[str, ...]] = {
    "areas": ("areas", "areas_outline"),
    "units": ("units", "units_role", "units_ground"),
    "changes": ("changes",),
    "changed_units": ("changed_units",),
    "near_misses": ("near_misses",),
    "ground": ("ground",),
    "ground_lines": ("ground_lines",),
    "public_areas": ("public_areas",),
    "public_units": ("public_units",),
    **{name: (name,) for name in ("unit_certainty", "area_certainty", "change_certainty", "piece_certainty")},
    **{name: (name,) for name in ("unit_sensitivity", "area_sensitivity", "local_statistics")},
    **dict.fromkeys(("status", "overrides", "links", "public_status", "public_changes"), ("table",)),
    **dict.fromkeys(("setting_sensitivity", "targeting", "segregation"), ("table",)),
}
"""The templates of each layer, the default first; ``_points`` is added to those of layers of points."""
TEMPLATES_OF = {
    "public_areas": "areas_outline",
    "change_certainty": "changes",
    "piece_certainty": "changed_units",
    **dict.fromkeys(("area_certainty", "area_sensitivity"), "areas"),
    **dict.fromkeys(("public_units", "unit_certainty", "unit_sensitivity", "local_statistics"), "units"),
}
"""The templates of styles that are called otherwise."""
_OF_POINTS = {"units", "units_role", "units_ground", "changed_units"}
_SHARE_OF = {
    "unit_certainty": "p_designated",
    "area_certainty": "p_area",
    **dict.fromkeys(("unit_sensitivity", "area_sensitivity"), "share_of_variants"),
}
"""The share that places are coloured by."""
_CLUSTERS = {
    "high_high": WORSE[3], "high_low": WORSE[1], "low_high": BETTER[0], "low_low": "#542788", "none": "#f2f0eb",
}  # fmt: skip
"""The ends and the middle of PuOr: as high and low as a place's own value, as pale as it is alone with it."""
NAMES: dict[str, tuple[str, str]] = {
    "composite": (Np_("style", "composite"), N_("By composite")),
    "criteria_exceeded": (Np_("style", "criteria"), N_("By the number of criteria exceeded")),
    "areas_outline": (Np_("style", "outline"), N_("Outlines alone, so that the units show")),
    "units_role": (Np_("style", "role"), N_("By the unit's role in an area")),
    "units_ground": (Np_("style", "background"), N_("Pale ground under other layers")),
    "changes": (Np_("style", "event"), N_("By what happened")),
    "changed_units": (Np_("style", "event"), N_("By what happened")),
    "near_misses": (Np_("style", "near miss"), N_("Hatched, so that what lies under it shows")),
    "ground": (Np_("style", "kind"), N_("By what it is")),
    "ground_lines": (Np_("style", "kind"), N_("By what it is")),
    "public_areas": (Np_("style", "rounded"), N_("Outlines; numbers of people and rates are rounded")),
    "public_units": (Np_("style", "rounded"), N_("By the class of the composite; numbers of people are rounded")),
    **dict.fromkeys(
        ("unit_certainty", "area_certainty"),
        (Np_("style", "certainty"), N_("By the share of draws of other people that designate it")),
    ),
    "change_certainty": (Np_("style", "event"), N_("By what happened")),
    "piece_certainty": (Np_("style", "event"), N_("By what happened")),
    **dict.fromkeys(
        ("unit_sensitivity", "area_sensitivity"),
        (Np_("style", "sensitivity"), N_("By the share of variants of the policy that designate it")),
    ),
    "local_statistics": (Np_("style", "clusters: {}"), N_("Where high and low values lie together, of one criterion")),
    "table": (Np_("style", "fields"), N_("Headings and formats in the table")),
}
"""What each style is called in a list, and what it shows; those of classes by column."""
_LETTERS = 30
"""Of a style's name are stored."""
HIDDEN = {
    "areas": ("fid", "exceeded"),
    "units": ("fid", "exceeded", "decided_by", "criteria_with_rate", "short"),
    "changes": ("fid", "exceeded"),
    "near_misses": ("fid", "short"),
}
"""Columns that tables leave out: what a program reads, and what others say in words. Own choice."""
_FRACTIONS = ("share_of_previous", "share_of_area", "intersection_over_union")
_SHARES = ("p_designated", "p_area", "p_event", "p_changed", "share_of_variants")
"""Told as per cent."""
_TO_TWO = ("composite", "value", "of_neighbours", "q")
"""Told with two decimals where the pointer rests."""
_DECIMALS = {"area_ha": 1, "composite": 2, "previous_composite": 2, "short": 2, **dict.fromkeys(_FRACTIONS, 3)}
_YEARS = ("since", "until")
_LONG = ("reason", "least_change")
_FLAGS = ("qualified", "linked", "continues")
_MEASURED = ("rate", "gap", "lower", "upper")
"""What columns of criteria begin with."""
_TIPS = {
    "public_areas": ("name", ("residents", "composite", "since", "event", "withheld")),
    "public_units": ("unit_id", ("residents", "class")),
    "areas": ("name", ("residents", "composite", "since", "event", "reason")),
    "units": ("unit_id", ("residents", "composite", "role", "reason")),
    "changes": ("name", ("event", "residents_added", "residents_removed", "residents_kept", "reason", "least_change")),
    "changed_units": ("unit_id", ("event", "previous_area_id", "area_id", "residents")),
    "unit_certainty": ("unit_id", ("residents", "p_designated", "p_changed", "composite")),
    "area_certainty": ("name", ("residents", "residents_sure", "residents_grey", "p_area", "composite")),
    "change_certainty": ("name", ("event", "p_event", "residents_added", "residents_removed", "residents_kept")),
    "piece_certainty": ("area_id", ("event", "p_event", "residents", "units")),
    "unit_sensitivity": ("unit_id", ("residents", "share_of_variants", "composite")),
    "area_sensitivity": ("name", ("residents", "share_of_variants", "residents_low", "residents_high", "main_setting")),
    "local_statistics": ("unit_id", ("residents", "criterion", "value", "of_neighbours", "cluster", "q")),
    "near_misses": ("demand", ("residents", "composite", "reason", "least_change")),
}
"""The heading of a layer's map tips and what they say below it."""
Criteria = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Style:
    """A way to draw a layer: its template, filled; `key` is the template's name, the same in both languages."""

    key: str
    name: str
    description: str
    document: ET.Element

    def text(self) -> str:
        """The document as QGIS keeps it in a GeoPackage."""
        return as_text(self.document, DOCTYPE)


def styles_of(
    layer: PackageLayer, language: str, summary: Mapping[str, Any] | None = None, criteria: Sequence[str] = ()
) -> tuple[Style, ...]:
    """The styles of a layer, the default first; none of one that is not ours.

    The summary is that of a designation; a comparison has none, and no values to class. `criteria` are those that
    local statistics are of: each has a style of its own.
    """
    if layer.name not in STYLES_OF_LAYER or (summary is None and layer.name in ("areas", "units")):
        return ()
    fields = _fields(layer, language, summary)
    made = []
    for key in STYLES_OF_LAYER[layer.name]:
        for criterion in criteria if key == "local_statistics" else ("",):
            template = TEMPLATES_OF.get(key, key)
            points = "_points" if layer.is_point and template in _OF_POINTS else ""
            root = read_template(TEMPLATES / f"{template}{points}.qml")
            # what a style saved with more than its symbols would say of fields
            kept = [part for part in root if part.tag in ("renderer-v2", "labeling", "layerGeometryType")]
            root[:] = [*kept[:-1], *fields, kept[-1]]
            named = _fill_style(root, key, layer, language, summary, criterion)
            name, description = (_(text, language) for text in NAMES[named])
            made.append(Style(key, name.format(criterion)[:_LETTERS], description, root))
    return tuple(made)


def _fill_style(
    root: ET.Element,
    key: str,
    layer: PackageLayer,
    language: str,
    summary: Mapping[str, Any] | None,
    criterion: str,
) -> str:
    """Fill in classes, categories and labels; gives the name in `NAMES` that the style goes by."""
    renderer, named = root.find("renderer-v2"), key
    if renderer is not None and summary is not None and key in ("areas", "units"):
        classes_of = area_classes if key == "areas" else unit_classes
        classes = classes_of(summary["rule"], len(summary["criteria"]), language)
        _fill_classes(renderer, classes)
        named = classes.column
    elif renderer is not None and key in _SHARE_OF:
        _fill_classes(renderer, share_classes(_SHARE_OF[key], language))
    elif renderer is not None and key == "public_units":
        texts = class_names(language)
        _fill_categories(renderer, "class", [*zip(texts, texts, (*BETTER, *WORSE), strict=False)])
    elif renderer is not None and key == "local_statistics":
        of_one = f"CASE WHEN {field('criterion')} = {literal(criterion)} THEN {field('cluster')} END"
        names = texts_of(layer.name, "cluster", language)
        _fill_categories(renderer, of_one, [(value, names[value], colour) for value, colour in _CLUSTERS.items()])
    elif key != "public_areas":
        _fill_labels(root, layer.name, language)
    if "number" not in layer.columns:
        for text in root.iter("text-style"):
            # of areas as they are published, or drawn anew, the id is their number
            text.set("fieldName", text.get("fieldName", "").replace('"number"', '"area_id"'))
    return named


def _fill_classes(renderer: ET.Element, classes: Classes) -> None:
    """A range and a symbol for each class, after the template's one."""
    renderer.set("attr", classes.column)
    ranges, symbols = found(renderer, "ranges"), found(renderer, "symbols")
    a_range, a_symbol = ranges[0], symbols[0]
    ranges[:], symbols[:] = [], []
    for i, one in enumerate(classes.classes):
        ends = {"lower": repr(one.lower), "upper": repr(one.last)}
        ranges.append(clone(a_range, **ends, symbol=i, label=one.label))
        symbols.append(clone(a_symbol, name=i))
        colour = ",".join(str(int(one.colour[at : at + 2], 16)) for at in (1, 3, 5))
        found(symbols[-1], "layer/Option/Option[@name='color']").set("value", f"{colour},255")


def _fill_categories(renderer: ET.Element, attribute: str, told: Sequence[tuple[str, str, str]]) -> None:
    """A category and a symbol for each value, label and colour, in place of the template's ranges."""
    a_symbol, symbols = found(renderer, "symbols")[0], found(renderer, "symbols")
    categories = ET.Element("categories")
    symbols[:] = []
    for i, (value, label, colour) in enumerate(told):
        ET.SubElement(categories, "category", {"symbol": str(i), "value": value, "label": label, "render": "true"})
        symbols.append(clone(a_symbol, name=i))
        rgb = ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
        found(symbols[-1], "layer/Option/Option[@name='color']").set("value", f"{rgb},255")
    renderer[:] = [categories, symbols]
    renderer.attrib.update({"type": "categorizedSymbol", "attr": attribute})
    del renderer.attrib["graduatedMethod"]


def _fill_labels(root: ET.Element, layer: str, language: str) -> None:
    """What the legend calls the keys that categories and rules are labelled with in the template."""
    renderer = root.find("renderer-v2")
    if renderer is not None and renderer.get("type") in ("categorizedSymbol", "RuleRenderer"):
        texts = texts_of(layer, renderer.get("attr", "event"), language)
        for parent in list(renderer.iter()):
            for one in [one for one in parent if one.get("label")]:
                if one.get("label", "") in texts:
                    one.set("label", texts[one.get("label", "")])
                else:
                    # what this layer never says
                    parent.remove(one)


def _fields(layer: PackageLayer, language: str, summary: Mapping[str, Any] | None) -> list[ET.Element]:
    """What a style says of a layer's fields: a widget, a title and a column of the table for each, and map tips."""
    template = read_template(TEMPLATES / "table.qml")
    widgets, aliases, table = (
        found(template, name) for name in ("fieldConfiguration", "aliases", "attributetableconfig")
    )
    columns = found(table, "columns")
    samples = {found(sample, "editWidget").get("type", ""): sample for sample in widgets}
    an_alias, a_column = aliases[0], columns[0]
    widgets[:], aliases[:], columns[:] = [], [], []
    criteria: Criteria = () if summary is None else summary["criteria"]
    for index, column in enumerate(layer.columns):
        widgets.append(_widget(samples, layer.name, column, language, summary))
        alias = alias_of(layer.name, column, language, criteria)
        aliases.append(clone(an_alias, field=column, index=index, name=alias))
        columns.append(clone(a_column, name=column, hidden=int(column in HIDDEN.get(layer.name, ("fid",)))))
    made = [widgets, aliases, table]
    if layer.name in _TIPS:
        for tag, text in (("previewExpression", field(_TIPS[layer.name][0])), ("mapTip", _map_tip(layer, language))):
            made.append(ET.Element(tag))
            made[-1].text = text
    return made


def alias_of(layer: str, column: str, language: str, criteria: Criteria) -> str:
    """What a column is called, with what it is measured in; empty where nothing describes it."""
    told = describe_column(layer, column, language, criteria)
    if told is None:
        return ""
    measured = _criterion(column, criteria)
    if column in _FRACTIONS or measured.get("share"):
        return _("{} (fraction 0–1)", language).format(told.title)
    return f"{told.title} ({measured['unit']})" if measured.get("unit") else told.title


def _criterion(column: str, criteria: Criteria) -> Mapping[str, Any]:
    """The criterion whose rate, gap or bound a column holds; nothing of another column."""
    measures = ("rate", "gap", "lower", "upper", "previous_rate")
    return next((one for one in criteria if column in [f"{measure}_{one['key']}" for measure in measures]), {})


def _widget(
    samples: Mapping[str, ET.Element], layer: str, column: str, language: str, summary: Mapping[str, Any] | None
) -> ET.Element:
    """What shows a field's values: a flag, a map of texts, a number of decimals, or text."""
    criteria: Criteria = () if summary is None else summary["criteria"]
    if column in _FLAGS:
        return clone(samples["CheckBox"], name=column)
    texts = texts_of(layer, column, language)
    if column in _YEARS and summary is not None:
        # a year as a number would be given a sign for its thousands
        told = [*summary["areas"], *(summary["changes"] or {"events": ()})["events"]]
        years = {one.get(key) for one in told for key in _YEARS} - {None}
        texts = {str(year): str(year) for year in sorted(years)}
    if layer in ("status", "near_misses") and column == "criterion":
        texts = {str(one["key"]): str(one["label"]) for one in criteria}
    if texts:
        widget = clone(samples["ValueMap"], name=column)
        listed = found(widget, ".//Option[@name='map']")
        sample, listed[:] = listed[0], []
        for value, text in texts.items():
            listed.append(clone(sample))
            listed[-1][0].attrib.update(name=text, value=value)
        return widget
    measured = _criterion(column, criteria)
    if layer == "status" or column in _DECIMALS or measured:
        widget = clone(samples["Range"], name=column)
        digits = 1 if measured and not measured.get("share") else _DECIMALS.get(column, 3)
        found(widget, ".//Option[@name='Precision']").set("value", str(digits))
        return widget
    widget = clone(samples["TextEdit"], name=column)
    found(widget, ".//Option[@name='IsMultiline']").set("value", str(column in _LONG).lower())
    return widget


def _map_tip(layer: PackageLayer, language: str) -> str:
    """What is shown where the pointer rests; a value's own markup is shown as it stands."""
    heading, lines = _TIPS[layer.name]
    said = [f"<b>{inserted(as_html(_told(layer.name, heading, language)))}</b>"]
    for column in lines:
        if column in layer.columns:
            described = describe_column(layer.name, column, language)
            title = "" if described is None else html.escape(described.title)
            said.append(f"{title}: {inserted(as_html(_told(layer.name, column, language)))}")
    return "<br>".join(said)


def _told(layer: str, column: str, language: str) -> str:
    if column in _SHARES:
        return f"coalesce(format_number(100 * {field(column)}, 0, {literal(language)}) || ' %', '')"
    if column in _TO_TWO or column.startswith("residents"):
        return number(field(column), 2 if column in _TO_TWO else 0, language)
    return looked_up(column, texts_of(layer, column, language))


def write_layer_styles(
    connection: sqlite3.Connection,
    styles: Mapping[str, Sequence[Style]],
    layers: Mapping[str, PackageLayer],
    stamp: str,
) -> None:
    """Write the styles of layers, the first of each as its default; `stamp` is the time that the file gives for all."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        [stamp],
    )
    connection.executemany(
        'INSERT INTO "layer_styles" (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "styleName", '
        '"styleQML", "styleSLD", "useAsDefault", description, owner, ui, update_time) '
        "VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
        [
            (name, layers[name].geometry_column or "", style.name, style.text(), number == 0, style.description, stamp)
            for name, of_layer in styles.items()
            for number, style in enumerate(of_layer)
        ],
    )
