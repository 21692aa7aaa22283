"""The GeoPackage of a designation (GDAL through pyogrio): every layer, and the tables status and overrides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from udsat_geo.designation import Designation
from udsat_geo.io.layers import GEOMETRY, Layer, layers_of

_FAST = {
    # the file is written aside and moved in when it is whole: a journal of its own would protect nothing
    "OGR_SQLITE_JOURNAL": "OFF",
    "OGR_SQLITE_SYNCHRONOUS": "OFF",
    # large pages write hundreds of thousands of features in two thirds of the time
    "OGR_SQLITE_PRAGMA": "page_size=16384,locking_mode=EXCLUSIVE",
}


def write_geopackage(designation: Designation, path: Path) -> None:
    """Write all layers; the same designation gives the same bytes.

    Parameters
    ----------
    designation : Designation
    path : Path
        Must not exist.

    Raises
    ------
    OSError, pyogrio.errors.DataSourceError
        If the file cannot be written.
    """
    with steady_gdal(designation.year):
        for layer in layers_of(designation):
            write_layer(path, layer, _stamp(designation) if layer.name == "areas" else None)


@contextmanager
def steady_gdal(year: int) -> Iterator[None]:
    """Settings under which the same layers give the same bytes, fast.

    GDAL stamps a GeoPackage with the time of writing; here it is the last day of `year`.
    """
    import pyogrio

    settings: dict[str, Any] = {"OGR_CURRENT_DATE": f"{year}-12-31T00:00:00.000Z", **_FAST}
    pyogrio.set_gdal_config_options(settings)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(settings))


def _stamp(designation: Designation) -> dict[str, str]:
    """What the file says of itself in its metadata; QGIS shows it under the layer's information."""
    policy = designation.policy
    return {
        "source": designation.inputs.source,
        "year": str(designation.year),
        "policy": policy.policy.id,
        "policy_sha256": policy.sha256,
    }


def write_layer(path: Path, layer: Layer, metadata: dict[str, str] | None = None) -> None:
    """Add a layer; `metadata` of the whole file comes with the first one, which makes it."""
    import pyogrio

    options: dict[str, Any] = {"driver": "GPKG", "append": path.exists(), "layer": layer.name}
    spatial = layer.geometry_type is not None
    options |= {"geometry_name": GEOMETRY if spatial else None}
    options |= {"geometry_type": layer.geometry_type, "crs": layer.crs}
    options["layer_options"] = {"GEOMETRY_NAME": GEOMETRY} if spatial else {"ASPATIAL_VARIANT": "GPKG_ATTRIBUTES"}
    if metadata is not None:
        options["dataset_metadata"] = metadata
    # version 1.2 is what the GDAL of older QGIS releases reads without a warning
    pyogrio.write_arrow(layer.table, path, dataset_options={"VERSION": "1.2"}, **options)
