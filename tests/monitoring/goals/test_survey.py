"""Answers of a survey with weights, over areas: held to plain pandas, and what is wrong with them told."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from click.testing import CliRunner, Result

from goal_worlds import EAST_AREA, WEST_AREA, homes_by_pandas, make_homes, write_polygons
from small_registers import Registers
from udsat_geo.areas.polygons import read_polygons
from udsat_geo.cli.main import designate, udsat
from udsat_geo.messages.errors import InputError
from udsat_geo.monitoring.goal_tables import as_data, texts_of
from udsat_geo.monitoring.goals import Account, Ratio, RegistersOfYear, load_goals, take_account

AREAS = (WEST_AREA, EAST_AREA)

GOALS = """
[survey]
least = {least}

[[goals]]
number = 5
[goals.criterion]
key = "safe"
label = {{ da = "Tryg", en = "Feels safe" }}
register = "survey"
where = "feels_safe IS NOT NULL"
numerator = "feels_safe"
worse = "low"

[[goals]]
number = 5
[goals.criterion]
key = "satisfaction"
label = {{ da = "Tilfredshed", en = "Satisfaction" }}
register = "survey"
numerator = "satisfaction"
denominator = "1"
unit = "points"
worse = "low"
"""
SETTINGS = """
[survey.types]
feels_safe = "boolean"
satisfaction = "number"
"""
WAYS = ("person_id", "dwelling_id", "address_id", "position", "district")


def town(seed: int) -> Registers:
    made = make_homes(seed, n_addresses=60, n_residents=600)
    person = pa.array([f"P{i}" for i in range(made.residents.num_rows)])
    return Registers(made.residents.append_column("person_id", person), made.dwellings, made.addresses)


def answers(made: Registers, seed: int, way: str, n: int = 300) -> pd.DataFrame:
    """A survey of so many persons, each named in one way, a tenth by what nobody has; a few have no weight."""
    rng = np.random.default_rng(seed)
    homes = made.dwellings.to_pandas().merge(made.addresses.to_pandas(), on="address_id", how="left")
    people = made.residents.to_pandas().merge(homes, on="dwelling_id", how="left")
    asked = people.iloc[rng.choice(len(people), n, replace=False)].reset_index(drop=True)
    survey = pd.DataFrame({"weight": rng.integers(0, 5000, n) / 1000})
    survey.loc[rng.random(n) < 0.05, "weight"] = np.nan
    survey["feels_safe"] = pd.array(
        [None if rng.random() < 0.1 else bool(rng.random() < 0.7) for _ in range(n)], "boolean"
    )
    survey["satisfaction"] = np.where(rng.random(n) < 0.1, np.nan, rng.integers(0, 11, n))
    if way == "position":
        survey[["easting", "northing"]] = asked[["easting", "northing"]]
    elif way == "district":
        survey["district"] = [["polygon a", "polygon B", "elsewhere", None][i] for i in rng.integers(0, 4, n)]
    else:
        survey[way] = asked[way].where(rng.random(n) >= 0.1, "nobody")
    return survey


def written(folder: Path, made: Registers, survey: pd.DataFrame, settings: str = SETTINGS, least: int = 1) -> Path:
    made.write(folder / "registers")
    survey.to_parquet(folder / "registers" / "survey.parquet")
    (folder / "registers" / "registers.toml").write_text(settings)
    (folder / "goals.toml").write_text(GOALS.format(least=least))
    write_polygons(folder / "areas.gpkg", AREAS)
    return folder


def account(folder: Path) -> Account:
    registers = RegistersOfYear(2021, folder / "registers", "registers")
    areas = read_polygons(folder / "areas.gpkg", "en")[0]
    return take_account([registers], load_goals(folder / "goals.toml"), areas, language="en")


def sides_by_pandas(made: Registers, survey: pd.DataFrame, way: str) -> pd.Series:
    """Of each answer whether it lies in an area (1), elsewhere (0), in no place (-1), or is nobody's (-2)."""
    _homes, people = homes_by_pandas(made, AREAS)
    of_home = _homes.drop_duplicates("dwelling_id").set_index("dwelling_id")["area"]
    addresses = made.addresses.to_pandas()
    by_address = of_addresses(addresses)
    if way == "position":
        found = survey.apply(lambda row: of_point(row["easting"], row["northing"]), axis=1)
    elif way == "district":
        inhabited = set(people["area"])
        places = {"polygon a": 0, "polygon B": 1, "elsewhere": -1}
        found = survey["district"].map(lambda name: places.get(name, -3))
        assert {0, 1, -1} <= inhabited
    elif way == "address_id":
        found = survey[way].map(lambda key: by_address.get(key, -3))
    else:
        residents = made.residents.to_pandas().set_index("person_id")["dwelling_id"]
        known = set(made.dwellings.to_pandas()["dwelling_id"])
        place = {key: of_home.get(key, -2) for key in known}
        if way == "dwelling_id":
            found = survey[way].map(lambda key: place.get(key, -3))
        else:
            found = survey[way].map(lambda key: place.get(residents[key], -2) if key in residents.index else -3)
    return found.map(lambda area: 1 if area >= 0 else 0 if area == -1 else -1 if area == -2 else -2)


