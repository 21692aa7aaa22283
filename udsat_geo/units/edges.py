"""Which units touch: one edge list for every kind of unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import HAIR_M, Policy
from udsat_geo.units.barriers import Barriers, is_cut, segment_lines
from udsat_geo.units.grid import QUEEN_FORWARD, ROOK_FORWARD
from udsat_geo.units.units import Units

GAP_M = 1.0
"""Zones that lie this near each other and do not touch are told; own choice."""

MOST_PAIRS = 100_000_000
"""Of addresses that touch: 0.8 GB, and some 4 GB more where barriers are held to each. Own choice."""


@dataclass(frozen=True)
class Edges:
    """Pairs of units that touch, each pair once.

    Attributes
    ----------
    head, tail : int32, shape (n_edges,)
        Unit numbers, ``head < tail``, sorted by head, then tail.
    """

    head: NDArray[np.int32]
    tail: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.head)


def find_edges(units: Units, policy: Policy) -> Edges:
    """The edges between units by the policy's rule of neighbourhood.

    Parameters
    ----------
    units : Units
    policy : Policy
        ``areas.neighbours``: queen (a shared point is enough), rook (a shared line), or none. ``areas.tolerance``:
        the widest digitising gap, in metres, that zones still touch across. ``areas.reach``: the farthest, in metres,
        that addresses which touch lie apart; for them, queen and rook are the same.
    """
    rook = policy.areas.neighbours == "rook"
    if policy.areas.neighbours != "none":
        if units.kind == "addresses":
            return address_edges(units.easting, units.northing, policy.areas.reach)
        if units.geometry is not None:
            return zone_edges(units.geometry, rook, policy.areas.tolerance)
        if units.row is not None and units.col is not None:
            return grid_edges(units.row, units.col, rook)
    return Edges(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32))


def grid_edges(row: NDArray[np.int64], col: NDArray[np.int64], rook: bool) -> Edges:
    """Edges between cells.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
        Sorted by row, then column.
    rook : bool
        Four neighbours instead of eight.
    """
    from udsat_geo.kernels.cells import cell_edges, index_cells

    # the steps run in the order of the cells they lead to, which sorts the tails of each head
    steps = np.array(ROOK_FORWARD if rook else QUEEN_FORWARD, dtype=np.int64)
    head, tail = cell_edges(
        row, col, index_cells(row, col), np.ascontiguousarray(steps[:, 0]), np.ascontiguousarray(steps[:, 1])
    )
    return Edges(head, tail)


def address_edges(easting: NDArray[np.float64], northing: NDArray[np.float64], reach: float) -> Edges:
    """Edges between addresses.

    Parameters
    ----------
    easting, northing : float64, shape (n_units,)
        In metres.
    reach : float
        The farthest that two addresses which touch lie apart, in metres; inclusive.

    Raises
    ------
    InputError
        If more than `MOST_PAIRS` pairs are within reach.
    """
    from udsat_geo.kernels.nearby import pairs_within

    fits, head, tail = pairs_within(easting, northing, np.argsort(easting, kind="stable"), reach, MOST_PAIRS)
    if not fits:
        what = _("{reach:g} m brings over {most} pairs of addresses together, more than memory is to hold").format(
            reach=reach, most=decimal(MOST_PAIRS, 0)
        )
        raise InputError(Problem("areas.reach", what, _("Choose a shorter reach.")))
    return Edges(head, tail)


def zone_edges(geometry: NDArray[np.object_], rook: bool, tolerance: float) -> Edges:
    """Edges between polygons.

    Queen: two zones touch when no more than `tolerance` lies between them. Rook: when the part of one's border that
    runs within `tolerance` of the other is longer than four tolerances; where that is a hair, also when they share
    a line, however short. Corners that merely meet at right angles see at most two tolerances; where borders part at
    less than 30 degrees on both sides of a corner, a meeting of corners counts as a line. Four is our own choice.

    Parameters
    ----------
    geometry : object (shapely), shape (n_units,)
        Valid polygons, in metres.
    rook : bool
    tolerance : float
        In metres.
    """
    import shapely

    tree = shapely.STRtree(geometry)
    if tolerance > 0:
        head, tail = tree.query(geometry, predicate="dwithin", distance=tolerance)
    else:
        head, tail = tree.query(geometry, predicate="intersects")
    once = head < tail
    head, tail = head[once], tail[once]
    if rook and len(head):
        line = _share_line(geometry, head, tail, tolerance)
        head, tail = head[line], tail[line]
    order = np.lexsort((tail, head))
    return Edges(head[order].astype(np.int32), tail[order].astype(np.int32))


def _share_line(
    geometry: NDArray[np.object_], head: NDArray[np.int64], tail: NDArray[np.int64], tolerance: float
) -> NDArray[np.bool_]:
    """Whether each pair shares a line, shape (n_edges,); see `zone_edges`."""
    if tolerance > HAIR_M:
        return _shared_border(geometry, head, tail, tolerance) > 4 * tolerance
    line = _shared_border(geometry, head, tail, 0.0) > 0
    rest = np.flatnonzero(~line)
    if tolerance > 0 and len(rest):
        line[rest] = _shared_border(geometry, head[rest], tail[rest], tolerance) > 4 * tolerance
    return line


def tell_gaps(units: Units, policy: Policy, edges: Edges, language: str) -> tuple[str, ...]:
    """What is told of zones that do not touch by themselves, and lie within a metre of each other.

    Parameters
    ----------
    units : Units
    policy : Policy
    edges : Edges
        By its rule, before barriers cut any.
    language : {"da", "en"}

    Returns
    -------
    tuple of str
        How many pairs the tolerance of a hair made touch (one that is wider was asked for), and how many are left.
    """
    import shapely

    rule, geometry = policy.areas, units.geometry
    if geometry is None or rule.neighbours == "none" or rule.tolerance >= GAP_M:
        return ()
    head, tail = shapely.STRtree(geometry).query(geometry, predicate="dwithin", distance=GAP_M)
    once = head < tail
    head, tail = head[once], tail[once]
    shapely.prepare(geometry)
    apart = ~shapely.intersects(geometry[head], geometry[tail])
    head, tail = head[apart], tail[apart]
    if not len(head):
        return ()
    touch = np.isin(head * len(geometry) + tail, edges.head.astype(np.int64) * len(geometry) + edges.tail)
    left = ~touch
    if rule.neighbours == "rook":
        left[left] = _shared_border(geometry, head[left], tail[left], GAP_M) > 4 * GAP_M
    notes = []
    if touch.any() and rule.tolerance <= HAIR_M:
        text = _(
            "{count} pairs of zones have a gap of at most {tolerance:g} m between them, and touch ([areas] tolerance).",
            language,
        )
        notes.append(text.format(count=decimal(int(touch.sum()), 0, language), tolerance=rule.tolerance))
    if left.any():
        text = _(
            "{count} pairs of zones lie within a metre of each other, and do not touch: a gap of digitising? "
            "[areas] tolerance closes it.",
            language,
        )
        notes.append(text.format(count=decimal(int(left.sum()), 0, language)))
    return tuple(notes)


def _shared_border(
    geometry: NDArray[np.object_], head: NDArray[np.int64], tail: NDArray[np.int64], tolerance: float
) -> NDArray[np.float64]:
    """Length of each head's border on, or within tolerance of, its tail, shape (n_edges,)."""
    import shapely

    used, number = np.unique(np.concatenate([head, tail]), return_inverse=True)
    geometry, (head, tail) = geometry[used], np.split(number, 2)
    border = shapely.boundary(geometry)
    if tolerance > 0:
        near = shapely.buffer(geometry, tolerance)
        of_head: NDArray[np.float64] = shapely.length(shapely.intersection(border[head], near[tail]))
        of_tail: NDArray[np.float64] = shapely.length(shapely.intersection(border[tail], near[head]))
        return np.maximum(of_head, of_tail)
    # overlapping zones share area, not border lines; they touch as well
    overlap: NDArray[np.float64] = shapely.area(shapely.intersection(geometry[head], geometry[tail]))
    shared: NDArray[np.float64] = shapely.length(shapely.intersection(border[head], border[tail]))
    return shared + overlap


