"""Sets of files put in place by processes that are killed at a system call, and what the next one makes of it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from udsat_geo.files.atomic_write import all_or_none, settle

EARLIER = {
    "a.gpkg": "earlier a",
    "a.gpkg-wal": "journal",
    "b.json": "earlier b",
    "gone.csv": "earlier c",
    "mine": "mine",
}
NEW = {"a.gpkg": "new a", "b.json": "new b", "d.tif": "new d"}
AFTERWARDS = {**NEW, "mine": "mine"}
CALLS = ("mkdir", "open", "write", "fsync", "replace", "unlink", "rmdir", "scandir", "stat")


def place_and_be_killed(out: Path, calls: int, fails: bool) -> bool:
    """Write a set in another process that kills itself at a system call; whether it lived to the end.

    With `fails` a move fails as well, so that it may die while it takes the set back.
    """
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    left = [calls]
    move = os.replace

    def killing(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if fails and function is move and Path(given[1]).name == "d.tif":
                raise OSError(28, "No space left on device")
            return function(*given, **named)

        return call

    for name in CALLS:
        setattr(os, name, killing(getattr(os, name)))
    try:
        with all_or_none(out, list(NEW), ["gone.csv"]) as folder:
            for name, text in NEW.items():
                (folder / name).write_text(text, encoding="utf-8")
    except OSError:
        os._exit(0 if fails else 1)
    os._exit(0)


def content_of(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def settled(out: Path) -> dict[str, str]:
    """What the next command finds in a folder, a minute after one was killed there."""
    for hidden in out.glob(".*"):
        # one that had not even said whose it is counts as worked on for that long
        owner = hidden / ".udsat_geo-owner"
        if not owner.exists() or not owner.read_text(encoding="utf-8"):
            shutil.rmtree(hidden)
    settle(out)
    return content_of(out)
