"""Which units touch: one edge list for every kind of unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.grid import QUEEN_FORWARD, ROOK_FORWARD
from udsat_geo.policy import Policy
from udsat_geo.units import Units


@dataclass(frozen=True)
class Edges:
    """Pairs of units that touch, each pair once.

    Attributes
    ----------
    head, tail : int32, shape (n_edges,)
        Unit numbers, ``head < tail``, sorted by head, then tail.
    """

    head: NDArray[np.int32]
    tail: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.head)


def find_edges(units: Units, policy: Policy) -> Edges:
    """The edges between units by the policy's rule of neighbourhood.

    Parameters
    ----------
    units : Units
    policy : Policy
        ``areas.neighbours``: queen (a shared point is enough), rook (a shared line), or none. ``areas.tolerance``:
        the widest digitising gap, in metres, that zones still touch across. ``areas.reach``: the farthest, in metres,
        that addresses which touch lie apart; for them, queen and rook are the same.
    """
    rook = policy.areas.neighbours == "rook"
    if policy.areas.neighbours != "none":
        if units.kind == "addresses":
            return address_edges(units.easting, units.northing, policy.areas.reach)
        if units.geometry is not None:
            return zone_edges(units.geometry, rook, policy.areas.tolerance)
        if units.row is not None and units.col is not None:
            return grid_edges(units.row, units.col, rook)
    return Edges(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32))


def grid_edges(row: NDArray[np.int64], col: NDArray[np.int64], rook: bool) -> Edges:
    """Edges between cells.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
        Sorted by row, then column.
    rook : bool
        Four neighbours instead of eight.
    """
    from udsat_geo.kernels.cells import cell_edges, index_cells

    # the steps run in the order of the cells they lead to, which sorts the tails of each head
    steps = np.array(ROOK_FORWARD if rook else QUEEN_FORWARD, dtype=np.int64)
    head, tail = cell_edges(
        row, col, index_cells(row, col), np.ascontiguousarray(steps[:, 0]), np.ascontiguousarray(steps[:, 1])
    )
    return Edges(head, tail)


def address_edges(easting: NDArray[np.float64], northing: NDArray[np.float64], reach: float) -> Edges:
    """Edges between addresses.

    Parameters
    ----------
    easting, northing : float64, shape (n_units,)
        In metres.
    reach : float
        The farthest that two addresses which touch lie apart, in metres; inclusive.
    """
    from udsat_geo.kernels.pairs import pairs_within

    head, tail = pairs_within(easting, northing, np.argsort(easting, kind="stable"), reach)
    return Edges(head, tail)


def zone_edges(geometry: NDArray[np.object_], rook: bool, tolerance: float) -> Edges:
    """Edges between polygons.

    Queen: two zones touch when no more than `tolerance` lies between them. Rook: when the part of one's border that
    runs within `tolerance` of the other is longer than four tolerances. Corners that merely meet at right angles see
    at most two tolerances; where borders part at less than 30 degrees on both sides of a corner, a meeting of corners
    counts as a line. Four is our own choice.

    Parameters
    ----------
    geometry : object (shapely), shape (n_units,)
        Valid polygons, in metres.
    rook : bool
    tolerance : float
        In metres.
    """
    import shapely

    tree = shapely.STRtree(geometry)
    if tolerance > 0:
        head, tail = tree.query(geometry, predicate="dwithin", distance=tolerance)
    else:
        head, tail = tree.query(geometry, predicate="intersects")
    once = head < tail
    head, tail = head[once], tail[once]
    if rook and len(head):
        shared = _shared_border(geometry, head, tail, tolerance)
        line = shared > 4 * tolerance if tolerance > 0 else shared > 0
        head, tail = head[line], tail[line]
    order = np.lexsort((tail, head))
    return Edges(head[order].astype(np.int32), tail[order].astype(np.int32))


def _shared_border(
    geometry: NDArray[np.object_], head: NDArray[np.int64], tail: NDArray[np.int64], tolerance: float
) -> NDArray[np.float64]:
    """Length of each head's border on, or within tolerance of, its tail, shape (n_edges,)."""
    import shapely

    border = shapely.boundary(geometry)
    if tolerance > 0:
        near = shapely.buffer(geometry, tolerance)
        of_head: NDArray[np.float64] = shapely.length(shapely.intersection(border[head], near[tail]))
        of_tail: NDArray[np.float64] = shapely.length(shapely.intersection(border[tail], near[head]))
        return np.maximum(of_head, of_tail)
    # overlapping zones share area, not border lines; they touch as well
    overlap: NDArray[np.float64] = shapely.area(shapely.intersection(geometry[head], geometry[tail]))
    shared: NDArray[np.float64] = shapely.length(shapely.intersection(border[head], border[tail]))
    return shared + overlap
