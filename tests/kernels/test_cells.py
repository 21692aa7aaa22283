"""The index of cells, distinct cells, and the edges between cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from strategies import CORNERS, FARTHEST, Cells, as_cells, points_in_cells, sorted_cells
from strategies import cells as distinct
from udsat_geo.kernels.cells import cell_edges, distinct_cells, find_cell, index_cells, lengthened, slot_of_cell

pytestmark = pytest.mark.filterwarnings("error")

FAR = st.integers(-FARTHEST, FARTHEST)
STEPS = (np.array([0, 1, 1, 1], dtype=np.int64), np.array([1, -1, 0, 1], dtype=np.int64))


@given(FAR, FAR, st.sampled_from([15, 31, 1023, 2**24 - 1]))
def test_slot_of_cell_equals_its_twin_and_lies_in_the_table(row: int, col: int, mask: int) -> None:
    as_in_arrays: tuple[Any, Any] = np.int64(row), np.int64(col)
    slot = slot_of_cell(as_in_arrays[0], as_in_arrays[1], mask)
    assert slot == reference.slot_of_cell(row, col, mask)
    assert 0 <= slot <= mask


@given(distinct(), st.integers(-2, 2), st.integers(-2, 2))
def test_every_cell_is_found_and_no_other(cells: Cells, up: int, right: int) -> None:
    row, col = cells
    table = index_cells(row, col)
    wanted = reference.index_cells(row.tolist(), col.tolist())
    assert sorted(table[table >= 0].tolist()) == sorted(wanted.values())
    for r, c in zip((row + up).tolist(), (col + right).tolist(), strict=True):
        assert find_cell(r, c, table, row, col) == reference.find_cell(r, c, wanted)


@given(distinct())
def test_the_index_is_a_power_of_two_and_at_most_half_full(cells: Cells) -> None:
    n_slots = len(index_cells(*cells))
    assert n_slots >= max(16, 2 * len(cells[0]))
    assert n_slots & (n_slots - 1) == 0


def test_an_empty_index_finds_nothing() -> None:
    row, col = as_cells([])
    assert find_cell(0, 0, index_cells(row, col), row, col) == -1


@pytest.mark.parametrize("corner", CORNERS)
def test_a_full_block_of_cells_is_found_again(corner: int) -> None:
    """Many cells whose slots collide; the largest allowed rows and columns too."""
    row, col = (a.ravel().astype(np.int64) + corner for a in np.mgrid[0:8, 0:8])
    table = index_cells(row, col)
    assert [find_cell(r, c, table, row, col) for r, c in zip(row, col, strict=True)] == list(range(64))


@given(points_in_cells())
def test_distinct_cells_equals_its_twin(points: Cells) -> None:
    first_point, cell_of_point = distinct_cells(*points)
    wanted = reference.distinct_cells(points[0].tolist(), points[1].tolist())
    assert (first_point.tolist(), cell_of_point.tolist()) == wanted


@given(points_in_cells())
def test_points_that_come_twice_make_no_new_cells(points: Cells) -> None:
    row, col = points
    first_point, cell_of_point = distinct_cells(row, col)
    again, cells_again = distinct_cells(np.concatenate([row, row]), np.concatenate([col, col]))
    assert again.tolist() == first_point.tolist()
    assert cells_again.tolist() == cell_of_point.tolist() * 2


@given(st.lists(FAR, max_size=20), st.integers(0, 20))
def test_a_list_is_lengthened_as_its_twin_is(values: list[int], more: int) -> None:
    longer = lengthened(np.array(values, dtype=np.int64), len(values) + more)
    wanted = reference.lengthened(values, len(values) + more)
    assert len(longer) == len(wanted)
    assert longer[: len(values)].tolist() == [value for value in wanted if value is not None]


@pytest.mark.parametrize("n_cells", [1023, 1024, 1025, 2047, 2048, 2049, 9000])
def test_distinct_cells_outgrow_the_first_tables(n_cells: int) -> None:
    """The list grows at 1,024 cells and the table at 2,048, with repeats before and after."""
    row, col = np.divmod(np.arange(n_cells, dtype=np.int64), 97)
    row, col = row - 20, col - 50
    first_point, cell_of_point = distinct_cells(np.concatenate([row, row]), np.concatenate([col, col]))
    assert first_point.tolist() == list(range(n_cells))
    assert cell_of_point.tolist() == list(range(n_cells)) * 2


@given(sorted_cells(), st.integers(1, 15))
def test_cell_edges_equal_their_twin(cells: Cells, which: int) -> None:
    """Every choice of the forward steps."""
    row, col = cells
    chosen = np.array([k for k in range(4) if which >> k & 1])
    row_step, col_step = STEPS[0][chosen], STEPS[1][chosen]
    head, tail = cell_edges(row, col, index_cells(row, col), row_step, col_step)
    wanted = reference.cell_edges(row.tolist(), col.tolist(), row_step.tolist(), col_step.tolist())
    assert (head.tolist(), tail.tolist()) == wanted
    assert (head < tail).all()
    assert list(zip(head, tail, strict=True)) == sorted(set(zip(head.tolist(), tail.tolist(), strict=True)))


@given(sorted_cells(max_size=15))
def test_edges_of_the_mirrored_city_are_mirrored(cells: Cells) -> None:
    """Turned by half a turn, the last cell is the first; the same cells touch."""
    row, col = cells
    last = len(row) - 1
    head, tail = cell_edges(row, col, index_cells(row, col), *STEPS)
    turned_row, turned_col = -row[::-1].copy(), -col[::-1].copy()
    turned_head, turned_tail = cell_edges(turned_row, turned_col, index_cells(turned_row, turned_col), *STEPS)
    turned = sorted(zip((last - turned_tail).tolist(), (last - turned_head).tolist(), strict=True))
    assert turned == list(zip(head.tolist(), tail.tolist(), strict=True))


def test_cell_edges_by_hand() -> None:
    """Three cells in an L, and one that meets the L at a corner."""
    row, col = as_cells([(0, 0), (0, 1), (1, 0), (2, 1)])
    head, tail = cell_edges(row, col, index_cells(row, col), *STEPS)
    assert list(zip(head.tolist(), tail.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2), (2, 3)]
