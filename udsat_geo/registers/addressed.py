"""The residents of each address, counted as a designation counts them, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.translate import Note
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.cleaning import reading
from udsat_geo.registers.opening import check, open_registers
from udsat_geo.registers.read import Located, count_unplaced, link_dwellings, place_addresses
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

    n_addresses, doubted = place_addresses(opened, place, counts)
    del counts["addresses_outside_all_units"]
    place_of_dwelling, unplaced = link_dwellings(opened, _EVERYONE, counts)
    residents_of_dwelling = np.zeros(len(place_of_dwelling), dtype=np.int64)
    with reading(opened.residents.source):
        living = connection.sql(
            f"SELECT CAST(d.rowid AS BIGINT), count(*) FROM {opened.residents.select()} r "
            "JOIN dwellings d ON r.dwelling_id = d.dwelling_id GROUP BY 1"
        ).fetchnumpy()
    dwelling, count = living.values()
    residents_of_dwelling[np.asarray(dwelling, dtype=np.int64)] = np.asarray(count, dtype=np.int64)
    count_unplaced(opened, rows, counts, residents_of_dwelling, unplaced)
    del counts["residents_outside_all_units"]
    residents = np.zeros(n_addresses, dtype=np.int64)
    placed = place_of_dwelling >= 0
    np.add.at(residents, place_of_dwelling[placed], residents_of_dwelling[placed])
    connection.close()
    address_id = np.empty(n_addresses, dtype=object)
    address_id[:] = found[0].address_id.to_pylist()
    notes = (*opened.notes(), *doubted)
    return Addressed(address_id, found[0].easting, found[0].northing, residents, counts, notes, opened.files)
