"""Polygons of a file that people are counted in: areas, and polling districts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import LANGUAGES, _
from udsat_geo.messages.words import decimal
from udsat_geo.registers.schema import CRS
from udsat_geo.sources.features import (
    Features,
    check_polygons,
    features_in,
    file_of,
    list_layers,
    shared_areas,
    values_of,
)

Words = Mapping[str, str]
"""A text by language, ``da`` and ``en``."""

LAYER = "areas"
"""The layer of a designation's GeoPackage that holds its areas."""

MOST_OVERLAP_M2 = 1.0
"""Polygons that share a border may overlap by a sliver of digitising; own choice."""

LEAST_OVERLAP_M2 = 1e-4
"""Overlaps up to a square centimetre are the rounding of coordinates, and not worth a word; own choice."""

_MOST_PAIRS_TOLD = 10


@dataclass(frozen=True)
class Polygons:
    """Polygons of one file, in its order.

    Attributes
    ----------
    name : str
        Of the file.
    path : Path
    label : tuple of str, n
        What each is called: its id and name as far as the file has them.
    geometry : object (shapely), shape (n,)
        In EPSG:25832.
    attributes : pyarrow.Table, n rows
    notes : tuple of mapping of str
        Danish and English.
    """

    name: str
    path: Path
    label: tuple[str, ...]
    geometry: NDArray[np.object_]
    attributes: Any
    notes: tuple[Words, ...] = ()

    def __len__(self) -> int:
        return len(self.label)


def read_polygons(path: Path, one: str, allow_overlaps: bool = False) -> Polygons:
    """Read polygons from a vector file, or the areas of one of our designations.

    Parameters
    ----------
    path : Path
        A file with one layer, ``file|layername=name``, or a GeoPackage with a layer ``areas``.
    one : str
        What one of them is called in messages.
    allow_overlaps : bool
        Say which polygons overlap instead of refusing them; a resident of both counts in the first.

    Raises
    ------
    InputError
        If the file cannot be read or does not say its reference system, holds anything but valid polygons, or polygons
        that overlap; every overlapping pair is named.
    """
    features, reprojected = features_of_registers(_with_layer(path))
    geometry = features.geometry
    if geometry is None or not len(geometry):
        what = "holds no geometries" if geometry is None else "holds no polygons"
        raise InputError(Problem(features.name, what, f"Name a file of polygons, one for each {one}."))
    label = _labels(features)
    check_polygons(features.name, geometry, np.array(label, dtype=object), one)
    overlaps = _overlaps(features.name, geometry, label, one, allow_overlaps)
    return Polygons(features.name, file_of(path), label, geometry, features.attributes, (*reprojected, *overlaps))


def features_of_registers(path: Path) -> tuple[Features, tuple[Words, ...]]:
    """The features of a file in the reference system of the registers, and a note where they came in another one.

    Raises
    ------
    InputError
        If the file cannot be read, or does not say its reference system.
    """
    features, told = features_in(path, CRS)
    if told is None:
        return features, ()
    given = {"name": features.name, "source": told, "target": CRS}
    return features, (
        {
            language: _("{name}: reprojected from {source} to {target}", language).format(**given)
            for language in LANGUAGES
        },
    )


def check_in_city(polygons: Polygons, easting: NDArray[np.float64], northing: NDArray[np.float64], one: str) -> None:
    """Check that every polygon touches the convex hull of the registers' addresses.

    Parameters
    ----------
    polygons : Polygons
    easting, northing : float64, shape (n_addresses,)
    one : str
        What one of the polygons is called.

    Raises
    ------
    InputError
        Naming every polygon that lies outside.
    """
    raise_outside(polygons.name, polygons.label, outside_city(polygons.geometry, easting, northing), one)


def outside_city(
    geometry: NDArray[np.object_], easting: NDArray[np.float64], northing: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which polygons do not touch the convex hull of some addresses; none of them where there are no addresses.

    Parameters
    ----------
    geometry : object (shapely), shape (n,)
    easting, northing : float64, shape (n_addresses,)

    Returns
    -------
    bool, shape (n,)
    """
    import shapely

    if not len(easting):
        return np.zeros(len(geometry), dtype=bool)
    city = shapely.convex_hull(shapely.multipoints(np.column_stack([easting, northing])))
    outside: NDArray[np.bool_] = ~shapely.intersects(city, geometry)
    return outside


def raise_outside(name: str, label: Sequence[str], outside: NDArray[np.bool_], one: str) -> None:
    """Tell polygons that lie outside the city.

    Raises
    ------
    InputError
        If there are any; every one is named.
    """
    if outside.any():
        remedy = "Check the file and its reference system, or give the registers of that place."
        raise InputError(
            Problem(name, f"{one} {label[i]} lies outside the city of the registers", remedy)
            for i in np.flatnonzero(outside).tolist()
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


def _labels(features: Features) -> tuple[str, ...]:
    """What each polygon is called: the column of ids (else its row) and up to two columns of text."""
    import pyarrow as pa

    table = features.attributes
    rows = [[str(row + 1)] for row in range(table.num_rows)]
    names = {name.lower(): name for name in table.column_names}
    key = next((names[name] for name in ("area_id", "id", "nr", "nummer", "number") if name in names), None)
    if key is not None:
        rows = [[str(value)] for value in values_of(table, key, features.name)]
    texts = [
        f.name
        for f in table.schema
        if f.name != key and (pa.types.is_string(f.type) or pa.types.is_large_string(f.type))
    ]
    for name in texts[:2]:
        for row, value in zip(rows, values_of(table, name, features.name), strict=True):
            if value and value not in row:
                row.append(value)
    return tuple(f"{row[0]} ({', '.join(row[1:])})" if row[1:] else row[0] for row in rows)


def _overlaps(
    name: str, geometry: NDArray[np.object_], label: tuple[str, ...], one: str, allowed: bool
) -> tuple[Words, ...]:
    """Refuse polygons that overlap, or say so where that is allowed."""
    pairs = list(zip(*(side.tolist() for side in shared_areas(geometry)), strict=True))
    large = [pair for pair in pairs if pair[2] > MOST_OVERLAP_M2]
    if not allowed and large:
        remedy = "Cut one of them (in QGIS: Difference), or give --allow-overlaps: the first of them counts then."
        problems = [
            Problem(name, f"{one}s {label[i]} and {label[j]} overlap by {m2:,.0f} m2", remedy) for i, j, m2 in large
        ]
        more = len(large) - _MOST_PAIRS_TOLD
        if more > 0:
            problems = [*problems[:_MOST_PAIRS_TOLD], Problem(name, f"and {more:,} more pairs overlap", remedy)]
        raise InputError(problems)
    slivers = [m2 for _, _, m2 in pairs if LEAST_OVERLAP_M2 < m2 <= MOST_OVERLAP_M2]
    notes: list[Words] = [
        {
            language: _("{first} and {second} overlap ({m2} m2): their residents count in the first.", language).format(
                first=label[i], second=label[j], m2=decimal(m2, 0, language)
            )
            for language in LANGUAGES
        }
        for i, j, m2 in large
    ]
    if slivers:
        notes.append(
            {
                language: _(
                    "{name}: {pairs} pairs overlap by a sliver of digitising, {m2} m2 in all; the first "
                    "of them counts.",
                    language,
                ).format(name=name, pairs=len(slivers), m2=decimal(sum(slivers), 4, language))
                for language in LANGUAGES
            }
        )
    return tuple(notes)
