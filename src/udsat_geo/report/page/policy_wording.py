"""The words in which the page tells a policy, in Danish and English."""

from __future__ import annotations

Words = dict[str, dict[str, str]]

REGISTERS: Words = {
    "da": {"residents": "beboere", "dwellings": "boliger", "units": "tabellen over enheder"},
    "en": {"residents": "residents", "dwellings": "dwellings", "units": "the table of units"},
}

CRITERION: Words = {
    "da": {
        "over": "Rækker, der tælles i registeret {register}",
        "all_rows": "alle rækker",
        "numerator": "Tæller (lægges sammen)",
        "denominator": "Nævner (lægges sammen)",
        "rows": "antallet af de talte rækker",
        "high": "Høje værdier er mere udsatte.",
        "low": "Lave værdier er mere udsatte.",
        "weight": "Vægt {weight}.",
        "limit": "Overskredet ved eller ud over grænsen {limit}.",
        "strict_limit": "Overskredet ud over grænsen {limit}.",
        "no_limit": "Overskredet, når værdien er mere udsat end hele byens.",
        "not_counted": "Tæller ikke med i antallet af overskredne kriterier.",
    },
    "en": {
        "over": "Rows counted in the register {register}",
        "all_rows": "all rows",
        "numerator": "Numerator (summed)",
        "denominator": "Denominator (summed)",
        "rows": "the number of rows counted",
        "high": "High values are worse.",
        "low": "Low values are worse.",
        "weight": "Weight {weight}.",
        "limit": "Exceeded at or beyond the limit {limit}.",
        "strict_limit": "Exceeded beyond the limit {limit}.",
        "no_limit": "Exceeded where the value is worse than that of the whole city.",
        "not_counted": "Does not count among the criteria exceeded.",
    },
}

LET: Words = {
    "da": {"head": "Beregnes først, over hele registeret"},
    "en": {"head": "Worked out first, over the whole register"},
}

