"""Designations that were edited, damaged or made by an older version: told when read back, and nothing stumbles."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import spoiling as s
from udsat_geo.cli.main import designate, udsat

UNIT, AREA = "100m_61742_7192", "2017-01"
FILE = "designation_2017.gpkg"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers, and the designation of 2017 made of them."""
    folder = tmp_path_factory.mktemp("good")
    s.write_good_input(folder)
    assert designated(folder, "2017", "none").exit_code == 0
    return folder


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    for path in (good / "out").iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path


def designated(folder: Path, year: str, previous: str, *more: str, raw: Path | None = None) -> Result:
    arguments = ["--year", year, "--registers", str(raw or folder / "raw"), "--out", str(folder / "out")]
    return CliRunner().invoke(
        designate, [*arguments, "--previous", previous, "--language", "en", *more], catch_exceptions=False
    )


def explain(folder: Path, wanted: str, *options: str) -> Result:
    arguments = ["explain", str(folder / FILE), wanted, "--language", "en", *options]
    return CliRunner().invoke(udsat, arguments, catch_exceptions=False)


def compared(good: Path, folder: Path, *more: str) -> Result:
    return designated(folder, "2021", str(folder / FILE), *more, raw=good / "raw")


def in_file(folder: Path, *statements: str) -> None:
    """Change the GeoPackage by SQL, past its triggers."""
    with sqlite3.connect(folder / FILE) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        for statement in statements:
            connection.execute(statement)
    connection.close()


