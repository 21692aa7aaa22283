"""A table of text, and how it is written as Markdown and as CSV; `udsat_geo.cli.console` prints it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""What a spreadsheet takes for a formula, or for one that is guarded. Source: OWASP, CSV Injection."""
_NUMBER = re.compile(r"[+-]?\d[\d.,]*(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """A table of text.

    Attributes
    ----------
    title : str
    heads : tuple of str, n_columns
    rows : tuple of tuple of str
        A cell may have several lines.
    left : frozenset of int
        Columns of text, set flush left, whose lines a narrow window breaks between words. All others are set flush
        right, and no cell of them is ever broken.
    unbroken : frozenset of int
        Columns of text that are not broken either, such as bars.
    spare : frozenset of int
        Columns that a narrow window does without first.
    strong : frozenset of int
        Rows in bold: those that head the rows below them, or stand out.
    total : bool
        Whether the last row is a sum, set apart from the others.
    spaced : bool
        Whether rows are of several lines each: the first line is bold, and a blank line stands between rows.
    notes : tuple of str
        Sentences that belong below it.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[int] = frozenset({0})
    unbroken: frozenset[int] = frozenset()
    spare: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    total: bool = False
    spaced: bool = False
    notes: tuple[str, ...] = ()

    def markdown(self) -> str:
        """The table without its title: lines within a cell are broken by ``<br>``, strong rows begin in bold."""
        rules = ["---" if i in self.left else "---:" for i in range(len(self.heads))]
        rows = [
            (f"**{cells[0]}**", *cells[1:]) if i in self.strong and cells[0] else cells
            for i, cells in enumerate(self.rows)
        ]
        return "\n".join(_markdown_row(cells) for cells in (self.heads, rules, *rows))


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.strip().replace('|', chr(92) + '|').replace(chr(10), '<br>') for cell in cells)} |"


def csv_text(heads: Iterable[str], rows: Iterable[Iterable[object]], language: str | None = None) -> str:
    """Rows as CSV, in which no text is ever a formula.

    Parameters
    ----------
    heads : iterable of str
    rows : iterable of iterables
    language : {"da", "en"}, optional
        For the spreadsheets of that language, Danish ones with semicolons between columns, and with a byte order mark,
        without which they take UTF-8 for something else. Without a language it is for programs: plain, with commas.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";" if language == "da" else ",", lineterminator="\r\n" if language else "\n")
    writer.writerows([guarded(cell) for cell in row] for row in (heads, *rows))
    return ("\ufeff" if language else "") + stream.getvalue()


def unguarded(text: str) -> str:
    """What a text was before `guarded` wrote it."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def guarded(cell: object) -> object:
    """A cell as it is, with an apostrophe before it where it is a text that begins like a formula."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
