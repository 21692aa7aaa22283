"""A designation as it is written: its summary and its layers, whatever the format they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from udsat_geo.designation import Designation
from udsat_geo.io.layers import GEOMETRY, Layer, layers_of
from udsat_geo.io.summary import summarise


@dataclass(frozen=True)
class Stored:
    """What is known of a designation from what was written of it.

    Attributes
    ----------
    summary : dict
        As in the JSON, see `udsat_geo.io.summary.summarise`.
    layers : dict
        Name -> `Layer`, in the order in which they are written.
    """

    summary: dict[str, Any]
    layers: dict[str, Layer]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers.values())

    @property
    def year(self) -> int:
        """The year designated."""
        return int(self.summary["year"])

    @property
    def language(self) -> str:
        """Of its reasons and labels: ``da`` or ``en``."""
        return str(self.summary["language"])


def stored_from(designation: Designation) -> Stored:
    """What would be written of a designation."""
    return Stored(summarise(designation), {layer.name: layer for layer in layers_of(designation)})


_SHOWN = 100
"""Characters of a value that differs."""


def without_geometry(stored: Stored) -> Stored:
    """What is left of a designation in a format that holds no geometries."""
    layers = {
        layer.name: layer if layer.geometry_type is None else Layer(layer.name, layer.table.drop_columns(GEOMETRY))
        for layer in stored
    }
    return Stored(stored.summary, layers)


def differences(one: Stored, other: Stored) -> list[str]:
    """In what two stored designations differ; empty when they are equal.

    Summaries, layers and their order, columns, their order and types, and values are held to each other exactly,
    geometries as well-known binary.

    Parameters
    ----------
    one, other : Stored

    Returns
    -------
    list of str
        One line for each difference, by summary entry or layer and column.
    """
    found = [f"summary: {entry}" for entry in _unlike_entries(one.summary, other.summary)]
    if list(one.layers) != list(other.layers):
        found.append(f"layers: {', '.join(one.layers)} against {', '.join(other.layers)}")
    for name in one.layers:
        if name in other.layers:
            found += [f"{name}: {what}" for what in _unlike_layers(one.layers[name], other.layers[name])]
    return found


def _unlike_entries(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The entries that differ: a whole number is not the same as a number that equals it."""
    entries = dict.fromkeys([*one, *other])
    return [entry for entry in entries if repr(one.get(entry, ...)) != repr(other.get(entry, ...))]


def _unlike_layers(one: Layer, other: Layer) -> Iterator[str]:
    for what in ("geometry_type", "crs"):
        if getattr(one, what) != getattr(other, what):
            yield f"{what} {getattr(one, what)} against {getattr(other, what)}"
    names = one.table.column_names, other.table.column_names
    if names[0] != names[1]:
        yield f"columns {', '.join(names[0])} against {', '.join(names[1])}"
    if len(one.table) != len(other.table):
        yield f"{len(one.table)} rows against {len(other.table)}"
        return
    for name in names[0]:
        if name in names[1]:
            yield from _unlike_columns(name, one.table[name], other.table[name])


def _unlike_columns(name: str, one: Any, other: Any) -> Iterator[str]:
    """Two columns; 64-bit offsets, which large layers need, are no other type."""
    import pyarrow as pa

    kinds = [pa.binary() if pa.types.is_large_binary(column.type) else column.type for column in (one, other)]
    if kinds[0] != kinds[1]:
        yield f"{name}: type {kinds[0]} against {kinds[1]}"
        return
    if one.type != other.type:
        one, other = one.cast(pa.large_binary()), other.cast(pa.large_binary())
    if _equal(one, other):
        return
    pairs = enumerate(zip(one.to_pylist(), other.to_pylist(), strict=True))
    unlike = [(row, a, b) for row, (a, b) in pairs if repr(a) != repr(b)]
    if unlike:
        row, a, b = unlike[0]
        shown = [text if len(text) < _SHOWN else f"{text[:_SHOWN]}…" for text in (repr(a), repr(b))]
        yield f"{name}: {len(unlike)} values, the first in row {row}: {shown[0]} against {shown[1]}"


def _equal(one: Any, other: Any) -> bool:
    """Whether two columns of one type are equal, to the last bit of a number."""
    import pyarrow as pa

    if not pa.types.is_floating(one.type):
        return bool(one.equals(other))
    bits = [column.to_numpy().view(np.int64) for column in (one, other)]
    return bool(one.is_null().equals(other.is_null()) and (bits[0] == bits[1]).all())
