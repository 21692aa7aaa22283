"""A disk that fills and an interruption leave the output folder as it was."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from edge_registers import write_edge_registers
from udsat_geo.cli.main import designate

pytestmark = pytest.mark.long  # whole jobs

LONG = pytest.mark.long
NO_BYTECODE = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
"""Python would cut its own compiled files short as well, and every later run would stumble over them."""
COMMAND = Path(sys.executable).parent / "designate"


def call(raw: Path, out: Path, *more: str) -> list[str]:
    base = [str(COMMAND), "--year", "2021", "--registers", str(raw), "--out", str(out)]
    return [*base, "--previous", "none", "--language", "en", "--quiet", *more]


def content_of(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, hidden files too."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers in `raw`, other registers in `new`, and the result of the first in `out`."""
    folder = tmp_path_factory.mktemp("untouched")
    write_edge_registers(folder / "raw")
    write_edge_registers(folder / "new", seed=1)
    done = CliRunner().invoke(designate, call(folder / "raw", folder / "out")[1:], catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
    return folder


@pytest.fixture
def small_disk(good: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A disk that holds an earlier result and has room for a share of another."""
    disk = tmp_path / "disk"
    disk.mkdir()
    pages = sum(-(-path.stat().st_size // 4096) + 1 for path in (good / "out").iterdir())
    size = 4 * int(pages * (1 + request.param) + 2)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small disk can be mounted by root only")
    for path in (good / "out").iterdir():
        shutil.copy(path, disk)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(
    "small_disk",
    [
        pytest.param(0.0, marks=LONG),
        pytest.param(0.02, marks=LONG),
        pytest.param(0.2, marks=LONG),
        pytest.param(0.5, marks=LONG),
        pytest.param(0.9, marks=LONG),
        pytest.param(0.95, marks=LONG),
    ],
    indirect=True,
)
def test_a_disk_that_fills_changes_nothing(good: Path, small_disk: Path) -> None:
    before = content_of(small_disk)
    done = subprocess.run(call(good / "new", small_disk), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert "could not be written" in done.stderr
    assert "Free space or choose another --out; earlier results are untouched." in done.stderr
    assert "Traceback" not in done.stderr
    assert content_of(small_disk) == before


@pytest.mark.long
@pytest.mark.parametrize(
    "most_bytes",
    [pytest.param(0, marks=LONG), pytest.param(1000, marks=LONG), 50_000, pytest.param(200_000, marks=LONG)],
)
def test_files_that_may_not_grow_change_nothing(good: Path, tmp_path: Path, most_bytes: int) -> None:
    out = shutil.copytree(good / "out", tmp_path / "out")
    before = content_of(out)
    done = subprocess.run(
        call(good / "new", out),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=NO_BYTECODE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
    )
    assert done.returncode == 2, done.stderr
    assert "written" in done.stderr
    assert "Traceback" not in done.stderr
    assert content_of(out) == before


@pytest.mark.parametrize("small_disk", [pytest.param(share, marks=LONG) for share in (0.0, 0.1)], indirect=True)
def test_a_disk_that_fills_changes_nothing_in_any_format(good: Path, small_disk: Path) -> None:
    before = content_of(small_disk)
    more = ("--format", "areas-tif,parquet,geojson,fgb,csv,xlsx,gpkg")
    done = subprocess.run(
        call(good / "new", small_disk, *more), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert content_of(small_disk) == before


@pytest.mark.parametrize("most_bytes", [2000])
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("areas-tif", marks=LONG),
        pytest.param("parquet", marks=LONG),
        pytest.param("geojson", marks=LONG),
        pytest.param("fgb", marks=LONG),
        pytest.param("csv", marks=LONG),
        pytest.param("xlsx", marks=LONG),
    ],
)
def test_a_format_whose_files_may_not_grow_changes_nothing(
    good: Path, tmp_path: Path, name: str, most_bytes: int
) -> None:
    out = shutil.copytree(good / "out", tmp_path / "out")
    before = content_of(out)
    done = subprocess.run(
        call(good / "new", out, "--format", name),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=NO_BYTECODE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("error:") == 1
    assert "could not be written" in done.stderr or "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert content_of(out) == before


def wait_for(process: subprocess.Popen[str], library: str) -> None:
    """Wait until a process has loaded a library; where that cannot be seen, for a second."""
    maps = Path(f"/proc/{process.pid}/maps")
    if not maps.exists():
        time.sleep(1)
    end = time.monotonic() + 30
    while maps.exists() and time.monotonic() < end and library not in maps.read_text():
        time.sleep(0.01)


@pytest.mark.parametrize(
    "delay", [pytest.param(0.0, marks=LONG), 0.15, pytest.param(0.3, marks=LONG), pytest.param(0.6, marks=LONG)]
)
def test_an_interruption_changes_nothing(good: Path, tmp_path: Path, delay: float) -> None:
    """Interrupted so many seconds after the registers begin to be opened."""
    out = shutil.copytree(good / "out", tmp_path / "out")
    before = content_of(out)
    process = subprocess.Popen(call(good / "new", out), stderr=subprocess.PIPE, text=True)
    wait_for(process, "duckdb")
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.skip("the run was done before the interruption")
    assert process.returncode == 130, errors
    assert "interrupted: nothing was written" in errors
    assert "Traceback" not in errors
    assert content_of(out) == before
