"""Rates over windows, undone by algebra: what is told is right, and all that fractions determine is told."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import reference_elimination
from udsat_geo.designation.columns import GEOMETRY
from udsat_geo.release.windows import told_by_windows

Town = tuple[pa.Table, list[tuple[list[int], int]], np.ndarray, np.ndarray]


def town(seed: int, side: int, share: float = 1.0, most: int = 40) -> Town:
    """Cells in a square, each read with its nearest until somewhat more are in view than most have.

    Returns
    -------
    table
        As a designation has it.
    windows
        The cells of each window, and how many in it are found.
    counted, having
        The truth.
    """
    rng = np.random.default_rng(seed)
    n = side * side
    residents = rng.integers(1, most, n)
    counted = residents if share == 1 else np.rint(residents * share).astype(int)
    having = rng.binomial(counted, rng.choice([0.0, 0.2, 0.3, 1.0], n))
    at = np.array([(row, col) for row in range(side) for col in range(side)])
    windows, view, rate = [], [], []
    for unit in range(n):
        squared = ((at - at[unit]) ** 2).sum(axis=1)
        far = next(d for d in sorted(set(squared)) if residents[squared <= d].sum() >= 0.8 * most or d == squared.max())
        inside = np.flatnonzero(squared <= far)
        windows.append((inside.tolist(), int(having[inside].sum())))
        view.append(int(residents[inside].sum()))
        rate.append(round(having[inside].sum() / counted[inside].sum(), 6))
    outline = shapely.box(at[:, 1] * 100, at[:, 0] * 100, at[:, 1] * 100 + 100, at[:, 0] * 100 + 100)
    columns = {"residents": residents, "residents_in_view": view, "rate_poor": rate, GEOMETRY: shapely.to_wkb(outline)}
    shuffled = rng.permutation(n)
    return pa.table(columns).take(pa.array(shuffled)), windows, counted[shuffled], having[shuffled]


@pytest.mark.long
@settings(max_examples=8)
@given(seed=st.integers(0, 1000), side=st.integers(2, 5))
def test_what_is_told_is_the_truth_and_all_that_fractions_determine(seed: int, side: int) -> None:
    table, windows, counted, having = town(seed, side)
    (found,) = told_by_windows(table, ["poor"])
    assert found.windows == side * side
    assert found.having[found.told].tolist() == having[found.told].tolist()
    assert found.counted[found.told].tolist() == counted[found.told].tolist()
    assert int(found.told.sum()) == len(reference_elimination.determined(windows, side * side))


def test_of_a_criterion_of_some_ages_what_is_told_is_right_too() -> None:
    table, _windows, counted, having = town(3, 12, 0.7, 400)
    (found,) = told_by_windows(table, ["poor"])
    assert 0 < found.windows < 144
    assert found.told.sum() > 0
    assert found.counted[found.told].tolist() == counted[found.told].tolist()
    assert found.having[found.told].tolist() == having[found.told].tolist()
    with np.errstate(invalid="ignore"):
        assert found.right(having / np.where(counted > 0, counted, np.nan)) == found.told.sum()


def test_rates_that_belong_to_no_windows_tell_nothing() -> None:
    table, *_truth = town(1, 5)
    off = pa.array(np.asarray(table["residents_in_view"]) + 1)
    (found,) = told_by_windows(table.set_column(1, "residents_in_view", off), ["poor"])
    assert (found.windows, found.told.sum()) == (0, 0)


@pytest.mark.parametrize("missing", ["residents", "residents_in_view", GEOMETRY])
def test_what_is_published_has_no_windows(missing: str) -> None:
    assert told_by_windows(town(0, 2)[0].drop_columns([missing]), ["poor"]) == []
    assert told_by_windows(town(0, 2)[0], ["rich"]) == []
