"""Outlines of areas of square cells without stairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from udsat_geo.areas.ground import cell_squares, key_of_cell, misplaced, overlapping, union_by_area
from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects
from udsat_geo.units.grid import QUEEN_FORWARD

ROW_STEP = (0, 1, 0, -1)
COL_STEP = (1, 0, -1, 0)
"""Where the cell on the right of a crossing lies, by its side: as in `udsat_geo.kernels.borders`."""
GRAIN = 10_000
"""Coordinates are whole numbers of 1 / GRAIN of a cell (1 cm for cells of 100 m): own choice."""


@dataclass(frozen=True)
class Cells:
    """Member cells, sorted by row, then column.

    Attributes
    ----------
    row, col, area : int64, shape (n_cells,)
    """

    row: Ints
    col: Ints
    area: Ints

    def only(self, chosen: Flags) -> Cells:
        """Some of the cells."""
        return Cells(self.row[chosen], self.col[chosen], self.area[chosen])


@dataclass(frozen=True)
class Chains:
    """Chains of gates.

    Attributes
    ----------
    start : int64, shape (n_chains + 1,)
        Chain c holds the gates from ``start[c]`` to ``start[c + 1]``, in the order of the walk.
    closed : bool, shape (n_chains,)
        Rings; the other chains begin and end with a gate without width, a junction.
    origin_x, origin_y : int64, shape (n_chains,)
        Column and row that the chain's coordinates count from, so that they are small.
    left, width : complex128, shape (n_gates,)
        Left end of each gate and the way to its right end, in cells; east is real, north imaginary.
    junction : bool, shape (n_gates,)
        Another border ends between this gate and the next.
    """

    start: Ints
    closed: Flags
    origin_x: Ints
    origin_y: Ints
    left: NDArray[np.complex128]
    width: NDArray[np.complex128]
    junction: Flags

    def chain_of_gate(self) -> Ints:
        """Shape (n_gates,)."""
        return np.repeat(np.arange(len(self.closed)), np.diff(self.start))


@dataclass(frozen=True)
class Borders:
    """All borders of some areas.

    Attributes
    ----------
    outer : Chains
        Rings between areas and open ground.
    inner : Chains
        Borders of two areas, and their junctions as first and last gates, where they have ends.
    free_end, ring_gate : int64, shape (n_ends,)
        Ends of inner borders that lie on an outer ring: the gate of `inner` without width, and the gate of `outer`
        after which the ring takes up the end. The position of `free_end` is not known before the ring is drawn.
    """

    outer: Chains
    inner: Chains
    free_end: Ints
    ring_gate: Ints

    def with_ends(self, x: Ints, y: Ints) -> Chains:
        """The inner borders, their free ends at the given positions in grains, shape (n_ends,) each."""
        chain = self.inner.chain_of_gate()[self.free_end]
        left = self.inner.left.copy()
        left.real[self.free_end] = (x - self.inner.origin_x[chain] * GRAIN) / GRAIN
        left.imag[self.free_end] = (y - self.inner.origin_y[chain] * GRAIN) / GRAIN
        return replace(self.inner, left=left)


def find_borders(cells: Cells) -> Borders:
    """All borders of the areas of some cells."""
    from udsat_geo.kernels.borders import border_steps, crossings_into, trace_borders
    from udsat_geo.kernels.cells import index_cells

    unit_of_slot = index_cells(cells.row, cells.col)
    following, open_ground, around_one = border_steps(cells.row, cells.col, cells.area, unit_of_slot)
    crossing, start, n_open = trace_borders(following)
    is_outer = open_ground[crossing[start[:-1]]]
    closed = np.arange(len(start) - 1) >= n_open
    turn = _turns(crossing, following, around_one)
    outer, gate_of_crossing = _chains(cells, crossing, turn, start, is_outer, closed)
    inner, _ = _chains(cells, crossing, turn, start, ~is_outer, closed)

    # the squares in which the open borders, which come first, begin and end
    ends = np.column_stack([crossing[start[:n_open]], crossing[start[1 : n_open + 1] - 1]]).ravel()
    square_row, square_col = _squares(cells, ends)
    entered_by = crossings_into(square_row, square_col, cells.row, cells.col, unit_of_slot)
    inner, end_gate = _with_junctions(inner, n_open, square_row, square_col)
    free = entered_by >= 0
    ring_gate = gate_of_crossing[entered_by[free]]
    outer.junction[ring_gate] = True
    return Borders(outer, inner, end_gate[free], ring_gate)


def _turns(crossing: Ints, following: Ints, around_one: Flags) -> Ints:
    """Where a border turns around one cell after a crossing: 1 to the left, -1 to the right; 0 elsewhere."""
    same_unit = following[crossing] // 4 == crossing // 4
    return np.where(around_one[crossing], np.where(same_unit, 1, -1), 0)


def _chains(cells: Cells, crossing: Ints, turn: Ints, start: Ints, chosen: Flags, closed: Flags) -> tuple[Chains, Ints]:
    """Some of the borders as chains of gates, and the gate of each crossing, shape (4 * n_cells,), -1 for others.

    Where a border turns around one cell, a gate from that cell to the one across the square lets the corner lie
    where the four cells meet.
    """
    length = np.diff(start)
    own = np.repeat(chosen, length)
    crossing, turn, chain = crossing[own], turn[own], np.repeat(np.arange(chosen.sum()), length[chosen])
    n_gates = 1 + (turn != 0)
    gate = np.cumsum(n_gates) - n_gates
    of_gate = np.repeat(np.arange(len(crossing)), n_gates)
    across = np.arange(len(of_gate)) != gate[of_gate]
    unit, side = np.divmod(crossing[of_gate], 4)
    turn, chain, onward = np.where(across, turn[of_gate], 0), chain[of_gate], (side + 1) % 4
    new_start = np.searchsorted(chain, np.arange(chosen.sum() + 1))
    first = unit[new_start[:-1]]
    origin_x, origin_y = cells.col[first], cells.row[first]
    step = np.array(COL_STEP) + 1j * np.array(ROW_STEP)
    # after a turn to the left the gate goes from the same cell, after one to the right it goes to the same cell
    shift = np.where(turn == -1, 1, 0)
    gate_of_crossing = np.full(4 * len(cells.row), -1, dtype=np.int64)
    gate_of_crossing[crossing] = gate
    chains = Chains(
        start=new_start,
        closed=closed[chosen],
        origin_x=origin_x,
        origin_y=origin_y,
        left=_points(cells.col[unit] - origin_x[chain], cells.row[unit] - origin_y[chain]) + shift * step[onward],
        width=step[side] + turn * step[onward],
        junction=np.zeros(len(unit), dtype=bool),
    )
    return chains, gate_of_crossing


def _squares(cells: Cells, ends: Ints) -> tuple[Ints, Ints]:
    """Row and column of the squares before the crossings at even places, and after those at odd places."""
    row_step, col_step = np.array(ROW_STEP), np.array(COL_STEP)
    unit, side = np.divmod(ends, 4)
    onward = (side + np.where(np.arange(len(ends)) % 2 == 0, 3, 1)) % 4
    row = cells.row[unit] + np.minimum(row_step[side], 0) + np.minimum(row_step[onward], 0)
    col = cells.col[unit] + np.minimum(col_step[side], 0) + np.minimum(col_step[onward], 0)
    return row, col


def _with_junctions(chains: Chains, n_open: int, square_row: Ints, square_col: Ints) -> tuple[Chains, Ints]:
    """The chains, the first `n_open` of them with a gate without width, in the middle of its square, at either end.

    And the gates put in: first and last of each chain, shape (2 * n_open,).
    """
    places = np.column_stack([chains.start[:n_open], chains.start[1 : n_open + 1]]).ravel()
    chain = np.repeat(np.arange(n_open), 2)
    lengths = np.diff(chains.start)
    lengths[:n_open] += 2
    nothing = np.zeros(2 * n_open)
    middle = _points(square_col - chains.origin_x[chain], square_row - chains.origin_y[chain])
    made = replace(
        chains,
        start=np.append(0, np.cumsum(lengths)),
        left=np.insert(chains.left, places, middle + (0.5 + 0.5j)),
        width=np.insert(chains.width, places, nothing),
        junction=np.insert(chains.junction, places, nothing.astype(bool)),
    )
    return made, places + np.arange(2 * n_open)


def _points(col: Ints, row: Ints) -> NDArray[np.complex128]:
    """Centres of cells, in cells."""
    centres: NDArray[np.complex128] = (col + 0.5) + 1j * (row + 0.5)
    return centres


Points = NDArray[np.complex128]

CLEARANCE = 0.05
"""Rounding keeps this far from every centre, in cells: own choice. Corners themselves keep farther off."""
TANGENT = 0.6
"""Rounding begins at most so far from a corner, in cells: own choice."""
NEARLY = 0.95
"""Part of the way to where something else begins that rounding may take, so that points which would coincide but for
the last digit stay apart: own choice."""
SHORTER = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
"""Parts of the length of a rounding that are tried, where a centre is near: own choice."""
TURN_PER_LINE = np.pi / 12
"""A corner is rounded by lines that turn by about so much each (six to a right angle): own choice."""


@dataclass(frozen=True)
class Corners:
    """Corners of all chains, in the order of their gates.

    Attributes
    ----------
    gate : int64, shape (n_corners,)
    before, after : int64, shape (n_corners,)
        The neighbouring corners; at an end of a chain with two ends, the corner itself.
    position : complex128, shape (n_corners,)
    """

    gate: Ints
    before: Ints
    after: Ints
    position: Points


@dataclass(frozen=True)
class Lines:
    """What chains became.

    Attributes
    ----------
    start : int64, shape (n_chains + 1,)
    closed : bool, shape (n_chains,)
    x, y : int64, shape (n_points,)
        In grains, from the common origin.
    junction : int64, shape (n_points,)
        The gate after which another border ends in this point, -1 for points in which none does.
    """

    start: Ints
    closed: Flags
    x: Ints
    y: Ints
    junction: Ints


def corners_of(chains: Chains, share: Floats) -> Corners:
    """Corners on the gates where `share`, shape (n_gates,), is no NaN."""
    gate = np.flatnonzero(~np.isnan(share))
    start = np.searchsorted(gate, chains.start)
    first, last = start[:-1], start[1:] - 1
    before, after = np.arange(len(gate)) - 1, np.arange(len(gate)) + 1
    before[first] = np.where(chains.closed, last, first)
    after[last] = np.where(chains.closed, first, last)
    return Corners(gate, before, after, chains.left[gate] + share[gate] * chains.width[gate])


def rounded(chains: Chains, corners: Corners, tangent: float) -> Lines:
    """Lines through the corners, these rounded from up to `tangent` cells away; 0 leaves them sharp.

    A rounded corner is a quadratic Bézier curve, which stays in the triangle of the corner and the curve's ends.
    """
    split_gate, split_corner, split = _junctions(chains, corners)
    toward, away, room = _directions(corners, split_corner, split)
    length = _clear_of_centres(chains, corners, toward, away, np.minimum(NEARLY * room, tangent))
    turn = np.abs(np.angle(-away * toward.conj()))
    n_lines = np.maximum(np.ceil(turn / TURN_PER_LINE - 1e-6), 1)
    n_points = np.where(length > 0, n_lines + 1, 1).astype(np.int64)
    corner = np.repeat(np.arange(len(n_points)), n_points)
    step = np.arange(len(corner)) - np.repeat(np.cumsum(n_points) - n_points, n_points)
    part = step / np.maximum(n_points[corner] - 1, 1)
    bend = (1 - part) ** 2 * toward[corner] + part**2 * away[corner]
    curve = corners.position[corner] + length[corner] * bend

    # points of curves and junctions in the order of the gates that they lie on or after
    place = np.append(corners.gate[corner], split_gate + 0.5)
    order = np.lexsort((np.append(step, np.zeros(len(split), dtype=np.int64)), place))
    junction = np.append(np.full(len(corner), -1), split_gate)
    return _in_grains(chains, place[order].astype(np.int64), np.append(curve, split)[order], junction[order])


def _junctions(chains: Chains, corners: Corners) -> tuple[Ints, Ints, Points]:
    """Where other borders end, half way between the crossings of two gates: the gate and corner before, and where."""
    gate = np.flatnonzero(chains.junction)
    chain = chains.chain_of_gate()[gate]
    following = np.where(gate + 1 == chains.start[chain + 1], chains.start[chain], gate + 1)
    corner = np.searchsorted(corners.gate, gate, side="right") - 1
    # before the first corner of a ring comes its last one
    first, last = (np.searchsorted(corners.gate, chains.start[chain + k]) - k for k in (0, 1))
    corner = np.where(corner < first, last, corner)
    middle = (_crossing(chains, corners, corner, gate) + _crossing(chains, corners, corner, following)) / 2
    return gate, corner, middle


def _crossing(chains: Chains, corners: Corners, corner: Ints, gate: Ints) -> Points:
    """Where the line from a corner to the next one crosses a gate."""
    begin, end = corners.position[corner], corners.position[corners.after[corner]]
    across = _cross(end - begin, chains.width[gate])
    part = _cross(chains.left[gate] - begin, chains.width[gate]) / np.where(across == 0, 1.0, across)
    crossed = begin + part * (end - begin)
    # at the corners themselves, to the last digit
    crossed = np.where(corners.gate[corner] == gate, begin, crossed)
    return np.where(corners.gate[corners.after[corner]] == gate, end, crossed)


def _directions(corners: Corners, split_corner: Ints, split: Points) -> tuple[Points, Points, Floats]:
    """Directions from each corner to those before and after it, and the room for rounding, shape (n_corners,) each.

    The room is half the way to either, and no more than the way to where another border ends; 0 at the end of a
    border.
    """
    back = corners.position[corners.before] - corners.position
    forth = corners.position[corners.after] - corners.position
    room = np.minimum(abs(back), abs(forth)) / 2
    for corner in (split_corner, corners.after[split_corner]):
        np.minimum.at(room, corner, abs(split - corners.position[corner]))
    toward, away = (way / np.where(way == 0, 1.0, abs(way)) for way in (back, forth))
    return toward, away, room


def _clear_of_centres(chains: Chains, corners: Corners, toward: Points, away: Points, length: Floats) -> Floats:
    """The lengths, shortened where the centre inside the turn would come too near.

    That centre is one end of the corner's own gate; no other is within reach of the rounding.
    """
    turns_left = _cross(-toward, away) > 0
    end = np.where(turns_left, 0.0, 1.0)
    centre = chains.left[corners.gate] + end * chains.width[corners.gate] - corners.position
    result = np.zeros(len(length))
    for part in SHORTER:
        begin, chord = part * length * toward, part * length * (away - toward)
        along = (chord.conj() * (centre - begin)).real / np.maximum(abs(chord) ** 2, 1e-12)
        apart = abs(begin + np.clip(along, 0.0, 1.0) * chord - centre)
        # seen from the chord, the corner lies on the other side
        beyond = _cross(chord, centre - begin) * _cross(chord, -begin) <= 0
        result = np.where((apart >= CLEARANCE) & beyond, part * length, result)
    return result


def _cross(one: Points, other: Points) -> Floats:
    """The cross product: above 0 where the second direction lies to the left of the first."""
    product: Floats = (one.conj() * other).imag
    return product


def _in_grains(chains: Chains, gate: Ints, position: Points, junction: Ints) -> Lines:
    """The points in whole grains, without repetitions; `gate` says which chain each belongs to."""
    chain = chains.chain_of_gate()[gate]
    x = chains.origin_x[chain] * GRAIN + np.rint(position.real * GRAIN).astype(np.int64)
    y = chains.origin_y[chain] * GRAIN + np.rint(position.imag * GRAIN).astype(np.int64)
    start = np.searchsorted(chain, np.arange(len(chains.closed) + 1))
    following = np.arange(1, len(x) + 1)
    following[start[1:] - 1] = np.where(chains.closed, start[:-1], start[1:] - 1)
    same = (x == x[following]) & (y == y[following]) & (following != np.arange(len(x)))
    # of two equal points the first goes, unless another border ends there
    gone = same & (junction < 0)
    gone[following[same & (junction >= 0)]] = True
    start = np.append(0, np.cumsum(~gone))[start]
    return Lines(start, chains.closed, x[~gone], y[~gone], junction[~gone])


BLOCK = 16
"""Cells to a side of a block, by which points far from any outline are passed over."""


def line_strings(lines: Lines, size: int) -> Objects:
    """The lines as line strings in metres, cut where other borders end."""
    point, string = _cut(lines)
    xy = np.column_stack([lines.x[point], lines.y[point]]).astype(np.float64) * size / GRAIN
    strings: Objects = shapely.linestrings(xy, indices=string)
    return strings


def _cut(lines: Lines) -> tuple[Ints, Ints]:
    """Points of all strings in turn, and the string of each; strings meet in the points where lines were cut.

    A ring is opened where the first other border ends, or at its first point if none does, so that its strings
    follow each other from there and the last one ends where the first began.
    """
    n_points = np.diff(lines.start)
    line = np.repeat(np.arange(len(n_points)), n_points)
    cut = lines.junction >= 0
    opened = lines.start[:-1].copy()
    first_cut = np.flatnonzero(cut & (np.append(0, np.cumsum(cut))[lines.start[line]] == np.cumsum(cut) - 1))
    opened[line[first_cut]] = first_cut
    # rings once more to where they began
    length = n_points + lines.closed
    line = np.repeat(np.arange(len(length)), length)
    step = np.arange(len(line)) - np.repeat(np.cumsum(length) - length, length)
    point = lines.start[line] + (opened[line] - lines.start[line] + step) % n_points[line]
    inside = cut[point] & (step > 0) & (step < length[line] - 1)
    # a point where a string is cut stands twice
    twice = np.repeat(np.arange(len(point)), 1 + inside)
    begins = np.append(True, twice[1:] == twice[:-1]) | (step[twice] == 0)
    return point[twice], np.cumsum(begins) - 1


def areas_of_faces(faces: Objects, cells: Cells, centres: Objects) -> Ints:
    """The area of each face, -1 where it holds no centre, or centres of several areas.

    `centres` are those of the cells, as points.
    """
    face, cell = shapely.STRtree(centres).query(faces, predicate="contains")
    lowest, highest = np.full(len(faces), cells.area.max(initial=-1)), np.full(len(faces), -1)
    np.minimum.at(lowest, face, cells.area[cell])
    np.maximum.at(highest, face, cells.area[cell])
    return np.where(lowest == highest, highest, -1)


def centres_of(row: Ints, col: Ints, size: int) -> Objects:
    """Centres of cells as points in metres."""
    points: Objects = shapely.points((col + 0.5) * size, (row + 0.5) * size)
    return points


def as_outlines(faces: Objects, area: Ints, n_areas: int) -> Objects:
    """The faces of each area as one MultiPolygon in normal form, empty where an area has none."""
    outlines: Objects = np.full(n_areas, shapely.MultiPolygon(), dtype=object)
    order = np.argsort(area, kind="stable")
    order = order[area[order] >= 0]
    if len(order):
        filled = np.unique(area[order])
        outlines[filled] = shapely.normalize(
            shapely.multipolygons(faces[order], indices=np.searchsorted(filled, area[order]))
        )
    return outlines


def in_reach(outlines: Objects, row: Ints, col: Ints, size: int) -> Flags:
    """Cells in blocks of cells that the bounds of some part of an outline reach into; few others."""
    parts = shapely.get_parts(outlines)
    bounds = np.floor(shapely.bounds(parts[~shapely.is_empty(parts)]) / (size * BLOCK)).astype(np.int64)
    n_cols, n_rows = bounds[:, 2] - bounds[:, 0] + 1, bounds[:, 3] - bounds[:, 1] + 1
    n_blocks = n_cols * n_rows
    part = np.repeat(np.arange(len(bounds)), n_blocks)
    step = np.arange(len(part)) - np.repeat(np.cumsum(n_blocks) - n_blocks, n_blocks)
    reached = key_of_cell(bounds[part, 1] + step // n_cols[part], bounds[part, 0] + step % n_cols[part])
    near: Flags = np.isin(key_of_cell(row // BLOCK, col // BLOCK), reached)
    return near


SHARE = np.arange(1, 10) / 10
"""Where corners may lie between two centres; lines pass between the first and the last: own choice."""
LONGEST = 80
"""The most gates that one line may pass (4 km or more for cells of 100 m): own choice, it bounds the work."""
CORNER_COST, SHARP_COST = 1.0, 2.0
"""What a corner costs, and a sharp one on top, in squares of a cell: own choice, by the look of the result beside the
official outlines of 2017. With corners at half the cost lines follow every step, at twice the cost they cut corners
off; with sharp ones at half the cost a few corners are needles."""


Drawn = dict[bytes, Objects]
"""Outlines that were drawn before and kept what is promised: cells of areas that touch -> the outline of each area."""
_MOST_DRAWN = 20_000
"""So many are kept. Own choice."""


def smooth_outlines(
    row: Ints, col: Ints, area: Ints, avoid_row: Ints, avoid_col: Ints, size: int, drawn: Drawn | None = None
) -> Objects:
    """Outlines of areas of square cells: few straight lines with rounded corners, no stairs.

    An outline crosses each line between the centre of a cell of the area and the centre of a neighbouring cell that
    is not of it exactly once, before its corners are rounded between a tenth and nine tenths of the way. So it holds
    the centres of its own cells and no other cell's, inhabited or not. Among such polygons it is one with few
    corners, few of them sharp, that stays close to where the cells meet (`udsat_geo.kernels.borders`). Cells of one
    area that meet at a corner only are joined there, unless the two other cells are of one area with a lower number.

    What is promised is checked. Should it not hold for an area (far from the origin, coordinates are coarse), that
    area and those it touches are drawn through the middles instead, and if that does not help, as exact squares.

    Parameters
    ----------
    row, col : int64, shape (n_members,)
        Member cells, each once, in any order, with or without residents. Absolute values below 10^11.
    area : int64, shape (n_members,)
        From 0.
    avoid_row, avoid_col : int64, shape (n_avoided,)
        Cells that must stay outside: all other inhabited ones.
    size : int
        Side of a cell in metres.
    drawn : dict, optional
        Added to in place: areas of the same cells are not drawn once more.

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        Valid, in normal form; empty for a number without cells. Centres of an area's cells lie inside, 5 % of a cell
        or more from the border, all other cells' outside. Outlines of different areas share ground nowhere; where
        areas meet they share the border, point by point. Every part holds the centre of a cell, so there are no
        slivers. A hole of the exact outline is one here too. The same cells give the same bytes.
    """
    order = np.lexsort((col, row))
    cells = Cells(row[order], col[order], area[order])
    n_areas = int(area.max(initial=-1)) + 1
    known = _beside_those_drawn(cells, n_areas, size, {} if drawn is None else drawn)
    if known is not None:
        return known
    outlines: Objects = np.full(n_areas, shapely.MultiPolygon(), dtype=object)
    centres = centres_of(cells.row, cells.col, size)
    ground_row, ground_col = _ground_beside(cells)
    other_row, other_col = np.append(avoid_row, ground_row), np.append(avoid_col, ground_col)
    left = np.ones(n_areas, dtype=bool)
    for draw in (_straight, _through_middles, _squares_of_units):
        chosen = left[cells.area]
        outlines[left] = draw(cells.only(chosen), centres[chosen], n_areas, size)[left]
        near = in_reach(outlines, other_row, other_col, size)
        others = centres_of(other_row[near], other_col[near], size)
        of_others = np.full(len(others), -1)
        wrong = misplaced(outlines, np.append(centres, others), np.append(cells.area, of_others))
        left = _with_touching(cells, wrong | overlapping(outlines))
        if not left.any():
            break
    return outlines


def _beside_those_drawn(cells: Cells, n_areas: int, size: int, drawn: Drawn) -> Objects | None:
    """Outlines as drawn before, and of straight lines where areas are new; None where it is not plain that each holds
    the centres of its own cells and no other cell's, lived in or not.

    Areas that touch are drawn together: what they become hangs on their own cells alone.
    """
    outlines: Objects = np.full(n_areas, shapely.MultiPolygon(), dtype=object)
    missing, is_new = dict[bytes, Ints](), np.zeros(n_areas, dtype=bool)
    for key, areas in _keys(cells, _clusters(cells, n_areas)):
        if key in drawn:
            outlines[areas] = drawn[key]
        else:
            missing[key], is_new[areas] = areas, True
    if missing:
        new = cells.only(is_new[cells.area])
        faces = _straight_faces(new, size)
        area = areas_by_runs(faces, new, n_areas, size)
        if area is None:
            return None
        outlines[is_new] = as_outlines(faces, area, n_areas)[is_new]
        if not shapely.is_valid(outlines[is_new]).all() or overlapping(outlines, of=is_new).any():
            return None
    for key, areas in missing.items():
        drawn[key] = outlines[areas]
    while len(drawn) > _MOST_DRAWN:
        del drawn[next(iter(drawn))]
    return outlines


def _keys(cells: Cells, cluster: Ints) -> Iterator[tuple[bytes, Ints]]:
    """The cells of each cluster of areas as bytes, with the place of their area in it, and these areas."""
    areas = np.argsort(cluster, kind="stable")
    first = np.searchsorted(cluster[areas], np.arange(int(cluster.max(initial=-1)) + 2))
    place = np.empty(len(cluster), dtype=np.int64)
    place[areas] = np.arange(len(areas)) - first[cluster[areas]]
    of_cell = cluster[cells.area]
    order = np.argsort(of_cell, kind="stable")
    written = np.column_stack([cells.row, cells.col, place[cells.area]])[order]
    start = np.searchsorted(of_cell[order], np.arange(len(first)))
    bounds = zip(*(pairwise(each.tolist()) for each in (start, first)), strict=True)
    for (begin, end), (first_area, after) in bounds:
        if begin < end:
            yield written[begin:end].tobytes(), areas[first_area:after]


CLEARLY = 0.01
"""A border passes beside a centre plainly where it does by this much of a cell: far above what rounding can do to
coordinates below `_NEAR_ENOUGH`, far below the clearance that is promised."""
_NEAR_ENOUGH = 1e9
"""In cells from the origin."""


def areas_by_runs(faces: Objects, cells: Cells, n_areas: int, size: int) -> Ints | None:
    """The area of each face, -1 where it holds no cell; None where it is not plain that each holds all cells of one
    area in it and no others, and all areas all of their cells. There is at least one cell.
    """
    runs = runs_inside(faces, size)
    if runs is None or max(abs(cells.row).max(), abs(cells.col).max()) >= _NEAR_ENOUGH:
        return None
    face, row, first_col, after_col = runs
    # cells by one number, as they are sorted; what lies outside of their rectangle is none
    west, width = cells.col.min(), np.ptp(cells.col) + 1
    key = cells.row * width + (cells.col - west)
    begin, end = (np.searchsorted(key, row * width + np.clip(col - west, 0, width)) for col in (first_col, after_col))
    full, empty = end - begin == after_col - first_col, end == begin
    begin, last = (np.minimum(place, len(key) - 1) for place in (begin, end - 1))
    other = np.append(0, np.cumsum(np.diff(cells.area) != 0))
    if not (empty | (full & (other[begin] == other[last]))).all():
        return None
    held = np.where(full, cells.area[begin], -1)
    area, lowest = np.full(len(faces), -1), np.full(len(faces), n_areas)
    np.maximum.at(area, face, held)
    np.minimum.at(lowest, face, held)
    n_cells = np.bincount(held[full], weights=(after_col - first_col)[full], minlength=n_areas)
    if (lowest[face] != area[face]).any() or (n_cells != np.bincount(cells.area, minlength=n_areas)).any():
        return None
    return area


def runs_inside(polygons: Objects, size: int) -> tuple[Ints, Ints, Ints, Ints] | None:
    """The cells whose centres lie in polygons, as runs along rows: the polygon, the row, the first column and that
    after the last, shape (n_runs,) each; None where a border passes too near to a centre for that to be plain.

    A row's centres lie inside between the first and second, the third and fourth crossing of the polygon's borders and
    the line through them.
    """
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    # in cells, so that centres have whole numbers
    u, v = xy.T / size - 0.5
    if len(xy) and abs(xy).max() / size >= _NEAR_ENOUGH:
        return None
    near_u, near_v = abs(u - np.rint(u)) < CLEARLY, abs(v - np.rint(v)) < CLEARLY
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    begin, end = np.minimum(v[edge], v[edge + 1]), np.maximum(v[edge], v[edge + 1])
    along = near_v[edge] & near_v[edge + 1] & (np.rint(begin) == np.rint(end))
    west, east = np.minimum(u[edge], u[edge + 1]) - CLEARLY, np.maximum(u[edge], u[edge + 1]) + CLEARLY
    if (near_u & near_v).any() or (along & (np.floor(east) >= west)).any():
        return None
    first_row = np.ceil(begin)
    n_rows = (np.ceil(end) - first_row).astype(np.int64)
    of_row = np.repeat(np.arange(len(edge)), n_rows)
    row = first_row[of_row] + np.arange(len(of_row)) - np.repeat(np.cumsum(n_rows) - n_rows, n_rows)
    at = edge[of_row]
    crossed = u[at] + (row - v[at]) / (v[at + 1] - v[at]) * (u[at + 1] - u[at])
    if (abs(crossed - np.rint(crossed)) < CLEARLY).any():
        return None
    face, row, col = polygon_of_ring[ring[at]], row.astype(np.int64), np.ceil(crossed).astype(np.int64)
    order = np.lexsort((col, row, face))
    face, row, col = face[order], row[order], col[order]
    held = col[1::2] > col[::2]
    return face[::2][held], row[::2][held], col[::2][held], col[1::2][held]


def _clusters(cells: Cells, n_areas: int) -> Ints:
    """Areas that touch, directly or through others: a number for each of them, shape (n_areas,)."""
    from udsat_geo.kernels.cells import cell_edges, index_cells
    from udsat_geo.kernels.components import label_components

    row_step, col_step = np.array(QUEEN_FORWARD, dtype=np.int64).T.copy()
    head, tail = cell_edges(cells.row, cells.col, index_cells(cells.row, cells.col), row_step, col_step)
    ends = (cells.area[side].astype(np.int32) for side in (head, tail))
    cluster: Ints = label_components(np.ones(n_areas, dtype=bool), *ends)[0]
    return cluster


def _straight(cells: Cells, centres: Objects, n_areas: int, size: int) -> Objects:
    """Outlines of few straight lines with rounded corners."""
    faces = _straight_faces(cells, size)
    return as_outlines(faces, areas_of_faces(faces, cells, centres), n_areas)


def _straight_faces(cells: Cells, size: int) -> Objects:
    def share_of(chains: Chains) -> Floats:
        choice = _straightened(chains)
        return np.where(choice < 0, np.nan, SHARE[choice])

    return _faces(cells, size, share_of, TANGENT)


_GATES_AT_A_TIME = 4_096
"""So many gates a thread takes at a time, and the rest of their chain: own choice. No result depends on it."""


def _straightened(chains: Chains) -> Ints:
    """Where each gate has a corner, as `udsat_geo.kernels.borders.straighten` says it; each chain is by itself, so that
    many are walked on all threads.
    """
    import numba

    from udsat_geo.kernels.borders import straighten

    start = chains.start
    begin = np.searchsorted(start, np.arange(0, len(chains.left), _GATES_AT_A_TIME))
    cut = np.unique(np.append(begin, len(chains.closed))).tolist()

    def walk(one: int, after: int) -> Ints:
        gates = slice(start[one], start[after])
        of_chains = start[one : after + 1] - start[one], chains.closed[one:after]
        return straighten(*of_chains, chains.left[gates], chains.width[gates], SHARE, LONGEST, CORNER_COST, SHARP_COST)

    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        parts = list(pool.map(walk, cut[:-1], cut[1:]))
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _through_middles(cells: Cells, centres: Objects, n_areas: int, size: int) -> Objects:
    """Outlines with a corner wherever they cross from one cell to the next."""

    def share_of(chains: Chains) -> Floats:
        # gates from cell to cell across a corner are longer than one cell
        return np.where(abs(chains.width) > 1.0, np.nan, 0.5)

    faces = _faces(cells, size, share_of, 0.0)
    return as_outlines(faces, areas_of_faces(faces, cells, centres), n_areas)


def _squares_of_units(cells: Cells, centres: Objects, n_areas: int, size: int) -> Objects:
    """Exact outlines."""
    return union_by_area(cell_squares(cells.row, cells.col, size), cells.area, n_areas)


def _faces(cells: Cells, size: int, share_of: Callable[[Chains], Floats], tangent: float) -> Objects:
    """The polygons into which lines through gates cut the plane; `share_of` says where the corners lie, NaN for none,
    shape (n_gates,).
    """
    borders = find_borders(cells)
    outer = rounded(borders.outer, corners_of(borders.outer, share_of(borders.outer)), tangent)
    meeting = np.full(len(borders.outer.left), -1)
    met = np.flatnonzero(outer.junction >= 0)
    meeting[outer.junction[met]] = met
    end = meeting[borders.ring_gate]
    ending = borders.with_ends(outer.x[end], outer.y[end])
    inner = rounded(ending, corners_of(ending, share_of(ending)), tangent)
    faces: Objects = shapely.get_parts(
        shapely.polygonize(np.concatenate([line_strings(outer, size), line_strings(inner, size)]))
    )
    return faces


def _ground_beside(cells: Cells) -> tuple[Ints, Ints]:
    """Row and column of the cells beside members that are no members; some more than once."""
    from udsat_geo.kernels.borders import border_steps
    from udsat_geo.kernels.cells import index_cells

    _, open_ground, _ = border_steps(cells.row, cells.col, cells.area, index_cells(cells.row, cells.col))
    unit, side = np.divmod(np.flatnonzero(open_ground), 4)
    return cells.row[unit] + np.array(ROW_STEP)[side], cells.col[unit] + np.array(COL_STEP)[side]


def _with_touching(cells: Cells, chosen: Flags) -> Flags:
    """The chosen areas and those they touch, directly or through others."""
    if not chosen.any():
        return chosen
    cluster = _clusters(cells, len(chosen))
    result: Flags = np.isin(cluster, cluster[chosen])
    return result
