"""How much a designation hangs on the settings of its policy: what variants of them designate, and which decide it.

Every variant of a design (`udsat_geo.analysis.variants`) is designated over the same people. Sums are read once, by
address where cells may lie otherwise; rates are read once for each grid and context. Each key by itself tells how far
residents in areas follow it; the sample, in which all keys change at once, whose variance that is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.analysis.space import EAST, NORTH, OF_GRID, SIZE, Space, Value, own_value, policy_at
from udsat_geo.analysis.trial import Trial, check_can_vary, moved, told_of_memory
from udsat_geo.analysis.variance import Shares, shares_of_variance
from udsat_geo.analysis.variants import AB, ONE, VARIANTS, A, B, Design, check_space, design_of, space_around
from udsat_geo.areas.area_set import members_of_units
from udsat_geo.designation.designation import Designation, Progress, forming
from udsat_geo.designation.draws import check_seed
from udsat_geo.designation.job import Job, make_again, rests_on_sums
from udsat_geo.designation.surroundings import with_regions
from udsat_geo.kernels.arrays import Floats, Ints, total
from udsat_geo.messages.translate import _
from udsat_geo.policy.load import check_one_year
from udsat_geo.policy.rules import IncumbentsRule, Policy, ScoreRule
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import RegisterSums, read_registers
from udsat_geo.scoring.scores import Scores
from udsat_geo.units.units import Units, cells_of_addresses

SURE, LEVEL = 0.95, 0.95
"""The least share of the variants that designate what hangs on no setting; what intervals hold. Own choices."""
_HALF = 0.5
"""An area is there in a variant that designates at least this share of its residents."""


@dataclass(frozen=True)
class Alone:
    """One key changed by itself.

    Attributes
    ----------
    key : str
    own : value of the policy
    values : tuple of values
        In the order of the space, the policy's own among them or not.
    residents : int64, shape (n_values,)
        In areas.
    of_policy : int
        Residents in areas by the policy itself.
    """

    key: str
    own: Value
    values: tuple[Value, ...]
    residents: Ints
    of_policy: int

    @property
    def least(self) -> int:
        """The fewest residents in areas by any of the values, or by the policy."""
        return min(int(self.residents.min()), self.of_policy)

    @property
    def most(self) -> int:
        """The most."""
        return max(int(self.residents.max()), self.of_policy)

    @property
    def elasticity(self) -> float | None:
        """By how many per cent residents in areas change, for a change of the key by one per cent.

        From the nearest value below the policy's own to the nearest above, both changes relative to the policy:
        ((Y+ - Y-) / Y0) / ((X+ - X-) / X0). Where values lie on one side alone, the policy stands for the other. None
        of what is no number, and of what is 0 in the policy.
        """
        if not isinstance(self.own, int | float) or self.own == 0 or not self.of_policy:
            return None
        known = [
            (float(v), int(r)) for v, r in zip(self.values, self.residents, strict=True) if isinstance(v, int | float)
        ]
        own = (float(self.own), self.of_policy)
        low = max((each for each in known if each[0] < own[0]), default=own)
        high = min((each for each in known if each[0] > own[0]), default=own)
        if low[0] == high[0]:
            return None
        return ((high[1] - low[1]) / own[1]) / ((high[0] - low[0]) / abs(own[0]))


@dataclass(frozen=True)
class Sensitivity:
    """What variants of a policy designate.

    Attributes
    ----------
    designation : Designation
        By the policy itself.
    policy : Policy
        What is varied: the policy without memory of earlier areas, its limits as numbers.
    design : Design
    seed : int
    residents, areas, kept : int64, shape (n_variants,)
        Residents in areas; how many areas; residents of the designation's areas among them.
    of_area : int64, shape (n_variants, n_areas)
        Residents of each of the designation's areas whom the variant designates.
    share_of_variants : float64, shape (n_units,)
        Of the sample; a unit that cells of a variant part counts by its residents. NaN without a sample.
    shares : Shares or None
        Of the variance over the sample: of residents in areas, then of the residents of each area who are designated;
        by `Design.factors`.
    notes : tuple of str
    """

    designation: Designation
    policy: Policy
    design: Design
    seed: int
    residents: Ints
    areas: Ints
    kept: Ints
    of_area: Ints
    share_of_variants: Floats
    shares: Shares | None
    notes: tuple[str, ...]

    @property
    def space(self) -> Space:
        """Of the settings."""
        return self.design.space

    @property
    def factors(self) -> tuple[str, ...]:
        """The keys that vary."""
        return tuple(self.space.keys[number] for number in self.design.factors)

    @cached_property
    def alone(self) -> tuple[Alone, ...]:
        """Each key changed by itself, in the order of `factors`."""
        return tuple(self._alone(number) for number in self.design.factors)

    def _alone(self, number: int) -> Alone:
        design, values = self.design, self.space.values[number]
        residents = np.full(len(values), self.residents[0])
        rows = np.flatnonzero((design.part == ONE) & (design.key == number))
        residents[design.place[rows, number]] = self.residents[rows]
        key = self.space.keys[number]
        return Alone(key, own_value(self.policy, key), values, residents, int(self.residents[0]))

    @property
    def sampled(self) -> Ints:
        """The variants of the sample, all of which are as likely; without one, all."""
        in_sample = np.flatnonzero(self.design.part >= A)
        return in_sample if len(in_sample) else np.arange(len(self.design))

    @property
    def share_of_areas(self) -> Floats:
        """The share of the sample that designates at least half of each area's residents, shape (n_areas,)."""
        here, whole = self.of_area[self.sampled], self.designation.areas.residents
        found: Floats = ((here >= _HALF * whole) & (here > 0)).mean(axis=0)
        return found

    def residents_of_areas(self, sure: bool) -> Ints:
        """Residents of each area whom nearly all variants designate, or not, shape (n_areas,)."""
        made = self.designation
        which = (self.share_of_variants >= SURE) == sure
        return total(np.where(which, made.areas.area_of_unit, -1), made.units.residents, len(made.areas))

    @property
    def hanging_outside(self) -> int:
        """Residents outside all areas whom more variants designate than `SURE` leaves."""
        inside = self.designation.areas.area_of_unit >= 0
        return int(self.designation.units.residents[~inside & (self.share_of_variants > 1 - SURE)].sum())

    def interval(self, values: Ints) -> Floats:
        """The middle share of what the sample gives of values by variant, shape (2, ...) of (n_variants, ...)."""
        beyond = (1 - LEVEL) / 2
        found: Floats = np.quantile(values[self.sampled], [beyond, 1 - beyond], axis=0, method="median_unbiased")
        return found


