"""Do two installed versions give the same? Layers and summaries of well-known cities are held side by side.

    python scripts/compare_versions.py OLD/bin/designate NEW/bin/designate [--real ../shared/real] [--only glasgow]

Each version designates the synthetic city in its five years, over cells and over addresses, with barriers, places and
decisions, and the open data that are there: Glasgow in two years, Amsterdam and Frederiksberg. Rows, ids, roles, texts
and counts must be equal, other numbers to a billionth. What only the new one says is listed and is no difference.
Ends with 0 where all is equal, 1 where something differs, 2 where nothing could be compared.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
from shapely.geometry import LineString, Point, box

POLICIES = Path(__file__).parent.parent / "tests" / "policies"
YEARS = (2017, 2018, 2019, 2021, 2025)
CLOSE = 1e-9
NOT_COMPARED = frozenset({"version"})
"""Keys of a summary that tell of the program and not of the result."""
NO_RESULT = frozenset({"layer_styles"})
SHOWN = 12


@dataclass(frozen=True)
class Case:
    """One call of `designate`.

    Attributes
    ----------
    name : str
    year : int
    arguments : tuple of str
        Beside year and output; ``{out}`` is the version's own folder, which earlier cases have written into.
    needs : tuple of Path
        Files without which the case is left out.
    """

    name: str
    year: int
    arguments: tuple[str, ...]
    needs: tuple[Path, ...] = ()


@dataclass
class Found:
    """What differs, what only the new version has, and how much was compared."""

    differences: list[str] = field(default_factory=list)
    additions: list[str] = field(default_factory=list)
    values: int = 0


def cases(real: Path, drawn: Path) -> Iterator[Case]:
    """All cases in an order in which an earlier one may serve a later one."""
    for year in YEARS:
        yield Case(f"synthetic {year}", year, ())
    yield Case("addresses 2021", 2021, ("--policy", str(POLICIES / "addresses.toml"), "--previous", "none"))
    files = ("barriers", "crossings", "places", "overrides")
    surroundings = [part for name in files for part in (f"--{name}", str(drawn / f"{name}.gpkg"))]
    yield Case("synthetic 2025 with barriers, places and overrides", 2025, tuple(surroundings))
    glasgow = ("--policy", str(POLICIES / "glasgow.toml"), "--units")
    earlier = ("--previous", "{out}/glasgow 2016/designation_2016.gpkg")
    for year, previous in ((2016, ("--previous", "none")), (2020, earlier)):
        table = real / "glasgow" / f"simd{year}.gpkg"
        yield Case(f"glasgow {year}", year, (*glasgow, str(table), *previous), (table,))
    for name, year, file in (
        ("amsterdam", 2021, "vk100_amsterdam.gpkg"),
        ("frederiksberg", 2014, "kvadratnet_2014.geojson"),
    ):
        table = real / name / file
        arguments = ("--policy", str(POLICIES / f"{name}.toml"), "--units", str(table), "--previous", "none")
        yield Case(f"{name} {year}", year, arguments, (table,))


def draw_surroundings(folder: Path) -> None:
    """Barriers, a crossing, places and decisions over the middle of the synthetic city."""
    west, south, east, north = 718_000, 6_170_000, 731_000, 6_183_000
    middle = (west + east) / 2, (south + north) / 2
    decided = {"reason": ["Renewal", "New homes"], "decided_by": ["Council"] * 2, "date": ["2025-03-01"] * 2}
    layers: dict[str, dict[str, Any]] = {
        "barriers": {
            "geometry": [
                LineString([(west, middle[1]), (east, middle[1])]),
                LineString([(middle[0], south), (middle[0], north)]),
            ]
        },
        "crossings": {"geometry": [Point(middle[0] + 150 * step, middle[1]) for step in range(-20, 21)]},
        "places": {
            "geometry": [Point(x, y) for x in range(west, east, 1300) for y in range(south, north, 1300)],
        },
        "overrides": {
            "geometry": [box(west, south, middle[0], south + 4000), box(*middle, middle[0] + 2500, middle[1] + 2500)],
            "action": ["exclude", "include"],
            **decided,
        },
    }
    layers["places"]["name"] = [f"Place {number}" for number in range(len(layers["places"]["geometry"]))]
    for name, columns in layers.items():
        gpd.GeoDataFrame(columns, crs="EPSG:25832").to_file(folder / f"{name}.gpkg", layer=name)


def run(command: str, case: Case, folder: Path) -> Path | str:
    """The GeoPackage that one version made of a case, or what it said in place of it."""
    out = folder / case.name
    arguments = [argument.replace("{out}", str(folder)) for argument in case.arguments]
    call = [command, "--year", str(case.year), *arguments, "--out", str(out), "--format", "gpkg", "--lang", "en"]
    # a city of its own: making it is compared as well
    environment = {**os.environ, "UDSAT_CACHE": str(folder / "cache")}
    done = subprocess.run([*call, "--quiet"], capture_output=True, text=True, check=False, cwd=folder, env=environment)
    made = out / f"designation_{case.year}.gpkg"
    return made if done.returncode == 0 else f"ended with {done.returncode}: {done.stderr.strip()}"


def equal(old: Any, new: Any) -> bool:
    """Numbers that are not whole to a billionth, all else exactly."""
    if isinstance(old, float) and isinstance(new, float | int):
        return math.isclose(old, new, rel_tol=CLOSE, abs_tol=CLOSE) or (math.isnan(old) and math.isnan(new))
    return type(old) is type(new) and bool(old == new)


def compare_summaries(old: Any, new: Any, found: Found, at: str = "summary") -> None:
    """Every value of a summary, however deep."""
    if isinstance(old, dict) and isinstance(new, dict):
        found.additions += [f"{at}.{key}" for key in new.keys() - old.keys()]
        for key in old.keys() - NOT_COMPARED:
            if key in new:
                compare_summaries(old[key], new[key], found, f"{at}.{key}")
            else:
                found.differences.append(f"{at}.{key}: is missing")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            compare_summaries(before, after, found, f"{at}[{number}]")
    else:
        found.values += 1
        if not equal(old, new):
            found.differences.append(f"{at}: {str(old)[:80]!r} became {str(new)[:80]!r}")


def compare_layers(old: Path, new: Path, found: Found) -> None:
    """Every row and column of every layer, outlines by their bytes."""
    names = [{str(name) for name in pyogrio.list_layers(path)[:, 0]} - NO_RESULT for path in (old, new)]
    found.additions += [f"layer {name}" for name in sorted(names[1] - names[0])]
    found.differences += [f"layer {name}: is missing" for name in sorted(names[0] - names[1])]
    for layer in sorted(names[0] & names[1]):
        (_, before), (_, after) = (pyogrio.read_arrow(path, layer=layer) for path in (old, new))
        found.additions += [f"{layer}.{name}" for name in after.column_names if name not in before.column_names]
        if len(before) != len(after):
            found.differences.append(f"{layer}: {len(before)} rows became {len(after)}")
            continue
        for name in before.column_names:
            if name not in after.column_names:
                found.differences.append(f"{layer}.{name}: is missing")
                continue
            pairs = list(zip(before[name].to_pylist(), after[name].to_pylist(), strict=True))
            unequal = [pair for pair in pairs if not equal(*pair)]
            found.values += len(pairs)
            if unequal:
                told = " became ".join(str(value)[:60] for value in unequal[0])
                found.differences.append(f"{layer}.{name}: {len(unequal)} of {len(pairs)} differ, such as {told}")


def compare(old: Path | str, new: Path | str) -> Found:
    """What both versions made of a case."""
    found = Found()
    if isinstance(old, str) or isinstance(new, str):
        found.differences = [told for told in (f"old: {old}", f"new: {new}") if "ended with" in told]
        return found
    summaries = [json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) for path in (old, new)]
    compare_summaries(*summaries, found)
    compare_layers(old, new, found)
    return found


def tell(case: Case, found: Found) -> None:
    """One line for a case that is equal, and the first differences of one that is not."""
    verdict = f"{len(found.differences)} differences" if found.differences else "equal"
    print(f"{case.name}: {verdict}, {found.values:,} values compared", flush=True)
    for told in found.differences[:SHOWN]:
        print(f"    {told}")
    if len(found.differences) > SHOWN:
        print(f"    and {len(found.differences) - SHOWN} more")
    if found.additions:
        print(f"    only the new one has {', '.join(sorted(set(found.additions))[:SHOWN])}")


def main() -> int:
    """Compare all cases, or those whose name holds a text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("old", help="the command designate of one version")
    parser.add_argument("new", help="that of the other")
    default = Path(__file__).parent.parent.parent / "shared" / "real"
    parser.add_argument("--real", type=Path, default=default, help="folder of the open data [%(default)s]")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose name holds this")
    options = parser.parse_args()
    compared = differing = 0
    with tempfile.TemporaryDirectory(prefix="udsat-versions-") as name:
        folder = Path(name)
        for side in ("drawn", "old", "new"):
            (folder / side).mkdir()
        draw_surroundings(folder / "drawn")
        for case in cases(options.real.resolve(), folder / "drawn"):
            if options.only not in case.name:
                continue
            if not all(needed.is_file() for needed in case.needs):
                print(f"{case.name}: left out, {case.needs[0]} is not there")
                continue
            found = compare(run(options.old, case, folder / "old"), run(options.new, case, folder / "new"))
            tell(case, found)
            compared += 1
            differing += bool(found.differences)
    print(f"{compared} cases compared, {differing} differ")
    return 2 if not compared else 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
