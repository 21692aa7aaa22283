"""The threshold for leaving that draws find, against one found by trying every hundredth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from two_years import designated, write_policy, write_town
from udsat_geo.areas.roles import Memory
from udsat_geo.designation import by_chance
from udsat_geo.designation.designation import Designation, forming
from udsat_geo.designation.draws import draws_of, scores_of_draw
from udsat_geo.designation.layers import layers_of
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import IncumbentsRule, LeaveByChance

pytestmark = pytest.mark.long  # whole jobs


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    return folder


def remembering(town: Path, leave: str, name: str = "chance") -> Path:
    path = write_policy(town / f"{name}.toml")
    path.write_text(f"{path.read_text()}[incumbents]\nleave = {leave}\n")
    return path


def put_out(made: Designation, leave: float) -> float:
    """Residents whom chance puts out at a threshold, by a plain loop."""
    plain = made.policy.policy.model_copy(update={"incumbents": IncumbentsRule()})
    rule = plain.model_copy(update={"incumbents": IncumbentsRule(leave=leave)})
    draws, known = draws_of(made), (made.units, made.edges)
    before = forming(*known, plain, made.surroundings, None, None)(made.scores)
    memory, was = Memory(made.year, before.area_of_unit, before.until), before.area_of_unit >= 0
    left = 0
    for number in range(by_chance.DRAWS):
        scores = scores_of_draw(draws.of(number), plain, made.edges, made.scores)
        areas = forming(*known, rule, made.surroundings, memory, None)(scores)
        left += int(made.units.residents[was & (areas.area_of_unit < 0)].sum())
    return left / by_chance.DRAWS


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_chance, "DRAWS", 10)


def test_it_is_the_highest_hundredth_that_puts_out_no_more(town: Path) -> None:
    allowed = 25
    made = designated(town, remembering(town, f'"chance:{allowed}"'), 2021)
    found = made.leave
    assert found is not None
    assert made.policy.policy.incumbents.leave == found.leave < made.policy.policy.rule.edge_threshold
    assert put_out(made, found.leave) == found.leaving <= allowed
    assert put_out(made, found.leave + 0.01) > allowed
    assert found.leaving_without > allowed


def test_the_summary_and_a_note_say_it(town: Path) -> None:
    made = designated(town, remembering(town, '"chance:25"'), 2021)
    rule: dict[str, Any] = json.loads(json.dumps(layers_of(made).summary.as_dict()))["rule"]
    assert made.leave is not None
    assert rule["leave"] == made.leave.leave
    assert rule["leave_by_chance"]["residents"] == 25
    assert rule["leave_by_chance"]["expected"] <= 25 < rule["leave_by_chance"]["expected_without"]
    assert any(note.startswith("incumbents.leave: ") and "put out by chance" in note for note in made.notes)


def test_it_is_the_same_as_that_number(town: Path) -> None:
    made = designated(town, remembering(town, '"chance:25"'), 2021)
    assert made.leave is not None
    other = designated(town, remembering(town, str(made.leave.leave), "number"), 2021)
    np.testing.assert_array_equal(made.areas.area_of_unit, other.areas.area_of_unit)
    assert other.leave is None


def test_what_chance_cannot_do_is_told(town: Path) -> None:
    with pytest.raises(InputError, match=r"incumbents\.leave: chance puts out about \d+ residents at any threshold"):
        designated(town, remembering(town, '"chance:0"'), 2021)


def test_without_an_earlier_designation_there_is_nothing_to_find(town: Path) -> None:
    made = designated(town, remembering(town, '"chance:25"'), 2017)
    assert made.leave is None
    assert made.policy.policy.incumbents.leave == LeaveByChance(residents=25)
    assert layers_of(made).summary.rule is not None
    assert layers_of(made).summary.rule.leave is None


@pytest.mark.parametrize("leave", ['"chance:-5"', '"chance:"', '"luck:5"', '"0.5"', "true"])
def test_other_texts_are_told(town: Path, leave: str) -> None:
    with pytest.raises(InputError, match=r'incumbents\.leave: must be a number, or "chance:N"'):
        load_policy(str(remembering(town, leave)))


def test_what_cannot_be_drawn_is_refused(town: Path) -> None:
    path = remembering(town, '"chance:25"')
    quantile = """[[criteria]]
key = "low_income"
quantile = 0.5
numerator = "disposable_income"
denominator = "1"
where = "age >= 18"
[context]"""
    text = path.read_text().replace("[context]", quantile)
    path.write_text(text)
    with pytest.raises(InputError, match="is a quantile, and draws are made of sums"):
        designated(town, path, 2021)
