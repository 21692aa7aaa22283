"""How like a real city the synthetic one is, where a threshold would notice.

    python scripts/lifelike.py [--year 2021] [--real ../shared/real]

Prints what makes thresholds easy or hard: cells of few residents, cells that an area's border runs through, how
criteria go together (beside Glasgow's zones, where the open data are there), how many residents every core threshold
and every number of criteria designates, and how many residents live outside the municipality's districts.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from how_good import POLICIES, overlap_with_planted, planted_residents, residents_by_address
from udsat_geo.areas.forming import form_areas
from udsat_geo.designation.designation import Inputs, read_units
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores, score_units
from udsat_geo.sources.features import read_features
from udsat_geo.synthetic.cache import cached_registers
from udsat_geo.units.edges import find_edges
from udsat_geo.units.units import Units

FEW = 20
CORES = (0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
CRITERIA = (0, 1, 2, 3, 4, 5)


def correlations(units: Units, scores: Scores, turn: np.ndarray) -> np.ndarray:
    """Correlation of criteria over units by residents, each turned so that worse is higher."""
    whole = np.isfinite(scores.rate).all(axis=1) & (units.residents > 0)
    return np.cov((scores.rate[whole] * turn).T, aweights=units.residents[whole])


def print_correlations(name: str, policy: Policy, units: Units, scores: Scores) -> None:
    """The least, the mean and the most of the criteria's correlations, and each."""
    turn = np.array([-1.0 if criterion.worse == "low" else 1.0 for criterion in policy.criteria])
    covariance = correlations(units, scores, turn)
    spread = np.sqrt(np.diag(covariance))
    matrix = covariance / np.outer(spread, spread)
    pairs = matrix[np.triu_indices(len(matrix), 1)]
    effective = np.linalg.eigvalsh(matrix).sum() ** 2 / (np.linalg.eigvalsh(matrix) ** 2).sum()
    print(f"  {name}: mean {pairs.mean():.2f} ({pairs.min():.2f} to {pairs.max():.2f}), of {effective:.1f} criteria")
    for key, row in zip(policy.keys, matrix, strict=True):
        print(f"    {key:24}" + " ".join(f"{value:5.2f}" for value in row))


def with_rule(policy: Policy, **changes: Any) -> Policy:
    """The policy with another threshold."""
    return policy.model_copy(update={"rule": policy.rule.model_copy(update=changes)})


def print_cells(units: Units, planted: np.ndarray) -> None:
    """Small cells, and cells through which a border runs."""
    lived = units.residents[units.residents > 0]
    by = np.percentile(lived, (10, 25, 50, 75, 90))
    print(f"  inhabited cells {len(lived):,}; under {FEW} residents {np.mean(lived < FEW):.1%}")
    print("  residents by tenths: 10 % {:.0f}, 25 % {:.0f}, 50 % {:.0f}, 75 % {:.0f}, 90 % {:.0f}".format(*by))
    share = planted / np.maximum(units.residents, 1)
    some, mixed = share > 0, (share > 0.05) & (share < 0.95)
    print(f"  cells with residents of a planted area {some.sum():,}; of these mixed {mixed.sum() / some.sum():.1%}")


def print_thresholds(policy: Policy, units: Units, scores: Scores, planted: np.ndarray) -> None:
    """Residents designated by each threshold, and how they overlap the planted."""
    edges = find_edges(units, policy)
    rules = [{"core": core} for core in CORES] + [{"criteria": least} for least in CRITERIA]
    for rule in rules:
        areas = form_areas(units, scores, edges, with_rule(policy, **rule), None, None)
        inside = areas.area_of_unit >= 0
        overlap = overlap_with_planted(units.residents, inside, planted).intersection_over_union
        (name, value), found = *rule.items(), units.residents[inside].sum()
        print(f"  {name} {value}: {found:,} residents in {len(areas)} areas, overlap {overlap:.3f}")


def print_outside(registers: Path, real: Path) -> None:
    """Residents outside the districts of the open data."""
    city = shapely.union_all(read_features(real / "copenhagen" / "bydele.gpkg").geometry)
    shapely.prepare(city)
    easting, northing, residents = residents_by_address(registers)
    outside = ~shapely.intersects_xy(city, easting, northing)
    print(f"  residents outside the municipality {residents[outside].sum() / residents.sum():.1%}")


def main() -> None:
    """Print the yardsticks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--year", type=int, default=2021)
    parser.add_argument("--real", type=Path, default=Path(__file__).parents[2] / "shared" / "real")
    given = parser.parse_args()
    registers, policy = cached_registers(given.year), load_policy("kbh-2017")
    units, _ = read_units(Inputs(registers, None, "synthetic"), policy)
    scores = score_units(units, policy.policy)
    planted = planted_residents(units, given.year).sum(axis=1)
    print(f"the synthetic city of {given.year}")
    print_cells(units, planted)
    if (given.real / "copenhagen").exists():
        print_outside(registers, given.real)
    print_thresholds(policy.policy, units, scores, planted)
    print("correlation of criteria over units, by residents")
    print_correlations(f"synthetic {given.year}, as read", policy.policy, units, scores)
    if (given.real / "glasgow").exists():
        zones = load_policy(str(POLICIES / "glasgow.toml"))
        units, _ = read_units(Inputs(None, given.real / "glasgow" / "simd2020.gpkg", "unit_table"), zones)
        print_correlations("Glasgow 2020, zones", zones.policy, units, score_units(units, zones.policy))


if __name__ == "__main__":
    main()
