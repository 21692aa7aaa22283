"""How sure a designation is: draws of a town's households, or of a table's counts."""

from __future__ import annotations

import dataclasses
import json
import re
import runpy
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pytest
from click.testing import CliRunner, Result

import udsat_geo as ug
from small_registers import make_registers
from two_years import write_policy, write_town
from udsat_geo.analysis.certainty import Certainty, take_certainty
from udsat_geo.analysis.pairs import interval
from udsat_geo.cli.main import designate, udsat
from udsat_geo.designation.draws import KINDS, draws_of
from udsat_geo.designation.job import Job, run
from udsat_geo.designation.layers import differences
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs

SIDE = 12
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
[[criteria]]
key = "rent"
register = "units"
numerator = "rent"
denominator = "1"
unit = "kr"
worse = "low"
[rule]
core = 1.0
edge = 0.5
criteria = 1
[areas]
residents = 300
"""


def table(folder: Path, people: int = 50, worse: float = 0.5, better: float = 0.1, order: int | None = None) -> Path:
    """A town of 144 cells with a corner of 16 cells in which more are poor."""
    row, col = (side.ravel() for side in np.mgrid[0:SIDE, 0:SIDE])
    share = np.where((row < 4) & (col < 4), worse, better)
    made = pd.DataFrame(
        {
            "cell": [f"100m_{61700 + r}_{7200 + c}" for r, c in zip(row, col, strict=True)],
            "people": people,
            "poor": np.round(share * people).astype(int),
            "rent": 100.0 - share,
        }
    )
    if order is not None:
        made = made.sample(frac=1, random_state=order)
    folder.mkdir(parents=True, exist_ok=True)
    made.to_csv(folder / "town.csv", index=False)
    (folder / "town.toml").write_text(POLICY)
    return folder / "town.csv"


def taken(units: Path, draws: int = 40, seed: int = 1, threads: int | None = None) -> Certainty:
    job = Job(2025, load_policy(str(units.with_suffix(".toml"))), units=units, previous="none", threads=threads)
    return take_certainty(run(job), job, draws, seed)


def test_without_chance_every_unit_is_sure(tmp_path: Path) -> None:
    found = taken(table(tmp_path, worse=1.0, better=0.0))
    assert set(found.p_designated.tolist()) == {0.0, 1.0}
    assert found.by_chance == (0.0, 0.0)
    assert (found.residents == found.designation.status.residents_in_areas).all()
    assert found.composite_se.max() == 0.0


def test_more_people_of_the_same_rates_make_it_surer(tmp_path: Path) -> None:
    sure = []
    for people in (20, 100, 500):
        found = taken(table(tmp_path / str(people), people, worse=0.3, better=0.2))
        sure.append(found.residents_of_areas(True).sum() / found.designation.status.residents_in_areas)
    assert sure == sorted(sure)
    assert sure[-1] > sure[0]


def test_no_order_of_rows_and_no_threads_change_a_draw(tmp_path: Path) -> None:
    found = taken(table(tmp_path / "a", worse=0.3))
    for other in (taken(table(tmp_path / "b", worse=0.3, order=5)), taken(tmp_path / "a" / "town.csv", threads=1)):
        np.testing.assert_array_equal(found.times, other.times)
        np.testing.assert_array_equal(found.composite_se, other.composite_se)
        np.testing.assert_array_equal(found.rate, other.rate)
    assert (taken(tmp_path / "a" / "town.csv", seed=2).times != found.times).any()


def test_figures_are_those_of_the_draws(tmp_path: Path) -> None:
    """An area's drawn rate has the standard error of a binomial, and lies about what was counted."""
    found = taken(table(tmp_path, worse=0.5), draws=200)
    assert len(found.designation.areas) == 1
    counted, drawn = found.designation.areas.rate[0, 0], found.rate[:, 0, 0]
    error = np.sqrt(counted * (1 - counted) / found.designation.areas.residents[0])
    assert abs(drawn.std() / error - 1) < 0.2
    assert abs(drawn.mean() - counted) < 4 * error / np.sqrt(200)
    low, high = interval(drawn)
    assert low < counted < high
    assert abs((high - low) / (2 * 1.96 * error) - 1) < 0.25


