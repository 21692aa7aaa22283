"""Draws: held to plain Python, and to the distributions that they are meant to have."""

from __future__ import annotations

import math

import numpy as np
import pytest

import reference_draws
from udsat_geo.kernels.draws import draw_counts, draw_households, draw_normal, draw_within, mixed, stream_of, uniform


def keys(n: int) -> np.ndarray:
    return np.random.default_rng(8).integers(0, 2**64, n, dtype=np.uint64)


@pytest.mark.parametrize("number", [0, 1, 2**63 + 5, reference_draws.MASK])
def test_numbers_are_mixed_as_in_plain_python(number: int) -> None:
    assert int(mixed(np.uint64(number))) == reference_draws.mixed(number)
    assert uniform(np.uint64(number), 7) == reference_draws.uniform(number, 7)
    assert int(stream_of(5, number % 1000)) == reference_draws.stream_of(5, number % 1000)


@pytest.mark.parametrize(("seed", "draw"), [(0, 0), (0, 1), (7, 0), (2**40, 199)])
def test_households_are_those_of_plain_python(seed: int, draw: int) -> None:
    rng = np.random.default_rng(3)
    unit, sums, key = rng.integers(-1, 4, 60), rng.integers(0, 9, (60, 3)), keys(60)
    wanted = reference_draws.draw_households(unit.tolist(), key.tolist(), sums.tolist(), 4, seed, draw)
    assert draw_households(unit, key, sums, 4, seed, draw).tolist() == wanted
    order = rng.permutation(60)
    assert draw_households(unit[order], key[order], sums[order], 4, seed, draw).tolist() == wanted


def test_counts_are_those_of_plain_python() -> None:
    rng = np.random.default_rng(4)
    trials, probability = rng.integers(0, 30, (5, 2)), rng.random((5, 2))
    probability[0, 0] = np.nan
    wanted = reference_draws.draw_counts(trials.tolist(), probability.tolist(), 9, 3)
    assert draw_counts(trials, probability, 9, 3).tolist() == wanted


def test_a_household_is_drawn_as_often_as_poisson_says() -> None:
    n = 20_000
    drawn = draw_households(np.arange(n), keys(n), np.ones((n, 1), dtype=np.int64), n, 1, 2)[:, 0]
    shares = np.bincount(drawn, minlength=6)[:6] / n
    wanted = [math.exp(-1) / math.factorial(times) for times in range(6)]
    np.testing.assert_allclose(shares, wanted, atol=5 * math.sqrt(0.25 / n))


def test_counts_have_the_mean_and_variance_of_the_binomial() -> None:
    trials, probability = np.full((4000, 1), 50), np.full((4000, 1), 0.3)
    drawn = draw_counts(trials, probability, 5, 6)
    assert abs(drawn.mean() - 15) < 5 * math.sqrt(10.5 / 4000)
    assert abs(drawn.var() - 10.5) < 1.0


def test_numbers_within_bounds_are_those_of_plain_python() -> None:
    rng = np.random.default_rng(6)
    lower = rng.integers(0, 5, (40, 3))
    upper = lower + rng.integers(0, 4, (40, 3))
    wanted = reference_draws.draw_within(lower.tolist(), upper.tolist(), 2, 5)
    found = draw_within(lower, upper, 2, 5)
    assert found.tolist() == wanted
    assert ((lower <= found) & (found <= upper)).all()


def test_each_number_within_bounds_is_as_likely() -> None:
    n = 9000
    found = draw_within(np.ones((n, 1), dtype=np.int64), np.full((n, 1), 3), 1, 1)
    np.testing.assert_allclose(np.bincount(found[:, 0], minlength=4) / n, [0, 1 / 3, 1 / 3, 1 / 3], atol=0.025)


def test_normal_numbers_are_those_of_plain_python_and_cut() -> None:
    rng = np.random.default_rng(7)
    mean, error = rng.random(300), rng.random(300) * (rng.random(300) < 0.8)
    found = draw_normal(mean, error, 0.0, 1.0, 3, 4)
    np.testing.assert_allclose(found, reference_draws.draw_normal(mean.tolist(), error.tolist(), 0.0, 1.0, 3, 4))
    assert ((found >= 0) & (found <= 1)).all()
    assert (found[error == 0] == mean[error == 0]).all()
    free = draw_normal(np.full(20_000, 5.0), np.full(20_000, 2.0), -np.inf, np.inf, 1, 1)
    assert abs(free.mean() - 5) < 0.06
    assert abs(free.std() - 2) < 0.05
    # half of a normal about its own bound: its mean lies the root of 2 over pi away
    half = draw_normal(np.zeros(20_000), np.ones(20_000), 0.0, np.inf, 1, 1)
    assert abs(half.mean() - np.sqrt(2 / np.pi)) < 0.02


def test_what_is_certain_is_drawn_as_it_is() -> None:
    trials = np.array([[7, 7], [0, 3]])
    assert draw_counts(trials, np.array([[1.0, 0.0], [0.5, 1.0]]), 0, 0).tolist() == [[7, 0], [0, 3]]