def take_sensitivity(
    job: Job,
    space: Space | None = None,
    variants: int = VARIANTS,
    seed: int = 0,
    progress: Progress | None = None,
    made: Designation | None = None,
) -> Sensitivity:
    """Designate a year, and again by every variant.

    Parameters
    ----------
    job : Job
    space : Space, optional
        Without one, that of `udsat_geo.analysis.variants.space_around`.
    variants : int
        At most so many in the sample; 0 is none, each key by itself alone.
    seed : int
        Of the sample.
    progress : callable, optional
    made : Designation, optional
        By the job, where it has been made already.

    Raises
    ------
    InputError
        If the space or the input is at fault.
    """
    rule, has_grid = _of_the_year(job.policy.policy), _has_grid(job)
    check_can_vary(rule, job.year)
    space = space_around(rule, has_grid) if space is None else space
    check_space(space, rule, has_grid)
    check_seed(seed)
    lays_cells = any(space.keys[number] in OF_GRID for number in design_of(space, 0, seed).factors)
    if lays_cells:
        check_one_year(rule)
    design = design_of(space, variants, seed)
    made = make_again(job, progress) if made is None else made
    rule = _of_the_year(made.policy.policy)
    city = _read(made, rule, lays_cells, job)
    found = _designate_all(city, rule, design, job, progress)
    return _told(made, rule, design, seed, city, found, job.language)


def _of_the_year(policy: Policy) -> Policy:
    """A policy that judges the year by itself: without memory, and without a yardstick that decides nothing."""
    update: dict[str, Any] = {"incumbents": IncumbentsRule()}
    if policy.score.scale_of is not None and policy.score.decides == "year":
        update["score"] = ScoreRule(method=policy.score.method)
    return policy.model_copy(update=update)


def _has_grid(job: Job) -> bool:
    """Whether the job makes cells of its own from registers."""
    return job.policy.policy.units.kind == "cells" and job.units is None and not rests_on_sums(job)