def of_point(easting: float, northing: float) -> int:
    if np.isnan(easting) or np.isnan(northing):
        return -3
    return next((i for i, area in enumerate(AREAS) if shapely.covers(area, shapely.Point(easting, northing))), -1)


def of_addresses(addresses: pd.DataFrame) -> dict[str, int]:
    found = [of_point(x, y) for x, y in zip(addresses["easting"], addresses["northing"], strict=True)]
    return {key: -2 if area == -3 else area for key, area in zip(addresses["address_id"], found, strict=True)}


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [1, 2])
def test_weighted_sums_and_answers_agree_with_pandas(tmp_path: Path, way: str, seed: int) -> None:
    made = town(seed)
    survey = answers(made, seed, way)
    taken = account(written(tmp_path, made, survey))
    side = sides_by_pandas(made, survey, way)
    counts = taken.measured[0].counts
    has_weight = survey["weight"].notna()
    assert counts["answers_without_weight"] == int((~has_weight).sum()) > 0
    assert counts["answers_of_unknown"] == int((has_weight & (side == -2)).sum())
    assert counts["answers_unplaced"] == int((has_weight & (side == -1)).sum())
    assert counts["answers_placed"] == int((has_weight & (side >= 0)).sum()) > 0
    for key, column in (("safe", "feels_safe"), ("satisfaction", "satisfaction")):
        values = survey[column].astype("float64")
        for sums, inside in ((taken.measured[0].areas, 1), (taken.measured[0].rest, 0)):
            counted = has_weight & values.notna() & (side == inside)
            weight = survey.loc[counted, "weight"]
            assert sums[key].answers == int(counted.sum())
            assert float(sums[key].numerator) == pytest.approx(float((weight * values[counted]).sum()), abs=1e-4)
            assert float(sums[key].denominator) == pytest.approx(float(weight.sum()), abs=1e-4)
    assert counts["residents_placed"] == len(homes_by_pandas(made, AREAS)[1])


@pytest.mark.long
def test_weighted_answers_have_the_error_that_pandas_finds(tmp_path: Path) -> None:
    """Each answer by itself, with its weight, in the areas and in the rest."""
    made = town(1)
    survey = answers(made, 1, "person_id")
    taken = account(written(tmp_path, made, survey))
    side = sides_by_pandas(made, survey, "person_id")
    for one, column, unit in zip(taken.computed, ("feels_safe", "satisfaction"), (100, 1), strict=True):
        values, weight = survey[column].astype("float64"), survey["weight"]
        for of, inside in (("areas", 1), ("rest", 0)):
            counted = weight.notna() & values.notna() & (side == inside)
            w, y, n = weight[counted], values[counted], int(counted.sum())
            moves = w * (y - (w * y).sum() / w.sum()) / w.sum()
            wanted = unit * (n / (n - 1) * (moves**2).sum()) ** 0.5
            assert one.error(2021, of) == pytest.approx(wanted)  # type: ignore[arg-type]


@pytest.mark.long
def test_years_of_a_survey_are_of_other_people(tmp_path: Path) -> None:
    """A movement within two errors of both years cannot be judged, one beyond is."""
    made = town(2)
    folder = written(tmp_path, made, answers(made, 2, "person_id"))
    registers = [RegistersOfYear(year, folder / "registers", "registers") for year in (2017, 2021)]
    areas = read_polygons(folder / "areas.gpkg", "en")[0]
    taken = take_account(registers, load_goals(folder / "goals.toml"), areas, language="en")
    safe = taken.computed[0]
    assert safe.errors is not None
    assert safe.errors.moved[2017, 2021] == pytest.approx((safe.errors.areas[2017] ** 2 * 2) ** 0.5)
    half = safe.errors.moved[2017, 2021]
    assert half > 1
    more = {2017: safe.areas[2017], 2021: Ratio(safe.areas[2021].numerator * 2, safe.areas[2021].denominator, 100)}
    judged = [dataclasses.replace(safe, areas=each).judged() for each in (safe.areas, more)]
    assert [each.verdict.value for each in judged if each is not None] == ["cannot_be_judged", "on_the_way"]


