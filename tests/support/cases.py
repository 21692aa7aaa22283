"""Inputs as people have them, each with one flaw, beside the repository: run by their own script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from paths import SHARED

CASES = SHARED / "cases"


def run_case(name: str, out: Path, **environment: str) -> str:
    """What the script of a case prints, standard error included; the test is skipped where there are no cases.

    Parameters
    ----------
    name : str
        Of its folder.
    out : Path
        Where its results go.
    **environment : str
        Variables of the environment, added to those of this process.
    """
    script = CASES / name / "run.sh"
    if not script.is_file():
        pytest.skip(f"the case {name} does not lie beside the repository, in {CASES}")
    paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    given = {**os.environ, "PATH": paths, "OUT": str(out), "COLUMNS": "400", **environment}
    out.mkdir(parents=True, exist_ok=True)
    ran = subprocess.run(
        ["bash", str(script)], env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300
    )
    return ran.stdout.decode("utf-8", "replace")


def exit_codes(printed: str) -> list[int]:
    """The exit codes of the commands of a case, in their order."""
    return [int(line.split()[2]) for line in printed.splitlines() if line.startswith("exit code ")]
