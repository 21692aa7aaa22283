"""Where each unit stands by itself: what it meets of the rule, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.policy import Policy
from udsat_geo.scoring import Scores, meets_count, meets_requirements
from udsat_geo.units import Units


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
    area_of_unit: NDArray[np.int64]
    until: NDArray[np.int64]


@dataclass(frozen=True)
class Standing:
    """What each unit meets by itself, each of shape (n_units,), bool.

    Attributes
    ----------
    scored : has a rate.
    counted : enough criteria exceeded.
    required : every criterion that must be exceeded is.
    ran : qualified in the earlier years that the rule asks for.
    core, edge : meets all of these, and the threshold of core or edge units.
    stays : was in an area, and meets what an incumbent must.
    joins : edge or stays: may be part of an area.
    seeds : core or stays: may make one.
    passable : a bridge or a filled hole may take it in: nobody lives there, or it has no rate.
    """

    scored: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    required: NDArray[np.bool_]
    ran: NDArray[np.bool_]
    core: NDArray[np.bool_]
    edge: NDArray[np.bool_]
    stays: NDArray[np.bool_]
    joins: NDArray[np.bool_]
    seeds: NDArray[np.bool_]
    passable: NDArray[np.bool_]


def stand(
    units: Units,
    scores: Scores,
    policy: Policy,
    memory: Memory | None = None,
    ran_before: NDArray[np.bool_] | None = None,
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
    """
    rule = policy.rule
    by_composite = policy.score.method != "none"
    scored = ~np.isnan(scores.composite) if by_composite else scores.criteria_with_rate > 0
    counted, required = meets_count(scores.exceeded, policy), meets_requirements(scores.exceeded, policy)
    ran = np.ones(len(units), dtype=bool) if ran_before is None else ran_before
    demands = scored & counted & required & ran
    with np.errstate(invalid="ignore"):
        core = demands & (not by_composite or scores.composite >= rule.core_threshold)
        edge = demands & (not by_composite or scores.composite >= rule.edge_threshold)
    stays = np.zeros(len(units), dtype=bool)
    if memory is not None and policy.incumbents.leave is not None:
        with np.errstate(invalid="ignore"):
            stays = demands & (memory.area_of_unit >= 0) & (scores.composite >= policy.incumbents.leave)
    known = np.ones(len(units), dtype=bool) if units.residents_known is None else units.residents_known
    passable = (known & (units.residents == 0)) | ~scored
    return Standing(scored, counted, required, ran, core, edge, stays, edge | stays, core | stays, passable)