def uncut_edges(edges: Edges, units: Units, barriers: Barriers) -> Edges:
    """The edges that no barrier cuts, or that a crossing reopens wherever one does.

    Between cells, and between addresses, an edge is the straight line between their centres. Between zones it is a
    path of two legs: from a point inside the one over the middle of their shared border (of the shortest way over the
    gap, where they do not touch) to a point inside the other, cut where either leg is. A straight line between the
    centres would not do: where zones are concave it leaves both and meets barriers that lie in neither, and a centre
    may itself lie elsewhere. A leg may still leave a concave zone, but it ends in it and on its border. A zone is
    judged whole: a barrier through it that the path does not meet cuts nothing, and one along the border needs its
    crossing within reach of the border's middle.

    Parameters
    ----------
    edges : Edges
    units : Units
    barriers : Barriers
    """
    head, tail = edges.head, edges.tail
    if units.geometry is not None:
        cut = _is_path_cut(units.geometry, head, tail, barriers)
    else:
        easting, northing = units.easting, units.northing
        cut = is_cut(barriers, easting[head], northing[head], easting[tail], northing[tail])
    return Edges(head[~cut], tail[~cut])


def _is_path_cut(
    geometry: NDArray[np.object_], head: NDArray[np.int32], tail: NDArray[np.int32], barriers: Barriers
) -> NDArray[np.bool_]:
    """Whether a barrier cuts the path from each head to its tail, shape (n_edges,)."""
    import shapely

    cut = np.zeros(len(head), dtype=bool)
    # a path stays within the rectangle round its two zones: where no barrier comes there, borders need not be found
    both = np.stack([shapely.bounds(geometry[head]), shapely.bounds(geometry[tail])])
    rectangles = shapely.box(*both[:, :, :2].min(axis=0).T, *both[:, :, 2:].max(axis=0).T)
    near = np.unique(shapely.STRtree(segment_lines(barriers)).query(rectangles)[0])
    if len(near):
        inside = inside_points(geometry)
        border = _border_middles(geometry[head[near]], geometry[tail[near]])
        for end in (inside[head[near]], inside[tail[near]]):
            positions = (shapely.get_x(end), shapely.get_y(end), shapely.get_x(border), shapely.get_y(border))
            cut[near] |= is_cut(barriers, *positions)
    return cut


