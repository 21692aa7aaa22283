"""Holes: enclosed gaps up to a size become part of the area around them.

A hole is filled when it is no larger than ``areas.holes``, no barrier runs through it or parts it from the area (of
cells: save at a crossing), and every unit in it has no residents, no rate, or a composite of at least
``areas.fill_below``; without that floor, no hole is filled in which somebody was scored. Holes are taken from the
largest down, so that an area inside a filled hole joins the outer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from udsat_geo.barriers import Barriers, is_cut, segment_lines
from udsat_geo.outline import Ground
from udsat_geo.policy import Policy
from udsat_geo.scoring import Scores
from udsat_geo.units import Units

if TYPE_CHECKING:
    from udsat_geo.areas.standing import Standing

SQUARE_METRES_OF_A_HECTARE = 10_000


@dataclass(frozen=True)
class Filled:
    """Groups with their holes filled.

    Attributes
    ----------
    group_of_unit : int64, shape (n_units,)
        With the units of filled holes; -1 is none.
    fill : bool, shape (n_units,)
        Units that were taken in by a filled hole and belonged to no group.
    ground : Ground
        Land without units in filled holes; its `area` is the group.
    """

    group_of_unit: NDArray[np.int64]
    fill: NDArray[np.bool_]
    ground: Ground


def fill_holes(
    units: Units,
    scores: Scores,
    group_of_unit: NDArray[np.int64],
    ground: Ground,
    standing: Standing,
    policy: Policy,
    barriers: Barriers | None,
) -> Filled:
    """Fill the holes of groups.

    Parameters
    ----------
    units : Units
    scores : Scores
    group_of_unit : int64, shape (n_units,)
        Bridges included; -1 is none.
    ground : Ground
        Land that bridges run over.
    standing : Standing
    policy : Policy
        ``areas.holes`` hectares; 0 fills nothing.
    barriers : Barriers or None
    """
    nobody = np.zeros(len(units), dtype=bool)
    if not policy.areas.holes or not (group_of_unit >= 0).any():
        return Filled(group_of_unit, nobody, Ground.none(units.row is not None))
    may_fill = standing.passable.copy()
    if policy.areas.fill_below is not None:
        with np.errstate(invalid="ignore"):
            may_fill |= scores.composite >= policy.areas.fill_below
    fill = _fill_cells if units.row is not None else _fill_outlines
    return fill(units, group_of_unit, ground, may_fill, policy, barriers)


def _fill_cells(
    units: Units,
    group_of_unit: NDArray[np.int64],
    ground: Ground,
    may_fill: NDArray[np.bool_],
    policy: Policy,
    barriers: Barriers | None,
) -> Filled:
    from udsat_geo.kernels.cells import find_cell, index_cells
    from udsat_geo.kernels.gaps import enclosed_cells

    filled, fill = group_of_unit.copy(), np.zeros(len(units), dtype=bool)
    if units.row is None or units.col is None or ground.row is None or ground.col is None:
        return Filled(filled, fill, Ground.none(True))
    members = np.flatnonzero(group_of_unit >= 0)
    group = np.concatenate([group_of_unit[members], ground.area])
    row, col = np.concatenate([units.row[members], ground.row]), np.concatenate([units.col[members], ground.col])
    order = np.lexsort((col, row, group))
    starts = np.searchsorted(group[order], np.arange(int(group.max()) + 2))
    # where members hold together across corners, open ground does not, and the other way round
    hole_row, hole_col, hole, group_of_hole = enclosed_cells(
        row[order], col[order], starts, policy.areas.neighbours == "rook"
    )
    size_ha = np.bincount(hole, minlength=len(group_of_hole)) * policy.units.size**2 / SQUARE_METRES_OF_A_HECTARE
    table = index_cells(units.row, units.col)
    small = size_ha[hole] <= policy.areas.holes
    met = _met_by_barrier(
        hole_row[small], hole_col[small], hole[small], len(group_of_hole), policy.units.size, barriers
    )
    bounds = np.searchsorted(hole, np.arange(len(group_of_hole) + 1))
    absorbed: set[int] = set()
    land: list[tuple[int, int, int]] = []
    for number in np.lexsort((np.arange(len(size_ha)), -size_ha)).tolist():
        around = int(group_of_hole[number])
        if size_ha[number] > policy.areas.holes or around in absorbed or met[number]:
            continue
        cells = slice(int(bounds[number]), int(bounds[number + 1]))
        at_row, at_col = hole_row[cells], hole_col[cells]
        places = zip(at_row.tolist(), at_col.tolist(), strict=True)
        found = np.array([find_cell(r, c, table, units.row, units.col) for r, c in places], dtype=np.int64)
        inside = found[found >= 0]
        if not may_fill[inside].all():
            continue
        absorbed |= {int(g) for g in np.unique(filled[inside]) if g >= 0 and g != around}
        fill[inside] |= group_of_unit[inside] < 0
        filled[inside] = around
        land += [(int(r), int(c), around) for r, c in zip(at_row[found < 0], at_col[found < 0], strict=True)]
    new = np.array(land, dtype=np.int64).reshape(-1, 3)
    return Filled(filled, fill, Ground.of_cells(new[:, 0], new[:, 1], new[:, 2]))


_BESIDE = ((-1, 0), (0, -1), (0, 1), (1, 0))
"""Steps in rows and columns to the cells beside a cell."""


def _met_by_barrier(
    row: NDArray[np.int64],
    col: NDArray[np.int64],
    hole: NDArray[np.int64],
    n_holes: int,
    size: int,
    barriers: Barriers | None,
) -> NDArray[np.bool_]:
    """Whether a barrier cuts a line between the centres of a cell of each hole and of a cell beside it.

    What lies beside a hole's cell is the hole or the area. Past a corner may lie what is neither: a barrier there is
    none of theirs.

    Parameters
    ----------
    row, col, hole : int64, shape (n_cells,)
    n_holes : int
    size : int
        Of a cell, in metres.
    barriers : Barriers or None

    Returns
    -------
    bool, shape (n_holes,)
    """
    met = np.zeros(n_holes, dtype=bool)
    if barriers is None or not len(row):
        return met
    easting, northing = (col.astype(np.float64) + 0.5) * size, (row.astype(np.float64) + 0.5) * size
    # one call for all holes and directions: each call makes an index of the barriers of its own
    cut = is_cut(
        barriers,
        np.tile(easting, len(_BESIDE)),
        np.tile(northing, len(_BESIDE)),
        np.concatenate([easting + col_step * size for _, col_step in _BESIDE]),
        np.concatenate([northing + row_step * size for row_step, _ in _BESIDE]),
    )
    met[hole[cut.reshape(len(_BESIDE), -1).any(axis=0)]] = True
    return met


def _fill_outlines(
    units: Units,
    group_of_unit: NDArray[np.int64],
    ground: Ground,
    may_fill: NDArray[np.bool_],
    policy: Policy,
    barriers: Barriers | None,
) -> Filled:
    """Zones and addresses: the holes are the inner rings of each group's outline."""
    import shapely

    filled, fill = group_of_unit.copy(), np.zeros(len(units), dtype=bool)
    ring, around = _inner_rings(units, group_of_unit, policy)
    size_ha = shapely.area(ring) / SQUARE_METRES_OF_A_HECTARE
    inner = shapely.point_on_surface(units.geometry) if units.geometry is not None else None
    points = shapely.points(units.easting, units.northing) if inner is None else inner
    hole, unit = shapely.STRtree(points).query(ring, predicate="contains")
    met = np.zeros(len(ring), dtype=bool)
    if barriers is not None:
        lines = segment_lines(barriers)
        met[shapely.STRtree(lines).query(ring, predicate="intersects")[0]] = True
    absorbed: set[int] = set()
    kept: list[int] = []
    for number in np.lexsort((np.arange(len(size_ha)), -size_ha)).tolist():
        if size_ha[number] > policy.areas.holes or int(around[number]) in absorbed or met[number]:
            continue
        inside = unit[hole == number]
        if not may_fill[inside].all():
            continue
        absorbed |= {int(g) for g in np.unique(filled[inside]) if g >= 0 and g != around[number]}
        fill[inside] |= group_of_unit[inside] < 0
        filled[inside] = around[number]
        kept.append(number)
    return Filled(filled, fill, Ground(around[kept], geometry=ring[kept]))


def _inner_rings(
    units: Units, group_of_unit: NDArray[np.int64], policy: Policy
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """The inner rings of the groups' outlines as polygons, and the group of each, shape (n_rings,)."""
    import shapely

    from udsat_geo.outline import area_outlines

    outline = area_outlines(units, group_of_unit, policy.areas.reach)
    parts, group_of_part = shapely.get_parts(outline, return_index=True)
    rings: list[object] = []
    around: list[int] = []
    for part, group in zip(parts, group_of_part.tolist(), strict=True):
        for k in range(shapely.get_num_interior_rings(part)):
            rings.append(shapely.polygons(shapely.get_interior_ring(part, k)))
            around.append(group)
    polygons = np.empty(len(rings), dtype=object)
    polygons[:] = rings
    return polygons, np.array(around, dtype=np.int64)
