"""Lines cut by barriers, and crossings that reopen them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

import reference_crossings
from udsat_geo.kernels.crossings import (
    BUCKETS_PER_SEGMENT,
    PASSED_PER_SEGMENT,
    columns_in_row,
    find_cut_lines,
    grid_over,
    index_segments,
    is_reopened,
    meeting_point,
    middle_of_overlap,
    orientation,
    span_of,
)

pytestmark = pytest.mark.filterwarnings("error")

Ends = tuple[float, float, float, float]
Floats = NDArray[np.float64]

SMALL = st.integers(-6, 6).map(float)
"""So few places that most lines touch, overlap, or are points."""
WIDE = st.integers(-400, 400).map(float)
"""So many that a grid has buckets to choose from, and few meetings are at the ends."""
OUTLYING = st.one_of(SMALL, SMALL, WIDE, st.sampled_from([-1e8, 1e8, 12_345_678.0]))
REACHES = st.sampled_from([0.0, 0.5, 1.0, 2.5, 5.0, 13.0])


def ends_of(position: SearchStrategy[float], max_size: int = 12) -> SearchStrategy[list[Ends]]:
    return st.lists(st.tuples(position, position, position, position), max_size=max_size)


def cases(position: SearchStrategy[float]) -> SearchStrategy[tuple[list[Ends], list[Ends], list[tuple[float, float]]]]:
    """Lines, segments and crossings."""
    return st.tuples(ends_of(position), ends_of(position), st.lists(st.tuples(position, position), max_size=6))


def columns(rows: Sequence[Sequence[float]], n_columns: int = 4) -> list[Floats]:
    table = np.array(rows, dtype=np.float64).reshape(-1, n_columns)
    return [table[:, k].copy() for k in range(n_columns)]


def cut(lines: Any, segments: Any, crossings: Any = (), reach: float = 0.0) -> list[bool]:
    found = find_cut_lines(*columns(lines), *columns(segments), *columns(crossings, 2), reach)
    return list(found.tolist())


# --- against the exact twins --------------------------------------------------------------------------------


@pytest.mark.long
@given(st.one_of(cases(SMALL), cases(WIDE), cases(OUTLYING)), REACHES)
def test_find_cut_lines_equals_its_twin(case: Any, reach: float) -> None:
    assert cut(*case, reach) == reference_crossings.find_cut_lines(*case, reach)


@pytest.mark.long
@given(st.one_of(cases(SMALL), cases(WIDE)), REACHES, st.sampled_from([(724_000, 6_175_000), (-61_740, 0.5)]))
def test_where_on_earth_the_lines_lie_does_not_matter(case: Any, reach: float, origin: tuple[float, float]) -> None:
    """Whole metres stay exact in a float, there as here."""
    moved = [[np.add(row, origin * (len(row) // 2)).tolist() for row in rows] for rows in case]
    assert cut(*moved, reach) == reference_crossings.find_cut_lines(*case, reach)


@given(st.tuples(*[SMALL] * 8))
def test_meeting_point_equals_its_twin(ends: Any) -> None:
    meets, easting, northing = meeting_point(*ends)
    wanted = reference_crossings.meeting_point(*ends)
    assert meets == wanted[0]
    assert (easting, northing) == pytest.approx((float(wanted[1]), float(wanted[2])), abs=1e-12)


@given(st.tuples(*[SMALL] * 6))
def test_orientation_equals_its_twin(points: Any) -> None:
    assert orientation(*points) == reference_crossings.orientation(*points)


@given(st.tuples(SMALL, SMALL), st.tuples(st.integers(-3, 3), st.integers(-3, 3)), st.tuples(*[st.integers(-4, 4)] * 4))
def test_middle_of_overlap_equals_its_twin(place: Any, step: Any, ends: Any) -> None:
    """Two pieces of one line, so many steps along it."""
    assume(max(min(ends[:2]), min(ends[2:])) <= min(max(ends[:2]), max(ends[2:])))
    positions = [place[axis] + number * step[axis] for number in ends for axis in (0, 1)]
    assert middle_of_overlap(*positions) == reference_crossings.middle_of_overlap(*positions)


@given(SMALL, SMALL, SMALL, st.sampled_from([1.0, 1.5, 4.0]), st.integers(0, 9))
def test_span_of_equals_its_twin(one: float, other: float, origin: float, side: float, n_buckets: int) -> None:
    interval = min(one, other), max(one, other)
    found = span_of(*interval, origin, side, n_buckets)
    assert found == reference_crossings.span_of(*interval, origin, side, n_buckets)


@given(st.tuples(*[SMALL] * 4), st.tuples(SMALL, SMALL, st.sampled_from([1.0, 2.5, 4.0]), st.integers(1, 9)))
def test_columns_in_row_equals_its_twin(ends: Any, grid: Any) -> None:
    _, south, side, _ = grid
    for row in range(*span_of(min(ends[1::2]), max(ends[1::2]), south, side, 12)):
        assert columns_in_row(row, *ends, *grid) == reference_crossings.columns_in_row(row, *ends, *grid)


@pytest.mark.long
@given(ends_of(OUTLYING), ends_of(OUTLYING))
def test_grid_over_equals_its_twin_and_stays_small(lines: list[Ends], segments: list[Ends]) -> None:
    found = grid_over(*columns(lines), *columns(segments))
    assert found == reference_crossings.grid_over(lines, segments)
    n_buckets = found[3] * found[4]
    assert n_buckets <= 3 * BUCKETS_PER_SEGMENT * len(segments) + 1
    _, segment_in_bucket = index_segments(*columns(segments), *found)
    assert len(segment_in_bucket) <= (PASSED_PER_SEGMENT + 6) * len(segments)


@given(ends_of(SMALL), st.tuples(SMALL, SMALL, st.sampled_from([1.0, 2.5, 4.0]), st.integers(0, 5), st.integers(0, 5)))
def test_index_segments_equals_its_twin(segments: list[Ends], grid: Any) -> None:
    start, segment_in_bucket = index_segments(*columns(segments), *grid)
    assert (start.tolist(), segment_in_bucket.tolist()) == reference_crossings.index_segments(segments, *grid)


@given(SMALL, SMALL, st.lists(st.tuples(SMALL, SMALL), max_size=8), REACHES)
def test_is_reopened_equals_its_twin(easting: float, northing: float, crossings: Any, reach: float) -> None:
    found = is_reopened(easting, northing, *columns(sorted(crossings), 2), reach)
    assert found == reference_crossings.is_reopened(easting, northing, crossings, reach)


# --- against GEOS -------------------------------------------------------------------------------------------


@pytest.mark.long
@given(st.one_of(st.tuples(ends_of(SMALL), ends_of(SMALL)), st.tuples(ends_of(WIDE), ends_of(WIDE))))
def test_without_crossings_a_line_is_cut_where_geos_sees_an_intersection(case: Any) -> None:
    """Over real lines: GEOS has no answer for a line that is a point."""
    lines, segments = ([ends for ends in group if ends[:2] != ends[2:]] for group in case)
    as_lines, as_segments = (shapely.linestrings(np.array(group).reshape(-1, 2, 2)) for group in (lines, segments))
    wanted = shapely.intersects(as_lines[:, None], as_segments[None, :]).any(axis=1)
    assert cut(lines, segments) == wanted.tolist()


# --- rounding -----------------------------------------------------------------------------------------------


@st.composite
def nearly_touching(draw: st.DrawFn) -> tuple[Ends, Ends]:
    """A segment that begins on a line but for rounding and a few of a float's last steps, somewhere in Denmark."""
    place = st.tuples(st.floats(441_000, 894_000), st.floats(6_049_000, 6_403_000))
    a, b, away = np.array(draw(place)), np.array(draw(place)), np.array(draw(place))
    if draw(st.booleans()):
        b, away = a + (b - a) * 1e-3, a + (away - a) * 1e-3
    touch = a + draw(st.floats(-0.1, 1.1)) * (b - a)
    for axis in (0, 1):
        for _ in range(abs(steps := draw(st.integers(-3, 3)))):
            touch[axis] = np.nextafter(touch[axis], np.inf * np.sign(steps))
    if draw(st.booleans()):
        away = touch + draw(st.floats(-1, 1)) * (b - a)
    return (*a.tolist(), *b.tolist()), (*touch.tolist(), *away.tolist())


