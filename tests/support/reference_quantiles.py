"""Twins in plain Python of the kernels that read weighted quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def weigh_groups(
    place: Sequence[int], weight: Sequence[int], group_of_place: Sequence[int], n_groups: int
) -> tuple[list[int], list[int]]:
    """The weight of each group, and its rows."""
    rows = [[w for p, w in zip(place, weight, strict=True) if group_of_place[p] == group] for group in range(n_groups)]
    return [sum(each) for each in rows], [len(each) for each in rows]


def lower_quantiles(
    place: Sequence[int],
    value: Sequence[int],
    weight: Sequence[int],
    group_of_place: Sequence[int],
    least: Sequence[int],
) -> list[int]:
    """Of each group the smallest value up to which its rows weigh at least so much; 0 where nothing is asked."""
    found = []
    for group, wanted in enumerate(least):
        mine = [(v, w) for p, v, w in zip(place, value, weight, strict=True) if group_of_place[p] == group]
        up_to = {v: sum(w for other, w in mine if other <= v) for v, _w in mine}
        found.append(min((v for v, reached in up_to.items() if reached >= wanted), default=0) if wanted else 0)
    return found


def quantile_of(rows: Sequence[tuple[int, int]], quantile: str, least_persons: int) -> int | None:
    """The lower weighted quantile of (value, weight) by its definition; None of too few rows."""
    whole = sum(weight for _value, weight in rows)
    if len(rows) < max(least_persons, 1):
        return None
    reached = {value: Fraction(sum(w for other, w in rows if other <= value), whole) for value, _weight in rows}
    return min(value for value, share in reached.items() if share >= Fraction(quantile))
