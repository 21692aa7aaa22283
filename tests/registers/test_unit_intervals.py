"""Suppressed counts of a unit table as intervals: midpoints, bounds through the sums, and what is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
from click.testing import CliRunner

from udsat_geo.cli.main import udsat
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.unit_rows import UnitSums, sum_unit_rows

CODES = {"<3": (0, 2), "c": (1, 4), "few": (0.5, 1.25)}
TOWN = {"people": [10, 20, 30, 5], "crimes": ["<3", "7", "-", "c"]}
UNITS = {"missing": {"crimes": ["-"]}, "intervals": {"crimes": {"<3": [0, 2]}, "*": {"c": [1, 4]}}}


def policy_of(units: dict[str, Any], **criterion: Any) -> Policy:
    """A policy of one criterion over a table of people and crimes."""
    return check_policy(content_of(units, **criterion), "own.toml")


def content_of(units: dict[str, Any], **criterion: Any) -> dict[str, Any]:
    """What stands in such a policy."""
    one = {"key": "crime", "register": "units", "numerator": "crimes", "denominator": "people", "worse": "high"}
    return {
        "id": "own",
        "years": [2000, 2100],
        "units": {"kind": "cells", "id": "id", "residents": "people", "crs": "EPSG:25832", **units},
        "criteria": [{**one, **criterion}],
        "rule": {"core": 1.0},
    }


def sums_of(table: dict[str, Any], units: dict[str, Any] = UNITS, **criterion: Any) -> UnitSums:
    return sum_unit_rows(pa.table(table), "cells.csv", policy_of(units, **criterion))


def three(sums: UnitSums, side: str) -> list[list[float]]:
    """The lower bounds, the sums and the upper bounds of a side, in ones."""
    assert sums.bounds is not None
    unit = getattr(sums, f"{side}_unit")[0]
    found = (getattr(sums.bounds, f"{side}_lower"), getattr(sums, side), getattr(sums.bounds, f"{side}_upper"))
    return [(each[:, 0] / unit).tolist() for each in found]


def told(sums: UnitSums) -> list[str]:
    return [note.told("en") for note in sums.notes]


def fault_of(table: dict[str, Any], units: dict[str, Any] = UNITS, **criterion: Any) -> str:
    with pytest.raises(InputError) as fault:
        sums_of(table, units, **criterion)
    return str(fault.value)


@pytest.mark.long
def test_a_suppressed_count_is_its_midpoint_and_both_bounds_are_kept() -> None:
    sums = sums_of(TOWN)
    assert three(sums, "numerator") == [[0, 7, 0, 1], [1, 7, 0, 2.5], [2, 7, 0, 4]]
    # the row without a count stays out of both sides
    assert three(sums, "denominator") == [[10, 20, 0, 5]] * 3
    assert told(sums) == [
        "cells.csv, crimes: values that are intervals (<3, c), used as their midpoints: 2; 5 wide in all"
    ]
    assert [(one.column, one.values, one.width) for one in sums.intervals] == [("crimes", 2, 5.0)]


@pytest.mark.long
def test_whole_midpoints_stay_whole_numbers() -> None:
    sums = sums_of({"people": [10, 20], "crimes": ["<3", "7"]})
    assert sums.numerator[:, 0].tolist() == [1, 7]
    assert sums.numerator_unit.tolist() == [1]


def test_without_an_interval_in_the_table_there_are_no_bounds() -> None:
    sums = sums_of({"people": [10, 20], "crimes": ["0", "7"]})
    assert sums.bounds is None
    assert told(sums) == [
        "cells.csv: units.intervals of crimes: no value that is used is '<3'",
        "cells.csv: units.intervals of *: no value that is used is 'c'",
    ]


def test_codes_of_a_column_of_numbers_are_read_as_numbers_and_no_bound_is_a_code() -> None:
    units = {"missing": [0], "intervals": {"crimes": {"-1": [0, 3]}}}
    sums = sums_of({"people": [10, 20, 30], "crimes": [-1, 2, 0]}, units)
    assert three(sums, "numerator") == [[0, 2, 0], [1.5, 2, 0], [3, 2, 0]]
    assert three(sums, "denominator") == [[10, 20, 0]] * 3


@pytest.mark.parametrize(
    ("numerator", "lower", "upper"),
    [
        ("2 * crimes - people", [-10, -6, 0, -3], [-6, -6, 0, 3]),
        ("-crimes", [-2, -7, 0, -4], [0, -7, 0, -1]),
        ("coalesce(crimes, 1)", [0, 7, 1, 1], [2, 7, 1, 4]),
        ("CAST(crimes AS DOUBLE) / 4", [0, 1.75, 0, 0.25], [0.5, 1.75, 0, 1]),
        ("(people - 10) * crimes", [0, 70, 0, -20], [0, 70, 0, -5]),
        # one column twice: wider than need be, and never too narrow
        ("crimes - crimes", [-2, 0, 0, -3], [2, 0, 0, 3]),
    ],
)
def test_bounds_of_expressions(numerator: str, lower: list[float], upper: list[float]) -> None:
    found = three(sums_of(TOWN, numerator=numerator), "numerator")
    assert (found[0], found[2]) == (lower, upper)


@pytest.mark.parametrize("expression", ["people / crimes", "crimes > 2", "abs(crimes)", "greatest(1, crimes % 2)"])
def test_an_expression_whose_bounds_cannot_be_told_is_refused(expression: str) -> None:
    fault = fault_of(TOWN, numerator=expression)
    assert "own: criteria (crime).numerator: a column that holds intervals stands in" in fault
    assert "list the text under [units] missing" in fault


@pytest.mark.long
def test_a_condition_must_be_decided_whatever_the_counts_are() -> None:
    assert three(sums_of(TOWN, where="crimes IS NOT NULL AND crimes < 9"), "numerator")[0] == [0, 7, 0, 1]
    fault = fault_of(TOWN, where="NOT crimes > 1")
    assert "criteria (crime).where: rows of which one cannot tell, as a count is an interval (2 rows)" in fault
    assert "stands in (crimes = 7)" in fault_of(TOWN, where="crimes = 7")


@pytest.mark.long
def test_a_part_ends_at_its_whole() -> None:
    town = {"people": [3, 2, 9, 1], "crimes": ["c", "c", "c", "<3"]}
    sums = sums_of(town, unit="share")
    assert three(sums, "numerator") == [[1, 1, 1, 0], [2, 1.5, 2.5, 0.5], [3, 2, 4, 1]]
    assert told(sums)[-1] == "cells.csv, crime: units where an interval reaches above the whole, and was ended there: 3"
    # and a whole begins at its part
    town = {"people": [9, 9], "crimes": [3, 4], "all_crimes": ["c", "c"]}
    units = {"intervals": {"*": {"c": [1, 4]}}}
    sums = sums_of(town, units, denominator="all_crimes", unit="share")
    assert three(sums, "denominator") == [[3, 4], [3.5, 4], [4, 4]]


def test_a_column_that_is_used_as_text_holds_no_intervals() -> None:
    town = {"people": [10, 20], "crimes": ["c", "<3"]}
    assert "the column crimes of cells.csv is used as text" in fault_of(town, numerator="CAST(crimes = 'c' AS INT)")
    sums = sums_of(town, {"intervals": {"*": {"c": [1, 4]}}}, numerator="CAST(crimes = 'c' AS INT)")
    assert sums.numerator[:, 0].tolist() == [1, 0]
    assert sums.bounds is None


@pytest.mark.parametrize(
    ("units", "fault"),
    [
        (
            {"intervals": {"crimes": {"c": [4, 1]}}},
            "units.intervals.crimes.c: the lower bound lies above the upper one",
        ),
        ({"intervals": {"crimes": {"c": [-1, 1]}}}, "units.intervals.crimes.c: counts are at least 0"),
        ({"intervals": {"crimes": {"c": [1]}}}, "units.intervals.crimes.c: must be a list of two numbers"),
        ({"intervals": {"crimes": {"c": 3}}}, "units.intervals.crimes.c: must be a list of two numbers"),
        ({"intervals": {"*": {"c": [0, float("inf")]}}}, "must be a finite number"),
        ({"missing": ["c"], "intervals": {"crimes": {"c": [1, 4]}}}, "'c' of crimes stands under missing as well"),
        ({"missing": {"crimes": [-1]}, "intervals": {"*": {"-1": [1, 4]}}}, "'-1' of * stands under missing as well"),
    ],
)
def test_intervals_that_are_none_are_told(units: dict[str, Any], fault: str) -> None:
    with pytest.raises(InputError) as found:
        policy_of(units)
    assert fault in str(found.value).replace("input should be a finite", "must be a finite")


def test_a_column_that_is_not_there_is_told() -> None:
    fault = fault_of(TOWN, {"intervals": {"crime": {"c": [1, 4]}}})
    assert "own: units.intervals: the table cells.csv has no column 'crime'" in fault


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_the_sums_are_those_of_plain_pandas(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 400
    frame = pd.DataFrame({name: rng.choice([*CODES, "-", "0", "3", "12"], n) for name in "ab"})
    frame["people"] = rng.integers(1, 50, n)
    units = {"missing": ["-"], "intervals": {"*": {code: list(bounds) for code, bounds in CODES.items()}}}
    sums = sums_of(frame.to_dict("list"), units, numerator="3 * a - b + 0.5", denominator="people + a")
    unknown = (frame[["a", "b"]] == "-").any(axis=1)
    counts = frame[["a", "b"]].replace("-", "0")
    low, high = (counts.replace({code: str(each[k]) for code, each in CODES.items()}).astype(float) for k in (0, 1))
    middle = (low + high) / 2
    wanted = {
        "numerator": (3 * low.a - high.b + 0.5, 3 * middle.a - middle.b + 0.5, 3 * high.a - low.b + 0.5),
        "denominator": tuple(frame.people + each.a for each in (low, middle, high)),
    }
    for side, each in wanted.items():
        assert three(sums, side) == [column.mask(unknown, 0).tolist() for column in each]
    assert sums.intervals[0].width == (high.a - low.a).sum()


@pytest.mark.long
def test_a_designation_says_how_wide_it_may_be(tmp_path: Path) -> None:
    n = 30
    crimes = ["<3", "c", "0", *(str(i) for i in range(n - 3))]
    rows = [f"100m_{61700 + i}_7200,{100 if i > 1 else 2},{crime}" for i, crime in enumerate(crimes)]
    (tmp_path / "cells.csv").write_text("\n".join(["id,people,crimes", *rows]), encoding="utf-8")
    policy = """
