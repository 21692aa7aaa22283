"""A slow, exact account of what a designation under `kbh-2017` must be.

Written from the contract alone, so that it can be held against the package: it imports nothing of it. Sums
are integers and fractions, neighbours are found by comparing every unit with every other, and nothing is
clever. Bridges, holes, barriers, names and lasting ids are left out. Only for small registers.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

Cell = tuple[int, int]
Sums = dict[str, tuple[Fraction, Fraction]]

# Statusrapport 2021, Bilag 1; the order of the criteria is our own.
WORSE = {
    "dwelling_area": "low",
    "outside_labour_market": "high",
    "low_income": "high",
    "non_western_origin": "high",
    "no_education": "high",
}

# The European Union's 27 member states of today, without Denmark.
EU_COUNTRIES = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
# Bilag 1 names these beside "the EU countries". The United Kingdom is in neither list: it left the Union in
# 2020 and Bilag 1 (2021) does not name it, so GB is non-western by the letter of Bilag 1.
WESTERN_COUNTRIES = EU_COUNTRIES | {
    "AD", "IS", "LI", "SM", "NO", "MC", "CH", "VA", "CA", "US", "NZ", "AU",
}  # fmt: skip

OUTSIDE_LABOUR_MARKET = ("early_retirement", "permanently_outside")
NO_EDUCATION = ("none", "basic")
LEAST_AGE, GREATEST_AGE = 0, 125  # ages beyond count as unknown


@dataclass(frozen=True)
class OracleResult:
    """What `oracle_designation` found.

    Attributes
    ----------
    units
        One row per unit, sorted by (row, col): `unit_id`, `row`, `col`, `residents`, `num_<key>` and
        `den_<key>` (fractions, of the unit alone), `rate_<key>` (in view), `gap_<key>`, `composite`,
        `criteria_exceeded`, `criteria_with_rate`, `role` (core, edge, outside; in an area or not), `area`
        (0 is none).
    status
        One row per criterion: `criterion`, `areas`, `rest_of_city`, `gap`, `city`.
    counts
        `residents_without_dwelling`, `dwellings_without_address`, `addresses_without_position`,
        `ages_impossible`, `residents_placed`.
    """

    units: pd.DataFrame
    status: pd.DataFrame
    counts: dict[str, int]


@dataclass(frozen=True)
class Registers:
    """The three registers as plain rows, with ages checked and origins derived."""

    residents: list[dict[str, Any]]
    dwellings: list[dict[str, Any]]
    addresses: list[dict[str, Any]]
    ages_impossible: int


def oracle_designation(
    folder: Path,
    size_m: int = 100,
    context_residents: int = 0,
    reach: float = 1000.0,
    core: float = 1.0,
    edge: float = 0.5,
    criteria: int = 3,
    least_residents: int = 1000,
) -> OracleResult:
    """Designate areas from the registers in `folder` (Parquet, or CSV with commas, decimal points and UTF-8).

    Parameters
    ----------
    folder
        Holds `residents`, `dwellings` and `addresses`.
    size_m
        Side of a cell, m.
    context_residents, reach
        Rates are read over the nearest units until so many residents are in view, within `reach` m.
    core, edge, criteria, least_residents
        The rule: thresholds of the composite, the least criteria exceeded, the least residents of an area.
    """
    registers = read_registers(folder)
    cell_of_dwelling = place_dwellings(registers, size_m)
    cells = sorted(set(cell_of_dwelling.values()))
    residents, sums = count_units(registers, cell_of_dwelling, cells)
    views = units_in_view(cells, residents, size_m, context_residents, reach)
    scores = score_units(residents, sums, views)
    roles = [
        role_of(composite, exceeded, core, edge, criteria)
        for composite, exceeded in zip(scores["composite"], scores["criteria_exceeded"], strict=True)
    ]
    areas = number_areas(cells, residents, roles, least_residents)
    units: dict[str, Any] = {
        "unit_id": [unit_id(cell, size_m) for cell in cells],
        "row": [row for row, _ in cells],
        "col": [col for _, col in cells],
        "residents": residents,
    }
    for key in WORSE:
        units[f"num_{key}"] = pd.Series([unit[key][0] for unit in sums], dtype=object)
        units[f"den_{key}"] = pd.Series([unit[key][1] for unit in sums], dtype=object)
    units |= scores | {"role": roles, "area": areas}
    return OracleResult(
        units=pd.DataFrame(units),
        status=status_table(sums, areas),
        counts=count_unplaced(registers, sum(residents)),
    )


# --- reading ------------------------------------------------------------------------------------------------


def read_registers(folder: Path) -> Registers:
    """The registers of a folder. Impossible ages become unknown; origins are derived from countries."""
    residents, impossible = [], 0
    for raw in _rows(folder, "residents"):
        age = _number(raw["age"])
        if age is not None and not LEAST_AGE <= age <= GREATEST_AGE:
            age, impossible = None, impossible + 1
        origin = _text(raw["origin"]) if "origin" in raw else origin_of(_text(raw["origin_country"]))
        residents.append(
            {
                "dwelling_id": _text(raw["dwelling_id"]),
                "age": age,
                "labour_status": _text(raw["labour_status"]),
                "education": _text(raw["education"]),
                "disposable_income": _number(raw["disposable_income"]),
                "origin": origin,
            }
        )
    dwellings = [
        {
            "dwelling_id": _text(raw["dwelling_id"]),
            "address_id": _text(raw["address_id"]),
            "area_m2": _number(raw["area_m2"]),
        }
        for raw in _rows(folder, "dwellings")
    ]
    addresses = [
        {
            "address_id": _text(raw["address_id"]),
            "easting": _number(raw["easting"]),
            "northing": _number(raw["northing"]),
        }
        for raw in _rows(folder, "addresses")
    ]
    return Registers(residents, dwellings, addresses, impossible)


def _rows(folder: Path, table: str) -> list[dict[str, Any]]:
    parquet = folder / f"{table}.parquet"
    if parquet.exists():
        rows: list[dict[str, Any]] = pq.read_table(parquet).to_pylist()
        return rows
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _text(value: Any) -> str | None:
    """A key or a code as text; an empty one is None. Whole floats lose the `.0` a gap in the column gave."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return None if math.isnan(value) else str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _number(value: Any) -> Fraction | None:
    """A number as the decimal it is written as (9.99 is 999/100); empty, NaN and infinite are None."""
    if value is None or value == "":
        return None
    if not math.isfinite(float(value)):
        return None
    return Fraction(repr(value) if isinstance(value, float) else str(value))


