"""Files put in place all at once or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from udsat_geo.messages.errors import OutputError, Problem, reason_of
from udsat_geo.messages.translate import _

OF_THE_EARLIER = ("-wal", "-shm", "-journal", ".aux.xml")
"""Endings of files that other programs keep beside one of ours, and that go where it goes: SQLite would play a journal
of an earlier GeoPackage into the new one and damage it, and GDAL's statistics are of the earlier one too."""

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
    afterwards.

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
    folder = Path(tempfile.mkdtemp(prefix=f".{Path(names[0]).stem}-", dir=out))
    done = False
    try:
        yield folder
        _move_all(folder, out, names, outdated)
        done = True
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if made and not done:
            # only if it is empty: what someone else has put there meanwhile is theirs
            with suppress(OSError):
                out.rmdir()


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


def _move_all(folder: Path, out: Path, names: list[str], outdated: Sequence[str]) -> None:
    """Move the files in, keeping what was there aside until all are in place."""
    moved: list[str] = []
    kept: list[str] = []
    done = False
    try:
        for name in (*outdated, *names):
            # noted before it is done, so that an interruption in between loses nothing
            for earlier in (name, *(f"{name}{ending}" for ending in OF_THE_EARLIER if f"{name}{ending}" not in names)):
                if (out / earlier).exists():
                    kept.append(earlier)
                    os.replace(out / earlier, folder / f"{earlier}.before")
            if name not in outdated:
                moved.append(name)
                os.replace(folder / name, out / name)
        done = True
    finally:
        # an interruption (Ctrl-C) counts as a failure too
        if not done:
            for name in moved:
                (out / name).unlink(missing_ok=True)
            for name in kept:
                if (folder / f"{name}.before").exists():
                    os.replace(folder / f"{name}.before", out / name)
