"""Social fields of the city: who fares well where, before anyone is drawn. All numbers here are our own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.synthetic.areas import dilate
from udsat_geo.synthetic.land import SHAPE, smooth_field

VILLA, BLOCK, MODERN, STUDENT = range(4)
N_FIELDS = 5  # dwelling area, outside the labour market, low income, origin, education: higher is worse
# Social fields, log-odds: elsewhere and inside areas; shared by all criteria or a criterion's own. All our own.
_BROAD_SHARED, _LOCAL_SHARED, _BROAD_OWN = (0.10, 0.05), (0.06, 0.05), (0.10, 0.06)
_CELL_SHARED, _CELL_OWN, _PLOT = 0.03, 0.05, 0.06
_VILLA_FIELD, _SMALL, _STREETS = -0.18, 0.04, 1.25
_N_POCKETS, _POCKET = 24, 0.55

_VIEW_RESIDENTS, _VIEW_CELLS = 500, 6  # how far people know their surroundings


def social_fields(
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    kind: NDArray[np.int64],
    plot: NDArray[np.int64],
    residents: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Social fields: broad neighbourhoods, streets and cells, the same or different for each criterion."""
    n = len(rows)
    planted = plot >= 0
    shared = np.where(planted, _BROAD_SHARED[1], _BROAD_SHARED[0]) * smooth_field(rng, 450.0)[rows, cols]
    shared += np.where(planted, _LOCAL_SHARED[1], _LOCAL_SHARED[0]) * smooth_field(rng, 150.0)[rows, cols]
    own = np.stack([smooth_field(rng, 400.0)[rows, cols] for _ in range(N_FIELDS)], axis=1)
    field = shared[:, None] + np.where(planted, _BROAD_OWN[1], _BROAD_OWN[0])[:, None] * own
    field += _CELL_SHARED * rng.standard_normal((n, 1)) + _CELL_OWN * rng.standard_normal((n, N_FIELDS))
    field[kind == VILLA] += _VILLA_FIELD
    field[kind == STUDENT] += np.array([0.0, -0.5, 0.4, -0.1, -0.7])
    count = np.bincount(plot[planted], minlength=plot.max() + 1)[:, None]
    for k in range(N_FIELDS):
        mean = np.bincount(plot[planted], weights=field[planted, k], minlength=len(count)) / count[:, 0]
        field[planted, k] -= mean[plot[planted]]
    per_plot = _PLOT * rng.standard_normal((len(count), N_FIELDS))
    field[planted] += per_plot[plot[planted]]
    field += _borders(rows, cols, planted, plot, residents)[:, None]
    _pockets(field, rows, cols, planted, kind, residents, rng)
    # homes: a logarithm of floor area, so the scale is that of sizes, not of odds
    field[:, 0] *= 0.30
    return field


def _borders(
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    planted: NDArray[np.bool_],
    plot: NDArray[np.int64],
    residents: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Streets divide: an area's border is as hard up as its heart, and across the street people fare better.

    The contrast grows where a wide view would blur it.
    """
    inside = np.zeros(SHAPE)
    inside[rows, cols] = planted
    people = np.zeros(SHAPE)
    people[rows, cols] = np.maximum(residents, 1.0)
    views = _rings_in_view(people)
    blurred = inside - _seen(inside, people, views)
    size = np.bincount(plot[planted], minlength=plot.max() + 1)
    small = planted & (size[np.maximum(plot, 0)] < 40)
    effect: NDArray[np.float64] = _STREETS * blurred[rows, cols] + _SMALL * small
    return effect


def _shifted(grid: NDArray[np.float64], down: int, right: int) -> NDArray[np.float64]:
    """The grid seen from `down` rows and `right` columns away, zero beyond its rim."""
    n_rows, n_cols = grid.shape
    moved = np.zeros_like(grid)
    moved[max(0, -down) : n_rows - max(0, down), max(0, -right) : n_cols - max(0, right)] = grid[
        max(0, down) : n_rows + min(0, down), max(0, right) : n_cols + min(0, right)
    ]
    return moved


def _rings_in_view(people: NDArray[np.float64]) -> list[tuple[list[tuple[int, int]], NDArray[np.bool_]]]:
    """Rings of cells at one distance, nearest first, and the cells that still lack people in view before each."""
    reach = range(-_VIEW_CELLS, _VIEW_CELLS + 1)
    rings: dict[int, list[tuple[int, int]]] = {}
    for down in reach:
        for right in reach:
            if down * down + right * right <= _VIEW_CELLS**2:
                rings.setdefault(down * down + right * right, []).append((down, right))
    in_view = np.zeros(SHAPE)
    views = []
    for _, ring in sorted(rings.items()):
        lacking = in_view < _VIEW_RESIDENTS
        views.append((ring, lacking))
        in_view = in_view + lacking * np.sum([_shifted(people, *step) for step in ring], axis=0)
    return views


def _seen(
    value: NDArray[np.float64],
    people: NDArray[np.float64],
    views: list[tuple[list[tuple[int, int]], NDArray[np.bool_]]],
) -> NDArray[np.float64]:
    """Mean of a value over the people in view of each cell."""
    total, weight = np.zeros(SHAPE), np.full(SHAPE, 1e-9)
    for ring, lacking in views:
        for step in ring:
            total += lacking * _shifted(value * people, *step)
            weight += lacking * _shifted(people, *step)
    mean: NDArray[np.float64] = total / weight
    return mean


def _pockets(
    field: NDArray[np.float64],
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    planted: NDArray[np.bool_],
    kind: NDArray[np.int64],
    residents: NDArray[np.float64],
    rng: np.random.Generator,
) -> None:
    """Small places outside the areas, fewer than 1,000 residents each, as badly off as an area."""
    mask = np.zeros(SHAPE, dtype=bool)
    mask[rows, cols] = planted
    away = ~dilate(dilate(dilate(mask)))[rows, cols]
    free = (kind == BLOCK) & away & (residents > 0) & (residents < 350) & (field.mean(axis=1) < 0.0)
    for _ in range(_N_POCKETS):
        centre = rng.choice(np.flatnonzero(free))
        distance = np.abs(rows - rows[centre]) + np.abs(cols - cols[centre])
        free &= distance > 9
        near = np.flatnonzero(distance <= 1)
        near = near[np.argsort(distance[near], kind="stable")]
        field[near[np.cumsum(residents[near]) < 480]] += _POCKET
