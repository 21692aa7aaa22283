"""All result files of a designation, checked and put in place together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from udsat_geo.designation import Designation
from udsat_geo.errors import InputError, OutputError, Problem
from udsat_geo.io.dressing import dress_designation
from udsat_geo.io.geopackage import write_geopackage
from udsat_geo.io.geotiff import write_geotiff
from udsat_geo.io.summary import as_json, sha256, summarise
from udsat_geo.io.together import cannot_write, check_writable, put_together

__all__ = ["FORMATS", "check_formats", "check_writable", "write_results"]

FORMATS: dict[str, Callable[[Designation, Path], None]] = {"gpkg": write_geopackage, "tif": write_geotiff}


def check_formats(text: str) -> tuple[str, ...]:
    """The formats of a comma separated list.

    Raises
    ------
    InputError
        If one is not known.
    """
    formats = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        what = f"unknown format {', '.join(unknown)}" if unknown else "no format"
        raise InputError(Problem("--format", what, f"Known: {', '.join(FORMATS)}."))
    return formats


def write_results(designation: Designation, out: Path, formats: tuple[str, ...]) -> list[Path]:
    """Write the results of a designation into a folder.

    Parameters
    ----------
    designation : Designation
    out : Path
        Made where it is missing.
    formats : tuple of str
        Of `FORMATS`; units that are no cells make no raster, which is left out.

    Returns
    -------
    list of Path
        The files, in the order of the formats, then the summary.

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    stem = f"designation_{designation.year}"
    if designation.units.grid is None:
        formats = tuple(name for name in formats if name != "tif")
    names = [f"{stem}.{name}" for name in (*formats, "json")]
    # the inputs are hashed while GDAL writes: both work outside Python's lock
    with _told(out), put_together(out, names) as folder:
        with ThreadPoolExecutor(1) as hashing:
            hashes = hashing.map(sha256, designation.files.values())
            for name in formats:
                FORMATS[name](designation, folder / f"{stem}.{name}")
            summary = summarise(designation, dict(zip(designation.files, hashes, strict=True)))
        if "gpkg" in formats:
            dress_designation(folder / f"{stem}.gpkg", summary)
        (folder / f"{stem}.json").write_text(as_json(summary), encoding="utf-8")
        _check_written(folder, names, designation)
    return [out / name for name in names]


@contextmanager
def _told(out: Path) -> Iterator[None]:
    """Turn what the system and GDAL say of a failed write into one message."""
    import pyogrio.errors

    try:
        yield
    except OSError as error:
        raise OutputError(cannot_write(out, error.strerror or str(error))) from None
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
    ) as error:
        raise OutputError(cannot_write(out, str(error).split("\n")[0])) from None


def _check_written(folder: Path, names: list[str], designation: Designation) -> None:
    """Look at the files once: GDAL may take a disk that fills up lightly."""
    for name in names:
        if not (folder / name).stat().st_size:
            raise OSError(f"{name} came out empty")
        if name.endswith(".gpkg"):
            rows = {"areas": len(designation.areas), "units": len(designation.units)}
            _check_geopackage(folder / name, rows)


def _check_geopackage(path: Path, rows: dict[str, int]) -> None:
    """Check that a GeoPackage is as long as it says, and has every row indexed, every layer styled and described."""
    import sqlite3

    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        size = pages * connection.execute("PRAGMA page_size").fetchone()[0]
        tables = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
        found = {t: connection.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in sorted(tables)}
        spatial = [row[0] for row in connection.execute("SELECT table_name FROM gpkg_geometry_columns")]
        indexed = {t: connection.execute(f'SELECT count(*) FROM "rtree_{t}_geom"').fetchone()[0] for t in spatial}
        drawn = {row[0] for row in connection.execute("SELECT f_table_name FROM layer_styles WHERE useAsDefault")}
        told = {row[0] for row in connection.execute("SELECT DISTINCT table_name FROM gpkg_data_columns")}
        projects = connection.execute("SELECT count(*) FROM qgis_projects").fetchone()[0]
    except sqlite3.Error as error:
        raise OSError(f"{path.name} is damaged: {error}") from None
    finally:
        connection.close()
    whole = size == path.stat().st_size and {"areas", "units", "changes", "status"} <= tables
    complete = drawn == told == tables - {"layer_styles"} and projects == 1
    # what has no ground is in no index
    complete &= indexed["units"] == rows["units"] and all(count <= found[t] for t, count in indexed.items())
    if not whole or not complete or {**found, **rows} != found:
        raise OSError(f"{path.name} came out incomplete")
