"""Words that results carry, in Danish and English."""

from __future__ import annotations

REASONS: dict[str, tuple[str, ...]] = {
    "da": (
        "kerne: samlet score over kernegrænsen",
        "kant: samlet score over kantgrænsen, hænger sammen med en kerne",
        "ingen andel kan beregnes",
        "samlet score under kantgrænsen",
        "for få kriterier overskredet",
        "over kantgrænsen, men uden kerne i gruppen",
        "opfylder grænserne, men gruppen har for få beboere",
    ),
    "en": (
        "core: composite at or above the core threshold",
        "edge: composite at or above the edge threshold, connected to a core",
        "no rate can be computed",
        "composite below the edge threshold",
        "too few criteria exceeded",
        "above the edge threshold, but no core in its group",
        "meets the thresholds, but its group has too few residents",
    ),
}
"""By language, in the order of the reasons of `udsat_geo.areas`."""

AREA: dict[str, str] = {"da": "Område", "en": "Area"}

STEPS: dict[str, dict[str, str]] = {
    "da": {
        "reading": "læser og placerer",
        "scoring": "beregner",
        "forming": "danner områder",
        "comparing": "sammenligner",
        "writing": "skriver",
    },
    "en": {
        "reading": "reading and placing",
        "scoring": "scoring",
        "forming": "forming areas",
        "comparing": "comparing",
        "writing": "writing",
    },
}
"""What a run is doing, for its progress."""

NO_SPREAD: dict[str, str] = {
    "da": "{label}: ens overalt, så kriteriet adskiller ingen enheder; kontrollér koder og udtryk.",
    "en": "{label}: the same everywhere, so it sets no unit apart; check its codes and expressions.",
}

COMPARED_ACROSS: dict[str, str] = {
    "da": "Udpegningen fra {year}, der sammenlignes med, er lavet med en anden politik eller andre kilder ({what}).",
    "en": "The designation of {year} compared with was made by another policy or from other sources ({what}).",
}

NOTHING_TO_COMPARE: dict[str, str] = {
    "da": "Ingen udpegning og ingen registre fra {year}: intet at sammenligne med.",
    "en": "No designation and no registers of {year}: nothing to compare with.",
}

OTHER_BASIS: dict[str, str] = {
    "da": "Udpegningen fra {year} bygger på en anden politik eller slags data: sammenlignes kun med --previous {year}.",
    "en": "The designation of {year} rests on another policy or kind of input: compared only with --previous {year}.",
}

REPROJECTED: dict[str, str] = {
    "da": "{name}: omregnet fra {source} til {target}",
    "en": "{name}: reprojected from {source} to {target}",
}

FAR_CROSSINGS: dict[str, str] = {
    "da": "{name}: overgange over {reach:g} m fra enhver barriere, som intet åbner: {count}, blandt dem {examples}",
    "en": "{name}: crossings over {reach:g} m from every barrier, which open nothing: {count}, among them {examples}",
}

TABLE: dict[str, dict[str, str]] = {
    "da": {
        "area": "Område",
        "areas": "Områder",
        "residents": "Beboere",
        "share": "Andel af byen",
        "units": "Enheder",
        "of_city": "% af byen",
        "points": " pct.point",
        "hectares": "ha",
        "composite": "Score",
        "criterion": "Kriterium",
        "in_areas": "I områderne",
        "rest": "Resten af byen",
        "gap": "Forskel",
        "city": "Hele byen",
        "since": "Siden",
        "event": "Ændring",
        "added": "ny",
        "kept": "fortsat",
        "removed": "udgået",
        "files": "Filer",
    },
    "en": {
        "area": "Area",
        "areas": "Areas",
        "residents": "Residents",
        "share": "Share of city",
        "units": "Units",
        "of_city": "% of city",
        "points": " points",
        "hectares": "ha",
        "composite": "Composite",
        "criterion": "Criterion",
        "in_areas": "In the areas",
        "rest": "Rest of the city",
        "gap": "Gap",
        "city": "Whole city",
        "since": "Since",
        "event": "Change",
        "added": "added",
        "kept": "kept",
        "removed": "removed",
        "files": "Files",
    },
}
"""Headings of the printed tables."""
