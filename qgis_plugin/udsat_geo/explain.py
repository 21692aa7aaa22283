"""The algorithm explain: why an area or a unit is in or out."""

from __future__ import annotations

import re
import tempfile
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingOutputHtml,
    QgsProcessingOutputString,
    QgsProcessingParameterString,
    QgsProcessingUtils,
)

from .algorithm import UdsatAlgorithm
from .wording.explain import EXPLAIN

_EVEN = "font-family: 'DejaVu Sans Mono', Consolas, Menlo, 'Courier New', monospace"
"""Letters of one width, in which bars are drawn: what QGIS shows such text in otherwise has not always got them."""


class Explain(UdsatAlgorithm):
    """``udsat explain``."""

    COMMAND = "explain"
    WORDS = EXPLAIN
    OPTIONS = {"LANGUAGE": "--language"}

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Parameters and outputs."""
        self.add_designation()
        self.add(QgsProcessingParameterString, "WANTED")
        self.add_language()
        self.add_output(QgsProcessingOutputString, "TEXT")
        self.add_output(QgsProcessingOutputHtml, "HTML")

    def prepareAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> bool:
        """Put the call together."""
        self.arguments = []
        self.common_options(parameters, context)
        wanted = self.parameterAsString(parameters, "WANTED", context)
        # what begins with a hyphen is no option
        self.arguments += ["--", self.layer(parameters, "FILE", context, feedback, designation=True), wanted]
        return True

    def results(self) -> list[Path]:
        """It writes nothing."""
        return []

    def processAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> dict[str, Any]:
        """Run the command, and give what it prints."""
        folder = Path(tempfile.mkdtemp(dir=QgsProcessingUtils.tempFolder()))
        kept = _Kept(feedback)
        if not self.call(1, folder, self.COMMAND, kept):
            return {}
        page = folder / "explain.html"
        text = "\n".join(kept.lines)
        page.write_text(f'<html><head><meta charset="utf-8"></head><body>{as_html(text)}</body></html>', "utf-8")
        return {"TEXT": text, "HTML": str(page)}


class _Kept:
    """A feedback that keeps the lines of the result."""

    def __init__(self, feedback: Any):
        self._feedback = feedback
        self.lines: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._feedback, name)

    def pushConsoleInfo(self, line: str) -> None:
        """Keep a line, and pass it on."""
        # the log is given spaces that do not melt into one
        self.lines.append(line.replace("\N{NO-BREAK SPACE}", " "))
        self._feedback.pushConsoleInfo(line)


def as_html(text: str) -> str:
    """What the program prints: its first line as a heading, its table as one."""
    first, *lines = text.strip().splitlines() or [""]
    parts = [f"<h3>{escape(first)}</h3>"]
    for is_table, block in groupby(lines, key=lambda line: line.startswith(" ")):
        if is_table:
            parts.append(_table([line for line in block if set(line) - set(" \N{BOX DRAWINGS LIGHT HORIZONTAL}")]))
        else:
            parts += [f"<p>{escape(line)}</p>" for line in block if line]
    return "".join(parts)


def _table(lines: list[str]) -> str:
    """A table whose columns stand apart by two blanks or more in every line, the first line being its head."""
    width = max(map(len, lines), default=0)
    lines = [line.ljust(width) for line in lines]
    ink = "".join(" " if all(line[i] == " " for line in lines) else "x" for i in range(width))
    columns = [found.span() for found in re.finditer(r"x(?: ?x)*", ink)]
    rows = []
    for number, line in enumerate(lines):
        cells = []
        for start, end in columns:
            text, is_bar = line[start:end], any(set(one[start:end]) & set("│█") for one in lines)
            at_end = all(one[end - 1] != " " for one in lines[1:])
            if is_bar:
                cells.append(f'<td><span style="{_EVEN}">{escape(text).replace(" ", "&nbsp;")}</span></td>')
            else:
                told = f"<b>{escape(text.strip())}</b>" if number == 0 else escape(text.strip())
                cells.append(f'<td align="{"right" if at_end and start else "left"}">{told}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table cellpadding="3">{"".join(rows)}</table>'
