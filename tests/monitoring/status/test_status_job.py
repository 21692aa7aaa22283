"""Areas measured over registers, held to plain pandas over small random towns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from shapely.geometry import box

from builders import make_areas
from goal_worlds import EAST_AREA, WEST_AREA, homes_by_pandas, write_polygons
from small_registers import Registers, make_registers
from udsat_geo.designation.status import Status
from udsat_geo.files.area_set import read_areas_of_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.monitoring.measure import measure_year
from udsat_geo.monitoring.status import StatusJob, StatusReport, take_report
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs

AREAS = (WEST_AREA, EAST_AREA)
LATER = (box(719_500, 6_175_500, 720_000, 6_176_050), box(720_250, 6_175_700, 720_300, 6_176_300))
LOADED = load_policy("kbh-2017")
POLICY = LOADED.policy
SEEDS = (1, 2, *(pytest.param(seed, marks=pytest.mark.long) for seed in (3, 4, 5, 6)))


def by_pandas(made: Registers, areas: Sequence[Any]) -> dict[str, dict[bool, float]]:
    """Each criterion of `kbh-2017` in the areas (True) and outside, by Bilag 1 of the status report."""
    homes, people = homes_by_pandas(made, areas)
    everyone = made.residents.to_pandas()
    low = 0.75 * everyone.loc[everyone["age"] >= 18, "disposable_income"].median()
    homes["living"] = homes["dwelling_id"].map(everyone["dwelling_id"].value_counts()).fillna(0)
    homes = homes[homes["living"].between(1, 15) & homes["area_m2"].between(10, 1000)]
    age, labour, school = people["age"], people["labour_status"], people["education"]
    shares = {
        "outside_labour_market": (
            age.between(16, 66) & labour.notna(),
            labour.isin(["early_retirement", "permanently_outside"]),
        ),
        "low_income": ((age >= 18) & people["disposable_income"].notna(), people["disposable_income"] <= low),
        "non_western_origin": (people["origin"].notna(), people["origin"] == "non_western"),
        "no_education": (age.between(16, 64) & school.notna(), school.isin(["none", "basic"])),
    }

    def side(frame: pd.DataFrame, inside: bool) -> pd.Series:
        return (frame["area"] >= 0) == inside

    found = {
        "dwelling_area": {
            inside: _ratio(homes.loc[side(homes, inside), "area_m2"].sum(), homes.loc[side(homes, inside), "living"])
            for inside in (True, False)
        }
    }
    for key, (counts, has) in shares.items():
        found[key] = {inside: float(has[counts & side(people, inside)].mean()) for inside in (True, False)}
    return found


def _ratio(top: float, living: pd.Series) -> float:
    return float(top / living.sum()) if living.sum() else float("nan")


def check(status: Status, made: Registers, areas: Sequence[Any]) -> None:
    wanted = by_pandas(made, areas)
    for j, key in enumerate(POLICY.keys):
        assert status.areas[j] == pytest.approx(wanted[key][True], rel=1e-12, nan_ok=True), key
        assert status.rest_of_city[j] == pytest.approx(wanted[key][False], rel=1e-12, nan_ok=True), key
    _, people = homes_by_pandas(made, areas)
    assert status.residents == len(people)
    assert status.residents_in_areas == int((people["area"] >= 0).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_agrees_with_pandas_for_one_set_and_for_two_at_once(seed: int, tmp_path: Path) -> None:
    made = make_registers(seed, n_addresses=60, n_residents=600)
    made.write(tmp_path)
    both = measure_year(tmp_path, POLICY, [make_areas(AREAS), make_areas(LATER)])
    alone = measure_year(tmp_path, POLICY, [make_areas(AREAS)])
    for number, areas in enumerate((AREAS, LATER)):
        check(both.status(number), made, areas)
        _, people = homes_by_pandas(made, areas)
        assert both.residents(number).tolist() == [int((people["area"] == i).sum()) for i in range(len(areas))]
    check(alone.status(), made, AREAS)
    assert alone.residents().tolist() == both.residents().tolist()


def test_three_sets_at_once_are_three_sets_one_by_one(tmp_path: Path) -> None:
    make_registers(3, n_addresses=60, n_residents=600).write(tmp_path)
    sets = [make_areas(AREAS), make_areas(LATER), make_areas(AREAS[:1])]
    together = measure_year(tmp_path, POLICY, sets)
    for number, areas in enumerate(sets):
        alone = measure_year(tmp_path, POLICY, [areas])
        np.testing.assert_array_equal(together.status(number).areas, alone.status().areas)
        np.testing.assert_array_equal(together.residents(number), alone.residents())


def test_no_order_of_rows_or_areas_matters(tmp_path: Path) -> None:
    made = make_registers(8, n_addresses=60, n_residents=400)
    made.write(tmp_path / "one")
    made.shuffled(3).write(tmp_path / "other")
    one = measure_year(tmp_path / "one", POLICY, [make_areas(AREAS)])
    other = measure_year(tmp_path / "other", POLICY, [make_areas(AREAS[::-1])], threads=1)
    for part in ("areas", "rest_of_city", "city", "gap"):
        np.testing.assert_array_equal(getattr(one.status(), part), getattr(other.status(), part))
    assert one.residents().tolist() == other.residents().tolist()[::-1]


def test_a_resident_of_two_areas_counts_once(tmp_path: Path) -> None:
    make_registers(4, n_addresses=60, n_residents=400).write(tmp_path)
    whole = measure_year(tmp_path, POLICY, [make_areas([box(719_000, 6_175_000, 721_000, 6_177_000)])])
    twice = measure_year(tmp_path, POLICY, [make_areas([box(719_000, 6_175_000, 721_000, 6_177_000), WEST_AREA])])
    assert twice.status().residents_in_areas == whole.status().residents_in_areas == whole.status().residents
    assert twice.residents().tolist() == [whole.status().residents, 0]
    assert np.isnan(twice.status().rest_of_city).all()


# --- the job ------------------------------------------------------------------------------------------------


def drop(made: Registers, column: str) -> Registers:
    return Registers(made.residents.drop_columns([column]), made.dwellings, made.addresses)


def blank(made: Registers, column: str) -> Registers:
    place = made.residents.column_names.index(column)
    nothing = pa.nulls(made.residents.num_rows, made.residents.schema.field(column).type)
    return Registers(made.residents.set_column(place, column, nothing), made.dwellings, made.addresses)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers of four years, areas and later areas. Nobody knows incomes in 2018, nor education in 2019."""
    folder = tmp_path_factory.mktemp("town")
    spoilt = {2018: ("disposable_income", drop), 2019: ("education", blank)}
    for seed, year in enumerate((2017, 2018, 2019, 2021)):
        made = make_registers(seed, n_addresses=80, n_residents=600)
        column, spoil = spoilt.get(year, ("", None))
        (spoil(made, column) if spoil else made).write(folder / "raw" / str(year))
    (folder / "raw" / "2021" / "registers.toml").write_text(
        "[vintage]\nlow_income = 2019\nno_education = 2021\n", encoding="utf-8"
    )
    write_polygons(folder / "areas.gpkg", AREAS, name=["Vest", "Øst"])
    write_polygons(folder / "later.gpkg", LATER, name=["Vest", "Øst"])
    return folder


