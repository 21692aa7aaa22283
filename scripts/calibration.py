"""Whether a certainty holds, and what it takes: shares of draws against the areas that were planted in the city.

    python scripts/calibration.py [--draws 200] [--years 2017,2021,2025]
    python scripts/calibration.py --growth

Prints for each year the residents who are sure and who are not, and by bins of the share of draws how many of the
residents live where an area was planted, with Wilson's (1927) interval of 95 % over the bin's cells: neighbours are
alike, so that the true one is wider. Then the Brier score (1950) with the parts of Murphy (1973), over residents:
reliability (less is better) - resolution (more is better) + uncertainty is the score of the bins' mean shares.

--growth prints instead how the time grows with draws, cells and households.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from udsat_geo.analysis.certainty import Certainty, take_certainty
from udsat_geo.analysis.pairs import interval
from udsat_geo.designation.draws import DRAWS, draws_of
from udsat_geo.designation.job import Job, run
from udsat_geo.kernels.draws import draw_households
from udsat_geo.policy.load import load_policy

EDGES = np.array([0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0])
"""Of the bins; the first holds shares below 0.05, the last those from 0.95."""


def tell(found: Certainty, seconds: float) -> None:
    """One year."""
    made = found.designation
    sure, grey = (int(found.residents_of_areas(which).sum()) for which in (True, False))
    leaving, coming = found.by_chance
    low, high = interval(found.residents)
    print(f"{made.year}: {made.status.residents_in_areas:,} residents in {len(made.areas)} areas")
    print(f"  sure {sure:,}; either way {grey:,} inside, {found.grey_outside:,} outside")
    print(f"  by chance {leaving:,.0f} would leave and {coming:,.0f} come in; {low:,.0f} to {high:,.0f} in areas")
    print(f"  {seconds:.1f} s of CPU for {found.draws} draws with their reading, {seconds / found.draws:.3f} s a draw")
    p, truth, weight = found.p_designated, truth_of(found), made.units.residents.astype(float)
    print("  share of draws   residents   cells   mean share   planted   95 % of cells")
    bins = bins_of(p, truth, weight)
    for one in bins:
        low, high = wilson(one.planted, one.cells)
        outside = "" if low <= one.said <= high else "  outside"
        print(
            f"  {one.low:.2f} - {one.high:.2f}    {one.residents:10,.0f} {one.cells:7,}   {one.said:10.3f}   "
            f"{one.planted:7.3f}   {low:.3f} - {high:.3f}{outside}"
        )
    brier, alone = (brier_score(said, truth, weight) for said in (p, (made.areas.area_of_unit >= 0).astype(float)))
    told = "reliability {:.4f} - resolution {:.4f} + uncertainty {:.4f}".format(*murphy(bins))
    print(f"  Brier {brier:.4f} ({told}); of the designation as yes or no {alone:.4f}")


def truth_of(found: Certainty) -> np.ndarray:
    """The share of each unit's residents who live in a planted area, shape (n_units,): borders run through cells."""
    from how_good import planted_residents

    units = found.designation.units
    planted: np.ndarray = planted_residents(units, found.designation.year).sum(axis=1)
    return planted / np.maximum(units.residents, 1)


