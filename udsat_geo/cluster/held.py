"""Cells that can matter to areas, held by the calling machine, and all others left with the workers.

Areas, near misses and outlines are formed of the former by the same code as of all cells: the sums of the others, and
the spread of all, come along (`udsat_geo.units.units.Beyond`). The layer of units is made by the workers.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.cluster.alone import Alone
from udsat_geo.cluster.bands import (
    BANDS,
    BARRIERS,
    CHOSEN,
    COMPOSITES,
    EARLIER,
    HELD,
    IN_REGIONS,
    PARTED,
    REGIONS,
    SEEN,
    UNITS,
    WRITTEN,
    BandsRun,
    Made,
    bands_of_rows,
    nearest_in,
    others,
    squares_added,
    units_of,
    write_barriers,
    write_regions,
)
from udsat_geo.cluster.exchange import Place, facts_of, fetched, read_part, write_parts, write_whole
from udsat_geo.cluster.plan import program
from udsat_geo.designation.designation import Designation, Inputs
from udsat_geo.designation.layers import AllUnits
from udsat_geo.kernels.arrays import Flags, Ints
from udsat_geo.messages.errors import InputError
from udsat_geo.messages.translate import _, program_language
from udsat_geo.policy.rules import LeaveByChance, Policy
from udsat_geo.registers.expressions import resolve_limits, working_crs
from udsat_geo.registers.read import RegisterSums
from udsat_geo.scoring.scores import Yardstick, shares_of, with_shares_of
from udsat_geo.scoring.spread import spread_of_squares
from udsat_geo.units.barriers import Barriers
from udsat_geo.units.regions import RegionFile, RegionSums, read_regions
from udsat_geo.units.units import Beyond, Units, grid_of

if TYPE_CHECKING:
    from udsat_geo.cluster.workers import Workers

_AROUND = {"barriers", "crossings", "places", "ground", "regions"}
"""What may lie around cells of which few are held."""


def can_hold_few(inputs: Inputs, policy: Policy) -> bool:
    """Whether few cells tell of areas what all would.

    Not where areas rest on more than the cells around them and sums over all: on ranks, on overrides of cells that may
    lie anywhere, on draws, or on several earlier years.

    Parameters
    ----------
    inputs : Inputs
    policy : Policy
    """
    rule, criteria = policy.rule, policy.criteria
    return not (
        set(inputs.around.named()) - _AROUND
        or inputs.kept is not None
        or inputs.then
        or policy.score.method != "gap_sd"
        or ("region" in policy.compare.weights and "regions" not in inputs.around.named())
        or policy.context.method == "neighbours"
        or policy.rates.shrink != "none"
        or rule.years_running > 1
        or rule.core is None
        or isinstance(policy.incumbents.leave, LeaveByChance)
        or any(each.is_index or each.is_quantile or each.is_change for each in criteria)
    )


@dataclass(frozen=True)
class Earlier:
    """The cells of the designation that is compared with.

    Attributes
    ----------
    row, col : int64, shape (n_cells,)
    inside : bool, shape (n_cells,)
        Whether they were in an area.
    others : tuple of (Path or StorePath, int, int)
        Where these are some of very many, the files of all, with the rows that each may hold.
    """

    row: Ints
    col: Ints
    inside: Flags
    others: tuple[tuple[Place, int, int], ...] = ()


def cells_of_earlier(previous: AreaSet, policy: Policy) -> Earlier | None:
    """The cells of an earlier designation; None where its units are no cells of the policy's grid, or called otherwise.

    Parameters
    ----------
    previous : AreaSet
    policy : Policy
    """
    members, grid = previous.members, grid_of(policy)
    if previous.crosswalk is not None or previous.overlay is not None or not len(members):
        return None
    try:
        row, col = grid.parse_ids(members.unit_id.tolist(), "")
    except InputError:
        return None
    if (grid.ids(row, col) != members.unit_id).any():
        return None
    inside, beyond = members.area_of_unit >= 0, None if members.others is None else members.others.beyond
    held = None if beyond is None else beyond.held_by
    if not isinstance(held, Held):
        return Earlier(row, col, inside) if beyond is None else None
    files = zip(held.run.paths(BANDS), pairwise(held.run.bounds), strict=True)
    return Earlier(row, col, inside, tuple((path, south, north - 1) for path, (south, north) in files))


@dataclass(frozen=True)
class Beside:
    """What decides beside policy and sums which cells can matter.

    Attributes
    ----------
    yardstick : Yardstick or None
        The scale of another year.
    earlier : Earlier or None
        The cells of the designation that is compared with.
    regions : RegionFile or None
        Where the policy compares cells with their region.
    """

    yardstick: Yardstick | None = None
    earlier: Earlier | None = None
    regions: RegionFile | None = None

    def digest(self) -> str:
        """A hash of all of it."""
        found = hashlib.sha256()
        if self.yardstick is not None:
            found.update(self.yardstick.city.tobytes() + self.yardstick.spread.tobytes())
        if self.earlier is not None:
            found.update(self.earlier.row.tobytes() + self.earlier.col.tobytes() + self.earlier.inside.tobytes())
        if self.regions is not None:
            found.update("\0".join(map(str, self.regions.name)).encode())
            found.update(b"".join(shapely.to_wkb(self.regions.geometry).tolist()))
        return found.hexdigest()


def what_is_beside(
    inputs: Inputs, policy: Policy, yardstick: Yardstick | None, previous: AreaSet | None
) -> Beside | None:
    """What decides beside policy and sums which cells can matter; None where only all cells will do.

    Parameters
    ----------
    inputs, policy, yardstick, previous
        As of `udsat_geo.designation.designation.designate`.
    """
    if not can_hold_few(inputs, policy):
        return None
    earlier = None if previous is None else cells_of_earlier(previous, policy)
    if previous is not None and earlier is None:
        return None
    file, regions = inputs.around.regions, None
    if file is not None and "region" in policy.compare.weights:
        try:
            regions = read_regions(file, working_crs(policy), "en")
        except InputError:
            # told with the faults of all files
            return None
    return Beside(yardstick, earlier, regions)


@dataclass(frozen=True)
class Held:
    """Where the cells are that the calling machine does not hold.

    Attributes
    ----------
    workers : Workers or Alone
    run : BandsRun
    counts : tuple of int, n_bands
        How many of its cells the calling machine holds.
    in_view : pyarrow.Table
        The context of these.
    progress : callable, optional
        Told the name of each step as it begins.
    """

    workers: Workers | Alone
    run: BandsRun
    counts: tuple[int, ...]
    in_view: Any
    progress: Callable[[str], None] | None = None

    def nearest(self, units: Units, sums: Ints, policy: Policy) -> tuple[Ints, Ints]:
        """The context of the cells that are held; as `udsat_geo.scoring.rates.sums_of_nearest`."""
        return nearest_in(self.in_view)(units, sums, policy)

    def parted(self, barriers: Barriers) -> tuple[int, int]:
        """How many pairs of neighbours among all cells barriers part, and how many there are.

        Raises
        ------
        InputError
            Where workers fail.
        """
        size, run = self.run.policy.units.size, self.run
        arrays = (getattr(barriers, each.name) for each in dataclasses.fields(barriers)[:7])
        which = hashlib.sha256(b"".join(np.asarray(array).tobytes() for array in arrays)).hexdigest()[:8]
        for number, (first, after) in enumerate(pairwise(run.bounds)):
            place = run.path(f"{BARRIERS}-{which}", number)
            write_barriers(place, barriers, (first - 1) * size, (after + 1) * size)
        self.workers.run(run, [f"{PARTED}-{which}"])
        counted = read_part(run.paths(f"{PARTED}-{which}"), 0)
        parted, pairs = (int(counted[name].to_numpy().sum()) for name in ("parted", "pairs"))
        return parted, pairs

    def all_units(self, designation: Designation, table: Any) -> AllUnits:
        """The layer of all units, which lies on disk.

        Parameters
        ----------
        designation : Designation
        table : pyarrow.Table
            The rows of the layer that are of the cells that are held.

        Raises
        ------
        InputError
            Where workers fail.
        """
        if self.progress is not None:
            self.progress(_("layer of units made by workers"))
        scales = designation.scales
        scales = None if scales is None else dataclasses.replace(scales, composite=None)
        made = Made(designation.year, designation.policy, designation.language, scales)
        run = dataclasses.replace(self.run, made=made)
        starts = np.cumsum([0, *self.counts]).tolist()
        for number, count in enumerate(self.counts):
            write_whole(run.path(run.in_language(HELD), number), table.slice(starts[number], count), {})
        self.workers.run(run, [run.in_language(UNITS)])
        with fetched(run.paths(run.in_language(UNITS))) as files:
            whole = read_part(files, 0)
        return AllUnits(whole, partial(_rows_and_columns, run), len(self.counts), partial(_written, self.workers, run))


def _rows_and_columns(run: BandsRun) -> tuple[Ints, Ints]:
    found: tuple[list[Ints], list[Ints]] = ([], [])
    for path in run.paths(BANDS):
        table = read_part([path], 0)
        for side, name in zip(found, ("row", "col"), strict=True):
            side.append(np.array(table[name].to_numpy()))
    return np.concatenate(found[0]), np.concatenate(found[1])


@contextmanager
def _written(workers: Workers | Alone, run: BandsRun, write: Callable[[Any, Path], None]) -> Iterator[Sequence[Path]]:
    run, stage = dataclasses.replace(run, write=write), run.in_language(WRITTEN)
    for path in run.paths(stage):
        path.unlink(missing_ok=True)
    workers.run(run, [stage])
    with fetched(run.paths(stage)) as files:
        yield files


def hold_few(
    workers: Workers | Alone,
    folder: Place,
    tiles: Sequence[Place],
    like: RegisterSums,
    policy: Policy,
    crs: str,
    beside: Beside,
    n_of_a_band: int,
    progress: Callable[[str], None] | None = None,
) -> Units | None:
    """The cells that can matter to areas, of sums by tile.

    Parameters
    ----------
    workers : Workers or Alone
    folder : Path or StorePath
        For the files of bands, which is made.
    tiles : sequence of Path or StorePath
        Files of sums by cell.
    like : RegisterSums
        What holds of all cells, without any.
    policy : Policy
    crs : str
    beside : Beside
    n_of_a_band : int
        So many cells are a task's.
    progress : callable, optional
        Told the name of each step as it begins.

    Returns
    -------
    Units or None
        None where a sum is one that none may be, no cell can matter, or the designation that is compared with has
        hardly a cell in common: reading all of them tells more.

    Raises
    ------
    InputError
        Where workers fail.
    """
    import pyarrow as pa

    earlier = beside.earlier
    folder.mkdir(mode=0o700, exist_ok=True)
    run = _run_over(folder, tiles, like, policy, crs, n_of_a_band)
    run = _with_what_is_beside(dataclasses.replace(run, yardstick=beside.yardstick), beside, workers)
    if workers.run(run, [BANDS]):
        return None
    facts = [facts_of(path) for path in run.paths(BANDS)]
    if earlier is not None and 2 * sum(each["in_common"] for each in facts) < run.whole.n_units:
        return None
    spread = spread_of_squares(*squares_added(facts))
    run = _with_thresholds(dataclasses.replace(run, whole=dataclasses.replace(run.whole, spread=spread)), workers)
    workers.run(run, [CHOSEN])
    parts = [read_part([path], 0) for path in run.paths(CHOSEN)]
    table = pa.concat_tables(parts, promote_options="permissive")
    if not table.num_rows or not (earlier is None or any(facts_of(path)["earlier"] for path in run.paths(CHOSEN))):
        return None
    units = units_of(run, table)
    in_view = table.select([name for name in table.column_names if name.startswith(SEEN)])
    held = Held(workers, run, tuple(part.num_rows for part in parts), in_view, progress)
    beyond = dataclasses.replace(others(run.whole, units), held_by=held, places=partial(_rows_and_columns, run))
    # regions are told once more, with what is to be said of them
    return dataclasses.replace(units, beyond=beyond, regions=None)


def _with_thresholds(run: BandsRun, workers: Workers | Alone) -> BandsRun:
    """The run whose thresholds that are shares of the units are composites.

    Raises
    ------
    InputError
        If a share is of less than one unit, and where workers fail.
    """
    shares = shares_of(run.policy)
    if not shares:
        return run
    workers.run(run, [COMPOSITES])
    composites = np.asarray(read_part(run.paths(COMPOSITES), 0)["composite"].to_numpy(), dtype=np.float64)
    policy = with_shares_of(run.policy, composites)
    found = {name: float(getattr(policy.rule, name)) for name in shares}
    return dataclasses.replace(run, policy=policy, whole=dataclasses.replace(run.whole, thresholds=found))


def _with_what_is_beside(run: BandsRun, beside: Beside, workers: Workers | Alone) -> BandsRun:
    """The run with earlier cells and regions, which are handed out, and the sums of these."""
    if beside.earlier is not None:
        run = _with_earlier(run, beside.earlier)
    if beside.regions is None:
        return run
    path = run.path(REGIONS, 0)
    write_regions(path, beside.regions)
    run = dataclasses.replace(run, regions=(path, beside.regions.file))
    workers.run(run, [IN_REGIONS])
    facts = [facts_of(path) for path in run.paths(IN_REGIONS)]
    sums = RegionSums(*(
        np.sum([np.array(each[part.name], dtype=np.int64) for each in facts], axis=0)
        for part in dataclasses.fields(RegionSums)
    ))  # fmt: skip
    lost = [tuple(each["lost"]) for each in facts if each["lost"]]
    return dataclasses.replace(
        run, whole=dataclasses.replace(run.whole, regions=sums), lost=min(lost) if lost else None
    )


def _with_earlier(run: BandsRun, earlier: Earlier) -> BandsRun:
    """The run with the cells of an earlier designation, which are handed out."""
    import pyarrow as pa

    path, n_bands = run.path(EARLIER, 0), len(run.bounds) - 1
    band = np.searchsorted(run.bounds, earlier.row, side="right") - 1
    near = (band >= 0) & (band < n_bands)
    columns = {"row": earlier.row[near], "col": earlier.col[near], "inside": pa.array(earlier.inside[near])}
    write_parts(path, pa.table(columns), band[near], n_bands, {})
    return dataclasses.replace(run, earlier=path, then=earlier.others)


def _run_over(
    folder: Place,
    tiles: Sequence[Place],
    like: RegisterSums,
    policy: Policy,
    crs: str,
    n_of_a_band: int,
) -> BandsRun:
    """What tasks over bands are told, as far as it is known before the first."""
    facts = [facts_of(path) for path in tiles]
    known = [(path, each) for path, each in zip(tiles, facts, strict=True) if each["rows"]]
    rows, place = np.unique(np.concatenate([each["rows"] for _path, each in known]), return_inverse=True)
    counts = np.zeros(len(rows), dtype=np.int64)
    np.add.at(counts, place, np.concatenate([each["counts"] for _path, each in known]))

    def added(side: str) -> Ints:
        names = [f"{side}{j}" for j in range(len(policy.criteria))]
        return np.array([sum(each["sums"][name] for each in facts) for name in names], dtype=np.int64)

    columns = [column for _path, each in known for column in each["columns"]]
    grid = grid_of(policy)
    west, south = (float(side[0]) for side in grid.centres(rows[:1], np.array([min(columns)])))
    east, north = (float(side[0]) for side in grid.centres(rows[-1:], np.array([max(columns)])))
    whole = Beyond(
        int(counts.sum()),
        sum(each["sums"]["residents"] for each in facts),
        added("n"),
        added("d"),
        np.zeros(len(policy.criteria)),
        (west, south, east, north),
    )
    return BandsRun(
        folder,
        program(),
        program_language(),
        resolve_limits(policy, dict(like.let)),
        like,
        crs,
        tuple((path, each["rows"][0], each["rows"][-1]) for path, each in known),
        bands_of_rows(rows, counts, n_of_a_band),
        whole,
    )
