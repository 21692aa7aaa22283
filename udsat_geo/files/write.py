"""A comparison as JSON and as a GeoPackage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from udsat_geo.changes.compare import Comparison
from udsat_geo.changes.diff import links
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.layers import (
    LAYERS,
    Layer,
    Layers,
    as_one_kind,
    as_table,
    changed_areas,
    changed_units,
    each_layer,
    layers_of,
)
from udsat_geo.designation.summary import Summary, as_json, sha256, summarise
from udsat_geo.files.atomic_write import cannot_write, check_writable, put_together
from udsat_geo.files.delimited import write_csv
from udsat_geo.files.flatgeobuf import write_flatgeobuf
from udsat_geo.files.geojson import write_geojson
from udsat_geo.files.geopackage import dress_comparison, dress_designation, steady_gdal, write_geopackage, write_layer
from udsat_geo.files.parquet import write_parquet
from udsat_geo.files.postgis import Database, check_database, database_of, is_database, write_database
from udsat_geo.files.raster import write_class_raster, write_geotiff
from udsat_geo.files.stored import gdal_errors, layer_ends
from udsat_geo.files.workbook import write_workbook
from udsat_geo.messages.errors import InputError, OutputError, Problem, lacking


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
    def stored(self) -> Layers:
        """Summary and layers."""
        return Layers(self.summary, {layer.name: layer for layer in each_layer(self.designation)})

    @cached_property
    def summary(self) -> Summary:
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


def _from_stored(write: Callable[[Layers, Path, str], None]) -> Callable[[Writing], None]:
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
class Provenance:
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
    designation: Designation, out: Path, formats: tuple[str, ...], provenance: Provenance | None = None
) -> list[Path]:
    """Write the results of a designation into a folder.

    Parameters
    ----------
    designation : Designation
    out : Path
        Made where it is missing.
    formats : tuple of str
        Of `FORMATS`; units that are no cells make no raster, which is left out.
    provenance : Provenance, optional
        What tells of them all; asked for by the format ``crate``.

    Returns
    -------
    list of Path
        The files, in the order of the formats, then the provenance, then the summary.

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    stem = f"designation_{designation.year}"
    ends = [end for name in formats for end in FORMATS[name].ends(designation)]
    results = [f"{stem}{end}" for end in (*ends, ".json")]
    names = results if provenance is None else [*results[:-1], provenance.name, results[-1]]
    # the inputs are hashed while GDAL writes: both work outside Python's lock
    with _told(out), put_together(out, names, _outdated(out, stem, formats, names)) as folder:
        with ThreadPoolExecutor(1) as hashing:
            hashes = hashing.map(sha256, designation.files.values())
            writing = Writing(designation, folder, lambda: dict(zip(designation.files, hashes, strict=True)))
            for name in formats:
                if FORMATS[name].ends(designation):
                    FORMATS[name].write(writing)
            if "gpkg" in formats:
                dress_designation(writing.path(".gpkg"), writing.summary.as_dict())
            writing.path(".json").write_text(as_json(writing.summary), encoding="utf-8")
        if provenance is not None:
            (folder / provenance.name).write_text(provenance.text(designation, folder, results), encoding="utf-8")
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


