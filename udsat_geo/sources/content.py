"""Features that were fetched, in an order and with a hash that do not depend on how they were sent."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.sources.crs import crs_code, geographic_bounds
from udsat_geo.sources.features import geometries_of

MARGIN = 1.0
"""Degrees that data may lie beside the box that a service gives for a layer; boxes are often rough. Own choice."""

Box = tuple[float, float, float, float]
"""West, south, east and north in degrees."""

_NUMBERED = re.compile(r"(.*?)(\d{1,18})")


@dataclass(frozen=True)
class Content:
    """Features of one layer, in the order of their ids, or of their content where ids are not a prefix and a number.

    Attributes
    ----------
    attributes : pyarrow.Table, n_features rows
    geometry : pyarrow.Array of binary, n_features, or None
        Well-known binary.
    crs : str or None
    """

    attributes: Any
    geometry: Any
    crs: str | None

    def sha256(self) -> str:
        """The hash of reference system, columns and features, one line of JSON each."""
        whole = hashlib.sha256()
        code = None if self.crs is None else crs_code(self.crs)
        whole.update(_line([code, *self.attributes.column_names]))
        for row in self._rows():
            whole.update(row)
        return whole.hexdigest()

    def write(self, path: Path) -> None:
        """Keep it as GeoParquet, with the types of its columns as they are."""
        import pyarrow.parquet
        import pyproj

        table = self.attributes.replace_schema_metadata(None)
        if self.geometry is not None:
            column = "geometry"
            while column in table.column_names:
                column = f"_{column}"
            table = table.append_column(column, self.geometry)
            crs = None if self.crs is None else pyproj.CRS.from_user_input(self.crs).to_json_dict()
            described: dict[str, Any] = {"encoding": "WKB", "geometry_types": [], "crs": crs}
            geo = {"version": "1.1.0", "primary_column": column, "columns": {column: described}}
            table = table.replace_schema_metadata({"geo": json.dumps(geo)})
        pyarrow.parquet.write_table(table, path)

    def in_order(self, ids: Sequence[str]) -> Content:
        """The same features in the canonical order, given their ids."""
        numbered = [_NUMBERED.fullmatch(text) for text in ids]
        keys: list[Any] = [(found.group(1), int(found.group(2))) for found in numbered if found is not None]
        if (
            len(keys) < self.attributes.num_rows
            or len({prefix for prefix, _ in keys}) != 1
            or len(set(keys)) < len(keys)
        ):
            keys = self._rows()
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
        return Content(
            self.attributes.take(order), None if self.geometry is None else self.geometry.take(order), self.crs
        )

    def check_place(self, box: Box | None, name: str) -> None:
        """Check that the positions lie about where the service says that the layer lies.

        A service that names one reference system and sends positions of another is found out by this.

        Raises
        ------
        InputError
            If all of them lie elsewhere.
        """
        import shapely

        if box is None or self.crs is None or self.geometry is None:
            return
        try:
            bounds = shapely.total_bounds(geometries_of(self.geometry))
        except (ValueError, NotImplementedError):
            return  # whoever reads the features says what is wrong with them
        if not np.isfinite(bounds).all():
            return
        here = geographic_bounds(tuple(bounds), self.crs)
        west, south, east, north = box
        if here is None or not (
            west - MARGIN <= here[2]
            and here[0] <= east + MARGIN
            and south - MARGIN <= here[3]
            and here[1] <= north + MARGIN
        ):
            what = _(
                "sends positions far from where it says that the layer lies (longitude {west} to {east}, "
                "latitude {south} to {north}), as of another reference system than {crs}"
            ).format(
                west=f"{west:g}", east=f"{east:g}", south=f"{south:g}", north=f"{north:g}", crs=crs_code(self.crs)[:40]
            )
            remedy = _("Ask for another one with SRSNAME=..., or tell whoever runs the service.")
            raise InputError(Problem(name, what, remedy))

    def _rows(self) -> list[bytes]:
        """The features as lines of JSON."""
        columns = [column.to_pylist() for column in self.attributes.columns]
        if self.geometry is not None:
            columns.append([None if wkb is None else wkb.hex() for wkb in self.geometry.to_pylist()])
        return [_line(list(row)) for row in zip(*columns, strict=True)]


def _line(values: list[Any]) -> bytes:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _as_text(value: object) -> str:
    """Days, times and bytes, which JSON has no form for."""
    return value.hex() if isinstance(value, bytes) else str(value)


_STRAIGHT = {12: (3, 6), 11: (2, 5)}
"""Type of a collection -> the type of straight parts, and what the collection is when all are of it."""


def as_straight(geometry: Any) -> Any:
    """An Arrow column of well-known binary in which collections of straight parts are MultiPolygons and MultiLines."""
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
    for _part in range(parts):
        kind, count = struct.unpack_from(f"{order}II", wkb, place + 1)
        if kind != wanted:
            return False
        place += 9
        if wanted % 1000 == 2:
            place += size * count
            continue
        for _ring in range(count):
            (points,) = struct.unpack_from(f"{order}I", wkb, place)
            place += 4 + size * points
    return True
