"""The algorithm designate: the areas of a year."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorLayer,
)

from .algorithm import EARLIEST, LATEST, WHOLE, UdsatAlgorithm, absolute
from .release import RELEASE_POLICIES
from .wording.designate import DESIGNATE

OUTPUT_OF_TABLE = {
    "areas": "AREAS", "changes": "CHANGES", "near_misses": "NEAR_MISSES", "units": "UNITS_SCORED", "status": "STATUS",
}  # fmt: skip
FOLDER = QgsProcessingParameterFile.Folder
_OF_THE_CRATE = ("AGENT", "LICENSE")
_STEPS_OF_A_YEAR = 4
_ROUNDS = 3
"""Years that a run usually goes through: the one asked for, and those before it that it is compared with."""


class Designate(UdsatAlgorithm):
    """``udsat designate``."""

    COMMAND = "designate"
    WORDS = DESIGNATE
    OPTIONS = {
        "YEAR": "--year", "POLICY": "--policy", "RAW": "--registers", "SUMS": "--sums", "UNITS": "--units",
        "BARRIERS": "--barriers", "CROSSINGS": "--crossings", "PLACES": "--places", "PARCELS": "--parcels",
        "REGIONS": "--regions", "GROUND": "--ground",
        "OVERRIDES": "--overrides", "PREVIOUS": "--previous", "CROSSWALK": "--crosswalk",
        "CROSSWALK_COLUMNS": "--crosswalk-columns", "REFERENCES": "--references", "FORMATS": "--format",
        "LANGUAGE": "--language", "SEED": "--seed", "THREADS": "--threads", "AGENT": "--agent",
        "LICENSE": "--license", "CERTAINTY": "--certainty", "RELEASE": "--release", "OUTPUT": "--out",
    }  # fmt: skip
    LAYERS = ("areas", "changes", "near_misses", "units", "raster", "status")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Parameters and outputs."""
        self.add(QgsProcessingParameterNumber, "YEAR", WHOLE, defaultValue=2025, minValue=EARLIEST, maxValue=LATEST)
        self.add_policy()
        self.add(QgsProcessingParameterFile, "RAW", FOLDER, optional=True)
        self.add(QgsProcessingParameterString, "SUMS", optional=True, advanced=True)
        self._add_surroundings()
        self.add(QgsProcessingParameterString, "PREVIOUS", optional=True, advanced=True)
        self.add(QgsProcessingParameterFile, "CROSSWALK", optional=True, advanced=True)
        self.add(QgsProcessingParameterString, "CROSSWALK_COLUMNS", optional=True, advanced=True)
        self.add(QgsProcessingParameterString, "REFERENCES", optional=True, advanced=True)
        self.add(QgsProcessingParameterString, "FORMATS", defaultValue="gpkg,tif", optional=True, advanced=True)
        for name in _OF_THE_CRATE:
            self.add(QgsProcessingParameterString, name, optional=True, advanced=True)
        self.add(QgsProcessingParameterBoolean, "CERTAINTY", defaultValue=False, advanced=True)
        self.add(QgsProcessingParameterString, "RELEASE", optional=True, advanced=True)
        self.add_common()
        self.add_load(("areas", "changes", "units", "status"))
        self.add(QgsProcessingParameterFolderDestination, "OUTPUT")
        for name in OUTPUT_OF_TABLE.values():
            self.add_output(QgsProcessingOutputVectorLayer, name)
        self.add_output(QgsProcessingOutputRasterLayer, "RASTER")
        for name in ("GEOPACKAGE", "SUMMARY"):
            self.add_output(QgsProcessingOutputFile, name)
        for name in ("AREA_COUNT", "RESIDENTS_IN_AREAS"):
            self.add_output(QgsProcessingOutputNumber, name)

    def _add_surroundings(self) -> None:
        any_layer, polygons = [QgsProcessing.TypeVector], [QgsProcessing.TypeVectorPolygon]
        lines, points = [QgsProcessing.TypeVectorLine], [QgsProcessing.TypeVectorPoint]
        for name, kinds in (
            ("UNITS", any_layer), ("BARRIERS", lines + polygons), ("CROSSINGS", points), ("PLACES", points + polygons),
            ("PARCELS", polygons), ("REGIONS", polygons), ("GROUND", lines + polygons), ("OVERRIDES", any_layer),
        ):  # fmt: skip
            self.add(QgsProcessingParameterVectorLayer, name, kinds, optional=True, advanced=name != "UNITS")

    def prepareAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> bool:
        """Put the call together; layers of the project may be asked in this thread alone."""
        self.arguments = []
        self.year = self.parameterAsInt(parameters, "YEAR", context)
        self.option("YEAR", self.year)
        self.policy_option(parameters, context)
        self.option("RAW", self.path(parameters, "RAW", context))
        for place in self.parameterAsString(parameters, "SUMS", context).split(","):
            self.option("SUMS", absolute(place.strip()))
        for name in ("UNITS", "BARRIERS", "CROSSINGS", "PLACES", "PARCELS", "REGIONS", "GROUND", "OVERRIDES"):
            self.option(name, self.layer(parameters, name, context, feedback))
        previous = self.parameterAsString(parameters, "PREVIOUS", context).strip()
        is_file = previous not in ("none", "made") and re.fullmatch(r"-?[0-9]+", previous) is None
        self.option("PREVIOUS", absolute(previous) if is_file else previous)
        crosswalk = self.parameterAsString(parameters, "CROSSWALK", context).strip()
        self.option("CROSSWALK", crosswalk if crosswalk in ("area", "residents") else absolute(crosswalk))
        self.option("CROSSWALK_COLUMNS", self.parameterAsString(parameters, "CROSSWALK_COLUMNS", context).strip())
        self.rounds = 1 if previous == "none" else _ROUNDS
        for reference in re.split(r"[\s;]+", self.parameterAsString(parameters, "REFERENCES", context)):
            self.option("REFERENCES", reference)
        formats = self.parameterAsString(parameters, "FORMATS", context)
        wanted = [part.strip() for part in formats.split(",") if part.strip()]
        self.option("FORMATS", ",".join(dict.fromkeys(["gpkg", *wanted])))
        if self.parameterAsBool(parameters, "CERTAINTY", context):
            self.arguments.append(self.OPTIONS["CERTAINTY"])
        release = self.parameterAsString(parameters, "RELEASE", context).strip()
        self.option("RELEASE", release if release in RELEASE_POLICIES else absolute(release))
        for name in _OF_THE_CRATE:
            self.option(name, self.parameterAsString(parameters, name, context).strip())
        self.common_options(parameters, context)
        self.out = Path(self.path(parameters, "OUTPUT", context))
        self.option("OUTPUT", self.out)
        self.refuse_unsaved(context)
        self.synthetic = not any(
            argument.startswith(("--registers=", "--sums=", "--units=")) for argument in self.arguments
        )
        return True

    def results(self) -> list[Path]:
        """What layers of the project may show."""
        return [self.out / f"designation_{self.year}.{ending}" for ending in ("gpkg", "tif")]

    def processAlgorithm(self, parameters: Any, context: Any, feedback: Any) -> dict[str, Any]:
        """Run the command, and say what came out."""
        stem = f"designation_{self.year}"
        package, raster = self.out / f"{stem}.gpkg", self.out / f"{stem}.tif"
        earlier = changed(raster)
        if not self.call(_STEPS_OF_A_YEAR * self.rounds + 1, self.out, stem, feedback):
            return {}
        summary = json.loads(package.with_suffix(".json").read_text(encoding="utf-8"))
        made = {
            table: (output, f"{package}|layername={table}", f"{self.words['outputs'][output]} {self.year}")
            for table, output in OUTPUT_OF_TABLE.items()
        }
        # units that are no cells make no raster, and one of an earlier run may lie there
        if changed(raster) != earlier:
            made["raster"] = ("RASTER", str(raster), f"{self.words['outputs']['RASTER']} {self.year}")
        self.load(parameters, context, made)
        return {
            **{output: uri for output, uri, _ in made.values()},
            "OUTPUT": str(self.out),
            "GEOPACKAGE": str(package),
            "SUMMARY": str(package.with_suffix(".json")),
            "AREA_COUNT": len(summary["areas"]),
            "RESIDENTS_IN_AREAS": summary["residents_in_areas"],
        }


def changed(path: Path) -> int | None:
    """When a file was last written; None if it is not there."""
    return path.stat().st_mtime_ns if path.exists() else None
