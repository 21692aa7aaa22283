"""What is no designation, or none that this version reads, is refused with a remedy; one without areas is not."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner

from page_reading import data_of
from two_years import designated, write_policy
from udsat_geo.cli.main import udsat
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.report.page.data import _references, read_goals
from udsat_geo.report.page.milestone import read_status
from udsat_geo.report.page.read import read_all
from udsat_geo.report.public_page import public_content


@pytest.fixture
def copied(town: Path, tmp_path: Path) -> Path:
    """The later designation of the town, to be spoiled."""
    for ending in ("gpkg", "json"):
        shutil.copy(town / f"out/designation_2021.{ending}", tmp_path)
    return tmp_path / "designation_2021.gpkg"


def told(*paths: Path, policy: str | None = None) -> str:
    with pytest.raises(InputError) as refused:
        read_all(paths, False, None if policy is None else load_policy(policy))
    return "\n".join(refused.value.messages)


def edit_summary(path: Path, edit: Callable[[dict[str, Any]], Any]) -> None:
    beside = path.with_suffix(".json")
    content = json.loads(beside.read_text(encoding="utf-8"))
    edit(content)
    beside.write_text(json.dumps(content), encoding="utf-8")


def run_sql(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)


def test_a_missing_file(tmp_path: Path) -> None:
    assert "no such file" in told(tmp_path / "designation_2025.gpkg")


def test_another_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:25832").to_file(path)
    assert told(path) == "zones.gpkg: is no designation of ours. Name a designation_YEAR.gpkg with its .json beside it."


@pytest.mark.parametrize("content", [b"", b"plain text", b"SQLite format 3\x00" + bytes(200)])
def test_a_file_that_is_no_geopackage(copied: Path, content: bytes) -> None:
    copied.write_bytes(content)
    assert "designation_2021.gpkg" in told(copied)


def test_a_damaged_file(copied: Path) -> None:
    whole = copied.read_bytes()
    copied.write_bytes(whole[: len(whole) // 3])
    assert "designation_2021.gpkg" in told(copied)


def test_a_layer_that_is_gone(copied: Path) -> None:
    run_sql(copied, "DELETE FROM gpkg_contents WHERE table_name = 'status'; DROP TABLE status;")
    assert "is no designation of ours" in told(copied)


def test_no_summary_beside_it(copied: Path) -> None:
    copied.with_suffix(".json").unlink()
    assert "It belongs beside the other files." in told(copied)


def test_a_file_of_a_newer_version(copied: Path) -> None:
    edit_summary(copied, lambda summary: summary.update(version="9.1.0"))
    assert "was made by udsat_geo 9.1.0, and this is" in told(copied)
    assert "Update udsat_geo." in told(copied)


@pytest.mark.parametrize("key", ["rule", "criteria", "counts", "vintage", "overrides"])
def test_a_file_of_an_older_version(copied: Path, key: str) -> None:
    edit_summary(copied, lambda summary: summary.pop(key))
    assert "was made by an older version" in told(copied)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("counts", [], "is not the summary of a designation"),
        ("inputs", [{}], "is not the summary of a designation"),
        ("language", "sv", "is not the summary of a designation"),
        ("overrides", [{"action": "other"}], "is not the summary of a designation"),
        ("residents", None, "is not the summary of a designation"),
    ],
)
def test_a_summary_that_was_changed(copied: Path, key: str, value: object, says: str) -> None:
    edit_summary(copied, lambda summary: summary.update({key: value}))
    assert says in told(copied)


def test_a_table_that_was_changed(copied: Path) -> None:
    run_sql(copied, "UPDATE status SET criterion = 'another' WHERE criterion = 'low_income'")
    assert "or has been changed since" in told(copied)


def test_a_file_without_a_reference_system(copied: Path) -> None:
    for table in ("gpkg_contents", "gpkg_geometry_columns"):
        run_sql(copied, f"UPDATE {table} SET srs_id = -1 WHERE table_name = 'areas'")
    assert "which has no positions on the Earth's surface" in told(copied)


@pytest.mark.long
def test_two_of_one_year(town: Path, copied: Path) -> None:
    assert "is of 2021, as" in told(town / "out/designation_2021.gpkg", copied)


@pytest.mark.long
def test_two_reference_systems(town: Path, copied: Path) -> None:
    with closing(sqlite3.connect(copied)) as connection:
        system = "SELECT 'other', 25833, 'EPSG', 25833, definition, '' FROM gpkg_spatial_ref_sys WHERE srs_id = 25832"
        connection.execute(f"INSERT INTO gpkg_spatial_ref_sys {system.replace('definition', repr('undefined'))}")
        connection.execute("UPDATE gpkg_geometry_columns SET srs_id = 25833")
        connection.execute("UPDATE gpkg_contents SET srs_id = 25833 WHERE srs_id = 25832")
        connection.commit()
    assert "Make both in one reference system." in told(town / "out/designation_2017.gpkg", copied)


def test_another_policy_than_theirs(copied: Path) -> None:
    assert "is not the policy that any of the files was made by" in told(copied, policy="kbh-2017")


def test_all_faults_are_told_at_once(copied: Path, tmp_path: Path) -> None:
    edit_summary(copied, lambda summary: summary.update(version="9.1.0"))
    assert len(told(copied, tmp_path / "nothing.gpkg").splitlines()) == 2


def test_a_spoiled_one_beside_it_is_no_fault(town: Path, copied: Path) -> None:
    (copied.parent / "designation_2017.gpkg").write_bytes(b"spoiled")
    shutil.copy(town / "out/designation_2017.json", copied.parent)
    assert [read.year for read in read_all([copied], True, None)] == [2021]


# --- no areas -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def nothing(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A designation without any area: no group has so many residents."""
    folder = tmp_path_factory.mktemp("nothing")
    policy = write_policy(folder / "nothing.toml", residents=100_000)
    write_results(designated(town, policy, 2021), folder, ("gpkg",))
    return folder / "designation_2021.gpkg"


