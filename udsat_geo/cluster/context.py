"""The context of cells read by workers: tile by tile, each with a rim as wide as the reach, so that no cell sees less.

Residents and sums in view are whole numbers: a cell's are the same, whichever cells it is read with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from udsat_geo.cluster.exchange import Place, read_part, write_whole
from udsat_geo.cluster.plan import TILE, Run
from udsat_geo.kernels.arrays import Flags, Ints
from udsat_geo.scoring.rates import sums_on_grid
from udsat_geo.units.grid import rings

STAGE, _HANDED = "context", "tile"


@dataclass(frozen=True)
class ContextRun(Run):
    """What every task is told.

    Attributes
    ----------
    n_tiles : int
    size : int
        Of a cell, in metres.
    reach : float
        In metres.
    least_residents : int
    """

    n_tiles: int
    size: int
    reach: float
    least_residents: int

    def n_tasks(self, stage: str) -> int:
        """One for each tile."""
        return self.n_tiles


def hand_out(run: ContextRun, tiles: list[tuple[Ints, Flags]], row: Ints, col: Ints, counts: Ints) -> None:
    """Write what each task reads.

    Parameters
    ----------
    run : ContextRun
    tiles : list of (int64, bool), each of shape (n_members,)
        The units of each tile and its rim, and which are its own; see `tiles_with_rims`.
    row, col : int64, shape (n_units,)
    counts : int64, shape (n_units, n_columns)
        Residents, and then the sums.
    """
    import pyarrow as pa

    run.folder.mkdir(mode=0o700)
    for number, (members, own) in enumerate(tiles):
        columns = {f"c{j}": counts[members, j] for j in range(counts.shape[1])}
        rows = pa.table({"row": row[members], "col": col[members], "own": pa.array(own), **columns})
        write_whole(run.path(_HANDED, number), rows, {})


def tiles_with_rims(row: Ints, col: Ints, rim: int) -> Iterator[tuple[Ints, Flags]]:
    """The units of each tile with those around it, and which are its own.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
        Sorted by row, then column.
    rim : int
        Its width in cells.
    """
    band = row // TILE
    for lower in np.unique(band).tolist():
        first, last = np.searchsorted(row, [lower * TILE - rim, (lower + 1) * TILE + rim])
        mine = band[first:last] == lower
        column = col[first:last]
        for left in np.unique(column[mine] // TILE).tolist():
            near = (column >= left * TILE - rim) & (column < (left + 1) * TILE + rim)
            own = mine & (column // TILE == left)
            yield first + np.flatnonzero(near), own[near]


def read_context(run: ContextRun, stage: str, number: int, path: Place) -> bool:
    """Read the context of the cells of a tile: a task."""
    import pyarrow as pa

    rows = read_part([run.path(_HANDED, number)], 0)
    row, col, own = (np.asarray(rows[name].to_numpy()) for name in ("row", "col", "own"))
    counts = np.column_stack([rows[name].to_numpy() for name in rows.column_names[3:]])
    residents, sums = np.ascontiguousarray(counts[:, 0]), np.ascontiguousarray(counts[:, 1:])
    seen, in_view = sums_on_grid(row, col, rings(run.size, run.reach), residents, sums, run.least_residents)
    found = np.column_stack([seen, in_view])[own]
    table = pa.table({f"c{j}": found[:, j] for j in range(found.shape[1])})
    write_whole(path, table, {})
    return False


def collected(run: ContextRun, tiles: list[tuple[Ints, Flags]], shape: tuple[int, int]) -> Ints:
    """Residents and sums in view of all units, of a shape (n_units, n_columns)."""
    found: Any = np.empty(shape, dtype=np.int64)
    for number, (members, own) in enumerate(tiles):
        rows = read_part([run.path(STAGE, number)], 0)
        found[members[own]] = np.column_stack([column.to_numpy() for column in rows.columns])
    whole: Ints = found
    return whole
