"""Holes: enclosed gaps up to a size become part of the area around them.

A hole is filled when it is no larger than ``areas.holes``, no barrier runs through it or parts it from the area (of
cells: save at a crossing), and every unit in it has no residents, no rate, or a composite of at least
``areas.fill_below``; without that floor, no hole is filled in which somebody was scored. Holes are taken from the
largest down, so that an area inside a filled hole joins the outer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from udsat_geo.areas.ground import Ground
from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores
from udsat_geo.units.barriers import Barriers, is_cut, segment_lines
from udsat_geo.units.edges import inside_points
from udsat_geo.units.units import Units

if TYPE_CHECKING:
    from udsat_geo.areas.roles import Standing


_THIN = 1e-6
"""Metres: a way that runs along a zone's border for less than this does not cross the zone."""


@dataclass(frozen=True)
class Bridged:
    """Pieces joined to groups.

    Attributes
    ----------
    group_of_piece : int64, shape (n_pieces,)
    unit, unit_group : int64, shape (n_bridging,)
        Units without residents or rate that a bridge runs over, and their group.
    ground : Ground
        Land without units that bridges run over; its `area` is the group.
    """

    group_of_piece: Ints
    unit: Ints
    unit_group: Ints
    ground: Ground


def bridge_pieces(
    units: Units, piece_of_unit: Ints, n_pieces: int, standing: Standing, policy: Policy, barriers: Barriers | None
) -> Bridged:
    """Join pieces across gaps.

    Parameters
    ----------
    units : Units
    piece_of_unit : int64, shape (n_units,)
        -1 is none.
    n_pieces : int
    standing : Standing
    policy : Policy
        ``areas.bridge``; 0 joins nothing.
    barriers : Barriers or None
    """
    if not policy.areas.bridge or n_pieces < 2:
        return _no_bridges(n_pieces, units.row is not None)
    links = _cell_links if units.row is not None else _zone_links
    passable = standing.passable & (piece_of_unit < 0)
    return links(units, piece_of_unit, n_pieces, passable, policy, barriers)


def _no_bridges(n_pieces: int, of_cells: bool) -> Bridged:
    nothing = np.empty(0, dtype=np.int64)
    return Bridged(np.arange(n_pieces), nothing, nothing, Ground.none(of_cells))


