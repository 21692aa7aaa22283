"""The registers of a year, counted in and around sets of areas in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.polygons import check_in_city, outside_city
from udsat_geo.designation.status import Status, status_of_sums, sums_by_side
from udsat_geo.kernels.arrays import Flags, Ints, total
from udsat_geo.policy.load import check_one_year
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.followed import Followed, read_followed
from udsat_geo.registers.linking import Located
from udsat_geo.registers.opening import Opened
from udsat_geo.registers.read import Missing, RegisterSums, read_partial_registers
from udsat_geo.registers.survey import UNKNOWN, UNPLACED


@dataclass(frozen=True)
class MeasuredYear:
    """The registers of a year over one or more sets of areas.

    Attributes
    ----------
    policy : Policy
        Whose criteria are measured.
    sets : tuple of AreaSet, n_sets
    sums : RegisterSums
        Of each place, which is an area of every set, or none of it.
    area_of_place : tuple of int64 arrays, each of shape (n_places,), n_sets
        -1 is none.
    outside : tuple of bool arrays, n_sets
        Areas that lie outside the city of these registers.
    missing : dict
        Criteria that these registers cannot answer -> the columns they lack.
    followed : Followed or None
        What each household and person adds, where that was asked for.
    """

    policy: Policy
    sets: tuple[AreaSet, ...]
    sums: RegisterSums
    area_of_place: tuple[Ints, ...]
    outside: tuple[Flags, ...]
    missing: Missing
    followed: Followed | None = None

    def status(self, number: int = 0) -> Status:
        """One of the sets against the rest of the city."""
        return status_of_sums(sums_by_side(self.sums, self.area_of_place[number] >= 0), self.policy)

    def residents(self, number: int = 0) -> Ints:
        """Residents of each area of one of the sets, shape (n_areas,)."""
        return total(self.area_of_place[number], self.sums.residents, len(self.sets[number]))


def measure_year(
    folder: Path,
    policy: Policy,
    sets: Sequence[AreaSet],
    threads: int | None = None,
    year: int | None = None,
    follow: bool = False,
) -> MeasuredYear:
    """Count the people of a year in and around sets of areas.

    Parameters
    ----------
    folder : Path
        The registers.
    policy : Policy
        Its criteria read registers.
    sets : sequence of AreaSet
        At least one; registers are read in the reference system of the first.
    threads : int, optional
        For DuckDB; no result depends on it.
    year : int, optional
        Which year of a folder that holds several.
    follow : bool
        Whether households and persons are kept one by one, for standard errors.

    Raises
    ------
    InputError
        If the registers are at fault, an expression of the policy does not fit them, or its criteria are changes.
    """
    check_one_year(policy)
    crs = sets[0].crs
    placing = _Placing([each.in_crs(crs) for each in sets])
    kept: list[Followed] = []

    def keep(opened: Opened, followed: Policy, *dwellings: Any) -> None:
        kept.append(read_followed(opened, followed, *dwellings).of_criteria(followed.keys, policy.keys))

    sums, missing = read_partial_registers(
        folder, policy, placing, threads, year, placing.of_district, keep if follow else None, crs
    )
    followed = kept[0] if kept else None
    return MeasuredYear(policy, tuple(sets), sums, placing.area_of_place, placing.outside, missing, followed)


def check_all_in_city(measured: Sequence[MeasuredYear]) -> None:
    """Refuse areas that lie outside the city of the registers in every year in which they were measured.

    Raises
    ------
    InputError
    """
    for number in range(max(len(year.sets) for year in measured)):
        years = [year for year in measured if number < len(year.sets)]
        outside: Flags = np.logical_and.reduce([year.outside[number] for year in years])
        check_in_city(years[0].sets[number], outside)


class _Placing:
    """Places addresses by the area they lie in, or by all the sets' areas at once."""

    def __init__(self, sets: Sequence[AreaSet]):
        self.sets = sets
        self.area_of_place: tuple[Ints, ...] = ()
        self.outside: tuple[Flags, ...] = ()

    def __call__(self, addresses: Located) -> tuple[NDArray[np.int32], int]:
        at = (addresses.easting, addresses.northing, addresses.address_id)
        areas = [each.area_of(*at) for each in self.sets]
        self.outside = tuple(_outside(each, area, addresses) for each, area in zip(self.sets, areas, strict=True))
        place = areas[0] + 1
        n_places = len(self.sets[0]) + 1
        area_of_place = [np.arange(n_places, dtype=np.int64) - 1]
        for each, area in zip(self.sets[1:], areas[1:], strict=True):
            # only the pairs that there are: few areas of one set meet an area of another
            pairs, place = np.unique(place * (len(each) + 1) + area + 1, return_inverse=True)
            before, own = pairs // (len(each) + 1), pairs % (len(each) + 1)
            area_of_place = [*(of[before] for of in area_of_place), own - 1]
            n_places = len(pairs)
        self.area_of_place = tuple(area_of_place)
        return place.astype(np.int32), n_places

    def of_district(self, names: Sequence[str | None]) -> NDArray[np.int32]:
        """The place of each district, by its name: an area of the first set that is called so, else none of them."""
        areas = self.sets[0]
        named = zip(areas.area_id.tolist(), areas.name.tolist(), areas.labels, strict=True)
        called = {str(name).casefold(): i for i, names_of_one in enumerate(named) for name in names_of_one if name}
        first = {int(area): place for place, area in reversed(list(enumerate(self.area_of_place[0])))}
        at = {None: UNKNOWN} | {
            name: first.get(called.get(name.strip().casefold(), -1), UNPLACED) for name in names if name is not None
        }
        return np.array([at[name] for name in names], dtype=np.int32)


def _outside(areas: AreaSet, area_of_address: Ints, addresses: Located) -> Flags:
    """Which areas lie outside the city: of those that hold an address none does, and the others are looked at."""
    outside = np.ones(len(areas), dtype=bool)
    outside[area_of_address[area_of_address >= 0]] = False
    if outside.any():
        outside[outside] = outside_city(areas.outline[outside], addresses.easting, addresses.northing)
    return outside
