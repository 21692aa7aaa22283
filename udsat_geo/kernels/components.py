"""Connected components along edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel


@kernel
def root_of(unit: int, parent: NDArray[np.int64]) -> int:
    """The root of a unit's tree, halving the path on the way."""
    while parent[unit] != unit:
        parent[unit] = parent[parent[unit]]
        unit = parent[unit]
    return unit


@kernel
def label_components(
    member: NDArray[np.bool_], head: NDArray[np.int32], tail: NDArray[np.int32]
) -> tuple[NDArray[np.int64], int]:
    """Components of the member units.

    Parameters
    ----------
    member : bool, shape (n_units,)
    head, tail : int32, shape (n_edges,)
        Pairs of units that touch; edges to units that are no members are passed over.

    Returns
    -------
    component_of_unit : int64, shape (n_units,)
        From 0 in the order of each component's first unit; -1 outside. Independent of the order of the edges.
    n_components : int
    """
    n_units = member.shape[0]
    parent = np.empty(n_units, dtype=np.int64)
    for unit in range(n_units):
        parent[unit] = unit
    for k in range(head.shape[0]):
        if member[head[k]] and member[tail[k]]:
            # from the parent, which is of the type of the other call: another would be compiled for itself
            a = root_of(parent[head[k]], parent)
            b = root_of(parent[tail[k]], parent)
            # the smaller unit becomes the root: whatever the order of edges, a root is its component's first unit
            if a < b:
                parent[b] = a
            elif b < a:
                parent[a] = b
    component_of_unit = np.full(n_units, -1, dtype=np.int64)
    n_components = 0
    for unit in range(n_units):
        if member[unit]:
            root = root_of(unit, parent)
            if root == unit:
                component_of_unit[unit] = n_components
                n_components += 1
            else:
                component_of_unit[unit] = component_of_unit[root]
    return component_of_unit, n_components
