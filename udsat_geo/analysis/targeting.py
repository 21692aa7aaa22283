"""Whom areas reach: of the people a criterion is about, how many live in them, and how many others do.

Coverage, leakage and concentration are those by which programmes are judged: D. Coady, M. Grosh and J. Hoddinott,
Targeting of transfers in developing countries (World Bank 2004), where the last is the share of a programme that goes
to the poor over their share of the population: 1 is what a lottery would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects, total
from udsat_geo.policy.rules import Criterion, Policy


class CountedSums(Protocol):
    """Exact sums by place, of units or of registers."""

    @property
    def numerator(self) -> Ints:
        """Shape (n_places, n_criteria)."""

    @property
    def denominator(self) -> Ints:
        """Shape (n_places, n_criteria)."""

    @property
    def numerator_unit(self) -> Ints:
        """How many of a sum make one, shape (n_criteria,)."""

    @property
    def denominator_unit(self) -> Ints:
        """How many of a sum make one, shape (n_criteria,)."""


@dataclass(frozen=True)
class People:
    """By criterion, those it is about among those it is counted over, in each place.

    Attributes
    ----------
    criteria : tuple of Criterion, n_counted
        Shares of people (or dwellings), in the order of the policy.
    place : tuple of int, n_counted
        Where each stands among the policy's criteria.
    affected, base : int64, shape (n_places, n_counted)
        Those in the worse state, as the criterion has it, and all who are counted.
    of_one : int64, shape (n_counted,)
        How many of a sum make one.
    """

    criteria: tuple[Criterion, ...]
    place: tuple[int, ...]
    affected: Ints
    base: Ints
    of_one: Ints

    @property
    def are_whole(self) -> Flags:
        """Which criteria count whole people everywhere, shape (n_counted,)."""
        parts: Flags = (self.affected % self.of_one != 0) | (self.base % self.of_one != 0)
        return np.asarray(~parts.any(axis=0))


def find_people(sums: CountedSums, policy: Policy, among: Sequence[int] | None = None) -> People:
    """Those whom criteria are about, of the criteria that are shares of a count.

    Not so counted are quantiles, changes, indices, criteria with a unit that is no share, ratios above one, and shares
    that a table has without their denominator, which say nothing of how many people there are.

    Parameters
    ----------
    sums : CountedSums
    policy : Policy
    among : sequence of int, optional
        Only these of its criteria.
    """
    chosen = [
        j
        for j, criterion in enumerate(policy.criteria)
        if (among is None or j in among)
        and _is_counted(criterion, sums.numerator[:, j], sums.denominator[:, j], sums, j)
    ]
    affected, base = (np.zeros((len(sums.numerator), len(chosen)), dtype=np.int64) for _ in range(2))
    of_one = np.ones(len(chosen), dtype=np.int64)
    for k, j in enumerate(chosen):
        top, below, of_one[k] = _in_one_unit(sums, j)
        base[:, k] = below
        affected[:, k] = top if policy.criteria[j].worse == "high" else below - top
    return People(tuple(policy.criteria[j] for j in chosen), tuple(chosen), affected, base, of_one)


def _in_one_unit(sums: CountedSums, j: int) -> tuple[Ints, Ints, int]:
    """Both sums of a criterion, and how many of either make one."""
    above, below = int(sums.numerator_unit[j]), int(sums.denominator_unit[j])
    common = int(np.lcm(above, below))
    return sums.numerator[:, j] * (common // above), sums.denominator[:, j] * (common // below), common


def _is_counted(criterion: Criterion, numerator: Ints, denominator: Ints, sums: CountedSums, j: int) -> bool:
    """Whether a criterion is a share of a count: it has no other unit, and is within its base in every place."""
    has_own_unit = bool(criterion.unit) and not criterion.is_share
    if criterion.is_quantile or criterion.is_change or criterion.is_index or has_own_unit:
        return False
    top, below, of_one = _in_one_unit(sums, j)
    within = bool(((top >= 0) & (top <= below)).all())
    # what is written as a share has a denominator of one in every place
    return within and int(below.max(initial=0)) > of_one


@dataclass(frozen=True)
class Targeting:
    """Whom areas reach, by area and in all.

    Attributes
    ----------
    rule : str
        The id of the policy that drew the areas.
    area_id, name : object (str), shape (n_areas,)
    residents : int64, shape (n_areas + 1,)
        Of each area, and of all.
    criteria : tuple of Criterion, n_counted
    reached, within : float64, shape (n_areas + 1, n_counted)
        Those whom a criterion is about, and all who are counted, in each area; the last row is of all areas.
    affected, base : float64, shape (n_counted,)
        The same in the whole city.
    at_best : float64, shape (n_counted,)
        Those who would be reached if as many lived in areas, and in the places with the highest rates of this
        criterion alone, whatever their size and wherever they lie.
    """

    rule: str
    area_id: Objects
    name: Objects
    residents: Ints
    criteria: tuple[Criterion, ...]
    reached: Floats
    within: Floats
    affected: Floats
    base: Floats
    at_best: Floats

    @property
    def others(self) -> Floats:
        """Who are counted in the areas and not meant, shape (n_areas + 1, n_counted)."""
        return self.within - self.reached

    @property
    def coverage(self) -> Floats:
        """The share of those who are meant that is reached; NaN where there are none."""
        return _ratio(self.reached, self.affected)

    @property
    def leakage(self) -> Floats:
        """The share of those in the areas who are not meant; NaN where nobody is counted."""
        return _ratio(self.others, self.within)

    @property
    def concentration(self) -> Floats:
        """How many times their share of the city those who are meant are of the areas; 1 is what a lottery gives."""
        return _ratio(_ratio(self.reached, self.within), _ratio(self.affected, self.base))

    @property
    def coverage_at_best(self) -> Floats:
        """The share that would be reached at best, shape (n_counted,)."""
        return _ratio(self.at_best, self.affected)


def _ratio(top: Floats, below: Floats) -> Floats:
    result = np.full(np.broadcast_shapes(top.shape, below.shape), np.nan)
    np.divide(top, below, out=result, where=np.broadcast_to(below > 0, result.shape))
    return result


def find_targeting(areas: AreaSet, people: People, area_of_place: Ints) -> Targeting:
    """Whom areas reach.

    Parameters
    ----------
    areas : AreaSet
        Of a designation.
    people : People
        By place.
    area_of_place : int64, shape (n_places,)
        -1 is outside all areas.
    """
    reached, within = (total(area_of_place, sums, len(areas)) for sums in (people.affected, people.base))
    reached, within = (np.vstack([sums, sums.sum(axis=0)[None, :]]) for sums in (reached, within))
    affected, base = people.affected.sum(axis=0), people.base.sum(axis=0)
    of_one = people.of_one.astype(np.float64)
    return Targeting(
        rule=areas.policy_id,
        area_id=areas.area_id,
        name=areas.name,
        residents=np.append(areas.residents, areas.residents.sum()),
        criteria=people.criteria,
        reached=reached / of_one,
        within=within / of_one,
        affected=affected / of_one,
        base=base / of_one,
        at_best=_at_best(people, within[-1]) / of_one,
    )


def _at_best(people: People, places: Ints) -> Floats:
    """Who would be reached in as many `places`, shape (n_counted,), from the highest rate down.

    The last place is taken in part; places of one rate are alike, so that no order of them matters.
    """
    found = np.zeros(len(places))
    for k in range(len(places)):
        some = people.base[:, k] > 0
        affected, base = people.affected[some, k], people.base[some, k]
        order = np.argsort(-(affected / base), kind="stable")
        up_to, reached = (np.concatenate([[0.0], np.cumsum(sums[order])]) for sums in (base, affected))
        found[k] = np.interp(float(places[k]), up_to, reached)
    return found
