"""`udsat infer`: what it prints, writes and refuses, over a town of registers and over a table of units."""

from __future__ import annotations

import csv
import inspect
import json
from itertools import product
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from click.testing import CliRunner, Result

import udsat_geo as ug
from two_years import write_town
from udsat_geo.cli.infer import infer
from udsat_geo.cli.main import udsat
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job, run
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs

SPACE = """
[rule]
core = [0.3, 0.8]
edge = [-0.5, 0.0]
criteria = [1, 2]
[areas]
residents = [0, 10, 60]
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    (folder / "space.toml").write_text(SPACE, encoding="utf-8")
    return folder


def call(town: Path, *arguments: object, areas: str = "out/designation_2021.gpkg", draws: int = 3) -> Result:
    usual = [
        "--registers",
        town / "raw",
        "--year",
        2021,
        "--policy",
        town / "town.toml",
        "--space",
        town / "space.toml",
    ]
    every = ["infer", "--areas", town / areas, *usual, "--draws", draws, "--language", "en", *arguments]
    return CliRunner().invoke(udsat, [str(one) for one in every])


def told(town: Path, *arguments: object, **named: Any) -> dict[str, Any]:
    done = call(town, "--json", *arguments, **named)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def designated(town: Path, policy: Path) -> Designation:
    return run(Job(2021, load_policy(str(policy)), town / "raw", previous="none", language="en"))


def test_a_designation_is_drawn_by_its_own_policy(town: Path) -> None:
    found = told(town)
    assert found["best"]["overlap"] == 1.0
    assert found["best"]["values"] == {
        "rule.edge": 0.0, "rule.criteria": 1, "rule.core": 0.3, "areas.residents": 10,
    }  # fmt: skip
    assert found["yardsticks"]["policy_as_it_is"] == 1.0
    assert found["yardsticks"]["whole_units"] == 1.0
    assert found["space"]["combinations"] == found["space"]["tried"] == 24
    assert found["equally_good"] >= found["as_good_as_the_best"] >= 1
    assert all(area["explained"] for area in found["given_areas"])
    assert all(area["given"] and area["inside"] == area["residents"] for area in found["drawn_areas"])
    assert found["parts"]["are_districts"] is False


@pytest.mark.long
def test_every_setting_is_what_designate_gives(town: Path, tmp_path: Path) -> None:
    """All settings by plain designations, by the residents of their areas and of those given."""
    assert call(town, "--out", tmp_path / "all.csv", areas="out/designation_2017.gpkg").exit_code == 0
    rows = list(csv.DictReader((tmp_path / "all.csv").open(encoding="utf-8")))
    assert len(rows) == 24
    earlier = ug.read(town / "out" / "designation_2017.gpkg").units
    was_in = set(earlier.loc[earlier.area_id.notna(), "unit_id"])
    for row in rows:
        rule = "\n".join(f"{key} = {row[f'rule.{key}']}" for key in ("core", "edge", "criteria"))
        text = f'extends = "{town / "town.toml"}"\nid = "one"\n[rule]\n{rule}\n[areas]\nresidents = '
        (tmp_path / "one.toml").write_text(text + row["areas.residents"], encoding="utf-8")
        made = designated(town, tmp_path / "one.toml")
        inside = np.array([unit in was_in for unit in made.units.unit_id.tolist()])
        drawn, residents = made.areas.area_of_unit >= 0, made.units.residents
        assert int(row["residents"]) == residents[drawn].sum()
        assert int(row["residents_shared"]) == residents[drawn & inside].sum()
        assert int(row["areas"]) == len(made.areas)
        assert float(row["overlap"]) == residents[drawn & inside].sum() / max(residents[drawn | inside].sum(), 1)


def test_all_settings_and_a_policy_are_written(town: Path, tmp_path: Path) -> None:
    policy, table = tmp_path / "found" / "best.toml", tmp_path / "all.parquet"
    done = call(town, "--out", table, "--save-policy", policy, areas="out/designation_2017.gpkg")
    assert done.exit_code == 0, done.output
    assert str(policy) in done.output
    rows = pq.read_table(table).to_pylist()
    assert len(rows) == 24
    best = max(row["overlap"] for row in rows)
    assert {row["equally_good"] for row in rows if row["overlap"] == best} == {True}
    loaded = load_policy(str(policy))
    assert loaded.policy.id == "town-inferred"
    assert loaded.bases[0].name == "town.toml"
    made = designated(town, policy)
    found = told(town, areas="out/designation_2017.gpkg")
    assert found["best"]["residents"] == made.areas.residents.sum()
    assert [area["area_id"] for area in found["drawn_areas"]] == made.area_id.tolist()
    # found from there once more, it is what it was
    again = told(town, "--policy", policy, areas="out/designation_2017.gpkg")
    assert again["best"]["values"] == found["best"]["values"]


def test_what_it_prints(town: Path) -> None:
    done = call(town, areas="out/designation_2017.gpkg")
    assert done.exit_code == 0
    for said in (
        "Which rule draws designation_2017.gpkg, held to 2021",
        "24 settings tried, all that go together of 24 combinations (space.toml)",
        "in parts that had no say in choosing them",
        "The same search for areas laid elsewhere by chance, 3 times: mean",
        "settings do equally well (within 0.010)",
        "Composite from which a unit makes an area (rule.core)",
        "Areas that the best settings draw",
    ):
        assert said in done.output
    danish = call(town, "--language", "da", areas="out/designation_2017.gpkg")
    assert "Hvilken regel tegner designation_2017.gpkg" in danish.output
    assert "elsewhere" not in danish.output


@pytest.mark.long
def test_the_same_search_gives_the_same(town: Path) -> None:
    assert told(town) == told(town, "--threads", 1)


def test_without_draws_nothing_is_laid_elsewhere(town: Path) -> None:
    found = told(town, draws=0)
    assert found["yardsticks"]["chance_mean"] is None
    assert "elsewhere" not in call(town, draws=0).output


SHARES = ("outside_labour_market", "low_income", "non_western_origin", "no_education")
CITY = ", ".join(("dwelling_area = 60", *(f"{key} = 0.2" for key in SHARES)))
SPREAD = ", ".join(("dwelling_area = 40", *(f"{key} = 0.3" for key in SHARES)))
RULES = {
    "addresses": """
        [units]
        kind = "addresses"
        [context]
        residents = 20
        reach = 300
        [areas]
        reach = 150
        """,
    "limits": """
        [references]
        share = 0.3
        [[criteria]]
        key = "low_income"
        limit = "share"
        """,
    "numbers of a scale": f"""
        [score]
        decides = "yardstick"
        [score.scale]
        source = "here"
        city = {{ {CITY} }}
        spread = {{ {SPREAD} }}
        """,
    "own rates, drawn": """
        [context]
        method = "none"
        [rates]
        shrink = "local"
        [rule]
        own = 0.1
        [areas]
        neighbours = "rook"
        holes = 3
        fill_below = -0.5
        """,
    "barriers": "",
}


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, marks=() if rule == "barriers" else pytest.mark.long) for rule in RULES]
)
def test_whatever_a_policy_asks_its_areas_are_drawn_by_it(town: Path, tmp_path: Path, rule: str) -> None:
    policy = tmp_path / "ruled.toml"
    policy.write_text(f'extends = "{(town / "town.toml").as_posix()}"\nid = "ruled"\n{RULES[rule]}', "utf-8")
    space = tmp_path / "space.toml"
    space.write_text("[rule]\ncriteria = [0, 1, 2]\n[criteria]\nleft_out = 1", encoding="utf-8")
    usual: dict[str, Any] = {"policy": policy, "registers": town / "raw", "language": "en"}
    plain = ug.designate(2021, previous=None, **usual)
    west, south, east, north = plain.areas.total_bounds
    if rule == "barriers":
        middle = [(south + (north - south) * part / 4) for part in (1, 2, 3)]
        lines = [shapely.LineString([(west - 100, y), (east + 100, y)]) for y in middle]
        usual["barriers"] = gpd.GeoDataFrame(geometry=lines, crs="EPSG:25832")
    made = ug.designate(2021, previous=None, **usual)
    assert len(made.areas) > 0
    found = ug.infer(made, year=2021, space=space, draws=0, **usual)
    assert found.summary["yardsticks"]["policy_as_it_is"] == found.overlap == 1.0
    assert [area["area_id"] for area in found.summary["drawn_areas"]] == made.areas.area_id.tolist()
    if rule == "barriers":
        assert made.areas.area_id.tolist() != plain.areas.area_id.tolist()


# --- a table of units ---------------------------------------------------------------------------------------------

TABLE_POLICY = """
id = "squares"
years = [2000, 2100]
[units]
kind = "zones"
id = "zone"
residents = "people"
[[criteria]]
key = "poor"
register = "units"
numerator = "poor"
denominator = "people"
worse = "high"
[rule]
core = 1.0
[areas]
residents = 0
"""


EAST, NORTH = 720_000, 6_170_000


def box(west: float, south: float, east: float, north: float) -> Any:
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Zones in a row of which three, and the last, are poor; a district for each half."""
    folder = tmp_path_factory.mktemp("squares")
    places = list(product(range(2), range(6)))
    shapes = [box(col * 100, row * 100, col * 100 + 100, row * 100 + 100) for row, col in places]
    poor = [90 if row == 0 and (col in (0, 1, 2) or col == 5) else 5 for row, col in places]
    table = {"zone": [f"z{row}{col}" for row, col in places], "people": [100] * 12, "poor": poor}
    gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:25832").to_file(folder / "units.gpkg")
    (folder / "squares.toml").write_text(TABLE_POLICY, encoding="utf-8")
    boxes = [box(0, 0, 300, 200), box(300, 0, 600, 200)]
    named = {"name": ["West", "East"], "kind": ["district"] * 2}
    gpd.GeoDataFrame(named, geometry=boxes, crs="EPSG:25832").to_file(folder / "places.gpkg")
    return folder


