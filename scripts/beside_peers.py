"""What stands beside a designation against PySAL: local statistics against `esda`, segregation against `segregation`.

    python scripts/beside_peers.py [--real ../shared/real] [--permutations 999] [--pysal PYTHON]

Glasgow in 2016 and 2020 (746 data zones) and Valencia (560 census sections). Local Moran and G* are given the very
permutations that `esda` draws, and p is held to its own; units at which it calls equal sums unequal, as it adds them up
in another order, are told apart. ``--pysal`` names another Python, which has `segregation` (it may want other versions
of NumPy than this one); without it, this one is asked. What is not installed is left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

from udsat_geo.analysis.local_statistics import find_local_statistics, neighbours_of
from udsat_geo.analysis.segregation import decompose, find_segregation
from udsat_geo.analysis.targeting import People, find_people, find_targeting
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job, run
from udsat_geo.kernels.permutations import count_beyond
from udsat_geo.policy.load import load_policy

POLICIES = Path(__file__).parent.parent / "tests" / "policies"
SEED, HAIR = 5, 1e-12
PEER = """
import json, sys
import pandas as pd
from segregation.decomposition import DecomposeSegregation
from segregation.singlegroup import CorrelationR, Dissim, Isolation

def frame(year):
    return pd.DataFrame({"x": year[0], "t": year[1]})

told = []
for then, now in json.load(sys.stdin):
    of_now = [kind(frame(now), "x", "t") for kind in (Dissim, Isolation, CorrelationR)]
    figures = [float(each.statistic) for each in of_now]
    if then is not None:
        for kind, each in zip((Dissim, Isolation), of_now):
            parts = DecomposeSegregation(each, kind(frame(then), "x", "t"))
            figures += [float(parts.c_s), float(parts.c_a)]
    told.append(figures)
print(json.dumps(told))
"""
"""What the other Python is asked: all figures of each pair of years."""

VALENCIA = """
id = "valencia"
years = [2000, 2100]
[units]
kind = "zones"
id = "coddistsecc"
residents = "population"
crs = "EPSG:25830"
reproject_from = ["EPSG:4326"]
[[criteria]]
key = "unemployed"
register = "units"
numerator = "round(pct_unemployed * population)"
denominator = "population"
unit = "share"
worse = "high"
[[criteria]]
key = "foreigners"
register = "units"
numerator = "round(pct_foreigners * population)"
denominator = "population"
unit = "share"
worse = "high"
[[criteria]]
key = "income"
register = "units"
numerator = "income_avg"
unit = "EUR"
worse = "low"
[rule]
core = 0.75
edge = 0.5
criteria = 2
[areas]
residents = 2000
"""
"""Thresholds as of the tests' policy for Glasgow; shares are turned into people."""


def made_of(real: Path) -> dict[str, Designation]:
    """The designations, by name; only of what is there."""
    found = {}
    for year in (2016, 2020):
        file = real / "glasgow" / f"simd{year}.gpkg"
        if file.exists():
            policy = load_policy(str(POLICIES / "glasgow.toml"))
            found[f"Glasgow {year}"] = run(Job(year, policy, units=file, previous="none", language="en"))
    file = real / "valencia" / "census_tracts.geojson"
    if file.exists():
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder) / "valencia.toml"
            written.write_text(VALENCIA, encoding="utf-8")
            found["Valencia"] = run(Job(2021, load_policy(str(written)), units=file, previous="none", language="en"))
    return found


