"""What users see: the main job as a real process, other calls in this one, and what the files hold afterwards."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from click.testing import CliRunner
from rio_cogeo.cogeo import cog_validate

from edge_registers import write_edge_registers
from paths import POLICIES
from small_registers import make_registers
from udsat_geo.cli.main import designate, udsat

SCRIPTS = Path(sys.executable).parent
BUILT_IN_POLICY = resources.files("udsat_geo.policy").joinpath("policies", "kbh-2017.toml")


def run_process(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(SCRIPTS / arguments[0]), *arguments[1:]]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120, check=False)


def run(name: str, *arguments: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The same within this process."""
    command = {"designate": designate, "udsat": udsat}[name]
    with contextlib.chdir(folder or Path.cwd()):
        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The main job in an empty folder, on the synthetic city."""
    folder = tmp_path_factory.mktemp("city")
    return folder, run_process("designate", "--year", "2025", "--language", "en", folder=folder)


def test_the_main_job_runs_on_the_synthetic_city_and_says_so(
    city: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = city
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert "synthetic Copenhagen" in first
    for piece in ("Areas 2025", "Residents", "2021 -> 2025", "Dwelling area", "points", "designation_2025.gpkg"):
        assert piece in done.stdout
    summary = json.loads((folder / "data/out/designation_2025.json").read_text(encoding="utf-8"))
    assert summary["source"] == "synthetic"
    assert summary["policy"]["id"] == "kbh-2017"
    assert [entry["name"] for entry in summary["inputs"]] == [
        "addresses.parquet", "dwellings.parquet", "residents.parquet", "places.geojson", "ground.geojson",
    ]  # fmt: skip
    assert all(len(entry["sha256"]) == 64 and entry["rows"] > 0 for entry in summary["inputs"])
    assert not [path.name for path in (folder / "data/out").iterdir() if path.name.startswith(".")]


def test_the_geopackage_holds_what_the_contract_says(city: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    path = city[0] / "data/out/designation_2025.gpkg"
    summary = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    keys = [row["criterion"] for row in summary["status"]]
    areas, units = gpd.read_file(path, layer="areas"), gpd.read_file(path, layer="units")
    changes, status = gpd.read_file(path, layer="changes"), gpd.read_file(path, layer="status")
    rates = [f"rate_{key}" for key in keys] + [f"gap_{key}" for key in keys]
    wanted = ["area_id", "name", "district", "residents", "units", "area_ha", "composite", "criteria_exceeded"]
    assert set(wanted + rates + ["since", "event"]) <= set(areas.columns)
    assert {"unit_id", "residents", *rates, "composite", "criteria_exceeded", "role", "area_id", "reason"} <= set(
        units.columns
    )
    assert {"event", "area_id", "previous_ids", "residents_added", "residents_removed", "residents_kept"} <= set(
        changes.columns
    )
    assert list(status.columns) == ["criterion", "areas", "rest_of_city", "gap", "city"]
    assert areas.crs.to_epsg() == units.crs.to_epsg() == 25832
    assert set(areas.geom_type) == set(changes.geom_type) == {"MultiPolygon"}
    assert set(units.geom_type) == {"Polygon"}
    assert areas.is_valid.all()
    assert areas["residents"].sum() == summary["residents_in_areas"]
    assert units.groupby("area_id")["residents"].sum().to_dict() == areas.set_index("area_id")["residents"].to_dict()
    np.testing.assert_allclose(areas["area_ha"], areas.area / 1e4, atol=1e-4)
    assert set(units["role"]) <= {"core", "edge", "fill", "outside"}
    assert units["reason"].notna().all()


@pytest.mark.long
def test_the_raster_is_a_valid_cog_with_named_bands(city: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    path = city[0] / "data/out/designation_2025.tif"
    valid, errors, warnings = cog_validate(str(path))
    assert valid, errors
    assert not warnings
    units = gpd.read_file(path.with_suffix(".gpkg"), layer="units")
    with rasterio.open(path) as raster:
        assert raster.descriptions[-2:] == ("composite", "area")
        assert raster.descriptions[0] == "rate_dwelling_area"
        assert raster.nodata == -9999
        assert raster.tags()["source"] == "synthetic"
        centres = [(point.x, point.y) for point in units.geometry.centroid]
        sampled = np.array(list(raster.sample(centres)))
    np.testing.assert_allclose(sampled[:, -2], units["composite"].fillna(-9999), rtol=1e-6)
    areas = gpd.read_file(path.with_suffix(".gpkg"), layer="areas").set_index("area_id")
    numbers = units["area_id"].map(areas["number"]).astype(float).fillna(0)
    np.testing.assert_array_equal(sampled[:, -1], numbers)


@pytest.mark.long
def test_the_same_input_gives_the_same_bytes(
    city: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = run("designate", "--year", "2025", "--language", "en", "--threads", "1", "--quiet", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for name in ("designation_2025.gpkg", "designation_2025.tif", "designation_2025.json"):
        assert (tmp_path / "data/out" / name).read_bytes() == (city[0] / "data/out" / name).read_bytes(), name


@pytest.mark.long
def test_json_prints_the_summary_alone(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "registers")
    done = run(
        "designate", "--year", "2021", "--registers", tmp_path / "registers", "--out", tmp_path / "out", "--json"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((tmp_path / "out/designation_2021.json").read_text(encoding="utf-8"))
    assert done.stderr == ""


@pytest.mark.long
def test_a_folder_by_year_is_found_and_compared_with_the_year_before(tmp_path: Path) -> None:
    for seed, year in enumerate((2017, 2021)):
        write_edge_registers(tmp_path / "raw" / str(year), seed)
    done = run(
        "designate", "--year", "2021", "--registers", tmp_path / "raw", "--out", tmp_path / "out", "--language", "en"
    )
    assert done.returncode == 0, done.stderr
    assert "2017 -> 2021" in done.stdout
    alone = run(
        "designate",
        "--year",
        "2021",
        "--registers",
        tmp_path / "raw",
        "--out",
        tmp_path / "alone",
        "--previous",
        "none",
    )
    assert alone.returncode == 0, alone.stderr
    assert "2017 -> 2021" not in alone.stdout


@pytest.mark.long
def test_validate_counts_without_writing(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "registers")
    done = run("udsat", "validate", tmp_path / "registers", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "residents:" in done.stdout
    assert "Residents without a known dwelling" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["registers"]


@pytest.mark.long
def test_validate_tells_the_units_of_the_policy(tmp_path: Path) -> None:
    make_registers(1).write(tmp_path / "raw")
    policy = POLICIES / "addresses.toml"
    for arguments, kind in (((), "cells"), (("--policy", policy), "addresses")):
        done = run("udsat", "validate", tmp_path / "raw", *arguments)
        assert done.returncode == 0, done.stderr
        assert f" {kind}. The registers can be used with" in done.stdout


@pytest.mark.long
def test_the_synthetic_city_is_designated_address_by_address(tmp_path: Path) -> None:
    policy = POLICIES / "addresses.toml"
    done = run("designate", "--year", "2017", "--policy", policy, "--json", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["source"], summary["policy"]["id"]) == ("synthetic", "addresses")
    assert len(summary["areas"]) > 10
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".gpkg", ".json"]


@pytest.mark.long
def test_synth_writes_registers_that_designate_reads_and_still_calls_synthetic(tmp_path: Path) -> None:
    done = run("udsat", "synth", "--year", "2017", "--out", tmp_path / "raw")
    assert done.returncode == 0, done.stderr
    again = run("designate", "--year", "2017", "--registers", tmp_path / "raw", "--out", tmp_path / "out", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["source"] == "synthetic"


def test_policies_lists_the_built_in_ones() -> None:
    done = run("udsat", "policies")
    assert done.returncode == 0
    assert "kbh-2017" in done.stdout


@pytest.mark.long
def test_danish_is_the_default_language(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "registers")
    done = run("designate", "--year", "2021", "--registers", tmp_path / "registers", "--out", tmp_path / "out")
    assert "Områder 2021" in done.stdout


@pytest.mark.long
def test_a_criterion_that_is_the_same_everywhere_is_pointed_out(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "registers")
    text = BUILT_IN_POLICY.read_text(encoding="utf-8").replace("origin = 'non_western'", "origin = 'nonwestern'")
    (tmp_path / "misspelt.toml").write_text(text, encoding="utf-8")
    done = run(
        "designate", "--year", "2021", "--registers", tmp_path / "registers", "--out", tmp_path / "out",
        "--language", "en", "--policy", tmp_path / "misspelt.toml",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Non-western origin: the same everywhere" in " ".join(done.stdout.split())


@pytest.mark.long
def test_a_designation_by_another_policy_is_compared_with_a_word(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "registers")
    text = BUILT_IN_POLICY.read_text(encoding="utf-8").replace("edge = 0.5", "edge = 0.2")
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    first = run(
        "designate", "--year", "2017", "--registers", tmp_path / "registers", "--out", tmp_path / "out",
        "--policy", tmp_path / "other.toml",
    )  # fmt: skip
    assert first.returncode == 0, first.stderr
    second = run(
        "designate", "--year", "2021", "--registers", tmp_path / "registers", "--out", tmp_path / "out", "--json",
        "--previous", tmp_path / "out" / "designation_2017.gpkg", "--language", "en",
    )  # fmt: skip
    assert second.returncode == 0, second.stderr
    summary = json.loads(second.stdout)
    assert summary["changes"]["previous"]["policy_sha256"] != summary["policy"]["sha256"]
    assert any("another policy" in note for note in summary["notes"])
