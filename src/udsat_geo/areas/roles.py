"""What an area is made of, and why each unit is in or out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.outline import Ground

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
) = range(15)
"""Reasons why a unit is in or out; `udsat_geo.wording` puts them into words."""

REASON_KEYS = (
    "core",
    "edge",
    "no_rate",
    "composite",
    "criteria",
    "no_core",
    "residents",
    "required",
    "years_running",
    "bridge",
    "hole",
    "incumbent",
    "keep_years",
    "override_include",
    "override_exclude",
)
"""The rule that decided, for data: in the order of the reasons."""


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
    exceeded: NDArray[np.bool_]
    group_of_unit: NDArray[np.int64]
    residents_of_group: NDArray[np.int64]
    qualified: NDArray[np.bool_]
    until: NDArray[np.int64]
    kept_from: NDArray[np.int64]
    override_of_unit: NDArray[np.int64]
    ground: Ground

    def __len__(self) -> int:
        return len(self.residents)
