"""What several rooms say alike: numbers, and what is counted of rows that do not count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from udsat_geo.messages.translate import N_, _, in_language, program_language


def decimal(value: float, digits: int, language: str | None = None) -> str:
    """A number with the decimal sign and grouping of a language, else of the program's; nothing for a missing one."""
    if value != value:
        return ""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if (language or program_language()) == "da" else text


_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What a terminal obeys, control characters and those that turn the direction of what follows, and what no page can
hold: halves of a pair, and no characters."""


def in_one_line(text: str) -> str:
    """A text without what a terminal would obey; line breaks and tabs become spaces."""
    return _OBEYED.sub("", " ".join(text.split()))


def printable(text: str) -> str:
    """A text in which what a terminal would obey stands as ``\\x1b``, but for tabs and ends of lines."""
    return _OBEYED.sub(lambda sign: f"\\x{ord(sign[0]):02x}" if ord(sign[0]) < 256 else f"\\u{ord(sign[0]):04x}", text)


SOURCE_TEXTS = {
    "registers": N_("registers"),
    "unit_table": N_("a table of units"),
    "synthetic": N_("the synthetic Copenhagen, whose residents do not exist"),
}
"""What people or units come from, by its key in the summary."""


def source_text(source: str, language: str | None = None) -> str:
    """What people or units come from, in words."""
    return _(SOURCE_TEXTS.get(source, source), language)


def published(publisher: Mapping[str, Any], language: str | None = None) -> str:
    """Who publishes a designation, how they are reached, since when, and what may be done with it; in a line."""
    who = ", ".join(publisher[name] for name in ("name", "contact", "date") if publisher.get(name))
    told = _("Published by {publisher}.", language).format(publisher=who)
    return f"{told} {publisher['licence']}" if publisher.get("licence") else told


COUNTED = {
    "residents_unplaced": N_("Residents not placed in all (counted in no unit)"),
    "residents_without_dwelling": N_("Residents without a known dwelling"),
    "residents_with_impossible_age": N_("Residents with an impossible age (read as unknown)"),
    "addresses_without_position": N_("Addresses without a position"),
    "addresses_outside_all_units": N_("Addresses outside all units"),
    "dwellings_without_address": N_("Dwellings without an address"),
    "residents_of_dwellings_without_address": N_("Residents of dwellings without an address"),
    "residents_of_addresses_without_position": N_("Residents of addresses without a position"),
    "residents_outside_all_units": N_("Residents of addresses outside all units"),
    "addresses_in_several_units": N_("Addresses in several overlapping units (counted in the first by id)"),
    "units_without_residents_known": N_("Units without a known number of residents"),
    "answers_placed": N_("Answers of the survey that have a place"),
    "answers_without_weight": N_("Answers without a weight"),
    "answers_of_unknown": N_("Answers of whom the registers do not know"),
    "answers_unplaced": N_("Answers of known people without a place"),
}
"""What is counted and left out, by its key in the summary."""


def counted_words(labels: Mapping[str, str], language: str) -> dict[str, str]:
    """What is counted of rows that do not count, by its key; `labels` are those of the criteria, by key."""
    without = {
        f"units_without_{key}": _("Units without a value of their own for {label}", language).format(label=label)
        for key, label in labels.items()
    }
    return {**in_language(COUNTED, language), **without}
