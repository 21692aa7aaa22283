"""Reading vector files: whatever GDAL reads, GeoParquet, and tables without geometry.

Attributes come as an Arrow table, geometries as an array, the reference system as text; nothing is reprojected here.
"""

from __future__ import annotations

import dataclasses
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem


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


def read_features(path: Path) -> Features:
    """Read the one layer of a vector file, or a plain CSV or Parquet table.

    Parameters
    ----------
    path : Path
        ``file.gpkg|layername=zones`` names one of several layers.

    Raises
    ------
    InputError
        If the file is missing, empty, damaged, or has several layers and none is named.
    """
    text, _, layer = str(path).partition("|layername=")
    file = Path(text)
    if not file.exists():
        raise InputError(Problem(str(file), "no such file", "Check the path."))
    if file.is_file() and file.stat().st_size == 0:
        raise InputError(Problem(file.name, "is an empty file", "Export it again."))
    if file.suffix in (".parquet", ".geoparquet"):
        return _read_parquet(file)
    if file.suffix == ".csv":
        return _read_csv(file)
    return _read_gdal(file, layer or None)


def read_points(path: Path, wanted_crs: str, told_crs: str | None = None) -> Any:
    """A layer of points as a table with ``easting`` and ``northing``.

    Parameters
    ----------
    path : Path
    wanted_crs : str
        The reference system the points must be in.
    told_crs : str, optional
        What holds for a file that does not say its reference system.

    Raises
    ------
    InputError
        If a geometry is no point, or the reference system is another one or not known.
    """
    import shapely

    features = read_features(path)
    if features.geometry is None:
        return features.attributes
    crs = features.crs or told_crs
    if crs is None:
        remedy = "Set it in the file, or say it in registers.toml: crs."
        raise InputError(Problem(features.name, "does not say its reference system", remedy))
    check_crs(crs, features.name)
    if not same_crs(crs, wanted_crs):
        remedy = f"Reproject the file to {wanted_crs}."
        raise InputError(Problem(features.name, f"is in {short_crs(crs)}, not in {wanted_crs}", remedy))
    kinds = shapely.get_type_id(features.geometry)
    wrong = ~np.isin(kinds, (-1, 0))
    if wrong.any():
        example = features.geometry[np.flatnonzero(wrong)[0]].geom_type
        raise InputError(Problem(features.name, "geometries that are no points", "", int(wrong.sum()), example))
    import pyarrow as pa

    easting, northing = shapely.get_x(features.geometry), shapely.get_y(features.geometry)
    missing = np.isnan(easting) | (kinds == -1)
    table = features.attributes
    for name, values in (("easting", easting), ("northing", northing)):
        if name in table.column_names:
            table = table.drop_columns(name)
        table = table.append_column(name, pa.array(values, mask=missing))
    return table


def features_in(path: Path, wanted_crs: str) -> tuple[Features, str | None]:
    """The features of a file in a wanted reference system, two-dimensional.

    Parameters
    ----------
    path : Path
    wanted_crs : str

    Returns
    -------
    features : Features
        Geometries reprojected where that was needed; a plain table stays as it is.
    reprojected_from : str or None
        The file's own reference system, for a note, where it was another one.

    Raises
    ------
    InputError
        If the file cannot be read, or does not say its reference system.
    """
    import shapely

    features = read_features(path)
    if features.geometry is None:
        return features, None
    if features.crs is None:
        remedy = f"Set it in the file; the units are in {short_crs(wanted_crs)}."
        raise InputError(Problem(features.name, "does not say its reference system", remedy))
    check_crs(features.crs, features.name)
    geometry = shapely.force_2d(features.geometry)
    if same_crs(features.crs, wanted_crs):
        return dataclasses.replace(features, geometry=geometry), None
    moved = reproject(geometry, features.crs, wanted_crs)
    told = short_crs(features.crs)
    return dataclasses.replace(features, geometry=moved, crs=wanted_crs), told


def same_crs(one: str, other: str) -> bool:
    """Whether two reference systems are the same, however they are written.

    Raises
    ------
    InputError
        If one of them is not known.
    """
    if one == other:
        return True
    return bool(_crs(one).equals(_crs(other), ignore_axis_order=True))


def check_crs(crs: str, where: str) -> None:
    """Check that a reference system is known.

    Raises
    ------
    InputError
        If it is not; `where` says who names it.
    """
    try:
        _crs(crs)
    except InputError:
        what = f"the reference system {crs[:80]!r} is not known"
        raise InputError(Problem(where, what, "Name it by its EPSG code.")) from None


def is_projected_in_metres(crs: str) -> bool:
    """Whether positions in a reference system are metres on a plane."""
    known = _crs(crs)
    return bool(known.is_projected) and all(axis.unit_name == "metre" for axis in known.axis_info[:2])


