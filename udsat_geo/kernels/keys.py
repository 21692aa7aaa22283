"""Rows found by the hashes of their keys: an open-addressing table, of which a search reads one line of the cache."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel


@kernel
def index_keys(key: NDArray[np.uint64], first_row: int, slots: NDArray[np.uint64]) -> int:
    """Put rows of a table, of which others may be there already, into slots by their keys.

    Parameters
    ----------
    key : uint64, shape (n_rows,)
        Hashes; 0 is none, and in no slot.
    first_row : int
        The row of the first of them.
    slots : uint64, shape (n_slots, 2)
        Zeros at first, more than the table has rows and fewer than 2^32. Written in place: a key, and its row + 1. The
        search for a key begins at the slot that its upper 32 bits are a share of, and goes on to the next.

    Returns
    -------
    int
        How many keys stand in an earlier row already; they are in no slot.
    """
    n_slots, half = np.uint64(slots.shape[0]), np.uint64(32)
    n_equal = 0
    for row in range(key.shape[0]):
        mine = key[row]
        if mine == np.uint64(0):
            continue
        slot = np.int64(((mine >> half) * n_slots) >> half)
        while slots[slot, 0] != np.uint64(0) and slots[slot, 0] != mine:
            slot += 1
            if slot == slots.shape[0]:
                slot = np.int64(0)
        if slots[slot, 0] == mine:
            n_equal += 1
        else:
            slots[slot, 0] = mine
            slots[slot, 1] = np.uint64(first_row + row + 1)
    return n_equal


@kernel
def find_keys(key: NDArray[np.uint64], slots: NDArray[np.uint64], row_of_key: NDArray[np.int32]) -> None:
    """Find the rows of keys.

    Parameters
    ----------
    key : uint64, shape (n_keys,)
    slots : uint64, shape (n_slots, 2)
        From `index_keys`.
    row_of_key : int32, shape (n_keys,)
        Written in place: -1 where the key is 0, which is none, and -2 where no row has it.
    """
    n_slots, half = np.uint64(slots.shape[0]), np.uint64(32)
    for place in range(key.shape[0]):
        mine = key[place]
        if mine == np.uint64(0):
            row_of_key[place] = -1
            continue
        slot = np.int64(((mine >> half) * n_slots) >> half)
        while slots[slot, 0] != np.uint64(0) and slots[slot, 0] != mine:
            slot += 1
            if slot == slots.shape[0]:
                slot = np.int64(0)
        row_of_key[place] = np.int64(slots[slot, 1]) - 1 if slots[slot, 0] == mine else -2
