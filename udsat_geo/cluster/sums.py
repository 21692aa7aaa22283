"""Exact sums by cell as a table: what buckets hand to tiles, and tiles to whoever goes on with units."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Ints
from udsat_geo.registers.distributions import Distribution
from udsat_geo.registers.read import Ratios, RegisterSums


def sums_as_table(row: Ints, col: Ints, residents: Ints, dwellings: Ints, ratios: Ratios) -> Any:
    """Sums by cell as a pyarrow.Table, each column as narrow as its numbers allow.

    Parameters
    ----------
    row, col, residents, dwellings : int64, shape (n_cells,)
    ratios : Ratios
        Whose places are the cells.

    Returns
    -------
    pyarrow.Table
        ``row, col, residents, dwellings``, both sums of each criterion as ``n0, d0`` ..., and of those that are
        quantiles the values of each cell with their weights, as lists ``v0, w0`` ...
    """
    import pyarrow as pa

    columns: dict[str, Any] = {"row": row, "col": col, "residents": residents, "dwellings": dwellings}
    for j in range(ratios.numerator.shape[1]):
        columns |= {f"n{j}": ratios.numerator[:, j], f"d{j}": ratios.denominator[:, j]}
    columns = {name: _narrow(values) for name, values in columns.items()}
    for j, values in ratios.distributions.items():
        columns |= _lists(j, values.place, values.value, values.weight, len(row))
    return pa.table(columns)


def _narrow(values: Ints) -> NDArray[Any]:
    """The same numbers in the narrowest type that holds them."""
    least, most = int(values.min(initial=0)), int(values.max(initial=0))
    kinds = (np.int8, np.int16, np.int32)
    return values.astype(
        next((kind for kind in kinds if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max), np.int64)
    )


def _lists(j: int, cell: NDArray[Any], values: Ints, weights: Ints, n_cells: int) -> dict[str, Any]:
    """Values and weights of a criterion as a list for each cell, rising where `values` do."""
    import pyarrow as pa

    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(n_cells + 1)).astype(np.int64)
    return {
        f"{side}{j}": pa.LargeListArray.from_arrays(starts, numbers[order])
        for side, numbers in (("v", values), ("w", weights))
    }


def united(table: Any) -> Any:
    """The same sums with each cell once, by row and column; `table` as of `sums_as_table`."""
    import pyarrow as pa

    from udsat_geo.kernels.cells import distinct_cells
    from udsat_geo.kernels.sums import add_values

    row, col = (_wide(table[name]) for name in ("row", "col"))
    first, cell = distinct_cells(row, col)
    order = np.lexsort((col[first], row[first]))
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    cell = rank[cell]
    numbers = [name for name in table.column_names[2:] if not pa.types.is_large_list(table[name].type)]
    sums = np.zeros((len(first), len(numbers)), dtype=np.int64)
    for place, name in enumerate(numbers):
        add_values(cell, _wide(table[name]), sums, place)
    columns: dict[str, Any] = {"row": row[first][order], "col": col[first][order]}
    columns |= {name: sums[:, place] for place, name in enumerate(numbers)}
    for name in table.column_names[2 + len(numbers) :: 2]:
        values, weights = (table[f"{side}{name[1:]}"].combine_chunks() for side in "vw")
        cell_of_value = np.repeat(cell, np.diff(values.offsets.to_numpy()))
        columns |= _lists(int(name[1:]), cell_of_value, _wide(values.flatten()), _wide(weights.flatten()), len(first))
    return pa.table(columns)


def _wide(column: Any) -> Ints:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def facts_of_cells(table: Any) -> dict[str, Any]:
    """What is known of a file of sums by cell: cells that are lived in by row, where they lie, and their sums.

    Parameters
    ----------
    table : pyarrow.Table
        As of `sums_as_table`.
    """
    held = table["dwellings"].to_numpy() > 0
    rows, counts = np.unique(table["row"].to_numpy()[held], return_counts=True)
    col = table["col"].to_numpy()[held]
    names = [name for name in table.column_names if name == "residents" or (name[0] in "nd" and name[1:].isdigit())]
    return {
        "rows": rows.tolist(),
        "counts": counts.tolist(),
        "columns": [int(col.min()), int(col.max())] if len(col) else [],
        "sums": {name: int(table[name].to_numpy()[held].sum()) for name in names},
    }


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
