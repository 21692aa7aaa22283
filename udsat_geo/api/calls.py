"""The functions of the Python interface, each named like its command, and what they return."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.api.asking import CADENCE, Asked, Language, Progress, as_files, within
from udsat_geo.api.frames import (
    PathLike,
    layer_as_frame,
    path_of,
    policy_of,
    rows_as_frame,
    table_as_frame,
)
from udsat_geo.api.result import Result
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.synthetic import DEFAULT_SEED

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.analysis.why import Why as Found
    from udsat_geo.changes.compare import Comparison
    from udsat_geo.designation.explained import Explained
    from udsat_geo.designation.layers import Layer
    from udsat_geo.designation.workbench import Workbench
    from udsat_geo.monitoring.status import StatusReport
    from udsat_geo.policy.load import LoadedPolicy


@dataclass(frozen=True, eq=False, repr=False)
class Difference:
    """What changed from one set of areas to another, weighed by the residents they share.

    Attributes
    ----------
    comparison : Comparison
        With all arrays.

    Notes
    -----
    As in `Result`, every frame is made anew when it is asked for.
    """

    comparison: Comparison

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Everything as plain data, as ``udsat diff --json`` prints it."""
        from udsat_geo.changes.tables import comparison_as_data

        return comparison_as_data(self.comparison)

    @property
    def language(self) -> str:
        """Of notes: ``da`` or ``en``."""
        return self.comparison.language

    @property
    def totals(self) -> dict[str, Any]:
        """Residents and units added, removed and kept, and how far the two overlap."""
        return dict(self.summary["totals"])

    @property
    def events(self) -> dict[str, int]:
        """Event -> how many areas it befell."""
        return dict(self.summary["events"])

    @property
    def notes(self) -> list[str]:
        """What is to be said about the comparison."""
        return list(self.comparison.notes)

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """The areas of now, then the removed ones, with what became of each, shape (n_changes, columns)."""
        return layer_as_frame(self._layers["changes"])

    @property
    def units(self) -> gpd.GeoDataFrame:
        """Units (or addresses) that came in, left or changed area, shape (n_changed, columns)."""
        return layer_as_frame(self._layers["changed_units"])

    @property
    def links(self) -> pd.DataFrame:
        """Every pair of an earlier and a present area that share residents, shape (n_pairs, columns)."""
        return table_as_frame(self._layers["links"].table)

    @cached_property
    def _layers(self) -> dict[str, Layer]:
        from udsat_geo.files.write import comparison_layers

        return {layer.name: layer for layer in comparison_layers(self.comparison)}

    def to_file(self, path: PathLike) -> Path:
        """Write a GeoPackage of the layers changes and changed_units and the table links.

        Raises
        ------
        OutputError
            If it cannot be written; what was there stays.
        """
        from udsat_geo.files.write import write_comparison

        write_comparison(self.comparison, Path(path))
        return Path(path)

    def __repr__(self) -> str:
        from udsat_geo.api.display import difference_in_words

        return difference_in_words(self.summary, self.language)

    def _repr_html_(self) -> str:
        from udsat_geo.api.display import difference_as_html

        return difference_as_html(self.summary, self.language)


