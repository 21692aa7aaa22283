"""Counts of people that may be told of a place: in tens, and not at all where they are few."""

from __future__ import annotations

from collections.abc import Iterable

from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal

FEWEST = 20
"""Of fewer people no number is told. Own choice."""
TENS = 10


def in_tens(residents: int) -> int:
    """A count in tens; -1 for one that is not 0 and below `FEWEST`."""
    if 0 < residents < FEWEST:
        return -1
    return TENS * ((residents + TENS // 2) // TENS)


def tens_in_words(residents: int, language: str) -> str:
    """A count in tens, as text."""
    told = in_tens(residents)
    if told < 0:
        return _("fewer than {n}", language).format(n=FEWEST)
    return decimal(told, 0, language)


def people_in_words(counts: Iterable[int], language: str) -> list[str]:
    """Counts as text, exact, or all of them in tens where one is of few: the others would give it away."""
    counts = list(counts)
    if any(in_tens(count) < 0 for count in counts):
        return [tens_in_words(count, language) for count in counts]
    return [decimal(count, 0, language) for count in counts]
