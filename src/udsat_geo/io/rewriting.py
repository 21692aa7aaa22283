"""Writing a designation that was read back, in the formats that summary and layers are enough for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from udsat_geo.errors import InputError, OutputError, Problem
from udsat_geo.io.csv_files import write_csv
from udsat_geo.io.dressing import dress_designation
from udsat_geo.io.earlier import gdal_errors
from udsat_geo.io.flatgeobuf import write_flatgeobuf
from udsat_geo.io.geojson import write_geojson
from udsat_geo.io.geopackage import steady_gdal, write_layer
from udsat_geo.io.layers import LAYERS
from udsat_geo.io.parquet import write_parquet
from udsat_geo.io.stored import Stored
from udsat_geo.io.summary import as_json
from udsat_geo.io.together import cannot_write, put_together
from udsat_geo.io.workbook import write_workbook


def write_again(stored: Stored, out: Path, formats: tuple[str, ...], stem: str | None = None) -> list[Path]:
    """Write a stored designation into a folder, all files or none.

    Parameters
    ----------
    stored : Stored
    out : Path
        Made where it is missing.
    formats : tuple of str
        Of `REWRITTEN`.
    stem : str, optional
        What the files are called, before the layer and the suffix; by default as `designate` calls them.

    Returns
    -------
    list of Path
        The files, in the order of the formats, then the summary.

    Raises
    ------
    InputError
        If a format is none of those.
    OutputError
        If they cannot be written; nothing has changed then.
    """
    unknown = [name for name in formats if name not in REWRITTEN]
    if unknown:
        what = "cannot be made of a designation that was read back"
        remedy = f"Designate again; known here: {', '.join(REWRITTEN)}."
        raise InputError(Problem(f"format {', '.join(unknown)}", what, remedy))
    stem = stem or f"designation_{stored.year}"
    names = [name for each in formats for name in _names(stored, stem, each)]
    unwritable: tuple[type[Exception], ...] = (OSError, *gdal_errors())
    try:
        with put_together(out, [*names, f"{stem}.json"]) as folder:
            for each in formats:
                REWRITTEN[each](stored, folder, stem)
            (folder / f"{stem}.json").write_text(as_json(stored.summary), encoding="utf-8")
    except unwritable as error:
        reason = getattr(error, "strerror", None) or str(error).split("\n")[0]
        raise OutputError(cannot_write(out, reason)) from None
    return [out / name for name in (*names, f"{stem}.json")]


def _names(stored: Stored, stem: str, name: str) -> list[str]:
    if name in ("gpkg", "xlsx"):
        return [f"{stem}.{name}"]
    return [f"{stem}_{layer}.{name}" for layer in LAYERS if layer in stored.layers]


def _write_geopackage(stored: Stored, folder: Path, stem: str) -> None:
    policy = stored.summary["policy"]
    stamp = {
        "source": str(stored.summary["source"]),
        "year": str(stored.year),
        "policy": str(policy["id"]),
        "policy_sha256": str(policy.get("sha256", "")),
    }
    with steady_gdal(stored.year):
        for layer in stored:
            write_layer(folder / f"{stem}.gpkg", layer, stamp if layer.name == "areas" else None)
    dress_designation(folder / f"{stem}.gpkg", stored.summary)


REWRITTEN: dict[str, Callable[[Stored, Path, str], None]] = {
    "gpkg": _write_geopackage,
    "parquet": write_parquet,
    "geojson": write_geojson,
    "fgb": write_flatgeobuf,
    "csv": write_csv,
    "xlsx": write_workbook,
}
"""By what they are called in ``--format``."""