def over(squares: Path, boxes: list[Any], *arguments: object, names: list[str] | None = None) -> Result:
    gpd.GeoDataFrame({"navn": names or [f"a{i}" for i in range(len(boxes))]}, geometry=boxes, crs="EPSG:25832").to_file(
        squares / "given.gpkg"
    )
    every = ["infer", "--areas", squares / "given.gpkg", "--units", squares / "units.gpkg", "--year", 2021]
    every += ["--policy", squares / "squares.toml", "--draws", 0, "--language", "en", *arguments]
    return CliRunner().invoke(udsat, [str(one) for one in every])


def test_what_no_setting_explains_and_what_is_in_no_given_area(squares: Path) -> None:
    """The three poor zones in the west are given, and a well-off one in the north; the poor one in the east is not."""
    boxes = [box(0, 0, 300, 100), box(300, 100, 400, 200)]
    least = "--space", _space(squares, "[areas]\nresidents = [0, 300]")
    done = over(squares, boxes, *least, "--places", squares / "places.gpkg", "--json", names=["Poor", "Odd"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["source"] == "unit_table"
    assert [(area["area_id"], area["residents"], area["explained"]) for area in found["given_areas"]] == [
        ("Odd", 100, False), ("Poor", 300, True),
    ]  # fmt: skip
    # areas of 300 people leave the single zone out
    assert found["best"]["overlap"] == 300 / 400
    assert found["best"]["residents"] == 300
    assert found["parts"]["are_districts"] is True
    assert {part["name"]: part["best"] for part in found["parts"]["parts"]} == {"West": 1.0, "East": 0.0}
    printed = over(squares, boxes, *least, names=["Poor", "Odd"]).output
    assert printed.count("no setting explains it") == 1
    one = over(squares, [box(0, 0, 300, 100)], "--space", _space(squares, "[rule]\ncore = [1.0]"))
    assert one.output.count("in no given area") == 1


def _space(squares: Path, text: str) -> Path:
    path = squares / "space.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("compare", "residents"),
    [('with = "region"', [100]), ('with = "given"\ngiven = { poor = "half" }\n[references]\nhalf = 0.5', [300, 100])],
    ids=["region", "given"],
)
def test_what_a_policy_compares_with_counts(squares: Path, compare: str, residents: list[int]) -> None:
    """The poor zones of the west are as poor as their region, the one in the east is not; all are beyond a half."""
    policy = squares / "compared.toml"
    text = TABLE_POLICY.replace("squares", "compared").replace("[areas]", f"[compare]\n{compare}\n[areas]")
    policy.write_text(text.replace("core = 1.0", "core = 0.9"), encoding="utf-8")
    boxes = [box(0, 0, 300, 100), box(300, 0, 600, 200)]
    regions = gpd.GeoDataFrame({"name": ["Poor", "Rich"]}, geometry=boxes, crs="EPSG:25832")
    usual: dict[str, Any] = {"policy": policy, "units": squares / "units.gpkg", "regions": regions}
    made = ug.designate(2021, previous=None, **usual)
    assert made.areas.residents.tolist() == residents
    found = ug.infer(made, year=2021, draws=0, **usual)
    assert found.summary["yardsticks"]["policy_as_it_is"] == found.overlap == 1.0


# --- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("boxes", "told"),
    [
        ([(0, 0, 150, 100), (100, 0, 300, 100)], "areas a0 and a1 overlap by 5,000 m2."),
        ([(0, 0, 50, 100), (9000, 0, 9100, 100)], "area a1 lies outside the units."),
        ([(0, 0, 20, 20)], "nobody lives in any of its 1 areas."),
        ([], "holds no polygons."),
    ],
    ids=["overlap", "outside", "empty", "none"],
)
def test_areas_at_fault_are_told(squares: Path, boxes: list[tuple[float, ...]], told: str) -> None:
    done = over(squares, [box(*corners) for corners in boxes])
    assert done.exit_code == 2
    assert f"error: given.gpkg: {told}" in done.stderr


