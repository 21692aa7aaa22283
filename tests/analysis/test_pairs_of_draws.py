"""How sure changes are: pairs of draws of two years, against plain comparisons of the same draws."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
from click.testing import CliRunner

import udsat_geo as ug
from small_registers import make_registers
from two_years import write_policy
from udsat_geo.analysis.certainty import Certainty, certainty_of, take_certainty
from udsat_geo.analysis.pairs import Forming
from udsat_geo.cli.main import udsat
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.draws import APART, draws_of
from udsat_geo.designation.job import Job, run
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs

SIDE, PEOPLE, DRAWS = 8, 60, 12
POLICY = """
id = "town"
years = [2000, 2100]
[units]
kind = "cells"
id = "cell"
residents = "people"
crs = "EPSG:25832"
[[criteria]]
key = "poor"
register = "units"
numerator = "poor"
denominator = "people"
worse = "high"
[rule]
core = 0.8
edge = 0.4
criteria = 1
[areas]
residents = 100
"""


def designated(folder: Path, share: np.ndarray, year: int, more: str = "") -> tuple[Designation, Job]:
    """A town of 64 cells with these shares of poor people."""
    row, col = (side.ravel() for side in np.mgrid[0:SIDE, 0:SIDE])
    ids = [f"100m_{61700 + r}_{7200 + c}" for r, c in zip(row, col, strict=True)]
    made = pd.DataFrame({"cell": ids, "people": PEOPLE, "poor": np.round(share.ravel() * PEOPLE).astype(int)})
    folder.mkdir(exist_ok=True)
    made.to_csv(folder / f"{year}.csv", index=False)
    (folder / "town.toml").write_text(POLICY + more)
    job = Job(year, load_policy(str(folder / "town.toml")), units=folder / f"{year}.csv", previous="none")
    return run(job), job


def shares(worse: float, better: float, *corners: tuple[int, int]) -> np.ndarray:
    """Squares of three cells a side that are worse off."""
    share = np.full((SIDE, SIDE), better)
    for row, col in corners:
        share[row : row + 3, col : col + 3] = worse
    return share


def changed(folder: Path, worse: float, better: float, more: str = "") -> Certainty:
    """One square stays, one is gone, and one is new."""
    before = designated(folder, shares(worse, better, (0, 0), (0, 5)), 2017, more)
    now = designated(folder, shares(worse, better, (0, 0), (5, 5)), 2021, more)
    return take_certainty(*now, DRAWS, 3, before=before)


def test_without_chance_changes_are_sure(tmp_path: Path) -> None:
    found = changed(tmp_path, 1.0, 0.0).changes
    assert found is not None
    assert sorted(row.event for row in found.rows) == ["added", "kept", "removed"]
    assert found.p_event.tolist() == [1.0, 1.0, 1.0]
    real = found.inside[0] != found.inside[1]
    np.testing.assert_array_equal(found.p_changed, real.astype(float))
    assert [(piece.event, piece.residents, piece.p_event) for piece in found.pieces] == [
        ("added", 9 * PEOPLE, 1.0),
        ("removed", 9 * PEOPLE, 1.0),
    ]
    assert found.unchanged.tolist() == np.zeros((2, DRAWS)).tolist()
    assert found.unchanged_stayers is None
    assert found.nothing_detectable is not None
    # without any error, every difference is one
    np.testing.assert_array_equal(found.nothing_detectable, ~real)


@pytest.mark.parametrize("more", ["", "[incumbents]\nleave = 0.1\n"])
def test_pairs_are_those_made_one_by_one(tmp_path: Path, more: str) -> None:
    before = designated(tmp_path, shares(0.45, 0.2, (0, 0), (0, 5)), 2017, more)
    now = designated(tmp_path, shares(0.45, 0.2, (0, 0), (5, 5)), 2021, more)
    found = take_certainty(*now, DRAWS, 3, before=before).changes
    assert found is not None
    forms, draws = [Forming.of(*each) for each in (before, now)], [draws_of(each[0], 3) for each in (before, now)]
    times, differences, unchanged, last = np.zeros(SIDE**2), [], [], None
    for number in range(DRAWS):
        one = forms[0].draw(draws[0].of(number))
        memory = found.places.memory_of(one.areas, 2021, SIDE**2) if more else None
        # counts of the later year are drawn as if it shared nobody with the earlier one
        other = forms[1].draw(draws[1].of(number + APART), memory)
        times += (one.areas.area_of_unit >= 0) != (other.areas.area_of_unit >= 0)
        differences.append(other.scores.composite - one.scores.composite)
        if last is not None:
            memory = found.places.memory_of(last.areas, 2017, SIDE**2) if more else None
            again = forms[0].draw(draws[0].of(number), memory).areas.area_of_unit >= 0
            was = last.areas.area_of_unit >= 0
            unchanged.append((PEOPLE * (again & ~was).sum(), PEOPLE * (was & ~again).sum()))
        last = one
    np.testing.assert_array_equal(found.p_changed, times / DRAWS)
    np.testing.assert_allclose(found.difference_se, np.std(differences, axis=0, ddof=1), rtol=1e-9)
    np.testing.assert_array_equal(found.unchanged[:, 1:].T, unchanged)
    assert found.p_changed.max() > 0
    assert ((found.p_changed > 0) & (found.p_changed < 1)).any()


def test_what_is_called_detectable_is_beyond_two_standard_errors(tmp_path: Path) -> None:
    found = changed(tmp_path, 0.6, 0.2).changes
    assert found is not None
    assert found.nothing_detectable is not None
    detected = ~found.nothing_detectable
    # sixty residents, of whom 0.2 or 0.6 are poor: five standard errors
    assert detected[found.inside[0] != found.inside[1]].all()
    assert detected[found.inside[0] == found.inside[1]].mean() < 0.15


def write_years(folder: Path, persons: bool) -> Job:
    """The same registers in two years."""
    made = make_registers(5, n_addresses=60, n_residents=500, span=1000)
    if persons:
        ids = pa.array([f"P{i}" for i in range(made.residents.num_rows)])
        made = dataclasses.replace(made, residents=made.residents.append_column("person_id", ids))
    for year in (2017, 2021):
        made.write(folder / "raw" / str(year))
    return Job(2021, load_policy(str(write_policy(folder / "town.toml"))), folder / "raw", language="en")


@pytest.mark.parametrize("persons", [True, False])
def test_the_same_people_change_in_no_pair(tmp_path: Path, persons: bool) -> None:
    whole = certainty_of(write_years(tmp_path, persons), 8, 1)
    found = whole.changes
    assert found is not None
    assert found.shared == ("persons" if persons else "dwellings")
    assert found.p_changed.max() == 0.0
    assert found.unchanged_stayers is not None
    assert found.unchanged_stayers.sum() == 0
    assert found.unchanged.sum() > 0
    # an area is kept wherever a draw has it
    np.testing.assert_array_equal(found.p_event, whole.p_area)


def test_the_command_tells_and_writes_it(tmp_path: Path) -> None:
    job = write_years(tmp_path, True)
    given = ("--year", 2021, "--registers", job.raw, "--policy", tmp_path / "town.toml", "--draws", 4)

    def call(*more: object) -> str:
        done = CliRunner().invoke(udsat, ["certainty", *map(str, (*given, *more))])
        assert done.exit_code == 0, done.output
        return done.stdout

    told = json.loads(call("--json"))["changes"]
    assert told["residents"] == {"added": 0, "removed": 0}
    assert told["shared"] == "persons"
    text = " ".join(call("--language", "en", "--out", tmp_path / "out").split())
    assert "Since 2017, 0 residents came in and 0 left" in text
    layers = {name: pyogrio.read_dataframe(tmp_path / "out" / "certainty_2021.gpkg", layer=name)
              for name in ("unit_certainty", "change_certainty", "piece_certainty")}  # fmt: skip
    assert (layers["unit_certainty"]["p_changed"] == 0).all()
    assert layers["change_certainty"]["p_event"].tolist() == [each["p_event"] for each in told["events"]]
    assert len(layers["piece_certainty"]) == 0
    found = ug.certainty(2021, registers=job.raw, policy=tmp_path / "town.toml", draws=4)
    assert found.summary["changes"] == told
    assert found.changes is not None
    assert len(found.changes) == len(told["events"])
    assert found.pieces is not None
    assert len(found.pieces) == 0


def test_why_changes_are_not_drawn_is_told(tmp_path: Path) -> None:
    job = write_years(tmp_path, True)
    other = write_policy(tmp_path / "other.toml", 0.5)
    first = run(Job(2017, load_policy(str(other)), job.raw, previous="none"))
    write_results(first, tmp_path / "out", ("gpkg",))
    file = str(tmp_path / "out" / "designation_2017.gpkg")
    found = certainty_of(dataclasses.replace(job, previous=file, store=store_of(tmp_path / "out")), 2)
    assert found.changes is None
    assert any("it was made by another policy" in note for note in found.designation.notes)
