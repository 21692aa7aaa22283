"""Addresses as units: each is judged by itself, over the residents who live nearest to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.policy import Policy
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import RegisterSums, read_registers
from udsat_geo.registers.schema import CRS
from udsat_geo.units import Units


def addresses_from_registers(folder: Path, policy: Policy, threads: int | None = None) -> tuple[Units, RegisterSums]:
    """Make units of addresses from registers: every address that holds at least one dwelling, lived in or not.

    Addresses at one point stay units of their own. Those without a position are no units, and are counted.

    Parameters
    ----------
    folder : Path
        Holds residents, dwellings and addresses.
    policy : Policy
    threads : int, optional
        For DuckDB; no result depends on it.

    Returns
    -------
    units : Units
        By northing, then easting, then id (as text, by code point).
    sums : RegisterSums
        For its counts and notes.

    Raises
    ------
    InputError
        See `udsat_geo.registers.read.read_registers`.
    """
    found: list[Located] = []

    def place(located: Located) -> tuple[NDArray[np.int32], int]:
        found.append(located)
        return np.arange(len(located.easting), dtype=np.int32), len(located.easting)

    sums = read_registers(folder, policy, place, threads)
    located = found[0]
    held = np.flatnonzero(sums.dwellings > 0)
    if not len(held):
        raise InputError(Problem(str(folder), "no dwelling could be placed at an address", "Check addresses and keys."))
    held = held[_canonical_order(located.easting[held], located.northing[held], located.address_id.take(held))]
    units = Units(
        kind="addresses",
        crs=CRS,
        unit_id=_as_objects(located.address_id.take(held)),
        easting=located.easting[held],
        northing=located.northing[held],
        residents=sums.residents[held],
        numerator=sums.numerator[held],
        denominator=sums.denominator[held],
        numerator_unit=sums.numerator_unit,
        denominator_unit=sums.denominator_unit,
    )
    return units, sums


def _canonical_order(easting: NDArray[np.float64], northing: NDArray[np.float64], address_id: Any) -> NDArray[np.int64]:
    """By northing, then easting, then id, shape (n_addresses,); `address_id` is an Arrow column of texts."""
    order = np.lexsort((easting, northing))
    shares = np.zeros(len(order) + 1, dtype=bool)
    shares[1:-1] = (np.diff(easting[order]) == 0) & (np.diff(northing[order]) == 0)
    # only the ids of addresses that share their point are compared: texts are slow to sort
    tied = np.flatnonzero(shares[1:] | shares[:-1])
    if len(tied):
        members = order[tied]
        rank = np.argsort(np.argsort(_as_objects(address_id.take(members)), kind="stable"))
        order[tied] = members[np.lexsort((rank, easting[members], northing[members]))]
    return order


def _as_objects(texts: Any) -> NDArray[np.object_]:
    """An Arrow column of texts as an array of str."""
    result: NDArray[np.object_] = texts.to_numpy()
    return result
