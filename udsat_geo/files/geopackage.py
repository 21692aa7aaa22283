"""The GeoPackage of a designation (GDAL through pyogrio): every layer, and the tables status and overrides."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from udsat_geo.designation.columns import DESCRIBED, GEOMETRY, describe_column, describe_layer, texts_of
from udsat_geo.designation.layers import Layer, Layers
from udsat_geo.files.atomic_write import all_or_none, cannot_write
from udsat_geo.files.contents import Contents, read_contents
from udsat_geo.files.iso19115 import write_iso_metadata
from udsat_geo.files.qgis.project import write_project, write_public_project
from udsat_geo.files.qgis.styles import Style, styles_of, write_layer_styles
from udsat_geo.files.xml_template import clean
from udsat_geo.messages.errors import OutputError, reason_of
from udsat_geo.messages.translate import _
from udsat_geo.units.sums import INTERNAL

_SCRIPT = Path(__file__).with_name("dressing.sql")


def write_data_columns(
    connection: sqlite3.Connection, contents: Contents, language: str, criteria: Iterable[Mapping[str, Any]] = ()
) -> None:
    """Title and describe every layer and column, and what the values of columns of keys are called, in a language."""
    of_constraint: dict[str, dict[str, str]] = {}
    for layer in contents.layers.values():
        if layer.name not in DESCRIBED:
            continue
        told = describe_layer(layer.name, language)
        connection.execute(
            "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
            [told.title, told.text, layer.name],
        )
        for column in layer.columns:
            described = describe_column(layer.name, column, language, criteria)
            if described is None:
                continue
            constraint = None
            if values := texts_of(layer.name, column, language):
                # columns of the same values share it
                constraint = "unit_event" if (layer.name, column) == ("changed_units", "event") else column
                of_constraint[constraint] = dict(values)
            connection.execute(
                "INSERT INTO gpkg_data_columns VALUES (?, ?, NULL, ?, ?, NULL, ?)",
                [layer.name, column, clean(described.title), clean(described.text), constraint],
            )
    connection.executemany(
        "INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
        [(name, value, text) for name, values in of_constraint.items() for value, text in values.items()],
    )


def dress_designation(path: Path, summary: Mapping[str, Any]) -> None:
    """Add to a designation's GeoPackage all that is no layer of it; the same designation gives the same bytes.

    Parameters
    ----------
    path : Path
        As `write_geopackage` wrote its layers.
    summary : mapping
        Of the designation.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with _dressed(path, summary["language"], summary["year"], summary) as (connection, contents, styles):
        write_iso_metadata(connection, contents, summary)
        write_policy_texts(connection, summary)
        write_project(connection, path.name, contents, styles, summary)


_TOML = "https://toml.io/en/v1.0.0"
"""What the texts of policies keep to: they are told by it among a file's metadata."""


def write_policy_texts(connection: sqlite3.Connection, summary: Mapping[str, Any]) -> None:
    """Add the policy's file, then those that it extends, to the metadata of the whole file."""
    for text in summary.get("policy_texts", ()):
        row = connection.execute(
            "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) "
            "VALUES ('dataset', ?, 'application/toml', ?)",
            [_TOML, text],
        )
        connection.execute(
            "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, ?, NULL)",
            [f"{summary['year']:04}-12-31T00:00:00.000Z", row.lastrowid],
        )


def policy_texts_of(path: Path) -> tuple[str, ...]:
    """The texts that `write_policy_texts` wrote into a GeoPackage; none where it has none, or is none.

    Parameters
    ----------
    path : Path
        A file that is there; it is not changed.
    """
    asked = "SELECT metadata FROM gpkg_metadata WHERE md_standard_uri = ? ORDER BY id"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return tuple(str(text) for (text,) in connection.execute(asked, [_TOML]))
    except sqlite3.Error:
        return ()


def dress_comparison(path: Path, language: str, year: int) -> None:
    """Add titles, meanings and styles to the GeoPackage of a comparison, whose stamp is of a year."""
    with _dressed(path, language, year):
        pass


