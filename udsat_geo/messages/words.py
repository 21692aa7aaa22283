"""Words of results in notebooks, in Danish and English."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: dict[str, tuple[str, ...]] = {
    "da": (
        "kerne: samlet score over kernegrænsen",
        "kant: samlet score over kantgrænsen, hænger sammen med en kerne eller en enhed, der bliver",
        "ingen andel kan beregnes",
        "samlet score under kantgrænsen",
        "for få kriterier overskredet",
        "over kantgrænsen, men uden kerne i gruppen",
        "opfylder grænserne, men gruppen har for få beboere",
        "et krævet kriterium er ikke overskredet",
        "opfylder kravene i år, men ikke i alle de krævede tidligere år",
        "bro: uden beboere eller andele, mellem to dele af området",
        "udfyldt hul: omsluttet af området",
        "bliver: var udpeget og ligger over grænsen for at udgå",
        "bliver til slutåret: området opfylder ikke længere kravene",
        "medtaget ved beslutning",
        "udeladt ved beslutning",
    ),
    "en": (
        "core: composite at or above the core threshold",
        "edge: composite at or above the edge threshold, connected to a core or to a unit that stays",
        "no rate can be computed",
        "composite below the edge threshold",
        "too few criteria exceeded",
        "above the edge threshold, but no core in its group",
        "meets the thresholds, but its group has too few residents",
        "a required criterion is not exceeded",
        "meets the demands this year, but not in all earlier years asked for",
        "bridge: without residents or rates, between two parts of the area",
        "filled hole: enclosed by the area",
        "stays: was designated and is above the threshold for leaving",
        "stays until the end year: the area no longer qualifies",
        "included by decision",
        "excluded by decision",
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

OVERLAP: dict[str, str] = {
    "da": "{first} og {second} overlapper ({m2} m2): beboerne tælles i den første.",
    "en": "{first} and {second} overlap ({m2} m2): their residents count in the first.",
}

SLIVERS: dict[str, str] = {
    "da": "{name}: {pairs} par overlapper med en rest fra digitaliseringen, i alt {m2} m2; den første tæller.",
    "en": "{name}: {pairs} pairs overlap by a sliver of digitising, {m2} m2 in all; the first of them counts.",
}

FAR_CROSSINGS: dict[str, str] = {
    "da": "{name}: overgange over {reach:g} m fra enhver barriere, som intet åbner: {count}, blandt dem {examples}",
    "en": "{name}: crossings over {reach:g} m from every barrier, which open nothing: {count}, among them {examples}",
}

TABLE: dict[str, dict[str, str]] = {
    "da": {
        "area": "Område",
        "name": "Navn",
        "areas": "Områder",
        "residents": "Beboere",
        "share": "Andel af byen",
        "units": "Enheder",
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
        "split": "delt",
        "merged": "samlet",
        "grown": "vokset",
        "shrunk": "skrumpet",
        "files": "Filer",
    },
    "en": {
        "area": "Area",
        "name": "Name",
        "areas": "Areas",
        "residents": "Residents",
        "share": "Share of city",
        "units": "Units",
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
        "split": "split",
        "merged": "merged",
        "grown": "grown",
        "shrunk": "shrunk",
        "files": "Files",
    },
}
"""Headings of the printed tables."""

BARRIERS_CUT: dict[str, str] = {
    "da": "Barrierer skiller {n} af {of} par af naboer.",
    "en": "Barriers part {n} of {of} pairs of neighbours.",
}

PARCELS_UNUSED: dict[str, str] = {
    "da": "{name}: matrikler bruges kun til områder af adresser; her er de uden betydning",
    "en": "{name}: parcels serve areas made of addresses only; here they change nothing",
}

NO_GROUND: dict[str, str] = {
    "da": "Uden omrids, fordi andre områder med flere beboere har al deres grund: {areas}",
    "en": "Without an outline, as other areas with more residents have all their ground: {areas}",
}

NO_PLACE: dict[str, str] = {
    "da": "{name}: {n} af {of} områder har intet af stederne i nærheden",
    "en": "{name}: {n} of {of} areas have none of the places near",
}

NO_MEMORY: dict[str, str] = {
    "da": "Politikken husker tidligere områder, men der er ingen tidligere udpegning: alle enheder bedømmes som nye.",
    "en": "The policy remembers earlier areas, but there is no earlier designation: all units are judged as new.",
}


def decimal(value: float, digits: int, language: str) -> str:
    """A number with the decimal sign and grouping of a language; nothing for a missing one."""
    if value != value:
        return ""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "da" else text


AREA_REASON: dict[str, dict[str, str]] = {
    "da": {
        "core": "{n} kerneenheder",
        "edge": "{n} kantenheder",
        "bridge": "{n} bro",
        "fill": "{n} udfyldte",
        "incumbent": "{n} bliver fra før",
        "kept": "{n} beholdt",
        "included": "{n} medtaget ved beslutning",
        "residents": "{n} beboere (mindst {least})",
        "composite": "samlet score {value}",
        "until": "opfylder ikke længere kravene, bliver til {year}",
        "criteria": "{n} af {of} kriterier overskredet",
        "points": " pct.point",
    },
    "en": {
        "core": "{n} core units",
        "edge": "{n} edge units",
        "bridge": "{n} bridge",
        "fill": "{n} filled",
        "incumbent": "{n} stay from before",
        "kept": "{n} kept",
        "included": "{n} included by decision",
        "residents": "{n} residents (at least {least})",
        "composite": "composite {value}",
        "until": "no longer qualifies, stays until {year}",
        "criteria": "{n} of {of} criteria exceeded",
        "points": " points",
    },
}
"""Why an area is there; gaps are against the rest of the city, positive is worse."""

DECIDED: dict[str, dict[str, str]] = {
    "da": {
        "include": "medtaget ved beslutning: {reason} ({by}, {date})",
        "exclude": "udeladt ved beslutning: {reason} ({by}, {date})",
    },
    "en": {
        "include": "included by decision: {reason} ({by}, {date})",
        "exclude": "excluded by decision: {reason} ({by}, {date})",
    },
}

MISS: dict[str, dict[str, str]] = {
    "da": {
        "residents": "mangler {short} beboere",
        "composite": "højeste samlede score er {short} under kernegrænsen",
        "criteria": "mangler {short} overskredne kriterier",
        "required": "{label}: mangler {short} til grænsen",
    },
    "en": {
        "residents": "{short} residents short",
        "composite": "the highest composite is {short} below the core threshold",
        "criteria": "{short} criteria short",
        "required": "{label}: {short} short of the limit",
    },
}
"""The one demand that a near miss failed."""

EXPLAIN: dict[str, dict[str, str]] = {
    "da": {
        "area": "Udpeget siden {since}: {residents} beboere, {ha} ha",
        "until": "Opfylder ikke længere kravene; bliver til {year}",
        "in": "Ligger i {area} som {role}",
        "out": "Ligger uden for alle områder",
        "unit": "{residents} beboere; andele aflæst over de nærmeste {view} beboere",
        "scores": "Samlet score {composite}; kriterier overskredet: {count}",
        "why": "Hvorfor",
        "short": "mangler {short}",
        "near": "Del af en gruppe tæt på ({residents} beboere): {reason}",
        "criterion": "Kriterium",
        "rate": "Andel",
        "gap_of_area": "Forskel til resten af byen",
        "gap_of_unit": "Forskel til hele byen",
        "chart": "bedre      │      værre",
        "no_rate": "ingen andel",
        "points": " pct.point",
        "star": "* overskredet",
        "bars": "En halv søjlebredde er {n} standardafvigelser mellem enhederne.",
        "rule": "Politikken",
        "core": "kerne fra {value}",
        "edge": "kant fra {value}",
        "criteria": "mindst {n} kriterier overskredet",
        "require": "altid overskredet: {keys}",
        "residents": "mindst {n} beboere",
    },
    "en": {
        "area": "Designated since {since}: {residents} residents, {ha} ha",
        "until": "No longer qualifies; stays until {year}",
        "in": "Lies in {area} as {role}",
        "out": "Lies outside every area",
        "unit": "{residents} residents; rates are read over the nearest {view} residents",
        "scores": "Composite {composite}; criteria exceeded: {count}",
        "why": "Why",
        "short": "short by {short}",
        "near": "Part of a group that came close ({residents} residents): {reason}",
        "criterion": "Criterion",
        "rate": "Rate",
        "gap_of_area": "Gap to the rest of the city",
        "gap_of_unit": "Gap to the whole city",
        "chart": "better     │      worse",
        "no_rate": "no rate",
        "points": " points",
        "star": "* exceeded",
        "bars": "Half a bar's width is {n} standard deviations between units.",
        "rule": "The policy",
        "core": "core from {value}",
        "edge": "edge from {value}",
        "criteria": "at least {n} criteria exceeded",
        "require": "always exceeded: {keys}",
        "residents": "at least {n} residents",
    },
}
"""What `udsat explain` says."""

WITHOUT_OWN_RATE: dict[str, str] = {
    "da": "Enheder uden egen værdi for {label}",
    "en": "Units without a value of their own for {label}",
}

COUNTED: dict[str, dict[str, str]] = {
    "da": {
        "residents_unplaced": "Beboere uden placering i alt (tælles ikke i nogen enhed)",
        "residents_without_dwelling": "Beboere uden kendt bolig",
        "residents_with_impossible_age": "Beboere med umulig alder (alder regnes som ukendt)",
        "addresses_without_position": "Adresser uden placering",
        "addresses_outside_all_units": "Adresser uden for alle enheder",
        "dwellings_without_address": "Boliger uden adresse",
        "residents_of_dwellings_without_address": "Beboere i boliger uden adresse",
        "residents_of_addresses_without_position": "Beboere på adresser uden placering",
        "residents_outside_all_units": "Beboere på adresser uden for alle enheder",
        "addresses_in_several_units": "Adresser i flere overlappende enheder (regnes til den første efter id)",
        "units_without_residents_known": "Enheder uden kendt beboertal",
    },
    "en": {
        "residents_unplaced": "Residents not placed in all (counted in no unit)",
        "residents_without_dwelling": "Residents without a known dwelling",
        "residents_with_impossible_age": "Residents with an impossible age (read as unknown)",
        "addresses_without_position": "Addresses without a position",
        "addresses_outside_all_units": "Addresses outside all units",
        "dwellings_without_address": "Dwellings without an address",
        "residents_of_dwellings_without_address": "Residents of dwellings without an address",
        "residents_of_addresses_without_position": "Residents of addresses without a position",
        "residents_outside_all_units": "Residents of addresses outside all units",
        "addresses_in_several_units": "Addresses in several overlapping units (counted in the first by id)",
        "units_without_residents_known": "Units without a known number of residents",
    },
}
"""What is counted and left out, by its key in the summary."""


def counted_words(labels: Mapping[str, str], language: str) -> dict[str, str]:
    """What is counted of rows that do not count, by its key; `labels` are those of the criteria, by key."""
    without = {f"units_without_{key}": WITHOUT_OWN_RATE[language].format(label=label) for key, label in labels.items()}
    return COUNTED[language] | without


Words = Mapping[str, str]
"""A text by language, ``da`` and ``en``."""

_ATTEMPTS = {
    "da": {2: "andet", 3: "tredje"},
    "en": {2: "second", 3: "third"},
}

REPEATED: Words = {
    "da": "{name}: læst i {attempt} forsøg, fordi tjenesten ikke svarede helt første gang ({reason}).",
    "en": "{name}: read at the {attempt} attempt, since the service did not answer in full at first ({reason}).",
}

ASKED_WHOLE: Words = {
    "da": "{name}: tjenesten giver ikke sine sider i fast rækkefølge, så laget er hentet på én gang.",
    "en": "{name}: the service does not give its pages in a fixed order, so the layer was asked for in one piece.",
}


def note(words: Words, **given: object) -> Words:
    """A note with its values filled in, in every language."""
    return {language: text.format(**given) for language, text in words.items()}


def repeated(name: str, tries: int, reason: Words) -> Words:
    """The note of an answer that came at a later attempt than the first."""
    return {
        language: text.format(name=name, attempt=_ATTEMPTS[language].get(tries, f"{tries}."), reason=reason[language])
        for language, text in REPEATED.items()
    }


TIMEOUT: Words = {"da": "intet svar i tide", "en": "no answer in time"}
RESET: Words = {"da": "forbindelsen blev afbrudt", "en": "the connection was broken off"}
CUT: Words = {"da": "svaret var ikke helt", "en": "the answer was not whole"}
BUSY: Words = {"da": "HTTP {status}", "en": "HTTP {status}"}

WORDS: dict[str, dict[str, str]] = {
    "da": {
        "title": "Udpegning {year} efter {policy}",
        "share": "{areas} områder med {residents} af {city} beboere ({share} %)",
        "source": "Kilde: {source}.",
        "registers": "registre",
        "unit_table": "en tabel over enheder",
        "synthetic": "det syntetiske København, hvis beboere ikke findes",
        "previous": "Sammenlignet med {year}: {events}.",
        "alone": "Ikke sammenlignet med en tidligere udpegning.",
        "more": "og {n} områder mere",
        "unlabelled": "Enheder",
        "difference": "Fra {before} til {now}",
        "counts": "+{added} / -{removed} beboere, {kept} fortsat; overlap {iou}",
        "nothing": "ingen områder",
    },
    "en": {
        "title": "Designation of {year} by {policy}",
        "share": "{areas} areas with {residents} of {city} residents ({share} %)",
        "source": "Source: {source}.",
        "registers": "registers",
        "unit_table": "a table of units",
        "synthetic": "the synthetic Copenhagen, whose residents do not exist",
        "previous": "Compared with {year}: {events}.",
        "alone": "Compared with no earlier designation.",
        "more": "and {n} areas more",
        "unlabelled": "Units",
        "difference": "From {before} to {now}",
        "counts": "+{added} / -{removed} residents, {kept} kept; overlap {iou}",
        "nothing": "no areas",
    },
}
