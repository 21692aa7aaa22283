"""Omdannelsesområde: a parallelsamfund in each of five years, through the command, in one output folder."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from click.testing import CliRunner

from estates import CONVICTED_NATIONAL, write_estates
from udsat_geo.cli.main import designate

pytestmark = pytest.mark.long  # whole jobs

MET = {"basic_school_30_59": 1000, "no_work_or_education_18_64": 1000, "no_work_or_education_18_64_previous_year": 3000}
MET |= {"non_western_origin": 2501}
NOT_MET = {**MET, "non_western_origin": 2500}

HISTORY: dict[str, tuple[int, ...]] = {
    "always": (2021, 2022, 2023, 2024, 2025, 2026),
    "from 2022": (2022, 2023, 2024, 2025, 2026),
    "not in 2023": (2021, 2022, 2024, 2025, 2026),
    "until 2024": (2021, 2022, 2023, 2024),
    "never": (),
}
"""Estate -> the years in which it is a parallelsamfund."""

FIRST_YEAR = {"from 2022": 2022}
"""Estates that are not in the table of every year."""


def run(folder: Path, year: int, policy: str) -> tuple[int, str]:
    estates = {
        name: MET if year in years else NOT_MET for name, years in HISTORY.items() if year >= FIRST_YEAR.get(name, year)
    }
    write_estates(folder / f"estates_{year}.gpkg", estates)
    done = CliRunner().invoke(
        designate,
        f"--year {year} --policy {policy} --units {folder}/estates_{year}.gpkg --out {folder}/out --format gpkg "
        f"--references convicted_national={CONVICTED_NATIONAL} --previous none --quiet".split(),
        catch_exceptions=False,
    )
    return done.exit_code, done.stderr


def listed(folder: Path, year: int) -> set[str]:
    units = gpd.read_file(folder / "out" / f"designation_{year}.gpkg", layer="units").set_index("unit_id")
    return set(units["area_id"].dropna().index)


@pytest.mark.long
def test_an_estate_is_listed_in_its_fifth_year_as_a_parallelsamfund(tmp_path: Path) -> None:
    for year in range(2021, 2025):
        assert run(tmp_path, year, "parallelsamfund-2021") == (0, "")
        assert listed(tmp_path, year) == {name for name, years in HISTORY.items() if year in years}
    assert run(tmp_path, 2025, "omdannelsesomraade-2021") == (0, "")
    assert listed(tmp_path, 2025) == {"always"}
    # what counts of 2025 is who was a parallelsamfund in that year, not who was listed by the policy itself
    assert run(tmp_path, 2026, "omdannelsesomraade-2021") == (0, "")
    assert listed(tmp_path, 2026) == {"always", "from 2022"}


def test_without_the_earlier_years_the_call_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    for year in (2022, 2024):
        assert run(tmp_path, year, "parallelsamfund-2021") == (0, "")
    code, errors = run(tmp_path, 2025, "omdannelsesomraade-2021")
    assert code == 2
    assert "designation_2023.gpkg: no such designation" in errors
    assert "designation_2021.gpkg: no such designation" in errors
    assert len(errors.splitlines()) == 2
    assert not (tmp_path / "out" / "designation_2025.gpkg").exists()
