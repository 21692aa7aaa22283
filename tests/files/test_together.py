"""Files that appear together or not at all."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from killed import AFTERWARDS, EARLIER, content_of, place_and_be_killed, settled
from udsat_geo.files.atomic_write import all_or_none, settle, write_texts
from udsat_geo.messages.errors import OutputError


def test_texts_are_written_as_they_are(tmp_path: Path) -> None:
    files = write_texts(tmp_path / "new", {"a.csv": "\ufeffæ;1\r\n", "b.md": "ø\n"})
    assert [path.read_bytes() for path in files] == ["\ufeffæ;1\r\n".encode(), "ø\n".encode()]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a.csv", "b.md"]


def test_earlier_files_give_way_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("other", encoding="utf-8")
    for turn in ("first", "second"):
        write_texts(tmp_path, {"a": turn})
    assert content_of(tmp_path) == {"a": "second", "other": "other"}


def test_a_file_that_is_open_elsewhere_is_replaced_whole(tmp_path: Path) -> None:
    """As a GeoPackage that was edited in QGIS and is still open there: its journal is not the new one's."""
    path = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(path)) as elsewhere:
        elsewhere.execute("PRAGMA journal_mode = WAL")
        elsewhere.execute("CREATE TABLE edited (note)")
        elsewhere.executemany("INSERT INTO edited VALUES (?)", [("x" * 1000,)] * 100)
        elsewhere.commit()
        assert (tmp_path / "a.gpkg-wal").stat().st_size > 0
        with all_or_none(tmp_path, ["a.gpkg"]) as folder, closing(sqlite3.connect(folder / "a.gpkg")) as new:
            new.execute("CREATE TABLE made (note)")
            new.commit()
        with closing(sqlite3.connect(path)) as found:
            assert found.execute("SELECT name FROM sqlite_master").fetchall() == [("made",)]
        assert [file.name for file in tmp_path.iterdir()] == ["a.gpkg"]


def test_a_folder_of_that_name_is_kept_with_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="b is a folder"):
        write_texts(tmp_path, {"a": "new", "b": "new"})
    assert [path.name for path in tmp_path.rglob("*")] == ["b", "notes.txt"]


@pytest.mark.parametrize("fault", [OSError("no"), KeyboardInterrupt()])
def test_a_fault_on_the_way_leaves_the_folder_as_it_was(tmp_path: Path, fault: BaseException) -> None:
    write_texts(tmp_path / "there", {"a": "earlier"})

    def write_half(out: Path) -> None:
        with all_or_none(out, ["a"]) as folder:
            (folder / "a").write_text("half", encoding="utf-8")
            raise fault

    for out in (tmp_path / "there", tmp_path / "missing"):
        with pytest.raises(type(fault)):
            write_half(out)
    assert content_of(tmp_path / "there") == {"a": "earlier"}
    assert not (tmp_path / "missing").exists()


def test_a_fault_while_moving_takes_back_what_was_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {"a": "earlier a", "b": "earlier b", "b-wal": "journal", "a.aux.xml": "statistics"}
    write_texts(tmp_path, before)
    move = os.replace

    def fails_on_b(source: Path, target: Path) -> None:
        if Path(source).name == "b" and Path(target).parent == tmp_path:
            raise OSError(28, "No space left on device")
        move(source, target)

    monkeypatch.setattr(os, "replace", fails_on_b)
    with pytest.raises(OutputError, match="No space left on device"):
        write_texts(tmp_path, {"a": "new a", "b": "new b"})
    assert content_of(tmp_path) == before


# --- killed while files are moved in ---------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked on POSIX only")
@pytest.mark.parametrize("fails", [False, True])
def test_killed_at_any_system_call_the_next_one_finds_one_set_whole(tmp_path: Path, fails: bool) -> None:
    ends = []
    for calls in range(1, 1000):
        out = tmp_path / str(calls)
        out.mkdir()
        for name, text in EARLIER.items():
            (out / name).write_text(text, encoding="utf-8")
        lived = place_and_be_killed(out, calls, fails)
        found = settled(out)
        assert found in (EARLIER, AFTERWARDS), calls
        ends.append(found == AFTERWARDS)
        if lived:
            break
    assert lived
    assert calls > 50
    assert ends[-1] is not fails
    # once a set is in place, it is in place however much later the process dies
    assert fails or ends == sorted(ends)


def test_what_a_living_process_works_on_is_left_alone(tmp_path: Path) -> None:
    with all_or_none(tmp_path, ["a"]) as folder:
        settle(tmp_path)
        assert folder.is_dir()
        (folder / "a").write_text("a", encoding="utf-8")
    assert content_of(tmp_path) == {"a": "a"}


def test_a_folder_that_cannot_be_listed_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "a").write_text("a")
    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", refused)
        settle(tmp_path)
    assert content_of(tmp_path) == {"a": "a"}


def test_of_two_that_move_at_once_one_set_wins_whole(tmp_path: Path) -> None:
    names = [str(number) for number in range(40)]

    def write(text: str) -> None:
        for _turn in range(10):
            write_texts(tmp_path, dict.fromkeys(names, text))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, text) for text in ("one", "other")]:
            done.result()
    assert len(set(content_of(tmp_path).values())) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="folders are held on POSIX only")
def test_another_one_that_does_not_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    monkeypatch.setenv("UDSAT_WAIT_SECONDS", "0.05")
    held = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match=r"another run is putting its results there, and .* 0\.05 s"):
            write_texts(tmp_path, {"a": "a"})
    finally:
        os.close(held)
    assert list(tmp_path.iterdir()) == []
    write_texts(tmp_path, {"a": "a"})
