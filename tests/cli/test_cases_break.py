"""What has once broken the product, held now: each case by its own script, or by a test of its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cases import CASES, run_case

pytestmark = pytest.mark.long

TESTS = Path(__file__).parents[1]

HELD: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "designation-json-damage": (
        ("language=1180591620717411303424 rc 2", 'language="xx" rc 2', "not of its kind: language"),
        (),
    ),
    "directory-deleted": (("rc 2", "designation_2025.json is a folder", "notes.txt"), ()),
    "source-without-attributes": (("file rc 0", "vsigzip rc 0"), ()),
    "terminal-escapes": (("OSC title False clear False",), ("title True", "clear True", "\x1b")),
    "web-vrt-ssrf": (("A rc 2", "B rc 2", "asked 8891 GET /a.gml"), ("asked 8892", "in result: 1")),
}
"""Case -> what its script prints, and what it does not."""

ELSEWHERE = {
    "cache-damaged": ("synthetic/test_cache.py", "test_half_a_folder_is_replaced"),
    "expr-recursion": ("registers/test_policy_lockdown.py", "test_an_expression_that_is_nested_too_deeply_is_refused"),
    "expr-replace-bomb": (
        "registers/test_policy_lockdown.py",
        "test_an_expression_that_would_outgrow_memory_is_refused",
    ),
    "lower-bounds": ("../pyproject.toml", '"duckdb>=1.5"'),
    "parquet-page-damage": ("support/bad_input/files.py", "Parquet with a damaged page"),
    "policy-endless-file": ("policy/test_policy_chain.py", "test_a_pipe_is_not_waited_for"),
    "report-control-char": ("policy/test_policy_chain.py", "test_a_title_that_a_terminal_would_obey_is_refused"),
    "report-subtraction": ("report/page/test_page_content.py", "test_no_total_tells_of_an_area_of_few"),
    "status-csv-formula": ("monitoring/status/test_status_tables.py", "test_no_cell_of_csv_begins_a_formula"),
    "swap-kill": ("files/test_together.py", "test_killed_at_any_system_call_the_next_one_finds_one_set_whole"),
    "toml-long-number": ("policy/test_policy_chain.py", "test_a_base_that_nobody_wrote_ends_the_reading"),
    "two-at-once": ("files/test_together.py", "test_of_two_that_move_at_once_one_set_wins_whole"),
    "units-deconvolution": ("release/test_audit.py", "test_a_total_less_its_parts_gives_a_withheld_part_away"),
    "vrt-local-file": ("sources/test_recipes.py", "test_a_recipe_is_refused_whatever_it_is_called"),
}
"""Case -> the test of its rule, which needs less time than its script."""


def test_every_case_is_held() -> None:
    if not (CASES / "break").is_dir():
        pytest.skip(f"the cases do not lie beside the repository, in {CASES}")
    found = {path.name for path in (CASES / "break").iterdir() if (path / "run.sh").is_file()}
    assert found == ELSEWHERE.keys() | HELD.keys()
    for file, test in ELSEWHERE.values():
        assert test in (TESTS / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", HELD)
def test_what_broke_it_is_refused_or_done(case: str, tmp_path: Path) -> None:
    printed = run_case(f"break/{case}", tmp_path, TMPDIR=str(tmp_path))
    there, not_there = HELD[case]
    # one of a script's own lines is no fault of ours
    assert "udsat_geo/" not in printed
    assert [piece for piece in there if piece not in printed] == [], printed
    assert [piece for piece in not_there if piece in printed] == [], printed
