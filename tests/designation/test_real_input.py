"""The engine on open data that no one on this project made; skipped where the data are not beside the project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from how_good import POLICIES, against_official, against_rank, glasgow, synthetic
from paths import REAL
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the open data are not in ../shared/real")


def over_cells(name: str, year: int, path: Path) -> Designation:
    return designate(year, load_policy(str(POLICIES / f"{name}.toml")), Inputs(None, path, "unit_table"))


@pytest.fixture(scope="module")
def glasgow_twice() -> list[tuple[Designation, np.ndarray]]:
    first = glasgow(REAL / "glasgow", 2016)
    return [first, glasgow(REAL / "glasgow", 2020, first[0])]


@pytest.mark.long
def test_glasgow_rates_are_those_of_the_table(glasgow_twice: list[tuple[Designation, np.ndarray]]) -> None:
    made = glasgow_twice[1][0]
    table = pyogrio.read_dataframe(REAL / "glasgow" / "simd2020.gpkg").set_index("dz11_code").loc[made.units.unit_id]
    wanted = pd.DataFrame(
        {
            "income": table["Income_count"] / table["Total_population"],
            "employment": table["Employment_count"] / table["Working_age_population"],
            "qualifications": table["no_qualifications"],
            "overcrowding": table["overcrowded_rate"],
        }
    )
    wanted.loc[table["Income_rate"].isna(), "income"] = np.nan
    wanted.loc[table["Employment_rate"].isna(), "employment"] = np.nan
    wanted.loc[table["Total_population"] == 0, "overcrowding"] = np.nan
    wanted.loc[table["Working_age_population"] == 0, "qualifications"] = np.nan
    np.testing.assert_allclose(made.scores.rate, wanted.to_numpy(float), rtol=1e-11)


@pytest.mark.long
def test_glasgow_composites_are_those_of_plain_numpy(glasgow_twice: list[tuple[Designation, np.ndarray]]) -> None:
    made = glasgow_twice[1][0]
    table = pyogrio.read_dataframe(REAL / "glasgow" / "simd2020.gpkg").set_index("dz11_code").loc[made.units.unit_id]
    people, working = table["Total_population"].to_numpy(float), table["Working_age_population"].to_numpy(float)
    sides = [
        (np.where(table["Income_rate"].isna(), np.nan, table["Income_count"]), people),
        (np.where(table["Employment_rate"].isna(), np.nan, table["Employment_count"]), working),
        (table["no_qualifications"] * working, working),
        (table["overcrowded_rate"] * people, people),
    ]
    standing = []
    for numerator, denominator in sides:
        known = ~np.isnan(numerator) & (denominator > 0)
        rate = np.divide(numerator, denominator, out=np.full(len(people), np.nan), where=known)
        gap = rate - numerator[known].sum() / denominator[known].sum()
        standing.append(gap / np.sqrt((people[known] * gap[known] ** 2).sum() / people[known].sum()))
    np.testing.assert_allclose(made.scores.composite, np.nanmean(standing, axis=0), rtol=0, atol=1e-9)


def test_glasgow_zones_without_a_rate_are_kept_and_counted(
    glasgow_twice: list[tuple[Designation, np.ndarray]],
) -> None:
    for (made, _), missing in zip(glasgow_twice, (2, 3), strict=True):
        assert len(made.units) == 746
        assert made.counts["units_without_income"] == missing
        assert int(np.isnan(made.scores.rate[:, 0]).sum()) == missing


def test_glasgow_finds_the_officially_most_deprived(glasgow_twice: list[tuple[Designation, np.ndarray]]) -> None:
    for made, rank in glasgow_twice:
        assert against_rank(made, rank).intersection_over_union > 0.7
        inside = made.areas.area_of_unit >= 0
        assert np.median(rank[inside]) < 0.1 * 6976


def test_glasgow_changes_between_the_years_add_up(glasgow_twice: list[tuple[Designation, np.ndarray]]) -> None:
    before, now = glasgow_twice[0][0], glasgow_twice[1][0]
    earlier = set(before.units.unit_id[before.areas.area_of_unit >= 0])
    current = set(now.units.unit_id[now.areas.area_of_unit >= 0])
    assert now.changes is not None
    assert now.changes.units_added == len(current - earlier)
    assert now.changes.units_removed == len(earlier - current)
    assert now.changes.units_kept == len(current & earlier)


@pytest.mark.long
def test_glasgow_zones_touch_where_shapely_says(glasgow_twice: list[tuple[Designation, np.ndarray]]) -> None:
    made = glasgow_twice[0][0]
    zones = made.units.geometry
    assert zones is not None
    found = set(zip(made.edges.head.tolist(), made.edges.tail.tolist(), strict=True))
    for head in range(0, 746, 15):
        near = shapely.distance(zones[head], zones) <= 5.0
        assert {tail for tail in np.flatnonzero(near).tolist() if tail > head} == {t for h, t in found if h == head}


@pytest.mark.long
def test_amsterdam_secret_values_are_missing_and_never_zero() -> None:
    path = REAL / "amsterdam" / "vk100_amsterdam.gpkg"
    made = over_cells("amsterdam", 2021, path)
    table = pyogrio.read_dataframe(path)
    assert len(made.units) == len(table) == 6974
    secret = table["percenta_2"].eq(-99997) | table["aantal_inw"].eq(-99997)
    nobody = table["aantal_inw"].eq(0)
    assert made.counts["units_without_non_western_background"] == int((secret | nobody).sum())
    assert np.nanmin(made.scores.rate) >= 0
    known = table[~secret]
    share = (known["percenta_2"] * known["aantal_inw"]).sum() / (100 * known["aantal_inw"]).sum()
    assert made.scores.city[0] == pytest.approx(share, abs=1e-12)


@pytest.mark.long
def test_amsterdam_residents_that_are_not_known_are_null_in_the_file(tmp_path: Path) -> None:
    path = REAL / "amsterdam" / "vk100_amsterdam.gpkg"
    package = write_results(over_cells("amsterdam", 2021, path), tmp_path, ("gpkg",))[0]
    written = pyogrio.read_dataframe(package, layer="units").set_index("unit_id")["residents"]
    given = pyogrio.read_dataframe(path).set_index("crs28992re")["aantal_inw"]
    assert written.isna().sum() == (given == -99997).sum() == 53
    known = given[given != -99997]
    assert (written.loc[known.index] == known).all()


@pytest.mark.long
def test_glasgow_units_carry_their_names(glasgow_twice: list[tuple[Designation, np.ndarray]], tmp_path: Path) -> None:
    package = write_results(glasgow_twice[0][0], tmp_path, ("gpkg",))[0]
    units = pyogrio.read_dataframe(package, layer="units", read_geometry=False).set_index("unit_id")
    assert units.loc["S01009758", "name"] == "Darnley East - 01"


@pytest.mark.long
def test_amsterdam_cells_lie_where_their_ids_say() -> None:
    made = over_cells("amsterdam", 2021, REAL / "amsterdam" / "vk100_amsterdam.gpkg")
    assert made.units.unit_id[0] == f"E{made.units.col[0]}N{made.units.row[0]}"
    assert made.units.crs == "EPSG:28992"


@pytest.mark.long
@pytest.mark.parametrize("year", [2012, 2014])
def test_frederiksberg_ids_and_geometries_agree(year: int) -> None:
    path = REAL / "frederiksberg" / f"kvadratnet_{year}.geojson"
    made = over_cells("frederiksberg", year, path)
    table = pyogrio.read_dataframe(path)
    assert set(made.units.unit_id) == set(table["distrikt_id"])
    counted = table[(table["antal_borger"] > 0) & (table["sum_areal"] > 0)]
    assert made.scores.city[0] == pytest.approx(counted["sum_areal"].sum() / counted["antal_borger"].sum(), rel=1e-12)


@pytest.mark.long
def test_the_synthetic_designation_of_2017_overlaps_the_official_polygons() -> None:
    result = against_official(synthetic(2017), REAL / "copenhagen" / "udsatte_byomraader_2017.gpkg")
    assert result.intersection_over_union > 0.6
    assert result.found > 0.75
