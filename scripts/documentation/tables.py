"""Tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells may hold anything: bars are escaped, line ends become spaces."""

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"

    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)])


def code(text: str) -> str:
    """A text in a fixed font; empty stays empty."""
    if not text:
        return ""
    # Markdown would take a bar for the end of a cell, or show the sign that keeps it from doing so
    return f"<code>{escape(text).replace('|', '&#124;')}</code>" if set(text) & set("|<>&`") else f"`{text}`"
