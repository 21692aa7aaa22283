"""Folders of input that many tests begin from: made once in a process, copied for each test that asks again."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_made: dict[tuple[Any, ...], Path] = {}


@functools.cache
def store() -> Path:
    """A folder of this process's own."""
    return Path(tempfile.mkdtemp(prefix="udsat-made-once-"))


def forget() -> None:
    """Remove them, when all tests are done."""
    _made.clear()
    if store.cache_info().currsize:
        shutil.rmtree(store(), ignore_errors=True)
        store.cache_clear()


def made_once(write: Callable[..., None]) -> Callable[..., None]:
    """A writer of files into a folder that does its work once for the same further arguments."""

    @functools.wraps(write)
    def written(folder: Path, *arguments: Any, **named: Any) -> None:
        key = (write.__module__, write.__qualname__, arguments, *sorted(named.items()))
        if key not in _made:
            place = Path(tempfile.mkdtemp(dir=store()))
            write(place, *arguments, **named)
            _made[key] = place
        folder.mkdir(parents=True, exist_ok=True)
        # a folder of mkdtemp's is closed to others: its content is copied, not its permissions
        for path in _made[key].iterdir():
            shutil.copytree(path, folder / path.name, dirs_exist_ok=True) if path.is_dir() else shutil.copy2(
                path, folder
            )

    return written
