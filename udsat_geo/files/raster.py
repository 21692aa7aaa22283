"""The cells of a designation as rasters (cloud-optimised GeoTIFF): rates and composite, and the areas as classes."""

from __future__ import annotations

import colorsys
import html
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation.columns import describe_column, describe_layer
from udsat_geo.designation.layers import Cells, Layers
from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import OutputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal

NODATA = -9999.0
LARGEST_RASTER = 100_000_000
"""Cells in the box around all units; a far outlier would make the raster useless and enormous. Own choice:
about six times the box around Denmark in cells of 100 m, and some 3 GB in memory with five criteria."""
_GOLDEN = (5**0.5 - 1) / 2
"""Turned by so much of a circle, hues stay far from those before them."""
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_FIELDS = (("value", 0, 5), ("area_id", 2, 0), ("name", 2, 2), ("residents", 0, 0), ("red", 0, 6), ("green", 0, 7),
           ("blue", 0, 8), ("alpha", 0, 9))  # fmt: skip
"""Name, type (0 whole number, 2 text) and use of each column. Source: GDAL, GDALRATFieldType and GDALRATFieldUsage."""

_CACHE_MB = 64
"""What GDAL may keep of rasters at a time; by itself it would take a twentieth of the machine's memory."""

Colour = tuple[int, int, int, int]


def write_geotiff(layers: Layers, folder: Path, stem: str) -> None:
    """Write ``STEM.tif``: one band per criterion's rate, then the composite, then the area's number (0 is none).

    A band is described by the name of its column; its title and meaning, its unit and its statistics stand beside.
    Overviews hold values of single cells: a mean of rates would be nobody's rate, and one of numbers another area's.

    Raises
    ------
    OutputError
        If the cells lie too far apart for a raster.
    OSError
        If the file cannot be written.
    """
    import rasterio

    image = _Image(layers, folder / f"{stem}.tif")
    units = layers.layers["units"].table
    shares = {f"rate_{each.key}": "1" if each.share else each.unit for each in layers.summary.criteria}
    bands = {name: units[name].to_numpy() for name in (*shares, "composite")}
    profile = image.profile(len(bands) + 1, "float32", NODATA)
    with rasterio.Env(GDAL_CACHEMAX=_CACHE_MB), rasterio.MemoryFile() as memory:
        with memory.open(**profile) as raster:
            for number, (name, values) in enumerate([*bands.items(), ("area", area_numbers(layers))], start=1):
                empty = 0 if name == "area" else NODATA
                shown = np.where(np.isnan(values), NODATA, values).astype(np.float32)
                raster.write(image.of(shown, empty), number)
                raster.set_band_description(number, name)
                raster.set_band_unit(number, shares.get(name, ""))
                of = ("areas", "number") if name == "area" else ("units", name)
                told = describe_column(*of, layers.language, layers.criteria)
                raster.update_tags(number, **({} if told is None else {"TITLE": told.title, "DESCRIPTION": told.text}))
            raster.update_tags(source=layers.summary.source, year=layers.year)
        write_cog(memory, image.path, overviews="nearest")


def write_class_raster(layers: Layers, folder: Path, stem: str) -> None:
    """Write ``STEM_areas.tif``, the number of its area for each cell, and names and colours in ``.aux.xml`` beside it.

    A band of rates has no room for a colour table, so this is a file of its own. Overviews show the most frequent area.

    Raises
    ------
    OutputError
        If the cells lie too far apart for a raster.
    OSError
        If a file cannot be written.
    """
    import rasterio

    image, numbers = _Image(layers, folder / f"{stem}_areas.tif"), area_numbers(layers)
    kind = np.uint8 if len(layers.summary.areas) < 256 else np.uint16
    title = describe_layer("areas", layers.language)
    with rasterio.MemoryFile() as memory:
        with memory.open(**image.profile(1, kind.__name__, 0)) as raster:
            raster.write(image.of(numbers.astype(kind), 0), 1)
            raster.write_colormap(1, dict(enumerate(colours(len(layers.summary.areas)))))
            raster.set_band_description(1, "area")
            raster.update_tags(1, TITLE=title.title, DESCRIPTION=title.text)
            raster.update_tags(source=layers.summary.source, year=layers.year)
        write_cog(memory, image.path, overviews="mode")
    image.path.with_name(f"{image.path.name}.aux.xml").write_text(_names_and_colours(layers), encoding="utf-8")


