"""Outlines of areas of square cells without stairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from udsat_geo.grid import QUEEN_FORWARD
from udsat_geo.outline.borders import COL_STEP, ROW_STEP, Cells, Chains, find_borders
from udsat_geo.outline.checks import misplaced, overlapping
from udsat_geo.outline.exact import union_by_area
from udsat_geo.outline.faces import as_outlines, centres_of, faces_of, in_reach, line_strings
from udsat_geo.outline.rounding import TANGENT, corners_of, rounded

SHARE = np.arange(1, 10) / 10
"""Where corners may lie between two centres; lines pass between the first and the last: own choice."""
LONGEST = 80
"""The most gates that one line may pass (4 km or more for cells of 100 m): own choice, it bounds the work."""
CORNER_COST, SHARP_COST = 1.0, 2.0
"""What a corner costs, and a sharp one on top, in squares of a cell: own choice, by the look of the result beside the
official outlines of 2017. With corners at half the cost lines follow every step, at twice the cost they cut corners
off; with sharp ones at half the cost a few corners are needles."""


def smooth_outlines(
    row: NDArray[np.int64],
    col: NDArray[np.int64],
    area: NDArray[np.int64],
    avoid_row: NDArray[np.int64],
    avoid_col: NDArray[np.int64],
    size: int,
) -> NDArray[np.object_]:
    """Outlines of areas of square cells: few straight lines with rounded corners, no stairs.

    An outline crosses each line between the centre of a cell of the area and the centre of a neighbouring cell that
    is not of it exactly once, before its corners are rounded between a tenth and nine tenths of the way. So it holds
    the centres of its own cells and no other cell's, inhabited or not. Among such polygons it is one with few
    corners, few of them sharp, that stays close to where the cells meet (`udsat_geo.kernels.straight`). Cells of one
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

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        Valid, in normal form; empty for a number without cells. Centres of an area's cells lie inside, 5 % of a cell
        or more from the border, all other cells' outside. Outlines of different areas share ground nowhere; where
        areas meet they share the border, point by point. Every part holds the centre of a cell, so there are no
        slivers. A hole of the exact outline is one here too. The same cells give the same bytes.
    """
    import shapely

    order = np.lexsort((col, row))
    cells = Cells(row[order], col[order], area[order])
    n_areas = int(area.max(initial=-1)) + 1
    outlines: NDArray[np.object_] = np.full(n_areas, shapely.MultiPolygon(), dtype=object)
    centres = centres_of(cells.row, cells.col, size)
    ground_row, ground_col = _ground_beside(cells)
    other_row, other_col = np.append(avoid_row, ground_row), np.append(avoid_col, ground_col)
    drawn = np.ones(n_areas, dtype=bool)
    for draw in (_straight, _through_middles, _squares):
        chosen = drawn[cells.area]
        outlines[drawn] = draw(cells.only(chosen), centres[chosen], n_areas, size)[drawn]
        near = in_reach(outlines, other_row, other_col, size)
        others = centres_of(other_row[near], other_col[near], size)
        of_others = np.full(len(others), -1)
        wrong = misplaced(outlines, np.append(centres, others), np.append(cells.area, of_others))
        drawn = _with_touching(cells, wrong | overlapping(outlines))
        if not drawn.any():
            break
    return outlines


def _straight(cells: Cells, centres: NDArray[np.object_], n_areas: int, size: int) -> NDArray[np.object_]:
    """Outlines of few straight lines with rounded corners."""
    from udsat_geo.kernels.straight import straighten

    def share_of(chains: Chains) -> NDArray[np.float64]:
        gates = (chains.start, chains.closed, chains.left, chains.width)
        choice = straighten(*gates, SHARE, LONGEST, CORNER_COST, SHARP_COST)
        return np.where(choice < 0, np.nan, SHARE[choice])

    return _outlines(cells, centres, n_areas, size, share_of, TANGENT)


def _through_middles(cells: Cells, centres: NDArray[np.object_], n_areas: int, size: int) -> NDArray[np.object_]:
    """Outlines with a corner wherever they cross from one cell to the next."""

    def share_of(chains: Chains) -> NDArray[np.float64]:
        # gates from cell to cell across a corner are longer than one cell
        return np.where(abs(chains.width) > 1.0, np.nan, 0.5)

    return _outlines(cells, centres, n_areas, size, share_of, 0.0)


def _squares(cells: Cells, centres: NDArray[np.object_], n_areas: int, size: int) -> NDArray[np.object_]:
    """Exact outlines."""
    import shapely

    west, south = cells.col * size, cells.row * size
    return union_by_area(shapely.box(west, south, west + size, south + size), cells.area, n_areas)


def _outlines(
    cells: Cells,
    centres: NDArray[np.object_],
    n_areas: int,
    size: int,
    share_of: Callable[[Chains], NDArray[np.float64]],
    tangent: float,
) -> NDArray[np.object_]:
    """Outlines through gates: `share_of` says where the corners lie, NaN for none, shape (n_gates,)."""
    borders = find_borders(cells)
    outer = rounded(borders.outer, corners_of(borders.outer, share_of(borders.outer)), tangent)
    meeting = np.full(len(borders.outer.left), -1)
    met = np.flatnonzero(outer.junction >= 0)
    meeting[outer.junction[met]] = met
    end = meeting[borders.ring_gate]
    ending = borders.with_ends(outer.x[end], outer.y[end])
    inner = rounded(ending, corners_of(ending, share_of(ending)), tangent)
    strings = np.concatenate([line_strings(outer, size), line_strings(inner, size)])
    faces, area = faces_of(strings, cells, centres)
    return as_outlines(faces, area, n_areas)


def _ground_beside(cells: Cells) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the cells beside members that are no members; some more than once."""
    from udsat_geo.kernels.borders import border_steps
    from udsat_geo.kernels.cells import index_cells

    _, open_ground, _ = border_steps(cells.row, cells.col, cells.area, index_cells(cells.row, cells.col))
    unit, side = np.divmod(np.flatnonzero(open_ground), 4)
    return cells.row[unit] + np.array(ROW_STEP)[side], cells.col[unit] + np.array(COL_STEP)[side]


def _with_touching(cells: Cells, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The chosen areas and those they touch, directly or through others."""
    from udsat_geo.kernels.cells import cell_edges, index_cells
    from udsat_geo.kernels.components import label_components

    if not chosen.any():
        return chosen
    row_step, col_step = np.array(QUEEN_FORWARD, dtype=np.int64).T.copy()
    head, tail = cell_edges(cells.row, cells.col, index_cells(cells.row, cells.col), row_step, col_step)
    ends = (cells.area[side].astype(np.int32) for side in (head, tail))
    cluster, _ = label_components(np.ones(len(chosen), dtype=bool), *ends)
    result: NDArray[np.bool_] = np.isin(cluster, cluster[chosen])
    return result
