"""What a GeoPackage says of its layers and columns: titles, meanings, and the values that columns of keys may have.

The tables of the extension "Schema": OGC 12-128r14 (GeoPackage 1.2), annex F.9.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from udsat_geo.io.column_wording import LAYER_TEXTS
from udsat_geo.io.contents import Contents, PackageLayer
from udsat_geo.io.describing import describe_column, describe_layer
from udsat_geo.io.value_wording import texts_of
from udsat_geo.io.xml_text import clean

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