# --- the people, once ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _City:
    """What no variant takes apart: addresses where cells may lie otherwise, else units.

    Attributes
    ----------
    unit : int64, shape (n_atoms,)
        Of the designation; -1 is none.
    area : int64, shape (n_atoms,)
    residents : int64, shape (n_atoms,)
    trial : callable
        The settings of a grid -> the city over it, and the unit of each atom.
    """

    unit: Ints
    area: Ints
    residents: Ints
    trial: Callable[[Mapping[str, Value]], tuple[Trial, Ints]]


def _read(made: Designation, rule: Policy, lays_cells: bool, job: Job) -> _City:
    """The people of a designation, by what no variant takes apart."""
    around = dataclasses.replace(made.surroundings, overrides=None)
    if not lays_cells or made.inputs.registers is None:
        every = np.arange(len(made.units), dtype=np.int64)
        return _City(
            every, made.areas.area_of_unit, made.units.residents, lambda _grid: (Trial(made.units, around), every)
        )
    sums, easting, northing = _sums_by_address(made.inputs.registers, rule, job, made.inputs.year)
    members = members_of_units(made.units, np.zeros(len(made.units), dtype=np.int64))
    found = members.unit_of(easting, northing, None)
    unit = np.full(len(easting), -1, dtype=np.int64) if found is None else found
    area = np.append(made.areas.area_of_unit, -1)[unit]

    def trial(grid: Mapping[str, Value]) -> tuple[Trial, Ints]:
        east, north = (float(grid.get(key, 0.0)) for key in (EAST, NORTH))  # type: ignore[arg-type]
        cells, unit_of = cells_of_addresses(sums, easting - east, northing - north, policy_at(rule, _size(grid)))
        nearby = moved(around, east, north)
        return Trial(with_regions(cells, nearby, rule, job.language)[0], nearby), unit_of

    return _City(unit, area, sums.residents, trial)


def _size(grid: Mapping[str, Value]) -> dict[str, Value]:
    return {SIZE: grid[SIZE]} if SIZE in grid else {}


def _sums_by_address(folder: Path, rule: Policy, job: Job, year: int | None) -> tuple[RegisterSums, Floats, Floats]:
    found: list[Located] = []

    def place(located: Located) -> tuple[Any, int]:
        found.append(located)
        return np.arange(len(located.easting), dtype=np.int32), len(located.easting)

    sums = read_registers(folder, rule, place, job.threads, year)
    return sums, found[0].easting, found[0].northing


# --- every variant ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """What each variant gave; `times`, shape (n_atoms,): how many of the sample designate the atom."""

    residents: Ints
    areas: Ints
    kept: Ints
    of_area: Ints
    times: Ints

    @staticmethod
    def empty(n_variants: int, n_areas: int, n_atoms: int) -> _Found:
        """Before the first variant."""
        each = [np.zeros(n, dtype=np.int64) for n in (n_variants, n_variants, n_variants, n_atoms)]
        return _Found(each[0], each[1], each[2], np.zeros((n_variants, n_areas), dtype=np.int64), each[3])

    def of_variants(self, variant: Ints) -> _Found:
        """Those of many variants of which several are the same; `variant` numbers the different ones."""
        return dataclasses.replace(
            self,
            residents=self.residents[variant],
            areas=self.areas[variant],
            kept=self.kept[variant],
            of_area=self.of_area[variant],
        )


def _designate_all(city: _City, rule: Policy, design: Design, job: Job, progress: Progress | None) -> _Found:
    """Designate every variant once; variants that share their cells, or their context, are made in a row."""
    once, variant = np.unique(design.place, axis=0, return_inverse=True)
    variant = variant.reshape(-1)
    first = np.full(len(once), len(design), dtype=np.int64)
    np.minimum.at(first, variant, np.arange(len(design)))
    in_sample = np.bincount(variant[design.part >= A], minlength=len(once))
    settings = [design.settings(row, rule) for row in first.tolist()]
    tasks: dict[tuple[Value, ...], list[int]] = {}
    for i in np.lexsort(once.T[::-1]).tolist():
        tasks.setdefault(_task(settings[i]), []).append(i)
    n_areas = int(city.area.max(initial=-1)) + 1
    found = _Found.empty(len(once), n_areas, len(city.unit))

    def work(members: list[int]) -> tuple[list[int], Ints]:
        trial, unit_of = city.trial(settings[members[0]])
        times = np.zeros(len(city.unit), dtype=np.int64)
        for i in members:
            inside = _designated(trial, rule, settings[i], found.areas, i)
            there = np.append(inside, False)[unit_of]
            residents = np.where(there, city.residents, 0)
            found.residents[i] = residents.sum()
            found.kept[i] = residents[city.area >= 0].sum()
            # sums of counts are exact in float64
            found.of_area[i] = np.bincount(city.area + 1, weights=residents, minlength=n_areas + 1)[1:]
            times += in_sample[i] * there
        return members, times

    done = 0
    with ThreadPoolExecutor(job.threads or None) as pool:
        for finished in as_completed([pool.submit(work, members) for members in tasks.values()]):
            members, times = finished.result()
            found.times[:] += times
            done += len(members)
            if progress is not None:
                text = _("{done} of {variants} variants", job.language)
                progress(text.format(done=done, variants=len(once)))
    return found.of_variants(variant)


