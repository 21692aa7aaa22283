"""A yardstick that stays: designations by the scale of a year that is held, beside the year's own."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from builders import make_cell_units, make_policy
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.scales import on_both_scales
from udsat_geo.messages.errors import InputError
from udsat_geo.scoring.scores import Yardstick, on_scale, score_units
from udsat_geo.units.edges import find_edges

SIDE = 6
PEOPLE = np.full(SIDE * SIDE, 100)


def town(gap):
    """36 cells of 100 people: 10 in a hundred are poor, and `gap` more in a corner of four cells."""
    cells = [(row, col) for row in range(SIDE) for col in range(SIDE)]
    poor = [[10 + (gap if row < 2 and col < 2 else 0)] for row, col in cells]
    return make_cell_units(cells, PEOPLE, poor, [[100]] * len(cells))


def policy_of(decides="year", **score):
    return make_policy(score={"scale_of": 2017, "decides": decides, **score})


def judged(units, year, policy, yardstick=None):
    edges = find_edges(units, policy)
    scores = score_units(units, policy, edges)
    return on_both_scales(year, yardstick, scores, policy, lambda by: form_areas(units, by, edges, policy))


def test_halving_every_gap_shrinks_what_the_yardstick_designates_and_not_what_the_year_does():
    """The vision is that gaps halve. The year's own scale finds the same corner worst off, whatever the gap."""
    policy = policy_of()
    _scores, before, of_2017 = judged(town(40), 2017, policy)
    _scores, after, of_2025 = judged(town(20), 2025, policy, of_2017.yardstick)
    assert len(before) == len(after) == 1
    assert (of_2017.by_year.residents, of_2017.by_yardstick.residents) == (400, 400)
    assert (of_2025.by_year.residents, of_2025.by_yardstick.residents) == (400, 400)
    _scores, after, of_2029 = judged(town(12), 2029, policy, of_2017.yardstick)
    assert (of_2029.by_year.residents, of_2029.by_yardstick.residents) == (400, 0)
    assert len(after) == 1


def test_the_yardstick_decides_where_the_policy_says_so():
    _scores, _areas, of_2017 = judged(town(40), 2017, policy_of())
    scores, areas, scales = judged(town(12), 2025, policy_of("yardstick"), of_2017.yardstick)
    assert len(areas) == 0
    assert scales.by_year.residents == 400
    np.testing.assert_array_equal(scores.city, of_2017.yardstick.city)
    own = score_units(town(12), policy_of())
    np.testing.assert_array_equal(scales.composite, own.composite)


def test_the_scale_of_the_year_itself_changes_nothing():
    units, policy = town(40), policy_of()
    own = score_units(units, policy)
    again = on_scale(own, policy, own.city, own.spread)
    np.testing.assert_array_equal(again.composite, own.composite)
    np.testing.assert_array_equal(again.exceeded, own.exceeded)


def test_by_hand_a_composite_by_the_yardstick():
    """30 of 100 poor, against 20 in a hundred and a spread of 5 points: 2."""
    units, policy = town(20), policy_of()
    held = Yardstick(2017, policy.keys, np.array([0.20]), np.array([0.05]))
    by_held = on_scale(score_units(units, policy), policy, held.city, held.spread)
    np.testing.assert_allclose(by_held.composite[[0, -1]], [2.0, -2.0])


def test_a_yardstick_that_is_to_decide_must_be_there():
    with pytest.raises(InputError, match=r"score.scale_of: decides by the scale of 2017, and neither"):
        judged(town(20), 2025, policy_of("yardstick"))
    assert judged(town(20), 2025, policy_of())[2] is None


@pytest.mark.parametrize(
    ("score", "told"),
    [
        ({"decides": "yardstick"}, "score.decides: says nothing without score.scale_of"),
        ({"scale_of": 2017, "method": "percentile"}, "other scales know no spread to hold"),
        ({"scale_of": 2017, "scale": {"source": "", "city": {}, "spread": {}}}, "source"),
        ({"scale_of": 2017, "scale": {"source": "x", "city": {}, "spread": {"c0": 1.0}}}, "score.scale.city: does not"),
        (
            {"scale_of": 2017, "scale": {"source": "x", "city": {"c0": 1.0}, "spread": {"c0": -1.0}}},
            "greater than or equal to 0",
        ),
    ],
)
def test_what_does_not_fit_together_is_told(score, told):
    with pytest.raises(ValidationError, match=told):
        make_policy(score=score)
