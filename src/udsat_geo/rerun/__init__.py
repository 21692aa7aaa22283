"""Runs repeated from a crate: inputs found and checked, results compared byte by byte."""

from udsat_geo.rerun.finding import Places, find_all
from udsat_geo.rerun.repeating import Repeated, Repetition, other_versions, repeat

__all__ = ["Places", "Repeated", "Repetition", "find_all", "other_versions", "repeat"]
