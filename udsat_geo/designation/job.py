"""The main job around a designation: inputs found, the previous designation loaded or made.

The previous designation is one cadence of the policy back, unless another is asked for. What was decided counts: the
one that is stored where results go is continued from, with its overrides, its ids, names and first years, by whatever
policy it was made; the summary names its file and hash. Only where none is stored, or only one of another kind of
input, is it made from the registers of its year. Where a stored one would come out otherwise today, a note says by how
much. ``made`` leaves what is stored alone.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.designation import (
    Designation,
    Elsewhere,
    Inputs,
    Progress,
    RanBefore,
    add_up,
    check_year,
    designate,
    read_units,
    score,
)
from udsat_geo.designation.earlier import Earlier, Nowhere, Store, qualified_before, read_earlier
from udsat_geo.designation.kept import Kept
from udsat_geo.designation.stored import differs_by, rests_on, was_made_over
from udsat_geo.designation.summary import scales_of, with_hashes
from udsat_geo.designation.surroundings import Around
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import N_, _
from udsat_geo.policy.load import LoadedPolicy, with_let
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.expressions import resolve_limits
from udsat_geo.registers.folders import (
    DEFAULT_RAW,
    check_rising,
    folder_of_year,
    has_no_registers,
    known_years,
    register_folder,
    source_of,
)
from udsat_geo.scoring.scores import Yardstick
from udsat_geo.sources.features import file_of
from udsat_geo.sources.kinds import PARQUETS, VECTORS, tables_named
from udsat_geo.sources.origins import name_of, origin_of
from udsat_geo.synthetic import DEFAULT_SEED, YEARS
from udsat_geo.synthetic.cache import cached_registers
from udsat_geo.units.crosswalk import BY, RESIDENTS, Overlay, read_crosswalk
from udsat_geo.units.sums import Sums, counted_by
from udsat_geo.units.sums_check import check_sums

BESIDE_REGISTERS = ("barriers", "crossings", "places", "parcels", "regions", "ground")
"""What lies around the units is looked for in the register folder under these names, in this order."""


@dataclass(frozen=True)
class Job:
    """What is asked for.

    Attributes
    ----------
    year : int
    policy : LoadedPolicy
    raw, units : Path or None
        As named; None is the default.
    previous : str or None
        A year, a file, ``none``, ``made``, or None for the policy's cadence back.
    around : Around
        Files of barriers, crossings, places, parcels, regions, the ground and overrides, as named; those not named are
        looked for in the register folder, overrides apart.
    store : Store
        Where earlier designations are looked for.
    language : {"da", "en"}
    seed : int
        Of the synthetic city.
    threads : int or None
    notes : tuple of str
        What was found out on the way to the files.
    crosswalk_columns : tuple of str
        Names of the crosswalk's columns, where they are not known by themselves.
    crosswalk_by : {"", "area", "residents"}
        What a crosswalk is to be made by, in the place of a table.
    units_then : mapping of int to Path
        The unit tables of earlier years, where criteria are changes since them.
    kept : Kept or None
        Where sums by unit are kept, or all that there is (``kept.is_input``).
    elsewhere : Elsewhere or None
        As of `Inputs`.
    """

    year: int
    policy: LoadedPolicy
    raw: Path | None = None
    units: Path | None = None
    previous: str | None = None
    around: Around = field(default_factory=Around)
    store: Store = field(default_factory=Nowhere)
    language: str = "da"
    seed: int = DEFAULT_SEED
    threads: int | None = None
    notes: tuple[str, ...] = ()
    crosswalk_columns: tuple[str, ...] = ()
    crosswalk_by: str = ""
    units_then: Mapping[int, Path] = field(default_factory=dict)
    kept: Kept | None = None
    elsewhere: Elsewhere | None = None


def run(job: Job, progress: Progress | None = None) -> Designation:
    """Do the main job: the designation of a year, compared with the previous one.

    Raises
    ------
    InputError
        If anything named is not there, or the input is at fault.
    """
    check_year(job.year, job.policy)
    inputs = dataclasses.replace(find_inputs(job, job.year, progress), notes=job.notes)
    ran = ran_before(job, job.year, inputs)
    previous, note = find_previous(job, inputs, progress, tell=job.kept is None or not job.kept.is_trial)
    if previous is not None and (previous.policy_sha256, previous.source) != (job.policy.sha256, inputs.source):
        text = N_("The designation of {year} compared with was made by another policy or from other sources ({what}).")
        told = {"year": previous.year, "what": f"{previous.policy_id}, {previous.source}"}
        note = (*note, _(text, job.language).format(**told))
    # one made anew for this run is of an earlier year's people over the zones of now
    if previous is not None and previous.sha256:
        previous = with_crosswalk(job, previous)
    elif (job.around.crosswalk is not None or job.crosswalk_by) and inputs.crosswalk is None:
        text = N_("{name}: not used, no earlier designation is over other zones.")
        name = job.crosswalk_by if job.around.crosswalk is None else name_of(file_of(job.around.crosswalk))
        note = (*note, _(text, job.language).format(name=name))
    yardstick, found_out = find_yardstick(job, inputs, previous, progress)
    made = designate(job.year, job.policy, inputs, previous, job.language, job.threads, progress, ran, yardstick)
    return dataclasses.replace(made, notes=(*made.notes, *inputs.notes, *note, *found_out), job=job)


def with_crosswalk(job: Job, previous: AreaSet) -> AreaSet:
    """An earlier designation with the crosswalk that is named, if any, which carries it over to later zones.

    Raises
    ------
    InputError
        If the crosswalk is at fault.
    """
    if job.crosswalk_by != RESIDENTS:
        return carried_by(previous, job.around.crosswalk, job.crosswalk_columns, job.crosswalk_by)
    from udsat_geo.registers.addressed import residents_by_address

    folder = None if is_synthetic(job) else folder_of_year(job.raw or DEFAULT_RAW, previous.year)
    if folder is None:
        what, remedy = _("no registers of {year}").format(year=previous.year), _("Name their folder with --registers.")
        raise InputError(Problem(f"--crosswalk {RESIDENTS}", what, remedy))
    found = residents_by_address(folder, job.threads, previous.year, previous.crs)
    overlay = Overlay(RESIDENTS, shapely.points(found.easting, found.northing), found.residents, previous.crs)
    files = tuple((previous.year, what, path) for what, path in found.files.items())
    return dataclasses.replace(previous, overlay=overlay, files=(*previous.files, *files))


def crosswalk_named(named: str | Path | None) -> tuple[Path | None, str]:
    """The file that is named as a crosswalk, or what one is to be made by."""
    if named is None or str(named) in BY:
        return None, str(named or "")
    return Path(named), ""


def carried_by(before: AreaSet, crosswalk: Path | None, columns: Sequence[str] = (), by: str = "") -> AreaSet:
    """Areas with the crosswalk of a file or by area; `columns` as of `udsat_geo.units.crosswalk.read_crosswalk`.

    Raises
    ------
    InputError
        If the crosswalk is at fault, or is to be made by residents, which only a job knows.
    """
    if by == RESIDENTS:
        remedy = _("Leave it out: with --registers and --year areas are weighed by the residents at addresses.")
        raise InputError(Problem(f"--crosswalk {RESIDENTS}", _("needs no crosswalk here"), remedy))
    if by:
        return dataclasses.replace(before, overlay=Overlay(by))
    return before if crosswalk is None else dataclasses.replace(before, crosswalk=read_crosswalk(crosswalk, columns))


def ran_before(job: Job, year: int, inputs: Inputs) -> RanBefore | None:
    """What tells which units qualified in the earlier years that the policy looks back on; None where it does not.

    Raises
    ------
    InputError
        If an earlier designation is missing, before any work is done.
    """
    if job.policy.policy.rule.years_running == 1:
        return None
    read_earlier(job.store, year, job.policy, inputs.source)
    return lambda unit_id, crosswalk: qualified_before(job.store, year, job.policy, inputs.source, unit_id, crosswalk)


def is_synthetic(job: Job) -> bool:
    """Whether a job runs on the bundled synthetic city: nothing is named, and nothing lies in ``data/raw``."""
    return job.units is None and not rests_on_sums(job) and has_no_registers(job.raw)


def rests_on_sums(job: Job) -> bool:
    """Whether a job has sums by unit in the place of registers."""
    return job.kept is not None and job.kept.is_input


def find_registers(
    raw: Path | None, year: int, seed: int = DEFAULT_SEED, progress: Progress | None = None
) -> tuple[Path, str]:
    """The folder of a year's registers, and what they say they are.

    Parameters
    ----------
    raw : Path or None
        As named; None is ``data/raw``, or the synthetic city where there are no registers.
    year : int
    seed : int
        Of the synthetic city.
    progress : callable, optional

    Raises
    ------
    InputError
        If the folder does not exist or holds another year, or the synthetic city has no such year.
    """
    if not has_no_registers(raw):
        folder = register_folder(raw or DEFAULT_RAW, year)
        return folder, source_of(folder, year)
    if year not in YEARS:
        known = ", ".join(str(known) for known in YEARS)
        what = _("no registers in data/raw, and the synthetic Copenhagen has no such year")
        remedy = _("It has {years}. Name your registers with --registers.").format(years=known)
        raise InputError(Problem(f"--year {year}", what, remedy))
    return cached_registers(year, seed, progress=progress), "synthetic"


def find_registers_of_years(
    raw: Path | None,
    years: Sequence[int],
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
    others: Sequence[int] = (),
) -> dict[int, tuple[Path, str]]:
    """The folder of each year's registers, and what they say they are.

    Parameters
    ----------
    raw : Path or None
        As named.
    years : sequence of int
    seed : int
        Of the synthetic city.
    progress : callable, optional
    others : sequence of int
        Years whose registers play a part as well: one folder cannot serve them and these.

    Raises
    ------
    InputError
        Naming every year that has no registers of its own.
    """
    found: dict[int, tuple[Path, str]] = {}
    problems: list[str] = []
    folder = raw or DEFAULT_RAW
    for year in years:
        try:
            found[year] = find_registers(raw, year, seed, progress)
        except InputError as error:
            problems += [message.replace(f"--year {year}: ", f"--years {year}: ", 1) for message in error.messages]
            continue
        if len({*years, *others}) > 1 and not has_no_registers(raw) and folder_of_year(folder, year) is None:
            what = _("{folder} has no folder of that year").format(folder=folder)
            problems.append(str(Problem(f"--years {year}", what, known_years(folder))))
    if problems:
        raise InputError(problems)
    return found


def sums_of_years(
    job: Job, years: Sequence[int], let: Sequence[str] = (), progress: Progress | None = None
) -> list[Sums]:
    """The exact sums by unit of some years, each with the hashes of what it was taken from.

    Parameters
    ----------
    job : Job
        Its own year plays no part.
    years : sequence of int
        Rising.
    let : sequence of str
        Each ``NAME=VALUE``: what ``[let]`` is to be, in the place of what these registers give.
    progress : callable, optional

    Raises
    ------
    InputError
        If the input of a year is at fault, or its sums can be kept by no file.
    """
    if len(years) != 1:
        check_rising(years)
    policy, found = with_let(job.policy, let), []
    check_can_travel(policy.policy)
    for year in years:
        if progress is not None:
            progress(f"{year}: " + _("reading and placing", job.language))
        inputs = dataclasses.replace(_find_inputs(of_year(job, year), year, progress), around=Around())
        sums = add_up(inputs, policy, job.threads, job.language)
        check_sums(sums.units, policy.policy.without_indices, _("the registers of {year}").format(year=year))
        counted = counted_by(job.policy.policy.without_indices)
        found.append(with_hashes(dataclasses.replace(sums, counted=counted)))
    return found


def check_can_travel(policy: Policy) -> None:
    """Refuse units and criteria that would tell of single households or persons.

    Raises
    ------
    InputError
    """
    problems = []
    if policy.units.kind == "addresses":
        what, remedy = _("are addresses: their sums are those of households"), _("Use a policy over cells.")
        problems.append(Problem(policy.place("units.kind"), what, remedy))
    what = _("is a quantile: its values are those of single persons")
    for criterion in policy.criteria:
        if criterion.is_quantile:
            where = policy.place(f"criteria ({criterion.key})")
            problems.append(Problem(where, what, _("Use a policy without quantiles.")))
    if problems:
        raise InputError(problems)


def find_inputs(job: Job, year: int, progress: Progress | None = None) -> Inputs:
    """The inputs of a year, with those of the earlier years that criteria are changes since.

    Raises
    ------
    InputError
        If a named folder or file does not exist or holds another year, or the synthetic city has no such year.
    """
    return _with_then(job, _find_inputs(job, year, progress), progress)


def _with_then(job: Job, inputs: Inputs, progress: Progress | None) -> Inputs:
    """Inputs with those of the earlier years that criteria are changes since, and what carries zones over.

    Raises
    ------
    InputError
        With every such year that has no input.
    """
    rule, year = job.policy.policy, inputs.year
    years = () if year is None else rule.change_years(year)
    if not years:
        return dataclasses.replace(inputs, then={}, crosswalk=None)
    problems, then = Problems(), dict[int, Inputs]()
    for earlier in years:
        found = problems.of(_inputs_then, job, inputs, earlier, progress)
        then |= {} if found is None else {earlier: found}
    crosswalk = None
    if rule.units.kind == "zones" and inputs.registers is None and job.around.crosswalk is not None:
        crosswalk = problems.of(read_crosswalk, job.around.crosswalk, job.crosswalk_columns)
    problems.check()
    return dataclasses.replace(inputs, then=then, crosswalk=crosswalk)


def _inputs_then(job: Job, inputs: Inputs, year: int, progress: Progress | None) -> Inputs:
    """The inputs of an earlier year that criteria are changes since."""
    rule = job.policy.policy
    changed = next(each for each in rule.criteria if each.changes_from(inputs.year or year) == year)
    key = "change_since" if changed.change_over is None else "change_over"
    where = rule.place(f"criteria ({changed.key}).{key}")
    plain = dataclasses.replace(inputs, year=year, around=Around(), notes=())
    if inputs.year is None or year >= inputs.year:
        what = _("{year} does not lie before the year designated").format(year=year)
        raise InputError(Problem(where, what, _("Designate a later year.")))
    if rests_on_sums(job):
        return plain
    if inputs.source == "synthetic" and is_synthetic(job):
        if year in YEARS:
            return dataclasses.replace(plain, registers=find_registers(job.raw, year, job.seed, progress)[0])
        known = ", ".join(map(str, YEARS))
        what = _("the synthetic Copenhagen has no {year}").format(year=year)
        raise InputError(Problem(where, what, _("It has {years}.").format(years=known)))
    if inputs.registers is None:
        if year in job.units_then:
            return dataclasses.replace(plain, unit_table=job.units_then[year])
        what = _("there is no table of units of {year}").format(year=year)
        remedy = _("Write {year} where the year stands in --units, as in zones_{year}.gpkg.").format(year=YEAR)
        raise InputError(Problem(where, what, remedy))
    raw = job.raw or DEFAULT_RAW
    folder = folder_of_year(raw, year)
    if folder is None:
        what = _("{folder} has no registers of {year}").format(folder=raw, year=year)
        raise InputError(Problem(where, what, known_years(raw)))
    return dataclasses.replace(plain, registers=folder)


def _find_inputs(job: Job, year: int, progress: Progress | None) -> Inputs:
    """The inputs of a year alone."""
    rule = job.policy.policy
    if job.kept is not None and job.kept.is_input:
        sums = job.kept.sums.get(year)
        if sums is None:
            held = ", ".join(map(str, sorted(job.kept.sums)))
            what, remedy = _("there are no sums of that year"), _("They are of {years}.").format(years=held)
            raise InputError(Problem(f"--year {year}", what, remedy))
        return Inputs(None, None, sums.source, around_registers(job.around, None), year=year, kept=job.kept)
    if is_synthetic(job):
        if rule.reads_unit_table or rule.units.kind == "zones":
            where, what = _("policy {id}").format(id=rule.id), _("needs a table of units")
            raise InputError(Problem(where, what, _("Name it with --units.")))
    elif job.units is not None:
        registers = None if job.raw is None else register_folder(job.raw, year)
        # addresses are no table whatever else is named, which is said when the units are read
        if registers is None and not rule.reads_unit_table and rule.units.kind != "addresses":
            what = _("the criteria of {policy} read registers, not a unit table").format(policy=rule.id)
            remedy = _('Name the registers with --registers, or use a policy whose criteria have register = "units".')
            raise InputError(Problem(name_of(file_of(job.units)), what, remedy))
        source = "unit_table" if registers is None else source_of(registers, year)
        around = around_registers(job.around, registers)
        return Inputs(registers, job.units, source, around, year=year, kept=job.kept)
    folder, source = find_registers(job.raw, year, job.seed, progress)
    around = around_registers(job.around, folder)
    return Inputs(folder, None, source, around, year=year, kept=job.kept, elsewhere=job.elsewhere)


def around_registers(named: Around, folder: Path | None) -> Around:
    """What lies around the units: the files that are named, and those beside the registers.

    Raises
    ------
    InputError
        If a named file is not there, several files beside the registers hold the same, or there are crossings without
        barriers that they could open.
    """
    found = named.named()
    # told before any register is read; what is in a file is told later
    problems = [
        Problem(f"--{name} {path}".rstrip(), _("no such file"), _("Check the path."))
        for name, path in found.items()
        if str(path) == "." or not file_of(path).exists()
    ]
    for name in BESIDE_REGISTERS:
        if name not in found and folder is not None:
            beside = tables_named(folder, name, PARQUETS + VECTORS)
            if len(beside) > 1:
                what = _("more than one file of {name}: {names}")
                what = what.format(name=name, names=", ".join(path.name for path in beside))
                problems.append(Problem(str(folder), what, _("Keep one, or name it.")))
            found |= {name: beside[0]} if beside else {}
    if "crossings" in found and "barriers" not in found:
        what = _("opens barriers, and there are none")
        remedy = _("Name them with --barriers, or leave the crossings out.")
        origin = origin_of(file_of(found["crossings"]))
        problems.append(Problem(str(found["crossings"]) if origin is None else origin.name, what, remedy))
    if problems:
        raise InputError(problems)
    return Around(**found)


NONE, MADE = "none", "made"
"""In place of a previous designation's year or file: no comparison, and one that is made anew whatever is stored."""


