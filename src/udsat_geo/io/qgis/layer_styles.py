"""The table of styles that QGIS looks into when it opens a layer of a GeoPackage."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from udsat_geo.io.contents import PackageLayer
from udsat_geo.io.qgis.styles import Style

TABLE = "layer_styles"
_CREATE = (
    'CREATE TABLE "layer_styles" ( "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "f_table_catalog" TEXT(256), '
    '"f_table_schema" TEXT(256), "f_table_name" TEXT(256), "f_geometry_column" TEXT(256), "styleName" TEXT(30), '
    '"styleQML" TEXT, "styleSLD" TEXT, "useAsDefault" BOOLEAN, "description" TEXT, "owner" TEXT(30), "ui" TEXT(30), '
    "\"update_time\" DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"
)
"""As QGIS 3.22 makes it."""
_COUNTED = tuple(
    f'CREATE TRIGGER "trigger_{event}_feature_count_layer_styles" AFTER {event.upper()} ON "layer_styles" BEGIN '
    f"UPDATE gpkg_ogr_contents SET feature_count = feature_count {change} 1 "
    "WHERE lower(table_name) = lower('layer_styles'); END"
    for event, change in (("insert", "+"), ("delete", "-"))
)
"""GDAL's own count of the rows, kept while QGIS saves further styles."""


def write_layer_styles(
    connection: sqlite3.Connection,
    styles: Mapping[str, Sequence[Style]],
    layers: Mapping[str, PackageLayer],
    stamp: str,
) -> None:
    """Write the styles of layers, the first of each as its default.

    Parameters
    ----------
    connection : sqlite3.Connection
    styles : mapping
        Layer -> its styles.
    layers : mapping
    stamp : str
        The time that the file gives for all it holds.
    """
    connection.execute(_CREATE)
    rows = [
        (name, layers[name].geometry_column or "", style.name, style.text(), number == 0, style.description, stamp)
        for name, of_layer in styles.items()
        for number, style in enumerate(of_layer)
    ]
    connection.executemany(
        'INSERT INTO "layer_styles" (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "styleName", '
        '"styleQML", "styleSLD", "useAsDefault", description, owner, ui, update_time) '
        "VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
        rows,
    )
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES (?, 'attributes', ?, '', ?, 0)",
        [TABLE, TABLE, stamp],
    )
    connection.execute("INSERT INTO gpkg_ogr_contents VALUES (?, ?)", [TABLE, len(rows)])
    for trigger in _COUNTED:
        connection.execute(trigger)
