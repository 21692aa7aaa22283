"""Whether a certainty holds: shares of draws against the areas that the synthetic city was made with.

    python scripts/calibration.py [--draws 200] [--years 2017,2021,2025]

Prints for each year the residents who are sure and who are not, and by bins of the share of draws how many of the
residents live where an area was planted; then the Brier score with Murphy's (1973) parts, over residents:
reliability (less is better) - resolution (more is better) + uncertainty = Brier, within bins.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from how_good import planted_residents
from udsat_geo.analysis.certainty import Certainty, take_certainty
from udsat_geo.analysis.pairs import interval
from udsat_geo.designation.draws import DRAWS
from udsat_geo.designation.job import Job, run
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
    p, weight = found.p_designated, made.units.residents.astype(float)
    # the share of each unit's residents who live in a planted area: borders run through cells
    truth = planted_residents(made.units, made.year).sum(axis=1) / np.maximum(weight, 1.0)
    bins = np.digitize(p, EDGES[1:-1])
    mean = np.average(truth, weights=weight)
    reliability = resolution = 0.0
    print("  share of draws   residents   mean share   planted")
    for k in range(len(EDGES) - 1):
        here = (bins == k) & (weight > 0)
        if not here.any():
            continue
        of = weight[here].sum()
        said, is_so = np.average(p[here], weights=weight[here]), np.average(truth[here], weights=weight[here])
        reliability += of * (said - is_so) ** 2
        resolution += of * (is_so - mean) ** 2
        print(f"  {EDGES[k]:.2f} - {EDGES[k + 1]:.2f}    {of:10,.0f}   {said:10.3f}   {is_so:7.3f}")
    # over residents, each of whom lives in a planted area or not: (p - 1)^2 of the share `truth`, p^2 of the others
    brier, alone = (
        np.average(said * (said - 2.0 * truth) + truth, weights=weight)
        for said in (p, (made.areas.area_of_unit >= 0).astype(float))
    )
    parts = reliability / weight.sum(), resolution / weight.sum(), mean * (1 - mean)
    told = "reliability {:.4f} - resolution {:.4f} + uncertainty {:.4f}".format(*parts)
    print(f"  Brier {brier:.4f} ({told}); of the designation as yes or no {alone:.4f}")


def main() -> None:
    """The years asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--years", default="2017,2021,2025")
    given = parser.parse_args()
    for year in map(int, given.years.split(",")):
        job = Job(year, load_policy("kbh-2017"), previous="none")
        made = run(job)
        began = time.process_time()
        found = take_certainty(made, job, given.draws, 1)
        tell(found, time.process_time() - began)


if __name__ == "__main__":
    main()
