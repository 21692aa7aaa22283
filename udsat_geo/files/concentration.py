"""The file of whom a designation reaches, and of what else stands beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.files.geopackage import write_analysis

if TYPE_CHECKING:
    from udsat_geo.analysis.concentration import Concentration


def write_concentration(found: Concentration, out: Path) -> Path:
    """Write ``concentration_YEAR.gpkg`` into a folder, whole or not.

    Parameters
    ----------
    found : Concentration
    out : Path
        Made where it is missing.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    from udsat_geo.analysis.concentration import concentration_layers

    made, asked = found.designation, found.asked
    stamp = {"policy": made.policy.policy.id, "source": made.inputs.source}
    stamp |= {"permutations": str(asked.permutations), "seed": str(asked.seed)}
    layers, name = concentration_layers(found), f"concentration_{made.year}.gpkg"
    return write_analysis(out, name, layers, stamp, made.year, made.language)
