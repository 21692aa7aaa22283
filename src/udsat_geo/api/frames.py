"""Arrow tables as the frames of pandas and geopandas, where those are installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from udsat_geo.errors import MissingPackageError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.io.layers import Layer

EXTRA = "notebook"
GEOMETRY = "geometry"
"""What the column of geometries is called in a frame, as geopandas calls it."""


def needed(package: str, what: str, instead: str = "") -> Any:
    """A package of the extra ``notebook``.

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


def layer_as_frame(layer: Layer, what: str) -> gpd.GeoDataFrame:
    """A layer as a GeoDataFrame in its own reference system.

    Parameters
    ----------
    layer : Layer
        With geometries.
    what : str
        What was asked for, in messages.

    Raises
    ------
    MissingPackageError
        If geopandas is not installed.
    """
    from udsat_geo.io import layers

    instead = f'to_arrow("{layer.name}") does without.'
    geopandas = needed("geopandas", what, instead)
    drawn = layers.GEOMETRY in layer.table.column_names
    attributes = _frame(layer.table.drop_columns(layers.GEOMETRY) if drawn else layer.table)
    # what was read from a format without geometries has none
    shapes = layer.table.column(layers.GEOMETRY).to_numpy() if drawn else [None] * len(attributes)
    geometry = geopandas.GeoSeries.from_wkb(shapes, index=attributes.index, crs=layer.crs)
    frame: gpd.GeoDataFrame = geopandas.GeoDataFrame(attributes, geometry=geometry.rename(GEOMETRY))
    return frame


def table_as_frame(table: Any, what: str, instead: str = "") -> pd.DataFrame:
    """An Arrow table as a DataFrame.

    Raises
    ------
    MissingPackageError
        If pandas is not installed.
    """
    needed("pandas", what, instead)
    return _frame(table)


def rows_as_frame(rows: Iterable[Mapping[str, Any]], columns: Iterable[str], what: str) -> pd.DataFrame:
    """Rows as a DataFrame with the columns named, also where there is no row.

    Raises
    ------
    MissingPackageError
        If pandas is not installed.
    """
    needed("pandas", what)
    import pyarrow as pa

    rows, columns = list(rows), list(columns)
    return _frame(pa.table({column: pa.array([row.get(column) for row in rows]) for column in columns}))


def _frame(table: Any) -> pd.DataFrame:
    """Whole numbers and truth values with gaps stay what they are, where pandas would make floats and objects."""
    import pandas as pd
    import pyarrow as pa

    nullable = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas()
    for name, column in zip(table.column_names, table.columns, strict=True):
        if column.null_count and column.type in nullable:
            frame[name] = column.to_pandas(types_mapper=nullable.get)
    return frame