def origin_of(country: str | None) -> str | None:
    """Danish, western or non-western by Bilag 1's list of western countries."""
    if country is None:
        return None
    if country == "DK":
        return "danish"
    return "western" if country in WESTERN_COUNTRIES else "non_western"


# --- placing and counting -----------------------------------------------------------------------------------


def cell_of(easting: Fraction, northing: Fraction, size_m: int) -> Cell:
    """(row, col) of a point; a cell holds its west and south edges."""
    return math.floor(northing / size_m), math.floor(easting / size_m)


def unit_id(cell: Cell, size_m: int) -> str:
    """The Danish grid's id of a cell: `100m_61757_7196`, `1km_6175_719`."""
    size = f"{size_m // 1000}km" if size_m % 1000 == 0 else f"{size_m}m"
    return f"{size}_{cell[0]}_{cell[1]}"


def place_dwellings(registers: Registers, size_m: int) -> dict[str, Cell]:
    """The cell of every dwelling whose address has a position."""
    cell_of_address = {
        address["address_id"]: cell_of(address["easting"], address["northing"], size_m)
        for address in registers.addresses
        if address["easting"] is not None and address["northing"] is not None
    }
    return {
        dwelling["dwelling_id"]: cell_of_address[dwelling["address_id"]]
        for dwelling in registers.dwellings
        if dwelling["address_id"] is not None and dwelling["address_id"] in cell_of_address
    }


def count_unplaced(registers: Registers, residents_placed: int) -> dict[str, int]:
    """How many rows of each register cannot be placed, and why."""
    return {
        "residents_without_dwelling": sum(row["dwelling_id"] is None for row in registers.residents),
        "dwellings_without_address": sum(row["address_id"] is None for row in registers.dwellings),
        "addresses_without_position": sum(
            row["easting"] is None or row["northing"] is None for row in registers.addresses
        ),
        "ages_impossible": registers.ages_impossible,
        "residents_placed": residents_placed,
    }


