"""Borders between areas of cells: crossings, where they lead, and their order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference_outline
import udsat_geo.areas.smooth
import udsat_geo.kernels.borders
from strategies import Patch, cell_patches, pictured
from udsat_geo.kernels.borders import border_steps, crossings_into, trace_borders, turn_of_border
from udsat_geo.kernels.cells import index_cells

pytestmark = pytest.mark.filterwarnings("error")

EAST, NORTH, WEST, SOUTH = range(4)


def following_of(patch: Patch) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    row, col, area = patch
    return border_steps(row, col, area, index_cells(row, col))


@given(st.integers(0, 3), st.integers(-1, 4), st.integers(-1, 4), st.integers(-1, 4))
def test_turn_of_border_equals_its_twin(left: int, right: int, ahead_left: int, ahead_right: int) -> None:
    if right == -1 or right > left:
        turn = turn_of_border(left, right, ahead_left, ahead_right)
        assert turn == reference_outline.turn_of_border(left, right, ahead_left, ahead_right)


@given(cell_patches())
def test_border_steps_equal_their_twin(patch: Patch) -> None:
    found = following_of(patch)
    wanted = reference_outline.border_steps(*(values.tolist() for values in patch))
    assert [values.tolist() for values in found] == list(wanted)


@given(cell_patches())
def test_traced_borders_equal_their_twin(patch: Patch) -> None:
    following = following_of(patch)[0]
    crossing, start, n_open = trace_borders(following)
    wanted = reference_outline.trace_borders(following.tolist())
    assert (crossing.tolist(), start.tolist(), n_open) == wanted


@given(cell_patches())
def test_crossings_into_squares_equal_their_twin(patch: Patch) -> None:
    row, col, _ = patch
    squares = (np.append(row, row - 1), np.append(col, col - 1))
    found = crossings_into(*squares, row, col, index_cells(row, col))
    lists = (values.tolist() for values in (*squares, row, col))
    assert found.tolist() == reference_outline.crossings_into(*lists)


@given(cell_patches())
def test_every_crossing_is_on_one_border_and_between_two_areas(patch: Patch) -> None:
    row, col, area = patch
    area_of_cell = dict(zip(zip(row.tolist(), col.tolist(), strict=True), area.tolist(), strict=True))
    steps = ((0, 1), (1, 0), (0, -1), (-1, 0))
    wanted = []
    for unit, ((r, c), own) in enumerate(area_of_cell.items()):
        for side, (up, right) in enumerate(steps):
            other = area_of_cell.get((r + up, c + right), -1)
            if other == -1 or other > own:
                wanted.append(4 * unit + side)
    crossing, start, n_open = trace_borders(following_of(patch)[0])
    assert sorted(crossing.tolist()) == wanted
    assert start[-1] == len(crossing)
    assert 0 <= n_open < len(start)


def test_the_border_of_one_cell_runs_around_it() -> None:
    following, open_ground, around_one = following_of(pictured("0"))
    assert following.tolist() == [NORTH, WEST, SOUTH, EAST]
    assert open_ground.all()
    assert around_one.all()


def test_two_cells_that_meet_at_a_corner_have_one_border() -> None:
    _, start, _ = trace_borders(following_of(pictured(".0", "0."))[0])
    assert start.tolist() == [0, 8]


def test_cells_of_two_areas_that_meet_at_a_corner_have_borders_of_their_own() -> None:
    _, start, _ = trace_borders(following_of(pictured(".1", "0."))[0])
    assert start.tolist() == [0, 4, 8]


def test_where_both_diagonals_could_be_joined_the_lower_area_is() -> None:
    """The two cells of area 1 are cut off, each by the border of its own that passes between the diagonals."""
    following, _, around_one = following_of(pictured("01", "10"))
    # unit 1 is area 0 in the south-east; north of it and west of it lies area 1
    assert following[4 * 1 + NORTH] == 4 * 2 + EAST
    assert not around_one[4 * 1 + NORTH]


def test_a_border_of_two_areas_ends_at_open_ground() -> None:
    patch = pictured("01")
    crossing, start, n_open = trace_borders(following_of(patch)[0])
    assert n_open == 1
    assert crossing[: start[1]].tolist() == [EAST]
    row, col, _ = patch
    into = crossings_into(np.array([0, -1]), np.array([0, 0]), row, col, index_cells(row, col))
    # from the east, over the north side of the eastern cell; from the west, over the south side of the western one
    assert into.tolist() == [4 * 1 + NORTH, 4 * 0 + SOUTH]


def test_no_cells_have_no_borders() -> None:
    nothing = np.empty(0, dtype=np.int64)
    following = border_steps(nothing, nothing, nothing, index_cells(nothing, nothing))[0]
    crossing, start, n_open = trace_borders(following)
    assert (len(crossing), start.tolist(), n_open) == (0, [0], 0)


def test_rooms_outside_the_kernels_know_the_sides_by_the_same_numbers() -> None:
    kernels, outline = udsat_geo.kernels.borders, udsat_geo.areas.smooth
    assert (kernels.ROW_STEP, kernels.COL_STEP) == (outline.ROW_STEP, outline.COL_STEP)
