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
from qgis_sessions import program

ENGINE = """
import json, os, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer

if sys.argv[1] == "--version":
    print("udsat_geo, version 0.1.0")
    sys.exit()
if sys.argv[1] == "explain":
    print("A place\\n Criterion  Rate\\nWhy: it is said.")
    sys.exit()
both = {"da": "kerne", "en": "core"}
knob = {"key": "rule.core", "kind": "number", "value": 1.0, "least": -1, "most": 4, "step": 0.05, "unit": {"en": ""}}
begun = {"knobs": [{**knob, "label": both}], "policy": {"id": "p", "title": both}, "last": None, "year": 2025,
         "begun": {"values": {}, "barriers": [], "decisions": []}, "crs": "EPSG:25832", "corner": [0, 0], "step": 1}


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        assert self.headers["Origin"] == f"http://127.0.0.1:{self.server.server_port}"
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        core = asked.get("settings", {}).get("values", {}).get("rule.core")
        totals = {"areas": 2 if core == 1.25 else 1, "residents": 3, "share": 0.5}
        answers = {"begin": begun, "answer": {"totals": totals, "compared": None, "replaced": []},
                   "save": {"files": ["mine.toml"], "commands": []}}
        content = json.dumps(answers[self.path.split("/")[-1]]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *given):
        pass


server = HTTPServer(("127.0.0.1", 0), Answer)
print(f"http://127.0.0.1:{server.server_port}/token/", flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
while os.read(0, 1024):
    pass
os._exit(0)
"""
"""Speaks as `udsat explore` does: what the plugin asks of Qt is in question here, not the engine."""

PLUGIN = Path(__file__).parents[2] / "qgis_plugin"


@pytest.mark.long
@pytest.mark.skipif(find_spec("PyQt6") is None, reason="PyQt6 is not installed: the extra test-all brings it")
def test_it_loads_and_builds_what_its_dialogs_and_panels_show(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "udsat", ENGINE)
    done = subprocess.run(
        [sys.executable, qgis_of_qt6.__file__, str(PLUGIN)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
        | {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
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
    window = made["window"]
    assert (window["problems"], window["drawn"]) == ("", [1, 2])
    assert window["icons"] == [True, True]
    assert "mine.toml" in window["saved"]
    assert not window["runs"]
    assert window["explained"].split() == "A place Criterion Rate Why: it is said.".split()


def test_it_says_that_it_is_for_qgis_4_as_well() -> None:
    lines = (PLUGIN / "udsat_geo" / "metadata.txt").read_text(encoding="utf-8").splitlines()
    assert {"qgisMinimumVersion=3.22", "qgisMaximumVersion=4.99", "supportsQt6=True"} <= set(lines)
    # one binding for both: what is imported from Qt comes by way of QGIS
    sources = "".join(path.read_text(encoding="utf-8") for path in (PLUGIN / "udsat_geo").rglob("*.py"))
    assert "PyQt5" not in sources
    assert "PyQt6" not in sources
