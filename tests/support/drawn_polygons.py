"""Small polygons for Hypothesis, and jagged ones at random, with their edges as the kernels take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

Zones = NDArray[np.object_]

SIDE, SPAN = 5, 8
"""Of the squares that polygons are made of, and of the points around them."""

SHEARS = ((1, 0, 0, 1), (1, 0, 2, 1), (1, 3, 0, 1), (2, -1, 1, 1))
"""Whole numbers that turn squares into slanted figures whose corners stay whole."""


@st.composite
def polygons(draw: DrawFn) -> shapely.Geometry:
    """A valid polygon or multipolygon of unit squares, with holes and parts that meet in a corner, sheared."""
    cell = st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))
    cells = draw(st.lists(cell, min_size=1, max_size=14, unique=True))
    figure = shapely.union_all([shapely.box(col, row, col + 1, row + 1) for row, col in cells])
    a, b, c, d = draw(st.sampled_from(SHEARS))
    return shapely.transform(figure, lambda xy: xy @ np.array([[a, c], [b, d]], dtype=float))


@st.composite
def zone_lists(draw: DrawFn, max_size: int = 4) -> Zones:
    """Polygons that may overlap, share borders, or be one inside the other."""
    found = draw(st.lists(polygons(), min_size=1, max_size=max_size))
    zones = np.empty(len(found), dtype=object)
    zones[:] = found
    return zones


def points() -> st.SearchStrategy[list[tuple[float, float]]]:
    """Points on a lattice of halves: many lie on corners and edges."""
    position = st.integers(-2 * SPAN, 6 * SPAN).map(lambda half: half / 2)
    return st.lists(st.tuples(position, position), max_size=12)


GRIDS = st.sampled_from([1.0, 1.75, 3.0, 7.3, 100.0])


def rows_of(columns: Sequence[Any]) -> list[tuple[float, ...]]:
    """Edges as rows of both ends."""
    return list(zip(*(column.tolist() for column in columns[:4]), strict=True))


def grid_over(columns: Sequence[Any], side: float, beyond: float = 0.0) -> tuple[float, float, float, int, int]:
    """A grid over all edges, beginning a little before them if asked."""
    west, south = float(columns[0].min()) - beyond, float(columns[1].min()) - beyond
    n_rows, n_cols = int((columns[1].max() - south) / side) + 1, int((columns[0].max() - west) / side) + 1
    return west, south, side, n_rows, n_cols


def stars(rng: np.random.Generator, count: int, corners: int) -> Zones:
    """Jagged polygons that overlap, some with a hole."""
    zones = []
    for number in range(count):
        angle = np.sort(rng.random(corners)) * 2 * np.pi
        radius = 300 * (0.5 + rng.random(corners))
        rim = rng.random(2) * 4000 + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        star = shapely.Polygon(np.round(rim, 2))
        zones.append(star.difference(star.centroid.buffer(60)) if number % 3 == 0 else star)
    kept = np.empty(len(zones), dtype=object)
    kept[:] = zones
    return kept[shapely.is_valid(kept)]
