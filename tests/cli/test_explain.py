"""Why a unit or an area is in or out: the data in the file, and `udsat explain` over it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from how_good import synthetic
from udsat_geo.cli.main import udsat
from udsat_geo.designation.job import Job, run
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The designation of the synthetic city of 2021."""
    return write_results(synthetic(2021), tmp_path_factory.mktemp("out"), ("gpkg",))[0]


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(file) as connection:
        return connection.execute(query).fetchall()


def explain(file: Path, wanted: str, *options: str) -> Result:
    return CliRunner().invoke(udsat, ["explain", str(file), wanted, *options], catch_exceptions=False)


@pytest.mark.long
@pytest.mark.parametrize(
    ("decided_by", "demand"),
    [
        ("composite", "0.5 - composite"),
        ("criteria", "5 - criteria_exceeded"),
    ],
)
def test_a_unit_outside_says_by_how_much_it_fails(tmp_path: Path, decided_by: str, demand: str) -> None:
    """With all five criteria asked for: units with three are so few that a city may have none that lacks one alone."""
    policy = load_policy("kbh-2017")
    rule = policy.policy.rule.model_copy(update={"criteria": 5})
    stricter = policy.model_copy(update={"policy": policy.policy.model_copy(update={"rule": rule})})
    file = write_results(run(Job(2021, stricter, previous="none")), tmp_path, ("gpkg",))[0]
    found = rows(file, f"SELECT short, {demand} FROM units WHERE decided_by = '{decided_by}'")
    assert found
    assert all(short == pytest.approx(wanted, abs=1e-12) and short > 0 for short, wanted in found)


@pytest.mark.long
def test_units_short_of_residents_say_so_for_their_group(file: Path) -> None:
    found = rows(file, "SELECT short, residents FROM units WHERE decided_by = 'residents'")
    assert found
    assert all(0 < short <= 1000 - residents for short, residents in found)
    assert rows(file, "SELECT count(*) FROM units WHERE area_id IS NOT NULL AND short IS NOT NULL") == [(0,)]


@pytest.mark.long
def test_the_criteria_exceeded_are_those_with_a_positive_gap(file: Path) -> None:
    keys = [key for (key,) in rows(file, "SELECT criterion FROM status")]
    columns = ", ".join(f"gap_{key}" for key in keys)
    for exceeded, *gaps in rows(file, f"SELECT exceeded, {columns} FROM units"):
        assert exceeded == ",".join(key for key, gap in zip(keys, gaps, strict=True) if gap > 0)


@pytest.mark.long
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


@pytest.mark.long
def test_a_unit_is_explained_in_danish_with_what_it_lacks(file: Path) -> None:
    query = "SELECT unit_id, short FROM units WHERE decided_by = 'composite' ORDER BY short LIMIT 1"
    unit, short = rows(file, query)[0]
    told = " ".join(explain(file, str(unit)).stdout.split())
    assert "Ligger uden for alle områder" in told
    assert f"mangler {short:.2f}".replace(".", ",") in told


@pytest.mark.long
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
    ((demand, short),) = rows(file, "SELECT demand, short FROM near_misses ORDER BY short LIMIT 1")
    decided = f"decided_by IN ('no_core', 'residents') AND short = {short!r}"
    query = f"SELECT unit_id FROM units WHERE {decided} LIMIT 1"
    content = json.loads(explain(file, str(rows(file, query)[0][0]), "--json").stdout)
    assert content["kind"] == "unit"
    assert [(miss["demand"], miss["short"]) for miss in content["near_misses"]] == [(demand, short)]


@pytest.mark.parametrize(
    ("wanted", "told"), [("no such unit", "has no area and no unit"), ("Nordvestt", "Did you mean 'Nordvest'?")]
)
def test_an_unknown_id_is_told(file: Path, wanted: str, told: str) -> None:
    done = explain(file, wanted)
    assert done.exit_code == 2
    assert told in done.stderr


