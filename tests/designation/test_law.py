"""The lists of the Danish law, through the command, by estates at, just below and just above each limit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from click.testing import CliRunner

from estates import AVERAGE, CONVICTED_NATIONAL, write_estates
from udsat_geo.cli.main import designate
from udsat_geo.designation.designation import Inputs
from udsat_geo.designation.designation import designate as designate_estates
from udsat_geo.policy.load import load_policy, with_references
from udsat_geo.scoring.scores import meets_demands

pytestmark = pytest.mark.long  # whole jobs

NATIONAL = f"convicted_national={CONVICTED_NATIONAL}"

LISTS = ("boligomraade-2021", "parallelsamfund-2021", "omdannelsesomraade-2021", "forebyggelsesomraade-2021")

Changes = dict[str, int]


def idle(of_a_thousand: int, more: int = 0) -> Changes:
    """So many of a thousand without work or education over both years, and a few more in the smaller one."""
    now, before = of_a_thousand // 2, 4 * of_a_thousand - of_a_thousand // 2
    return {"no_work_or_education_18_64": now + more, "no_work_or_education_18_64_previous_year": before}


def convicted(of_both_years: int) -> Changes:
    return {"convicted": of_both_years - 100, "convicted_previous_year": 100}


def schooled(of_a_thousand: int) -> Changes:
    return {"basic_school_30_59": of_a_thousand}


def earning(of_a_hundred: int, more: int = 0) -> Changes:
    return {"gross_income_15_64": AVERAGE["gross_income_15_64"] // 100 * of_a_hundred + more}


def from_non_western_countries(of_five_thousand: int) -> Changes:
    return {"non_western_origin": of_five_thousand}


SURE = schooled(1000)
"""One of the four, beyond doubt."""

AT_THE_LIMITS: dict[str, tuple[tuple[str, Changes, bool], ...]] = {
    "§ 61 a": (
        ("40 % without work or education", idle(400), False),
        ("one fewer", idle(400, -1), False),
        ("one more", idle(400, +1), True),
        ("3 times the national share", convicted(522), True),
        ("one fewer convicted", convicted(521), False),
        ("one more convicted", convicted(523), True),
        ("55 % of the region's income", earning(55), False),
        ("a krone less", earning(55, -1), True),
        ("a krone more", earning(55, +1), False),
    ),
    "§ 61 b": (
        ("30 % without work or education", idle(300), False),
        ("one fewer", idle(300, -1), False),
        ("one more", idle(300, +1), True),
        ("2 times the national share", convicted(348), True),
        ("one fewer convicted", convicted(347), False),
        ("one more convicted", convicted(349), True),
        ("65 % of the region's income", earning(65), False),
        ("a krone less", earning(65, -1), True),
        ("a krone more", earning(65, +1), False),
    ),
}
"""Paragraph -> what an estate has beside `SURE`, and whether that is its second criterion."""

SCHOOL = (("60 % basic school", 600, False), ("one fewer", 599, False), ("one more", 601, True))
"""The same under both paragraphs; the sure criterion is another one here."""

PARAGRAPH = dict.fromkeys(LISTS, "§ 61 a") | {"forebyggelsesomraade-2021": "§ 61 b"}

ORIGIN = {"parallelsamfund-2021": 2500, "forebyggelsesomraade-2021": 1500}
"""List -> just 50 and just 30 per cent of 5,000 residents."""


def run(policy: str, folder: Path, estates: dict[str, Changes], *more: str) -> gpd.GeoDataFrame:
    """The layer `units` of a designation of the estates, by estate."""
    write_estates(folder / "estates.gpkg", estates)
    arguments = ["--year", "2025", "--policy", policy, "--units", str(folder / "estates.gpkg"), "--format", "gpkg"]
    arguments += ["--out", str(folder / "out"), "--previous", "none", "--quiet", "--references", NATIONAL, *more]
    done = CliRunner().invoke(designate, arguments, catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
    return gpd.read_file(folder / "out" / "designation_2025.gpkg", layer="units").set_index("unit_id")


def demands_met(policy: str, folder: Path, estates: dict[str, Changes]) -> dict[str, bool]:
    """Which estates meet the rule's demands in the year itself, as areas are formed of them."""
    write_estates(folder / "estates.gpkg", estates)
    loaded = with_references(load_policy(policy), [NATIONAL])
    made = designate_estates(2025, loaded, Inputs(None, folder / "estates.gpkg", "unit_table"))
    met = meets_demands(made.scores.exceeded, made.policy.policy)
    return dict(zip(made.units.unit_id.tolist(), met.tolist(), strict=True))


