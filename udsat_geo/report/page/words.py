"""The page's own words: they stand in its script and its HTML, in English, where they are used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from udsat_geo.designation.columns import EVENT_TEXTS, ROLE_TEXTS
from udsat_geo.messages.translate import Np_, _, in_language

SCRIPTS = (
    "words.js",
    "map.js",
    "labels.js",
    "layers.js",
    "tables.js",
    "card.js",
    "sections.js",
    "answers.js",
    "downloads.js",
    "search.js",
    "background.js",
    "page.js",
)
_MARKED = re.compile(
    r'\bN?_\(\s*"(?P<script>[^"]+)"|\bNp_\("(?P<context>[^"]+)", "(?P<told_apart>[^"]+)"\)'
    r'|data-t(?:-label)?="(?P<html>[^"]+)"'
)


FOLDER = "udsat_geo.report.page"


def own_file(name: str, folder: str = FOLDER) -> str:
    """A file of this folder, or of the explorer's."""
    return files(folder or FOLDER).joinpath(name).read_text(encoding="utf-8")


def marked_texts(content: str) -> list[tuple[str | None, str]]:
    """The texts that a script or an HTML file marks for translation, each with its context."""
    return [
        (found["context"], " ".join((found["script"] or found["told_apart"] or found["html"]).split()))
        for found in _MARKED.finditer(content)
    ]


def html_in_language(language: str, name: str = "page.html", folder: str = FOLDER) -> str:
    """The template of a page with the texts that its elements are marked with."""

    def filled(found: re.Match[str]) -> str:
        text = " ".join(found["text"].split())
        told = escape(_(text, language))
        return f'data-t-label="{text}" aria-label="{told}"' if found["label"] else f'data-t="{text}">{told}'

    return re.sub(r'data-t(?P<label>-label)?="(?P<text>[^"]+)"(?(label)|>)', filled, own_file(name, folder))


FILES = tuple((FOLDER, name) for name in ("page.html", *SCRIPTS))


def texts(language: str, named: Sequence[tuple[str, str]] = FILES) -> dict[str, str]:
    """All words of files, as they mark them; events and roles, by key, are called what they are everywhere else."""
    marked = [text for folder, name in named for text in marked_texts(own_file(name, folder))]
    own = [Np_(context, text) if context else text for context, text in marked]
    of_roles = {f"role_{role}": text for role, text in in_language(ROLE_TEXTS, language).items()}
    return {**{text: _(text, language) for text in own}, **in_language(EVENT_TEXTS, language), **of_roles}
