"""Regions that units are compared within: towns, municipalities, urban units.

They are named by a column of a unit table, or are polygons of a file with a column ``name`` (or ``navn``). A unit lies
in the region that holds its middle.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Ints, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy
from udsat_geo.sources.features import file_of, keys_of
from udsat_geo.sources.origins import name_of
from udsat_geo.units.places import Places, check_overlaps, place_of_points, read_places


@dataclass(frozen=True)
class RegionFile:
    """The polygons of a file of regions.

    Attributes
    ----------
    file : str
        Its name.
    name : object (str), shape (n_polygons,)
        Sorted; several polygons of one name are one region.
    geometry : object (shapely), shape (n_polygons,)
        In the units' reference system.
    notes : tuple of str
    """

    file: str
    name: NDArray[np.object_]
    geometry: NDArray[np.object_]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Regions:
    """Which region each unit lies in.

    Attributes
    ----------
    source : str
        The file, or the column of the unit table, for messages.
    name : object (str), shape (n_regions,)
        Sorted, each once.
    of_unit : int64, shape (n_units,)
        -1 is none.
    """

    source: str
    name: NDArray[np.object_]
    of_unit: NDArray[np.int64]


@dataclass(frozen=True)
class RegionSums:
    """Sums over units by the region that they lie in.

    Attributes
    ----------
    units, lived_in, residents : int64, shape (n_regions + 1,)
        How many units, how many of them with residents, and these; the last are in no region.
    numerator, denominator : int64, shape (n_regions + 1, n_columns)
    """

    units: Ints
    lived_in: Ints
    residents: Ints
    numerator: Ints
    denominator: Ints

    @staticmethod
    def of(regions: Regions, residents: Ints, numerator: Ints, denominator: Ints) -> RegionSums:
        """Those of units, whose arrays are of shape (n_units,) or (n_units, n_columns)."""
        n_regions = len(regions.name)
        group = np.where(regions.of_unit < 0, n_regions, regions.of_unit)
        columns = (np.ones_like(residents), (residents > 0).astype(np.int64), residents, numerator, denominator)
        return RegionSums(*(total(group, column, n_regions + 1) for column in columns))

    def without(self, others: RegionSums) -> RegionSums:
        """These sums less those of some of the units."""
        names = (each.name for each in dataclasses.fields(self))
        return RegionSums(*(getattr(self, name) - getattr(others, name) for name in names))


def read_regions(path: Path, crs: str, language: str) -> RegionFile:
    """Read regions and check them.

    Raises
    ------
    InputError
        If the file cannot be read, has no column of names, or holds anything but polygons that do not overlap.
    """
    places = read_places(path, crs, language)
    is_point = np.isin(shapely.get_type_id(places.geometry), (0, 4))
    if is_point.any():
        example = repr(str(places.name[np.flatnonzero(is_point)[0]]))
        remedy = _("Keep polygons: a unit lies in the region that holds its middle.")
        raise InputError(
            Problem(name_of(file_of(path)), _("regions that are points"), remedy, int(is_point.sum()), example)
        )
    file = name_of(file_of(path))
    if places.is_district.any():
        # what is of another kind may overlap as a place, but not as a region
        check_overlaps(file, dataclasses.replace(places, is_district=np.zeros_like(places.is_district)))
    return RegionFile(file, places.name, places.geometry, places.notes)


def regions_of_points(file: RegionFile, easting: NDArray[np.float64], northing: NDArray[np.float64]) -> Regions:
    """The region that holds each point; on a border, the first by name.

    Parameters
    ----------
    file : RegionFile
    easting, northing : float64, shape (n_units,)
    """
    places = Places(file.name, np.zeros(len(file.name), dtype=bool), file.geometry)
    polygon = place_of_points(places, easting, northing, districts=False)
    name, of_polygon = np.unique(file.name.astype(str), return_inverse=True)
    return Regions(file.file, name.astype(object), np.append(of_polygon, -1)[polygon])


def regions_of_column(attributes: Any, file: str, policy: Policy) -> Regions | None:
    """The regions that a column of a unit table names; None where the policy names no column.

    Parameters
    ----------
    attributes : pyarrow.Table, n_units rows
    file : str
        The table's name.
    policy : Policy

    Raises
    ------
    InputError
        If the table has no such column.
    """
    column = policy.compare.column
    if column is None:
        return None
    if column not in attributes.column_names:
        what = _("the table {name} has no such column").format(name=file)
        names = ", ".join(attributes.column_names[:12])
        remedy = _("Name the column that says which region a unit lies in; it has {names}.").format(names=names)
        raise InputError(Problem(policy.place(f"compare.column = {column!r}"), what, remedy))
    name, of_unit = np.unique(np.array(keys_of(attributes, column, file), dtype=str), return_inverse=True)
    if len(name) and not name[0]:
        name, of_unit = name[1:], of_unit - 1
    where = _("{name}, column {column}").format(name=file, column=column)
    return Regions(where, name.astype(object), of_unit.astype(np.int64))


def check_regions(
    regions: Regions,
    unit_id: NDArray[np.object_],
    residents: NDArray[np.int64],
    policy: Policy,
    language: str,
    beyond: RegionSums | None = None,
) -> tuple[str, ...]:
    """What is to be told of regions: units in none, and regions without residents, or with too few.

    Parameters
    ----------
    regions : Regions
    unit_id : object (str), shape (n_units,)
    residents : int64, shape (n_units,)
    policy : Policy
    language : {"da", "en"}
    beyond : RegionSums, optional
        Of units that are not here; none of those that are in no region comes before the first that is.

    Raises
    ------
    InputError
        If nobody lives in any region that is large enough.
    """
    inside = regions.of_unit >= 0
    living = np.bincount(regions.of_unit[inside], residents[inside], len(regions.name)).astype(np.int64)
    lost_units = lost_residents = 0
    if beyond is not None:
        living += beyond.residents[:-1]
        lost_units, lost_residents = int(beyond.lived_in[-1]), int(beyond.residents[-1])
    least = max(policy.compare.residents, 1)
    if not (living >= least).any():
        what = _("nobody lives in a region with at least {least} residents: {of} of {units} units lie in any")
        told = {"least": decimal(least, 0), "of": decimal(int(inside.sum()), 0), "units": decimal(len(inside), 0)}
        remedy = _("Check where the regions lie, and compare.residents.")
        raise InputError(Problem(regions.source, what.format(**told), remedy))
    notes = []
    outside = np.flatnonzero(~inside & (residents > 0))
    if len(outside):
        text = _(
            "{source}: {count} units with {residents} residents lie in no region, for example {unit}. They have "
            "nothing to be compared with and are in no area. Draw the regions wider if they should be.",
            language,
        )
        counts = {"count": len(outside) + lost_units, "residents": int(residents[outside].sum()) + lost_residents}
        shown = {name: decimal(number, 0, language) for name, number in counts.items()}
        notes.append(text.format(source=regions.source, unit=unit_id[outside[0]], **shown))
    empty, small = np.flatnonzero(living == 0), np.flatnonzero((living > 0) & (living < least))
    if len(empty):
        text = _(
            "{source}: {count} regions without residents, for example {region}. Leave them out, or check where the "
            "units lie.",
            language,
        )
        count = decimal(len(empty), 0, language)
        notes.append(text.format(source=regions.source, count=count, region=regions.name[empty[0]]))
    if len(small):
        text = _(
            "{source}: {count} regions with fewer than {least} residents, for example {region} ({residents}). Their "
            "units have nothing to be compared with and are in no area, as compare.residents has it.",
            language,
        )
        counts = {"count": len(small), "least": least, "residents": int(living[small[0]])}
        shown = {name: decimal(number, 0, language) for name, number in counts.items()}
        notes.append(text.format(source=regions.source, region=regions.name[small[0]], **shown))
    return tuple(notes)
