"""Why two years' designations differ: the same two rules over the people of both years, taken apart.

The later rule is also run on the earlier people, and the earlier rule on the later ones. What a rule remembers of the
designation before it belongs to the year, as its people do: over the later people both rules remember the earlier
designation, over the earlier people both remember what that one remembered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np

from udsat_geo.analysis.certainty import take_certainty
from udsat_geo.analysis.pairs import SureChanges, changes_as_data
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.changes.diff import ChangedArea, Changes, changed_areas
from udsat_geo.designation.designation import Designation, Inputs, Progress, designate
from udsat_geo.designation.draws import check_draws
from udsat_geo.designation.job import (
    Job,
    check_policies,
    designate_after,
    inputs_of_years,
    is_synthetic,
    make_again,
    of_year,
    ran_before,
    without_crosswalk,
)
from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.version import __version__
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import LoadedPolicy, check_one_year, load_policy
from udsat_geo.policy.rules import Criterion
from udsat_geo.units.crosswalk import Crosswalk, pairs_between, share_out
from udsat_geo.units.units import Units

DATA, RULE, MOVING = "data", "rule", "moving"
BORDER, WITHIN = "border", "within"
OF_RESIDENTS = (DATA, RULE, MOVING)
OF_RATES = (DATA, RULE, WITHIN, MOVING)
OF_AREA_RATES = (BORDER, WITHIN, MOVING)

_FINENESS = 1 << 64
Integers = Objects
"""Python integers, which do not overflow."""


@dataclass(frozen=True)
class Situation:
    """What two years' units hold, and where two policies draw areas over the people of each.

    Index 0 is the earlier year or policy, 1 the later one. A unit that a year does not have holds nobody then.

    Attributes
    ----------
    residents : int64, shape (2, n_units)
    inside : bool, shape (2, 2, n_units)
        By the people's year, then by the policy: whether the unit is in an area.
    numerator, denominator : int64, shape (2, n_units, n_criteria)
        The sums of the later policy's criteria.
    numerator_unit, denominator_unit : int64, shape (2, n_criteria)
        What of each sum makes one.
    worse : float64, shape (n_criteria,)
        1 where a high rate is worse, -1 where a low one is.
    row_before, row_now : int64, shape (n_units,)
        The row of the comparison that tells of the unit's earlier area, and of its area now; -1 is none.
    n_rows : int
    """

    residents: Ints
    inside: Flags
    numerator: Ints
    denominator: Ints
    numerator_unit: Ints
    denominator_unit: Ints
    worse: Floats
    row_before: Ints
    row_now: Ints
    n_rows: int


@dataclass(frozen=True)
class Parts:
    """A change taken apart.

    Attributes
    ----------
    before, now : Fraction or None
        None where there is no value, as a rate of nobody.
    of : dict
        Component -> its contribution; they add up to the change. Empty where the change has no value, and without the
        parts of the border where an exchange has none.
    """

    before: Fraction | None
    now: Fraction | None
    of: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def change(self) -> Fraction | None:
        """Now less before."""
        return None if self.before is None or self.now is None else self.now - self.before

    @property
    def border(self) -> Fraction | None:
        """The contribution of the border, for whatever reason it was drawn anew."""
        if BORDER in self.of:
            return self.of[BORDER]
        return self.of[DATA] + self.of[RULE] if self.of else None


@dataclass(frozen=True)
class Decomposition:
    """Why a designation changed.

    Attributes
    ----------
    residents : tuple of Parts, length n_rows
        Of `OF_RESIDENTS`: residents of the units told with each row of the comparison.
    elsewhere : Parts
        Of units that are in no area in either year; nothing in all, but the rule may have kept out what the data would
        have brought in.
    in_all : Parts
        All residents in areas.
    areas, rest_of_city, gap : tuple of Parts, length n_criteria
        Of `OF_RATES`, data and rule being those of the border: the rates of all areas, of the rest of the city, and of
        the gap between them, positive is worse. In the rest of the city border means which units are left to it.
    city : tuple of Parts, length n_criteria
        Rates of the whole city, which have no parts here.
    rows : tuple of tuple of Parts, shape (n_rows, n_criteria)
        Of `OF_AREA_RATES`: the rates of each row's area. One that is new is seen over its units as they were before,
        one that is gone over its units as they are now, so that its border contributes nothing.
    """

    residents: tuple[Parts, ...]
    elsewhere: Parts
    in_all: Parts
    areas: tuple[Parts, ...]
    rest_of_city: tuple[Parts, ...]
    gap: tuple[Parts, ...]
    city: tuple[Parts, ...]
    rows: tuple[tuple[Parts, ...], ...]


def shapley(
    components: Sequence[str], value: Callable[[frozenset[str]], Fraction | None]
) -> dict[str, Fraction] | None:
    """Contributions of components to a change, averaged over all orders of exchanging them.

    Parameters
    ----------
    components : sequence of str
    value : callable
        The value with these components new and the others old; None where it has none.

    Returns
    -------
    dict or None
        Component -> contribution; they add up to the value of all less the value of none. None where an exchange has
        no value.
    """
    values: dict[frozenset[str], Fraction] = {}
    for size in range(len(components) + 1):
        for exchanged in combinations(components, size):
            found = value(frozenset(exchanged))
            if found is None:
                return None
            values[frozenset(exchanged)] = found
    n = len(components)
    parts = dict.fromkeys(components, Fraction(0))
    for exchanged_already, found in values.items():
        size = len(exchanged_already)
        for component in set(components) - exchanged_already:
            orders = Fraction(factorial(size) * factorial(n - size - 1), factorial(n))
            parts[component] += orders * (values[exchanged_already | {component}] - found)
    return parts


def decompose(situation: Situation) -> Decomposition:
    """Take the change between two years apart."""
    residents = _residents(situation)
    sums = [_Sums.of(situation, j) for j in range(len(situation.worse))]
    areas = tuple(_rates_of_areas(situation, each, inside=True) for each in sums)
    rest = tuple(_rates_of_areas(situation, each, inside=False) for each in sums)
    worse = [Fraction(int(side)) for side in situation.worse]
    return Decomposition(
        residents=tuple(residents[:-1]),
        elsewhere=residents[-1],
        in_all=_sum(residents),
        areas=areas,
        rest_of_city=rest,
        gap=tuple(_difference(a, b, side) for a, b, side in zip(areas, rest, worse, strict=True)),
        city=tuple(_city(each) for each in sums),
        rows=tuple(zip(*(_rates_of_rows(situation, each) for each in sums), strict=True)),
    )


def _residents(situation: Situation) -> list[Parts]:
    """The residents of each row, then of all that is told nowhere."""
    rows = np.where(situation.row_now >= 0, situation.row_now, situation.row_before)
    rows = np.where(rows < 0, situation.n_rows, rows)
    counts = np.zeros((2, 2, 2, situation.n_rows + 1), dtype=np.int64)
    for people, policy, year in np.ndindex(2, 2, 2):
        held = np.where(situation.inside[people, policy], rows, -1)
        counts[people, policy, year] = total(held, situation.residents[year], situation.n_rows + 1)
    found = []
    for row in range(situation.n_rows + 1):

        def value(new: frozenset[str], row: int = row) -> Fraction:
            return Fraction(int(counts[int(DATA in new), int(RULE in new), int(MOVING in new), row]))

        found.append(_parts(OF_RESIDENTS, value))
    return found


def _parts(components: Sequence[str], value: Callable[[frozenset[str]], Fraction | None]) -> Parts:
    before, now = value(frozenset()), value(frozenset(components))
    if before is None or now is None:
        return Parts(before, now)
    return Parts(before, now, shapley(components, value) or {})


def _sum(parts: Sequence[Parts]) -> Parts:
    """All rows together, each of which has a value."""
    before, now = (sum((getattr(each, end) for each in parts), Fraction(0)) for end in ("before", "now"))
    of = {component: sum((each.of[component] for each in parts), Fraction(0)) for component in OF_RESIDENTS}
    return Parts(before, now, of)


def _difference(one: Parts, other: Parts, side: Fraction) -> Parts:
    """One less the other, turned so that positive is worse; part by part where both have the same."""
    ends = [
        None if a is None or b is None else side * (a - b)
        for a, b in ((one.before, other.before), (one.now, other.now))
    ]
    if not one.of or not other.of:
        return Parts(ends[0], ends[1])
    if one.of.keys() != other.of.keys():
        one, other = _border_joined(one), _border_joined(other)
    return Parts(ends[0], ends[1], {name: side * (one.of[name] - other.of[name]) for name in one.of})


def _border_joined(parts: Parts) -> Parts:
    """The same with one contribution of the border."""
    if BORDER in parts.of or parts.border is None:
        return parts
    of = {BORDER: parts.border, WITHIN: parts.of[WITHIN], MOVING: parts.of[MOVING]}
    return Parts(parts.before, parts.now, of)


@dataclass(frozen=True)
class _Sums:
    """One criterion, unit by unit, as whole numbers.

    Attributes
    ----------
    top : list of two lists of two arrays of Python integers, shape (n_units,)
        ``top[a][b]``: the unit's rate of year a times its denominator of year b, in parts of `_FINENESS`.
    bottom : list of two arrays of Python integers, shape (n_units,)
        The denominators.
    scale : Fraction
        What turns the ratio of the two into a rate.
    """

    top: list[list[Integers]]
    bottom: list[Integers]
    scale: Fraction

    @staticmethod
    def of(situation: Situation, criterion: int) -> _Sums:
        """From the sums of both years, brought to common units of measure."""
        tops, top_unit = _common(situation.numerator[:, :, criterion], situation.numerator_unit[:, criterion])
        bottoms, bottom_unit = _common(situation.denominator[:, :, criterion], situation.denominator_unit[:, criterion])
        top = [[tops[a] * _FINENESS if a == b else _crossed(tops, bottoms, a, b) for b in (0, 1)] for a in (0, 1)]
        return _Sums(top, bottoms, Fraction(bottom_unit, top_unit * _FINENESS))

    def rate(self, top: int, bottom: int) -> Fraction | None:
        """The rate of sums; None where nobody is counted."""
        return self.scale * Fraction(top, bottom) if bottom else None


def _common(sums: Ints, unit: Ints) -> tuple[list[Integers], int]:
    """Both years' sums in one unit of measure, as Python integers."""
    common = int(np.lcm.reduce(unit))
    return [sums[year].astype(object) * (common // int(unit[year])) for year in (0, 1)], common


def _crossed(tops: list[Integers], bottoms: list[Integers], a: int, b: int) -> Integers:
    """The rate of year a times the denominator of year b; where year a has no rate, the other year's."""
    known = bottoms[a] != 0
    crossed: Integers = tops[b] * _FINENESS
    crossed[known] = tops[a][known] * bottoms[b][known] * _FINENESS // bottoms[a][known]
    return crossed


def _grouped(group: Ints, values: Integers, n_groups: int) -> list[int]:
    """Sums of Python integers by group; -1 is no group."""
    sums = np.zeros(n_groups, dtype=object)
    held = group >= 0
    np.add.at(sums, group[held], values[held])
    return [int(total) for total in sums]


def _rates_of_areas(situation: Situation, sums: _Sums, inside: bool) -> Parts:
    """The rate of all areas, or of all that is outside, with the border apart as far as every exchange has a value."""
    held = situation.inside if inside else ~situation.inside
    # units that are in and out under the same four combinations are added up once
    pattern = np.tensordot(np.array([[1, 2], [4, 8]]), held.astype(np.int64))
    top = [[_grouped(pattern, sums.top[a][b], 16) for b in (0, 1)] for a in (0, 1)]
    bottom = [_grouped(pattern, sums.bottom[b], 16) for b in (0, 1)]

    def rate(people: int, policy: int, a: int, b: int) -> Fraction | None:
        members = [bits for bits in range(16) if bits >> (2 * people + policy) & 1]
        return sums.rate(sum(top[a][b][bits] for bits in members), sum(bottom[b][bits] for bits in members))

    def value(new: frozenset[str]) -> Fraction | None:
        return rate(int(DATA in new), int(RULE in new), int(WITHIN in new), int(MOVING in new))

    def joined(new: frozenset[str]) -> Fraction | None:
        return rate(int(BORDER in new), int(BORDER in new), int(WITHIN in new), int(MOVING in new))

    found = _parts(OF_RATES, value)
    return found if found.of else _parts(OF_AREA_RATES, joined)


def _rates_of_rows(situation: Situation, sums: _Sums) -> list[Parts]:
    """The rate of each row's area, over its units before and now."""
    n_rows = situation.n_rows
    groups = (situation.row_before, situation.row_now)
    top = [[[_grouped(group, sums.top[a][b], n_rows) for b in (0, 1)] for a in (0, 1)] for group in groups]
    bottom = [[_grouped(group, sums.bottom[b], n_rows) for b in (0, 1)] for group in groups]
    there = [np.bincount(group[group >= 0], minlength=n_rows) > 0 for group in groups]
    found = []
    for row in range(n_rows):
        drawn = [side if there[side][row] else 1 - side for side in (0, 1)]

        def value(new: frozenset[str], row: int = row, drawn: list[int] = drawn) -> Fraction | None:
            side, a, b = drawn[int(BORDER in new)], int(WITHIN in new), int(MOVING in new)
            return sums.rate(top[side][a][b][row], bottom[side][b][row])

        found.append(_parts(OF_AREA_RATES, value))
    return found


def _city(sums: _Sums) -> Parts:
    """The rate of the whole city."""
    ends = [sums.rate(int(sums.top[year][year].sum()), int(sums.bottom[year].sum())) for year in (0, 1)]
    return Parts(ends[0], ends[1])


def rounded_parts(parts: Sequence[Fraction], whole: Fraction, digits: int) -> list[Fraction]:
    """Contributions rounded so that they add up to the rounded whole: the largest remainders are rounded up.

    Parameters
    ----------
    parts : sequence of Fraction
        That add up to `whole`.
    whole : Fraction
    digits : int
        Decimals.
    """
    unit = Fraction(1, 10**digits)
    down = [(part / unit).__floor__() for part in parts]
    left = round(whole / unit) - sum(down)
    order = sorted(range(len(parts)), key=lambda i: (down[i] - parts[i] / unit, i))
    # floors never exceed the rounded whole, and fall short of it by fewer than there are parts
    for i in order[:left]:
        down[i] += 1
    return [n * unit for n in down]


@dataclass(frozen=True)
class Why:
    """Two years' designations, what changed, and why.

    Attributes
    ----------
    before, now : Designation
    changes : Changes
    decomposition : Decomposition
    chance : SureChanges or None
        How sure the changes are; None where that was not asked for, or cannot be drawn, as `chance_note` says.
    chance_note : str
    """

    before: Designation
    now: Designation
    changes: Changes
    decomposition: Decomposition
    chance: SureChanges | None = None
    chance_note: str = ""

    @property
    def same_rule(self) -> bool:
        """Whether both years were designated by one policy."""
        return self.before.policy.sha256 == self.now.policy.sha256

    @cached_property
    def rows(self) -> list[ChangedArea]:
        """The areas that the comparison tells of, in the order of the decomposition."""
        return changed_areas(self.changes, self.before, self.now)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria whose rates are taken apart: those of the later policy."""
        return self.now.policy.policy.criteria


def explain_change(before: Job, now: Job, progress: Progress | None = None, draws: int = 0) -> Why:
    """Designate two years and take their difference apart.

    Parameters
    ----------
    before, now : Job
        The years, each with its policy; in all else they are the same.
    progress : callable, optional
    draws : int
        Pairs of draws that say how much chance is in it, at least 2; 0 for none.

    Raises
    ------
    InputError
        If the years do not rise, one has no inputs, the policies are over different units, or an input is at fault.
    """
    if draws:
        check_draws(draws, 0)
    check_policies(before.policy, now.policy)
    for job in (before, now):
        check_one_year(job.policy.policy)
    years = (before.year, now.year)
    inputs = inputs_of_years((before, now), progress)
    first = make_again(without_crosswalk(of_year(before, years[0])), progress)
    second = designate_after(of_year(now, years[1]), inputs[1], first, progress)
    if second.changes is None:
        raise InputError(Problem(f"{years[0]}, {years[1]}", _("cannot be compared")))
    made = {(0, 0): first, (1, 1): second}
    if before.policy.sha256 == now.policy.sha256:
        made |= {(0, 1): first, (1, 0): second}
    else:
        made[0, 1] = _exchanged(of_year(before, years[0]), now.policy, inputs[0], first, progress)
        made[1, 0] = _exchanged(of_year(now, years[1]), before.policy, inputs[1], second, progress)
    found = Why(first, second, second.changes, decompose(_situation(made, second.changes)))
    if not draws:
        return found
    sides = (of_year(before, years[0]), of_year(now, years[1]))
    return dataclasses.replace(found, **_chance(found, sides, draws, progress))


def _chance(found: Why, jobs: tuple[Job, Job], draws: int, progress: Progress | None) -> dict[str, Any]:
    """How sure the changes are, or why that is not told."""
    before, now = jobs
    previous, language = found.now.previous, now.language
    if previous is not None and previous.crosswalk is not None:
        year = found.before.year
        text = _("How sure the changes since {year} are is not told: its zones are others.", language)
        return {"chance_note": text.format(year=year)}
    try:
        return {"chance": take_certainty(found.now, now, draws, 0, progress, (found.before, before)).changes}
    except InputError as error:
        text = _("How sure the changes are is not told: {reason}", language)
        return {"chance_note": text.format(reason=" ".join(error.messages))}


def explain_areas(
    before: AreaSet, now: AreaSet, policies: Sequence[LoadedPolicy], named: Job, progress: Progress | None = None
) -> tuple[Why, tuple[str, ...]]:
    """Take the difference of two stored designations apart, by making them again from their registers.

    Parameters
    ----------
    before, now : AreaSet
    policies : sequence of LoadedPolicy
        Beside the built-in ones; each designation's must be among them, to the last byte.
    named : Job
        Where the registers are, and the language; its year and policy do not count.
    progress : callable, optional

    Returns
    -------
    why : Why
    notes : tuple of str
        Where the stored designations are not what registers and policy give, as after decisions by hand.

    Raises
    ------
    InputError
        If they are no designations of ours, of one year, or cannot be made again.
    """
    _check_registers((before, now), named)
    jobs = [dataclasses.replace(named, year=side.year, policy=_policy_of(side, policies)) for side in (before, now)]
    found = explain_change(jobs[0], jobs[1], progress)
    notes = []
    for side, made in ((before, found.before), (now, found.now)):
        stored = set(side.members.unit_id[side.members.area_of_unit >= 0].tolist())
        inside = set(made.units.unit_id[made.areas.area_of_unit >= 0].tolist())
        if stored != inside:
            told = N_("{file}: {count} units are not designated as registers and policy have it; that is not explained")
            notes.append(_(told, named.language).format(file=side.file, count=len(stored ^ inside)))
    return found, tuple(notes)


def _check_registers(sides: Sequence[AreaSet], named: Job) -> None:
    """Two designations whose registers are there."""
    problems = []
    for side in sides:
        where = f"--why, {side.file}"
        if not side.is_designation:
            remedy = _("Leave out --why: polygons have no rule that could be run again.")
            problems.append(Problem(where, _("is no designation of ours"), remedy))
        elif side.source == "unit_table":
            remedy = _("Use udsat why with --units and {year} in the tables' name.")
            problems.append(Problem(where, _("was made from a unit table"), remedy))
        elif is_synthetic(named) != (side.source == "synthetic") and named.raw is None:
            source = _("synthetic registers") if side.source == "synthetic" else _("registers")
            what = _("was made from {source}, which are not here").format(source=source)
            problems.append(Problem(where, what, _("Name its registers with --registers DIR.")))
    if problems:
        raise InputError(problems)


def _policy_of(side: AreaSet, policies: Sequence[LoadedPolicy]) -> LoadedPolicy:
    """The policy that a designation was made by, which must be there."""
    for policy in (*policies, *map(load_policy, BUILT_IN)):
        if policy.sha256 == side.policy_sha256:
            return policy
    what = _("was made by the policy {policy}, which is not here as it was").format(policy=side.policy_id)
    raise InputError(Problem(f"--why, {side.file}", what, _("Name its file with --policy.")))


def _exchanged(
    job: Job, policy: LoadedPolicy, inputs: Inputs, real: Designation, progress: Progress | None
) -> Designation:
    """A year's people under the other year's policy, which may not hold for that year."""
    rule = policy.policy
    years = (min(rule.years[0], job.year), max(rule.years[1], job.year))
    widened = policy.model_copy(update={"policy": rule.model_copy(update={"years": years})})
    other = dataclasses.replace(job, policy=widened)
    ran = ran_before(other, job.year, inputs)
    return designate(job.year, widened, inputs, real.previous, job.language, job.threads, progress, ran)


@dataclass(frozen=True)
class _Places:
    """What two years' units have in common: a unit of both, or a part of an earlier zone that lies in one of now.

    Attributes
    ----------
    unit : tuple of two int64, shape (n_places,)
        The unit of the earlier year, and of the later one; -1 is none.
    part : tuple of two object (int), shape (n_places,)
        In what proportion a unit's people are shared out among its places.
    """

    unit: tuple[Ints, Ints]
    part: tuple[Objects, Objects]

    def labels(self, year: int, values: Ints) -> Ints:
        """What each place has of its unit of a year, -1 where that year has none."""
        return np.append(values, -1)[self.unit[year]]

    def sums(self, year: int, values: Ints) -> Ints:
        """Whole numbers of a year's units, shape (n_units, ...), shared out among their places."""
        there = np.flatnonzero(self.unit[year] >= 0)
        unit, part = self.unit[year][there], self.part[year][there]
        result = np.zeros((len(self.unit[year]), *values.shape[1:]), dtype=np.int64)
        if np.bincount(unit, minlength=1).max() <= 1:
            result[there] = values[unit]
            return result
        ones = np.ones(len(unit), dtype=np.int64)
        for column in np.ndindex(values.shape[1:]):
            result[(there, *column)] = share_out(values[(slice(None), *column)], unit, part, ones)
        return result


def _places(before: Units, now: Units, crosswalk: Crosswalk | None) -> _Places:
    """The places of two years: those of the units of now, then those of units gone."""
    if crosswalk is not None:
        pairs = pairs_between(crosswalk, before.unit_id, now.unit_id)
        alone = np.setdiff1d(np.arange(len(now)), pairs.unit_of_now)
        none = np.full(len(alone), -1, dtype=np.int64)
        unit = np.concatenate([pairs.unit_of_earlier, none]), np.concatenate([pairs.unit_of_now, alone])
        weight = np.concatenate([pairs.weight, none + 2]).astype(object)
        moved = np.concatenate([pairs.moved(before.residents), weight[len(pairs) :]])
        return _Places(unit, (weight, moved))
    place = {unit: i for i, unit in enumerate(before.unit_id.tolist())}
    earlier = np.array([place.pop(unit, -1) for unit in now.unit_id.tolist()], dtype=np.int64)
    gone = np.array(list(place.values()), dtype=np.int64)
    unit = np.concatenate([earlier, gone]), np.concatenate([np.arange(len(now)), np.full(len(gone), -1)])
    ones = np.ones(len(unit[0]), dtype=object)
    return _Places(unit, (ones, ones))


def _situation(made: dict[tuple[int, int], Designation], changes: Changes) -> Situation:
    """All four designations over the places that either year has."""
    previous = made[1, 1].previous
    places = _places(made[0, 0].units, made[1, 1].units, None if previous is None else previous.crosswalk)

    def inside(people: int, policy: int) -> Flags:
        return places.labels(people, made[people, policy].areas.area_of_unit) >= 0

    # the sums of the later policy's criteria over both years' people
    counted = [made[0, 1].units, made[1, 1].units]
    return Situation(
        residents=np.stack([places.sums(year, made[year, year].units.residents) for year in (0, 1)]),
        inside=np.array([[inside(people, policy) for policy in (0, 1)] for people in (0, 1)]),
        numerator=np.stack([places.sums(year, counted[year].numerator) for year in (0, 1)]),
        denominator=np.stack([places.sums(year, counted[year].denominator) for year in (0, 1)]),
        numerator_unit=np.stack([units.numerator_unit for units in counted]),
        denominator_unit=np.stack([units.denominator_unit for units in counted]),
        worse=np.array([1.0 if c.worse == "high" else -1.0 for c in made[1, 1].policy.policy.criteria]),
        row_before=np.append(changes.row_of_previous, -1)[places.labels(0, made[0, 0].areas.area_of_unit)],
        row_now=places.labels(1, made[1, 1].areas.area_of_unit),
        n_rows=len(changes.event),
    )


RATES = ("areas", "rest_of_city", "gap", "city")


def why_as_data(found: Why) -> dict[str, Any]:
    """Why two years' designations differ; the same for the same.

    Every change has `before`, `now`, `change` and its parts by name, null where there is no value; rates are fractions
    or in the criterion's own unit, positive gaps worse. Parts are the exact ones to the nearest float.
    """
    decomposition, keys = found.decomposition, found.now.policy.policy.keys
    areas = [{"area_id": row.area_id, "name": row.name, "event": row.event} for row in found.rows]
    rates_of_areas = [
        [{"criterion": key, **_data(parts)} for key, parts in zip(keys, row, strict=True)] for row in decomposition.rows
    ]
    return {
        "version": __version__,
        "before": _designation(found.before),
        "now": _designation(found.now),
        "same_rule": found.same_rule,
        "residents": {
            "in_all": _data(decomposition.in_all),
            "areas": [{**area, **_data(parts)} for area, parts in zip(areas, decomposition.residents, strict=True)],
            "elsewhere": _data(decomposition.elsewhere),
        },
        "rates": [
            {"criterion": key, **{name: _data(getattr(decomposition, name)[j]) for name in RATES}}
            for j, key in enumerate(keys)
        ],
        **({} if found.chance is None else {"chance": changes_as_data(found.chance)}),
        "rates_of_areas": [{**area, "rates": rates} for area, rates in zip(areas, rates_of_areas, strict=True)],
        "notes": list(dict.fromkeys(filter(None, (*found.before.notes, *found.now.notes, found.chance_note)))),
    }


def _designation(made: Designation) -> dict[str, Any]:
    policy = made.policy
    return {
        "year": made.year,
        "policy": policy.policy.id,
        "policy_sha256": policy.sha256,
        "source": made.inputs.source,
        "residents": made.status.residents,
    }


def _data(parts: Parts) -> dict[str, Any]:
    data = {"before": _number(parts.before), "now": _number(parts.now), "change": _number(parts.change)}
    return {**data, "parts": {name: _number(value) for name, value in parts.of.items()} or None}


def _number(value: Fraction | None) -> float | int | None:
    """A fraction as JSON holds it: whole numbers as such."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
