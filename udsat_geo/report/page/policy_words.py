"""A policy in words, made from the policy itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Criterion, Policy, text_in

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

Block = dict[str, Any]
"""``head``, ``lines`` of text, and ``code``: captions, what each stands for, and whether that is an expression."""


def policy_in_words(policy: Policy, summary: Mapping[str, Any], language: str) -> list[Block]:
    """What a policy asks for, block by block: each criterion, then units, score, rule, areas, memory, milestone.

    Parameters
    ----------
    policy : Policy
    summary : mapping
        Of the designation: what limits that are expressions came to.
    language : {"da", "en"}
    """
    words = RULE[language]
    own = "own" if policy.id == "kbh-2017" else "own_other"
    blocks = [_block(text_in(policy.title, language) or policy.id, [words[own].format(source=policy.source or "-")])]
    limits = {criterion["key"]: criterion["limit"] for criterion in summary["criteria"]}
    blocks += [_criterion(criterion, limits.get(criterion.key), language) for criterion in policy.criteria]
    let = [[f"{REGISTERS[language][register]}: {name}", expression, True]
           for register, names in policy.let.items() for name, expression in names.items()]  # fmt: skip
    if let:
        blocks.append(_block(LET[language]["head"], [], let))
    blocks += [
        _block(words["units"], _units(policy, words, language)),
        _block(words["score"], [words[policy.score.method]]),
        _block(words["qualify"], _rule(policy, words, language)),
        _block(words["areas"], _areas(policy, words, language)),
        _block(words["memory"], _memory(policy, words, language)),
    ]
    if policy.milestone is not None:
        aim = policy.milestone
        told = {"gap": decimal(100 * aim.gap, 0, language), "criteria": decimal(100 * aim.criteria, 0, language)}
        blocks.append(_block(words["milestone"], [words["milestone_text"].format(since=aim.since, by=aim.by, **told)]))
    return blocks


def rule_in_outline(summary: Mapping[str, Any], language: str) -> list[Block]:
    """What the summary alone tells of a policy whose file is not at hand."""
    words, rule = RULE[language], summary["rule"]
    lines = []
    if rule["core"] is not None:
        core, edge = (decimal(rule[name], 2, language) for name in ("core", "edge"))
        lines.append(words["rule_core"].format(core=core, edge=edge))
    if rule["criteria"]:
        lines.append(words["criteria"].format(n=rule["criteria"], of=len(summary["criteria"])))
    if rule["require"]:
        lines.append(words["require"].format(labels=", ".join(rule["require"])))
    lines.append(words["residents"].format(n=decimal(rule["residents"], 0, language)))
    return [_block(str(summary["policy"]["id"]), [words["unknown"]]), _block(words["qualify"], lines)]


def _block(head: str, lines: list[str], code: list[list[Any]] | None = None) -> Block:
    return {"head": head, "lines": lines, "code": code or []}


def _criterion(criterion: Criterion, limit: Any, language: str) -> Block:
    words = CRITERION[language]
    over = words["over"].format(register=REGISTERS[language][criterion.register_name])
    everything = criterion.where.strip().upper() == "TRUE"
    rows = criterion.denominator.strip() == "1"
    code = [
        [over, words["all_rows"] if everything else criterion.where, not everything],
        [words["numerator"], criterion.numerator, True],
        [words["denominator"], words["rows"] if rows else criterion.denominator, not rows],
    ]
    lines = [words[criterion.worse]]
    if limit is None:
        lines.append(words["no_limit"])
    else:
        shown = decimal(100 * limit, 1, language) + " %" if criterion.is_share else decimal(limit, 2, language)
        told = shown if not isinstance(criterion.limit, str) else f"{shown} ({criterion.limit})"
        lines.append(words["strict_limit" if criterion.strict else "limit"].format(limit=told))
    if criterion.weight != 1:
        lines.append(words["weight"].format(weight=decimal(criterion.weight, 2, language)))
    if not criterion.counted:
        lines.append(words["not_counted"])
    return _block(criterion.label_in(language), lines, code)


def _units(policy: Policy, words: Mapping[str, str], language: str) -> list[str]:
    lines = [words[policy.units.kind].format(size=policy.units.size)]
    if policy.context.residents:
        told = {"residents": policy.context.residents, "reach": policy.context.reach}
        lines.append(words["context"].format(**{name: decimal(value, 0, language) for name, value in told.items()}))
    else:
        lines.append(words["no_context"])
    return lines


def _rule(policy: Policy, words: Mapping[str, str], language: str) -> list[str]:
    rule, lines = policy.rule, []
    if rule.core is not None:
        lines.append(words["core"].format(core=decimal(rule.core, 2, language)))
        lines.append(words["edge"].format(edge=decimal(rule.edge_threshold, 2, language)))
    counted = sum(criterion.counted for criterion in policy.criteria)
    lines.append(words["criteria"].format(n=rule.criteria, of=counted) if rule.criteria else words["no_criteria"])
    if rule.require:
        labels = [criterion.label_in(language) for criterion in policy.criteria if criterion.key in rule.require]
        lines.append(words["require"].format(labels=", ".join(labels)))
    if rule.years_running > 1:
        lines.append(words["years_running"].format(n=rule.years_running))
    return lines


def _areas(policy: Policy, words: Mapping[str, str], language: str) -> list[str]:
    areas = policy.areas
    reach = decimal(areas.reach, 0, language)
    joined = "neighbours_none" if areas.neighbours == "none" else areas.neighbours
    lines = [words["reach"].format(reach=reach) if policy.units.kind == "addresses" else words[joined]]
    lines.append(words["residents"].format(n=decimal(areas.residents, 0, language)))
    if policy.units.kind != "addresses" and areas.neighbours != "none":
        bridge = words["bridge"].format(metres=decimal(areas.bridge, 0, language))
        lines.append(bridge if areas.bridge else words["no_bridge"])
    if areas.neighbours != "none":
        lines.append(words["holes"].format(ha=decimal(areas.holes, 1, language)) if areas.holes else words["no_holes"])
        if areas.holes:
            filled = areas.fill_below is not None
            least = decimal(areas.fill_below or 0.0, 2, language)
            lines.append(words["fill_below"].format(least=least) if filled else words["no_fill"])
    if areas.outline == "smooth" and policy.units.kind == "cells":
        lines.append(words["smooth"])
    return lines


def _memory(policy: Policy, words: Mapping[str, str], language: str) -> list[str]:
    memory = policy.incumbents
    if not memory.remembers:
        return [words["no_memory"]]
    lines = []
    if memory.leave is not None:
        lines.append(words["leave"].format(leave=decimal(memory.leave, 2, language)))
    if memory.keep_years:
        lines.append(words["keep_years"].format(n=memory.keep_years))
    return lines
