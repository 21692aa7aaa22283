"""The job of the figures: areas designated year by year, or taken from a file, measured, compared and traced."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from udsat_geo.analysis.certainty import take_certainty
from udsat_geo.analysis.sensitivity import take_sensitivity
from udsat_geo.areas.area_set import AreaSet, members_of_units
from udsat_geo.areas.polygons import check_in_city
from udsat_geo.changes.diff import compare
from udsat_geo.changes.lineage import trace
from udsat_geo.designation.designation import Designation, Progress, check_year, read_units
from udsat_geo.designation.job import Job, designate_in_a_row, find_inputs, find_registers_of_years, make_again
from udsat_geo.designation.surroundings import read_surroundings
from udsat_geo.files.area_set import read_area_set
from udsat_geo.files.atomic_write import all_or_none, cannot_write
from udsat_geo.files.earlier import store_of
from udsat_geo.messages.errors import InputError, OutputError, Problem, reason_of
from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.measure import MeasuredYear, measure_year
from udsat_geo.monitoring.status import StatusJob, StatusReport, report_of
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.registers.expressions import working_crs
from udsat_geo.registers.folders import DEFAULT_RAW, has_no_registers, years_in
from udsat_geo.report.canvas import Origin, origin_of, settings
from udsat_geo.report.charts import Compared, GapLines, compared, draw_criteria_bars, draw_gap_lines, gap_lines
from udsat_geo.report.flow_chart import FlowChart, draw_flow_chart
from udsat_geo.report.how_sure import of_certainty, of_sensitivity
from udsat_geo.report.map_page import backdrop_of
from udsat_geo.report.maps import AreasOnMap, ChangesOnMap, areas_on_map, changes_on_map, draw_area_map, draw_change_map
from udsat_geo.report.scale_chart import ScaleLines, draw_scale_lines, scale_lines
from udsat_geo.report.sure_map import SureOnMap, draw_sure_map, sure_on_map
from udsat_geo.report.tornado import Tornado, draw_tornado, tornado_of
from udsat_geo.synthetic import DEFAULT_SEED
from udsat_geo.synthetic import YEARS as SYNTHETIC_YEARS

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Shown:
    """What the figures show.

    Attributes
    ----------
    areas : tuple of AreasOnMap
        One map a year.
    statuses : tuple of Compared
        The first areas, and those drawn anew, in the last year.
    changes : tuple of ChangesOnMap
        From each designation to the next.
    gaps : GapLines or None
    flows : FlowChart or None
    scales : ScaleLines or None
        What each of two scales designates, where the policy holds a yardstick.
    notes : tuple of str
        What is to be said beside the figures.
    sure : tuple of SureOnMap
        How sure the last designation is, where that is asked for: of chance, of settings.
    tornado : Tornado or None
        How far it follows each setting, likewise.
    made : tuple of Designation
        Those that were made for it.
    report : StatusReport or None
        The status that was taken for it.
    folders : dict
        Year that was measured -> the folder of its registers, and what they are.
    """

    areas: tuple[AreasOnMap, ...]
    statuses: tuple[Compared, ...]
    changes: tuple[ChangesOnMap, ...] = ()
    gaps: GapLines | None = None
    flows: FlowChart | None = None
    scales: ScaleLines | None = None
    notes: tuple[str, ...] = ()
    sure: tuple[SureOnMap, ...] = ()
    tornado: Tornado | None = None
    made: tuple[Designation, ...] = ()
    report: StatusReport | None = None
    folders: Mapping[int, tuple[Path, str]] = field(default_factory=dict)


def draw_all(shown: Shown) -> dict[str, Figure]:
    """Draw every figure.

    Returns
    -------
    dict
        Name of the file, without an ending -> figure, in the order of the report: ``areas_2017`` (its Figur 1),
        ``status_2021_areas_2017`` (Figur 2), ``changes_2017_2021`` (Figur 3), ``status_2021_areas_2021`` (Figur 4),
        ``gaps_2017_2021``, ``lineage_2017_2021``, ``scales_2017_2021``; ``certainty_2021``, ``sensitivity_2021`` and
        ``settings_2021`` where they are asked for.

    Raises
    ------
    InputError
        Without matplotlib.
    """
    figures = {f"areas_{areas.year}": draw_area_map(areas) for areas in shown.areas}
    for status in shown.statuses:
        figures[f"status_{status.year}_areas_{status.designated}"] = draw_criteria_bars(status)
    for changes in shown.changes:
        figures[f"changes_{changes.before}_{changes.year}"] = draw_change_map(changes)
    if shown.gaps is not None:
        figures[f"gaps_{shown.gaps.years[0]}_{shown.gaps.years[-1]}"] = draw_gap_lines(shown.gaps)
    if shown.flows is not None:
        years = shown.flows.lineage.years
        figures[f"lineage_{years[0]}_{years[-1]}"] = draw_flow_chart(shown.flows)
    if shown.scales is not None:
        figures[f"scales_{shown.scales.years[0]}_{shown.scales.years[-1]}"] = draw_scale_lines(shown.scales)
    figures |= {f"{sure.about}_{sure.year}": draw_sure_map(sure) for sure in shown.sure}
    if shown.tornado is not None:
        figures[f"settings_{shown.tornado.year}"] = draw_tornado(shown.tornado)
    return figures


FORMATS = ("png", "svg")

_WITHOUT_DATE: dict[str, dict[str, str | None]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
"""What matplotlib would write of itself and of the time."""


def check_formats(text: str) -> tuple[str, ...]:
    """The formats of a comma separated list, each once.

    Raises
    ------
    InputError
        Naming all that figures cannot be written in.
    """
    asked = list(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    problems = [Problem("--format", _('{name!r} is no format of figures').format(name=name), _("Choose png or svg."))
                for name in asked if name not in FORMATS]  # fmt: skip
    if problems or not asked:
        raise InputError(problems or Problem("--format", _("names no format"), _("Choose png or svg.")))
    return tuple(asked)


def write_figures(figures: Mapping[str, Figure], out: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Write figures, all of them or none.

    A figure's label (its alternative text) goes into the metadata as its description.

    Parameters
    ----------
    figures : mapping
        Name of the file, without an ending -> figure.
    out : Path
        Made where it is missing.
    formats : tuple of {"png", "svg"}

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    names = [f"{name}.{ending}" for name in figures for ending in formats]
    try:
        with all_or_none(out, names) as folder, settings():
            for name, figure in figures.items():
                for ending in formats:
                    metadata = {**_WITHOUT_DATE[ending], "Description": str(figure.get_label())}
                    figure.savefig(folder / f"{name}.{ending}", format=ending, metadata=metadata)
    except OSError as error:
        raise OutputError(cannot_write(out, reason_of(error))) from None
    return [out / name for name in names]


_Read = TypeVar("_Read")


@dataclass(frozen=True)
class FiguresJob:
    """What is asked for.

    Attributes
    ----------
    years : tuple of int
        Of the designations, rising.
    policy : LoadedPolicy
        Over registers.
    raw : Path or None
        As named; None is the default.
    areas : Path or None
        A file whose areas stand for those of the first year, which are not designated then.
    name : str or None
        The column of that file that tells its polygons apart; None finds it out.
    allow_overlaps : bool
        Whether polygons of that file that overlap are said instead of refused.
    language : {"da", "en"}
    seed : int
        Of the synthetic city.
    threads : int or None
    draws : int
        Of chance, for a map of how sure the last designation is; 0 draws no such map.
    variants : int
        Of settings, for a map and a chart; 0 draws neither.
    measured : tuple of int
        The years to measure, the first one and the last among them; empty for all from the first year to the last that
        there are registers of.
    """

    years: tuple[int, ...]
    policy: LoadedPolicy
    raw: Path | None = None
    areas: Path | None = None
    name: str | None = None
    allow_overlaps: bool = False
    language: str = "da"
    seed: int = DEFAULT_SEED
    threads: int | None = None
    draws: int = 0
    variants: int = 0
    measured: tuple[int, ...] = ()


def gather(job: FiguresJob, progress: Progress | None = None) -> Shown:
    """Everything that the figures show.

    The areas of the first year are measured in every year that is asked for; those of the last one in the last year
    alone.

    Raises
    ------
    InputError
        If the call, the file of areas or the registers are at fault.
    """
    folders, read = _check(job, progress)
    first, policy = job.years[0], job.policy.policy
    sets, areas = ([], []) if read is None else _first_areas(job, read)
    made = _designations(job, job.years[len(sets) :], progress)
    sets += [each.area_set() for each in made]
    areas += [areas_on_map(each) for each in made]
    followed = [sets[0] if read is None else read, *sets[1:][-1:]]
    measured = _measure(job, folders, followed, progress)
    now = max(measured)
    if read is not None:
        check_in_city(read, measured[first].outside[0])
    changes = [changes_on_map(one, other) for one, other in zip(sets, made[1 if read is None else 0 :], strict=False)]
    origin = origin_of(folders[now][1], policy, now, measured[now].sums.settings.vintage, job.language)
    with_file = _of_file(job, origin)
    flows = None
    if len(sets) > 1:
        lineage = trace(sets, [compare(one, other) for one, other in pairwise(sets)])
        flows = FlowChart(lineage, with_file, job.language)
    asked = StatusJob("", tuple(measured), job.policy, language=job.language)
    report = report_of(asked, followed, measured, {year: source for year, (_folder, source) in folders.items()})
    gaps = gap_lines(report.series, policy, first, with_file, job.language, report.chance)
    statuses = [compared(report.series.last, policy, now, first, with_file, job.language)]
    if report.updated_status is not None:
        anew = job.years[-1]
        statuses.append(compared(report.updated_status, policy, now, anew, origin, job.language, updated=True))
    sure, tornado = _how_sure(job, made, progress)
    return Shown(
        tuple(areas),
        tuple(statuses),
        tuple(dataclasses.replace(each, origin=_of_file(job, each.origin, each.before)) for each in changes),
        gaps,
        flows,
        scale_lines(sets, with_file, job.language),
        _notes(job, read, made, gaps),
        sure,
        tornado,
        tuple(made),
        report,
        folders,
    )


def _how_sure(
    job: FiguresJob, made: Sequence[Designation], progress: Progress | None
) -> tuple[tuple[SureOnMap, ...], Tornado | None]:
    """How sure the last designation is, of chance and of settings, as far as that is asked for."""
    shown, tornado, asked = [], None, _job(job, job.years[-1])
    if job.draws:
        shown.append(sure_on_map(made[-1], of_certainty(take_certainty(made[-1], asked, job.draws, 0, progress))))
    if job.variants:
        varied = take_sensitivity(asked, None, job.variants, 0, progress, made[-1])
        shown.append(sure_on_map(made[-1], of_sensitivity(varied)))
        tornado = tornado_of(varied)
    return tuple(shown), tornado


def _notes(
    job: FiguresJob, read: AreaSet | None, made: Sequence[Designation], gaps: GapLines | None
) -> tuple[str, ...]:
    """What was found out on the way, each once."""
    notes = [] if read is None else list(read.notes)
    # that there is nothing before the first year is no news: it is the first year that is shown
    nothing = _("No designation and no registers of {year}: nothing to compare with.", job.language)
    unsaid = {nothing.format(year=each.year - job.policy.policy.cadence) for each in made}
    notes += [note for each in made for note in each.notes if note not in unsaid]
    if gaps is None:
        told = N_("No figure of the gaps: the policy has no milestone, or there is only one year to measure in.")
        notes.append(_(told, job.language))
    return tuple(dict.fromkeys(notes))


def _of_file(job: FiguresJob, origin: Origin, year: int | None = None) -> Origin:
    """An origin that names the file of areas, where there is one and its year plays a part."""
    if job.areas is None or year not in (None, job.years[0]):
        return origin
    return dataclasses.replace(origin, areas=job.areas.name)


def _check(job: FiguresJob, progress: Progress | None) -> tuple[dict[int, tuple[Path, str]], AreaSet | None]:
    """The registers of every year that is measured, and the file of areas; an error has all that is wrong."""
    policy = job.policy.policy
    problems: list[str] = []
    if policy.reads_unit_table or policy.units.kind == "zones":
        what = _("judges the units of a table, and figures are drawn from registers")
        where, remedy = _("policy {id}").format(id=policy.id), _("Choose a policy over cells or addresses.")
        problems.append(str(Problem(where, what, remedy)))

    def take(reading: Callable[[], _Read]) -> _Read | None:
        try:
            return reading()
        except InputError as error:
            told = [message.replace("--year ", "--years ", 1) for message in error.messages]
            problems.extend(message for message in told if message not in problems)
            return None

    if (job.draws or job.variants) and job.areas is not None and len(job.years) == 1:
        what = _("asks how sure a designation is, and the only areas are those of a file")
        option = "--draws" if job.draws else "--variants"
        problems.append(str(Problem(option, what, _("Add a year that is designated, or leave it out."))))
    for earlier, later in pairwise(job.years):
        if later <= earlier:
            what = _("{year} does not lie after {before}").format(year=later, before=earlier)
            problems.append(str(Problem("--years", what, _("Name each year once, from the first to the last."))))
    for year in dict.fromkeys(job.years):
        take(lambda year=year: check_year(year, job.policy))  # type: ignore[misc]
    found = take(lambda: find_registers_of_years(job.raw, _measured_years(job), job.seed, progress))
    path = job.areas
    read = None if path is None else take(lambda: _read_areas(path, job))
    if problems or found is None:
        raise InputError(problems)
    return found, read


def _measured_years(job: FiguresJob) -> list[int]:
    """The years that are asked for; where none are, those of the designations and between, as far as registers go."""
    if job.measured:
        return sorted(job.measured)
    there = list(SYNTHETIC_YEARS) if has_no_registers(job.raw) else years_in(job.raw or DEFAULT_RAW)
    between = {year for year in there if job.years[0] < year < job.years[-1]}
    return sorted({*job.years, *between})


def _read_areas(path: Path, job: FiguresJob) -> AreaSet:
    read = read_area_set(path, job.language, job.name, job.years[0], job.allow_overlaps)
    if read.year != job.years[0]:
        what = _("is of {year}, and --years begins with {first}").format(year=read.year, first=job.years[0])
        remedy = _("Write --years {year},..., or name another file.").format(year=read.year)
        raise InputError(Problem(read.file, what, remedy))
    return read.in_crs(working_crs(job.policy.policy))


def _first_areas(job: FiguresJob, read: AreaSet) -> tuple[list[AreaSet], list[AreasOnMap]]:
    """The areas of a file over the units of its year, and as they are drawn: those with most residents first."""
    year, policy = job.years[0], job.policy.policy
    inputs = find_inputs(_job(job, year), year)
    units, found = read_units(inputs, job.policy, job.threads, job.language)
    addresses = units.unit_id if units.kind == "addresses" else None
    area_of_unit = read.area_of(units.easting, units.northing, addresses)
    over_units = dataclasses.replace(read, year=year, members=members_of_units(units, area_of_unit))
    order = np.argsort(-over_units.residents, kind="stable")
    surroundings = read_surroundings(inputs.around, units, policy, job.language)
    shown = AreasOnMap(
        year=year,
        until=year + policy.cadence,
        outline=read.outline[order],
        backdrop=backdrop_of(units, surroundings),
        origin=_of_file(job, origin_of(inputs.source, policy, year, found["vintage"], job.language)),
        language=job.language,
        name=tuple(read.name[order].tolist()),
        residents=over_units.residents[order],
        residents_of_city=int(units.residents.sum()),
    )
    return [over_units], [shown]


def _job(job: FiguresJob, year: int) -> Job:
    return Job(
        year, job.policy, raw=job.raw, language=job.language, seed=job.seed, threads=job.threads, store=store_of()
    )


def _designations(job: FiguresJob, years: Sequence[int], progress: Progress | None) -> list[Designation]:
    if len(years) > 1:
        return designate_in_a_row(_job(job, years[0]), years, progress)
    return [make_again(_job(job, year), progress) for year in years]


def _measure(
    job: FiguresJob, folders: dict[int, tuple[Path, str]], sets: list[AreaSet], progress: Progress | None
) -> dict[int, MeasuredYear]:
    measured = {}
    for year, (folder, _source) in folders.items():
        if progress is not None:
            progress(f"{year}: " + _("reading and placing", job.language))
        chosen = sets if year == max(folders) else sets[:1]
        measured[year] = measure_year(folder, job.policy.policy, chosen, job.threads, year, follow=True)
    return measured
