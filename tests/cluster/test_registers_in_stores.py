"""Registers and the exchange folder in a store: results, faults and what is left are as with folders."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import udsat_geo.cluster.registers
from memory_store import folder_of_objects
from small_registers import make_registers
from split_registers import ByHand, write_in_parts
from udsat_geo.cluster import exchange
from udsat_geo.cluster.alone import Alone
from udsat_geo.cluster.exchange import facts_of, read_part, remove, write_parts
from udsat_geo.cluster.registers import OnWorkers
from udsat_geo.designation.summary import sha256
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.sources.stores import Mirror, StorePath, mirrored
from udsat_geo.units.units import cells_from_registers

fsspec = pytest.importorskip("fsspec")
POLICY = load_policy("kbh-2017").policy


@pytest.fixture(autouse=True)
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udsat_geo.cluster.registers, "_LEAST_OF_A_BUCKET", 50)


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Iterator[StorePath]:
    yield from folder_of_objects(monkeypatch)


@pytest.mark.long
def test_cells_are_those_of_one_machine_and_rows_stay_where_they_are(
    tmp_path: Path, objects: StorePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = write_in_parts(make_registers(1), tmp_path / "raw", 2)
    wanted, its_sums = cells_from_registers(there, POLICY)
    monkeypatch.setattr(Mirror, "bring", lambda _mirror: pytest.fail("rows are fetched to this machine"))
    monkeypatch.setattr(StorePath, "sha256", lambda _place: pytest.fail("workers tell the hashes"))
    with mirrored(StorePath(there.as_uri()), "--registers") as here:
        found, sums = OnWorkers(ByHand(objects)).cells(here, POLICY)  # type: ignore[arg-type]
        for name, path in sums.files.items():
            assert sha256(path) == sha256(its_sums.files[name])
    for name in ("unit_id", "residents", "numerator", "denominator"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
    assert (sums.counts, sums.let, sums.notes) == (its_sums.counts, its_sums.let, its_sums.notes)
    system, path = fsspec.core.url_to_fs(objects.url)
    assert not system.exists(path) or system.find(path) == []


@pytest.mark.long
def test_numbers_that_are_text_are_fetched_to_see_how_they_are_written(tmp_path: Path) -> None:
    made = make_registers(2)
    there = write_in_parts(made, tmp_path / "raw", 2)
    for part in (there / "residents").iterdir():
        table = pq.read_table(part)
        place = table.column_names.index("disposable_income")
        texts = [
            None if value is None else f"{value:.2f}".replace(".", ",") for value in table.column(place).to_pylist()
        ]
        pq.write_table(table.set_column(place, "disposable_income", pa.array(texts, pa.string())), part)
    wanted = cells_from_registers(there, POLICY)[1]
    (tmp_path / "exchange").mkdir()
    with mirrored(StorePath(there.as_uri()), "--registers") as here:
        sums = OnWorkers(Alone(tmp_path / "exchange")).cells(here, POLICY)[1]
    assert (sums.counts, sums.let) == (wanted.counts, wanted.let)


@pytest.mark.long
def test_a_part_that_vanishes_is_told(tmp_path: Path) -> None:
    there = write_in_parts(make_registers(3), tmp_path / "raw", 2)
    (tmp_path / "exchange").mkdir()
    with mirrored(StorePath(there.as_uri()), "--registers") as here:
        (there / "residents" / "part-1.parquet").unlink()
        with pytest.raises(InputError, match=r"read or write file://.*/residents/part-1\.parquet: No such file"):
            OnWorkers(Alone(tmp_path / "exchange")).cells(here, POLICY)
    assert list((tmp_path / "exchange").iterdir()) == []


def test_a_file_of_many_receivers_has_an_end_that_is_read_in_two_steps(
    objects: StorePath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_LIKELY_END", 100)
    objects.mkdir()
    rows = pa.table({"value": pa.array(range(40), pa.int64())})
    for folder in (tmp_path, objects):
        write_parts(folder / "file", rows, np.arange(40) % 20, 30, {"told": ["facts"] * 50})
        assert read_part([folder / "file"], 7)["value"].to_pylist() == [7, 27]
        assert read_part([folder / "file"], 29).schema == rows.schema
        assert facts_of(folder / "file") == {"told": ["facts"] * 50}
    remove(objects)
    with pytest.raises(FileNotFoundError):
        write_parts(objects / "file", rows, np.arange(40) % 20, 30, {})


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3 bucket of a server on the loopback, which this process and those that it starts reach."""
    pytest.importorskip("s3fs", reason="the S3 client is not installed: pip install s3fs 'moto[server]'")
    pytest.importorskip("moto.server", reason="the S3 server is not installed: pip install 'moto[server]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": address,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    server = subprocess.Popen(
        [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        began = time.monotonic()
        while time.monotonic() - began < 60:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        fsspec.filesystem("s3").mkdir("offices")
        yield "s3://offices"
    finally:
        server.kill()
        server.wait()


@pytest.mark.long
def test_the_command_reads_a_bucket_and_exchanges_there(bucket: str, tmp_path: Path) -> None:
    there = write_in_parts(make_registers(1), tmp_path / "raw", 2)
    system = fsspec.filesystem("s3")
    system.put(f"{there}/", "offices/raw/", recursive=True)
    lying = system.find("offices")
    made = [sys.executable, "-m", "udsat_geo", "designate", "--year", "2025", "--previous", "none", "--quiet"]
    calls = {
        "one": ["--registers", str(there)],
        "fetched": ["--registers", f"{bucket}/raw"],
        "many": ["--registers", f"{bucket}/raw", "--cluster", "local:2", "--exchange", f"{bucket}/exchange"],
    }
    for name, call in calls.items():
        done = subprocess.run(
            [*made, *call, "--out", str(tmp_path / name)], capture_output=True, text=True, timeout=300, env=os.environ
        )
        assert (done.returncode, done.stderr) == (0, ""), name
        for file in (tmp_path / "one").iterdir():
            assert file.read_bytes() == (tmp_path / name / file.name).read_bytes(), (name, file.name)
    system.invalidate_cache()
    assert system.find("offices") == lying
    refused = [*made, "--registers", "s3://nobodys/raw", "--out", str(tmp_path / "none")]
    done = subprocess.run(refused, capture_output=True, text=True, timeout=300, env=os.environ)
    assert done.returncode == 2
    assert "s3://nobodys/raw: cannot be read: The specified bucket does not exist" in done.stderr
