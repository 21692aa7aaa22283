"""Contiguous areas: formed, bridged, filled, outlined, decided upon; near misses; any set of areas."""