def test_overlapping_areas_may_be_allowed(squares: Path) -> None:
    done = over(squares, [box(0, 0, 150, 100), box(100, 0, 300, 100)], "--allow-overlaps")
    assert done.exit_code == 0, done.output
    assert "their residents count in the first" in done.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--out", "all.txt"], "--out: all.txt is neither CSV nor Parquet. Name a file that ends in .csv or .parquet."),
        (["--save-policy", "best.txt"], "--save-policy: best.txt does not end in .toml."),
        (["--tolerance", "1.5"], "--tolerance: must be at least 0 and less than 1."),
        (["--draws", "-1"], "--draws: must be at least 0."),
        (["--space", "nowhere.toml"], "--space nowhere.toml: cannot be read (No such file or directory)."),
        (["--name", "place"], "given.gpkg, column place: is missing."),
    ],
)
def test_calls_at_fault_are_told(squares: Path, arguments: list[str], told: str) -> None:
    done = over(squares, [box(0, 0, 300, 100)], *arguments)
    assert done.exit_code == 2
    assert f"error: {told}" in done.stderr


def test_a_policy_is_not_written_over_the_one_that_is_varied(squares: Path) -> None:
    done = over(squares, [box(0, 0, 300, 100)], "--save-policy", squares / "squares.toml")
    assert done.exit_code == 2
    assert "is the policy that is varied" in done.stderr