def in_summary(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = (folder / FILE).with_suffix(".json")
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def retyped(table: str, column: str, value: str) -> tuple[str, ...]:
    """A column that holds texts instead."""
    return (
        f'ALTER TABLE {table} DROP COLUMN "{column}"',
        f'ALTER TABLE {table} ADD COLUMN "{column}" TEXT',
        f"UPDATE {table} SET \"{column}\" = '{value}'",
    )


FAULTS: dict[str, tuple[tuple[str, ...], str]] = {
    "no areas of units": (('ALTER TABLE units DROP COLUMN "area_id"',), "is no designation of ours"),
    "no first years": (("UPDATE areas SET since = NULL",), "since is empty in places"),
    "first years as text": (retyped("areas", "since", "x"), "since holds no whole numbers"),
    "end years as text": (retyped("areas", "until", "soon"), "until holds no whole numbers"),
    "residents as text": (retyped("units", "residents", "many"), "residents holds no whole numbers"),
    "areas without ids": (("UPDATE areas SET area_id = NULL",), "areas without an id (4 rows)"),
    "areas of one id": (("UPDATE areas SET area_id = '2017-01'",), "areas of one id in the layer areas (3 rows)"),
    "units of one id": (("UPDATE units SET unit_id = 'A' WHERE fid < 4",), "units of one id in the layer units (2"),
    "an area that is gone": (("DELETE FROM areas WHERE number = 1",), "units of areas that the layer areas does not"),
    "a geometry that is none": (
        ("UPDATE areas SET geom = x'47500001e864000001060000000100000001'",),
        "is no designation of ours (Input buffer is smaller",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_comparison_cannot_use_is_told(good: Path, folder: Path, name: str) -> None:
    statements, told = FAULTS[name]
    in_file(folder, *statements)
    done = compared(good, folder)
    assert done.exit_code == 2
    assert told in done.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("key", "value"), [("year", True), ("year", 10**30), ("year", -5), ("source", None), ("policy", {"id": 3})]
)
def test_a_summary_that_says_nonsense_is_told(good: Path, folder: Path, key: str, value: object) -> None:
    in_summary(folder, lambda content: content.update({key: value}))
    done = compared(good, folder)
    assert done.exit_code == 2
    assert "is not the summary of a designation" in done.stderr


def test_a_designation_of_the_year_itself_or_a_later_one_is_refused(good: Path, folder: Path) -> None:
    itself = designated(folder, "2017", str(folder / FILE), raw=good / "raw")
    assert (itself.exit_code, "is the year itself" in itself.stderr) == (2, True)
    in_summary(folder, lambda content: content.update(year=2025))
    later = compared(good, folder)
    assert (later.exit_code, "is of 2025, which is not before 2021" in later.stderr) == (2, True)


@pytest.mark.long
def test_columns_that_older_versions_did_not_have_are_not_missed(good: Path, folder: Path) -> None:
    older = ("until", "number", "exceeded", "reason")
    in_file(folder, *(f'ALTER TABLE areas DROP COLUMN "{column}"' for column in older))
    assert compared(good, folder).exit_code == 0


@pytest.mark.long
@pytest.mark.parametrize("name", ["", "same", "[/b] [red]", "{x} %s"])
def test_names_that_were_changed_are_taken_on_each_once_and_printed_as_they_are(
    good: Path, folder: Path, name: str
) -> None:
    in_file(folder, f"UPDATE areas SET name = '{name}'")
    done = compared(good, folder)
    assert done.exit_code == 0
    summary = json.loads((folder / "out" / "designation_2021.json").read_text(encoding="utf-8"))
    names = [area["name"] for area in summary["areas"]]
    assert len(set(names)) == len(names) == 4
    assert all(names)
    assert (name in names) == bool(name)
    assert name in done.stdout


@pytest.mark.long
def test_a_removed_area_is_printed_by_whatever_name_it_had(good: Path, folder: Path) -> None:
    in_file(folder, "UPDATE areas SET name = '[/b]' || area_id")
    (folder / "none.toml").write_text('extends = "kbh-2017"\nid = "none"\n[rule]\ncore = 1e9\n')
    done = compared(good, folder, "--policy", str(folder / "none.toml"))
    assert done.exit_code == 0
    assert f"removed: {AREA} [/b]{AREA}" in done.stdout


@pytest.mark.long
def test_reading_leaves_no_file_behind(good: Path, folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    assert explain(folder, UNIT).exit_code == 0
    assert compared(good, folder, "--quiet").exit_code == 0
    assert sorted(path.name for path in folder.iterdir() if path.name != "out") == before


def columns_of(folder: Path, table: str) -> list[str]:
    with sqlite3.connect(folder / FILE) as connection:
        found = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    connection.close()
    return [name for name in found if name not in ("fid", "geom")]


@pytest.mark.parametrize(
    "table", ["areas", *(pytest.param(table, marks=pytest.mark.long) for table in ("units", "near_misses"))]
)
def test_explaining_never_stumbles_over_a_column_that_is_gone(folder: Path, table: str) -> None:
    whole = (folder / FILE).read_bytes()
    told = 0
    for column in columns_of(folder, table):
        in_file(folder, f'ALTER TABLE {table} DROP COLUMN "{column}"')
        for wanted in (UNIT, AREA):
            done = explain(folder, wanted)
            assert done.exit_code in (0, 2), column
            told += done.exit_code
        (folder / FILE).write_bytes(whole)
    assert (told > 0) == (table != "near_misses")


@pytest.mark.parametrize("key", ["rule", "criteria", "areas"])
@pytest.mark.parametrize("value", [None, 3, [], {}, [{}], {"core": 1.0}])
def test_explaining_never_stumbles_over_a_summary(folder: Path, key: str, value: Any) -> None:
    in_summary(folder, lambda content: content.update({key: value}))
    for wanted in (UNIT, AREA, "nowhere"):
        done = explain(folder, wanted)
        assert done.exit_code in (0, 2)
        assert done.exit_code == 0 or done.stderr.startswith("error: designation_2017.")


def test_what_is_explained_is_printed_as_it_stands(folder: Path) -> None:
    in_file(folder, "UPDATE areas SET name = '[/b]', reason = '[/i] [red]'")
    in_summary(folder, lambda content: content["criteria"][0].update(label="[/u]", unit="[/m2]", share=False))
    done = explain(folder, AREA)
    assert done.exit_code == 0
    assert all(text in done.stdout for text in ("[/b]", "[/i] [red]", "[/u]", "[/m2]"))


def test_numbers_that_json_does_not_know_are_told(folder: Path) -> None:
    in_file(folder, "UPDATE units SET composite = 9e999")
    assert explain(folder, UNIT, "--json").exit_code == 2
