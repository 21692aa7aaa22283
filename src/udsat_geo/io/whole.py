"""Files put in place together or not at all.

Files are written in a hidden folder beside their place and then moved in; when a move fails, those already made are
taken back. Whatever goes wrong, what was there stays.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from udsat_geo.errors import OutputError, Problem


@contextmanager
def written_whole(out: Path, stem: str, names: Sequence[str]) -> Iterator[Path]:
    """A folder to write files in, which are moved into `out` when nothing went wrong.

    Parameters
    ----------
    out : Path
        Made where it is missing.
    stem : str
        Part of the hidden folder's name.
    names : sequence of str
        The files that will be there.

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    with _told(out):
        made = not out.exists()
        out.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{stem}-", dir=out))
        done = False
        try:
            yield folder
            _move_all(folder, out, names)
            done = True
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            if made and not done:
                # only if it is empty: what someone else has put there meanwhile is theirs
                with suppress(OSError):
                    out.rmdir()


@contextmanager
def _told(out: Path) -> Iterator[None]:
    """Turn what the system and GDAL say of a failed write into one message."""
    import pyogrio.errors

    try:
        yield
    except OSError as error:
        raise OutputError(_cannot_write(out, error.strerror or str(error))) from None
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
    ) as error:
        raise OutputError(_cannot_write(out, str(error).split("\n")[0])) from None


def _cannot_write(out: Path, reason: str) -> Problem:
    return Problem(
        str(out),
        f"the results could not be written ({reason})",
        "Free space or choose another --out; earlier results are untouched.",
    )


def _move_all(folder: Path, out: Path, names: Sequence[str]) -> None:
    """Move the files in, keeping what was there aside until all are in place."""
    moved: list[str] = []
    kept: list[str] = []
    done = False
    try:
        for name in names:
            # noted before it is done, so that an interruption in between loses nothing
            if (out / name).exists():
                kept.append(name)
                os.replace(out / name, folder / f"{name}.before")
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
