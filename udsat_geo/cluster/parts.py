"""Tasks over one part of a table: what is wrong with it, what is counted of it, and its rows scattered by their keys.

Rows travel as numbers: keys as hashes, addresses as cells, and of residents what the policy's criteria read of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np

from udsat_geo.cluster.database import database, folder_of_copies
from udsat_geo.cluster.exchange import Place, write_whole, writing_parts
from udsat_geo.cluster.plan import Plan
from udsat_geo.kernels.arrays import Floats
from udsat_geo.messages.errors import InputError
from udsat_geo.registers.cleaning import CleanTable, count_faults, fault_problem, reading
from udsat_geo.registers.distributions import check_weights
from udsat_geo.registers.expressions import within_limits
from udsat_geo.registers.key_index import hash_of
from udsat_geo.registers.linking import Located, in_the_plane, positions_in
from udsat_geo.registers.read import Ratios, Tally, evaluating_rows, with_values
from udsat_geo.registers.tables import part_of
from udsat_geo.registers.value_counts import TIMES, bins_of
from udsat_geo.sources.engine import batches_of, quoted
from udsat_geo.sources.origins import sha256_of
from udsat_geo.sources.positions import spread_of
from udsat_geo.units.units import grid_of

_ROWS_AT_A_TIME = 1 << 18
_BEYOND_ALL_M = 1e9
"""No position on earth is as large: its cell might be none that 32 bits hold."""


@contextmanager
def _opened_part(plan: Plan, name: str, number: int) -> Iterator[tuple[duckdb.DuckDBPyConnection, CleanTable]]:
    """One part of a table, on a connection that reaches nothing else; fetched before where it lies in a store."""
    table = plan.tables[name]
    source, part = table.source, table.source.parts[number]
    with ExitStack() as stack:
        if plan.mirror is not None:
            copies = TemporaryDirectory(dir=folder_of_copies(), ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(copies))
            # what folders are called may be columns
            root, store = plan.mirror
            copy = folder / part.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            (store / part.relative_to(root).as_posix()).fetch(copy)
            source = dataclasses.replace(source, path=folder / source.path.relative_to(root))
            part = copy
        elif not part.exists():
            raise FileNotFoundError(str(part))
        connection = stack.enter_context(database(plan))
        yield connection, dataclasses.replace(table, source=part_of(source, part))


# --- before anything is known of the whole ------------------------------------------------------------------------


def _checked(plan: Plan, connection: duckdb.DuckDBPyConnection, table: CleanTable) -> dict[str, Any]:
    """Rows of a part, those that do not count by reason, and of a file of a store its hash.

    Raises
    ------
    InputError
        With every fault that stops the run.
    """
    n_rows, counts = count_faults(connection, table)
    problems = [
        str(fault_problem(connection, table, fault, counts[fault.name]))
        for fault in table.faults
        if fault.stops and counts[fault.name]
    ]
    if problems:
        raise InputError(problems)
    # whether most rows have a fault, so that it stops the run, is for the whole to say
    facts = {"rows": n_rows, "soft": {fault.name: counts[fault.name] for fault in table.faults if not fault.stops}}
    return facts if plan.mirror is None else {**facts, "sha256": sha256_of(table.source.path)}


def check_residents(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Look for faults in a part of the residents."""
    import pyarrow as pa

    with _opened_part(plan, "residents", number) as (connection, table):
        facts = _checked(plan, connection, table)
    write_whole(path, pa.table({}), facts)
    return False


