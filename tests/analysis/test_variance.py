"""Shares of a variance: a function whose shares are known, and another program's estimates."""

from __future__ import annotations

import numpy as np

from udsat_geo.analysis.variance import Shares, shares_of_variance

FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
"""Of Ishigami's function with a = 7 and b = 0.1, by its formulas (Saltelli and others, Global Sensitivity Analysis: The
Primer, 2008, 4.5): V1 = (1 + b pi^4 / 5)^2 / 2, V2 = a^2 / 8, V13 = 8 b^2 pi^8 / 225, and nothing else."""


def ishigami(x: np.ndarray) -> np.ndarray:
    first, second, third = np.moveaxis(x, -1, 0)
    return np.sin(first) + 7 * np.sin(second) ** 2 + 0.1 * third**4 * np.sin(first)


def evaluated(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Over A, B and A with each column from B."""
    from scipy.stats import qmc

    points = (2 * qmc.Sobol(6, scramble=True, seed=3).random(rows) - 1) * np.pi
    a, b = points[:, :3], points[:, 3:]
    mixed = np.stack([np.where(np.arange(3) == i, b, a) for i in range(3)])
    return ishigami(a), ishigami(b), ishigami(mixed)


def shares(rows: int) -> Shares:
    a, b, ab = evaluated(rows)
    return shares_of_variance(a[:, None], b[:, None], ab[:, :, None])


def test_the_shares_of_a_known_function() -> None:
    found = shares(4096)
    np.testing.assert_allclose(found.first[0], FIRST, atol=0.01)
    np.testing.assert_allclose(found.total[0], TOTAL, atol=0.01)
    for ends, known in ((found.first_interval, FIRST), (found.total_interval, TOTAL)):
        assert (ends[0, 0] <= np.array(known) + 1e-3).all()
        assert (np.array(known) - 1e-3 <= ends[1, 0]).all()


def test_they_are_those_of_scipy() -> None:
    from scipy.stats import sobol_indices

    a, b, ab = evaluated(256)
    known = sobol_indices(func={"f_A": a[None], "f_B": b[None], "f_AB": ab[:, None, :]}, n=256)
    found = shares_of_variance(a[:, None], b[:, None], ab[:, :, None])
    np.testing.assert_allclose(found.first[0], known.first_order, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(found.total[0], known.total_order, rtol=1e-12)


def test_what_does_not_vary_has_no_shares_and_the_same_seed_gives_the_same() -> None:
    a, b, ab = evaluated(64)
    both = [np.stack([each, np.ones_like(each)], axis=-1) for each in (a, b, ab)]
    found, again = shares_of_variance(*both), shares_of_variance(*both)
    assert np.isnan(found.first[1]).all()
    assert np.isnan(found.total_interval[:, 1]).all()
    assert not np.isnan(found.total[0]).any()
    np.testing.assert_array_equal(found.first_interval, again.first_interval)


def test_intervals_are_narrower_with_more_rows() -> None:
    few, many = (np.diff(shares(rows).total_interval, axis=0) for rows in (32, 1024))
    assert (many < few).all()
