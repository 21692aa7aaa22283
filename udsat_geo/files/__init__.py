"""Layers written and read: one format a file; QGIS styles and project; the research object crate."""
