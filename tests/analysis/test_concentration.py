"""`udsat concentration`: what the command says of a town, as words, JSON, layers and in Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pytest
from click.testing import CliRunner, Result

import udsat_geo as ug
from udsat_geo.cli.main import udsat

pytestmark = pytest.mark.long  # whole jobs

SIDE = 10
POLICY = """
id = "town"
years = [2000, 2100]
[units]
kind = "cells"
id = "cell"
residents = "people"
crs = "EPSG:25832"
[[criteria]]
key = "poor"
register = "units"
numerator = "poor"
denominator = "people"
worse = "high"
[[criteria]]
key = "rent"
register = "units"
numerator = "rent"
denominator = "1"
unit = "kr"
worse = "low"
[rule]
core = 1.0
edge = 1.0
criteria = 1
[areas]
residents = 300
"""


def table(folder: Path, year: int = 2025, corner: int = 30, people: int = 50) -> Path:
    """A town of 100 cells of 50 people, 5 of them poor, and a corner of 9 cells in which more are."""
    row, col = (side.ravel() for side in np.mgrid[0:SIDE, 0:SIDE])
    inside = (row < 3) & (col < 3)
    made = pd.DataFrame(
        {
            "cell": [f"100m_{61700 + r}_{7200 + c}" for r, c in zip(row, col, strict=True)],
            "people": people,
            "poor": np.where(inside, corner, 5),
            "rent": 100.0 - inside * 20,
        }
    )
    made.to_csv(folder / f"town{year}.csv", index=False)
    (folder / "town.toml").write_text(POLICY)
    (folder / "wide.toml").write_text(POLICY.replace('"town"', '"wide"').replace("residents = 300", "residents = 9000"))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = table(tmp_path_factory.mktemp("concentration"), 2021, corner=20)
    return table(folder)


def call(folder: Path, *more: object, year: int = 2025, language: str = "en") -> Result:
    given = ["--year", year, "--units", folder / "town{year}.csv", "--policy", folder / "town.toml"]
    return CliRunner().invoke(udsat, ["concentration", *map(str, [*given, "--language", language, *more])])


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    given = ("--against", folder / "wide.toml", "--since", 2021, "--clusters", "composite,poor")
    done = call(folder, *given, "--permutations", 999, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_the_figures_are_those_of_a_hand(told: dict[str, Any]) -> None:
    """270 of the corner's 450 people are poor, and 455 of the 4,550 outside."""
    poor = told["targeting"][0]["criteria"]["poor"]
    assert (poor["affected"], poor["reached"], poor["others"], poor["counted"]) == (725, 270, 180, 5000)
    assert poor["coverage"] == poor["coverage_at_best"] == 270 / 725
    assert poor["leakage"] == 180 / 450
    assert poor["concentration"] == pytest.approx((270 / 450) / (725 / 5000))
    assert told["not_counted"] == ["rent"]
    assert [each["policy"] for each in told["targeting"]] == ["town", "wide"]
    assert told["targeting"][1]["criteria"]["poor"]["reached"] == 0
    apart = told["segregation"]["poor"]
    assert apart["dissimilarity"] == pytest.approx(270 / 725 - 180 / 4275)
    # the corner is one area and all cells outside are alike: nothing is left within
    assert apart["between"] == pytest.approx(apart["correlation_ratio"])


def test_what_changed_adds_up(told: dict[str, Any]) -> None:
    since = told["since"]
    assert since["year"] == 2021
    assert since["targeting"]["criteria"]["poor"]["coverage"] == 180 / 635
    for part in since["criteria"]["poor"].values():
        assert part["by_shares"] + part["by_people"] == pytest.approx(part["now"] - part["before"])
        assert part["by_people"] == pytest.approx(0, abs=1e-12)


def test_the_corner_is_a_cluster(told: dict[str, Any]) -> None:
    kinds = told["clusters"]["poor"]["kinds"]
    assert kinds["high_high"]["residents"] == 50 * kinds["high_high"]["units"] > 0
    assert sum(one["units"] for one in kinds.values()) == SIDE**2


def test_the_command_says_it_in_words_and_writes_it(folder: Path, told: dict[str, Any], tmp_path: Path) -> None:
    done = call(folder, "--clusters", "poor", "--permutations", 999, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert "450 residents live in areas, 9.0 % of the city." in done.stdout
    assert "Not counted, as they are no counts of people among others: rent." in done.stdout
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith(" poor")]
    assert rows[0] == "poor 725 270 37.2 % 37.2 % 180 40.0 % 4.14".split()
    path = tmp_path / "concentration_2025.gpkg"
    targeting = pyogrio.read_dataframe(path, layer="targeting")
    assert targeting.loc[targeting["area_id"].isna(), "reached"].tolist() == [270]
    clusters = pyogrio.read_dataframe(path, layer="local_statistics")
    assert (clusters["cluster"] == "high_high").sum() == told["clusters"]["poor"]["kinds"]["high_high"]["units"]
    assert len(pyogrio.read_dataframe(path, layer="segregation")) == 1
    assert "Hvem områderne når" in call(folder, language="da").stdout


def test_python_says_the_same(folder: Path, told: dict[str, Any]) -> None:
    found = ug.concentration(
        2025,
        units=folder / "town{year}.csv",
        policy=folder / "town.toml",
        against=[folder / "wide.toml"],
        since=2021,
        clusters=["composite", "poor"],
        permutations=999,
        threads=1,
        language="en",
    )
    assert found.summary == told
    assert found.clusters is not None
    assert len(found.clusters) == 2 * SIDE**2
    assert repr(found) == "<ConcentrationResult 2025: reached poor 37%>"
    assert found.segregation["criterion"].tolist() == ["poor"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (("--clusters", "rich"), "--clusters rich: town has no such criterion. It has poor, rent, composite."),
        (("--permutations", 98), "--permutations 98: says too little of chance. Ask for at least 99."),
        (("--draw-seed", -1), "--draw-seed -1: is no seed."),
        (("--since", 2025), "--since 2025: is no year before 2025. Name an earlier one."),
        (("--since", 1990), "--since 1990: the policy town holds for 2000-2100"),
        (("--against", "no-such"), "no-such"),
        (("--references", "rent=1"), "--references rent=1: no policy has such a reference"),
    ],
)
def test_a_call_that_cannot_be_done_is_told(folder: Path, given: tuple[object, ...], wanted: str) -> None:
    done = call(folder, *given)
    assert done.exit_code == 2
    assert wanted in done.stderr


def test_one_rule_is_not_held_against_itself_nor_one_table_against_two_years(folder: Path) -> None:
    done = call(folder, "--against", folder / "town.toml")
    assert "--against: the policy town stands twice. Name each once, with an id of its own." in done.stderr
    given = ["--year", "2025", "--units", folder / "town2025.csv", "--policy", folder / "town.toml", "--since", "2021"]
    done = CliRunner().invoke(udsat, ["concentration", *map(str, given), "--language", "en"])
    assert done.exit_code == 2
    assert "town2025.csv: is one table, and --since asks for two years. Let {year} stand for the year" in done.stderr


def test_a_table_without_counts_is_told(folder: Path, tmp_path: Path) -> None:
    rule = tmp_path / "shares.toml"
    rule.write_text(
        POLICY.replace('denominator = "people"', 'denominator = "1"')
        .replace('= "poor"', '= "poor / people"')
        .replace('key = "poor / people"', 'key = "poor"')
    )
    done = call(folder, "--policy", rule)
    assert done.exit_code == 2
    assert "no criterion is a count of people among others, so there is nobody to reach" in done.stderr
