"""Tables of text as Markdown and CSV."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

import udsat_geo
from udsat_geo.messages.tables import Table, csv_text, guarded, unguarded


def test_markdown_is_whole_whatever_the_cells_hold() -> None:
    table = Table("T", ("what", "n"), (("a | b", ""), ("c\nd", "1")), strong=frozenset({0}))
    assert table.markdown().splitlines() == [
        "| what | n |",
        "| --- | ---: |",
        "| **a \\| b** |  |",
        "| c<br>d | 1 |",
    ]


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "＝1", "= 0", "'=1", "''=1", "--1"]
)
def test_no_text_of_csv_is_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert list(csv.reader(io.StringIO(csv_text([text], [[text]])))) == [[f"'{text}"]] * 2
    assert unguarded(f"'{text}") == text


@pytest.mark.parametrize("cell", ["-3,60", "+0.5", "1.234,5", "-1e-07", "text", "", "'quoted'", -5, 0.5, None])
def test_numbers_and_other_texts_stay_as_they_are(cell: object) -> None:
    assert guarded(cell) == cell
    assert not isinstance(cell, str) or unguarded(cell) == cell


def test_csv_is_for_the_spreadsheets_of_a_language_or_plain() -> None:
    assert csv_text(["a", "b"], [["1", 2]], "da") == "\ufeffa;b\r\n1;2\r\n"
    assert csv_text(["a", "b"], [["1", 2]], "en") == "\ufeffa,b\r\n1,2\r\n"
    assert csv_text(["a", "b"], [["1", 2]]) == "a,b\n1,2\n"


def test_csv_is_written_here_alone() -> None:
    """But for the values of settings, which are numbers and names of ours, and frames that are read again."""
    package = Path(udsat_geo.__file__).parent
    writers = re.compile(r"csv\.writer|DictWriter|write_csv\(\w+,|\.to_csv\(")
    found = {path.name for path in package.rglob("*.py") if writers.search(path.read_text(encoding="utf-8"))}
    assert found == {"tables.py", "plain_table.py", "frames.py"}
