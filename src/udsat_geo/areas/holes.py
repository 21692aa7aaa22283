"""Holes: enclosed gaps up to a size become part of the area around them.

A hole is filled when it is no larger than ``areas.holes``, no barrier runs through it or between it and the area, and
every unit in it has no residents, no rate, or a composite of at least ``areas.fill_below``; without that floor, no hole
is filled in which somebody was scored. Holes are taken from the largest down, so that an area inside a filled hole
joins the outer one.
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


@dataclass(frozen=True)
class _CellHoles:
    """Holes between cells.

    Attributes
    ----------
    row, col : int64, shape (n_cells,)
        Cells of hole h stand from ``start[h]`` to ``start[h + 1]``.
    start : int64, shape (n_holes + 1,)
    around : int64, shape (n_holes,)
        The group that encloses each.
    """

    row: NDArray[np.int64]
    col: NDArray[np.int64]
    start: NDArray[np.int64]
    around: NDArray[np.int64]


def _cell_holes(group_of_cell: dict[tuple[int, int], int], policy: Policy) -> _CellHoles:
    from udsat_geo.kernels.gaps import enclosed_cells

    row, col = np.array(list(group_of_cell), dtype=np.int64).T
    group = np.array(list(group_of_cell.values()), dtype=np.int64)
    order = np.lexsort((col, row, group))
    starts = np.searchsorted(group[order], np.arange(int(group.max()) + 2))
    # where members hold together across corners, open ground does not, and the other way round
    hole_row, hole_col, hole, around = enclosed_cells(row[order], col[order], starts, policy.areas.neighbours == "rook")
    return _CellHoles(hole_row, hole_col, np.searchsorted(hole, np.arange(len(around) + 1)), around)


def _fill_cells(
    units: Units,
    group_of_unit: NDArray[np.int64],
    ground: Ground,
    may_fill: NDArray[np.bool_],
    policy: Policy,
    barriers: Barriers | None,
) -> Filled:
    from udsat_geo.kernels.cells import find_cell, index_cells

    filled, fill = group_of_unit.copy(), np.zeros(len(units), dtype=bool)
    if units.row is None or units.col is None or ground.row is None or ground.col is None:
        return Filled(filled, fill, Ground.none(True))
    members = np.flatnonzero(group_of_unit >= 0)
    row, col = np.concatenate([units.row[members], ground.row]), np.concatenate([units.col[members], ground.col])
    group = np.concatenate([group_of_unit[members], ground.area])
    group_of_cell = dict(zip(zip(row.tolist(), col.tolist(), strict=True), group.tolist(), strict=True))
    holes = _cell_holes(group_of_cell, policy)
    size_ha = np.diff(holes.start) * policy.units.size**2 / SQUARE_METRES_OF_A_HECTARE
    table = index_cells(units.row, units.col)
    cut = _cut_beside(holes, size_ha <= policy.areas.holes, policy.units.size, barriers)
    absorbed: set[int] = set()
    land: list[tuple[int, int, int]] = []
    for number in np.lexsort((np.arange(len(size_ha)), -size_ha)).tolist():
        around = int(holes.around[number])
        if size_ha[number] > policy.areas.holes or around in absorbed:
            continue
        at = slice(int(holes.start[number]), int(holes.start[number + 1]))
        cells = list(zip(holes.row[at].tolist(), holes.col[at].tolist(), strict=True))
        found = np.array([find_cell(*cell, table, units.row, units.col) for cell in cells], dtype=np.int64)
        inside = found[found >= 0]
        if not may_fill[inside].all() or _is_parted(cells, around, group_of_cell, cut[:, at]):
            continue
        absorbed |= {int(g) for g in np.unique(filled[inside]) if g >= 0 and g != around}
        fill[inside] |= group_of_unit[inside] < 0
        filled[inside] = around
        group_of_cell |= dict.fromkeys(cells, around)
        land += [(*cell, around) for cell, unit in zip(cells, found.tolist(), strict=True) if unit < 0]
    new = np.array(land, dtype=np.int64).reshape(-1, 3)
    return Filled(filled, fill, Ground.of_cells(new[:, 0], new[:, 1], new[:, 2]))


_BESIDE = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
"""Steps in rows and columns to the eight cells beside a cell."""


def _cut_beside(holes: _CellHoles, small: NDArray[np.bool_], size: int, barriers: Barriers | None) -> NDArray[np.bool_]:
    """Whether a barrier cuts the line from each hole's cell to each cell beside it, shape (8, n_cells).

    Parameters
    ----------
    holes : _CellHoles
    small : bool, shape (n_holes,)
        Holes that may be filled; the cells of others are not looked at.
    size : int
        Of a cell, in metres.
    barriers : Barriers or None
    """
    cut = np.zeros((len(_BESIDE), len(holes.row)), dtype=bool)
    asked = np.flatnonzero(np.repeat(small, np.diff(holes.start)))
    if barriers is None or not len(asked):
        return cut
    row, col = holes.row[asked].astype(np.float64), holes.col[asked].astype(np.float64)
    easting, northing = (col + 0.5) * size, (row + 0.5) * size
    # one call for all holes and directions: each call makes an index of the barriers of its own
    cut[:, asked] = is_cut(
        barriers,
        np.tile(easting, len(_BESIDE)),
        np.tile(northing, len(_BESIDE)),
        np.concatenate([easting + col_step * size for _, col_step in _BESIDE]),
        np.concatenate([northing + row_step * size for row_step, _ in _BESIDE]),
    ).reshape(len(_BESIDE), -1)
    return cut


def _is_parted(
    cells: list[tuple[int, int]],
    around: int,
    group_of_cell: dict[tuple[int, int], int],
    cut: NDArray[np.bool_],
) -> bool:
    """Whether a barrier cuts a line from the centre of a hole's cell to that of one next to it in the hole or the area.

    What else lies next to a hole, past a corner of it, is not looked at: a barrier there is none of the area's.

    Parameters
    ----------
    cells : list of (row, col), length n_cells
        Of the hole.
    around : int
        The group that encloses it.
    group_of_cell : dict
    cut : bool, shape (8, n_cells)
        From `_cut_beside`.
    """
    own = set(cells)
    for step, place in zip(*(found.tolist() for found in np.nonzero(cut)), strict=True):
        beyond = cells[place][0] + _BESIDE[step][0], cells[place][1] + _BESIDE[step][1]
        if beyond in own or group_of_cell.get(beyond) == around:
            return True
    return False


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
