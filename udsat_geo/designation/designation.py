"""The story on one page: units, edges, scores, areas, outlines, status, changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from udsat_geo.areas.area_set import AreaSet, Figures, members_of_units
from udsat_geo.areas.decisions import Overrides
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.near_misses import NearMiss, find_near_misses
from udsat_geo.areas.outlines import Shares, outline_areas, shares_of_ground
from udsat_geo.areas.roles import Areas, Memory
from udsat_geo.areas.scales import Scales, on_both_scales
from udsat_geo.changes.diff import Changes, compare
from udsat_geo.changes.names import Named, name_areas
from udsat_geo.changes.units_of_one import told_of_one
from udsat_geo.designation.by_chance import LeaveFound, find_leave
from udsat_geo.designation.draws import Chance, check_can_be_drawn, draws_of_units
from udsat_geo.designation.kept import Kept, Stages
from udsat_geo.designation.status import Status, take_status
from udsat_geo.designation.surroundings import Around, Surroundings, read_surroundings, with_regions
from udsat_geo.kernels.arrays import Flags, Ints, Objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.version import __version__
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import LoadedPolicy, outside_its_years
from udsat_geo.policy.rules import LeaveByChance, Policy
from udsat_geo.registers.expressions import LimitExpressions, check_limits, resolve_limits
from udsat_geo.scoring.rates import read_rates
from udsat_geo.scoring.scores import Scores, Yardstick, on_scale, score_units, with_thresholds
from udsat_geo.sources.features import file_of
from udsat_geo.sources.origins import name_of
from udsat_geo.units.crosswalk import Crosswalk, label_carried, pairs_between
from udsat_geo.units.edges import Edges, find_edges, tell_gaps, uncut_edges
from udsat_geo.units.over_time import Earlier, with_earlier, with_room
from udsat_geo.units.places import place_of_points
from udsat_geo.units.sums import Sums, counted_by
from udsat_geo.units.sums_check import check_sums
from udsat_geo.units.units import Units, addresses_from_registers, cells_from_registers

if TYPE_CHECKING:
    from udsat_geo.designation.job import Job
    from udsat_geo.registers.read import RegisterSums
    from udsat_geo.registers.unit_intervals import IntervalColumn

HALF = 0.5
"""An outline that holds less of its members' ground than this share is told."""
_AREAS_TOLD = 10
"""How many ids of areas a note tells."""
Progress = Callable[[str], None]
Read = tuple[Units, dict[str, Any]]
"""What `read_units` gives."""
RanBefore = Callable[[Objects, Crosswalk | None], Flags]
"""Unit ids, and how earlier zones belong to them -> whether each qualified in the earlier years that are asked for."""


class Elsewhere(Protocol):
    """Does the heavy part of a job on other machines, with the results that this one has."""

    def for_areas(
        self, inputs: Inputs, policy: Policy, yardstick: Yardstick | None, previous: AreaSet | None
    ) -> Elsewhere:
        """As it is for a designation: it may hold the cells that can matter to areas alone (``Units.beyond``)."""
        ...

    def cells(
        self, folder: Path, policy: Policy, threads: int | None = None, year: int | None = None
    ) -> tuple[Units, RegisterSums]:
        """As `udsat_geo.units.units.cells_from_registers`."""
        ...

    def nearest(self, units: Units, sums: Ints, policy: Policy) -> tuple[Ints, Ints]:
        """As `udsat_geo.scoring.rates.sums_of_nearest`."""
        ...


