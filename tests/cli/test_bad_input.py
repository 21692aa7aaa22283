"""Every kind of bad input through the command: one clear answer, and the earlier result untouched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner

import spoiling as s
from bad_input import ALL, CELLS_CSV, CSV, LAW, MINE, RAW, ZONES, Row
from udsat_geo.cli.main import designate

COMMAND = Path(sys.executable).parent / "designate"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good input of every kind, and an earlier result in `out`."""
    folder = tmp_path_factory.mktemp("good")
    s.write_good_input(folder / "input")
    calls = (RAW, MINE, CSV + " --year 2022", ZONES + " --year 2023", CELLS_CSV + " --year 2024", LAW + " --year 2025")
    for arguments in calls:
        code, _, errors = run_inside(arguments, folder / "input", folder / "out")
        assert (code, errors) == (0, ""), arguments
    return folder


def arguments_of(text: str, folder: Path, out: Path) -> list[str]:
    base = f"--year 2021 --out {out} --previous none --language en --quiet "
    return (base + text).replace("{d}", str(folder)).split()


def run_inside(text: str, folder: Path, out: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(designate, arguments_of(text, folder, out))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def run_process(text: str, folder: Path, out: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [COMMAND, *arguments_of(text, folder, out)], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def state_of(folder: Path) -> dict[str, tuple[int, ...]]:
    """Everything in a folder, hidden files too: which file it is, how long, and when it was written to.

    A file that is written again with what it held before has changed by this, too.
    """
    told = {path: path.stat() for path in folder.rglob("*")}
    return {
        str(path.relative_to(folder)): (stat.st_ino, stat.st_size, stat.st_mtime_ns) if path.is_file() else ()
        for path, stat in told.items()
    }


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)
def test_bad_input_is_told_and_changes_nothing(row: Row, good: Path, tmp_path: Path) -> None:
    copytree(good / "input", tmp_path / "in")
    row.spoil(tmp_path / "in")
    before, beside = state_of(good / "out"), state_of(tmp_path)
    run = run_process if row.process else run_inside
    code, printed, errors = run(row.arguments, tmp_path / "in", good / "out")
    assert code == 2, errors
    assert printed == ""
    assert "Traceback" not in errors
    flat = " ".join(errors.split())
    missing = [piece for piece in row.told if piece not in flat]
    assert not missing, f"{missing} not in:\n{errors}"
    assert state_of(good / "out") == before
    assert state_of(tmp_path) == beside
