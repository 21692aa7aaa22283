"""Where values stand among others."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel


@kernel
def ranks_on_scale(
    value: NDArray[np.float64], order: NDArray[np.int64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The rank that each value has, or would have, on a scale of values; equal ones share the mean of their ranks.

    With `below` values of the scale smaller and `equal` ones equal, the rank is ``below + (equal + 1) / 2``: for a
    value of the scale its mean rank, from 1; for one between two others, half way between their ranks; beyond either
    end, half a rank beyond the last.

    Parameters
    ----------
    value : float64, shape (n_values,)
        NaN has no rank.
    order : int64, shape (n_values,)
        The values' numbers in rising order of the values, NaN last; equal ones in any order.
    scale : float64, shape (n_scale,)
        In rising order, without NaN.

    Returns
    -------
    rank : float64, shape (n_values,)
        NaN where there is none; without a scale, everywhere.
    """
    n_scale = scale.shape[0]
    rank = np.full(value.shape[0], np.nan, dtype=np.float64)
    below = 0
    up_to = 0
    for i in range(order.shape[0]):
        own = value[order[i]]
        if math.isnan(own) or n_scale == 0:
            break
        while below < n_scale and scale[below] < own:
            below += 1
        up_to = max(up_to, below)
        while up_to < n_scale and scale[up_to] <= own:
            up_to += 1
        rank[order[i]] = below + (up_to - below + 1) / 2.0
    return rank
