"""Draws: held to plain Python, and to the distributions that they are meant to have."""

from __future__ import annotations

import math

import numpy as np
import pytest

from udsat_geo.kernels.draws import draw_counts, draw_households

MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15


def mixed(number: int) -> int:
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def uniform(stream: int, counter: int) -> float:
    return (mixed((stream + (counter + 1) * STEP) & MASK) >> 11) / (1 << 53)


def stream_of(seed: int, draw: int) -> int:
    return mixed((mixed((seed + STEP) & MASK) + (draw + 1) * STEP) & MASK)


def times_of(stream: int, household: int) -> int:
    left, times, share = uniform(stream, household), 0, math.exp(-1.0)
    while left >= share and times < 20:
        left, times = left - share, times + 1
        share /= times
    return times


@pytest.mark.parametrize(("seed", "draw"), [(0, 0), (0, 1), (7, 0), (2**40, 199)])
def test_households_are_those_of_plain_python(seed: int, draw: int) -> None:
    rng = np.random.default_rng(3)
    unit = rng.integers(-1, 4, 60)
    sums = rng.integers(0, 9, (60, 3))
    wanted = np.zeros((4, 3), dtype=np.int64)
    for household in range(60):
        if unit[household] >= 0:
            wanted[unit[household]] += times_of(stream_of(seed, draw), household) * sums[household]
    np.testing.assert_array_equal(draw_households(unit, sums, 4, seed, draw), wanted)


def test_counts_are_those_of_plain_python() -> None:
    rng = np.random.default_rng(4)
    trials, probability = rng.integers(0, 30, (5, 2)), rng.random((5, 2))
    probability[0, 0] = np.nan
    wanted = np.zeros((5, 2), dtype=np.int64)
    for unit in range(5):
        for k in range(2):
            stream = mixed((stream_of(9, 3) + (unit * 2 + k + 1) * STEP) & MASK)
            wanted[unit, k] = sum(uniform(stream, trial) < probability[unit, k] for trial in range(trials[unit, k]))
    np.testing.assert_array_equal(draw_counts(trials, probability, 9, 3), wanted)


def test_a_household_is_drawn_as_often_as_poisson_says() -> None:
    n = 20_000
    drawn = draw_households(np.arange(n), np.ones((n, 1), dtype=np.int64), n, 1, 2)[:, 0]
    shares = np.bincount(drawn, minlength=6)[:6] / n
    wanted = [math.exp(-1) / math.factorial(times) for times in range(6)]
    np.testing.assert_allclose(shares, wanted, atol=5 * math.sqrt(0.25 / n))


def test_counts_have_the_mean_and_variance_of_the_binomial() -> None:
    trials, probability = np.full((4000, 1), 50), np.full((4000, 1), 0.3)
    drawn = draw_counts(trials, probability, 5, 6)
    assert abs(drawn.mean() - 15) < 5 * math.sqrt(10.5 / 4000)
    assert abs(drawn.var() - 10.5) < 1.0


def test_what_is_certain_is_drawn_as_it_is() -> None:
    trials = np.array([[7, 7], [0, 3]])
    assert draw_counts(trials, np.array([[1.0, 0.0], [0.5, 1.0]]), 0, 0).tolist() == [[7, 0], [0, 3]]
