"""A summary is checked where it is read, and written again as it stood."""

from __future__ import annotations

import json
from typing import Any

import pytest

from udsat_geo.designation.summary import Summary, as_json, read_summary_text
from udsat_geo.messages.errors import InputError

LEAST: dict[str, Any] = {"year": 2021, "source": "registers", "policy": {"id": "p"}, "inputs": []}
"""What a summary by the oldest version says."""
RULE = {"core": 1.0, "edge": 0.5, "criteria": 3, "require": [], "residents": 1000}
CRITERION = {"key": "a", "label": "A", "unit": "share", "share": True, "worse": "high", "limit": None}
BY = {"areas": 1, "residents_in_areas": 100}
SCALES = {"yardstick_of": 2017, "city": {}, "spread": {}, "decides": "year", "by_year": BY, "by_yardstick": BY}


def read(**more: Any) -> Summary:
    return read_summary_text(json.dumps({**LEAST, **more}), "x.json")


def test_what_an_older_version_did_not_say_is_not_missed_and_not_made_up() -> None:
    summary = read()
    assert (summary.year, summary.policy.id, summary.areas) == (2021, "p", [])
    assert summary.lacks("rule")
    assert not summary.lacks("year", "source")
    assert summary.as_dict() == LEAST


def test_what_a_newer_version_says_stays() -> None:
    more = {"policy": {"id": "p", "signed": True}, "mood": "good", "rule": RULE}
    assert json.loads(as_json(read(**more))) == {**LEAST, **more}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"year": "2021"}, "year"),
        ({"policy": {"sha256": "x"}}, "policy.id"),
        ({"rule": {**RULE, "core": "high"}}, "rule.core"),
        ({"residents": 1.5, "areas": [{"area_id": "a"}]}, "residents, areas.0.name"),
        ({"share_of_residents": float("nan")}, "share_of_residents"),
        ({"language": "xx"}, "language"),
        ({"criteria": [{**CRITERION, "worse": "xx"}]}, "criteria.0.worse"),
        ({"scales": {**SCALES, "decides": "xx"}}, "scales.decides"),
    ],
)
def test_what_is_of_another_kind_is_told_by_its_key(more: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=rf"^x\.json: is not the summary of a designation: .*: {told}"):
        read(**more)


@pytest.mark.parametrize(
    ("text", "told"), [("{", "is not JSON"), ("[" * 100_000, "is not JSON"), ("[1]", "is not the")]
)
def test_what_is_no_summary_at_all_is_told(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_summary_text(text, "x.json")


def test_a_summary_shows_itself_in_a_line() -> None:
    assert repr(read()) == str(read()) == "<Summary of 2021 by p: 0 areas>"
