"""The job of a status: areas and registers found, people counted in and around the areas, year by year."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.designation import Progress as ProgressCallback
from udsat_geo.designation.earlier import Nowhere, Store
from udsat_geo.designation.job import Job, find_registers_of_years, run, told_of_stored
from udsat_geo.designation.status import Status
from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.categories import CategoryYear, measure_categories
from udsat_geo.monitoring.chance import SURE, Chance, take_chance
from udsat_geo.monitoring.measure import MeasuredYear, check_all_in_city, measure_year
from udsat_geo.policy.load import LoadedPolicy, outside_its_years
from udsat_geo.policy.rules import MilestoneRule, Policy
from udsat_geo.synthetic import DEFAULT_SEED


@dataclass(frozen=True)
class StatusSeries:
    """The same areas in several years.

    Attributes
    ----------
    years : tuple of int, n_years
        Rising, at least one.
    statuses : tuple of Status, n_years
    """

    years: tuple[int, ...]
    statuses: tuple[Status, ...]

    @property
    def areas(self) -> Floats:
        """Rates of the areas, shape (n_years, n_criteria)."""
        return np.stack([status.areas for status in self.statuses])

    @property
    def rest_of_city(self) -> Floats:
        """Rates of the rest of the city, shape (n_years, n_criteria)."""
        return np.stack([status.rest_of_city for status in self.statuses])

    @property
    def gap(self) -> Floats:
        """Areas against the rest of the city, positive is worse, shape (n_years, n_criteria)."""
        return np.stack([status.gap for status in self.statuses])

    @property
    def last(self) -> Status:
        """The status of the last year."""
        return self.statuses[-1]

    def of(self, year: int) -> Status:
        """The status of one of the years."""
        return self.statuses[self.years.index(year)]

    @property
    def change_in_areas(self) -> Floats:
        """Last row of Tabel 1: what the areas rose by from the first to the last year, shape (n_criteria,)."""
        change: Floats = self.areas[-1] - self.areas[0]
        return change

    @property
    def change_in_rest_of_city(self) -> Floats:
        """What the rest of the city rose by from the first to the last year, shape (n_criteria,)."""
        change: Floats = self.rest_of_city[-1] - self.rest_of_city[0]
        return change


def series_of(statuses: dict[int, Status]) -> StatusSeries:
    """The series of some years, whatever their order.

    Parameters
    ----------
    statuses : dict
        Year -> status, at least one.
    """
    years = tuple(sorted(statuses))
    return StatusSeries(years, tuple(statuses[year] for year in years))


@dataclass(frozen=True)
class GapChange:
    """Tabel 2 without its milestone: the gaps of two years.

    Attributes
    ----------
    since, now : int
        The years.
    gap_since, gap_now : float64, shape (n_criteria,)
        Positive is worse; NaN is not known.
    change : float64, shape (n_criteria,)
        What the gap grew by, as a share of the first one: negative is narrower. NaN where there was no gap to begin
        with, of which a share would say nothing.
    improved : bool, shape (n_criteria,)
        Whether the gap is smaller than it was; False where it is not known.
    """

    since: int
    now: int
    gap_since: Floats
    gap_now: Floats
    change: Floats
    improved: Flags

    @property
    def difference(self) -> Floats:
        """What the gap grew by, in its own unit: negative is narrower, shape (n_criteria,)."""
        difference: Floats = self.gap_now - self.gap_since
        return difference


def change_of_gaps(series: StatusSeries, since: int) -> GapChange:
    """The gaps of the last year against those of an earlier one.

    Parameters
    ----------
    series : StatusSeries
    since : int
        One of its years.
    """
    before, now = series.of(since).gap, series.last.gap
    change = np.full(len(before), np.nan)
    np.divide(now - before, before, out=change, where=before > 0)
    return GapChange(since, series.years[-1], before, now, change, now < before)


def difference_of_areas(old: Status, updated: Status) -> dict[str, Floats]:
    """Tabel 22: rates of two sets of areas in one year, and updated less old, each of shape (n_criteria,)."""
    return {"areas": old.areas, "updated": updated.areas, "difference": updated.areas - old.areas}


State = Literal["reached", "on_the_way", "behind", "missed", "no_gap", "unknown"]
Verdict = Literal["reached", "on_the_way", "behind", "missed"]
Sure = Verdict | Literal["undecided"]

_ROUNDINGS = 8
"""How many roundings of a rate two gaps may differ by and still be equal; own choice, far below any figure shown."""


@dataclass(frozen=True)
class Progress:
    """What the last year of a series says of a milestone.

    Attributes
    ----------
    since, now, by : int
        The year that gaps are held against, the last year of the series, and the year of the milestone.
    target : float64, shape (n_criteria,)
        The gap that may be left; NaN where there was no gap, or none is known.
    path : float64, shape (n_criteria,)
        Where the straight line from the first gap to the target lies in the last year.
    to_close : float64, shape (n_criteria,)
        What the gap is still too wide by; 0 once it is reached.
    per_year : float64, shape (n_criteria,)
        The same for each year that is left; NaN when there is none.
    state : tuple of str, n_criteria
        ``reached``; ``on_the_way``, on or below the path; ``behind``; ``missed`` when the milestone's year has come
        without it; ``no_gap`` where the areas were no worse to begin with, so that nothing can be halved: it counts as
        not reached (own choice); ``unknown`` where a gap is not known.
    needed : int
        On how many criteria it must be reached.
    gap : float64, shape (n_criteria,)
        In the last year.
    target_error, path_error : float64, shape (n_criteria,)
        Standard errors of the gap less the target, and less the path, both of which hang on the first gap; NaN is not
        known.
    """

    since: int
    now: int
    by: int
    target: Floats
    path: Floats
    to_close: Floats
    per_year: Floats
    state: tuple[State, ...]
    needed: int
    gap: Floats
    target_error: Floats
    path_error: Floats

    def count(self, state: State) -> int:
        """How many criteria are in a state."""
        return self.state.count(state)

    @property
    def verdict(self) -> Verdict:
        """``reached`` on enough criteria; ``on_the_way`` where those on the way would make it so; else ``behind``.

        Once the milestone's year has come, what is not reached is ``missed``.
        """
        if self.count("reached") >= self.needed:
            return "reached"
        if self.now >= self.by:
            return "missed"
        return "on_the_way" if self.count("reached") + self.count("on_the_way") >= self.needed else "behind"

    @property
    def judged_by(self) -> tuple[Floats, Floats]:
        """What the gap of each criterion exceeds the target by, or the path where that decides, and its error."""
        by_target = np.array([state in ("reached", "missed") for state in self.state])
        return self.gap - np.where(by_target, self.target, self.path), np.where(
            by_target, self.target_error, self.path_error
        )

    @property
    def certain(self) -> tuple[bool | None, ...]:
        """Whether chance alone cannot have made the state of each criterion; None where that is not known."""
        over, error = self.judged_by
        known = ~(np.isnan(over) | np.isnan(error))
        sure = np.abs(over) > SURE * error
        return tuple(bool(is_sure) if is_known else None for is_sure, is_known in zip(sure, known, strict=True))

    @property
    def sure_verdict(self) -> Sure | None:
        """The verdict where it holds whatever chance does to the criteria; else ``undecided``.

        Each criterion is on one side of the milestone (or of the path) for certain, or on either; what is not known
        counts as not reached, as in the verdict. None where no error is known.
        """
        verdict = self.verdict
        by_target = verdict in ("reached", "missed")
        level, error = (self.target, self.target_error) if by_target else (self.path, self.path_error)
        if np.isnan(error).all():
            return None
        over = self.gap - level
        if verdict in ("reached", "on_the_way"):
            return verdict if int((over < -SURE * error).sum()) >= self.needed else "undecided"
        above = np.isnan(over) | (over > SURE * error)
        return verdict if int((~above).sum()) < self.needed else "undecided"


def progress_of(series: StatusSeries, milestone: MilestoneRule, chance: Chance | None = None) -> Progress | None:
    """How far a series has come towards a milestone.

    Parameters
    ----------
    series : StatusSeries
    milestone : MilestoneRule
    chance : Chance, optional
        Of the series; without it no error is told.

    Returns
    -------
    Progress or None
        Gaps are held against those of ``milestone.since``, or of the first year where that year is not in the series.
        None where the series holds no later year, or begins when the milestone's year has come.
    """
    since, now = since_of(series, milestone), series.years[-1]
    if now <= since or since >= milestone.by:
        return None
    gap, gap_now = series.of(since).gap, series.last.gap
    had_gap = gap > 0
    target = np.where(had_gap, milestone.gap * gap, np.nan)
    elapsed = min((now - since) / (milestone.by - since), 1.0)
    path = gap + elapsed * (target - gap)
    rounding = _rounding(series, since)
    reached, on_path = gap_now <= target + rounding, gap_now <= path + rounding
    to_close = np.where(reached, 0.0, gap_now - target)
    left = milestone.by - now
    known = ~(np.isnan(gap) | np.isnan(gap_now))
    states = zip(known.tolist(), had_gap.tolist(), reached.tolist(), on_path.tolist(), strict=True)
    unknown = np.full(len(gap), np.nan)
    # both are parts of the first gap: all but what the milestone takes off, or has taken off by now
    left_of_first = (milestone.gap, 1 - elapsed * (1 - milestone.gap))
    errors = [unknown if chance is None else chance.of_change(since, now, "gap", share) for share in left_of_first]
    return Progress(
        since=since,
        now=now,
        by=milestone.by,
        target=target,
        path=path,
        to_close=to_close,
        per_year=to_close / left if left > 0 else unknown,
        state=tuple(_state(*facts, left > 0) for facts in states),
        needed=math.ceil(Fraction(str(milestone.criteria)) * len(gap)),
        gap=gap_now,
        target_error=errors[0],
        path_error=errors[1],
    )


def since_of(series: StatusSeries, milestone: MilestoneRule | None) -> int:
    """The year that gaps are held against: the milestone's first where it is in the series, else the series' own."""
    if milestone is not None and milestone.since in series.years:
        return milestone.since
    return series.years[0]


def _state(known: bool, had_gap: bool, reached: bool, on_path: bool, time_is_left: bool) -> State:
    if not known:
        return "unknown"
    if not had_gap:
        return "no_gap"
    if reached:
        return "reached"
    if not time_is_left:
        return "missed"
    return "on_the_way" if on_path else "behind"


def _rounding(series: StatusSeries, since: int) -> Floats:
    """By how much gaps may differ for nothing but the rounding of the rates that they are differences of."""
    both = (series.of(since), series.last)
    levels = np.abs([rate for status in both for rate in (status.areas, status.rest_of_city)])
    rounding: Floats = _ROUNDINGS * np.finfo(np.float64).eps * levels.max(axis=0)
    return rounding


@dataclass(frozen=True)
class RegistersTold:
    """What the registers of a year are.

    Attributes
    ----------
    year : int
    source : str
        ``registers`` or ``synthetic``.
    files : dict
        Table -> its file; ``settings`` -> registers.toml, where there is one.
    rows : dict
        Table -> number of rows.
    counts : dict
        Rows that do not count, by reason.
    vintage : dict
        Criterion -> year of its data, where that is another year.
    """

    year: int
    source: str
    files: dict[str, Path]
    rows: dict[str, int]
    counts: dict[str, int]
    vintage: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StatusReport:
    """A whole status.

    Attributes
    ----------
    policy : LoadedPolicy
        Its criteria are what is measured.
    areas : AreaSet
    series : StatusSeries
        Of those areas.
    updated : AreaSet or None
        The areas that are to follow them.
    updated_status : Status or None
        Of those, in the last year.
    registers : tuple of RegistersTold, n_years
    residents : tuple of dict, one for each set of areas
        Year -> int64, shape (n_areas,): the residents of each area.
    notes : tuple of str
        What is left blank, reprojected, overlapping or empty.
    language : {"da", "en"}
    categories : tuple of CategoryYear, n_years
        All categories of Bilag 1 in those areas; empty where they are not asked for.
    chance : Chance or None
        What chance does to the figures; None where households were not kept.
    """

    policy: LoadedPolicy
    areas: AreaSet
    series: StatusSeries
    updated: AreaSet | None
    updated_status: Status | None
    registers: tuple[RegistersTold, ...]
    residents: tuple[dict[int, Ints], ...]
    notes: tuple[str, ...] = ()
    language: str = "da"
    categories: tuple[CategoryYear, ...] = ()
    chance: Chance | None = None

    @property
    def sets(self) -> tuple[AreaSet, ...]:
        """The areas, and those that are to follow them."""
        return (self.areas,) if self.updated is None else (self.areas, self.updated)

    @property
    def source(self) -> str:
        """``synthetic`` as soon as any of the registers are."""
        return "synthetic" if any(told.source == "synthetic" for told in self.registers) else "registers"

    @property
    def gaps(self) -> GapChange:
        """Tabel 2; in a series of one year, its gaps against themselves."""
        return change_of_gaps(self.series, since_of(self.series, self.policy.policy.milestone))

    @property
    def progress(self) -> Progress | None:
        """How far the policy's milestone is; None without one, or without a later year."""
        milestone = self.policy.policy.milestone
        return None if milestone is None else progress_of(self.series, milestone, self.chance)

    @property
    def difference(self) -> dict[str, Floats] | None:
        """Tabel 22; None without updated areas."""
        return None if self.updated_status is None else difference_of_areas(self.series.last, self.updated_status)


