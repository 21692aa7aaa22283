"""Types come through to who uses the package: mypy, strict, on a small script of theirs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import udsat_geo

pytestmark = pytest.mark.long
pytest.importorskip("mypy", reason="mypy is not installed")

SCRIPT = """
import udsat_geo as ug

d = ug.designate(year=2025, policy="kbh-2017", registers="data/raw/2025")
reveal_type(d)
reveal_type(d.year)
reveal_type(d.share_of_residents)
reveal_type(d.notes)
reveal_type(d.to_file("x.gpkg"))
reveal_type(ug.read("x.gpkg"))
reveal_type(ug.diff(d, "y.gpkg"))
reveal_type(ug.diff(d, d).totals)
reveal_type(ug.explain(d, "2025-01").kind)
reveal_type(ug.status(d, years=[2017]).milestone)
reveal_type(ug.policies())
ug.designate(year="2025")
ug.designate(2025)
ug.designate()
ug.designate(year=2025, language="de")
d.area
"""
REVEALED = [
    "udsat_geo.api.result.Result",
    "int",
    "float",
    "list[str]",
    "pathlib.Path",
    "udsat_geo.api.result.Result",
    "udsat_geo.api.calls.Difference",
    "dict[str, Any]",
    "str",
    "dict[str, Any] | None",
    "dict[str, udsat_geo.policy.load.LoadedPolicy]",
]
WRONG = ["arg-type", "call-arg", "arg-type", "attr-defined"]
"""A year as text, none at all, a language there is not, and a misspelt attribute."""


def test_a_script_of_a_user_is_checked(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    # an installed package is found by its py.typed; a source tree is named
    source = Path(udsat_geo.__file__).parent.parent
    path = {} if source.name == "site-packages" else {"MYPYPATH": str(source)}
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\nplugins = pydantic.mypy\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run(
        [*command, "script.py"],
        capture_output=True, text=True, timeout=300, cwd=tmp_path, env={**os.environ, **path},
    )  # fmt: skip
    own = [line for line in done.stdout.splitlines() if line.startswith("script.py:")]
    revealed = re.findall(r'Revealed type is "([^"]+)"', "\n".join(own))
    plain = [re.sub(r"\bbuiltins\.", "", kind) for kind in revealed]
    assert plain == REVEALED, done.stdout + done.stderr
    assert [re.findall(r"\[([a-z-]+)\]$", line)[0] for line in own if ": error:" in line] == WRONG, "\n".join(own)