def find_previous(
    job: Job, inputs: Inputs, progress: Progress | None = None, tell: bool = True
) -> tuple[AreaSet | None, tuple[str, ...]]:
    """The designation to compare with, and what is to be said about it.

    Parameters
    ----------
    job : Job
    inputs : Inputs
        Of the job's own year.
    progress : callable, optional
    tell : bool
        Whether to find out by how much a stored one would come out otherwise today.

    Raises
    ------
    InputError
        If one is named and not there.
    """
    if job.previous == NONE:
        return None, ()
    anew = job.previous == MADE
    if job.previous is not None and not anew and re.fullmatch(r"-?[0-9]{1,9}", job.previous) is None:
        found = job.store.read(job.previous, _needs_places(job))
        _check_earlier(f"--previous {job.previous}", found.year, job.year)
        return found, ()
    named = job.previous is not None and not anew
    year = int(job.previous) if job.previous is not None and named else job.year - job.policy.policy.cadence
    _check_earlier(f"--previous {job.previous if anew else year}", year, job.year)
    stored = None if anew else job.store.find(year)
    note: tuple[str, ...] = ()
    if stored is not None:
        # a policy that looks back on years running has refused another kind of input before
        if named or stored.summary.source == inputs.source:
            if not tell:
                return stored.area_set(_needs_places(job)), ()
            return _continued(dataclasses.replace(job, year=year), stored, inputs, named, progress)
        text = N_("The designation of {year} rests on another kind of input: compared only with --previous {year}.")
        note = (_(text, job.language).format(year=year),)
    made_of = _inputs_of_earlier(job, inputs, year, progress)
    if made_of is not None:
        return _made_anew(dataclasses.replace(job, year=year), made_of, progress).area_set(), note
    if anew:
        remedy = _("Name their folder with --registers, or leave out --previous.")
        raise InputError(Problem(f"--previous {MADE}", _("no registers of {year}").format(year=year), remedy))
    if named:
        remedy = _("Designate that year first, name its file, or give --previous none.")
        raise InputError(Problem(f"--previous {year}", _("neither a designation nor registers of that year"), remedy))
    text = _("No designation and no registers of {year}: nothing to compare with.", job.language)
    return None, note or (text.format(year=year),)


