"""From sums to scores: context, rates, gaps against what they are compared with, limits, one scale, the composite.

A rate that has no denominator is missing, never zero: it is NaN, it enters no mean, and it exceeds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy, WorstShare
from udsat_geo.scoring.comparators import Comparators, find_comparators, for_all
from udsat_geo.scoring.indices import Index, find_indices, with_indices
from udsat_geo.scoring.rates import read_rates
from udsat_geo.scoring.spread import spread_of_gaps
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units

_STEEPNESS = 23.0
"""Of the exponential scale: about a tenth of the units come out above 50."""


@dataclass(frozen=True)
class Scores:
    """What each unit scores.

    Attributes
    ----------
    residents_in_view : int64, shape (n_units,)
        Residents over whom the rates are read.
    rate : float64, shape (n_units, n_criteria)
        As ``[context]`` and ``[rates]`` ask; NaN where there is no denominator.
    rate_own : float64, shape (n_units, n_criteria)
        Of the unit's own sums, whatever is in view.
    gap : float64, shape (n_units, n_criteria)
        Against what the unit is compared with, in the rate's own unit; positive is worse.
    city : float64, shape (n_criteria,)
        The ratio of the whole city's sums, of the year or of a `Yardstick`.
    comparators : Comparators
        What the units are compared with: `city`, or what ``[compare]`` names.
    spread : float64, shape (n_criteria,)
        The standard deviation that gaps are measured in, likewise.
    composite : float64, shape (n_units,)
        Weighted mean of the criteria's scores by ``score.method`` (`composite_of_rates`) over those with a rate; NaN
        without any.
    composite_own : float64, shape (n_units,)
        The same of the unit's own rates.
    criteria_with_rate, criteria_exceeded : int64, shape (n_units,)
        How many criteria have a rate, and how many of the counted ones are exceeded.
    exceeded : bool, shape (n_units, n_criteria)
        Which criteria are, counted or not; see `exceeds`.
    scale : tuple of float64 arrays, length n_criteria or 0
        What the method places rates among: the rates of the units that have one and residents, turned so that worse
        is higher, in rising order. Empty where it places none.
    indices : tuple of Index
        How criteria that are indices are made of the others, on the scale of the units.
    """

    residents_in_view: NDArray[np.int64]
    rate: NDArray[np.float64]
    rate_own: NDArray[np.float64]
    gap: NDArray[np.float64]
    city: NDArray[np.float64]
    comparators: Comparators
    spread: NDArray[np.float64]
    composite: NDArray[np.float64]
    composite_own: NDArray[np.float64]
    criteria_with_rate: NDArray[np.int64]
    criteria_exceeded: NDArray[np.int64]
    exceeded: NDArray[np.bool_]
    scale: tuple[NDArray[np.float64], ...] = ()
    indices: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Yardstick:
    """The scale of one year, which others are measured by (``score.scale_of``).

    Attributes
    ----------
    year : int
    keys : tuple of str, n_criteria
        The criteria.
    city, spread : float64, shape (n_criteria,)
        As in `Scores`, of that year.
    source : str
        Where numbers that the policy states come from; empty where they are taken from the year's people.
    files : tuple of (int, str, Path)
        What it was read from: the year, what each holds, and where it lies.
    """

    year: int
    keys: tuple[str, ...]
    city: NDArray[np.float64]
    spread: NDArray[np.float64]
    source: str = ""
    files: tuple[tuple[int, str, Path], ...] = ()


def score_units(
    units: Units,
    policy: Policy,
    edges: Edges | None = None,
    rates: tuple[Ints, Floats] | None = None,
    own: Floats | None = None,
) -> Scores:
    """Score every unit by a policy.

    Parameters
    ----------
    units : Units
    policy : Policy
        Its limits are numbers.
    edges : Edges, optional
        The units that touch, where they are found already; see `udsat_geo.scoring.rates.read_rates`.
    rates : (int64, float64), optional
        What that gives, where the rates are read already.
    own : float64, shape (n_units, n_criteria), optional
        The units' own rates, where they are known already.
    """
    residents_in_view, rate = read_rates(units, policy, edges) if rates is None else rates
    indices = find_indices(rate, units.residents, policy)
    rate = with_indices(rate, indices)
    city = with_indices(units.rates_of(), indices)
    comparators = find_comparators(units, city, policy)
    unscored, no_flags = np.full(len(units), np.nan), np.zeros(rate.shape, dtype=bool)
    scores = Scores(
        residents_in_view=residents_in_view,
        rate=rate,
        rate_own=with_indices(units.own_rates() if own is None else own, indices),
        gap=rate,
        city=city,
        comparators=comparators,
        spread=city,
        composite=unscored,
        composite_own=unscored,
        criteria_with_rate=(~np.isnan(rate)).sum(axis=1),
        criteria_exceeded=np.zeros(len(units), dtype=np.int64),
        exceeded=no_flags,
        scale=_scales(rate, units.residents, policy),
        indices=indices,
    )
    gap = gaps(rate, comparators.of_units().value, policy)
    spread = spread_of_gaps(gap, units.residents) if units.beyond is None else units.beyond.spread
    return _held(scores, policy, comparators, spread, gap)


def on_scale(scores: Scores, policy: Policy, city: NDArray[np.float64], spread: NDArray[np.float64]) -> Scores:
    """The same rates against a city's rates, in units of a spread.

    Parameters
    ----------
    scores : Scores
    policy : Policy
    city, spread : float64, shape (n_criteria,)
        The year's own, or those of a `Yardstick`.
    """
    return held_against(replace(scores, city=city), policy, for_all(city, policy), spread)


def held_against(scores: Scores, policy: Policy, comparators: Comparators, spread: NDArray[np.float64]) -> Scores:
    """The same rates against what they are compared with, in units of a spread.

    Parameters
    ----------
    scores : Scores
    policy : Policy
    comparators : Comparators
    spread : float64, shape (n_criteria,)
    """
    return _held(scores, policy, comparators, spread, gaps(scores.rate, comparators.of_units().value, policy))


def _held(
    scores: Scores,
    policy: Policy,
    comparators: Comparators,
    spread: NDArray[np.float64],
    gap: NDArray[np.float64],
) -> Scores:
    """As `held_against`, the gaps of the units being known."""
    against = comparators.of_units()
    exceeded = exceeds(scores.rate, gap, policy, against.limit)
    scaled = replace(
        scores,
        gap=gap,
        comparators=comparators,
        spread=spread,
        exceeded=exceeded,
        criteria_exceeded=count_exceeded(exceeded, policy),
    )
    return replace(
        scaled,
        composite=composite_of_rates(scores.rate, scaled, policy, against.value, gap),
        composite_own=composite_of_rates(scores.rate_own, scaled, policy, against.value),
    )


def with_thresholds(policy: Policy, scores: Scores, residents: NDArray[np.int64]) -> Policy:
    """The policy with thresholds that are shares of the units as the composites that those shares reach.

    Of n units with a composite and residents, the worst-off n times the share, rounded down: 3,375 of 33,755 for a
    tenth. Units with the same composite as the last of them are in as well.

    Parameters
    ----------
    policy : Policy
    scores : Scores
        Of the units.
    residents : int64, shape (n_units,)

    Raises
    ------
    InputError
        If a share is of less than one unit.
    """
    if not shares_of(policy):
        return policy
    return with_shares_of(policy, scores.composite[~np.isnan(scores.composite) & (residents > 0)])


def shares_of(policy: Policy) -> dict[str, WorstShare]:
    """The thresholds that are shares of the units, by name."""
    named = {"core": policy.rule.core, "edge": policy.rule.edge}
    return {name: threshold for name, threshold in named.items() if isinstance(threshold, WorstShare)}


def with_shares_of(policy: Policy, composites: Floats) -> Policy:
    """As `with_thresholds`, of the composites of all units that have one and residents, in any order.

    Raises
    ------
    InputError
        If a share is of less than one unit.
    """
    known = np.sort(composites)
    found: dict[str, float] = {}
    for name, share in shares_of(policy).items():
        # as it is written: 0.29 of 100 units are 29, not the 28 of its nearest float
        n = int(Fraction(str(share.worst)) * len(known))
        if n == 0:
            what = _("the worst {share} of {units} units with a composite is less than one unit")
            told = what.format(share=share.worst, units=decimal(len(known), 0))
            remedy = _("Give all units that are ranked, or a number as the threshold.")
            raise InputError(Problem(policy.place(f"rule.{name}"), told, remedy))
        found[name] = float(known[-n])
    return policy.model_copy(update={"rule": policy.rule.model_copy(update=found)})


def composite_of_rates(
    rate: NDArray[np.float64],
    scores: Scores,
    policy: Policy,
    against: NDArray[np.float64],
    gap: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The composite of any groups of residents, units or areas, on the scale of the units.

    It is the weighted mean, over the criteria with a rate, of scores by ``score.method``:

    ``gap_sd``
        The gap to what they are compared with in standard deviations of the units' gaps.
    ``percentile``
        100 R, where R is the rank of the rate among the units', from 1 for the least deprived, over their number n;
        equal rates share the mean of their ranks. n counts the units that have a rate and residents: own choice, as
        nobody is deprived in a unit without any (`gap_sd` gives it no weight either). Such a unit, like an area, is
        placed where its rate would lie, half way between the ranks of its neighbours (the mid-rank convention), and
        R is at most 1.
    ``exponential``
        X = -23 ln(1 - R (1 - exp(-100 / 23))) of that R, which stretches the most deprived end, so that a low score on
        one criterion makes up for little of a high one on another. Source: Ministry of Housing, Communities and Local
        Government, The English Indices of Deprivation 2019: Technical report (McLennan and others, September 2019), on
        the exponential transformation; the formula is that of the Scottish Indices of Deprivation 2003, Appendix 5.
    ``none``
        No composite: NaN.

    Parameters
    ----------
    rate : float64, shape (n, n_criteria)
        NaN is none.
    scores : Scores
        Of the units.
    policy : Policy
    against : float64, broadcastable to `rate`
        What they are compared with; of ranks only whether there is anything.
    gap : float64, shape (n, n_criteria), optional
        What `gaps` makes of both, where it is known.

    Returns
    -------
    float64, shape (n,)
        NaN without any rate.
    """
    from udsat_geo.kernels.scores import composite_of_gaps

    weight = weights_in_composite(policy)
    if policy.score.method == "none":
        return np.full(len(rate), np.nan)
    if policy.score.method == "gap_sd":
        gap = gaps(rate, against, policy) if gap is None else gap
        return composite_of_gaps(gap, scores.spread, weight)[0]
    return composite_of_gaps(points_of_rates(rate, scores, policy, against), np.ones(len(weight)), weight)[0]


