"""Households: how many people live in a home, who they are to one another, and how old. The tables are our own."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

ADULT, CHILD = 0, 1
DANISH, WESTERN, NON_WESTERN = range(3)
EMPTY = -1
NO_INCOME = np.iinfo(np.int32).min
_SIZE_LIMITS_M2 = (45.0, 65.0, 85.0, 115.0)
_SIZE_SHARES = np.array(  # households of 1 to 6 by floor area
    [
        [0.82, 0.15, 0.02, 0.01, 0.00, 0.00],
        [0.58, 0.29, 0.09, 0.03, 0.01, 0.00],
        [0.36, 0.34, 0.17, 0.09, 0.03, 0.01],
        [0.24, 0.33, 0.20, 0.16, 0.05, 0.02],
        [0.14, 0.31, 0.19, 0.23, 0.10, 0.03],
    ]
)
# household types
(
    _SOLO_YOUNG,
    _SOLO_MIDDLE,
    _SOLO_OLD,
    _PAIR_YOUNG,
    _PAIR_MIDDLE,
    _PAIR_OLD,
    _FAMILY,
    _LONE_PARENT,
    _SHARED,
    _INSTITUTION,
) = range(10)
_HEAD_AGE = np.array(
    [[18, 29], [30, 66], [67, 88], [20, 31], [32, 66], [67, 86], [27, 52], [25, 50], [19, 30], [72, 97]]
)
# shares of the types by size (1, 2, 3, 4, 5 and more), rows; for homes that are villas, ordinary, modern, students'
_TYPE_SHARES = {
    0: np.array(
        [
            [0.12, 0.46, 0.42, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0.10, 0.45, 0.32, 0, 0.11, 0.02, 0],
            [0, 0, 0, 0, 0, 0, 0.82, 0.12, 0.06, 0],
            [0, 0, 0, 0, 0, 0, 0.92, 0.05, 0.03, 0],
            [0, 0, 0, 0, 0, 0, 0.92, 0.02, 0.06, 0],
        ]
    ),
    1: np.array(
        [
            [0.31, 0.50, 0.19, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0.29, 0.34, 0.09, 0, 0.13, 0.15, 0],
            [0, 0, 0, 0, 0, 0, 0.62, 0.18, 0.20, 0],
            [0, 0, 0, 0, 0, 0, 0.73, 0.10, 0.17, 0],
            [0, 0, 0, 0, 0, 0, 0.78, 0.05, 0.17, 0],
        ]
    ),
    3: np.array(
        [
            [0.93, 0.05, 0.02, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0.50, 0.05, 0.01, 0, 0.02, 0.42, 0],
            [0, 0, 0, 0, 0, 0, 0.15, 0.02, 0.83, 0],
            [0, 0, 0, 0, 0, 0, 0.10, 0, 0.90, 0],
            [0, 0, 0, 0, 0, 0, 0.05, 0, 0.95, 0],
        ]
    ),
}
_TYPE_SHARES[2] = _TYPE_SHARES[1]
_MOVING_IN_YOUNG = 2.8  # newcomers: weight of the young types against the others
_MOVING_IN_OLD = 0.3


@dataclass(frozen=True)
class People:
    """One row per resident; all arrays of shape (n_residents,).

    Attributes
    ----------
    person : int64
        Lasting number of the person.
    dwelling : int64
        Row of ``Homes``, -1 when no dwelling is known.
    age, role, origin, education, labour : int8
        `education` and `labour` are codes of ``write``; -1 is empty or not yet given.
    income : int32
        Disposable income, kr a year; ``NO_INCOME`` is empty.
    """

    person: NDArray[np.int64]
    dwelling: NDArray[np.int64]
    age: NDArray[np.int8]
    role: NDArray[np.int8]
    origin: NDArray[np.int8]
    education: NDArray[np.int8]
    labour: NDArray[np.int8]
    income: NDArray[np.int32]

    def take(self, chosen: NDArray[np.bool_]) -> People:
        """The chosen residents, in the same order."""
        return People(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def joined(self, other: People) -> People:
        """These residents followed by others."""
        return People(**{f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)})


def draw_sizes(area_m2: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Residents of each occupied home, 1 to 6, by its floor area in m2."""
    shares = np.cumsum(_SIZE_SHARES, axis=1)[np.searchsorted(_SIZE_LIMITS_M2, area_m2)]
    size: NDArray[np.int64] = 1 + (rng.random(len(area_m2))[:, None] > shares[:, :-1]).sum(axis=1)
    return size