def tell_local(name: str, made: Designation, permutations: int) -> None:
    """Each criterion and the composite against esda."""
    from esda import G_Local, Moran_Local
    from esda.crand import vec_permutations
    from libpysal.weights import W

    columns = {"composite": made.scores.composite_own}
    columns |= {key: made.scores.rate_own[:, j] for j, key in enumerate(made.policy.policy.keys)}
    for key, value in columns.items():
        known = ~np.isnan(value)
        begins, neighbour = neighbours_of(made.edges, known)
        n, own = int(known.sum()), value[known]
        weights = W({i: neighbour[begins[i] : begins[i + 1]].tolist() for i in range(n)}, silence_warnings=True)
        settings = {"permutations": permutations, "seed": SEED, "n_jobs": 1}
        moran, star = Moran_Local(own, weights, **settings), G_Local(own, weights, transform="B", star=True, **settings)
        ours = find_local_statistics(value, made.edges, permutations, SEED)
        z = own - own.mean()
        whole = np.rint(z * (2.0**40 / np.abs(z).max())).astype(np.int64)
        drawn = vec_permutations(int(np.diff(begins).max()), n, permutations, SEED)
        high, low = count_beyond(whole, begins, neighbour, drawn, 0, n)
        # esda's p is that of the rarer side, which it finds by those as high alone: turned round where z is below 0
        as_high = [np.where(z > 0, high, low), high]
        apart, ties = 0, 0
        for counts, theirs in zip(as_high, (moran, star), strict=True):
            p = (np.minimum(counts, permutations - counts) + 1) / (permutations + 1)
            differs = np.flatnonzero(np.abs(p - theirs.p_sim) > 1e-6)
            statistic = theirs.Is if theirs is moran else theirs.Gs
            near = np.abs(theirs.sim[:, differs] - statistic[differs]) < HAIR * np.abs(statistic[differs])
            ties += int(near.any(axis=0).sum())
            apart += int((~near.any(axis=0)).sum())
        some = ~np.isnan(ours.p[known])
        r = np.corrcoef(ours.p[known][some], np.minimum(2 * np.asarray(star.p_sim)[some], 1.0))[0, 1]
        off = max(np.nanmax(np.abs(ours.moran[known] - moran.Is)), np.nanmax(np.abs(ours.g_star[known] - star.Zs)))
        print(
            f"  {name:12} {key:15} {n:5} units   Moran, G* {off:8.1e} apart   p: {apart} of {2 * n} differ, "
            f"{ties} at equal sums   p by own permutations: r = {r:.4f}"
        )


def years_of(people: People, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Those a criterion is about, and all, of the units where somebody is counted."""
    some = people.base[:, k] > 0
    return people.affected[some, k], people.base[some, k]


def tell_segregation(made: dict[str, Designation], python: str) -> None:
    """Each criterion against segregation, and the change of Glasgow taken apart."""
    cases = []
    for name, one in made.items():
        people = find_people(one.units, one.policy.policy)
        before = made.get("Glasgow 2016") if name == "Glasgow 2020" else None
        then = None if before is None else find_people(before.units, before.policy.policy)
        found = find_segregation(people, one.areas.area_of_unit, len(one.areas))
        for k, criterion in enumerate(people.criteria):
            now = years_of(people, k)
            earlier = None if then is None else years_of(then, k)
            ours = [found.dissimilarity[k], found.isolation[k], found.correlation_ratio[k]]
            if earlier is not None:
                for isolated in (False, True):
                    part = decompose(earlier, now, isolated)
                    ours += [part.by_people, part.by_shares]
            asked = [
                None if year is None else [each.astype(float).tolist() for each in year] for year in (earlier, now)
            ]
            cases.append((f"{name:12} {criterion.key:15}", ours, asked))
    done = subprocess.run(
        [python, "-W", "ignore", "-c", PEER],
        input=json.dumps([asked for _name, _ours, asked in cases]),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        print(f"  segregation: {done.stderr.strip().splitlines()[-1]}")
        return
    for (label, ours, _asked), theirs in zip(cases, json.loads(done.stdout), strict=True):
        off = np.abs(np.array(ours) - np.array(theirs)).max()
        print(f"  {label} D {ours[0]:.4f}  xPx {ours[1]:.4f}  V {ours[2]:.4f}   {len(ours)} figures, {off:.1e} apart")


def tell_targeting(name: str, made: Designation) -> None:
    """Whom the areas reach."""
    people = find_people(made.units, made.policy.policy)
    told = find_targeting(made.area_set(), people, made.areas.area_of_unit)
    for k, criterion in enumerate(people.criteria):
        reached, at_best = told.coverage[-1, k], told.coverage_at_best[k]
        print(
            f"  {name:12} {criterion.key:15} reached {reached:6.1%} (at best {at_best:6.1%})"
            f"   others {told.leakage[-1, k]:6.1%}   concentration {told.concentration[-1, k]:.2f}"
        )


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, default=Path("../shared/real"))
    parser.add_argument("--permutations", type=int, default=999)
    parser.add_argument("--pysal", default=sys.executable)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    made = made_of(given.real)
    if not made:
        sys.exit(f"{given.real}: neither glasgow nor valencia is there")
    print("whom the areas reach")
    for name, one in made.items():
        tell_targeting(name, one)
    print(f"local statistics against esda, {given.permutations} permutations")
    try:
        for name, one in made.items():
            tell_local(name, one, given.permutations)
    except ImportError as error:
        print(f"  left out: {error}")
    print("segregation against PySAL")
    tell_segregation(made, given.pysal)


if __name__ == "__main__":
    main()
