"""Sums drawn anew: households that happen to be there another number of times, counts that fall otherwise.

Every number drawn depends on the seed, the draw and what it is drawn for, and on nothing else: no order of the work
and no number of threads changes it. Numbers are made from a counter by the finaliser of SplitMix64 (Steele, Lea and
Flood 2014, Fast splittable pseudorandom number generators).
"""

from __future__ import annotations

import numpy as np

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.arrays import Floats, Ints, Keys

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_A, _B, _C = np.uint64(30), np.uint64(27), np.uint64(31)
_BITS, _TO_UNIT = np.uint64(11), 1.0 / (1 << 53)
_MOST_TRIES = 100
_MOST_TIMES = 20
"""A household is drawn no oftener: more has a probability below one in 10^18."""


@kernel
def mixed(number: np.uint64) -> np.uint64:
    """A 64-bit number whose bits all depend on all of those of `number`."""
    number = (number ^ (number >> _A)) * _FIRST
    number = (number ^ (number >> _B)) * _SECOND
    return number ^ (number >> _C)


@kernel
def uniform(stream: np.uint64, counter: int) -> float:
    """A number from 0 up to 1, the one of a counter in a stream."""
    return (mixed(stream + np.uint64(counter + 1) * _STEP) >> _BITS) * _TO_UNIT


@kernel
def stream_of(seed: int, draw: int) -> np.uint64:
    """The stream of a draw."""
    return mixed(mixed(np.uint64(seed) + _STEP) + np.uint64(draw + 1) * _STEP)


@kernel
def draw_households(
    unit_of_household: Ints, key_of_household: Keys, sums_of_household: Ints, n_units: int, seed: int, draw: int
) -> Ints:
    """The sums of every unit over households each of which is there a Poisson number of times, one on average.

    The Poisson bootstrap: the bootstrap of Efron (1979) without a fixed number of households, so that each can be
    drawn by itself (Hanley and MacGibbon 2006).

    Parameters
    ----------
    unit_of_household : int64, shape (n_households,)
        -1 is none.
    key_of_household : uint64, shape (n_households,)
        What a household draws depends on its key and nothing else: two years' households of one key draw the same.
    sums_of_household : int64, shape (n_households, n_sums)
    n_units, seed, draw : int

    Returns
    -------
    int64, shape (n_units, n_sums)
    """
    n_sums = sums_of_household.shape[1]
    sums = np.zeros((n_units, n_sums), dtype=np.int64)
    stream = stream_of(seed, draw)
    for household in range(unit_of_household.shape[0]):
        unit = unit_of_household[household]
        if unit < 0:
            continue
        left = uniform(stream ^ key_of_household[household], 0)
        times, share = 0, np.exp(-1.0)
        while left >= share and times < _MOST_TIMES:
            left -= share
            times += 1
            share /= times
        if times:
            for k in range(n_sums):
                sums[unit, k] += times * sums_of_household[household, k]
    return sums


@kernel
def draw_counts(trials: Ints, probability: Floats, seed: int, draw: int) -> Ints:
    """Counts drawn anew: how many of so many independent trials succeed.

    Parameters
    ----------
    trials : int64, shape (n_units, n_counts)
    probability : float64, shape (n_units, n_counts)
        NaN draws none.
    seed, draw : int

    Returns
    -------
    int64, shape (n_units, n_counts)
    """
    drawn = np.zeros(trials.shape, dtype=np.int64)
    n_counts = trials.shape[1]
    of_draw = stream_of(seed, draw)
    for unit in range(trials.shape[0]):
        for k in range(n_counts):
            stream = mixed(of_draw + np.uint64(unit * n_counts + k + 1) * _STEP)
            for trial in range(trials[unit, k]):
                if uniform(stream, trial) < probability[unit, k]:
                    drawn[unit, k] += 1
    return drawn


@kernel
def draw_within(lower: Ints, upper: Ints, seed: int, draw: int) -> Ints:
    """Whole numbers that are each equally likely within their bounds.

    Parameters
    ----------
    lower, upper : int64, shape (n_units, n_counts)
        Both may be drawn; `upper` is not below `lower`.
    seed, draw : int

    Returns
    -------
    int64, shape (n_units, n_counts)
    """
    drawn = lower.copy()
    n_counts = lower.shape[1]
    # a stream of its own, so that it has nothing to do with what is drawn at the rate that comes of it
    stream = mixed(stream_of(seed, draw) ^ _FIRST)
    for unit in range(lower.shape[0]):
        for k in range(n_counts):
            width = upper[unit, k] - lower[unit, k] + 1
            if width > 1:
                drawn[unit, k] += min(int(uniform(stream, unit * n_counts + k) * width), width - 1)
    return drawn


@kernel
def draw_normal(mean: Floats, error: Floats, lower: float, upper: float, seed: int, draw: int) -> Floats:
    """Numbers drawn from normal distributions that are cut at bounds: what falls outside is drawn again.

    Box and Muller (1958); after `_MOST_TRIES` outside, the nearest bound.

    Parameters
    ----------
    mean, error : float64, shape (n_units,)
        NaN, and an error of 0, give the mean.
    lower, upper : float
    seed, draw : int

    Returns
    -------
    float64, shape (n_units,)
    """
    drawn = mean.copy()
    of_draw = stream_of(seed, draw)
    for unit in range(mean.shape[0]):
        if not error[unit] > 0.0 or np.isnan(mean[unit]):
            continue
        stream = mixed(of_draw ^ (np.uint64(unit + 1) * _SECOND))
        for tried in range(_MOST_TRIES):
            radius = np.sqrt(-2.0 * np.log(1.0 - uniform(stream, 2 * tried)))
            number = mean[unit] + error[unit] * radius * np.cos(2.0 * np.pi * uniform(stream, 2 * tried + 1))
            drawn[unit] = min(max(number, lower), upper)
            if lower <= number <= upper:
                break
    return drawn