def bridge_steps(size: int, bridge: float) -> tuple[Ints, ...]:
    """Forward steps between cells that a bridge may span, and the cells on the way of each.

    Parameters
    ----------
    size : int
        Of a cell, in metres.
    bridge : float
        The widest gap between two cells' sides or corners, in metres; inclusive.

    Returns
    -------
    row_step, col_step : int64, shape (n_steps,)
        Without the eight neighbours, whose touching is not for bridges to decide.
    way_start : int64, shape (n_steps + 1,)
    way_row, way_col : int64, shape (n_way,)
        The cells whose inside the line between the two centres crosses.
    """
    most = int(bridge // size) + 1
    steps, ways = [], []
    for row in range(most + 1):
        for col in range(-most, most + 1):
            forward = row > 0 or col > 0
            gap_row, gap_col = max(abs(row) - 1, 0), max(abs(col) - 1, 0)
            wide = (gap_row**2 + gap_col**2) * float(size) ** 2
            if forward and 0 < wide <= float(bridge) ** 2:
                steps.append((row, col))
                ways.append(_cells_between(row, col))
    starts = np.concatenate([[0], np.cumsum([len(way) for way in ways])]).astype(np.int64)
    cells = np.array([cell for way in ways for cell in way], dtype=np.int64).reshape(-1, 2)
    step = np.array(steps, dtype=np.int64).reshape(-1, 2)
    columns = (step[:, 0], step[:, 1], cells[:, 0], cells[:, 1])
    row_step, col_step, way_row, way_col = (np.ascontiguousarray(column) for column in columns)
    return row_step, col_step, starts, way_row, way_col


def _cells_between(row: int, col: int) -> list[tuple[int, int]]:
    """The cells whose inside the line from the centre of (0, 0) to that of (row, col) crosses, ends left out.

    In doubled coordinates cell (r, c) is the open square 2r - 1 .. 2r + 1, 2c - 1 .. 2c + 1, and the line runs from
    (0, 0) to (2 row, 2 col): it crosses the square when two of its corners lie on different sides, which whole numbers
    tell exactly.
    """
    between = []
    for r in range(row + 1):
        for c in range(min(col, 0), max(col, 0) + 1):
            sides = [row * (2 * c + east) - col * (2 * r + north) for north in (-1, 1) for east in (-1, 1)]
            if (r, c) not in ((0, 0), (row, col)) and min(sides) < 0 < max(sides):
                between.append((r, c))
    return between


def _shortest(one: Ints, other: Ints, length: Floats, n_pieces: int) -> Flags:
    """Which links are the shortest between their two pieces, each of shape (n_links,)."""
    pair = np.minimum(one, other) * n_pieces + np.maximum(one, other)
    _, pair = np.unique(pair, return_inverse=True)
    least = np.full(pair.max(initial=-1) + 1, np.inf)
    np.minimum.at(least, pair, length)
    result: Flags = length == least[pair]
    return result


def _groups(one: Ints, other: Ints, way: Objects, n_pieces: int) -> Ints:
    """The group of each piece when bridges join pieces, and those whose bridges meet are one; shape (n_pieces,).

    Each bridge has its two pieces and a way, a line string; shape (n_bridges,).
    """
    from udsat_geo.kernels.components import label_components

    # of two bridges that meet, one would part the area of the other
    first, second = shapely.STRtree(way).query(way, predicate="intersects")
    met = first < second
    head, tail = np.append(one, one[first[met]]), np.append(other, one[second[met]])
    everyone = np.ones(n_pieces, dtype=bool)
    group_of_piece, _ = label_components(everyone, head.astype(np.int32), tail.astype(np.int32))
    return group_of_piece


def _cell_links(
    units: Units, piece_of_unit: Ints, n_pieces: int, passable: Flags, policy: Policy, barriers: Barriers | None
) -> Bridged:
    from udsat_geo.kernels.cells import find_cell, index_cells
    from udsat_geo.kernels.gaps import bridge_links

    row, col, size = units.row, units.col, policy.units.size
    if row is None or col is None:
        return _no_bridges(n_pieces, True)
    table = index_cells(row, col)
    row_step, col_step, way_start, way_row, way_col = bridge_steps(size, policy.areas.bridge)
    head, tail, step = bridge_links(
        row, col, table, piece_of_unit, passable, row_step, col_step, way_start, way_row, way_col
    )
    if barriers is not None:
        line = (position[end] for end in (head, tail) for position in (units.easting, units.northing))
        open_way = ~is_cut(barriers, *line)
        head, tail, step = head[open_way], tail[open_way], step[open_way]
    one, other = piece_of_unit[head], piece_of_unit[tail]
    far = (row_step[step] ** 2 + col_step[step] ** 2).astype(np.float64)
    shortest = _shortest(one, other, far, n_pieces)
    head, tail, step = head[shortest], tail[shortest], step[shortest]
    one, other = one[shortest], other[shortest]
    ends = np.column_stack([col[head], row[head], col[tail], row[tail]]).astype(np.float64)
    group_of_piece = _groups(one, other, shapely.linestrings(ends.reshape(-1, 2, 2)), n_pieces)
    bridging: dict[int, int] = {}
    land: list[tuple[int, int, int]] = []
    for link, group in enumerate(group_of_piece[one].tolist()):
        for k in range(int(way_start[step[link]]), int(way_start[step[link] + 1])):
            at = int(row[head[link]] + way_row[k]), int(col[head[link]] + way_col[k])
            found = find_cell(*at, table, row, col)
            if found < 0:
                land.append((*at, group))
            else:
                # where bridges of two groups run over one unit without crossing, the smaller number has it
                bridging[found] = min(group, bridging.get(found, group))
    unit = np.array(sorted(bridging), dtype=np.int64)
    unit_group = np.array([bridging[number] for number in unit.tolist()], dtype=np.int64)
    cells = np.array(land, dtype=np.int64).reshape(-1, 3)
    return Bridged(group_of_piece, unit, unit_group, Ground.of_cells(cells[:, 0], cells[:, 1], cells[:, 2]))


def _zone_links(
    units: Units, piece_of_unit: Ints, n_pieces: int, passable: Flags, policy: Policy, barriers: Barriers | None
) -> Bridged:
    """Zones: the way is the shortest line between two of them; zones that touch are left to contiguity."""
    geometry = units.geometry
    if geometry is None:
        return _no_bridges(n_pieces, False)
    member = np.flatnonzero(piece_of_unit >= 0)
    head, tail = shapely.STRtree(geometry[member]).query(
        geometry[member], predicate="dwithin", distance=policy.areas.bridge
    )
    head, tail = member[head], member[tail]
    new = (head < tail) & (piece_of_unit[head] != piece_of_unit[tail])
    head, tail = head[new], tail[new]
    length = shapely.distance(geometry[head], geometry[tail])
    apart = length > policy.areas.tolerance
    head, tail, length = head[apart], tail[apart], length[apart]
    way = shapely.shortest_line(geometry[head], geometry[tail])
    link, unit = shapely.STRtree(geometry).query(way, predicate="intersects")
    crossed = shapely.length(shapely.intersection(way[link], geometry[unit])) > _THIN
    link, unit = link[crossed], unit[crossed]
    clear = np.ones(len(way), dtype=bool)
    clear[link[~passable[unit]]] = False
    if barriers is not None:
        clear &= ~_legs_cut(geometry, head, tail, way, barriers)
    one, other = piece_of_unit[head], piece_of_unit[tail]
    shortest = np.zeros(len(way), dtype=bool)
    shortest[clear] = _shortest(one[clear], other[clear], length[clear], n_pieces)
    group_of_piece = _groups(one[shortest], other[shortest], way[shortest], n_pieces)
    used = shortest[link]
    bridging = np.full(len(units), n_pieces, dtype=np.int64)
    np.minimum.at(bridging, unit[used], group_of_piece[one[link[used]]])
    found = np.flatnonzero(bridging < n_pieces)
    return Bridged(group_of_piece, found, bridging[found], Ground.none(False))


def _legs_cut(geometry: Objects, head: Ints, tail: Ints, way: Objects, barriers: Barriers) -> Flags:
    """Whether a barrier cuts the way from inside one zone, over the gap, to inside the other; shape (n_links,)."""
    inside = inside_points(geometry)
    stops = (inside[head], shapely.get_point(way, 0), shapely.get_point(way, -1), inside[tail])
    cut = np.zeros(len(head), dtype=bool)
    for start, end in pairwise(stops):
        cut |= is_cut(barriers, shapely.get_x(start), shapely.get_y(start), shapely.get_x(end), shapely.get_y(end))
    return cut


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

    group_of_unit: Ints
    fill: Flags
    ground: Ground


def fill_holes(
    units: Units,
    scores: Scores,
    group_of_unit: Ints,
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
    units: Units, group_of_unit: Ints, ground: Ground, may_fill: Flags, policy: Policy, barriers: Barriers | None
) -> Filled:
    from udsat_geo.kernels.cells import find_cell, index_cells
    from udsat_geo.kernels.gaps import enclosed_cells

    if units.row is None or units.col is None or ground.row is None or ground.col is None:
        return Filled(group_of_unit, np.zeros(len(units), dtype=bool), Ground.none(True))
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
    blocked = size_ha > policy.areas.holes
    small = ~blocked[hole]
    at = hole_row[small], hole_col[small]
    blocked |= _met_by_barrier(*at, hole[small], len(blocked), policy.units.size, barriers)
    table, unit = index_cells(units.row, units.col), np.full(len(hole), -1, dtype=np.int64)
    places = zip(*(side.tolist() for side in at), strict=True)
    unit[small] = [find_cell(r, c, table, units.row, units.col) for r, c in places]
    filled, fill, kept = _fill_largest_first(group_of_unit, may_fill, group_of_hole, size_ha, blocked, hole, unit)
    land = np.isin(hole, kept) & (unit < 0)
    return Filled(filled, fill, Ground.of_cells(hole_row[land], hole_col[land], group_of_hole[hole[land]]))


def _fill_largest_first(
    group_of_unit: Ints, may_fill: Flags, around: Ints, size_ha: Floats, blocked: Flags, hole: Ints, unit: Ints
) -> tuple[Ints, Flags, list[int]]:
    """Fill holes: the group of each unit, the units that were taken in, and the holes that were filled.

    `around`, `size_ha` and `blocked` are of shape (n_holes,); `unit` has the units in each `hole`, -1 is none.
    """
    known = np.flatnonzero(unit >= 0)
    known = known[np.argsort(hole[known], kind="stable")]
    start = np.searchsorted(hole[known], np.arange(len(size_ha) + 1))
    filled, fill = group_of_unit.copy(), np.zeros(len(group_of_unit), dtype=bool)
    absorbed, kept = set[int](), list[int]()
    for number in np.lexsort((np.arange(len(size_ha)), -size_ha)).tolist():
        group, inside = int(around[number]), unit[known[start[number] : start[number + 1]]]
        if blocked[number] or group in absorbed or not may_fill[inside].all():
            continue
        absorbed |= {int(other) for other in np.unique(filled[inside]) if other >= 0 and other != group}
        fill[inside] |= group_of_unit[inside] < 0
        filled[inside] = group
        kept.append(number)
    return filled, fill, kept


_BESIDE = ((-1, 0), (0, -1), (0, 1), (1, 0))
"""Steps in rows and columns to the cells beside a cell."""


def _met_by_barrier(row: Ints, col: Ints, hole: Ints, n_holes: int, size: int, barriers: Barriers | None) -> Flags:
    """Whether a barrier cuts a line between the centres of a cell of each hole and of a cell beside it.

    What lies beside a hole's cell is the hole or the area. Past a corner may lie what is neither: a barrier there is
    none of theirs. `row`, `col` and `hole` are of shape (n_cells,), the result of shape (n_holes,).
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
    units: Units, group_of_unit: Ints, ground: Ground, may_fill: Flags, policy: Policy, barriers: Barriers | None
) -> Filled:
    """Zones and addresses: the holes are the inner rings of each group's outline."""
    ring, around = _inner_rings(units, group_of_unit, policy)
    size_ha = shapely.area(ring) / SQUARE_METRES_OF_A_HECTARE
    if units.geometry is None:
        points = shapely.points(units.easting, units.northing)
    else:
        points = shapely.point_on_surface(units.geometry)
    hole, unit = shapely.STRtree(points).query(ring, predicate="contains")
    blocked = size_ha > policy.areas.holes
    if barriers is not None:
        blocked[shapely.STRtree(segment_lines(barriers)).query(ring, predicate="intersects")[0]] = True
    filled, fill, kept = _fill_largest_first(group_of_unit, may_fill, around, size_ha, blocked, hole, unit)
    return Filled(filled, fill, Ground(around[kept], geometry=ring[kept]))


def _inner_rings(units: Units, group_of_unit: Ints, policy: Policy) -> tuple[Objects, Ints]:
    """The inner rings of the groups' outlines as polygons, and the group of each, shape (n_rings,)."""
    from udsat_geo.areas.ground import area_outlines

    outline = area_outlines(units, group_of_unit, policy.areas.reach)
    parts, group_of_part = shapely.get_parts(outline, return_index=True)
    count = shapely.get_num_interior_rings(parts)
    part = np.repeat(np.arange(len(parts)), count)
    ring = np.arange(len(part)) - np.repeat(np.cumsum(count) - count, count)
    return shapely.polygons(shapely.get_interior_ring(parts[part], ring)), group_of_part[part]
