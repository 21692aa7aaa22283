"""Why: what brought each unit and area on the map, or kept it off, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.roles import FEW_CRITERIA, FEW_RESIDENTS, LOW_COMPOSITE, NO_CORE, ROLES
from udsat_geo.designation.designation import Designation
from udsat_geo.messages.translate import _, in_language
from udsat_geo.messages.words import AREA_REASON, DECIDED, MISS, decimal

ROLES_TOLD = ("core", "edge", "bridge", "fill", "incumbent", "kept", "included")
"""The roles of an area's units in the order in which its reason counts them."""


def exceeded_texts(exceeded: NDArray[np.bool_], keys: tuple[str, ...]) -> NDArray[np.object_]:
    """The keys of the criteria exceeded, comma separated, shape (n,), of `exceeded` (n, n_criteria)."""
    texts = np.empty(len(exceeded), dtype=object)
    texts[:] = [",".join(key for key, over in zip(keys, row, strict=True) if over) for row in exceeded.tolist()]
    return texts


def decision_texts(designation: Designation) -> list[str]:
    """What each override says, in its order."""
    words = in_language(DECIDED, designation.language)
    overrides = () if designation.overrides is None else designation.overrides.overrides
    return [
        words[override.action].format(by=override.decided_by, date=override.date, reason=override.reason)
        for override in overrides
    ]


def short_of_demand(designation: Designation) -> NDArray[np.float64]:
    """By how much each unit outside fails the demand that decided, in the demand's own unit, shape (n_units,).

    Composite below the edge threshold; criteria; the group's highest composite below the core threshold; residents of
    the group. NaN for units in areas, and where no number says it.
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
        (FEW_CRITERIA, policy.rule.criteria, scores.criteria_exceeded),
        (NO_CORE, policy.rule.core_threshold, highest[group]),
        (FEW_RESIDENTS, policy.areas.residents, residents[group]),
    ):
        decided = areas.reason == because
        short[decided] = demand - found[decided]
    return np.where(np.isfinite(short), short, np.nan)


@dataclass(frozen=True)
class MeasuredGap:
    """A criterion of an area with its gap to the rest of the city.

    Attributes
    ----------
    label : str
    unit : str
        Of the rate, where it is no share.
    share : bool
    gap : float
        Positive is worse; NaN is not known.
    """

    label: str
    unit: str
    share: bool
    gap: float


@dataclass(frozen=True)
class AreaFacts:
    """What the reason of an area is made of.

    Attributes
    ----------
    units_of_role : mapping
        Role (one of `udsat_geo.areas.roles.ROLES`) -> how many of its units have it.
    residents, least : int
        Those of the area, and the least that the policy asks for.
    composite : float
        NaN where there is none.
    until : int
        The end year of an area that only stays; -1 is none.
    criteria_exceeded : int
    gaps : tuple of MeasuredGap
        One for each criterion, in their order.
    """

    units_of_role: Mapping[str, int]
    residents: int
    least: int
    composite: float
    until: int
    criteria_exceeded: int
    gaps: tuple[MeasuredGap, ...]


def area_reasons(designation: Designation) -> NDArray[np.object_]:
    """Why each area is there: its units by role, what it had to reach, its criteria and gaps, shape (n_areas,)."""
    areas, language, policy = designation.areas, designation.language, designation.policy.policy
    texts = np.empty(len(areas), dtype=object)
    counts = np.zeros((len(areas), len(ROLES)), dtype=np.int64)
    inside = areas.area_of_unit >= 0
    np.add.at(counts, (areas.area_of_unit[inside], areas.role[inside].astype(np.int64)), 1)
    for area in range(len(areas)):
        gaps = tuple(
            MeasuredGap(criterion.label_in(language), criterion.unit, criterion.is_share, float(areas.gap[area, j]))
            for j, criterion in enumerate(policy.criteria)
        )
        facts = AreaFacts(
            dict(zip(ROLES, counts[area].tolist(), strict=True)),
            int(areas.residents[area]),
            policy.areas.residents,
            float(areas.composite[area]),
            int(areas.until[area]),
            int(areas.criteria_exceeded[area]),
            gaps,
        )
        texts[area] = area_reason(facts, language)
    return texts


def area_reason(facts: AreaFacts, language: str) -> str:
    """Why an area is there, in a language."""
    words = in_language(AREA_REASON, language)
    roles = [
        words[role].format(n=decimal(facts.units_of_role[role], 0, language))
        for role in ROLES_TOLD
        if facts.units_of_role.get(role)
    ]
    demand = _demand(facts, language)
    if facts.until >= 0:
        demand = words["until"].format(year=facts.until)
    return "; ".join([", ".join(roles), demand, _criteria(facts, language)])


def _demand(facts: AreaFacts, language: str) -> str:
    """The area's residents and composite beside what they had to be."""
    text = _("{n} residents (at least {least})", language).format(
        n=decimal(facts.residents, 0, language), least=decimal(facts.least, 0, language)
    )
    if facts.composite == facts.composite:
        text += "; " + _("composite {value}", language).format(value=decimal(facts.composite, 2, language))
    return text


def _criteria(facts: AreaFacts, language: str) -> str:
    """Every criterion of an area with its gap to the rest of the city."""
    told = []
    for criterion in facts.gaps:
        if criterion.gap != criterion.gap:
            continue
        factor = 100 if criterion.share else 1
        unit = _(" points", language) if criterion.share else f" {criterion.unit}".rstrip()
        sign = "+" if criterion.gap >= 0 else "-"
        told.append(f"{criterion.label} {sign}{decimal(abs(factor * criterion.gap), 1, language)}{unit}")
    head = _("{n} of {of} criteria exceeded", language).format(n=facts.criteria_exceeded, of=len(facts.gaps))
    return f"{head}: {', '.join(told)}" if told else head


def near_miss_texts(designation: Designation) -> list[str | None]:
    """Which demand each near miss failed, and by how much."""
    language, policy = designation.language, designation.policy.policy
    texts: list[str | None] = []
    for miss in designation.near_misses:
        digits = {"residents": 0, "criteria": 0}.get(miss.demand, 2)
        short = miss.short
        label = ""
        if miss.criterion >= 0:
            criterion = policy.criteria[miss.criterion]
            label = criterion.label_in(language)
            short, digits = (100 * short, 1) if criterion.is_share else (short, 2)
        texts.append(
            in_language(MISS, language)[miss.demand].format(short=decimal(short, digits, language), label=label)
        )
    return texts
