"""Writing a designation: the formats, all files of a folder or none, and the places that results go to."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import shapely

from udsat_geo.areas.ground import as_multipolygon
from udsat_geo.changes.compare import Comparison
from udsat_geo.changes.diff import links
from udsat_geo.designation.columns import LAYERS, OPTIONAL
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.layers import (
    Layer,
    Layers,
    as_one_kind,
    as_table,
    change_columns_of,
    changed_units,
    layers_of,
)
from udsat_geo.designation.summary import as_json, sha256, with_hashes
from udsat_geo.files.atomic_write import all_or_none, cannot_write, check_writable
from udsat_geo.files.formats import (
    ends_of_parquet,
    parts_of_units,
    write_csv,
    write_flatgeobuf,
    write_geojson,
    write_parquet,
)
from udsat_geo.files.geopackage import dress_comparison, steady_gdal, write_geopackage, write_layer
from udsat_geo.files.postgis import Database, check_database, database_of, is_database, write_database
from udsat_geo.files.raster import write_class_raster, write_geotiff
from udsat_geo.files.workbook import write_workbook
from udsat_geo.messages.errors import InputError, OutputError, Problem, lacking, reason_of
from udsat_geo.messages.translate import _
from udsat_geo.units.sums_file import check_can_be_kept, name_of_sums, write_sums

DEFAULT_FORMATS = "gpkg,tif"
_LONGEST_PATH = 500
"""In bytes: SQLite opens no file of a longer one, its journal's ending included."""
_NO_YEAR = 1970
"""The stamp of a GeoPackage whose contents have no year."""


@dataclass(frozen=True)
class Format:
    """A format that results are written in.

    Attributes
    ----------
    ends : callable
        How the names of its files end for a designation, after ``designation_YEAR``; none where it has nothing to hold.
    write : callable
        Writes those files, from the layers, into a folder, after a stem.
    package, extra : str or None
        A library that not every installation has, and the extra of ours that brings it.
    """

    ends: Callable[[Layers], tuple[str, ...]]
    write: Callable[[Layers, Path, str], None]
    package: str | None = None
    extra: str | None = None


def _whole(end: str) -> Callable[[Layers], tuple[str, ...]]:
    return lambda _layers: (end,)


def _over_cells(*ends: str) -> Callable[[Layers], tuple[str, ...]]:
    return lambda layers: () if layers.cells is None else ends


def _by_layer(suffix: str) -> Callable[[Layers], tuple[str, ...]]:
    return lambda layers: tuple(f"_{name}{suffix}" for name in LAYERS if name in layers.layers)


FORMATS: dict[str, Format] = {
    "gpkg": Format(_whole(".gpkg"), write_geopackage),
    "tif": Format(_over_cells(".tif"), write_geotiff),
    "areas-tif": Format(_over_cells("_areas.tif", "_areas.tif.aux.xml"), write_class_raster),
    "parquet": Format(ends_of_parquet, write_parquet),
    "geojson": Format(_by_layer(".geojson"), write_geojson),
    "fgb": Format(_by_layer(".fgb"), write_flatgeobuf),
    "csv": Format(_by_layer(".csv"), write_csv),
    "xlsx": Format(_whole(".xlsx"), write_workbook, "xlsxwriter", "excel"),
    "sums": Format(lambda _layers: (), lambda _layers, _folder, _stem: None),
    "crate": Format(lambda _layers: (), lambda _layers, _folder, _stem: None, "rocrate", "crate"),
}
"""By what they are called in ``--format``. A crate tells of all other files: whoever asks for one says what of.

Sums by unit are those of a designation that is made now: no layers hold them."""


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
        what = _("unknown format {names}").format(names=", ".join(unknown)) if unknown else _("no format")
        raise InputError(Problem("--format", what, _("Known: {names}.").format(names=", ".join(FORMATS))))
    needed = [(f"--format {name}", FORMATS[name].package, FORMATS[name].extra) for name in formats]
    missing = [lacking(where, package, extra) for where, package, extra in needed if package and extra]
    if problems := [problem for problem in missing if problem is not None]:
        raise InputError(problems)
    return formats