@given(nearly_touching())
def test_rounding_misses_no_meeting_and_invents_none_but_within_it(pair: tuple[Ends, Ends]) -> None:
    line, segment = pair
    found = cut([line], [segment])[0]
    if reference_crossings.find_cut_lines([line], [segment], [], 0.0)[0]:
        assert found
    elif found:
        assert distance(line, segment) < 1e-8


@pytest.mark.long
def test_rounding_misses_no_meeting_where_plain_determinants_do() -> None:
    """Lines from next to (0.5, 0.5), last steps of a float apart, past where a barrier begins."""
    near = [0.5 + step * 2.0**-53 for step in range(0, 256, 8)]
    lines = [(x, y, 24.00000000000005, 24.000000000000053) for x in near for y in near]
    missed = 0
    for barrier in ((17.3, 17.3, 18.0, 0.0), (17.3, 17.3, 17.0, 24.0)):
        found, wanted = cut(lines, [barrier]), reference_crossings.find_cut_lines(lines, [barrier], [], 0.0)
        assert not [line for line, is_found, is_met in zip(lines, found, wanted, strict=True) if is_met > is_found]
        for (x, y, to_x, to_y), is_met in zip(lines, wanted, strict=True):
            plain = (x - 17.3) * (to_y - 17.3) - (y - 17.3) * (to_x - 17.3)
            missed += is_met and (plain < 0) == (barrier[3] == 0.0) and plain != 0
    assert missed > 5, "or this place would be no worse than others"


