"""Danish and English through gettext: the English text stands in the code, the Danish one in ``locale/da``.

Two languages are in play. Results (labels, notes, tables) have the language that a run asks for, and are translated
with it: ``_("no areas", language)``. What the program says of itself (errors, help) is English unless ``--language`` or
the user's locale says Danish: ``_("no such file")`` without a language. A text that is looked up later is marked with
`N_`, so that it gets into the catalogue.

``scripts/translations.py`` collects the texts (Babel) and compiles the catalogue.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, overload

Key = TypeVar("Key")
Marked = TypeVar("Marked")

DOMAIN = "udsat_geo"
LANGUAGES = ("da", "en")
LOCALE = Path(__file__).parent / "locale"
_CONTEXT = "\x04"
"""Between the context of a text and the text, as gettext's compiled catalogues have it."""

_program_language: ContextVar[str] = ContextVar("program_language", default="en")


def _(message: str, language: str | None = None) -> str:
    """A text in a language; without one, in the language of the program.

    Parameters
    ----------
    message : str
        In English, as in the code; where one English text has two Danish ones, marked by `Np_`.
    language : {"da", "en"}, optional
    """
    language = _program_language.get() if language is None else language
    if language == "da" and message:  # gettext answers an empty text with the head of its catalogue
        translated = _catalogue().gettext(message)
        if translated != message:
            return translated
    return message.partition(_CONTEXT)[2] or message


def N_(message: str) -> str:  # noqa: N802 - gettext's own name
    """A text that is translated where it is used: marked, and otherwise left as it is."""
    return message


def Np_(context: str, message: str) -> str:  # noqa: N802 - gettext's own name
    """A text that is translated where it is used, told apart from others of the same English words by a context."""
    return f"{context}{_CONTEXT}{message}"


@dataclass(frozen=True)
class Note:
    """A marked text with its values, told in a language later; a value may be a marked text itself, or a count."""

    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """The note in a language."""
        counts = {"da": "."}.get(language, ",")
        words = {
            name: _(value, language) if isinstance(value, str) else f"{value:,}".replace(",", counts)
            for name, value in self.values.items()
        }
        return _(self.text, language).format(**words)


class Words(Mapping[Key, Marked]):
    """A table of marked texts in one language; tables within it, and tuples of texts, alike."""

    def __init__(self, table: Mapping[Key, Marked], language: str | None):
        self._table, self._language = table, language

    def __getitem__(self, key: Key) -> Marked:
        return in_language(self._table[key], self._language)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


@overload
def in_language(marked: Mapping[Key, Marked], language: str | None) -> Mapping[Key, Marked]: ...
@overload
def in_language(marked: Marked, language: str | None) -> Marked: ...
def in_language(marked: Any, language: str | None) -> Any:
    """Marked texts in a language: one text, a tuple of them, or a table whose values are such."""
    if isinstance(marked, str):
        return _(marked, language)
    if isinstance(marked, tuple):
        return tuple(in_language(part, language) for part in marked)
    return Words(marked, language)


def program_language() -> str:
    """The language of errors and help."""
    return _program_language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Errors and help in a language, within this block."""
    token = _program_language.set(language)
    try:
        yield
    finally:
        _program_language.reset(token)


def speak(language: str) -> None:
    """Errors and help in a language from here on."""
    _program_language.set(language)


def language_of_user(environment: Mapping[str, str] | None = None) -> str:
    """Danish where the user's locale is Danish, else English; by the first of gettext's variables that is set."""
    environment = os.environ if environment is None else environment
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "da" if environment[name].lower().startswith("da") else "en"
    return "en"


@cache
def _catalogue() -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, languages=["da"], fallback=True)
