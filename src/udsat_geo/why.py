"""Why two years' designations differ: the same two rules over the people of both years, taken apart.

The later rule is also run on the earlier people, and the earlier rule on the later ones. What a rule remembers of the
designation before it belongs to the year, as its people do: over the later people both rules remember the earlier
designation, over the earlier people both remember what that one remembered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.change_wording import WHY
from udsat_geo.decomposition import Decomposition, Situation, decompose
from udsat_geo.designation import Designation, Inputs, Progress, designate
from udsat_geo.diff import Changes
from udsat_geo.errors import InputError, Problem
from udsat_geo.io.areas_file import AreasFile
from udsat_geo.job import Job, is_synthetic, ran_before, run
from udsat_geo.policy import BUILT_IN, Criterion, LoadedPolicy, load_policy
from udsat_geo.series import check_policies, designate_after, inputs_of_years, of_year
from udsat_geo.units import Units


@dataclass(frozen=True)
class Why:
    """Two years' designations, what changed, and why.

    Attributes
    ----------
    before, now : Designation
    changes : Changes
    decomposition : Decomposition
    """

    before: Designation
    now: Designation
    changes: Changes
    decomposition: Decomposition

    @property
    def same_rule(self) -> bool:
        """Whether both years were designated by one policy."""
        return self.before.policy.sha256 == self.now.policy.sha256

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria whose rates are taken apart: those of the later policy."""
        return self.now.policy.policy.criteria


def explain_change(before: Job, now: Job, progress: Progress | None = None) -> Why:
    """Designate two years and take their difference apart.

    Parameters
    ----------
    before, now : Job
        The years, each with its policy; in all else they are the same.
    progress : callable, optional

    Raises
    ------
    InputError
        If the years do not rise, one has no inputs, the policies are over different units, or an input is at fault.
    """
    check_policies(before.policy, now.policy)
    years = (before.year, now.year)
    inputs = inputs_of_years((before, now), progress)
    first = run(of_year(before, years[0]), progress)
    second = designate_after(of_year(now, years[1]), inputs[1], first, progress)
    if second.changes is None:
        raise InputError(Problem(f"{years[0]}, {years[1]}", "cannot be compared"))
    made = {(0, 0): first, (1, 1): second}
    if before.policy.sha256 == now.policy.sha256:
        made |= {(0, 1): first, (1, 0): second}
    else:
        made[0, 1] = _exchanged(of_year(before, years[0]), now.policy, inputs[0], first, progress)
        made[1, 0] = _exchanged(of_year(now, years[1]), before.policy, inputs[1], second, progress)
    return Why(first, second, second.changes, decompose(_situation(made, second.changes)))


def explain_files(
    before: AreasFile, now: AreasFile, policies: Sequence[LoadedPolicy], named: Job, progress: Progress | None = None
) -> tuple[Why, tuple[str, ...]]:
    """Take the difference of two stored designations apart, by making them again from their registers.

    Parameters
    ----------
    before, now : AreasFile
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
    jobs = [
        dataclasses.replace(named, year=side.designated.year, policy=_policy_of(side, policies))
        for side in (before, now)
    ]
    found = explain_change(jobs[0], jobs[1], progress)
    notes = []
    for side, made in ((before, found.before), (now, found.now)):
        stored = {
            unit for unit, area in zip(side.designated.unit_id, side.designated.area_of_unit, strict=True) if area >= 0
        }
        inside = set(made.units.unit_id[made.areas.area_of_unit >= 0].tolist())
        if stored != inside:
            notes.append(WHY[named.language]["remade"].format(file=side.name, count=len(stored ^ inside)))
    return found, tuple(notes)


def _check_registers(sides: Sequence[AreasFile], named: Job) -> None:
    """Two designations whose registers are there."""
    problems = []
    for side in sides:
        if side.kind != "designation":
            remedy = "Leave out --why: polygons have no rule that could be run again."
            problems.append(Problem(f"--why, {side.name}", "is no designation of ours", remedy))
        elif side.designated.source == "unit_table":
            remedy = "Use udsat why with --units and {year} in the tables' name."
            problems.append(Problem(f"--why, {side.name}", "was made from a unit table", remedy))
        elif is_synthetic(named) != (side.designated.source == "synthetic") and named.raw is None:
            what = f"was made from {side.designated.source}, which are not here"
            problems.append(Problem(f"--why, {side.name}", what, "Name its registers with --raw DIR."))
    if problems:
        raise InputError(problems)


def _policy_of(side: AreasFile, policies: Sequence[LoadedPolicy]) -> LoadedPolicy:
    """The policy that a designation was made by.

    Raises
    ------
    InputError
        If it is not there.
    """
    for policy in (*policies, *map(load_policy, BUILT_IN)):
        if policy.sha256 == side.designated.policy_sha256:
            return policy
    what = f"was made by the policy {side.designated.policy_id}, which is not here as it was"
    raise InputError(Problem(f"--why, {side.name}", what, "Name its file with --policy."))


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


def _situation(made: dict[tuple[int, int], Designation], changes: Changes) -> Situation:
    """All four designations over the units that either year has: those of now, then those gone."""
    before, now = made[0, 0].units, made[1, 1].units
    place = {unit: i for i, unit in enumerate(now.unit_id.tolist())}
    for unit in before.unit_id.tolist():
        place.setdefault(unit, len(place))
    n_units = len(place)

    def spread(units: Units, values: NDArray[np.int64], missing: int) -> NDArray[np.int64]:
        result = np.full((n_units, *values.shape[1:]), missing, dtype=np.int64)
        result[[place[unit] for unit in units.unit_id.tolist()]] = values
        return result

    def inside(people: int, policy: int) -> NDArray[np.bool_]:
        one = made[people, policy]
        return spread(one.units, one.areas.area_of_unit, -1) >= 0

    # the sums of the later policy's criteria over both years' people
    counted = [made[0, 1].units, made[1, 1].units]
    earlier = spread(before, made[0, 0].areas.area_of_unit, -1)
    return Situation(
        residents=np.stack([spread(before, before.residents, 0), spread(now, now.residents, 0)]),
        inside=np.array([[inside(people, policy) for policy in (0, 1)] for people in (0, 1)]),
        numerator=np.stack([spread(units, units.numerator, 0) for units in counted]),
        denominator=np.stack([spread(units, units.denominator, 0) for units in counted]),
        numerator_unit=np.stack([units.numerator_unit for units in counted]),
        denominator_unit=np.stack([units.denominator_unit for units in counted]),
        worse=np.array([1.0 if c.worse == "high" else -1.0 for c in made[1, 1].policy.policy.criteria]),
        row_before=np.append(changes.row_of_previous, -1)[earlier],
        row_now=spread(now, made[1, 1].areas.area_of_unit, -1),
        n_rows=len(changes.event),
    )
