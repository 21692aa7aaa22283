"""How soon another rule is judged by a workbench: the synthetic city of 2025, alone and many of it side by side."""

from __future__ import annotations

import dataclasses
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from udsat_geo.designation.job import Job
from udsat_geo.designation.kept import Kept
from udsat_geo.designation.workbench import Workbench
from udsat_geo.policy.load import load_policy
from udsat_geo.units.sums import Sums
from udsat_geo.units.sums_file import read_sums, write_sums

ASIDE = (2, 8)
"""Cities side by side in a row, and as many rows of them: of 19,692 and of 315,072 cells."""
CASES = {
    "core": lambda i: {"rule.core": 0.8 + 0.02 * i},
    "edge": lambda i: {"rule.edge": 0.3 + 0.02 * i},
    "bridges": lambda i: {"areas.bridge": 100.0 + i},
    "weight": lambda i: {"criteria.low_income.weight": 1.0 + 0.1 * i},
    "context": lambda i: {"context.residents": 400 + 10 * i},
}
"""What is changed, to another value each time so that nothing is remembered."""


@dataclass(frozen=True)
class Measured:
    """Seconds of a change or of reading, or megabytes, and what was promised."""

    name: str
    value: float
    bound: float | None = None


@dataclass(frozen=True)
class Taken:
    """Medians of seconds: of CPU of all threads, and by the clock."""

    cpu: float
    wall: float

    def told(self, name: str, bound: float) -> list[Measured]:
        """Both; the bound is of the CPU."""
        return [Measured(f"{name}, CPU", self.cpu, bound), Measured(f"{name}, wall", self.wall)]


def city() -> Sums:
    """The synthetic city of 2025 by the built-in policy."""
    bench = Workbench.made_by(Job(2025, load_policy("kbh-2017"), previous="none"))
    kept = bench.job.kept
    if kept is None:
        raise TypeError("a workbench keeps sums")
    return kept.sums[2025]


def many(sums: Sums, aside: int) -> Sums:
    """As many of a city as a square of them has, so far apart that none touches another."""
    units = sums.units
    if units.row is None or units.col is None or units.grid is None:
        raise TypeError("cells have rows")
    steps = [int(np.ptp(each)) + 20 for each in (units.row, units.col)]
    moved = [(steps[0] * i, steps[1] * j) for i in range(aside) for j in range(aside)]
    row, col = (np.concatenate([of + by[k] for by in moved]) for k, of in enumerate((units.row, units.col)))
    order = np.lexsort((col, row))
    row, col = row[order], col[order]
    easting, northing = units.grid.centres(row, col)
    times = len(moved)
    whole = dataclasses.replace(
        units,
        row=row,
        col=col,
        unit_id=units.grid.ids(row, col),
        easting=easting,
        northing=northing,
        residents=np.tile(units.residents, times)[order],
        numerator=np.tile(units.numerator, (times, 1))[order],
        denominator=np.tile(units.denominator, (times, 1))[order],
    )
    return dataclasses.replace(sums, units=whole)


def bench_of(sums: Sums) -> Workbench:
    """A workbench over sums alone, without an earlier year to compare with."""
    policy = load_policy("kbh-2017").with_({"score.scale_of": 2025})
    return Workbench.made_by(Job(2025, policy, previous="none", kept=Kept({2025: sums}, is_input=True)))


def taken(work: Callable[[int], object], repeats: int) -> Taken:
    """The medians of some times; the first is not counted."""
    work(0)
    cpu, wall = [], []
    for i in range(1, repeats + 1):
        began, began_at = time.process_time(), time.perf_counter()
        work(i)
        cpu.append(time.process_time() - began)
        wall.append(time.perf_counter() - began_at)
    return Taken(statistics.median(cpu), statistics.median(wall))


def measure(repeats: int) -> dict[str, list[Measured]]:
    """Both sizes, by how many cells they have."""
    one, found = city(), {}
    promised = ((0.05, 0.06, 0.2), (0.4, 0.8, 2.7))
    for aside, bounds in zip(ASIDE, promised, strict=True):
        sums = many(one, aside)
        found[f"{len(sums.units):,} cells"] = [*changes(sums, bounds[:2], repeats), *reading(sums, bounds[2], repeats)]
    return found


def changes(sums: Sums, bounds: tuple[float, ...], repeats: int) -> list[Measured]:
    """Each kind of change; the second bound is of those for which units are scored anew."""
    bench, rows = bench_of(sums), list[Measured]()
    for name, case in CASES.items():

        def change(i: int, case: Callable[[int], dict[str, float]] = case) -> object:
            return bench.with_rule(case(i)).designation()

        rows += taken(change, repeats).told(f"another {name}", bounds[name in ("weight", "context")])
    return rows


def reading(sums: Sums, size_mb: float, repeats: int) -> list[Measured]:
    """The file of sums."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sums.parquet"
        write_sums(file, sums)
        read = taken(lambda _i: read_sums(file), repeats).told("its file read", 0.2)
        return [*read, Measured("its file, MB", file.stat().st_size / 1e6, size_mb)]
