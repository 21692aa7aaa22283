"""Keys of a policy that vary, and their values, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from udsat_geo.analysis.space import EAST, LEFT_OUT, METHOD, NORTH, SIZE, WEIGHTS, Value
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy

KEYS = {
    SIZE: N_("Side of a cell, in metres"),
    EAST: N_("Cells moved so many metres east"),
    NORTH: N_("Cells moved so many metres north"),
    "context.method": N_("How a unit is read with its surroundings"),
    "context.residents": N_("Residents that a unit is read with"),
    "context.reach": N_("Metres that a unit is read with"),
    "rates.shrink": N_("What rates of few people are drawn towards"),
    "rule.core": N_("Composite from which a unit makes an area"),
    "rule.edge": N_("Composite from which a unit joins one"),
    "rule.criteria": N_("Criteria that must be exceeded"),
    "rule.own": N_("Composite of a unit's own rates"),
    "areas.neighbours": N_("What touches"),
    "areas.residents": N_("Residents that an area holds at least"),
    "areas.bridge": N_("Metres that an area may bridge"),
    "areas.holes": N_("Hectares of a hole that is filled"),
    "areas.fill_below": N_("Composite of what a hole may take in"),
    LEFT_OUT: N_("Criteria left out"),
    METHOD: N_("How gaps are put on one scale"),
}
"""What is said of a key that varies."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FEW = 6
"""So many values are told one by one, more as a range."""


def labels_of(policy: Policy, language: str) -> dict[str, str]:
    """What criteria are called, by key."""
    return {criterion.key: criterion.label_in(language) for criterion in policy.criteria}


def key_in_words(key: str, labels: dict[str, str], language: str) -> str:
    """What a key is called."""
    table, _dot, name = key.partition(".")
    if table == WEIGHTS:
        return _("Weight: {label}", language).format(label=labels[name])
    return _(KEYS[key], language)


def value_in_words(value: Value, labels: dict[str, str], language: str) -> str:
    """A value of a key."""
    if value is None or value == ():
        return _("none", language)
    if isinstance(value, tuple):
        return " + ".join(labels[key] for key in value)
    if isinstance(value, str):
        return value
    whole = isinstance(value, int) or (value == round(value) and (value == 0 or abs(value) >= 10))
    return decimal(value, 0 if whole else 2, language)


def values_in_words(values: Sequence[Value], labels: dict[str, str], language: str) -> str:
    """Values one by one where they are few, else from the first to the last."""
    return _in_a_row([value_in_words(value, labels, language) for value in values], language)


def texts_in_words(texts: Sequence[str], labels: dict[str, str], language: str) -> str:
    """The same of values as `udsat_geo.analysis.space.plain` writes them; `labels` are of what is left out."""
    shown = []
    for text in texts:
        told = " + ".join(labels.get(part, part) for part in text.split(",")) if text else _("none", language)
        if _NUMBER.fullmatch(text):
            # as the language writes numbers
            told = value_in_words(float(text) if "." in text else int(text), labels, language)
        shown.append(told)
    return _in_a_row(shown, language)


def _in_a_row(shown: list[str], language: str) -> str:
    if len(shown) <= _FEW:
        return "; ".join(shown)
    return _("{first} to {last} ({count} values)", language).format(first=shown[0], last=shown[-1], count=len(shown))