def crs_code(crs: str) -> str:
    """A reference system by its code; in full, as WKT, where it has none."""
    known = _crs(crs)
    authority = known.to_authority()
    return ":".join(authority) if authority else str(known.to_wkt())


def short_crs(crs: str) -> str:
    """A reference system by its code or name, for a reader."""
    known = _crs(crs)
    authority = known.to_authority()
    return ":".join(authority) if authority else str(known.name)


def reproject(geometry: NDArray[np.object_], source: str, target: str) -> NDArray[np.object_]:
    """Geometries in another reference system, shape kept."""
    import pyproj
    import shapely

    transform = pyproj.Transformer.from_crs(_crs(source), _crs(target), always_xy=True).transform

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform(xy[:, 0], xy[:, 1]))

    result: NDArray[np.object_] = shapely.transform(geometry, moved)
    return result


def _crs(text: str) -> Any:
    import pyproj

    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        raise InputError(
            Problem(f"reference system {text[:80]!r}", "is not known", "Name it by its EPSG code.")
        ) from None


def reading_gdal() -> Any:
    """The module pyogrio, set to leave no ``.aux.xml`` of its own beside the files that it reads."""
    import pyogrio

    pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": "NO"})
    return pyogrio


def _read_gdal(file: Path, layer: str | None) -> Features:
    pyogrio = reading_gdal()
    try:
        layers = pyogrio.list_layers(file)
        if layer is None and len(layers) > 1:
            names = ", ".join(str(name) for name in layers[:, 0])
            remedy = f'Name one: "{file.name}|layername={layers[0][0]}".'
            raise InputError(Problem(file.name, f"holds several layers: {names}", remedy))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, table = pyogrio.read_arrow(file, layer=layer)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
    ) as error:
        reason = str(error).split(";")[0].split("\n")[0]
        raise InputError(Problem(file.name, f"cannot be read: {reason}", "Check that GDAL opens it.")) from None
    name = meta["geometry_name"] or "wkb_geometry"
    if name not in table.column_names:
        return Features(file.name, table, None, None)
    return Features(file.name, table.drop_columns(name), _geometries(table.column(name), file.name), meta["crs"])


def _geometries(column: Any, name: str) -> NDArray[np.object_]:
    """Geometries of a column of well-known binary."""
    import shapely

    try:
        # coordinates that are no numbers are for the caller to find
        with np.errstate(invalid="ignore"):
            geometry: NDArray[np.object_] = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
    except NotImplementedError:
        remedy = "Make them straight, in QGIS with the tool Segmentize by maximum angle."
        raise InputError(Problem(name, "holds curved geometries", remedy)) from None
    except shapely.errors.GEOSException as error:
        what = f"holds a geometry that cannot be read: {str(error).partition(': ')[2] or error}"
        raise InputError(Problem(name, what, "Mend it, in QGIS with the tool Fix geometries.")) from None
    return geometry


def _read_parquet(file: Path) -> Features:
    import pyarrow as pa
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(file)
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).split("\n")[0]
        raise InputError(Problem(file.name, f"cannot be read: {reason}", "Export it again.")) from None
    metadata = table.schema.metadata or {}
    if b"geo" not in metadata:
        return Features(file.name, table, None, None)
    geo = json.loads(metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    # GeoParquet: an absent crs means OGC:CRS84, null means unknown
    crs = column.get("crs", "OGC:CRS84")
    geometry = _geometries(table.column(geo["primary_column"]), file.name)
    text = crs if crs is None or isinstance(crs, str) else json.dumps(crs)
    return Features(file.name, table.drop_columns(geo["primary_column"]), geometry, text)


def _read_csv(file: Path) -> Features:
    """A CSV table by the same rules as registers: encoding and separator found out, numbers by DuckDB's types."""
    import duckdb

    from udsat_geo.registers.dialect import read_dialect
    from udsat_geo.registers.settings import TableSettings

    dialect = read_dialect(file, TableSettings())
    decimal = "," if dialect.separator == ";" and _has_decimal_comma(file, dialect.encoding) else "."
    try:
        table = (
            duckdb.connect(":memory:")
            .read_csv(str(file), sep=dialect.separator, encoding=dialect.encoding, header=True, decimal=decimal)
            .to_arrow_table()
        )
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(Problem(file.name, f"cannot be read: {reason}", "Mend the file.")) from None
    return Features(file.name, table, None, None, (f"{file.name}: {dialect.with_decimal(decimal)}",))


def _has_decimal_comma(file: Path, encoding: str) -> bool:
    import re

    with file.open(encoding=encoding) as text:
        next(text)
        return any(
            re.search(r"(^|;)-?\d*,\d+(;|$)", line.strip()) for line, _ in zip(text, range(10_000), strict=False)
        )
