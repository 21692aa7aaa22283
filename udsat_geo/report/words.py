"""Words of the figures, in Danish and English."""

from __future__ import annotations

SOURCES: dict[str, dict[str, str]] = {
    "da": {
        "registers": "registre",
        "synthetic": "det syntetiske København, hvis beboere ikke findes",
        "unit_table": "en tabel over enheder",
        "published": "Københavns Kommune, Status på Politik for Udsatte Byområder, 2021",
    },
    "en": {
        "registers": "registers",
        "synthetic": "the synthetic Copenhagen, whose residents do not exist",
        "unit_table": "a table of units",
        "published": "City of Copenhagen, Status på Politik for Udsatte Byområder, 2021",
    },
}

ORIGIN: dict[str, dict[str, str]] = {
    "da": {
        "source": "Kilde: {source}.",
        "policy": " Politik: {policy}.",
        "areas": " Områder: {file}.",
        "data": "Data for {year}: {years}.",
        "same": "Data fra {years}.",
        "and": "og",
    },
    "en": {
        "source": "Source: {source}.",
        "policy": " Policy: {policy}.",
        "areas": " Areas: {file}.",
        "data": "Data of {year}: {years}.",
        "same": "Data from {years}.",
        "and": "and",
    },
}

MAP: dict[str, dict[str, str]] = {
    "da": {
        "grid": "Kort i {crs} med nettets nord opad; i denne størrelse er 1 cm {metres} m.",
        "built": "enheder med boliger",
        "land": "anden jord i bydelene",
        "barriers": "barriere",
        "crossings": "overgang",
    },
    "en": {
        "grid": "Map in {crs}, grid north up; at this size 1 cm is {metres} m.",
        "built": "units with dwellings",
        "land": "other land of the districts",
        "barriers": "barrier",
        "crossings": "crossing",
    },
}

AREAS: dict[str, dict[str, str]] = {
    "da": {
        "title": "De udsatte byområder {first}–{last}",
        "title_year": "De udsatte byområder {first}",
        "head": "{count} områder",
        "head_one": "1 område",
        "residents": "beboere",
        "share": "I alt {residents} beboere, {share} % af byens.",
        "key": "udsat byområde, udpeget {year}",
        "alt": "Kort over {count} udsatte byområder, udpeget {year}, med i alt {residents} beboere: {names}.",
    },
    "en": {
        "title": "Disadvantaged urban areas {first}–{last}",
        "title_year": "Disadvantaged urban areas {first}",
        "head": "{count} areas",
        "head_one": "1 area",
        "residents": "residents",
        "share": "{residents} residents in all, {share} % of the city's.",
        "key": "disadvantaged urban area, designated {year}",
        "alt": "Map of {count} disadvantaged urban areas, designated {year}, with {residents} residents: {names}.",
    },
}

CHANGES: dict[str, dict[str, str]] = {
    "da": {
        "title": "Nyudpegede udsatte byområder {year}–{until}",
        "head_added": "Kommet til",
        "head_removed": "Udgået",
        "residents": "beboere",
        "part_added": "{name}, udvidelse",
        "part_removed": "{name}, en del",
        "rest": "Desuden {residents} beboere i mindre stykker.",
        "key_kept": "udpeget både {before} og {year}",
        "key_added": "kommet til i {year}",
        "key_removed": "udgået siden {before}",
        "note": "Numre og bogstaver løber fra vest mod øst, over hele områder og stykker med mindst {least} beboere. "
        "Beboertal er fra {year}.",
        "alt": "Kort over udsatte byområder udpeget i {before} og {year}. Kommet til: {added}. Udgået: {removed}.",
    },
    "en": {
        "title": "Disadvantaged urban areas drawn anew, {year}–{until}",
        "head_added": "Added",
        "head_removed": "Removed",
        "residents": "residents",
        "part_added": "{name}, extension",
        "part_removed": "{name}, a part",
        "rest": "And {residents} residents in smaller pieces.",
        "key_kept": "designated in {before} and in {year}",
        "key_added": "added in {year}",
        "key_removed": "removed since {before}",
        "note": "Numbers and letters run from west to east, over whole areas and pieces with at least {least} "
        "residents. Residents are those of {year}.",
        "alt": "Map of disadvantaged areas designated in {before} and {year}. Added: {added}. Removed: {removed}.",
    },
}

