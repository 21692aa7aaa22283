"""A policy in words, made from the policy itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from udsat_geo.messages.translate import N_, Np_, _, in_language
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Criterion, LeaveByChance, Policy, WorstShare, text_in

REGISTERS = {"residents": N_("residents"), "dwellings": N_("dwellings"), "units": N_("the table of units")}
UNITS = {
    "cells": N_("The city is judged in cells of {size} x {size} m of a fixed square grid."),
    "addresses": N_("Each address is judged by itself."),
    "zones": N_("The city is judged in given zones."),
}
SCORES = {
    "gap_sd": N_(
        "For each criterion, the gap of a unit to the whole city is counted in standard deviations between units: 0 "
        "is as the city, 1 is much worse off, negative is better. The composite is the mean of these gaps, by the "
        "weights of the policy, over the criteria that the unit has a value for; a missing value is never zero."
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
}
COMPARED = {
    "city": N_("the value of the whole city"),
    "region": N_("the value of the region that the unit lies in"),
    "given": N_("a figure from outside ({figures})"),
}
SHRINK = {
    "global": N_("Rates of units with few people are drawn towards the city's (empirical Bayes)."),
    "local": N_(
        "Rates of units with few people are drawn towards that of the unit and those it touches (empirical Bayes)."
    ),
}
NEIGHBOURS = {
    "queen": N_(
        "Units that meet along an edge or at a corner are connected; railways, motorways and "
        "water given as barriers part them."
    ),
    "rook": N_("Units that meet along an edge are connected; a corner is not enough. Barriers part them."),
    "none": N_("Each unit is an area by itself."),
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
    if "kbh-2017" in (policy.id, policy.extends):
        own = _(
            "Thresholds are our own choice where the municipality has published none: context, "
            "score, core, edge, number of criteria, bridges, holes and outlines. The file of the "
            "policy says so beside each.",
            language,
        )
    else:
        own = _("Thresholds are those that the file of the policy states; its source is: {source}", language)
        own = own.format(source=policy.source or "-")
    limits = {criterion["key"]: criterion["limit"] for criterion in summary["criteria"]}
    let = [[f"{_(REGISTERS[register], language)}: {name}", expression, True]
           for register, names in policy.let.items() for name, expression in names.items()]  # fmt: skip
    once = _("Figures that criteria are measured against: one for everybody, before any unit is judged.", language)
    blocks = [
        _block(text_in(policy.title, language) or policy.id, [own]),
        *(_criterion(one, limits.get(one.key), policy, language) for one in policy.criteria),
        *([] if policy.compare.is_city else [_compare(policy, language)]),
        *([_block(_("Worked out first, over the whole register", language), [once], let)] if let else []),
        _block(_("Units", language), _units(policy, language)),
        _block(_(Np_("rule", "Composite"), language), [_(SCORES[policy.score.method], language)]),
        _block(_("When a unit is in", language), _rule(policy, language)),
        _block(_("Areas", language), _areas(policy, language)),
        _block(_("Memory", language), _memory(policy, language)),
    ]
    if policy.milestone is not None:
        aim = policy.milestone
        told = {"gap": decimal(100 * aim.gap, 0, language), "criteria": decimal(100 * aim.criteria, 0, language)}
        text = _(
            "The gaps to the rest of the city of {since} are to be down to {gap} % by {by}, on "
            "at least {criteria} % of the criteria.",
            language,
        )
        blocks.append(_block(_("Milestone", language), [text.format(since=aim.since, by=aim.by, **told)]))
    return blocks


def what_if(summary: Mapping[str, Any], language: str) -> Block:
    """Who is asked what another threshold would do: a page holds one answer, and the explorer makes new ones."""
    text = _(
        "This page holds what was decided. udsat explore --year {year}, with the policy and the registers of this "
        "designation, lets every number above be moved (a core threshold of 1.2, say) and draws the areas anew at "
        "once.",
        language,
    )
    return _block(_("What another threshold would do", language), [text.format(year=summary["year"])])


def rule_in_outline(summary: Mapping[str, Any], language: str) -> list[Block]:
    """What the summary alone tells of a policy whose file is not at hand."""
    rule, lines = summary["rule"], []
    if rule["core"] is not None:
        core, edge = (decimal(rule[name], 2, language) for name in ("core", "edge"))
        text = _("Core: a composite of at least {core}; edge: at least {edge}.", language)
        lines.append(text.format(core=core, edge=edge))
    if rule["criteria"]:
        lines.append(_exceeded(rule["criteria"], len(summary["criteria"]), rule["core"] is not None, language))
    lines += _always(rule["require"], language)
    lines.append(_least(rule["residents"], language))
    unknown = _(
        "The file of the policy is not at hand, so only its outline is told. Give it with --policy FILE.", language
    )
    return [_block(str(summary["policy"]["id"]), [unknown]), _block(_("When a unit is in", language), lines)]


def _block(head: str, lines: list[str], code: list[list[Any]] | None = None) -> Block:
    return {"head": head, "lines": lines, "code": code or []}


def _exceeded(n: int, of: int, besides: bool, language: str) -> str:
    """How many criteria must be exceeded, besides what is asked of the composite or alone."""
    if besides:
        text = _("Besides, at least {n} of {of} criteria exceeded, in core and edge alike.", language)
    elif of == 1:
        text = _("A unit is in where the criterion is exceeded.", language)
    else:
        text = _("A unit is in where at least {n} of {of} criteria are exceeded.", language)
    return text.format(n=n, of=of)


def _always(labels: list[str], language: str) -> list[str]:
    return (
        [_("In every case these must be exceeded: {labels}.", language).format(labels=", ".join(labels))]
        if labels
        else []
    )


def _least(residents: int, language: str) -> str:
    if not residents:
        return _("An area may hold any number of residents.", language)
    return _("An area holds at least {n} residents.", language).format(n=decimal(residents, 0, language))


def _compare(policy: Policy, language: str) -> Block:
    """What rates are compared with, where it is more than the whole city."""
    compare, words = policy.compare, in_language(COMPARED, language)
    known = {name: text_in(figure.label, language) or name for name, figure in policy.references.items()}
    figures = ", ".join(dict.fromkeys(known.get(str(text), str(text)) for text in compare.given.values()))
    lines = [
        _("{share} % {what}.", language).format(
            share=_percent(weight, language), what=words[name].format(figures=figures)
        )
        for name, weight in compare.weights.items()
    ]
    if compare.residents:
        text = _("A region holds at least {n} residents; units of others are in no area.", language)
        lines.append(text.format(n=decimal(compare.residents, 0, language)))
    labels = {criterion.key: criterion.label_in(language) for criterion in policy.criteria}
    code = [[labels.get(key, key), str(text), True] for key, text in compare.given.items()]
    return _block(_("What values are compared with", language), lines, code)


def _made_of(criterion: Criterion, policy: Policy, language: str) -> tuple[list[str], list[Any]]:
    """What a criterion is of: an index of others, or a ratio over the rows of a register, perhaps its change."""
    if criterion.is_index:
        text = _("An index in standard deviations: the standardised values of {keys}, added up.", language)
        label = {one.key: one.label_in(language) for one in policy.criteria}
        return [text.format(keys=", ".join(label[key] for key in criterion.of))], []
    lines = []
    if criterion.change_over is not None:
        lines.append(_("The change over {n} years.", language).format(n=criterion.change_over))
    if criterion.change_since is not None:
        lines.append(_("The change since {year}.", language).format(year=criterion.change_since))
    register = _(REGISTERS[criterion.register_name], language)
    everything = criterion.where.strip().upper() == "TRUE"
    rows = criterion.denominator.strip() == "1"
    where = _("all rows", language) if everything else criterion.where
    denominator = _("the number of rows counted", language) if rows else criterion.denominator
    heads = N_("Numerator (summed)"), N_("Denominator (summed)")
    if criterion.quantile is not None:
        heads = N_("Value of each row"), N_("Weight of each row")
        denominator = _("1, each the same", language) if rows else criterion.denominator
        text = _("The value that {share} % of them lie at or below, of at least {n} of them.", language)
        text = _("Their median, of at least {n} of them.", language) if criterion.quantile == 0.5 else text
        share, n = _percent(criterion.quantile, language), decimal(max(criterion.least_persons, 1), 0, language)
        lines.insert(0, text.format(share=share, n=n))
    code = [
        [_("Rows counted in the register {register}", language).format(register=register), where, not everything],
        [_(heads[0], language), criterion.numerator, True],
        [_(heads[1], language), denominator, not rows],
    ]
    return lines, code


def _criterion(criterion: Criterion, limit: Any, policy: Policy, language: str) -> Block:
    lines, code = _made_of(criterion, policy, language)
    told = text_in(criterion.text, language)
    lines = [*([told] if told else []), *lines, _when_exceeded(criterion, limit, policy.compare.is_city, language)]
    if isinstance(criterion.limit, str):
        code.append([_("Limit", language), criterion.limit, True])
    weights = [each.weight for each in policy.criteria]
    if criterion.weight == 0 and policy.rule.core is not None:
        lines.append(_("Not part of the composite.", language))
    elif len(set(weights)) > 1 and policy.rule.core is not None:
        share = _percent(criterion.weight / sum(weights), language)
        lines.append(_("Weighs {share} % of the composite.", language).format(share=share))
    if not criterion.counted and policy.rule.criteria:
        lines.append(_("Does not count among the criteria exceeded.", language))
    return _block(criterion.label_in(language), lines, code)


BEYOND = {
    ("high", True): N_("Exceeded where the value is above {limit}."),
    ("high", False): N_("Exceeded where the value is {limit} or more."),
    ("low", True): N_("Exceeded where the value is below {limit}."),
    ("low", False): N_("Exceeded where the value is {limit} or less."),
}
"""By which side is worse, and whether the limit itself is still no fault."""


def _when_exceeded(criterion: Criterion, limit: Any, of_city: bool, language: str) -> str:
    """When a unit exceeds a criterion, in a sentence that says which side is the worse one."""
    high = criterion.worse == "high"
    if criterion.limit_factor is not None:
        share = _percent(criterion.limit_factor, language)
        shown = _("{share} % of what it is compared with", language).format(share=share)
    elif criterion.limit is not None or limit is not None:
        shown = "–" if limit is None else _shown(limit, criterion, language)
    elif of_city:
        above, below = N_("Exceeded where the value is above the whole city's."), N_(
            "Exceeded where the value is below the whole city's."
        )  # fmt: skip
        return _(above if high else below, language)
    else:
        above, below = N_("Exceeded where the value is above what it is compared with."), N_(
            "Exceeded where the value is below what it is compared with."
        )  # fmt: skip
        return _(above if high else below, language)
    return _(BEYOND[criterion.worse, criterion.strict], language).format(limit=shown)


def _shown(limit: float, criterion: Criterion, language: str) -> str:
    """A limit with its unit: shares per cent, and no more decimals than there are."""
    if criterion.is_share:
        return f"{_percent(limit, language)} %"
    if criterion.unit == "percentile":
        return _("percentile {limit}", language).format(limit=decimal(limit, 0, language))
    digits = next((digits for digits in (0, 1) if abs(limit - round(limit, digits)) < 1e-9), 2)
    return f"{decimal(limit, digits, language)} {criterion.unit}".strip().replace("m2", "m²")


def _percent(share: float, language: str) -> str:
    """A share per cent: whole, or with one decimal."""
    return decimal(100 * share, int(abs(100 * share - round(100 * share)) > 1e-9), language)


def _units(policy: Policy, language: str) -> list[str]:
    units, context = _(UNITS[policy.units.kind], language).format(size=policy.units.size), policy.context
    if context.method == "neighbours":
        return [units, _("A unit is read together with the units that it touches.", language)]
    if not context.reads_beyond:
        alone = _("A unit is read alone, without its surroundings.", language)
        return [units, alone, *([] if policy.rates.shrink == "none" else [_(SHRINK[policy.rates.shrink], language)])]
    text = _(
        "A unit is read together with its nearest units until {residents} residents are in "
        "view, never more than {reach} m away. Units at the same distance come in together.",
        language,
    )
    residents, reach = (decimal(value, 0, language) for value in (context.residents, context.reach))
    return [units, text.format(residents=residents, reach=reach)]


def _rule(policy: Policy, language: str) -> list[str]:
    rule, lines = policy.rule, []
    if isinstance(rule.core, WorstShare):
        wider = rule.edge if isinstance(rule.edge, WorstShare) else rule.core
        text = _("The {core} % of the units with the highest composite make areas; the {edge} % join them.", language)
        text = (
            _("The {core} % of the units with the highest composite are in.", language) if wider == rule.core else text
        )
        told = [_percent(one.worst, language) for one in (rule.core, wider)]
        lines.append(text.format(core=told[0], edge=told[1]))
    elif rule.core is not None:
        core, edge = decimal(rule.core, 2, language), decimal(rule.edge_threshold, 2, language)
        of_core = _("A unit makes an area (it is a core) with a composite of at least {core}.", language)
        of_edge = _(
            "A unit joins an area (it is an edge) with at least {edge}, where it is connected to a core.", language
        )
        lines += [of_core.format(core=core), of_edge.format(edge=edge)]
    if rule.criteria:
        counted = sum(criterion.counted for criterion in policy.criteria)
        lines.append(_exceeded(rule.criteria, counted, rule.core is not None, language))
    elif isinstance(rule.core, float):
        lines.append(_("Nothing is asked of the number of criteria exceeded.", language))
    required = [criterion.label_in(language) for criterion in policy.criteria if criterion.key in rule.require]
    lines += _always(required, language)
    lines += _groups(policy, language)
    if rule.own is not None:
        text = _("By itself, a unit must have a composite of at least {own}.", language)
        lines.append(text.format(own=decimal(rule.own, 2, language)))
    if rule.years_running > 1:
        text = _("The demands must be met in {n} designations running.", language)
        lines.append(text.format(n=rule.years_running))
    return lines


def _groups(policy: Policy, language: str) -> list[str]:
    rule, label = policy.rule, {criterion.key: criterion.label_in(language) for criterion in policy.criteria}
    lines = []
    if rule.groups:
        text = _("At least {n} of these {of} groups of criteria must be met.", language)
        lines.append(text.format(n=rule.groups_met, of=len(rule.groups)))
    for group in rule.groups:
        text = _("{group}: at least {n} of {labels}.", language)
        if group.require:
            text = _("{group}: at least {n} of {labels}; and always {required}.", language)
        required = ", ".join(label[key] for key in group.require)
        named = ", ".join(label[key] for key in group.criteria)
        lines.append(text.format(group=group.label_in(language), n=group.at_least, labels=named, required=required))
    if rule.surrounded is not None:
        text = _("A unit that touches only units that are in by themselves is in too.", language)
        if rule.surrounded:
            text = _(
                "A unit that touches only units that are in by themselves is in too, where it exceeds {labels}.",
                language,
            )
        lines.append(text.format(labels=", ".join(label[key] for key in rule.surrounded)))
    return lines


def _areas(policy: Policy, language: str) -> list[str]:
    areas, by_distance = policy.areas, policy.units.kind == "addresses"
    if by_distance:
        text = _("Addresses at most {reach} m apart are connected; barriers part them.", language)
        lines = [text.format(reach=decimal(areas.reach, 0, language))]
    else:
        lines = [_(NEIGHBOURS[areas.neighbours], language)]
    lines.append(_least(areas.residents, language))
    if areas.most_residents:
        text = _("An area with more than {most} residents is cut at its necks.", language)
        lines.append(text.format(most=decimal(areas.most_residents, 0, language)))
    if areas.compact:
        text = _("An area that fills less than {share} of the circle around it is cut where that helps.", language)
        lines.append(text.format(share=decimal(areas.compact, 2, language)))
    if areas.neighbours == "none":
        return lines + _smooth(policy, language)
    if not by_distance and areas.bridge:
        text = _("Parts on two sides of at most {metres} m of uninhabited ground are one area.", language)
        lines.append(text.format(metres=decimal(areas.bridge, 0, language)))
    elif not by_distance:
        lines.append(_("No gap is bridged: parts that do not touch are areas of their own.", language))
    if not areas.holes:
        return [*lines, _("Enclosed holes are not part of the area.", language), *_smooth(policy, language)]
    text = _("Enclosed holes of at most {ha} ha are part of the area.", language)
    if areas.fill_below is None:
        text = _("Enclosed ground of at most {ha} ha in which nobody lives is part of the area.", language)
    lines.append(text.format(ha=decimal(areas.holes, int(areas.holes % 1 > 0), language)))
    if areas.fill_below is not None:
        text = _(
            "That holds for inhabited units in a hole with a composite of at least {least}; "
            "otherwise only for uninhabited holes.",
            language,
        )
        lines.append(text.format(least=decimal(areas.fill_below, 2, language)))
    return lines + _smooth(policy, language)


def _smooth(policy: Policy, language: str) -> list[str]:
    if policy.areas.outline != "smooth" or policy.units.kind != "cells":
        return []
    return [_("The outline is smoothed: each of the area's units has its middle inside, all others outside.", language)]


def _memory(policy: Policy, language: str) -> list[str]:
    memory, lines = policy.incumbents, []
    if memory.leave_threshold is not None:
        text = _("A unit of an earlier area stays while its composite is at least {leave}.", language)
        lines.append(text.format(leave=decimal(memory.leave_threshold, 2, language)))
    elif isinstance(memory.leave, LeaveByChance):
        text = _(
            "A unit of an earlier area stays down to the composite at which chance puts at most {n} residents out.",
            language,
        )
        lines.append(text.format(n=decimal(memory.leave.residents, 0, language)))
    if memory.keep_years:
        text = _("An area that no longer qualifies stays for {n} years, until an end year.", language)
        lines.append(text.format(n=memory.keep_years))
    return lines if memory.remembers else [_("No memory: earlier areas are judged as all others.", language)]
