"""XML documents kept as files of the package and filled in: texts put in the place of whole texts, samples cloned."""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 allows in no form, escaped or not (its production 2, Char)."""


@cache
def _kept(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def read_template(path: Path) -> ET.Element:
    """A document as it is kept, without the blanks that indent it."""
    root = ET.fromstring(_kept(path))
    for node in root.iter():
        node.text = node.text if (node.text or "").strip() else None
        node.tail = None
    return root


def fill(root: ET.Element, texts: Mapping[str, str]) -> ET.Element:
    """Put texts in the place of others: of each attribute and text that is one of them, whole.

    What is put in is not looked into again, and stands in the tree, not in markup: nothing in it can break out.
    """
    for node in root.iter():
        if node.text is not None:
            node.text = texts.get(node.text, node.text)
        for name, value in node.items():
            if value in texts:
                node.set(name, texts[value])
    return root


def clone(sample: ET.Element, **attributes: object) -> ET.Element:
    """A copy of a sample with some attributes of its own."""
    made = copy.deepcopy(sample)
    for name, value in attributes.items():
        made.set(name, str(value))
    return made


def found(root: ET.Element, path: str) -> ET.Element:
    """The element of a template at a path, which it has."""
    element = root.find(path)
    if element is None:
        raise LookupError(f"{root.tag} has no {path}")
    return element


def clean(text: str) -> str:
    """A text without the characters that XML has no way to write."""
    return FORBIDDEN.sub("", text)


def as_text(root: ET.Element, head: str = "") -> str:
    """A document after its head; markup in its texts is escaped, characters that XML forbids are left out."""
    # cleaned once, at the end: no text that goes in can be forgotten
    return head + clean(ET.tostring(root, encoding="unicode"))