def write_results(
    designation: Designation, out: Path, formats: tuple[str, ...], provenance: Provenance | None = None
) -> list[Path]:
    """Write what `write_layers` writes of a designation, and a file that tells of it.

    Parameters
    ----------
    designation : Designation
    out : Path
        Made where it is missing.
    formats : tuple of str
        Of `FORMATS`.
    provenance : Provenance, optional
        What tells of all files; asked for by the format ``crate``.

    Returns
    -------
    list of Path
        The files, in the order of the formats, then the provenance, then the summary.

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    # the inputs are hashed while the tables are made: both work outside Python's lock
    with _one_message(out), ThreadPoolExecutor(1) as hashing:
        hashed = hashing.map(sha256, designation.files.values())
        layers = layers_of(designation, lambda: dict(zip(designation.files, hashed, strict=True)))
    also = None if provenance is None else (provenance.name, partial(provenance.text, designation))
    return write_layers(layers, out, formats, None, also, sums_in(formats, designation))


def sums_in(formats: Sequence[str], designation: Designation | None) -> dict[str, Callable[[Path], None]]:
    """What writes the file of sums by unit, by its name, where it is among the formats.

    Raises
    ------
    InputError
        If the designation was read back, or a criterion is a quantile.
    """
    if "sums" not in formats:
        return {}
    if designation is None or designation.sums is None:
        what, remedy = _("holds what was counted, and this designation was read back"), _("Designate again.")
        raise InputError(Problem("--format sums", what, remedy))
    check_can_be_kept(designation.sums)
    sums = with_hashes(designation.sums)
    return {name_of_sums(designation.year): lambda path: write_sums(path, sums)}


def write_layers(
    layers: Layers,
    out: Path,
    formats: tuple[str, ...],
    stem: str | None = None,
    also: tuple[str, Callable[[Path, Sequence[str]], str]] | None = None,
    beside: Mapping[str, Callable[[Path], None]] | None = None,
) -> list[Path]:
    """Write a designation into a folder, all files or none.

    Parameters
    ----------
    layers : Layers
    out : Path
        Made where it is missing.
    formats : tuple of str
        Of `FORMATS`; units that are no cells make no raster, which is left out.
    stem : str, optional
        What the files are called, before the layer and the suffix; by default as `designate` calls them.
    also : tuple, optional
        A text file written after the others: its name, and what makes it of the folder and the names of the others.
    beside : mapping, optional
        Other files by name, and what writes each.

    Returns
    -------
    list of Path
        The files, in the order of the formats, then that text, then the summary.

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    stem = stem or f"designation_{layers.year}"
    beside = beside or {}
    results = [*(f"{stem}{end}" for name in formats for end in FORMATS[name].ends(layers)), *beside]
    names = [*results, *([also[0]] if also else []), f"{stem}.json"]
    with _one_message(out), all_or_none(out, names, _outdated(out, stem, formats, names)) as folder:
        for name in formats:
            if FORMATS[name].ends(layers):
                FORMATS[name].write(layers, folder, stem)
        for name, write in beside.items():
            write(folder / name)
        (folder / names[-1]).write_text(as_json(layers.summary), encoding="utf-8")
        if also:
            (folder / also[0]).write_text(also[1](folder, [*results, names[-1]]), encoding="utf-8")
        _check_written(folder, names, layers)
    return [out / name for name in names]


def _outdated(out: Path, stem: str, formats: tuple[str, ...], names: list[str]) -> list[str]:
    """Files of an earlier run in these formats that this one has not: a layer's that there is no more."""
    known = [f"{stem}_{layer}.{name}" for layer in OPTIONAL for name in sorted(set(formats))]
    if "parquet" in formats:
        # units are one file or several, as many as there are
        known += [f"{stem}_units.parquet", *(path.name for path in parts_of_units(out, stem))]
    return [name for name in known if name not in names and (out / name).is_file()]


@contextmanager
def _one_message(out: Path) -> Iterator[None]:
    """Turn what the system and GDAL say of a failed write into one message."""
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    try:
        yield
    except OSError as error:
        raise OutputError(cannot_write(out, reason_of(error))) from None
    except (DataSourceError, DataLayerError, FeatureError) as error:
        raise OutputError(cannot_write(out, str(error).split("\n")[0])) from None


def _check_written(folder: Path, names: list[str], layers: Layers) -> None:
    """Look at the files once: GDAL may take a disk that fills up lightly."""
    for name in names:
        if not (folder / name).stat().st_size:
            raise OSError(_("{file} came out empty").format(file=name))
        if name.endswith(".gpkg"):
            _check_geopackage(folder / name, {layer.name: len(layer.table) for layer in layers})