def count_values(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Count the values that a total of ``[let]`` is made of, or how many lie in bins where the middle is enough."""
    import pyarrow as pa

    counted = list(plan.totals.values())[int(stage.partition("-")[2])]
    with _opened_part(plan, "residents", number) as (connection, table):
        try:
            if counted.in_bins:
                values = connection.sql(counted.of_rows(table.select())).fetchnumpy()["value"]
                found = pa.table(dict(zip(("bin", TIMES), bins_of(np.asarray(values)), strict=True)))
            else:
                found = connection.sql(counted.counts(table.select())).to_arrow_table()
        except duckdb.Error:
            return True  # what the expression meets in some row, the whole tells
    write_whole(path, found, {})
    return False


def count_middle(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Count the values that may be in the middle of all."""
    k = int(stage.partition("-")[2])
    counted = list(plan.totals.values())[k]
    with _opened_part(plan, "residents", number) as (connection, table):
        around = counted.around(table.select(), plan.middles[k])
        found = connection.sql(counted.counts(around)).to_arrow_table()
    write_whole(path, found, {})
    return False


def scatter_keys(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Scatter the hashes of keys that should stand once."""
    import pyarrow as pa

    once = plan.once[int(stage.partition("-")[2])]
    schema = pa.schema([("key", pa.uint64())])
    with _opened_part(plan, once.table, number) as (connection, table):
        keys = f"SELECT {once.key} AS key FROM {table.source.rows}"
        query = f"SELECT hash(key) AS key FROM ({keys}) WHERE key IS NOT NULL"
        with writing_parts(path, schema, plan.n_buckets, {}) as chapters, reading(table.source):
            for batch in batches_of(connection, query):
                chapters.put(pa.table(batch), batch["key"] % np.uint64(plan.n_buckets))
    return False


def scatter_addresses(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Check a part of the addresses, and scatter the cells of those that have a position by their keys."""
    import pyarrow as pa

    schema = pa.schema([("key", pa.uint64()), ("row", pa.int32()), ("col", pa.int32()), ("known", pa.bool_())])
    positions, n_without_key = list[Any](), 0
    with _opened_part(plan, "addresses", number) as (connection, table):
        facts = _checked(plan, connection, table)
        query = f"SELECT {hash_of('address_id', plan.salt)} AS key, {_POSITION} FROM {table.select()}"
        with writing_parts(path, schema, plan.n_buckets, facts) as chapters, reading(table.source):
            for batch in batches_of(connection, query):
                key = batch["key"]
                n_without_key += int((key == 0).sum())
                known = ~(np.isnan(batch["easting"]) | np.isnan(batch["northing"]))
                easting, northing = (batch[name][known] for name in ("easting", "northing"))
                positions.append(positions_in(easting, northing, table.source, plan.crs))
                if not all((np.abs(side) < _BEYOND_ALL_M).all() for side in positions[-1]):
                    return True
                row, col = np.zeros((2, len(key)), dtype=np.int32)
                row[known], col[known] = grid_of(plan.policy).cell_of(*positions[-1])
                rows = pa.table([key, row, col, known], schema)
                chapters.put(rows, key % np.uint64(plan.n_buckets))
            facts["spread"] = _spread(positions, plan.crs)
    return n_without_key > 0


_POSITION = "CAST(easting AS DOUBLE) AS easting, CAST(northing AS DOUBLE) AS northing"


def _spread(positions: list[tuple[Floats, Floats]], crs: str) -> dict[str, Any] | None:
    if not positions:
        return None
    easting, northing = (np.concatenate(side) for side in zip(*positions, strict=True))
    spread = spread_of(easting, northing, crs)
    return None if spread is None else dataclasses.asdict(spread)


def look_at_positions(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Look at the positions of all addresses together."""
    import pyarrow as pa

    found = []
    for part in range(len(plan.tables["addresses"].source.parts)):
        with _opened_part(plan, "addresses", part) as (connection, table):
            query = f"SELECT {_POSITION} FROM {table.select()} WHERE easting IS NOT NULL AND northing IS NOT NULL"
            found += list(batches_of(connection, query))
    easting, northing = (np.concatenate([batch[name] for batch in found]) for name in ("easting", "northing"))
    known = ~(np.isnan(easting) | np.isnan(northing))
    # ids need not be known: whoever is told of one is told by the whole
    located = Located(lambda: pa.array([""] * int(known.sum())), easting[known], northing[known])
    _placed, notes = in_the_plane(located, plan.tables["addresses"].source, plan.crs)
    write_whole(path, pa.table({}), {"notes": [{"text": note.text, "values": dict(note.values)} for note in notes]})
    return False


def scatter_dwellings(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Check a part of the dwellings, and scatter its rows by the address, or by themselves where they have none."""
    n_without_key = 0
    with _opened_part(plan, "dwellings", number) as (connection, table):
        facts = _checked(plan, connection, table)
        columns = "".join(f", {quoted(name)}" for name in plan.columns)
        keys = f"{hash_of('dwelling_id', plan.salt)} AS key, {hash_of('address_id', plan.salt)} AS address"
        with reading(table.source):
            reader = connection.sql(f"SELECT {keys}{columns} FROM {table.select()}").to_arrow_reader(_ROWS_AT_A_TIME)
            with writing_parts(path, reader.schema, plan.n_buckets, facts) as chapters:
                for batch in reader:
                    key, address = (batch.column(name).to_numpy() for name in ("key", "address"))
                    n_without_key += int((key == 0).sum())
                    receiver = np.where(address == 0, key, address) % np.uint64(plan.n_buckets)
                    chapters.put(_as_table(batch), receiver)
    return n_without_key > 0


def _as_table(batch: Any) -> Any:
    import pyarrow as pa

    return pa.Table.from_batches([batch])


# --- once the values of [let] are known ---------------------------------------------------------------------------


def scatter_residents(plan: Plan, stage: str, number: int, path: Place) -> bool:
    """Evaluate the criteria over a part of the residents, and scatter what they read of each by the dwelling."""
    import pyarrow as pa

    facts: dict[str, Any] = {}
    tally = Tally(plan.policy, plan.values, Ratios.empty(0, len(plan.policy.criteria)))
    weights = dict.fromkeys(plan.kept, 0.0)
    n_without_key = 0
    with (
        _opened_part(plan, "residents", number) as (connection, table),
        writing_parts(path, _schema_of_residents(plan), plan.n_buckets, facts) as chapters,
    ):
        for batch in _read_of_residents(plan, connection, table):
            key = batch["key"]
            # in no place: nothing is added up, and all is looked at
            tally.add(np.full(len(key), -1, dtype=np.int32), batch)
            for j, each in plan.kept.items():
                weights[j] = check_weights(plan.policy, each.criterion, batch[f"w{j}"], weights[j])
            has_key = key != 0
            n_without_key += int((~has_key).sum())
            rows = pa.table(batch).filter(pa.array(has_key))
            chapters.put(rows, key[has_key] % np.uint64(plan.n_buckets))
        facts |= {"without_key": n_without_key, "largest": tally.largest_sums().tolist(), "weights": weights}
    return False


def _read_of_residents(
    plan: Plan, connection: duckdb.DuckDBPyConnection, table: CleanTable
) -> Iterator[dict[str, Any]]:
    """What the criteria read of each resident, with the key of the dwelling.

    Raises
    ------
    InputError
        If an expression cannot be evaluated.
    """
    rows = with_values(plan.policy, "residents", table.select(), plan.let)
    kept = "".join(
        f", CASE WHEN {each.counts} THEN {each.value} ELSE 0 END AS q{j}"
        f", CASE WHEN {each.counts} THEN {each.weight} ELSE 0 END AS w{j}"
        for j, each in plan.kept.items()
    )
    query = f"SELECT {hash_of('dwelling_id', plan.salt)} AS key, {plan.values.columns}{kept} FROM {rows}"
    with within_limits(connection, plan.policy), evaluating_rows(plan.policy, "residents"):
        yield from batches_of(connection, query)


def _schema_of_residents(plan: Plan) -> Any:
    import pyarrow as pa

    flags = pa.int32() if plan.values.kind == "INTEGER" else pa.int64()
    others = [*plan.values.names[1:], *(f"{side}{j}" for j in plan.kept for side in "qw")]
    return pa.schema([("key", pa.uint64()), ("flags", flags), *((name, pa.int64()) for name in others)])
