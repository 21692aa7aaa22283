"""The tasks by which registers are read on many machines: from parts of tables to exact sums by cell.

Rows are scattered by the hash of their key, so that what belongs together meets: dwellings and their address, then
residents and their dwelling. From there each bucket is a small folder of registers, and is added up as a whole one is
(`udsat_geo.registers.read.sums_of_opened`); sums are integers, so that their order does not count. What one part or
bucket cannot judge (a key that stands twice, or leads nowhere) it tells as odd, and the whole is looked at once more.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.cluster.context import STAGE as CONTEXT
from udsat_geo.cluster.context import read_context
from udsat_geo.cluster.exchange import read_part, read_parts, write_parts
from udsat_geo.cluster.plan import TILE, Plan, Run, program
from udsat_geo.cluster.sums import largest_sums, sums_as_table, united
from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import InputError, reason_of
from udsat_geo.messages.translate import _, speaking
from udsat_geo.registers.cleaning import CleanTable, check_tables, fetch_one
from udsat_geo.registers.key_index import NO_ADDRESS, NO_POSITION
from udsat_geo.registers.layout import TableLayout
from udsat_geo.registers.linking import Located, in_the_plane
from udsat_geo.registers.opening import Opened, lock
from udsat_geo.registers.read import sums_of_opened
from udsat_geo.registers.settings import RegisterSettings
from udsat_geo.registers.tables import TableSource, part_of
from udsat_geo.sources.engine import NoRoomError, connect, quoted
from udsat_geo.units.units import grid_of

KEYS = {"addresses": "address_id", "dwellings": "address_id", "residents": "dwelling_id"}
"""Table -> the key by which its rows are scattered."""
_ROWS_AT_A_TIME = 1 << 18
_NOWHERE = "nowhere"
"""The address of dwellings whose own has no position; a cell's is its row and column."""


@dataclass(frozen=True)
class Done:
    """What a task tells of itself.

    Attributes
    ----------
    problems : tuple of str
        Faults of its input that stop the run.
    odd : bool
        Whether it found what only the whole can tell about.
    refused : str
        Why it cannot be done on this worker, where another may do it.
    worker : str
        The address of that worker.
    seconds : float
        Of a processor, of all that its process did meanwhile.
    size : int
        Bytes that it wrote.
    peak : int
        The most memory that its process ever took, in bytes.
    """

    problems: tuple[str, ...] = ()
    odd: bool = False
    refused: str = ""
    worker: str = ""
    seconds: float = 0.0
    size: int = 0
    peak: int = 0


def perform(plan: Run, stage: str, number: int) -> Done:
    """Do one task on a worker, unless its file is there."""
    with speaking(plan.language):
        try:
            if program() != plan.program:
                return _refused(_("runs another version of the program"))
            return do_task(plan, stage, number)
        except OSError as error:
            return _refused(reason_of_files(error, plan))


def reason_of_files(error: OSError, plan: Run) -> str:
    """What a task could not read or write."""
    # Arrow's own words say more, and in English alone
    plain = OSError(error.errno, os.strerror(error.errno)) if error.errno else error
    where, reason = error.filename or plan.folder, reason_of(plain)
    return _("cannot read or write {file}: {reason}").format(file=where, reason=reason)


def _refused(reason: str) -> Done:
    from distributed import get_worker

    return Done(refused=reason, worker=get_worker().address)


def do_task(plan: Run, stage: str, number: int) -> Done:
    """Do one task in this process, unless its file is there.

    Raises
    ------
    OSError
        If its files cannot be read or written.
    """
    path, began = plan.path(stage, number), time.process_time()
    if path.exists():
        return Done()
    try:
        odd = _TASKS[stage.partition("-")[0]](plan, stage, number, path)
    except NoRoomError as error:
        return Done(problems=error.messages)
    except InputError as error:
        of_part = stage.partition("-")[0] in _OF_PARTS
        return Done(problems=error.messages) if of_part else Done(odd=True)
    size = path.stat().st_size if path.exists() else 0
    return Done(odd=odd, seconds=time.process_time() - began, size=size, peak=_peak())


def _peak() -> int:
    """The most memory that this process ever took, in bytes; 0 where the system does not say."""
    if os.name != "posix":
        return 0
    import resource

    # in kilobytes, on macOS in bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)


# --- parts of tables ----------------------------------------------------------------------------------------------


