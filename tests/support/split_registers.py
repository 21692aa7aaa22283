"""Registers in parts, and a stand-in for the workers of a cluster: tasks done one by one, in this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq

from small_registers import Registers
from udsat_geo.cluster.plan import Run
from udsat_geo.cluster.stages import perform
from udsat_geo.messages.errors import InputError

TABLES = ("residents", "dwellings", "addresses")


def write_in_parts(made: Registers, folder: Path, n_parts: int) -> Path:
    """Write each table as a folder of so many files, some of which may have no rows."""
    for name in TABLES:
        table = getattr(made, name)
        (folder / name).mkdir(parents=True)
        for part in range(n_parts):
            start, end = (k * table.num_rows // n_parts for k in (part, part + 1))
            pq.write_table(table.slice(start, end - start), folder / name / f"part-{part}.parquet")
    return folder


class ByHand:
    """Does all tasks here in a drawn order, some of them twice; as `udsat_geo.cluster.workers.Workers`."""

    address = "by hand"

    def __init__(self, exchange: Path, seed: int = 0):
        self.exchange, self.random = exchange, Random(seed)
        self.done: list[tuple[str, int]] = []
        self.found_done: list[tuple[str, int]] = []

    def __len__(self) -> int:
        return 2

    def check(self, files: Sequence[Path]) -> None:
        assert all(file.exists() for file in files)

    def run(self, plan: Run, stages: Sequence[str]) -> list[str]:
        tasks: list[Any] = [(stage, number) for stage in stages for number in range(plan.n_tasks(stage))]
        self.random.shuffle(tasks)
        problems, odd = list[str](), list[str]()
        self.found_done += [task for task in tasks if plan.path(*task).exists()]
        for stage, number in [*tasks, *tasks[:2]]:
            told = perform(plan, stage, number)
            assert not told.refused
            self.done.append((stage, number))
            problems += told.problems
            odd += [stage] if told.odd else []
        if problems:
            raise InputError(dict.fromkeys(sorted(problems)))
        return odd