def _task(settings: Mapping[str, Value]) -> tuple[Value, ...]:
    """What variants share that are made in a row: their cells, else what their rates are read with."""
    grid = tuple(settings[key] for key in OF_GRID if key in settings)
    return grid or tuple(value for key, value in settings.items() if key.startswith(("context.", "rates.")))


def _designated(trial: Trial, rule: Policy, settings: Mapping[str, Value], areas: Ints, variant: int) -> Any:
    """Which units a variant designates; the number of its areas is written into its place."""
    policy = policy_at(rule, settings)
    scores = trial.scores(policy)
    if policy.score.method != rule.score.method:
        measured = policy.model_copy(update={"score": rule.score})
        policy = _carried_over(policy, trial.scores(measured), scores, trial.units)
    edges = trial.edges(policy)
    made = forming(trial.units, edges, policy, trial.around, None, None)(scores)
    areas[variant] = len(made)
    return made.area_of_unit >= 0


def _carried_over(policy: Policy, before: Scores, now: Scores, units: Units) -> Policy:
    """A policy with its thresholds on another scale: those that as many units reach as reach them on the first.

    Composites on two scales cannot be held against one number; what a threshold says on both is how many units it
    lets in. Units that nobody lives in do not count.
    """
    lived_in = units.residents > 0

    def carried(threshold: Any, column: str) -> Any:
        if threshold is None:
            return None
        old, new = (getattr(scores, column)[lived_in] for scores in (before, now))
        new = np.sort(new[~np.isnan(new)])
        n = int((old >= threshold).sum())
        return float(new[-n]) if 0 < n <= len(new) else float("inf" if n == 0 else "-inf")

    rule, areas = policy.rule, policy.areas
    thresholds = {name: carried(getattr(rule, name), "composite") for name in ("core", "edge")}
    thresholds["own"] = carried(rule.own, "composite_own")
    filled = areas.model_copy(update={"fill_below": carried(areas.fill_below, "composite")})
    return policy.model_copy(update={"rule": rule.model_copy(update=thresholds), "areas": filled})


def _told(
    made: Designation, rule: Policy, design: Design, seed: int, city: _City, found: _Found, language: str
) -> Sensitivity:
    """What all variants together say."""
    n_units, n_sampled = len(made.units), int((design.part >= A).sum())
    # where nobody lives all addresses count alike
    weight = np.maximum(city.residents, 0)
    lived_in = total(city.unit, weight, n_units)
    alike = np.append(lived_in == 0, False)[city.unit]
    weight = np.where(alike, 1, weight)
    whole = total(city.unit, weight, n_units)
    with np.errstate(invalid="ignore"):
        share = total(city.unit, weight * found.times, n_units) / (whole * n_sampled)
    notes = [*made.notes, *told_of_memory(made.policy.policy, language)]
    if made.inputs.rests_on_sums:
        notes.append(_("The grid does not vary: sums by unit stand in the place of registers.", language))
    if made.surroundings.overrides is not None:
        notes.append(_("What was decided by hand is left out of the variants.", language))
    shares = None
    if design.base:
        of = np.column_stack([found.residents, found.of_area]).astype(np.float64)
        n_factors = len(design.factors)
        of_ab = of[design.part == AB].reshape(n_factors, design.base, -1)
        shares = shares_of_variance(of[design.part == A], of[design.part == B], of_ab, seed)
    return Sensitivity(
        designation=made,
        policy=rule,
        design=design,
        seed=seed,
        residents=found.residents,
        areas=found.areas,
        kept=found.kept,
        of_area=found.of_area,
        share_of_variants=share,
        shares=shares,
        notes=tuple(dict.fromkeys(notes)),
    )