def report_of(town: Path, **changes: Any) -> StatusReport:
    given: dict[str, Any] = {
        "areas": str(town / "areas.gpkg"),
        "years": (2021, 2017, 2019, 2018),
        "policy": LOADED,
        "raw": town / "raw",
        "language": "en",
    }
    job = StatusJob(**{**given, **changes})
    return take_report(job, lambda path: read_areas_of_registers(path, job.language, job.allow_overlaps))


@pytest.fixture(scope="module")
def report(town: Path) -> StatusReport:
    """All years of the town, as it is."""
    return report_of(town)


def test_years_stand_in_order_and_each_is_measured_by_itself(town: Path, report: StatusReport) -> None:
    assert report.series.years == (2017, 2018, 2019, 2021)
    for seed, year in ((0, 2017), (3, 2021)):
        check(report.series.of(year), make_registers(seed, n_addresses=80, n_residents=600), AREAS)
        alone = report_of(town, years=(year,))
        np.testing.assert_array_equal(alone.series.last.areas, report.series.of(year).areas)
    assert report.source == "registers"
    assert report.updated is None
    assert report.difference is None


def test_what_cannot_be_computed_is_blank_and_said(report: StatusReport) -> None:
    low, school = POLICY.keys.index("low_income"), POLICY.keys.index("no_education")
    assert np.isnan(report.series.areas)[:, low].tolist() == [False, True, False, False]
    assert np.isnan(report.series.rest_of_city)[:, school].tolist() == [False, False, True, False]
    assert not np.isnan(np.delete(report.series.gap, [low, school], axis=1)).any()
    assert "2018: Low income cannot be computed; the registers lack residents.disposable_income." in report.notes
    assert "2019: Without education cannot be computed; there is nobody to compute it over." in report.notes
    assert not np.isnan(report.series.change_in_areas).any()


def test_data_of_another_year_are_known_as_such(report: StatusReport) -> None:
    registers = {told.year: told for told in report.registers}
    assert registers[2021].vintage == {"low_income": 2019}
    assert registers[2017].vintage == {}


def test_updated_areas_are_measured_in_the_last_year(town: Path) -> None:
    report = report_of(town, updated=str(town / "later.gpkg"))
    assert report.updated is not None
    assert report.updated_status is not None
    assert report.difference is not None
    check(report.updated_status, make_registers(3, n_addresses=80, n_residents=600), LATER)
    np.testing.assert_array_equal(report.difference["areas"], report.series.last.areas)
    np.testing.assert_array_equal(report.difference["updated"], report.updated_status.areas)
    assert list(report.residents[1]) == [2021]


