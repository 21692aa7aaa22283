"""What an area is made of, and why each unit is in or out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.ground import Ground
from udsat_geo.kernels.arrays import Flags, Floats, Ints, total
from udsat_geo.messages.translate import N_
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores, meets_count, meets_groups, meets_own, meets_requirements
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units


@dataclass(frozen=True)
class Memory:
    """What a designation knows of the one before it.

    Attributes
    ----------
    year : int
        Of the designation that remembers.
    area_of_unit : int64, shape (n_units,)
        The earlier area of each unit of now; -1 is none.
    until : int64, shape (n_earlier_areas,)
        The end year of an earlier area that only stayed by ``keep_years``; -1 is none.
    """

    year: int
    area_of_unit: Ints
    until: Ints


@dataclass(frozen=True)
class Standing:
    """What each unit meets by itself, each of shape (n_units,), bool.

    Attributes
    ----------
    comparable : has something to be compared with.
    scored : is that, and has a rate.
    counted : enough criteria exceeded.
    required : every criterion that must be exceeded is.
    ran : qualified in the earlier years that the rule asks for.
    own : its own rates reach the composite that the rule asks of them.
    core, edge : meets all of these, and the threshold of core or edge units.
    was_in : was in an earlier area, under a policy that asks less of who is to stay.
    stays : is one of those, and meets what an incumbent must.
    joins : edge or stays: may be part of an area.
    seeds : core or stays: may make one.
    passable : a bridge or a filled hole may take it in: nobody lives there, or it has no rate.
    grouped : enough of the rule's groups of criteria are met.
    surrounded : in as an edge unit because all that it touches qualify by themselves.
    """

    comparable: Flags
    scored: Flags
    counted: Flags
    required: Flags
    ran: Flags
    own: Flags
    core: Flags
    edge: Flags
    was_in: Flags
    stays: Flags
    joins: Flags
    seeds: Flags
    passable: Flags
    grouped: Flags
    surrounded: Flags


def stand(
    units: Units,
    scores: Scores,
    policy: Policy,
    memory: Memory | None = None,
    ran_before: Flags | None = None,
    edges: Edges | None = None,
) -> Standing:
    """Hold every unit to the rule.

    Parameters
    ----------
    units : Units
    scores : Scores
    policy : Policy
    memory : Memory, optional
        Counts when the policy says what incumbents need.
    ran_before : bool, shape (n_units,), optional
        Qualified in the earlier years that ``rule.years_running`` asks for.
    edges : Edges, optional
        The units that touch; needed for ``rule.surrounded``.
    """
    rule = policy.rule
    by_composite = policy.score.method != "none"
    comparable = scores.comparators.comparable(len(units))
    scored = comparable & (~np.isnan(scores.composite) if by_composite else scores.criteria_with_rate > 0)
    counted, required = meets_count(scores.exceeded, policy), meets_requirements(scores.exceeded, policy)
    ran = np.ones(len(units), dtype=bool) if ran_before is None else ran_before
    own, grouped = meets_own(scores, policy), meets_groups(scores.exceeded, policy)
    demands = scored & counted & required & grouped & ran & own
    with np.errstate(invalid="ignore"):
        core = demands & (not by_composite or scores.composite >= rule.core_threshold)
        edge = demands & (not by_composite or scores.composite >= rule.edge_threshold)
    surrounded = _surrounded(edge, scored & ran, scores, policy, edges)
    edge = edge | surrounded
    was_in = stays = np.zeros(len(units), dtype=bool)
    leave = policy.incumbents.leave_threshold
    if memory is not None and leave is not None:
        was_in = memory.area_of_unit >= 0
        with np.errstate(invalid="ignore"):
            stays = demands & was_in & (scores.composite >= leave)
    known = np.ones(len(units), dtype=bool) if units.residents_known is None else units.residents_known
    passable = (known & (units.residents == 0)) | (~scored & comparable)
    demanded, joined = (comparable, scored, counted, required, ran, own), (edge | stays, core | stays, passable)
    return Standing(*demanded, core, edge, was_in, stays, *joined, grouped, surrounded)


def _surrounded(inside: Flags, may: Flags, scores: Scores, policy: Policy, edges: Edges | None) -> Flags:
    """Units outside that ``rule.surrounded`` takes in: one round, so that none is surrounded by such units."""
    from udsat_geo.kernels.neighbours import surrounded_units

    keys = policy.rule.surrounded
    if keys is None or edges is None:
        return np.zeros(len(inside), dtype=bool)
    asked = np.array([key in keys for key in policy.keys])
    all_around = surrounded_units(inside, edges.head, edges.tail)
    return all_around & ~inside & may & scores.exceeded[:, asked].all(axis=1)


OUTSIDE, CORE, EDGE, BRIDGE, FILL, INCUMBENT, KEPT, INCLUDED = range(8)
ROLES = ("outside", "core", "edge", "bridge", "fill", "incumbent", "kept", "included")
"""A unit's role in an area: what it is there as."""

