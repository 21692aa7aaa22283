"""The file of how sure a designation is: its units and areas with what the draws say of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.files.geopackage import write_analysis

if TYPE_CHECKING:
    from udsat_geo.analysis.certainty import Certainty


def write_certainty(found: Certainty, out: Path) -> Path:
    """Write ``certainty_YEAR.gpkg`` into a folder, whole or not.

    Parameters
    ----------
    found : Certainty
    out : Path
        Made where it is missing.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    from udsat_geo.analysis.certainty import certainty_layers

    made = found.designation
    stamp = {"policy": made.policy.policy.id, "source": made.inputs.source, "draws": str(found.draws)}
    stamp |= {"drawn": found.drawn, "seed": str(found.seed)}
    return write_analysis(out, f"certainty_{made.year}.gpkg", certainty_layers(found), stamp, made.year, made.language)
