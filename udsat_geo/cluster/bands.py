"""What comes after the sums, by bands of rows: context, spread, scores, and the layer of units.

A band holds some rows of cells, all of them from west to east: bands one after the other are the cells in their order.
What a cell needs of others lies within so many rows, which a band's tasks read from those beside it: as many as
``context.reach`` for its context, and `margin` for whether it can matter to an area. The spread of gaps is the sum of
whole numbers that each band adds up, so that it is the same as over all cells together.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.gaps import SQUARE_METRES_OF_A_HECTARE
from udsat_geo.areas.scales import Scales
from udsat_geo.changes.names import Named
from udsat_geo.cluster.exchange import Place, aside, facts_of, read_part, write_whole
from udsat_geo.cluster.plan import Run
from udsat_geo.cluster.sums import sums_of_table
from udsat_geo.designation.designation import Designation, Inputs
from udsat_geo.designation.layers import as_table, unit_columns, unit_wkb
from udsat_geo.designation.status import take_status
from udsat_geo.designation.surroundings import Surroundings
from udsat_geo.kernels.arrays import Flags, Ints
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.read import RegisterSums
from udsat_geo.scoring.rates import Nearest, read_rates, sums_of_nearest
from udsat_geo.scoring.scores import Scores, Yardstick, gaps, on_scale, score_units
from udsat_geo.units.barriers import Barriers
from udsat_geo.units.edges import Edges, find_edges, uncut_edges
from udsat_geo.units.regions import RegionFile, RegionSums, regions_of_points
from udsat_geo.units.sums_check import check_sums
from udsat_geo.units.units import Beyond, Units, grid_of, lived_in_cells

IN_REGIONS, BANDS, COMPOSITES, CHOSEN = "regions", "bands", "composites", "chosen"
"""The stages: sums by region, where the policy compares with those; context and squares of gaps; composites, where a
threshold is a share of the units; the cells that can matter to areas."""
PARTED, UNITS, WRITTEN = "parted", "units", "written"
"""Of what is asked then: neighbours that barriers part; the layer of units, and files of it."""
HELD, EARLIER, BARRIERS, REGIONS = "held", "earlier", "barriers", "polygons"
"""What is handed to tasks: rows of the layer that the caller made, earlier cells, barriers, and regions."""
OF_A_BAND = 100_000
"""Cells, which take some 200 MB of a worker's memory; own choice."""
SEEN = "seen"
"""The columns of context begin so."""


@dataclass(frozen=True)
class Made:
    """What the layer of units tells of a designation, but for its units: as of `Designation`."""

    year: int
    policy: LoadedPolicy
    language: str
    scales: Scales | None


@dataclass(frozen=True)
class BandsRun(Run):
    """What every task is told.

    Attributes
    ----------
    policy : Policy
        Its limits are numbers.
    like : RegisterSums
        What holds of all cells, without any.
    crs : str
    tiles : tuple of (Path or StorePath, int, int)
        Files of sums by cell, with the first and the last row in each.
    bounds : tuple of int, n_bands + 1
        The first row of each band, and that after the last.
    whole : Beyond
        The sums of all cells, and once it is known their spread.
    yardstick : Yardstick or None
        The scale of another year.
    regions : (Path or StorePath, str) or None
        The file of the regions that cells are compared within, and what messages call them.
    lost : tuple of int or None
        Row and column of the first cell with residents that is in none.
    earlier : Path or StorePath or None
        The file of the cells of the designation that is compared with, a part for each band.
    then : tuple of (Path or StorePath, int, int)
        Where these are some of very many, files of all, with the first and the last row in each.
    made : Made or None
        What was designated, once that is known.
    write : callable, optional
        Writes a pyarrow.Table of units to a path, in the format of some file.
    """

    policy: Policy
    like: RegisterSums
    crs: str
    tiles: tuple[tuple[Place, int, int], ...]
    bounds: tuple[int, ...]
    whole: Beyond
    yardstick: Yardstick | None = None
    regions: tuple[Place, str] | None = None
    lost: tuple[int, int] | None = None
    earlier: Place | None = None
    then: tuple[tuple[Place, int, int], ...] = ()
    made: Made | None = None
    write: Callable[[Any, Path], None] | None = None

    def n_tasks(self, stage: str) -> int:
        """One for each band, or for each file of sums."""
        return len(self.tiles) if stage == IN_REGIONS else len(self.bounds) - 1

    def in_language(self, stage: str) -> str:
        """A stage whose files hold texts: those of another language are other files."""
        return stage if self.made is None else f"{stage}-{self.made.language}"


