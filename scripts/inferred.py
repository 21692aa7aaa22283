"""The rule behind areas whose rule is known, and behind those whose rule is not.

    python scripts/inferred.py [--real ../shared/real]

Prints the table of the documentation's page "The rule behind areas", over the synthetic Copenhagen of 2017:

- what `designate` draws by `kbh-2017`, whose settings must come out again;
- the areas that the city was planted with, which no rule drew, by the settings around `kbh-2017`, and by a space in
  which cells are read by themselves and their rates drawn towards their neighbours';
- the official polygons of 2017, where they are there: they are real, and the residents are not;
- where Glasgow's zones are there: those of 2020 in Scotland's worst tenth, real areas by a real rule over real people.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import shapely

from how_good import planted_outlines
from udsat_geo.analysis.infer import Inference, infer_rule
from udsat_geo.analysis.space import plain, read_space
from udsat_geo.designation.job import Job, run
from udsat_geo.files.area_set import read_area_set
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy
from udsat_geo.synthetic.write import planted_areas

POLICIES = Path(__file__).parent.parent / "tests" / "policies"
YEAR = 2017
LOCAL = """
[context]
method = ["none"]
residents = [0]
[rates]
shrink = ["none", "local"]
[criteria]
left_out = 1
[rule]
core = { from = 0.5, to = 1.5, step = 0.05 }
edge = { from = 0.0, to = 1.0, step = 0.05 }
criteria = [0, 1, 2, 3, 4, 5]
[areas]
residents = [0, 500, 1000, 1500, 2000]
"""
HEAD = """\
                             overlap by residents
                             best   held   policy      one        whole  elsewhere      equally   tried      s
                                    out    as it is    threshold  units  mean    most   good"""


def write_planted(path: Path) -> None:
    """The planted areas as polygons."""
    planted = planted_areas(YEAR)
    gpd.GeoDataFrame({"place": planted.names}, geometry=planted_outlines(planted), crs="EPSG:25832").to_file(path)


def write_worst_tenth(table: Path, path: Path) -> None:
    """The zones in the tenth of Scotland that is most deprived, those that touch as one area."""
    zones = gpd.read_file(table)
    areas = shapely.get_parts(shapely.union_all(zones.geometry[zones.IMD_decile == 1].to_numpy()))
    gpd.GeoDataFrame({"name": [f"{n:02d}" for n in range(len(areas))]}, geometry=areas, crs=zones.crs).to_file(path)


def infer(job: Job, file: Path, space: Path | None = None, name: str | None = None) -> Inference:
    """The rule behind the areas of a file."""
    areas = read_area_set(file, "en", name, allow_overlaps=True)
    return infer_rule(job, areas, None if space is None else read_space(space, job.policy.policy))


def show(name: str, found: Inference, seconds: float) -> None:
    """A row, the best settings, and those that do equally well."""
    figures = (
        found.overlap[found.best], found.held_out.in_all, found.own_overlap, found.threshold_overlap,
        found.whole_units, found.chance.mean(), found.chance.max(),
    )  # fmt: skip
    widths = (7, 7, 9, 13, 10, 7, 8)
    told = "".join(f"{figure:{width}.3f}" for figure, width in zip(figures, widths, strict=True))
    print(f"{name:27}{told}{found.equal.sum():9,}{len(found.tried):10,}{seconds:5.0f}")
    for one in found.undecided:
        equal = [plain(value) or "none" for value in one.equal]
        span = ", ".join(equal) if len(equal) < 5 else f"{equal[0]} to {equal[-1]} ({len(equal)} of {len(one.tried)})"
        print(f"  {one.key:25}{plain(one.best) or 'none':24}{span}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, default=Path(__file__).parents[2] / "shared" / "real")
    real = parser.parse_args().real
    official = real / "copenhagen" / "udsatte_byomraader_2017.gpkg"
    table = real / "glasgow" / "simd2020.gpkg"
    copenhagen = Job(YEAR, load_policy("kbh-2017"), language="en")
    print(HEAD)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_results(run(Job(YEAR, load_policy("kbh-2017"), previous="none")), folder, ("gpkg",))
        write_planted(folder / "planted.gpkg")
        (folder / "local.toml").write_text(LOCAL, encoding="utf-8")
        asked: list[tuple[str, Job, tuple]] = [
            ("drawn by kbh-2017", copenhagen, (folder / f"designation_{YEAR}.gpkg",)),
            ("planted", copenhagen, (folder / "planted.gpkg",)),
            ("planted, read by itself", copenhagen, (folder / "planted.gpkg", folder / "local.toml")),
        ]
        if official.exists():
            asked.append(("official polygons", copenhagen, (official, None, "delomraade")))
        if table.exists():
            write_worst_tenth(table, folder / "worst.gpkg")
            glasgow = Job(2020, load_policy(str(POLICIES / "glasgow.toml")), units=table, language="en")
            asked.append(("Glasgow, worst tenth", glasgow, (folder / "worst.gpkg",)))
        for told, job, arguments in asked:
            began = time.perf_counter()
            found = infer(job, *arguments)
            show(told, found, time.perf_counter() - began)


if __name__ == "__main__":
    main()
