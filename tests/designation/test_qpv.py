"""The French rule, clause by clause: a place at each limit, one just under and one just over it.

Towns lie 100 km apart, each in a region of its own. In a town of 9,901 residents most earn 200,000, as do half of the
country, so that the threshold is 0.6 times 200,000.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pytest
from shapely.geometry import box

from small_registers import Registers
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.designation.surroundings import Around
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy, with_references

USUAL, THRESHOLD = 200_000.0, 120_000.0
POOR = THRESHOLD - 0.01
WEST, SOUTH, APART, SIZE = 500_000, 6_100_000, 100_000, 200

Cells = dict[tuple[int, int], tuple[int, float]]
"""Row and column of a cell in its town -> how many live there, and what each earns."""

TOWNS: dict[str, tuple[int, Cells]] = {
    # the threshold itself, and least residents of a neighbourhood
    "limits": (
        30_000,
        {
            (0, 0): (1000, THRESHOLD),
            (0, 4): (1000, THRESHOLD - 0.01),
            (0, 8): (1000, THRESHOLD + 0.01),
            (4, 0): (999, POOR),
            (4, 4): (1000, POOR),
            (4, 8): (1001, POOR),
            # continuous: two cells that meet at a corner, and two with an empty one between
            (8, 0): (500, POOR),
            (9, 1): (500, POOR),
            (8, 4): (500, POOR),
            (8, 6): (500, POOR),
            # ten people are too few to read a median from, eleven are not
            (12, 0): (1000, POOR),
            (12, 1): (10, POOR),
            (12, 4): (1000, POOR),
            (12, 5): (11, POOR),
        },
    ),
    # least residents of an urban unit: 9,901 are 10,000 when rounded up to the next hundred, 9,900 are not
    "just_urban": (9_901, {(0, 0): (1000, POOR)}),
    "rural": (9_900, {(0, 0): (1000, POOR)}),
    # a poorer town has a lower threshold: 0.6 times 0.7 times 200,000 and 0.3 times 150,000
    "poorer": (12_000, {(0, 0): (1000, 110_999.99), (0, 4): (1000, 111_000.0), (0, 8): (1000, 111_000.01)}),
}
REST = (30, 30)
"""Where everybody else of a town lives."""


def places_of_towns() -> list[tuple[str, tuple[int, int], int, float]]:
    """Town, cell, residents and income of each cell."""
    found = []
    for town, (residents, cells) in TOWNS.items():
        rest = residents - sum(number for number, _income in cells.values())
        usual = 150_000.0 if town == "poorer" else USUAL
        found += [(town, cell, *what) for cell, what in {**cells, REST: (rest, usual)}.items()]
    return found


def corner(town: str, cell: tuple[int, int]) -> tuple[int, int]:
    """The south-west corner of a cell."""
    return WEST + APART * list(TOWNS).index(town) + SIZE * cell[1], SOUTH + SIZE * cell[0]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Designation:
    folder = tmp_path_factory.mktemp("france")
    write_france(folder)
    return designate_france(folder)


def write_france(folder: Path) -> None:
    places = places_of_towns()
    numbers = [number for number, place in enumerate(places) for _person in range(place[2])]
    n = len(numbers)
    registers = Registers(
        pa.table(
            {
                "dwelling_id": [f"D{number}" for number in numbers],
                "age": pa.array([40] * n, pa.int64()),
                "labour_status": ["employed"] * n,
                "education": ["vocational"] * n,
                "disposable_income": pa.array([places[number][3] for number in numbers], pa.float64()),
                "origin": ["danish"] * n,
            }
        ),
        pa.table(
            {
                "dwelling_id": [f"D{number}" for number in range(len(places))],
                "address_id": [f"A{number}" for number in range(len(places))],
                "area_m2": pa.array([100.0] * len(places)),
            }
        ),
        pa.table(
            {
                "address_id": [f"A{number}" for number in range(len(places))],
                "easting": pa.array([corner(town, cell)[0] + 50.0 for town, cell, *_ignored in places]),
                "northing": pa.array([corner(town, cell)[1] + 50.0 for town, cell, *_ignored in places]),
            }
        ),
    )
    registers.write(folder)
    shapes = [box(*corner(town, (-5, -5)), *corner(town, (50, 50))) for town in TOWNS]
    gpd.GeoDataFrame({"name": list(TOWNS)}, geometry=shapes, crs="EPSG:25832").to_file(folder / "regions.gpkg")


def designate_france(folder: Path, regions: bool = True, **references: float) -> Designation:
    policy = with_references(
        load_policy("qpv-2024"), [f"{name}={value}" for name, value in {"national_median": USUAL, **references}.items()]
    )
    around = Around(regions=folder / "regions.gpkg") if regions else Around()
    return designate(2024, policy, Inputs(folder, None, "registers", around, year=2024), language="en")


def area_at(found: Designation, town: str, *cell: int) -> int:
    """The number of the area that a cell lies in, -1 is none."""
    east, north = corner(town, (cell[0], cell[1]))
    units = found.units
    inside = (abs(units.easting - east - SIZE / 2) < 1) & (abs(units.northing - north - SIZE / 2) < 1)
    assert inside.sum() == 1
    return int(found.areas.area_of_unit[inside][0])


@pytest.mark.parametrize(
    ("town", "cell", "designated"),
    [
        ("limits", (0, 0), False),  # at the threshold: not below it
        ("limits", (0, 4), True),  # a hundredth of a krone less
        ("limits", (0, 8), False),  # and more
        ("limits", (4, 0), False),  # 999 residents
        ("limits", (4, 4), True),  # 1,000
        ("limits", (4, 8), True),  # 1,001
        ("limits", (8, 0), True),  # 500 and 500 that meet at a corner
        ("limits", (9, 1), True),
        ("limits", (8, 4), False),  # 500 and 500 that do not touch
        ("limits", (8, 6), False),
        ("limits", (12, 1), False),  # 10 people beside 1,000
        ("limits", (12, 5), True),  # 11 people beside 1,000
        ("just_urban", (0, 0), True),  # a town of 9,901
        ("rural", (0, 0), False),  # a town of 9,900
        ("poorer", (0, 0), True),  # below 0.6 times the blend of 200,000 and 150,000
        ("poorer", (0, 4), False),  # at it
        ("poorer", (0, 8), False),  # above it
    ],
)
def test_each_clause_at_its_limit(found: Designation, town: str, cell: tuple[int, int], designated: bool) -> None:
    assert (area_at(found, town, *cell) >= 0) is designated


def test_the_thresholds_are_those_of_the_formula(found: Designation) -> None:
    """S = 0.6 times (0.7 times the national median and 0.3 times that of the urban unit)."""
    comparators = found.scores.comparators
    # just_urban, limits and poorer, by name; the rural one is none
    assert comparators.value[:, 0].tolist() == [200_000.0, 200_000.0, 185_000.0]
    assert comparators.limit[:, 0].tolist() == [120_000.0, 120_000.0, 111_000.0]


def test_a_group_is_below_where_its_cells_are(found: Designation) -> None:
    """The median of several groups together is no higher than the highest of theirs."""
    assert (found.areas.rate[:, 0] < 120_000.0).all()
    assert found.areas.exceeded.all()


@pytest.mark.long
def test_without_urban_units_or_the_national_median_it_says_what_is_missing(tmp_path: Path) -> None:
    write_france(tmp_path)
    with pytest.raises(InputError, match="no regions are given"):
        designate_france(tmp_path, regions=False)
    with pytest.raises(InputError, match="national_median: has no value"):
        designate(2024, load_policy("qpv-2024"), Inputs(tmp_path, None, "registers", year=2024), language="en")


def test_the_policy_says_what_stands_in_and_what_is_open() -> None:
    policy: Any = load_policy("qpv-2024").policy
    assert policy.source.startswith("Décret n° 2014-767")
