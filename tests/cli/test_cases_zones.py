"""Tables of cells and zones as people have them, each with one flaw, by the script of its case."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cases import run_case

pytestmark = pytest.mark.long

BOTH_AREAS = "2 areas, 2,340 residents, 32.3 % (share of city)"


@pytest.mark.parametrize("case", ["decomposed-letters", "parquet-half-float", "parquet-unused-decimal256"])
def test_what_does_not_matter_changes_nothing(case: str, tmp_path: Path) -> None:
    told = run_case(case, tmp_path)
    assert BOTH_AREAS in told
    assert "exit code 0" in told


def test_a_column_with_a_space_is_written_in_quotes(tmp_path: Path) -> None:
    told = run_case("column-with-a-space", tmp_path)
    assert "exit code 2" in told
    assert "residents = '\"pop i alt\"'" in told


def test_an_id_that_is_no_number_is_empty(tmp_path: Path) -> None:
    told = run_case("id-nan", tmp_path)
    assert "exit code 2" in told
    assert "zones.parquet, column zone: empty ids (1 row)" in told


def test_ids_of_bytes_are_text(tmp_path: Path) -> None:
    told = run_case("ids-as-bytes", tmp_path)
    assert "exit code 0" in told
    assert "\n0101," in told
    assert "b'" not in told


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("percent-for-a-share", ("numerators above their denominator (64 rows)", "unit 0111", "divide a percentage")),
        ("sentinel-not-declared", ("negative numbers (1 row)", "unit 0108: -99997")),
    ],
)
def test_a_share_lies_between_none_and_all(case: str, words: tuple[str, ...], tmp_path: Path) -> None:
    told = run_case(case, tmp_path)
    assert "exit code 2" in told
    for word in (*words, "zones.gpkg, criterion outside, numerator out", "[units] missing"):
        assert word in told


def test_ids_that_have_lost_their_zeros_are_told(tmp_path: Path) -> None:
    told = " ".join(run_case("leading-zeros-lost-in-part", tmp_path).split())
    assert "Units that only one designation has: 40 before, 40 now" in told
    assert "960 here, 0960 there" in told


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("grid-ids-in-hundreds", ("multiples of 5", "[units] id_unit = 100")),
        ("grid-ids-in-metres", ("multiples of 200", "{northing_m} and {easting_m}")),
    ],
)
def test_numbers_of_grid_ids_count_what_the_policy_says(case: str, words: tuple[str, ...], tmp_path: Path) -> None:
    told = run_case(case, tmp_path)
    assert "exit code 2" in told
    for word in ("cells.csv, column cell", "(256 rows)", *words):
        assert word in told