@pytest.fixture(scope="module")
def fell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The designation of the synthetic city of 2025, in which an area fell out."""
    made = run(Job(2025, load_policy("kbh-2017"), language="en"))
    return write_results(made, tmp_path_factory.mktemp("fell"), ("gpkg",))[0]


def removed(file: Path) -> dict[str, object]:
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        return dict(connection.execute("SELECT * FROM changes WHERE event = 'removed'").fetchone())


@pytest.mark.long
def test_an_area_that_fell_out_says_why_and_what_would_have_kept_it(fell: Path) -> None:
    area = removed(fell)
    done = explain(fell, str(area["area_id"]))
    assert done.exit_code == 0
    told = " ".join(done.stdout.split())
    for piece in (
        f"{area['area_id']} {area['name']}, 2025",
        f"Designated since {area['since']}, last in 2021; removed in 2025",
        f"2021: {area['previous_residents']:,} residents, composite {area['previous_composite']:.2f}",
        f"2025: {area['residents']:,} residents, composite {area['composite']:.2f}",
        f"Why: {area['reason']}.",
        "Least change that would have kept it (spread evenly",
        str(area["least_change"]),
    ):
        assert piece in told
    assert "composite below the edge threshold" in str(area["reason"])
    assert "more" in str(area["least_change"])
    assert json.loads(explain(fell, str(area["area_id"]), "--json").stdout)["kind"] == "removed"


@pytest.mark.long
def test_its_last_figures_are_those_of_the_designation_before(fell: Path) -> None:
    area = removed(fell)
    earlier = run(Job(2021, load_policy("kbh-2017"), language="en"))
    at = earlier.area_id.tolist().index(area["area_id"])
    assert area["previous_residents"] == earlier.areas.residents[at]
    assert area["previous_composite"] == earlier.areas.composite[at]
    rates = [area[f"previous_rate_{key}"] for key in earlier.policy.policy.keys]
    assert rates == earlier.areas.rate[at].tolist()
    assert (area["name"], area["since"]) == (earlier.name[at], earlier.since[at])


@pytest.mark.long
def test_part_of_a_name_is_enough_where_one_area_has_it(fell: Path) -> None:
    area = removed(fell)
    whole = explain(fell, str(area["area_id"])).stdout
    assert explain(fell, str(area["name"])[-8:].upper()).stdout == whole
    names = [str(name) for (name,) in rows(fell, "SELECT name FROM areas")]
    several = explain(fell, "ved ")
    assert several.exit_code == 2
    assert "has several areas with 'ved '" in several.stderr
    assert sum("Ved " in name for name in names) > 1


@pytest.mark.long
def test_areas_and_near_misses_say_the_least_change(fell: Path) -> None:
    name, least = rows(fell, "SELECT name, least_change FROM areas WHERE least_change LIKE '%fewer%' LIMIT 1")[0]
    told = " ".join(explain(fell, str(name)).stdout.split())
    assert "Least change that would take it out (spread evenly over its units" in told
    assert str(least) in told
    assert all(text for (text,) in rows(fell, "SELECT least_change FROM near_misses"))


def test_ids_with_quotes_harm_nothing(file: Path) -> None:
    assert explain(file, "x' OR '1'='1").exit_code == 2


def test_a_file_that_is_no_designation_is_told(tmp_path: Path) -> None:
    other = tmp_path / "x.gpkg"
    other.write_bytes(b"nothing")
    done = explain(other, "2021-01")
    assert done.exit_code == 2
    assert "x.json" in done.stderr


@pytest.mark.long
def test_the_explanation_is_in_the_language_of_the_designation(file: Path) -> None:
    area_id = rows(file, "SELECT area_id FROM areas LIMIT 1")[0][0]
    assert explain(file, str(area_id)).stdout == explain(file, str(area_id), "--language", "da").stdout
    summary = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    in_english = file.with_name("designation_2099.gpkg")
    in_english.write_bytes(file.read_bytes())
    in_english.with_suffix(".json").write_text(json.dumps(summary | {"language": "en"}), encoding="utf-8")
    assert explain(in_english, str(area_id)).stdout == explain(file, str(area_id), "--language", "en").stdout
