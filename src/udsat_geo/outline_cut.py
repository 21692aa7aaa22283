"""Outlines cut along barriers, so that no ground beyond a barrier is shown that belongs to nobody of the area."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.barriers import Barriers, segment_lines
from udsat_geo.outline import as_multipolygon
from udsat_geo.units import Units

ON_BARRIER_M = 1e-6
"""A centre so near a barrier lies on it, and so on either side: a micrometre, as in the kernel. Own choice."""


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
        Each holds the centres of its units.
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

    if units.geometry is not None or not len(outline):
        return outline
    lines = segment_lines(barriers)
    # a line without length splits nothing
    lines = lines[shapely.length(lines) > 0]
    area_of_pair, line_of_pair = shapely.STRtree(lines).query(outline, predicate="intersects")
    members = np.flatnonzero(area_of_unit >= 0)
    members = members[np.argsort(area_of_unit[members], kind="stable")]
    result = outline.copy()
    for area in np.unique(area_of_pair):
        of_area = members[slice(*np.searchsorted(area_of_unit[members], (area, area + 1)))]
        centres = shapely.points(units.easting[of_area], units.northing[of_area])
        result[area] = _without_empty_pieces(outline[area], lines[line_of_pair[area_of_pair == area]], centres)
    normal: NDArray[np.object_] = shapely.normalize(result)
    return normal


def _without_empty_pieces(outline: Any, lines: NDArray[np.object_], centres: NDArray[np.object_]) -> Any:
    """The pieces of an outline between lines that hold a centre, united."""
    import shapely

    # one union makes nodes of all meeting points of lines and border, so that the pieces fit together to the last digit
    network = shapely.get_parts(shapely.union_all([outline.boundary, *lines]))
    pieces = shapely.get_parts(shapely.polygonize(network))
    _, holding = shapely.STRtree(pieces).query(centres, predicate="dwithin", distance=ON_BARRIER_M)
    holds = np.zeros(len(pieces), dtype=bool)
    holds[holding] = True
    # pieces lie wholly inside or wholly outside: in a hole, or between the border and lines beyond it
    if not shapely.contains(outline, shapely.point_on_surface(pieces[~holds])).any():
        return outline
    return as_multipolygon(shapely.union_all(pieces[holds]))
