"""A run repeated from its crate gives the same bytes, and says so when anything is not what it was."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from crate_towns import NAME, call, made, rerun, states
from udsat_geo.cli.main import designate, udsat
from udsat_geo.files.crate import crate_text, read_crate

pytestmark = pytest.mark.long  # whole jobs

ALL_WELL = {f"designation_2021.{suffix}": (True, "as_written") for suffix in ("gpkg", "tif", "json")}


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_comes_out_the_same(town: Path) -> None:
    made(2021, town / "out", "--barriers", "lines.gpkg|layername=railways", "--lang", "en")
    before = files_of(town)
    code, found, error = rerun("out")
    assert (code, error) == (0, "")
    assert found["same"] is True
    assert found["runs"][0]["other_versions"] == []
    assert states(found) == ALL_WELL
    assert files_of(town) == before, "a repetition leaves everything as it was"
    assert rerun(town / "out" / NAME)[0] == 0


def test_a_crate_may_be_all_that_is_asked_for(town: Path) -> None:
    made(2021, town / "out", formats="crate")
    code, found, error = rerun("out")
    assert (code, error) == (0, "")
    assert states(found) == {"designation_2021.json": (True, "as_written")}


def test_every_format_comes_out_the_same(town: Path) -> None:
    made(2021, town / "out", formats="gpkg,tif,areas-tif,parquet,geojson,fgb,csv,xlsx,crate")
    code, found, error = rerun("out")
    assert (code, error) == (0, "")
    assert len(states(found)) > 25
    assert set(states(found).values()) == {(True, "as_written")}


@pytest.mark.long
def test_one_file_may_be_two_inputs(town: Path) -> None:
    layers = ("--barriers", "lines.gpkg|layername=railways", "--crossings", "lines.gpkg|layername=bridges")
    path = made(2021, town / "out", *layers)
    assert [each.name for each in read_crate(path)[0].inputs].count("lines.gpkg") == 2
    assert rerun("out")[0] == 0
    assert files_of(town / "out") != files_of(made(2021, town / "without", *layers[:2]).parent)


@pytest.mark.long
def test_every_run_of_a_crate_is_repeated_unless_one_is_asked_for(town: Path) -> None:
    for year in (2017, 2021):
        made(year, town / "out")
    assert [run["year"] for run in rerun("out")[1]["runs"]] == [2017, 2021]
    assert [run["year"] for run in rerun("out", "--year", "2017")[1]["runs"]] == [2017]
    code, _, error = rerun("out", "--year", "2019")
    assert code == 2
    assert "It has 2017, 2021" in error


@pytest.mark.long
def test_inputs_are_found_wherever_they_lie_now(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(2021, town / "out", "--barriers", "lines.gpkg|layername=railways")
    elsewhere = town.parent / "elsewhere"
    elsewhere.mkdir()
    for name in ("registers", "lines.gpkg", "own.toml"):
        shutil.move(town / name, elsewhere / name)
    monkeypatch.chdir(town.parent)
    code, _, error = rerun(town / "out")
    assert code == 2
    assert error.count("is not there") == 9, "the policy, six registers, the places, and the barriers"
    assert error.count("\n") == error.count("error: ")
    given = ("--raw", elsewhere / "registers", "--barriers", f"{elsewhere / 'lines.gpkg'}|layername=railways")
    code, found, error = rerun(town / "out", *given, "--policy", elsewhere / "own.toml")
    assert (code, error) == (0, "")
    assert states(found) == ALL_WELL
    flat = town.parent / "flat"
    shutil.copytree(elsewhere / "registers", flat)
    for name in ("lines.gpkg", "own.toml"):
        shutil.copy(elsewhere / name, flat / name)
    assert rerun(town / "out", "--inputs", flat)[0] == 0


@pytest.mark.long
def test_the_synthetic_city_is_made_again(town: Path) -> None:
    code, _, error = call(
        designate, "--year", "2017", "--seed", "3", "--out", "out", "--format", "gpkg,crate", "--quiet", "--lang", "en"
    )
    assert code == 0, error
    code, found, error = rerun("out")
    assert (code, error) == (0, "")
    assert states(found) == {
        "designation_2017.gpkg": (True, "as_written"),
        "designation_2017.json": (True, "as_written"),
    }


TAMPERED: list[tuple[str, Callable[[Path], object]]] = [
    ("residents of 2021", lambda town: append(next((town / "registers/2021").glob("residents.*")))),
    ("addresses of 2017", lambda town: append(next((town / "registers/2017").glob("addresses.*")))),
    ("places of 2021", lambda town: append(town / "registers/2021/places.geojson")),
    ("barriers of 2021: lines.gpkg", lambda town: append(town / "lines.gpkg")),
    ("policy own.toml", lambda town: append(town / "own.toml", b"\n# another\n")),
]


def append(path: Path, more: bytes = b" ") -> None:
    path.write_bytes(path.read_bytes() + more)


@pytest.mark.parametrize(("where", "tamper"), TAMPERED)
def test_an_input_that_is_another_one_now_is_told(
    town_with_run: Path, where: str, tamper: Callable[[Path], object]
) -> None:
    tamper(town_with_run)
    code, found, error = rerun("out")
    assert (code, found) == (2, {})
    assert f"error: {where}" in error
    assert "is another one now (SHA-256 " in error
    assert error.count("error: ") == 1


def test_all_that_is_missing_or_changed_is_told_at_once(town_with_run: Path) -> None:
    for _, tamper in TAMPERED:
        tamper(town_with_run)
    next((town_with_run / "registers/2021").glob("dwellings.*")).unlink()
    code, _, error = rerun("out")
    assert code == 2
    assert error.count("is another one now") == 5
    assert error.count("is not there") == 1


def test_a_result_that_was_changed_since_is_told(town: Path) -> None:
    made(2021, town / "out")
    append(town / "out" / "designation_2021.tif")
    code, found, _ = rerun("out")
    assert code == 3
    assert states(found) == {**ALL_WELL, "designation_2021.tif": (True, "changed")}
    (town / "out" / "designation_2021.tif").unlink()
    code, found, _ = rerun("out")
    assert code == 0
    assert states(found)["designation_2021.tif"] == (True, "absent")


def test_a_crate_that_tells_other_results_is_told(town: Path) -> None:
    path = made(2021, town / "out")
    (run,) = read_crate(path)
    forged = tuple(
        dataclasses.replace(output, sha256="0" * 64) if output.name.endswith(".gpkg") else output
        for output in run.outputs
    )
    path.write_text(crate_text([dataclasses.replace(run, outputs=forged)]), encoding="utf-8")
    code, found, _ = rerun("out")
    assert code == 3
    assert found["same"] is False
    assert states(found)["designation_2021.gpkg"] == (False, "changed")
    code, out, _ = call(udsat, "rerun", "out")
    assert code == 3
    assert "1 af 3 resultater er ikke, som de var." in out


def test_other_versions_are_told_and_do_not_matter_as_long_as_results_are_the_same(town: Path) -> None:
    path = made(2021, town / "out", formats="gpkg,crate")
    (run,) = read_crate(path)
    older = tuple((name, "0.1" if name == "numpy" else version) for name, version in run.libraries)
    path.write_text(crate_text([dataclasses.replace(run, libraries=(*older, ("olden", "1")))]), encoding="utf-8")
    code, found, _ = rerun("out")
    assert code == 0
    told = {each["name"]: (each["then"], each["now"]) for each in found["runs"][0]["other_versions"]}
    assert told.keys() == {"numpy", "olden"}
    assert told["olden"] == ("1", None)
    out = call(udsat, "rerun", "out", "--lang", "en")[1]
    assert "Other versions now: numpy 0.1 -> " in out
    assert "All 2 results are the same." in out


def test_a_run_reads_the_inputs_of_the_crate_and_nothing_beside_them(town: Path) -> None:
    """Barriers that have come to lie beside the registers since are no input of that run."""
    made(2021, town / "out")
    gpd.read_file(town / "lines.gpkg", layer="railways").to_file(town / "registers/2021/barriers.gpkg", driver="GPKG")
    assert rerun("out", "--raw", "registers")[0] == 0


# --- what is compared with ----------------------------------------------------------------------------------


@pytest.mark.long
def test_a_designation_that_was_named_to_compare_with(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(2017, town / "earlier", formats="gpkg")
    made(2021, town / "out", "--previous", town / "earlier" / "designation_2017.gpkg")
    assert rerun("out")[0] == 0
    monkeypatch.chdir(town.parent)
    given = ("--raw", town / "registers", "--policy", town / "own.toml")
    code, _, error = rerun(town / "out", *given)
    assert code == 2
    assert error.count("Name it with --previous") == 2
    assert rerun(town / "out", *given, "--previous", town / "earlier" / "designation_2017.gpkg")[0] == 0
    append(town / "earlier" / "designation_2017.json")
    code, _, error = rerun(town / "out", *given, "--previous", town / "earlier" / "designation_2017.gpkg")
    assert code == 2
    assert "summary of 2017: designation_2017.json: is another one now" in error


def test_a_designation_of_the_output_folder_that_was_compared_with(town: Path) -> None:
    shutil.rmtree(town / "registers/2017")
    shutil.copytree(town / "registers/2021", town / "flat")
    base = ("--policy", "own.toml", "--out", "out", "--quiet", "--previous", "none", "--raw", "flat")
    assert call(designate, "--year", "2017", *base, "--format", "gpkg")[0] == 0
    made(2021, town / "out")
    assert (
        json.loads((town / "out/designation_2021.json").read_text(encoding="utf-8"))["changes"]["previous_year"] == 2017
    )
    code, found, error = rerun("out")
    assert (code, error) == (0, "")
    assert states(found) == ALL_WELL


def test_what_is_said_of_a_stored_designation_comes_out_the_same(town: Path) -> None:
    """Both that designation and the registers that it is held against are inputs of the run."""
    made(2017, town / "out", formats="gpkg")
    units = gpd.read_file(town / "out/designation_2017.gpkg", layer="units")
    unit = units.unit_id[units.area_id.notna()].iloc[0]
    decision = f"unit_id,action,reason,decided_by,date\n{unit},exclude,as we know it,the council,2017-06-01\n"
    (town / "decisions.csv").write_text(decision, encoding="utf-8")
    made(2017, town / "out", "--overrides", "decisions.csv", formats="gpkg")
    made(2021, town / "out", "--lang", "en")
    summary = json.loads((town / "out/designation_2021.json").read_text(encoding="utf-8"))
    assert any("continued from as it was decided" in note for note in summary["notes"])
    earlier = {each.what for each in read_crate(town / "out" / NAME)[0].inputs if each.year == 2017}
    assert earlier > {"designation", "summary", "residents"}
    assert rerun("out")[0] == 0


@pytest.mark.parametrize("previous", ["made", "none"])
def test_a_designation_that_left_alone_what_is_stored(town: Path, previous: str) -> None:
    made(2017, town / "out", formats="gpkg")
    made(2021, town / "out", "--previous", previous)
    assert rerun("out")[0] == 0


def test_a_policy_that_looks_back_on_years_running(town: Path) -> None:
    (town / "own.toml").write_text(
        (town / "own.toml").read_text(encoding="utf-8").replace("criteria = 1", "criteria = 1\nyears_running = 2"),
        encoding="utf-8",
    )
    base = ("--raw", "registers", "--out", "out", "--quiet", "--previous", "none", "--format", "gpkg,crate")
    (town / "first.toml").write_text(
        (town / "own.toml").read_text(encoding="utf-8").replace("years_running = 2", "years_running = 1"),
        encoding="utf-8",
    )
    code, _, error = call(designate, "--year", "2017", "--policy", "first.toml", *base)
    assert code == 0, error
    code, _, error = call(designate, "--year", "2021", "--policy", "own.toml", *base)
    assert code == 0, error
    earlier = sorted(each.what for each in read_crate(town / "out" / NAME)[1].inputs if each.year == 2017)
    # the scale of 2017 by this policy is that of its registers
    assert earlier == ["addresses", "designation", "dwellings", "residents", "summary"]
    code, found, error = rerun("out")
    assert (code, error) == (0, "")
    assert [run["year"] for run in found["runs"]] == [2017, 2021]


# --- tables of units, references, shapefiles ----------------------------------------------------------------

ZONES = """
id = "zones"
title = { da = "Zoner", en = "Zones" }
source = "a test"
years = [2000, 2030]
cadence = 4
[references]
half = { label = { da = "Halvdelen", en = "Half" } }
[units]
kind = "zones"
id = "zone"
residents = "people"
crs = "EPSG:25832"
[context]
residents = 0
[[criteria]]
key = "poor"
label = { da = "Fattige", en = "Poor" }
register = "units"
numerator = "poor"
denominator = "people"
worse = "high"
unit = "share"
limit = "half"
[score]
method = "none"
[rule]
criteria = 1
[areas]
residents = 10
"""


@pytest.mark.long
@pytest.mark.parametrize("suffix", ["gpkg", "shp"])
def test_a_table_of_units_with_a_reference(town: Path, suffix: str) -> None:
    squares = [shapely.box(720_000 + 100 * i, 6_175_000, 720_100 + 100 * i, 6_175_100) for i in range(6)]
    zones = gpd.GeoDataFrame(
        {"zone": list("abcdef"), "people": [100] * 6, "poor": [60, 55, 10, 10, 70, 20]},
        geometry=squares,
        crs="EPSG:25832",
    )
    zones.to_file(town / f"zones.{suffix}")
    (town / "zones.toml").write_text(ZONES, encoding="utf-8")
    code, _, error = call(
        designate, "--year", "2021", "--policy", "zones.toml", "--units", f"zones.{suffix}", "--reference", "half=0.5",
        "--out", "out", "--format", "gpkg,tif,crate", "--quiet",
    )  # fmt: skip
    assert code == 0, error
    (run,) = read_crate(town / "out" / NAME)
    assert (run.source, run.option("--reference"), run.option("--raw")) == ("unit_table", "half=0.5", None)
    code, found, error = rerun("out")
    assert (code, error) == (0, "")
    assert len(states(found)) == 2
    moved = town / "moved"
    moved.mkdir()
    for part in town.glob("zones.*"):
        if part.suffix != ".toml":
            os.replace(part, moved / part.name)
    assert rerun("out")[0] == 2
    assert rerun("out", "--units", moved / f"zones.{suffix}")[0] == 0
