"""From lines to outlines: the faces between borders, and the areas that they belong to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.outline.borders import GRAIN, Cells
from udsat_geo.outline.rounding import Lines

Objects = NDArray[np.object_]

BLOCK = 16
"""Cells to a side of a block, by which points far from any outline are passed over."""


def line_strings(lines: Lines, size: int) -> Objects:
    """The lines as line strings in metres, cut where other borders end."""
    import shapely

    point, string = _cut(lines)
    xy = np.column_stack([lines.x[point], lines.y[point]]).astype(np.float64) * size / GRAIN
    strings: Objects = shapely.linestrings(xy, indices=string)
    return strings


def _cut(lines: Lines) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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


def faces_of(strings: Objects, cells: Cells, centres: Objects) -> tuple[Objects, NDArray[np.int64]]:
    """Faces between the strings that hold a centre, and the area of each, -1 where centres are of several areas.

    `centres` are those of the cells, as points.
    """
    import shapely

    faces = shapely.get_parts(shapely.polygonize(strings))
    face, cell = shapely.STRtree(centres).query(faces, predicate="contains")
    lowest, highest = np.full(len(faces), cells.area.max(initial=-1)), np.full(len(faces), -1)
    np.minimum.at(lowest, face, cells.area[cell])
    np.maximum.at(highest, face, cells.area[cell])
    held = highest >= 0
    return faces[held], np.where(lowest == highest, highest, -1)[held]


def centres_of(row: NDArray[np.int64], col: NDArray[np.int64], size: int) -> Objects:
    """Centres of cells as points in metres."""
    import shapely

    points: Objects = shapely.points((col + 0.5) * size, (row + 0.5) * size)
    return points


def as_outlines(faces: Objects, area: NDArray[np.int64], n_areas: int) -> Objects:
    """The faces of each area as one MultiPolygon in normal form, empty where an area has none."""
    import shapely

    outlines: Objects = np.full(n_areas, shapely.MultiPolygon(), dtype=object)
    order = np.argsort(area, kind="stable")
    order = order[area[order] >= 0]
    if len(order):
        filled = np.unique(area[order])
        outlines[filled] = shapely.normalize(
            shapely.multipolygons(faces[order], indices=np.searchsorted(filled, area[order]))
        )
    return outlines


def in_reach(outlines: Objects, row: NDArray[np.int64], col: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    """Cells in blocks of cells that the bounds of some part of an outline reach into; few others."""
    import shapely

    parts = shapely.get_parts(outlines)
    bounds = np.floor(shapely.bounds(parts[~shapely.is_empty(parts)]) / (size * BLOCK)).astype(np.int64)
    n_cols, n_rows = bounds[:, 2] - bounds[:, 0] + 1, bounds[:, 3] - bounds[:, 1] + 1
    n_blocks = n_cols * n_rows
    part = np.repeat(np.arange(len(bounds)), n_blocks)
    step = np.arange(len(part)) - np.repeat(np.cumsum(n_blocks) - n_blocks, n_blocks)
    reached = _key(bounds[part, 1] + step // n_cols[part], bounds[part, 0] + step % n_cols[part])
    near: NDArray[np.bool_] = np.isin(_key(row // BLOCK, col // BLOCK), reached)
    return near


def _key(row: NDArray[np.int64], col: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for a row and a column; different ones may share it, which here does no harm."""
    mixed: NDArray[np.int64] = (row * 73856093) ^ (col * 19349663)
    return mixed
