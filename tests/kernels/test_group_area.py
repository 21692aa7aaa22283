"""Whether a group holds an area."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import reference
from builders import make_policy
from strategies import edges
from udsat_geo.kernels.group_area import (
    Group,
    composite_of_member,
    first_sufficient,
    holds_area,
    meets_demands_at,
)
from udsat_geo.scoring.scores import demands_as_arrays, meets_demands

ROUNDING = 1e-12
VALUES = st.sampled_from([-1.0, 0.0, 0.3, 0.3 + 1e-14, 0.5, 1.0, float("nan")])


@st.composite
def groups(draw: DrawFn) -> Group:
    """What the kernels take; many values are equal, or equal but for rounding."""
    n_members, n_criteria, n_groups = draw(st.integers(0, 7)), draw(st.integers(1, 3)), draw(st.integers(0, 2))

    def table(values: Any, n_rows: int, n_columns: int, of: Any) -> Any:
        drawn = draw(st.lists(values, min_size=n_rows * n_columns, max_size=n_rows * n_columns))
        return np.array(drawn, dtype=of).reshape(n_rows, n_columns)

    several = n_members > 1
    core, edge = sorted(draw(st.tuples(VALUES, VALUES)), reverse=True)
    head, tail = draw(edges(n_members))
    return Group(
        rate=table(VALUES, n_members, n_criteria, np.float64),
        composite=table(VALUES, 1, n_members if draw(st.booleans()) else 0, np.float64)[0],
        value=table(VALUES, n_members if several and draw(st.booleans()) else 1, n_criteria, np.float64),
        turn=table(st.sampled_from([-1.0, 1.0]), 1, n_criteria, np.float64)[0],
        spread=table(st.sampled_from([0.0, 0.1, 2.0]), 1, n_criteria, np.float64)[0],
        weight=table(st.sampled_from([0.0, 1.0, 0.5]), 1, n_criteria, np.float64)[0],
        threshold=np.array([core, edge, draw(VALUES)]),
        line=table(VALUES, n_members if several and draw(st.booleans()) else 1, n_criteria, np.float64),
        side=table(st.sampled_from([-2, -1, 1, 2]), 1, n_criteria, np.int64)[0],
        some=table(st.booleans(), 1 + n_groups, n_criteria, np.bool_),
        at_least=table(st.integers(0, 2), 1, 2 + n_groups, np.int64)[0],
        every=table(st.booleans(), 1 + n_groups, n_criteria, np.bool_),
        flag=table(st.booleans(), n_members, 3, np.bool_),
        residents=table(st.integers(0, 9), 1, n_members, np.int64)[0],
        least=draw(st.integers(0, 12)),
        bridged=draw(st.booleans()),
        head=head,
        tail=tail,
        rounding=ROUNDING,
    )


def plain(group: Group) -> Group:
    """The same as lists."""
    return Group(*(part.tolist() if isinstance(part, np.ndarray) else part for part in group))


def of_criteria(group: Group, values: Any, kind: Any) -> st.SearchStrategy[Any]:
    n_criteria = group.rate.shape[1]
    return st.lists(values, min_size=n_criteria, max_size=n_criteria).map(lambda drawn: np.array(drawn, dtype=kind))


@given(groups(), st.data())
def test_holds_area_equals_its_twin(group: Group, data: st.DataObject) -> None:
    moves = of_criteria(group, st.sampled_from([0.0, -0.3, 0.2]), np.float64)
    moved, for_limits = data.draw(moves), data.draw(moves)
    lists = plain(group)
    assert holds_area(group, moved, for_limits) == reference.holds_area(lists, moved.tolist(), for_limits.tolist())
    asked = ("line", "side", "some", "at_least", "every", "rounding")
    for unit in range(len(group.rate)):
        value, twin = (
            composite_of_member(unit, moved, group),
            reference.composite_of_member(unit, moved.tolist(), lists),
        )
        assert value == twin or (math.isnan(value) and math.isnan(twin))
        found = meets_demands_at(unit, group.rate, moved, *(getattr(group, name) for name in asked))
        plain_asked = (getattr(lists, name) for name in asked)
        assert found == reference.meets_demands_at(unit, lists.rate, moved.tolist(), *plain_asked)


@given(groups(), st.booleans(), st.booleans(), st.data())
def test_first_sufficient_equals_its_twin_where_more_changes_never_undo_what_fewer_do(
    group: Group, wide: bool, wanted: bool, data: st.DataObject
) -> None:
    low = data.draw(of_criteria(group, st.integers(0, 2), np.int64))
    high = low + data.draw(of_criteria(group, st.integers(0, 4), np.int64))
    step = data.draw(of_criteria(group, st.sampled_from([0.0, -0.1, 0.1, 0.25]), np.float64))
    order = np.array(data.draw(st.permutations(range(len(low)))), dtype=np.int64)
    first, last = int(low.sum()), int(high.sum())
    asked, lists = (low, high, order, step, wide, wanted), plain(group)
    plain_asked = (low.tolist(), high.tolist(), order.tolist(), step.tolist(), wide, wanted, lists)
    known = [reference.suffices(n, *plain_asked) for n in range(first, last + 1)]
    assert [first_sufficient(n, n, *asked, group) == n for n in range(first, last + 1)] == known
    if known == sorted(known):
        found = first_sufficient(first, last, *asked, group)
        assert found == reference.first_sufficient(first, last, *plain_asked)


@pytest.mark.parametrize(
    "rule",
    [
        {"criteria": 2},
        {"criteria": 1, "require": ["c2"]},
        {
            "criteria": 0,
            "groups": [
                {"key": "g0", "criteria": ["c0", "c1"], "at_least": 1},
                {"key": "g2", "criteria": ["c2"], "at_least": 1},
            ],
        },
        {
            "groups": [
                {"key": "g0", "criteria": ["c0"], "at_least": 1},
                {"key": "g1", "criteria": ["c1"], "require": ["c2"]},
            ],
            "groups_met": 2,
        },
    ],
)
def test_demands_are_those_of_the_rule_for_every_pattern_of_exceeded_criteria(rule: dict[str, Any]) -> None:
    policy = make_policy(["high"] * 3, rule={"core": 1.0, "edge": 0.5} | rule)
    patterns = np.array(np.meshgrid(*[[False, True]] * 3)).reshape(3, -1).T
    lines, sides = np.full((1, 3), 0.5), np.ones(3, dtype=np.int64)
    asked = (np.zeros(3), lines, sides, *demands_as_arrays(policy), ROUNDING)
    found = [meets_demands_at(unit, patterns.astype(np.float64), *asked) for unit in range(len(patterns))]
    assert found == meets_demands(patterns, policy).tolist()