def _needs_places(job: Job) -> bool:
    """Whether it counts where the units of an earlier designation lie: a cell's id says it."""
    return job.policy.policy.units.kind != "cells"


def _made_anew(job: Job, inputs: Inputs, progress: Progress | None) -> Designation:
    """The designation of an earlier year, compared with its own previous one: areas know since when they are there."""
    again = dataclasses.replace(job, previous=MADE if job.previous == MADE else None)
    if again.previous == MADE and _inputs_of_earlier(again, inputs, job.year - job.policy.policy.cadence, None) is None:
        again = dataclasses.replace(again, previous=NONE)
    before, _notes = find_previous(again, inputs, progress, tell=False)
    ran = ran_before(job, job.year, inputs)
    yardstick, _notes = find_yardstick(job, inputs, before, progress)
    return designate(job.year, job.policy, inputs, before, job.language, job.threads, progress, ran, yardstick)


def _continued(
    job: Job, stored: Earlier, inputs: Inputs, named: bool, progress: Progress | None
) -> tuple[AreaSet, tuple[str, ...]]:
    """The stored designation of an earlier year, `job.year`, and by how much it would come out otherwise today.

    Where it has no unit in common with what its registers give, it is of other units: one that was not `named` gives
    way then to the one made anew.
    """
    decided = stored.area_set(_needs_places(job))
    made = _made_today(job, stored, inputs, progress)
    if made is None:
        return decided, ()
    again, told = made.area_set(), differs_by(decided, made)
    if told.has_other_units and not named:
        text = N_("The designation of {year} is over other units: compared only with --previous {year}.")
        return again, (_(text, job.language).format(year=job.year),)
    # the note comes from these files: who repeats the run needs them
    return dataclasses.replace(decided, files=(*decided.files, *again.files)), told.of_stored(job.language)


