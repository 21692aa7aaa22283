"""XML documents as text that any reader takes, whatever stands in the texts that went into them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 allows in no form, escaped or not (its production 2, Char)."""


def clean(text: str) -> str:
    """A text without the characters that XML has no way to write."""
    return FORBIDDEN.sub("", text)


def as_text(root: ET.Element, head: str = "") -> str:
    """A document; markup in its texts is escaped, characters that XML forbids are left out.

    Parameters
    ----------
    root : Element
    head : str
        What comes before it: a declaration or document type.
    """
    # cleaned once, at the end: no text that goes in can be forgotten
    return head + clean(ET.tostring(root, encoding="unicode"))