def diff(
    before: Result | PathLike,
    now: Result | PathLike,
    *,
    registers: PathLike | None = None,
    year: int | None = None,
    units: PathLike | None = None,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy | None = None,
    names: str | tuple[str, str] | None = None,
    crosswalk: PathLike | pd.DataFrame | None = None,
    crosswalk_columns: Sequence[str] = (),
    allow_overlaps: bool = False,
    language: Language | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Difference:
    """What changed from the areas of one to those of another; the command ``udsat diff`` prints it.

    Parameters
    ----------
    before, now : Result, str or Path
        Designations, or files of polygons; a text may be the address of a service or of a file on the web.
    registers : str or Path, optional
        Weigh by the addresses of these registers, of `year`.
    year : int, optional
        Of the registers; alone, those of ``data/raw`` or of the synthetic Copenhagen.
    units : str or Path, optional
        Weigh by units instead: a designation, or polygons or points with a column ``residents``.
    policy : str, Path or LoadedPolicy, optional
        With `units`: names the columns of the table.
    names : str or (str, str), optional
        The column that tells polygons apart, of both files or of each.
    crosswalk : str, Path or DataFrame, optional
        Where zones changed between the years: a table of earlier zone (``from``), zone of now (``to``) and the share of
        the earlier one's residents (``weight``); or ``"area"`` or ``"residents"``, as the command has it.
    crosswalk_columns : sequence of str
        Its columns, where they are called otherwise.
    allow_overlaps : bool
        Where polygons of one file overlap, count a resident in the first by name.
    language : {"da", "en"}, optional
        Of the notes; by default that of `now`, or Danish.
    seed : int, optional
        Of the synthetic city.
    progress : callable, optional

    Returns
    -------
    Difference
        What became of each area and unit, as frames.

    Raises
    ------
    InputError
        If a file is at fault, or nothing can weigh the areas.
    """
    from udsat_geo.changes.compare import compare_areas
    from udsat_geo.designation.job import carried_by, crosswalk_named
    from udsat_geo.files.area_set import read_two, weighing_by

    columns = (names,) if isinstance(names, str) else names or ()
    seed = DEFAULT_SEED if seed is None else seed
    loaded = None if policy is None else policy_of(policy)
    spoken = language or (now.language if isinstance(now, Result) else "da")
    file, by = (crosswalk, "") if hasattr(crosswalk, "columns") else crosswalk_named(crosswalk)
    with as_files({"before": before, "now": now, "units": units, "crosswalk": file}) as sides:
        paths = sides.paths
        weighed_by = weighing_by(path_of(registers), paths.get("units"), year, loaded, seed)
        two = read_two(paths["before"], paths["now"], columns, spoken, allow_overlaps)
        carried = carried_by(two[0], paths.get("crosswalk"), crosswalk_columns, by)
        found = compare_areas(carried, two[1], weighed_by, spoken, progress)
        return Difference(dataclasses.replace(found, notes=(*sides.told(spoken), *found.notes)))


def designate(
    year: int,
    *,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    registers: PathLike | None = None,
    sums: PathLike | Sequence[PathLike] | None = None,
    units: PathLike | gpd.GeoDataFrame | Mapping[int, PathLike | gpd.GeoDataFrame] | None = None,
    barriers: PathLike | gpd.GeoDataFrame | None = None,
    crossings: PathLike | gpd.GeoDataFrame | None = None,
    places: PathLike | gpd.GeoDataFrame | None = None,
    parcels: PathLike | gpd.GeoDataFrame | None = None,
    regions: PathLike | gpd.GeoDataFrame | None = None,
    ground: PathLike | gpd.GeoDataFrame | None = None,
    overrides: PathLike | gpd.GeoDataFrame | pd.DataFrame | None = None,
    references: Mapping[str, float] | None = None,
    previous: int | PathLike | Result | None = CADENCE,
    crosswalk: PathLike | pd.DataFrame | None = None,
    crosswalk_columns: Sequence[str] = (),
    certainty: bool = False,
    cluster: str | None = None,
    exchange: PathLike | None = None,
    out: PathLike = "data/out",
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
    designations: PathLike | None = None,
) -> Result:
    """Designate the disadvantaged areas of a year; the command `designate` does the same and writes files.

    Parameters
    ----------
    year : int
        The year to designate.
    policy : str, Path, mapping or LoadedPolicy
        The name of a built-in policy (`policies` lists them), a TOML file, the content of one, or a loaded policy.
    registers : str or Path, optional
        The folder of one year's registers, or of folders called after their years. Without it ``data/raw`` is used, and
        where nothing is there, the synthetic Copenhagen: the result's `source` and its representation say so. A text
        may be the address of a folder in an object store, as ``"s3://bucket/registers"``.
    sums : str, Path or sequence of them, optional
        Exact sums by unit in the place of registers, as `udsat_geo.sums` writes them: a folder, or those of several
        offices, which are joined.
    units : str, Path, GeoDataFrame or mapping, optional
        A ready-made table of cells or zones in the place of registers; with `registers` as well, filled from them.
        Where criteria are changes since an earlier year, tables by year, or a name in which ``{year}`` stands for it.
    barriers, crossings, places, parcels, regions, ground : str, Path or GeoDataFrame, optional
        What lies around the units; what is not named is looked for beside the registers. A text may be the address of a
        service or of a file on the web, as on the command line.
    overrides : str, Path, GeoDataFrame or DataFrame, optional
        Decisions that change the result last.
    references : mapping, optional
        Name -> value of the figures that the policy leaves open.
    previous : int, str, Path, Result or None
        The designation to compare with: a year, a file, a result, ``"made"`` for one made anew whatever is stored, or
        None (or ``"none"``) for none. By default (``"cadence"``) the one that the policy's cadence puts before this
        one, as stored in `out`, else made anew.
    crosswalk : str, Path or DataFrame, optional
        Where zones changed between the years: a table of earlier zone (``from``), zone of now (``to``) and the share of
        the earlier one's residents (``weight``); or ``"area"`` or ``"residents"``, as the command has it.
    crosswalk_columns : sequence of str
        Its columns, where they are called otherwise.
    certainty : bool
        Whether areas, units and the summary say how sure they are as well, by 200 draws; see `udsat_geo.certainty`.
    cluster : str, optional
        Read registers on the workers of a Dask scheduler, as ``"tcp://scheduler:8786"``, or of processes of this
        machine, as ``"local:4"``; no result depends on it.
    exchange : str or Path, optional
        With `cluster`: a folder that all workers see, for what they hand to each other, or the address of one in an
        object store. For processes of this machine a temporary one without it.
    out : str or Path
        The folder, or the address of the database, in which stored designations of earlier years are looked for.
    language : {"da", "en"}
        Of labels and reasons.
    seed : int, optional
        Of another synthetic city.
    threads : int, optional
        At most so many; no result depends on it.
    memory : str, optional
        At most about so much, as ``"4GB"``: what there is no room for goes to disk.
    progress : callable, optional
        Told the name of each step as it begins.
    designations : str or Path, optional
        What `out` was called before.

    Returns
    -------
    Result
        Its layers as frames, its summary, and the designation with all arrays.

    Raises
    ------
    InputError
        If the call or the input is at fault; its text has every problem found.

    Notes
    -----
    Each frame is written to a temporary file, whose name and hash stand in the summary as those of a named file do.

    Examples
    --------
    >>> import udsat_geo as ug
    >>> d = ug.designate(2025, language="en")  # doctest: +SKIP
    >>> d.areas[["area_id", "name", "residents"]]  # doctest: +SKIP
    """
    from udsat_geo.analysis.certainty import with_certainty
    from udsat_geo.cluster.reading import reader_of_registers
    from udsat_geo.designation.job import run
    from udsat_geo.designation.layers import layers_of
    from udsat_geo.sources.stores import place_named

    ways = (crosswalk, crosswalk_columns, language, seed, threads, sums)
    asked = Asked(year, policy, registers, units, references, previous, *ways)
    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels, "regions": regions}
    around |= {"ground": ground, "overrides": overrides}
    with asked.as_job(around, out if designations is None else designations) as job:
        with within(threads, memory):
            has_units = units is not None or job.kept is not None
            at = cluster, None if exchange is None else place_named(str(exchange))
            with reader_of_registers(at, "exchange", job.policy.policy, has_units, progress) as elsewhere:
                made = run(dataclasses.replace(job, elsewhere=elsewhere), progress)
            made = with_certainty(made, job, progress=progress) if certainty else made
        # the summary takes the hashes of the files, which are gone afterwards
        return Result(layers_of(made), made)