def _made_today(job: Job, stored: Earlier, inputs: Inputs, progress: Progress | None) -> Designation | None:
    """The designation of `job.year` made anew; None where it cannot be, or is known to be what is stored."""
    # made anew, each year of a policy of years running would ask for those before it without end
    if job.policy.policy.rule.years_running > 1:
        return None
    try:
        made_of = _inputs_of_earlier(job, inputs, job.year, progress)
        if made_of is None or rests_on(stored.summary, job.policy, made_of):
            return None
        if made_of.unit_table is not None and not was_made_over(stored.summary, made_of.unit_table):
            return None
        return _made_anew(dataclasses.replace(job, previous=None), made_of, progress)
    except InputError:
        # registers that spoiled since do not undo what was decided
        return None


def find_yardstick(
    job: Job, inputs: Inputs, previous: AreaSet | None, progress: Progress | None = None
) -> tuple[Yardstick | None, tuple[str, ...]]:
    """The scale of the year that the policy holds, and what is to be said where there is none.

    The numbers that the policy states; else what the previous designation was measured by, or is the scale of; else
    that of a stored designation by the same policy; else the scale of that year's registers. None where the policy
    holds none, and for the year itself, whose scale is made with it.

    Raises
    ------
    InputError
        If registers of that year are at fault.
    """
    policy, policy_sha256, year = job.policy.policy, job.policy.sha256, job.policy.policy.score.scale_of
    if year is None:
        return None, ()
    numbers = policy.score.scale
    if numbers is not None:
        city, spread = (np.array([of[key] for key in policy.keys]) for of in (numbers.city, numbers.spread))
        return Yardstick(year, policy.keys, city, spread, numbers.source), ()
    if year == job.year:
        return None, ()
    if previous is not None and previous.policy_sha256 == policy_sha256 and previous.scales is not None:
        return previous.scales.yardstick, ()
    stored = job.store.find(year)
    if stored is not None and (stored.summary.policy.sha256, stored.summary.source) == (policy_sha256, inputs.source):
        scales = scales_of(stored.summary)
        if scales is not None:
            return dataclasses.replace(scales.yardstick, files=stored.area_set(False).files), ()
    made_of = _inputs_of_earlier(job, inputs, year, progress)
    if made_of is None:
        text = _("No designation and no registers of {year}: the yardstick of that year is not known.", job.language)
        # where nothing earlier was found at all, that has been told; where nothing was looked for, it has not
        found_nothing = previous is None and job.previous != NONE
        return None, () if found_nothing else (text.format(year=year),)
    if progress is not None:
        progress(f"{year}: " + _("scoring", job.language))
    units, found = read_units(made_of, job.policy, job.threads, job.language)
    scores, _rule = score(units, resolve_limits(policy, found["let"]), None, made_of)
    files = tuple((year, what, path) for what, path in found["files"].items())
    return Yardstick(year, policy.keys, scores.city, scores.spread, files=files), ()