@dataclass(frozen=True)
class Inputs:
    """Where the people come from.

    Attributes
    ----------
    registers : Path or None
        Folder of residents, dwellings and addresses.
    unit_table : Path or None
        Ready-made cells or zones.
    source : str
        ``registers``, ``unit_table`` or ``synthetic``; stamped on every output.
    around : Around
        Files of barriers, crossings, places, parcels, regions and overrides.
    notes : tuple of str
        What was found out on the way to the files.
    year : int or None
        Of the registers, where the folder may hold several.
    then : mapping of int to Inputs
        Where the people of the earlier years come from that criteria are changes since.
    crosswalk : Crosswalk or None
        How the zones of those years belong to these.
    kept : Kept or None
        Where sums and stages of this and other years are kept, and taken from.
    """

    registers: Path | None
    unit_table: Path | None
    source: str
    around: Around = field(default_factory=Around)
    notes: tuple[str, ...] = ()
    year: int | None = None
    then: Mapping[int, Inputs] = field(default_factory=dict)
    crosswalk: Crosswalk | None = None
    kept: Kept | None = field(default=None, repr=False, compare=False)
    elsewhere: Elsewhere | None = field(default=None, repr=False, compare=False)

    @property
    def rests_on_sums(self) -> bool:
        """Whether sums by unit stand in the place of registers."""
        return self.kept is not None and self.kept.is_input

    def for_areas(self, rule: Policy, yardstick: Yardstick | None, previous: AreaSet | None) -> Inputs:
        """The same, of which whoever reads elsewhere may hold what can matter to areas: see `Elsewhere.for_areas`."""
        if self.elsewhere is None:
            return self
        return dataclasses.replace(self, elsewhere=self.elsewhere.for_areas(self, rule, yardstick, previous))

    @property
    def stages(self) -> Stages:
        """Those of this year; without anything kept, each is made when it is asked for."""
        return Stages(keeps=False) if self.kept is None else self.kept.stages(self.year)


@dataclass(frozen=True)
class Designation:
    """A designation with all that it was made of.

    Attributes
    ----------
    year : int
    policy : LoadedPolicy
        Its limits are numbers: expressions have been evaluated.
    inputs : Inputs
    units : Units
    edges : Edges
    scores : Scores
    areas : Areas
    outline : object (shapely MultiPolygon), shape (n_areas,)
    named : Named
        Ids, names and districts of the areas.
    since : int64, shape (n_areas,)
    near_misses : tuple of NearMiss
    surroundings : Surroundings
    overrides : Overrides or None
    status : Status
    previous : AreaSet or None
    changes : Changes or None
        Against `previous`.
    counts : dict
        Rows that do not count, by reason.
    rows : dict
        Table -> rows read.
    files : dict
        Table -> the file it was read from; ``settings`` -> registers.toml, where there is one.
    notes : tuple of str
        What was found out about the input.
    vintage : dict
        Criterion -> year of its data, where the registers say so.
    language : str
    limits : LimitExpressions
        The limits that the policy has as expressions, and the references that they use.
    intervals : tuple of IntervalColumn
        How many values of each column of a unit table are intervals.
    scales : Scales or None
        What the year's own scale designates, and what the yardstick; None of a policy that holds none.
    files_then : tuple of (int, str, Path)
        What the sums of earlier years were read from that criteria are changes since.
    leave : LeaveFound or None
        The threshold for leaving, where draws found it.
    chance : Chance or None
        How sure it is, where that was asked for.
    sums : Sums or None
        Of its units, as they were read.
    job : Job or None
        What made it, where a job did: another rule can be tried by it (`udsat_geo.designation.workbench`).
    """

    year: int
    policy: LoadedPolicy
    inputs: Inputs
    units: Units
    edges: Edges
    scores: Scores
    areas: Areas
    outline: Objects
    named: Named
    since: Ints
    near_misses: tuple[NearMiss, ...]
    surroundings: Surroundings
    overrides: Overrides | None
    status: Status
    previous: AreaSet | None
    changes: Changes | None
    counts: dict[str, int]
    rows: dict[str, int]
    files: dict[str, Path]
    notes: tuple[str, ...]
    vintage: dict[str, int] = field(default_factory=dict)
    language: str = "da"
    limits: LimitExpressions = field(default_factory=LimitExpressions)
    intervals: tuple[IntervalColumn, ...] = ()
    scales: Scales | None = None
    files_then: tuple[tuple[int, str, Path], ...] = ()
    leave: LeaveFound | None = None
    chance: Chance | None = None
    sums: Sums | None = field(default=None, repr=False, compare=False)
    job: Job | None = field(default=None, repr=False, compare=False)

    @property
    def area_id(self) -> Objects:
        """Lasting ids, shape (n_areas,)."""
        return self.named.area_id

    @property
    def name(self) -> Objects:
        """Names, each once, shape (n_areas,)."""
        return self.named.name

    @property
    def files_of_earlier(self) -> tuple[tuple[int, str, Path], ...]:
        """What earlier designations that it rests on were read from: the year, what each holds, and where it lies."""
        previous = () if self.previous is None else self.previous.files
        return previous + self.files_then + (() if self.scales is None else self.scales.yardstick.files)

    def area_set(self) -> AreaSet:
        """The areas: what a later designation compares itself with, and what people are counted in."""
        keys = self.policy.policy.keys
        return AreaSet(
            area_id=self.area_id,
            name=self.name,
            outline=self.outline,
            crs=self.units.crs,
            year=self.year,
            since=self.since,
            file=str(self.year),
            source=self.inputs.source,
            policy_id=self.policy.policy.id,
            policy_sha256=self.policy.sha256,
            until=self.areas.until,
            scales=self.scales,
            members=members_of_units(self.units, self.areas.area_of_unit),
            figures=Figures(
                self.areas.composite,
                dict(zip(keys, self.areas.rate.T, strict=True)),
                dict(zip(keys, self.scores.city.tolist(), strict=True)),
                dict(zip(keys, self.scores.spread.tolist(), strict=True)),
            ),
            files=tuple((self.year, what, path) for what, path in self.files.items()) + self.files_of_earlier,
        )


