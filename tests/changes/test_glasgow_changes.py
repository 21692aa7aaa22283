"""Events, lineage and causes of a real re-designation; skipped where the data are not beside the project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import pytest

from glasgow_changes import glasgow_changes, glasgow_lineage, print_events, print_lines, print_parts
from paths import REAL
from udsat_geo.analysis.why import DATA, MOVING, RULE, WITHIN, Why
from udsat_geo.changes.compare import Weighing, compare_areas
from udsat_geo.changes.diff import KEPT
from udsat_geo.changes.tables import lineage_rows
from udsat_geo.files.area_set import read_two
from udsat_geo.files.write import write_results

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the open data are not in ../shared/real")


@pytest.fixture(scope="module")
def found() -> Why:
    return glasgow_changes(REAL / "glasgow")


def members(made: object) -> dict[str, set[str]]:
    areas, units = made.areas.area_of_unit, made.units.unit_id  # type: ignore[attr-defined]
    return {str(name): set(units[areas == i]) for i, name in enumerate(made.area_id)}  # type: ignore[attr-defined]


@pytest.mark.long
def test_links_are_the_zones_that_areas_share(found: Why) -> None:
    before, now = members(found.before), members(found.now)
    living = dict(zip(found.now.units.unit_id, found.now.units.residents.tolist(), strict=True))
    rows = [row for row in lineage_rows(glasgow_lineage(found)) if row["previous_id"] and row["area_id"]]
    assert rows
    for row in rows:
        both = before[row["previous_id"]] & now[row["area_id"]]
        assert row["residents"] == sum(living[zone] for zone in both)
        assert row["share_of_area"] == row["residents"] / sum(living[zone] for zone in now[row["area_id"]])
    # the one area that was cut in two goes on as its larger part
    split = [row for row in rows if row["event"].startswith("split")]
    assert len(split) == 2
    assert len({row["previous_id"] for row in split}) == 1
    assert [row["continues"] for row in sorted(split, key=lambda row: -row["residents"])] == [True, False]


@pytest.mark.long
def test_contributions_add_up_to_the_measured_change(found: Why) -> None:
    decomposition = found.decomposition
    whole = decomposition.in_all
    assert whole.of[RULE] == 0
    assert whole.of[DATA] + whole.of[MOVING] == (
        found.now.status.residents_in_areas - found.before.status.residents_in_areas
    )
    for name, figures in (("areas", "areas"), ("gap", "gap"), ("rest_of_city", "rest_of_city")):
        for j, parts in enumerate(getattr(decomposition, name)):
            assert sum(parts.of.values()) == parts.change
            measured = getattr(found.now.status, figures)[j] - getattr(found.before.status, figures)[j]
            assert float(parts.change) == pytest.approx(measured, abs=1e-9)


def test_indicators_of_one_census_change_within_no_zone(found: Why) -> None:
    """Both indices take qualifications and overcrowding from the census of 2011; income and employment are newer."""
    keys = found.now.policy.policy.keys
    within = {key: float(parts.of[WITHIN]) for key, parts in zip(keys, found.decomposition.areas, strict=True)}
    assert within["employment"] < -0.04
    assert within["income"] < -0.01
    assert abs(within["overcrowding"]) < 1e-4
    assert abs(within["qualifications"]) < 0.1


@pytest.mark.long
def test_the_files_say_the_same(found: Why, tmp_path: Path) -> None:
    before, now = (write_results(made, tmp_path, ("gpkg",))[0] for made in (found.before, found.now))
    compared = compare_areas(*read_two(before, now, (), "en"), Weighing(), "en")
    assert compared.changes.event == found.changes.event
    assert compared.added == found.changes.residents_added.sum()
    again = compare_areas(*read_two(now, now, (), "en"), Weighing(), "en")
    assert set(again.changes.event) == {KEPT}
    units = pyogrio.read_dataframe(now, layer="changed_units")
    assert (units["event"] == "added").sum() == found.changes.units_added
    assert (units["event"] == "removed").sum() == found.changes.units_removed
    assert units.geometry.is_valid.all()
    assert set(units.loc[units["event"] == "moved", "area_id"]) <= set(found.now.area_id)


@pytest.mark.long
def test_the_zones_lie_where_the_other_file_has_them(found: Why, tmp_path: Path) -> None:
    """The data zones themselves, a plain file in degrees, weigh the areas as the designations do."""
    before, now = (write_results(made, tmp_path, ("gpkg",))[0] for made in (found.before, found.now))
    zones = pyogrio.read_dataframe(REAL / "glasgow" / "simd2020.gpkg")[["dz11_code", "Total_population", "geometry"]]
    zones = zones.rename(columns={"dz11_code": "unit_id", "Total_population": "residents"})
    pyogrio.write_dataframe(zones, tmp_path / "zones.gpkg")
    compared = compare_areas(*read_two(before, now, (), "en"), Weighing(units=tmp_path / "zones.gpkg"), "en")
    assert np.array_equal(compared.changes.residents_added, found.changes.residents_added)
    assert np.array_equal(compared.changes.residents_removed, found.changes.residents_removed)


def test_the_script_prints_them(found: Why, capsys: pytest.CaptureFixture[str]) -> None:
    print_events(found)
    print_lines(glasgow_lineage(found))
    print_parts(found)
    printed = capsys.readouterr().out
    assert "2016 -> 2020, 746 data zones" in printed
    assert "gap: Employment deprived" in printed
