"""How good the designations are: against the planted truth, official areas and official ranks.

    python scripts/how_good.py [--real ../shared/real]

Prints the tables of the documentation's page "How good it is". The planted truth is read here and in tests only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import shapely

from udsat_geo.changes.diff import EVENTS
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.designation.job import Job, run
from udsat_geo.policy.load import load_policy
from udsat_geo.sources.crs import reproject
from udsat_geo.sources.features import read_features
from udsat_geo.synthetic.cache import cached_registers
from udsat_geo.synthetic.planting import PlantedAreas
from udsat_geo.synthetic.write import planted_areas
from udsat_geo.units.units import Units
from udsat_geo.units.zones import zone_of_points

POLICIES = Path(__file__).parent.parent / "tests" / "policies"
ADDRESSES = str(POLICIES / "addresses.toml")


@dataclass(frozen=True)
class Overlap:
    """Residents in two sets of areas.

    Attributes
    ----------
    both, found_only, true_only : int
    """

    both: int
    found_only: int
    true_only: int

    @property
    def intersection_over_union(self) -> float:
        """Shared residents over the residents of either."""
        return self.both / max(self.both + self.found_only + self.true_only, 1)

    @property
    def found(self) -> float:
        """Share of the true areas' residents that were found."""
        return self.both / max(self.both + self.true_only, 1)

    @property
    def right(self) -> float:
        """Share of the designated residents that are in a true area."""
        return self.both / max(self.both + self.found_only, 1)


def overlap(residents: np.ndarray, found: np.ndarray, true: np.ndarray) -> Overlap:
    """The overlap of two memberships of the same units, by residents."""
    return Overlap(
        int(residents[found & true].sum()), int(residents[found & ~true].sum()), int(residents[~found & true].sum())
    )


def synthetic(year: int, previous: str | None = "none", policy: str = "kbh-2017") -> Designation:
    """A policy, the built-in one if not said, over the synthetic city of a year."""
    return run(Job(year, load_policy(policy), previous=previous))


