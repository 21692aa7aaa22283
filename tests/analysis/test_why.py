"""`udsat why`: two years and two rules, against runs made one by one."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import udsat_geo as ug
from two_years import write_policy, write_town
from udsat_geo.analysis.why import DATA, MOVING, RULE, Why, explain_change, why_as_data
from udsat_geo.cli.console import plain_console
from udsat_geo.cli.main import udsat
from udsat_geo.cli.why import print_why
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.designation.job import Job
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    return folder


def explained(town: Path, policy: str = "town", to_policy: str = "town") -> Why:
    jobs = [
        Job(year, load_policy(str(town / f"{name}.toml")), town / "raw", language="en")
        for year, name in ((2017, policy), (2021, to_policy))
    ]
    return explain_change(*jobs)


def alone(town: Path, year: int, policy: str) -> Designation:
    """A year under a policy, with nothing before it."""
    inputs = Inputs(town / "raw" / str(year), None, "registers")
    return designate(year, load_policy(str(town / f"{policy}.toml")), inputs)


def inside(made: Designation) -> dict[str, int]:
    members = np.flatnonzero(made.areas.area_of_unit >= 0)
    return dict.fromkeys(made.units.unit_id[members].tolist(), 1)


def living(made: Designation) -> dict[str, int]:
    return dict(zip(made.units.unit_id.tolist(), made.units.residents.tolist(), strict=True))


@pytest.mark.long
def test_the_parts_are_those_of_four_runs_made_one_by_one(town: Path) -> None:
    found = explained(town, "town", "harder")
    runs = {
        (p, r): alone(town, year, name)
        for p, year in enumerate((2017, 2021))
        for r, name in enumerate(("town", "harder"))
    }
    weights = [living(runs[0, 0]), living(runs[1, 1])]

    def residents(people: int, rule: int, year: int) -> Fraction:
        return Fraction(sum(weights[year].get(unit, 0) for unit in inside(runs[people, rule])))

    def mean(steps: list[tuple[Fraction, int]]) -> Fraction:
        return sum((gain * times for gain, times in steps), Fraction(0)) / 6

    of = found.decomposition.in_all.of
    assert of[DATA] == mean(
        [
            (residents(1, 0, 0) - residents(0, 0, 0), 2),
            (residents(1, 1, 0) - residents(0, 1, 0), 1),
            (residents(1, 0, 1) - residents(0, 0, 1), 1),
            (residents(1, 1, 1) - residents(0, 1, 1), 2),
        ]
    )
    assert of[RULE] == mean(
        [
            (residents(0, 1, 0) - residents(0, 0, 0), 2),
            (residents(1, 1, 0) - residents(1, 0, 0), 1),
            (residents(0, 1, 1) - residents(0, 0, 1), 1),
            (residents(1, 1, 1) - residents(1, 0, 1), 2),
        ]
    )
    assert of[DATA] + of[RULE] + of[MOVING] == residents(1, 1, 1) - residents(0, 0, 0)
    assert of[RULE] != 0
    assert of[DATA] != 0


def test_the_ends_are_the_figures_of_the_designations(town: Path) -> None:
    found = explained(town, "town", "harder")
    decomposition = found.decomposition
    for end, made in (("before", found.before), ("now", found.now)):
        assert getattr(decomposition.in_all, end) == made.status.residents_in_areas
        for name in ("rest_of_city", "gap", "city"):
            told = [getattr(parts, end) for parts in getattr(decomposition, name)]
            figures = [np.nan if value is None else float(value) for value in told]
            np.testing.assert_allclose(figures, getattr(made.status, name), rtol=1e-12)
        told = [getattr(parts, end) for parts in decomposition.areas]
        np.testing.assert_allclose([float(value) for value in told], made.status.areas, rtol=1e-12)
    areas = found.now.areas
    for area in range(len(areas)):
        rates = [np.nan if p.now is None else float(p.now) for p in decomposition.rows[area]]
        np.testing.assert_allclose(rates, areas.rate[area], rtol=1e-12)


def test_one_rule_contributes_nothing_and_is_not_run_again(town: Path) -> None:
    found = explained(town)
    assert found.same_rule
    parts = (*found.decomposition.residents, found.decomposition.in_all, *found.decomposition.areas)
    assert not any(each.of[RULE] for each in parts)
    assert found.decomposition.elsewhere.of == {DATA: 0, RULE: 0, MOVING: 0}


def test_a_policy_is_run_outside_its_years_only_to_be_compared(town: Path) -> None:
    """The old policy held for 2017 alone, the new one for 2021 alone."""
    for name, year, core in (("old", 2017, 0.3), ("new", 2021, 0.8)):
        path = write_policy(town / f"{name}.toml", core)
        text = path.read_text(encoding="utf-8").replace("[context]", f"years = [{year}, {year}]\n[context]")
        path.write_text(text, encoding="utf-8")
    found = explained(town, "old", "new")
    assert found.decomposition.in_all.of[RULE] != 0


def call(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(udsat, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command_prints_the_data_as_json(town: Path) -> None:
    base = (
        "why",
        2017,
        2021,
        "--registers",
        town / "raw",
        "--policy",
        town / "town.toml",
        "--to-policy",
        town / "harder.toml",
        "--draws",
        0,
    )
    code, printed, errors = call(*base, "--json", "--language", "en")
    assert (code, errors) == (0, "")
    found = explained(town, "town", "harder")
    wanted = why_as_data(found)
    assert json.loads(printed) == json.loads(json.dumps(wanted))
    for row in wanted["residents"]["areas"]:
        assert sum(row["parts"].values()) == pytest.approx(row["change"], abs=1e-9)


def test_it_says_how_much_chance_alone_brings_about(town: Path) -> None:
    given = ("why", 2017, 2021, "--registers", town / "raw", "--policy", town / "town.toml", "--draws", 4)
    code, printed, errors = call(*given, "--json")
    assert (code, errors) == (0, "")
    chance = json.loads(printed)["chance"]
    changed = json.loads(printed)["residents"]["in_all"]
    # the earlier year has other residents, and each place is counted with those of its own year
    assert chance["residents"]["added"] > 0
    assert (chance["pairs"], chance["shared"]) == (4, "dwellings")
    assert chance["residents_without_detectable_change"]["added"] <= chance["residents"]["added"]
    assert len(chance["events"]) == len(json.loads(printed)["residents"]["areas"])
    assert changed["change"] == sum(row["change"] for row in json.loads(printed)["residents"]["areas"])
    code, printed, _errors = call(*given, "--language", "en")
    assert "In a city that does not change, chance alone would have brought in about" in printed
    found = ug.why(2017, 2021, registers=town / "raw", policy=town / "town.toml", draws=4)
    assert found.chance == chance
    assert ug.why(2017, 2021, registers=town / "raw", policy=town / "town.toml", draws=0).chance is None


def test_composites_of_two_rules_are_not_compared(town: Path) -> None:
    given = ("why", 2017, 2021, "--registers", town / "raw", "--policy", town / "town.toml", "--draws", 2)
    code, printed, _errors = call(*given, "--to-policy", town / "harder.toml", "--language", "en")
    assert code == 0
    assert "composites of two policies are not compared" in printed


def test_one_draw_says_nothing(town: Path) -> None:
    given = ("why", 2017, 2021, "--registers", town / "raw", "--policy", town / "town.toml", "--draws", 1)
    code, _printed, errors = call(*given, "--language", "en")
    assert code == 2
    assert "--draws 1: says nothing of chance. Ask for at least 2." in errors


@pytest.mark.parametrize(("language", "told"), [("da", "Flytning"), ("en", "Moving")])
def test_the_tables_fit_a_console_of_80_columns(town: Path, language: str, told: str) -> None:
    console = plain_console(80)
    with console.capture() as captured:
        print_why(explained(town, to_policy="harder"), console, language, show_all=True)
    printed = captured.get()
    assert told in printed
    assert max(len(line) for line in printed.splitlines()) <= 80


@pytest.mark.long
def test_diff_takes_stored_designations_apart(town: Path) -> None:
    files = [town / "out" / f"designation_{year}.gpkg" for year in (2017, 2021)]
    arguments = ("--registers", town / "raw", "--policy", town / "town.toml", "--why", "--json", "--language", "en")
    code, printed, errors = call("diff", *files, *arguments)
    assert (code, errors) == (0, "")
    why = json.loads(printed)["why"]
    found = explained(town)
    wanted = why_as_data(found)
    assert why["residents"] == json.loads(json.dumps(wanted["residents"]))
    assert not [note for note in why["notes"] if "not designated as" in note]
    code, printed, errors = call("diff", *files, *(part for part in arguments if part != "--json"))
    assert (code, errors) == (0, "")
    assert "Residents in areas" in printed
