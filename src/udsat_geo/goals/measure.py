"""What the registers of a year say of the areas, of the rest of the city and of its polling districts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.goals.polling import PollingDistricts, PollingFile, districts_in_areas
from udsat_geo.goals.rules import LoadedGoals, policy_of
from udsat_geo.goals.wording import Words, note
from udsat_geo.policy import Criterion
from udsat_geo.polygon_file import Polygons, check_in_city
from udsat_geo.registers.linking import Located
from udsat_geo.registers.opened import open_registers
from udsat_geo.registers.read import RegisterSums, read_registers
from udsat_geo.registers.schema import COLUMNS
from udsat_geo.zones import zone_of_points

_EVERYBODY = {"key": "everybody", "register": "residents", "numerator": "1", "worse": "high"}
"""Stands in when the registers answer none of the goals: residents are counted all the same."""


@dataclass(frozen=True)
class Ratio:
    """Two exact sums.

    Attributes
    ----------
    numerator, denominator : Fraction
    """

    numerator: Fraction
    denominator: Fraction

    @property
    def share(self) -> Fraction | None:
        """Their ratio; None where nothing counts."""
        return self.numerator / self.denominator if self.denominator else None

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.numerator + other.numerator, self.denominator + other.denominator)


@dataclass(frozen=True)
class Measured:
    """The registers of one year over a set of areas.

    Attributes
    ----------
    year : int
    source : str
        ``registers`` or ``synthetic``.
    residents_of_area : int64, shape (n_areas,)
    residents : int
        Of the whole city: everybody who could be placed.
    areas, rest : dict of str to Ratio
        By criterion; criteria that need a column the registers do not have are left out.
    missing_columns : dict of str to tuple of str
        Criterion -> the columns it would need.
    polling : PollingDistricts or None
    files : dict of str to Path
    rows, counts : dict of str to int
    notes : tuple of mapping of str
        Danish and English.
    """

    year: int
    source: str
    residents_of_area: NDArray[np.int64]
    residents: int
    areas: dict[str, Ratio]
    rest: dict[str, Ratio]
    missing_columns: dict[str, tuple[str, ...]]
    polling: PollingDistricts | None
    files: dict[str, Path]
    rows: dict[str, int]
    counts: dict[str, int]
    notes: tuple[Words, ...]

    @property
    def residents_in_areas(self) -> int:
        """Residents of all areas together."""
        return int(self.residents_of_area.sum())

    def city(self, key: str) -> Ratio:
        """The sums of the whole city."""
        return self.areas[key] + self.rest[key]


class _Placing:
    """Puts addresses into an area (or the rest) and a polling district (or none), and remembers which pairs there are.

    Parameters
    ----------
    areas : Polygons
    polling : Polygons or None
    """

    def __init__(self, areas: Polygons, polling: Polygons | None):
        self.areas, self.polling = areas, polling
        self.area_of_place = np.empty(0, dtype=np.int64)
        self.district_of_place = np.empty(0, dtype=np.int64)

    def __call__(self, addresses: Located) -> tuple[NDArray[np.int32], int]:
        easting, northing = addresses.easting, addresses.northing
        check_in_city(self.areas, easting, northing, "area")
        area = self._numbered(self.areas, easting, northing)
        n_districts = 0 if self.polling is None else len(self.polling)
        district = np.zeros(len(area), dtype=np.int64)
        if self.polling is not None:
            district = self._numbered(self.polling, easting, northing)
        pairs, place = np.unique(area * (n_districts + 1) + district, return_inverse=True)
        self.area_of_place, self.district_of_place = pairs // (n_districts + 1), pairs % (n_districts + 1)
        return place.astype(np.int32), len(pairs)

    @staticmethod
    def _numbered(polygons: Polygons, easting: NDArray[np.float64], northing: NDArray[np.float64]) -> NDArray[np.int64]:
        """The polygon of each address, and one beyond the last for none."""
        found = zone_of_points(polygons.geometry, easting, northing)[0].astype(np.int64)
        return np.where(found < 0, len(polygons), found)


def measure(
    folder: Path,
    year: int,
    source: str,
    goals: LoadedGoals,
    areas: Polygons,
    polling: PollingFile | None = None,
    threads: int | None = None,
) -> Measured:
    """Measure the goals of a file over areas, from the registers of a year.

    Parameters
    ----------
    folder : Path
        The registers.
    year : int
        For messages and tables.
    source : str
        What the registers say they are.
    goals : LoadedGoals
    areas : Polygons
        A resident whose address lies on the border of two areas counts in the first.
    polling : PollingFile, optional
    threads : int, optional
        For DuckDB; no result depends on it.

    Raises
    ------
    InputError
        If the registers are at fault, an expression does not fit them, or an area lies outside the city.
    """
    missing = _missing_columns(folder, goals.criteria, threads)
    kept = [rule.criterion for rule, c in zip(goals.rules, goals.criteria, strict=True) if c.key not in missing]
    let: dict[str, dict[str, str]] = {register: dict(values) for register, values in goals.policy.let.items()}
    policy = policy_of(kept or [_EVERYBODY], let, goals.name)
    placing = _Placing(areas, None if polling is None else polling.polygons)
    sums = read_registers(folder, policy, placing, threads)
    inside = placing.area_of_place < len(areas)
    of_areas, of_rest = _ratios(sums, inside), _ratios(sums, ~inside)
    keys = [key for key in policy.keys if key != _EVERYBODY["key"]]
    residents_of_area = np.zeros(len(areas), dtype=np.int64)
    np.add.at(residents_of_area, placing.area_of_place[inside], sums.residents[inside])
    districts = None
    if polling is not None:
        districts = districts_in_areas(
            polling, placing.district_of_place, inside, sums.residents, goals.polling.least_share
        )
    return Measured(
        year=year,
        source=source,
        residents_of_area=residents_of_area,
        residents=int(sums.residents.sum()),
        areas={key: of_areas[policy.keys.index(key)] for key in keys},
        rest={key: of_rest[policy.keys.index(key)] for key in keys},
        missing_columns=missing,
        polling=districts,
        files=sums.files,
        rows=sums.rows,
        counts=sums.counts,
        notes=(*_empty_areas(areas, residents_of_area, year), *_blank_criteria(goals.criteria, missing, year)),
    )


def _ratios(sums: RegisterSums, of: NDArray[np.bool_]) -> list[Ratio]:
    """The two sums of each criterion over some places, in ones."""
    numerator, denominator = sums.numerator[of].sum(axis=0), sums.denominator[of].sum(axis=0)
    return [
        Ratio(Fraction(int(top), int(top_unit)), Fraction(int(bottom), int(bottom_unit)))
        for top, bottom, top_unit, bottom_unit in zip(
            numerator, denominator, sums.numerator_unit, sums.denominator_unit, strict=True
        )
    ]


def _missing_columns(folder: Path, criteria: tuple[Criterion, ...], threads: int | None) -> dict[str, tuple[str, ...]]:
    """Criteria that name an optional column which these registers do not have."""
    opened = open_registers(folder, threads)
    opened.connection.close()
    tables = {"residents": opened.residents, "dwellings": opened.dwellings}
    missing: dict[str, tuple[str, ...]] = {}
    for criterion in criteria:
        table = tables[criterion.register_name]
        absent = [c.name for c in COLUMNS[criterion.register_name] if not c.required and c.name not in table.values]
        text = "\n".join((criterion.where, criterion.numerator, criterion.denominator))
        words = {word.lower() for word in re.findall(r"\w+", re.sub(r"'[^']*'", "", text))}
        named = tuple(name for name in absent if name in words)
        if named:
            missing[criterion.key] = named
    return missing


def _empty_areas(areas: Polygons, residents_of_area: NDArray[np.int64], year: int) -> list[Words]:
    return [note("nobody", year=year, area=areas.label[i]) for i in np.flatnonzero(residents_of_area == 0)]


def _blank_criteria(criteria: tuple[Criterion, ...], missing: dict[str, tuple[str, ...]], year: int) -> list[Words]:
    """One note for each set of missing columns, naming what is left blank."""
    blank: dict[tuple[str, ...], list[Criterion]] = {}
    for criterion in criteria:
        if criterion.key in missing:
            blank.setdefault(missing[criterion.key], []).append(criterion)
    notes: list[Words] = []
    for columns, left_out in blank.items():
        given = {"year": year, "columns": ", ".join(columns)}
        labels = {language: "; ".join(c.label_in(language) for c in left_out) for language in ("da", "en")}
        notes.append(
            {language: note("missing_columns", **given, labels=labels[language])[language] for language in labels}
        )
    return notes
