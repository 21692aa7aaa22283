"""The planted areas measure what the report prints, by another way of counting than the generator's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from udsat_geo.policy.published import status_2021
from udsat_geo.synthetic import DEFAULT_SEED
from udsat_geo.synthetic.write import planted_areas

pytestmark = pytest.mark.long  # whole jobs

OTHER_SEED = 61
CRITERIA = ("dwelling_area", "outside_labour_market", "low_income", "non_western_origin", "no_education")
WITHIN = 0.1  # points or m2; the printed figures are rounded to 0.1 themselves


def inside(dwellings: pd.DataFrame, year: int, seed: int) -> pd.Series:
    area = planted_areas(year, seed).area_of(dwellings.easting.to_numpy(), dwellings.northing.to_numpy())
    return pd.Series(area >= 0, index=dwellings.index)


def rate(criterion: str, residents: pd.DataFrame, dwellings: pd.DataFrame, low: float) -> float:
    """One criterion by Bilag 1 of the report, in per cent or m2."""
    if criterion == "dwelling_area":
        homes = dwellings[dwellings.residents.between(1, 15) & dwellings.area_m2.between(10, 1000)]
        return float(homes.area_m2.sum() / homes.residents.sum())
    if criterion == "outside_labour_market":
        counted = residents[residents.age.between(16, 66) & residents.labour_status.notna()]
        has = counted.labour_status.isin(["early_retirement", "permanently_outside"])
    elif criterion == "low_income":
        counted = residents[(residents.age >= 18) & residents.disposable_income.notna()]
        has = counted.disposable_income <= low
    elif criterion == "non_western_origin":
        counted = residents[residents.origin.notna()]
        has = counted.origin == "non_western"
    else:
        counted = residents[residents.age.between(16, 64) & residents.education.notna()]
        has = counted.education.isin(["none", "basic"])
    return 100.0 * float(has.mean())


def measured(tables, year, designation, seed):
    residents, dwellings, _ = tables(year, seed)
    low = 0.75 * residents.disposable_income[residents.age >= 18].median()
    member = inside(dwellings, designation, seed)
    placed = residents[residents.dwelling_id.notna()]
    at = placed.dwelling_id.isin(dwellings.dwelling_id[member])
    return {
        key: (
            rate(key, placed[at], dwellings[member], low),
            rate(key, placed[~at], dwellings[~member], low),
        )
        for key in CRITERIA
    }


@pytest.mark.parametrize("year", [2017, 2021, *(pytest.param(year, marks=pytest.mark.long) for year in (2018, 2019))])
@pytest.mark.parametrize("seed", [DEFAULT_SEED, pytest.param(OTHER_SEED, marks=pytest.mark.long)])
def test_tabel_1(tables, year, seed):
    found = measured(tables, year, 2017, seed)
    for key in CRITERIA:
        assert found[key][0] == pytest.approx(status_2021()["table_1"]["areas"][key][str(year)], abs=WITHIN), key
        assert found[key][1] == pytest.approx(status_2021()["table_1"]["rest_of_city"][key][str(year)], abs=WITHIN), key


@pytest.mark.parametrize("seed", [DEFAULT_SEED, pytest.param(OTHER_SEED, marks=pytest.mark.long)])
def test_tabel_22(tables, seed):
    found = measured(tables, 2021, 2021, seed)
    for key in CRITERIA:
        assert found[key][0] == pytest.approx(status_2021()["table_22"][key]["areas_2021"], abs=WITHIN), key


@pytest.mark.parametrize("year", [2017, 2021, pytest.param(2019, marks=pytest.mark.long)])
def test_tenure_and_amenities(tables, year):
    _, dwellings, _ = tables(year)
    member = inside(dwellings, 2017, DEFAULT_SEED)
    tenure, quality = (next(g for g in status_2021()["goal"] if g["number"] == n)["indicator"] for n in (17, 18))
    for name, areas, city in (
        (t, tenure[0]["dwellings_areas"][t][str(year)], tenure[0]["dwellings_city"][t][str(year)])
        for t in tenure[0]["dwellings_areas"]
    ):
        assert (dwellings.tenure[member] == name).sum() == pytest.approx(areas, rel=0.01)
        assert (dwellings.tenure == name).sum() == pytest.approx(city, rel=0.01)
    lacks = ~(dwellings.toilet & dwellings.bath)
    for indicator, has_not in zip(quality, (lacks, ~dwellings.district_heating), strict=False):
        assert has_not[member].sum() == pytest.approx(indicator["areas"][str(year)], rel=0.01)
        assert has_not.sum() == pytest.approx(indicator["city"][str(year)], rel=0.01)


def test_updated_areas_have_the_updated_tenure_and_amenities(tables):
    _, dwellings, _ = tables(2021)
    member = inside(dwellings, 2021, DEFAULT_SEED)
    tenure, quality = (next(g for g in status_2021()["goal"] if g["number"] == n)["indicator"] for n in (17, 18))
    for name, printed in tenure[0]["dwellings_areas"].items():
        assert (dwellings.tenure[member] == name).sum() == pytest.approx(printed["updated"], rel=0.01)
    assert (~(dwellings.toilet & dwellings.bath))[member].sum() == pytest.approx(quality[0]["areas_updated"], rel=0.01)


def test_the_gap_narrows_on_most_criteria_by_2025(tables):
    first, last = measured(tables, 2017, 2017, DEFAULT_SEED), measured(tables, 2025, 2017, DEFAULT_SEED)
    narrower = [abs(np.subtract(*last[key])) < abs(np.subtract(*first[key])) for key in CRITERIA]
    assert sum(narrower) >= 4
