"""Folders in stores: mirrored by the ends of their files, fetched when rows are asked for, and written whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from memory_store import folder_of_objects
from udsat_geo.designation.summary import sha256
from udsat_geo.messages.errors import InputError
from udsat_geo.sources.origins import name_of
from udsat_geo.sources.stores import StorePath, bring, mirror_of, mirrored, place_named, ranges_of, sizes_of

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Iterator[StorePath]:
    yield from folder_of_objects(monkeypatch)


def write_registers(folder: Path) -> Path:
    (folder / "residents" / "year=2025").mkdir(parents=True)
    pq.write_table(pa.table({"age": range(5000)}), folder / "residents" / "year=2025" / "0.parquet")
    (folder / "registers.toml").write_text("year = 2025\n", encoding="utf-8")
    return folder


def test_what_names_a_store() -> None:
    assert place_named("s3://bucket/registers/") == StorePath("s3://bucket/registers")
    assert place_named("data/raw") == Path("data/raw")
    assert place_named("https://host/registers") == Path("https://host/registers")
    assert str(StorePath("sftp://me:secret@host/registers") / "a") == "sftp://host/registers/a"


def test_a_mirror_tells_columns_and_rows_without_holding_them(tmp_path: Path) -> None:
    there = write_registers(tmp_path / "registers")
    part = there / "residents" / "year=2025" / "0.parquet"
    with mirrored(StorePath(there.as_uri()), "--registers") as here:
        copy = here / part.relative_to(there)
        assert pq.read_metadata(copy).num_rows == 5000
        assert pq.read_schema(copy).names == ["age"]
        told, its = copy.stat(), part.stat()
        assert (told.st_size, int(told.st_mtime)) == (its.st_size, int(its.st_mtime))
        assert copy.read_bytes() != part.read_bytes()
        assert (here / "registers.toml").read_text(encoding="utf-8") == "year = 2025\n"
        assert (here.name, name_of(copy)) == ("registers", "0.parquet")
        assert sha256(here / "residents") == sha256(there / "residents")
        assert bring(here)
        assert not bring(here)
        assert copy.read_bytes() == part.read_bytes()
        assert sha256(here / "residents") == sha256(there / "residents")
    assert not here.parent.exists()
    assert mirror_of(copy) is None


def test_a_folder_of_this_machine_stands_for_itself(tmp_path: Path) -> None:
    with mirrored(tmp_path, "--registers") as here:
        assert here == tmp_path
        assert not bring(here)


def test_a_file_that_is_no_parquet_is_fetched_whole_to_be_told(tmp_path: Path) -> None:
    (tmp_path / "residents.parquet").write_bytes(b"PAR1 and no more than that")
    with mirrored(StorePath(tmp_path.as_uri()), "--registers") as here:
        assert (here / "residents.parquet").read_bytes() == b"PAR1 and no more than that"


def test_what_cannot_be_reached_is_told(tmp_path: Path) -> None:
    there = write_registers(tmp_path / "registers")
    for place, told in (
        (StorePath((tmp_path / "none").as_uri()), "none: no such folder"),
        (StorePath("unheard-of://bucket/registers"), "--registers: unheard-of:// cannot be read: Protocol not known"),
    ):
        with pytest.raises(InputError, match=told), mirrored(place, "--registers"):
            pass
    with mirrored(StorePath(there.as_uri()), "--registers") as here:
        (there / "residents" / "year=2025" / "0.parquet").unlink()
        with pytest.raises(InputError, match=r"year=2025/0\.parquet: cannot be read: No such file or directory"):
            bring(here)


def test_files_are_read_in_parts(objects: StorePath) -> None:
    files = [objects / "a", objects / "b"]
    for file in files:
        file.write_bytes(file.name.encode() + b"bcdef")
    assert sizes_of(files) == [6, 6]
    assert ranges_of(files, [0, 4], [3, 6]) == [b"abc", b"ef"]
    assert ranges_of([*files, files[0]], [3, 1, 6], [3, 2, 6]) == [b"", b"b", b""]
    assert ranges_of([], [], []) == []
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        sizes_of([objects / "none"])


@pytest.mark.parametrize("kind", ["of objects", "of files"])
def test_nothing_is_written_where_the_folder_is_gone(objects: StorePath, tmp_path: Path, kind: str) -> None:
    run = (objects if kind == "of objects" else StorePath((tmp_path / "exchange").as_uri())) / "run"
    file = tmp_path / "file"
    file.write_bytes(b"rows")
    run.mkdir()
    (run / "a").put(file)
    assert (run / "a").exists()
    run.remove()
    assert not (run / "a").exists()
    with pytest.raises(FileNotFoundError):
        (run / "a").put(file)
    assert not (run / "a").exists()
    run.remove()
    (run / "a").unlink(missing_ok=True)