def workbench(
    year: int,
    *,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    registers: PathLike | None = None,
    sums: PathLike | Sequence[PathLike] | None = None,
    units: PathLike | gpd.GeoDataFrame | Mapping[int, PathLike | gpd.GeoDataFrame] | None = None,
    barriers: PathLike | gpd.GeoDataFrame | None = None,
    crossings: PathLike | gpd.GeoDataFrame | None = None,
    places: PathLike | gpd.GeoDataFrame | None = None,
    parcels: PathLike | gpd.GeoDataFrame | None = None,
    regions: PathLike | gpd.GeoDataFrame | None = None,
    overrides: PathLike | gpd.GeoDataFrame | pd.DataFrame | None = None,
    references: Mapping[str, float] | None = None,
    previous: int | PathLike | Result | None = CADENCE,
    crosswalk: PathLike | pd.DataFrame | None = None,
    crosswalk_columns: Sequence[str] = (),
    out: PathLike = "data/out",
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> Workbench:
    """Read the people of a year once, to designate them by one rule after another.

    Parameters
    ----------
    year, policy, registers, units, barriers, crossings, places, parcels, regions, overrides, references, previous, \
    crosswalk, crosswalk_columns, out, language, seed, threads, memory, progress
        As of `designate`.

    Returns
    -------
    Workbench
        ``workbench.with_rule(core=1.2, edge=0.6)`` is another one with that rule, made in an instant, and
        ``workbench.designation()`` the designation by it, as `designate` makes it from the registers.

    Raises
    ------
    InputError
        If the call or the input is at fault.

    Examples
    --------
    >>> import udsat_geo as ug
    >>> bench = ug.workbench(2025)  # doctest: +SKIP
    >>> for core in (0.9, 1.0, 1.1):  # doctest: +SKIP
    ...     print(core, bench.with_rule(core=core).designation().status.residents_in_areas)
    """
    from udsat_geo.designation.workbench import Workbench

    ways = (crosswalk, crosswalk_columns, language, seed, threads, sums)
    asked = Asked(year, policy, registers, units, references, previous, *ways)
    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels, "regions": regions}
    with ExitStack() as files:
        job = files.enter_context(asked.as_job({**around, "overrides": overrides}, out))
        with within(threads, memory):
            made = Workbench.made_by(job, progress=progress)
        # frames that were given lie in files as long as anything is made of them
        weakref.finalize(made.job.kept, files.pop_all().close)
    return made


