"""Tasks over what meets by its keys: dwellings and their addresses, residents and their dwellings, sums of a cell.

Keys are hashes, found by kernels as on one machine (`udsat_geo.registers.key_index`); sums are whole numbers, so that
their order does not count. What a bucket cannot judge, a key that stands twice or leads nowhere, it tells as odd.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.cluster.database import database
from udsat_geo.cluster.exchange import Place, read_part, write_parts, write_whole
from udsat_geo.cluster.plan import TILE, Plan
from udsat_geo.cluster.sums import facts_of_cells, sums_as_table, united
from udsat_geo.kernels.arrays import Ints, Keys
from udsat_geo.registers.distributions import read_distributions
from udsat_geo.registers.key_index import DANGLING, NO_ADDRESS, NO_POSITION, KeyIndex, index_hashes
from udsat_geo.registers.read import Ratios, Tally, add_ratios


def check_keys(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Look for two equal hashes among those of a bucket."""
    import pyarrow as pa

    ordered = np.sort(read_part(plan.paths(stage.replace("once", "keys")), number)["key"].to_numpy())
    write_whole(path, pa.table({}), {})
    return bool((ordered[1:] == ordered[:-1]).any())


def _column(table: Any, name: str) -> Any:
    return table[name].to_numpy()


def _indexed(keys: Keys) -> KeyIndex | None:
    """Rows by their keys; None where one is empty or stands twice."""
    index, n_alike = index_hashes(keys)
    return None if n_alike else index


def place_dwellings(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Give the dwellings of a bucket the cells of their addresses, and scatter them by their own keys."""
    import pyarrow as pa

    addresses, dwellings = (read_part(plan.paths(name), number) for name in ("addresses", "dwellings"))
    index = _indexed(_column(addresses, "key"))
    if index is None:
        return True
    address = index.rows_of(_column(dwellings, "address"))
    if (address == DANGLING).any():
        return True
    known = _column(addresses, "known")
    # the last row stands for no address
    unplaced = np.append(np.where(known, 0, NO_POSITION), NO_ADDRESS).astype(np.int8)[address]
    cell = {name: np.append(_column(addresses, name), np.int32(0))[address] for name in ("row", "col")}
    columns = {**cell, "unplaced": unplaced, **{name: dwellings[name] for name in plan.columns}}
    key = _column(dwellings, "key")
    tiles = _tiles(*(cell[name][unplaced == 0].astype(np.int64) for name in ("row", "col")))
    counts = {
        "addresses_without_position": int((~known).sum()),
        "dwellings_without_address": int((address == NO_ADDRESS).sum()),
    }
    facts = {"counts": counts, "tiles": tiles}
    write_parts(path, pa.table({"key": key, **columns}), key % np.uint64(plan.n_buckets), plan.n_buckets, facts)
    return False


def _tiles(row: Ints, col: Ints) -> list[list[int]]:
    """Row and column of each tile that dwellings lie in, and how many do."""
    from udsat_geo.kernels.cells import distinct_cells

    row, col = row // TILE, col // TILE
    first, tile = distinct_cells(row, col)
    found: list[list[int]] = np.column_stack([row[first], col[first], np.bincount(tile, minlength=len(first))]).tolist()
    return found


def add_up(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Add up a bucket of residents and their dwellings by cell, and scatter the sums to those who unite them."""
    from udsat_geo.kernels.cells import distinct_cells
    from udsat_geo.kernels.sums import count_rows, follow

    residents, dwellings = read_part(plan.paths("residents"), number), read_part(plan.paths("places"), number)
    index = _indexed(_column(dwellings, "key"))
    if index is None:
        return True
    dwelling_of_resident = index.rows_of(_column(residents, "key"))
    if (dwelling_of_resident == DANGLING).any():
        return True
    row, col, unplaced = (_column(dwellings, name) for name in ("row", "col", "unplaced"))
    placed = np.flatnonzero(unplaced == 0)
    row, col = row[placed].astype(np.int64), col[placed].astype(np.int64)
    first, cell = distinct_cells(row, col)
    place = np.full(len(unplaced), -1, dtype=np.int32)
    place[placed] = cell
    residents_of_dwelling = np.zeros(len(unplaced), dtype=np.int64)
    count_rows(dwelling_of_resident, residents_of_dwelling)
    place_of_resident = np.empty(len(dwelling_of_resident), dtype=np.int32)
    follow(dwelling_of_resident, place, place_of_resident)
    ratios = Ratios.empty(len(first), len(plan.policy.criteria))
    _add_residents(plan, residents, place_of_resident, ratios)
    largest = _add_dwellings(plan, dwellings, residents_of_dwelling, place, ratios)
    of_cells = np.bincount(place_of_resident[place_of_resident >= 0], minlength=len(first)), np.bincount(cell)
    rows = sums_as_table(row[first], col[first], *of_cells, ratios)
    group = plan.group_of(row[first] // TILE, col[first] // TILE)
    write_parts(path, rows, group, len(plan.tiles), _facts(unplaced, residents_of_dwelling, ratios, largest))
    return False


def _add_residents(plan: Plan, residents: Any, place: NDArray[np.int32], ratios: Ratios) -> None:
    """Add what was read of residents to the sums."""
    tally = Tally(plan.policy, plan.values, ratios)
    tally.add(place, {name: _column(residents, name) for name in plan.values.names})
    tally.close()
    for j, each in plan.kept.items():
        ratios.distributions[j] = each.distribution(place, *(_column(residents, f"{side}{j}") for side in "qw"))


def _add_dwellings(
    plan: Plan, dwellings: Any, residents: Ints, place: NDArray[np.int32], ratios: Ratios
) -> NDArray[np.float64]:
    """Add the criteria over dwellings to the sums; the sums of absolute values, as of `Tally.largest_sums`.

    Raises
    ------
    InputError
        If an expression cannot be evaluated, or a sum is too large.
    """
    import pyarrow as pa

    if not any(criterion.register_name == "dwellings" for criterion in plan.policy.criteria):
        return np.zeros((len(plan.policy.criteria), 2))
    columns = {name: dwellings[name] for name in plan.columns}
    rows = np.arange(len(place), dtype=np.int32)
    with database(plan) as connection:
        connection.register("keyed", pa.table({**columns, "residents": residents, "dwelling_row": rows}))
        read = ("dwellings", "keyed", "dwelling_row", lambda row: place[row], dict[str, float | None]())
        tally = add_ratios(connection, plan.policy, *read, ratios)
        ratios.distributions.update(read_distributions(connection, plan.policy, *read))
    return tally.largest_sums()


def _facts(
    unplaced: NDArray[np.int8], residents_of_dwelling: Ints, ratios: Ratios, largest: NDArray[np.float64]
) -> dict[str, Any]:
    """What is to be known of a bucket beside its sums."""

    def of(reason: int) -> int:
        return int(residents_of_dwelling[unplaced == reason].sum())

    counts = {
        "residents_of_dwellings_without_address": of(NO_ADDRESS),
        "residents_of_addresses_without_position": of(NO_POSITION),
        "residents_placed": of(0),
    }
    units = [ratios.numerator_unit.tolist(), ratios.denominator_unit.tolist()]
    of_values = {j: values.unit for j, values in ratios.distributions.items()}
    return {"counts": counts, "units": units, "units_of_values": of_values, "largest": largest.tolist()}


def unite(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Add up the sums of all buckets for the cells of some tiles."""
    whole = united(read_part(plan.paths("sums"), number))
    write_whole(path, whole, facts_of_cells(whole))
    return False