def designate(
    year: int,
    policy: LoadedPolicy,
    inputs: Inputs,
    previous: AreaSet | None = None,
    language: str = "da",
    threads: int | None = None,
    progress: Progress | None = None,
    ran_before: RanBefore | None = None,
    yardstick: Yardstick | None = None,
    read: Read | None = None,
) -> Designation:
    """Designate the areas of a year.

    Parameters
    ----------
    year : int
    policy : LoadedPolicy
    inputs : Inputs
    previous : AreaSet, optional
        Compared with, when given; ids and names go on from it. Its crosswalk carries it over to the zones of now.
    language : {"da", "en"}
    threads : int, optional
        For DuckDB; no result depends on it.
    progress : callable, optional
        Told the name of each step as it begins.
    ran_before : callable, optional
        Which units qualified in the earlier years that ``rule.years_running`` asks for.
    yardstick : Yardstick, optional
        The scale of another year that ``score.scale_of`` names.
    read : (Units, dict), optional
        What `read_units` gives, where it has been read already.

    Raises
    ------
    InputError
        If the year lies outside the policy's, a limit cannot be evaluated, or the input is at fault.
    """
    step = _told_to(progress, year)
    check_year(year, policy)
    rule, limits = policy.policy, check_limits(policy.policy)
    inputs = inputs.for_areas(rule, yardstick, previous)
    step(_("reading and placing", language))
    units, found = read_units(inputs, policy, threads, language) if read is None else (read[0], read[1].copy())
    rule = resolve_limits(rule, found.pop("let"))
    previous, crosswalk = _carried(previous, units)
    units, around = _surrounded(units, inputs, rule, language)
    step(_("scoring", language))
    edges, around = _edges(units, rule, around, language, inputs.stages)
    scores, rule = score(units, rule, edges, inputs)
    step(_("forming areas", language))
    ran = None if ran_before is None else ran_before(units.unit_id, crosswalk)
    known, scored = (units, edges, around, ran), (scores, yardstick)
    rule, form, found = _former(year, inputs, scored, rule, known, previous, found, threads, language, step)
    scores, areas, scales = on_both_scales(year, yardstick, scores, rule, form)
    drawn = inputs.stages.drawn(units)
    outline = outline_areas(units, areas.area_of_unit, areas.ground, rule, around.barriers, around.parcels, drawn)
    step(_("comparing", language))
    changes = _changes(year, units, areas, outline, previous)
    continues = np.full(len(areas), -1, dtype=np.int64) if changes is None else changes.continues
    named = name_areas(year, units, areas, around.places, previous, continues, language)
    found["notes"] += _notes(rule, units, scores, around, named, inputs, previous, language)
    shapes = (areas, outline, named, around)
    found["notes"] += _notes_of_shape(rule, units, *shapes, language, inputs.stages.shares(units, rule.areas.reach))
    return Designation(
        year=year,
        policy=policy.model_copy(update={"policy": rule}),
        inputs=inputs,
        units=units,
        edges=edges,
        scores=scores,
        areas=areas,
        outline=outline,
        named=named,
        since=np.full(len(areas), year, dtype=np.int64) if changes is None else changes.since,
        near_misses=find_near_misses(units, scores, edges, rule, areas, ran),
        surroundings=around,
        overrides=around.overrides,
        status=take_status(units, areas.area_of_unit, rule, scores.indices),
        previous=previous,
        changes=changes,
        language=language,
        limits=limits,
        scales=scales,
        **_with_files(found, inputs.around, around, crosswalk),
    )


