"""Correlated criteria: held to NumPy and pandas, to other runs of the same town, and to what the figures must be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import udsat_geo as ug
from udsat_geo.analysis.examined import effective_number, shares_of_composite, weighted_correlation
from udsat_geo.cli.main import udsat

SIDE, N = 12, 144
POLICY = """
id = "town"
years = [2000, 2100]
[units]
kind = "cells"
id = "cell"
residents = "people"
crs = "EPSG:25832"
{criteria}
[rule]
core = 1.0
edge = 1.0
criteria = 1
[areas]
residents = 100
"""
CRITERION = """
[[criteria]]
key = "{key}"
register = "units"
numerator = "{key}"
denominator = "people"
worse = "{worse}"
{more}
"""


def random(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(60, 1))
    return common + rng.normal(size=(60, 3)), rng.integers(0, 500, 60)


def test_correlations_are_those_of_numpy() -> None:
    """Residents as repetitions of a row: `numpy.corrcoef` of every resident by himself."""
    values, residents = random(1)
    told = weighted_correlation(values, residents)
    np.testing.assert_allclose(told, np.corrcoef(np.repeat(values, residents, axis=0).T), atol=1e-12)


def test_correlations_are_over_the_units_that_have_both() -> None:
    values, _residents = random(2)
    values[:9, 0], values[5:20, 1] = np.nan, np.nan
    wanted = pd.DataFrame(values).corr().to_numpy()
    np.testing.assert_allclose(weighted_correlation(values, np.ones(60, dtype=np.int64)), wanted, atol=1e-12)


def test_what_is_the_same_everywhere_goes_with_nothing() -> None:
    values, residents = random(3)
    values[:, 1] = 0.1
    told = weighted_correlation(values, residents)
    assert np.isnan(told[1]).all()
    assert effective_number(told) == effective_number(told[np.ix_([0, 2], [0, 2])])


@given(st.integers(1, 2**32), st.integers(1, 6))
def test_the_effective_number_is_that_of_the_eigenvalues(seed: int, n: int) -> None:
    correlation = np.atleast_2d(np.corrcoef(np.random.default_rng(seed).normal(size=(n, 30))))
    eigenvalues = np.linalg.eigvalsh(correlation)
    number = effective_number(correlation)
    assert number == pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())
    assert 1 - 1e-12 <= number <= n + 1e-12


def test_criteria_that_are_one_count_for_one() -> None:
    assert effective_number(np.ones((4, 4))) == 1
    assert effective_number(np.eye(4)) == 4
    assert effective_number(-np.ones((2, 2)) + 2 * np.eye(2)) == 1


def test_shares_of_the_variance_are_those_of_numpy_and_add_up() -> None:
    values, residents = random(4)
    weight = np.array([1.0, 2.0, 0.0])
    composite = values @ weight / 3
    told = shares_of_composite(values, weight, composite, residents)
    covariance = np.cov(np.column_stack([values, composite]).T, fweights=residents, ddof=0)
    np.testing.assert_allclose(told, weight / 3 * covariance[:3, 3] / covariance[3, 3], atol=1e-12)
    assert told.sum() == pytest.approx(1)
    assert told[2] == 0
    values[::7, 0] = np.nan
    some = np.where(np.isnan(values), 0.0, weight)
    composite = np.nansum(np.nan_to_num(values) * some, axis=1) / some.sum(axis=1)
    assert shares_of_composite(values, weight, composite, residents).sum() == pytest.approx(1)


def write_town(folder: Path) -> Path:
    """Two criteria that go together, in one corner, and one that does not, in another; the last is better when high."""
    row, col = (side.ravel() for side in np.mgrid[0:SIDE, 0:SIDE])
    rng = np.random.default_rng(5)
    corner, other = (row < 4) & (col < 4), (row > 7) & (col > 7)
    people = rng.integers(20, 80, N)
    shares = {"poor": 0.2 + 0.4 * corner, "ill": 0.1 + 0.3 * corner, "skilled": 0.7 - 0.5 * other}
    counts = {key: np.round(people * np.clip(share + rng.normal(0, 0.03, N), 0, 1)) for key, share in shares.items()}
    cells = [f"100m_{61700 + r}_{7200 + c}" for r, c in zip(row, col, strict=True)]
    table = pd.DataFrame({"cell": cells, "people": people, **counts})
    table.to_csv(folder / "town.csv", index=False)
    return folder / "town.csv"


def write_policy(folder: Path, name: str = "town", without: str = "", more: str = "") -> Path:
    sides = {"poor": "high", "ill": "high", "skilled": "low"}
    criteria = [
        CRITERION.format(key=key, worse=worse, more="weight = 0\ncounted = false" if key == without else "")
        for key, worse in sides.items()
    ]
    path = folder / f"{name}.toml"
    path.write_text(POLICY.format(criteria="".join(criteria)).replace("[areas]", f"{more}\n[areas]"))
    return path


def call(*given: object) -> Result:
    return CliRunner().invoke(udsat, ["policies", *map(str, given), "--language", "en"])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examined")
    write_policy(folder)
    return write_town(folder)


@pytest.fixture(scope="module")
def told(town: Path) -> dict[str, Any]:
    done = call("--examine", town.with_suffix(".toml"), "--year", 2025, "--units", town, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.long
def test_correlations_are_those_of_the_table(town: Path, told: dict[str, Any]) -> None:
    table = pd.read_csv(town)
    rates = table[["poor", "ill", "skilled"]].div(table["people"], axis=0) * [1, 1, -1]
    wanted = np.corrcoef(np.repeat(rates.to_numpy(), table["people"], axis=0).T)
    found = [list(one["correlations"].values()) for one in told["criteria"].values()]
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert told["effective_criteria"] == pytest.approx(9 / (wanted**2).sum())
    assert sum(one["share_of_variance"] for one in told["criteria"].values()) == pytest.approx(1)


@pytest.mark.long
@pytest.mark.parametrize("key", ["poor", "ill", "skilled"])
def test_what_is_designated_without_a_criterion_is_what_a_policy_without_it_designates(
    town: Path, told: dict[str, Any], tmp_path: Path, key: str
) -> None:
    both = [
        ug.designate(2025, policy=write_policy(tmp_path, without=without), units=town, previous=None)
        for without in ("", key)
    ]
    inside = [made.units["area_id"].notna().to_numpy() for made in both]
    residents = both[0].units["residents"].to_numpy()
    wanted = {
        "areas": len(both[1].areas),
        "residents": int(residents[inside[1]].sum()),
        "added": int(residents[inside[1] & ~inside[0]].sum()),
        "removed": int(residents[inside[0] & ~inside[1]].sum()),
    }
    assert told["criteria"][key]["without"] == wanted
    # without one of the two that go together, the corner of the third comes in
    assert (wanted["added"] > 0) == (key != "skilled")


@pytest.mark.long
def test_a_criterion_that_a_rule_rests_on_is_not_left_out(town: Path, tmp_path: Path) -> None:
    group = '[[rule.groups]]\nkey = "g"\ncriteria = ["poor", "ill"]\n'
    found = ug.policies(examine=write_policy(tmp_path, more=group), year=2025, units=town)
    without = {key: one["without"] for key, one in found.summary["criteria"].items()}
    assert without["poor"] is None
    assert without["skilled"] is not None


@pytest.mark.long
def test_the_command_and_python_say_the_same(town: Path, told: dict[str, Any]) -> None:
    done = call("--examine", town.with_suffix(".toml"), "--year", 2025, "--units", town)
    assert done.exit_code == 0, done.output
    assert f"3 criteria say as much as {told['effective_criteria']:.1f} that had nothing to do" in done.stdout
    found = ug.policies(examine=town.with_suffix(".toml"), year=2025, units=town, language="en")
    assert found.summary == told
    assert found.criteria["added_without"].tolist() == [one["without"]["added"] for one in told["criteria"].values()]
    assert found.correlations["composite"].notna().all()
    assert repr(found).startswith("<ExaminedPolicy town 2025: 3 criteria worth 1.9>")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (
            ("--year", 2025),
            "--year: says on what to examine a policy. Name the policy with --examine, or leave it out.",
        ),
        (("--examine", "kbh-2017"), "--examine kbh-2017: asks for data, and no year is named. Name it with --year."),
        (("--examine", "kbh-2017", "--show", "x", "--year", 2025), "--show, --examine: are two things to do."),
        (("--examine", "kbh-2071", "--year", 2025), "kbh-2071"),
    ],
)
def test_a_call_that_cannot_be_done_is_told(given: tuple[object, ...], wanted: str) -> None:
    done = call(*given)
    assert done.exit_code == 2
    assert wanted in done.stderr


def test_a_single_criterion_has_nothing_to_be_held_against(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    criterion = CRITERION.format(key="poor", worse="high", more="")
    path.write_text(POLICY.format(criteria=criterion))
    done = call("--examine", path, "--year", 2025, "--units", write_town(tmp_path))
    assert done.exit_code == 2
    assert "policy town: has a single criterion, with nothing to hold it against." in done.stderr


def test_python_gives_the_file_of_a_policy() -> None:
    assert ug.policies(show="kbh-2017").startswith("# Københavns Kommune")
    with pytest.raises(ug.InputError, match="no year is named"):
        ug.policies(examine="kbh-2017")  # type: ignore[call-overload]
