"""Making comparisons: two sets of areas read, weighed by common places, and compared."""

from udsat_geo.comparing.files import compare_files, compare_sides
from udsat_geo.comparing.points import Named

__all__ = ["Named", "compare_files", "compare_sides"]
