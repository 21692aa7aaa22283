"""Chance that lasts: generators by stage, and numbers of keys that stay what they are from year to year."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Floats

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def stream(seed: int, *stage: int) -> Generator:
    """A generator of its own for one stage of the making."""
    return Generator(np.random.PCG64(np.random.SeedSequence([seed, *stage])))


def uniform_of_key(key: NDArray[np.integer], seed: int, salt: int) -> Floats:
    """A lasting number in (0, 1) for every key, by the SplitMix64 mixer.

    Parameters
    ----------
    key : integer array, (n,)
    seed, salt : int
        Another salt gives an independent number of the same key.

    Returns
    -------
    float64 array, (n,)
    """
    start = np.uint64((seed * 1_000_003 + salt * 7_919 + 12_345) % 2**63)
    with np.errstate(over="ignore"):
        mixed = (key.astype(np.uint64) + start) * _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
        mixed = mixed ^ (mixed >> np.uint64(31))
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def logistic(uniform: Floats) -> Floats:
    """Logistic noise from numbers in (0, 1): ranking a log-odds plus this noise draws by those odds."""
    return np.log(uniform / (1.0 - uniform))


def lasting_noise(key: NDArray[np.integer], seed: int, salt: int) -> Floats:
    """Near-normal lasting noise of a key, mean 0 and standard deviation 1."""
    noise: Floats = logistic(uniform_of_key(key, seed, salt)) * (np.sqrt(3.0) / np.pi)
    return noise
