"""Addresses as units: made from registers, and judged as a plain double loop judges them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import reference
from builders import make_address_units, make_policy
from paths import POLICIES
from small_registers import Registers, make_registers
from strategies import points
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.roles import Areas
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy, load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores, score_units
from udsat_geo.units.edges import find_edges
from udsat_geo.units.units import Units, addresses_from_registers

POLICY = load_policy(str(POLICIES / "addresses.toml"))

WEST, SOUTH = 720_000.0, 6_170_000.0


# --- from registers -----------------------------------------------------------------------------------------


def small_town() -> Registers:
    """Five addresses with dwellings, one without, one without a position; three share a point.

    In the order of the units: A10, B2 (nobody home) and a1 at one point, north of them D and then C to its east.
    """
    addresses = [
        ("D", WEST - 10, SOUTH + 20),
        ("a1", WEST, SOUTH),
        ("C", WEST, SOUTH + 20),
        ("B2", WEST, SOUTH),
        ("nowhere", None, SOUTH),
        ("A10", WEST, SOUTH),
        ("no dwelling", WEST - 10, SOUTH - 10),
    ]
    dwellings = [
        ("1", "a1", 50.0),
        ("2", "a1", 70.0),
        ("3", "A10", 100.5),
        ("4", "B2", 80.0),
        ("5", "C", None),
        ("6", "D", 60.0),
        ("7", "nowhere", 60.0),
        ("8", None, 60.0),
    ]
    living = [("1", 2), ("2", 1), ("3", 3), ("5", 1), ("6", 1), ("7", 4), ("8", 2), (None, 1)]
    dwelling_id = [key for key, count in living for _ in range(count)]
    n_residents = len(dwelling_id)
    residents = {
        "dwelling_id": dwelling_id,
        "age": pa.array([40] * n_residents, pa.int64()),
        "labour_status": ["early_retirement", "employed", None, *["employed"] * (n_residents - 3)],
        "education": pa.array(["basic"] * n_residents),
        "disposable_income": pa.array([200_000.0] * n_residents),
        "origin": pa.array(["danish", "non_western"] * (n_residents // 2) + ["danish"] * (n_residents % 2)),
    }
    tables = [
        pa.table(residents),
        pa.table(dict(zip(("dwelling_id", "address_id", "area_m2"), zip(*dwellings, strict=True), strict=True))),
        pa.table(dict(zip(("address_id", "easting", "northing"), zip(*addresses, strict=True), strict=True))),
    ]
    return Registers(*tables)


def test_units_by_hand(tmp_path: Path) -> None:
    small_town().write(tmp_path)
    units, sums = addresses_from_registers(tmp_path, POLICY.policy)
    assert units.kind == "addresses"
    assert units.unit_id.tolist() == ["A10", "B2", "a1", "D", "C"]
    assert units.easting.tolist() == [WEST, WEST, WEST, WEST - 10, WEST]
    assert units.northing.tolist() == [SOUTH, SOUTH, SOUTH, SOUTH + 20, SOUTH + 20]
    assert units.residents.tolist() == [3, 0, 3, 1, 1]
    assert (units.row, units.col, units.grid, units.geometry) == (None, None, None, None)
    keys = POLICY.policy.keys
    area, outside = keys.index("dwelling_area"), keys.index("outside_labour_market")
    assert (units.numerator[:, area] / units.numerator_unit[area]).tolist() == [100.5, 0.0, 120.0, 60.0, 0.0]
    assert units.denominator[:, area].tolist() == [3, 0, 3, 1, 0]
    assert units.numerator[:, outside].tolist() == [0, 0, 1, 0, 0]
    assert units.denominator[:, outside].tolist() == [3, 0, 2, 1, 1]
    wanted = {
        "addresses_without_position": 1,
        "addresses_outside_all_units": 0,
        "dwellings_without_address": 1,
        "residents_without_dwelling": 1,
        "residents_of_dwellings_without_address": 2,
        "residents_of_addresses_without_position": 4,
        "residents_placed": 8,
        "residents_unplaced": 7,
    }
    assert {name: sums.counts[name] for name in wanted} == wanted


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_change_the_units(tmp_path: Path, seed: int) -> None:
    small_town().write(tmp_path / "one")
    small_town().shuffled(seed).write(tmp_path / "other")
    one, _ = addresses_from_registers(tmp_path / "one", POLICY.policy)
    other, _ = addresses_from_registers(tmp_path / "other", POLICY.policy, threads=1)
    assert one.unit_id.tolist() == other.unit_id.tolist()
    np.testing.assert_array_equal(one.numerator, other.numerator)
    np.testing.assert_array_equal(one.residents, other.residents)


@pytest.mark.long
def test_whole_numbers_as_ids_become_text_and_are_ordered_as_text(tmp_path: Path) -> None:
    made = small_town()
    number_of = {key: number for number, key in enumerate(made.addresses["address_id"].to_pylist(), start=8)}

    def numbered(table: pa.Table) -> pa.Table:
        keys = pa.array([number_of.get(key) for key in table["address_id"].to_pylist()], pa.int64())
        return table.set_column(table.column_names.index("address_id"), "address_id", keys)

    Registers(made.residents, numbered(made.dwellings), numbered(made.addresses)).write(tmp_path)
    units, _ = addresses_from_registers(tmp_path, POLICY.policy)
    # a1, B2 and A10 are 9, 11 and 13
    assert units.unit_id.tolist() == ["11", "13", "9", "8", "10"]


@pytest.mark.long
def test_a_town_without_a_placed_dwelling_is_told(tmp_path: Path) -> None:
    made = small_town()
    nowhere = pa.array([None] * made.addresses.num_rows, pa.float64())
    Registers(made.residents, made.dwellings, made.addresses.set_column(1, "easting", nowhere)).write(tmp_path)
    with pytest.raises(InputError, match="no dwelling could be placed at an address"):
        addresses_from_registers(tmp_path, POLICY.policy)


# --- the whole story against a double loop ------------------------------------------------------------------


@st.composite
def cities(draw: DrawFn) -> Units:
    """Addresses with shared points, equal distances, distances of exactly a reach, and outliers."""
    easting, northing = draw(points(1, 25))
    n_units = len(easting)
    living = draw(st.lists(st.one_of(st.just(0), st.integers(0, 30)), min_size=n_units, max_size=n_units))
    counts = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=n_units, max_size=n_units)
    rows = [draw(counts) for _ in range(2)]
    top = np.array([[min(pair) for pair in row] for row in rows], dtype=np.int64).T
    over = np.array([[max(pair) for pair in row] for row in rows], dtype=np.int64).T
    return make_address_units(list(zip(easting.tolist(), northing.tolist(), strict=True)), living, top, over)


@st.composite
def address_policies(draw: DrawFn) -> Policy:
    low, high = sorted(draw(st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))))
    return make_policy(
        worse=["high", "low"],
        weight=[1.0, draw(st.sampled_from([0.5, 1.0]))],
        limit=[draw(st.sampled_from([None, 0.5])), None],
        units={"kind": "addresses"},
        context={"residents": draw(st.sampled_from([0, 1, 30, 80, 10**6])), "reach": draw(REACHES)},
        rule={"core": high, "edge": low, "criteria": draw(st.integers(0, 2))},
        areas={"reach": draw(REACHES), "residents": draw(st.sampled_from([0, 10, 60]))},
    )


REACHES = st.sampled_from([62.5, 100.0, 187.5, 300.0])


def judged(units: Units, policy: Policy) -> tuple[Scores, Areas]:
    scores = score_units(units, policy)
    return scores, form_areas(units, scores, find_edges(units, policy), policy)


def ratio(top: int, over: int) -> float:
    return top / over if over else math.nan


def plainly_scored(units: Units, policy: Policy) -> tuple[list[int], list[float], list[int]]:
    """Residents in view, composite and criteria exceeded of each address, by comparing each with all."""
    living, top, over = units.residents.tolist(), units.numerator.tolist(), units.denominator.tolist()
    both = [[*a, *b] for a, b in zip(top, over, strict=True)]
    in_view, sums = living, both
    if policy.context.residents:
        in_view, sums = reference.context_of_points(
            units.easting.tolist(),
            units.northing.tolist(),
            policy.context.reach,
            living,
            both,
            policy.context.residents,
        )
    city = [ratio(sum(row[j] for row in top), sum(row[j] for row in over)) for j in range(2)]
    turn = [1.0 if criterion.worse == "high" else -1.0 for criterion in policy.criteria]
    rate = [[ratio(row[j], row[2 + j]) for j in range(2)] for row in sums]
    gap = [[(row[j] - city[j]) * turn[j] for j in range(2)] for row in rate]
    spread = reference.spread_of_gaps(gap, living, 2)
    composite, _ = reference.composite_of_gaps(gap, spread, [criterion.weight for criterion in policy.criteria])
    limit = policy.criteria[0].limit
    exceeded = [
        int(one[0] >= limit if isinstance(limit, float) else gaps[0] > 0) + int(gaps[1] > 0)
        for one, gaps in zip(rate, gap, strict=True)
    ]
    return in_view, composite, exceeded


def plainly_formed(units: Units, policy: Policy, composite: list[float], exceeded: list[int]) -> list[int]:
    """The area of each address, by walking from address to address within reach."""
    rule = policy.rule
    enough = [count >= rule.criteria for count in exceeded]
    joins = [value >= rule.edge_threshold and ok for value, ok in zip(composite, enough, strict=True)]
    core = [value >= rule.core_threshold and ok for value, ok in zip(composite, enough, strict=True)]
    head, tail = reference.pairs_within(units.easting.tolist(), units.northing.tolist(), policy.areas.reach)
    group_of_unit, n_groups = reference.label_components(joins, head, tail)
    groups = []
    for group in range(n_groups):
        members = [unit for unit, of in enumerate(group_of_unit) if of == group]
        residents = sum(units.residents[members].tolist())
        if any(core[unit] for unit in members) and residents >= policy.areas.residents:
            # units stand from south to north and from west to east, so the first one is the southernmost
            groups.append((-residents, members[0], members))
    area_of_unit = [-1] * len(units)
    for area, (_, _, members) in enumerate(sorted(groups)):
        for unit in members:
            area_of_unit[unit] = area
    return area_of_unit


@pytest.mark.long
@given(cities(), address_policies())
def test_scores_and_areas_are_those_of_a_double_loop(units: Units, policy: Policy) -> None:
    scores, areas = judged(units, policy)
    in_view, composite, exceeded = plainly_scored(units, policy)
    assert scores.residents_in_view.tolist() == in_view
    np.testing.assert_array_equal(scores.composite, composite)
    assert scores.criteria_exceeded.tolist() == exceeded
    assert areas.area_of_unit.tolist() == plainly_formed(units, policy, composite, exceeded)


def test_of_two_crowds_the_one_that_is_worse_off_is_an_area() -> None:
    """Two crowds of addresses 400 m apart, one badly off, in a row with a reach of exactly their distance."""
    places = [(62.5 * i, 0.0) for i in range(4)] + [(62.5 * i, 400.0) for i in range(4)]
    units = make_address_units(places, [10] * 8, [[9, 1]] * 4 + [[1, 9]] * 4, [[10, 10]] * 8)
    policy = make_policy(
        ["high", "low"],
        units={"kind": "addresses"},
        areas={"reach": 62.5, "residents": 40},
        context={"residents": 20, "reach": 100},
    )
    _, areas = judged(units, policy)
    assert areas.area_of_unit.tolist() == [0] * 4 + [-1] * 4
    short = policy.model_copy(update={"areas": policy.areas.model_copy(update={"reach": 62.0})})
    assert len(judged(units, short)[1]) == 0


# --- results ------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_results_are_points_and_no_raster(tmp_path: Path) -> None:
    make_registers(3, 200, 3000, 800).write(tmp_path / "raw")
    rule = POLICY.policy.rule.model_copy(update={"core": 0.3, "edge": 0.0})
    areas = POLICY.policy.areas.model_copy(update={"residents": 100})
    policy = POLICY.model_copy(update={"policy": POLICY.policy.model_copy(update={"rule": rule, "areas": areas})})
    made = designate(2021, policy, Inputs(tmp_path / "raw", None, "registers"))
    assert len(made.areas) >= 1
    files = write_results(made, tmp_path / "out", ("gpkg", "tif"))
    assert [path.name for path in files] == ["designation_2021.gpkg", "designation_2021.json"]
    meta, _, wkb, (unit_id, residents) = pyogrio.raw.read(files[0], layer="units", columns=["unit_id", "residents"])
    assert meta["geometry_type"] == "Point"
    assert meta["crs"] == "EPSG:25832"
    assert unit_id.tolist() == made.units.unit_id.tolist()
    assert residents.tolist() == made.units.residents.tolist()
    stored = shapely.from_wkb(wkb)
    assert shapely.get_x(stored).tolist() == made.units.easting.tolist()
    assert shapely.get_y(stored).tolist() == made.units.northing.tolist()
    for area, outline in enumerate(made.outline):
        own = made.areas.area_of_unit == area
        assert outline.is_valid
        assert shapely.contains_xy(outline, made.units.easting[own], made.units.northing[own]).all()
    assert json.loads(files[1].read_text(encoding="utf-8"))["policy"]["id"] == "addresses"


def test_a_table_of_units_is_refused(tmp_path: Path) -> None:
    inputs = Inputs(tmp_path, tmp_path / "units.gpkg", "unit_table")
    with pytest.raises(InputError, match=r'units.gpkg: is a table of units, and kind = "addresses" reads registers'):
        designate(2021, POLICY, inputs)


def test_criteria_over_a_table_of_units_are_refused() -> None:
    content = POLICY.policy.model_dump(by_alias=True, exclude_none=True, exclude={"let"})
    for criterion in content["criteria"]:
        criterion |= {"register": "units", "where": "TRUE", "numerator": "poor", "denominator": "people"}
    content["units"]["residents"] = "people"
    with pytest.raises(InputError, match=r"units.kind: addresses are made from registers"):
        check_policy(content, "addresses.toml")
