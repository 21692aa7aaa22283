"""Sums of register rows by unit: scatter additions over integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel

Integers = NDArray[np.integer[Any]]


@kernel
def count_rows(group_of_row: Integers, rows_of_group: Integers) -> None:
    """Add the number of rows of each group to `rows_of_group`.

    Parameters
    ----------
    group_of_row : integer, shape (n_rows,)
        Group of each row; -1 is none.
    rows_of_group : integer, shape (n_groups,)
        Added to in place.
    """
    for i in range(group_of_row.shape[0]):
        group = group_of_row[i]
        if group >= 0:
            rows_of_group[group] += 1


@kernel
def add_values(
    group_of_row: Integers,
    value_of_row: Integers,
    sums: NDArray[np.int64],
    column: int,
) -> None:
    """Add one integer column of the rows to one column of the sums.

    Parameters
    ----------
    group_of_row : integer, shape (n_rows,)
        Group of each row; -1 is none.
    value_of_row : integer, shape (n_rows,)
    sums : int64, shape (n_groups, n_columns)
        Added to in place.
    column : int
        Which column of `sums`.
    """
    for i in range(group_of_row.shape[0]):
        group = group_of_row[i]
        if group >= 0:
            sums[group, column] += value_of_row[i]


@kernel
def add_flags(group_of_row: Integers, flags_of_row: Integers, sums: Integers) -> None:
    """Add yes/no columns, packed as the bits of one integer, to their sums in one pass over the rows.

    Parameters
    ----------
    group_of_row : integer, shape (n_rows,)
        Group of each row; -1 is none.
    flags_of_row : integer, shape (n_rows,)
        Bit k is the value of flag k; not negative.
    sums : integer, shape (n_groups, n_flags)
        Added to in place.
    """
    n_flags = sums.shape[1]
    for i in range(group_of_row.shape[0]):
        group = group_of_row[i]
        if group >= 0:
            flags = flags_of_row[i]
            for k in range(n_flags):
                sums[group, k] += (flags >> k) & 1


@kernel
def follow(link_of_row: Integers, target_of_link: Integers, target_of_row: Integers) -> None:
    """Follow an index through another: ``target_of_row = target_of_link[link_of_row]``, -1 staying -1.

    Parameters
    ----------
    link_of_row : integer, shape (n_rows,)
    target_of_link : integer, shape (n_links,)
    target_of_row : integer, shape (n_rows,)
        Written in place.
    """
    for i in range(link_of_row.shape[0]):
        link = link_of_row[i]
        target_of_row[i] = target_of_link[link] if link >= 0 else -1
