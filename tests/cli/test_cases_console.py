"""Cases of consoles and paths, each run by its own script."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import exit_codes, run_case

pytestmark = pytest.mark.long


def test_a_path_that_is_too_long_for_a_geopackage_is_told_before_the_work(tmp_path: Path) -> None:
    printed = run_case("long-output-path", tmp_path)
    assert exit_codes(printed) == [2]
    assert "too long for a GeoPackage" in printed or "for langt til en GeoPackage" in printed


def test_a_narrow_window_drops_no_name_and_no_digit(tmp_path: Path) -> None:
    printed = run_case("narrow-window", tmp_path)
    assert exit_codes(printed) == [0]
    assert all(text in printed for text in ("Område 1", "1.440", " 2025 "))


def test_without_a_folder_for_machine_code_it_is_compiled_anew(tmp_path: Path) -> None:
    printed = run_case("no-place-for-machine-code", tmp_path)
    if "in no virtual environment" in printed:
        pytest.skip("the package is not installed in a virtual environment, or as a link to its source")
    assert exit_codes(printed) == [0]
    assert "Traceback" not in printed
    assert "NUMBA_CACHE_DIR" in printed


@pytest.mark.parametrize("name", ["windows-pipe-goals", "windows-pipe-names"])
def test_signs_that_windows_1252_lacks_are_replaced(name: str, tmp_path: Path) -> None:
    printed = run_case(name, tmp_path)
    assert set(exit_codes(printed)) == {0}
    assert "Traceback" not in printed