def _check_earlier(where: str, year: int, now: int) -> None:
    """What is compared with must lie before: memory, ids and first years all go forward."""
    if year >= now:
        what = _("is the year itself")
        if year != now:
            what = _("is of {year}, which is not before {now}").format(year=year, now=now)
        raise InputError(Problem(where, what, _("Name an earlier year, a file, or none.")))


def _inputs_of_earlier(job: Job, inputs: Inputs, year: int, progress: Progress | None) -> Inputs | None:
    """The inputs that the earlier designation would be made of; None if there are none."""
    first, last = job.policy.policy.years
    if not first <= year <= last:
        return None
    if job.kept is not None and job.kept.is_input:
        if not {year, *job.policy.policy.change_years(year)} <= set(job.kept.sums):
            return None
        return find_inputs(dataclasses.replace(job, around=job.around.of_earlier()), year, progress)
    if inputs.source == "synthetic" and is_synthetic(job):
        earlier = dataclasses.replace(job, around=job.around.of_earlier())
        if year not in YEARS or not set(job.policy.policy.change_years(year)) <= set(YEARS):
            return None
        return find_inputs(earlier, year, progress)
    # a folder without years holds this year's people; so does a unit table: neither tells of an earlier year
    folder = None if inputs.registers is None else folder_of_year(job.raw or DEFAULT_RAW, year)
    if folder is None:
        return None
    # a decision is of one year; barriers and places may be another year's, beside its registers
    around = around_registers(job.around.of_earlier(), folder)
    try:
        return _with_then(job, dataclasses.replace(inputs, registers=folder, around=around, year=year), progress)
    except InputError:
        # what its own changes are taken from is not there
        return None


