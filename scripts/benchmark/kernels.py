"""Rows that hold one kernel of ours to what a user would otherwise write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import kernel_peers as peers
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from address_rows import address_rows
from barrier_rows import barrier_rows
from diff_rows import diff_rows
from kernel_inputs import N_CRITERIA, N_FLAGS, Country, Floats, Ints, Numbers, city_of, make_country
from kernel_row import CELL_M, LEAST_RESIDENTS, REACH, ROUNDING, KernelRow, many
from outline_rows import outline_rows
from rank_rows import rank_rows
from status_rows import status_rows

from udsat_geo.kernels.cells import distinct_cells
from udsat_geo.kernels.components import label_components
from udsat_geo.kernels.nearby import context_of_points
from udsat_geo.kernels.scores import composite_of_gaps
from udsat_geo.kernels.sums import add_flags, add_values, count_rows, follow
from udsat_geo.scoring.rates import sums_on_grid
from udsat_geo.scoring.spread import spread_of_gaps
from udsat_geo.units.edges import grid_edges
from udsat_geo.units.grid import rings


@dataclass(frozen=True)
class KernelTiming:
    """Median CPU seconds of all threads; ``equal`` is False where the results differ."""

    name: str
    peer_name: str
    ours_s: float
    peer_s: float
    equal: bool


def run_rows(rows: Iterable[KernelRow], repeats: int) -> Iterator[KernelTiming]:
    """Measure every row: one warm-up that also compares the results, then both sides in turn."""
    for row in rows:
        # the warm-up compiles, too
        equal = bool(row.equal(row.ours(), row.peer()))
        ours_s, peer_s = [], []
        for _ in range(repeats if equal else 0):
            ours_s.append(_seconds(row.ours))
            peer_s.append(_seconds(row.peer))
        nothing = float("nan")
        yield KernelTiming(
            row.name,
            row.peer_name,
            median(ours_s) if equal else nothing,
            median(peer_s) if equal else nothing,
            equal,
        )


def _seconds(work: Callable[[], Any]) -> float:
    # of all threads: by the clock, a side with two of them would seem twice as good
    started = time.process_time()
    work()
    return time.process_time() - started


def all_rows() -> Iterator[KernelRow]:
    """Every row, at the size of the country; inputs of one kernel alone are made when its turn comes."""
    country = make_country()
    groups = (flag_rows, sum_rows, index_rows, edge_rows, component_rows, context_rows, score_rows)
    for rows in (*groups, rank_rows, status_rows):
        yield from rows(country)
    for place in (city_of(country), country):
        yield from barrier_rows(place)
        yield from outline_rows(place)
    yield from diff_rows(country)
    yield from address_rows()


def flag_rows(country: Country) -> Iterator[KernelRow]:
    """Sums of yes/no columns. The peers get them as columns, unpacked beforehand."""
    place, packed, n_places = country.place_of_row(), country.flags_of_row, country.n_cells
    flags = [(packed >> k & 1).astype(bool) for k in range(N_FLAGS)]
    frame = pd.DataFrame({k: flag.astype(np.int8) for k, flag in enumerate(flags)})

    def ours() -> Numbers:
        sums = np.zeros((n_places, N_FLAGS), dtype=np.int32)
        add_flags(place, packed, sums)
        return sums

    def equal_frame(sums: Numbers, found: pd.DataFrame) -> bool:
        expected = np.zeros_like(sums)
        known = found.index.to_numpy() >= 0
        expected[found.index.to_numpy()[known]] = found.to_numpy()[known]
        return np.array_equal(sums, expected)

    name = f"add_flags, {many(len(place))} rows, {N_FLAGS} flags"
    by_column = "numpy.bincount by column"
    yield KernelRow(name, by_column, ours, lambda: peers.weighted_flags(place, flags, n_places), np.array_equal)
    yield KernelRow(name, "pandas groupby.sum", ours, lambda: peers.grouped_flags(place, frame), equal_frame)


def sum_rows(country: Country) -> Iterator[KernelRow]:
    """Sums of one integer column, and counts of rows."""
    place, value, n_places = country.place_of_row(), country.value_of_row, country.n_cells

    def add() -> Ints:
        # one column of several, as in the package; the peers write a vector of their own
        sums = np.zeros((n_places, N_CRITERIA), dtype=np.int64)
        add_values(place, value, sums, 0)
        return sums[:, 0]

    def count() -> Ints:
        rows_of_place = np.zeros(n_places, dtype=np.int64)
        count_rows(place, rows_of_place)
        return rows_of_place

    name = f"add_values, {many(len(place))} rows"
    weighted = "numpy.bincount, weights"
    yield KernelRow(name, weighted, add, lambda: peers.weighted_counts(place, value, n_places), np.array_equal)
    yield KernelRow(name, "numpy.add.at", add, lambda: peers.added_at(place, value, n_places), np.array_equal)
    name = f"count_rows, {many(len(place))} rows"
    yield KernelRow(name, "numpy.bincount", count, lambda: peers.counts(place, n_places), np.array_equal)


def index_rows(country: Country) -> Iterator[KernelRow]:
    """Following one index through another, and numbering the cells of addresses."""
    link, target = country.dwelling_of_row, country.place_of_dwelling
    row, col = country.row_of_address, country.col_of_address

    def ours() -> Numbers:
        place_of_row = np.empty(len(link), dtype=np.int32)
        follow(link, target, place_of_row)
        return place_of_row

    def equal_codes(found: tuple[Ints, Numbers], peer: tuple[Ints, Ints]) -> bool:
        (first_point, cell_of_point), (codes, peer_cell_of_point) = found, peer
        code_of_cell = row[first_point] * peers.COLUMNS + col[first_point]
        if not np.array_equal(np.sort(code_of_cell), np.sort(codes)):
            return False
        # the numbers may differ, the cells they stand for may not
        return np.array_equal(code_of_cell[cell_of_point], codes[peer_cell_of_point])

    name = f"follow, {many(len(link))} rows"
    yield KernelRow(name, "numpy.take and a mask", ours, lambda: peers.followed(link, target), np.array_equal)
    name = f"distinct_cells, {many(len(row))} addresses"
    for peer_name, peer in (
        ("numpy.unique of a code", peers.unique_cells),
        ("pandas.factorize of a code", peers.factorized_cells),
    ):
        yield KernelRow(name, peer_name, partial(distinct_cells, row, col), partial(peer, row, col), equal_codes)


def edge_rows(country: Country) -> Iterator[KernelRow]:
    """Edges between cells; ours with the making of its index, the tree with its building."""
    row, col = country.row, country.col

    def ours() -> tuple[Numbers, Numbers]:
        edges = grid_edges(row, col, rook=False)
        return edges.head, edges.tail

    def equal(found: tuple[Numbers, Numbers], peer: tuple[Ints, Ints]) -> bool:
        order = np.lexsort((peer[1], peer[0]))
        return all(np.array_equal(mine, theirs[order]) for mine, theirs in zip(found, peer, strict=True))

    name = f"cell_edges, {many(len(row))} cells"
    yield KernelRow(name, "numpy.searchsorted", ours, partial(peers.searched_edges, row, col), equal)
    yield KernelRow(name, "scipy cKDTree.query_pairs", ours, partial(peers.tree_edges, row, col), equal)


def component_rows(country: Country) -> Iterator[KernelRow]:
    """Components of the badly off cells, from their edges and from cells alone; all sides number them by their first
    cell.
    """
    row, col, member = country.row, country.col, country.member
    edges = grid_edges(row, col, rook=False)
    head, tail = edges.head, edges.tail
    ours = partial(label_components, member, head, tail)

    def from_cells() -> tuple[Ints, int]:
        edges = grid_edges(row, col, rook=False)
        return label_components(member, edges.head, edges.tail)

    graph, image = (
        partial(peers.graph_components, member, head, tail),
        partial(peers.image_components, member, row, col),
    )
    yield KernelRow(f"label_components, {many(len(head))} edges", "scipy connected_components", ours, graph, _same)
    name = f"edges and components, {many(len(row))} cells"
    yield KernelRow(name, "scipy.ndimage.label", from_cells, image, _same)


def context_rows(country: Country) -> Iterator[KernelRow]:
    """Sums over the nearest units; every side with the making of its index. The points lie anywhere in the cells."""
    row, col, residents, sums = country.row, country.col, country.residents, country.sums
    counted = (residents, sums, LEAST_RESIDENTS)

    def of_cells() -> tuple[Ints, Ints]:
        return sums_on_grid(row, col, rings(CELL_M, REACH), *counted)

    def of_points() -> tuple[Ints, Ints]:
        return context_of_points(easting, northing, np.argsort(easting, kind="stable"), REACH, *counted)

    peer_name = "scipy cKDTree, pairs sorted"
    # in units of a cell, distances that are equal come out equal
    on_grid = partial(peers.tree_context, col.astype(np.float64), row.astype(np.float64), REACH / CELL_M, *counted)
    yield KernelRow(f"context_of_cells, {many(len(row))} cells", peer_name, of_cells, on_grid, _same)
    within = np.random.default_rng(2).random((2, len(row))) * CELL_M
    easting, northing = np.round(col * CELL_M + within[0], 2), np.round(row * CELL_M + within[1], 2)
    anywhere = partial(peers.tree_context, easting, northing, REACH, *counted)
    yield KernelRow(f"context_of_points, {many(len(row))} points", peer_name, of_points, anywhere, _same)


def score_rows(country: Country) -> Iterator[KernelRow]:
    """Spread and composite: sums of floats, so equal but for rounding."""
    gap, residents = country.gap, country.residents
    spread = spread_of_gaps(gap, residents)
    weight = np.array([1.0, 1.0, 1.0, 0.5, 0.5])

    def equal_composite(found: tuple[Floats, Ints], peer: tuple[Floats, Ints]) -> bool:
        # one that is nearly 0 is the difference of terms of about 1
        composites_equal = np.allclose(found[0], peer[0], rtol=ROUNDING, atol=ROUNDING, equal_nan=True)
        return composites_equal and np.array_equal(found[1], peer[1])

    size = f"{many(len(gap))} cells, {gap.shape[1]} criteria"
    for peer_name, peer in (("numpy nan-functions", peers.nan_spread), ("numpy products", peers.product_spread)):
        ours = partial(spread_of_gaps, gap, residents)
        yield KernelRow(f"spread_of_gaps, {size}", peer_name, ours, partial(peer, gap, residents), _close)
    for peer_name, composite in (
        ("numpy nan-functions", peers.nan_composite),
        ("numpy products", peers.product_composite),
    ):
        ours_composite, theirs = (partial(side, gap, spread, weight) for side in (composite_of_gaps, composite))
        yield KernelRow(f"composite_of_gaps, {size}", peer_name, ours_composite, theirs, equal_composite)


def _same(ours: Iterable[Any], peer: Iterable[Any]) -> bool:
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(ours, peer, strict=True))


def _close(ours: Floats, peer: Floats) -> bool:
    return np.allclose(ours, peer, rtol=ROUNDING, atol=0.0)
