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


ANSWERS = """
[[answers]]
goal = 12
indicator = "unsafe_at_night"
areas = { 2017 = 9000, 2021 = 9100 }
city = { 2017 = 40000, 2021 = 41000 }
"""


def test_numbers_of_answers_alone_go_with_the_built_in_goals(tmp_path: Path) -> None:
    goals = load_goals(written(tmp_path, ANSWERS))
    assert goals.rules == load_goals().rules
    told = goals.published.indicator(12, "unsafe_at_night")
    assert told is not None
    assert told.answers == {2017: (9000, 40_000), 2021: (9100, 41_000)}
    other = goals.published.indicator(12, "unsafe_neighbourhood")
    assert other is not None
    assert other.answers == {}
    assert goals.published.goals[11].verdict == "wrong_way"
    assert load_goals().published.goals[11].verdict == "cannot_be_judged"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2017 = 9000", "2017 = 0", "mine.toml: answers[1].areas.2017: input should be greater than 0"),
        ("2017 = 9000", "2017 = -3", "mine.toml: answers[1].areas.2017: input should be greater than 0"),
        ("2017 = 9000", "2017 = 1200.5", "mine.toml: answers[1].areas.2017: input should be a valid integer"),
        ("2017 = 9000", '2017 = "many"', "mine.toml: answers[1].areas.2017: input should be a valid integer"),
        ("2017 = 9000", "2017 = true", "mine.toml: answers[1].areas.2017: input should be a valid integer"),
        ("areas = { 2017 = 9000, 2021 = 9100 }", "", "mine.toml: answers[1].areas: is missing"),
        ("2017 = 9000", "2018 = 9000", "answers[1].areas.2018: the report prints no figure of this year."),
        ("2017 = 40000", "2017 = 8000", "answers[1].city.2017: fewer than in the areas, whose answers"),
        ("unsafe_at_night", "unsafe_night", "is no indicator of this goal. Did you mean 'unsafe_at_night'?"),
        ("goal = 12", "goal = 20", "mine.toml: answers[1].goal: input should be less than or equal to 18"),
        (
            'goal = 12\nindicator = "unsafe_at_night"', 'goal = 6\nindicator = "temporary_benefits"',
            "answers[1].indicator: is no share of those who answered a survey. Those are: 8 discrimination, 10 lively",
        ),
    ],
)  # fmt: skip
def test_numbers_of_answers_that_cannot_be_are_told(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in ANSWERS
    with pytest.raises(InputError) as refused:
        load_goals(written(tmp_path, ANSWERS.replace(old, new, 1)))
    assert told in "\n".join(refused.value.messages)