def _check_geopackage(path: Path, rows: dict[str, int]) -> None:
    """Check that a GeoPackage is as long as it says, and has every row indexed, every layer styled and described."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:

        def ask(query: str) -> list[Any]:
            return [row[0] for row in connection.execute(query)]

        try:
            size = ask("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")[0]
            found = {table: ask(f'SELECT count(*) FROM "{table}"')[0] for table in rows}
            spatial = ask("SELECT table_name FROM gpkg_geometry_columns")
            indexed = {table: ask(f'SELECT count(*) FROM "rtree_{table}_geom"')[0] for table in spatial}
            drawn = set(ask("SELECT f_table_name FROM layer_styles WHERE useAsDefault"))
            described = set(ask("SELECT DISTINCT table_name FROM gpkg_data_columns"))
            projects = ask("SELECT count(*) FROM qgis_projects")[0]
        except sqlite3.Error as error:
            raise OSError(_("{file} is damaged: {reason}").format(file=path.name, reason=error)) from None
    # what has no ground is in no index
    complete = indexed["units"] == rows["units"] and all(indexed[table] <= rows[table] for table in spatial)
    complete &= drawn == described == set(rows) and projects == 1
    if size != path.stat().st_size or found != rows or not complete:
        raise OSError(_("{file} came out incomplete").format(file=path.name))


@dataclass(frozen=True)
class Folder:
    """Results as files in a folder, by formats; `earlier` is where earlier designations are looked for."""

    folder: Path
    formats: tuple[str, ...]
    provenance: Provenance | None = None

    @property
    def earlier(self) -> Path:
        """The folder."""
        return self.folder

    def check(self, year: int) -> None:
        """Find out before the work whether the results of a year can be written there, which raises `OutputError`."""
        check_writable(self.folder)
        length = len(os.fsencode(self.folder.resolve() / f".designation_{year}-12345678" / f"designation_{year}.gpkg"))
        if "gpkg" in self.formats and length > _LONGEST_PATH:
            what = _("the path is too long for a GeoPackage ({length} bytes with the name of the file; {most} can be)")
            told = what.format(length=length, most=_LONGEST_PATH)
            raise OutputError(Problem(f"{str(self.folder)[:80]}...", told, _("Choose a shorter --out.")))

    def write(self, designation: Designation) -> tuple[list[str], str]:
        """Write the results, all or none: what was written, for a reader, and the summary as JSON."""
        if "crate" in self.formats and self.provenance is None:
            what = _("tells how a designation was asked for, and nothing says that here")
            raise InputError(Problem("--format crate", what, _("Ask for it with the command designate.")))
        files = write_results(designation, self.folder, self.formats, self.provenance)
        return [str(file) for file in files], files[-1].read_text(encoding="utf-8")


@dataclass(frozen=True)
class Schema:
    """Results as a schema of a PostGIS database, like `Folder`."""

    database: Database

    @property
    def earlier(self) -> Database:
        """The database."""
        return self.database

    def check(self, year: int) -> None:
        """As `Folder.check`."""
        check_database(self.database, year)

    def write(self, designation: Designation) -> tuple[list[str], str]:
        """As `Folder.write`."""
        layers = layers_of(designation)
        return [write_database(layers, self.database)], as_json(layers.summary)


Destination = Folder | Schema
"""A place for results."""


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
        what = _("is of files, and --out names a database, which gets all layers as tables")
        raise InputError(Problem("--format", what, _("Leave it out, or name a folder.")))
    return Schema(database_of(str(out)))


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
    with _one_message(path), all_or_none(path.parent, [path.name]) as folder:
        with steady_gdal(year):
            for layer in comparison_layers(comparison):
                write_layer(folder / path.name, layer, stamp)
        dress_comparison(folder / path.name, comparison.language, year)


def comparison_layers(comparison: Comparison) -> Iterator[Layer]:
    """The layers ``changes`` and ``changed_units``, and the table ``links``, in the order in which they are written."""
    before, now, changes = comparison.before, comparison.now, comparison.changes
    areas, outline = change_columns_of(changes, before, now, comparison.outline_before, comparison.outline_now)
    outlines = shapely.to_wkb([as_multipolygon(shape) for shape in outline]) if len(outline) else outline
    units, atom = changed_units(comparison.atoms, changes, before, now)
    wkb, kind = as_one_kind(comparison.geometry[atom], "Polygon")
    yield Layer("changes", as_table(areas, outlines), "MultiPolygon", comparison.crs)
    yield Layer("changed_units", as_table(units, wkb), kind, comparison.crs)
    yield Layer("links", as_table(links(changes, before, now)))
