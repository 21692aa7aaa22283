"""What registers say of areas, held to plain pandas over small random towns."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from goal_worlds import EAST_AREA, WEST_AREA, homes_by_pandas, make_homes, write_polygons
from small_registers import Registers, make_registers
from udsat_geo.areas.polygons import read_polygons
from udsat_geo.messages.errors import InputError
from udsat_geo.monitoring.goals import LoadedGoals, Measured, RegistersOfYear, load_goals, measure, read_polling

pytestmark = pytest.mark.long  # whole jobs

EAST, NORTH = 720_000, 6_170_000
"""Where a town made here lies: a corner in Copenhagen."""

AREAS = (WEST_AREA, EAST_AREA)
SEEDS = (1, 2, *(pytest.param(seed, marks=pytest.mark.long) for seed in (3, 4, 5)))


def measured(
    made: Registers, folder: Path, areas: Any = AREAS, polling: Any = None, goals: LoadedGoals | None = None
) -> Measured:
    made.write(folder / "registers")
    polygons = read_polygons(write_polygons(folder / "areas.gpkg", areas), "en", allow_overlaps=True)[0]
    districts = None if polling is None else read_polling(write_polygons(folder / "polling.gpkg", polling), "en")
    registers = RegistersOfYear(2021, folder / "registers", "registers")
    return measure(registers, goals or load_goals(), polygons, districts, "en")


def of(frame: pd.DataFrame, has: pd.Series, counts: pd.Series) -> tuple[Fraction, Fraction]:
    counted = frame[counts.astype(bool)]
    return Fraction(int(has[counted.index].astype(bool).sum())), Fraction(len(counted))


def expected(made: Registers, areas: Any) -> dict[str, dict[bool, tuple[Fraction, Fraction]]]:
    """Both sums of every built-in criterion, in the areas (True) and outside."""
    homes, people = homes_by_pandas(made, areas)
    labour, school, age = people["labour_status"], people["education"], people["age"]
    working = age.between(30, 66) & labour.notna()
    out_of_work = labour.isin(["unemployed", "temporarily_outside"])
    in_school = (labour == "in_education") | (school == "in_education")
    unqualified = school.isin(["none", "basic", "upper_secondary"])
    tenure = homes["tenure"]
    # a dwelling whose toilet is missing lacks something, whether or not its bath is known
    toilet, bath, heating = (homes[name].astype("boolean") for name in ("toilet", "bath", "district_heating"))
    lacking = ~(toilet & bath)
    rows = {
        "temporarily_out_of_work": (people, out_of_work, working),
        "outside_job_and_education": (people, ~labour.isin(["employed", "in_education"]), working),
        "young_in_education": (people, in_school, age.between(16, 18) & (labour.notna() | school.notna())),
        "young_without_footing": (
            people,
            out_of_work & unqualified,
            age.between(18, 29) & labour.notna() & school.notna(),
        ),
        "private_dwellings": (homes, tenure.isin(["owner_occupied", "private_rental", "cooperative"]), tenure.notna()),
        "no_toilet_or_bath": (homes, lacking.fillna(False), lacking.notna()),
        "no_district_heating": (homes, (~heating).fillna(False), heating.notna()),
    }
    for kind in ("owner_occupied", "private_rental", "cooperative", "social_housing", "public"):
        rows[kind] = (homes, tenure == kind, tenure.notna())
    return {
        key: {
            inside: of(frame, has, counts & ((frame["area"] >= 0) if inside else (frame["area"] < 0)))
            for inside in (True, False)
        }
        for key, (frame, has, counts) in rows.items()
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_every_criterion_agrees_with_pandas(seed: int, tmp_path: Path) -> None:
    made = make_homes(seed, n_addresses=60, n_residents=600)
    found = measured(made, tmp_path)
    wanted = expected(made, AREAS)
    assert set(found.areas) == set(wanted)
    for key, sides in wanted.items():
        assert (found.areas[key].numerator, found.areas[key].denominator) == sides[True], key
        assert (found.rest[key].numerator, found.rest[key].denominator) == sides[False], key
    _, people = homes_by_pandas(made, AREAS)
    assert found.residents_of_area.tolist() == [int((people["area"] == i).sum()) for i in range(len(AREAS))]
    assert found.residents == len(people)


SHARE_OF_CITY = """
[[goals]]
number = 5
shows = "share_of_city"
[goals.criterion]
key = "young"
label = { da = "unge", en = "young" }
register = "residents"
where = "age IS NOT NULL"
numerator = "age BETWEEN 12 AND 17"
worse = "high"
"""


@pytest.mark.long
def test_of_all_in_the_city_who_have_it_so_many_live_in_the_areas(tmp_path: Path) -> None:
    file = tmp_path / "goals.toml"
    file.write_text(SHARE_OF_CITY, encoding="utf-8")
    made = make_homes(2, n_addresses=60, n_residents=600)
    found = measured(made, tmp_path, goals=load_goals(file))
    _, people = homes_by_pandas(made, AREAS)
    young = people[people["age"].between(12, 17)]
    assert found.areas["young"].share == Fraction(int((young["area"] >= 0).sum()), len(young))
    assert found.city("young").share == 1
    assert [each["young"].numerator for each in found.each] == [int((young["area"] == i).sum()) for i in range(2)]
    assert {each["young"].denominator for each in found.each} == {len(young)}


@pytest.mark.long
def test_each_area_has_its_own_sums(tmp_path: Path) -> None:
    found = measured(make_homes(2, n_addresses=60, n_residents=600), tmp_path)
    for key, whole in found.areas.items():
        assert found.each[0][key] + found.each[1][key] == whole


@pytest.mark.long
def test_no_order_of_rows_or_of_areas_matters(tmp_path: Path) -> None:
    made = make_homes(8, n_addresses=60, n_residents=400)
    one = measured(made, tmp_path / "one")
    shuffled = measured(made.shuffled(3), tmp_path / "shuffled")
    other_way = measured(made, tmp_path / "other", areas=AREAS[::-1])
    assert (one.areas, one.rest) == (shuffled.areas, shuffled.rest) == (other_way.areas, other_way.rest)
    assert one.residents_of_area.tolist() == other_way.residents_of_area.tolist()[::-1]


def test_an_area_of_everything_leaves_no_rest(tmp_path: Path) -> None:
    made = make_homes(2, n_addresses=40, n_residents=200)
    whole = measured(made, tmp_path, areas=[box(719_000, 6_175_000, 721_000, 6_177_000)])
    assert whole.residents_in_areas == whole.residents > 0
    for key in whole.areas:
        assert whole.rest[key].denominator == 0
        assert whole.rest[key].share is None
        assert whole.city(key) == whole.areas[key]


@pytest.mark.long
def test_a_resident_of_two_areas_counts_once_in_the_first(tmp_path: Path) -> None:
    made = make_homes(4, n_addresses=60, n_residents=400)
    twice = measured(made, tmp_path / "twice", areas=[WEST_AREA, WEST_AREA, EAST_AREA])
    once = measured(made, tmp_path / "once")
    assert twice.residents_of_area.tolist() == [once.residents_of_area[0], 0, once.residents_of_area[1]]
    assert twice.areas == once.areas


def test_an_area_nobody_lives_in_is_said(tmp_path: Path) -> None:
    made = make_homes(4)
    # between addresses that stand at quarters of a metre
    empty = box(720_000.05, 6_176_000.05, 720_000.15, 6_176_000.15)
    found = measured(made, tmp_path, areas=[WEST_AREA, empty])
    assert found.residents_of_area[1] == 0
    assert list(found.notes) == ["2021: nobody lives in the area 2 (polygon B)."]


def test_areas_outside_the_city_stop_the_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"area 2 \(polygon B\) lies outside the city"):
        measured(make_homes(4), tmp_path, areas=[WEST_AREA, box(0, 0, 100, 100)])


@pytest.mark.long
def test_columns_that_registers_lack_leave_their_criteria_blank(tmp_path: Path) -> None:
    made = make_homes(4, n_addresses=60, n_residents=400)
    full = measured(made, tmp_path / "full")
    bare = measured(
        Registers(made.residents, made.dwellings.drop_columns(["tenure", "bath"]), made.addresses), tmp_path
    )
    assert set(full.areas) - set(bare.areas) == set(bare.missing_columns) == {
        "private_dwellings", "owner_occupied", "private_rental", "cooperative", "social_housing", "public",
        "no_toilet_or_bath",
    }  # fmt: skip
    assert bare.missing_columns["no_toilet_or_bath"] == ("bath",)
    assert all(bare.areas[key] == full.areas[key] for key in bare.areas)
    assert [note[:50] for note in bare.notes] == [
        "2021: the registers have no column tenure; left bl",
        "2021: the registers have no column bath; left blan",
    ]


def test_registers_that_answer_no_goal_still_count_residents(tmp_path: Path) -> None:
    (tmp_path / "goals.toml").write_text(
        '[[goals]]\nnumber = 17\n[goals.criterion]\nkey = "owned"\nregister = "dwellings"\n'
        'numerator = "tenure = \'owner_occupied\'"\nworse = "low"\n',
        encoding="utf-8",
    )
    found = measured(make_registers(4), tmp_path, goals=load_goals(tmp_path / "goals.toml"))
    assert found.areas == {}
    assert found.residents_in_areas > 0


def test_a_criterion_may_be_a_mean_and_take_a_value_of_the_whole_register(tmp_path: Path) -> None:
    (tmp_path / "goals.toml").write_text(
        """
