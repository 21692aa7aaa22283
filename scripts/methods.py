"""How rates should be read: each way of it held to the planted truth, the printed report, official ranks, and itself.

    python scripts/methods.py [--real ../shared/real]

Prints the table of the documentation's page "How good it is" from which the method of `kbh-2017` was chosen:

- IoU with the truth, by residents: the areas that the synthetic city was made with; in Glasgow as many people in the
  zones that the official index ranks worst.
- Tabel 1 and 22 of the printed report: cells more than 0.5 away, and the mean distance.
- Flicker: residents of units that change side between two years while the truth does not, of those designated.
- Against their own: designated residents of units that are by themselves better off than their city.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from how_good import POLICIES, first_policy, overlap, overlap_with_planted, planted_residents
from udsat_geo.areas.forming import form_areas
from udsat_geo.designation.designation import Inputs, read_units
from udsat_geo.monitoring.printed.remeasured import YEARS, cells_of
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.expressions import resolve_limits
from udsat_geo.scoring.scores import Scores, score_units
from udsat_geo.sources.features import read_features
from udsat_geo.synthetic.cache import cached_registers
from udsat_geo.units.edges import find_edges
from udsat_geo.units.units import Units

PLAIN: dict[str, dict[str, Any]] = {"context": {"method": "none"}, "rates": {"shrink": "none"}, "rule": {"own": None}}
WAYS: dict[str, dict[str, dict[str, Any]]] = {
    "alone": {},
    "nearest 500": {"context": {"method": "nearest", "residents": 500, "reach": 1000}},
    "nearest 250": {"context": {"method": "nearest", "residents": 250, "reach": 1000}},
    "neighbours": {"context": {"method": "neighbours"}},
    "global": {"rates": {"shrink": "global"}},
    "local": {"rates": {"shrink": "local"}},
    "nearest 500, own": {"context": {"method": "nearest", "residents": 500, "reach": 1000}, "rule": {"own": 0.0}},
    "neighbours, own": {"context": {"method": "neighbours"}, "rule": {"own": 0.0}},
    "local, own": {"rates": {"shrink": "local"}, "rule": {"own": 0.0}},
}
"""What is said of `[context]`, `[rates]` and `[rule]`; the rest is the city's own policy."""


HEAD = """\
                  synthetic Copenhagen                                   Glasgow                    against their own
                  IoU                  Tabel 1, 22      flicker    own   IoU          flicker   own (designated)
                  2017   2021   2025   over   most   mean                2016   2020              Amsterdam  Valencia"""


@dataclass(frozen=True)
class City:
    """A city of one year: its units, its policy, and each unit's residents in planted areas, where there are any."""

    units: Units
    policy: Policy
    planted: np.ndarray | None

    @property
    def truth(self) -> np.ndarray | None:
        """Which units hold mostly residents of planted areas."""
        return None if self.planted is None else 2 * self.planted > self.units.residents


@dataclass(frozen=True)
class Judged:
    """A city judged one way: its scores and who is designated, shape (n_units,)."""

    scores: Scores
    area_of_unit: np.ndarray

    @property
    def inside(self) -> np.ndarray:
        """Which units are designated."""
        return self.area_of_unit >= 0


def judge(city: City, way: dict[str, dict[str, Any]]) -> Judged:
    """Score and form areas one way."""
    whole = {name: PLAIN[name] | way.get(name, {}) for name in PLAIN}
    parts = {name: getattr(city.policy, name).model_copy(update=values) for name, values in whole.items()}
    policy = city.policy.model_copy(update=parts)
    edges = find_edges(city.units, policy)
    scores = score_units(city.units, policy, edges)
    return Judged(scores, form_areas(city.units, scores, edges, policy).area_of_unit)


def read(policy_name: str, inputs: Inputs) -> tuple[Units, Policy]:
    """The units of an input, and the policy with its limits as numbers."""
    policy = load_policy(policy_name)
    units, found = read_units(inputs, policy)
    return units, resolve_limits(policy.policy, found["let"])


def copenhagen() -> dict[int, City]:
    """The synthetic city of every year."""
    cities = {}
    for year in (*YEARS, 2025):
        units, policy = read("kbh-2017", Inputs(cached_registers(year), None, "synthetic"))
        cities[year] = City(units, policy, planted_residents(units, year).sum(axis=1))
    return cities


