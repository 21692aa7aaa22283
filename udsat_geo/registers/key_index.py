"""The rows of a table found by their keys.

Keys are compared by hashes of 64 bits, of which one table at a time is indexed: no register is held as text. Where a
table has empty keys, or two equal hashes, its keys themselves are read: either the fault is told, or the keys of both
tables are hashed anew in another way, until no two hashes of the table are equal. (That a key that leads nowhere has by
chance the hash of one that is there, which would not be noticed, happens to fewer than one such key in 10^11.)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Keys
from udsat_geo.registers.cleaning import HASH, CleanTable, key_problems, reading
from udsat_geo.registers.expressions import raise_if_any
from udsat_geo.sources.engine import batches_of

NO_KEY, DANGLING = -1, -2
"""What `find_keys` says of a key that is empty, and of one that no row has."""

NO_ADDRESS, NO_POSITION, OUTSIDE = NO_KEY, -3, -4
"""Why a dwelling has no place: no address; an address without a position, or outside all units."""

_SLOTS_OF_A_KEY = 4 / 3
"""With more slots keys are found sooner; own choice."""


@dataclass(frozen=True)
class KeyIndex:
    """The keys of a table, by their hashes.

    Attributes
    ----------
    slots : uint64, shape (n_slots, 2)
        As of `udsat_geo.kernels.keys.index_keys`.
    n_rows : int
        Of the table, all of which are in a slot.
    salt : str
        What the keys are hashed with; empty but where two hashes were equal without.
    """

    slots: Keys
    n_rows: int
    salt: str = ""

    def hash_of(self, key: str) -> str:
        """SQL of the hash of a key that leads to this table."""
        return hash_of(key, self.salt)

    def rows_of(self, hashes: Keys) -> NDArray[np.int32]:
        """The row of each key, `NO_KEY` of an empty one and `DANGLING` where no row has it; shape (n_keys,)."""
        from udsat_geo.kernels.keys import find_keys

        rows = np.empty(len(hashes), dtype=np.int32)
        find_keys(_unchanging(hashes), self.slots, rows)
        return rows

    def keys(self) -> Keys:
        """The hash of each row's key, shape (n_rows,)."""
        taken = self.slots[self.slots[:, 0] != 0]
        hashes = np.empty(self.n_rows, dtype=np.uint64)
        hashes[taken[:, 1] - np.uint64(1)] = taken[:, 0]
        return hashes


@dataclass(frozen=True)
class Linked:
    """The dwellings, in the order of their register, and where each is.

    Attributes
    ----------
    index : KeyIndex
        By which residents find their dwelling.
    place : int32, shape (n_dwellings,)
        -1 is none.
    unplaced : int8, shape (n_dwellings,)
        0 where it is placed, else `NO_ADDRESS`, `NO_POSITION` or `OUTSIDE`.
    """

    index: KeyIndex
    place: NDArray[np.int32]
    unplaced: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.place)

    def join(self, connection: duckdb.DuckDBPyConnection, key: str, kind: str = "JOIN") -> str:
        """SQL that joins rows by a key of a dwelling to a relation ``d`` whose ``dwelling_row`` is the dwelling's."""
        import pyarrow as pa

        rows = np.arange(len(self), dtype=np.int32)
        connection.register("linked_dwellings", pa.table({"key": self.index.keys(), "dwelling_row": rows}))
        return f"{kind} linked_dwellings d ON {self.index.hash_of(key)} = d.key"


@contextmanager
def kernels_loading() -> Iterator[None]:
    """Load the kernels that find rows by their keys within this block, while the database looks at the tables.

    Loading them takes a quarter of the time in which a city of 640,000 is designated, and queries leave Python idle.
    """
    with ThreadPoolExecutor(1) as beside:
        beside.submit(_load_kernels)
        yield


