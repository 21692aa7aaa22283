"""All result files of a designation, checked and put in place together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from udsat_geo.designation import Designation
from udsat_geo.errors import InputError, OutputError, Problem
from udsat_geo.io.by_layer import layer_ends
from udsat_geo.io.class_raster import write_class_raster
from udsat_geo.io.csv_files import write_csv
from udsat_geo.io.dressing import dress_designation
from udsat_geo.io.extras import lacking
from udsat_geo.io.flatgeobuf import write_flatgeobuf
from udsat_geo.io.geojson import write_geojson
from udsat_geo.io.geopackage import write_geopackage
from udsat_geo.io.geotiff import write_geotiff
from udsat_geo.io.layers import layers_of
from udsat_geo.io.parquet import write_parquet
from udsat_geo.io.stored import Stored
from udsat_geo.io.summary import as_json, sha256, summarise
from udsat_geo.io.together import cannot_write, check_writable, put_together
from udsat_geo.io.workbook import write_workbook

__all__ = ["FORMATS", "Account", "Format", "Writing", "check_formats", "check_writable", "write_results"]


class Writing:
    """A designation on its way into files: what several formats need is made once, when the first asks for it.

    Parameters
    ----------
    designation : Designation
    folder : Path
        Where its files are written, aside.
    hashes : callable
        Gives the SHA-256 of each of its input files, once.
    """

    def __init__(self, designation: Designation, folder: Path, hashes: Callable[[], dict[str, str]]):
        self.designation = designation
        self.folder = folder
        self.stem = f"designation_{designation.year}"
        self._hashes = hashes

    @cached_property
    def stored(self) -> Stored:
        """Summary and layers."""
        return Stored(self.summary, {layer.name: layer for layer in layers_of(self.designation)})

    @cached_property
    def summary(self) -> dict[str, Any]:
        """As in the JSON; waits for the input files to be hashed."""
        return summarise(self.designation, self._hashes())

    def path(self, end: str) -> Path:
        """The file whose name ends so."""
        return self.folder / f"{self.stem}{end}"


@dataclass(frozen=True)
class Format:
    """A format that results are written in.

    Attributes
    ----------
    ends : callable
        How the names of its files end for a designation, after ``designation_YEAR``; none where it has nothing to hold.
    write : callable
        Writes those files.
    package, extra : str or None
        A library that not every installation has, and the extra of ours that brings it.
    """

    ends: Callable[[Designation], tuple[str, ...]]
    write: Callable[[Writing], None]
    package: str | None = None
    extra: str | None = None


def _always(*ends: str) -> Callable[[Designation], tuple[str, ...]]:
    return lambda _: ends


def _over_cells(*ends: str) -> Callable[[Designation], tuple[str, ...]]:
    return lambda designation: () if designation.units.grid is None else ends


def _from_stored(write: Callable[[Stored, Path, str], None]) -> Callable[[Writing], None]:
    return lambda writing: write(writing.stored, writing.folder, writing.stem)


FORMATS: dict[str, Format] = {
    "gpkg": Format(_always(".gpkg"), lambda writing: write_geopackage(writing.designation, writing.path(".gpkg"))),
    "tif": Format(_over_cells(".tif"), lambda writing: write_geotiff(writing.designation, writing.path(".tif"))),
    "areas-tif": Format(
        _over_cells("_areas.tif", "_areas.tif.aux.xml"),
        lambda writing: write_class_raster(writing.designation, writing.path("_areas.tif")),
    ),
    "parquet": Format(layer_ends(".parquet"), _from_stored(write_parquet)),
    "geojson": Format(layer_ends(".geojson"), _from_stored(write_geojson)),
    "fgb": Format(layer_ends(".fgb"), _from_stored(write_flatgeobuf)),
    "csv": Format(layer_ends(".csv"), _from_stored(write_csv)),
    "xlsx": Format(_always(".xlsx"), _from_stored(write_workbook), "openpyxl", "excel"),
    "crate": Format(_always(), lambda _: None, "rocrate", "crate"),
}
"""By what they are called in ``--format``. A crate tells of all other files: whoever asks for one says what of."""


@dataclass(frozen=True)
class Account:
    """A file that tells of all others, written after them.

    Attributes
    ----------
    name : str
    text : callable
        Its content, from the designation, the folder where the others lie, and their names.
    """

    name: str
    text: Callable[[Designation, Path, Sequence[str]], str]


def check_formats(text: str) -> tuple[str, ...]:
    """The formats of a comma separated list.

    Raises
    ------
    InputError
        If one is not known, or its library is not installed.
    """
    formats = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        what = f"unknown format {', '.join(unknown)}" if unknown else "no format"
        raise InputError(Problem("--format", what, f"Known: {', '.join(FORMATS)}."))
    needed = [(f"--format {name}", FORMATS[name].package, FORMATS[name].extra) for name in formats]
    problems = [lacking(where, package, extra) for where, package, extra in needed if package and extra]
    if any(problems):
        raise InputError([problem for problem in problems if problem is not None])
    return formats


def write_results(
    designation: Designation, out: Path, formats: tuple[str, ...], account: Account | None = None
) -> list[Path]:
    """Write the results of a designation into a folder.

    Parameters
    ----------
    designation : Designation
    out : Path
        Made where it is missing.
    formats : tuple of str
        Of `FORMATS`; units that are no cells make no raster, which is left out.
    account : Account, optional
        What tells of them all; asked for by the format ``crate``.

    Returns
    -------
    list of Path
        The files, in the order of the formats, then the account, then the summary.

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    stem = f"designation_{designation.year}"
    ends = [end for name in formats for end in FORMATS[name].ends(designation)]
    results = [f"{stem}{end}" for end in (*ends, ".json")]
    names = results if account is None else [*results[:-1], account.name, results[-1]]
    # the inputs are hashed while GDAL writes: both work outside Python's lock
    with _told(out), put_together(out, names, _outdated(out, stem, formats, names)) as folder:
        with ThreadPoolExecutor(1) as hashing:
            hashes = hashing.map(sha256, designation.files.values())
            writing = Writing(designation, folder, lambda: dict(zip(designation.files, hashes, strict=True)))
            for name in formats:
                if FORMATS[name].ends(designation):
                    FORMATS[name].write(writing)
            if "gpkg" in formats:
                dress_designation(writing.path(".gpkg"), writing.summary)
            writing.path(".json").write_text(as_json(writing.summary), encoding="utf-8")
        if account is not None:
            (folder / account.name).write_text(account.text(designation, folder, results), encoding="utf-8")
        _check_written(folder, names, designation)
    return [out / name for name in names]


def _outdated(out: Path, stem: str, formats: tuple[str, ...], names: list[str]) -> list[str]:
    """Files of an earlier run in these formats that this one has not: a layer's that there is no more."""
    suffixes = {f".{name}" for name in formats}
    known = [f"{stem}_overrides{suffix}" for suffix in sorted(suffixes)]
    return [name for name in known if name not in names and (out / name).is_file()]


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