def _told_to(progress: Progress | None, year: int) -> Callable[[str], None]:
    """What tells each step of a year as it begins."""

    def step(name: str) -> None:
        if progress is not None:
            progress(f"{year}: {name}")

    return step


def _surrounded(units: Units, inputs: Inputs, rule: Policy, language: str) -> tuple[Units, Surroundings]:
    """The units with their regions, and what lies around them; files are read once for all rules that are tried."""
    stages, files = inputs.stages, tuple(inputs.around.named().items())
    read = (units, *(part for name, path in files for part in (name, str(path))), rule.areas.crossing, language)
    around = stages.take("around", read, lambda: read_surroundings(inputs.around, units, rule, language))
    found = (units, around, rule.compare, language)
    return stages.take("regions", found, lambda: with_regions(units, around, rule, language))


def score(units: Units, rule: Policy, edges: Edges | None, inputs: Inputs) -> tuple[Scores, Policy]:
    """What units score, and the policy with its thresholds as numbers; rates are read once for each context."""
    context = (units, rule.context, rule.rates, edges, rule.areas.neighbours)
    nearest = None if inputs.elsewhere is None else inputs.elsewhere.nearest
    rates = inputs.stages.take("rates", context, lambda: read_rates(units, rule, edges, nearest))
    scored = (units, rates, rule.criteria, rule.score, rule.compare)
    own = inputs.stages.take("own", (units,), units.own_rates)
    scores = inputs.stages.take("scores", scored, lambda: score_units(units, rule, edges, rates, own))
    if units.beyond is not None:
        return scores, rule.model_copy(update={"rule": rule.rule.model_copy(update=units.beyond.thresholds)})
    return scores, with_thresholds(rule, scores, units.residents)


def _former(
    year: int,
    inputs: Inputs,
    scored: tuple[Scores, Yardstick | None],
    rule: Policy,
    known: tuple[Units, Edges, Surroundings, Flags | None],
    previous: AreaSet | None,
    found: dict[str, Any],
    threads: int | None,
    language: str,
    step: Progress,
) -> tuple[Policy, Callable[[Scores], Areas], dict[str, Any]]:
    """What forms areas, the policy with its threshold for leaving as a number, and what was found out."""
    (units, edges, around, ran), (scores, held) = known, scored
    memory = _memory(previous, units, year, rule)

    def form(tried: Policy, remembered: Memory | None) -> Callable[[Scores], Areas]:
        return forming(units, edges, tried, around, remembered, ran)

    if memory is None or not isinstance(rule.incumbents.leave, LeaveByChance):
        return rule, form(rule, memory), found
    if held is not None and rule.score.decides == "yardstick":
        scores = on_scale(scores, rule, held.city, held.spread)
    step(_("finding the threshold for leaving", language))
    drawing = draws_of_units(units, rule, inputs, threads=threads)
    leave = find_leave(rule, year, drawing, edges, scores, form, threads)
    found = {**found, "leave": leave, "notes": (*found["notes"], leave.told(language))}
    return leave.of(rule), form(leave.of(rule), memory), found


