"""The words of the goals, in Danish and English. Loads nothing: the command's help reads the rule from here."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]
"""A text by language, ``da`` and ``en``."""

RULE: dict[str, tuple[str, ...]] = {
    "da": (
        "Trykte tal er intervaller: 6,8 er 6,75-6,85; antal er præcise. Har covid-19 ifølge rapporten presset et tal "
        "ned, gælder det som mindst så meget, har det presset det op, som højst.",
        "År, hvis tal er gentaget eller ikke repræsentativt, udelades; år på hver sin side af et databrud sammenlignes "
        "ikke.",
        "Målt afstand: efterslæbet til byen, når målet er byens niveau, ellers områdernes egen værdi. Første "
        "sammenlignelige år holdes op mod det seneste, der kan afgøre noget: sikkert mindre afstand er på vej, sikkert "
        "større er forkert vej, ellers uændret (også når rapportens egen test ikke fandt signifikant udvikling).",
        "Nået: et tal, der skal nås, er det med sikkerhed, eller områderne er på byens niveau, så vidt tallene rækker. "
        "Mål uden tal er nået, når 2025 er kommet, og bevægelsen er rigtig.",
        "Kan ikke bedømmes: ingen to sammenlignelige år, eller så få personer, at to standardfejl dækker bevægelsen.",
        "Et mål med flere indikatorer følger dem, der kan bedømmes; går nogle rigtigt og andre forkert, er det "
        "blandet.",
    ),
    "en": (
        "Printed figures are intervals: 6.8 is 6.75 to 6.85; counts are exact. A figure that the report says the "
        "pandemic pushed down holds as at least so much, one pushed up as at most.",
        "Years whose figure is repeated or not representative are left out; years on two sides of a break in the "
        "series are not compared.",
        "Distance measured: the lag behind the city where the aim is the city's level, else the areas' own value. The "
        "first comparable year is held against the latest that decides anything: certainly smaller is on the way, "
        "certainly larger is wrong way, neither is unchanged (so is what the report's own test found not significant).",
        "Reached: a number to reach is certainly met, or the areas are at the city's level as far as the figures tell. "
        "Aims without a number are reached when 2025 has come and the movement is right.",
        "Cannot be judged: no two comparable years, or so few persons that two standard errors cover the movement.",
        "A goal of several indicators follows those that can be judged; some right and some wrong is mixed.",
    ),
}
"""The rule of `udsat_geo.monitoring.goal_figures` for a reader."""

VERDICTS: dict[str, dict[str, str]] = {
    "da": {
        "reached": "nået",
        "on_the_way": "på vej",
        "unchanged": "uændret",
        "mixed": "blandet",
        "wrong_way": "forkert vej",
        "cannot_be_judged": "kan ikke bedømmes",
    },
    "en": {
        "reached": "reached",
        "on_the_way": "on the way",
        "unchanged": "unchanged",
        "mixed": "mixed",
        "wrong_way": "wrong way",
        "cannot_be_judged": "cannot be judged",
    },
}

REPORT: dict[str, dict[str, str]] = {
    "da": {"progress": "fremskridt", "uncertain": "usikker"},
    "en": {"progress": "progress", "uncertain": "uncertain"},
}

CHANGES: dict[str, dict[str, str]] = {
    "da": {"smaller": "mindre", "unchanged": "uændret", "larger": "større"},
    "en": {"smaller": "smaller", "unchanged": "unchanged", "larger": "larger"},
}

NEARNESS: dict[str, dict[str, str]] = {
    "da": {"same": "", "near": "tæt på", "goal": "andet mål for det samme"},
    "en": {"same": "", "near": "near it", "goal": "another measure"},
}

NOTE_KINDS: dict[str, dict[str, str]] = {
    "da": {
        "break": "{year} ikke sammenlignelig med før: {text}",
        "set_aside": "{year} udeladt: {text}",
        "disturbed_down": "{year} holder som mindst: {text}",
        "disturbed_up": "{year} holder som højst: {text}",
        "not_significant": "{year}: {text}",
    },
    "en": {
        "break": "{year} not comparable with before: {text}",
        "set_aside": "{year} left out: {text}",
        "disturbed_down": "{year} holds as at least: {text}",
        "disturbed_up": "{year} holds as at most: {text}",
        "not_significant": "{year}: {text}",
    },
}

SENTENCES: dict[str, dict[str, str]] = {
    "da": {
        "lag": "Efterslæb til byen {first}: {before}, {last}: {after}",
        "value": "Områderne {first}: {before}, {last}: {after}",
        "both": "Områderne gik fra {areas[0]} til {areas[1]}, byen fra {city[0]} til {city[1]}",
        "between": "{figure} ({low} til {high})",
        "target": "Af målet er {share} % nået efter {years} af {of} år.",
        "level": "Områderne er på byens niveau eller bedre ({last}).",
        "rounding": "Bevægelsen er mindre, end afrundingen kan vise.",
        "few_persons": "Så få personer ({persons}), at tilfældet alene kan give forskellen.",
        "no_two_years": "Ingen to sammenlignelige år.",
        "lag_change": "Efterslæbet til byen blev {change}.",
        "smaller": "mindre",
        "larger": "større",
        "unchanged": "ikke sikkert ændret",
        "of": "{have} af {of}",
    },
    "en": {
        "lag": "Lag behind the city {first}: {before}, {last}: {after}",
        "value": "The areas {first}: {before}, {last}: {after}",
        "both": "The areas went from {areas[0]} to {areas[1]}, the city from {city[0]} to {city[1]}",
        "between": "{figure} ({low} to {high})",
        "target": "{share} % of the way is covered after {years} of {of} years.",
        "level": "The areas are at the city's level or better ({last}).",
        "rounding": "The movement is smaller than the rounding can tell.",
        "few_persons": "So few persons ({persons}) that chance alone can make the difference.",
        "no_two_years": "No two comparable years.",
        "lag_change": "The lag behind the city became {change}.",
        "smaller": "smaller",
        "larger": "larger",
        "unchanged": "not certainly different",
        "of": "{have} of {of}",
    },
}

NOTES: dict[str, dict[str, str]] = {
    "nobody": {
        "da": "{year}: i området {area} bor ingen.",
        "en": "{year}: nobody lives in the area {area}.",
    },
    "missing_columns": {
        "da": "{year}: registrene har ingen kolonne {columns}; tomt: {labels}.",
        "en": "{year}: the registers have no column {columns}; left blank: {labels}.",
    },
    "surfaces": {
        "da": "{name}: {count} flader udeladt, da en flade ikke har nogen længde som barriere.",
        "en": "{name}: {count} polygons left out, since a polygon has no length as a barrier.",
    },
    "repeated": {
        "da": "{name}: {count} overgange på samme sted som en anden, talt én gang.",
        "en": "{name}: {count} crossings at the place of another, counted once.",
    },
    "no_barrier": {
        "da": "Ingen barriere ligger i områderne.",
        "en": "No barrier lies in the areas.",
    },
    "no_district": {
        "da": "{year}: {count} beboere bor i intet afstemningsområde.",
        "en": "{year}: {count} residents live in no polling district.",
    },
    "unplaced": {
        "da": "{year}: {count} beboere uden placering er ikke med.",
        "en": "{year}: {count} residents without a place are left out.",
    },
    "synthetic": {
        "da": "Syntetiske registre: disse mennesker findes ikke.",
        "en": "Synthetic registers: these people do not exist.",
    },
}

HEADINGS: dict[str, dict[str, str]] = {
    "da": {
        "goals": "De 18 mål",
        "number": "Nr.",
        "goal": "Mål",
        "ours": "Vores dom",
        "report": "Rapportens",
        "indicator": "Indikator",
        "aim": "Ønske",
        "verdict": "Dom",
        "lag": "Efterslæb",
        "updated": "Opdaterede\nområder",
        "figures": "Rapportens tal: områderne (hele byen)",
        "reasons": "Begrundelser",
        "differs": "Hvor vores dom er en anden end rapportens",
        "computed": "Beregnet af registre: områderne (hele byen)",
        "published": "rapporten",
        "updated_areas": "opdaterede områder",
        "nearness": "Nærhed",
        "rule": "Reglen",
        "notes": "Bemærkninger",
        "areas": "Områder",
        "residents": "Beboere",
        "in_areas": "I områder",
        "share": "Andel",
        "year": "År",
        "place": "Sted",
        "city": "Hele filen",
        "the_areas": "Områderne",
        "length": "Barriere, km",
        "count": "Overgange",
        "per_km": "Overgange pr. km",
        "crossings": "Mål 16: overgange pr. km barriere i områderne{reach}, talt inden for {within} m af den",
        "and_around": " og {reach} m omkring",
        "polling": "Mål 15: afstemningsområder, hvor mindst {share} % bor i et område",
        "district": "Afstemningsområde",
        "turnout": "Valgdeltagelse",
        "all_districts": "I alt",
        "files": "Filer",
        "source": "Kilde: Københavns Kommune, Status på Politik for Udsatte Byområder (2021).",
    },
    "en": {
        "goals": "The 18 goals",
        "number": "No.",
        "goal": "Goal",
        "ours": "Our verdict",
        "report": "The report's",
        "indicator": "Indicator",
        "aim": "Aim",
        "verdict": "Verdict",
        "lag": "Lag",
        "updated": "Updated\nareas",
        "figures": "The report's figures: the areas (the whole city)",
        "reasons": "Reasons",
        "differs": "Where our verdict is another than the report's",
        "computed": "Computed from registers: the areas (the whole city)",
        "published": "the report",
        "updated_areas": "updated areas",
        "nearness": "Nearness",
        "rule": "The rule",
        "notes": "Remarks",
        "areas": "Areas",
        "residents": "Residents",
        "in_areas": "In areas",
        "share": "Share",
        "year": "Year",
        "place": "Place",
        "city": "Whole file",
        "the_areas": "The areas",
        "length": "Barrier, km",
        "count": "Crossings",
        "per_km": "Crossings per km",
        "crossings": "Goal 16: crossings per km of barrier in the areas{reach}, counted within {within} m of it",
        "and_around": " and {reach} m around",
        "polling": "Goal 15: polling districts where at least {share} % live in an area",
        "district": "Polling district",
        "turnout": "Turnout",
        "all_districts": "In all",
        "files": "Files",
        "source": "Source: City of Copenhagen, Status på Politik for Udsatte Byområder (2021).",
    },
}

AIMS: dict[str, dict[str, str]] = {
    "da": {
        "level": "byens niveau",
        "better_high": "stige",
        "better_low": "falde",
        "by_high": "+{by}{unit}",
        "by_low": "-{by}{unit}",
    },
    "en": {
        "level": "the city's level",
        "better_high": "rise",
        "better_low": "fall",
        "by_high": "+{by}{unit}",
        "by_low": "-{by}{unit}",
    },
}

UNITS: dict[str, dict[str, str]] = {
    "da": {"%": " %", "years": " år", "mark": "", "per_km": " pr. km", "count": ""},
    "en": {"%": " %", "years": " years", "mark": "", "per_km": " per km", "count": ""},
}


def note(key: str, **given: object) -> Words:
    """A note of `NOTES` in both languages; counts get the signs of the language, years do not."""
    return {
        language: text.format(**{name: _counted(name, value, language) for name, value in given.items()})
        for language, text in NOTES[key].items()
    }


def _counted(name: str, value: object, language: str) -> object:
    if not isinstance(value, int) or name == "year":
        return value
    text = f"{value:,}"
    return text.replace(",", ".") if language == "da" else text
