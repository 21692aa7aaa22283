"""Plain twins of what chance does to rates: pair by pair, and by drawing households again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from udsat_geo.kernels.arrays import Floats


@dataclass(frozen=True)
class Person:
    """A resident who counts in a criterion, and whether they have it."""

    key: str | None
    dwelling: str
    inside: bool
    has: bool


def influences(people: Sequence[Person]) -> list[float]:
    """By how much each person moves the gap: the share inside less that outside."""
    found = []
    for one in people:
        side = [other for other in people if other.inside == one.inside]
        n = len({other.dwelling for other in side})
        share = sum(other.has for other in side) / len(side)
        moves = (one.has - share) / len(side) * (n / (n - 1)) ** 0.5
        found.append(moves if one.inside else -moves)
    return found


def shared_by_pairs(one: Sequence[Person], other: Sequence[Person]) -> float:
    """The products of all pairs that live in one dwelling, or are one person; of a year and itself, its variance."""
    total = 0.0
    pairs = product(zip(one, influences(one), strict=True), zip(other, influences(other), strict=True))
    for (person, moves), (again, moves_again) in pairs:
        same = person.key is not None and person.key == again.key
        if same or person.dwelling == again.dwelling:
            total += moves * moves_again
    return total


def gaps_of_draws(people: Sequence[Sequence[Person]], draws: int, seed: int) -> Floats:
    """The gap of each year in many draws of dwellings, each for all years at once; shape (n_draws, n_years)."""
    dwellings = sorted({one.dwelling for year in people for one in year})
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(dwellings), np.full(len(dwellings), 1 / len(dwellings)), size=draws)
    gaps = []
    for year in people:
        sums = np.zeros((len(dwellings), 4))
        for one in year:
            sums[dwellings.index(one.dwelling), 2 * one.inside : 2 * one.inside + 2] += (one.has, 1)
        top_out, all_out, top_in, all_in = (times @ sums).T
        gaps.append(top_in / all_in - top_out / all_out)
    return np.stack(gaps, axis=1)
