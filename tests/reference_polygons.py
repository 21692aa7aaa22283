"""Plain-Python twins of the kernels that find the polygon of a point, in exact fractions.

`locate_points` and `place_in_polygon` know no rounding, and `locate_points` no grid either: it asks every polygon.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reference_crossings import columns_in_row, span_of

Ends = Sequence[float]
"""Easting and northing of where an edge starts, then of where it ends."""

OUTSIDE, ON_BORDER, INSIDE = 0, 1, 2


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


def runs_by_bucket(
    edges: Sequence[Ends],
    polygon_of_edge: Sequence[int],
    row_start: Sequence[int],
    edge_in_row: Sequence[int],
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> tuple[list[int], list[int]]:
    """Where each bucket begins, and for each polygon with an edge in it, where its edges begin in the row."""
    bucket_start, run_in_bucket = [0], []
    for row in range(len(row_start) - 1):
        places = range(row_start[row], row_start[row + 1])
        for col in range(n_cols):
            for polygon in sorted(set(polygon_of_edge)):
                mine = [place for place in places if polygon_of_edge[edge_in_row[place]] == polygon]
                spans = [columns_in_row(row, *edges[edge_in_row[p]], west, south, side, n_cols) for p in mine]
                if any(first <= col < after for first, after in spans):
                    run_in_bucket.append(mine[0])
            bucket_start.append(len(run_in_bucket))
    return bucket_start, run_in_bucket


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
    row_start: Sequence[int],
    edge_in_row: Sequence[int],
    bucket_start: Sequence[int],
    run_in_bucket: Sequence[int],
    west: float,
    south: float,
    side: float,
    n_cols: int,
) -> tuple[list[int], list[int]]:
    """The first polygon that covers each bucket without an edge in it, and how many do, up to 2: by the centres."""
    cover, n_covers = [], []
    for row in range(len(row_start) - 1):
        for col in range(n_cols):
            bucket = row * n_cols + col
            runs = run_in_bucket[bucket_start[bucket] : bucket_start[bucket + 1]]
            with_edge = {polygon_of_edge[edge_in_row[run]] for run in runs}
            centre = (west + (col + 0.5) * side, south + (row + 0.5) * side)
            found = [
                polygon
                for polygon in range(n_polygons)
                if polygon not in with_edge and place_in_polygon(*centre, _of(polygon, edges, polygon_of_edge))
            ]
            cover.append(found[0] if found else -1)
            n_covers.append(min(len(found), 2))
    return cover, n_covers


def place_in_polygon(easting: float, northing: float, edges: Sequence[Ends]) -> int:
    """Whether a point lies outside a polygon, on one of its edges, or east of an odd number fewer than it has."""
    x, y = Fraction(easting), Fraction(northing)
    inside = False
    for ends in edges:
        ax, ay, bx, by = (Fraction(value) for value in ends)
        on_line = (bx - ax) * (y - ay) == (by - ay) * (x - ax)
        if on_line and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return ON_BORDER
        crossing = _crossing(ends, northing)
        if crossing is not None and crossing > x:
            inside = not inside
    return INSIDE if inside else OUTSIDE


def locate_points(
    points: Sequence[Sequence[float]], edges: Sequence[Ends], polygon_of_edge: Sequence[int], n_polygons: int
) -> tuple[list[int], int]:
    """The first polygon that covers each point, and how many points lie inside more than one."""
    found, in_several = [], 0
    for point in points:
        places = [place_in_polygon(*point, _of(polygon, edges, polygon_of_edge)) for polygon in range(n_polygons)]
        found.append(next((polygon for polygon, place in enumerate(places) if place != OUTSIDE), -1))
        in_several += places.count(INSIDE) > 1
    return found, in_several


def _of(polygon: int, edges: Sequence[Ends], polygon_of_edge: Sequence[int]) -> list[Ends]:
    return [ends for ends, owner in zip(edges, polygon_of_edge, strict=True) if owner == polygon]


def _crossing(ends: Ends, northing: float) -> Fraction | None:
    """Where an edge crosses a line from west to east; its upper end is not part of it."""
    ax, ay, bx, by = (Fraction(value) for value in ends)
    y = Fraction(northing)
    if (ay <= y) == (by <= y):
        return None
    return ax + (y - ay) / (by - ay) * (bx - ax)
