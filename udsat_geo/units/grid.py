"""Square grids: the cell of a point, the ids of the Danish grid, the order of neighbours.

A cell is `floor(coordinate / size)`, half open: a point on a cell's south or west edge belongs to it, a point on
its north or east edge to the next. The Danish grid (Danmarks Statistik, "Det Danske Kvadratnet") names a cell by
its size and the northing and easting of its south-west corner in units of that size: ``100m_61757_7196``,
``1km_6175_719``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _

DANISH_ID = "{size}_{northing}_{easting}"

QUEEN_FORWARD = ((0, 1), (1, -1), (1, 0), (1, 1))
"""(row, col) steps to the neighbours that come later in row-major order; the others are their mirror."""
ROOK_FORWARD = ((0, 1), (1, 0))


@dataclass(frozen=True)
class Grid:
    """A square grid through the origin of a projected coordinate system.

    Attributes
    ----------
    size : int
        Side of a cell in metres.
    id_pattern : str
        How a cell is named, with ``{size}``, ``{northing}`` and ``{easting}``; the last two in units of `size`.
    """

    size: int = 100
    id_pattern: str = DANISH_ID

    @property
    def size_label(self) -> str:
        """The size as the Danish grid writes it: ``100m``, ``1km``."""
        return f"{self.size // 1000}km" if self.size % 1000 == 0 else f"{self.size}m"

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
        size = self.size_label
        names = np.empty(len(row), dtype=object)
        if self.id_pattern == DANISH_ID:
            names[:] = [f"{size}_{r}_{c}" for r, c in zip(row.tolist(), col.tolist(), strict=True)]
        else:
            pattern = self.id_pattern
            names[:] = [
                pattern.format(size=size, northing=r, easting=c)
                for r, c in zip(row.tolist(), col.tolist(), strict=True)
            ]
        return names

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
        expression = re.escape(self.id_pattern)
        expression = expression.replace(r"\{size\}", r"(?P<size>\d+k?m)")
        expression = expression.replace(r"\{northing\}", r"(?P<northing>-?\d{1,9})")
        expression = expression.replace(r"\{easting\}", r"(?P<easting>-?\d{1,9})")
        match = re.compile(expression).fullmatch
        row = np.zeros(len(ids), dtype=np.int64)
        col = np.zeros(len(ids), dtype=np.int64)
        bad: list[str] = []
        for i, name in enumerate(ids):
            found = match(name)
            if found is None or found.groupdict().get("size", self.size_label) != self.size_label:
                bad.append(name)
                continue
            row[i], col[i] = int(found["northing"]), int(found["easting"])
        if bad:
            wanted = self.id_pattern.replace("{size}", self.size_label)
            raise InputError(
                Problem(
                    where,
                    _("grid ids that do not read as {wanted}").format(wanted=wanted),
                    _("Name the cells so, or set [units] id_pattern and size in the policy."),
                    len(bad),
                    repr(bad[0]),
                )
            )
        return row, col


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
