"""Polygons that were read: whether they can be worked with, and which overlap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem


def check_polygons(name: str, geometry: NDArray[np.object_], ids: NDArray[np.object_], one: str = "unit") -> None:
    """Check that geometries are polygons that can be worked with.

    Parameters
    ----------
    name : str
        Of the file, for the message.
    geometry : object (shapely), shape (n,)
    ids : object (str), shape (n,)
    one : str
        What one of them is called in the message.

    Raises
    ------
    InputError
        For geometries that are missing, no polygons, infinite or invalid.
    """
    import shapely

    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    other = ~missing & ~np.isin(shapely.get_type_id(geometry), (3, 6))
    bounds = shapely.bounds(geometry)
    infinite = ~missing & ~np.isfinite(bounds).all(axis=1)
    invalid = ~missing & ~other & ~infinite & ~shapely.is_valid(geometry)
    problems = []
    for wrong, what, remedy in (
        (missing, f"{one}s without a geometry", "Remove them or draw them."),
        (other, "geometries that are no polygons", "Keep polygons only."),
        (infinite, "geometries with infinite coordinates", "Check the file's reference system, or export it again."),
        (invalid, "invalid geometries", "Mend them, in QGIS with the tool Fix geometries."),
    ):
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            example = f"{one} {ids[first]}"
            if what == "invalid geometries":
                example += f" ({shapely.is_valid_reason(geometry[first])})"
            problems.append(Problem(name, what, remedy, int(wrong.sum()), example))
    if problems:
        raise InputError(problems)


def shared_areas(
    polygons: NDArray[np.object_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs of polygons that overlap, and by how much.

    Parameters
    ----------
    polygons : object (shapely), shape (n,)

    Returns
    -------
    head, tail : int64, shape (n_pairs,)
        With ``head < tail``, sorted by head, then tail; a border alone is no overlap.
    shared_m2 : float64, shape (n_pairs,)
    """
    import shapely

    head, tail = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    once = head < tail
    head, tail = head[once].astype(np.int64), tail[once].astype(np.int64)
    shared_m2 = shapely.area(shapely.intersection(polygons[head], polygons[tail]))
    over = np.flatnonzero(shared_m2 > 0)
    over = over[np.lexsort((tail[over], head[over]))]
    return head[over], tail[over], shared_m2[over]
