"""The rows of a unit table: which columns are read, of what types, and by what names."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.unit_rows import sum_unit_rows
from udsat_geo.sources.features import read_features


def policy_of(residents: str = "people", numerator: str = "poor", **units: Any) -> Policy:
    """A policy of one share over a unit table."""
    criterion = {"key": "poor", "register": "units", "numerator": numerator, "denominator": "people", "worse": "high"}
    content: dict[str, Any] = {
        "id": "own",
        "years": [2000, 2100],
        "units": {"kind": "zones", "id": "id", "residents": residents, **units},
        "criteria": [criterion],
        "rule": {"core": 1.0},
    }
    return check_policy(content, "own.toml")


PEOPLE = pa.array([10, 20, 30])
POOR = [1, 2, 3]


def fault_of(table: pa.Table, policy: Policy) -> str:
    """What is said of a table or policy that cannot be used."""
    with pytest.raises(InputError) as told:
        sum_unit_rows(table, "zones.parquet", policy)
    return str(told.value)


@pytest.mark.parametrize(
    "poor",
    [
        pa.array(np.array(POOR, dtype=np.float16)),
        pa.array([Decimal(value) for value in POOR], pa.decimal256(76, 10)),
        pa.array([Decimal(value) * Decimal(10) ** 40 / Decimal(10) ** 40 for value in POOR], pa.decimal256(60, 20)),
        pa.array(POOR).dictionary_encode(),
        pa.array(POOR, pa.uint8()),
    ],
)
def test_columns_of_any_numbers_are_reckoned_with(poor: Any) -> None:
    sums = sum_unit_rows(pa.table({"people": PEOPLE, "poor": poor}), "zones.parquet", policy_of())
    assert (sums.numerator[:, 0] / sums.numerator_unit[0]).tolist() == POOR


@pytest.mark.parametrize(
    "other",
    [
        pa.array([Decimal(1)] * 3, pa.decimal256(76, 10)),
        pa.array([None] * 3, pa.month_day_nano_interval()),
        pa.array([b"\xff"] * 3),
        pa.array([{"a": 1}] * 3),
    ],
)
def test_what_columns_hold_that_no_expression_names_does_not_matter(other: Any) -> None:
    table = pa.table({"people": PEOPLE, "poor": POOR, "other": other})
    assert sum_unit_rows(table, "zones.parquet", policy_of()).residents.tolist() == PEOPLE.to_pylist()


def test_names_of_columns_that_are_not_used_may_clash() -> None:
    table = pa.Table.from_arrays(
        [PEOPLE, pa.array(POOR), PEOPLE, PEOPLE, PEOPLE], names=["people", "poor", "row_of_unit", "a", "A"]
    )
    assert len(sum_unit_rows(table, "zones.parquet", policy_of()).residents) == len(PEOPLE)


def test_a_column_that_is_used_and_no_number_is_told_with_its_type() -> None:
    told = fault_of(pa.table({"people": PEOPLE, "poor": pa.array([b"\xff"] * 3)}), policy_of())
    assert "zones.parquet, column poor: is of the type binary" in told


@pytest.mark.parametrize(
    ("name", "expression", "right"),
    [
        ("pop i alt", "pop i alt", "residents = '\"pop i alt\"'"),
        ("2021_pop", "2021_pop", "residents = '\"2021_pop\"'"),
        ("pop-total", "pop-total", "residents = '\"pop-total\"'"),
        ("pop.total", "pop.total", "residents = '\"pop.total\"'"),
        ("order", "order", "residents = '\"order\"'"),
        ("pop (i alt)", "2 * pop (i alt)", "residents = '2 * \"pop (i alt)\"'"),
        ("andel %", "people + ANDEL %", "residents = 'people + \"andel %\"'"),
    ],
)
def test_names_that_need_quotes_are_shown_with_them(name: str, expression: str, right: str) -> None:
    table = pa.table({"people": PEOPLE, "poor": POOR, name: PEOPLE})
    assert right in fault_of(table, policy_of(expression))
    quoted = right.partition("= ")[2].strip("'")
    assert len(sum_unit_rows(table, "zones.parquet", policy_of(quoted)).residents) == len(PEOPLE)


@pytest.mark.parametrize("form", ["b\u00f8rn_\u00e5r", "b\u00f8rn_a\u030ar"])
def test_names_are_compared_however_their_letters_are_put_together(form: str) -> None:
    table = pa.table({"people": PEOPLE, "b\u00f8rn_\u00e5r": POOR})
    sums = sum_unit_rows(table, "zones.parquet", policy_of(numerator=form))
    assert sums.numerator[:, 0].tolist() == POOR


def test_residents_that_are_not_whole_are_rounded_as_the_policy_says() -> None:
    table = pa.table({"people": [12.5, 3.2, 7.0, None], "poor": [1, 1, 1, 1]})
    sums = sum_unit_rows(table, "cells.csv", policy_of(round_residents="nearest"))
    assert sums.residents.tolist() == [13, 3, 7, 0]
    assert sums.residents_known.tolist() == [True, True, True, False]
    (note,) = sums.notes
    assert note.told("en") == (
        "cells.csv, people: residents of 2 units are no whole numbers and were rounded to the nearest, from 22.7 in "
        "all to 23"
    )
    rate = sums.numerator[0, 0] / sums.numerator_unit[0] / (sums.denominator[0, 0] / sums.denominator_unit[0])
    assert rate == 1 / 12.5, "criteria reckon with what the table has"


def test_residents_that_are_not_whole_are_refused_with_the_key_that_rounds_them() -> None:
    told = fault_of(pa.table({"people": [12.5, 3.0], "poor": [1, 1]}), policy_of())
    assert "residents that are no whole number of at least 0 (1 row), for example 12.5" in told
    assert 'round_residents = "nearest"' in told


@pytest.mark.parametrize("people", [-0.4, 1e300, -3.0])
def test_rounding_makes_no_residents_of_what_are_none(people: float) -> None:
    told = fault_of(pa.table({"people": [people, 3.0], "poor": [1, 1]}), policy_of(round_residents="nearest"))
    assert "residents that are no whole number of at least 0 (1 row)" in told


def test_whole_residents_need_no_word() -> None:
    table = pa.table({"people": [12.0, 3.0], "poor": [1, 1]})
    assert sum_unit_rows(table, "cells.csv", policy_of(round_residents="nearest")).notes == ()


@pytest.mark.long
@pytest.mark.parametrize(("text", "thousands"), [("1 025", " "), ("1\u00a0025", " "), ("1'025", "'")])
def test_numbers_with_a_sign_between_thousands_are_told_with_what_to_write(text: str, thousands: str) -> None:
    table = pa.table({"people": [text] * 3, "poor": POOR})
    assert f'numbers are written: thousands = "{thousands}"' in fault_of(table, policy_of())
    assert sum_unit_rows(table, "zones.csv", policy_of(thousands=thousands)).residents.tolist() == [1025] * 3


def test_a_column_without_any_number_is_told_with_its_first_text() -> None:
    told = fault_of(pa.table({"people": PEOPLE, "poor": ["1%", "2%", "3%"]}), policy_of())
    assert "column poor: text where a number belongs (3 rows), for example '1%' in row 1. Export the column" in told


def test_infinite_numbers_are_told_with_their_column() -> None:
    told = fault_of(pa.table({"people": PEOPLE, "poor": [1.0, float("inf"), float("-inf")]}), policy_of())
    assert "zones.parquet, column poor: infinite numbers (2 rows)" in told


def test_a_column_of_nothing_is_one_of_missing_values() -> None:
    sums = sum_unit_rows(pa.table({"people": PEOPLE, "poor": pa.nulls(3)}), "zones.parquet", policy_of())
    assert sums.counts["units_without_poor"] == len(PEOPLE)


def test_columns_as_polars_writes_them_are_read(tmp_path: Path) -> None:
    views = pa.array(["1", "2", "3"]).cast(pa.string_view())
    nested = pa.StructArray.from_arrays([views], names=["a"])
    table = pa.table({"people": PEOPLE, "poor": views, "other": nested})
    pq.write_table(table, tmp_path / "zones.parquet")
    read = read_features(tmp_path / "zones.parquet").attributes
    # what is not named by an expression does not matter, but units are put in order
    assert read.take([2, 1, 0]).column("poor").to_pylist() == ["3", "2", "1"]
    assert sum_unit_rows(read, "zones.parquet", policy_of()).numerator[:, 0].tolist() == POOR
