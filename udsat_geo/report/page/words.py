"""The page's own words: they stand in its script and its HTML, in English, where they are used."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files

from udsat_geo.designation.columns import EVENT_TEXTS, ROLE_TEXTS
from udsat_geo.messages.translate import N_, Np_, _, in_language

SCRIPTS = ("words.js", "map.js", "layers.js", "tables.js", "card.js", "sections.js", "background.js", "page.js")
_MARKED = re.compile(
    r'\bN?_\(\s*"(?P<script>[^"]+)"|\bNp_\("(?P<context>[^"]+)", "(?P<told_apart>[^"]+)"\)'
    r'|data-t(?:-label)?="(?P<html>[^"]+)"'
)

METHOD = (
    N_(
        "Each unit is judged by the policy's criteria. Units that meet the demands and are "
        "connected become areas. All figures are worked out from whole counts and shown "
        "rounded."
    ),
    N_(
        "The city is everybody who could be placed. Residents without a known dwelling or "
        "position count in no unit; how many they are stands under Provenance."
    ),
    N_(
        "Gaps of areas are against the rest of the city: all residents outside every area in "
        "the same year. A year's areas are those designated that year, so differences from "
        "year to year hold both what happened in the areas and that borders were drawn anew. "
        "The page says nothing of causes."
    ),
    N_(
        "An area has changed where at least 5 % of its residents came in or fell out, and "
        "two areas are linked where they share at least 5 % of the smaller one's residents. "
        "Both are our own choice."
    ),
    N_(
        "To protect individuals the page shows no rates and no exact number of residents of "
        "a single unit, only classes: fewer than 20, 20-99, 100 and more. A unit outside the "
        "areas with fewer than 20 residents, or an unknown number, shows neither composite "
        "nor reason. Areas of fewer than 20 residents show no figures, and residents gained "
        "or lost are told in tens. The breaks are our own choice. The file that the page is "
        "made of has the exact figures and is not meant to be sent."
    ),
    N_(
        "Classes of composite begin at the middle of the scale, the edge threshold and the "
        "core threshold; that is our own choice too. Outlines are rounded to whole metres "
        "(decimetres for small towns)."
    ),
)


def own_file(name: str) -> str:
    """A file of this folder."""
    return files("udsat_geo.report.page").joinpath(name).read_text(encoding="utf-8")


def marked_texts(content: str) -> list[tuple[str | None, str]]:
    """The texts that a script or an HTML file marks for translation, each with its context."""
    return [
        (found["context"], found["script"] or found["told_apart"] or found["html"])
        for found in _MARKED.finditer(content)
    ]


def html_in_language(language: str) -> str:
    """The template of the page with the texts that its elements are marked with."""
    page = re.sub(r'data-t="([^"]+)">', lambda found: found[0] + escape(_(found[1], language)), own_file("page.html"))
    return re.sub(
        r'data-t-label="([^"]+)"', lambda found: f'{found[0]} aria-label="{escape(_(found[1], language))}"', page
    )


def texts(language: str) -> dict[str, str]:
    """All words of the page, as it marks them; events and roles, by key, are called what they are everywhere else."""
    marked = [text for name in ("page.html", *SCRIPTS) for text in marked_texts(own_file(name))]
    own = [Np_(context, text) if context else text for context, text in marked]
    of_roles = {f"role_{role}": text for role, text in in_language(ROLE_TEXTS, language).items()}
    return {**{text: _(text, language) for text in own}, **in_language(EVENT_TEXTS, language), **of_roles}