Missing = Mapping[str, tuple[str, ...]]
"""Key of a criterion -> the columns it would need and the registers lack."""

_MOST_EXAMPLES = 3

SOURCES = {
    "registers": N_("registers"),
    "synthetic": N_("synthetic registers"),
    "unit_table": N_("a unit table"),
}
"""What a designation may have been made from."""


def notes_of(report: StatusReport, missing: Mapping[int, Missing]) -> list[str]:
    """What is blank and why, areas that nobody lives in, and on what the milestone is judged.

    Parameters
    ----------
    report : StatusReport
    missing : mapping
        Year -> criterion -> columns that its registers lack.
    """
    notes = [note for year in report.series.years for note in _blanks(report, year, missing[year])]
    for areas, residents in zip(report.sets, report.residents, strict=True):
        notes += _nobody(areas, residents, report.language)
    notes += _sources(report)
    return notes + _milestone(report)


def _blanks(report: StatusReport, year: int, missing: Missing) -> list[str]:
    """Criteria that are left blank in a year."""
    language, status = report.language, report.series.of(year)
    notes = []
    for j, criterion in enumerate(report.policy.policy.criteria):
        given = {"year": year, "label": criterion.label_in(language)}
        if criterion.key in missing:
            told = _("{year}: {label} cannot be computed; the registers lack {columns}.", language)
            notes.append(told.format(**given, columns=", ".join(missing[criterion.key])))
        elif np.isnan(status.city[j]):
            told = _("{year}: {label} cannot be computed; there is nobody to compute it over.", language)
            notes.append(told.format(**given))
        elif np.isnan(status.areas[j]) and status.residents_in_areas:
            told = _("{year}: {label} cannot be computed for the areas; there is nobody to compute it over.", language)
            notes.append(told.format(**given))
    return notes


