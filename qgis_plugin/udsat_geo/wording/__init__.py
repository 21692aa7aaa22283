"""What the plugin says, in Danish where QGIS is Danish and in English otherwise."""

from __future__ import annotations

from qgis.core import QgsApplication

from .common import COMMON
from .window import WINDOW

LANGUAGES = ("da", "en")


def language() -> str:
    """``da`` or ``en``, as QGIS's own windows."""
    return "da" if QgsApplication.locale().lower().startswith("da") else "en"


def said(word: str, **given: str) -> str:
    """A sentence of the whole plugin."""
    words = WINDOW if word in WINDOW["en"] else COMMON
    return words[language()][word].format(**given)
