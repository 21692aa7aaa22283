"""Land without units that belongs to areas: what bridges run over, and holes that were filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ground:
    """Land without units that belongs to areas: what bridges run over, and holes that were filled.

    Attributes
    ----------
    area : int64, shape (n_pieces,)
    row, col : int64, shape (n_pieces,), or None
        Cells; None where units are no cells.
    geometry : object (shapely Polygon), shape (n_pieces,), or None
        Where units are no cells.
    """

    area: NDArray[np.int64]
    row: NDArray[np.int64] | None = None
    col: NDArray[np.int64] | None = None
    geometry: NDArray[np.object_] | None = None

    def __len__(self) -> int:
        return len(self.area)

    @staticmethod
    def of_cells(row: NDArray[np.int64], col: NDArray[np.int64], area: NDArray[np.int64]) -> Ground:
        """Each cell once, by row, then column; where two areas have it, the first one's."""
        order = np.lexsort((area, col, row))
        row, col, area = row[order], col[order], area[order]
        first = np.ones(len(row), dtype=bool)
        first[1:] = (np.diff(row) != 0) | (np.diff(col) != 0)
        return Ground(area[first], row[first], col[first])

    @staticmethod
    def none(of_cells: bool) -> Ground:
        """No ground at all."""
        nothing = np.empty(0, dtype=np.int64)
        return Ground(nothing, nothing, nothing) if of_cells else Ground(nothing, geometry=np.empty(0, dtype=object))

    def renumbered(self, number: NDArray[np.int64]) -> Ground:
        """The same ground under other area numbers; what becomes -1 is left out."""
        area = number[self.area]
        kept = area >= 0
        return Ground(
            area[kept],
            None if self.row is None else self.row[kept],
            None if self.col is None else self.col[kept],
            None if self.geometry is None else self.geometry[kept],
        )

    def joined(self, other: Ground) -> Ground:
        """Both grounds together."""
        area = np.concatenate([self.area, other.area])
        if self.row is not None and self.col is not None and other.row is not None and other.col is not None:
            return Ground.of_cells(np.concatenate([self.row, other.row]), np.concatenate([self.col, other.col]), area)
        if self.geometry is None or other.geometry is None:
            return self if len(self) else other
        return Ground(area, geometry=np.concatenate([self.geometry, other.geometry]))