def test_a_scale_that_each_setting_would_have_another_of_is_refused(town: Path, tmp_path: Path) -> None:
    policy = tmp_path / "held.toml"
    policy.write_text(f'extends = "{town / "town.toml"}"\nid = "held"\n[score]\ndecides = "yardstick"', "utf-8")
    done = call(town, "--policy", policy)
    assert done.exit_code == 2
    assert "decides by the scale of 2017, which would be another one for each setting" in done.stderr


# --- in Python ----------------------------------------------------------------------------------------------------


def test_the_function_gives_what_the_command_prints(town: Path, tmp_path: Path) -> None:
    file = town / "out" / "designation_2017.gpkg"
    usual: dict[str, Any] = {"year": 2021, "registers": town / "raw", "policy": town / "town.toml", "language": "en"}
    found = ug.infer(file, space=town / "space.toml", draws=3, **usual)
    assert found.summary == told(town, areas="out/designation_2017.gpkg")
    assert found.best == found.summary["best"]["values"]
    assert len(found.settings) == 24
    assert found.settings.overlap.max() == found.overlap
    assert list(found.undecided.key) == ["rule.edge", "rule.criteria", "rule.core", "areas.residents"]
    assert found.given.residents.sum() == found.summary["areas"]["residents"]
    assert found.drawn.residents.sum() == found.summary["best"]["residents"]
    assert "24 settings" in repr(found)
    assert "<table" in found._repr_html_()
    assert load_policy(str(found.save_policy(tmp_path / "best.toml"))).policy.id == "town-inferred"
    with pytest.raises(ug.InputError, match="no file, so that no other can extend it"):
        ug.infer(file, space=town / "space.toml", draws=0, **{**usual, "policy": load_policy(str(town / "town.toml"))}
                 ).save_policy(tmp_path / "best.toml")  # fmt: skip


