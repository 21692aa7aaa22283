"""Reading a designation back, from what it was written to: GeoPackage, GeoParquet or PostGIS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from udsat_geo.designation.columns import GEOMETRY, LAYERS, OPTIONAL, TABLES, as_typed
from udsat_geo.designation.layers import Layer, Layers
from udsat_geo.designation.summary import Summary, read_summary_text
from udsat_geo.files.atomic_write import settle
from udsat_geo.files.formats import parts_of_units, read_parquet, read_parquet_parts
from udsat_geo.files.postgis import Database, database_of, holds_schema, is_database, read_database
from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import text_of_json
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import printable
from udsat_geo.sources.features import geometry_column, list_layers, read_layer, stamp_of
from udsat_geo.sources.origins import name_of, origin_of

WRITTEN_ONLY = (".geojson", ".fgb", ".csv", ".xlsx", ".tif")
"""The files of a designation that are written for others."""


def read_layers(where: str | Path) -> Layers:
    """Read a designation back: what `udsat_geo.designation.layers.layers_of` gives of the one that was written.

    Parameters
    ----------
    where : str or Path
        A ``designation_YEAR.gpkg``; a GeoParquet file of any of its layers; its JSON, which stands beside them; a
        folder that holds a single designation; or a database, ``postgresql://USER@HOST/DATABASE?schema=NAME``.

    Raises
    ------
    InputError
        If it is missing, damaged, or no designation of ours.
    """
    if is_database(where):
        database = database_of(str(where))
        return _in_one_message(lambda: read_database(database), database.shown)
    path = Path(where)
    complete(path if path.is_dir() else path.parent)
    path = _only_one(path) if path.is_dir() else path
    path = _beside(path) if path.suffix.lower() == ".json" else path
    if not path.is_file():
        raise InputError(Problem(str(path), _("no such designation"), _("Name a designation_YEAR file that is there.")))
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        what, known = _("is no designation that can be read"), _(" or ").join(READERS)
        if path.suffix.lower() in WRITTEN_ONLY:
            what = _("is written for others, and not read back")
        remedy = _("Name the file of {known} beside it, or write that one as well.").format(known=known)
        raise InputError(Problem(str(where), what, remedy))
    return _in_one_message(lambda: reader(path), path.name)


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
    return _in_one_message(lambda: read_database(replace(database, schema=schema)), f"{database.shown}?schema={schema}")


def read_summary(path: Path) -> Summary:
    """The summary beside a designation's GeoPackage.

    Raises
    ------
    InputError
        If it is missing or no summary of a designation.
    """
    beside = path.with_suffix(".json")
    complete(path.parent)
    try:
        text = text_of_json(beside)
    except OSError as error:
        if origin_of(path) is not None:
            what = _("is a designation, whose summary (.json) does not come with it")
            remedy = _("Keep both files here, or name its areas as polygons: ...|layername=areas.")
            raise InputError(Problem(name_of(path), what, remedy)) from None
        what = _("cannot be read ({reason})").format(reason=reason_of(error))
        raise InputError(Problem(str(beside), what, _("It belongs beside the other files."))) from None
    except UnicodeDecodeError:
        raise InputError(Problem(beside.name, _("is not JSON"), _("Make the designation again."))) from None
    return read_summary_text(text, beside.name)


def complete(folder: Path) -> None:
    """Complete results that a killed run left half in place.

    Raises
    ------
    InputError
        If that cannot be done.
    """
    try:
        settle(folder)
    except OSError as error:
        what = _("holds results of a run that was killed, and they cannot be put in place ({reason})")
        told = what.format(reason=reason_of(error))
        raise InputError(
            Problem(str(folder), told, _("Mend its permissions, or make the designation again."))
        ) from None


def stems_of(path: Path) -> Iterator[str]:
    """What a file of a layer may be called without the layer, the most likely first."""
    for name in sorted(LAYERS, key=len, reverse=True):
        if path.stem.endswith(f"_{name}"):
            yield path.stem.removesuffix(f"_{name}")


def _in_one_message(read: Callable[[], Layers], name: str) -> Layers:
    """What is read, checked; what is not as this product writes it is told in one message."""
    try:
        return _checked(read(), name)
    except (KeyError, ValueError, NotImplementedError) as error:
        # a KeyError puts what it says in quotes
        said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        what = _("is no designation of ours ({reason})").format(reason=said.split("\n")[0])
        raise InputError(Problem(name, what, _("Make the designation again, or name another file."))) from None


def _checked(layers: Layers, name: str) -> Layers:
    """Refuse layers that are not there, and those that are of another run than the summary.

    Somebody else's may hold texts that a terminal would obey, which ours do not: they are shown as they stand there.
    """
    missing = [layer for layer in LAYERS if layer not in layers.layers and layer not in OPTIONAL]
    if missing:
        raise ValueError(_("it has no {layers}").format(layers=", ".join(missing)))
    for layer, columns in _KEYS.items():
        missing = [f"{layer}.{column}" for column in columns if column not in layers.layers[layer].table.column_names]
        if missing:
            raise ValueError(_("it has no {layers}").format(layers=", ".join(missing)))
    read = {key: replace(layer, table=_printable(layer.table)) for key, layer in layers.layers.items()}
    listed = [area.area_id for area in layers.summary.areas]
    found = read["areas"].table["area_id"].to_pylist()
    if listed != found or layers.summary.units != len(read["units"].table):
        what = _("holds other areas or units than the summary says")
        raise InputError(Problem(name, what, _("They are of different runs: make the designation again.")))
    return Layers(layers.summary, read)


_KEYS = {
    "areas": ("area_id", "name", "residents"),
    "units": ("unit_id", "residents"),
    "changes": ("area_id", "event"),
    "status": ("criterion",),
}
"""Columns that every version wrote."""


def _printable(table: pa.Table) -> pa.Table:
    import pyarrow.compute as pc

    for place, column in enumerate(table.column_names):
        texts = table[column]
        texts.validate(full=True)
        if pa.types.is_string(texts.type) and pc.any(pc.match_substring_regex(texts, _OBEYED)).as_py():
            clean = [None if text is None else printable(text) for text in texts.to_pylist()]
            table = table.set_column(place, table.schema.field(column), pa.array(clean, texts.type))
    return table


_OBEYED = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{202a}-\x{202e}\x{2066}-\x{2069}\x{fffe}\x{ffff}]"
"""What `printable` replaces, in Arrow's language."""


