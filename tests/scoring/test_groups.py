"""Groups of criteria: so many of some, together with others; and how many groups must be met."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builders import make_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import groups_met, meets_demands, meets_groups

EVERY_WAY = np.array(list(product([False, True], repeat=4)))
"""All that can be exceeded of four criteria."""


def grouped(*groups: dict[str, object], **rule: object) -> Policy:
    named = [{"key": f"g{place}", **group} for place, group in enumerate(groups)]
    return make_policy(("high",) * 4, score={"method": "none"}, rule={"groups": named, **rule})


def test_one_of_two_together_with_another() -> None:
    policy = grouped({"criteria": ["c0", "c1"], "require": ["c3"]})
    assert meets_groups(EVERY_WAY, policy).tolist() == [bool((a or b) and d) for a, b, _c, d in EVERY_WAY.tolist()]


def test_without_groups_nothing_is_asked() -> None:
    assert meets_groups(EVERY_WAY, make_policy(("high",) * 4, rule={"core": 1.0})).all()


def test_groups_stand_beside_what_else_is_asked() -> None:
    policy = grouped({"criteria": ["c0"]}, criteria=2, require=["c1"])
    wanted = [bool(a and b and sum(row) >= 2) for row in EVERY_WAY.tolist() for a, b in [row[:2]]]
    assert meets_demands(EVERY_WAY, policy).tolist() == wanted


KEYS = st.lists(st.sampled_from(["c0", "c1", "c2", "c3"]), unique=True)


@given(st.data())
def test_any_groups_are_counted_as_by_hand(data: st.DataObject) -> None:
    groups = []
    for _ in range(data.draw(st.integers(1, 3))):
        criteria = data.draw(KEYS.filter(bool))
        at_least = data.draw(st.integers(1, len(criteria)))
        groups.append({"criteria": criteria, "at_least": at_least, "require": data.draw(KEYS)})
    least = data.draw(st.integers(1, len(groups)))
    policy = grouped(*groups, groups_met=least)
    met = groups_met(EVERY_WAY, policy)
    for row, of_row, enough in zip(
        EVERY_WAY.tolist(), met.tolist(), meets_groups(EVERY_WAY, policy).tolist(), strict=True
    ):
        exceeded = {f"c{place}" for place, is_so in enumerate(row) if is_so}
        by_hand = [
            len(exceeded & {*group["criteria"]}) >= group["at_least"] and exceeded >= {*group["require"]}
            for group in groups
        ]
        assert of_row == by_hand
        assert enough == (sum(by_hand) >= least)
