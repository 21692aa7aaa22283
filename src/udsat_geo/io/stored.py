"""A designation as it is written: its summary and its layers, whatever the format they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from udsat_geo.designation import Designation
from udsat_geo.io.layers import Layer, layers_of
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
