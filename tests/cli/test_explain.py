"""Why a unit or an area is in or out: the data in the file, and `udsat explain` over it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from how_good import synthetic
from udsat_geo.cli.main import udsat
from udsat_geo.files.write import write_results


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The designation of the synthetic city of 2021."""
    return write_results(synthetic(2021), tmp_path_factory.mktemp("out"), ("gpkg",))[0]


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(file) as connection:
        return connection.execute(query).fetchall()


def explain(file: Path, wanted: str, *options: str) -> Result:
    return CliRunner().invoke(udsat, ["explain", str(file), wanted, *options], catch_exceptions=False)


@pytest.mark.parametrize(
    ("decided_by", "demand"),
    [
        ("composite", "0.5 - composite"),
        ("criteria", "3 - criteria_exceeded"),
    ],
)
def test_a_unit_outside_says_by_how_much_it_fails(file: Path, decided_by: str, demand: str) -> None:
    found = rows(file, f"SELECT short, {demand} FROM units WHERE decided_by = '{decided_by}'")
    assert found
    assert all(short == pytest.approx(wanted, abs=1e-12) and short > 0 for short, wanted in found)


def test_units_short_of_residents_say_so_for_their_group(file: Path) -> None:
    found = rows(file, "SELECT short, residents FROM units WHERE decided_by = 'residents'")
    assert found
    assert all(0 < short <= 1000 - residents for short, residents in found)
    assert rows(file, "SELECT count(*) FROM units WHERE area_id IS NOT NULL AND short IS NOT NULL") == [(0,)]


def test_the_criteria_exceeded_are_those_with_a_positive_gap(file: Path) -> None:
    keys = [key for (key,) in rows(file, "SELECT criterion FROM status")]
    columns = ", ".join(f"gap_{key}" for key in keys)
    for exceeded, *gaps in rows(file, f"SELECT exceeded, {columns} FROM units"):
        assert exceeded == ",".join(key for key, gap in zip(keys, gaps, strict=True) if gap > 0)


def test_an_area_is_explained_by_id_and_by_name(file: Path) -> None:
    area_id, name, residents = rows(file, "SELECT area_id, name, residents FROM areas LIMIT 1")[0]
    by_id, by_name = explain(file, str(area_id), "--language", "en"), explain(file, str(name), "--language", "en")
    assert by_id.exit_code == 0
    assert by_id.stdout == by_name.stdout
    flat = " ".join(by_id.stdout.split())
    for piece in (
        str(name),
        f"{residents:,} residents",
        "kerneenheder",
        "5 af 5 kriterier",
        "█",
        "core from 1.00",
    ):
        assert piece in flat


def test_a_unit_is_explained_in_danish_with_what_it_lacks(file: Path) -> None:
    query = "SELECT unit_id, short FROM units WHERE decided_by = 'composite' ORDER BY short LIMIT 1"
    unit, short = rows(file, query)[0]
    told = " ".join(explain(file, str(unit)).stdout.split())
    assert "Ligger uden for alle områder" in told
    assert f"mangler {short:.2f}".replace(".", ",") in told


def test_an_explanation_shows_itself_in_a_few_lines(file: Path) -> None:
    import udsat_geo as ug

    unit = rows(file, "SELECT unit_id FROM units WHERE area_id IS NULL LIMIT 1")[0][0]
    for wanted in (str(unit), str(rows(file, "SELECT name FROM areas LIMIT 1")[0][0])):
        found = ug.explain(file, wanted)
        assert len(repr(found)) < 700
        assert repr(found).splitlines()[1:] == [f"  {line}" for line in found.lines()]
        assert found._repr_html_().count("<tr>") == 1 + len(found.summary["criteria"])
    assert len(repr(ug.read(file).stored)) < 300


def test_part_of_a_near_miss_says_so(file: Path) -> None:
    ((short,),) = rows(file, "SELECT short FROM near_misses WHERE demand = 'composite' ORDER BY short LIMIT 1")
    query = f"SELECT unit_id FROM units WHERE decided_by = 'no_core' AND short = {short!r} LIMIT 1"
    content = json.loads(explain(file, str(rows(file, query)[0][0]), "--json").stdout)
    assert content["kind"] == "unit"
    assert [(miss["demand"], miss["short"]) for miss in content["near_misses"]] == [("composite", short)]


@pytest.mark.parametrize(
    ("wanted", "told"), [("no such unit", "has no area and no unit"), ("Nordvestt", "Did you mean 'Nordvest'?")]
)
def test_an_unknown_id_is_told(file: Path, wanted: str, told: str) -> None:
    done = explain(file, wanted)
    assert done.exit_code == 2
    assert told in done.stderr


def test_ids_with_quotes_harm_nothing(file: Path) -> None:
    assert explain(file, "x' OR '1'='1").exit_code == 2


def test_a_file_that_is_no_designation_is_told(tmp_path: Path) -> None:
    other = tmp_path / "x.gpkg"
    other.write_bytes(b"nothing")
    done = explain(other, "2021-01")
    assert done.exit_code == 2
    assert "x.json" in done.stderr


def test_the_explanation_is_in_the_language_of_the_designation(file: Path) -> None:
    area_id = rows(file, "SELECT area_id FROM areas LIMIT 1")[0][0]
    assert explain(file, str(area_id)).stdout == explain(file, str(area_id), "--language", "da").stdout
    summary = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    in_english = file.with_name("designation_2099.gpkg")
    in_english.write_bytes(file.read_bytes())
    in_english.with_suffix(".json").write_text(json.dumps(summary | {"language": "en"}), encoding="utf-8")
    assert explain(in_english, str(area_id)).stdout == explain(file, str(area_id), "--language", "en").stdout