def low_income_limit(residents: Sequence[Mapping[str, Any]]) -> Fraction | None:
    """0.75 times the median income of all adults, placed or not; the mean of the middle two if even."""
    incomes = [
        resident["disposable_income"]
        for resident in residents
        if resident["age"] is not None and resident["age"] >= 18 and resident["disposable_income"] is not None
    ]
    return Fraction(3, 4) * median(incomes) if incomes else None


def resident_counts(resident: Mapping[str, Any], limit: Fraction | None) -> dict[str, bool]:
    """The criteria in whose denominator a resident stands, and whether the resident is in the numerator."""
    age, income = resident["age"], resident["disposable_income"]
    labour_status, education, origin = resident["labour_status"], resident["education"], resident["origin"]
    counts = {}
    if age is not None and 16 <= age <= 66 and labour_status is not None:
        counts["outside_labour_market"] = labour_status in OUTSIDE_LABOUR_MARKET
    if age is not None and age >= 18 and income is not None and limit is not None:
        counts["low_income"] = income <= limit
    if origin is not None:
        counts["non_western_origin"] = origin == "non_western"
    if age is not None and 16 <= age <= 64 and education is not None:
        counts["no_education"] = education in NO_EDUCATION
    return counts


def count_units(
    registers: Registers, cell_of_dwelling: Mapping[str, Cell], cells: Sequence[Cell]
) -> tuple[list[int], list[Sums]]:
    """Residents, and the two sums of each criterion, of each unit alone."""
    limit = low_income_limit(registers.residents)
    numerators: dict[tuple[Cell, str], Fraction] = defaultdict(Fraction)
    denominators: dict[tuple[Cell, str], Fraction] = defaultdict(Fraction)
    residents_of_cell: dict[Cell, int] = defaultdict(int)
    residents_of_dwelling: dict[str, int] = defaultdict(int)
    for resident in registers.residents:
        residents_of_dwelling[resident["dwelling_id"]] += 1
        if resident["dwelling_id"] not in cell_of_dwelling:
            continue
        cell = cell_of_dwelling[resident["dwelling_id"]]
        residents_of_cell[cell] += 1
        for key, is_counted in resident_counts(resident, limit).items():
            numerators[cell, key] += int(is_counted)
            denominators[cell, key] += 1
    for dwelling in registers.dwellings:
        living, area_m2 = residents_of_dwelling[dwelling["dwelling_id"]], dwelling["area_m2"]
        if dwelling["dwelling_id"] not in cell_of_dwelling or area_m2 is None:
            continue
        if 1 <= living <= 15 and 10 <= area_m2 <= 1000:
            cell = cell_of_dwelling[dwelling["dwelling_id"]]
            numerators[cell, "dwelling_area"] += area_m2
            denominators[cell, "dwelling_area"] += living
    sums = [{key: (numerators[cell, key], denominators[cell, key]) for key in WORSE} for cell in cells]
    return [residents_of_cell[cell] for cell in cells], sums


# --- scoring ------------------------------------------------------------------------------------------------


def units_in_view(
    cells: Sequence[Cell], residents: Sequence[int], size_m: int, context_residents: int, reach: float
) -> list[list[int]]:
    """The units over which each unit's rates are read: itself, then whole rings of equal centre distance."""
    reach_squared = Fraction(reach) ** 2
    views = []
    for unit, (row, col) in enumerate(cells):
        rings: dict[int, list[int]] = defaultdict(list)
        for other, (other_row, other_col) in enumerate(cells):
            distance_squared = ((row - other_row) ** 2 + (col - other_col) ** 2) * size_m**2
            if other != unit and distance_squared <= reach_squared:
                rings[distance_squared].append(other)
        view, seen = [unit], residents[unit]
        for distance_squared in sorted(rings):
            if seen >= context_residents:
                break
            view += rings[distance_squared]
            seen += sum(residents[other] for other in rings[distance_squared])
        views.append(view)
    return views


