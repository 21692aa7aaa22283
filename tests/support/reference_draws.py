"""Plain-Python twins of the kernels of draws."""

from __future__ import annotations

import math
from collections.abc import Sequence

MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15


def mixed(number: int) -> int:
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def uniform(stream: int, counter: int) -> float:
    return (mixed((stream + (counter + 1) * STEP) & MASK) >> 11) / (1 << 53)


def stream_of(seed: int, draw: int) -> int:
    return mixed((mixed((seed + STEP) & MASK) + (draw + 1) * STEP) & MASK)


def times_of(stream: int, key: int) -> int:
    """How often a household is there: Poisson by inversion."""
    left, times, share = uniform(stream ^ key, 0), 0, math.exp(-1.0)
    while left >= share and times < 20:
        left, times = left - share, times + 1
        share /= times
    return times


def draw_households(
    unit: Sequence[int], keys: Sequence[int], sums: Sequence[Sequence[int]], n_units: int, seed: int, draw: int
) -> list[list[int]]:
    drawn = [[0] * len(sums[0]) for _ in range(n_units)]
    for of, key, own in zip(unit, keys, sums, strict=True):
        if of >= 0:
            times = times_of(stream_of(seed, draw), key)
            drawn[of] = [so_far + times * more for so_far, more in zip(drawn[of], own, strict=True)]
    return drawn


def draw_counts(
    trials: Sequence[Sequence[int]], probability: Sequence[Sequence[float]], seed: int, draw: int
) -> list[list[int]]:
    drawn = []
    for unit, row in enumerate(trials):
        streams = [mixed((stream_of(seed, draw) + (unit * len(row) + k + 1) * STEP) & MASK) for k in range(len(row))]
        drawn.append(
            [
                sum(uniform(stream, trial) < p for trial in range(n))
                for stream, n, p in zip(streams, row, probability[unit], strict=True)
            ]
        )
    return drawn


def draw_within(
    lower: Sequence[Sequence[int]], upper: Sequence[Sequence[int]], seed: int, draw: int
) -> list[list[int]]:
    stream = mixed(stream_of(seed, draw) ^ 0xBF58476D1CE4E5B9)
    return [
        [
            low + int(uniform(stream, unit * len(row) + k) * (high - low + 1))
            for k, (low, high) in enumerate(zip(row, upper[unit], strict=True))
        ]
        for unit, row in enumerate(lower)
    ]


def draw_normal(
    mean: Sequence[float], error: Sequence[float], lower: float, upper: float, seed: int, draw: int
) -> list[float]:
    drawn = []
    for unit, (centre, spread) in enumerate(zip(mean, error, strict=True)):
        stream = mixed(stream_of(seed, draw) ^ (((unit + 1) * 0x94D049BB133111EB) & MASK))
        number = centre
        for tried in range(100 if spread > 0 else 0):
            radius = math.sqrt(-2 * math.log(1 - uniform(stream, 2 * tried)))
            number = centre + spread * radius * math.cos(2 * math.pi * uniform(stream, 2 * tried + 1))
            if lower <= number <= upper:
                break
        drawn.append(min(max(number, lower), upper))
    return drawn