YEAR = "{year}"
"""What stands for the year in the name of a unit table."""


def of_year(job: Job, year: int) -> Job:
    """The job of one year; ``{year}`` in the name of the unit table becomes the year."""
    if job.units is None:
        return dataclasses.replace(job, year=year)
    tables = tables_of_years(str(job.units), year, job.policy.policy)
    then = {earlier: Path(table) for earlier, table in tables.items() if earlier != year}
    return dataclasses.replace(job, year=year, units=Path(tables[year]), units_then=then)


def tables_of_years(name: str, year: int, policy: Policy) -> dict[int, str]:
    """Names of unit tables by year: where ``{year}`` stands in `name`, also of those that changes are taken from."""
    years = (year, *policy.change_years(year)) if YEAR in name else (year,)
    return {each: name.replace(YEAR, str(each)) for each in years}


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
    check_rising(years)
    for job in jobs:
        check_year(job.year, job.policy)
    first = jobs[0]
    if first.units is not None and YEAR not in str(first.units):
        what = _("is one table, and years are to be compared")
        remedy = _("Write {year} where the year stands, as in units_{year}.gpkg.").format(year=YEAR)
        raise InputError(Problem(str(first.units), what, remedy))
    if not is_synthetic(first) and (first.units is None or first.raw is not None):
        _check_folders(first.raw or DEFAULT_RAW, years)
    return [find_inputs(of_year(job, job.year), job.year, progress) for job in jobs]


