"""Where the scale of the year that a policy holds is found, and where both numbers stand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from made_once import made_once
from small_registers import make_registers
from udsat_geo.designation.job import Job, run
from udsat_geo.files.area_set import read_area_set
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs

BY_ITSELF = 'extends = "kbh-2017"\nid = "held"\n'


@made_once
def write_registers(folder: Path) -> None:
    for seed, year in enumerate((2017, 2021)):
        make_registers(seed).write(folder / "raw" / str(year))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_registers(tmp_path)
    return tmp_path


def job(folder: Path, year: int, policy: str = "kbh-2017", previous: str | None = None) -> Job:
    store = store_of(folder / "out")
    return Job(year, load_policy(policy), raw=folder / "raw", store=store, previous=previous, language="en")


def test_by_the_previous_designation_by_registers_and_by_a_stored_one_the_yardstick_is_the_same(folder: Path) -> None:
    of_2017 = run(job(folder, 2017))
    found = [run(job(folder, 2021)), run(job(folder, 2021, previous="none"))]
    write_results(of_2017, folder / "out", ("gpkg",))
    shutil.rmtree(folder / "raw" / "2017")
    found.append(run(job(folder, 2021, previous="none")))
    for made in found:
        assert made.scales.yardstick.year == 2017
        np.testing.assert_array_equal(made.scales.yardstick.city, of_2017.scores.city)
        np.testing.assert_array_equal(made.scales.yardstick.spread, of_2017.scores.spread)


def test_without_either_it_is_said_and_nothing_else_changes(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(BY_ITSELF + "[score]\nscale_of = 2013\n")
    whole, made = run(job(folder, 2021)), run(job(folder, 2021, str(other)))
    for of_other in (made, run(job(folder, 2021, str(other), "none"))):
        assert of_other.scales is None
        assert "No designation and no registers of 2013: the yardstick of that year is not known." in of_other.notes
    np.testing.assert_array_equal(made.scores.composite, whole.scores.composite)


def test_a_policy_may_state_the_numbers(folder: Path, tmp_path: Path) -> None:
    of_2017 = run(job(folder, 2017)).scores
    keys = load_policy("kbh-2017").policy.keys
    city, spread = (
        ", ".join(f"{key} = {value!r}" for key, value in zip(keys, values.tolist(), strict=True))
        for values in (of_2017.city, of_2017.spread)
    )
    stated = tmp_path / "stated.toml"
    stated.write_text(BY_ITSELF + f'[score.scale]\nsource = "a report"\ncity = {{ {city} }}\nspread = {{ {spread} }}\n')
    shutil.rmtree(folder / "raw" / "2017")
    made = run(job(folder, 2021, str(stated), "none"))
    assert made.scales.yardstick.source == "a report"
    np.testing.assert_array_equal(made.scales.yardstick.spread, of_2017.spread)


def test_a_yardstick_that_decides_and_is_not_there_stops_the_run(folder: Path, tmp_path: Path) -> None:
    decides = tmp_path / "decides.toml"
    decides.write_text(BY_ITSELF + '[score]\ndecides = "yardstick"\n')
    shutil.rmtree(folder / "raw" / "2017")
    with pytest.raises(InputError, match=r"Designate 2017 into the same folder first, or write its numbers into"):
        run(job(folder, 2021, str(decides), "none"))


def test_both_numbers_stand_in_the_summary_and_are_read_back(folder: Path) -> None:
    made = run(job(folder, 2021))
    write_results(made, folder / "out", ("gpkg",))
    told = json.loads((folder / "out" / "designation_2021.json").read_text(encoding="utf-8"))["scales"]
    assert told["by_year"]["residents_in_areas"] == made.status.residents_in_areas
    assert told["yardstick_of"] == 2017
    read = read_area_set(folder / "out" / "designation_2021.gpkg", "en").scales
    assert (read.by_year, read.by_yardstick) == (made.scales.by_year, made.scales.by_yardstick)
    assert read.yardstick.keys == made.policy.policy.keys
    np.testing.assert_array_equal(read.yardstick.spread, made.scales.yardstick.spread)
