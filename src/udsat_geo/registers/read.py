"""From a folder of registers to exact sums by place.

The order: open the three tables, lock the connection, check them, evaluate ``[let]``, place the addresses, link
dwellings to addresses and residents to dwellings, and add up each criterion's numerator and denominator over the
rows that count. A row counts in a criterion when its `where` is true and neither side of the ratio is NULL.

Sums are integers. Whole numbers and yes/no are added as they are; other numbers in millionths (`FRACTION`), rounded
once per row, so that no order of rows can change a sum.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.policy import Criterion, Policy
from udsat_geo.registers.checks import HASH, check_positions, check_tables, key_problems
from udsat_geo.registers.cleaning import CleanTable, clean_table, reading
from udsat_geo.registers.expressions import check_expression, raise_if_any
from udsat_geo.registers.ratios import Ratios, add_ratios
from udsat_geo.registers.schema import CRS
from udsat_geo.registers.settings import RegisterSettings, read_settings
from udsat_geo.registers.tables import TableSource, open_table

NO_ADDRESS, DANGLING, NOT_PLACED = -1, -2, -3
"""Why a dwelling has no place: no address; a key that no address has; an address without a position or unit."""

Place = Callable[[NDArray[np.float64], NDArray[np.float64]], tuple[NDArray[np.int32], int]]
"""Gives the place of each address (-1 is none) and the number of places from eastings and northings."""


@dataclass(frozen=True)
class RegisterSums:
    """What the registers say of each place.

    Attributes
    ----------
    residents : int64, shape (n_places,)
        Residents placed there.
    dwellings : int64, shape (n_places,)
        Dwellings there, occupied or not.
    numerator, denominator : int64, shape (n_places, n_criteria)
        Sums over the rows that count.
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
        How many of the sum make one: 1, or `FRACTION` for sums of millionths.
    counts : dict
        Rows that do not count, by reason.
    rows : dict
        Table -> number of rows.
    files : tuple of Path
    notes : tuple of str
        What was found out about the files (dialects).
    settings : RegisterSettings
    let : dict
        Name -> value of what ``[let]`` evaluated.
    """

    residents: NDArray[np.int64]
    dwellings: NDArray[np.int64]
    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    numerator_unit: NDArray[np.int64]
    denominator_unit: NDArray[np.int64]
    counts: dict[str, int]
    rows: dict[str, int]
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    settings: RegisterSettings
    let: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """The clean tables of a folder on a locked connection."""

    connection: duckdb.DuckDBPyConnection
    residents: CleanTable
    dwellings: CleanTable
    addresses: CleanTable
    settings: RegisterSettings

    @property
    def tables(self) -> tuple[CleanTable, ...]:
        """All three, addresses first: the order in which they are needed."""
        return (self.addresses, self.dwellings, self.residents)


def read_registers(folder: Path, policy: Policy, place: Place, threads: int | None = None) -> RegisterSums:
    """Read a folder of registers and add up the criteria of a policy by place.

    Parameters
    ----------
    folder : Path
    policy : Policy
        Its criteria read ``residents`` and ``dwellings``.
    place : callable
        Where an address lies.
    threads : int, optional
        For DuckDB; results do not depend on it.

    Raises
    ------
    InputError
        With every problem found: files, columns, codes, numbers, keys, positions, expressions.
    """
    check_policy_fits(policy)
    opened = open_registers(folder, threads)
    check_policy_expressions(opened, policy)
    rows, counts = check_tables(opened.connection, opened.tables)
    let = evaluate_let(opened, policy, "residents", {})
    sums = _add_up(opened, policy, place, let, rows, counts)
    opened.connection.close()
    return sums


def open_registers(folder: Path, threads: int | None = None) -> Opened:
    """Open the tables of a folder; afterwards the connection reaches their files and nothing else.

    Raises
    ------
    InputError
        If the folder or a table is missing or damaged.
    """
    if not folder.is_dir():
        raise InputError(Problem(str(folder), "no such folder", "Name the folder that holds the registers."))
    settings = read_settings(folder)
    config = {"threads": str(threads)} if threads else {}
    connection = duckdb.connect(":memory:", config={**config, "python_enable_replacements": "false"})
    sources: list[TableSource] = []
    problems: list[str] = []
    for name in ("residents", "dwellings", "addresses"):
        try:
            sources.append(open_table(connection, folder, name, settings.table(name)))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError("\n".join(problems))
    _lock(connection, [source.path for source in sources])
    clean = [clean_table(connection, source) for source in sources]
    return Opened(connection, clean[0], clean[1], clean[2], settings)


def _lock(connection: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    """No file but these, no extension, no change of settings."""
    allowed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def columns_of(table: CleanTable, policy: Policy, register: str) -> list[str]:
    """The names an expression over a register may use."""
    derived = ["residents"] if register == "dwellings" else []
    return [*table.values, *derived, *policy.let.get(register, {})]  # type: ignore[call-overload]


def check_policy_fits(policy: Policy) -> None:
    """Check that a policy asks for what registers have.

    Raises
    ------
    InputError
        If its criteria read a unit table, or it works in another reference system.
    """
    if policy.reads_unit_table:
        what = "its criteria read a unit table, not registers"
        raise InputError(Problem(f"policy {policy.id}", what, "Leave out --raw, or choose another policy."))
    if policy.units.crs is not None and policy.units.crs != CRS:
        from udsat_geo.vector import check_crs, same_crs, short_crs

        where = f"{policy.id}: units.crs"
        check_crs(policy.units.crs, where)
        if not same_crs(policy.units.crs, CRS):
            what = f"is {short_crs(policy.units.crs)}, and registers are read in {CRS}"
            raise InputError(Problem(where, what, f"Set it to {CRS}, or leave it out."))


def _let_name_problems(policy: Policy, register: str, table: CleanTable) -> list[Problem]:
    """Names of ``[let]`` that would hide a column, or one that the engine itself adds."""
    taken = {*table.values, "residents", "row", "flags", "dwelling_row"}
    return [
        Problem(f"{policy.id}: let.{register}.{name}", "is a column already", "Choose another name.")
        for name in policy.let[register]  # type: ignore[index]
        if name in taken
    ]


def check_policy_expressions(opened: Opened, policy: Policy) -> None:
    """Check every expression of a policy against the columns of these registers.

    Raises
    ------
    InputError
        With every fault of every expression.
    """
    problems: list[Problem] = []
    tables = {"residents": opened.residents, "dwellings": opened.dwellings}
    for register, expressions in policy.let.items():
        if register not in tables:
            problems.append(Problem(f"let.{register}", "this policy's registers are residents and dwellings"))
            continue
        problems += _let_name_problems(policy, register, tables[register])
        known = columns_of(tables[register], policy, register)
        for name, expression in expressions.items():
            free = [column for column in known if column not in expressions]
            where = f"{policy.id}: let.{register}.{name}"
            problems += check_expression(opened.connection, expression, free, where, aggregates=True)
    for criterion in policy.criteria:
        columns = columns_of(tables[criterion.register_name], policy, criterion.register_name)
        for part in ("where", "numerator", "denominator"):
            where = f"{policy.id}: criteria ({criterion.key}).{part}"
            problems += check_expression(opened.connection, getattr(criterion, part), columns, where)
    raise_if_any(problems)


def evaluate_let(opened: Opened, policy: Policy, register: str, relations: dict[str, str]) -> dict[str, float | None]:
    """Evaluate the ``[let]`` expressions of one register, over all its rows, placed or not."""
    expressions = policy.let.get(register, {})  # type: ignore[call-overload]
    if not expressions:
        return {}
    table = opened.residents if register == "residents" else opened.dwellings
    relation = relations.get(register) or table.select()
    columns = ", ".join(f"CAST(({expression}\n) AS DOUBLE)" for expression in expressions.values())
    try:
        row = opened.connection.execute(f"SELECT {columns} FROM {relation}").fetchall()[0]
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(Problem(f"{policy.id}: let.{register}", f"cannot be evaluated: {reason}")) from None
    return {
        name: _steady(value, expression) for (name, expression), value in zip(expressions.items(), row, strict=True)
    }


def _steady(value: float | None, expression: str) -> float | None:
    """Sums and means of fractions depend on the order of rows in their last digits: keep 12 significant ones."""
    if value is None or not any(name in expression.lower() for name in ("sum", "avg", "mean")):
        return value
    return float(f"{value:.12g}")


def _add_up(
    opened: Opened,
    policy: Policy,
    place: Place,
    let: dict[str, float | None],
    rows: dict[str, int],
    counts: dict[str, int],
) -> RegisterSums:
    """Place addresses, then dwellings, then residents, adding up on the way."""
    from udsat_geo.kernels.sums import count_rows, follow

    connection = opened.connection
    n_places = _place_addresses(opened, place, counts)
    place_of_dwelling, unplaced = _load_dwellings(opened, policy, counts)
    dwellings = np.zeros(n_places, dtype=np.int64)
    count_rows(place_of_dwelling, dwellings)

    ratios = Ratios.empty(n_places, len(policy.criteria))
    residents = np.zeros(n_places, dtype=np.int64)
    residents_of_dwelling = np.zeros(len(place_of_dwelling), dtype=np.int64)

    def place_residents(dwelling_of_row: NDArray[np.int32]) -> NDArray[np.int32]:
        count_rows(dwelling_of_row, residents_of_dwelling)
        place_of_row = np.empty(len(dwelling_of_row), dtype=np.int32)
        follow(dwelling_of_row, place_of_dwelling, place_of_row)
        count_rows(place_of_row, residents)
        return place_of_row

    linked = (
        f"(SELECT r.*, CAST(d.rowid AS INTEGER) AS dwelling_row FROM {opened.residents.select()} r "
        "JOIN dwellings d ON r.dwelling_id = d.dwelling_id)"
    )
    add_ratios(connection, policy, "residents", linked, "dwelling_row", place_residents, let, ratios)
    _count_unplaced(opened, rows, counts, residents_of_dwelling, unplaced)
    let |= _add_up_dwellings(opened, policy, residents_of_dwelling, place_of_dwelling, ratios)
    notes = tuple(f"{t.source.path.name}: {t.source.dialect}" for t in opened.tables if t.source.dialect is not None)
    return RegisterSums(
        residents,
        dwellings,
        ratios.numerator,
        ratios.denominator,
        ratios.numerator_unit,
        ratios.denominator_unit,
        counts,
        rows,
        tuple(table.source.path for table in opened.tables),
        notes,
        opened.settings,
        let,
    )


def _place_addresses(opened: Opened, place: Place, counts: dict[str, int]) -> int:
    """Place the addresses; the connection keeps a relation ``addresses`` of keys and places. The number of places."""
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
    if counts["addresses_without_position"]:
        easting, northing = easting[has_position], northing[has_position]
    check_positions(easting, northing, table)
    placed, n_places = place(easting, northing)
    counts["addresses_outside_all_units"] = int((placed < 0).sum())
    place_of_address = np.full(rows.num_rows, NOT_PLACED, dtype=np.int32)
    place_of_address[has_position] = np.where(placed < 0, NOT_PLACED, placed)
    connection.register("addresses", pa.table({"address_id": rows["address_id"], "place": place_of_address}))
    return n_places


def _load_dwellings(
    opened: Opened, policy: Policy, counts: dict[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Place of each dwelling (-1: none), why it has none, and a table ``dwellings`` in the same order.

    Returns
    -------
    place_of_dwelling : int32, shape (n_dwellings,)
    unplaced : int32, shape (n_dwellings,)
        0 where it is placed, else `NO_ADDRESS` or `NOT_PLACED`.
    """
    connection, table = opened.connection, opened.dwellings
    text = " ".join(f"{c.where} {c.numerator} {c.denominator}" for c in policy.criteria)
    text += " ".join(policy.let.get("dwellings", {}).values())
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


