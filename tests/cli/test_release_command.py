"""`udsat release`: what leaves, what stays, and what is refused."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pyogrio
import pytest
from click.testing import CliRunner, Result

import udsat_geo as ug
from edge_registers import write_edge_registers
from two_years import write_town
from udsat_geo.cli.main import designate, udsat
from udsat_geo.files.public import make_public, read_internal, write_public
from udsat_geo.files.read import read_layers
from udsat_geo.messages.errors import InputError
from udsat_geo.release.ledger import Ledger, read_ledger, safe_set
from udsat_geo.release.policy import load_release_policy

pytestmark = pytest.mark.long  # whole jobs

GREY = ("residents_sure", "residents_grey", "residents_grey_outside")
FINER = """
id = "finer"
source = "a test"
[counts]
least_persons = 3
round_to = 3
[units]
least_persons = 20
"""


def run(*call: object) -> Result:
    return CliRunner().invoke(udsat, [str(each) for each in call], catch_exceptions=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A designation of the house, beside an earlier one made of other people."""
    folder = tmp_path_factory.mktemp("house")
    for year, seed in ((2017, 1), (2021, 0)):
        write_edge_registers(folder / "raw" / str(year), seed=seed)
    for year in (2017, 2021):
        call = ["--year", str(year), "--registers", str(folder / "raw"), "--out", str(folder / "out")]
        done = CliRunner().invoke(designate, [*call, "--language", "en", "--quiet"], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
    return folder / "out"


@pytest.fixture
def house(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "house"))


@pytest.mark.parametrize("policy", ["kbh", "dst", "eurostat-grid"])
def test_nobody_is_given_away_and_totals_are_those_of_their_parts(house: Path, tmp_path: Path, policy: str) -> None:
    out = tmp_path / "public"
    for year in (2017, 2021):
        done = run("release", house / f"designation_{year}.gpkg", "--policy", policy, "--out", out)
        assert (done.exit_code, done.stderr) == (0, "")
    content = json.loads((out / "public_2021.json").read_text(encoding="utf-8"))
    assert content["audience"] == "public"
    assert content["residents_in_areas"] == sum(area["residents"] or 0 for area in content["areas"])
    drawn = pyogrio.read_dataframe(out / "public_2021.gpkg", layer="public_areas")
    assert drawn["residents"].tolist() == [area["residents"] for area in content["areas"]]
    squares = pyogrio.read_dataframe(out / "public_2021.gpkg", layer="public_units")
    assert squares["residents"].min() >= load_release_policy(policy).counts.least_persons
    assert not squares.geometry.overlaps(squares.geometry.union_all()).any()
    told = run("release", house / "designation_2021.gpkg", "--policy", policy, "--audit", "--json")
    assert json.loads(told.stdout)["published_before"] > 0
    text = (out / "release_2021.md").read_text(encoding="utf-8")
    assert "SHA-256" in text
    assert "could tell apart beside all of them | 0 |" in text
    assert "Drawn by squares: intersection over union" in text
    assert "<script" not in (out / "release_2021.html").read_text(encoding="utf-8")


def test_a_page_of_a_public_set_shows_ranges_and_says_why(house: Path, tmp_path: Path) -> None:
    assert run("release", house / "designation_2021.gpkg", "--out", tmp_path / "public").exit_code == 0
    file = tmp_path / "public" / "public_2021.gpkg"
    done = run("report", file, "--out", tmp_path / "page.html")
    assert (done.exit_code, "every number of people is a range" in done.stdout) == (0, True)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    content = json.loads((tmp_path / "public" / "public_2021.json").read_text(encoding="utf-8"))
    told = [area["residents"] for area in content["areas"] if area["residents"]]
    assert all(f"{n - 5:,}–{n + 4:,}" in page for n in told)
    assert "so that nobody can be recognised" in page
    assert "<script" not in page
    assert page.count("<path") == len(content["areas"])
    more = run("report", file, house / "designation_2021.gpkg", "--out", tmp_path / "page.html")
    assert (more.exit_code, "is public, and its page is made of it alone" in more.stderr) == (2, True)


