"""A policy in words, made from the policy itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from udsat_geo.policy import Criterion, Policy, text_in
from udsat_geo.report.page.policy_wording import CRITERION, LET, REGISTERS, RULE
from udsat_geo.wording import decimal

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
