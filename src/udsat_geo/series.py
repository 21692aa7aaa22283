"""Designations of several years in a row, each compared with the one before it, from registers or unit tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from udsat_geo.designation import Designation, Inputs, Progress, check_year, designate
from udsat_geo.errors import InputError, Problem
from udsat_geo.job import DEFAULT_RAW, Job, find_inputs, is_synthetic, ran_before, run
from udsat_geo.lineage import check_years
from udsat_geo.policy import LoadedPolicy

YEAR = "{year}"
"""What stands for the year in the name of a unit table."""


def of_year(job: Job, year: int) -> Job:
    """The job of one year; ``{year}`` in the name of the unit table becomes the year."""
    units = None if job.units is None else Path(str(job.units).replace(YEAR, str(year)))
    return dataclasses.replace(job, year=year, units=units)


def inputs_of_years(jobs: Sequence[Job], progress: Progress | None = None) -> list[Inputs]:
    """The inputs of every year, found before any work is done.

    Parameters
    ----------
    jobs : sequence of Job
        One for each year, which differ in year and policy alone.
    progress : callable, optional

    Raises
    ------
    InputError
        If the years do not rise, a year has no inputs of its own, or its policy does not hold for it.
    """
    years = [job.year for job in jobs]
    check_years(years)
    for job in jobs:
        check_year(job.year, job.policy)
    first = jobs[0]
    if first.units is not None and YEAR not in str(first.units):
        what = "is one table, and years are to be compared"
        raise InputError(
            Problem(str(first.units), what, f"Write {YEAR} where the year stands, as in units_{YEAR}.gpkg.")
        )
    if not is_synthetic(first) and (first.units is None or first.raw is not None):
        _check_folders(first.raw or DEFAULT_RAW, years)
    return [find_inputs(of_year(job, job.year), job.year, progress) for job in jobs]


def _check_folders(raw: Path, years: Sequence[int]) -> None:
    """Every year needs registers of its own: the same people would tell of no change."""
    missing = [str(year) for year in years if not (raw / str(year)).is_dir()]
    if not missing:
        return
    there = sorted(path.name for path in raw.iterdir() if path.name.isdigit()) if raw.is_dir() else []
    remedy = f"There are registers of {', '.join(there)}." if there else "Each year needs a folder of its own in it."
    raise InputError(Problem(str(raw), f"has no registers of {', '.join(missing)}", remedy))


def check_policies(before: LoadedPolicy, now: LoadedPolicy) -> None:
    """Check that two policies judge the same kind of units, so that what they take in can be compared.

    Raises
    ------
    InputError
    """
    first, second = (
        policy.policy.units.model_dump(include={"kind", "size", "id_pattern", "crs"}) for policy in (before, now)
    )
    other = [f"units.{key} = {second[key]!r}, not {first[key]!r}" for key in first if first[key] != second[key]]
    if other:
        what = f"judges other units than {before.policy.id}: {', '.join(other)}"
        raise InputError(Problem(f"policy {now.policy.id}", what, "Compare policies over the same units."))


def designate_in_a_row(job: Job, years: Sequence[int], progress: Progress | None = None) -> list[Designation]:
    """Designate several years, each compared with the one before it; ids and names go on.

    The first year is made as the main job makes it, with its own previous designation.

    Raises
    ------
    InputError
        If the years do not rise, or the input of one is at fault.
    """
    jobs = [dataclasses.replace(job, year=year) for year in years]
    inputs = inputs_of_years(jobs, progress)
    made = [run(of_year(jobs[0], years[0]), progress)]
    for each, found in zip(jobs[1:], inputs[1:], strict=True):
        made.append(designate_after(of_year(each, each.year), found, made[-1], progress))
    return made


def designate_after(job: Job, inputs: Inputs, before: Designation, progress: Progress | None = None) -> Designation:
    """Designate a year and compare it with a designation that has been made."""
    ran = ran_before(job, job.year, inputs)
    previous = before.designated()
    return designate(job.year, job.policy, inputs, previous, job.language, job.threads, progress, ran)
