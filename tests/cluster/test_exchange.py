"""Files by which tasks hand rows on: each receiver reads its own, and a file is there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from udsat_geo.cluster.exchange import facts_of, read_part, write_parts


def table(*values: int) -> Any:
    return pa.table(
        {"value": pa.array(values, pa.int64()), "name": pa.array([f"n{value}" for value in values], pa.string())}
    )


def to(*receivers: int) -> Any:
    return np.array(receivers, dtype=np.int64)


def values_for(paths: list[Path], receiver: int) -> list[int]:
    found: list[int] = read_part(paths, receiver)["value"].to_pylist()
    return found


def test_each_receiver_reads_its_rows_of_all_chapters_and_files(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write_parts(one, [(table(1, 2, 3), to(0, 2, 0)), (table(4, 5), to(2, 0))], table().schema, 3, {"rows": 5})
    write_parts(other, [(table(6), to(2))], table().schema, 3, {})
    assert [values_for([one, other], receiver) for receiver in range(3)] == [[1, 3, 5], [], [2, 4, 6]]
    assert read_part([one], 2)["name"].to_pylist() == ["n2", "n4"]
    assert facts_of(one) == {"rows": 5, "receivers": 3}


def test_a_file_without_rows_has_its_columns_and_facts(tmp_path: Path) -> None:
    write_parts(tmp_path / "none", [], table().schema, 4, {"tiles": [[1, 2]]})
    assert read_part([tmp_path / "none"], 3).schema == table().schema
    assert facts_of(tmp_path / "none")["tiles"] == [[1, 2]]


def test_facts_may_be_found_out_while_rows_are_written(tmp_path: Path) -> None:
    facts = {"rows": 0}

    def chapters() -> Iterator[tuple[Any, Any]]:
        for value in (7, 8):
            facts["rows"] += 1
            yield table(value), to(0)

    write_parts(tmp_path / "file", chapters(), table().schema, 1, facts)
    assert facts_of(tmp_path / "file")["rows"] == 2


def test_a_task_that_ends_half_way_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"

    def broken() -> Iterator[tuple[Any, Any]]:
        yield table(1), to(0)
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        write_parts(path, broken(), table().schema, 1, {})
    assert list(tmp_path.iterdir()) == []
    write_parts(path, [(table(2), to(0))], table().schema, 1, {})
    with pytest.raises(OSError, match="no space"):
        write_parts(path, broken(), table().schema, 1, {})
    assert values_for([path], 0) == [2]
    assert list(tmp_path.iterdir()) == [path]


def test_a_task_that_ends_after_the_run_finds_no_folder_and_leaves_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_parts(tmp_path / "run" / "file", [(table(1), to(0))], table().schema, 1, {})
    assert list(tmp_path.iterdir()) == []
