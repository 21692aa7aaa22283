"""Criteria that say the same: how they go together, how many they are worth, and what each adds to the designation.

Everything is over the units, as they are judged (with their surroundings where the policy has it so), each weighed by
its residents.

Sources: the effective number is the participation ratio of the eigenvalues of the correlation matrix (C. S. Bretherton
and others, The effective number of spatial degrees of freedom of a time-varying field, Journal of Climate 12 (1999),
1990-2009, for fields); the shares of variance are those of a sum (M. Nardo and others, Handbook on constructing
composite indicators (OECD 2008), on what weights do to correlated indicators).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from udsat_geo.analysis.certainty import plain
from udsat_geo.analysis.pairs import Forming
from udsat_geo.designation.designation import Designation, Progress, forming
from udsat_geo.designation.job import Job, make_again
from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import held_against, points_of_rates, weights_in_composite, with_thresholds


@dataclass(frozen=True)
class Without:
    """What is designated without a criterion.

    Attributes
    ----------
    areas, residents : int
    added, removed : int
        Residents who are in an area only without it, and only with it.
    """

    areas: int
    residents: int
    added: int
    removed: int


@dataclass(frozen=True)
class Examination:
    """What the criteria of a policy do on the data of a year.

    Attributes
    ----------
    designation : Designation
    place : tuple of int, n_examined
        The criteria examined: all but indices, which are made of others.
    correlation : float64, shape (n_examined, n_examined)
        Of the criteria's scores over the units that have both; NaN where either is the same everywhere.
    with_composite : float64, shape (n_examined,)
        The correlation of each with the composite.
    effective : float
        How many criteria that had nothing to do with each other would have as much to say: ``n^2 / sum of r_jk^2`` of
        the n that bear weight, which is ``(sum of eigenvalues)^2 / sum of their squares``; n where none goes with
        another, 1 where all are one.
    weighed : int
        n: those with a weight in the composite, or, without a composite, those that count.
    share_of_variance : float64, shape (n_examined,)
        The covariance of what each adds to the composite with the composite, over the variance of the composite. They
        add up to 1; one below 0 draws the composite the other way.
    without : tuple of Without or None, n_examined
        None where the rule cannot be without it.
    """

    designation: Designation
    place: tuple[int, ...]
    correlation: Floats
    with_composite: Floats
    effective: float
    weighed: int
    share_of_variance: Floats
    without: tuple[Without | None, ...]


def examine(job: Job, progress: Progress | None = None) -> Examination:
    """Designate, and examine the criteria of the policy.

    The earlier designation plays a part only where the policy remembers it.

    Raises
    ------
    InputError
        If the input is at fault, or the policy has a single criterion.
    """
    rule = job.policy.policy
    place = tuple(j for j, criterion in enumerate(rule.criteria) if not criterion.is_index)
    if len(place) < 2:
        what, remedy = _("has a single criterion, with nothing to hold it against"), _("Name a policy with several.")
        raise InputError(Problem(_("policy {id}").format(id=rule.id), what, remedy))
    job = job if rule.incumbents.remembers or job.previous is not None else dataclasses.replace(job, previous="none")
    made = make_again(job, progress)
    policy, residents = made.policy.policy, made.units.residents
    against = made.scores.comparators.of_units().value
    points = points_of_rates(made.scores.rate, made.scores, policy, against)
    composite, weight = made.scores.composite, weights_in_composite(policy)
    correlation = weighted_correlation(points[:, place], residents)
    beside = np.column_stack([points[:, place], composite])
    bears = weight[list(place)] > 0
    if policy.score.method == "none":
        bears = np.array([policy.criteria[j].counted for j in place])
    shares = shares_of_composite(points, weight, composite, residents)
    if progress is not None:
        progress(f"{made.year}: " + _("leaving out each criterion", job.language))
    form = Forming.of(made, job)
    return Examination(
        made,
        place,
        correlation,
        weighted_correlation(beside, residents)[:-1, -1],
        effective_number(correlation[np.ix_(bears, bears)]),
        int(bears.sum()),
        shares[list(place)],
        tuple(_without(form, rule, j) for j in place),
    )


def weighted_correlation(values: Floats, weight: Ints) -> Floats:
    """Pearson's correlations of columns, over the rows that have both.

    Parameters
    ----------
    values : float64, shape (n, n_columns)
        NaN is none.
    weight : int64, shape (n,)
        Rows without weight play no part.

    Returns
    -------
    float64, shape (n_columns, n_columns)
        1 on the diagonal; NaN of a column that is the same everywhere.
    """
    n_columns = values.shape[1]
    found = np.full((n_columns, n_columns), np.nan)
    for j in range(n_columns):
        for k in range(j, n_columns):
            both = ~np.isnan(values[:, j]) & ~np.isnan(values[:, k]) & (weight > 0)
            spread = _covariances(values[both][:, [j, k]], weight[both])
            if spread[0, 0] > 0 and spread[1, 1] > 0:
                r = 1.0 if j == k else spread[0, 1] / np.sqrt(spread[0, 0] * spread[1, 1])
                found[j, k] = found[k, j] = min(max(r, -1.0), 1.0)
    return found


def _covariances(values: Floats, weight: Ints) -> Floats:
    """Covariances of columns without gaps, by weight, shape (n_columns, n_columns); 0 of no row."""
    whole = weight.sum()
    if not whole:
        return np.zeros((values.shape[1], values.shape[1]))
    off = values - (weight @ values) / whole
    # what rounding leaves of a column that is the same everywhere is no spread
    off[:, np.ptp(values, axis=0) == 0] = 0.0
    result: Floats = (off * weight[:, None]).T @ off / whole
    return result


def effective_number(correlation: Floats) -> float:
    """``n^2 / sum of r^2`` of a correlation matrix; criteria that are the same everywhere do not count.

    Parameters
    ----------
    correlation : float64, shape (n, n)
    """
    some = ~np.isnan(np.diag(correlation))
    known = np.nan_to_num(correlation[np.ix_(some, some)])
    return float(len(known) ** 2 / (known**2).sum()) if len(known) else float("nan")


def shares_of_composite(points: Floats, weight: Floats, composite: Floats, residents: Ints) -> Floats:
    """The share of the composite's variance that each criterion brings, shape (n_criteria,); they add up to 1.

    Where a unit lacks some criteria its composite is the mean of the others, and they bring all of it.

    Parameters
    ----------
    points : float64, shape (n_units, n_criteria)
        NaN is none.
    weight : float64, shape (n_criteria,)
    composite : float64, shape (n_units,)
    residents : int64, shape (n_units,)
    """
    some = ~np.isnan(composite) & (residents > 0)
    there = ~np.isnan(points[some])
    weights = there * weight
    parts = np.nan_to_num(points[some]) * weights / weights.sum(axis=1, keepdims=True)
    spread = _covariances(np.column_stack([parts, composite[some]]), residents[some])
    if not spread[-1, -1] > 0:
        return np.full(len(weight), np.nan)
    result: Floats = spread[:-1, -1] / spread[-1, -1]
    return result


def _without(form: Forming, asked: Policy, j: int) -> Without | None:
    """What is designated without a criterion: by the others' scores, the same thresholds, and as many of them."""
    made = form.made
    rule = _rule_without(made.policy.policy, asked, j)
    if rule is None:
        return None
    scores = held_against(made.scores, rule, made.scores.comparators, made.scores.spread)
    rule = with_thresholds(rule, scores, made.units.residents)
    areas = forming(made.units, made.edges, rule, made.surroundings, form.memory, form.ran)(scores)
    inside, before, residents = areas.area_of_unit >= 0, made.areas.area_of_unit >= 0, made.units.residents
    counts = (residents[inside], residents[inside & ~before], residents[before & ~inside])
    return Without(len(areas), *(int(each.sum()) for each in counts))


