"""The areas of a designation over cells as a raster of classes: a colour and a name for each area.

A band of rates has no room for a colour table, so this is a file of its own: a cloud-optimised GeoTIFF of whole
numbers, with names and colours in the ``.aux.xml`` beside it, where GDAL looks for them.
"""

from __future__ import annotations

import colorsys
import re
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from udsat_geo.designation import Designation
from udsat_geo.io.describing import describe_layer
from udsat_geo.io.geotiff import window_of, write_cog

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
