"""QGIS's expressions, put together so that no text in them is taken for a part of one."""

from __future__ import annotations

import html
from collections.abc import Mapping


def field(name: str) -> str:
    """A field of a layer."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text; QGIS reads a backslash in one as the start of an escape."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def looked_up(column: str, texts: Mapping[str, str]) -> str:
    """The text that stands for a field's value; the value itself where none does."""
    if not texts:
        return field(column)
    cases = " ".join(f"WHEN {field(column)} = {literal(value)} THEN {literal(text)}" for value, text in texts.items())
    return f"CASE {cases} ELSE {field(column)} END"


def number(expression: str, digits: int, language: str) -> str:
    """A number as a language writes it; nothing for a missing one."""
    return f"coalesce(format_number({expression}, {digits}, {literal(language)}), '')"


def as_html(expression: str) -> str:
    """A value whose markup is shown, not followed."""
    escapes = ", ".join(f"{literal(sign)}, {literal(html.escape(sign))}" for sign in "&<>")
    # QGIS replaces in the order of the signs themselves: the ampersand, the least, comes first
    return f"replace(coalesce({expression}, ''), map({escapes}))"


def plain(text: str) -> str:
    """A text for where QGIS would follow ``[% %]``: it is broken up."""
    return text.replace("[%", "[ %")


def inserted(expression: str) -> str:
    """An expression for where QGIS follows ``[% %]``."""
    # a text in it could end it early; a blank between the signs changes none of its meaning outside texts
    return "[% " + expression.replace("%]", "% ]") + " %]"
