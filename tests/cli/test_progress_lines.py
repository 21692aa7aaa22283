"""Progress for programs that run a command: each step as a line, where the environment asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from small_registers import make_registers
from udsat_geo.cli.main import udsat

pytestmark = pytest.mark.long  # whole jobs


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    make_registers(1).write(folder)
    return folder


def run(*arguments: str | Path, asked: str | None = "lines") -> Result:
    done = CliRunner().invoke(udsat, [str(argument) for argument in arguments], env={"UDSAT_PROGRESS": asked})
    assert done.exit_code == 0, done.output
    return done


def test_each_step_is_a_line_on_standard_error(registers: Path, tmp_path: Path) -> None:
    done = run("designate", "--year", "2021", "--registers", registers, "--out", tmp_path, "--language", "en")
    assert done.stderr.splitlines() == [
        "progress: 2021: reading and placing",
        "progress: 2021: scoring",
        "progress: 2021: forming areas",
        "progress: 2021: comparing",
        "progress: 2021: writing",
    ]
    assert "progress" not in done.stdout


def test_other_commands_tell_their_steps_too(registers: Path) -> None:
    assert run("validate", registers).stderr == "progress: reading and checking\n"


@pytest.mark.parametrize("asked", [None, "", "spinner"])
def test_nobody_who_does_not_ask_gets_lines(registers: Path, tmp_path: Path, asked: str | None) -> None:
    assert run("designate", "--year", "2021", "--registers", registers, "--out", tmp_path, asked=asked).stderr == ""


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_what_is_to_be_silent_stays_so(registers: Path, tmp_path: Path, option: str) -> None:
    assert run("designate", "--year", "2021", "--registers", registers, "--out", tmp_path, option).stderr == ""


@pytest.mark.parametrize("command", [["--help"], ["designate", "--help"]])
def test_help_says_so(command: list[str]) -> None:
    assert "UDSAT_PROGRESS=lines" in run(*command).stdout
