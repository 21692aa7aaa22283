"""Hypothesis strategies for small inputs of every step."""

from __future__ import annotations

from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from builders import make_cell_units, make_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.units.units import Units

Cells = tuple[NDArray[np.int64], NDArray[np.int64]]
Points = tuple[NDArray[np.float64], NDArray[np.float64]]
Edges = tuple[NDArray[np.int32], NDArray[np.int32]]

FARTHEST = 10**11 - 10**4
"""Cells up to here, and steps from them, stay below the 10^11 that the index is made for."""

CORNERS = (0, -3, 61_740, -61_740, FARTHEST - 10, -FARTHEST)
"""Where clusters lie: at and across the origin, where Denmark is, its mirror, and as far out as allowed."""


def cell_lists(min_size: int = 0, max_size: int = 25, unique: bool = True) -> SearchStrategy[list[tuple[int, int]]]:
    """(row, col) of cells: in a tight cluster, where most have neighbours, or sparse, where few do."""
    anywhere = st.integers(-FARTHEST, FARTHEST)

    def clustered(corner: tuple[int, int]) -> SearchStrategy[list[tuple[int, int]]]:
        cell = st.tuples(st.integers(corner[0], corner[0] + 6), st.integers(corner[1], corner[1] + 6))
        return st.lists(cell, min_size=min_size, max_size=max_size, unique=unique)

    corners = st.tuples(st.sampled_from(CORNERS), st.sampled_from(CORNERS))
    sparse = st.lists(st.tuples(anywhere, anywhere), min_size=min_size, max_size=max_size, unique=unique)
    return st.one_of(corners.flatmap(clustered), corners.flatmap(clustered), sparse)


def as_cells(cells: list[tuple[int, int]]) -> Cells:
    """Rows and columns of a list of cells."""
    both = np.array(cells, dtype=np.int64).reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()


def cells(min_size: int = 0, max_size: int = 25) -> SearchStrategy[Cells]:
    """Distinct cells in any order."""
    return cell_lists(min_size, max_size).map(as_cells)


def sorted_cells(min_size: int = 0, max_size: int = 25) -> SearchStrategy[Cells]:
    """Distinct cells by row, then column."""
    return cell_lists(min_size, max_size).map(lambda found: as_cells(sorted(found)))


def points_in_cells(max_size: int = 40) -> SearchStrategy[Cells]:
    """The cells of points, many of them shared."""
    return cell_lists(0, max_size, unique=False).map(as_cells)


LATTICE_M = 62.5


@st.composite
def points(draw: DrawFn, min_size: int = 1, max_size: int = 20) -> Points:
    """Eastings and northings of points, some of which share a place.

    On a lattice (many equal distances, and many that are exactly a reach), anywhere, a last bit off the lattice, or
    with far outliers; near the origin or where Denmark is.
    """
    n_points = draw(st.integers(min_size, max_size))
    lattice = st.integers(-8, 8).map(lambda step: step * LATTICE_M)
    near_lattice = st.tuples(lattice, st.sampled_from([-np.inf, np.inf])).map(lambda ends: float(np.nextafter(*ends)))
    outliers = st.one_of(lattice, st.just(1e6), st.floats(-1e8, 1e8))
    where = draw(st.sampled_from([lattice, st.floats(-500, 500), near_lattice, outliers]))
    easting = draw(hnp.arrays(np.float64, n_points, elements=where))
    northing = draw(hnp.arrays(np.float64, n_points, elements=where))
    origin = draw(st.sampled_from([0.0, 6_170_000.0]))
    return easting + origin / 8, northing + origin


def by_easting(easting: NDArray[np.float64]) -> NDArray[np.int64]:
    """Points from west to east, as kernels take them."""
    return np.argsort(easting, kind="stable")


def residents(n_units: int) -> SearchStrategy[NDArray[np.int64]]:
    """Residents of units, some of which stand empty."""
    counts = st.one_of(st.just(0), st.integers(0, 30), st.integers(0, 5000))
    return hnp.arrays(np.int64, n_units, elements=counts)


def sums(n_units: int, n_sums: int) -> SearchStrategy[NDArray[np.int64]]:
    """Sums of units, negative ones (incomes) too."""
    return hnp.arrays(np.int64, (n_units, n_sums), elements=st.integers(-(10**12), 10**12))


def gaps(n_units: int, n_criteria: int) -> SearchStrategy[NDArray[np.float64]]:
    """Gaps of units; NaN is none."""
    values = st.one_of(st.just(np.nan), st.just(0.0), st.floats(-1.0, 1.0), st.floats(-1e5, 1e5, allow_nan=False))
    return hnp.arrays(np.float64, (n_units, n_criteria), elements=values)


