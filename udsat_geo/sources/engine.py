"""DuckDB as this product opens it: in memory, up to a ceiling, and beyond that in a private folder; and its SQL."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import duckdb

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_OURS = 350_000_000
"""What the process takes beside DuckDB before any row is read, in bytes: Python, the libraries and compiled kernels."""
_LEAST = 100_000_000
"""What DuckDB is left with at least, in bytes; own choice."""

_OF_A_UNIT = 2_000
"""What a unit takes, in bytes, when all results are made: measured with five criteria, and rounded up."""

ROWS_AT_A_TIME = 1 << 20
"""Of what is read a part at a time."""

_AGAIN_S = 0.1
"""Between two interruptions of a query."""

_ceiling: int | None = None


def bytes_of(text: str) -> int:
    """A size as people write it, in bytes: ``4GB``, ``800 MB``; a letter counts in thousands.

    Raises
    ------
    InputError
        If it is none, or less than the program takes before it has read a row.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?\s*", text, re.IGNORECASE)
    if found is None:
        raise InputError(Problem("--memory", _("{text!r} is no size").format(text=text), _("Write it as 4GB.")))
    size = int(float(found[1]) * _UNITS[found[2].upper()])
    if size < _OURS + _LEAST:
        what = _("{text} is less than the program takes by itself").format(text=text)
        remedy = _("Give at least {least} MB.").format(least=(_OURS + _LEAST) // 10**6)
        raise InputError(Problem("--memory", what, remedy))
    return size


@contextmanager
def memory_ceiling(size: int | None) -> Iterator[None]:
    """Hold the process to about so many bytes within this block: what DuckDB has no room for goes to disk.

    Parameters
    ----------
    size : int or None
        In bytes; None for DuckDB's own choice, four fifths of the machine's memory.
    """
    global _ceiling
    before, _ceiling = _ceiling, size
    try:
        yield
    finally:
        _ceiling = before


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory that sees no variable of Python.

    Parameters
    ----------
    threads : int, optional
        At most so many; DuckDB's own choice without.
    """
    # without this DuckDB spills into the working folder, where others may read it
    config = {"python_enable_replacements": "false", "temp_directory": _private_folder()}
    if threads:
        config["threads"] = str(threads)
    if _ceiling is not None:
        config["memory_limit"] = f"{max((_ceiling - _OURS) // 2, _LEAST)}B"
    connection = duckdb.connect(":memory:", config=config)
    # it would draw its bar into what a command prints; in a notebook that cannot show one, even this is refused
    with suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = false")
    return connection


@contextmanager
def interrupted_after(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[Callable[[], bool]]:
    """Interrupt whatever a connection does within this block once so many seconds have passed.

    Yields
    ------
    callable
        Whether they have.
    """
    is_over, done = threading.Event(), threading.Event()

    def watch() -> None:
        if done.wait(seconds):
            return
        is_over.set()
        # a query that begins only now is interrupted as well
        while not done.wait(_AGAIN_S):
            with suppress(duckdb.Error):
                connection.interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield is_over.is_set
    finally:
        done.set()
        watcher.join()


def check_room(n_units: int) -> None:
    """Find out before the work whether what cannot go to disk, the results of so many units, stays below the ceiling.

    Raises
    ------
    InputError
        If it does not.
    """
    needed = _OURS + n_units * _OF_A_UNIT
    if _ceiling is not None and needed > _ceiling:
        what = _("{ceiling} MB are too little: the results of {units} units take about {needed} MB").format(
            ceiling=decimal(_ceiling // 10**6, 0), units=decimal(n_units, 0), needed=decimal(needed // 10**6, 0)
        )
        raise InputError(Problem("--memory", what, _("Give that much, or take larger cells or a part of the city.")))


@cache
def _private_folder() -> str:
    """A folder that this user alone may read, and that goes with the process; none where none can be made."""
    try:
        folder = tempfile.mkdtemp(prefix="udsat_geo-")
    except OSError:
        return ""
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def pattern_of(path: Path) -> str:
    """The pattern that DuckDB takes for this file alone, whatever stars and brackets stand in its path."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
