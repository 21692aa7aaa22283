"""Cells of registers made by many machines: exactly what `udsat_geo.units.units.cells_from_registers` makes by one."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.cluster.alone import Alone
from udsat_geo.cluster.bands import OF_A_BAND
from udsat_geo.cluster.context import STAGE as CONTEXT
from udsat_geo.cluster.context import ContextRun, collected, hand_out, tiles_with_rims
from udsat_geo.cluster.exchange import Place, facts_of, read_part, remove
from udsat_geo.cluster.held import Beside, Held, hold_few, what_is_beside
from udsat_geo.cluster.plan import Once, Plan, Tile, name_of_run, place_of, program
from udsat_geo.cluster.sums import sums_of_table
from udsat_geo.cluster.workers import OPTION, Workers, workers_at
from udsat_geo.designation.designation import Inputs
from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import Note, _, program_language
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.cleaning import CleanTable, key_text
from udsat_geo.registers.distributions import Distribution, check_weights, kept_values
from udsat_geo.registers.expressions import check_policy_expressions, check_policy_fits, evaluate_let, working_crs
from udsat_geo.registers.linking import reprojected
from udsat_geo.registers.opening import Opened, open_registers
from udsat_geo.registers.read import RegisterSums, check_sums_fit, row_values, with_values
from udsat_geo.registers.value_counts import TIMES, Middle, counted_total, middle_of
from udsat_geo.scoring.rates import sums_of_nearest
from udsat_geo.scoring.scores import Yardstick
from udsat_geo.sources.crs import same_crs
from udsat_geo.sources.engine import NoRoomForKeysError, check_room, connect, quoted
from udsat_geo.sources.positions import Spread, together
from udsat_geo.sources.stores import bring, mirror_of
from udsat_geo.units.units import Units, cells_from_registers, grid_of, lived_in_cells

RESIDENTS_OF_A_BUCKET = 2_000_000
"""So many take some 200 MB of a worker's memory; own choice."""
_LEAST_OF_A_BUCKET = 20_000
"""Fewer are not worth a task of their own; own choice."""
_SALT = "1"
"""What keys are hashed with where two hashes were equal without."""
_LEAST_CELLS = 200_000
"""The context of fewer is read by one machine before workers have it; own choice."""
_DWELLINGS_OF_A_GROUP = 1_000_000
"""In the tiles whose sums one task unites; own choice."""
_CHECKED = {"addresses": "addresses", "dwellings": "dwellings", "residents": "checks"}
"""Table -> the stage that looks for faults in it."""
_COUNTS = (
    "residents_without_dwelling", "addresses_without_position", "addresses_outside_all_units",
    "dwellings_without_address", "residents_of_dwellings_without_address", "residents_of_addresses_without_position",
    "residents_outside_all_units", "residents_placed", "residents_unplaced",
)  # fmt: skip
"""Reasons that one machine counts, in its order; no address is outside all cells."""

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
    holds_few : bool
        Whether, of very many cells, only those may be held here that can matter to areas: the others are there as long
        as the workers are.
    beside : Beside
        By what cells can matter beside the policy.
    least_cells : int
        Fewer are held by this machine, which reads their context too.
    cells_of_a_band : int
        About so many are a task's.
    folders : list of Path or StorePath
        Of files that last as long as the workers.
    """

    workers: Workers | Alone
    progress: Progress | None = None
    residents_of_a_bucket: int = RESIDENTS_OF_A_BUCKET
    holds_few: bool = False
    beside: Beside = field(default_factory=Beside)
    least_cells: int = _LEAST_CELLS
    cells_of_a_band: int = OF_A_BAND
    folders: list[Place] = field(default_factory=list)

    def for_areas(
        self, inputs: Inputs, policy: Policy, yardstick: Yardstick | None, previous: AreaSet | None
    ) -> OnWorkers:
        """As it is, for a designation: where it may, it holds the cells that can matter to areas, and no others.

        Parameters
        ----------
        inputs, policy, yardstick, previous
            As of `udsat_geo.designation.designation.designate`.
        """
        beside = what_is_beside(inputs, policy, yardstick, previous) if self.holds_few else None
        return dataclasses.replace(self, holds_few=beside is not None, beside=beside or Beside())

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
        with closing((opened := _opened(folder, threads, year, working_crs(policy))).connection):
            check_policy_expressions(opened, policy)
            _check_can_be_scattered(opened, policy)
            plan = _plan(opened, policy, self, year)
            self.workers.check([place_of(table.source.parts[0], plan.mirror) for table in opened.tables])
            reading = _Reading(self, plan, opened, lambda: cells_from_registers(folder, policy, threads, year))
            try:
                return self._made(reading, str(folder))
            except _HashesAlikeError:
                other = self.workers.exchange / f"{plan.folder.name}-{_SALT}"
                salted = dataclasses.replace(plan, salt=_SALT, folder=other)
                return self._made(dataclasses.replace(reading, plan=salted), str(folder))

    def _made(self, reading: _Reading, where: str) -> tuple[Units, RegisterSums]:
        """Cells of a reading, and their sums; its files are removed.

        Raises
        ------
        InputError
        """
        plan, opened = reading.plan, reading.opened
        policy = plan.policy
        try:
            # it holds rows of registers: whoever the workers run as, and nobody else
            plan.folder.mkdir(mode=0o700, exist_ok=True)
            tiles, like, quantiles = reading.sums()
            few = self._few(plan.folder.name, tiles, like, policy, opened.crs)
            if few is not None:
                return few, like
            row, col, sums = sums_of_table(_all_rows(tiles), like, quantiles)
        finally:
            # whatever still runs finds no folder to write into
            remove(plan.folder)
        check_room(len(row), policy.context.reads_beyond)
        return lived_in_cells(grid_of(policy), row, col, sums, where, opened.crs)[0], sums

    def _few(self, run: str, tiles: list[Place], like: RegisterSums, policy: Policy, crs: str) -> Units | None:
        """The cells that can matter to areas; None where all are to be held."""
        if not self.holds_few or sum(sum(facts_of(tile)["counts"]) for tile in tiles) < self.least_cells:
            return None
        if self.progress is not None:
            self.progress(_("scores of cells by workers"))
        name = hashlib.sha256(f"{run} {self.cells_of_a_band} {self.beside.digest()}".encode()).hexdigest()[:20]
        folder = self.workers.exchange / f"cells-{name}"
        self.folders.append(folder)
        asked = (policy, crs, self.beside, self.cells_of_a_band)
        return hold_few(self.workers, folder, tiles, like, *asked, self.progress)

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
        if units.beyond is not None and isinstance(units.beyond.held_by, Held):
            return units.beyond.held_by.nearest(units, sums, policy)
        if units.row is None or units.col is None or units.grid is None or len(units) < self.least_cells:
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
            remove(folder)
        return found[:, 0].copy(), np.ascontiguousarray(found[:, 1:])


@contextmanager
def on_workers(
    address: str,
    exchange: Place | None,
    policy: Policy,
    has_units: bool = False,
    progress: Progress | None = None,
    holds_few: bool = False,
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
    holds_few : bool
        As of `OnWorkers`.

    Raises
    ------
    InputError
        If the policy judges other units than cells, and where workers cannot be had.
    """
    if has_units or policy.reads_unit_table or policy.units.kind != "cells":
        what = _("makes cells of registers, and other units are asked for")
        raise InputError(Problem(f"{OPTION} {address}", what, _("Leave out --cluster.")))
    with workers_at(address, exchange) as workers:
        found = OnWorkers(workers, progress, holds_few=holds_few)
        try:
            yield found
        finally:
            for folder in found.folders:
                remove(folder)


