"""Outlines of areas as the parcels of land that hold their members."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.outline.discs import outlines_around
from udsat_geo.outline.exact import as_multipolygon

Objects = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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
    import shapely

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
    lower area number. A member in no parcel gets a disc, cut as in `udsat_geo.outline.disc_outlines` and to the
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
    import shapely

    n_areas = int(area.max(initial=-1)) + 1
    parcel = _parcel_of_point(parcels, easting, northing)
    area_of_parcel = _area_of_parcel(len(parcels), parcel, area, residents)
    loose = parcel < 0
    # a member whose parcel went to another area keeps ground for that one
    side = np.where(loose, area, np.append(area_of_parcel, -1)[parcel])
    discs = outlines_around(loose, easting, northing, side, radius, avoid_easting, avoid_northing)
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
    import shapely

    filled = shapely.buffer(geometry, ROUNDING, join_style="mitre")
    filled = shapely.buffer(filled, -ROUNDING, join_style="mitre")
    has_cracks = shapely.length(geometry) - shapely.length(filled) > SHORTEST_CRACK
    return as_multipolygon(filled if has_cracks else geometry)


def _rank(parcels: Objects) -> Ints:
    """A place for each parcel that does not depend on their order: by bounds, then by form, shape (n_parcels,)."""
    import shapely

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
    import shapely

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
    total = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(total, pair, residents[held])
    result = np.full(n_parcels, -1, dtype=np.int64)
    order = np.lexsort((-pairs[:, 1], total))
    result[pairs[order, 0]] = pairs[order, 1]
    return result


def _off_other_parcels(
    discs: Objects, parcels: Objects, area_of_parcel: Ints, easting: Floats, northing: Floats
) -> Objects:
    """The discs without the parcels that are not of their area, and without parts that then hold no member."""
    import shapely

    discs = discs.copy()
    outline, parcel = shapely.STRtree(parcels).query(discs, predicate="intersects")
    foreign = area_of_parcel[parcel] != outline
    for number in np.unique(outline[foreign]):
        others = shapely.union_all(parcels[np.sort(parcel[foreign & (outline == number)])])
        discs[number] = as_multipolygon(shapely.difference(discs[number], others))
    parts, number = shapely.get_parts(discs, return_index=True)
    held, _ = shapely.STRtree(shapely.points(easting, northing)).query(parts, predicate="contains")
    kept = np.unique(held)
    result: Objects = np.full(len(discs), shapely.MultiPolygon(), dtype=object)
    for own in np.unique(number[kept]):
        result[own] = shapely.multipolygons(parts[kept[number[kept] == own]])
    return result
