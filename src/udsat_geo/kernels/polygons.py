"""Which polygon covers each point.

A polygon is its edges, holes and parts alike: a point is inside where a ray from it to the east crosses an odd number
of them. Rays that pass a vertex are settled by counting an edge from its lower end up to below its upper end. Only a
point that lies east of no edge's end and west of none asks on which side of the edge it lies; where rounding leaves
that open, the point counts as lying on the border (see `udsat_geo.kernels.crossings.orientation`).

A grid makes it fast. Edges stand in the rows of the grid that they touch, and polygons in the buckets through which
one of their edges passes. A polygon that has no edge in a bucket covers all of it or none, so most points are decided
by their bucket alone, and the others by the few edges that one or two polygons have in their row. Which grid that is
has no bearing on the result: rows and buckets are a little larger than their squares, by more than rounding can move
a point.

Positions are in metres, their absolute values at most 10^8 or so; a point may be NaN, and then lies nowhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.crossings import columns_in_row, orientation, span_of

OUTSIDE, ON_BORDER, INSIDE = 0, 1, 2
"""Where a point lies, as `place_in_polygon` says it."""


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
def runs_by_bucket(
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    polygon_of_edge: NDArray[np.int32],
    row_start: NDArray[np.int64],
    edge_in_row: NDArray[np.int32],
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Polygons in the buckets through which their edges pass.

    A polygon is told by its run in a row: where its edges begin there.

    Parameters
    ----------
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_edges,)
    polygon_of_edge : int32, shape (n_edges,)
        Rising, so that the edges of a polygon stand together in every row.
    row_start : int64, shape (n_rows + 1,)
    edge_in_row : int32, shape (n_places,)
        From `edges_by_row`.
    west, south, side : float
    n_cols : int

    Returns
    -------
    bucket_start : int64, shape (n_rows * n_cols + 1,)
    run_in_bucket : int32, shape (n_runs,)
        Places in `edge_in_row`. Those of bucket b, rising and so by polygon, stand from ``bucket_start[b]`` to
        ``bucket_start[b + 1]``.
    """
    n_rows = row_start.shape[0] - 1
    bucket_start = np.zeros(n_rows * n_cols + 1, dtype=np.int64)
    following = np.empty(0, dtype=np.int64)
    run_in_bucket = np.empty(0, dtype=np.int32)
    latest = np.empty(n_cols, dtype=np.int64)
    for fills in (False, True):
        if fills:
            for bucket in range(n_rows * n_cols):
                bucket_start[bucket + 1] += bucket_start[bucket]
            following = bucket_start[:-1].copy()
            run_in_bucket = np.empty(bucket_start[-1], dtype=np.int32)
        for row in range(n_rows):
            latest[:] = -1
            run = row_start[row]
            for place in range(row_start[row], row_start[row + 1]):
                edge = edge_in_row[place]
                if polygon_of_edge[edge] != polygon_of_edge[edge_in_row[run]]:
                    run = place
                first, after = columns_in_row(
                    row, easting_start[edge], northing_start[edge], easting_end[edge], northing_end[edge],
                    west, south, side, n_cols,
                )  # fmt: skip
                for col in range(first, after):
                    if latest[col] == run:
                        continue
                    latest[col] = run
                    bucket = row * n_cols + col
                    if fills:
                        run_in_bucket[following[bucket]] = run
                        following[bucket] += 1
                    else:
                        bucket_start[bucket + 1] += 1
    return bucket_start, run_in_bucket


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
    run_in_bucket: NDArray[np.int32],
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
    row_start, edge_in_row, bucket_start, run_in_bucket
        From `edges_by_row` and `runs_by_bucket`.
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
                    bucket_with_edge[polygon_of_edge[edge_in_row[run_in_bucket[place]]]] = bucket
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
def place_in_polygon(
    easting: float,
    northing: float,
    easting_start: NDArray[np.float64],
    northing_start: NDArray[np.float64],
    easting_end: NDArray[np.float64],
    northing_end: NDArray[np.float64],
    polygon_of_edge: NDArray[np.int32],
    edges: NDArray[np.int32],
) -> int:
    """Whether a point lies in the polygon of the first of some edges.

    Parameters
    ----------
    easting, northing : float
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_edges,)
    polygon_of_edge : int32, shape (n_edges,)
    edges : int32, shape (n_chosen,)
        Those of one polygon first: all that the point's northing meets. What follows is of others.

    Returns
    -------
    int
        `OUTSIDE`, `ON_BORDER` or `INSIDE`.
    """
    inside = False
    polygon = polygon_of_edge[edges[0]]
    for place in range(edges.shape[0]):
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
    edges = (easting_start, northing_start, easting_end, northing_end, polygon_of_edge)
    row_start, edge_in_row = edges_by_row(northing_start, northing_end, south, side, n_rows)
    bucket_start, run_in_bucket = runs_by_bucket(*edges, row_start, edge_in_row, west, south, side, n_cols)
    cover, n_covers = cover_buckets(
        *edges, n_polygons, row_start, edge_in_row, bucket_start, run_in_bucket, west, south, side, n_cols
    )
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
        for place in range(bucket_start[bucket], bucket_start[bucket + 1]):
            run = run_in_bucket[place]
            here = place_in_polygon(east, north, *edges, edge_in_row[run : row_start[row + 1]])
            if here != OUTSIDE:
                polygon = polygon_of_edge[edge_in_row[run]]
                if found < 0 or polygon < found:
                    found = polygon
            if here == INSIDE:
                n_inside += 1
        polygon_of_point[point] = found
        if n_inside > 1:
            in_several += 1
    return polygon_of_point, in_several
