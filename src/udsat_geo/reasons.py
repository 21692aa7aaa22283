"""Why: what brought each unit and area on the map, or kept it off, in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas import (
    BRIDGE,
    CORE,
    EDGE,
    FEW_CRITERIA,
    FEW_RESIDENTS,
    FILL,
    INCLUDED,
    INCUMBENT,
    KEPT,
    LOW_COMPOSITE,
    NO_CORE,
)
from udsat_geo.designation import Designation
from udsat_geo.wording import AREA_REASON, DECIDED, MISS, decimal


def exceeded_texts(exceeded: NDArray[np.bool_], keys: tuple[str, ...]) -> NDArray[np.object_]:
    """The keys of the criteria exceeded, comma separated, shape (n,), of `exceeded` (n, n_criteria)."""
    texts = np.empty(len(exceeded), dtype=object)
    texts[:] = [",".join(key for key, over in zip(keys, row, strict=True) if over) for row in exceeded.tolist()]
    return texts


def decision_texts(designation: Designation) -> list[str]:
    """What each override says, in its order."""
    words = DECIDED[designation.language]
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


def area_reasons(designation: Designation) -> NDArray[np.object_]:
    """Why each area is there: its units by role, what it had to reach, its criteria and gaps, shape (n_areas,)."""
    areas, language = designation.areas, designation.language
    words = AREA_REASON[language]
    texts = np.empty(len(areas), dtype=object)
    counts = np.zeros((len(areas), KEPT + 2), dtype=np.int64)
    inside = areas.area_of_unit >= 0
    np.add.at(counts, (areas.area_of_unit[inside], areas.role[inside].astype(np.int64)), 1)
    for area in range(len(areas)):
        parts = [
            words[role].format(n=decimal(int(counts[area, code]), 0, language))
            for role, code in (
                ("core", CORE),
                ("edge", EDGE),
                ("bridge", BRIDGE),
                ("fill", FILL),
                ("incumbent", INCUMBENT),
                ("kept", KEPT),
                ("included", INCLUDED),
            )
            if counts[area, code]
        ]
        demand = _demand(designation, area)
        if areas.until[area] >= 0:
            demand = words["until"].format(year=int(areas.until[area]))
        texts[area] = "; ".join([", ".join(parts), demand, _criteria(designation, area)])
    return texts


def _demand(designation: Designation, area: int) -> str:
    """The area's residents and composite beside what they had to be."""
    areas, policy, language = designation.areas, designation.policy.policy, designation.language
    words = AREA_REASON[language]
    text = words["residents"].format(
        n=decimal(int(areas.residents[area]), 0, language), least=decimal(policy.areas.residents, 0, language)
    )
    if areas.composite[area] == areas.composite[area]:
        text += "; " + words["composite"].format(value=decimal(float(areas.composite[area]), 2, language))
    return text


def _criteria(designation: Designation, area: int) -> str:
    """Every criterion of an area with its gap to the rest of the city, the worst first by rank of the gap's size."""
    areas, language = designation.areas, designation.language
    told = []
    for j, criterion in enumerate(designation.policy.policy.criteria):
        gap = float(areas.gap[area, j])
        if gap != gap:
            continue
        factor = 100 if criterion.is_share else 1
        unit = AREA_REASON[language]["points"] if criterion.is_share else f" {criterion.unit}".rstrip()
        sign = "+" if gap >= 0 else "-"
        told.append(f"{criterion.label_in(language)} {sign}{decimal(abs(factor * gap), 1, language)}{unit}")
    n = int(areas.criteria_exceeded[area])
    head = AREA_REASON[language]["criteria"].format(n=n, of=len(designation.policy.policy.criteria))
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
        texts.append(MISS[language][miss.demand].format(short=decimal(short, digits, language), label=label))
    return texts