def sums(
    years: Iterable[int],
    out: PathLike,
    *,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    registers: PathLike | None = None,
    references: Mapping[str, float] | None = None,
    let: Mapping[str, float] | None = None,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the exact sums by cell of registers, which `designate` joins with those of other offices.

    The command ``udsat sums`` does the same. Nothing of persons is in the files, but counts of few people are: they are
    for the offices themselves.

    Parameters
    ----------
    years : iterable of int
    out : str or Path
        The folder, made where it is missing.
    policy : str, Path, mapping or LoadedPolicy
    registers : str or Path, optional
        As of `designate`, a folder for each year.
    references : mapping, optional
        Name -> value of the figures that the policy leaves open.
    let : mapping, optional
        Name -> what a value of ``[let]`` is for all offices, such as a median of them all.
    language, seed, threads, memory, progress
        As of `designate`.

    Returns
    -------
    list of Path
        ``sums_YEAR.parquet`` of each year.

    Raises
    ------
    InputError
        If the input is at fault, or sums would tell of single households or persons.
    OutputError
        If the files cannot be written; what was there stays.
    """
    from udsat_geo.designation.job import Job, sums_of_years
    from udsat_geo.files.sums import write_sums_of_years

    wanted, rule = sorted(years), policy_of(policy, references)
    of_city = DEFAULT_SEED if seed is None else seed
    job = Job(wanted[-1], rule, raw=path_of(registers), language=language, seed=of_city, threads=threads)
    with within(threads, memory):
        made = sums_of_years(job, wanted, [f"{name}={value!r}" for name, value in (let or {}).items()], progress)
    return write_sums_of_years(made, Path(out))


def read(path: PathLike) -> Result:
    """Read a designation that was written before.

    Parameters
    ----------
    path : str or Path
        A ``designation_YEAR.gpkg``; a GeoParquet file of any of its layers; its JSON, which stands beside them; a
        folder that holds a single designation; or a database, ``postgresql://USER@HOST/DATABASE?schema=NAME``.

    Returns
    -------
    Result
        Equal to the one that was written, to the last bit. The other formats are written for others, not read back.

    Raises
    ------
    InputError
        If there is no designation, or it is damaged.
    """
    from udsat_geo.files.read import read_layers

    return Result(read_layers(path))


def explain(designation: Result | PathLike, wanted: str) -> Explained:
    """Say why an area or a unit is in or out; the command ``udsat explain`` prints it.

    Parameters
    ----------
    designation : Result, str or Path
    wanted : str
        An ``area_id``, an area's name, or a ``unit_id``.

    Returns
    -------
    Explained
        ``kind`` (``area`` or ``unit``), ``values`` (its row, with ``reason`` in words), the ``area`` that a unit is in,
        and the ``near_misses`` that it is part of.

    Raises
    ------
    InputError
        If there is no such area or unit.
    """
    from udsat_geo.designation import explained
    from udsat_geo.files.read import read_layers

    if isinstance(designation, Result):
        return explained.explain(designation.stored, wanted)
    return explained.explain(read_layers(designation), wanted, Path(designation).name)


def lineage(
    designations: Sequence[Result | PathLike] | None = None,
    *,
    years: Iterable[int] | None = None,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    registers: PathLike | None = None,
    units: PathLike | None = None,
    crosswalk: PathLike | None = None,
    crosswalk_columns: Sequence[str] = (),
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Which area descends from which; the command ``udsat lineage`` prints it.

    Parameters
    ----------
    designations : sequence of Result, str or Path, optional
        Designations, from the earliest to the latest.
    years : iterable of int, optional
        Designate these years instead.
    crosswalk, crosswalk_columns
        As in `udsat_geo.designate`; one table may hold the steps between several years.
    policy, registers, units, language, seed, threads, memory, progress
        Of `years`, as in `udsat_geo.designate`; ``{year}`` in the name of `units` stands for the year. With
        designations, `registers` and `units` are what to weigh them by where they have no units in common.

    Returns
    -------
    DataFrame
        One row for each link of an earlier area to a later one, and for each area that begins or ends.

    Raises
    ------
    InputError
        If neither or both are given, or the years do not rise.
    """
    from udsat_geo.changes.lineage import trace, trace_areas
    from udsat_geo.changes.tables import COLUMNS, lineage_rows
    from udsat_geo.designation.job import Job, carried_by, crosswalk_named, designate_in_a_row
    from udsat_geo.designation.surroundings import Around
    from udsat_geo.files.area_set import read_area_set, weighing_by
    from udsat_geo.files.earlier import store_of

    if (designations is None) == (years is None):
        raise InputError(Problem("lineage", _("needs designations or years, one of them"), _("Give one.")))
    seed = DEFAULT_SEED if seed is None else seed
    raw, table, (file, by) = path_of(registers), path_of(units), crosswalk_named(crosswalk)
    if years is not None:
        asked = list(years)
        job = Job(
            asked[0] if asked else 0, policy_of(policy), raw, table, store=store_of(), language=language, seed=seed,
            threads=threads, around=Around(crosswalk=file), crosswalk_columns=tuple(crosswalk_columns), crosswalk_by=by,
        )  # fmt: skip
        with within(threads, memory):
            made = designate_in_a_row(job, asked, progress)
        found = trace(
            [each.area_set() for each in made], [each.changes for each in made[1:] if each.changes is not None]
        )
    else:
        with as_files({str(place): each for place, each in enumerate(designations or ())}) as files:
            sides = [read_area_set(path, language) for path in files.paths.values()]
            sides[:-1] = [carried_by(side, file, crosswalk_columns, by) for side in sides[:-1]]
            with within(threads, memory):
                found, _notes = trace_areas(sides, weighing_by(raw, table, None, None, seed), language, progress)
    return rows_as_frame(lineage_rows(found), COLUMNS)


@dataclass(frozen=True, eq=False)
class Why:
    """Why the designations of two years differ.

    Attributes
    ----------
    found : udsat_geo.analysis.why.Why
        The designations, their changes and the exact parts.
    summary : dict
        Everything as plain data, as ``udsat why --json`` prints it.
    """

    found: Found
    summary: dict[str, Any]

    @property
    def residents(self) -> pd.DataFrame:
        """The change in the residents of each area, and its parts, shape (n_changes, columns)."""
        return rows_as_frame(*_flat(self.summary["residents"]["areas"]))

    @property
    def rates(self) -> pd.DataFrame:
        """The change in each criterion's rate, and its parts; `of` says whose: areas, rest_of_city, gap or city."""
        rows = [
            {"criterion": row["criterion"], "of": of, **values}
            for row in self.summary["rates"]
            for of, values in row.items()
            if of != "criterion"
        ]
        return rows_as_frame(*_flat(rows))

    @property
    def chance(self) -> dict[str, Any] | None:
        """How much chance alone brings about; None where that was not asked for, or cannot be drawn."""
        found: dict[str, Any] | None = self.summary.get("chance")
        return found

    def _repr_html_(self) -> str:
        from udsat_geo.api.display import frame_as_html

        return frame_as_html(repr(self), self.residents)

    def __repr__(self) -> str:
        years = self.summary["before"]["year"], self.summary["now"]["year"]
        return f"<Why: from {years[0]} to {years[1]}, {len(self.summary['residents']['areas'])} areas>"


def _flat(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows whose parts stand in a dict of their own, made flat, and all their columns."""
    flat = [{k: v for k, v in row.items() if k != "parts"} | (row["parts"] or {}) for row in rows]
    return flat, list(dict.fromkeys(column for row in flat for column in row))


def why(
    before: int,
    now: int,
    *,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    to_policy: str | Path | Mapping[str, Any] | LoadedPolicy | None = None,
    registers: PathLike | None = None,
    units: PathLike | None = None,
    crosswalk: PathLike | None = None,
    crosswalk_columns: Sequence[str] = (),
    draws: int = 50,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> Why:
    """Why the designation of one year differs from that of another; the command ``udsat why`` prints it.

    Parameters
    ----------
    before, now : int
        The years.
    policy, to_policy : str, Path, mapping or LoadedPolicy
        Of the years; one serves both.
    draws : int
        Pairs of draws that say how much chance is in the change, at least 2; 0 for none.
    registers, units, crosswalk, crosswalk_columns, language, seed, threads, memory, progress
        As in `udsat_geo.designate`; ``{year}`` in the name of `units` stands for the year.

    Raises
    ------
    InputError
        If the years do not rise, or an input is at fault.
    """
    from udsat_geo.analysis.why import explain_change, why_as_data
    from udsat_geo.designation.job import Job, crosswalk_named
    from udsat_geo.designation.surroundings import Around
    from udsat_geo.files.earlier import store_of

    first, (file, by) = policy_of(policy), crosswalk_named(crosswalk)
    second = first if to_policy is None else policy_of(to_policy)
    raw, table, seed = path_of(registers), path_of(units), DEFAULT_SEED if seed is None else seed
    jobs = [
        Job(
            year,
            rule,
            raw,
            table,
            store=store_of(),
            language=language,
            seed=seed,
            threads=threads,
            around=Around(crosswalk=file),
            crosswalk_columns=tuple(crosswalk_columns),
            crosswalk_by=by,
        )
        for year, rule in ((before, first), (now, second))
    ]
    with within(threads, memory):
        found = explain_change(jobs[0], jobs[1], progress, draws)
    return Why(found, why_as_data(found))


@dataclass(frozen=True, eq=False)
class StatusTables:
    """Areas against the rest of the city, year by year.

    Attributes
    ----------
    report : StatusReport
        With all arrays.
    summary : dict
        Everything as plain data, as ``udsat status --json`` prints it.
    """

    report: StatusReport
    summary: dict[str, Any]

    @property
    def rates(self) -> pd.DataFrame:
        """One row for each year and criterion: areas, rest_of_city, gap and city, shape (n_years n_criteria, columns).

        Shares are fractions, positive gaps are worse. Those of ``_se`` are standard errors.
        """
        from udsat_geo.monitoring.status_tables import rate_rows

        names = ("areas", "rest_of_city", "gap")
        return rows_as_frame(
            rate_rows(self.report), ("year", "criterion", *names, "city", *(f"{name}_se" for name in names))
        )

    @property
    def changes(self) -> pd.DataFrame:
        """One row for each criterion: the change of its gap with its standard error, interval and verdict.

        The change is in the gap's own unit, negative is narrower; the verdict is improved, worse or undecided. Empty
        where gaps are held against those of the same year.
        """
        found = self.summary["chance"]["table_2"]
        # in a single year, or where gaps are held against those of the last one, nothing changed
        changed = {key: of for key, of in found.items() if "difference" in of}
        rows = ({"criterion": key, **of["difference"], "verdict": of["verdict"]} for key, of in changed.items())
        return rows_as_frame(rows, ("criterion", "value", "se", "low", "high", "verdict"))

    @property
    def categories(self) -> pd.DataFrame:
        """One row for each year and category of Bilag 1: areas, rest_of_city, city and difference, as fractions.

        Empty where they were not asked for.
        """
        from udsat_geo.monitoring.status_tables import category_rows

        columns = ("year", "group", "category", "areas", "rest_of_city", "city", "difference")
        return rows_as_frame(category_rows(self.report), columns)

    @property
    def milestone(self) -> dict[str, Any] | None:
        """How far the policy's milestone is; None without one."""
        found: dict[str, Any] | None = self.summary["milestone"]
        return found

    @property
    def notes(self) -> list[str]:
        """What is to be said about it."""
        return list(self.report.notes)

    def _repr_html_(self) -> str:
        from udsat_geo.api.display import frame_as_html

        return frame_as_html(repr(self), self.rates)

    def __repr__(self) -> str:
        years = ", ".join(map(str, self.report.series.years))
        return f"<StatusTables: {self.report.areas.file}, {years}, source {self.report.source}>"


def status(
    areas: int | Result | PathLike,
    *,
    years: Iterable[int],
    updated: int | Result | PathLike | None = None,
    categories: bool = False,
    registers: PathLike | None = None,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    allow_overlaps: bool = False,
    language: Language = "da",
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> StatusTables:
    """Measure areas against the rest of the city, year by year; the command ``udsat status`` prints it.

    Parameters
    ----------
    areas : int, Result, str or Path
        A designation, a file of polygons, or a year: designated from its registers then.
    years : iterable of int
        The years to measure.
    updated : int, Result, str or Path, optional
        The areas that follow, compared with `areas` in the last year.
    categories : bool
        Whether all categories of Bilag 1 are counted too.
    registers : str or Path, optional
        The folder with a folder for each year; as in `udsat_geo.designate` without it.
    policy : str, Path, mapping or LoadedPolicy
        Its criteria and its milestone.
    allow_overlaps : bool
        Where polygons overlap, count a resident of both once.
    language, threads, memory, progress
        As in `udsat_geo.designate`.

    Raises
    ------
    InputError
        If the areas or the registers of a year are at fault.
    """
    from udsat_geo.files.area_set import read_areas_of_registers
    from udsat_geo.files.earlier import store_of
    from udsat_geo.monitoring.status import StatusJob, take_report
    from udsat_geo.monitoring.status_tables import as_data
    from udsat_geo.registers.expressions import working_crs

    sets = {"areas": areas, "updated": updated}
    with as_files({name: str(given) if isinstance(given, int) else given for name, given in sets.items()}) as sides:
        texts = {name: str(path) for name, path in sides.paths.items()}
        job = StatusJob(
            areas=texts["areas"],
            years=tuple(years),
            policy=policy_of(policy),
            updated=texts.get("updated"),
            raw=path_of(registers),
            allow_overlaps=allow_overlaps,
            language=language,
            threads=threads,
            store=store_of(),
            notes=sides.told(language),
            categories=categories,
        )
        with within(threads, memory):
            crs = working_crs(job.policy.policy)
            report = take_report(
                job, lambda path: read_areas_of_registers(path, language, allow_overlaps, crs), progress
            )
        return StatusTables(report, as_data(report))


def reproduce(year: int, *, language: Language = "da") -> pd.DataFrame:
    """Recompute the published status report of a year from its own figures; the command is ``udsat reproduce``.

    Parameters
    ----------
    year : int
        2021.
    language : {"da", "en"}

    Returns
    -------
    DataFrame
        One row for each check: where it stands, what is printed, what follows from the other printed figures and the
        interval it may lie in, the verdict, and the readings under which it would agree. Figures are texts, as printed.

    Raises
    ------
    InputError
        If there is no report of that year.
    """
    from udsat_geo.monitoring.printed.explained import check_report_year, reproduce
    from udsat_geo.monitoring.printed.figures import Notation
    from udsat_geo.monitoring.printed.tables import ROW, row_of

    check_report_year(year)
    made = reproduce(year)
    notation = Notation(language, grouped=False)
    columns = [*(name for name in ROW if name not in ("low", "high")), "interval"]
    return rows_as_frame((row_of(outcome, made.report, notation) for outcome in made.outcomes), columns)


def goals(*, goals: PathLike | None = None, language: Language = "da") -> pd.DataFrame:
    """The policy's 18 goals as published, with the report's verdict and ours; the command is ``udsat goals``.

    Parameters
    ----------
    goals : str or Path, optional
        A goals file, whose ``[[answers]]`` say how many answered the surveys that goals rest on.
    language : {"da", "en"}

    Returns
    -------
    DataFrame
        One row for each goal, shape (18, columns); ``verdict`` is ours, ``report`` the report's, ``reason`` says why.
    """
    from udsat_geo.monitoring.goal_tables import goal_rows
    from udsat_geo.monitoring.goals import load_goals, take_account

    file = path_of(goals)
    rows = goal_rows(take_account(goals=None if file is None else load_goals(file)), language)
    return rows_as_frame(rows, rows[0])
