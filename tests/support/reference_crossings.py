"""Plain-Python twins of the kernels of barriers and crossings, in exact fractions.

Where a twin says that two things meet, they do, to the last digit of the coordinates given; it knows no rounding, and
those that find what meets know no grid. `grid_over` alone computes in floats, as its kernel does: what it returns is
the size of something, not an answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

Ends = Sequence[float]
"""Easting and northing of where a line starts, then of where it ends."""
Place = tuple[Fraction, Fraction]

MICROMETRE = Fraction(1, 10**6)
BUCKETS_PER_SEGMENT, PASSED_PER_SEGMENT = 16, 4


def _places(*positions: float) -> list[Place]:
    exact = [Fraction(position) for position in positions]
    return list(zip(exact[::2], exact[1::2], strict=True))


def _cross(a: Place, b: Place, c: Place, d: Place) -> Fraction:
    """Cross product of the ways from A to B and from C to D."""
    return (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])


def _between(a: Place, b: Place, share: Fraction = Fraction(1, 2)) -> Place:
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


def orientation(*positions: float) -> Fraction:
    """Twice the area of the triangle A, B, C; positive where C lies to the left of the line from A to B."""
    a, b, c = _places(*positions)
    return _cross(a, b, a, c)


def middle_of_overlap(*positions: float) -> Place:
    """The middle of what A to B and C to D, on one line, have in common; places on a line are ordered as pairs are."""
    a, b, c, d = _places(*positions)
    return _between(max(min(a, b), min(c, d)), min(max(a, b), max(c, d)))


def meeting_point(*positions: float) -> tuple[bool, Fraction, Fraction]:
    """Where A to B and C to D meet, or the middle of what they have in common on one line."""
    a, b, c, d = _places(*positions)
    across = _cross(a, b, c, d)
    if across:
        on_first, on_second = _cross(a, c, c, d) / across, _cross(a, c, a, b) / across
        if 0 <= on_first <= 1 and 0 <= on_second <= 1:
            return (True, *_between(a, b, on_first))
    elif _cross(a, b, a, c) == _cross(c, d, a, c) == 0 and max(min(a, b), min(c, d)) <= min(max(a, b), max(c, d)):
        return (True, *middle_of_overlap(*positions))
    return False, Fraction(0), Fraction(0)


def span_of(low: float, high: float, origin: float, side: float, n_buckets: int) -> tuple[int, int]:
    """The buckets, with both their ends, that an interval touches."""
    ends = [(origin + k * side, origin + (k + 1) * side) for k in range(n_buckets)]
    touched = [k for k, (begins, stops) in enumerate(ends) if begins <= high and low <= stops]
    return (touched[0], touched[-1] + 1) if touched else (0, 0)


def columns_in_row(row: int, *line_and_grid: float) -> tuple[int, int]:
    """The squares of a row, with their borders, that a line touches; the row is one that it touches."""
    *ends, west, south, side, n_cols = line_and_grid
    a, b = _places(*ends)
    shares = [Fraction(0), Fraction(1)]
    if a[1] != b[1]:
        borders = [Fraction(south) + (row + k) * Fraction(side) for k in (0, 1)]
        entry, leave = sorted((border - a[1]) / (b[1] - a[1]) for border in borders)
        shares = [max(entry, Fraction(0)), min(leave, Fraction(1))]
    low, high = sorted(_between(a, b, share)[0] for share in shares)
    return span_of(low, high, west, side, int(n_cols))  # type: ignore[arg-type]


def grid_over(lines: Sequence[Ends], segments: Sequence[Ends]) -> tuple[float, float, float, int, int]:
    """West, south, side, rows and columns of a grid over the rectangle that lines and segments share."""
    if not lines or not segments:
        return 0.0, 0.0, 1.0, 0, 0
    low, high = [], []
    for axis in (0, 1):
        of_lines, of_segments = ([end for ends in group for end in ends[axis::2]] for group in (lines, segments))
        low.append(max(min(of_lines), min(of_segments)))
        high.append(min(max(of_lines), max(of_segments)))
    if low[0] > high[0] or low[1] > high[1]:
        return 0.0, 0.0, 1.0, 0, 0
    passed = 0.0
    for ends in segments:
        inside = [min(max(ends[axis::2]), high[axis]) - max(min(ends[axis::2]), low[axis]) for axis in (0, 1)]
        passed += max(inside[0], 0.0) + max(inside[1], 0.0)
    width, height = high[0] - low[0], high[1] - low[1]
    most = BUCKETS_PER_SEGMENT * len(segments)
    side = max(1.0, math.sqrt(width * height / most), max(width, height) / most)
    side = max(side, passed / (PASSED_PER_SEGMENT * len(segments)))
    return low[0], low[1], side, int(height / side) + 1, int(width / side) + 1


def index_segments(
    segments: Sequence[Ends], west: float, south: float, side: float, n_rows: int, n_cols: int
) -> tuple[list[int], list[int]]:
    """Where each bucket begins, and the segments bucket by bucket."""
    bucket_start, segment_in_bucket = [0], []
    for row in range(n_rows):
        for col in range(n_cols):
            for number, ends in enumerate(segments):
                first_row, after_row = span_of(min(ends[1::2]), max(ends[1::2]), south, side, n_rows)
                first, after = columns_in_row(row, *ends, west, south, side, n_cols)
                if first_row <= row < after_row and first <= col < after:
                    segment_in_bucket.append(number)
            bucket_start.append(len(segment_in_bucket))
    return bucket_start, segment_in_bucket


def is_reopened(
    easting: float | Fraction, northing: float | Fraction, crossings: Sequence[Sequence[float]], crossing_reach: float
) -> bool:
    """Whether a crossing lies within reach, and a micrometre, of a point."""
    reach = Fraction(crossing_reach) + MICROMETRE
    return any(
        (Fraction(x) - Fraction(easting)) ** 2 + (Fraction(y) - Fraction(northing)) ** 2 <= reach**2
        for x, y in crossings
    )


def find_cut_lines(
    lines: Sequence[Ends], segments: Sequence[Ends], crossings: Sequence[Sequence[float]], crossing_reach: float
) -> list[bool]:
    """Which lines meet a segment where no crossing lies within reach, by comparing all with all."""
    cut = []
    for line in lines:
        meetings = [meeting_point(*line, *segment) for segment in segments]
        cut.append(any(meets and not is_reopened(x, y, crossings, crossing_reach) for meets, x, y in meetings))
    return cut