def test_the_milestone_is_judged_from_its_own_year_or_the_first(town: Path, report: StatusReport) -> None:
    whole, later, one = report, report_of(town, years=(2018, 2021)), report_of(town, years=(2021,))
    assert whole.progress is not None
    assert whole.gaps.since == 2017
    assert later.progress is not None
    assert later.progress.since == later.gaps.since == 2018
    assert "The goal counts from 2017, which is not among the years: here it is counted from 2018." in later.notes
    assert later.progress.state[POLICY.keys.index("low_income")] == "unknown"
    assert one.progress is None
    assert any("The milestone cannot be judged" in note for note in one.notes)


def test_areas_that_nobody_lives_in_are_said_and_those_outside_the_city_refused(town: Path) -> None:
    # addresses stand on quarters of a metre
    yard = box(720_050.05, 6_176_000.05, 720_050.1, 6_176_000.1)
    write_polygons(town / "yard.gpkg", [EAST_AREA, yard], name=["Øst", "Gård"])
    report = report_of(town, areas=str(town / "yard.gpkg"))
    assert report.residents[0][2021].tolist()[1] == 0
    assert "2017, 2018, 2019, 2021: nobody lives in 1 of the areas of yard.gpkg: 2 (Gård)." in report.notes
    write_polygons(town / "alone.gpkg", [yard])
    alone = report_of(town, areas=str(town / "alone.gpkg"))
    assert np.isnan(alone.series.areas).all()
    assert "2017, 2018, 2019, 2021: nobody lives in the areas of alone.gpkg." in alone.notes
    write_polygons(town / "far.gpkg", [EAST_AREA, box(500_000, 6_000_000, 500_100, 6_000_100)], name=["Øst", "Fyn"])
    with pytest.raises(InputError, match=r"area 2 \(Fyn\) lies outside the city"):
        report_of(town, areas=str(town / "far.gpkg"))


def test_an_area_at_the_edge_of_a_city_that_grows_is_not_outside(town: Path, tmp_path: Path) -> None:
    """Its first address came in 2021."""
    copytree(town / "raw", tmp_path / "raw")
    made = make_registers(3, n_addresses=80, n_residents=600)
    new = pa.table({"address_id": ["new"], "easting": [722_000.0], "northing": [6_176_000.0]})
    addresses = pa.concat_tables([made.addresses, new])
    Registers(made.residents, made.dwellings, addresses).write(tmp_path / "raw" / "2021")
    write_polygons(tmp_path / "new.gpkg", [EAST_AREA, box(721_900, 6_175_900, 722_100, 6_176_100)])
    report = report_of(tmp_path, areas=str(tmp_path / "new.gpkg"))
    assert len(report.areas) == 2


def test_a_reprojected_file_is_the_same_areas_and_says_so(town: Path, report: StatusReport) -> None:
    import geopandas as gpd

    moved = gpd.GeoSeries(AREAS, crs="EPSG:25832").to_crs("EPSG:4326")
    write_polygons(town / "degrees.geojson", moved, crs="EPSG:4326", name=["Vest", "Øst"])
    moved_report = report_of(town, areas=str(town / "degrees.geojson"))
    np.testing.assert_array_equal(moved_report.series.areas, report.series.areas)
    assert "degrees.geojson: reprojected from EPSG:4326 to EPSG:25832" in moved_report.notes


def test_overlaps_are_refused_unless_they_are_allowed(town: Path) -> None:
    overlap = [WEST_AREA, shapely.affinity.translate(WEST_AREA, 100)]
    write_polygons(town / "twice.gpkg", overlap, name=["A", "B"])
    with pytest.raises(InputError, match=r"areas 1 \(A\) and 2 \(B\) overlap by 160,000 m2"):
        report_of(town, areas=str(town / "twice.gpkg"))
    allowed = report_of(town, areas=str(town / "twice.gpkg"), allow_overlaps=True)
    union = write_polygons(town / "union.gpkg", [shapely.union_all(overlap)])
    np.testing.assert_array_equal(allowed.series.areas, report_of(town, areas=str(union)).series.areas)
    assert any("overlap (160,000 m2)" in note for note in allowed.notes)


def test_the_problems_of_areas_and_updated_areas_are_told_together(town: Path) -> None:
    write_polygons(town / "twice.gpkg", [WEST_AREA, WEST_AREA])
    with pytest.raises(InputError) as told:
        report_of(town, areas=str(town / "twice.gpkg"), updated=str(town / "none.gpkg"))
    assert len(told.value.messages) == 2


def test_an_area_set_read_twice_is_the_same(town: Path) -> None:
    named = Path(f"{town / 'areas.gpkg'}|layername=areas")
    one, other = read_areas_of_registers(town / "areas.gpkg", "en"), read_areas_of_registers(named, "en")
    assert one.labels == other.labels == ("1 (Vest)", "2 (Øst)")
    assert one.path == other.path == town / "areas.gpkg"
