"""Making comparisons: sets of areas read, weighed by common places, compared, and followed through time."""

from udsat_geo.comparing.files import compare_files, compare_sides
from udsat_geo.comparing.points import Named
from udsat_geo.comparing.tracing import trace_files

__all__ = ["Named", "compare_files", "compare_sides", "trace_files"]
