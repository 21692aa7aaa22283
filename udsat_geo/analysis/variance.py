"""How much of a variance each of several inputs brings: Sobol' indices of the first order and in total.

With f evaluated over the rows of A, of B, and of A with one column from B (AB_i), n rows each, and V the variance over
the rows of A and B together:

- first order, the share that input i brings by itself: mean(f(B) (f(AB_i) - f(A))) / V (Saltelli and others 2010,
  Variance based sensitivity analysis of model output, Computer Physics Communications 181, table 2 (b));
- in total, the share in which input i has any part, by itself or together with others: mean((f(A) - f(AB_i))^2) / (2 V)
  (Jansen 1999; there table 2 (f)).

f is taken less its mean, which changes neither and lowers the error of the first. Both are estimates: with few rows the
first may come out below 0, and the intervals, from resampled rows, say how far to trust them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from udsat_geo.kernels.arrays import Floats

RESAMPLES, LEVEL = 200, 0.95
"""How often rows are resampled for the intervals, and what these hold. Own choices."""


@dataclass(frozen=True)
class Shares:
    """Shares of the variance of several outputs.

    Attributes
    ----------
    first, total : float64, shape (n_outputs, n_inputs)
        NaN of an output that does not vary.
    first_interval, total_interval : float64, shape (2, n_outputs, n_inputs)
    """

    first: Floats
    total: Floats
    first_interval: Floats
    total_interval: Floats


def shares_of_variance(of_a: Floats, of_b: Floats, of_ab: Floats, seed: int = 0) -> Shares:
    """Estimate the shares.

    Parameters
    ----------
    of_a, of_b : float64, shape (n_rows, n_outputs)
    of_ab : float64, shape (n_inputs, n_rows, n_outputs)
    seed : int
        Of the resampling.
    """
    first, total = _estimates(of_a, of_b, of_ab)
    chance, n = np.random.default_rng(seed), len(of_a)
    drawn = []
    for _ in range(RESAMPLES):
        rows = chance.integers(n, size=n)
        drawn.append(_estimates(of_a[rows], of_b[rows], of_ab[:, rows]))
    beyond = (1 - LEVEL) / 2
    # a resample may happen to hold equal rows alone; where nothing varies at all there is no interval either
    unknown = np.isnan(first)
    ends = []
    for each in zip(*drawn, strict=True):
        known = np.where(unknown, 0.0, np.array(each))
        ends.append(np.where(unknown, np.nan, np.nanquantile(known, [beyond, 1 - beyond], axis=0)))
    return Shares(first, total, ends[0], ends[1])


def _estimates(of_a: Floats, of_b: Floats, of_ab: Floats) -> tuple[Floats, Floats]:
    both = np.concatenate([of_a, of_b])
    mean, variance = both.mean(axis=0), both.var(axis=0)
    a, b, ab = of_a - mean, of_b - mean, of_ab - mean
    with np.errstate(invalid="ignore", divide="ignore"):
        first = np.where(variance > 0, (b * (ab - a)).mean(axis=1) / variance, np.nan)
        total = np.where(variance > 0, ((a - ab) ** 2).mean(axis=1) / (2 * variance), np.nan)
    return first.T, total.T
