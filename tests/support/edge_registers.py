"""Small registers, random but repeatable, that hit every edge of the rules of `kbh-2017`.

The city is invented and made for its corners: its shares and sizes are our own and resemble no real place.
Its plan, in cells of 100 m counted from `FIRST_ROW` and `FIRST_COL`:

- rows 0-13: a background town with `HOTSPOTS` in it, each inside a ring of comfortable cells;
- rows 16-23: the handmade rows, a cell or a few for each edge.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from made_once import made_once
from oracle import WESTERN_COUNTRIES

Cell = tuple[int, int]
Row = dict[str, Any]

SIZE_M = 100
FIRST_ROW, FIRST_COL = 61740, 7190
TOWN_ROWS, TOWN_COLS = 14, 26

MEDIAN_INCOME, LOW_INCOME = 240_000.0, 180_000.0  # 0.75 * 240,000 = 180,000, exact in floating point
OUTSIDE = ("early_retirement", "permanently_outside")
ATTACHED = ("employed", "unemployed", "in_education", "temporarily_outside")
UNSCHOOLED = ("none", "basic")
SCHOOLED = (
    "upper_secondary", "vocational", "short_tertiary", "medium_tertiary", "long_tertiary", "in_education",
)  # fmt: skip
NON_WESTERN = ("TR", "SO", "GB", "PK", "NA")  # NA is Namibia, and no missing value
WESTERN = tuple(sorted(WESTERN_COUNTRIES))


@dataclass(frozen=True)
class Hotspot:
    """Adjacent cells with equally many residents each.

    Attributes
    ----------
    name
        What it is for.
    cells
        (row, col) in the town.
    residents_of_cell
        How many live in each cell.
    share
        Share of disadvantaged, 0 to 1, on every criterion.
    """

    name: str
    cells: tuple[Cell, ...]
    residents_of_cell: int
    share: float


def _block(row: int, col: int, rows: int, cols: int) -> tuple[Cell, ...]:
    return tuple((row + up, col + right) for up in range(rows) for right in range(cols))


HOTSPOTS = (
    Hotspot("area", _block(2, 2, 3, 3), 168, 0.85),
    Hotspot("warm fringe of the area", _block(5, 2, 1, 3), 40, 0.62),
    Hotspot("999 residents", _block(2, 9, 3, 3), 111, 0.85),
    Hotspot("exactly 1,000 residents", _block(2, 16, 2, 5), 100, 0.85),
    Hotspot("two cells that touch at a corner, 1,000 residents", ((9, 4), (10, 5)), 500, 0.85),
    Hotspot("1,010 residents and no core", _block(9, 14, 2, 5), 101, 0.62),
)


@dataclass
class _City:
    """The rows as they grow."""

    rng: np.random.Generator
    residents: list[Row] = field(default_factory=list)
    dwellings: list[Row] = field(default_factory=list)
    addresses: list[Row] = field(default_factory=list)
    open_incomes: list[Row] = field(default_factory=list)

    def address(self, easting: float | None, northing: float | None) -> str:
        key = f"A{len(self.addresses):05d}"
        name = ("Nørrebro", "Østerbro", "Åboulevarden", "Valby; Vigerslev", "")[len(self.addresses) % 5]
        self.addresses.append({"address_id": key, "easting": easting, "northing": northing, "kvarter": name})
        return key

    def address_in(self, cell: Cell) -> str:
        """An address at a random place well inside a cell of the plan."""
        east, north = self.rng.integers(100, 9900, 2) / 100
        easting, northing = (FIRST_COL + cell[1]) * SIZE_M, (FIRST_ROW + cell[0]) * SIZE_M
        return self.address(round(easting + float(east), 2), round(northing + float(north), 2))

    def dwelling(self, address_id: str | None, area_m2: float | None, key: str = "") -> str:
        key = key or f"D{len(self.dwellings):05d}"
        remark = "rækkehus" if len(self.dwellings) % 7 == 0 else None
        self.dwellings.append({"dwelling_id": key, "address_id": address_id, "area_m2": area_m2, "bemærkning": remark})
        return key

    def home_in(self, cell: Cell, area_m2: float | None = 100.0) -> str:
        return self.dwelling(self.address_in(cell), area_m2)

    def resident(self, dwelling_id: str | None, **given: Any) -> Row:
        """A comfortable Danish adult, except where told otherwise."""
        row = {
            "dwelling_id": dwelling_id,
            "age": 40,
            "labour_status": "employed",
            "education": "vocational",
            "disposable_income": 320_000.0,
            "origin": "danish",
            "origin_country": "DK",
        } | given
        self.residents.append(row)
        return row


@made_once
def write_edge_registers(folder: Path, seed: int = 0, origin_codes: bool = False, files: str = "parquet") -> None:
    """Write `residents`, `dwellings` and `addresses` that hit every edge of the rules.

    Parameters
    ----------
    folder
        Made when absent.
    seed
        Of the town's random rows and of the order of rows and columns.
    origin_codes
        Write `origin_country` in place of `origin`.
    files
        `parquet`; or `csv`, the Danish dialect (semicolons, decimal commas, Latin-1), with a Parquet copy of
        the same tables in `folder / "twin"`.

    Raises
    ------
    ValueError
        For any other `files`.
    """
    city = _City(np.random.default_rng(seed))
    _build_town(city)
    _add_ages(city)
    _add_incomes(city)
    _add_dwellings(city)
    _add_positions(city)
    _add_codes(city)
    _add_unplaced(city)
    _settle_incomes(city)
    _write(city, folder, origin_codes, files)


def write_negative_registers(folder: Path) -> None:
    """Write a tiny set of registers west of the grid's origin, on the edges and corners of cells."""
    city = _City(np.random.default_rng(0))
    places = [
        (0.0, 0.0), (-0.0, -0.0), (-0.5, -0.5), (-100.0, -100.0), (-100.01, -100.0), (-100.0, -100.01),
        (-50.0, 20.0), (99.99, -0.01), (100.0, 0.0), (-1000.0, -1000.0), (-1000.01, 250.0),
        (-1e-6, 50.0), (50.0, -1e-6),
    ]  # fmt: skip
    for number, (easting, northing) in enumerate(places):
        home = city.dwelling(city.address(easting, 6_100_000 + northing), 20.0 + 7.5 * number)
        for person in range(1 + number % 3):
            worse = (number + person) % 2 == 0
            city.resident(
                home,
                age=30 + person,
                labour_status="early_retirement" if worse else "employed",
                education="basic",  # everyone the same: no gap, no spread, nothing exceeded
                disposable_income=100_000.0 + 20_000 * number,
                origin="non_western" if worse else "danish",
            )
    _write(city, folder, origin_codes=False, files="parquet")