def _carried(previous: AreaSet | None, units: Units) -> tuple[AreaSet | None, Crosswalk | None]:
    """The previous designation and what carries it over, if anything; refused before any work where it does not fit."""
    if previous is None:
        return None, None
    if units.beyond is None and previous.members.others is not None:
        previous = dataclasses.replace(previous, members=previous.members.whole())
    previous = previous.carried_to(members_of_units(units, np.full(len(units), -1, dtype=np.int64)), units.crs)
    if previous.crosswalk is not None:
        pairs_between(previous.crosswalk, previous.members.unit_id, units.unit_id)
    return previous, previous.crosswalk


def _memory(previous: AreaSet | None, units: Units, year: int, rule: Policy) -> Memory | None:
    """What the previous designation says of the units of now, for a policy that remembers it."""
    return remember(previous, units, year) if rule.incumbents.remembers else None


def remember(previous: AreaSet | None, units: Units, year: int) -> Memory | None:
    """What the previous designation says of the units of now."""
    if previous is None:
        return None
    members = previous.members
    if previous.crosswalk is not None:
        pairs = pairs_between(previous.crosswalk, members.unit_id, units.unit_id)
        label = label_carried(pairs, members.residents, members.area_of_unit, len(units))
        return Memory(year, label, previous.end_year)
    area_of_unit = dict(zip(members.unit_id.tolist(), members.area_of_unit.tolist(), strict=True))
    earlier = np.array([area_of_unit.get(unit, -1) for unit in units.unit_id.tolist()], dtype=np.int64)
    return Memory(year, earlier, previous.end_year)


def _edges(
    units: Units, rule: Policy, around: Surroundings, language: str, stages: Stages
) -> tuple[Edges, Surroundings]:
    """The edges that no barrier cuts, and the surroundings with what is told of them; found once for each rule."""
    touching = (units, rule.areas.neighbours, rule.areas.reach, rule.areas.tolerance, around, language)
    found: tuple[Edges, Surroundings] = stages.take("edges", touching, lambda: _uncut(units, rule, around, language))
    return found


def _uncut(units: Units, rule: Policy, around: Surroundings, language: str) -> tuple[Edges, Surroundings]:
    edges = find_edges(units, rule)
    told = tell_gaps(units, rule, edges, language)
    if around.barriers is not None:
        uncut = uncut_edges(edges, units, around.barriers)
        counts = len(edges) - len(uncut), len(edges)
        if units.beyond is not None:
            counts = units.beyond.held_by.parted(around.barriers)
        edges, told = uncut, (*told, _parted(*counts, language))
    return edges, dataclasses.replace(around, notes=(*around.notes, *told))


def forming(
    units: Units, edges: Edges, rule: Policy, around: Surroundings, memory: Memory | None, ran: Flags | None
) -> Callable[[Scores], Areas]:
    """What forms the areas of scores.

    Parameters
    ----------
    units : Units
    edges : Edges
    rule : Policy
    around : Surroundings
    memory : Memory or None
    ran : bool, shape (n_units,), or None
        As of `udsat_geo.areas.forming.form_areas`.
    """
    known = (around.barriers, memory, ran, around.decisions, _places(units, rule, around))
    return lambda scores: form_areas(units, scores, edges, rule, *known)


