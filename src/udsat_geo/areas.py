"""Contiguous areas: core units, growth through edge units, and the least number of residents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.contiguity import Edges
from udsat_geo.policy import Policy
from udsat_geo.scoring import Scores, exceeds, gaps
from udsat_geo.units import Units

OUTSIDE, CORE, EDGE = 0, 1, 2
ROLES = ("outside", "core", "edge")

IN_CORE, IN_EDGE, NO_RATE, LOW_COMPOSITE, FEW_CRITERIA, NO_CORE, FEW_RESIDENTS = range(7)
"""Reasons why a unit is in or out; `udsat_geo.wording` puts them into words."""


@dataclass(frozen=True)
class Areas:
    """Areas, numbered by residents (most first), then from south to north, then from west to east.

    Attributes
    ----------
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    role, reason : int8, shape (n_units,)
        Indices into `ROLES`; one of the reasons above.
    residents, units : int64, shape (n_areas,)
    numerator, denominator : int64, shape (n_areas, n_criteria)
        Sums over the area's own units, without any context.
    rate : float64, shape (n_areas, n_criteria)
    gap : float64, shape (n_areas, n_criteria)
        Against the rest of the city (all residents outside every area); positive is worse.
    composite : float64, shape (n_areas,)
        The area's own rates against the whole city, on the scale of the units.
    criteria_exceeded : int64, shape (n_areas,)
    """

    area_of_unit: NDArray[np.int64]
    role: NDArray[np.int8]
    reason: NDArray[np.int8]
    residents: NDArray[np.int64]
    units: NDArray[np.int64]
    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    rate: NDArray[np.float64]
    gap: NDArray[np.float64]
    composite: NDArray[np.float64]
    criteria_exceeded: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.residents)


def form_areas(units: Units, scores: Scores, edges: Edges, policy: Policy) -> Areas:
    """Form the areas of a policy.

    Units at or above the edge threshold (with enough criteria exceeded) that touch make a group; a group with at
    least one unit at or above the core threshold and with at least ``areas.residents`` residents is an area.

    Parameters
    ----------
    units : Units
    scores : Scores
    edges : Edges
    policy : Policy
    """
    from udsat_geo.kernels.components import label_components

    rule = policy.rule
    enough = scores.criteria_exceeded >= rule.criteria
    with np.errstate(invalid="ignore"):
        core = (scores.composite >= rule.core_threshold) & enough
        joins = (scores.composite >= rule.edge_threshold) & enough
    group_of_unit, n_groups = label_components(joins, edges.head, edges.tail)
    grouped = group_of_unit >= 0
    residents = np.zeros(n_groups, dtype=np.int64)
    np.add.at(residents, group_of_unit[grouped], units.residents[grouped])
    has_core = np.zeros(n_groups, dtype=bool)
    has_core[group_of_unit[core]] = True
    keeps = has_core & (residents >= policy.areas.residents)
    area_of_unit = _numbered(units, group_of_unit, keeps, residents)
    role = np.where(area_of_unit < 0, OUTSIDE, np.where(core, CORE, EDGE)).astype(np.int8)
    reason = _reasons(scores, policy, enough, core, group_of_unit, has_core, area_of_unit)
    return _with_sums(units, scores, policy, area_of_unit, role, reason)


def _numbered(
    units: Units,
    group_of_unit: NDArray[np.int64],
    keeps: NDArray[np.bool_],
    residents: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Number the kept groups by residents, then by their southernmost, then westernmost unit."""
    kept = np.flatnonzero(keeps)
    by_position = np.lexsort((units.easting, units.northing))
    rank = np.empty(len(units), dtype=np.int64)
    rank[by_position] = np.arange(len(units))
    first = np.full(len(keeps), len(units), dtype=np.int64)
    grouped = group_of_unit >= 0
    np.minimum.at(first, group_of_unit[grouped], rank[grouped])
    order = kept[np.lexsort((first[kept], -residents[kept]))]
    area_of_group = np.full(len(keeps) + 1, -1, dtype=np.int64)
    area_of_group[order] = np.arange(len(order))
    # group -1 reads the last entry, which is -1
    result: NDArray[np.int64] = area_of_group[group_of_unit]
    return result


def _reasons(
    scores: Scores,
    policy: Policy,
    enough: NDArray[np.bool_],
    core: NDArray[np.bool_],
    group_of_unit: NDArray[np.int64],
    has_core: NDArray[np.bool_],
    area_of_unit: NDArray[np.int64],
) -> NDArray[np.int8]:
    """The first demand that each unit fails, or its role."""
    reason = np.full(len(area_of_unit), FEW_RESIDENTS, dtype=np.int8)
    grouped = group_of_unit >= 0
    reason[grouped] = np.where(has_core[group_of_unit[grouped]], FEW_RESIDENTS, NO_CORE)
    inside = area_of_unit >= 0
    reason[inside] = np.where(core[inside], IN_CORE, IN_EDGE)
    missing = np.isnan(scores.composite)
    with np.errstate(invalid="ignore"):
        low = scores.composite < policy.rule.edge_threshold
    reason[~grouped & ~low & ~missing & ~enough] = FEW_CRITERIA
    reason[~grouped & low] = LOW_COMPOSITE
    reason[missing] = NO_RATE
    return reason


def _with_sums(
    units: Units,
    scores: Scores,
    policy: Policy,
    area_of_unit: NDArray[np.int64],
    role: NDArray[np.int8],
    reason: NDArray[np.int8],
) -> Areas:
    from udsat_geo.kernels.scores import composite_of_gaps

    n_areas = int(area_of_unit.max(initial=-1)) + 1
    inside = area_of_unit >= 0
    member_of = area_of_unit[inside]

    def total(values: NDArray[np.int64]) -> NDArray[np.int64]:
        sums = np.zeros((n_areas, *values.shape[1:]), dtype=np.int64)
        np.add.at(sums, member_of, values[inside])
        return sums

    numerator, denominator = total(units.numerator), total(units.denominator)
    rate = units.rate(numerator, denominator)
    rest = units.rate(units.numerator[~inside].sum(axis=0), units.denominator[~inside].sum(axis=0))
    against_city = gaps(rate, scores.city, policy)
    weight = np.array([criterion.weight for criterion in policy.criteria])
    composite, _ = composite_of_gaps(against_city, scores.spread, weight)
    return Areas(
        area_of_unit=area_of_unit,
        role=role,
        reason=reason,
        residents=total(units.residents),
        units=np.bincount(member_of, minlength=n_areas).astype(np.int64),
        numerator=numerator,
        denominator=denominator,
        rate=rate,
        gap=gaps(rate, rest, policy),
        composite=composite,
        criteria_exceeded=exceeds(rate, against_city, policy).sum(axis=-1),
    )