@pytest.mark.parametrize("policy", ["boligomraade-2021", "parallelsamfund-2021", "forebyggelsesomraade-2021"])
def test_each_criterion_is_met_just_beyond_its_limit(policy: str, tmp_path: Path) -> None:
    """Of the four, counted; `at least` for the convicted, `over` and `below` for the others."""
    cases = [(name, {**SURE, **changes}, met) for name, changes, met in AT_THE_LIMITS[PARAGRAPH[policy]]]
    cases += [(f"{name} (school)", {**idle(1000), **schooled(count)}, met) for name, count, met in SCHOOL]
    units = run(policy, tmp_path, {name: changes for name, changes, _ in cases})
    assert units["criteria_with_rate"].unique().tolist() == [4 if policy == "boligomraade-2021" else 5]
    for name, _, met in cases:
        assert units.loc[name, "criteria_exceeded"] == (2 if met else 1), name


@pytest.mark.parametrize("policy", ORIGIN)
def test_origin_is_demanded_beyond_its_limit_and_is_none_of_the_two(policy: str, tmp_path: Path) -> None:
    at = ORIGIN[policy]
    estates = {
        "at the limit": {**SURE, **idle(1000), **from_non_western_countries(at)},
        "one fewer": {**SURE, **idle(1000), **from_non_western_countries(at - 1)},
        "one more": {**SURE, **idle(1000), **from_non_western_countries(at + 1)},
        "all, but one of the four": {**SURE, **from_non_western_countries(5000)},
        "all, and none of the four": from_non_western_countries(5000),
    }
    wanted = dict.fromkeys(estates, False) | {"one more": True}
    assert demands_met(policy, tmp_path, estates) == wanted
    counted = run(policy, tmp_path, estates)["criteria_exceeded"]
    assert counted.loc[list(estates)].tolist() == [2, 2, 2, 1, 0]


@pytest.mark.parametrize("policy", LISTS)
def test_two_of_the_four_are_enough(policy: str, tmp_path: Path) -> None:
    origin = from_non_western_countries(5000)
    each = [idle(1000), convicted(5000), schooled(1000), earning(1)]
    estates = {
        f"{i} {j}": {**one, **other, **origin} for i, one in enumerate(each) for j, other in enumerate(each) if i <= j
    }
    met = demands_met(policy, tmp_path, estates)
    assert met == {name: name[0] != name[2] for name in estates}


def test_the_mean_of_two_years_weighs_each_year_by_its_residents(tmp_path: Path) -> None:
    """1,000 now and 3,000 before: just over 40 % of both together, though the plain mean of the shares is 27 %."""
    heavy = {"no_work_or_education_18_64": 0, "no_work_or_education_18_64_previous_year": 1601}
    units = run("boligomraade-2021", tmp_path, {"estate": heavy})
    assert units.loc["estate", "rate_no_work_or_education"] == 1601 / 4000
    assert units.loc["estate", "criteria_exceeded"] == 1


def test_estates_of_different_regions_are_measured_against_their_own(tmp_path: Path) -> None:
    rich = {"region_mean_gross_income": 800_000, **earning(109)}
    units = run("boligomraade-2021", tmp_path, {"poor region": earning(56), "rich region": rich})
    assert units["rate_gross_income"].to_dict() == {"poor region": 0.56, "rich region": 0.545}
    assert units["criteria_exceeded"].to_dict() == {"poor region": 0, "rich region": 1}


