"""Tables as people have them: each case of the collection beside the repository, run by its own commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import run_case

pytestmark = pytest.mark.long

READ = (
    "addresses-as-json",
    "codes-padded-in-parquet",
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
