"""Renderers: one symbol, classes of a number, kinds of a text, rules."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping, Sequence

from udsat_geo.io.qgis.classes import Classes
from udsat_geo.io.qgis.elements import element, key_of
from udsat_geo.io.qgis.symbols import Symbol

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
