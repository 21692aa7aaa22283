"""Questions of designations: why an area or unit is in, which area descends from which, why a year differs, status."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from udsat_geo.api.difference import as_sides
from udsat_geo.api.frames import rows_as_frame
from udsat_geo.api.inputs import PathLike, path_of, policy_of
from udsat_geo.api.result import Result
from udsat_geo.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from udsat_geo.io.explain import Explained
    from udsat_geo.policy import LoadedPolicy
    from udsat_geo.status.report import StatusReport
    from udsat_geo.why import Why as Found

Language = Literal["da", "en"]
Progress = Callable[[str], None]


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
    from udsat_geo.io.explain import read_explained

    with as_sides({"designation": designation}) as sides:
        return read_explained(sides.paths["designation"], wanted)


def lineage(
    designations: Sequence[Result | PathLike] | None = None,
    *,
    years: Iterable[int] | None = None,
    policy: str | Path | LoadedPolicy = "kbh-2017",
    registers: PathLike | None = None,
    units: PathLike | None = None,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Which area descends from which; the command ``udsat lineage`` prints it.

    Parameters
    ----------
    designations : sequence of Result, str or Path, optional
        Designations, from the earliest to the latest.
    years : iterable of int, optional
        Designate these years instead.
    policy, registers, units, language, seed, threads, progress
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
    from udsat_geo.comparing import Named, trace_files
    from udsat_geo.io.areas_file import read_areas
    from udsat_geo.io.lineage import COLUMNS, lineage_rows
    from udsat_geo.job import Job
    from udsat_geo.lineage import trace
    from udsat_geo.series import designate_in_a_row
    from udsat_geo.synthetic import DEFAULT_SEED

    if (designations is None) == (years is None):
        raise InputError(Problem("lineage", "needs designations or years, one of them", "Give one."))
    seed = DEFAULT_SEED if seed is None else seed
    raw, table = path_of(registers), path_of(units)
    if years is not None:
        asked = list(years)
        job = Job(
            asked[0] if asked else 0, policy_of(policy), raw, table, language=language, seed=seed, threads=threads
        )
        made = designate_in_a_row(job, asked, progress)
        found = trace(
            [each.designated() for each in made], [each.changes for each in made[1:] if each.changes is not None]
        )
    else:
        with as_sides({str(place): each for place, each in enumerate(designations or ())}) as files:
            sides = [read_areas(path, None, language) for path in files.paths.values()]
            found, _ = trace_files(sides, Named(raw, table, seed=seed), language, progress)
    return rows_as_frame(lineage_rows(found), COLUMNS, "lineage")


@dataclass(frozen=True, eq=False)
class Why:
    """Why the designations of two years differ.

    Attributes
    ----------
    found : udsat_geo.why.Why
        The designations, their changes and the exact parts.
    summary : dict
        Everything as plain data, as ``udsat why --json`` prints it.
    """

    found: Found
    summary: dict[str, Any]

    @property
    def residents(self) -> pd.DataFrame:
        """The change in the residents of each area, and its parts, shape (n_changes, columns)."""
        return rows_as_frame(*_flat(self.summary["residents"]["areas"]), "why")

    @property
    def rates(self) -> pd.DataFrame:
        """The change in each criterion's rate, and its parts; `of` says whose: areas, rest_of_city, gap or city."""
        rows = [
            {"criterion": row["criterion"], "of": of, **values}
            for row in self.summary["rates"]
            for of, values in row.items()
            if of != "criterion"
        ]
        return rows_as_frame(*_flat(rows), "why")

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
    policy: str | Path | LoadedPolicy = "kbh-2017",
    to_policy: str | Path | LoadedPolicy | None = None,
    registers: PathLike | None = None,
    units: PathLike | None = None,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Why:
    """Why the designation of one year differs from that of another; the command ``udsat why`` prints it.

    Parameters
    ----------
    before, now : int
        The years.
    policy, to_policy : str, Path or LoadedPolicy
        Of the years; one serves both.
    registers, units, language, seed, threads, progress
        As in `udsat_geo.designate`; ``{year}`` in the name of `units` stands for the year.

    Raises
    ------
    InputError
        If the years do not rise, or an input is at fault.
    """
    from udsat_geo.io.decomposition import decomposition_as_data
    from udsat_geo.job import Job
    from udsat_geo.synthetic import DEFAULT_SEED
    from udsat_geo.why import explain_change

    first = policy_of(policy)
    second = first if to_policy is None else policy_of(to_policy)
    raw, table, seed = path_of(registers), path_of(units), DEFAULT_SEED if seed is None else seed
    jobs = [
        Job(year, rule, raw, table, language=language, seed=seed, threads=threads)
        for year, rule in ((before, first), (now, second))
    ]
    found = explain_change(jobs[0], jobs[1], progress)
    return Why(found, decomposition_as_data(found.before, found.now, found.changes, found.decomposition))


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

        Shares are fractions, positive gaps are worse.
        """
        columns = ("areas", "rest_of_city", "gap", "city")
        rows = []
        for year, status in zip(self.report.series.years, self.report.series.statuses, strict=True):
            for j, key in enumerate(self.report.policy.policy.keys):
                rows.append({"year": year, "criterion": key, **{name: getattr(status, name)[j] for name in columns}})
        return rows_as_frame(rows, ("year", "criterion", *columns), "status")

    @property
    def milestone(self) -> dict[str, Any] | None:
        """How far the policy's milestone is; None without one."""
        found: dict[str, Any] | None = self.summary["milestone"]
        return found

    @property
    def notes(self) -> list[str]:
        """What is to be said about it."""
        return list(self.report.notes)

    def __repr__(self) -> str:
        years = ", ".join(map(str, self.report.series.years))
        return f"<StatusTables: {self.report.areas.name}, {years}, source {self.report.source}>"


def status(
    areas: int | Result | PathLike,
    *,
    years: Iterable[int],
    updated: int | Result | PathLike | None = None,
    registers: PathLike | None = None,
    policy: str | Path | LoadedPolicy = "kbh-2017",
    allow_overlaps: bool = False,
    language: Language = "da",
    threads: int | None = None,
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
    registers : str or Path, optional
        The folder with a folder for each year; as in `udsat_geo.designate` without it.
    policy : str, Path or LoadedPolicy
        Its criteria and its milestone.
    allow_overlaps : bool
        Where polygons overlap, count a resident of both once.
    language, threads, progress
        As in `udsat_geo.designate`.

    Raises
    ------
    InputError
        If the areas or the registers of a year are at fault.
    """
    from udsat_geo.io.status import as_data
    from udsat_geo.status_job import StatusJob, take_report

    with as_sides({"areas": areas, "updated": updated}) as sides:
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
            notes=sides.told(language),
        )
        report = take_report(job, progress)
        return StatusTables(report, as_data(report))