def brier_score(said: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
    """Over residents, each of whom lives in a planted area or not: (p - 1)^2 of the share `truth`, p^2 of others."""
    return float(np.average(said * (said - 2.0 * truth) + truth, weights=weight))


@dataclass(frozen=True)
class Bin:
    """Units whose share of draws lies between two edges: residents, cells, mean share, and share that is planted."""

    low: float
    high: float
    residents: float
    cells: int
    said: float
    planted: float


def bins_of(p: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> list[Bin]:
    """The bins that hold anybody; arrays are of shape (n_units,)."""
    number, found = np.digitize(p, EDGES[1:-1]), []
    for k in range(len(EDGES) - 1):
        here = (number == k) & (weight > 0)
        if here.any():
            said, planted = (float(np.average(each[here], weights=weight[here])) for each in (p, truth))
            residents = float(weight[here].sum())
            found.append(Bin(float(EDGES[k]), float(EDGES[k + 1]), residents, int(here.sum()), said, planted))
    return found


def murphy(bins: Sequence[Bin]) -> tuple[float, float, float]:
    """Reliability, resolution and uncertainty, weighted by residents (Murphy 1973)."""
    residents, said, planted = np.array([(one.residents, one.said, one.planted) for one in bins]).T
    mean = float(np.average(planted, weights=residents))
    reliability, resolution = (
        float(np.average((planted - other) ** 2, weights=residents)) for other in (said, np.full(len(bins), mean))
    )
    return reliability, resolution, mean * (1 - mean)


def wilson(share: float, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The interval of a share of n (Wilson 1927)."""
    middle, wide = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return float(middle - wide) / (1 + z**2 / n), float(middle + wide) / (1 + z**2 / n)


TABLE = """
id = "table"
years = [2000, 2100]
[units]
kind = "cells"
id = "cell"
residents = "people"
crs = "EPSG:25832"
[context]
method = "nearest"
residents = 200
reach = 250
{criteria}
[rule]
core = 1.0
edge = 0.5
criteria = 2
[areas]
residents = 1000
"""
CRITERION = """
[[criteria]]
key = "{key}"
register = "units"
numerator = "{key}"
denominator = "people"
unit = "share"
worse = "high"
"""


def grown_table(folder: Path, side: int) -> Job:
    """A square of inhabited cells with four criteria, which estates of ten by ten cells are worse off on."""
    row, col = (each.ravel() for each in np.mgrid[0:side, 0:side])
    rng = np.random.default_rng(side)
    people = rng.integers(20, 150, len(row))
    estate = (row // 10 % 4 == 0) & (col // 10 % 4 == 0)
    columns = {"cell": [f"100m_{60000 + r}_{5000 + c}" for r, c in zip(row, col, strict=True)], "people": people}
    for key in "abcd":
        columns[key] = rng.binomial(people, np.where(estate, 0.35, 0.15))
    pq.write_table(pa.table(columns), folder / f"{side}.parquet")
    policy = folder / "table.toml"
    policy.write_text(TABLE.format(criteria="".join(CRITERION.format(key=key) for key in "abcd")))
    return Job(2025, load_policy(str(policy)), units=folder / f"{side}.parquet", previous="none")


def growth() -> None:
    """How the time grows with draws, cells and households."""
    job = Job(2025, load_policy("kbh-2017"), previous="none")
    made = run(job)
    take_certainty(made, job, 2, 1)
    print("the synthetic city of 2025, reading its households included\n  draws   seconds   of CPU")
    for draws in (50, 100, 200, 400):
        began = time.perf_counter(), time.process_time()
        take_certainty(made, job, draws, 1)
        took = time.perf_counter() - began[0], time.process_time() - began[1]
        print(f"{draws:7,}   {took[0]:7.1f}  {took[1]:7.1f}")
    drawing = draws_of(made, 1)
    households = drawing.households
    print("one draw of the sums of its cells\n households   seconds of CPU")
    for times in (1, 2, 4):
        place, sums = (np.concatenate([each] * times) for each in (households.place, households.numerator))
        key = np.random.default_rng(times).integers(0, 2**64, len(place), dtype=np.uint64)
        both = np.ascontiguousarray(np.hstack([sums, sums]))
        began = time.process_time()
        for number in range(20):
            draw_households(place, key, both, len(made.units), 1, number)
        print(f"{len(place):11,}   {(time.process_time() - began) / 20:7.3f}")
    print("100 draws of tables of cells, four counts each\n   cells   seconds   of CPU   most memory, MB")
    with TemporaryDirectory() as folder:
        for side in (71, 224, 568):
            job = grown_table(Path(folder), side)
            made = run(job)
            began = time.perf_counter(), time.process_time()
            take_certainty(made, job, 100, 1)
            took = time.perf_counter() - began[0], time.process_time() - began[1]
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{side**2:8,}   {took[0]:7.1f}  {took[1]:7.1f}   {most:15,.0f}")


def main() -> None:
    """The years asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--years", default="2017,2021,2025")
    parser.add_argument("--growth", action="store_true", help="how the time grows, and nothing else")
    given = parser.parse_args()
    if given.growth:
        growth()
        return
    for year in map(int, given.years.split(",")):
        job = Job(year, load_policy("kbh-2017"), previous="none")
        made = run(job)
        began = time.process_time()
        found = take_certainty(made, job, given.draws, 1)
        tell(found, time.process_time() - began)


if __name__ == "__main__":
    main()
