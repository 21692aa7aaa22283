"""Exact sums by cell as a table: what buckets hand to tiles, and tiles to whoever goes on with units."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from udsat_geo.kernels.arrays import Ints
from udsat_geo.registers.distributions import Distribution
from udsat_geo.registers.read import RegisterSums


def sums_as_table(row: Ints, col: Ints, sums: RegisterSums) -> Any:
    """Sums by cell as a pyarrow.Table.

    Parameters
    ----------
    row, col : int64, shape (n_cells,)
    sums : RegisterSums
        Whose places are the cells.

    Returns
    -------
    pyarrow.Table
        ``row, col, residents, dwellings``, both sums of each criterion as ``n0, d0`` ..., and of those that are
        quantiles the values of each cell with their weights, as lists ``v0, w0`` ...
    """
    import pyarrow as pa

    columns: dict[str, Any] = {"row": row, "col": col, "residents": sums.residents, "dwellings": sums.dwellings}
    for j in range(sums.numerator.shape[1]):
        columns |= {f"n{j}": sums.numerator[:, j], f"d{j}": sums.denominator[:, j]}
    for j, values in sums.quantiles.items():
        order = np.argsort(values.place, kind="stable")
        starts = np.searchsorted(values.place[order], np.arange(len(row) + 1)).astype(np.int64)
        columns[f"v{j}"] = pa.LargeListArray.from_arrays(starts, values.value[order])
        columns[f"w{j}"] = pa.LargeListArray.from_arrays(starts, values.weight[order])
    return pa.table(columns)


def largest_sums(table: Any, n_criteria: int) -> list[float]:
    """Of each criterion the larger sum of absolute values of its two sides, by which sums are known to fit.

    Parameters
    ----------
    table : pyarrow.Table
        As of `sums_as_table`, whose cells need not stand once.
    n_criteria : int
    """

    def absolute(name: str) -> float:
        return float(np.abs(table[name].to_numpy().astype(np.float64)).sum())

    return [max(absolute(f"n{j}"), absolute(f"d{j}")) for j in range(n_criteria)]


def united(table: Any) -> Any:
    """The same sums with each cell once, by row and column; `table` as of `sums_as_table`."""
    import pyarrow as pa

    row, col = (table[name].to_numpy() for name in ("row", "col"))
    order = np.lexsort((col, row))
    row, col = row[order], col[order]
    is_new = np.ones(len(row), dtype=bool)
    is_new[1:] = (row[1:] != row[:-1]) | (col[1:] != col[:-1])
    first = np.flatnonzero(is_new)
    columns: dict[str, Any] = {"row": row[first], "col": col[first]}
    turned = table.take(pa.array(order))
    for name in table.column_names[2:]:
        column = turned[name].combine_chunks()
        if pa.types.is_large_list(column.type):
            lengths = np.add.reduceat(np.diff(column.offsets.to_numpy()), first)
            starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
            columns[name] = pa.LargeListArray.from_arrays(starts, column.flatten())
        else:
            columns[name] = np.add.reduceat(column.to_numpy(), first)
    return pa.table(columns, schema=table.schema)


def sums_of_table(
    table: Any, like: RegisterSums, quantiles: dict[int, Distribution]
) -> tuple[Ints, Ints, RegisterSums]:
    """Rows and columns of cells, and their sums.

    Parameters
    ----------
    table : pyarrow.Table
        As of `sums_as_table`, each cell once.
    like : RegisterSums
        What holds of all cells; its arrays by place are left out.
    quantiles : dict
        Number of a criterion that is a quantile -> how it is read; its values are left out.
    """

    def column(name: str) -> Ints:
        return np.asarray(table[name].to_numpy(), dtype=np.int64)

    found = {}
    for j, empty in quantiles.items():
        values, weights = (table[f"{side}{j}"].combine_chunks() for side in ("v", "w"))
        value = np.asarray(values.flatten().to_numpy(), dtype=np.int64)
        place = np.repeat(np.arange(table.num_rows, dtype=np.int32), np.diff(values.offsets.to_numpy()))
        order = np.argsort(value, kind="stable")
        weight = np.asarray(weights.flatten().to_numpy(), dtype=np.int64)
        found[j] = dataclasses.replace(empty, place=place[order], value=value[order], weight=weight[order])
    numerator, denominator = (
        np.column_stack([column(f"{side}{j}") for j in range(len(like.numerator_unit))]) for side in ("n", "d")
    )
    residents, dwellings = column("residents"), column("dwellings")
    sums = dataclasses.replace(like, residents=residents, dwellings=dwellings, quantiles=found)
    return column("row"), column("col"), dataclasses.replace(sums, numerator=numerator, denominator=denominator)
