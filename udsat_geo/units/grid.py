"""Square grids: the cell of a point, the ids of the Danish grid, the order of neighbours.

A cell is `floor(coordinate / size)`, half open: a point on a cell's south or west edge belongs to it, a point on
its north or east edge to the next. The Danish grid (Danmarks Statistik, "Det Danske Kvadratnet") names a cell by
its size and the northing and easting of its south-west corner in units of that size: ``100m_61757_7196``,
``1km_6175_719``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Ints, as_objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.units.grid_ids import DANISH_ID, CellNames

QUEEN_FORWARD = ((0, 1), (1, -1), (1, 0), (1, 1))
"""(row, col) steps to the neighbours that come later in row-major order; the others are their mirror."""
ROOK_FORWARD = ((0, 1), (1, 0))

_UNITS = (1, 10, 100, 1000)
"""What numbers of ids may count, in metres, the smallest first."""
_SURE = 20.0
"""Logarithm of how seldom chance may do what is taken for a mistake: once in 500 million tables. Own choice."""


@dataclass(frozen=True)
class Grid:
    """A square grid through the origin of a projected coordinate system.

    Attributes
    ----------
    size : int
        Side of a cell in metres.
    id_pattern : str
        How a cell is named; see `udsat_geo.units.grid_ids.CellNames`.
    id_unit : int or None
        What ``{northing}`` and ``{easting}`` count, in metres; None is `size`.
    """

    size: int = 100
    id_pattern: str = DANISH_ID
    id_unit: int | None = None

    @property
    def names(self) -> CellNames:
        """How cells are named."""
        return CellNames(self.id_pattern, self.size, self.id_unit or self.size)

    def cell_of(
        self, easting: NDArray[np.float64], northing: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of the cell that holds each point.

        Parameters
        ----------
        easting, northing : float64, shape (n_points,)
            Finite positions in metres.

        Returns
        -------
        row, col : int64, shape (n_points,)
            ``floor(northing / size)`` and ``floor(easting / size)``, never a cast, which would move cells west
            and south of the origin.
        """
        row = np.floor(northing / self.size).astype(np.int64)
        col = np.floor(easting / self.size).astype(np.int64)
        return row, col

    def ids(self, row: NDArray[np.int64], col: NDArray[np.int64]) -> NDArray[np.object_]:
        """Names of cells, shape (n_cells,)."""
        return as_objects(self.names.write(row * self.size, col * self.size))

    def centres(
        self, row: NDArray[np.int64], col: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Easting and northing of cell centres, shape (n_cells,) each."""
        return (col.astype(np.float64) + 0.5) * self.size, (row.astype(np.float64) + 0.5) * self.size

    def parse_ids(self, ids: Sequence[str], where: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of cells from their names.

        Parameters
        ----------
        ids : sequence of str, length n_cells
        where : str
            File and column, for the error.

        Returns
        -------
        row, col : int64, shape (n_cells,)

        Raises
        ------
        InputError
            If a name does not follow the pattern or names another cell size.
        """
        northing, easting, bad = self.names.read(ids)
        if bad:
            raise InputError(
                Problem(
                    where,
                    _("grid ids that do not read as {wanted}").format(wanted=self.names.wanted),
                    _("Name the cells so, or set [units] id_pattern and size in the policy."),
                    len(bad),
                    repr(bad[0]),
                )
            )
        row, col = northing // self.size, easting // self.size
        beside = np.stack((northing - row * self.size, easting - col * self.size))
        # a cell may be named by its middle; a grid that does not go through the origin is another one
        wrong = np.flatnonzero((beside != 0).any(axis=0) & ~(2 * beside == self.size).all(axis=0))
        if len(wrong):
            what = _("grid ids that name no corner of a cell of {size} m").format(size=self.size)
            remedy = _("Check [units] size, id_pattern, and id_unit: the metres that its numbers count.")
            raise InputError(Problem(where, what, remedy, len(wrong), repr(ids[wrong[0]])))
        self._check_steps(ids, row, col, where)
        return row, col

    def _check_steps(self, ids: Sequence[str], row: Ints, col: Ints, where: str) -> None:
        """Check that cells can touch: numbers that all are multiples count metres, or something else than is said."""
        unit, other = self.names.units()
        step = int(np.gcd(np.gcd.reduce(np.abs(row), initial=0), np.gcd.reduce(np.abs(col), initial=0)))
        for smaller in _UNITS:
            ratio = unit // smaller
            if unit == other == self.size and ratio > 1 and unit % smaller == 0 and step and step % ratio == 0:
                if _is_chance(len(ids), ratio):
                    continue
                remedy = _("Write {northing_m} and {easting_m} in [units] id_pattern.")
                if smaller > 1:
                    remedy = _("Set [units] id_unit = {unit}: the metres that they count.").format(unit=smaller)
                what = _("grid ids whose numbers are all multiples of {ratio}: they do not count cells of {size} m")
                what = what.format(ratio=ratio, size=self.size)
                raise InputError(Problem(where, what, remedy, len(ids), repr(ids[0])))
        if len(ids):
            step = int(np.gcd(np.gcd.reduce(row - row[0]), np.gcd.reduce(col - col[0])))
        if step > 1 and not _is_chance(len(ids) - 1, step):
            what = _("grid ids of cells that are {apart} m apart, none beside another").format(apart=step * self.size)
            remedy = _("Set [units] size = {size}, or check id_pattern and id_unit.").format(size=step * self.size)
            raise InputError(Problem(where, what, remedy, len(ids), repr(ids[0])))


def _is_chance(n_cells: int, ratio: int) -> bool:
    """Whether rows and columns of so few cells may all be multiples of a number by chance."""
    return 2 * n_cells * math.log(ratio) < _SURE


def find_cells(
    row: NDArray[np.int64], col: NDArray[np.int64], wanted_row: NDArray[np.int64], wanted_col: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Where cells stand among others.

    Parameters
    ----------
    row, col : int64, shape (n_cells,)
        By row, then column; their absolute values at most 10^9, as are those of the others.
    wanted_row, wanted_col : int64, shape (n_wanted,)

    Returns
    -------
    int64, shape (n_wanted,)
        -1 for a cell that is not among them.
    """
    if not len(row):
        return np.full(len(wanted_row), -1, dtype=np.int64)
    lowest = min(int(wanted_col.min(initial=0)), int(col.min()))
    width = max(int(wanted_col.max(initial=0)), int(col.max())) - lowest + 1
    codes, wanted = row * width + (col - lowest), wanted_row * width + (wanted_col - lowest)
    at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return np.where(codes[at] == wanted, at, -1)


def rings(size: int, reach: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Steps from a cell to all cells within reach, nearest first, in rings of equal distance.

    Parameters
    ----------
    size : int
        Cell size in metres.
    reach : float
        Farthest distance between centres in metres; inclusive.

    Returns
    -------
    row_step, col_step : int64, shape (n_steps,)
        Steps ordered by distance; within a ring by row then column, which no result depends on.
    ring_start : int64, shape (n_rings + 1,)
        Where each ring begins in the steps. The first ring is the cell itself.
    """
    most = int(reach // size)
    span = np.arange(-most, most + 1)
    row_step, col_step = (a.ravel() for a in np.meshgrid(span, span, indexing="ij"))
    square = row_step**2 + col_step**2
    within = square * float(size) ** 2 <= float(reach) ** 2
    within |= square == 0
    row_step, col_step, square = row_step[within], col_step[within], square[within]
    order = np.lexsort((col_step, row_step, square))
    row_step, col_step, square = row_step[order], col_step[order], square[order]
    starts = np.flatnonzero(np.diff(square, prepend=-1))
    return row_step, col_step, np.append(starts, len(square)).astype(np.int64)
