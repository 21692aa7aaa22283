"""How much a designation hangs on its settings: variants against plain designations by the changed policy."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
from click.testing import CliRunner

import udsat_geo as ug
from small_registers import make_registers
from udsat_geo.analysis.sensitivity import Sensitivity, take_sensitivity
from udsat_geo.analysis.sensitivity_tables import main_settings, sensitivity_as_data, variants_table
from udsat_geo.analysis.space import VARIED_OF_VARIANTS, read_space
from udsat_geo.analysis.variants import AB, A, B
from udsat_geo.cli.main import udsat
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job, run
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import ScoreRule

pytestmark = pytest.mark.long  # whole jobs

TOWN = """
extends = "kbh-2017"
id = "town"
years = [2000, 2100]
[context]
residents = {residents}
reach = 300
[rule]
core = {core}
edge = {edge}
criteria = {criteria}
[areas]
residents = {least}
holes = 0
[units]
size = {size}
"""
OWN = {"residents": 40, "core": 0.5, "edge": 0.2, "criteria": 1, "least": 60, "size": 100}
SPACE = """
[context]
residents = [0, 40, 80]
[rule]
core = [0.4, 0.5, 0.6]
edge = [0.1, 0.2, 0.3]
criteria = [0, 1, 2]
[areas]
residents = [30, 60, 120]
[units]
size = [50, 100, 200]
[grid]
east = [0, 30]
"""
KEYS = {
    "context.residents": "residents",
    "rule.core": "core",
    "rule.edge": "edge",
    "rule.criteria": "criteria",
    "areas.residents": "least",
    "units.size": "size",
}


def write_town(folder: Path, east: float = 0.0) -> Path:
    """A town, moved so many metres west."""
    made = make_registers(5, n_addresses=120, n_residents=1500, span=1000)
    made.write(folder)
    moved = made.addresses.set_column(
        1, "easting", pa.array([None if x is None else x - east for x in made.addresses["easting"].to_pylist()])
    )
    pq.write_table(moved, folder / "addresses.parquet")
    return folder


def job_of(folder: Path, registers: Path, **changed: object) -> Job:
    path = folder / f"town-{len(list(folder.glob('town-*')))}.toml"
    path.write_text(TOWN.format(**{**OWN, **changed}))
    return Job(2021, load_policy(str(path)), registers, previous="none", language="en")


def found_in(folder: Path, variants: int = 80, threads: int | None = None, seed: int = 0) -> Sensitivity:
    registers = write_town(folder / "registers")
    (folder / "space.toml").write_text(SPACE)
    job = job_of(folder, registers)
    space = read_space(folder / "space.toml", job.policy.policy, VARIED_OF_VARIANTS)
    job = Job(job.year, job.policy, registers, previous="none", language="en", threads=threads)
    return take_sensitivity(job, space, variants, seed)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sensitivity]:
    folder = tmp_path_factory.mktemp("town")
    return folder, found_in(folder)


def test_each_key_alone_is_a_designation_by_the_changed_policy(town: tuple[Path, Sensitivity]) -> None:
    folder, found = town
    assert found.residents[0] == found.kept[0] == found.designation.status.residents_in_areas > 0
    for one in found.alone:
        if one.key not in KEYS:
            continue
        designated = []
        for value in one.values:
            made = run(job_of(folder, folder / "registers", **{KEYS[one.key]: value}))
            designated.append(made.status.residents_in_areas)
        assert one.residents.tolist() == designated
        assert (one.least, one.most) == (min(designated), max(designated))
        low, own, high = designated
        below, here, above = map(float, one.values)  # type: ignore[arg-type]
        assert one.elasticity == pytest.approx((high - low) / own / ((above - below) / here))
    assert len({one.most - one.least for one in found.alone}) > 3


def test_a_grid_that_is_moved_is_a_city_that_is_moved_the_other_way(town: tuple[Path, Sensitivity]) -> None:
    folder, found = town
    alone = next(one for one in found.alone if one.key == "grid.east")
    made = run(job_of(folder, write_town(folder / "moved", east=30.0)))
    assert alone.residents.tolist() == [found.residents[0], made.status.residents_in_areas]
    assert alone.residents[0] != alone.residents[1]
    assert alone.elasticity is None


def test_every_variant_of_the_sample_is_one_too(town: tuple[Path, Sensitivity]) -> None:
    folder, found = town
    table = variants_table(found).to_pandas()
    unmoved = table[(table["part"] == "ab") & (table["grid.east"] == 0)]
    for row in unmoved.iloc[::9].to_dict("records"):
        made = run(job_of(folder, folder / "registers", **{name: row[key] for key, name in KEYS.items()}))
        assert (row["residents"], row["areas"]) == (made.status.residents_in_areas, len(made.areas))


def test_shares_of_variants_are_those_of_the_variants(town: tuple[Path, Sensitivity]) -> None:
    _folder, found = town
    units, in_sample = found.designation.units, found.design.part >= A
    # what the units' shares add up to is what the variants designate in the mean
    lived_in = units.residents > 0
    expected = (found.share_of_variants * units.residents)[lived_in].sum()
    assert expected == pytest.approx(found.residents[in_sample].mean())
    assert found.share_of_variants[lived_in].min() >= 0
    assert found.share_of_variants.max() <= 1
    here = found.of_area[in_sample].mean(axis=0)
    for area in range(len(found.designation.areas)):
        members = found.designation.areas.area_of_unit == area
        assert (found.share_of_variants * units.residents)[members].sum() == pytest.approx(here[area])
    assert (found.of_area.sum(axis=1) == found.kept).all()
    sure, hanging = found.residents_of_areas(True), found.residents_of_areas(False)
    assert (sure + hanging == found.designation.areas.residents).all()


def test_shares_of_the_variance_are_of_the_residents_designated(town: tuple[Path, Sensitivity]) -> None:
    _folder, found = town
    part, n = found.design.part, found.design.base
    a, b = found.residents[part == A].astype(float), found.residents[part == B].astype(float)
    assert found.shares is not None
    for k in range(len(found.factors)):
        mixed = found.residents[part == AB].reshape(-1, n)[k]
        variance = np.concatenate([a, b]).var()
        assert found.shares.total[0, k] == pytest.approx(((a - mixed) ** 2).mean() / 2 / variance)
    assert found.shares.first.shape == (1 + len(found.designation.areas), len(found.factors))
    assert set(main_settings(found)) <= {*found.factors, None}


def test_no_thread_changes_anything_and_a_seed_repeats(tmp_path: Path, town: tuple[Path, Sensitivity]) -> None:
    _folder, found = town
    again = found_in(tmp_path, threads=1)
    assert sensitivity_as_data(again) == sensitivity_as_data(found) | {"policy_sha256": again.designation.policy.sha256}
    np.testing.assert_array_equal(again.share_of_variants, found.share_of_variants)
    np.testing.assert_array_equal(again.residents, found.residents)


def test_a_threshold_on_another_scale_lets_in_as_many_units(tmp_path: Path) -> None:
    registers = write_town(tmp_path / "registers")
    (tmp_path / "space.toml").write_text('[score]\nmethod = ["gap_sd", "percentile"]')
    wanted = {"residents": 0, "criteria": 0, "least": 0, "edge": 0.5}
    job = job_of(tmp_path, registers, **wanted)
    found = take_sensitivity(job, read_space(tmp_path / "space.toml", job.policy.policy, VARIED_OF_VARIANTS), 0)
    assert found.shares is None
    assert sensitivity_as_data(found)["residents_sure"] is None

    def by_ranks(threshold: float) -> Designation:
        asked = job_of(tmp_path, registers, **{**wanted, "core": threshold, "edge": threshold})
        policy = asked.policy.policy.model_copy(update={"score": ScoreRule(method="percentile")})
        return run(dataclasses.replace(asked, policy=asked.policy.model_copy(update={"policy": policy})))

    made, ranked = found.designation, by_ranks(50.0)
    reached = int((made.scores.composite >= 0.5)[made.units.residents > 0].sum())
    composites = np.sort(ranked.scores.composite[made.units.residents > 0])
    again = by_ranks(float(composites[~np.isnan(composites)][-reached]))
    assert found.alone[0].residents.tolist() == [
        made.status.residents_in_areas,
        again.status.residents_in_areas,
    ]


def test_the_command_writes_what_python_gives(tmp_path: Path) -> None:
    registers = write_town(tmp_path / "registers")
    job_of(tmp_path, registers)
    (tmp_path / "space.toml").write_text("[rule]\ncore = [0.4, 0.5, 0.6]\nedge = [0.1, 0.2]")
    asked = {"policy": tmp_path / "town-0.toml", "registers": registers, "space": tmp_path / "space.toml"}
    call = ["sensitivity", "--year", "2021", "--previous", "none", "--language", "en", "--variants", "64"]
    call += [part for name, path in asked.items() for part in (f"--{name}", str(path))]
    out, table = tmp_path / "out", tmp_path / "variants.csv"
    told = CliRunner().invoke(udsat, [*call, "--out", str(out), "--save-variants", str(table)])
    assert told.exit_code == 0, told.output
    assert "64 in which all change at once" in told.output
    made = ug.sensitivity(2021, previous="none", language="en", variants=64, **asked)  # type: ignore[arg-type]
    assert json.loads(CliRunner().invoke(udsat, [*call, "--json"]).output) == made.summary
    read = pd.read_csv(table)
    pd.testing.assert_frame_equal(read, made.variants.astype(read.dtypes.to_dict()))
    file = out / "sensitivity_2021.gpkg"
    assert {name for name, _kind in pyogrio.list_layers(file)} >= {
        "unit_sensitivity", "area_sensitivity", "setting_sensitivity",
    }  # fmt: skip
    units = pyogrio.read_dataframe(file, layer="unit_sensitivity")
    np.testing.assert_allclose(units["share_of_variants"], made.units["share_of_variants"])
    assert repr(made) == "<SensitivityResult 2021: 68 variants of 2 settings>"
    assert made.save_variants(tmp_path / "v.parquet").exists()
    assert len(made.settings) == 2
    assert len(made.areas) == len(made.found.designation.areas)


def test_sums_by_unit_give_what_registers_give(tmp_path: Path) -> None:
    """With the registers gone; other cells than those that were counted are refused."""
    registers = write_town(tmp_path / "registers")
    policy = job_of(tmp_path, registers).policy
    ug.sums([2021], policy=policy, registers=registers, out=tmp_path / "sums")
    (tmp_path / "space.toml").write_text(SPACE.split("[units]")[0])
    asked = {"policy": policy, "previous": "none", "language": "en", "variants": 64, "space": tmp_path / "space.toml"}
    counted = ug.sensitivity(2021, registers=registers, **asked)  # type: ignore[arg-type]
    shutil.rmtree(registers)
    found = ug.sensitivity(2021, sums=tmp_path / "sums", **asked)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(found.variants, counted.variants)
    pd.testing.assert_frame_equal(found.settings, counted.settings)
    assert found.units.equals(counted.units)
    assert found.areas.equals(counted.areas)
    assert "The grid does not vary: sums by unit stand in the place of registers." in found.found.notes
    by_default = ug.sensitivity(2021, sums=tmp_path / "sums", **{**asked, "space": None, "variants": 0})  # type: ignore[arg-type]
    assert not {"units.size", "grid.east"} & {one.key for one in by_default.found.alone}
    (tmp_path / "space.toml").write_text(SPACE)
    with pytest.raises(ug.InputError, match="would lay other cells"):
        ug.sensitivity(2021, sums=tmp_path / "sums", **asked)  # type: ignore[arg-type]


def test_what_cannot_be_written_or_varied_is_told_before_any_work(tmp_path: Path) -> None:
    call = ["sensitivity", "--year", "2021", "--language", "en"]
    told = CliRunner().invoke(udsat, [*call, "--save-variants", str(tmp_path / "v.xlsx")])
    assert told.exit_code != 0
    assert "--save-variants" in told.output
    (tmp_path / "space.toml").write_text("[rule]\ncore = [0.4, 1.0]")
    told = CliRunner().invoke(udsat, [*call, "--space", str(tmp_path / "space.toml")])
    assert told.exit_code != 0
    assert "does not go together" in told.output
    told = CliRunner().invoke(udsat, [*call, "--draw-seed", "-1"])
    assert "is no seed" in told.output
