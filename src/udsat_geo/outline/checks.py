"""Whether outlines are as promised: valid, around their own points and no others, apart from each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Objects = NDArray[np.object_]


def misplaced(outlines: Objects, points: Objects, area_of_point: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Outlines that are not valid, do not hold all their own points, or hold or touch another point.

    Parameters
    ----------
    outlines : object (shapely MultiPolygon), shape (n_areas,)
    points : object (shapely Point), shape (n_points,)
    area_of_point : int64, shape (n_points,)
        -1 is none.

    Returns
    -------
    bool, shape (n_areas,)
    """
    import shapely

    n_areas = len(outlines)
    wrong: NDArray[np.bool_] = ~shapely.is_valid(outlines)
    tree = shapely.STRtree(points)
    outline, point = tree.query(outlines, predicate="intersects")
    wrong[outline[area_of_point[point] != outline]] = True
    outline, point = tree.query(outlines, predicate="contains")
    held = np.bincount(outline[area_of_point[point] == outline], minlength=n_areas)
    wrong |= held != np.bincount(area_of_point[area_of_point >= 0], minlength=n_areas)
    return wrong


def overlapping(outlines: Objects, least: float = 0.0) -> NDArray[np.bool_]:
    """Outlines that share more than `least` square metres of ground with another one, shape (n_areas,).

    Those that are not valid are passed over: what they share is not defined.
    """
    import shapely

    result = np.zeros(len(outlines), dtype=bool)
    valid = np.flatnonzero(shapely.is_valid(outlines))
    one, other = (valid[side] for side in shapely.STRtree(outlines[valid]).query(outlines[valid], "intersects"))
    one, other = one[one < other], other[one < other]
    shared = ~shapely.relate_pattern(outlines[one], outlines[other], "F********")
    one, other = one[shared], other[shared]
    if least > 0:
        much = shapely.area(shapely.intersection(outlines[one], outlines[other])) > least
        one, other = one[much], other[much]
    result[one] = True
    result[other] = True
    return result
