"""Files put in place all at once or not at all."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from udsat_geo.messages.errors import OutputError, Problem, reason_of
from udsat_geo.messages.limits import limits
from udsat_geo.messages.translate import _

OF_THE_EARLIER = ("-wal", "-shm", "-journal", ".aux.xml")
"""Endings of files that other programs keep beside one of ours, and that go where it goes: SQLite would play a journal
of an earlier GeoPackage into the new one and damage it, and GDAL's statistics are of the earlier one too."""

_OWNER, _FORTH, _BACK = ".udsat_geo-owner", ".udsat_geo-forth", ".udsat_geo-back"
"""In a hidden folder: whose it is, and its journal: of a set that is being put in place, or taken back."""
_ELSEWHERE_S, _BEGINNING_S = 7 * 24 * 3600, 60
"""So long a hidden folder is taken to be worked on that another machine made, or that does not say who; own choices."""

_ASK_AGAIN_S = 0.01
"""Between two attempts at holding a folder."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]+:", re.IGNORECASE)
"""A path that begins so is an address, as ``https:``; a drive of Windows has one letter."""


def check_writable(out: Path) -> None:
    """Find out before the work whether the results can be written at all.

    Raises
    ------
    OutputError
    """
    # GDAL would take such a folder for a web address and tell it with its password
    if len(out.parts) > 1 and _SCHEME.fullmatch(out.parts[0]):
        what = _("is an address that begins with {scheme}, where nothing can be written").format(scheme=out.parts[0])
        raise OutputError(Problem("--out", what, _("Name a folder or file of this machine.")))
    nearest = out
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        what = _("{path} is not a folder").format(path=nearest)
        raise OutputError(Problem(str(out), what, _("Choose another --out.")))
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        what = _("cannot be written ({reason})").format(reason=reason_of(error))
        remedy = _("Choose another --out, or mend its permissions.")
        raise OutputError(Problem(str(out), what, remedy)) from None


@contextmanager
def all_or_none(out: Path, names: list[str], outdated: Sequence[str] = ()) -> Iterator[Path]:
    """A hidden folder beside the place of some files; what is written there is moved in when all went well.

    Whatever goes wrong, an interruption too, the output folder stays as it was; if it was not there, it is not there
    afterwards. A process that is killed while it moves leaves a journal, and the next one that writes or reads there
    completes the set: see `settle`.

    Parameters
    ----------
    out : Path
        Made where it is missing.
    names : list of str
        The files that will lie in the hidden folder.
    outdated : sequence of str
        Files beside the place that go when the others come.

    Yields
    ------
    Path
        The hidden folder.

    Raises
    ------
    OSError
        If the system does not let it.
    """
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    if folders := [name for name in (*names, *outdated) if (out / name).is_dir()]:
        # it is somebody's, whatever it is called
        raise OSError(_("{name} is a folder").format(name=folders[0]))
    settle(out)
    folder = Path(tempfile.mkdtemp(prefix=f".{Path(names[0]).stem}-", dir=out))
    done = False
    try:
        (folder / _OWNER).write_text(json.dumps({"pid": os.getpid(), "host": platform.node()}), encoding="utf-8")
        yield folder
        for name in names:
            _to_disk(folder / name)
        with alone_in(out):
            _move_all(folder, out, names, outdated)
        done = True
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if made and not done:
            # only if it is empty: what someone else has put there meanwhile is theirs
            with suppress(OSError):
                out.rmdir()


def settle(out: Path) -> None:
    """Complete what a killed process began to put in place in a folder, and remove what it left behind.

    A set whose journal was written is completed, one that was being taken back is taken back, and one that had not
    come so far is removed. What a process that lives is working on is waited for, or left alone.

    Raises
    ------
    OSError
        If there is something to complete, and the system does not let it.
    """
    if not _left_in(out):
        return
    with alone_in(out):
        for folder in _left_in(out):
            if (folder / _BACK).exists():
                _take_back(folder, out, _Journal.read(folder / _BACK))
            elif (folder / _FORTH).exists():
                journal = _Journal.read(folder / _FORTH)
                for name in journal.outdated:
                    _put_aside(folder, out, name, ())
                for name in journal.names:
                    if (folder / name).exists():
                        _put_aside(folder, out, name, journal.names)
                        os.replace(folder / name, out / name)
                _to_disk(out)
            shutil.rmtree(folder, ignore_errors=True)


def _left_in(out: Path) -> list[Path]:
    """Hidden folders of ours in a folder, of processes that are no more."""
    # a folder that cannot be looked into is somebody else's
    try:
        hidden = [Path(entry.path) for entry in os.scandir(out) if entry.name.startswith(".")]
    except OSError:
        return []
    return sorted(entry for entry in hidden if os.path.isfile(entry / _OWNER) and not _lives(entry / _OWNER))


def _lives(owner: Path) -> bool:
    """Whether the process that made a folder lives; of another machine's, whether it was made within a week."""
    try:
        told = json.loads(owner.read_text(encoding="utf-8"))
        pid, host = int(told["pid"]), told["host"]
    except (OSError, ValueError, KeyError, TypeError):
        # it was killed while it wrote this, or is just about to
        pid, host = 0, None
    if host != platform.node():
        with suppress(OSError):
            return time.time() - owner.stat().st_mtime < (_ELSEWHERE_S if host else _BEGINNING_S)
        return False
    if pid == os.getpid():
        return True
    return _is_running(pid)


