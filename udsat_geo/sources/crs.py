"""Reference systems: which is known, which are the same, and geometries brought from one to another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem

FARTHEST_M = 1e8
"""Positions beyond lie in no projected reference system, and the kernels do not count on them. Own choice."""


def same_crs(one: str, other: str) -> bool:
    """Whether two reference systems are the same, however they are written.

    Raises
    ------
    InputError
        If one of them is not known.
    """
    if one == other:
        return True
    return bool(_crs(one).equals(_crs(other), ignore_axis_order=True))


def check_crs(crs: str, where: str) -> None:
    """Check that a reference system is known, and that its positions lie on the Earth's surface, flat or round.

    Raises
    ------
    InputError
        If it is not known, or has heights alone, positions in space or a place of its own; `where` says who names it.
    """
    try:
        known = _crs(crs)
    except InputError:
        what = f"the reference system {crs[:80]!r} is not known"
        raise InputError(Problem(where, what, "Name it by its EPSG code.")) from None
    if not (known.is_geographic or known.is_projected):
        what = f"is in {short_crs(crs)}, which has no positions on the Earth's surface"
        raise InputError(Problem(where, what, "Give it in a geographic or projected reference system."))


def is_projected_in_metres(crs: str) -> bool:
    """Whether positions in a reference system are metres on a plane."""
    known = _crs(crs)
    return bool(known.is_projected) and all(axis.unit_name == "metre" for axis in known.axis_info[:2])


def crs_code(crs: str) -> str:
    """A reference system by its code; in full, as WKT, where it has none."""
    known = _crs(crs)
    authority = known.to_authority()
    return ":".join(authority) if authority else str(known.to_wkt())


def short_crs(crs: str) -> str:
    """A reference system by its code or name, for a reader."""
    known = _crs(crs)
    authority = known.to_authority()
    return ":".join(authority) if authority else str(known.name)


def reproject(geometry: NDArray[np.object_], source: str, target: str, name: str | None = None) -> NDArray[np.object_]:
    """Geometries in another reference system, two-dimensional, shape kept.

    Parameters
    ----------
    geometry : object (shapely), any shape
    source, target : str
    name : str, optional
        Of the file, for what is told.

    Raises
    ------
    InputError
        If there is no way from the one reference system to the other.
    """
    import pyproj
    import shapely

    try:
        transform = pyproj.Transformer.from_crs(_crs(source), _crs(target), always_xy=True).transform
    except pyproj.exceptions.ProjError:
        what = f"is in {short_crs(source)}, from which no way leads to {short_crs(target)}"
        raise InputError(Problem(name or "a file", what, f"Reproject the file to {short_crs(target)}.")) from None

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform(xy[:, 0], xy[:, 1]))

    result: NDArray[np.object_] = shapely.transform(geometry, moved)
    return result


def geographic_bounds(bounds: tuple[float, float, float, float], crs: str) -> tuple[float, float, float, float] | None:
    """West, south, east and north in degrees of WGS 84 around bounds in a reference system.

    Parameters
    ----------
    bounds : tuple of float
        Least easting and northing, greatest easting and northing.
    crs : str

    Returns
    -------
    tuple of float or None
        None where no way leads to degrees.
    """
    import pyproj

    try:
        transformer = pyproj.Transformer.from_crs(_crs(crs), "EPSG:4326", always_xy=True)
        west, south, east, north = transformer.transform_bounds(*bounds)
    except pyproj.exceptions.ProjError:
        return None
    return (west, south, east, north) if np.isfinite([west, south, east, north]).all() else None


def positions_out_of_reach(name: str, crs: str, features: NDArray[np.int64]) -> Problem:
    """What is told of features whose positions a reference system cannot hold, given by number in rising order."""
    what = f"positions that {short_crs(crs)} cannot hold"
    return Problem(name, what, "Check its reference system.", len(features), f"feature {features[0] + 1}")


def _crs(text: str) -> Any:
    import pyproj

    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        raise InputError(
            Problem(f"reference system {text[:80]!r}", "is not known", "Name it by its EPSG code.")
        ) from None
