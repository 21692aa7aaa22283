"""Near misses: groups of units outside every area that fail one demand only, and by how much.

- ``residents``: a group with a core, but too few residents; short by so many residents. Listed from half of the demand
  on (own choice): single addresses and cells would drown the rest.
- ``composite``: a group with enough residents, but without a core; short by what its highest unit lacks.
- ``criteria``: units at the thresholds that touch, hold enough residents and have a core, if so many fewer criteria had
  to be exceeded; short by so many criteria.
- ``required``: the same, were one criterion not required; short by what the group's own rate lacks to its limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from udsat_geo.areas.roles import Areas, Standing, stand
from udsat_geo.kernels.arrays import Flags, Floats, Ints, total
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.indices import with_indices
from udsat_geo.scoring.scores import Scores, composite_of_rates, count_exceeded, exceeds, gaps, meets_count
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units

Failed = tuple[str, int, float, Ints]
"""The demand, the criterion, by how much, and the units: as of `NearMiss`."""
NEAR = 0.5
"""From this share of the residents demanded on, a group is near; own choice."""


@dataclass(frozen=True)
class NearMiss:
    """A group of units that failed one demand.

    Attributes
    ----------
    demand : {"residents", "composite", "criteria", "required"}
    criterion : int
        Which criterion was required; -1 for other demands.
    short : float
        By how much, in the demand's own unit.
    members : int64, shape (n_members,)
        Unit numbers, in order.
    residents : int
    composite : float
        Of the group's own residents; NaN without one.
    criteria_exceeded : int
        By the group's own rates.
    """

    demand: str
    criterion: int
    short: float
    members: Ints
    residents: int
    composite: float
    criteria_exceeded: int


def find_near_misses(
    units: Units, scores: Scores, edges: Edges, policy: Policy, areas: Areas, ran_before: Flags | None
) -> tuple[NearMiss, ...]:
    """The groups that failed one demand only; by demand, then the nearest first.

    Parameters
    ----------
    units : Units
    scores : Scores
    edges : Edges
    policy : Policy
    areas : Areas
    ran_before : bool, shape (n_units,), optional
        See `udsat_geo.areas.forming.form_areas`.
    """
    # only who may leave later than others is judged by what was
    forgets = policy.incumbents.leave_threshold is None
    standing = areas.standing if forgets else stand(units, scores, policy, None, ran_before, edges)
    outside = areas.area_of_unit < 0
    found = _short_groups(units, scores, policy, areas, standing)
    found += _fewer_criteria(units, scores, edges, policy, standing, outside)
    found += _not_required(units, scores, edges, policy, standing, outside)
    found += _better_off_alone(units, scores, edges, policy, standing, outside)
    measured = _measured(found, units, scores, policy)
    order = ("residents", "composite", "criteria", "required", "own")
    return tuple(sorted(measured, key=lambda m: (order.index(m.demand), m.short, -m.residents, int(m.members[0]))))


def _short_groups(units: Units, scores: Scores, policy: Policy, areas: Areas, standing: Standing) -> list[Failed]:
    """Groups that were formed and are no areas: too few residents, or no core."""
    found: list[Failed] = []
    least, demanded = policy.areas.residents, areas.residents_of_group
    group_of_unit = np.where(areas.area_of_unit < 0, areas.group_of_unit, -1)
    has_core, has_edge = (_groups_with(group_of_unit, len(demanded), which) for which in (standing.core, standing.edge))
    # where part of the group became an area by memory or decision, what is left was not judged as a group
    whole = total(group_of_unit, units.residents, len(demanded)) == demanded
    few = has_core & (demanded >= NEAR * least) & (demanded < least)
    low = ~has_core & (demanded >= least) & has_edge
    for group, members in _members(_only(group_of_unit, whole & (few | low))):
        if few[group]:
            found.append(("residents", -1, float(least - demanded[group]), members))
        else:
            highest = float(np.nanmax(scores.composite[members]))
            found.append(("composite", -1, policy.rule.core_threshold - highest, members))
    return found


def _groups_with(group_of_unit: Ints, n_groups: int, which: Flags) -> Flags:
    """Which groups have any of some units, shape (n_groups,)."""
    found = np.zeros(n_groups, dtype=bool)
    found[group_of_unit[which & (group_of_unit >= 0)]] = True
    return found


def _only(group_of_unit: Ints, wanted: Flags) -> Ints:
    """The groups of units, -1 for those that are not wanted."""
    return np.where(np.append(wanted, False)[group_of_unit], group_of_unit, -1)


def _members(group_of_unit: Ints) -> list[tuple[int, Ints]]:
    """Every group with its units, in order."""
    grouped = np.flatnonzero(group_of_unit >= 0)
    grouped = grouped[np.argsort(group_of_unit[grouped], kind="stable")]
    groups, starts = np.unique(group_of_unit[grouped], return_index=True)
    ends = [*starts[1:].tolist(), len(grouped)]
    slices = zip(groups.tolist(), starts.tolist(), ends, strict=False)
    return [(group, grouped[start:end]) for group, start, end in slices]


def _would_be_areas(units: Units, scores: Scores, edges: Edges, policy: Policy, may: Flags, fails: Flags) -> list[Ints]:
    """The areas that units would make which `may` by one demand less, where some of them do fail it."""
    from udsat_geo.kernels.components import label_components

    by_composite = policy.score.method != "none"
    with np.errstate(invalid="ignore"):
        joins = may & (not by_composite or scores.composite >= policy.rule.edge_threshold)
        core = may & (not by_composite or scores.composite >= policy.rule.core_threshold)
    group_of_unit, n_groups = label_components(joins, edges.head, edges.tail)
    has_core, has_failed = (_groups_with(group_of_unit, n_groups, which) for which in (core, fails))
    enough = total(group_of_unit, units.residents, n_groups) >= policy.areas.residents
    return [members for _, members in _members(_only(group_of_unit, has_core & has_failed & enough))]


def _fewer_criteria(
    units: Units, scores: Scores, edges: Edges, policy: Policy, standing: Standing, outside: Flags
) -> list[Failed]:
    """Groups that would be areas if fewer criteria had to be exceeded, each with the least number fewer."""
    found: list[Failed] = []
    taken = np.zeros(len(units), dtype=bool)
    base = outside & standing.scored & standing.required & standing.grouped & standing.ran & standing.own
    for fewer in range(1, policy.rule.criteria + 1):
        enough = meets_count(scores.exceeded, policy, policy.rule.criteria - fewer)
        for members in _would_be_areas(units, scores, edges, policy, base & enough, ~standing.counted):
            if not taken[members].any():
                found.append(("criteria", -1, float(fewer), members))
                taken[members] = True
    return found


def _not_required(
    units: Units, scores: Scores, edges: Edges, policy: Policy, standing: Standing, outside: Flags
) -> list[Failed]:
    """Groups that would be areas were one criterion not required."""
    found: list[Failed] = []
    required = [policy.keys.index(key) for key in policy.rule.require]
    base = outside & standing.scored & standing.counted & standing.grouped & standing.ran & standing.own
    for j in required:
        others = [k for k in required if k != j]
        may = base & scores.exceeded[:, others].all(axis=1)
        for members in _would_be_areas(units, scores, edges, policy, may, ~scores.exceeded[:, j]):
            found.append(("required", j, _lacking(units, scores, policy, members, j), members))
    return found


def _better_off_alone(
    units: Units, scores: Scores, edges: Edges, policy: Policy, standing: Standing, outside: Flags
) -> list[Failed]:
    """Groups that would be areas were nothing asked of the units' own rates; short by what their worst-off unit is."""
    if policy.rule.own is None:
        return []
    base = outside & standing.scored & standing.counted & standing.required & standing.grouped & standing.ran
    return [
        ("own", -1, float(policy.rule.own - np.nanmin(scores.composite_own[members])), members)
        for members in _would_be_areas(units, scores, edges, policy, base, ~standing.own)
        if np.isfinite(scores.composite_own[members]).any()
    ]


