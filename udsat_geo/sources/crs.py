"""Reference systems: which is known, which are the same, and geometries brought from one to another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _

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
        what = _("the reference system {crs} is not known").format(crs=repr(crs[:80]))
        raise InputError(Problem(where, what, _("Name it by its EPSG code."))) from None
    if not (known.is_geographic or known.is_projected):
        what = _("is in {crs}, which has no positions on the Earth's surface").format(crs=short_crs(crs))
        raise InputError(Problem(where, what, _("Give it in a geographic or projected reference system.")))


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
        what = _("is in {crs}, from which no way leads to {wanted}")
        what = what.format(crs=short_crs(source), wanted=short_crs(target))
        remedy = _("Reproject the file to {crs}.").format(crs=short_crs(target))
        raise InputError(Problem(name or _("a file"), what, remedy)) from None

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
    what = _("positions that {crs} cannot hold").format(crs=short_crs(crs))
    example = _("feature {n}").format(n=features[0] + 1)
    return Problem(name, what, _("Check its reference system."), len(features), example)


def _crs(text: str) -> Any:
    import pyproj

    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        where = _("reference system {crs}").format(crs=repr(text[:80]))
        raise InputError(Problem(where, _("is not known"), _("Name it by its EPSG code."))) from None
