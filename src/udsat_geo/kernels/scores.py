"""One scale for all criteria, and the composite of a unit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel


@kernel
def spread_of_gaps(gap: NDArray[np.float64], residents: NDArray[np.int64]) -> NDArray[np.float64]:
    """Standard deviation of the units' gaps around the whole city, weighted by residents.

    ``s^2 = sum(residents * gap^2) / sum(residents)`` over the units that have a rate; 0 where nobody has one.

    Parameters
    ----------
    gap : float64, shape (n_units, n_criteria)
        NaN where a unit has no rate. The units stand in their canonical order, so the sum has one order too.
    residents : int64, shape (n_units,)

    Returns
    -------
    spread : float64, shape (n_criteria,)
    """
    n_units, n_criteria = gap.shape
    spread = np.zeros(n_criteria, dtype=np.float64)
    for j in range(n_criteria):
        squares = 0.0
        weight = 0
        for unit in range(n_units):
            if not math.isnan(gap[unit, j]):
                squares += residents[unit] * gap[unit, j] * gap[unit, j]
                weight += residents[unit]
        if weight > 0:
            spread[j] = math.sqrt(squares / weight)
    return spread


@kernel
def composite_of_gaps(
    gap: NDArray[np.float64], spread: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Weighted mean of the gaps in units of their spread, over the criteria that have a rate.

    Parameters
    ----------
    gap : float64, shape (n_units, n_criteria)
        Positive is worse, NaN is none.
    spread : float64, shape (n_criteria,)
        A criterion without spread scores 0 everywhere.
    weight : float64, shape (n_criteria,)

    Returns
    -------
    composite : float64, shape (n_units,)
        NaN where a unit has no rate at all.
    criteria_with_rate : int64, shape (n_units,)
    """
    n_units, n_criteria = gap.shape
    composite = np.full(n_units, np.nan, dtype=np.float64)
    criteria_with_rate = np.zeros(n_units, dtype=np.int64)
    for unit in range(n_units):
        total = 0.0
        weights = 0.0
        for j in range(n_criteria):
            if not math.isnan(gap[unit, j]):
                criteria_with_rate[unit] += 1
                weights += weight[j]
                if spread[j] > 0.0:
                    total += weight[j] * (gap[unit, j] / spread[j])
        if weights > 0.0:
            composite[unit] = total / weights
    return composite, criteria_with_rate
