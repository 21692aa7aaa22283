"""Plain-Python twins of the kernels of conditional permutation."""

from __future__ import annotations

from collections.abc import Sequence

MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15


def mixed(number: int) -> int:
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def draw_places(n_places: int, n_drawn: int, n_permutations: int, seed: int) -> list[list[int]]:
    rows = []
    for number in range(n_permutations):
        stream = mixed((mixed((seed + STEP) & MASK) + (number + 1) * STEP) & MASK)
        left, row = list(range(n_places)), []
        for k in range(n_drawn):
            share = (mixed((stream + (k + 1) * STEP) & MASK) >> 11) / (1 << 53)
            chosen = int(share * len(left))
            row.append(left[chosen])
            # the place of the one that is taken goes to the first of those left, as in a shuffle
            left[chosen] = left[0]
            left = left[1:]
        rows.append(row)
    return rows


def draws_by_place(drawn: Sequence[Sequence[int]], n_places: int) -> tuple[list[int], list[int]]:
    flat = [place for row in drawn for place in row]
    begins = [sum(place < other for place in flat) for other in range(n_places + 1)]
    return begins, sorted(range(len(flat)), key=lambda number: (flat[number], number))


def count_beyond(
    value: Sequence[int],
    begins: Sequence[int],
    neighbour: Sequence[int],
    drawn: Sequence[Sequence[int]],
    first: int,
    end: int,
) -> tuple[list[int], list[int]]:
    high, low = [], []
    for unit in range(first, end):
        own = [value[other] for other in neighbour[begins[unit] : begins[unit + 1]]]
        others = [*value[:unit], *value[unit + 1 :]]
        sums = [sum(others[place] for place in row[: len(own)]) for row in drawn]
        high.append(sum(each >= sum(own) for each in sums))
        low.append(sum(each <= sum(own) for each in sums))
    return high, low
