"""Names and lasting ids of areas.

An area that continues one of the previous designation (`Changes.continues` of `udsat_geo.changes.diff`) keeps its id
and name. A new one takes an id that was never used, the year and a running number. Its name is that of the given zone
that most of its residents live in, where zones have names (``units.name``), else of the place, else of the district; a
second area of one name gets the number 2, and so on. Without any of them, its name is the first plain number from its
own on that no other has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.roles import Areas
from udsat_geo.kernels.arrays import Flags, Ints, Objects, as_objects
from udsat_geo.messages.translate import _
from udsat_geo.units.places import Places, most_lived_in, place_of_points
from udsat_geo.units.units import Units


@dataclass(frozen=True)
class Named:
    """What areas are called.

    Attributes
    ----------
    area_id, name : object (str), shape (n_areas,)
        Each once.
    district : object (str or None), shape (n_areas,)
    has_place : bool, shape (n_areas,)
        Whether a place or a district was found.
    """

    area_id: Objects
    name: Objects
    district: Objects
    has_place: Flags


def name_areas(
    year: int,
    units: Units,
    areas: Areas,
    places: Places | None,
    previous: AreaSet | None,
    continues: Ints,
    language: str,
) -> Named:
    """Give areas their ids and names.

    Parameters
    ----------
    year : int
    units : Units
    areas : Areas
    places : Places or None
    previous : AreaSet or None
    continues : int64, shape (n_areas,)
        The earlier area that each one continues; -1 is none.
    language : {"da", "en"}
    """
    n_areas = len(areas)
    name: list[str | None] = [None] * n_areas
    area_id: list[str | None] = [None] * n_areas
    zone = _zones_of_areas(units, areas)
    place, district = _places_of_areas(units, areas, places)
    if previous is not None:
        for area in np.flatnonzero(continues >= 0).tolist():
            area_id[area] = str(previous.area_id[continues[area]])
            # a file that was changed by hand may name areas alike, or not at all
            told = str(previous.name[continues[area]]).strip()
            name[area] = None if not told or told in name else told
    used_ids = {value for value in area_id if value is not None}
    if previous is not None:
        used_ids |= set(previous.area_id.tolist())
    used_names = {value for value in name if value is not None}
    digits, number = max(2, len(str(n_areas))), 0
    for area in range(n_areas):
        if area_id[area] is None:
            number += 1
            while f"{year}-{number:0{digits}d}" in used_ids:
                number += 1
            area_id[area] = f"{year}-{number:0{digits}d}"
        if name[area] is None:
            wanted = zone[area] or place[area] or district[area]
            name[area] = _unused(wanted, used_names) if wanted else _plain(_("Area", language), area + 1, used_names)
            used_names.add(str(name[area]))
    has_place = np.array([bool(one or other) for one, other in zip(place, district, strict=True)], dtype=bool)
    return Named(as_objects(area_id), as_objects(name), as_objects(district), has_place)


def _places_of_areas(units: Units, areas: Areas, places: Places | None) -> tuple[list[str | None], list[str | None]]:
    """Place and district of each area; None where there is none."""
    if places is None or not len(areas):
        return [None] * len(areas), [None] * len(areas)
    inside = np.flatnonzero(areas.area_of_unit >= 0)
    found = []
    for districts in (False, True):
        of_unit = place_of_points(places, units.easting[inside], units.northing[inside], districts)
        found.append(most_lived_in(of_unit, places, units.residents[inside], areas.area_of_unit[inside], len(areas)))
    return found[0], found[1]


def _zones_of_areas(units: Units, areas: Areas) -> list[str | None]:
    """The name of the zone of each area that most of its residents live in, of equals the first by name."""
    best: list[tuple[int, str] | None] = [None] * len(areas)
    if units.kind == "zones" and units.name is not None:
        for unit in np.flatnonzero(areas.area_of_unit >= 0).tolist():
            area, name = int(areas.area_of_unit[unit]), str(units.name[unit] or "").strip()
            found = best[area]
            one = (-int(units.residents[unit]), name)
            if name and (found is None or one < found):
                best[area] = one
    return [None if found is None else found[1] for found in best]


def _unused(wanted: str, used: set[str]) -> str:
    name, number = wanted, 1
    while name in used:
        number += 1
        name = f"{wanted} {number}"
    return name


def _plain(word: str, number: int, used: set[str]) -> str:
    while f"{word} {number}" in used:
        number += 1
    return f"{word} {number}"
