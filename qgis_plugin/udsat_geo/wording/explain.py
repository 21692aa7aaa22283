"""Words of the algorithm explain, and of the map tool that asks it."""

from __future__ import annotations

from typing import Any

EXPLAIN: dict[str, dict[str, Any]] = {
    "da": {
        "title": "Forklar et område eller en enhed",
        "tags": "forklaring,begrundelse,hvorfor,udpegning,udsatte byområder,explain",
        "about": (
            "Siger, hvorfor et område eller en enhed er med eller ikke: de kriterier, der er overskredet, "
            "efterslæbet på hvert af dem, reglen og grænserne, og for et område, der er udgået, hvad det faldt på.",
            "Knappen »Forklar et sted« på værktøjslinjen spørger om det samme ved et klik på kortet.",
        ),
        "parameters": {
            "FILE": (
                "Udpegning",
                "En designation_ÅR.gpkg med sin JSON-fil ved siden af: et vilkårligt lag i den.",
            ),
            "WANTED": (
                "Område eller enhed",
                "Et områdes id, dets navn eller en del af det, eller en enheds id.",
            ),
        },
        "outputs": {"TEXT": "Forklaring", "HTML": "Forklaring"},
    },
    "en": {
        "title": "Explain an area or a unit",
        "tags": "explanation,reason,why,designation,disadvantaged areas",
        "about": (
            "Says why an area or a unit is in or out: the criteria exceeded, the gap on each, the rule and its "
            "thresholds, and of an area that is gone, what it failed.",
            "The button “Explain a place” of the toolbar asks the same by a click on the map.",
        ),
        "parameters": {
            "FILE": ("Designation", "A designation_YEAR.gpkg with its JSON beside it: any layer of it."),
            "WANTED": ("Area or unit", "The id of an area, its name or a part of it, or the id of a unit."),
        },
        "outputs": {"TEXT": "Explanation", "HTML": "Explanation"},
    },
}