def dress_public(path: Path, content: Mapping[str, Any]) -> None:
    """Add titles, meanings, styles and a project to the GeoPackage of a public set."""
    with _dressed(path, content["language"], content["year"], {**content, "changes": None}) as dressed:
        connection, contents, styles = dressed
        write_public_project(connection, path.name, contents, styles, content)


def write_analysis(
    out: Path, name: str, layers: Iterable[Layer], stamp: dict[str, str], year: int, language: str
) -> Path:
    """Write the layers of a question about a designation as a GeoPackage of its own, whole or not.

    Parameters
    ----------
    out : Path
        A folder, made where it is missing.
    name : str
        Of the file.
    layers : iterable of Layer
    stamp : dict
        What the file says of itself.
    year : int
    language : {"da", "en"}

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    return write_with_texts(out, name, layers, stamp, year, language, lambda _folder: {}, ())[0]


def write_with_texts(
    out: Path,
    name: str,
    layers: Iterable[Layer],
    stamp: dict[str, str],
    year: int,
    language: str,
    texts: Callable[[Path], Mapping[str, str]],
    names: Sequence[str],
    dress: Callable[[Path], None] | None = None,
) -> list[Path]:
    """As `write_analysis`, with text files that are made when the GeoPackage lies there; all files, or none.

    Parameters
    ----------
    texts : callable
        The content of each text file, by name, from the folder where the GeoPackage lies.
    names : sequence of str
        Of these text files.
    dress : callable, optional
        Adds to the GeoPackage what is no layer of it; as `dress_comparison` without it.
    """
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    try:
        with all_or_none(out, [name, *names]) as folder:
            with steady_gdal(year):
                for layer in layers:
                    write_layer(folder / name, layer, stamp)
            if dress is None:
                dress_comparison(folder / name, language, year)
            else:
                dress(folder / name)
            for text_name, text in texts(folder).items():
                (folder / text_name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(cannot_write(out, reason_of(error))) from None
    except (DataSourceError, DataLayerError, FeatureError) as error:
        raise OutputError(cannot_write(out, str(error).split("\n")[0])) from None
    return [out / each for each in (name, *names)]


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(path, isolation_level=None)
    except sqlite3.Error as error:
        raise OSError(_("{file} could not be completed: {error}").format(file=path.name, error=error)) from None


@contextmanager
def _dressed(
    path: Path, language: str, year: int, summary: Mapping[str, Any] | None = None
) -> Iterator[tuple[sqlite3.Connection, Contents, dict[str, tuple[Style, ...]]]]:
    """A GeoPackage with titles, meanings and styles, to add more to: all is written, or nothing where it goes wrong."""
    with closing(_opened(path)) as connection:
        try:
            # the file stands aside until it is whole: a journal of its own would protect nothing
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            contents = read_contents(connection)
            connection.executescript(f"BEGIN;{_SCRIPT.read_text(encoding='utf-8')}")
            write_data_columns(connection, contents, language, () if summary is None else summary["criteria"])
            local = _criteria_of_local(connection, contents)
            styles = {name: styles_of(layer, language, summary, local) for name, layer in contents.layers.items()}
            write_layer_styles(connection, styles, contents.layers, f"{year:04}-12-31T00:00:00.000Z")
            yield connection, contents, styles
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            message = _("{file} could not be completed: {error}")
            raise OSError(message.format(file=path.name, error=error)) from None


def _criteria_of_local(connection: sqlite3.Connection, contents: Contents) -> tuple[str, ...]:
    """The criteria that local statistics are of, in their order."""
    if "local_statistics" not in contents.layers:
        return ()
    asked = "SELECT criterion FROM local_statistics GROUP BY criterion ORDER BY min(rowid)"
    return tuple(row[0] for row in connection.execute(asked))


_FAST = {
    # the file is written aside and moved in when it is whole: a journal of its own would protect nothing
    "OGR_SQLITE_JOURNAL": "OFF",
    "OGR_SQLITE_SYNCHRONOUS": "OFF",
    # large pages write hundreds of thousands of features in two thirds of the time
    "OGR_SQLITE_PRAGMA": "page_size=16384,locking_mode=EXCLUSIVE",
}


def write_geopackage(layers: Layers, folder: Path, stem: str) -> None:
    """Write all layers, dressed, into ``STEM.gpkg``, which must not exist; the same layers give the same bytes.

    Raises
    ------
    OSError, pyogrio.errors.DataSourceError
        If the file cannot be written.
    """
    path, policy = folder / f"{stem}.gpkg", layers.summary.policy
    # what the file says of itself in its metadata; QGIS shows it under the layer's information
    stamp = {
        "source": layers.summary.source,
        "audience": INTERNAL,
        "run": layers.summary.run,
        "year": str(layers.year),
        "policy": policy.id,
    }
    with steady_gdal(layers.year):
        # GDAL builds the spatial index of a file's first layer beside its rows: that shall be the largest
        for layer in sorted(layers, key=lambda layer: -len(layer.table)):
            write_layer(path, layer, {**stamp, "policy_sha256": policy.sha256})
    _put_in_order(path, [layer.name for layer in layers])
    dress_designation(path, layers.summary.as_dict())


def _put_in_order(path: Path, names: Sequence[str]) -> None:
    """Bring the layers of a file into an order: the first is what is read where none is named."""
    with closing(_opened(path)) as connection:
        try:
            # the file stands aside until it is whole: a journal of its own would protect nothing
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            connection.execute("UPDATE gpkg_contents SET rowid = -rowid")
            places = [(place, name) for place, name in enumerate(names, 1)]
            connection.executemany("UPDATE gpkg_contents SET rowid = ? WHERE table_name = ?", places)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            message = _("{file} could not be completed: {error}")
            raise OSError(message.format(file=path.name, error=error)) from None


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


def write_layer(path: Path, layer: Layer, stamp: dict[str, str] | None = None) -> None:
    """Add a layer; the first one makes the file, with a stamp of the whole in its metadata."""
    import pyogrio

    made, spatial = path.exists(), layer.geometry_type is not None
    pyogrio.write_arrow(
        in_batches(layer.table),
        path,
        driver="GPKG",
        append=made,
        layer=layer.name,
        geometry_name=GEOMETRY if spatial else None,
        geometry_type=layer.geometry_type,
        crs=layer.crs,
        # version 1.2 is what the GDAL of older QGIS releases reads without a warning
        dataset_options={"VERSION": "1.2"},
        layer_options={"GEOMETRY_NAME": GEOMETRY} if spatial else {"ASPATIAL_VARIANT": "GPKG_ATTRIBUTES"},
        dataset_metadata=None if made else stamp,
    )


ROWS_OF_A_BATCH = 65_536
"""GDAL's bytes depend on how many rows come at a time: so a table that came in parts gives the same. Own choice."""


def in_batches(table: Any) -> Any:
    """A table as batches of so many rows each, whatever it is made of; only one at a time is put together."""
    import pyarrow as pa

    def batches() -> Iterator[Any]:
        for start in range(0, len(table), ROWS_OF_A_BATCH):
            yield from table.slice(start, ROWS_OF_A_BATCH).combine_chunks().to_batches()

    if len(table) <= ROWS_OF_A_BATCH:
        return table.combine_chunks()
    return pa.RecordBatchReader.from_batches(table.schema, batches())


def write_polygons(path: Path, table: Any, crs: str) -> None:
    """Write one plain layer of polygons, named after its file.

    Parameters
    ----------
    path : Path
    table : pyarrow.Table
        With a column ``geometry`` of well-known binary; it may have no rows.
    crs : str
    """
    import pyogrio

    pyogrio.write_arrow(
        table,
        path,
        driver="GPKG",
        layer=path.stem,
        geometry_name="geometry",
        geometry_type="Polygon",
        crs=crs,
        dataset_options={"VERSION": "1.2"},
    )
