"""Which variants of a policy are made: the space, what it refuses, each key alone, and the sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from builders import make_policy
from udsat_geo.analysis.space import CORE, EDGE, LEFT_OUT, VARIED_OF_VARIANTS, Space, policy_at, read_space
from udsat_geo.analysis.trial import check_can_vary
from udsat_geo.analysis.variants import AB, ONE, POLICY, A, B, check_space, design_of, space_around
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy, ScoreRule

KBH = load_policy("kbh-2017").policy
FEW = """
[context]
residents = [250, 500]
[rule]
core = [0.9, 1.0, 1.1]
edge = [0.5]
"""


def read(folder: Path, text: str, policy: Policy = KBH) -> Space:
    path = folder / "space.toml"
    path.write_text(text, encoding="utf-8")
    return read_space(path, policy, VARIED_OF_VARIANTS)


def refused(folder: Path, text: str, policy: Policy = KBH, has_grid: bool = True) -> tuple[str, ...]:
    with pytest.raises(InputError) as error:
        check_space(read(folder, text, policy), policy, has_grid)
    return error.value.messages


# --- by default ---------------------------------------------------------------------------------------------------


def test_the_space_around_a_policy_holds_all_that_an_office_might_have_written() -> None:
    policy = KBH.model_copy(update={"score": ScoreRule()})
    space = space_around(policy, has_grid=True)
    values = dict(zip(space.keys, space.values, strict=True))
    assert values["units.size"] == (80, 100, 125)
    assert values["grid.east"] == values["grid.north"] == (0.0, 25.0, 50.0, 75.0)
    assert values["context.residents"] == (250, 375, 500, 750, 1000)
    assert values["score.method"] == ("gap_sd", "percentile", "exponential")
    assert values[LEFT_OUT] == ((), *((key,) for key in KBH.keys))
    assert values["weights.low_income"] == (0.5, 1.0, 2.0)
    # no edge above any core
    assert (min(values[CORE]), max(values[CORE])) == (0.75, 1.25)
    assert (min(values[EDGE]), max(values[EDGE])) == (0.25, 0.75)
    assert values["rule.criteria"] == (2, 3, 4)
    check_space(space, policy, has_grid=True)


@pytest.mark.parametrize(
    ("rule", "context"),
    [
        ({"core": 0.6, "edge": 0.5}, {}),
        ({"core": 0.6}, {"method": "nearest", "residents": 20, "reach": 300}),
        ({"core": 0.6, "edge": 0.6, "criteria": 3, "require": ["c1"]}, {"method": "neighbours"}),
    ],
)
def test_the_space_around_any_policy_goes_together(rule: dict[str, object], context: dict[str, object]) -> None:
    policy = make_policy(("high", "low", "high"), rule=rule, context=context, areas={"residents": 30})
    space = space_around(policy, has_grid=False)
    check_space(space, policy, has_grid=False)
    assert not {"units.size", "grid.east"}.intersection(space.keys)


def test_without_a_composite_criteria_alone_vary() -> None:
    policy = make_policy(("high", "low"), score={"method": "none"}, rule={"criteria": 1}, areas={"residents": 0})
    space = space_around(policy, has_grid=False)
    check_space(space, policy, has_grid=False)
    assert {key for key, values in zip(space.keys, space.values, strict=True) if len(values) > 1} == {
        "rates.shrink",
        "rule.criteria",
    }


# --- what is refused ----------------------------------------------------------------------------------------------


def test_all_that_is_wrong_with_a_space_is_told_at_once(tmp_path: Path) -> None:
    text = """
    [grid]
    east = [0, -5]
    up = [1]
    [score]
    method = ["none", "ranks"]
    [rule]
    core = ["high"]
    [wieghts]
    low_income = [1]
    """
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    told = "\n".join(error.value.messages)
    for key in ("grid.east", "grid.up", "score.method", "rule.core", "wieghts"):
        assert f"space.toml: {key}" in told
    assert len(error.value.messages) == 6
    assert "weights" in told  # what is nearest


def test_every_value_goes_with_every_value_of_the_others(tmp_path: Path) -> None:
    messages = refused(tmp_path, "[rule]\ncore = [0.5, 1.0]\nedge = [0.4, 0.6]\n[context]\nresidents = [0, 500]")
    assert len(messages) == 1
    assert "rule.edge" in messages[0]
    assert "rule.core = 0.5" in messages[0]
    assert "take out" in messages[0]
    messages = refused(tmp_path, '[context]\nmethod = ["none", "nearest"]\nresidents = [0, 500]')
    assert len(messages) == 1
    assert "context.method = none" in messages[0]


def test_cells_of_a_table_lie_where_they_lie_and_something_must_vary(tmp_path: Path) -> None:
    messages = refused(tmp_path, "[units]\nsize = [50, 100]\n[grid]\neast = [0, 50]", has_grid=False)
    assert [message.split(":")[1].strip() for message in messages] == ["units.size", "grid.east"]
    assert "varies nothing" in refused(tmp_path, "[rule]\ncore = [1.0]")[0]


def test_the_other_tables_are_of_variants_alone(tmp_path: Path) -> None:
    path = tmp_path / "space.toml"
    path.write_text("[grid]\neast = [0, 50]", encoding="utf-8")
    with pytest.raises(InputError, match="unknown key"):
        read_space(path, KBH)


def test_indices_are_refused() -> None:
    with pytest.raises(InputError, match="is an index"):
        check_can_vary(load_policy("mss-berlin").policy, 2023)


# --- which variants -----------------------------------------------------------------------------------------------


def test_each_key_alone_and_a_sample_that_changes_one_column_at_a_time(tmp_path: Path) -> None:
    space = read(tmp_path, FEW)
    design = design_of(space, 70, 1)
    residents, core = (space.keys.index(key) for key in ("context.residents", CORE))
    assert design.factors == (residents, core)
    assert design.base == 16  # the power of two with 16 * (2 + 2) of at most 70
    assert np.bincount(design.part).tolist() == [1, 1 + 2, 16, 16, 32]
    assert design.settings(0, KBH)[CORE] == 1.0
    own = design.place[design.part == POLICY][0]
    for row in np.flatnonzero(design.part == ONE):
        assert (design.place[row] != own).sum() == 1
        assert design.place[row, design.key[row]] != own[design.key[row]]
    a, b = design.place[design.part == A], design.place[design.part == B]
    for key in design.factors:
        mixed = design.place[(design.part == AB) & (design.key == key)]
        expected = a.copy()
        expected[:, key] = b[:, key]
        np.testing.assert_array_equal(mixed, expected)
    # as many of each value as can be
    assert np.bincount(a[:, residents]).tolist() == [8, 8]
    np.testing.assert_array_equal(design.place, design_of(space, 70, 1).place)
    assert (design.place != design_of(space, 70, 2).place).any()


def test_the_policy_is_varied_around_even_where_its_own_value_is_not_tried(tmp_path: Path) -> None:
    space = read(tmp_path, "[rule]\ncore = [0.8, 1.2]")
    design = design_of(space, 0, 0)
    assert [design.settings(row, KBH)[CORE] for row in range(len(design))] == [1.0, 0.8, 1.2]
    assert (design.base, design.part.tolist()) == (0, [POLICY, ONE, ONE])


def test_too_few_for_a_sample_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--variants 7.*at least 8"):
        design_of(read(tmp_path, FEW), 7, 0)


def test_an_edge_that_is_the_core_stays_the_core(tmp_path: Path) -> None:
    policy = make_policy(("high", "high"), rule={"core": 1.0}, areas={"residents": 10})
    space = read(tmp_path, "[rule]\ncore = [0.5, 1.0, 1.5]", policy)
    design = design_of(space, 0, 0)
    assert design.factors == (space.keys.index(CORE),)
    for row in range(len(design)):
        rule = policy_at(policy, design.settings(row, policy)).rule
        assert rule.edge_threshold == rule.core_threshold
