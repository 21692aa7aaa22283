"""The content of a layer in one canonical form: its features in a fixed order, its hash, and the file it is kept in.

Order: by the numbers that the features' ids end in, where they all do (``railways.7``), as servers number the rows of
a table; else by what the features hold. However a service pages, sorts or formats, the same features give the same
file and the same hash.

Hash: SHA-256 over lines of JSON in UTF-8. The first holds the code of the reference system and the names of the
columns, each further one a feature: its values in that order, then its geometry as hexadecimal well-known binary. Ids
that the service gives its features are no part of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.services.answers import Page
from udsat_geo.services.straight import as_straight
from udsat_geo.vector import check_crs, crs_code, geometries_of, geometry_column, read_layer, reproject, same_crs

GEOMETRY = "geometry"
MARGIN = 1.0
"""Degrees that data may lie beside the box that a service gives for a layer; boxes are often rough. Own choice."""

_NUMBERED = re.compile(r"(.*?)(\d{1,18})")
_OLD_ADDRESS = re.compile(r"https?://www\.opengis\.net/gml/srs/epsg\.xml#(\d+)")


@dataclass(frozen=True)
class Content:
    """Features of one layer.

    Attributes
    ----------
    attributes : pyarrow.Table, n_features rows
    geometry : pyarrow.Array of binary, n_features, or None
        Well-known binary.
    crs : str or None
    ids : tuple of str, n_features
        As the service gives them, empty texts where it gives none.
    """

    attributes: Any
    geometry: Any
    crs: str | None
    ids: tuple[str, ...]

    def check_place(self, box: tuple[float, float, float, float] | None, name: str) -> None:
        """Check that the positions lie about where the service says that the layer lies.

        A service that names one reference system and sends positions of another is found out by this.

        Raises
        ------
        InputError
            If all of them lie elsewhere.
        """
        import shapely

        if box is None or self.crs is None or self.geometry is None:
            return
        try:
            bounds = shapely.total_bounds(geometries_of(self.geometry))
        except (ValueError, NotImplementedError):
            return  # whoever reads the features says what is wrong with them
        if not np.isfinite(bounds).all():
            return
        here = shapely.total_bounds(reproject(np.array([shapely.box(*bounds)]), self.crs, "EPSG:4326", name))
        west, south, east, north = box
        beside = (
            here[0] > east + MARGIN or here[2] < west - MARGIN or here[1] > north + MARGIN or here[3] < south - MARGIN
        )
        if beside or not np.isfinite(here).all():
            what = f"sends positions far from where it says that the layer lies (longitude {west:g} to {east:g}, "
            what += f"latitude {south:g} to {north:g}), as of another reference system than {crs_code(self.crs)[:40]}"
            raise InputError(Problem(name, what, "Ask for another one with SRSNAME=..., or tell who runs the service."))


def page_of_gml(path: Path, schema: Path | None, page: Page, default_crs: str, name: str) -> Content:
    """One answer of a service, read by GDAL.

    Parameters
    ----------
    path : Path
        GML.
    schema : Path or None
        Of its columns.
    page : Page
        What was found in it before.
    default_crs : str
        What holds where the answer names no reference system; empty for none.
    name : str
        Of the source.

    Raises
    ------
    InputError
        If GDAL cannot read it or finds other features, or its geometries are of several reference systems.
    """
    import pyarrow as pa

    if not page.ids:
        return Content(pa.table({}), None, None, ())
    options = {"DOWNLOAD_SCHEMA": "NO", "EXPOSE_GML_ID": "YES", "WRITE_GFS": "NO", "FORCE_SRS_DETECTION": "YES"}
    if schema is not None:
        options["XSD"] = str(schema)
    try:
        meta, table = read_layer(path, None, **options)
    except ValueError as error:
        raise InputError(Problem(name, f"answers with GML that cannot be read: {error}", "")) from None
    ids = table.column("gml_id").to_pylist() if "gml_id" in table.column_names else list(page.ids)
    if len(ids) != len(page.ids) or [text or "" for text in ids] != page.ids:
        what = f"answers with GML of which {table.num_rows:,} of {len(page.ids):,} features can be read"
        raise InputError(Problem(name, what, "Ask whoever runs the service."))
    column = geometry_column(meta)
    geometry = as_straight(table.column(column)) if column in table.column_names else None
    told = [system_of(text) for text in page.systems] or ([system_of(default_crs)] if default_crs else [])
    crs = _one_system(told, meta["crs"], name) if geometry is not None else None
    kept = [each for each in table.column_names if each not in (column, "gml_id")]
    return Content(table.select(kept), geometry, crs, tuple(page.ids))


def system_of(text: str) -> str:
    """A reference system as a service writes it, by its code where that is an old web address."""
    old = _OLD_ADDRESS.fullmatch(text.strip())
    return f"EPSG:{old.group(1)}" if old else text.strip()


def joined(parts: Sequence[Content], name: str) -> Content:
    """Pages as one content, its features in their order.

    Raises
    ------
    InputError
        If pages have columns that do not go together, or different reference systems.
    """
    import pyarrow as pa

    there = [part for part in parts if part.ids]
    if not there:
        return parts[0]
    try:
        attributes = pa.concat_tables([part.attributes for part in there], promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        what = "sends a column as text on one page and as numbers on another"
        raise InputError(Problem(name, what, "Ask whoever runs the service to describe its columns.")) from None
    crs = there[0].crs
    if any((part.crs is None) != (crs is None) or not same_crs(part.crs or "", crs or "") for part in there[1:]):
        raise InputError(Problem(name, "sends pages in different reference systems", "Ask for one with SRSNAME=..."))
    geometry = None
    if all(part.geometry is not None for part in there):
        geometry = pa.concat_arrays([part.geometry for part in there])
    content = Content(attributes, geometry, crs, tuple(text for part in there for text in part.ids))
    order = _order(content)
    return Content(
        attributes.take(order),
        None if geometry is None else geometry.take(pa.array(order)),
        crs,
        tuple(content.ids[i] for i in order.tolist()),
    )


def fingerprint(content: Content) -> str:
    """SHA-256 of the canonical form; see the module."""
    whole = hashlib.sha256()
    code = None if content.crs is None else crs_code(content.crs)
    whole.update(_line([code, *content.attributes.column_names]))
    for row in _rows(content):
        whole.update(row)
    return whole.hexdigest()


def store(content: Content, path: Path) -> None:
    """Keep a content as GeoParquet, with the types of its columns as they are."""
    import pyarrow.parquet
    import pyproj

    table = content.attributes.replace_schema_metadata(None)
    if content.geometry is not None:
        column = GEOMETRY
        while column in table.column_names:
            column = f"_{column}"
        table = table.append_column(column, content.geometry)
        crs = None if content.crs is None else pyproj.CRS.from_user_input(content.crs).to_json_dict()
        described: dict[str, Any] = {"encoding": "WKB", "geometry_types": [], "crs": crs}
        geo = {"version": "1.1.0", "primary_column": column, "columns": {column: described}}
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    pyarrow.parquet.write_table(table, path)


def _one_system(told: Sequence[str], read: str | None, name: str) -> str | None:
    """The one reference system of geometries: as they name it, else as GDAL has it."""
    for text in told:
        check_crs(text, name)
    if len(told) > 1 and not all(same_crs(told[0], other) for other in told[1:]):
        raise InputError(
            Problem(name, f"mixes reference systems: {', '.join(told[:5])}", "Ask for one with SRSNAME=...")
        )
    return crs_code(told[0]) if told else read


def _order(content: Content) -> NDArray[np.int64]:
    """The canonical order of features."""
    numbered = [_NUMBERED.fullmatch(text) for text in content.ids]
    keys: list[Any] = [(found.group(1), int(found.group(2))) for found in numbered if found is not None]
    if len(keys) < len(numbered) or len({prefix for prefix, _ in keys}) != 1 or len(set(keys)) < len(keys):
        keys = list(_rows(content))
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _rows(content: Content) -> list[bytes]:
    """The features as lines of JSON."""
    columns = [column.to_pylist() for column in content.attributes.columns]
    if content.geometry is not None:
        columns.append([None if wkb is None else wkb.hex() for wkb in content.geometry.to_pylist()])
    return [_line(list(row)) for row in zip(*columns, strict=True)]


def _line(values: list[Any]) -> bytes:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _as_text(value: object) -> str:
    """Days, times and bytes, which JSON has no form for."""
    return value.hex() if isinstance(value, bytes) else str(value)