def _places(units: Units, rule: Policy, around: Surroundings) -> Ints | None:
    """The place of each unit, where areas may be cut along them."""
    places = around.places
    if places is None or not (rule.areas.most_residents or rule.areas.compact):
        return None
    return place_of_points(places, units.easting, units.northing, districts=False)


def _parted(n: int, of: int, language: str) -> str:
    """How many pairs of neighbours the barriers part."""
    return _("Barriers part {n} of {of} pairs of neighbours.", language).format(n=n, of=of)


def _changes(year: int, units: Units, areas: Areas, outline: Objects, previous: AreaSet | None) -> Changes | None:
    if previous is None:
        return None
    unnamed = np.full(len(areas), "", dtype=object)
    since = np.full(len(areas), year, dtype=np.int64)
    members = members_of_units(units, areas.area_of_unit)
    now = AreaSet(unnamed, unnamed, outline, units.crs, year, since, members=members)
    return compare(previous, now)


def _notes(
    rule: Policy,
    units: Units,
    scores: Scores,
    around: Surroundings,
    named: Named,
    inputs: Inputs,
    previous: AreaSet | None,
    language: str,
) -> tuple[str, ...]:
    """What was found out beside the registers."""
    notes = [*_without_spread(scores, rule, language), *around.notes]
    if inputs.around.places is not None and not named.has_place.all():
        told = {"n": int((~named.has_place).sum()), "of": len(named.has_place)}
        text = _("{name}: {n} of {of} areas have none of the places near", language)
        notes.append(text.format(name=name_of(file_of(inputs.around.places)), **told))
    # of some of very many cells the ids are known to be alike: workers have looked
    if previous is not None and len(previous.members) and units.beyond is None:
        now = members_of_units(units, np.full(len(units), -1, dtype=np.int64))
        # cells and addresses of registers come and go with their dwellings; given units do not
        notes += told_of_one(previous, now, language, always=inputs.unit_table is not None)
    if rule.incumbents.remembers and previous is None:
        text = N_(
            "The policy remembers earlier areas, but there is no earlier designation: all units are judged as new."
        )
        notes.append(_(text, language))
    return tuple(notes)


def _notes_of_shape(
    rule: Policy,
    units: Units,
    areas: Areas,
    outline: Objects,
    named: Named,
    around: Surroundings,
    language: str,
    known: Shares | None,
) -> tuple[str, ...]:
    """Areas that have no outline, hold little of their ground, or are larger than the policy wants."""
    empty = np.array([area.is_empty for area in outline], dtype=bool)
    shares = np.ones(len(areas))
    # the exact outlines of cells that no barrier cuts, and those of zones, hold all of it
    if units.kind == "addresses" or (
        units.kind == "cells" and (rule.areas.outline != "exact" or around.barriers is not None)
    ):
        shares = shares_of_ground(outline, units, areas.area_of_unit, rule.areas.reach, known)
    most = rule.areas.most_residents
    told = (
        (empty, N_("Without an outline, as other areas with more residents have all their ground: {areas}")),
        (~empty & (shares < HALF), N_("The outline holds less than half of the ground of the area's units: {areas}")),
        (
            (areas.residents > most) & (most > 0),
            N_("More than {most} residents, and no cut leaves {least} on both sides: {areas}"),
        ),
    )
    limits = {"most": decimal(most, 0, language), "least": decimal(rule.areas.residents, 0, language)}
    notes = []
    for which, text in told:
        if which.any():
            ids = named.area_id[which].tolist()
            more = f", ... ({len(ids)})" if len(ids) > _AREAS_TOLD else ""
            notes.append(_(text, language).format(areas=", ".join(ids[:_AREAS_TOLD]) + more, **limits))
    return tuple(notes)


