"""Arrow tables as the frames of pandas and geopandas, which are loaded when a frame is asked for; frames as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.messages.errors import InputError, MissingPackageError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.sources.stores import is_store

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.designation.layers import Layer
    from udsat_geo.policy.load import LoadedPolicy


EXTRA = "report"
GEOMETRY = "geometry"
"""What the column of geometries is called in a frame, as geopandas calls it."""


def needed(package: str, what: str, instead: str = "") -> Any:
    """A package that draws, of the extra ``report``.

    Raises
    ------
    MissingPackageError
        If it is not installed.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        # one that is there and broken says itself what it lacks
        if error.name != package:
            raise
        raise MissingPackageError(what, package, EXTRA, instead) from None


def layer_as_frame(layer: Layer) -> gpd.GeoDataFrame:
    """A layer with geometries as a GeoDataFrame in its own reference system."""
    import geopandas

    from udsat_geo.designation.columns import GEOMETRY as WKB

    drawn = WKB in layer.table.column_names
    attributes = table_as_frame(layer.table.drop_columns(WKB) if drawn else layer.table)
    # what was read from a format without geometries has none
    shapes = layer.table.column(WKB).to_numpy() if drawn else [None] * len(attributes)
    geometry = geopandas.GeoSeries.from_wkb(shapes, index=attributes.index, crs=layer.crs)
    frame: gpd.GeoDataFrame = geopandas.GeoDataFrame(attributes, geometry=geometry.rename(GEOMETRY))
    return frame


def rows_as_frame(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> pd.DataFrame:
    """Rows as a DataFrame with the columns named, also where there is no row."""
    import pyarrow as pa

    rows, columns = list(rows), list(columns)
    return table_as_frame(pa.table({column: pa.array([row.get(column) for row in rows]) for column in columns}))


def table_as_frame(table: Any) -> pd.DataFrame:
    """An Arrow table as a DataFrame.

    Whole numbers and truth values with gaps stay what they are, where pandas would make floats and objects.
    """
    import pandas as pd
    import pyarrow as pa

    nullable = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas()
    for name, column in zip(table.column_names, table.columns, strict=True):
        if column.null_count and column.type in nullable:
            frame[name] = column.to_pandas(types_mapper=nullable.get)
    return frame


PathLike = str | Path
"""A file or folder by its name."""

_NO_YEAR = 1970
"""The stamp of a GeoPackage whose contents have no year."""


def policy_of(
    policy: str | Path | Mapping[str, Any] | LoadedPolicy, references: Mapping[str, float] | None = None
) -> LoadedPolicy:
    """A policy by its name, its file, or as it is, with the figures that it leaves open.

    Raises
    ------
    InputError
        If there is no such policy, or it or a reference is wrong.
    """
    from udsat_geo.policy.load import LoadedPolicy, load_policy, with_references

    named = str(policy) if isinstance(policy, Path) else policy
    loaded = named if isinstance(named, LoadedPolicy) else load_policy(named)
    return with_references(loaded, tuple(f"{name}={value}" for name, value in (references or {}).items()))


def path_of(name: PathLike | None) -> Path | None:
    """A path; None where nothing is named.

    Raises
    ------
    InputError
        If it is the address of a store.
    """
    if isinstance(name, str) and is_store(name):
        what, remedy = _("lies in a store, and this call reads files"), _("Fetch it, and name the folder.")
        raise InputError(Problem(name, what, remedy))
    return None if name is None else Path(name)


def write_frame(name: str, frame: Any, folder: Path) -> Path:
    """A frame as a file: a GeoPackage, or without geometries a table of CSV; the same frame gives the same bytes.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    import pyogrio.errors

    from udsat_geo.files.geopackage import steady_gdal

    if not hasattr(frame, "to_crs"):
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False)
        return path
    if frame.crs is None:
        raise InputError(Problem(name, _("does not say its reference system"), _("Set it with set_crs.")))
    path = folder / f"{name}.gpkg"
    unwritable = pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError
    try:
        with steady_gdal(_NO_YEAR):
            frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio", index=False)
    except (*unwritable, ValueError) as error:
        what = _("cannot be read ({reason})").format(reason=str(error).split("\n")[0])
        raise InputError(Problem(name, what, _("Keep only columns of plain values."))) from None
    return path
