"""Cells joined into squares until each holds enough people."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.release.quadtree import join_cells


def test_four_cells_are_parted_where_each_holds_enough() -> None:
    row, col = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    parted = join_cells(row, col, np.array([50, 60, 0, 70]), 50)
    assert parted.size.tolist() == [1, 1, 1]
    assert parted.square_of_cell.tolist() == [0, 1, -1, 2]
    joined = join_cells(row, col, np.array([50, 60, 1, 70]), 50)
    assert (joined.row.tolist(), joined.col.tolist(), joined.size.tolist()) == ([0], [0], [2])


def test_nobody_makes_no_square() -> None:
    assert len(join_cells(np.array([3]), np.array([4]), np.array([0]), 50).row) == 0


def test_no_square_holds_both_sides_of_the_origin() -> None:
    found = join_cells(np.array([-1, 0]), np.array([5, 5]), np.array([60, 60]), 50)
    assert len(found.row) == 2


@given(data=st.data(), least=st.integers(1, 60))
def test_squares_hold_everybody_once_and_enough_and_begin_at_multiples_of_their_size(
    data: st.DataObject, least: int
) -> None:
    cells = data.draw(st.sets(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=40))
    row, col = np.array(sorted(cells)).T
    residents = np.array(data.draw(st.lists(st.integers(0, 80), min_size=len(row), max_size=len(row))))
    found = join_cells(row, col, residents, least)
    assert ((found.square_of_cell >= 0) == (residents > 0)).all()
    sums = np.bincount(found.square_of_cell[residents > 0], residents[residents > 0], len(found.row))
    assert len(found.row) <= 1 or (sums >= least).all()
    assert (found.row % found.size == 0).all()
    assert (found.col % found.size == 0).all()
    for place, square in enumerate(found.square_of_cell.tolist()):
        if square >= 0:
            assert 0 <= row[place] - found.row[square] < found.size[square]
            assert 0 <= col[place] - found.col[square] < found.size[square]
    # what a larger square holds beside one of its own is enough too
    for n in range(len(found.row)):
        side = 2 * found.size[n]
        near = (found.row // side == found.row[n] // side) & (found.col // side == found.col[n] // side)
        rest = sums[near].sum() - sums[n]
        assert rest == 0 or rest >= least
