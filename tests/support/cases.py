"""Inputs as people have them, each with one flaw, beside the repository: run by their own script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import SHARED

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
    ran = subprocess.run(["bash", str(script)], env=given, capture_output=True, timeout=300)
    return (ran.stdout + ran.stderr).decode("utf-8", "replace")
