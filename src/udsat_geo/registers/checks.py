"""Counting what is wrong with clean tables, in as few passes as possible."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.registers.cleaning import CleanTable, Fault, fetch_one
from udsat_geo.registers.sql import quoted

HASH = "CASE WHEN {key} IS NOT NULL THEN hash({key}) END"
"""SQL of what `key_problems` compares; NULL for an empty key."""

FARTHEST_M = 1e8
"""Beyond any projected coordinate on Earth; own choice."""


def check_tables(
    connection: duckdb.DuckDBPyConnection, tables: tuple[CleanTable, ...]
) -> tuple[dict[str, int], dict[str, int]]:
    """Count rows and faults of all tables.

    Returns
    -------
    rows : dict
        Table -> number of rows.
    counts : dict
        Reason -> rows that do not count but do not stop the run.

    Raises
    ------
    InputError
        With every fault that stops the run, in all tables.
    """
    rows: dict[str, int] = {}
    counts: dict[str, int] = {}
    problems: list[str] = []
    for table in tables:
        name = table.source.name
        try:
            found = _count(connection, table)
        except InputError as error:
            problems += error.messages
            continue
        rows[name] = found[0]
        if found[0] == 0:
            problems.append(str(Problem(table.source.path.name, "holds no rows", "Export the table again.")))
        if name == "residents":
            counts["residents_without_dwelling"] = found[0] - found[1]
        for fault, count in zip(table.faults, found[2:], strict=True):
            if fault.stops and count:
                problems.append(str(_problem(connection, table, fault, count)))
            elif not fault.stops:
                counts[fault.name] = count
    if problems:
        raise InputError(problems)
    return rows, counts


def _count(connection: duckdb.DuckDBPyConnection, table: CleanTable) -> tuple[int, ...]:
    """Rows, rows with a link to the next table, and rows of each fault.

    Unknown codes are counted by grouping the column first: a few codes instead of millions of comparisons.
    """
    plain = [fault for fault in table.faults if not fault.name.startswith("unknown_")]
    link = table.values["dwelling_id"] if table.source.name == "residents" else "1"
    columns = ", ".join(
        ["count(*)", f"count({link})", *(f"count(*) FILTER (WHERE {fault.condition})" for fault in plain)]
    )
    found = fetch_one(connection, table.source, f"SELECT {columns} FROM {table.source.relation}")
    by_name = {fault.name: count for fault, count in zip(plain, found[2:], strict=True)}
    for fault in table.faults:
        if fault.name not in by_name:
            by_name[fault.name] = _count_codes(connection, table, fault)
    return (*found[:2], *(by_name[fault.name] for fault in table.faults))


def _count_codes(connection: duckdb.DuckDBPyConnection, table: CleanTable, fault: Fault) -> int:
    column = quoted(fault.column)
    query = (
        f"SELECT coalesce(sum(n), 0) FROM (SELECT {column}, count(*) AS n FROM {table.source.relation} GROUP BY 1) "
        f"WHERE {fault.condition}"
    )
    return int(fetch_one(connection, table.source, query)[0])


def _problem(connection: duckdb.DuckDBPyConnection, table: CleanTable, fault: Fault, count: int) -> Problem:
    """A fault with its first example, told by its value and row number."""
    first = connection.execute(
        f"SELECT n, CAST({quoted(fault.column)} AS VARCHAR) FROM "
        f"(SELECT *, row_number() OVER () AS n FROM {table.source.relation}) WHERE {fault.condition} ORDER BY n LIMIT 1"
    ).fetchall()
    example = f"{first[0][1]!r} in row {first[0][0]:,}" if first else None
    return Problem(f"{table.source.path.name}, column {fault.column}", fault.what, fault.remedy, count, example)


def key_problems(
    connection: duckdb.DuckDBPyConnection, relation: str, key: str, file: str, hash_of_key: Any
) -> list[Problem]:
    """Empty and repeated keys of a table.

    Parameters
    ----------
    relation, key : str
        Where the keys stand.
    file : str
        For the message.
    hash_of_key : pyarrow.ChunkedArray of uint64, n_rows
        From `HASH`. They are sorted, which is far cheaper than counting distinct texts; only when two are equal are
        the keys themselves compared.
    """
    problems = []
    if hash_of_key.null_count:
        empty = Problem(f"{file}, column {key}", "empty keys", "Give every row a key.", hash_of_key.null_count)
        problems.append(empty)
    hashes = np.sort(hash_of_key.drop_null().to_numpy())
    if (hashes[1:] == hashes[:-1]).any():
        repeated = connection.execute(
            f"SELECT {key}, count(*) AS n FROM {relation} WHERE {key} IS NOT NULL GROUP BY 1 HAVING n > 1 ORDER BY 1"
        ).fetchall()
        if repeated:
            surplus = sum(row[1] - 1 for row in repeated)
            example = f"{repeated[0][0]!r} stands {repeated[0][1]} times"
            problems.append(
                Problem(f"{file}, column {key}", "duplicate keys", "Keep one row of each.", surplus, example)
            )
    return problems


def check_positions(easting: NDArray[np.float64], northing: NDArray[np.float64], table: CleanTable) -> None:
    """Check that positions can be metres.

    Parameters
    ----------
    easting, northing : float64, shape (n_addresses,)
        Finite.

    Raises
    ------
    InputError
        If they look like degrees, easting and northing look swapped, or they lie farther out than any projection
        reaches.
    """
    if not len(easting):
        return
    where = f"{table.source.path.name}, columns easting and northing"
    if (np.abs(easting) <= 180).all() and (np.abs(northing) <= 180).all():
        example = f"{easting[0]}, {northing[0]}"
        what = "positions look like degrees, not metres"
        raise InputError(Problem(where, what, "Project them to EPSG:25832.", len(easting), example))
    # in UTM zone 32 Denmark's eastings lie below 1,000,000 m and its northings above 6,000,000 m
    if np.median(easting) > 4e6 and 0 < np.median(northing) < 1.5e6:
        example = f"{easting[0]}, {northing[0]}"
        what = "easting and northing look swapped"
        raise InputError(Problem(where, what, "Exchange the two columns.", len(easting), example))
    far = (np.abs(easting) > FARTHEST_M) | (np.abs(northing) > FARTHEST_M)
    if far.any():
        first = int(np.flatnonzero(far)[0])
        example = f"{easting[first]}, {northing[first]}"
        raise InputError(
            Problem(where, "positions off the Earth", "Give metres in EPSG:25832.", int(far.sum()), example)
        )
