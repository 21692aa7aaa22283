"""How rates are read: alone, with neighbours, drawn towards a mean; and what is asked of a unit by itself."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from builders import make_cell_units, make_policy
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.near_misses import find_near_misses
from udsat_geo.areas.roles import REASON_KEYS
from udsat_geo.scoring.rates import read_rates
from udsat_geo.scoring.scores import score_units
from udsat_geo.units.edges import find_edges

ROW = [(0, 0), (0, 1), (0, 2), (0, 4)]
"""Three cells in a row, and one by itself."""


def row_of_cells():
    return make_cell_units(ROW, [10, 20, 30, 40], [[1], [4], [9], [4]], [[10], [20], [30], [40]])


@pytest.mark.long
def test_with_its_neighbours_a_unit_is_read_with_those_it_touches():
    residents, rate = read_rates(row_of_cells(), make_policy(context={"method": "neighbours"}))
    assert residents.tolist() == [30, 60, 50, 40]
    assert rate[:, 0].tolist() == [5 / 30, 14 / 60, 13 / 50, 4 / 40]


@pytest.mark.long
def test_areas_without_neighbours_are_still_read_with_those_that_share_a_point():
    policy = make_policy(context={"method": "neighbours"}, areas={"neighbours": "none", "residents": 0})
    assert read_rates(row_of_cells(), policy)[0].tolist() == [30, 60, 50, 40]


@pytest.mark.parametrize("method", ["none", "nearest"])
def test_alone_is_alone_however_it_is_said(method):
    residents, rate = read_rates(row_of_cells(), make_policy(context={"method": method}))
    assert residents.tolist() == [10, 20, 30, 40]
    assert rate[:, 0].tolist() == [0.1, 0.2, 0.3, 0.1]


@pytest.mark.long
def test_towards_the_city_all_units_are_one_neighbourhood():
    units, policy = row_of_cells(), make_policy(rates={"shrink": "global"})
    all_touch = make_cell_units([(0, 0), (0, 1), (1, 0), (1, 1)], units.residents, units.numerator, units.denominator)
    local = make_policy(rates={"shrink": "local"})
    np.testing.assert_allclose(read_rates(units, policy)[1], read_rates(all_touch, local)[1], rtol=1e-12)


@pytest.mark.long
def test_a_unit_without_a_base_has_no_rate_and_moves_no_neighbour():
    with_it = make_cell_units(ROW[:3], [10, 0, 30], [[1], [0], [9]], [[10], [0], [30]])
    without = make_cell_units([ROW[0], ROW[2]], [10, 30], [[1], [9]], [[10], [30]])
    policy = make_policy(rates={"shrink": "local"})
    rate = read_rates(with_it, policy)[1][:, 0]
    assert np.isnan(rate[1])
    np.testing.assert_allclose(rate[[0, 2]], read_rates(without, policy)[1][:, 0])


def test_own_rates_are_kept_beside_those_in_view():
    scores = score_units(row_of_cells(), make_policy(context={"method": "neighbours"}))
    assert scores.rate_own[:, 0].tolist() == [0.1, 0.2, 0.3, 0.1]
    assert scores.composite_own.tolist() == ((scores.rate_own - scores.city) / scores.spread)[:, 0].tolist()


def test_a_unit_that_is_by_itself_better_off_than_the_city_stays_out():
    """The first cell is drawn up by its neighbours, and is below the city by itself."""
    units = make_cell_units(ROW, [10, 20, 30, 400], [[1], [12], [18], [40]], [[10], [20], [30], [400]])
    inside = {}
    for own in (None, 0.0):
        rule = {"core": 0.5, "edge": 0.5, "own": own}
        policy = make_policy(context={"method": "neighbours"}, rule=rule)
        edges = find_edges(units, policy)
        scores = score_units(units, policy, edges)
        areas = form_areas(units, scores, edges, policy)
        inside[own] = (areas.area_of_unit >= 0).tolist()
        missed = find_near_misses(units, scores, edges, policy, areas, None)
    assert inside == {None: [True, True, True, False], 0.0: [False, True, True, False]}
    assert REASON_KEYS[areas.reason[0]] == "own"
    assert [(miss.demand, miss.members.tolist()) for miss in missed] == [("own", [0])]


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"rates": {"shrink": "local"}, "context": {"residents": 5, "reach": 100}}, "rates.shrink: is for units read"),
        ({"rates": {"shrink": "local"}, "context": {"method": "neighbours"}}, "rates.shrink: is for units read alone"),
        (
            {"context": {"method": "none", "residents": 5, "reach": 9}},
            'context.residents: is for context.method "nearest"',
        ),
        ({"score": {"method": "none"}, "rule": {"criteria": 1, "own": 0.0}}, "leave out core, edge, own and leave"),
    ],
)
def test_what_does_not_fit_together_is_told(parts, told):
    with pytest.raises(ValidationError, match=told):
        make_policy(**parts)