@pytest.mark.long
def test_no_order_of_answers_matters(tmp_path: Path) -> None:
    made = town(4)
    survey = answers(made, 4, "person_id")
    one = account(written(tmp_path / "one", made, survey)).measured[0]
    other = account(written(tmp_path / "other", made.shuffled(2), survey.sample(frac=1, random_state=1))).measured[0]
    assert (one.areas, one.rest) == (other.areas, other.rest)


def goals(folder: Path, *options: str) -> Result:
    named = ["--areas", folder / "areas.gpkg", "--registers", folder / "registers", "--years", "2021"]
    named += ["--goals", folder / "goals.toml", "--language", "en"]
    return CliRunner().invoke(udsat, ["goals", *map(str, named), *options])


@pytest.mark.long
def test_figures_stand_with_their_answers(tmp_path: Path) -> None:
    made = town(1)
    folder = written(tmp_path, made, answers(made, 1, "person_id"))
    done = goals(folder, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert "answers of the survey are left out" in done.output
    found = json.loads((tmp_path / "out" / "goals.json").read_text())["computed"][0]["years"]["2021"]
    n = found["answers"]
    assert n["areas"] + n["rest"] == n["city"]
    top, bottom = found["sums_rest"]
    assert found["rest"] == pytest.approx(100 * top / bottom, abs=0.06)
    lines = [line.split() for line in done.output.splitlines()]
    at = next(i for i, words in enumerate(lines) if words[:1] == ["answers"])
    assert (lines[at], lines[at + 1]) == (["answers", str(n["areas"])], [f"({n['city']})"])
    half = 1.96 * found["standard_errors"]["areas"]
    assert f"{found['areas']} ±{half:.1f}" in done.output
    rows = pd.read_csv(tmp_path / "out" / "goals_figures.csv").set_index("indicator")
    assert rows.loc["safe", "standard_error_areas"] == pytest.approx(found["standard_errors"]["areas"])
    assert (rows.loc["safe", "answers_areas"], rows.loc["safe", "answers_city"]) == (n["areas"], n["city"])
    assert any(name.startswith("survey 2021") for name in (one["what"] for one in as_json(tmp_path)["inputs"]))


def as_json(folder: Path) -> Any:
    return json.loads((folder / "out" / "goals.json").read_text())


@pytest.mark.long
def test_a_figure_of_too_few_answers_is_not_shown(tmp_path: Path) -> None:
    made = town(1)
    taken = account(written(tmp_path, made, answers(made, 1, "person_id"), least=180))
    safe = taken.computed[0]
    assert (safe.areas[2021].answers or 0) < 180 < (safe.city[2021].answers or 0)
    assert safe.figure(safe.areas[2021]) is None
    assert safe.figure(safe.city[2021]) is not None
    assert "2021: fewer than 180 answers, so not shown: Feels safe; Satisfaction." in taken.notes


@pytest.mark.long
def test_what_is_not_shown_cannot_be_worked_out_from_its_sums(tmp_path: Path) -> None:
    made = town(1)
    taken = account(written(tmp_path, made, answers(made, 1, "person_id"), least=180))
    told = next(one for one in as_data(taken, "en")["computed"] if one["label"] == "Feels safe")["years"]["2021"]
    assert (told["areas"], told["sums_areas"]) == (None, None)
    assert told["sums_city"] is not None
    # nor from its error, nor from what the city has more than the rest
    assert (told["rest"], told["sums_rest"], told["standard_errors"]["areas"]) == (None, None, None)
    figures = csv.DictReader(io.StringIO(texts_of(taken, "en")["goals_figures.csv"]))
    row = next(row for row in figures if row["label"] == "Feels safe" and row["year"] == "2021")
    assert (row["areas"], row["numerator_areas"], row["denominator_areas"]) == ("", "", "")
    assert row["numerator_city"] != ""


def test_the_least_number_is_thirty() -> None:
    assert load_goals().survey.least == 30


def spoilt(**changed: Any) -> Any:
    def spoil(survey: pd.DataFrame) -> pd.DataFrame:
        return survey.assign(**{name: value(survey) if callable(value) else value for name, value in changed.items()})

    return spoil


CODES = SETTINGS.replace('"boolean"', '"code"') + '[survey.values.feels_safe]\n"1" = "yes"\n"2" = "no"\n'
FAULTY = {
    "negative weights": (
        spoilt(weight=lambda survey: survey["weight"].where(survey.index != 7, -1.5)),
        SETTINGS,
        "survey.parquet, column weight: negative weights (1 row), for example '-1.5' in row 8.",
    ),
    "no weight at all": (
        spoilt(weight=0.0),
        SETTINGS,
        "survey.parquet, column weight: weights that add up to nothing. Give each answer its weight.",
    ),
    "no column of weights": (lambda survey: survey.drop(columns="weight"), SETTINGS, "column weight: is missing"),
    "no key": (
        lambda survey: survey.drop(columns="person_id"),
        SETTINGS,
        "survey.parquet: no column says whose an answer is. Name one of person_id, dwelling_id, address_id, easting,",
    ),
    "unknown codes": (
        spoilt(feels_safe=["1", "2", "9", "8"] * 50 + ["9"] * 100),
        CODES,
        "unknown codes (200 rows), for example '9' in row 3. All of them, with their rows: '9' (150), '8' (50).",
    ),
    "weights that are text": (spoilt(weight="much"), SETTINGS, "text where a number belongs (300 rows)"),
    "infinite weights": (spoilt(weight=np.inf), SETTINGS, "NaN or infinite values (300 rows)"),
    "a table that is named and not there": (spoilt(), SETTINGS + '[survey]\nfile = "none.csv"\n', "does not exist"),
    "an unknown key": (spoilt(), SETTINGS + "[survey]\nwaight = 1\n", "survey.waight: unknown key"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_what_is_wrong_with_a_survey_is_told(tmp_path: Path, name: str) -> None:
    spoil, settings, message = FAULTY[name]
    made = town(1)
    folder = written(tmp_path, made, spoil(answers(made, 1, "person_id")), settings)
    done = goals(folder)
    assert done.exit_code == 2, done.output
    assert message in done.stderr


@pytest.mark.long
def test_persons_must_have_their_key_once(tmp_path: Path) -> None:
    made = town(1)
    survey = answers(made, 1, "person_id")
    keys = pa.array(["P0"] * made.residents.num_rows)
    twice = Registers(made.residents.set_column(made.residents.num_columns - 1, "person_id", keys), *tables(made))
    survey["person_id"] = "P0"
    with pytest.raises(
        InputError, match=r"residents.parquet, column person_id: duplicate keys \(.* a key of 2 characters .* stands"
    ):
        account(written(tmp_path / "twice", twice, survey))
    none = Registers(made.residents.drop_columns(["person_id"]), *tables(made))
    with pytest.raises(InputError, match="has no person_id, by which the survey names persons"):
        account(written(tmp_path / "none", none, survey))


def tables(made: Registers) -> tuple[pa.Table, pa.Table]:
    return made.dwellings, made.addresses


@pytest.mark.long
def test_without_a_survey_its_goals_are_left_blank(tmp_path: Path) -> None:
    made = town(1)
    folder = written(tmp_path, made, answers(made, 1, "person_id"), settings="")
    (folder / "registers" / "survey.parquet").unlink()
    taken = account(folder)
    assert taken.computed[0].areas == {}
    assert "2021: there is no survey beside the registers; left blank: Feels safe; Satisfaction." in taken.notes


def test_a_designation_reads_no_survey(tmp_path: Path) -> None:
    made = town(1)
    folder = written(tmp_path, made, answers(made, 1, "person_id"))
    (tmp_path / "policy.toml").write_text(
        'id = "p"\nyears = [2000, 2100]\n[rule]\ncore = 1.0\n[[criteria]]\nkey = "safe"\nregister = "survey"\n'
        'numerator = "feels_safe"\nworse = "low"\n'
    )
    called = ["--year", 2021, "--registers", folder / "registers", "--policy", tmp_path / "policy.toml"]
    done = CliRunner().invoke(designate, [*map(str, called), "--out", str(tmp_path / "out"), "--language", "en"])
    assert done.exit_code == 2
    assert "a survey answers for areas, not for each unit" in done.stderr


@pytest.mark.long
def test_validate_looks_at_the_survey_too(tmp_path: Path) -> None:
    made = town(1)
    survey = answers(made, 1, "person_id", n=40)
    survey["person_id"] = [*["nobody"] * 3, *made.residents.column("person_id").to_pylist()[:37]]
    survey["weight"] = 1.0
    written(tmp_path, made, survey)
    folder = str(tmp_path / "registers")
    done = CliRunner().invoke(udsat, ["validate", folder, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["rows"]["survey"] == 40
    assert told["counts"]["answers_of_unknown"] == 3
    assert sum(told["counts"][f"answers_{name}"] for name in ("placed", "unplaced", "of_unknown")) == 40
    shown = CliRunner().invoke(udsat, ["validate", folder, "--language", "en"])
    assert "Answers of whom the registers do not know: 3" in shown.stdout
    assert any(line.split()[:2] == ["survey", "satisfaction"] for line in shown.stdout.splitlines())


def test_ratios_of_a_survey_add_their_answers() -> None:
    both = Ratio(Fraction(1), Fraction(2), 3) + Ratio(Fraction(1), Fraction(2), 4)
    assert (both.share, both.answers) == (Fraction(1, 2), 7)
    assert (Ratio(Fraction(1), Fraction(2)) + Ratio(Fraction(1), Fraction(2))).answers is None
