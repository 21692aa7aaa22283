"""The algorithm release: what may be published of a designation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
)

from .algorithm import UdsatAlgorithm
from .sources import layers_of
from .wording.release import RELEASE

RELEASE_POLICIES = ("dst", "eurostat-grid", "kbh")
"""The built-in release policies."""
FORMS = ("quadtree", "classes", "none")
"""How units are told."""
OUTPUT_OF_TABLE = {
    "public_areas": "PUBLIC_AREAS", "public_changes": "PUBLIC_CHANGES", "public_units": "PUBLIC_UNITS",
    "public_status": "PUBLIC_STATUS",
}  # fmt: skip


class Release(UdsatAlgorithm):
    """``udsat release``."""

    COMMAND = "release"
    WORDS = RELEASE
    OPTIONS = {
        "POLICY": "--policy", "UNITS": "--units", "LEDGER": "--ledger", "AUDIT": "--audit", "OUTPUT": "--out",
    }  # fmt: skip
    LAYERS = tuple(OUTPUT_OF_TABLE)

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Parameters and outputs."""
        self.add_designation()
        self.add_policy(RELEASE_POLICIES, "kbh")
        self.add(
            QgsProcessingParameterEnum, "UNITS", options=list(FORMS), optional=True, usesStaticStrings=True,
            advanced=True,
        )  # fmt: skip
        self.add(QgsProcessingParameterFile, "LEDGER", fileFilter="JSON (*.json)", optional=True, advanced=True)
        self.add(QgsProcessingParameterBoolean, "AUDIT", defaultValue=False)
        self.add_load(("public_areas", "public_units", "public_status"))
        self.add(QgsProcessingParameterFolderDestination, "OUTPUT")
        for name in OUTPUT_OF_TABLE.values():
            self.add_output(QgsProcessingOutputVectorLayer, name)
        for name in ("GEOPACKAGE", "SUMMARY"):
            self.add_output(QgsProcessingOutputFile, name)
        self.add_output(QgsProcessingOutputHtml, "HTML")

    def prepareAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> bool:
        """Put the call together."""
        file = self.layer(parameters, "FILE", context, feedback, designation=True)
        self.arguments = [file]
        self.policy_option(parameters, context)
        self.option("UNITS", self.parameterAsEnumString(parameters, "UNITS", context))
        self.option("LEDGER", self.path(parameters, "LEDGER", context))
        self.audit = self.parameterAsBool(parameters, "AUDIT", context)
        if self.audit:
            self.arguments.append(self.OPTIONS["AUDIT"])
        self.out = Path(self.path(parameters, "OUTPUT", context))
        self.option("OUTPUT", self.out)
        self.stem = f"public_{_year_of(Path(file))}"
        self.refuse_unsaved(context)
        return True

    def results(self) -> list[Path]:
        """What layers of the project may show."""
        return [self.out / f"{self.stem}.gpkg"]

    def processAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> dict[str, Any]:
        """Run the command, and say what came out; nothing of an audit but what it printed."""
        if not self.call(1, self.out, self.stem, feedback) or self.audit:
            return {}
        (package,) = self.results()
        there = layers_of(str(package))
        made = {
            table: (output, f"{package}|layername={table}", self.words["outputs"][output])
            for table, output in OUTPUT_OF_TABLE.items()
            if table in there
        }
        self.load(parameters, context, made)
        return {
            **{output: uri for output, uri, _ in made.values()},
            "OUTPUT": str(self.out),
            "GEOPACKAGE": str(package),
            "SUMMARY": str(package.with_suffix(".json")),
            "HTML": str(self.out / f"{self.stem.replace('public', 'release')}.html"),
        }


def _year_of(designation: Path) -> str:
    """The year of a designation; empty where its summary cannot be read, of which the program has its own words."""
    try:
        return str(json.loads(designation.with_suffix(".json").read_text(encoding="utf-8"))["year"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
