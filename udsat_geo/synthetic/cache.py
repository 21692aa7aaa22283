"""The synthetic registers in the user's cache: found there, or made once."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from importlib import resources
from pathlib import Path

from udsat_geo.messages.translate import _
from udsat_geo.synthetic import DEFAULT_SEED, check_year

GENERATOR_VERSION = 5
_CHECKSUMS, _LONGEST_S = ".checksums.json", 3600
FILES = (
    "residents.parquet",
    "dwellings.parquet",
    "addresses.parquet",
    "registers.toml",
    "places.geojson",
    "ground.geojson",
)


@lru_cache(maxsize=1)
def _facts_hash() -> str:
    digest = hashlib.sha256()
    for package, name in (
        ("udsat_geo.synthetic", "geography.toml"),
        ("udsat_geo.synthetic", "districts.toml"),
        ("udsat_geo.synthetic", "ground.toml"),
        ("udsat_geo.policy", "status_2021.toml"),
    ):
        digest.update(resources.files(package).joinpath(name).read_bytes())
    return digest.hexdigest()[:10]


def default_cache() -> Path:
    """The cache folder: ``UDSAT_CACHE``, else the platform's own place for caches."""
    named = os.environ.get("UDSAT_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(base) / "udsat_geo" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "udsat_geo"
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "udsat_geo"


def folder_name(year: int, seed: int) -> str:
    """Name of a year's folder: another seed, generator or set of facts has another name."""
    return f"synthetic-v{GENERATOR_VERSION}-{_facts_hash()}-seed{seed}-{year}"


def is_complete(folder: Path) -> bool:
    """Whether every file of a year is there as it was made: a disk that was full, or a hand, may have changed one."""
    try:
        found = [(folder / name).stat() for name in (*FILES, _CHECKSUMS)]
    except OSError:
        return False
    return _was_complete(folder, tuple((each.st_ino, each.st_size, each.st_mtime_ns) for each in found))


@lru_cache(maxsize=32)
def _was_complete(folder: Path, _stamps: tuple[tuple[int, int, int], ...]) -> bool:
    # read once for as long as no file changes: who tries many rules asks each time
    try:
        made = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
        return bool(made == _checksums(folder))
    except (OSError, ValueError, RecursionError):
        return False


def _checksums(folder: Path) -> dict[str, int]:
    """The CRC-32 of each file of a year."""
    return {name: zlib.crc32((folder / name).read_bytes()) for name in FILES}


def _remove_left_behind(home: Path) -> None:
    """Remove what a process that was killed had begun; none works on a year for so long."""
    for folder in home.glob(".synthetic-*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _LONGEST_S:
                shutil.rmtree(folder, ignore_errors=True)


def _writable(cache: Path) -> bool:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            return True
    except OSError:
        return False


@lru_cache(maxsize=1)
def _temporary_cache() -> Path:
    folder = tempfile.mkdtemp(prefix="udsat_geo-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def find_or_make(
    year: int, seed: int, cache: Path | None, make: Callable[[Path], None], progress: Callable[[str], None] | None
) -> Path:
    """The folder of a year, made by `make` when missing.

    Written beside its place and renamed; when another process was faster, its folder is used.

    Parameters
    ----------
    year, seed : int
    cache : Path or None
        None is the user's cache; one that cannot be written gives way to a temporary folder.
    make : callable
        Writes the files into the folder it is given.
    progress : callable or None
        Told in one sentence when something has to be made.
    """
    home = default_cache() if cache is None else cache
    place = home / folder_name(year, seed)
    if is_complete(place):
        return place
    if not _writable(home):
        return find_or_make(year, seed, _temporary_cache(), make, progress)
    if progress is not None:
        progress(_("making the synthetic registers of {year}").format(year=year))
    beside = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=home))
    try:
        make(beside)
        (beside / _CHECKSUMS).write_text(json.dumps(_checksums(beside)), encoding="utf-8")
        _remove_left_behind(home)
        _move_into_place(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return place


def _move_into_place(beside: Path, place: Path) -> None:
    if place.exists() and not is_complete(place):
        shutil.rmtree(place, ignore_errors=True)
    try:
        beside.rename(place)
    except OSError:
        if not is_complete(place):  # not the work of a process that was faster
            raise


def cached_registers(
    year: int, seed: int = DEFAULT_SEED, cache: Path | None = None, progress: Callable[[str], None] | None = None
) -> Path:
    """The folder of a year's synthetic registers in the user's cache, made when missing.

    Parameters
    ----------
    year : int
        One of ``YEARS``.
    seed : int
    cache : Path, optional
        The cache folder; by default ``UDSAT_CACHE`` or the platform's place for caches. When it cannot be written, a
        temporary folder takes its place.
    progress : callable, optional
        Told in one sentence when registers have to be made.

    Raises
    ------
    InputError
        When the city has no such year.
    """
    check_year(year)

    def make(folder: Path) -> None:
        # what makes the city takes longer to load than what finds it
        from udsat_geo.synthetic.write import write_registers

        write_registers(year, folder, seed)

    return find_or_make(year, seed, cache, make, progress)
