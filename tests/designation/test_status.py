"""The areas against the rest of the city."""

from __future__ import annotations

import math
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_cell_units, make_policy
from strategies import cell_units, policies
from udsat_geo.designation.status import take_status
from udsat_geo.policy.rules import Policy
from udsat_geo.units.units import Units


def test_status_by_hand() -> None:
    units = make_cell_units(
        [(0, 0), (0, 1), (0, 5)], [10, 30, 60], [[8, 200], [6, 900], [6, 3000]], [[10, 10], [10, 30], [80, 60]]
    )
    status = take_status(units, np.array([0, 1, -1]), make_policy(["high", "low"]))
    np.testing.assert_array_equal(status.areas, [14 / 20, 1100 / 40])
    np.testing.assert_array_equal(status.rest_of_city, [6 / 80, 50.0])
    np.testing.assert_array_equal(status.city, [20 / 100, 41.0])
    np.testing.assert_array_equal(status.gap, [14 / 20 - 6 / 80, 22.5])
    assert (status.residents_in_areas, status.residents) == (40, 100)
    assert status.share_of_residents == 0.4


def test_without_areas_their_rates_are_missing() -> None:
    units = make_cell_units([(0, 0)], [5], [[1]], [[2]])
    status = take_status(units, np.array([-1]), make_policy())
    assert np.isnan(status.areas).all()
    assert np.isnan(status.gap).all()
    assert status.rest_of_city.tolist() == status.city.tolist() == [0.5]
    assert status.share_of_residents == 0.0


def test_a_city_that_is_all_area_has_no_rest() -> None:
    status = take_status(make_cell_units([(0, 0)], [5], [[1]], [[2]]), np.array([0]), make_policy())
    assert np.isnan(status.rest_of_city).all()
    assert np.isnan(status.gap).all()
    assert status.share_of_residents == 1.0


def test_an_empty_city_has_no_share() -> None:
    status = take_status(make_cell_units([(0, 0)], [0]), np.array([0]), make_policy())
    assert math.isnan(status.share_of_residents)


@pytest.mark.long
@given(cell_units(), policies(), st.data())
def test_the_city_lies_between_its_areas_and_its_rest(units: Units, policy: Policy, data: Any) -> None:
    area_of_unit = data.draw(hnp.arrays(np.int64, len(units), elements=st.integers(-1, 2)))
    status = take_status(units, area_of_unit, policy)
    inside = area_of_unit >= 0
    assert status.residents_in_areas == units.residents[inside].sum()
    for j, criterion in enumerate(policy.criteria):
        top, over = units.numerator[inside, j].sum(), units.denominator[inside, j].sum()
        assert status.areas[j] == top / over if over else math.isnan(status.areas[j])
        low, high = np.fmin(status.areas[j], status.rest_of_city[j]), np.fmax(status.areas[j], status.rest_of_city[j])
        if not math.isnan(status.city[j]):
            assert low - 1e-12 <= status.city[j] <= high + 1e-12
        if not math.isnan(status.gap[j]):
            worse = status.areas[j] > status.rest_of_city[j]
            better = status.areas[j] < status.rest_of_city[j]
            assert (status.gap[j] > 0) == (worse if criterion.worse == "high" else better)