STATUS: dict[str, dict[str, str]] = {
    "da": {
        "title": "Status {year} på udpegningskriterier",
        "title_updated": "Status {year} på udpegningskriterier for de nyudpegede udsatte byområder {year}–{until}",
        "areas": "udsatte byområder, udpeget {designated}",
        "rest": "resten af byen",
        "gap": "Efterslæb",
        "points": "{value} pct.point",
        "other": "{value} {unit}",
        "share": "{value} %",
        "missing": "ingen data",
        "of_residents": "andel i procent",
        "note": "Efterslæbet er forskellen mellem de udsatte byområder og resten af byen; positivt er mere udsat. "
        "Figuren viser et øjebliksbillede.",
        "unrounded": " Efterslæbet er regnet ud før afrunding.",
        "alt": "Søjler for udsatte byområder og resten af byen i {year}. {told}.",
        "alt_one": "{label}: {areas} mod {rest}, efterslæb {gap}",
    },
    "en": {
        "title": "Status {year} on the criteria of designation",
        "title_updated": "Status {year} on the criteria of designation for the areas drawn anew, {year}–{until}",
        "areas": "disadvantaged urban areas, designated {designated}",
        "rest": "rest of the city",
        "gap": "Gap",
        "points": "{value} points",
        "other": "{value} {unit}",
        "share": "{value} %",
        "missing": "no data",
        "of_residents": "share in per cent",
        "note": "The gap is the difference between the disadvantaged areas and the rest of the city; positive is "
        "worse. The figure shows one moment.",
        "unrounded": " Gaps are taken before rounding.",
        "alt": "Bars for the disadvantaged urban areas and the rest of the city in {year}. {told}.",
        "alt_one": "{label}: {areas} against {rest}, gap {gap}",
    },
}

GAPS: dict[str, dict[str, str]] = {
    "da": {
        "title": "Udviklingen i efterslæbet {first}–{last} mod milepælen {by}",
        "points": "pct.point",
        "measured": "efterslæb, målt",
        "printed": "efterslæb efter rapportens Tabel 1",
        "beside": "efterslæb, {beside}",
        "path": "lige linje fra {since} til milepælen",
        "milestone": "milepæl {by}: {share} % af efterslæbet i {since}",
        "break": "databrud",
        "reached": "nået",
        "on_the_way": "på vej: på eller under linjen",
        "behind": "bagud: over linjen",
        "missed": "ikke nået",
        "unknown": "ingen data",
        "no_gap": "intet efterslæb i {since}",
        "summary": "{there} af {of} kriterier er på vej eller har nået milepælen; den kræver {needed}.",
        "note": "Områderne er dem, der blev udpeget i {designated}, i alle år. Den lige linje er vores egen målestok.",
        "alt": "Efterslæbet for hvert kriterium fra {first} til {last}, med lige linje til milepælen {by}. {told}.",
        "alt_one": "{label}: fra {start} til {end}, milepæl {target}, {state}",
    },
    "en": {
        "title": "The gaps {first}–{last} on their way to the milestone of {by}",
        "points": "points",
        "measured": "gap, measured",
        "printed": "gap by the report's Tabel 1",
        "beside": "gap, {beside}",
        "path": "straight line from {since} to the milestone",
        "milestone": "milestone {by}: {share} % of the gap of {since}",
        "break": "break in data",
        "reached": "reached",
        "on_the_way": "on the way: on or below the line",
        "behind": "behind: above the line",
        "missed": "missed",
        "unknown": "no data",
        "no_gap": "no gap in {since}",
        "summary": "{there} of {of} criteria are on the way or have reached the milestone; it takes {needed}.",
        "note": "The areas are those designated in {designated}, in every year. The line is our own yardstick.",
        "alt": "The gap of each criterion from {first} to {last}, with a line to the milestone of {by}. {told}.",
        "alt_one": "{label}: from {start} to {end}, milestone {target}, {state}",
    },
}
"""States are those of `udsat_geo.monitoring.status`."""

FLOWS: dict[str, dict[str, str]] = {
    "da": {
        "title": "De udsatte byområder {first}–{last}: hvad der blev af dem",
        "total": "{residents} beboere",
        "key_kept": "udsat byområde",
        "key_came": "kommet til",
        "key_left": "udgået",
        "key_band": "beboere fælles for to udpegninger",
        "note": "Søjlerne er så høje, som områderne har beboere i året; båndene deler dem efter beboerne ved den næste "
        "udpegning.",
        "alt": "Flowdiagram over de udsatte byområder {first}–{last}. {told}.",
        "alt_areas": "{year}: {count} områder",
        "alt_began": "nye: {names}",
        "alt_ended": "udgår: {names}",
    },
    "en": {
        "title": "The disadvantaged urban areas {first}–{last}: what became of them",
        "total": "{residents} residents",
        "key_kept": "disadvantaged urban area",
        "key_came": "added",
        "key_left": "removed",
        "key_band": "residents that two designations share",
        "note": "Bars are as high as the areas have residents that year; bands share them out by the residents of the "
        "next designation.",
        "alt": "Flow chart of the disadvantaged urban areas {first}–{last}. {told}.",
        "alt_areas": "{year}: {count} areas",
        "alt_began": "new: {names}",
        "alt_ended": "removed: {names}",
    },
}

PRINTED: dict[str, str] = {"da": "trykt i rapporten", "en": "printed in the report"}

NOTES: dict[str, dict[str, str]] = {
    "da": {"no_gaps": "Ingen figur over efterslæbet: politikken har ingen milepæl, eller der er kun ét år at måle i."},
    "en": {"no_gaps": "No figure of the gaps: the policy has no milestone, or there is only one year to measure in."},
}

COMMAND: dict[str, dict[str, str]] = {
    "da": {"drawing": "tegner", "figures": "Figurer"},
    "en": {"drawing": "drawing", "figures": "Figures"},
}