def write_again(stored: Layers, out: Path, formats: tuple[str, ...], stem: str | None = None) -> list[Path]:
    """Write a stored designation into a folder, all files or none.

    Parameters
    ----------
    stored : Layers
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


def _names(stored: Layers, stem: str, name: str) -> list[str]:
    if name in ("gpkg", "xlsx"):
        return [f"{stem}.{name}"]
    return [f"{stem}_{layer}.{name}" for layer in LAYERS if layer in stored.layers]


def _write_geopackage(stored: Layers, folder: Path, stem: str) -> None:
    policy = stored.summary.policy
    stamp = {
        "source": stored.summary.source,
        "year": str(stored.year),
        "policy": policy.id,
        "policy_sha256": policy.sha256,
    }
    with steady_gdal(stored.year):
        for layer in stored:
            write_layer(folder / f"{stem}.gpkg", layer, stamp if layer.name == "areas" else None)
    dress_designation(folder / f"{stem}.gpkg", stored.summary.as_dict())


REWRITTEN: dict[str, Callable[[Layers, Path, str], None]] = {
    "gpkg": _write_geopackage,
    "parquet": write_parquet,
    "geojson": write_geojson,
    "fgb": write_flatgeobuf,
    "csv": write_csv,
    "xlsx": write_workbook,
}
"""By what they are called in ``--format``."""

DEFAULT_FORMATS = "gpkg,tif"


class Destination(Protocol):
    """A place for results."""

    @property
    def earlier(self) -> Path | Database:
        """Where earlier designations are looked for."""

    def check(self, year: int) -> None:
        """Find out before the work whether the results of a year can be written there.

        Raises
        ------
        OutputError
        """

    def write(self, designation: Designation) -> tuple[list[str], str]:
        """Write the results, all or none.

        Returns
        -------
        places : list of str
            What was written, for a reader.
        summary : str
            As JSON.

        Raises
        ------
        OutputError
            If they cannot be written; nothing has changed then.
        """


@dataclass(frozen=True)
class Folder:
    """Files in a folder."""

    folder: Path
    formats: tuple[str, ...]
    provenance: Provenance | None = None

    @property
    def earlier(self) -> Path:
        """See `Destination`."""
        return self.folder

    def check(self, year: int) -> None:
        """See `Destination`."""
        check_writable(self.folder)

    def write(self, designation: Designation) -> tuple[list[str], str]:
        """See `Destination`."""
        if "crate" in self.formats and self.provenance is None:
            what = "tells how a designation was asked for, and nothing says that here"
            raise InputError(Problem("--format crate", what, "Ask for it with the command designate."))
        files = write_results(designation, self.folder, self.formats, self.provenance)
        return [str(file) for file in files], files[-1].read_text(encoding="utf-8")


@dataclass(frozen=True)
class Schema:
    """A schema of a PostGIS database."""

    database: Database

    @property
    def earlier(self) -> Database:
        """See `Destination`."""
        return self.database

    def check(self, year: int) -> None:
        """See `Destination`."""
        check_database(self.database, year)

    def write(self, designation: Designation) -> tuple[list[str], str]:
        """See `Destination`."""
        stored = layers_of(designation)
        return [write_database(stored, self.database)], as_json(stored.summary)


def destination_of(out: Path | str, formats: str | None = None) -> Destination:
    """Where results go.

    Parameters
    ----------
    out : Path or str
        A folder, or the address of a database.
    formats : str, optional
        Of the files, separated by commas; GeoPackage and GeoTIFF unless told otherwise.

    Raises
    ------
    InputError
        If a format or the address is wrong, a library is not installed, or formats are given for a database.
    """
    if not is_database(out):
        return Folder(Path(out), check_formats(DEFAULT_FORMATS if formats is None else formats))
    if formats is not None:
        what = "is of files, and --out names a database, which gets all layers as tables"
        raise InputError(Problem("--format", what, "Leave it out, or name a folder."))
    return Schema(database_of(str(out)))


_NO_YEAR = 1970
"""The stamp of a GeoPackage whose contents have no year."""


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write the layers ``changes`` and ``changed_units`` and the table ``links`` into a GeoPackage, whole or not.

    Parameters
    ----------
    comparison : Comparison
    path : Path
        What stands there is replaced once the new file is whole.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    weights = comparison.weights
    stamp = {
        "before": comparison.before.file,
        "now": comparison.now.file,
        "weighed_by": f"{weights.kind} of {weights.file}",
        "source": weights.source,
    }
    year = comparison.now.known_year or weights.year or _NO_YEAR
    unwritable: tuple[type[Exception], ...] = (OSError, *gdal_errors())
    try:
        with put_together(path.parent, [path.name]) as folder, steady_gdal(year):
            for layer in comparison_layers(comparison):
                write_layer(folder / path.name, layer, stamp if layer.name == "changes" else None)
            dress_comparison(folder / path.name, comparison.language, year)
    except unwritable as error:
        reason = getattr(error, "strerror", None) or str(error).split("\n")[0]
        raise OutputError(cannot_write(path, reason)) from None


def comparison_layers(comparison: Comparison) -> Iterator[Layer]:
    """The layers ``changes`` and ``changed_units``, and the table ``links``, in the order in which they are written."""
    import shapely

    from udsat_geo.areas.ground import as_multipolygon

    before, now, changes = comparison.before, comparison.now, comparison.changes
    areas, outline = changed_areas(changes, before, now, comparison.outline_before, comparison.outline_now)
    outlines = shapely.to_wkb([as_multipolygon(shape) for shape in outline]) if len(outline) else outline
    units, atom = changed_units(comparison.atoms, changes, before, now)
    wkb, kind = as_one_kind(comparison.geometry[atom], "Polygon")
    yield Layer("changes", as_table(areas, outlines), "MultiPolygon", comparison.crs)
    yield Layer("changed_units", as_table(units, wkb), kind, comparison.crs)
    yield Layer("links", as_table(links(changes, before, now)))
