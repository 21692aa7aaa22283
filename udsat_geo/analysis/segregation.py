"""How apart people live: dissimilarity, isolation, what of it lies between the areas and the rest, and what changed.

Sources: O. D. Duncan and B. Duncan, A methodological analysis of segregation indexes, American Sociological Review 20
(1955), 210-217; D. S. Massey and N. A. Denton, The dimensions of residential segregation, Social Forces 67 (1988),
281-315; W. J. Carrington and K. R. Troske, On measuring segregation in samples with small units, Journal of Business
and Economic Statistics 15 (1997), 402-409, for what chance alone gives; S. J. Rey, R. Cortes and E. Knaap, Comparative
spatial segregation analytics, Spatial Demography 9 (2021), 31-56, for the decomposition of a difference. `segregation`
of PySAL gives the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from udsat_geo.analysis.targeting import People
from udsat_geo.kernels.arrays import Flags, Floats, Ints

CHANCE_DRAWS = 20
"""Of dissimilarity by chance, whose mean over units hardly differs from draw to draw; own choice."""


@dataclass(frozen=True)
class Segregation:
    """How apart those whom each criterion is about live from all others, over units; NaN where there is one side alone.

    Attributes
    ----------
    share : float64, shape (n_counted,)
        Of those who are counted in the whole city: P.
    dissimilarity : float64, shape (n_counted,)
        The share of those whom the criterion is about who would have to move for every unit to have the same rate (and
        of all others, if they moved): D.
    by_chance : float64, shape (n_counted,)
        The mean D if every person of the unit were so with the probability `share`: what small units alone give. NaN
        where they are not counted whole.
    isolation : float64, shape (n_counted,)
        The share of such people in the unit of the average such person: xPx.
    correlation_ratio : float64, shape (n_counted,)
        ``(xPx - P) / (1 - P)``: the share of all variance between persons that lies between units; also called V, or
        eta squared.
    between : float64, shape (n_counted,)
        The part of the correlation ratio that lies between the areas, each by itself, and the rest of the city as one.
        What is left lies within them. NaN where nothing is segregated.
    """

    share: Floats
    dissimilarity: Floats
    by_chance: Floats
    isolation: Floats
    correlation_ratio: Floats
    between: Floats

    @property
    def share_between(self) -> Floats:
        """The share of the correlation ratio that lies between areas and the rest, shape (n_counted,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.correlation_ratio > 0, self.between / self.correlation_ratio, np.nan)


def find_segregation(people: People, area_of_unit: Ints, n_areas: int, seed: int = 0) -> Segregation:
    """The indices over units.

    Parameters
    ----------
    people : People
        By unit.
    area_of_unit : int64, shape (n_units,)
        -1 is outside all areas.
    n_areas, seed : int
        The seed is of the draws by chance.
    """
    n_counted = len(people.criteria)
    found = {name: np.full(n_counted, np.nan) for name in Segregation.__dataclass_fields__}
    whole, group = people.are_whole, np.where(area_of_unit < 0, n_areas, area_of_unit)
    for k in range(n_counted):
        x, t = people.affected[:, k], people.base[:, k]
        if t.sum():
            found["share"][k] = x.sum() / t.sum()
        if not 0 < x.sum() < t.sum():
            continue
        share = found["share"][k]
        found["dissimilarity"][k], found["isolation"][k] = dissimilarity(x, t), isolation(x, t)
        found["correlation_ratio"][k] = (found["isolation"][k] - share) / (1 - share)
        of_groups = [np.bincount(group, weights=sums, minlength=n_areas + 1) for sums in (x, t)]
        found["between"][k] = (isolation(*of_groups) - share) / (1 - share)
        if whole[k]:
            found["by_chance"][k] = dissimilarity_by_chance(t // people.of_one[k], share, seed)
    return Segregation(**found)


def dissimilarity(affected: Ints | Floats, base: Ints | Floats) -> float:
    """``1/2 sum |x_i / X - y_i / Y|`` of those affected, x, and all others, y, in each unit.

    Parameters
    ----------
    affected, base : int64 or float64, shape (n_units,)
        With some of either kind.
    """
    others = base - affected
    return float(np.abs(affected / affected.sum() - others / others.sum()).sum() / 2)


def isolation(affected: Ints | Floats, base: Ints | Floats) -> float:
    """``sum (x_i / X) (x_i / t_i)`` of those affected, x, among all, t, in each unit.

    Parameters
    ----------
    affected, base : int64 or float64, shape (n_units,)
        With some who are affected.
    """
    some = base > 0
    x = affected[some]
    return float(((x / x.sum()) * (x / base[some])).sum())


def dissimilarity_by_chance(base: Ints, share: float, seed: int) -> float:
    """The mean dissimilarity of units whose people are affected with one probability.

    Parameters
    ----------
    base : int64, shape (n_units,)
        Persons.
    share : float
    seed : int
    """
    from udsat_geo.kernels.draws import draw_counts

    trials = np.ascontiguousarray(base[:, None])
    probability = np.full(trials.shape, share)
    drawn = (draw_counts(trials, probability, seed, number)[:, 0] for number in range(CHANCE_DRAWS))
    found = [dissimilarity(each, base) for each in drawn if 0 < each.sum() < base.sum()]
    return float(np.mean(found)) if found else float("nan")


@dataclass(frozen=True)
class Part:
    """What an index changed by from one year to another, and by what.

    Attributes
    ----------
    before, now : float
        The index.
    by_shares : float
        Because the rates of units differ more or less: the distribution of rates of now in the place of that of then.
    by_people : float
        Because people live elsewhere: where the units of each rank of the rates have more or fewer people.
    """

    before: float
    now: float
    by_shares: float
    by_people: float


def decompose(before: tuple[Ints, Ints], now: tuple[Ints, Ints], isolated: bool = False) -> Part:
    """The change of dissimilarity, or of isolation, by the Shapley value of its two parts, which add up to it.

    A unit keeps its people and its rank among the rates; its rate becomes that of this rank in the other year
    (linear between ranks, equal rates at their mean rank). The units of both years need not be the same ones.

    Parameters
    ----------
    before, now : (int64, int64), each of shape (n_units,)
        Those affected, and all, of each year.
    isolated : bool
        Isolation in the place of dissimilarity.
    """
    index = isolation if isolated else dissimilarity
    first, second = _counted(before), _counted(now)
    own = [index(*first), index(*second)]
    crossed = [index(*_with_rates_of(one, other)) for one, other in ((first, second), (second, first))]
    # own[0] is people and rates of then; crossed[0] people of then with rates of now; crossed[1] the reverse
    by_people = (own[1] - crossed[0] + crossed[1] - own[0]) / 2
    by_shares = (own[1] - crossed[1] + crossed[0] - own[0]) / 2
    return Part(own[0], own[1], by_shares, by_people)


def _counted(year: tuple[Ints, Ints]) -> tuple[Floats, Floats]:
    some: Flags = year[1] > 0
    return year[0][some].astype(np.float64), year[1][some].astype(np.float64)


def _with_rates_of(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """The people of one year with the rates of the other, by rank."""
    from scipy.stats import rankdata

    rank = rankdata(one[0] / one[1]) / len(one[0])
    return np.quantile(other[0] / other[1], rank) * one[1], one[1]