def residents_by_address(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Easting, northing and residents of every address of some registers."""
    columns = duckdb.sql(
        f"""SELECT any_value(easting), any_value(northing), count(*) FROM '{folder}/residents.parquet'
        JOIN '{folder}/dwellings.parquet' USING (dwelling_id) JOIN '{folder}/addresses.parquet' USING (address_id)
        GROUP BY address_id ORDER BY address_id"""
    ).fetchnumpy()
    easting, northing, count = columns.values()
    return easting, northing, count


def planted_outlines(planted: PlantedAreas) -> np.ndarray:
    """The planted areas as polygons, shape (n_areas,)."""
    blocks = shapely.polygons(planted.corner)
    areas = [shapely.union_all(blocks[planted.area == area]) for area in range(len(planted.names))]
    return np.array(areas, dtype=object)


def planted_residents(units: Units, year: int) -> np.ndarray:
    """Residents of each unit by the planted area they live in, shape (n_units, n_areas): borders run through cells."""
    planted = planted_areas(year)
    easting, northing, count = residents_by_address(cached_registers(year))
    area = planted.area_of(easting, northing)
    if units.grid is None:
        places = zip(units.easting.tolist(), units.northing.tolist(), strict=True)
        wanted = zip(easting.tolist(), northing.tolist(), strict=True)
    else:
        places = zip(units.row.tolist(), units.col.tolist(), strict=True)
        wanted = zip(*(each.tolist() for each in units.grid.cell_of(easting, northing)), strict=True)
    row_of_place = {place: row for row, place in enumerate(places)}
    unit = np.array([row_of_place.get(place, -1) for place in wanted])
    residents = np.zeros((len(units), len(planted.names)), dtype=np.int64)
    inside = (unit >= 0) & (area >= 0)
    np.add.at(residents, (unit[inside], area[inside]), count[inside])
    return residents


def planted_of_unit(made: Designation, year: int) -> np.ndarray:
    """The planted area in which most of a unit's residents live, -1 for none, shape (n_units,)."""
    by_area = planted_residents(made.units, year)
    return np.where(2 * by_area.sum(axis=1) > made.units.residents, by_area.argmax(axis=1), -1)


def overlap_with_planted(residents: np.ndarray, found: np.ndarray, planted: np.ndarray) -> Overlap:
    """The overlap of designated units with the planted areas, whose residents each unit holds in part."""
    both = int(planted[found].sum())
    return Overlap(both, int(residents[found].sum()) - both, int(planted[~found].sum()))


def against_planted(made: Designation) -> Overlap:
    """Designated against planted residents."""
    planted = planted_residents(made.units, made.year).sum(axis=1)
    return overlap_with_planted(made.units.residents, made.areas.area_of_unit >= 0, planted)


def against_official(made: Designation, polygons: Path) -> Overlap:
    """Residents by address in the designated cells against those in the official polygons of 2017."""
    easting, northing, count = residents_by_address(cached_registers(made.year))
    official = shapely.union_all(read_features(polygons).geometry)
    shapely.prepare(official)
    true = shapely.intersects_xy(official, easting, northing)
    row, col = made.units.grid.cell_of(easting, northing)
    inside = made.areas.area_of_unit >= 0
    cells = set(zip(made.units.row[inside].tolist(), made.units.col[inside].tolist(), strict=True))
    found = np.array([cell in cells for cell in zip(row.tolist(), col.tolist(), strict=True)])
    return overlap(count, found, true)


def glasgow(folder: Path, year: int, previous: Designation | None = None) -> tuple[Designation, np.ndarray]:
    """Glasgow designated by the example policy, and each zone's official rank (1 is Scotland's most deprived)."""
    table = folder / f"simd{year}.gpkg"
    earlier = None if previous is None else previous.area_set()
    made = designate(year, load_policy(str(POLICIES / "glasgow.toml")), Inputs(None, table, "unit_table"), earlier)
    attributes = read_features(table).attributes
    rank_of = dict(zip(attributes["dz11_code"].to_pylist(), attributes["IMD_rank"].to_pylist(), strict=True))
    return made, np.array([rank_of[zone] for zone in made.units.unit_id])


def against_rank(made: Designation, rank: np.ndarray) -> Overlap:
    """Designated zones against as many people in the officially most deprived zones of the city."""
    inside = made.areas.area_of_unit >= 0
    order = np.argsort(rank, kind="stable")
    reached = np.cumsum(made.units.residents[order])
    worst = np.zeros(len(rank), dtype=bool)
    worst[order[reached <= made.units.residents[inside].sum()]] = True
    return overlap(made.units.residents, inside, worst)


def print_synthetic(official: Path) -> None:
    """Planted areas found, and the official polygons of 2017."""
    print("synthetic Copenhagen      residents in   IoU by     found    right")
    print("                          the areas      residents")
    for year in (2017, 2021, 2025):
        made = synthetic(year)
        result = against_planted(made)
        print(_line(f"  planted areas {year}", made, result))
        if year == 2017 and official.exists():
            print(_line("  official polygons 2017", made, against_official(made, official)))
        made = synthetic(year, policy=ADDRESSES)
        print(_line(f"    address by address {year}", made, against_planted(made)))


def _line(name: str, made: Designation, result: Overlap) -> str:
    return (
        f"{name:26}{made.status.residents_in_areas:12,}   {result.intersection_over_union:9.3f}"
        f"{result.found:10.1%}{result.right:9.1%}"
    )


def print_glasgow(folder: Path) -> None:
    """Overlap of designated zones with the most deprived ones, and what changed."""
    print("\nGlasgow, 746 data zones   residents in   IoU by     found    right   in Scotland's   zones without")
    print("                          the areas      residents                  worst tenth     a rate")
    previous = None
    for year in (2016, 2020):
        made, rank = glasgow(folder, year, previous)
        inside = made.areas.area_of_unit >= 0
        worst = made.units.residents[inside & (rank <= 0.1 * 6976)].sum() / made.units.residents[inside].sum()
        none = int((made.scores.criteria_with_rate < 4).sum())
        print(_line(f"  SIMD rank {year}", made, against_rank(made, rank)) + f"{worst:15.1%}{none:16}")
        if made.changes is not None:
            counts = ", ".join(f"{made.changes.count(event)} {event}" for event in EVENTS if made.changes.count(event))
            print(
                f"  2016 -> 2020: areas {counts}; zones +{made.changes.units_added} -{made.changes.units_removed}; "
                f"residents +{made.changes.residents_added.sum():,} -{made.changes.residents_removed.sum():,}"
            )
        previous = made


def first_policy(name: str, table: Path, second: Path | None, folder: Path) -> tuple[str, Path]:
    """The policy that `udsat init policy` proposes, with the edits of ``tests/policies/NAME.patch``; and its table."""
    out = folder / f"{name}.toml"
    call = [sys.executable, "-m", "udsat_geo", "init", "policy", "--units", str(table), "--out", str(out)]
    subprocess.run(call + ([] if second is None else ["--with", str(second)]), check=True, capture_output=True)
    apply_edits(out, POLICIES / f"{name}.edits")
    return str(out), table if second is None else folder / f"{name}_units.parquet"


def apply_edits(policy: Path, edits: Path) -> None:
    """Replace lines by lines: ``- old`` followed by ``+ new``, as a patch has them, without line numbers."""
    text = policy.read_text(encoding="utf-8")
    lines = [line for line in edits.read_text(encoding="utf-8").splitlines() if line.startswith(("- ", "+ "))]
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        if text.count(f"\n{old[2:]}") != 1:
            raise ValueError(f"{policy.name}: {old[2:]!r} does not stand there once")
        text = text.replace(f"\n{old[2:]}", f"\n{new[2:]}")
    policy.write_text(text, encoding="utf-8")


def valencia(folder: Path, out: Path) -> tuple[Designation, float]:
    """Valencia's census sections by the first policy; Spearman's rank correlation, over the quarters, of their mean
    composite and the city's economic index (low is vulnerable), the sign turned."""
    policy, table = first_policy("valencia", folder / "census_tracts.geojson", None, out)
    made = designate(2021, load_policy(policy), Inputs(None, table, "unit_table"))
    quarters = read_features(folder / "vulnerabilidad_por_barrios.geojson")
    outlines = reproject(quarters.geometry, quarters.crs, made.units.crs)
    quarter, _twice = zone_of_points(outlines, made.units.easting, made.units.northing)
    inside = (quarter >= 0) & np.isfinite(made.scores.composite)
    quarter, weight = quarter[inside], made.units.residents[inside]
    total = np.bincount(quarter, weight, len(outlines))
    with np.errstate(invalid="ignore"):
        composite = np.bincount(quarter, weight * made.scores.composite[inside], len(outlines)) / total
    index = np.asarray(quarters.attributes["ind_econom"].to_pylist(), dtype=float)
    known = np.isfinite(composite) & np.isfinite(index)
    return made, spearman(composite[known], -index[known])


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Rank correlation, equal values sharing their mean rank."""
    ranks = []
    for values in (one, other):
        _unique, place, count = np.unique(values, return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(count) - (count - 1) / 2)[place])
    return float(np.corrcoef(*ranks)[0, 1])


def lexington(folder: Path, out: Path) -> tuple[Designation, Overlap]:
    """Lexington's census tracts by the first policy, against the tracts that CEJST designated."""
    second = folder / "cejst_1.0_fayette.csv"
    policy, table = first_policy("lexington", folder / "census_tracts.geojson", second, out)
    made = designate(2021, load_policy(policy), Inputs(None, table, "unit_table"))
    rows = read_features(table).attributes
    official = "Definition N community, including adjacency index tracts"
    chosen = dict(zip(rows["GEOID10"].to_pylist(), rows[official].to_pylist(), strict=True))
    true = np.array([bool(chosen[unit]) for unit in made.units.unit_id])
    return made, overlap(made.units.residents, made.areas.area_of_unit >= 0, true)


def print_first_policies(real: Path) -> None:
    """Valencia and Lexington by what `udsat init policy` proposes."""
    print("\nfirst policies            residents in   IoU by     found    right   Spearman with the city's")
    print("                          the areas      residents                  economic index, 70 quarters")
    with tempfile.TemporaryDirectory() as out:
        made, agreement = valencia(real / "valencia", Path(out))
        print(f"  {'Valencia, 560 sections':24}{made.status.residents_in_areas:12,}{'':28}{agreement:19.3f}")
        tracts, against = lexington(real / "lexington", Path(out))
        print(_line("  Lexington, 82 tracts", tracts, against))


def print_cells(real: Path) -> None:
    """Amsterdam and Frederiksberg: areas, residents, what has no rate."""
    print("\nready-made cells          cells   areas   residents in areas   cells with no rate at all")
    tables = (
        ("amsterdam", 2021, real / "amsterdam" / "vk100_amsterdam.gpkg"),
        ("frederiksberg", 2012, real / "frederiksberg" / "kvadratnet_2012.geojson"),
        ("frederiksberg", 2014, real / "frederiksberg" / "kvadratnet_2014.geojson"),
    )
    for name, year, path in tables:
        made = designate(year, load_policy(str(POLICIES / f"{name}.toml")), Inputs(None, path, "unit_table"))
        none = int(np.isnan(made.scores.composite).sum())
        print(
            f"  {name + ' ' + str(year):22}{len(made.units):7,}{len(made.areas):8}{made.status.residents_in_areas:14,} "
            f"({made.status.share_of_residents:.1%}){none:20,}"
        )


def main() -> None:
    """Print all tables; those of real data only where the data are."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = Path(__file__).parent.parent.parent / "shared" / "real"
    parser.add_argument("--real", type=Path, default=default, help="folder of the open data")
    real = parser.parse_args().real
    print_synthetic(real / "copenhagen" / "udsatte_byomraader_2017.gpkg")
    if (real / "glasgow").is_dir():
        print_glasgow(real / "glasgow")
        print_cells(real)
        print_first_policies(real)
    else:
        print(f"\nno open data in {real}: what is measured on them is left out")


if __name__ == "__main__":
    main()
