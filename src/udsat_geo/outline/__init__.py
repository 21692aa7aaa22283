"""Polygons of units and areas: exact ones, and those that people draw. The same members give the same bytes."""

from udsat_geo.outline.discs import disc_outlines
from udsat_geo.outline.exact import area_outlines, as_multipolygon, cells_as_wkb, unit_polygons
from udsat_geo.outline.parcels import parcel_outlines, parcel_overlaps
from udsat_geo.outline.smooth import smooth_outlines

__all__ = [
    "area_outlines",
    "as_multipolygon",
    "cells_as_wkb",
    "disc_outlines",
    "parcel_outlines",
    "parcel_overlaps",
    "smooth_outlines",
    "unit_polygons",
]
