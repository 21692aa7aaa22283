"""Plain tables for a console of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Justify = Literal["left", "right"]


def plain_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: Sequence[int],
    wrapped: Sequence[int] = (),
    title: str | None = None,
    total: bool = False,
) -> Table:
    """A table whose numbers are never cut: a narrow window wraps the columns that may be.

    Parameters
    ----------
    headings : sequence of str, length n_columns
    rows : sequence of sequences of str
    left, wrapped : sequence of int
        Columns that stand to the left; that may be wrapped.
    title : str, optional
    total : bool
        Whether the last row is set apart as a sum.
    """
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for place, heading in enumerate(headings):
        justify: Justify = "left" if place in left else "right"
        free = place in wrapped
        width = None if free else max([len(heading), *(len(row[place]) for row in rows)])
        table.add_column(heading, justify=justify, no_wrap=not free, min_width=width)
    for number, row in enumerate(rows):
        table.add_row(*(Text(cell) for cell in row), end_section=total and number == len(rows) - 2)
    return table


def say(console: Console, text: str) -> None:
    """A line of plain text."""
    console.print(text, highlight=False, markup=False)
