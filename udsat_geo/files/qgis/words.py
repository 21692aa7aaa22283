"""Words of styles, project and print layout, in Danish and English."""

from __future__ import annotations

CLASSES: dict[str, dict[str, str]] = {
    "da": {
        "below": "under {}",
        "from": "{} og derover",
        "between": "{} til {}",
        "range": "{}–{}",
        "edge": "fra kantgrænsen",
        "core": "fra kernegrænsen",
    },
    "en": {
        "below": "below {}",
        "from": "{} and above",
        "between": "{} to {}",
        "range": "{}–{}",
        "edge": "from the edge threshold",
        "core": "from the core threshold",
    },
}
STYLES: dict[str, dict[str, tuple[str, str]]] = {
    "da": {
        "composite": ("score", "Efter samlet score"),
        "criteria_exceeded": ("kriterier", "Efter antal overskredne kriterier"),
        "outline": ("omrids", "Kun omrids, så enhederne ses"),
        "role": ("rolle", "Efter enhedens rolle i et område"),
        "ground": ("baggrund", "Lys baggrund under andre lag"),
        "event": ("hændelse", "Efter hvad der er sket"),
        "fields": ("felter", "Overskrifter og formater i tabellen"),
        "near_miss": ("næsten udpeget", "Skraveret, så det under ses"),
    },
    "en": {
        "composite": ("composite", "By composite"),
        "criteria_exceeded": ("criteria", "By the number of criteria exceeded"),
        "outline": ("outline", "Outlines alone, so that the units show"),
        "role": ("role", "By the unit's role in an area"),
        "ground": ("background", "Pale ground under other layers"),
        "event": ("event", "By what happened"),
        "fields": ("fields", "Headings and formats in the table"),
        "near_miss": ("near miss", "Hatched, so that what lies under it shows"),
    },
}
"""The name and the description of each style."""
FRACTION: dict[str, str] = {"da": "{} (andel 0–1)", "en": "{} (fraction 0–1)"}
"""Titles of columns that hold fractions, and of those that have a unit."""
WITH_UNIT = "{} ({})"

PROJECT: dict[str, dict[str, str]] = {
    "da": {
        "name": "Kort over udpegning {year}",
        "comparison": "Sammenligning",
        "sheet": "Kort og status",
        "group_now": "Udpegning {year}",
        "group_before": "Ændringer siden {year}",
        "group_no_before": "Ændringer",
        "group_tables": "Tabeller",
        "theme_now": "Udpegning",
        "theme_roles": "Roller",
        "theme_changes": "Ændringer",
        "theme_areas": "Områder efter score",
        "legend": "Signaturforklaring",
        "score": "Samlet score",
        "criteria": "Kriterier overskredet",
        "areas": "Udpegede områder",
        "status": "Områderne under ét mod resten af byen (positiv forskel er dårligere)",
        "more": "Områderne på kortet ({shown} af {of}, flest beboere først)",
        "all": "Områderne på kortet",
        "policy": "Politik: {id}. {areas} med {residents} beboere{share}.",
        "one_area": "1 område",
        "some_areas": "{n} områder",
        "share": ", {share} % af byens",
        "source": "Kilde: {source}. Politik {id}, SHA-256 {sha256}. udsat_geo {version}.",
        "grid": "Kort i {crs} med nettets nord opad.",
        "changes_sheet": "Kort og ændringer",
        "changes_title": "Ændringer fra {since} til {year}",
        "changes_told": "Områder: {events}. Beboere: {added} kommet til, {removed} gået ud.",
        "changed": "Områder, der ikke er som før ({of}; {kept} er fortsat)",
        "changed_more": "Områder, der ikke er som før ({shown} af {of}; {kept} er fortsat)",
        "synthetic": "SYNTETISKE DATA: ingen af beboerne findes",
    },
    "en": {
        "name": "Map of the designation of {year}",
        "comparison": "Comparison",
        "sheet": "Map and status",
        "group_now": "Designation of {year}",
        "group_before": "Changes since {year}",
        "group_no_before": "Changes",
        "group_tables": "Tables",
        "theme_now": "Designation",
        "theme_roles": "Roles",
        "theme_changes": "Changes",
        "theme_areas": "Areas by composite",
        "legend": "Legend",
        "score": "Composite",
        "criteria": "Criteria exceeded",
        "areas": "Designated areas",
        "status": "The areas against the rest of the city (a positive gap is worse)",
        "more": "The areas on the map ({shown} of {of}, most residents first)",
        "all": "The areas on the map",
        "policy": "Policy: {id}. {areas} with {residents} residents{share}.",
        "one_area": "1 area",
        "some_areas": "{n} areas",
        "share": ", {share} % of the city's",
        "source": "Source: {source}. Policy {id}, SHA-256 {sha256}. udsat_geo {version}.",
        "grid": "Map in {crs}, grid north up.",
        "changes_sheet": "Map and changes",
        "changes_title": "Changes from {since} to {year}",
        "changes_told": "Areas: {events}. Residents: {added} come in, {removed} gone out.",
        "changed": "Areas that are not as they were ({of}; {kept} are kept)",
        "changed_more": "Areas that are not as they were ({shown} of {of}; {kept} are kept)",
        "synthetic": "SYNTHETIC DATA: none of the residents exists",
    },
}
SOURCES: dict[str, dict[str, str]] = {
    "da": {"registers": "registre", "synthetic": "det syntetiske København", "unit_table": "en tabel over enheder"},
    "en": {"registers": "registers", "synthetic": "the synthetic Copenhagen", "unit_table": "a table of units"},
}
COLUMNS: dict[str, dict[str, str]] = {
    "da": {"number": "Nr.", "name": "Navn", "residents": "Beboere", "composite": "Score", "since": "Siden",
           "criterion": "Kriterium", "areas": "Områderne", "rest_of_city": "Resten af byen", "gap": "Forskel",
           "points": " pct.point", "criteria_exceeded": "Kriterier", "area_id": "Id", "event": "Hændelse",
           "residents_added": "Tilføjet", "residents_removed": "Udgået", "residents_kept": "Fortsat"},
    "en": {"number": "No.", "name": "Name", "residents": "Residents", "composite": "Composite", "since": "Since",
           "criterion": "Criterion", "areas": "The areas", "rest_of_city": "Rest of the city", "gap": "Gap",
           "points": " points", "criteria_exceeded": "Criteria", "area_id": "Id", "event": "Event",
           "residents_added": "Added", "residents_removed": "Removed", "residents_kept": "Kept"},
}  # fmt: skip
"""Headings of the tables on the sheet."""
