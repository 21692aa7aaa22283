"""Whether a point lies in a polygon.

A polygon is its edges, holes and parts alike. Two ways lead to the answer. A ray from the point to the east crosses an
odd number of edges where the point is inside; rays that pass a vertex are settled by counting an edge from its lower
end up to below its upper end. Or the straight way to a reference, a point of which it is known whether it is inside,
crosses an even number where both are alike; a way that touches the end of an edge is not settled, but left to the ray.

On which side of an edge a point lies is decided as for barriers (`udsat_geo.kernels.crossings.orientation`). Where
rounding leaves it open, the point counts as lying on the border.

Positions are in metres, finite, their absolute values at most 10^8 or so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.crossings import orientation

UNDECIDED, OUTSIDE, ON_BORDER, INSIDE = -1, 0, 1, 2
"""Where a point lies in a polygon."""


@kernel
def first_edge_of(polygon: int, polygon_of_edge: NDArray[np.int32], edges: NDArray[np.int32]) -> int:
    """Where the edges of a polygon begin among others.

    Parameters
    ----------
    polygon : int
    polygon_of_edge : int32, shape (n_edges,)
    edges : int32, shape (n_chosen,)
        By polygon.

    Returns
    -------
    int
        A place in `edges`; where the polygon has none, that of the next one.
    """
    low, high = 0, edges.shape[0]
    while low < high:
        middle = (low + high) // 2
        if polygon_of_edge[edges[middle]] < polygon:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def place_in_polygon(
    easting: float,
    northing: float,
    polygon: int,
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    polygon_of_edge: NDArray[np.int32],
    edges: NDArray[np.int32],
) -> int:
    """Whether a point lies in a polygon, by a ray to the east.

    Parameters
    ----------
    easting, northing : float
    polygon : int
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_edges,)
    polygon_of_edge : int32, shape (n_edges,)
    edges : int32, shape (n_chosen,)
        By polygon; among them all of this one that the point's northing meets.

    Returns
    -------
    int
        `OUTSIDE`, `ON_BORDER` or `INSIDE`.
    """
    inside = False
    for place in range(first_edge_of(polygon, polygon_of_edge, edges), edges.shape[0]):
        edge = edges[place]
        if polygon_of_edge[edge] != polygon:
            break
        northing_a, northing_b = northing_start[edge], northing_end[edge]
        if (northing_a < northing and northing_b < northing) or (northing_a > northing and northing_b > northing):
            continue
        easting_a, easting_b = easting_start[edge], easting_end[edge]
        if easting_a < easting and easting_b < easting:
            continue
        crosses = (northing_a <= northing) != (northing_b <= northing)
        if easting_a > easting and easting_b > easting:
            inside ^= crosses
            continue
        turn = orientation(easting_a, northing_a, easting_b, northing_b, easting, northing)
        if turn == 0:
            return ON_BORDER
        # left of an edge that rises, right of one that falls: it lies to the east
        inside ^= crosses and (turn > 0) == (northing_b > northing_a)
    return INSIDE if inside else OUTSIDE


@kernel
def place_by_reference(
    easting: float,
    northing: float,
    easting_reference: float,
    northing_reference: float,
    place_of_reference: int,
    ends: NDArray[np.float64],
    turn_to_reference: NDArray[np.float64],
) -> int:
    """Whether a point lies in a polygon, by the straight way to a point of which that is known.

    Parameters
    ----------
    easting, northing, easting_reference, northing_reference : float
    place_of_reference : int
        `OUTSIDE` or `INSIDE`; with anything else the point is undecided, unless it lies on an edge.
    ends : float64, shape (n_chosen, 4)
        Easting and northing of the start and of the end of all edges of the polygon that the way could meet, and of no
        others.
    turn_to_reference : float64, shape (n_chosen,)
        `udsat_geo.kernels.crossings.orientation` of each edge and the reference.

    Returns
    -------
    int
        `OUTSIDE`, `ON_BORDER` or `INSIDE`; `UNDECIDED` where the way, or the line on, touches the end of an edge, and
        where rounding leaves that open.
    """
    inside = place_of_reference == INSIDE
    decided = inside or place_of_reference == OUTSIDE
    for k in range(ends.shape[0]):
        easting_a, northing_a, easting_b, northing_b = ends[k, 0], ends[k, 1], ends[k, 2], ends[k, 3]
        turn = orientation(easting_a, northing_a, easting_b, northing_b, easting, northing)
        if turn == 0:
            if min(easting_a, easting_b) <= easting <= max(easting_a, easting_b) and min(
                northing_a, northing_b
            ) <= northing <= max(northing_a, northing_b):
                return ON_BORDER
            decided = False
        elif turn_to_reference[k] == 0:
            decided = False
        elif (turn > 0) != (turn_to_reference[k] > 0):
            to_a = orientation(easting, northing, easting_reference, northing_reference, easting_a, northing_a)
            to_b = orientation(easting, northing, easting_reference, northing_reference, easting_b, northing_b)
            decided = decided and to_a != 0 and to_b != 0
            inside ^= (to_a > 0) != (to_b > 0)
    if not decided:
        return UNDECIDED
    return INSIDE if inside else OUTSIDE
