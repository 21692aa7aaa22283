"""Cells of registers made by many machines: exactly what `udsat_geo.units.units.cells_from_registers` makes by one."""

from __future__ import annotations

import dataclasses
import re
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.cluster.alone import Alone
from udsat_geo.cluster.context import STAGE as CONTEXT
from udsat_geo.cluster.context import ContextRun, collected, hand_out, tiles_with_rims
from udsat_geo.cluster.exchange import facts_of, read_part
from udsat_geo.cluster.plan import Once, Plan, Tile, name_of_run, program
from udsat_geo.cluster.sums import sums_of_table
from udsat_geo.cluster.workers import OPTION, Workers, workers_at
from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import Note, _, program_language
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.cleaning import CleanTable, key_text
from udsat_geo.registers.distributions import Distribution
from udsat_geo.registers.expressions import check_policy_expressions, check_policy_fits, evaluate_let, working_crs
from udsat_geo.registers.opening import Opened, open_registers
from udsat_geo.registers.read import RegisterSums, check_sums_fit
from udsat_geo.registers.value_counts import counted_total
from udsat_geo.scoring.rates import sums_of_nearest
from udsat_geo.sources.engine import NoRoomForKeysError, check_room, connect, quoted
from udsat_geo.units.units import Units, cells_from_registers, grid_of, lived_in_cells

RESIDENTS_OF_A_BUCKET = 500_000
"""So many take some 300 MB of a worker's memory; own choice."""
_LEAST_OF_A_BUCKET = 20_000
"""Fewer are not worth a task of their own; own choice."""
_LEAST_CELLS = 200_000
"""The context of fewer is read by one machine before workers have it; own choice."""
_KEYS = {"residents": ("dwelling_id",), "dwellings": ("dwelling_id", "address_id")}

