"""Rows that hold mean ranks to SciPy's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from kernel_inputs import Country, Floats
from kernel_row import KernelRow
from scipy.stats import rankdata  # type: ignore[import-untyped]

from udsat_geo.kernels.scores import ranks_on_scale, rising_order

DECIMALS = 2
"""Of the gaps that many units share, as those do whose rates are shares of a few residents."""


def rank_rows(country: Country) -> Iterator[KernelRow]:
    """Mean ranks of each criterion among the cells that have a rate; ours with both of its sorts."""
    gap = country.gap
    name = f"ranks_on_scale, {len(gap) // 1000} k cells, {gap.shape[1]} criteria"
    peer_name = "scipy.stats.rankdata"
    yield KernelRow(name, peer_name, lambda: _ranks(gap), lambda: _rankdata(gap), _equal)
    ties = np.round(gap, DECIMALS)
    yield KernelRow(f"{name}, ties", peer_name, lambda: _ranks(ties), lambda: _rankdata(ties), _equal)


def _ranks(value: Floats) -> Floats:
    rank = np.empty_like(value)
    for j in range(value.shape[1]):
        column = np.ascontiguousarray(value[:, j])
        scale = np.sort(column[~np.isnan(column)])
        rank[:, j] = ranks_on_scale(column, rising_order(column), scale)
    return rank


def _rankdata(value: Floats) -> Floats:
    """Column by column, over the cells that have a rate."""
    rank = np.full_like(value, np.nan)
    for j in range(value.shape[1]):
        there = ~np.isnan(value[:, j])
        rank[there, j] = rankdata(value[there, j])
    return rank


def _equal(ours: Floats, peer: Floats) -> bool:
    return np.array_equal(ours, peer, equal_nan=True)
