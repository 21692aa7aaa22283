"""What a check is: a printed figure or a statement of the text, and the formula it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from udsat_geo.reproduction.expressions import Condition, Expression


class Words(NamedTuple):
    """One text in both languages."""

    da: str
    en: str

    def in_language(self, language: str) -> str:
        """The text of a language."""
        return self.da if language == "da" else self.en


TABLES, REPEATED, SHARES, TOTALS, TEXT, COUNTS, DIRECTIONS, YEARS = (
    "tables", "repeated", "shares", "totals", "text", "counts", "directions", "years",
)  # fmt: skip
KINDS = (TABLES, REPEATED, SHARES, TOTALS, TEXT, COUNTS, DIRECTIONS, YEARS)
"""Kinds of checks: figures of tables against figures of tables; one figure printed twice; shares and rates against what
they are of; parts against their total; figures of the text against tables; counts in the text; directions in the text
(rose, fell, unchanged, more, less); years against years."""


@dataclass(frozen=True)
class Alternative:
    """A reading under which a disagreement goes away; told only when the figures fit it.

    Attributes
    ----------
    words : Words
        ``{value}`` in it is what the reading gives.
    of : Expression or Condition
        What the printed figure would then be, or what would then have to hold.
    shows : Expression or None
        What ``{value}`` stands for, where it is not what the reading gives.
    provided : Condition or None
        What must hold of the printed figures besides, so that the reading does not fit by chance.
    """

    words: Words
    of: Expression | Condition
    shows: Expression | None = None
    provided: Condition | None = None


@dataclass(frozen=True)
class Check:
    """A derived figure or statement of the report, and what it derives from.

    Attributes
    ----------
    id : str
        Stable; begins with the path of the figure where the check is about one.
    place, cell : Words
        Table or passage, and what of it.
    kind : str
        One of `KINDS`.
    printed : Expression or Condition
        A printed figure, or the number that the print implies (shares add up to 100); or the condition that the text
        states.
    recomputed : Expression
        The formula over printed figures.
    alternatives : tuple of Alternative
    """

    id: str
    place: Words
    cell: Words
    kind: str
    printed: Expression | Condition
    recomputed: Expression
    alternatives: tuple[Alternative, ...] = ()


def states(
    name: str,
    place: Words,
    cell: Words,
    formula: Expression,
    relation: str,
    alternatives: tuple[Alternative, ...] = (),
) -> Check:
    """The check of a statement of direction: that a formula is above, below or equal to 0."""
    return Check(name, place, cell, DIRECTIONS, Condition(formula, relation), formula, alternatives)
