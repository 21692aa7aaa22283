"""Rows that hold the outlines of areas without stairs to what a user would otherwise write.

No peer draws the same outlines, so results are compared in what they have in common: every member cell's centre lies
inside the outline of its own area, and no other inhabited cell's centre on any. Ours checks this itself, within its
time; the peers check nothing. Neither peer rounds corners, and areas that share a border, of which there are none
here, would part ways in the simplified one.
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
TOLERANCE_M = 30.0
"""Of the peer's Douglas-Peucker: safely less than the half cell between a centre and the border."""


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


def squares(cells: AreasOfCells) -> Any:
    """Exact outlines: one union of squares for each area."""
    west, south = cells.col * CELL_M, cells.row * CELL_M
    boxes = shapely.box(west, south, west + CELL_M, south + CELL_M)[np.argsort(cells.area, kind="stable")]
    bounds = np.append(0, np.cumsum(np.bincount(cells.area)))
    return np.array([shapely.union_all(boxes[bounds[k] : bounds[k + 1]]) for k in range(cells.n_areas)])


def simplified_raster(cells: AreasOfCells) -> Any:
    """Polygons of an image of the whole extent, simplified one by one."""
    top, left = cells.row.max(), cells.col.min()
    image = np.full((int(top - cells.row.min()) + 1, int(cells.col.max() - left) + 1), -1, dtype=np.int32)
    image[top - cells.row, cells.col - left] = cells.area
    to_metres = rasterio.Affine(CELL_M, 0, left * CELL_M, 0, -CELL_M, (top + 1) * CELL_M)
    # cells that meet at a corner only are parts of their own: joined, they would make rings that touch themselves
    found = list(rasterio.features.shapes(image, mask=image >= 0, connectivity=4, transform=to_metres))
    found.sort(key=lambda polygon_and_area: polygon_and_area[1])
    rings = [[np.array(ring) for ring in polygon["coordinates"]] for polygon, _ in found]
    polygons = np.array([shapely.Polygon(ring[0], ring[1:]) for ring in rings])
    outlines = shapely.multipolygons(polygons, indices=np.array([int(area) for _, area in found]))
    return shapely.simplify(outlines, TOLERANCE_M)


def outline_rows(country: Country) -> Iterator[KernelRow]:
    """Outlines of all areas at once."""
    cells = areas_of_cells(country)
    ours = partial(
        smooth_outlines, cells.row, cells.col, cells.area, cells.other_row, cells.other_col, CELL_M
    )  # fmt: skip

    def equal(found: Any, peer: Any) -> bool:
        row, col = np.append(cells.row, cells.other_row), np.append(cells.col, cells.other_col)
        points = shapely.points((col + 0.5) * CELL_M, (row + 0.5) * CELL_M)
        area_of_point = np.append(cells.area, np.full(len(cells.other_row), -1))
        return not any(misplaced(outlines, points, area_of_point).any() for outlines in (found, peer))

    name = f"smooth_outlines, {len(cells.row):,} cells, {cells.n_areas:,} areas"
    yield KernelRow(name, "shapely.union_all by area: stairs", ours, partial(squares, cells), equal)
    yield KernelRow(name, "rasterio shapes, simplify: sharp", ours, partial(simplified_raster, cells), equal)