def test_a_designation_without_areas_is_a_page_that_says_so(nothing: Path, tmp_path: Path, open_page: Any) -> None:
    done = CliRunner().invoke(udsat, ["report", str(nothing), "--out", str(tmp_path / "page.html"), "--language", "en"])
    assert done.exit_code == 0, done.output
    assert data_of((tmp_path / "page.html").read_text(encoding="utf-8"))["years"][-1]["areas"] == []
    opened = open_page(tmp_path / "page.html")
    assert "has no areas" in opened.shown("#areas")
    assert "no areas to hold against" in opened.shown("#status")
    assert opened.faults == []


# --- the command --------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_command_makes_the_page_and_says_what_is_in_it(town: Path, tmp_path: Path) -> None:
    policy = ["--policy", str(town / "town.toml")]
    file = str(town / "out/designation_2021.gpkg")
    done = CliRunner().invoke(udsat, ["report", file, *policy, "--out", str(tmp_path / "new/page.html")])
    assert done.exit_code == 0, done.output
    assert "designation_2017.gpkg (--alone udelader dem)" in done.output
    assert "2017, 2021" in done.output
    assert (tmp_path / "new/page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_command_refuses_and_leaves_what_was_there(town: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("earlier", encoding="utf-8")
    done = CliRunner().invoke(udsat, ["report", str(tmp_path / "no.gpkg"), "--out", str(page)])
    assert done.exit_code == 2
    assert "no such file" in done.output
    assert page.read_text(encoding="utf-8") == "earlier"
    done = CliRunner().invoke(udsat, ["report", str(town / "out/designation_2021.gpkg"), "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "is a folder" in done.output


def test_without_bokeh_it_says_what_to_install(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "bokeh" else True)
    done = CliRunner().invoke(udsat, ["report", str(town / "out/designation_2021.gpkg")])
    assert done.exit_code == 2
    assert "needs bokeh, which is not installed" in done.output
    assert 'pip install "udsat_geo[report]"' in done.output


# --- goals --------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_goals_come_from_their_own_command(town: Path, tmp_path: Path) -> None:
    assert CliRunner().invoke(udsat, ["goals", "--out", str(tmp_path)]).exit_code == 0
    goals = read_goals(tmp_path / "goals.json")
    assert [goal["number"] for goal in goals] == list(range(1, 19))
    assert goals[0]["label"]["da"] != goals[0]["label"]["en"]
    assert all(goal["reasons"]["da"] for goal in goals)
    assert "uden n" in goals[11]["reasons"]["da"][0]
    answers = '[[answers]]\ngoal = 12\nindicator = "unsafe_at_night"\nareas = { 2017 = 9000, 2021 = 9000 }\n'
    (tmp_path / "answers.toml").write_text(answers)
    called = ["goals", "--goals", str(tmp_path / "answers.toml"), "--out", str(tmp_path / "told")]
    assert CliRunner().invoke(udsat, called).exit_code == 0
    told = read_goals(tmp_path / "told" / "goals.json")[11]
    assert "uden n" not in told["reasons"]["da"][1], (
        "the numbers of answers are in the file alone, and so is its reason"
    )
    assert told["ours"]["en"] == "wrong way"
    edit_summary(tmp_path / "goals.json", lambda content: content["goals"][0].update(label="Mit eget mål"))
    own = read_goals(tmp_path / "goals.json")[0]
    assert (own["label"]["en"], own["lang"]) == ("Mit eget mål", "da")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"goals": []}', '{"goals": [{"number": 1}]}'])
def test_another_file_than_goals_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "goals.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="goals"):
        read_goals(tmp_path / "goals.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_goals(tmp_path / "none.json")


def test_fields_that_nobody_asked_for_are_kept_apart(town: Path) -> None:
    """What is read of a file is frozen."""
    read = read_all([town / "out/designation_2021.gpkg"], False, None)[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        read.crs = "EPSG:4326"  # type: ignore[misc]


def test_a_pipe_beside_a_page_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "status.json")
    with pytest.raises(InputError, match="a pipe or a device"):
        read_status(tmp_path / "status.json")
    assert public_content(tmp_path / "status.gpkg") is None


def test_a_reference_without_its_value_is_shown_without_it() -> None:
    read = SimpleNamespace(policy=None, summary={"references": {"share": {}}})
    assert _references(read) == [{"label": {"da": "share", "en": "share"}, "value": None, "source": ""}]  # type: ignore[arg-type]
