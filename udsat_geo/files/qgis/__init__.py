"""What QGIS reads in a GeoPackage beside the data: styles of its layers and a project with printed sheets."""