def inside_points(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """The centroid of each zone, or some point inside where the centroid is not, shape (n_zones,)."""
    import shapely

    inside: NDArray[np.object_] = shapely.centroid(geometry)
    outside = ~shapely.contains(geometry, inside)
    inside[outside] = shapely.point_on_surface(geometry[outside])
    return inside


def _border_middles(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.object_]:
    """A point in the middle of the border that each pair of zones shares, or of the gap between them."""
    import shapely

    shared = shapely.intersection(one, other)
    middle = np.empty(len(one), dtype=object)
    middle[:] = [_middle_of(border) for border in shared]
    # rounding may leave nothing of a border that barely touches
    apart = shapely.is_empty(shared)
    middle[apart] = shapely.line_interpolate_point(
        shapely.shortest_line(one[apart], other[apart]), 0.5, normalized=True
    )
    return middle


def _middle_of(border: Any) -> Any:
    """The middle of the longest piece that zones share: of a line half-way along it, of an overlap a point inside."""
    import shapely

    parts = shapely.get_parts(border)
    of_line = shapely.get_type_id(parts) == 1
    lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts[of_line])))
    # in normal form and order, so that of pieces of one length always the same one is taken
    pieces = shapely.get_parts(shapely.normalize(shapely.geometrycollections([*parts[~of_line], *lines])))
    if not len(pieces):
        return None
    # an overlap is about as long as half its outline
    extent = shapely.length(pieces) / np.where(shapely.get_type_id(pieces) == 3, 2, 1)
    longest = pieces[np.argmax(extent)]
    if longest.geom_type == "LineString":
        return shapely.line_interpolate_point(longest, 0.5, normalized=True)
    return shapely.point_on_surface(longest)
