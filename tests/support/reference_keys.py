"""Twins in plain Python of the kernels that find rows by the hashes of their keys."""

from __future__ import annotations

from collections.abc import Sequence


def index_keys(key: Sequence[int]) -> tuple[dict[int, int], int]:
    """The first row of each key that is not 0, and how many rows have the key of an earlier one."""
    row_of_key: dict[int, int] = {}
    for row, each in enumerate(key):
        if each:
            row_of_key.setdefault(each, row)
    return row_of_key, sum(1 for each in key if each) - len(row_of_key)


def find_keys(key: Sequence[int], row_of_key: dict[int, int]) -> list[int]:
    """The row of each key; -1 of 0, -2 of one that no row has."""
    return [row_of_key.get(each, -2) if each else -1 for each in key]
