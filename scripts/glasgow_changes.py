"""Glasgow's re-designation from 2016 to 2020: what changed, which area descends from which, and why.

    python scripts/glasgow_changes.py [--real ../shared/real]

746 data zones under one policy (tests/policies/glasgow.toml), over the indicators of the Scottish Index of Multiple
Deprivation of both years, which are not part of the repository.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from udsat_geo.analysis.why import DATA, MOVING, Parts, Why, explain_change
from udsat_geo.changes.diff import EVENTS
from udsat_geo.changes.lineage import Lineage, trace
from udsat_geo.changes.tables import lineage_rows
from udsat_geo.designation.job import Job
from udsat_geo.policy.load import load_policy

POLICY = Path(__file__).parent.parent / "tests" / "policies" / "glasgow.toml"
YEARS = (2016, 2020)


def glasgow_changes(folder: Path) -> Why:
    """Both years designated, compared and taken apart."""
    policy = load_policy(str(POLICY))
    units = folder / "simd{year}.gpkg"
    before, now = (Job(year, policy, units=units, language="en") for year in YEARS)
    return explain_change(before, now)


def glasgow_lineage(found: Why) -> Lineage:
    """Which area descends from which."""
    return trace([found.before.area_set(), found.now.area_set()], [found.changes])


def print_events(found: Why) -> None:
    """Areas by event, zones and residents."""
    changes = found.changes
    counts = ", ".join(f"{changes.count(event)} {event}" for event in EVENTS if changes.count(event))
    kept, added, removed = (
        int(counted.sum()) for counted in (changes.residents_kept, changes.residents_added, changes.residents_removed)
    )
    print(f"Glasgow, {YEARS[0]} -> {YEARS[1]}, {len(found.now.units)} data zones: {counts}")
    print(f"  zones +{changes.units_added} -{changes.units_removed}, {changes.units_kept} kept")
    print(f"  residents of {YEARS[1]}: +{added:,} -{removed:,}, {kept:,} kept; ", end="")
    print(f"{kept / (kept + removed):.1%} still in; intersection over union {kept / (kept + added + removed):.3f}")


def print_lines(lineage: Lineage) -> None:
    """Every link, and what begins and ends."""
    print(f"\n  {'before':<9}{'now':<9}{'residents':>10}{'of before':>11}{'of now':>9}  event")
    for row in lineage_rows(lineage):
        shares = ("" if row[key] is None else f"{row[key]:.1%}" for key in ("share_of_previous", "share_of_area"))
        of_previous, of_area = shares
        ids = f"{row['previous_id'] or '':<9}{row['area_id'] or '':<9}"
        print(f"  {ids}{row['residents']:>10,}{of_previous:>11}{of_area:>9}  {row['event']}")


def print_parts(found: Why) -> None:
    """The residents in areas, and the rates of the areas and their gap to the rest of the city."""
    whole = found.decomposition.in_all
    print(f"\n  residents in areas {int(whole.before or 0):,} -> {int(whole.now or 0):,}: ", end="")
    print(f"data {float(whole.of[DATA]):+,.1f}, moving {float(whole.of[MOVING]):+,.1f}")
    print(f"  {'':<34}{'before':>8}{'now':>8}{'border':>8}{'rates':>8}{'moving':>8}{'in all':>8}")
    for title, row in (("areas", found.decomposition.areas), ("gap", found.decomposition.gap)):
        for criterion, parts in zip(found.criteria, row, strict=True):
            label = f"{title}: {criterion.label_in('en').partition(' (')[0]}"
            print(f"  {label:<34}" + _line(parts, 100 if criterion.is_share else 1))


def _line(parts: Parts, factor: int) -> str:
    ends = "".join(f"{float(factor * (end or 0)):>8.2f}" for end in (parts.before, parts.now))
    contributions = (parts.border, parts.of["within"], parts.of[MOVING], parts.change)
    return ends + "".join(f"{float(factor * (part or 0)):>+8.2f}" for part in contributions)


def main() -> int:
    """Print, where the data are."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = Path(__file__).parent.parent.parent / "shared" / "real"
    parser.add_argument("--real", type=Path, default=default, help="folder of the open data")
    folder = parser.parse_args().real / "glasgow"
    if not folder.is_dir():
        print(f"no open data in {folder}")
        return 1
    found = glasgow_changes(folder)
    print_events(found)
    print_lines(glasgow_lineage(found))
    print_parts(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
