"""All that the page shows, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from udsat_geo import __version__
from udsat_geo.io.describing import describe_column
from udsat_geo.report.page.area_layer import (
    LANGUAGES,
    areas_of,
    bounds_of,
    changes_of,
    criteria_of,
    earlier_areas,
    earlier_of,
    names_of,
    status_of,
)
from udsat_geo.report.page.geometry import Corner, corner_of, ground
from udsat_geo.report.page.policy_words import policy_in_words, rule_in_outline
from udsat_geo.report.page.privacy import FEWEST
from udsat_geo.report.page.provenance import provenance_of
from udsat_geo.report.page.reading import Read
from udsat_geo.report.page.unit_layer import (
    Places,
    breaks_of,
    decision_texts,
    drawn_places,
    places_of,
    unit_classes,
)
from udsat_geo.report.page.wording import METHOD, TEXTS
from udsat_geo.wording import REASONS

EXPLAINED = {
    "areas": ("residents", "units", "area_ha", "composite", "criteria_exceeded", "since"),
    "status": ("areas", "rest_of_city", "gap", "city"),
}
"""The columns whose headings say on pointing what they mean."""
MOST_CORNERS_OF_GROUND = 20_000
_GROUND_TOLERANCES_M = (0.0, 10.0, 50.0, 200.0, 1000.0)


def payload_of(
    found: Sequence[Read], with_units: bool, language: str, goals: list[dict[str, Any]] | None
) -> dict[str, Any]:
    """The data of the page; the same designations give the same.

    Parameters
    ----------
    found : sequence of Read
        By rising year.
    with_units : bool
        Whether the units come with it.
    language : {"da", "en"}
        In which the page opens.
    goals : list of dict or None
        As of `read_goals`.
    """
    places = places_of(found)
    corner = corner_of(bounds_of(found, places.geometry))
    return {
        "version": __version__,
        "language": language,
        "texts": TEXTS,
        "method": METHOD,
        "help": {lang: _help(lang) for lang in LANGUAGES},
        "reasons": {lang: _reasons(lang) for lang in LANGUAGES},
        "step": corner.step,
        "fewest": FEWEST,
        "bounds": _bounds(found, places, corner),
        "ground": places.kind,
        "land": _land(places, corner),
        "places": drawn_places(places, corner) if with_units else {"kind": "none", "size": 0},
        "tolerance": places.tolerance if with_units else 0,
        "years": _years(found, places, corner, with_units),
        "policies": _policies(found),
        "goals": goals,
    }


def _help(language: str) -> dict[str, str]:
    """What headings mean, as the data dictionary of the designation's files has it."""
    described = {name: describe_column(layer, name, language) for layer, names in EXPLAINED.items() for name in names}
    return {name: found.text for name, found in described.items() if found is not None}


def _reasons(language: str) -> dict[str, str]:
    from udsat_geo.areas import REASON_KEYS

    return dict(zip(REASON_KEYS, REASONS[language], strict=True))


def _bounds(found: Sequence[Read], places: Places, corner: Corner) -> list[int]:
    import numpy as np

    west, south, east, north = bounds_of(found, places.geometry)
    at = corner.steps(np.array([[west, south], [east, north]]))
    return [int(step) for step in at.ravel()]


def _land(places: Places, corner: Corner) -> Any:
    """The ground of all units, simplified until it is small."""
    for tolerance in _GROUND_TOLERANCES_M:
        shape = corner.shape(ground(places.geometry, tolerance))
        if sum(len(ring) // 2 for polygon in shape for ring in polygon) <= MOST_CORNERS_OF_GROUND:
            break
    return shape


def _years(found: Sequence[Read], places: Places, corner: Corner, with_units: bool) -> list[dict[str, Any]]:
    names: dict[str, str] = {}
    told: list[dict[str, Any]] = []
    # an earlier area that the files do not name is called as it is now
    known = {area: name for read in reversed(found) for area, name in names_of(read).items()}
    for read, of_unit in zip(found, places.of_unit, strict=True):
        year = _year(read, names or known, corner)
        if with_units:
            year["units"] = unit_classes(read, of_unit, len(places.geometry))
        told.append(year)
        names = names_of(read)
    earlier = earlier_of(found[0])
    if earlier is not None:
        told.insert(
            0,
            {
                "year": earlier.year,
                "later": found[0].year,
                "criteria": [],
                "areas": earlier_areas(earlier, known, corner),
                "changes": None,
            },
        )
    return told


def _year(read: Read, names_before: dict[str, str], corner: Corner) -> dict[str, Any]:
    summary = read.summary
    return {
        "year": read.year,
        "later": None,
        "lang": read.language,
        "criteria": criteria_of(read),
        "breaks": list(breaks_of(read)),
        "edge": summary["rule"]["edge"],
        "core": summary["rule"]["core"],
        "decisions": {lang: decision_texts(read, lang) for lang in LANGUAGES},
        "areas": areas_of(read, corner),
        "changes": changes_of(read, names_before, corner),
        "status": status_of(read),
        "residents": summary["residents"],
        "residents_in_areas": summary["residents_in_areas"],
        "provenance": provenance_of(read),
    }


def _policies(found: Sequence[Read]) -> list[dict[str, Any]]:
    """The policies, each once, with the years it was used for."""
    told: dict[str, dict[str, Any]] = {}
    for read in found:
        key = str(read.summary["policy"].get("sha256")) + str(read.summary["policy"]["id"])
        if key in told:
            told[key]["years"].append(read.year)
            continue
        blocks = {
            lang: rule_in_outline(read.summary, lang)
            if read.policy is None
            else policy_in_words(read.policy.policy, read.summary, lang)
            for lang in LANGUAGES
        }
        told[key] = {"id": str(read.summary["policy"]["id"]), "years": [read.year], "blocks": blocks}
    return list(told.values())
