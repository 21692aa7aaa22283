"""Tables as people have them: each case of the collection beside the repository, run by its own commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import run_case

pytestmark = pytest.mark.long

READ = (
    "addresses-as-json",
    "codes-padded-in-parquet",
    "excel-sep-line",
    "mixed-line-ends",
    "parquet-folder",
    "residents-in-capitals",
    "toml-with-bom",
)
"""Towns that are read as if their flaw were none: one area of 1,128 residents."""


@pytest.mark.parametrize("name", READ)
def test_a_table_of_an_unusual_kind_is_read_like_the_usual_one(name: str, tmp_path: Path) -> None:
    printed = run_case(name, tmp_path)
    assert "1 areas, 1,128 residents" in printed, printed
    assert "exit code 0" in printed


def test_a_column_that_stands_twice_but_for_letter_case_is_refused(tmp_path: Path) -> None:
    printed = run_case("parquet-two-ages", tmp_path)
    assert "residents.parquet: column names stand twice: AGE, Age. Rename one of them." in printed, printed
    assert "exit code 2" in printed


def test_keys_without_their_zeros_are_told_with_both_forms(tmp_path: Path) -> None:
    printed = run_case("leading-zeros-in-one-table", tmp_path)
    assert "keys that no row of dwellings has (4,944 rows), for example '01000000', which is '1000000' there" in printed
    assert "differ from a key there only in zeros in front" in printed
    assert "Add the missing" not in printed
    assert "exit code 2" in printed


def test_windows_1252_is_read_and_told_whatever_is_said_of_latin_1(tmp_path: Path) -> None:
    printed = run_case("windows-1252", tmp_path)
    assert printed.count("1 areas, 1,128 residents") == 2, printed
    assert printed.count("Windows-1252, decimal point") == 2


def test_quoted_decimal_commas_are_numbers(tmp_path: Path) -> None:
    printed = run_case("decimal-comma-quoted", tmp_path)
    assert "2 areas, 2,240 residents" in printed, printed
    assert "cells.csv: semicolon separated, UTF-8, decimal comma" in printed


@pytest.mark.parametrize(
    ("name", "where", "example"),
    [
        ("thousands-points-in-cells", "cells.csv, column out", "1.700"),
        ("thousands-points-in-incomes", "residents.csv, column disposable_income", "344.937"),
        ("thousands-points-in-eastings", "addresses.csv, column easting", "720.020"),
    ],
)
def test_a_point_between_thousands_is_asked_about(name: str, where: str, example: str, tmp_path: Path) -> None:
    printed = run_case(name, tmp_path)
    assert f"{where}: every fraction has exactly three digits: a thousands separator?" in printed, printed
    assert f"for example '{example}' in row" in printed
    assert 'thousands = ".", or decimal = "."' in printed
    assert "exit code 2" in printed


def test_a_text_among_numbers_is_told_and_may_be_listed_as_missing(tmp_path: Path) -> None:
    printed = run_case("dots-for-missing", tmp_path)
    assert "cells.csv, column out: text where a number belongs (1 row), for example '..' in row 8." in printed, printed
    assert 'under [units] missing, as in missing = [".."]' in printed
    assert "exit code 2" in printed
    assert "2 areas" in printed
    assert "exit code 0" in printed