def distance(line: Ends, segment: Ends) -> float:
    """Exact but for the last root: segments that do not meet are nearest at one of their ends."""
    squares = []
    for one, other in ((line, segment), (segment, line)):
        a, b = ((Fraction(one[k]), Fraction(one[k + 1])) for k in (0, 2))
        length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
        for x, y in ((Fraction(other[k]), Fraction(other[k + 1])) for k in (0, 2)):
            share = ((x - a[0]) * (b[0] - a[0]) + (y - a[1]) * (b[1] - a[1])) / length if length else Fraction(0)
            share = min(max(share, Fraction(0)), Fraction(1))
            squares.append((a[0] + share * (b[0] - a[0]) - x) ** 2 + (a[1] + share * (b[1] - a[1]) - y) ** 2)
    return float(min(squares)) ** 0.5


# --- order --------------------------------------------------------------------------------------------------


@pytest.mark.long
@given(st.one_of(cases(SMALL), cases(WIDE), cases(OUTLYING)), REACHES, st.randoms())
def test_neither_order_nor_direction_nor_repetition_matters(case: Any, reach: float, random: Any) -> None:
    def shuffled(rows: list[Any]) -> list[Any]:
        return random.sample(rows * 2, 2 * len(rows))

    def turned(rows: list[Ends]) -> list[Ends]:
        return [ends if random.random() < 0.5 else (*ends[2:], *ends[:2]) for ends in rows]

    lines, segments, crossings = case
    wanted = dict(zip(lines, cut(lines, segments, crossings, reach), strict=True))
    mixed = shuffled(lines)
    assert cut(mixed, turned(shuffled(segments)), shuffled(crossings), reach) == [wanted[line] for line in mixed]
    assert cut(turned(lines), segments, crossings, reach) == [wanted[line] for line in lines]


@pytest.mark.long
@given(cases(SMALL), ends_of(SMALL), REACHES)
def test_more_barriers_cut_more_and_more_crossings_cut_less(case: Any, more: list[Ends], reach: float) -> None:
    lines, segments, crossings = case
    before = np.array(cut(lines, segments, crossings, reach), dtype=bool)
    assert (before <= cut(lines, segments + more, crossings, reach)).all()
    assert (before >= cut(lines, segments, crossings + [ends[:2] for ends in more], reach)).all()
    assert (before >= cut(lines, segments, crossings, reach + 1)).all()


# --- by hand ------------------------------------------------------------------------------------------------

ACROSS: Ends = (0, 0, 10, 0)
"""A line from west to east."""


@pytest.mark.parametrize(
    ("segment", "wanted"),
    [
        ((5, -5, 5, 5), True),
        ((5, 0, 5, 5), True),
        ((10, 0, 20, 7), True),
        ((4, 0, 6, 0), True),
        ((10, 0, 20, 0), True),
        ((-9, 0, 99, 0), True),
        ((5, 0, 5, 0), True),
        ((0, 0, 0, 0), True),
        ((5, 1, 5, 5), False),
        ((11, 0, 20, 0), False),
        ((0, 1, 10, 1), False),
        ((5, 1, 5, 1), False),
        ((11, -5, 11, 5), False),
        ((-3, 1, 1, -3), False),
    ],
)
def test_a_line_is_cut_where_it_meets_a_segment(segment: Ends, wanted: bool) -> None:
    assert cut([ACROSS], [segment]) == [wanted]
    assert cut([segment], [ACROSS]) == [wanted]


