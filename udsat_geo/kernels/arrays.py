"""Arrays as all rooms name them in their signatures, and what is made of them everywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]
"""Texts, None for a missing one, or geometries of shapely."""


def as_objects(values: Iterable[Any]) -> Objects:
    """Values as they are, shape (n_values,): numpy makes no rows of those that have a length."""
    values = list(values)
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result


def total(group: Ints, values: Ints, n_groups: int) -> Ints:
    """Sums by group, shape (n_groups,), or (n_groups, n) of values of shape (n_values, n); -1 is no group."""
    inside = np.flatnonzero(group >= 0)
    n_columns = math.prod(values.shape[1:])
    group, columns = group[inside], values[inside].reshape(len(inside), n_columns)
    sums = np.zeros((n_columns, n_groups), dtype=np.int64)
    # one column at a time: NumPy is several times as fast over one index as over rows
    for column in range(n_columns):
        np.add.at(sums[column], group, columns[:, column])
    return np.ascontiguousarray(sums.T).reshape(n_groups, *values.shape[1:])