def glasgow(real: Path) -> dict[int, tuple[City, np.ndarray]]:
    """Glasgow's zones and their official ranks."""
    cities = {}
    for year in (2016, 2020):
        table = real / "glasgow" / f"simd{year}.gpkg"
        units, policy = read(str(POLICIES / "glasgow.toml"), Inputs(None, table, "unit_table"))
        attributes = read_features(table).attributes
        rank_of = dict(zip(attributes["dz11_code"].to_pylist(), attributes["IMD_rank"].to_pylist(), strict=True))
        cities[year] = City(units, policy, None), np.array([rank_of[zone] for zone in units.unit_id])
    return cities


def worst(units: Units, rank: np.ndarray, residents: int) -> np.ndarray:
    """The zones of the worst ranks that hold at most so many residents."""
    order = np.argsort(rank, kind="stable")
    chosen = np.zeros(len(units), dtype=bool)
    chosen[order[np.cumsum(units.residents[order]) <= residents]] = True
    return chosen


def against_own(city: City, judged: Judged) -> float:
    """The share of the designated residents whose unit by itself is better off than the city."""
    better = judged.inside & (judged.scores.composite_own < 0)
    return float(city.units.residents[better].sum() / max(city.units.residents[judged.inside].sum(), 1))


def flicker(before: City, was: Judged, now: City, judged: Judged) -> float:
    """Residents of units that change side while the truth stays, of those designated."""
    row_of_unit = {unit: row for row, unit in enumerate(before.units.unit_id.tolist())}
    there = np.array([row_of_unit.get(unit, -1) for unit in now.units.unit_id.tolist()])
    known = there >= 0
    same = known & ((before.truth[there] == now.truth) if now.truth is not None else True)
    changed = same & (was.inside[there] != judged.inside)
    return float(now.units.residents[changed].sum() / max(now.units.residents[judged.inside].sum(), 1))


def of_copenhagen(cities: dict[int, City], way: dict[str, dict[str, Any]]) -> str:
    """What a way gives for the synthetic city, as a part of a row."""
    made = {year: judge(cities[year], way) for year in (2017, 2021, 2025) if year in cities}
    found = {year: (cities[year].units.residents, made[year].inside, cities[year].planted) for year in made}
    shares = [overlap_with_planted(*found[year]).intersection_over_union for year in made]
    units = {year: cities[year].units for year in YEARS}
    cells = cells_of(units, {year: made[year].area_of_unit for year in (2017, 2021)}, cities[2017].policy)
    off = np.array([abs(cell.difference) for cell in cells if not cell.path.startswith("table_2.")])
    changed = np.mean([flicker(cities[a], made[a], cities[b], made[b]) for a, b in ((2017, 2021), (2021, 2025))])
    own = np.mean([against_own(cities[year], made[year]) for year in made])
    told = "".join(f"{share:7.3f}" for share in shares)
    return f"{told}{int((off > 0.5).sum()):6d}{off.max():7.2f}{off.mean():7.2f}{changed:9.1%}{own:8.1%}"


def of_glasgow(cities: dict[int, tuple[City, np.ndarray]], way: dict[str, dict[str, Any]]) -> str:
    """What a way gives for Glasgow, as a part of a row."""
    made = {year: judge(city, way) for year, (city, _rank) in cities.items()}
    shares = []
    for year, (city, rank) in cities.items():
        inside = made[year].inside
        true = worst(city.units, rank, int(city.units.residents[inside].sum()))
        shares.append(overlap(city.units.residents, inside, true).intersection_over_union)
    own = np.mean([against_own(city, made[year]) for year, (city, _rank) in cities.items()])
    changed = flicker(cities[2016][0], made[2016], cities[2020][0], made[2020])
    return "".join(f"{share:7.3f}" for share in shares) + f"{changed:8.1%}{own:7.1%}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, default=Path(__file__).parents[2] / "shared" / "real")
    real = parser.parse_args().real
    city = copenhagen()
    zones = glasgow(real) if (real / "glasgow").exists() else {}
    others = []
    with tempfile.TemporaryDirectory() as folder:
        table = real / "amsterdam" / "vk100_amsterdam.gpkg"
        if table.exists():
            others.append(City(*read(str(POLICIES / "amsterdam.toml"), Inputs(None, table, "unit_table")), None))
        if (real / "valencia").exists():
            tracts = real / "valencia" / "census_tracts.geojson"
            policy, table = first_policy("valencia", tracts, None, Path(folder))
            others.append(City(*read(policy, Inputs(None, table, "unit_table")), None))
    print(HEAD)
    for name, way in WAYS.items():
        line = f"{name:18}" + of_copenhagen(city, way)
        line += of_glasgow(zones, way) if zones else ""
        for other in others:
            judged = judge(other, way)
            share = other.units.residents[judged.inside].sum() / other.units.residents.sum()
            line += f"{against_own(other, judged):6.1%} ({share:.0%})"
        print(line)


if __name__ == "__main__":
    main()
