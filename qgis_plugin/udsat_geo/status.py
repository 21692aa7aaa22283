"""The algorithm status: areas against the rest of the city, year by year."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorLayer,
    QgsProcessingUtils,
)
from qgis.PyQt.QtGui import QTextDocument

from .algorithm import EARLIEST, LATEST, WHOLE, UdsatAlgorithm, is_given
from .designate import FOLDER
from .wording import said
from .wording.status import STATUS

_STEPS_OF_A_DESIGNATION = 8


class Status(UdsatAlgorithm):
    """``udsat status``."""

    COMMAND = "status"
    WORDS = STATUS
    OPTIONS = {
        "AREAS": "--areas", "AREAS_YEAR": "--areas", "YEARS": "--years", "UPDATED": "--updated",
        "UPDATED_YEAR": "--updated", "RAW": "--registers", "POLICY": "--policy", "ALLOW_OVERLAPS": "--allow-overlaps",
        "LANGUAGE": "--language", "THREADS": "--threads", "OUTPUT": "--out",
    }  # fmt: skip
    LAYERS = ("status",)

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Parameters and outputs."""
        self._add_areas("AREAS", advanced=False)
        self.add(QgsProcessingParameterString, "YEARS", defaultValue="2017,2018,2019,2021")
        self.add(QgsProcessingParameterFile, "RAW", FOLDER, optional=True)
        self._add_areas("UPDATED", advanced=True)
        self.add_policy()
        self.add(QgsProcessingParameterBoolean, "ALLOW_OVERLAPS", defaultValue=False, advanced=True)
        self.add_common(seed=False)
        self.add_load(self.LAYERS)
        self.add(QgsProcessingParameterFolderDestination, "OUTPUT")
        self.add_output(QgsProcessingOutputVectorLayer, "STATUS")
        for name in ("REPORT", "DATA"):
            self.add_output(QgsProcessingOutputFile, name)
        self.add_output(QgsProcessingOutputHtml, "HTML")

    def _add_areas(self, name: str, advanced: bool) -> None:
        """Areas as a layer, or as the year whose areas are designated."""
        self.add(QgsProcessingParameterVectorLayer, name, [QgsProcessing.TypeVector], optional=True, advanced=advanced)
        self.add(
            QgsProcessingParameterNumber, f"{name}_YEAR", WHOLE, optional=True, minValue=EARLIEST, maxValue=LATEST,
            advanced=advanced,
        )  # fmt: skip

    def checkParameterValues(self, parameters: Any, context: Any) -> tuple[bool, str]:
        """A layer or a year: one of them for the areas, at most one for those that follow."""
        for name, sentence, allowed in (("AREAS", "one_of", (1,)), ("UPDATED", "at_most_one_of", (0, 1))):
            given = [is_given(parameters, each) for each in (name, f"{name}_YEAR")]
            if sum(given) not in allowed:
                first, second = (self.titled(each)[0] for each in (name, f"{name}_YEAR"))
                return False, said(sentence, first=first, second=second)
        ok, message = super().checkParameterValues(parameters, context)
        return bool(ok), str(message)

    def prepareAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> bool:
        """Put the call together."""
        self.arguments = []
        years = self.parameterAsString(parameters, "YEARS", context)
        self.usual_steps = len(years.split(","))
        for name in ("AREAS", "UPDATED"):
            year = self.number(parameters, f"{name}_YEAR", context)
            self.option(
                name, self.layer(parameters, name, context, feedback, designation=True) if year is None else year
            )
            self.usual_steps += 0 if year is None else _STEPS_OF_A_DESIGNATION
        self.option("YEARS", years)
        raw = self.path(parameters, "RAW", context)
        self.option("RAW", raw)
        self.synthetic = not raw
        self.policy_option(parameters, context)
        if self.parameterAsBool(parameters, "ALLOW_OVERLAPS", context):
            self.arguments.append(self.OPTIONS["ALLOW_OVERLAPS"])
        self.common_options(parameters, context)
        self.out = Path(self.path(parameters, "OUTPUT", context))
        self.option("OUTPUT", self.out)
        self.refuse_unsaved(context)
        return True

    def results(self) -> list[Path]:
        """What layers of the project may show."""
        return [self.out / "status.csv"]

    def processAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> dict[str, Any]:
        """Run the command, and say what came out."""
        if not self.call(self.usual_steps, self.out, "status", feedback):
            return {}
        table, report = self.out / "status.csv", self.out / "status.md"
        self.load(parameters, context, {"status": ("STATUS", str(table), self.words["outputs"]["HTML"])})
        return {
            "OUTPUT": str(self.out),
            "STATUS": str(table),
            "REPORT": str(report),
            "DATA": str(self.out / "status.json"),
            "HTML": _as_html(report),
        }


def _as_html(report: Path) -> str:
    """A page of the report for the results viewer, in a temporary file."""
    document = QTextDocument()
    document.setMarkdown(report.read_text(encoding="utf-8"))
    page = Path(tempfile.mkdtemp(dir=QgsProcessingUtils.tempFolder())) / "status.html"
    text = document.toHtml().replace("<head>", '<head><meta charset="utf-8">', 1)
    page.write_text(text, encoding="utf-8")
    return str(page)