def _load_kernels() -> None:
    nothing = KeyIndex(np.zeros((1, 2), dtype=np.uint64), 0)
    _indexed([{"key": np.empty(0, dtype=np.uint64)}], 0, "", (), {})
    nothing.rows_of(np.empty(0, dtype=np.uint64))


def index_table(
    connection: duckdb.DuckDBPyConnection,
    table: CleanTable,
    key: str,
    n_rows: int,
    numbers: Sequence[str] = (),
    links: Mapping[str, KeyIndex] | None = None,
) -> tuple[KeyIndex, dict[str, NDArray[Any]]]:
    """Index a table by its keys, and read other columns of it, a part at a time.

    Parameters
    ----------
    connection : duckdb connection
    table : CleanTable
    key : str
        The column of its keys.
    n_rows : int
    numbers : sequence of str
        Columns of numbers that are read, NaN where they are missing.
    links : mapping
        Columns of keys that lead to another table, and its index.

    Returns
    -------
    index : KeyIndex
    columns : dict
        Name -> float64, or int32 of rows as `KeyIndex.rows_of` gives them; shape (n_rows,).

    Raises
    ------
    InputError
        For empty and repeated keys.
    """
    links = links or {}
    others = {name: f"CAST({name} AS DOUBLE)" for name in numbers}
    others |= {name: index.hash_of(name) for name, index in links.items()}
    for number in itertools.count():
        salt = str(number) if number else ""
        columns = {"key": hash_of(key, salt), **others}
        selected = ", ".join(f"{value} AS {name}" for name, value in columns.items())
        with reading(table.source):
            batches = batches_of(connection, f"SELECT {selected} FROM {table.select()}")
            index, found, n_alike = _indexed(batches, n_rows, salt, numbers, links)
        if not n_alike:
            break
        raise_if_any(key_problems(connection, table.select(), key, table.source.file))
    return index, found


def _indexed(
    batches: Iterable[dict[str, NDArray[Any]]],
    n_rows: int,
    salt: str,
    numbers: Sequence[str],
    links: Mapping[str, KeyIndex],
) -> tuple[KeyIndex, dict[str, NDArray[Any]], int]:
    """The index and columns of a table that comes in parts, and how many keys are empty or as an earlier one."""
    found: dict[str, NDArray[Any]] = {name: np.empty(n_rows, dtype=np.float64) for name in numbers}
    found |= {name: np.empty(n_rows, dtype=np.int32) for name in links}
    slots, first, n_alike = _slots_for(n_rows), 0, 0
    for batch in batches:
        key = batch["key"]
        n_alike += _put(key, first, slots)
        for name, values in found.items():
            part = links[name].rows_of(batch[name]) if name in links else batch[name]
            values[first : first + len(part)] = part
        first += len(key)
    return KeyIndex(slots, n_rows, salt), found, n_alike


def index_hashes(hashes: Keys) -> tuple[KeyIndex, int]:
    """The index of a table by the hashes of its keys, (n_rows,), and how many are empty or as an earlier one."""
    slots = _slots_for(len(hashes))
    n_alike = _put(hashes, 0, slots)
    return KeyIndex(slots, len(hashes)), n_alike


def _slots_for(n_rows: int) -> Keys:
    return np.zeros((int(n_rows * _SLOTS_OF_A_KEY) + 1, 2), dtype=np.uint64)


def _put(hashes: Keys, first_row: int, slots: Keys) -> int:
    """Put rows into slots by their keys; how many are empty or as an earlier one."""
    from udsat_geo.kernels.keys import index_keys

    return int(index_keys(_unchanging(hashes), first_row, slots)) + int((hashes == 0).sum())


def hash_of(key: str, salt: str) -> str:
    """SQL of what a key is compared by, hashed with a salt where it is not empty."""
    return HASH.format(key=f"('{salt}' || {key})" if salt else key)


def _unchanging(hashes: Keys) -> Keys:
    """The same as arrays from Arrow are, for which kernels are compiled."""
    hashes = hashes.view()
    hashes.flags.writeable = False
    return hashes
