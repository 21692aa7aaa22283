"""The file of how much a designation hangs on its settings: units, areas and settings, and what variants say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.files.geopackage import write_analysis

if TYPE_CHECKING:
    from udsat_geo.analysis.sensitivity import Sensitivity


def write_sensitivity(found: Sensitivity, out: Path) -> Path:
    """Write ``sensitivity_YEAR.gpkg`` into a folder, whole or not.

    Parameters
    ----------
    found : Sensitivity
    out : Path
        Made where it is missing.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    from udsat_geo.analysis.sensitivity_tables import sensitivity_layers

    made = found.designation
    stamp = {"policy": made.policy.policy.id, "source": made.inputs.source, "variants": str(len(found.design))}
    stamp |= {"seed": str(found.seed)}
    name = f"sensitivity_{made.year}.gpkg"
    return write_analysis(out, name, sensitivity_layers(found), stamp, made.year, made.language)
