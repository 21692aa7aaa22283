"""The plugin in a real QGIS, where one is installed: the same results as the command line, and what it says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from qgis_sessions import (
    AWKWARD,
    Profile,
    contents,
    has_qgis,  # noqa: F401 - asked in the condition below
    launcher,
    program,
    values_of,
)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif("not has_qgis()", reason="QGIS with its Python and Processing (python3-qgis) is not here"),
]


def by_command(profile: Profile, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The same on the command line, by the same program."""
    command = [str(profile.program), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_the_algorithms_are_there(profile: Profile) -> None:
    done = profile.qgis_process("list")
    assert done.returncode == 0, done.stderr
    titles = ("designate\tDesignate areas", "diff\tCompare two", "status\tStatus of", "explain\tExplain an area")
    for title in (*titles, "release\tMake what may"):
        assert f"udsat_geo:{title}" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


# --- the same results as on the command line ----------------------------------------------------------------


def test_designate_gives_the_bytes_of_the_command_line(profile: Profile, town: Path, tmp_path: Path) -> None:
    here, there = tmp_path / AWKWARD, tmp_path / "there"
    done = profile.run("designate", values_of(town, here, LANGUAGE="da"))
    assert done.returncode == 0, done.stdout + done.stderr
    policy = ("--policy", town / "town.toml", "--registers", town / "raw")
    by_command(profile, "designate", "--year", "2021", *policy, "--out", there, "--language", "da")
    assert sorted(contents(here)) == ["designation_2021.gpkg", "designation_2021.json", "designation_2021.tif"]
    assert contents(here) == contents(there)
    summary = json.loads((here / "designation_2021.json").read_text(encoding="utf-8"))
    assert f"AREA_COUNT:\t{len(summary['areas'])}" in done.stdout
    assert f"UNITS_SCORED:\t{here / 'designation_2021.gpkg'}|layername=units" in done.stdout
    assert "2021: danner områder" in done.stdout
    assert "designation_2021.tif" in done.stdout


def test_without_registers_it_is_the_synthetic_city_and_says_so(profile: Profile, tmp_path: Path) -> None:
    done = profile.run("designate", {"YEAR": 2017, "PREVIOUS": "none", "FORMATS": "gpkg", "OUTPUT": tmp_path})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING:\tNo registers are named: this runs on the synthetic Copenhagen" in done.stdout
    assert json.loads((tmp_path / "designation_2017.json").read_text(encoding="utf-8"))["source"] == "synthetic"
    assert "RASTER" not in done.stdout


def test_diff_gives_the_bytes_of_the_command_line(profile: Profile, town: Path, tmp_path: Path) -> None:
    before, now = (town / "out" / f"designation_{year}.gpkg" for year in (2017, 2021))
    here, there = tmp_path / "her" / "ændret.gpkg", tmp_path / "there" / "ændret.gpkg"
    # any layer of a designation stands for all of it
    done = profile.run("diff", {"BEFORE": f"{before}|layername=units", "NOW": now, "OUTPUT": here})
    assert done.returncode == 0, done.stdout + done.stderr
    said = by_command(profile, "diff", before, now, "--language", "en", "--out", there).stdout
    assert here.read_bytes() == there.read_bytes()
    assert contents(here.parent).keys() == {here.name}
    assert said.splitlines()[0] in done.stdout
    assert f"LINKS:\t{here}|layername=links" in done.stdout


def test_status_gives_the_bytes_of_the_command_line(profile: Profile, town: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "her", tmp_path / "there"
    areas = town / "out" / "designation_2017.gpkg"
    shared = {"POLICY_FILE": town / "town.toml", "RAW": town / "raw", "OUTPUT": here}
    done = profile.run("status", {"AREAS": areas, "YEARS": "2017, 2021", "UPDATED_YEAR": 2021} | shared)
    assert done.returncode == 0, done.stdout + done.stderr
    options = ("--areas", areas, "--years", "2017,2021", "--updated", "2021", "--policy", town / "town.toml")
    by_command(profile, "status", *options, "--registers", town / "raw", "--language", "en", "--out", there)
    assert contents(here) == contents(there)
    page = next(line.split("\t")[1] for line in done.stdout.splitlines() if line.startswith("HTML:"))
    assert page.endswith("status.html")


def test_release_gives_the_files_of_the_command_line(profile: Profile, town: Path, tmp_path: Path) -> None:
    (copied := tmp_path / AWKWARD).mkdir()
    for name in ("designation_2021.gpkg", "designation_2021.json"):
        (copied / name).write_bytes((town / "out" / name).read_bytes())
    here, there, file = tmp_path / "her", tmp_path / "there", copied / "designation_2021.gpkg"
    options = {"POLICY": "dst", "UNITS": "classes", "LEDGER": tmp_path / "a.json", "OUTPUT": here}
    done = profile.run("release", {"FILE": f"{file}|layername=units"} | options)
    assert done.returncode == 0, done.stdout + done.stderr
    by_command(profile, "release", file, "--policy", "dst", "--units", "classes", "--ledger", tmp_path / "b.json",
               "--out", there)  # fmt: skip
    assert sorted(contents(here)) == ["public_2021.gpkg", "public_2021.json", "release_2021.html", "release_2021.md"]
    assert contents(here) == contents(there)
    assert f"PUBLIC_AREAS:\t{here}/public_2021.gpkg|layername=public_areas" in done.stdout
    assert f"HTML:\t{here}/release_2021.html" in done.stdout


# --- what is at fault is said ---------------------------------------------------------------------------------


def test_wrong_input_is_answered_in_the_program_s_words(profile: Profile, town: Path, tmp_path: Path) -> None:
    done = profile.run("designate", values_of(town, tmp_path / "out", YEAR=2040))
    assert done.returncode != 0
    assert "“Year” 2040: the policy town holds for 2017-2028. Choose a year or another policy." in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


NOT_OURS = "print('something else, version 7.0.0')"
TOO_OLD = "print('udsat_geo, version 0.0.9')"
BREAKS = """
import sys
if sys.argv[1] == '--version':
    print('udsat_geo, version 0.1.0')
else:
    raise ZeroDivisionError('a fault of ours')
"""


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (None, "The program udsat_geo was not found. Install it in a Python environment outside QGIS"),
        ("missing", "The program udsat_geo is not here"),
        (NOT_OURS, "is not the program udsat_geo (it answers: something else, version 7.0.0)"),
        (TOO_OLD, "is version 0.0.9, and at least 0.1.0 is needed. Install the newest"),
        (BREAKS, "udsat_geo stopped on a fault of its own (exit code 1); nothing was written."),
    ],
    ids=["no program", "a wrong path", "another program", "an old one", "one that breaks"],
)
def test_a_program_that_cannot_do_it_is_said(tmp_path: Path, setting: str | None, told: str) -> None:
    path = None if setting is None else tmp_path / "bin" / "udsat"
    if path is not None and setting is not None and setting != "missing":
        program(path, setting)
    done = Profile(tmp_path / "profile", path).run("designate", {"YEAR": 2025, "OUTPUT": tmp_path / "out"}, PATH="/bin")
    assert done.returncode != 0
    assert told in done.stderr
    assert "synthetic" not in done.stdout or setting == BREAKS
    # a fault of ours alone keeps its traceback
    assert ("Traceback" in done.stdout + done.stderr) == (setting == BREAKS)
    assert not (tmp_path / "out").exists()


def test_without_a_setting_it_is_found_on_the_path(home: Path, tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profile", None)
    path = f"{launcher(tmp_path / 'bin').parent}:/usr/bin:/bin"
    done = profile.run("designate", {"YEAR": 2040, "OUTPUT": tmp_path / "out"}, PATH=path)
    assert "the policy kbh-2017 holds for 2017-2028" in done.stderr
