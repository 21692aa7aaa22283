"""Plain-Python twins of the kernels of neighbours, in fractions where that is exact."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def neighbour_lists(n_units: int, edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The units that each unit touches, in rising order."""
    return [sorted({a + b - unit for a, b in edges if unit in (a, b)}) for unit in range(n_units)]


def sums_with_neighbours(neighbours: Sequence[Sequence[int]], sums: Sequence[Sequence[int]]) -> list[list[int]]:
    """The sums of each unit and the units that it touches."""
    return [
        [sum(column[other] for other in (unit, *touched)) for column in zip(*sums, strict=True)]
        for unit, touched in enumerate(neighbours)
    ]


def mean_and_variance(
    numerator: Sequence[float], base: Sequence[float], members: Sequence[int], counts: bool
) -> tuple[Fraction, Fraction, Fraction] | None:
    """Rate, noise of one row, and variance beyond noise, after Marshall (1991); None where nobody has a base."""
    known = [(Fraction(numerator[unit]), Fraction(base[unit])) for unit in members if base[unit] > 0]
    if not known:
        return None
    rows = sum(n for _top, n in known)
    mean = sum(top for top, _n in known) / rows
    variance = sum(n * (top / n - mean) ** 2 for top, n in known) / rows
    noise = abs(mean) if counts else mean**2
    return mean, noise, max(variance - noise / (rows / len(known)), Fraction(0))


def shrink_to_neighbours(
    numerator: Sequence[float], base: Sequence[float], neighbours: Sequence[Sequence[int]], counts: bool
) -> list[Fraction | None]:
    """Rates drawn towards that of the unit and those it touches; None where a unit has no base."""
    shrunk: list[Fraction | None] = []
    for unit, touched in enumerate(neighbours):
        found = mean_and_variance(numerator, base, (unit, *touched), counts)
        if base[unit] <= 0 or found is None:
            shrunk.append(None)
            continue
        mean, noise, between = found
        rate, n = Fraction(numerator[unit]) / Fraction(base[unit]), Fraction(base[unit])
        whole = between + noise / n
        shrunk.append(mean if whole == 0 else mean + between / whole * (rate - mean))
    return shrunk


def surrounded_units(inside, edges):
    """Units that touch others, and only such as are inside."""
    neighbours = neighbour_lists(len(inside), edges)
    return [bool(touched) and all(inside[other] for other in touched) for touched in neighbours]
