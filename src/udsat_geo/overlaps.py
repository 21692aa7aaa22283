"""Which areas of two designations share how many residents: pairs that meet, never a table of all against all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Overlaps:
    """The pairs of areas that share a unit, by area of now, then of before.

    Attributes
    ----------
    now, before : int64, shape (n_pairs,)
        Areas.
    residents, units : int64, shape (n_pairs,)
        What they share.
    n_now, n_before : int
        How many areas there are.
    """

    now: NDArray[np.int64]
    before: NDArray[np.int64]
    residents: NDArray[np.int64]
    units: NDArray[np.int64]
    n_now: int
    n_before: int

    def __len__(self) -> int:
        return len(self.now)

    def of(self, chosen: NDArray[np.bool_]) -> Overlaps:
        """Some of the pairs; `chosen` is of shape (n_pairs,)."""
        return Overlaps(
            self.now[chosen],
            self.before[chosen],
            self.residents[chosen],
            self.units[chosen],
            self.n_now,
            self.n_before,
        )

    def turned(self) -> Overlaps:
        """The same pairs with now and before changing places, in the order of that."""
        order = np.lexsort((self.now, self.before))
        return Overlaps(
            self.before[order],
            self.now[order],
            self.residents[order],
            self.units[order],
            self.n_before,
            self.n_now,
        )

    def closest(self) -> NDArray[np.int64]:
        """For each area of now the area of before that it shares most residents with, shape (n_now,).

        Of several it is the one with most units, then the first; -1 where there is no pair.
        """
        order = np.lexsort((self.before, -self.units, -self.residents, self.now))
        first = np.flatnonzero(np.diff(self.now[order], prepend=-1))
        found = np.full(self.n_now, -1, dtype=np.int64)
        found[self.now[order][first]] = self.before[order][first]
        return found


def find_overlaps(
    current: NDArray[np.int64], earlier: NDArray[np.int64], residents: NDArray[np.int64], n_now: int, n_before: int
) -> Overlaps:
    """Count what every area of now shares with every area of before.

    Parameters
    ----------
    current, earlier : int64, shape (n_places,)
        The areas of each place; -1 is none.
    residents : int64, shape (n_places,)
    n_now, n_before : int
        How many areas there are.
    """
    both = (current >= 0) & (earlier >= 0)
    code, pair = np.unique(current[both] * n_before + earlier[both], return_inverse=True)
    # without earlier areas there is no code, and nothing to divide
    now, before = np.divmod(code, max(n_before, 1))
    return Overlaps(
        now,
        before,
        total(pair, residents[both], len(code)),
        np.bincount(pair, minlength=len(code)).astype(np.int64),
        n_now,
        n_before,
    )


def total(group: NDArray[np.int64], values: NDArray[np.int64], n_groups: int) -> NDArray[np.int64]:
    """Sums by group, shape (n_groups,); -1 is no group."""
    sums = np.zeros(n_groups, dtype=np.int64)
    inside = group >= 0
    np.add.at(sums, group[inside], values[inside])
    return sums