def _with_files(
    found: dict[str, Any], files: Around, around: Surroundings, crosswalk: Crosswalk | None
) -> dict[str, Any]:
    """What was found, with the files around the registers and how much they hold."""
    named = {name: path for name, path in files.named().items() if name != "crosswalk" or crosswalk is not None}
    return {
        **found,
        "files": {**found["files"], **{name: file_of(path) for name, path in named.items()}},
        "rows": {**found["rows"], **around.rows, **({} if crosswalk is None else {"crosswalk": len(crosswalk)})},
    }


def _without_spread(scores: Scores, policy: Policy, language: str) -> list[str]:
    """Criteria that set no unit apart, neither by a composite nor by being worse than the city."""
    text = _("{label}: the same everywhere, so it sets no unit apart; check its codes and expressions.", language)
    return [
        text.format(label=criterion.label_in(language))
        for criterion, spread in zip(policy.criteria, scores.spread, strict=True)
        if spread == 0 and (policy.score.method != "none" or not criterion.has_limit)
    ]


def check_year(year: int, policy: LoadedPolicy) -> None:
    """Check that a policy may be used for a year, and that what it wants drawn can be.

    Raises
    ------
    InputError
    """
    first, last = policy.policy.years
    if not first <= year <= last:
        raise InputError(outside_its_years(policy, year, f"--year {year}"))
    if isinstance(policy.policy.incumbents.leave, LeaveByChance):
        check_can_be_drawn(policy.policy)


def read_units(inputs: Inputs, policy: LoadedPolicy, threads: int | None = None, language: str = "en") -> Read:
    """The units of the inputs, and what was counted and found out on the way.

    Returns
    -------
    units : Units
    found : dict
        ``counts``, ``rows``, ``files``, ``notes``, ``vintage`` and of a unit table ``intervals`` as in `Designation`;
        ``let``: name -> value of what the policy took from the whole registers; ``sums``: all of this, as `Sums`.
        ``files_then`` as in `Designation`, where criteria are changes.

    Raises
    ------
    InputError
        If the input is at fault, or the policy needs another kind of input.
    """
    added_up = policy.model_copy(update={"policy": policy.policy.without_indices})
    sums = add_up(inputs, policy, threads, language)
    units, found = sums.by(added_up.policy)
    found["sums"] = None if units.beyond is not None else sums
    file = inputs.registers if inputs.unit_table is None or inputs.registers else file_of(inputs.unit_table)
    name = "" if file is None else name_of(file)
    found["notes"] = (*found["notes"], *check_sums(units, added_up.policy, name, language))
    return with_changes((with_room(units, policy.policy), found), inputs, policy, threads, language)


def add_up(inputs: Inputs, policy: LoadedPolicy, threads: int | None = None, language: str = "en") -> Sums:
    """The exact sums by unit of the inputs; those that are kept are not read again.

    Raises
    ------
    InputError
        If the input is at fault, or the policy needs another kind of input.
    """
    added_up = policy.model_copy(update={"policy": policy.policy.without_indices})
    taken = None if inputs.kept is None else inputs.kept.take(inputs.year, added_up.policy)
    sums = _sums(inputs, added_up, *_read_units(inputs, added_up, threads, language)) if taken is None else taken
    if inputs.kept is not None and inputs.year is not None:
        inputs.kept.sums[inputs.year] = sums
    return sums


def _sums(inputs: Inputs, policy: LoadedPolicy, units: Units, found: dict[str, Any]) -> Sums:
    """What was read, to be kept."""
    named, counted = (policy.policy.id, policy.sha256), counted_by(policy.policy)
    return Sums(inputs.year or 0, units, counted, found, inputs.source, __version__, named)


