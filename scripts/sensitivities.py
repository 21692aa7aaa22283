"""How much designations hang on their settings, and what it takes to find out.

    python scripts/sensitivities.py [--real ../shared/real] [--variants 2500] [--growth]

Prints the tables of the documentation's page "How much hangs on the settings": the synthetic Copenhagen by `kbh-2017`,
and where they are there Glasgow 2016 and 2020 (`tests/policies/glasgow.toml`) and Valencia (the first policy, mended
by `tests/policies/valencia.edits`), by the space around each policy. With ``--growth`` how the time grows with the
number of variants and of cells.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from how_good import POLICIES, first_policy
from udsat_geo.analysis.sensitivity import Sensitivity, take_sensitivity
from udsat_geo.analysis.space import plain
from udsat_geo.analysis.variants import VARIANTS, space_around
from udsat_geo.designation.job import Job
from udsat_geo.policy.load import load_policy

SIZES = (500, 1000, 2000)
"""Of the sample, for the growth."""
SIDES = (200, 100, 50)
"""Of cells, in metres, for the growth."""


def tell(name: str, found: Sensitivity, seconds: float) -> None:
    """One city: what is designated whatever the settings, and which setting does what."""
    low, high = found.interval(found.residents)
    sure, hanging = (int(found.residents_of_areas(which).sum()) for which in (True, False))
    print(f"\n{name}: {found.residents[0]:,} residents in {found.areas[0]} areas; {seconds:.0f} s", end="")
    print(f" for {len(found.design):,} variants of {len(found.factors)} settings")
    print(f"  95 % of variants: {low:,.0f} to {high:,.0f} residents; sure {sure:,}, hanging {hanging:,}", end="")
    print(f", outside {found.hanging_outside:,}")
    print(f"  {'':32}{'own':>8}   {'residents, it alone':^20} {'elasticity':>10} {'by itself':>10}   {'in total':>8}")
    shares = found.shares
    for number in sorted(range(len(found.alone)), key=lambda i: -shares.total[0, i]):
        one = found.alone[number]
        bent = "" if one.elasticity is None else f"{one.elasticity:.2f}"
        ends = "{:.2f} - {:.2f}".format(*shares.total_interval[:, 0, number])
        told = f"  {one.key:32}{plain(one.own) or '-':>8}   {f'{one.least:,} - {one.most:,}':^20} {bent:>10}"
        print(f"{told} {shares.first[0, number]:10.2f}   {shares.total[0, number]:8.2f} ({ends})")


def timed(job: Job, variants: int) -> tuple[Sensitivity, float]:
    """Variants of a job, and the seconds that they took with the reading."""
    began = time.perf_counter()
    return take_sensitivity(job, None, variants), time.perf_counter() - began


def print_cities(real: Path, variants: int) -> None:
    """Every city that is there."""
    for year in (2017, 2021, 2025):
        tell(f"Synthetic Copenhagen, {year}", *timed(Job(year, load_policy("kbh-2017"), previous="none"), variants))
    for year in (2016, 2020):
        table = real / "glasgow" / f"simd{year}.gpkg"
        if table.exists():
            policy = load_policy(str(POLICIES / "glasgow.toml"))
            tell(f"Glasgow, {year}", *timed(Job(year, policy, units=table, previous="none"), variants))
    sections = real / "valencia" / "census_tracts.geojson"
    if sections.exists():
        with tempfile.TemporaryDirectory() as out:
            policy, table = first_policy("valencia", sections, None, Path(out))
            job = Job(2021, load_policy(policy), units=table, previous="none")
            tell("Valencia, 2021", *timed(job, variants))


def print_growth() -> None:
    """Seconds by the number of variants, and by that of cells."""
    loaded = load_policy("kbh-2017")
    print("sample, at most   variants, in all   seconds")
    for variants in SIZES:
        found, seconds = timed(Job(2025, loaded, previous="none"), variants)
        print(f"{variants:15,}{len(found.design):19,}{seconds:10.1f}")
    print("\nside of cells     cells    seconds for 1,000 variants of settings that lay no cells anew")
    for side in SIDES:
        units = loaded.policy.units.model_copy(update={"size": side})
        policy = loaded.model_copy(update={"policy": loaded.policy.model_copy(update={"units": units})})
        job = Job(2025, policy, previous="none")
        began = time.perf_counter()
        found = take_sensitivity(job, space_around(policy.policy, has_grid=False), 1000)
        print(f"{side:13,}{len(found.designation.units):10,}{time.perf_counter() - began:11.1f}")


def main() -> None:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, default=Path("../shared/real"))
    parser.add_argument("--variants", type=int, default=VARIANTS)
    parser.add_argument("--growth", action="store_true")
    given = parser.parse_args()
    if given.growth:
        print_growth()
    else:
        print_cities(given.real, given.variants)


if __name__ == "__main__":
    main()
