"""What rates are held against: the whole city's, those of the region a unit lies in, given figures, or a blend.

A blend is the sum of weight times figure. It and the limits that are so many times what is compared with are reckoned
as fractions of whole numbers and rounded once, so that a rate of just the limit is at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.units.units import Units

Figure = Fraction | None
"""A rate without any rounding; None where there is none."""


@dataclass(frozen=True)
class Against:
    """What the rates of units, or of groups of units, are held against.

    Attributes
    ----------
    value : float64, broadcastable to the rates
        What gaps are taken to; NaN where there is nothing to compare with.
    limit : float64, broadcastable to the rates
        What is exceeded at or beyond it; NaN where a criterion has no limit and is exceeded where the gap is above 0.
    """

    value: Floats
    limit: Floats

    def line(self, policy: Policy) -> Floats:
        """What a rate must be at or beyond to be exceeded: the limit, or what it is compared with without one."""
        held = np.array([criterion.has_limit for criterion in policy.criteria])
        return np.where(held, self.limit, self.value)


@dataclass(frozen=True)
class Comparators:
    """What each unit is compared with.

    Attributes
    ----------
    value, limit : float64, shape (n_rows, n_criteria)
        As in `Against`: a row for each region, or one for all.
    row_of_unit : int64, shape (n_units,), or None
        -1 is nothing to compare with; None where one row serves all.
    """

    value: Floats
    limit: Floats
    row_of_unit: Ints | None = None

    def comparable(self, n_units: int) -> Flags:
        """Whether each unit has something to be compared with, bool, shape (n_units,)."""
        return np.ones(n_units, dtype=bool) if self.row_of_unit is None else self.row_of_unit >= 0

    def of_units(self, chosen: Ints | None = None) -> Against:
        """What units are held against: of shape (n_units, n_criteria), or (n_criteria,) where all have the same.

        Parameters
        ----------
        chosen : int64, shape (n_chosen,), optional
            The numbers of some units; without it, all.
        """
        if self.row_of_unit is None:
            return Against(self.value[0], self.limit[0])
        row = self.row_of_unit if chosen is None else self.row_of_unit[chosen]
        value, limit = (np.vstack([each, np.full(each.shape[1], np.nan)]) for each in (self.value, self.limit))
        return Against(value[row], limit[row])

    def of_groups(self, group_of_unit: Ints, n_groups: int, residents: Ints) -> Against:
        """What groups of units are held against: the mean over their residents; own choice.

        Where all residents of a group are compared with the same, it is just that.

        Parameters
        ----------
        group_of_unit : int64, shape (n_units,)
            -1 is none.
        n_groups : int
        residents : int64, shape (n_units,)
        """
        if self.row_of_unit is None:
            return Against(self.value[0], self.limit[0])
        known = (group_of_unit >= 0) & (self.row_of_unit >= 0)
        share = np.zeros((n_groups, len(self.value)))
        np.add.at(share, (group_of_unit[known], self.row_of_unit[known]), residents[known])
        empty = ~share.any(axis=1)
        there = np.zeros(share.shape, dtype=bool)
        there[group_of_unit[known], self.row_of_unit[known]] = True
        share[empty] = there[empty]
        return Against(*(_means(share, each) for each in (self.value, self.limit)))

    def of_members(self, members: Ints, residents: Ints) -> Against:
        """What one group is held against, of shape (1, n_criteria) or (n_criteria,); see `of_groups`."""
        if self.row_of_unit is None:
            return Against(self.value[0], self.limit[0])
        group_of_unit = np.full(len(residents), -1, dtype=np.int64)
        group_of_unit[members] = 0
        return self.of_groups(group_of_unit, 1, residents)

    def of_each(self, groups: Sequence[Ints], residents: Ints) -> Against:
        """What several groups are held against, which may share units: as `of_members`, one row for each."""
        if self.row_of_unit is None:
            return Against(self.value[0], self.limit[0])
        each = [self.of_members(members, residents) for members in groups]
        return Against(np.concatenate([one.value for one in each]), np.concatenate([one.limit for one in each]))


def _means(share: Floats, of_row: Floats) -> Floats:
    """The mean of rows for each group, NaN for one without any; `share` (n_groups, n_rows)."""
    result = np.full((len(share), of_row.shape[1]), np.nan)
    for group, shares in enumerate(share):
        rows = np.flatnonzero(shares)
        if len(rows) == 1:
            result[group] = of_row[rows[0]]
        elif len(rows):
            values = of_row[rows]
            same = (values == values[0]).all(axis=0)
            result[group] = np.where(same, values[0], (shares[rows, None] * values).sum(axis=0) / shares[rows].sum())
    return result


def for_all(value: Floats, policy: Policy) -> Comparators:
    """One row of figures for all units, shape (n_criteria,), such as the whole city's rates of another year."""
    return Comparators(value[None, :], np.array([_limits([_exact(figure) for figure in value.tolist()], policy)]))