# --- the town -----------------------------------------------------------------------------------------------


def _build_town(city: _City) -> None:
    hot = {cell: spot for spot in HOTSPOTS for cell in spot.cells}
    ring = {(row + up, col + right) for row, col in hot for up in (-1, 0, 1) for right in (-1, 0, 1)} - hot.keys()
    for cell in _block(0, 0, TOWN_ROWS, TOWN_COLS):
        if cell in hot:
            _settle_cell(city, cell, hot[cell].residents_of_cell, hot[cell].share)
        elif cell in ring:
            _settle_cell(city, cell, 24 + int(city.rng.integers(8)), 0.0)
        elif city.rng.random() < 0.92:  # the rest stay without a dwelling: holes in the grid
            _settle_cell(city, cell, 18 + int(city.rng.integers(24)), 0.12)


def _settle_cell(city: _City, cell: Cell, residents: int, share: float) -> None:
    """Fill a cell with households of 1 to 5 in houses of up to 6 dwellings."""
    rng = city.rng
    people = _people(rng, residents, share)
    while people:
        address_id = city.address_in(cell)
        for _ in range(int(rng.integers(1, 7))):
            household = [people.pop() for _ in range(min(len(people), int(rng.integers(1, 6))))]
            if household:
                each_m2 = (58 - 46 * share) * rng.uniform(0.9, 1.1)
                home = city.dwelling(address_id, round(max(10.0, each_m2 * len(household)), 2))
                for person in household:
                    _move_in(city, home, person)


def _people(rng: np.random.Generator, count: int, share: float) -> list[dict[str, Any]]:
    """People of whom the same share is disadvantaged on each criterion; 2 % of the answers are empty."""

    def flags() -> list[bool]:
        return [bool(flag) for flag in rng.permutation(np.arange(count) < round(share * count))]

    outside, poor, foreign, unschooled = flags(), flags(), flags(), flags()
    missing = rng.random((count, 5)) < 0.02
    return [
        {
            "age": None if missing[i, 0] else int(rng.integers(0, 92)),
            "labour_status": None if missing[i, 1] else str(rng.choice(OUTSIDE if outside[i] else ATTACHED)),
            "education": None if missing[i, 2] else str(rng.choice(UNSCHOOLED if unschooled[i] else SCHOOLED)),
            "poor": None if missing[i, 3] else poor[i],
            "foreign": None if missing[i, 4] else foreign[i],
        }
        for i in range(count)
    ]


