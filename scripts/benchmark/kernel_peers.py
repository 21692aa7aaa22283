"""What a user would write with NumPy, pandas or scipy instead of a kernel.

Each is the quickest form of its kind that was found; where forms that were tried are slower, the docstring says
so. One thread each: what is measured is the CPU of all threads.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from kernel_inputs import Flags, Floats, Ints, Numbers
from numpy.typing import NDArray
from scipy import ndimage  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

COLUMNS = 1 << 16
"""More than there are columns of cells, so that ``row * COLUMNS + col`` is a code of a cell."""
QUEEN_RADIUS = 1.5
UNITS_AT_A_TIME = 2_048
"""Of 128 to 16,384, about the quickest for `tree_context`: its arrays stay small enough for the cache."""


def counts(group: Numbers, n_groups: int) -> Ints:
    """Rows of each group; shifting the groups by one is quicker than leaving out -1."""
    return np.bincount(np.add(group, 1, dtype=np.intp), minlength=n_groups + 1)[1:]


def weighted_counts(group: Numbers, value: Ints, n_groups: int) -> Ints:
    """Sums by ``bincount``, in float64: exact as long as every partial sum is below 2^53."""
    shifted = np.add(group, 1, dtype=np.intp)
    return np.rint(np.bincount(shifted, weights=value, minlength=n_groups + 1)[1:]).astype(np.int64)


def added_at(group: Numbers, value: Ints, n_groups: int) -> Ints:
    """Sums by ``add.at``, in int64; -1 goes to a last entry of its own. Only intp indices are quick."""
    sums = np.zeros(n_groups + 1, dtype=np.int64)
    np.add.at(sums, group.astype(np.intp), value)
    return sums[:-1]


def weighted_flags(group: Numbers, flags: Sequence[Flags], n_groups: int) -> Ints:
    """Sums of yes/no columns, one ``bincount`` each; counting the chosen rows alone is slower."""
    shifted = np.add(group, 1, dtype=np.intp)
    sums = [np.bincount(shifted, weights=flag, minlength=n_groups + 1)[1:] for flag in flags]
    return np.column_stack(sums).astype(np.int64)


def grouped_flags(group: Numbers, flags: pd.DataFrame) -> pd.DataFrame:
    """Sums of yes/no columns by ``groupby``; int8 columns are the quickest, and sorting would add to it."""
    return flags.groupby(group, sort=False).sum()


def followed(link: Numbers, target: Numbers) -> Numbers:
    """The target of each link, -1 staying -1."""
    result = np.take(target, link, mode="clip")
    result[link < 0] = -1
    return result


def unique_cells(row: Ints, col: Ints) -> tuple[Ints, Ints]:
    """Codes of the distinct cells in rising order, and the cell of each point."""
    return np.unique(row * COLUMNS + col, return_inverse=True)


def factorized_cells(row: Ints, col: Ints) -> tuple[Ints, Ints]:
    """Codes of the distinct cells in order of first sight, and the cell of each point."""
    cell_of_point, codes = pd.factorize(row * COLUMNS + col)
    return codes, cell_of_point


def searched_edges(row: Ints, col: Ints) -> tuple[Ints, Ints]:
    """Queen edges: each of the four later neighbours is looked up among the sorted codes. By step, then head."""
    code = row * COLUMNS + col
    heads, tails = [], []
    for step in (1, COLUMNS - 1, COLUMNS, COLUMNS + 1):
        wanted = code + step
        place = np.searchsorted(code, wanted)
        place[place == len(code)] = 0
        head = np.flatnonzero(code[place] == wanted)
        heads.append(head)
        tails.append(place[head])
    return np.concatenate(heads), np.concatenate(tails)


def tree_edges(row: Ints, col: Ints) -> tuple[Ints, Ints]:
    """Queen edges from a tree of the cells, in no order; a tree that is not balanced is quicker to build."""
    tree = cKDTree(np.column_stack([row, col]), balanced_tree=False, compact_nodes=False)
    pairs = tree.query_pairs(QUEEN_RADIUS, output_type="ndarray")
    return pairs[:, 0], pairs[:, 1]


def graph_components(member: Flags, head: Numbers, tail: Numbers) -> tuple[Ints, int]:
    """Components of the members as a sparse graph; -1 outside."""
    both = member[head] & member[tail]
    number = np.cumsum(member) - 1
    n_members = int(member.sum())
    ends = (number[head[both]], number[tail[both]])
    graph = csr_matrix((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(n_members, n_members))
    n_components, label = connected_components(graph, directed=False)
    component = np.full(len(member), -1, dtype=np.int64)
    component[member] = label
    return component, n_components


def image_components(member: Flags, row: Ints, col: Ints) -> tuple[Ints, int]:
    """Components of the members as an image of the whole extent; -1 outside."""
    down, across = row - row.min(), col - col.min()
    image = np.zeros((int(down.max()) + 1, int(across.max()) + 1), dtype=bool)
    image[down[member], across[member]] = True
    label, n_components = ndimage.label(image, structure=np.ones((3, 3)))
    component = np.full(len(member), -1, dtype=np.int64)
    component[member] = label[down[member], across[member]] - 1
    return component, n_components


def tree_context(x: Floats, y: Floats, reach: float, residents: Ints, sums: Ints, least: int) -> tuple[Ints, Ints]:
    """Residents and sums in view, from the pairs within reach of a tree, sorted by distance.

    With ``sparse_distance_matrix`` this takes about half the time that it takes with ``query_ball_point``, or with
    a ``query`` for the nearest.
    """
    position = np.column_stack([x, y])
    tree = cKDTree(position)
    residents_in_view = np.empty(len(x), dtype=np.int64)
    sums_in_view = np.empty_like(sums)
    for first in range(0, len(x), UNITS_AT_A_TIME):
        portion = slice(first, first + UNITS_AT_A_TIME)
        pairs = cKDTree(position[portion]).sparse_distance_matrix(tree, reach, output_type="ndarray")
        # one key for unit and distance: sorting it takes half the time of lexsort, and it tells distances apart
        # down to about 1e-8 of the reach
        order = np.argsort(pairs["i"] * (2 * reach) + pairs["v"])
        unit, other, distance = (pairs[name][order] for name in ("i", "j", "v"))
        kept = _in_view(unit, distance, residents[other], least)
        start = np.flatnonzero(np.diff(unit[kept], prepend=-1))
        residents_in_view[portion] = np.add.reduceat(residents[other[kept]], start)
        sums_in_view[portion] = np.add.reduceat(sums[other[kept]], start, axis=0)
    return residents_in_view, sums_in_view


def _in_view(unit: Ints, distance: Floats, residents: Ints, least: int) -> Flags:
    """Which pairs, sorted by unit and distance, come before a unit has enough; equal distances stay together."""
    new_unit = np.diff(unit, prepend=-1) != 0
    new_ring = new_unit | (np.diff(distance, prepend=-1.0) != 0)
    before = np.cumsum(residents) - residents
    before -= before[new_unit][np.cumsum(new_unit) - 1]
    kept: Flags = (before[new_ring] < least)[np.cumsum(new_ring) - 1]
    return kept


def nan_spread(gap: Floats, residents: Ints) -> Floats:
    """Spread with NumPy's nan-functions."""
    weight = residents[:, np.newaxis]
    squares = np.nansum(weight * gap * gap, axis=0)
    return _array(np.sqrt(squares / np.where(np.isnan(gap), 0, weight).sum(axis=0)))


