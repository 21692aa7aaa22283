"""Places with names: what an area is called after, and the district it lies in.

A file of points or polygons with a column ``name`` (or ``navn``); a column ``kind`` tells districts (``district``,
``bydel``) from other places. Several features of one name and kind are parts of one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal, in_one_line
from udsat_geo.sources.crs import short_crs
from udsat_geo.sources.features import Features, features_in, shared_areas, texts_of

NAME_COLUMNS = ("name", "navn")
KIND_COLUMNS = ("kind", "type")
DISTRICTS = ("district", "bydel")
PLACE_REACH = 1500.0
"""Metres: a point names what lies no farther from it; own choice."""
LARGEST_OVERLAP = 0.01
"""Share of the smaller of two polygons: less is how borders are digitised, more is refused; own choice."""


@dataclass(frozen=True)
class Places:
    """Named points and polygons, sorted by name, then as they stand in the file.

    Attributes
    ----------
    name : object (str), shape (n_places,)
    is_district : bool, shape (n_places,)
    geometry : object (shapely), shape (n_places,)
        In the units' reference system.
    notes : tuple of str
    """

    name: NDArray[np.object_]
    is_district: NDArray[np.bool_]
    geometry: NDArray[np.object_]
    notes: tuple[str, ...] = ()


def read_places(path: Path, crs: str, language: str) -> Places:
    """Read places and check them.

    Raises
    ------
    InputError
        If the file cannot be read, names no column ``name``, has empty names, other geometries than points and
        polygons, or polygons of one kind and different names that overlap.
    """
    import shapely

    features, told = features_in(path, crs)
    if features.geometry is None:
        raise InputError(Problem(features.name, _("holds no geometries"), _("Places are points or polygons.")))
    names = features.attributes.column_names
    name = _texts(features, NAME_COLUMNS)
    if name is None:
        what = _("has no column {names} (it has {value})").format(
            names=_(" or ").join(NAME_COLUMNS), value=", ".join(names[:12]) or _("none")
        )
        raise InputError(Problem(features.name, what, _("Rename the column that holds the names.")))
    _check(features, name)
    kind = _texts(features, KIND_COLUMNS)
    is_district = np.zeros(len(name), dtype=bool)
    if kind is not None:
        is_district[:] = [str(value).strip().lower() in DISTRICTS for value in kind]
    order = np.argsort(name.astype(str), kind="stable")
    given = {"name": features.name, "source": told, "target": short_crs(crs)}
    notes = () if told is None else (_("{name}: reprojected from {source} to {target}", language).format(**given),)
    places = Places(
        name[order],
        is_district[order],
        shapely.normalize(features.geometry[order]),
        notes,
    )
    check_overlaps(features.name, places)
    return places


def place_of_points(
    places: Places, easting: NDArray[np.float64], northing: NDArray[np.float64], districts: bool
) -> NDArray[np.int64]:
    """The place of each point: the polygon that covers it, else the nearest named point within reach.

    Parameters
    ----------
    places : Places
    easting, northing : float64, shape (n_points,)
    districts : bool
        Among districts, or among the other places.

    Returns
    -------
    int64, shape (n_points,)
        Of several at the same distance, and on a border, the first by name; -1 is none.
    """
    import shapely

    points = shapely.points(easting, northing)
    result = np.full(len(points), len(places.name), dtype=np.int64)
    chosen = places.is_district == districts
    is_point = np.isin(shapely.get_type_id(places.geometry), (0, 4))
    areal = np.flatnonzero(chosen & ~is_point)
    place, point = shapely.STRtree(points).query(places.geometry[areal], predicate="intersects")
    np.minimum.at(result, point, areal[place])
    open_points = np.flatnonzero(result == len(places.name))
    named = np.flatnonzero(chosen & is_point)
    if len(named) and len(open_points):
        tree = shapely.STRtree(places.geometry[named])
        point, place = tree.query_nearest(points[open_points], max_distance=PLACE_REACH, all_matches=True)
        np.minimum.at(result, open_points[point], named[place])
    result[result == len(places.name)] = -1
    return result


def most_lived_in(
    place_of_unit: NDArray[np.int64],
    places: Places,
    residents: NDArray[np.int64],
    area_of_unit: NDArray[np.int64],
    n_areas: int,
) -> list[str | None]:
    """The place that most residents of each area live in.

    Parameters
    ----------
    place_of_unit : int64, shape (n_units,)
        -1 is none.
    places : Places
    residents, area_of_unit : int64, shape (n_units,)
    n_areas : int

    Returns
    -------
    list of str or None, length n_areas
        Of several with as many residents, the one with most units, then the first by name; None where no unit of the
        area has a place.
    """
    found: list[dict[str, list[int]]] = [{} for _ignored in range(n_areas)]
    inside = np.flatnonzero((area_of_unit >= 0) & (place_of_unit >= 0))
    rows = zip(area_of_unit[inside].tolist(), place_of_unit[inside].tolist(), residents[inside].tolist(), strict=True)
    for area, place, living in rows:
        tally = found[area].setdefault(str(places.name[place]), [0, 0])
        tally[0] += living
        tally[1] += 1
    return [min(names, key=lambda n: (-names[n][0], -names[n][1], n)) if names else None for names in found]


def _texts(features: Features, columns: tuple[str, ...]) -> NDArray[np.object_] | None:
    lower = {column.lower(): column for column in features.attributes.column_names}
    for column in columns:
        if column in lower:
            values = texts_of(features, lower[column])
            texts = np.empty(len(values), dtype=object)
            texts[:] = [in_one_line(value) for value in values]
            return texts
    return None


def _check(features: Features, name: NDArray[np.object_]) -> None:
    import shapely

    geometry: NDArray[np.object_] = features.geometry  # type: ignore[assignment]
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    other = ~missing & ~np.isin(shapely.get_type_id(geometry), (0, 3, 4, 6))
    invalid = ~missing & ~other & ~shapely.is_valid(geometry)
    problems = [] if len(name) else [Problem(features.name, _("holds no places"), _("Export it again."))]
    for wrong, what, remedy in (
        (name == "", _("places without a name"), _("Name them or remove them.")),
        (missing, _("places without a geometry"), _("Draw them or remove them.")),
        (other, _("geometries that are neither points nor polygons"), _("Keep points and polygons.")),
        (invalid, _("invalid geometries"), _("Mend them, in QGIS with the tool Fix geometries.")),
    ):
        if wrong.any():
            example = repr(str(name[np.flatnonzero(wrong)[0]]))
            problems.append(Problem(features.name, what, remedy, int(wrong.sum()), example))
    if problems:
        raise InputError(problems)


def check_overlaps(file: str, places: Places) -> None:
    """Refuse polygons of one kind whose insides overlap, naming the pairs: a resident lies in one place."""
    import shapely

    head, tail, shared = shared_areas(places.geometry)
    smaller = np.minimum(shapely.area(places.geometry[head]), shapely.area(places.geometry[tail]))
    over = (places.name[head] != places.name[tail]) & (places.is_district[head] == places.is_district[tail])
    over &= shared > LARGEST_OVERLAP * smaller
    if over.any():
        first = int(np.flatnonzero(over)[0])
        example = _("{first!r} and {second!r} share {m2} m2").format(
            first=places.name[head[first]], second=places.name[tail[first]], m2=decimal(shared[first], 0)
        )
        remedy = _("Cut one of each pair, or tell districts from other places in a column kind.")
        raise InputError(Problem(file, _("places that overlap"), remedy, int(over.sum()), example))
