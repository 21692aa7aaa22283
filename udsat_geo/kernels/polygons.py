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
from udsat_geo.kernels.crossings import index_segments, orientation, span_of

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


REFERENCE_EAST, REFERENCE_NORTH = 0.381966, 0.577350
"""Where in a bucket its reference lies, in sides: off its lines of symmetry, where edges like to run. Own choice."""


@kernel
def edges_by_row(
    northing_start: NDArray[np.float64], northing_end: NDArray[np.float64], south: float, side: float, n_rows: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Edges in the rows that they touch.

    Parameters
    ----------
    northing_start, northing_end : float64, shape (n_edges,)
    south, side : float
        Where the first row begins, and how high each is.
    n_rows : int

    Returns
    -------
    row_start : int64, shape (n_rows + 1,)
    edge_in_row : int32, shape (n_places,)
        Edges of row r, in their order, stand from ``row_start[r]`` to ``row_start[r + 1]``.
    """
    row_start = np.zeros(n_rows + 1, dtype=np.int64)
    following = np.empty(0, dtype=np.int64)
    edge_in_row = np.empty(0, dtype=np.int32)
    # the same walk twice: it counts, then it fills
    for fills in (False, True):
        if fills:
            for row in range(n_rows):
                row_start[row + 1] += row_start[row]
            following = row_start[:-1].copy()
            edge_in_row = np.empty(row_start[-1], dtype=np.int32)
        for edge in range(northing_start.shape[0]):
            low, high = northing_start[edge], northing_end[edge]
            if low > high:
                low, high = high, low
            first_row, after_row = span_of(low, high, south, side, n_rows)
            for row in range(first_row, after_row):
                if fills:
                    edge_in_row[following[row]] = edge
                    following[row] += 1
                else:
                    row_start[row + 1] += 1
    return row_start, edge_in_row


@kernel
def edges_across(
    northing: float,
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    edges: NDArray[np.int32],
    west: float,
    side: float,
    n_cols: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Edges that cross a line from west to east, by the column in which they do.

    Parameters
    ----------
    northing : float
        Of the line.
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_edges,)
    edges : int32, shape (n_chosen,)
        Those to look at.
    west, side : float
    n_cols : int

    Returns
    -------
    col_start : int64, shape (n_cols + 1,)
    edge_in_col : int32, shape (n_crossing,)
        Edges that cross in column c, in their order, stand from ``col_start[c]`` to ``col_start[c + 1]``.
    """
    col_of_edge = np.empty(edges.shape[0], dtype=np.int64)
    col_start = np.zeros(n_cols + 1, dtype=np.int64)
    for place in range(edges.shape[0]):
        edge = edges[place]
        low, high = northing_start[edge], northing_end[edge]
        col_of_edge[place] = -1
        if (low <= northing) != (high <= northing):
            share = (northing - low) / (high - low)
            easting = easting_start[edge] + share * (easting_end[edge] - easting_start[edge])
            col = min(max(int(np.floor((easting - west) / side)), 0), n_cols - 1)
            col_of_edge[place] = col
            col_start[col + 1] += 1
    for col in range(n_cols):
        col_start[col + 1] += col_start[col]
    following = col_start[:-1].copy()
    edge_in_col = np.empty(col_start[-1], dtype=np.int32)
    for place in range(edges.shape[0]):
        col = col_of_edge[place]
        if col >= 0:
            edge_in_col[following[col]] = edges[place]
            following[col] += 1
    return col_start, edge_in_col


@kernel
def cover_buckets(
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    polygon_of_edge: NDArray[np.int32],
    n_polygons: int,
    row_start: NDArray[np.int64],
    edge_in_row: NDArray[np.int32],
    bucket_start: NDArray[np.int64],
    edge_in_bucket: NDArray[np.int32],
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """The polygons that cover whole buckets, having no edge in them.

    Each row is walked from west to east along its middle, in and out of the polygons whose edges cross it.

    Parameters
    ----------
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_edges,)
    polygon_of_edge : int32, shape (n_edges,)
    n_polygons : int
    row_start, edge_in_row : int64 and int32 arrays
        From `edges_by_row`.
    bucket_start, edge_in_bucket : int64 and int32 arrays
        From `udsat_geo.kernels.crossings.index_segments`.
    west, south, side : float
    n_cols : int

    Returns
    -------
    cover : int32, shape (n_buckets,)
        The first of them, -1 where there is none.
    n_covers : int8, shape (n_buckets,)
        How many there are; 2 stands for any more.
    """
    n_rows = row_start.shape[0] - 1
    cover = np.full(n_rows * n_cols, -1, dtype=np.int32)
    n_covers = np.zeros(n_rows * n_cols, dtype=np.int8)
    bucket_with_edge = np.full(n_polygons, -1, dtype=np.int64)
    place_in_list = np.empty(n_polygons, dtype=np.int32)
    covering = np.empty(n_polygons, dtype=np.int32)
    for row in range(n_rows):
        edges = edge_in_row[row_start[row] : row_start[row + 1]]
        col_start, edge_in_col = edges_across(
            south + (row + 0.5) * side, easting_start, northing_start, easting_end, northing_end, edges,
            west, side, n_cols,
        )  # fmt: skip
        place_in_list[:] = -1
        n_covering = 0
        changed = True
        for col in range(n_cols):
            bucket = row * n_cols + col
            has_edges = bucket_start[bucket + 1] > bucket_start[bucket]
            if has_edges or changed:
                for place in range(bucket_start[bucket], bucket_start[bucket + 1]):
                    bucket_with_edge[polygon_of_edge[edge_in_bucket[place]]] = bucket
                for k in range(n_covering):
                    polygon = covering[k]
                    if bucket_with_edge[polygon] != bucket:
                        if cover[bucket] < 0 or polygon < cover[bucket]:
                            cover[bucket] = polygon
                        n_covers[bucket] = min(n_covers[bucket] + 1, 2)
            else:
                # nothing lies between this bucket and the one before
                cover[bucket], n_covers[bucket] = cover[bucket - 1], n_covers[bucket - 1]
            changed = has_edges
            for place in range(col_start[col], col_start[col + 1]):
                polygon = polygon_of_edge[edge_in_col[place]]
                if place_in_list[polygon] < 0:
                    place_in_list[polygon] = n_covering
                    covering[n_covering] = polygon
                    n_covering += 1
                else:
                    n_covering -= 1
                    last = covering[n_covering]
                    covering[place_in_list[polygon]] = last
                    place_in_list[last] = place_in_list[polygon]
                    place_in_list[polygon] = -1
    return cover, n_covers


@kernel
def reference_of(bucket: int, west: float, south: float, side: float, n_cols: int) -> tuple[float, float]:
    """Easting and northing of a bucket's reference."""
    row, col = bucket // n_cols, bucket % n_cols
    return west + (col + REFERENCE_EAST) * side, south + (row + REFERENCE_NORTH) * side


@kernel
def ends_in_buckets(
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    bucket_start: NDArray[np.int64],
    edge_in_bucket: NDArray[np.int32],
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the edges of each bucket start and end, side by side in memory, and the turn from each to the reference.

    Parameters
    ----------
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_edges,)
    bucket_start, edge_in_bucket : int64 and int32 arrays
        From `udsat_geo.kernels.crossings.index_segments`.
    west, south, side : float
    n_cols : int

    Returns
    -------
    ends : float64, shape (n_places, 4)
        Easting and northing of the start, then of the end.
    turn_to_reference : float64, shape (n_places,)
    """
    ends = np.empty((edge_in_bucket.shape[0], 4))
    turn_to_reference = np.empty(edge_in_bucket.shape[0])
    for bucket in range(bucket_start.shape[0] - 1):
        for place in range(bucket_start[bucket], bucket_start[bucket + 1]):
            easting, northing = reference_of(bucket, west, south, side, n_cols)
            edge = edge_in_bucket[place]
            easting_a, northing_a = easting_start[edge], northing_start[edge]
            easting_b, northing_b = easting_end[edge], northing_end[edge]
            ends[place, 0], ends[place, 1] = easting_a, northing_a
            ends[place, 2], ends[place, 3] = easting_b, northing_b
            turn_to_reference[place] = orientation(easting_a, northing_a, easting_b, northing_b, easting, northing)
    return ends, turn_to_reference


@kernel
def place_references(
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    polygon_of_edge: NDArray[np.int32],
    row_start: NDArray[np.int64],
    edge_in_row: NDArray[np.int32],
    bucket_start: NDArray[np.int64],
    edge_in_bucket: NDArray[np.int32],
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> NDArray[np.int8]:
    """Whether the reference of each bucket lies in the polygons that have edges in it.

    Parameters
    ----------
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_edges,)
    polygon_of_edge : int32, shape (n_edges,)
    row_start, edge_in_row, bucket_start, edge_in_bucket : int64 and int32 arrays
        As for `cover_buckets`.
    west, south, side : float
    n_cols : int

    Returns
    -------
    int8, shape (n_places,)
        As `place_in_polygon` says it, at the first place of each polygon's edges in a bucket; else `UNDECIDED`.
    """
    place_of_reference = np.full(edge_in_bucket.shape[0], UNDECIDED, dtype=np.int8)
    for bucket in range(bucket_start.shape[0] - 1):
        row = bucket // n_cols
        before = -1
        for place in range(bucket_start[bucket], bucket_start[bucket + 1]):
            polygon = polygon_of_edge[edge_in_bucket[place]]
            if polygon != before:
                easting, northing = reference_of(bucket, west, south, side, n_cols)
                place_of_reference[place] = place_in_polygon(
                    easting, northing, polygon, easting_start, northing_start, easting_end, northing_end,
                    polygon_of_edge, edge_in_row[row_start[row] : row_start[row + 1]],
                )  # fmt: skip
            before = polygon
    return place_of_reference


@kernel
def locate_points(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    polygon_of_edge: NDArray[np.int32],
    n_polygons: int,
    west: float,
    south: float,
    side: float,
    n_rows: int,
    n_cols: int,
) -> tuple[NDArray[np.int32], int]:
    """The first polygon that covers each point, and how many points lie inside more than one.

    Parameters
    ----------
    easting, northing : float64, shape (n_points,)
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_edges,)
        Of closed rings.
    polygon_of_edge : int32, shape (n_edges,)
        Rising.
    n_polygons : int
    west, south, side : float
        A grid over all edges; `west` and `south` are the least of their eastings and northings.
    n_rows, n_cols : int

    Returns
    -------
    polygon_of_point : int32, shape (n_points,)
        Borders belong to their polygon; -1 where no polygon covers the point.
    in_several : int
        Points in the interior of two or more polygons; those on a border lie in no interior.
    """
    of_edges = (easting_start, northing_start, easting_end, northing_end)
    row_start, edge_in_row = edges_by_row(northing_start, northing_end, south, side, n_rows)
    bucket_start, edge_in_bucket = index_segments(*of_edges, west, south, side, n_rows, n_cols)
    index = (row_start, edge_in_row, bucket_start, edge_in_bucket)
    cover, n_covers = cover_buckets(*of_edges, polygon_of_edge, n_polygons, *index, west, south, side, n_cols)
    place_of_reference = place_references(*of_edges, polygon_of_edge, *index, west, south, side, n_cols)
    ends, turn_to_reference = ends_in_buckets(*of_edges, bucket_start, edge_in_bucket, west, south, side, n_cols)
    polygon_of_place = polygon_of_edge[edge_in_bucket]
    polygon_of_point = np.full(easting.shape[0], -1, dtype=np.int32)
    in_several = 0
    for point in range(easting.shape[0]):
        east, north = easting[point], northing[point]
        col_position, row_position = (east - west) / side, (north - south) / side
        # written so that NaN, too, is nowhere
        if not (0.0 <= col_position < n_cols and 0.0 <= row_position < n_rows):
            continue
        row = int(row_position)
        bucket = row * n_cols + int(col_position)
        found, n_inside = cover[bucket], n_covers[bucket]
        place, after = bucket_start[bucket], bucket_start[bucket + 1]
        while place < after:
            first, polygon = place, polygon_of_place[place]
            while place < after and polygon_of_place[place] == polygon:
                place += 1
            here = place_by_reference(
                east, north, *reference_of(bucket, west, south, side, n_cols), place_of_reference[first],
                ends[first:place], turn_to_reference[first:place],
            )  # fmt: skip
            if here == UNDECIDED:
                edges = edge_in_row[row_start[row] : row_start[row + 1]]
                here = place_in_polygon(east, north, polygon, *of_edges, polygon_of_edge, edges)
            if here != OUTSIDE and (found < 0 or polygon < found):
                found = polygon
            if here == INSIDE:
                n_inside += 1
        polygon_of_point[point] = found
        if n_inside > 1:
            in_several += 1
    return polygon_of_point, in_several