def _is_running(pid: int) -> bool:
    if os.name == "nt":
        import ctypes

        # os.kill would end it there
        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # type: ignore[attr-defined,unused-ignore]
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)  # type: ignore[attr-defined,unused-ignore]
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Hold a folder while files are moved in; another process that does so is waited for, `Limits.wait_s` at most.

    The system lets go of it when the process ends, however it ends. Where folders cannot be held so (Windows, some
    network drives), two runs that end in the same instant can still mix.
    """
    try:
        import fcntl

        held = os.open(out, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        until = time.monotonic() + limits().wait_s
        while not _held(fcntl, held):
            if time.monotonic() > until:
                raise OSError(another_run(limits().wait_s)[0])
            time.sleep(_ASK_AGAIN_S)
        yield
    finally:
        os.close(held)


def _held(fcntl: Any, folder: int) -> bool:
    """Whether a folder could be held, or cannot be held at all."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def another_run(seconds: float) -> tuple[str, str]:
    """What is told, and advised, where another run into the same place has not ended in time."""
    what = _("another run is putting its results there, and has not ended within {seconds} s")
    remedy = _("Try again later, or wait longer with {variable}; nothing has changed.")
    return what.format(seconds=f"{seconds:g}"), remedy.format(variable="UDSAT_WAIT_SECONDS")


def _to_disk(path: Path) -> None:
    """Have a file, or the names in a folder, reach the disk before what follows; where the system can say so."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_texts(out: Path, texts: dict[str, str]) -> list[Path]:
    """Write text files, UTF-8 with line ends as they are, together or not at all.

    Parameters
    ----------
    out : Path
        Made where it is missing.
    texts : dict
        File name -> content.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    try:
        with all_or_none(out, list(texts)) as folder:
            for name, text in texts.items():
                (folder / name).write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise OutputError(cannot_write(out, reason_of(error))) from None
    return [out / name for name in texts]


def cannot_write(out: Path, reason: str) -> Problem:
    """What is told of a failed write."""
    return Problem(
        str(out),
        _("the results could not be written ({reason})").format(reason=reason),
        _("Free space or choose another --out; earlier results are untouched."),
    )


@dataclass(frozen=True)
class _Journal:
    """What is moved into a folder: the files, those of them that were there before, and those that go."""

    names: list[str]
    before: list[str]
    outdated: list[str]

    @staticmethod
    def read(path: Path) -> _Journal:
        """As it was written: it appeared whole, or not at all."""
        return _Journal(**json.loads(path.read_text(encoding="utf-8")))


def _move_all(folder: Path, out: Path, names: list[str], outdated: Sequence[str]) -> None:
    """Move the files in, keeping what was there aside until all are in place.

    From the moment its journal has its name, the set is as good as in place: whoever comes next completes it.
    """
    journal = _Journal(names, [name for name in names if (out / name).exists()], list(outdated))
    (folder / "journal").write_text(json.dumps(asdict(journal)), encoding="utf-8")
    _to_disk(folder / "journal")
    os.replace(folder / "journal", folder / _FORTH)
    _to_disk(folder)
    done = False
    try:
        for name in outdated:
            _put_aside(folder, out, name, names)
        for name in names:
            _put_aside(folder, out, name, names)
            os.replace(folder / name, out / name)
        _to_disk(out)
        done = True
    finally:
        # an interruption (Ctrl-C) counts as a failure too
        if not done:
            os.replace(folder / _FORTH, folder / _BACK)
            _take_back(folder, out, journal)


def _put_aside(folder: Path, out: Path, name: str, names: Sequence[str]) -> None:
    """Move a file that gives way, and what other programs keep beside it, into the hidden folder."""
    for earlier in (name, *(f"{name}{ending}" for ending in OF_THE_EARLIER if f"{name}{ending}" not in names)):
        if (out / earlier).exists():
            os.replace(out / earlier, folder / f"{earlier}.before")


def _take_back(folder: Path, out: Path, journal: _Journal) -> None:
    """Put everything where it was before the moves began."""
    for name in journal.names:
        if name not in journal.before and not (folder / name).exists():
            (out / name).unlink(missing_ok=True)
    for aside in folder.glob("*.before"):
        os.replace(aside, out / aside.name.removesuffix(".before"))
