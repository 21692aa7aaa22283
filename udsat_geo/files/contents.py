"""What a GeoPackage holds, as it says itself: its layers, their columns, extents and reference systems."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

_OURS = ("features", "attributes")


@dataclass(frozen=True)
class ReferenceSystem:
    """A spatial reference system; `code` as ``EPSG:25832``, empty where it has none."""

    code: str
    name: str
    wkt: str


@dataclass(frozen=True)
class PackageLayer:
    """A layer, or a table without geometry.

    Its columns stand in their order, the key of the rows first, without the geometry (as ``geom`` of the type
    ``MULTIPOLYGON``). The extent is least and greatest easting and northing, None of a table or an empty layer.
    """

    name: str
    columns: tuple[str, ...]
    geometry_column: str | None = None
    geometry_type: str | None = None
    extent: tuple[float, float, float, float] | None = None

    @property
    def is_spatial(self) -> bool:
        """Whether its rows lie anywhere."""
        return self.geometry_column is not None

    @property
    def is_point(self) -> bool:
        """Whether its rows are points."""
        return "POINT" in (self.geometry_type or "")

    @property
    def drawn_as(self) -> str:
        """What QGIS calls its geometries."""
        return "Point" if self.is_point else "Line" if "LINE" in (self.geometry_type or "") else "Polygon"


@dataclass(frozen=True)
class Contents:
    """What a GeoPackage holds: its layers in the order in which they were written, and the system of them all."""

    layers: dict[str, PackageLayer]
    reference_system: ReferenceSystem


def read_contents(connection: sqlite3.Connection) -> Contents:
    """Read what a GeoPackage holds; an `sqlite3.Error` if it is damaged or none."""
    geometry = {
        table: (column, kind, srs)
        for table, column, kind, srs in connection.execute(
            "SELECT table_name, column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns"
        )
    }
    layers: dict[str, PackageLayer] = {}
    rows = connection.execute(
        "SELECT table_name, data_type, min_x, min_y, max_x, max_y FROM gpkg_contents ORDER BY rowid"
    )
    for name, data_type, *corners in rows.fetchall():
        if data_type not in _OURS:
            continue
        column, kind, _srs = geometry.get(name, (None, None, None))
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({identifier(name)})")]
        columns, extent = tuple(one for one in names if one != column), None if None in corners else tuple(corners)
        layers[name] = PackageLayer(name, columns, column, kind, extent)
    systems = {srs for _column, _kind, srs in geometry.values()}
    return Contents(layers, _reference_system(connection, min(systems) if systems else 0))


def _reference_system(connection: sqlite3.Connection, srs_id: int) -> ReferenceSystem:
    organization, number, name, wkt = connection.execute(
        "SELECT organization, organization_coordsys_id, srs_name, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        [srs_id],
    ).fetchone()
    known = organization.upper() not in ("NONE", "CUSTOM") and number > 0
    return ReferenceSystem(f"{organization}:{number}".upper() if known else "", name, wkt)


def identifier(name: str) -> str:
    """A name in double quotes, as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'
