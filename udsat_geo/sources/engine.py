"""DuckDB as this product opens it: in memory, up to a ceiling, and beyond that in a private folder; and its SQL."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.limits import limits
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_OURS = 350_000_000
"""What the process takes beside DuckDB before any row is read, in bytes: Python, the libraries and compiled kernels."""
_LEAST = 100_000_000
"""What DuckDB is left with at least, in bytes; own choice."""

_OF_A_UNIT, _OF_SURROUNDINGS = 1_000, 600
"""What a unit takes, in bytes, when all results are made, and its surroundings beside; measured with five criteria
over 316,000 and 2 million cells, and rounded up."""

_OF_AN_ADDRESS, _OF_A_DWELLING = 80, 50
"""What they take in bytes while keys are compared: hashes and rows in slots, positions, cells, places; residents take
nothing, since they come and go. Reckoned from the arrays, and rounded up."""

_ROWS_AT_A_TIME = 1 << 18
"""Of what is read a part at a time."""

_DISK_FOR_MEMORY = 8
"""So many times the memory of expressions may go to disk; own choice."""

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


def connect(threads: int | None = None, for_expressions: bool = False) -> duckdb.DuckDBPyConnection:
    """A database in memory that sees no variable of Python.

    Parameters
    ----------
    threads : int, optional
        At most so many; DuckDB's own choice without.
    for_expressions : bool
        Whether a policy's expressions are evaluated in it, which are held to `memory_for_expressions`.
    """
    # without this DuckDB spills into the working folder, where others may read it
    config = {"python_enable_replacements": "false", "temp_directory": private_folder()}
    if threads:
        config["threads"] = str(threads)
    if for_expressions:
        config["memory_limit"] = f"{memory_for_expressions()[0]}B"
        config["max_temp_directory_size"] = f"{_DISK_FOR_MEMORY * limits().expression_bytes}B"
    elif _ceiling is not None:
        config["memory_limit"] = f"{_below(_ceiling)}B"
    connection = duckdb.connect(":memory:", config=config)
    # it would draw its bar into what a command prints; in a notebook that cannot show one, even this is refused
    with suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = false")
    return connection


def memory_for_expressions() -> tuple[int, str]:
    """Bytes that the database may take in which a policy's expressions are evaluated, and what allows more.

    Rows of registers that it has no room for go to disk; most totals over them do not.
    """
    own = limits().expression_bytes
    room = _memory_of_machine() * 4 // 5 if _ceiling is None else _below(_ceiling)
    return (own, "UDSAT_EXPRESSION_BYTES") if own < room else (room, "--memory")


def _below(ceiling: int) -> int:
    """What the database is left with: what it has no room for goes to disk, and our own arrays do not."""
    return max((ceiling - _OURS) // 3, _LEAST)


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


class NoRoomError(InputError):
    """More memory would be taken than there may be."""


class NoRoomForKeysError(NoRoomError):
    """The keys of registers would not stay below the ceiling all at once."""


def room_for_rows() -> int:
    """What is left below the ceiling, or of the machine's memory, before any row is read, in bytes."""
    return (_ceiling or _memory_of_machine()) - _OURS


def check_room(n_units: int, with_surroundings: bool) -> None:
    """Find out before the work whether what cannot go to disk, the results of so many units, stays below the ceiling.

    Raises
    ------
    NoRoomError
        If it does not.
    """
    what = _("the results of {units} units").format(units=decimal(n_units, 0))
    of_each = _OF_A_UNIT + (_OF_SURROUNDINGS if with_surroundings else 0)
    _check_room(what, n_units * of_each, _("Give that much, or take larger cells or a part of the city."))


def check_room_for_keys(n_addresses: int, n_dwellings: int) -> None:
    """Find out before the work whether the keys and positions of so many rows stay below the ceiling.

    Raises
    ------
    NoRoomForKeysError
        If they do not.
    """
    what = _("the keys of {addresses} addresses and {dwellings} dwellings").format(
        addresses=decimal(n_addresses, 0), dwellings=decimal(n_dwellings, 0)
    )
    remedy = _(
        "Give that much, or write the registers as Parquet, joined with no other file: `designate` makes cells of such "
        "with less."
    )
    size = _LEAST + n_addresses * _OF_AN_ADDRESS + n_dwellings * _OF_A_DWELLING
    _check_room(what, size, remedy, NoRoomForKeysError)


def _check_room(what: str, size: int, remedy: str, refused: type[NoRoomError] = NoRoomError) -> None:
    needed = _OURS + size
    ceiling = _ceiling or _memory_of_machine()
    if needed > ceiling:
        told = _("{ceiling} MB are too little: {what} take about {needed} MB").format(
            ceiling=decimal(ceiling // 10**6, 0), what=what, needed=decimal(needed // 10**6, 0)
        )
        raise refused(Problem("--memory" if _ceiling else _("memory of this machine"), told, remedy))


def _memory_of_machine() -> int:
    """What a process may take, in bytes: the machine's memory, or less where its control group says so."""
    found = [2**63]
    with suppress(OSError, ValueError, AttributeError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
            _number, controllers, path = line.split(":", 2)
            limits = [f"/sys/fs/cgroup{path}/memory.max", "/sys/fs/cgroup/memory.max"]
            if controllers:
                limits = [f"/sys/fs/cgroup/memory{path}/memory.limit_in_bytes"]
            for limit in limits if not controllers or "memory" in controllers.split(",") else []:
                # "max" is none
                with suppress(OSError, ValueError):
                    found.append(int(Path(limit).read_text(encoding="ascii")))
    return min(found)


def batches_of(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[dict[str, NDArray[Any]]]:
    """The rows of a query a part at a time, each column by its name; the next part is read while one is worked on."""

    def following() -> dict[str, NDArray[Any]] | None:
        batch = next(reader, None)
        return (
            None
            if batch is None
            else {name: batch.column(name).to_numpy(zero_copy_only=False) for name in batch.schema.names}
        )

    reader = iter(connection.sql(query).to_arrow_reader(_ROWS_AT_A_TIME))
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(following)
        while (batch := coming.result()) is not None:
            coming = ahead.submit(following)
            yield batch


@cache
def private_folder() -> str:
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
