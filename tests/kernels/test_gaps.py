"""Bridging links and enclosed cells: the kernels against their twins, and small cases by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference_gaps
from udsat_geo.areas.gaps import bridge_steps
from udsat_geo.kernels.cells import index_cells
from udsat_geo.kernels.gaps import bridge_links, enclosed_cells, flood, is_way_clear

CELLS = st.lists(st.tuples(st.integers(-3, 4), st.integers(-4, 3)), min_size=1, max_size=40, unique=True)


def columns(cells: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    pairs = np.array(cells, dtype=np.int64).reshape(-1, 2)
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


def links_of(
    cells: list[tuple[int, int]], piece: list[int], passable: list[bool], bridge: float
) -> list[tuple[int, int, int]]:
    row, col = columns(cells)
    steps = bridge_steps(100, bridge)
    found = bridge_links(
        row, col, index_cells(row, col), np.array(piece, dtype=np.int64), np.array(passable, dtype=bool), *steps
    )
    return list(zip(*(values.tolist() for values in found), strict=True))


@given(CELLS, st.data(), st.sampled_from([99.0, 100.0, 150.0, 250.0]))
def test_links_are_those_of_the_twin(cells: list[tuple[int, int]], data: st.DataObject, bridge: float) -> None:
    cells = sorted(cells)
    piece = data.draw(st.lists(st.integers(-1, 2), min_size=len(cells), max_size=len(cells)))
    passable = data.draw(st.lists(st.booleans(), min_size=len(cells), max_size=len(cells)))
    row_step, col_step, start, way_row, way_col = (values.tolist() for values in bridge_steps(100, bridge))
    ways = [list(zip(way_row[a:b], way_col[a:b], strict=True)) for a, b in pairwise(start)]
    expected = reference_gaps.bridge_links(cells, piece, passable, list(zip(row_step, col_step, strict=True)), ways)
    assert links_of(cells, piece, passable, bridge) == expected


def test_a_link_spans_a_gap_of_its_width_and_none_wider() -> None:
    for gap in (1, 2):
        cells = [(0, 0), (0, gap + 1)]
        assert len(links_of(cells, [0, 1], [False, False], 100.0 * gap)) == 1
        assert links_of(cells, [0, 1], [False, False], 100.0 * gap - 1) == []


def test_touching_cells_are_no_gap() -> None:
    assert links_of([(0, 0), (0, 1)], [0, 1], [False] * 2, 500.0) == []
    assert links_of([(0, 0), (1, 1)], [0, 1], [False] * 2, 500.0) == []


def test_somebody_on_the_way_blocks_it() -> None:
    cells = [(0, 0), (0, 1), (0, 2)]
    assert links_of(cells, [0, -1, 1], [False, True, False], 100.0) != []
    assert links_of(cells, [0, -1, 1], [False, False, False], 100.0) == []


@pytest.mark.long
@given(st.tuples(st.integers(0, 5), st.integers(-5, 5)))
def test_the_way_holds_the_cells_that_many_points_of_the_line_lie_in(step: tuple[int, int]) -> None:
    row_step, col_step, start, way_row, way_col = (values.tolist() for values in bridge_steps(1, 5.0))
    steps = list(zip(row_step, col_step, strict=True))
    if step not in steps:
        return
    k = steps.index(step)
    way = set(zip(way_row[start[k] : start[k + 1]], way_col[start[k] : start[k + 1]], strict=True))
    # an odd number of places that shares no factor with small steps keeps off the corners
    at = np.arange(1, 10007)[:, None] / 10007 * np.array(step) + 0.5
    met = {tuple(cell) for cell in np.floor(at).astype(int).tolist()} - {(0, 0), step}
    assert met == way


@given(CELLS, st.booleans())
def test_a_way_is_clear_as_the_twin_says(cells: list[tuple[int, int]], odd: bool) -> None:
    cells = sorted(cells)
    row, col = columns(cells)
    passable = [(unit % 2 == 1) == odd for unit in range(len(cells))]
    way = [(0, 1), (1, 1), (1, 2)]
    way_row, way_col = columns(way)
    clear = is_way_clear(
        -1, -1, way_row, way_col, 0, 3, index_cells(row, col), row, col, np.array(passable, dtype=bool)
    )
    assert clear == reference_gaps.is_way_clear(-1, -1, way, {cell: unit for unit, cell in enumerate(cells)}, passable)


def holes_of(groups: list[list[tuple[int, int]]], across_corners: bool) -> list[tuple[int, list[tuple[int, int]]]]:
    cells = [cell for group in groups for cell in group]
    row, col = columns(cells)
    start = np.cumsum([0, *(len(group) for group in groups)]).astype(np.int64)
    hole_row, hole_col, hole, group_of_hole = enclosed_cells(row, col, start, across_corners)
    places = list(zip(hole_row.tolist(), hole_col.tolist(), strict=True))
    return [
        (group, [place for place, of in zip(places, hole.tolist(), strict=True) if of == number])
        for number, group in enumerate(group_of_hole.tolist())
    ]


@given(st.lists(CELLS, min_size=1, max_size=3), st.booleans())
def test_holes_are_those_of_the_twin(groups: list[list[tuple[int, int]]], across_corners: bool) -> None:
    assert holes_of(groups, across_corners) == reference_gaps.enclosed_cells(groups, across_corners)


def test_a_ring_encloses_its_middle_and_a_gap_in_it_opens_it() -> None:
    ring = [(r, c) for r in range(3) for c in range(3) if (r, c) != (1, 1)]
    assert holes_of([ring], False) == [(0, [(1, 1)])]
    diamond = [(0, 1), (1, 0), (1, 2), (2, 1)]
    assert holes_of([diamond], False) == [(0, [(1, 1)])]
    assert holes_of([diamond], True) == []
    assert holes_of([[cell for cell in ring if cell != (1, 2)]], False) == []


@given(CELLS, st.booleans())
def test_a_flood_reaches_what_the_twin_reaches(cells: list[tuple[int, int]], across_corners: bool) -> None:
    ground = np.ones(64, dtype=np.uint8)
    places = [8 * (row + 3) + col + 4 for row, col in cells]
    ground[places] = 0
    reached = np.empty(64, dtype=np.int64)
    n = flood(ground, 8, places[0], across_corners, reached)
    found = {(place // 8 - 3, place % 8 - 4) for place in reached[:n].tolist()}
    assert found == reference_gaps.flood(set(cells), cells[0], across_corners)
    assert (ground == 2).sum() == n
