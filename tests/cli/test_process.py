"""The console scripts as processes: odd consoles, readers that go away, disks that are full, and strict warnings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long  # whole jobs

UDSAT = (sys.executable, "-m", "udsat_geo")


def run(*arguments: str, environment: dict[str, str] | None = None, **settings: object) -> subprocess.CompletedProcess:  # type: ignore[type-arg]
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings}
    return subprocess.run([*UDSAT, *arguments], env={**os.environ, **(environment or {})}, **settings)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_signs_that_an_encoding_lacks_are_replaced_by_signs_like_them(encoding: str) -> None:
    ran = run("goals", "--language", "da", environment={"PYTHONIOENCODING": encoding})
    assert (ran.returncode, ran.stderr) == (0, b"")
    printed = ran.stdout.decode(encoding)
    assert ("De 18 mål" if encoding == "cp1252" else "De 18 maal") in printed


@pytest.mark.long
def test_json_is_json_in_any_encoding() -> None:
    in_ascii, in_utf8 = (
        run("goals", "--json", environment={"PYTHONIOENCODING": name}).stdout for name in ("ascii", "utf-8")
    )
    assert json.loads(in_ascii.decode("ascii")) == json.loads(in_utf8.decode("utf-8"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [("goals", "--json"), ("policies", "--help")])
def test_output_that_cannot_be_written_is_told_and_ends_with_2(arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        ran = run(*arguments, stdout=full, environment={"LANG": "C"})
    assert ran.returncode == 2
    assert ran.stderr.decode().startswith("error: standard output: cannot be written (No space left on device).")


@pytest.mark.skipif(os.name == "nt", reason="a pipe of Windows ends otherwise")
@pytest.mark.parametrize("arguments", [("goals",), ("policies", "--help")])
def test_a_reader_that_goes_away_is_no_fault(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = run(*arguments, stdout=writing)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.long
def test_warnings_of_libraries_are_no_errors_of_the_user(tmp_path: Path) -> None:
    ran = run("policies", environment={"PYTHONWARNINGS": "error"})
    assert ran.returncode == 0


@pytest.mark.long
def test_a_whole_job_has_no_warning(tmp_path: Path) -> None:
    job = f"import udsat_geo; udsat_geo.designate(2025, out={str(tmp_path)!r})"
    ran = subprocess.run([sys.executable, "-W", "error", "-c", job], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.long
def test_results_are_whole_where_nobody_reads_what_is_printed(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = run("designate", "--year", "2025", "--out", str(tmp_path), stdout=writing)
    os.close(writing)
    assert ran.returncode == 0
    assert {path.suffix for path in tmp_path.iterdir()} == {".gpkg", ".tif", ".json"}


@pytest.mark.long
def test_a_job_imports_no_library_that_it_does_without(tmp_path: Path) -> None:
    job = f"import sys; sys.argv = ['designate', '--year', '2025', '--quiet', '--out', {str(tmp_path)!r}]\n" + (
        "from udsat_geo.cli.process import designate\n"
        "try:\n    designate()\n"
        "finally:\n    print(*({'pandas', 'geopandas', 'scipy.linalg'} & set(sys.modules)))\n"
        "    import pandas, geopandas, scipy.linalg\n"
    )
    ran = subprocess.run([sys.executable, "-c", job], capture_output=True, text=True)
    assert (ran.stdout.strip(), ran.stderr) == ("", "")
