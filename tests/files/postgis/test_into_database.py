"""The command with a database for its results: exit codes and messages, and what happens when it is cut off."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from edge_registers import write_edge_registers
from postgis_server import ESCAPED, PASSWORD, Server
from udsat_geo.files.read import read_layers

COMMAND = Path(sys.executable).parent / "designate"
SLOW = """
CREATE FUNCTION public.wait() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); END';
CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION public.wait();
"""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    write_edge_registers(folder)
    return folder


def call(raw: Path, out: str, *more: str) -> list[str]:
    return [
        str(COMMAND),
        "--year",
        "2021",
        "--registers",
        str(raw),
        "--out",
        out,
        "--previous",
        "none",
        "--language",
        "en",
        *more,
    ]


def run(raw: Path, out: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(call(raw, out, *more), capture_output=True, text=True, timeout=60, check=False)


def ask(address: str, query: str) -> list[Any]:
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute(query)  # type: ignore[call-overload]
        return list(found.fetchall()) if found.description else []


def test_results_lie_in_the_database_and_the_password_nowhere(
    server: Server, new_database: Callable[..., str], raw: Path
) -> None:
    address = server.writer(new_database())
    done = run(raw, address)
    assert done.returncode == 0, done.stderr
    assert f"127.0.0.1:{server.port}/" in done.stdout
    assert "?schema=designation_2021" in done.stdout
    for secret in (PASSWORD, ESCAPED):
        assert secret not in done.stdout + done.stderr
    as_json = run(raw, f"{address}?schema=mine", "--json")
    read = read_layers(f"{address}?schema=mine")
    assert json.loads(as_json.stdout) == read.summary.as_dict()
    assert len(read.layers["units"].table) > 100
    assert PASSWORD not in json.dumps(read.summary.as_dict())


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--format", "gpkg"), "error: --format: is of files, and --out names a database"),
        (("--format", ""), "error: --format: is of files"),
    ],
)
def test_what_does_not_go_with_a_database(
    server: Server, new_database: Callable[..., str], raw: Path, more: tuple[str, ...], told: str
) -> None:
    done = run(raw, server.admin(new_database()), *more)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_password_is_told_before_any_work(
    server: Server, new_database: Callable[..., str], tmp_path: Path
) -> None:
    done = run(tmp_path, server.writer(new_database(), "wrong-secret"))
    assert done.returncode == 2
    assert done.stderr.count("error:") == 1
    assert "password authentication failed" in done.stderr
    assert "wrong-secret" not in done.stderr


@pytest.fixture
def slow(server: Server, new_database: Callable[..., str]) -> str:
    """A database in which a run pauses in the middle of its work."""
    address = server.admin(new_database())
    ask(address, SLOW)
    return address


@pytest.fixture
def paused(slow: str, raw: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that pauses in the middle of its work."""
    process = subprocess.Popen(call(raw, slow, "--quiet"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 30
        while not ask(slow, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.communicate()


def nothing_half_there(address: str) -> bool:
    return not ask(address, "SELECT 1 FROM pg_namespace WHERE nspname LIKE 'designation%'")


def test_a_backend_that_is_killed_leaves_nothing_half(slow: str, paused: subprocess.Popen[str]) -> None:
    ask(slow, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    _, errors = paused.communicate(timeout=30)
    assert paused.returncode == 2, errors
    assert len(errors.strip().splitlines()) == 1
    assert "the results could not be written (terminating connection due to administrator command)" in errors
    assert nothing_half_there(slow)


def test_a_server_that_goes_away_leaves_nothing_half(server: Server, slow: str, paused: subprocess.Popen[str]) -> None:
    server.stop("immediate")
    try:
        _, errors = paused.communicate(timeout=30)
    finally:
        server.start()
    assert paused.returncode == 2, errors
    assert len(errors.strip().splitlines()) == 1
    assert "the results could not be written" in errors
    assert nothing_half_there(slow)


def test_an_interruption_leaves_nothing_half(slow: str, paused: subprocess.Popen[str]) -> None:
    paused.send_signal(signal.SIGINT)
    _, errors = paused.communicate(timeout=30)
    assert paused.returncode == 130, errors
    assert "interrupted: nothing was written" in errors
    assert "Traceback" not in errors
    assert nothing_half_there(slow)
