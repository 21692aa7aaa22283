"""Goal 16: crossings per kilometre of barrier in the areas.

The rule (own choice, since the report states none): the barrier of the areas is the length of the barrier lines inside
the areas and on their border (or within `reach` metres of them), places where several lines lie on each other counted
once; a crossing belongs to it when it lies within `within` metres of that length, and counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.goals.rules import CrossingRule
from udsat_geo.goals.wording import Words, note
from udsat_geo.polygon_file import Polygons, features_of_registers
from udsat_geo.vector import file_of

_POINT, _LINE, _POLYGON, _MULTIPOINT, _MULTILINE, _MULTIPOLYGON = 0, 1, 3, 4, 5, 6


@dataclass(frozen=True)
class Barriers:
    """Barrier lines and crossing points.

    Attributes
    ----------
    lines : object (shapely), shape (n_lines,)
    points : object (shapely), shape (n_points,)
        Single points at distinct places.
    files : dict of str to Path
    notes : tuple of mapping of str
        What was left out, Danish and English.
    """

    lines: NDArray[np.object_]
    points: NDArray[np.object_]
    files: dict[str, Path]
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Crossings:
    """Barrier and crossings of a place.

    Attributes
    ----------
    length_km : float
    count : int
    """

    length_km: float
    count: int

    @property
    def per_km(self) -> Fraction | None:
        """Crossings per kilometre; None without a barrier."""
        return Fraction(self.count) / Fraction(self.length_km) if self.length_km else None


def read_barriers(lines: Path, points: Path) -> Barriers:
    """Read barrier lines and crossing points.

    Raises
    ------
    InputError
        With every problem of both files: missing, damaged, without a reference system, no lines, no points.
    """
    problems: list[str] = []
    found: list[tuple[NDArray[np.object_], tuple[Words, ...]]] = []
    for path, read in ((lines, _read_lines), (points, _read_points)):
        try:
            found.append(read(path))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    files = {"barriers": file_of(lines), "crossings": file_of(points)}
    return Barriers(found[0][0], found[1][0], files, found[0][1] + found[1][1])


def crossings_in_areas(barriers: Barriers, areas: Polygons, rule: CrossingRule) -> Crossings:
    """Length and crossings of the barrier in the areas; see the module's rule.

    Parameters
    ----------
    barriers : Barriers
    areas : Polygons
    rule : CrossingRule
    """
    import shapely

    ground = shapely.union_all(areas.geometry)
    if rule.reach:
        ground = shapely.buffer(ground, rule.reach)
    return _crossings_of(shapely.intersection(shapely.union_all(barriers.lines), ground), barriers.points, rule)


def crossings_of_city(barriers: Barriers, rule: CrossingRule) -> Crossings:
    """Length and crossings of all barriers of the file."""
    import shapely

    return _crossings_of(shapely.union_all(barriers.lines), barriers.points, rule)


def _crossings_of(barrier: Any, points: NDArray[np.object_], rule: CrossingRule) -> Crossings:
    import shapely

    # a line that only touches an area shares a point with it, which is no barrier of it
    parts = shapely.get_parts(barrier)
    while np.isin(shapely.get_type_id(parts), (_MULTILINE, 7)).any():
        parts = shapely.get_parts(parts)
    parts = parts[shapely.get_type_id(parts) == _LINE]
    if not len(parts):
        return Crossings(0.0, 0)
    barrier = shapely.multilinestrings(parts)
    shapely.prepare(barrier)
    near = shapely.dwithin(barrier, points, rule.within)
    return Crossings(float(shapely.length(barrier)) / 1000, int(near.sum()))


def _parts(path: Path) -> tuple[str, NDArray[np.object_], NDArray[np.int_], tuple[Words, ...]]:
    """The file's name, its geometries that are there, their types, and what is to be said of it."""
    import shapely

    features, notes = features_of_registers(path)
    if features.geometry is None:
        raise InputError(Problem(features.name, "holds no geometries", "Name a vector file."))
    geometry = features.geometry
    geometry = geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    if not np.isfinite(shapely.bounds(geometry)).all():
        raise InputError(Problem(features.name, "holds infinite coordinates", "Export the file again."))
    return features.name, geometry, shapely.get_type_id(geometry), notes


def _read_lines(path: Path) -> tuple[NDArray[np.object_], tuple[Words, ...]]:
    name, geometry, kind, notes = _parts(path)
    lines = np.isin(kind, (_LINE, _MULTILINE))
    surfaces = np.isin(kind, (_POLYGON, _MULTIPOLYGON))
    other = ~(lines | surfaces)
    if other.any():
        example = geometry[np.flatnonzero(other)[0]].geom_type
        raise InputError(Problem(name, "geometries that are no lines", "Keep lines only.", int(other.sum()), example))
    if not lines.any():
        remedy = "A barrier's length is that of its centre line: draw it."
        raise InputError(Problem(name, "holds no lines", remedy))
    # polygons (water, railway land) may stand in a file of barriers, yet have no length of their own
    if surfaces.any():
        notes = (*notes, note("surfaces", name=name, count=int(surfaces.sum())))
    return geometry[lines], notes


def _read_points(path: Path) -> tuple[NDArray[np.object_], tuple[Words, ...]]:
    import shapely

    name, geometry, kind, notes = _parts(path)
    other = ~np.isin(kind, (_POINT, _MULTIPOINT))
    if other.any():
        example = geometry[np.flatnonzero(other)[0]].geom_type
        raise InputError(Problem(name, "geometries that are no points", "Keep points only.", int(other.sum()), example))
    single = shapely.get_parts(geometry)
    places = np.unique(shapely.get_coordinates(single), axis=0)
    repeated = len(single) - len(places)
    if repeated:
        notes = (*notes, note("repeated", name=name, count=repeated))
    return shapely.points(places), notes