def points_of_rates(
    rate: NDArray[np.float64], scores: Scores, policy: Policy, against: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What each rate is worth by ``score.method``, of which `composite_of_rates` is the weighted mean.

    Parameters
    ----------
    rate, scores, policy, against
        As of `composite_of_rates`.

    Returns
    -------
    float64, shape (n, n_criteria)
        Higher is worse; NaN without a rate. With ``none``, the rates themselves, turned so.
    """
    method = policy.score.method
    if method == "none":
        return rate * _turns(policy)
    if method == "gap_sd":
        gap, spread = gaps(rate, against, policy), scores.spread
        return np.where(spread > 0, gap / np.where(spread > 0, spread, 1.0), gap * 0.0)
    place = _places(rate, scores.scale, policy)
    points = 100.0 * place if method == "percentile" else -_STEEPNESS * np.log1p(place * np.expm1(-100.0 / _STEEPNESS))
    return np.where(np.isnan(against), np.nan, points)


def weights_in_composite(policy: Policy) -> NDArray[np.float64]:
    """The weight of each criterion in the composite, shape (n_criteria,); an index, made of the others, has none."""
    return np.array([0.0 if criterion.is_index else criterion.weight for criterion in policy.criteria])


def _scales(rate: NDArray[np.float64], residents: NDArray[np.int64], policy: Policy) -> tuple[NDArray[np.float64], ...]:
    """The rates that others are placed among, by criterion, in rising order of deprivation."""
    if policy.score.method not in ("percentile", "exponential"):
        return ()
    turned = rate[residents > 0] * _turns(policy)
    return tuple(np.sort(column[~np.isnan(column)]) for column in turned.T)


def _places(rate: NDArray[np.float64], scale: tuple[NDArray[np.float64], ...], policy: Policy) -> NDArray[np.float64]:
    """Where rates stand on the units' scale: up to 1, the most deprived; NaN where there is no rate or no scale."""
    from udsat_geo.kernels.scores import ranks_on_scale, rising_order

    turned = rate * _turns(policy)
    place = np.empty_like(turned)
    for j, rates_of_units in enumerate(scale):
        column = np.ascontiguousarray(turned[:, j])
        rank = ranks_on_scale(column, rising_order(column), rates_of_units)
        place[:, j] = np.minimum(rank / max(len(rates_of_units), 1), 1.0)
    return place


def _turns(policy: Policy) -> NDArray[np.float64]:
    """1 or -1 for each criterion, which turns its rates so that worse is higher; shape (n_criteria,)."""
    return np.array([1.0 if criterion.worse == "high" else -1.0 for criterion in policy.criteria])


def gaps(rate: NDArray[np.float64], against: NDArray[np.float64], policy: Policy) -> NDArray[np.float64]:
    """Differences between rates, turned so that positive is worse.

    Parameters
    ----------
    rate : float64, shape (..., n_criteria)
    against : float64, broadcastable to `rate`
    policy : Policy
    """
    result: NDArray[np.float64] = np.subtract(rate, against)
    result[..., _turns(policy) < 0] *= -1.0
    return result


def exceeds(
    rate: NDArray[np.float64], gap: NDArray[np.float64], policy: Policy, limits: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which criteria are exceeded: at or beyond their limit, with ``strict`` beyond it.

    A criterion without a limit is exceeded where the rate is worse than what the gap is against.

    Parameters
    ----------
    rate, gap : float64, shape (..., n_criteria)
    policy : Policy
    limits : float64, broadcastable to `rate`
        As in `udsat_geo.scoring.comparators.Against`.

    Returns
    -------
    bool, shape (..., n_criteria)
        False where there is no rate.
    """
    result = gap > 0
    for j, criterion in enumerate(policy.criteria):
        if criterion.has_limit:
            column, limit = rate[..., j], limits[..., j]
            beyond = column > limit if criterion.worse == "high" else column < limit
            result[..., j] = beyond if criterion.strict else beyond | (column == limit)
    return result


def count_exceeded(exceeded: NDArray[np.bool_], policy: Policy) -> NDArray[np.int64]:
    """How many of the criteria that count are exceeded.

    Parameters
    ----------
    exceeded : bool, shape (..., n_criteria)

    Returns
    -------
    int64, shape (...)
    """
    result = np.zeros(exceeded.shape[:-1], dtype=np.int64)
    # NumPy is several times as fast over one column as along rows
    for j, criterion in enumerate(policy.criteria):
        if criterion.counted:
            result += exceeded[..., j]
    return result


def meets_count(exceeded: NDArray[np.bool_], policy: Policy, least: int | None = None) -> NDArray[np.bool_]:
    """Whether enough of the counted criteria are exceeded.

    Parameters
    ----------
    exceeded : bool, shape (..., n_criteria)
    policy : Policy
        ``rule.criteria``: at least so many.
    least : int, optional
        In place of the policy's number.

    Returns
    -------
    bool, shape (...)
    """
    return np.asarray(count_exceeded(exceeded, policy) >= (policy.rule.criteria if least is None else least))


def meets_requirements(exceeded: NDArray[np.bool_], policy: Policy) -> NDArray[np.bool_]:
    """Whether each criterion of ``rule.require`` is exceeded: bool, shape (...), of `exceeded` (..., n_criteria)."""
    required = np.array([key in policy.rule.require for key in policy.keys])
    return np.asarray(exceeded[..., required].all(axis=-1))


def groups_met(exceeded: NDArray[np.bool_], policy: Policy) -> NDArray[np.bool_]:
    """Which of ``rule.groups`` are met: bool, shape (..., n_groups), of `exceeded` (..., n_criteria)."""
    result = np.zeros((*exceeded.shape[:-1], len(policy.rule.groups)), dtype=bool)
    for place, group in enumerate(policy.rule.groups):
        some = np.array([key in group.criteria for key in policy.keys])
        every = np.array([key in group.require for key in policy.keys])
        enough = exceeded[..., some].sum(axis=-1) >= group.at_least
        result[..., place] = enough & exceeded[..., every].all(axis=-1)
    return result


def meets_groups(exceeded: NDArray[np.bool_], policy: Policy) -> NDArray[np.bool_]:
    """Whether enough of ``rule.groups`` are met: bool, shape (...), of `exceeded` (..., n_criteria)."""
    if not policy.rule.groups:
        return np.ones(exceeded.shape[:-1], dtype=bool)
    return np.asarray(groups_met(exceeded, policy).sum(axis=-1) >= policy.rule.groups_met)


def meets_own(scores: Scores, policy: Policy) -> NDArray[np.bool_]:
    """Whether each unit's own rates reach the composite that ``rule.own`` asks of them, shape (n_units,)."""
    if policy.rule.own is None:
        return np.ones(len(scores.composite), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(scores.composite_own >= policy.rule.own)


def meets_demands(exceeded: NDArray[np.bool_], policy: Policy) -> NDArray[np.bool_]:
    """Whether units meet what the rule demands of their criteria, whatever their composite; shape (n_units,)."""
    demands = meets_count(exceeded, policy) & meets_requirements(exceeded, policy)
    return demands & meets_groups(exceeded, policy)


def demands_as_arrays(policy: Policy) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    """What `meets_demands` asks, for a kernel: the rule's own demand first, then its groups.

    Parameters
    ----------
    policy : Policy

    Returns
    -------
    some : bool, shape (1 + n_groups, n_criteria)
        The criteria of which so many must be exceeded.
    at_least : int64, shape (2 + n_groups,)
        How many; the last is how many of the groups must be met.
    every : bool, shape (1 + n_groups, n_criteria)
        The criteria that must all be exceeded.
    """
    rule, keys = policy.rule, policy.keys
    some = [[criterion.counted for criterion in policy.criteria]]
    every = [[key in rule.require for key in keys]]
    for group in rule.groups:
        some.append([key in group.criteria for key in keys])
        every.append([key in group.require for key in keys])
    least = [rule.criteria, *(group.at_least for group in rule.groups), rule.groups_met if rule.groups else 0]
    return np.array(some), np.array(least, dtype=np.int64), np.array(every)
