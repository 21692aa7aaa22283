"""Squares of cells, joined until each holds enough persons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from udsat_geo.kernels.arrays import Ints

_LARGEST = 2**20
"""Cells along the side of the largest square: of 100 m, it is larger than the earth."""


@dataclass(frozen=True)
class Squares:
    """The squares of a grid, none within another, that together hold every inhabited cell.

    Attributes
    ----------
    row, col : int64, shape (n_squares,)
        The southernmost and westernmost cell of each.
    size : int64, shape (n_squares,)
        Cells along a side, a power of two.
    square_of_cell : int64, shape (n_cells,)
        -1 of a cell without residents.
    """

    row: Ints
    col: Ints
    size: Ints
    square_of_cell: Ints


def join_cells(row: Ints, col: Ints, residents: Ints, least: int) -> Squares:
    """Join cells into squares until each holds at least so many residents.

    A square is parted into its four quarters only where every quarter that has residents has enough of them: so none
    holds too few, and no square less the others within a larger one tells of too few either. Squares begin at
    multiples of their size, so that they are the same in every year.

    Parameters
    ----------
    row, col : int64, shape (n_cells,)
        Counted northwards and eastwards.
    residents : int64, shape (n_cells,)
    least : int
        A city of fewer residents is one square.
    """
    inhabited = np.flatnonzero(residents > 0)
    square_of_cell = np.full(len(row), -1, dtype=np.int64)
    if not len(inhabited):
        none = np.zeros(0, dtype=np.int64)
        return Squares(none, none, none, square_of_cell)
    size = _whole(row[inhabited], col[inhabited])
    parts: dict[tuple[int, int], list[int]] = {}
    for cell in inhabited.tolist():
        parts.setdefault((int(row[cell] // size), int(col[cell] // size)), []).append(cell)
    found = sorted(
        square
        for cells in parts.values()
        for square in _parted(row, col, residents, np.array(cells, dtype=np.int64), size, least)
    )
    for number, (_row, _col, _size, members) in enumerate(found):
        square_of_cell[list(members)] = number
    south, west, size = np.array([each[:3] for each in found], dtype=np.int64).T
    return Squares(south, west, size, square_of_cell)


def _whole(row: Ints, col: Ints) -> int:
    """The side of the least square that starts at a multiple of it and holds all; else the largest."""
    size = 1
    while size < _LARGEST and (row.min() // size != row.max() // size or col.min() // size != col.max() // size):
        size *= 2
    return size


def _parted(
    row: Ints, col: Ints, residents: Ints, cells: Ints, size: int, least: int
) -> Iterator[tuple[int, int, int, tuple[int, ...]]]:
    """The squares within one that holds some cells."""
    half = size // 2
    if half:
        north, east = row[cells] // half % 2, col[cells] // half % 2
        quarters = [cells[(north == n) & (east == e)] for n in (0, 1) for e in (0, 1)]
        if all(residents[quarter].sum() >= least for quarter in quarters if len(quarter)):
            for quarter in quarters:
                if len(quarter):
                    yield from _parted(row, col, residents, quarter, half, least)
            return
    corner = int(row[cells[0]] // size * size), int(col[cells[0]] // size * size)
    yield (*corner, size, tuple(cells.tolist()))
