"""A small town with everything that a run can read, and calls of the commands in its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from click.testing import CliRunner

from goal_worlds import EAST_AREA, WEST_AREA
from small_registers import make_registers
from udsat_geo.cli.main import designate, udsat

NAME = "ro-crate-metadata.json"

POLICY = """
extends = "kbh-2017"
id = "own"
[rule]
criteria = 1
core = 0.5
edge = 0.2
[areas]
residents = 20
[context]
residents = 0
"""


def build_town(folder: Path) -> Path:
    """Registers of two years, a policy, barriers, places beside the registers of one year."""
    for seed, year in enumerate((2017, 2021)):
        make_registers(seed, n_addresses=80, n_residents=600).write(folder / "registers" / str(year))
    west, south, east, north = shapely.total_bounds([WEST_AREA, EAST_AREA]).round()
    middle = round((west + east) / 2)
    rows = [[[west - 500, south + 70 * i], [east + 500, south + 70 * i + 30]] for i in range(12)]
    lines = gpd.GeoDataFrame({"number": range(12)}, geometry=list(shapely.linestrings(rows)), crs="EPSG:25832")
    lines.to_file(folder / "lines.gpkg", layer="railways", driver="GPKG")
    lines.iloc[:2].to_file(folder / "lines.gpkg", layer="roads", driver="GPKG")
    bridges = gpd.GeoDataFrame(geometry=[shapely.Point(middle, south + 85)], crs="EPSG:25832")
    bridges.to_file(folder / "lines.gpkg", layer="bridges", driver="GPKG")
    halves = [
        shapely.box(west - 900, south - 900, middle, north + 900),
        shapely.box(middle, south - 900, east + 900, north + 900),
    ]
    places = gpd.GeoDataFrame({"navn": ["Vest", "Øst"], "kind": ["bydel"] * 2}, geometry=halves, crs="EPSG:25832")
    places.to_file(folder / "registers" / "2021" / "places.geojson", driver="GeoJSON")
    (folder / "own.toml").write_text(POLICY, encoding="utf-8")
    return folder


def call(command: Any, *arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def made(year: int, out: Path, *options: str | Path, formats: str = "gpkg,tif,crate") -> Path:
    """A designation with its crate, from the registers below the working directory; the crate's file."""
    base = ("--year", str(year), "--raw", "registers", "--policy", "own.toml", "--out", out, "--quiet")
    code, _, error = call(designate, *base, "--format", formats, *options)
    assert code == 0, error
    return out / NAME


def rerun(*arguments: str | Path) -> tuple[int, dict[str, Any], str]:
    """Exit code, what came out, and messages."""
    code, out, error = call(udsat, "rerun", *arguments, "--json")
    return code, json.loads(out) if out else {}, error


def states(found: dict[str, Any]) -> dict[str, tuple[bool, str]]:
    """Result -> whether it is the same, and how it lies."""
    return {each["name"]: (each["same"], each["lying"]) for run in found["runs"] for each in run["results"]}
