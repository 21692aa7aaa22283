"""How CPU time grows with residents, cells, areas, barriers, years and draws: four sizes and a fitted exponent each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from barrier_rows import make_barriers, units_of
from make_denmark import make_registers

from calibration import CRITERION, TABLE
from udsat_geo.analysis.certainty import take_certainty
from udsat_geo.designation.job import Job, designate_in_a_row, run
from udsat_geo.policy.load import load_policy
from udsat_geo.units.barriers import is_cut
from udsat_geo.units.edges import grid_edges
from udsat_geo.units.units import cells_from_registers

PLAIN = Path(__file__).parent / "plain.toml"


@dataclass(frozen=True)
class Growth:
    """What one thing takes at several sizes.

    Attributes
    ----------
    what : str
    sizes : list of int
    cpu_s : list of float
        Of all threads.
    """

    what: str
    sizes: list[int]
    cpu_s: list[float]

    @property
    def exponent(self) -> float:
        """Of the power of the size that fits best, by least squares of logarithms."""
        return float(np.polyfit(np.log(self.sizes), np.log(self.cpu_s), 1)[0])


def cpu_of(work: Callable[[], Any], turns: int = 2) -> float:
    """Seconds of CPU of all threads, the least of some runs."""
    took = []
    for _turn in range(turns):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def measure() -> Iterator[Growth]:
    """Everything whose growth is told, one after the other; each is run once before it is measured."""
    with TemporaryDirectory(prefix="udsat-growth-") as name:
        folder = Path(name)
        yield of_residents(folder)
        yield of_tables("cells, and areas with them", [(side, 40) for side in (141, 200, 283, 400)], folder)
        yield of_tables("areas, 40,000 cells", [(200, apart) for apart in (56, 40, 28, 20)], folder)
        yield of_barriers()
        yield of_years()
        yield of_draws(folder)


def of_residents(folder: Path) -> Growth:
    """Reading registers of a city, with addresses, dwellings and cells in proportion."""
    policy, sizes, took = load_policy(str(PLAIN)).policy, [320_000, 640_000, 1_280_000, 2_560_000], []
    for residents in sizes:
        registers = folder / str(residents)
        make_registers(registers, residents, "city")
        if not took:
            cells_from_registers(registers, policy)
        took.append(cpu_of(lambda registers=registers: cells_from_registers(registers, policy)))
    return Growth("residents, read and added up", sizes, took)


def table_of(folder: Path, side: int, apart: int) -> Job:
    """A square of inhabited cells, in which estates of ten by ten cells are worse off, one in every `apart` cells."""
    row, col = (each.ravel() for each in np.mgrid[0:side, 0:side])
    random = np.random.default_rng(side)
    people = random.integers(20, 150, len(row))
    estate = (row % apart < 10) & (col % apart < 10)
    columns = {"cell": [f"100m_{60000 + r}_{5000 + c}" for r, c in zip(row, col, strict=True)], "people": people}
    for key in "abcd":
        columns[key] = random.binomial(people, np.where(estate, 0.35, 0.15))
    table, policy = folder / f"{side}-{apart}.parquet", folder / "table.toml"
    pq.write_table(pa.table(columns), table)
    policy.write_text(TABLE.format(criteria="".join(CRITERION.format(key=key) for key in "abcd")))
    return Job(2025, load_policy(str(policy)), units=table, previous="none")


def of_tables(what: str, worlds: list[tuple[int, int]], folder: Path) -> Growth:
    """Designating from tables of cells, by their areas where all have as many cells."""
    jobs = [table_of(folder, side, apart) for side, apart in worlds]
    made = run(jobs[0])
    sizes, took = [], []
    for job in jobs:
        took.append(cpu_of(lambda job=job: run(job)))
        made = run(job)
        sizes.append(len(made.areas) if what.startswith("areas") else len(made.units))
    return Growth(what, sizes, took)


def of_barriers() -> Growth:
    """Cutting the edges of 40,000 cells, the making of the barriers' index included."""
    row, col = (axis.ravel() for axis in np.mgrid[61_000:61_200, 5_000:5_200])
    units = units_of(row, col)
    edges = grid_edges(row, col, rook=False)
    lines = tuple(position[end] for end in (edges.head, edges.tail) for position in (units.easting, units.northing))
    whole, sizes, took = make_barriers(units), [6_250, 12_500, 25_000, 50_000], []
    ends = ("easting_start", "northing_start", "easting_end", "northing_end")
    for number in sizes:
        some = replace(whole, **{end: getattr(whole, end)[:number] for end in ends})
        if not took:
            is_cut(some, *lines)
        took.append(cpu_of(lambda some=some: is_cut(some, *lines)))
    return Growth("segments of barriers", sizes, took)


def of_years() -> Growth:
    """The first so many years of the synthetic city in a row, each compared with the one before.

    The first holds the policy's yardstick, so that one more is read for each year more.
    """
    policy, years, sizes, took = load_policy("kbh-2017"), (2017, 2018, 2019, 2021, 2025), [2, 3, 4, 5], []
    designate_in_a_row(Job(2025, policy, previous="none"), years[:2])
    for number in sizes:
        row = years[:number]
        took.append(cpu_of(lambda row=row: designate_in_a_row(Job(row[0], policy, previous="none"), row), turns=1))
    return Growth("years, each compared with the one before", sizes, took)


def of_draws(folder: Path) -> Growth:
    """How sure a table of 2,500 cells is, by so many draws."""
    job, sizes = table_of(folder, 50, 25), [25, 50, 100, 200]
    made = run(job)
    take_certainty(made, job, 2, 1)
    took = [cpu_of(lambda draws=draws: take_certainty(made, job, draws, 1)) for draws in sizes]
    return Growth("draws, 2,500 cells", sizes, took)
