"""Figures for a status report, and the report as one page."""
