"""Tables of text as Markdown and CSV."""

from __future__ import annotations

import csv
import io

import pytest

from udsat_geo.messages.tables import Table, csv_text, guarded


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
    assert list(csv.reader(io.StringIO(csv_text(["head"], [[text]]))))[1] == [f"'{text}"]


@pytest.mark.parametrize("cell", ["-3,60", "+0.5", "1.234,5", "-1e-07", "text", "", "'quoted'", -5, 0.5, None])
def test_numbers_and_other_texts_stay_as_they_are(cell: object) -> None:
    assert guarded(cell) == cell


def test_csv_is_for_the_spreadsheets_of_a_language_or_plain() -> None:
    assert csv_text(["a", "b"], [["1", 2]], "da") == "\ufeffa;b\r\n1;2\r\n"
    assert csv_text(["a", "b"], [["1", 2]], "en") == "\ufeffa,b\r\n1,2\r\n"
    assert csv_text(["a", "b"], [["1", 2]]) == "a,b\n1,2\n"