def test_a_designation_is_released_as_it_is_made_with_how_sure_it_is(made: Path, tmp_path: Path) -> None:
    call = ["--year", "2021", "--registers", str(made.parent / "raw"), "--out", str(tmp_path / "out"), "--quiet"]
    done = CliRunner().invoke(designate, [*call, "--language", "en", "--certainty", "--release"])
    assert (done.exit_code, done.stderr) == (0, "")
    content = json.loads((tmp_path / "out" / "public" / "public_2021.json").read_text(encoding="utf-8"))
    assert content["release"]["id"] == "kbh"
    assert all(area["p_area"] is None or round(10 * area["p_area"], 6) % 1 == 0 for area in content["areas"])
    assert content["certainty"]["draws"] == 200
    assert all(content["certainty"][name] in (None, 0) or content["certainty"][name] >= 20 for name in GREY)
    exact = json.loads((tmp_path / "out" / "designation_2021.json").read_text(encoding="utf-8"))["certainty"]
    assert content["certainty"]["residents_sure"] == (exact["residents_sure"] + 5) // 10 * 10
    # no database keeps a ledger
    nowhere = CliRunner().invoke(designate, ["--year", "2021", "--release", "--out", "postgresql://a@b/c"])
    assert (nowhere.exit_code, "needs a folder" in nowhere.stderr) == (2, True)


def test_qgis_layers_of_a_public_set_say_that_they_are_rounded(house: Path, tmp_path: Path) -> None:
    assert run("release", house / "designation_2021.gpkg", "--out", tmp_path).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "public_2021.gpkg")) as package:
        styles = dict(package.execute("SELECT f_table_name, styleName FROM layer_styles WHERE useAsDefault"))
        told = dict(package.execute("SELECT table_name, identifier FROM gpkg_contents"))
        ((name, packed),) = package.execute("SELECT name, content FROM qgis_projects")
    assert styles["public_areas"] == styles["public_units"] == "rounded"
    assert told["public_areas"] == "Designated areas, rounded"
    assert name == "Map of the designation of 2021, rounded"
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(packed))) as archive:
        project = archive.read(archive.namelist()[0]).decode()
    assert "Numbers of people are rounded to the nearest 10" in project
    assert not any(each in project for each in ("residents.parquet", "near_misses", "changed_units", "sha256"))


def test_the_ledger_and_the_salt_are_for_the_house_alone_and_a_set_is_noted_once(house: Path, tmp_path: Path) -> None:
    call = ("release", house / "designation_2021.gpkg", "--policy", "eurostat-grid", "--out", tmp_path / "public")
    assert run(*call).exit_code == 0
    first = (house / "release-ledger.json").read_bytes()
    bytes_of = {path.name: path.read_bytes() for path in (tmp_path / "public").iterdir()}
    assert run(*call).exit_code == 0
    assert (house / "release-ledger.json").read_bytes() == first
    assert {path.name: path.read_bytes() for path in (tmp_path / "public").iterdir() if path.suffix == ".json"} == {
        name: content for name, content in bytes_of.items() if name.endswith(".json")
    }
    for name in ("release-ledger.json", "release-salt"):
        assert stat.S_IMODE((house / name).stat().st_mode) == 0o600
    (house / "release-salt").unlink()
    lost = run(*call)
    assert lost.exit_code == 2
    assert "is lost" in lost.stderr


def test_an_audit_counts_who_can_be_told_apart_and_writes_nothing(house: Path) -> None:
    before = sorted(path.name for path in house.iterdir())
    done = run("release", house / "designation_2021.gpkg", "--audit")
    assert done.exit_code == 0
    assert "Who can be told apart" in done.stdout
    found = json.loads(run("release", house / "designation_2021.gpkg", "--audit", "--json").stdout)["audit"]
    assert [row["least"] for row in found["residents"]] == [3, 5, 10]
    assert {row["public"] for part in found.values() for row in part} == {0}
    # rates of the house over windows tell single units to the last person
    assert sum(row["units"] for row in found["rates"]) > 10
    assert all(row["units"] == row["right"] for row in found["rates"])
    assert sorted(path.name for path in house.iterdir()) == before


def test_rates_that_are_the_units_own_are_audited_too(tmp_path: Path) -> None:
    """Of a policy that reads nothing with its surroundings: there is no other column of them."""
    write_town(tmp_path)
    done = run("release", tmp_path / "out" / "designation_2021.gpkg", "--audit")
    assert done.exit_code == 0, done.output
    assert "Whose people of a criterion can be counted" in done.stdout


