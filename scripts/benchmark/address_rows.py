"""Rows that hold the kernels over addresses to scipy's tree: the nearest residents, and the pairs within reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from kernel_inputs import N_CRITERIA, Flags, Floats, Ints, Numbers
from kernel_row import LEAST_RESIDENTS, REACH, KernelRow
from make_denmark import CELL_M, make_cells, scale_of, spread_over
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from udsat_geo.kernels.nearby import context_of_points
from udsat_geo.units.edges import address_edges

CITY, COUNTRY = 640_000, 5_900_000
STEP = 50.0
"""The farthest that neighbours lie apart, in metres."""
UNITS_AT_A_TIME = 4_096
TENTH = 590_000
"""Residents of the country for context: from ten times as many addresses the tree takes minutes."""


@dataclass(frozen=True)
class Addresses:
    """Addresses from south to north, then from west to east, as units of addresses stand.

    Attributes
    ----------
    easting, northing : float64, shape (n_addresses,)
        To the centimetre.
    residents : int64, shape (n_addresses,)
    sums : int64, shape (n_addresses, 2 * N_CRITERIA)
        What is summed over the addresses in view.
    """

    easting: Floats
    northing: Floats
    residents: Ints
    sums: Ints


def make_addresses(residents: int, kind: str, seed: int = 1) -> Addresses:
    """Make addresses, and who lives there, laid out as in the registers of ``make_denmark.py``."""
    random = np.random.default_rng(seed)
    scale = scale_of(residents, kind)
    cells = make_cells(random, scale)
    cell = np.repeat(np.arange(scale.cells), spread_over(random, scale.addresses, cells.weight))
    within = random.random((2, scale.addresses)) * CELL_M
    easting = np.round(cells.col[cell] * CELL_M + within[0], 2)
    northing = np.round(cells.row[cell] * CELL_M + within[1], 2)
    order = np.lexsort((easting, northing))
    taller = cells.weight[cell[order]] ** 0.5
    living = random.multinomial(residents, taller / taller.sum())
    shares = random.random((scale.addresses, 2 * N_CRITERIA))
    sums = (living[:, np.newaxis] * shares).astype(np.int64)
    return Addresses(easting[order], northing[order], living.astype(np.int64), sums)


def address_rows() -> Iterator[KernelRow]:
    """Context and pairs of a city and of a country; every side with the making of its index, and the same addresses."""
    city = make_addresses(CITY, "city")
    yield from (context_row(city), pairs_row(city))
    yield context_row(make_addresses(TENTH, "country"))
    yield pairs_row(make_addresses(COUNTRY, "country"))


def context_row(made: Addresses) -> KernelRow:
    """The nearest 500 residents, no farther than 1000 m."""
    counted = (made.residents, made.sums, LEAST_RESIDENTS)

    def ours() -> tuple[Ints, Ints]:
        by_easting = np.argsort(made.easting, kind="stable")
        return context_of_points(made.easting, made.northing, by_easting, REACH, *counted)

    def equal(found: tuple[Ints, Ints], peer: tuple[Ints, Ints]) -> bool:
        return all(np.array_equal(mine, theirs) for mine, theirs in zip(found, peer, strict=True))

    name = f"context_of_points, {many(made)} addresses"
    peer = partial(nearest_context, made.easting, made.northing, REACH, *counted)
    return KernelRow(name, "scipy cKDTree.query", ours, peer, equal)


def pairs_row(made: Addresses) -> KernelRow:
    """Pairs no farther apart than 50 m; ours are sorted, those of the tree are not."""

    def ours() -> tuple[Numbers, Numbers]:
        edges = address_edges(made.easting, made.northing, STEP)
        return edges.head, edges.tail

    def equal(found: tuple[Numbers, Numbers], peer: Ints) -> bool:
        n_addresses = len(made.easting)
        codes = np.sort(peer.min(axis=1) * n_addresses + peer.max(axis=1))
        return np.array_equal(found[0].astype(np.int64) * n_addresses + found[1], codes)

    name = f"pairs_within, {many(made)} addresses"
    return KernelRow(name, "scipy cKDTree.query_pairs", ours, partial(tree_pairs, made.easting, made.northing), equal)


def tree_pairs(easting: Floats, northing: Floats) -> Ints:
    """Pairs from a tree, in no order; one that is not balanced is quicker to build, and no slower to ask."""
    tree = cKDTree(np.column_stack([easting, northing]), balanced_tree=False, compact_nodes=False)
    return np.asarray(tree.query_pairs(STEP, output_type="ndarray"))


def nearest_context(
    easting: Floats, northing: Floats, reach: float, residents: Ints, sums: Ints, least: int
) -> tuple[Ints, Ints]:
    """Residents and sums in view of each unit, from the nearest of a tree; those in want get twice as many.

    A unit is done when the farthest found lies beyond the last that it needs, so that none at the same distance is
    left out, or when there are no more within reach. To begin with half as many again as an average unit needs, which
    takes less time than a quarter or twice as many.
    """
    position = np.column_stack([easting, northing])
    tree = cKDTree(position)
    residents_in_view, sums_in_view = np.empty_like(residents), np.empty_like(sums)
    waiting, k = np.arange(len(easting)), 3 * least * len(easting) // (2 * int(residents.sum())) + 1
    # the last entry stands for those that are not there
    living, counted = np.append(residents, 0), np.vstack([sums, np.zeros_like(sums[:1])])
    while len(waiting):
        left = []
        for first in range(0, len(waiting), UNITS_AT_A_TIME):
            unit = waiting[first : first + UNITS_AT_A_TIME]
            # a little farther, since the tree may round the other way; what is too far is left out below
            _, other = tree.query(position[unit], k=k, distance_upper_bound=reach * (1 + 1e-9))
            kept, done = _in_view(position, unit, other, living, reach, least)
            residents_in_view[unit[done]] = np.where(kept, living[other], 0).sum(axis=1)[done]
            row, column = np.nonzero(kept & done[:, np.newaxis])
            start = np.flatnonzero(np.diff(row, prepend=-1))
            sums_in_view[unit[done]] = np.add.reduceat(counted[other[row, column]], start, axis=0)
            left.append(unit[~done])
        waiting, k = np.concatenate(left), min(2 * k, len(easting))
    return residents_in_view, sums_in_view


def _in_view(position: Floats, unit: Ints, other: Ints, living: Ints, reach: float, least: int) -> tuple[Flags, Flags]:
    """Which of the nearest are in view, and which units have all of theirs."""
    there = other < len(position)
    east, north = (position[np.where(there, other, 0)] - position[unit][:, np.newaxis]).transpose(2, 0, 1)
    square = np.where(there, east * east + north * north, np.inf)
    there &= square <= reach * reach
    seen = np.cumsum(np.where(there, living[other], 0), axis=1)
    enough = seen[:, -1] >= least
    last = np.minimum((seen < least).sum(axis=1), square.shape[1] - 1)
    farthest = np.where(enough, square[np.arange(len(unit)), last], reach * reach)
    return there & (square <= farthest[:, np.newaxis]), square[:, -1] > farthest


def many(made: Addresses) -> str:
    """How many addresses, in words short enough for a table."""
    number = len(made.easting)
    return f"{number / 1e6:.1f} M" if number >= 1_000_000 else f"{number // 1000} k"