def _move_in(city: _City, home: str, person: dict[str, Any]) -> None:
    """Turn a person into a row. Incomes of adults who are not poor stay open until the median is settled."""
    rng, age, poor, foreign = city.rng, person["age"], person.pop("poor"), person.pop("foreign")
    if foreign is None:
        origin, country = None, None
    elif foreign:
        origin, country = "non_western", str(rng.choice(NON_WESTERN))
    elif rng.random() < 0.1:
        origin, country = "western", str(rng.choice(WESTERN))
    else:
        origin, country = "danish", "DK"
    income = None if poor is None else float(rng.integers(20_000, 170_000))
    row = city.resident(home, **person, disposable_income=income, origin=origin, origin_country=country)
    if poor is False and age is not None and age >= 18:
        city.open_incomes.append(row)


def _settle_incomes(city: _City) -> None:
    """Give the open incomes values that make the median of all adults 240,000 exactly, and no other median.

    Adults are even in number and the middle two earn 239,990 and 240,010. So a median that leaves out the
    unplaced, takes in children or impossible ages, or picks one of the middle two misses
    those at exactly 180,000 or near it.
    """
    is_open = {id(row) for row in city.open_incomes}
    fixed = [
        row["disposable_income"]
        for row in city.residents
        if id(row) not in is_open and row["disposable_income"] is not None
        if row["age"] is not None and 18 <= row["age"] <= 125
    ]
    rows = [city.open_incomes[i] for i in city.rng.permutation(len(city.open_incomes))]
    if (len(fixed) + len(rows)) % 2:
        rows.pop()["disposable_income"] = None
    half = (len(fixed) + len(rows)) // 2 - 1
    below = half - sum(income < MEDIAN_INCOME for income in fixed)
    for i, row in enumerate(rows):
        if i < below:
            row["disposable_income"] = float(city.rng.integers(181_000, 239_000))
        elif i < below + 2:
            row["disposable_income"] = MEDIAN_INCOME - 10 if i == below else MEDIAN_INCOME + 10
        else:
            row["disposable_income"] = float(city.rng.integers(241_000, 700_000))


# --- the handmade rows --------------------------------------------------------------------------------------


def _add_ages(city: _City) -> None:
    """Ages at every bound, each worse and better off; a cell of children alone, and one of unknowns."""
    for col, age in enumerate([15, 16, 17, 18, 64, 65, 66, 67, 0, 125, -1, 126, 200, None]):
        home = city.home_in((16, col))
        city.resident(home, age=age)
        city.resident(
            home, age=age, labour_status="early_retirement", education="none", disposable_income=1_000.0,
            origin="non_western", origin_country="SO",
        )  # fmt: skip
    children = city.home_in((16, 20))
    for age in (3, 8, 15):
        city.resident(children, age=age, labour_status=None, education=None, disposable_income=None)
    city.resident(city.home_in((16, 22)), origin=None, origin_country=None)
    # No rate on any criterion: the dwelling is too large to count, and its resident is unknown.
    recluse = city.home_in((16, 24), 1200.0)
    city.resident(recluse, age=None, labour_status=None, education=None, origin=None, origin_country=None)


def _add_incomes(city: _City) -> None:
    """Incomes at, around and far from 75 % of the median; incomes of ages that no median counts."""
    just_above = float(np.nextafter(LOW_INCOME, np.inf))
    just_below = float(np.nextafter(LOW_INCOME, 0.0))
    incomes = [LOW_INCOME, LOW_INCOME + 0.01, LOW_INCOME - 0.01, just_above, just_below, -25_000.5, 0.0, None]
    for col, income in enumerate(incomes):
        city.resident(city.home_in((17, 2 * col)), disposable_income=income)
    for age in (16, 17, 126, 200):
        for _ in range(5):
            city.resident(city.home_in((17, 20)), age=age, disposable_income=900_000.0)


def _add_dwellings(city: _City) -> None:
    """Areas and households at every bound, and a dwelling nobody lives in, alone in its cell."""
    for col, area_m2 in enumerate([9.99, 10.0, 10.01, 999.99, 1000.0, 1000.01, None, 0.0]):
        city.resident(city.home_in((18, 2 * col), area_m2))
        city.resident(city.home_in((18, 2 * col), 33.33))
    for col, household in ((16, 14), (18, 15), (20, 16), (22, 15), (22, 16)):
        home = city.home_in((18, col), 200.25)
        for number in range(household):
            city.resident(home, age=5 * number)
    city.home_in((18, 25), 80.0)
    # Text keys that are different texts and the same number.
    for col, key, area_m2 in ((0, "0012", 40.0), (2, "12", 90.0)):
        home = city.dwelling(city.address_in((20, col)), area_m2, key)
        city.resident(home, labour_status="early_retirement" if key == "12" else "employed")


