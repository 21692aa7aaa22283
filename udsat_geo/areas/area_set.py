"""Any areas: those of a designation, made now or read back, or polygons of a file.

Whether somebody lives in an area is decided as it was when the area was drawn: by its units. Cells hold every address
in them, half open as in the grid; a designation over addresses holds those addresses; one over zones those that its
zones cover, whatever the smoothed outline leaves out or takes in. Plain polygons hold what they cover.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from udsat_geo.areas.ground import cell_squares
from udsat_geo.areas.scales import Scales
from udsat_geo.kernels.arrays import Floats, Ints, Objects, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.sources.crs import reproject, same_crs
from udsat_geo.units.crosswalk import Crosswalk, Overlay, lay_over
from udsat_geo.units.grid import Grid, find_cells
from udsat_geo.units.units import Units
from udsat_geo.units.zones import zone_of_points

_POINT, _POLYGON = 0, 3
_PAIRS_SHOWN = 5


@dataclass(frozen=True)
class Members:
    """The units of a designation, and the area that each is in.

    Attributes
    ----------
    unit_id : object (str), shape (n_units,)
    residents : int64, shape (n_units,)
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    geometry : object (shapely), shape (n_units,), or None
        Points of addresses, polygons of zones; None for cells, or where it is not known.
    row, col : int64, shape (n_units,), or None
        Of cells.
    size : int
        Side of a cell in metres; 0 where the units are no cells.
    others : Units or None
        Where these are some of very many, the units themselves, which know those beyond them.
    """

    unit_id: Objects
    residents: Ints
    area_of_unit: Ints
    geometry: Objects | None = None
    row: Ints | None = None
    col: Ints | None = None
    size: int = 0
    others: Units | None = None

    def __len__(self) -> int:
        return len(self.unit_id)

    def whole(self) -> Members:
        """All units, where these are some of very many; who lives in the others, which lie in no area, is left out."""
        if self.others is None or self.others.beyond is None or self.others.beyond.places is None:
            return self
        row, col = self.others.beyond.places()
        at = find_cells(row, col, *(np.asarray(side, dtype=np.int64) for side in (self.row, self.col)))
        residents, area_of_unit = np.zeros(len(row), dtype=np.int64), np.full(len(row), -1, dtype=np.int64)
        residents[at], area_of_unit[at] = self.residents, self.area_of_unit
        return Members(self.others.all_ids(), residents, area_of_unit, None, row, col, self.size)

    @property
    def are_addresses(self) -> bool:
        """Whether the units are known to be points."""
        return self.geometry is not None and bool((shapely.get_type_id(self.geometry) == _POINT).all())

    @property
    def are_zones(self) -> bool:
        """Whether the units are known to be given zones, whose ids are of their year; squares of one grid are cells."""
        if self.geometry is None or not len(self) or self.are_addresses:
            return False
        return members_of_shapes(self.unit_id, self.residents, self.area_of_unit, self.geometry).row is None

    def places(self, chosen: Ints | None = None) -> Objects:
        """Where units lie, all or those `chosen`; None where that is not known; shape (n_units,) or (n_chosen,)."""
        chosen = np.arange(len(self), dtype=np.int64) if chosen is None else chosen
        if self.geometry is not None:
            return self.geometry[chosen]
        if self.row is None or self.col is None:
            return np.empty(len(chosen), dtype=object)
        return cell_squares(self.row[chosen], self.col[chosen], self.size)

    def unit_of(self, easting: Floats, northing: Floats, address_id: Any = None) -> Ints | None:
        """The unit that holds each point, -1 is none, shape (n_points,); None where the units cannot tell.

        Parameters
        ----------
        easting, northing : float64, shape (n_points,)
        address_id : sequence of str, n_points, optional
            Where the points are addresses of registers.
        """
        if self.row is not None and self.col is not None:
            order = np.lexsort((self.col, self.row))
            row, col = Grid(self.size).cell_of(easting, northing)
            return np.append(order, -1)[find_cells(self.row[order], self.col[order], row, col)]
        if not len(self) or self.geometry is None:
            return None
        if not self.are_addresses:
            return zone_of_points(self.geometry, easting, northing)[0].astype(np.int64)
        return None if address_id is None else _positions(self.unit_id, address_id)


def _positions(known: Objects, wanted: Any) -> Ints:
    """Where each wanted id stands among those known; -1 is nowhere."""
    import pyarrow.compute as pc

    asked = pa.array(wanted.tolist(), type=pa.string()) if isinstance(wanted, np.ndarray) else wanted.cast(pa.string())
    found = pc.index_in(asked, value_set=pa.array(known.tolist(), type=pa.string()))
    positions: Ints = found.fill_null(-1).to_numpy().astype(np.int64)
    return positions


def members_of_units(units: Units, area_of_unit: Ints) -> Members:
    """The units of a designation made now; `area_of_unit` is of shape (n_units,)."""
    known = Members(units.unit_id, units.residents, area_of_unit)
    if units.grid is not None and units.row is not None and units.col is not None:
        others = None if units.beyond is None else units
        return dataclasses.replace(known, row=units.row, col=units.col, size=units.grid.size, others=others)
    if units.kind == "addresses":
        return dataclasses.replace(known, geometry=shapely.points(units.easting, units.northing))
    return dataclasses.replace(known, geometry=units.geometry)


def members_of_shapes(unit_id: Objects, residents: Ints, area_of_unit: Ints, geometry: Objects | None) -> Members:
    """The units of a designation read back, all arrays of shape (n_units,); squares of one grid are cells again."""
    whole = Members(unit_id, residents, area_of_unit, geometry)
    if geometry is None or not len(geometry) or not (shapely.get_type_id(geometry) == _POLYGON).all():
        return whole
    west, south, east, north = shapely.bounds(geometry).T
    size = round(float(east[0] - west[0]))
    if size <= 0 or not (shapely.area(geometry) == size**2).all():
        return whole
    row, col = np.round(south / size).astype(np.int64), np.round(west / size).astype(np.int64)
    corners = ((west, col), (south, row), (east, col + 1), (north, row + 1))
    if not all((found == size * wanted).all() for found, wanted in corners):
        return whole
    return dataclasses.replace(whole, geometry=None, row=row, col=col, size=size)


@dataclass(frozen=True)
class Figures:
    """What the areas of a designation were like in its own year.

    Attributes
    ----------
    composite : float64, shape (n_areas,)
    rate : dict
        Criterion -> float64, shape (n_areas,).
    city, spread : dict
        Criterion -> the whole city's rate, and the standard deviation between units.
    """

    composite: Floats
    rate: dict[str, Floats]
    city: dict[str, float] = field(default_factory=dict)
    spread: dict[str, float] = field(default_factory=dict)

    def of(self, area: int, keys: Sequence[str]) -> tuple[float, tuple[float, ...]]:
        """The composite of an area and its rates of some criteria; NaN of what is not known."""
        rates = (float(self.rate[key][area]) if key in self.rate else math.nan for key in keys)
        return float(self.composite[area]), tuple(rates)


def _no_members() -> Members:
    none = np.empty(0, dtype=np.int64)
    return Members(np.empty(0, dtype=object), none, none)


@dataclass(frozen=True)
class AreaSet:
    """A set of areas.

    Attributes
    ----------
    area_id, name : object (str), shape (n_areas,)
    outline : object (shapely), shape (n_areas,)
        In `crs`.
    crs : str
    year : int
        Of the designation; -1 is not known, as for polygons that are not ours.
    file : str
        What the set is called in messages: its file's name, or its year.
    path : Path or None
        The file, where there is one.
    source, policy_id, policy_sha256 : str
        What a designation was made from (``registers``, ``synthetic``, ``unit_table``) and by; empty for polygons.
    sha256 : str
        Of a designation that was read back: its GeoPackage's; where it lies in several files or a database, its
        summary's. Empty for one made now and for polygons.
    since : int64, shape (n_areas,)
        The first year of each area.
    until : int64, shape (n_areas,), or None
        The end year of an area that only stays for a while; -1, or None for all, is none.
    members : Members
        Of a designation; without any, the polygons decide.
    figures : Figures or None
        Of a designation.
    files : tuple of (int, str, Path)
        What it was made of or read from, and those before it: the year, what each holds, and where it lies.
    notes : tuple of str
        What was found out on reading.
    may_overlap : bool
        Whether a resident of two areas counts in the first of them, which is refused otherwise.
    crosswalk : Crosswalk or None
        How the zones of this designation belong to those of the later one that it is compared with.
    overlay : Overlay or None
        What such a crosswalk is to be made by, see `carried_to`.
    scales : Scales or None
        What the year's own scale and a yardstick designate, where a designation's policy holds one.
    """

    area_id: Objects
    name: Objects
    outline: Objects
    crs: str
    year: int
    since: Ints
    file: str = ""
    path: Path | None = None
    source: str = ""
    policy_id: str = ""
    policy_sha256: str = ""
    sha256: str = ""
    until: Ints | None = None
    members: Members = field(default_factory=_no_members)
    figures: Figures | None = None
    files: tuple[tuple[int, str, Path], ...] = ()
    notes: tuple[str, ...] = ()
    may_overlap: bool = False
    crosswalk: Crosswalk | None = None
    overlay: Overlay | None = None
    scales: Scales | None = None

    def __len__(self) -> int:
        return len(self.area_id)

    def __repr__(self) -> str:
        year = "" if self.year < 0 else f" {self.year}"
        return f"<AreaSet{year}: {len(self)} areas, {len(self.members)} units, {self.crs[:40]}>"

    @property
    def is_designation(self) -> bool:
        """Whether the areas are a designation's, by a policy that is known."""
        return bool(self.policy_id)

    @property
    def known_year(self) -> int | None:
        """The year; None where it is not known."""
        return None if self.year < 0 else self.year

    @property
    def labels(self) -> tuple[str, ...]:
        """What each area is called: its id, and its name where that is another; n_areas."""
        pairs = zip(self.area_id.tolist(), self.name.tolist(), strict=True)
        return tuple(f"{one} ({name})" if name and name != one else str(one) for one, name in pairs)

    @property
    def end_year(self) -> Ints:
        """The end year of each area, -1 where it has none, shape (n_areas,)."""
        return np.full(len(self), -1, dtype=np.int64) if self.until is None else self.until

    @property
    def residents(self) -> Ints:
        """Residents of each area by the designation's own units, shape (n_areas,); 0 without units."""
        return total(self.members.area_of_unit, self.members.residents, len(self))

    def area_of(self, easting: Floats, northing: Floats, address_id: Any = None) -> Ints:
        """The area of each point, -1 is none; shape (n_points,).

        Parameters
        ----------
        easting, northing : float64, shape (n_points,)
            In the reference system of the set.
        address_id : sequence of str, n_points, optional
            Where the points are addresses of registers: a designation over addresses knows its own by them.
        """
        unit = self.members.unit_of(easting, northing, address_id)
        if unit is None:
            return zone_of_points(self.outline, easting, northing)[0].astype(np.int64)
        return np.append(self.members.area_of_unit, -1)[unit]

    def carried_to(self, now: Members, crs: str) -> AreaSet:
        """The same with the crosswalk to later zones that its overlay gives, if it has one.

        Raises
        ------
        InputError
            If the units of either are no polygons.
        """
        if self.overlay is None:
            return self
        ours, theirs = self.in_crs(crs).members.places(), now.places()
        if any(
            shapely.is_missing(zones).any() or (shapely.get_dimensions(zones) < 2).any() for zones in (ours, theirs)
        ):
            what = _("lays zones over each other, and the units are no polygons")
            raise InputError(Problem(f"--crosswalk {self.overlay.by}", what, _("Name a table of them.")))
        points = self.overlay.points
        points = reproject(points, self.overlay.crs, crs) if len(points) else points
        found = lay_over(self.overlay, points, (self.members.unit_id, ours), (now.unit_id, theirs))
        return dataclasses.replace(self, crosswalk=found, overlay=None)

    def in_crs(self, crs: str) -> AreaSet:
        """The same areas and units in another reference system, where they are in another one."""
        if same_crs(self.crs, crs):
            return self
        outline = reproject(self.outline, self.crs, crs) if len(self) else self.outline
        members = self.members
        if members.geometry is not None or members.row is not None:
            places = reproject(members.places(), self.crs, crs)
            members = dataclasses.replace(members, geometry=places, row=None, col=None, size=0)
        return dataclasses.replace(self, outline=outline, members=members, crs=crs)


def overlap_problem(file: str, pairs: Sequence[tuple[str, str]]) -> Problem:
    """Areas of one file that share residents, by their pairs."""
    remedy = _("A resident counts once: cut one of each pair, or give --allow-overlaps: the first counts then.")
    return Problem(file, _("areas that overlap: {pairs}").format(pairs=shown_pairs(pairs)), remedy)


def shown_pairs(pairs: Sequence[tuple[str, str]]) -> str:
    """Pairs of areas by their ids, the first few of them."""
    more = f"; ... ({len(pairs)})" if len(pairs) > _PAIRS_SHOWN else ""
    return "; ".join(f"{one!r} / {other!r}" for one, other in pairs[:_PAIRS_SHOWN]) + more
