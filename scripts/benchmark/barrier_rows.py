"""Rows that hold the cutting of edges and outlines by barriers to what a user would write with shapely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import shapely
from kernel_inputs import Country, Flags, Floats, Ints
from kernel_row import CELL_M, KernelRow, many
from numpy.typing import NDArray
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from udsat_geo.areas.ground import area_outlines, as_multipolygon
from udsat_geo.areas.outlines import cut_outlines
from udsat_geo.kernels.components import label_components
from udsat_geo.units.barriers import Barriers, is_cut, segment_lines
from udsat_geo.units.edges import grid_edges
from udsat_geo.units.grid import Grid
from udsat_geo.units.units import Units

RAILWAYS, STEPS, STEP_M, BEND = 500, 100, 200.0, 0.2
"""50,000 segments: railways of 20 km from inhabited cells, in steps that bend by about so many radians."""
CROSSINGS, CROSSING_REACH = 10_000, 50.0
AREAS = 2_000
DIFFERENCE_M2 = 1e-6
"""How much each outline may differ between the two sides, whose nodes are rounded in another order."""

Geometries = NDArray[np.object_]


def barrier_rows(country: Country) -> Iterator[KernelRow]:
    """Edges of all cells and of as many side by side, then outlines of areas, against 50,000 segments of barriers."""
    units = units_of(country.row, country.col)
    barriers = make_barriers(units)
    yield from cut_edge_rows(units, barriers)
    side = np.arange(int(country.n_cells**0.5))
    row, col = (axis.ravel() for axis in np.meshgrid(country.row[0] + side, country.col[0] + side, indexing="ij"))
    square = units_of(row, col)
    yield from cut_edge_rows(square, make_barriers(square))
    yield from cut_outline_rows(units, barriers, country.member)


def units_of(row: Ints, col: Ints) -> Units:
    """Cells with positions alone: nothing else of them decides what is cut."""
    grid = Grid(CELL_M)
    none, name = np.zeros((len(row), 1), dtype=np.int64), np.empty(len(row), dtype=object)
    return Units(
        "cells", "EPSG:25832", name, *grid.centres(row, col), none[:, 0], none, none, none[0], none[0], row, col, grid
    )


def make_barriers(units: Units, seed: int = 3) -> Barriers:
    """Winding railways through inhabited cells, and crossings on them."""
    random = np.random.default_rng(seed)
    start = random.integers(0, len(units), RAILWAYS)
    heading = random.uniform(0, 2 * np.pi, (RAILWAYS, 1)) + random.normal(0, BEND, (RAILWAYS, STEPS)).cumsum(axis=1)
    ends = []
    for first, step in ((units.easting, np.cos(heading)), (units.northing, np.sin(heading))):
        along = np.column_stack([first[start], first[start, np.newaxis] + (STEP_M * step).cumsum(axis=1)]).round(2)
        ends.append((along[:, :-1].ravel(), along[:, 1:].ravel()))
    (easting_start, easting_end), (northing_start, northing_end) = ends
    at = random.choice(len(easting_start), CROSSINGS, replace=False)
    halfway = ((easting_start + easting_end)[at] / 2, (northing_start + northing_end)[at] / 2)
    return Barriers(easting_start, northing_start, easting_end, northing_end, *halfway, CROSSING_REACH)


def cut_edge_rows(units: Units, barriers: Barriers) -> Iterator[KernelRow]:
    """Edges that barriers cut; ours with the making of its index, the trees with their building.

    The peers get their lines made beforehand and are not timed for it.
    """
    edges = grid_edges(units.row, units.col, rook=False)  # type: ignore[arg-type]
    lines = tuple(position[end] for end in (edges.head, edges.tail) for position in (units.easting, units.northing))
    as_lines = shapely.linestrings(np.column_stack(lines).reshape(-1, 2, 2))
    segments = segment_lines(barriers)
    crossings = np.column_stack([barriers.crossing_easting, barriers.crossing_northing])
    closed = replace(barriers, crossing_easting=np.empty(0), crossing_northing=np.empty(0))
    name, tree = f"is_cut, {many(len(edges))} edges", "shapely STRtree.query"
    met = partial(met_lines, as_lines, segments)
    yield KernelRow(name, tree, partial(is_cut, closed, *lines), met, np.array_equal)
    name, tree = f"{name}, {many(len(crossings))} crossings", f"{tree}, scipy cKDTree"
    unopened = partial(unopened_lines, as_lines, segments, crossings)
    yield KernelRow(name, tree, partial(is_cut, barriers, *lines), unopened, np.array_equal)


def cut_outline_rows(units: Units, barriers: Barriers, member: Flags) -> Iterator[KernelRow]:
    """Outlines of the largest areas that the members form."""
    edges = grid_edges(units.row, units.col, rook=False)  # type: ignore[arg-type]
    component_of_unit, n_components = label_components(member, edges.head, edges.tail)
    size = np.bincount(component_of_unit[member], minlength=n_components)
    area_of_component = np.full(n_components + 1, -1)
    n_areas = min(AREAS, n_components)
    area_of_component[np.argsort(-size, kind="stable")[:n_areas]] = np.arange(n_areas)
    # component -1 reads the last entry, which is -1
    area_of_unit = area_of_component[component_of_unit]
    outline = area_outlines(units, area_of_unit)
    ours = partial(cut_outlines, outline, units, area_of_unit, barriers)
    peer = partial(overlaid_outlines, outline, units, area_of_unit, segment_lines(barriers))

    def equal(found: Geometries, theirs: Geometries) -> bool:
        return bool((shapely.area(shapely.symmetric_difference(found, theirs)) < DIFFERENCE_M2).all())

    yield KernelRow(f"cut_outlines, {n_areas:,} areas", "shapely, all in one network", ours, peer, equal)


def met_lines(lines: Geometries, segments: Geometries) -> Flags:
    """Lines that meet a segment, from a tree of the segments; a tree of the lines is slower."""
    met = np.zeros(len(lines), dtype=bool)
    met[shapely.STRtree(segments).query(lines, predicate="intersects")[0]] = True
    return met


def unopened_lines(lines: Geometries, segments: Geometries, crossings: Floats) -> Flags:
    """Lines that meet a segment where no crossing is within reach of the meeting point."""
    line, segment = shapely.STRtree(segments).query(lines, predicate="intersects")
    meeting = shapely.get_coordinates(shapely.centroid(shapely.intersection(lines[line], segments[segment])))
    distance, _ = cKDTree(crossings).query(meeting)
    cut = np.zeros(len(lines), dtype=bool)
    cut[line[distance > CROSSING_REACH]] = True
    return cut


def overlaid_outlines(outline: Geometries, units: Units, area_of_unit: Ints, segments: Geometries) -> Geometries:
    """Outlines cut in one network of all borders and barriers, its faces given to the area whose centre they hold."""
    area, segment = shapely.STRtree(segments).query(outline, predicate="intersects")
    met = np.unique(area)
    network = shapely.union_all([*shapely.boundary(outline[met]), *segments[np.unique(segment)]])
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    member = np.flatnonzero(np.isin(area_of_unit, met))
    centres = shapely.points(units.easting[member], units.northing[member])
    piece, centre = shapely.STRtree(centres).query(pieces, predicate="contains")
    of_piece = np.unique(np.column_stack([area_of_unit[member[centre]], piece]), axis=0)
    result = outline.copy()
    for one in met:
        result[one] = as_multipolygon(shapely.union_all(pieces[of_piece[of_piece[:, 0] == one, 1]]))
    return shapely.normalize(result)
