"""A policy that compares with regions, by the command: a column of the table or polygons, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely.geometry import box

from udsat_geo import explain, read
from udsat_geo.cli.main import designate

POLICY = """
id = "towns"
years = [2000, 2100]
[units]
kind = "zones"
id = "id"
residents = "people"
[compare]
with = {with_}
{more}
[[criteria]]
key = "poor"
register = "units"
numerator = "poor"
denominator = "people"
unit = "share"
worse = "high"
limit_factor = 1.5
[score]
method = "none"
[rule]
criteria = 1
[areas]
residents = 100
"""

ZONES = pd.DataFrame(
    {
        "id": ["a1", "a2", "b1", "b2", "c1", "n1"],
        "town": ["Aby", "Aby", "Bby", "Bby", "Cby", None],
        "people": [1000, 1000, 1000, 1000, 50, 200],
        "poor": [300, 100, 90, 30, 50, 100],
    }
)
"""In Aby 15 % would have to be poor, in Bby 9 %, so that b1 is just at its limit."""


def write_town(folder: Path, with_: str = '"region"', more: str = 'column = "town"', **changes: Any) -> list[str]:
    """The options of a run over the zones, which lie in a row, 1 km apart."""
    zones = ZONES.assign(**changes)
    places = [box(700_000 + 1000 * i, 6_170_000, 700_900 + 1000 * i, 6_170_900) for i in range(len(zones))]
    gpd.GeoDataFrame(zones, geometry=places, crs="EPSG:25832").to_file(folder / "zones.gpkg")
    (folder / "towns.toml").write_text(POLICY.format(with_=with_, more=more))
    return [
        "--year", "2024", "--units", str(folder / "zones.gpkg"), "--policy", str(folder / "towns.toml"),
        "--out", str(folder / "out"), "--format", "gpkg", "--lang", "en", "--previous", "none",
    ]  # fmt: skip


def write_regions(folder: Path, **bounds: tuple[int, int]) -> list[str]:
    """Regions over the zones from one number to another."""
    shapes = [box(699_950 + 1000 * a, 6_169_000, 699_950 + 1000 * b, 6_172_000) for a, b in bounds.values()]
    gpd.GeoDataFrame({"name": list(bounds)}, geometry=shapes, crs="EPSG:25832").to_file(folder / "regions.gpkg")
    return ["--regions", str(folder / "regions.gpkg")]


def run(options: list[str]) -> dict[str, Any]:
    found = CliRunner().invoke(designate, [*options, "--json"])
    assert found.exit_code == 0, found.output
    return dict(json.loads(found.stdout))


def faults(options: list[str]) -> str:
    found = CliRunner().invoke(designate, options)
    assert found.exit_code == 2, found.output
    return found.stderr


@pytest.mark.long
def test_the_column_of_a_table_names_the_regions(tmp_path: Path) -> None:
    summary = run(write_town(tmp_path, more='column = "town"\nresidents = 100'))
    units = read(tmp_path / "out" / "designation_2024.gpkg").units.set_index("unit_id")
    assert units["region"].fillna("").tolist() == ["Aby", "Aby", "Bby", "Bby", "Cby", ""]
    # c1 lies in a town that is too small to compare within, n1 in none
    assert units["decided_by"].tolist() == ["core", "criteria", "core", "criteria", "region", "region"]
    assert units["against_poor"].dropna().tolist() == [0.2, 0.2, 0.06, 0.06]
    assert units["limit_poor"].dropna().tolist() == [0.3, 0.3, 0.09, 0.09]
    assert [area["residents"] for area in summary["areas"]] == [1000, 1000]
    assert summary["rule"]["compare"] == {"weights": {"region": 1.0}, "residents": 100, "given": {}}
    assert [(one["region"], one["residents"]) for one in summary["comparators"]] == [("Aby", 2000), ("Bby", 2000)]
    told = " ".join(summary["notes"])
    assert "zones.gpkg, column town: 1 units with 200 residents lie in no region, for example n1" in told
    assert "1 regions with fewer than 100 residents, for example Cby (50)" in told


@pytest.mark.long
def test_polygons_say_the_same_as_the_column(tmp_path: Path) -> None:
    by_column = run(write_town(tmp_path))
    (tmp_path / "p").mkdir()
    regions = write_regions(tmp_path / "p", Aby=(0, 2), Bby=(2, 4), Cby=(4, 5), Empty=(8, 9))
    by_polygon = run([*write_town(tmp_path / "p", more=""), *regions])
    assert by_polygon["comparators"] == by_column["comparators"]
    assert by_polygon["areas"] == by_column["areas"]
    assert "regions.gpkg: 1 regions without residents, for example Empty" in " ".join(by_polygon["notes"])
    assert [one["name"] for one in by_polygon["inputs"]] == ["zones.gpkg", "regions.gpkg"]


@pytest.mark.long
def test_a_blend_with_a_figure_that_is_given(tmp_path: Path) -> None:
    """0.7 times 10 % and 0.3 times 20 % are 13 % in Aby."""
    more = 'column = "town"\n[compare.given]\npoor = "national"\n[references]\nnational = { source = "a yearbook" }'
    options = write_town(tmp_path, "{ given = 0.7, region = 0.3 }", more)
    assert "references.national: has no value, and the policy needs it" in faults(options)
    summary = run([*options, "--references", "national=0.1"])
    assert summary["comparators"][0]["value"] == {"poor": 0.13}
    assert summary["references"] == {"national": {"value": 0.1, "source": "--references"}}
    assert summary["rule"]["compare"]["given"] == {"poor": {"expression": "national", "value": 0.1}}
    told = explain(tmp_path / "out" / "designation_2024.gpkg", "a1")
    assert "In the region Aby: poor compared with 13.0 %, limit 19.5 %" in told.lines()
    assert told.heads("en")[2] == "Gap to what it is compared with"


@pytest.mark.long
def test_no_order_of_rows_matters(tmp_path: Path) -> None:
    first = run(write_town(tmp_path))
    (tmp_path / "z").mkdir()
    options = write_town(tmp_path / "z")
    gpd.read_file(tmp_path / "z" / "zones.gpkg").iloc[::-1].to_file(tmp_path / "z" / "zones.gpkg")
    again = run(options)
    assert again["comparators"] == first["comparators"]
    assert again["areas"] == first["areas"]


@pytest.mark.parametrize(
    ("with_", "more", "told"),
    [
        ('"region"', "", "compare.with: compares units with their region, and no regions are given. Name a file"),
        ('"region"', 'column = "city"', "the table zones.gpkg has no such column. Name the column that says which"),
        ('"region"', 'column = "town"\nresidents = 9000', "nobody lives in a region with at least 9,000 residents"),
        ("{ given = 0.7, region = 0.2 }", "", "compare.with: the weights of a blend must add up to 1, and add up to"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, with_: str, more: str, told: str) -> None:
    assert told in faults(write_town(tmp_path, with_, more))


def test_regions_that_overlap_or_are_points_are_refused(tmp_path: Path) -> None:
    options = write_town(tmp_path, more="")
    assert "overlap" in faults([*options, *write_regions(tmp_path, Aby=(0, 3), Bby=(2, 4))])
    points = gpd.GeoDataFrame({"name": ["Aby"]}, geometry=gpd.points_from_xy([700_000], [6_170_000]), crs="EPSG:25832")
    points.to_file(tmp_path / "regions.gpkg")
    assert "regions.gpkg: regions that are points (1 row), for example 'Aby'" in faults(
        [*options, "--regions", str(tmp_path / "regions.gpkg")]
    )


@pytest.mark.long
def test_regions_that_serve_nothing_are_told(tmp_path: Path) -> None:
    options = [*write_town(tmp_path, '"city"', ""), *write_regions(tmp_path, Aby=(0, 2))]
    assert "regions.gpkg: not used, the policy compares with no regions." in run(options)["notes"]
    options = [*write_town(tmp_path), *write_regions(tmp_path, Aby=(0, 2))]
    assert "regions.gpkg: not used, compare.column says which region a unit lies in." in run(options)["notes"]
