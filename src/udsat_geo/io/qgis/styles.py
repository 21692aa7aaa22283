"""The styles of each layer: how it is drawn, labelled and told of; the first is the default."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from udsat_geo.io.contents import PackageLayer
from udsat_geo.io.qgis.classes import area_classes, unit_classes
from udsat_geo.io.qgis.elements import VERSION, element, text_element
from udsat_geo.io.qgis.expressions import field
from udsat_geo.io.qgis.fields import field_elements
from udsat_geo.io.qgis.kinds import change_rules, changed_unit_kinds, ground_symbol, near_miss_symbol, role_kinds
from udsat_geo.io.qgis.palette import INK, PAPER
from udsat_geo.io.qgis.renderers import by_rules, categorized, graduated, labels_by_scale, one_symbol
from udsat_geo.io.qgis.symbols import Symbol, edging, plain_fill, plain_marker, symbol
from udsat_geo.io.qgis.text import label
from udsat_geo.io.qgis.wording import STYLES
from udsat_geo.io.xml_text import as_text

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