def _opened(folder: Path, threads: int | None, year: int | None, crs: str) -> Opened:
    """Open registers whose rows may stay in a store, but where how they are written must be read off all of them.

    Raises
    ------
    InputError
    """
    try:
        return open_registers(folder, threads, year=year, crs=crs, may_lie_elsewhere=True)
    except InputError:
        if not bring(folder):
            raise
    return open_registers(folder, threads, year=year, crs=crs)


class _HashesAlikeError(Exception):
    """Two keys of a table may have one hash by chance, as happens once in a thousand readings of a continent."""


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
    over = [criterion for criterion in policy.criteria if criterion.register_name == "dwellings"]
    text = "\n".join(side for each in over for side in (each.where, each.numerator, each.denominator))
    named = [column for column in tables["dwellings"].columns if re.search(rf"\b{column}\b", text, re.IGNORECASE)]
    once = (
        [Once("residents", tables["residents"].values["person_id"])]
        if "person_id" in tables["residents"].values
        else []
    )
    once += [Once(name, key) for name, table in tables.items() if (key := _unique_key(table))]
    totals = {
        name: counted_total(opened.connection, expression).with_types(opened.connection, opened.residents.select())
        for name, expression in policy.let.get("residents", {}).items()
    }
    n_rows = _rows_of(tables["residents"])
    n_buckets = max(
        -(-n_rows // asked.residents_of_a_bucket), min(2 * len(asked.workers), n_rows // _LEAST_OF_A_BUCKET), 1
    )
    told = (program(), policy.model_dump_json(), opened.settings.model_dump_json(), str(year), str(n_buckets))
    found = mirror_of(opened.residents.source.path)
    mirror = None if found is None else (found.folder, found.place)
    folder = asked.workers.exchange / f"run-{name_of_run(tables, mirror, *told)}"
    return Plan(
        folder, program(), program_language(), policy, opened.crs, tables, tuple(named), totals, tuple(once), n_buckets,
        mirror=mirror,
    )  # fmt: skip


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

    def sums(self) -> tuple[list[Place], RegisterSums, dict[int, Distribution]]:
        """The files of all cells' sums, what holds of all cells, and how criteria that are quantiles are read."""
        plan, once = self.plan, [f"once-{j}" for j in range(len(self.plan.once))]
        counting = [*(f"keys-{j}" for j in range(len(once))), *(f"values-{k}" for k in range(len(plan.totals)))]
        self._run(_("registers checked, and places scattered by their keys"), plan, [*_CHECKED.values(), *counting])
        rows, soft = self._faults()
        let = self._let()
        plan = self._evaluated(let)
        notes = self._notes_of_positions()
        self._run(_("dwellings placed, residents scattered by their keys"), plan, ["residents", "places", *once])
        plan = dataclasses.replace(plan, tiles=self._tiles())
        self._run(_("residents added up"), plan, ["sums"])
        self._run(_("sums united by tiles"), plan, ["tiles"])
        of_buckets = [facts_of(path) for path in plan.paths("sums")]
        nothing = np.empty(0, dtype=np.int64)
        like = RegisterSums(
            nothing, nothing, nothing, nothing, *self._units(of_buckets), self._counts(rows, soft, of_buckets), rows,
            self.opened.files, (*self.opened.notes(), *notes), self.opened.settings, let,
        )  # fmt: skip
        self._check_sums(plan, of_buckets)
        return plan.paths("tiles"), like, self._quantiles(of_buckets)

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
        may_be_chance = not self.plan.salt and {"places", "sums"}.issuperset(odd)
        try:
            self.by_one()
        except NoRoomForKeysError:
            if may_be_chance:
                raise _HashesAlikeError from None
            what = _("keys that stand twice or lead nowhere, and too little memory to say which")
            remedy = _("Look at them with `udsat validate`, or give more memory.")
            raise InputError(Problem(self.opened.residents.source.file, what, remedy)) from None
        if may_be_chance:
            raise _HashesAlikeError
        if any(not stage.startswith("once") for stage in odd):
            what = _("workers found a fault that this machine does not find")
            raise InputError(
                Problem(f"{OPTION} {self.asked.workers.address}", what, _("Leave out --cluster, and tell us."))
            )

    def _facts(self, stage: str) -> list[dict[str, Any]]:
        return [facts_of(path) for path in self.plan.paths(stage)]

    def _faults(self) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        """Table -> its rows, and those that do not count by reason."""
        rows, counts = dict[str, int](), dict[str, dict[str, int]]()
        for name, stage in _CHECKED.items():
            facts, soft = self._facts(stage), Counter[str]()
            rows[name] = sum(each["rows"] for each in facts)
            for part, each in zip(self.plan.tables[name].source.parts, facts, strict=True):
                soft.update(each["soft"])
                if "sha256" in each and (mirror := mirror_of(part)) is not None:
                    mirror.tell(part, each["sha256"])
            if not rows[name] or any(2 * n > rows[name] for n in soft.values()):
                self._look_at_the_whole([stage])
            counts[name] = {fault.name: soft[fault.name] for fault in self.plan.tables[name].faults if not fault.stops}
        return rows, counts

    def _notes_of_positions(self) -> tuple[Note, ...]:
        """What is told of positions; where their parts do not tell it, a task looks at all of them together."""
        source, crs = self.plan.tables["addresses"].source, self.plan.crs
        spread = together([Spread(**each["spread"]) for each in self._facts("addresses") if each["spread"]])
        if spread is None or spread.is_sound(crs):
            return () if same_crs(source.crs, crs) else (reprojected(source, crs),)
        self._run(_("positions looked at together"), self.plan, ["positions"])
        return tuple(Note(**note) for note in self._facts("positions")[0]["notes"])

    def _evaluated(self, let: Let) -> Plan:
        """The plan with what is read of each resident."""
        connection, policy = self.opened.connection, self.plan.policy
        try:
            rows = with_values(policy, "residents", self.opened.residents.select(), let)
            values = row_values(connection, policy, "residents", rows)
            kept = kept_values(connection, policy, "residents", rows)
        except InputError:
            self._look_at_the_whole(["residents"])
            raise
        return dataclasses.replace(self.plan, let=let, values=values, kept=kept)

    def _tiles(self) -> tuple[tuple[Tile, ...], ...]:
        """The tiles that have dwellings, by the tasks that unite their sums."""
        n_dwellings = Counter[Tile]()
        for each in self._facts("places"):
            n_dwellings.update({(row, col): n for row, col, n in each["tiles"]})
        if not n_dwellings:
            self._look_at_the_whole(["places"])
        n_tasks = max(2 * len(self.asked.workers), -(-n_dwellings.total() // _DWELLINGS_OF_A_GROUP))
        return _shared_out(n_dwellings, n_tasks)

    def _middles(self) -> dict[int, Middle]:
        """Number of a total -> where the middle of its values lies, whose values there are counted then."""
        found = {}
        for k, total in enumerate(self.plan.totals.values()):
            if total.in_bins:
                bins = _all_rows(self.plan.paths(f"values-{k}"))
                found[k] = middle_of(*(np.asarray(bins[name].to_numpy()) for name in ("bin", TIMES)))
        if found:
            stages = [f"middle-{k}" for k in found]
            self._run(_("values in the middle counted"), dataclasses.replace(self.plan, middles=found), stages)
        return found

    def _let(self) -> Let:
        """The values of ``[let]``, of residents."""
        let: Let = {}
        middles = self._middles()
        for k, (name, total) in enumerate(self.plan.totals.items()):
            with closing(connect(for_expressions=True)) as connection:
                counted = "middle" if k in middles else "values"
                connection.register("parts", _all_rows(self.plan.paths(f"{counted}-{k}")))
                connection.execute(f"CREATE TEMP TABLE counted AS {total.together('parts')}")
                policy = self.plan.policy.model_copy(update={"let": {"residents": {name: total.expression}}})
                let |= evaluate_let(connection, policy, "residents", total.rows("counted", middles.get(k)))
        return let

    def _counts(
        self, rows: dict[str, int], soft: dict[str, dict[str, int]], of_buckets: list[dict[str, Any]]
    ) -> dict[str, int]:
        """Rows that do not count, by reason, in the order of one machine's."""
        found = Counter[str]()
        for each in (*self._facts("places"), *of_buckets):
            found.update(each["counts"])
        found["residents_without_dwelling"] = sum(each["without_key"] for each in self._facts("residents"))
        found["residents_unplaced"] = rows["residents"] - found["residents_placed"]
        early = {**soft["addresses"], **soft["dwellings"], "residents_without_dwelling": 0, **soft["residents"]}
        return {**early, **{name: found[name] for name in _COUNTS}}

    def _units(self, of_buckets: list[dict[str, Any]]) -> tuple[Ints, Ints]:
        """What of each criterion's sums makes one; a bucket without rows does not know."""
        top, base = (np.max([each["units"][side] for each in of_buckets], axis=0) for side in (0, 1))
        return top.astype(np.int64), base.astype(np.int64)

    def _quantiles(self, of_buckets: list[dict[str, Any]]) -> dict[int, Distribution]:
        """The criteria that are quantiles, without their values."""
        nothing = np.empty(0, dtype=np.int64)
        return {
            j: Distribution(
                float(criterion.quantile or 0.0), criterion.least_persons, nothing.astype(np.int32), nothing, nothing,
                max(each["units_of_values"][str(j)] for each in of_buckets),
            )
            for j, criterion in enumerate(self.plan.policy.criteria)
            if criterion.is_quantile
        }  # fmt: skip

    def _check_sums(self, plan: Plan, of_buckets: list[dict[str, Any]]) -> None:
        """Refuse what fits in every part and bucket by itself, and not in all of them together.

        Raises
        ------
        InputError
        """
        of_parts = self._facts("residents")
        largest = np.sum([each["largest"] for each in (*of_parts, *of_buckets)], axis=0).max(axis=1)
        check_sums_fit(plan.policy.id, dict(zip(plan.policy.keys, largest.tolist(), strict=True)))
        for j, kept in plan.kept.items():
            whole = sum(each["weights"][str(j)] for each in of_parts)
            check_weights(plan.policy, kept.criterion, np.empty(0, dtype=np.int64), whole)


def _shared_out(n_dwellings: Mapping[Tile, int], n_tasks: int) -> tuple[tuple[Tile, ...], ...]:
    """Tiles shared out to so many tasks at most, of about as many dwellings each, those that lie beside each other."""
    tiles = sorted(n_dwellings)
    before = np.cumsum([0, *(n_dwellings[tile] for tile in tiles)])
    task = before[:-1] * n_tasks // max(int(before[-1]), 1)
    groups = [[tile for tile, its in zip(tiles, task.tolist(), strict=True) if its == one] for one in np.unique(task)]
    return tuple(map(tuple, groups))


def _all_rows(paths: list[Place]) -> Any:
    return read_part(paths, 0)
