"""The algorithm diff: what changed between two designations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorLayer,
)

from .algorithm import EARLIEST, LATEST, WHOLE, UdsatAlgorithm, absolute
from .designate import FOLDER
from .wording.diff import DIFF

OUTPUT_OF_TABLE = {"changes": "CHANGES", "changed_units": "CHANGED_UNITS", "links": "LINKS"}
_STEPS, _STEPS_OF_WHY = 2, 10


class Diff(UdsatAlgorithm):
    """``udsat diff``."""

    COMMAND = "diff"
    WORDS = DIFF
    OPTIONS = {
        "RAW": "--registers", "YEAR": "--year", "UNITS": "--units", "NAME_BEFORE": "--name", "NAME_NOW": "--name",
        "CROSSWALK": "--crosswalk", "CROSSWALK_COLUMNS": "--crosswalk-columns",
        "ALLOW_OVERLAPS": "--allow-overlaps", "WHY": "--why", "POLICY_FILES": "--policy", "LANGUAGE": "--language",
        "SEED": "--seed", "OUTPUT": "--out",
    }  # fmt: skip
    LAYERS = ("changes", "changed_units", "links")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Parameters and outputs."""
        polygons, any_layer = [QgsProcessing.TypeVectorPolygon], [QgsProcessing.TypeVector]
        for name in ("BEFORE", "NOW"):
            self.add(QgsProcessingParameterVectorLayer, name, any_layer)
        self.add(QgsProcessingParameterFile, "RAW", FOLDER, optional=True)
        self.add(QgsProcessingParameterNumber, "YEAR", WHOLE, optional=True, minValue=EARLIEST, maxValue=LATEST)
        self.add(
            QgsProcessingParameterVectorLayer, "UNITS", [QgsProcessing.TypeVectorPoint, *polygons], optional=True,
            advanced=True,
        )  # fmt: skip
        for name in ("NAME_BEFORE", "NAME_NOW"):
            self.add(QgsProcessingParameterString, name, optional=True, advanced=True)
        self.add(QgsProcessingParameterFile, "CROSSWALK", optional=True, advanced=True)
        self.add(QgsProcessingParameterString, "CROSSWALK_COLUMNS", optional=True, advanced=True)
        self.add(QgsProcessingParameterBoolean, "ALLOW_OVERLAPS", defaultValue=False, advanced=True)
        self.add(QgsProcessingParameterBoolean, "WHY", defaultValue=False, advanced=True)
        self.add(
            QgsProcessingParameterMultipleLayers, "POLICY_FILES", QgsProcessing.TypeFile, optional=True, advanced=True
        )
        self.add_common(threads=False)
        self.add_load(self.LAYERS)
        self.add(QgsProcessingParameterFileDestination, "OUTPUT", "GeoPackage (*.gpkg)")
        for name in OUTPUT_OF_TABLE.values():
            self.add_output(QgsProcessingOutputVectorLayer, name)

    def prepareAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> bool:
        """Put the call together."""
        sides = [self.layer(parameters, name, context, feedback, designation=True) for name in ("BEFORE", "NOW")]
        self.arguments = sides
        self.option("RAW", self.path(parameters, "RAW", context))
        self.option("YEAR", self.number(parameters, "YEAR", context))
        self.option("UNITS", self.layer(parameters, "UNITS", context, feedback, designation=True))
        names = [self.parameterAsString(parameters, name, context) for name in ("NAME_BEFORE", "NAME_NOW")]
        # given once it is of both
        self.option("NAME_BEFORE", names[0] or names[1])
        self.option("NAME_NOW", names[1] if names[0] else "")
        crosswalk = self.parameterAsString(parameters, "CROSSWALK", context).strip()
        self.option("CROSSWALK", crosswalk if crosswalk in ("area", "residents") else absolute(crosswalk))
        self.option("CROSSWALK_COLUMNS", self.parameterAsString(parameters, "CROSSWALK_COLUMNS", context).strip())
        for name in ("ALLOW_OVERLAPS", "WHY"):
            if self.parameterAsBool(parameters, name, context):
                self.arguments.append(self.OPTIONS[name])
        for policy in self.parameterAsFileList(parameters, "POLICY_FILES", context):
            self.option("POLICY_FILES", absolute(policy))
        self.common_options(parameters, context)
        self.out = Path(self.path(parameters, "OUTPUT", context))
        self.option("OUTPUT", self.out)
        self.refuse_unsaved(context)
        self.usual_steps = _STEPS_OF_WHY if self.arguments.count("--why") else _STEPS
        return True

    def results(self) -> list[Path]:
        """What layers of the project may show."""
        return [self.out]

    def processAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> dict[str, Any]:
        """Run the command, and say what came out."""
        if not self.call(self.usual_steps, self.out.parent, self.out.stem, feedback):
            return {}
        made = {
            table: (output, f"{self.out}|layername={table}", self.words["outputs"][output])
            for table, output in OUTPUT_OF_TABLE.items()
        }
        self.load(parameters, context, made)
        return {**{output: uri for output, uri, _ in made.values()}, "OUTPUT": str(self.out)}