RULE: Words = {
    "da": {
        "units": "Enheder",
        "cells": "Byen bedømmes i celler på {size} x {size} m i et fast kvadratnet.",
        "addresses": "Hver adresse bedømmes for sig.",
        "zones": "Byen bedømmes i givne zoner.",
        "context": "En enhed aflæses sammen med de nærmeste enheder, indtil {residents} beboere er med, dog højst "
        "{reach} m væk. Enheder i samme afstand kommer med på én gang.",
        "no_context": "En enhed aflæses alene, uden sine omgivelser.",
        "score": "Samlet score",
        "gap_sd": "Hvert kriteriums forskel til hele byen måles i standardafvigelser mellem enhederne, så positivt er "
        "mere udsat. Den samlede score er det vægtede gennemsnit over de kriterier, som enheden har en værdi for; "
        "en manglende værdi er aldrig nul.",
        "percentile": "Hvert kriterium er enhedens rang fra 0 til 100. Den samlede score er det vægtede gennemsnit "
        "over de kriterier, som enheden har en værdi for; en manglende værdi er aldrig nul.",
        "exponential": "Hvert kriteriums rang omregnes eksponentielt, så de mest udsatte enheder vejer tungest. Den "
        "samlede score er det vægtede gennemsnit over de kriterier, som enheden har en værdi for; en manglende værdi "
        "er aldrig nul.",
        "none": "Der beregnes ingen samlet score: kriterierne afgør det alene.",
        "qualify": "Hvornår en enhed er med",
        "core": "Kerne: samlet score på mindst {core}. Et område skal have mindst én kerne.",
        "edge": "Kant: samlet score på mindst {edge}, når enheden hænger sammen med en kerne.",
        "criteria": "Desuden mindst {n} af {of} kriterier overskredet, i kerne såvel som kant.",
        "no_criteria": "Intet krav til antallet af overskredne kriterier.",
        "require": "Altid overskredet: {labels}.",
        "years_running": "Kravene skal være opfyldt i {n} udpegninger i træk.",
        "areas": "Områder",
        "queen": "Enheder, der mødes langs en kant eller i et hjørne, hænger sammen; jernbaner, motorveje og vand, der "
        "er givet som barrierer, skiller dem.",
        "rook": "Enheder, der mødes langs en kant, hænger sammen; et hjørne er ikke nok. Barrierer skiller dem.",
        "neighbours_none": "Hver enhed er et område for sig.",
        "reach": "Adresser højst {reach} m fra hinanden hænger sammen; barrierer skiller dem.",
        "residents": "Et område har mindst {n} beboere.",
        "bridge": "Dele på hver sin side af højst {metres} m ubeboet grund er ét område.",
        "no_bridge": "Der bygges ingen bro over mellemrum: dele, der ikke rører hinanden, er hvert sit område.",
        "holes": "Omsluttede huller på højst {ha} ha hører med til området.",
        "fill_below": "Det gælder også beboede enheder i hullet med en samlet score på mindst {least}; ellers kun "
        "ubeboede huller.",
        "no_fill": "Det gælder kun huller, hvor ingen bor.",
        "no_holes": "Omsluttede huller hører ikke med til området.",
        "smooth": "Omridset er glattet: hver af områdets enheder har sin midte indenfor, alle andre udenfor.",
        "memory": "Hukommelse",
        "leave": "En enhed i et tidligere område bliver, så længe dens samlede score er mindst {leave}.",
        "keep_years": "Et område, der ikke længere opfylder kravene, bliver i {n} år, til et slutår.",
        "no_memory": "Ingen hukommelse: tidligere områder bedømmes som alle andre.",
        "milestone": "Milepæl",
        "milestone_text": "Forskellene til resten af byen i {since} skal være nede på {gap} % i {by}, på mindst "
        "{criteria} % af kriterierne.",
        "own": "Grænserne er vores eget valg, hvor kommunen ikke har offentliggjort nogen: omgivelser, score, kerne, "
        "kant, antal kriterier, broer, huller og omrids. Politikkens fil siger det ved hver af dem.",
        "own_other": "Grænserne er dem, som politikkens fil angiver; dens kilde er: {source}",
        "unknown": "Politikkens fil er ikke ved hånden, så den gengives kun i hovedtræk. Giv den med --policy FIL.",
        "rule_core": "Kerne: samlet score på mindst {core}; kant: mindst {edge}.",
    },
    "en": {
        "units": "Units",
        "cells": "The city is judged in cells of {size} x {size} m of a fixed square grid.",
        "addresses": "Each address is judged by itself.",
        "zones": "The city is judged in given zones.",
        "context": "A unit is read together with its nearest units until {residents} residents are in view, never more "
        "than {reach} m away. Units at the same distance come in together.",
        "no_context": "A unit is read alone, without its surroundings.",
        "score": "Composite",
        "gap_sd": "The gap of each criterion to the whole city is measured in standard deviations between units, so "
        "that positive is worse. The composite is the weighted mean over the criteria that the unit has a value for; "
        "a missing value is never zero.",
        "percentile": "Each criterion is the unit's rank from 0 to 100. The composite is the weighted mean over the "
        "criteria that the unit has a value for; a missing value is never zero.",
        "exponential": "The rank of each criterion is transformed exponentially, so that the worst units weigh most. "
        "The composite is the weighted mean over the criteria that the unit has a value for; a missing value is never "
        "zero.",
        "none": "There is no composite: the criteria decide alone.",
        "qualify": "When a unit is in",
        "core": "Core: a composite of at least {core}. An area needs one core at least.",
        "edge": "Edge: a composite of at least {edge}, where the unit is connected to a core.",
        "criteria": "Besides, at least {n} of {of} criteria exceeded, in core and edge alike.",
        "no_criteria": "Nothing is asked of the number of criteria exceeded.",
        "require": "Always exceeded: {labels}.",
        "years_running": "The demands must be met in {n} designations running.",
        "areas": "Areas",
        "queen": "Units that meet along an edge or at a corner are connected; railways, motorways and water given as "
        "barriers part them.",
        "rook": "Units that meet along an edge are connected; a corner is not enough. Barriers part them.",
        "neighbours_none": "Each unit is an area by itself.",
        "reach": "Addresses at most {reach} m apart are connected; barriers part them.",
        "residents": "An area holds at least {n} residents.",
        "bridge": "Parts on two sides of at most {metres} m of uninhabited ground are one area.",
        "no_bridge": "No gap is bridged: parts that do not touch are areas of their own.",
        "holes": "Enclosed holes of at most {ha} ha are part of the area.",
        "fill_below": "That holds for inhabited units in a hole with a composite of at least {least}; otherwise only "
        "for uninhabited holes.",
        "no_fill": "That holds only for holes in which nobody lives.",
        "no_holes": "Enclosed holes are not part of the area.",
        "smooth": "The outline is smoothed: each of the area's units has its middle inside, all others outside.",
        "memory": "Memory",
        "leave": "A unit of an earlier area stays while its composite is at least {leave}.",
        "keep_years": "An area that no longer qualifies stays for {n} years, until an end year.",
        "no_memory": "No memory: earlier areas are judged as all others.",
        "milestone": "Milestone",
        "milestone_text": "The gaps to the rest of the city of {since} are to be down to {gap} % by {by}, on at least "
        "{criteria} % of the criteria.",
        "own": "Thresholds are our own choice where the municipality has published none: context, score, core, edge, "
        "number of criteria, bridges, holes and outlines. The file of the policy says so beside each.",
        "own_other": "Thresholds are those that the file of the policy states; its source is: {source}",
        "unknown": "The file of the policy is not at hand, so only its outline is told. Give it with --policy FILE.",
        "rule_core": "Core: a composite of at least {core}; edge: at least {edge}.",
    },
}
