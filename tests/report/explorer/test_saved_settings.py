"""What the explorer shows is what `designate` makes of the files that it saves."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from two_years import write_town
from udsat_geo.cli.main import designate, udsat
from udsat_geo.designation.job import Job, sums_of_years
from udsat_geo.designation.layers import differences, layers_of
from udsat_geo.files.earlier import store_of
from udsat_geo.files.read import read_layers
from udsat_geo.files.sums import read_sums_of, write_sums_of_years
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.report.explorer.answers import Answers
from udsat_geo.report.explorer.engine import Engine

CALL = ("--registers", "raw", "--language", "en")


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    """The town of 2021, explored in its own folder; nothing is stored of 2017."""
    write_town(tmp_path)
    monkeypatch.chdir(tmp_path)
    engine = Engine.of(Job(2021, load_policy("town.toml"), Path("raw"), language="en", store=store_of()))
    yield Answers(engine, Path("saved"), "town.toml", CALL, "en")
    engine.close()


def set_so(answers: Answers, **given: Any) -> dict[str, Any]:
    """Settings with a core and a weight that differ, decisions about the worst and the best unit, and a barrier."""
    made = answers.engine.made
    units, area = made.units, made.areas.area_of_unit
    inside, outside = (str(units.unit_id[(area >= 0) == which][0]) for which in (True, False))
    said = {"reason": 'heard: "no", <b>twice</b>', "decided_by": "Jørgen", "date": "2021-03-31"}
    west, south = float(units.easting.min()) - 100, float(units.northing.mean())
    return {
        "values": {"rule.core": 0.35, "criteria.low_income.weight": 2.5, "areas.residents": 5, "areas.holes": 2.0},
        "barriers": [[[west, south], [west + 3000, south + 40]]],
        "decisions": [
            {"action": "exclude", "unit_id": [inside], **said},
            {"action": "include", "unit_id": [outside], **said},
        ],
    } | given


@pytest.mark.long
@pytest.mark.parametrize("given", [{}, {"barriers": [], "decisions": []}, {"values": {}, "decisions": []}])
def test_saved_settings_designate_the_same_to_the_last_byte(answers: Answers, given: dict[str, Any]) -> None:
    settings = set_so(answers, **given)
    shown = answers.engine.designation(answers.engine.settings(settings))
    told = answers.of("save", {"settings": settings, "id": "mine"})
    for command in told["commands"]:
        words = shlex.split(command)
        ran = CliRunner().invoke(designate, words[1:])
        assert ran.exit_code == 0, ran.output
    written, own = read_layers(Path("saved/mine/designation_2021.gpkg")), layers_of(shown)
    unlike = [each for each in differences(own, written) if not each.startswith("summary: ")]
    assert unlike == []
    assert len(shown.areas) > 0
    assert written.summary.policy.id == "mine"


def test_another_program_is_told_what_can_be_moved_and_where_steps_begin(answers: Answers) -> None:
    begun, answer = answers.of("begin", {}), answers.of("answer", {"settings": {}})
    assert (begun["year"], begun["crs"]) == (2021, "EPSG:25832")
    assert {"rule.core", "rule.edge", "areas.residents"} <= {knob["key"] for knob in begun["knobs"]}
    for area, outline in zip(answer["year"]["areas"], answers.engine.made.outline, strict=True):
        rings = [[np.array(ring).reshape(-1, 2).cumsum(axis=0) for ring in polygon] for polygon in area["shape"]]
        drawn = [
            shapely.Polygon(*(begun["corner"] + begun["step"] * ring for ring in polygon[:1]),
                            [begun["corner"] + begun["step"] * ring for ring in polygon[1:]])
            for polygon in rings
        ]  # fmt: skip
        assert shapely.hausdorff_distance(shapely.union_all(drawn), outline) <= begun["step"]


@pytest.mark.long
def test_a_designation_of_real_people_is_not_explored_with_invented_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_town(tmp_path)
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(udsat, ["explore", "out/designation_2021.gpkg", "--policy", "town.toml", "--no-browser"])
    assert ran.exit_code == 2
    assert "was not made of the synthetic city. Name what it was made of: --registers, --units or --sums." in ran.output


def test_sums_by_unit_are_explored_as_registers_are(answers: Answers) -> None:
    """The last round too, which is made of its own sums; what is saved names them."""
    by_registers = answers.engine
    write_sums_of_years(sums_of_years(by_registers.bench.job, [2017, 2021]), Path("sums"))
    kept = read_sums_of(["sums"])
    engine = Engine.of(Job(2021, load_policy("town.toml"), language="en", store=store_of(), kept=kept))
    assert engine.last_round_made == by_registers.last_round_made == 2017
    tried = {"values": {"rule.core": 0.35}}
    shown, own = (layers_of(each.designation(each.settings(tried))) for each in (engine, by_registers))
    assert [each for each in differences(own, shown) if not each.startswith("summary: ")] == []
    answers = Answers(engine, Path("saved"), "town.toml", ("--sums", "sums"), "en")
    commands = answers.of("save", {"settings": tried, "id": "mine"})["commands"]
    assert all("--sums sums" in command for command in commands)
    engine.close()


def test_a_file_that_is_there_is_replaced_only_when_asked_twice(answers: Answers) -> None:
    asked = {"settings": {"values": {"rule.core": 0.4}}, "id": "mine"}
    answers.of("save", asked)
    with pytest.raises(InputError, match=r"mine\.toml: is there already"):
        answers.of("save", asked)
    assert answers.of("save", {**asked, "replace": True})["files"] == ["saved/mine.toml"]
    with pytest.raises(InputError, match="is no id"):
        answers.of("save", {**asked, "id": "../mine"})
    with pytest.raises(InputError, match=r"rule\.edge"):
        answers.of("save", {**asked, "id": "other", "settings": {"values": {"rule.edge": 2.0}}})
    assert sorted(path.name for path in Path("saved").iterdir()) == ["mine.toml"]


def test_a_file_that_was_replaced_is_told(answers: Answers) -> None:
    assert answers.of("answer", {"settings": {}})["replaced"] == []
    path = answers.engine.made.files["residents"]
    path.write_bytes(path.read_bytes() + b" ")
    assert answers.of("answer", {"settings": {}})["replaced"] == [path.name]
    # what was read goes on
    assert answers.of("answer", {"settings": {"values": {"rule.core": 0.5}}})["replaced"] == [path.name]