def with_changes(
    read: Read, inputs: Inputs, policy: LoadedPolicy, threads: int | None = None, language: str = "en"
) -> Read:
    """Units with the sums of the earlier years that criteria are changes since, read by the same rule.

    Raises
    ------
    InputError
        If such a year has no input, its input is at fault, or shares no unit with that of now.
    """
    (units, found), rule, year = read, policy.policy, inputs.year
    changes = [criterion for criterion in rule.criteria if criterion.is_change]
    if not changes:
        return read
    notes, files = found["notes"], tuple[tuple[int, str, Path], ...]()
    if year is None or set(inputs.then) != set(rule.change_years(year)):
        what = _("is a change between years, and there is no input of the earlier one")
        raise InputError([Problem(rule.place(f"criteria ({each.key})"), what) for each in changes])
    for earlier, then in inputs.then.items():
        chosen = [j for j, criterion in enumerate(rule.criteria) if criterion.changes_from(year) == earlier]
        plain = {"change_over": None, "change_since": None}
        criteria = tuple(rule.criteria[j].model_copy(update=plain) for j in chosen)
        part = policy.model_copy(update={"policy": rule.model_copy(update={"criteria": criteria})})
        before, told = read_units(then, part, threads, language)
        file = then.registers if then.unit_table is None or then.registers else file_of(then.unit_table)
        name = "" if file is None else name_of(file)
        units, noted = with_earlier(units, Earlier(earlier, before, tuple(chosen), name), inputs.crosswalk, language)
        notes = (*notes, *(f"{earlier}: {note}" for note in told["notes"]), *noted)
        files += tuple((earlier, what, path) for what, path in told["files"].items())
    return units, {**found, "notes": tuple(dict.fromkeys(notes)), "files_then": files}


def _read_units(inputs: Inputs, policy: LoadedPolicy, threads: int | None, language: str) -> Read:
    rule = policy.policy
    if inputs.unit_table is None:
        return _units_from_registers(inputs, policy, threads, language)
    if rule.units.kind == "addresses":
        what = _('is a table of units, and kind = "addresses" reads registers')
        remedy = _("Leave --units out and name the registers with --registers, or use a policy over cells or zones.")
        raise InputError(Problem(name_of(file_of(inputs.unit_table)), what, remedy))
    from udsat_geo.units.table import read_unit_table, units_from_table, units_from_table_and_registers

    table = read_unit_table(inputs.unit_table, rule, language)
    table_file = file_of(inputs.unit_table)
    if inputs.registers is None:
        units, sums = units_from_table(table, rule)
        notes = (*table.notes, *(note.told(language) for note in sums.notes))
        found = {"counts": sums.counts, "rows": sums.rows, "files": {"units": table_file}, "notes": notes}
        return units, {**found, "vintage": {}, "let": sums.let, "intervals": sums.intervals}
    units, filled = units_from_table_and_registers(table, inputs.registers, rule, threads, inputs.year)
    rows = {"units": len(units), **filled.rows}
    found = {"counts": filled.counts, "rows": rows, "files": {"units": table_file, **filled.files}}
    notes = (*table.notes, *(note.told(language) for note in filled.notes))
    return units, {**found, "notes": notes, "vintage": filled.settings.vintage, "let": filled.let}


def _units_from_registers(inputs: Inputs, policy: LoadedPolicy, threads: int | None, language: str) -> Read:
    rule = policy.policy
    if rule.reads_unit_table:
        what = _("its criteria are columns of a unit table")
        raise InputError(Problem(_("policy {id}").format(id=rule.id), what, _("Name the table with --units.")))
    if rule.units.kind == "zones" or inputs.registers is None:
        what, remedy = _("its units are zones"), _("Name their file with --units.")
        raise InputError(Problem(_("policy {id}").format(id=rule.id), what, remedy))
    cells = cells_from_registers if inputs.elsewhere is None else inputs.elsewhere.cells
    made_of = addresses_from_registers if rule.units.kind == "addresses" else cells
    units, sums = made_of(inputs.registers, rule, threads, inputs.year)
    return units, {
        "counts": sums.counts,
        "rows": sums.rows,
        "files": sums.files,
        "notes": tuple(note.told(language) for note in sums.notes),
        "vintage": sums.settings.vintage,
        "let": sums.let,
    }
