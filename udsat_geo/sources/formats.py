"""What a vector file is by its content, before GDAL opens it.

GDAL goes by content too, and some contents are recipes: they name other files, addresses or commands, and GDAL reads
those for whoever wrote the recipe. So a file is opened only if it begins as one of the formats that hold features
themselves; GDAL's drivers for all others are shut besides (`udsat_geo.sources.gdal`).
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.limits import check_file
from udsat_geo.messages.translate import N_, _

_START = 1 << 16
BLANK = b"\xef\xbb\xbf \t\r\n"
"""White space, and the mark that UTF-8 may begin with."""

_SIGNATURES = {
    b"SQLite format 3\x00": ".gpkg",
    b"fgb\x03": ".fgb",
    b"PAR1": ".parquet",
    b"PK\x03\x04": ".zip",
    b"\x1f\x8b": ".gz",
    b"\x00\x00\x27\x0a": ".shp",
}
_JSON = re.compile(
    rb'"type"\s*:\s*"(FeatureCollection|Feature|Topology|(Multi)?(Point|LineString|Polygon)|GeometryCollection)"'
    rb'|"(geometryType|esriGeometry\w+)"'
)
_ROOT = re.compile(rb"<(?![?!])(?:[\w.\-]+:)?([\w.\-]+)")
_MAPINFO = re.compile(rb"\s*!table\b.*\bType\s+(NATIVE|LINKED)\b", re.IGNORECASE | re.DOTALL)
_LINKED_TABLES = re.compile(rb"IsSeamless\"\s*=\s*\"TRUE|create\s+view", re.IGNORECASE)
_RECIPES = {
    "OGRVRTDataSource": "OGR VRT",
    "VRTDataset": "GDAL VRT",
    "OGRWFSDataSource": "OGR WFS",
    "WFS_Capabilities": "WFS",
    "GDAL_WMS": "WMS",
    "gdal_streamed_alg": "GDALG",
}
"""What names other places to read: the element or the word that tells it -> what it is called."""
_RECIPE = re.compile(
    rb"<(?:[\w.\-]+:)?(OGRVRTDataSource|VRTDataset|OGRWFSDataSource|WFS_Capabilities|GDAL_WMS)\b|(gdal_streamed_alg)"
)
_INDEX = re.compile(r"create\s+virtual\s+table\s.*\susing\s+[\"'`\[]?(rtree|fts[345])\b", re.IGNORECASE | re.DOTALL)
"""The virtual tables that a GeoPackage has of its own: they index what is in it."""
_FOREIGN = re.compile(r"\b(virtual(?!\s+table\b)\w+|(?:ogr|gdal)_\w+|load_extension|readfile)\s*\(", re.IGNORECASE)

KINDS = N_("GeoPackage, GeoJSON, GeoParquet, FlatGeobuf, shapefile, GML, KML, GPX, MapInfo, FileGDB or CSV")


def is_web_page(start: bytes) -> bool:
    """Whether the first bytes of an answer are those of HTML."""
    begins = start.lstrip(BLANK).lower()
    return begins.startswith((b"<!doctype html", b"<html")) or b"<html" in begins[:1024]


def suffix_of(start: bytes, named: str) -> str | None:
    """The suffix of what a file is by how it begins; None for no kind that can be read.

    Parameters
    ----------
    start : bytes
    named : str
        The suffix that it has, which decides among kinds of text.
    """
    for begins, suffix in _SIGNATURES.items():
        if start.startswith(begins):
            return suffix
    text = start.lstrip(BLANK + b"\x1e")
    if text.startswith((b"{", b"[")):
        return ".geojson"
    if text.startswith(b"<"):
        return named if named in (".kml", ".gml", ".gpx") else ".gml"
    if (
        named == ".csv"
        or (named == ".tab" and _MAPINFO.match(start))
        or (named == ".mif" and text[:7].lower() == b"version")
    ):
        return named
    return None


def check_vector_file(path: Path, name: str) -> None:
    """Refuse what holds no features itself, whatever its name ends in.

    Parameters
    ----------
    path : Path
    name : str
        What it is called in messages.

    Raises
    ------
    InputError
        If it is a recipe of GDAL's, a web page, an archive, or of a kind that is not known.
    """
    if path.is_dir():
        if not any(path.glob("*.gdbtable")):
            raise InputError(Problem(name, _("cannot be read: it is a folder"), _("Name a file.")))
        return
    check_file(path, name)
    if path.stat().st_size == 0:
        raise InputError(Problem(name, _("is an empty file"), _("Export it again.")))
    with path.open("rb") as file:
        start = file.read(_START)
    suffix = suffix_of(start, path.suffix.lower())
    recipe = _recipe(start, suffix)
    if recipe is not None:
        what = _("is a recipe of GDAL's ({kind}), which names other files or addresses to read, and no vector file")
        remedy = _("Name the file that holds the features: {kinds}.").format(kinds=_(KINDS))
        raise InputError(Problem(name, what.format(kind=recipe), remedy))
    if suffix == ".gpkg":
        _check_closed(path, name)
        _check_tables(path, name)
    elif suffix in (None, ".zip", ".gz", ".parquet", ".csv") or _is_foreign(start, suffix):
        if suffix == ".geojson":
            raise InputError(Problem(name, _("is JSON, and no GeoJSON"), _("Export it as CSV, Parquet or GeoJSON.")))
        what = _("cannot be read: it is no vector file of a kind that is known")
        raise InputError(Problem(name, what, _("Name a {kinds}.").format(kinds=_(KINDS))))


def _recipe(start: bytes, suffix: str | None) -> str | None:
    """What a recipe is called; None for what is none."""
    if suffix == ".tab" and _LINKED_TABLES.search(start):
        return "MapInfo seamless"
    found = None if suffix in _SIGNATURES.values() else _RECIPE.search(start)
    return None if found is None else _RECIPES[(found.group(1) or found.group(2)).decode("ascii")]


def _is_foreign(start: bytes, suffix: str | None) -> bool:
    """Whether a text is XML or JSON of another kind, or a document with a type of its own, which may name files."""
    if suffix == ".geojson":
        return _JSON.search(start) is None
    if suffix in (".gml", ".kml", ".gpx"):
        root = _ROOT.search(start)
        known = root is not None and (
            root.group(1) in (b"kml", b"gpx", b"FeatureCollection") or b"opengis.net/gml" in start
        )
        return not known or b"<!DOCTYPE" in start or b"<!ENTITY" in start or is_web_page(start)
    return False


_UNWRITTEN = {"-wal": (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"), "-journal": (b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7",)}
"""What SQLite keeps beside a database that is being written to: end of the name -> how it begins."""


def _check_closed(path: Path, name: str) -> None:
    """Refuse a database that another program has not written to its end: its hash would not be that of what is read."""
    for end, begins in _UNWRITTEN.items():
        beside = path.with_name(path.name + end)
        if not beside.is_file():
            continue
        with beside.open("rb") as file:
            if file.read(8).startswith(begins):
                what = _("is open in another program: a part of it lies in {file}").format(file=beside.name)
                remedy = _("Close it there; if no program has it open, open and close it in QGIS once.")
                raise InputError(Problem(name, what, remedy))


def _check_tables(path: Path, name: str) -> None:
    """Refuse a database with tables that are kept elsewhere, or views that call what reads files."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        what = _("cannot be read: {reason}").format(reason=error)
        raise InputError(Problem(name, what, _("Check that GDAL opens it."))) from None
    if "gpkg_contents" not in {str(table).lower() for table, _sql in rows}:
        what = _("is an SQLite database, and no GeoPackage")
        raise InputError(Problem(name, what, _("Export its table as CSV, Parquet or GeoPackage.")))
    for _table, sql in rows:
        found = _FOREIGN.search(sql)
        if found is None and (not sql.lower().startswith("create virtual") or _INDEX.match(sql)):
            continue
        what = _("holds a table or view that reads from elsewhere ({made})").format(made=" ".join(sql.split())[:80])
        raise InputError(Problem(name, what, _("Export its layers to a new GeoPackage.")))
