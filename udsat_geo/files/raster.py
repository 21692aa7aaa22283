"""The areas of a designation over cells as a raster of classes: a colour and a name for each area.

A band of rates has no room for a colour table, so this is a file of its own: a cloud-optimised GeoTIFF of whole
numbers, with names and colours in the ``.aux.xml`` beside it, where GDAL looks for them.
"""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation.columns import describe_column, describe_layer
from udsat_geo.designation.designation import Designation
from udsat_geo.messages.errors import OutputError, Problem

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


_GOLDEN = (5**0.5 - 1) / 2
"""Turned by so much of a circle, hues stay far from those before them."""
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_FIELDS = (("value", 0, 5), ("area_id", 2, 0), ("name", 2, 2), ("residents", 0, 0), ("red", 0, 6), ("green", 0, 7),
           ("blue", 0, 8), ("alpha", 0, 9))  # fmt: skip
"""Name, type (0 whole number, 2 text) and use of each column. Source: GDAL, GDALRATFieldType and GDALRATFieldUsage."""

Colour = tuple[int, int, int, int]


def write_class_raster(designation: Designation, path: Path) -> None:
    """Write the number of its area for each cell (0 is none), and ``PATH.aux.xml`` with names and colours.

    Overviews show the most frequent area.

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
        If a file cannot be written.
    """
    import rasterio

    window, n_areas = window_of(designation, path), len(designation.areas)
    kind = np.uint8 if n_areas < 256 else np.uint16
    profile = window.profile(designation.units.crs, 1, kind.__name__, 0)
    title = describe_layer("areas", designation.language)
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as raster:
            raster.write(window.image((designation.areas.area_of_unit + 1).astype(kind), 0), 1)
            raster.write_colormap(1, dict(enumerate(colours(n_areas))))
            raster.set_band_description(1, "area")
            raster.update_tags(1, TITLE=title.title, DESCRIPTION=title.text)
            raster.update_tags(source=designation.inputs.source, year=designation.year)
        write_cog(memory, path, overviews="mode")
    path.with_name(f"{path.name}.aux.xml").write_text(_names_and_colours(designation), encoding="utf-8")


def colours(n_areas: int) -> list[Colour]:
    """Red, green, blue and opacity, 0 to 255, of no area and of each. Own choice."""
    found: list[Colour] = [(0, 0, 0, 0)]
    for number in range(n_areas):
        light = (0.42, 0.58)[number % 2]
        red, green, blue = colorsys.hls_to_rgb((number * _GOLDEN) % 1, light, 0.6)
        found.append((round(255 * red), round(255 * green), round(255 * blue), 255))
    return found


def _names_and_colours(designation: Designation) -> str:
    """Category names and an attribute table, as GDAL's persistent auxiliary metadata."""
    names = ["", *(f"{area} {name}" for area, name in zip(designation.area_id, designation.name, strict=True))]
    rows = [
        (number, *told, *colour)
        for number, (told, colour) in enumerate(
            zip(
                [("", "", 0), *zip(designation.area_id, designation.name, designation.areas.residents, strict=True)],
                colours(len(designation.areas)),
                strict=True,
            )
        )
    ]
    fields = "\n".join(
        f'      <FieldDefn index="{i}"><Name>{name}</Name><Type>{kind}</Type><Usage>{use}</Usage></FieldDefn>'
        for i, (name, kind, use) in enumerate(_FIELDS)
    )
    values = "\n".join(
        f'      <Row index="{i}">{"".join(f"<F>{_as_xml(value)}</F>" for value in row)}</Row>'
        for i, row in enumerate(rows)
    )
    categories = "\n".join(f"      <Category>{_as_xml(name)}</Category>" for name in names)
    return (
        f'<PAMDataset>\n  <PAMRasterBand band="1">\n    <CategoryNames>\n{categories}\n    </CategoryNames>\n'
        f'    <GDALRasterAttributeTable tableType="thematic">\n{fields}\n{values}\n'
        "    </GDALRasterAttributeTable>\n  </PAMRasterBand>\n</PAMDataset>\n"
    )


def _as_xml(value: object) -> str:
    return escape(_NO_XML.sub("\ufffd", str(value)))