def _rule_without(policy: Policy, asked: Policy, j: int) -> Policy | None:
    """The policy with a criterion that weighs nothing and counts for nothing; None where its rule rests on it.

    Thresholds that are shares of the units are found anew: `asked` is the policy before they were numbers.
    """
    key, rule = policy.keys[j], policy.rule
    of_groups = {each for group in rule.groups for each in (*group.criteria, *group.require)}
    of_indices = {each for criterion in policy.criteria for each in criterion.of}
    if key in of_groups | of_indices or key in (rule.surrounded or ()):
        return None
    criteria = list(policy.criteria)
    criteria[j] = criteria[j].model_copy(update={"weight": 0.0, "counted": False})
    left = policy.model_copy(update={"criteria": tuple(criteria)})
    decides = [one for one in criteria if one.weight > 0] if policy.score.method != "none" else []
    counted, require = [one for one in criteria if one.counted], tuple(each for each in rule.require if each != key)
    if not decides and (policy.score.method != "none" or not (counted or require)):
        return None
    thresholds = {"core": asked.rule.core, "edge": asked.rule.edge}
    more = {"require": require, "criteria": min(rule.criteria, len(counted)), **thresholds}
    return left.model_copy(update={"rule": rule.model_copy(update=more)})


def examination_as_data(found: Examination) -> dict[str, Any]:
    """Everything as plain data, for JSON."""
    made = found.designation
    policy = made.policy.policy
    keys = [policy.keys[j] for j in found.place]
    return {
        "year": made.year,
        "policy": policy.id,
        "source": made.inputs.source,
        "areas": len(made.areas),
        "residents_in_areas": made.status.residents_in_areas,
        "criteria_weighed": found.weighed,
        "effective_criteria": plain(found.effective),
        "criteria": {
            key: {
                "weight": policy.criteria[j].weight,
                "correlations": {other: plain(found.correlation[k, n]) for n, other in enumerate(keys)},
                "correlation_with_composite": plain(found.with_composite[k]),
                "share_of_variance": plain(found.share_of_variance[k]),
                "without": _without_as_data(found.without[k]),
            }
            for k, (j, key) in enumerate(zip(found.place, keys, strict=True))
        },
        "notes": list(made.notes),
    }


def _without_as_data(without: Without | None) -> dict[str, int] | None:
    return None if without is None else dataclasses.asdict(without)
