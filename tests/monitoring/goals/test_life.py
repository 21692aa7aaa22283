"""Goal 3 from tables that a goals file names, and what every goal starts from."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from goal_worlds import EAST_AREA, WEST_AREA, make_homes, write_polygons
from udsat_geo.cli.main import udsat
from udsat_geo.messages.errors import InputError
from udsat_geo.monitoring.goals import load_goals
from udsat_geo.monitoring.life_table import expectancy, life_table, variance_of_deaths

AGES = (0, 1, 30, 60, 80)
CITY = {0: (1000, 8), 1: (20_000, 10), 30: (30_000, 60), 60: (12_000, 180), 80: (2_000, 200)}
AREAS = {0: (200, 2), 1: (4_000, 4), 30: (5_000, 20), 60: (2_000, 50), 80: (300, 45)}
GOALS = """
[life]
table = "life.csv"
{more}
[[goals]]
number = 17
[goals.criterion]
key = "social"
label = {{ da = "Almene", en = "Social housing" }}
register = "dwellings"
where = "tenure IS NOT NULL"
numerator = "tenure = 'social_housing'"
worse = "high"
"""


def write_csv(path: Path, heads: str, rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heads.split(), *rows])


def write_goals(folder: Path, survey: bool = True, places: dict[str, Any] | None = None) -> Path:
    """A goals file with its tables beside it."""
    of = {"areas": AREAS, "city": CITY} | (places or {})
    rows = [(2021, place, age, *of[place][age]) for place in of for age in of[place]]
    write_csv(folder / "life.csv", "year place age population deaths", rows)
    answers = [
        (2021, place, "years_without_illness", age, 100, healthy)
        for place, shares in (("areas", (70, 40, 20)), ("city", (80, 55, 30)), ("rest", (82, 58, 32)))
        for age, healthy in zip((16, 60, 80), shares, strict=True)
    ]
    write_csv(folder / "health.csv", "year place indicator age asked healthy", answers)
    path = folder / "goals.toml"
    path.write_text(GOALS.format(more='survey = "health.csv"' if survey else ""), encoding="utf-8")
    return path


def test_areas_rest_and_city_have_the_tables_that_their_people_make(tmp_path: Path) -> None:
    life = load_goals(write_goals(tmp_path)).life
    assert life is not None
    assert life.years == (2021,)
    assert life.rows == (("life_expectancy", 2021), ("years_without_illness", 2021))
    age, lived = np.array(AGES, float), np.array([0.1, 0.5, 0.5, 0.5, 0.5])
    people = {"areas": AREAS, "city": CITY}
    people["rest"] = {each: (CITY[each][0] - AREAS[each][0], CITY[each][1] - AREAS[each][1]) for each in AGES}
    for place, of in people.items():
        counts = np.array([of[each] for each in AGES])
        table, found = (
            life_table(age, counts[:, 0].astype(float), counts[:, 1], lived),
            life.figure("life_expectancy", 2021, place),
        )
        assert found is not None
        assert found.years == pytest.approx(expectancy(table)[0])
        assert found.error == pytest.approx(math.sqrt(variance_of_deaths(table, 0)))
    gap = life.gap("life_expectancy", 2021)
    assert gap is not None
    assert gap[0] < 0


@pytest.mark.long
def test_years_in_health_begin_at_thirty_and_take_the_band_that_an_age_is_in(tmp_path: Path) -> None:
    life = load_goals(write_goals(tmp_path)).life
    assert life is not None
    counts, age = np.array([AREAS[each] for each in AGES]), np.array(AGES, float)
    table = life_table(age, counts[:, 0].astype(float), counts[:, 1], np.array([0.1, 0.5, 0.5, 0.5, 0.5]))
    # of those aged 16 to 59 just 70 of 100 are in health, and so on
    years = (table.person_years[2:] * [0.7, 0.4, 0.2]).sum() / table.surviving[2]
    found = life.figure("years_without_illness", 2021, "areas")
    assert found is not None
    assert (found.age, found.years) == (30, pytest.approx(years))
    of_sample = sum(
        (n / table.surviving[2]) ** 2 * h * (1 - h) / 100
        for n, h in zip(table.person_years[2:], (0.7, 0.4, 0.2), strict=True)
    )
    assert found.error**2 > of_sample


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ({"areas": AREAS | {80: (300, 0)}}, "areas: nobody died in the last, open interval"),
        ({"areas": AREAS | {60: (20, 45)}}, "areas: more die in an interval"),
        ({"areas": AREAS | {60: (13_000, 50)}}, "rest: nobody lives in an interval of age, or more"),
        ({"city": {each: CITY[each] for each in AGES[1:]}}, "city: needs intervals of age from 0 on"),
        ({"elsewhere": AREAS}, "life.csv: place: unknown places"),
        ({"areas": AREAS | {60: (-2, 50)}}, "life.csv: population: no numbers of at least 0"),
        ({"areas": AREAS | {60: (2000, 0.5)}}, "life.csv: deaths: no whole numbers"),
    ],
)
def test_tables_that_cannot_be_are_told(tmp_path: Path, places: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as error:
        load_goals(write_goals(tmp_path, survey=False, places=places))
    assert told in "\n".join(error.value.messages)


@pytest.mark.long
def test_faults_of_both_tables_are_told_together(tmp_path: Path) -> None:
    path = write_goals(tmp_path)
    write_csv(tmp_path / "life.csv", "year place age population", [(2021, "areas", 0, 10)])
    write_csv(tmp_path / "health.csv", "year place indicator age asked healthy", [(2021, "areas", "joy", 0, 10, 11)])
    with pytest.raises(InputError) as error:
        load_goals(path)
    told = "\n".join(error.value.messages)
    for piece in ("has no column deaths", "unknown indicators"):
        assert piece in told


def test_a_survey_that_does_not_fit_the_life_table(tmp_path: Path) -> None:
    path = write_goals(tmp_path)
    rows = [(2021, "areas", "years_without_illness", 45, 10, 5), (2019, "areas", "years_without_illness", 30, 10, 5)]
    write_csv(tmp_path / "health.csv", "year place indicator age asked healthy", rows)
    with pytest.raises(InputError) as error:
        load_goals(path)
    told = "\n".join(error.value.messages)
    assert "2021, areas, years_without_illness: the life table has no interval that begins at each age" in told
    assert "2019, areas, years_without_illness: the life table has no such year and place" in told


@pytest.mark.long
def test_what_all_goals_start_from_in_each_area(tmp_path: Path) -> None:
    goals = write_goals(tmp_path)
    made = make_homes(3, n_addresses=80, n_residents=600)
    made.write(tmp_path / "raw" / "2021")
    write_polygons(tmp_path / "areas.gpkg", [WEST_AREA, EAST_AREA], name=["Vest", "Øst"])
    call = ["goals", "--areas", tmp_path / "areas.gpkg", "--registers", tmp_path / "raw", "--goals", goals]

    def run(*more: str) -> str:
        done = CliRunner().invoke(udsat, [*map(str, call), "--language", "en", *more], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        return done.stdout

    printed = " ".join(run("--baseline", "all").split())
    assert "What the goals start from in 2021 (Appendix 3): the areas together" in printed
    assert "Goal 3: years left, at birth and in health from the age of 30" in printed
    data = json.loads(run("--baseline", "each", "--json"))
    starts = {start["key"]: start for start in data["baseline"]["goals"]}
    assert data["baseline"]["year"] == 2021
    assert data["baseline"]["without"] == [number for number in range(1, 19) if number not in (3, 17)]
    whole = {row["indicator"]: row for row in data["life"]["rows"]}
    assert starts["life_expectancy"]["areas"] == round(whole["life_expectancy"]["areas"]["years"], 1)
    computed = next(each for each in data["computed"] if each["key"] == "social")["years"]["2021"]
    assert (starts["social"]["areas"], starts["social"]["city"]) == (computed["areas"], computed["city"])
    homes = made.dwellings.to_pandas().merge(made.addresses.to_pandas().dropna(), on="address_id")
    for area, polygon in zip(starts["social"]["each"], (WEST_AREA, EAST_AREA), strict=True):
        west, south, east, north = polygon.bounds
        inside = homes[homes["easting"].between(west, east) & homes["northing"].between(south, north)]
        known = inside["tenure"].dropna()
        assert area["figure"] == pytest.approx(100 * (known == "social_housing").mean(), abs=0.051)
