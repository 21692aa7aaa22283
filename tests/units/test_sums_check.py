"""Shares outside 0 to 1 and negative counts stop a run."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box

from udsat_geo.designation.designation import Inputs, read_units
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import LoadedPolicy, load_policy

POLICY = """
id = "own"
years = [2000, 2100]
[units]
kind = "zones"
id = "id"
residents = "people"
missing = [-99997]
[[criteria]]
key = "poor"
register = "units"
numerator = "poor"
denominator = "adults"
unit = "share"
worse = "high"
[rule]
core = 1.0
"""


def notes_of(folder: Path, poor: list[float], adults: list[float], policy: str = POLICY) -> tuple[str, ...]:
    """What is said of a table of zones in a row."""
    squares = [box(700_000 + 100 * i, 6_170_000, 700_100 + 100 * i, 6_170_100) for i in range(len(poor))]
    content = {"id": [f"z{i}" for i in range(len(poor))], "people": 10, "poor": poor, "adults": adults}
    gpd.GeoDataFrame(content, geometry=squares, crs="EPSG:25832").to_file(folder / "zones.gpkg")
    (folder / "own.toml").write_text(policy, encoding="utf-8")
    loaded: LoadedPolicy = load_policy(str(folder / "own.toml"))
    return tuple(read_units(Inputs(None, folder / "zones.gpkg", "unit_table"), loaded)[1]["notes"])


@pytest.mark.parametrize(
    ("poor", "adults", "words"),
    [
        ([51.2, 1], [1, 5], ("numerators above their denominator (1 row)", "unit z0: 51.2 of 1", "[units] missing")),
        ([1, 3], [5, 0], ("numerators above their denominator (1 row)", "unit z1: 3 of 0")),
        ([-99999, 1], [5, 5], ("numerator poor: negative numbers (1 row)", "unit z0: -99999", "[units] missing")),
        ([1, 1], [5, -9], ("denominator adults: negative numbers (1 row)", "unit z1: -9")),
    ],
)
def test_what_no_share_can_be_is_told(
    poor: list[float], adults: list[float], words: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(InputError) as told:
        notes_of(tmp_path, poor, adults)
    for word in ("zones.gpkg, criterion poor", *words):
        assert word in str(told.value)


@pytest.mark.parametrize(("poor", "adults"), [([0, 5], [0, 5]), ([-99997, 1], [5, 5]), ([0.1 + 0.2, 1], [0.3, 1])])
def test_shares_of_none_all_and_unknown_pass(poor: list[float], adults: list[float], tmp_path: Path) -> None:
    assert notes_of(tmp_path, poor, adults) == ()


@pytest.mark.long
def test_a_share_of_a_mean_may_exceed_one_where_the_policy_says_so(tmp_path: Path) -> None:
    policy = POLICY.replace('unit = "share"', 'unit = "share"\nmay_exceed_one = true')
    assert notes_of(tmp_path, [6, 1], [5, 5], policy) == ()
    with pytest.raises(InputError, match="negative numbers"):
        notes_of(tmp_path, [-6, 1], [5, 5], policy)


def test_a_negative_numerator_of_what_is_no_share_is_told(tmp_path: Path) -> None:
    policy = POLICY.replace('unit = "share"', 'unit = "kr"')
    (note,) = notes_of(tmp_path, [-99999, 1], [5, 5], policy)
    assert "units with a negative numerator (poor): 1" in note
    assert "z0: -99999" in note


@pytest.mark.long
def test_a_number_that_outweighs_all_others_is_told(tmp_path: Path) -> None:
    adults: list[float] = [20] * 12
    assert notes_of(tmp_path, [1, 2] * 6, adults) == ()
    adults[3] = 9999
    assert notes_of(tmp_path, [1, 2] * 6, adults) == (
        "zones.gpkg, adults: unit z3 has 9999, more than all 11 others together; if it is a code, list it under "
        "[units] missing.",
    )
    # among a few, one may be a city
    assert notes_of(tmp_path, [1, 2], [20, 9999]) == ()


@pytest.mark.long
def test_shares_in_the_place_of_counts_are_told(tmp_path: Path) -> None:
    (note,) = notes_of(tmp_path, [0.25, 12.5, 0], [20, 30, 40])
    assert note.startswith(
        "zones.gpkg, poor: poor holds fractions over whole numbers, for example 0.25 of 20 in unit z0"
    )
    # statistics on a grid may hold fractions on both sides, and an expression is known to make them
    assert notes_of(tmp_path, [0.25, 12.5, 0], [20.5, 30.5, 40]) == ()
    made = POLICY.replace('"poor"\ndenominator', '"poor * adults / 100"\ndenominator')
    assert notes_of(tmp_path, [0.25, 12.5, 0], [20, 30, 40], made) == ()
