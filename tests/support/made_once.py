"""Folders of input that many tests begin from: made once in a process, copied for each test that asks again."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_made: dict[tuple[Any, ...], Path] = {}


@functools.cache
def _store() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="udsat-made-once-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def made_once(write: Callable[..., None]) -> Callable[..., None]:
    """A writer of files into a folder that does its work once for the same further arguments."""

    @functools.wraps(write)
    def written(folder: Path, *arguments: Any, **named: Any) -> None:
        key = (write.__module__, write.__qualname__, arguments, *sorted(named.items()))
        if key not in _made:
            place = Path(tempfile.mkdtemp(dir=_store()))
            write(place, *arguments, **named)
            _made[key] = place
        folder.mkdir(parents=True, exist_ok=True)
        # a folder of mkdtemp's is closed to others: its content is copied, not its permissions
        for path in _made[key].iterdir():
            shutil.copytree(path, folder / path.name) if path.is_dir() else shutil.copy2(path, folder)

    return written