def _nobody(areas: AreaSet, residents_of: Mapping[int, Ints], language: str) -> list[str]:
    """Areas that nobody lives in, years in which they are the same together."""
    years_of: dict[tuple[int, ...], list[int]] = {}
    for year, residents in residents_of.items():
        empty = tuple(np.flatnonzero(residents == 0).tolist())
        if empty:
            years_of.setdefault(empty, []).append(year)
    notes = []
    for empty, years in years_of.items():
        given = {"years": ", ".join(str(year) for year in years), "name": areas.file}
        if len(empty) == len(areas):
            notes.append(_("{years}: nobody lives in the areas of {name}.", language).format(**given))
            continue
        examples = ", ".join(areas.labels[i] for i in empty[:_MOST_EXAMPLES])
        more = _(" and others", language) if len(empty) > _MOST_EXAMPLES else ""
        nobody = _("{years}: nobody lives in {count} of the areas of {name}: {examples}.", language)
        notes.append(nobody.format(**given, count=len(empty), examples=examples + more))
    return notes


def _sources(report: StatusReport) -> list[str]:
    """Designations that were made from another kind of registers than they are measured with."""
    language = report.language
    told = _("{name} was designated from {made}, but is measured with {measured}.", language)
    return [
        told.format(
            name=areas.file, made=_(SOURCES[areas.source], language), measured=_(SOURCES[report.source], language)
        )
        for areas in report.sets
        if areas.source in SOURCES and (areas.source == "synthetic") != (report.source == "synthetic")
    ]