@pytest.mark.long
def test_areas_may_be_a_result_or_a_frame(town: Path) -> None:
    usual: dict[str, Any] = {"year": 2021, "registers": town / "raw", "policy": town / "town.toml"}
    usual |= {"space": town / "space.toml", "draws": 0}
    made = ug.read(town / "out" / "designation_2021.gpkg")
    assert ug.infer(made, **usual).overlap == 1.0
    # smooth outlines hold other addresses than the cells that were designated
    assert 0.5 < ug.infer(made.areas[["name", "geometry"]], **usual).overlap <= 1.0


def test_sums_by_unit_give_what_registers_give(town: Path, tmp_path: Path) -> None:
    """To the last figure for areas of whole units; polygons hold units by their middles, which is said."""
    usual: dict[str, Any] = {"year": 2021, "policy": town / "town.toml", "space": town / "space.toml", "draws": 3}
    ug.sums([2021], policy=town / "town.toml", registers=town / "raw", out=tmp_path)
    file, usual["language"] = town / "out" / "designation_2017.gpkg", "en"
    by_registers = ug.infer(file, registers=town / "raw", **usual).summary
    found = ug.infer(file, sums=tmp_path, **usual)
    note = "Sums by unit tell no addresses: a unit is wholly in a given area, or out, by where its middle lies."
    assert found.summary == {**by_registers, "notes": [*by_registers["notes"], note]}
    outlines = ug.read(town / "out" / "designation_2021.gpkg").areas[["name", "geometry"]]
    assert ug.infer(outlines, sums=tmp_path, **usual).overlap == 1.0
    given = ["infer", "--areas", file, "--sums", tmp_path, "--language", "en", "--json"]
    given += [part for name in ("year", "policy", "space", "draws") for part in (f"--{name}", usual[name])]
    done = CliRunner().invoke(udsat, [str(one) for one in given])
    assert json.loads(done.stdout) == found.summary
    done = call(town, "--sums", tmp_path)
    assert "--sums: stands in the place of registers and of a table of units. Name one of them." in done.stderr


def test_whatever_the_command_may_be_told_the_function_may_too() -> None:
    options = {parameter.opts[0].removeprefix("--").replace("-", "_") for parameter in infer.params}
    parameters = set(inspect.signature(ug.infer).parameters)
    assert parameters == options - {"json", "out", "save_policy", "show_examples"} | {"progress"}
