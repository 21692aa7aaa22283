"""Twins in plain Python of the kernels that find rows by the hashes of their keys."""

from __future__ import annotations

from collections.abc import Sequence


def index_keys(key: Sequence[int], first_row: int, row_of_key: dict[int, int]) -> tuple[dict[int, int], int]:
    """The first row of each key that is not 0, those before included, and how many rows have the key of an earlier."""
    found, n_equal = dict(row_of_key), 0
    for row, each in enumerate(key, first_row):
        if each:
            n_equal += each in found
            found.setdefault(each, row)
    return found, n_equal


def find_keys(key: Sequence[int], row_of_key: dict[int, int]) -> list[int]:
    """The row of each key; -1 of 0, -2 of one that no row has."""
    return [row_of_key.get(each, -2) if each else -1 for each in key]