def test_a_line_that_is_a_point_is_cut_where_it_lies_on_a_barrier() -> None:
    assert cut([(5, 5, 5, 5), (5, 6, 5, 6)], [(0, 0, 10, 10)]) == [True, False]
    assert cut([(5, 5, 5, 5)], [(5, 5, 5, 5)]) == [True]
    assert cut([(5, 5, 5, 5)], [(5, 5, 5, 5)], [(5, 9)], 4.0) == [False]


@pytest.mark.parametrize(("reach", "wanted"), [(5.0, False), (4.999, True), (0.0, True), (6.0, False)])
def test_a_crossing_reopens_up_to_its_reach(reach: float, wanted: bool) -> None:
    """The line meets the barrier at (5, 0); the crossing, up the barrier, lies 5 m off."""
    assert cut([ACROSS], [(5, -50, 5, 50)], [(5, 5)], reach) == [wanted]


@pytest.mark.long
@pytest.mark.parametrize("k", [3, 8, 24, 59])
def test_the_reach_is_inclusive_where_the_meeting_point_is_rounded(k: int) -> None:
    """The line leaves the crossing at a slope of 3 to 4 and meets the barrier after k m, at three and four fifths."""
    line = (724_000, 6_175_000, 724_000 + 3 * k, 6_175_000 + 4 * k)
    barrier = (724_000 - k, 6_175_000 + 2 * k, 724_000 + 3 * k, 6_175_000 - k)
    _, easting, northing = meeting_point(*map(float, line + barrier))
    assert (easting - 724_000) ** 2 + (northing - 6_175_000) ** 2 > k**2, "rounded, it lies out of reach"
    assert cut([line], [barrier], [line[:2]], k) == [False]
    assert cut([line], [barrier], [line[:2]], k - 1e-5) == [True]


def test_every_barrier_on_the_way_needs_a_crossing_within_reach() -> None:
    tracks = [(3, -5, 3, 5), (7, -5, 7, 5)]
    assert cut([ACROSS], tracks, [(3, 0)], 1.0) == [True]
    assert cut([ACROSS], tracks, [(3, 0), (7, 1)], 1.0) == [False]
    assert cut([ACROSS], tracks, [(5, 0)], 2.0) == [False]
    assert cut([ACROSS], tracks, [(5, 0)], 1.9) == [True]


def test_a_crossing_at_the_joint_of_two_segments_reopens_both() -> None:
    bend = [(5, -9, 5, 0), (5, 0, 9, 9)]
    assert cut([ACROSS], bend) == [True]
    assert cut([ACROSS], bend, [(5, 0)], 0.0) == [False]


@pytest.mark.long
def test_a_line_along_a_barrier_meets_it_in_the_middle_of_what_they_share() -> None:
    along = (6, 0, 30, 0)
    assert meeting_point(*ACROSS, *along) == (True, 8.0, 0.0)
    assert cut([ACROSS], [along], [(8, 3)], 3.0) == [False]
    assert cut([ACROSS], [along], [(6, 0)], 1.9) == [True]


def test_long_lines_and_long_barriers_meet_wherever_they_do() -> None:
    """Barriers as fine as cells and one across the country; lines as long as it, and one far outside."""
    rng = np.random.default_rng(3)
    start = rng.integers(0, 200_000, (3000, 2)).astype(float)
    segments = np.column_stack([start, start + rng.integers(-150, 151, start.shape)])
    segments[:3] = [(-1e8, 1e8, 1e8, -1e8), (0, 0, 200_000, 200_000), (0, 1e5, 200_000, 1e5 + 7)]
    start = rng.integers(0, 200_000, (300, 2)).astype(float)
    lines = np.column_stack([start, start + rng.integers(-100, 101, start.shape)])
    lines[:100, 2:] = rng.integers(-50_000, 250_000, (100, 2))
    lines[100] = (-1e8, -1e8, 1e8, 1e8)
    as_lines, as_segments = (shapely.linestrings(group.reshape(-1, 2, 2)) for group in (lines, segments))
    wanted = shapely.intersects(as_lines[:, None], as_segments[None, :]).any(axis=1)
    assert 60 < wanted.sum() < 150
    assert cut(lines, segments) == wanted.tolist()


def test_nothing_is_cut_without_barriers_and_nothing_without_lines() -> None:
    assert cut([ACROSS], []) == [False]
    assert cut([], [ACROSS]) == []
    assert cut([ACROSS], [(500, 500, 600, 600)]) == [False]
