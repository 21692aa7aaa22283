"""The spread of gaps, from exact sums: the same for any order of the units, and added up from any parts of them."""

from __future__ import annotations

import math

import numpy as np

from udsat_geo.kernels.arrays import Floats, Ints

_ONE = 1 << 1074
"""The digits of `udsat_geo.kernels.scores.squares_of_gaps` count in parts of this size."""


def spread_of_gaps(gap: Floats, residents: Ints) -> Floats:
    """Standard deviation of the units' gaps around what they are compared with, weighted by residents.

    ``s^2 = sum(residents * gap^2) / sum(residents)`` over the units that have a rate; 0 where nobody has one.

    Parameters
    ----------
    gap : float64, shape (n_units, n_criteria)
        NaN where a unit has no rate.
    residents : int64, shape (n_units,)

    Returns
    -------
    float64, shape (n_criteria,)
    """
    from udsat_geo.kernels.scores import squares_of_gaps

    return spread_of_squares(*squares_of_gaps(gap, residents))


def spread_of_squares(squares: Ints, weight: Ints) -> Floats:
    """The spread, from exact sums over all units.

    Parameters
    ----------
    squares, weight
        As of `udsat_geo.kernels.scores.squares_of_gaps`; those of parts of the units are added up as they are.

    Returns
    -------
    float64, shape (n_criteria,)
        Their sum is rounded once.
    """
    from udsat_geo.kernels.scores import LIMB_BITS

    spread = np.zeros(len(weight))
    for j, (digits, residents) in enumerate(zip(squares.tolist(), weight.tolist(), strict=True)):
        if residents > 0:
            whole = sum(digit << (LIMB_BITS * place) for place, digit in enumerate(digits[:-1]))
            spread[j] = math.inf if digits[-1] else math.sqrt(_rounded(whole) / residents)
    return spread


def _rounded(whole: int) -> float:
    """So many parts as a float: Python rounds the division of two whole numbers once."""
    try:
        return whole / _ONE
    except OverflowError:
        return math.inf
