"""The outlines of a designation: of cells, zones or addresses, with their ground, cut along barriers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from udsat_geo.areas.ground import (
    Ground,
    area_outlines,
    as_multipolygon,
    cell_squares,
    key_of_cell,
    misplaced,
    overlapping,
    union_by_area,
    unit_polygons,
)
from udsat_geo.areas.smooth import Drawn, smooth_outlines
from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Policy
from udsat_geo.sources.crs import short_crs
from udsat_geo.sources.features import check_polygons, features_in
from udsat_geo.units.barriers import Barriers, segment_lines
from udsat_geo.units.units import Units

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
    easting: Floats,
    northing: Floats,
    area: Ints,
    radius: float,
    avoid_easting: Floats,
    avoid_northing: Floats,
    drawn: Flags | None = None,
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
    drawn : bool, shape (n_members,), optional
        Members with a disc, all without it; the others still keep their ground.

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        Valid, in normal form; empty for a number without members. Every member's address lies inside its own outline
        and on no other, every avoided one on none, and two outlines share no ground but for rounding. Only where
        addresses are at the same place (within 1 cm) one of them must win: a member against an avoided address, the
        lower area number among members; the place is then in the winner's outline. Every part holds a member's
        address. The same addresses give the same bytes.
    """
    drawn = np.ones(len(area), dtype=bool) if drawn is None else drawn
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


def _within_blocks(x: Floats, y: Floats, other_x: Floats, other_y: Floats, reach: float) -> Flags:
    """Others that lie in the same square block of side `reach` as a point, or next to one; all within reach do."""
    # blocks may share a number: then some others are taken that are not near
    col, row = (np.floor(side / reach).astype(np.int64) for side in (x, y))
    reached = [key_of_cell(row + up, col + right) for right in (-1, 0, 1) for up in (-1, 0, 1)]
    other_col, other_row = (np.floor(side / reach).astype(np.int64) for side in (other_x, other_y))
    near: Flags = np.isin(key_of_cell(other_row, other_col), np.unique(np.concatenate(reached)))
    return near


def _one_to_a_place(x: Floats, y: Floats, label: Ints, has_disc: Flags) -> tuple[Floats, Floats, Ints, Flags]:
    """The addresses in canonical order, without those that lose their place to another label."""
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
    parts = shapely.get_parts(as_multipolygon(geometry))
    held, _ignored = shapely.STRtree(shapely.points(x, y)).query(parts, predicate="contains")
    return shapely.multipolygons(parts[np.unique(held)])


def _kept_promises(outlines: Objects, x: Floats, y: Floats, label: Ints, has_disc: Flags, radius: float) -> Objects:
    """The outlines; those that are not as promised made of discs that reach not quite half way to any other address."""
    points = shapely.points(x, y)
    checked = (label < 0) | has_disc
    wrong = misplaced(outlines, points[checked], label[checked]) | overlapping(outlines, SHARED)
    for number in np.flatnonzero(wrong):
        own, other = has_disc & (label == number), label != number
        pair = shapely.STRtree(points[other]).query_nearest(points[own], all_matches=False, return_distance=True)[1]
        discs = shapely.buffer(points[own], np.minimum(radius, APART * pair), quad_segs=QUARTER)
        outlines[number] = as_multipolygon(shapely.union_all(discs))
    return outlines


ROUNDING = 0.01
"""Parcels that overlap by a strip no wider than this, in metres, do so by rounding; cracks between them are up to
twice as wide: own choice."""
SHORTEST_CRACK = 0.1
"""The border that is lost when a crack is filled, in metres, is at least this: own choice."""


def parcel_overlaps(parcels: Objects, rounding: float = ROUNDING) -> Ints:
    """Pairs of parcels that overlap beyond rounding.

    Parameters
    ----------
    parcels : object (shapely Polygon or MultiPolygon), shape (n_parcels,)
        Valid.
    rounding : float
        What two parcels share is an overlap when it is wider than this: twice its area over its perimeter, which is
        the width of a long strip; in metres.

    Returns
    -------
    int64, shape (n_pairs, 2)
        The lower index first, sorted.
    """
    tree = shapely.STRtree(parcels)
    one, other = tree.query(parcels, predicate="intersects")
    one, other = one[one < other], other[one < other]
    inside = ~shapely.touches(parcels[one], parcels[other])
    one, other = one[inside], other[inside]
    shared = shapely.intersection(parcels[one], parcels[other])
    wide = 2 * shapely.area(shared) > rounding * shapely.length(shared)
    pairs = np.column_stack([one[wide], other[wide]])
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(np.int64)


