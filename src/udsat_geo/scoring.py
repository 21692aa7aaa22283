"""From sums to scores: context, rates, gaps against the whole city, one scale, the composite.

A rate that has no denominator is missing, never zero: it is NaN, it enters no mean, and it exceeds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.grid import rings
from udsat_geo.policy import Policy
from udsat_geo.units import Units


@dataclass(frozen=True)
class Scores:
    """What each unit scores.

    Attributes
    ----------
    residents_in_view : int64, shape (n_units,)
        Residents over whom the rates are read.
    rate : float64, shape (n_units, n_criteria)
        Of the sums in view; NaN where the denominator in view is 0.
    gap : float64, shape (n_units, n_criteria)
        Against the whole city, in the rate's own unit; positive is worse.
    city : float64, shape (n_criteria,)
        The ratio of the whole city's sums.
    spread : float64, shape (n_criteria,)
        The standard deviation that gaps are measured in.
    composite : float64, shape (n_units,)
        Weighted mean of gap / spread over the criteria with a rate; NaN without any.
    criteria_with_rate, criteria_exceeded : int64, shape (n_units,)
        How many criteria have a rate, and how many are at or beyond their limit (without a limit: worse than the
        city).
    """

    residents_in_view: NDArray[np.int64]
    rate: NDArray[np.float64]
    gap: NDArray[np.float64]
    city: NDArray[np.float64]
    spread: NDArray[np.float64]
    composite: NDArray[np.float64]
    criteria_with_rate: NDArray[np.int64]
    criteria_exceeded: NDArray[np.int64]


def score_units(units: Units, policy: Policy) -> Scores:
    """Score every unit by a policy.

    Parameters
    ----------
    units : Units
    policy : Policy
    """
    from udsat_geo.kernels.scores import composite_of_gaps, spread_of_gaps

    n_criteria = len(policy.criteria)
    sums = np.hstack([units.numerator, units.denominator])
    residents_in_view, in_view = sums_in_view(units, sums, policy)
    rate = units.rate(in_view[:, :n_criteria], in_view[:, n_criteria:])
    city = units.rate(units.numerator.sum(axis=0), units.denominator.sum(axis=0))
    gap = gaps(rate, city, policy)
    spread = spread_of_gaps(gap, units.residents)
    weight = np.array([criterion.weight for criterion in policy.criteria])
    composite, criteria_with_rate = composite_of_gaps(gap, spread, weight)
    exceeded = exceeds(rate, gap, policy).sum(axis=-1)
    return Scores(residents_in_view, rate, gap, city, spread, composite, criteria_with_rate, exceeded)


def gaps(rate: NDArray[np.float64], against: NDArray[np.float64], policy: Policy) -> NDArray[np.float64]:
    """Differences between rates, turned so that positive is worse.

    Parameters
    ----------
    rate : float64, shape (..., n_criteria)
    against : float64, broadcastable to `rate`
    policy : Policy
    """
    turn = np.array([1.0 if criterion.worse == "high" else -1.0 for criterion in policy.criteria])
    result: NDArray[np.float64] = (rate - against) * turn
    return result


def exceeds(rate: NDArray[np.float64], gap: NDArray[np.float64], policy: Policy) -> NDArray[np.bool_]:
    """Which criteria are at or beyond their limit; without a limit, worse than what the gap is against.

    Parameters
    ----------
    rate, gap : float64, shape (..., n_criteria)

    Returns
    -------
    bool, shape (..., n_criteria)
        False where there is no rate.
    """
    result = gap > 0
    for j, criterion in enumerate(policy.criteria):
        if isinstance(criterion.limit, float):
            column = rate[..., j]
            result[..., j] = column >= criterion.limit if criterion.worse == "high" else column <= criterion.limit
    return result


def sums_in_view(units: Units, sums: NDArray[np.int64], policy: Policy) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sums over each unit and its nearest units until enough residents are in view.

    Parameters
    ----------
    units : Units
    sums : int64, shape (n_units, n_sums)
    policy : Policy
        ``context.residents`` and ``context.reach``; 0 residents is the unit alone.

    Returns
    -------
    residents_in_view : int64, shape (n_units,)
    sums_in_view : int64, shape (n_units, n_sums)
    """
    least, reach = policy.context.residents, policy.context.reach
    if least == 0:
        return units.residents, sums
    if units.grid is not None and units.row is not None and units.col is not None:
        from udsat_geo.kernels.cells import index_cells
        from udsat_geo.kernels.context import context_of_cells

        table = index_cells(units.row, units.col)
        steps = rings(units.grid.size, reach)
        return context_of_cells(units.row, units.col, table, *steps, units.residents, sums, least)
    from udsat_geo.kernels.context import context_of_points

    by_easting = np.argsort(units.easting, kind="stable")
    return context_of_points(units.easting, units.northing, by_easting, reach, units.residents, sums, least)
