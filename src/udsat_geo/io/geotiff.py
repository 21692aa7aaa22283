"""The raster of a designation over cells: a cloud-optimised GeoTIFF (GDAL's COG driver through rasterio)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation import Designation
from udsat_geo.errors import OutputError, Problem
from udsat_geo.io.describing import describe_column

NODATA = -9999.0
LARGEST_RASTER = 100_000_000
"""Cells in the box around all units; a far outlier would make the raster useless and enormous. Own choice:
about six times the box around Denmark in cells of 100 m, and some 3 GB in memory with five criteria."""


@dataclass(frozen=True)
class Window:
    """The box of cells around all units.

    Attributes
    ----------
    size : int
        Of a cell, m.
    top, left : int
        Row of the northernmost cells and column of the westernmost ones.
    height, width : int
        In cells.
    row, col : int64, shape (n_units,)
        Of the units.
    """

    size: int
    top: int
    left: int
    height: int
    width: int
    row: NDArray[np.int64]
    col: NDArray[np.int64]

    def image(self, values: NDArray[Any], empty: float) -> NDArray[Any]:
        """Values of units as an image, (height, width), north up; `empty` where there is none."""
        image = np.full((self.height, self.width), empty, dtype=values.dtype)
        image[self.top - self.row, self.col - self.left] = values
        return image

    def profile(self, crs: str, count: int, dtype: str, nodata: float) -> dict[str, Any]:
        """What rasterio is told of a raster of so many bands over these cells."""
        from rasterio.transform import from_origin

        return {
            "driver": "GTiff",
            "height": self.height,
            "width": self.width,
            "count": count,
            "dtype": dtype,
            "crs": crs,
            "transform": from_origin(self.left * self.size, (self.top + 1) * self.size, self.size, self.size),
            "nodata": nodata,
        }


def window_of(designation: Designation, path: Path) -> Window:
    """The box of cells around all units.

    Raises
    ------
    OutputError
        If the units are no cells, or lie too far apart for a raster.
    """
    units = designation.units
    if units.row is None or units.col is None or units.grid is None:
        raise OutputError(Problem("--format tif", "units that are no cells make no raster", "Leave tif out."))
    top, left = int(units.row.max()), int(units.col.min())
    height, width = top - int(units.row.min()) + 1, int(units.col.max()) - left + 1
    if height * width > LARGEST_RASTER:
        remedy = "Look for an address far from all others, or leave tif out of --format."
        raise OutputError(Problem(path.name, f"would have {height:,} x {width:,} cells", remedy))
    return Window(units.grid.size, top, left, height, width, units.row, units.col)


def write_geotiff(designation: Designation, path: Path) -> None:
    """Write one band per criterion's rate, then the composite, then the area's number (0 is none).

    A band is described by the name of its column; its title and meaning in the designation's language, its unit and its
    statistics stand beside. Overviews hold values of single cells: a mean of rates would be nobody's rate, and one of
    numbers another area's.

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

    window, bands = window_of(designation, path), _bands(designation)
    profile = window.profile(designation.units.crs, len(bands), "float32", NODATA)
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as raster:
            for number, (name, values) in enumerate(bands, start=1):
                empty = 0 if name == "area" else NODATA
                raster.write(window.image(values.astype(np.float32), empty), number)
                raster.set_band_description(number, name)
                raster.set_band_unit(number, _unit(designation, name))
                raster.update_tags(number, **_told(designation, name))
            raster.update_tags(source=designation.inputs.source, year=designation.year)
        write_cog(memory, path, overviews="nearest")


def write_cog(memory: Any, path: Path, overviews: str) -> None:
    """Write a raster in memory as a cloud-optimised GeoTIFF, with statistics.

    It is made in memory as well: where a disk is full, the system says so, and GDAL something else.

    Parameters
    ----------
    memory : rasterio.MemoryFile
    path : Path
    overviews : str
        How the values of several cells become one.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import rasterio
    import rasterio.shutil

    options = {"driver": "COG", "compress": "DEFLATE", "blocksize": 256, "statistics": "YES"}
    with memory.open() as raster, rasterio.MemoryFile() as made:
        rasterio.shutil.copy(raster, made.name, **options, overview_resampling=overviews)
        path.write_bytes(made.getbuffer())


def _bands(designation: Designation) -> list[tuple[str, NDArray[np.float64]]]:
    """Name and values (n_units,) of each band."""
    scores = designation.scores
    bands = [(f"rate_{key}", scores.rate[:, j]) for j, key in enumerate(designation.policy.policy.keys)]
    bands += [("composite", scores.composite), ("area", (designation.areas.area_of_unit + 1).astype(np.float64))]
    return [(name, np.where(np.isnan(values), NODATA, values)) for name, values in bands]


def _told(designation: Designation, band: str) -> dict[str, str]:
    """The title and the meaning of a band, as metadata."""
    language = designation.language
    criteria = [
        {"key": c.key, "label": c.label_in(language), "share": c.is_share, "unit": c.unit}
        for c in designation.policy.policy.criteria
    ]
    told = describe_column("units", "number" if band == "area" else band, language, criteria)
    return {} if told is None else {"TITLE": told.title, "DESCRIPTION": told.text}


def _unit(designation: Designation, band: str) -> str:
    """What a band is measured in: 1 is a fraction; empty where there is nothing to say."""
    for criterion in designation.policy.policy.criteria:
        if band == f"rate_{criterion.key}":
            return "1" if criterion.is_share else criterion.unit
    return ""
