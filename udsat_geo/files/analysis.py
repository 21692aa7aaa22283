"""The files of questions beside a designation: how sure it is, how much it hangs on settings, whom it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.files.geopackage import write_analysis

if TYPE_CHECKING:
    from udsat_geo.analysis.certainty import Certainty
    from udsat_geo.analysis.concentration import Concentration
    from udsat_geo.analysis.sensitivity import Sensitivity
    from udsat_geo.designation.designation import Designation
    from udsat_geo.designation.layers import Layer


def write_certainty(found: Certainty, out: Path) -> Path:
    """Write ``certainty_YEAR.gpkg`` into a folder, made where it is missing, whole or not.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    from udsat_geo.analysis.certainty import certainty_layers

    said = {"draws": str(found.draws), "drawn": found.drawn, "seed": str(found.seed)}
    return _write(out, "certainty", found.designation, certainty_layers(found), said)


def write_sensitivity(found: Sensitivity, out: Path) -> Path:
    """Write ``sensitivity_YEAR.gpkg`` into a folder, made where it is missing, whole or not.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    from udsat_geo.analysis.sensitivity_tables import sensitivity_layers

    said = {"variants": str(len(found.design)), "seed": str(found.seed)}
    return _write(out, "sensitivity", found.designation, sensitivity_layers(found), said)


def write_concentration(found: Concentration, out: Path) -> Path:
    """Write ``concentration_YEAR.gpkg`` into a folder, made where it is missing, whole or not.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    from udsat_geo.analysis.concentration import concentration_layers

    said = {"permutations": str(found.asked.permutations), "seed": str(found.asked.seed)}
    return _write(out, "concentration", found.designation, concentration_layers(found), said)


def _write(out: Path, question: str, made: Designation, layers: Sequence[Layer], said: dict[str, str]) -> Path:
    stamp = {"policy": made.policy.policy.id, "source": made.inputs.source, **said}
    return write_analysis(out, f"{question}_{made.year}.gpkg", layers, stamp, made.year, made.language)