def parcel_outlines(
    parcels: Objects,
    easting: Floats,
    northing: Floats,
    area: Ints,
    radius: float,
    residents: Ints,
    avoid_easting: Floats,
    avoid_northing: Floats,
) -> Objects:
    """Outlines of areas as the union of the parcels that hold their members.

    A parcel that holds members of several areas goes as a whole to the one with most residents in it, then to the
    lower area number. A member in no parcel gets a disc, cut as in `udsat_geo.areas.outlines.disc_outlines` and to the
    ground that is in no parcel but the area's own.

    Parameters
    ----------
    parcels : object (shapely Polygon or MultiPolygon), shape (n_parcels,)
        Valid, without overlaps beyond rounding (see `parcel_overlaps`), in any order.
    easting, northing : float64, shape (n_members,)
        Addresses of the members, in metres, in any order.
    area : int64, shape (n_members,)
        From 0.
    radius : float
        Of the discs around members in no parcel, in metres, above 0.
    residents : int64, shape (n_members,)
    avoid_easting, avoid_northing : float64, shape (n_avoided,)
        All other inhabited addresses. They cut discs; a parcel that holds a member is taken whole all the same.

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        Valid, in normal form; empty for a number without ground. Every member lies in its own outline or on its
        border, unless its parcel went to another area. Two outlines share no more ground than their parcels do. The
        same parcels and addresses give the same bytes.
    """
    n_areas = int(area.max(initial=-1)) + 1
    parcel = _parcel_of_point(parcels, easting, northing)
    area_of_parcel = _area_of_parcel(len(parcels), parcel, area, residents)
    loose = parcel < 0
    # a member whose parcel went to another area keeps ground for that one
    side = np.where(loose, area, np.append(area_of_parcel, -1)[parcel])
    discs = disc_outlines(easting, northing, side, radius, avoid_easting, avoid_northing, loose)
    outlines: Objects = np.full(n_areas, shapely.MultiPolygon(), dtype=object)
    outlines[: len(discs)] = _off_other_parcels(discs, parcels, area_of_parcel, easting[loose], northing[loose])
    taken = np.flatnonzero(area_of_parcel >= 0)
    # in canonical order, which unions may feel in the last digit
    taken = taken[_rank(parcels[taken]).argsort()]
    for number in np.unique(area_of_parcel[taken]):
        own = parcels[taken[area_of_parcel[taken] == number]]
        outlines[number] = _without_cracks(shapely.union_all(np.append(own, outlines[number])))
    normal: Objects = shapely.normalize(outlines)
    return normal


def _without_cracks(geometry: object) -> object:
    """A union of parcels, without the cracks that rounding left between them.

    A crack is told by its two sides: filling it makes the border shorter. Where there is none, the parcels' own
    corners stay to the last digit.
    """
    filled = shapely.buffer(geometry, ROUNDING, join_style="mitre")
    filled = shapely.buffer(filled, -ROUNDING, join_style="mitre")
    has_cracks = shapely.length(geometry) - shapely.length(filled) > SHORTEST_CRACK
    return as_multipolygon(filled if has_cracks else geometry)


def _rank(parcels: Objects) -> Ints:
    """A place for each parcel that does not depend on their order: by bounds, then by form, shape (n_parcels,)."""
    bounds = shapely.bounds(parcels)
    form = np.unique(shapely.to_wkb(shapely.normalize(parcels)), return_inverse=True)[1]
    order = np.lexsort((form, *bounds.T))
    rank = np.empty(len(parcels), dtype=np.int64)
    rank[order] = np.arange(len(parcels))
    return rank


def _parcel_of_point(parcels: Objects, easting: Floats, northing: Floats) -> Ints:
    """The parcel that each point lies in, or on the border of; -1 is none.

    On the border of several, it lies in the first by `_rank`.
    """
    point, parcel = shapely.STRtree(parcels).query(shapely.points(easting, northing), predicate="intersects")
    result = np.full(len(easting), -1, dtype=np.int64)
    candidates, candidate = np.unique(parcel, return_inverse=True)
    order = np.argsort(_rank(parcels[candidates])[candidate])[::-1]
    # the last one written, of the lowest rank, stays
    result[point[order]] = parcel[order]
    return result


