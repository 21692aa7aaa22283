"""Surfaces and curves that are straight, told as what they are: polygons and lines.

GML 3 calls every polygon of a layer a surface and every line a curve, and GDAL keeps the name (MultiSurface,
MultiCurve) where all parts are straight. In well-known binary the two differ by one number alone.

Source: ISO 13249-3 and OGC 06-103r4 (simple features), well-known binary.
"""

from __future__ import annotations

import struct
from typing import Any

_STRAIGHT = {12: (3, 6), 11: (2, 5)}
"""Type of a collection -> the type of straight parts, and what the collection is when all are of it."""


def as_straight(geometry: Any) -> Any:
    """An Arrow array of well-known binary in which collections of straight parts are MultiPolygons and MultiLines."""
    import pyarrow as pa

    values = [None if wkb is None else _renamed(wkb) for wkb in geometry.to_pylist()]
    return pa.array(values, type=pa.large_binary())


def _renamed(wkb: bytes) -> bytes:
    if len(wkb) < 9:
        return wkb
    order = "<" if wkb[0] == 1 else ">"
    kind, parts = struct.unpack_from(f"{order}II", wkb, 1)
    dimensions, flat = divmod(kind, 1000)
    if flat not in _STRAIGHT:
        return wkb
    part, whole = _STRAIGHT[flat]
    if not _all_are(wkb, order, parts, 1000 * dimensions + part):
        return wkb
    return wkb[:1] + struct.pack(f"{order}I", 1000 * dimensions + whole) + wkb[5:]


def _all_are(wkb: bytes, order: str, parts: int, wanted: int) -> bool:
    """Whether all parts of a collection are of a type; they are walked over, since each says its own length."""
    size = 8 * (2, 3, 3, 4)[wanted // 1000]
    place = 9
    for _ in range(parts):
        kind, count = struct.unpack_from(f"{order}II", wkb, place + 1)
        if kind != wanted:
            return False
        place += 9
        if wanted % 1000 == 2:
            place += size * count
            continue
        for _ in range(count):
            (points,) = struct.unpack_from(f"{order}I", wkb, place)
            place += 4 + size * points
    return True
