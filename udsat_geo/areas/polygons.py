"""Polygons of any vector file as areas that people are counted in; polling districts alike."""

from __future__ import annotations

import dataclasses
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.kernels.arrays import Flags, Floats, Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.registers.schema import CRS
from udsat_geo.sources.crs import check_crs, crs_code, short_crs
from udsat_geo.sources.features import (
    Features,
    check_polygons,
    features_in,
    file_of,
    keys_of,
    list_layers,
    read_features,
    shared_areas,
    texts_of,
    values_of,
)

LAYER = "areas"
"""The layer of a designation's GeoPackage that holds its areas."""

MOST_OVERLAP_M2 = 1.0
"""Polygons that share a border may overlap by a sliver of digitising; own choice."""

LEAST_OVERLAP_M2 = 1e-4
"""Overlaps up to a square centimetre are the rounding of coordinates, and not worth a word; own choice."""

NAMES, IDS = ("area_id", "name", "navn"), ("area_id", "id", "nr", "nummer", "number")
"""Columns that tell the polygons of a file apart, the first that it has: where rows of one name are one area, and where
each row is one."""

OVERLAPPING = {
    N_("area"): N_("areas {first} and {second} overlap by {m2} m2"),
    N_("polling district"): N_("polling districts {first} and {second} overlap by {m2} m2"),
}
"""What is said of two polygons that overlap, by what one of them is called."""

_MOST_PAIRS = 10


def read_polygons(
    path: Path,
    language: str,
    one: str = "area",
    by_name: bool = False,
    name: str | None = None,
    year: int = -1,
    allow_overlaps: bool = False,
    crs: str = CRS,
) -> tuple[AreaSet, Any]:
    """Polygons of a vector file.

    Parameters
    ----------
    path : Path
        A file with one layer, ``file|layername=name``, or a GeoPackage with a layer ``areas``.
    language : {"da", "en"}
        Of the notes.
    one : str
        What one of them is called in messages.
    by_name : bool
        Rows of one name are one area, in the file's own reference system; else each row is one, in `crs`.
    name : str, optional
        `by_name`: the column that tells the areas apart; None finds it out, or numbers them by row.
    year : int
        Of the areas, where it is known.
    allow_overlaps : bool
        Say which polygons overlap instead of refusing them; a resident of both counts in the first.
    crs : str
        The reference system that each row as one is brought to.

    Returns
    -------
    polygons : AreaSet
        Where each row is one, their ids are those of the file, else the numbers of the rows; their names up to two
        columns of text.
    attributes : pyarrow.Table, one row for each row of the file

    Raises
    ------
    InputError
        If the file cannot be read or does not say its reference system, holds anything but valid polygons, or polygons
        that overlap; every overlapping pair is named.
    """
    path = _with_layer(path)
    features, notes = (read_features(path), ()) if by_name else features_of_registers(path, language, crs)
    geometry = _checked_geometry(features, one)
    crs = crs_code(str(features.crs)) if by_name else crs
    if by_name:
        area_id, geometry, found_out = _joined_by_name(features, geometry, name, language)
        names, notes = area_id, (*notes, *found_out)
    else:
        area_id, names = _ids_and_names(features)
    since = np.full(len(area_id), year, dtype=np.int64)
    found = AreaSet(area_id, names, geometry, crs, year, since, features.name, file_of(path))
    if not by_name:
        check_polygons(features.name, geometry, np.array(found.labels, dtype=object), one)
    notes = (*notes, *_overlaps(found, one, language, allow_overlaps))
    return dataclasses.replace(found, notes=notes, may_overlap=allow_overlaps), features.attributes


def _checked_geometry(features: Features, one: str) -> Objects:
    """The geometries of a file, which has some, in a reference system that is known."""
    if features.geometry is None or not len(features.geometry):
        what = _("holds no geometries") if features.geometry is None else _("holds no polygons")
        remedy = _("Name a file of polygons, one for each {one}.").format(one=_(one))
        raise InputError(Problem(features.name, what, remedy))
    if features.crs is None:
        raise InputError(Problem(features.name, _("does not say its reference system"), _("Set it in the file.")))
    check_crs(features.crs, features.name)
    return features.geometry


def _joined_by_name(
    features: Features, geometry: Objects, name: str | None, language: str
) -> tuple[Objects, Objects, list[str]]:
    """Ids and outlines of areas, those of one name joined, and what was found out."""
    check_polygons(features.name, geometry, _row_numbers(len(geometry)), "area")
    names = _names(features, name)
    if names is None:
        text = _("{file}: the areas are numbered by row; name a column with --name", language)
        return _row_numbers(len(geometry)), shapely.force_2d(geometry), [text.format(file=features.name)]
    # by name, so that no order of rows matters
    found, area_of_row = np.unique(names.astype(str), return_inverse=True)
    parts = shapely.force_2d(geometry)
    outline = as_objects([shapely.union_all(parts[area_of_row == area]) for area in range(len(found))])
    notes = []
    if len(found) < len(geometry):
        text = _("{file}: {rows} polygons make {areas} areas: those of one name are one", language)
        notes.append(text.format(file=features.name, rows=len(geometry), areas=len(found)))
    return as_objects(found.tolist()), outline, notes


def features_of_registers(path: Path, language: str, crs: str = CRS) -> tuple[Features, tuple[str, ...]]:
    """The features of a file in the reference system of the registers, and a note where they came in another one.

    Raises
    ------
    InputError
        If the file cannot be read, or does not say its reference system.
    """
    features, source = features_in(path, crs)
    if source is None:
        return features, ()
    text = _("{name}: reprojected from {source} to {target}", language)
    return features, (text.format(name=features.name, source=source, target=short_crs(crs)),)


