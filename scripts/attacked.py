"""What the files of the house give away, and what public sets do: every built-in release policy, year by year.

    python scripts/attacked.py                        # the synthetic city of 2017, 2021 and 2025
    python scripts/attacked.py --years 2025

Each policy has a house of its own, whose ledger remembers the years before. Prints Markdown.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from udsat_geo.cli.main import designate
from udsat_geo.files.public import LEDGER, make_public, read_internal, write_public
from udsat_geo.release.policy import BUILT_IN, load_release_policy


def main() -> None:
    """Designate, release and attack."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--years", default="2017,2021,2025")
    asked = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        house = Path(folder)
        years = [int(year) for year in asked.years.split(",")]
        for year in years:
            designate.main(
                ["--year", str(year), "--out", str(house / "out"), "--quiet"],
                standalone_mode=False,
                prog_name="designate",
            )
        heads = ("policy", "year", "told", "withheld", "left out", "change", "units of < 3, 5, 10 in the house")
        print(f"| {' | '.join(heads)} | given away | told by algebra in the house, right | by public rates |")
        print("| --- | --- | ---: | ---: | ---: | ---: | --- | ---: | --- | ---: |")
        for name in BUILT_IN:
            policy = load_release_policy(name)
            for year in years:
                layers, _beside = read_internal(house / "out" / f"designation_{year}.gpkg")
                made = make_public(layers, policy, house / name / LEDGER)
                write_public(made, house / name / "public")
                cost, internal = made.found.cost, made.internal()
                units = ", ".join(f"{n} ({residents} residents)" for n, residents in internal.values())
                given = made.given_away(policy.counts.least_persons)
                cells = (cost["numbers"], cost["numbers_withheld"], len(made.left_out), cost["largest_change"])
                rates = made.told_by_rates()
                algebra = ", ".join(f"{label}: {told}, {right}" for label, told, right, _public in rates)
                by_rates = sum(public for *_rest, public in rates)
                shown = " | ".join(f"{n:,}" for n in cells)
                print(f"| {name} | {year} | {shown} | {units} | {given} | {algebra} | {by_rates} |")
    print(f"\n{time.perf_counter() - began:.0f} seconds")


if __name__ == "__main__":
    main()
