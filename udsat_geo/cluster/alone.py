"""The tasks of a cluster done one by one in this process, with their files on disk; needs no Dask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from udsat_geo.cluster.exchange import Place
from udsat_geo.cluster.plan import Run
from udsat_geo.cluster.stages import do_task, reason_of_files
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _


@dataclass(frozen=True)
class Alone:
    """Does every task in this process; as `udsat_geo.cluster.workers.Workers`.

    Attributes
    ----------
    exchange : Path
        The folder of the tasks' files.
    progress : callable, optional
        Told how many tasks of a step are done.
    """

    exchange: Path
    progress: Callable[[str], None] | None = None
    address: str = "local"

    def __len__(self) -> int:
        return 1

    def check(self, files: Sequence[Place]) -> None:
        """Nothing: what this process sees has been opened."""

    def run(self, plan: Run, stages: Sequence[str]) -> list[str]:
        """Do all tasks of some stages; as `udsat_geo.cluster.workers.Workers.run`.

        Raises
        ------
        InputError
            With the faults of the input, or where the disk is full.
        """
        tasks = [(stage, number) for stage in stages for number in range(plan.n_tasks(stage))]
        problems, odd = list[str](), list[str]()
        for n_done, (stage, number) in enumerate(tasks):
            if self.progress is not None and n_done and 10 * n_done // len(tasks) > 10 * (n_done - 1) // len(tasks):
                self.progress(_("{done} of {tasks} parts").format(done=n_done, tasks=len(tasks)))
            try:
                done = do_task(plan, stage, number)
            except OSError as error:
                remedy = _("Free space there, or set TMPDIR to a folder on another disk.")
                raise InputError(Problem(str(self.exchange), reason_of_files(error, plan), remedy)) from None
            problems += done.problems
            odd += [stage] if done.odd else []
        if problems:
            raise InputError(dict.fromkeys(sorted(problems)))
        return odd
