"""The user's cache of synthetic registers: made once, found again, never half there."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from pathlib import Path

GENERATOR_VERSION = 3
FILES = ("residents.parquet", "dwellings.parquet", "addresses.parquet", "registers.toml", "places.geojson")


@lru_cache(maxsize=1)
def _facts_hash() -> str:
    digest = hashlib.sha256()
    for package, name in (
        ("udsat_geo.synthetic", "geography.toml"),
        ("udsat_geo.published", "status_2021.toml"),
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
    """Whether every file of a year is there."""
    return all((folder / name).is_file() for name in FILES)


def _writable(cache: Path) -> bool:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            return True
    except OSError:
        return False


@lru_cache(maxsize=1)
def _temporary_cache() -> Path:
    return Path(tempfile.mkdtemp(prefix="udsat_geo-"))


def find_or_make(
    year: int,
    seed: int,
    cache: Path | None,
    make: Callable[[Path], None],
    progress: Callable[[str], None] | None,
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

    Returns
    -------
    Path
    """
    home = cache if cache is not None else default_cache()
    place = home / folder_name(year, seed)
    if is_complete(place):
        return place
    if not _writable(home):
        home = _temporary_cache()
        place = home / folder_name(year, seed)
        if is_complete(place):
            return place
    if progress is not None:
        progress(f"making the synthetic registers of {year}")
    beside = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=home))
    try:
        make(beside)
        _move_into_place(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return place


def _move_into_place(beside: Path, place: Path) -> None:
    if place.exists() and not is_complete(place):
        shutil.rmtree(place, ignore_errors=True)
    beside.chmod(0o755)
    try:
        beside.rename(place)
    except OSError:
        if not is_complete(place):  # not the work of a process that was faster
            raise