def test_the_same_composites_spread_as_they_are_said_to(tmp_path: Path) -> None:
    """The standard error of a cell is that of its rate in units of the spread, halved as one of two criteria."""
    found = taken(table(tmp_path, worse=0.5, better=0.2), draws=200)
    scores, rate = found.designation.scores, found.designation.scores.rate[:, 0]
    wanted = np.sqrt(rate * (1 - rate) / 50) / scores.spread[0] / 2
    np.testing.assert_allclose(found.composite_se, wanted, rtol=0.25)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(udsat, ["certainty", *map(str, arguments)])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("certainty")
    units = table(folder, worse=0.3, better=0.1)
    given = ("--year", 2025, "--units", units, "--policy", units.with_suffix(".toml"), "--draws", 30)
    done = call(*given, "--json")
    assert done.exit_code == 0, done.output
    return units, json.loads(done.stdout)


def test_the_command_says_it_in_words(told: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    units, data = told
    given = ("--year", 2025, "--units", units, "--policy", units.with_suffix(".toml"), "--draws", 30)
    done = call(*given, "--language", "en", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    assert f"Of {data['residents_in_areas']:,} residents in areas, {data['residents_sure']:,} live where" in text
    assert "30 draws of the counts of each unit" in text
    assert "Not drawn, as they are no counts of people among others: rent." in text
    units_layer = pyogrio.read_dataframe(tmp_path / "certainty_2025.gpkg", layer="unit_certainty")
    sure = units_layer[(units_layer["p_designated"] >= 0.95) & units_layer["area_id"].notna()]
    assert sure["residents"].sum() == data["residents_sure"]
    assert data["residents_sure"] + data["residents_grey"] == data["residents_in_areas"]
    danish = call(*given)
    assert "beboere i områder bor" in danish.stdout


def test_python_says_the_same(told: tuple[Path, dict[str, Any]]) -> None:
    units, data = told
    found = ug.certainty(2025, units=units, policy=units.with_suffix(".toml"), draws=30)
    assert found.summary == data
    assert found.areas["residents_sure"].sum() == data["residents_sure"]
    assert "residents sure in 30 draws of counts" in repr(found)


def test_a_designation_may_say_it_itself(tmp_path: Path) -> None:
    """With the flag, layers and summary have what `certainty` says; without it nothing changes."""
    units = table(tmp_path, worse=0.3)
    policy = units.with_suffix(".toml")
    given = ["--year", "2025", "--units", str(units), "--policy", str(policy), "--previous", "none", "--language", "en"]
    layers = []
    for name, flag in (("sure", ["--certainty"]), ("plain", [])):
        done = CliRunner().invoke(designate, [*given, *flag, "--out", str(tmp_path / name), "--format", "gpkg,parquet"])
        assert done.exit_code == 0, done.output
        assert ("of 200 draws" in done.stdout) == bool(flag)
        layers.append(ug.read(tmp_path / name / "designation_2025.gpkg").stored)
    found = taken(units, 200, 0)
    sure, plain = layers
    assert sure.layers["units"].table["p_designated"].to_pylist() == found.p_designated.tolist()
    assert sure.layers["areas"].table["residents_sure"].to_pylist() == found.residents_of_areas(True).tolist()
    assert sure.layers["areas"].table["p_area"].to_pylist() == found.p_area.tolist()
    told = sure.summary.as_dict()
    assert told["certainty"]["residents_grey"] == int(found.residents_of_areas(False).sum())
    assert told["certainty"]["held"] == ["rent"]
    again = ug.designate(2025, units=units, policy=policy, previous=None, certainty=True, language="en")
    assert differences(again.stored, sure) == []
    more = {"areas": ["p_area", "residents_sure", "residents_grey"], "units": ["composite_se", "p_designated"]}
    for name, columns in more.items():
        assert sure.layers[name].table.drop_columns(columns).equals(plain.layers[name].table)
    assert {key: value for key, value in told.items() if key not in ("certainty", "run")} == {
        key: value for key, value in plain.summary.as_dict().items() if key != "run"
    }


@pytest.mark.parametrize("draws", [1, 0, -5])
def test_too_few_draws_are_told(told: tuple[Path, dict[str, Any]], draws: int) -> None:
    units, _data = told
    done = call("--year", 2025, "--units", units, "--policy", units.with_suffix(".toml"), "--draws", draws)
    assert done.exit_code == 2
    assert f"--draws {draws}: says nothing of chance. Ask for at least 2." in done.stderr


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_that_is_none_is_told(told: tuple[Path, dict[str, Any]], seed: int) -> None:
    units, _data = told
    given = ("--year", 2025, "--units", units, "--policy", units.with_suffix(".toml"), "--draw-seed", seed)
    done = call(*given)
    assert done.exit_code == 2
    assert f"--draw-seed {seed}: is no seed. Take a whole number from 0 to 9223372036854775807." in done.stderr


def test_a_table_without_counts_is_told(tmp_path: Path) -> None:
    units = table(tmp_path)
    made = pd.read_csv(units)
    made["poor"] = made["poor"] / made["people"]
    made.to_csv(units, index=False)
    policy = POLICY.replace('denominator = "people"', 'denominator = "1"')
    units.with_suffix(".toml").write_text(policy)
    done = call("--year", 2025, "--units", units, "--policy", units.with_suffix(".toml"), "--language", "en")
    assert done.exit_code == 2
    assert "no criterion is a count of people among others" in done.stderr
    assert "Give counts as numerator and denominator: poor: poor / 1, rent: rent / 1." in done.stderr


def test_suppressed_counts_are_drawn_within_their_bounds(tmp_path: Path) -> None:
    """A count of 1 to 9 of 50 is each of them as often, and then chance at that rate."""
    units = table(tmp_path, worse=0.5)
    made = pd.read_csv(units)
    made["poor"] = made["poor"].where(made["poor"] > 5, "<10")
    made.to_csv(units, index=False)
    policy = units.with_suffix(".toml")
    policy.write_text(POLICY.replace("[units]", '[units]\nintervals = { poor = { "<10" = [1, 9] } }'))
    job = Job(2025, load_policy(str(policy)), units=units, previous="none")
    designated = run(job)
    drawing = draws_of(designated, 4)
    hidden = (made["poor"] == "<10").to_numpy()[np.argsort(made["cell"].to_numpy())]
    people = np.stack([drawing.of(number).numerator[:, 0] for number in range(60)]) / drawing.units.numerator_unit[0]
    assert hidden.sum() == 128
    known, counts = people[:, ~hidden], np.arange(1, 10)
    assert abs(known.mean() - 25) < 0.4
    assert abs(known.var() - 12.5) < 1.5
    assert abs(people[:, hidden].mean() - 5) < 0.2
    # the variance of the count, and of chance at its rate
    wanted = counts.var() + (counts * (1 - counts / 50)).mean()
    assert abs(people[:, hidden].var() / wanted - 1) < 0.08


def margins_town(folder: Path, margin: float | str = 8.0) -> Job:
    """Two counts that make a numerator, each with a margin of 90 %; one is zero where people are better off."""
    units = table(folder, worse=0.5, better=0.2)
    made = pd.read_csv(units)
    made["rich_less"] = made.pop("poor")
    made["none"], made["zero"] = 0, 0
    for column in ("rich_less", "none", "zero"):
        made[f"{column}_moe"] = margin if column != "zero" else 6.0
    made.to_csv(units, index=False)
    policy = units.with_suffix(".toml")
    margins = '\nmargins = { rich_less = "rich_less_moe", none = "none_moe", zero = "zero_moe" }'
    text = POLICY.replace('numerator = "poor"', 'numerator = "rich_less + none + zero"')
    policy.write_text(
        text.replace("[units]", f"[units]{margins}").replace('key = "poor"', 'key = "poor"\nunit = "share"')
    )
    return Job(2025, load_policy(str(policy)), units=units, previous="none")


def test_margins_of_error_are_drawn_from_as_they_add_up(tmp_path: Path) -> None:
    """Eight, and of the zero estimates the larger margin alone: by hand, the root of 64 and 64, over 1.645."""
    job = margins_town(tmp_path)
    made = run(job)
    assert made.units.errors is not None
    np.testing.assert_allclose(made.units.errors.numerator[:, 0], np.sqrt(128) / 1.6448536, rtol=1e-6)
    assert made.units.errors.denominator.max() == 0
    drawing = draws_of(made, 2)
    assert drawing.by_margin == ("poor",)
    people = np.stack([drawing.of(number).numerator[:, 0] for number in range(60)])
    half = made.units.numerator[:, 0] == 25
    assert abs(people[:, half].std() / (np.sqrt(128) / 1.6448536) - 1) < 0.06
    assert people.min() >= 0
    told = take_certainty(made, job, 10, 1)
    assert (told.by_margin, told.held) == (("poor",), ("rent",))


@pytest.mark.parametrize(
    ("margin", "numerator", "told"),
    [
        (-555555555, "rich_less + none + zero", "margins of error below 0"),
        ("n/a", "rich_less + none + zero", "margins of error: cannot be read as numbers"),
        (8.0, "2 * rich_less", "which is no sum or difference of columns"),
        (8.0, "rich_more", "units.margins: the table town.csv has no column 'lost'"),
    ],
)
def test_margins_that_are_none_are_told(tmp_path: Path, margin: float | str, numerator: str, told: str) -> None:
    job = margins_town(tmp_path, margin)
    path = tmp_path / "town.toml"
    text = path.read_text().replace("rich_less + none + zero", numerator)
    if numerator == "rich_more":
        text = text.replace('none = "none_moe"', 'none = "lost"')
    path.write_text(text)
    with pytest.raises(ug.InputError, match=re.escape(told)):
        run(dataclasses.replace(job, policy=load_policy(str(path))))


def test_persons_and_counts_of_registers_may_be_drawn(tmp_path: Path) -> None:
    """The total of a count varies as those who are drawn say: by their squares, or as a binomial."""
    make_registers(5, n_addresses=60, n_residents=500, span=1000).write(tmp_path / "raw" / "2021")
    job = Job(2021, load_policy(str(write_policy(tmp_path / "town.toml"))), tmp_path / "raw", previous="none")
    designated, poor = run(job), 2
    for kind in KINDS:
        drawing = draws_of(designated, 1, kind)
        assert drawing.drawn == kind
        totals = [int(drawing.sums(number)[0][:, poor].sum()) for number in range(200)]
        counted, among = drawing.units.numerator[:, poor], drawing.units.denominator[:, poor]
        wanted = (counted * (1 - counted / np.maximum(among, 1))).sum()
        if drawing.households is not None:
            wanted = (drawing.households.numerator[:, poor] ** 2).sum()
            assert drawing.households.numerator[:, poor].sum() == counted.sum()
        assert abs(np.std(totals) / np.sqrt(wanted) - 1) < 0.15
        assert abs(np.mean(totals) - counted.sum()) < 4 * np.sqrt(wanted / 200)
    given = ["--year", "2021", "--registers", str(tmp_path / "raw"), "--policy", str(tmp_path / "town.toml")]
    for kind in KINDS[1:]:
        told = json.loads(call(*given, "--draws", 2, "--draw", kind, "--json").stdout)
        assert told["drawn"] == kind


@pytest.mark.parametrize("kind", ["households", "persons"])
def test_a_table_names_nobody(told: tuple[Path, dict[str, Any]], kind: str) -> None:
    units, _data = told
    done = call("--year", 2025, "--units", units, "--policy", units.with_suffix(".toml"), "--draw", kind,
                "--language", "en")  # fmt: skip
    assert done.exit_code == 2
    assert f"--draw {kind}: a table of units names nobody. Leave it out: its counts are drawn." in done.stderr
    with pytest.raises(ug.InputError, match="is none of households, persons, counts"):
        ug.certainty(2025, units=units, policy=units.with_suffix(".toml"), draw="dice")  # type: ignore[arg-type]


def test_sums_by_unit_draw_what_counts_of_registers_draw(tmp_path: Path) -> None:
    """With the registers gone, of both years; households cannot be drawn."""
    write_town(tmp_path)
    asked = {"policy": tmp_path / "town.toml", "draws": 10, "previous": 2017, "language": "en"}
    ug.sums([2017, 2021], policy=asked["policy"], registers=tmp_path / "raw", out=tmp_path / "sums")  # type: ignore[arg-type]
    counted = ug.certainty(2021, registers=tmp_path / "raw", draw="counts", **asked)  # type: ignore[arg-type]
    shutil.rmtree(tmp_path / "raw")
    found = ug.certainty(2021, sums=tmp_path / "sums", **asked)  # type: ignore[arg-type]
    assert found.summary == counted.summary
    assert found.summary["changes"]["shared"] == "nothing"
    assert found.units.equals(counted.units)
    assert any(note.startswith("Sums by unit name nobody: counts are drawn") for note in found.found.designation.notes)
    given = [part for name in ("policy", "draws", "previous") for part in (f"--{name}", asked[name])]
    given += ["--year", 2021, "--sums", tmp_path / "sums"]
    assert json.loads(call(*given, "--language", "en", "--json").stdout) == found.summary
    done = call(*given, "--language", "en", "--draw", "households")
    assert done.exit_code == 2
    assert "--draw households: sums by unit name nobody. Leave it out: its counts are drawn." in done.stderr


SCRIPTS = Path(__file__).parents[2] / "scripts"
CALIBRATION = runpy.run_path(str(SCRIPTS / "calibration.py"))


def test_the_parts_of_a_brier_score_add_up_to_it() -> None:
    """Where all shares of a bin are alike, the score of the bins is the whole one (Murphy 1973)."""
    rng = np.random.default_rng(2)
    p = rng.choice([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0], 500)
    truth, weight = rng.random(500) < p, rng.integers(1, 90, 500).astype(float)
    bins = CALIBRATION["bins_of"](p, truth, weight)
    assert [round(one.said, 9) for one in bins] == [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0]
    assert sum(one.residents for one in bins) == weight.sum()
    reliability, resolution, uncertainty = CALIBRATION["murphy"](bins)
    brier = CALIBRATION["brier_score"](p, truth.astype(float), weight)
    assert brier == pytest.approx(np.average((p - truth) ** 2, weights=weight))
    assert reliability - resolution + uncertainty == pytest.approx(brier, abs=1e-12)
    assert uncertainty == pytest.approx(np.average((truth - np.average(truth, weights=weight)) ** 2, weights=weight))


def test_the_interval_of_a_share_is_wilsons() -> None:
    """Of 10 in 100: 0.0552 to 0.1744 (Newcombe 1998 has such tables; here from its formula by hand)."""
    assert CALIBRATION["wilson"](0.1, 100) == pytest.approx((0.05523, 0.17437), abs=1e-5)
    assert CALIBRATION["wilson"](0.0, 10)[0] == pytest.approx(0.0)


def test_households_draw_the_same_in_any_order_and_with_any_threads(tmp_path: Path) -> None:
    """And for the same seed again; for another one not."""
    made = make_registers(7, n_addresses=40, n_residents=300, span=800)
    rows = (made, made.shuffled(3), made.shuffled(4))
    found = []
    for place, (registers, threads, seed) in enumerate(
        zip((*rows, made), (None, 1, 2, None), (5, 5, 5, 6), strict=True)
    ):
        registers.write(tmp_path / str(place) / "raw" / "2021")
        policy = load_policy(str(write_policy(tmp_path / "town.toml")))
        job = Job(2021, policy, tmp_path / str(place) / "raw", previous="none", threads=threads)
        found.append(take_certainty(run(job), job, 12, seed))
    for other in found[1:3]:
        np.testing.assert_array_equal(found[0].times, other.times)
        np.testing.assert_array_equal(found[0].composite_se, other.composite_se)
        np.testing.assert_array_equal(found[0].gap, other.gap)
    assert (found[0].composite_se != found[3].composite_se).any()


@pytest.mark.long
def test_households_of_the_synthetic_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is planted is sure, shares hold, and the sums of all households are those of the units."""
    job = Job(2025, load_policy("kbh-2017"), previous="none")
    found = take_certainty(run(job), job, 20, 1)
    assert found.drawn == "households"
    assert (found.p_area == 1).mean() > 0.8
    inside = found.designation.status.residents_in_areas
    assert found.residents_of_areas(True).sum() > 0.8 * inside
    low, high = interval(found.rate)
    counted = found.designation.areas.rate
    assert ((low <= counted) & (counted <= high)).mean() > 0.9
    monkeypatch.syspath_prepend(SCRIPTS)
    p, truth = found.p_designated, CALIBRATION["truth_of"](found)
    residents = found.designation.units.residents.astype(float)
    bins = CALIBRATION["bins_of"](p, truth, residents)
    assert bins[0].planted < 0.05
    assert bins[-1].planted > 0.85
    shares = [one.planted for one in bins]
    assert np.corrcoef([one.said for one in bins], shares)[0, 1] > 0.9
    reliability, resolution, _uncertainty = CALIBRATION["murphy"](bins)
    assert reliability < 0.05 * resolution
