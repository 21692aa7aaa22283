"""Reference systems: which is known, which are the same, and geometries brought from one to another."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _

FARTHEST_M = 1e8
"""Positions beyond lie in no projected reference system, and the kernels do not count on them. Own choice."""


MOST_DISTORTION = 0.1
"""By how much a metre in the plane of units may differ from one on the ground; own choice: national systems keep below
a fiftieth."""


def same_crs(one: str, other: str) -> bool:
    """Whether two reference systems are the same on the ground, however they are written.

    Heights do not count: a compound system is that of its plane. One without a name of its own is the other where
    projection and ellipsoid are the same, and nothing says that it lies elsewhere.

    Raises
    ------
    InputError
        If one of them is not known.
    """
    if one == other:
        return True
    first, second = _flat(one), _flat(other)
    return bool(first.equals(second, ignore_axis_order=True)) or _same_by_definition(first, second)


def _same_by_definition(one: Any, other: Any) -> bool:
    """Whether two projected systems differ in no more than that one of them does not name its datum."""
    if not (one.is_projected and other.is_projected):
        return False
    if not any(crs.datum is not None and "unknown" in crs.datum.name.lower() for crs in (one, other)):
        return False
    axes = [[axis.unit_conversion_factor for axis in crs.axis_info[:2]] for crs in (one, other)]
    return bool(
        one.coordinate_operation == other.coordinate_operation
        and one.ellipsoid == other.ellipsoid
        and one.prime_meridian == other.prime_meridian
        and axes[0] == axes[1]
    )


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
    known = _flat(crs)
    authority = known.to_authority()
    return ":".join(authority) if authority else str(known.to_wkt())


def crs_to_write(crs: str) -> str:
    """A reference system as a policy may name it: its code, else a PROJ text; empty where that says too little."""
    import warnings

    known = _flat(crs)
    authority = known.to_authority()
    if authority:
        return ":".join(authority)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = str(known.to_proj4()).removesuffix(" +type=crs")
    return text if text and same_crs(text, crs) else ""


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
        transform = pyproj.Transformer.from_crs(_flat(source), _flat(target), always_xy=True).transform
    except pyproj.exceptions.ProjError:
        what = _("is in {crs}, from which no way leads to {wanted}")
        what = what.format(crs=short_crs(source), wanted=short_crs(target))
        remedy = _("Reproject the file to {crs}.").format(crs=short_crs(target))
        raise InputError(Problem(name or _("a file"), what, remedy)) from None

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform(xy[:, 0], xy[:, 1]))

    result: NDArray[np.object_] = shapely.transform(geometry, moved)
    return result


def coordinates_in(
    easting: NDArray[np.float64], northing: NDArray[np.float64], source: str, target: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions in another reference system, longitude before latitude; infinite where it cannot hold them.

    Parameters
    ----------
    easting, northing : float64, shape (n,)
    source, target : str
    """
    import pyproj

    try:
        transformer = pyproj.Transformer.from_crs(_flat(source), _flat(target), always_xy=True)
    except pyproj.exceptions.ProjError:
        nowhere = np.full(len(easting), np.inf)
        return nowhere, nowhere
    moved_easting, moved_northing = transformer.transform(easting, northing)
    return np.asarray(moved_easting), np.asarray(moved_northing)


def area_of_use(crs: str) -> tuple[tuple[float, float, float, float], str] | None:
    """West, south, east and north of the area that a reference system is made for, and its name; None if not known."""
    used = _flat(crs).area_of_use
    return None if used is None else (tuple(used.bounds), str(used.name).partition(":")[0])


def bounds_in(degrees: tuple[float, float, float, float], crs: str) -> tuple[float, float, float, float] | None:
    """The rectangle in a reference system around one of degrees; None where it is not bounded."""
    import pyproj

    try:
        transformer = pyproj.Transformer.from_crs("EPSG:4326", _flat(crs), always_xy=True)
        west, south, east, north = transformer.transform_bounds(*degrees)
    except pyproj.exceptions.ProjError:
        return None
    return (west, south, east, north) if np.isfinite([west, south, east, north]).all() else None


def scale_at(easting: float, northing: float, crs: str) -> tuple[float, float] | None:
    """How long a metre of the ground is in a projected system there, along the meridian and across; None if unknown."""
    import pyproj

    (longitude,), (latitude,) = coordinates_in(np.array([easting]), np.array([northing]), crs, "EPSG:4326")
    try:
        factors = pyproj.Proj(_flat(crs)).get_factors(longitude, latitude)
    except pyproj.exceptions.ProjError:
        return None
    scales = (float(factors.meridional_scale), float(factors.parallel_scale))
    return scales if np.isfinite(scales).all() else None


def plane_of(longitude: float, latitude: float) -> str:
    """The zone of UTM that a place lies in: ETRS89 in Europe, WGS 84 elsewhere; Denmark has one for all its islands."""
    if 54.5 <= latitude <= 57.8 and 8 <= longitude <= 12.7:
        return "EPSG:25832"
    zone = min(int((longitude + 180) // 6) + 1, 60)
    if 28 <= zone <= 38 and 34 <= latitude <= 84:
        return f"EPSG:{25800 + zone}"
    return f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}"


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


@lru_cache(maxsize=64)
def _flat(text: str) -> Any:
    """A reference system without heights, and without a shift to WGS 84 that is none."""
    crs = _crs(text)
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_bound and crs.source_crs is not None:
        shift = crs.coordinate_operation.towgs84 if crs.coordinate_operation is not None else []
        if not any(shift):
            crs = crs.source_crs
    return crs.to_2d() if len(crs.axis_info) > 2 else crs


def _crs(text: str) -> Any:
    import pyproj

    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        where = _("reference system {crs}").format(crs=repr(text[:80]))
        raise InputError(Problem(where, _("is not known"), _("Name it by its EPSG code."))) from None
