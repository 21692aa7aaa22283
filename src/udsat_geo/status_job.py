"""The job of a status: areas and registers found, people counted in and around the areas, year by year."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.area_set import AreaSet, read_area_set, set_of_designation
from udsat_geo.designation import Progress
from udsat_geo.errors import InputError, Problem
from udsat_geo.job import DEFAULT_RAW, Job, find_registers, has_no_registers, run
from udsat_geo.policy import LoadedPolicy, Policy
from udsat_geo.polygon_file import outside_city, raise_outside
from udsat_geo.registers.linking import Located
from udsat_geo.registers.partial import Missing, read_partial_registers
from udsat_geo.registers.read import RegisterSums
from udsat_geo.status import Status, status_of_sums, sums_by_side
from udsat_geo.status.notes import notes_of
from udsat_geo.status.report import AreasTold, RegistersTold, StatusReport
from udsat_geo.status.series import series_of
from udsat_geo.synthetic import DEFAULT_SEED
from udsat_geo.wording import STEPS

_YEAR = r"[0-9]{4}"


@dataclass(frozen=True)
class StatusJob:
    """What is asked for.

    Attributes
    ----------
    areas : str
        A year, whose designation is made from the registers, or a file.
    years : tuple of int
        To be measured, in any order, each once.
    policy : LoadedPolicy
    updated : str or None
        The areas that follow, as `areas`.
    raw : Path or None
        As named; None is the default.
    allow_overlaps : bool
        Whether polygons that overlap are said instead of refused.
    language : {"da", "en"}
    seed : int
        Of the synthetic city.
    threads : int or None
    notes : tuple of str
        What was found out on the way to the files.
    """

    areas: str
    years: tuple[int, ...]
    policy: LoadedPolicy
    updated: str | None = None
    raw: Path | None = None
    allow_overlaps: bool = False
    language: str = "da"
    seed: int = DEFAULT_SEED
    threads: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MeasuredYear:
    """The registers of a year over one or more sets of areas.

    Attributes
    ----------
    statuses : tuple of Status, n_sets
    residents : tuple of int64 arrays, n_sets
        Of each area.
    outside : tuple of bool arrays, n_sets
        Areas that lie outside the city of these registers.
    sums : RegisterSums
        For its counts, files, notes and settings.
    missing : dict
        Criteria that these registers cannot answer -> the columns they lack.
    """

    statuses: tuple[Status, ...]
    residents: tuple[NDArray[np.int64], ...]
    outside: tuple[NDArray[np.bool_], ...]
    sums: RegisterSums
    missing: Missing


def take_report(job: StatusJob, progress: Progress | None = None) -> StatusReport:
    """Take the status of areas over the years.

    Raises
    ------
    InputError
        If the call, the areas or the registers of a year are at fault, with all that can be found out before any
        register is read.
    """
    years = check_years(job)
    folders = _find_all(job, years, progress)
    sets = _area_sets(job, progress)
    measured: dict[int, MeasuredYear] = {}
    for year in years:
        if progress is not None:
            progress(f"{year}: {STEPS[job.language]['reading']}")
        # the updated areas stand beside the others in the last year alone
        chosen = sets if year == years[-1] else sets[:1]
        measured[year] = measure_year(folders[year][0], job.policy.policy, chosen, job.threads)
    for k, areas in enumerate(sets):
        outside = [found.outside[k] for found in measured.values() if k < len(found.outside)]
        raise_outside(areas.name, areas.label, np.logical_and.reduce(outside), "area")
    return _report(job, sets, measured, {year: source for year, (_, source) in folders.items()})


def _report(
    job: StatusJob, sets: Sequence[AreaSet], measured: dict[int, MeasuredYear], sources: dict[int, str]
) -> StatusReport:
    policy = job.policy.policy
    last = measured[max(measured)]
    series = series_of({year: found.statuses[0] for year, found in measured.items()})
    told = [
        AreasTold(
            areas.name,
            areas.label,
            {year: found.residents[k] for year, found in measured.items() if k < len(found.residents)},
            areas.year,
            areas.path,
        )
        for k, areas in enumerate(sets)
    ]
    registers = tuple(_registers_told(year, found, sources[year], policy) for year, found in measured.items())
    blank = {year: found.missing for year, found in measured.items()}
    report = StatusReport(
        policy=job.policy,
        areas=told[0],
        series=series,
        updated=told[1] if len(told) > 1 else None,
        updated_status=last.statuses[1] if len(told) > 1 else None,
        registers=registers,
        language=job.language,
    )
    found_out = [f"{year}: {note}" for year, found in measured.items() for note in found.sums.notes]
    of_areas = [note[job.language] for areas in sets for note in areas.notes]
    made_from = {areas.name: areas.source for areas in sets if areas.source is not None}
    notes = (*job.notes, *of_areas, *notes_of(report, blank, made_from), *found_out)
    return dataclasses.replace(report, notes=tuple(dict.fromkeys(notes)))


def _registers_told(year: int, found: MeasuredYear, source: str, policy: Policy) -> RegistersTold:
    sums = found.sums
    vintage = {key: sums.settings.vintage[key] for key in policy.keys if key in sums.settings.vintage}
    others = {key: of for key, of in vintage.items() if of != year}
    return RegistersTold(year, source, sums.files, sums.rows, sums.counts, others)


def measure_year(folder: Path, policy: Policy, sets: Sequence[AreaSet], threads: int | None = None) -> MeasuredYear:
    """Count the people of a year in and around sets of areas, in one pass over the registers.

    Parameters
    ----------
    folder : Path
        The registers.
    policy : Policy
        Its criteria read registers.
    sets : sequence of AreaSet
        At least one.
    threads : int, optional
        For DuckDB; no result depends on it.

    Raises
    ------
    InputError
        If the registers are at fault, or an expression of the policy does not fit them.
    """
    placing = _Placing(sets)
    sums, missing = read_partial_registers(folder, policy, placing, threads)
    statuses, residents = [], []
    for areas, area_of_place in zip(sets, placing.area_of_place, strict=True):
        inside = area_of_place >= 0
        sides = sums_by_side(
            sums.numerator, sums.denominator, sums.numerator_unit, sums.denominator_unit, sums.residents, inside
        )
        statuses.append(status_of_sums(sides, policy))
        of_area = np.zeros(len(areas), dtype=np.int64)
        np.add.at(of_area, area_of_place[inside], sums.residents[inside])
        residents.append(of_area)
    return MeasuredYear(tuple(statuses), tuple(residents), placing.outside, sums, missing)


class _Placing:
    """Places addresses by the area they lie in, or by all the sets' areas at once.

    Parameters
    ----------
    sets : sequence of AreaSet
    """

    def __init__(self, sets: Sequence[AreaSet]):
        self.sets = sets
        self.area_of_place: tuple[NDArray[np.int64], ...] = ()
        self.outside: tuple[NDArray[np.bool_], ...] = ()

    def __call__(self, addresses: Located) -> tuple[NDArray[np.int32], int]:
        areas = [each.area_of(addresses) for each in self.sets]
        self.outside = tuple(_outside(each, area, addresses) for each, area in zip(self.sets, areas, strict=True))
        place = areas[0] + 1
        n_places = len(self.sets[0]) + 1
        area_of_place = [np.arange(n_places, dtype=np.int64) - 1]
        for each, area in zip(self.sets[1:], areas[1:], strict=True):
            # only the pairs that there are: few areas of one set meet an area of another
            pairs, place = np.unique(place * (len(each) + 1) + area + 1, return_inverse=True)
            before, own = pairs // (len(each) + 1), pairs % (len(each) + 1)
            area_of_place = [*(of[before] for of in area_of_place), own - 1]
            n_places = len(pairs)
        self.area_of_place = tuple(area_of_place)
        return place.astype(np.int32), n_places


def _outside(areas: AreaSet, area_of_address: NDArray[np.int64], addresses: Located) -> NDArray[np.bool_]:
    """Which areas lie outside the city: of those that hold an address none does, and the others are looked at."""
    outside = np.ones(len(areas), dtype=bool)
    outside[area_of_address[area_of_address >= 0]] = False
    if outside.any():
        outside[outside] = outside_city(areas.geometry[outside], addresses.easting, addresses.northing)
    return outside


def check_years(job: StatusJob) -> tuple[int, ...]:
    """The years of a job in order.

    Raises
    ------
    InputError
        For a policy that reads no registers, no year at all, years twice or that the policy does not hold for.
    """
    policy = job.policy.policy
    first, last = policy.years
    problems = []
    if policy.reads_unit_table:
        what = "its criteria read a unit table, and a status is measured over registers"
        problems.append(Problem(f"policy {policy.id}", what, "Choose another policy with --policy."))
    if not job.years:
        problems.append(Problem("--years", "names no year", "Write years as 2017,2021."))
    for year in sorted({year for year in job.years if job.years.count(year) > 1}):
        problems.append(Problem(f"--years {year}", "stands more than once", "Name each year once."))
    for year in sorted({year for year in job.years if not first <= year <= last}):
        what = f"the policy {policy.id} holds for {first}-{last}"
        problems.append(Problem(f"--years {year}", what, "Choose other years or another policy."))
    if problems:
        raise InputError(problems)
    return tuple(sorted(job.years))


def _find_all(job: StatusJob, years: Sequence[int], progress: Progress | None) -> dict[int, tuple[Path, str]]:
    """The register folder of each year, and what it says it is.

    Raises
    ------
    InputError
        Naming every year that has none.
    """
    raw = job.raw or DEFAULT_RAW
    designated = [int(text) for text in (job.areas, job.updated) if text is not None and _is_year(text)]
    several = len({*years, *designated}) > 1
    found: dict[int, tuple[Path, str]] = {}
    problems: list[str] = []
    for year in years:
        try:
            found[year] = find_registers(job.raw, year, job.seed, progress)
        except InputError as error:
            problems += [_renamed(message, year, "--years") for message in error.messages]
            continue
        if several and not has_no_registers(job.raw) and found[year][0] == raw:
            there = sorted(path.name for path in raw.iterdir() if path.is_dir() and path.name.isdigit())
            known = f"It has {', '.join(there)}." if there else "One folder of registers is of one year."
            problems.append(str(Problem(f"--years {year}", f"{raw} has no folder of that year", known)))
    if problems:
        raise InputError(problems)
    return found


def _area_sets(job: StatusJob, progress: Progress | None) -> list[AreaSet]:
    """The areas, and the updated ones where they are asked for.

    Raises
    ------
    InputError
        With the problems of both.
    """
    sets: list[AreaSet] = []
    problems: list[str] = []
    for option, text in (("--areas", job.areas), ("--updated", job.updated)):
        if text is None:
            continue
        if not text.strip():
            problems.append(str(Problem(option, "is empty", "Name a file or a year.")))
            continue
        try:
            sets.append(_area_set(job, option, text, progress))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    return sets


def _area_set(job: StatusJob, option: str, text: str, progress: Progress | None) -> AreaSet:
    if not _is_year(text):
        return read_area_set(Path(text), job.allow_overlaps)
    year, policy = int(text), job.policy.policy
    if policy.units.kind == "zones":
        what = f"the policy {policy.id} designates zones of a table"
        raise InputError(Problem(f"{option} {year}", what, "Designate them first, and name the designation's file."))
    wanted = Job(year, job.policy, raw=job.raw, language=job.language, seed=job.seed, threads=job.threads)
    try:
        made = run(wanted, progress)
    except InputError as error:
        raise InputError(_renamed(message, year, option) for message in error.messages) from None
    if not len(made.areas):
        what = f"the designation by {policy.id} has no area"
        raise InputError(Problem(f"{option} {year}", what, "Name other areas."))
    return set_of_designation(made)


def _is_year(text: str) -> bool:
    return re.fullmatch(_YEAR, text) is not None


def _renamed(message: str, year: int, option: str) -> str:
    """A message about the year of a designation, told of the option that names it here."""
    return message.replace(f"--year {year}: ", f"{option} {year}: ", 1)
