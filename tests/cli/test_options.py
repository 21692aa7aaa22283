"""Names of options and commands: one word for one thing, the old words understood, every command found by its name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from udsat_geo.cli.examples import EXAMPLES
from udsat_geo.cli.main import designate, udsat
from udsat_geo.policy.load import load_policy

OLD_NAMES = {"--raw": "--registers", "--lang": "--language", "--reference": "--references"}


def run(command: click.Command, *arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(command, arguments)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(("old", "new"), [("--raw", "--registers"), ("--raw=", "--registers=")])
def test_an_old_name_of_an_option_means_the_new_one(tmp_path: Path, old: str, new: str) -> None:
    nowhere = str(tmp_path / "nowhere")

    def call(name: str) -> tuple[int, str, str]:
        return run(designate, "--year", "2025", *((name + nowhere,) if name.endswith("=") else (name, nowhere)))

    assert call(old) == call(new)
    assert call(old)[0] == 2


def test_no_help_tells_of_old_names() -> None:
    for name, command in udsat.all_commands().items():
        _, told, _ = run(udsat, *name.split(), "--help")
        assert not [old for old in OLD_NAMES if f"{old} " in told or f"{old}," in told], name
        assert told.startswith("Usage: "), command


def test_a_built_in_policy_is_printed_to_be_copied(tmp_path: Path) -> None:
    code, told, _ = run(udsat, "policies", "--show", "kbh-2017")
    assert code == 0
    copy = tmp_path / "mine.toml"
    copy.write_text(told, encoding="utf-8")
    assert load_policy(str(copy)).policy == load_policy("kbh-2017").policy
    assert load_policy(str(copy)).sha256 == load_policy("kbh-2017").sha256


def test_a_policy_that_is_not_built_in_is_not_printed() -> None:
    code, _, told = run(udsat, "policies", "--show", "kbh-2071")
    assert code == 2
    assert "kbh-2071: no built-in policy of that name" in told
    assert "kbh-2017" in told


@pytest.mark.long
def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "udsat_geo", "--version"], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("udsat_geo, version")


def test_a_command_that_there_is_not_is_told() -> None:
    code, _, told = run(udsat, "desginate")
    assert code == 2
    assert "No such command 'desginate'" in told


def test_every_command_has_two_examples_of_options_that_it_has() -> None:
    commands = udsat.all_commands()
    assert set(EXAMPLES) == set(commands)
    for name, command in commands.items():
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert len(EXAMPLES[name]) == 2
        for example in EXAMPLES[name]:
            assert example.removeprefix("udsat ").startswith(name)
            assert {word for word in example.split() if word.startswith("--")} <= known, example
    told = CliRunner().invoke(udsat, ["report", "--help"]).output
    assert all(example in told for example in EXAMPLES["report"]), "told at the end of the help, and not wrapped"


def test_words_too_many_reach_no_terminal_as_they_are() -> None:
    done = CliRunner().invoke(udsat, ["policies", "x\x1b[2J\u202e"])
    assert (done.exit_code, "\x1b" in done.output, "\\x1b[2J\\u202e" in done.output) == (2, False, True)


def test_ctrl_c_before_a_command_has_begun_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(click.Group, "invoke", interrupted)
    done = CliRunner().invoke(udsat, ["policies"])
    assert (done.exit_code, done.stderr) == (130, "interrupted: nothing was written\n")