def find_comparators(units: Units, city: Floats, policy: Policy) -> Comparators:
    """What each unit is compared with by ``[compare]``.

    Parameters
    ----------
    units : Units
        With regions, where the policy compares with them.
    city : float64, shape (n_criteria,)
        The whole city's rates.
    policy : Policy
        Its limits and given figures are numbers.
    """
    compare = policy.compare
    if compare.is_city:
        return Comparators(city[None, :], np.array([_limits(_figures_of(units), policy)]))
    rows, row_of_unit = _regions_that_count(units, policy)
    regions = regions_of_rows(units, policy).tolist() if row_of_unit is not None else [None]
    of_all = {
        "city": _figures_of(units),
        "given": [_exact(float(compare.given.get(key, np.nan))) for key in policy.keys],
    }
    blends: list[list[Figure]] = []
    for members, region in zip(rows, regions, strict=True):
        parts = {**of_all, "region": _figures_of(units, members, region)}
        weighed = [(weight, parts[name]) for name, weight in compare.weights.items()]
        blends.append([_blend([(weight, of[j]) for weight, of in weighed]) for j in range(len(policy.criteria))])
    value = np.array([[np.nan if one is None else float(one) for one in blend] for blend in blends])
    limit = np.array([_limits(blend, policy) for blend in blends])
    # no row at all where nobody lives in a region that is large enough
    shape = (len(rows), len(policy.criteria))
    return Comparators(value.reshape(shape), limit.reshape(shape), row_of_unit)


def regions_of_rows(units: Units, policy: Policy) -> Ints:
    """The region of each row of `Comparators`, of units that have regions; shape (n_rows,)."""
    regions = units.regions
    if regions is None:
        return np.empty(0, dtype=np.int64)
    inside = regions.of_unit >= 0
    residents = np.bincount(regions.of_unit[inside], units.residents[inside], len(regions.name))
    if units.beyond is not None and units.beyond.regions is not None:
        residents = residents + units.beyond.regions.residents[:-1]
    return np.flatnonzero(residents >= max(policy.compare.residents, 1)).astype(np.int64)


def _regions_that_count(units: Units, policy: Policy) -> tuple[list[Ints], Ints | None]:
    """The units of each row, and the row of each unit; one row of all where regions play no part."""
    regions = units.regions
    if "region" not in policy.compare.weights or regions is None:
        return [np.arange(len(units))], None
    of_row = regions_of_rows(units, policy)
    row = np.full(len(regions.name) + 1, -1, dtype=np.int64)
    row[of_row] = np.arange(len(of_row))
    row_of_unit = row[regions.of_unit]
    order = np.argsort(row_of_unit, kind="stable")
    starts = np.searchsorted(row_of_unit[order], np.arange(len(of_row) + 1))
    return [order[start:end] for start, end in pairwise(starts.tolist())], row_of_unit


def _figures_of(units: Units, members: Ints | None = None, region: int | None = None) -> list[Figure]:
    """The rates of the residents of units, or of all, exactly; of a region with its units that are not here."""
    tops, bases = units.sums_of(members)
    if region is not None and units.beyond is not None and units.beyond.regions is not None:
        tops, bases = tops + units.beyond.regions.numerator[region], bases + units.beyond.regions.denominator[region]
    columns = (tops, bases, units.numerator_unit, units.denominator_unit)
    figures: list[Figure] = [
        Fraction(top * of_base, base * of_top) if base else None
        for top, base, of_top, of_base in zip(*(column.tolist() for column in columns), strict=True)
    ]
    if units.since is not None:
        figures = [
            now if then < 0 else _less(now, figures[then])
            for now, then in zip(figures, units.since, strict=False)  # the sums of earlier years stand last
        ]
    if units.quantiles:
        group = np.full(len(units), -1, dtype=np.int64)
        group[... if members is None else members] = 0
        for j, values in units.quantiles.items():
            figures[j] = values.exactly(group)
    return figures


def _less(now: Figure, then: Figure) -> Figure:
    """A change; None where either year has no figure."""
    return None if now is None or then is None else now - then


def _exact(number: float) -> Figure:
    """A number as it is written: 0.7 is seven tenths; None of NaN."""
    return Fraction(Decimal(repr(number))) if number == number else None


def _blend(parts: list[tuple[float, Figure]]) -> Figure:
    """The sum of weights times figures; None where one is missing."""
    products = [_times(weight, figure) for weight, figure in parts]
    known = [product for product in products if product is not None]
    return sum(known, Fraction(0)) if len(known) == len(products) else None


def _times(number: float, figure: Figure) -> Figure:
    """A number as it is written times a figure."""
    exact = _exact(number)
    return None if exact is None or figure is None else exact * figure


def _limits(figures: list[Figure], policy: Policy) -> list[float]:
    """The limit of each criterion, NaN where it has none."""
    return [_limit(criterion, figure) for criterion, figure in zip(policy.criteria, figures, strict=True)]


def _limit(criterion: Criterion, figure: Figure) -> float:
    if criterion.limit_factor is None:
        return criterion.limit if isinstance(criterion.limit, float) else float("nan")
    limit = _times(criterion.limit_factor, figure)
    return float("nan") if limit is None else float(limit)