(
    IN_CORE,
    IN_EDGE,
    NO_RATE,
    LOW_COMPOSITE,
    FEW_CRITERIA,
    NO_CORE,
    FEW_RESIDENTS,
    NOT_REQUIRED,
    NOT_RUNNING,
    IN_BRIDGE,
    IN_FILL,
    IN_INCUMBENT,
    IN_KEPT,
    INCLUDED_BY_DECISION,
    EXCLUDED_BY_DECISION,
    LOW_OWN,
    NO_REGION,
    IN_SURROUNDED,
    FEW_GROUPS,
) = range(19)
"""Reasons why a unit is in or out; `udsat_geo.messages.words` puts them into words."""

REASONS = {
    "core": N_("core: composite at or above the core threshold"),
    "edge": N_("edge: composite at or above the edge threshold, connected to a core or to a unit that stays"),
    "no_rate": N_("no rate can be computed"),
    "composite": N_("composite below the edge threshold"),
    "criteria": N_("too few criteria exceeded"),
    "no_core": N_("above the edge threshold, but no core in its group"),
    "residents": N_("meets the thresholds, but its group has too few residents"),
    "required": N_("a required criterion is not exceeded"),
    "years_running": N_("meets the demands this year, but not in all earlier years asked for"),
    "bridge": N_("bridge: without residents or rates, between two parts of the area"),
    "hole": N_("filled hole: enclosed by the area"),
    "incumbent": N_("stays: was designated and is above the threshold for leaving"),
    "keep_years": N_("stays until the end year: the area no longer qualifies"),
    "override_include": N_("included by decision"),
    "override_exclude": N_("excluded by decision"),
    "own": N_("composite of its own rates below what the rule asks of them"),
    "region": N_("nothing to compare with: in no region, or in one with too few residents"),
    "surrounded": N_("surrounded: all units that it touches qualify by themselves, and it meets what is asked of such"),
    "groups": N_("too few groups of criteria are met"),
}
"""The key of the rule that decided, for data, and what it says in English: in the order of the reasons."""
REASON_KEYS, REASON_TEXTS = tuple(REASONS), tuple(REASONS.values())


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
        The area's own rates against what its units are compared with, on their scale.
    criteria_exceeded : int64, shape (n_areas,)
    exceeded : bool, shape (n_areas, n_criteria)
    group_of_unit : int64, shape (n_units,)
        Units that meet the thresholds and hang together, bridges and filled holes included, before groups without
        a core or with too few residents were dropped; -1 is none.
    residents_of_group : int64, shape (n_groups,)
    qualified : bool, shape (n_units,)
        In an area by the rule of this year alone: without memory of earlier designations, and before any override.
    until : int64, shape (n_areas,)
        The end year of an area that only stays because of ``incumbents.keep_years``; -1 is none.
    kept_from : int64, shape (n_areas,)
        For such an area, its number in the previous designation; -1 is none.
    override_of_unit : int64, shape (n_units,)
        The override that changed the unit; -1 is none.
    ground : Ground
    standing : Standing
        What each unit met by itself.
    """

    area_of_unit: Ints
    role: NDArray[np.int8]
    reason: NDArray[np.int8]
    residents: Ints
    units: Ints
    numerator: Ints
    denominator: Ints
    rate: Floats
    gap: Floats
    composite: Floats
    criteria_exceeded: Ints
    exceeded: Flags
    group_of_unit: Ints
    residents_of_group: Ints
    qualified: Flags
    until: Ints
    kept_from: Ints
    override_of_unit: Ints
    ground: Ground
    standing: Standing

    def __len__(self) -> int:
        return len(self.residents)


def number_areas(units: Units, area_of_unit: Ints, n_before: int) -> Ints:
    """The final number of each area: by residents, then by its southernmost, then westernmost unit.

    Parameters
    ----------
    units : Units
    area_of_unit : int64, shape (n_units,)
    n_before : int
        Areas that there may have been before overrides emptied some.

    Returns
    -------
    int64, shape (at least n_before + 1,)
        -1 for an area without units, and at the end, where the number -1 reads it.
    """
    n_areas = max(int(area_of_unit.max(initial=-1)) + 1, n_before)
    members = np.flatnonzero(area_of_unit >= 0)
    residents = total(area_of_unit, units.residents, n_areas)
    by_position = members[np.lexsort((units.easting[members], units.northing[members]))]
    first = np.full(n_areas, len(members), dtype=np.int64)
    np.minimum.at(first, area_of_unit[by_position], np.arange(len(members)))
    there = np.flatnonzero(first < len(members))
    order = there[np.lexsort((first[there], -residents[there]))]
    place = np.full(n_areas + 1, -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    return place
