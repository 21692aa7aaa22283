"""Zones a hair apart touch, and what is told of them and of wider gaps."""

from __future__ import annotations

import pytest
import shapely
from shapely import box

from builders import make_policy, make_zone_units
from udsat_geo.units.edges import find_edges, tell_gaps


def squares(gap: float) -> list[object]:
    """Nine squares of a hundred metres with a gap between them."""
    return [box(100 * i, 100 * j, 100 * i + 100 - gap, 100 * j + 100 - gap) for i in range(3) for j in range(3)]


@pytest.mark.parametrize(("neighbours", "pairs"), [("queen", 20), ("rook", 12)])
@pytest.mark.parametrize(
    ("gap", "touch", "told"),
    [(0.0, True, ""), (1e-6, True, "gap of at most 0.001 m"), (0.01, False, "within a metre"), (2.0, False, "")],
)
def test_a_hair_is_no_gap(neighbours: str, pairs: int, gap: float, touch: bool, told: str) -> None:
    units, policy = make_zone_units(squares(gap)), make_policy(areas={"neighbours": neighbours})
    edges = find_edges(units, policy)
    assert len(edges) == (pairs if touch else 0)
    notes = tell_gaps(units, policy, edges, "en")
    assert [told in note for note in notes] == [True] * bool(told)
    if notes:
        assert notes[0].startswith(f"{pairs} pairs")


def test_a_tolerance_that_was_asked_for_is_not_told_again() -> None:
    units, policy = make_zone_units(squares(0.5)), make_policy(areas={"tolerance": 0.8})
    edges = find_edges(units, policy)
    assert len(edges) == 20
    assert tell_gaps(units, policy, edges, "en") == ()
    strict = make_policy(areas={"tolerance": 0.0})
    assert len(find_edges(make_zone_units(squares(1e-6)), strict)) == 0


def test_a_shared_line_is_one_however_short() -> None:
    zones = [box(0, 0, 10, 10), box(10, 9.999, 20, 20), box(-5, 10, 0, 20)]
    for tolerance in (0.0, 0.001):
        policy = make_policy(areas={"neighbours": "rook", "tolerance": tolerance})
        edges = find_edges(make_zone_units(zones), policy)
        assert list(zip(edges.head.tolist(), edges.tail.tolist(), strict=True)) == [(0, 1)]
    assert shapely.touches(zones[0], zones[2])
