"""Conditional permutation: held to plain Python, and to what a shuffle must be."""

from __future__ import annotations

import numpy as np
import pytest

import reference_permutations
from udsat_geo.kernels.permutations import count_beyond, draw_places, draws_by_place


@pytest.mark.parametrize(("n_places", "n_drawn", "seed"), [(9, 4, 0), (9, 9, 1), (5, 0, 2), (1, 1, 2**62)])
def test_places_are_those_of_plain_python(n_places: int, n_drawn: int, seed: int) -> None:
    wanted = reference_permutations.draw_places(n_places, n_drawn, 20, seed)
    drawn = draw_places(n_places, n_drawn, 20, seed)
    assert drawn.tolist() == wanted
    assert all(len(set(row)) == n_drawn for row in drawn.tolist())


def test_every_place_is_drawn_as_often_as_any_other() -> None:
    drawn = draw_places(6, 2, 30_000, 3)
    pairs = np.bincount(drawn[:, 0] * 6 + drawn[:, 1], minlength=36).reshape(6, 6)
    assert (np.diag(pairs) == 0).all()
    np.testing.assert_allclose(pairs[~np.eye(6, dtype=bool)], 1000, atol=5 * np.sqrt(1000))


def test_draws_are_found_by_their_place() -> None:
    drawn = draw_places(7, 3, 12, 4)
    wanted = reference_permutations.draws_by_place(drawn.tolist(), 8)
    begins, draw = draws_by_place(drawn, 8)
    assert (begins.tolist(), draw.tolist()) == wanted


@pytest.mark.parametrize(("seed", "first", "end"), [(5, 3, 12), (6, 0, 12), (7, 11, 12), (8, 4, 4)])
def test_counts_are_those_of_plain_python(seed: int, first: int, end: int) -> None:
    rng = np.random.default_rng(seed)
    # few values, so that many sums are equal
    value, sizes = rng.integers(-2, 3, 12), rng.integers(0, 5, 12)
    begins = np.concatenate([[0], np.cumsum(sizes)])
    neighbour = rng.integers(0, 12, begins[-1])
    drawn = draw_places(11, 4, 30, 7)
    told = [list(map(int, each)) for each in (value, begins, neighbour)]
    wanted = reference_permutations.count_beyond(*told, drawn.tolist(), first, end)
    high, low = count_beyond(value, begins, neighbour, drawn, first, end)
    assert (high.tolist(), low.tolist()) == wanted
    assert (high + low >= 30).all()