def _milestone(report: StatusReport) -> list[str]:
    milestone, language = report.policy.policy.milestone, report.language
    if milestone is None:
        return []
    if report.progress is None:
        told = _("The milestone cannot be judged: that takes a year before {by} and a later one.", language)
        return [told.format(by=milestone.by)]
    first = since_of(report.series, milestone)
    if first != milestone.since:
        told = _(
            "The goal counts from {since}, which is not among the years: here it is counted from {first}.", language
        )
        return [told.format(since=milestone.since, first=first)]
    return []


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
    store : Store
        Where earlier designations are looked for.
    notes : tuple of str
        What was found out on the way to the files.
    categories : bool
        Whether all categories of Bilag 1 are counted too.
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
    store: Store = field(default_factory=Nowhere)
    notes: tuple[str, ...] = ()
    categories: bool = False


ReadAreas = Callable[[Path], AreaSet]
"""Reads a file of areas that people of registers are counted in."""


def take_report(job: StatusJob, read_areas: ReadAreas, progress: ProgressCallback | None = None) -> StatusReport:
    """Take the status of areas over the years.

    Parameters
    ----------
    job : StatusJob
    read_areas : callable
        Reads areas where `job` names a file.
    progress : callable, optional

    Raises
    ------
    InputError
        If the call, the areas or the registers of a year are at fault, with all that can be found out before any
        register is read.
    """
    years = check_years(job)
    designated = [int(text) for text in (job.areas, job.updated) if text is not None and _is_year(text)]
    folders = find_registers_of_years(job.raw, years, job.seed, progress, designated)
    sets = _area_sets(job, read_areas, progress)
    measured: dict[int, MeasuredYear] = {}
    for year in years:
        if progress is not None:
            progress(f"{year}: " + _("reading and placing", job.language))
        # the updated areas stand beside the others in the last year alone
        chosen = sets if year == years[-1] else sets[:1]
        measured[year] = measure_year(folders[year][0], job.policy.policy, chosen, job.threads, year, follow=True)
    check_all_in_city(list(measured.values()))
    report = report_of(job, sets, measured, {year: source for year, (_folder, source) in folders.items()})
    if not job.categories:
        return report
    if progress is not None:
        progress(_("counting all categories", job.language))
    counted = measure_categories({year: folders[year][0] for year in years}, sets[0], job.threads)
    return dataclasses.replace(report, categories=counted)


