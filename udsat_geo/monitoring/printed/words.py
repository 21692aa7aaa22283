"""Words of the tables of a reproduction, in Danish and English."""

from __future__ import annotations

from udsat_geo.monitoring.printed.checks import COUNTS, DIRECTIONS, REPEATED, SHARES, TABLES, TEXT, TOTALS, YEARS, Words
from udsat_geo.monitoring.printed.explained import AS_PRINTED, DISAGREES, WITHIN_ROUNDING

VERDICTS: dict[str, Words] = {
    AS_PRINTED: Words("stemmer", "agrees"),
    WITHIN_ROUNDING: Words("stemmer inden for afrunding", "agrees within rounding"),
    DISAGREES: Words("stemmer ikke", "does not agree"),
}

KINDS: dict[str, Words] = {
    TABLES: Words("tabel mod tabel", "table against table"),
    REPEATED: Words("samme tal to steder", "one figure printed twice"),
    SHARES: Words("andele mod antal", "shares against counts"),
    TOTALS: Words("dele mod helhed", "parts against total"),
    TEXT: Words("tal i teksten mod tabel", "figures of the text against tables"),
    COUNTS: Words("optællinger i teksten", "counts in the text"),
    DIRECTIONS: Words("retninger i teksten", "directions in the text"),
    YEARS: Words("årstal", "years"),
}

TITLE = Words(
    "Statusrapport {year} genberegnet af sine egne tal", "Status report {year} recomputed from its own figures"
)
SOURCE = Words(
    "Kilde til alle trykte tal: Københavns Kommune, Status på Politik for Udsatte Byområder, {year}.",
    "Source of all printed figures: City of Copenhagen, Status på Politik for Udsatte Byområder, {year}.",
)
COUNTED = Words(
    "{checks} afledte tal og udsagn efterprøvet. Af rapportens {figures} tal er {checked} genberegnet, {used} andre "
    "indgår i det, og {alone} har intet andet i rapporten at holdes op imod.",
    "{checks} derived figures and statements checked. Of the report's {figures} figures {checked} were recomputed, "
    "{used} others go into that, and {alone} have nothing else in the report to be held against.",
)
TRIED = Words(
    "{tried} forklaringer er prøvet på det, der ikke stemmer; {fitting} passer.",
    "{tried} explanations were tried on what does not agree; {fitting} fit.",
)
HOW_TO_READ = Words(
    "Et tal med én decimal kan være rundet af fra hvad som helst inden for 0,05. Intervallet rummer alle resultater af "
    "indgangstal, der kan være trykt sådan; mindst fra er afstanden derfra til det trykte tals eget interval. "
    "Ved retninger er resultatet en ændring eller forskel, og det trykte er, hvad teksten siger om den.",
    "A figure with one decimal may have been rounded from anything within 0.05. The interval holds every result of "
    "inputs that may be printed so; off by at least is its distance from the interval of the printed figure itself. "
    "For directions the result is a change or difference, and printed is what the text says of it.",
)
ROUNDED_ONLY = Words(" (inden for afrunding)", " (within rounding)")
NOTHING = Words("Alt stemmer.", "Everything agrees.")

COLUMNS: dict[str, Words] = {
    "id": Words("id", "id"),
    "place": Words("sted", "place"),
    "cell": Words("celle", "cell"),
    "kind": Words("art", "kind"),
    "verdict": Words("udfald", "verdict"),
    "printed": Words("trykt", "printed"),
    "computed": Words("genberegnet", "recomputed"),
    "low": Words("fra", "low"),
    "high": Words("til", "high"),
    "interval": Words("interval", "interval"),
    "difference": Words("forskel", "difference"),
    "at_least": Words("mindst fra", "off by at least"),
    "formula": Words("formel", "formula"),
    "explanation": Words("forklaring", "explanation"),
    "checks": Words("efterprøvet", "checked"),
    "total": Words("i alt", "total"),
    "disagreements": Words("Det, der ikke stemmer", "What does not agree"),
    "all": Words("Alt efterprøvet", "Everything checked"),
    "summary": Words("Sammenfatning", "Summary"),
    "measured": Words("målt", "measured"),
    "by_table_1": Words("efter Tabel 1", "by Table 1"),
    "within": Words("inden for {within}", "within {within}"),
    "yes": Words("ja", "yes"),
    "no": Words("nej", "no"),
    "files": Words("Filer", "Files"),
    "vintage": Words("Dataår 2021", "Years of the data of 2021"),
}

REGISTERS_TITLE = Words(
    "De samme tabeller af de syntetiske registre, hvis beboere ikke findes",
    "The same tables from the synthetic registers, whose residents do not exist",
)
REGISTERS_HOW = Words(
    "Områderne er motorens egne udpegninger for 2017 ({areas_2017} områder, {residents_2017} beboere) og 2021 "
    "({areas_2021} områder, {residents_2021} beboere) med politikken {policy}; områderne fra 2017 er de samme celler i "
    "alle år. Målt mod resten af byen.",
    "The areas are the engine's own designations of 2017 ({areas_2017} areas, {residents_2017} residents) and 2021 "
    "({areas_2021} areas, {residents_2021} residents) by the policy {policy}; the areas of 2017 are the same cells in "
    "all years. Measured against the rest of the city.",
)
REGISTERS_WITHIN = Words(
    "{within} af {cells} felter ligger inden for {limit} af det trykte. Af de {missed} andre ligger {as_table_1} inden "
    "for {limit} af det, som den trykte Tabel 1 selv giver.",
    "{within} of {cells} cells lie within {limit} of the printed ones. Of the other {missed}, {as_table_1} lie within "
    "{limit} of what the printed Table 1 itself gives.",
)
REGISTERS_ALL_WITHIN = Words(
    "Alle {cells} felter ligger inden for {limit} af det trykte.",
    "All {cells} cells lie within {limit} of the printed ones.",
)
