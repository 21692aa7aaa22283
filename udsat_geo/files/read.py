"""Reading a designation back, from whatever it was written to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from udsat_geo.designation.layers import LAYERS, Layers
from udsat_geo.files.delimited import read_csv_layer
from udsat_geo.files.flatgeobuf import read_flatgeobuf_layer
from udsat_geo.files.geojson import read_geojson_layer
from udsat_geo.files.parquet import read_parquet_layer
from udsat_geo.files.postgis import Database, database_of, holds_schema, is_database, read_database
from udsat_geo.files.stored import as_layer, read_files, read_summary
from udsat_geo.files.workbook import read_workbook
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.sources.features import list_layers, read_layer

OPTIONAL = ("overrides",)
"""What a designation may be without."""
_REMEDY = "Make the designation again, or name another file."


def read_layers(where: str | Path) -> Layers:
    """Read a designation back: what `udsat_geo.designation.layers.layers_of` gives of the one that was written.

    GeoPackage, Parquet and FlatGeobuf give everything back as it was (FlatGeobuf no difference between no geometry and
    an empty one, which layer by layer are never both there). GeoJSON gives positions within a millimetre, and rings
    run as RFC 7946 has them. CSV and Excel give attributes, no geometries; Excel no text beyond what a cell holds.

    Parameters
    ----------
    where : str or Path
        A ``designation_YEAR.gpkg``; any of its files in another format; its JSON, which stands beside all of them;
        a folder that holds a single designation; or a database, ``postgresql://USER@HOST/DATABASE?schema=NAME``.

    Raises
    ------
    InputError
        If it is missing, damaged, or no designation of ours.
    """
    if is_database(where):
        database = database_of(str(where))
        return _told(lambda: read_database(database), database.shown)
    path = Path(where)
    path = _only_one(path) if path.is_dir() else path
    path = _beside(path) if path.suffix.lower() == ".json" else path
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise InputError(Problem(str(where), "is no designation that can be read", f"Name a file of {known}."))
    if not path.is_file():
        raise InputError(Problem(str(path), "no such designation", "Name a designation_YEAR file that is there."))
    return _told(lambda: reader(path), path.name)


def read_year(database: Database, year: int) -> Layers | None:
    """A year's designation where it lies in a database by itself, in the schema ``designation_YEAR``; None without.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    schema = f"designation_{year}"
    if not holds_schema(database, schema):
        return None
    return _told(lambda: read_database(replace(database, schema=schema)), f"{database.shown}?schema={schema}")


def _told(read: Callable[[], Layers], name: str) -> Layers:
    """What is read, checked; what is not as this product writes it is told in one message."""
    try:
        return _checked(read(), name)
    except (KeyError, ValueError, NotImplementedError) as error:
        # a KeyError puts what it says in quotes
        said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        reason = said.split("\n")[0]
        raise InputError(Problem(name, f"is no designation of ours ({reason})", _REMEDY)) from None


def read_geopackage(path: Path) -> Layers:
    """A GeoPackage and the JSON beside it.

    Raises
    ------
    InputError
        If there is no summary.
    ValueError, KeyError
        If GDAL cannot read it, or it lacks a layer or holds other types.
    """
    summary = read_summary(path)
    present = set(list_layers(path))
    read = {name: read_layer(path, name) for name in LAYERS if name in present}
    return Layers(summary, {name: as_layer(name, meta, table, summary) for name, (meta, table) in read.items()})


def _only_one(folder: Path) -> Path:
    """The JSON of the one designation in a folder."""
    found = sorted(folder.glob("designation_*.json"))
    if len(found) == 1:
        return found[0]
    what = f"holds several designations: {', '.join(path.name for path in found)}" if found else "holds no designation"
    raise InputError(Problem(str(folder), what, "Name one of its files." if found else "Name another folder."))


def _beside(summary: Path) -> Path:
    """A file of the designation that a JSON tells of, in the first format there is."""
    for suffix in READERS:
        single, of_units = summary.with_suffix(suffix), summary.with_name(f"{summary.stem}_units{suffix}")
        found = next((path for path in (single, of_units) if path.is_file()), None)
        if found is not None:
            return found
    what = "stands alone: none of its other files is there"
    raise InputError(Problem(str(summary), what, f"Put the file of {', '.join(READERS)} beside it."))


def _checked(stored: Layers, name: str) -> Layers:
    """Refuse layers that are not there, and those that are of another run than the summary."""
    missing = [layer for layer in LAYERS if layer not in stored.layers and layer not in OPTIONAL]
    if missing:
        raise ValueError(f"it has no {', '.join(missing)}")
    told = [area.area_id for area in stored.summary.areas]
    found = stored.layers["areas"].table["area_id"].to_pylist()
    if told != found or stored.summary.units != len(stored.layers["units"].table):
        what = "holds other areas or units than the summary says"
        raise InputError(Problem(name, what, "They are of different runs: make the designation again."))
    return stored


READERS: dict[str, Callable[[Path], Layers]] = {
    ".gpkg": read_geopackage,
    ".parquet": lambda path: read_files(path, read_parquet_layer),
    ".fgb": lambda path: read_files(path, read_flatgeobuf_layer),
    ".geojson": lambda path: read_files(path, read_geojson_layer),
    ".xlsx": read_workbook,
    ".csv": lambda path: read_files(path, read_csv_layer),
}
"""How a file is read, by the end of its name; those that hold the most come first."""
