"""Layers read by GDAL, through pyogrio."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any


def list_layers(path: Path | str) -> list[str]:
    """The layers of a file, or of a source that GDAL has a name for, by name.

    Raises
    ------
    ValueError
        With GDAL's reason if it cannot be read.
    """
    gdal = reading_gdal()
    try:
        return [str(name) for name in gdal.list_layers(path)[:, 0]]
    except (gdal.errors.DataSourceError, gdal.errors.DataLayerError) as error:
        raise ValueError(_reason(error)) from None


def read_layer(path: Path | str, layer: str | None, **wanted: Any) -> tuple[dict[str, Any], Any]:
    """A layer as a table, and nothing written beside its file.

    Parameters
    ----------
    path : Path
    layer : str or None
        By name; None is the only one.
    **wanted
        Passed on to `pyogrio.read_arrow`.

    Returns
    -------
    meta : dict
        As pyogrio tells it.
    table : pyarrow.Table

    Raises
    ------
    ValueError
        With GDAL's reason if it cannot be read.
    """
    gdal = reading_gdal()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, table = gdal.read_arrow(path, layer=layer, **wanted)
    except IndexError:
        # a file that GDAL opens and finds nothing in
        raise ValueError("it holds no layer") from None
    except (gdal.errors.DataSourceError, gdal.errors.DataLayerError, OSError) as error:
        # a page damaged inside comes up as an OSError of Arrow
        raise ValueError(_reason(error)) from None
    return meta, table


def geometry_column(meta: dict[str, Any]) -> str:
    """What the column of geometries is called in a table that `read_layer` gave."""
    return str(meta["geometry_name"] or "wkb_geometry")


def reading_gdal() -> Any:
    """The module pyogrio, set to leave no ``.aux.xml`` of its own beside the files that it reads.

    GDAL writes one when it closes a GeoPackage that has metadata, as ours have. FlatGeobuf is read in the plain way:
    the quick one of GDAL 3.10 now and then gives texts beyond the end of their buffer, which ends the process.
    """
    import pyogrio

    pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": "NO", "OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES"})
    return pyogrio


def _reason(error: Exception) -> str:
    """The first sentence of what GDAL says."""
    return str(error).split(";")[0].split("\n")[0]
