"""Registers whose keys one machine has no room for: read in buckets, with the same results."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pytest

import udsat_geo as ug
import udsat_geo.cluster.parts
import udsat_geo.cluster.reading
from small_registers import make_registers
from split_registers import write_in_parts
from udsat_geo.cluster.reading import InBuckets
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.sources import engine
from udsat_geo.units.units import cells_from_registers

POLICY = load_policy("kbh-2017").policy
OWN_SCALE = load_policy("kbh-2017").with_(score={"scale_of": None, "decides": None})


@pytest.fixture(autouse=True)
def too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for the keys of a bucket, and not for those of a town."""
    monkeypatch.setattr(engine, "_memory_of_machine", lambda: engine._OURS + engine._LEAST + 35 * 10**9)
    monkeypatch.setattr(engine, "_OF_A_DWELLING", 10**9)
    monkeypatch.setattr(udsat_geo.cluster.reading, "_OF_A_RESIDENT", 10**12)
    monkeypatch.setattr(udsat_geo.cluster.reading, "_LEAST_OF_A_BUCKET", 60)


def test_cells_are_those_of_one_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_registers(1).write(tmp_path)
    told = list[str]()
    found, sums = InBuckets(told.append).cells(tmp_path, POLICY)
    assert told[0] == "too large for this memory: read in parts of 60 residents"
    assert told[1:3] == ["registers checked, and places scattered by their keys", "1 of 4 parts"]
    monkeypatch.setattr(engine, "_OF_A_DWELLING", 50)
    wanted, its_sums = cells_from_registers(tmp_path, POLICY)
    np.testing.assert_array_equal(found.unit_id, wanted.unit_id)
    for name in ("residents", "numerator", "denominator"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
    assert (sums.counts, sums.let, sums.rows) == (its_sums.counts, its_sums.let, its_sums.rows)


def test_what_can_be_read_at_once_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_OF_A_DWELLING", 50)
    make_registers(1).write(tmp_path)
    told = list[str]()
    InBuckets(told.append).cells(tmp_path, POLICY)
    assert told == []


def test_tables_that_are_no_parquet_are_refused_with_the_size_and_what_to_do(tmp_path: Path) -> None:
    made = make_registers(1)
    made.write(tmp_path)
    (tmp_path / "dwellings.parquet").unlink()
    csv.write_csv(made.dwellings, tmp_path / "dwellings.csv")
    with pytest.raises(InputError, match=r"memory of this machine.* take about .* write the registers as Parquet"):
        InBuckets().cells(tmp_path, POLICY)


def test_keys_that_lead_nowhere_are_told_though_not_by_name(tmp_path: Path) -> None:
    made = make_registers(1)
    keys = pa.array(["of no dwelling", *made.residents["dwelling_id"].to_pylist()[1:]])
    column = made.residents.column_names.index("dwelling_id")
    replace(made, residents=made.residents.set_column(column, "dwelling_id", keys)).write(tmp_path)
    with pytest.raises(InputError, match=r"residents\.parquet: keys that stand twice or lead nowhere"):
        InBuckets().cells(tmp_path, POLICY)


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_registers(1).write(tmp_path)

    def full(*_all: object, **_others: object) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(udsat_geo.cluster.parts, "writing_parts", full)
    with pytest.raises(InputError, match=r"No space left on device.*TMPDIR"):
        InBuckets().cells(tmp_path, POLICY)


def test_designate_in_python_does_so_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_in_parts(make_registers(1), tmp_path / "raw", 2)
    in_buckets = ug.designate(2025, registers=folder, previous="none", policy=OWN_SCALE)
    monkeypatch.setattr(engine, "_OF_A_DWELLING", 50)
    at_once = ug.designate(2025, registers=folder, previous="none", policy=OWN_SCALE)
    assert in_buckets.units.equals(at_once.units)
