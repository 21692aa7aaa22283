"""A goals file: the built-in one holds together, and every fault of another is told by its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.monitoring.goals import load_goals

GOOD = """
[[goals]]
number = 17
indicator = "owner_occupied"
nearness = "same"
shows = "count"
[goals.criterion]
key = "owned"
label = { da = "Ejet", en = "Owned" }
register = "dwellings"
numerator = "tenure = 'owner_occupied'"
worse = "low"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_file_answers_four_goals_and_says_how_near() -> None:
    goals = load_goals()
    assert {rule.number for rule in goals.rules} == {6, 9, 17, 18}
    for rule, criterion in zip(goals.rules, goals.criteria, strict=True):
        assert (rule.published is None) == (rule.nearness == "goal")
        # what is not the report's own indicator says what differs, in both languages
        assert set(rule.note) == (set() if rule.nearness == "same" else {"da", "en"})
        assert criterion.label_in("da") != criterion.label_in("en")
    assert (goals.crossings.within, goals.crossings.reach, goals.polling.least_share) == (25, 0, 0.5)


def test_worse_is_the_other_side_of_what_the_published_aim_calls_better() -> None:
    for rule, criterion in zip(load_goals().rules, load_goals().criteria, strict=True):
        if rule.published is not None and rule.published.aim is not None:
            assert {criterion.worse, rule.published.aim.better} == {"high", "low"}, criterion.key


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    goals = load_goals(written(tmp_path, GOOD))
    assert goals.name == "mine.toml"
    assert goals.criteria[0].label_in("da") == "Ejet"
    assert goals.rules[0].published is not None
    assert len(goals.sha256) == 64


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("number = 17", "number = 19", "mine.toml: goals[1].number"),
        (
            "number = 17",
            "number = 16",
            "goals[1].indicator = 'owner_occupied': is no indicator of this goal. Goal 16 has",
        ),
        ('"owner_occupied"\nnear', '"owner_ocupied"\nnear', "Did you mean 'owner_occupied'?"),
        ("nearness", "nearnes", "mine.toml: goals[1].nearnes: unknown key. Did you mean 'nearness'?"),
        ('shows = "count"', 'shows = "both"', "mine.toml: goals[1].shows"),
        ('worse = "low"', 'worse = "bad"', "mine.toml: goals[1] (owned).worse"),
        ('worse = "low"', "", "mine.toml: goals[1] (owned).worse: is missing"),
        ("numerator", "numrator", "mine.toml: goals[1] (owned).numrator: unknown key"),
        ('"dwellings"', '"units"', "goals are answered by residents, dwellings or a survey"),
        ("[[goals]]", "[crossings]\nwithin = -1\n[[goals]]", "mine.toml: crossings.within"),
        ("[[goals]]", "[polling]\nleast_share = 0\n[[goals]]", "mine.toml: polling.least_share"),
        ("[[goals]]", "[[goals", "is not valid TOML"),
        (GOOD, "", "mine.toml: goals: is missing"),
        (GOOD, GOOD + GOOD, "the key 'owned' stands more than once"),
    ],
)
def test_every_fault_is_told_by_its_place(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as refused:
        load_goals(written(tmp_path, GOOD.replace(old, new, 1)))
    assert told in "\n".join(refused.value.messages)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_goals(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\x81\xff")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        load_goals(tmp_path / "bytes.toml")
