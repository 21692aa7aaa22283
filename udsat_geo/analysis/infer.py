"""The rule behind given areas: which settings of a policy draw them best, and what stays undecided.

Every combination of a stated space is tried, and judged by residents: those inside the given areas and inside the
drawn ones, over those inside either. Three yardsticks stand beside the best: what it reaches in districts that had no
say in choosing it, what the same search reaches for areas that lie anywhere, and what a single threshold would do.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from udsat_geo.analysis.space import CORE, Formation, Space, Value, default_space, formations, policy_at
from udsat_geo.analysis.trial import Trial, check_can_vary, told_of_memory
from udsat_geo.areas.area_set import AreaSet, members_of_units
from udsat_geo.areas.forming import Groups, form_areas, group_units
from udsat_geo.areas.ground import unit_polygons
from udsat_geo.areas.polygons import outside_city
from udsat_geo.changes.names import name_areas
from udsat_geo.designation.designation import Progress, check_year, read_units
from udsat_geo.designation.job import Job, find_inputs
from udsat_geo.designation.surroundings import read_surroundings, with_regions
from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects, as_objects, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.addressed import residents_by_address
from udsat_geo.registers.expressions import check_limits, resolve_limits
from udsat_geo.units.places import Places, place_of_points
from udsat_geo.units.units import Units

TOLERANCE = 0.01
"""Settings do equally well when their overlap lies no further below the best. Own choice."""
DRAWS = 99
"""How often areas are laid elsewhere by chance. Own choice."""
HALF = 0.5
"""An area is explained, and one that is drawn is official, from this share of its residents on. Own choice."""
PARTS = 8
"""Into so many parts a city without districts is cut. Own choice."""
_SEED = 0
_STEP = 250


@dataclass(frozen=True)
class Given:
    """Given areas, and who of each unit lives in them.

    Attributes
    ----------
    areas : AreaSet
        In the units' reference system.
    unit, area, residents : int64, shape (n_pairs,)
        Each unit that has residents in an area.
    """

    areas: AreaSet
    unit: Ints
    area: Ints
    residents: Ints

    @cached_property
    def of_area(self) -> Ints:
        """Residents of each area, shape (n_areas,)."""
        return total(self.area, self.residents, len(self.areas))

    def of_unit(self, n_units: int) -> Ints:
        """Residents of each unit who live in any area, shape (n_units,)."""
        return total(self.unit, self.residents, n_units)


@dataclass(frozen=True)
class Parts:
    """The districts of a city, or parts of it of as many residents each, by which settings are tried on others.

    Attributes
    ----------
    are_districts : bool
    name : tuple of str, n_parts
    of_unit : int64, shape (n_units,)
    """

    are_districts: bool
    name: tuple[str, ...]
    of_unit: Ints

    def split(self, values: Ints) -> Ints:
        """Values of units, shape (n_units,), in the column of their part, shape (n_units, n_parts)."""
        columns = np.zeros((len(values), len(self.name)), dtype=np.int64)
        columns[np.arange(len(values)), self.of_unit] = values
        return columns


@dataclass(frozen=True)
class Tried:
    """Every setting that was tried, by the residents that it draws.

    Attributes
    ----------
    place : int16, shape (n_settings, n_keys)
        In the values of each key of the space.
    shared, drawn : int64, shape (n_settings, n_parts)
        Residents of drawn units, those in the given areas and all.
    areas : int64, shape (n_settings,)
        How many are drawn.
    given : int64, shape (n_parts,)
        Residents of the given areas.
    """

    place: np.ndarray
    shared: Ints
    drawn: Ints
    areas: Ints
    given: Ints

    def __len__(self) -> int:
        return len(self.place)

    def overlap(self, parts: Sequence[int] | None = None) -> Floats:
        """Intersection over union by residents, of some parts or all, shape (n_settings,); 0 of nobody."""
        chosen = np.arange(len(self.given)) if parts is None else np.array(parts, dtype=np.int64)
        shared, drawn = self.shared[:, chosen].sum(axis=1), self.drawn[:, chosen].sum(axis=1)
        return overlap(shared, drawn, self.given[chosen].sum())


def overlap(shared: Ints, drawn: Ints, given: Ints | np.int64) -> Floats:
    """Residents in both over residents in either, of any shape; 0 where there is nobody in either."""
    either = np.asarray(given + drawn - shared, dtype=np.float64)
    result: Floats = np.divide(shared, either, out=np.zeros(either.shape), where=either > 0)
    return result


@dataclass(frozen=True)
class HeldOut:
    """For each part, the settings that do best in all others, and how they do there.

    Attributes
    ----------
    chosen : int64, shape (n_parts,)
        The setting.
    of_part : float64, shape (n_parts,)
        Its overlap in the part; NaN where nobody lives in either.
    of_best : float64, shape (n_parts,)
        That of the settings which are best for the whole city.
    in_all : float
        The overlap of all parts together, each drawn by the settings chosen without it.
    """

    chosen: Ints
    of_part: Floats
    of_best: Floats
    in_all: float


@dataclass(frozen=True)
class DrawnArea:
    """An area that the best settings draw, and how many of its residents live in a given one."""

    area_id: str
    name: str
    residents: int
    inside: int

    @property
    def is_given(self) -> bool:
        """Whether at least half of its residents live in a given area."""
        return self.inside >= HALF * self.residents


@dataclass(frozen=True)
class GivenArea:
    """A given area, and how many of its residents are drawn: by the best settings, and by those that do as well."""

    area_id: str
    name: str
    residents: int
    by_best: int
    least: int
    most: int

    @property
    def is_explained(self) -> bool:
        """Whether at least half of its residents are drawn by some of the settings that do equally well."""
        return self.most >= HALF * self.residents


@dataclass(frozen=True)
class Undecided:
    """What the search says of one key.

    Attributes
    ----------
    key : str
    best : value of the best settings
    tried : tuple of values
    equal : tuple of values
        Those of settings that do equally well.
    reached : float64, shape (n_tried,)
        The best overlap with each value.
    is_open : bool
        Whether values beyond those tried might do equally well: the range ends where the space does.
    """

    key: str
    best: Value
    tried: tuple[Value, ...]
    equal: tuple[Value, ...]
    reached: Floats
    is_open: bool

    @property
    def is_decided(self) -> bool:
        """Whether one value alone does so well."""
        return len(self.equal) == 1

    @property
    def otherwise(self) -> float | None:
        """The best overlap with any other value than the best one; None where no other was tried."""
        others = [float(value) for i, value in enumerate(self.reached) if self.tried[i] != self.best]
        return max(others, default=None)


@dataclass(frozen=True)
class Inference:
    """The rule behind given areas.

    Attributes
    ----------
    year : int
    policy : LoadedPolicy
        Whose settings are varied; its limits are numbers.
    source : str
        ``registers``, ``unit_table`` or ``synthetic``.
    areas : AreaSet
        The given ones.
    residents : int
        Of the city.
    space : Space
    tried : Tried
    tolerance : float
    best : int
        The settings that do best; of several those with the fewest changes from the policy, then the first.
    own_overlap : float
        That of the policy as it is.
    parts : Parts
    held_out : HeldOut
    chance : float64, shape (n_draws,)
        The best overlap of the same search with areas elsewhere.
    threshold, threshold_overlap : float
        The composite of a unit's own rates from which on all units together overlap most; NaN without a composite.
    whole_units : float
        The overlap of the best of all sets of whole units.
    given : tuple of GivenArea
    drawn : tuple of DrawnArea
    notes : tuple of str
    language : str
    """

    year: int
    policy: LoadedPolicy
    source: str
    areas: AreaSet
    residents: int
    space: Space
    tried: Tried
    tolerance: float
    best: int
    own_overlap: float
    parts: Parts
    held_out: HeldOut
    chance: Floats
    threshold: float
    threshold_overlap: float
    whole_units: float
    given: tuple[GivenArea, ...]
    drawn: tuple[DrawnArea, ...]
    notes: tuple[str, ...]
    language: str = "da"

    @cached_property
    def overlap(self) -> Floats:
        """Of every setting, shape (n_settings,)."""
        return self.tried.overlap()

    @cached_property
    def equal(self) -> Flags:
        """Which settings do equally well, shape (n_settings,)."""
        return equally_good(self.overlap, self.tolerance)

    @property
    def settings(self) -> dict[str, Value]:
        """The best."""
        return self.space.at(self.tried.place[self.best].tolist())

    @cached_property
    def undecided(self) -> tuple[Undecided, ...]:
        """Of every key of which more than one value was tried."""
        return tuple(
            self._of_key(number) for number, values in enumerate(self.space.values) if len(values) > 1
        )  # fmt: skip

    def _of_key(self, number: int) -> Undecided:
        key, values, column = self.space.keys[number], self.space.values[number], self.tried.place[:, number]
        reached = np.zeros(len(values))
        np.maximum.at(reached, column, self.overlap)
        equal = np.unique(column[self.equal]).tolist()
        counted = sum(criterion.counted for criterion in self.policy.policy.criteria)
        ends = [
            values[i]
            for i in (0, len(values) - 1)
            if i in equal and all(isinstance(value, int | float) for value in values)
        ]
        # nothing lies below 0, or beyond all criteria
        bounds = {0} if key != CORE and not key.endswith((".edge", ".own", ".fill_below")) else set()
        bounds |= {counted} if key == "rule.criteria" else set()
        chosen = values[int(column[self.best])]
        return Undecided(key, chosen, values, tuple(values[i] for i in equal), reached, not set(ends) <= bounds)

    @property
    def unexplained(self) -> tuple[GivenArea, ...]:
        """Given areas that no setting which does equally well draws at least half of."""
        return tuple(area for area in self.given if area.residents and not area.is_explained)

    @property
    def not_given(self) -> tuple[DrawnArea, ...]:
        """Areas of the best settings of which less than half lives in given ones."""
        return tuple(area for area in self.drawn if not area.is_given)


def equally_good(overlaps: Floats, tolerance: float) -> Flags:
    """Which overlaps lie no further below the greatest than a tolerance, shape (n_settings,)."""
    return np.asarray(overlaps >= overlaps.max() - tolerance)


# --- the city ---------------------------------------------------------------------------------------------------


@dataclass
class City(Trial):
    """A city with given areas in it."""

    given: Given
    parts: Parts

    def groups(self, policy: Policy) -> tuple[Groups, Floats]:
        """What hangs together, and the highest composite of a unit that may be a core in each, shape (n_groups,)."""
        scores = self.scores(policy)
        groups = group_units(self.units, scores, self.edges(policy), policy, self.around.barriers, None, None)
        strongest = np.full(len(groups.residents), -np.inf)
        able = np.flatnonzero(groups.standing.edge & (groups.group_of_unit >= 0))
        reached = scores.composite[able] if policy.score.method != "none" else np.full(len(able), np.inf)
        np.maximum.at(strongest, groups.group_of_unit[able], reached)
        return groups, strongest

    def overlap_of(self, policy: Policy, inside: Ints) -> float:
        """The overlap of the areas that a policy draws with the given ones."""
        groups, _strongest = self.groups(policy)
        drawn = np.append(groups.area_groups(policy.areas.residents), False)[groups.group_of_unit]
        return float(overlap(inside[drawn].sum(), self.units.residents[drawn].sum(), inside.sum()))


def _look(job: Job, areas: AreaSet, progress: Callable[[str], None]) -> tuple[City, Policy, str, tuple[str, ...]]:
    """Read the city once: its units, what lies around them, and who lives in the given areas."""
    check_year(job.year, job.policy)
    check_limits(job.policy.policy)
    check_can_vary(job.policy.policy, job.year)
    inputs = find_inputs(job, job.year, progress)
    progress(_("reading and placing", job.language))
    units, found = read_units(inputs, job.policy, job.threads, job.language)
    rule = resolve_limits(job.policy.policy, found["let"])
    around = read_surroundings(inputs.around, units, rule, job.language)
    units, around = with_regions(units, around, rule, job.language)
    points = None
    if inputs.registers is not None:
        found_at = residents_by_address(inputs.registers, job.threads, inputs.year, units.crs)
        points = (found_at.easting, found_at.northing, found_at.residents, found_at.address_id)
    given, notes = hold(areas, units, points, job.language)
    if inputs.rests_on_sums:
        text = _("Sums by unit tell no addresses: a unit is wholly in a given area, or out, by where its middle lies.",
                 job.language)  # fmt: skip
        notes = (*notes, text)
    city = City(units, around, given, parts_of(units, around.places, job.language))
    told = (*job.notes, *areas.notes, *found["notes"], *around.notes, *notes, *told_of_memory(rule, job.language))
    return city, rule, inputs.source, told


def hold(
    areas: AreaSet, units: Units, points: tuple[Floats, Floats, Ints, Any] | None, language: str
) -> tuple[Given, tuple[str, ...]]:
    """Who lives in given areas, unit by unit.

    Parameters
    ----------
    areas : AreaSet
    units : Units
    points : tuple of four arrays, n_points, or None
        Easting, northing, residents and id of the addresses of registers; None lets each unit stand at a point inside
        it, wholly in an area or wholly out.
    language : {"da", "en"}
        Of the notes.

    Raises
    ------
    InputError
        If there are no areas, one lies outside the units, or nobody lives in any.
    """
    there = areas.in_crs(units.crs)
    if points is None:
        middle = units.easting, units.northing
        if units.geometry is not None:
            inside = shapely.point_on_surface(units.geometry)
            middle = shapely.get_x(inside), shapely.get_y(inside)
        unit, residents, area = np.arange(len(units), dtype=np.int64), units.residents, there.area_of(*middle)
    else:
        easting, northing, residents, address_id = points
        everywhere = members_of_units(units, np.zeros(len(units), dtype=np.int64))
        found = everywhere.unit_of(easting, northing, address_id)
        unit = np.full(len(residents), -1, dtype=np.int64) if found is None else found
        area = there.area_of(easting, northing, address_id)
    lived_in = np.flatnonzero((unit >= 0) & (area >= 0) & (residents > 0))
    pair, inverse = np.unique(np.column_stack([unit[lived_in], area[lived_in]]), axis=0, return_inverse=True)
    given = Given(there, pair[:, 0], pair[:, 1], total(inverse.reshape(-1), residents[lived_in], len(pair)))
    empty = np.flatnonzero(given.of_area == 0)
    _check_lived_in(there, empty, units)
    if not len(empty):
        return given, ()
    text = _("{file}: areas that nobody lives in, of which nothing can be said: {areas}", language)
    return given, (text.format(file=areas.file, areas=", ".join(there.labels[i] for i in empty.tolist())),)


def _check_lived_in(areas: AreaSet, empty: Ints, units: Units) -> None:
    """Refuse areas of which some lie outside the units, or in none of which anybody lives."""
    if not len(areas):
        raise InputError(Problem(areas.file, _("holds no areas"), _("Name a file of areas.")))
    ground = unit_polygons(units, np.arange(len(units)))
    east, north = shapely.get_coordinates(ground).T if len(ground) else (units.easting, units.northing)
    outside = empty[outside_city(areas.outline[empty], east, north)].tolist()
    if outside:
        what, remedy = _("area {label} lies outside the units"), _("Check the file and its reference system.")
        raise InputError(Problem(areas.file, what.format(label=areas.labels[i]), remedy) for i in outside)
    if len(empty) == len(areas):
        what = _("nobody lives in any of its {count} areas").format(count=len(areas))
        raise InputError(Problem(areas.file, what, _("Name the registers or units of that place and year.")))


def parts_of(units: Units, places: Places | None, language: str) -> Parts:
    """The districts that places name, else parts of as many residents each.

    Units that lie in no district are a part of their own.
    """
    if places is not None and places.is_district.any():
        place = place_of_points(places, units.easting, units.northing, districts=True)
        named = [str(name) for name in places.name.tolist()]
        names = [named[i] if i >= 0 else _("in no district", language) for i in place.tolist()]
        found, part = np.unique(as_objects(names).astype(str), return_inverse=True)
        if len(found) > 1:
            return Parts(True, tuple(found.tolist()), part.astype(np.int64))
    part = np.zeros(len(units), dtype=np.int64)
    n_parts = 1
    while n_parts < PARTS:
        for one in range(n_parts):
            part[_half(units, np.flatnonzero(part == one))] = n_parts + one
        n_parts *= 2
    found, part = np.unique(part, return_inverse=True)
    text = _("part {number}", language)
    return Parts(False, tuple(text.format(number=i + 1) for i in range(len(found))), part.astype(np.int64))


def _half(units: Units, members: Ints) -> Ints:
    """The units beyond the middle of the longer side, by residents."""
    if len(members) < 2:
        return members[:0]
    easting, northing = units.easting[members], units.northing[members]
    along = (northing, easting) if np.ptp(easting) >= np.ptp(northing) else (easting, northing)
    order = members[np.lexsort((members, *along))]
    reached = np.cumsum(units.residents[order])
    return order[int(np.searchsorted(reached, reached[-1] / 2)) + 1 :]


# --- the search -------------------------------------------------------------------------------------------------


def infer_rule(
    job: Job,
    areas: AreaSet,
    space: Space | None = None,
    tolerance: float = TOLERANCE,
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> Inference:
    """Find the settings of a policy that draw given areas best.

    Parameters
    ----------
    job : Job
        The year, the policy whose settings are varied, and where its people come from.
    areas : AreaSet
    space : Space, optional
        Without one, that of `udsat_geo.analysis.space.default_space`.
    tolerance : float
        Settings do equally well when their overlap lies no further below the best.
    draws : int
        How often the same search is made with areas elsewhere.
    progress : callable, optional

    Raises
    ------
    InputError
        If the space, the areas or the input is at fault.
    """
    tell = progress or (lambda _step: None)
    _check_numbers(tolerance, draws)
    space = space or default_space(job.policy.policy)
    asked = formations(space, job.policy.policy)
    city, rule, source, notes = _look(job, areas, tell)
    asked = [dataclasses.replace(one, policy=_with_limits(one.policy, rule)) for one in asked]
    elsewhere = lay_elsewhere(city.units, city.given.of_area, draws)
    tried, chance = try_all(city, space, asked, elsewhere, tell, job.language)
    overlaps = tried.overlap()
    best = choose(overlaps, tried, space)
    given = _given_areas(city, asked, tried, equally_good(overlaps, tolerance), best, space)
    inside = city.given.of_unit(len(city.units))
    threshold, reached = best_threshold(city.scores(rule).composite_own, inside, city.units.residents)
    return Inference(
        year=job.year,
        policy=job.policy.model_copy(update={"policy": rule}),
        source=source,
        areas=city.given.areas,
        residents=int(city.units.residents.sum()),
        space=space,
        tried=tried,
        tolerance=tolerance,
        best=best,
        own_overlap=city.overlap_of(rule, inside),
        parts=city.parts,
        held_out=hold_out(tried, space, best),
        chance=chance,
        threshold=threshold,
        threshold_overlap=reached,
        whole_units=best_of_whole_units(inside, city.units.residents),
        given=given,
        drawn=_drawn_areas(city, job, policy_at(rule, space.at(tried.place[best].tolist())), inside),
        notes=tuple(dict.fromkeys(notes)),
        language=job.language,
    )


def _check_numbers(tolerance: float, draws: int) -> None:
    problems = []
    if not 0 <= tolerance < 1:
        problems.append(Problem("--tolerance", _("must be at least 0 and less than 1"), _("0.01 is usual.")))
    if draws < 0:
        problems.append(Problem("--draws", _("must be at least 0")))
    if problems:
        raise InputError(problems)


def _with_limits(policy: Policy, rule: Policy) -> Policy:
    """A policy with its limits and what it compares with as numbers, as another one has them."""
    criteria = tuple(
        mine.model_copy(update={"limit": known.limit})
        for mine, known in zip(policy.criteria, rule.criteria, strict=True)
    )
    return policy.model_copy(update={"criteria": criteria, "compare": rule.compare})


def try_all(
    city: City,
    space: Space,
    asked: Sequence[Formation],
    elsewhere: Ints,
    tell: Callable[[str], None],
    language: str,
) -> tuple[Tried, Floats]:
    """Draw areas by all settings.

    What hangs together is found once for each formation; which of it are areas, by core and least residents, is then
    a matter of sums.

    Parameters
    ----------
    city : City
    space : Space
    asked : sequence of Formation
    elsewhere : int64, shape (n_units, n_draws)
        Residents of each unit in areas that lie elsewhere.
    tell : callable
    language : {"da", "en"}

    Returns
    -------
    tried : Tried
    chance : float64, shape (n_draws,)
        The best overlap with the areas of each draw.
    """
    units, parts, n_parts = city.units, city.parts, len(city.parts.name)
    inside = city.given.of_unit(len(units))
    columns = np.hstack([parts.split(inside), parts.split(units.residents), elsewhere])
    n_settings = sum(len(one.pairs) for one in asked)
    place = np.empty((n_settings, len(space.keys)), dtype=np.int16)
    sums = np.empty((n_settings, 2 * n_parts), dtype=np.int64)
    areas, chance, begin = np.empty(n_settings, dtype=np.int64), np.zeros(elsewhere.shape[1]), 0
    of_draw = elsewhere.sum(axis=0)
    for number, formation in enumerate(asked):
        if number % _STEP == 0:
            tell(_("trying settings: {n} of {of} formations", language).format(n=number, of=len(asked)))
        groups, strongest = city.groups(formation.policy)
        alive = _alive(space, formation.pairs, strongest, groups.residents)
        drawn = alive.astype(np.int64) @ _sums_of_groups(groups.group_of_unit, columns, len(strongest))
        end = begin + len(formation.pairs)
        place[begin:end, :-2], place[begin:end, -2:] = formation.place, formation.pairs
        sums[begin:end], areas[begin:end], begin = drawn[:, : 2 * n_parts], alive.sum(axis=1), end
        if elsewhere.shape[1]:
            whole = drawn[:, n_parts : 2 * n_parts].sum(axis=1)[:, None]
            np.maximum(chance, overlap(drawn[:, 2 * n_parts :], whole, of_draw).max(axis=0), out=chance)
    given = parts.split(inside).sum(axis=0)
    return Tried(place, sums[:, :n_parts], sums[:, n_parts:], areas, given), chance


def _alive(space: Space, pairs: Ints, strongest: Floats, residents: Ints) -> Flags:
    """Which groups are areas for each pair of core and least residents, shape (n_pairs, n_groups)."""
    cores, leasts = (
        np.array([-np.inf if value is None else value for value in values], dtype=np.float64)
        for values in space.values[-2:]
    )
    # a group without a unit that may be a core has none by any threshold
    able = (strongest >= cores[pairs[:, 0], None]) & (strongest > -np.inf)
    return np.asarray(able & (residents >= leasts[pairs[:, 1], None]))


def _sums_of_groups(group_of_unit: Ints, columns: Ints, n_groups: int) -> Ints:
    """Sums of columns, shape (n_units, n_columns), by group; -1 is none."""
    sums = np.zeros((n_groups, columns.shape[1]), dtype=np.int64)
    grouped = np.flatnonzero(group_of_unit >= 0)
    if not len(grouped):
        return sums
    order = grouped[np.argsort(group_of_unit[grouped], kind="stable")]
    there, starts = np.unique(group_of_unit[order], return_index=True)
    sums[there] = np.add.reduceat(columns[order], starts, axis=0)
    return sums


def choose(overlaps: Floats, tried: Tried, space: Space) -> int:
    """The best settings: of several, those that change the fewest keys of the policy, then by least, then the first."""
    best = np.flatnonzero(overlaps == overlaps.max())
    own = np.array(space.own)
    apart = np.abs(tried.place[best].astype(np.int64) - own)
    return int(best[np.lexsort((best, apart.sum(axis=1), (apart > 0).sum(axis=1)))[0]])


def hold_out(tried: Tried, space: Space, best: int) -> HeldOut:
    """Choose settings for each part by all others, and see how they do there."""
    n_parts = len(tried.given)
    chosen = np.empty(n_parts, dtype=np.int64)
    for part in range(n_parts):
        others = [other for other in range(n_parts) if other != part]
        chosen[part] = choose(tried.overlap(others), tried, space)
    here = np.arange(n_parts)
    shared, drawn = tried.shared[chosen, here], tried.drawn[chosen, here]
    in_all = overlap(shared.sum(), drawn.sum(), tried.given.sum())
    of_part, of_best = (
        np.where(tried.given + all_of > 0, overlap(both, all_of, tried.given), np.nan)
        for both, all_of in ((shared, drawn), (tried.shared[best], tried.drawn[best]))
    )
    return HeldOut(chosen, of_part, of_best, float(in_all))


# --- what it is held against ------------------------------------------------------------------------------------


def lay_elsewhere(units: Units, sizes: Ints, draws: int) -> Ints:
    """As many areas of as many residents, laid about places that are drawn by chance.

    An area is the units that are nearest to one drawn among those still free, until they hold as many residents: as
    large and as compact as areas are, and nowhere in particular.

    Parameters
    ----------
    units : Units
    sizes : int64, shape (n_areas,)
        Residents.
    draws : int

    Returns
    -------
    int64, shape (n_units, draws)
        Residents of each unit in such areas. The same for the same.
    """
    chance = np.random.default_rng(_SEED)
    inside = np.zeros((len(units), draws), dtype=np.int64)
    for draw in range(draws):
        free = np.flatnonzero(units.residents > 0)
        for size in sorted((int(size) for size in sizes if size), reverse=True):
            if not len(free):
                break
            middle = free[chance.integers(len(free))]
            apart = np.hypot(units.easting[free] - units.easting[middle], units.northing[free] - units.northing[middle])
            order = np.lexsort((free, apart))
            n = int(np.searchsorted(np.cumsum(units.residents[free[order]]), size)) + 1
            taken = free[order[:n]]
            inside[taken, draw] = units.residents[taken]
            free = np.sort(free[order[n:]])
    return inside


def best_threshold(composite: Floats, inside: Ints, residents: Ints) -> tuple[float, float]:
    """The composite from which on all units together overlap most with given areas, and that overlap.

    Parameters
    ----------
    composite : float64, shape (n_units,)
        NaN is none.
    inside, residents : int64, shape (n_units,)
        Who lives in the areas, and in all.
    """
    scored = np.flatnonzero(~np.isnan(composite))
    if not len(scored):
        return float("nan"), float("nan")
    order = scored[np.argsort(-composite[scored], kind="stable")]
    reached = overlap(np.cumsum(inside[order]), np.cumsum(residents[order]), inside.sum())
    # all units of one composite are in or out together
    last = np.append(np.diff(composite[order]) != 0, True)
    at = np.flatnonzero(last)[int(np.argmax(reached[last]))]
    return float(composite[order[at]]), float(reached[at])


def best_of_whole_units(inside: Ints, residents: Ints) -> float:
    """The overlap of the best set of whole units, which areas that cut through units keep below 1.

    Those with the largest shares inside, as far as it pays: a ratio of sums is greatest over such a set.
    """
    lived_in = np.flatnonzero(residents > 0)
    share = inside[lived_in] / residents[lived_in]
    order = lived_in[np.argsort(-share, kind="stable")]
    reached = overlap(np.cumsum(inside[order]), np.cumsum(residents[order]), inside.sum())
    return float(reached.max(initial=0.0))


# --- area by area -----------------------------------------------------------------------------------------------


def _given_areas(
    city: City, asked: Sequence[Formation], tried: Tried, equal: Flags, best: int, space: Space
) -> tuple[GivenArea, ...]:
    """How many residents of each given area are drawn by settings that do equally well."""
    given, n_areas = city.given, len(city.given.areas)
    least, most, by_best = given.of_area.copy(), np.zeros(n_areas, dtype=np.int64), np.zeros(n_areas, dtype=np.int64)
    begin = 0
    for formation in asked:
        end = begin + len(formation.pairs)
        chosen = np.flatnonzero(equal[begin:end])
        if len(chosen):
            groups, strongest = city.groups(formation.policy)
            alive = _alive(space, formation.pairs[chosen], strongest, groups.residents)
            shared = np.zeros((len(strongest), n_areas), dtype=np.int64)
            group = groups.group_of_unit[given.unit]
            held = group >= 0
            np.add.at(shared, (group[held], given.area[held]), given.residents[held])
            drawn = alive.astype(np.int64) @ shared
            least, most = np.minimum(least, drawn.min(axis=0)), np.maximum(most, drawn.max(axis=0))
            if begin <= best < end:
                by_best = drawn[int(np.flatnonzero(chosen == best - begin)[0])]
        begin = end
    columns = (given.areas.area_id, given.areas.name, given.of_area, by_best, least, most)
    return tuple(GivenArea(*row) for row in zip(*(column.tolist() for column in columns), strict=True))


def _drawn_areas(city: City, job: Job, best: Policy, inside: Ints) -> tuple[DrawnArea, ...]:
    """The areas of the best settings, as a designation of the year would have them."""
    units = city.units
    areas = form_areas(units, city.scores(best), city.edges(best), best, city.around.barriers)
    new = np.full(len(areas), -1, dtype=np.int64)
    named = name_areas(job.year, units, areas, city.around.places, None, new, job.language)
    shared = total(areas.area_of_unit, inside, len(areas))
    columns: tuple[Objects | Ints, ...] = (named.area_id, named.name, areas.residents, shared)
    return tuple(DrawnArea(*row) for row in zip(*(column.tolist() for column in columns), strict=True))
