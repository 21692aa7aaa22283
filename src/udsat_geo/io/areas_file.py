"""A set of areas from a file: a designation of ours, or polygons of any vector file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from udsat_geo.change_wording import NOTES
from udsat_geo.diff import Designated
from udsat_geo.errors import InputError, Problem
from udsat_geo.io.earlier import read_designated
from udsat_geo.polygon_file import MOST_OVERLAP_M2
from udsat_geo.vector import (
    Features,
    check_crs,
    check_polygons,
    crs_code,
    file_of,
    name_of,
    origin_of,
    read_features,
    reading_gdal,
    shared_areas,
)

NAME_COLUMNS = ("area_id", "name", "navn")
"""Columns that tell the areas of a file apart, the first that it has, where none is named."""
_PAIRS_TOLD = 5


@dataclass(frozen=True)
class AreasFile:
    """A set of areas.

    Attributes
    ----------
    path : Path
    kind : {"designation", "polygons"}
    designated : Designated
        Polygons have no units, and no year unless one is told.
    crs : str
    notes : tuple of str
        What was found out on reading.
    may_overlap : bool
        Whether a resident of two areas counts in the first of them, which is refused otherwise.
    """

    path: Path
    kind: Literal["designation", "polygons"]
    designated: Designated
    crs: str
    notes: tuple[str, ...] = ()
    may_overlap: bool = False

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        origin = origin_of(file_of(self.path))
        return self.path.name if origin is None else origin.name

    @property
    def year(self) -> int | None:
        """Of the designation; None where it is not known."""
        return None if self.designated.year < 0 else self.designated.year


def read_areas(path: Path, name: str | None, language: str, year: int = -1, allow_overlaps: bool = False) -> AreasFile:
    """Read a designation of ours, or polygons.

    Parameters
    ----------
    path : Path
        ``designation_YEAR.gpkg``, or any vector file; ``file.gpkg|layername=areas`` names a layer of it.
    name : str or None
        Polygons: the column that tells the areas apart; rows of one value are one area.
    language : {"da", "en"}
        Of the notes.
    year : int
        Of polygons, where it is known.
    allow_overlaps : bool
        Count a resident of two polygons in the first of them instead of refusing the file.

    Raises
    ------
    InputError
        If the file is missing or damaged, holds no areas, or areas that overlap.
    """
    if not is_designation(path):
        return _polygons(path, name, language, year, allow_overlaps)
    designated = read_designated(path, geometry=True)
    crs = reading_gdal().read_info(path, layer="areas")["crs"]
    if crs is None:
        raise InputError(Problem(name_of(path), "does not say its reference system", "Make the designation again."))
    return AreasFile(path, "designation", designated, crs_code(crs))


def is_designation(path: Path) -> bool:
    """Whether a file is to be read as a designation of ours: it has the layers, or at least the name.

    Raises
    ------
    InputError
        If it is a GeoPackage that cannot be read.
    """
    if path.suffix != ".gpkg" or not path.is_file():
        return False
    # asked of SQLite itself: GDAL leaves a file of its own beside a GeoPackage that it lists
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            layers = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
    except sqlite3.Error as error:
        raise InputError(Problem(name_of(path), f"cannot be read: {error}", "Check that GDAL opens it.")) from None
    by_name = path.stem.startswith("designation_") and path.with_suffix(".json").exists()
    return {"areas", "units"} <= layers or by_name


def _polygons(path: Path, name: str | None, language: str, year: int, allow_overlaps: bool) -> AreasFile:
    """Polygons as areas, by name."""
    import shapely

    features = read_features(path)
    _check(features)
    names, told = _names(features, name, language)
    parts = shapely.force_2d(features.geometry)
    # by name, so that no order of rows matters; areas that are only numbered stay in the file's order
    unique, area_of_row = np.unique(names.astype(str), return_inverse=True)
    if name is None and not told[1]:
        unique, area_of_row = names.astype(str), np.arange(len(names))
    outline = np.empty(len(unique), dtype=object)
    for area in range(len(unique)):
        outline[area] = shapely.union_all(parts[area_of_row == area])
    notes = list(told[0])
    if len(unique) < len(names):
        notes.append(NOTES[language]["joined"].format(file=features.name, rows=len(names), areas=len(unique)))
    ids = np.empty(len(unique), dtype=object)
    ids[:] = unique.tolist()
    if not allow_overlaps:
        _check_overlaps(features.name, ids, outline)
    none = np.empty(0, dtype=np.int64)
    designated = Designated(
        year, "", np.empty(0, dtype=object), none, none, ids, ids, np.full(len(ids), year, dtype=np.int64), outline
    )
    return AreasFile(path, "polygons", designated, crs_code(str(features.crs)), tuple(notes), allow_overlaps)


def _names(
    features: Features, wanted: str | None, language: str
) -> tuple[NDArray[np.object_], tuple[tuple[str, ...], bool]]:
    """The area of each row; notes, and whether a column told it."""
    columns = features.attributes.column_names
    lower = {column.lower(): column for column in columns}
    if wanted is not None and wanted not in columns:
        there = f"The file has: {', '.join(columns[:12]) or 'none'}."
        raise InputError(Problem(f"{features.name}, column {wanted}", "is missing", there))
    column = wanted or next((lower[name] for name in NAME_COLUMNS if name in lower), None)
    if column is None:
        n_rows = features.attributes.num_rows
        numbers = np.array([str(row + 1) for row in range(n_rows)], dtype=object)
        return numbers, ((NOTES[language]["numbered"].format(file=features.name),), False)
    values = features.attributes.column(column).to_pylist()
    texts = np.array(["" if value is None else str(value).strip() for value in values], dtype=object)
    empty = texts == ""
    if empty.any():
        example = f"row {int(np.flatnonzero(empty)[0]) + 1}"
        remedy = "Name them, or name another column with --name."
        raise InputError(
            Problem(f"{features.name}, column {column}", "areas without a name", remedy, int(empty.sum()), example)
        )
    return texts, ((), True)


def _check(features: Features) -> None:
    geometry = features.geometry
    if geometry is None or not len(geometry):
        raise InputError(Problem(features.name, "holds no areas", "Areas are polygons."))
    if features.crs is None:
        raise InputError(Problem(features.name, "does not say its reference system", "Set it in the file."))
    check_crs(features.crs, features.name)
    rows = np.array([str(row + 1) for row in range(len(geometry))], dtype=object)
    check_polygons(features.name, geometry, rows, "area")


def _check_overlaps(file: str, ids: NDArray[np.object_], outline: NDArray[np.object_]) -> None:
    head, tail, shared_m2 = shared_areas(outline)
    pairs = [(ids[h], ids[t]) for h, t, m2 in zip(head, tail, shared_m2, strict=True) if m2 > MOST_OVERLAP_M2]
    if pairs:
        raise InputError(overlap_problem(file, pairs))


def overlap_problem(file: str, pairs: Sequence[tuple[str, str]]) -> Problem:
    """Areas of one file that overlap, told by their pairs."""
    remedy = "A resident counts once: cut one of each pair, or give --allow-overlaps: the first by name counts then."
    return Problem(file, f"areas that overlap: {told_pairs(pairs)}", remedy)


def told_pairs(pairs: Sequence[tuple[str, str]]) -> str:
    """Pairs of areas by their ids, the first few of them."""
    more = f"; ... ({len(pairs)})" if len(pairs) > _PAIRS_TOLD else ""
    return "; ".join(f"{one!r} / {other!r}" for one, other in pairs[:_PAIRS_TOLD]) + more