def ratio_of(sums: Sequence[Sums], key: str, members: Sequence[int]) -> float:
    """The ratio of the sums of some units; NaN where the denominator is 0."""
    numerator = sum((sums[unit][key][0] for unit in members), Fraction(0))
    denominator = sum((sums[unit][key][1] for unit in members), Fraction(0))
    return float(numerator / denominator) if denominator else math.nan


def worse_by(rate: float, other: float, key: str) -> float:
    """How much worse a rate is than another, in the criterion's own unit."""
    return rate - other if WORSE[key] == "high" else other - rate


def score_units(residents: Sequence[int], sums: Sequence[Sums], views: Sequence[Sequence[int]]) -> dict[str, list[Any]]:
    """Rates in view, gaps to the city, and the composite, by the method `gap_sd`."""
    everyone = range(len(sums))
    rates, gaps, scores = {}, {}, {}
    for key in WORSE:
        city = ratio_of(sums, key, everyone)
        rates[key] = [ratio_of(sums, key, view) for view in views]
        gaps[key] = [worse_by(rate, city, key) for rate in rates[key]]
        rated = [unit for unit in everyone if not math.isnan(gaps[key][unit])]
        weight = sum(residents[unit] for unit in rated)
        squares = math.fsum(residents[unit] * gaps[key][unit] ** 2 for unit in rated)
        deviation = math.sqrt(squares / weight) if weight else 0.0
        scores[key] = {unit: gaps[key][unit] / deviation if deviation else 0.0 for unit in rated}
    columns: dict[str, list[Any]] = {}
    for key in WORSE:
        columns[f"rate_{key}"], columns[f"gap_{key}"] = rates[key], gaps[key]
    of_unit = [[scores[key][unit] for key in WORSE if unit in scores[key]] for unit in everyone]
    columns["composite"] = [math.fsum(held) / len(held) if held else math.nan for held in of_unit]
    columns["criteria_exceeded"] = [sum(gaps[key][unit] > 0 for key in WORSE) for unit in everyone]
    columns["criteria_with_rate"] = [len(held) for held in of_unit]
    return columns


# --- areas --------------------------------------------------------------------------------------------------


def role_of(composite: float, exceeded: int, core: float, edge: float, criteria: int) -> str:
    """Core, edge or outside. A unit without a composite (NaN) is outside."""
    if exceeded >= criteria and composite >= core:
        return "core"
    return "edge" if exceeded >= criteria and composite >= edge else "outside"


def number_areas(
    cells: Sequence[Cell], residents: Sequence[int], roles: Sequence[str], least_residents: int
) -> list[int]:
    """The area of each unit, from 1 by falling residents, ties by the least (row, col); 0 is none."""
    waiting = {cell for cell, role in zip(cells, roles, strict=True) if role != "outside"}
    unit_of_cell = {cell: unit for unit, cell in enumerate(cells)}
    found = []
    while waiting:
        members, front = [], [waiting.pop()]
        while front:
            row, col = front.pop()
            members.append((row, col))
            for neighbour in [(row + up, col + right) for up in (-1, 0, 1) for right in (-1, 0, 1)]:
                if neighbour in waiting:
                    waiting.remove(neighbour)
                    front.append(neighbour)
        held = sum(residents[unit_of_cell[cell]] for cell in members)
        if held >= least_residents and any(roles[unit_of_cell[cell]] == "core" for cell in members):
            found.append((-held, min(members), members))
    areas = [0] * len(cells)
    for number, (_, _, members) in enumerate(sorted(found), start=1):
        for cell in members:
            areas[unit_of_cell[cell]] = number
    return areas


def status_table(sums: Sequence[Sums], areas: Sequence[int]) -> pd.DataFrame:
    """Each criterion over all areas, the rest of the city and the whole city, from the units' own sums."""
    inside = [unit for unit, area in enumerate(areas) if area > 0]
    outside = [unit for unit, area in enumerate(areas) if area == 0]
    rows = []
    for key in WORSE:
        in_areas, rest = ratio_of(sums, key, inside), ratio_of(sums, key, outside)
        rows.append(
            {
                "criterion": key,
                "areas": in_areas,
                "rest_of_city": rest,
                "gap": worse_by(in_areas, rest, key),
                "city": ratio_of(sums, key, range(len(sums))),
            }
        )
    return pd.DataFrame(rows)
