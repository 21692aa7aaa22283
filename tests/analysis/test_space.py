"""The space of settings: read, refused, by default, and as a policy file."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import make_policy
from udsat_geo.analysis.space import (
    CORE,
    EDGE,
    LEAST,
    LEFT_OUT,
    Space,
    default_space,
    formations,
    in_toml,
    policy_at,
    read_space,
)
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy

KBH = load_policy("kbh-2017").policy


def read(folder: Path, text: str, policy: Policy = KBH) -> Space:
    path = folder / "space.toml"
    path.write_text(text, encoding="utf-8")
    return read_space(path, policy)


def refused(folder: Path, text: str, policy: Policy = KBH) -> tuple[str, ...]:
    with pytest.raises(InputError) as error:
        formations(read(folder, text, policy), policy)
    return error.value.messages


# --- read ---------------------------------------------------------------------------------------------------------


def test_values_are_lists_ranges_or_one(tmp_path: Path) -> None:
    space = read(
        tmp_path,
        """
        [rule]
        criteria = { from = 1, to = 5, step = 2 }
        core = { from = 0.9, to = 1.2, step = 0.1 }
        edge = [0.5, 0.4, 0.5]
        own = ["none", 0]
        [context]
        residents = 250
        [criteria]
        left_out = 1
        [weights]
        low_income = [1, 2]
        """,
    )
    assert space.keys == (
        "context.residents", LEFT_OUT, "weights.low_income", EDGE, "rule.criteria", "rule.own", CORE, LEAST,
    )  # fmt: skip
    assert dict(zip(space.keys, space.values, strict=True)) == {
        "context.residents": (250,),
        LEFT_OUT: ((), *((key,) for key in KBH.keys)),
        "weights.low_income": (1.0, 2.0),
        EDGE: (0.4, 0.5),
        "rule.criteria": (1, 3, 5),
        "rule.own": (None, 0.0),
        CORE: (0.9, 1.0, 1.1, 1.2),
        LEAST: (1000,),
    }
    assert space.own == (-1, 0, 0, 1, 1, 0, 1, 0)
    assert space.combinations == 6 * 2 * 2 * 3 * 2 * 4


def test_all_choices_of_criteria_but_none_and_those_that_are_required(tmp_path: Path) -> None:
    space = read(tmp_path, "[criteria]\nleft_out = 4")
    assert len(space.values[0]) == 2**5 - 1
    requiring = KBH.model_copy(update={"rule": KBH.rule.model_copy(update={"require": ("low_income",)})})
    space = read(tmp_path, "[criteria]\nleft_out = 4", requiring)
    assert len(space.values[0]) == 2**4
    assert all("low_income" not in choice for choice in space.values[0])  # type: ignore[operator]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = """
    units = { size = [100, 200] }
    areas = 3
    [rule]
    core = [1.0, "high"]
    kore = [1.0]
    edge = { from = 1, to = 0, step = 0.1 }
    criteria = [-1]
    own = []
    [context]
    residents = { from = 0, to = 500 }
    method = "nearest, please"
    reach = true
    [criteria]
    left_out = 9
    [weights]
    low_income = [-1]
    income = [1]
    """
    assert refused(tmp_path, text) == (
        "space.toml: units: unknown key. Known here: context, rates, rule, areas, criteria, weights.",
        "space.toml: areas: must be a table of names and values.",
        "space.toml: rule.core: must be a number (given: 'high').",
        "space.toml: rule.kore: unknown key. Did you mean 'core'?",
        "space.toml: rule.edge: must rise from one number to another in steps of more than 0, and not in too many.",
        "space.toml: rule.criteria: input should be greater than or equal to 0 (given: -1).",
        "space.toml: rule.own: names no value.",
        "space.toml: context.residents: must be a list of values, or { from = ..., to = ..., step = ... } in numbers.",
        "space.toml: context.method: input should be 'nearest', 'neighbours' or 'none' (given: 'nearest, please').",
        "space.toml: context.reach: is true or false, which is no value of it.",
        "space.toml: criteria.left_out: must be a whole number from 0 to 4: how many criteria are left out at most "
        "(given: 9).",
        "space.toml: weights.low_income: input should be greater than or equal to 0 (given: -1).",
        "space.toml: weights.income: unknown key. Did you mean 'low_income'?",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "space.toml: names nothing that may vary."),
        ("[rule\n", "space.toml: is not valid TOML:"),
        ("[rule]\ncriteria = [3, 6]", "space.toml: rule.criteria: 6 goes together with no value of the other keys "
         "(rule.criteria: asks for 6 of 5 criteria)."),
        ("[rule]\nedge = [0.5, 2.0]", "space.toml: rule.edge: 2.0 goes together with no value of the other keys "
         "(rule.edge: lies above rule.core;"),
        ("[rule]\ncore = [0.4, 1.0]", "space.toml: rule.core: 0.4 goes together with no value of the other keys "
         "(rule.edge: lies above it, whatever its value)."),
        ('[context]\nmethod = ["none"]\nresidents = [500]', "space.toml: context.method: none goes together with no "),
        ("[rule]\ncore = { from = 0, to = 1, step = 0.0002 }\nedge = { from = 0, to = 1, step = 0.001 }",
         "space.toml: has 5,006,001 combinations, and at most 2,000,000 can be tried."),
    ],
    ids=["empty", "toml", "criteria", "edge", "core", "context", "many"],
)  # fmt: skip
def test_what_cannot_be_searched_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert refused(tmp_path, text)[0].startswith(told)


def test_what_a_base_says_cannot_be_taken_away(tmp_path: Path) -> None:
    """No policy that extends one with `own` is without."""
    with_own = KBH.model_copy(update={"rule": KBH.rule.model_copy(update={"own": 0.0})})
    told = "space.toml: rule.own: can be none only where the policy has none: what a base says cannot be taken away."
    assert refused(tmp_path, '[rule]\nown = ["none", 0.0]', with_own) == (told,)


def test_a_space_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere.toml: cannot be read \(No such file or directory\)"):
        read_space(tmp_path / "nowhere.toml", KBH)


# --- by default ---------------------------------------------------------------------------------------------------


def test_by_default_the_space_lies_around_the_policy() -> None:
    space = default_space(KBH)
    values = dict(zip(space.keys, space.values, strict=True))
    assert values["context.residents"] == (0, 250, 500, 1000)
    assert values[LEAST] == (0, 500, 1000, 1500, 2000)
    assert values["rule.criteria"] == (0, 1, 2, 3, 4, 5)
    assert (values[CORE][0], values[CORE][-1], len(values[CORE])) == (0.5, 1.5, 21)
    assert (values[EDGE][0], values[EDGE][-1]) == (0.0, 1.0)
    assert space.at(space.own) == {
        "context.residents": 500, LEFT_OUT: (), EDGE: 0.5, "rule.criteria": 3, CORE: 1.0, LEAST: 1000,
    }  # fmt: skip
    assert policy_at(KBH, space.at(space.own)) == KBH


@pytest.mark.parametrize(
    "policy",
    [
        make_policy(("high", "low"), rule={"core": 1.0}),
        make_policy(("high", "low", "low"), score={"method": "none"}, rule={"criteria": 2}),
        make_policy(("high",), score={"method": "percentile"}, rule={"core": 90.0, "edge": 80.0}),
        make_policy(("high",) * 12, context={"method": "none"}),
        make_policy(("high",) * 3, units={"kind": "addresses"}, areas={"reach": 100, "residents": 10}),
    ],
    ids=["no edge", "no composite", "percentile", "many criteria", "addresses"],
)
def test_any_policy_has_a_space_of_its_own(policy: Policy) -> None:
    """The policy's own settings are in it, and all that goes together makes a policy."""
    space = default_space(policy)
    assert -1 not in space.own
    found = formations(space, policy)
    assert space.own in {(*one.place, *pair) for one in found for pair in one.pairs.tolist()}
    for one in found[:: max(len(found) // 20, 1)]:
        for pair in one.pairs[::7].tolist():
            there = policy_at(policy, space.at((*one.place, *pair)))
            assert there.misfits() == []


def test_areas_that_do_not_grow_have_one_threshold(tmp_path: Path) -> None:
    """Where neither the policy nor the space has an edge, it is the core's, whatever that is."""
    policy = make_policy(rule={"core": 1.0})
    space = read(tmp_path, "[rule]\ncore = [0.5, 1.0]", policy)
    every = [space.at((*one.place, *pair)) for one in formations(space, policy) for pair in one.pairs.tolist()]
    assert [(values[EDGE], values[CORE]) for values in every] == [(0.5, 0.5), (1.0, 1.0)]


# --- as a policy --------------------------------------------------------------------------------------------------


def test_settings_make_a_policy_file_that_has_them(tmp_path: Path) -> None:
    space = read(
        tmp_path,
        """
        [rule]
        core = [1.25]
        edge = [0.5]
        own = [0.0]
        [areas]
        neighbours = ["rook"]
        residents = [500]
        [criteria]
        left_out = 1
        [weights]
        low_income = [2]
        """,
    )
    place = [0] * len(space.keys)
    place[space.keys.index(LEFT_OUT)] = 2
    settings = space.at(place)
    lines = list(in_toml(space, settings, KBH))
    assert "edge = 0.5" not in lines
    file = tmp_path / "mine.toml"
    file.write_text("\n".join(['extends = "kbh-2017"', 'id = "mine"', *lines]), encoding="utf-8")
    loaded = load_policy(str(file)).policy
    wanted = policy_at(KBH, settings)
    assert loaded.model_dump(exclude={"id", "extends"}) == wanted.model_dump(exclude={"id", "extends"})
    assert [(one.weight, one.counted) for one in loaded.criteria] == [
        (1, True), (0, False), (2, True), (1, True), (1, True),
    ]  # fmt: skip


def test_thresholds_that_are_shares_of_the_units_are_not_varied() -> None:
    with pytest.raises(InputError, match=r"iod-2025: rule.core: is a share of the units"):
        default_space(load_policy("iod-2025").policy)
