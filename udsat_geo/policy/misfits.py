"""Keys of a policy that are right by themselves and do not go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal

if TYPE_CHECKING:
    from udsat_geo.policy.rules import AreaThresholds, Policy

MOST_CELLS_IN_BRIDGE = 50
"""What a bridge may span: every way between two cells so far apart is listed in memory. Own choice."""


def misfits_of_groups(rule: AreaThresholds, keys: Sequence[str], touch: bool) -> list[str]:
    """What does not fit in ``rule.groups``, and in what is asked of surrounded units: key and fault.

    Parameters
    ----------
    rule : AreaThresholds
    keys : sequence of str
        Those of the criteria.
    touch : bool
        Whether units of the policy touch each other.
    """
    faults = []
    named = [group.key for group in rule.groups]
    faults += [
        "rule.groups: " + _("the key {key!r} stands more than once").format(key=key)
        for key in sorted(set(named))
        if named.count(key) > 1
    ]
    for group in rule.groups:
        where = f"rule.groups ({group.key})"
        faults += [
            f"{where}: " + _("there is no criterion {key!r}").format(key=key)
            for key in dict.fromkeys((*group.criteria, *group.require))
            if key not in keys
        ]
        if group.at_least > len(set(group.criteria)):
            text = _("asks for {criteria} of {counted} criteria")
            told = text.format(criteria=group.at_least, counted=len(set(group.criteria)))
            faults.append(f"{where}.at_least: " + told)
    if rule.groups and rule.groups_met > len(rule.groups):
        text = _("asks for {asked} of {groups} groups")
        faults.append("rule.groups_met: " + text.format(asked=rule.groups_met, groups=len(rule.groups)))
    elif not rule.groups and "groups_met" in rule.model_fields_set:
        faults.append("rule.groups_met: " + _("says nothing without rule.groups"))
    faults += [
        "rule.surrounded: " + _("there is no criterion {key!r}").format(key=key)
        for key in rule.surrounded or ()
        if key not in keys
    ]
    if rule.surrounded is not None and not touch:
        faults.append("rule.surrounded: " + _("is for cells and zones that touch (areas.neighbours)"))
    return faults


def misfits_of_quantiles(policy: Policy) -> list[str]:
    """What criteria that are quantiles must hold."""
    faults = []
    for criterion in policy.criteria:
        where = f"criteria ({criterion.key})."
        if not criterion.is_quantile:
            faults += [where + "least_persons: " + _("is for quantiles")] if criterion.least_persons else []
            continue
        if policy.context.reads_beyond:
            text = _('is read of units alone; write context.method = "none", or context.residents = 0')
            faults.append(where + "quantile: " + text)
        if policy.rates.shrink != "none":
            faults.append(where + "quantile: " + _('is drawn towards no mean; write rates.shrink = "none"'))
        if criterion.register_name == "survey":
            faults.append(where + "quantile: " + _("a survey answers for areas with shares and means alone"))
        needed = policy.score.method != "none" or criterion.limit is None
        if criterion.register_name == "units" and needed and set(policy.compare.weights) != {"given"}:
            text = _(
                "a ready-made quantile of units gives none of the city or of a region to compare with; write "
                'compare.with = "given", or score.method = "none" and a limit'
            )
            faults.append(where + "quantile: " + text)
    return faults


def misfits_of_compare(policy: Policy) -> list[str]:
    """What rates that are compared with more than the whole city must hold."""
    compare = policy.compare
    faults = [
        f"criteria ({criterion.key}).limit_factor: " + _("stands beside a limit; keep one of the two")
        for criterion in policy.criteria
        if criterion.limit_factor is not None and criterion.limit is not None
    ]
    for name, of in (("column", "region"), ("residents", "region"), ("given", "given")):
        if of not in compare.weights and getattr(compare, name):
            faults.append(f"compare.{name}: " + _('says nothing without "{of}" in compare.with').format(of=of))
    odd = sorted({*policy.keys} ^ {*compare.given})
    if "given" in compare.weights and odd:
        text = _("does not name the criteria, each once: {keys}").format(keys=", ".join(odd))
        faults.append("compare.given: " + text)
    if compare.column is not None and policy.units.kind == "addresses":
        text = _("is a column of a unit table, and addresses read registers; give polygons with --regions")
        faults.append("compare.column: " + text)
    if policy.score.scale_of is not None and not compare.is_city:
        text = _('holds the city\'s rates of a year, and compare.with is not "city"; leave one of them out')
        faults.append("score.scale_of: " + text)
    return faults


def misfits_of_areas(policy: Policy) -> list[str]:
    """What parts of ``[areas]`` say against each other, or against the kind of unit."""
    faults = []
    areas, kind = policy.areas, policy.units.kind
    if kind == "addresses" and areas.reach <= 0:
        faults.append("areas.reach: " + _("say how far apart (m) addresses of one area may lie"))
    if kind != "addresses" and areas.reach > 0:
        faults.append("areas.reach: " + _("is for addresses; {kind} touch by areas.neighbours").format(kind=kind))
    if kind == "addresses" and areas.bridge > 0:
        faults.append("areas.bridge: " + _("is for cells and zones; addresses hold together by areas.reach"))
    if kind == "cells" and areas.bridge > MOST_CELLS_IN_BRIDGE * policy.units.size:
        faults.append(
            "areas.bridge: "
            + _("is wider than {most} cells of {size} m").format(most=MOST_CELLS_IN_BRIDGE, size=policy.units.size)
        )
    if areas.neighbours == "none" and (areas.bridge > 0 or areas.holes > 0):
        faults.append("areas.neighbours: " + _('with "none", each unit stands by itself; leave out bridge and holes'))
    if 0 < areas.most_residents < areas.residents:
        told = {"most": decimal(areas.most_residents, 0), "least": decimal(areas.residents, 0)}
        what = _("{most} is less than areas.residents ({least}); no part may hold fewer than that")
        faults.append("areas.most_residents: " + what.format(**told))
    if areas.neighbours == "none" and (areas.most_residents or areas.compact):
        faults.append(
            "areas.neighbours: " + _('with "none", each unit stands by itself; leave out most_residents and compact')
        )
    if areas.fill_below is not None and not areas.holes:
        faults.append("areas.fill_below: " + _("says nothing without areas.holes"))
    if areas.fill_below is not None and policy.score.method == "none":
        faults.append("areas.fill_below: " + _('there is no composite with score.method "none"'))
    return faults