id = "own"
years = [2000, 2100]
[units]
kind = "cells"
id = "id"
residents = "people"
[units.intervals]
crimes = { "<3" = [0, 2], "c" = [1, 4] }
[[criteria]]
key = "crime"
register = "units"
numerator = "crimes"
denominator = "people"
worse = "high"
[rule]
core = 1.0
[areas]
residents = 0
"""
    call = [
        "designate",
        "--year",
        "2025",
        "--units",
        str(tmp_path / "cells.csv"),
        "--language",
        "en",
        "--previous",
        "none",
    ]
    made = {}
    for name, text in {
        "with": policy,
        "without": policy.replace("[0, 2]", "[1, 1]").replace("[1, 4]", "[2, 2]"),
    }.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        run = CliRunner().invoke(
            udsat, [*call, "--policy", str(tmp_path / f"{name}.toml"), "--out", str(tmp_path / name)]
        )
        assert run.exit_code == 0, run.output
        assert "cells.csv, crimes: values that are intervals (<3, c), used as their midpoints: 2" in run.output
        made[name] = pyogrio.read_dataframe(tmp_path / name / "designation_2025.gpkg", layer="units").set_index(
            "unit_id"
        )
    units = made["with"].sort_index()
    assert units.loc["100m_61700_7200", ["lower_crime", "rate_crime", "upper_crime"]].tolist() == [0, 0.5, 1]
    assert units.loc["100m_61701_7200", ["lower_crime", "rate_crime", "upper_crime"]].tolist() == [0.5, 1.25, 2]
    exact = units.iloc[2:]
    assert np.array_equal(exact.lower_crime, exact.rate_crime)
    assert np.array_equal(exact.upper_crime, exact.rate_crime)
    summary = json.loads((tmp_path / "with" / "designation_2025.json").read_text(encoding="utf-8"))
    assert summary["intervals"] == [{"column": "crimes", "values": 2, "width": 5.0}]
