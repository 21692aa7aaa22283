"""Straight ways through gates: held to their twins, and to all ways there are."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import reference_outline
from strategies import Patch, cell_patches, pictured
from udsat_geo.areas.smooth import Cells, Chains, find_borders
from udsat_geo.kernels.borders import cheapest_way, cross, extend_ways, gates_from, point_on_gate, straighten

pytestmark = pytest.mark.filterwarnings("error")

SHARE = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
COSTS = (1.0, 2.0)


def gates_of(chains: Chains) -> list[reference_outline.Gate]:
    return list(zip(chains.left.tolist(), chains.width.tolist(), strict=True))


def both_chains(patch: Patch) -> list[Chains]:
    """Rings around areas, and the borders between them with the ends in the middles of their squares."""
    borders = find_borders(Cells(*patch))
    return [borders.outer, borders.inner]


number = st.floats(-1e3, 1e3)


@given(number, number, number, number)
def test_cross_equals_its_twin(one_x: float, one_y: float, other_x: float, other_y: float) -> None:
    directions = (one_x, one_y, other_x, other_y)
    assert cross(*directions) == pytest.approx(reference_outline.cross(*directions), abs=1e-9)
    assert cross(1.0, 0.0, 0.0, 1.0) == 1.0


def table_of(gates: list[reference_outline.Gate]) -> np.ndarray:
    """As the kernels have them: the left end, and from there to the right end."""
    return np.array([(left.real, left.imag, width.real, width.imag) for left, width in gates]).reshape(-1, 4)


@given(st.lists(st.complex_numbers(max_magnitude=1e3), min_size=1), st.data(), st.integers(1, 6), st.integers(0, 20))
def test_gates_from_one_on_equal_their_twin(left: list[complex], data: st.DataObject, most: int, begin: int) -> None:
    first = data.draw(st.integers(0, len(left) - 1))
    n_gates, n_places = min(most, len(left) - first), data.draw(st.integers(0, 15))
    width = [each.conjugate() for each in left]
    found = gates_from(np.array(left), np.array(width), first, n_gates, begin, n_places)
    gates = list(zip(left, width, strict=True))
    wanted = reference_outline.gates_from(gates, first, n_gates, begin, n_places)
    assert found.tolist() == table_of(wanted).tolist()
    if n_places:
        middle = reference_outline.point_on_gate(wanted, 0, 0.5)
        assert point_on_gate(found, 0, 0.5) == (middle.real, middle.imag)


@pytest.mark.long
@given(cell_patches(most=4), st.integers(0, 4), st.sampled_from([2, 5, 80]))
@settings(max_examples=30)
def test_extended_ways_equal_their_twin(patch: Patch, first_choice: int, longest: int) -> None:
    for chains in both_chains(patch):
        gates = gates_of(chains)
        for first, last in pairwise(chains.start.tolist()):
            cost = np.full((last - first, len(SHARE)), np.inf)
            before = np.full(cost.shape, -1)
            cost[0, first_choice] = 0.0
            corners = {(0, first_choice): (0.0, -1, -1)}
            for place in range(min(2, len(cost))):
                extend_ways(table_of(gates[first:last]), place, SHARE, longest, *COSTS, cost, before)
                corners = reference_outline.extend_ways(
                    gates[first:last], place, SHARE.tolist(), longest, *COSTS, corners
                )
            assert_same(cost, before, corners)


def assert_same(cost: np.ndarray, before: np.ndarray, corners: reference_outline.Corners) -> None:
    assert set(zip(*(side.tolist() for side in np.nonzero(cost < np.inf)), strict=True)) == corners.keys()
    for corner, (wanted, place, choice) in corners.items():
        assert cost[corner] == pytest.approx(wanted, abs=1e-8)
        assert before[corner] == (place * len(SHARE) + choice if place >= 0 else -1)


@pytest.mark.long
@given(cell_patches(most=4), st.integers(-1, 4))
@settings(max_examples=25)
def test_the_cheapest_way_equals_its_twin(patch: Patch, first_choice: int) -> None:
    for chains in both_chains(patch):
        gates = gates_of(chains)
        for first, last in pairwise(chains.start.tolist()):
            found = cheapest_way(table_of(gates[first:last]), first_choice, SHARE, 80, *COSTS)
            wanted = reference_outline.cheapest_way(gates[first:last], first_choice, SHARE.tolist(), 80, *COSTS)
            assert_same(*found, wanted)


@pytest.mark.long
@given(cell_patches(most=4))
@settings(max_examples=15)
def test_straightened_chains_equal_their_twin(patch: Patch) -> None:
    for chains in both_chains(patch):
        gates = gates_of(chains)
        found = straighten(chains.start, chains.closed, chains.left, chains.width, SHARE, 80, *COSTS)
        rings = [gates[first:last] for first, last in pairwise(chains.start.tolist())]
        wanted = reference_outline.straighten(rings, chains.closed.tolist(), SHARE.tolist(), 80, *COSTS)
        assert found.tolist() == wanted


@pytest.mark.long
@given(cell_patches(most=4), st.integers(2, 6))
@settings(max_examples=25)
def test_no_way_is_cheaper_than_the_cheapest(patch: Patch, n_gates: int) -> None:
    """Without a price on sharp corners; all ways through the first gates of a ring are tried."""
    share = SHARE[::2]
    chains = both_chains(patch)[0]
    assume(len(chains.left))
    gates = gates_of(chains)[: min(n_gates, chains.start[1])]
    cost, _ = cheapest_way(table_of(gates), -1, share, 80, 0.7, 0.0)
    least = np.full(len(share), np.inf)
    for ways in product(range(-1, len(share)), repeat=len(gates)):
        if ways[0] >= 0 and ways[-1] >= 0:
            least[ways[-1]] = min(least[ways[-1]], cost_of_way(gates, ways, share))
    assert cost[-1] == pytest.approx(least)


def cost_of_way(gates: list[reference_outline.Gate], ways: tuple[int, ...], share: np.ndarray) -> float:
    """What a way costs that has corners where `ways` is not -1, infinite where it misses a gate."""
    cost = 0.0
    places = [place for place, choice in enumerate(ways) if choice >= 0]
    for begin, end in pairwise(places):
        one, other = (reference_outline.on_gate(gates[at], share[ways[at]]) for at in (begin, end))
        cost += 0.7 + (share[ways[end]] - 0.5) ** 2
        for gate in gates[begin + 1 : end]:
            if not reference_outline.crosses(one, other, gate, share[0], share[-1]):
                return np.inf
            off = reference_outline.turned(other - one, reference_outline.on_gate(gate, 0.5) - one)
            cost += (off / abs(other - one)) ** 2
    return cost


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_long_stair_is_one_straight_line(step: int) -> None:
    """Between the two other sides, there is no corner on the gates of a stair of step : 1."""
    lines = ["0" * (step * (k + 1)) for k in range(8)]
    chains = both_chains(pictured(*lines))[0]
    share = np.arange(1, 10) / 10
    corner = straighten(chains.start, chains.closed, chains.left, chains.width, share, 80, *COSTS) >= 0
    middle = chains.left + chains.width / 2
    on_stair = (middle.imag > 1) & (middle.imag < 7) & (middle.real > 1) & (middle.real < 8 * step - 1)
    assert on_stair.sum() >= 6 * step
    assert not corner[on_stair].any()


def test_a_square_has_four_corners_where_cells_meet() -> None:
    chains = both_chains(pictured("00", "00"))[0]
    choice = straighten(chains.start, chains.closed, chains.left, chains.width, SHARE, 80, *COSTS)
    corners = np.flatnonzero(choice >= 0)
    position = chains.left[corners] + SHARE[choice[corners]] * chains.width[corners]
    assert set(position.tolist()) == {0, 2, 2j, 2 + 2j}


def test_the_most_gates_that_a_line_may_pass_are_kept() -> None:
    chains = both_chains(pictured("0" * 30))[0]
    corners = np.flatnonzero(straighten(chains.start, chains.closed, chains.left, chains.width, SHARE, 10, *COSTS) >= 0)
    assert np.diff(corners).max() <= 10


@given(cell_patches())
def test_straightened_ways_cross_every_gate_where_they_may(patch: Patch) -> None:
    for chains in both_chains(patch):
        gates = gates_of(chains)
        choice = straighten(chains.start, chains.closed, chains.left, chains.width, SHARE, 80, *COSTS)
        for chain, (first, last) in enumerate(pairwise(chains.start.tolist())):
            corners = (first + np.flatnonzero(choice[first:last] >= 0)).tolist()
            assert len(corners) >= 2
            walk = [*corners, corners[0] + last - first] if chains.closed[chain] else corners
            for begin, end in pairwise(walk):
                between = [first + (k - first) % (last - first) for k in range(begin, end + 1)]
                one, other = (reference_outline.on_gate(gates[k], SHARE[choice[k]]) for k in (between[0], between[-1]))
                assert all(reference_outline.crosses(one, other, gates[k], 0.1, 0.9) for k in between[1:-1])