def test_a_year_without_figures_gives_no_rate_and_meets_nothing(tmp_path: Path) -> None:
    gone: dict[str, Any] = {**idle(1000), "no_work_or_education_18_64_previous_year": None}
    units = run("boligomraade-2021", tmp_path, {"new": gone, "old": idle(1000)})
    assert units["criteria_with_rate"].to_dict() == {"new": 3, "old": 4}
    assert units["criteria_exceeded"].to_dict() == {"new": 0, "old": 1}


def test_the_summary_says_what_the_convicted_are_measured_against(tmp_path: Path) -> None:
    run("boligomraade-2021", tmp_path, {"estate": SURE})
    summary = json.loads((tmp_path / "out" / "designation_2025.json").read_text(encoding="utf-8"))
    assert summary["references"] == {"convicted_national": {"value": 0.0174, "source": "--references"}}
    assert summary["limits"] == {"convicted": {"expression": "3 * convicted_national", "value": 0.0522}}
    assert not summary["notes"], "criteria with limits need no spread between estates"


def test_columns_of_any_name_are_read_by_a_policy_that_extends(tmp_path: Path) -> None:
    """With the national share in the file as well, nothing else is needed."""
    (tmp_path / "mine.toml").write_text(
        """
extends = "parallelsamfund-2021"
id = "mine"
[references]
convicted_national = { value = 0.0174, source = "Our table 3" }
[units]
id = "OMR"
[units.columns]
convicted = ["DOMTE"]
non_western_origin = ["IKKEVEST_2022", "IKKEVEST"]
"""
    )
    write_estates(tmp_path / "estates.gpkg", {"estate": convicted(522)})
    names = {"estate_id": "OMR", "convicted": "DOMTE", "non_western_origin": "IKKEVEST"}
    gpd.read_file(tmp_path / "estates.gpkg").rename(columns=names).to_file(tmp_path / "mine.gpkg")
    arguments = (
        f"--year 2025 --policy {tmp_path}/mine.toml --units {tmp_path}/mine.gpkg --out {tmp_path} --quiet --json"
    )
    done = CliRunner().invoke(designate, arguments.split(), catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["references"]["convicted_national"]["source"] == "Our table 3"
    assert [base["id"] for base in summary["policy"]["extends"]] == [
        "parallelsamfund-2021", "ghettoomraade-2018", "boligomraade-2018",
    ]  # fmt: skip
    units = gpd.read_file(tmp_path / "designation_2025.gpkg", layer="units")
    assert units["criteria_exceeded"].tolist() == [1]


# --- areas --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["boligomraade-2021", "parallelsamfund-2021", "forebyggelsesomraade-2021"])
def test_each_estate_that_meets_the_demands_is_an_area_by_itself(policy: str, tmp_path: Path) -> None:
    both = {**SURE, **idle(1000), **from_non_western_countries(5000)}
    estates = {
        "A": both,
        "B, which touches A": both,
        "one of the four": {**SURE, **from_non_western_countries(5000)},
        "1,000 residents": {**both, "residents": 1000, **from_non_western_countries(1000)},
        "999 residents": {**both, "residents": 999, **from_non_western_countries(999)},
    }
    units = run(policy, tmp_path, estates)
    inside = units["area_id"].dropna()
    assert set(inside.index) == {"A", "B, which touches A", "1,000 residents"}
    assert inside.is_unique


@pytest.mark.parametrize(("policy", "at"), ORIGIN.items())
def test_estates_are_listed_by_origin(policy: str, at: int, tmp_path: Path) -> None:
    shares = {"at": at, "fewer": at - 1, "more": at + 1}
    estates = {name: {**SURE, **idle(1000), **from_non_western_countries(count)} for name, count in shares.items()}
    units = run(policy, tmp_path, estates)
    assert units["area_id"].dropna().index.tolist() == ["more"]
