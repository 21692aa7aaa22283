"""Units with those they touch: sums, and rates drawn towards a mean."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import reference_neighbours
from udsat_geo.kernels.neighbours import (
    mean_and_variance,
    neighbour_lists,
    shrink_to_neighbours,
    sums_with_neighbours,
    surrounded_units,
)


@st.composite
def graphs(draw):
    """How many units there are, and the pairs that touch, sorted."""
    n_units = draw(st.integers(0, 9))
    pairs = [(a, b) for a in range(n_units) for b in range(a + 1, n_units)]
    return n_units, sorted(draw(st.sets(st.sampled_from(pairs)))) if pairs else []


def lists_of(n_units, edges):
    ends = np.array(edges, dtype=np.int32).reshape(-1, 2)
    return neighbour_lists(n_units, np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1]))


@given(graphs())
def test_each_unit_has_those_it_touches_in_rising_order(graph):
    n_units, edges = graph
    start, neighbour = lists_of(n_units, edges)
    found = [neighbour[start[unit] : start[unit + 1]].tolist() for unit in range(n_units)]
    assert found == reference_neighbours.neighbour_lists(n_units, edges)


@given(graphs(), st.data())
def test_surrounded_units_touch_others_that_are_all_inside(graph, data):
    n_units, edges = graph
    inside = data.draw(st.lists(st.booleans(), min_size=n_units, max_size=n_units))
    ends = np.array(edges, dtype=np.int32).reshape(-1, 2)
    head, tail = (np.ascontiguousarray(ends[:, side]) for side in (0, 1))
    found = surrounded_units(np.array(inside, dtype=bool), head, tail)
    assert found.tolist() == reference_neighbours.surrounded_units(inside, edges)
    # no order of the pairs, nor of the two of a pair, matters
    assert (
        surrounded_units(np.array(inside, dtype=bool), tail[::-1].copy(), head[::-1].copy()).tolist() == found.tolist()
    )


@given(graphs(), st.data())
def test_sums_are_those_of_the_unit_and_its_neighbours(graph, data):
    n_units, edges = graph
    sums = np.array(data.draw(st.lists(st.integers(0, 99), min_size=2 * n_units, max_size=2 * n_units)), dtype=np.int64)
    sums = sums.reshape(n_units, 2)
    found = sums_with_neighbours(*lists_of(n_units, edges), sums)
    twin = reference_neighbours.sums_with_neighbours(
        reference_neighbours.neighbour_lists(n_units, edges), sums.tolist()
    )
    assert found.tolist() == twin


def counts_of(data, n_units):
    """People in a criterion, and people counted, some units without any."""
    base = data.draw(st.lists(st.integers(0, 300), min_size=n_units, max_size=n_units))
    return [float(data.draw(st.integers(0, most))) for most in base], [float(most) for most in base]


@pytest.mark.long
@given(graphs(), st.booleans(), st.data())
def test_rates_are_drawn_towards_their_neighbours_as_the_twin_says(graph, counts, data):
    n_units, edges = graph
    numerator, base = counts_of(data, n_units)
    found = shrink_to_neighbours(np.array(numerator), np.array(base), *lists_of(n_units, edges), counts)
    lists = reference_neighbours.neighbour_lists(n_units, edges)
    twin = reference_neighbours.shrink_to_neighbours(numerator, base, lists, counts)
    assert [value is None for value in twin] == np.isnan(found).tolist()
    known = [float(value) for value in twin if value is not None]
    np.testing.assert_allclose(found[~np.isnan(found)], known, rtol=1e-9, atol=1e-12)


@given(st.integers(1, 9), st.booleans(), st.data())
def test_mean_noise_and_variance_of_all_units(n_units, counts, data):
    numerator, base = counts_of(data, n_units)
    found = mean_and_variance(np.array(numerator), np.array(base), np.arange(n_units, dtype=np.int32), counts)
    twin = reference_neighbours.mean_and_variance(numerator, base, range(n_units), counts)
    if twin is None:
        assert np.isnan(found[0])
    else:
        np.testing.assert_allclose(found, [float(value) for value in twin], rtol=1e-9, atol=1e-12)


def test_by_hand_a_small_unit_moves_and_a_large_one_stays():
    """Two units that touch: 1 of 10, and 900 of 1,000. Their rate is 901 of 1,010.

    s^2 = (10 (0.1 - m)^2 + 1000 (0.9 - m)^2) / 1010 with m = 0.89208, and A = s^2 - m / 505 = 0.0045074.
    """
    found = shrink_to_neighbours(np.array([1.0, 900.0]), np.array([10.0, 1000.0]), *lists_of(2, [(0, 1)]), True)
    np.testing.assert_allclose(found, [0.853982, 0.898691], atol=2e-6)


def test_where_noise_explains_all_the_mean_is_told():
    found = shrink_to_neighbours(np.array([4.0, 6.0, 0.0]), np.array([10.0, 10.0, 0.0]), *lists_of(3, [(0, 1)]), True)
    assert found[:2].tolist() == [0.5, 0.5]
    assert np.isnan(found[2])


@pytest.mark.long
def test_esda_draws_as_far():
    """PySAL's estimator, where no base is 0; ours leaves units without a base out, which it does not."""
    smoothing, weights = pytest.importorskip("esda.smoothing"), pytest.importorskip("libpysal.weights")
    rows, cols = np.mgrid[0:20, 0:20].reshape(2, -1)
    edges = [
        (a, b)
        for a in range(400)
        for b in range(a + 1, 400)
        if max(abs(rows[a] - rows[b]), abs(cols[a] - cols[b])) == 1
    ]
    rng = np.random.default_rng(3)
    base = rng.integers(5, 500, 400).astype(float)
    count = rng.binomial(base.astype(int), rng.beta(2, 8, 400)).astype(float)
    lists = reference_neighbours.neighbour_lists(400, edges)
    w = weights.W(dict(enumerate(lists)), id_order=list(range(400)), silence_warnings=True)
    found = shrink_to_neighbours(count, base, *lists_of(400, edges), True)
    np.testing.assert_allclose(found, smoothing.Spatial_Empirical_Bayes(count, base, w).r.ravel(), rtol=1e-9)
    mean, noise, between = mean_and_variance(count, base, np.arange(400, dtype=np.int32), True)
    whole = mean + between / (between + noise / base) * (count / base - mean)
    np.testing.assert_allclose(whole, smoothing.Empirical_Bayes(count, base).r.ravel(), rtol=1e-9)
