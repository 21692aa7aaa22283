"""Parcels or blocks: given polygons that become the outline of areas made of addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.vector import check_polygons, features_in, short_crs
from udsat_geo.wording import REPROJECTED


@dataclass(frozen=True)
class Parcels:
    """Polygons that do not overlap.

    Attributes
    ----------
    geometry : object (shapely), shape (n_parcels,)
        In the units' reference system.
    notes : tuple of str
    """

    geometry: NDArray[np.object_]
    notes: tuple[str, ...] = ()


def read_parcels(path: Path, crs: str, language: str) -> Parcels:
    """Read parcels and check them.

    Raises
    ------
    InputError
        If the file cannot be read, holds no polygons, or others than valid ones, or some overlap.
    """
    import shapely

    from udsat_geo.outline import parcel_overlaps

    features, told = features_in(path, crs)
    geometry = features.geometry
    if geometry is None or not len(geometry):
        raise InputError(Problem(features.name, "holds no parcels", "Parcels are polygons."))
    rows = np.array([str(row + 1) for row in range(len(geometry))], dtype=object)
    check_polygons(features.name, geometry, rows, "parcel")
    pairs = parcel_overlaps(geometry)
    if len(pairs):
        example = f"rows {int(pairs[0, 0]) + 1} and {int(pairs[0, 1]) + 1}"
        remedy = "Cut one of each pair: an address lies in one parcel."
        raise InputError(Problem(features.name, "parcels that overlap", remedy, len(pairs), example))
    order = np.argsort(shapely.to_wkb(shapely.normalize(geometry)), kind="stable")
    given = {"name": features.name, "source": told, "target": short_crs(crs)}
    return Parcels(geometry[order], () if told is None else (REPROJECTED[language].format(**given),))