def _check_folders(raw: Path, years: Sequence[int]) -> None:
    """Every year needs registers of its own: the same people would tell of no change."""
    if missing := [str(year) for year in years if folder_of_year(raw, year) is None]:
        what = _("has no registers of {years}").format(years=", ".join(missing))
        raise InputError(Problem(str(raw), what, known_years(raw)))


def check_policies(before: LoadedPolicy, now: LoadedPolicy) -> None:
    """Check that two policies judge the same kind of units, so that what they take in can be compared.

    Raises
    ------
    InputError
    """
    first, second = (
        policy.policy.units.model_dump(include={"kind", "size", "id_pattern", "id_unit", "crs"})
        for policy in (before, now)
    )
    other = [
        _("{key} = {value!r}, not {other!r}").format(key=f"units.{key}", value=second[key], other=first[key])
        for key in first
        if first[key] != second[key]
    ]
    if other:
        what = _("judges other units than {policy}: {keys}").format(policy=before.policy.id, keys=", ".join(other))
        where, remedy = _("policy {id}").format(id=now.policy.id), _("Compare policies over the same units.")
        raise InputError(Problem(where, what, remedy))


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
    made = [make_again(without_crosswalk(of_year(jobs[0], years[0])), progress)]
    for each, found in zip(jobs[1:], inputs[1:], strict=True):
        made.append(designate_after(of_year(each, each.year), found, made[-1], progress))
    return made


