"""The raster of a designation over cells: a cloud-optimised GeoTIFF (GDAL's COG driver through rasterio)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation import Designation
from udsat_geo.errors import OutputError, Problem

NODATA = -9999.0
LARGEST_RASTER = 100_000_000
"""Cells in the box around all units; a far outlier would make the raster useless and enormous. Own choice:
about six times the box around Denmark in cells of 100 m, and some 3 GB in memory with five criteria."""


def write_geotiff(designation: Designation, path: Path) -> None:
    """Write one band per criterion's rate, then the composite, then the area's number (0 is none).

    Parameters
    ----------
    designation : Designation
        Over cells.
    path : Path

    Raises
    ------
    OutputError
        If the units are no cells, or lie too far apart for a raster.
    OSError
        If the file cannot be written.
    """
    import rasterio
    import rasterio.shutil
    from rasterio.transform import from_origin

    units = designation.units
    if units.row is None or units.col is None or units.grid is None:
        raise OutputError(Problem("--format tif", "units that are no cells make no raster", "Leave tif out."))
    size = units.grid.size
    top, left = int(units.row.max()), int(units.col.min())
    height, width = top - int(units.row.min()) + 1, int(units.col.max()) - left + 1
    if height * width > LARGEST_RASTER:
        remedy = "Look for an address far from all others, or leave tif out of --format."
        raise OutputError(Problem(path.name, f"would have {height:,} x {width:,} cells", remedy))
    bands = _bands(designation)
    profile = {
        "driver": "GTiff",
        "height": height,
        "width": width,
        "count": len(bands),
        "dtype": "float32",
        "crs": units.crs,
        "transform": from_origin(left * size, (top + 1) * size, size, size),
        "nodata": NODATA,
    }
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as raster:
            for number, (name, values) in enumerate(bands, start=1):
                image = np.full((height, width), 0 if name == "area" else NODATA, dtype=np.float32)
                image[top - units.row, units.col - left] = values
                raster.write(image, number)
                raster.set_band_description(number, name)
            raster.update_tags(source=designation.inputs.source, year=designation.year)
        with memory.open() as raster:
            rasterio.shutil.copy(
                raster, path, driver="COG", compress="DEFLATE", blocksize=256, overview_resampling="nearest"
            )


def _bands(designation: Designation) -> list[tuple[str, NDArray[np.float64]]]:
    """Name and values (n_units,) of each band."""
    scores = designation.scores
    bands = [(f"rate_{key}", scores.rate[:, j]) for j, key in enumerate(designation.policy.policy.keys)]
    bands += [("composite", scores.composite), ("area", (designation.areas.area_of_unit + 1).astype(np.float64))]
    return [(name, np.where(np.isnan(values), NODATA, values)) for name, values in bands]
