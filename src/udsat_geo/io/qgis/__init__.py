"""What QGIS reads in a GeoPackage beside the data: styles of its layers and a project with a map and a print layout.

Written after what QGIS 3.22 saves itself, without QGIS: elements in, text out (`udsat_geo.io.xml_text`).
"""
