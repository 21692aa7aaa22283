"""The cell-key method: counts changed by a little noise, the same noise wherever the same places are counted.

Every unit has a lasting key made of its id and a secret salt. The keys of the units that are counted together add up to
that of the count, which picks its change from a table of probabilities. The table has the most entropy of all with mean
0, the variance and the largest change asked for, and no result below 0 or from 1 to fewer persons than are told. Units
stand for the people in them, whom a designation does not name: the same units give the same noise in every table.

Sources: Thompson, Broadfoot and Elazar (2013), Methodology for the automatic confidentialisation of statistical outputs
from remote servers at the Australian Bureau of Statistics; Giessing (2016), Computational issues in the design of
transition probabilities and disclosure risk estimation for additive noise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.release.policy import CountsRule, Told

_SPAN = 2**64
_ROUNDS, _CLOSE = 200, 1e-10


def keys_of_units(unit_id: Sequence[str], salt: bytes) -> np.ndarray:
    """A lasting number for each unit, uint64, shape (n_units,)."""
    digests = (hashlib.blake2b(str(each).encode(), digest_size=8, key=salt[:64]).digest() for each in unit_id)
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def changes_of(count: int, rule: CountsRule) -> Ints:
    """What a count may be changed by, in rising order: never below 0, nor to fewer persons than are told."""
    by = np.arange(-rule.most_noise, rule.most_noise + 1, dtype=np.int64)
    to = count + by
    allowed: Ints = by[(to == 0) | (to >= rule.least_persons)]
    return allowed


@lru_cache(maxsize=256)
def probabilities(count: int, rule: CountsRule) -> Floats:
    """The probability of each of `changes_of`: the most entropy with mean 0 and the variance asked for.

    It is proportional to exp(a v + b v^2); a and b are found by Newton's method on the convex dual.

    Raises
    ------
    InputError
        If no probabilities have that variance.
    """
    by = changes_of(count, rule).astype(np.float64)
    moments = np.stack([by, by**2])
    wanted = np.array([0.0, rule.variance])
    if len(by) < 3 or by[0] > 0 or not _least_variance(by) <= rule.variance <= -by[0] * by[-1]:
        what = _("no change of a count of {count} has a mean of 0 and a variance of {variance}")
        told = what.format(count=count, variance=rule.variance)
        raise InputError(Problem("counts.variance", told, _("Take another variance, or a larger most_noise.")))
    at = np.zeros(2)

    def weights(at: Floats) -> Floats:
        exponent = at @ moments
        grown: Floats = np.exp(exponent - exponent.max())
        return grown / float(grown.sum())

    def dual(at: Floats) -> float:
        exponent = at @ moments
        return float(np.log(np.exp(exponent - exponent.max()).sum()) + exponent.max() - at @ wanted)

    for _round in range(_ROUNDS):
        p = weights(at)
        off = moments @ p - wanted
        if np.abs(off).max() < _CLOSE:
            break
        spread = (moments * p) @ moments.T - np.outer(moments @ p, moments @ p)
        step = np.linalg.solve(spread + 1e-12 * np.eye(2), off)
        size = 1.0
        while dual(at - size * step) > dual(at) - 1e-4 * size * float(off @ step) and size > 1e-9:
            size /= 2
        at = at - size * step
    return weights(at)


def _least_variance(by: Floats) -> float:
    """The least variance that changes with mean 0 can have: that of the two next to 0, or none where 0 is one."""
    if (by == 0).any():
        return 0.0
    return float(-by[by < 0].max() * by[by > 0].min())


def perturb(count: Ints, key: np.ndarray, rule: CountsRule) -> Told:
    """Counts with their noise.

    Parameters
    ----------
    count : int64, shape (n,)
    key : uint64, shape (n,)
        The sum of the keys of the units counted, modulo 2^64.
    rule : CountsRule

    Returns
    -------
    Told
        0, and what became of it, is withheld.
    """
    value = np.zeros(len(count), dtype=np.int64)
    for place, (n, of) in enumerate(zip(count.tolist(), key.tolist(), strict=True)):
        if n:
            # beyond this the table is the same for all counts
            like = min(n, rule.most_noise + rule.least_persons)
            at = np.searchsorted(np.cumsum(probabilities(like, rule)), of / _SPAN, side="right")
            by = changes_of(like, rule)
            value[place] = n + by[min(int(at), len(by) - 1)]
    nothing = value == 0
    return Told(
        np.where(nothing, -1, value),
        np.where(nothing, 0, np.maximum(value - rule.most_noise, 1)),
        value + rule.most_noise,
    )
