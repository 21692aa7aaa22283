"""Workers that are processes of their own: killed, of another version, without room; and the command that has them."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

import numpy as np
import pytest

import udsat_geo.cluster.registers
import udsat_geo.cluster.workers
from small_registers import make_registers
from split_registers import write_in_parts
from udsat_geo.cluster.plan import Run
from udsat_geo.cluster.registers import OnWorkers
from udsat_geo.cluster.workers import Workers, start_worker, workers_at
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.designation.layers import differences
from udsat_geo.files.read import read_layers
from udsat_geo.files.write import write_layers, write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.units.units import cells_from_registers

pytestmark = pytest.mark.long
POLICY = load_policy("kbh-2017").policy


@pytest.fixture(autouse=True)
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udsat_geo.cluster.registers, "_LEAST_OF_A_BUCKET", 50)


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Two workers of this machine; those that a test loses it replaces. What killed ones leave is of the tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TMPDIR", str(tmp_path_factory.mktemp("space")))
        with workers_at("local:2", tmp_path_factory.mktemp("exchange")) as found:
            yield found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_in_parts(make_registers(1), tmp_path_factory.mktemp("town") / "raw", 2)


def assert_reads(workers: Workers, town: Path) -> None:
    """Workers make the cells of a town as this process does, and leave nothing behind."""
    wanted, its_sums = cells_from_registers(town, POLICY)
    found, sums = OnWorkers(workers).cells(town, POLICY)
    np.testing.assert_array_equal(found.unit_id, wanted.unit_id)
    for name in ("residents", "numerator", "denominator"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
    assert (sums.counts, sums.let) == (its_sums.counts, its_sums.let)
    assert list(workers.exchange.iterdir()) == []


def pids(workers: Workers) -> dict[str, int]:
    # one that was killed a moment ago is still known, and does not answer
    return dict(workers.client.run(os.getpid, on_error="ignore"))


@dataclass(frozen=True)
class Losing(Workers):
    """Loses a worker by signal 9 in each step, when it has been given tasks and holds still over one."""

    space: str = ""
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, plan: Run, stages: Sequence[str]) -> list[str]:
        lost = min(pids(self).values())
        self.started.append(start_worker(self.client.scheduler.address, self.space))
        os.kill(lost, signal.SIGSTOP)
        killing = Timer(0.5, os.kill, (lost, signal.SIGKILL))
        killing.start()
        try:
            return super().run(plan, stages)
        finally:
            killing.join()


def test_a_worker_killed_in_each_step_changes_nothing(
    workers: Workers, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From registers to files, as of very many cells: bands of five, of which this machine holds few."""
    policy = load_policy("kbh-2017").with_(
        score={"scale_of": None, "decides": None},
        rule={"core": 0.6, "edge": 0.3, "criteria": 1},
        areas={"residents": 20, "holes": 0},
        context={"residents": 0, "reach": 0, "method": "none"},
    )
    losing = Losing(workers.client, workers.address, workers.exchange, space=str(tmp_path))
    reader = OnWorkers(losing, holds_few=True, least_cells=1, cells_of_a_band=5)
    try:
        for name, elsewhere in (("one", None), ("many", reader)):
            made = designate(2025, policy, Inputs(town, None, "registers", year=2025, elsewhere=elsewhere))
            assert len(made.areas)
            assert (made.units.beyond is not None) is (name == "many")
            write_results(made, tmp_path / name, ("gpkg", "tif", "geojson"))
            write_results(made, tmp_path / f"{name} in parquet", ("parquet",))
        assert len(losing.started) == 10
        workers.client.wait_for_workers(2, timeout=60)
    finally:
        for started in losing.started[:-2]:
            started.kill()
    for written in (tmp_path / "one").iterdir():
        assert written.read_bytes() == (tmp_path / "many" / written.name).read_bytes(), written.name
    parts = sorted((tmp_path / "many in parquet").glob("designation_2025_units*.parquet"))
    assert [part.name[-12:] for part in parts] == [f"_{k:05d}.parquet"[-12:] for k in range(len(parts))]
    whole, read = (read_layers(tmp_path / f"{name} in parquet") for name in ("one", "many"))
    assert differences(whole, read) == []
    # one file takes the place of many
    write_layers(whole, tmp_path / "many in parquet", ("parquet",))
    assert {path.name for path in (tmp_path / "many in parquet").iterdir()} == {
        path.name for path in (tmp_path / "one in parquet").iterdir()
    }
    for folder in reader.folders:
        shutil.rmtree(folder)
    assert list(workers.exchange.iterdir()) == []


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@dataclass(frozen=True)
class Filling(Workers):
    """The disk of some of the workers is full, once they have been looked at."""

    n_full: int = 1

    def check(self, files: Sequence[Path]) -> None:
        super().check(files)
        self.client.run(limit_files, 1000, workers=sorted(self.client.scheduler_info()["workers"])[: self.n_full])


