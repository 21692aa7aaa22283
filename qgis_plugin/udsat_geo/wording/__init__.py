"""What the plugin says, in Danish where QGIS is Danish and in English otherwise."""

from __future__ import annotations

from qgis.core import QgsApplication

from .common import COMMON

LANGUAGES = ("da", "en")


def language() -> str:
    """``da`` or ``en``, as QGIS's own windows."""
    return "da" if QgsApplication.locale().lower().startswith("da") else "en"


def said(word: str, **given: str) -> str:
    """A sentence of the whole plugin."""
    return COMMON[language()][word].format(**given)
