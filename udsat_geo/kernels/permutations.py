"""Conditional permutation: how often chance would put as much, or as little, beside a unit as lies there.

A unit keeps its own value, and those of all others are dealt out anew among its neighbours (Anselin 1995, Local
indicators of spatial association, Geographical Analysis 27, 93-115).
"""

from __future__ import annotations

import numpy as np

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.arrays import Ints
from udsat_geo.kernels.draws import stream_of, uniform


@kernel
def draw_places(n_places: int, n_drawn: int, n_permutations: int, seed: int) -> Ints:
    """Places drawn without putting back, in the order in which they are drawn: the first of a shuffle.

    Parameters
    ----------
    n_places, n_drawn : int
        At most so many are drawn as there are.
    n_permutations, seed : int

    Returns
    -------
    int64, shape (n_permutations, n_drawn)
        From 0; a permutation depends on the seed and its own number alone.
    """
    drawn = np.empty((n_permutations, n_drawn), dtype=np.int64)
    place = np.arange(n_places)
    taken = np.empty(n_drawn, dtype=np.int64)
    for number in range(n_permutations):
        stream = stream_of(seed, number)
        for k in range(n_drawn):
            other = k + int(uniform(stream, k) * (n_places - k))
            taken[k] = other
            place[k], place[other] = place[other], place[k]
            drawn[number, k] = place[k]
        # back to the order of before, so that the next one does not depend on this
        for k in range(n_drawn - 1, -1, -1):
            place[k], place[taken[k]] = place[taken[k]], place[k]
    return drawn


@kernel
def count_beyond(value: Ints, begins: Ints, neighbour: Ints, drawn: Ints, first: int, end: int) -> tuple[Ints, Ints]:
    """How many permutations give the neighbours of a unit a sum as high, and one as low, as they have.

    Parameters
    ----------
    value : int64, shape (n_units,)
        Whole numbers, so that sums are exact and equal ones are equal.
    begins : int64, shape (n_units + 1,)
        Where each unit's neighbours begin in `neighbour`; the last is their number.
    neighbour : int64, shape (n_links,)
    drawn : int64, shape (n_permutations, n_drawn)
        Of `draw_places` among one place fewer than there are units, at least as many as any unit has neighbours. The
        places are those of the other units, in their order.
    first, end : int
        The units to do, from `first` up to `end`.

    Returns
    -------
    high, low : int64, shape (end - first,)
        Permutations with a sum at or above, and at or below, the unit's own.
    """
    high, low = np.zeros(end - first, dtype=np.int64), np.zeros(end - first, dtype=np.int64)
    for unit in range(first, end):
        own = 0
        for link in range(begins[unit], begins[unit + 1]):
            own += value[neighbour[link]]
        n_neighbours = begins[unit + 1] - begins[unit]
        for number in range(drawn.shape[0]):
            permuted = 0
            for k in range(n_neighbours):
                other = drawn[number, k]
                permuted += value[other + 1 if other >= unit else other]
            if permuted >= own:
                high[unit - first] += 1
            if permuted <= own:
                low[unit - first] += 1
    return high, low
