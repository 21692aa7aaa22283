"""Medians and other quantiles over registers and over unit tables, beside the plain definition in pandas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from shapely.geometry import box

from reference_quantiles import quantile_of
from small_registers import make_registers
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.designation.surroundings import Around
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import LoadedPolicy, check_policy

QUANTILE, LEAST = 0.4, 3
YEAR = 2021


def median_policy(**changes: Any) -> LoadedPolicy:
    """A quantile of incomes weighed by age, and the mean of the same incomes; a cell is read alone."""
    criterion = {
        "key": "income",
        "register": "residents",
        "where": "age >= 18",
        "numerator": "disposable_income",
        "denominator": "age",
        "quantile": QUANTILE,
        "least_persons": LEAST,
        "worse": "low",
        "unit": "kr",
    }
    mean = {key: criterion[key] for key in ("register", "where", "numerator", "worse", "unit")}
    content = {
        "id": "median",
        "years": [2000, 2100],
        "context": {"residents": 0},
        "criteria": [{**criterion, **changes.pop("criterion", {})}, {"key": "mean", **mean}],
        "rule": {"core": 0.2, "edge": 0.0},
        "areas": {"residents": 5},
        **changes,
    }
    policy = check_policy(content, "median.toml")
    return LoadedPolicy(policy=policy, name="median.toml", sha256="0")


def people(folder: Path) -> pd.DataFrame:
    """Adults with an income and a position: cell, income in millionths, and age."""
    residents, dwellings, addresses = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("residents", "dwellings", "addresses")
    )
    found = residents.dropna(subset="dwelling_id").merge(dwellings, on="dwelling_id")
    found = found.dropna(subset="address_id").merge(addresses, on="address_id")
    found = found[(found["age"] >= 18)].dropna(subset=["disposable_income", "easting", "northing"])
    cell = [
        f"100m_{int(north // 100)}_{int(east // 100)}"
        for east, north in zip(found["easting"], found["northing"], strict=True)
    ]
    value = (found["disposable_income"] * 1_000_000).round().astype("int64")
    return pd.DataFrame({"cell": cell, "value": value, "weight": found["age"].astype("int64")})


def wanted_of(rows: pd.DataFrame) -> float:
    found = quantile_of(list(zip(rows["value"].tolist(), rows["weight"].tolist(), strict=True)), str(QUANTILE), LEAST)
    return float("nan") if found is None else found / 1_000_000


def made_of(folder: Path, policy: LoadedPolicy, **around: Path) -> Designation:
    return designate(YEAR, policy, Inputs(folder, None, "registers", Around(**around), year=YEAR), language="en")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_every_quantile_is_that_of_its_people(tmp_path: Path, seed: int) -> None:
    """Of units, areas, the rest of the city and the city; and the mean beside it is a plain one."""
    make_registers(seed).write(tmp_path)
    found, everybody = made_of(tmp_path, median_policy()), people(tmp_path)
    cells, areas = found.units.unit_id, found.areas
    assert len(areas) > 0

    def of(chosen: Sequence[str]) -> pd.DataFrame:
        return everybody[everybody["cell"].isin(list(chosen))]

    np.testing.assert_array_equal(found.scores.rate[:, 0], [wanted_of(of([cell])) for cell in cells])
    for number in range(len(areas)):
        assert areas.rate[number, 0] == wanted_of(of(cells[areas.area_of_unit == number]))
    inside, rest = of(cells[areas.area_of_unit >= 0]), of(cells[areas.area_of_unit < 0])
    status = (found.status.areas, found.status.rest_of_city, found.status.city)
    assert [side[0] for side in status] == [wanted_of(inside), wanted_of(rest), wanted_of(everybody)]
    assert areas.gap[0, 0] == wanted_of(rest) - areas.rate[0, 0]
    means = [rows["value"].mean() / 1_000_000 for rows in (inside, rest, everybody)]
    assert [side[1] for side in status] == pytest.approx(means)


@pytest.mark.long
def test_a_quantile_of_a_region_is_that_of_its_people(tmp_path: Path) -> None:
    make_registers(1).write(tmp_path)
    west, south = 719_000, 6_175_000
    shapes = [box(west, south, 720_000, south + 2000), box(720_000, south, 721_000, south + 2000)]
    gpd.GeoDataFrame({"name": ["west", "east"]}, geometry=shapes, crs="EPSG:25832").to_file(tmp_path / "regions.gpkg")
    policy = median_policy(compare={"with": {"region": 0.5, "city": 0.5}}, criterion={"limit_factor": 0.9})
    found, everybody = made_of(tmp_path, policy, regions=tmp_path / "regions.gpkg"), people(tmp_path)
    is_west = everybody["cell"].map(lambda cell: int(cell.split("_")[2]) < 7200)
    city = wanted_of(everybody)
    wanted = [(wanted_of(everybody[side]) + city) / 2 for side in (~is_west, is_west)]
    np.testing.assert_allclose(found.scores.comparators.value[:, 0], wanted, rtol=1e-15)
    np.testing.assert_allclose(found.scores.comparators.limit[:, 0], np.multiply(0.9, wanted), rtol=1e-15)


@pytest.mark.long
def test_no_order_of_rows_matters(tmp_path: Path) -> None:
    registers = make_registers(2)
    registers.write(tmp_path / "a")
    registers.shuffled(7).write(tmp_path / "b")
    one, other = (made_of(tmp_path / name, median_policy()) for name in ("a", "b"))
    np.testing.assert_array_equal(one.scores.rate, other.scores.rate)
    np.testing.assert_array_equal(one.areas.rate, other.areas.rate)
    np.testing.assert_array_equal(one.scores.composite, other.scores.composite)


def test_too_few_people_give_no_quantile(tmp_path: Path) -> None:
    """Where no cell has enough, nothing is exceeded and no area is made."""
    make_registers(3).write(tmp_path)
    found = made_of(tmp_path, median_policy(criterion={"least_persons": 10_000}))
    assert np.isnan(found.scores.rate[:, 0]).all()
    assert np.isnan(found.status.city[0])
    assert not found.scores.exceeded[:, 0].any()
    assert any("units with fewer than 10,000 persons have no quantile, for example 100m_" in one for one in found.notes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"denominator": "age - 60"}, "criteria (income).denominator: weights below 0 ("),
        ({"numerator": "origin"}, "criteria (income).numerator: gives VARCHAR, not a number"),
        ({"denominator": "age > 30"}, "criteria (income).denominator: gives BOOLEAN, not a number"),
        ({"numerator": "1 / (age - age)"}, "criteria (income): cannot be evaluated"),
    ],
)
def test_values_and_weights_that_are_none_are_told(tmp_path: Path, changes: dict[str, str], told: str) -> None:
    make_registers(0).write(tmp_path)
    with pytest.raises(InputError) as error:
        made_of(tmp_path, median_policy(criterion=changes))
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"context": {"residents": 500, "reach": 1000}}, "quantile: is read of units alone"),
        ({"context": {"method": "neighbours"}}, "quantile: is read of units alone"),
        ({"context": {"method": "none"}, "rates": {"shrink": "global"}}, "quantile: is drawn towards no mean"),
        ({"criterion": {"quantile": None}}, "least_persons: is for quantiles"),
        ({"criterion": {"quantile": 1.0}}, "quantile"),
        ({"criterion": {"register": "survey"}}, "quantile: a survey answers"),
    ],
)
def test_what_does_not_fit_is_told(changes: dict[str, Any], told: str) -> None:
    with pytest.raises((InputError, ValidationError)) as error:
        median_policy(**changes)
    assert told in str(error.value)


TABLE = """
id = "ready"
years = [2000, 2100]
[units]
kind = "zones"
id = "id"
residents = "people"
{compare}
[[criteria]]
key = "income"
register = "units"
quantile = 0.5
numerator = "median_income"
denominator = "earners"
least_persons = 50
unit = "kr"
worse = "low"
{limit}
[score]
method = "none"
[rule]
criteria = 1
[areas]
residents = 100
"""


def write_zones(folder: Path) -> Path:
    zones = pd.DataFrame(
        {
            "id": ["a", "b", "c", "d", "e"],
            "people": [200, 200, 200, 200, 0],
            "earners": [100, 100, 49, 50, 0],
            "median_income": [150.25, 160.0, 10.0, 140.0, None],
        }
    )
    # a and b touch, c to e lie apart
    places = [box(700_000 + x, 6_170_000, 700_100 + x, 6_170_100) for x in (0, 100, 1000, 2000, 3000)]
    gpd.GeoDataFrame(zones, geometry=places, crs="EPSG:25832").to_file(folder / "zones.gpkg")
    return folder / "zones.gpkg"


def of_table(folder: Path, compare: str = "", limit: str = "limit = 170") -> Designation:
    import tomllib

    content = tomllib.loads(TABLE.format(compare=compare, limit=limit))
    policy = LoadedPolicy(policy=check_policy(content, "ready.toml"), name="ready.toml", sha256="0")
    return designate(YEAR, policy, Inputs(None, write_zones(folder), "unit_table"), language="en")


def test_a_ready_made_median_is_of_its_unit_alone(tmp_path: Path) -> None:
    """The area of d has its median; that of a and b, the rest and the city have none, which is said."""
    found = of_table(tmp_path)
    np.testing.assert_array_equal(found.scores.rate[:, 0], [150.25, 160.0, np.nan, 140.0, np.nan])
    by_unit = {area: found.areas.rate[area, 0] for area in found.areas.area_of_unit.tolist() if area >= 0}
    assert found.areas.area_of_unit.tolist() == [0, 0, -1, 1, -1]
    assert np.isnan(by_unit[0])
    assert by_unit[1] == 140.0
    assert np.isnan([found.status.areas[0], found.status.city[0]]).all()
    # the rest is c alone, whose median is of too few
    assert np.isnan(found.status.rest_of_city[0])
    assert any(note.startswith("income: a ready-made quantile of each unit.") for note in found.notes)
    told = "zones.gpkg, income: 1 units with fewer than 50 persons have no quantile, for example c (49)."
    assert any(note.startswith(told) for note in found.notes)


@pytest.mark.long
def test_a_ready_made_median_is_compared_with_what_is_given_alone(tmp_path: Path) -> None:
    given = '[references]\nnational = 200\n[compare]\nwith = "given"\ngiven = { income = "national" }'
    found = of_table(tmp_path, given, "limit_factor = 0.8")
    assert found.scores.exceeded[:, 0].tolist() == [True, True, False, True, False]
    with pytest.raises(InputError, match="a ready-made quantile of units gives none of the city"):
        of_table(tmp_path, "", "")