def _area_of_parcel(n_parcels: int, parcel: Ints, area: Ints, residents: Ints) -> Ints:
    """The area with most residents in each parcel, then with the lower number; -1 where no member lies."""
    held = parcel >= 0
    pairs, pair = np.unique(np.column_stack([parcel[held], area[held]]), axis=0, return_inverse=True)
    result = np.full(n_parcels, -1, dtype=np.int64)
    order = np.lexsort((-pairs[:, 1], total(pair.reshape(-1), residents[held], len(pairs))))
    result[pairs[order, 0]] = pairs[order, 1]
    return result


def _off_other_parcels(
    discs: Objects, parcels: Objects, area_of_parcel: Ints, easting: Floats, northing: Floats
) -> Objects:
    """The discs without the parcels that are not of their area, and without parts that then hold no member."""
    discs = discs.copy()
    outline, parcel = shapely.STRtree(parcels).query(discs, predicate="intersects")
    foreign = area_of_parcel[parcel] != outline
    for number in np.unique(outline[foreign]):
        others = shapely.union_all(parcels[np.sort(parcel[foreign & (outline == number)])])
        discs[number] = as_multipolygon(shapely.difference(discs[number], others))
    parts, number = shapely.get_parts(discs, return_index=True)
    held, _ignored = shapely.STRtree(shapely.points(easting, northing)).query(parts, predicate="contains")
    kept = np.unique(held)
    result: Objects = np.full(len(discs), shapely.MultiPolygon(), dtype=object)
    for own in np.unique(number[kept]):
        result[own] = shapely.multipolygons(parts[kept[number[kept] == own]])
    return result


ON_BARRIER_M = 1e-6
"""A centre so near a barrier lies on it, and so on either side: a micrometre, as in the kernel. Own choice."""
LEAST_M2 = 1e-6
"""Smaller pieces, of a square millimetre, come from rounding where barriers run along a border. Own choice."""


def cut_outlines(outline: Objects, units: Units, area_of_unit: Ints, barriers: Barriers) -> Objects:
    """Outlines without the pieces beyond a barrier that hold no centre of a member unit.

    Barriers that run through an outline split it into pieces. Those that hold the centre of at least one of the area's
    units are kept, and united again: an area that reaches through a crossing stays whole. So is the piece in which most
    of its residents live, taking those of a cell as spread evenly over it (own choice): a barrier may run round the
    middle of a cell and leave little of it. A barrier that ends inside splits nothing. Zones are never cut: a zone is
    judged whole, on whichever side of a barrier its people live.

    Parameters
    ----------
    outline : object (shapely MultiPolygon), shape (n_areas,)
        Each with the centres of its units inside.
    units : Units
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    barriers : Barriers

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        Valid and in normal form. An outline that loses nothing is as it was.
    """
    if units.geometry is not None:
        return outline
    lines = segment_lines(barriers)
    area_of_pair, line_of_pair = shapely.STRtree(lines).query(outline, predicate="intersects")
    met, met_of_pair = np.unique(area_of_pair, return_inverse=True)
    result = outline.copy()
    if len(met):
        pieces, met_of_piece = _pieces(outline[met], lines[line_of_pair], met_of_pair)
        area_of_piece = met[met_of_piece]
        holds = _hold_centres(pieces, area_of_piece, units, area_of_unit)
        # a piece lies wholly inside, or wholly outside: in a hole, or between the border and lines beyond it
        inside = shapely.contains(outline[area_of_piece[~holds]], shapely.point_on_surface(pieces[~holds]))
        within = holds.copy()
        within[~holds] = inside
        for area in np.intersect1d(area_of_piece[~holds][inside], area_of_piece[holds]):
            mine = np.flatnonzero(within & (area_of_piece == area))
            kept = holds[mine]
            kept[np.argmax(_residents_of_pieces(pieces[mine], units, np.flatnonzero(area_of_unit == area)))] = True
            if not kept.all():
                result[area] = as_multipolygon(shapely.union_all(pieces[mine[kept]]))
    normal: Objects = shapely.normalize(result)
    return normal


Shares = dict[tuple[bytes, bytes], float]
"""Members and outline of an area -> the share of their ground that it holds."""


