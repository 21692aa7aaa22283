"""A designation read back from what was written of it, whatever the format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from udsat_geo.errors import InputError, Problem
from udsat_geo.io.earlier import read_summary
from udsat_geo.io.layers import GEOMETRY, SPATIAL, TABLES, Layer
from udsat_geo.io.schema import as_typed
from udsat_geo.io.stored import Stored
from udsat_geo.vector import geometry_column, list_layers, read_layer, same_crs

LAYERS = (*SPATIAL, *TABLES)
OPTIONAL = ("overrides",)
"""What a designation may be without."""
_REMEDY = "Make the designation again, or name another file."


def read_stored(where: str | Path) -> Stored:
    """Read a designation back: what `udsat_geo.io.stored.stored_from` gives of the one that was written.

    Parameters
    ----------
    where : str or Path
        A ``designation_YEAR.gpkg``; its JSON stands beside it.

    Raises
    ------
    InputError
        If it is missing, damaged, or no designation of ours.
    """
    path = Path(where)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise InputError(Problem(str(where), "is no designation that can be read", f"Name a file of {known}."))
    if not path.is_file():
        raise InputError(Problem(str(path), "no such designation", "Name a designation_YEAR file that is there."))
    try:
        return _checked(reader(path), path.name)
    except (KeyError, ValueError, NotImplementedError) as error:
        reason = str(error.args[0] if error.args else error).split("\n")[0]
        raise InputError(Problem(path.name, f"is no designation of ours ({reason})", _REMEDY)) from None


def read_geopackage(path: Path) -> Stored:
    """A GeoPackage and the JSON beside it.

    Raises
    ------
    InputError
        If there is no summary.
    ValueError
        If GDAL cannot read it, or it lacks a layer or holds other types.
    """
    summary = read_summary(path)
    present = set(list_layers(path))
    layers = {}
    for name in LAYERS:
        if name in present:
            meta, table = read_layer(path, name)
            layers[name] = as_layer(name, meta, table, summary)
    return Stored(summary, layers)


def as_layer(name: str, meta: dict[str, Any], table: Any, summary: dict[str, Any]) -> Layer:
    """A layer of what GDAL gave, its columns of their types and its reference system as the summary writes it."""
    if name in TABLES:
        return Layer(name, as_typed(name, table))
    drawn = geometry_column(meta)
    columns = [column for column in table.column_names if column != drawn]
    ordered = table.select([*columns, drawn]).rename_columns([*columns, GEOMETRY])
    return Layer(name, as_typed(name, ordered), meta["geometry_type"], _as_written(meta["crs"], summary))


def _as_written(crs: str | None, summary: dict[str, Any]) -> str | None:
    """A reference system as the summary writes it, where it is the same."""
    told = summary.get("crs")
    return told if isinstance(told, str) and crs is not None and same_crs(told, crs) else crs


def _checked(stored: Stored, name: str) -> Stored:
    """Refuse layers that are not there, and those that are of another run than the summary."""
    missing = [layer for layer in LAYERS if layer not in stored.layers and layer not in OPTIONAL]
    if missing:
        raise ValueError(f"it has no {', '.join(missing)}")
    told = [area["area_id"] for area in stored.summary.get("areas", [])]
    found = stored.layers["areas"].table["area_id"].to_pylist()
    if told != found or stored.summary.get("units") != len(stored.layers["units"].table):
        what = "holds other areas or units than the summary says"
        raise InputError(Problem(name, what, "They are of different runs: make the designation again."))
    return stored


READERS: dict[str, Callable[[Path], Stored]] = {".gpkg": read_geopackage}
"""How a file is read, by the end of its name."""
