"""How cells of square grids are named: patterns of a policy, and the families of ids that statistical offices use.

``CRS3035RES200mN2029800E4252400`` (INSPIRE; Zensus 2022, Insee) counts metres. Its short form ``200mN20298E42524``
(Statistics Finland: ``250mN674400E31725``; Eurostat: ``1kmN2689E4337``) leaves out the zeros that every number of that
size ends in. ``E1200N4850`` (CBS) counts hundreds of metres whatever the size. ``100m_61757_7196`` (Danmarks Statistik)
counts cells.
"""

from __future__ import annotations

import operator
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from udsat_geo.kernels.arrays import Ints

DANISH_ID = "{size}_{northing}_{easting}"
_DANISH = re.compile(r"\d+k?m_-?\d+_-?\d+")
_INSPIRE = re.compile(r"CRS(?P<crs>\d{4,6})RES(?P<size>\d+k?m?)N-?\d+E-?\d+")
_INSPIRE_SHORT = re.compile(r"(?P<size>\d+k?m)N-?\d+E-?\d+")
_CBS = re.compile(r"E\d+N\d+")
_CBS_UNIT = 100


def size_label(size: int) -> str:
    """A size as the Danish grid writes it: ``100m``, ``1km``."""
    return f"{size // 1000}km" if size % 1000 == 0 else f"{size}m"


def size_of_label(label: str) -> int:
    """The metres of ``100m`` or ``1km``."""
    number = int(label.rstrip("km"))
    return number * 1000 if label.endswith("km") else number


@dataclass(frozen=True)
class CellNames:
    """Names of cells by a pattern.

    Attributes
    ----------
    pattern : str
        With ``{northing}`` or ``{northing_m}``, ``{easting}`` or ``{easting_m}``, and perhaps ``{size}`` (``100m``,
        ``1km``) or ``{size_m}``; ``{easting_m:6}`` has six digits.
    size : int
        Side of a cell in metres.
    unit : int
        What ``{northing}`` and ``{easting}`` count, in metres; those with ``_m`` count metres.
    """

    pattern: str
    size: int
    unit: int

    @property
    def wanted(self) -> str:
        """The pattern with the size filled in, for a message."""
        return self.pattern.replace("{size}", size_label(self.size)).replace("{size_m}", str(self.size))

    def units(self) -> tuple[int, int]:
        """What northing and easting count, in metres."""
        fields = {field for _literal, field, _digits in self._parts()}
        return tuple(1 if f"{side}_m" in fields else self.unit for side in ("northing", "easting"))  # type: ignore[return-value]

    def read(self, names: Sequence[str]) -> tuple[Ints, Ints, list[str]]:
        """Northing and easting in metres, shape (n_cells,) each, and the names that do not follow the pattern."""
        match = re.compile(self._expression()).fullmatch
        northing, easting = np.zeros(len(names), dtype=np.int64), np.zeros(len(names), dtype=np.int64)
        per_northing, per_easting = self.units()
        bad: list[str] = []
        for i, name in enumerate(names):
            found = match(name)
            if found is None:
                bad.append(name)
                continue
            northing[i], easting[i] = int(found["northing"]) * per_northing, int(found["easting"]) * per_easting
        return northing, easting, bad

    def write(self, northing: Ints, easting: Ints) -> list[str]:
        """Names of cells by their south-west corners in metres, shape (n_cells,) each."""
        step = dict(zip(("northing", "easting"), self.units(), strict=True))
        size = str(self.size) if "{size_m}" in self.pattern else size_label(self.size)
        # a text for each row and each column, of which a name is put together: there are far fewer of them than cells
        pieces, number = [""], list[tuple[str, int]]()
        for literal, field, digits in self._parts():
            pieces[-1] += literal
            if field is None:
                continue
            if field.startswith("size"):
                pieces[-1] += size
            else:
                number.append((field.removesuffix("_m"), digits))
                pieces.append("")
        names, before = list[str](), pieces[0]
        for (side, digits), behind in zip(number, pieces[1:], strict=True):
            values = ((northing if side == "northing" else easting) // step[side]).tolist()
            text_of = {value: f"{before}{value:0{digits}d}{behind}" for value in set(values)}
            texts = map(text_of.__getitem__, values)
            names, before = list(map(operator.add, names, texts) if names else texts), ""
        return names

    def _parts(self) -> list[tuple[str, str | None, int]]:
        """The literals of the pattern, each with the field behind it and its digits; 0 is as many as it takes."""
        return [
            (literal, field, int(spec) if spec else 0)
            for literal, field, spec, _conversion in string.Formatter().parse(self.pattern)
        ]

    def _expression(self) -> str:
        text = ""
        for literal, field, digits in self._parts():
            text += re.escape(literal)
            if field is None:
                continue
            if field.startswith("size"):
                text += re.escape(size_label(self.size) if field == "size" else str(self.size))
            else:
                number = rf"\d{{{digits}}}" if digits else r"-?\d{1,9}"
                text += f"(?P<{field.removesuffix('_m')}>{number})"
        return text


@dataclass(frozen=True)
class Family:
    """A family of ids that is known by itself.

    Attributes
    ----------
    name : str
    pattern : str
    size : int
        That the ids say, or the policy's where they say none.
    unit : int
    crs : str or None
        That the ids name.
    """

    name: str
    pattern: str
    size: int
    unit: int
    crs: str | None = None


def family_of(name: str, size: int) -> Family | None:
    """The family that an id belongs to; None for ids of the Danish grid, and for others.

    Parameters
    ----------
    name : str
        One of the ids.
    size : int
        The policy's, for ids that do not say theirs.
    """
    if _DANISH.fullmatch(name):
        return None
    if found := _INSPIRE.fullmatch(name):
        crs, label = found["crs"], found["size"]
        pattern = f"CRS{crs}RES{label}N{{northing_m}}E{{easting_m}}"
        return Family("INSPIRE", pattern, size_of_label(label), 1, f"EPSG:{crs}")
    if found := _INSPIRE_SHORT.fullmatch(name):
        own = size_of_label(found["size"])
        if own:
            pattern = found["size"] + "N{northing}E{easting}"
            return Family("INSPIRE", pattern, own, 10 ** (len(str(own)) - len(str(own).rstrip("0"))))
    if _CBS.fullmatch(name) and size % _CBS_UNIT == 0:
        return Family("CBS", "E{easting}N{northing}", size, _CBS_UNIT)
    return None
