"""Weighted quantiles of groups of rows, by whole numbers alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel

Ints = NDArray[np.int64]


@kernel
def weigh_groups(place: NDArray[np.int32], weight: Ints, group_of_place: Ints, whole: Ints, rows: Ints) -> None:
    """Add up the weights of each group's rows, and count them.

    Parameters
    ----------
    place : int32, shape (n_rows,)
    weight : int64, shape (n_rows,)
        Above 0.
    group_of_place : int64, shape (n_places,)
        -1 is none.
    whole, rows : int64, shape (n_groups,)
        Added to in place.
    """
    for i in range(place.shape[0]):
        group = group_of_place[place[i]]
        if group >= 0:
            whole[group] += weight[i]
            rows[group] += 1


@kernel
def lower_quantiles(
    place: NDArray[np.int32], value: Ints, weight: Ints, group_of_place: Ints, least: Ints, quantile: Ints
) -> None:
    """The lower quantile of each group: its smallest value up to which the rows weigh at least `least` in all.

    Parameters
    ----------
    place : int32, shape (n_rows,)
    value : int64, shape (n_rows,)
        Rising; the order among equal values does not matter.
    weight : int64, shape (n_rows,)
        Above 0.
    group_of_place : int64, shape (n_places,)
        -1 is none.
    least : int64, shape (n_groups,)
        Between 1 and the weight of all rows of the group; 0 asks for nothing.
    quantile : int64, shape (n_groups,)
        Set in place where it is asked for.
    """
    reached = np.zeros_like(least)
    for i in range(place.shape[0]):
        group = group_of_place[place[i]]
        if group >= 0 and reached[group] < least[group]:
            reached[group] += weight[i]
            if reached[group] >= least[group]:
                quantile[group] = value[i]
