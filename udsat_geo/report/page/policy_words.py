"""A policy in words, made from the policy itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from udsat_geo.messages.translate import N_, Np_, _, in_language
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Criterion, Policy, text_in

Words = dict[str, dict[str, str]]

REGISTERS = {
    "residents": N_("residents"),
    "dwellings": N_("dwellings"),
    "units": N_("the table of units"),
}

CRITERION = {
    "over": N_("Rows counted in the register {register}"),
    "all_rows": N_("all rows"),
    "numerator": N_("Numerator (summed)"),
    "denominator": N_("Denominator (summed)"),
    "rows": N_("the number of rows counted"),
    "high": N_("High values are worse."),
    "low": N_("Low values are worse."),
    "weight": N_("Weight {weight}."),
    "limit": N_("Exceeded at or beyond the limit {limit}."),
    "strict_limit": N_("Exceeded beyond the limit {limit}."),
    "no_limit": N_("Exceeded where the value is worse than that of the whole city."),
    "not_counted": N_("Does not count among the criteria exceeded."),
}


RULE = {
    "units": N_("Units"),
    "cells": N_("The city is judged in cells of {size} x {size} m of a fixed square grid."),
    "addresses": N_("Each address is judged by itself."),
    "zones": N_("The city is judged in given zones."),
    "context": N_(
        "A unit is read together with its nearest units until {residents} residents are in "
        "view, never more than {reach} m away. Units at the same distance come in together."
    ),
    "no_context": N_("A unit is read alone, without its surroundings."),
    "score": Np_("rule", "Composite"),
    "gap_sd": N_(
        "The gap of each criterion to the whole city is measured in standard deviations "
        "between units, so that positive is worse. The composite is the weighted mean over "
        "the criteria that the unit has a value for; a missing value is never zero."
    ),
    "percentile": N_(
        "Each criterion is the unit's rank from 0 to 100. The composite is the weighted mean "
        "over the criteria that the unit has a value for; a missing value is never zero."
    ),
    "exponential": N_(
        "The rank of each criterion is transformed exponentially, so that the worst units "
        "weigh most. The composite is the weighted mean over the criteria that the unit has "
        "a value for; a missing value is never zero."
    ),
    "none": N_("There is no composite: the criteria decide alone."),
    "qualify": N_("When a unit is in"),
    "core": N_("Core: a composite of at least {core}. An area needs one core at least."),
    "edge": N_("Edge: a composite of at least {edge}, where the unit is connected to a core."),
    "criteria": N_("Besides, at least {n} of {of} criteria exceeded, in core and edge alike."),
    "no_criteria": N_("Nothing is asked of the number of criteria exceeded."),
    "require": N_("Always exceeded: {labels}."),
    "years_running": N_("The demands must be met in {n} designations running."),
    "areas": N_("Areas"),
    "queen": N_(
        "Units that meet along an edge or at a corner are connected; railways, motorways and "
        "water given as barriers part them."
    ),
    "rook": N_("Units that meet along an edge are connected; a corner is not enough. Barriers part them."),
    "neighbours_none": N_("Each unit is an area by itself."),
    "reach": N_("Addresses at most {reach} m apart are connected; barriers part them."),
    "residents": N_("An area holds at least {n} residents."),
    "bridge": N_("Parts on two sides of at most {metres} m of uninhabited ground are one area."),
    "no_bridge": N_("No gap is bridged: parts that do not touch are areas of their own."),
    "holes": N_("Enclosed holes of at most {ha} ha are part of the area."),
    "fill_below": N_(
        "That holds for inhabited units in a hole with a composite of at least {least}; "
        "otherwise only for uninhabited holes."
    ),
    "no_fill": N_("That holds only for holes in which nobody lives."),
    "no_holes": N_("Enclosed holes are not part of the area."),
    "smooth": N_("The outline is smoothed: each of the area's units has its middle inside, all others outside."),
    "memory": N_("Memory"),
    "leave": N_("A unit of an earlier area stays while its composite is at least {leave}."),
    "keep_years": N_("An area that no longer qualifies stays for {n} years, until an end year."),
    "no_memory": N_("No memory: earlier areas are judged as all others."),
    "milestone": N_("Milestone"),
    "milestone_text": N_(
        "The gaps to the rest of the city of {since} are to be down to {gap} % by {by}, on "
        "at least {criteria} % of the criteria."
    ),
    "own": N_(
        "Thresholds are our own choice where the municipality has published none: context, "
        "score, core, edge, number of criteria, bridges, holes and outlines. The file of the "
        "policy says so beside each."
    ),
    "own_other": N_("Thresholds are those that the file of the policy states; its source is: {source}"),
    "unknown": N_("The file of the policy is not at hand, so only its outline is told. Give it with --policy FILE."),
    "rule_core": N_("Core: a composite of at least {core}; edge: at least {edge}."),
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
    words = in_language(RULE, language)
    own = "own" if policy.id == "kbh-2017" else "own_other"
    blocks = [_block(text_in(policy.title, language) or policy.id, [words[own].format(source=policy.source or "-")])]
    limits = {criterion["key"]: criterion["limit"] for criterion in summary["criteria"]}
    blocks += [_criterion(criterion, limits.get(criterion.key), language) for criterion in policy.criteria]
    let = [[f"{in_language(REGISTERS, language)[register]}: {name}", expression, True]
           for register, names in policy.let.items() for name, expression in names.items()]  # fmt: skip
    if let:
        blocks.append(_block(_("Worked out first, over the whole register", language), [], let))
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
    rule = summary["rule"]
    lines = []
    if rule["core"] is not None:
        core, edge = (decimal(rule[name], 2, language) for name in ("core", "edge"))
        lines.append(
            _("Core: a composite of at least {core}; edge: at least {edge}.", language).format(core=core, edge=edge)
        )
    if rule["criteria"]:
        lines.append(
            _("Besides, at least {n} of {of} criteria exceeded, in core and edge alike.", language).format(
                n=rule["criteria"], of=len(summary["criteria"])
            )
        )
    if rule["require"]:
        lines.append(_("Always exceeded: {labels}.", language).format(labels=", ".join(rule["require"])))
    lines.append(_("An area holds at least {n} residents.", language).format(n=decimal(rule["residents"], 0, language)))
    return [
        _block(
            str(summary["policy"]["id"]),
            [
                _(
                    "The file of the policy is not at hand, so only its outline is told. Give it with --policy FILE.",
                    language,
                )
            ],
        ),
        _block(_("When a unit is in", language), lines),
    ]


def _block(head: str, lines: list[str], code: list[list[Any]] | None = None) -> Block:
    return {"head": head, "lines": lines, "code": code or []}


def _criterion(criterion: Criterion, limit: Any, language: str) -> Block:
    words = in_language(CRITERION, language)
    over = words["over"].format(register=in_language(REGISTERS, language)[criterion.register_name])
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
