"""Tables as people have them: each case of the collection beside the repository, run by its own commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import run_case

pytestmark = pytest.mark.long

READ = ("toml-with-bom",)
"""Towns that are read as if their flaw were none: one area of 1,128 residents."""


@pytest.mark.parametrize("name", READ)
def test_a_table_of_an_unusual_kind_is_read_like_the_usual_one(name: str, tmp_path: Path) -> None:
    printed = run_case(name, tmp_path)
    assert "1 areas, 1,128 residents" in printed, printed
    assert "exit code 0" in printed
