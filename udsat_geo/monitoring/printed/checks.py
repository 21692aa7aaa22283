"""What is checked of a printed report: each derived figure or statement, and the formula it is held against.

The checks are data beside this file, ``checks_2021.toml``, which says how they are written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import product
from typing import Any

from udsat_geo.messages.translate import N_
from udsat_geo.monitoring.printed.figures import Report
from udsat_geo.monitoring.printed.formulas import Formula, read_formula

Words = Mapping[str, str]
"""A text of the report's checks by language, ``da`` and ``en``."""

TABLES, REPEATED, SHARES, TOTALS, TEXT, COUNTS, BASES, DIRECTIONS, YEARS = (
    "tables", "repeated", "shares", "totals", "text", "counts", "bases", "directions", "years",
)  # fmt: skip
KINDS = {
    TABLES: N_("table against table"),
    REPEATED: N_("one figure printed twice"),
    SHARES: N_("shares against counts"),
    TOTALS: N_("parts against total"),
    TEXT: N_("figures of the text against tables"),
    COUNTS: N_("counts in the text"),
    BASES: N_("per cent of what, against what"),
    DIRECTIONS: N_("directions in the text"),
    YEARS: N_("years"),
}
"""Kinds of checks; bases are units, baselines and what something is measured against, directions what the text
says rose, fell or stayed, or is more or less than something else."""

FILE = "checks_2021.toml"


@dataclass(frozen=True)
class Alternative:
    """A reading under which a disagreement goes away; told only when the figures fit it.

    Attributes
    ----------
    says : mapping of str
        ``{value}`` in it is what the reading gives.
    of : Formula
        What the printed figure would then be, or a condition that would then have to hold.
    shows : Formula or None
        What ``{value}`` stands for, where it is not what the reading gives.
    provided : Formula or None
        A condition on the printed figures besides, so that the reading does not fit by chance.
    """

    says: Words
    of: Formula
    shows: Formula | None = None
    provided: Formula | None = None


@dataclass(frozen=True)
class Check:
    """A derived figure or statement of the report, and what it derives from.

    Attributes
    ----------
    id : str
        Stable; begins with the path of the figure where the check is about one.
    place, cell : mapping of str
        Table or passage, and what of it.
    kind : str
        One of `KINDS`.
    printed : Formula
        A printed figure, or the number that the print implies (shares add up to 100); or the condition that the text
        states.
    recomputed : Formula
        The formula over printed figures.
    alternatives : tuple of Alternative
    """

    id: str
    place: Words
    cell: Words
    kind: str
    printed: Formula
    recomputed: Formula
    alternatives: tuple[Alternative, ...] = ()


def declared_checks(report: Report) -> tuple[Check, ...]:
    """Every check of the report of 2021.

    Parameters
    ----------
    report : Report
        Some checks depend on it: only a goal with progress is to have moved the right way.
    """
    declared = _declared()
    return tuple(
        check
        for part in declared.content["part"]
        for names in declared.repeated(part, {})
        for entry in part["check"]
        for check in declared.checks(
            {key: part[key] for key in ("where", "kind") if key in part} | entry, names, report
        )
    )


def words_of(key: str, language: str) -> str:
    """What the checks call a criterion, an indicator, a place, ...; a key without words is told as it is."""
    return str(_declared().words.get(key, {}).get(language, key))


def passage(name: str) -> Words:
    """A passage or table of the report: the kind of it, and its number."""
    kind, _, number = name.partition(" ")
    return {lang: text.replace("{n}", number) for lang, text in _declared().content["passages"][kind].items()}


@lru_cache(maxsize=1)
def _declared() -> _Declared:
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return _Declared(tomllib.loads(text))


_PLACE = re.compile(r"\{(\w+)((?:\.\w+)*)\}")
"""Where a key or a text is put into another."""

Names = Mapping[str, str]
"""Variable -> the key it stands for."""


class _Declared:
    """The parsed file of checks; see there."""

    def __init__(self, content: dict[str, Any]):
        self.content = content
        self.words, self.lists = content["words"], content["lists"]

    def checks(self, entry: Mapping[str, Any], given: Names, report: Report) -> Iterator[Check]:
        """A check for each of what an entry is repeated for."""
        for names in self.repeated(entry, given):
            if "when" in entry:
                condition = self.formula(entry["when"], names)
                if not condition.holds(condition.value(report, rounded=False))[0]:
                    continue
            formula = self.formula(entry["formula"], names)
            key = self.key(entry["key"], names)
            printed = self.formula(entry.get("printed", key), names)
            yield Check(
                id=key,
                place=passage(self.key(entry["where"], names)),
                cell=self.text(entry["says"], names),
                kind=DIRECTIONS if formula.sign else entry["kind"],
                printed=formula if formula.sign else printed,
                recomputed=formula.compared,
                alternatives=tuple(self.alternatives(entry.get("readings", ()), names)),
            )

    def alternatives(self, entries: Iterable[Mapping[str, Any]], given: Names) -> Iterator[Alternative]:
        """The readings of a check."""
        for entry in entries:
            for names in self.repeated(entry, given):
                if "of" in entry and entry["of"] not in names.values():
                    continue
                shows, provided = (
                    self.formula(entry[name], names) if name in entry else None for name in ("shows", "provided")
                )
                says = self.text(self.content["readings"][entry["says"]], names)
                yield Alternative(says, self.formula(entry["formula"], names), shows, provided)

    def repeated(self, entry: Mapping[str, Any], given: Names) -> Iterator[Names]:
        """The names of each repetition of an entry, beside those given."""
        loops = entry.get("for_each", {})
        if isinstance(loops, list):
            yield from ({**given, **row} for row in loops)
            return
        for keys in product(*(self.keys(of, given) for of in loops.values())):
            yield {**given, **dict(zip(loops, keys, strict=True))}

    def keys(self, of: str | list[str], given: Names) -> list[str]:
        """What to repeat for: keys as they stand, or ``NAME`` of a list, or ``NAME but KEY``."""
        if isinstance(of, list):
            return of
        name, _, left_out = self.key(of, given).partition(" but ")
        return [key for key in self.lists[name] if key != left_out]

    def formula(self, text: str, names: Names) -> Formula:
        """A formula with keys put in."""
        return read_formula(self.key(text, names), self.lists, self.content["shorthand"])

    def key(self, text: str, names: Names) -> str:
        """A text with keys and definitions put in."""

        def put(found: re.Match[str]) -> str:
            if found[1] in names:
                return self._attribute(found, names)
            return f"({self.key(self.content['define'][found[1]], names)})"

        return _PLACE.sub(put, text)

    def text(self, words: Words, names: Names) -> Words:
        """Words in both languages with the words of keys put in; ``{value}`` stays."""

        def put(found: re.Match[str], language: str) -> str:
            if found[1] not in names:
                return found[0]
            key = self._attribute(found, names)
            return words_of(key, language)

        return {lang: _PLACE.sub(lambda found, lang=lang: put(found, lang), text) for lang, text in words.items()}  # type: ignore[misc]

    def _attribute(self, found: re.Match[str], names: Names) -> str:
        """The key of a name, or what its words say under further names; what they lack, they share with others."""
        key = names[found[1]]
        for attribute in found[2].split(".")[1:]:
            entry = self.words[key]
            key = str(entry[attribute] if attribute in entry else self.words[entry["like"]][attribute])
        return key