def edges(n_units: int, max_size: int = 40) -> SearchStrategy[Edges]:
    """Pairs of distinct units in any order; a pair may come more than once, either way round."""
    if n_units < 2:
        return st.just((np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)))
    unit = st.integers(0, n_units - 1)
    pair = st.tuples(unit, unit).filter(lambda ends: ends[0] != ends[1])

    def both(pairs: list[tuple[int, int]]) -> Edges:
        ends = np.array(pairs, dtype=np.int32).reshape(-1, 2)
        return ends[:, 0].copy(), ends[:, 1].copy()

    return st.lists(pair, max_size=max_size).map(both)


@st.composite
def cell_units(draw: DrawFn, n_criteria: int = 2, max_units: int = 25) -> Units:
    """A small city of cells. Sums of a criterion may be empty; no numerator exceeds its denominator."""
    found = draw(cell_lists(1, max_units))
    living = draw(residents(len(found)))
    shape = (len(found), n_criteria)
    counts = st.integers(0, 50)
    first = draw(hnp.arrays(np.int64, shape, elements=counts))
    second = draw(hnp.arrays(np.int64, shape, elements=counts))
    return make_cell_units(found, living.tolist(), np.minimum(first, second), np.maximum(first, second))


@st.composite
def policies(draw: DrawFn, n_criteria: int = 2) -> Policy:
    """A small policy; limits, weights, context and thresholds vary."""

    def each(values: SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=n_criteria, max_size=n_criteria))

    thresholds = sorted(draw(st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))))
    context = draw(st.sampled_from([{}, {"residents": 20, "reach": 150.0}, {"residents": 500, "reach": 300.0}]))
    return make_policy(
        worse=each(st.sampled_from(["high", "low"])),
        weight=each(st.sampled_from([0.5, 1.0, 2.0])),
        limit=each(st.one_of(st.none(), st.floats(0.0, 1.0))),
        context=context,
        rule={
            "core": thresholds[1],
            "edge": draw(st.one_of(st.none(), st.just(thresholds[0]))),
            "criteria": draw(st.integers(0, n_criteria)),
        },
        areas={
            "residents": draw(st.integers(0, 200)),
            "neighbours": draw(st.sampled_from(["queen", "rook"])),
        },
    )


def drawings() -> st.SearchStrategy[str]:
    """Small cities as text; see `drawn`."""
    lines = st.lists(st.text("CCe.om? ", min_size=6, max_size=6), min_size=2, max_size=6)
    return lines.map(lambda rows: "\n".join([*rows, "......"]))


Patch = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Row, column and area of cells, sorted by row, then column."""


def pictured(*lines: str) -> Patch:
    """A patch from a picture, north at the top: digits are areas, all else is open ground."""
    found = [(r, c, int(mark)) for r, line in enumerate(lines[::-1]) for c, mark in enumerate(line) if mark.isdigit()]
    row, col, area = np.array(found, dtype=np.int64).reshape(-1, 3).T.copy()
    return row, col, area


PICTURES = (
    ("000", "0.0", "000"),
    ("0000", "0110", "0110", "0000"),
    ("00000", "0...0", "0.1.0", "0...0", "00000"),
    ("0101", "1010", "0101", "1010"),
    ("0.0.", ".0.0", "0.0.", ".0.0"),
    ("0....", ".0...", "..0..", "...0.", "....0"),
    ("0000....", "00000000", "0000...."),
    ("0011", "0.11", "2233"),
    ("01", "23"),
    ("010", "1.1", "010"),
    ("00011", "0..11", "22222"),
    ("0.....", "00....", "0000..", "000000"),
    ("3100", "3..2", "1.00", "3233"),
    (".0.", "0..", "0.0", ".0.", "0.0", "0.."),
)
"""Rings, islands, checkerboards, diagonals, necks, areas that meet at sides and at corners, stairs, and two tangles
whose corners must be rounded less: because a border ends near one, and because a centre is near."""


@st.composite
def cell_patches(draw: DrawFn, most: int = 6, far: bool = True) -> Patch:
    """Cells of up to four areas that touch in every way; not all numbers need have a cell."""
    if draw(st.integers(0, 3)) == 0:
        row, col, area = pictured(*draw(st.sampled_from(PICTURES)))
    else:
        shape = (draw(st.integers(1, most)), draw(st.integers(1, most)))
        ground = draw(st.integers(-2, 0))
        picture = draw(hnp.arrays(np.int64, shape, elements=st.integers(ground, draw(st.integers(0, 3)))))
        row, col = (side.astype(np.int64) for side in np.nonzero(picture >= 0))
        area = picture[row, col]
    corners = CORNERS if far else CORNERS[:4]
    return row + draw(st.sampled_from(corners)), col + draw(st.sampled_from(corners)), area
