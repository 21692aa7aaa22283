"""Files by which tasks hand rows on: each receiver reads its own, and a file is there whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from udsat_geo.cluster import exchange
from udsat_geo.cluster.exchange import facts_of, read_part, remove, write_parts, write_whole, writing_parts


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
    with writing_parts(one, table().schema, 3, {"rows": 5}) as chapters:
        chapters.put(table(1, 2, 3), to(0, 2, 0))
        chapters.write()
        chapters.put(table(4), to(2))
        chapters.put(table(5), to(0))
    write_parts(other, table(6), to(2), 3, {})
    assert [values_for([one, other], receiver) for receiver in range(3)] == [[1, 3, 5], [], [2, 4, 6]]
    assert read_part([one], 2)["name"].to_pylist() == ["n2", "n4"]
    assert facts_of(one) == {"rows": 5}


def test_columns_are_as_wide_as_in_the_widest_file(tmp_path: Path) -> None:
    narrow, wide = (pa.table({"value": pa.array([value], kind)}) for value, kind in ((1, pa.int8()), (300, pa.int16())))
    write_whole(tmp_path / "one", narrow, {})
    write_whole(tmp_path / "other", wide, {})
    assert read_part([tmp_path / "one", tmp_path / "other"], 0) == pa.table({"value": pa.array([1, 300], pa.int16())})


def test_rows_are_held_until_there_are_enough_for_a_chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_ROWS_OF_A_CHAPTER", 2)
    with writing_parts(tmp_path / "file", table().schema, 2, {}) as chapters:
        for value in range(5):
            chapters.put(table(value), to(value % 2))
    assert [len(exchange._end_of_file(tmp_path / "file").ranges(receiver)) for receiver in (0, 1)] == [3, 3]
    assert [values_for([tmp_path / "file"], receiver) for receiver in (0, 1)] == [[0, 2, 4], [1, 3]]


def test_a_file_without_rows_has_its_columns_and_facts(tmp_path: Path) -> None:
    write_parts(tmp_path / "none", table(), to(), 4, {"tiles": [[1, 2]]})
    assert read_part([tmp_path / "none"], 3).schema == table().schema
    assert facts_of(tmp_path / "none")["tiles"] == [[1, 2]]


def test_facts_may_be_found_out_while_rows_are_written(tmp_path: Path) -> None:
    facts = {"rows": 0}
    with writing_parts(tmp_path / "file", table().schema, 1, facts) as chapters:
        for value in (7, 8):
            facts["rows"] += 1
            chapters.put(table(value), to(0))
    assert facts_of(tmp_path / "file")["rows"] == 2


def test_a_task_that_ends_half_way_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"

    def write_half() -> None:
        with writing_parts(path, table().schema, 1, {}) as chapters:
            chapters.put(table(1), to(0))
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        write_half()
    assert list(tmp_path.iterdir()) == []
    write_whole(path, table(2), {})
    with pytest.raises(OSError, match="no space"):
        write_half()
    assert values_for([path], 0) == [2]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_goes_while_a_task_writes_into_it(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()

    def write() -> None:
        with writing_parts(run / "file", table().schema, 1, {}) as chapters:
            chapters.put(table(1), to(0))
            remove(run)

    with pytest.raises(FileNotFoundError):
        write()
    assert list(tmp_path.iterdir()) == []
    remove(run)


def test_a_task_that_ends_after_the_run_finds_no_folder_and_leaves_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "run" / "file", table(1), {})
    assert list(tmp_path.iterdir()) == []
