"""A GeoPackage made complete: what it says of its columns and origin, styles, and a project, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from udsat_geo.io.contents import read_contents
from udsat_geo.io.data_columns import write_data_columns
from udsat_geo.io.iso19115 import write_iso_metadata
from udsat_geo.io.qgis.layer_styles import write_layer_styles
from udsat_geo.io.qgis.project import write_project
from udsat_geo.io.qgis.styles import styles_of


def dress_designation(path: Path, summary: Mapping[str, Any]) -> None:
    """Add to a designation's GeoPackage all that is no layer of it; the same designation gives the same bytes.

    Parameters
    ----------
    path : Path
        As `udsat_geo.io.geopackage.write_geopackage` wrote its layers.
    summary : mapping
        Of the designation, see `udsat_geo.io.summary.summarise`.

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
