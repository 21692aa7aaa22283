"""Local Moran and G*: held to plain loops over the units, to `esda` where it is there, and to what chance gives."""

from __future__ import annotations

import numpy as np
import pytest

from udsat_geo.analysis.local_statistics import (
    HIGH_HIGH,
    LOW_LOW,
    LocalStatistics,
    false_discovery_rates,
    find_local_statistics,
    neighbours_of,
)
from udsat_geo.messages.errors import InputError
from udsat_geo.units.edges import Edges, grid_edges

SIDE = 12


def edges() -> Edges:
    row, col = (each.ravel() for each in np.mgrid[0:SIDE, 0:SIDE].astype(np.int64))
    return grid_edges(row, col, rook=False)


def values(seed: int = 1, hill: float = 3.0) -> np.ndarray:
    """Noise, and a hill of it in a corner of 16 cells."""
    row, col = (each.ravel() for each in np.mgrid[0:SIDE, 0:SIDE])
    return np.random.default_rng(seed).normal(size=SIDE**2) + hill * ((row < 4) & (col < 4))


def by_hand(value: np.ndarray, touching: Edges) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means over the neighbours, Moran and G*, unit by unit, from the formulas of Anselin and of Ord and Getis."""
    n, mean = len(value), value.mean()
    z = value - mean
    spread = np.sqrt((value**2).mean() - mean**2)
    lag, moran, g_star = (np.full(n, np.nan) for _ in range(3))
    for i in range(n):
        beside = [int(b if a == i else a) for a, b in zip(touching.head, touching.tail, strict=True) if i in (a, b)]
        lag[i] = np.mean([value[j] for j in beside])
        moran[i] = (n - 1) * z[i] * np.mean([z[j] for j in beside]) / (z**2).sum()
        together = len(beside) + 1
        whole = value[i] + sum(value[j] for j in beside)
        g_star[i] = (whole - together * mean) / (spread * np.sqrt((n * together - together**2) / (n - 1)))
    return lag, moran, g_star


def test_statistics_are_those_of_the_formulas() -> None:
    found = find_local_statistics(values(), edges(), 99)
    for told, wanted in zip((found.of_neighbours, found.moran, found.g_star), by_hand(values(), edges()), strict=True):
        np.testing.assert_allclose(told, wanted, rtol=1e-10, atol=1e-12)


def test_a_hill_is_found_and_noise_is_not() -> None:
    cluster = find_local_statistics(values(), edges(), 999).cluster.reshape(SIDE, SIDE)
    assert (cluster[:3, :3] == HIGH_HIGH).sum() >= 8
    assert (cluster[6:, 6:] != HIGH_HIGH).all()
    noise = find_local_statistics(values(2, hill=0.0), edges(), 999)
    assert set(noise.cluster) == {"none"}
    # without anything to find, p is even: a tenth lies below a tenth
    assert abs((noise.p < 0.1).mean() - 0.1) < 0.08


def test_what_is_low_is_found_by_the_same_p() -> None:
    high, low = (find_local_statistics(sign * values(), edges(), 999) for sign in (1, -1))
    np.testing.assert_array_equal(high.p, low.p)
    np.testing.assert_allclose(high.moran, low.moran)
    np.testing.assert_allclose(high.g_star, -low.g_star, atol=1e-12)
    assert (low.cluster == LOW_LOW).sum() == (high.cluster == HIGH_HIGH).sum() > 0


def test_units_without_a_value_are_nobodys_neighbours() -> None:
    value = values()
    value[[0, 1, SIDE, 40]] = np.nan  # the first three leave the next in the corner with fewer
    found = find_local_statistics(value, edges(), 99)
    assert np.isnan(found.p[[0, 1, SIDE, 40]]).all()
    known = np.flatnonzero(~np.isnan(value))
    begins, neighbour = neighbours_of(edges(), ~np.isnan(value))
    head = np.repeat(np.arange(len(known)), np.diff(begins)).astype(np.int32)
    once = head < neighbour
    alone = Edges(head[once], neighbour[once].astype(np.int32))
    np.testing.assert_allclose(found.moran[known], by_hand(value[known], alone)[1], atol=1e-12)


@pytest.mark.parametrize("value", [np.full(4, 2.0), np.full(4, np.nan), np.zeros(0)])
def test_where_there_is_nothing_to_compare_nothing_is_told(value: np.ndarray) -> None:
    none = np.zeros(0, dtype=np.int32)
    some = (
        Edges(np.array([0, 1], dtype=np.int32), np.array([1, 2], dtype=np.int32)) if len(value) else Edges(none, none)
    )
    found = find_local_statistics(value, some, 99)
    assert np.isnan(found.p).all()
    assert set(found.cluster) <= {None}


def test_a_seed_repeats_and_no_threads_change_it() -> None:
    first, again, other = (
        find_local_statistics(values(), edges(), 199, seed, threads) for seed, threads in ((1, 1), (1, 2), (2, 1))
    )
    np.testing.assert_array_equal(first.p, again.p)
    assert (first.p != other.p).any()


def test_more_draws_than_memory_is_to_hold_are_told() -> None:
    with pytest.raises(
        InputError, match="units with up to 8 neighbours make more draws than memory is to hold"
    ) as told:
        find_local_statistics(values(), edges(), 4_000_000)
    assert "Ask for at most 3,750,000" in str(told.value)


def test_false_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    """Their rule: of n sorted p, all up to the last with p <= share * rank / n."""
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.005, 0.8])
    q = false_discovery_rates(p)
    for share in (0.01, 0.02, 0.025, 0.05, 0.3):
        known = np.sort(p[~np.isnan(p)])
        passing = [each for rank, each in enumerate(known, start=1) if each <= share * rank / len(known)]
        assert (q <= share).sum() == sum(known <= max(passing, default=0))
    assert np.isnan(q[1])


@pytest.mark.long
def test_the_same_permutations_give_what_esda_gives() -> None:
    """Its p is one-sided, the smaller of both sides; ours is twice that."""
    esda = pytest.importorskip("esda", reason="esda is not installed")
    from esda.crand import vec_permutations
    from libpysal.weights import W

    from udsat_geo.kernels.permutations import count_beyond

    value, n = values(), SIDE**2
    begins, neighbour = neighbours_of(edges(), np.ones(n, dtype=bool))
    weights = W({i: neighbour[begins[i] : begins[i + 1]].tolist() for i in range(n)})
    drawn = vec_permutations(8, n, 199, 3)
    theirs = esda.Moran_Local(value, weights, permutations=199, seed=3, n_jobs=1)
    stars = esda.G_Local(value, weights, transform="B", star=True, permutations=199, seed=3, n_jobs=1)
    ours: LocalStatistics = find_local_statistics(value, edges(), 99)
    np.testing.assert_allclose(ours.moran, theirs.Is, atol=1e-12)
    np.testing.assert_allclose(ours.g_star, stars.Zs, atol=1e-12)
    z = value - value.mean()
    whole = np.rint(z * 2.0**40 / np.abs(z).max()).astype(np.int64)
    high, low = count_beyond(whole, begins, neighbour, drawn, 0, n)
    np.testing.assert_allclose((np.minimum(high, low) + 1) / 200, theirs.p_sim, atol=1e-6)
    np.testing.assert_allclose((np.minimum(high, low) + 1) / 200, stars.p_sim, atol=1e-6)
