"""What lies around the units: barriers with crossings, places, regions, parcels, the ground; and what was decided."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from udsat_geo.areas.decisions import Decisions, Overrides, read_overrides
from udsat_geo.areas.outlines import Parcels, read_parcels
from udsat_geo.kernels.arrays import Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import N_, _
from udsat_geo.policy.rules import Policy
from udsat_geo.sources.features import file_of
from udsat_geo.sources.origins import name_of
from udsat_geo.sources.positions import Extent, extent_of, in_words
from udsat_geo.units.barriers import Barriers, read_barriers
from udsat_geo.units.ground import DISTRICT, Ground, in_order, read_ground, with_sea
from udsat_geo.units.places import Places, read_places
from udsat_geo.units.regions import RegionFile, check_regions, read_regions, regions_of_points
from udsat_geo.units.units import Units

FAR_M, BESIDE_M = 10_000.0, 1_000.0
"""What lies farther from the units than this and as far as they reach is another place's; what lies this near may still
matter. Own choices."""
WINDOW = 0.5
"""How far around the units the ground is drawn, as a share of how far they reach; own choice."""


@dataclass(frozen=True)
class Around:
    """The files of what lies around the units, and of how earlier zones belong to them; None where there is none."""

    barriers: Path | None = None
    crossings: Path | None = None
    places: Path | None = None
    parcels: Path | None = None
    regions: Path | None = None
    ground: Path | None = None
    overrides: Path | None = None
    crosswalk: Path | None = None

    def named(self) -> dict[str, Path]:
        """The files that there are, by what they hold."""
        found = {part.name: getattr(self, part.name) for part in dataclasses.fields(self)}
        return {name: path for name, path in found.items() if path is not None}

    def of_earlier(self) -> Around:
        """The same for an earlier year: decisions are of one year, and a crosswalk leads from it."""
        return dataclasses.replace(self, overrides=None, crosswalk=None)


@dataclass(frozen=True)
class Surroundings:
    """What the files hold, in the units' reference system.

    Attributes
    ----------
    barriers : Barriers or None
    places : Places or None
    parcels : Parcels or None
    regions : RegionFile or None
    ground : Ground or None
    overrides : Overrides or None
    notes : tuple of str
    rows : dict
        What -> how many features there are of it.
    """

    barriers: Barriers | None = None
    places: Places | None = None
    parcels: Parcels | None = None
    regions: RegionFile | None = None
    ground: Ground | None = None
    overrides: Overrides | None = None
    notes: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def decisions(self) -> Decisions | None:
        """What was decided by hand, where anything was."""
        return None if self.overrides is None else self.overrides.decisions

    @property
    def districts(self) -> tuple[tuple[str, ...], Objects]:
        """The districts that are polygons, each once, by name: those of the places, else those of the ground."""
        chosen, names, geometry = np.empty(0, dtype=bool), np.empty(0, dtype=object), np.empty(0, dtype=object)
        if self.places is not None:
            names, geometry = self.places.name, self.places.geometry
            chosen = self.places.is_district & np.isin(shapely.get_type_id(geometry), (3, 6))
        if not chosen.any() and self.ground is not None:
            names, geometry = self.ground.name, self.ground.geometry
            chosen = self.ground.of(DISTRICT) & np.array([name is not None for name in names], dtype=bool)
        told = tuple(sorted(set(names[chosen].tolist())))
        return told, as_objects(shapely.union_all(geometry[chosen & (names == name)]) for name in told)

    @property
    def drawn_ground(self) -> Ground | None:
        """What maps are drawn on: the ground, and the districts; None where neither is known."""
        names, geometry = self.districts
        if self.ground is None and not names:
            return None
        kind = np.full(len(names), DISTRICT, dtype=object)
        if self.ground is None:
            return in_order(kind, as_objects(names), geometry)
        ground, plain = self.ground, ~self.ground.of(DISTRICT)
        joined = in_order(
            np.concatenate([ground.kind[plain], kind]),
            np.concatenate([ground.name[plain], as_objects(names)]),
            np.concatenate([ground.geometry[plain], geometry]),
            window=ground.window,
        )
        return with_sea(joined)


def read_surroundings(around: Around, units: Units, policy: Policy, language: str) -> Surroundings:
    """Read what lies around the units, and what was decided about them.

    Raises
    ------
    InputError
        If files are at fault; the faults of all of them are told at once.
    """
    reach = policy.areas.crossing
    readers: dict[str, Callable[[Path], Any]] = {
        "barriers": lambda path: read_barriers(path, around.crossings, units.crs, reach, language),
        "places": lambda path: read_places(path, units.crs, language),
        "parcels": lambda path: read_parcels(path, units.crs, language),
        "regions": lambda path: read_regions(path, units.crs, language),
        "ground": lambda path: read_ground(path, units.crs, _window(units), language),
        "overrides": lambda path: read_overrides(path, units, language),
    }
    found: dict[str, Any] = {}
    problems = Problems()
    for name, path in around.named().items():
        if name in readers:
            found[name] = problems.of(readers[name], path)
    problems.check()
    notes = [note for part in found.values() for note in part.notes]
    notes += _check_near(found, around, units, language)
    if around.parcels is not None and units.kind != "addresses":
        text = _("{name}: parcels serve areas made of addresses only; here they change nothing", language)
        notes.append(text.format(name=name_of(file_of(around.parcels))))
    return Surroundings(**found, notes=tuple(notes), rows=_rows(found, around))


def with_regions(units: Units, around: Surroundings, policy: Policy, language: str) -> tuple[Units, Surroundings]:
    """The units with the regions that they are compared within, and the surroundings with what is told of these.

    A column that the policy names goes before a file of regions.

    Raises
    ------
    InputError
        If the policy compares with regions and there are none, or nobody lives in any that is large enough.
    """
    file, wanted = around.regions, "region" in policy.compare.weights
    if file is not None and (not wanted or units.regions is not None):
        why = N_("{name}: not used, the policy compares with no regions.")
        if wanted:
            why = N_("{name}: not used, compare.column says which region a unit lies in.")
        told = (_(why, language).format(name=file.file),)
        return units, dataclasses.replace(around, notes=(*around.notes, *told))
    if not wanted:
        return units, around
    regions = units.regions
    if file is not None:
        regions = regions_of_points(file, units.easting, units.northing)
    if regions is None:
        what = _("compares units with their region, and no regions are given")
        remedy = _("Name a file of polygons with --regions, or a column of the unit table as compare.column.")
        raise InputError(Problem(policy.place("compare.with"), what, remedy))
    beyond = None if units.beyond is None else units.beyond.regions
    notes = check_regions(regions, units.unit_id, units.residents, policy, language, beyond)
    around = dataclasses.replace(around, notes=(*around.notes, *notes))
    return dataclasses.replace(units, regions=regions), around


def _check_near(found: dict[str, Any], around: Around, units: Units, language: str) -> list[str]:
    """Refuse files that hold nothing anywhere near the units, and say of what lies beside them that it does.

    Raises
    ------
    InputError
        Naming every file that lies elsewhere.
    """
    west, south, east, north = _extent(units)
    most = FAR_M + max(east - west, north - south)
    notes, problems = [], []
    for name, part in found.items():
        bounds = _bounds(part)
        if not len(bounds):
            continue
        apart = np.max([bounds[:, 0] - east, west - bounds[:, 2], bounds[:, 1] - north, south - bounds[:, 3]], axis=0)
        file = name_of(file_of(around.named()[name]))
        if apart.min() > most:
            theirs = (*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
            what = _("lies far from the units: in {theirs}, and they in {ours}")
            told = {"theirs": in_words(theirs), "ours": in_words((west, south, east, north))}
            remedy = _("Check its reference system and the order of its coordinates, or leave it out.")
            problems.append(Problem(file, what.format(**told), remedy))
        elif apart.min() > 0:
            notes.append(_("{name}: nothing of it lies within the extent of the units", language).format(name=file))
    if problems:
        raise InputError(problems)
    return notes


def _extent(units: Units) -> Extent:
    """The rectangle around the units, with the next ones that could be there."""
    if units.beyond is not None:
        west, south, east, north = units.beyond.extent
    elif units.geometry is not None:
        west, south, east, north = shapely.total_bounds(units.geometry).tolist()
    else:
        west, south, east, north = extent_of(units.easting, units.northing) or (0.0, 0.0, 0.0, 0.0)
    return (west - BESIDE_M, south - BESIDE_M, east + BESIDE_M, north + BESIDE_M)


def _window(units: Units) -> Extent:
    """The rectangle that maps may show."""
    west, south, east, north = _extent(units)
    beyond = WINDOW * max(east - west, north - south)
    return (west - beyond, south - beyond, east + beyond, north + beyond)


def _bounds(part: Any) -> NDArray[np.float64]:
    """West, south, east and north of everything in a file, shape (n, 4); none of what is no place."""
    if isinstance(part, Barriers):
        ends = [
            np.column_stack([part.easting_start, part.northing_start]),
            np.column_stack([part.easting_end, part.northing_end]),
        ]
        return np.column_stack([np.minimum(*ends), np.maximum(*ends)])
    if isinstance(part, (Places, Parcels, RegionFile, Ground)):
        bounds: NDArray[np.float64] = shapely.bounds(part.geometry)
        return bounds
    return np.empty((0, 4))


def _rows(found: dict[str, Any], around: Around) -> dict[str, int]:
    """How much each file holds."""
    count: dict[str, Callable[[Any], int]] = {
        "barriers": lambda barriers: int(barriers.features),
        "places": lambda places: len(places.name),
        "parcels": lambda parcels: len(parcels.geometry),
        "regions": lambda regions: len(regions.geometry),
        "ground": lambda ground: len(ground.kind),
        "overrides": lambda overrides: len(overrides.overrides),
    }
    rows = {name: count[name](part) for name, part in found.items()}
    if around.crossings is not None and "barriers" in found:
        rows["crossings"] = len(found["barriers"].crossing_easting)
    return rows
