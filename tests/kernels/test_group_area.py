"""Whether a group holds an area."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import reference
from builders import make_policy
from strategies import edges
from udsat_geo.kernels.group_area import holds_area, meets_demands_at
from udsat_geo.scoring.scores import demands_as_arrays, meets_demands

ROUNDING = 1e-12
VALUES = st.sampled_from([-1.0, 0.0, 0.3, 0.3 + 1e-14, 0.5, 1.0, float("nan")])


@st.composite
def groups(draw: DrawFn) -> list[Any]:
    """What the kernel takes; many values are equal, or equal but for rounding."""
    n_members, n_criteria, n_groups = draw(st.integers(0, 7)), draw(st.integers(1, 3)), draw(st.integers(0, 2))

    def table(values: Any, n_rows: int, n_columns: int, of: Any) -> Any:
        drawn = draw(st.lists(values, min_size=n_rows * n_columns, max_size=n_rows * n_columns))
        return np.array(drawn, dtype=of).reshape(n_rows, n_columns)

    n_lines = n_members if n_members > 1 and draw(st.booleans()) else 1
    core, edge = sorted(draw(st.tuples(VALUES, VALUES)), reverse=True)
    return [
        table(VALUES, 1, n_members, np.float64)[0],
        np.array([core, edge, draw(VALUES)]),
        table(VALUES, n_members, n_criteria, np.float64),
        table(st.sampled_from([0.0, -0.3, 0.2]), 1, n_criteria, np.float64)[0],
        table(VALUES, n_lines, n_criteria, np.float64),
        table(st.sampled_from([-2, -1, 1, 2]), 1, n_criteria, np.int64)[0],
        table(st.booleans(), 1 + n_groups, n_criteria, np.bool_),
        table(st.integers(0, 2), 1, 2 + n_groups, np.int64)[0],
        table(st.booleans(), 1 + n_groups, n_criteria, np.bool_),
        table(st.booleans(), n_members, 3, np.bool_),
        table(st.integers(0, 9), 1, n_members, np.int64)[0],
        draw(st.integers(0, 12)),
        draw(st.booleans()),
        *draw(edges(n_members)),
        ROUNDING,
    ]


@given(groups())
def test_holds_area_equals_its_twin(group: list[Any]) -> None:
    plain = [part.tolist() if isinstance(part, np.ndarray) else part for part in group]
    assert holds_area(*group) == reference.holds_area(*plain)
    for unit in range(len(group[0])):
        assert meets_demands_at(unit, *group[2:9], ROUNDING) == reference.meets_demands_at(unit, *plain[2:9], ROUNDING)


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