def report_of(
    job: StatusJob, sets: Sequence[AreaSet], measured: dict[int, MeasuredYear], sources: dict[int, str]
) -> StatusReport:
    """The status of areas that were measured.

    Parameters
    ----------
    job : StatusJob
        Its policy, language and notes are used.
    sets : sequence of AreaSet
        The areas, and those that follow them where there are any, measured in the last year alone.
    measured : dict
        Year -> what was measured, in order.
    sources : dict
        Year -> ``registers`` or ``synthetic``.
    """
    policy = job.policy.policy
    series = series_of({year: found.status() for year, found in measured.items()})
    last = series.years[-1]
    pairs = [(since, last) for since in (series.years[0], since_of(series, policy.milestone)) if since < last]
    report = StatusReport(
        policy=job.policy,
        areas=sets[0],
        series=series,
        updated=sets[1] if len(sets) > 1 else None,
        updated_status=measured[max(measured)].status(1) if len(sets) > 1 else None,
        registers=tuple(_registers_told(year, found, sources[year], policy) for year, found in measured.items()),
        residents=tuple(
            {year: found.residents(k) for year, found in measured.items() if k < len(found.sets)}
            for k in range(len(sets))
        ),
        language=job.language,
        chance=take_chance(measured, pairs),
    )
    blank = {year: found.missing for year, found in measured.items()}
    found_out = [f"{year}: {note.told(job.language)}" for year, found in measured.items() for note in found.sums.notes]
    of_areas = [note for areas in sets for note in areas.notes]
    notes = (*job.notes, *of_areas, *notes_of(report, blank), *found_out)
    return dataclasses.replace(report, notes=tuple(dict.fromkeys(notes)))


