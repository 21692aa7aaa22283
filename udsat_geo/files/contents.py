"""What a GeoPackage holds, as it says itself: its layers, their columns, extents and reference systems."""

from __future__ import annotations

import re
import sqlite3
import xml.etree.ElementTree as ET
from dataclasses import dataclass

_OURS = ("features", "attributes")


@dataclass(frozen=True)
class ReferenceSystem:
    """A spatial reference system.

    Attributes
    ----------
    code : str
        As ``EPSG:25832``; empty where it has none.
    name : str
    wkt : str
    """

    code: str
    name: str
    wkt: str


@dataclass(frozen=True)
class PackageLayer:
    """A layer or a table without geometry.

    Attributes
    ----------
    name : str
    columns : tuple of str
        In their order, the key of the rows first, without the geometry.
    geometry_column, geometry_type : str or None
        As ``geom`` and ``MULTIPOLYGON``; None of a table.
    extent : tuple of float or None
        Least easting and northing, greatest easting and northing; None of a table or an empty layer.
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


@dataclass(frozen=True)
class Contents:
    """What a GeoPackage holds.

    Attributes
    ----------
    layers : dict
        Name -> `PackageLayer`, in the order in which they were written.
    reference_system : ReferenceSystem
        Of all its layers.
    """

    layers: dict[str, PackageLayer]
    reference_system: ReferenceSystem


def read_contents(connection: sqlite3.Connection) -> Contents:
    """Read what a GeoPackage holds.

    Raises
    ------
    sqlite3.Error
        If it is damaged or none.
    """
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
        column, kind, _ = geometry.get(name, (None, None, None))
        columns = tuple(row[1] for row in connection.execute(f"PRAGMA table_info({identifier(name)})"))
        layers[name] = PackageLayer(
            name, tuple(c for c in columns if c != column), column, kind, None if None in corners else tuple(corners)
        )
    systems = {srs for _, _, srs in geometry.values()}
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


FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 allows in no form, escaped or not (its production 2, Char)."""


def clean(text: str) -> str:
    """A text without the characters that XML has no way to write."""
    return FORBIDDEN.sub("", text)


def as_text(root: ET.Element, head: str = "") -> str:
    """A document; markup in its texts is escaped, characters that XML forbids are left out.

    Parameters
    ----------
    root : Element
    head : str
        What comes before it: a declaration or document type.
    """
    # cleaned once, at the end: no text that goes in can be forgotten
    return head + clean(ET.tostring(root, encoding="unicode"))