@pytest.mark.parametrize("n_full", [1, 2])
def test_where_one_disk_is_full_another_worker_does_it(workers: Workers, town: Path, n_full: int) -> None:
    full = (
        "cannot read or write .*: File too large. Look at that worker's disk and folders; the others refused as well."
    )
    try:
        with pytest.raises(InputError, match=full) if n_full == 2 else nullcontext():
            assert_reads(Filling(workers.client, workers.address, workers.exchange, n_full=n_full), town)
        assert list(workers.exchange.iterdir()) == []
        with pytest.raises(InputError, match=f"cannot write into {workers.exchange}: File too large"):
            workers.check([])
    finally:
        workers.client.run(limit_files, resource.RLIM_INFINITY)


def test_what_a_worker_lacks_is_told_with_its_address(
    workers: Workers, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError) as told:
        workers.check([town / "residents" / "part-0.parquet", Path("/registers/of/one/machine.parquet")])
    assert len(told.value.messages) == len(workers)
    assert all("does not see /registers/of/one/machine.parquet" in message for message in told.value.messages)
    assert min(pids(workers)) in min(told.value.messages)
    with monkeypatch.context() as patched:
        patched.setattr(udsat_geo.cluster.workers, "program", lambda: "another")
        with pytest.raises(InputError, match=r"worker tcp://127\.0\.0\.1:\d+ runs another version of the program"):
            workers.check([])
    with monkeypatch.context() as patched:
        versions = {**udsat_geo.cluster.workers.versions(), "duckdb": "0.1"}
        patched.setattr(udsat_geo.cluster.workers, "versions", lambda: versions)
        with pytest.raises(InputError, match=r"has duckdb [\d.]+, and here it is 0\.1"):
            workers.check([])


def test_a_worker_that_sees_another_folder_under_that_name_is_told(workers: Workers) -> None:
    """As where a machine has not mounted what the others share."""
    lacking = {"program": "", "lacks": [str(workers.exchange / ".probe-1")], "refused": ""}
    faults = list(udsat_geo.cluster.workers._faults(lacking, {}, workers.exchange / ".probe-1"))
    assert [what for what, _remedy in faults] == [f"does not see the exchange folder {workers.exchange}"]


def test_a_scheduler_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udsat_geo.cluster.workers, "WAIT_S", 1)
    with pytest.raises(InputError, match=r"--cluster tcp://127\.0\.0\.1:9: no scheduler answers"):
        with workers_at("tcp://127.0.0.1:9", tmp_path):
            pass


@dataclass(frozen=True)
class Ending(Workers):
    """Its scheduler ends while workers are at work."""

    scheduler: int = 0

    def run(self, plan: Run, stages: Sequence[str]) -> list[str]:
        for worker in pids(self).values():
            os.kill(worker, signal.SIGSTOP)
        Timer(0.5, os.kill, (self.scheduler, signal.SIGKILL)).start()
        return super().run(plan, stages)


def test_a_scheduler_that_goes_away(town: Path, tmp_path: Path) -> None:
    told = tmp_path / "scheduler.json"
    asked = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    scheduler = subprocess.Popen([*asked, "--no-dashboard", "--scheduler-file", str(told)], stderr=subprocess.DEVNULL)
    while not told.exists():
        time.sleep(0.05)
    address = json.loads(told.read_text(encoding="utf-8"))["address"]
    worker = start_worker(address, str(tmp_path / "space"))
    try:
        with workers_at(address, tmp_path / "exchange") as found:
            ending = Ending(found.client, address, found.exchange, scheduler=scheduler.pid)
            with pytest.raises(InputError, match=f"--cluster {address}: the scheduler went away"):
                assert_reads(ending, town)
            assert list(found.exchange.iterdir()) == []
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()


def call(town: Path, out: Path, *rest: str) -> list[str]:
    made = [sys.executable, "-m", "udsat_geo", "designate", "--year", "2025", "--registers", str(town)]
    return [*made, "--previous", "none", "--out", str(out), "--quiet", *rest]


def test_the_command_writes_the_same_files(town: Path, tmp_path: Path) -> None:
    for name, rest in (("one", []), ("many", ["--cluster", "local:2"])):
        done = subprocess.run(call(town, tmp_path / name, *rest), capture_output=True, text=True, timeout=300)
        assert (done.returncode, done.stderr) == (0, "")
    files = [path.name for path in (tmp_path / "one").iterdir()]
    assert sorted(files) == sorted(path.name for path in (tmp_path / "many").iterdir())
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes(), name


def test_ctrl_c_leaves_nothing(town: Path, tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    rest = ["--cluster", "local:1", "--exchange", str(exchange)]
    process = subprocess.Popen(call(town, tmp_path / "out", *rest), stderr=subprocess.PIPE, text=True)
    began = time.monotonic()
    while not (exchange.is_dir() and any(exchange.glob("run-*/*.rows"))) and time.monotonic() - began < 120:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _out, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, "interrupted: nothing was written\n")
    assert list(exchange.iterdir()) == []
    assert not (tmp_path / "out").exists()
    with suppress(ProcessLookupError):
        os.kill(process.pid, 0)
        raise AssertionError("the process lives on")
