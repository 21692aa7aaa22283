"""The registers have the contract's columns, hold consistent people, and last from year to year."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.synthetic import write as synthetic
from udsat_geo.synthetic.cache import cached_registers

LEVELS = ["none", "basic", "upper_secondary", "vocational", "short_tertiary", "medium_tertiary", "long_tertiary"]
FILES = ("residents.parquet", "dwellings.parquet", "addresses.parquet", "registers.toml")
LONG = pytest.mark.long
RESIDENTS = {2017: 602_000, 2018: 613_000, 2019: 623_000, 2021: 638_000, 2025: 667_000}


def digest(folder: Path) -> list[str]:
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES]


@pytest.mark.long
@pytest.mark.parametrize("year", [2017, 2021, 2025, *(pytest.param(year, marks=LONG) for year in (2018, 2019))])
def test_counts_keys_and_codes(tables, year):
    residents, dwellings, addresses = tables(year)
    assert len(residents) == pytest.approx(RESIDENTS[year], rel=0.005)
    assert 60_000 < len(addresses) < 80_000
    assert residents.person_id.is_unique
    assert dwellings.dwelling_id.is_unique
    assert addresses.address_id.is_unique
    assert dwellings.easting.notna().all()
    assert residents.dwelling_id.dropna().isin(dwellings.dwelling_id).all()
    assert 0.001 < residents.dwelling_id.isna().mean() < 0.006
    assert not addresses.duplicated(["easting", "northing"]).any()
    assert set(addresses.address_id) == set(dwellings.address_id)
    assert residents.age.between(0, 110).all()
    assert set(residents.education.dropna()) == {*LEVELS, "in_education"}
    assert set(residents.origin) == {"danish", "western", "non_western"}
    assert set(dwellings.tenure) == {"owner_occupied", "private_rental", "cooperative", "social_housing", "public"}


def test_counts_of_2017(tables):
    _, dwellings, _ = tables(2017)
    assert len(dwellings) == 307_931
    inhabited = dwellings[dwellings.residents > 0]
    assert inhabited.groupby(["row", "col"]).ngroups == pytest.approx(4_700, rel=0.02)
    assert (dwellings.residents == 0).mean() == pytest.approx(0.04, abs=0.01)
    assert (dwellings.area_m2 < 10).sum() > 10
    assert (dwellings.area_m2 > 1000).sum() > 5
    assert (dwellings.residents > 15).sum() > 10


@pytest.mark.long
@pytest.mark.parametrize("year", [2017, 2025])
def test_people_are_consistent(tables, year):
    residents, _, _ = tables(year)
    children = residents[residents.age < 16]
    assert children.labour_status.isna().all()
    assert (children.education.isna() | (children.education == "in_education")).all()
    assert children.disposable_income[children.age < 15].isna().all()
    adults = residents[residents.age >= 18]
    low = 0.75 * adults.disposable_income.median()
    poor = adults.disposable_income <= low
    assert poor[adults.education == "in_education"].mean() > poor.mean() + 0.1
    assert 0.0003 < (residents.disposable_income < 0).mean() < 0.01
    for column in ("labour_status", "education", "disposable_income"):
        assert 0.003 < adults[column].isna().mean() < 0.03
    oldest = residents.dropna(subset="dwelling_id").groupby("dwelling_id").age.max()
    assert (oldest < 18).mean() < 1e-4


@pytest.mark.long
def test_homes_last(tables):
    (_, old, at_old), (_, new, at_new) = tables(2017), tables(2021)
    both = old.merge(new, on="dwelling_id", suffixes=("", "_later"))
    assert len(both) > 0.998 * len(old)
    assert (both.area_m2 == both.area_m2_later).all()
    assert (both.address_id == both.address_id_later).all()
    assert (both.tenure == both.tenure_later).mean() > 0.93
    places = at_old.merge(at_new, on="address_id", suffixes=("", "_later"))
    assert (places.easting == places.easting_later).all()
    assert (places.northing == places.northing_later).all()


@pytest.mark.long
@pytest.mark.parametrize(
    ("before", "after"),
    [(2021, 2025), *(pytest.param(*both, marks=LONG) for both in ((2017, 2018), (2018, 2019), (2019, 2021)))],
)
def test_people_last(tables, before, after):
    old, new = tables(before)[0], tables(after)[0]
    both = old.merge(new, on="person_id", suffixes=("", "_later"))
    assert (both.age_later - both.age == after - before).all()
    assert (both.origin == both.origin_later).all()
    stayed = (both.dwelling_id == both.dwelling_id_later).sum() / len(old)
    assert 0.11 < 1 - stayed ** (1 / (after - before)) < 0.20
    rank = {level: place for place, level in enumerate(LEVELS)}
    first, later = (both[c].astype(object).map(rank) for c in ("education", "education_later"))
    assert not (later < first).any()
    worked = both[both.age.between(20, 60) & (both.labour_status == "employed")]
    assert (worked.labour_status_later == "employed").mean() > 0.7


@pytest.mark.long
def test_the_survey_of_2018_shows_in_immigrants_education(tables):
    both = tables(2017)[0].merge(tables(2018)[0], on="person_id", suffixes=("", "_later"))
    basic = both[both.education.isin(["none", "basic"]) & both.age.between(16, 63)]
    known = ~basic.education_later.isin(["none", "basic"])
    assert known[basic.origin != "danish"].mean() > 0.25
    assert known[basic.origin == "danish"].mean() < 0.15


@pytest.mark.long
def test_same_seed_same_bytes_in_another_process_and_for_one_year_alone(registers, tmp_path):
    for year in (2017, 2021):
        registers(year)
    code = (
        "import sys; from pathlib import Path; from udsat_geo.synthetic.write import write_registers;"
        "write_registers(2021, Path(sys.argv[1]))"
    )
    source = Path(synthetic.__file__).parents[2]
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "2021")],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(source)},
    )
    assert digest(tmp_path / "2021") == digest(registers(2021))


def test_description(registers):
    description = tomllib.loads((registers(2021) / "registers.toml").read_text(encoding="utf-8"))
    assert description["source"] == "synthetic"
    assert "do not exist" in description["statement"]
    assert description["year"] == 2021
    assert description["vintage"]["outside_labour_market"] == 2019
    assert description["vintage"]["dwelling_area"] == 2021


def test_unknown_year():
    for call in (synthetic.planted_areas, cached_registers):
        with pytest.raises(InputError, match="2020"):
            call(2020)
    with pytest.raises(InputError, match="2017, 2018"):
        synthetic.write_registers(1999, Path("nowhere"))


@pytest.mark.long
def test_nothing_gives_the_areas_away(tables):
    """Keys, and the order of rows, are the same inside and outside the areas, up to chance."""
    residents, dwellings, addresses = tables(2017)
    truth = synthetic.planted_areas(2017)
    member = truth.area_of(dwellings.easting.to_numpy(), dwellings.northing.to_numpy()) >= 0
    for key in ("dwelling_id", "address_id"):
        rank = dwellings[key].rank(pct=True)
        assert rank[member].mean() == pytest.approx(0.5, abs=0.02)
        share = pd.Series(member).groupby((rank * 50).clip(upper=49).astype(int).to_numpy()).mean()
        assert share.std() < 0.05
    home = residents.dwelling_id.isin(dwellings.dwelling_id[member])
    assert abs(home.astype(float).corr(residents.person_id.astype(float))) < 0.01
    assert dwellings.dwelling_id.is_monotonic_increasing
    assert residents.person_id.is_monotonic_increasing
    assert addresses.address_id.is_monotonic_increasing
