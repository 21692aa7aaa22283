"""Units with those they touch: their sums, and rates that are drawn towards a mean."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel


@kernel
def neighbour_lists(
    n_units: int, head: NDArray[np.int32], tail: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The units that each unit touches, in rising order.

    Parameters
    ----------
    n_units : int
    head, tail : int32, shape (n_edges,)
        Each pair once, ``head < tail``, sorted by head, then tail.

    Returns
    -------
    start : int64, shape (n_units + 1,)
        Those of unit u stand from ``start[u]`` to ``start[u + 1]``.
    neighbour : int32, shape (2 n_edges,)
    """
    start = np.zeros(n_units + 1, dtype=np.int64)
    for edge in range(head.shape[0]):
        start[head[edge] + 1] += 1
        start[tail[edge] + 1] += 1
    for unit in range(n_units):
        start[unit + 1] += start[unit]
    place = start[:-1].copy()
    neighbour = np.empty(2 * head.shape[0], dtype=np.int32)
    # first those before a unit, in the order of their heads; then those after it, in the order of the tails
    for edge in range(head.shape[0]):
        neighbour[place[tail[edge]]] = head[edge]
        place[tail[edge]] += 1
    for edge in range(head.shape[0]):
        neighbour[place[head[edge]]] = tail[edge]
        place[head[edge]] += 1
    return start, neighbour


@kernel
def surrounded_units(inside: NDArray[np.bool_], head: NDArray[np.int32], tail: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which units touch others, and only such as are inside; whether a unit is so itself does not matter.

    Parameters
    ----------
    inside : bool, shape (n_units,)
    head, tail : int32, shape (n_edges,)
        Pairs of units that touch.

    Returns
    -------
    bool, shape (n_units,)
    """
    touches = np.zeros(inside.shape[0], dtype=np.bool_)
    touches_outside = np.zeros(inside.shape[0], dtype=np.bool_)
    for edge in range(head.shape[0]):
        one = head[edge]
        other = tail[edge]
        touches[one] = True
        touches[other] = True
        if not inside[one]:
            touches_outside[other] = True
        if not inside[other]:
            touches_outside[one] = True
    return touches & ~touches_outside


@kernel
def sums_with_neighbours(
    start: NDArray[np.int64], neighbour: NDArray[np.int32], sums: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The sums of each unit and the units that it touches.

    Parameters
    ----------
    start, neighbour
        As `neighbour_lists` gives them.
    sums : int64, shape (n_units, n_sums)

    Returns
    -------
    int64, shape (n_units, n_sums)
    """
    result = sums.copy()
    for unit in range(sums.shape[0]):
        for place in range(start[unit], start[unit + 1]):
            other = neighbour[place]
            for j in range(sums.shape[1]):
                result[unit, j] += sums[other, j]
    return result


@kernel
def mean_and_variance(
    numerator: NDArray[np.float64], base: NDArray[np.float64], members: NDArray[np.int32], counts: bool
) -> tuple[float, float, float]:
    """What the rates of some units say of a rate that is drawn towards them; see `shrink_to_neighbours`.

    Parameters
    ----------
    numerator, base : float64, shape (n_units,)
    members : int32, shape (n_members,)
        The units, in an order that the result's last digit may depend on.
    counts : bool
        Whether the numerator counts rows of the base.

    Returns
    -------
    mean : float
        Their rate taken together; NaN where nobody has a base.
    noise : float
        The variance of the rate of a single row.
    between : float
        The variance between them that this noise does not explain, at least 0.
    """
    top, rows, with_base = 0.0, 0.0, 0
    for unit in members:
        if base[unit] > 0.0:
            top += numerator[unit]
            rows += base[unit]
            with_base += 1
    if with_base == 0:
        return math.nan, 0.0, 0.0
    mean = top / rows
    squares = 0.0
    for unit in members:
        if base[unit] > 0.0:
            apart = numerator[unit] / base[unit] - mean
            squares += base[unit] * apart * apart
    noise = abs(mean) if counts else mean * mean
    return mean, noise, max(squares / rows - noise * with_base / rows, 0.0)


@kernel
def shrink_to_neighbours(
    numerator: NDArray[np.float64],
    base: NDArray[np.float64],
    start: NDArray[np.int64],
    neighbour: NDArray[np.int32],
    counts: bool,
) -> NDArray[np.float64]:
    """Rates drawn towards that of the unit and those it touches, by empirical Bayes.

    ``m + A / (A + m / n) (r - m)``, where r is the unit's rate over n rows, m the rate of its neighbourhood (itself
    included), and ``A = s^2 - m / n_mean``, but not below 0, with s^2 the variance of the neighbourhood's rates around
    m, weighted by rows, and n_mean their mean number. Units without a base are no part of a neighbourhood.

    Source: R. J. Marshall, Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics
    40 (1991), 283-294. It is for counts, whose variance is their mean (``m / n``). Of other ratios the noise of one
    row is taken to be as wide as the mean (``m^2 / n``), which knows no unit of measure: own choice.

    Parameters
    ----------
    numerator, base : float64, shape (n_units,)
    start, neighbour
        As `neighbour_lists` gives them.
    counts : bool
        Whether the numerator counts rows.

    Returns
    -------
    float64, shape (n_units,)
        NaN where the base is 0.
    """
    n_units = base.shape[0]
    result = np.full(n_units, np.nan)
    most = 0
    for unit in range(n_units):
        most = max(most, start[unit + 1] - start[unit])
    members = np.empty(most + 1, dtype=np.int32)
    for unit in range(n_units):
        if base[unit] > 0.0:
            n_members = start[unit + 1] - start[unit] + 1
            members[0] = unit
            for k in range(1, n_members):
                members[k] = neighbour[start[unit] + k - 1]
            mean, noise, between = mean_and_variance(numerator, base, members[:n_members], counts)
            whole = between + noise / base[unit]
            result[unit] = mean
            if whole > 0.0:
                result[unit] += between / whole * (numerator[unit] / base[unit] - mean)
    return result