def shares_of_ground(
    outline: Objects,
    units: Units,
    area_of_unit: Ints,
    reach: float,
    known: dict[tuple[bytes, bytes], float] | None = None,
) -> Floats:
    """How much of their members' own ground outlines hold, each member's by itself, as a share; shape (n_areas,).

    The ground of an address is the disc round it that outlines are made of. 1 for an area without members.

    Parameters
    ----------
    outline : object (shapely MultiPolygon), shape (n_areas,)
    units : Units
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    reach : float
        Of addresses.
    known : dict, optional
        Added to in place: of areas of these units; of cells, which take little, nothing is.
    """
    members = np.flatnonzero(area_of_unit >= 0)
    if units.row is not None and units.col is not None and units.grid is not None and len(members):
        cells = units.row[members], units.col[members], area_of_unit[members]
        held = _held_of_cells(outline, *cells, units.grid.size)
        whole = np.bincount(cells[-1], minlength=len(outline)) * float(units.grid.size) ** 2
        of_cells: Floats = np.divide(held, whole, out=np.ones(len(outline)), where=whole > 0)
        return of_cells
    if known is not None and len(outline):
        members = members[np.argsort(area_of_unit[members], kind="stable")]
        of_area = np.split(members, np.cumsum(np.bincount(area_of_unit[members], minlength=len(outline)))[:-1])
        keys = list(zip((each.tobytes() for each in of_area), shapely.to_wkb(outline).tolist(), strict=True))
        new = np.array([key not in known for key in keys], dtype=bool)
        number = np.append(np.where(new, np.cumsum(new) - 1, -1), -1)
        found = shares_of_ground(outline[new], units, number[area_of_unit], reach)
        known.update(zip((key for key, is_new in zip(keys, new, strict=True) if is_new), found.tolist(), strict=True))
        return np.array([known[key] for key in keys], dtype=np.float64)
    area = area_of_unit[members]
    if units.kind == "addresses":
        points = shapely.points(units.easting[members], units.northing[members])
        own = shapely.buffer(points, reach / 2)
    else:
        own = unit_polygons(units, members)
    whole = shapely.area(own)
    shapely.prepare(outline)
    held = np.where(shapely.covers(outline[area], own), whole, 0.0)
    # what is wholly inside is most of it: only what is not is cut
    crossed = np.flatnonzero((held == 0) & (whole > 0))
    held[crossed] = shapely.area(shapely.intersection(outline[area[crossed]], own[crossed]))
    total_held, total_whole = (np.bincount(area, weights=each, minlength=len(outline)) for each in (held, whole))
    shares: Floats = np.divide(total_held, total_whole, out=np.ones(len(outline)), where=total_whole > 0)
    return shares


