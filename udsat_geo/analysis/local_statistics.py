"""Where high and low values lie together: local Moran and Getis-Ord G*, with conditional permutation.

Neighbours are the units that a unit touches, each with the same weight. Then both statistics rise and fall with the
sum over the neighbours alone, whatever is dealt out to them, so that one set of permutations, and one p, serves both.

Sources: L. Anselin, Local indicators of spatial association - LISA, Geographical Analysis 27 (1995), 93-115; A. Getis
and J. K. Ord, The analysis of spatial association by use of distance statistics, Geographical Analysis 24 (1992),
189-206; J. K. Ord and A. Getis, Local spatial autocorrelation statistics, Geographical Analysis 27 (1995), 286-306;
Y. Benjamini and Y. Hochberg, Controlling the false discovery rate, Journal of the Royal Statistical Society B 57
(1995), 289-300. `esda` of PySAL gives the same from the same permutations. It is no dependency: it brings libpysal and
scikit-learn along, and sums in fractions, so that equal sums may come out unequal.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.units.edges import Edges

HIGH_HIGH, LOW_LOW, HIGH_LOW, LOW_HIGH, NONE = "high_high", "low_low", "high_low", "low_high", "none"
"""What a unit is: high or low itself, among high or low neighbours; or nothing that chance could not do."""
FALSE_DISCOVERIES = 0.05
"""Of the units that are told, so many may be chance; own choice, as is usual."""
PERMUTATIONS, FEWEST_PERMUTATIONS = 9_999, 99
"""Without another word: of many units few are told by fewer, as no p lies below 2 / (n + 1). Own choices."""
MOST_DRAWN = 30_000_000
"""Permutations times the most neighbours: 0.24 GB, and some 1 GB more on the way. Own choice."""
_STEPS = 2.0**40
"""The whole numbers that values are rounded to, from the middle to the farthest, so that sums are exact."""
_AT_A_TIME = 16_384
"""Units that one thread does at once."""


@dataclass(frozen=True)
class LocalStatistics:
    """What lies beside each unit; NaN where a unit has no value, or no neighbour with one.

    Attributes
    ----------
    value : float64, shape (n_units,)
    of_neighbours : float64, shape (n_units,)
        The mean over the neighbours.
    moran : float64, shape (n_units,)
        ``(n - 1) z_i * mean of z_j / sum of z^2``, with z for the value less the mean over the n units with a value.
    g_star : float64, shape (n_units,)
        The standardised G* of the k neighbours and the unit itself, with m for the mean, s for the standard deviation
        (over n) and K = k + 1: ``(sum - K m) / (s sqrt((n K - K^2) / (n - 1)))``.
    p : float64, shape (n_units,)
        Two-sided, of both: twice the smaller share of permutations with as high a sum, or as low a one, the unit's own
        counted among them; at most 1.
    q : float64, shape (n_units,)
        The least rate of false discoveries at which the unit is told (Benjamini and Hochberg).
    """

    value: Floats
    of_neighbours: Floats
    moran: Floats
    g_star: Floats
    p: Floats
    q: Floats

    @property
    def cluster(self) -> Objects:
        """What each unit is, None where nothing is known of it; shape (n_units,)."""
        known = ~np.isnan(self.q)
        mean = self.value[~np.isnan(self.value)].mean() if known.any() else 0.0
        names = np.array([[LOW_LOW, LOW_HIGH], [HIGH_LOW, HIGH_HIGH]], dtype=object)
        found = np.full(len(self.value), None, dtype=object)
        high, among = self.value > mean, self.of_neighbours > mean
        found[known] = names[high[known].astype(int), among[known].astype(int)]
        with np.errstate(invalid="ignore"):
            found[known & ~(self.q <= FALSE_DISCOVERIES)] = NONE
        return found


def find_local_statistics(
    value: Floats, edges: Edges, permutations: int = PERMUTATIONS, seed: int = 0, threads: int | None = None
) -> LocalStatistics:
    """Local Moran and G* of the values of units.

    Parameters
    ----------
    value : float64, shape (n_units,)
        NaN is none: such a unit is no neighbour either.
    edges : Edges
    permutations, seed : int
    threads : int, optional
        No result depends on it.

    Raises
    ------
    InputError
        If there are more permutations of so many neighbours than memory is to hold.
    """
    known = ~np.isnan(value)
    begins, neighbour = neighbours_of(edges, known)
    _check_room(begins, permutations)
    own = value[known]
    count = np.diff(begins)
    z = own - own.mean() if len(own) else own
    squares = float((z**2).sum())
    statistics = np.full((5, len(value)), np.nan)
    if not len(neighbour) or not squares:
        return LocalStatistics(value, *statistics)
    beside = count > 0
    lag = np.full(len(own), np.nan)
    sums = np.add.reduceat(z[neighbour], begins[:-1][beside])
    lag[beside] = sums / count[beside]
    together, n = count + 1, len(own)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(squares / n) * np.sqrt((n * together - together**2) / (n - 1))
        g_star = np.where(beside & (spread > 0), (lag * count + z) / spread, np.nan)
    p = _significance(z, begins, neighbour, permutations, seed, threads)
    moran = (n - 1) * z * lag / squares
    statistics[:, known] = lag + own.mean(), moran, g_star, p, false_discovery_rates(p)
    return LocalStatistics(value, *statistics)


def _check_room(begins: Ints, permutations: int) -> None:
    neighbours = int(np.diff(begins).max(initial=1))
    if permutations * neighbours > MOST_DRAWN:
        what = _("units with up to {neighbours} neighbours make more draws than memory is to hold")
        remedy = _("Ask for at most {most}, or for a shorter reach.").format(most=decimal(MOST_DRAWN // neighbours, 0))
        told = what.format(neighbours=decimal(neighbours, 0))
        raise InputError(Problem(f"--permutations {permutations}", told, remedy))


def neighbours_of(edges: Edges, known: Flags) -> tuple[Ints, Ints]:
    """The neighbours of each unit that is known, among those that are, numbered by themselves.

    Returns
    -------
    begins : int64, shape (n_known + 1,)
        Where those of each begin.
    neighbour : int64, shape (n_links,)
    """
    number = np.cumsum(known) - 1
    both = known[edges.head] & known[edges.tail]
    head, tail = number[edges.head[both]], number[edges.tail[both]]
    of, to = np.concatenate([head, tail]), np.concatenate([tail, head])
    order = np.lexsort((to, of))
    begins = np.zeros(int(known.sum()) + 1, dtype=np.int64)
    np.cumsum(np.bincount(of, minlength=len(begins) - 1), out=begins[1:])
    return begins, to[order].astype(np.int64)


def _significance(
    z: Floats, begins: Ints, neighbour: Ints, permutations: int, seed: int, threads: int | None
) -> Floats:
    """The two-sided pseudo p of each unit, NaN without a neighbour; shape (n_known,)."""
    from udsat_geo.kernels.permutations import count_beyond, draw_places

    whole = np.rint(z * (_STEPS / np.abs(z).max())).astype(np.int64)
    drawn = draw_places(len(z) - 1, int(np.diff(begins).max()), permutations, seed)

    def part(first: int) -> tuple[Ints, Ints]:
        counts: tuple[Ints, Ints] = count_beyond(
            whole, begins, neighbour, drawn, first, min(first + _AT_A_TIME, len(z))
        )
        return counts

    with ThreadPoolExecutor(threads or None) as pool:
        parts = list(pool.map(part, range(0, len(z), _AT_A_TIME)))
    rarer = np.minimum(*(np.concatenate([each[side] for each in parts]) for side in (0, 1)))
    p = np.minimum(2.0 * (rarer + 1) / (permutations + 1), 1.0)
    return np.where(np.diff(begins) > 0, p, np.nan)


def false_discovery_rates(p: Floats) -> Floats:
    """The least rate of false discoveries at which each p is told, by Benjamini and Hochberg; NaN stays NaN."""
    from scipy.stats import false_discovery_control

    q = np.full(len(p), np.nan)
    known = ~np.isnan(p)
    if known.any():
        q[known] = false_discovery_control(p[known], method="bh")
    return q