def _opened_part(plan: Plan, name: str, number: int) -> tuple[duckdb.DuckDBPyConnection, CleanTable]:
    """One part of a table, on a connection that reaches nothing else."""
    table = plan.tables[name]
    part = part_of(table.source, table.source.parts[number])
    if not part.path.exists():
        raise FileNotFoundError(str(part.path))
    connection = connect(1, for_expressions=True)
    lock(connection, [part.path])
    return connection, dataclasses.replace(table, source=part)


def _scatter(plan: Plan, stage: str, number: int, path: Path) -> bool:
    """Check one part of a table and scatter its rows by their key."""
    connection, table = _opened_part(plan, stage, number)
    with closing(connection):
        facts = _checked(connection, table)
        own = "dwelling_id" if stage == "dwellings" else KEYS[stage]
        facts["without_key"] = fetch_one(
            connection, table.source, f"SELECT count(*) - count({own}) FROM {table.select()}"
        )[0]
        key = KEYS[stage]
        columns = ", ".join(quoted(name) for name in plan.columns[stage])
        kept = f" WHERE {key} IS NOT NULL" if stage == "residents" else ""
        reader = connection.sql(
            f"SELECT {columns}, {_receiver(plan, key)} AS receiver FROM {table.select()}{kept}"
        ).to_arrow_reader(_ROWS_AT_A_TIME)
        write_parts(path, _chapters(reader), _without_receiver(reader.schema), plan.n_buckets, facts)
    return stage != "residents" and facts["without_key"] > 0


def _checked(connection: duckdb.DuckDBPyConnection, table: CleanTable) -> dict[str, Any]:
    """Rows of a part, and of those that do not count by reason.

    Raises
    ------
    InputError
        With every fault that stops the run.
    """
    (n_rows,) = fetch_one(connection, table.source, f"SELECT count(*) FROM {table.source.rows}")
    soft = [fault for fault in table.faults if not fault.stops]
    facts: dict[str, Any] = {"rows": n_rows, "soft": {fault.name: 0 for fault in soft}}
    if n_rows:
        # whether most rows have a fault, so that it stops the run, is for the whole to say
        stopping = tuple(fault for fault in table.faults if fault.stops)
        check_tables(connection, (dataclasses.replace(table, faults=stopping),))
        for fault in soft:
            query = f"SELECT count(*) FROM {table.source.rows} WHERE {fault.condition}"
            (facts["soft"][fault.name],) = fetch_one(connection, table.source, query)
    return facts


def _receiver(plan: Plan, key: str) -> str:
    return f"CAST(coalesce(hash({key}), 0) % {plan.n_buckets} AS INTEGER)"


def _chapters(reader: Any) -> Iterator[tuple[Any, Ints]]:
    """Rows as they come, and the receiver of each."""
    import pyarrow as pa

    for batch in reader:
        rows = pa.Table.from_batches([batch])
        yield rows.drop_columns(["receiver"]), np.asarray(rows["receiver"].to_numpy(), dtype=np.int64)


def _without_receiver(schema: Any) -> Any:
    return schema.remove(schema.get_field_index("receiver"))


def _count_values(plan: Plan, stage: str, number: int, path: Path) -> bool:
    """Count the values that a total of ``[let]`` is made of."""
    counted = list(plan.totals.values())[int(stage.partition("-")[2])]
    connection, table = _opened_part(plan, "residents", number)
    with closing(connection):
        found = connection.sql(counted.counts(table.select())).to_arrow_table()
    write_parts(path, [(found, np.zeros(found.num_rows, dtype=np.int64))], found.schema, 1, {})
    return False


def _scatter_keys(plan: Plan, stage: str, number: int, path: Path) -> bool:
    """Scatter the hashes of keys that should stand once."""
    once = plan.once[int(stage.partition("-")[2])]
    connection, table = _opened_part(plan, once.table, number)
    with closing(connection):
        keys = f"SELECT {once.key} AS key FROM {table.source.rows}"
        hashes = f"SELECT hash(key) AS hash_of_key FROM ({keys}) WHERE key IS NOT NULL"
        reader = connection.sql(
            f"SELECT hash_of_key, CAST(hash_of_key % {plan.n_buckets} AS INTEGER) AS receiver FROM ({hashes})"
        ).to_arrow_reader(_ROWS_AT_A_TIME)
        write_parts(path, _chapters(reader), _without_receiver(reader.schema), plan.n_buckets, {})
    return False


# --- buckets ------------------------------------------------------------------------------------------------------


