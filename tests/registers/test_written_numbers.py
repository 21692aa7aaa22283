"""Numbers that are text, in registers and in unit tables: thousands are asked about, missing values are named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from small_registers import make_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy
from udsat_geo.registers.addressed import residents_by_address
from udsat_geo.registers.unit_rows import sum_unit_rows

MADE = make_registers(3)


def write(folder: Path, kind: str, incomes: list[str], settings: str = "") -> None:
    MADE.write(folder)
    rows = MADE.residents.slice(0, len(incomes))
    place = rows.column_names.index("disposable_income")
    rows = rows.set_column(place, "disposable_income", pa.array(incomes))
    (folder / "residents.parquet").unlink()
    if kind == "csv":
        pyarrow.csv.write_csv(rows, folder / "residents.csv", pyarrow.csv.WriteOptions(delimiter=";"))
    else:
        pq.write_table(rows, folder / "residents.parquet")
    (folder / "registers.toml").write_text(settings)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_fractions_of_three_digits_are_asked_about_until_it_is_said(kind: str, tmp_path: Path) -> None:
    write(tmp_path, kind, ["344.937", "950", "201.500"])
    with pytest.raises(InputError) as error:
        residents_by_address(tmp_path)
    told = str(error.value)
    assert f"residents.{kind}, column disposable_income: every fraction has exactly three digits" in told
    assert "(2 rows), for example '344.937' in row 1" in told
    assert 'registers.toml, [residents] which it is: thousands = ".", or decimal = "."' in told
    for settings in ('thousands = "."', 'decimal = "."'):
        write(tmp_path, kind, ["344.937", "950", "201.500"], f"[residents]\n{settings}\n")
        residents_by_address(tmp_path)


@pytest.mark.parametrize("incomes", [["344.937", "950.5"], ["0.937", "950.125"], ["344937.125", "1.250"]])
def test_other_fractions_are_no_thousands(incomes: list[str], tmp_path: Path) -> None:
    write(tmp_path, "csv", incomes)
    assert residents_by_address(tmp_path).residents.sum() == len(incomes)


def test_commas_are_decimal_in_parquet_as_in_csv(tmp_path: Path) -> None:
    write(tmp_path, "parquet", ["344937,5", "950"])
    assert residents_by_address(tmp_path).residents.sum() == 2


@pytest.mark.parametrize(
    ("income", "sign"),
    [("1.234.567", "."), ("1.234,50", "."), ("1 234 567", " "), ("1\u00a0234", " "), ("-1'234'567", "'")],
)
def test_a_text_with_signs_between_thousands_is_told_with_the_key(income: str, sign: str, tmp_path: Path) -> None:
    write(tmp_path, "csv", [income, "10"])
    with pytest.raises(InputError, match=f'thousands = "{re.escape(sign)}"'):
        residents_by_address(tmp_path)
    # what is advised helps
    write(tmp_path, "csv", [income, "10"], f'[residents]\nthousands = "{sign}"\n')
    assert residents_by_address(tmp_path).residents.sum() == 2


def test_one_sign_cannot_be_both(tmp_path: Path) -> None:
    write(tmp_path, "csv", ["1"], '[residents]\ndecimal = ","\nthousands = ","\n')
    with pytest.raises(InputError, match="decimal and thousands are the same sign"):
        residents_by_address(tmp_path)


def policy(numerator: str = "out", where: str = "TRUE", **units: Any) -> Any:
    return check_policy(
        {
            "id": "mine",
            "years": [2000, 2030],
            "units": {"kind": "zones", "id": "id", "residents": "people", **units},
            "criteria": [
                {
                    "key": "out",
                    "register": "units",
                    "numerator": numerator,
                    "denominator": "people",
                    "where": where,
                    "worse": "high",
                }
            ],
            "rule": {"core": 0.5},
        },
        "mine.toml",
    )


def sums(out: list[Any], rule: Any, **more: list[Any]) -> list[float]:
    table = pa.table({"id": ["a", "b", "c"], "people": [10, 20, 30], "out": out, **more})
    found = sum_unit_rows(table, "t.csv", rule, np.array([2, 1, 0]))
    return (found.numerator[:, 0] / found.numerator_unit[0]).tolist()


def refused(out: list[Any], rule: Any, **more: list[Any]) -> str:
    with pytest.raises(InputError) as error:
        sums(out, rule, **more)
    return str(error.value)


@pytest.mark.long
def test_texts_that_are_all_numbers_are_numbers() -> None:
    assert sums(["1", " 2", "3"], policy()) == [1, 2, 3]
    assert sums(["1,5", "2", "3"], policy()) == [1.5, 2, 3]
    assert sums(["007", "2", ""], policy("coalesce(out, 0)")) == [7, 2, 0]


@pytest.mark.long
def test_a_text_among_numbers_is_told_with_its_row_in_the_file() -> None:
    told = refused(["1", "2", ".."], policy())
    assert "t.csv, column out: text where a number belongs (1 row), for example '..' in row 1." in told
    assert 'list it under [units] missing, as in missing = [".."]' in told
    told = refused(["1", "2", ".."], policy("0", where="out > people2"), people2=["1", "2", "3"])
    assert "text where a number belongs" in told


@pytest.mark.parametrize(("code", "bounds"), [("<3", "[0, 2]"), ("≤ 2", "[0, 2]"), ("1-4", "[1, 4]")])
def test_a_count_that_is_hidden_is_told_with_its_bounds(code: str, bounds: str) -> None:
    told = refused(["1", "2", code], policy())
    assert f'say its bounds: [units.intervals], "*" = {{ "{code}" = {bounds} }}' in told


@pytest.mark.parametrize(
    "missing", [["..", -9], {"*": ["..", -9]}, {"out": ["..", "-9"]}, {"OUT": [".."], "*": [-9]}, {"o": ["..", -9]}]
)
def test_missing_values_may_be_texts_and_stand_by_column(missing: Any) -> None:
    columns = {"o": ["out"]} if isinstance(missing, dict) and "o" in missing else {}
    rule = policy("coalesce(out, 0)", missing=missing, columns=columns)
    assert sums(["1", "-9", " .. "], rule) == [1, 0, 0]


def test_a_code_of_one_column_is_a_number_in_another() -> None:
    rule = policy("coalesce(out, 0) + coalesce(other, 0)", missing={"other": [-9], "out": [3]})
    assert sums([-9, 1, 3], rule, other=[-9, 3, 2]) == [-9, 4, 2]


def test_a_column_of_missing_values_that_is_not_there_is_told() -> None:
    told = refused([1, 2, 3], policy(missing={"outt": [-9]}))
    assert "mine: units.missing: the table t.csv has no column 'outt'" in told


@pytest.mark.long
def test_thousands_in_a_unit_table_are_asked_about_where_they_are_used() -> None:
    told = refused(["1.600", "980", "2"], policy())
    assert "t.csv, column out: every fraction has exactly three digits: a thousands separator? (1 row)" in told
    assert "for example '1.600' in row 3" in told
    assert "the policy, [units]" in told
    assert sums(["1.600", "980", "2"], policy(thousands=".")) == [1600, 980, 2]
    assert sums(["1.600", "980", "2"], policy(decimal=".")) == [1.6, 980, 2]
    assert sums([1, 2, 3], policy(), unused=["1.600", "1", "2"]) == [1, 2, 3]


def test_texts_stay_texts_where_expressions_treat_them_so() -> None:
    rule = policy("0", where="kind <> '2a' AND length(code) = 2 AND note IS NOT NULL")
    texts = {"kind": ["1", "2a", "3"], "code": ["01", "02", "3"], "note": ["a", "b", "3"]}
    assert sums([1, 2, 3], rule, **texts) == [0, 0, 0]


def test_signs_of_a_policy_must_differ() -> None:
    with pytest.raises(InputError, match="thousands: is the same sign as decimal"):
        policy(decimal=",", thousands=",")


def with_column(folder: Path, name: str, column: str, values: list[float]) -> None:
    """The town with other values in the first rows of one column."""
    MADE.write(folder)
    table: pa.Table = getattr(MADE, name)
    place = table.column_names.index(column)
    whole = [*values, *table.column(column).to_pylist()[len(values) :]]
    pq.write_table(table.set_column(place, column, pa.array(whole)), folder / f"{name}.parquet")


@pytest.mark.long
def test_a_year_of_birth_is_no_age(tmp_path: Path) -> None:
    with_column(tmp_path, "residents", "age", [1996])
    assert residents_by_address(tmp_path).counts["residents_with_impossible_age"] == 1
    with_column(tmp_path, "residents", "age", [1996] * MADE.residents.num_rows)
    with pytest.raises(
        InputError, match=r"column age: ages outside .* for example '1996' in row 1. Give ages in whole"
    ):
        residents_by_address(tmp_path)


def test_no_dwelling_is_as_large_as_a_code(tmp_path: Path) -> None:
    with_column(tmp_path, "dwellings", "area_m2", [75.0, 9999999.0])
    with pytest.raises(InputError, match=r"floor areas above 100,000 m2 \(1 row\), for example '9999999.0' in row 2"):
        residents_by_address(tmp_path)
