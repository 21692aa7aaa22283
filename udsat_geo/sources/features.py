"""Reading vector files: whatever GDAL reads, GeoParquet, and tables without geometry.

Attributes come as an Arrow table, geometries as an array, the reference system as text; nothing is reprojected here.
"""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.limits import check_file
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.sources.crs import (
    FARTHEST_M,
    check_crs,
    positions_out_of_reach,
    reproject,
    same_crs,
    short_crs,
)
from udsat_geo.sources.csv import TableSettings, read_csv_table
from udsat_geo.sources.formats import BLANK, check_vector_file
from udsat_geo.sources.gdal import limited_gdal
from udsat_geo.sources.kinds import parquet_parts, partitions_of, table_kind
from udsat_geo.sources.origins import name_of


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The module pyogrio for a file whose content has been checked.

    Raises
    ------
    InputError
        If it is no vector file.
    ValueError
        With GDAL's reason if it cannot be read.
    """
    check_vector_file(path, name_of(path))
    with limited_gdal() as gdal, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield gdal
        except IndexError:
            # a file that GDAL opens and finds nothing in
            raise ValueError(_("it holds no layer")) from None
        except (gdal.errors.DataSourceError, gdal.errors.DataLayerError, OSError) as error:
            # a page damaged inside comes up as an OSError of Arrow
            raise ValueError(str(error).split(";")[0].split("\n")[0]) from None


def list_layers(path: Path) -> list[str]:
    """The layers of a file by name.

    Raises
    ------
    InputError, ValueError
        If it is no vector file; with GDAL's reason if it cannot be read.
    """
    with _opened(path) as gdal:
        return [str(name) for name in gdal.list_layers(path)[:, 0]]


def spatial_layers(path: Path) -> list[str]:
    """The layers of a file that have geometries; all of them where none has.

    A table beside them (QGIS keeps the styles of layers in one) is not what is meant by a vector file.

    Raises
    ------
    InputError, ValueError
        See `list_layers`.
    """
    with _opened(path) as gdal:
        layers = [(str(name), kind) for name, kind in gdal.list_layers(path)]
    return [name for name, kind in layers if kind is not None] or [name for name, kind in layers]


def stamp_of(path: Path) -> dict[str, str]:
    """What a file says of itself as a whole, by GDAL's keys; nothing where it says nothing.

    Raises
    ------
    InputError, ValueError
        See `list_layers`.
    """
    with _opened(path) as gdal:
        return dict(gdal.read_info(path)["dataset_metadata"] or {})


def read_layer(path: Path, layer: str | None, **wanted: Any) -> tuple[dict[str, Any], Any]:
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
    InputError, ValueError
        See `list_layers`.
    """
    with _opened(path) as gdal:
        meta, table = gdal.read_arrow(path, layer=layer, **wanted)
    return meta, table


def geometry_column(meta: dict[str, Any]) -> str:
    """What the column of geometries is called in a table that `read_layer` gave."""
    return str(meta["geometry_name"] or "wkb_geometry")


REPROJECTED = N_("{name}: reprojected from {source} to {target}")
TAKEN_AS = N_("{name}: does not say its reference system, and is taken to be in {crs}")
"""What is told of a file's reference system."""

_UNDEFINED = re.compile(r"\bUndefined (Cartesian |geographic )?SRS\b", re.IGNORECASE)
"""What GeoPackages call that they say nothing (OGC 12-128, clause 1.1.2.1.2: -1 and 0)."""

_STATES_CRS = re.compile(rb'"(crs|spatialReference)"\s*:')
_START = 1 << 16

_ONE = (N_("unit"), N_("area"), N_("parcel"), N_("polling district"))
"""What one of the geometries of a file is called in examples."""
_WITHOUT = {
    "unit": N_("units without a geometry"),
    "area": N_("areas without a geometry"),
    "parcel": N_("parcels without a geometry"),
    "row": N_("rows without a geometry"),
}