def _check_keys(plan: Plan, stage: str, number: int, path: Path) -> bool:
    """Look for two equal hashes among those of a bucket."""
    found = read_part(plan.paths(stage.replace("once", "keys")), number)
    write_parts(path, [], found.schema, 1, {})
    return _stands_twice(found["hash_of_key"].to_numpy())


def _stands_twice(hashes: Any) -> bool:
    ordered = np.sort(hashes)
    return bool((ordered[1:] == ordered[:-1]).any())


def _check_positions(plan: Plan, stage: str, number: int, path: Path) -> bool:
    """Look at the positions of all addresses together."""
    import pyarrow as pa

    sides: list[list[Any]] = [[], []]
    for file in plan.paths("addresses"):
        for receiver in range(plan.n_buckets):
            rows = read_part([file], receiver)
            for side, name in zip(sides, ("easting", "northing"), strict=True):
                side.append(np.asarray(rows[name].to_numpy(), dtype=np.float64))
    easting, northing = (np.concatenate(side) for side in sides)
    known = ~(np.isnan(easting) | np.isnan(northing))
    # ids need not be known: whoever is told of one is told by the whole
    located = Located(lambda: pa.array([""] * int(known.sum())), easting[known], northing[known])
    _placed, notes = in_the_plane(located, plan.tables["addresses"].source, plan.crs)
    told = [{"text": note.text, "values": dict(note.values)} for note in notes]
    write_parts(path, [], pa.schema([]), 1, {"notes": told})
    return False


def _place(plan: Plan, stage: str, number: int, path: Path) -> bool:
    """Place the dwellings of a bucket in cells, and scatter them by their own key."""
    import pyarrow as pa

    addresses, dwellings = (read_part(plan.paths(name), number) for name in ("addresses", "dwellings"))
    easting, northing = (np.asarray(addresses[name].to_numpy(), dtype=np.float64) for name in ("easting", "northing"))
    known = ~(np.isnan(easting) | np.isnan(northing))
    located = Located(lambda: addresses["address_id"].filter(pa.array(known)), easting[known], northing[known])
    located, _notes = in_the_plane(located, plan.tables["addresses"].source, plan.crs)
    row, col = np.zeros((2, len(known)), dtype=np.int64)
    row[known], col[known] = grid_of(plan.policy).cell_of(located.easting, located.northing)
    placed = pa.table({"address_id": addresses["address_id"], "row": row, "col": col, "known": pa.array(known)})
    with closing(connect(1)) as connection:
        connection.register("placed", placed)
        connection.register("dwellings", dwellings)
        hashes = connection.execute("SELECT hash(address_id) AS h FROM placed").fetchnumpy()["h"]
        columns = ", ".join(f"d.{quoted(name)}" for name in plan.columns["dwellings"] if name != "address_id")
        found = connection.sql(
            f"SELECT {columns}, a.row, a.col, CASE WHEN d.address_id IS NULL THEN {NO_ADDRESS} "
            f"WHEN NOT a.known THEN {NO_POSITION} WHEN a.known THEN 0 END AS unplaced, "
            f"{_receiver(plan, 'd.dwelling_id')} AS receiver "
            "FROM dwellings d LEFT JOIN placed a ON d.address_id = a.address_id"
        ).to_arrow_table()
    if _stands_twice(hashes) or found["unplaced"].null_count:
        return True
    facts = {"counts": {"addresses_without_position": int(len(known) - known.sum())}}
    write_parts(path, _chapters(found.to_batches()), _without_receiver(found.schema), plan.n_buckets, facts)
    return False


