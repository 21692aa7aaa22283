"""A workbench: another rule over the same people, the same as a designation by that rule from the registers."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import udsat_geo as ug
from examples import examples
from small_registers import make_registers
from udsat_geo import InputError, Workbench
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job, run
from udsat_geo.designation.layers import layers_of
from udsat_geo.designation.surroundings import Around
from udsat_geo.policy.load import LoadedPolicy, load_policy

POLICY = load_policy("kbh-2017").with_(
    context={"residents": 20, "reach": 200}, core=0.3, edge=0.0, criteria=2, areas={"residents": 10}
)
few = examples(12, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers of 2017, 2019 and 2021, and a barrier beside those of 2021."""
    raw = tmp_path_factory.mktemp("town")
    for year in (2017, 2019, 2021):
        make_registers(year, n_addresses=80, n_residents=500).write(raw / str(year))
    line = shapely.LineString([(719_000, 6_176_020), (721_000, 6_176_020)])
    gpd.GeoDataFrame({"kind": ["road"]}, geometry=[line], crs="EPSG:25832").to_file(raw / "2021" / "barriers.gpkg")
    return raw


def job_by(policy: LoadedPolicy, raw: Path, **more: Any) -> Job:
    return Job(2021, policy, raw=raw, language="en", **more)


@pytest.fixture(scope="module")
def bench(town: Path) -> Workbench:
    return Workbench.made_by(job_by(POLICY, town))


def assert_same(one: Designation, other: Designation) -> None:
    """Tables equal to the last byte, and all that stands in the summary."""
    here, there = layers_of(one), layers_of(other)
    assert here.layers.keys() == there.layers.keys()
    for name, layer in here.layers.items():
        assert layer.table.equals(there.layers[name].table), name
    assert here.summary == there.summary


CHANGES = {
    "rule.core": st.floats(0.0, 1.5),
    "rule.edge": st.floats(-1.0, 0.0),
    "rule.criteria": st.integers(0, 5),
    "rule.own": st.floats(-1.0, 1.0),
    "rule.require": st.lists(st.sampled_from(POLICY.policy.keys), max_size=2, unique=True),
    "context.residents": st.sampled_from([0, 10, 40, 200]),
    "context.reach": st.sampled_from([100, 300]),
    "criteria.low_income.weight": st.floats(0.0, 3.0),
    "criteria.no_education.limit": st.floats(0.0, 0.9),
    "criteria.no_education.counted": st.booleans(),
    "score.decides": st.sampled_from(["year", "yardstick"]),
    "areas.neighbours": st.sampled_from(["queen", "rook", "none"]),
    "areas.residents": st.integers(0, 60),
    "areas.bridge": st.sampled_from([0, 150, 300]),
    "areas.holes": st.sampled_from([0, 2, 10]),
    "areas.crossing": st.sampled_from([0, 80]),
    "areas.outline": st.sampled_from(["exact", "smooth"]),
    "areas.most_residents": st.sampled_from([0, 100]),
    "incumbents.leave": st.floats(-2.0, -1.0),
    "incumbents.keep_years": st.sampled_from([0, 8]),
}


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=4, unique=True))
    return {key: draw(CHANGES[key]) for key in keys}


# --- the same as from the registers -----------------------------------------------------------------------------


def test_it_begins_with_the_designation_that_it_is_made_of(bench: Workbench, town: Path) -> None:
    assert_same(bench.designation(), run(job_by(POLICY, town)))


@pytest.mark.long
@few
@given(st.lists(changes(), min_size=1, max_size=2))
def test_any_other_rule_gives_what_the_registers_give(
    bench: Workbench, town: Path, drawn: list[dict[str, Any]]
) -> None:
    """Whatever is changed, and after whatever was changed before; earlier years are made by the rule as well."""
    tried = bench
    for change in drawn:
        try:
            tried = tried.with_rule(change)
        except InputError:  # settings that do not go together, as in a file
            return
    assert_same(tried.designation(), run(job_by(tried.policy, town)))


def test_a_rule_that_designates_nothing(bench: Workbench, town: Path) -> None:
    nothing = bench.with_rule(core=50)
    assert not len(nothing.designation().areas)
    assert_same(nothing.designation(), run(job_by(nothing.policy, town)))


def test_a_result_has_its_workbench(town: Path) -> None:
    result = ug.designate(2021, policy=POLICY, registers=town, language="en", previous=None)
    stricter = result.workbench().with_rule(core=0.6)
    assert_same(stricter.designation(), run(job_by(stricter.policy, town, previous="none")))


def test_what_is_made_reads_no_register(town: Path, tmp_path: Path) -> None:
    """It goes on when they are gone; what the policy counts otherwise is refused by name."""
    raw = tmp_path / "raw"
    shutil.copytree(town, raw)
    moved = ug.workbench(2021, policy=POLICY, registers=raw, previous=None)
    residents = [moved.with_rule(core=core).designation().status.residents_in_areas for core in (0.1, 0.9)]
    for table in raw.rglob("[rda]*.parquet"):
        table.unlink()
    again = [moved.with_rule(core=core).designation().status.residents_in_areas for core in (0.1, 0.9)]
    assert again == residents
    assert residents[0] > residents[1]
    with pytest.raises(InputError) as refused:
        moved.with_rule({"criteria.low_income.where": "age >= 20", "units.size": 200})
    assert [message.split(": is not")[0] for message in refused.value.messages] == [
        "kbh-2017-changed: units.size",
        "kbh-2017-changed: criteria (low_income).where",
    ]


def test_a_year_that_was_not_read_is_refused(bench: Workbench) -> None:
    with pytest.raises(InputError, match="the people of 2019 are needed, and there are no sums of that year"):
        bench.with_rule({"score.scale_of": 2019}).designation()


# --- what lies around ---------------------------------------------------------------------------------------------


def test_decisions_and_barriers_can_change(bench: Workbench, town: Path, tmp_path: Path) -> None:
    inside = bench.designation().area_set().members
    unit = str(inside.unit_id[inside.area_of_unit >= 0][0])
    overrides = tmp_path / "overrides.csv"
    overrides.write_text(f"unit_id,action,reason,decided_by,date\n{unit},exclude,rebuilt,council,2021-05-01\n")
    decided = bench.with_around(overrides=overrides)
    assert_same(decided.designation(), run(job_by(POLICY, town, around=Around(overrides=overrides))))
    assert decided.designation().areas.override_of_unit.max() == 0
    with pytest.raises(TypeError, match="lies around no units: roads"):
        bench.with_around(roads=overrides)


def test_a_designation_without_a_job_has_none(bench: Workbench) -> None:
    with pytest.raises(InputError, match="no other rule can be tried"):
        Workbench.of(dataclasses.replace(bench.designation(), job=None))
