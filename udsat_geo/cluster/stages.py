"""The tasks by which registers are read on many machines: from parts of tables to exact sums by cell.

Rows are scattered by the hash of their key, so that what belongs together meets: dwellings and their address, then
residents and their dwelling (`udsat_geo.cluster.parts`, `udsat_geo.cluster.buckets`). What one part or bucket cannot
judge (a key that stands twice, or leads nowhere) it tells as odd, and the whole is looked at once more.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from udsat_geo.cluster import buckets, parts
from udsat_geo.cluster.bands import (
    BANDS,
    CHOSEN,
    COMPOSITES,
    IN_REGIONS,
    PARTED,
    UNITS,
    WRITTEN,
    add_up_regions,
    choose_cells,
    count_parted,
    read_band,
    tell_composites,
    write_file,
    write_units,
)
from udsat_geo.cluster.context import STAGE as CONTEXT
from udsat_geo.cluster.context import read_context
from udsat_geo.cluster.exchange import Place, size_of
from udsat_geo.cluster.plan import Run, program
from udsat_geo.messages.errors import InputError, reason_of
from udsat_geo.messages.translate import _, speaking
from udsat_geo.sources.engine import NoRoomError


@dataclass(frozen=True)
class Done:
    """What a task tells of itself.

    Attributes
    ----------
    problems : tuple of str
        Faults of its input that stop the run.
    odd : bool
        Whether it found what only the whole can tell about.
    refused : str
        Why it cannot be done on this worker, where another may do it.
    worker : str
        The address of that worker.
    seconds : float
        Of a processor, of all that its process did meanwhile.
    size : int
        Bytes that it wrote.
    peak : int
        The most memory that its process ever took, in bytes.
    """

    problems: tuple[str, ...] = ()
    odd: bool = False
    refused: str = ""
    worker: str = ""
    seconds: float = 0.0
    size: int = 0
    peak: int = 0


def perform(plan: Run, stage: str, number: int) -> Done:
    """Do one task on a worker, unless its file is there."""
    with speaking(plan.language):
        try:
            if program() != plan.program:
                return _refused(_("runs another version of the program"))
            return do_task(plan, stage, number)
        except OSError as error:
            return _refused(reason_of_files(error, plan))


def reason_of_files(error: OSError, plan: Run) -> str:
    """What a task could not read or write."""
    # Arrow's own words say more, and in English alone
    plain = OSError(error.errno, os.strerror(error.errno)) if error.errno else error
    where, reason = error.filename or plan.folder, reason_of(plain)
    return _("cannot read or write {file}: {reason}").format(file=where, reason=reason)


def _refused(reason: str) -> Done:
    from distributed import get_worker

    return Done(refused=reason, worker=get_worker().address)


def do_task(plan: Run, stage: str, number: int) -> Done:
    """Do one task in this process, unless its file is there.

    Raises
    ------
    OSError
        If its files cannot be read or written.
    """
    path, began = plan.path(stage, number), time.process_time()
    if path.exists():
        return Done()
    try:
        odd = _TASKS[stage.partition("-")[0]](plan, stage, number, path)
    except NoRoomError as error:
        return Done(problems=error.messages)
    except InputError as error:
        of_part = stage.partition("-")[0] in _OF_PARTS
        return Done(problems=error.messages) if of_part else Done(odd=True)
    return Done(odd=odd, seconds=time.process_time() - began, size=size_of(path), peak=_peak())


def _peak() -> int:
    """The most memory that this process ever took, in bytes; 0 where the system does not say."""
    if os.name != "posix":
        return 0
    import resource

    # in kilobytes, on macOS in bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)


_OF_PARTS = ("addresses", "dwellings", "checks", "values", "middle", "keys")
_TASKS: dict[str, Callable[[Any, str, int, Place], bool]] = {
    "addresses": parts.scatter_addresses,
    "dwellings": parts.scatter_dwellings,
    "checks": parts.check_residents,
    "values": parts.count_values,
    "middle": parts.count_middle,
    "keys": parts.scatter_keys,
    "residents": parts.scatter_residents,
    "positions": parts.look_at_positions,
    "once": buckets.check_keys,
    "places": buckets.place_dwellings,
    "sums": buckets.add_up,
    "tiles": buckets.unite,
    CONTEXT: read_context,
    IN_REGIONS: add_up_regions,
    BANDS: read_band,
    COMPOSITES: tell_composites,
    CHOSEN: choose_cells,
    PARTED: count_parted,
    UNITS: write_units,
    WRITTEN: write_file,
}
"""Stage -> its task, which writes a file and says whether it found what only the whole can tell about."""
