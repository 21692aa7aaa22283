"""Words of results, in Danish and English."""

from __future__ import annotations

from collections.abc import Mapping

from udsat_geo.messages.translate import N_, _, in_language, program_language

REASONS = (
    N_("core: composite at or above the core threshold"),
    N_("edge: composite at or above the edge threshold, connected to a core or to a unit that stays"),
    N_("no rate can be computed"),
    N_("composite below the edge threshold"),
    N_("too few criteria exceeded"),
    N_("above the edge threshold, but no core in its group"),
    N_("meets the thresholds, but its group has too few residents"),
    N_("a required criterion is not exceeded"),
    N_("meets the demands this year, but not in all earlier years asked for"),
    N_("bridge: without residents or rates, between two parts of the area"),
    N_("filled hole: enclosed by the area"),
    N_("stays: was designated and is above the threshold for leaving"),
    N_("stays until the end year: the area no longer qualifies"),
    N_("included by decision"),
    N_("excluded by decision"),
)
"""By language, in the order of the reasons of `udsat_geo.areas`."""


STEPS = {
    "reading": N_("reading and placing"),
    "scoring": N_("scoring"),
    "forming": N_("forming areas"),
    "comparing": N_("comparing"),
    "writing": N_("writing"),
}
"""What a run is doing, for its progress."""


TABLE = {
    "area": N_("Area"),
    "name": N_("Name"),
    "areas": N_("Areas"),
    "residents": N_("Residents"),
    "share": N_("Share of city"),
    "units": N_("Units"),
    "points": N_(" points"),
    "hectares": N_("ha"),
    "composite": N_("Composite"),
    "criterion": N_("Criterion"),
    "in_areas": N_("In the areas"),
    "rest": N_("Rest of the city"),
    "gap": N_("Gap"),
    "city": N_("Whole city"),
    "since": N_("Since"),
    "event": N_("Change"),
    "added": N_("added"),
    "kept": N_("kept"),
    "removed": N_("removed"),
    "split": N_("split"),
    "merged": N_("merged"),
    "grown": N_("grown"),
    "shrunk": N_("shrunk"),
    "files": N_("Files"),
}
"""Headings of the printed tables."""


def events_in_words(events: str | None, language: str) -> str:
    """What befell an area, as in ``kept+grown``, in words; nothing where nothing is known."""
    return ", ".join(_(TABLE[event], language) for event in events.split("+")) if events else ""


def decimal(value: float, digits: int, language: str | None = None) -> str:
    """A number with the decimal sign and grouping of a language, else of the program's; nothing for a missing one."""
    if value != value:
        return ""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if (language or program_language()) == "da" else text


DECIDED = {
    "include": N_("included by decision: {reason} ({by}, {date})"),
    "exclude": N_("excluded by decision: {reason} ({by}, {date})"),
}

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
}
"""What is counted and left out, by its key in the summary."""


def counted_words(labels: Mapping[str, str], language: str) -> dict[str, str]:
    """What is counted of rows that do not count, by its key; `labels` are those of the criteria, by key."""
    without = {
        f"units_without_{key}": _("Units without a value of their own for {label}", language).format(label=label)
        for key, label in labels.items()
    }
    return {**in_language(COUNTED, language), **without}
