"""Goal 16: crossings per kilometre of the barriers in areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from udsat_geo.areas.polygons import features_of_registers
from udsat_geo.kernels.arrays import Objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.goal_figures import note
from udsat_geo.sources.features import file_of

SURFACES = N_("{name}: {count} polygons left out, since a polygon has no length as a barrier.")
REPEATED = N_("{name}: {count} crossings at the place of another, counted once.")


class Part(BaseModel):
    """A part of a goals file."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class CrossingRule(Part):
    """`[crossings]`: goal 16.

    Attributes
    ----------
    within : float
        Metres from the barrier in the areas, up to which a crossing counts.
    reach : float
        Metres around the areas in which barriers count too.
    """

    within: float = Field(25.0, ge=0, le=1000)
    reach: float = Field(0.0, ge=0, le=1000)


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
    notes : tuple of str
        What was left out.
    """

    lines: Objects
    points: Objects
    files: dict[str, Path]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Crossings:
    """Barrier and crossings of a place."""

    length_km: float
    count: int

    @property
    def per_km(self) -> Fraction | None:
        """Crossings per kilometre; None without a barrier."""
        return Fraction(self.count) / Fraction(self.length_km) if self.length_km else None


def read_barriers(lines: Path, points: Path, language: str) -> Barriers:
    """Read barrier lines and crossing points; notes are in `language`.

    Raises
    ------
    InputError
        With every problem of both files: missing, damaged, without a reference system, no lines, no points.
    """
    problems: list[str] = []
    found: list[tuple[Objects, tuple[str, ...]]] = []
    for path, read in ((lines, _read_lines), (points, _read_points)):
        try:
            found.append(read(path, language))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    files = {"barriers": file_of(lines), "crossings": file_of(points)}
    return Barriers(found[0][0], found[1][0], files, found[0][1] + found[1][1])


def crossings_in(barriers: Barriers, outline: Objects, rule: CrossingRule) -> Crossings:
    """Length and crossings of the barrier in areas, whose outlines are given; see the module's rule."""
    ground = shapely.union_all(outline)
    if rule.reach:
        ground = shapely.buffer(ground, rule.reach)
    return _crossings_of(shapely.intersection(shapely.union_all(barriers.lines), ground), barriers.points, rule)


def crossings_of_city(barriers: Barriers, rule: CrossingRule) -> Crossings:
    """Length and crossings of all barriers of the file."""
    return _crossings_of(shapely.union_all(barriers.lines), barriers.points, rule)


def _crossings_of(barrier: Any, points: Objects, rule: CrossingRule) -> Crossings:
    # a line that only touches an area shares a point with it, which is no barrier of it
    parts = shapely.get_parts(barrier)
    while np.isin(shapely.get_type_id(parts), (_MULTILINE, 7)).any():
        parts = shapely.get_parts(parts)
    parts = parts[shapely.get_type_id(parts) == _LINE]
    if not len(parts):
        return Crossings(0.0, 0)
    barrier = shapely.multilinestrings(parts)
    shapely.prepare(barrier)
    return Crossings(float(shapely.length(barrier)) / 1000, int(shapely.dwithin(barrier, points, rule.within).sum()))


def _parts(
    path: Path, language: str, allowed: Sequence[int], what: str, remedy: str
) -> tuple[str, Objects, NDArray[np.int_], tuple[str, ...]]:
    """The file's name, its geometries that are there, their types, all `allowed`, and what is to be said of it."""
    features, notes = features_of_registers(path, language)
    if features.geometry is None:
        raise InputError(Problem(features.name, _("holds no geometries"), _("Name a vector file.")))
    geometry = features.geometry
    geometry = geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    if not np.isfinite(shapely.bounds(geometry)).all():
        raise InputError(Problem(features.name, _("holds infinite coordinates"), _("Export the file again.")))
    kind = shapely.get_type_id(geometry)
    other = geometry[~np.isin(kind, allowed)]
    if len(other):
        raise InputError(Problem(features.name, what, remedy, len(other), other[0].geom_type))
    return features.name, geometry, kind, notes


def _read_lines(path: Path, language: str) -> tuple[Objects, tuple[str, ...]]:
    # polygons (water, railway land) may stand in a file of barriers, yet have no length of their own
    allowed = (_LINE, _MULTILINE, _POLYGON, _MULTIPOLYGON)
    name, geometry, kind, notes = _parts(
        path, language, allowed, _("geometries that are no lines"), _("Keep lines only.")
    )
    lines = np.isin(kind, (_LINE, _MULTILINE))
    if not lines.any():
        remedy = _("A barrier's length is that of its centre line: draw it.")
        raise InputError(Problem(name, _("holds no lines"), remedy))
    if not lines.all():
        notes = (*notes, note(SURFACES, language, name=name, count=int((~lines).sum())))
    return geometry[lines], notes


def _read_points(path: Path, language: str) -> tuple[Objects, tuple[str, ...]]:
    what, remedy = _("geometries that are no points"), _("Keep points only.")
    name, geometry, _kind, notes = _parts(path, language, (_POINT, _MULTIPOINT), what, remedy)
    single = shapely.get_parts(geometry)
    places = np.unique(shapely.get_coordinates(single), axis=0)
    if len(single) > len(places):
        notes = (*notes, note(REPEATED, language, name=name, count=len(single) - len(places)))
    return shapely.points(places), notes
