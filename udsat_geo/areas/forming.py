"""Forming areas: growth from cores, bridges, holes, the least residents, memory, overrides, numbers, sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas import roles
from udsat_geo.areas.decisions import Decisions, apply_decisions
from udsat_geo.areas.gaps import bridge_pieces, fill_holes
from udsat_geo.areas.ground import Ground
from udsat_geo.areas.roles import Areas, Memory, Standing, number_areas, stand
from udsat_geo.areas.splitting import split_areas
from udsat_geo.kernels.arrays import Flags, Ints, total
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.indices import with_indices
from udsat_geo.scoring.scores import Scores, composite_of_rates, count_exceeded, exceeds, gaps
from udsat_geo.units.barriers import Barriers
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units


@dataclass(frozen=True)
class Groups:
    """Units that hang together, before the demands on whole areas.

    What hangs together depends on neither ``rule.core`` nor ``areas.residents``: those decide which groups are areas.
    `role` and `reason`, shape (n_units,) like `group_of_unit`, are as if every group became an area; `residents` and
    `has_seed` are of shape (n_groups,); the `area` of the ground is the group.
    """

    standing: Standing
    group_of_unit: Ints
    role: NDArray[np.int8]
    reason: NDArray[np.int8]
    residents: Ints
    has_seed: Flags
    ground: Ground

    def area_groups(self, least: int) -> Flags:
        """Which groups are areas, shape (n_groups,)."""
        return self.has_seed & (self.residents >= least)


def form_areas(
    units: Units,
    scores: Scores,
    edges: Edges,
    policy: Policy,
    barriers: Barriers | None = None,
    memory: Memory | None = None,
    ran_before: Flags | None = None,
    decisions: Decisions | None = None,
    place_of_unit: Ints | None = None,
) -> Areas:
    """Form the areas of a policy.

    Units at or above the edge threshold (with enough criteria exceeded, those that are required, and enough of the
    rule's groups) that touch make a group, with the units that they surround where ``rule.surrounded`` takes those in,
    joined across gaps and with holes filled; a group with at least one unit at or above the core threshold and with at
    least ``areas.residents`` residents is an area. Areas of the previous designation may stay by the policy's
    ``incumbents``; overrides come last.

    Parameters
    ----------
    units : Units
    scores : Scores
    edges : Edges
        Those that barriers cross left out.
    policy : Policy
    barriers : Barriers, optional
        Which bridges and holes must not cross.
    memory : Memory, optional
        Of the previous designation; used when the policy has ``incumbents``.
    ran_before : bool, shape (n_units,), optional
        Units that qualified in the earlier years that ``rule.years_running`` asks for.
    decisions : Decisions, optional
    place_of_unit : int64, shape (n_units,), optional
        The named place of each unit, -1 is none: areas that are cut are cut along places rather.
    """
    least = policy.areas.residents
    groups = group_units(units, scores, edges, policy, barriers, memory, ran_before)
    # without a lower threshold for leaving, memory changes no group
    alone = ran_before is None and (memory is None or policy.incumbents.leave_threshold is None)
    this_year = groups if alone else group_units(units, scores, edges, policy, barriers, None, None)
    qualified = np.append(this_year.area_groups(least), False)[this_year.group_of_unit]
    keeps = groups.area_groups(least)
    number = np.full(len(keeps) + 1, -1, dtype=np.int64)
    number[np.flatnonzero(keeps)] = np.arange(int(keeps.sum()))
    area_of_unit = number[groups.group_of_unit]
    ground = groups.ground.renumbered(number)
    area_of_unit, ground = split_areas(units, edges, area_of_unit, ground, policy, place_of_unit)
    reason = _reasons(scores, policy, groups, area_of_unit)
    role = np.where(area_of_unit < 0, roles.OUTSIDE, groups.role).astype(np.int8)
    _tell_incumbents(groups, area_of_unit, role, reason)
    area_of_unit, kept_from = _keep(policy, memory, area_of_unit, role, reason)
    override_of_unit = np.full(len(units), -1, dtype=np.int64)
    if decisions is not None:
        area_of_unit, override_of_unit = apply_decisions(units, edges, area_of_unit, decisions)
        changed = override_of_unit >= 0
        included = changed & (area_of_unit >= 0)
        role[changed], reason[changed] = roles.OUTSIDE, roles.EXCLUDED_BY_DECISION
        role[included], reason[included] = roles.INCLUDED, roles.INCLUDED_BY_DECISION
    place = number_areas(units, area_of_unit, max(len(keeps), len(kept_from), int(ground.area.max(initial=-1)) + 1))
    kept_at = np.flatnonzero(kept_from >= 0)
    final_kept = np.full(int(place.max(initial=-1)) + 1, -1, dtype=np.int64)
    final_kept[place[kept_at][place[kept_at] >= 0]] = kept_from[kept_at][place[kept_at] >= 0]
    formed = (place[area_of_unit], role, reason, override_of_unit)
    return _with_sums(units, scores, policy, formed, groups, qualified, final_kept, memory, ground.renumbered(place))


def group_units(
    units: Units,
    scores: Scores,
    edges: Edges,
    policy: Policy,
    barriers: Barriers | None,
    memory: Memory | None,
    ran_before: Flags | None,
) -> Groups:
    """Group the units that may be part of an area; parameters as of `form_areas`."""
    from udsat_geo.kernels.components import label_components

    standing = stand(units, scores, policy, memory, ran_before, edges)
    piece_of_unit, n_pieces = label_components(standing.joins, edges.head, edges.tail)
    bridged = bridge_pieces(units, piece_of_unit, n_pieces, standing, policy, barriers)
    group_of_unit = np.append(bridged.group_of_piece, -1)[piece_of_unit]
    group_of_unit[bridged.unit] = bridged.unit_group
    filled = fill_holes(units, scores, group_of_unit, bridged.ground, standing, policy, barriers)
    n_groups = int(bridged.group_of_piece.max(initial=-1)) + 1
    group_of_unit = filled.group_of_unit
    grouped = group_of_unit >= 0
    residents = total(group_of_unit, units.residents, n_groups)
    has_seed = np.zeros(n_groups, dtype=bool)
    has_seed[group_of_unit[standing.seeds & grouped]] = True
    role = np.full(len(units), roles.BRIDGE, dtype=np.int8)
    reason = np.full(len(units), roles.IN_BRIDGE, dtype=np.int8)
    for who, as_role, because in (
        (filled.fill, roles.FILL, roles.IN_FILL),
        (standing.stays, roles.INCUMBENT, roles.IN_INCUMBENT),
        (standing.edge, roles.EDGE, roles.IN_EDGE),
        (standing.surrounded, roles.EDGE, roles.IN_SURROUNDED),
        (standing.core, roles.CORE, roles.IN_CORE),
    ):
        role[who], reason[who] = as_role, because
    return Groups(standing, group_of_unit, role, reason, residents, has_seed, bridged.ground.joined(filled.ground))


def _reasons(scores: Scores, policy: Policy, groups: Groups, area_of_unit: Ints) -> NDArray[np.int8]:
    """The first demand that each unit fails, or what it is in an area as, shape (n_units,)."""
    standing, grouped = groups.standing, groups.group_of_unit >= 0
    reason = groups.reason.copy()
    short = np.append(np.where(groups.has_seed, roles.FEW_RESIDENTS, roles.NO_CORE), 0).astype(np.int8)
    out = grouped & (area_of_unit < 0)
    reason[out] = short[groups.group_of_unit[out]]
    with np.errstate(invalid="ignore"):
        low = (scores.composite < policy.rule.edge_threshold) & standing.scored
    # a unit that no rule of its own brought in is told by its own fault, unless it is in an area
    alone = area_of_unit < 0
    alone &= ~standing.joins
    for fails, because in (
        (~standing.own, roles.LOW_OWN),
        (~standing.ran, roles.NOT_RUNNING),
        (~standing.grouped, roles.FEW_GROUPS),
        (~standing.required, roles.NOT_REQUIRED),
        (~standing.counted, roles.FEW_CRITERIA),
        (low, roles.LOW_COMPOSITE),
        (~standing.scored, roles.NO_RATE),
        (~standing.comparable, roles.NO_REGION),
    ):
        reason[alone & fails] = because
    return reason


def _tell_incumbents(groups: Groups, area_of_unit: Ints, role: NDArray[np.int8], reason: NDArray[np.int8]) -> None:
    """In areas without a core unit, whoever was there before holds the area, edge or not; in place."""
    n_areas = int(area_of_unit.max(initial=-1)) + 1
    has_core = np.zeros(n_areas + 1, dtype=bool)
    has_core[area_of_unit[groups.standing.core]] = True
    holds = (area_of_unit >= 0) & groups.standing.stays & ~has_core[area_of_unit]
    role[holds], reason[holds] = roles.INCUMBENT, roles.IN_INCUMBENT


def _keep(
    policy: Policy, memory: Memory | None, area_of_unit: Ints, role: NDArray[np.int8], reason: NDArray[np.int8]
) -> tuple[Ints, Ints]:
    """Earlier areas of which nothing is left, kept while their end year lies ahead; role and reason in place.

    The area of each unit, and the earlier area of each area that is only kept, shape (n_areas,); -1 is none.
    """
    n_areas = int(area_of_unit.max(initial=-1)) + 1
    if memory is None or not policy.incumbents.keep_years:
        return area_of_unit, np.full(n_areas, -1, dtype=np.int64)
    result = area_of_unit.copy()
    kept: list[int] = []
    for earlier in range(len(memory.until)):
        mine = memory.area_of_unit == earlier
        if not mine.any() or (area_of_unit[mine] >= 0).any():
            continue
        if end_year(memory, earlier, policy) <= memory.year:
            continue
        result[mine] = n_areas + len(kept)
        role[mine], reason[mine] = roles.KEPT, roles.IN_KEPT
        kept.append(earlier)
    return result, np.concatenate([np.full(n_areas, -1, dtype=np.int64), np.array(kept, dtype=np.int64)])


def end_year(memory: Memory, earlier: int, policy: Policy) -> int:
    """When an earlier area that no longer qualifies leaves for good.

    Set once, in the first designation in which it does not qualify: that year plus ``incumbents.keep_years``. A
    designation of the end year itself no longer has it.
    """
    told = int(memory.until[earlier])
    return told if told >= 0 else memory.year + policy.incumbents.keep_years


def _with_sums(
    units: Units,
    scores: Scores,
    policy: Policy,
    formed: tuple[Ints, NDArray[np.int8], NDArray[np.int8], Ints],
    groups: Groups,
    qualified: Flags,
    kept_from: Ints,
    memory: Memory | None,
    ground: Ground,
) -> Areas:
    area_of_unit, role, reason, override_of_unit = formed
    n_areas = int(area_of_unit.max(initial=-1)) + 1
    inside = area_of_unit >= 0
    numerator, denominator, residents = (
        total(area_of_unit, sums, n_areas) for sums in (units.numerator, units.denominator, units.residents)
    )
    rate, rest = units.rates_of_groups(area_of_unit, n_areas, (numerator, denominator)), units.rates_outside(inside)
    rate, rest = (with_indices(each, scores.indices) for each in (rate, rest))
    against = scores.comparators.of_groups(area_of_unit, n_areas, units.residents)
    exceeded = exceeds(rate, gaps(rate, against.value, policy), policy, against.limit)
    until = [-1 if k < 0 or memory is None else end_year(memory, int(k), policy) for k in kept_from]
    return Areas(
        area_of_unit=area_of_unit,
        role=role,
        reason=reason,
        residents=residents,
        units=np.bincount(area_of_unit[inside], minlength=n_areas).astype(np.int64),
        numerator=numerator,
        denominator=denominator,
        rate=rate,
        gap=gaps(rate, rest, policy),
        composite=composite_of_rates(rate, scores, policy, against.value),
        criteria_exceeded=count_exceeded(exceeded, policy),
        exceeded=exceeded,
        group_of_unit=groups.group_of_unit,
        residents_of_group=groups.residents,
        qualified=qualified,
        until=np.array(until, dtype=np.int64).reshape(-1),
        kept_from=kept_from,
        override_of_unit=override_of_unit,
        ground=ground,
        standing=groups.standing,
    )
