"""`udsat reproduce`, once as a process: exit codes, languages, JSON and files."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from udsat_geo.cli.main import udsat

pytestmark = pytest.mark.long  # whole jobs

UDSAT = Path(sys.executable).parent / "udsat"


def run(*arguments: str | Path) -> Result:
    """Within this process."""
    command = ["reproduce", *(str(argument) for argument in arguments)]
    return CliRunner().invoke(udsat, command, env={"COLUMNS": "160"}, catch_exceptions=False)


def run_process(*arguments: str | Path, columns: int = 160) -> subprocess.CompletedProcess[str]:
    command = [str(UDSAT), "reproduce", *(str(argument) for argument in arguments)]
    environment = {**os.environ, "COLUMNS": str(columns), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=120, check=False)


def test_disagreements_are_findings_not_errors() -> None:
    done = run_process("2021", "--no-engine")
    assert (done.returncode, done.stderr) == (0, "")
    for piece in ("Statusrapport 2021", "stemmer ikke", "8,3", "[10,0; 10,2]", "1,65", "123 − 114 = 9", "32.175"):
        assert piece in done.stdout, piece
    assert "10.1" not in done.stdout
    assert not re.search(r"\b0,60\b", done.stdout)  # agrees, so it is listed by --all alone
    assert "Traceback" not in done.stdout


def test_english_has_decimal_points_and_all_lists_everything() -> None:
    done = run("2021", "--no-engine", "--language", "en", "--all")
    assert done.exit_code == 0
    for piece in ("Status report 2021", "does not agree", "agrees within rounding", "[10.0; 10.2]", "0.60", "32,175"):
        assert piece in done.stdout, piece


def test_json_is_all_that_is_printed() -> None:
    done = run("2021", "--no-engine", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    content = json.loads(done.stdout)
    assert content["report"] == 2021
    assert content["registers"] is None
    assert len(content["checks"]) >= 300
    assert all(isinstance(check["computed"], float) for check in content["checks"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("2019", "--no-engine"), "report of 2019: its figures are not in the package. There are those of 2021."),
        (("2021", "--no-engine", "--out", "/proc/nowhere"), "cannot be written"),
        (("twenty",), "not a valid integer"),
        ((), "Missing argument 'YEAR'"),
        (("2021", "--language", "sv"), "'sv' is not one of 'da', 'en'"),
    ],
)
def test_a_call_at_fault_is_answered_with_2(arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_files_are_whole_and_the_same_for_the_same_report(tmp_path: Path) -> None:
    first, second = tmp_path / "first" / "deep", tmp_path / "second"
    for out in (first, second):
        assert run("2021", "--no-engine", "--out", out).exit_code == 0
    names = ["reproduction_2021.csv", "reproduction_2021.json", "reproduction_2021.md"]
    assert sorted(path.name for path in first.iterdir()) == names
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes()
    rows = list(csv.reader((first / names[0]).open(encoding="utf-8-sig", newline=""), delimiter=";"))
    content = json.loads((first / names[1]).read_text(encoding="utf-8"))
    assert len(rows) - 1 == len(content["checks"])
    low_income = next(row for row in rows if row[0] == "table_2.low_income.gap_2017")
    assert low_income[5:11] == ["8,3", "10,1", "10,0", "10,2", "-1,8", "1,65"]
    assert "| 8,3 | 10,1 | [10,0; 10,2] | -1,8 | 1,65 |" in (first / names[2]).read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_made_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    done = run("2021", "--no-engine", "--out", tmp_path / "file")
    assert done.exit_code == 2
    assert "is not a folder" in done.stderr
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