def test_a_second_policy_over_the_same_people_gives_nobody_away_either(house: Path, tmp_path: Path) -> None:
    """Two roundings of the same numbers tell more than one."""
    layers = read_layers(house / "designation_2021.gpkg")
    (tmp_path / "finer.toml").write_text(FINER, encoding="utf-8")
    file = house / "designation_2021.gpkg"
    assert run("release", file, "--policy", tmp_path / "finer.toml", "--out", tmp_path / "a").exit_code == 0
    found, left_out = safe_set(layers, load_release_policy("kbh"), Ledger())
    assert left_out == frozenset()
    assert len(found.layers) == 4
    # seven numbers and ten, both told of one area, can leave fewer than ten
    refused = run("release", file, "--policy", "kbh", "--out", tmp_path / "b")
    assert refused.exit_code == 2
    assert "2021 kbh-2017 (finer)" in refused.stderr
    assert not (tmp_path / "b").exists()


def test_what_must_not_be_released_is_refused(house: Path, tmp_path: Path) -> None:
    file = house / "designation_2021.gpkg"
    assert run("release", file, "--out", tmp_path / "public").exit_code == 0
    again = run("release", tmp_path / "public" / "public_2021.gpkg", "--out", tmp_path / "twice")
    assert (again.exit_code, "is public already" in again.stderr) == (2, True)
    less = run("release", file, "--policy", "dst", "--out", tmp_path / "less")
    assert (less.exit_code, "promises 5 persons" in less.stderr) == (2, True)
    ledger = json.loads((house / "release-ledger.json").read_text(encoding="utf-8"))
    for release in ledger["releases"]:
        for told in release["told"]:
            told["units"] = [f"elsewhere {unit}" for unit in told["units"]]
    (house / "release-ledger.json").write_text(json.dumps(ledger), encoding="utf-8")
    other = run("release", file, "--out", tmp_path / "other")
    assert (other.exit_code, "of another city" in other.stderr) == (2, True)
    (house / "release-ledger.json").write_text("{}x", encoding="utf-8")
    broken = run("release", file, "--out", tmp_path / "other")
    assert (broken.exit_code, "is no ledger of releases" in broken.stderr) == (2, True)
    assert run("release", tmp_path / "nothing.gpkg", "--out", tmp_path / "other").exit_code == 2


def test_what_is_no_designation_is_told(house: Path, tmp_path: Path) -> None:
    file = house / "designation_2021.gpkg"
    (tmp_path / "notes.gpkg").write_text("no GeoPackage", encoding="utf-8")
    shutil.copy(file, tmp_path / "alone.gpkg")
    for name in ("notes.gpkg", "alone.gpkg", "nothing.gpkg"):
        told = run("release", tmp_path / name, "--out", tmp_path / "out")
        assert (told.exit_code, Path(name).stem in told.stderr) == (2, True), told.stderr
    ledger = tmp_path / "a folder"
    ledger.mkdir()
    told = run("release", file, "--out", tmp_path / "out", "--ledger", ledger)
    assert (told.exit_code, "nobody knows what has left the house" in told.stderr) == (2, True)
    assert not (tmp_path / "out").exists()
    # another secret than the one of what was published
    call = ("release", file, "--policy", "eurostat-grid", "--out", tmp_path / "out")
    assert run(*call).exit_code == 0
    (house / "release-salt").write_bytes(b"another" * 8)
    assert "is not the salt of what was published" in run(*call).stderr
    (house / "release-salt").write_bytes(b"short")
    assert "is no salt of ours" in run(*call).stderr


def test_in_python_a_result_is_released(house: Path, tmp_path: Path) -> None:
    result = ug.read(house / "designation_2021.gpkg")
    files = result.release(tmp_path / "public", units="none", ledger=tmp_path / "ledger.json")
    assert [file.name for file in files] == [
        "public_2021.gpkg",
        "public_2021.json",
        "release_2021.md",
        "release_2021.html",
    ]
    assert "public_units" not in {name for name, _kind in pyogrio.list_layers(files[0])}
    with pytest.raises(InputError, match="Built in"):
        result.release(tmp_path / "public", policy="none", ledger=tmp_path / "ledger.json")


def test_of_two_at_once_the_second_is_held_against_the_first(house: Path, tmp_path: Path) -> None:
    ledger, years = house / "ledger.json", (2017, 2021)
    layers = [read_internal(house / f"designation_{year}.gpkg")[0] for year in years]
    first, second = (make_public(each, load_release_policy("kbh"), ledger) for each in layers)
    write_public(first, tmp_path / "public")
    with pytest.raises(InputError, match=r"ledger\.json: another set was noted there.*Make it again"):
        write_public(second, tmp_path / "public")
    write_public(make_public(layers[1], load_release_policy("kbh"), ledger), tmp_path / "public")
    assert len(read_ledger(ledger).releases) == 2
