"""Means of amounts: withheld where few contribute most, by the rules that tau-ARGUS and sdcTable document."""

from __future__ import annotations

import numpy as np
import pytest

from public_towns import release_policy, town
from udsat_geo.designation.layers import Layers
from udsat_geo.release.policy import AmountsRule
from udsat_geo.release.public import public_set

TABLE = [
    # contributions, by dominance of two over 85 %, by 10 %
    ([100.0], True, True),
    ([90.0, 10.0], True, True),
    ([70.0, 20.0, 10.0], True, False),
    ([60.0, 36.0, 4.0], True, True),
    ([60.0, 34.0, 6.0], True, False),
    ([60.0, 25.0, 15.0], False, False),
    ([50.0, 30.0, 20.0], False, False),
    ([25.0] * 4, False, False),
    ([-60.0, 36.0, 4.0], True, True),
    ([0.0, 0.0], False, False),
    ([], False, False),
]
"""Reckoned by hand from the two rules as they are documented: the n largest are more than k % of the total; the total
less the two largest is less than p % of the largest. Empty cells are never sensitive, says sdcTable."""


@pytest.mark.parametrize(("contribution", "dominance", "p_rule"), TABLE)
def test_cells_are_sensitive_as_by_hand(contribution: list[float], dominance: bool, p_rule: bool) -> None:
    amounts = np.array(contribution)
    # each rule alone: the other is so lax that it finds nothing but a single contributor
    assert AmountsRule(dominance_n=2, dominance_k=85, p_percent=1e-9).is_sensitive(amounts) == (
        dominance or 0 < np.count_nonzero(amounts) <= 2
    )
    assert AmountsRule(dominance_n=1, dominance_k=100, p_percent=10).is_sensitive(amounts) == p_rule
    assert AmountsRule().is_sensitive(amounts) == (dominance or p_rule)


def test_one_contributor_of_three_may_be_guessed_within_80_per_cent() -> None:
    """As sdcTable has p unless it is told otherwise: 30 is less than 80 % of 40, and no less than 80 % of 35."""
    rule = AmountsRule(p_percent=80)
    assert rule.is_sensitive(np.array([40.0, 30.0, 30.0]))
    assert not rule.is_sensitive(np.array([35.0, 35.0, 30.0]))


def incomes(mean: list[float]) -> Layers:
    """Three cells of 200 people, two of them an area, with mean incomes."""
    residents = np.array([[200, 200, 200]])
    layers = town(residents, residents // 2, np.array([[1, 1, 1]]))
    return with_amount(layers, mean)


def with_amount(layers: Layers, mean: list[float]) -> Layers:
    """The criterion as a mean of an amount by cell."""
    import dataclasses

    import pyarrow as pa

    (criterion,) = layers.summary.criteria
    criterion.__dict__.update(share=False, unit="DKK")
    units = layers.layers["units"]
    table = units.table.append_column("rate_own_poor", pa.array(mean))
    return dataclasses.replace(layers, layers={**layers.layers, "units": dataclasses.replace(units, table=table)})


def test_the_mean_of_an_area_is_withheld_where_one_cell_has_most_of_it() -> None:
    policy = release_policy(form="none")
    told = public_set(incomes([100.0, 110.0, 120.0]), policy).content["areas"][0]["rate_poor"]
    withheld = public_set(incomes([5000.0, 110.0, 120.0]), policy).content["areas"][0]
    assert told is not None
    assert (withheld["rate_poor"], withheld["withheld"]) == (None, "poor")
