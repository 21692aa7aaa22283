"""The database of a worker: opened once for all tasks of a run, since opening takes as long as many a task."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from udsat_geo.cluster.exchange import Place
from udsat_geo.cluster.plan import Plan
from udsat_geo.registers.opening import lock
from udsat_geo.sources.engine import connect, private_folder

_opened: dict[Place, duckdb.DuckDBPyConnection] = {}
"""By the folder of the run; at most one."""
_one_at_a_time = threading.Lock()


def folder_of_copies() -> Path:
    """Where a worker's copies of files in a store lie while they are read.

    Raises
    ------
    OSError
        If there is none.
    """
    folder = private_folder()
    if not folder:
        raise FileNotFoundError(tempfile.gettempdir())
    return Path(folder)


@contextmanager
def database(plan: Plan) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of this task's own that reaches the parts of the registers, or copies of them, and nothing else."""
    with _one_at_a_time:
        if plan.folder not in _opened:
            _opened.clear()
            connection = connect(1, for_expressions=True)
            if plan.mirror is None:
                lock(connection, [part for table in plan.tables.values() for part in table.source.parts])
            else:
                lock(connection, [], [folder_of_copies()])
            _opened[plan.folder] = connection
        own = _opened[plan.folder].cursor()
    with closing(own):
        yield own
