"""Polygons of units and areas: exact ones, and those that people draw. The same members give the same bytes."""

from udsat_geo.outline.cut import cut_outlines
from udsat_geo.outline.discs import disc_outlines
from udsat_geo.outline.exact import area_outlines, as_multipolygon, cells_as_wkb, points_as_wkb, unit_polygons
from udsat_geo.outline.ground import Ground
from udsat_geo.outline.parcels import parcel_outlines, parcel_overlaps
from udsat_geo.outline.smooth import smooth_outlines
from udsat_geo.outline.whole import outline_areas

__all__ = [
    "Ground",
    "area_outlines",
    "as_multipolygon",
    "cells_as_wkb",
    "cut_outlines",
    "disc_outlines",
    "outline_areas",
    "parcel_outlines",
    "parcel_overlaps",
    "points_as_wkb",
    "smooth_outlines",
    "unit_polygons",
]