def _read_geopackage(path: Path) -> Layers:
    """A GeoPackage and the JSON beside it."""
    summary, present = read_summary(path), set(list_layers(path))
    run = stamp_of(path).get("run", "")
    if run and summary.run and run != summary.run:
        what = _("is of another run than {json} beside it").format(json=path.with_suffix(".json").name)
        raise InputError(Problem(path.name, what, _("Put the files of one run together, or make it again.")))
    return Layers(summary, {name: _layer(path, name, summary) for name in LAYERS if name in present})


def _layer(path: Path, name: str, summary: Summary) -> Layer:
    """A layer of a GeoPackage, its columns of their types."""
    meta, table = read_layer(path, name)
    drawn = geometry_column(meta)
    if name in TABLES:
        return Layer(name, as_typed(name, table.drop_columns([drawn] if drawn in table.column_names else [])))
    columns = [column for column in table.column_names if column != drawn]
    ordered = table.select([*columns, drawn]).rename_columns([*columns, GEOMETRY])
    return Layer(name, as_typed(name, ordered), meta["geometry_type"], summary.as_written(meta["crs"]))


def _read_parquet_files(path: Path) -> Layers:
    """A designation from the GeoParquet file of one of its layers, the others and the JSON beside it."""
    stems = list(stems_of(path))
    if not stems:
        raise ValueError(_("its name does not end in the name of a layer"))
    stem = next((stem for stem in stems if (path.parent / f"{stem}.json").is_file()), stems[0])
    summary = read_summary(path.parent / f"{stem}.json")
    files = {name: path.parent / f"{stem}_{name}{path.suffix}" for name in LAYERS}
    read = {name: read_parquet(file, name, summary) for name, file in files.items() if file.is_file()}
    if "units" not in read and (parts := parts_of_units(path.parent, stem)):
        read["units"] = read_parquet_parts(parts, "units", summary)
    return Layers(summary, {name: read[name] for name in LAYERS if name in read})


READERS: dict[str, Callable[[Path], Layers]] = {".gpkg": _read_geopackage, ".parquet": _read_parquet_files}
"""How a file is read, by the end of its name."""


def _only_one(folder: Path) -> Path:
    """The JSON of the one designation in a folder."""
    found = sorted(folder.glob("designation_*.json"))
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(Problem(str(folder), _("holds no designation"), _("Name another folder.")))
    what = _("holds several designations: {files}").format(files=", ".join(path.name for path in found))
    raise InputError(Problem(str(folder), what, _("Name one of its files.")))


def _beside(summary: Path) -> Path:
    """A file of the designation that a JSON tells of, in the first format there is that is read back."""
    for suffix in READERS:
        # units may be in parts
        ends = (f"_{layer}{suffix}" for layer in ("units", "areas"))
        for path in (summary.with_suffix(suffix), *(summary.with_name(f"{summary.stem}{end}") for end in ends)):
            if path.is_file():
                return path
    remedy = _("Put the file of {known} beside it.").format(known=_(" or ").join(READERS))
    raise InputError(Problem(str(summary), _("stands alone: no file beside it can be read back"), remedy))