def fit_sizes(size: NDArray[np.int64], total: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Household sizes changed by one here and there until they add up to `total`."""
    size = size.copy()
    for _ in range(12):
        difference = total - int(size.sum())
        if difference == 0:
            break
        pool = np.flatnonzero(size < 7 if difference > 0 else size > 1)
        chosen = rng.permutation(pool)[: abs(difference)]
        size[chosen] += 1 if difference > 0 else -1
    return size


def compose(
    dwelling: NDArray[np.int64],
    size: NDArray[np.int64],
    kind: NDArray[np.int64],
    institution: NDArray[np.bool_],
    moving_in: bool,
    first_person: int,
    rng: np.random.Generator,
) -> People:
    """Fill households with people: couples of like age, children younger than their parents by a generation.

    Parameters
    ----------
    dwelling, size, kind : int array, (n_households,)
    institution : bool array, (n_households,)
        Homes for the old, filled with single residents.
    moving_in : bool
        Newcomers are younger than those who have lived here long.
    first_person : int
        Numbers are given from here on.
    rng : Generator

    Returns
    -------
    People
        Origin, education, labour status and income are not given yet.
    """
    types = _draw_types(size, kind, moving_in, rng)
    types[institution] = _INSTITUTION
    low, high = _HEAD_AGE[types].T
    head_age = (low + rng.random(len(types)) * (high - low + 1)).astype(np.int64)
    household = np.repeat(np.arange(len(size)), size)
    place = np.arange(len(household)) - (np.cumsum(size) - size)[household]
    age, child = _ages(types[household], head_age[household], place, rng)
    n = len(household)
    return People(
        person=first_person + np.arange(n, dtype=np.int64),
        dwelling=dwelling[household],
        age=np.clip(age, 0, 104).astype(np.int8),
        role=np.where(child, CHILD, ADULT).astype(np.int8),
        origin=np.full(n, EMPTY, dtype=np.int8),
        education=np.full(n, EMPTY, dtype=np.int8),
        labour=np.full(n, EMPTY, dtype=np.int8),
        income=np.full(n, NO_INCOME, dtype=np.int32),
    )


def _draw_types(
    size: NDArray[np.int64], kind: NDArray[np.int64], moving_in: bool, rng: np.random.Generator
) -> NDArray[np.int64]:
    shares = np.stack([_TYPE_SHARES[k] for k in range(4)])
    if moving_in:
        shares = shares.copy()
        shares[:, :, [_SOLO_YOUNG, _PAIR_YOUNG, _SHARED]] *= _MOVING_IN_YOUNG
        shares[:, :, [_SOLO_OLD, _PAIR_OLD]] *= _MOVING_IN_OLD
    cumulative = np.cumsum(shares / shares.sum(axis=2, keepdims=True), axis=2)
    mine = cumulative[kind, np.minimum(size, 5) - 1]
    types: NDArray[np.int64] = (rng.random(len(size))[:, None] > mine[:, :-1]).sum(axis=1)
    return types


def _ages(
    types: NDArray[np.int64], head: NDArray[np.int64], place: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Age of each member and whether it is a child, by household type, age of the head and place in the household."""
    n = len(types)
    adults = np.where(types == _LONE_PARENT, 1, np.where(types == _FAMILY, 2, 99))
    partner = np.maximum(19, head + np.rint(2.5 * rng.standard_normal(n)).astype(np.int64))
    low, high = _HEAD_AGE[types].T
    mate = (low + rng.random(n) * (high - low + 1)).astype(np.int64)
    gap = np.maximum(head - rng.integers(24, 37, n), 0)
    child = np.where(gap > 18, rng.integers(0, 19, n), gap)
    age = np.where(place == 0, head, np.where(place >= adults, child, partner))
    loose = np.isin(types, (_SHARED, _INSTITUTION)) & (place > 0)
    return np.where(loose, mate, age), place >= adults
