"""Why: what brought each unit and area on the map, or kept it off, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np

from udsat_geo.areas.roles import FEW_CRITERIA, FEW_RESIDENTS, LOW_COMPOSITE, LOW_OWN, NO_CORE, ROLES
from udsat_geo.designation.designation import Designation
from udsat_geo.kernels.arrays import Flags, Floats, Objects, as_objects
from udsat_geo.messages.translate import N_, _, in_language
from udsat_geo.messages.words import decimal

_UNITS_OF_ROLE = {
    "core": N_("{n} core units"),
    "edge": N_("{n} edge units"),
    "bridge": N_("{n} bridge"),
    "fill": N_("{n} filled"),
    "incumbent": N_("{n} stay from before"),
    "kept": N_("{n} kept"),
    "included": N_("{n} included by decision"),
}
"""The roles of an area's units in the order in which its reason counts them."""
_MISSED = {
    "residents": N_("{short} residents short"),
    "composite": N_("the highest composite is {short} below the core threshold"),
    "criteria": N_("{short} criteria short"),
    "required": N_("{label}: {short} short of the limit"),
    "own": N_("by itself, the best-off unit's composite is {short} below what the rule asks"),
}
"""The one demand that a near miss failed."""
DECIDED = {
    "include": N_("included by decision: {reason} ({by}, {date})"),
    "exclude": N_("excluded by decision: {reason} ({by}, {date})"),
}
"""What a decision says of a unit."""


def exceeded_texts(exceeded: Flags, keys: tuple[str, ...]) -> Objects:
    """The keys of the criteria exceeded, comma separated, shape (n,), of `exceeded` (n, n_criteria)."""
    return as_objects(",".join(compress(keys, row)) for row in exceeded.tolist())


def decision_texts(designation: Designation) -> list[str]:
    """What each override says, in its order."""
    words = in_language(DECIDED, designation.language)
    overrides = () if designation.overrides is None else designation.overrides.overrides
    return [
        words[override.action].format(by=override.decided_by, date=override.date, reason=override.reason)
        for override in overrides
    ]


def short_of_demand(designation: Designation) -> Floats:
    """By how much each unit outside fails the demand that decided, in the demand's own unit, shape (n_units,).

    Composite below the edge threshold; that of its own rates below what is asked of them; criteria; the group's
    highest composite below the core threshold; residents of the group. NaN for units in areas, and where no number
    says it.
    """
    areas, scores, policy = designation.areas, designation.scores, designation.policy.policy
    group = areas.group_of_unit
    highest = np.full(len(areas.residents_of_group) + 1, -np.inf)
    grouped = (group >= 0) & ~np.isnan(scores.composite)
    np.maximum.at(highest, group[grouped], scores.composite[grouped])
    residents = np.append(areas.residents_of_group, 0)
    short = np.full(len(group), np.nan)
    for because, demand, found in (
        (LOW_COMPOSITE, policy.rule.edge_threshold, scores.composite),
        (LOW_OWN, np.nan if policy.rule.own is None else policy.rule.own, scores.composite_own),
        (FEW_CRITERIA, policy.rule.criteria, scores.criteria_exceeded),
        (NO_CORE, policy.rule.core_threshold, highest[group]),
        (FEW_RESIDENTS, policy.areas.residents, residents[group]),
    ):
        decided = areas.reason == because
        short[decided] = demand - found[decided]
    return np.where(np.isfinite(short), short, np.nan)


def area_reasons(designation: Designation) -> Objects:
    """Why each area is there, in the language of the designation, shape (n_areas,); see `area_reason`."""
    areas, language, policy = designation.areas, designation.language, designation.policy.policy
    counts = np.zeros((len(areas), len(ROLES)), dtype=np.int64)
    inside = areas.area_of_unit >= 0
    np.add.at(counts, (areas.area_of_unit[inside], areas.role[inside].astype(np.int64)), 1)
    criteria = [
        {"key": one.key, "label": one.label_in(language), "unit": one.unit, "share": one.is_share}
        for one in policy.criteria
    ]
    texts = []
    for number in range(len(areas)):
        area = {
            "residents": int(areas.residents[number]),
            "composite": float(areas.composite[number]),
            "until": int(areas.until[number]) if areas.until[number] >= 0 else None,
            "criteria_exceeded": int(areas.criteria_exceeded[number]),
            **{f"gap_{key}": float(areas.gap[number, j]) for j, key in enumerate(policy.keys)},
        }
        roles = dict(zip(ROLES, counts[number].tolist(), strict=True))
        texts.append(area_reason(area, roles, policy.areas.residents, criteria, language))
    return as_objects(texts)


def area_reason(
    area: Mapping[str, Any],
    units_of_role: Mapping[str, int],
    least: int,
    criteria: Sequence[Mapping[str, Any]],
    language: str,
) -> str:
    """Why an area is there: its units by role, what it had to reach, its criteria and gaps to the rest of the city.

    Parameters
    ----------
    area : mapping
        Its row of the layer ``areas``.
    units_of_role : mapping
        Role -> how many of its units have it.
    least : int
        The residents that the policy asks for.
    criteria : sequence of mappings
        ``key``, ``label`` in the language, ``unit`` and ``share``.
    language : {"da", "en"}
    """
    words = in_language(_UNITS_OF_ROLE, language)
    roles = [
        words[role].format(n=decimal(units_of_role[role], 0, language)) for role in words if units_of_role.get(role)
    ]
    if area.get("until") is not None:
        demand = _("no longer qualifies, stays until {year}", language).format(year=area["until"])
    else:
        n, of = (decimal(number, 0, language) for number in (area["residents"], least))
        demand = _("{n} residents (at least {least})", language).format(n=n, least=of)
        if _is_known(area["composite"]):
            composite = decimal(area["composite"], 2, language)
            demand += "; " + _("composite {value}", language).format(value=composite)
    gaps = []
    for one in criteria:
        gap = area.get(f"gap_{one['key']}")
        if gap is not None and _is_known(gap):
            unit = _(" points", language) if one["share"] else f" {one['unit'] or ''}".rstrip()
            shown = decimal(abs((100 if one["share"] else 1) * gap), 1, language)
            gaps.append(f"{one['label']} {'+' if gap >= 0 else '-'}{shown}{unit}")
    exceeded = _("{n} of {of} criteria exceeded", language).format(n=area["criteria_exceeded"], of=len(criteria))
    return "; ".join([", ".join(roles), demand, f"{exceeded}: {', '.join(gaps)}" if gaps else exceeded])


def _is_known(value: Any) -> bool:
    """Whether a number is one: neither missing nor NaN."""
    return value is not None and value == value


def near_miss_texts(designation: Designation) -> list[str | None]:
    """Which demand each near miss failed, and by how much."""
    language, policy = designation.language, designation.policy.policy
    texts: list[str | None] = []
    for miss in designation.near_misses:
        digits = {"residents": 0, "criteria": 0}.get(miss.demand, 2)
        short, label = miss.short, ""
        if miss.criterion >= 0:
            criterion = policy.criteria[miss.criterion]
            label = criterion.label_in(language)
            short, digits = (100 * short, 1) if criterion.is_share else (short, 2)
        text = in_language(_MISSED, language)[miss.demand]
        texts.append(text.format(short=decimal(short, digits, language), label=label))
    return texts
