"""The GeoPackage of a designation (GDAL through pyogrio): every layer, and the tables status and overrides."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from udsat_geo.designation.columns import LAYER_TEXTS, describe_column, describe_layer, texts_of
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.layers import GEOMETRY, Layer, each_layer
from udsat_geo.files.contents import Contents, PackageLayer, clean, read_contents
from udsat_geo.files.iso19115 import write_iso_metadata
from udsat_geo.files.qgis.project import write_project
from udsat_geo.files.qgis.styles import styles_of, write_layer_styles

_TABLES = (
    """CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  name TEXT,
  title TEXT,
  description TEXT,
  mime_type TEXT,
  constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name)
)""",
    """CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL,
  constraint_type TEXT NOT NULL,
  value TEXT,
  min NUMERIC,
  min_is_inclusive BOOLEAN,
  max NUMERIC,
  max_is_inclusive BOOLEAN,
  description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
)""",
)
_DEFINITION = "http://www.geopackage.org/spec120/#extension_schema"


def write_data_columns(
    connection: sqlite3.Connection, contents: Contents, language: str, criteria: Iterable[Mapping[str, Any]] = ()
) -> None:
    """Title and describe every layer and column in a language.

    Parameters
    ----------
    connection : sqlite3.Connection
    contents : Contents
    language : {"da", "en"}
    criteria : iterable of mappings
        As in the summary of a designation.
    """
    for table in _TABLES:
        connection.execute(table)
    ours = [layer for layer in contents.layers.values() if layer.name in LAYER_TEXTS[language]]
    for layer in ours:
        told = describe_layer(layer.name, language)
        connection.execute(
            "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
            [told.title, told.text, layer.name],
        )
    columns = [row for layer in ours for row in _columns(layer, language, criteria)]
    connection.executemany("INSERT INTO gpkg_data_columns VALUES (?, ?, NULL, ?, ?, NULL, ?)", columns)
    of_column = {row[4]: (row[0], row[1]) for row in columns if row[4] is not None}
    connection.executemany(
        "INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
        [
            (name, value, text)
            for name, (layer_name, column) in of_column.items()
            for value, text in texts_of(layer_name, column, language).items()
        ],
    )
    connection.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
        [(table, _DEFINITION) for table in ("gpkg_data_columns", "gpkg_data_column_constraints")],
    )


def _columns(
    layer: PackageLayer, language: str, criteria: Iterable[Mapping[str, Any]]
) -> list[tuple[str, str, str, str, str | None]]:
    """Table, column, title, meaning and constraint of each column that is described."""
    rows = []
    for column in layer.columns:
        told = describe_column(layer.name, column, language, criteria)
        if told is not None:
            constraint = _constraint(layer.name, column) if texts_of(layer.name, column, language) else None
            rows.append((layer.name, column, clean(told.title), clean(told.text), constraint))
    return rows


def _constraint(layer: str, column: str) -> str:
    """The name of the values that a column may have; columns of the same values share it."""
    return "unit_event" if (layer, column) == ("changed_units", "event") else column


def dress_designation(path: Path, summary: Mapping[str, Any]) -> None:
    """Add to a designation's GeoPackage all that is no layer of it; the same designation gives the same bytes.

    Parameters
    ----------
    path : Path
        As `udsat_geo.files.geopackage.write_geopackage` wrote its layers.
    summary : mapping
        Of the designation, see `udsat_geo.designation.summary.summarise`.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    language, criteria = summary["language"], summary["criteria"]
    with _written(path) as connection:
        contents = read_contents(connection)
        write_data_columns(connection, contents, language, criteria)
        write_iso_metadata(connection, contents, summary)
        styles = {name: styles_of(layer, language, summary) for name, layer in contents.layers.items()}
        write_layer_styles(connection, styles, contents.layers, f"{summary['year']}-12-31T00:00:00.000Z")
        write_project(connection, path.name, contents, styles, summary)


def dress_comparison(path: Path, language: str, year: int) -> None:
    """Add titles, meanings and styles to the GeoPackage of a comparison.

    Parameters
    ----------
    path : Path
    language : {"da", "en"}
    year : int
        Of the stamp.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with _written(path) as connection:
        contents = read_contents(connection)
        write_data_columns(connection, contents, language)
        styles = {name: styles_of(layer, language) for name, layer in contents.layers.items()}
        write_layer_styles(connection, styles, contents.layers, f"{year:04}-12-31T00:00:00.000Z")


@contextmanager
def _written(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are all written, or none where something goes wrong."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            # the file stands aside until it is whole: a journal of its own would protect nothing
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise OSError(f"{path.name} could not be completed: {error}") from None


_FAST = {
    # the file is written aside and moved in when it is whole: a journal of its own would protect nothing
    "OGR_SQLITE_JOURNAL": "OFF",
    "OGR_SQLITE_SYNCHRONOUS": "OFF",
    # large pages write hundreds of thousands of features in two thirds of the time
    "OGR_SQLITE_PRAGMA": "page_size=16384,locking_mode=EXCLUSIVE",
}


def write_geopackage(designation: Designation, path: Path) -> None:
    """Write all layers; the same designation gives the same bytes.

    Parameters
    ----------
    designation : Designation
    path : Path
        Must not exist.

    Raises
    ------
    OSError, pyogrio.errors.DataSourceError
        If the file cannot be written.
    """
    with steady_gdal(designation.year):
        for layer in each_layer(designation):
            write_layer(path, layer, _stamp(designation) if layer.name == "areas" else None)


@contextmanager
def steady_gdal(year: int) -> Iterator[None]:
    """Settings under which the same layers give the same bytes, fast.

    GDAL stamps a GeoPackage with the time of writing; here it is the last day of `year`.
    """
    import pyogrio

    settings: dict[str, Any] = {"OGR_CURRENT_DATE": f"{year}-12-31T00:00:00.000Z", **_FAST}
    pyogrio.set_gdal_config_options(settings)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(settings))


def _stamp(designation: Designation) -> dict[str, str]:
    """What the file says of itself in its metadata; QGIS shows it under the layer's information."""
    policy = designation.policy
    return {
        "source": designation.inputs.source,
        "year": str(designation.year),
        "policy": policy.policy.id,
        "policy_sha256": policy.sha256,
    }


def write_layer(path: Path, layer: Layer, metadata: dict[str, str] | None = None) -> None:
    """Add a layer; `metadata` of the whole file comes with the first one, which makes it."""
    import pyogrio

    options: dict[str, Any] = {"driver": "GPKG", "append": path.exists(), "layer": layer.name}
    spatial = layer.geometry_type is not None
    options |= {"geometry_name": GEOMETRY if spatial else None}
    options |= {"geometry_type": layer.geometry_type, "crs": layer.crs}
    options["layer_options"] = {"GEOMETRY_NAME": GEOMETRY} if spatial else {"ASPATIAL_VARIANT": "GPKG_ATTRIBUTES"}
    if metadata is not None:
        options["dataset_metadata"] = metadata
    # version 1.2 is what the GDAL of older QGIS releases reads without a warning
    pyogrio.write_arrow(layer.table, path, dataset_options={"VERSION": "1.2"}, **options)
