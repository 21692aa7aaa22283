"""A set of areas that people are counted in: a designation's own units, or polygons.

Whether somebody lives in an area is decided as it was when the area was drawn. A designation over cells holds every
address in its cells, one over addresses those addresses, whatever its smoothed outline leaves out or takes in;
polygons, and a designation over zones, hold the addresses that their polygons cover.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.polygons import Words
from udsat_geo.changes.diff import Designated
from udsat_geo.messages.errors import Problem
from udsat_geo.registers.read import Located
from udsat_geo.sources.features import (
    file_of,
)
from udsat_geo.sources.origins import origin_of
from udsat_geo.units.grid import Grid, find_cells
from udsat_geo.units.zones import zone_of_points


@dataclass(frozen=True)
class MemberCells:
    """Cells that belong to areas.

    Attributes
    ----------
    size : int
        Side of a cell in metres.
    row, col : int64, shape (n_cells,)
        By row, then column.
    area_of_cell : int64, shape (n_cells,)
    """

    size: int
    row: NDArray[np.int64]
    col: NDArray[np.int64]
    area_of_cell: NDArray[np.int64]


@dataclass(frozen=True)
class MemberAddresses:
    """Addresses that belong to areas.

    Attributes
    ----------
    address_id : object (str), shape (n_addresses,)
    area_of_address : int64, shape (n_addresses,)
    """

    address_id: NDArray[np.object_]
    area_of_address: NDArray[np.int64]


@dataclass(frozen=True)
class AreaSet:
    """A set of areas.

    Attributes
    ----------
    name : str
        Of the file, or the year of the designation.
    label : tuple of str, n_areas
        What each area is called.
    geometry : object (shapely), shape (n_areas,)
        Outlines in EPSG:25832.
    members : MemberCells, MemberAddresses or None
        Of a designation; None where the polygons decide.
    year : int or None
        Of a designation.
    source : str or None
        What a designation was made from: ``registers``, ``synthetic``, ``unit_table``.
    path : Path or None
        The file, where there is one.
    notes : tuple of mapping of str
        Danish and English.
    """

    name: str
    label: tuple[str, ...]
    geometry: NDArray[np.object_]
    members: MemberCells | MemberAddresses | None = None
    year: int | None = None
    source: str | None = None
    path: Path | None = None
    notes: tuple[Words, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.label)

    def area_of(self, addresses: Located) -> NDArray[np.int64]:
        """The area of each address, the first one where it lies on a border; shape (n_addresses,), -1 is none."""
        if isinstance(self.members, MemberCells):
            row, col = Grid(self.members.size).cell_of(addresses.easting, addresses.northing)
            place = find_cells(self.members.row, self.members.col, row, col)
            return _taken(self.members.area_of_cell, place)
        if isinstance(self.members, MemberAddresses):
            import pyarrow as pa
            import pyarrow.compute as pc

            known = pa.array(self.members.address_id.tolist(), type=pa.string())
            found = pc.index_in(addresses.address_id.cast(pa.string()), value_set=known)
            place = found.fill_null(-1).to_numpy().astype(np.int64)
            return _taken(self.members.area_of_address, place)
        return zone_of_points(self.geometry, addresses.easting, addresses.northing)[0].astype(np.int64)


def _taken(area_of_member: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
    """The area at each place, -1 where there is none."""
    area = np.full(len(place), -1, dtype=np.int64)
    found = place >= 0
    area[found] = area_of_member[place[found]]
    return area


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


def overlap_problem(file: str, pairs: Sequence[tuple[str, str]]) -> Problem:
    """Areas of one file that overlap, told by their pairs."""
    remedy = "A resident counts once: cut one of each pair, or give --allow-overlaps: the first by name counts then."
    return Problem(file, f"areas that overlap: {told_pairs(pairs)}", remedy)


def told_pairs(pairs: Sequence[tuple[str, str]]) -> str:
    """Pairs of areas by their ids, the first few of them."""
    more = f"; ... ({len(pairs)})" if len(pairs) > _PAIRS_TOLD else ""
    return "; ".join(f"{one!r} / {other!r}" for one, other in pairs[:_PAIRS_TOLD]) + more
