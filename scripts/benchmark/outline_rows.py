"""Rows that hold the outlines of areas without stairs to what a user would otherwise write.

No peer draws the same outlines. What is asked of both sides is the same: no stairs, rounded corners, and every member
cell's centre inside the outline of its own area, and no other cell's on any, which either checks within its time. Areas
that share a border, of which there are none here, would part ways in the peer's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import rasterio.features  # type: ignore[import-untyped]
import shapely
from kernel_inputs import Country, Flags, Ints
from kernel_row import CELL_M, KernelRow

from udsat_geo.areas.ground import misplaced
from udsat_geo.areas.smooth import smooth_outlines
from udsat_geo.kernels.components import label_components
from udsat_geo.units.edges import grid_edges

RINGS = 3
"""Rings of neighbours by which the badly off cells are grown, so that areas are of a size worth an outline."""
LEAST_CELLS = 2
TOLERANCE_M, ROUND_M = 30.0, 15.0
"""Of the peer's Douglas-Peucker and of its corners: together safely less than the half cell between a centre and the
border.
"""


@dataclass(frozen=True)
class AreasOfCells:
    """Cells of areas, and all others.

    Attributes
    ----------
    row, col, area : int64, shape (n_members,)
    other_row, other_col : int64, shape (n_others,)
    """

    row: Ints
    col: Ints
    area: Ints
    other_row: Ints
    other_col: Ints

    @property
    def n_areas(self) -> int:
        """Areas are numbered without gaps."""
        return int(self.area.max()) + 1


def areas_of_cells(country: Country) -> AreasOfCells:
    """The badly off cells with their neighbours, as contiguous areas."""
    edges = grid_edges(country.row, country.col, rook=False)
    member: Flags = country.member.copy()
    for _ in range(RINGS):
        reached = np.concatenate([edges.head[member[edges.tail]], edges.tail[member[edges.head]]])
        member[reached] = True
    label, _ = label_components(member, edges.head, edges.tail)
    large = np.bincount(label[member]) >= LEAST_CELLS
    area = np.where(member & large[label], np.cumsum(large)[label] - 1, -1)
    own = area >= 0
    return AreasOfCells(country.row[own], country.col[own], area[own], country.row[~own], country.col[~own])


def rounded_raster(cells: AreasOfCells) -> Any:
    """Polygons of an image of the whole extent, simplified one by one, their corners rounded, and checked."""
    outlines = shapely.simplify(raster_outlines(cells), TOLERANCE_M)
    for distance in (-ROUND_M, 2 * ROUND_M, -ROUND_M):
        outlines = shapely.buffer(outlines, distance, quad_segs=6)
    if misplaced(outlines, *centres(cells)).any():
        raise ValueError("a centre lies on the wrong side")
    return outlines


def centres(cells: AreasOfCells) -> tuple[Any, Ints]:
    """Of all cells, as points, and the area of each, -1 for none."""
    row, col = np.append(cells.row, cells.other_row), np.append(cells.col, cells.other_col)
    points = shapely.points((col + 0.5) * CELL_M, (row + 0.5) * CELL_M)
    return points, np.append(cells.area, np.full(len(cells.other_row), -1))


def raster_outlines(cells: AreasOfCells) -> Any:
    """Exact outlines by way of an image, which takes half as long as the union of each area's squares."""
    top, left = cells.row.max(), cells.col.min()
    image = np.full((int(top - cells.row.min()) + 1, int(cells.col.max() - left) + 1), -1, dtype=np.int32)
    image[top - cells.row, cells.col - left] = cells.area
    to_metres = rasterio.Affine(CELL_M, 0, left * CELL_M, 0, -CELL_M, (top + 1) * CELL_M)
    # cells that meet at a corner only are parts of their own: joined, they would make rings that touch themselves
    found = list(rasterio.features.shapes(image, mask=image >= 0, connectivity=4, transform=to_metres))
    found.sort(key=lambda polygon_and_area: polygon_and_area[1])
    rings = [[np.array(ring) for ring in polygon["coordinates"]] for polygon, _ in found]
    polygons = np.array([shapely.Polygon(ring[0], ring[1:]) for ring in rings])
    return shapely.multipolygons(polygons, indices=np.array([int(area) for _, area in found]))


def outline_rows(country: Country) -> Iterator[KernelRow]:
    """Outlines of all areas at once."""
    cells = areas_of_cells(country)
    ours = partial(
        smooth_outlines, cells.row, cells.col, cells.area, cells.other_row, cells.other_col, CELL_M
    )  # fmt: skip

    def equal(found: Any, peer: Any) -> bool:
        return not any(misplaced(outlines, *centres(cells)).any() for outlines in (found, peer))

    name = f"smooth_outlines, {len(cells.row):,} cells, {cells.n_areas:,} areas"
    yield KernelRow(name, "rasterio, simplify, buffers, check", ours, partial(rounded_raster, cells), equal)