def bands_of_rows(rows: Ints, counts: Ints, n_cells: int) -> tuple[int, ...]:
    """Where bands of about so many cells begin, and where the last one ends.

    Parameters
    ----------
    rows, counts : int64, shape (n_rows,)
        Rising, and the cells in each.
    n_cells : int
    """
    n_bands = max(-(-int(counts.sum()) // n_cells), 1)
    before = np.cumsum(counts) - counts
    band = before * n_bands // max(int(counts.sum()), 1)
    first = rows[np.flatnonzero(np.diff(band, prepend=-1))]
    return (*first.tolist(), int(rows[-1]) + 1)


def margin(policy: Policy) -> int:
    """How many cells away another one can lie that a cell matters to: by bridges, holes and outlines.

    A bridge spans so many cells. A cell of a hole that lies d cells from the area has (2 d - 1)^2 cells of the hole
    around it, itself among them. Outlines part the cells of an area, these among them, from those beside them.
    """
    size, areas = policy.units.size, policy.areas
    bridge = math.ceil(areas.bridge / size) + 1 if areas.bridge else 0
    most = int(areas.holes * SQUARE_METRES_OF_A_HECTARE / size**2)
    # what is surrounded may join, and touches only cells that do
    surrounded = 1 if policy.rule.surrounded is not None else 0
    return bridge + (math.isqrt(most) + 1) // 2 + surrounded + 1


# --- tasks --------------------------------------------------------------------------------------------------------


def add_up_regions(run: BandsRun, stage: str, number: int, path: Place) -> bool:
    """Add up the cells of a file of sums by region, and tell the first that is in none: a task."""
    import pyarrow as pa

    table = read_part([run.tiles[number][0]], 0)
    units = units_of(run, table)
    facts: dict[str, Any] = {"lost": None}
    if units.regions is not None and units.row is not None and units.col is not None:
        found = RegionSums.of(units.regions, units.residents, units.numerator, units.denominator)
        facts |= {each.name: getattr(found, each.name).tolist() for each in dataclasses.fields(found)}
        lost = np.flatnonzero((units.regions.of_unit < 0) & (units.residents > 0))
        facts["lost"] = [int(units.row[lost[0]]), int(units.col[lost[0]])] if len(lost) else None
    write_whole(path, pa.table({"region": pa.array([], pa.int64())}), facts)
    return False


def read_band(run: BandsRun, stage: str, number: int, path: Place) -> bool:
    """Read the context of a band's cells, and add up the squares of their gaps: a task.

    Raises
    ------
    InputError
        If a sum is one that none may be: the whole tells which.
    """
    from udsat_geo.kernels.scores import squares_of_gaps

    first, last = run.bounds[number : number + 2]
    policy = run.policy
    rim = int(policy.context.reach // policy.units.size) if policy.context.reads_beyond else 0
    paths = [tile for tile, south, north in run.tiles if south < last + rim and north >= first - rim]
    table = _lived_in(read_part(paths, 0), first - rim, last + rim)
    row = table["row"].to_numpy()
    own = (row >= first) & (row < last)
    mine = table.filter(_flags(own))
    if policy.context.reads_beyond:
        units = units_of(run, table)
        seen, in_view = sums_of_nearest(units, np.hstack([units.numerator, units.denominator]), policy)
        mine = mine.append_column(SEEN, [seen[own]])
        for j in range(in_view.shape[1]):
            mine = mine.append_column(f"{SEEN}{j}", [np.ascontiguousarray(in_view[own, j])])
    units = units_of(run, mine)
    check_sums(units, policy, "")
    scores = score_units(units, policy, rates=read_rates(units, policy, nearest=nearest_in(mine)))
    gap = gaps(scores.rate, scores.comparators.of_units().value, policy)
    squares, weight = squares_of_gaps(gap, units.residents)
    facts = {"squares": squares.tolist(), "weight": weight.tolist(), "in_common": _in_common(run, mine, number)}
    write_whole(path, mine, facts)
    return False


def tell_composites(run: BandsRun, stage: str, number: int, path: Place) -> bool:
    """Tell the composites of a band's cells that have one and residents: a task."""
    import pyarrow as pa

    units, scores = scored(run, read_part([run.path(BANDS, number)], 0))
    known = ~np.isnan(scores.composite) & (units.residents > 0)
    write_whole(path, pa.table({"composite": scores.composite[known]}), {})
    return False


def choose_cells(run: BandsRun, stage: str, number: int, path: Place) -> bool:
    """Choose the cells of a band that can matter to areas, with those around them: a task."""
    import pyarrow as pa

    first, last = run.bounds[number : number + 2]
    rim, facts = margin(run.policy), {"earlier": 0}
    bands = [k for k, (south, north) in enumerate(pairwise(run.bounds)) if south < last + rim and north > first - rim]
    table = _of_rows(read_part([run.path(BANDS, k) for k in bands], 0), first - rim, last + rim)
    _units, scores = scored(run, table)
    row, col = (np.asarray(table[name].to_numpy()) for name in ("row", "col"))
    joins = may_join(run, scores, run.policy)
    own = (row >= first) & (row < last)
    is_told = np.zeros(len(row), dtype=bool) if run.lost is None else (row == run.lost[0]) & (col == run.lost[1])
    if run.earlier is not None:
        then = pa.concat_tables([read_part([run.earlier], k) for k in bands])
        before = _same_cells(table, then.filter(then["inside"]))
        joins |= before
        facts["earlier"] = int((before & own).sum())
    chosen = table.filter(_flags(own & (near(row, col, joins, rim) | is_told)))
    write_whole(path, chosen, facts)
    return False


def count_parted(run: BandsRun, stage: str, number: int, path: Place) -> bool:
    """Count the pairs of neighbours whose first is in a band, and those that barriers part: a task."""
    import pyarrow as pa

    first, after = run.bounds[number : number + 2]
    bands = [number, *([number + 1] if number + 1 < run.n_tasks(stage) else [])]
    # a neighbour lies in the next row at most
    table = _of_rows(read_part([run.path(BANDS, k) for k in bands], 0), first, after + 1)
    units = units_of(run, table)
    edges = find_edges(units, run.policy)
    of_band = edges.head < int((table["row"].to_numpy() < after).sum())
    edges = Edges(edges.head[of_band], edges.tail[of_band])
    uncut = uncut_edges(edges, units, barriers_in(run.path(stage.replace(PARTED, BARRIERS), number)))
    write_whole(path, pa.table({"pairs": [len(edges)], "parted": [len(edges) - len(uncut)]}), {})
    return False


_ENDS = ("easting_start", "northing_start", "easting_end", "northing_end")


def write_barriers(path: Place, barriers: Barriers, south: float, north: float) -> None:
    """Write the barriers between two northings, and crossings near enough to open them."""
    import pyarrow as pa

    start, end = barriers.northing_start, barriers.northing_end
    chosen = (np.minimum(start, end) <= north) & (np.maximum(start, end) >= south)
    reach = barriers.crossing_reach + 1.0
    near = (barriers.crossing_northing <= north + reach) & (barriers.crossing_northing >= south - reach)
    crossings = [barriers.crossing_easting[near].tolist(), barriers.crossing_northing[near].tolist()]
    facts = {"crossings": crossings, "reach": barriers.crossing_reach}
    write_whole(path, pa.table({name: getattr(barriers, name)[chosen] for name in _ENDS}), facts)


def barriers_in(path: Place) -> Barriers:
    """The barriers of a file that `write_barriers` wrote."""
    table, facts = read_part([path], 0), facts_of(path)
    easting, northing = (np.array(side, dtype=np.float64) for side in facts["crossings"])
    west, south, east, north = (np.array(table[name].to_numpy(), dtype=np.float64) for name in _ENDS)
    return Barriers(west, south, east, north, easting, northing, facts["reach"])


def write_units(run: BandsRun, stage: str, number: int, path: Place) -> bool:
    """Make the layer of a band's units: a task. Rows of the cells that its caller held are as that made them."""
    import pyarrow as pa

    held = read_part([run.path(run.in_language(HELD), number)], 0)
    table = read_part([run.path(BANDS, number)], 0)
    is_held = _same_cells(table, read_part([run.path(CHOSEN, number)], 0))
    rest = table.filter(_flags(~is_held))
    whole = held
    if rest.num_rows and run.made is not None:
        made = _outside(run, run.made, rest)
        of_rest = as_table(unit_columns(made), unit_wkb(made.units)[0])
        place = np.argsort(np.concatenate([np.flatnonzero(is_held), np.flatnonzero(~is_held)]), kind="stable")
        whole = pa.concat_tables([held, of_rest.cast(held.schema)]).take(pa.array(place))
    write_whole(path, whole, {}, compressed=False)
    return False


def write_file(run: BandsRun, stage: str, number: int, path: Place) -> bool:
    """Write a band's part of the layer of units in another format: a task."""
    if run.write is not None:
        with aside(path) as beside:
            run.write(read_part([run.path(run.in_language(UNITS), number)], 0), beside)
    return False


# --- what tasks are made of ---------------------------------------------------------------------------------------


def _outside(run: BandsRun, made: Made, table: Any) -> Designation:
    """What was designated, with some units that lie in no area and near none."""
    units, scores = scored(run, table)
    scales = made.scales
    if scales is not None:
        other = scores
        if run.yardstick is not None:
            by_held = on_scale(scores, run.policy, run.yardstick.city, run.yardstick.spread)
            scores, other = (by_held, scores) if scales.decides == "yardstick" else (scores, by_held)
        scales = dataclasses.replace(scales, composite=other.composite)
    nothing, none = np.empty(0, dtype=np.int64), np.empty(0, dtype=object)
    edges = Edges(nothing.astype(np.int32), nothing.astype(np.int32))
    areas = form_areas(units, scores, edges, run.policy)
    return Designation(
        year=made.year,
        policy=made.policy,
        inputs=Inputs(None, None, ""),
        units=units,
        edges=edges,
        scores=scores,
        areas=areas,
        outline=none,
        named=Named(none, none, none, nothing.astype(bool)),
        since=nothing,
        near_misses=(),
        surroundings=Surroundings(),
        overrides=None,
        status=take_status(units, areas.area_of_unit, run.policy),
        previous=None,
        changes=None,
        counts={},
        rows={},
        files={},
        notes=(),
        language=made.language,
        scales=scales,
    )


def scored(run: BandsRun, table: Any) -> tuple[Units, Scores]:
    """The cells of rows of a band's file, and what they score among all."""
    units = units_of(run, table)
    return units, score_units(units, run.policy, rates=read_rates(units, run.policy, nearest=nearest_in(table)))


def nearest_in(table: Any) -> Nearest:
    """What reads the context of cells from rows of a band's file."""

    def nearest(units: Units, sums: Ints, policy: Policy) -> tuple[Ints, Ints]:
        columns = [table[f"{SEEN}{j}"].to_numpy() for j in range(sums.shape[1])]
        return np.asarray(table[SEEN].to_numpy(), dtype=np.int64), np.column_stack(columns)

    return nearest


def may_join(run: BandsRun, scores: Scores, policy: Policy) -> Flags:
    """Which cells reach a threshold, by either scale, and so can be part of an area or of a near miss."""
    least = min(policy.rule.edge_threshold, policy.rule.core_threshold)
    with np.errstate(invalid="ignore"):
        joins = scores.composite >= least
        if run.yardstick is not None:
            held = on_scale(scores, policy, run.yardstick.city, run.yardstick.spread)
            joins |= held.composite >= least
    return np.asarray(joins)


def near(row: Ints, col: Ints, chosen: Flags, reach: int) -> Flags:
    """Which cells lie within so many rows and columns of a chosen one.

    Parameters
    ----------
    row, col : int64, shape (n_cells,)
        Sorted by row, then column.
    chosen : bool, shape (n_cells,)
    reach : int
    """
    found = chosen.copy()
    if not chosen.any():
        return found
    width = int(np.ptp(col)) + 2 * reach + 2
    key = row * width + (col - col.min())
    of_chosen = np.append(key[chosen], np.iinfo(np.int64).max)
    for step in range(-reach, reach + 1):
        there = key + step * width
        found |= of_chosen[np.searchsorted(of_chosen, there - reach)] <= there + reach
    return found


def units_of(run: BandsRun, table: Any) -> Units:
    """Cells, of which there are others beyond them."""
    row, col, sums = sums_of_table(table, run.like, {})
    units = lived_in_cells(grid_of(run.policy), row, col, sums, "", run.crs)[0]
    if run.regions is not None:
        file = regions_in(*run.regions)
        units = dataclasses.replace(units, regions=regions_of_points(file, units.easting, units.northing))
    return dataclasses.replace(units, beyond=others(run.whole, units))


def others(whole: Beyond, units: Units) -> Beyond:
    """What lies beyond some units of all."""
    numerator, denominator = (np.einsum("ij->j", side) for side in (units.numerator, units.denominator))
    return dataclasses.replace(
        whole,
        n_units=whole.n_units - len(units),
        residents=whole.residents - int(units.residents.sum()),
        numerator=whole.numerator - numerator,
        denominator=whole.denominator - denominator,
        regions=_others_by_region(whole.regions, units),
    )


def _others_by_region(whole: RegionSums | None, units: Units) -> RegionSums | None:
    if whole is None or units.regions is None:
        return None
    return whole.without(RegionSums.of(units.regions, units.residents, units.numerator, units.denominator))


def write_regions(path: Place, file: RegionFile) -> None:
    """Write the polygons of regions."""
    import pyarrow as pa
    import shapely

    wkb = pa.array(shapely.to_wkb(file.geometry).tolist(), pa.binary())
    write_whole(path, pa.table({"name": pa.array(file.name.tolist(), pa.string()), "wkb": wkb}), {})


def regions_in(path: Place, called: str) -> RegionFile:
    """The regions of a file that `write_regions` wrote."""
    import shapely

    table = read_part([path], 0)
    names = np.array(table["name"].to_pylist(), dtype=object)
    return RegionFile(called, names, shapely.from_wkb(np.array(table["wkb"].to_pylist(), dtype=object)))


def _lived_in(table: Any, first: int, after: int) -> Any:
    """The cells of some rows that hold a dwelling, in order."""
    import pyarrow as pa

    row, held = table["row"].to_numpy(), table["dwellings"].to_numpy() > 0
    table = table.filter(_flags(held & (row >= first) & (row < after)))
    order = np.lexsort((table["col"].to_numpy(), table["row"].to_numpy()))
    return table.take(pa.array(order)).combine_chunks()


def _of_rows(table: Any, first: int, after: int) -> Any:
    row = table["row"].to_numpy()
    return table.filter(_flags((row >= first) & (row < after))).combine_chunks()


def _in_common(run: BandsRun, table: Any, number: int) -> int:
    """How many cells of a band the designation that is compared with has as well."""
    if run.earlier is None:
        return 0
    if not run.then:
        return int(_same_cells(table, read_part([run.earlier], number)).sum())
    first, after = run.bounds[number : number + 2]
    paths = [path for path, south, north in run.then if south < after and north >= first]
    return int(_same_cells(table, read_part(paths, 0)).sum()) if paths else 0


def _same_cells(table: Any, chosen: Any) -> Flags:
    """Which rows are of the chosen cells, bool, shape (n_rows,); both in the order of cells."""
    (row, col), (row_of, col_of) = (
        (np.asarray(each["row"].to_numpy()), np.asarray(each["col"].to_numpy())) for each in (table, chosen)
    )
    west = min(int(col.min(initial=0)), int(col_of.min(initial=0)))
    width = max(int(col.max(initial=0)), int(col_of.max(initial=0))) - west + 1
    return np.isin(row * width + (col - west), row_of * width + (col_of - west))


def _flags(values: Flags) -> Any:
    import pyarrow as pa

    return pa.array(values)


def squares_added(facts: Sequence[dict[str, Any]]) -> tuple[Ints, Ints]:
    """The squares of gaps and the residents of all bands; see `udsat_geo.kernels.scores.squares_of_gaps`."""
    squares: Ints = np.sum([np.array(each["squares"], dtype=np.int64) for each in facts], axis=0)
    weight: Ints = np.sum([np.array(each["weight"], dtype=np.int64) for each in facts], axis=0)
    return squares, weight
