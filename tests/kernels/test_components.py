"""Connected components."""

from __future__ import annotations

from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

import reference
from strategies import edges
from udsat_geo.kernels.components import label_components, root_of

pytestmark = pytest.mark.filterwarnings("error")

Graph = tuple[NDArray[np.bool_], NDArray[np.int32], NDArray[np.int32]]


@st.composite
def graphs(draw: DrawFn) -> Graph:
    member = draw(hnp.arrays(np.bool_, st.integers(0, 20)))
    return (member, *draw(edges(len(member))))


@given(graphs())
def test_label_components_equals_its_twin(graph: Graph) -> None:
    found, n_components = label_components(*graph)
    assert (found.tolist(), n_components) == reference.label_components(*(part.tolist() for part in graph))


@pytest.mark.long
@given(graphs(), st.randoms())
def test_neither_order_nor_direction_nor_repetition_of_edges_matters(graph: Graph, random: Any) -> None:
    member, head, tail = graph
    pairs = [pair if random.random() < 0.5 else pair[::-1] for pair in zip(head, tail, strict=True)] * 2
    random.shuffle(pairs)
    ends = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    found, n_components = label_components(member, ends[:, 0].copy(), ends[:, 1].copy())
    wanted, n_wanted = label_components(member, head, tail)
    assert (found.tolist(), n_components) == (wanted.tolist(), n_wanted)


@pytest.mark.long
@given(graphs())
def test_numbers_begin_at_zero_in_the_order_of_first_units(graph: Graph) -> None:
    found, n_components = label_components(*graph)
    assert list(dict.fromkeys(found[found >= 0].tolist())) == list(range(n_components))
    assert ((found >= 0) == graph[0]).all()


@pytest.mark.long
@given(graphs(), st.randoms())
def test_renumbered_units_make_the_same_components(graph: Graph, random: Any) -> None:
    member, head, tail = graph
    place = list(range(len(member)))
    random.shuffle(place)
    place_of_unit = np.array(place, dtype=np.int32)
    moved = np.zeros_like(member)
    moved[place_of_unit] = member
    found, n_components = label_components(member, head, tail)
    again, n_again = label_components(moved, place_of_unit[head], place_of_unit[tail])
    assert n_components == n_again
    assert len({*zip(found.tolist(), again[place_of_unit].tolist(), strict=True)} - {(-1, -1)}) == n_components


def test_components_by_hand() -> None:
    """A chain through an outsider is cut; a later edge joins two groups under the earlier first unit."""
    member = np.array([True, True, False, True, True, True, True])
    head = np.array([5, 1, 2, 0, 3], dtype=np.int32)
    tail = np.array([6, 2, 3, 4, 5], dtype=np.int32)
    found, n_components = label_components(member, head, tail)
    assert found.tolist() == [0, 1, -1, 2, 0, 2, 2]
    assert n_components == 3


def test_a_long_chain_met_from_its_end_is_one_component() -> None:
    units = np.arange(2000, dtype=np.int32)
    found, n_components = label_components(np.ones(2000, dtype=bool), units[-2::-1].copy(), units[:0:-1].copy())
    assert n_components == 1
    assert not found.any()


@given(st.lists(st.integers(0, 20), min_size=1, max_size=20))
def test_root_of_equals_its_twin_and_keeps_every_root(drawn: list[int]) -> None:
    """Each unit's parent is itself or a smaller unit, as in the forest of label_components."""
    parent = np.array([min(unit, above) for unit, above in enumerate(drawn)], dtype=np.int64)
    wanted = [reference.root_of(unit, parent.tolist()) for unit in range(len(parent))]
    assert [int(root_of(unit, parent)) for unit in range(len(parent))] == wanted
    assert [reference.root_of(unit, parent.tolist()) for unit in range(len(parent))] == wanted