def _add_up(plan: Plan, stage: str, number: int, path: Path) -> bool:
    """Add up a bucket of residents and their dwellings by cell, and scatter the sums to tiles."""
    residents, dwellings = read_part(plan.paths("residents"), number), read_part(plan.paths("places"), number)
    with closing(connect(1)) as connection:
        connection.register("keyed", dwellings)
        hashes = connection.execute("SELECT hash(dwelling_id) AS h FROM keyed").fetchnumpy()["h"]
        if _stands_twice(hashes):
            return True
        grid, found = grid_of(plan.policy), list[Ints]()

        def place(located: Located) -> tuple[NDArray[np.int32], int]:
            found.extend(grid.cell_of(located.easting, located.northing))
            return np.arange(len(located.easting), dtype=np.int32), len(located.easting)

        sums = sums_of_opened(_as_registers(connection, residents, dwellings, grid.size, plan.crs), plan.policy, place)
    row, col = found
    table = sums_as_table(row, col, sums)
    tile, tile_of_cell = np.unique(np.stack([row // TILE, col // TILE], axis=1), axis=0, return_inverse=True)
    # but for the row of nobody; addresses have been counted before
    counts = {**sums.counts, "dwellings_without_address": sums.counts["dwellings_without_address"] - 1}
    counts["addresses_without_position"] = 0
    units = [sums.numerator_unit.tolist(), sums.denominator_unit.tolist()]
    of_values = {j: values.unit for j, values in sums.quantiles.items()}
    facts = {"counts": counts, "tiles": tile.tolist(), "units": units, "units_of_values": of_values}
    write_parts(path, [(table, tile_of_cell.reshape(-1))], table.schema, len(tile), facts)
    return False


def _as_registers(connection: duckdb.DuckDBPyConnection, residents: Any, dwellings: Any, size: int, crs: str) -> Opened:
    """A bucket as registers, whose addresses are cells.

    Each table holds a row more, of nobody: registers without rows are refused, and a bucket may be empty.
    """
    import pyarrow as pa

    def and_nobody(rows: Any, **own: str) -> Any:
        nobody = {field.name: pa.array([own.get(field.name)], field.type) for field in rows.schema}
        return pa.concat_tables([rows, pa.table(nobody, schema=rows.schema)])

    connection.register("residents_of_bucket", and_nobody(residents))
    connection.register("dwellings_of_bucket", and_nobody(dwellings, dwelling_id="nobody's"))
    cells = connection.execute("SELECT DISTINCT row, col FROM dwellings_of_bucket WHERE unplaced = 0").fetchnumpy()
    row, col = (np.asarray(cells[name], dtype=np.int64) for name in ("row", "col"))
    ids = [f"{r}_{c}" for r, c in zip(row.tolist(), col.tolist(), strict=True)]
    position = {"easting": (col + 0.5) * size, "northing": (row + 0.5) * size}
    columns = {name: pa.array([*values.tolist(), None], pa.float64()) for name, values in position.items()}
    connection.register("cells_of_bucket", pa.table({"address_id": [*ids, _NOWHERE], **columns}))
    address = f"CASE WHEN unplaced = 0 THEN row || '_' || col WHEN unplaced = {NO_POSITION} THEN '{_NOWHERE}' END"
    placed = f"(SELECT * EXCLUDE (row, col, unplaced), {address} AS address_id FROM dwellings_of_bucket)"
    own = [name for name in dwellings.column_names if name not in ("row", "col", "unplaced")]
    tables = (
        _clean("residents", "residents_of_bucket", residents.column_names, crs),
        _clean("dwellings", placed, [*own, "address_id"], crs),
        _clean("addresses", "cells_of_bucket", ["address_id", "easting", "northing"], crs),
    )
    return Opened(connection, *tables, RegisterSettings(), None, crs=crs)


def _clean(name: str, relation: str, columns: list[str], crs: str) -> CleanTable:
    """A table whose rows are clean already."""
    source = TableSource(name, Path(name), relation, {}, TableLayout(), crs=crs)
    return CleanTable(source, {column: quoted(column) for column in columns}, ())


def _unite(plan: Plan, stage: str, number: int, path: Path) -> bool:
    """Add up the sums of all buckets for the cells of some tiles."""
    mine = set(plan.tiles[number])

    def of_mine(facts: dict[str, Any]) -> list[int]:
        return [place for place, tile in enumerate(facts["tiles"]) if tuple(tile) in mine]

    parts = read_parts(plan.paths("sums"), of_mine)
    whole, facts = united(parts), {"largest": largest_sums(parts, len(plan.policy.criteria))}
    write_parts(path, [(whole, np.zeros(whole.num_rows, dtype=np.int64))], whole.schema, 1, facts)
    return False


_OF_PARTS = ("addresses", "dwellings", "residents", "values", "keys")
_TASKS: dict[str, Callable[[Any, str, int, Path], bool]] = {
    "addresses": _scatter,
    "dwellings": _scatter,
    "residents": _scatter,
    "values": _count_values,
    "keys": _scatter_keys,
    "once": _check_keys,
    "positions": _check_positions,
    "places": _place,
    "sums": _add_up,
    "tiles": _unite,
    CONTEXT: read_context,
}
"""Stage -> its task, which writes a file and says whether it found what only the whole can tell about."""
