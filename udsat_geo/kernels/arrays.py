"""Arrays as all rooms name them in their signatures, and what is made of them everywhere."""

from __future__ import annotations

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
    sums = np.zeros((n_groups, *values.shape[1:]), dtype=np.int64)
    inside = group >= 0
    np.add.at(sums, group[inside], values[inside])
    return sums
