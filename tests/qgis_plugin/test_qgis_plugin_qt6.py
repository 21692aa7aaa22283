"""The plugin under Qt 6, as QGIS 4 has it: with the real PyQt6, and a stand-in of QGIS itself (`qgis_of_qt6`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import qgis_of_qt6

PLUGIN = Path(__file__).parents[2] / "qgis_plugin"


@pytest.mark.long
@pytest.mark.skipif(find_spec("PyQt6") is None, reason="PyQt6 is not installed: the extra test-all brings it")
def test_it_loads_and_builds_what_its_dialogs_show() -> None:
    done = subprocess.run(
        [sys.executable, qgis_of_qt6.__file__, str(PLUGIN)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    if "cannot open shared object file" in done.stderr:
        pytest.skip(f"Qt 6 lacks a library of the system: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert set(made["algorithms"]) == {"designate", "diff", "status", "explain", "release"}
    for name, algorithm in made["algorithms"].items():
        assert algorithm["parameters"] >= 3, name
        assert algorithm["icon"], name
        assert algorithm["help"].count("<p><b>") >= algorithm["parameters"], name
    assert made["icon"]
    assert "Ærø" in made["page"]


def test_it_says_that_it_is_for_qgis_4_as_well() -> None:
    lines = (PLUGIN / "udsat_geo" / "metadata.txt").read_text(encoding="utf-8").splitlines()
    assert {"qgisMinimumVersion=3.22", "qgisMaximumVersion=4.99", "supportsQt6=True"} <= set(lines)
    # one binding for both: what is imported from Qt comes by way of QGIS
    sources = "".join(path.read_text(encoding="utf-8") for path in (PLUGIN / "udsat_geo").rglob("*.py"))
    assert "PyQt5" not in sources
    assert "PyQt6" not in sources
