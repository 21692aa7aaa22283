"""Elements of QGIS's documents: how it writes attributes, maps of options and symbols' properties."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

VERSION = "3.22.0"
"""The oldest QGIS that the documents are meant for."""
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "udsat_geo")


class Sign(str):
    """One character, which QGIS keeps apart from texts."""


Value = object
"""Of an option: text, number, flag, a sequence of values or a mapping of names to values."""


def element(tag: str, attributes: Mapping[str, object] | None = None, *children: ET.Element) -> ET.Element:
    """An element with attributes and children; flags become 1 and 0."""
    made = ET.Element(tag, {name: _as_attribute(value) for name, value in (attributes or {}).items()})
    made.extend(children)
    return made


def text_element(tag: str, text: str) -> ET.Element:
    """An element that holds a text."""
    made = ET.Element(tag)
    made.text = text
    return made


def options(values: Mapping[str, Value]) -> ET.Element:
    """A map of options."""
    return option(None, values)


def option(name: str | None, value: Value) -> ET.Element:
    """One option, with those that it holds."""
    named = {} if name is None else {"name": name}
    if isinstance(value, Mapping):
        return element("Option", {"type": "Map", **named}, *(option(str(key), held) for key, held in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return element("Option", {"type": "List", **named}, *(option(None, held) for held in value))
    kind = {bool: "bool", int: "int", float: "double", Sign: "QChar"}.get(type(value), "QString")
    written = str(value).lower() if isinstance(value, bool) else str(value)
    return element("Option", {"type": kind, "value": written, **named})


def key_of(*names: str) -> str:
    """An identifier as QGIS gives them, the same for the same names."""
    return f"{{{uuid.uuid5(_NAMES, '/'.join(names))}}}"


def _as_attribute(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
