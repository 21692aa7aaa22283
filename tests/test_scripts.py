"""The scripts say how they are used, and end with a clear word where their data are not there."""

from __future__ import annotations

import os
import re
import runpy
import sys
import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from small_registers import make_registers
from udsat_geo.cli.main import udsat

SCRIPTS = Path(__file__).parent.parent / "scripts"
PROGRAMS = sorted(
    path for path in SCRIPTS.rglob("*.py") if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
)


def run(path: Path, *arguments: str | Path) -> int | str | None:
    """Run a script as `python scripts/...` does, in this process; what it ended with."""
    before = sys.argv, sys.path[:]
    sys.argv = [str(path), *map(str, arguments)]
    sys.path.insert(0, str(path.parent))
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as end:
        return end.code
    finally:
        sys.argv, sys.path[:] = before
    return 0


def test_all_programs_are_found() -> None:
    assert {"benchmark", "compare_versions", "how_good", "plugin_zip"} <= {path.stem for path in PROGRAMS}


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_every_script_says_how_it_is_used(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(path, "--help") == 0
    told = capsys.readouterr().out
    assert told.startswith("usage:")
    assert "  -h, --help" in told


def test_a_script_without_its_data_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As on an empty checkout, with no open data beside it and nothing designated yet."""
    missing = tmp_path / "real"
    for name, arguments in (
        ("bridges_and_holes", ("--real", missing, "--out", tmp_path)),
        ("glasgow_changes", ("--real", missing)),
        ("picture", (tmp_path / "designation_2025.gpkg", tmp_path / "picture.png")),
        ("compare_versions", ("old", "new", "--real", missing, "--only", "glasgow")),
    ):
        assert run(SCRIPTS / f"{name}.py", *arguments) in (0, 1, 2), name
        told = "".join(capsys.readouterr())
        assert str(tmp_path) in told, name
        assert "Traceback" not in told, name
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_how_good_it_is_can_be_told_of_the_synthetic_city_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(SCRIPTS / "how_good.py", "--real", tmp_path / "real") in (0, None)
    assert f"no open data in {tmp_path / 'real'}" in capsys.readouterr().out


def test_people_who_are_drawn_twice_are_two_people(tmp_path: Path) -> None:
    """Registers with a key of persons, which may stand once, are drawn from with replacement."""
    town = tmp_path / "town"
    make_registers(1).write(town)
    residents = pq.read_table(town / "residents.parquet")
    keyed = residents.append_column("person_id", pa.array(range(residents.num_rows)))
    pq.write_table(keyed, town / "residents.parquet")
    (town / "registers.toml").touch()
    flicker = runpy.run_path(str(SCRIPTS / "flicker.py"))
    flicker["draw_registers"](town, tmp_path / "drawn", np.random.default_rng(1))
    assert CliRunner().invoke(udsat, ["validate", str(tmp_path / "drawn")]).exit_code == 0
    drawn = pq.read_table(tmp_path / "drawn" / "residents.parquet")
    assert drawn.num_rows == residents.num_rows
    assert drawn.column_names == residents.column_names


def test_a_wheelhouse_lists_each_wheel_with_its_digest_and_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    wheelhouse = runpy.run_path(str(SCRIPTS / "wheelhouse.py"))
    wheels = [tmp_path / "Some_Thing-1.2-py3-none-any.whl", tmp_path / "other-3-py3-none-any.whl"]
    for wheel in wheels:
        wheel.write_bytes(b"what it holds")
    listed = wheelhouse["requirements"](wheels).splitlines()
    assert [line.split(" ")[0] for line in listed] == ["other==3", "some-thing==1.2"]
    assert all(len(line.partition("sha256:")[2]) == 64 for line in listed)
    archives = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for archive in archives:
        wheelhouse["pack"](archive, wheels, "how to install")
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_what_a_reader_stumbles_over_is_kept_and_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "path", [str(SCRIPTS / "fuzz"), *sys.path])
    fuzz = runpy.run_path(str(SCRIPTS / "fuzz.py"))
    from readers import Reader
    from spoilt import some_of_the_files

    def make(folder: Path) -> None:
        (folder / "a.toml").write_text("a = 1\n", encoding="utf-8")

    def read(folder: Path) -> None:
        if (folder / "a.toml").read_bytes() != b"a = 1\n":
            raise ZeroDivisionError

    monkeypatch.setitem(fuzz["READERS"], "csv", Reader(make, some_of_the_files(), read))
    tried = fuzz["try_reader"]("csv", 60.0, 20, 0, tmp_path)
    assert (tried.inputs, tried.refused, tried.finds) == (20, 0, 1)
    (kept,) = [path for path in tmp_path.iterdir() if (path / "FOUND.txt").exists()]
    assert (kept / "FOUND.txt").read_text(encoding="utf-8").startswith("ZeroDivisionError at nowhere")
    assert (kept / "a.toml").read_bytes() != b"a = 1\n"
    assert capsys.readouterr().err.count("ZeroDivisionError") == 1


@pytest.mark.long
def test_the_readers_and_the_load_are_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A few inputs and runs of each kind; the scripts themselves go on for as long as they are told to."""
    few = ("--inputs", "3", "--seconds", "30", "--keep", tmp_path)
    assert run(SCRIPTS / "fuzz.py", "--only", "policies", "crate", *few) == 0
    assert "6 inputs" in capsys.readouterr().out
    if not hasattr(os, "fork"):
        pytest.skip("processes are forked on POSIX only")
    rows = ("--kills", "10", "--doubles", "2", "--many", "2")
    assert run(SCRIPTS / "load.py", "--only", "kills", "doubles", "folders", *rows) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[:4] for line in told] == [
        ["kills", "10", "tried", "10"],
        ["doubles", "2", "tried", "2"],
        ["folders", "2", "tried", "2"],
    ]


def test_locked_versions_are_of_everything_that_is_asked_for() -> None:
    locked = {line.split("==")[0] for line in (SCRIPTS / "wheelhouse.lock").read_text(encoding="utf-8").splitlines()}
    project = tomllib.loads((SCRIPTS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(project["optional-dependencies"][extra][0] for extra in ("crate", "excel"))]
    asked += project["optional-dependencies"]["report"]
    assert {re.split("[><=[]", one)[0].lower() for one in asked} <= locked
