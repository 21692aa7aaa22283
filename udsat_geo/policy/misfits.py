"""Keys of a policy that are right by themselves and do not go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from udsat_geo.messages.translate import _

if TYPE_CHECKING:
    from udsat_geo.policy.rules import AreaThresholds


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
