"""What is told of sources that were fetched, in Danish and English."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]
"""A text by language, ``da`` and ``en``."""

_ATTEMPTS = {
    "da": {2: "andet", 3: "tredje"},
    "en": {2: "second", 3: "third"},
}

REPEATED: Words = {
    "da": "{name}: læst i {attempt} forsøg, fordi tjenesten ikke svarede helt første gang ({reason}).",
    "en": "{name}: read at the {attempt} attempt, since the service did not answer in full at first ({reason}).",
}

ASKED_WHOLE: Words = {
    "da": "{name}: tjenesten giver ikke sine sider i fast rækkefølge, så laget er hentet på én gang.",
    "en": "{name}: the service does not give its pages in a fixed order, so the layer was asked for in one piece.",
}


def note(words: Words, **given: object) -> Words:
    """A note with its values filled in, in every language."""
    return {language: text.format(**given) for language, text in words.items()}


def repeated(name: str, tries: int, reason: Words) -> Words:
    """The note of an answer that came at a later attempt than the first."""
    return {
        language: text.format(name=name, attempt=_ATTEMPTS[language].get(tries, f"{tries}."), reason=reason[language])
        for language, text in REPEATED.items()
    }


TIMEOUT: Words = {"da": "intet svar i tide", "en": "no answer in time"}
RESET: Words = {"da": "forbindelsen blev afbrudt", "en": "the connection was broken off"}
CUT: Words = {"da": "svaret var ikke helt", "en": "the answer was not whole"}
BUSY: Words = {"da": "HTTP {status}", "en": "HTTP {status}"}
