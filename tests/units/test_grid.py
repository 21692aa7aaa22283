"""Cells of points, ids of the Danish grid, rings of steps."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import Cells, cells
from udsat_geo.messages.errors import InputError
from udsat_geo.units.grid import Grid, find_cells, rings
from udsat_geo.units.grid_ids import DANISH_ID

SIZES = st.sampled_from([1, 7, 50, 100, 250, 1000, 2000])
PLACES = st.integers(-(10**7), 10**7)
COORDINATES = st.floats(-1e8, 1e8, allow_subnormal=False)


def cell_at(grid: Grid, easting: float, northing: float) -> tuple[int, int]:
    row, col = grid.cell_of(np.array([easting]), np.array([northing]))
    return int(row[0]), int(col[0])


@given(COORDINATES, COORDINATES, SIZES)
def test_a_cell_is_the_exact_floor(easting: float, northing: float, size: int) -> None:
    """Against fractions, which round nothing."""
    exact = math.floor(Fraction(northing) / size), math.floor(Fraction(easting) / size)
    assert cell_at(Grid(size), easting, northing) == exact


@given(PLACES, PLACES, SIZES)
def test_a_cell_holds_its_south_and_west_edges_only(row: int, col: int, size: int) -> None:
    grid, south, west = Grid(size), float(row * size), float(col * size)
    assert cell_at(grid, west, south) == (row, col)
    if row and col:  # the float below 0 is far below anything that a coordinate can tell
        below, left = float(np.nextafter(south, -np.inf)), float(np.nextafter(west, -np.inf))
        assert cell_at(grid, left, south) == (row, col - 1)
        assert cell_at(grid, west, below) == (row - 1, col)
        assert cell_at(grid, left, below) == (row - 1, col - 1)


def test_the_corner_of_four_cells_by_hand() -> None:
    grid = Grid(100)
    assert cell_at(grid, 0.0, 0.0) == (0, 0)
    assert cell_at(grid, -0.0, -0.0) == (0, 0)
    assert cell_at(grid, -1e-300, 99.99) == (0, -1)
    assert cell_at(grid, 100.0, -1e-300) == (-1, 1)
    assert cell_at(grid, -100.0, -100.01) == (-2, -1)
    assert cell_at(grid, 719_600.0, 6_175_799.99) == (61_757, 7_196)


@given(cells(), SIZES)
def test_the_centre_of_a_cell_lies_in_it(drawn: Cells, size: int) -> None:
    row, col = drawn[0] % 10**7, drawn[1] % 10**7
    found_row, found_col = Grid(size).cell_of(*Grid(size).centres(row, col))
    assert (found_row.tolist(), found_col.tolist()) == (row.tolist(), col.tolist())


@given(cells(), SIZES, st.sampled_from([DANISH_ID, "N{northing}E{easting}", "E{easting}|N{northing}.{size}"]))
def test_ids_read_back_as_their_cells(drawn: Cells, size: int, pattern: str) -> None:
    """Names hold numbers of up to nine digits."""
    row, col = (np.sign(side) * (np.abs(side) % 10**9) for side in drawn)
    grid = Grid(size, pattern)
    names = grid.ids(row, col)
    assert len(set(names)) == len(set(zip(row.tolist(), col.tolist(), strict=True)))
    found_row, found_col = grid.parse_ids(names.tolist(), "units.csv: id")
    assert (found_row.tolist(), found_col.tolist()) == (row.tolist(), col.tolist())


@pytest.mark.parametrize(
    ("size", "row", "col", "name"),
    [
        (100, 61_757, 7_196, "100m_61757_7196"),
        (1000, 6_175, 719, "1km_6175_719"),
        (250, 24_703, -3, "250m_24703_-3"),
        (1500, 0, 0, "1500m_0_0"),
        (10_000, 617, 71, "10km_617_71"),
    ],
)
def test_ids_by_hand(size: int, row: int, col: int, name: str) -> None:
    grid = Grid(size)
    assert grid.ids(np.array([row]), np.array([col])).tolist() == [name]
    assert [int(part[0]) for part in grid.parse_ids([name], "id")] == [row, col]


@pytest.mark.parametrize(
    "name",
    [
        "1km_61757_7196",
        "100m_61757",
        "100m_61757_7196x",
        " 100m_61757_7196",
        "100m_6175.7_7196",
        "",
        "100M_1_2",
        "100m_1_1234567890",
    ],
)
def test_a_name_of_another_grid_is_refused_with_its_count(name: str) -> None:
    with pytest.raises(InputError) as caught:
        Grid(100).parse_ids(["100m_1_2", name, name], "units.csv: id")
    assert "2 rows" in str(caught.value)
    assert repr(name) in str(caught.value)
    assert "units.csv: id" in str(caught.value)


REACHES = st.integers(0, 1600).map(lambda quarter: quarter / 4)


@given(st.sampled_from([25, 50, 100]), REACHES)
def test_rings_hold_every_step_within_reach_once(size: int, reach: float) -> None:
    row_step, col_step, _ = rings(size, reach)
    found = list(zip(row_step.tolist(), col_step.tolist(), strict=True))
    span = range(-17, 18)
    wanted = {(r, c) for r in span for c in span if (r * r + c * c) * size**2 <= Fraction(reach) ** 2}
    assert set(found) == wanted
    assert len(found) == len(wanted)


@given(st.sampled_from([25, 50, 100]), REACHES)
def test_a_ring_holds_all_steps_of_one_distance(size: int, reach: float) -> None:
    row_step, col_step, ring_start = rings(size, reach)
    assert ring_start[0] == 0
    assert ring_start[-1] == len(row_step)
    squares = [set((row_step[a:b] ** 2 + col_step[a:b] ** 2).tolist()) for a, b in pairwise(ring_start)]
    assert all(len(square) == 1 for square in squares)
    distances = [square.pop() for square in squares]
    assert distances[0] == 0
    assert distances == sorted(set(distances))


def test_rings_by_hand() -> None:
    row_step, col_step, ring_start = rings(100, 150.0)
    assert ring_start.tolist() == [0, 1, 5, 9]
    assert list(zip(row_step.tolist(), col_step.tolist(), strict=True)) == [
        (0, 0), (-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1),
    ]  # fmt: skip


def test_steps_of_equal_distance_in_different_directions_share_a_ring() -> None:
    """(5, 0) and (3, 4) are both five cells away; reach is inclusive."""
    row_step, col_step, ring_start = rings(100, 500.0)
    last = slice(ring_start[-2], ring_start[-1])
    assert len(row_step[last]) == 12
    assert set((row_step[last] ** 2 + col_step[last] ** 2).tolist()) == {25}
    assert rings(100, 499.99)[2][-1] == ring_start[-2]


def test_a_reach_below_a_cell_sees_the_cell_alone() -> None:
    assert [part.tolist() for part in rings(100, 99.9)] == [[0], [0], [0, 1]]


SOME_CELLS = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), max_size=12, unique=True)
FAR_CELLS = st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9)), max_size=12, unique=True)


@given(st.one_of(SOME_CELLS, FAR_CELLS), st.one_of(SOME_CELLS, FAR_CELLS))
def test_cells_are_found_among_others(there: list[tuple[int, int]], wanted: list[tuple[int, int]]) -> None:
    ordered, sought = sorted(there), wanted + there
    columns = [np.array([cell[k] for cell in group], dtype=np.int64) for group in (ordered, sought) for k in (0, 1)]
    place = {cell: i for i, cell in enumerate(ordered)}
    assert find_cells(*columns).tolist() == [place.get(cell, -1) for cell in sought]
