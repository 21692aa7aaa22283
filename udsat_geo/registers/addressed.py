"""The residents of each address, counted as a designation counts them, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.translate import Note
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.linking import Located, count_unplaced, link
from udsat_geo.registers.opening import check, open_registers
from udsat_geo.registers.read import Ratios, add_up_residents
from udsat_geo.registers.schema import CRS

_EVERYONE = Policy.model_validate(
    {
        "id": "everyone",
        "years": (1, 9999),
        "criteria": [{"key": "everyone", "register": "residents", "numerator": "1", "worse": "high"}],
        "rule": {"core": 0.0},
    }
)
"""A policy that needs no column but the keys."""


@dataclass(frozen=True)
class Addressed:
    """Addresses with a position, in the order of their register.

    Attributes
    ----------
    address_id : object (str), shape (n_addresses,)
    easting, northing : float64, shape (n_addresses,)
    residents : int64, shape (n_addresses,)
    counts : dict
        Rows that do not count, by reason.
    notes : tuple of Note
        How the files are written.
    files : dict
        Table -> the file it was read from.
    """

    address_id: NDArray[np.object_]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    residents: NDArray[np.int64]
    counts: dict[str, int]
    notes: tuple[Note, ...]
    files: dict[str, Path]


def residents_by_address(
    folder: Path, threads: int | None = None, year: int | None = None, crs: str = CRS
) -> Addressed:
    """Read a folder of registers, checked as for a designation, and count the residents of every address.

    Parameters
    ----------
    folder : Path
    threads : int, optional
        For DuckDB; the result does not depend on it.
    year : int, optional
        Which year of a folder that holds several.
    crs : str
        The projected system, in metres, of the positions that are given.

    Raises
    ------
    InputError
        With every problem found.
    """
    opened = open_registers(folder, threads, year=year, crs=crs)
    connection = opened.connection
    opened, rows, counts = check(opened)
    found: list[Located] = []

    def place(addresses: Located) -> tuple[NDArray[np.int32], int]:
        found.append(addresses)
        return np.arange(len(addresses.easting), dtype=np.int32), len(addresses.easting)

    linked, n_addresses, doubted = link(opened, place, rows, counts)
    del counts["addresses_outside_all_units"]
    sums = Ratios.empty(n_addresses, len(_EVERYONE.criteria))
    residents, residents_of_dwelling = add_up_residents(opened, _EVERYONE, linked, {}, sums, counts)
    count_unplaced(opened, rows, counts, residents_of_dwelling, linked)
    del counts["residents_outside_all_units"]
    address_id = np.empty(n_addresses, dtype=object)
    address_id[:] = found[0].address_id.to_pylist()
    connection.close()
    notes = (*opened.notes(), *doubted)
    return Addressed(address_id, found[0].easting, found[0].northing, residents, counts, notes, opened.files)