def without_crosswalk(job: Job) -> Job:
    """The job of the first of several years: a crosswalk leads from it to the later ones."""
    return dataclasses.replace(job, around=dataclasses.replace(job.around, crosswalk=None), crosswalk_by="")


def make_again(job: Job, progress: Progress | None = None) -> Designation:
    """Do the main job for what is shown and not stored; a note says by how much it differs from what is stored."""
    made = run(job, progress)
    return dataclasses.replace(made, notes=(*made.notes, *told_of_stored(job, made)))


def designate_after(job: Job, inputs: Inputs, before: Designation, progress: Progress | None = None) -> Designation:
    """Designate a year as `make_again` does, compared with a designation that has been made."""
    ran, previous = ran_before(job, job.year, inputs), with_crosswalk(job, before.area_set())
    yardstick, note = find_yardstick(job, inputs, previous, progress)
    made = designate(job.year, job.policy, inputs, previous, job.language, job.threads, progress, ran, yardstick)
    return dataclasses.replace(made, notes=(*made.notes, *note, *told_of_stored(job, made)))


def make_earlier(
    job: Job, made: Designation, progress: Progress | None = None
) -> tuple[tuple[Designation, Job] | None, tuple[str, ...]]:
    """The designation that one is compared with, made again from its registers, and its job.

    Parameters
    ----------
    job : Job
    made : Designation
        By that job.
    progress : callable, optional

    Returns
    -------
    found : (Designation, Job) or None
        None where it is compared with nothing, or that cannot be made again.
    notes : tuple of str
        Why not, or by how much it differs from what is stored.
    """
    before, language = made.previous, job.language
    if before is None:
        return None, ()
    again = dataclasses.replace(job, year=before.year, previous=MADE if job.previous == MADE else None)
    found = None
    text = N_("How sure the changes since {year} are is not told: there are no registers of that year.")
    if before.crosswalk is not None:
        text = N_("How sure the changes since {year} are is not told: its zones are others.")
    elif before.policy_sha256 != job.policy.sha256:
        text = N_("How sure the changes since {year} are is not told: it was made by another policy.")
    elif job.policy.policy.rule.years_running == 1:
        found = _inputs_of_earlier(again, made.inputs, before.year, progress)
    if found is None:
        return None, (_(text, language).format(year=before.year),)
    earlier = _made_anew(again, found, progress)
    told = differs_by(before, earlier).of_made(language) if before.sha256 else ()
    return (earlier, dataclasses.replace(again, around=again.around.of_earlier())), told


def told_of_stored(job: Job, made: Designation) -> tuple[str, ...]:
    """By how much one made again differs from what is stored of its year, by its policy, from its kind of input."""
    try:
        stored = job.store.find(job.year)
        made_by = None if stored is None else (stored.summary.policy.sha256, stored.summary.source)
        if stored is None or made_by != (job.policy.sha256, made.inputs.source):
            return ()
        return differs_by(stored.area_set(False), made).of_made(job.language)
    except InputError:
        return ()  # what is stored plays no part here
