"""Plain-Python twins of the kernels that find the polygon of a point, in exact fractions.

`locate_points` and `place_in_polygon` know no rounding, and `locate_points` no grid either: it asks every polygon.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reference_crossings import orientation, span_of

Ends = Sequence[float]
"""Easting and northing of where an edge starts, then of where it ends."""

UNDECIDED, OUTSIDE, ON_BORDER, INSIDE = -1, 0, 1, 2
REFERENCE_EAST, REFERENCE_NORTH = 0.381966, 0.577350


def edges_by_row(edges: Sequence[Ends], south: float, side: float, n_rows: int) -> tuple[list[int], list[int]]:
    """Where each row begins, and the edges row by row."""
    row_start, edge_in_row = [0], []
    for row in range(n_rows):
        for number, ends in enumerate(edges):
            first, after = span_of(min(ends[1::2]), max(ends[1::2]), south, side, n_rows)
            if first <= row < after:
                edge_in_row.append(number)
        row_start.append(len(edge_in_row))
    return row_start, edge_in_row


def edges_across(
    northing: float, edges: Sequence[Ends], chosen: Sequence[int], west: float, side: float, n_cols: int
) -> tuple[list[int], list[int]]:
    """Where each column begins, and the edges that cross the line in it."""
    crossing = [(number, _crossing(edges[number], northing)) for number in chosen]
    col_start, edge_in_col = [0], []
    for col in range(n_cols):
        low, high = Fraction(west) + col * Fraction(side), Fraction(west) + (col + 1) * Fraction(side)
        edge_in_col += [number for number, easting in crossing if easting is not None and low <= easting < high]
        col_start.append(len(edge_in_col))
    return col_start, edge_in_col


def cover_buckets(
    edges: Sequence[Ends],
    polygon_of_edge: Sequence[int],
    n_polygons: int,
    bucket_start: Sequence[int],
    edge_in_bucket: Sequence[int],
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> tuple[list[int], list[int]]:
    """The first polygon that covers each bucket without an edge in it, and how many do, up to 2: by the centres."""
    cover, n_covers = [], []
    for bucket in range(len(bucket_start) - 1):
        row, col = divmod(bucket, n_cols)
        inside = edge_in_bucket[bucket_start[bucket] : bucket_start[bucket + 1]]
        with_edge = {polygon_of_edge[edge] for edge in inside}
        centre = (west + (col + 0.5) * side, south + (row + 0.5) * side)
        found = [
            polygon
            for polygon in range(n_polygons)
            if polygon not in with_edge and place_in_polygon(*centre, polygon, edges, polygon_of_edge)
        ]
        cover.append(found[0] if found else -1)
        n_covers.append(min(len(found), 2))
    return cover, n_covers


def reference_of(bucket: int, west: float, south: float, side: float, n_cols: int) -> tuple[float, float]:
    """The reference of a bucket, as floats."""
    row, col = divmod(bucket, n_cols)
    return west + (col + REFERENCE_EAST) * side, south + (row + REFERENCE_NORTH) * side


def ends_in_buckets(
    edges: Sequence[Ends],
    bucket_start: Sequence[int],
    edge_in_bucket: Sequence[int],
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> tuple[list[Ends], list[Fraction]]:
    """The ends of each edge of each bucket, and the turn from it to the reference."""
    turns = []
    for bucket in range(len(bucket_start) - 1):
        reference = reference_of(bucket, west, south, side, n_cols)
        for edge in edge_in_bucket[bucket_start[bucket] : bucket_start[bucket + 1]]:
            turns.append(orientation(*edges[edge], *reference))
    return [edges[edge] for edge in edge_in_bucket], turns


def place_references(
    edges: Sequence[Ends],
    polygon_of_edge: Sequence[int],
    bucket_start: Sequence[int],
    edge_in_bucket: Sequence[int],
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> list[int]:
    """Where the reference of each bucket lies in the polygons that have an edge there, told at their first edge."""
    places = []
    for bucket in range(len(bucket_start) - 1):
        reference = reference_of(bucket, west, south, side, n_cols)
        told: set[int] = set()
        for edge in edge_in_bucket[bucket_start[bucket] : bucket_start[bucket + 1]]:
            polygon = polygon_of_edge[edge]
            first = polygon not in told
            places.append(place_in_polygon(*reference, polygon, edges, polygon_of_edge) if first else UNDECIDED)
            told.add(polygon)
    return places


def first_edge_of(polygon: int, polygon_of_edge: Sequence[int], edges: Sequence[int]) -> int:
    """How many edges are of polygons before this one."""
    return sum(polygon_of_edge[edge] < polygon for edge in edges)


def place_in_polygon(
    easting: float, northing: float, polygon: int, edges: Sequence[Ends], polygon_of_edge: Sequence[int]
) -> int:
    """Whether a point lies outside a polygon, on one of its edges, or east of an odd number fewer than it has."""
    x, y = Fraction(easting), Fraction(northing)
    inside = False
    for ends, owner in zip(edges, polygon_of_edge, strict=True):
        if owner != polygon:
            continue
        if _is_on(ends, x, y):
            return ON_BORDER
        crossing = _crossing(ends, northing)
        if crossing is not None and crossing > x:
            inside = not inside
    return INSIDE if inside else OUTSIDE


def place_by_reference(
    easting: float, northing: float, reference: Sequence[float], place_of_reference: int, edges: Sequence[Ends]
) -> int:
    """Whether the way to the reference crosses an odd number of edges; undecided where it meets one of their ends."""
    if any(_is_on(ends, Fraction(easting), Fraction(northing)) for ends in edges):
        return ON_BORDER
    if place_of_reference not in (OUTSIDE, INSIDE):
        return UNDECIDED
    crossed = 0
    for ends in edges:
        turns = [orientation(*ends, easting, northing), orientation(*ends, *reference)]
        if 0 in turns:
            return UNDECIDED
        if turns[0] * turns[1] < 0:
            ends_turn = [orientation(easting, northing, *reference, *end) for end in (ends[:2], ends[2:])]
            if 0 in ends_turn:
                return UNDECIDED
            crossed += ends_turn[0] * ends_turn[1] < 0
    return place_of_reference if crossed % 2 == 0 else INSIDE + OUTSIDE - place_of_reference


def locate_points(
    points: Sequence[Sequence[float]], edges: Sequence[Ends], polygon_of_edge: Sequence[int], n_polygons: int
) -> tuple[list[int], int]:
    """The first polygon that covers each point, and how many points lie inside more than one."""
    found, in_several = [], 0
    for point in points:
        places = [place_in_polygon(*point, polygon, edges, polygon_of_edge) for polygon in range(n_polygons)]
        found.append(next((polygon for polygon, place in enumerate(places) if place != OUTSIDE), -1))
        in_several += places.count(INSIDE) > 1
    return found, in_several


def _is_on(ends: Ends, x: Fraction, y: Fraction) -> bool:
    """Whether a point lies on an edge."""
    ax, ay, bx, by = (Fraction(value) for value in ends)
    on_line = (bx - ax) * (y - ay) == (by - ay) * (x - ax)
    return on_line and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)


def _crossing(ends: Ends, northing: float) -> Fraction | None:
    """Where an edge crosses a line from west to east; its upper end is not part of it."""
    ax, ay, bx, by = (Fraction(value) for value in ends)
    y = Fraction(northing)
    if (ay <= y) == (by <= y):
        return None
    return ax + (y - ay) / (by - ay) * (bx - ax)
