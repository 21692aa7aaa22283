"""Indices: criteria that are made of other criteria, each on the scale of the units.

The rates of the criteria that an index is made of are standardised over the units (z-scores), turned so that worse is
higher, and added up by their weights; the sum is standardised again. So an index of 1.5 lies one and a half standard
deviations of the index above its mean. Units weigh alike, however many live there: those count that have residents and
a rate of every criterion of the index. Standard deviations are those of a whole population, over n and not n - 1. A
unit that lacks one of the rates has no index.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.policy.rules import Policy

DECIMALS = 9
"""Indices are rounded to so many, so that what lies on a bound but for rounding is on it. Own choice."""


@dataclass(frozen=True)
class Index:
    """How an index is made of rates.

    Attributes
    ----------
    criterion : int
        Its number among the criteria.
    of : tuple of int, n_of
        Those that it is made of.
    weight : float64, shape (n_of,)
        Negative where low is worse.
    mean, spread : float64, shape (n_of,)
        Of the rates over the units; 0 where they do not differ.
    mean_of_sum, spread_of_sum : float
        Of the weighted sum over the units.
    """

    criterion: int
    of: tuple[int, ...]
    weight: Floats
    mean: Floats
    spread: Floats
    mean_of_sum: float
    spread_of_sum: float

    def sums(self, rate: Floats) -> Floats:
        """The weighted sums of standardised rates, shape (n,), of rates (n, n_criteria); NaN where one is missing."""
        known = self.spread > 0
        scores = np.zeros((len(rate), len(self.of)))
        np.divide(rate[:, self.of] - self.mean, self.spread, out=scores, where=known)
        scores[np.isnan(rate[:, self.of])] = np.nan
        # one after the other: the same in any shape of the array
        total = np.zeros(len(rate))
        for column, weight in zip(scores.T, self.weight.tolist(), strict=True):
            total = total + weight * column
        return total

    def values(self, rate: Floats) -> Floats:
        """The index of each row of rates, shape (n,)."""
        if not self.spread_of_sum > 0:
            return np.where(np.isnan(self.sums(rate)), np.nan, 0.0)
        return np.round((self.sums(rate) - self.mean_of_sum) / self.spread_of_sum, DECIMALS)


def find_indices(rate: Floats, residents: Ints, policy: Policy) -> tuple[Index, ...]:
    """The indices of a policy, on the scale of the units.

    Parameters
    ----------
    rate : float64, shape (n_units, n_criteria)
    residents : int64, shape (n_units,)
    policy : Policy
    """
    found = []
    for number, criterion in enumerate(policy.criteria):
        if criterion.is_index:
            of = tuple(policy.keys.index(key) for key in criterion.of)
            turns = [1.0 if policy.criteria[j].worse == "high" else -1.0 for j in of]
            weight = np.array([turn * policy.criteria[j].weight for turn, j in zip(turns, of, strict=True)])
            there = (residents > 0) & ~np.isnan(rate[:, of]).any(axis=1)
            of_rates = [_mean_and_spread(column) for column in rate[there][:, of].T]
            mean, spread = (np.array(column) for column in zip(*of_rates, strict=True))
            raw = Index(number, of, weight, mean, spread, 0.0, 1.0)
            found.append(Index(number, of, weight, mean, spread, *_mean_and_spread(raw.sums(rate[there]))))
    return tuple(found)


def _mean_and_spread(values: Floats) -> tuple[float, float]:
    """Mean and standard deviation of a population; units stand in one order, so the sums have one too."""
    if not len(values):
        return 0.0, 0.0
    if (values == values[0]).all():
        return float(values[0]), 0.0
    mean = float(values.mean())
    return mean, float(np.sqrt(((values - mean) ** 2).mean()))


def with_indices(rate: Floats, indices: tuple[Index, ...]) -> Floats:
    """Rates with the indices in their columns, of units or of any groups of residents.

    Parameters
    ----------
    rate : float64, shape (n, n_criteria) or (n_criteria,)
    indices : tuple of Index
    """
    if not indices:
        return rate
    result = np.array(rate, ndmin=2)
    for index in indices:
        result[:, index.criterion] = index.values(result)
    return result.reshape(np.shape(rate))