def _add_positions(city: _City) -> None:
    """Places on the edges and corners of cells, and just short of them; an address without a dwelling."""
    west, south = float((FIRST_COL + 5) * SIZE_M), float((FIRST_ROW + 21) * SIZE_M)
    just_west, just_south = float(np.nextafter(west, 0.0)), float(np.nextafter(south, 0.0))
    places = [
        (west, south), (west, south + 50.0), (west + 50.0, south), (west + 100.0, south + 100.0),
        (west + 100.0, south), (west, south + 100.0), (just_west, south), (west, just_south),
        (just_west, just_south), (west + 99.99, south + 99.99), (west - 0.01, south + 40.0),
        (west + 40.0, south - 0.01),
    ]  # fmt: skip
    for number, (easting, northing) in enumerate(places):
        home = city.dwelling(city.address(easting, northing), 50.0 + number)
        for person in range(number % 4 + 1):
            city.resident(home, age=30 + person, labour_status=(ATTACHED + OUTSIDE)[(number + person) % 6])
    city.address_in((23, 12))  # a cell without a dwelling is no unit


def _add_codes(city: _City) -> None:
    """Every code of every column, and the empty one."""
    for labour_status in (*ATTACHED, *OUTSIDE, None):
        city.resident(city.home_in((20, 12)), labour_status=labour_status)
    for education in (*UNSCHOOLED, *SCHOOLED, None):
        city.resident(city.home_in((20, 14)), education=education)
    origins = [(code, "western") for code in WESTERN] + [(code, "non_western") for code in NON_WESTERN]
    for number, (country, origin) in enumerate([*origins, ("DK", "danish"), (None, None)]):
        home = city.home_in((20 + 2 * (number % 2), 16 + number % 9))
        city.resident(home, origin=origin, origin_country=country)


def _add_unplaced(city: _City) -> None:
    """Residents without dwelling, dwellings without address, addresses without position; all well off."""
    town = (FIRST_COL * float(SIZE_M), FIRST_ROW * float(SIZE_M))
    homes: list[str | None] = [None] * 7
    homes += [city.dwelling(None, 70.0 + number) for number in range(4)]
    for easting, northing in ((None, None), (town[0], None), (None, town[1])):
        address_id = city.address(easting, northing)
        homes += [city.dwelling(address_id, 60.0), city.dwelling(address_id, 61.0)]
    for number, home in enumerate(homes):
        for person in range(1 + number % 3):
            city.resident(home, disposable_income=500_000.0 + 1_000 * number, age=25 + person)


# --- writing ------------------------------------------------------------------------------------------------


def _write(city: _City, folder: Path, origin_codes: bool, files: str) -> None:
    if files not in ("parquet", "csv"):
        raise ValueError(f"files must be 'parquet' or 'csv', not {files!r}")
    parquet_folder = folder if files == "parquet" else folder / "twin"
    parquet_folder.mkdir(parents=True, exist_ok=True)
    left_out = "origin" if origin_codes else "origin_country"
    tables = {"residents": city.residents, "dwellings": city.dwellings, "addresses": city.addresses}
    for name, rows in tables.items():
        columns = [column for column in rows[0] if column != left_out]
        columns = [columns[i] for i in city.rng.permutation(len(columns))]
        rows = [rows[i] for i in city.rng.permutation(len(rows))]
        frame = pd.DataFrame({column: _series(column, rows) for column in columns})
        frame.to_parquet(parquet_folder / f"{name}.parquet", index=False)
        if files == "csv":
            _write_danish_csv(folder / f"{name}.csv", columns, rows)


def _series(column: str, rows: list[Row]) -> pd.Series[Any]:
    values = [row[column] for row in rows]
    if column == "age":
        return pd.Series(values, dtype="Int64")
    is_number = column in ("disposable_income", "area_m2", "easting", "northing")
    return pd.Series(values, dtype="Float64" if is_number else "string")


def _write_danish_csv(path: Path, columns: list[str], rows: list[Row]) -> None:
    """Semicolons, decimal commas, Latin-1; an empty field is a missing value."""
    with path.open("w", encoding="latin-1", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(columns)
        writer.writerows([_danish(row[column]) for column in columns] for row in rows)


def _danish(value: Any) -> str:
    if value is None:
        return ""
    return repr(value).replace(".", ",") if isinstance(value, float) else str(value)
