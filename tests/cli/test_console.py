"""Tables on a console: whole where they are piped, broken between words where the window is narrow, never cut."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from udsat_geo.cli.console import plain_console, print_table
from udsat_geo.messages.tables import Table

LABEL = "a long label of several words that a narrow window breaks"
TABLE = Table(
    "A title",
    ("What is counted", "Here and now", "There", "Why"),
    ((LABEL, "1,234,567.8", "12", "because [it] is"), ("short", "-3", "", "so")),
    left=frozenset({0, 3}),
    spare=frozenset({3}),
)


def printed(table: Table, width: int, language: str = "en") -> list[str]:
    console = Console(width=width, file=io.StringIO(), record=True, markup=False)
    print_table(table, console, language)
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_a_table_that_fits_has_a_line_for_each_row() -> None:
    lines = printed(TABLE, 120)
    assert any(LABEL in line and "1,234,567.8" in line and "because [it] is" in line for line in lines)
    assert len([line for line in lines if line.strip()]) == 1 + 1 + 1 + 2


def test_output_that_is_piped_is_not_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("", ("a", "b"), (("word " * 60, "1"),))
    console = plain_console()
    print_table(table, console)
    console.print("a sentence " * 60)
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) > 600
    assert any(line.count("word") == 60 for line in lines)


def test_a_narrow_window_breaks_labels_and_heads_and_no_figure() -> None:
    lines = printed(TABLE, 70)
    assert max(map(len, lines)) <= 70
    text = "\n".join(lines)
    assert "1,234,567.8" in text
    assert all(word in text for word in LABEL.split())
    assert "too narrow" not in text


def test_a_column_that_is_left_out_is_named() -> None:
    lines = printed(TABLE, 50)
    assert max(map(len, lines)) <= 60
    assert "The window is too narrow for: Why." in lines
    assert not any("because" in line for line in lines)


@pytest.mark.long
@given(st.integers(24, 140), st.lists(st.text("ab ", min_size=1, max_size=30), min_size=1, max_size=7))
def test_no_table_is_cut(width: int, heads: list[str]) -> None:
    row = tuple(f"{i}{head}" for i, head in enumerate(heads))
    table = Table("", tuple(f"h{i} {head}" for i, head in enumerate(heads)), (row,), left=frozenset(range(0, 7, 2)))
    lines = printed(table, width)
    text = " ".join(lines)
    told = text.partition("too narrow for")[2]
    for i in range(len(heads)):
        assert f"h{i}" in text
        assert f"{i}" in text.replace(f"h{i}", "") or f"h{i}" in told