def _dangling(opened: Opened, relation: str, key: str, target: str, count: int) -> Problem:
    """The problem of keys that lead nowhere, with an example."""
    first = opened.connection.execute(
        f"SELECT x.{key} FROM {relation} x ANTI JOIN {target} t ON x.{key} = t.{key} "
        f"WHERE x.{key} IS NOT NULL ORDER BY 1 LIMIT 1"
    ).fetchall()
    table = opened.dwellings if key == "address_id" else opened.residents
    where = f"{table.source.path.name}, column {key}"
    remedy = f"Add the missing {target}, or leave the cell empty."
    return Problem(
        where,
        f"keys that no row of {target} has",
        remedy,
        count,
        repr(first[0][0]) if first else None,
    )


def _count_unplaced(
    opened: Opened,
    rows: dict[str, int],
    counts: dict[str, int],
    residents_of_dwelling: NDArray[np.int64],
    unplaced: NDArray[np.int32],
) -> None:
    """Count the residents who are in no place, each under one reason."""
    linked = int(residents_of_dwelling.sum())
    dangling = rows["residents"] - counts["residents_without_dwelling"] - linked
    if dangling:
        raise InputError(_dangling(opened, opened.residents.select(), "dwelling_id", "dwellings", dangling))
    counts["residents_of_dwellings_without_address"] = int(residents_of_dwelling[unplaced == NO_ADDRESS].sum())
    counts["residents_of_addresses_not_placed"] = int(residents_of_dwelling[unplaced == NOT_PLACED].sum())
    counts["residents_placed"] = int(residents_of_dwelling[unplaced == 0].sum())
    counts["residents_unplaced"] = rows["residents"] - counts["residents_placed"]


def _add_up_dwellings(
    opened: Opened,
    policy: Policy,
    residents_of_dwelling: NDArray[np.int64],
    place_of_dwelling: NDArray[np.int32],
    ratios: Ratios,
) -> dict[str, float | None]:
    """Add up the criteria over dwellings; `residents` is known by now."""
    import pyarrow as pa

    if not _reads(policy, "dwellings"):
        return {}
    row_of_dwelling = np.arange(len(place_of_dwelling), dtype=np.int32)
    opened.connection.register(
        "counted", pa.table({"residents": residents_of_dwelling, "dwelling_row": row_of_dwelling})
    )
    relation = "(SELECT * FROM dwellings POSITIONAL JOIN counted)"
    let = evaluate_let(opened, policy, "dwellings", {"dwellings": relation})

    def place_dwellings(row: NDArray[np.int32]) -> NDArray[np.int32]:
        return place_of_dwelling[row]

    add_ratios(opened.connection, policy, "dwellings", relation, "dwelling_row", place_dwellings, let, ratios)
    return let


def _reads(policy: Policy, register: str) -> bool:
    criteria: tuple[Criterion, ...] = policy.criteria
    return any(criterion.register_name == register for criterion in criteria)
