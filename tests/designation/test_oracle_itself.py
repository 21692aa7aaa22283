"""The oracle, held to cases worked out by hand; and the edge registers, held to what they promise."""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from edge_registers import (
    FIRST_COL,
    FIRST_ROW,
    HOTSPOTS,
    LOW_INCOME,
    write_edge_registers,
    write_negative_registers,
)
from oracle import (
    WESTERN_COUNTRIES,
    cell_of,
    low_income_limit,
    number_areas,
    oracle_designation,
    origin_of,
    read_registers,
    score_units,
    unit_id,
    units_in_view,
)

Row = dict[str, Any]
ADULT: Row = {
    "age": 40,
    "labour_status": "employed",
    "education": "basic",
    "disposable_income": 100,
    "origin": "danish",
}


def write_tables(folder: Path, residents: list[Row], dwellings: list[Row], addresses: list[Row]) -> None:
    """Write the registers as CSV: commas, decimal points, UTF-8."""
    for name, rows in (("residents", residents), ("dwellings", dwellings), ("addresses", addresses)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def write_people(folder: Path, people_of_cell: dict[tuple[int, int], list[Row]], area_m2: str = "50") -> None:
    """Write one dwelling per cell, with the given people in it."""
    residents, dwellings, addresses = [], [], []
    for key, ((row, col), people) in enumerate(people_of_cell.items()):
        residents += [{"dwelling_id": key} | ADULT | person for person in people]
        dwellings.append({"dwelling_id": key, "address_id": key, "area_m2": area_m2})
        addresses.append({"address_id": key, "easting": 100 * col + 50, "northing": 100 * row + 50})
    write_tables(folder, residents, dwellings, addresses)


@pytest.mark.parametrize(
    ("easting", "northing", "cell"),
    [
        ("719600", "6175700", (61757, 7196)),
        ("719599.99", "6175799.99", (61757, 7195)),
        ("0", "0", (0, 0)),
        ("-0.01", "-100", (-1, -1)),
        ("-100.01", "99.99", (0, -2)),
    ],
)
def test_a_cell_holds_its_west_and_south_edges(easting: str, northing: str, cell: tuple[int, int]) -> None:
    assert cell_of(Fraction(easting), Fraction(northing), 100) == cell


def test_unit_ids_are_those_of_the_danish_grid() -> None:
    assert unit_id((61757, 7196), 100) == "100m_61757_7196"
    assert unit_id((6175, 719), 1000) == "1km_6175_719"
    assert unit_id((24703, 2878), 250) == "250m_24703_2878"


def test_origin_follows_the_list_of_bilag_1() -> None:
    assert len(WESTERN_COUNTRIES) == 26 + 12
    assert [origin_of(code) for code in ("DK", "SE", "VA", "US")] == [
        "danish",
        "western",
        "western",
        "western",
    ]
    assert [origin_of(code) for code in ("GB", "TR", "NA")] == ["non_western"] * 3
    assert origin_of(None) is None


def test_the_low_income_limit_counts_every_adult_and_no_one_else() -> None:
    def earner(age: int | None, income: int | None) -> Row:
        return {"age": age, "disposable_income": income}

    adults = [earner(18, 100), earner(90, 300), earner(40, 200), earner(40, 400), earner(40, None)]
    others = [earner(17, 0), earner(None, 0)]
    assert low_income_limit(adults + others) == Fraction(375, 2)  # 0.75 * (200 + 300) / 2
    assert low_income_limit(others) is None


def test_two_cells_worked_out_by_hand(tmp_path: Path) -> None:
    worse = {"labour_status": "early_retirement"}
    write_people(tmp_path, {(5, 1): [worse, {}, {}, {}], (3, 9): [worse, worse, worse]})
    result = oracle_designation(tmp_path)
    units = result.units
    assert list(units["unit_id"]) == ["100m_3_9", "100m_5_1"]
    assert list(units["residents"]) == [3, 4]
    assert list(units["num_outside_labour_market"]) == [3, 1]
    assert list(units["den_outside_labour_market"]) == [3, 4]
    # City 4/7; gaps 3/7 and 1/4 - 4/7 = -9/28; s^2 = (3 * (3/7)^2 + 4 * (9/28)^2) / 7 = 27/196.
    # 50/3 and 50/4 m2 each in a city of 100/7: gaps -50/21 and 25/14, s^2 = (3 (50/21)^2 + 4 (25/14)^2) / 7.
    labour = [3 / 7 / math.sqrt(27 / 196), -9 / 28 / math.sqrt(27 / 196)]
    spread = math.sqrt((3 * (50 / 21) ** 2 + 4 * (25 / 14) ** 2) / 7)
    area = [-50 / 21 / spread, 25 / 14 / spread]
    assert list(units["gap_dwelling_area"]) == pytest.approx([-50 / 21, 25 / 14])
    # Everyone has the same income, origin and education, so those three score 0 and are exceeded nowhere.
    expected = [(one + other) / 5 for one, other in zip(labour, area, strict=True)]
    assert list(units["composite"]) == pytest.approx(expected)
    assert list(units["criteria_exceeded"]) == [1, 1]
    assert list(units["criteria_with_rate"]) == [5, 5]
    assert result.status["city"].tolist() == pytest.approx([100 / 7, 4 / 7, 0, 0, 1])
    assert result.status["areas"].isna().all()
    assert result.status["rest_of_city"].equals(result.status["city"].rename("rest_of_city"))


@pytest.mark.parametrize(
    ("area_m2", "household", "sums"),
    [
        ("9.99", 1, (0, 0)),
        ("10", 1, (10, 1)),
        ("1000", 15, (1000, 15)),
        ("1000.01", 1, (0, 0)),
        ("200", 16, (0, 0)),
        ("", 1, (0, 0)),
        ("33.33", 2, (Fraction(3333, 100), 2)),
    ],
)
def test_bounds_of_dwelling_area(tmp_path: Path, area_m2: str, household: int, sums: tuple[int, int]) -> None:
    write_people(tmp_path, {(0, 0): [{}] * household}, area_m2)
    unit = oracle_designation(tmp_path).units.iloc[0]
    assert (unit["num_dwelling_area"], unit["den_dwelling_area"]) == sums
    assert math.isnan(unit["rate_dwelling_area"]) == (sums[1] == 0)


@pytest.mark.parametrize(
    ("age", "labour", "income", "education"),
    [(15, 0, 0, 0), (16, 1, 0, 1), (17, 1, 0, 1), (18, 1, 1, 1), (64, 1, 1, 1), (65, 1, 1, 0), (66, 1, 1, 0),
     (67, 0, 1, 0), (125, 0, 1, 0), (126, 0, 0, 0), (-1, 0, 0, 0), ("", 0, 0, 0)],
)  # fmt: skip
def test_bounds_of_age(tmp_path: Path, age: int | str, labour: int, income: int, education: int) -> None:
    write_people(tmp_path, {(0, 0): [{"age": age}]})
    result = oracle_designation(tmp_path)
    unit = result.units.iloc[0]
    assert unit["den_outside_labour_market"] == labour
    assert unit["den_low_income"] == income
    assert unit["den_no_education"] == education
    assert unit["residents"] == unit["den_non_western_origin"] == 1
    assert result.counts["ages_impossible"] == int(age in (-1, 126))


def test_what_cannot_be_placed_is_counted(tmp_path: Path) -> None:
    homes = ["home", "home", "", "astray", "nowhere"]
    dwellings = [("home", "here"), ("empty", "there"), ("astray", ""), ("nowhere", "lost")]
    write_tables(
        tmp_path,
        [{"dwelling_id": home} | ADULT for home in homes],
        [{"dwelling_id": key, "address_id": address, "area_m2": 60} for key, address in dwellings],
        [
            {"address_id": "here", "easting": 50, "northing": 50},
            {"address_id": "there", "easting": 950, "northing": 50},
            {"address_id": "lost", "easting": 50, "northing": ""},
        ],
    )
    result = oracle_designation(tmp_path)
    assert list(result.units["unit_id"]) == ["100m_0_0", "100m_0_9"]
    assert list(result.units["residents"]) == [2, 0]
    assert math.isnan(result.units["composite"][1])
    assert result.counts == {
        "residents_without_dwelling": 1,
        "dwellings_without_address": 1,
        "addresses_without_position": 1,
        "ages_impossible": 0,
        "residents_placed": 2,
    }


def test_context_takes_whole_rings_until_enough_are_in_view() -> None:
    cells, residents = [(0, 0), (0, 1), (0, 2), (0, 3), (0, 9)], [10, 10, 10, 10, 10]
    assert units_in_view(cells, residents, 100, 10, 1000.0) == [[0], [1], [2], [3], [4]]
    # The second unit's two neighbours are equally near: both come in, though one would do.
    assert units_in_view(cells, residents, 100, 11, 1000.0)[:2] == [[0, 1], [1, 0, 2]]
    assert units_in_view(cells, residents, 100, 10_000, 100.0)[0] == [0, 1]
    assert units_in_view(cells, residents, 100, 10_000, 99.0)[0] == [0]
    assert units_in_view(cells, residents, 100, 10_000, 600.0)[4] == [4, 3]


def test_a_unit_that_borrows_its_rate_has_no_weight_of_its_own() -> None:
    none = (Fraction(0), Fraction(0))
    sums = [
        {"outside_labour_market": (Fraction(part), Fraction(whole))}
        | dict.fromkeys(["dwelling_area", "low_income", "non_western_origin", "no_education"], none)
        for part, whole in ((1, 1), (0, 3), (0, 0))
    ]
    scores = score_units([1, 3, 0], sums, [[0], [1], [2, 0]])
    assert scores["criteria_with_rate"] == [1, 1, 1]
    # City 1/4, s^2 = (1 * (3/4)^2 + 3 * (1/4)^2 + 0) / 4 = 3/16.
    assert scores["composite"] == pytest.approx([math.sqrt(3), -1 / math.sqrt(3), math.sqrt(3)])
    alone = score_units([1, 3, 0], sums, [[0], [1], [2]])
    assert alone["criteria_with_rate"] == [1, 1, 0]
    assert alone["criteria_exceeded"] == [1, 0, 0]
    assert math.isnan(alone["composite"][2])


def test_areas_touch_at_corners_need_a_core_and_are_numbered_by_residents() -> None:
    cells = [(0, 0), (0, 9), (1, 1), (5, 0), (5, 5), (9, 9)]
    residents = [500, 1000, 500, 2000, 999, 1001]
    roles = ["core", "core", "edge", "edge", "core", "core"]
    # 1,001 first; then the tie at 1,000: both start in row 0, the pair farther west. No core, or 999
    # residents: no area.
    assert number_areas(cells, residents, roles, 1000) == [2, 3, 2, 0, 0, 1]


def test_status_compares_areas_with_the_rest_of_the_city(tmp_path: Path) -> None:
    worse = {"labour_status": "permanently_outside", "origin": "non_western", "disposable_income": 10}
    write_people(tmp_path, {(0, 0): [worse] * 3 + [{}], (0, 5): [{}] * 12})
    # A quarter of the city is worse by sqrt(3) on three criteria, better by as much on area, else equal.
    result = oracle_designation(tmp_path, core=0.69, least_residents=4)
    assert list(result.units["composite"]) == pytest.approx([2 * math.sqrt(3) / 5, -2 / math.sqrt(3) / 5])
    assert list(result.units["area"]) == [1, 0]
    labour = result.status.set_index("criterion").loc["outside_labour_market"]
    assert labour.tolist() == [0.75, 0.0, 0.75, 3 / 16]
    area_m2 = result.status.set_index("criterion").loc["dwelling_area"]
    assert area_m2.tolist() == pytest.approx([12.5, 50 / 12, 50 / 12 - 12.5, 6.25])


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_edge_registers_make_the_areas_they_promise(tmp_path: Path, seed: int) -> None:
    write_edge_registers(tmp_path, seed)
    units = oracle_designation(tmp_path).units.set_index(["row", "col"])
    for spot in HOTSPOTS:
        members = units.loc[[(FIRST_ROW + row, FIRST_COL + col) for row, col in spot.cells]]
        assert set(members["residents"]) == {spot.residents_of_cell}, spot.name
        assert set(members["role"]) == {"core" if spot.share > 0.8 else "edge"}, spot.name
    # The area with its fringe; then two of exactly 1,000, the southern one first; not 999, nor the coreless.
    assert units[units["area"] > 0].groupby("area")["residents"].sum().tolist() == [1632, 1000, 1000]
    areas = [
        {int(units.loc[(FIRST_ROW + row, FIRST_COL + col), "area"]) for row, col in spot.cells} for spot in HOTSPOTS
    ]
    assert areas == [{1}, {1}, {0}, {2}, {3}, {0}]
    distance = (units["composite"] - 1).abs().min(), (units["composite"] - 0.5).abs().min()
    assert min(distance) > 1e-6  # no unit's role hangs on the last bit of a float


@pytest.mark.long
def test_edge_registers_hit_the_edges(tmp_path: Path) -> None:
    write_edge_registers(tmp_path)
    registers = read_registers(tmp_path)
    residents = registers.residents
    assert low_income_limit(residents) == Fraction(LOW_INCOME)
    incomes = {resident["disposable_income"] for resident in residents}
    assert {Fraction(180_000), Fraction(18_000_001, 100), Fraction(-50_001, 2), None} <= incomes
    placed_adults = [row for row in residents if row["dwelling_id"] is not None]
    raw = pq.read_table(tmp_path / "residents.parquet")
    children = [row | {"age": 40} if row["age"] in (16, 17) else row for row in residents]
    impossible = [
        {"age": row["age"], "disposable_income": Fraction(row["disposable_income"])}
        for row in raw.to_pylist()
        if row["age"] is not None and row["age"] > 125
    ]
    for others in (placed_adults, children, residents + impossible):
        assert low_income_limit(others) != LOW_INCOME
    assert {-1, 126, 200, 0, 125, 15, 16, 17, 18, 64, 65, 66, 67, None} <= set(raw["age"].to_pylist())
    areas_m2 = {dwelling["area_m2"] for dwelling in registers.dwellings}
    assert {Fraction(999, 100), 10, 1000, Fraction(100_001, 100), None} <= areas_m2
    units = oracle_designation(tmp_path).units
    assert (units["residents"] == 0).any()
    assert set(units["criteria_with_rate"]) >= {0, 2, 4, 5}


@pytest.mark.long
def test_edge_registers_say_the_same_in_every_dress(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "plain", 4)
    write_edge_registers.__wrapped__(tmp_path / "again", 4)
    write_edge_registers(tmp_path / "coded", 4, origin_codes=True)
    write_edge_registers(tmp_path / "danish", 4, files="csv")
    plain = oracle_designation(tmp_path / "plain")
    for folder in ("again", "coded", "danish/twin"):
        other = oracle_designation(tmp_path / folder)
        assert plain.units.equals(other.units)
        assert plain.counts == other.counts
    for name in ("residents", "dwellings", "addresses"):
        twin = pq.read_table(tmp_path / f"danish/twin/{name}.parquet")
        text = (tmp_path / f"danish/{name}.csv").read_text(encoding="latin-1")
        header, *rows = csv.reader(text.splitlines(), delimiter=";")
        assert header == twin.column_names
        for column, values in zip(header, zip(*rows, strict=True), strict=True):
            assert list(values) == [_danish(value) for value in twin[column].to_pylist()]


def _danish(value: Any) -> str:
    return "" if value is None else str(value).replace(".", ",")


@pytest.mark.long
def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "one", 5)
    (tmp_path / "two").mkdir()
    for name in ("residents", "dwellings", "addresses"):
        table = pq.read_table(tmp_path / f"one/{name}.parquet")
        backwards = table.take(pa.array(range(table.num_rows - 1, -1, -1)))
        pq.write_table(backwards, tmp_path / f"two/{name}.parquet")
    one = oracle_designation(tmp_path / "one", context_residents=500)
    two = oracle_designation(tmp_path / "two", context_residents=500)
    assert one.units.equals(two.units)
    assert one.status.equals(two.status)


def test_negative_registers(tmp_path: Path) -> None:
    write_negative_registers(tmp_path)
    result = oracle_designation(tmp_path)
    assert result.units["residents"].sum() == result.counts["residents_placed"]
    assert list(result.units["unit_id"]) == [
        "100m_60990_-10", "100m_60998_-1", "100m_60999_-2", "100m_60999_-1", "100m_60999_0", "100m_61000_-1",
        "100m_61000_0", "100m_61000_1", "100m_61002_-11",
    ]  # fmt: skip
