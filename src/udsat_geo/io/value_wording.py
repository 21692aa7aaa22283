"""What the values of columns that hold keys are called, in Danish and English: for legends, forms and enumerations."""

from __future__ import annotations

from itertools import combinations

from udsat_geo.areas import ROLES
from udsat_geo.diff import ADDED, EVENTS, GROWN, MERGED, MOVED, REMOVED, SHRUNK, SPLIT
from udsat_geo.wording import TABLE

ROLE_TEXTS: dict[str, dict[str, str]] = {
    "da": {
        "outside": "uden for områderne",
        "core": "kerne",
        "edge": "kant",
        "bridge": "bro",
        "fill": "udfyldt hul",
        "incumbent": "bliver fra før",
        "kept": "bliver til slutåret",
        "included": "medtaget ved beslutning",
    },
    "en": {
        "outside": "outside the areas",
        "core": "core",
        "edge": "edge",
        "bridge": "bridge",
        "fill": "filled hole",
        "incumbent": "stays from before",
        "kept": "stays until the end year",
        "included": "included by decision",
    },
}
_MOVED: dict[str, str] = {"da": "skiftet område", "en": "moved to another area"}
EVENT_TEXTS: dict[str, dict[str, str]] = {
    language: {event: TABLE[language][event] for event in EVENTS} | {MOVED: moved} for language, moved in _MOVED.items()
}
DEMAND_TEXTS: dict[str, dict[str, str]] = {
    "da": {
        "residents": "beboere",
        "composite": "samlet score",
        "criteria": "antal kriterier",
        "required": "et krævet kriterium",
    },
    "en": {
        "residents": "residents",
        "composite": "composite",
        "criteria": "number of criteria",
        "required": "a required criterion",
    },
}
ACTION_TEXTS: dict[str, dict[str, str]] = {
    "da": {"include": "medtag", "exclude": "udelad"},
    "en": {"include": "include", "exclude": "exclude"},
}
JOINED: dict[str, str] = {"da": " og ", "en": " and "}


def role_texts(language: str) -> dict[str, str]:
    """The roles of units and what they are called."""
    return {role: ROLE_TEXTS[language][role] for role in ROLES}


def area_event_texts(language: str) -> dict[str, str]:
    """What becomes of areas, in all that can be joined by a plus, and what it is called."""
    several = (SPLIT, MERGED, GROWN, SHRUNK)
    joined = [events for size in range(2, len(several) + 1) for events in combinations(several, size)]
    sets = [*((event,) for event in EVENTS), *joined]
    words = EVENT_TEXTS[language]
    return {"+".join(events): JOINED[language].join(words[event] for event in events) for events in sets}


def unit_event_texts(language: str) -> dict[str, str]:
    """What becomes of units, and what it is called."""
    return {event: EVENT_TEXTS[language][event] for event in (ADDED, REMOVED, MOVED)}


def texts_of(layer: str, column: str, language: str) -> dict[str, str]:
    """What the values of a column are called; none where it holds no keys.

    Parameters
    ----------
    layer, column : str
    language : {"da", "en"}
    """
    if column == "role":
        return role_texts(language)
    if column == "event":
        return unit_event_texts(language) if layer == "changed_units" else area_event_texts(language)
    if column == "demand":
        return DEMAND_TEXTS[language]
    return ACTION_TEXTS[language] if column == "action" else {}