def outside_city(geometry: Objects, easting: Floats, northing: Floats) -> Flags:
    """Which polygons do not touch the convex hull of some addresses; none of them where there are no addresses.

    Parameters
    ----------
    geometry : object (shapely), shape (n,)
    easting, northing : float64, shape (n_addresses,)

    Returns
    -------
    bool, shape (n,)
    """
    if not len(easting):
        return np.zeros(len(geometry), dtype=bool)
    city = shapely.convex_hull(shapely.multipoints(np.column_stack([easting, northing])))
    outside: Flags = ~shapely.intersects(city, geometry)
    return outside


def check_in_city(areas: AreaSet, outside: Flags) -> None:
    """Refuse areas that lie outside the city.

    Parameters
    ----------
    areas : AreaSet
    outside : bool, shape (n_areas,)

    Raises
    ------
    InputError
        If any do; every one is named.
    """
    if outside.any():
        remedy = _("Check the file and its reference system, or give the registers of that place.")
        what = _("area {label} lies outside the city of the registers")
        raise InputError(
            Problem(areas.file, what.format(label=areas.labels[i]), remedy) for i in np.flatnonzero(outside).tolist()
        )


def _with_layer(path: Path) -> Path:
    """The path with the layer of areas, where the file is a designation of several layers and none is named."""
    if "|layername=" in str(path) or path.suffix.lower() != ".gpkg" or not path.is_file():
        return path
    try:
        layers = list_layers(path)
    except ValueError:
        return path  # reading it tells what is wrong
    return Path(f"{path}|layername={LAYER}") if len(layers) > 1 and LAYER in layers else path


def _ids_and_names(features: Features) -> tuple[Objects, Objects]:
    """What each polygon is called: the column of ids (else its row), and up to two columns of text."""
    table = features.attributes
    lower = {name.lower(): name for name in table.column_names}
    key = next((lower[name] for name in IDS if name in lower), None)
    ids = _row_numbers(table.num_rows)
    if key is not None:
        keys = keys_of(table, key, features.name)
        ids = as_objects([told or row for told, row in zip(keys, ids.tolist(), strict=True)])
    texts = [
        f.name
        for f in table.schema
        if f.name != key and (pa.types.is_string(f.type) or pa.types.is_large_string(f.type))
    ]
    columns = [values_of(table, name, features.name) for name in texts[:2]]
    names = []
    for row, one in enumerate(ids.tolist()):
        told = dict.fromkeys(str(column[row]) for column in columns if column[row])
        told.pop(one, None)
        names.append(", ".join(told) or one)
    return ids, as_objects(names)


def _names(features: Features, wanted: str | None) -> Objects | None:
    """The area of each row; None where no column tells it."""
    columns = features.attributes.column_names
    lower = {column.lower(): column for column in columns}
    wanted = None if wanted is None else unicodedata.normalize("NFC", wanted)
    if wanted is not None and wanted not in columns:
        there = _("The file has: {columns}.").format(columns=", ".join(columns[:12]) or _("none"))
        where = _("{file}, column {column}").format(file=features.name, column=wanted)
        raise InputError(Problem(where, _("is missing"), there))
    column = wanted or next((lower[name] for name in NAMES if name in lower), None)
    if column is None:
        return None
    names = as_objects(texts_of(features, column))
    empty = names == ""
    if empty.any():
        example = _("row {row}").format(row=int(np.flatnonzero(empty)[0]) + 1)
        where = _("{file}, column {column}").format(file=features.name, column=column)
        remedy = _("Name them, or name another column with --name.")
        raise InputError(Problem(where, _("areas without a name"), remedy, int(empty.sum()), example))
    return names


def _overlaps(areas: AreaSet, one: str, language: str, allowed: bool) -> tuple[str, ...]:
    """Refuse polygons that overlap, or say so where that is allowed."""
    label = areas.labels
    pairs = list(zip(*(side.tolist() for side in shared_areas(areas.outline)), strict=True))
    large = [pair for pair in pairs if pair[2] > MOST_OVERLAP_M2]
    if not allowed and large:
        remedy = _("Cut one of them (in QGIS: Difference), or give --allow-overlaps: the first of them counts then.")
        what = _(OVERLAPPING[one])
        problems = [
            Problem(areas.file, what.format(first=label[i], second=label[j], m2=decimal(m2, 0)), remedy)
            for i, j, m2 in large
        ]
        more = len(large) - _MOST_PAIRS
        if more > 0:
            told = _("and {more} more pairs overlap").format(more=decimal(more, 0))
            problems = [*problems[:_MOST_PAIRS], Problem(areas.file, told, remedy)]
        raise InputError(problems)
    text = _("{first} and {second} overlap ({m2} m2): their residents count in the first.", language)
    notes = [text.format(first=label[i], second=label[j], m2=decimal(m2, 0, language)) for i, j, m2 in large]
    slivers = [m2 for *pair, m2 in pairs if LEAST_OVERLAP_M2 < m2 <= MOST_OVERLAP_M2]
    if slivers:
        text = _(
            "{name}: {pairs} pairs overlap by a sliver of digitising, {m2} m2 in all; the first of them counts.",
            language,
        )
        notes.append(text.format(name=areas.file, pairs=len(slivers), m2=decimal(sum(slivers), 4, language)))
    return tuple(notes)


def _row_numbers(n_rows: int) -> Objects:
    return as_objects([str(row + 1) for row in range(n_rows)])
