"""The cell-key method: unbiased noise of a stated variance, the same wherever the same places are counted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from udsat_geo.messages.errors import InputError
from udsat_geo.release.cell_key import changes_of, keys_of_units, perturb, probabilities
from udsat_geo.release.policy import CountsRule

RULE = CountsRule(least_persons=3, round_to=1, most_noise=5, variance=4.0)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 100])
def test_noise_has_the_mean_and_the_variance_asked_for_and_no_forbidden_result(count: int) -> None:
    by, p = changes_of(count, RULE), probabilities(count, RULE)
    assert p.sum() == pytest.approx(1)
    assert (p > 0).all()
    assert p @ by == pytest.approx(0, abs=1e-8)
    assert p @ by**2 == pytest.approx(4, abs=1e-8)
    assert np.abs(by).max() <= 5
    assert all(count + v == 0 or count + v >= 3 for v in by.tolist())


def test_no_other_probabilities_have_more_entropy() -> None:
    by, p = changes_of(4, RULE).astype(float), probabilities(4, RULE)
    held = {"type": "eq", "fun": lambda q: [q.sum() - 1, q @ by, q @ by**2 - 4]}
    start = np.full(len(by), 1 / len(by))
    found = minimize(
        lambda q: q @ np.log(q),
        start,
        bounds=[(1e-9, 1)] * len(by),
        constraints=held,
        options={"ftol": 1e-13, "maxiter": 500},
    )
    assert p == pytest.approx(found.x, abs=1e-4)


def test_the_same_places_have_the_same_noise_whatever_they_are_counted_for() -> None:
    keys = keys_of_units(["a", "b", "c"], b"s" * 32)
    key = np.array([keys.sum(dtype=np.uint64)] * 2)
    first, second = perturb(np.array([40, 40]), key, RULE).value.tolist()
    assert first == second
    moved = perturb(np.array([400, 41]), key, RULE).value - np.array([400, 41])
    assert moved.tolist() == [first - 40] * 2
    assert keys_of_units(["a"], b"t" * 32) != keys[:1]


def test_drawn_over_many_places_the_noise_is_as_its_table_says() -> None:
    keys = keys_of_units([str(n) for n in range(20_000)], b"s" * 32)
    count = np.full(len(keys), 7)
    told = perturb(count, keys, RULE)
    noise = told.value - count
    assert noise.mean() == pytest.approx(0, abs=0.05)
    assert noise.var() == pytest.approx(4, abs=0.1)
    assert ((told.least <= count) & (count <= told.most)).all()


def test_nothing_stays_nothing_and_is_withheld() -> None:
    told = perturb(np.array([0]), np.array([2**63], dtype=np.uint64), RULE)
    assert (told.value[0], told.least[0], told.most[0]) == (-1, 0, 5)


def test_a_variance_that_no_change_has_is_refused() -> None:
    with pytest.raises(InputError, match="variance of 12"):
        probabilities(1, CountsRule(least_persons=3, round_to=1, most_noise=5, variance=12.0))
