"""Outlines of areas made of addresses: the ground near their members, and nearer to them than to others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.outline.checks import misplaced, overlapping
from udsat_geo.outline.exact import as_multipolygon

Objects = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

QUARTER = 8
"""Lines that draw a quarter of a circle, 32 a full one, twice as many once notches are rounded: own choice. They lie
within 1 % of the radius from it."""
CLOSING = 0.5
"""Notches between discs are filled as far as a disc of this part of the radius does not fit into them: own choice."""
SAME_PLACE = 0.01
"""Addresses within 1 cm of each other are at the same place: own choice."""
SHARED = 1e-3
"""Ground that two outlines share by rounding, in square metres, is less than this."""
APART = 0.45
"""Part of the distance to the nearest other address that a disc of the last resort takes."""


def disc_outlines(
    easting: Floats, northing: Floats, area: Ints, radius: float, avoid_easting: Floats, avoid_northing: Floats
) -> Objects:
    """Outlines of areas made of addresses.

    An outline is the union of discs around the members' addresses, the notches between neighbouring discs rounded,
    cut to the ground that is nearer to one of the area's members than to any other address (the members' Voronoi
    polygons, G. Voronoi, 1908). So outlines of two areas part half way between their nearest members, and an address
    that is no member lies outside even where a disc would cover it.

    Parameters
    ----------
    easting, northing : float64, shape (n_members,)
        Addresses of the members, in metres, in any order.
    area : int64, shape (n_members,)
        From 0.
    radius : float
        Of the discs, in metres, above 0.
    avoid_easting, avoid_northing : float64, shape (n_avoided,)
        All other inhabited addresses.

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        Valid, in normal form; empty for a number without members. Every member's address lies inside its own outline
        and on no other, every avoided one on none, and two outlines share no ground but for rounding. Only where
        addresses are at the same place (within 1 cm) one of them must win: a member against an avoided address, the
        lower area number among members; the place is then in the winner's outline. Every part holds a member's
        address. The same addresses give the same bytes.
    """
    everyone = np.ones(len(area), dtype=bool)
    return outlines_around(everyone, easting, northing, area, radius, avoid_easting, avoid_northing)


def outlines_around(
    drawn: NDArray[np.bool_],
    easting: Floats,
    northing: Floats,
    area: Ints,
    radius: float,
    avoid_easting: Floats,
    avoid_northing: Floats,
) -> Objects:
    """As `disc_outlines`, with discs around some of the members alone; the others still keep their ground.

    `drawn` is of shape (n_members,).
    """
    import shapely

    n_areas = int(area.max(initial=-1)) + 1
    outlines: Objects = np.full(n_areas, shapely.MultiPolygon(), dtype=object)
    if not drawn.any():
        return outlines
    reach = radius * (1 + CLOSING)
    near = _within_blocks(easting[drawn], northing[drawn], avoid_easting, avoid_northing, 2 * reach)
    x, y = np.append(easting, avoid_easting[near]), np.append(northing, avoid_northing[near])
    label = np.append(area, np.full(int(near.sum()), -1))
    has_disc = np.append(drawn, np.zeros(int(near.sum()), dtype=bool))
    x, y, label, has_disc = _one_to_a_place(x, y, label, has_disc)
    ground = _nearest_ground(x, y, label, n_areas, reach)
    for number in np.unique(label[has_disc]):
        own = has_disc & (label == number)
        discs = shapely.union_all(shapely.buffer(shapely.points(x[own], y[own]), radius, quad_segs=QUARTER))
        closed = shapely.buffer(discs, CLOSING * radius, quad_segs=QUARTER)
        closed = shapely.buffer(closed, -CLOSING * radius, quad_segs=QUARTER)
        outlines[number] = _parts_with(shapely.intersection(closed, ground[number]), x[own], y[own])
    normal: Objects = shapely.normalize(_kept_promises(outlines, x, y, label, has_disc, radius))
    return normal


def _within_blocks(x: Floats, y: Floats, other_x: Floats, other_y: Floats, reach: float) -> NDArray[np.bool_]:
    """Others that lie in the same square block of side `reach` as a point, or next to one; all within reach do."""

    def key(col: Ints, row: Ints) -> Ints:
        # blocks may share a number: then some others are taken that are not near
        return (row * 73856093) ^ (col * 19349663)

    col, row = (np.floor(side / reach).astype(np.int64) for side in (x, y))
    reached = [key(col + right, row + up) for right in (-1, 0, 1) for up in (-1, 0, 1)]
    other_col, other_row = (np.floor(side / reach).astype(np.int64) for side in (other_x, other_y))
    near: NDArray[np.bool_] = np.isin(key(other_col, other_row), np.unique(np.concatenate(reached)))
    return near


def _one_to_a_place(
    x: Floats, y: Floats, label: Ints, has_disc: NDArray[np.bool_]
) -> tuple[Floats, Floats, Ints, NDArray[np.bool_]]:
    """The addresses in canonical order, without those that lose their place to another label."""
    import shapely

    # of equal rows one suffices, one with a disc if there is one
    rank = np.where(label < 0, np.iinfo(np.int64).max, label)
    order = np.lexsort((~has_disc, rank, x, y))
    x, y, label, has_disc, rank = x[order], y[order], label[order], has_disc[order], rank[order]
    repeated = np.append(False, (np.diff(x) == 0) & (np.diff(y) == 0))
    x, y, label, has_disc, rank = (values[~repeated] for values in (x, y, label, has_disc, rank))
    points = shapely.points(x, y)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=SAME_PLACE)
    loses = np.zeros(len(x), dtype=bool)
    loses[other[rank[one] < rank[other]]] = True
    return x[~loses], y[~loses], label[~loses], has_disc[~loses]


def _nearest_ground(x: Floats, y: Floats, label: Ints, n_areas: int, reach: float) -> Objects:
    """The ground nearer to the addresses of each area than to others, at least as far as `reach`, shape (n_areas,)."""
    import shapely

    ground: Objects = np.full(n_areas, shapely.Polygon(), dtype=object)
    # beyond this frame no outline reaches
    frame = shapely.box(x.min() - 2 * reach, y.min() - 2 * reach, x.max() + 2 * reach, y.max() + 2 * reach)
    if (label == label[0]).all():
        ground[label[0]] = frame
        return ground
    sites = shapely.multipoints(np.column_stack([x, y]))
    polygons = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=frame, ordered=True))
    for number in np.unique(label[label >= 0]):
        ground[number] = shapely.coverage_union_all(polygons[label == number])
    return ground


def _parts_with(geometry: object, x: Floats, y: Floats) -> object:
    """The parts of a geometry that hold one of the points."""
    import shapely

    parts = shapely.get_parts(as_multipolygon(geometry))
    held, _ = shapely.STRtree(shapely.points(x, y)).query(parts, predicate="contains")
    return shapely.multipolygons(parts[np.unique(held)])


def _kept_promises(
    outlines: Objects, x: Floats, y: Floats, label: Ints, has_disc: NDArray[np.bool_], radius: float
) -> Objects:
    """The outlines; those that are not as promised made of discs that reach not quite half way to any other address."""
    import shapely

    points = shapely.points(x, y)
    checked = (label < 0) | has_disc
    wrong = misplaced(outlines, points[checked], label[checked]) | overlapping(outlines, SHARED)
    for number in np.flatnonzero(wrong):
        own, other = has_disc & (label == number), label != number
        pair = shapely.STRtree(points[other]).query_nearest(points[own], all_matches=False, return_distance=True)[1]
        discs = shapely.buffer(points[own], np.minimum(radius, APART * pair), quad_segs=QUARTER)
        outlines[number] = as_multipolygon(shapely.union_all(discs))
    return outlines
