"""From addresses to dwellings to residents: the place of each, and why others have none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.policy import Policy
from udsat_geo.registers.checks import HASH, check_positions, key_problems
from udsat_geo.registers.cleaning import reading
from udsat_geo.registers.expressions import raise_if_any
from udsat_geo.registers.opened import Opened

NO_ADDRESS, DANGLING, NO_POSITION, OUTSIDE = -1, -2, -3, -4
"""Why a dwelling has no place: no address; a key that no address has; an address without a position, or outside
all units."""


@dataclass(frozen=True)
class Located:
    """The addresses that have a position.

    Attributes
    ----------
    address_id : pyarrow.ChunkedArray of string, n_addresses
        Distinct and none empty.
    easting, northing : float64, shape (n_addresses,)
        In metres.
    """

    address_id: Any
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]


Place = Callable[[Located], tuple[NDArray[np.int32], int]]
"""Gives the place of each address (-1 is none), and the number of places."""


def place_addresses(opened: Opened, place: Place, counts: dict[str, int]) -> int:
    """Place the addresses; the connection keeps a relation ``addresses`` of keys and places.

    Parameters
    ----------
    opened : Opened
    place : callable
    counts : dict
        Added to in place: addresses without a position, and outside all units.

    Returns
    -------
    int
        The number of places.

    Raises
    ------
    InputError
        For empty and repeated keys, and positions that are no metres.
    """
    import pyarrow as pa

    connection, table = opened.connection, opened.addresses
    with reading(table.source):
        rows = connection.sql(
            f"SELECT address_id, easting, northing, {HASH.format(key='address_id')} AS hash_of_key "
            f"FROM {table.select()}"
        ).to_arrow_table()
    connection.register("addresses", rows)
    raise_if_any(key_problems(connection, "addresses", "address_id", table.source.path.name, rows["hash_of_key"]))
    easting, northing = (
        np.asarray(rows[name].to_numpy(zero_copy_only=False), dtype=np.float64) for name in ("easting", "northing")
    )
    has_position = ~(np.isnan(easting) | np.isnan(northing))
    counts["addresses_without_position"] = int(len(easting) - has_position.sum())
    located = Located(rows["address_id"], easting, northing)
    if counts["addresses_without_position"]:
        address_id = rows["address_id"].filter(pa.array(has_position))
        located = Located(address_id, easting[has_position], northing[has_position])
    check_positions(located.easting, located.northing, table)
    placed, n_places = place(located)
    counts["addresses_outside_all_units"] = int((placed < 0).sum())
    place_of_address = np.full(rows.num_rows, NO_POSITION, dtype=np.int32)
    place_of_address[has_position] = np.where(placed < 0, OUTSIDE, placed)
    connection.register("addresses", pa.table({"address_id": rows["address_id"], "place": place_of_address}))
    return n_places


def link_dwellings(
    opened: Opened, policy: Policy, counts: dict[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Link dwellings to addresses; the connection keeps a table ``dwellings`` in the order of what is returned.

    Parameters
    ----------
    opened : Opened
    policy : Policy
        Only the columns that its expressions name are kept.
    counts : dict
        Added to in place: dwellings without an address.

    Returns
    -------
    place_of_dwelling : int32, shape (n_dwellings,)
        -1 is none.
    unplaced : int32, shape (n_dwellings,)
        0 where it is placed, else `NO_ADDRESS`, `NO_POSITION` or `OUTSIDE`.

    Raises
    ------
    InputError
        For empty and repeated keys, and keys that no address has.
    """
    connection, table = opened.connection, opened.dwellings
    expressions = [*policy.let.get("dwellings", {}).values()]
    for criterion in policy.criteria:
        expressions += [criterion.where, criterion.numerator, criterion.denominator]
    text = "\n".join(expressions)
    named = [name for name in table.values if re.search(rf"\b{name}\b", text, re.IGNORECASE)]
    columns = ", ".join(f"d.{name}" for name in dict.fromkeys(["dwelling_id", *named]) if name != "address_id")
    with reading(table.source):
        connection.execute(
            f"CREATE TEMP TABLE dwellings AS SELECT {columns}, d.address_id IS NULL AS no_address, "
            "a.place AS place "
            f"FROM {table.select()} d LEFT JOIN addresses a ON d.address_id = a.address_id"
        )
    found = connection.sql(
        f"SELECT coalesce(place, CASE WHEN no_address THEN {NO_ADDRESS} ELSE {DANGLING} END)::INTEGER AS place, "
        f"{HASH.format(key='dwelling_id')} AS hash_of_key FROM dwellings"
    ).to_arrow_table()
    raise_if_any(key_problems(connection, "dwellings", "dwelling_id", table.source.path.name, found["hash_of_key"]))
    place = found["place"].to_numpy()
    counts["dwellings_without_address"] = int((place == NO_ADDRESS).sum())
    dangling = int((place == DANGLING).sum())
    if dangling:
        raise InputError(_dangling(opened, table.select(), "address_id", "addresses", dangling))
    connection.unregister("addresses")
    return np.maximum(place, -1), np.minimum(place, 0)


def count_unplaced(
    opened: Opened,
    rows: dict[str, int],
    counts: dict[str, int],
    residents_of_dwelling: NDArray[np.int64],
    unplaced: NDArray[np.int32],
) -> None:
    """Count the residents who are in no place, each under one reason.

    Parameters
    ----------
    opened : Opened
    rows : dict
        Table -> number of rows.
    counts : dict
        Added to in place.
    residents_of_dwelling : int64, shape (n_dwellings,)
    unplaced : int32, shape (n_dwellings,)
        From `link_dwellings`.

    Raises
    ------
    InputError
        For residents whose key no dwelling has.
    """
    linked = int(residents_of_dwelling.sum())
    dangling = rows["residents"] - counts["residents_without_dwelling"] - linked
    if dangling:
        raise InputError(_dangling(opened, opened.residents.select(), "dwelling_id", "dwellings", dangling))
    counts["residents_of_dwellings_without_address"] = int(residents_of_dwelling[unplaced == NO_ADDRESS].sum())
    counts["residents_of_addresses_without_position"] = int(residents_of_dwelling[unplaced == NO_POSITION].sum())
    counts["residents_outside_all_units"] = int(residents_of_dwelling[unplaced == OUTSIDE].sum())
    counts["residents_placed"] = int(residents_of_dwelling[unplaced == 0].sum())
    counts["residents_unplaced"] = rows["residents"] - counts["residents_placed"]


def _dangling(opened: Opened, relation: str, key: str, target: str, count: int) -> Problem:
    """The problem of keys that lead nowhere, with an example."""
    first = opened.connection.execute(
        f"SELECT x.{key} FROM {relation} x ANTI JOIN {target} t ON x.{key} = t.{key} "
        f"WHERE x.{key} IS NOT NULL ORDER BY 1 LIMIT 1"
    ).fetchall()
    table = opened.dwellings if key == "address_id" else opened.residents
    where = f"{table.source.path.name}, column {key}"
    remedy = f"Add the missing {target}, or leave the cell empty."
    example = repr(first[0][0]) if first else None
    return Problem(where, f"keys that no row of {target} has", remedy, count, example)