def product_spread(gap: Floats, residents: Ints) -> Floats:
    """Spread as matrix products, which NumPy does quicker."""
    has_rate = ~np.isnan(gap)
    squares = np.where(has_rate, gap, 0.0)
    squares *= squares
    return _array(np.sqrt((residents @ squares) / (residents @ has_rate)))


def nan_composite(gap: Floats, spread: Floats, weight: Floats) -> tuple[Floats, Ints]:
    """Composite with NumPy's nan-functions."""
    has_rate = ~np.isnan(gap)
    total = np.nansum(weight * _scaled(gap, spread), axis=1)
    with np.errstate(invalid="ignore"):
        return _array(total / (has_rate * weight).sum(axis=1)), has_rate.sum(axis=1)


def product_composite(gap: Floats, spread: Floats, weight: Floats) -> tuple[Floats, Ints]:
    """Composite as matrix products, which NumPy does quicker."""
    has_rate = ~np.isnan(gap)
    total = np.where(has_rate, _scaled(gap, spread), 0.0) @ weight
    with np.errstate(invalid="ignore"):
        return _array(total / (has_rate @ weight)), has_rate @ np.ones(gap.shape[1], dtype=np.int64)


def _scaled(gap: Floats, spread: Floats) -> Floats:
    """Gaps in units of their spread, 0 for a criterion without spread."""
    return gap / np.where(spread > 0, spread, np.inf)


def _array(values: NDArray[np.float64]) -> Floats:
    return np.asarray(values)