def _held_of_cells(outline: Objects, row: Ints, col: Ints, area: Ints, size: int) -> Floats:
    """How much of its own cells each outline holds, in square metres, shape (n_areas,).

    By Green's theorem: along the borders, from south to north less from north to south, the ground of own cells that
    lies to the west is added up. Borders are cut where they leave a row, then where they leave a column, so that in
    each piece this ground grows evenly.
    """
    parts, area_of_part = shapely.get_parts(outline, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero((ring[1:] == ring[:-1]) & (xy[1:, 1] != xy[:-1, 1]))
    x, y = xy.T
    south, north = np.minimum(y[edge], y[edge + 1]), np.maximum(y[edge], y[edge + 1])
    at, row_of = _spans(south, north, size)
    south, north = np.maximum(south[at], row_of * size), np.minimum(north[at], (row_of + 1) * size)
    at = edge[at]
    slope = (x[at + 1] - x[at]) / (y[at + 1] - y[at])
    begin, end = x[at] + (south - y[at]) * slope, x[at] + (north - y[at]) * slope
    west, east = np.minimum(begin, end), np.maximum(begin, end)
    of, col_of = _spans(west, east, size)
    begin, end = np.maximum(west[of], col_of * size), np.minimum(east[of], (col_of + 1) * size)
    wide = (east - west)[of]
    height = (north - south)[of] * np.divide(end - begin, wide, out=np.ones(len(of)), where=wide > 0)
    of_area = area_of_part[part_of_ring[ring[at[of]]]]
    n_west, is_own = _cells_west(row, col, area, row_of[of], col_of, of_area)
    ground = n_west * size + is_own * ((begin + end) / 2 - col_of * size)
    rises = np.where(y[at + 1] > y[at], 1.0, -1.0)[of]
    held: Floats = np.abs(np.bincount(of_area, weights=rises * height * ground, minlength=len(outline)))
    return held


def _spans(low: Floats, high: Floats, size: int) -> tuple[Ints, Ints]:
    """Which of some spans reaches into which rows or columns of cells, each at least into one; shape (n_pieces,)."""
    first = np.floor(low / size).astype(np.int64)
    count = np.maximum(np.ceil(high / size).astype(np.int64) - first, 1)
    span = np.repeat(np.arange(len(count)), count)
    return span, first[span] + np.arange(len(span)) - np.repeat(np.cumsum(count) - count, count)


def _cells_west(row: Ints, col: Ints, area: Ints, at_row: Ints, at_col: Ints, at_area: Ints) -> tuple[Ints, Flags]:
    """How many cells of an area lie in a row west of a column, and whether the cell there is one, shape (n_places,)."""
    south, west = row.min(), col.min()
    n_rows, n_cols = int(np.ptp(row)) + 1, int(np.ptp(col)) + 2
    order = np.lexsort((col, row, area))
    line = area[order] * n_rows + (row[order] - south)
    lines, first = np.unique(line, return_index=True)
    number = np.minimum(np.searchsorted(lines, at_area * n_rows + (at_row - south)), len(lines) - 1)
    there = lines[number] == at_area * n_rows + (at_row - south)
    there &= (at_row >= south) & (at_row < south + n_rows)
    cells = np.repeat(np.arange(len(lines)), np.diff(np.append(first, len(line)))) * n_cols + (col[order] - west)
    wanted = number * n_cols + np.clip(at_col - west, 0, n_cols - 1)
    place = np.searchsorted(cells, wanted)
    is_own = there & (at_col >= west) & (np.append(cells, -1)[place] == wanted)
    return np.where(there, place - first[number], 0), is_own


def _pieces(outline: Objects, lines: Objects, outline_of_line: Ints) -> tuple[Objects, Ints]:
    """The pieces into which each outline and the plane round it fall, and the outline of each piece."""
    borders, outline_of_border = shapely.get_parts(shapely.boundary(outline), return_index=True)
    outline_of_part = np.concatenate([outline_of_border, outline_of_line])
    order = np.argsort(outline_of_part, kind="stable")
    networks = shapely.multilinestrings(np.concatenate([borders, lines])[order], indices=outline_of_part[order])
    # one union of each makes nodes where lines and border meet, so that pieces fit together to the last digit
    noded = shapely.union_all(networks[:, np.newaxis], axis=1)
    pieces, outline_of_piece = shapely.get_parts(shapely.polygonize(noded[:, np.newaxis]), return_index=True)
    large = shapely.area(pieces) >= LEAST_M2
    return pieces[large], outline_of_piece[large]


def _residents_of_pieces(pieces: Objects, units: Units, members: Ints) -> Floats:
    """Residents of each piece, those of a unit spread evenly over its ground; by ground where nobody lives at all."""
    if units.kind == "addresses":
        own, ground = shapely.points(units.easting[members], units.northing[members]), np.ones(len(members))
    else:
        own = unit_polygons(units, members)
        ground = shapely.area(own)
    piece, unit = shapely.STRtree(own).query(pieces, predicate="intersects")
    shared = shapely.area(shapely.intersection(pieces[piece], own[unit])) if units.kind != "addresses" else 1.0
    people = units.residents[members] if units.residents[members].any() else np.ones(len(members), dtype=np.int64)
    weights = shared / ground[unit] * people[unit]
    return np.bincount(piece, weights=weights, minlength=len(pieces)).astype(np.float64)


def _hold_centres(pieces: Objects, area_of_piece: Ints, units: Units, area_of_unit: Ints) -> Flags:
    """Whether each piece holds the centre of a unit of its own area, shape (n_pieces,)."""
    members = np.flatnonzero(area_of_unit >= 0)
    centres = shapely.points(units.easting[members], units.northing[members])
    piece, centre = shapely.STRtree(centres).query(pieces, predicate="dwithin", distance=ON_BARRIER_M)
    own = area_of_unit[members[centre]] == area_of_piece[piece]
    holds = np.zeros(len(pieces), dtype=bool)
    holds[piece[own]] = True
    return holds


@dataclass(frozen=True)
class Parcels:
    """Polygons that do not overlap.

    Attributes
    ----------
    geometry : object (shapely), shape (n_parcels,)
        In the units' reference system.
    notes : tuple of str
    """

    geometry: Objects
    notes: tuple[str, ...] = ()


def read_parcels(path: Path, crs: str, language: str) -> Parcels:
    """Read parcels and check them.

    Raises
    ------
    InputError
        If the file cannot be read, holds no polygons, or others than valid ones, or some overlap.
    """
    features, told = features_in(path, crs)
    geometry = features.geometry
    if geometry is None or not len(geometry):
        raise InputError(Problem(features.name, _("holds no parcels"), _("Parcels are polygons.")))
    rows = np.array([str(row + 1) for row in range(len(geometry))], dtype=object)
    check_polygons(features.name, geometry, rows, "parcel")
    pairs = parcel_overlaps(geometry)
    if len(pairs):
        example = _("rows {first} and {second}").format(first=int(pairs[0, 0]) + 1, second=int(pairs[0, 1]) + 1)
        remedy = _("Cut one of each pair: an address lies in one parcel.")
        raise InputError(Problem(features.name, _("parcels that overlap"), remedy, len(pairs), example))
    order = np.argsort(shapely.to_wkb(shapely.normalize(geometry)), kind="stable")
    given = {"name": features.name, "source": told, "target": short_crs(crs)}
    return Parcels(
        geometry[order],
        () if told is None else (_("{name}: reprojected from {source} to {target}", language).format(**given),),
    )


def outline_areas(
    units: Units,
    area_of_unit: Ints,
    ground: Ground,
    policy: Policy,
    barriers: Barriers | None = None,
    parcels: Parcels | None = None,
    drawn: Drawn | None = None,
) -> Objects:
    """The outlines that a map shows.

    Parameters
    ----------
    units : Units
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    ground : Ground
        Land without units that belongs to areas.
    policy : Policy
        ``areas.outline`` for cells; ``areas.reach`` for addresses, whose discs just meet at it.
    barriers : Barriers, optional
        Outlines of cells and addresses are cut along them.
    parcels : Parcels, optional
        For addresses: outlines are the parcels that hold them.
    drawn : dict, optional
        Of areas of cells of these units that were drawn before; see `udsat_geo.areas.smooth.smooth_outlines`.

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        Valid and in normal form: the same members give the same bytes.
    """
    if units.row is not None and units.col is not None and units.grid is not None:
        outline = _of_cells(units, area_of_unit, ground, policy, drawn)
    elif units.kind == "addresses":
        outline = _of_addresses(units, area_of_unit, policy, parcels)
    else:
        outline = area_outlines(units, area_of_unit)
    if ground.geometry is not None and len(ground):
        outline = _with_ground(outline, ground)
    return outline if barriers is None else cut_outlines(outline, units, area_of_unit, barriers)


def _of_cells(units: Units, area_of_unit: Ints, ground: Ground, policy: Policy, drawn: Drawn | None) -> Objects:
    if units.row is None or units.col is None or ground.row is None or ground.col is None:
        return np.empty(0, dtype=object)
    inside = area_of_unit >= 0
    row, col = np.concatenate([units.row[inside], ground.row]), np.concatenate([units.col[inside], ground.col])
    area = np.concatenate([area_of_unit[inside], ground.area])
    if policy.areas.outline == "smooth":
        lived_in = units.residents > 0
        if units.residents_known is not None:
            lived_in |= ~units.residents_known
        others = ~inside & lived_in
        return smooth_outlines(row, col, area, units.row[others], units.col[others], policy.units.size, drawn)
    return union_by_area(cell_squares(row, col, policy.units.size), area, int(area_of_unit.max(initial=-1)) + 1)


def _of_addresses(units: Units, area_of_unit: Ints, policy: Policy, parcels: Parcels | None) -> Objects:
    inside = area_of_unit >= 0
    others = ~inside & (units.residents > 0)
    at = units.easting[inside], units.northing[inside], area_of_unit[inside]
    avoided = units.easting[others], units.northing[others]
    if parcels is None:
        return disc_outlines(*at, policy.areas.reach / 2, *avoided)
    return parcel_outlines(parcels.geometry, *at, policy.areas.reach / 2, units.residents[inside], *avoided)


def _with_ground(outline: Objects, ground: Ground) -> Objects:
    """Outlines united with the ground of their area, where no other area lies: parcels may have gone to one."""
    result, tree = outline.copy(), shapely.STRtree(outline)
    for area in np.unique(ground.area).tolist():
        pieces = ground.geometry[ground.area == area] if ground.geometry is not None else []
        added = shapely.union_all(pieces)
        others = np.setdiff1d(tree.query(added, predicate="intersects"), [area])
        if len(others):
            added = shapely.difference(added, shapely.union_all(outline[others]))
        result[area] = shapely.normalize(as_multipolygon(shapely.union_all([outline[area], added])))
    return result