def _registers_told(year: int, found: MeasuredYear, source: str, policy: Policy) -> RegistersTold:
    sums = found.sums
    vintage = {key: sums.settings.vintage[key] for key in policy.keys if key in sums.settings.vintage}
    others = {key: of for key, of in vintage.items() if of != year}
    return RegistersTold(year, source, sums.files, sums.rows, sums.counts, others)


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
        what = _("its criteria read a unit table, and a status is measured over registers")
        problems.append(Problem(_("policy {id}").format(id=policy.id), what, _("Choose another policy with --policy.")))
    if not job.years:
        problems.append(Problem("--years", _("names no year"), _("Write years as 2017,2021.")))
    for year in sorted({year for year in job.years if job.years.count(year) > 1}):
        problems.append(Problem(f"--years {year}", _("stands more than once"), _("Name each year once.")))
    for year in sorted({year for year in job.years if not first <= year <= last}):
        choice = _("Choose other years or another policy.")
        problems.append(outside_its_years(job.policy, year, f"--years {year}", choice))
    if problems:
        raise InputError(problems)
    return tuple(sorted(job.years))


def _area_sets(job: StatusJob, read_areas: ReadAreas, progress: ProgressCallback | None) -> list[AreaSet]:
    """The areas, and the updated ones where they are asked for; an error has the problems of both."""
    sets: list[AreaSet] = []
    problems: list[str] = []
    for option, text in (("--areas", job.areas), ("--updated", job.updated)):
        if text is None:
            continue
        try:
            if not text.strip():
                raise InputError(Problem(option, _("is empty"), _("Name a file or a year.")))
            sets.append(_designated(job, option, int(text), progress) if _is_year(text) else read_areas(Path(text)))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    return sets


def _designated(job: StatusJob, option: str, year: int, progress: ProgressCallback | None) -> AreaSet:
    """The areas of a year, designated from its registers."""
    policy = job.policy.policy
    if policy.units.kind == "zones":
        what = _("the policy {policy} designates zones of a table").format(policy=policy.id)
        remedy = _("Designate them first, and name the designation's file.")
        raise InputError(Problem(f"{option} {year}", what, remedy))
    wanted = Job(
        year, job.policy, raw=job.raw, store=job.store, language=job.language, seed=job.seed, threads=job.threads
    )
    try:
        made = run(wanted, progress)
    except InputError as error:
        # what it says of --year is told of the option that names the year here
        told = (message.replace(f"--year {year}: ", f"{option} {year}: ", 1) for message in error.messages)
        raise InputError(told) from None
    if not len(made.areas):
        what = _("the designation by {policy} has no area").format(policy=policy.id)
        raise InputError(Problem(f"{option} {year}", what, _("Name other areas.")))
    return dataclasses.replace(made.area_set(), notes=told_of_stored(wanted, made))


def _is_year(text: str) -> bool:
    return re.fullmatch("[0-9]{4}", text) is not None