def check_polygons(name: str, geometry: NDArray[np.object_], ids: NDArray[np.object_], one: str = "unit") -> None:
    """Check that geometries are polygons that can be worked with.

    Parameters
    ----------
    name : str
        Of the file, for the message.
    geometry : object (shapely), shape (n,)
    ids : object (str), shape (n,)
    one : str
        What one of them is called in the message.

    Raises
    ------
    InputError
        For geometries that are missing, no polygons, infinite or invalid.
    """
    import shapely

    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    other = ~missing & ~np.isin(shapely.get_type_id(geometry), (3, 6))
    bounds = shapely.bounds(geometry)
    infinite = ~missing & ~np.isfinite(bounds).all(axis=1)
    invalid = ~missing & ~other & ~infinite & ~shapely.is_valid(geometry)
    problems = []
    for wrong, what, remedy in (
        (missing, _(_WITHOUT.get(one, _WITHOUT["row"])), _("Remove them or draw them.")),
        (other, _("geometries that are no polygons"), _("Keep polygons only.")),
        (
            infinite,
            _("geometries with infinite coordinates"),
            _("Check the file's reference system, or export it again."),
        ),
        (invalid, _("invalid geometries"), _("Mend them, in QGIS with the tool Fix geometries.")),
    ):
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            example = f"{_(one)} {ids[first]}"
            if wrong is invalid:
                example += f" ({why_invalid(geometry[first])})"
            problems.append(Problem(name, what, remedy, int(wrong.sum()), example))
    if problems:
        raise InputError(problems)


def why_invalid(geometry: Any) -> str:
    """What is wrong with a geometry, as GEOS says it."""
    import shapely

    # of coordinates near the largest number there is, it reckons beyond it
    with np.errstate(all="ignore"):
        return str(shapely.is_valid_reason(geometry))


