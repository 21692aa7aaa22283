"""What can be set, and decisions by hand as a table."""

from __future__ import annotations

import csv
import io
import tomllib
from contextlib import suppress

import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import load_policy
from udsat_geo.report.explorer.knobs import Knob, knobs_of
from udsat_geo.report.explorer.settings import Decided, overrides_text, settings_of

KNOBS = knobs_of(load_policy("kbh-2017").policy, (2017, 2021, 2025))


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_setting_of_every_built_in_policy_can_be_moved(name: str) -> None:
    policy = load_policy(name)
    for knob in knobs_of(policy.policy, (policy.policy.years[0],)):
        value = moved(knob)
        # it may be refused for what it says against another setting
        with suppress(InputError):
            changed = policy.with_({knob.key: {"worst": value} if knob.kind == "share" else value})
            assert changed.policy != policy.policy
            assert tomllib.loads(changed.to_toml())["extends"] == name


def moved(knob: Knob) -> float | int | str:
    """Another value than the policy's."""
    if knob.kind == "choice":
        return next(choice for choice in (*knob.choices, 2000) if choice != knob.value)
    value = knob.least if knob.value != knob.least else knob.least + knob.step
    return int(value) if knob.kind == "whole" else float(value)


def test_what_equals_the_policy_is_not_set() -> None:
    given = {"values": {"rule.core": 1, "rule.edge": 0.4}}
    assert settings_of(given, KNOBS).values == (("rule.edge", 0.4),)


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {"values": {"rule.core": "1; DROP"}},
        {"values": {"rule.core": True}},
        {"values": {"rule.core": 1e300}},
        {"values": {"rule.core": float("nan")}},
        {"values": {"rule.criteria": 2.5}},
        {"values": {"units.size": 10}},
        {"values": {"areas.outline": "<script>"}},
        {"barriers": [[[0, 0]]]},
        {"barriers": [[[0, 0], [1, "x"]]]},
        {"barriers": [[[0, 0]] * 6000]},
        {"decisions": [{}]},
        {"decisions": [{"unit_id": ["a"], "action": "drop", "reason": "x", "decided_by": "x", "date": "2025-01-01"}]},
        {
            "decisions": [
                {"unit_id": ["a"], "action": "include", "reason": " ", "decided_by": "x", "date": "2025-01-01"}
            ]
        },
        {"more": 1},
    ],
)
def test_what_no_page_would_send_is_refused(given: object) -> None:
    with pytest.raises(InputError):
        settings_of(given, KNOBS)


def test_decisions_keep_their_words() -> None:
    decided = Decided("exclude", ("a", "b"), 'they said "no", twice;\nthen yes', "Jørgen <b>", "2025-03-31")
    rows = list(csv.DictReader(io.StringIO(overrides_text([decided]))))
    assert [row["unit_id"] for row in rows] == ["a", "b"]
    assert rows[1]["reason"] == decided.reason
    assert rows[1]["decided_by"] == decided.decided_by
