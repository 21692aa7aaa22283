"""Texts, names and paths as SQL has them."""

from __future__ import annotations

from pathlib import Path


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def pattern_of(path: Path) -> str:
    """The pattern that DuckDB takes for this file alone, whatever stars and brackets stand in its path."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
