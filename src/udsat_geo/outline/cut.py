"""Outlines cut along barriers, so that no ground beyond a barrier is shown that belongs to nobody of the area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.barriers import Barriers, segment_lines
from udsat_geo.outline.exact import as_multipolygon
from udsat_geo.units import Units

ON_BARRIER_M = 1e-6
"""A centre so near a barrier lies on it, and so on either side: a micrometre, as in the kernel. Own choice."""
LEAST_M2 = 1e-6
"""Smaller pieces, of a square millimetre, come from rounding where barriers run along a border. Own choice."""


def cut_outlines(
    outline: NDArray[np.object_], units: Units, area_of_unit: NDArray[np.int64], barriers: Barriers
) -> NDArray[np.object_]:
    """Outlines without the pieces beyond a barrier that hold no centre of a member unit.

    Barriers that run through an outline split it into pieces. Those that hold the centre of at least one of the area's
    units are kept, and united again: an area that reaches through a crossing stays whole. A barrier that ends inside
    splits nothing. Zones are never cut: a zone is judged whole, on whichever side of a barrier its people live.

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
    import shapely

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
        for area in np.intersect1d(area_of_piece[~holds][inside], area_of_piece[holds]):
            result[area] = as_multipolygon(shapely.union_all(pieces[holds & (area_of_piece == area)]))
    normal: NDArray[np.object_] = shapely.normalize(result)
    return normal


def _pieces(
    outline: NDArray[np.object_], lines: NDArray[np.object_], outline_of_line: NDArray[np.int64]
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """The pieces into which each outline and the plane round it fall, and the outline of each piece."""
    import shapely

    borders, outline_of_border = shapely.get_parts(shapely.boundary(outline), return_index=True)
    outline_of_part = np.concatenate([outline_of_border, outline_of_line])
    order = np.argsort(outline_of_part, kind="stable")
    networks = shapely.multilinestrings(np.concatenate([borders, lines])[order], indices=outline_of_part[order])
    # one union of each makes nodes where lines and border meet, so that pieces fit together to the last digit
    noded = shapely.union_all(networks[:, np.newaxis], axis=1)
    pieces, outline_of_piece = shapely.get_parts(shapely.polygonize(noded[:, np.newaxis]), return_index=True)
    large = shapely.area(pieces) >= LEAST_M2
    return pieces[large], outline_of_piece[large]


def _hold_centres(
    pieces: NDArray[np.object_], area_of_piece: NDArray[np.int64], units: Units, area_of_unit: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether each piece holds the centre of a unit of its own area, shape (n_pieces,)."""
    import shapely

    members = np.flatnonzero(area_of_unit >= 0)
    centres = shapely.points(units.easting[members], units.northing[members])
    piece, centre = shapely.STRtree(centres).query(pieces, predicate="dwithin", distance=ON_BARRIER_M)
    own = area_of_unit[members[centre]] == area_of_piece[piece]
    holds = np.zeros(len(pieces), dtype=bool)
    holds[piece[own]] = True
    return holds