def shared_areas(
    polygons: NDArray[np.object_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs of polygons that overlap, and by how much.

    Parameters
    ----------
    polygons : object (shapely), shape (n,)

    Returns
    -------
    head, tail : int64, shape (n_pairs,)
        With ``head < tail``, sorted by head, then tail; a border alone is no overlap.
    shared_m2 : float64, shape (n_pairs,)
    """
    import shapely

    head, tail = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    once = head < tail
    head, tail = head[once].astype(np.int64), tail[once].astype(np.int64)
    shared_m2 = shapely.area(shapely.intersection(polygons[head], polygons[tail]))
    over = np.flatnonzero(shared_m2 > 0)
    over = over[np.lexsort((tail[over], head[over]))]
    return head[over], tail[over], shared_m2[over]


@dataclass(frozen=True)
class Features:
    """The content of one layer.

    Attributes
    ----------
    name : str
        Of the file.
    attributes : pyarrow.Table, n_features rows
    geometry : object (shapely), shape (n_features,), or None
        None where the file is a plain table.
    crs : str or None
        As ``EPSG:25832`` where it has such a code, else as WKT; None if the file does not say.
    notes : tuple of str
        How the file is written, where that had to be found out.
    """

    name: str
    attributes: Any
    geometry: NDArray[np.object_] | None
    crs: str | None
    notes: tuple[str, ...] = ()


def read_features(
    path: Path, as_text: bool = False, language: str = "en", settings: TableSettings | None = None
) -> Features:
    """Read the one layer of a vector file, or a plain CSV or Parquet table.

    Parameters
    ----------
    path : Path
        ``file.gpkg|layername=zones`` names one of several layers.
    as_text : bool
        Leave every value of a CSV table the text that it is.
    language : {"da", "en"}
        Of the notes.
    settings : TableSettings, optional
        How a CSV table is written, where that is not to be found out.

    Raises
    ------
    InputError
        If the file is missing, empty, damaged, or has several layers and none is named.
    """
    features = _read_features(path, as_text, language, settings)
    table = features.attributes
    # a Mac writes letters and their marks apart, which look the same: names of columns are compared in one form
    names = [unicodedata.normalize("NFC", name) for name in table.column_names]
    if names != table.column_names:
        features = dataclasses.replace(features, attributes=table.rename_columns(names))
    return features


def _read_features(path: Path, as_text: bool, language: str, settings: TableSettings | None) -> Features:
    text, _bar, layer = str(path).partition("|layername=")
    file = Path(text)
    if not file.exists():
        raise InputError(Problem(str(file), _("no such file"), _("Check the path.")))
    check_file(file, name_of(file), whole=True)
    if file.is_file() and file.stat().st_size == 0:
        raise InputError(Problem(name_of(file), _("is an empty file"), _("Export it again.")))
    kind = table_kind(file)
    if kind == "parquet":
        return _read_parquet(file)
    if kind == "sas":
        from udsat_geo.sources.sas import read_sas

        return Features(name_of(file), read_sas(file), None, None)
    if kind == "csv":
        table, note = read_csv_table(file, as_text, language, settings)
        return Features(name_of(file), table, None, None, (note,))
    return _read_gdal(file, layer or None)


def file_of(path: Path) -> Path:
    """The file of a path that may name a layer in it."""
    return Path(str(path).partition("|layername=")[0])


def points_of(features: Features, told_crs: str | None = None) -> tuple[Any, str, tuple[Note, ...]]:
    """A layer of points as a table with ``easting`` and ``northing``.

    Parameters
    ----------
    features : Features
        With geometries.
    told_crs : str, optional
        What holds for a file that does not say its reference system.

    Returns
    -------
    table : pyarrow.Table
        Positions are empty where a geometry is.
    crs : str
        The reference system of the positions.
    notes : tuple of Note
        What was made of the reference system.

    Raises
    ------
    InputError
        If a geometry is no point, or the reference system is not known.
    """
    import pyarrow as pa
    import shapely

    geometry: NDArray[np.object_] = features.geometry  # type: ignore[assignment]
    crs = features.crs or told_crs
    if crs is None:
        remedy = _("Set it in the file, or say it in registers.toml: crs.")
        raise InputError(Problem(features.name, _("does not say its reference system"), remedy))
    check_crs(crs, features.name)
    notes = () if features.crs is not None else (Note(TAKEN_AS, {"name": features.name, "crs": short_crs(crs)}),)
    points, missing = geometry.copy(), shapely.is_missing(geometry) | shapely.is_empty(geometry)
    # many a program makes collections of one of all points
    single = shapely.get_num_geometries(points) == 1
    points[single] = shapely.get_geometry(points[single], 0)
    wrong = ~missing & (shapely.get_type_id(points) != 0)
    if wrong.any():
        example = geometry[np.flatnonzero(wrong)[0]].geom_type
        raise InputError(Problem(features.name, _("geometries that are no points"), "", int(wrong.sum()), example))
    positions = np.full((len(points), 2), np.nan)
    positions[~missing] = shapely.get_coordinates(points[~missing])
    easting, northing = positions.T
    missing = np.isnan(easting) | np.isnan(northing)
    table = features.attributes
    for name, values in (("easting", easting), ("northing", northing)):
        if name in table.column_names:
            table = table.drop_columns(name)
        table = table.append_column(name, pa.array(values, mask=missing))
    return table, crs, notes


def features_in(
    path: Path, wanted_crs: str, as_text: bool = False, language: str = "en"
) -> tuple[Features, str | None]:
    """The features of a file in a wanted reference system, two-dimensional.

    Parameters
    ----------
    path : Path
    wanted_crs : str
    as_text, language
        See `read_features`.

    Returns
    -------
    features : Features
        Geometries reprojected where that was needed; a plain table stays as it is.
    reprojected_from : str or None
        The file's own reference system, for a note, where it was another one.

    Raises
    ------
    InputError
        If the file cannot be read, does not say its reference system, or has positions that are no numbers or that
        the wanted one cannot hold.
    """
    import shapely

    features = read_features(path, as_text, language)
    if features.geometry is None:
        return features, None
    if features.crs is None:
        remedy = _("Set it in the file; the units are in {crs}.").format(crs=short_crs(wanted_crs))
        raise InputError(Problem(features.name, _("does not say its reference system"), remedy))
    check_crs(features.crs, features.name)
    geometry = shapely.force_2d(features.geometry)
    infinite = _out_of_bounds(geometry, np.finfo(np.float64).max)
    if len(infinite):
        what, example = _("coordinates that are no finite numbers"), _("feature {n}").format(n=infinite[0] + 1)
        raise InputError(Problem(features.name, what, _("Export the file again."), len(infinite), example))
    told = None
    if not same_crs(features.crs, wanted_crs):
        geometry = reproject(geometry, features.crs, wanted_crs, features.name)
        told = short_crs(features.crs)
    far = _out_of_bounds(geometry, FARTHEST_M)
    if len(far):
        raise InputError(positions_out_of_reach(features.name, wanted_crs, far))
    return dataclasses.replace(features, geometry=geometry, crs=wanted_crs), told


def geometries_of(column: Any) -> NDArray[np.object_]:
    """Geometries of an Arrow column of well-known binary, shape (n,).

    Raises
    ------
    ValueError
        With the reason if one cannot be read.
    NotImplementedError
        If one is curved.
    """
    import shapely

    try:
        # coordinates that are no numbers are for the caller to find
        with np.errstate(invalid="ignore"):
            geometry: NDArray[np.object_] = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
    except (shapely.errors.GEOSException, TypeError) as error:
        raise ValueError((str(error).partition(": ")[2] or str(error)).strip()) from None
    return geometry


def texts_of(features: Features, column: str) -> list[str]:
    """The values of a column as texts without space around; empty where there is none.

    Raises
    ------
    InputError
        See `values_of`.
    """
    return as_texts(features.attributes, column, features.name)


def as_texts(table: Any, column: str, name: str) -> list[str]:
    """The values of a column of an Arrow table as `texts_of` gives them; `name` is that of the file."""
    return [_text(value, column, name) for value in values_of(table, column, name)]


def keys_of(table: Any, column: str, name: str) -> list[str]:
    """The values of a column as ids, by one rule whatever their type; empty where there is none.

    Bytes are UTF-8, whole numbers have no decimals (164.0 is 164, in a column of texts where all are written so), NaN
    is none, and spaces around do not count.

    Parameters
    ----------
    table : pyarrow.Table
    column : str
    name : str
        Of the file.

    Raises
    ------
    InputError
        See `values_of`.
    """
    keys = ["" if key in _NO_KEY else key for key in as_texts(table, column, name)]
    if any(keys) and all(not key or _WHOLE.fullmatch(key) for key in keys):
        keys = [key.partition(".")[0] for key in keys]
    return keys


_NO_KEY = frozenset(["nan", "NaN", "null", "NULL", "None", "<NA>"])
"""What programs write where there is no id."""
_WHOLE = re.compile(r"-?[0-9]+\.0+")


def _text(value: Any, column: str, name: str) -> str:
    """A value as text: bytes are UTF-8, NaN is none, and a whole number has no decimals."""
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(_unreadable(column, name, str(error))) from None
    elif isinstance(value, float | Decimal):
        value = None if value != value else int(value) if value == value // 1 else value
    return "" if value is None else str(value).strip("\0").strip()


def values_of(table: Any, column: str, name: str) -> list[Any]:
    """The values of a column of an Arrow table; None is missing.

    Parameters
    ----------
    table : pyarrow.Table
    column : str
    name : str
        Of the file.

    Raises
    ------
    InputError
        If some cannot be read.
    """
    try:
        values: list[Any] = table.column(column).to_pylist()
    except (ValueError, OverflowError, KeyError) as error:
        # bytes that are no UTF-8, days that no calendar has, a name that two columns have
        raise InputError(_unreadable(column, name, str(error))) from None
    return values


def _unreadable(column: str, name: str, reason: str) -> Problem:
    where = _("{file}, column {column}").format(file=name, column=column)
    what = _("holds values that cannot be read ({reason})").format(reason=reason)
    return Problem(where, what, _("Export the file again, as UTF-8."))


def _out_of_bounds(geometry: NDArray[np.object_], farthest: float) -> NDArray[np.int64]:
    """The features with a coordinate that is no number or farther from 0, in rising order."""
    import shapely

    positions, feature = shapely.get_coordinates(geometry, return_index=True)
    return np.unique(feature[~(np.abs(positions) <= farthest).all(axis=1)])


def _read_gdal(file: Path, layer: str | None) -> Features:
    name = name_of(file)
    try:
        layers = spatial_layers(file)
        if layer is None and len(layers) > 1:
            remedy = _('Name one: "{example}".').format(example=f"{name}|layername={layers[0]}")
            what = _("holds several layers: {layers}").format(layers=", ".join(layers))
            raise InputError(Problem(name, what, remedy))
        meta, table = read_layer(file, layer or next(iter(layers), None))
    except ValueError as error:
        what = _("cannot be read: {reason}").format(reason=error)
        raise InputError(Problem(name, what, _("Check that GDAL opens it."))) from None
    column = geometry_column(meta)
    if column not in table.column_names:
        return Features(name, table, None, None)
    geometry = _geometries(table.column(column), name)
    return Features(name, table.drop_columns(column), geometry, _stated_crs(meta["crs"], file, geometry))


def _stated_crs(crs: str | None, file: Path, geometry: NDArray[np.object_]) -> str | None:
    """The reference system that a file states; GeoJSON that states none is in degrees, unless its numbers are none."""
    if crs is None or _UNDEFINED.search(crs):
        return None
    if not file.is_file() or not same_crs(crs, "EPSG:4326") or not _beyond_degrees(geometry):
        return crs
    with file.open("rb") as opened:
        start = opened.read(_START)
        opened.seek(max(0, file.stat().st_size - _START))
        is_json = start.lstrip(BLANK + b"\x1e").startswith((b"{", b"["))
        return None if is_json and not _STATES_CRS.search(start + b"\n" + opened.read()) else crs


def _beyond_degrees(geometry: NDArray[np.object_]) -> bool:
    """Whether hardly any position of geometries can be one of degrees."""
    import shapely

    positions = shapely.get_coordinates(geometry)
    return len(positions) > 0 and bool((np.abs(positions) > (180, 90)).any(axis=1).mean() > 0.5)


def _geometries(column: Any, name: str) -> NDArray[np.object_]:
    try:
        return geometries_of(column)
    except NotImplementedError:
        remedy = _("Make them straight, in QGIS with the tool Segmentize by maximum angle.")
        raise InputError(Problem(name, _("holds curved geometries"), remedy)) from None
    except ValueError as error:
        what = _("holds a geometry that cannot be read: {reason}").format(reason=error)
        raise InputError(Problem(name, what, _("Mend it, in QGIS with the tool Fix geometries."))) from None


def _read_parquet(file: Path) -> Features:
    import pyarrow as pa
    import pyarrow.parquet

    name = name_of(file)
    try:
        table = _read_parts(file)
    except (pa.ArrowException, OSError) as error:
        what = _("cannot be read: {reason}").format(reason=str(error).split("\n")[0])
        raise InputError(Problem(name, what, _("Export it again."))) from None
    metadata = table.schema.metadata or {}
    if b"geo" not in metadata:
        return Features(name, table, None, None)
    primary, column = _geo_column(metadata[b"geo"], name)
    if primary not in table.column_names:
        what = _("says that its geometries stand in a column {column}, which is not there").format(column=primary)
        raise InputError(Problem(name, what, _("Export it again.")))
    # GeoParquet: an absent crs means OGC:CRS84, null means unknown
    crs = column.get("crs", "OGC:CRS84")
    text = crs if crs is None or isinstance(crs, str) else json.dumps(crs)
    return Features(name, table.drop_columns(primary), _geometries(table.column(primary), name), text)


def _read_parts(file: Path) -> Any:
    """A Parquet table, whole: a file, or the parts of a folder with what its folders say as columns of text."""
    import pyarrow as pa
    import pyarrow.parquet

    tables = []
    for part in parquet_parts(file):
        table = _of_plain_types(pyarrow.parquet.read_table(part, partitioning=None))
        for name, value in partitions_of(file, part).items():
            if name not in table.column_names:
                table = table.append_column(name, pa.array([value] * table.num_rows, pa.string()))
        tables.append(table)
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="permissive")


def _of_plain_types(table: Any) -> Any:
    """The columns that Arrow can put in another order: views (of Polars) as what they show, without what is left."""
    import pyarrow as pa

    plain = {"string_view": pa.string(), "binary_view": pa.binary()}
    for column in [field.name for field in table.schema if str(field.type) in plain]:
        place = table.column_names.index(column)
        kind = plain[str(table.schema.field(place).type)]
        table = table.set_column(place, column, table.column(place).cast(kind))
    nothing = pa.array([], pa.int64())
    for place in reversed(range(table.num_columns)):
        try:
            table.column(place).slice(0, 0).take(nothing)
        except pa.ArrowNotImplementedError:
            table = table.remove_column(place)
    return table


def _geo_column(metadata: bytes, name: str) -> tuple[str, dict[str, Any]]:
    """The name and the description of the primary geometry column in GeoParquet's metadata.

    Source: GeoParquet 1.1.0, file metadata.
    """
    try:
        geo = json.loads(metadata)
        primary = str(geo["primary_column"])
        column: dict[str, Any] = dict(geo["columns"][primary])
    except (ValueError, TypeError, KeyError, RecursionError):
        what = _("its metadata do not say where geometries stand")
        raise InputError(Problem(name, what, _("Export it again, as GeoParquet."))) from None
    if column.get("encoding", "WKB") != "WKB":
        what = _("its geometries are encoded as {encoding}").format(encoding=column["encoding"])
        raise InputError(Problem(name, what, _("Export it again with the encoding WKB.")))
    return primary, column
