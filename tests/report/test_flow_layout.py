"""Bars and bands of a flow chart: as wide as they have residents, and never on each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures_by_hand import ints, lineage_of
from udsat_geo.changes.lineage import Lineage
from udsat_geo.report.flow_chart import lay_out

HEIGHT, LEAST, BETWEEN = 15.0, 0.3, 0.1


def flows_of(shared: np.ndarray, came: np.ndarray, left: np.ndarray, before: np.ndarray) -> Lineage:
    """Two years: residents shared (n_before, n_now), come from outside, gone to it, and of the first year."""
    n_before, n_now = shared.shape
    tail, head = np.nonzero(shared)
    return lineage_of(
        (2017, 2021),
        [str(area) for area in range(n_before + n_now)],
        np.column_stack([tail, head + n_before, shared[tail, head]]).tolist(),
        year=np.repeat(ints(2017, 2021), [n_before, n_now]),
        residents=np.concatenate([before, shared.sum(axis=0) + came]),
        from_outside=np.concatenate([np.zeros(n_before, dtype=np.int64), came]),
        to_outside=np.concatenate([left, np.zeros(n_now, dtype=np.int64)]),
    )


@st.composite
def two_years(draw: st.DrawFn) -> Lineage:
    n_before, n_now = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    people = st.integers(0, 40_000)

    def some(count: int) -> np.ndarray:
        return np.array(draw(st.lists(people, min_size=count, max_size=count)), dtype=np.int64)

    shared = some(n_before * n_now).reshape(n_before, n_now) * (
        some(n_before * n_now).reshape(n_before, n_now) % 3 == 0
    )
    return flows_of(shared, some(n_now), some(n_before), some(n_before))


@pytest.mark.long
@given(two_years())
def test_bars_have_one_scale_and_rooms_do_not_overlap(lineage: Lineage) -> None:
    made = lay_out(lineage, HEIGHT, LEAST, BETWEEN)
    residents = lineage.nodes.residents.astype(float)
    scale = made.height.sum() / max(residents.sum(), 1)
    np.testing.assert_allclose(made.height, scale * residents, rtol=1e-9, atol=1e-12)
    for column in (0, 1):
        members = np.flatnonzero(made.column == column)
        room = np.maximum(made.height[members], LEAST)
        order = np.argsort(made.middle[members])
        top, bottom = (made.middle[members] - room / 2)[order], (made.middle[members] + room / 2)[order]
        assert (top[1:] - bottom[:-1] >= BETWEEN - 1e-9).all()
        assert top[0] >= -1e-9
        assert bottom[-1] <= HEIGHT + 1e-9


@pytest.mark.long
@given(two_years())
def test_the_scale_is_the_largest_that_fits(lineage: Lineage) -> None:
    made = lay_out(lineage, HEIGHT, LEAST, BETWEEN)
    needed = []
    for column in (0, 1):
        members = made.column == column
        larger = np.maximum(1.001 * made.height[members], LEAST)
        needed.append(larger.sum() + BETWEEN * (members.sum() - 1))
    if lineage.nodes.residents.sum():
        assert max(needed) > HEIGHT


@pytest.mark.long
@given(two_years())
def test_bands_share_out_both_sides_of_a_bar(lineage: Lineage) -> None:
    made, flows, nodes = lay_out(lineage, HEIGHT, LEAST, BETWEEN), lineage.flows, lineage.nodes
    for area in range(len(nodes)):
        for here, low, high, rest, outside in (
            (flows.tail, 0, 1, made.left, nodes.to_outside),
            (flows.head, 2, 3, made.came, nodes.from_outside),
        ):
            ends = made.band[here == area]
            pieces = [*zip(ends[:, low], ends[:, high], strict=True), tuple(rest[area])]
            widths = np.array([bottom - top for top, bottom in pieces])
            people = np.append(flows.residents[here == area], outside[area]).astype(float)
            if people.sum():
                # one after the other from top to bottom, by residents
                np.testing.assert_allclose(widths, made.height[area] * people / people.sum(), atol=1e-9)
                assert min(top for top, _ in pieces) == pytest.approx(made.top[area])
                assert max(bottom for _, bottom in pieces) == pytest.approx(made.top[area] + made.height[area])


def test_areas_stand_by_residents_and_then_near_their_ancestors() -> None:
    # now: the heir of the smallest, a new one, the heir of the largest
    shared = np.array([[0, 0, 900], [0, 0, 0], [100, 0, 0]])
    lineage = flows_of(shared, ints(0, 500, 0), ints(0, 300, 0), ints(900, 300, 100))
    made = lay_out(lineage, HEIGHT, LEAST, BETWEEN)
    assert np.argsort(made.top[:3]).tolist() == [0, 1, 2]
    assert (3 + np.argsort(made.top[3:])).tolist() == [5, 3, 4]


def test_residents_of_another_year_are_shared_out_over_the_earlier_bar() -> None:
    """An area of 1,000 whose ground holds 1,500 later, 1,200 of them in an area: four fifths of its bar go on."""
    lineage = flows_of(np.array([[1200]]), ints(0), ints(300), ints(1000))
    made = lay_out(lineage, HEIGHT, LEAST, BETWEEN)
    assert (made.band[0, 1] - made.band[0, 0]) / made.height[0] == pytest.approx(0.8)
    assert (made.band[0, 3] - made.band[0, 2]) / made.height[1] == pytest.approx(1.0)
