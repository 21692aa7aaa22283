"""The file of how sure a designation is: its units and areas with what the draws say of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.files.atomic_write import all_or_none, cannot_write
from udsat_geo.files.geopackage import dress_comparison, steady_gdal, write_layer
from udsat_geo.messages.errors import OutputError, reason_of

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
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    from udsat_geo.analysis.certainty import certainty_layers

    made = found.designation
    name = f"certainty_{made.year}.gpkg"
    stamp = {"policy": made.policy.policy.id, "source": made.inputs.source, "draws": str(found.draws)}
    stamp |= {"drawn": found.drawn, "seed": str(found.seed)}
    try:
        with all_or_none(out, [name]) as folder:
            with steady_gdal(made.year):
                for layer in certainty_layers(found):
                    write_layer(folder / name, layer, stamp)
            dress_comparison(folder / name, made.language, made.year)
    except OSError as error:
        raise OutputError(cannot_write(out, reason_of(error))) from None
    except (DataSourceError, DataLayerError, FeatureError) as error:
        raise OutputError(cannot_write(out, str(error).split("\n")[0])) from None
    return out / name