def area_numbers(layers: Layers) -> Ints:
    """The number of each unit's area, from 1, and 0 of none, shape (n_units,)."""
    number = {area.area_id: i for i, area in enumerate(layers.summary.areas, start=1)}
    area_of_unit = layers.layers["units"].table["area_id"].to_pylist()
    return np.array([0 if area is None else number[area] for area in area_of_unit], dtype=np.int64)


class _Image:
    """The box of cells around all units, as a raster at a path."""

    def __init__(self, layers: Layers, path: Path):
        if layers.cells is None:
            what, remedy = _("units that are no cells make no raster"), _("Leave tif out.")
            raise OutputError(Problem("--format tif", what, remedy))
        self.path, self.crs = path, layers.summary.crs
        self.cells: Cells = layers.cells
        row, col = self.cells.row_and_col
        self.top, self.left = int(row.max()), int(col.min())
        self.height = self.top - int(row.min()) + 1
        self.width = int(col.max()) - self.left + 1
        if self.height * self.width > LARGEST_RASTER:
            sides = {"height": decimal(self.height, 0), "width": decimal(self.width, 0)}
            what = _("would have {height} x {width} cells").format(**sides)
            remedy = _("Look for an address far from all others, or leave tif out of --format.")
            raise OutputError(Problem(path.name, what, remedy))

    def of(self, values: NDArray[Any], empty: float) -> NDArray[Any]:
        """Values of units as an image, (height, width), north up; `empty` where there is none."""
        image = np.full((self.height, self.width), empty, dtype=values.dtype)
        row, col = self.cells.row_and_col
        image[self.top - row, col - self.left] = values
        return image

    def profile(self, count: int, dtype: str, nodata: float) -> dict[str, Any]:
        """What rasterio is told of a raster of so many bands over these cells."""
        from rasterio import Affine

        size = self.cells.size
        return {
            "driver": "GTiff",
            "height": self.height,
            "width": self.width,
            "count": count,
            "dtype": dtype,
            "crs": self.crs,
            "transform": Affine(size, 0, self.left * size, 0, -size, (self.top + 1) * size),
            "nodata": nodata,
            # most of a country is empty: in tiles, and packed, the raster is a tenth of its size while it is made
            "tiled": True,
            "interleave": "band",
            "compress": "LZW",
            "sparse_ok": True,
        }


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


def colours(n_areas: int) -> list[Colour]:
    """Red, green, blue and opacity, 0 to 255, of no area and of each. Own choice."""
    found: list[Colour] = [(0, 0, 0, 0)]
    for number in range(n_areas):
        light = (0.42, 0.58)[number % 2]
        red, green, blue = colorsys.hls_to_rgb((number * _GOLDEN) % 1, light, 0.6)
        found.append((round(255 * red), round(255 * green), round(255 * blue), 255))
    return found


def _names_and_colours(layers: Layers) -> str:
    """Category names and an attribute table, as GDAL's persistent auxiliary metadata."""
    areas = layers.summary.areas
    told = [("", "", 0), *((area.area_id, area.name, area.residents) for area in areas)]
    rows = [(number, *of, *colour) for number, (of, colour) in enumerate(zip(told, colours(len(areas)), strict=True))]
    categories = "\n".join(
        f"      <Category>{_as_xml(f'{area_id} {name}'.strip())}</Category>" for area_id, name, _residents in told
    )
    fields = "\n".join(
        f'      <FieldDefn index="{i}"><Name>{name}</Name><Type>{kind}</Type><Usage>{use}</Usage></FieldDefn>'
        for i, (name, kind, use) in enumerate(_FIELDS)
    )
    values = "\n".join(
        f'      <Row index="{i}">{"".join(f"<F>{_as_xml(value)}</F>" for value in row)}</Row>'
        for i, row in enumerate(rows)
    )
    return (
        f'<PAMDataset>\n  <PAMRasterBand band="1">\n    <CategoryNames>\n{categories}\n    </CategoryNames>\n'
        f'    <GDALRasterAttributeTable tableType="thematic">\n{fields}\n{values}\n'
        "    </GDALRasterAttributeTable>\n  </PAMRasterBand>\n</PAMDataset>\n"
    )


def _as_xml(value: object) -> str:
    return html.escape(_NO_XML.sub("\ufffd", str(value)), quote=False)
