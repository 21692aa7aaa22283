"""The algorithm explain: why an area or a unit is in or out."""

from __future__ import annotations

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

_EVEN = "font-family: 'DejaVu Sans Mono', Consolas, Menlo, 'Courier New', monospace; font-size: small"
"""Letters of one width: what QGIS shows preformatted text in has not always got them."""


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
    """What the program prints: its first line as a heading, its table with the columns where they were."""
    first, *lines = text.strip().splitlines() or [""]
    parts = [f"<h3>{escape(first)}</h3>"]
    for is_table, block in groupby(lines, key=lambda line: line.startswith(" ")):
        if is_table:
            parts.append(f'<pre style="{_EVEN}">{escape(chr(10).join(block))}</pre>')
        else:
            parts += [f"<p>{escape(line)}</p>" for line in block if line]
    return "".join(parts)