def _lacking(units: Units, scores: Scores, policy: Policy, members: Ints, j: int) -> float:
    """What the group's own rate lacks to a criterion's limit; without one, to what it is compared with. At least 0."""
    rate = _own_rate(units, scores, members)[j]
    criterion = policy.criteria[j]
    limit = scores.comparators.of_members(members, units.residents).line(policy)[..., j].item()
    lacking = limit - rate if criterion.worse == "high" else rate - limit
    return float(max(lacking, 0.0)) if lacking == lacking else float("nan")


def _own_rate(units: Units, scores: Scores, members: Ints) -> Floats:
    return with_indices(units.rates_of(members), scores.indices)


def _measured(found: list[Failed], units: Units, scores: Scores, policy: Policy) -> list[NearMiss]:
    """What the groups' own residents are like, in the order of the groups."""
    if not found:
        return []
    of_misses = [miss[-1] for miss in found]
    members, starts = np.concatenate(of_misses), np.cumsum([0, *(len(each) for each in of_misses[:-1])])
    if units.quantiles:
        rate = np.stack([_own_rate(units, scores, each) for each in of_misses])
    else:
        sums = (np.add.reduceat(of.take(members, axis=0), starts) for of in (units.numerator, units.denominator))
        rate = with_indices(units.rate(*sums), scores.indices)
    against = scores.comparators.of_each(of_misses, units.residents)
    value, limit = (np.broadcast_to(part, rate.shape) for part in (against.value, against.limit))
    composite = composite_of_rates(rate, scores, policy, value)
    number = count_exceeded(exceeds(rate, gaps(rate, value, policy), policy, limit), policy)
    residents = np.add.reduceat(units.residents[members], starts)
    figures = zip(residents.tolist(), composite.tolist(), number.tolist(), strict=True)
    return [NearMiss(*miss, *figure) for miss, figure in zip(found, figures, strict=True)]
