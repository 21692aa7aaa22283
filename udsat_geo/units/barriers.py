"""Barriers, which no area spans, and the crossings that reopen them.

Railways, motorways and water are barriers along their lines; polygons are barriers along their borders, holes too.
A crossing (a bridge, a tunnel) is a point: what meets a barrier within reach of a crossing is not cut there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.sources.crs import FARTHEST_M, check_crs, positions_out_of_reach, reproject, same_crs, short_crs
from udsat_geo.sources.features import read_features, why_invalid

NAMED_CROSSINGS = 3
"""How many of the crossings far from every barrier a note names."""

_POINT, _LINE, _RING, _POLYGON, _FIRST_COLLECTION = range(5)


@dataclass(frozen=True)
class Barriers:
    """Barriers and crossings, in the reference system of the units, each once and in an order of their own.

    Attributes
    ----------
    easting_start, northing_start, easting_end, northing_end : float64, shape (n_segments,)
        Straight segments, running eastward (northward where they are upright), sorted by where they start, then by
        where they end. One may be a point.
    crossing_easting, crossing_northing : float64, shape (n_crossings,)
    crossing_reach : float
        How near, in metres, a crossing must lie to where a barrier is met to open it; inclusive.
    features : int
        Of the barriers' file.
    notes : tuple of str
        What was found out about the files.
    """

    easting_start: NDArray[np.float64]
    northing_start: NDArray[np.float64]
    easting_end: NDArray[np.float64]
    northing_end: NDArray[np.float64]
    crossing_easting: NDArray[np.float64]
    crossing_northing: NDArray[np.float64]
    crossing_reach: float
    features: int = 0
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.easting_start)


@dataclass(frozen=True)
class _Kind:
    """What a file must hold: types of geometry (shapely's numbers), and what to say when it does not."""

    types: tuple[int, ...]
    wrong: str
    keep: str
    without: str


_BARRIERS = _Kind(
    (_LINE, _RING, _POLYGON),
    N_("geometries that are neither lines nor polygons"),
    N_("Keep lines and polygons only; points are crossings, which have a file of their own."),
    N_("Export it again, or do without barriers."),
)
_CROSSINGS = _Kind(
    (_POINT,),
    N_("geometries that are no points"),
    N_("Keep points only, one where each bridge or tunnel meets its barrier."),
    N_("Export it again, or do without crossings."),
)


@dataclass(frozen=True)
class _Layer:
    """A checked file: its points, lines and polygons, taken out of their collections."""

    name: str
    parts: NDArray[np.object_]
    features: int
    notes: tuple[str, ...]


def read_barriers(path: Path, crossings_path: Path | None, crs: str, crossing_reach: float, language: str) -> Barriers:
    """Read barriers, and the crossings that reopen them.

    Lines may cross themselves or have no length. Polygons must be valid, as those of a unit table: an invalid one has
    a border all the same, but hardly the one that was meant.

    Parameters
    ----------
    path : Path
        A vector file of lines or polygons, in any reference system that it says.
    crossings_path : Path or None
        One of points.
    crs : str
        Reference system of the units: projected, in metres.
    crossing_reach : float
        In metres, at least 0; ``areas.crossing`` of the policy.
    language : {"da", "en"}
        Of the notes.

    Raises
    ------
    InputError
        For a file that is missing, damaged or without features or reference system; features without a geometry or of
        another kind; coordinates that are no numbers or lie out of reach; invalid polygons. Both files' faults are told
        at once.
    """
    layers: list[_Layer] = []
    problems: list[str] = []
    for file, kind in ((path, _BARRIERS), (crossings_path, _CROSSINGS)):
        if file is not None:
            try:
                layers.append(_read_layer(file, kind, crs, language))
            except InputError as error:
                problems.extend(error.messages)
    if problems:
        raise InputError(problems)
    crossings = _crossings(layers[1].parts) if len(layers) > 1 else np.empty((0, 2))
    segments = _segments(layers[0].parts)
    barriers = Barriers(
        easting_start=segments[:, 0].copy(),
        northing_start=segments[:, 1].copy(),
        easting_end=segments[:, 2].copy(),
        northing_end=segments[:, 3].copy(),
        crossing_easting=crossings[:, 0].copy(),
        crossing_northing=crossings[:, 1].copy(),
        crossing_reach=crossing_reach,
        features=layers[0].features,
    )
    notes = [note for layer in layers for note in layer.notes]
    far = _far_crossings(barriers)
    if far.any():
        named = [f"({easting:.0f}, {northing:.0f})" for easting, northing in crossings[far][:NAMED_CROSSINGS]]
        told = {"name": layers[1].name, "reach": crossing_reach, "count": far.sum(), "examples": ", ".join(named)}
        notes.append(
            _(
                "{name}: crossings over {reach:g} m from every barrier, which open nothing: {count}, "
                "among them {examples}",
                language,
            ).format(**told)
        )
    return replace(barriers, notes=tuple(notes))


def is_cut(
    barriers: Barriers,
    start_easting: NDArray[np.float64],
    start_northing: NDArray[np.float64],
    end_easting: NDArray[np.float64],
    end_northing: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Which straight lines meet a barrier where no crossing lies within reach.

    Parameters
    ----------
    barriers : Barriers
    start_easting, start_northing, end_easting, end_northing : float64, shape (n_lines,)

    Returns
    -------
    bool, shape (n_lines,)
        Touching a barrier is enough; see `udsat_geo.kernels.crossings`.
    """
    from udsat_geo.kernels.crossings import find_cut_lines

    return find_cut_lines(
        np.ascontiguousarray(start_easting),
        np.ascontiguousarray(start_northing),
        np.ascontiguousarray(end_easting),
        np.ascontiguousarray(end_northing),
        barriers.easting_start,
        barriers.northing_start,
        barriers.easting_end,
        barriers.northing_end,
        barriers.crossing_easting,
        barriers.crossing_northing,
        float(barriers.crossing_reach),
    )


def segment_lines(barriers: Barriers) -> NDArray[np.object_]:
    """The segments of barriers as shapely LineStrings, shape (n_segments,)."""
    import shapely

    ends = np.column_stack(
        [barriers.easting_start, barriers.northing_start, barriers.easting_end, barriers.northing_end]
    )
    lines: NDArray[np.object_] = shapely.linestrings(ends.reshape(-1, 2, 2))
    return lines


def _read_layer(path: Path, kind: _Kind, crs: str, language: str) -> _Layer:
    features = read_features(path)
    name, geometry = features.name, features.geometry
    if geometry is None:
        raise InputError(Problem(name, _("holds no geometries"), _("Name a vector file, such as a GeoPackage.")))
    if not len(geometry):
        remedy = _(kind.without)
        raise InputError(Problem(name, _("holds no features"), remedy))
    parts, feature_of_part = _parts(geometry)
    problems: list[Problem | str] = [*_faults(name, geometry, parts, feature_of_part, kind)]
    if features.crs is None:
        problems.append(Problem(name, _("does not say its reference system"), _("Set it in the file.")))
    else:
        try:
            check_crs(features.crs, name)
        except InputError as error:
            problems.extend(error.messages)
    if problems or features.crs is None:
        raise InputError(problems)
    notes = features.notes
    if not same_crs(features.crs, crs):
        parts = reproject(parts, features.crs, crs, name)
        source, target = short_crs(features.crs), short_crs(crs)
        notes = (
            *notes,
            _("{name}: reprojected from {source} to {target}", language).format(
                name=name, source=source, target=target
            ),
        )
    far = _features_with(parts, feature_of_part, lambda position: ~(np.abs(position) <= FARTHEST_M))
    if len(far):
        raise InputError(positions_out_of_reach(name, crs, far))
    return _Layer(name, parts, len(geometry), notes)


def _faults(
    name: str,
    geometry: NDArray[np.object_],
    parts: NDArray[np.object_],
    feature_of_part: NDArray[np.int64],
    kind: _Kind,
) -> Iterator[Problem]:
    """What is wrong with geometries as they stand in the file."""
    import shapely

    of_type = shapely.get_type_id(parts)
    missing = np.flatnonzero(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    other = np.unique(feature_of_part[~np.isin(of_type, kind.types)])
    infinite = _features_with(parts, feature_of_part, lambda position: ~np.isfinite(position))
    polygonal = np.setdiff1d(feature_of_part[of_type == _POLYGON], infinite)
    invalid = polygonal[~shapely.is_valid(geometry[polygonal])]
    for wrong, what, remedy in (
        (missing, _("features without a geometry"), _("Remove them or draw them.")),
        (other, _(kind.wrong), _(kind.keep)),
        (infinite, _("coordinates that are no finite numbers"), _("Export the file again.")),
        (invalid, _("invalid polygons"), _("Mend them, in QGIS with the tool Fix geometries.")),
    ):
        if len(wrong):
            example = _("feature {number}").format(number=wrong[0] + 1)
            if wrong is other:
                example += f" ({geometry[wrong[0]].geom_type})"
            if wrong is invalid:
                example += f" ({why_invalid(geometry[wrong[0]])})"
            yield Problem(name, what, remedy, len(wrong), example)


def _parts(geometry: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Points, lines and polygons out of their collections, however deep, and the feature of each."""
    import shapely

    parts, feature_of_part = geometry, np.arange(len(geometry))
    while (shapely.get_type_id(parts) >= _FIRST_COLLECTION).any():
        parts, whole = shapely.get_parts(parts, return_index=True)
        feature_of_part = feature_of_part[whole]
    there = ~(shapely.is_missing(parts) | shapely.is_empty(parts))
    return parts[there], feature_of_part[there]


def _features_with(
    parts: NDArray[np.object_],
    feature_of_part: NDArray[np.int64],
    is_wrong: Callable[[NDArray[np.float64]], NDArray[np.bool_]],
) -> NDArray[np.int64]:
    """The features that have a wrong coordinate, in rising order."""
    import shapely

    positions, part = shapely.get_coordinates(parts, return_index=True)
    return np.unique(feature_of_part[part[is_wrong(positions).any(axis=1)]])


def _segments(parts: NDArray[np.object_]) -> NDArray[np.float64]:
    """The distinct segments of lines and of polygons' rings, shape (n_segments, 4)."""
    import shapely

    polygonal = shapely.get_type_id(parts) == _POLYGON
    lines = np.concatenate([parts[~polygonal], shapely.get_rings(parts[polygonal])])
    positions, line = shapely.get_coordinates(lines, return_index=True)
    follows = np.flatnonzero(line[1:] == line[:-1])
    start, end = positions[follows], positions[follows + 1]
    backward = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[backward], end[backward] = end[backward], start[backward]
    return np.unique(np.column_stack([start, end]), axis=0)


def _crossings(parts: NDArray[np.object_]) -> NDArray[np.float64]:
    """The distinct positions of points, shape (n_crossings, 2)."""
    import shapely

    return np.unique(shapely.get_coordinates(parts), axis=0)


def _far_crossings(barriers: Barriers) -> NDArray[np.bool_]:
    """Which crossings lie out of reach of every barrier, shape (n_crossings,)."""
    import shapely

    from udsat_geo.kernels.crossings import ROUNDING_M

    tree = shapely.STRtree(segment_lines(barriers))
    points = shapely.points(barriers.crossing_easting, barriers.crossing_northing)
    (point, _ignored), distance = tree.query_nearest(points, return_distance=True, all_matches=False)
    far = np.ones(len(points), dtype=bool)
    far[point] = distance > barriers.crossing_reach + ROUNDING_M
    return far
