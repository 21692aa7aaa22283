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
def draws_by_place(drawn: Ints, n_places: int) -> tuple[Ints, Ints]:
    """Which of the draws came to each place.

    Parameters
    ----------
    drawn : int64, shape (n_permutations, n_drawn)
    n_places : int

    Returns
    -------
    begins : int64, shape (n_places + 1,)
        Where those of each place begin.
    draw : int64, shape (n_permutations * n_drawn,)
        Their numbers, row by row.
    """
    begins = np.zeros(n_places + 1, dtype=np.int64)
    places = drawn.ravel()
    for place in places:
        begins[place + 1] += 1
    begins = np.cumsum(begins)
    filled = begins.copy()
    draw = np.empty(places.shape[0], dtype=np.int64)
    for number, place in enumerate(places):
        draw[filled[place]] = number
        filled[place] += 1
    return begins, draw


@kernel
def count_beyond(value: Ints, begins: Ints, neighbour: Ints, drawn: Ints, first: int, end: int) -> tuple[Ints, Ints]:
    """How many permutations give the neighbours of a unit a sum as high, and one as low, as they have.

    All units have the same permutations, each of all others: from unit to unit few of their sums change, so that none
    is added up anew.

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
    n_permutations, n_drawn = drawn.shape
    begins_at, draw_at = draws_by_place(drawn, value.shape[0])
    # sums over the first so many of each permutation, as they are dealt out beside the unit at hand
    sums = np.zeros((n_drawn + 1, n_permutations), dtype=np.int64)
    for number in range(n_permutations):
        for k in range(n_drawn):
            other = drawn[number, k]
            sums[k + 1, number] = sums[k, number] + value[other + 1 if other >= first else other]
    high, low = np.zeros(end - first, dtype=np.int64), np.zeros(end - first, dtype=np.int64)
    for unit in range(first, end):
        own = 0
        for link in range(begins[unit], begins[unit + 1]):
            own += value[neighbour[link]]
        permuted = sums[begins[unit + 1] - begins[unit]]
        as_high, as_low = 0, 0
        for number in range(n_permutations):
            as_high += permuted[number] >= own
            as_low += permuted[number] <= own
        high[unit - first], low[unit - first] = as_high, as_low
        # a place below the unit is the unit of that number, any other the next one: seen from the next unit, only this
        # unit's place changes, from the next unit to this one
        for slot in range(begins_at[unit], begins_at[unit + 1]):
            number, k = draw_at[slot] // n_drawn, draw_at[slot] % n_drawn
            for longer in range(k + 1, n_drawn + 1):
                sums[longer, number] += value[unit] - value[unit + 1]
    return high, low