Let = dict[str, float | None]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class OnWorkers:
    """Does the heavy part of a job on workers; as `udsat_geo.designation.designation.Elsewhere`.

    Attributes
    ----------
    workers : Workers
    progress : callable, optional
        Told the name of each step as it begins.
    residents_of_a_bucket : int
        About so many are added up at a time.
    """

    workers: Workers | Alone
    progress: Progress | None = None
    residents_of_a_bucket: int = RESIDENTS_OF_A_BUCKET

    def cells(
        self, folder: Path, policy: Policy, threads: int | None = None, year: int | None = None
    ) -> tuple[Units, RegisterSums]:
        """Make cells from registers.

        Parameters
        ----------
        folder, policy, threads, year
            As of `udsat_geo.units.units.cells_from_registers`, whose results they give.

        Raises
        ------
        InputError
            As there; if the registers are no Parquet files or the policy takes what workers cannot give; and where
            workers fail.
        """
        check_policy_fits(policy)
        with closing((opened := open_registers(folder, threads, year=year, crs=working_crs(policy))).connection):
            check_policy_expressions(opened, policy)
            _check_can_be_scattered(opened, policy)
            plan = _plan(opened, policy, self, year)
            self.workers.check([table.source.parts[0] for table in opened.tables])
            reading = _Reading(self, plan, opened, lambda: cells_from_registers(folder, policy, threads, year))
            try:
                # it holds rows of registers: whoever the workers run as, and nobody else
                plan.folder.mkdir(mode=0o700, exist_ok=True)
                row, col, sums = reading.sums()
            finally:
                # whatever still runs finds no folder to write into
                shutil.rmtree(plan.folder, ignore_errors=True)
            check_room(len(row), policy.context.reads_beyond)
            return lived_in_cells(grid_of(policy), row, col, sums, str(folder), opened.crs)[0], sums

    def nearest(self, units: Units, sums: Ints, policy: Policy) -> tuple[Ints, Ints]:
        """Read the context of cells; of few, on this machine.

        Parameters
        ----------
        units, sums, policy
            As of `udsat_geo.scoring.rates.sums_of_nearest`, whose results they give.

        Raises
        ------
        InputError
            Where workers fail.
        """
        if units.row is None or units.col is None or units.grid is None or len(units) < _LEAST_CELLS:
            return sums_of_nearest(units, sums, policy)
        if self.progress is not None:
            self.progress(_("context read by workers"))
        size, reach = units.grid.size, policy.context.reach
        tiles = list(tiles_with_rims(units.row, units.col, int(reach // size)))
        counts = np.column_stack([units.residents, sums])
        folder = self.workers.exchange / f"context-{uuid.uuid4().hex}"
        run = ContextRun(folder, program(), program_language(), len(tiles), size, reach, policy.context.residents)
        try:
            hand_out(run, tiles, units.row, units.col, counts)
            self.workers.run(run, [CONTEXT])
            found = collected(run, tiles, (len(units), counts.shape[1]))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return found[:, 0].copy(), np.ascontiguousarray(found[:, 1:])


@contextmanager
def on_workers(
    address: str, exchange: Path | None, policy: Policy, has_units: bool = False, progress: Progress | None = None
) -> Iterator[OnWorkers]:
    """What does the heavy part of a job on the workers of a scheduler, for as long as the context lasts.

    Parameters
    ----------
    address, exchange
        As of `udsat_geo.cluster.workers.workers_at`.
    policy : Policy
    has_units : bool
        Whether a table of units is named.
    progress : callable, optional
        Told the name of each step as it begins.

    Raises
    ------
    InputError
        If the policy judges other units than cells, and where workers cannot be had.
    """
    if has_units or policy.reads_unit_table or policy.units.kind != "cells":
        what = _("makes cells of registers, and other units are asked for")
        raise InputError(Problem(f"{OPTION} {address}", what, _("Leave out --cluster.")))
    with workers_at(address, exchange) as workers:
        yield OnWorkers(workers, progress)


class CannotBeScatteredError(InputError):
    """Registers do not lie in files that can be read part by part, or are asked for what only the whole tells."""


def _check_can_be_scattered(opened: Opened, policy: Policy) -> None:
    """Check that registers lie in files that workers can read by themselves.

    Raises
    ------
    CannotBeScatteredError
        Naming what does not.
    """
    problems = []
    for table in opened.tables:
        if not table.source.parts:
            what = _("is no Parquet table, and a cluster reads no other")
            problems.append(Problem(table.source.file, what, _("Write it as Parquet, or leave out --cluster.")))
        if table.links:
            what = _("is joined with other files ({names}), which a cluster does not do")
            told = what.format(names=", ".join(link.name for link in table.links))
            problems.append(Problem(table.source.file, told, _("Join them beforehand, or leave out --cluster.")))
    if policy.let.get("dwellings"):
        where, what = policy.place("let.dwellings"), _("is taken from dwellings and their residents, not on a cluster")
        problems.append(Problem(where, what, _("Give it as a number, or leave out --cluster.")))
    if problems:
        raise CannotBeScatteredError(problems)


def _plan(opened: Opened, policy: Policy, asked: OnWorkers, year: int | None) -> Plan:
    """What every task is told."""
    tables = {table.source.name: table for table in opened.tables}
    texts = [*policy.let.get("residents", {}).values()]
    for criterion in policy.criteria:
        texts += [criterion.where, criterion.numerator, criterion.denominator]
    text = "\n".join(texts)
    columns: dict[str, tuple[str, ...]] = {"addresses": ("address_id", "easting", "northing")}
    for name, keys in _KEYS.items():
        named = [column for column in tables[name].columns if re.search(rf"\b{column}\b", text, re.IGNORECASE)]
        columns[name] = tuple(dict.fromkeys([*keys, *named]))
    once = (
        [Once("residents", tables["residents"].values["person_id"])]
        if "person_id" in tables["residents"].values
        else []
    )
    once += [Once(name, key) for name, table in tables.items() if (key := _unique_key(table))]
    totals = {
        name: counted_total(opened.connection, expression)
        for name, expression in policy.let.get("residents", {}).items()
    }
    n_rows = _rows_of(tables["residents"])
    n_buckets = max(
        -(-n_rows // asked.residents_of_a_bucket), min(2 * len(asked.workers), n_rows // _LEAST_OF_A_BUCKET), 1
    )
    told = (program(), policy.model_dump_json(), opened.settings.model_dump_json(), str(year), str(n_buckets))
    folder = asked.workers.exchange / f"run-{name_of_run(tables, *told)}"
    language = program_language()
    return Plan(folder, program(), language, policy, opened.crs, tables, columns, totals, tuple(once), n_buckets)


def _unique_key(table: CleanTable) -> str:
    """SQL of the values that ``unique`` wants to stand once."""
    source = table.source
    in_file = source.named(source.settings.unique) if source.settings.unique else None
    return "" if in_file is None else key_text(quoted(in_file), source.types[in_file])


def _rows_of(table: CleanTable) -> int:
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(part).num_rows for part in table.source.parts)


@dataclass(frozen=True)
class _Reading:
    """One reading of registers.

    Attributes
    ----------
    asked : OnWorkers
    plan : Plan
    opened : Opened
    by_one : callable
        Reads the same registers on this machine, which tells what is wrong with the whole.
    """

    asked: OnWorkers
    plan: Plan
    opened: Opened
    by_one: Callable[[], object]

    def sums(self) -> tuple[Ints, Ints, RegisterSums]:
        """Rows and columns of all cells, and their sums."""
        plan, once = self.plan, [f"once-{j}" for j in range(len(self.plan.once))]
        of_parts = [*(f"keys-{j}" for j in range(len(once))), *(f"values-{k}" for k in range(len(plan.totals)))]
        self._run(_("rows of registers scattered by their keys"), plan, [*plan.tables, *of_parts])
        facts = {name: [facts_of(path) for path in plan.paths(name)] for name in plan.tables}
        counts = self._counts_of_tables(facts)
        self._run(_("dwellings placed"), plan, ["places", "positions", *once])
        let = self._let()
        values = {name: _as_sql(value) for name, value in let.items()}
        plan = dataclasses.replace(plan, policy=plan.policy.model_copy(update={"let": {"residents": values}}))
        self._run(_("residents added up"), plan, ["sums"])
        of_buckets = [facts_of(path) for path in plan.paths("sums")]
        tiles = sorted({(row, col) for each in of_buckets for row, col in each["tiles"]})
        if not tiles:
            self._look_at_the_whole(["sums"])
        plan = dataclasses.replace(plan, tiles=_shared_out(tiles, 2 * len(self.asked.workers)))
        self._run(_("sums united by tiles"), plan, ["tiles"])
        return self._together(plan, facts, counts, of_buckets, let)

    def _run(self, step: str, plan: Plan, stages: list[str]) -> None:
        """Have stages done; what only the whole can tell about is looked at on this machine.

        Raises
        ------
        InputError
        """
        if self.asked.progress is not None:
            self.asked.progress(step)
        odd = self.asked.workers.run(plan, stages)
        if odd:
            self._look_at_the_whole(odd)

    def _look_at_the_whole(self, odd: list[str]) -> None:
        """Tell what is wrong as reading on this machine tells it; equal hashes of keys that differ are no fault."""
        try:
            self.by_one()
        except NoRoomForKeysError:
            what = _("keys that stand twice or lead nowhere, and too little memory to say which")
            remedy = _("Look at them with `udsat validate`, or give more memory.")
            raise InputError(Problem(self.opened.residents.source.file, what, remedy)) from None
        if any(not stage.startswith("once") for stage in odd):
            what = _("workers found a fault that this machine does not find")
            raise InputError(
                Problem(f"{OPTION} {self.asked.workers.address}", what, _("Leave out --cluster, and tell us."))
            )

    def _counts_of_tables(self, facts: Mapping[str, list[dict[str, Any]]]) -> dict[str, int]:
        """Rows that do not count by reason, in the order in which tables are checked."""
        counts: dict[str, int] = {}
        for name in self.plan.tables:
            rows = sum(each["rows"] for each in facts[name])
            if name == "residents":
                counts["residents_without_dwelling"] = sum(each["without_key"] for each in facts[name])
            soft = Counter[str]()
            for each in facts[name]:
                soft.update(each["soft"])
            if not rows or any(2 * n > rows for n in soft.values()):
                self._look_at_the_whole([name])
            counts |= {fault.name: soft[fault.name] for fault in self.plan.tables[name].faults if not fault.stops}
        return counts

    def _let(self) -> Let:
        """The values of ``[let]``, of residents."""
        let: Let = {}
        for k, (name, total) in enumerate(self.plan.totals.items()):
            with closing(connect(for_expressions=True)) as connection:
                connection.register("parts", _all_rows(self.plan.paths(f"values-{k}")))
                connection.execute(f"CREATE TEMP TABLE counted AS {total.together('parts')}")
                policy = self.plan.policy.model_copy(update={"let": {"residents": {name: total.expression}}})
                let |= evaluate_let(connection, policy, "residents", total.rows("counted"))
        return let

    def _together(
        self,
        plan: Plan,
        facts: Mapping[str, list[dict[str, Any]]],
        counts: dict[str, int],
        of_buckets: list[dict[str, Any]],
        let: Let,
    ) -> tuple[Ints, Ints, RegisterSums]:
        """The sums of all cells, with all that is known beside them."""
        rows = {name: sum(each["rows"] for each in of_table) for name, of_table in facts.items()}
        counted = Counter[str]()
        for each in (*of_buckets, *(facts_of(path) for path in plan.paths("places"))):
            counted.update(each["counts"])
        counts = {**counts, **{name: counted[name] for name in of_buckets[0]["counts"] if name not in counts}}
        counts["residents_unplaced"] = rows["residents"] - counts["residents_placed"]
        doubted = tuple(Note(**note) for note in facts_of(plan.path("positions", 0))["notes"])
        # a bucket without rows does not know the unit of a sum
        top, base = (np.max([each["units"][side] for each in of_buckets], axis=0) for side in (0, 1))
        nothing = np.empty(0, dtype=np.int64)
        like = RegisterSums(
            nothing, nothing, nothing, nothing, top.astype(np.int64), base.astype(np.int64),
            counts, rows, self.opened.files, (*self.opened.notes(), *doubted), self.opened.settings, let,
        )  # fmt: skip
        quantiles = {
            j: Distribution(
                float(criterion.quantile or 0.0), criterion.least_persons, nothing.astype(np.int32), nothing, nothing,
                max(each["units_of_values"][str(j)] for each in of_buckets),
            )
            for j, criterion in enumerate(plan.policy.criteria)
            if criterion.is_quantile
        }  # fmt: skip
        # every bucket fits by itself; all of them together need not
        largest = np.sum([facts_of(path)["largest"] for path in plan.paths("tiles")], axis=0)
        check_sums_fit(plan.policy.id, dict(zip(plan.policy.keys, largest.tolist(), strict=True)))
        return sums_of_table(_all_rows(plan.paths("tiles")), like, quantiles)


def _shared_out(tiles: list[Tile], n_tasks: int) -> tuple[tuple[Tile, ...], ...]:
    """Tiles shared out to so many tasks, or to one each where there are fewer."""
    n_tasks = min(n_tasks, len(tiles))
    bounds = [place * len(tiles) // n_tasks for place in range(n_tasks + 1)] if n_tasks else [0]
    return tuple(tuple(tiles[start:end]) for start, end in pairwise(bounds))


def _all_rows(paths: list[Path]) -> Any:
    return read_part(paths, 0)


def _as_sql(value: float | None) -> str:
    """A value as an expression that gives it to the last bit."""
    return "CAST(NULL AS DOUBLE)" if value is None else f"CAST('{value!r}' AS DOUBLE)"
