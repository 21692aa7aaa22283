"""What rates read over windows tell of single units: the counts that linear algebra takes out of them again.

A rate times its denominator is a whole number, and the rule of the windows is published: so each window is an equation
in the counts of its units. Which counts the equations determine is found exactly, by elimination modulo two primes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from udsat_geo.designation.columns import GEOMETRY
from udsat_geo.kernels.arrays import Flags, Floats, Ints

_PRIMES = (2_147_483_647, 2_147_483_629)
"""The two largest below 2^31. What only looks determined modulo one hardly ever does modulo the other."""
_ROUNDED = 0.5e-6 + 1e-9
"""What a rate of six decimals may be off by."""
_COUNTED = (0.45, 0.95)
"""Of the residents of a window, the share that a criterion of some ages counts, as anybody knows; own choice."""
_MOST_IN_WINDOW = 4096
"""Units of a window; larger ones are passed over."""


@dataclass(frozen=True)
class ToldByWindows:
    """What is told of single units by the rates of a criterion over windows.

    Attributes
    ----------
    criterion : str
    windows : int
        Equations: windows that are rebuilt, and whose counts follow from their rate.
    counted, having : int64, shape (n_units,)
        How many persons of a unit the criterion counts, and how many it finds; -1 where nothing is told.
    """

    criterion: str
    windows: int
    counted: Ints
    having: Ints

    @property
    def told(self) -> Flags:
        """Units whose counts are told to the last person; bool, shape (n_units,)."""
        return self.counted >= 0

    def right(self, rate_own: Floats) -> int:
        """Of how many units what is told agrees with the unit's own rate, float64, shape (n_units,); NaN for none."""
        some = self.told & (self.counted > 0)
        off = np.abs(self.having[some] / self.counted[some] - rate_own[some])
        return int((off <= _ROUNDED).sum() + np.isnan(rate_own[self.told & (self.counted == 0)]).sum())


def told_by_windows(table: Any, criteria: Sequence[str]) -> list[ToldByWindows]:
    """Attack a table of units by linear algebra.

    Parameters
    ----------
    table : pyarrow.Table
        Units with their residents, residents in view and rates over the same windows, as a designation has them.
    criteria : sequence of str
        Keys of criteria that are shares of people.

    Returns
    -------
    list of ToldByWindows
        Of each criterion that the table tells; none where it has no windows.
    """
    if not {"residents", "residents_in_view", GEOMETRY} <= set(table.column_names) or not len(table):
        return []
    at = shapely.get_coordinates(shapely.centroid(shapely.from_wkb(table[GEOMETRY].to_pylist())))
    # from south to north: the units of a window have numbers near each other
    order = np.lexsort((at[:, 0], at[:, 1]))
    residents, view = (_column(table, name).astype(np.int64)[order] for name in ("residents", "residents_in_view"))
    windows = _windows(at[order], residents, view)
    found = []
    for key in criteria:
        if f"rate_{key}" in table.column_names:
            told = _told(windows, _column(table, f"rate_{key}", np.nan)[order], residents, view)
            back = [np.full(len(order), -1, dtype=np.int64) for _side in range(2)]
            for side, values in zip(back, told[1:], strict=True):
                side[order] = values
            found.append(ToldByWindows(key, told[0], back[0], back[1]))
    return found


def _column(table: Any, name: str, none: float = 0.0) -> Floats:
    return np.array([none if value is None else value for value in table[name].to_pylist()], dtype=np.float64)


def _windows(at: Floats, residents: Ints, view: Ints) -> list[Ints | None]:
    """The units in view of each, in order; None where no distance holds the residents that are said to be in view.

    All units within a distance are in view, and it is the least that holds so many residents.
    """
    from scipy.spatial import KDTree

    found: list[Ints | None] = [None] * len(at)
    tree, missing, n_near = KDTree(at), np.arange(len(at)), 64
    while len(missing):
        n_near = min(n_near, len(at))
        distance, near = tree.query(at[missing], k=np.arange(1, n_near + 1))
        beyond = []
        for unit, far, units in zip(missing.tolist(), distance, near, strict=True):
            last = int(np.searchsorted(np.cumsum(residents[units]), view[unit]))
            inside = units[far <= far[last]] if last < n_near else units
            if len(inside) == n_near < len(at):
                beyond.append(unit)
            elif int(residents[inside].sum()) == view[unit]:
                found[unit] = np.sort(inside)
        missing, n_near = np.array(beyond, dtype=np.int64), 2 * n_near
        if n_near > _MOST_IN_WINDOW:
            break
    return found


def _told(windows: Sequence[Ints | None], rate: Floats, residents: Ints, view: Ints) -> tuple[int, Ints, Ints]:
    """How many windows are equations, and the persons counted and found of each unit; -1 where nothing is told."""
    n_units = len(residents)
    nothing = np.full(n_units, -1, dtype=np.int64)
    counted = _denominators(rate, view)
    used = [unit for unit, window in enumerate(windows) if window is not None and counted[unit] > 0]
    if not used:
        return 0, nothing, nothing
    members = [window for unit in used if (window := windows[unit]) is not None]
    sums = np.stack([counted[used], np.rint(rate[used] * counted[used]).astype(np.int64)], axis=1)
    is_told, solution = np.ones(n_units, dtype=bool), []
    for prime in _PRIMES:
        fixed, value = _solved(members, sums, n_units, prime)
        is_told &= fixed
        solution.append(value)
    is_told &= (solution[0] == solution[1]).all(axis=1)
    of, having = solution[0].T
    # equations of a wrong guess have such solutions
    is_told &= (having <= of) & (of <= residents)
    return len(used), np.where(is_told, of, -1), np.where(is_told, having, -1)


def _denominators(rate: Floats, view: Ints) -> Ints:
    """The persons whom a criterion counts in each window, as its rate gives them away; 0 where several can be meant."""
    with np.errstate(invalid="ignore"):
        everybody = np.abs(rate - np.rint(rate * view) / np.maximum(view, 1)) <= _ROUNDED
    if everybody[~np.isnan(rate)].all():
        return np.where(np.isnan(rate), 0, view)
    counted = np.zeros(len(rate), dtype=np.int64)
    for unit in np.flatnonzero(rate > 0).tolist():
        n = np.arange(int(np.ceil(_COUNTED[0] * view[unit])), int(_COUNTED[1] * view[unit]) + 1)
        fits = n[np.abs(np.rint(rate[unit] * n) - rate[unit] * n) <= _ROUNDED * n]
        counted[unit] = fits[0] if len(fits) == 1 else 0
    return counted


def _solved(members: Sequence[Ints], sums: Ints, n_units: int, prime: int) -> tuple[Flags, Ints]:
    """Which units the equations determine modulo a prime, and what they are, shape (n_units, n_sums).

    What is determined is 0 in whatever solves the equations with sums of 0: two solutions drawn by chance show it.
    Nothing is where the equations contradict each other.
    """
    from udsat_geo.kernels.elimination import back_substitute, echelon_modulo

    row_start = np.concatenate([[0], np.cumsum([len(each) for each in members])]).astype(np.int64)
    coefficient, begins, width, right, n_contradictions = echelon_modulo(
        row_start, np.concatenate(members), sums, n_units, prime
    )
    drawn = np.random.default_rng(0).integers(1, prime, (n_units, 2))
    null = back_substitute(coefficient, begins, width, np.zeros_like(drawn), drawn, prime)
    value = back_substitute(
        coefficient, begins, width, right, np.zeros((n_units, sums.shape[1]), dtype=np.int64), prime
    )
    return (null == 0).all(axis=1) & (n_contradictions == 0), value
