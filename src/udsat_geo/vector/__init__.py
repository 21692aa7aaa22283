"""Vector files in, with their reference systems: whatever GDAL reads, GeoParquet, and tables without geometry."""

from udsat_geo.vector.features import (
    Features,
    features_in,
    file_of,
    geometries_of,
    read_features,
    read_points,
    texts_of,
    values_of,
)
from udsat_geo.vector.gdal import geometry_column, list_layers, read_layer, reading_gdal
from udsat_geo.vector.origins import name_of, origin_of
from udsat_geo.vector.polygons import check_polygons, shared_areas
from udsat_geo.vector.reference_systems import (
    check_crs,
    crs_code,
    geographic_bounds,
    is_projected_in_metres,
    reproject,
    same_crs,
    short_crs,
)

__all__ = [
    "Features",
    "check_crs",
    "check_polygons",
    "crs_code",
    "features_in",
    "file_of",
    "geographic_bounds",
    "geometries_of",
    "geometry_column",
    "is_projected_in_metres",
    "list_layers",
    "name_of",
    "origin_of",
    "read_features",
    "read_layer",
    "read_points",
    "reading_gdal",
    "reproject",
    "same_crs",
    "shared_areas",
    "short_crs",
    "texts_of",
    "values_of",
]