[let]
residents.middle = "median(disposable_income)"
[[goals]]
number = 6
[goals.criterion]
key = "income"
register = "residents"
numerator = "disposable_income"
worse = "low"
unit = "kr"
[[goals]]
number = 6
[goals.criterion]
key = "under"
register = "residents"
where = "disposable_income IS NOT NULL"
numerator = "disposable_income < middle"
worse = "high"
""",
        encoding="utf-8",
    )
    made = make_homes(6, n_addresses=60, n_residents=400)
    found = measured(made, tmp_path, goals=load_goals(tmp_path / "goals.toml"))
    _, people = homes_by_pandas(made, AREAS)
    inside = people.loc[people["area"] >= 0, "disposable_income"].dropna()
    assert found.areas["income"].numerator == Fraction(str(inside.sum()))
    assert float(found.areas["income"].share) == pytest.approx(inside.mean(), abs=1e-6)
    middle = made.residents.to_pandas()["disposable_income"].median()
    assert found.areas["under"].numerator == (inside < middle).sum()


# --- polling districts --------------------------------------------------------------------------------------

DISTRICTS = [
    box(719_600 + 200 * i, 6_175_600 + 200 * j, 719_800 + 200 * i, 6_175_800 + 200 * j)
    for i in range(3)
    for j in range(4)
]
"""Of the west and middle of the town; some people live in none."""


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_polling_districts_agree_with_pandas(seed: int, tmp_path: Path) -> None:
    made = make_homes(seed, n_addresses=80, n_residents=600)
    polling = measured(made, tmp_path, polling=DISTRICTS).polling
    assert polling is not None
    _, people = homes_by_pandas(made, AREAS)
    _, in_districts = homes_by_pandas(made, DISTRICTS)
    district = in_districts["area"].to_numpy()
    living = np.array([(district == i).sum() for i in range(len(DISTRICTS))])
    both = np.array([((district == i) & (people["area"] >= 0)).sum() for i in range(len(DISTRICTS))])
    assert polling.residents.tolist() == living.tolist()
    assert polling.residents_in_areas.tolist() == both.tolist()
    assert polling.in_areas.tolist() == [bool(n and 2 * k >= n) for n, k in zip(living, both, strict=True)]
    assert polling.residents_in_no_district == (district < 0).sum()
    assert polling.turnout_in_areas is None


def square(west: float, south: float, east: float, north: float) -> Polygon:
    return box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def town_of(residents_of_address: dict[tuple[float, float], int]) -> Registers:
    """One dwelling an address, so many residents in each."""
    import pyarrow as pa

    base = make_registers(0, n_residents=1)
    places = list(residents_of_address)
    homes = [f"D{i}" for i, place in enumerate(places) for _ in range(residents_of_address[place])]
    residents = base.residents.take([0] * len(homes)).set_column(0, "dwelling_id", pa.array(homes, pa.string()))
    dwellings = {
        "dwelling_id": [f"D{i}" for i in range(len(places))],
        "address_id": [f"A{i}" for i in range(len(places))],
        "area_m2": [80.0] * len(places),
    }
    addresses = {
        "address_id": [f"A{i}" for i in range(len(places))],
        "easting": [EAST + place[0] for place in places],
        "northing": [NORTH + place[1] for place in places],
    }
    return Registers(residents, pa.table(dwellings), pa.table(addresses))


def test_half_of_a_district_is_enough_and_one_less_is_not(tmp_path: Path) -> None:
    areas = [square(0, 0, 10, 100)]
    districts = [square(0, 0, 20, 50), square(0, 50, 20, 100), square(20, 0, 40, 100)]
    made = town_of(
        {(5.0, 20.0): 3, (15.0, 20.0): 3, (5.0, 70.0): 2, (15.0, 70.0): 3, (200.0, 300.0): 4, (5.0, 900.0): 1}
    )
    polling = measured(made, tmp_path, areas=areas, polling=districts).polling
    assert polling is not None
    assert polling.residents.tolist() == [6, 5, 0]
    assert polling.in_areas.tolist() == [True, False, False]
    assert polling.residents_in_no_district == 5


def test_turnout_is_that_of_the_districts_in_the_areas(tmp_path: Path) -> None:
    made = town_of({(5.0, 20.0): 3, (15.0, 70.0): 3, (300.0, 300.0): 1})
    made.write(tmp_path / "registers")
    areas = read_polygons(write_polygons(tmp_path / "areas.gpkg", [square(0, 0, 10, 100)]), "en")[0]
    districts = write_polygons(
        tmp_path / "polling.gpkg", [square(0, 0, 20, 50), square(0, 50, 20, 100)], eligible=[200, 300], voted=[100, 200]
    )
    registers = RegistersOfYear(2021, tmp_path / "registers", "registers")
    polling = measure(registers, load_goals(), areas, read_polling(districts, "en")).polling
    assert polling is not None
    assert polling.turnout_in_areas == Fraction(1, 2)
    assert polling.turnout == Fraction(3, 5)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"eligible": [10, 10]}, "column eligible: stands there without voted"),
        ({"eligible": [10, 10], "voted": [3.5, 4.0]}, "column voted: no whole numbers"),
        ({"eligible": [-1, 10], "voted": [3, 4]}, "column eligible: no whole numbers"),
        ({"eligible": [10, 10], "voted": [11, 4]}, "districts where more voted than may vote"),
    ],
)
def test_numbers_of_voters_that_cannot_be(columns: dict[str, Any], told: str, tmp_path: Path) -> None:
    path = write_polygons(tmp_path / "polling.gpkg", [box(0, 0, 20, 50), box(0, 50, 20, 100)], **columns)
    with pytest.raises(InputError, match=told):
        read_polling(path, "en")
