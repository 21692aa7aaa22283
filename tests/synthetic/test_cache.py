"""The cache: made once, found again, never half there."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from udsat_geo.synthetic import cache
from udsat_geo.synthetic.cache import cached_registers


def fill(folder: Path) -> None:
    for name in cache.FILES:
        (folder / name).write_text(name)


def test_made_once_and_found_again(tmp_path):
    told: list[str] = []
    first = cache.find_or_make(2017, 3, tmp_path, fill, told.append)
    second = cache.find_or_make(2017, 3, tmp_path, fill, told.append)
    assert first == second
    assert cache.is_complete(first)
    assert len(told) == 1
    assert "2017" in told[0]
    assert [p.name for p in tmp_path.iterdir()] == [first.name]


def test_another_seed_or_year_has_another_folder(tmp_path):
    names = {cache.find_or_make(year, seed, tmp_path, fill, None).name for year in (2017, 2021) for seed in (1, 2)}
    assert len(names) == 4


def test_interrupted_leaves_nothing(tmp_path):
    def interrupted(folder: Path) -> None:
        (folder / cache.FILES[0]).write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.find_or_make(2017, 3, tmp_path, interrupted, None)
    assert list(tmp_path.iterdir()) == []


def test_half_a_folder_is_replaced(tmp_path):
    place = tmp_path / cache.folder_name(2017, 3)
    place.mkdir()
    (place / cache.FILES[0]).write_text("half")
    assert cache.is_complete(cache.find_or_make(2017, 3, tmp_path, fill, None))


def test_a_file_that_has_changed_is_made_anew(tmp_path: Path) -> None:
    place = cache.find_or_make(2017, 3, tmp_path, fill, None)
    for damage in (b"", b"half", b"residents.parqueT"):
        (place / cache.FILES[0]).write_bytes(damage)
        assert cache.find_or_make(2017, 3, tmp_path, fill, None) == place
        assert (place / cache.FILES[0]).read_text() == cache.FILES[0]


def test_what_a_killed_process_left_behind_goes_with_time(tmp_path: Path) -> None:
    for age_s in (60, 7200):
        left = tmp_path / f".synthetic-{age_s}"
        left.mkdir()
        os.utime(left, (time.time() - age_s,) * 2)
    place = cache.find_or_make(2017, 3, tmp_path, fill, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([".synthetic-60", place.name])


def test_two_at_once_agree(tmp_path):
    both = threading.Barrier(2)
    found: list[Path] = []

    def slow(folder: Path) -> None:
        fill(folder)
        both.wait(timeout=10)

    workers = [
        threading.Thread(target=lambda: found.append(cache.find_or_make(2017, 3, tmp_path, slow, None)))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 2
    assert found[0] == found[1]
    assert [p.name for p in tmp_path.iterdir()] == [found[0].name]


def test_unwritable_cache_gives_way(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    place = cache.find_or_make(2017, 3, blocked / "cache", fill, None)
    assert cache.is_complete(place)
    assert tmp_path not in place.parents


def test_the_environment_names_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("UDSAT_CACHE", str(tmp_path))
    assert cache.default_cache() == tmp_path
    place = tmp_path / cache.folder_name(2018, 9)
    place.mkdir()
    fill(place)
    assert cached_registers(2018, seed=9) == place
    monkeypatch.delenv("UDSAT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert cache.default_cache() == tmp_path / "xdg" / "udsat_geo"
